"""No program path, process or crash can put two visits in one place, nor lose one that was
acknowledged: eight processes on one file, then the same while they are killed.

`make test` runs a short form; `make soak` runs 20,000 attempts and 200 kills; each on a plain
file and on an encrypted one.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desk.store import keys
from tests.soak.clinic import ROOT, build, encrypt, open_clinic, overlaps, rows

PROCESSES = 8
SOAK = bool(os.environ.get("CLINIC_DESK_SOAK"))


def start(folder: Path, name: str, attempts: int, seed: int) -> subprocess.Popen[bytes]:
    key = keys.key_of(folder / "clinic.db")
    with (folder / f"{name}.err").open("wb") as errors:
        worker = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.soak.worker",
                str(folder),
                name,
                str(attempts),
                str(seed),
            ],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stderr=errors,
        )
    assert worker.stdin is not None
    worker.stdin.write(f"{key.secret() if key is not None else ''}\n".encode())
    worker.stdin.close()
    return worker


def complaint(folder: Path, name: str) -> str:
    return (folder / f"{name}.err").read_text(encoding="utf-8")


def notes(folder: Path) -> list[list[str]]:
    # A killed process may leave half a line: it had not acknowledged anything by it.
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.log"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.endswith("]")
    ]


def check(folder: Path) -> Counter[str]:
    """The invariants: no overlap, each acknowledged word kept, the store proves itself."""
    table = rows(folder)
    assert overlaps(table) == []
    by_id = {str(row["id"]): row for row in table}
    said = notes(folder)
    last: dict[str, list[str]] = {}
    for note in said:
        if note[0] in ("booked", "moved", "cancelled"):
            last[note[1]] = note
    unacknowledged = 0
    for appointment_id, note in last.items():
        row = by_id.get(appointment_id)
        assert row is not None, f"{appointment_id} was acknowledged and is gone"
        assert row["deleted_at"] is None
        if note[0] == "cancelled":
            assert row["status"] == "cancelled"
        elif row["status"] == "cancelled" or f"{row['doctor_id']}@{row['start_at']}" != note[2]:
            # Only a commit whose acknowledgement died with its process may be newer than the
            # last word: the killed command itself. Its event must be there.
            unacknowledged += 1
    store = open_clinic(folder)
    try:
        assert store.maintenance.verify() == []
    finally:
        store.close()
    counts = Counter(note[0] for note in said)
    counts["newer than the last word"] = unacknowledged
    return counts


def run_all(folder: Path, attempts: int) -> None:
    each = attempts // PROCESSES
    workers = {f"w{n}": start(folder, f"w{n}", each, seed=n) for n in range(PROCESSES)}
    for name, worker in workers.items():
        assert worker.wait(timeout=3000) == 0, complaint(folder, name)


def run_killing(folder: Path, kills: int, seed: int) -> None:
    """Keeps eight processes busy and ends one at a time without warning."""
    dice = random.Random(seed)
    running: dict[str, subprocess.Popen[bytes]] = {}
    started = 0
    try:
        for _ in range(kills):
            while len(running) < PROCESSES:
                name = f"k{started}"
                running[name] = start(folder, name, 1_000_000, seed=seed + started)
                started += 1
            time.sleep(dice.uniform(0.02, 0.3))
            name = dice.choice(at_work(folder, running))
            victim = running.pop(name)
            victim.send_signal(signal.SIGKILL)
            victim.wait()
    finally:
        for worker in running.values():
            worker.kill()
            worker.wait()


def at_work(folder: Path, running: dict[str, subprocess.Popen[bytes]]) -> list[str]:
    """The processes that have written something, once there are any: killing one that is still
    importing its modules proves nothing."""
    deadline = time.monotonic() + 200
    while time.monotonic() < deadline:
        for name, worker in running.items():
            assert worker.poll() is None, f"{name} ended by itself: {complaint(folder, name)}"
        busy = [
            name
            for name in running
            if (log := folder / f"{name}.log").exists() and log.stat().st_size
        ]
        if busy:
            return busy
        time.sleep(0.02)
    raise AssertionError("no process got to work within three minutes")


def report(title: str, counts: Counter[str], folder: Path) -> None:
    words = ", ".join(f"{count} {word}" for word, count in sorted(counts.items()))
    target = ROOT / "build" / "soak"
    target.mkdir(parents=True, exist_ok=True)
    text = f"{title}: {words}; {len(rows(folder))} rows; 0 overlaps; verify clean\n"
    with (target / "many_desks.txt").open("a", encoding="utf-8") as out:
        out.write(text)
    print(text)


@pytest.fixture(params=["plain", "encrypted"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    build(tmp_path)
    if request.param == "encrypted":
        encrypt(tmp_path)
    yield tmp_path
    keys.forget()


def kind(folder: Path) -> str:
    return "plain" if keys.is_plain(folder / "clinic.db") else "encrypted"


@pytest.mark.alone
def test_eight_processes_short(folder: Path) -> None:
    run_all(folder, 800 if kind(folder) == "plain" else 400)
    counts = check(folder)
    assert counts["booked"] > 20
    assert counts["refused"] + counts["rule"] > 50
    assert counts["fault"] == 0


@pytest.mark.alone
def test_killed_processes_short(folder: Path) -> None:
    before = kind(folder)
    run_killing(folder, 10 if before == "plain" else 6, seed=1)
    counts = check(folder)
    assert counts["booked"] > 0
    assert kind(folder) == before


@pytest.mark.soak
def test_eight_processes_twenty_thousand_attempts(folder: Path) -> None:
    run_all(folder, 20_000)
    counts = check(folder)
    assert counts["fault"] == 0
    report(f"20,000 attempts by 8 processes, {kind(folder)}", counts, folder)


@pytest.mark.soak
def test_two_hundred_kills(folder: Path) -> None:
    run_killing(folder, 200, seed=7)
    report(f"200 kills among 8 processes, {kind(folder)}", check(folder), folder)
