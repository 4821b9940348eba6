"""Two entries side by side: which value of each field is proposed, and what goes over.

Nothing that warns is ever lost by default: alerts and notes of both are kept where they fit, and
of two answers about consent the "no" is proposed. The person has the last word on every field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import NOTES_LIMIT
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.people import Patient
from clinic_desk.services.merging import value_of
from clinic_desk.services.patient_record import kept_entry
from clinic_desk.services.patient_views import Holdings
from clinic_desk.services.patients import ALERT_LIMIT

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries

FIELDS: tuple[tuple[str, str], ...] = (
    ("last_name", "Surname"),
    ("first_name", "First name"),
    ("birth_date", "Born"),
    ("mobile", "Mobile"),
    ("phone", "Phone"),
    ("email", "E-mail"),
    ("language", "Language"),
    ("zone", "Time zone"),
    ("consent_sms", "SMS allowed"),
    ("consent_email", "E-mail allowed"),
    ("consent_whatsapp", "WhatsApp allowed"),
    ("channels", "Told first by"),
    ("quiet", "Quiet hours"),
    ("emergency_contact", "Emergency"),
    ("usual_doctor_id", "Usual doctor"),
    ("alert", "Alert"),
    ("notes", "Notes"),
)
JOINED: Mapping[str, tuple[str, int]] = {
    "alert": ("; ", ALERT_LIMIT),
    "emergency_contact": ("; ", 500),
    "notes": ("\n\n", NOTES_LIMIT),
}
"""Fields of which both values can be kept: what stands between them, most characters."""

LONGER = frozenset({"last_name", "first_name", "alert", "notes"})
CONSENT = frozenset({"consent_sms", "consent_email", "consent_whatsapp"})
_LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)


class Side(StrEnum):
    KEPT = "kept"
    OTHER = "other"
    BOTH = "both"


class Standing(StrEnum):
    """How the two values stand to each other."""

    SAME = "same"
    ONE = "one"
    """Only one entry has a value."""
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """``why`` says in a word why ``side`` is proposed. ``both`` is the joined text where keeping
    both is possible, else empty."""

    name: str
    label: str
    kept: object
    other: object
    standing: Standing
    side: Side
    why: str = ""
    both: str = ""

    @property
    def value(self) -> object:
        """What is kept by the side that is chosen."""
        if self.side is Side.BOTH:
            return self.both
        return self.kept if self.side is Side.KEPT else self.other

    def on(self, side: Side) -> FieldChoice:
        """Another side; BOTH where that is not possible leaves it."""
        if side is Side.BOTH and not self.both:
            return self
        return replace(self, side=side)


@dataclass(frozen=True, slots=True)
class MergeView:
    """``holdings`` is what goes over from ``other``. ``shared``: when both have a visit, which may
    be one that was booked twice."""

    kept: Patient
    other: Patient
    holdings: Holdings
    own: Holdings
    choices: tuple[FieldChoice, ...]
    shared: tuple[datetime, ...] = ()


def merge_view(queries: Queries, kept_id: Id, other_id: Id) -> MergeView:
    """Entries that were merged before are followed. Raises ``Refusal`` when that leads to one and
    the same, or one is no longer there."""
    kept, other = kept_entry(queries, kept_id), kept_entry(queries, other_id)
    if kept.id == other.id:
        raise Refusal(
            "same_patient",
            f"{kept.listed_name} (No. {kept.record_number}) is that very entry; "
            "choose another one.",
        )
    held = queries.holdings((kept.id, other.id))
    return MergeView(
        kept,
        other,
        held.get(other.id, Holdings()),
        held.get(kept.id, Holdings()),
        choices_for(kept, other),
        queries.shared_times(kept.id, other.id),
    )


def choices_for(kept: Patient, other: Patient) -> tuple[FieldChoice, ...]:
    newer = _written(other) > _written(kept)
    return tuple(_choice(name, label, kept, other, newer) for name, label in FIELDS)


def values_of(choices: tuple[FieldChoice, ...]) -> dict[str, object]:
    """For ``MergePatients``: only what the kept entry does not have already."""
    return {one.name: one.value for one in choices if one.value != one.kept}


def _choice(name: str, label: str, kept: Patient, other: Patient, newer: bool) -> FieldChoice:
    left, right = value_of(kept, name), value_of(other, name)
    joined = _joined(name, left, right)
    if left == right:
        return FieldChoice(name, label, left, right, Standing.SAME, Side.KEPT)
    if _empty(left) or _empty(right):
        side = Side.OTHER if _empty(left) else Side.KEPT
        return FieldChoice(name, label, left, right, Standing.ONE, side, "the only one")
    side, why = _proposed(name, left, right, newer, joined)
    return FieldChoice(name, label, left, right, Standing.DIFFERS, side, why, joined)


def _proposed(name: str, left: object, right: object, newer: bool, joined: str) -> tuple[Side, str]:
    if name in CONSENT:
        return (Side.KEPT if left is False else Side.OTHER), "a no counts"
    if name in ("alert", "notes") and joined:
        return Side.BOTH, "nothing is lost"
    if name in LONGER and len(str(left)) != len(str(right)):
        return (Side.KEPT if len(str(left)) > len(str(right)) else Side.OTHER), "longer"
    return (Side.OTHER if newer else Side.KEPT), "newer"


def _joined(name: str, left: object, right: object) -> str:
    """Empty where both cannot be kept, or one says what the other does."""
    if name not in JOINED or _empty(left) or _empty(right):
        return ""
    between, limit = JOINED[name]
    one, other = str(left), str(right)
    if one in other or other in one:
        return ""
    whole = f"{one}{between}{other}"
    return whole if len(whole) <= limit else ""


def _empty(value: object) -> bool:
    return value is None or value in ("", ())


def _written(patient: Patient) -> datetime:
    return patient.updated_at or patient.created_at or _LONG_AGO
