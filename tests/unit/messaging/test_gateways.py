"""SMS and WhatsApp against a real HTTP server that plays the gateway, and fails in every way."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel, Delivery
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.messaging.generic import GenericTransport, checked_request
from clinic_desk.integrations.messaging.twilio import Account, TwilioTransport
from clinic_desk.services.message_ports import Envelope, Transport
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server

US = "+44 20 7946 0000"
WORDS = 'Randevunuz: "yarın" 9:00\nPraxis Müller & Söhne'
SMS = Envelope(
    id="0190",
    key="visit:0190:1795500000:reminder-120:sms",
    channel=Channel.SMS,
    address="+44 7700 900123",
    body=WORDS,
)
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds for one answer, tried in turn: a busy machine takes long to come to the point."""

ENDLESS = ("hang", "drip", "huge_head", "drip_body")


def twilio(
    server: GatewayServer,
    channel: Channel = Channel.SMS,
    *,
    limits: Limits | None = None,
    sender: str = US,
) -> TwilioTransport:
    server.now = FixedClock().now()
    account = Account(SID, sender, server.url)
    return TwilioTransport(channel, account, lambda: server.secret, FixedClock(), trust, limits)


def generic(
    server: GatewayServer, *, limits: Limits | None = None, **settings: object
) -> GenericTransport:
    server.now = FixedClock().now()
    request = checked_request(
        {
            "url": f"{server.url}/send",
            "headers": "Authorization: Bearer {{secret}}",
            "from": "Praxis",
            "reference": "sid",
            **settings,
        }
    )
    return GenericTransport(
        Channel.SMS, request, lambda: server.secret, FixedClock(), trust, limits
    )


def broken(server: GatewayServer, made: Any, how: str) -> Unreachable:
    """What is told of a request that the server treats so, and that reached it."""
    if how not in ENDLESS:
        server.plan.append(how)
        with pytest.raises(Unreachable) as told:
            made(server).send(SMS)
        assert len(server.requests) == 1
        return told.value
    server.plan.extend([how] * 20)  # one that is given up may arrive late
    for seconds in PATIENCE:
        with pytest.raises(Unreachable) as told:
            made(server, limits=Limits(connect=15, answer=seconds, whole=2 * seconds)).send(SMS)
        if server.requests:
            break
    return told.value


BOTH = pytest.mark.parametrize("made", [twilio, generic])


def test_an_sms_goes_out() -> None:
    with gateway_server(certificate="good") as server:
        receipt = twilio(server).send(SMS)
        ((_, path, headers, _),) = server.requests
    assert server.sent() == [("+447700900123", WORDS)]
    assert server.rows[0]["from"] == "+442079460000"
    assert receipt.provider_id == server.rows[0]["sid"]
    assert receipt.delivery is Delivery.QUEUED
    assert receipt.parts == 1
    assert path == f"/2010-04-01/Accounts/{SID}/Messages.json"
    assert headers["Idempotency-Key"] == SMS.key


def test_whatsapp_and_a_messaging_service() -> None:
    service = "MG" + "0" * 32
    with gateway_server() as server:
        twilio(server, Channel.WHATSAPP).send(replace(SMS, channel=Channel.WHATSAPP))
        twilio(server, sender=service).send(SMS)
    first, second = server.rows
    assert (first["to"], first["from"]) == ("whatsapp:+447700900123", "whatsapp:+442079460000")
    assert second["from"] == service


