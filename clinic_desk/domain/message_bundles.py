"""One message about many visits of a series.

Every visit has a notice of its own, so that what its patient knows of it is kept visit by visit.
Those that one change brought about for one patient's visits of series go together (a series that
was changed from one visit on is several): the message that is sent speaks of all of them, and all
of them count as told with it. Who is moved, cancelled or taken back
alone falls out of the bundle by that, and what is left goes as it then is.
"""

from __future__ import annotations

from collections.abc import Iterable

from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import Notification

SERIES = "series"
"""The rule of a notice about a visit of a series."""

WITH = "with-"
"""How the rule of a notice begins that went as a part of another; that one's id follows."""

Bundle = tuple[object, ...]


def rule_for(series_id: Id | None) -> str:
    """The rule of a notice about a visit of that series; empty for a visit of none."""
    return SERIES if series_id else ""


def bundle_of(message: Notification) -> Bundle:
    """What the notices have in common that go as one: patient, purpose, channel, and until when
    the change was held. Empty for what always goes alone."""
    if message.rule != SERIES:
        return ()
    held = message.held_until or message.due_at
    return message.patient_id, message.purpose, message.channel, held


def carrier_of(message: Notification) -> Id:
    """The message as whose part this one went; empty where it went itself, or has not gone."""
    return message.rule.removeprefix(WITH) if message.rule.startswith(WITH) else ""


def in_bundles(messages: Iterable[Notification]) -> int:
    """As how many messages they go."""
    seen: set[object] = set()
    for one in messages:
        seen.add(bundle_of(one) or one.id or one.key)
    return len(seen)
