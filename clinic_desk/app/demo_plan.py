"""A believable diary for the demo clinic, as plain plans: who comes when, for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from clinic_desk.app.demo_clinic import DOCTORS, ZONE, Clinic, Work
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.spans import at_local

PAST_DAYS = 42
FUTURE_DAYS = 21
SERIES_MINUTE = 840
"""14:00: where the weekly acupuncture series lies."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A visit that somebody may take. ``lane`` is the doctor's parallel place."""

    code: str
    slug: str
    day: date
    start: datetime
    end: datetime
    lane: int = 0


@dataclass(slots=True)
class Plan:
    """``reserved`` are local minutes kept free for what the demo places by hand."""

    clinic: Clinic
    random: Random
    today: date
    reserved: dict[tuple[str, date], list[tuple[int, int]]] = field(default_factory=dict)

    def keep_free(self, code: str, day: date, start: int, end: int) -> None:
        self.reserved.setdefault((code, day), []).append((start, end))

    def past(self) -> list[Planned]:
        first = self.today - timedelta(days=PAST_DAYS)
        days = [first + timedelta(days=n) for n in range(PAST_DAYS)]
        return [visit for day in days for visit in self.day(day, 0.62)]

    def future(self) -> list[Planned]:
        """Busy tomorrow, thinner towards the end of the third week."""
        visits = []
        for ahead in range(1, FUTURE_DAYS + 1):
            density = max(0.06, 0.60 - 0.055 * ahead)
            visits += self.day(self.today + timedelta(days=ahead), density)
        return visits

    def day(self, day: date, density: float) -> list[Planned]:
        return [visit for work in DOCTORS for visit in self._doctor_day(work, day, density)]

    def windows(self, work: Work, day: date) -> list[tuple[int, int]]:
        """Working stretches at Main Street, local minutes, breaks cut out."""
        weekday = day.weekday()
        if weekday >= 5:
            if weekday not in self.clinic.weekend[work.code]:
                return []
            return [(540, 840 if weekday == 5 else 780)]
        if weekday == 3 and work.code in ("JC", "SO"):
            return [(work.start, work.pause[0])]
        return [(work.start, work.pause[0]), (work.pause[1], work.end)]

    def is_open(self, code: str, day: date, start: int, end: int) -> bool:
        """Whether the doctor works through these local minutes."""
        (work,) = (work for work in DOCTORS if work.code == code)
        return any(low <= start and end <= high for low, high in self.windows(work, day))

    def _doctor_day(self, work: Work, day: date, density: float) -> list[Planned]:
        found = []
        apart = -(-sum(work.buffers) // 15) * 15
        for lane in range(work.parallel):
            for low, high in self.windows(work, day):
                minute = low
                while minute < high:
                    slug = self.random.choice(work.usual)
                    length = self.clinic.types[slug].duration
                    if (
                        minute + length <= high
                        and self.random.random() < (density if lane == 0 else density / 2)
                        and self._is_free(work.code, day, minute, minute + length + apart)
                    ):
                        found.append(self._planned(work, slug, day, minute, length, lane))
                        minute += -(-length // 15) * 15 + apart
                    else:
                        minute += 15
        return found

    def _is_free(self, code: str, day: date, start: int, end: int) -> bool:
        return not any(a < end and start < b for a, b in self.reserved.get((code, day), ()))

    def _planned(
        self, work: Work, slug: str, day: date, minute: int, length: int, lane: int
    ) -> Planned:
        start = at_local(day, minute, ZONE)
        return Planned(work.code, slug, day, start, start + timedelta(minutes=length), lane)


@dataclass(slots=True)
class Crowd:
    """Hands out patients: nobody twice on one day, some of them often, children to the
    paediatrician and everybody else to the others."""

    random: Random
    adults: list[str] = field(default_factory=list)
    children: list[str] = field(default_factory=list)
    seen: dict[date, set[str]] = field(default_factory=dict)

    def take(self, day: date, code: str) -> str:
        ids = self.children if code == "MR" else self.adults
        busy = self.seen.setdefault(day, set())
        while True:
            # A third of the patients make two thirds of the visits.
            pool = ids[: len(ids) // 3] if self.random.random() < 0.66 else ids
            chosen = self.random.choice(pool)
            if chosen not in busy:
                busy.add(chosen)
                return chosen

    def reserve(self, day: date, patient_id: str) -> None:
        self.seen.setdefault(day, set()).add(patient_id)


def station_times(
    random: Random, visit: Planned, status: Status, now: datetime
) -> dict[str, object]:
    """When the visit was confirmed, arrived, started, ended; never later than now."""
    times: dict[str, object] = {}
    start = visit.start
    if status is Status.CANCELLED:
        when = min(start - timedelta(hours=random.randint(3, 90)), now)
        reason = random.choice(("Feels better", "Cannot get off work", "Ill", "Moved away"))
        return {"cancelled_at": when, "cancel_reason": reason}
    if status in (Status.NO_SHOW, Status.COMPLETED, Status.ARRIVED, Status.IN_PROGRESS):
        times["confirmed_at"] = start - timedelta(hours=random.randint(4, 50))
    if status in (Status.COMPLETED, Status.ARRIVED, Status.IN_PROGRESS):
        arrived = start - timedelta(minutes=random.randint(1, 12))
        times["arrived_at"] = min(arrived, now - timedelta(minutes=random.randint(2, 14)))
    if status in (Status.COMPLETED, Status.IN_PROGRESS):
        times["started_at"] = min(start + timedelta(minutes=random.randint(0, 9)), now)
    if status is Status.COMPLETED:
        times["completed_at"] = min(visit.end + timedelta(minutes=random.randint(-4, 6)), now)
    return times
