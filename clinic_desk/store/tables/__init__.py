"""The tables, typed and declarative; ``metadata`` knows them all."""

from __future__ import annotations

from clinic_desk.store.tables import (
    appointments,
    billing,
    clinic,
    ledger,
    patients,
    schedule,
    waitlist,
)
from clinic_desk.store.tables.base import Base

metadata = Base.metadata

__all__ = [
    "Base",
    "appointments",
    "billing",
    "clinic",
    "ledger",
    "metadata",
    "patients",
    "schedule",
    "waitlist",
]
