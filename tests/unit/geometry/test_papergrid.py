"""The scale of a day sheet: whatever is booked, every visit's words have their room, once."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_desk.ui.geometry.papergrid import Block, Stretch, lay

PAGE = 480.0


@st.composite
def days(draw: st.DrawFn) -> list[Block]:
    starts = draw(st.lists(st.integers(0, 1380), max_size=60))
    blocks = []
    for number, start in enumerate(starts):
        length = draw(st.integers(5, 480))
        need = draw(st.floats(8, PAGE * 0.6))
        blocks.append(Block(str(number), start, min(1440, start + length), need))
    return blocks


def check(blocks: list[Block], pages: list[Stretch], page: float) -> None:
    told = [part.key for one in pages for part in one.parts if part.words]
    assert sorted(told) == sorted(block.key for block in blocks)
    needs = {block.key: block.need for block in blocks}
    for one in pages:
        assert one.height <= page + 0.1
        for part in one.parts:
            assert part.top >= -0.01
            assert part.top + part.height <= one.height + 0.1
            if part.words:
                assert part.height >= needs[part.key] - 0.05
    minutes = [mark for one in pages for mark, _ in one.marks]
    assert minutes == sorted(minutes)
    for before, after in pairwise(pages):
        assert before.marks[-1][0] == after.marks[0][0]


@settings(max_examples=150, deadline=None)
@given(days())
def test_every_block_has_room_for_its_words_on_one_page(blocks: list[Block]) -> None:
    check(blocks, lay(blocks, 0, 1440, PAGE, least=10), PAGE)


def test_a_quiet_day_fills_one_page_to_its_foot() -> None:
    (page,) = lay([Block("a", 540, 570, 12)], 480, 1080, PAGE, least=10)
    assert page.height > PAGE * 0.99
    assert page.marks[0] == (480, 0.0)
    assert page.marks[-1][0] == 1080
    (part,) = page.parts
    assert abs(part.top - PAGE / 10) < 1  # true to time: an hour is a tenth of it


def test_short_visits_stretch_their_hour_alone() -> None:
    blocks = [Block(str(n), 540 + 5 * n, 545 + 5 * n, 24) for n in range(12)]
    (page,) = lay(blocks, 480, 1080, PAGE, least=10)
    check(blocks, [page], PAGE)
    assert page.y(600) - page.y(540) >= 12 * 24 - 0.1
    assert page.y(1080) - page.y(1020) < 30


def test_what_does_not_fit_goes_on_on_the_next_page() -> None:
    blocks = [Block(str(n), 15 * n, 15 * n + 15, 30) for n in range(96)]
    pages = lay(blocks, 0, 1440, PAGE, least=10)
    assert len(pages) == 6
    check(blocks, pages, PAGE)


def test_a_visit_over_the_edge_tells_its_words_once_and_is_drawn_on_both_pages() -> None:
    """Staggered by five minutes in three columns, no mark is free of somebody's beginning."""
    blocks = [
        Block(f"{column}-{n}", 5 * column + 15 * n, 5 * column + 15 * n + 15, 26)
        for column in range(3)
        for n in range(80)
    ]
    pages = lay(blocks, 0, 1440, PAGE, least=10)
    check(blocks, pages, PAGE)
    assert len(pages) > 2
    over = [part for part in pages[0].parts if part.more]
    assert over
    for part in over:
        (later,) = [p for p in pages[1].parts if p.key == part.key]
        assert later.begun
        assert part.words != later.words
