"""Commands about messages. Planning is no command: messages follow visits, invoices and offers
(``services.message_planning.follow``, called by the gate for whatever a command wrote)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import Channel, Delivery, MessageTemplate, Purpose
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command

if TYPE_CHECKING:
    from clinic_desk.services.message_ports import Answered


@dataclass(frozen=True, slots=True, kw_only=True)
class EditMessage(Command, by="message_keeping:edit", needs=Permission.MESSAGES):
    """Replaces the words of a message that has not gone; ``by_template``: what was written by hand
    is forgotten, and it is written when it goes. Refused for any other."""

    message_id: Id
    body: str = ""
    subject: str = ""
    by_template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawMessages(Command, by="message_keeping:withdraw", needs=Permission.MESSAGES):
    """Those that have not gone will not go. Value: how many. Undoable by ``PlanAgain``."""

    message_ids: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAgain(Command, by="message_keeping:plan_again", needs=Permission.MESSAGES):
    """Takes a withdrawal by hand back, as long as the message is of use. Value: how many."""

    message_ids: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendNow(Command, by="message_keeping:send_now", needs=Permission.MESSAGES):
    """Ends the wait of planned and held messages. Value: how many."""

    message_ids: tuple[Id, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendAgain(Command, by="message_keeping:send_again", needs=Permission.MESSAGES):
    """Failed, skipped, withdrawn or sent ones once more, each under a new key; ``channel`` sends
    another way than before. Value: the new ids."""

    message_ids: tuple[Id, ...]
    channel: Channel | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanMessages(Command, by="message_planning:plan_batch"):
    """Plans the messages of visits to come anew, ``limit`` visits after ``after`` (start, id):
    after a plan, a template rule or a channel was changed. Value: where the next batch begins,
    None at the end. The program itself asks for it."""

    after: tuple[datetime, Id] | None = None
    limit: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveTemplate(Command, by="message_templates:save", needs=Permission.EDIT_SETTINGS):
    """Value: the template's id. Refused with ``field`` "subject" or "body" for bad syntax, an
    unknown variable or text that is too long."""

    template: MessageTemplate
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetTemplate(Command, by="message_templates:reset", needs=Permission.EDIT_SETTINGS):
    """Back to the built-in words."""

    purpose: Purpose
    channel: Channel
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDeliveries(Command, by="message_answers:note_deliveries"):
    """What a provider says became of messages: (channel, provider's id, state, when), and by its
    ids why those did not arrive. The program itself asks for it."""

    deliveries: tuple[tuple[Channel, str, Delivery, datetime], ...]
    reasons: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAnswers(Command, by="message_answers:note_answers"):
    """Answers of patients, each kept once. "1", "yes", "ja", "evet" confirms the visit that was
    asked about; "2", "no", "nein", "hayır" asks reception; anything else waits in a list. Value:
    the outcomes. The program itself asks for it."""

    answers: tuple[Answered, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandleAnswer(Command, by="message_answers:handle", needs=Permission.MESSAGES):
    """A person has dealt with an answer."""

    answer_id: Id
