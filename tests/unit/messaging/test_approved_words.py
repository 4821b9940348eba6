"""Words that WhatsApp has approved, against a server that takes free words within a day of the
patient's last message alone, as the provider does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel, Delivery
from clinic_desk.integrations.messaging.folder import FolderTransport
from clinic_desk.integrations.messaging.generic import GenericTransport, checked_request
from clinic_desk.integrations.messaging.twilio import Account, TwilioTransport
from clinic_desk.services.message_ports import Envelope
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server

NUMBER = "HX" + "0123456789abcdef" * 2
PATIENT = "+44 7700 900123"
FREE = Envelope(
    id="0190",
    key="visit:0190:whatsapp",
    channel=Channel.WHATSAPP,
    address=PATIENT,
    body="Hello Ana O’Brien, see you tomorrow at 15:00.",
)
VALUES = ("Ana O'Brien", 'tomorrow "15:00" – ğ😀', "-")
APPROVED = replace(
    FREE,
    body=f"Hello {VALUES[0]}, see you {VALUES[1]} in room {VALUES[2]}.",
    approved=NUMBER,
    values=VALUES,
)


def twilio(server: GatewayServer, clock: FixedClock | None = None) -> TwilioTransport:
    clock = clock or FixedClock()
    server.now = clock.now()
    server.contents[NUMBER] = "Hello {{1}}, see you {{2}} in room {{3}}."
    account = Account(SID, "+44 20 7946 0000", server.url)
    return TwilioTransport(Channel.WHATSAPP, account, lambda: server.secret, clock, trust)


def generic(server: GatewayServer, channel: Channel, **settings: str) -> GenericTransport:
    request = checked_request({"url": f"{server.url}/send", **settings}, channel)
    return GenericTransport(channel, request, lambda: server.secret, FixedClock(), trust)


def test_the_number_goes_with_its_values_and_without_words() -> None:
    with gateway_server() as server:
        server.window = "refuses"
        receipt = twilio(server).send(APPROVED)
        ((_, _, _, raw),) = server.requests
    form = {key: value[0] for key, value in parse_qs(raw).items()}
    assert form["ContentSid"] == NUMBER
    assert json.loads(form["ContentVariables"]) == dict(zip("123", VALUES, strict=True))
    assert "'" not in form["ContentVariables"]
    assert "Body" not in form
    assert form["From"] == "whatsapp:+442079460000"
    assert receipt.provider_id == server.rows[0]["sid"]
    assert server.rows[0]["body"] == APPROVED.body


def test_without_values_there_are_none() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.contents[NUMBER] = "Please call us."
        made.send(replace(APPROVED, body="Please call us.", values=()))
    assert "ContentVariables" not in server.requests[0][3]


def test_free_words_outside_of_the_day_are_refused_with_what_to_do() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.window = "refuses"
        with pytest.raises(Rejected) as told:
            made.send(FREE)
        server.arrive("whatsapp:+447700900123", "hello", "whatsapp:+442079460000")
        made.send(FREE)
    assert "Give this text an approved template under Settings › Message texts" in str(told.value)
    assert len(server.sent()) == 1


def test_a_test_message_outside_of_the_day_says_what_to_do() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.window = "refuses"
        with pytest.raises(Rejected) as told:
            made.test(PATIENT)
        assert "write from it to the clinic’s number" in str(told.value)
        server.arrive("whatsapp:+447700900123", "hello", "whatsapp:+442079460000")
        assert "took the test message" in made.test(PATIENT)


def test_free_words_that_were_taken_and_never_arrive_say_so_later() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.window = "later"
        sid = made.send(FREE).provider_id
        found = made.poll("", [sid])
    assert [one[:3] for one in found.deliveries] == [(Channel.WHATSAPP, sid, Delivery.UNDELIVERED)]
    assert "Give this text an approved template" in found.reasons[sid]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (30005, "is not in use"),
        ("30005", "is not in use"),
        (12345, "12345"),
        (None, ""),
        ("soon", ""),
        (-1, ""),
        (True, ""),
    ],
)
def test_why_it_did_not_arrive_is_told_if_anybody_says(error: object, said: str) -> None:
    with gateway_server() as server:
        made = twilio(server)
        sid = made.send(FREE).provider_id
        server.mark(sid, "failed", error)  # type: ignore[arg-type]
        found = made.poll("", [sid])
    assert said in found.reasons.get(sid, "")
    assert bool(found.reasons) is bool(said)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"approved": "HX" + "f" * 32}, "does not know the approved template"),
        ({"approved": "visit_reminder"}, "does not know the approved template"),
        ({"values": VALUES[:2]}, "has other values"),
        ({"values": ("a", "b\nc", "d")}, "does not take the values"),
    ],
)
def test_what_is_wrong_with_a_template_is_told_in_words(
    change: dict[str, object], said: str
) -> None:
    with gateway_server() as server, pytest.raises(Rejected) as told:
        twilio(server).send(replace(APPROVED, **change))  # type: ignore[arg-type]
    assert said in str(told.value)


@pytest.mark.parametrize(
    "words",
    [
        "Hello {{1}}, see you {{2}} in room {{3}}.",
        "Hello {{1}},\n\nsee you  {{2}}\nin room {{3}}.",
        "Dear {{1}}: {{2}}, {{3}}. Your clinic",
    ],
)
def test_one_that_was_taken_is_found_however_it_was_worded(words: str) -> None:
    with gateway_server() as server:
        first = twilio(server)
        server.contents[NUMBER] = words
        server.plan.append("takes_and_dies")
        with pytest.raises(Unreachable) as told:
            first.send(APPROVED)
        assert told.value.unknown
        after_a_restart = twilio(server)
        receipt = after_a_restart.send(replace(APPROVED, unsure=True))
        assert receipt.provider_id == server.rows[0]["sid"]
    assert len(server.rows) == 1


def test_other_messages_with_the_same_words_are_not_taken_for_it() -> None:
    with gateway_server() as server:
        made = twilio(server)
        others = frozenset({made.send(APPROVED).provider_id})
        made.send(replace(APPROVED, key="another"))
        again = replace(APPROVED, key="a third", unsure=True, others=others)
        assert made.send(again).provider_id == server.rows[2]["sid"]
        after_a_restart = twilio(server)
        known = frozenset(row["sid"] for row in server.rows)
        after_a_restart.send(replace(again, others=known))
    assert len(server.rows) == 4


def test_one_that_was_taken_and_not_noted_is_found_by_the_same_process() -> None:
    with gateway_server() as server:
        made = twilio(server)
        receipt = made.send(FREE)
        assert made.send(replace(FREE, unsure=True)) == receipt
    assert len(server.rows) == 1


def test_the_words_of_the_attempt_are_looked_for_and_those_of_now() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.plan.append("takes_and_dies")
        with pytest.raises(Unreachable):
            made.send(FREE)
        today = replace(FREE, body="See you today at 15:00.", earlier=FREE.body, unsure=True)
        assert made.send(today).provider_id == server.rows[0]["sid"]
    assert len(server.rows) == 1


def test_a_search_that_lasts_longer_than_the_lease_sends_nothing() -> None:
    class Sleeps(FixedClock):
        def now(self):  # type: ignore[no-untyped-def]
            self.advance(minutes=3)
            return super().now()

    with gateway_server() as server:
        with pytest.raises(Unreachable) as told:
            twilio(server, Sleeps()).send(replace(FREE, unsure=True))
        assert not told.value.unknown
    assert server.rows == []


BODY = (
    '{"to": "{{to}}", "template": {"name": "{{template}}", "language": "{{language}}",'
    ' "parameters": {{parameters}}}, "values": {{ variables }}, "told": "so: {{variables}}",'
    ' "text": "{{text}}", "from": ""}'
)


def test_another_gateway_gets_the_values_as_json_where_no_quotation_marks_are() -> None:
    with gateway_server() as server:
        generic(
            server, Channel.WHATSAPP, body=BODY, headers="Authorization: Bearer {{secret}}"
        ).send(APPROVED)
    told = json.loads(server.requests[0][3])
    assert told["template"]["name"] == NUMBER
    assert told["template"]["parameters"] == [{"type": "text", "text": one} for one in VALUES]
    assert told["values"] == dict(zip("123", VALUES, strict=True))
    assert json.loads(told["told"].removeprefix("so: ")) == told["values"]


def test_a_gateway_for_approved_words_sends_no_others() -> None:
    with gateway_server() as server:
        made = generic(server, Channel.WHATSAPP, body='{"to": "{{to}}", "t": "{{template}}"}')
        with pytest.raises(Rejected) as told:
            made.send(FREE)
    assert "Settings › Message texts" in str(told.value)
    assert server.requests == []


def test_an_sms_has_no_template() -> None:
    with gateway_server() as server, pytest.raises(Refusal) as told:
        generic(server, Channel.SMS, body='{"to": "{{to}}", "t": "{{template}}"}')
    assert told.value.field == "body"
    assert "{{template}}" in told.value.sentence.split(". There are")[0]


def test_into_a_folder_it_goes_with_its_values(tmp_path: Path) -> None:
    FolderTransport(Channel.WHATSAPP, tmp_path, FixedClock()).send(APPROVED)
    (written,) = tmp_path.glob("*.txt")
    lines = written.read_text("utf-8").split("\n")
    assert lines[1:3] == [f"Template: {NUMBER}", "{{1}}: Ana O'Brien"]
    assert lines[-2] == APPROVED.body


def test_a_year_to_come_does_not_hide_the_answers_until_then() -> None:
    with gateway_server() as server:
        clock = FixedClock()
        made = twilio(server, clock)
        server.now = clock.now() + timedelta(days=900)
        server.arrive("whatsapp:+447700900123", "1", "whatsapp:+442079460000")
        cursor = made.poll("", []).cursor
        server.now = clock.now()
        server.arrive("whatsapp:+447700900123", "2", "whatsapp:+442079460000")
        assert [one.text for one in made.poll(cursor, []).answers] == ["2", "1"]


@pytest.mark.parametrize(
    "row",
    [
        {"date_sent": "Mon, 01 Jan 0001 00:00:00 +1400", "body": "1"},
        {"date_sent": "Fri, 31 Dec 9999 23:59:59 -1400", "body": "1"},
        {"date_sent": "Sat, 21 Nov 2026 10:00:00 +99999999999", "body": "1"},
        {"date_sent": "Sat, 99 Nov 99999999999999999999 10:00:00", "body": "1"},
        {"from": "whatsapp:\ud800", "body": "1"},
        {"sid": "SM\ud800", "body": "1"},
        {"sid": "S" * 5000, "body": "1"},
        {"body": {"a": [1]}},
        {"direction": None},
        {"from": 7},
    ],
)
def test_one_odd_row_hides_no_other(row: dict[str, object]) -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.arrive("whatsapp:+447700900999", "odd", "whatsapp:+442079460000")
        server.rows[0].update(row)
        server.arrive("whatsapp:+447700900123", "2", "whatsapp:+442079460000")
        found = made.poll("", [])
    assert "2" in [one.text for one in found.answers]
    assert all(one.provider_id.isascii() and one.sender.isascii() for one in found.answers)


@pytest.mark.parametrize(
    "row",
    [
        {"num_segments": "9" * 5000},
        {"num_segments": None},
        {"num_segments": {"a": 1}},
        {"status": ["x"]},
        {"body": "x" * 100_000},
    ],
)
def test_a_yes_is_a_yes_however_odd_the_rest_of_the_answer(row: dict[str, object]) -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.odd = row
        receipt = made.send(FREE)
        assert receipt.provider_id == server.rows[0]["sid"]
        assert receipt.parts in (0, 1)
    assert len(server.rows) == 1


def test_one_that_is_given_up_in_the_answer_itself_has_failed() -> None:
    with gateway_server() as server:
        made = twilio(server)
        server.odd = {"status": "failed", "error_code": 63016}
        with pytest.raises(Rejected) as told:
            made.send(FREE)
        server.odd = {"status": "failed", "error_code": None}
        with pytest.raises(Rejected):
            made.send(FREE)
    assert "approved template" in str(told.value)