def test_the_plain_gateway_gets_what_the_clinic_wrote() -> None:
    with gateway_server() as server:
        receipt = generic(server).send(SMS)
        json_request = server.requests[-1]
        generic(
            server,
            headers="Content-Type: application/x-www-form-urlencoded\nX-Login: {{basic}}\n"
            "Authorization: Token {{secret}}",
            body="To={{to_digits}}&Body={{text}}&From={{from}}",
            url=f"{server.url}/send?reference={{{{key}}}}",
        ).send(SMS)
        form_request = server.requests[-1]
    assert receipt.provider_id == server.rows[0]["sid"]
    assert json.loads(json_request[3])["text"] == WORDS
    assert json.loads(json_request[3])["reference"] == SMS.key
    assert json_request[2]["Authorization"] == f"Bearer {server.secret}"
    assert server.rows[1]["body"] == WORDS
    assert server.rows[1]["to"] == "447700900123"
    assert form_request[1].endswith("?reference=visit%3A0190%3A1795500000%3Areminder-120%3Asms")


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"url": "http://sms.example/send"}, "url"),
        ({"url": "https://user:word@sms.example/"}, "url"),
        ({"url": "https://sms.example/?k={{secret}}"}, "url"),
        ({"url": "https://{{to}}.example/"}, "url"),
        ({"method": "DELETE"}, "method"),
        ({"headers": "no colon"}, "headers"),
        ({"headers": "Host: elsewhere"}, "headers"),
        ({"headers": "Authorization: Bearer abcdef"}, "headers"),
        ({"headers": "X: {{text}}"}, "headers"),
        ({"body": '{"to": "{{to}}"}'}, "body"),
        ({"body": '{"text": "{{text}}"}'}, "body"),
        ({"body": '{"to": "{{to}}", "text": "{{text}}", "x": "{{nme}}"}'}, "body"),
        ({"body": '{"to": "{{to}}", "text": {{text}'}, "body"),
        ({"body": '{"to": "{{to}}" "text": "{{text}}"}'}, "body"),
        ({"success": "status"}, "success"),
        ({"reference": "a = b"}, "reference"),
    ],
)
def test_a_request_that_cannot_be_is_told_at_its_field(
    settings: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as told:
        checked_request({"url": "https://sms.example/send", **settings})
    assert told.value.field == field


def test_a_yes_that_means_no() -> None:
    with gateway_server() as server:
        assert generic(server, success="status=QUEUED").send(SMS).provider_id
        with pytest.raises(Rejected, match="does not take"):
            generic(server, success="status=accepted").send(SMS)
        server.plan.append("rubbish")
        with pytest.raises(Unreachable) as told:
            generic(server, success="status=queued").send(SMS)
        assert told.value.unknown


@BOTH
@pytest.mark.parametrize(
    ("how", "counts", "unknown", "said"),
    [
        ("429", True, False, "429"),
        ("408", True, False, "408"),
        ("425", True, False, "425"),
        ("500", True, False, "500"),
        ("502", True, True, "502"),
        ("401", False, False, "accept"),
        ("301", None, False, "another address"),
        ("hang", None, True, "in time"),
        ("drip", None, True, "in time"),
        ("huge_head", None, True, "broke off|in time"),
        ("takes_and_dies", None, True, "broke off"),
        ("dies", None, True, "broke off"),
    ],
)
def test_what_breaks_is_told_for_what_it_is(
    made: type[Transport], how: str, counts: bool | None, unknown: bool, said: str
) -> None:
    with gateway_server() as server:
        told = broken(server, made, how)
        assert re.search(said, str(told))
        assert told.unknown is unknown
        if counts is not None:
            assert told.counts is counts
        assert server.secret not in str(told)
        assert "447700" not in str(told)
        assert told.after == (timedelta(seconds=120) if how == "429" else None)


def test_how_long_it_wants_to_be_left_alone() -> None:
    with gateway_server() as server:
        later = format_datetime(FixedClock().now() + timedelta(minutes=7))
        wishes = {"30": 30.0, later: 420.0, "soon": None, "-5": None, "9" * 9: 86_400.0}
        for text, seconds in wishes.items():
            server.plan.append("429")
            server.retry_after = text
            with pytest.raises(Unreachable) as told:
                twilio(server).send(SMS)
            assert (told.value.after and told.value.after.total_seconds()) == seconds


@pytest.mark.parametrize("how", ["huge", "rubbish", "drip_body"])
def test_an_answer_that_cannot_be_read_leaves_open_what_became_of_it(how: str) -> None:
    with gateway_server() as server:
        told = broken(server, twilio, how)
    assert "cannot be read" in str(told)
    assert told.unknown


@pytest.mark.parametrize(
    ("certificate", "said"),
    [("other", "another name"), ("expired", "expired"), ("stranger", "trusts")],
)
@BOTH
def test_a_bad_certificate_is_refused(made: type[Transport], certificate: str, said: str) -> None:
    with (
        gateway_server(certificate=certificate) as server,
        pytest.raises(Unreachable, match=said) as told,
    ):
        made(server).send(SMS)  # type: ignore[call-arg]
    assert not told.value.unknown
    assert server.requests == []


@BOTH
def test_nobody_there(made: type[Transport]) -> None:
    with gateway_server() as server:
        gone = made(server)  # type: ignore[call-arg]
    with pytest.raises(Unreachable, match="cannot be reached") as told:
        gone.send(SMS)
    assert not told.value.unknown


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (21211, Rejected, "number is not complete"),
        (21610, Rejected, "STOP"),
        (63016, Rejected, "approved template"),
        (12345, Rejected, "12345"),
        (20003, Unreachable, "account and its secret"),
        (30001, Unreachable, "queue is full"),
    ],
)
def test_error_numbers_are_told_in_words(error: int, kind: type[Exception], said: str) -> None:
    with gateway_server() as server:
        server.plan.append("400")
        server.error = error
        with pytest.raises(kind, match=said):
            twilio(server).send(SMS)


