"""A key of 32 bytes on paper: thirteen groups of five letters and digits, read back with care.

Four characters of each group carry the key, the fifth checks them and the group's place. One wrong
character, two exchanged neighbours or two exchanged groups are always found, and the group they are
in is named. Letters that look like digits (I, L, O) are read as digits; U is not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from clinic_desk.domain.errors import Refusal

LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUPS, WIDTH = 13, 5
BYTES = 32
_ALIKE = str.maketrans("ILO", "110")
_SPARE = GROUPS * (WIDTH - 1) * 5 - BYTES * 8
"""Bits that are left over; always zero."""


def groups_of(raw: bytes) -> tuple[str, ...]:
    """The groups to print. Raises ``ValueError`` unless ``raw`` has 32 bytes."""
    if len(raw) != BYTES:
        raise ValueError("a key has 32 bytes")
    number = int.from_bytes(raw, "big") << _SPARE
    digits = [number >> (5 * i) & 31 for i in reversed(range(GROUPS * (WIDTH - 1)))]
    return tuple(
        "".join(LETTERS[d] for d in (*part, _check(i, part)))
        for i, part in enumerate(_fours(digits))
    )


def printed(raw: bytes) -> str:
    """The groups in one line, joined by hyphens."""
    return "-".join(groups_of(raw))


def typed(text: str) -> bytes:
    """What somebody typed, in whatever case and with whatever between the groups. Raises
    ``Refusal("bad_recovery_key")``, which names the first group that is not as printed but never
    repeats what was typed."""
    groups = _groups_typed(text)
    digits: list[int] = []
    for i, group in enumerate(groups):
        try:
            values = [LETTERS.index(letter) for letter in group]
        except ValueError:
            raise _wrong(f"Group {i + 1} holds a character that no recovery key has") from None
        if values[-1] != _check(i, values[:-1]):
            raise _wrong(f"Group {i + 1} is not as it was printed")
        digits += values[:-1]
    number = 0
    for digit in digits:
        number = number << 5 | digit
    if number & ((1 << _SPARE) - 1):
        raise _wrong(f"Group {GROUPS} is not as it was printed")
    return (number >> _SPARE).to_bytes(BYTES, "big")


def _groups_typed(text: str) -> list[str]:
    plain = text.upper().translate(_ALIKE)
    words = "".join(c if c.isalnum() else " " for c in plain).split()
    if not words:
        raise _wrong("Type the recovery key")
    if len(words) == GROUPS:
        for i, word in enumerate(words):
            if len(word) != WIDTH:
                raise _wrong(f"Group {i + 1} has {len(word)} characters instead of {WIDTH}")
        return words
    whole = "".join(words)
    if len(whole) != GROUPS * WIDTH:
        raise _wrong(
            f"A recovery key has {GROUPS} groups of {WIDTH} characters, {GROUPS * WIDTH} in all; "
            f"here are {len(whole)}"
        )
    return [whole[i : i + WIDTH] for i in range(0, len(whole), WIDTH)]


def _wrong(what: str) -> Refusal:
    return Refusal(
        "bad_recovery_key",
        f"{what}. Compare it with the paper and type it again.",
        field="recovery_key",
    )


def _fours(digits: Sequence[int]) -> Iterator[Sequence[int]]:
    for i in range(0, len(digits), WIDTH - 1):
        yield digits[i : i + WIDTH - 1]


def _check(place: int, digits: Sequence[int]) -> int:
    """A sum in the field of 32 elements: every position has another weight, so that neither a wrong
    digit nor an exchange leaves it as it was."""
    total = place + 1
    for digit in digits:
        total = _doubled(total ^ digit)
    return total


def _doubled(value: int) -> int:
    value <<= 1
    return value ^ 0b100101 if value & 32 else value
