"""What a message that waits would say: written as it will be when it goes, and sent to nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.message_sending import Ready, prepare
from clinic_desk.services.message_ways import ways_of
from clinic_desk.services.ports import Queries


@dataclass(frozen=True, slots=True)
class Outlook:
    """``why``: the message would not go as things stand, in words; then there is no text."""

    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    language: str = ""
    why: str = ""


def outlooks(queries: Queries, message_ids: Sequence[Id], now: datetime) -> dict[Id, Outlook]:
    """Of those that there are. A few statements for each: ask for what is on the screen."""
    ways = ways_of(queries)
    found: dict[Id, Outlook] = {}
    for message_id in message_ids:
        ground = queries.message_ground(message_id)
        if ground is None:
            continue
        one = ground.message
        goes = max(now, one.due_at, one.held_until or one.due_at)
        try:
            made = prepare(ground, ways, goes)
        except Refusal as refusal:
            found[message_id] = Outlook(why=refusal.sentence)
            continue
        if isinstance(made, Ready):
            words = made.words
            found[message_id] = Outlook(words.subject, words.body, words.language)
        else:
            found[message_id] = Outlook(why=made.reason)
    return found
