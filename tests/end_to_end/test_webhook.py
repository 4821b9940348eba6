"""Events of visits at a real HTTP server: signed, in order, each once unless nobody could know."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desk.app import reminders
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.webhook import HttpWebhook, KeyringWebhook, signature
from clinic_desk.services.commands import (
    CancelAppointment,
    ChangeStatus,
    EditAppointment,
    Reinstate,
    SaveSetting,
    StepBack,
)
from clinic_desk.services.couriers import Courier, Drained
from clinic_desk.services.outbox_commands import ForgetEvents, RetryEvents, RetryMessage
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from clinic_desk.services.webhook import EVENTS, SERVICE, TOPICS
from tests.fakes.couriers import courier
from tests.fakes.keeper import MemoryKeeper
from tests.fakes.webhook_server import SECRET, WebhookServer, webhook_server
from tests.fakes.world import TODAY, World, make_template, open_world

SOON = TODAY + timedelta(days=2)


class Quick(KeyringWebhook):
    """With time limits of a test."""

    def publisher(self, url: str) -> HttpWebhook:
        return HttpWebhook(
            url, self._secret, self._clock, Limits(connect=2.0, answer=0.3, whole=0.6)
        )


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return make_template(tmp_path_factory.mktemp("clinic"))


@pytest.fixture
def world(template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[World]:
    made = open_world(*template, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def server(world: World) -> Iterator[WebhookServer]:
    with webhook_server() as made:
        for key, value in (("webhook.on", True), ("webhook.url", made.url)):
            world.run(SaveSetting(key=key, value=value, scope="clinic"))
        yield made


def sender(world: World, secret: str = SECRET, link: type[KeyringWebhook] = Quick) -> Courier:
    keeper = MemoryKeeper()
    if secret:
        keeper.keep("webhook", secret)
    return courier(world, webhook=lambda: link(keeper, world.clock))


def later(world: World, minutes: float = 4) -> None:
    world.clock.advance(minutes=minutes)


def test_a_day_of_a_visit_is_told_in_its_order_and_signed(
    world: World, server: WebhookServer
) -> None:
    visit = world.book("10:00")
    world.move(visit, "11:00")
    for status in (Status.CONFIRMED, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
        world.run(ChangeStatus(appointment_id=visit, to=status))
    post = sender(world)
    assert post.run_once() == Drained()  # a slip could still be undone
    later(world)
    done = post.run_once()
    assert done == Drained(sent=6, effects=6)
    assert reminders.told(done) == "Sent 0 messages; 6 told to another program."
    assert server.names() == ["booked", "moved", "confirmed", "arrived", "started", "completed"]
    assert server.unsigned == 0
    first = server.events[0]
    assert first["appointment"]["id"] == visit
    assert first["appointment"]["start"] == "2026-11-24T10:00:00+00:00"
    assert first["schema"] == 1
    assert server.headers[0]["Clinic-Desk-Event"] == "appointment.booked"
    assert len(set(server.keys)) == 6
    assert [one["id"] for one in server.events] == server.keys
    revisions = [one["appointment"]["revision"] for one in server.events]
    assert revisions == sorted(revisions)
    told = str(server.events)
    for word in ("Lee", "Ana", "Follow"):
        assert word not in told


def test_every_kind_of_event_is_one_of_those_in_the_guide(
    world: World, server: WebhookServer
) -> None:
    asked = world.book("08:00", type="asked", day=SOON)
    world.run(ChangeStatus(appointment_id=asked, to=Status.SCHEDULED))
    refused = world.book("09:00", type="asked", day=SOON)
    world.run(ChangeStatus(appointment_id=refused, to=Status.DECLINED))
    visit = world.book("10:00", patient="jon")
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    world.run(Reinstate(appointment_id=visit, reason="A slip"))
    world.run(EditAppointment(appointment_id=visit, values={"type_id": world.names["call"]}))
    world.run(EditAppointment(appointment_id=visit, values={"notes": "Private words"}))
    world.clock.advance(hours=4)
    world.run(ChangeStatus(appointment_id=visit, to=Status.NO_SHOW))
    world.run(StepBack(appointment_id=visit))
    sender(world).run_once()
    later(world)
    sender(world).run_once()
    told: dict[str, list[str]] = {}
    for name, one in zip(server.names(), server.events, strict=True):
        told.setdefault(one["appointment"]["id"], []).append(name)
    assert told == {
        asked: ["requested", "accepted"],
        refused: ["requested", "declined"],
        visit: ["booked", "cancelled", "reverted", "edited", "no_show", "reverted"],
    }
    assert set(server.names()) <= set(EVENTS)
    assert "Private" not in str(server.events)


def test_a_slip_that_is_undone_tells_nothing_and_one_that_was_told_is_taken_back(
    world: World, server: WebhookServer
) -> None:
    world.book("10:00")
    world.undo()
    later(world)
    post = sender(world)
    assert post.run_once() == Drained()
    world.redo()
    later(world)
    assert post.run_once() == Drained(sent=1, effects=1)
    world.undo()
    later(world)
    assert post.run_once() == Drained(sent=1, effects=1)
    assert server.names() == ["booked", "removed"]


def test_an_import_is_not_told_but_what_becomes_of_its_visits_is(
    world: World, server: WebhookServer
) -> None:
    (visit,) = world.put_in({"start": datetime(2026, 11, 25, 10, 0, tzinfo=UTC)})
    world.run(ChangeStatus(appointment_id=visit, to=Status.CONFIRMED))
    later(world)
    sender(world).run_once()
    assert server.names() == ["confirmed"]


def test_one_event_that_must_wait_holds_up_its_own_visit_alone(
    world: World, server: WebhookServer
) -> None:
    one, other = world.book("10:00"), world.book("11:00", patient="jon")
    world.run(ChangeStatus(appointment_id=one, to=Status.CONFIRMED))
    later(world)
    server.plan.append("500")
    post = sender(world)
    assert post.run_once() == Drained(sent=1, effects=1, retried=1)
    assert [event["appointment"]["id"] for event in server.events] == [other]
    later(world)
    assert post.run_once() == Drained(sent=2, effects=2)
    assert server.names() == ["booked", "booked", "confirmed"]


@pytest.mark.parametrize("how", ["500", "dies", "hang", "drip", "408"])
def test_whatever_it_answers_every_event_arrives_once(
    world: World, server: WebhookServer, how: str
) -> None:
    server.plan.append(how)
    world.book("10:00")
    later(world)
    post = sender(world)
    assert post.run_once() == Drained(retried=1)
    later(world)
    assert post.run_once() == Drained(sent=1, effects=1)
    assert server.names() == ["booked"]


def test_what_it_took_without_a_word_comes_again_under_the_same_key(
    world: World, server: WebhookServer
) -> None:
    server.plan.append("takes_and_dies")
    world.book("10:00")
    later(world)
    post = sender(world)
    post.run_once()
    later(world)
    post.run_once()
    assert server.names() == ["booked", "booked"]
    assert len(set(server.keys)) == 1


def test_a_retry_after_is_obeyed(world: World, server: WebhookServer) -> None:
    server.plan.append("429")
    world.book("10:00")
    later(world)
    post = sender(world)
    post.run_once()
    later(world, 9)
    assert post.run_once() == Drained()
    later(world, 2)
    assert post.run_once() == Drained(sent=1, effects=1)


def test_what_it_will_never_take_is_set_aside_and_can_be_sent_once_more(
    world: World, server: WebhookServer
) -> None:
    server.plan.extend(["302", "410"])
    world.book("10:00")
    world.book("11:00", patient="jon")
    later(world)
    post = sender(world)
    assert post.run_once() == Drained(failed=2)
    first, second = world.store.queries.outbox(TOPICS)
    assert "(302)" in first.last_error
    assert "no events" in second.last_error
    assert world.store.queries.gateway_state(SERVICE, TOPICS).set_aside == 2
    world.run(RetryMessage(message_id=first.id, topics=TOPICS))
    assert post.run_once() == Drained(sent=1, effects=1)
    with pytest.raises(Refusal):
        world.run(RetryMessage(message_id=second.id))  # that would be an invoice
    assert world.run(RetryEvents()).value == 1
    assert post.run_once() == Drained(sent=1, effects=1)
    assert world.store.queries.gateway_state(SERVICE, TOPICS).set_aside == 0


def test_what_it_refused_can_be_given_up(world: World, server: WebhookServer) -> None:
    world.book("10:00")
    server.plan.append("410")
    later(world)
    post = sender(world)
    assert post.run_once() == Drained(failed=1)
    assert "410" in world.store.queries.gateway_state(SERVICE, TOPICS).refusal
    assert world.run(ForgetEvents()).value == 1
    state = world.store.queries.gateway_state(SERVICE, TOPICS)
    assert (state.set_aside, state.waiting, state.last_error) == (0, 0, "")
    assert world.run(RetryEvents()).value == 0
    later(world)
    assert not post.run_once().total


def test_without_a_secret_nothing_goes_and_the_reason_is_told(
    world: World, server: WebhookServer
) -> None:
    world.book("10:00")
    later(world)
    assert sender(world, secret="").run_once() == Drained(stuck=1)
    assert (
        "secret is not in the keyring"
        in world.store.queries.gateway_state(SERVICE, TOPICS).last_error
    )
    later(world, 30)
    assert sender(world).run_once() == Drained(sent=1, effects=1)
    assert server.unsigned == 0


def test_another_secret_is_not_taken_and_no_try_counts(world: World, server: WebhookServer) -> None:
    world.book("10:00")
    world.book("11:00")
    later(world)
    post = sender(world, secret="other")
    for number in range(1, 4):
        assert post.run_once() == Drained(stuck=1)
        assert post.run_once() == Drained()
        assert server.unsigned == number
        later(world, 2)
    assert [one.attempts for one in world.store.queries.outbox(TOPICS)] == [0, 0]
    assert "signature" in world.store.queries.gateway_state(SERVICE, TOPICS).last_error
    assert sender(world).run_once() == Drained(sent=2, effects=2)


def test_a_bad_address_says_so_and_loses_nothing(world: World, server: WebhookServer) -> None:
    world.book("10:00")
    world.run(SaveSetting(key="webhook.url", value="ftp://example.org", scope="clinic"))
    later(world)
    assert sender(world).run_once() == Drained(stuck=1)
    state = world.store.queries.gateway_state(SERVICE, TOPICS)
    assert "https://" in state.last_error
    assert state.waiting == 1
    world.run(SaveSetting(key="webhook.url", value=server.url, scope="clinic"))
    assert sender(world).run_once() == Drained(sent=1, effects=1)


def test_nothing_is_written_while_nobody_is_told(world: World) -> None:
    world.book("10:00")
    assert not world.store.queries.outbox(TOPICS)


def test_the_test_button_sends_a_test(world: World, server: WebhookServer) -> None:
    keeper = MemoryKeeper()
    link = Quick(keeper, world.clock)
    with pytest.raises(Unreachable, match="secret is not in the keyring"):
        link.test(server.url, "delivery-1")
    link.keep_secret(SECRET)
    assert link.has_secret()
    assert "took a test event" in link.test(server.url, "delivery-1")
    assert server.events == [
        {
            "id": "delivery-1",
            "schema": 1,
            "event": "test",
            "occurred_at": world.clock.now().isoformat(timespec="seconds"),
            "appointment": None,
        }
    ]
    server.plan.append("404")
    with pytest.raises(Rejected, match="404"):
        link.test(server.url, "delivery-2")


def test_the_sample_of_the_guide_checks_a_signature() -> None:
    """The very lines that the guide gives to the other side."""
    guide = (Path(__file__).parents[2] / "docs/guide/webhook.md").read_text("utf-8")
    sample = guide.split("```python\n", 1)[1].split("```", 1)[0]
    found: dict[str, object] = {}
    exec(sample, found)
    check = found["is_genuine"]
    body = b'{"event":"test"}'
    headers = {
        "Clinic-Desk-Timestamp": "1764000000",
        "Clinic-Desk-Signature": signature("s3cret", "1764000000", body),
    }
    assert callable(check)
    assert check("s3cret", headers, body, 1764000100)
    assert not check("s3cret", headers, body + b" ", 1764000100)
    assert not check("other", headers, body, 1764000100)
    assert not check("s3cret", headers, body, 1764009999)
