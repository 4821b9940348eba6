"""Files to measure on, built once and kept under ``build/bench/``.

A file's name holds its parameters and a hash of what decides its content (the builder, the
migrations, the triggers), so a changed schema builds a new file and an old one is never measured.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clinic_desk.store import folding, guards
from clinic_desk.store.opening import ClinicStore, open_store
from clinic_desk.store.upgrade import EXPECTED
from tests.benchmarks import data
from tests.fakes.clock import CountingIds, FixedClock

DEFAULT_FOLDER = Path("build") / "bench"
KEPT_EMPTY = ".partial"


def _stamp() -> str:
    """Changes with everything that decides what the built file holds."""
    sources = [Path(data.__file__), Path(folding.__file__), Path(guards.__file__)]
    sources += sorted((data.MIGRATIONS / "versions").glob("*.py"))
    text = b"".join(path.read_bytes() for path in sources)
    return f"{EXPECTED}-{hashlib.sha256(text).hexdigest()[:10]}"


def large(
    folder: Path = DEFAULT_FOLDER,
    *,
    appointments: int = 1_000_000,
    patients: int = 200_000,
    doctors: int = 50,
) -> Path:
    """The large clinic; about 80 seconds when it is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    kind = f"clinic-{appointments}-{patients}-{doctors}"
    path = folder / f"{kind}-{_stamp()}.db"
    if path.exists():
        return path
    for outdated in folder.glob(f"{kind}-*.db"):
        remove(outdated)
    partial = path.with_suffix(KEPT_EMPTY)
    remove(partial)
    data.build(partial, appointments=appointments, patients=patients, doctors=doctors)
    partial.rename(path)
    return path


def remove(path: Path) -> None:
    """With what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator[ClinicStore]:
    """The store on that file, at the builder's morning."""
    store = open_store(
        path, data.MIGRATIONS, FixedClock(data.NOW), CountingIds(10**9), desk_id="desk-0"
    )
    try:
        yield store
    finally:
        store.close()


@contextmanager
def copied(path: Path, folder: Path) -> Iterator[Path]:
    """A copy to write into, removed afterwards."""
    copy = folder / f"copy-of-{path.name}"
    remove(copy)
    shutil.copyfile(path, copy)
    try:
        yield copy
    finally:
        remove(copy)
