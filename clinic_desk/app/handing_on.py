"""``clinic-desk export``: visits as an iCalendar file."""

from __future__ import annotations

import argparse
from datetime import date, datetime, timedelta

from clinic_desk.app.answers import clinic, doctor_named
from clinic_desk.app.cli import Answer
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.services.exporting import ExportWish
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.when import parse_day


def export(options: argparse.Namespace) -> Answer:
    """Days are the practice's own; the last one counts in full."""
    with clinic(options, person=True, takes=Permission.EXPORT) as container:
        roster = container.queries.roster()
        zone = roster.practice.zone
        today = local_date(container.clock.now(), zone)
        first = _day(options.first, today)
        last = _day(options.last, today)
        if first is not None and last is not None and last < first:
            raise Refusal("bad_day", f"--to ({last}) lies before --from ({first}).")
        container.desk.execute(
            NoteHandedOn(
                title=f"Visits of {options.doctor}" if options.doctor else "Visits",
                kind="ics",
                initiator="command-line",
            )
        )
        made = container.exporter.calendar(
            options.ics,
            ExportWish(
                doctor_id=doctor_named(roster, options.doctor) if options.doctor else None,
                first=_midnight(first, zone),
                last=_midnight(last + timedelta(days=1), zone) if last is not None else None,
            ),
        )
    data = {"file": str(made.path), "visits": made.visits, "series": made.series}
    return Answer(data, [f"{made.visits:,} visits, {made.series:,} series: {made.path}"])


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    day = parse_day(text, today)
    if day is None:
        raise Refusal("bad_day", f"“{text}” is no day; write 2026-12-01, fri or +2w.")
    return day


def _midnight(day: date | None, zone: str) -> datetime | None:
    return None if day is None else at_local(day, 0, zone)
