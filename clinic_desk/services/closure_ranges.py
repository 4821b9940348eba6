"""Closures as people speak of them: runs of days under one name, and the visits booked on them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.appointments import OCCUPYING, SlotState, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.domain.templates import DAY_END, Holiday
from clinic_desk.services.command import PLAN_RUN
from clinic_desk.services.commands import Command, RecordKind, SaveRecords
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import RemoveRecords, Together
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import clock_text, day_text

LONGEST = 366
"""Days that can be closed in one go."""

EDIT, ALSO = "@", "+"
"""Part the id of a closure's row from that of one edit of it (each is an undo step of its own),
and from those of further closures that are planned with it."""

WHOLE = (0, DAY_END)
"""The minutes of a whole day."""

AtWork = frozenset[tuple[date, Id]]

Time = tuple[int, int]
"""The wall minute at which a closure's first day closes, and at which its last day opens again."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days in a row with the same name, place and answer, by date; or, for one plan, several of
    them (``of_plan``). A closure of several days may begin and end in the middle of one."""

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

    @property
    def time(self) -> Time:
        return self.rows[0].start_minute, self.rows[-1].until

    def covers(
        self, day: date, location_id: Id, minutes: Time = WHOLE, at_work: AtWork = frozenset()
    ) -> bool:
        """Whether it closes a site in any of those wall minutes of the day; a site that is
        ``at_work`` then (see ``working``) is not closed by what closes the whole clinic."""
        return any(
            row.closed
            and row.day == day
            and row.meets(*minutes)
            and (
                row.location_id == location_id
                or (row.location_id is None and (day, location_id) not in at_work)
            )
            for row in self.rows
        )

    def hits(self, cell: Cell, zone_name: str, at_work: AtWork) -> bool:
        """Whether it closes the visit's site while the visit lasts."""
        day = local_date(cell.start, zone_name)
        return self.covers(day, cell.location_id, minutes_of(cell, day, zone_name), at_work)


def minutes_of(cell: Cell, day: date, zone_name: str) -> Time:
    """A visit's wall minutes of its own day."""
    start = cell.start.astimezone(zone(zone_name))
    end = cell.end.astimezone(zone(zone_name))
    begin = start.hour * 60 + start.minute
    over = DAY_END if end.date() > day else end.hour * 60 + end.minute
    return begin, max(over, begin + 1)


def grouped(rows: Iterable[Holiday]) -> tuple[Closure, ...]:
    """By their first day; the whole clinic before single sites."""
    runs: list[list[Holiday]] = []
    order = sorted(rows, key=lambda r: (r.location_id or "", not r.closed, r.day, r.start_minute))
    for row in order:
        last = runs[-1][-1] if runs else None
        if (
            last is not None
            and last.day + timedelta(days=1) == row.day
            and last.until == DAY_END
            and not row.start_minute
            and (last.name, last.location_id, last.closed)
            == (row.name, row.location_id, row.closed)
        ):
            runs[-1].append(row)
        else:
            runs.append([row])
    found = [Closure(tuple(run)) for run in runs]
    return tuple(sorted(found, key=lambda c: (c.first, c.time, c.location_id or "", c.name)))


def close(
    first: date,
    last: date,
    name: str,
    location_id: Id | None = None,
    new_id: IdFactory = lambda: "",
    time: Time = WHOLE,
) -> SaveRecords:
    """The command that closes those days, without a break from ``time`` on the first to that on
    the last. With ``new_id`` it is the first step of planning what it hits (``plan_id``). Raises
    ``Refusal`` with ``field`` "last" or "end" when it ends before it begins or is too long."""
    _check_days(first, last, time)
    shown = " ".join(name.split())[:60]
    rows = tuple(
        Holiday(
            id=new_id(),
            day=day,
            name=name,
            location_id=location_id,
            start_minute=time[0] if day == first else 0,
            end_minute=time[1] % DAY_END if day == last else 0,
        )
        for day in _days(first, last)
    )
    return SaveRecords(
        records=rows,
        label=f"Close {_span(first, last, time)}: {shown}",
        undo_run=undo_run(rows[0].id) if rows[0].id else "",
    )


