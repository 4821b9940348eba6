"""From an accepted proposal to a command, and from its outcome to words.

Nothing here paints. Every write goes through ``context.operations.run``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import ClinicDeskError, Stale, WayOut
from clinic_desk.services.command import AUTO, Command, Scope
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.calendar.proposals import Judgement, Placed, Proposal
from clinic_desk.ui.geometry.gesture_machine import Deed
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import message_for

if TYPE_CHECKING:
    # loaded with the first drop: no part of the start
    from clinic_desk.services.commands import CopyAppointment, MoveAppointment

INITIATOR = "calendar.gestures"


@dataclass(frozen=True, slots=True)
class Insistence:
    """What the person decided to go against, each with its own button, and which visits of a
    series are meant."""

    overbook_reason: str = ""
    override_reason: str = ""
    outside_hours: bool = False
    patient_overlap: bool = False
    overlap_reason: str = ""
    asked_by: str = ""
    scope: Scope = Scope.ONLY_THIS
    include_changed: bool = False


NO_INSISTENCE = Insistence()


def command_for(
    proposal: Proposal,
    judgement: Judgement,
    insist: Insistence = NO_INSISTENCE,
) -> Command | None:
    """The command that a drop stands for; None when nothing would change."""
    if proposal.unchanged:
        return None
    accepted = judgement.allowed
    outside = insist.outside_hours or (accepted and judgement.outside_hours)
    overlap = insist.patient_overlap or (accepted and judgement.patient_overlap)
    if proposal.copy:
        return _copy(proposal.lead, insist, outside=outside)
    moves = tuple(_move(move, insist, outside=outside, overlap=overlap) for move in proposal.moves)
    if len(moves) == 1:
        return moves[0]
    from clinic_desk.services.commands import MoveTogether

    return MoveTogether(initiator=INITIATOR, moves=moves)


def _move(move: Placed, insist: Insistence, *, outside: bool, overlap: bool) -> MoveAppointment:
    from clinic_desk.services.commands import MoveAppointment

    cell, target = move.cell, move.target
    return MoveAppointment(
        initiator=INITIATOR,
        appointment_id=cell.id,
        expected_revision=cell.revision,
        start=target.start,
        end=target.end,
        doctor_id=target.doctor_id,
        location_id=target.location_id,
        room_id=target.room_id if target.room_id is not None else AUTO,
        scope=insist.scope,
        include_changed=insist.include_changed,
        asked_by=insist.asked_by,
        overbook_reason=insist.overbook_reason,
        override_reason=insist.override_reason,
        allow_patient_overlap=overlap,
        overlap_reason=insist.overlap_reason,
        outside_hours=outside,
    )


def _copy(move: Placed, insist: Insistence, *, outside: bool) -> CopyAppointment:
    from clinic_desk.services.commands import CopyAppointment

    return CopyAppointment(
        initiator=INITIATOR,
        appointment_id=move.cell.id,
        start=move.target.start,
        end=move.target.end,
        doctor_id=move.target.doctor_id,
        location_id=move.target.location_id,
        room_id=move.target.room_id if move.target.room_id is not None else AUTO,
        overbook_reason=insist.overbook_reason,
        outside_hours=outside,
    )


def done_words(proposal: Proposal, place: str, zone_text: str) -> str:
    """ "Moved to Tue 10:15, Dr Wu", "Copied to …", "Now 10:15–10:45", "3 visits moved to …"."""
    if proposal.deed is not Deed.MOVE:
        return f"Now {zone_text}, {proposal.lead.target.minutes} min"
    if len(proposal.moves) > 1:
        return f"{len(proposal.moves)} visits moved, the first to {place}"
    return f"{'Copied' if proposal.copy else 'Moved'} to {place}"


def refusal_of(error: ClinicDeskError) -> tuple[str, tuple[WayOut, ...]]:
    """The sentence of a refused write and its ways out; a stale row may also be tried again."""
    message = message_for(error)
    ways = message.ways_out
    if isinstance(error, Stale):
        ways = (*ways, WayOut("Retry mine", "retry"))
    return message.sentence, ways


class Committer:
    """Runs commands and answers on the main thread."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def run(
        self,
        command: Command,
        *,
        saved: Callable[[Outcome], None],
        declined: Callable[[ClinicDeskError], None],
    ) -> None:
        self._context.operations.run(command, done=saved, refused=declined)

    def park(
        self,
        proposal: Proposal,
        *,
        saved: Callable[[Outcome], None],
        declined: Callable[[ClinicDeskError], None],
    ) -> None:
        """The carried visits onto the shelf, in one step."""
        from clinic_desk.services.commands import ParkAppointment, ParkTogether

        orders = tuple(
            ParkAppointment(initiator=INITIATOR, appointment_id=move.cell.id)
            for move in proposal.moves
        )
        command: Command = orders[0]
        if len(orders) > 1:
            command = ParkTogether(initiator=INITIATOR, parkings=orders)
        self.run(command, saved=saved, declined=declined)