def test_a_number_that_is_none_is_not_sent() -> None:
    with gateway_server() as server:
        for bad in ("", "0170 123", "+44", "+44 7700 9001234567890", "x"):
            with pytest.raises(Rejected, match="not complete"):
                twilio(server).send(replace(SMS, address=bad))
        assert server.requests == []


def test_a_message_that_may_have_gone_is_looked_for_before_it_goes_again() -> None:
    with gateway_server() as server:
        sending = twilio(server)
        first = sending.send(SMS)  # the same words, told by another message
        server.plan.append("takes_and_dies")
        with pytest.raises(Unreachable) as told:
            sending.send(SMS)
        assert told.value.unknown
        receipt = sending.send(replace(SMS, unsure=True))
        assert receipt.provider_id == server.rows[1]["sid"] != first.provider_id
        assert len(server.rows) == 2
        server.plan.append("dies")
        with pytest.raises(Unreachable):
            sending.send(replace(SMS, body="other words"))
        sending.send(replace(SMS, body="other words", unsure=True))
    assert [row["body"] for row in server.rows] == [WORDS, WORDS, "other words"]


def test_it_is_not_sent_again_while_nobody_can_be_asked() -> None:
    with gateway_server() as server:
        server.reads.append("500")
        with pytest.raises(Unreachable):
            twilio(server).send(replace(SMS, unsure=True))
        assert server.sent() == []


def test_the_poll_tells_what_became_of_messages_and_who_answered() -> None:
    with gateway_server() as server:
        server.page = 3
        sending = twilio(server)
        sids = [sending.send(replace(SMS, body=f"{n}")).provider_id for n in range(25)]
        server.arrive("+447700900123", "1")
        server.arrive("+447700900999", "whatsapp is another matter", to="whatsapp:+442079460000")
        server.arrive("+447700900456", "evet")
        for sid, state in zip(sids, ("delivered", "read", "failed", "sent"), strict=False):
            server.mark(sid, state)
        polled = sending.poll("", [*sids[:4], "SMgone"])
        many = sending.poll("", sids)
        again = sending.poll(polled.cursor, [])
    states = {sid: state for _, sid, state, _ in polled.deliveries}
    assert [states[sid] for sid in sids[:4]] == [
        Delivery.DELIVERED,
        Delivery.READ,
        Delivery.UNDELIVERED,
        Delivery.QUEUED,
    ]
    assert "SMgone" not in states
    assert len(many.deliveries) == 25
    assert [(one.sender, one.text) for one in polled.answers] == [
        ("+447700900123", "1"),
        ("+447700900456", "evet"),
    ]
    assert [one.provider_id for one in again.answers] == [one.provider_id for one in polled.answers]


def test_the_test_message_says_what_became_of_it() -> None:
    with gateway_server() as server:
        assert "localhost took the test message" in twilio(server).test(SMS.address)
        assert "localhost took the test message" in generic(server).test(SMS.address)
        server.secret = "another"
        sending = TwilioTransport(
            Channel.SMS, Account(SID, US, server.url), lambda: "old", FixedClock(), trust
        )
        with pytest.raises(Unreachable, match="set them anew"):
            sending.test(SMS.address)
    assert len(server.sent()) == 2
