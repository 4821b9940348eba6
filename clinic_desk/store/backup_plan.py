"""Which backups stay: names, and the rotation as arithmetic. Nothing here touches a disk."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta

from clinic_desk.services.backup_ports import (
    AUTO,
    BEFORE,
    EXIT,
    MANUAL,
    BackupCopy,
    CopyState,
    Kept,
)

SUFFIX = ".clinicdesk"
AHEAD = timedelta(hours=26)
"""A copy dated later than this was made while the clock was wrong: it neither counts nor goes."""

_NAME = re.compile(r"-(\d{8}T\d{6}Z)-([a-z0-9-]+?)(?:-(\d+))?$")


def stem_of(name: str, at: datetime, why: str) -> str:
    """The file's name without its ending, as in "clinic-20261124T101500Z-auto"."""
    return f"{name}-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{why}"


def parsed(file_name: str) -> tuple[datetime, str] | None:
    """When a backup was made (UTC) and why, by its name; None for other files."""
    if not file_name.endswith(SUFFIX):
        return None
    found = _NAME.search(file_name.removesuffix(SUFFIX))
    if found is None:
        return None
    try:
        at = datetime.strptime(found.group(1), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None
    why = found.group(2)
    if found.group(3) and why == BEFORE:  # "before-0006": the number belongs to it
        why = f"{why}-{found.group(3)}"
    return at, why


def order(copy: BackupCopy) -> tuple[datetime, int, str]:
    """From the oldest to the newest; of several made in one second, the later has a number."""
    twin = copy.name.removesuffix(SUFFIX).rpartition(f"-{copy.why}")[2].removeprefix("-")
    number = int(twin) if twin.isdigit() and copy.why else 1
    return copy.made_at, number, copy.name


def kind_of(why: str) -> str:
    """AUTO for what the plan made, MANUAL, BEFORE, or "" for what is none of ours."""
    if why in (AUTO, EXIT):
        return AUTO
    if why == MANUAL:
        return MANUAL
    return BEFORE if why.startswith(BEFORE) else ""


def doomed(
    copies: Iterable[BackupCopy], kept: Kept, now: datetime, just_made: str = ""
) -> tuple[BackupCopy, ...]:
    """The copies that the rotation takes away, oldest first. The newest good one never is among
    them, nor the newest that nobody found bad, nor the one that holds the longest history (a clock
    that was put back gives it an older date), nor the one by the name ``just_made``, nor what is
    dated in the future, nor a file that this program did not name."""
    ranked = sorted(
        (copy for copy in copies if copy.made_at <= now + AHEAD and kind_of(copy.why)),
        key=order,
        reverse=True,
    )
    sound = [copy for copy in ranked if copy.state is not CopyState.BAD]
    stays = {copy.path for copy in sound[:1]}
    stays.update(copy.path for copy in [c for c in sound if c.state is CopyState.GOOD][:1])
    stays.update(copy.path for copy in sound if copy.name == just_made)
    longest = max(sound, key=lambda copy: copy.events, default=None)
    if longest is not None and longest.events:
        stays.add(longest.path)
    planned = [copy for copy in sound if kind_of(copy.why) == AUTO]
    stays |= _newest_of_each(planned, kept.hourly, _hour)
    stays |= _newest_of_each(planned, kept.daily, _day)
    stays |= _newest_of_each(planned, kept.weekly, _week)
    for kind, most in ((MANUAL, kept.manual), (BEFORE, kept.before)):
        own = [copy for copy in sound if kind_of(copy.why) == kind]
        stays.update(copy.path for copy in own[:most])
    # a damaged copy is of no use once there is a sound one after it
    for copy in ranked:
        if copy.state is CopyState.BAD and not (sound and sound[0].made_at >= copy.made_at):
            stays.add(copy.path)
    return tuple(copy for copy in reversed(ranked) if copy.path not in stays)


def _newest_of_each(
    newest_first: list[BackupCopy], most: int, period: Callable[[datetime], Hashable]
) -> set[str]:
    chosen: dict[Hashable, str] = {}
    for copy in newest_first:
        key = period(copy.made_at)
        if key in chosen:
            continue
        if len(chosen) >= most:
            break
        chosen[key] = copy.path
    return set(chosen.values())


def _hour(at: datetime) -> Hashable:
    return at.year, at.timetuple().tm_yday, at.hour


def _day(at: datetime) -> Hashable:
    return at.year, at.timetuple().tm_yday


def _week(at: datetime) -> Hashable:
    return at.isocalendar()[:2]
