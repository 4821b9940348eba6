"""What the bell tells: messages that did not go, answers that wait, notices to the desks.

Nothing of it is kept by itself: it is read from the messages and answers, so that every desk tells
the same. What a desk has read is one instant of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    PURPOSE_WORDS,
    Channel,
    MessageStatus,
    ReplyOutcome,
)
from clinic_desk.domain.spans import local_date
from clinic_desk.services.message_ports import MessageCard, MessageWish
from clinic_desk.services.ports import Queries

FAILED_DAYS, NOTICE_DAYS = 14, 3
"""For how long they are listed."""

MOST = 100


class NoticeKind(StrEnum):
    FAILED = "failed"
    ASKED = "asked"
    UNKNOWN = "unknown"
    DESK = "desk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """``title`` names nobody; ``who`` does. ``at``: since when it is so, aware UTC."""

    kind: NoticeKind
    at: datetime
    title: str
    text: str = field(repr=False)
    who: str = field(default="", repr=False)
    message_id: Id = ""
    answer_id: Id = ""

    @property
    def id(self) -> Id:
        return self.message_id or self.answer_id


def notices(queries: Queries, now: datetime) -> tuple[Notice, ...]:
    """The newest first, at most ``MOST``. Four statements."""
    today = local_date(now, queries.roster().practice.zone)
    failed = queries.messages(
        MessageWish(
            needing=True,
            statuses=(MessageStatus.FAILED, MessageStatus.SENT),
            first=today - timedelta(days=FAILED_DAYS),
        ),
        MOST,
    )
    desk = queries.messages(
        MessageWish(
            statuses=(MessageStatus.SENT,),
            channels=(Channel.DESKTOP,),
            first=today - timedelta(days=NOTICE_DAYS - 1),
        ),
        MOST,
    )
    answers = queries.open_answers(MOST)
    ids = {one.patient_id for one in answers if one.patient_id}
    named = queries.patient_rows(tuple(ids)) if ids else {}
    found = [_failed(card) for card in failed] + [_desk(card) for card in desk]
    for one in answers:
        patient = named.get(one.patient_id or "")
        asks = one.outcome is ReplyOutcome.ASKED
        found.append(
            Notice(
                kind=NoticeKind.ASKED if asks else NoticeKind.UNKNOWN,
                at=one.received_at,
                title="A patient asks reception" if asks else "An answer that waits for somebody",
                text=one.text,
                who=patient.listed_name if patient is not None else one.sender,
                answer_id=one.id,
            )
        )
    found.sort(key=lambda one: (one.at, one.id), reverse=True)
    return tuple(found[:MOST])


def _failed(card: MessageCard) -> Notice:
    one = card.message
    lost = one.status is MessageStatus.SENT
    what = PURPOSE_WORDS[one.purpose]
    return Notice(
        kind=NoticeKind.FAILED,
        at=(one.delivered_at if lost else card.tried_at) or one.sent_at or one.due_at,
        title=f"{what} by {CHANNEL_WORDS[one.channel]} {'not delivered' if lost else 'not sent'}",
        text=one.reason or card.error or "The provider did not deliver it.",
        who=card.patient_name,
        message_id=one.id,
    )


def _desk(card: MessageCard) -> Notice:
    one = card.message
    return Notice(
        kind=NoticeKind.DESK,
        at=one.sent_at or one.due_at,
        title=one.subject or PURPOSE_WORDS[one.purpose],
        text=one.body,
        message_id=one.id,
    )
