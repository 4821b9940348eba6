"""The file of metrics of one process, among others that work on the same clinic.

Two that write one file would have its counters go back and forth. The first one has the plain
name, the next one a number in it; who is there is told by a lock, which ends with its process.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

MOST = 16
"""Processes of one kind that write at once."""


class MetricsFile:
    """``name`` of the file in ``folder``; ``kind`` of the process ("window", "reminders")."""

    def __init__(self, folder: Path, name: str, kind: str) -> None:
        self._folder, self._name, self._kind = folder, name, kind
        self._lock: int | None = None
        self._number = 1

    @property
    def path(self) -> Path:
        first = self._folder / self._name
        return first if self._number == 1 else first.with_stem(f"{first.stem}-{self._number}")

    @property
    def process(self) -> str:
        """ "window", "window-2"."""
        return self._kind if self._number == 1 else f"{self._kind}-{self._number}"

    def take(self) -> None:
        """The first free name, from the first call on. Raises ``OSError``."""
        if self._lock is not None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, MOST + 1):
            self._number = number
            lock = os.open(self._folder / f".{self.path.name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
            if _locked(lock):
                self._lock = lock
                return
            os.close(lock)
        self._number = 1
        raise OSError("too many programs write metrics here")

    def leave(self) -> None:
        """The name is free. The first one's last file stays; another's would tell for ever what
        nobody counts any more."""
        if self._lock is None:
            return
        if self._number > 1:
            with suppress(OSError):
                self.path.unlink(missing_ok=True)
        os.close(self._lock)
        self._lock, self._number = None, 1


class Named:
    """A registry whose values say which process has counted them: collectors take the same value
    under the same labels once only, from however many files."""

    def __init__(self, registry: Any, process: str) -> None:
        self._registry, self._process = registry, process

    def collect(self) -> Iterator[Any]:
        for metric in self._registry.collect():
            metric.samples = [
                one._replace(labels={**one.labels, "process": self._process})
                for one in metric.samples
            ]
            yield metric


def _locked(lock: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
