"""*Who*: one field that searches, shows the patient taken, or takes down a new caller."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.dates import read_birth_date
from clinic_desk.ui.models.patient_hits import AddRow
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import HIT_HEIGHT, HitDelegate, Ink, paint_alert
from clinic_desk.ui.models.typed_patient import NewPatient, split_name
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import leading_icon

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BOOK_AHEAD = 3
"""Ctrl+Enter is worth so many Enters: the patient, the opening, book."""


class PatientLine(QWidget):
    """The patient taken, in one line with the alert at the end. Typing, Backspace or a click
    starts the search again."""

    reopened = Signal(str)

    def __init__(self, theme: Theme, source: RosterSource, searcher: PatientSearcher) -> None:
        super().__init__()
        self._theme, self._source, self._searcher = theme, source, searcher
        self._hit: PatientHit | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def show_hit(self, hit: PatientHit) -> None:
        self._hit = hit
        alert = f", alert: {hit.alert}" if hit.alert else ""
        details = words.hit_details(
            hit, self._source.roster, self._source.zone, self._searcher.today()
        )
        self.setAccessibleName(f"Patient {hit.listed_name}, {details}{alert}. Type to change.")
        self.setToolTip(as_text(hit.alert))
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        text = event.text()
        if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete, Qt.Key.Key_F2):
            self.reopened.emit("")
        elif (
            text
            and text.isprintable()
            and not (
                event.modifiers()
                & ~Qt.KeyboardModifier.ShiftModifier
                & ~Qt.KeyboardModifier.KeypadModifier
            )
        ):
            self.reopened.emit(text)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802
        self.reopened.emit("")

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens, hit = self._theme, self._theme.tokens, self._hit
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(tokens.control_border)
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme)
        if hit is None:
            return
        area = self.rect().adjusted(12, 0, -12, 0)
        painter.drawPixmap(area.left(), area.center().y() - 7, theme.icon("user", 16))
        area.setLeft(area.left() + 26)
        if hit.alert:
            area.setRight(paint_alert(painter, area, theme, hit.alert, at_most=area.width() // 3))
        ink = Ink(painter, area)
        ink.text(CURTAIN.name(hit), theme.font("body", bold=True), tokens.text, gap=12)
        details = words.hit_details(
            hit, self._source.roster, self._source.zone, self._searcher.today()
        )
        ink.text(details, theme.font("grid"), tokens.text2)


class NewPatientRow(QWidget):
    """Surname, first name, phone, birth date in one line; Enter goes on from the phone."""

    completed = Signal()
    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.last_name, self.first_name = QLineEdit(self), QLineEdit(self)
        self.phone, self.birth = QLineEdit(self), QLineEdit(self)
        for one in (self.last_name, self.first_name, self.phone, self.birth):
            one.setProperty("person", True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for field, prompt, stretch in (
            (self.last_name, "Surname", 3),
            (self.first_name, "First name", 3),
            (self.phone, "Phone", 3),
            (self.birth, "Born 4.3.88", 2),
        ):
            field.setPlaceholderText(prompt)
            field.setAccessibleName(f"New patient: {prompt.split(' 4')[0].lower()}")
            field.setMaxLength(120)
            field.textEdited.connect(self.edited)
            row.addWidget(field, stretch)

    def fill(self, patient: NewPatient) -> None:
        self.last_name.setText(patient.last_name)
        self.first_name.setText(patient.first_name)
        self.phone.setText(patient.phone)
        self.birth.setText(patient.birth_typed)

    def value(self, searcher: PatientSearcher) -> NewPatient:
        typed = self.birth.text().strip()
        return NewPatient(
            last_name=self.last_name.text().strip(),
            first_name=self.first_name.text().strip(),
            phone=self.phone.text().strip(),
            birth_date=read_birth_date(typed, searcher.today()),
            birth_typed=typed,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.completed.emit()
            return
        super().keyPressEvent(event)


class WhoField(QWidget):
    """``taken`` carries a ``PatientHit``, ``new_started`` and ``new_completed`` a
    ``NewPatient``; ``reopened`` says that the patient is being chosen anew; ``hurried`` how often
    Enter was pressed beyond the first before the patient was found, ``booking_ahead`` that the
    last of them was Ctrl+Enter. Only a patient beyond doubt is taken unseen, and a new one is
    never booked so."""

    taken = Signal(object)
    new_started = Signal(object)
    new_completed = Signal(object)
    reopened = Signal()
    empty_entered = Signal()
    hurried = Signal(int)
    booking_ahead = Signal()

    def __init__(
        self, theme: Theme, source: RosterSource, searcher: PatientSearcher, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._searcher = searcher
        self._enters = 0
        self.edit = QLineEdit(self)
        self.edit.setProperty("person", True)
        self.edit.setPlaceholderText("Name, phone or birth date")
        self.edit.setAccessibleName("Patient: name, phone or birth date")
        self.edit.setClearButtonEnabled(True)
        leading_icon(self.edit, theme, "search")
        self.line = PatientLine(theme, source, searcher)
        self.new_row = NewPatientRow()
        self._stack = QStackedWidget(self)
        for page in (self.edit, self.line, self.new_row):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(theme.px(32))
        self.popup = QListView(parent)
        self.popup.setModel(searcher.model)
        self.popup.setItemDelegate(HitDelegate(theme, self.popup))
        self.popup.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.popup.setMouseTracking(True)
        self.popup.setUniformItemSizes(True)
        self.popup.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.popup.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.popup.setAccessibleName("Patients found")
        self.popup.hide()
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self.popup.clicked.connect(lambda index: self._take_row(index.row()))
        searcher.answered.connect(self._on_answer)
        self.line.reopened.connect(self.reopen)
        self.new_row.completed.connect(self._complete_new)
        self.setFocusProxy(self.edit)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, self._theme.px(32))

    def start(self, text: str = "") -> None:
        """An empty search, focused; ``text`` as if typed."""
        self._enters = 0
        self._stack.setCurrentWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.edit.setText(text)
        if not text:
            self.popup.hide()
            self._searcher.type("")
        self.edit.setFocus()

    def show_patient(self, hit: PatientHit) -> None:
        self.popup.hide()
        self.line.show_hit(hit)
        self._stack.setCurrentWidget(self.line)
        self.setFocusProxy(self.line)

    def show_new(self, patient: NewPatient) -> None:
        self.popup.hide()
        self.new_row.fill(patient)
        self._stack.setCurrentWidget(self.new_row)
        self.setFocusProxy(self.new_row.phone)

    def new_value(self) -> NewPatient:
        return self.new_row.value(self._searcher)

    @property
    def adding(self) -> bool:
        return self._stack.currentWidget() is self.new_row

    def reopen(self, text: str = "") -> None:
        self.start(text)
        self.reopened.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.edit and isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.KeyPress and self._edit_key(event):
                return True
        elif watched is self.edit and event.type() is QEvent.Type.FocusOut:
            self.popup.hide()
        return super().eventFilter(watched, event)

    def _edit_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return key in ENTER and self._book_ahead()
        if key in ENTER:
            if not self.edit.text().strip():
                self.empty_entered.emit()
            elif self._searcher.settled:
                self._take_row(max(0, self.popup.currentIndex().row()))
            else:
                self._enters += 1
                self._searcher.hurry()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.popup.isVisible():
            rows = self._searcher.model.rowCount()
            step = 1 if key == Qt.Key.Key_Down else -1
            self._select((self.popup.currentIndex().row() + step) % max(1, rows))
            return True
        self._enters = 0
        if key == Qt.Key.Key_Escape and self.popup.isVisible():
            self.popup.hide()
            return True
        return False

    def _book_ahead(self) -> bool:
        """Ctrl+Enter on a name: booked at once when it can only be one patient, whether the
        search has answered already or not. False: the dialog asks who it is for."""
        if not self.edit.text().strip():
            return False
        if not self._searcher.settled:
            self._enters += BOOK_AHEAD
            self.booking_ahead.emit()
            self._searcher.hurry()
            return True
        sure = beyond_doubt(self.edit.text(), self._searcher.model.hits())
        if sure is None:
            return False
        self._take_row(sure)
        self.hurried.emit(BOOK_AHEAD - 1)
        return True

    def _on_text(self, text: str) -> None:
        self._enters = 0
        self._searcher.type(text)
        if not text.strip():
            self.popup.hide()

    def _on_answer(self) -> None:
        if self._stack.currentWidget() is not self.edit:
            return
        enters, self._enters = self._enters, 0
        sure = beyond_doubt(self.edit.text(), self._searcher.model.hits()) if enters else None
        if sure is not None:
            self._take_row(sure)
            if enters > 1 and not self.adding:
                self.hurried.emit(enters - 1)
            return
        if self.edit.hasFocus():
            self._open_popup()

    def _open_popup(self) -> None:
        parent = self.popup.parentWidget()
        if parent is None:
            return
        rows = self._searcher.model.rowCount()
        place = self.mapTo(parent, QPoint(0, self.height() + 2))
        room = parent.height() - place.y() - 8
        height = min(room, rows * self._theme.px(HIT_HEIGHT) + 4)
        self.popup.setGeometry(place.x(), place.y(), self.width(), height)
        self.popup.show()
        self.popup.raise_()
        self._select(0)

    def _select(self, row: int) -> None:
        self.popup.setCurrentIndex(self._searcher.model.index(row))

    def _take_row(self, number: int) -> None:
        row = self._searcher.model.row(number)
        if isinstance(row, PatientHit):
            self.show_patient(row)
            self.taken.emit(row)
        elif isinstance(row, AddRow):
            self.start_new(row.text)

    def start_new(self, text: str) -> None:
        """A caller who is not on file: what was typed is read as name, phone or birth date."""
        patient = read_caller(text, self._searcher)
        self.show_new(patient)
        self.new_started.emit(patient)
        first_empty = self.new_row.last_name if not patient.last_name else self.new_row.phone
        first_empty.setFocus()

    def _complete_new(self) -> None:
        self.new_completed.emit(self.new_value())


def beyond_doubt(text: str, hits: Sequence[PatientHit]) -> int | None:
    """Which of the hits somebody means who has not seen them: the only one, or the only one of
    exactly this name, or the row that adds somebody. None when they have to look."""
    if len(hits) <= 1:
        return 0
    typed = _name_words(text)
    same = [n for n, hit in enumerate(hits) if _name_words(hit.listed_name) == typed]
    return same[0] if len(same) == 1 else None


def _name_words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return sorted(letters.replace(",", " ").split())


def read_caller(text: str, searcher: PatientSearcher) -> NewPatient:
    """What was searched for, sorted into the fields of a new patient."""
    birth = read_birth_date(text, searcher.today())
    if birth is not None:
        return NewPatient(birth_date=birth, birth_typed=text)
    if sum(c.isdigit() for c in text) >= 5:
        return NewPatient(phone=text)
    last, first = split_name(text)
    return NewPatient(last_name=last, first_name=first)
