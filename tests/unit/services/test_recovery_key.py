"""The key on paper: what is typed with an error is never taken, and the group is named."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.recovery_key import GROUPS, LETTERS, WIDTH, groups_of, printed, typed

KEYS = st.binary(min_size=32, max_size=32)


def refused(text: str) -> str:
    with pytest.raises(Refusal) as caught:
        typed(text)
    assert caught.value.code == "bad_recovery_key"
    return caught.value.sentence


@given(KEYS)
def test_what_is_printed_is_read_back(raw: bytes) -> None:
    groups = groups_of(raw)
    assert len(groups) == GROUPS
    assert all(len(group) == WIDTH and set(group) <= set(LETTERS) for group in groups)
    assert typed(printed(raw)) == raw


@given(KEYS, st.sampled_from(["-", " ", "", "\n", " – ", ". "]), st.booleans())
def test_case_and_separators_do_not_matter(raw: bytes, between: str, small: bool) -> None:
    text = f"  {between.join(groups_of(raw))}\n"
    assert typed(text.lower() if small else text) == raw


@given(KEYS)
def test_letters_that_look_like_digits_are_digits(raw: bytes) -> None:
    alike = printed(raw).replace("0", "O").replace("1", "l")
    assert typed(alike) == raw


@given(KEYS, st.integers(0, GROUPS * WIDTH - 1), st.integers(1, 31))
def test_one_wrong_character_is_found_and_its_group_named(raw: bytes, at: int, by: int) -> None:
    text = list("".join(groups_of(raw)))
    text[at] = LETTERS[(LETTERS.index(text[at]) + by) % 32]
    sentence = refused("".join(text))
    assert re.search(rf"\bGroup {at // WIDTH + 1}\b", sentence)
    assert "".join(text) not in sentence


@given(KEYS, st.integers(0, GROUPS - 1), st.integers(0, WIDTH - 2))
def test_exchanged_neighbours_are_found(raw: bytes, group: int, at: int) -> None:
    groups = [list(one) for one in groups_of(raw)]
    one = groups[group]
    if one[at] == one[at + 1]:
        return
    one[at], one[at + 1] = one[at + 1], one[at]
    assert f"Group {group + 1} " in refused("-".join("".join(part) for part in groups))


@given(KEYS, st.integers(0, GROUPS - 1), st.integers(1, GROUPS - 1))
def test_exchanged_groups_are_found(raw: bytes, first: int, by: int) -> None:
    groups = list(groups_of(raw))
    second = (first + by) % GROUPS
    groups[first], groups[second] = groups[second], groups[first]
    assert f"Group {min(first, second) + 1} " in refused("-".join(groups))


def test_a_missing_character_and_a_missing_group_are_told() -> None:
    groups = list(groups_of(bytes(range(32))))
    assert "Group 4 has 4 characters instead of 5" in refused(
        "-".join([*groups[:3], groups[3][:-1], *groups[4:]])
    )
    assert "65 in all; here are 60" in refused("-".join(groups[1:]))
    assert "Type the recovery key" in refused(" - ")
    assert "Group 2 holds a character" in refused("-".join([groups[0], "UUUUU", *groups[2:]]))


def test_only_a_whole_key_is_printed() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        printed(b"short")
