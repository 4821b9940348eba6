"""Commands about who is not who among the patients."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import Command


@dataclass(frozen=True, slots=True, kw_only=True)
class TellApart(Command, by="merging:tell_apart", needs=Permission.MERGE_PATIENTS):
    """Two entries that look alike are two persons (true namesakes, twins): they are no longer
    proposed as duplicates. One undo step. Value: ``one_id``."""

    one_id: Id
    other_id: Id
