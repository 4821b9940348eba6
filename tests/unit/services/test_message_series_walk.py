"""Series booked, moved, cancelled, reinstated and undone at random, whole or in part, and sent by
the real courier: each time exactly those messages go that a calculation of its own says
(``tests.fakes.bundle_oracle``), each telling of exactly its visits, and *verify* has no word.

`make soak` walks far longer.
"""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from clinic_desk.domain.messages import MessageStatus
from clinic_desk.services.command import Scope
from clinic_desk.services.commands import CancelAppointment, MoveAppointment
from clinic_desk.services.series_commands import BookSeries
from tests.fakes import bundle_oracle, message_oracle
from tests.fakes import messages as m
from tests.fakes.couriers import FakeTransport, FakeTransports, courier
from tests.fakes.world import TODAY, at
from tests.unit.services.test_message_walk import LONG, SHORT, Walk

SCOPES = (Scope.ONLY_THIS, Scope.FOLLOWING, Scope.ALL)
THEN = st.sampled_from([0, 1, 4])
"""Minutes until the next step; in four everything that is held has gone."""

LISTED = re.compile(r"[^.:]{8,40}, \d\d:\d\d")
"""A line of an e-mail about many visits."""


def beyond_first(body: str) -> int:
    """How many visits beside the first the words tell of: by number, or by a list of all."""
    found = re.search(r"(\d+) (?:more|randevu daha)", body)
    return int(found[1]) if found else len([x for x in body.splitlines() if LISTED.match(x)]) - 1


NOTICES = ("confirmation", "moved", "cancelled")


class SeriesWalk(Walk):
    def __init__(self) -> None:
        super().__init__()
        self.out = FakeTransport()
        self.courier = courier(self.world, FakeTransports(self.out))

    @initialize(channel=st.sampled_from(["sms", "email"]))
    def opened(self, channel: str) -> None:
        """A series stands, of which the patient knows."""
        m.setting(self.world, "quiet", "none")
        self.clinic.quiet = "none"
        super().opened({channel})
        self.book_series("ana", 7, "09:00", "FREQ=WEEKLY;", 4, 4)

    @rule(
        who=st.sampled_from(["ana", "jon"]),
        day=st.integers(6, 9),
        clock=st.sampled_from(["09:00", "10:30", "14:00"]),
        step=st.sampled_from(["FREQ=WEEKLY;", "FREQ=DAILY;", "FREQ=WEEKLY;INTERVAL=2;"]),
        count=st.integers(2, 4),
        then=THEN,
    )
    def book_series(self, who: str, day: int, clock: str, step: str, count: int, then: int) -> None:
        names = self.world.names
        self.do(
            BookSeries(
                patient_id=names[who], doctor_id=names["wu"], type_id=names["follow-up"],
                rule=f"{step}COUNT={count}",
                local_start=f"{TODAY + timedelta(days=day)}T{clock}",
            )
        )  # fmt: skip
        self.pause(then)

    @rule(
        number=st.integers(0, 9),
        clock=st.sampled_from(["09:30", "11:00", "15:00"]),
        scope=st.sampled_from(SCOPES),
        then=THEN,
    )
    def move_some(self, number: int, clock: str, scope: Scope, then: int) -> None:
        visit = self.one(number)
        if visit is None:
            return
        start = at(clock, visit.start.date())
        self.do(
            MoveAppointment(
                appointment_id=visit.id, expected_revision=None, start=start,
                end=start + (visit.end - visit.start), doctor_id=visit.doctor_id, scope=scope,
                allow_patient_overlap=True, outside_hours=True,
            )
        )  # fmt: skip
        self.pause(then)

    @rule(number=st.integers(0, 9), scope=st.sampled_from(SCOPES), then=THEN)
    def cancel_some(self, number: int, scope: Scope, then: int) -> None:
        visit = self.one(number)
        if visit is not None:
            self.do(CancelAppointment(appointment_id=visit.id, reason="Patient rang", scope=scope))
            self.pause(then)

    # what visits of their own meet is walked through elsewhere

    def book(self, **_given: object) -> None:
        """No step of this walk."""

    def remind(self, **_given: object) -> None:
        """No step of this walk."""

    def decide(self, **_given: object) -> None:
        """No step of this walk."""

    @rule(minutes=st.sampled_from([1, 2, 4, 5, 10]))
    def wait(self, minutes: int) -> None:
        self.pause(minutes)

    def pause(self, minutes: int) -> None:
        """Never so long that a message would be left out because it is too late for it."""
        self.world.clock.advance(minutes=minutes)
        if minutes < 2:
            return
        now, before = self.now(), self.told()
        wanted = bundle_oracle.goes(self.stories, self.visits, now)
        tried = len(self.out.sent)
        self.courier.run_once()
        went = self.out.sent[tried:]
        bundles = [ids for carrier, ids in self.told().items() if carrier not in before]
        notices = [one for one in went if any(f":{name}-" in one.key for name in NOTICES)]
        assert sorted(map(sorted, bundles)) == sorted(map(sorted, wanted))
        assert len(notices) == len(wanted)
        counts = sorted(len(one) - 1 for one in wanted if len(one) > 2)
        assert counts == sorted(more for one in notices if (more := beyond_first(one.body)) > 1)
        self.sent += [one.key for one in went]
        bundle_oracle.send(self.stories, wanted)
        for story in self.stories.values():
            message_oracle.send(story, now)

    def told(self) -> dict[str, frozenset[str]]:
        """Of each notice that has gone, by the message that was sent: the visits it told of."""
        found: dict[str, set[str]] = defaultdict(set)
        for one in m.stored(self.world):
            if one.status is MessageStatus.SENT and one.purpose in NOTICES:
                carrier = one.rule.removeprefix("with-")
                found[carrier if one.rule.startswith("with-") else one.id].add(
                    f"{one.appointment_id}"
                )
        return {carrier: frozenset(ids) for carrier, ids in found.items()}

    @invariant()
    def nothing_for_verify_to_find(self) -> None:
        found = [one for one in self.world.store.maintenance.verify() if one.check == "messages"]
        assert found == []


TestShortSeriesWalk = SeriesWalk.TestCase
TestShortSeriesWalk.settings = settings(SHORT, max_examples=12, stateful_step_count=20)


class _LongSeriesWalk(SeriesWalk):
    pass


TestLongSeriesWalk = pytest.mark.soak(_LongSeriesWalk.TestCase)
TestLongSeriesWalk.settings = LONG
