"""One HTTP request to a gateway, within limits, and what may have come of it when it breaks.

``requests`` waits anew for every byte, so a server that drips would hold a sender for hours; here
the whole request has one time limit. Each has a connection of its own: what a confused server
sends too much is never read as the answer to the next message. Redirects are not followed: what
is meant for one address is not told to another.
"""

from __future__ import annotations

import http.client
import io
import socket
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from clinic_desk.integrations.http_rules import LONGEST_WISH, seconds_wished
from clinic_desk.integrations.messaging.deadline import Deadline, Limits, TimedReader
from clinic_desk.services.outbox_faults import Unreachable, Unsettled

HEAD = 128_000
"""Bytes of an answer beside its body."""

LATER = {
    408: "got tired of waiting",
    425: "wants the message later",
    429: "wants fewer messages",
}
"""Answers after which the same request is right a little later."""

Trust = Callable[[], ssl.SSLContext]


@dataclass(frozen=True, slots=True)
class Answer:
    """``whole``: False when the body broke off or was longer than it may be."""

    code: int
    headers: Mapping[str, str]
    body: bytes
    whole: bool = True

    def after(self, now: datetime) -> timedelta | None:
        """How long it wants to be left alone, by seconds or by a date."""
        text = self.headers.get("retry-after", "").strip()
        seconds = seconds_wished(text)
        if seconds is not None:
            return seconds
        try:
            rest = parsedate_to_datetime(text) - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        return min(rest, LONGEST_WISH) if rest > timedelta() else None


def call(
    method: str,
    url: str,
    *,
    name: str,
    trust: Trust,
    limits: Limits,
    headers: Mapping[str, str],
    body: bytes | None = None,
    most: int = 256_000,
) -> Answer:
    """``name``: what the other side is called in sentences ("the SMS gateway"); ``most``: bytes of
    a body that are read. Raises ``Unsettled`` or ``Unreachable``; ``unknown`` once the request had
    been sent. The address is not part of any sentence: it may hold a key."""
    the = name[:1].upper() + name[1:]
    parts = urlsplit(url)
    deadline = Deadline(limits.whole)
    sent = False
    connection: http.client.HTTPConnection | None = None
    try:
        host = parts.hostname or ""
        plain = socket.create_connection(
            (host, parts.port or (443 if parts.scheme == "https" else 80)),
            deadline.left(limits.connect),
        )
        connection = http.client.HTTPConnection(host, parts.port)
        connection.sock = plain
        if parts.scheme == "https":
            plain.settimeout(deadline.left(limits.connect))
            connection.sock = trust().wrap_socket(plain, server_hostname=host)
        connection.response_class = _reading(deadline.sooner(limits.answer), most)
        connection.sock.settimeout(deadline.left(limits.answer))
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(
            method,
            target,
            body=body,
            headers={"Host": parts.netloc, "Connection": "close", **headers},
        )
        sent = True
        response = connection.getresponse()
        with response:
            told, whole = _body(response, most)
        heads = {key.lower(): value for key, value in response.getheaders()}
        return Answer(response.status, heads, told, whole)
    except ssl.SSLCertVerificationError as error:
        raise Unsettled(f"The certificate of {name} {_why(error)}, so nothing was sent.") from error
    except TimeoutError as error:
        raise Unreachable(f"{the} does not answer in time.", unknown=sent) from error
    except socket.gaierror as error:
        raise Unsettled(f"There is no such address of {name}, or no network.") from error
    except ssl.SSLError as error:
        raise Unreachable(f"{the} does not speak TLS as it should.", unknown=sent) from error
    except (OSError, http.client.HTTPException) as error:
        told_of = "broke off its answer" if sent else "cannot be reached"
        raise Unreachable(f"{the} {told_of}.", unknown=sent) from error
    finally:
        if connection is not None:
            connection.close()


def _body(response: http.client.HTTPResponse, most: int) -> tuple[bytes, bool]:
    """What there is of it: the answer's code is known, whatever becomes of the rest."""
    told = b""
    try:
        while len(told) <= most:
            piece = response.read(min(64_000, most + 1 - len(told)))
            if not piece:
                break
            told += piece
    except (OSError, http.client.HTTPException):
        return told, False
    rest = response.length  # what was announced and did not come
    return told, len(told) <= most and not rest


def _reading(deadline: Deadline, most: int) -> type[http.client.HTTPResponse]:
    class Timed(http.client.HTTPResponse):
        def __init__(self, sock: socket.socket, *rest: object, **named: object) -> None:
            super().__init__(sock, *rest, **named)  # type: ignore[arg-type]
            self.fp.close()
            self.fp = io.BufferedReader(TimedReader(sock, lambda: deadline, HEAD + most))

    return Timed


def _why(error: ssl.SSLCertVerificationError) -> str:
    if error.verify_code == 10:
        return "has expired"
    if error.verify_code in (62, 63, 64):
        return "is for another name"
    return "is not one that this computer trusts"
