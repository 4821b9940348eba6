"""A painted week and its rows are the same thing in two forms."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.templates import Break, Reserved, ScheduleTemplate
from clinic_desk.services.hours_editing import (
    Brush,
    BrushKind,
    Frame,
    Layer,
    Stroke,
    Week,
    copy_day,
    copy_week,
    layer_of,
    paint,
    painted,
    rows_from_brushes,
    tidy,
)

FRAMES = st.builds(
    Frame,
    st.sampled_from(["main", "elm"]),
    st.sampled_from([None, "room-1", "room-2"]),
    st.sampled_from([5, 15, 30]),
    st.sampled_from([0, 5]),
    st.sampled_from([0, 10]),
    st.sampled_from([1, 2]),
)
BRUSHES = st.one_of(
    st.builds(Brush, st.just(BrushKind.OPEN), FRAMES),
    st.builds(Brush, st.just(BrushKind.BREAK), FRAMES, st.sampled_from(["Lunch", "Tea"])),
    st.builds(
        Brush,
        st.just(BrushKind.RESERVED),
        FRAMES,
        st.sampled_from(["", "Acute"]),
        st.sampled_from([("urgent",), ("urgent", "new")]),
    ),
)
MONDAY = date(2024, 1, 1)


@st.composite
def days(draw: st.DrawFn) -> tuple[Stroke, ...]:
    edges = sorted(draw(st.sets(st.integers(0, 96), max_size=10)))
    strokes = [
        Stroke(a * 15, b * 15, draw(BRUSHES)) for a, b in pairwise(edges) if draw(st.booleans())
    ]
    return tidy(strokes)


@st.composite
def layers(draw: st.DrawFn) -> Layer:
    every = draw(st.sampled_from([1, 1, 2, 3]))
    weeks = draw(st.integers(0, every - 1))
    return Layer(
        every,
        MONDAY + timedelta(weeks=weeks) if every > 1 else None,
        draw(st.sampled_from([0, 1])),
        draw(st.sampled_from([None, date(2026, 1, 1)])),
        draw(st.sampled_from([None, date(2026, 12, 31)])),
    )


WEEKS = st.builds(Week, st.tuples(*[days()] * 7)).filter(lambda week: not week.empty)


@given(st.dictionaries(layers(), WEEKS, max_size=3))
def test_what_is_painted_comes_back(picture: dict[Layer, Week]) -> None:
    rows = rows_from_brushes("wu", picture)
    assert painted(rows) == picture
    assert rows_from_brushes("wu", painted(rows)) == rows
    for row in rows:
        assert all(row.work_start <= b.start < b.end <= row.work_end for b in row.breaks)


@given(st.dictionaries(layers(), WEEKS, max_size=2), st.integers(0, 9))
def test_rows_keep_their_ids_whatever_their_order(picture: dict[Layer, Week], seed: int) -> None:
    rows = [replace(r, id=f"row-{n}") for n, r in enumerate(rows_from_brushes("wu", picture))]
    shuffled = list(rows)
    Random(seed).shuffle(shuffled)
    assert list(rows_from_brushes("wu", painted(shuffled), shuffled)) == rows


@given(days(), st.integers(0, 96), st.integers(0, 96), st.one_of(st.none(), BRUSHES))
def test_a_stroke_covers_its_minutes_and_no_others(
    day: tuple[Stroke, ...], start: int, end: int, brush: Brush | None
) -> None:
    start, end = sorted((start * 15, end * 15))
    after = paint(day, start, end, brush)

    def at(strokes: tuple[Stroke, ...], minute: int) -> Brush | None:
        return next((s.brush for s in strokes if s.start <= minute < s.end), None)

    for minute in range(0, 1440, 15):
        wanted = brush if start <= minute < end else at(day, minute)
        assert at(after, minute) == wanted
    assert after == tidy(after)


def window(row_id: str, **more: object) -> ScheduleTemplate:
    fields: dict[str, object] = {
        "id": row_id, "doctor_id": "wu", "location_id": "main", "weekday": 0,
        "work_start": 480, "work_end": 1020,
    }  # fmt: skip
    return ScheduleTemplate(**{**fields, **more})  # type: ignore[arg-type]


def test_a_split_window_keeps_its_id_in_the_larger_half() -> None:
    row = window("a", breaks=(Break(720, 780, "Lunch"),))
    ((layer, week),) = painted([row]).items()
    wiped = week.with_day(0, paint(week.days[0], 540, 600, None))
    rows = rows_from_brushes("wu", {layer: wiped}, [row])
    assert [(r.id, r.work_start, r.work_end) for r in rows] == [("", 480, 540), ("a", 600, 1020)]
    assert rows[1].breaks == (Break(720, 780, "Lunch"),)


def test_equal_rhythms_are_one_layer() -> None:
    one = window("a", every_weeks=2, anchor=date(2026, 11, 24))
    two = window("b", every_weeks=2, anchor=date(2026, 12, 11), weekday=2)
    other = window("c", every_weeks=2, anchor=date(2026, 12, 1))
    assert layer_of(one) == layer_of(two) != layer_of(other)
    assert layer_of(one).words(date(2026, 11, 24)) == "Every 2 weeks (this week)"
    assert layer_of(other).words(date(2026, 11, 24)) == "Every 2 weeks (not this week)"
    assert Layer().words(date(2026, 11, 24)) == "Every week"


def test_an_overlap_that_an_import_left_goes_to_the_one_that_starts_first() -> None:
    early, late = window("a", work_end=720), window("b", work_start=600, location_id="elm")
    ((_, week),) = painted([late, early]).items()
    assert [(s.start, s.end, s.brush.frame.location_id) for s in week.days[0]] == [
        (480, 720, "main"),
        (720, 1020, "elm"),
    ]


def test_copying_days_and_weeks() -> None:
    part = Reserved(540, 600, ("urgent",), "Acute")
    row = window("a", room_id="room-1", reserved=(part,))
    ((layer, week),) = painted([row]).items()
    copied = copy_day(week, 0, (1, 4))
    rows = rows_from_brushes("wu", {layer: copied}, [row])
    assert [r.weekday for r in rows] == [0, 1, 4]
    assert {r.reserved for r in rows} == {(part,)}
    assert [r.id for r in rows] == ["a", "", ""]
    theirs = copy_week(rows, "berg")
    assert {(r.id, r.doctor_id, r.room_id, r.revision) for r in theirs} == {("", "berg", None, 0)}
    assert [r.weekday for r in theirs] == [0, 1, 4]
    assert {r.room_id for r in copy_week(rows, "berg", keep_rooms=True)} == {"room-1"}
