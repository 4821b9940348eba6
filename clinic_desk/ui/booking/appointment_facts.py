"""What the appointment card says about a visit, and which of its buttons make sense."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from clinic_desk.domain.appointments import FINAL, STATUS_WORDS, TRANSITIONS, Source, Status
from clinic_desk.domain.people import Patient
from clinic_desk.services.views import AppointmentView, Cell
from clinic_desk.ui.booking.appointment_form import AppointmentForm
from clinic_desk.ui.models import history, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import both_spans
from clinic_desk.ui.runtime.formatting import phone_text

SOURCE_WORDS = {
    Source.FRONT_DESK: "at the front desk",
    Source.DOCTOR: "by the doctor",
    Source.PATIENT: "online by the patient",
    Source.IMPORT: "in the former program",
    Source.API: "through the interface",
}
ICONS = {Status.RELEASED: "held", Status.DECLINED: "cancelled"}
"""Statuses without a sign of their own."""


def show_facts(
    form: AppointmentForm, view: AppointmentView, source: RosterSource, now: datetime
) -> None:
    """Fill the card's texts and set its buttons; ``now`` aware UTC."""
    cell, values, zone = view.cell, view.values, view.zone
    today = words.local(now, zone).date()
    form.name.setText(cell.listed_name or "No patient")
    form.about.setText(_about(view.patient, now, zone))
    form.alert.show_alert(view.patient.alert if view.patient else cell.alert)
    icon = ICONS.get(cell.status, cell.status.value)
    form.status_icon.setPixmap(form.theme.icon(f"status-{icon}", 16))
    said = STATUS_WORDS[cell.status]
    since = f" {words.since_words(cell.status_since, now, zone)}" if cell.status_since else ""
    form.status_text.setText(f"{said[:1].upper()}{said[1:]}{since}")
    minutes = int((cell.end - cell.start).total_seconds() // 60)
    day = words.day_words(words.local(cell.start, zone).date(), today)
    home = source.zone if source.roster is not None else zone
    when = f"{day}, {both_spans(cell.start, cell.end, zone, home)} ({minutes} min)"
    form.facts["Time"].setText(when + _other_zones(values, cell.start, zone))
    place = (view.location_name, view.room_name or "no room", zone.replace("_", " "))
    form.facts["Place"].setText(" · ".join(part for part in place if part))
    doctor = source.roster.doctors.get(cell.doctor_id) if source.roster else None
    if doctor is not None:
        form.show_doctor(doctor)
    else:
        form.facts["Doctor"].setText(view.doctor_name)
    form.facts["Booked"].setText(_booked(view))
    price, currency = values.get("price_minor"), str(values.get("currency") or "")
    has_price = isinstance(price, int) and price > 0 and bool(currency)
    form.facts["Price"].setText(
        words.price_words(int(str(price)), currency) if has_price else "no price"
    )
    moved = values.get("reschedule_count")
    tail = f" · moved {words.plural(int(str(moved)), 'time')}" if moved else ""
    form.facts["Code"].setText(f"{cell.confirmation_code or 'none'}{tail}")
    form.subtitle_label.setText(cell.confirmation_code)
    if source.roster is not None:
        form.show_history(history.lines(view.history, source.roster, zone, today))
    _show_buttons(form, cell)


def _about(patient: Patient | None, now: datetime, zone: str) -> str:
    if patient is None:
        return ""
    phones = [patient.mobile or patient.mobile_typed, patient.phone or patient.phone_typed]
    age = words.age_words(patient, words.local(now, zone).date())
    parts = [age, f"No. {patient.record_number}", *map(phone_text, phones)]
    return " · ".join(part for part in parts if part)


def _other_zones(values: Mapping[str, object], start: datetime, zone: str) -> str:
    """The patient's or doctor's own time where it is another one at that moment."""
    told, here = "", words.local(start, zone).utcoffset()
    for key, whose in (("patient_zone", "patient"), ("doctor_zone", "doctor")):
        other = str(values.get(key) or "")
        if other and other != zone and words.local(start, other).utcoffset() != here:
            city = other.rsplit("/", 1)[-1].replace("_", " ")
            told += f"\n{words.moment_words(start, other)} for the {whose} ({city})"
    return told


def _booked(view: AppointmentView) -> str:
    cell = view.cell
    if cell.status in (Status.CANCELLED, Status.DECLINED) and cell.cancel_reason:
        return f"{STATUS_WORDS[cell.status].capitalize()}: {cell.cancel_reason}"
    parts = []
    if cell.created_at is not None:
        parts.append(words.moment_words(cell.created_at, view.zone))
    if cell.created_by:
        parts.append(f"by {cell.created_by}")
    source = view.values.get("source")
    if isinstance(source, Source):
        parts.append(SOURCE_WORDS[source])
    if view.values.get("walk_in"):
        parts.append("· walk-in")
    if view.values.get("overbook_reason"):
        parts.append(f"· squeezed in: {view.values['overbook_reason']}")
    return " ".join(parts) or "not known"


def _show_buttons(form: AppointmentForm, cell: Cell) -> None:
    status = cell.status
    possible = set(TRANSITIONS[status])
    if status is Status.SCHEDULED:
        possible |= {Status.ARRIVED, Status.IN_PROGRESS}
    if status is Status.PENDING:
        possible |= {Status.CONFIRMED}
    form.status_buttons["confirmed"].setText("Accept" if status is Status.PENDING else "Confirm")
    waits = status is Status.PENDING
    for key, button in form.status_buttons.items():
        # what awaits acceptance can be accepted or declined, nothing else
        fitting = key in ("confirmed", "declined") if waits else key != "declined"
        button.setVisible(status not in FINAL and fitting)
        button.setEnabled(Status(key) in possible)
    form.back_button.setVisible(status not in (Status.SCHEDULED, Status.PENDING))
    form.reinstate_button.setVisible(status in FINAL)
    form.cancel_visit_button.setVisible(Status.CANCELLED in possible)
    movable = status in (Status.PENDING, Status.SCHEDULED, Status.CONFIRMED)
    for button in (form.move_button, form.next_button, form.shelf_button):
        button.setEnabled(movable)
    for box in (form.type_box, form.room_box):
        box.setEnabled(status not in FINAL)
    form.patient_button.setEnabled(cell.patient_id is not None)
