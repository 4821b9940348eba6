"""How long what is held still waits, told anew when its words change and not oftener."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from clinic_desk.services.message_ports import MessageCard
from clinic_desk.ui.models import messages

if TYPE_CHECKING:
    from clinic_desk.ui.messages.page import MessagesPage

LEAST = 50
"""Milliseconds between two looks at the clock."""


class Countdown(QObject):
    """By the minute, in the last one by the second. Cells and the headline beside the list are
    written anew, nothing is read, until a wait is over."""

    def __init__(self, page: MessagesPage) -> None:
        super().__init__(page)
        self._page = page
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._tell)

    def start(self) -> None:
        """After the list was read."""
        waits = self._waits()
        if not waits:
            self._timer.stop()
            return
        self._timer.start(max(LEAST, min(until_other_words(left) for left in waits)))

    def stop(self) -> None:
        self._timer.stop()

    def _waits(self) -> list[timedelta]:
        now = self._page.context.clock.now()
        return [
            one.held_until - now
            for card in self._held()
            if (one := card.message).held_until is not None
        ]

    def _held(self) -> list[MessageCard]:
        model = self._page.model
        return [card for card in model.cards() if messages.is_held(card.message, model.now)]

    def _tell(self) -> None:
        page, now = self._page, self._page.context.clock.now()
        held = self._held()
        page.model.tell_waits([card.message.id for card in held], now)
        page.side.tell_time(now)
        if any(not messages.is_held(card.message, now) for card in held):
            page.read()
        else:
            self.start()


def until_other_words(left: timedelta) -> int:
    """Milliseconds until "3 min" is "2 min", or "45 s" is "44 s"."""
    step = timedelta(minutes=1) if left > timedelta(minutes=1) else timedelta(seconds=1)
    part = left % step or step
    return part // timedelta(milliseconds=1) + 1
