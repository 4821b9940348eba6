"""Commands about the day's flow and about who is who among the patients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningLate(Command, by="flow:running_late", needs=Permission.CHECK_IN):
    """The doctor says how late what comes next will start, minutes; 0: on time again. It moves no
    booking. Value: the ``DoctorDelay``'s id."""

    doctor_id: Id
    day: date
    minutes: int
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerVisit(Command, by="flow:answer", needs=Permission.ACCEPT):
    """Accept or decline a visit that awaits the doctor. Declining needs a reason. Value: its
    id."""

    appointment_id: Id
    accept: bool
    reason: str = ""
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergePatients(Command, by="merging:merge", needs=Permission.MERGE_PATIENTS):
    """Two entries of one person become one: visits, series, invoices and waiting entries of
    ``other_id`` go over to ``kept_id``, whose ``values`` (fields of ``Patient``, chosen side by
    side) are written; the other record number goes to ``other_numbers``. One undo step, and
    reversible later by ``SeparatePatients``. Value: ``kept_id``."""

    kept_id: Id
    other_id: Id
    values: Mapping[str, object]
    expected_revision: int | None = None
    other_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeparatePatients(Command, by="merging:separate", needs=Permission.MERGE_PATIENTS):
    """Takes a merge back: the entry that was merged stands again, with what it brought; what was
    made since stays with the kept one. Fields of the kept entry that were edited since are left as
    they are. Value: ``other_id``."""

    other_id: Id
    reason: str = ""
