"""Proof of the books: numbers without a gap, sums that add up, one live invoice for a visit."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection

from clinic_desk.domain.billing import OWED, InvoiceStatus, status_after
from clinic_desk.services.views import Finding

_OFF = "('cancelled', 'declined')"


def check_billing(connection: Connection) -> Iterator[Finding]:
    rows = connection.exec_driver_sql(
        "SELECT i.id, i.number, i.status, i.lines, i.total_minor, i.paid_minor,"
        " coalesce((SELECT sum(p.amount_minor) FROM payment p WHERE p.invoice_id = i.id"
        " AND p.deleted_at IS NULL), 0) FROM invoice i WHERE i.deleted_at IS NULL"
    ).fetchall()
    numbers: dict[str, list[int]] = defaultdict(list)
    for row_id, number, status, lines, total, paid, received in rows:
        name = number or row_id
        if sum(line[1] for line in json.loads(lines)) != total:
            yield Finding("billing", row_id, f"The lines of invoice {name} do not add up.")
        if paid != received:
            yield Finding(
                "billing",
                row_id,
                f"Invoice {name} says {paid} was paid; its payments say {received}.",
            )
        given = InvoiceStatus(status)
        if given in OWED or given is InvoiceStatus.PAID:
            if given is not status_after(total, paid):
                yield Finding(
                    "billing", row_id, f"Invoice {name} is {status}, but its sums differ."
                )
        elif paid:
            yield Finding("billing", row_id, f"Invoice {name} is {status} with money on it.")
        if number is not None:
            stem, _, place = number.rpartition("-")
            numbers[stem].append(int(place))
    found = connection.exec_driver_sql("SELECT name, value FROM counter WHERE name GLOB 'INV-*'")
    counters = {name: int(value) for name, value in found.fetchall()}
    for stem in sorted(numbers.keys() | counters.keys()):
        if sorted(numbers[stem]) != list(range(1, counters.get(stem, 0) + 1)):
            yield Finding("billing", stem, f"The invoice numbers {stem}-… have a gap.")
    for row_id, name in connection.exec_driver_sql(
        "SELECT i.id, coalesce(i.number, i.id) FROM invoice i"
        " JOIN appointment a ON a.id = i.appointment_id WHERE i.deleted_at IS NULL"
        " AND i.status <> 'void' AND i.paid_minor = 0"
        f" AND (a.deleted_at IS NOT NULL OR a.status IN {_OFF})"
    ).fetchall():
        yield Finding("billing", row_id, f"Invoice {name} is of a visit that does not take place.")
