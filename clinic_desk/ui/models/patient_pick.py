"""A field in which a patient is looked for, and the list of those found."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QWidget

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models.patient_hits import HIT_ROLE
from clinic_desk.ui.models.patient_search import PatientSearcher
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.row_painting import HitDelegate
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import leading_icon

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
NOBODY = "Nobody on file matches. Type less, or a phone number or birth date instead."


class PatientPick(QObject):
    """``edit`` and ``list`` are laid out by their owner. The arrows go through the list from the
    field, Enter takes a row, also before the answer is there. ``chosen`` carries a ``PatientHit``;
    ``changed`` comes with each text and answer; ``left`` with Esc; ``passed`` with a ↓, ↑ or Enter
    that no row has a use for."""

    chosen = Signal(object)
    changed = Signal()
    left = Signal()
    passed = Signal()

    def __init__(self, context: Context, source: RosterSource, owner: QWidget, name: str) -> None:
        super().__init__(owner)
        self.searcher = PatientSearcher(
            context.operations, context.clock, source, self, offer_add=False
        )
        self.edit = QLineEdit(owner)
        self.edit.setPlaceholderText("Name, phone, birth date or record number")
        self.edit.setAccessibleName(name)
        self.edit.setMaxLength(200)
        leading_icon(self.edit, context.theme, "search")
        self.list = QListView(owner)
        self.list.setModel(self.searcher.model)
        self.list.setItemDelegate(HitDelegate(context.theme, self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("Patients found")
        self._hurried = False
        self.edit.textChanged.connect(self._on_text)
        self.edit.installEventFilter(self)
        self.searcher.answered.connect(self._on_answer)

    @property
    def typed(self) -> bool:
        return bool(self.edit.text().strip())

    @property
    def nobody(self) -> bool:
        """Whether what was typed has its answer, and that is none."""
        return self.typed and self.searcher.settled and not self.searcher.model.rowCount()

    def start(self) -> None:
        """Anew, with the keyboard."""
        self.edit.clear()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def take(self, index: QModelIndex) -> None:
        self._hurried = False
        hit = index.data(HIT_ROLE)
        if isinstance(hit, PatientHit):
            self.chosen.emit(hit)

    def _on_text(self, text: str) -> None:
        self._hurried = False
        self.searcher.type(text)
        self.changed.emit()

    def _on_answer(self) -> None:
        self.list.setCurrentIndex(self.searcher.model.index(0))
        self.changed.emit()
        if self._hurried:
            self.take(self.list.currentIndex())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not (isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress):
            return super().eventFilter(watched, event)
        key = Qt.Key(event.key())
        if key in ENTER:
            self._enter()
        elif key in STEPS:
            self._step(STEPS[key])
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            return super().eventFilter(watched, event)
        return True

    def _enter(self) -> None:
        if not self.typed:
            self.passed.emit()
        elif self.searcher.settled:
            self.take(self.list.currentIndex())
        else:
            self._hurried = True
            self.searcher.hurry()

    def _step(self, step: int) -> None:
        rows = self.searcher.model.rowCount()
        if rows:
            row = (self.list.currentIndex().row() + step) % rows
            self.list.setCurrentIndex(self.searcher.model.index(row))
        else:
            self.passed.emit()
