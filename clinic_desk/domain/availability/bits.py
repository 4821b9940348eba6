"""A stretch of time as one integer: bit n stands for tick n. No clinic words here.

A tick is any whole number of minutes that divides everything asked for, so that a range may be
as coarse as the clinic's own grid without losing exactness: busy edges are rounded outwards, and
nothing asked for can lie between two ticks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_CHUNK = 1024
_SHIFT = 10
_LOW = _CHUNK - 1
_FULL = (1 << _CHUNK) - 1
_BYTES = _CHUNK // 8

_TO_FLAGS = bytes.maketrans(b"01", b"\x00\x01")


def paint(ranges: Iterable[tuple[int, int]], base: int, unit: int, ticks: int) -> int:
    """The union of half-open ranges, in the unit's own measure, rounded outwards to ticks.

    Small integers are filled and joined once: setting a bit of the long one would copy it."""
    chunks = [0] * ((ticks >> _SHIFT) + 1)
    for start, end in ranges:
        low = (start - base) // unit
        high = -((base - end) // unit)
        if low < 0:
            low = 0
        if high > ticks:
            high = ticks
        if low < high:
            chunks[low >> _SHIFT] |= ((1 << (high - low)) - 1) << (low & _LOW)
    return _joined(chunks)


def paint_free(busy: Iterable[tuple[int, int]], base: int, unit: int, ticks: int, need: int) -> int:
    """What ``busy`` (sorted by start) leaves free, gaps shorter than ``need`` left out, rounded
    inwards to ticks. In a booked day there are far fewer gaps that matter than busy ranges."""
    chunks = [0] * ((ticks >> _SHIFT) + 1)
    at = base
    for start, end in busy:
        if start - at >= need:
            low = -((base - at) // unit)
            high = (start - base) // unit
            if high > ticks:
                high = ticks
            if low < high:
                chunks[low >> _SHIFT] |= ((1 << (high - low)) - 1) << (low & _LOW)
        if end > at:
            at = end
    low = -((base - at) // unit)
    if low < ticks:
        chunks[low >> _SHIFT] |= ((1 << (ticks - low)) - 1) << (low & _LOW)
    return _joined(chunks)


def _joined(chunks: list[int]) -> int:
    parts = []
    carry = 0
    for chunk in chunks:
        carry |= chunk
        parts.append((carry & _FULL).to_bytes(_BYTES, "little"))
        carry >>= _CHUNK
    return int.from_bytes(b"".join(parts), "little")


def paint_depth(
    ranges: Sequence[tuple[int, int]], base: int, unit: int, ticks: int, levels: int
) -> list[int]:
    """``[d1, d2, …]``: bit set where at least 1, 2, … ``levels`` ranges lie over the tick.

    Exact for more than one level only when the tick divides every edge."""
    if levels == 1:
        return [paint(ranges, base, unit, ticks)]
    lanes: list[list[tuple[int, int]]] = []
    for low, high in sorted(ranges):
        free = next((lane for lane in lanes if lane[-1][1] <= low), None)
        if free is None:
            lanes.append(free := [])
        free.append((low, high))
    depth = [0] * levels
    for ranges_of_lane in lanes:
        mask = paint(ranges_of_lane, base, unit, ticks)
        for level in range(levels - 1, 0, -1):
            depth[level] |= depth[level - 1] & mask
        depth[0] |= mask
    return depth


def starts_of_runs(free: int, length: int) -> int:
    """Bit set where ``length`` free ticks begin."""
    have = 1
    while have < length:
        step = min(have, length - have)
        free &= free >> step
        have += step
    return free


def flags(mask: int, ticks: int) -> bytes:
    """One byte per tick, 0 or 1, lowest tick first: cheap to slice by a step."""
    return format(mask | 1 << ticks, "b")[:0:-1].encode("ascii").translate(_TO_FLAGS)
