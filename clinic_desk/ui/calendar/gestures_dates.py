"""Dropping on a date: same time of day when that stands, else the free slots of that day.

The date may lie outside the days that are loaded; then its data is asked for, off the main
thread, and the verdict appears as soon as it is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.availability.model import Snapshot, Verdict
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.ui.calendar.gestures_carry import with_target
from clinic_desk.ui.calendar.gestures_commit import refusal_of
from clinic_desk.ui.calendar.proposals import Judge, Judgement, Proposal
from clinic_desk.ui.geometry.gesture_machine import Cancel, CancelCause, State
from clinic_desk.ui.models.words import day_words

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.gestures_state import GestureState

Known = tuple[Proposal, Judgement]


class DateDrops(QObject):
    """Judges and settles drops on dates for one controller."""

    def __init__(self, controller: GestureState) -> None:
        super().__init__(controller)
        self._controller = controller
        self._known: dict[tuple[frozenset[Id], bool, date], Known] = {}
        self._asked: date | None = None

    def forget(self) -> None:
        """Another carry begins, or the data is newer."""
        self._known.clear()
        self._asked = None

    def words(self, day: date, proposal: Proposal) -> tuple[str, Verdict]:
        """What a drop on that date would do, in words; asks when it is not known yet."""
        known = self._known.get(self._key(day, proposal))
        name = day_words(day)
        if known is None:
            if self._asked != day:
                self._asked = day
                self._weigh(day, proposal, lambda _answer: self._controller.show_place())
            known = self._known.get(self._key(day, proposal))
        if known is None:
            verb = "Copy" if proposal.copy else "Move"
            return f"{verb} to {name}, same time", Verdict.OK
        shifted, judgement = known
        judge = self._controller.judge
        lead = shifted.lead
        clock = judge.clock(lead.target.start, judge.zone_at(lead)) if judge else ""
        if judgement.allowed:
            return f"{name} {clock} is free", judgement.verdict
        return f"{name}: {judgement.sentence} Drop for free slots", Verdict.REFUSE

    def _clock(self, proposal: Proposal) -> str:
        judge, lead = self._controller.judge, proposal.lead
        if judge is None:
            return ""
        return judge.clock(lead.target.start, judge.zone_of(lead.cell.location_id))

    def drop(self, day: date) -> None:
        """The button went up over a date."""
        controller = self._controller
        proposal = controller.proposal
        if proposal is None:
            controller.feed(Cancel(CancelCause.TOGGLED))
            return
        self._weigh(day, proposal, lambda known: self._settle(known, day), failed=self._failed)

    def _key(self, day: date, proposal: Proposal) -> tuple[frozenset[Id], bool, date]:
        return frozenset(m.cell.id for m in proposal.moves), proposal.copy, day

    def _weigh(
        self,
        day: date,
        proposal: Proposal,
        then: Callable[[Known], None],
        failed: Callable[[ClinicDeskError], None] | None = None,
    ) -> None:
        controller, judge = self._controller, self._controller.judge
        if judge is None:
            return
        shifted = self._on_day(proposal, day, judge)
        zones = [judge.zone_at(m) for m in shifted.moves]
        days = [
            local_date(m.target.start, name) for m, name in zip(shifted.moves, zones, strict=True)
        ]
        key = self._key(day, proposal)

        def answer(by: Judge) -> None:
            known = self._known[key] = (shifted, by.judge(shifted))
            then(known)

        if all(judge.covers(d) for d in days):
            answer(judge)
            return
        doctors = sorted({m.target.doctor_id for m in shifted.moves})
        context = controller.context

        def arrived(snapshot: Snapshot) -> None:
            answer(Judge(snapshot, context.clock.now, context.actor))

        controller.context.operations.ask(
            lambda queries: queries.snapshot(min(days), max(days), doctors),
            done=arrived,
            failed=failed or (lambda _error: None),
            key=f"drop-on-date:{id(self)}",
        )

    def _on_day(self, proposal: Proposal, day: date, judge: Judge) -> Proposal:
        lead = proposal.lead
        wall = zone(judge.zone_of(lead.cell.location_id))
        local = lead.cell.start.astimezone(wall)
        start = datetime.combine(day, local.time(), tzinfo=wall).astimezone(UTC)
        end = start + (lead.cell.end - lead.cell.start)
        place = None if lead.target.location_id is None else lead.cell.location_id
        target = replace(
            lead.target,
            start=start,
            end=end,
            doctor_id=lead.cell.doctor_id,
            room_id=None,
            location_id=place,
        )
        return with_target(proposal, target, wall)

    def _settle(self, known: Known, day: date) -> None:
        controller = self._controller
        proposal, judgement = known
        if controller.gesture.state is not State.COMMITTING:
            return
        if proposal.unchanged:
            controller.feed(Cancel(CancelCause.TOGGLED))
        elif judgement.allowed:
            controller.desk.settle(proposal, judgement)
        elif judgement.code in ("locked", "permission"):
            controller.desk.decline(judgement.sentence, judgement.ways_out)
        else:
            cell = proposal.lead.cell
            controller.feed(Cancel(CancelCause.TOGGLED))
            controller.voice.now(f"{judgement.sentence} Free slots of that day follow.")
            controller.finder_requested.emit(cell, day)

    def _failed(self, error: ClinicDeskError) -> None:
        self._controller.desk.decline(*refusal_of(error))
