"""Opening, upgrading, refusing: what the file may be, and what it must not be."""

from __future__ import annotations

import multiprocessing
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Fault
from clinic_desk.store import guards
from clinic_desk.store.engine import check_runtime
from clinic_desk.store.mapping import TABLES, class_of, mapper
from clinic_desk.store.opening import open_store
from clinic_desk.store.tables import metadata
from clinic_desk.store.tables.patients import FULL_TEXT
from clinic_desk.store.upgrade import EXPECTED, known_revisions
from tests.fakes.clock import CountingIds, FixedClock
from tests.store.clinic import MIGRATIONS, Clinic, visit


def reopen(clinic: Clinic) -> None:
    clinic.store.close()
    clinic.open()


def test_an_old_runtime_is_refused_in_a_sentence() -> None:
    with pytest.raises(Fault, match=r"SQLite 3\.51\.2.*3\.51\.3 or newer"):
        check_runtime(SimpleNamespace(sqlite_version="3.51.2"))  # type: ignore[arg-type]
    check_runtime()


def test_settings_of_the_connections(clinic: Clinic) -> None:
    wanted = {
        "journal_mode": "wal",
        "foreign_keys": 1,
        "busy_timeout": 10000,
        "synchronous": 2,
        "query_only": 0,
    }
    store = clinic.store
    with store._writer.connect() as connection:
        found = {k: connection.exec_driver_sql(f"PRAGMA {k}").scalar() for k in wanted}
    assert found == wanted
    with store._reader.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA query_only").scalar() == 1
        with pytest.raises(Exception, match="readonly"):
            connection.exec_driver_sql("INSERT INTO counter VALUES ('x', 1)")


def test_the_migration_makes_what_the_models_say(clinic: Clinic, tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'models.db'}", module=dbapi2)
    with engine.begin() as connection:
        metadata.create_all(connection)
        for statement in FULL_TEXT:
            connection.exec_driver_sql(statement)
    with engine.connect() as connection:
        models = shape(connection.exec_driver_sql(SHAPE).fetchall())
    engine.dispose()
    assert shape(clinic.sql(SHAPE)) == models
    strict = clinic.sql(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0"
        " AND schema = 'main' AND name NOT LIKE 'sqlite_%'"
    )
    assert {row[0] for row in strict} == {"alembic_version"}


SHAPE = (
    "SELECT type, name, sql FROM sqlite_master WHERE type IN ('table', 'index')"
    " AND sql IS NOT NULL AND name <> 'alembic_version' ORDER BY 1, 2"
)


def shape(rows: list[Any]) -> list[tuple[str, str, object]]:
    return [(r[0], r[1], parts(r[2])) for r in rows]


def parts(sql: str) -> object:
    """A table as the set of its columns and constraints, so that a column that a later migration
    added compares equal to one that was always there; defaults are the migrations' own."""
    if not sql.startswith("CREATE TABLE"):
        return "".join(sql.split())
    body, depth, items = sql[sql.index("(") + 1 : sql.rindex(")")], 0, [""]
    quoted = False
    for letter in body:
        depth += (letter == "(") - (letter == ")")
        quoted ^= letter == "'"
        if letter == "," and not depth and not quoted:
            items.append("")
        else:
            items[-1] += letter
    found = set()
    for item in items:
        head, named, rest = " ".join(item.split()).partition("CONSTRAINT ")
        column = re.sub(r" DEFAULT ('[^']*'|\d+)", "", head).strip()
        if column and rest:
            rest = re.sub(
                r"^(\w+) REFERENCES", rf"\1 FOREIGN KEY({column.split()[0]}) REFERENCES", rest
            )
        found |= {"".join(text.split()) for text in (column, named + rest) if text}
    return frozenset(found), "".join(sql[sql.rindex(")") :].split())


def test_every_constraint_has_a_name() -> None:
    for table in metadata.tables.values():
        for item in (*table.constraints, *table.indexes):
            assert item.name, (table.name, item)


@pytest.mark.parametrize("kind", [class_of(table) for table in TABLES])
def test_every_field_has_its_column(kind: Any) -> None:
    m = mapper(kind)
    assert set(m.columns) == set(metadata.tables[m.table].columns.keys())


def test_the_expected_revision_is_the_newest_file() -> None:
    known = known_revisions(MIGRATIONS)
    assert max(known) == EXPECTED


