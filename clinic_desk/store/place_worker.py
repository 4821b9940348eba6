"""The hands at the second place: a process of its own, because a network share that hangs takes
whoever touches it along, beyond any timeout. It reads one job (JSON) per line and answers in lines:
``{"done": …, "total": …}`` while it works, then ``{"result": …}`` or ``{"error": …}``.

Nothing but the standard library: it must start at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, TextIO

CHUNK = 1 << 20
OWNER_ONLY = 0o600
LEFTOVER_SECONDS = 86_400
PLAIN = b"SQLite format 3\x00"
"""How a copy begins that anybody can read."""

Tell = Callable[[int, int], None]


def serve(jobs: TextIO, answers: TextIO) -> None:
    """Until there are no more jobs."""

    def say(words: object) -> None:
        answers.write(json.dumps(words) + "\n")
        answers.flush()

    for line in jobs:
        try:
            job = json.loads(line)
            result = _JOBS[job["do"]](job, lambda done, total: say({"done": done, "total": total}))
        except OSError as error:
            say({"error": error.strerror or str(error), "errno": error.errno or 0})
        except (ValueError, KeyError) as error:
            say({"error": str(error), "errno": 0})
        else:
            say({"result": result})


def _test(job: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    """Writes, syncs, reads back and removes 64 kB."""
    folder = Path(job["folder"])
    _there(folder)
    probe = folder / f".clinic-desk-{os.getpid()}.part"
    content = os.urandom(65_536)
    try:
        with _Created(probe) as number:
            os.write(number, content)
            os.fsync(number)
        _forget(probe)
        if probe.read_bytes() != content:
            raise ValueError("what was written there reads back as something else")
    finally:
        with suppress(OSError):
            probe.unlink(missing_ok=True)
    return _facts(folder)


def _list(job: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    folder, own = Path(job["folder"]), Path(job["folder"]) / job["own"]
    _there(folder)
    files = []
    if own.is_dir():
        for item in sorted(own.iterdir()):
            if item.is_file() and not item.name.startswith("."):
                told = item.stat()
                with item.open("rb") as file:
                    plain = file.read(len(PLAIN)) == PLAIN
                files.append([item.name, told.st_size, told.st_mtime_ns, plain])
    return {**_facts(folder), "files": files}


def _send(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Under a temporary name, synced, read back, and only then by its own name."""
    folder, source = Path(job["folder"]), Path(job["source"])
    _there(folder)
    own = folder / job["own"]
    own.mkdir(mode=0o700, exist_ok=True)
    _clear(own)
    name = Path(job.get("name") or source).name
    target = own / name
    partial = own / f".{name}.{os.getpid()}.part"
    try:
        sent = _copy(source, partial, tell, 2)
        _forget(partial)
        if _digest(partial, tell) != sent:
            raise ValueError("the copy there reads back as something else")
        with _Old(target) if job.get("overwrite") else nullcontext():
            partial.replace(target)
            _sync_folder(own)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return {"path": str(target)}


def _fetch(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    source, target = Path(job["source"]), Path(job["target"])
    partial = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        _copy(source, partial, tell, 1)
        partial.replace(target)
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return {"path": str(target)}


def _remove(job: dict[str, Any], _tell: Tell) -> dict[str, Any]:
    own = Path(job["folder"]) / job["own"]
    for name in job["names"]:
        target = own / Path(name).name
        with _Old(target) if job.get("overwrite") else nullcontext():
            target.unlink(missing_ok=True)
    return {}


_JOBS: dict[str, Callable[[dict[str, Any], Tell], dict[str, Any]]] = {
    "test": _test,
    "list": _list,
    "send": _send,
    "fetch": _fetch,
    "remove": _remove,
}


def _there(folder: Path) -> None:
    """A share that is not mounted is often an empty folder of its name, or none: none is made."""
    if not folder.is_dir():
        raise FileNotFoundError(2, "there is no such folder")


def _facts(folder: Path) -> dict[str, Any]:
    return {"free": shutil.disk_usage(folder).free, "device": folder.stat().st_dev}


class _Old:
    """A file that loses its name inside the block, and is overwritten then, as well as its disk
    does that; a computer that lets go of no open name has it overwritten first."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: Any = None

    def __enter__(self) -> None:
        with suppress(FileNotFoundError):
            self._file = self._path.open("rb+", buffering=0)
        if os.name == "nt":
            self._end()

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._end()
        elif self._file is not None:
            self._file.close()

    def _end(self) -> None:
        file, self._file = self._file, None
        if file is None:
            return
        with file, suppress(OSError):
            for _ in range(-(-os.fstat(file.fileno()).st_size // CHUNK)):
                file.write(bytes(CHUNK))
            os.fsync(file.fileno())


class _Created:
    """A new file for its owner alone."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)

    def __enter__(self) -> int:
        return self._number

    def __exit__(self, *_: object) -> None:
        os.close(self._number)


def _copy(source: Path, target: Path, tell: Tell, rounds: int) -> str:
    digest, done = hashlib.sha256(), 0
    with source.open("rb") as file, _Created(target) as number:
        total = os.fstat(file.fileno()).st_size * rounds
        for piece in _pieces(file):
            digest.update(piece)
            view = memoryview(piece)
            while view:
                view = view[os.write(number, view) :]
            done += len(piece)
            tell(done, total)
        os.fsync(number)
    return digest.hexdigest()


def _digest(path: Path, tell: Tell) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        done = size
        for piece in _pieces(file):
            digest.update(piece)
            done += len(piece)
            tell(done, 2 * size)
    return digest.hexdigest()


def _pieces(file: Any) -> Iterator[bytes]:
    while piece := file.read(CHUNK):
        yield piece


def _forget(path: Path) -> None:
    """So that it is read from the disk, not from memory; where the system offers no such thing,
    the comparison still finds what went wrong on the way."""
    advise = getattr(os, "posix_fadvise", None)
    if advise is not None:
        with path.open("rb") as file:
            advise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _clear(own: Path) -> None:
    """What a process that was killed left behind; one still under way is younger."""
    for item in own.glob(".*.part"):
        with suppress(OSError):
            if item.stat().st_mtime < _now(own) - LEFTOVER_SECONDS:
                item.unlink(missing_ok=True)


def _now(own: Path) -> float:
    """By the clock of that place, which its files go by."""
    mark = own / f".now-{os.getpid()}.part"
    mark.touch()
    try:
        return mark.stat().st_mtime
    finally:
        mark.unlink(missing_ok=True)


def main() -> int:
    serve(sys.stdin, sys.stdout)
    return 0
