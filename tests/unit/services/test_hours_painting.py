"""Strokes, windows and plans of the painter of weekly hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.hours_editing import (
    BrushKind,
    Frame,
    Layer,
    Week,
    painted,
    rows_from_brushes,
)
from clinic_desk.services.hours_painting import (
    Touch,
    change_part,
    change_window,
    days_words,
    parse_clock,
    put_day,
    site_day,
    stroke,
    stroke_at,
    window_at,
    windows,
)
from clinic_desk.services.hours_plans import (
    full,
    plan_words,
    plans,
    previous_plan,
    put_plan,
    rename_plan,
    split_plan,
)

EVERY = Layer()
MAIN, ELM = Frame("main"), Frame("elm", step=30)
OPEN, WIPE = Touch(BrushKind.OPEN), Touch(None)
LUNCH = Touch(BrushKind.BREAK, "Lunch")
URGENT = Touch(BrushKind.RESERVED, "", ("urgent",))


def row(weekday: int, start: int, end: int, site: str = "main", **more: object) -> ScheduleTemplate:
    return replace(
        ScheduleTemplate(
            id=f"{weekday}-{start}", doctor_id="d", location_id=site, weekday=weekday,
            work_start=start, work_end=end,
        ),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def spans(layers: dict[Layer, Week], weekday: int, plan: Layer = EVERY) -> list[tuple[int, int]]:
    return sorted((w.start, w.end) for w in windows(layers, plan, weekday))


@pytest.mark.parametrize(
    ("text", "minute"),
    [
        ("9", 540), ("9:05", 545), ("17.30", 1050), ("0930", 570), ("930", 570), ("24:00", 1440),
        ("5 pm", 1020), ("12am", 0), ("17h15", 1035), ("00:00", 0), ("7", 420),
    ],
)  # fmt: skip
def test_times_as_they_are_typed(text: str, minute: int) -> None:
    assert parse_clock(text) == minute


@pytest.mark.parametrize("text", ["", "25", "9:60", "24:01", "nine", "13pm", "9:5", "🕘", "9" * 99])
def test_what_is_no_time(text: str) -> None:
    assert parse_clock(text) is None


def test_days_in_words() -> None:
    assert days_words([0, 1, 2]) == "Mon–Wed"
    assert days_words([3]) == "Thu"
    assert days_words([4, 0]) == "Mon, Fri"


def test_a_stroke_over_several_days_opens_them_and_joins_what_it_touches() -> None:
    layers = painted([row(0, 540, 720, step=20, room_id="r1")])
    done = stroke(layers, EVERY, MAIN, range(3), 720, 780, OPEN).layers
    assert spans(done, 0) == [(540, 780)]
    assert windows(done, EVERY, 0)[0].frame == Frame("main", "r1", step=20)
    assert spans(done, 1) == [(720, 780)]
    assert windows(done, EVERY, 1)[0].frame == MAIN


def test_a_break_is_painted_only_inside_hours() -> None:
    layers = painted([row(0, 540, 720)])
    done = stroke(layers, EVERY, MAIN, [0, 1], 700, 760, LUNCH).layers
    (only,) = rows_from_brushes("d", done)
    assert only.breaks == (Break(700, 720, "Lunch"),)
    assert (only.work_start, only.work_end) == (540, 720)


def test_reserved_time_opens_the_time_and_wiping_splits() -> None:
    done = stroke({}, EVERY, MAIN, [2], 540, 600, URGENT).layers
    (only,) = rows_from_brushes("d", done)
    assert only.reserved[0].type_ids == ("urgent",)
    wide = stroke(done, EVERY, MAIN, [2], 600, 720, OPEN).layers
    split = stroke(wide, EVERY, MAIN, [2], 630, 660, WIPE).layers
    assert spans(split, 2) == [(540, 630), (660, 720)]


def test_hours_of_another_site_are_left_alone_and_told() -> None:
    layers = painted([row(3, 840, 1020, "elm")])
    done = stroke(layers, EVERY, MAIN, [3], 780, 1080, OPEN)
    assert [w.frame.location_id for w in done.met] == ["elm"]
    assert spans(done.layers, 3) == [(780, 840), (840, 1020), (1020, 1080)]
    wiped = stroke(done.layers, EVERY, MAIN, [3], 0, 1440, WIPE).layers
    assert spans(wiped, 3) == [(840, 1020)]


def test_priorities_lie_over_each_other() -> None:
    layers = painted([row(3, 480, 1020), row(3, 840, 1020, "elm", priority=1)])
    assert [w.layer.priority for w in windows(layers, EVERY, 3)] == [1, 0]
    found = window_at(layers, EVERY, "main", 3, 900)
    assert found is not None
    assert found.layer.priority == 0


def test_a_window_changes_its_edges_and_keeps_its_breaks() -> None:
    layers = painted([row(0, 540, 720, breaks=(Break(600, 615, "Tea"), Break(705, 720, "End")))])
    found = window_at(layers, EVERY, "main", 0, 540)
    assert found is not None
    done, now = change_window(layers, found, start=510, end=700)
    assert (now.start, now.end) == (510, 700)
    (only,) = rows_from_brushes("d", done)
    assert only.breaks == (Break(600, 615, "Tea"),)
    moved, again = change_window(done, now, frame=replace(now.frame, step=20), priority=2)
    assert again.layer.priority == 2
    assert rows_from_brushes("d", full(moved))[0].step == 20


def test_a_window_that_would_overlap_or_end_early_is_refused_at_its_field() -> None:
    layers = painted([row(0, 540, 720), row(0, 780, 1020)])
    found = window_at(layers, EVERY, "main", 0, 540)
    assert found is not None
    with pytest.raises(Refusal, match="overlap") as told:
        change_window(layers, found, end=800)
    assert told.value.field == "work_end"
    with pytest.raises(Refusal, match="must end after it starts") as told:
        change_window(layers, found, start=720)
    assert told.value.field == "work_start"


def test_a_break_moves_inside_its_hours_and_not_outside() -> None:
    layers = painted([row(0, 540, 1020, breaks=(Break(720, 765, "Lunch"),))])
    found = window_at(layers, EVERY, "main", 0, 720)
    assert found is not None
    pause = stroke_at(found, 720)
    assert pause is not None
    done = change_part(layers, found, pause, 750, 780, Touch(BrushKind.BREAK, "Late lunch"))
    assert rows_from_brushes("d", done)[0].breaks == (Break(750, 780, "Late lunch"),)
    for start, end, field in ((1000, 1080, "part_start"), (720, 700, "part_end")):
        with pytest.raises(Refusal) as told:
            change_part(layers, found, pause, start, end, LUNCH)
        assert told.value.field == field


def test_a_reserved_part_needs_a_type() -> None:
    layers = stroke({}, EVERY, MAIN, [2], 540, 600, URGENT).layers
    found = window_at(layers, EVERY, "main", 2, 540)
    assert found is not None
    with pytest.raises(Refusal) as told:
        change_part(layers, found, found.strokes[0], 540, 600, Touch(BrushKind.RESERVED))
    assert told.value.field == "type_ids"


def test_a_day_is_copied_for_its_site_alone() -> None:
    layers = painted([row(0, 540, 1020), row(1, 600, 660), row(2, 900, 960, "elm")])
    done = put_day(layers, EVERY, "main", site_day(layers, EVERY, "main", 0), [1, 2])
    assert spans(done.layers, 1) == [(540, 1020)]
    assert spans(done.layers, 2) == [(540, 900), (900, 960), (960, 1020)]
    assert [w.frame.location_id for w in done.met] == ["elm"]


def test_a_new_version_ends_the_old_one_and_the_rows_keep_their_ids() -> None:
    known = [row(0, 540, 720), row(1, 540, 720)]
    layers, fresh = split_plan(painted(known), EVERY, date(2027, 2, 1))
    assert plans(layers) == (Layer(valid_until=date(2027, 1, 31)), fresh)
    changed = stroke(layers, fresh, MAIN, [0], 720, 780, OPEN).layers
    rows = rows_from_brushes("d", changed, known)
    assert [(r.id, r.valid_until) for r in rows if r.id] == [
        ("0-540", date(2027, 1, 31)), ("1-540", date(2027, 1, 31)),
    ]  # fmt: skip
    assert sum(not r.id for r in rows) == 2


def test_the_previous_version_is_found_and_copied() -> None:
    layers, fresh = split_plan(painted([row(0, 540, 720)]), EVERY, date(2027, 2, 1))
    emptied = stroke(layers, fresh, MAIN, range(7), 0, 1440, WIPE).layers
    before = previous_plan(emptied, fresh)
    assert before == Layer(valid_until=date(2027, 1, 31))
    again = put_plan(emptied, fresh, emptied, before)
    assert spans(again, 0, fresh) == [(540, 720)]
    assert previous_plan(layers, before) is None


def test_a_plan_takes_another_rhythm_and_refuses_what_cannot_be() -> None:
    layers = painted([row(0, 540, 720)])
    second = Layer(2, date(2024, 1, 8))
    assert list(rename_plan(layers, EVERY, second)) == [second]
    both = {**layers, **rename_plan(layers, EVERY, second)}
    with pytest.raises(Refusal, match="already"):
        rename_plan(both, EVERY, second)
    with pytest.raises(Refusal) as told:
        rename_plan(layers, EVERY, Layer(valid_from=date(2027, 1, 2), valid_until=date(2027, 1, 1)))
    assert told.value.field == "valid_until"


def test_plans_in_words() -> None:
    words = plan_words(Layer(2, date(2024, 1, 1), 0, date(2027, 2, 1)), date(2026, 11, 24))
    assert words.startswith("Every 2 weeks (")
    assert words.endswith("from Mon 1 Feb 2027")
