"""A disk with little room, that a test can fill and empty again."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, event

from clinic_desk.store.opening import ClinicStore

SIZE_MB = 16
"""The demo clinic takes half of it."""


class SmallDisk:
    """A file system of its own in memory. Where mounting one is not allowed, SQLite itself is told
    that its file may not grow, and each write that begins then meets its end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / "ballast"
        self._full = False
        folder.mkdir()
        mounting = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)],
            capture_output=True,
            check=False,
        )
        self.mounted = mounting.returncode == 0

    def close(self) -> None:
        if self.mounted:
            # lazily: a program that still ends may have a file open
            subprocess.run(["umount", "-l", str(self.folder)], check=True)

    def bound(self, store: ClinicStore) -> None:
        """Only needed where nothing could be mounted."""
        if not self.mounted:
            event.listen(store._writer, "begin", self._meet_the_end)

    def fill(self) -> None:
        """To the last byte."""
        self._full = True
        if not self.mounted:
            return
        with self._ballast.open("ab", buffering=0) as ballast:
            try:
                while True:
                    os.write(ballast.fileno(), b"\0" * 4096)
            except OSError as error:
                if error.errno != errno.ENOSPC:
                    raise

    def leave(self, room: int) -> None:
        """Full but for so many bytes."""
        self.fill()
        if self.mounted:
            os.truncate(self._ballast, max(0, self._ballast.stat().st_size - room))

    @contextmanager
    def bounded(self, path: Path) -> Iterator[None]:
        """Where nothing could be mounted, no file of this process grows beyond half of ``path``."""
        if self.mounted:
            yield
            return
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size // 2, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def make_room(self) -> None:
        self._full = False
        if self.mounted:
            self._ballast.unlink()

    def _meet_the_end(self, connection: Connection) -> None:
        if not self._full:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")
            return
        connection.exec_driver_sql("PRAGMA max_page_count = 1")
        connection.exec_driver_sql("CREATE TABLE ballast (bytes BLOB)")
        connection.exec_driver_sql(f"INSERT INTO ballast VALUES (zeroblob({SIZE_MB << 20}))")
