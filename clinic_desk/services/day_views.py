"""Read models of the day: flow, agenda of one doctor, the patient's page, money, reports.

Frozen, may cross threads. Instants are aware UTC, money minor units, minutes whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import Invoice, LineKind, Payment
from clinic_desk.domain.events import Event
from clinic_desk.domain.flow import DoctorDelay
from clinic_desk.domain.flow_forecast import Forecast as Forecast
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import Cell


@dataclass(frozen=True, slots=True)
class Stamps:
    """When a visit was really at each station."""

    arrived: datetime | None = None
    started: datetime | None = None
    completed: datetime | None = None


@dataclass(frozen=True, slots=True)
class FlowDay:
    """One local day of the clinic as the board shows it: every visit (cancelled, declined and
    no-show ones too, holds not), by start. ``day`` is the local day of each site."""

    day: date
    cells: tuple[Cell, ...]
    stamps: Mapping[Id, Stamps]
    numbers: Mapping[Id, str]
    """Record number of each patient, by patient id, for a screen without names."""
    delays: Mapping[Id, DoctorDelay]
    """What doctors say, by doctor id."""


@dataclass(frozen=True, slots=True)
class PatientPage:
    """Everything that stands on a patient's card. ``events`` are the patient's own and those of
    the visits, newest first; ``merged`` the entries that were merged into this one. ``wait`` are
    ids of waiting entries. ``owed_minor`` by currency."""

    patient: Patient
    visits: tuple[Cell, ...]
    events: tuple[Event, ...]
    invoices: tuple[Invoice, ...]
    wait: tuple[Id, ...]
    merged: tuple[Patient, ...]
    owed_minor: Mapping[str, int]
    no_shows: int
    finished: int
    """Visits that were completed or missed: what the no-show rate is a part of."""


@dataclass(frozen=True, slots=True)
class InvoiceCard:
    """One row of the billing page."""

    invoice: Invoice
    patient_name: str
    record_number: str
    type_name: str
    visit_start: datetime
    payments: tuple[Payment, ...] = ()
    visit_status: Status | None = None
    """None: the booking was taken back."""

    @property
    def to_return(self) -> int:
        """Money on an invoice whose visit does not take place, minor units."""
        off = self.visit_status in (None, Status.CANCELLED, Status.DECLINED, Status.NO_SHOW)
        fee = any(line.kind is LineKind.NO_SHOW_FEE for line in self.invoice.lines)
        owing = off and not (fee and self.visit_status is Status.NO_SHOW)
        return self.invoice.paid_minor if owing else 0


class Preset(StrEnum):
    LOAD = "load"
    NO_SHOWS = "no_shows"
    CANCELLATIONS = "cancellations"
    LEAD_TIME = "lead_time"
    WAITING = "waiting"
    PUNCTUALITY = "punctuality"
    UTILISATION = "utilisation"
    WEEK_HEAT = "week_heat"
    REVENUE = "revenue"


class GroupBy(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    DOCTOR = "doctor"
    ROOM = "room"
    TYPE = "type"
    SITE = "site"
    WEEKDAY_HOUR = "weekday_hour"


@dataclass(frozen=True, slots=True)
class ReportWish:
    """Local days, inclusive. Empty tuples: all."""

    preset: Preset
    first: date
    last: date
    group: GroupBy = GroupBy.DOCTOR
    doctor_ids: tuple[Id, ...] = ()
    location_ids: tuple[Id, ...] = ()


class Unit(StrEnum):
    TEXT = "text"
    COUNT = "count"
    MINUTES = "minutes"
    DAYS = "days"
    SHARE = "share"
    """0 … 1, shown as per cent."""
    MONEY = "money"


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Report:
    """A table, its sums, and which column the plot draws; ``stacked`` columns are drawn on one
    another instead. ``notes`` say how a figure is meant. ``keys`` are what the rows stand for, as
    of ``services.report_ports.Key``."""

    wish: ReportWish
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[object, ...], ...]
    totals: tuple[object, ...]
    plotted: int
    currency: str = ""
    notes: tuple[str, ...] = ()
    stacked: tuple[int, ...] = ()
    keys: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """``attempts`` made so far; ``set_aside``: no longer tried by itself."""

    id: Id
    topic: str
    subject_id: Id
    payload: Mapping[str, object]
    created_at: datetime
    attempts: int = 0
    next_try_at: datetime | None = None
    set_aside: bool = False
    last_error: str = ""
