"""What a leave taken from a diary is called."""

from __future__ import annotations

import pytest

from clinic_desk.integrations.importing.diary import DiaryEvent
from clinic_desk.integrations.importing.plan_diary import leave_words


@pytest.mark.parametrize(
    ("summary", "doctor", "words"),
    [
        ("Leave Dr Sam Okafor", "Dr Sam Okafor", "Leave"),
        ("Dr Sam Okafor: congress", "Dr Sam Okafor", "congress"),
        ("Dr Sam Okafor", "Dr Sam Okafor", "Leave"),
        ("Congress", "", "Congress"),
        ("", "Dr Sam Okafor", "Leave"),
    ],
)
def test_the_doctors_own_name_is_left_out(summary: str, doctor: str, words: str) -> None:
    assert leave_words(DiaryEvent(number=1, raw="", summary=summary, doctor=doctor)) == words
