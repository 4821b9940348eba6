"""Backups that anybody can read, after the clinic itself was encrypted: sealed or taken away."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlcipher3 import dbapi2

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.services.backup_ports import CopyState
from clinic_desk.services.encryption import SealedBackups
from clinic_desk.services.ports import Progress
from clinic_desk.store import backup, keys
from clinic_desk.store.backup_book import Book, Noted
from clinic_desk.store.conversion import overwrite, wipe
from clinic_desk.store.engine import read_only
from clinic_desk.store.faults import translated
from clinic_desk.store.keys import StoreKey
from clinic_desk.store.recoding import recode

if TYPE_CHECKING:
    from clinic_desk.store.second_place import Hands


def plain_backups(path: Path) -> list[Path]:
    """Of the clinic of ``path``; with them what was set aside as damaged."""
    return [item for item in _copies(path) if keys.is_plain(item)]


def sealed_backups(path: Path) -> int:
    return sum(keys.id_in(item) is not None for item in _copies(path))


def _copies(path: Path) -> Iterable[Path]:
    folder = backup.folder_of(path)
    for ending in (backup.SUFFIX, ".damaged"):
        yield from sorted(folder.glob(f"*{ending}"))


def seal(
    path: Path, key: StoreKey, now: datetime, progress: Progress | None = None
) -> SealedBackups:
    """Each under its own name, proved before it takes its place. One that cannot be read stays.
    Raises ``Refusal("stopped")`` between two of them."""
    book = Book(backup.folder_of(path))
    todo = plain_backups(path)
    failed = []
    for i, item in enumerate(todo):
        if progress is not None and not progress(i, len(todo), f"Encrypting {item.name}…"):
            raise Refusal("stopped", f"Stopped; {i} of {len(todo)} backups are encrypted.")
        try:
            with translated(item.parent):
                noted = _seal(item, key, now)
        except (Fault, dbapi2.Error):
            failed.append(item.name)
            continue
        book.note(item.name, noted)
    return SealedBackups(len(todo) - len(failed), tuple(failed))


def _seal(item: Path, key: StoreKey, now: datetime) -> Noted:
    told = item.stat()
    part = item.with_name(f"{item.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    try:
        with closing(read_only(item)) as source:
            recode(source, part, key)
        facts = backup.check(part)
        os.utime(part, ns=(told.st_atime_ns, told.st_mtime_ns))
        with item.open("rb+", buffering=0) as old:
            part.replace(item)
            backup.sync_folder(item.parent)
            overwrite(old, whole=True)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    made = item.stat()
    return Noted(made.st_size, made.st_mtime_ns, CopyState.GOOD, now, facts)


def seal_there(
    path: Path,
    hands: Hands,
    folder: str,
    own: str,
    key: StoreKey,
    now: datetime,
    progress: Progress | None,
) -> SealedBackups:
    """The copies at the second place. Each is fetched, sealed here and sent back under its own
    name; what it replaces there is overwritten. Raises ``Fault("second_place")``,
    ``Refusal("stopped")`` between two of them."""
    book, failed = Book(backup.folder_of(path)), []
    listed = hands.do("list", folder=folder, own=own).get("files", ())
    todo = [str(name) for name, _size, _at, plain in listed if plain]
    item = backup.folder_of(path) / f"{path.stem}-{os.getpid()}.fetched.restoring"
    item.parent.mkdir(parents=True, exist_ok=True)
    for i, name in enumerate(todo):
        words = f"Encrypting {name} at the second place…"
        if progress is not None and not progress(i, len(todo), words):
            raise Refusal("stopped", f"Stopped; {i} of {len(todo)} copies there are encrypted.")
        try:
            hands.do("fetch", source=str(Path(folder) / own / name), target=str(item))
            with translated(item.parent):
                noted = _seal(item, key, now)
            hands.do("send", source=str(item), name=name, folder=folder, own=own, overwrite=True)
            book.note(f"2/{name}", replace(noted, changed=-1))
        except (Fault, dbapi2.Error) as error:
            if isinstance(error, Fault) and error.code == "second_place":
                raise
            failed.append(name)
        finally:
            wipe(item)
    return SealedBackups(len(todo) - len(failed), tuple(failed))


def drop(path: Path) -> int:
    """Overwrites and deletes the plain ones."""
    gone = plain_backups(path)
    for item in gone:
        for end in ("-wal", "-shm"):
            wipe(item.with_name(item.name + end))
        wipe(item)
    Book(backup.folder_of(path)).forget([item.name for item in gone])
    return len(gone)
