"""Undo and redo with their names in the menu, refused honestly."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services.command import Command
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import UndoState
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN

PATIENCE = 300
"""Milliseconds before an undo is told to be under way; most are over by then."""


class Undoing(QObject):
    """Which step is the last is known to the store's thread before it is known here. Until a write
    is done and read back both keys are listened to, so that Ctrl+Z right behind a step takes that
    step back; commands are executed in the order of the keys.

    ``told`` carries a sentence and the button that goes with it; ``refused`` the error;
    ``working`` what is under way when it takes its time, empty when it is over."""

    told = Signal(str, str)
    refused = Signal(object)
    working = Signal(str)

    def __init__(self, context: Context, undo: QAction, redo: QAction, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self._undo, self._redo = undo, redo
        self.state = UndoState()
        self._paused = False
        self._shut = ""
        self._words = ""
        self._writing = False
        self._unread = False
        self._undone = False
        self._slow = QTimer(self, singleShot=True, interval=PATIENCE)
        self._slow.timeout.connect(lambda: self.working.emit(self._words))
        self._take(self.state)
        context.operations.busy_changed.connect(self._on_busy)
        context.operations.committed.connect(lambda _outcome: self._on_step())
        # an import writes on a thread of its own; a hold may have been let go by another desk
        context.operations.changed.connect(self._on_changes)
        self.refresh()

    def _on_busy(self, pending: int) -> None:
        self._writing = pending > 0
        self._show()

    def _on_step(self) -> None:
        self._unread = True
        self.refresh()

    def _on_changes(self, changes: Changes) -> None:
        if "external" in changes.kinds:
            self.refresh()

    def refresh(self) -> None:
        session = self._context.actor.session_id
        self._context.operations.ask(
            lambda queries: queries.undo_state(session), done=self._take, key="undo-state"
        )

    def pause(self, importing: bool) -> None:
        """While files are taken in nothing is taken back: half of an import would come after."""
        self._paused = importing

    def shut(self, why: str) -> None:
        """Nothing is taken back where what would change is not on the screen; "" ends it."""
        if why != self._shut:
            self._shut = why
            self._show()

    def undo(self) -> None:
        from clinic_desk.services.commands import Undo  # no part of the start

        self._run(Undo(initiator="window"), "Undone", "Redo")

    def redo(self) -> None:
        from clinic_desk.services.commands import Redo  # no part of the start

        self._run(Redo(initiator="window"), "Done again", "Undo")

    def _run(self, command: Command, word: str, button: str) -> None:
        if self._shut:
            self.refused.emit(Refusal("not_here", self._shut))
            return
        if self._paused:
            self.refused.emit(
                Refusal(
                    "importing",
                    "Files are being imported. Wait until that has ended, or stop it, then undo.",
                )
            )
            return
        if button == "Redo":
            word_now, label = "Undoing", self.state.undo_label
            self._undone = True
        else:
            word_now, label = "Redoing", self.state.redo_label
        self._words = f"{word_now}: {label} …" if label else f"{word_now} …"
        self._slow.start()

        def done(outcome: Outcome) -> None:
            self._over()
            label = outcome.value if isinstance(outcome.value, str) else ""
            said = f"{word}: {label}" if label else word
            said += f" · {outcome.told}" if outcome.told else "" if label else "."
            self.told.emit(said, button)

        def refused(error: ClinicDeskError) -> None:
            self._over()
            self.refresh()
            self.refused.emit(error)

        self._context.operations.run(command, done=done, refused=refused)

    def _over(self) -> None:
        self._slow.stop()
        self.working.emit("")

    def _take(self, state: UndoState) -> None:
        self.state = state
        if not self._writing:
            self._unread = self._undone = False
        self._show()

    def _show(self) -> None:
        unsure = self._writing or self._unread
        for action, word, label, perhaps in (
            (self._undo, "&Undo", self.state.undo_label, unsure),
            (self._redo, "&Redo", self.state.redo_label, self._undone),
        ):
            action.setText(f"{word} {CURTAIN.said(label).replace('&', '&&')}".rstrip())
            action.setEnabled(not self._shut and (bool(label) or perhaps))
            action.setToolTip(as_text(self._shut))
            action.setStatusTip(self._shut)
            for menu in action.associatedObjects():
                if isinstance(menu, QMenu):
                    menu.setToolTipsVisible(bool(self._shut))
