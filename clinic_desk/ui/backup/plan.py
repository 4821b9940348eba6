"""The plan of the backups as the clinic's settings have it, and in words."""

from __future__ import annotations

from datetime import datetime

from clinic_desk.services.backup_ports import AUTO, EXIT, MANUAL, BackupPlan, Kept
from clinic_desk.ui.runtime.formatting import left_to_right, since_text
from clinic_desk.ui.runtime.settings import Settings

KEYS = frozenset(
    {"backup.minutes", "backup.at_exit", "backup.second", "backup.hourly", "backup.daily",
     "backup.weekly", "backup.manual", "backup.before"}
)  # fmt: skip

_WHY = {
    AUTO: "By the plan",
    EXIT: "When the program was closed",
    MANUAL: "By hand",
    "before-restore": "Before a restore",
    "before-repair": "Before a repair",
    "": "Another file",
}


def plan_of(settings: Settings) -> BackupPlan:
    get = settings.get
    kept = Kept(
        get("backup.hourly"), get("backup.daily"), get("backup.weekly"), get("backup.manual"),
        get("backup.before"),
    )  # fmt: skip
    return BackupPlan(
        get("backup.minutes"), get("backup.at_exit"), get("backup.second").strip(), kept
    )


def plan_words(plan: BackupPlan) -> str:
    """ "Every hour, when the program is closed, and before anything risky." """
    moments = []
    if plan.minutes:
        moments.append(f"every {every_words(plan.minutes)}")
    if plan.at_exit:
        moments.append("when the program is closed")
    moments.append("before an upgrade, a restore or a repair")
    said = ", ".join(moments[:-1]) + (" and " if len(moments) > 1 else "") + moments[-1]
    return said[0].upper() + said[1:] + "."


def kept_words(kept: Kept) -> str:
    return (
        f"{kept.hourly} hourly, {kept.daily} daily and {kept.weekly} weekly copies stay, "
        f"{kept.manual} made by hand."
    )


def every_words(minutes: int) -> str:
    """ "hour", "3 hours", "45 minutes", "minute"."""
    if minutes % 60 == 0:
        hours = minutes // 60
        return "hour" if hours == 1 else f"{hours} hours"
    return "minute" if minutes == 1 else f"{minutes} minutes"


def why_words(why: str) -> str:
    return _WHY.get(why) or f"Before the upgrade to format {why.rpartition('-')[2]}"


def ago(then: datetime, now: datetime) -> str:
    """ "just now", "12 min ago", "3 days ago"; "ahead of the clock" for what is to come."""
    if (then - now).total_seconds() > 120:
        return "ahead of the clock"
    text = since_text(then, now)
    return text if text == "just now" else f"{text} ago"


def size_words(size: int) -> str:
    """ "640 kB", "12.4 MB", "1.2 GB", in this order in every window."""
    if size < 1_000_000:
        return left_to_right(f"{max(1, round(size / 1000)):,} kB")
    if size < 1_000_000_000:
        return left_to_right(f"{size / 1_000_000:.1f} MB")
    return left_to_right(f"{size / 1_000_000_000:.1f} GB")
