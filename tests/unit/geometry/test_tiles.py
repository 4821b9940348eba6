from __future__ import annotations

import itertools

import pytest

from clinic_desk.ui.geometry.tiles import BAND, visible_tiles
from clinic_desk.ui.geometry.timegrid import layout_columns


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 1.75, 2.0])
@pytest.mark.parametrize("scroll", [0.0, 33.0, 517.0])
def test_tiles_cover_the_view_once_and_without_gaps(ratio: float, scroll: float) -> None:
    layout = layout_columns(7, 1003, 96, ratio)
    view = (0.0, scroll, 1003.0, 640.0)
    tiles = list(visible_tiles(layout.edges, 2304, view, ratio))
    columns = sorted({t.column for t in tiles})
    assert columns == list(range(7))
    rows = sorted((t.left, t.left + t.width) for t in tiles if t.band == tiles[0].band)
    for (_, right), (left, _) in itertools.pairwise(rows):
        assert right == left
    assert rows[0][0] == 0
    assert rows[-1][1] == round(1003 * ratio)
    assert min(t.top for t in tiles) <= scroll * ratio
    assert max(t.top + t.height for t in tiles) >= round((scroll + 640) * ratio)


def test_the_last_band_ends_with_the_content() -> None:
    tiles = list(visible_tiles((0.0, 100.0), 600, (0, 0, 100, 600), 1.0))
    assert [t.height for t in tiles] == [BAND, 600 - BAND]


def test_only_visible_columns() -> None:
    layout = layout_columns(20, 400, 96)
    tiles = list(visible_tiles(layout.edges, 500, (200, 0, 100, 300), 1.0))
    assert {t.column for t in tiles} == {2, 3}
