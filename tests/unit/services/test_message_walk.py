"""Visits booked, moved, cancelled, reinstated and undone at random, patients and rules changed in
between, messages sent as they fall due: after each step what is planned equals a calculation of
its own (``tests.fakes.message_oracle``), and nothing is ever sent twice.

`make soak` walks far longer.
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.message_changes import goes_at, is_open
from clinic_desk.domain.messages import MessageStatus, Notification
from clinic_desk.domain.people import Patient
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    EditAppointment,
    EditPatient,
    MoveAppointment,
    Redo,
    Reinstate,
    SaveRecords,
    StepBack,
    Undo,
)
from tests.fakes import message_oracle as oracle
from tests.fakes import messages as m
from tests.fakes.world import TODAY, World, actor, at, make_template, open_world

DAYS = (0, 1, 2, 5)
CLOCKS = ("08:00", "09:30", "11:00", "14:00", "16:30")
LEADS = ((1440, 120), (720,), (2880, 840, 60))
TEMPLATE: dict[str, Any] = {}


def template() -> tuple[Path, dict[str, str]]:
    if not TEMPLATE:
        folder = Path(tempfile.mkdtemp(prefix="message-walk-"))
        TEMPLATE["made"] = make_template(folder)
    made: tuple[Path, dict[str, str]] = TEMPLATE["made"]
    return made


class Walk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="message-walk-"))
        file, names = template()
        self.world: World = open_world(file, names, self.folder)
        self.clinic = oracle.Clinic(on={"desktop"})
        self.stories: dict[str, oracle.Story] = {}
        self.visits: dict[str, Appointment] = {}
        self.patients: dict[str, Patient] = {}
        self.sent: list[str] = []

    def teardown(self) -> None:
        self.world.store.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    @initialize(channels=st.sets(st.sampled_from(["sms", "email", "whatsapp"]), min_size=1))
    def opened(self, channels: set[str]) -> None:
        world = self.world
        m.reachable(world, "ana", consent_whatsapp=True)
        m.reachable(world, "jon", zone="Europe/Istanbul", consent_sms=None)
        with world.store.unit_of_work(actor()) as work:
            kind = work.roster().types[world.names["needle"]]
        world.run(SaveRecords(records=(replace(kind, reminders=("720:email",)),)))
        self.clinic.of_types[kind.id] = {720: ("email",)}
        m.switch_on(world, *channels)
        self.clinic.on |= channels
        self.read()

    # What can happen

    @rule(
        who=st.sampled_from(["ana", "jon"]),
        day=st.sampled_from(DAYS),
        clock=st.sampled_from(CLOCKS),
        kind=st.sampled_from(["follow-up", "asked", "needle"]),
        own=st.sampled_from([(None, ()), (None, ("none",)), (600, ()), (None, ("email", "sms"))]),
    )
    def book(self, who: str, day: int, clock: str, kind: str, own: Any) -> None:
        names = self.world.names
        self.do(
            BookAppointment(
                patient_id=names[who], doctor_id=names["wu"], type_id=names[kind],
                start=self.when(day, clock), remind_before=own[0], remind_channels=own[1],
                allow_patient_overlap=True, outside_hours=True,
            )
        )  # fmt: skip

    @rule(
        number=st.integers(0, 5),
        day=st.sampled_from(DAYS),
        clock=st.sampled_from(CLOCKS),
        doctor=st.sampled_from(["wu", "berg"]),
    )
    def move(self, number: int, day: int, clock: str, doctor: str) -> None:
        visit = self.one(number)
        if visit is None:
            return
        start = self.when(day, clock)
        self.do(
            MoveAppointment(
                appointment_id=visit.id, expected_revision=None, start=start,
                end=start + (visit.end - visit.start), doctor_id=self.world.names[doctor],
                allow_patient_overlap=True, outside_hours=True,
            )
        )  # fmt: skip

    @rule(
        number=st.integers(0, 5),
        deed=st.sampled_from(
            ["cancel", "reinstate", "accept", "decline", "no_show", "confirm", "back", "arrive"]
        ),
    )
    def change(self, number: int, deed: str) -> None:
        visit = self.one(number)
        if visit is None:
            return
        steps = {
            "accept": Status.SCHEDULED, "decline": Status.DECLINED, "no_show": Status.NO_SHOW,
            "confirm": Status.CONFIRMED, "arrive": Status.ARRIVED,
        }  # fmt: skip
        if deed == "cancel":
            self.do(CancelAppointment(appointment_id=visit.id, reason="Patient rang"))
        elif deed == "reinstate":
            self.do(Reinstate(appointment_id=visit.id, reason="A mistake"))
        elif deed == "back":
            self.do(StepBack(appointment_id=visit.id))
        else:
            self.do(ChangeStatus(appointment_id=visit.id, to=steps[deed]))

    @rule(
        number=st.integers(0, 5),
        lead=st.sampled_from([None, 90, 1500]),
        channels=st.sampled_from([(), ("none",), ("sms",), ("desktop", "email")]),
    )
    def remind(self, number: int, lead: int | None, channels: tuple[str, ...]) -> None:
        visit = self.one(number)
        if visit is not None:
            values = {"remind_before": lead, "remind_channels": channels}
            self.do(EditAppointment(appointment_id=visit.id, values=values))

    @rule(redo=st.booleans(), times=st.integers(1, 3))
    def take_back(self, redo: bool, times: int) -> None:
        for _ in range(times):
            self.do(Redo() if redo else Undo())

    @rule(
        who=st.sampled_from(["ana", "jon"]),
        values=st.sampled_from(
            [
                {"consent_sms": True}, {"consent_sms": False}, {"consent_sms": None},
                {"consent_email": True}, {"consent_email": None}, {"email": ""},
                {"email": "new@example.org"}, {"mobile": ""}, {"mobile": "07911 654321"},
                {"quiet": "19:00-09:00"}, {"quiet": "none"}, {"quiet": ""},
                {"quiet": "12:00-13:30"}, {"channels": ("email", "sms")}, {"channels": ()},
                {"zone": "Asia/Tokyo"}, {"zone": ""}, {"language": "tr"},
            ]
        ),
    )  # fmt: skip
    def edit_patient(self, who: str, values: dict[str, object]) -> None:
        self.do(EditPatient(patient_id=self.world.names[who], values=values))

    @rule(
        name=st.sampled_from(["quiet", "order", "asked", "purpose", "plan", "channel", "no_show"]),
        number=st.integers(0, 2),
    )
    def decide(self, name: str, number: int) -> None:
        """The clinic changes its mind, and everything is planned anew."""
        world, clinic = self.world, self.clinic
        if name == "quiet":
            clinic.quiet = ("20:00-08:00", "none", "17:00-09:00")[number]
            m.setting(world, "quiet", clinic.quiet)
        elif name == "order":
            clinic.order = (
                ("sms", "email", "whatsapp"), ("email", "sms", "whatsapp"),
                ("whatsapp", "email", "sms"),
            )[number]  # fmt: skip
            m.setting(world, "order", list(clinic.order))
        elif name == "asked":
            clinic.asked = ("skip", "allow", "skip")[number]
            m.setting(world, "unknown_consent", clinic.asked)
        elif name == "purpose":
            clinic.purposes ^= {("reminder", "moved", "confirmation")[number]}
            m.setting(world, "purposes", sorted(clinic.purposes))
        elif name == "no_show":
            clinic.no_show_after = (60, 20, 300)[number]
            m.setting(world, "no_show_after", clinic.no_show_after)
        elif name == "plan":
            clinic.plan = dict.fromkeys(LEADS[number], ())
            m.plan(world, *(f"{lead}:" for lead in LEADS[number]))
        else:
            channel = ("sms", "email", "whatsapp")[number]
            clinic.on ^= {channel}
            m.setting(world, f"{channel}.on", channel in clinic.on)
        m.plan_all(world)
        now = self.now()
        for visit in self.visits.values():
            story = self.stories[visit.id]
            gone = visit.deleted_at is not None or str(visit.status) == "released"
            if gone and not story.wanted(now):
                continue
            self.again(visit, visit)

    @rule(minutes=st.sampled_from([1, 2, 3, 4, 30, 90, 400, 1440]), sends=st.booleans())
    def wait(self, minutes: int, sends: bool) -> None:
        self.world.clock.advance(minutes=minutes)
        if not sends:
            return
        self.sent += [one.key for one in m.send_due(self.world)]
        for story in self.stories.values():
            oracle.send(story, self.now())

    # What holds after each step

    @invariant()
    def planned_as_calculated(self) -> None:
        now = self.now()
        found: dict[str, set[oracle.Wanted]] = {visit_id: set() for visit_id in self.stories}
        for one in m.stored(self.world):
            if is_open(one, self.world.clock.now()):
                series = self.visits[one.appointment_id or ""].series_id
                notice = one.purpose in ("confirmation", "moved", "cancelled")
                assert one.rule == "series" or not (notice and series)
                way = "skipped" if one.status is MessageStatus.SKIPPED else str(one.channel)
                rule = one.rule if one.purpose == "reminder" else ""
                told = (str(one.purpose), rule, way, oracle.minute_of(goes_at(one)))
                found[one.appointment_id or ""].add(told)
        wanted = {visit_id: story.wanted(now) for visit_id, story in self.stories.items()}
        assert found == wanted

    @invariant()
    def each_in_its_place_in_the_outbox(self) -> None:
        planned = {
            one.id: (_queue(one), int(goes_at(one).timestamp()))
            for one in m.stored(self.world)
            if one.status is MessageStatus.PLANNED
        }
        waiting = {key: row[:2] for key, row in m.outbox(self.world).items() if row[2]}
        assert waiting == planned

    @invariant()
    def nothing_twice(self) -> None:
        assert len(self.sent) == len(set(self.sent))

    # Helpers

    def now(self) -> int:
        return oracle.minute_of(self.world.clock.now())

    def when(self, day: int, clock: str) -> datetime:
        return at(clock, TODAY + timedelta(days=day))

    def one(self, number: int) -> Appointment | None:
        known = sorted(self.visits)
        return self.visits[known[number % len(known)]] if known else None

    def do(self, command: Command) -> None:
        try:
            self.world.run(command)
        except Refusal:
            return
        self.read()

    def read(self) -> None:
        """Everything as it is now; whatever changed is calculated anew."""
        patients, visits = self.patients, self.visits
        with self.world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
            rows = m._all(work, "SELECT id FROM appointment")
            found = [work.visit_if_any(row[0]) for row in rows]
            ids = [self.world.names["ana"], self.world.names["jon"]]
            self.patients = work.patients_of(ids)
        self.visits = {one.id: one for one in found if one is not None}
        moved = {one for one in ids if self.patients[one] != patients.get(one)}
        for visit_id, visit in self.visits.items():
            before = visits.get(visit_id)
            if visit_id not in self.stories:
                self.stories[visit_id] = oracle.Story()
            if before is None or _what(before) != _what(visit):
                self.again(before, visit)
            elif visit.patient_id in moved:
                gone = visit.deleted_at is not None or str(visit.status) == "released"
                to_come = visit.start > self.world.clock.now() and not gone
                if to_come or self.stories[visit_id].wanted(self.now()):
                    self.again(visit, visit)

    def again(self, before: Appointment | None, visit: Appointment) -> None:
        patient = self.patients[visit.patient_id or ""]
        oracle.follow(
            self.stories[visit.id], self.clinic, before, visit, patient, "Europe/London",
            self.now(),
        )  # fmt: skip


def _queue(one: Notification) -> str | None:
    """What goes one after the other: about one visit, or notices about one patient's series."""
    return f"series-{one.patient_id}" if one.rule == "series" else one.appointment_id


def _what(visit: Appointment) -> tuple[object, ...]:
    return (
        oracle.standing(visit), oracle.place(visit), visit.type_id, visit.remind_at,
        visit.remind_channels, visit.series_id,
    )  # fmt: skip


SHORT = settings(
    max_examples=25,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
LONG = settings(SHORT, max_examples=800, stateful_step_count=60, derandomize=False)

TestShortWalk = Walk.TestCase
TestShortWalk.settings = SHORT


class _LongWalk(Walk):
    pass


TestLongWalk = pytest.mark.soak(_LongWalk.TestCase)
TestLongWalk.settings = LONG
