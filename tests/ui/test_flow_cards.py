"""How a card gets to a column; where cards lie."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.appointments import TRANSITIONS, SlotState, Status
from clinic_desk.domain.catalogue import Mode
from clinic_desk.services.views import Cell
from clinic_desk.ui.flow.cards import (
    STATIONS,
    Level,
    Limits,
    Station,
    station_of,
    wait_words,
    way_to,
)
from clinic_desk.ui.flow.naming import initials
from clinic_desk.ui.geometry.flowboard import Sizes, column_edges, place

START = datetime(2026, 11, 24, 10, tzinfo=UTC)
SHOWN = [s for s in Status if s not in (Status.HELD, Status.RELEASED)]
TWO_STEPS = {(Status.SCHEDULED, Status.ARRIVED), (Status.SCHEDULED, Status.IN_PROGRESS)}


def cell(status: Status, last: str = "Lee", first: str = "Ana") -> Cell:
    end = START + timedelta(minutes=30)
    return Cell(
        "a", 1, START, end, START, end, "wu", "main", None, 0, status, SlotState.PLACED, "p",
        last, first, None, "", "", "t", "Follow-up", "FUP", Mode.IN_PERSON, "", frozenset(),
        None, None, None, "", "", "", "", "", None, "", None,
    )  # fmt: skip


@pytest.mark.parametrize("status", SHOWN)
@pytest.mark.parametrize("goal", STATIONS)
def test_a_way_is_a_step_of_the_machine_a_step_back_or_a_reason(
    status: Status, goal: Station
) -> None:
    way = way_to(cell(status), goal)
    assert way.possible != bool(way.why)
    if way.to is not None:
        assert way.to in TRANSITIONS[status] or (status, way.to) in TWO_STEPS
        assert station_of(way.to) is goal
    if way.back:
        assert STATIONS.index(goal) < STATIONS.index(station_of(status))


def test_a_visit_that_awaits_acceptance_goes_nowhere_before() -> None:
    for goal in STATIONS[1:]:
        assert "accept" in way_to(cell(Status.PENDING), goal).why


def test_waits_have_words_for_their_colours() -> None:
    limits = Limits(amber=10, red=20)
    assert [limits.level(m) for m in (0, 9, 10, 19, 20)] == [
        Level.FINE, Level.FINE, Level.LONG, Level.LONG, Level.TOO_LONG,
    ]  # fmt: skip
    words = {level: wait_words(12, level) for level in Level}
    assert len(set(words.values())) == len(Level)
    assert words[Level.TOO_LONG] == "too long: 12 min"


def test_initials_tell_no_name() -> None:
    assert initials(cell(Status.ARRIVED)) == "A. L."
    assert initials(cell(Status.ARRIVED, first="")) == "L."
    assert initials(replace(cell(Status.ARRIVED), first_name="", last_name="")) == "?"


@given(st.integers(700, 4000), st.lists(st.floats(1, 9), min_size=1, max_size=6))
def test_columns_fill_the_width(width: int, weights: list[float]) -> None:
    sizes = Sizes()
    edges = column_edges(width, weights, sizes)
    assert edges[0][0] == sizes.margin
    assert sum(edges[-1]) == width - sizes.margin
    for (left, wide), (following, _wide) in pairwise(edges):
        assert left + wide + sizes.gap == following


HEIGHTS = st.lists(
    st.lists(st.lists(st.integers(20, 120), max_size=5), min_size=5, max_size=5),
    min_size=1,
    max_size=4,
)


@given(HEIGHTS, st.booleans())
def test_no_two_cards_overlap_and_lanes_follow_each_other(
    lanes: list[list[list[int]]], headed: bool
) -> None:
    placed = place(1200, lanes, (5, 5, 5, 4, 4), Sizes(), headed=headed, close=frozenset({3, 4}))
    bottom = 0
    for lane, band in zip(placed.items, placed.bands, strict=True):
        assert band[1] == bottom
        bottom = band[1] + band[3]
        for column in lane:
            for (_x, top, _w, high), (_x2, following, _w2, _h2) in pairwise(column):
                assert top + high <= following
            for _x, top, _w, high in column:
                assert band[1] <= top
                assert top + high <= bottom
    assert placed.height == bottom
    assert len(placed.lanes) == (len(lanes) if headed else 0)
