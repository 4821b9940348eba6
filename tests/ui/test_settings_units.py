"""Figures of settings with their units, as undo and the toast tell them."""

from __future__ import annotations

import pytest

from clinic_desk.ui.runtime.declared import TABLE


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("lock.minutes", 1, "1 minute"),
        ("lock.minutes", 5, "5 minutes"),
        ("backup.daily", 1, "1 copy"),
        ("backup.daily", 7, "7 copies"),
    ],
)
def test_one_of_a_unit_is_one(key: str, value: int, words: str) -> None:
    assert TABLE[key].value_words(value) == words
