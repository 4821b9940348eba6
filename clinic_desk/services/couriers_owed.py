"""What became of messages and could not be written down: the disk was full, or the file busy.

The provider has taken such a message, and the store does not know. So the process that does know
keeps it, and takes up nothing more before it is written.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from threading import Lock

from clinic_desk.domain.errors import Fault
from clinic_desk.services.command import Command
from clinic_desk.services.outbox_commands import EndMessage, SettleMessage

log = logging.getLogger(__name__)


class Owed:
    """``execute`` runs a command; its ``Fault`` is what keeps one owed."""

    def __init__(self, execute: Callable[[Command], object]) -> None:
        self._execute = execute
        self._turn = Lock()
        self._waiting: deque[EndMessage | SettleMessage] = deque()

    def settle(self, command: EndMessage | SettleMessage) -> None:
        """Raises the store's ``Fault``; then it is owed."""
        try:
            self._execute(command)
        except Fault as fault:
            with self._turn:
                self._waiting.append(command)
            log.error("what became of %s is not noted yet: %s", command.message_id, fault.code)
            raise

    def pay(self) -> None:
        """Writes what is owed, the oldest first. Raises the store's ``Fault`` while it cannot."""
        while self._waiting:
            with self._turn:
                if self._waiting:
                    self._execute(self._waiting[0])
                    self._waiting.popleft()

    def pay_if_possible(self) -> None:
        with suppress(Fault):
            self.pay()
