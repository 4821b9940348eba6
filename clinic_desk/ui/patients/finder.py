"""Whose page: a search of its own, shown while nobody is on display or somebody else is wanted."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from clinic_desk.ui.models.patient_pick import NOBODY, PatientPick
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.bits import InkLabel

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
        pick = self._pick = PatientPick(context, source, self, prompt)
        self.searcher, self.edit, self.list = pick.searcher, pick.edit, pick.list
        self.edit.setClearButtonEnabled(True)
        self.note = InkLabel(context.theme, prompt, ink="text2", wrap=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.edit)
        column.addWidget(self.note, 0)
        column.addWidget(self.list, 1)
        column.addStretch(0)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._prompt = prompt
        self.setFocusProxy(self.edit)
        pick.chosen.connect(self.chosen)
        pick.left.connect(self.left)
        pick.passed.connect(self.passed)
        pick.changed.connect(self._tell)
        self.list.clicked.connect(pick.take)
        self.list.hide()

    def start(self) -> None:
        self._pick.start()
        self._tell()

    def _tell(self) -> None:
        some = self._pick.typed and self.searcher.model.rowCount() > 0
        self.list.setVisible(some)
        self.note.setText(NOBODY if self._pick.nobody else self._prompt)
        self.note.setVisible(not some)
