"""Files that many tests begin with: made by whichever process needs them first, copied by all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

SHARED = "CLINIC_DESK_TESTS_SHARED"
"""Names the folder of the whole run; ``tests/conftest.py`` sets it, workers inherit it."""


@cache
def _shared() -> Path:
    """Without one, as in a program that a test starts with an environment of its own, this
    process makes everything for itself."""
    folder = Path(os.environ.get(SHARED) or tempfile.mkdtemp(prefix="clinic-desk-once-"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def once(name: str, make: Callable[[Path], None]) -> Path:
    """The folder ``name``, filled by ``make`` when nobody has done so in this run. What lies in it
    is only read: a test works on a copy."""
    folder = _shared() / name
    if folder.exists():
        return folder
    with (_shared() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            half = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_shared()))
            make(half)
            half.rename(folder)
    return folder
