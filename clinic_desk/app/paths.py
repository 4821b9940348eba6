"""Where things are: the clinic's data folder, and the program's own resources and migrations.

The program runs from a checkout, from an installed wheel (which carries both folders below
``clinic_desk/_bundled``), and from a PyInstaller folder.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from clinic_desk.domain.errors import Fault

APP = "clinic-desk"
OTHERS = 0o077
"""The rights of a file that are not its owner's."""


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Everything of one clinic on this computer."""

    root: Path

    @property
    def database(self) -> Path:
        return self.root / "clinic.db"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def identity(self) -> Path:
        """Which desk this computer is; not part of a backup, so that a restored file on another
        computer does not make two desks one."""
        return self.root / "desk.json"

    def create(self) -> None:
        """For this user alone. Raises ``Fault("no_folder")`` when it cannot be made."""
        try:
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise Fault(
                "no_folder",
                f"The data folder {self.root} cannot be used ({error.strerror}). "
                "Choose another one with --data.",
            ) from error
        self._keep_private()

    def _keep_private(self) -> None:
        """What an older version, a copy or another umask left open to others is closed; a file
        that is not ours stays as it is. Windows keeps a profile's folders private by itself."""
        if os.name == "nt":
            return
        found = [path for name in ("clinic.db*", "desk.json") for path in self.root.glob(name)]
        for path in (*found, self.backups, self.logs):
            with suppress(OSError):
                mode = path.stat().st_mode
                if mode & OTHERS:
                    path.chmod(mode & ~OTHERS)

    def open_to_others(self) -> bool:
        """Whether other people of this computer may look into the folder itself."""
        return os.name != "nt" and self.root.exists() and bool(self.root.stat().st_mode & OTHERS)


def data_folder(chosen: Path | None = None) -> DataFolder:
    """``chosen`` (``--data``), or the user's own data folder."""
    if chosen is not None:
        return DataFolder(chosen.expanduser().resolve())
    import platformdirs

    return DataFolder(Path(platformdirs.user_data_dir(APP, appauthor=False)))


def resources() -> Path:
    return _own("resources")


def migrations() -> Path:
    return _own("migrations")


def _own(name: str) -> Path:
    """Raises ``Fault("incomplete")`` when the installation lacks the folder."""
    package = Path(__file__).resolve().parents[1]
    candidates = [package / "_bundled" / name, package.parent / name]
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        candidates.insert(0, Path(str(frozen)) / name)
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise Fault(
        "incomplete", f"The program's own files are incomplete (no {name}). Install it again."
    )
