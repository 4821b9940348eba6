"""What systemd's login1 says, on a bus of a test's own."""

from __future__ import annotations

import threading
from contextlib import suppress

from jeepney import DBusAddress, HeaderFields, MessageType, new_error, new_method_return, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

SERVICE, PATH = "org.freedesktop.login1", "/org/freedesktop/login1"
OURS, THEIRS = f"{PATH}/session/_31", f"{PATH}/session/_32"


class LoginManager:
    """Answers ``GetSession`` with ``OURS``, or with an error where there is ``no_session``."""

    def __init__(self, address: str, *, no_session: bool = False) -> None:
        self._no_session = no_session
        self._connection: DBusConnection = open_dbus_connection(bus=address)
        self._connection.send_and_get_reply(message_bus.RequestName(SERVICE))
        self.asked: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while not self._over.is_set():
            with suppress(TimeoutError, ConnectionError):
                message = self._connection.receive(timeout=0.1)
                if message.header.message_type is not MessageType.method_call:
                    continue
                if message.header.fields.get(HeaderFields.member) != "GetSession":
                    continue
                self.asked.append(message.body[0])
                if self._no_session:
                    name = "org.freedesktop.login1.NoSessionForPID"
                    self._connection.send(new_error(message, name))
                else:
                    self._connection.send(new_method_return(message, "o", (OURS,)))

    def sleep(self, begins: bool) -> None:
        emitter = DBusAddress(PATH, interface=f"{SERVICE}.Manager")
        self._connection.send(new_signal(emitter, "PrepareForSleep", "b", (begins,)))

    def lock(self, session: str = OURS) -> None:
        emitter = DBusAddress(session, interface=f"{SERVICE}.Session")
        self._connection.send(new_signal(emitter, "Lock"))

    def close(self) -> None:
        self._over.set()
        self._thread.join(60)
        self._connection.close()
