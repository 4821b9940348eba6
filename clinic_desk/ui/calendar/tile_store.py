"""Painted pieces of columns, kept up to a cap and dropped oldest first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable

from PySide6.QtGui import QPixmap

CAP = 96 * 1024 * 1024


class TileStore:
    """``painted`` counts the tiles that were really painted, ``hits`` those found."""

    def __init__(self, cap: int = CAP) -> None:
        self.cap = cap
        self.used = 0
        self.painted = 0
        self.hits = 0
        self._tiles: OrderedDict[Hashable, tuple[QPixmap, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._tiles)

    def __contains__(self, key: Hashable) -> bool:
        return key in self._tiles

    def keys(self) -> list[Hashable]:
        return list(self._tiles)

    def get(self, key: Hashable, paint: Callable[[], QPixmap]) -> QPixmap:
        """The tile of that key, painted now if it is not there."""
        entry = self._tiles.get(key)
        if entry is not None:
            self._tiles.move_to_end(key)
            self.hits += 1
            return entry[0]
        pixmap = paint()
        self.painted += 1
        cost = pixmap.width() * pixmap.height() * 4
        self._tiles[key] = (pixmap, cost)
        self.used += cost
        while self.used > self.cap and len(self._tiles) > 1:
            _, (_, freed) = self._tiles.popitem(last=False)
            self.used -= freed
        return pixmap

    def clear(self) -> None:
        self._tiles.clear()
        self.used = 0
