"""The three families of error.

ClinicDeskError
├── Refusal          a person can act on it: says the rule, the value and the way out
│   ├── NotFound     the row is gone or was never there
│   ├── Stale        the row changed since it was read; says who and when
│   └── SlotTaken    the store or the engine found the place occupied
└── Fault            machine or network: disk full, file locked, file from a newer program

Everything else that escapes is a bug.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from clinic_desk.domain.ids import Id


class ClinicDeskError(Exception):
    """Root of every error this program raises on purpose."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """Something the person can do instead, offered as a button beside the message.

    ``action`` is a stable key ("place_at", "other_doctor", "overbook", "show", "use_room",
    "retry", "copy"); ``data`` carries what the button needs (ids as text, instants as aware
    UTC datetimes).
    """

    label: str
    action: str
    data: Mapping[str, object] = field(default_factory=dict)


class Refusal(ClinicDeskError):
    """A rule says no. ``code`` is stable for programs, ``sentence`` is for people."""

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        field: str | None = None,
        ways_out: Sequence[WayOut] = (),
    ) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.ways_out = tuple(ways_out)


class NotFound(Refusal):
    """The row does not exist, or was deleted."""

    def __init__(self, kind: str, row_id: Id) -> None:
        super().__init__("not_found", f"This {kind} is no longer there.")
        self.kind = kind
        self.row_id = row_id


class Stale(Refusal):
    """The row changed since the caller read it (compare-and-set failed)."""

    def __init__(
        self, sentence: str, *, changed_by: str = "", changed_at: datetime | None = None
    ) -> None:
        super().__init__("stale", sentence)
        self.changed_by = changed_by
        self.changed_at = changed_at


class SlotTaken(Refusal):
    """The place is occupied; ``subject`` is "doctor", "room" or "patient"."""

    def __init__(
        self,
        sentence: str,
        *,
        subject: str = "doctor",
        clashing_id: Id | None = None,
        ways_out: Sequence[WayOut] = (),
    ) -> None:
        super().__init__("slot_taken", sentence, ways_out=ways_out)
        self.subject = subject
        self.clashing_id = clashing_id


class Fault(ClinicDeskError):
    """The machine or the network failed; nothing was lost. ``sentence`` is for people."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
