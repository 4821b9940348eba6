"""Which text a block has room for: the table of ux.md 1.4. The order is fixed, and the name is
never dropped for anything else. Sizes are logical pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

SMALLEST_BLOCK = 18
"""No block is drawn lower than this."""

SMALLEST_TARGET = 24
"""A block's hit area grows to this height where no neighbour is in the way."""

LINE = 16
THIRD_LINE_FROM = 52
ICON_ROW_FROM = 64


class NameForm(StrEnum):
    FULL = "full"
    SHORT = "short"
    SURNAME = "surname"
    INITIALS = "initials"
    NONE = "none"


class Line(StrEnum):
    """What a line under the name says."""

    SERVICE = "service"
    SERVICE_AGE = "service_age"
    SERVICE_SHORT = "service_short"
    TIME_SERVICE = "time_service"
    TIME = "time"
    CODE = "code"
    PHONE = "phone"
    NOTE = "note"
    FLAGS = "flags"


@dataclass(frozen=True, slots=True)
class Tier:
    """The first line is [time] name [flags] [icon]; ``lines`` follow beneath."""

    name: NameForm
    time_first: bool = False
    icon: bool = True
    inline_flags: bool = False
    lines: tuple[Line, ...] = ()


def tier_for(width: float, height: float) -> Tier:
    """The tier of a block of that size."""
    if width < 24:
        return Tier(NameForm.NONE, icon=False)
    if width < 48:
        return Tier(NameForm.INITIALS, icon=height >= 30)
    if width < 90:
        return Tier(NameForm.SURNAME, icon=width >= 64, lines=_narrow(height))
    if width < 140:
        return Tier(NameForm.SHORT, lines=_middle(height))
    return Tier(NameForm.FULL, time_first=True, inline_flags=height >= 30, lines=_wide(height))


def _narrow(height: float) -> tuple[Line, ...]:
    if height < 30:
        return ()
    if height < THIRD_LINE_FROM:
        return (Line.TIME,)
    if height < ICON_ROW_FROM:
        return (Line.TIME, Line.CODE)
    return (Line.TIME, Line.CODE, Line.FLAGS)


def _middle(height: float) -> tuple[Line, ...]:
    if height < 30:
        return ()
    if height < 44:
        return (Line.SERVICE_SHORT,)
    if height < ICON_ROW_FROM:
        return (Line.TIME_SERVICE,)
    return (Line.TIME_SERVICE, Line.FLAGS)


def _wide(height: float) -> tuple[Line, ...]:
    if height < 30:
        return ()
    if height < 44:
        return (Line.SERVICE,)
    if height < THIRD_LINE_FROM:
        return (Line.SERVICE_AGE,)
    if height < ICON_ROW_FROM:
        return (Line.SERVICE_AGE, Line.PHONE)
    return (Line.SERVICE_AGE, Line.NOTE, Line.PHONE)


def name_in(form: NameForm, last: str, first: str) -> str:
    """The name as that tier shows it: "Lee, Ana", "Lee, A.", "Lee", "AL"."""
    if form is NameForm.NONE:
        return ""
    if form is NameForm.INITIALS:
        return (first[:1] + last[:1]).upper()
    if form is NameForm.SURNAME or not first:
        return last or first
    if not last:
        return first
    return f"{last}, {first}" if form is NameForm.FULL else f"{last}, {first[:1]}."


def hit_growth(top: float, bottom: float, above: float, below: float) -> tuple[float, float]:
    """Pixels by which a low block's hit area reaches upward and downward so that it is 24 px
    tall, without entering its neighbours: ``above`` is the lower edge of the block above,
    ``below`` the upper edge of the block below."""
    missing = SMALLEST_TARGET - (bottom - top)
    if missing <= 0:
        return 0.0, 0.0
    down = max(0.0, min(missing, below - bottom))
    up = max(0.0, min(missing - down, top - above))
    return up, down
