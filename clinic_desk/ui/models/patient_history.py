"""What happened to a patient, in plain words: one line per step, newest first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import words
from clinic_desk.ui.models.history import LEADS, deed, who
from clinic_desk.ui.runtime.formatting import phone_text

FIELD_WORDS = {
    "last_name": "surname",
    "first_name": "first name",
    "birth_date": "birth date",
    "mobile": "mobile",
    "phone": "phone",
    "email": "e-mail",
    "language": "language",
    "zone": "time zone",
    "consent_sms": "consent to SMS",
    "consent_email": "consent to e-mail",
    "consent_whatsapp": "consent to WhatsApp",
    "channels": "way of messages",
    "quiet": "quiet hours",
    "emergency_contact": "emergency contact",
    "alert": "alert",
    "notes": "notes",
    "usual_doctor_id": "usual doctor",
    "record_number": "record number",
    "active": "being a patient",
}
WAYS = {"sms": "SMS", "email": "e-mail", "whatsapp": "WhatsApp"}
MOST_SHOWN = 60
"""Characters of a value in a line."""

MOST_ALIKE = 3
"""Visits of one step that are told one by one."""

ICONS = {
    "booked": "plus", "created": "plus", "copied": "copy", "imported": "import", "moved": "move",
    "parked": "shelf", "unparked": "shelf", "undone": "undo", "redone": "redo", "edited": "edit",
    "merged": "users", "separated": "users", "issued": "list", "voided": "refuse",
    "received": "check", "given_back": "undo", "withdrawn": "refuse",
}  # fmt: skip
STATUSES = frozenset(
    {"confirmed", "arrived", "in_progress", "completed", "cancelled", "no_show", "pending"}
)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


def ways_text(value: object) -> str:
    """ "e-mail, SMS" of an order of ways, as it is or as an event keeps it."""
    names = value if isinstance(value, list | tuple) else re.findall(r"[a-z]+", str(value or ""))
    return ", ".join(WAYS[name] for name in names if name in WAYS)


@dataclass(frozen=True, slots=True)
class PatientLine:
    """``day`` and ``clock`` are when it happened, ``title`` what it is about, ``text`` who did
    what. ``icon`` a name of the theme's. ``visit_id`` can be opened."""

    day: str
    clock: str
    icon: str
    title: str
    text: str
    visit_id: Id | None = None


