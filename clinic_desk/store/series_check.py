"""Proof that every visit of a series is on a date that the series tells of."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import expand, instant, parse, parse_local
from clinic_desk.domain.spans import epoch, from_epoch
from clinic_desk.services.views import Finding

MOST = 1000
"""Occurrences looked at: an import of old may hold more than a series may have today."""

_LIVE = """
SELECT a.series_id, a.id, a.series_start, a.import_key, s.rule, s.local_start, s.zone
FROM appointment a
LEFT JOIN appointment_series s ON s.id = a.series_id AND s.deleted_at IS NULL
WHERE a.series_id IS NOT NULL AND a.deleted_at IS NULL
 AND a.status NOT IN ('held', 'released', 'cancelled', 'declined')
ORDER BY a.series_id, a.start_at
"""


def check_series(connection: Connection) -> Iterator[Finding]:
    """A visit that was moved on its own keeps the date of the rule that it stands for; one that
    an import took in beside its rule has that date in its key."""
    rows = connection.exec_driver_sql(_LIVE).fetchall()
    for series_id, visits in groupby(rows, key=itemgetter(0)):
        known: frozenset[int] | None = None
        for _, row_id, start, key, rule, local_start, zone in visits:
            if rule is None:
                yield Finding(
                    "series", row_id, f"The series {series_id} of the visit {row_id} is gone."
                )
                continue
            if known is None:
                known = _dates(rule, local_start, zone)
            if start in known or (start is not None and _in_key(key, start)):
                continue
            when = "no date" if start is None else f"{from_epoch(start):%Y-%m-%d %H:%M} UTC"
            yield Finding(
                "series",
                row_id,
                f"The visit {row_id} stands for {when}, which its series {series_id} has not.",
            )


def _dates(rule: str, local_start: str, zone: str) -> frozenset[int]:
    """Epoch seconds; none of a rule that cannot be read."""
    try:
        found = expand(parse(rule, zone), parse_local(local_start), MOST)
    except Refusal:
        return frozenset()
    return frozenset(epoch(instant(day, zone)) for day in found)


def _in_key(key: str | None, start: int) -> bool:
    return key is not None and key.endswith(f"/{from_epoch(start):%Y%m%dT%H%M%SZ}")
