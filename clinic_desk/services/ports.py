"""What the use cases need from the outer rings. The store implements these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from typing import TYPE_CHECKING, Protocol, TypeVar

from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.availability.model import Busy, Roster, Snapshot
from clinic_desk.domain.errors import Stale
from clinic_desk.domain.events import Actor, Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.domain.waitlist import WaitlistOffer, WaitStatus
from clinic_desk.services.audit_ports import AuditQueries, AuditWork
from clinic_desk.services.billing_ports import (
    BillingQueries,
    BillingWork,
    OutboxQueries,
    OutboxWork,
)
from clinic_desk.services.flow_ports import FlowQueries
from clinic_desk.services.message_storing import MessageQueries, MessageWork, Turn
from clinic_desk.services.outcome import Changes, Touched
from clinic_desk.services.past_ports import PastQueries
from clinic_desk.services.patient_ports import PatientQueries
from clinic_desk.services.report_ports import ReportQueries
from clinic_desk.services.staff_ports import StaffQueries, StaffWork
from clinic_desk.services.views import (
    AppointmentView,
    CalendarSlice,
    Cell,
    DayLoad,
    Finding,
    MonthSlice,
    PatientHit,
    PatientIdentity,
    PatientView,
    ShelfCard,
    StoreInfo,
    UndoState,
)

if TYPE_CHECKING:
    # what the first day does not ask for is not loaded for it
    from clinic_desk.services.backup_ports import Backups
    from clinic_desk.services.planning_views import (
        DiaryRows,
        PatientContact,
        SeriesRows,
        TimeOffFacts,
        WaitlistCard,
    )

R = TypeVar("R", bound=Record)


class UnitOfWork(BillingWork, OutboxWork, AuditWork, StaffWork, MessageWork, Protocol):
    """One transaction. Left without ``commit`` it rolls back.

    ``add`` and ``replace`` stamp id-less bookkeeping (revision, times, staff, command), write the
    row, and append its event with the before → after of every field in the same call, so that no
    row can change without history. They raise ``SlotTaken`` or ``Refusal`` when the store's own
    guards say no, ``Stale`` when the row's revision is not ``before.revision``.
    """

    command_id: Id
    now: datetime
    actor: Actor

    def get(self, kind: type[R], row_id: Id) -> R:
        """Raises ``NotFound`` when missing or deleted."""
        ...

    def find(self, kind: type[R], **equals: object) -> list[R]:
        """Live rows whose columns equal the values."""
        ...

    def add(
        self,
        record: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        undoable: bool = True,
    ) -> R: ...

    def replace(
        self,
        before: R,
        after: R,
        action: str,
        metadata: Mapping[str, object] | None = None,
        *,
        undoable: bool = True,
    ) -> R:
        """With action "undone", "redone", "stepped_back" or "reinstated" the event is written
        before the row, which is what lets the store's status trigger accept a step that the
        machine does not have. Not ``undoable``: no part of this command's undo step; a hold that
        is released so takes the step that made it along."""
        ...

    def replace_together(
        self,
        pairs: Iterable[tuple[Appointment, Appointment]],
        action: str,
        metadata: Mapping[str, object] | None = None,
        stories: Mapping[Id, tuple[str, Mapping[str, object]]] | None = None,
    ) -> list[Appointment]:
        """Several appointments (before, after) at once, all or nothing: a swap or a chain in which
        each takes a place that another of them leaves. The guards judge the result only.
        ``stories`` gives single rows an action and metadata of their own."""
        ...

    def remove(
        self, record: Record, action: str, metadata: Mapping[str, object] | None = None
    ) -> None:
        """Soft delete."""
        ...

    def roster(self) -> Roster: ...

    def busy(
        self,
        start: datetime,
        end: datetime,
        *,
        doctor_ids: Iterable[Id] = (),
        room_ids: Iterable[Id] = (),
        patient_id: Id | None = None,
    ) -> list[Busy]:
        """Occupying rows whose blocked range meets [start, end) and that belong to any of the
        doctors, rooms or the patient (the union); holds included, external busy included."""
        ...

    def visits(self, doctor_id: Id, start: datetime, end: datetime) -> list[Appointment]:
        """Rows of the doctor that occupy a place and meet [start, end), holds included, by
        start."""
        ...

    def release_expired_holds(self) -> int:
        """Releases every hold whose ``hold_until`` ≤ ``now``, or further off than a hold can be
        (a clock was put back); called first by the gate."""
        ...

    def only_own_since(self, record: Record, revision: int) -> bool:
        """Whether every write to the row after that revision was a command of this session."""
        ...

    def status_before(self, appointment_id: Id, status: str) -> str | None:
        """What the visit was before the command that last brought it to ``status`` by an ordinary
        step, read from its events; None when no event tells (an imported visit)."""
        ...

    def series_occurrences(self, series_id: Id) -> list[Record]: ...

    def next_number(self, counter: str) -> int:
        """The next value of a gapless counter ("APT-2026", "patient"), from 1."""
        ...

    def setting(self, key: str, scope: str) -> object | None: ...

    def settings_of_desks(self, key: str) -> dict[Id, object | None]:
        """A setting of every desk that was at work within the last three months; None where it
        was never saved."""
        ...

    def save_setting(self, key: str, scope: str, value: object, *, undoable: bool = False) -> None:
        """``undoable``: told in an event, and part of this command's undo step."""
        ...

    def send(self, topic: str, subject_id: Id, payload: Mapping[str, object]) -> None:
        """Adds an outbox message: an effect outside the database, after the commit."""
        ...

    def record_undo(self, label: str, run_id: str = "") -> None:
        """Keeps the images of everything written so far as one undo step of this session, and
        drops the session's redo steps. Commands of the same ``run_id`` are one step, under the
        label of the last of them."""
        ...

    def undo(self, run_id: str = "", turn: Turn | None = None) -> str:
        """Writes the before-images of the session's last step, or of that run, compare-and-set on
        the fields the step changed; returns its label. Raises ``Refusal("nothing_to_undo")`` or
        ``Stale``; a step that is stale is dropped. ``turn`` does it for messages."""
        ...

    def redo(self, turn: Turn | None = None) -> str: ...

    def savepoint(self) -> AbstractContextManager[None]:
        """Rolls back to here when the block raises."""
        ...

    def stale(self, row_id: Id, what: str) -> Stale:
        """The refusal that says who changed a row last, and when; ``what`` begins its sentence."""
        ...

    def history(self, row_id: Id) -> tuple[Event, ...]:
        """All events of a row, oldest first."""
        ...

    def written(self, kind: type[R]) -> list[R]:
        """Every row of that kind that this unit of work wrote, as it is now; removed ones
        included, those of an import that was taken back or brought back left out."""
        ...

    def touched(self) -> list[Touched]:
        """Every row that this unit of work wrote."""
        ...

    def changes(self) -> Changes: ...

    def commit(self) -> None: ...


