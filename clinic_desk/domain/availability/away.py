"""The part of *explain* about working time: closed, leave, blocked, break, reserved, hours."""

from __future__ import annotations

from collections.abc import Iterator

from clinic_desk.domain.availability import phrases as say
from clinic_desk.domain.availability.case import Case
from clinic_desk.domain.availability.model import Reason, Verdict
from clinic_desk.domain.availability.recurring import reserved_from
from clinic_desk.domain.availability.stretches import Cut, Window
from clinic_desk.domain.availability.ways import Ways
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.templates import TimeOffRequest


def away_reasons(case: Case, ways: Ways, doctor: str) -> Iterator[Reason]:
    """One reason per rule that stands against the time, or the one that says it is fine."""
    found = list(_Away(case, ways, doctor).refusals())
    if found:
        yield from found
    elif case.window is not None:
        hours = case.range(case.window.start * 60, case.window.end * 60)
        yield Reason("hours", Verdict.OK, f"{doctor} works {hours}.")


class _Away:
    def __init__(self, case: Case, ways: Ways, doctor: str) -> None:
        self.case = case
        self.ways = ways
        self.doctor = doctor
        self.weekday = f"on {say.WEEKDAYS[case.day.weekday()]}"

    def refusals(self) -> Iterator[Reason]:
        case = self.case
        cuts = case.cuts()
        if case.window is not None:
            for cut in cuts:
                yield self._cut(cut)
            return
        told = False
        for reason in self._closures():
            yield reason
            told = True
        for cut in cuts:
            yield self._cut(cut)
            told = told or (cut.start * 60 < case.end and case.start < cut.end * 60)
        for reason in (*self._breaks(), *self._reserved()):
            yield reason
            told = True
        if not told or self._beyond():
            yield self._hours()

    def _closures(self) -> Iterator[Reason]:
        """The whole day alone where it is closed; else every part that the visit meets."""
        case = self.case
        if case.location_id is None:
            return
        whole = case.hours.closing.whole(case.location_id, case.day)
        for row in (whole,) if whole else case.hours.closing.at(case.location_id, case.day):
            start, end = (minute * 60 for minute in case.hours.closed(row, case.location_id))
            if not (start < case.end and case.start < end):
                continue
            words = f"{case.place} is closed on {say.long(case.day)}{say.bracket(row.name)}."
            if not row.whole_day:
                text = case.range(start, end, row.name)
                words = f"{case.place} is closed on {say.long(case.day)} {text}."
            yield Reason("closed", Verdict.REFUSE, words, ways_out=self._exits())

    def _exits(self) -> tuple[WayOut, ...]:
        return (*self.ways.free(), *self.ways.colleague(), self.ways.outside())

    def _cut(self, cut: Cut) -> Reason:
        case, row = self.case, cut.row
        leave = isinstance(row, TimeOffRequest)
        code = "time_off" if leave else "exception"
        start, end = cut.start * 60, cut.end * 60
        why = say.bracket(row.reason)
        if start < case.end and case.start < end:
            first, last = say.day_of(start, case.zone), say.day_of(end - 1, case.zone)
            if leave:
                words = f"{self.doctor} is on leave until {say.short(last)}{why}."
                if first == last and end - start < 86_400:
                    text = case.range(start, end, row.reason)
                    words = f"{self.doctor} is on leave {text}."
            elif first == last:
                text = case.range(start, end, row.reason)
                words = f"{self.doctor} is blocked {text}."
            else:
                words = f"{self.doctor} is blocked until {say.long(last)}{why}."
        elif start >= case.end:
            words = (
                f"Needs {case.after} min after the visit, but {self.doctor} is "
                f"{'on leave' if leave else 'blocked'} from {case.clock(start)}{why}."
            )
        else:
            words = (
                f"Needs {case.before} min before the visit, but {self.doctor} is "
                f"{'on leave' if leave else 'blocked'} until {case.clock(end)}{why}."
            )
        return Reason(code, Verdict.REFUSE, words, "", row.id, self._exits())

    def _breaks(self) -> Iterator[Reason]:
        case, owner = self.case, self.case.owner
        if owner is None or owner.location_id != case.location_id:
            return
        for pause in owner.breaks:
            start = case.hours.local.minute(case.zone, case.day, pause.start) * 60
            end = case.hours.local.minute(case.zone, case.day, pause.end) * 60
            if start < case.end and case.start < end:
                named = pause.reason.strip().casefold() not in {"", "break"}
                text = case.range(start, end, pause.reason if named else "")
                words = f"{self.doctor} has a break {text}."
                yield Reason("break", Verdict.REFUSE, words, ways_out=self._exits())

    def _reserved(self) -> Iterator[Reason]:
        """What the template keeps for other types."""
        case, owner = self.case, self.case.owner
        if owner is None or owner.location_id != case.location_id:
            return
        for part in reserved_from(owner.reserved, case.ask.type_id):
            start = case.hours.local.minute(case.zone, case.day, part.start) * 60
            end = case.hours.local.minute(case.zone, case.day, part.end) * 60
            if start < case.end and case.start < end:
                text = case.range(start, end)
                words = f"{text} is kept for {say.kept_for(case.hours.types, part)}."
                yield Reason("reserved", Verdict.REFUSE, words, ways_out=self._exits())

    def _beyond(self) -> bool:
        """Whether the visit leaves the weekly hours of that day altogether, cuts or no cuts."""
        case = self.case
        raw = case.hours.raw_between(case.doctor_id, case.start // 60, -(-case.end // 60))
        here = [r for r in raw if r.template.location_id == case.location_id]
        return not any(r.start * 60 <= case.start and case.end <= r.end * 60 for r in here)

    def _hours(self) -> Reason:
        case = self.case
        today = self._of_day(case.here)
        if not today:
            there = self._of_day(case.elsewhere)
            resting = case.hours.resting(case.doctor_id, case.day)
            words = f"{self.doctor} does not work {self.weekday}."
            if there:
                place = case.hours.locations[there[0].location_id].name
                words = f"{self.doctor} works at {place} {self.weekday}, not at {case.place}."
            elif resting:
                often = f"every {resting[0].every_weeks} weeks {self.weekday}"
                words = f"{self.doctor} works {often}, not on {say.long(case.day)}."
            elif case.hours.templates(case.doctor_id, case.day):
                words = f"{self.doctor} does not work on {say.long(case.day)}."
        else:
            words = self._inside_day(today)
        return Reason("hours", Verdict.REFUSE, words, ways_out=self._exits())

    def _inside_day(self, today: list[Window]) -> str:
        case = self.case
        first, last = today[0].start * 60, max(w.end for w in today) * 60
        if case.start < first:
            return f"{self.doctor} starts at {case.clock(first)} {self.weekday}."
        if case.end > last:
            return f"{self.doctor} works until {case.clock(last)} {self.weekday}."
        ends = [w.end * 60 for w in today if w.start * 60 <= case.start < w.end * 60]
        if ends:
            until = case.clock(max(ends))
            end = case.clock(case.end)
            return f"The visit would end at {end}, but {self.doctor} is there only until {until}."
        nexts = [w.start * 60 for w in today if w.start * 60 > case.start]
        again = case.clock(min(nexts, default=first))
        return f"{self.doctor} is not there at {case.clock(case.start)}, but from {again}."

    def _of_day(self, windows: list[Window]) -> list[Window]:
        start, end, _plain = self.case.hours.local.day(self.case.zone, self.case.day)
        return [w for w in windows if w.start < end and start < w.end]
