"""One window per store and person: whoever starts the program again gets the window that is there.

The lock is Qt's (``QLockFile``): it lies in the data folder, knows the process that holds it, and
is nobody's when that process has died. The door is a local socket that only this person can open;
it is made after the start, and a second start knocks until it is.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLockFile

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer, QLocalSocket

log = logging.getLogger(__name__)

KNOCKS = 20.0
"""Seconds that a second start waits for the first one, which may be opening the store."""

ANSWER = 2_000
"""Milliseconds for one answer at the door."""

LONGEST = 4096
"""Bytes read from whoever knocks."""

WELCOME = b"shown\n"


class OneWindow:
    """``take`` the place, or ``knock`` at the door of the window that has it."""

    def __init__(self, folder: Path) -> None:
        try:
            person = getpass.getuser()
        except (OSError, KeyError):
            person = "somebody"
        word = hashlib.sha256(f"{folder.resolve()}\n{person}".encode()).hexdigest()[:16]
        self.name = f"clinic-desk-{word}"
        self._lock = QLockFile(str(folder / f"window-{word}.lock"))
        self._lock.setStaleLockTime(0)  # however long a window is open, it is
        self._server: QLocalServer | None = None
        self._asked: Callable[[Mapping[str, str]], None] | None = None

    def take(self) -> bool:
        """False when a running program of this person has the store's window. A folder in which
        no lock can be made is told by whoever opens the store."""
        if self._lock.tryLock(0):
            return True
        return self._lock.error() is not QLockFile.LockError.LockFailedError

    def knock(self, wish: Mapping[str, str], patience: float = KNOCKS) -> bool:
        """Asks the other window to show itself, and the page that was wished for. False when
        nobody answered within ``patience`` seconds."""
        from PySide6.QtNetwork import QLocalSocket

        until = time.monotonic() + patience
        while True:
            socket = QLocalSocket()
            socket.connectToServer(self.name)
            if socket.waitForConnected(ANSWER):
                socket.write(json.dumps(dict(wish)).encode() + b"\n")
                socket.waitForBytesWritten(ANSWER)
                if socket.waitForReadyRead(ANSWER) and bytes(socket.readAll().data()) == WELCOME:
                    socket.disconnectFromServer()
                    return True
            socket.abort()
            if time.monotonic() > until:
                return False
            time.sleep(0.2)

    def open_door(self, asked: Callable[[Mapping[str, str]], None]) -> None:
        """From now on ``asked`` is called on this thread with the wish of whoever knocks."""
        from PySide6.QtNetwork import QLocalServer

        self._asked = asked
        server = QLocalServer()
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if not server.listen(self.name):
            QLocalServer.removeServer(self.name)  # left by a program that was killed
            if not server.listen(self.name):
                log.warning("no door for a second start: %s", server.serverError().name)
                return
        server.newConnection.connect(self._come)
        self._server = server

    def leave(self) -> None:
        """The place is free again."""
        if self._server is not None:
            self._server.close()
            self._server.deleteLater()
            self._server = None
        self._lock.unlock()

    def _come(self) -> None:
        while self._server is not None and self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.disconnected.connect(socket.deleteLater)
            socket.readyRead.connect(lambda visitor=socket: self._hear(visitor))
            if socket.canReadLine():
                self._hear(socket)

    def _hear(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > LONGEST:
                socket.abort()
            return
        said = bytes(socket.readLine(LONGEST).data())
        try:
            wish = json.loads(said)
        except ValueError:
            socket.abort()
            return
        if not isinstance(wish, dict) or self._asked is None:
            socket.abort()
            return
        self._asked({str(key): str(value) for key, value in wish.items()})
        socket.write(WELCOME)
        socket.flush()
