"""Messages in their groups as a table: headings, messages, answers, and "more" where there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import Qt, Signal

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    Channel,
    InboundMessage,
    MessageStatus,
    Notification,
    ReplyOutcome,
)
from clinic_desk.services.message_keeping import BY_HAND
from clinic_desk.services.message_ports import MessageCard, MessageWish
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.messages import saying
from clinic_desk.ui.messages.groups import PAGE, Group
from clinic_desk.ui.models import messages, words
from clinic_desk.ui.models.messages import CHANNEL_ICONS, State
from clinic_desk.ui.runtime.formatting import local_day
from clinic_desk.ui.runtime.privacy import COVERED, CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

ROW_ROLE = int(Qt.ItemDataRole.UserRole)
COLUMNS = ("", "Due", "Channel", "Patient", "Dr", "What", "Text", "State")
CHECK, DUE, CHANNEL, PATIENT, DOCTOR, WHAT, TEXT, STATE = range(len(COLUMNS))


def unsaid(one: Notification) -> bool:
    """No words of it were ever written; the reason has their room."""
    gone = one.status in (MessageStatus.SKIPPED, MessageStatus.WITHDRAWN, MessageStatus.FAILED)
    return gone and not one.body and bool(one.reason) and not one.reason.startswith(BY_HAND)


@dataclass(frozen=True, slots=True)
class Heading:
    group: Group


@dataclass(frozen=True, slots=True)
class More:
    """``left``: how many messages of the group are not shown."""

    group: Group
    left: int


@dataclass(frozen=True, slots=True)
class AnswerCard:
    """``patient_name`` "Surname, First", empty for a stranger."""

    answer: InboundMessage
    patient_name: str = ""

    @property
    def waits(self) -> bool:
        """For somebody to deal with it."""
        return self.answer.outcome in (ReplyOutcome.ASKED, ReplyOutcome.UNKNOWN)


Row = Heading | MessageCard | AnswerCard | More
ANSWER_WORDS = {
    ReplyOutcome.ASKED: "Asks reception",
    ReplyOutcome.UNKNOWN: "Not understood",
    ReplyOutcome.CONFIRMED: "Confirms the visit",
    ReplyOutcome.HANDLED: "Answer",
}
SETTLED_WORDS = {ReplyOutcome.CONFIRMED: "Confirmed", ReplyOutcome.HANDLED: "Dealt with"}


def id_of(row: object) -> Id:
    """Empty for what is no message and no answer."""
    if isinstance(row, MessageCard):
        return row.message.id
    return row.answer.id if isinstance(row, AnswerCard) else ""


class MessageModel(HeadedModel):
    """``checks_changed``: other messages are ticked. ``texts`` are the words of messages that have
    not been written yet, by id."""

    headings = COLUMNS
    checks_changed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.rows: list[Row] = []
        self.roster: Roster | None = None
        self.now = datetime.fromtimestamp(0, UTC)
        self.zone = "UTC"
        self.checked: set[Id] = set()
        self.texts: dict[Id, str] = {}

    # filling

    def show(
        self,
        parts: Sequence[tuple[Group, Sequence[MessageCard]]],
        answers: Sequence[AnswerCard],
        settled: Sequence[AnswerCard],
        roster: Roster,
        now: datetime,
        zone: str,
        *,
        headed: bool,
    ) -> None:
        """What is ticked stays so as far as it is still listed. ``headed``: with headings."""
        rows: list[Row] = []
        for key, title, ink, told in (
            ("answers", "Answers that wait for you" if settled else "Answers", "warn", answers),
            ("settled", "Dealt with", "text", settled),
        ):
            if told and (headed or settled):
                rows.append(Heading(Group(key, title, MessageWish(), ink, len(told))))
            rows += told
        for group, cards in parts:
            if headed:
                rows.append(Heading(group))
            rows += cards
            if len(cards) < group.count and len(cards) >= PAGE:
                rows.append(More(group, group.count - len(cards)))
        same = [(type(row), id_of(row)) for row in rows] == [
            (type(row), id_of(row)) for row in self.rows
        ]
        self.roster, self.now, self.zone = roster, now, zone
        kept = self.checked & {id_of(row) for row in rows}
        unticked = kept != self.checked
        self.checked = kept
        if same and rows:
            self.rows = rows
            self.said_anew()
        else:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        if unticked:
            self.checks_changed.emit()

    def tell_texts(self, texts: Mapping[Id, str]) -> None:
        self.texts.update(texts)
        if self.rows:
            self.dataChanged.emit(self.index(0, TEXT), self.index(len(self.rows) - 1, TEXT))

    def tell_waits(self, held: Sequence[Id], now: datetime) -> None:
        """Time has passed for what is held; nothing else is written anew."""
        self.now = now
        for row_id in held:
            cell = self.index(self.row_of(row_id), STATE)
            self.dataChanged.emit(cell, cell)

    def tell_anew(self) -> None:
        """The same rows in other words: the curtain came or went."""
        self.said_anew()

    def cards(self) -> list[MessageCard]:
        return [row for row in self.rows if isinstance(row, MessageCard)]

    def row_of(self, row_id: Id) -> int:
        return next((n for n, row in enumerate(self.rows) if id_of(row) == row_id), -1)

    # ticking

    def tick(self, row_id: Id, on: bool) -> None:
        at = self.row_of(row_id)
        if at < 0 or not isinstance(self.rows[at], MessageCard):
            return
        (self.checked.add if on else self.checked.discard)(row_id)
        self.dataChanged.emit(self.index(at, CHECK), self.index(at, CHECK))
        self.checks_changed.emit()

    def tick_all(self, on: bool) -> None:
        self.checked = {card.message.id for card in self.cards()} if on else set()
        if self.rows:
            self.dataChanged.emit(self.index(0, CHECK), self.index(len(self.rows) - 1, CHECK))
        self.checks_changed.emit()

    # the table

    def listed(self) -> int:
        return len(self.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        row = self.rows[index.row()] if index.isValid() else None
        if isinstance(row, Heading):
            return Qt.ItemFlag.ItemIsEnabled
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if isinstance(row, MessageCard) and index.column() == CHECK:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        return flags

    def setData(  # noqa: N802
        self, index: Index, value: Any, role: int = int(Qt.ItemDataRole.EditRole)
    ) -> bool:
        if role != Qt.ItemDataRole.CheckStateRole or not index.isValid():
            return False
        self.tick(id_of(self.rows[index.row()]), Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], index.column()
        if role == ROW_ROLE:
            return row
        if isinstance(row, Heading | More):
            return self._of_line(row, column, role)
        if role == Qt.ItemDataRole.CheckStateRole and column == CHECK:
            if isinstance(row, AnswerCard):
                return None
            ticked = row.message.id in self.checked
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column != CHECK:
                return self.text(row, column)
            told = (self.text(row, n) for n in range(1, len(COLUMNS)))
            return ", ".join(part for part in told if part)
        if role == Qt.ItemDataRole.FontRole and column in (DUE, PATIENT):
            return self.theme.font("body", bold=True)
        if role == Qt.ItemDataRole.DecorationRole:
            return self._icon(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column == STATE:
                return getattr(self.theme.tokens, self.state(row).ink)
            if column in (CHANNEL, TEXT):
                return self.theme.tokens.text2
        return None

    def _of_line(self, row: Heading | More, column: int, role: int) -> Any:
        """Headings and "more" stand in one cell over the whole width."""
        if column != CHECK:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            if isinstance(row, More):
                return f"Show {min(PAGE, row.left):,} more of {row.left:,}"
            return f"{row.group.title} {row.group.count:,}"
        return None

    def state(self, row: MessageCard | AnswerCard) -> State:
        if isinstance(row, AnswerCard):
            if row.waits:
                return State("Waits for you", "warn", "warn")
            return State(SETTLED_WORDS[row.answer.outcome], "check", "ok")
        return saying.state_now(row, self.now, self.zone)

    def text(self, row: MessageCard | AnswerCard, column: int) -> str:
        if isinstance(row, AnswerCard):
            return self._of_answer(row, column)
        one = row.message
        match column:
            case 1:
                return messages.time_text(one.due_at, self.zone, local_day(self.now, self.zone))
            case 2:
                return CHANNEL_WORDS[one.channel]
            case 3:
                return CURTAIN.listed(row.patient_name) or self._nobody(one.channel)
            case 4:
                return self._code(one.doctor_id)
            case 5:
                return messages.about_text(row)
            case 6:
                told = one.body or self.texts.get(one.id, "")
                if not told and unsaid(one):
                    return CURTAIN.said(one.reason)
                return CURTAIN.hidden(" ".join(f"{one.subject} {told}".split()))
            case 7:
                state = self.state(row).text
                if unsaid(one):
                    state = state.partition(" · ")[0]
                return f"Reply {COVERED}" if one.reply and CURTAIN.on else CURTAIN.said(state)
        return ""

    def _of_answer(self, row: AnswerCard, column: int) -> str:
        one = row.answer
        match column:
            case 1:
                today = local_day(self.now, self.zone)
                return messages.time_text(one.received_at, self.zone, today)
            case 2:
                return CHANNEL_WORDS[one.channel]
            case 3:
                return CURTAIN.listed(row.patient_name) or CURTAIN.hidden(
                    messages.address_text(one.channel, one.sender)
                )
            case 5:
                return ANSWER_WORDS[one.outcome]
            case 6:
                return CURTAIN.hidden(" ".join(one.text.split()))
            case 7:
                return self.state(row).text
        return ""

    @staticmethod
    def _nobody(channel: Channel) -> str:
        return "All desks" if channel is Channel.DESKTOP else ""

    def _code(self, doctor_id: Id | None) -> str:
        doctor = self.roster.doctors.get(doctor_id or "") if self.roster else None
        return doctor.code if doctor is not None else ""

    def _tip(self, row: MessageCard | AnswerCard, column: int) -> str:
        if column == DOCTOR and isinstance(row, MessageCard) and self.roster is not None:
            return words.doctor_of(self.roster, row.message.doctor_id, short=False)
        if column == STATE and isinstance(row, AnswerCard):
            return CURTAIN.said(row.answer.note) or self.text(row, column)
        if column == STATE and isinstance(row, MessageCard):
            reason = row.message.reason or row.error
            return CURTAIN.said(reason) or self.text(row, column)
        return self.text(row, column)

    def _icon(self, row: MessageCard | AnswerCard, column: int) -> Any:
        if column == CHANNEL:
            channel = row.answer.channel if isinstance(row, AnswerCard) else row.message.channel
            return self.theme.qicon(CHANNEL_ICONS[channel])
        if column == STATE:
            state = self.state(row)
            ink = getattr(self.theme.tokens, state.ink)
            return self.theme.icon(state.icon, 14, ink)
        return None
