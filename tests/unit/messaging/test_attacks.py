"""What a hostile or broken other side, and hostile data, can do to those who send: nothing."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.messaging.generic import GenericTransport, checked_request
from clinic_desk.integrations.messaging.http_call import Answer
from clinic_desk.integrations.messaging.mail import PLAIN, Sender, address_of, built
from clinic_desk.integrations.messaging.smtp import Server, SmtpTransport
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.integrations.messaging.twilio import Account, TwilioTransport
from clinic_desk.integrations.messaging.watched import WatchedTransport
from clinic_desk.services.message_ports import Envelope, Transport
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.gateway_server import SID, gateway_server
from tests.fakes.keeper import MemoryKeeper

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "open sesame"
PRIVATE = ("Ana", "Lee", "7700", "900123", SECRET, "b3BlbiBzZXNhbWU")
SMS = Envelope(
    id="0190",
    key="visit:0190:sms",
    channel=Channel.SMS,
    address="+44 7700 900123",
    body="Hello Ana Lee, see you at 15:00.",
)
MAIL = replace(
    SMS, channel=Channel.EMAIL, address="ana.lee@example.org", subject="Ana Lee, your visit"
)


@contextmanager
def saying(*said: bytes) -> Iterator[int]:
    """A port that says this to whoever connects, one after each line that it hears, and then hangs
    up."""
    listening = socket.create_server(("localhost", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                found, _ = listening.accept()
                with found, suppress(OSError):
                    heard = found.makefile("rb")
                    for number, one in enumerate(said):
                        if number:
                            heard.readline()
                        found.sendall(one)
                    found.shutdown(socket.SHUT_WR)
                    while heard.read1(65536):
                        """Until the other side has had enough."""

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def gateways(port: int) -> list[Transport]:
    url, limits = f"http://localhost:{port}", Limits(connect=10, answer=10, whole=10)
    request = checked_request({"url": url, "reference": "id", "success": "ok=true"})
    return [
        TwilioTransport(
            Channel.SMS, Account(SID, "+442079460000", url), lambda: SECRET, FixedClock(), trust,
            limits,
        ),
        GenericTransport(Channel.SMS, request, lambda: SECRET, FixedClock(), trust, limits),
    ]  # fmt: skip


def mail_server(port: int) -> SmtpTransport:
    sender = Sender("desk@clinic.example", "Clinic")
    limits = Limits(connect=10, answer=10, whole=10)
    server = Server("localhost", port, "none")
    return SmtpTransport(server, sender, lambda: SECRET, FixedClock(), trust, limits)


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        ("-5", None),
        ("0", timedelta()),
        ("60", timedelta(minutes=1)),
        ("9" * 9, DAY),
        ("9" * 10, DAY),
        ("9" * 5000, DAY),
        ("Sat, 21 Nov 2026 12:10:00 GMT", timedelta(minutes=10)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", None),
        ("Fri, 31 Dec 9999 23:59:59 -1400", DAY),
        ("Sat, 21 Nov 2026 10:00:00 +99999999999", None),
        ("Sat, 21 Nov 99999999999999999999 10:00:00 GMT", None),
        ("Sat, 21 Nov 2026 12:10:00", None),
        ("soon", None),
        ("٣", None),
        ("(" * 5000, None),
    ],
)
def test_how_long_a_provider_may_want_to_be_left_alone(asked: str, waits: timedelta | None) -> None:
    assert Answer(429, {"retry-after": asked}, b"").after(NOW) == waits


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b'{"sid": ',
        b"[" * 100_000,
        b"9" * 100_000,
        b'{"sid": "SM\\ud800", "id": {"a": []}, "ok": "yes"}',
        b'{"sid": null}',
        b'"sid"',
        b"\x1f\x8b\x08\x00" + b"\x00" * 1000,
    ],
)
def test_an_answer_that_nobody_can_read_is_told_in_a_sentence(body: bytes) -> None:
    head = b"HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n"
    with saying(head % len(body) + body) as port:
        for made in gateways(port):
            with pytest.raises((Unreachable, Rejected)):
                made.send(SMS)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 \xff\xfe\r\n\r\n",
        b"HTTP/9.9 201 Created\r\n\r\n",
        b"rubbish",
        b"HTTP/1.1 201 Created\r\nContent-Length: -5\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\nContent-Length: 9e9\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffffff\r\n{}",
        b"HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
        b"HTTP/1.1 999999999999 What\r\n\r\n",
        b"HTTP/1.1 201 " + b"x" * 70_000 + b"\r\n\r\n",
        b"HTTP/1.1 201 Created\r\n" + b"A: b\r\n" * 500 + b"\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 50,
    ],
)
def test_a_server_that_speaks_no_http_is_told_in_a_sentence(answer: bytes) -> None:
    with saying(answer) as port:
        for made in gateways(port):
            with pytest.raises((Unreachable, Rejected)):
                made.send(SMS)


def test_a_number_that_cannot_be_stored_is_left_out_and_the_message_went() -> None:
    body = b'{"ok": true, "id": "a\\ud800\\u0000\\nb"}'
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
    with saying(head % len(body) + body) as port:
        assert gateways(port)[1].send(SMS).provider_id == "ab"


@pytest.mark.parametrize(
    "url",
    [
        "https://sms.example:{{to}}/send",
        "https://{{to}}@sms.example/send",
        "https://sms.{{to}}/send",
        "https://[::1/send",
        "https://sms.example\\@evil.example/",
        "https://sms.example/\r\nX-A: b",
        "file:///etc/passwd",
        "http://127.0.0.1.evil.example/",
        "http://2130706433/",
    ],
)
def test_an_address_of_a_gateway_can_lead_nowhere_else(url: str) -> None:
    with pytest.raises(Refusal) as told:
        checked_request({"url": url})
    assert told.value.field == "url"


def test_neither_names_nor_numbers_begin_a_header() -> None:
    evil = "Ana\r\nX-Evil: yes\r\n\r\nbody"
    with gateway_server() as server:
        request = checked_request(
            {
                "url": f"{server.url}/send?from={{{{from}}}}",
                "headers": "X-From: {{from}}\nX-Key: {{key}}\nX-Account: {{account}}",
                "body": '{"to": "{{to}}", "text": "{{text}}", "from": "{{from}}"}',
                "from": evil,
                "account": evil,
            }
        )
        made = GenericTransport(Channel.SMS, request, lambda: "", FixedClock(), trust)
        server.secret = ""
        made.send(replace(SMS, key=evil, body=evil))
        (_, path, headers, _) = server.requests[0]
    assert "X-Evil" not in headers
    assert "\n" not in path
    assert headers["X-From"] == "Ana X-Evil: yes body"


@pytest.mark.parametrize("evil", ["\r\n", "\n", "\r", "\x0b", "\x85", "\u2028", "\x00"])
def test_neither_names_nor_subjects_begin_a_header_of_an_email(evil: str) -> None:
    mail = replace(MAIL, subject=f"Ana{evil}Bcc: x@evil.example", language=f"en{evil}X-A: b")
    sender = Sender("desk@clinic.example", f"Clinic{evil}Bcc: x@evil.example", "")
    raw = built(mail, sender, NOW).as_bytes(policy=PLAIN)
    read = message_from_bytes(raw, policy=default)
    assert read["Bcc"] is None
    assert read["X-A"] is None
    with pytest.raises(ValueError, match="not an address"):
        built(replace(mail, address=f"ana@example.org{evil}Bcc: x@evil.example"), sender, NOW)


@pytest.mark.parametrize(
    ("typed", "goes_to"),
    [
        # straße.de and strasse.de have two owners
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("a@faß.DE", "a@xn--fa-hia.de"),
        ("a@βόλος.com", "a@xn--nxasmm1c.com"),
        ("a@müller.de", "a@xn--mller-kva.de"),
        ("a@例え。jp", "a@xn--r8jz45g.jp"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("o'brien+visit@example.org", "o'brien+visit@example.org"),
        ('"ana lee"@example.org', ""),
        ("Ana <a@b.example>", ""),
        ("a@b.example, c@d.example", ""),
        ("a@[127.0.0.1]", ""),
        ("a@ß ß.de", ""),
        ("a@" + "ß" * 70 + ".de", ""),
        ("a@b.example\r\nBcc: c@d.example", ""),
    ],
)
def test_where_an_address_leads(typed: str, goes_to: str) -> None:
    assert address_of(typed) == goes_to


@pytest.mark.parametrize(
    ("typed", "reached"),
    [
        ("fd00::25", "fd00::25"),
        ("::1", "::1"),
        ("mail.straße.de", "mail.xn--strae-oqa.de"),
        ("smtp.example.org:25", ""),
        ("fd00::25%eth0/x", ""),
        ("user@smtp.example.org", ""),
        ("smtp.example.org\r\nRCPT TO:<x@y.z>", ""),
    ],
)
def test_which_mail_server_is_meant(typed: str, reached: str) -> None:
    transports = KeyringTransports(MemoryKeeper(), FixedClock(), trust)
    settings: dict[str, object] = {"host": typed, "from": "desk@clinic.example"}
    if not reached:
        with pytest.raises(Refusal) as told:
            transports.of(Channel.EMAIL, settings)
        assert told.value.field == "host"
        return
    made = transports.of(Channel.EMAIL, settings)
    assert isinstance(made, WatchedTransport)
    assert isinstance(made.inner, SmtpTransport)
    assert made.inner._server.host == reached


def test_an_email_is_of_plain_letters_on_the_wire() -> None:
    sender = Sender("desk@clinic.example", "Müller")
    raw = built(replace(MAIL, body="Sayın Ada, yarın görüşürüz"), sender, NOW).as_bytes(
        policy=PLAIN
    )
    assert raw.isascii()
    read = message_from_bytes(raw, policy=default)
    assert read.get_content().strip() == "Sayın Ada, yarın görüşürüz"


@pytest.mark.parametrize(
    "said",
    [
        (b"220 " + b"x" * 20_000 + b"\r\n",),
        (b"220-x\r\n" * 20_000,),
        (b"\xff\xfe\r\n",),
        (b"999 what\r\n",),
        (b"220 hello\r\n", b"250-me\r\n250 SIZE " + b"9" * 5000 + b"\r\n", b"550 no\r\n"),
        (b"220 hello\r\n", b"250-me\r\n250 SIZE \xb2\r\n", b"550 no\r\n"),
        (b"220 hello\r\n", b"250 me\r\n", b"250 ok\r\n", b"354 go\r\n250 too soon\r\n"),
    ],
)
def test_a_mail_server_that_talks_nonsense_is_told_in_a_sentence(said: tuple[bytes, ...]) -> None:
    with saying(*said) as port:
        made = mail_server(port)
        with pytest.raises((Unreachable, Rejected)):
            made.send(MAIL)
        made.close()


def test_no_log_line_holds_a_secret_or_a_word_of_a_patient(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    told = []
    with gateway_server() as server:
        server.plan.extend(["ok", "400", "401", "500", "dies", "rubbish", "301"])
        for _ in range(7):
            for made in gateways(server.port):
                with suppress(Unreachable, Rejected):
                    made.send(SMS)
                with suppress(Unreachable):
                    made.poll("", ["SM1"])
    with saying(b"220 hi\r\n", b"250 me\r\n", b"550 no\r\n") as port:
        made = mail_server(port)
        for _ in range(2):
            with pytest.raises(Unreachable) as error:
                made.send(MAIL)
            told.append(error.value.sentence)
        made.close()
    whole = "\n".join([*told, caplog.text, repr(SMS), repr(MAIL), repr(gateways(1))])
    for word in PRIVATE:
        assert word not in whole
