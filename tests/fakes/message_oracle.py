"""What ought to be planned, worked out anew and simply: no code of the program takes part.

Times are minutes since 1970, quiet hours are found by walking minute by minute, and what a patient
knows is kept as a story instead of being read from rows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

GONE = ("cancelled", "declined", "released")
NOT_YET = ("held", "pending")
Wanted = tuple[str, str, str, int]
"""(purpose, rule, channel or "skipped", minute when it goes)."""


def minute_of(instant: datetime) -> int:
    return int(instant.timestamp()) // 60


@dataclass
class Clinic:
    """Its rules, as a person would write them down."""

    on: set[str] = field(default_factory=set)
    order: tuple[str, ...] = ("sms", "email", "whatsapp")
    quiet: str = "20:00-08:00"
    asked: str = "skip"
    purposes: set[str] = field(
        default_factory=lambda: {"confirmation", "reminder", "moved", "cancelled", "no_show"}
    )
    plan: dict[int, tuple[str, ...]] = field(default_factory=lambda: {1440: (), 120: ()})
    no_show_after: int = 60
    of_types: dict[str, dict[int, tuple[str, ...]]] = field(default_factory=dict)
    zone: str = "Europe/London"


@dataclass
class Notice:
    purpose: str
    knew: str
    tells: str
    base: int
    way: str
    at: int


@dataclass
class Story:
    """One visit: what its patient was told, and what is planned."""

    told: str | None = None
    notice: Notice | None = None
    reminders: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    holds: dict[tuple[str, str], tuple[int, str, int | None]] = field(default_factory=dict)
    sent: set[tuple[str, ...]] = field(default_factory=set)
    chase: tuple[str, int] | None = None
    marked: int = 0
    dropped: str | None = None
    is_so: str = ""

    def wanted(self, now: int) -> set[Wanted]:
        found: set[Wanted] = set()
        one = self.notice
        if one is not None and (one.way != "skipped" or one.base > now):
            found.add((one.purpose, "", one.way, one.at))
        for (rule, _), (at, way) in self.reminders.items():
            if way != "skipped" or at > now:
                found.add(("reminder", rule, way, at))
        if self.chase is not None and (self.chase[0] != "skipped" or self.chase[1] > now):
            found.add(("no_show", "", *self.chase))
        return found


# The ways


@lru_cache(maxsize=200_000)
def is_quiet(hours: str, minute: int, zone: str) -> bool:
    if hours == "none":
        return False
    local = datetime.fromtimestamp(minute * 60, UTC).astimezone(ZoneInfo(zone))
    wall = f"{local:%H:%M}"
    begin, end = hours.split("-")
    if begin <= end:
        return begin <= wall < end
    return wall >= begin or wall < end


def hours_of(clinic: Clinic, patient: Any) -> str:
    return patient.quiet or clinic.quiet


def earlier(clinic: Clinic, patient: Any, zone: str, minute: int) -> int:
    at, hours = minute, hours_of(clinic, patient)
    if not is_quiet(hours, at, patient.zone or zone):
        return minute
    while is_quiet(hours, at - 1, patient.zone or zone):
        at -= 1
    return at - 5


def later(clinic: Clinic, patient: Any, zone: str, minute: int, start: int | None) -> int:
    at, hours = minute, hours_of(clinic, patient)
    while is_quiet(hours, at, patient.zone or zone):
        at += 1
    return minute if start is not None and start - at < 120 else at


def can(clinic: Clinic, patient: Any, channel: str) -> bool:
    if channel not in clinic.on:
        return False
    if channel == "desktop":
        return True
    address = patient.email if channel == "email" else patient.mobile
    said = getattr(patient, f"consent_{channel}")
    return bool(address) and (said is True or (said is None and clinic.asked == "allow"))


def one_way(clinic: Clinic, patient: Any) -> str:
    """ "" when nothing of the kind is in use."""
    for channel in (*patient.channels, *clinic.order):
        if can(clinic, patient, channel):
            return str(channel)
    return "skipped" if clinic.on & {"sms", "email", "whatsapp"} else ""


def named_ways(clinic: Clinic, patient: Any, names: tuple[str, ...]) -> list[str]:
    if not names:
        return [one for one in [one_way(clinic, patient)] if one]
    found = [name for name in names if can(clinic, patient, name)]
    if found:
        return found
    return ["skipped"] if clinic.on & {"sms", "email", "whatsapp"} else []


# The visit


def standing(visit: Any) -> str:
    status = str(visit.status)
    if visit.deleted_at is not None or status in GONE:
        return "gone"
    if status in NOT_YET:
        return "not yet"
    if status in ("scheduled", "confirmed"):
        return "stands"
    return "missed" if status == "no_show" else "here"


def place(visit: Any) -> str:
    """What somebody knows who was told of the visit as it is."""
    if visit is None or visit.deleted_at is not None or str(visit.status) in NOT_YET:
        return ""
    if str(visit.status) == "released":
        return ""
    if str(visit.status) in GONE:
        return "off"
    return f"{minute_of(visit.start)}/{visit.doctor_id}/{visit.location_id}"


def follow(
    story: Story, clinic: Clinic, before: Any, visit: Any, patient: Any, zone: str, now: int
) -> None:
    """What becomes of the plans of a visit. ``before`` is ``visit`` when only something about the
    patient or the clinic has changed."""
    _chase(story, clinic, before, visit, patient, zone, now)
    _tell(story, clinic, before, visit, patient, zone, now)
    _remind(story, clinic, visit, patient, zone, now)


def _tell(
    story: Story, clinic: Clinic, before: Any, visit: Any, patient: Any, zone: str, now: int
) -> None:
    start, stands = minute_of(visit.start), standing(visit)
    pending = story.notice
    if pending is not None and pending.way == "skipped" and pending.base <= now:
        pending = None
    knows = story.told
    if knows is None and pending is not None:
        knows = pending.knew
    if knows is None:
        knows = story.dropped
    if pending is not None:
        untold = stands in ("here", "missed") or pending.tells == place(visit)
        story.dropped = pending.knew if untold else None
    if knows is None:
        knows = "" if before is None else place(before)
        if before is not None and before is not visit and minute_of(before.created_at) > now - 3:
            knows = ""
    purpose, tells = "", place(visit)
    if start > now and stands == "stands":
        if knows in ("", "off"):
            purpose = "confirmation"
        elif knows != tells:
            purpose = "moved"
    elif start > now and stands == "gone" and knows != "off":
        refused = str(visit.status) == "declined" and visit.deleted_at is None
        if knows or refused:  # who asked for it hears of a no
            purpose, tells = "cancelled", "off"
    story.notice, story.is_so = None, place(visit)
    way = one_way(clinic, patient)
    if not purpose or purpose not in clinic.purposes or not way:
        return
    base = now + 3
    if pending is not None and (pending.purpose, pending.tells) == (purpose, tells):
        base = pending.base
        if pending.way == way and way != "skipped" and pending.at <= now:
            story.notice = pending  # it is on its way
            return
    old, slash, _ = (knows or "").partition("/")
    comes = int(old) if slash and now < int(old) < start else start  # who is told too late
    at = later(clinic, patient, zone, max(base, now), comes)
    if at < start:
        story.dropped = None
        story.notice = Notice(purpose, knows, tells, base, way, at)


def _remind(story: Story, clinic: Clinic, visit: Any, patient: Any, zone: str, now: int) -> None:
    start = minute_of(visit.start)
    wanted: dict[tuple[str, str], tuple[int, str]] = {}
    notice = story.notice
    on = "reminder" in clinic.purposes and standing(visit) == "stands" and start > now
    taken = set()
    for lead, names in sorted(_plan(clinic, visit, start), reverse=True) if on else ():
        for way in named_ways(clinic, patient, names):
            at = start - lead
            if way != "desktop":
                at = earlier(clinic, patient, zone, at)
            needless = (
                notice is not None
                and way != "skipped"
                and notice.way == way
                and at <= max(notice.at, notice.base)
            )
            if (at, way) not in taken and not needless:
                wanted[(f"{lead}", f"{start}/{way}")] = (at, way)
            taken.add((at, way))
    before, story.reminders = story.reminders, {}
    holds, story.holds = story.holds, {}
    for key, (at, way) in wanted.items():
        if ("reminder", *key) in story.sent:
            continue
        was = before.get(key) if way != "skipped" else None
        due, is_so, until = holds.get(key, (0, "", None)) if was is not None else (0, "", None)
        if is_so != place(visit) or (until is None and due != at):
            until = now + 3 if way != "skipped" and now < at < now + 3 else None
        goes = at if until is None else max(at, until)
        if was is not None and was[0] <= now:
            story.reminders[key], story.holds[key] = was, holds[key]
        elif now < goes < start:
            story.reminders[key], story.holds[key] = (goes, way), (at, place(visit), until)


def _plan(clinic: Clinic, visit: Any, start: int) -> list[tuple[int, tuple[str, ...]]]:
    own = tuple(visit.remind_channels)
    if own == ("none",):
        return []
    if visit.remind_at is not None:
        return [(start - minute_of(visit.remind_at), own)]
    plan = clinic.of_types.get(visit.type_id, clinic.plan)
    return [(lead, own or names) for lead, names in plan.items()]


def _chase(
    story: Story, clinic: Clinic, before: Any, visit: Any, patient: Any, zone: str, now: int
) -> None:
    """Some time after somebody did not come."""
    was, story.chase = story.chase, None
    way = one_way(clinic, patient)
    if was is not None and was[0] == "skipped" and was[1] <= now:
        was = None
    if standing(visit) != "missed" or "no_show" not in clinic.purposes or not way:
        return
    if ("no_show", place(visit).partition("/")[0]) in story.sent:
        return
    if was is not None:
        if was[0] == way and way != "skipped" and was[1] <= now:
            story.chase = was
        else:
            at = story.marked + clinic.no_show_after
            story.chase = (way, later(clinic, patient, zone, at, None))
    elif before is not None and standing(before) != "missed":
        story.marked = now
        at = now + clinic.no_show_after
        story.chase = (way, later(clinic, patient, zone, at, None))


def send(story: Story, now: int) -> None:
    """Everything that is due goes."""
    one = story.notice
    if one is not None and one.way != "skipped" and one.at <= now:
        story.told = one.tells
        story.notice = None
    for key, (at, way) in list(story.reminders.items()):
        if way != "skipped" and at <= now:
            story.sent.add(("reminder", *key))
            if way != "desktop":
                story.told = story.is_so
            del story.reminders[key]
    if story.chase is not None and story.chase[0] != "skipped" and story.chase[1] <= now:
        story.sent.add(("no_show", story.is_so.partition("/")[0]))
        story.chase = None
