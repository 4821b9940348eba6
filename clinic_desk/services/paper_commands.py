"""That patients' data left the program, on paper or as a file, is told in the history."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command

HANDED_ON_KEY = "files.last_handed_on"
"""A setting of the clinic; each change of it is an event with who and when."""

FORMATS = ("paper", "pdf", "ics", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteHandedOn(Command, by="paper_notes:note", needs=Permission.EXPORT):
    """``title`` says what is about to leave ("Day sheet, Tue 24 Nov 2026") as ``kind`` of
    ``FORMATS``; ``subject`` is the id of the visit, doctor or patient that it is about, if it is
    about one; ``rows`` how many visits or people it tells of; ``reason`` why, where that is asked.
    Value: the key of the note."""

    title: str
    kind: str
    subject: str = ""
    rows: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLifeboat(Command, by="paper_notes:lifeboat"):
    """The program has just written these ``files`` of the paper lifeboat anew. No value."""

    files: tuple[str, ...]
