"""Reports over 1,000,000 visits: until the first word, the longest wait for the next, the whole.

The page shows how far a report is from its first word on, so what matters is that words come; they
come month by month. The floor of the whole is one count of the same visits in one statement.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, ReportWish
from clinic_desk.services.ports import Queries
from clinic_desk.store.direct import fetch
from clinic_desk.store.engine import reader_engine
from tests.benchmarks import data, stores
from tests.benchmarks.results import Result, against_floor, in_turns, within

ROUNDS = 5
FIRST, LAST = date(2000, 1, 1), date(data.TODAY.year + 1, 12, 31)
ASKED = (
    (Preset.LOAD, GroupBy.DOCTOR),
    (Preset.NO_SHOWS, GroupBy.MONTH),
    (Preset.LEAD_TIME, GroupBy.TYPE),
    (Preset.WEEK_HEAT, GroupBy.WEEKDAY_HOUR),
    (Preset.REVENUE, GroupBy.WEEK),
    (Preset.UTILISATION, GroupBy.DOCTOR),
)
COUNT = (
    "SELECT doctor_id, count(*), sum(status = 'completed') FROM appointment"
    " WHERE deleted_at IS NULL GROUP BY doctor_id"
)


def waits(queries: Queries, wish: ReportWish) -> Iterator[float]:
    """Milliseconds until each word of the report."""
    last = time.perf_counter()
    for _word in reporting.stream(queries, wish):
        now = time.perf_counter()
        yield (now - last) * 1000
        last = now


def run(out: Path) -> list[Result]:
    path = stores.large(out)
    engine = reader_engine(path)
    results: list[Result] = []

    def floor(_number: int) -> object:
        with engine.connect() as connection, connection.begin():
            return fetch(connection, COUNT)

    with stores.opened(path) as store:
        for preset, group in ASKED:
            wish = ReportWish(preset, FIRST, LAST, group)
            name = f"{reporting.PRESET_WORDS[preset].lower()} by {group.value}, 1,000,000 visits"

            def whole(_number: int, wish: ReportWish = wish) -> object:
                return reporting.report(store.queries, wish)

            results.append(against_floor(name, in_turns(floor, whole, ROUNDS, warm=1)))
            words = [list(waits(store.queries, wish)) for _ in range(ROUNDS)]
            results.append(within(f"{name}: first word", [w[0] for w in words], 1000))
            results.append(within(f"{name}: longest wait", [max(w) for w in words], 1000))
    engine.dispose()
    return results
