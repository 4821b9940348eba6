"""E-mail against a real mail server: encryption, log-in, and every way in which it breaks."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest
from icalendar import Calendar

from clinic_desk.domain.messages import Channel
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.messaging.mail import Sender, built
from clinic_desk.integrations.messaging.smtp import Server, SmtpTransport
from clinic_desk.services.message_ports import CalendarPart, Envelope
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.smtp_server import LONGEST, SmtpServer, smtp_server

SENDER = Sender("desk@klinik.example", "Praxis Müller, Köln", "office@klinik.example")
PATIENT = "ada.yıldız@example.org"
MAIL = Envelope(
    id="0190",
    key="visit:0190:1795500000:reminder-1440:email",
    channel=Channel.EMAIL,
    address="ada@example.org",
    subject="Randevunuz: Salı 24 Kasım",
    body="Sayın Ada,\n.\nyarın saat 9:00'da görüşmek üzere.\n",
    language="tr",
)
PATIENCE = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
"""Seconds for one answer, tried in turn: a busy machine takes long to come to the point."""


OPEN: list[SmtpTransport] = []


@pytest.fixture(autouse=True)
def _hang_up() -> Iterator[None]:
    yield
    while OPEN:
        OPEN.pop().close()


def transport(
    server: SmtpServer,
    security: str = "starttls",
    *,
    password: str = "",
    limits: Limits | None = None,
) -> SmtpTransport:
    made = SmtpTransport(
        Server("localhost", server.port, security, server.user),
        SENDER,
        lambda: password,
        FixedClock(),
        trust,
        limits,
    )
    OPEN.append(made)
    return made


def only(server: SmtpServer) -> EmailMessage:
    (mail,) = server.parsed()
    return mail


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_an_email_arrives_whole(security: str) -> None:
    with smtp_server(security) as server:
        receipt = transport(server, security).send(MAIL)
        mail = only(server)
    assert server.encrypted == [security != "none"]
    assert server.takers == [["ada@example.org"]]
    assert mail["Subject"] == MAIL.subject
    assert mail["From"].addresses[0].display_name == SENDER.name
    assert mail["From"].addresses[0].addr_spec == SENDER.address
    assert mail["Reply-To"].addresses[0].addr_spec == SENDER.reply_to
    assert mail["Date"].datetime == FixedClock().now()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == receipt.provider_id
    assert mail.get_body().get_content().splitlines() == MAIL.body.splitlines()


@pytest.mark.parametrize(
    "subject",
    [
        "Your appointment on Tuesday 24 November at 15:00 – Riverside Clinic",
        "Randevunuz değişti: 24 Kasım Salı, saat 15:00 – Örnek Kliniği Çankaya Şubesi, Ankara",
        "Ihr Termin am Dienstag, 24. November, um 15:00 Uhr wurde abgesagt – Praxis Müller",
        "– dash, “quotes” and 🎉 – " + "ünder " * 30,
        "a = b? and _under_ – =?utf-8?q?none?=",
    ],
)
def test_a_subject_reads_as_it_was_written(subject: str) -> None:
    """By old rules (a space between encoded words is none) and in lines that fit."""
    wanted = subject.strip()
    raw = built(replace(MAIL, subject=subject), SENDER, FixedClock().now()).as_bytes()
    head = raw.partition(b"\r\n\r\n")[0].decode("ascii")
    assert max(map(len, head.split("\r\n"))) <= 78
    field = re.sub(r"\r\n(?=[ \t])", "", head).partition("Subject: ")[2].partition("\r\n")[0]
    assert str(make_header(decode_header(field))) == wanted
    assert message_from_bytes(raw, policy=default)["Subject"] == wanted


def test_the_same_message_has_the_same_id_and_another_has_another() -> None:
    with smtp_server("none") as server:
        sending = transport(server, "none")
        for one in (MAIL, MAIL, replace(MAIL, key="another")):
            sending.send(one)
    first, second, third = server.ids()
    assert first == second != third
    assert "visit" not in first
    assert server.connections == 1


def test_a_patients_calendar_takes_moves_and_cancels_the_visit() -> None:
    booked = CalendarPart(
        uid="0190@clinic-desk",
        sequence=0,
        cancelled=False,
        start=datetime(2026, 11, 24, 8, tzinfo=UTC),
        end=datetime(2026, 11, 24, 8, 30, tzinfo=UTC),
        zone="Europe/Berlin",
        summary="Check-up, Dr. Öz",
        location="Hauptstraße 1; Köln",
    )
    moved = replace(booked, sequence=1, start=datetime(2026, 11, 25, 8, tzinfo=UTC))
    gone = replace(moved, sequence=2, cancelled=True)
    with smtp_server("none") as server:
        sending = transport(server, "none")
        for number, part in enumerate((booked, moved, gone)):
            sending.send(replace(MAIL, key=str(number), calendar=part))
    told = []
    for mail in server.parsed():
        (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
        (file,) = mail.iter_attachments()
        assert file.get_filename() == "visit.ics"
        calendar = Calendar.from_ical(part.get_content())
        assert Calendar.from_ical(file.get_content()) == calendar
        assert part.get_param("method") == calendar["METHOD"]
        (event,) = calendar.walk("VEVENT")
        assert str(event["ORGANIZER"]) == f"mailto:{SENDER.address}"
        assert str(event["ATTENDEE"]) == "mailto:ada@example.org"
        assert event["LOCATION"] == booked.location
        told.append(
            (str(calendar["METHOD"]), str(event["UID"]), event["SEQUENCE"], str(event["STATUS"]))
        )
    assert told == [
        ("REQUEST", booked.uid, 0, "CONFIRMED"),
        ("REQUEST", booked.uid, 1, "CONFIRMED"),
        ("CANCEL", booked.uid, 2, "CANCELLED"),
    ]


def test_nothing_in_a_subject_or_a_name_becomes_a_header() -> None:
    with smtp_server("none") as server:
        sending = transport(server, "none")
        sending.send(replace(MAIL, subject="Hello\r\nBcc: all@example.org\r\n\r\nHi\x85\u2028x"))
        for bad in (
            "a@b.example\r\nBcc: c@d.example",
            "a@b.example>, <c@d.example",
            "a b@c.example",
        ):
            with pytest.raises(Rejected, match="not complete"):
                sending.send(replace(MAIL, address=bad))
    assert only(server)["Bcc"] is None
    assert "Bcc: all@example.org" in only(server)["Subject"]
    assert server.takers == [["ada@example.org"]]


def test_addresses_of_other_scripts() -> None:
    with smtp_server("none") as server:
        sending = transport(server, "none")
        sending.send(replace(MAIL, address="info@köln-praxis.example"))
        sending.send(replace(MAIL, address=PATIENT))
    assert server.takers == [["info@xn--kln-praxis-ecb.example"], [PATIENT]]


@pytest.mark.parametrize(
    ("certificate", "said"),
    [("other", "another name"), ("expired", "expired"), ("stranger", "trusts")],
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_bad_certificate_is_refused(security: str, certificate: str, said: str) -> None:
    with (
        smtp_server(security, certificate=certificate, user="u", password="p") as server,
        pytest.raises(Unreachable, match=said) as told,
    ):
        transport(server, security, password="p").send(MAIL)
    assert not told.value.unknown
    assert server.log_ins == 0
    assert server.mails == []


def test_no_encryption_offered_means_nothing_sent() -> None:
    with smtp_server("none", user="u", password="p") as server:
        with pytest.raises(Unreachable, match="no encryption"):
            transport(server, "starttls", password="p").send(MAIL)
        with pytest.raises(Unreachable, match="does not speak TLS"):
            transport(server, "tls", password="p").send(MAIL)
    assert server.log_ins == 0
    assert server.mails == []


def test_the_log_in() -> None:
    with smtp_server("starttls", user="desk", password="sésame") as server:
        with pytest.raises(Unreachable, match="user name and password") as told:
            transport(server, password="wrong").send(MAIL)
        assert not told.value.counts
        assert "wrong" not in str(told.value)
        transport(server, password="sésame").send(MAIL)
        server.password = "plain"
        transport(server, password="plain").send(MAIL)
    assert len(server.mails) == 2
    with smtp_server("tls") as server:
        server.user = "somebody"
        with pytest.raises(Unreachable, match="wants no log-in"):
            transport(server, "tls", password="p").send(MAIL)


@pytest.mark.parametrize(
    ("how", "kind", "said"),
    [
        ("later", Unreachable, "later"),
        ("closing", Unreachable, "closing"),
        ("sender", Unreachable, "from its address"),
        ("full", Rejected, "mailbox is full"),
        ("too_long", Rejected, "as long as this one"),
        ("unknown", Rejected, "does not know"),
        ("policy", Rejected, r"refuses this e-mail \(550\)"),
        ("refused", Rejected, "refuses"),
    ],
)
def test_what_the_server_says_is_told_in_our_words(
    how: str, kind: type[Exception], said: str
) -> None:
    with smtp_server("none") as server:
        server.plan.append(how)
        sending = transport(server, "none")
        with pytest.raises(kind, match=said) as told:
            sending.send(MAIL)
        assert "example.org" not in str(told.value)
        assert not getattr(told.value, "unknown", False)
        sending.send(MAIL)
    assert len(server.mails) == 1


def test_broken_off_after_the_dot_nobody_knows() -> None:
    with smtp_server("none") as server:
        server.plan.append("takes_and_dies")
        sending = transport(server, "none")
        with pytest.raises(Unreachable) as told:
            sending.send(MAIL)
        assert told.value.unknown
        sending.send(MAIL)
    assert len(server.mails) == 2
    assert len(set(server.ids())) == 1


@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_server_that_hangs_or_drips_is_left(how: str) -> None:
    with smtp_server("none") as server:
        server.plan.extend([how] * 20)
        for seconds in PATIENCE:
            limits = Limits(connect=15, answer=seconds, whole=2 * seconds)
            with pytest.raises(Unreachable) as told:
                transport(server, "none", limits=limits).send(MAIL)
            if server.begun.is_set():
                break
        assert told.value.unknown


def test_a_connection_that_rested_too_long_is_made_anew() -> None:
    with smtp_server("tls") as server:
        sending = transport(server, "tls")
        sending.send(MAIL)
        server.hang_up()
        sending.send(MAIL)
    assert server.connections == 2
    assert len(server.mails) == 2


def test_nobody_there() -> None:
    with smtp_server("none") as server:
        gone = transport(server, "none")
    with pytest.raises(Unreachable, match="cannot be reached") as told:
        gone.send(MAIL)
    assert not told.value.unknown


def test_an_email_that_is_too_long_is_not_begun() -> None:
    with smtp_server("none") as server, pytest.raises(Rejected, match="as long"):
        transport(server, "none").send(replace(MAIL, body="x" * LONGEST))
    assert server.mails == []


def test_the_test_message_says_where_to_look() -> None:
    with smtp_server("none") as server:
        said = transport(server, "none").test(" me@clinic.example ")
        with pytest.raises(Rejected, match="Type an e-mail address"):
            transport(server, "none").test("me")
    assert said == "localhost took the test e-mail. Look whether it arrived at me@clinic.example."
    assert server.takers == [["me@clinic.example"]]


def test_the_server_of_the_tests_is_one_for_others_too() -> None:
    with smtp_server("none") as server, smtplib.SMTP("localhost", server.port) as other:
        other.sendmail("a@b.example", ["c@d.example"], "Subject: x\r\n\r\ny")
    assert server.takers == [["c@d.example"]]
