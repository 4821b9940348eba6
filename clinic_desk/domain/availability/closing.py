"""What closes a site on a local day: all of it, or a part by its own wall clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import Holiday

NONE: tuple[Holiday, ...] = ()


class Closing:
    """``days`` are those on which anything is closed anywhere."""

    def __init__(self, rows: Iterable[Holiday]) -> None:
        self.days: dict[date, list[Holiday]] = defaultdict(list)
        self._at_work: set[tuple[Id | None, date]] = set()
        for row in rows:
            if row.deleted_at is not None:
                continue
            if row.closed:
                self.days[row.day].append(row)
            else:
                self._at_work.add((row.location_id, row.day))

    def at(self, location_id: Id, day: date) -> tuple[Holiday, ...]:
        """A site's own closures, and those of the whole clinic unless the site is said to work
        that day; by their start."""
        if day not in self.days:
            return NONE
        everywhere = (location_id, day) not in self._at_work
        found = [
            row
            for row in self.days[day]
            if row.location_id == location_id or (row.location_id is None and everywhere)
        ]
        return tuple(sorted(found, key=lambda row: (row.start_minute, row.id)))

    def whole(self, location_id: Id, day: date) -> Holiday | None:
        """What closes the whole day."""
        return next((row for row in self.at(location_id, day) if row.whole_day), None)
