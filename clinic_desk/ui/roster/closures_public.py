"""Public holidays of a country, each one accepted (closed), declined (open) or undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.closures import Decision, HolidayProposal, decide, proposals
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.holiday_ports import PublicHolidays
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import RemoveRecords
from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.typed import choose
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import short_day
from clinic_desk.ui.widgets.forms.bits import push

WORDS = {
    Decision.CLOSED: "Closed",
    Decision.OPEN: "Open",
    Decision.UNDECIDED: "Undecided",
}
ICONS = {Decision.CLOSED: "refuse", Decision.OPEN: "check", Decision.UNDECIDED: "help"}
LETTERS = {
    Qt.Key.Key_C: Decision.CLOSED,
    Qt.Key.Key_O: Decision.OPEN,
    Qt.Key.Key_U: Decision.UNDECIDED,
}


@dataclass(frozen=True, slots=True)
class Country:
    code: str
    name: str


def countries(port: PublicHolidays) -> tuple[Country, ...]:
    """By their names."""
    found = [Country(code, country_name(code)) for code in port.countries()]
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def country_name(code: str) -> str:
    """The code itself where no name is known."""
    territory = QLocale.codeToTerritory(code)
    if territory == QLocale.Country.AnyCountry:
        return code
    return QLocale.territoryToString(territory)


def usual_region(roster: Roster, location_id: Id | None) -> tuple[str, str]:
    """(country, subdivision) from which the clinic took its holidays so far, else its own."""
    used = Counter(
        row.source.partition(":")[0]
        for row in roster.holidays
        if row.source and row.location_id in (None, location_id)
    )
    if used:
        country, _, part = used.most_common(1)[0][0].partition("-")
        return country, part
    places = sorted(roster.locations.values(), key=lambda p: (p.id != location_id, not p.primary))
    own = next((place.country for place in places if place.country), "")
    return own or roster.practice.phone_country, ""


class HolidayTree(QTreeWidget):
    """``decided`` carries a ``Decision`` for the chosen rows."""

    decided = Signal(object)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        decision = LETTERS.get(Qt.Key(event.key())) if not event.modifiers() else None
        if decision is not None:
            self.decided.emit(decision)
        else:
            super().keyPressEvent(event)


class PublicHolidaysBox(QWidget):
    """``wanted`` carries the command of a decision; ``chosen`` the day of the current row;
    ``failed`` what could not be read."""

    wanted = Signal(object)
    chosen = Signal(object)
    failed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._theme: Theme = context.theme
        self._year = context.clock.now().year
        self._place: Id | None = None
        self._region = ("", "")
        self._picked = False
        self.rows: tuple[HolidayProposal, ...] = ()
        title = Label("Public holidays")
        title.setProperty("role", "heading")
        self.country, self.part = QComboBox(), QComboBox()
        self.country.setAccessibleName("Country")
        self.part.setAccessibleName("Part of the country")
        for box in (self.country, self.part):
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.tree = HolidayTree()
        self._theme.changed.connect(self._ink)
        self.tree.setHeaderLabels(["Day", "Holiday", "Clinic", "Visits"])
        self.tree.setRootIsDecorated(False)
        self.tree.setUniformRowHeights(True)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.tree.setAccessibleName("Public holidays; C closed, O open, U undecided")
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.closed, self.opened = push("Closed", self), push("Open", self)
        self.undecided = push("Undecided", self)
        self.everything = push("Accept all", self, "primary")
        self.everything.setToolTip("Close on every public holiday that is undecided")
        for button, key in ((self.closed, "C"), (self.opened, "O"), (self.undecided, "U")):
            button.setToolTip(f"{button.text()} on the chosen days ({key})")
        self.note = Label()
        self.note.setProperty("role", "muted")
        self.note.setWordWrap(True)
        region = QHBoxLayout()
        region.setSpacing(8)
        region.addWidget(self.country, 1)
        region.addWidget(self.part, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for button in (self.closed, self.opened, self.undecided):
            foot.addWidget(button)
        foot.addStretch(1)
        foot.addWidget(self.everything)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addLayout(region)
        column.addWidget(self.note)
        column.addWidget(self.tree, 1)
        column.addLayout(foot)
        self.country.activated.connect(lambda _: self._pick_country())
        self.part.activated.connect(lambda _: self._pick_part())
        self.tree.decided.connect(self._decide)
        self.tree.currentItemChanged.connect(lambda *_: self._tell())
        self.tree.itemSelectionChanged.connect(self._enable)
        for decision, button in (
            (Decision.CLOSED, self.closed),
            (Decision.OPEN, self.opened),
            (Decision.UNDECIDED, self.undecided),
        ):
            button.clicked.connect(lambda _=False, d=decision: self._decide(d))
        self.everything.clicked.connect(self._accept_all)
        self._enable()

    # reading

    def show_for(self, roster: Roster, year: int, location_id: Id | None) -> None:
        self._year = year
        if self._place != location_id:
            self._picked = False
        self._place = location_id
        if not self._picked:
            self._region = usual_region(roster, location_id)
        make = self._context.holidays
        if make is None:
            self.setEnabled(False)
            self.note.setText("Public holidays are not known to this program.")
            return
        port = make()
        if not self.country.count():
            self._context.operations.ask(
                lambda _queries: countries(port), done=self._fill, failed=self.failed.emit
            )
        else:
            choose(self.country, self._region[0])
        self._read(port)

    def _fill(self, found: Sequence[Country]) -> None:
        self.country.clear()
        for one in found:
            self.country.addItem(one.name, one.code)
        choose(self.country, self._region[0])

    def _read(self, port: PublicHolidays) -> None:
        country, part = self._region
        year, place = self._year, self._place
        if not self.rows:
            self.note.setText("Looking up the public holidays …")

        def question(
            queries: Queries,
        ) -> tuple[tuple[tuple[str, str], ...], tuple[HolidayProposal, ...]]:
            parts = port.subdivisions(country)
            return parts, proposals(queries, port, country, part, year, place)

        self._context.operations.ask(
            question, done=self._take, failed=self._fail, key=f"holidays-{id(self)}"
        )

    def _take(self, found: tuple[tuple[tuple[str, str], ...], tuple[HolidayProposal, ...]]) -> None:
        parts, rows = found
        self.part.clear()
        self.part.addItem("Whole country", "")
        for code, name in sorted(parts, key=lambda one: one[1].casefold()):
            self.part.addItem(name if name == code else f"{name} ({code})", code)
        choose(self.part, self._region[1])
        self.part.setVisible(bool(parts))
        self.show_rows(rows)

    def _fail(self, error: ClinicDeskError) -> None:
        self.show_rows(())
        self.note.setText(str(error))
        self.note.show()

    def _ink(self) -> None:
        tokens = self._theme.tokens
        inks = {
            Decision.CLOSED: tokens.refuse, Decision.OPEN: tokens.ok,
            Decision.UNDECIDED: tokens.text3,
        }  # fmt: skip
        for number, row in enumerate(self.rows):
            icon = self._theme.qicon(ICONS[row.decision], colour=inks[row.decision])
            if (item := self.tree.topLevelItem(number)) is not None:
                item.setIcon(2, icon)

    def show_rows(self, rows: tuple[HolidayProposal, ...]) -> None:
        kept = self.chosen_rows()
        days = {row.day for row in kept}
        self.rows = rows
        blocked = self.tree.blockSignals(True)
        self.tree.clear()
        for row in rows:
            visits = str(len(row.visits)) if row.visits else ""
            item = QTreeWidgetItem([short_day(row.day), row.name, WORDS[row.decision], visits])
            item.setToolTip(1, as_text(row.name))
            item.setTextAlignment(3, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setData(
                1,
                Qt.ItemDataRole.AccessibleTextRole,
                f"{row.name}, {short_day(row.day)}, {WORDS[row.decision]}"
                + (f", {count_text(len(row.visits), 'visit')} booked" if row.visits else ""),
            )
            self.tree.addTopLevelItem(item)
            if row.day in days:
                item.setSelected(True)
                if len(days) == 1:
                    self.tree.setCurrentItem(item)
        self._ink()
        self.tree.blockSignals(blocked)
        open_ = sum(row.decision is Decision.UNDECIDED for row in rows)
        if rows:
            self.note.setText(
                f"{open_} of {count_text(len(rows), 'day')} undecided; on those the clinic works."
                if open_
                else "Every day is decided."
            )
        else:
            self.note.setText(f"No public holidays are known for {self._year}.")
        self.note.show()
        self._enable()

    # deciding

    def chosen_rows(self) -> list[HolidayProposal]:
        items = self.tree.selectedItems()
        places = sorted(self.tree.indexOfTopLevelItem(item) for item in items)
        return [self.rows[n] for n in places if n < len(self.rows)]

    def _enable(self) -> None:
        some = bool(self.chosen_rows())
        for button in (self.closed, self.opened, self.undecided):
            button.setEnabled(some)
        self.everything.setEnabled(any(row.decision is Decision.UNDECIDED for row in self.rows))

    def _tell(self) -> None:
        item = self.tree.currentItem()
        place = self.tree.indexOfTopLevelItem(item) if item is not None else -1
        if 0 <= place < len(self.rows):
            self.chosen.emit(self.rows[place].day)

    def _decide(self, decision: Decision) -> None:
        rows = [row for row in self.chosen_rows() if row.decision is not decision]
        if rows:
            self._want(rows, decision)

    def _accept_all(self) -> None:
        rows = [row for row in self.rows if row.decision is Decision.UNDECIDED]
        self._want(rows, Decision.CLOSED)

    def _want(self, rows: Sequence[HolidayProposal], decision: Decision) -> None:
        command: Command
        if decision is Decision.UNDECIDED:
            stored = [row.row for row in rows if row.row and row.row.location_id == self._place]
            if not stored:
                return
            name = stored[0].name if len(stored) == 1 else count_text(len(stored), "holiday")
            command = RemoveRecords(
                rows=tuple((RecordKind.HOLIDAY, one.id) for one in stored),
                label=f"Remove the decision on {name}",
            )
        else:
            single = [decide(row, decision is Decision.CLOSED, self._place) for row in rows]
            verb = "Close" if decision is Decision.CLOSED else "Work"
            number = count_text(len(single), "public holiday")
            command = (
                single[0]
                if len(single) == 1
                else SaveRecords(
                    records=tuple(record for one in single for record in one.records),
                    label=f"{verb} on {number} of {self._year}",
                )
            )
        self.wanted.emit(command)

    # the region

    def _pick_country(self) -> None:
        self._region = (self.country.currentData(), "")
        self._again()

    def _pick_part(self) -> None:
        self._region = (self._region[0], self.part.currentData())
        self._again()

    def _again(self) -> None:
        self._picked = True
        if self._context.holidays is not None:
            self._read(self._context.holidays())
