"""Rows rebuilt from their events alone: no table is looked at, no trigger trusted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Generic, TypeVar

from clinic_desk.domain.ids import Id
from clinic_desk.domain.records import Record
from clinic_desk.store.mapping import Mapper, Stored

R = TypeVar("R", bound=Record)
Told = Mapping[str, Sequence[Stored]]
"""The changes of one event: field → (before, after), stored form."""


class Replay(Generic[R]):
    """Rows of one kind, each started from zeros, its events applied in order. ``rows`` holds the
    stored form of every field by id."""

    def __init__(self, kind: Mapper[R]) -> None:
        self.kind = kind
        self.rows: dict[Id, dict[str, Stored]] = {}

    def tell(self, row_id: Id, when: int, actor: Id, command: Id, changes: Told) -> None:
        """The next event of that row; ``when`` in epoch seconds."""
        told = self.rows.get(row_id)
        if told is None:
            told = self.rows[row_id] = {
                **self.kind.zero,
                "id": row_id,
                "revision": 0,
                "created_at": when,
                "created_by": actor,
                "created_op": command,
            }
        told["revision"] = int(told["revision"] or 0) + 1
        told["updated_at"], told["updated_by"], told["updated_op"] = when, actor, command
        for name, pair in changes.items():
            told[name] = pair[1]

    def record(self, row_id: Id) -> R:
        """The row as its events left it."""
        told = self.rows[row_id]
        return self.kind.from_row([told[name] for name in self.kind.fields])
