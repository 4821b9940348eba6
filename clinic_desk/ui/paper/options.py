"""What is printed, and how it looks: the right side of the print dialog."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.services.paper import SHEET_WORDS, PaperWish, SheetKind
from clinic_desk.services.when import parse_day
from clinic_desk.ui.geometry.monthgrid import months_later
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import ALL_SITES, live_sites
from clinic_desk.ui.models.words import date_words, doctor_name
from clinic_desk.ui.paper.making import THEIRS
from clinic_desk.ui.paper.parts import FIELDS, TURNED, Look
from clinic_desk.ui.runtime.declared import MONTH_TELLS, PAPERS, TABLE, TYPE_SIZES
from clinic_desk.ui.runtime.settings import Settings
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label

WIDTH = 300
MOST_DAYS = 92
"""Days that one sheet may span; more is no paper but a database."""

TIMED = frozenset({SheetKind.DAY, SheetKind.WEEK})
SPANNED = frozenset({SheetKind.DAY, SheetKind.AGENDA, SheetKind.CALLS})
DATED = SPANNED | {SheetKind.WEEK, SheetKind.MONTH}
BY_DOCTOR = DATED
ALONE = THEIRS | {SheetKind.RINGING}
"""About what was chosen before, wherever it is."""

Choices = Sequence[tuple[Any, str]]


class Options(QScrollArea):
    """``changed`` after every choice that another sheet follows from. ``wrong`` carries a sentence
    about a field, empty when all is well again."""

    changed = Signal()
    wrong = Signal(str)

    def __init__(self, theme: Theme, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self.settings = theme, settings
        self._wish: PaperWish | None = None
        self._roster: Roster | None = None
        self._today = self._asked = date(2000, 1, 1)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("paperOptions")
        inside.setStyleSheet("#paperOptions { background: transparent; }")
        self.viewport().setAutoFillBackground(False)
        self.what = self._combo(())
        self.first, self.last = QLineEdit(), QLineEdit()
        self.site = self._combo(())
        self.doctors = self._combo(())
        self.by = self._combo((("doctor", "Doctors"), ("room", "Rooms")))
        self.columns = self._combo(((0, "What fits"), *((n, str(n)) for n in range(1, 13))))
        hours = [(hour, f"{hour:02d}:00") for hour in range(25)]
        self.opens = self._combo(((-1, "Working hours"), *hours[:24]))
        self.closes = self._combo(((-1, "Working hours"), *hours[1:]))
        self.type_size = self._combo(TYPE_SIZES)
        self.paper = self._combo(PAPERS)
        self.turned = self._combo(((True, "Landscape"), (False, "Portrait")))
        self.names = self._combo(TABLE["paper.names"].choices)
        self.month = self._combo(MONTH_TELLS)
        self.fields = {key: QCheckBox(words) for key, words in FIELDS}
        self.cancelled = QCheckBox("Cancelled visits too")
        self.rows: dict[QWidget, QLabel] = {}
        self._lay_out(inside)
        self.setWidget(inside)
        self._connect()

    def _combo(self, choices: Choices) -> QComboBox:
        box = QComboBox()
        for value, words in choices:
            box.addItem(words, value)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(6)
        return box

    def _lay_out(self, inside: QWidget) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&What", self.what), ("&From", self.first), ("T&o", self.last),
            ("S&ite", self.site), ("&Doctors", self.doctors), ("Columns are", self.by),
            ("On a page", self.columns), ("Begins at", self.opens), ("Ends at", self.closes),
            ("A day tells", self.month), ("&Names", self.names), ("&Type size", self.type_size),
            ("P&aper", self.paper), ("It lies", self.turned),
        )  # fmt: skip
        for number, (text, field) in enumerate(rows):
            label = field_label(text, field, self.theme, inside)
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(label, number, 0)
            grid.addWidget(field, number, 1)
            self.rows[field] = label
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 0, 8, 0)
        column.setSpacing(8)
        column.addLayout(grid)
        self.beside = InkLabel(self.theme, "Beside each name", role="grid", ink="text2")
        column.addWidget(self.beside)
        boxes = QGridLayout()
        boxes.setVerticalSpacing(4)
        for number, box in enumerate(self.fields.values()):
            boxes.addWidget(box, number // 2, number % 2)
        column.addLayout(boxes)
        column.addWidget(self.cancelled)
        column.addStretch(1)

    def _connect(self) -> None:
        self.what.activated.connect(lambda _row: self._other_sheet())
        self.turned.activated.connect(lambda _row: self._keep_turned())
        for box, key in (
            (self.columns, "paper.columns"), (self.opens, "paper.opens"),
            (self.closes, "paper.closes"), (self.type_size, "paper.type_size"),
            (self.paper, "paper.size"), (self.names, "paper.names"), (self.month, "paper.month"),
        ):  # fmt: skip
            box.activated.connect(lambda _row, b=box, k=key: self._keep(k, b.currentData()))
        for box in (self.site, self.doctors, self.by):
            box.activated.connect(lambda _row: self._aim())
        for field in (self.first, self.last):
            field.editingFinished.connect(self._aim_days)
        for tick in self.fields.values():
            tick.clicked.connect(
                lambda _on: self._keep(
                    "paper.fields", [key for key, box in self.fields.items() if box.isChecked()]
                )
            )
        self.cancelled.clicked.connect(lambda on: self._keep("paper.cancelled", on))

    # -- what the dialog calls -------------------------------------------------------------------

    def start(
        self, wish: PaperWish, kinds: Sequence[SheetKind], roster: Roster, today: date
    ) -> None:
        """What is on the screen is what is printed first."""
        self._wish, self._roster, self._today = wish, roster, today
        self._asked = wish.first
        self.what.clear()
        for kind in kinds:
            self.what.addItem(SHEET_WORDS[kind], kind)
        self.what.setCurrentIndex(self.what.findData(wish.sheet))
        self.site.clear()
        self.site.addItem(ALL_SITES, None)
        for place in live_sites(roster):
            self.site.addItem(place.name, place.id)
        self._choose(self.site, wish.location_id)
        self.doctors.clear()
        if wish.doctor_ids is not None and len(wish.doctor_ids) != 1:
            told = len(wish.doctor_ids)
            self.doctors.addItem(f"The {told} shown", wish.doctor_ids)
        self.doctors.addItem("All doctors", None)
        for doctor in sorted(roster.doctors.values(), key=lambda d: (d.position, d.name)):
            if doctor.active or (doctor.id,) == wish.doctor_ids:
                self.doctors.addItem(doctor_name(doctor), (doctor.id,))
        self._choose(self.doctors, wish.doctor_ids)
        self._choose(self.by, "room" if wish.by_room else "doctor")
        settings = self.settings
        for box, key in (
            (self.columns, "paper.columns"), (self.opens, "paper.opens"),
            (self.closes, "paper.closes"), (self.type_size, "paper.type_size"),
            (self.paper, "paper.size"), (self.names, "paper.names"), (self.month, "paper.month"),
        ):  # fmt: skip
            self._choose(box, settings.get(key))
        wanted = settings.get("paper.fields")
        for key, tick in self.fields.items():
            tick.setChecked(key in wanted)
        self.cancelled.setChecked(settings.get("paper.cancelled"))
        self._show_days()
        self._show_rows()

    def _choose(self, box: QComboBox, value: object) -> None:
        # Qt compares tuples in combo boxes as lists of their own
        found = [row for row in range(box.count()) if _same(box.itemData(row), value)]
        box.setCurrentIndex(found[0] if found else 0)

    @property
    def kind(self) -> SheetKind:
        return SheetKind(self.what.currentData())

    def wish(self) -> PaperWish | None:
        """None while what was chosen makes no sense."""
        return self._wish if not self._problem() else None

    def look(self, family: str, mirrored: bool, made: str) -> Look:
        get = self.settings.get
        opens, closes = get("paper.opens"), get("paper.closes")
        return Look(
            size=get("paper.size"),
            turned=self._is_turned(),
            type_size=float(get("paper.type_size")),
            columns=get("paper.columns"),
            opens=None if opens < 0 else opens * 60,
            closes=None if closes < 0 or closes <= opens else closes * 60,
            names=get("paper.names") == "full",
            fields=frozenset(get("paper.fields")),
            counts=get("paper.month") == "counts",
            family=family,
            mirrored=mirrored,
            made=made,
        )

    # -- inside ----------------------------------------------------------------------------------

    def _keep(self, key: str, value: Any) -> None:
        with suppress(ValueError):
            self.settings.put(key, value)
        if key == "paper.cancelled" and self._wish is not None:
            self._wish = replace(self._wish, cancelled=value)
        if self.check():
            self.changed.emit()

    def _is_turned(self) -> bool:
        kept: dict[str, bool] = self.settings.get("paper.turned")
        return kept.get(self.kind.value, self.kind in TURNED)

    def _keep_turned(self) -> None:
        kept = dict(self.settings.get("paper.turned"))
        kept[self.kind.value] = bool(self.turned.currentData())
        self._keep("paper.turned", kept)

    def _other_sheet(self) -> None:
        wish = self._wish
        if wish is None:
            return
        only = wish.only if self.kind is wish.sheet else None
        self._wish = replace(wish, sheet=self.kind, only=only, what=wish.what if only else "")
        self._snap(self._asked)
        self._show_days()
        self._show_rows()
        if self.check():
            self.changed.emit()

    def _aim(self) -> None:
        wish = self._wish
        if wish is not None:
            doctors = self.doctors.currentData()
            self._wish = replace(
                wish,
                location_id=self.site.currentData(),
                doctor_ids=None if doctors is None else tuple(doctors),
                by_room=self.by.currentData() == "room",
                only=None,
                what="",
            )
            self._show_rows()
            if self.check():
                self.changed.emit()

    def _aim_days(self) -> None:
        """A day that was typed; what cannot be read is told, and nothing is printed anew."""
        wish = self._wish
        if not self.check() or wish is None:
            return
        first = parse_day(self.first.text(), self._today) or wish.first
        last = parse_day(self.last.text(), self._today) or wish.last
        before, self._asked = (wish.first, wish.last), first
        self._wish = replace(wish, first=first, last=last)
        self._snap(first, last)
        self._show_days()
        if (self._wish.first, self._wish.last) != before:
            self._wish = replace(self._wish, only=None, what="")
            self.changed.emit()

    def _problem(self) -> str:
        if self._wish is None or self.kind not in DATED:
            return ""
        opens, closes = self.settings.get("paper.opens"), self.settings.get("paper.closes")
        if self.kind in TIMED and 0 <= closes <= opens:
            return "The sheet ends before it begins; choose a later end."
        first = parse_day(self.first.text(), self._today)
        if first is None:
            return f"“{self.first.text()[:40]}” is no day: write 1 dec, 24.12.2026 or +2w."
        if self.kind not in SPANNED:
            return ""
        last = parse_day(self.last.text(), self._today)
        if last is None:
            return f"“{self.last.text()[:40]}” is no day: write 1 dec, 24.12.2026 or +2w."
        if last < first:
            return "The last day lies before the first one."
        if (last - first).days >= MOST_DAYS:
            return f"One print holds {MOST_DAYS} days at most; choose a shorter time."
        return ""

    def _snap(self, first: date, last: date | None = None) -> None:
        """A week begins with the clinic's first weekday, a month with its first day."""
        wish, roster = self._wish, self._roster
        if wish is None or roster is None:
            return
        last = last or first
        match self.kind:
            case SheetKind.WEEK:
                first -= timedelta(days=(first.weekday() - roster.practice.first_weekday) % 7)
                last = first + timedelta(days=6)
            case SheetKind.MONTH:
                first = first.replace(day=1)
                last = months_later(first, 1) - timedelta(days=1)
        self._wish = replace(wish, first=first, last=last)

    def _show_days(self) -> None:
        wish = self._wish
        if wish is not None:
            # a month and a week are told by any day of theirs, as it was asked for
            self.first.setText(date_words(wish.first if self.kind in SPANNED else self._asked))
            self.last.setText(date_words(wish.last))

    def _show_rows(self) -> None:
        """What the chosen sheet has no use for is not asked."""
        kind, roster = self.kind, self._roster
        by_room = self.by.currentData() == "room"
        shown = {
            self.first: kind in DATED,
            self.last: kind in SPANNED,
            self.site: kind not in ALONE and roster is not None and len(live_sites(roster)) > 1,
            self.doctors: kind in BY_DOCTOR and not (by_room and kind in TIMED),
            self.by: kind in TIMED,
            self.columns: kind in TIMED,
            self.opens: kind in TIMED,
            self.closes: kind in TIMED,
            self.month: kind is SheetKind.MONTH,
            self.names: kind not in THEIRS,
        }
        for field, visible in shown.items():
            field.setVisible(visible)
            self.rows[field].setVisible(visible)
        self.rows[self.first].setText("&From" if kind in SPANNED else "&Day")
        fields = kind in TIMED or kind is SheetKind.AGENDA
        self.beside.setVisible(fields)
        for key, tick in self.fields.items():
            tick.setVisible(fields and (kind in TIMED or key != "status"))  # a column of its own
        self.cancelled.setVisible(kind in TIMED or kind is SheetKind.AGENDA)
        with QSignalBlocker(self.turned):
            self._choose(self.turned, self._is_turned())

    def check(self) -> bool:
        """True when there is none."""
        problem = self._problem()
        self.wrong.emit(problem)
        return not problem


def _same(one: object, other: object) -> bool:
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return tuple(one) == tuple(other)
    return one == other
