"""Each doctor's lateness rolled forward, against an obvious walk minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.flow_forecast import (
    TO_COME,
    TO_START,
    Forecast,
    PlannedVisit,
    Said,
    forecast,
)

MIDNIGHT = datetime(2026, 11, 24, tzinfo=UTC)


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return MIDNIGHT + timedelta(hours=hour, minutes=minute)


def visit(
    name: str,
    start: str,
    minutes: int = 30,
    status: Status = Status.CONFIRMED,
    *,
    started: str = "",
    completed: str = "",
    doctor: str = "wu",
    before: int = 0,
    after: int = 0,
) -> PlannedVisit:
    return PlannedVisit(
        id=name,
        doctor_id=doctor,
        start=at(start),
        end=at(start) + timedelta(minutes=minutes),
        status=status,
        started=at(started) if started else None,
        completed=at(completed) if completed else None,
        before=timedelta(minutes=before),
        after=timedelta(minutes=after),
    )


def clocks(found: Forecast) -> dict[str, str]:
    return {name: f"{start:%H:%M}" for name, start in found.starts.items()}


class TestOneDoctor:
    def test_on_time_everything_starts_as_planned(self) -> None:
        found = forecast([visit("a", "10:00"), visit("b", "10:30")], at("09:50"))
        assert clocks(found) == {"a": "10:00", "b": "10:30"}
        assert found.lateness == {"wu": 0}
        assert found.call == ()

    def test_a_late_start_pushes_everything_that_follows_without_a_gap(self) -> None:
        rows = [
            visit("a", "10:00", status=Status.IN_PROGRESS, started="10:21"),
            visit("b", "10:30", status=Status.ARRIVED),
            visit("c", "11:00"),
        ]
        found = forecast(rows, at("10:41"))
        assert clocks(found) == {"b": "10:51", "c": "11:21"}
        assert found.lateness == {"wu": 21}
        assert found.call == ("c",)
        assert f"{found.ends['a']:%H:%M}" == "10:51"

    def test_a_gap_takes_lateness_up(self) -> None:
        rows = [
            visit("a", "10:00", status=Status.IN_PROGRESS, started="10:20"),
            visit("b", "10:30"),
            visit("c", "11:10"),
            visit("d", "13:00"),
        ]
        assert clocks(forecast(rows, at("10:25"))) == {"b": "10:50", "c": "11:20", "d": "13:00"}

    def test_who_runs_over_is_done_now_at_the_earliest(self) -> None:
        rows = [visit("a", "10:00", status=Status.IN_PROGRESS, started="10:00"),
                visit("b", "10:30", status=Status.ARRIVED)]  # fmt: skip
        found = forecast(rows, at("10:44"))
        assert clocks(found) == {"b": "10:44"}
        assert found.lateness == {"wu": 14}

    def test_with_nobody_to_come_the_last_visit_tells_the_lateness(self) -> None:
        rows = [visit("a", "10:00", status=Status.IN_PROGRESS, started="10:20")]
        assert forecast(rows, at("10:30")).lateness == {"wu": 20}

    def test_buffers_are_kept(self) -> None:
        rows = [
            visit("a", "10:00", status=Status.IN_PROGRESS, started="10:10", after=10),
            visit("b", "10:45", status=Status.ARRIVED, before=5),
        ]
        assert clocks(forecast(rows, at("10:30"))) == {"b": "10:55"}
        cleaning = [
            visit("a", "10:00", status=Status.COMPLETED, completed="10:40", after=10),
            visit("b", "10:45", status=Status.ARRIVED),
        ]
        assert clocks(forecast(cleaning, at("10:46"))) == {"b": "10:50"}


class TestWhoIsNotHere:
    def test_those_who_are_here_go_first(self) -> None:
        rows = [visit("late", "10:00"), visit("here", "10:00", status=Status.ARRIVED)]
        assert clocks(forecast(rows, at("10:05"))) == {"here": "10:05", "late": "10:35"}

    def test_who_is_missing_for_long_holds_nobody_up_and_is_proposed(self) -> None:
        rows = [visit("gone", "10:00"), visit("b", "10:30")]
        found = forecast(rows, at("10:15"))
        assert clocks(found) == {"gone": "10:15", "b": "10:30"}
        assert found.missing == ("gone",)
        assert found.lateness == {"wu": 0}
        assert forecast(rows, at("10:14")).missing == ()
        assert forecast(rows, at("10:14"), missing_after=5).missing == ("gone",)


class TestWhatTheDoctorSays:
    def test_what_comes_next_starts_that_much_later(self) -> None:
        rows = [visit("a", "08:00"), visit("b", "08:30"), visit("c", "10:00")]
        word = {"wu": Said(40, at("07:30"))}
        found = forecast(rows, at("07:45"), said=word)
        assert clocks(found) == {"a": "08:40", "b": "09:10", "c": "10:00"}
        assert found.call == ("a", "b")
        assert found.lateness == {"wu": 40}

    def test_a_visit_that_started_afterwards_tells_better(self) -> None:
        begun = visit("a", "08:00", status=Status.IN_PROGRESS, started="08:10")
        rows = [begun, visit("b", "08:30")]
        word = {"wu": Said(40, at("07:30"))}
        assert clocks(forecast(rows, at("08:15"), said=word)) == {"b": "08:40"}

    def test_on_time_again(self) -> None:
        word = {"wu": Said(0, at("07:30"))}
        assert clocks(forecast([visit("a", "08:00")], at("07:45"), said=word)) == {"a": "08:00"}


class TestSideBySide:
    def test_two_places(self) -> None:
        rows = [
            visit("a", "10:00", 60, Status.IN_PROGRESS, started="10:00"),
            visit("b", "10:00", 30, Status.IN_PROGRESS, started="10:10"),
            visit("c", "10:30", status=Status.ARRIVED),
            visit("d", "10:30", status=Status.ARRIVED),
        ]
        found = forecast(rows, at("10:20"), lanes={"wu": 2})
        assert clocks(found) == {"c": "10:40", "d": "11:00"}

    def test_a_squeezed_in_visit_takes_no_place_of_its_own(self) -> None:
        rows = [
            visit("a", "10:00", 30, Status.IN_PROGRESS, started="10:00"),
            visit("squeezed", "10:00", 30, Status.IN_PROGRESS, started="10:15"),
            visit("c", "10:30", status=Status.ARRIVED),
        ]
        assert clocks(forecast(rows, at("10:20"))) == {"c": "10:45"}

    def test_doctors_do_not_hold_each_other_up(self) -> None:
        rows = [
            visit("a", "10:00", status=Status.IN_PROGRESS, started="10:30"),
            visit("b", "10:30"),
            visit("x", "10:30", doctor="berg"),
        ]
        found = forecast(rows, at("10:31"))
        assert clocks(found) == {"b": "11:00", "x": "10:31"}
        assert found.lateness == {"wu": 30, "berg": 1}


# -- an obvious reference: walk through the day, one minute after the other ---------------------

STATES = (
    Status.CONFIRMED, Status.SCHEDULED, Status.PENDING, Status.ARRIVED, Status.IN_PROGRESS,
    Status.COMPLETED, Status.CANCELLED, Status.NO_SHOW,
)  # fmt: skip
NOW = 10 * 60
PATIENCE = 15


@st.composite
def days(draw: st.DrawFn) -> tuple[list[PlannedVisit], int, Said | None]:
    rows = []
    for number in range(draw(st.integers(0, 9))):
        start = draw(st.integers(8 * 60, 13 * 60))
        length = draw(st.integers(15, 60))
        status = draw(st.sampled_from(STATES))
        started = completed = None
        if status in (Status.IN_PROGRESS, Status.COMPLETED):
            started = draw(st.integers(NOW - 90, NOW))
        if status is Status.COMPLETED:
            completed = draw(st.integers(started or 0, NOW))
        rows.append(
            PlannedVisit(
                id=f"v{number}",
                doctor_id="wu",
                start=MIDNIGHT + timedelta(minutes=start),
                end=MIDNIGHT + timedelta(minutes=start + length),
                status=status,
                started=None if started is None else MIDNIGHT + timedelta(minutes=started),
                completed=None if completed is None else MIDNIGHT + timedelta(minutes=completed),
                before=timedelta(minutes=draw(st.sampled_from((0, 0, 5)))),
                after=timedelta(minutes=draw(st.sampled_from((0, 0, 10)))),
            )
        )
    said = None
    if draw(st.booleans()):
        said = Said(
            draw(st.integers(0, 60)), MIDNIGHT + timedelta(minutes=draw(st.integers(7 * 60, NOW)))
        )
    return rows, draw(st.integers(1, 3)), said


def minute(instant: datetime) -> int:
    return int((instant - MIDNIGHT).total_seconds() // 60)


def walked(rows: list[PlannedVisit], lanes: int, said: Said | None) -> dict[str, int]:
    """A doctor who looks up every minute: is there a place, and whose turn is it?"""
    waiting = {row.id: row for row in rows if row.status in TO_START}
    absent = {
        row.id
        for row in waiting.values()
        if row.status in TO_COME and minute(row.start) + PATIENCE <= NOW
    }

    def turn(row: PlannedVisit) -> tuple[int, bool, int, str]:
        here = row.status is Status.ARRIVED
        due = minute(row.start) if here else max(NOW, minute(row.start))
        return due, not here, minute(row.start), row.id

    queue = sorted(waiting.values(), key=turn)
    not_before = 0
    heard = said is not None and not any(
        row.started is not None and row.started >= said.at for row in rows
    )
    if said is not None and said.minutes and heard and queue:
        due = [r for r in queue if r.status is Status.ARRIVED or r.start >= said.at]
        not_before = min(minute(row.start) for row in due or queue) + said.minutes
    room: list[int] = []
    for row in rows:
        after = int(row.after.total_seconds() // 60)
        length = int(row.length.total_seconds() // 60)
        if row.status is Status.IN_PROGRESS:
            assert row.started is not None
            room.append(max(NOW, minute(row.started) + length) + after)
        elif row.completed is not None and minute(row.completed) + after > NOW:
            room.append(minute(row.completed) + after)
    begun: dict[str, int] = {}
    clock = NOW
    while queue:
        row = queue[0]
        before = 0 if row.id in absent else int(row.before.total_seconds() // 60)
        # a place that was free all along needs no time before the visit
        taken = sum(until + (before if until > NOW else 0) > clock for until in room)
        if clock >= max(minute(row.start), not_before) and taken < lanes:
            begun[row.id] = clock
            queue.pop(0)
            if row.id not in absent:
                length = int(row.length.total_seconds() // 60)
                room.append(clock + length + int(row.after.total_seconds() // 60))
            continue
        clock += 1
    return begun


@given(days())
@settings(max_examples=400, deadline=None)
def test_the_forecast_is_what_a_walk_through_the_day_finds(
    day: tuple[list[PlannedVisit], int, Said | None],
) -> None:
    rows, lanes, said = day
    now = MIDNIGHT + timedelta(minutes=NOW)
    found = forecast(
        rows, now, lanes={"wu": lanes}, said={"wu": said} if said else {}, missing_after=PATIENCE
    )
    assert {name: minute(start) for name, start in found.starts.items()} == walked(
        rows, lanes, said
    )


@given(days(), st.integers(1, 60))
@settings(max_examples=200, deadline=None)
def test_a_longer_delay_brings_nobody_forward(
    day: tuple[list[PlannedVisit], int, Said | None], more: int
) -> None:
    rows, lanes, said = day
    word = said or Said(10, MIDNIGHT)
    now = MIDNIGHT + timedelta(minutes=NOW)
    shorter = forecast(rows, now, lanes={"wu": lanes}, said={"wu": word})
    longer = forecast(
        rows, now, lanes={"wu": lanes}, said={"wu": Said(word.minutes + more, word.at)}
    )
    assert all(longer.starts[name] >= start for name, start in shorter.starts.items())
    by_id = {row.id: row for row in rows}
    for name, start in shorter.starts.items():
        assert start >= max(by_id[name].start, now)
