"""Closures as people speak of them: runs of days under one name, and the visits booked on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.appointments import OCCUPYING, SlotState, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.spans import local_date
from clinic_desk.domain.templates import Holiday
from clinic_desk.services.command import PLAN_RUN
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import RemoveRecords, Together
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import day_text

LONGEST = 366
"""Days that can be closed in one go."""

EDIT = "@"
"""Parts the id of a closure's row from that of one edit of it: each is an undo step of its own."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days in a row with the same name, place and answer, by date."""

    rows: tuple[Holiday, ...]

    @property
    def first(self) -> date:
        return self.rows[0].day

    @property
    def last(self) -> date:
        return self.rows[-1].day

    @property
    def name(self) -> str:
        return self.rows[0].name

    @property
    def location_id(self) -> Id | None:
        return self.rows[0].location_id

    @property
    def closed(self) -> bool:
        return self.rows[0].closed

    def covers(self, day: date, location_id: Id) -> bool:
        here = self.location_id in (None, location_id)
        return self.closed and here and self.first <= day <= self.last


def grouped(rows: Iterable[Holiday]) -> tuple[Closure, ...]:
    """By their first day; the whole clinic before single sites."""
    runs: list[list[Holiday]] = []
    for row in sorted(rows, key=lambda r: (r.location_id or "", not r.closed, r.day)):
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.day + timedelta(days=1) == row.day
            and (last.name, last.location_id, last.closed)
            == (row.name, row.location_id, row.closed)
        ):
            runs[-1].append(row)
        else:
            runs.append([row])
    found = [Closure(tuple(run)) for run in runs]
    return tuple(sorted(found, key=lambda c: (c.first, c.location_id or "", c.name)))


def close(
    first: date,
    last: date,
    name: str,
    location_id: Id | None = None,
    new_id: IdFactory = lambda: "",
) -> SaveRecords:
    """The command that closes those days. With ``new_id`` it is the first step of planning what
    it hits (``plan_id``). Raises ``Refusal`` with ``field`` "last" when they end before they begin
    or are too many."""
    _check_days(first, last)
    shown = " ".join(name.split())[:60]
    rows = tuple(
        Holiday(id=new_id(), day=day, name=name, location_id=location_id)
        for day in _days(first, last)
    )
    return SaveRecords(
        records=rows,
        label=f"Close {_span(first, last)}: {shown}",
        undo_run=undo_run(rows[0].id) if rows[0].id else "",
    )


def change(
    closure: Closure,
    first: date,
    last: date,
    name: str,
    location_id: Id | None,
    new_id: IdFactory,
) -> tuple[Together, Id]:
    """The command that gives a closure other days, another name or another site, and the id under
    which what it hits then is planned. Days that stay keep their rows. Raises ``Refusal`` like
    ``close``."""
    _check_days(first, last)
    old = {row.day: row for row in closure.rows}
    days = _days(first, last)
    free = [row for day, row in old.items() if day not in set(days)]
    written: list[Holiday] = []
    for day in days:
        row = old.get(day)
        if row is None and free:
            row = replace(free.pop(0), day=day, source="")  # no public holiday any more
        row = row or Holiday(id=new_id(), day=day, name=name)
        written.append(replace(row, name=name, location_id=location_id))
    plan_id = f"{written[0].id}{EDIT}{new_id()}"
    shown = " ".join(name.split())[:60]
    gone = tuple((RecordKind.HOLIDAY, row.id) for row in free)
    label = f"Change closure {_span(first, last)}: {shown}"
    commands: list[Command] = [RemoveRecords(rows=gone)] if gone else []
    commands.append(SaveRecords(records=tuple(written)))
    return Together(commands=tuple(commands), label=label, undo_run=undo_run(plan_id)), plan_id


def undo_run(plan_id: Id) -> str:
    """What a closure and the moves of its visits have in common, so that one undo takes all."""
    return f"{PLAN_RUN}{plan_id}"


def of_plan(rows: Iterable[Holiday], plan_id: Id) -> Closure | None:
    """The closure that a plan is about: the run of days that the row of that id belongs to."""
    row_id = plan_id.partition(EDIT)[0]
    known = [row for row in rows if row.closed and row.deleted_at is None]
    if all(row.id != row_id for row in known):
        return None
    found = (one for one in grouped(known) if any(row.id == row_id for row in one.rows))
    return next(found, None)


def working(rows: Iterable[Holiday]) -> frozenset[tuple[date, Id]]:
    """The days on which a site works although the clinic is closed."""
    return frozenset(
        (row.day, row.location_id)
        for row in rows
        if row.location_id is not None and not row.closed and row.deleted_at is None
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _span(first: date, last: date) -> str:
    words = day_text(first) if first == last else f"{day_text(first)} – {day_text(last)}"
    return f"{words} {last.year}"


def _check_days(first: date, last: date) -> None:
    if last < first:
        raise Refusal(
            "bad_range",
            f"The closure ends ({day_text(last)}) before it begins ({day_text(first)}).",
            field="last",
        )
    days = (last - first).days + 1
    if days > LONGEST:
        raise Refusal(
            "bad_range", f"At most {LONGEST} days are closed in one go; these are {days}.",
            field="last",
        )  # fmt: skip


def reopen(closures: Iterable[Closure]) -> RemoveRecords:
    """The command that takes closures away."""
    chosen = list(closures)
    rows = tuple((RecordKind.HOLIDAY, row.id) for one in chosen for row in one.rows)
    name = chosen[0].name if len(chosen) == 1 else f"{len(chosen)} closures"
    return RemoveRecords(rows=rows, label=f"Remove {name}")


def visits_hit(
    queries: Queries, first: date, last: date, now: datetime
) -> tuple[tuple[date, Cell], ...]:
    """The visits to come that are booked in their places on closed days, by start, each with the
    local day of its site."""
    roster = queries.roster()
    closed = grouped(row for row in roster.holidays if row.closed and first <= row.day <= last)
    if not closed:
        return ()
    found = []
    at_work = working(roster.holidays)
    span = closed[0].first, max(one.last for one in closed)
    for cell in queries.cells(*span, list(roster.doctors)):
        if cell.status not in OCCUPYING or cell.status is Status.HELD or cell.end <= now:
            continue
        if cell.slot_state is not SlotState.PLACED or "parked" in cell.flags:
            continue
        place = roster.locations.get(cell.location_id)
        day = local_date(cell.start, place.zone if place else roster.practice.zone)
        if (day, cell.location_id) in at_work:
            continue
        if any(one.covers(day, cell.location_id) for one in closed):
            found.append((day, cell))
    return tuple(sorted(found, key=lambda pair: (pair[1].start, pair[1].id)))


def visits_of_plan(queries: Queries, plan_id: Id, now: datetime) -> int:
    """How many visits to come the closure of that plan hits."""
    closure = of_plan(queries.roster().holidays, plan_id)
    if closure is None:
        return 0
    hit = visits_hit(queries, closure.first, closure.last, now)
    return sum(closure.covers(day, cell.location_id) for day, cell in hit)
