"""E-mail by SMTP (RFC 5321), encrypted by STARTTLS or TLS from the start.

The certificate is always checked. A connection serves a batch and is renewed when it has grown
old. What the server answers is told by its code in our words: its own may hold an address.
"""

from __future__ import annotations

import io
import re
import smtplib
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.policy import SMTPUTF8
from threading import Lock
from typing import NoReturn

from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import Channel
from clinic_desk.integrations.messaging.deadline import Deadline, Limits, TimedReader
from clinic_desk.integrations.messaging.mail import PLAIN, Sender, address_of, built
from clinic_desk.services.message_ports import Envelope, Polled, Receipt
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled

OLD, MANY = 60.0, 100
"""Seconds and messages after which a connection is renewed."""

WIDE = SMTPUTF8.clone(cte_type="7bit")
LONGEST_REPLY = 64_000
"""Bytes."""

CLOSED = "The mail server broke off the connection."
_UNKNOWN = (550, 551, 553)
_TOO_LONG = "The mail server does not take an e-mail as long as this one."


@dataclass(frozen=True, slots=True)
class Server:
    """``security``: "starttls", "tls" or "none"; ``user`` empty: no log-in."""

    host: str
    port: int
    security: str
    user: str = ""


class _Talk(smtplib.SMTP):
    """Every read and write ends by the deadline; ``sent`` once all of a message was handed over."""

    def __init__(self, server: Server, limits: Limits, context: ssl.SSLContext | None) -> None:
        self.whole = Deadline(limits.whole)
        self._answer = self.whole
        self._limits, self._context = limits, context
        self._at_once = server.security == "tls"
        self._reader: TimedReader | None = None
        # by name and never by address: what the mail server is told of this computer
        super().__init__(local_hostname="[127.0.0.1]", timeout=limits.connect)
        self._host = server.host  # the name that its certificate must be for
        try:
            code, _ = self.connect(server.host, server.port)
            if code != 220:
                raise smtplib.SMTPConnectError(code, b"")
        except BaseException:
            self.close()
            raise

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        made = socket.create_connection((host, port), self.whole.left(timeout))
        if not self._at_once or self._context is None:
            return made
        try:
            made.settimeout(self.whole.left(self._limits.connect))
            return self._context.wrap_socket(made, server_hostname=host)
        except BaseException:
            made.close()
            raise

    def again(self) -> None:
        """A new message on the same connection has a time of its own."""
        self.whole = Deadline(self._limits.whole)

    def send(self, s: str | bytes) -> None:  # type: ignore[override]
        if self.sock is not None:
            with suppress(OSError):  # closed meanwhile: sending tells
                self.sock.settimeout(self._left(self._limits.answer))
        super().send(s)

    def getreply(self) -> tuple[int, bytes]:
        self._answer = self.whole.sooner(self._limits.answer)
        if self.file is None and self.sock is not None:
            self._reader = TimedReader(self.sock, lambda: self._answer, LONGEST_REPLY)
            self.file = io.BufferedReader(self._reader)
        if self._reader is not None:
            self._reader.budget = LONGEST_REPLY
        return super().getreply()

    def starttls_checked(self, context: ssl.SSLContext) -> None:
        if self.sock is not None:
            self.sock.settimeout(self._left(self._limits.connect))
        self.starttls(context=context)

    def log_in(self, user: str, password: str) -> None:
        if not self.has_extn("auth"):
            raise smtplib.SMTPAuthenticationError(502, b"")
        if (user + password).isascii():
            self.login(user, password)
            return
        # the library knows plain letters only; RFC 4616 has these
        word = b64encode(f"\0{user}\0{password}".encode()).decode()
        code, told = self.docmd("AUTH", f"PLAIN {word}")
        if code not in (235, 503):
            raise smtplib.SMTPAuthenticationError(code, told)

    def _left(self, at_most: float) -> float:
        try:
            return self.whole.left(at_most)
        except TimeoutError as error:
            self.close()
            raise smtplib.SMTPServerDisconnected("too long") from error


