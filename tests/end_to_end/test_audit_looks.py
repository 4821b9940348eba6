"""What a person looks at in the window reaches the trail by itself, at the latest at its end."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clinic_desk.app.container import Container, build
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import TUESDAY, _demo_file


@pytest.fixture
def container(tmp_path: Path) -> Iterator[Container]:
    shutil.copyfile(_demo_file(abroad=False), tmp_path / "clinic.db")
    made = build(tmp_path, clock=FixedClock(TUESDAY))
    yield made
    made.close()


def looks(container: Container) -> list[tuple[str, str]]:
    with container.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT action, subject_id FROM audit_entry WHERE action IN ('view', 'search')"
            " ORDER BY seq"
        )
        return [(row[0], row[1]) for row in rows.fetchall()]


def somebody(container: Container) -> str:
    """Asked of the store itself, which tells nobody."""
    day = TUESDAY.date()
    cells = container.store.queries.cells(day, day)
    return next(cell.patient_id for cell in cells if cell.patient_id)


def test_a_look_is_written_by_itself(container: Container, qtbot: QtBot) -> None:
    patient = somebody(container)
    operations = Operations(container.desk, container.queries, views=container.views)
    seen: list[object] = []
    operations.ask(lambda queries: queries.patient(patient), done=seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=60_000)
    qtbot.waitUntil(lambda: looks(container) == [("view", patient)], timeout=60_000)
    operations.shutdown()


def test_what_was_seen_last_is_written_when_the_window_closes(
    container: Container, qtbot: QtBot
) -> None:
    patient = somebody(container)
    operations = Operations(container.desk, container.queries, views=container.views)
    container.queries.patient(patient)
    container.queries.search_patients("an")
    operations.looked("waitlist_entry", "x", patient)
    operations.shutdown()
    assert looks(container) == [("view", patient), ("view", "x"), ("search", "")]
    assert qtbot is not None


def test_without_a_window_it_is_written_when_the_clinic_is_closed(tmp_path: Path) -> None:
    shutil.copyfile(_demo_file(abroad=False), tmp_path / "clinic.db")
    first = build(tmp_path, clock=FixedClock(TUESDAY))
    patient = somebody(first)
    first.queries.patient(patient)
    first.close()
    again = build(tmp_path, clock=FixedClock(TUESDAY))
    assert looks(again) == [("view", patient)]
    again.close()