class Store(Protocol):
    def unit_of_work(
        self, actor: Actor, initiator: str = ""
    ) -> AbstractContextManager[UnitOfWork]: ...


class Queries(
    FlowQueries,
    ReportQueries,
    BillingQueries,
    OutboxQueries,
    PatientQueries,
    PastQueries,
    StaffQueries,
    AuditQueries,
    MessageQueries,
    Protocol,
):
    """The short way of reading. Safe from any thread; each call uses its own read connection."""

    def roster(self) -> Roster: ...

    def data_version(self) -> int:
        """Changes whenever any process has committed something that others should see."""
        ...

    def post_version(self) -> int:
        """Changes whenever any process has noted what became of a message. As of the last look at
        ``data_version``, which such a note does not change."""
        ...

    def calendar(
        self,
        first: date,
        last: date,
        doctor_ids: Sequence[Id] | None = None,
        *,
        include_cancelled: bool = False,
        rooms: bool = True,
    ) -> CalendarSlice:
        """Local days, inclusive. None means all active doctors. ``rooms`` False leaves what the
        other doctors do in the rooms out of the snapshot: ``room_use`` answers it later."""
        ...

    def room_use(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> tuple[Busy, ...]:
        """Visits in rooms of all doctors but these: what ``calendar`` without ``rooms`` lacks."""
        ...

    def month(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> MonthSlice: ...

    def cells(
        self,
        first: date,
        last: date,
        doctor_ids: Sequence[Id] | None = None,
        *,
        include_cancelled: bool = False,
    ) -> tuple[Cell, ...]: ...

    def loads(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> tuple[DayLoad, ...]: ...

    def snapshot(
        self, first: date, last: date, doctor_ids: Sequence[Id] | None = None
    ) -> Snapshot: ...

    def search_patients(self, text: str, limit: int = 20) -> list[PatientHit]: ...

    def similar_patients(
        self, *, last_name: str, first_name: str, birth_date: date | None, phone: str
    ) -> list[PatientHit]:
        """Likely duplicates: same birth date and similar name, or same phone."""
        ...

    def patient(self, patient_id: Id) -> PatientView: ...

    def appointment(self, appointment_id: Id) -> AppointmentView: ...

    def appointment_by_code(self, code: str) -> Id | None: ...

    def shelf(self) -> tuple[ShelfCard, ...]: ...

    def waitlist(
        self, statuses: Sequence[WaitStatus] = (WaitStatus.WAITING,)
    ) -> tuple[WaitlistCard, ...]:
        """Entries of those statuses, the longest waiting first."""
        ...

    def waitlist_entry(self, entry_id: Id) -> WaitlistCard:
        """Raises ``NotFound``."""
        ...

    def waitlist_offers(
        self, doctor_id: Id, start: datetime, end: datetime
    ) -> tuple[WaitlistOffer, ...]:
        """Offers of slots of that doctor that meet [start, end), whoever they were made to."""
        ...

    def time_off_facts(self, now: datetime) -> Mapping[Id, TimeOffFacts]:
        """For every request of the roster."""
        ...

    def contacts(self, patient_ids: Sequence[Id]) -> Mapping[Id, PatientContact]: ...

    def holds(self, desk_id: Id = "") -> tuple[Cell, ...]:
        """Slots held now, by start: all of them, or those of one desk."""
        ...

    def clashes(self) -> tuple[Cell, ...]:
        """Visits that are ``contested``: to be placed by hand."""
        ...

    def undo_state(self, session_id: Id) -> UndoState: ...

    def setting(self, key: str, scope: str = "desk") -> object | None: ...

    def patient_identities(self) -> list[PatientIdentity]:
        """Every live patient, only what tells persons apart (for imports)."""
        ...

    def import_keys(self) -> frozenset[str]:
        """The import keys of all visits and series taken in and not taken back."""
        ...

    def series_beside(self, series_id: Id) -> tuple[Id | None, Id | None]:
        """The last visit of the series that this one follows, and the first of the one that
        follows it; those that are cancelled do not count."""
        ...

    def series(self, series_id: Id) -> SeriesRows:
        """Raises ``NotFound``."""
        ...

    def diary(
        self,
        first: datetime | None = None,
        last: datetime | None = None,
        *,
        doctor_id: Id | None = None,
        patient_id: Id | None = None,
        series_id: Id | None = None,
    ) -> DiaryRows:
        """Live visits that start in [first, last), cancelled ones included, holds not; of a
        series that is met, every visit is in ``series_visits``."""
        ...

    def snapshot_of(self, days: Iterable[date]) -> Snapshot:
        """Busy rows of everybody on these local days alone, by one statement. Days between them
        are not known: ask the engine about the days named, one at a time."""
        ...

    def info(self) -> StoreInfo: ...


Progress = Callable[[int, int, str], bool]
"""(done, total, sentence) → False asks to stop."""


class Maintenance(Protocol):
    """Backup, restore, verify: what the command line and the settings page offer."""

    @property
    def backups(self) -> Backups:
        """Everything about backups; made for each who asks."""
        ...

    def verify(self, progress: Progress | None = None, head: str = "") -> list[Finding]: ...

    def backup(self, target: str | None = None) -> str:
        """Online backup, opened and checked; returns its path."""
        ...

    def restore(self, source: str) -> str:
        """Puts a backup in the place of the data; answers where what was there is kept, empty
        when there was nothing. Raises ``Fault``; then the data is as it was."""
        ...
