"""One window of a doctor's week by itself: its hours, breaks and reserved parts, in words."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from clinic_desk.domain.appointments import LONGEST
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.fields import DAY, NAME_LIMIT, check_buffers, text_of
from clinic_desk.services.wording import DAYS, clock_text

MOST_PARALLEL = 20


def checked_template(row: ScheduleTemplate) -> ScheduleTemplate:
    """The window as it is kept, parts by start. Raises ``Refusal`` with its field."""
    if not 0 <= row.weekday <= 6:
        raise Refusal(
            "bad_weekday", "The weekday runs from Monday (0) to Sunday (6).", field="weekday"
        )
    day = DAYS[row.weekday]
    if not 0 <= row.work_start < row.work_end <= DAY:
        raise Refusal(
            "bad_hours",
            f"{day}: work must end after it starts, within one day; "
            f"{clock_text(row.work_start)}–{clock_text(row.work_end)} does not.",
            field="work_end",
        )
    if not 1 <= row.step <= LONGEST:
        raise Refusal(
            "bad_step",
            f"{day}: starts are 1 to {LONGEST} minutes apart; {row.step} is not.",
            field="step",
        )
    if not 1 <= row.max_parallel <= MOST_PARALLEL:
        raise Refusal(
            "bad_step",
            f"{day}: 1 to {MOST_PARALLEL} visits can run side by side; {row.max_parallel} cannot.",
            field="max_parallel",
        )
    check_buffers(row.buffer_before, row.buffer_after)
    if abs(row.priority) > 100:
        raise Refusal("bad_priority", "A priority lies between -100 and 100.", field="priority")
    if row.valid_from and row.valid_until and row.valid_until < row.valid_from:
        raise Refusal(
            "bad_validity",
            f"{day}: the last day of these hours comes before their first.",
            field="valid_until",
        )
    if not 1 <= row.every_weeks <= 52:
        raise Refusal("bad_weeks", "Hours repeat every 1 to 52 weeks.", field="every_weeks")
    if row.every_weeks > 1 and row.anchor is None:
        raise Refusal(
            "bad_weeks",
            f"{day}: say in which week hours of every {row.every_weeks} weeks begin.",
            field="anchor",
        )
    breaks = tuple(
        replace(b, reason=text_of(b.reason, "breaks", NAME_LIMIT, lines=False) or "Break")
        for b in sorted(row.breaks, key=lambda b: (b.start, b.end))
    )
    reserved = tuple(
        replace(
            r,
            type_ids=tuple(dict.fromkeys(r.type_ids)),
            label=text_of(r.label, "reserved", NAME_LIMIT, lines=False),
        )
        for r in sorted(row.reserved, key=lambda r: (r.start, r.end))
    )
    for part in breaks:
        _inside(row, part.start, part.end, f"the break “{part.reason}”", "breaks")
    for first, second in pairwise(breaks):
        if second.start < first.end:
            raise Refusal(
                "bad_break",
                f"{day}: the breaks “{first.reason}” ({range_text(first.start, first.end)}) and "
                f"“{second.reason}” ({range_text(second.start, second.end)}) overlap.",
                field="breaks",
            )
    for kept in reserved:
        words = f"the reserved part “{kept.label}”" if kept.label else "the reserved part"
        _inside(row, kept.start, kept.end, words, "reserved")
        if not kept.type_ids:
            raise Refusal(
                "bad_reserved",
                f"{day}: say for which visits {range_text(kept.start, kept.end)} is reserved.",
                field="reserved",
            )
    for one, two in pairwise(reserved):
        if two.start < one.end:
            raise Refusal(
                "bad_reserved",
                f"{day}: the parts reserved {range_text(one.start, one.end)} and "
                f"{range_text(two.start, two.end)} overlap; let one end where the other begins.",
                field="reserved",
            )
    return replace(row, breaks=breaks, reserved=reserved)


def _inside(row: ScheduleTemplate, start: int, end: int, what: str, field: str) -> None:
    day = DAYS[row.weekday]
    code = "bad_break" if field == "breaks" else "bad_reserved"
    if start >= end:
        raise Refusal(
            code,
            f"{day}: {what} must end after it starts; {range_text(start, end)} does not.",
            field=field,
        )
    if start < row.work_start or end > row.work_end:
        raise Refusal(
            code,
            f"{day}: {what} ({range_text(start, end)}) lies outside the hours "
            f"{range_text(row.work_start, row.work_end)}.",
            field=field,
        )


def range_text(start: int, end: int) -> str:
    return f"{clock_text(start)}–{clock_text(end)}"
