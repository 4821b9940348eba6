"""The tables, typed and declarative; ``metadata`` knows them all."""

from __future__ import annotations

from clinic_desk.store.tables import (
    appointments,
    audit,
    billing,
    clinic,
    ledger,
    messages,
    patients,
    schedule,
    staff,
    waitlist,
)
from clinic_desk.store.tables.base import Base

metadata = Base.metadata

__all__ = [
    "Base",
    "appointments",
    "audit",
    "billing",
    "clinic",
    "ledger",
    "messages",
    "metadata",
    "patients",
    "schedule",
    "staff",
    "waitlist",
]
