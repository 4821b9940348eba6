"""A time limit for a whole conversation, not for each byte of it.

A socket's own time limit begins anew with every read; a server that sends one byte every few
seconds would hold a sender for hours.
"""

from __future__ import annotations

import io
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LEAST = 0.01
"""Seconds; a socket that is given none would not wait at all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: to connect, for one answer, and for a message in all."""

    connect: float = 8.0
    answer: float = 15.0
    whole: float = 30.0


class Deadline:
    """``left`` seconds until it is over. Raises ``TimeoutError`` once it is."""

    def __init__(self, seconds: float) -> None:
        self._over = time.monotonic() + seconds

    def left(self, at_most: float) -> float:
        """Seconds for the next step, ``at_most`` of them."""
        rest = self._over - time.monotonic()
        if rest <= 0:
            raise TimeoutError("the conversation took too long")
        return max(LEAST, min(rest, at_most))

    def sooner(self, seconds: float) -> Deadline:
        """The end of one answer within the whole."""
        return Deadline(min(seconds, max(LEAST, self._over - time.monotonic())))


class TimedReader(io.RawIOBase):
    """What a socket receives, until the deadline that ``deadline`` answers when asked, and no more
    than ``budget`` bytes; who goes on talking is cut off by an ``OSError``."""

    def __init__(self, sock: socket.socket, deadline: Callable[[], Deadline], budget: int) -> None:
        self._sock, self._deadline = sock, deadline
        self.budget = budget
        # it holds the socket open for as long as somebody reads, as the library's own file does
        self._raw = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        self._sock.settimeout(self._deadline().left(3600.0))
        number = self._raw.readinto(buffer)
        self.budget -= number or 0
        if self.budget < 0:
            raise OSError("the answer has no end")
        return number

    def close(self) -> None:
        if not self.closed:
            self._raw.close()
        super().close()


@cache
def trusted() -> ssl.SSLContext:
    """Certificates and names are checked, against the computer's own authorities and the usual
    ones, so that a packaged program finds some wherever it runs."""
    import certifi

    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_verify_locations(certifi.where())
    return context
