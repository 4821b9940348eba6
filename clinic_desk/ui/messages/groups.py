"""The tabs of the page, and the groups that each of them shows. Qt-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from clinic_desk.domain.messages import MessageStatus
from clinic_desk.services.message_ports import MessageCounts, MessageWish

PAGE = 200
"""Messages of a group that are read at first, and with every "more"."""

BEFORE = timedelta(days=14)
"""What needs somebody is shown for so long before the days that were asked for."""

TABS = (
    ("all", "All", ""), ("planned", "Planned", "clock"), ("held", "Held", "lock"),
    ("sent", "Sent", "check"), ("failed", "Failed", "close"), ("skipped", "Skipped", "minus"),
    ("answers", "Answers", "sms"),
)  # fmt: skip
"""(key, word, icon)."""

PERIODS = (
    ("today", "Today"), ("tomorrow", "Tomorrow"), ("next7", "Next 7 days"),
    ("last7", "Last 7 days"), ("last30", "Last 30 days"), ("all", "All time"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Group:
    """``ink``: of its heading. ``count``: how many there are, shown or not."""

    key: str
    title: str
    wish: MessageWish
    ink: str = "text"
    count: int = 0


def period(name: str, today: date) -> tuple[date | None, date | None]:
    """First and last day, inclusive; None is open."""
    day = timedelta(days=1)
    match name:
        case "today":
            return today, today
        case "tomorrow":
            return today + day, today + day
        case "next7":
            return today, today + 6 * day
        case "last7":
            return today - 6 * day, today
        case "last30":
            return today - 29 * day, today
    return None, None


def needing(wish: MessageWish) -> MessageWish:
    """What of it needs somebody, with what has waited for that since before."""
    first = wish.first - BEFORE if wish.first is not None else None
    return replace(wish, needing=True, first=first)


def tab_counts(counts: MessageCounts, lacking: MessageCounts) -> dict[str, int]:
    """``counts`` of the days, ``lacking`` of what needs somebody."""
    failed = lacking.failed + lacking.undelivered
    skipped = counts.skipped + counts.withdrawn
    return {
        "all": counts.planned + counts.held + counts.sent + counts.failed + skipped,
        "planned": counts.planned,
        "held": counts.held,
        "sent": counts.sent,
        "failed": failed,
        "skipped": skipped,
        "answers": counts.answers,
    }


def groups_of(
    tab: str, wish: MessageWish, counts: MessageCounts, lacking: MessageCounts, span: str
) -> Sequence[Group]:
    """In their order; the empty ones left out. ``span``: the name of the period."""
    failed = lacking.failed + lacking.undelivered
    sent_word = "Sent today" if span == "today" else "Sent"
    urgent = needing(wish)
    all_of = {
        "needing": Group("needing", "Needs attention", urgent, "refuse", failed + lacking.retrying),
        "failed": Group(
            "failed",
            "Failed, or not delivered",
            replace(urgent, statuses=(MessageStatus.FAILED, MessageStatus.SENT)),
            "refuse",
            failed,
        ),
        "retrying": Group(
            "retrying",
            "Being tried again",
            replace(urgent, statuses=(MessageStatus.PLANNED,), soonest=True),
            "warn",
            lacking.retrying,
        ),
        "held": Group(
            "held", "Held back for undo", replace(wish, held=True, soonest=True), "warn",
            counts.held,
        ),
        "sent": Group(
            "sent", sent_word, replace(wish, statuses=(MessageStatus.SENT,)), count=counts.sent
        ),
        "planned": Group(
            "planned",
            "Planned",
            replace(wish, waiting=True, soonest=True),
            count=max(0, counts.planned - counts.retrying),
        ),
        "skipped": Group(
            "skipped",
            "Skipped or withdrawn",
            replace(wish, statuses=(MessageStatus.SKIPPED, MessageStatus.WITHDRAWN)),
            count=counts.skipped + counts.withdrawn,
        ),
    }  # fmt: skip
    shown = {
        "all": ("needing", "held", "sent", "planned", "skipped"),
        "planned": ("retrying", "planned"),
        "held": ("held",),
        "sent": ("sent",),
        "failed": ("failed",),
        "skipped": ("skipped",),
    }.get(tab, ())
    return [all_of[key] for key in shown if all_of[key].count]
