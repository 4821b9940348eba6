"""From ``exec`` to a painted day with its visits, against a bare window on the same libraries.

Each start is a new process, floor and program in turns; times count from before the process is
made, on the system's monotonic clock. The files are in the system's cache ("warm disk"), as after
the first start of the day.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.benchmarks.results import Result, Turns, against_floor, within

ROUNDS = 15
BARE = "tests.benchmarks.start_bare"
PROGRAM = "tests.benchmarks.start_program"


def environment(out: Path) -> dict[str, str]:
    """Compiled modules are kept, as in every installation, but beside the measurements; the first
    rounds compile them, for the floor and the program alike."""
    found = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return found | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(out / "pycache")}


def started(module: str, target: Path, env: dict[str, str]) -> float:
    """Milliseconds until the child said that it had painted."""
    command = [sys.executable, "-m", module, str(time.monotonic_ns()), str(target)]
    done = subprocess.run(command, env=env, check=True, capture_output=True, text=True, timeout=120)
    return float(done.stdout.split()[-1])


def clinic(folder: Path) -> Path:
    """A demo clinic with visits today."""
    command = [sys.executable, "-m", "clinic_desk", "demo", "--no-window", "--data", str(folder)]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


def run(out: Path) -> list[Result]:
    with tempfile.TemporaryDirectory(dir=out) as made:
        data, env = clinic(Path(made) / "clinic"), environment(out.resolve())
        floors: list[float] = []
        taken: list[float] = []
        for number in range(ROUNDS + 2):
            floors.append(started(BARE, data / "clinic.db", env))
            taken.append(started(PROGRAM, data, env))
            if number < 2:  # the first two fill the system's cache
                floors.clear()
                taken.clear()
    turns = Turns(tuple(floors), tuple(taken))
    return [
        against_floor("start to a usable day", turns, times=2),
        within("start to a usable day, budget", taken, 2000, at="p95"),
    ]
