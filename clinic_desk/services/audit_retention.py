"""Handles ``EmptyOldDetails``: retention by the clinic's policy.

What goes is the detail alone, which no hash covers but through its own; who, when and whose stay,
so the chain stays whole and verify clean. Each step leaves an entry that says how far it went;
verify takes an empty detail without such an entry for a forgery.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from clinic_desk.domain.spans import epoch
from clinic_desk.services.audit import (
    BLANKED_BY,
    KEEP_YEARS,
    KEEP_YEARS_KEY,
    RETAINED,
    actions_of,
)
from clinic_desk.services.audit_commands import EmptyOldDetails
from clinic_desk.services.work import Done, Work


def kept_since(now: datetime, years: int) -> datetime:
    """The same day so many years ago; 29 February becomes the 28th."""
    try:
        return now.replace(year=now.year - years)
    except ValueError:
        return now.replace(year=now.year - years, day=28)


def empty(work: Work, command: EmptyOldDetails) -> Done:
    years = work.uow.setting(KEEP_YEARS_KEY, "clinic")
    years = years if isinstance(years, int) and not isinstance(years, bool) else KEEP_YEARS
    if years <= 0 or years >= work.now.year:
        return Done(value=0)
    before = kept_since(work.now, years)
    actions = frozenset(one for kind in RETAINED for one in actions_of(kind))
    count, until = work.uow.empty_details(actions, before, command.most)
    if count:
        who = work.uow.actor
        work.uow.actor = replace(who, staff_id="retention", name="", kind="program")
        work.uow.audit(
            BLANKED_BY,
            "audit",
            "trail",
            detail={"before": epoch(until), "kinds": sorted(RETAINED), "count": count},
        )
    return Done(value=count)
