"""What the program does to its own audit trail."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.services.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyOldDetails(Command, by="audit_retention:empty"):
    """Empties the details of looks, searches and log-ins that are older than the clinic keeps
    them, at most so many in one step. Value: how many it emptied; less than ``most`` when
    nothing is left to do."""

    most: int = 5000
