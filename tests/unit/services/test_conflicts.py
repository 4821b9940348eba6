"""Lanes against brute force."""

from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.conflicts import (
    Taken,
    cluster,
    free_lane,
    lane_above,
    overlapping,
    recolour,
)

spans = st.tuples(st.integers(0, 20), st.integers(1, 8))


def placed(wanted: list[tuple[int, int]], capacity: int) -> list[Taken]:
    """Spans put into lanes greedily in the order given, those that fit nowhere left out."""
    rows: list[Taken] = []
    for number, (start, length) in enumerate(wanted):
        lane = free_lane(rows, start, start + length, capacity)
        if lane is not None:
            rows.append(Taken(f"r{number}", start, start + length, lane))
    return rows


def colourable(rows: list[Taken], capacity: int) -> bool:
    """By trying every assignment of lanes."""
    return any(
        all(
            lanes[i] != lanes[j]
            for i in range(len(rows))
            for j in range(i)
            if rows[i].start < rows[j].end and rows[j].start < rows[i].end
        )
        for lanes in product(range(capacity), repeat=len(rows))
    )


@given(st.lists(spans, max_size=6), spans, st.integers(1, 3))
def test_recolouring_finds_a_place_exactly_when_there_is_one(
    wanted: list[tuple[int, int]], new: tuple[int, int], capacity: int
) -> None:
    rows = placed(wanted, capacity)
    start, end = new[0], new[0] + new[1]
    around = cluster(rows, start, end)
    choice = recolour(rows, start, end, capacity)
    newcomer = Taken("new", start, end, -1)
    assert (choice is not None) == colourable([*around, newcomer], capacity)
    if choice is None:
        return
    after = [Taken(r.id, r.start, r.end, choice.moved.get(r.id, r.lane)) for r in rows]
    after.append(Taken("new", start, end, choice.lane))
    assert all(0 <= row.lane < capacity for row in after)
    for index, row in enumerate(after):
        clash = [o for o in overlapping(after[:index], row.start, row.end) if o.lane == row.lane]
        assert not clash
    assert set(choice.moved) <= {row.id for row in around}


@given(st.lists(spans, max_size=8), spans, st.integers(1, 3))
def test_a_free_lane_is_free_and_the_lowest(
    wanted: list[tuple[int, int]], new: tuple[int, int], capacity: int
) -> None:
    rows = placed(wanted, capacity)
    start, end = new[0], new[0] + new[1]
    used = {row.lane for row in rows if row.start < end and start < row.end}
    free = [lane for lane in range(capacity) if lane not in used]
    assert free_lane(rows, start, end, capacity) == (free[0] if free else None)


def test_overbookings_stack_above_and_stay_there() -> None:
    rows = [Taken("a", 0, 10, 0), Taken("b", 0, 10, 1)]
    assert lane_above(rows, 0, 10, 1) == 2
    assert lane_above(rows[:1], 0, 10, 1) == 1
    choice = recolour([Taken("a", 0, 5, 5)], 0, 10, 1)
    assert choice is not None
    assert (choice.lane, choice.moved) == (0, {})


def test_touching_is_not_meeting() -> None:
    assert free_lane([Taken("a", 0, 10, 0)], 10, 20, 1) == 0
    assert cluster([Taken("a", 0, 10, 0), Taken("b", 10, 20, 0)], 20, 30) == []
