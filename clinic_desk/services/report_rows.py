"""The rows of a report: in which order, and under which name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from clinic_desk.domain.ids import Id
from clinic_desk.services.day_views import GroupBy, ReportWish
from clinic_desk.services.report_ports import Key, Named
from clinic_desk.services.wording import DAYS, MONTHS

_NONE = {GroupBy.ROOM: "No room", GroupBy.TYPE: "No type"}
_NAMES = {
    GroupBy.DAY: "Day",
    GroupBy.WEEK: "Week",
    GroupBy.MONTH: "Month",
    GroupBy.DOCTOR: "Doctor",
    GroupBy.ROOM: "Room",
    GroupBy.TYPE: "Visit type",
    GroupBy.SITE: "Site",
    GroupBy.WEEKDAY_HOUR: "Hour",
}


def group_name(group: GroupBy) -> str:
    return _NAMES[group]


def ordered(
    keys: set[Key], group: GroupBy, wish: ReportWish, names: Mapping[Id, Named]
) -> list[Key]:
    """Days, weeks and months of the whole period;
    all hours between the earliest and the latest; ids in the order of lists, None last."""
    if not keys:
        return []
    if group is GroupBy.WEEKDAY_HOUR:
        hours = {key[1] for key in keys if isinstance(key, tuple)}
        span = range(min(hours), max(hours) + 1)
        return [(weekday, hour) for weekday in range(7) for hour in span]
    if group in (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH):
        return _dates(group, wish)
    place = {row_id: index for index, row_id in enumerate(names)}
    return sorted(keys, key=lambda key: (place.get(str(key), len(place)), key is None, str(key)))


def _dates(group: GroupBy, wish: ReportWish) -> list[Key]:
    at, found = start_of(group, wish.first), []
    while at <= wish.last:
        found.append(at)
        at = following(group, at)
    return list(found)


def start_of(group: GroupBy, day: date) -> date:
    if group is GroupBy.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if group is GroupBy.MONTH else day


def following(group: GroupBy, day: date) -> date:
    if group is GroupBy.MONTH:
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if group is GroupBy.WEEK else 1)


def label_of(key: Key, group: GroupBy, names: Mapping[Id, Named]) -> str:
    """ "Tue 24 Nov 2026", "W48 · 23 Nov 2026", "Nov 2026", "Mon 09:00", "Dr Demir"."""
    if isinstance(key, date):
        month = f"{MONTHS[key.month - 1]} {key.year}"
        if group is GroupBy.MONTH:
            return month
        if group is GroupBy.WEEK:
            return f"W{key.isocalendar().week} · {key.day} {month}"
        return f"{DAYS[key.weekday()]} {key.day} {month}"
    if isinstance(key, tuple):
        return f"{DAYS[key[0]]} {key[1]:02d}:00"
    if key is None:
        return _NONE.get(group, "None")
    found = names.get(key)
    if found is None:
        return "Removed"
    return found.name if found.active else f"{found.name} (no longer in use)"
