"""The message bar of a dialog, with a field for the reason when a way out needs one."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.errors import WayOut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.message_bar import MessageBar


class InlineMessage(QWidget):
    """Never a pop-up; hidden when it has nothing to say. ``chosen`` carries the ``WayOut`` whose
    button was pressed, ``dismissed`` that a person closed it, ``reason_given`` the
    reason after ``ask_reason``."""

    chosen = Signal(object)
    dismissed = Signal()
    reason_given = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = MessageBar(theme, self)
        self.bar.chosen.connect(self.chosen)
        self.bar.dismissed.connect(self.dismissed)
        self.reason = QLineEdit(self)
        self.reason.setMaxLength(2000)
        self.reason.installEventFilter(self)
        self._confirm = push("Book anyway", self, "primary")
        self._confirm.clicked.connect(self.give)
        self._reason_row = QWidget(self)
        row = QHBoxLayout(self._reason_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.reason, 1)
        row.addWidget(self._confirm)
        self._reason_row.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.bar)
        column.addWidget(self._reason_row)
        self.bar.closed.connect(self._on_closed)
        self.hide()

    @property
    def sentence(self) -> str:
        """What is on show, empty when nothing is."""
        return self.bar.message.sentence if self.bar.message and not self.isHidden() else ""

    @property
    def tone(self) -> Tone | None:
        return self.bar.message.tone if self.bar.message and not self.isHidden() else None

    @property
    def asking(self) -> bool:
        """The field for a reason is open: what it asks is not answered yet."""
        return not self._reason_row.isHidden() and not self.isHidden()

    def buttons(self) -> list[QPushButton]:
        ways = self.bar.message.ways_out if self.bar.message and not self.isHidden() else ()
        return self.bar.findChildren(QPushButton)[-len(ways) :] if ways else []

    def say(self, tone: Tone, sentence: str, ways: Sequence[WayOut] = ()) -> None:
        self._show(Message(sentence, tone, tuple(ways)))

    def say_error(self, error: BaseException, extra: Sequence[WayOut] = ()) -> None:
        message = message_for(error)
        self._show(
            Message(message.sentence, message.tone, (*message.ways_out, *extra), message.field)
        )

    def ask_reason(self, sentence: str, button: str) -> None:
        """Opens a field for a reason; Enter or the button emits ``reason_given``."""
        self._show(Message(sentence, Tone.WARN))
        self.reason.clear()
        self.reason.setPlaceholderText("Reason, for the record")
        self.reason.setAccessibleName(sentence)
        self._confirm.setText(button)
        self._reason_row.show()
        self.reason.setFocus()

    def clear(self) -> None:
        self._reason_row.hide()
        self.bar.clear()
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Enter belongs to the reason; the dialog must not take it for its own."""
        if (
            watched is self.reason
            and isinstance(event, QKeyEvent)
            and event.type() is QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.give()
            return True
        return super().eventFilter(watched, event)

    def _show(self, message: Message) -> None:
        self._reason_row.hide()
        self.show()
        self.bar.show_message(message)

    def _on_closed(self) -> None:
        if not self._reason_row.isVisible():
            self.hide()

    def give(self) -> None:
        """What the field says is the answer; an empty one gets the keyboard."""
        text = self.reason.text().strip()
        if text:
            self.reason_given.emit(text)
        else:
            self.reason.setFocus()
