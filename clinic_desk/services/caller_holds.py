"""Two or three slots held for one caller: seen together, extended together, let go together.

Holds end by themselves: a program that runs releases them when their time is over (``next_end``
says when to look), and the write gate does before every command of any program on the file. What
has run out is busy for nobody, released or not.
"""

from __future__ import annotations

from datetime import datetime

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services import holds
from clinic_desk.services.commands import ReleaseHold, RenewHold
from clinic_desk.services.hold_commands import ReleaseHolds, RenewHolds
from clinic_desk.services.planning_views import CallerHolds
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import count_text
from clinic_desk.services.work import Done, Work


def for_callers(queries: Queries, desk_id: Id = "") -> tuple[CallerHolds, ...]:
    """What is held now, of one desk or of all, by caller; whose first slot ends soonest comes
    first. Holds without a name are one group."""
    groups: dict[tuple[Id | None, str], list[Cell]] = {}
    for cell in queries.holds(desk_id):
        name = "" if cell.patient_id else cell.listed_name
        groups.setdefault((cell.patient_id, name), []).append(cell)
    found = [
        CallerHolds(patient_id, cells[0].listed_name, tuple(cells), _first_end(cells))
        for (patient_id, _), cells in groups.items()
    ]
    return tuple(sorted(found, key=lambda one: (one.until is None, one.until, one.name)))


def next_end(queries: Queries) -> datetime | None:
    """When the next hold of any desk runs out; None while nothing is held."""
    return _first_end(queries.holds())


def renew(work: Work, command: RenewHolds) -> Done:
    """Value: the ids that are still held."""
    if not command.hold_ids:
        raise Refusal("nothing_chosen", "Nothing is held that could be kept longer.")
    kept: list[Id] = []
    lost: Refusal | None = None
    for hold_id in dict.fromkeys(command.hold_ids):
        try:
            holds.renew(work, RenewHold(hold_id=hold_id, seconds=command.seconds))
        except Refusal as refusal:
            if refusal.code not in ("hold_expired", "not_found"):
                raise
            lost = refusal
        else:
            kept.append(hold_id)
    if not kept and lost is not None:
        raise lost
    gone = len(dict.fromkeys(command.hold_ids)) - len(kept)
    warning = (
        f"{count_text(gone, 'held slot')} ran out and {'was' if gone == 1 else 'were'} let go."
    )
    return Done(
        value=tuple(kept),
        sentence=f"{count_text(len(kept), 'slot')} held longer",
        warnings=(warning,) if gone else (),
    )


def release(work: Work, command: ReleaseHolds) -> Done:
    """Value: their ids. One that is gone already is no reason to complain."""
    ids = tuple(dict.fromkeys(command.hold_ids))
    labels = [
        done.label
        for hold_id in ids
        if (
            done := holds.release(work, ReleaseHold(hold_id=hold_id, on_purpose=command.on_purpose))
        ).label
    ]
    label = labels[0] if len(labels) == 1 else f"Release {len(labels)} held slots"
    return Done(
        value=ids,
        label=label if labels else "",
        sentence=f"{count_text(len(ids), 'slot')} no longer held" if ids else "",
    )


def _first_end(cells: tuple[Cell, ...] | list[Cell]) -> datetime | None:
    return min((cell.hold_until for cell in cells if cell.hold_until is not None), default=None)
