"""What of a caller's offers and visits is not this person's to book, hold, move or cancel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.permitted import why_not
from clinic_desk.ui.runtime.allowed import why_not_theirs

if TYPE_CHECKING:
    from clinic_desk.ui.calls.panel import CallPanel


def offer_barred(panel: CallPanel, row: RankedSlot | None) -> str:
    """Why the offer may not be booked; empty when it may."""
    return _slot_barred(panel, Permission.BOOK, row)


def to_hold(panel: CallPanel) -> tuple[RankedSlot, ...]:
    """The offers that this person may hold."""
    rows = panel.offers.rows
    return tuple(row for row in rows if not _slot_barred(panel, Permission.HOLD, row))


def holding_barred(panel: CallPanel) -> str:
    """Why none of the offers may be held; empty when one may, and when held ones may be let go."""
    rows = panel.offers.rows
    if panel.holds.ids or not rows or to_hold(panel):
        return ""
    return _slot_barred(panel, Permission.HOLD, rows[0])


def visit_barred(panel: CallPanel, action: str, cell: Cell) -> str:
    """Why the next visit may not be moved or cancelled; empty when it may."""
    actor, roster = panel.context.actor, panel.source.roster
    if actor.permissions is None or roster is None:
        return ""
    return why_not(actor, action, roster.doctors, (cell,))


def _slot_barred(panel: CallPanel, takes: Permission, row: RankedSlot | None) -> str:
    actor, roster = panel.context.actor, panel.source.roster
    if actor.permissions is None or roster is None or row is None:
        return ""
    return why_not_theirs(actor, takes, row.slot.doctor_id, roster.doctors)