@dataclass(frozen=True, slots=True)
class Teller:
    """``visits`` are those of the patient by id; ``others`` the record numbers of entries that
    were merged into this one, by id."""

    roster: Roster
    zone: str
    today: date
    patient_id: Id
    visits: Mapping[Id, Cell]
    others: Mapping[Id, str]

    def lines(self, events: Sequence[Event]) -> list[PatientLine]:
        """Events newest first; those of one command stand together."""
        told: list[PatientLine] = []
        for _command, group in groupby(events, key=lambda event: event.command_id):
            told += self._step(list(group))
        return told

    def _step(self, events: list[Event]) -> Iterable[PatientLine]:
        merging = [e for e in events if e.subject_kind == "patient" and _about_merge(e)]
        if merging:
            own = next((e for e in merging if e.subject_id == self.patient_id), merging[0])
            line = self._line(own)
            return [line] if line is not None else []
        lines = [line for event in events if (line := self._line(event)) is not None]
        visits = [line for line in lines if line.visit_id is not None]
        if len(visits) <= MOST_ALIKE:
            return lines
        first = visits[-1]
        several = f"{first.text} – and {len(visits) - 1} visits more in the same step"
        rest = [line for line in lines if line.visit_id is None]
        return [replace(first, title=f"{len(visits)} visits", text=several), *rest]

    def _line(self, event: Event) -> PatientLine | None:
        text = {
            "appointment": self._visit,
            "patient": self._patient,
            "invoice": self._invoice,
            "payment": self._payment,
            "waitlist_entry": self._waiting,
        }.get(event.subject_kind, _nothing)(event)
        if not text:
            return None
        visit = self.visits.get(event.subject_id)
        wall = words.local(event.occurred_at, self.zone)
        return PatientLine(
            day=words.day_words(wall.date(), self.today),
            clock=f"{wall:%H:%M}",
            icon=_icon(event),
            title=self._title(event, visit),
            text=f"{who(event)} {text}",
            visit_id=visit.id if visit is not None else None,
        )

    def _title(self, event: Event, visit: Cell | None) -> str:
        if event.subject_kind == "appointment":
            if visit is None:
                return "Visit"
            zone = self._zone_of(visit)
            when = words.moment_words(visit.start, zone, self.today)
            return f"{visit.type_name or 'Visit'} · {when}"
        if event.subject_kind == "patient":
            number = self.others.get(event.subject_id)
            return f"Entry No. {number}" if number else "Patient"
        return {"invoice": "Invoice", "payment": "Payment", "waitlist_entry": "Waiting list"}[
            event.subject_kind
        ]

    def _zone_of(self, visit: Cell) -> str:
        site = self.roster.locations.get(visit.location_id)
        return site.zone if site is not None else self.zone

    def _visit(self, event: Event) -> str:
        visit = self.visits.get(event.subject_id)
        return deed(event, self.roster, self._zone_of(visit) if visit is not None else self.zone)

    def _patient(self, event: Event) -> str:
        number = event.metadata.get("number")
        changed = self._changes(event)
        reason = str(event.metadata.get("reason") or "")
        tail = f": “{reason}”" if reason else ""
        match event.action:
            case "created":
                return "put the patient on file"
            case "imported":
                return "took the patient over from the former program"
            case "merged" if "kept_id" in event.metadata:
                return f"made this entry part of No. {number}"
            case "merged":
                what = f"made No. {number} part of this entry" if number else "took over a row"
                return f"{what}; {changed}" if changed else what
            case "separated":
                return f"separated No. {number} again{tail}"
        lead = LEADS.get(event.action, "")
        if lead and ("merged_into" in event.changes or "other_numbers" in event.changes):
            back = "took back" if event.action == "undone" else "repeated"
            return f"{back} merging or separating two entries"
        if not changed:
            return ""
        return f"{lead}{changed}"

    def _changes(self, event: Event) -> str:
        """ "changed the mobile from … to …; added “…” to the notes"."""
        changed, added = [], []
        for name, word in FIELD_WORDS.items():
            pair = event.changes.get(name)
            if pair is None and name in ("mobile", "phone"):
                pair = event.changes.get(f"{name}_typed")
            if pair is None:
                continue
            if name in ("mobile", "phone"):
                pair = self._number(event, name)
            more = _added(pair)
            if more:
                added.append(f"added {self._value(name, more)} to the {word}")
                continue
            before, after = (self._value(name, one) for one in pair)
            changed.append(f"the {word} from {before} to {after}")
        parts = [f"changed {'; '.join(changed)}"] if changed else []
        return "; ".join([*parts, *added])

    @staticmethod
    def _number(event: Event, name: str) -> tuple[object, object]:
        """Of a number that cannot be dialled what was typed."""
        none = ("", "")
        dialled = event.changes.get(name, none)
        typed = event.changes.get(f"{name}_typed", none)
        return dialled[0] or typed[0], dialled[1] or typed[1]

    def _value(self, name: str, value: object) -> str:
        if name.startswith("consent"):
            return "not asked" if value is None else "yes" if value else "no"
        if name == "active":
            return "yes" if value else "no"
        if name == "channels":
            return ways_text(value) or "as the clinic does"
        if value is None or value == "":
            return "nothing"
        text = str(value)
        if name == "birth_date" and _ISO.fullmatch(text):
            return words.date_words(date.fromisoformat(text))
        if name == "usual_doctor_id":
            return words.doctor_of(self.roster, text)
        if name in ("mobile", "phone"):
            return phone_text(text)
        text = " ".join(text.split())
        return f"“{text}”" if len(text) <= MOST_SHOWN else f"“{text[: MOST_SHOWN - 1]}…”"

    def _invoice(self, event: Event) -> str:
        number = _after(event, "number")
        if event.action == "issued":
            return f"issued {number}" if number else "issued an invoice"
        if event.action == "voided":
            reason = str(event.metadata.get("reason") or "")
            return f"made it void: “{reason}”" if reason else "made it void"
        return ""

    def _payment(self, event: Event) -> str:
        amount = _after(event, "amount_minor")
        if not isinstance(amount, int):
            return ""
        currency = self.roster.practice.currency
        price = words.price_words(abs(amount), currency)
        return f"gave back {price}" if amount < 0 else f"took {price}"

    def _waiting(self, event: Event) -> str:
        kind = self.roster.types.get(str(_after(event, "type_id") or ""))
        reason = str(event.metadata.get("reason") or "")
        match event.action:
            case "created":
                return f"put the patient on the list for {kind.name if kind else 'a visit'}"
            case "withdrawn":
                return (
                    f"took the patient off the list: “{reason}”"
                    if reason
                    else ("took the patient off the list")
                )
            case "booked":
                return "booked what they waited for"
            case "edited":
                return "changed what they wait for"
        return ""


def _added(pair: tuple[object, object]) -> str:
    """What now stands behind the text as it was; empty where that has changed itself."""
    before, after = pair
    if not (isinstance(before, str) and isinstance(after, str) and before):
        return ""
    if after.startswith((f"{before};", f"{before}\n")):
        return after[len(before) :].strip("; \n")
    return ""


def _nothing(_event: Event) -> str:
    return ""


def _about_merge(event: Event) -> bool:
    if event.action in ("merged", "separated"):
        return True
    return event.action in LEADS and "merged_into" in event.changes


def _icon(event: Event) -> str:
    if event.action in STATUSES and event.subject_kind == "appointment":
        return f"status-{event.action}"
    return ICONS.get(event.action, "info")


def _after(event: Event, name: str) -> object:
    pair = event.changes.get(name)
    return pair[1] if pair is not None else None
