"""What happens after a refused drop: the message, and each of its ways out made to work."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, Signal

from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.events import Actor
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.gestures_carry import with_target
from clinic_desk.ui.calendar.gestures_commit import NO_INSISTENCE, Insistence
from clinic_desk.ui.calendar.gestures_message import RefusalCard
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal
from clinic_desk.ui.models.words import doctor_of
from clinic_desk.ui.runtime.allowed import hold_back


class Send(Protocol):
    """Commits a proposal that the person insists on."""

    def __call__(
        self,
        proposal: Proposal,
        judgement: Judgement,
        *,
        insist: Insistence = NO_INSISTENCE,
    ) -> None: ...


class RefusalFlow(QObject):
    """``show_requested`` carries the id of the row that is in the way, ``find_requested`` the visit
    (``Cell``) that is to be moved and the day from which on a place is looked for."""

    show_requested = Signal(object)
    find_requested = Signal(object, object)

    def __init__(
        self,
        card: RefusalCard,
        judge: Callable[[], Judge | None],
        newest: Callable[[Cell], Cell],
        send: Send,
        actor: Actor,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.card = card
        self._judge = judge
        self._newest = newest
        self._send = send
        self._actor = actor
        self._proposal: Proposal | None = None
        self._judgement: Judgement | None = None
        self._insist = NO_INSISTENCE
        card.chosen.connect(self._take)

    def explain(
        self,
        proposal: Proposal,
        judgement: Judgement,
        sentence: str,
        ways: Sequence[WayOut],
        at: QPoint,
        insist: Insistence = NO_INSISTENCE,
    ) -> None:
        self._proposal, self._judgement, self._insist = proposal, judgement, insist
        fitting = _fitting(proposal, ways)
        self.card.say(sentence, fitting, at)
        hold_back(self._actor, self.card.buttons(), fitting)

    def _take(self, way: WayOut, reason: str) -> None:
        proposal, judgement = self._proposal, self._judgement
        judge = self._judge()
        if proposal is None or judgement is None or judge is None:
            return
        insist = self._insist
        match way.action:
            case "place_at":
                self._place_at(way, proposal, judge)
            case "other_doctor":
                if "doctor_id" in way.data:
                    self._with_doctor(str(way.data["doctor_id"]), proposal, judge)
                else:
                    self._offer_doctors(proposal, judge)
            case "take_doctor":
                self._with_doctor(str(way.data["doctor_id"]), proposal, judge)
            case "overbook":
                self._send(proposal, judgement, insist=replace(insist, overbook_reason=reason))
            case "override":
                self._send(proposal, judgement, insist=replace(insist, override_reason=reason))
            case "asked_by":
                who = str(way.data["asked_by"])
                self._send(proposal, judgement, insist=replace(insist, asked_by=who))
            case "outside_hours":
                self._send(proposal, judgement, insist=replace(insist, outside_hours=True))
            case "allow_patient_overlap" | "book_anyway":
                twice = replace(insist, patient_overlap=True, overlap_reason=reason)
                self._send(proposal, judgement, insist=twice)
            case "copy":
                copied = replace(proposal, copy=True, moves=proposal.moves[:1])
                self._again(copied, judge)
            case "use_room":
                self._with_room(str(way.data.get("room_id", "")), proposal, judge)
            case "only_this":
                self._again(replace(proposal, moves=proposal.moves[:1]), judge)
            case "retry":
                moves = tuple(replace(m, cell=self._newest(m.cell)) for m in proposal.moves)
                self._again(replace(proposal, moves=moves), judge)
            case "find":
                lead = proposal.lead
                day = local_date(lead.target.start, judge.zone_at(lead))
                self.find_requested.emit(lead.cell, day)
            case "show":
                known = way.data.get("appointment_id") or judgement.blocker_id
                self.show_requested.emit(known or proposal.lead.cell.id)

    def _again(self, proposal: Proposal, judge: Judge) -> None:
        """Once more by the rules: sent when they allow it, explained again when not."""
        judgement = judge.judge(proposal)
        if judgement.allowed or judgement.pending:
            self._send(proposal, judgement, insist=self._insist)
        else:
            self._proposal, self._judgement = proposal, judgement
            self.card.offer(judgement.sentence, _fitting(proposal, judgement.ways_out))

    def _place_at(self, way: WayOut, proposal: Proposal, judge: Judge) -> None:
        start, doctor_id = way.data.get("start"), way.data.get("doctor_id")
        place = way.data.get("location_id")
        target = proposal.lead.target
        if not isinstance(start, datetime):
            return
        wall = zone(judge.zone_at(proposal.lead))
        moved = replace(
            target,
            start=start,
            end=start + (target.end - target.start),
            doctor_id=str(doctor_id) if doctor_id else target.doctor_id,
            location_id=str(place) if place and target.location_id else target.location_id,
        )
        self._again(with_target(proposal, moved, wall), judge)

    def _offer_doctors(self, proposal: Proposal, judge: Judge) -> None:
        lead = proposal.lead
        when = judge.clock(lead.target.start, judge.zone_at(lead))
        ways = [
            WayOut(doctor_of(judge.roster, doctor_id), "take_doctor", {"doctor_id": doctor_id})
            for doctor_id, _ in judge.free_doctors(proposal)[:4]
        ]
        if ways:
            self.card.offer(f"Free at {when}:", ways)
            return
        known = self._judgement.ways_out if self._judgement is not None else ()
        rest = [way for way in known if way.action != "other_doctor"]
        self.card.offer(f"No other doctor can take this visit at {when}.", rest)

    def _with_doctor(self, doctor_id: str, proposal: Proposal, judge: Judge) -> None:
        lead = proposal.lead
        target = replace(lead.target, doctor_id=doctor_id, room_id=None)
        self._again(replace(proposal, moves=(replace(lead, target=target),)), judge)

    def _with_room(self, room_id: str, proposal: Proposal, judge: Judge) -> None:
        lead = proposal.lead
        wanted = room_id if room_id in judge.roster.rooms else None
        moved = replace(lead, target=replace(lead.target, room_id=wanted))
        self._again(replace(proposal, moves=(moved, *proposal.moves[1:])), judge)


def _fitting(proposal: Proposal, ways: Sequence[WayOut]) -> tuple[WayOut, ...]:
    """The finder moves one visit: it is no way out for a copy, nor for several at once."""
    single = len(proposal.moves) == 1 and not proposal.copy
    return tuple(way for way in ways if single or way.action != "find")
