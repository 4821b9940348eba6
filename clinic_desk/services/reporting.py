"""Reports: what is asked of a period, counted month by month so that it can be watched and stopped.

How each figure is meant stands in the report's own notes (``report_figures``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.day_views import GroupBy, Preset, Report, ReportWish
from clinic_desk.services.ports import Queries
from clinic_desk.services.report_figures import FIGURES
from clinic_desk.services.report_ports import Part

PRESET_WORDS: dict[Preset, str] = {
    Preset.LOAD: "Visits",
    Preset.NO_SHOWS: "No-shows",
    Preset.CANCELLATIONS: "Cancellations",
    Preset.LEAD_TIME: "Lead time",
    Preset.WAITING: "Waiting time",
    Preset.PUNCTUALITY: "Punctuality",
    Preset.UTILISATION: "Utilisation",
    Preset.WEEK_HEAT: "Busiest hours",
    Preset.REVENUE: "Revenue",
}

GROUP_WORDS: dict[GroupBy, str] = {
    GroupBy.DAY: "Day",
    GroupBy.WEEK: "Week",
    GroupBy.MONTH: "Month",
    GroupBy.DOCTOR: "Doctor",
    GroupBy.ROOM: "Room",
    GroupBy.TYPE: "Visit type",
    GroupBy.SITE: "Site",
    GroupBy.WEEKDAY_HOUR: "Weekday and hour",
}

LONGEST = 30
"""Years that one report may span."""


@dataclass(frozen=True, slots=True)
class Progress:
    """Months counted so far, of how many."""

    done: int
    total: int


def never() -> bool:
    return False


def report(queries: Queries, wish: ReportWish) -> Report:
    """The whole report at once. Raises ``Refusal`` for a period that is none."""
    made = [one for one in stream(queries, wish) if isinstance(one, Report)]
    return made[-1]


def stream(
    queries: Queries, wish: ReportWish, stopped: Callable[[], bool] = never
) -> Iterator[Progress | Report]:
    """``Progress`` after each month, the ``Report`` at the end; nothing more once ``stopped`` says
    so. Raises ``Refusal`` for a period that is none."""
    check(wish)
    roster = queries.roster()
    group = GroupBy.WEEKDAY_HOUR if wish.preset is Preset.WEEK_HEAT else wish.group
    figures = FIGURES[wish.preset](wish, group, roster)
    parts = list(months(wish.first, wish.last))
    for done, (first, last) in enumerate(parts):
        if stopped():
            return
        yield Progress(done, len(parts))
        part = Part(first, last, group, wish.doctor_ids, wish.location_ids)
        figures.take(queries, part, stopped)
    if stopped():
        return
    yield figures.report(queries.report_names(), title(wish, roster))


def check(wish: ReportWish) -> None:
    """Raises ``Refusal`` with the field when the period cannot be reported on."""
    if wish.last < wish.first:
        raise Refusal(
            "bad_period", "The period ends before it begins; choose a later end.", field="last"
        )
    if wish.last.year - wish.first.year > LONGEST:
        raise Refusal("long_period", f"A report spans {LONGEST} years at most.", field="first")


def months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The period cut at the ends of months."""
    at = first
    while at <= last:
        after = (at.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield at, min(last, after - timedelta(days=1))
        at = after


def title(wish: ReportWish, roster: Roster) -> str:
    """ "Utilisation by doctor · Main Street": the period is told beside it."""
    text = PRESET_WORDS[wish.preset]
    if wish.preset is not Preset.WEEK_HEAT:
        text += f" by {GROUP_WORDS[wish.group].lower()}"
    doctors = [roster.doctors[one].name for one in wish.doctor_ids if one in roster.doctors]
    places = [roster.locations[one].name for one in wish.location_ids if one in roster.locations]
    return " · ".join([text, *places, *_few(doctors)])


def _few(names: list[str]) -> list[str]:
    return names if len(names) <= 3 else [f"{len(names)} doctors"]
