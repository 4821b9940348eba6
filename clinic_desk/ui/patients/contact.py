"""How a patient wants to be reached, in words."""

from __future__ import annotations

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.people import Patient
from clinic_desk.services.openings import habits
from clinic_desk.services.patient_views import PatientRecord
from clinic_desk.services.views import PatientView
from clinic_desk.ui.models import words
from clinic_desk.ui.models.languages import language_words
from clinic_desk.ui.models.patient_history import WAYS

SAID = {True: "yes", False: "no", None: "not asked"}


def channel_words(patient: Patient) -> str:
    """What may be used, the preferred first: what the patient said yes to and has an address for;
    the telephone is always left."""
    can = {
        "sms": bool(patient.consent_sms and patient.mobile),
        "email": bool(patient.consent_email and patient.email),
        "whatsapp": bool(patient.consent_whatsapp and patient.mobile),
    }
    may = [WAYS[name] for name in dict.fromkeys((*patient.channels, *WAYS)) if can.get(name, False)]
    if patient.mobile or patient.phone or patient.mobile_typed or patient.phone_typed:
        may.append("phone")
    if not may:
        return "none on file"
    first = may[0][:1].upper() + may[0][1:]
    return first if len(may) == 1 else f"{first} first, then {' or '.join(may[1:])}"


def contact_lines(record: PatientRecord, roster: Roster | None) -> list[tuple[str, str]]:
    """(title, text), what is not known as "–"."""
    patient = record.patient
    usual = ""
    if roster is not None and patient.usual_doctor_id in roster.doctors:
        usual = words.doctor_of(roster, patient.usual_doctor_id, short=False)
    lines = [
        ("Language", language_words(patient.language)),
        ("Time zone", patient.zone or "as the clinic’s"),
        ("Channel", channel_words(patient)),
        (
            "Consent",
            f"SMS {SAID[patient.consent_sms]} · e-mail {SAID[patient.consent_email]} · "
            f"WhatsApp {SAID[patient.consent_whatsapp]}",
        ),
        ("Quiet hours", patient.quiet or "as the clinic’s"),
        ("Emergency", patient.emergency_contact),
        ("Usual doctor", usual),
        ("Habit", habit_words(record, roster)),
    ]
    return [(title, text or "–") for title, text in lines]


def habit_words(record: PatientRecord, roster: Roster | None) -> str:
    """ "Tuesdays, around 09:00"; empty without one."""
    if roster is None:
        return ""
    kept = habits(PatientView(record.patient, record.visits), roster)
    day = "" if kept.usual_weekday is None else f"{words.LONG_WEEKDAYS[kept.usual_weekday]}s"
    hour = "" if kept.usual_minute is None else f"around {kept.usual_minute // 60:02}:00"
    text = ", ".join(part for part in (day, hour) if part)
    return text[:1].upper() + text[1:]