class SmtpTransport:
    """``message_ports.Transport``. ``password`` is asked for when it logs in, off the main thread;
    ``context`` makes what checks certificates."""

    def __init__(
        self,
        server: Server,
        sender: Sender,
        password: Callable[[], str],
        clock: Clock,
        context: Callable[[], ssl.SSLContext],
        limits: Limits | None = None,
    ) -> None:
        self._server, self._sender = server, sender
        self._password, self._clock, self._context = password, clock, context
        self._limits = limits or Limits()
        self._talk: _Talk | None = None
        self._since, self._number = 0.0, 0
        self._turn = Lock()

    def ready(self) -> None:
        if self._server.user:
            self._password()

    def send(self, envelope: Envelope) -> Receipt:
        try:
            message = built(envelope, self._sender, self._clock.now())
        except ValueError as error:
            raise Rejected("The patient’s e-mail address is not complete.") from error
        to = address_of(envelope.address)
        wide = not (to + self._sender.address).isascii()
        whole = message.as_bytes(policy=WIDE if wide else PLAIN)
        with self._turn:
            for fresh in (False, True):
                talk, used = self._opened(fresh=fresh)
                try:
                    self._hand_over(talk, to, whole, wide=wide)
                except smtplib.SMTPServerDisconnected as error:
                    self._hang_up()
                    if used:
                        continue  # the server had closed a connection that had rested
                    raise _broken(error) from error
                except BaseException:
                    self._hang_up()
                    raise
                self._number += 1
                return Receipt(provider_id=str(message["Message-ID"]))
        raise Unreachable(CLOSED)

    def poll(self, since: str, sent: Sequence[str]) -> Polled:  # noqa: ARG002
        """Mail servers tell neither."""
        return Polled()

    def test(self, address: str) -> str:
        now = self._clock.now()
        to = address_of(address)
        if not to:
            raise Rejected("Type an e-mail address such as you@clinic.example.")
        self.send(
            Envelope(
                id="test",
                key=f"test:{now.isoformat()}",
                channel=Channel.EMAIL,
                address=to,
                subject="Test from Clinic Desk",
                body="This is a test. E-mail from Clinic Desk arrives at this address.",
            )
        )
        self.close()
        return f"{self._server.host} took the test e-mail. Look whether it arrived at {to}."

    def close(self) -> None:
        """Without a farewell that could hang; waits for a message under way."""
        with self._turn:
            self._hang_up()

    def _hang_up(self) -> None:
        talk, self._talk = self._talk, None
        if talk is not None:
            with suppress(OSError, smtplib.SMTPException):
                talk.close()

    # inside

    def _opened(self, *, fresh: bool) -> tuple[_Talk, bool]:
        """A conversation that may begin a message, and whether it was used before."""
        old = time.monotonic() - self._since > OLD or self._number >= MANY
        if self._talk is not None and not fresh and not old:
            self._talk.again()
            return self._talk, True
        self._hang_up()
        try:
            self._talk = self._greeted()
        except ssl.SSLCertVerificationError as error:
            raise Unsettled(_certificate(error)) from error
        except ssl.SSLError as error:
            raise Unsettled(
                "The mail server does not speak TLS at this port; look at the port and the "
                "encryption in the settings."
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            self._not_let_in(error.smtp_code)
        except smtplib.SMTPNotSupportedError as error:
            raise Unsettled(
                "The mail server offers no encryption at this port, so nothing was sent."
            ) from error
        except smtplib.SMTPResponseException as error:
            raise Unreachable(
                f"The mail server does not want to talk now ({error.smtp_code}).", counts=True
            ) from error
        except TimeoutError as error:
            raise Unreachable("The mail server does not answer in time.") from error
        except smtplib.SMTPServerDisconnected as error:
            raise _broken(error) from error
        except socket.gaierror as error:
            raise Unsettled(
                f"There is no mail server called {self._server.host}, or no network."
            ) from error
        except (OSError, smtplib.SMTPException) as error:
            raise Unreachable("The mail server cannot be reached.") from error
        self._since, self._number = time.monotonic(), 0
        return self._talk, False

    def _greeted(self) -> _Talk:
        plain = self._server.security == "none"
        context = None if plain else self._context()
        talk = _Talk(self._server, self._limits, context)
        try:
            talk.ehlo_or_helo_if_needed()
            if self._server.security == "starttls" and context is not None:
                talk.starttls_checked(context)
                talk.ehlo_or_helo_if_needed()
            if self._server.user:
                talk.log_in(self._server.user, self._password())
        except BaseException:
            talk.close()
            raise
        return talk

    def _not_let_in(self, code: int) -> NoReturn:
        if 400 <= code < 500:
            raise Unreachable(f"The mail server cannot check the log-in now ({code}).", counts=True)
        if code == 502:
            raise Unsettled("The mail server wants no log-in; leave the user name empty.")
        raise Unsettled(
            "The mail server does not accept the user name and password; set them anew."
        )

    def _hand_over(self, talk: _Talk, to: str, whole: bytes, *, wide: bool) -> None:
        options = []
        if wide:
            if not talk.has_extn("smtputf8"):
                if not self._sender.address.isascii():
                    raise Unsettled(
                        "The mail server does not take the clinic’s own address with such letters "
                        "before the @."
                    )
                raise Rejected(
                    "The mail server cannot send to an address with such letters before the @."
                )
            options.append("SMTPUTF8")
            talk.command_encoding = "utf-8"
        else:
            talk.command_encoding = "ascii"
        if talk.has_extn("8bitmime"):
            options.append("BODY=8BITMIME")
        most = talk.esmtp_features.get("size", "")
        if re.fullmatch(r"[0-9]{1,15}", most) and 0 < int(most) < len(whole):
            raise Rejected(_TOO_LONG)
        if most:
            options.append(f"SIZE={len(whole)}")
        code, _ = talk.mail(self._sender.address, options)
        if code != 250:
            _refused(talk, code, "sender")
        code, told = talk.rcpt(to)
        if code not in (250, 251):
            _refused(talk, code, "address", told)
        talk.putcmd("data")
        code, told = talk.getreply()
        if code != 354:
            _refused(talk, code, "words", told)
        body = _lines(whole)
        talk.send(body if body.endswith(b"\r\n") else body + b"\r\n")
        try:
            talk.send(b".\r\n")
            code, told = talk.getreply()
        except (OSError, smtplib.SMTPException) as error:
            # the whole message is there, and with it, perhaps, the yes that never came
            raise Unreachable(
                "The mail server broke off before it said whether it took the e-mail.",
                unknown=True,
            ) from error
        if code != 250:
            _refused(talk, code, "words", told)


def _refused(talk: _Talk, code: int, what: str, told: bytes = b"") -> NoReturn:
    talk.close()
    if code == 421 or code < 0:
        raise Unreachable(CLOSED if code < 0 else "The mail server is closing (421).", counts=True)
    if code < 500:
        raise Unreachable(f"The mail server says: later ({code}).", counts=True)
    if code == 530 or what == "sender":
        raise Unsettled(f"The mail server does not let this clinic send from its address ({code}).")
    # RFC 3463 says it closer than the code, where a server does
    if told.startswith((b"5.2.3", b"5.3.4")):
        raise Rejected(_TOO_LONG)
    if code == 552 or told.startswith(b"5.2.2"):
        raise Rejected(f"The patient’s mailbox is full ({code}).")
    if what == "address" and code in _UNKNOWN and not told.startswith(b"5.7"):
        raise Rejected(f"The mail server does not know the patient’s address ({code}).")
    raise Rejected(f"The mail server refuses this e-mail ({code}).")


def _lines(whole: bytes) -> bytes:
    """As the wire wants them; a dot that begins one is doubled."""
    lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines)


def _broken(error: BaseException) -> Unreachable:
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, TimeoutError):
            return Unreachable("The mail server does not answer in time.")
        at = at.__cause__ or at.__context__
    return Unreachable(CLOSED)


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    why = "is not one that this computer trusts"
    if error.verify_code == 10:
        why = "has expired"
    elif error.verify_code in (62, 63, 64):
        why = "is for another name"
    return f"The mail server’s certificate {why}, so nothing was sent."
