"""One day of a clinic, worked through the real window from nine to six, and every figure of it.

120 patients are booked with six doctors; some come late, some never, some without a booking, one
doctor falls ill at eleven. What the reports, the board, the doctors' cards, the year and the books
say at the end is found again from the raw events alone, by a ledger that shares no code with the
program.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from tests.fakes.day_clinic import CLOSES, DOCTORS, ILL, DayClinic, local, open_clinic
from tests.fakes.day_figures import (
    bills_agree,
    board_agrees,
    doctors_agree,
    longer_reports_agree,
    reports_agree,
    year_agrees,
)
from tests.fakes.day_hands import Hands
from tests.fakes.day_story import Story
from tests.ui.test_shell_window import Clinic, opened

UNPLANNED = (
    (562, "walk_in", "Follow-up|Cut finger"),
    (575, "late", "AB"),
    (601, "ring", "Check-up"),
    (622, "move", "GN"),
    (640, "wrong_click", ""),
    (660, "ill", ILL),
    (700, "walk_in", "Check-up|High fever"),
    (742, "shelve", "HP"),
    (801, "call_off", "CF"),
    (845, "own_page", "AB"),
    (873, "ring", "Follow-up"),
    (902, "impatient", "Follow-up"),
    (921, "walk_in", "Consultation|Fell off the bicycle"),
    (958, "money", ""),
)
"""Minutes of the day, what happens, and about whom."""

LOOKS = (9 * 60 + 50, 12 * 60 + 10, 15 * 60 + 5)
"""When somebody looks at the counters of the board."""


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[DayClinic]:
    made = open_clinic(tmp_path, Theme.for_tests())
    yield made
    made.front.close()


@pytest.fixture
def hands(clinic: DayClinic, qtbot: QtBot) -> Iterator[Hands]:
    window = opened(Clinic(clinic.front), qtbot)
    yield Hands(clinic, window)
    shut(window)
    QApplication.processEvents()


def test_a_day_at_the_clinic(clinic: DayClinic, hands: Hands, tmp_path: Path) -> None:
    story = Story(hands)
    story.free = {clinic.names[work.code]: work.parallel for work in DOCTORS}
    assert len(clinic.visits) == 120
    for visit in clinic.visits:
        story.cast(visit)
    for minute, deed, subject in UNPLANNED:
        story.plan(local(minute), deed, subject)
    hands.open_board()
    behind = []
    for minute in LOOKS:
        story.until(local(minute))
        behind.append(board_agrees(hands))
    assert any(behind)
    story.until(local(CLOSES))
    board_agrees(hands)
    reports_agree(hands, tmp_path)
    longer_reports_agree(hands)
    bills_agree(hands)
    doctors_agree(hands)
    year_agrees(hands)
    assert not clinic.front.store.maintenance.verify()
