"""Transports from the clinic's settings, with their secrets from the computer's keyring."""

from __future__ import annotations

import ipaddress
import json
import re
import time
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from weakref import WeakKeyDictionary

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.integrations.http_rules import HERE, checked_url
from clinic_desk.integrations.kept_secret import KeptSecret
from clinic_desk.integrations.messaging.deadline import Limits, trusted
from clinic_desk.integrations.messaging.folder import FolderTransport
from clinic_desk.integrations.messaging.generic import GenericTransport, checked_request
from clinic_desk.integrations.messaging.http_call import Trust
from clinic_desk.integrations.messaging.mail import (
    Sender,
    checked_address,
    one_line,
    spelt_domain,
)
from clinic_desk.integrations.messaging.smtp import Server, SmtpTransport
from clinic_desk.integrations.messaging.twilio import HOME, Account, TwilioTransport
from clinic_desk.integrations.messaging.watched import Refusals, WatchedTransport
from clinic_desk.services.message_ports import Transport
from clinic_desk.services.outbox_faults import Unsettled
from clinic_desk.services.secrets import SecretKeeper

PORTS: Mapping[str, int] = {"starttls": 587, "tls": 465, "none": 25}
KINDS = ("twilio", "generic", "folder")
NO_SECRET = (
    "The password is not in the keyring of the computer that sends; type it there, under "
    "Settings › Messages."
)
BELIEVED = 60.0
"""Seconds for which a secret that was read counts; a keyring is slow, and asked for thousands."""

_READ: WeakKeyDictionary[SecretKeeper, dict[Channel, tuple[float, str]]] = WeakKeyDictionary()
"""By keyring: a new secret counts at once for whoever sends in this process."""

_REFUSALS: WeakKeyDictionary[SecretKeeper, dict[Channel, Refusals]] = WeakKeyDictionary()
"""By keyring, too: a test that works is a yes for whoever sends."""


_SHORT = re.compile(r"[1-9][0-9]{2,7}")
_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +_&-]{1,11}")
"""What may stand in the place of a sending number: a short number, and a name."""


class KeyringTransports:
    """``message_ports.Transports``. The same settings give the same transport, so that its
    connection is used again. ``trust`` makes what checks certificates."""

    def __init__(
        self,
        keeper: SecretKeeper,
        clock: Clock,
        trust: Trust = trusted,
        limits: Limits | None = None,
    ) -> None:
        self._keeper, self._clock = keeper, clock
        self._trust, self._limits = trust, limits
        self._made: dict[tuple[Channel, str], Transport] = {}
        self._read = _READ.setdefault(keeper, {})
        self._refusals = _REFUSALS.setdefault(keeper, {})
        self._turn = Lock()

    def of(self, channel: Channel, settings: dict[str, object]) -> Transport:
        told = json.dumps(settings, sort_keys=True, default=str)
        with self._turn:
            found = self._made.get((channel, told))
            if found is None:
                found = self._watched(channel, told, self._new(channel, settings))
                for key in [key for key in self._made if key[0] is channel]:
                    _close(self._made.pop(key))
                self._made[channel, told] = found
        return found

    def has_secret(self, channel: Channel) -> bool:
        with self._turn:
            self._read.pop(channel, None)
        return bool(self._secret(channel))

    def keep_secret(self, channel: Channel, secret: str) -> None:
        self._kept(channel).keep(secret)
        with self._turn:
            self._read.pop(channel, None)

    def close(self) -> None:
        """Hangs up; what is asked for next connects anew."""
        with self._turn:
            for transport in self._made.values():
                _close(transport)

    def _secret(self, channel: Channel) -> str:
        """Empty where there is none, or no keyring that could hold one."""
        with self._turn:
            at, known = self._read.get(channel, (0.0, ""))
        if known and time.monotonic() - at < BELIEVED:
            return known
        found = self._kept(channel).get()
        with self._turn:
            self._read[channel] = (time.monotonic(), found)
        return found

    def _watched(self, channel: Channel, told: str, inner: Transport) -> Transport:
        if isinstance(inner, FolderTransport):
            return inner
        return WatchedTransport(
            inner, self._clock, self._refusals.setdefault(channel, Refusals()),
            lambda: (told, self._secret(channel)),
        )  # fmt: skip

    def _kept(self, channel: Channel) -> KeptSecret:
        return KeptSecret(self._keeper, channel.value, "password")

    def _new(self, channel: Channel, settings: Mapping[str, object]) -> Transport:
        def secret() -> str:
            return self._secret(channel)

        def needed() -> str:
            found = secret()
            if not found:
                raise Unsettled(NO_SECRET)
            return found

        if channel is Channel.DESKTOP:
            raise Refusal("no_transport", "Notices to the desks do not leave the program.")
        kind = text_of(settings, "kind") or ("smtp" if channel is Channel.EMAIL else KINDS[0])
        if kind == "folder":
            named = channel is Channel.EMAIL and text_of(settings, "from")
            sender = _sender(settings) if named else None
            return FolderTransport(channel, _folder(settings), self._clock, sender)
        if channel is Channel.EMAIL:
            server, sender = _server(settings), _sender(settings)
            return SmtpTransport(server, sender, needed, self._clock, self._trust, self._limits)
        if kind == "generic":
            request = checked_request(settings, channel)
            ask = needed if request.hidden else secret
            return GenericTransport(channel, request, ask, self._clock, self._trust, self._limits)
        if kind == "twilio":
            account = _account(channel, settings)
            return TwilioTransport(channel, account, needed, self._clock, self._trust, self._limits)
        raise Refusal("bad_kind", f"Choose how {CHANNEL_WORDS[channel]} messages go.", field="kind")


