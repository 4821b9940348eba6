from __future__ import annotations

import random

import pytest

from clinic_desk.ui.geometry.packing import Item, Placement, pack


def placed(*spans: tuple[float, float], **options: float) -> dict[str, tuple[int, int, int]]:
    items = [Item(chr(97 + i), s, e) for i, (s, e) in enumerate(spans)]
    return {p.key: (p.lane, p.lanes, p.span) for p in pack(items, **options)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], {}),
        ([(0, 30)], {"a": (0, 1, 1)}),
        ([(0, 30), (30, 60)], {"a": (0, 1, 1), "b": (0, 1, 1)}),
        ([(0, 30), (15, 45)], {"a": (0, 2, 1), "b": (1, 2, 1)}),
        ([(0, 30), (0, 60)], {"b": (0, 2, 1), "a": (1, 2, 1)}),
        ([(0, 30), (0, 30), (0, 30)], {"a": (0, 3, 1), "b": (1, 3, 1), "c": (2, 3, 1)}),
        # a chain is one cluster; its third member falls back into the first lane
        ([(0, 30), (20, 50), (40, 70)], {"a": (0, 2, 1), "b": (1, 2, 1), "c": (0, 2, 1)}),
        # the long one stands in lane 0; "d" is alone beside it and takes both free lanes
        (
            [(0, 120), (0, 30), (0, 30), (60, 90)],
            {"a": (0, 3, 1), "b": (1, 3, 1), "c": (2, 3, 1), "d": (1, 3, 2)},
        ),
    ],
)
def test_table(spans: list[tuple[float, float]], expected: dict[str, tuple[int, int, int]]) -> None:
    assert placed(*spans) == expected


def test_a_short_visit_takes_the_room_of_the_smallest_block() -> None:
    assert placed((0, 5), (5, 20)) == {"a": (0, 1, 1), "b": (0, 1, 1)}
    assert placed((0, 5), (5, 20), shortest=12) == {"a": (0, 2, 1), "b": (1, 2, 1)}


def crosses(one: Placement, other: Placement) -> bool:
    in_time = one.start < other.end and other.start < one.end
    in_lanes = (
        one.lane / one.lanes < (other.lane + other.span) / other.lanes
        and other.lane / other.lanes < (one.lane + one.span) / one.lanes
    )
    return in_time and in_lanes


@pytest.mark.parametrize("seed", range(40))
def test_no_block_ever_covers_another(seed: int) -> None:
    chance = random.Random(seed)
    items = []
    for i in range(60):
        start = chance.randrange(0, 600, 5)
        items.append(Item(f"{i:03}", start, start + chance.choice([15, 20, 30, 45, 90, 240])))
    result = pack(items, shortest=18)
    assert sorted(p.key for p in result) == sorted(i.key for i in items)
    for index, one in enumerate(result):
        assert 0 <= one.lane < one.lane + one.span <= one.lanes
        for other in result[index + 1 :]:
            assert not crosses(one, other)


@pytest.mark.parametrize("seed", range(20))
def test_order_of_the_input_does_not_matter(seed: int) -> None:
    chance = random.Random(seed)
    items = [Item(str(i), i * 7 % 90, i * 7 % 90 + 30) for i in range(25)]
    shuffled = items[:]
    chance.shuffle(shuffled)
    assert pack(items) == pack(shuffled)


def test_a_crowd_folds_into_one_block_that_names_them() -> None:
    items = [Item(str(i), 0, 30) for i in range(7)]
    result = pack(items, most_lanes=4)
    assert len(result) == 4
    assert [p.lane for p in result] == [0, 1, 2, 3]
    assert result[-1].overflow == ("3", "4", "5", "6")
    assert {p.lanes for p in result} == {4}


def test_four_thousand_items_all_keep_their_place() -> None:
    items = [
        Item(str(i), d * 10000 + s, d * 10000 + s + 30)
        for i, (d, s) in enumerate((d, (n * 13) % 600) for d in range(100) for n in range(40))
    ]
    placed = pack(items)
    assert sorted(p.key for p in placed) == sorted(item.key for item in items)
    assert not any(p.overflow for p in placed)
