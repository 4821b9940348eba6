"""A program that looks at the clinic's file and ends leaves its log to those who are still at work.

Closing any handle of a file gives up all locks that the process has on it, SQLite's own among them;
the next program to end then takes itself for the last one and removes the log of the others. The
program's own library looks twice; others that may read the file, such as a backup's, do not.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from clinic_desk.store import keys
from clinic_desk.store.engine import connect, read_only
from tests.store.clinic import Clinic, visit

LOOK = """
import sys, sqlite3
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM appointment").fetchall()[0][0])
connection.close()
"""


def look(clinic: Clinic) -> int:
    return look_at(clinic.path)


def look_at(path: Path) -> int:
    done = subprocess.run(
        [sys.executable, "-c", LOOK, str(path)],
        capture_output=True, text=True, check=True, timeout=120,
    )  # fmt: skip
    return int(done.stdout)


def test_the_log_stays_when_another_program_ends(clinic: Clinic) -> None:
    log = clinic.path.with_name("clinic.db-wal")
    clinic.add(visit("a", 0))
    read_only(clinic.path).close()
    assert keys.is_plain(clinic.path)
    assert keys.id_in(clinic.path) is None
    before, seen = log.stat().st_ino, look(clinic)
    assert log.exists()
    assert log.stat().st_ino == before
    clinic.add(visit("b", 60))
    assert look(clinic) == seen + 1


def test_the_log_stays_after_a_clinic_was_made_elsewhere_and_got_its_place(tmp_path: Path) -> None:
    """As the demo clinic is: made beside its folder, and moved when it is whole."""
    made, placed = tmp_path / "made", tmp_path / "placed"
    made.mkdir()
    writer = connect(made / "clinic.db", write=True)
    writer.execute("CREATE TABLE appointment (id TEXT)").fetchall()
    read_only(made / "clinic.db").close()
    writer.close()
    made.rename(placed)
    path, log = placed / "clinic.db", placed / "clinic.db-wal"
    writer = connect(path, write=True)
    writer.execute("INSERT INTO appointment VALUES ('a')").fetchall()
    reader = read_only(path)
    try:
        before = log.stat().st_ino
        look_at(path)
        assert log.exists()
        assert log.stat().st_ino == before
    finally:
        reader.close()
        writer.close()
