"""How long the engine takes on a big clinic, against reading the same rows once.

``run()`` returns rows of (name, ratio, milliseconds, goal in milliseconds). The ratio is against
one pass in plain Python over the same busy rows that groups them by doctor: what any engine that
looks at every row must spend. Times are the best of several rounds, of processor time, because
the machine may be shared; nothing is kept warm from round to round unless the name says so.
"""

from __future__ import annotations

import gc
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from clinic_desk.domain.availability import explain, find, find_first, find_starts, rank
from clinic_desk.domain.availability.model import Busy, Preferences, Snapshot
from clinic_desk.domain.spans import from_epoch
from tests.benchmarks.availability_clinic import clinic, request

ROUNDS = 7
Row = tuple[str, float, float, float | None]


def best(make: Callable[[], object], work: Callable[[object], object]) -> float:
    """Seconds; ``make`` is not measured, and neither is clearing away what ``work`` made."""
    fastest = float("inf")
    for _ in range(ROUNDS):
        given = make()
        gc.collect()
        start = time.process_time()
        result = work(given)
        fastest = min(fastest, time.process_time() - start)
        del result, given
    return fastest


def one_pass(snapshot: Snapshot) -> dict[str, list[Busy]]:
    """The floor: every row looked at once."""
    by_doctor: dict[str, list[Busy]] = defaultdict(list)
    for row in snapshot.busy:
        if row.blocked_start < row.blocked_end:
            by_doctor[row.doctor_id].append(row)
    return by_doctor


def run() -> list[tuple[str, float, float, float | None]]:
    """(name, ratio, milliseconds, goal) for every measured question."""
    snapshot, asked = clinic(), request()
    fresh = lambda: replace(snapshot, roster=replace(snapshot.roster))  # noqa: E731
    new_rows = lambda: replace(snapshot)  # noqa: E731
    floor = best(fresh, one_pass)  # type: ignore[arg-type]
    rows: list[Row] = []

    def add(name: str, seconds: float, goal: float | None) -> None:
        rows.append((name, seconds / floor, seconds * 1e3, goal))

    add("one pass over the rows (floor)", floor, None)
    seconds = best(new_rows, lambda s: find_starts(s, asked))  # type: ignore[arg-type]
    add("all starts, 50 doctors × 90 days, new rows", seconds, 45.0)
    seconds = best(fresh, lambda s: find_starts(s, asked))  # type: ignore[arg-type]
    add("all starts, new rows and new roster", seconds, None)
    plain = clinic(rooms=False)
    bare = lambda: replace(plain)  # noqa: E731
    seconds = best(bare, lambda s: find_starts(s, asked))  # type: ignore[arg-type]
    add("all starts, no rooms, new rows", seconds, 45.0)
    seconds = best(new_rows, lambda s: find(s, asked))  # type: ignore[arg-type]
    add("the same as slots", seconds, None)
    seconds = best(new_rows, lambda s: find_first(s, asked, 10))  # type: ignore[arg-type]
    add("first 10 openings, new rows", seconds, 200.0)
    slots = find_first(snapshot, asked, 200)
    wishes = Preferences(usual_doctor_id="d07", usual_weekday=2, usual_minute=600)
    add("rank 200", best(fresh, lambda s: rank(slots, s, wishes, "t")), None)  # type: ignore[arg-type]
    start = slots[0].start.replace(hour=7, minute=0)
    moments = [start + timedelta(minutes=5 * n) for n in range(120)]
    for moment in moments[:3]:
        explain(snapshot, asked, "d00", moment)

    def hover(_given: object) -> object:
        return [explain(snapshot, asked, "d00", moment) for moment in moments]

    add("explain while hovering, each", best(lambda: None, hover) / len(moments), 1.0)
    assert find_starts(snapshot, asked)
    assert from_epoch(0) < start
    return rows


if __name__ == "__main__":
    for name, ratio, milliseconds, goal in run():
        print(f"{name:45} {ratio:7.2f}× {milliseconds:9.2f} ms  goal {goal}")
