"""Edges of painted tiles, in device pixels. Logical edges would round differently on both sides
of a seam at 125, 150 and 175 %; whole device pixels cannot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BAND = 512
"""Height of a tile, device pixels."""


@dataclass(frozen=True, slots=True)
class TileSpot:
    """A tile's place in the content, device pixels."""

    column: int
    band: int
    left: int
    top: int
    width: int
    height: int


def device(value: float, ratio: float) -> int:
    return round(value * ratio)


def visible_tiles(
    edges: tuple[float, ...],
    content_height: float,
    view: tuple[float, float, float, float],
    ratio: float,
) -> Iterator[TileSpot]:
    """The tiles that meet ``view`` (left, top, width, height in logical content pixels).

    ``column`` counts places from the left. The last band is cut at the content's end.
    """
    left, top, width, height = view
    total = device(content_height, ratio)
    first_y, last_y = max(0, device(top, ratio)), min(total, device(top + height, ratio))
    if last_y <= first_y:
        return
    first_x, last_x = device(left, ratio), device(left + width, ratio)
    for column in range(len(edges) - 1):
        x0, x1 = device(edges[column], ratio), device(edges[column + 1], ratio)
        if x1 <= first_x or x0 >= last_x:
            continue
        for band in range(first_y // BAND, (last_y - 1) // BAND + 1):
            y0 = band * BAND
            yield TileSpot(column, band, x0, y0, x1 - x0, min(BAND, total - y0))
