"""Every report over a large clinic: counted month by month, watched, stopped, and right.

`make test` runs a short form; `make soak` runs 1,000,000 appointments. `make bench` measures them.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, Report, ReportWish
from clinic_desk.services.reporting import Progress
from clinic_desk.store.opening import open_store
from tests.benchmarks.data import MIGRATIONS, NOW, build
from tests.fakes.clock import CountingIds, FixedClock

FORMS = [
    pytest.param(3_000, 200, 5, id="short"),
    pytest.param(1_000_000, 20_000, 50, id="a million", marks=pytest.mark.soak),
]


def visits_of(report: Report) -> int:
    total = report.totals[1]
    assert isinstance(total, int)
    return total


@pytest.mark.parametrize(("appointments", "patients", "doctors"), FORMS)
def test_reports_over_a_large_clinic(
    tmp_path: Path, appointments: int, patients: int, doctors: int
) -> None:
    clinic = build(
        tmp_path / "clinic.db", appointments=appointments, patients=patients, doctors=doctors
    )
    store = open_store(clinic.path, MIGRATIONS, FixedClock(NOW), CountingIds())
    try:
        wide = (date(2000, 1, 1), date(2027, 12, 31))
        for preset in Preset:
            told = list(reporting.stream(store.queries, ReportWish(preset, *wide)))
            report = told[-1]
            assert isinstance(report, Report)
            assert [one for one in told[:-1] if not isinstance(one, Progress)] == []
            assert len(told) == 28 * 12 + 1
            if preset is Preset.LOAD:
                assert visits_of(report) + int(str(report.totals[6])) == clinic.appointment_count
                assert len(report.rows) == doctors
        by_day = reporting.report(
            store.queries,
            ReportWish(Preset.LOAD, date(2026, 1, 1), date(2026, 12, 31), GroupBy.DAY),
        )
        by_month = reporting.report(
            store.queries,
            ReportWish(Preset.LOAD, date(2026, 1, 1), date(2026, 12, 31), GroupBy.MONTH),
        )
        assert by_day.totals == by_month.totals
    finally:
        store.close()