def _close(transport: Transport) -> None:
    inner = transport.inner if isinstance(transport, WatchedTransport) else transport
    if isinstance(inner, SmtpTransport):
        inner.close()


def text_of(settings: Mapping[str, object], name: str) -> str:
    value = settings.get(name)
    return value.strip() if isinstance(value, str) else ""


def _server(settings: Mapping[str, object]) -> Server:
    host = text_of(settings, "host").lower()
    if not host:
        raise Refusal("no_host", "Type the name of the mail server.", field="host")
    try:
        host = host if host.isascii() else spelt_domain(host)
        host.encode("idna")
    except UnicodeError:
        host = ""
    odd = any(letter in host for letter in " /:@\\\t\n\r") or not host.isprintable()
    if not host or (odd and not _is_ip6(host)):
        raise Refusal(
            "bad_host", "Type a server’s name alone, such as smtp.clinic.example.", field="host"
        )
    security = text_of(settings, "security") or "starttls"
    if security not in PORTS:
        raise Refusal("bad_security", "Choose STARTTLS or TLS.", field="security")
    if security == "none" and host not in HERE and settings.get("unprotected") is not True:
        raise Refusal(
            "unprotected",
            "Without encryption everybody on the way can read patients' e-mails. Choose STARTTLS "
            "or TLS.",
            field="security",
        )
    user = text_of(settings, "user")
    if user and security == "none" and host not in HERE:
        raise Refusal(
            "unprotected",
            "Without encryption the password would go over the net for all to read. Leave the "
            "user name empty.",
            field="user",
        )
    return Server(host, _port(settings.get("port"), PORTS[security]), security, user)


def _is_ip6(text: str) -> bool:
    """An address that has colons in it ("fd00::25")."""
    try:
        return bool(ipaddress.IPv6Address(text))
    except ValueError:
        return False


def _port(value: object, usual: int) -> int:
    if value in (None, "", 0):
        return usual
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 65_535:
        raise Refusal("bad_port", "A port is a number from 1 to 65535, such as 587.", field="port")
    return value


def _sender(settings: Mapping[str, object]) -> Sender:
    reply_to = text_of(settings, "reply_to")
    return Sender(
        checked_address(text_of(settings, "from"), "from"),
        one_line(text_of(settings, "from_name"))[:100],
        checked_address(reply_to, "reply_to") if reply_to else "",
    )


def _folder(settings: Mapping[str, object]) -> Path:
    told = text_of(settings, "folder")
    if not told:
        raise Refusal("no_folder", "Choose a folder for the messages.", field="folder")
    path = Path(told).expanduser()
    if not path.is_absolute() or "\x00" in told:
        raise Refusal("bad_folder", "Type the whole path of the folder.", field="folder")
    return path


def _account(channel: Channel, settings: Mapping[str, object]) -> Account:
    sid, sender = text_of(settings, "account"), text_of(settings, "from")
    if not sid or not sid.isascii() or not sid.isalnum():
        raise Refusal(
            "no_account",
            "Type the account’s identifier as the provider shows it, such as AC0123…",
            field="account",
        )
    if not sender:
        raise Refusal(
            "no_sender",
            "Type the number that messages come from, such as +44 20 7946 0000.",
            field="from",
        )
    url = checked_url(text_of(settings, "url") or HOME).rstrip("/")
    if url == HOME and not re.fullmatch(r"AC[0-9a-fA-F]{32}", sid):
        raise Refusal(
            "bad_account",
            "Twilio’s accounts are AC and 32 digits and letters; copy it whole.",
            field="account",
        )
    if re.fullmatch(r"MG[0-9a-zA-Z]{32}", sender):
        return Account(sid, sender, url)
    number = re.sub(r"[\s().\-/]", "", sender.removeprefix("whatsapp:"))
    if not re.fullmatch(r"\+[1-9][0-9]{6,14}", number):
        if channel is Channel.WHATSAPP:
            raise Refusal(
                "bad_sender", "WhatsApp needs a number with its country, such as +44…", field="from"
            )
        if not _SHORT.fullmatch(sender) and not _NAME.fullmatch(sender):
            raise Refusal(
                "bad_sender",
                "Type a number with its country, such as +44 20 7946 0000, a short one, or a name "
                "of up to 11 plain letters.",
                field="from",
            )
    return Account(sid, sender, url)
