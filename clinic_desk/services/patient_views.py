"""Read models of the patient's page and of merging. Frozen; instants are aware UTC."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.message_ports import MessageCard
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.views import Cell


@dataclass(frozen=True, slots=True)
class PatientFacts:
    """Counts over all visits. ``usual_wait``: minutes between arrival and start, the mean of the
    last visits that have both stamps; None without any. ``since``: the first visit that was
    not cancelled."""

    completed: int = 0
    missed: int = 0
    cancelled: int = 0
    usual_wait: int | None = None
    since: datetime | None = None

    @property
    def finished(self) -> int:
        """What the no-show rate is a part of: visits that were kept or missed."""
        return self.completed + self.missed

    @property
    def no_show_share(self) -> int:
        """Per cent, rounded."""
        return round(100 * self.missed / self.finished) if self.finished else 0


@dataclass(frozen=True, slots=True)
class MergedEntry:
    """An entry that became part of another one: when and by whom."""

    patient: Patient
    at: datetime | None
    by: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """One page of what happened, newest first. ``before`` is where the next page begins; 0: there
    is none."""

    events: tuple[Event, ...]
    before: int = 0


@dataclass(frozen=True, slots=True)
class Holdings:
    """What belongs to an entry and goes over when it is merged."""

    visits: int = 0
    series: int = 0
    invoices: int = 0
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Twin:
    """Likely a second entry of the same person, and why; ``strong`` without a doubt worth a
    look."""

    patient: Patient
    why: tuple[str, ...]
    strong: bool
    holdings: Holdings = Holdings()


@dataclass(frozen=True, slots=True)
class TwinSide:
    """One half of a pair of the clinic-wide list."""

    id: Id
    record_number: str
    listed_name: str
    birth_date: date | None
    phone: str
    visits: int = 0


@dataclass(frozen=True, slots=True)
class TwinPair:
    one: TwinSide
    other: TwinSide
    why: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PatientRecord:
    """Everything on the patient's page but the timeline. ``asked`` is the entry that was asked for
    when that one was merged into ``patient``. ``owed``: (currency, minor units) still open.
    Visits and invoices newest first; ``invoice_count`` counts those beyond ``invoices`` too. Not
    ``money_told``: whoever asks may not see invoices, so there are none here."""

    patient: Patient
    visits: tuple[Cell, ...]
    facts: PatientFacts
    invoices: tuple[InvoiceCard, ...] = ()
    invoice_count: int = 0
    owed: tuple[tuple[str, int], ...] = ()
    waits: tuple[WaitlistCard, ...] = ()
    messages: tuple[MessageCard, ...] = ()
    merged: tuple[MergedEntry, ...] = ()
    twins: tuple[Twin, ...] = ()
    asked: Patient | None = None
    money_told: bool = True
