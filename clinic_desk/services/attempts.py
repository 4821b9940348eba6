"""One structured line for each attempt to send something, without patient detail.

Whoever counts attempts listens (``listeners``); nothing here knows who does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from clinic_desk.domain.ids import Id
from clinic_desk.services.bug_lines import note_bug

log = logging.getLogger("clinic_desk.attempts")


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptNote:
    """``retry`` from 0. ``outcome``: sent, retry, failed, skipped, unknown (the other side may
    have it), waits (the clinic's own settings are at fault; it does not count). ``late``: seconds
    between the time at which it was due and this attempt. ``seconds``: how long the other side
    took."""

    task_name: str
    notification_id: Id
    appointment_id: Id | None
    channel: str
    retry: int
    outcome: str
    late: float = 0.0
    seconds: float = 0.0


listeners: list[Callable[[AttemptNote], None]] = []
"""Called on the thread that sends."""


def note(found: AttemptNote) -> None:
    log.info(
        "attempt",
        extra={
            "task_name": found.task_name,
            "notification_id": found.notification_id,
            "appointment_id": found.appointment_id or "",
            "channel": found.channel,
            "retry": found.retry,
            "outcome": found.outcome,
        },
    )
    for listener in tuple(listeners):
        try:
            listener(found)
        except Exception as error:
            # who counts must not hold up who sends
            note_bug(log, "an attempt was not counted", error)
