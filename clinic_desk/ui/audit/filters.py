"""The row above the list: person, patient, kind, period, desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from PySide6.QtCore import QDate, QModelIndex, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QLineEdit, QListView, QVBoxLayout, QWidget

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.services.audit import KIND_WORDS, Kind
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models.patient_hits import HIT_ROLE
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import HIT_HEIGHT, HitDelegate
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import leading_icon

PERIODS = (
    ("all", "All time"), ("today", "Today"), ("yesterday", "Yesterday"), ("week", "Last 7 days"),
    ("month", "Last 30 days"), ("year", "Last 365 days"), ("days", "From … to …"),
)  # fmt: skip
_BACK = {"today": 0, "week": 6, "month": 29, "year": 364}
CHOSEN = "days"
FOUND = 640
"""Pixels of the list of patients found, at the most."""


class PatientField(QLineEdit):
    """Whose entries: type to search, walk ``found`` with the arrows, choose with Enter. ``changed``
    when another patient, or none, is meant; a visit alone may be meant as well."""

    changed = Signal()

    def __init__(self, context: Context, source: RosterSource, parent: QWidget) -> None:
        super().__init__(parent)
        self.patient_id: Id = ""
        self.subject_id: Id = ""
        theme = context.theme
        self.searcher = PatientSearcher(
            context.operations, context.clock, source, self, offer_add=False
        )
        self.setPlaceholderText("Any patient")
        self.setAccessibleName("Patient: type a name, a phone number or a birth date")
        self.setClearButtonEnabled(True)
        self.setMaxLength(200)
        leading_icon(self, theme, "search")
        self.found = QListView(parent)
        self.found.setModel(self.searcher.model)
        self.found.setItemDelegate(HitDelegate(theme, self.found))
        self.found.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.found.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.found.setAccessibleName("Patients found")
        self.found.setMaximumHeight(theme.px(4 * HIT_HEIGHT + 4))
        self.found.setMaximumWidth(theme.px(FOUND))
        self.found.hide()
        self._hurried = False
        self.found.clicked.connect(self._take)
        self.textEdited.connect(self._on_text)
        self.textChanged.connect(lambda text: None if text else self._none())
        self.searcher.answered.connect(self._on_answer)

    def mean(self, words: str, patient_id: Id = "", subject_id: Id = "") -> None:
        """Without ``changed``."""
        with QSignalBlocker(self):
            self.setText(CURTAIN.said(words))
        self.setCursorPosition(0)
        self.found.hide()
        self.patient_id, self.subject_id = patient_id, subject_id

    def _on_text(self, text: str) -> None:
        self._hurried = False
        self.searcher.type(text)

    def _on_answer(self) -> None:
        some = self.searcher.model.rowCount() > 0 and bool(self.text().strip())
        self.found.setVisible(some)
        if some:
            self.found.setCurrentIndex(self.searcher.model.index(0))
        if self._hurried:
            self._hurried = False
            self._take(self.found.currentIndex())

    def _take(self, index: QModelIndex) -> None:
        hit = index.data(HIT_ROLE)
        if isinstance(hit, PatientHit):
            self.mean(hit.listed_name, hit.id)
            self.changed.emit()

    def _none(self) -> None:
        self.searcher.type("")
        self.found.hide()
        if self.patient_id or self.subject_id:
            self.patient_id = self.subject_id = ""
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        open_ = self.found.isVisible()
        match event.key():
            case Qt.Key.Key_Down | Qt.Key.Key_Up if open_:
                step = 1 if event.key() == Qt.Key.Key_Down else -1
                row = self.found.currentIndex().row() + step
                if 0 <= row < self.searcher.model.rowCount():
                    self.found.setCurrentIndex(self.searcher.model.index(row))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._enter()
            case Qt.Key.Key_Escape if open_:
                self.found.hide()
            case _:
                super().keyPressEvent(event)

    def _enter(self) -> None:
        if self.patient_id or self.subject_id or not self.text().strip():
            self.returnPressed.emit()
        elif self.searcher.settled:
            self._take(self.found.currentIndex())
        else:  # the answer takes the first of what it finds
            self._hurried = True
            self.searcher.hurry()


class FilterRow(QWidget):
    """``changed`` when another choice was made."""

    changed = Signal()

    def __init__(self, context: Context, source: RosterSource) -> None:
        super().__init__()
        theme = context.theme
        self.patient = PatientField(context, source, self)
        self.patient.setMinimumWidth(theme.px(180))
        self.person = self._box("Person", 10)
        self.kind = self._box("Kind of entry", 12)
        self.period = self._box("Period", 9)
        self.desk = self._box("Desk", 8)
        self.first, self.last = self._day("First day"), self._day("Last day")
        for kind, word in KIND_WORDS.items():
            self.kind.addItem(word, kind)
        self.kind.insertItem(0, "Everything", None)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.kind.setCurrentIndex(0)
        for name, word in PERIODS:
            self.period.addItem(word, name)
        self._boxes = (self.person, self.kind, self.period, self.desk)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        row = FlowLayout()
        column.addLayout(row)
        column.addWidget(self.patient.found)
        for field in (
            self.patient, self.person, self.kind, self.period, self.first, self.last, self.desk
        ):  # fmt: skip
            row.addWidget(field)
        self.offer((), ())
        for box in self._boxes:
            box.currentIndexChanged.connect(self._on_box)
        for day in (self.first, self.last):
            day.dateChanged.connect(lambda _day: self.changed.emit())
        self.patient.changed.connect(self.changed)
        self._show_days()

    def _box(self, name: str, letters: int) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(letters)
        return box

    def _day(self, name: str) -> QDateEdit:
        field = QDateEdit(self)
        field.setCalendarPopup(True)
        field.setDisplayFormat("ddd d MMM yyyy")
        field.setAccessibleName(name)
        field.setDate(QDate.currentDate())
        return field

    def _on_box(self) -> None:
        self._show_days()
        self.changed.emit()

    def _show_days(self) -> None:
        chosen = self.period.currentData() == CHOSEN
        self.first.setVisible(chosen)
        self.last.setVisible(chosen)

    def offer(self, people: Sequence[tuple[Id, str]], desks: Sequence[tuple[Id, str]]) -> None:
        """Who and where there is; what is chosen stays."""
        for box, everybody, rows in (
            (self.person, "Everybody", people), (self.desk, "All desks", desks)
        ):  # fmt: skip
            kept = box.currentData()
            with QSignalBlocker(box):
                box.clear()
                box.addItem(everybody, "")
                for row_id, name in rows:
                    box.addItem(name or row_id, row_id)
                box.setCurrentIndex(max(0, box.findData(kept)))
            box.setVisible(len(rows) > 1 or box is self.person)

    def start_on(self, today: date) -> None:
        """The days offered first when a period is chosen by its days."""
        for field, day in ((self.first, today - timedelta(days=29)), (self.last, today)):
            with QSignalBlocker(field):
                field.setDate(QDate(day.year, day.month, day.day))

    def wish(self, today: date, zone: str) -> AuditWish:
        wish = AuditWish(
            actor_id=self.person.currentData() or "",
            patient_id=self.patient.patient_id,
            subject_id=self.patient.subject_id,
            desk_id=self.desk.currentData() or "",
            kind=self._kind(),
        )
        first, last = self._days(today)
        if first is not None:
            wish = replace(wish, first=at_local(first, 0, zone))
        if last is not None:
            wish = replace(wish, last=at_local(last + timedelta(days=1), 0, zone))
        return wish

    def _kind(self) -> Kind | None:
        index = self.kind.currentIndex()
        # a combo box hands a value of an enumeration of words back as a bare word
        return list(KIND_WORDS)[index - 1] if index > 0 else None

    def _days(self, today: date) -> tuple[date | None, date | None]:
        match self.period.currentData():
            case "all":
                return None, None
            case "yesterday":
                return today - timedelta(days=1), today - timedelta(days=1)
            case "days":
                ends = sorted(_python(field.date()) for field in (self.first, self.last))
                return ends[0], ends[1]
            case name:
                return today - timedelta(days=_BACK[str(name)]), today

    @property
    def on(self) -> bool:
        chosen = any(box.currentIndex() > 0 for box in self._boxes)
        return chosen or bool(self.patient.patient_id or self.patient.subject_id)

    def choose(self, kind: Kind | None = None) -> None:
        """Everything of all time, or all of one kind; without ``changed``."""
        for box in self._boxes:
            with QSignalBlocker(box):
                box.setCurrentIndex(0)
        if kind is not None:
            with QSignalBlocker(self.kind):
                self.kind.setCurrentIndex(1 + list(KIND_WORDS).index(kind))
        self.patient.mean("")
        self._show_days()


def _python(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