def test_opening_a_current_file_leaves_alembic_alone(clinic: Clinic) -> None:
    clinic.store.close()
    code = (
        "import sys; from pathlib import Path; from clinic_desk.store.opening import open_store;"
        "from tests.fakes.clock import FixedClock, CountingIds;"
        f"s = open_store(Path({str(clinic.path)!r}), Path({str(MIGRATIONS)!r}), FixedClock(),"
        "CountingIds()); s.queries.roster(); print('alembic' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=MIGRATIONS.parent,
    )
    assert done.stdout.strip() == "False"


def test_a_file_of_a_newer_program_is_refused(clinic: Clinic) -> None:
    clinic.store.close()
    clinic.sql("UPDATE alembic_version SET version_num = '9999'")
    before = clinic.path.read_bytes()
    with pytest.raises(Fault, match="newer Clinic Desk") as refused:
        clinic.open()
    assert refused.value.code == "newer_file"
    assert clinic.path.read_bytes() == before


def test_someone_elses_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with dbapi2.connect(str(path)) as other:
        other.execute("CREATE TABLE songs (title)")
    other.close()
    with pytest.raises(Fault, match="belongs to another program") as refused:
        open_store(path, MIGRATIONS, FixedClock(), CountingIds())
    assert refused.value.code == "foreign_file"


def test_what_is_not_a_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "letter.db"
    path.write_text("Dear Sir or Madam, " * 100)
    with pytest.raises(Fault, match="not a clinic's file") as refused:
        open_store(path, MIGRATIONS, FixedClock(), CountingIds())
    assert refused.value.code == "not_a_database"
    assert path.read_text().startswith("Dear Sir")


def test_missing_migrations_are_told(tmp_path: Path) -> None:
    with pytest.raises(Fault) as refused:
        open_store(tmp_path / "a.db", tmp_path / "nowhere", FixedClock(), CountingIds())
    assert refused.value.code == "no_migrations"


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER guard_doctor_insert",
        "CREATE TRIGGER extra AFTER INSERT ON appointment BEGIN SELECT 1; END",
    ],
)
def test_a_foreign_trigger_set_is_refused(clinic: Clinic, statement: str) -> None:
    clinic.store.close()
    clinic.sql(statement)
    with pytest.raises(Fault, match="changed by another program") as refused:
        clinic.open()
    assert refused.value.code == "foreign_triggers"


def test_triggers_of_an_older_program_of_ours_are_made_anew(clinic: Clinic) -> None:
    clinic.store.close()
    current = guards.statements()
    clinic.sql("DROP TRIGGER guard_status")
    rows = [row[0] for row in clinic.sql("SELECT sql FROM sqlite_master WHERE type = 'trigger'")]
    clinic.sql("UPDATE meta SET v = ? WHERE k = 'triggers'", (guards._digest(rows),))
    clinic.open()
    names = {row[0] for row in clinic.sql("SELECT name FROM sqlite_master WHERE type='trigger'")}
    assert "guard_status" in names
    assert len(names) == len(current)


def test_an_upgrade_backs_up_first_and_recreates_the_triggers(
    clinic: Clinic, tmp_path: Path
) -> None:
    clinic.add(visit("a"))
    clinic.store.close()
    rebuild = (
        "with op.batch_alter_table('room', recreate='always') as b:"
        " b.add_column(sa.Column('floor', sa.Text))"
    )
    migrations = next_migrations(tmp_path, rebuild)
    made = upgrade(clinic.path, migrations, NEXT)
    assert made is not None
    assert backup_revision(made) == EXPECTED
    assert clinic.sql("SELECT version_num FROM alembic_version") == [(NEXT,)]
    columns = [row[1] for row in clinic.sql("PRAGMA table_info(room)")]
    assert "floor" in columns
    assert clinic.sql("SELECT strict FROM pragma_table_list WHERE name = 'room'") == [(1,)]
    checks = clinic.sql("SELECT sql FROM sqlite_master WHERE name = 'room'")[0][0]
    assert "ck_room_capacity" in checks
    triggers = [row[0] for row in clinic.sql("SELECT sql FROM sqlite_master WHERE type='trigger'")]
    assert sorted(triggers) == sorted(guards.statements())
    assert clinic.sql("SELECT id FROM appointment") == [("a",)]


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(clinic: Clinic, tmp_path: Path) -> None:
    clinic.store.close()
    body = "op.execute('DELETE FROM counter'); op.execute('CREATE TABLE t (a'); "
    with pytest.raises(DBAPIError, match=r"incomplete input|syntax error"):
        upgrade(clinic.path, next_migrations(tmp_path, body), NEXT)
    assert clinic.sql("SELECT version_num FROM alembic_version") == [(EXPECTED,)]
    clinic.open()
    assert clinic.store.maintenance.verify() == []


