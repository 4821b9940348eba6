"""The card in which a message that waits is written by hand."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.services.message_commands import EditMessage
from clinic_desk.services.message_keeping import LONGEST_SUBJECT, longest_of
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.sms_length import measure
from clinic_desk.ui.messages.facts import Details
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import InkLabel, KeyHints, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.key_text import key_text

SIZE = QSize(560, 380)
INITIATOR = "messages"


class MessageEditor(CardDialog):
    """Ctrl+Enter saves, Esc leaves the message as it was. What was typed stays until it is saved
    or thrown away, also when the saving was refused."""

    def __init__(self, context: Context, parent: object) -> None:
        super().__init__(context.theme, "Edit the message", parent)  # type: ignore[arg-type]
        self.context = context
        self.message_id = ""
        self._channel = Channel.SMS
        self._busy = False
        self.saved_sentence = ""
        theme = context.theme
        self.keep_size(SIZE)
        self.message = InlineMessage(theme, self)
        self.subject = QLineEdit(self)
        self.subject.setAccessibleName("Subject")
        self.subject.setMaxLength(LONGEST_SUBJECT + 50)
        self.subject_label = field_label("S&ubject", self.subject, theme, self)
        self.body_edit = QPlainTextEdit(self)
        self.body_edit.setAccessibleName("Text of the message")
        self.body_edit.setTabChangesFocus(True)
        self.body_edit.installEventFilter(self)
        self.subject.installEventFilter(self)
        self.body_label = field_label("&Text", self.body_edit, theme, self)
        self.size_label = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.save_button = push("&Save", self, "primary")
        self.keep_button = push("Keep as it is", self)
        self.template_button = push("Back to the t&emplate", self)
        self.template_button.setToolTip("Forgets what was written by hand")
        self.template_button.clicked.connect(lambda: self.save(by_template=True))
        self.save_button.clicked.connect(lambda: self.save())
        self.keep_button.clicked.connect(self.reject)
        self.body_edit.textChanged.connect(self._measure)
        self.subject.textChanged.connect(lambda _text: self._measure())
        for widget in (
            self.message, self.subject_label, self.subject, self.body_label, self.body_edit,
            self.size_label,
        ):  # fmt: skip
            self.body.addWidget(widget)
        hints = KeyHints(theme, (("Ctrl+Enter", "save"), ("Esc", "keep")), self)
        self.footer_row.addWidget(hints, 1)
        self.footer_row.addWidget(self.template_button)
        self.footer_row.addWidget(self.keep_button)
        self.footer_row.addWidget(self.save_button)

    def start(self, details: Details) -> None:
        """With the words as they would go now."""
        one, outlook = details.card.message, details.outlook
        self.message_id, self._channel = one.id, one.channel
        subject, body = one.subject, one.body
        if outlook is not None and not outlook.why:
            subject, body = outlook.subject, outlook.body
        who = CURTAIN.listed(details.card.patient_name)
        told = [messages.what_text(one), CHANNEL_WORDS[one.channel], who]
        self.subtitle_label.setText(" · ".join(part for part in told if part))
        email = one.channel is Channel.EMAIL
        self.subject.setVisible(email)
        self.subject_label.setVisible(email)
        self.template_button.setVisible(bool(one.written_by))
        self.subject.setText(subject)
        self.subject.setCursorPosition(0)
        self.body_edit.setPlainText(body)
        self.message.clear()
        if outlook is not None and outlook.why:
            said = f"As things stand it would not go: {outlook.why}."
            self.message.say(Tone.WARN, said.replace("..", "."))
        self._busy = False
        self._measure()
        self.body_edit.setFocus()
        self.body_edit.moveCursor(self.body_edit.textCursor().MoveOperation.End)
        self.open()

    def _measure(self) -> None:
        """Characters, and of how many messages an SMS consists and why; too much is said at
        once."""
        text = self.body_edit.toPlainText().strip()
        longest = longest_of(self._channel)
        told, ink = words.plural(len(text), "character"), "text2"
        if self._channel is Channel.SMS and text:
            size = measure(text)
            told += f" · {words.plural(size.parts, 'message')}"
            if size.wide:
                letters = " ".join(size.because[:6])
                told += f" · {letters} takes the alphabet of 70 characters a message"
        if self._channel is Channel.WHATSAPP:
            # what goes by the number of an approved template cannot be worded anew
            told += " · by hand only within a day of the patient’s last message"
        if len(text) > longest:
            told, ink = f"{told} · at most {longest:,}", "refuse"
        self.size_label.setText(told)
        self.size_label.set_ink(ink)
        subject = self._channel is not Channel.EMAIL or bool(self.subject.text().strip())
        self.save_button.setEnabled(bool(text) and len(text) <= longest and subject)

    def save(self, *, by_template: bool = False) -> None:
        """One at a time: a second Enter while the first is written does nothing."""
        if self._busy or not (by_template or self.save_button.isEnabled()):
            return
        self._busy = True

        def done(outcome: Outcome) -> None:
            self._busy = False
            self.saved_sentence = outcome.sentence
            self.accept()

        def refused(error: ClinicDeskError) -> None:
            self._busy = False
            self.message.say_error(error)
            field = error.field if isinstance(error, Refusal) else None
            (self.subject if field == "subject" else self.body_edit).setFocus()

        self.context.operations.run(
            EditMessage(
                message_id=self.message_id,
                body=self.body_edit.toPlainText(),
                subject=self.subject.text(),
                by_template=by_template,
                initiator=INITIATOR,
            ),
            done=done,
            refused=refused,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if key_text(event) in ("Ctrl+Return", "Ctrl+Enter"):
                self.save()
                return True
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if watched is self.subject and plain and event.key() == Qt.Key.Key_Return:
                self.body_edit.setFocus()
                return True
        return super().eventFilter(watched, event)
