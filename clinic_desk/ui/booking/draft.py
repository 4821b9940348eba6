"""What has been typed into the booking dialog; kept for ten minutes after Esc."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import Rule
from clinic_desk.services.series_commands import Choice
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.typed_patient import NewPatient

KEPT_FOR = timedelta(minutes=10)


@dataclass(slots=True)
class Draft:
    """``doctor_ids`` empty means any doctor. ``minutes`` None takes the type's length. ``start``
    is the opening that was selected, aware UTC. ``entry_id``: booked for this entry of the waiting
    list, whose later visit goes with ``give_up``."""

    patient: PatientHit | None = None
    new_patient: NewPatient | None = None
    search_text: str = ""
    type_id: Id | None = None
    minutes: int | None = None
    when_text: str = ""
    mornings: bool = False
    doctor_ids: tuple[Id, ...] = ()
    room_id: Id | None = None
    reason: str = ""
    notes: str = ""
    remind: tuple[int | None, tuple[str, ...]] = (None, ())
    start: datetime | None = None
    start_doctor_id: Id | None = None
    kept_at: datetime | None = None
    type_chosen: bool = False
    repeat: tuple[Rule, tuple[Choice, ...]] | None = None
    entry_id: Id | None = None
    give_up: bool = False

    @property
    def worth_keeping(self) -> bool:
        return bool(
            self.patient
            or self.new_patient
            or self.search_text.strip()
            or self.reason.strip()
            or self.notes.strip()
        )

    def alive(self, now: datetime) -> bool:
        return self.kept_at is not None and now - self.kept_at < KEPT_FOR

    def describe(self, source: RosterSource) -> str:
        """ "Lee, Ana · Follow-up · Tue 1 Dec 09:45"."""
        parts = []
        if self.patient is not None:
            parts.append(self.patient.listed_name)
        elif self.new_patient is not None:
            parts.append(f"new patient {self.new_patient.spoken_name}")
        elif self.search_text.strip():
            parts.append(f"‘{self.search_text.strip()}’")
        kind = source.roster.types.get(self.type_id or "") if source.roster else None
        if kind is not None:
            parts.append(kind.name)
        if self.start is not None:
            parts.append(words.moment_words(self.start, source.zone))
        return " · ".join(parts)
