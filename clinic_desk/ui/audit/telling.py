"""Entries of the audit trail in plain words: what was done to whom, and before → after."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.services.audit import DAY, SHOWN, told
from clinic_desk.services.audit_views import AuditEntry, AuditLine, AuditPerson
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.ui.models import words
from clinic_desk.ui.models.history import deed
from clinic_desk.ui.models.patient_history import FIELD_WORDS, Teller
from clinic_desk.ui.models.setting_words import NOTHING, key_of, named, noted, said
from clinic_desk.ui.widgets.accounts.words import ROLE_WORDS

ARROW = " → "
MOST_SHOWN = 200
"""Characters of one value."""

MOST_LISTED = 100
"""Patients of one list."""

BOOKKEEPING = frozenset(
    {"lane", "room_lane", "blocked_start", "blocked_end", "slot_state", "hold_until", "digest"}
)
"""Fields that follow from others and say nothing to a person."""

SUBJECTS = {
    "appointment": "Visit",
    "appointment_series": "Series",
    "appointment_type": "Visit type",
    "availability_exception": "Blocked or extra time",
    "audit": "The audit trail",
    "file": "",
    "command": "",
    "reading": "",
    "calendar": "Calendar",
    "invoice": "Invoice",
    "inbound_message": "Answer",
    "message_template": "Message text",
    "notification": "Message",
    "patient": "Patient",
    "payment": "Payment",
    "schedule_template": "Weekly hours",
    "setting": "Setting",
    "staff": "Account",
    "time_off_request": "Time off",
    "waitlist_entry": "Waiting list",
    "waitlist_offer": "Offer",
    "shelf_item": "Shelf",
}
FIELDS = {
    **FIELD_WORDS,
    "start": "Begins", "end": "Ends", "doctor_id": "Doctor", "room_id": "Room",
    "type_id": "Visit type", "patient_id": "Patient", "location_id": "Site", "staff_id": "Account",
    "deleted_at": "Removed", "price_minor": "Price", "amount_minor": "Amount",
    "cancel_reason": "Reason of the cancellation", "merged_into": "Part of the entry",
    "log_in": "Log-in name", "subject": "Subject or approved template", "body": "Text",
}  # fmt: skip
DETAILS = {
    "title": "What", "what": "What", "report": "Report", "format": "As", "rows": "Rows",
    "reason": "Reason", "files": "Files", "searches": "Searches", "found": "Patients listed",
    "noted": "Entry known before", "attempts": "Attempts in a row", "why": "Why",
    "count": "How many", "changes": "Changes", "before": "Older than", "kinds": "Of these kinds",
    "backup": "Backup", "who": "Who", "kept": "Kept as", "at": "When", "with": "With",
    "list": "List", "first": "From", "last": "To", "hash": "Its hash", "doctors": "Visits of",
}  # fmt: skip
BARE = frozenset({"SaveSetting", "write"})
"""Actions that say no more than that something was saved."""
REASONS = ("reason", "override_reason", "overbook_reason", "overlap_reason")
PROGRAM = "The program"
_INSTANTS = ("_at",)
_TIMES = frozenset({"start", "end", "local_start", "hold_until"})


@dataclass(frozen=True, slots=True)
class Change:
    """``name`` is the field; ``before`` and ``after`` are empty for a sentence of its own, which
    then stands in ``name``."""

    name: str
    before: str = ""
    after: str = ""

    @property
    def text(self) -> str:
        return f"{self.name}: {self.before}{ARROW}{self.after}" if self.after else self.name


def who(line: AuditLine) -> str:
    if line.actor_name:
        return line.actor_name
    return PROGRAM if line.actor_kind == "program" else "Nobody logged in"


def what(line: AuditLine) -> str:
    if line.subject_kind == "setting" and line.action in BARE and noted(line.subject_id):
        return "The program noted"
    if line.subject_kind == "setting" and line.action == "Together":
        return "Saved settings"
    return told(line.action).words


def about(line: AuditLine, today: date) -> str:
    """ "Hall, Jane · visit Tue 24 Nov 09:30", "Account Maria", "Setting"."""
    kind = SUBJECTS.get(line.subject_kind, line.subject_kind.replace("_", " ").capitalize())
    if line.visit_start is not None:
        when = words.moment_words(line.visit_start, line.zone, today)
        return f"{line.about} · visit {when}" if line.about else f"Visit {when}"
    if line.subject_kind == "calendar":
        return f"Calendar of {words.day_words(date.fromisoformat(line.subject_id), today)}"
    if line.subject_kind == "setting":
        name = named(line.subject_id)
        return name if noted(line.subject_id) else f"Setting: {name}"
    if line.title and not line.about:
        return line.title
    if line.subject_kind == "patient" or not kind:
        return line.about or ("A patient who is gone" if line.subject_id else "")
    return (
        f"{line.about} · {kind.lower()}"
        if line.patient_id and line.about
        else (f"{kind} {line.about}".strip())
    )


def when(line: AuditLine, zone: str, today: date) -> str:
    """ "Tue 24 Nov 09:30:15"."""
    wall = words.local(line.at, zone)
    return f"{words.day_words(wall.date(), today)} {wall:%H:%M:%S}"


def called(people: Sequence[AuditPerson]) -> list[tuple[Id, str]]:
    """(id, words to choose by): the name alone where nobody else has it."""
    names = Counter(one.name for one in people)
    roles = Counter((one.name, one.role) for one in people)
    alike = ["" if one.role else one.name for one in people]
    found = []
    for at, one in enumerate(people):
        more = []
        if names[one.name] > 1:
            more = [ROLE_WORDS[Role(one.role)] if one.role else "without an account"]
        if roles[one.name, one.role] > 1:
            more.append(one.log_in or f"no. {1 + alike[:at].count(one.name)}")
        found.append((one.id, ", ".join([one.name or PROGRAM, *more])))
    return found


@dataclass(frozen=True, slots=True)
class EntryTeller:
    roster: Roster
    zone: str
    today: date

    def changes(self, entry: AuditEntry) -> list[Change]:
        """Before → after of everything that the entry covers, and what it was told besides."""
        found = list(self._detail(entry.detail, entry.names))
        if entry.blanked:
            found.append(Change("Its detail was emptied by the clinic’s policy."))
        for event in entry.events:
            if event.subject_kind != "setting":
                found += self._event(event, entry.names)
            else:
                found += self._setting(event.subject_id, *event.changes.get("value", (None, None)))
        found += self._noted(entry.detail)
        more = entry.event_count - len(entry.events)
        if more > 0:
            found.append(Change(f"… and {words.plural(more, 'change')} more in the same step"))
        return found

    def _event(self, event: Event, names: Mapping[Id, str]) -> Iterator[Change]:
        kind = SUBJECTS.get(event.subject_kind, event.subject_kind.replace("_", " ").capitalize())
        name = names.get(event.subject_id, "")
        sentence = self._sentence(event)
        head = f"{kind} {name}".strip()
        yield Change(f"{head}: {sentence}" if sentence else f"{head}: {_verb(event.action)}")
        currency = self.roster.practice.currency
        for field, (before, after) in event.changes.items():
            if field in BOOKKEEPING:
                continue
            label = FIELDS.get(field, field.removesuffix("_id").replace("_", " "))
            shown = [self.value(field, one, names, currency) for one in (before, after)]
            if shown[0] != shown[1]:
                yield Change(f"· {label[:1].upper()}{label[1:]}", *shown)
        for key, value in event.metadata.items():
            if key in REASONS and value and str(value) not in sentence:
                yield Change(f"· {DETAILS['reason']}: “{_short(str(value))}”")

    def _setting(self, row_id: str, before: object, after: object) -> Iterator[Change]:
        name = named(row_id)
        if noted(row_id) or key_of(row_id) == PERMISSIONS_KEY:
            # the detail tells the matrix of the roles permission by permission
            if name:
                yield Change(name)
            return
        currency = self.roster.practice.currency
        values = (None if one is None else str(one) for one in (before, after))
        yield Change(name, *(_short(said(row_id, one, currency)) for one in values))

    @staticmethod
    def _noted(detail: Mapping[str, object]) -> Iterator[Change]:
        """What the program wrote down beside what somebody did."""
        settings = detail.get("settings")
        for row_id in settings if isinstance(settings, dict) else ():
            if noted(row_id) and named(row_id):
                yield Change(named(row_id))

    def _sentence(self, event: Event) -> str:
        if event.subject_kind == "appointment":
            return deed(event, self.roster, self.zone)
        teller = Teller(self.roster, self.zone, self.today, event.subject_id, {}, {})
        lines = teller.lines([event])
        if not lines:
            return ""
        name = event.actor_name
        text = lines[0].text
        return text.removeprefix(name).strip() if name else text

    def value(self, field: str, value: object, names: Mapping[Id, str], currency: str = "") -> str:
        """A stored value as a person reads it."""
        if value is None or value == "":
            return NOTHING
        if isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, int) and (field in _TIMES or field.endswith(_INSTANTS)):
            return words.moment_words(datetime.fromtimestamp(value, UTC), self.zone, self.today)
        if isinstance(value, int) and field.endswith("_minor") and currency:
            return words.price_words(value, currency)
        if isinstance(value, str) and value in names:
            return names[value]
        if isinstance(value, list | tuple):
            return _short(", ".join(self.value(field, one, names) for one in value) or NOTHING)
        if isinstance(value, dict):
            return _short(json.dumps(value, ensure_ascii=False))
        return _short(str(value))

    def _detail(self, detail: Mapping[str, object], names: Mapping[Id, str]) -> Iterator[Change]:
        for key, value in detail.items():
            if key == "settings" and isinstance(value, dict):
                for row_id, pair in value.items():
                    if noted(row_id):
                        continue  # comes last, by ``_noted``
                    if isinstance(pair, list) and len(pair) == 2:
                        yield from self._setting(str(row_id), *pair)
                    else:
                        yield Change(f"{named(str(row_id))}: what this desk remembers")
            elif key == "changes" and isinstance(value, list):
                yield from (Change(str(one)) for one in value)
            elif key == SHOWN and isinstance(value, list):
                yield from self._listed([str(one) for one in value], names)
            elif key in ("first", "last") and isinstance(value, str):
                day = words.day_words(date.fromisoformat(value), self.today)
                yield Change(f"{DETAILS[key]}: {day}")
            else:
                label = DETAILS.get(key, key.replace("_", " ").capitalize())
                field = "start" if key == "before" else key
                yield Change(f"{label}: {self.value(field, value, names)}")

    @staticmethod
    def _listed(shown: Sequence[Id], names: Mapping[Id, str]) -> Iterator[Change]:
        """The patients of a list; the days of a calendar are told by the first and the last."""
        patients = [one for one in shown if not one.startswith(DAY)]
        for one in patients[:MOST_LISTED]:
            yield Change(f"· {names.get(one, 'A patient who is gone')}")
        if len(patients) > MOST_LISTED:
            yield Change(f"… and {words.plural(len(patients) - MOST_LISTED, 'patient')} more")


def _verb(action: str) -> str:
    return action.replace("_", " ")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"
