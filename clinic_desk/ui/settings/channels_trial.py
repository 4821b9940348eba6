"""How a way to patients stands, and the button that tries it."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSystemTrayIcon, QVBoxLayout, QWidget

from clinic_desk.domain.spans import zone as zone_of
from clinic_desk.services.message_ports import ChannelState
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.settings.channels_forms import Way
from clinic_desk.ui.widgets.forms.bits import InkLabel, field_label, push
from clinic_desk.ui.widgets.forms.message import InlineMessage

STAYS = 10_000
"""Milliseconds of a notice; desktops treat it as a hint."""


class Trial(QWidget):
    """``wanted`` carries the address a test is to go to; ``stopped``: nobody waits for it."""

    wanted = Signal(str)
    stopped = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._busy = False
        self._may = True
        self._addresses: dict[str, str] = {}
        self._way: Way | None = None
        self.line = QLineEdit(self)
        self.line.setMaxLength(254)
        self.line.setMaximumWidth(280)
        self.line.setAccessibleName("Where the test goes")
        self.line.returnPressed.connect(self._press)
        self.label = field_label("&Try it with", self.line, theme, self)
        self.button = push("Se&nd a test", self)
        self.button.clicked.connect(self._press)
        self.cancel = push("Cancel", self)
        self.cancel.clicked.connect(self.stopped)
        self.state = InkLabel(theme, "", ink="text2", wrap=True, parent=self)
        self.message = InlineMessage(theme, self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.label)
        row.addWidget(self.line, 1)
        row.addWidget(self.button)
        row.addWidget(self.cancel)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 8, 20, 8)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addLayout(row)
        column.addWidget(self.message)

    def show_way(self, way: Way) -> None:
        if self._way is not None:
            self._addresses[self._way.name] = self.line.text()
        self._way = way
        self.line.setText(self._addresses.get(way.name, ""))
        self.line.setPlaceholderText(way.testable or "")
        self.message.clear()
        self.tell(busy=False, may=self._may)

    def tell(self, *, busy: bool, may: bool, words: str = "Se&nd a test") -> None:
        self._busy, self._may = busy, may
        testable = self._way is not None and self._way.testable is not None
        addressed = self._way is not None and bool(self._way.testable)
        self.label.setVisible(addressed)
        self.line.setVisible(addressed)
        self.line.setEnabled(may and not busy)
        self.button.setVisible(testable)
        self.button.setText("Trying …" if busy else words)
        self.button.setEnabled(may and not busy)
        self.cancel.setVisible(busy)

    def _press(self) -> None:
        if self._may and not self._busy:
            self.wanted.emit(self.line.text().strip())


def show_notice(theme: Theme, parent: QWidget) -> str:
    """A notice in the tray of this desktop; a sentence about it."""
    if not QSystemTrayIcon.isSystemTrayAvailable():
        return "This desktop has no tray. Notices are listed under the bell, and only there."
    icon = QSystemTrayIcon(theme.qicon("bell", sizes=(16, 24, 32)), parent)
    icon.show()
    icon.showMessage("Clinic Desk", "This is how a notice appears.", icon.icon(), STAYS)
    QTimer.singleShot(STAYS, icon, icon.deleteLater)
    return "A notice was shown on this screen. Whatever it says also stands under the bell."


def state_words(state: ChannelState, zone: str, now: datetime, *, unsent: bool = False) -> str:
    """One line. ``unsent``: messages are written into a folder."""

    def clock(moment: datetime) -> str:
        local, today = moment.astimezone(zone_of(zone)), now.astimezone(zone_of(zone))
        return f"{local:%H:%M}" if local.date() == today.date() else f"{local.day} {local:%b %H:%M}"

    if not state.on:
        return "Not in use."
    told = ["Messages are written into a folder; nothing is sent."] if unsent else []
    if state.open_until is not None and state.open_until > now:
        why = f": {state.last_error}" if state.last_error else ""
        told.append(f"Left alone until {clock(state.open_until)}{why}".rstrip(".") + ".")
    elif state.failures:
        which = "attempt" if state.failures == 1 else f"{state.failures:,} attempts"
        told.append(f"The last {which} failed: {state.last_error}".rstrip(".: ") + ".")
    elif state.fault:
        told.append(f"Nothing goes: {state.fault}".rstrip(".") + ".")
    if state.waiting:
        told.append(f"{state.waiting:,} {'waits' if state.waiting == 1 else 'wait'} to be sent.")
    if state.last_sent_at is not None:
        told.append(f"The last message was at {clock(state.last_sent_at)}.")
    return " ".join(told) or "In use; nothing has been sent yet."
