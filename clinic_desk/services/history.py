"""Undo and redo: ordinary audited commands that write the kept images back.

The unit of work compares and sets on the fields that the step changed: a row that somebody
changed since refuses and says who. Holds that an undone booking would bring back are let go by
the gate when their time is over.
"""

from __future__ import annotations

from clinic_desk.services.commands import Redo, Undo
from clinic_desk.services.work import Done, Work


def undo(work: Work, command: Undo) -> Done:
    """Value: the label of what was taken back."""
    from clinic_desk.services.message_undoing import turning  # no part of the start

    label = work.uow.undo(command.run, turning(work))
    return Done(value=label, sentence=f"Undone: {label}")


def redo(work: Work, _command: Redo) -> Done:
    """Value: the label of what was repeated."""
    from clinic_desk.services.message_undoing import turning  # no part of the start

    label = work.uow.redo(turning(work))
    return Done(value=label, sentence=f"Done again: {label}")
