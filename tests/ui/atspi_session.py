"""Run inside a private session bus: starts a display, the accessibility bus and a program with
one grid, then reads it as a screen reader would. Prints one line of JSON."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from jeepney import DBusAddress, MatchRule, Properties, new_method_call
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

LAUNCHER = "/usr/libexec/at-spi-bus-launcher"
ACCESSIBLE = "org.a11y.atspi.Accessible"
ROOT = "/org/a11y/atspi/accessible/root"
WAIT = 90.0


def show_grid() -> None:
    """The program under test: for every byte that it is sent the focus goes on, to a visit, to
    empty time, to the visit again."""
    from PySide6.QtCore import QSocketNotifier
    from PySide6.QtWidgets import QApplication

    from clinic_desk.ui.calendar import accessible
    from clinic_desk.ui.calendar.columns import day_columns
    from clinic_desk.ui.calendar.grid_view import TimeGridView
    from clinic_desk.ui.look.theme import Theme
    from tests.fakes import calendar_data as data

    application = QApplication(["grid"])
    accessible.install()
    view = TimeGridView(Theme.for_tests(), data.Clock())
    view.cursor_changed.connect(lambda: accessible.tell_focus(view))
    view.setWindowTitle("Grid")
    view.resize(1200, 800)
    picture = data.picture_day()
    view.set_content(picture, day_columns(picture, data.TUESDAY))
    view.show()
    view.activateWindow()
    view.setFocus()
    turns = [0]

    def move() -> None:
        if not os.read(sys.stdin.fileno(), 1):
            application.quit()
            return
        turns[0] += 1
        if turns[0] % 2:
            view.focus_cell("a004")
        else:
            view.place_cursor(view.columns[0], data.at("14:30"))

    asked = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    asked.activated.connect(move)
    application.exec()


class Reader:
    """A minimal AT-SPI client."""

    def __init__(self, address: str) -> None:
        self.bus = open_dbus_connection(bus=address)

    def get(self, name: str, path: str, what: str) -> str:
        call = Properties(DBusAddress(path, name, ACCESSIBLE)).get(what)
        return str(self.bus.send_and_get_reply(call, timeout=WAIT).body[0][1])

    def child(self, name: str, path: str, index: int) -> tuple[str, str]:
        call = new_method_call(
            DBusAddress(path, name, ACCESSIBLE), "GetChildAtIndex", "i", (index,)
        )
        reply = self.bus.send_and_get_reply(call, timeout=WAIT)
        return reply.body[0][0], reply.body[0][1]

    def count(self, name: str, path: str) -> int:
        return int(self.get(name, path, "ChildCount"))

    def role(self, name: str, path: str) -> str:
        call = new_method_call(DBusAddress(path, name, ACCESSIBLE), "GetRoleName")
        return str(self.bus.send_and_get_reply(call, timeout=WAIT).body[0])

    def find_list(self, name: str, path: str, depth: int = 0) -> tuple[str, str] | None:
        if self.role(name, path) == "list":
            return name, path
        if depth < 4:
            for index in range(min(self.count(name, path), 20)):
                found = self.find_list(*self.child(name, path, index), depth + 1)
                if found:
                    return found
        return None

    def listen(self) -> None:
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object")
        Proxy(message_bus, self.bus).AddMatch(rule)
        call = new_method_call(
            DBusAddress(
                "/org/a11y/atspi/registry", "org.a11y.atspi.Registry", "org.a11y.atspi.Registry"
            ),
            "RegisterEvent",
            "s",
            ("object:state-changed:focused",),
        )
        self.bus.send_and_get_reply(call, timeout=WAIT)


def accessibility_address() -> str:
    session = open_dbus_connection(bus="SESSION")
    call = new_method_call(
        DBusAddress("/org/a11y/bus", "org.a11y.Bus", "org.a11y.Bus"), "GetAddress"
    )
    until = time.monotonic() + WAIT
    while True:
        with contextlib.suppress(Exception):
            reply = session.send_and_get_reply(call, timeout=5)
            if reply.header.message_type.name == "method_return":
                return str(reply.body[0])
        if time.monotonic() > until:
            raise TimeoutError("no accessibility bus")
        time.sleep(0.2)


def read(address: str, move: Callable[[], None]) -> dict[str, object]:
    """``move`` lets the program's focus go on."""
    reader = Reader(address)
    until = time.monotonic() + WAIT
    found = None
    while found is None and time.monotonic() < until:
        time.sleep(0.3)
        registry = "org.a11y.atspi.Registry"
        # a program that is just coming up answers with errors, or with less than it will have
        with contextlib.suppress(IndexError, TypeError, TimeoutError):
            for index in range(reader.count(registry, ROOT)):
                name, path = reader.child(registry, ROOT, index)
                found = found or reader.find_list(name, path)
    if found is None:
        raise TimeoutError("no list was found")
    name, path = found
    first = reader.child(name, path, 0)
    answer: dict[str, object] = {
        "list": reader.get(name, path, "Name"),
        "children": reader.count(name, path),
        "first": reader.get(*first, "Name"),
        "place": reader.get(*first, "Description"),
    }
    reader.listen()
    focused: set[str] = set()
    until = time.monotonic() + WAIT
    # the program tells nothing before it has heard that somebody listens
    while len(focused) < 2 and time.monotonic() < until:
        move()
        told = next_focus(reader)
        if told is not None:
            focused.add(reader.get(*told, "Name"))
    answer["focused"] = sorted(focused)
    return answer


def next_focus(reader: Reader) -> tuple[str, str] | None:
    """Program and path of what gets the focus next, None when none is told for two seconds."""
    until = time.monotonic() + 2
    while time.monotonic() < until:
        with contextlib.suppress(TimeoutError):
            message = reader.bus.receive(timeout=0.5)
            fields = {key.name: value for key, value in message.header.fields.items()}
            told = fields.get("member") == "StateChanged" and message.body[:1] == ("focused",)
            if told and message.body[1]:
                return str(fields["sender"]), str(fields["path"])
    return None


def main() -> int:
    if "--grid" in sys.argv:
        show_grid()
        return 0
    started: list[subprocess.Popen[bytes]] = []
    try:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        reading, writing = os.pipe()
        server = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x900x24"]
        started.append(subprocess.Popen(server, pass_fds=(writing,), **quiet))
        os.close(writing)
        # it says which number it has, when it is ready
        with os.fdopen(reading, "rb") as answer:
            os.environ["DISPLAY"] = f":{answer.readline().decode().strip()}"
        os.environ["QT_LINUX_ACCESSIBILITY_ALWAYS_ON"] = "1"
        started.append(subprocess.Popen([LAUNCHER, "--launch-immediately"], **quiet))
        address = accessibility_address()
        time.sleep(0.5)
        grid = subprocess.Popen(
            [sys.executable, str(Path(__file__).resolve()), "--grid"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
        started.append(grid)
        asking = grid.stdin
        assert asking is not None

        def move() -> None:
            asking.write(b".")
            asking.flush()

        print(json.dumps(read(address, move)))
    finally:
        for process in reversed(started):
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
    return 0


if __name__ == "__main__":
    sys.exit(main())
