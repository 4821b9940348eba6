"""Patients' data out of the program: noted in the history first, then done off the main thread."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.ports import Queries
from clinic_desk.ui.runtime.operations import Operations

T = TypeVar("T")


def hand_on(
    operations: Operations,
    note: NoteHandedOn,
    work: Callable[[Queries], T],
    *,
    done: Callable[[T], None],
    failed: Callable[[ClinicDeskError], None],
) -> None:
    """``work`` runs on a reader thread once the note stands; without a note nothing leaves."""

    def ask() -> None:
        operations.ask(work, done=done, failed=failed)

    operations.run(
        note,
        done=lambda _outcome: ask(),
        refused=failed,
    )
