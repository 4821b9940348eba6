"""Every way to write, as frozen data. ``Desk.execute`` is the one gate they go through.

Instants are aware UTC. ``expected_revision`` is the revision that the person was looking at;
None skips the comparison (timers and imports).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from clinic_desk.domain.appointments import Source, Status
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import AUTO as AUTO
from clinic_desk.services.command import Command as Command
from clinic_desk.services.command import Scope as Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class BookAppointment(Command, by="booking:book", needs=Permission.BOOK):
    """Value: the appointment's id. With ``hold_id`` the held row becomes the booking and keeps
    its id. ``end`` None takes the type's duration. ``overbook_reason`` non-empty takes a lane
    above capacity, ``override_reason`` books within the type's notice or beyond its horizon,
    ``overlap_reason`` says why one patient is booked twice at a time.
    ``walk_in`` may start up to 15 minutes ago and is checked in at once. ``new_patient`` (the
    ``values`` of ``AddPatient``) puts somebody on file in the same step, with no ``patient_id``.
    ``remind_before`` minutes before the start and ``remind_channels`` ("none" alone: no reminder)
    take the place of the usual plan of reminders."""

    patient_id: Id = ""
    new_patient: Mapping[str, object] | None = None
    doctor_id: Id
    type_id: Id
    start: datetime
    end: datetime | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    title: str = ""
    reason: str = ""
    notes: str = ""
    mode: Mode | None = None
    hold_id: Id | None = None
    walk_in: bool = False
    overbook_reason: str = ""
    allow_patient_overlap: bool = False
    overlap_reason: str = ""
    outside_hours: bool = False
    override_reason: str = ""
    copy_of: Id | None = None
    source: Source = Source.FRONT_DESK
    remind_before: int | None = None
    remind_channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAppointment(Command, by="moving:move", needs=Permission.MOVE):
    """Move or resize. None keeps the value. Also takes a parked visit off the shelf.

    With a series ``scope`` the visits that were changed one by one stay, unless
    ``include_changed``. ``asked_by`` "clinic" says that the patient did not ask for it (leave, a
    room that is out of order): the type's *patient may reschedule* and *max reschedules* do not
    count then."""

    appointment_id: Id
    expected_revision: int | None
    start: datetime
    end: datetime
    doctor_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    scope: Scope = Scope.ONLY_THIS
    include_changed: bool = False
    asked_by: str = ""
    overbook_reason: str = ""
    override_reason: str = ""
    allow_patient_overlap: bool = False
    overlap_reason: str = ""
    outside_hours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTogether(Command, by="moving:move_together", needs=Permission.MOVE):
    """A multi-selection keeps its relative times: all or nothing, one undo step."""

    moves: tuple[MoveAppointment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyAppointment(Command, by="booking:copy", needs=Permission.BOOK):
    """A new visit for the same patient at another place; value: the new id."""

    appointment_id: Id
    start: datetime
    end: datetime
    doctor_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    overbook_reason: str = ""
    override_reason: str = ""
    allow_patient_overlap: bool = False
    overlap_reason: str = ""
    outside_hours: bool = False


STATUS_TAKES: Mapping[Status, Permission] = {
    Status.SCHEDULED: Permission.ACCEPT,
    Status.DECLINED: Permission.ACCEPT,
    Status.IN_PROGRESS: Permission.TREAT,
    Status.COMPLETED: Permission.TREAT,
}
"""What a step to a status takes; to any other one it is ``CHECK_IN``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatus(Command, by="status:change_status", needs=Permission.CHECK_IN):
    """One step of the status machine. ``arrived`` on a booked visit also confirms it (two events,
    one transaction); ``in_progress`` on a booked visit confirms it likewise. For ``cancelled``
    use CancelAppointment."""

    appointment_id: Id
    to: Status
    expected_revision: int | None = None
    reason: str = ""

    def takes(self) -> Iterator[Permission]:
        yield STATUS_TAKES.get(self.to, Permission.CHECK_IN)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeStatusTogether(Command, by="together:change_status", needs=Permission.CHECK_IN):
    """Several chosen visits: all or nothing, one undo step ("Arrived: 3 visits")."""

    changes: tuple[ChangeStatus, ...]

    def takes(self) -> Iterator[Permission]:
        """Nothing beyond what each of them takes."""
        yield from () if self.changes else (Permission.CHECK_IN,)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBack(Command, by="status:step_back", needs=Permission.CHECK_IN):
    """Takes the last status change of a visit back (a wrong click); audited; refused when the
    slot is no longer free."""

    appointment_id: Id
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBackTogether(Command, by="together:step_back", needs=Permission.CHECK_IN):
    """Several chosen visits: all or nothing, one undo step."""

    steps: tuple[StepBack, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelAppointment(Command, by="status:cancel", needs=Permission.CANCEL):
    appointment_id: Id
    reason: str
    expected_revision: int | None = None
    scope: Scope = Scope.ONLY_THIS
    include_changed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTogether(Command, by="together:cancel", needs=Permission.CANCEL):
    """Several chosen visits: all or nothing, one undo step."""

    cancellations: tuple[CancelAppointment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstate(Command, by="status:reinstate", needs=Permission.REINSTATE):
    """Undo a final status, with a reason; refused when the slot is taken."""

    appointment_id: Id
    reason: str
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EditAppointment(Command, by="editing:edit", needs=Permission.BOOK):
    """Change what is written about a visit. ``values`` keys: title, reason, notes, mode, type_id,
    room_id, patient_id, remind_before, remind_channels (as of ``BookAppointment``). With a series
    ``scope`` the visits that were changed one by one keep theirs, unless ``include_changed``."""

    appointment_id: Id
    values: Mapping[str, object]
    expected_revision: int | None = None
    scope: Scope = Scope.ONLY_THIS
    include_changed: bool = False
    override_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldSlot(Command, by="holds:hold", needs=Permission.HOLD):
    """Reserve a place for ``seconds``; value: the hold's id. ``replace_id`` is released in the
    same transaction (choosing another opening in the dialog). ``name`` says whom it is held for
    while that person is not on file. ``kept``: a person holds the time for its own sake, so it is
    an undo step; the hold that follows a selection is none."""

    doctor_id: Id
    start: datetime
    end: datetime
    type_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    patient_id: Id | None = None
    name: str = ""
    seconds: int = 180
    replace_id: Id | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewHold(Command, by="holds:renew", needs=Permission.HOLD):
    hold_id: Id
    seconds: int = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseHold(Command, by="holds:release", needs=Permission.HOLD):
    """``on_purpose``: a person lets the time go: an undo step, as leaving a dialog is not."""

    hold_id: Id
    on_purpose: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseExpiredHolds(Command, by="holds:release_expired"):
    """Value: how many were released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkAppointment(Command, by="shelf:park", needs=Permission.MOVE):
    """Put a visit on the shelf; its origin stays softly held. Value: the shelf item's id."""

    appointment_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkTogether(Command, by="together:park", needs=Permission.MOVE):
    """Several chosen visits: all or nothing, one undo step."""

    parkings: tuple[ParkAppointment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnparkAppointment(Command, by="shelf:unpark", needs=Permission.MOVE):
    """Back to its origin."""

    appointment_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPatient(Command, by="patients:add", needs=Permission.EDIT_PATIENT):
    """Value: the patient's id. ``record_number`` empty: the next free one. ``values`` keys are the
    fields of ``domain.people.Patient``; phones as typed go in ``mobile``/``phone`` and are
    normalised by the handler."""

    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class EditPatient(Command, by="patients:edit", needs=Permission.EDIT_PATIENT):
    patient_id: Id
    values: Mapping[str, object]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockTime(Command, by="roster:block_time", needs=Permission.BLOCK_TIME):
    """A blocked exception; value: its id. ``type_id`` and ``location_id`` block only that type or
    site."""

    doctor_id: Id
    start: datetime
    end: datetime
    reason: str = ""
    type_id: Id | None = None
    location_id: Id | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveBlock(Command, by="roster:remove_block", needs=Permission.BLOCK_TIME):
    exception_id: Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo(Command, by="history:undo"):
    """Takes back this session's last undoable command, or all commands of that ``run``; value: the
    label."""

    run: Id = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redo(Command, by="history:redo"):
    """Repeats the last undone command; value: its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveSetting(Command, by="settings:save"):
    """``scope`` is "desk" or "clinic"; ``value`` is a JSON value. With a ``label`` it is an undo
    step of that name; what a window merely remembers (its size, the last view) has none."""

    key: str
    value: object
    scope: str = "desk"
    label: str = ""


class RecordKind(StrEnum):
    """What the set-up and import commands may write wholesale."""

    PRACTICE = "practice"
    LOCATION = "location"
    ROOM = "room"
    DOCTOR = "doctor"
    TYPE = "appointment_type"
    TEMPLATE = "schedule_template"
    EXCEPTION = "availability_exception"
    TIME_OFF = "time_off_request"
    HOLIDAY = "holiday"
    TRAVEL = "travel_time"
    EXTERNAL_BUSY = "external_busy_time"


@dataclass(frozen=True, slots=True, kw_only=True)
class SaveRecords(Command, by="roster:save_records", needs=Permission.EDIT_ROSTER):
    """Add or replace roster rows (``records`` are domain dataclasses; a row whose id exists is
    replaced, and refused as stale when ``revision`` is above 0 and no longer the stored one).
    Used by the demo clinic, the import and the roster pages. Raises ``Refusal`` whose ``field``
    names the dataclass's field at fault."""

    records: tuple[object, ...]
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportBatch(Command, by="importing:import_batch", needs=Permission.IMPORT):
    """One all-or-nothing batch of an import.

    ``patients``, ``appointments``, ``series`` and ``time_off`` hold the field values of the domain
    dataclasses of those names (ids made by the caller); ``records`` roster rows to create first;
    ``merges`` pairs a patient's id with the field values of another row of the same person: the
    record number is kept, blanks are filled, what differs goes to the notes;
    ``reserved_numbers`` are record numbers of the file that no patient without one may be given,
    for theirs may come in a later batch. A visit whose
    place is taken is stored as ``contested`` (the clash list), never dropped and never forced in.
    Rows whose ``import_key``, or patients whose record number, exist already are skipped.
    With a ``label`` the batches of the same ``run`` are one undo step, under the last one's label.
    Value: ``ImportCounts``."""

    file_digest: str = ""
    batch: int = 0
    records: tuple[object, ...] = ()
    patients: tuple[Mapping[str, object], ...] = ()
    merges: tuple[tuple[Id, Mapping[str, object]], ...] = ()
    series: tuple[Mapping[str, object], ...] = ()
    appointments: tuple[Mapping[str, object], ...] = ()
    time_off: tuple[Mapping[str, object], ...] = ()
    reserved_numbers: frozenset[str] = frozenset()
    run: Id = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """``skipped_keys`` and ``contested_keys`` are import keys (visits) or record numbers
    (patients) of the batch; ``taken_numbers`` are record numbers that somebody else was given
    since the file was read: those rows are not taken in."""

    imported: int = 0
    skipped_keys: tuple[str, ...] = ()
    contested_keys: tuple[str, ...] = ()
    taken_numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DateRange:
    first: date
    last: date
