"""One shape of result, and how it is measured: floor and measured in turns, in the same run."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """``milliseconds`` is the median and ``p95`` the 95th percentile of the measured work,
    ``floor`` the median of what it is held against, ``ratio`` the median of the ratios of
    neighbouring turns (None: there is no floor for it). ``goal`` says in words what is wanted."""

    name: str
    ratio: float | None
    milliseconds: float
    p95: float
    goal: str = ""
    met: bool | None = None
    floor: float | None = None
    best: float | None = None
    note: str = ""

    def as_json(self) -> dict[str, object]:
        return asdict(self)


Work = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Turns:
    """Milliseconds of the floor and of the measured work, one pair per round."""

    floor: tuple[float, ...]
    measured: tuple[float, ...]

    @property
    def ratio(self) -> float:
        pairs = zip(self.measured, self.floor, strict=True)
        return statistics.median(measured / floor for measured, floor in pairs)


def milliseconds(work: Work, number: int) -> float:
    started = time.perf_counter()
    result = work(number)
    taken = (time.perf_counter() - started) * 1000
    del result
    return taken


def in_turns(floor: Work, measured: Work, rounds: int, *, warm: int = 2) -> Turns:
    """Runs both alternately, so that whatever else the machine does falls on both. Each is given
    the number of its round; the first ``warm`` rounds are not counted. What a round left behind
    is collected between rounds, never inside one."""
    for number in range(warm):
        floor(number)
        measured(number)
    floors: list[float] = []
    taken: list[float] = []
    for number in range(warm, warm + rounds):
        gc.collect()
        gc.disable()
        try:
            if number % 2:
                floors.append(milliseconds(floor, number))
                taken.append(milliseconds(measured, number))
            else:
                taken.append(milliseconds(measured, number))
                floors.append(milliseconds(floor, number))
        finally:
            gc.enable()
    return Turns(tuple(floors), tuple(taken))


def alone(measured: Work, rounds: int, *, warm: int = 1) -> list[float]:
    """Milliseconds of each counted round, for what has no floor."""
    for number in range(warm):
        measured(number)
    taken = []
    for number in range(warm, warm + rounds):
        gc.collect()
        taken.append(milliseconds(measured, number))
    return taken


def p95(values: Sequence[float]) -> float:
    """The value that 95 of 100 do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * 95 // 100) - 1))]


def against_floor(name: str, turns: Turns, *, times: float | None = None) -> Result:
    """``times``: the goal as a multiple of the floor."""
    ratio = turns.ratio
    return Result(
        name,
        ratio,
        statistics.median(turns.measured),
        p95(turns.measured),
        "" if times is None else f"≤ {times:g} × floor",
        None if times is None else ratio <= times,
        statistics.median(turns.floor),
        min(turns.measured),
    )


def within(
    name: str,
    taken: Sequence[float],
    limit: float | None,
    *,
    at: str = "median",
    floor: Sequence[float] | None = None,
    note: str = "",
) -> Result:
    """``limit``: the goal in milliseconds, for the ``at``: "median", "p95", "max" or "best"
    (what the work costs when no other program takes the processor meanwhile)."""
    judged = {"median": statistics.median, "p95": p95, "max": max, "best": min}[at](taken)
    ratio = None
    if floor is not None:
        ratio = statistics.median(a / b for a, b in zip(taken, floor, strict=True))
    words = "" if at == "median" else f" {at}"
    return Result(
        name,
        ratio,
        statistics.median(taken),
        p95(taken),
        "" if limit is None else f"≤ {limit:g} ms{words}",
        None if limit is None else judged <= limit,
        None if floor is None else statistics.median(floor),
        min(taken),
        note,
    )
