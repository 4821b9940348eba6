"""Beside the list: one message whole – its words, what went wrong, the ways out, every attempt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel, Delivery, MessageStatus
from clinic_desk.domain.people import Patient
from clinic_desk.services.message_ports import Attempt, MessageCard
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.messages import saying
from clinic_desk.ui.messages.facts import Details, wishes_text
from clinic_desk.ui.messages.model import AnswerCard
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, push
from clinic_desk.ui.widgets.forms.covered import Covered
from clinic_desk.ui.widgets.homed import in_turn

SIDE = 366
DEEDS = ("again", "now", "edit", "withdraw", "plan", "confirm", "handle", "correct")
LEADING = ("patient", "visit")
SHOWN = 8
"""Attempts that are listed."""


class MessageSide(QScrollArea):
    """``asked`` carries a deed ("again", "now", "edit", "withdraw", "plan", "confirm", "handle",
    "correct", "patient", "visit") and the channel it is to go by, empty for its own."""

    asked = Signal(str, str)
    left = Signal()
    """The keyboard was at a button that is gone, or has done what it was pressed for."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.details: Details | None = None
        self.answer: AnswerCard | None = None
        self.asked_by: MessageCard | None = None
        self._roster: Roster | None = None
        self._now = datetime.fromtimestamp(0, UTC)
        self._zone = "UTC"
        self._why = ""
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sign = InkLabel(theme, "", parent=self)
        self.state = InkLabel(theme, "", role="title", bold=True, wrap=True, parent=self)
        self.clock = InkLabel(theme, "", role="grid", ink="text2", parent=self)
        self.name = ElidedInk(theme, "", bold=True, parent=self)
        self.about = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.bubble = _Bubble(theme, self)
        self.trouble = _Trouble(theme, self)
        self.buttons = {deed: push(text, self) for deed, text in saying.BUTTONS.items()}
        self.by_buttons: dict[Channel, QPushButton] = {}
        for channel, word in CHANNEL_WORDS.items():
            button = push(f"Send by {word.replace('E-mail', 'e-mail')}", self)
            button.clicked.connect(lambda _on=False, by=channel: self.asked.emit("again", by.value))
            self.by_buttons[channel] = button
        for deed, button in self.buttons.items():
            button.clicked.connect(lambda _on=False, deed=deed: self.asked.emit(deed, ""))
        self.attempts_head = InkLabel(
            theme, "Attempts", role="grid", ink="text2", bold=True, parent=self
        )
        self.attempts = QGridLayout()
        self.wishes_head = InkLabel(
            theme, "Patient’s wishes", role="grid", ink="text2", bold=True, parent=self
        )
        self.wishes = InkLabel(theme, "", role="grid", wrap=True, parent=self)
        for deed in LEADING:
            self.buttons[deed].setProperty("density", "compact")
        self._lay_out()
        theme.changed.connect(self._fill)
        CURTAIN.changed.connect(self._fill)
        self._fill()

    def _lay_out(self) -> None:
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 16)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.sign)
        head.addWidget(self.state, 1)
        head.addWidget(self.clock)
        column.addLayout(head)
        column.addWidget(self.name)
        column.addWidget(self.about)
        column.addSpacing(4)
        column.addWidget(self.bubble)
        column.addWidget(self.trouble)
        ways, leading = FlowLayout(), FlowLayout()
        for deed, button in self.buttons.items():
            (leading if deed in LEADING else ways).addWidget(button)
        for button in self.by_buttons.values():
            ways.addWidget(button)
        last = [self.buttons[deed] for deed in LEADING]
        in_turn(self.buttons["confirm"], *self.by_buttons.values(), *last)
        column.addLayout(ways)
        column.addLayout(leading)
        column.addSpacing(4)
        column.addWidget(self.attempts_head)
        self.attempts.setHorizontalSpacing(10)
        self.attempts.setVerticalSpacing(6)
        self.attempts.setColumnStretch(3, 1)
        column.addLayout(self.attempts)
        column.addSpacing(4)
        column.addWidget(self.wishes_head)
        column.addWidget(self.wishes)
        column.addStretch(1)
        self.setWidget(inner)
        self.setMinimumWidth(self._theme.px(SIDE - 130))

    # showing

    def show_details(
        self, details: Details | None, roster: Roster, now: datetime, zone: str, why: str
    ) -> None:
        """``why``: why this person may do nothing to messages; empty when they may."""
        self.details, self.answer = details, None
        self._roster, self._now, self._zone, self._why = roster, now, zone, why
        self._fill()

    def show_answer(
        self, card: AnswerCard, asked: MessageCard | None, roster: Roster, now: datetime, zone: str,
        why: str,
    ) -> None:  # fmt: skip
        self.details, self.answer, self.asked_by = None, card, asked
        self._roster, self._now, self._zone, self._why = roster, now, zone, why
        self._fill()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange and hasattr(self, "wishes"):
            self._fill()

    def tell_time(self, now: datetime) -> None:
        """Time has passed: what is held waits less long."""
        self._now = now
        if self.details is not None:
            self.state.setText(saying.headline(self.details.card, now, self._zone))

    def _fill(self) -> None:
        """The button that has the keyboard keeps it; when it goes, so does the keyboard."""
        held = self._held()
        self._fill_in()
        if held is not None and held.isVisible() and held.isEnabled():
            held.setFocus()
        elif held is not None:
            self.left.emit()

    def give_back(self) -> None:
        """What a button was pressed for is done."""
        if self._held() is not None:
            self.left.emit()

    def _held(self) -> QPushButton | None:
        every = (*self.buttons.values(), *self.by_buttons.values())
        return next((button for button in every if button.hasFocus()), None)

    def _fill_in(self) -> None:
        for button in (*self.buttons.values(), *self.by_buttons.values()):
            button.hide()
            button.setProperty("kind", "")
        if self.details is not None:
            self._fill_message(self.details)
        elif self.answer is not None:
            self._fill_answer(self.answer)
        else:
            self.sign.clear()
            self.state.setText("")
            self.clock.setText("")
            self.name.setText("")
            self.about.setText("Choose a message to see its words and what became of it.")
            self.bubble.hide()
            self.trouble.hide()
            self._tell_attempts(())
            self._tell_wishes(None)

    def _fill_message(self, details: Details) -> None:
        card, theme = details.card, self._theme
        one = card.message
        state = messages.state_of(card, self._now, self._zone)
        ink = getattr(theme.tokens, state.ink)
        self.sign.setPixmap(theme.icon(state.icon, 16, ink))
        self.state.setText(saying.headline(card, self._now, self._zone))
        today = words.local(self._now, self._zone).date()
        at = one.sent_at or (card.tried_at if card.attempts else None) or one.due_at
        self.clock.setText(messages.time_text(at, self._zone, today))
        who = CURTAIN.listed(card.patient_name) or saying.nobody(one.channel)
        age = ""
        if details.patient is not None and not CURTAIN.on:
            age = words.age_words(details.patient, today)
        self.name.setText(" · ".join(part for part in (who, age) if part))
        self.about.setText(CURTAIN.said(saying.about(card, self._roster, self._zone, today)))
        self._fill_words(details)
        trouble = saying.trouble(card, details.outlook, self._now)
        if trouble is None and one.reply:
            said = CURTAIN.hidden(one.reply)
            trouble = (saying.replied(one, self._zone, today), said, "accent")
        self.trouble.tell(*trouble) if trouble else self.trouble.hide()
        self._offer(saying.deeds(card, bool(details.others)), details.others, one.channel)
        self._tell_attempts(details.attempts)
        self._tell_wishes(details.patient)

    def _fill_words(self, details: Details) -> None:
        one, outlook = details.card.message, details.outlook
        subject, body, language = one.subject, one.body, one.language
        waits = one.status is MessageStatus.PLANNED
        if waits and outlook is not None and not outlook.why:
            subject, body = outlook.subject, outlook.body
            language = outlook.language or language
        to = CURTAIN.hidden(messages.address_text(one.channel, one.address))
        head = saying.bubble_head(one.channel, to, language, body, by_hand=bool(one.written_by))
        unwritten = (
            "Its words are written when it goes." if waits else "No words of it were written."
        )
        self.bubble.tell(messages.CHANNEL_ICONS[one.channel], head, subject, body, unwritten)

    def _fill_answer(self, card: AnswerCard) -> None:
        one, theme = card.answer, self._theme
        ink = theme.tokens.warn if card.waits else theme.tokens.ok
        self.sign.setPixmap(theme.icon("sms" if card.waits else "check", 16, ink))
        self.state.setText(saying.ANSWERS[one.outcome])
        today = words.local(self._now, self._zone).date()
        self.clock.setText(messages.time_text(one.received_at, self._zone, today))
        self.name.setText(CURTAIN.listed(card.patient_name) or "Nobody on file has this number")
        told = [
            saying.asked_about(self.asked_by, self._roster, self._zone, today),
            saying.answered(one, self._zone, today),
        ]
        self.about.setText(CURTAIN.said("\n".join(part for part in told if part)))
        sender = CURTAIN.hidden(messages.address_text(one.channel, one.sender))
        self.bubble.tell(
            messages.CHANNEL_ICONS[one.channel],
            f"{CHANNEL_WORDS[one.channel]} from {sender}", "", one.text,
        )  # fmt: skip
        self.trouble.hide()
        self._offer(saying.answer_deeds(one, self.asked_by, self._now), (), one.channel)
        self._tell_attempts(())
        self._tell_wishes(None)

    def _offer(self, deeds: Sequence[str], others: Sequence[Channel], own: Channel) -> None:
        shown = [self.buttons[deed] for deed in deeds]
        if "again" in deeds or "correct" in deeds:
            shown += [self.by_buttons[channel] for channel in others if channel is not own]
        self.buttons["correct"].setText(saying.correct_words(own))
        for place, button in enumerate(shown):
            button.setProperty("kind", "primary" if not place else "")
            button.style().unpolish(button)
            button.style().polish(button)
            button.setEnabled(True)
            button.show()
        for deed in DEEDS:
            if deed != "correct":
                keep_shut(self.buttons[deed], self._why)
        for button in self.by_buttons.values():
            keep_shut(button, self._why)

    def _tell_attempts(self, attempts: Sequence[Attempt]) -> None:
        while self.attempts.count():
            item = self.attempts.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        theme, details = self._theme, self.details
        today = words.local(self._now, self._zone).date() if details is not None else date.min
        # the newest first
        folder = details is not None and details.card.message.delivery is Delivery.FOLDER
        rows = [
            saying.attempt(one, self._zone, today, folder=folder)
            for one in reversed(attempts[-SHOWN:])
        ]
        if details is not None:
            rows.append(saying.planned(details.card, self._zone, today))
        self.attempts_head.setVisible(bool(rows))
        for at, row in enumerate(rows):
            sign = InkLabel(theme, "", parent=self)
            sign.setPixmap(theme.icon(row.icon, 12, getattr(theme.tokens, row.ink)))
            self.attempts.addWidget(sign, at, 0, Qt.AlignmentFlag.AlignTop)
            for column, text in ((1, row.clock), (2, row.which), (3, CURTAIN.said(row.said))):
                label = InkLabel(
                    theme, text, role="grid", ink="text" if column == 1 else "text2",
                    wrap=column == 3, parent=self,
                )  # fmt: skip
                self.attempts.addWidget(label, at, column, Qt.AlignmentFlag.AlignTop)

    def _tell_wishes(self, patient: Patient | None) -> None:
        self.wishes_head.setVisible(patient is not None)
        self.wishes.setVisible(patient is not None)
        self.wishes.setText(wishes_text(patient) if patient is not None else "")

    def refuse(self, refusal: Refusal) -> None:
        """A deed was refused: the reason stands where the ways out are."""
        self.trouble.tell("That was not done.", refusal.sentence)