def change(
    closure: Closure,
    first: date,
    last: date,
    name: str,
    location_id: Id | None,
    new_id: IdFactory,
    time: Time = WHOLE,
) -> tuple[Together, Id]:
    """The command that gives a closure other days or times, another name or another site, and the
    id under which what it hits then is planned. Days that stay keep their rows. Raises ``Refusal``
    like ``close``."""
    _check_days(first, last, time)
    old = {row.day: row for row in closure.rows}
    days = _days(first, last)
    free = [row for day, row in old.items() if day not in set(days)]
    written: list[Holiday] = []
    for day in days:
        row = old.get(day)
        if row is None and free:
            row = replace(free.pop(0), day=day, source="")  # no public holiday any more
        row = row or Holiday(id=new_id(), day=day, name=name)
        written.append(
            replace(
                row,
                name=name,
                location_id=location_id,
                start_minute=time[0] if day == first else 0,
                end_minute=time[1] % DAY_END if day == last else 0,
            )
        )
    plan_id = f"{written[0].id}{EDIT}{new_id()}"
    shown = " ".join(name.split())[:60]
    gone = tuple((RecordKind.HOLIDAY, row.id) for row in free)
    label = f"Change closure {_span(first, last, time)}: {shown}"
    commands: list[Command] = [RemoveRecords(rows=gone)] if gone else []
    commands.append(SaveRecords(records=tuple(written)))
    return Together(commands=tuple(commands), label=label, undo_run=undo_run(plan_id)), plan_id


def undo_run(plan_id: Id) -> str:
    """What a closure and the moves of its visits have in common, so that one undo takes all."""
    return f"{PLAN_RUN}{plan_id}"


def plan_of(rows: Iterable[Holiday]) -> Id:
    """The id under which what these closures hit is planned, in one plan."""
    return ALSO.join(row.id for row in rows)


def of_plan(rows: Iterable[Holiday], plan_id: Id) -> Closure | None:
    """What a plan is about: the run of days that the row of that id belongs to; for a plan of
    several closures all their days, under a name for them all. None when none of them stands."""
    wanted = set(plan_id.partition(EDIT)[0].split(ALSO))
    known = [row for row in rows if row.closed and row.deleted_at is None]
    runs = [one for one in grouped(known) if any(row.id in wanted for row in one.rows)]
    if len(runs) < 2:
        return runs[0] if runs else None
    found = sorted((row for one in runs for row in one.rows), key=lambda row: row.day)
    others = len(runs) - 1
    name = f"{runs[0].name} and {others} more"
    return Closure((replace(found[0], name=name), *found[1:]))


def working(rows: Iterable[Holiday]) -> AtWork:
    """The days on which a site works although the clinic is closed."""
    return frozenset(
        (row.day, row.location_id)
        for row in rows
        if row.location_id is not None and not row.closed and row.deleted_at is None
    )


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def time_text(time: Time) -> str:
    """ "12:00–24:00"; empty for whole days."""
    return "" if time == WHOLE else f"{clock_text(time[0])}–{clock_text(time[1])}"


def _span(first: date, last: date, time: Time) -> str:
    if first == last:
        return " ".join(filter(None, (f"{day_text(first)} {last.year}", time_text(time))))
    begin = f"{day_text(first)} {clock_text(time[0])}" if time[0] else day_text(first)
    end = f"{day_text(last)} {last.year}"
    return f"{begin} – {end}" if time[1] == DAY_END else f"{begin} – {end} {clock_text(time[1])}"


def _check_days(first: date, last: date, time: Time) -> None:
    if last < first:
        raise Refusal(
            "bad_range",
            f"The closure ends ({day_text(last)}) before it begins ({day_text(first)}).",
            field="last",
        )
    if first == last and time[1] <= time[0]:
        raise Refusal(
            "bad_range",
            f"The closure ends at {clock_text(time[1])}, before it begins at "
            f"{clock_text(time[0])}.",
            field="end",
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
    """The visits to come that are booked in their places while it is closed, by start, each with
    the local day of its site."""
    rows = [row for row in queries.roster().holidays if row.closed and first <= row.day <= last]
    return _met(queries, grouped(rows), now) if rows else ()


def closed_on(queries: Queries, closure: Closure, now: datetime) -> tuple[Cell, ...]:
    """Those of one closure, by start."""
    # a plan of several closures may be spread over a year
    return tuple(cell for _, cell in _met(queries, grouped(closure.rows), now))


def visits_of_plan(queries: Queries, plan_id: Id, now: datetime) -> int:
    """How many visits to come the closure of that plan hits."""
    closure = of_plan(queries.roster().holidays, plan_id)
    return len(closed_on(queries, closure, now)) if closure is not None else 0


def _met(
    queries: Queries, closures: Iterable[Closure], now: datetime
) -> tuple[tuple[date, Cell], ...]:
    roster = queries.roster()
    at_work = working(roster.holidays)
    found: dict[Id, tuple[date, Cell]] = {}
    for closure in closures:
        for cell in queries.cells(closure.first, closure.last, list(roster.doctors)):
            if cell.status not in OCCUPYING or cell.status is Status.HELD or cell.end <= now:
                continue
            if cell.slot_state is not SlotState.PLACED or "parked" in cell.flags:
                continue
            place = roster.locations.get(cell.location_id)
            name = place.zone if place is not None else roster.practice.zone
            if closure.hits(cell, name, at_work):
                found[cell.id] = local_date(cell.start, name), cell
    return tuple(sorted(found.values(), key=lambda pair: (pair[1].start, pair[1].id)))