NEXT = "9999"


def next_migrations(folder: Path, body: str) -> Path:
    """The real migrations and one more."""
    migrations = folder / "migrations"
    shutil.copytree(MIGRATIONS, migrations, ignore=shutil.ignore_patterns("__pycache__"))
    (migrations / "versions" / f"{NEXT}_next.py").write_text(
        "from alembic import op\nimport sqlalchemy as sa\n"
        f"revision = '{NEXT}'\ndown_revision = '{EXPECTED}'\n"
        "branch_labels = None\ndepends_on = None\n"
        f"def upgrade() -> None:\n    {body}\n"
    )
    return migrations


def upgrade(path: Path, migrations: Path, target: str) -> Path | None:
    from clinic_desk.store import backup
    from clinic_desk.store.upgrade import ensure_current

    now = FixedClock().now()
    return ensure_current(
        path,
        migrations,
        lambda label: backup.make(path, backup.backup_file(path, label, now)),
        target=target,
    )


def backup_revision(path: Path) -> str:
    connection = dbapi2.connect(str(path))
    try:
        return str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    finally:
        connection.close()


def open_as_nobody(path: str, answer: Any) -> None:
    if os.getuid() == 0:
        os.setgid(65534)
        os.setuid(65534)
    try:
        store = open_store(Path(path), MIGRATIONS, FixedClock(), CountingIds())
        with store.unit_of_work(Clinic.maria) as work:
            work.add(visit("late"), "booked")
            work.commit()
        answer.put("saved")
    except Fault as fault:
        answer.put((fault.code, fault.sentence))
    except BaseException as error:
        answer.put(repr(error))


def test_a_read_only_file_is_told_and_stays_as_it_is(clinic: Clinic, tmp_path: Path) -> None:
    clinic.add(visit("a"))
    clinic.store.close()
    for item in (*tmp_path.parents, tmp_path):
        if item.is_relative_to(Path("/tmp")) and item != Path("/tmp"):
            item.chmod(0o755)
    clinic.path.chmod(0o444)
    before = clinic.path.read_bytes()
    context = multiprocessing.get_context("fork")
    answer = context.Queue()
    child = context.Process(target=open_as_nobody, args=(str(clinic.path), answer))
    child.start()
    told = answer.get(timeout=90)
    child.join(20)
    assert told[0] in ("read_only", "cannot_open"), told
    assert clinic.path.read_bytes() == before
    clinic.path.chmod(0o644)
    tmp_path.chmod(0o755)
    clinic.open()
    assert clinic.get(Appointment, "a").id == "a"


def test_a_full_disk_is_told_and_nothing_is_lost(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    with clinic.store._writer.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")
    many = [visit(f"b{i}", 30 + 15 * i, 15, notes="x" * 4000) for i in range(100)]
    with pytest.raises(Fault, match="disk is full") as refused:
        clinic.add(*many)
    assert refused.value.code == "disk_full"
    with clinic.store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
    assert clinic.get(Appointment, "a").id == "a"
    clinic.add(visit("after", -60))
    assert clinic.store.maintenance.verify() == []


def test_a_file_that_is_kept_busy_is_told(clinic: Clinic) -> None:
    with clinic.store._writer.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 50")
    other = dbapi2.connect(str(clinic.path), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Fault) as refused:
        clinic.add(visit("a"))
    assert refused.value.code == "busy"
    other.execute("ROLLBACK")
    other.close()
    clinic.add(visit("a"))


def test_damage_is_told(clinic: Clinic) -> None:
    clinic.add(visit("a"))
    clinic.store.close()
    clinic.sql("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(clinic.path.read_bytes())
    for at in range(4096, len(content)):
        content[at] = 0x5A
    clinic.path.write_bytes(content)
    with pytest.raises(Fault) as refused:
        clinic.open()
    assert refused.value.code == "corrupt"
