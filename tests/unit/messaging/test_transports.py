"""Transports of the clinic's settings; the folder; secrets in the keyring alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel, Delivery
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.services.message_ports import Envelope
from clinic_desk.services.outbox_faults import Rejected, Unreachable
from clinic_desk.services.secrets import KeyringState
from tests.fakes.certificates import trust
from tests.fakes.clock import FixedClock
from tests.fakes.gateway_server import SID, gateway_server
from tests.fakes.keeper import MemoryKeeper
from tests.fakes.smtp_server import smtp_server

MESSAGE = Envelope(
    id="0190",
    key="visit:1:email",
    channel=Channel.EMAIL,
    address="ada@example.org",
    subject="Termin",
    body="Bis morgen, Müller",
)


@pytest.fixture
def keeper() -> MemoryKeeper:
    return MemoryKeeper()


@pytest.fixture
def transports(keeper: MemoryKeeper) -> Iterator[KeyringTransports]:
    made = KeyringTransports(keeper, FixedClock(), trust)
    yield made
    made.close()


MAIL = {"host": "smtp.clinic.example", "from": "desk@clinic.example"}
SMS = {"account": SID, "from": "+442079460000"}


@pytest.mark.parametrize(
    ("channel", "settings", "field"),
    [
        (Channel.EMAIL, {**MAIL, "host": ""}, "host"),
        (Channel.EMAIL, {**MAIL, "host": "smtp.clinic.example:587"}, "host"),
        (Channel.EMAIL, {**MAIL, "host": "https://smtp"}, "host"),
        (Channel.EMAIL, {**MAIL, "port": 70_000}, "port"),
        (Channel.EMAIL, {**MAIL, "port": "mail"}, "port"),
        (Channel.EMAIL, {**MAIL, "port": True}, "port"),
        (Channel.EMAIL, {**MAIL, "security": "ssl"}, "security"),
        (Channel.EMAIL, {**MAIL, "security": "none"}, "security"),
        (Channel.EMAIL, {**MAIL, "security": "none", "unprotected": "yes"}, "security"),
        (
            Channel.EMAIL,
            {**MAIL, "security": "none", "unprotected": True, "user": "u"},
            "user",
        ),
        (Channel.EMAIL, {**MAIL, "from": "desk"}, "from"),
        (Channel.EMAIL, {**MAIL, "from": "desk@clinic.example\nBcc: x@y.example"}, "from"),
        (Channel.EMAIL, {**MAIL, "reply_to": "desk@"}, "reply_to"),
        (Channel.EMAIL, {"kind": "folder"}, "folder"),
        (Channel.EMAIL, {"kind": "folder", "folder": "mails"}, "folder"),
        (Channel.SMS, {**SMS, "account": ""}, "account"),
        (Channel.SMS, {**SMS, "account": "AC/../x"}, "account"),
        (Channel.SMS, {**SMS, "from": ""}, "from"),
        (Channel.SMS, {**SMS, "from": "020 7946 0000"}, "from"),
        (Channel.SMS, {**SMS, "from": "+44"}, "from"),
        (Channel.SMS, {**SMS, "from": "Praxis am Markt"}, "from"),
        (Channel.SMS, {**SMS, "from": "Çağ"}, "from"),
        (Channel.SMS, {**SMS, "account": "AC12"}, "account"),
        (Channel.WHATSAPP, {**SMS, "from": "+44"}, "from"),
        (Channel.SMS, {**SMS, "url": "http://elsewhere.example"}, "url"),
        (Channel.SMS, {**SMS, "kind": "pigeon"}, "kind"),
        (Channel.SMS, {"kind": "generic"}, "url"),
        (Channel.WHATSAPP, {**SMS, "from": "Praxis"}, "from"),
        (Channel.DESKTOP, {}, None),
    ],
)
def test_settings_that_cannot_be_used_are_told_at_their_field(
    transports: KeyringTransports, channel: Channel, settings: dict[str, object], field: str
) -> None:
    with pytest.raises(Refusal) as told:
        transports.of(channel, settings)
    assert told.value.field == field


def test_the_same_settings_give_the_same_connection(
    transports: KeyringTransports, keeper: MemoryKeeper
) -> None:
    keeper.kept["email"] = "open sesame"
    with smtp_server("starttls", user="desk", password="open sesame") as server:
        settings: dict[str, object] = {
            "host": "localhost", "port": server.port, "user": "desk", "from": "desk@clinic.example",
        }  # fmt: skip
        for key in "abc":
            transports.of(Channel.EMAIL, dict(settings)).send(replace(MESSAGE, key=key))
        assert server.connections == 1
        transports.of(Channel.EMAIL, {**settings, "from_name": "Us"}).send(MESSAGE)
        assert server.connections == 2
        transports.close()
    assert len(server.mails) == 4


def test_secrets_are_kept_in_the_keyring_and_a_new_one_counts_at_once(
    transports: KeyringTransports, keeper: MemoryKeeper
) -> None:
    assert not transports.has_secret(Channel.SMS)
    message = replace(MESSAGE, channel=Channel.SMS, address="+447700900123")
    with gateway_server() as server:
        sending = transports.of(Channel.SMS, {**SMS, "url": server.url})
        with pytest.raises(Unreachable, match="not in the keyring of the computer"):
            sending.send(message)
        assert not server.requests
        transports.keep_secret(Channel.SMS, "wrong")
        with pytest.raises(Unreachable, match="set them anew"):
            sending.send(message)
        transports.keep_secret(Channel.SMS, f" {server.secret} ")
        sending.send(message)
    assert keeper.kept == {"sms": server.secret}
    assert transports.has_secret(Channel.SMS)
    transports.keep_secret(Channel.SMS, "")
    assert keeper.kept == {}
    assert not transports.has_secret(Channel.SMS)


def test_a_keyring_that_is_locked_or_missing(
    transports: KeyringTransports, keeper: MemoryKeeper
) -> None:
    keeper.standing = KeyringState.LOCKED
    with pytest.raises(Unreachable, match="locked"):
        transports.has_secret(Channel.EMAIL)
    with pytest.raises(Refusal, match="not kept") as told:
        transports.keep_secret(Channel.EMAIL, "x")
    assert told.value.field == "secret"
    keeper.standing = KeyringState.MISSING
    assert not transports.has_secret(Channel.EMAIL)


def test_a_folder_takes_each_message_once(transports: KeyringTransports, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "messages"
    settings: dict[str, object] = {"kind": "folder", "folder": str(folder)}
    mail = transports.of(Channel.EMAIL, settings)
    receipt = mail.send(MESSAGE)
    mail.send(MESSAGE)
    sms = transports.of(Channel.SMS, settings)
    sms.send(replace(MESSAGE, key="visit:1:sms", channel=Channel.SMS, address="+447700900123"))
    assert receipt.delivery is Delivery.FOLDER
    (eml,), (txt,) = folder.glob("*.eml"), folder.glob("*.txt")
    read = message_from_bytes(eml.read_bytes(), policy=policy.default)
    assert (read["To"], read["Subject"]) == (MESSAGE.address, MESSAGE.subject)
    assert txt.read_text("utf-8") == "To: +447700900123\n\nBis morgen, Müller\n"
    with pytest.raises(Rejected):
        mail.send(replace(MESSAGE, address="ada"))


def test_what_a_gateway_has_left_behind_stands_in_no_folders_way(
    transports: KeyringTransports, tmp_path: Path
) -> None:
    settings: dict[str, object] = {"kind": "folder", "folder": str(tmp_path), "from": "ClinicDesk"}
    message = replace(MESSAGE, channel=Channel.SMS, address="+447700900123")
    transports.of(Channel.SMS, settings).send(message)
    assert len(list(tmp_path.glob("*.txt"))) == 1


def test_answers_are_laid_into_the_folder(transports: KeyringTransports, tmp_path: Path) -> None:
    sms = transports.of(Channel.SMS, {"kind": "folder", "folder": str(tmp_path)})
    assert sms.poll("", []).answers == ()
    replies = tmp_path / "replies"
    replies.mkdir()
    (replies / "a.txt").write_text("From: +447700900123\n1\n", encoding="utf-8")
    (replies / "b.txt").write_bytes("\ufeff+447700900456\r\n\r\nEvet ğ\r\n".encode())
    first = sms.poll("", [])
    assert [(one.sender, one.text) for one in first.answers] == [
        ("+447700900123", "1"),
        ("+447700900456", "Evet ğ"),
    ]
    assert sms.poll(first.cursor, []) == first
    (replies / "c.txt").write_text("From: Ada <ada@example.org>\nJa\n", encoding="utf-8")
    (replies / "d.txt").write_text("whatsapp:+44 7700 900-789\nyes\n", encoding="utf-8")
    assert sms.poll("", []) == first  # channels may share a folder: each reads its own
    given = {"kind": "folder", "folder": str(tmp_path)}
    assert [
        one.sender
        for channel in (Channel.EMAIL, Channel.WHATSAPP)
        for one in transports.of(channel, given).poll("", []).answers
    ] == ["ada@example.org", "+447700900789"]
    os.utime(replies / "a.txt", (1, 1))
    assert sms.poll("", []).answers[0].provider_id != first.answers[0].provider_id


def test_a_folder_that_cannot_be_written_to(transports: KeyringTransports, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    sending = transports.of(Channel.EMAIL, {"kind": "folder", "folder": str(tmp_path / "file")})
    with pytest.raises(Unreachable, match="choose another"):
        sending.send(MESSAGE)
