"""The tour of the real program, in a process of its own: `make run` without a display."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]
PICTURES = (
    "day",
    "booking-search",
    "booking-opening-held",
    "booked",
    "drag-verdict",
    "moved",
    "undone",
    "drag-refused",
    "refused-with-ways-out",
    "move-mode",
    "appointment-card",
    "cancel",
    "shelf",
    "search",
    "new-patient",
    "duplicate",
    "openings",
    "why-not",
    "week",
    "week-all-doctors",
    "month",
    "month-list",
    "agenda",
    "rooms",
    "flow",
    "doctor",
    "billing",
    "reports",
    "year",
    "caller",
    "patient",
    "patient-history",
    "print",
    "curtain",
    "past",
    "waiting-line",
    "waiting-list",
    "freed-slot",
    "repeat",
    "series",
    "set-up",
    "settings-practice",
    "settings-sites",
    "settings-doctors",
    "settings-types",
    "settings-hours",
    "settings-closures",
    "settings-policies",
    "settings-shortcuts",
    "time-off",
    "absence-planner",
    "absence-planned",
    "palette",
    "day-dark",
    "keys",
    "small-screen",
    "import-preview",
    "import-result",
    "clash-list",
)


def colours(path: Path) -> int:
    """How many colours a coarse raster of the picture has: a blank or broken one has few."""
    image = QImage(str(path))
    assert not image.isNull(), path
    assert image.width() >= (300 if path.stem.endswith("-near") else 1366)
    return len(
        {image.pixel(x, y) for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    )


@pytest.mark.timeout(960)
def test_the_tour_passes_from_any_folder_with_an_empty_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    environment = {
        key: value
        for key, value in os.environ.items()
        if key not in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
        and not key.startswith("XDG_")
    }
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", "tour", "--out", "pictures"],
        cwd=tmp_path,
        env={**environment, "HOME": str(home), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        stdin=subprocess.DEVNULL,
        check=False,
    )

    transcript = (tmp_path / "pictures" / "transcript.txt").read_text("utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in transcript
    for promise in (
        "the store has one new visit of this patient",
        "the store has the visit at the new place, and nowhere else",
        "the store has the visit back at its first place",
        "and offers ways out",
        "the store has it cancelled, with the reason",
        "the store has it on the shelf, its old place softly held",
        "the store has one patient more",
        "the store has nobody twice",
        "the store has one visit more of the caller, booked with one figure",
        "with Ctrl+Z the caller's booking is gone",
        "A checks the patient in",
        "Ctrl+Z takes a wrong key back",
        "nothing of it can be changed",
        "every day of the month has the visits that the store has",
        "the counts add up to the 8 rows",
        "is offered what",
        "with the cancellation taken back the offer is gone",
        "visits of one series",
        "one Ctrl+Z takes all of them back",
        "the store has the visit at its new time",
        "and the leave is a request again",
        "the store has it placed, and off the clash list",
        "no two share a place",
    ):
        assert f"checked  {promise}" in transcript or promise in transcript
    made = {
        re.sub(r"^\d\d-", "", path.stem): path for path in (tmp_path / "pictures").glob("*.png")
    }
    assert set(PICTURES) <= set(made)
    for name, path in made.items():
        assert colours(path) > 20, f"{name} is nearly empty"
    assert not any(home.rglob("clinic.db")), "the tour leaves no clinic in the home folder"
