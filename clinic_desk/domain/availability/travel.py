"""The way between two sites.

A doctor needs it between the end of a visit at one site and the start of a visit at another. It
runs beside the buffers, not after them: cleaning is done by whoever stays, so the larger of the
two is kept. Holds of others count like visits, and so do visits by video or phone: the doctor
takes them where the visit is booked. No minutes, no rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.ids import Id


class Travel:
    """``longest`` minutes between any two sites; 0 when nothing is to be looked at."""

    def __init__(self, roster: Roster) -> None:
        self._usual = max(0, roster.practice.travel_minutes)
        self._pairs: dict[tuple[Id, Id], int] = {}
        for row in roster.travel:
            if row.deleted_at is None:
                self._pairs[(row.location_id, row.other_location_id)] = max(0, row.minutes)
                self._pairs[(row.other_location_id, row.location_id)] = max(0, row.minutes)
        several = sum(1 for row in roster.locations.values() if row.deleted_at is None) > 1
        self.longest = max((self._usual, *self._pairs.values())) if several else 0

    def minutes(self, place: Id, other: Id) -> int:
        """0 within a site, and where a row's site is not known."""
        if place == other or not place or not other:
            return 0
        return self._pairs.get((place, other), self._usual)

    def away(self, rows: Iterable[Busy], location_id: Id) -> Iterator[tuple[int, int]]:
        """The ranges (epoch seconds) that a visit at a site must keep clear of because of what
        the doctor has at other sites."""
        for row in rows:
            minutes = self.minutes(row.location_id, location_id)
            if minutes:
                yield row.start - minutes * 60, row.end + minutes * 60

    def too_near(self, rows: Sequence[Busy], location_id: Id, start: int, end: int) -> list[Busy]:
        """The rows at other sites that leave no time for the way."""
        return [
            row
            for row in rows
            if any(low < end and start < high for low, high in self.away((row,), location_id))
        ]
