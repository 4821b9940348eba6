"""A person who is not on file yet, as typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from clinic_desk.services.views import PatientHit
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.formatting import phone_text


@dataclass(slots=True)
class NewPatient:
    """``birth_typed`` keeps what could not be read as a date."""

    last_name: str = ""
    first_name: str = ""
    phone: str = ""
    birth_date: date | None = None
    birth_typed: str = ""
    email: str = ""
    notes: str = ""

    @property
    def spoken_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.last_name) if part)

    @property
    def listed_name(self) -> str:
        return ", ".join(part for part in (self.last_name, self.first_name) if part)

    def values(self) -> dict[str, object]:
        """For ``AddPatient`` and ``BookAppointment.new_patient``."""
        return {
            "last_name": self.last_name,
            "first_name": self.first_name,
            "mobile": self.phone,
            "birth_date": self.birth_date,
            "email": self.email,
            "notes": self.notes,
        }


def split_name(text: str) -> tuple[str, str]:
    """(surname, first name) from what was typed into the search: "Lee, Ana" is exact; without a
    comma the surname comes first, as on the list ("hern an" is Hern, An)."""
    text = " ".join(text.split())
    if "," in text:
        last, first = text.split(",", 1)
    else:
        last, _, first = text.partition(" ")
    return _capital(last.strip()), _capital(first.strip())


def _capital(name: str) -> str:
    """Lower-case typing gets capitals; mixed case is left as typed ("McKay", "van den Berg")."""
    if name != name.lower():
        return name
    return " ".join("-".join(p[:1].upper() + p[1:] for p in w.split("-")) for w in name.split(" "))


def question_of(typed: NewPatient, hit: PatientHit) -> str:
    """What is asked when somebody like this is on file already."""
    same_day = hit.birth_date is not None and hit.birth_date == typed.birth_date
    why = "the same birth date" if same_day else "the same phone number"
    return f"{hit.listed_name} is on file with {why}. Is it the same person?"


def comparison(
    typed: NewPatient, hit: PatientHit, zone: str, today: date
) -> list[tuple[str, str, str]]:
    """(field, on file, as typed) for the two side by side."""
    last = words.local(hit.last_visit, zone).date() if hit.last_visit else None
    return [
        ("Name", f"{hit.listed_name} · No. {hit.record_number}", typed.listed_name),
        (
            "Born",
            words.date_words(hit.birth_date) if hit.birth_date else "not known",
            words.date_words(typed.birth_date) if typed.birth_date else "not given",
        ),
        ("Phone", phone_text(hit.phone) or "not known", phone_text(typed.phone) or "not given"),
        ("Last visit", words.short_date(last, today) if last else "no visit yet", "–"),
    ]
