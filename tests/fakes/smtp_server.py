"""A mail server on this computer, with TLS, that fails in every way it is told to."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from tests.fakes.certificates import serving

ANSWERS = {
    "later": "451 4.7.1 Greylisted, come again",
    "full": "552 5.2.2 Mailbox of somebody@example.org is full",
    "too_long": "552 5.3.4 Message size exceeds the limit",
    "unknown": "550 5.1.1 somebody@example.org is not here",
    "policy": "550 5.7.1 Not to somebody@example.org from there",
    "refused": "554 5.7.1 Spam from somebody@example.org",
    "closing": "421 4.3.2 Closing",
}


LONGEST = 1_000_000
"""Bytes of an e-mail that it takes, and says so."""


@dataclass
class SmtpServer:
    """``plan`` holds how the next e-mails are treated, "ok" once it is empty: those of
    ``ANSWERS`` ("later", "unknown", "policy" at the address, the others after the dot), "hang" and
    "drip" instead of an answer after the dot (until ``release``), "takes_and_dies" (keeps it, then
    breaks the connection without a word), "dies" (before it is there), "sender" (refuses who
    sends)."""

    port: int = 0
    user: str = ""
    password: str = ""
    starttls: bool = True
    plan: deque[str] = field(default_factory=deque)
    mails: list[bytes] = field(default_factory=list)
    takers: list[list[str]] = field(default_factory=list)
    connections: int = 0
    log_ins: int = 0
    encrypted: list[bool] = field(default_factory=list)
    taken: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    transports: list[Any] = field(default_factory=list)
    loop: asyncio.AbstractEventLoop | None = None
    listening: asyncio.Server | None = None
    how: str = "ok"

    def parsed(self) -> list[EmailMessage]:
        return [message_from_bytes(one, policy=policy.default) for one in self.mails]  # type: ignore[misc]

    def ids(self) -> list[str]:
        return [str(one["Message-ID"]) for one in self.parsed()]

    def hang_up(self) -> None:
        """On everybody who is connected."""
        assert self.loop is not None
        done = threading.Event()

        def work() -> None:
            for transport in self.transports:
                transport.abort()
            done.set()

        self.loop.call_soon_threadsafe(work)
        done.wait(10)

    # what the library asks for

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        self.how = self.plan.popleft() if self.plan else "ok"
        if self.user and not session.authenticated:
            return "530 5.7.0 Log in first"
        if self.how == "sender":
            return "550 5.7.1 This sender may not"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.how in ("later", "unknown", "policy"):
            return ANSWERS[self.how]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        how = self.how
        if how in ("ok", "takes_and_dies", "takes_and_hangs"):
            self.mails.append(envelope.original_content)
            self.takers.append(list(envelope.rcpt_tos))
            self.encrypted.append(session.ssl is not None or server.over_tls)
            self.taken.set()
        self.begun.set()
        if how in ("takes_and_dies", "dies"):
            server.transport.abort()
            return "421 gone"
        if how in ("hang", "takes_and_hangs"):
            await asyncio.sleep(3600)
        if how == "drip":
            while True:
                server.transport.write(b"2")
                await asyncio.sleep(0.02)
        return ANSWERS.get(how, "250 OK")


class _Protocol(SMTP):
    over_tls = known = False

    def connection_made(self, transport: Any) -> None:
        """Also when a connection that stands is encrypted."""
        server: SmtpServer = self.event_handler
        self.over_tls = transport.get_extra_info("sslcontext") is not None
        server.connections += not self.known
        self.known = True
        server.transports.append(transport)
        super().connection_made(transport)


@contextmanager
def smtp_server(
    security: str = "starttls", *, certificate: str = "good", user: str = "", password: str = ""
) -> Iterator[SmtpServer]:
    """``security``: "starttls", "tls" or "none"; ``certificate`` as of ``certificates.serving``."""
    server = SmtpServer(user=user, password=password)
    context = None if security == "none" else serving(certificate)

    def log_in(_server: Any, _session: Any, _envelope: Any, _way: str, given: Any) -> AuthResult:
        server.log_ins += 1
        well = isinstance(given, LoginPassword) and (
            given.login.decode(),
            given.password.decode(),
        ) == (server.user, server.password)
        return AuthResult(success=well, handled=False)

    def made() -> SMTP:
        return _Protocol(
            server,
            hostname="mail.test",
            ident="test",
            enable_SMTPUTF8=True,
            data_size_limit=LONGEST,
            tls_context=context if security == "starttls" and server.starttls else None,
            require_starttls=security == "starttls" and server.starttls,
            authenticator=log_in if user else None,
            auth_require_tls=security == "starttls" or not user,
            loop=loop,
        )

    loop = server.loop = asyncio.new_event_loop()
    ready = threading.Event()

    async def serve() -> None:
        listening = await loop.create_server(
            made, "localhost", 0, ssl=context if security == "tls" else None
        )
        server.listening = listening
        server.port = listening.sockets[0].getsockname()[1]
        ready.set()

    def run() -> None:
        loop.run_until_complete(serve())
        loop.run_forever()
        if server.listening is not None:
            server.listening.close()
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        with suppress(BaseException):
            loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        loop.close()

    thread = threading.Thread(target=run, name="smtp-server")
    thread.start()
    assert ready.wait(30)
    try:
        yield server
    finally:
        server.hang_up()
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
