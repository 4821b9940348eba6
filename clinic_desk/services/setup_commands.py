"""Commands of the first start."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class EndPractice(Command, by="practising:end", needs=Permission.BOOK):
    """Takes the practice patient of the guided booking away with every visit, held time and shelf
    item of theirs. Nothing happens when they are gone already. Value: the number of rows that
    went."""

    patient_id: Id
