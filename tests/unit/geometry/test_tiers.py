from __future__ import annotations

import pytest

from clinic_desk.ui.geometry.tiers import Line, NameForm, hit_growth, name_in, tier_for


@pytest.mark.parametrize(
    ("width", "height", "name", "time_first", "lines"),
    [
        (160, 24, NameForm.FULL, True, ()),
        (160, 36, NameForm.FULL, True, (Line.SERVICE,)),
        (160, 48, NameForm.FULL, True, (Line.SERVICE_AGE,)),
        (160, 60, NameForm.FULL, True, (Line.SERVICE_AGE, Line.PHONE)),
        (160, 90, NameForm.FULL, True, (Line.SERVICE_AGE, Line.NOTE, Line.PHONE)),
        (120, 24, NameForm.SHORT, False, ()),
        (120, 36, NameForm.SHORT, False, (Line.SERVICE_SHORT,)),
        (120, 48, NameForm.SHORT, False, (Line.TIME_SERVICE,)),
        (120, 70, NameForm.SHORT, False, (Line.TIME_SERVICE, Line.FLAGS)),
        (60, 24, NameForm.SURNAME, False, ()),
        (60, 36, NameForm.SURNAME, False, (Line.TIME,)),
        (60, 56, NameForm.SURNAME, False, (Line.TIME, Line.CODE)),
        (30, 24, NameForm.INITIALS, False, ()),
        (30, 36, NameForm.INITIALS, False, ()),
        (14, 90, NameForm.NONE, False, ()),
    ],
)
def test_table(
    width: float, height: float, name: NameForm, time_first: bool, lines: tuple[Line, ...]
) -> None:
    tier = tier_for(width, height)
    assert (tier.name, tier.time_first, tier.lines) == (name, time_first, lines)


@pytest.mark.parametrize("width", [24, 48, 60, 90, 139, 140, 300])
@pytest.mark.parametrize("height", [18, 30, 44, 64, 200])
def test_the_name_is_never_dropped(width: float, height: float) -> None:
    assert tier_for(width, height).name is not NameForm.NONE


def test_names() -> None:
    assert name_in(NameForm.FULL, "Lee", "Ana") == "Lee, Ana"
    assert name_in(NameForm.SHORT, "Lee", "Ana") == "Lee, A."
    assert name_in(NameForm.SHORT, "Lee", "") == "Lee"
    assert name_in(NameForm.SURNAME, "Lee", "Ana") == "Lee"
    assert name_in(NameForm.SURNAME, "", "Ana") == "Ana"
    assert name_in(NameForm.INITIALS, "lee", "ana") == "AL"


def test_a_low_block_grows_only_into_free_room() -> None:
    assert hit_growth(100, 118, 0, 200) == (0, 6)
    assert hit_growth(100, 118, 0, 120) == (4, 2)
    assert hit_growth(100, 118, 99, 119) == (1, 1)
    assert hit_growth(100, 140, 0, 200) == (0, 0)
