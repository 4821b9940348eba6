"""Where the lines of a plot's value axis are, and which labels fit beneath it. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence

STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


def step_of(top: float, most: int, *, whole: bool = False) -> float:
    """The smallest round step with which ``most`` lines or fewer reach ``top`` (> 0). ``whole``:
    a number of things, never part of one."""
    raw = top / max(1, most)
    power = 10.0 ** math.floor(math.log10(raw))
    found = next(step * power for step in STEPS if step * power >= raw * (1 - 1e-9))
    return max(1.0, math.ceil(found - 1e-9)) if whole else found


def ticks(top: float, most: int = 4, *, whole: bool = False) -> tuple[float, ...]:
    """Values of the lines from 0 to the first at or above ``top``; (0, 1) when there is nothing
    to show."""
    if top <= 0 or not math.isfinite(top):
        return (0.0, 1.0)
    step = step_of(top, most, whole=whole)
    count = math.ceil(top / step - 1e-9)
    return tuple(index * step for index in range(count + 1))


def fitting(widths: Sequence[float], pitch: float, gap: float) -> int:
    """Every how many labels one is written so that none touches the next: ``widths`` of the
    labels, ``pitch`` between two of them. 1: all."""
    if not widths or pitch <= 0:
        return 1
    widest = max(widths)
    return max(1, math.ceil((widest + gap) / pitch))


def placed(count: int, low: float, high: float, *, mirrored: bool = False) -> list[float]:
    """The middles of ``count`` equal parts of low … high, from the reading side."""
    if count <= 0:
        return []
    pitch = (high - low) / count
    middles = [low + (index + 0.5) * pitch for index in range(count)]
    return middles[::-1] if mirrored else middles


def part_at(position: float, count: int, low: float, high: float, *, mirrored: bool = False) -> int:
    """Which of ``count`` equal parts of low … high holds a position; -1 outside."""
    if count <= 0 or not low <= position < high:
        return -1
    index = min(count - 1, int((position - low) / (high - low) * count))
    return count - 1 - index if mirrored else index
