"""Undo and redo with their names in the menu, refused honestly."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.commands import Redo, Undo
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import UndoState
from clinic_desk.ui.runtime.context import Context


class Undoing(QObject):
    """``told`` carries a sentence and the button that goes with it; ``refused`` the error."""

    told = Signal(str, str)
    refused = Signal(object)

    def __init__(self, context: Context, undo: QAction, redo: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._undo, self._redo = undo, redo
        self.state = UndoState()
        self._take(self.state)
        context.operations.committed.connect(lambda _outcome: self.refresh())
        self.refresh()

    def refresh(self) -> None:
        session = self._context.actor.session_id
        self._context.operations.ask(
            lambda queries: queries.undo_state(session), done=self._take, key="undo-state"
        )

    def undo(self) -> None:
        self._run(Undo(initiator="window"), "Undone", "Redo")

    def redo(self) -> None:
        self._run(Redo(initiator="window"), "Done again", "Undo")

    def _run(self, command: Undo | Redo, word: str, button: str) -> None:
        def done(outcome: Outcome) -> None:
            label = outcome.value if isinstance(outcome.value, str) else ""
            self.told.emit(f"{word}: {label}" if label else f"{word}.", button)

        def refused(error: ClinicDeskError) -> None:
            self.refresh()
            self.refused.emit(error)

        self._context.operations.run(command, done=done, refused=refused)

    def _take(self, state: UndoState) -> None:
        self.state = state
        for action, word, label in (
            (self._undo, "&Undo", state.undo_label),
            (self._redo, "&Redo", state.redo_label),
        ):
            action.setText(f"{word} {label.replace('&', '&&')}".rstrip())
            action.setEnabled(bool(label))
