"""What the computer tells on its system bus: that it goes to sleep, that its session is locked.

Linux alone has one (login1 of systemd, or elogind). Where there is none nothing is told, and the
wall clock tells after a sleep how long nobody was here (``main_window.locking``).
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import SLOT, QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtDBus import QDBusConnection, QDBusPendingCallWatcher

log = logging.getLogger(__name__)

SERVICE = "org.freedesktop.login1"
MANAGER = "org.freedesktop.login1.Manager"
SESSION = "org.freedesktop.login1.Session"
PATH = "/org/freedesktop/login1"


class SystemBus(QObject):
    """``away``: nobody is at the computer from now on, or was until now; "sleep" or "key"."""

    away = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = ""
        """The path of our session on the bus, once it is known."""
        self._bus: QDBusConnection | None = None
        self._asked: QDBusPendingCallWatcher | None = None

    def listen(self, bus: QDBusConnection | None = None) -> bool:
        """Whether there is a bus. Asks it without waiting which session is ours."""
        try:
            from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
        except ImportError:  # Windows
            return False
        bus = QDBusConnection.systemBus() if bus is None else bus
        if not bus.isConnected():
            return False
        self._bus = bus
        _connect(bus, PATH, MANAGER, "PrepareForSleep", self, "sleeps(bool)")
        question = QDBusMessage.createMethodCall(SERVICE, PATH, MANAGER, "GetSession")
        question.setArguments([os.environ.get("XDG_SESSION_ID") or "auto"])
        self._asked = QDBusPendingCallWatcher(bus.asyncCall(question), self)
        self._asked.finished.connect(self._told)
        return True

    @Slot(bool)
    def sleeps(self, _begins: bool) -> None:
        """Before it sleeps, and once more when it wakes: what came too late then comes now."""
        self.away.emit("sleep")

    @Slot()
    def locks(self) -> None:
        self.away.emit("key")

    def _told(self, watcher: QDBusPendingCallWatcher) -> None:
        answer = watcher.reply()
        watcher.deleteLater()
        self._asked = None
        values = answer.arguments()
        if answer.errorName() or not values or self._bus is None:
            log.info("the system knows no session of this program")
            return
        self.session = values[0].path()
        _connect(self._bus, self.session, SESSION, "Lock", self, "locks()")


def _connect(
    bus: QDBusConnection, path: str, interface: str, name: str, one: QObject, slot: str
) -> None:
    told: Any = bus  # its stubs ask for bytes, which it refuses
    told.connect(SERVICE, path, interface, name, one, SLOT(slot))
