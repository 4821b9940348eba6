"""One attempt to reach somebody: which it is, how late, and its line in the log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.messages import MessageStatus
from clinic_desk.services import attempts
from clinic_desk.services.attempts import AttemptNote

if TYPE_CHECKING:
    from clinic_desk.domain.ids import Id
    from clinic_desk.domain.messages import Channel, Notification
    from clinic_desk.services.outbox_ports import Along, MessageGround


@dataclass(frozen=True, slots=True)
class Told:
    """``attempt`` from 1; ``late``: seconds after it was due; ``seconds`` that it has taken;
    ``along``: the notices of its bundle that go with it."""

    attempt: int
    late: float
    seconds: Callable[[], float] = field(repr=False)
    along: tuple[Along, ...] = ()


def along_of(
    ground: MessageGround, told: Told | None, status: MessageStatus
) -> tuple[tuple[Id, str], ...]:
    """The notices that share what became of the message, and what each tells. What cannot be
    written or sent at all cannot for the rest of its bundle either."""
    failed = told is None and status is MessageStatus.FAILED
    along = ground.bundled if failed else () if told is None else told.along
    return tuple((one.message.id, one.message.tells) for one in along)


def note_attempt(
    channel: Channel, message: Notification, retry: int, outcome: str, told: Told | None
) -> None:
    """``retry``: 0 for the first; ``told`` is None when nothing was tried."""
    attempts.note(
        AttemptNote(
            task_name="send_message",
            notification_id=message.id,
            appointment_id=message.appointment_id,
            channel=str(channel),
            retry=retry,
            outcome=outcome,
            late=told.late if told is not None else 0.0,
            seconds=told.seconds() if told is not None else 0.0,
        )
    )


def due_of(ground: MessageGround) -> datetime:
    """When it could go at the earliest, its hold for an undo included; aware UTC."""
    message = ground.message
    return max(message.due_at, message.held_until or message.due_at)
