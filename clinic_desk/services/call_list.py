"""The list of people to ring about an absence: rows, and the same as text and CSV."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import datetime
from io import StringIO

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import zone
from clinic_desk.services.planning_views import AbsencePlan, CallRow
from clinic_desk.services.ports import Queries
from clinic_desk.services.time_off import EVERYBODY, KIND_WORDS, doctor_zone, span_text
from clinic_desk.services.wording import day_text, doctor_text

COLUMNS = ("Patient", "Phone", "Was", "Proposed", "Language", "Note", "Result")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def call_list(queries: Queries, plan: AbsencePlan) -> tuple[CallRow, ...]:
    """Everybody whose visit must move, by its time, with every number that is on file."""
    roster = queries.roster()
    ids = tuple({p.visit.patient_id: None for p in plan.proposals if p.visit.patient_id})
    contacts = queries.contacts(ids)
    rows = []
    for one in sorted(plan.proposals, key=lambda p: p.visit.start):
        visit = one.visit
        known = contacts.get(visit.patient_id or "")
        phones = tuple(dict.fromkeys(n for n in (known.mobile, known.phone) if n)) if known else ()
        slot = one.proposed.slot if one.proposed is not None else None
        proposed = (
            _place(roster, slot.start, slot.doctor_id, slot.location_id)
            if slot is not None
            else one.why
        )
        notes = [f"{visit.type_name}, {_minutes(visit.start, visit.end)} min"]
        if not phones and known is not None and known.email:
            notes.append(known.email)
        if visit.alert:
            notes.append(visit.alert)
        rows.append(
            CallRow(
                patient=visit.listed_name,
                phones=phones,
                was=_place(roster, visit.start, visit.doctor_id, visit.location_id),
                proposed=proposed,
                language=known.language if known is not None else "",
                note=" · ".join(notes),
            )
        )
    return tuple(rows)


def title(roster: Roster, plan: AbsencePlan) -> str:
    """ "Calls: leave of Dr Vogel, Tue 24 Nov – Fri 27 Nov"."""
    request = plan.request
    doctor = roster.doctors.get(request.doctor_id)
    who = doctor_text(doctor) if doctor is not None else "the doctor"
    when = span_text(request, doctor_zone(roster, request.doctor_id))
    if request.doctor_id == EVERYBODY:
        return f"Calls: closed {when}, {request.reason}"
    return f"Calls: {KIND_WORDS[request.kind]} of {who}, {when}"


def as_text(heading: str, rows: Sequence[CallRow]) -> str:
    """Columns in plain text, an empty box before each."""
    parts = [heading, ""]
    for row in rows:
        phones = ", ".join(row.phones) or "no number on file"
        language = f" ({row.language})" if row.language else ""
        parts.append(f"[ ] {row.patient}{language}  {phones}")
        parts.append(f"    {row.was}  →  {row.proposed}")
        if row.note:
            parts.append(f"    {row.note}")
    return "\n".join(parts) + "\n"


def as_csv(rows: Sequence[CallRow]) -> str:
    """Comma-separated, with a heading. What a spreadsheet would take for a formula gets an
    apostrophe before it; numbers keep their plus behind one, too."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for row in rows:
        writer.writerow([_plain(cell) for cell in cells(row)])
    return out.getvalue()


def cells(row: CallRow) -> tuple[str, ...]:
    """In the order of ``COLUMNS``; the result is left to the pen."""
    phones = ", ".join(row.phones)
    return row.patient, phones, row.was, row.proposed, row.language, row.note, ""


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _minutes(start: datetime, end: datetime) -> int:
    return int((end - start).total_seconds() // 60)


def _place(roster: Roster, start: datetime, doctor_id: Id, location_id: Id) -> str:
    location = roster.locations.get(location_id)
    local = start.astimezone(zone(location.zone if location else roster.practice.zone))
    doctor = roster.doctors.get(doctor_id)
    words = f"{day_text(local.date())} {local:%H:%M}"
    if doctor is not None:
        words += f", {doctor_text(doctor)}"
    if location is not None and len(roster.locations) > 1:
        words += f", {location.name}"
    return words
