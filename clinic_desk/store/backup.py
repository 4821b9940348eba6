"""Backups: made while the program works, opened and checked before they count.

A copy is sealed with the key of its original. Only where a backup is to take the place of a file of
another kind (a plain one of an encrypted clinic's, say) is it written anew under the other's key.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.store.engine import bare, connect, read_only
from clinic_desk.store.faults import translated
from clinic_desk.store.keys import StoreKey, key_of

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress
    from clinic_desk.store.backup_facts import Facts

FOLDER = "backups"
SUFFIX = ".clinicdesk"
DAMAGED = frozenset({"corrupt", "not_a_database", "bad_backup", "no_key"})
"""Fault codes of a live file of which no good copy can be made; nor can it of one whose key is
lost."""
LEFTOVER_SECONDS = 86_400
_OWNER = re.compile(r"[-.](\d+)\.(?:fetched\.)?(?:part|restoring)")
STEP = 256
"""Pages copied at a time, 1 MB: between two steps the copy can be stopped."""


def folder_of(path: Path) -> Path:
    return path.parent / FOLDER


def backup_file(path: Path, label: str, now: datetime, suffix: str = SUFFIX) -> Path:
    """A name in the backup folder that no file has yet."""
    stem = f"{path.stem}-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{label}"
    chosen = folder_of(path) / f"{stem}{suffix}"
    number = 1
    while chosen.exists():
        number += 1
        chosen = folder_of(path) / f"{stem}-{number}{suffix}"
    return chosen


def make(path: Path, target: Path, progress: Progress | None = None) -> Path:
    """Copies the live file to ``target`` and checks the copy; raises ``Fault`` and leaves no half
    file behind. An existing target is replaced only by a copy that passed. ``progress`` is told
    the share of the pages; when it asks to stop, ``Refusal("stopped")`` is raised."""
    if _live_files(path) & {target.resolve()}:
        raise Refusal(
            "same_file", f"{target} is the clinic's own file; choose another name for the copy."
        )
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    with translated(target.parent):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            partial.unlink(missing_ok=True)
            partial.touch()
            source = connect(path, write=False)
            try:
                # one snapshot: a copy made in steps would begin anew after every foreign commit
                source.execute("BEGIN")
                wanted = _facts_of(source)
                copy = bare(partial, key_of(path))
                try:
                    source.backup(copy, pages=STEP, progress=_steps(progress), sleep=0.0)
                    copy.execute("PRAGMA journal_mode = DELETE").fetchall()
                finally:
                    copy.close()
            finally:
                source.close()
            if progress is not None and not progress(1, 2, "Checking the copy…"):
                raise _stopped()
            if check(partial) != wanted:
                raise _bad(partial)
            _sync(partial)
            partial.replace(target)
            sync_folder(target.parent)
        except OSError as error:
            raise Fault(
                "backup_failed",
                f"The backup could not be written to {target.parent} "
                f"({error.strerror or error}). Choose another folder.",
            ) from error
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    return target


def _steps(progress: Progress | None) -> Callable[[int, int, int], None] | None:
    if progress is None:
        return None

    def step(_state: int, left: int, whole: int) -> None:
        if not progress(whole - left, 2 * whole, "Copying the clinic’s file…"):
            raise _stopped()

    return step


def _stopped() -> Refusal:
    return Refusal("stopped", "The backup was stopped; nothing of it was kept.")


def _bad(path: Path) -> Fault:
    return Fault(
        "bad_backup",
        f"The backup {path.name} is damaged or not a clinic's file, so it was not used. "
        "Choose an older one.",
    )


def _facts_of(source: Any) -> Facts | None:
    """None where the file is not ours or too damaged to say; the check of the copy then fails."""
    from clinic_desk.store.backup_facts import read_facts  # no part of the start

    try:
        return read_facts(source)
    except (dbapi2.DatabaseError, LookupError):
        return None


def check(path: Path) -> Facts:
    """What the copy holds. Raises ``Fault("bad_backup")`` unless the file is whole and one of
    ours, "no_key" or "locked_store" when its key cannot be had."""
    from clinic_desk.store.backup_facts import read_facts  # no part of the start

    try:
        connection = read_only(path)
        try:
            whole = connection.execute("PRAGMA integrity_check(1)").fetchone()[0] == "ok"
            facts = read_facts(connection)
        finally:
            connection.close()
    except (dbapi2.Error, LookupError) as error:
        raise _bad(path) from error
    if not whole:
        raise _bad(path)
    return facts


def check_source(path: Path, source: Path) -> None:
    """Raises unless ``source`` is a whole backup, and not the clinic's own file."""
    if not source.is_file():
        raise Fault("no_backup", f"There is no backup at {source}. Choose another file.")
    if _live_files(path) & {source.resolve()}:
        raise Refusal("same_file", f"{source} is the clinic's own file; choose a backup.")
    check(source)


