"""The second place of backups, at arm's length: every touch of it is done by a process that can be
given up. A share that hangs costs a process, never the program."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clinic_desk.domain.errors import Fault, Refusal

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

PATIENCE = 30.0
"""Seconds without a word from the place until it is given up."""

_WORDS = {
    2: "there is no such folder (is the share connected?)",
    13: "this computer may not write there",
    28: "its disk is full",
    30: "it may only be read",
    122: "there is no room left for this user",
}
"""By errno."""


def helper_command() -> tuple[str, ...]:
    """This very program, as the hands at the second place."""
    started = (sys.executable,) if getattr(sys, "frozen", False) else (
        sys.executable, "-m", "clinic_desk",
    )  # fmt: skip
    return (*started, "second-place")


def _environment() -> dict[str, str]:
    """The helper finds this very program, wherever the window was started from."""
    package = str(Path(__file__).resolve().parents[2])
    known = os.environ.get("PYTHONPATH", "")
    return {
        **os.environ,
        "PYTHONUTF8": "1",
        "PYTHONPATH": os.pathsep.join(part for part in (package, known) if part),
    }


class Hands:
    """One process at the second place, for as many jobs as the block needs. Raises
    ``Fault("second_place")`` with a sentence that names the folder."""

    def __init__(
        self, folder: str, *, command: tuple[str, ...] = (), patience: float = PATIENCE
    ) -> None:
        self._folder = folder
        self._patience = patience
        self._lines: queue.Queue[str | None] = queue.Queue()
        try:
            self._process = subprocess.Popen(
                list(command or helper_command()),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                encoding="utf-8",
                env=_environment(),
                start_new_session=True,
            )
        except OSError as error:
            raise self._fault(f"its helper did not start ({error.strerror or error})") from error
        self._reader = threading.Thread(target=self._read, name="second-place", daemon=True)
        self._reader.start()

    def __enter__(self) -> Hands:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """A process that hangs in the system cannot even be killed at once; nobody waits for it."""
        process = self._process
        with suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1.0)
        self._reader.join(timeout=1.0)
        if not self._reader.is_alive() and process.stdout is not None:
            process.stdout.close()

    def do(self, job: str, progress: Progress | None = None, **more: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"do": job, **more}) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise self._fault("its helper ended") from error
        while True:
            try:
                line = self._lines.get(timeout=self._patience)
            except queue.Empty:
                raise self._fault(f"it has not answered for {self._patience:.0f} seconds") from None
            if line is None:
                raise self._fault("its helper ended")
            told = _object(line)
            if "result" in told:
                return dict(told["result"])
            if "error" in told:
                words = _WORDS.get(int(told.get("errno", 0)), str(told["error"]))
                raise self._fault(words)
            if progress is not None and "done" in told:
                sentence = "Copying to the second place…"
                if not progress(int(told["done"]), max(1, int(told["total"])), sentence):
                    raise Refusal("stopped", "The backup was stopped before the second place.")

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(OSError, ValueError):
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(None)

    def _fault(self, why: str) -> Fault:
        return Fault(
            "second_place",
            f"The second place {self._folder} cannot be used: {why}. "
            "The copies on this computer go on.",
        )


def _object(line: str) -> dict[str, Any]:
    try:
        told = json.loads(line)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def same_disk(path: Path, device: int) -> bool:
    try:
        return path.parent.stat().st_dev == device
    except OSError:
        return False
