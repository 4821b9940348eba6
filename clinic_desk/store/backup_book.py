"""What is known of the backups in a folder: when each was looked through, and what was found. A
file beside them; without it they are as good, only nobody has looked."""

from __future__ import annotations

import json
import os
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import RLock
from typing import Any

from clinic_desk.services.backup_ports import (
    HERE,
    BackupCopy,
    BackupPlan,
    CopyState,
    Kept,
)
from clinic_desk.store.backup_facts import Facts, read_facts
from clinic_desk.store.backup_plan import SUFFIX, order, parsed
from clinic_desk.store.engine import read_only
from clinic_desk.store.keys import is_plain

BOOK, PLAN = ".checked.json", ".plan.json"
OWNER_ONLY = 0o600

_lock = RLock()


@dataclass(frozen=True, slots=True)
class Noted:
    """``size`` and ``changed`` (nanoseconds, -1 for not asked) tell whether it is still the file
    that was looked at."""

    size: int
    changed: int
    state: CopyState
    at: datetime
    facts: Facts | None


class Book:
    """``folder`` is where the backups lie; the second place's are noted here as well, by "2/" and
    their name."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def note(self, key: str, noted: Noted) -> None:
        with _lock:
            entries = self._read()
            entries[key] = {
                "size": noted.size,
                "changed": noted.changed,
                "state": noted.state.value,
                "at": noted.at.isoformat(),
                "facts": noted.facts.as_json() if noted.facts is not None else None,
            }
            self._write(entries)

    def forget(self, keys: list[str]) -> None:
        with _lock:
            entries = self._read()
            if any(entries.pop(key, None) is not None for key in keys):
                self._write(entries)

    def entries(self) -> dict[str, Noted]:
        found = {}
        for key, told in self._read().items():
            try:
                found[key] = Noted(
                    int(told["size"]),
                    int(told["changed"]),
                    CopyState(told["state"]),
                    datetime.fromisoformat(told["at"]).astimezone(UTC),
                    Facts.from_json(told.get("facts")),
                )
            except (KeyError, TypeError, ValueError):
                continue
        return found

    def _read(self) -> dict[str, Any]:
        return read_json(self._folder / BOOK)

    def _write(self, entries: dict[str, Any]) -> None:
        with suppress(OSError):  # the copies are as good without
            write_json(self._folder / BOOK, entries)


def read_json(path: Path) -> dict[str, Any]:
    """Empty where there is no such file, or it holds something else."""
    try:
        told = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return told if isinstance(told, dict) else {}


def write_json(path: Path, content: object) -> None:
    """All or nothing, synced. Raises ``OSError``."""
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY)
        with os.fdopen(number, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def note_good(copy: Path, at: datetime) -> None:
    """Of a copy in a backup folder that was found whole a moment ago."""
    with closing(read_only(copy)) as connection:
        facts = read_facts(connection)
    told = copy.stat()
    Book(copy.parent).note(
        copy.name, Noted(told.st_size, told.st_mtime_ns, CopyState.GOOD, at, facts)
    )


def listed(folder: Path) -> tuple[BackupCopy, ...]:
    """The backups of a folder on this computer, newest first."""
    files = []
    with suppress(OSError):
        for item in folder.iterdir():
            if item.name.endswith(SUFFIX) and not item.name.startswith("."):
                with suppress(OSError):
                    told = item.stat()
                    files.append((item.name, told.st_size, told.st_mtime_ns, is_plain(item)))
    return described(files, folder, Book(folder).entries(), HERE)


def described(
    files: list[tuple[str, int, int, bool]], folder: Path, entries: dict[str, Noted], place: str
) -> tuple[BackupCopy, ...]:
    """(name, bytes, changed in nanoseconds, plain) as backups, newest first. A file that somebody
    named otherwise is as old as its content."""
    made = []
    for name, size, changed, plain in files:
        if not name.endswith(SUFFIX):
            continue
        at, why = parsed(name) or (datetime.fromtimestamp(changed / 1e9, UTC), "")
        copy = BackupCopy(str(folder / name), name, at, why, size, place=place, plain=plain)
        noted = entries.get(name if place == HERE else f"2/{name}")
        if noted is not None and noted.size == size and noted.changed in (changed, -1):
            copy = with_noted(copy, noted)
        made.append(copy)
    return tuple(sorted(made, key=order, reverse=True))


def with_noted(copy: BackupCopy, noted: Noted) -> BackupCopy:
    facts = noted.facts
    return replace(
        copy,
        state=noted.state,
        checked_at=noted.at,
        counts=dict(facts.counts) if facts is not None else {},
        events=facts.events if facts is not None else 0,
        newest=facts.newest if facts is not None else None,
        trail=facts.trail if facts is not None else 0,
    )


def remember_plan(folder: Path, plan: BackupPlan, own: str) -> None:
    """For when the clinic's file, which holds the settings, cannot be read. ``own`` is the
    clinic's folder at the second place."""
    known, _ = remembered_plan(folder)
    if known == plan and remembered_own(folder) == own:
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        write_json(folder / PLAN, {**asdict(plan), "own": own})


def remembered_plan(folder: Path) -> tuple[BackupPlan, bool]:
    """The plan that was last in force, and whether there was one."""
    told = read_json(folder / PLAN)
    try:
        kept = Kept(**{name: int(n) for name, n in dict(told["kept"]).items()})
        plan = BackupPlan(int(told["minutes"]), bool(told["at_exit"]), str(told["second"]), kept)
    except (KeyError, TypeError, ValueError):
        return BackupPlan(), False
    return plan, True


def remembered_own(folder: Path) -> str:
    return str(read_json(folder / PLAN).get("own") or "")
