"""Creating and upgrading the clinic's file.

Alembic takes 220 ms to import, so it stays out when the file's revision is the expected one.
A whole upgrade, triggers included, is one transaction, on a file that was backed up first.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool
from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.ids import Clock
from clinic_desk.store import guards
from clinic_desk.store.engine import connect
from clinic_desk.store.keys import StoreKey

EXPECTED = "0007"
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
    path: Path,
    migrations: Path,
    backup: Callable[[str], Path],
    *,
    target: str = EXPECTED,
    key: StoreKey | None = None,
    finish: Callable[[Connection], None] = lambda _: None,
) -> Path | None:
    """Brings the file to ``target``; answers the backup it made, if the file existed before.

    ``backup(label)`` must make and verify a copy. ``key`` encrypts a file that is not there yet.
    ``finish`` works in the transaction of the upgrade.
    Raises ``Fault``: "newer_file", "foreign_file", "foreign_triggers", "no_migrations", or what
    the disk says.
    """
    engine = _engine(path, key)
    try:
        with engine.connect() as connection:
            revision = file_revision(connection)
            if revision == target:
                if not guards.check(connection):
                    guards.recreate(connection)
                    connection.commit()
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
            with engine.connect() as connection:
                guards.check(connection)
            made = backup(f"before-{target}")
        with engine.connect() as connection:
            if _upgrade(connection, migrations, target, revision):
                finish(connection)
            connection.commit()
        return made
    finally:
        engine.dispose()


def _engine(path: Path, key: StoreKey | None) -> Engine:
    """Foreign keys are off while tables are rebuilt, and checked before the commit."""
    engine = create_engine(
        "sqlite://",
        module=dbapi2,
        creator=lambda: connect(path, write=True, foreign_keys=False, key=key),
        poolclass=NullPool,
    )
    event.listen(engine, "begin", lambda c: c.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _upgrade(connection: Connection, migrations: Path, target: str, before: str | None) -> bool:
    """False when another process was faster."""
    from alembic import command
    from alembic.config import Config

    if file_revision(connection) != before:
        guards.check(connection)
        return False
    guards.drop_all(connection)
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, target)
    if connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone() is not None:
        raise Fault(
            "upgrade_failed",
            "Upgrading the clinic's file would have broken its links, so it was left as it was. "
            "Please send the report of 'clinic-desk doctor' to your support.",
        )
    connection.exec_driver_sql(
        "INSERT INTO meta(k, v) VALUES (?, '1') ON CONFLICT(k) DO NOTHING", (guards.ROSTER_KEY,)
    )
    guards.recreate(connection)
    return True


def trail_begun(clock: Clock) -> Callable[[Connection], None]:
    """Lets the audit trail begin in a file that has none: its first entry seals the history so
    far, however long that is."""

    def finish(connection: Connection) -> None:
        from clinic_desk.store.audit_chain import PROGRAM, Head, begin, heads

        if heads(connection, Head(0, ""))[0] is None:
            begin(connection, PROGRAM, clock.now())

    return finish
