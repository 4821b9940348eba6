"""Starts that stand, as flags and as the runs read off them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from clinic_desk.domain.availability.bits import flags
from clinic_desk.domain.availability.stretches import Window
from clinic_desk.domain.ids import Id


class Standing:
    """The starts that stand for one combination of buffers, capacity, rooms and location; one
    flag per tick, at the tick where the blocked range begins."""

    __slots__ = ("_flags", "after", "before", "levels", "ok", "rooms", "ticks")

    def __init__(self, before: int, after: int, ticks: int) -> None:
        self.before = before
        self.after = after
        self.ticks = ticks
        self.ok = b""
        self.levels: list[int] = []
        self.rooms: list[tuple[Id, int]] = []
        self._flags: tuple[list[bytes], list[bytes]] | None = None

    @property
    def _as_flags(self) -> tuple[list[bytes], list[bytes]]:
        """Levels and rooms, made only when slots are wanted, not for the starts alone."""
        if self._flags is None:
            levels = [flags(mask, self.ticks) for mask in self.levels]
            self._flags = levels, [flags(mask, self.ticks) for _room, mask in self.rooms]
        return self._flags

    def capacity_left(self, position: int) -> int:
        return 1 + sum(level[position] for level in self._as_flags[0])

    def room(self, position: int) -> Id | None:
        for (room_id, _mask), free in zip(self.rooms, self._as_flags[1], strict=True):
            if free[position]:
                return room_id
        return None


class Run(NamedTuple):
    """Starts (epoch seconds) of one doctor in one window on one local day. ``first`` is the
    position of the first candidate in the flags, ``step`` in ticks, ``seconds`` between two."""

    doctor_id: Id
    day: date
    window: Window
    starts: list[int]
    standing: Standing
    first: int
    origin: int
    tick: int

    def position(self, start: int) -> int:
        return self.first + (start - self.origin) // self.tick