class _Bubble(QWidget):
    """The words in a frame, as the patient reads them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = InkLabel(theme, "", parent=self)
        self.head = InkLabel(theme, "", role="grid", ink="text2", wrap=True, parent=self)
        self.subject = Covered(theme, "", bold=True, wrap=True, parent=self)
        self.body = Covered(theme, "", wrap=True, parent=self)
        self.body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.head, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.subject)
        column.addWidget(self.body)

    def tell(self, icon: str, head: str, subject: str, body: str, unwritten: str = "") -> None:
        """``unwritten`` stands where there are no words."""
        self._icon.setPixmap(self._theme.icon(icon, 14, self._theme.tokens.text2))
        self.head.setText(head)
        self.subject.setText(subject)
        self.subject.setVisible(bool(subject))
        self.body.setText(body or unwritten)
        self.body.set_ink("text" if body else "text2")
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._theme.tokens.grid_major)
        painter.setBrush(self._theme.tokens.canvas)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class _Trouble(QWidget):
    """What went wrong in words, with a bar at its start."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink = "refuse"
        self.title = InkLabel(theme, "", bold=True, wrap=True, parent=self)
        self.said = InkLabel(theme, "", wrap=True, parent=self)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 8, 12, 8)
        column.setSpacing(2)
        column.addWidget(self.title)
        column.addWidget(self.said)
        self.hide()

    def tell(self, title: str, said: str, ink: str = "refuse") -> None:
        self._ink = ink
        self.title.setText(title)
        self.said.setText(CURTAIN.said(said))
        self.said.setVisible(bool(said))
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens = self._theme.tokens
        ink = getattr(tokens, self._ink)
        painter = QPainter(self)
        painter.fillRect(self.rect(), mix(ink, tokens.canvas, 0.08))
        left = 0 if self.layoutDirection() is Qt.LayoutDirection.LeftToRight else self.width() - 3
        painter.fillRect(left, 0, 3, self.height(), ink)
