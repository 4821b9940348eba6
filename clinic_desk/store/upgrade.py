"""Creating and upgrading the clinic's file.

Alembic takes 220 ms to import and SQLAlchemy 70, so they stay out when the file's revision is the
expected one.
A whole upgrade, triggers included, is one transaction, on a file that was backed up first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.store import guards
from clinic_desk.store.engine import Connection, connect

if TYPE_CHECKING:
    from sqlalchemy import Connection as SqlAlchemyConnection

EXPECTED = "0003"
"""The schema revision that this program works with; equals the newest file in migrations/."""

NEWER = (
    "This clinic's file was last used by a newer Clinic Desk (its format is {found}, this program "
    "knows {known}). Update the program on this computer; nothing was changed."
)


def file_revision(connection: Connection) -> str | None:
    """The schema revision in the file; None for an empty file.

    Raises ``Fault("foreign_file")`` when the file has tables of some other program.
    """
    names = {
        row[0]
        for row in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type='table'")
    }
    if not names:
        return None
    if "alembic_version" not in names:
        raise Fault(
            "foreign_file",
            "This file belongs to another program, not to Clinic Desk. Choose another folder.",
        )
    found = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return None if found is None else str(found)


def known_revisions(migrations: Path) -> frozenset[str]:
    """Revision ids in the migration folder, read without Alembic."""
    found = set()
    for script in (migrations / "versions").glob("*.py"):
        match = re.search(r"^revision\b.*?= *[\"'](\w+)[\"']", script.read_text("utf-8"), re.M)
        if match:
            found.add(match.group(1))
    return frozenset(found)


def ensure_current(
    path: Path, migrations: Path, backup: Callable[[str], Path], *, target: str = EXPECTED
) -> Path | None:
    """Brings the file to ``target``; answers the backup it made, if the file existed before.

    ``backup(label)`` must make and verify a copy. Raises ``Fault``: "newer_file",
    "foreign_file", "foreign_triggers", "no_migrations", or what the disk says.
    """
    with _alone(path) as connection, connection.begin():
        revision = file_revision(connection)
        if revision == target:
            if not guards.check(connection):
                guards.recreate(connection)
            return None
    if revision is not None and revision not in known_revisions(migrations):
        raise Fault("newer_file", NEWER.format(found=revision, known=target))
    if not (migrations / "env.py").is_file():
        raise Fault(
            "no_migrations",
            "The program's own files are incomplete (no migrations). Install it again.",
        )
    if revision is None:
        made = None
    else:
        with _alone(path) as connection:
            guards.check(connection)
        made = backup(f"before-{target}")
    _upgrade(path, migrations, target, revision)
    return made


@contextmanager
def _alone(path: Path) -> Iterator[Connection]:
    driver = _connect(path)
    try:
        yield Connection(driver)
    finally:
        driver.close()


def _connect(path: Path) -> Any:
    """Foreign keys are off while tables are rebuilt, and checked before the commit."""
    return connect(path, write=True, foreign_keys=False)


def _upgrade(path: Path, migrations: Path, target: str, before: str | None) -> None:
    from sqlalchemy import create_engine, event
    from sqlalchemy.exc import DBAPIError
    from sqlalchemy.pool import NullPool

    engine = create_engine(
        "sqlite://", module=dbapi2, creator=lambda: _connect(path), poolclass=NullPool
    )
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    try:
        with engine.begin() as theirs:
            ours = Connection(theirs.connection.driver_connection)
            if file_revision(ours) == before:
                _run_migrations(theirs, ours, migrations, target)
            else:  # another process was faster
                guards.check(ours)
    except DBAPIError as error:  # the driver's own is what ``faults`` knows
        raise (error.orig or error) from error
    finally:
        engine.dispose()


def _run_migrations(
    theirs: SqlAlchemyConnection, ours: Connection, migrations: Path, target: str
) -> None:
    """Both are the same connection, in one transaction."""
    from alembic import command
    from alembic.config import Config

    guards.drop_all(ours)
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = theirs
    command.upgrade(config, target)
    if ours.exec_driver_sql("PRAGMA foreign_key_check").fetchone() is not None:
        raise Fault(
            "upgrade_failed",
            "Upgrading the clinic's file would have broken its links, so it was left as it was. "
            "Please send the report of 'clinic-desk doctor' to your support.",
        )
    ours.exec_driver_sql(
        "INSERT INTO meta(k, v) VALUES (?, '1') ON CONFLICT(k) DO NOTHING", (guards.ROSTER_KEY,)
    )
    guards.recreate(ours)
