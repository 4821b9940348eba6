"""The window sends what is due by itself, notices what becomes due, and ends in time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.messages import Channel, MessageStatus, Purpose
from clinic_desk.services.commands import EditPatient, SaveSetting
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.desk import Desk
from clinic_desk.services.message_ports import Envelope, MessageWish, Transport
from clinic_desk.services.outbox_faults import Unreachable
from clinic_desk.ui.main_window.last_messages import LastMessages
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.sending import Finish, Sender
from tests.fakes.couriers import PROGRAM, FakeTransport, FakeTransports
from tests.fakes.front_desk import FrontDesk
from tests.fakes.message_rows import message, put
from tests.fakes.ui_ground import front_desk  # noqa: F401


class Ground:
    def __init__(self, desk: FrontDesk) -> None:
        self.desk = desk
        self.phone = FakeTransport()
        self.parent = QWidget()
        self.sender = Sender(self.context(), self.parent)
        self.visits = [
            cell
            for cell in desk.store.queries.cells(
                desk.clock.now().date() + timedelta(days=1),
                desk.clock.now().date() + timedelta(days=9),
            )
            if cell.patient_id and str(cell.status) in ("scheduled", "confirmed")
        ]
        desk.desk.execute(SaveSetting(key="messages.sms.on", value=True, scope="clinic"))

    def context(self) -> Context:
        desk = self.desk

        def courier(screen: Transport | None, stopping: Callable[[], bool]) -> Courier:
            gate = Desk(desk.store, desk.clock, desk.context.new_id, PROGRAM)
            transports = FakeTransports(self.phone)
            outside = Outside(transports=lambda: transports, desktop=screen)
            return Courier(
                gate,
                desk.store.queries,
                desk.clock,
                lambda: 0.5,
                desk.context.new_id,
                outside,
                stopping,
            )

        return replace(desk.context, courier=courier)

    def plan(self, number: int, *, minutes: float = -1, channel: Channel = Channel.SMS) -> None:
        """Reminders that are due so many minutes from now."""
        due = self.desk.clock.now() + timedelta(minutes=minutes)
        values = {"mobile": "07911 123456", "consent_sms": True}
        for cell in self.visits[:number]:
            assert cell.patient_id is not None
            self.desk.desk.execute(EditPatient(patient_id=cell.patient_id, values=values))
        put(
            self.desk.store,
            *(
                message(
                    self.desk.context.new_id(),
                    due,
                    key=f"test:{cell.id}:{minutes}:{channel}",
                    channel=channel,
                    purpose=Purpose.REMINDER,
                    appointment_id=cell.id,
                    patient_id=cell.patient_id,
                )
                for cell in self.visits[:number]
            ),
        )

    def count(self, status: MessageStatus) -> int:
        wish = MessageWish(statuses=(status,))
        return len(self.desk.store.queries.messages(wish))


@pytest.fixture
def ground(front_desk: FrontDesk) -> Iterator[Ground]:  # noqa: F811
    made = Ground(front_desk)
    yield made
    made.sender.stop()
    front_desk.settle(lambda: not made.sender.busy)
    made.parent.deleteLater()


def test_what_is_due_goes_and_the_window_hears_of_it(ground: Ground) -> None:
    ground.plan(3)
    heard: list[bool] = []
    ground.sender.sent.connect(lambda: heard.append(True))
    ground.sender.look()
    ground.desk.settle(lambda: len(ground.phone.sent) == 3)
    ground.desk.settle(lambda: ground.count(MessageStatus.SENT) == 3)
    ground.desk.settle(lambda: bool(heard))


def test_a_change_of_the_store_wakes_it(ground: Ground) -> None:
    ground.sender.start()
    ground.plan(1)
    assert not ground.phone.sent
    ground.desk.operations.announce_external()
    ground.desk.settle(lambda: len(ground.phone.sent) == 1)


def test_the_timer_is_armed_for_what_is_due_next(ground: Ground) -> None:
    ground.plan(1, minutes=0.02)
    ground.sender.start()
    ground.sender.look()
    timer = ground.sender._timer
    ground.desk.settle(lambda: timer.isActive() and 400 <= timer.interval() <= 1_205)
    assert not ground.phone.sent
    ground.desk.clock.set(ground.desk.clock.now() + timedelta(seconds=2))
    ground.desk.settle(lambda: len(ground.phone.sent) == 1)


def test_a_notice_for_the_desks_is_shown_here(ground: Ground) -> None:
    shown: list[Envelope] = []
    ground.sender.notice.connect(shown.append)
    ground.plan(1, channel=Channel.DESKTOP)
    ground.sender.look()
    ground.desk.settle(lambda: len(shown) == 1)
    assert shown[0].body
    ground.desk.settle(lambda: ground.count(MessageStatus.SENT) == 1)


def test_one_that_hangs_holds_up_no_other_channel(ground: Ground) -> None:
    release = threading.Event()

    def hang(_envelope: Envelope) -> None:
        assert release.wait(60)

    ground.phone.plan.append(hang)
    shown: list[Envelope] = []
    ground.sender.notice.connect(shown.append)
    ground.plan(1)
    ground.sender.look()
    ground.desk.settle(lambda: len(ground.phone.tried) == 1)
    ground.plan(1, channel=Channel.DESKTOP)
    ground.desk.operations.announce_external()
    ground.desk.settle(lambda: len(shown) == 1)
    release.set()
    ground.desk.settle(lambda: len(ground.phone.sent) == 1)


def test_the_end_of_the_program_sends_what_is_due_first(ground: Ground) -> None:
    ground.plan(4)
    over: list[bool] = []
    ground.sender.rest()
    finish = Finish(ground.sender, ground.parent)
    last = LastMessages(ground.desk.context.theme, finish, lambda: over.append(True))
    last.start()
    ground.desk.settle(lambda: bool(over))
    assert len(ground.phone.sent) == 4
    assert over == [True]


def test_the_end_of_the_program_waits_for_nobody_for_ever(ground: Ground) -> None:
    release = threading.Event()

    def hang(_envelope: Envelope) -> None:
        release.wait(60)
        raise Unreachable("Too late.")

    ground.phone.plan.append(hang)
    ground.plan(2)
    over: list[bool] = []
    ground.sender.rest()
    finish = Finish(ground.sender, ground.parent, limit=300, last=300)
    last = LastMessages(ground.desk.context.theme, finish, lambda: over.append(True))
    last.start()
    ground.desk.settle(lambda: last.card is not None and last.card.isVisible())
    assert last.card is not None
    assert "last messages" in last.card.words.text()
    ground.desk.settle(lambda: bool(over))
    assert last.card is None
    release.set()
    # what was claimed and not begun is there for others at once
    ground.desk.settle(
        lambda: ground.desk.store.queries.services_due(ground.desk.clock.now()).get("sms") == 1
    )


def test_what_is_under_way_at_the_limit_is_answered_first(ground: Ground) -> None:
    release = threading.Event()

    def slowly(_envelope: Envelope) -> None:
        release.wait(60)

    ground.phone.plan.append(slowly)
    ground.plan(2)
    over: list[bool] = []
    ground.sender.rest()
    ground.sender.look()
    ground.desk.settle(lambda: len(ground.phone.tried) == 1)
    finish = Finish(ground.sender, ground.parent, limit=0, last=600_000)
    finish.over.connect(lambda: over.append(True))
    finish.waiting.connect(release.set)  # well past the limit
    finish.start()
    ground.desk.settle(lambda: bool(over))
    assert len(ground.phone.sent) == 1
    assert ground.desk.store.queries.services_due(ground.desk.clock.now()) == {"sms": 1}


def test_nobody_need_wait_at_the_end(ground: Ground) -> None:
    release = threading.Event()
    ground.phone.plan.append(lambda _: release.wait(60) and None)
    ground.plan(1)
    over: list[bool] = []
    finish = Finish(ground.sender, ground.parent, limit=60_000)
    last = LastMessages(ground.desk.context.theme, finish, lambda: over.append(True))
    last.start()
    ground.desk.settle(lambda: last.card is not None and last.card.without.isVisible())
    assert last.card is not None
    last.card.without.click()
    ground.desk.settle(lambda: bool(over))
    release.set()


def test_with_nothing_to_send_the_end_comes_at_once(ground: Ground) -> None:
    over: list[bool] = []
    finish = Finish(ground.sender, ground.parent)
    last = LastMessages(ground.desk.context.theme, finish, lambda: over.append(True))
    last.start()
    ground.desk.settle(lambda: bool(over))
    assert last.card is None
