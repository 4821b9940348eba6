"""What a person looks at in the window reaches the trail by itself, at the latest at its end."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from clinic_desk.app.container import Container, build
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.guarded import guarded
from clinic_desk.services.viewing import Viewing
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


KILLED = """
import os, signal, sys
from pathlib import Path
from PySide6.QtCore import QCoreApplication
from clinic_desk.app.container import build
from clinic_desk.ui.runtime.operations import Operations
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import TUESDAY

app = QCoreApplication([])
clinic = build(Path(sys.argv[1]), clock=FixedClock(TUESDAY))
operations = Operations(clinic.desk, clinic.queries, views=clinic.views)
operations.ask(
    lambda queries: queries.patient(sys.argv[2]),
    done=lambda view: os.kill(os.getpid(), signal.SIGKILL),
)
app.exec()
"""


def test_a_patient_who_was_opened_is_told_though_the_program_was_killed(tmp_path: Path) -> None:
    """The kill comes with the answer, before anything of it could be drawn."""
    shutil.copyfile(_demo_file(abroad=False), tmp_path / "clinic.db")
    first = build(tmp_path, clock=FixedClock(TUESDAY))
    patient = somebody(first)
    first.close()
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), patient],
        timeout=300,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL
    again = build(tmp_path, clock=FixedClock(TUESDAY))
    assert looks(again) == [("view", patient)]
    again.close()


def test_what_may_not_be_read_is_told_once_a_minute(container: Container) -> None:
    may = frozenset(Permission) - {Permission.BILLING, Permission.REPORTS}
    container.desk.become(
        replace(container.desk.actor, permissions=may, role=Role.RECEPTIONIST, session_id="")
    )
    actor = container.desk.actor
    viewing = Viewing(container.store)
    queries = guarded(container.store.queries, lambda: actor, refused=viewing.refused)
    for _ in range(3):
        with pytest.raises(Refusal):
            queries.invoices(InvoiceWish())
        with pytest.raises(Refusal):
            queries.outbox("billing")
        with pytest.raises(Refusal):
            queries.report_names("doctor")
    assert not viewing.waits, "nobody has logged in"
    actor = replace(actor, session_id="here")
    for _ in range(3):
        with pytest.raises(Refusal):
            queries.invoices(InvoiceWish())
        with pytest.raises(Refusal):
            queries.report_names("doctor")
    viewing.flush()
    with container.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT actor_id, subject_kind, subject_id, detail ->> '$.what' FROM audit_entry"
            " WHERE action = 'refused' ORDER BY seq"
        ).fetchall()
    assert [tuple(row) for row in rows] == [
        (actor.staff_id, "reading", "invoices", "See and change invoices and take payments"),
        (actor.staff_id, "reading", "report_names", "See the clinic’s reports"),
    ]


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
