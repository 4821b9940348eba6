"""Results, refusals and troubles, each where it belongs: toast, message bar, status bar."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell, StoreInfo
from clinic_desk.ui.runtime.operations import LOGGED_OUT
from clinic_desk.ui.runtime.wording import Message, Tone, message_for

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.main_window.window import MainWindow

log = logging.getLogger(__name__)
PLAN = "Plan them"
PROTECTION = {"plain": "Not encrypted", "unnoted": "Recovery key not printed"}


class Telling(QObject):
    """The toast's button repeats or takes back the last step; a way out of the message bar is
    answered here when it belongs to the window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._button = self._plan = ""
        self._info: StoreInfo | None = None

    def toast(self, sentence: str, undo: bool = False) -> None:
        self.toast_with(sentence, "Undo" if undo else "")

    def toast_with(self, sentence: str, button: str) -> None:
        self._button = button
        self._window.centre.message.clear()
        self._window.toast.show_text(sentence, button)

    def toast_pressed(self) -> None:
        if self._button == "Redo":
            self._window.undoing.redo()
        elif self._button == "Undo":
            self._window.undoing.undo()
        elif self._button == PLAN:
            self._window.show_page("absence", self._plan)

    def offer_plan(self, sentence: str, absence_id: Id) -> None:
        """Visits must move: the planner is a click away, Ctrl+Z takes the cause back."""
        self._plan = absence_id
        self.toast_with(sentence, PLAN)

    def refused(self, error: ClinicDeskError) -> None:
        """The page of a locked window says itself why a session ended."""
        if isinstance(error, Refusal) and error.code == LOGGED_OUT:
            return
        self._window.centre.message.show_message(message_for(error))

    def warn(self, sentence: str) -> None:
        self._window.centre.message.show_message(Message(sentence, Tone.WARN))

    def chosen(self, way: WayOut) -> None:
        window = self._window
        row_id = way.data.get("appointment_id") or way.data.get("id")
        if way.action == "show" and isinstance(row_id, str):
            window.visits.show(row_id)
        elif way.action in ("show", "retry", "refresh"):
            window.freshness.look()
            window.context.operations.announce_external()
        else:
            log.warning("no answer in the window to the way out %s", way.action)

    def store_failed(self, error: ClinicDeskError) -> None:
        self._window.status.show_trouble(message_for(error).sentence)
        self.refused(error)

    def store_back(self) -> None:
        self._window.status.show_trouble("")
        self._window.centre.message.clear()
        self._window.context.operations.announce_external()

    def read_backup_age(self) -> None:
        """Its words are loaded on the thread that counts: both are no part of the start."""

        def question(queries: Queries) -> StoreInfo:
            import_module("clinic_desk.ui.main_window.backing")
            return queries.info()

        self._window.context.operations.ask(question, done=self._show_backup, key="window-info")

    def _show_backup(self, info: StoreInfo) -> None:
        self._info = info
        demo = self._window.settings.get("practice.demo")  # nobody's data
        self._window.status.show_protection("" if demo else PROTECTION.get(info.protection, ""))
        self.tell_backup()

    def tell_backup(self) -> None:
        """From what the store said, until the window's own watch knows better. Nothing before: the
        settings are put into force while the window is built."""
        if self._info is None:
            return
        from clinic_desk.ui.main_window import backing  # no part of the start

        watch = backing.watch_of(self._window)
        if watch is not None and watch.known:
            backing.tell(self._window, watch)
        else:
            words, tone = backing.age_words(self._window, self._info.last_backup)
            self._window.status.show_backup(words, tone)

    def show_selected(self, cell: object) -> None:
        window = self._window
        chosen = cell if isinstance(cell, Cell) else None
        before = window.sidebar.card.cell
        if chosen is not None and (before is None or before.id != chosen.id):
            window.context.operations.looked_at(chosen)
        window.sidebar.card.show_cell(chosen, window.roster.roster, window.context.clock.now())
