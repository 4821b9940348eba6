"""Patient search for the toolbar (Ctrl+F or /): results below the field while typing."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.views import PatientHit, PatientView
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.knowing import next_visit
from clinic_desk.ui.models.patient_hits import LIMIT, AddRow
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import HIT_HEIGHT, HitDelegate
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, leading_icon

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
POPUP_WIDTH = 640
CODE = re.compile(r"apt-\d{4}-\d{4,}", re.IGNORECASE)
HINTS = (
    ("Enter", "next visit or card"), ("Ctrl+Enter", "book"), ("Shift+Enter", "card"),
    ("Alt+Enter", "page"), ("Ctrl+E", "export"),
)  # fmt: skip
NOBODY = (("Enter", "add as a new patient"), ("Esc", "leave"))
MARGIN = 12
"""Pixels left of everything in a row."""


class _Popup(QFrame):
    """The rows and the key hints; never takes the focus from the field."""

    def __init__(self, theme: Theme, searcher: PatientSearcher, window: QWidget) -> None:
        super().__init__(window)
        self._theme = theme
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.list = QListView(self)
        self.list.setModel(searcher.model)
        self.list.setItemDelegate(HitDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Patients found")
        self.hints = KeyHints(theme, HINTS, self)
        self.note = InkLabel(theme, "", role="caption", ink="text2", parent=self)
        below = QHBoxLayout()
        below.setContentsMargins(MARGIN - 1, 0, MARGIN - 1, 0)
        below.addWidget(self.hints, 1)
        below.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 5)
        column.setSpacing(5)
        column.addWidget(self.list, 1)
        column.addLayout(below)
        self.hide()

    def tell(self, hits: int) -> None:
        """Which keys there are for so many patients, and that there may be more of them."""
        self.hints.set_pairs(HINTS if hits else NOBODY)
        few = f"the first {LIMIT}; type more to narrow" if hits >= LIMIT else ""
        self.note.setText(few if hits else "nobody on file matches")
        self.note.setVisible(bool(self.note.text()))

    @property
    def spare(self) -> int:
        """Pixels that the popup is higher than its rows."""
        below = max(self.hints.height(), self.note.sizeHint().height())
        return below + 16  # margins and spacing of 12, and no scroll bar for a pixel

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.canvas)
        painter.setPen(self._theme.tokens.control_border)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))


class PatientSearch(QWidget):
    """Enter opens the patient's next visit, or the card when there is none; Shift+Enter the card;
    Alt+Enter the page; Ctrl+Enter books for that patient; Ctrl+E hands those found on as a file;
    the last row adds a new one.

    ``visit_requested`` carries a visit's id, ``card_requested``, ``page_requested`` and
    ``book_requested`` a patient's id, ``add_requested`` and ``export_requested`` the text that was
    typed; after ``dismissed`` the window takes the keyboard back."""

    visit_requested = Signal(str)
    card_requested = Signal(str)
    page_requested = Signal(str)
    book_requested = Signal(str)
    add_requested = Signal(str)
    export_requested = Signal(str)
    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        self.searcher = PatientSearcher(context.operations, context.clock, self.source, self)
        self.edit = QLineEdit(self)
        self.edit.setProperty("person", True)
        self.edit.setPlaceholderText("Name, phone or birth date")
        self.edit.setAccessibleName("Search patients: name, phone or birth date")
        self.edit.setToolTip("Search patients (Ctrl+F or /)")
        self.edit.setClearButtonEnabled(True)
        leading_icon(self.edit, context.theme, "search")
        self._popup: _Popup | None = None
        self._act_when_answered: Qt.KeyboardModifier | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._on_text)
        self.searcher.answered.connect(self._on_answer)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(280, self.edit.sizeHint().height())

    @property
    def popup(self) -> _Popup:
        """Made on first use, when the window is known."""
        if self._popup is None:
            self._popup = _Popup(self.context.theme, self.searcher, self.window())
            self._popup.list.clicked.connect(
                lambda index: self._act(index.row(), Qt.KeyboardModifier.NoModifier)
            )
        return self._popup

    def start(self, text: str = "") -> None:
        """Focus the field; what stands there is selected so that typing replaces it."""
        if text:
            self.edit.setText(text)
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not text:
            self.edit.selectAll()

    def dismiss(self) -> None:
        self._act_when_answered = None
        self.edit.clear()
        self.popup.hide()
        self.edit.clearFocus()
        self.dismissed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.edit:
            if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
                return self._key(event)
            if event.type() is QEvent.Type.FocusOut and self._popup is not None:
                self._popup.hide()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        key = event.key()
        if key in ENTER:
            if CODE.fullmatch(self.edit.text().strip()):
                self._open_code(self.edit.text().strip().upper())
            elif self.edit.text().strip():
                if self.searcher.settled:
                    row = max(0, self.popup.list.currentIndex().row())
                    self._act(row, event.modifiers())
                else:
                    self._act_when_answered = event.modifiers()
                    self.searcher.hurry()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up) and self.popup.isVisible():
            rows = max(1, self.searcher.model.rowCount())
            step = 1 if key == Qt.Key.Key_Down else -1
            self._select((self.popup.list.currentIndex().row() + step) % rows)
            return True
        if key == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        if key == Qt.Key.Key_E and event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            text = self.edit.text().strip()
            if text:
                self.dismiss()
                self.export_requested.emit(text)
            return True
        return False

    def _on_text(self, text: str) -> None:
        self.searcher.type(text)
        if not text.strip() and self._popup is not None:
            self._popup.hide()

    def _on_answer(self) -> None:
        if self._act_when_answered is not None:
            modifiers, self._act_when_answered = self._act_when_answered, None
            self._act(0, modifiers)
        elif self.edit.hasFocus():
            self._open()

    def _open(self) -> None:
        window, popup = self.window(), self.popup
        scale = self.context.theme.px
        rows = self.searcher.model.rowCount()
        popup.tell(len(self.searcher.model.hits()))
        width = min(max(self.width(), scale(POPUP_WIDTH)), window.width() - 16)
        place = self.mapTo(window, QPoint(0, self.height() + 4))
        left = max(8, min(place.x(), window.width() - width - 8))
        height = min(window.height() - place.y() - 16, rows * scale(HIT_HEIGHT) + popup.spare)
        popup.setGeometry(left, place.y(), width, height)
        popup.show()
        popup.raise_()
        self._select(0)

    def _select(self, row: int) -> None:
        self.popup.list.setCurrentIndex(self.searcher.model.index(row))

    def _act(self, number: int, modifiers: Qt.KeyboardModifier) -> None:
        row = self.searcher.model.row(number)
        if row is None:
            return
        self.dismiss()
        if isinstance(row, AddRow):
            self.add_requested.emit(row.text)
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            self.book_requested.emit(row.id)
        elif modifiers & Qt.KeyboardModifier.AltModifier:
            self.page_requested.emit(row.id)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self.card_requested.emit(row.id)
        else:
            self._open_next(row)

    def _open_code(self, code: str) -> None:
        """A confirmation code opens its visit at once."""

        def found(visit_id: str | None) -> None:
            if visit_id is not None:
                self.dismiss()
                self.visit_requested.emit(visit_id)

        self.context.operations.ask(
            lambda queries: queries.appointment_by_code(code),
            done=found,
            key=f"search.code:{id(self)}",
        )

    def _open_next(self, hit: PatientHit) -> None:
        def found(view: PatientView) -> None:
            visit = next_visit(view, self.context.clock.now())
            if visit is not None:
                self.visit_requested.emit(visit.id)
            else:
                self.card_requested.emit(hit.id)

        self.context.operations.ask(
            lambda queries: queries.patient(hit.id),
            done=found,
            failed=lambda _error: self.card_requested.emit(hit.id),
            key=f"search.next:{id(self)}",
        )
