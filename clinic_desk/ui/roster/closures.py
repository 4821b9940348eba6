"""Days on which the clinic, or a site, is closed: the settings' section "closures"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.closure_ranges import (
    Closure,
    grouped,
    reopen,
    time_text,
    visits_hit,
    working,
)
from clinic_desk.services.commands import Command, ParkAppointment, ParkTogether
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import clock_text, count_text
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.roster.closures_form import AddForm, ClosureList
from clinic_desk.ui.roster.closures_hands import ClosureHands
from clinic_desk.ui.roster.closures_public import PublicHolidaysBox
from clinic_desk.ui.roster.closures_year import YearStrip
from clinic_desk.ui.roster.results import done_words
from clinic_desk.ui.roster.typed import choose
from clinic_desk.ui.roster.visit_list import VisitList
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import range_text, short_day
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.form import FormArea
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import Panel

FIRST_YEAR, LAST_YEAR = 1980, 2100


class ClosuresPanel(Panel):
    """``open`` takes a date whose year is shown, or nothing. ``shown`` carries the year that was
    read and is on display."""

    shown = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.theme = context, context.theme
        self.roster: Roster | None = None
        self.year = context.clock.now().year
        self.closures: tuple[Closure, ...] = ()
        self.hit: tuple[tuple[date, Cell], ...] = ()
        self.message = InlineMessage(self.theme)
        self.strip = YearStrip(self.theme, self.today)
        self.form = AddForm(self.theme)
        self.list = ClosureList()
        self.public = PublicHolidaysBox(context)
        self.visits = VisitList(self.theme)
        self._lay_out()
        self.earlier.clicked.connect(lambda: self.show_year(self.year - 1))
        self.later.clicked.connect(lambda: self.show_year(self.year + 1))
        self.place.activated.connect(lambda _: self._place_chosen())
        self.strip.day_chosen.connect(self._day_chosen)
        self.list.itemSelectionChanged.connect(self._selected)
        self.public.failed.connect(self.message.say_error)
        self.public.chosen.connect(self._show_day)
        self.visits.opened.connect(self.visit_requested)
        self.drop.clicked.connect(self.remove)
        self.list.remove_requested.connect(self.remove)
        self.hands = ClosureHands(self)
        context.operations.changed.connect(self._changed)
        self.theme.changed.connect(self._show)

    @property
    def today(self) -> date:
        zone = self.roster.practice.zone if self.roster is not None else "UTC"
        return local_date(self.context.clock.now(), zone)

    @property
    def location_id(self) -> Id | None:
        """The site that is looked at; None for the whole clinic."""
        chosen: Id | None = self.place.currentData()
        return chosen

    def _lay_out(self) -> None:
        self.earlier, self.later = push("", self, "ghost"), push("", self, "ghost")
        self.title = Label()
        self.title.setProperty("role", "title")
        self.place = QComboBox()
        self.place.setAccessibleName("Whose closures")
        self.place.setMinimumWidth(self.theme.px(200))
        for button, words in ((self.earlier, "Previous year"), (self.later, "Next year")):
            button.setProperty("square", "true")
            button.setFixedWidth(self.theme.px(30))
            button.setAccessibleName(words)
            button.setToolTip(as_text(words))
        top = QHBoxLayout()
        top.setSpacing(8)
        for one in (self.earlier, self.title, self.later):
            top.addWidget(one)
        top.addSpacing(12)
        top.addWidget(self.place)
        top.addStretch(1)
        heading = Label("Closures")
        heading.setProperty("role", "heading")
        self.drop = push("Remove", self)
        self.drop.setToolTip("Take the chosen closures away (Delete)")
        self.edit = push("Edit", self)
        self.edit.setToolTip("Change name, days or site of the chosen closure (Enter)")
        self.none = Label("Nothing is closed in this year yet.")
        self.none.setProperty("role", "muted")
        self.none.hide()  # nobody knows yet
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addWidget(heading)
        left.addWidget(self.form)
        left.addWidget(self.none)
        left.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.edit)
        foot.addWidget(self.drop)
        foot.addStretch(1)
        left.addLayout(foot)
        self.visit_box = QWidget()
        self.visit_title = Label()
        self.visit_title.setProperty("role", "heading")
        self.visit_title.setWordWrap(True)
        self.show_day, self.shelve = push("Open the day", self), push("To the shelf", self)
        self.shelve_all = push("All to the shelf", self)
        self.slot = push("Find a new slot …", self)
        self.plan = push("Plan them all …", self, "primary")
        self.plan.setToolTip("A proposed new time for each, to accept all or one by one")
        self.show_day.clicked.connect(self._open_day)
        self.shelve.clicked.connect(lambda: self._shelve(everything=False))
        self.shelve_all.clicked.connect(lambda: self._shelve(everything=True))
        self.slot.clicked.connect(lambda: self.finder_requested.emit(self.visits.current))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.plan, self.slot, self.show_day, self.shelve, self.shelve_all):
            row.addWidget(button)
        row.addStretch(1)
        box = QVBoxLayout(self.visit_box)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.visit_title)
        self.visits.setMaximumHeight(self.theme.px(96))
        box.addWidget(self.visits)
        box.addLayout(row)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(left, 4)
        columns.addWidget(self.public, 5)
        self.list.setMinimumHeight(self.theme.px(58))
        for table in (self.list, self.public.tree):  # they take what is left, and ask for no more
            table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.public.tree.setMinimumHeight(self.theme.px(100))
        inner = QWidget()
        whole = QVBoxLayout(inner)
        whole.setContentsMargins(20, 8, 16, 12)
        whole.setSpacing(8)
        whole.addLayout(top)
        whole.addWidget(self.message)
        whole.addWidget(self.strip)
        whole.addLayout(columns, 1)
        whole.addWidget(self.visit_box)
        self.visit_box.hide()
        self.area = FormArea(inner)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.area)

    def sought(self) -> Mapping[str, QWidget]:
        public = self.public
        return {
            **self.form.grid.fields,
            "closures": self.list,
            "country": public.country,
            "holidays": public.tree,
            "accept": public.everything,
        }

    # reading

    def open(self, what: object = None) -> None:
        if isinstance(what, date):
            self.year = what.year
        self.read()

    def show_year(self, year: int) -> None:
        if FIRST_YEAR <= year <= LAST_YEAR:
            self.year = year
            self.read()

    def read(self) -> None:
        now, year = self.context.clock.now(), self.year

        def question(queries: Queries) -> tuple[Roster, tuple[tuple[date, Cell], ...]]:
            span = date(year, 1, 1), date(year, 12, 31)
            return queries.roster(), visits_hit(queries, *span, now)

        self.context.operations.ask(
            question,
            done=lambda found: self._take(*found),
            failed=self.message.say_error,
            key=f"closures-{id(self)}",
        )

    def _take(self, roster: Roster, hit: tuple[tuple[date, Cell], ...]) -> None:
        self.roster, self.hit = roster, hit
        kept, added = self.location_id, self.form.place.currentData()
        places = sorted(
            roster.locations.values(), key=lambda p: (not p.primary, p.position, p.name)
        )
        for box, words in ((self.place, "Whole clinic and sites"), (self.form.place, "")):
            box.clear()
            box.addItem(words or "Whole clinic", None)
            for place in places:
                box.addItem(place.name, place.id)
        choose(self.place, kept)
        choose(self.form.place, added)
        self._show()
        self.public.show_for(roster, self.year, self.location_id)
        self.shown.emit(self.year)

    def _show(self) -> None:
        roster = self.roster
        if roster is None:
            return
        self.title.setText(str(self.year))
        self.earlier.setIcon(self.theme.qicon("chevron-left"))
        self.later.setIcon(self.theme.qicon("chevron-right"))
        rows = [
            row
            for row in roster.holidays
            if row.deleted_at is None
            and row.day.year == self.year
            and (self.location_id is None or row.location_id in (None, self.location_id))
        ]
        marks: dict[date, tuple[str, str]] = {}
        for row in sorted(rows, key=lambda row: (row.closed, row.location_id is None)):
            kind = "open" if not row.closed else "closed" if row.location_id is None else "part"
            place = roster.locations.get(row.location_id or "")
            where = place.name if place is not None else "the clinic"
            verb = "is closed" if row.closed else "works"
            words = f"{row.name}; {where} {verb}"
            if not row.whole_day:
                words, kind = f"{words} {time_text((row.start_minute, row.until))}", "part"
            if row.day in marks and kind == "part":
                words = f"{marks[row.day][0]}; {words}"
            marks[row.day] = words, kind
        self.strip.show_year(self.year, marks)
        chosen = {closure.rows[0].id for closure in self.chosen}
        self.closures = grouped(row for row in rows if row.closed)
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for closure in self.closures:
            item = QListWidgetItem(self._words(closure))
            item.setToolTip(as_text(item.text()))
            self.list.addItem(item)
            item.setSelected(closure.rows[0].id in chosen)
        self.list.blockSignals(blocked)
        self.none.setVisible(not self.closures)
        self._selected()

    def _words(self, closure: Closure) -> str:
        """ "Fri 25 Dec 2026 · Christmas Day · Elm Park · 3 visits booked"."""
        one = closure.first == closure.last
        days = short_day(closure.first) if one else range_text(closure.first, closure.last)
        assert self.roster is not None
        place = self.roster.locations.get(closure.location_id or "")
        begin, over = (clock_text(minute) for minute in closure.time)
        times = time_text(closure.time)
        if times and not one:
            times = f"from {begin} on the first to {over} on the last day"
        parts = [days, times, closure.name, place.name if place is not None else ""]
        number = len(self.hit_by(closure))
        if number:
            parts.append(f"{count_text(number, 'visit')} booked")
        return " · ".join(part for part in parts if part)

    def hit_by(self, closure: Closure) -> list[Cell]:
        assert self.roster is not None
        zones = {place.id: place.zone for place in self.roster.locations.values()}
        usual, at_work = self.roster.practice.zone, working(self.roster.holidays)
        return [
            cell
            for _, cell in self.hit
            if closure.hits(cell, zones.get(cell.location_id, usual), at_work)
        ]

    @property
    def chosen(self) -> list[Closure]:
        places = sorted(self.list.row(item) for item in self.list.selectedItems())
        return [self.closures[n] for n in places if n < len(self.closures)]

    # visits on closed days

    def _selected(self) -> None:
        chosen = self.chosen
        self.drop.setEnabled(bool(chosen))
        self.edit.setEnabled(len(chosen) == 1)
        if chosen:
            self.strip.go_to(chosen[0].first)
            self._show_visits([cell for one in chosen for cell in self.hit_by(one)])
            if self.list.hasFocus() and self.visits.cells:
                QTimer.singleShot(0, self, lambda: self.area.ensureWidgetVisible(self.visit_box))
        else:
            self._show_visits([cell for _, cell in self.hit])

    def _show_day(self, day: date) -> None:
        self.strip.go_to(day)
        self._show_visits([cell for known, cell in self.hit if known == day])

    def _show_visits(self, cells: list[Cell]) -> None:
        self.visit_box.setVisible(bool(cells))
        if cells and self.roster is not None:
            are = "visit is" if len(cells) == 1 else "visits are"
            self.visit_title.setText(f"{len(cells)} {are} booked while it is closed")
            self.visits.show_visits(cells, self.roster)
            self.shelve_all.setVisible(len(cells) > 1)

    def _open_day(self) -> None:
        found = next(((d, c) for d, c in self.hit if c.id == self.visits.current), None)
        if found is not None:
            self.show_day_requested.emit((found[0], found[1].doctor_id))

    def _shelve(self, *, everything: bool) -> None:
        ids = [c.id for c in self.visits.cells] if everything else [self.visits.current]
        parks = tuple(ParkAppointment(appointment_id=one) for one in ids if one)
        if parks:
            self.run(parks[0] if len(parks) == 1 else ParkTogether(parkings=parks))

    # changes

    def remove(self) -> None:
        if self.chosen:
            self.run(reopen(self.chosen))

    def run(self, command: Command) -> None:
        self.context.operations.run(command, done=self.tell, refused=self.message.say_error)

    def tell(self, outcome: Outcome) -> None:
        self.message.clear()
        words = done_words(outcome.sentence or outcome.undo_label)
        if outcome.warnings:
            self.message.say(Tone.WARN, outcome.warnings[0])
        self.toast_requested.emit(words, bool(outcome.undo_label))

    def refuse(self, error: ClinicDeskError) -> None:
        field = getattr(error, "field", None) or ""
        if not self.form.grid.refuse(field, str(error)):
            self.message.say_error(error)

    # what was chosen

    def _day_chosen(self, day: date) -> None:
        """A day that is closed leads to its closure, another one into the form."""
        for place, closure in enumerate(self.closures):
            if closure.first <= day <= closure.last:
                self.list.clearSelection()
                self.list.setCurrentRow(place)
                return
        self.form.first.show_value("")
        self.form.first.setText(short_day(day))
        self.form.name.setFocus()

    def _place_chosen(self) -> None:
        choose(self.form.place, self.location_id)
        self._show()
        if self.roster is not None:
            self.public.show_for(self.roster, self.year, self.location_id)

    def _changed(self, changes: Changes) -> None:
        seen = {"holiday", "location", "practice", "appointment", "shelf_item", "external"}
        if self.roster is not None and self.isVisible() and changes.kinds & seen:
            self.read()
