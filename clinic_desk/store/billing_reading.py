"""Reading invoices, their totals, and what waits for services outside."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import from_epoch
from clinic_desk.store.direct import fetch, fetch_one

if TYPE_CHECKING:
    from clinic_desk.domain.billing import Payment
    from clinic_desk.services.billing_ports import GatewayState, InvoiceTotal, InvoiceWish
    from clinic_desk.services.day_views import InvoiceCard, OutboxMessage

_BESIDE = "p.last_name, p.first_name, p.record_number, t.name, a.start_at, a.status, a.deleted_at"
_FROM = """
FROM invoice i JOIN appointment a ON a.id = i.appointment_id
JOIN patient p ON p.id = i.patient_id LEFT JOIN appointment_type t ON t.id = a.type_id
"""
_TOTALS = """
SELECT i.visit_day, i.doctor_id, i.currency, count(*),
 sum(CASE WHEN i.status = 'draft' THEN i.total_minor ELSE 0 END),
 sum(CASE WHEN i.status IN ('issued', 'part_paid', 'paid') THEN i.total_minor ELSE 0 END),
 sum(i.paid_minor),
 sum(CASE WHEN i.status IN ('issued', 'part_paid') THEN i.total_minor - i.paid_minor ELSE 0 END)
"""
_WAITS = "topic GLOB ? AND done_at IS NULL AND (withdrawn_at IS NULL OR last_error <> '')"


class BillingReading(ABC):
    """See ``services.billing_ports.BillingQueries``."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    def invoices(self, wish: InvoiceWish, limit: int = 500) -> tuple[InvoiceCard, ...]:
        from clinic_desk.domain.appointments import Status
        from clinic_desk.domain.billing import Invoice, Payment
        from clinic_desk.services.day_views import InvoiceCard
        from clinic_desk.store.mapping import mapper

        m, money = mapper(Invoice), mapper(Payment)
        where, values = _where(wish)
        chosen = (
            f"FROM invoice i JOIN appointment a ON a.id = i.appointment_id"
            f" JOIN patient p ON p.id = i.patient_id WHERE {where}"
            " ORDER BY i.visit_day DESC, a.start_at DESC, i.id DESC LIMIT ?"
        )
        columns = ", ".join(f"i.{name}" for name in m.columns)
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {columns}, {_BESIDE} {_FROM} WHERE {where}"
                " ORDER BY i.visit_day DESC, a.start_at DESC, i.id DESC LIMIT ?",
                (*values, limit),
            )
            paid: dict[Id, list[Payment]] = defaultdict(list)
            if rows:
                for row in fetch(
                    connection,
                    f"{money.select} WHERE invoice_id IN (SELECT i.id {chosen})"
                    " AND deleted_at IS NULL ORDER BY received_at, rowid",
                    (*values, limit),
                ):
                    payment = money.from_row(row)
                    paid[payment.invoice_id].append(payment)
        width = len(m.columns)
        return tuple(
            InvoiceCard(
                invoice=m.from_row(row[:width]),
                patient_name=", ".join(part for part in row[width : width + 2] if part),
                record_number=row[width + 2],
                type_name=row[width + 3] or "",
                visit_start=from_epoch(row[width + 4]),
                payments=tuple(paid.get(row[m.position["id"]], ())),
                visit_status=Status(row[width + 5]) if row[width + 6] is None else None,
            )
            for row in rows
        )

    def invoice_totals(self, wish: InvoiceWish) -> tuple[InvoiceTotal, ...]:
        from clinic_desk.services.billing_ports import InvoiceTotal

        where, values = _where(wish)
        with self._reading() as connection:
            rows = fetch(
                connection,
                f"{_TOTALS} FROM invoice i JOIN patient p ON p.id = i.patient_id WHERE {where}"
                " GROUP BY i.visit_day, i.doctor_id, i.currency"
                " ORDER BY i.visit_day DESC, i.doctor_id, i.currency",
                values,
            )
        return tuple(InvoiceTotal(date.fromisoformat(row[0]), *row[1:]) for row in rows)

    def outbox(self, prefix: str, limit: int = 200) -> tuple[OutboxMessage, ...]:
        from clinic_desk.store.outbox_reading import MESSAGE, message_of

        with self._reading() as connection:
            rows = fetch(
                connection,
                f"SELECT {MESSAGE} FROM outbox_message WHERE {_WAITS} ORDER BY rowid LIMIT ?",
                (f"{prefix}*", limit),
            )
        return tuple(map(message_of, rows))

    def gateway_state(self, service: str, prefix: str) -> GatewayState:
        from clinic_desk.services.billing_ports import GatewayState

        with self._reading() as connection:
            found = fetch_one(
                connection,
                "SELECT failures, open_until, last_error FROM gateway_state WHERE name = ?",
                (service,),
            )
            counts = fetch_one(
                connection,
                "SELECT count(*) FILTER (WHERE withdrawn_at IS NULL),"
                f" count(*) FILTER (WHERE withdrawn_at IS NOT NULL) FROM outbox_message"
                f" WHERE {_WAITS}",
                (f"{prefix}*",),
            )
            newest = fetch_one(
                connection,
                f"SELECT last_error FROM outbox_message WHERE {_WAITS}"
                " AND withdrawn_at IS NOT NULL ORDER BY withdrawn_at DESC, rowid DESC LIMIT 1",
                (f"{prefix}*",),
            )
        failures, until, error = found or (0, None, "")
        waiting, aside = counts or (0, 0)
        opened = None if until is None else from_epoch(until)
        refusal = newest[0] if newest is not None else ""
        return GatewayState(failures, opened, error, waiting, aside, refusal)


def _where(wish: InvoiceWish) -> tuple[str, list[object]]:
    parts: list[str] = ["i.deleted_at IS NULL"]
    values: list[object] = []

    def add(condition: str, *given: object) -> None:
        parts.append(condition)
        values.extend(given)

    if wish.invoice_id is not None:
        add("i.id = ?", wish.invoice_id)
    if wish.appointment_id is not None:
        add("i.appointment_id = ?", wish.appointment_id)
    if wish.patient_id is not None:
        add("i.patient_id = ?", wish.patient_id)
    if wish.doctor_id is not None:
        add("i.doctor_id = ?", wish.doctor_id)
    if wish.first is not None:
        add("i.visit_day >= ?", wish.first.isoformat())
    if wish.last is not None:
        add("i.visit_day <= ?", wish.last.isoformat())
    if wish.statuses:
        marks = ", ".join("?" * len(wish.statuses))
        add(f"i.status IN ({marks})", *(str(status) for status in wish.statuses))
    if wish.overdue_on is not None:
        add("i.status IN ('issued', 'part_paid') AND i.due_on < ?", wish.overdue_on.isoformat())
    for word in wish.text.split()[:6]:
        like = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        add(
            "(i.number LIKE ? ESCAPE '\\' OR p.last_name LIKE ? ESCAPE '\\'"
            " OR p.first_name LIKE ? ESCAPE '\\' OR p.record_number LIKE ? ESCAPE '\\')",
            like, like, like, like,
        )  # fmt: skip
    return " AND ".join(parts), values
