"""Commands of the absence planner."""

from __future__ import annotations

from dataclasses import dataclass

from clinic_desk.domain.permissions import Permission
from clinic_desk.services.command import PLAN_RUN as PLAN_RUN
from clinic_desk.services.commands import Command, MoveAppointment


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptProposals(Command, by="absence:accept", needs=Permission.MOVE):
    """Several proposals at once, one undo step. What can go goes: a visit whose place was taken
    meanwhile stays where it is. Value: ``planning_views.Accepted``. Raises the first refusal when
    not one of several could be moved."""

    moves: tuple[MoveAppointment, ...]
