"""How many SMS a text takes."""

from __future__ import annotations

import pytest

from clinic_desk.services.sms_length import BASIC, EXTENDED, measure, plainer


def test_the_alphabet_is_gsm_03_38() -> None:
    assert len(BASIC) == 127  # 128 places, one of which escapes
    assert len(EXTENDED) == 10
    assert not BASIC & EXTENDED


@pytest.mark.parametrize(
    ("text", "used", "room", "parts", "wide"),
    [
        ("", 0, 160, 0, False),
        ("a", 1, 160, 1, False),
        ("a" * 160, 160, 160, 1, False),
        ("a" * 161, 161, 306, 2, False),
        ("a" * 306, 306, 306, 2, False),
        ("a" * 307, 307, 459, 3, False),
        ("€" * 80, 160, 160, 1, False),
        ("€" * 81, 163, 306, 2, False),  # 76 in the first, whose last place stays empty
        ("ş" * 70, 70, 70, 1, True),
        ("ş" * 71, 71, 134, 2, True),
        ("ş" * 134, 134, 134, 2, True),
        ("ş" * 135, 135, 201, 3, True),
        ("😀" * 35, 70, 70, 1, True),
        ("😀" * 36, 73, 134, 2, True),  # 33 in the first, whose last place stays empty
        ("äöüÄÖÜßñéà", 10, 160, 1, False),
    ],
)
def test_places_and_parts(text: str, used: int, room: int, parts: int, wide: bool) -> None:
    found = measure(text)
    assert (found.used, found.room, found.parts, found.wide) == (used, room, parts, wide)
    assert found.left == room - used


def test_a_character_of_two_places_is_not_split() -> None:
    found = measure("a" * 152 + "€" + "a" * 10)
    assert (found.parts, found.used) == (2, 165)


def test_what_makes_it_wide_is_named_once_each() -> None:
    assert measure("Ayşe Yılmaz ş").because == ("ş", "ı")
    assert measure("Ayse").because == ()
    assert measure("ç").because == ("ç",)  # only the capital is in the alphabet
    assert not measure("Ç").wide


def test_typographic_marks_become_plain_ones() -> None:
    text = plainer("“Tom’s” – 3:00\u202fPM\u00a0…")
    assert text == '"Tom\'s" - 3:00 PM ...'
    assert not measure(text).wide
