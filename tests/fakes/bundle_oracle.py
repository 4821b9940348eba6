"""Which notices go as one message, worked out anew: no code of the program takes part."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fakes.message_oracle import Story


def goes(stories: Mapping[str, Story], visits: Mapping[str, Any], now: int) -> set[frozenset[str]]:
    """The visits of which each message tells that goes now. What one change brought about for one
    patient's visits of series goes as soon as one of it is due."""
    found = set()
    for visit_id, story in stories.items():
        one, visit = story.notice, visits[visit_id]
        if one is None or one.way == "skipped" or one.at > now:
            continue
        together = {visit_id}
        for other_id, other_story in stories.items():
            other, with_it = other_story.notice, visits[other_id]
            if (
                visit.series_id is not None
                and other is not None
                and other.way == one.way
                and other.purpose == one.purpose
                and other.base == one.base
                and with_it.series_id is not None
                and with_it.patient_id == visit.patient_id
            ):
                together.add(other_id)
        found.add(frozenset(together))
    return found


def send(stories: Mapping[str, Story], together: set[frozenset[str]]) -> None:
    """The patients know now."""
    for visit_ids in together:
        for visit_id in visit_ids:
            story = stories[visit_id]
            assert story.notice is not None
            story.told, story.notice = story.notice.tells, None