@contextmanager
def staged(path: Path, source: Path) -> Iterator[Path]:
    """A copy of ``source`` beside the backups, to be upgraded and judged before it counts. It is
    sealed as the clinic's file is: what a plain backup holds is not plain again in its place."""
    copy = folder_of(path) / f"{path.stem}-{os.getpid()}.restoring"
    try:
        wanted = _key_wanted(path, source)
        if wanted == key_of(source):
            yield make(source, copy)
        else:
            yield _made_anew(source, copy, wanted)
    finally:
        for name in _live_files(copy):
            with suppress(OSError):
                name.unlink(missing_ok=True)


def _key_wanted(path: Path, source: Path) -> StoreKey | None:
    """That of the clinic's file; of the backup where there is no such file, or no key to it."""
    if not path.exists():
        return key_of(source)
    try:
        with closing(connect(path, write=False)) as live:
            live.execute("SELECT 1 FROM sqlite_master").fetchone()
    except (Fault, dbapi2.DatabaseError):
        return key_of(source)
    return key_of(path)


def _made_anew(source: Path, copy: Path, key: StoreKey | None) -> Path:
    from clinic_desk.store.recoding import recode  # seldom needed

    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.unlink(missing_ok=True)
    with closing(read_only(source)) as opened:
        recode(opened, copy, key)
    check(copy)
    return copy


def _live_files(path: Path) -> set[Path]:
    whole = path.resolve()
    return {whole, *(whole.with_name(whole.name + end) for end in ("-wal", "-shm", "-journal"))}


def latest(path: Path) -> datetime | None:
    """When the newest backup in the folder was made that nobody found damaged, aware UTC."""
    from clinic_desk.store.backup_book import listed  # no part of the start

    sound = (copy.made_at for copy in listed(folder_of(path)) if copy.state != "bad")
    return next(sound, None)


def leftovers(path: Path) -> list[Path]:
    """What a program that was killed left behind: files of a process that is gone, and old ones.
    A copy still under way is neither."""
    old = datetime.now(UTC).timestamp() - LEFTOVER_SECONDS
    folder = folder_of(path)
    beside = path.parent.glob(f"{path.name}.restored*")
    found = []
    for item in (*folder.glob("*.part*"), *folder.glob("*.restoring*"), *beside):
        with suppress(OSError):
            if _owner_is_gone(item.name) or item.stat().st_mtime <= old:
                found.append(item)
    return found


def clear_leftovers(path: Path) -> list[Path]:
    """Answers what went."""
    gone = leftovers(path)
    for item in gone:
        with suppress(OSError):
            item.unlink(missing_ok=True)
    return gone


def _owner_is_gone(name: str) -> bool:
    from clinic_desk.store.processes import running  # no part of the start

    found = _OWNER.search(name)
    return found is not None and not running(int(found.group(1)))


def _sync(path: Path) -> None:
    with path.open("rb+") as handle:
        os.fsync(handle.fileno())


def sync_folder(folder: Path) -> None:
    """So that a name given there outlives a power failure; where folders cannot be synced, the
    name is as safe as the system makes it."""
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
