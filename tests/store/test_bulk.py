"""The benchmarks' clinic is an ordinary file of this program."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import SlotTaken
from clinic_desk.store.opening import open_store
from tests.benchmarks.data import BUILDER, MIGRATIONS, NOW, build
from tests.fakes.clock import CountingIds, FixedClock


def test_a_clinic_written_in_bulk_passes_verify_and_is_guarded(tmp_path: Path) -> None:
    made = build(
        tmp_path / "bulk.db", appointments=1500, patients=300, doctors=4, history=True, days_ahead=9
    )
    store = open_store(made.path, MIGRATIONS, FixedClock(NOW), CountingIds(first=10**6))
    assert store.maintenance.verify() == []
    assert store.queries.info().counts["appointment"] == made.appointment_count == 1500
    cell = store.queries.cells(made.today, made.today)[0]
    hits = store.queries.search_patients(f"{cell.last_name} {cell.first_name}")
    assert cell.patient_id in {hit.id for hit in hits}
    with store.unit_of_work(BUILDER) as work:
        twin = replace(work.get(Appointment, cell.id), id="twin", confirmation_code=None)
        with pytest.raises(SlotTaken):
            work.add(twin, "booked")
    store.close()
