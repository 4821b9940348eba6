"""What money asks of a unit of work. ``SqlUnitOfWork`` is made of this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import Connection

from clinic_desk.domain.billing import Invoice
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.store.direct import fetch
from clinic_desk.store.history import dumps
from clinic_desk.store.mapping import mapper
from clinic_desk.store.writing import RowWriter

R = TypeVar("R", bound=Record)


class BillingWriting:
    """See ``services.billing_ports.BillingWork``."""

    now: datetime
    _connection: Connection
    _writer: RowWriter

    def before(self, record: R) -> R | None:
        written = self._writer.journal.written.get(record.id)
        return record if written is None else cast("R | None", written.before)

    def invoices_of(self, appointment_ids: Sequence[Id]) -> list[Invoice]:
        m = mapper(Invoice)
        if len(appointment_ids) == 1:
            which, values = "= ?", (appointment_ids[0],)
        else:
            which, values = "IN (SELECT value FROM json_each(?))", (dumps(list(appointment_ids)),)
        rows = fetch(
            self._connection,
            f"{m.select} WHERE appointment_id {which} AND deleted_at IS NULL"
            " ORDER BY created_at, rowid",
            values,
        )
        return [m.from_row(row) for row in rows]
