"""What a write answers: plain data that may cross threads."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record


class Touched(NamedTuple):
    """A row as the unit of work found it (None: it is new) and as it is now. Not ``told``: of an
    import that was taken back or brought back, and ``before`` is the row as it is now."""

    before: Record | None
    after: Record
    told: bool = True


@dataclass(frozen=True, slots=True)
class Changes:
    """What a command touched. ``kinds`` are table names; ``days`` the local dates whose calendar
    may look different; ``initiator`` whoever asked (so that an editor does not reload under the
    cursor)."""

    kinds: frozenset[str] = frozenset()
    ids: frozenset[Id] = frozenset()
    days: frozenset[date] = frozenset()
    doctor_ids: frozenset[Id] = frozenset()
    initiator: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """``value`` is the id of the row that the command is about, or what the command documents.
    ``undo_label`` is the menu's sentence ("Move Lee, Ana"), empty when there is nothing to undo.
    ``told``: what becomes of the patients' notices ("SMS held 3 min"); ``sentence`` ends with it,
    whoever has words of their own adds it."""

    command_id: Id
    value: object = None
    changes: Changes = field(default_factory=Changes)
    warnings: tuple[str, ...] = ()
    undo_label: str = ""
    sentence: str = ""
    told: str = ""
