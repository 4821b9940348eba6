"""Whether two entries are likely one person. Names come folded (lower case, no accents)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SIMILAR = 0.75
ALIKE = 0.6
"""Shares of two names that are the same, by the longest common runs of letters."""


@dataclass(frozen=True, slots=True)
class Traits:
    """``phones`` as the last nine digits."""

    last: str
    first: str
    birth_date: date | None = None
    phones: frozenset[str] = frozenset()
    email: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """``score`` only orders; 0: nothing speaks for it. ``strong``: worth a look clinic-wide."""

    score: float
    why: tuple[str, ...]
    strong: bool


NONE = Likeness(0.0, (), False)


def likeness(one: Traits, other: Traits) -> Likeness:
    """The same both ways round."""
    phone = bool(one.phones & other.phones)
    email = bool(one.email) and one.email == other.email
    born = one.birth_date is not None and one.birth_date == other.birth_date
    unknown = one.birth_date is None or other.birth_date is None
    ratio, swapped = _names(one, other)
    similar, same = ratio >= SIMILAR, ratio == 1.0
    strong = (
        (born and similar)
        or ((phone or email) and similar and (born or unknown or same))
        or (phone and born and ratio >= ALIKE)
        or (same and unknown)
    )
    if not (strong or phone or (email and ratio >= ALIKE)):
        return NONE
    why = []
    if same:
        why.append("names swapped" if swapped else "same name")
    elif similar:
        why.append("similar name")
    if born:
        why.append("same birth date")
    elif not unknown:
        why.append("other birth date")
    if phone:
        why.append("same phone")
    if email:
        why.append("same e-mail")
    score = ratio + born + 0.6 * phone + 0.4 * email - 0.5 * (not born and not unknown)
    return Likeness(score, tuple(why), strong)


def _names(one: Traits, other: Traits) -> tuple[float, bool]:
    straight = _ratio(f"{one.last} {one.first}", f"{other.last} {other.first}")
    crossed = max(
        _ratio(f"{one.last} {one.first}", f"{other.first} {other.last}"),
        _ratio(f"{one.first} {one.last}", f"{other.last} {other.first}"),
    )
    return (crossed, True) if crossed > straight else (straight, False)


def _ratio(one: str, other: str) -> float:
    """The mean of both orders: the comparison is not the same both ways."""
    if one == other:
        return 1.0
    from difflib import SequenceMatcher  # no part of the start

    return (
        SequenceMatcher(None, one, other).ratio() + SequenceMatcher(None, other, one).ratio()
    ) / 2
