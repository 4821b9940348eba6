"""The time machine's questions: which moments there are, and what may be asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timedelta

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.spans import at_local, local_date, zone
from clinic_desk.services.past_views import PastChange, Story

SECOND = timedelta(seconds=1)


def steps(story: Story) -> tuple[datetime, ...]:
    """The moments at which these days changed, oldest first, each once."""
    return tuple(dict.fromkeys(change.moment for change in story.changes))


def checked(moment: datetime, story: Story, now: datetime, zone_name: str) -> datetime:
    """``moment`` (aware UTC); raises ``Refusal`` with the field "moment" when it lies ahead or
    before there was anything to see."""
    wanted, present = (moment_text(one, now, zone_name) for one in (moment, now))
    if moment > now:
        raise Refusal(
            "future",
            f"{wanted} is still to come, and the time machine only looks back: "
            f"choose a moment up to now, {present}.",
            field="moment",
        )
    if story.born is None or moment < story.born:
        begins = (
            f"this clinic's history begins on {moment_text(story.born, now, zone_name)}; "
            "choose that moment or a later one"
            if story.born is not None
            else "this clinic has no history yet"
        )
        raise Refusal(
            "before_clinic",
            f"Nothing is known of {wanted}: {begins}.",
            field="moment",
        )
    return moment


def morning(story: Story, now: datetime, zone_name: str) -> datetime:
    """Where a look back begins: this morning, before anybody came; now in a clinic that is younger
    than that."""
    start = at_local(local_date(now, zone_name), 0, zone_name)
    return start if story.born is not None and story.born <= start else now


def between(story: Story, one: datetime, other: datetime) -> tuple[PastChange, ...]:
    """What was changed after the earlier of two moments and not after the later, oldest first."""
    first, last = sorted((one, other))
    return tuple(change for change in story.changes if first < change.moment <= last)


def before(moments: Sequence[datetime], moment: datetime) -> int:
    """How many of ``moments`` (sorted) have passed at ``moment``."""
    return bisect_right(moments, moment)


def moment_text(moment: datetime, now: datetime, zone_name: str) -> str:
    """ "Tue 24 Nov 14:05", with seconds where there are any and the year when it is another."""
    wall = moment.astimezone(zone(zone_name))
    year = "" if wall.year == now.astimezone(zone(zone_name)).year else f" {wall.year}"
    clock = f"{wall:%H:%M:%S}" if wall.second else f"{wall:%H:%M}"
    return f"{wall:%a} {wall.day} {wall:%b}{year} {clock}"
