"""A program that was killed leaves a session; the next start at that desk closes it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from pytestqt.qtbot import QtBot

from clinic_desk.app.container import Container, build
from clinic_desk.app.presence import Presence
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.store.processes import running
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import TUESDAY
from tests.fakes.log_in import PIN, House, cheap

KILLED = """
import os, signal, sys
from pathlib import Path
from clinic_desk.app.container import build
from clinic_desk.services.staff_secrets import Secret
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import TUESDAY
from tests.fakes.log_in import PIN, cheap

clinic = build(Path(sys.argv[1]), clock=FixedClock(TUESDAY), hasher=cheap())
tom = next(one for one in clinic.log_in.tiles() if one.log_in == "tom")
clinic.log_in.log_in(tom.id, Secret(PIN))
os.kill(os.getpid(), signal.SIGKILL)
"""


def standing(clinic: Container) -> list[str]:
    return [card.name for card in clinic.store.queries.staff_sessions()]


def test_what_a_killed_program_left_is_closed_at_the_next_start(
    tmp_path: Path, qtbot: QtBot
) -> None:
    assert qtbot is not None
    house = House(tmp_path / "clinic")
    house.come_in("Maria")
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(house.folder)],
        timeout=300,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL
    assert sorted(standing(house.clinic)) == ["Maria Keller", "Tom Ash"]
    again = build(house.folder, clock=FixedClock(TUESDAY), hasher=cheap())
    assert standing(again) == ["Maria Keller"], "hers runs in this process, and goes on"
    with again.store._reader.connect() as connection:
        told = connection.exec_driver_sql(
            "SELECT actor_kind, detail ->> '$.why' FROM audit_entry WHERE action = 'session_ended'"
        ).fetchall()
    assert [tuple(row) for row in told] == [("program", "Its program had ended")]
    assert [one for one in again.maintenance.verify() if one.check == "audit"] == []
    again.close()
    house.close()
    assert not list((house.folder / "sessions").iterdir()), "whoever leaves takes the file along"


def test_a_log_out_leaves_nothing_behind(tmp_path: Path, qtbot: QtBot) -> None:
    assert qtbot is not None
    house = House(tmp_path / "clinic")
    tom = next(one for one in house.clinic.log_in.tiles() if one.log_in == "tom")
    entered = house.clinic.log_in.log_in(tom.id, Secret(PIN))
    kept = house.folder / "sessions" / entered.session.id
    assert kept.read_text() == str(os.getpid())
    assert not kept.stat().st_mode & 0o077
    assert Presence(house.folder).left() == ()
    house.clinic.log_in.log_out(entered.actor)
    assert not kept.exists()
    house.close()


def test_whether_a_process_runs() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert running(os.getpid())
    assert not running(ended.pid)
    assert running(10**30)
