"""A patient of a name that no other text contains, and where it can be read."""

from __future__ import annotations

from pathlib import Path

from clinic_desk.domain.people import Patient
from tests.store.clinic import Clinic, visit

NAME = "Zwetschgenbaumer"


def fill(clinic: Clinic) -> None:
    """A patient of a name that no other text contains, a visit, a backup, an undo, a search."""
    patient = clinic.change(clinic.get(Patient, "hall"), last_name=NAME, notes=f"told by {NAME}")
    clinic.add(visit("one", 0, reason=f"{NAME} asked"), label="Book")
    clinic.change(clinic.get(Patient, "hall"), phone="+49 30 1234567")
    clinic.undo()
    assert clinic.store.queries.search_patients(NAME)
    clinic.store.maintenance.backup()
    assert patient.last_name == NAME


def holding(folder: Path, word: str = NAME) -> list[str]:
    """Names of the files below ``folder`` that hold the word, as files or for search."""
    forms = {form for text in (word, word.casefold()) for form in (text.encode(),
             text.encode("utf-16-le"))}  # fmt: skip
    return sorted(
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(form in path.read_bytes() for form in forms)
    )
