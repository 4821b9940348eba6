"""Whose page: a search of its own, shown while nobody is on display or somebody else is wanted."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QVBoxLayout, QWidget

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models.patient_hits import HIT_ROLE
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import HitDelegate
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel, leading_icon

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WIDTH = 640


class PatientFinder(QWidget):
    """``chosen`` carries a ``PatientHit``; ``left`` comes with Esc; ``passed`` with a ↓, ↑ or Enter
    that no row has a use for: whatever else is offered takes the keyboard."""

    chosen = Signal(object)
    left = Signal()
    passed = Signal()

    def __init__(
        self, context: Context, source: RosterSource, parent: QWidget, prompt: str
    ) -> None:
        super().__init__(parent)
        theme = context.theme
        self.searcher = PatientSearcher(
            context.operations, context.clock, source, self, offer_add=False
        )
        self.edit = QLineEdit(self)
        self.edit.setPlaceholderText("Name, phone, birth date or record number")
        self.edit.setAccessibleName(prompt)
        self.edit.setClearButtonEnabled(True)
        self.edit.setMaxLength(200)
        leading_icon(self.edit, theme, "search")
        self.list = QListView(self)
        self.list.setModel(self.searcher.model)
        self.list.setItemDelegate(HitDelegate(theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Patients found")
        self.note = InkLabel(theme, prompt, ink="text2", wrap=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.edit)
        column.addWidget(self.note, 0)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._prompt = prompt
        self._hurried = False
        self.setFocusProxy(self.edit)
        self.edit.textEdited.connect(self._on_text)
        self.edit.textChanged.connect(lambda text: None if text else self.searcher.type(""))
        self.edit.installEventFilter(self)
        self.searcher.answered.connect(self._on_answer)
        self.list.clicked.connect(self._take)
        self.list.hide()

    def start(self) -> None:
        self.edit.clear()
        self.searcher.type("")
        self._hurried = False
        self._tell()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_text(self, text: str) -> None:
        self._hurried = False
        self.searcher.type(text)
        if not text.strip():
            self._tell()

    def _on_answer(self) -> None:
        self._tell()
        if self.list.isVisibleTo(self):
            self.list.setCurrentIndex(self.searcher.model.index(0))
        if self._hurried:
            self._hurried = False
            self._take(self.list.currentIndex())

    def _tell(self) -> None:
        found = self.searcher.model.rowCount()
        typed = bool(self.edit.text().strip())
        self.list.setVisible(typed and found > 0)
        nobody = "Nobody on file matches. Type less, or a phone number or birth date instead."
        self.note.setText(nobody if typed and self.searcher.settled and not found else self._prompt)
        self.note.setVisible(not (typed and found))

    def _take(self, index: QModelIndex) -> None:
        hit = index.data(HIT_ROLE)
        if isinstance(hit, PatientHit):
            self.chosen.emit(hit)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not (isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        key = event.key()
        if key in ENTER:
            if not self.edit.text().strip():
                self.passed.emit()
            elif self.searcher.settled:
                self._take(self.list.currentIndex())
            else:
                self._hurried = True
                self.searcher.hurry()
            return True
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            rows = self.searcher.model.rowCount()
            if rows:
                step = 1 if key == Qt.Key.Key_Down else -1
                row = (self.list.currentIndex().row() + step) % rows
                self.list.setCurrentIndex(self.searcher.model.index(row))
            else:
                self.passed.emit()
            return True
        if key == Qt.Key.Key_Escape:
            self.left.emit()
            return True
        return super().eventFilter(watched, event)
