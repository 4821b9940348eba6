"""The door for whoever reads metrics on this computer: one path, this computer alone."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterable
from http import HTTPStatus
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

HERE = "127.0.0.1"
NAMES = frozenset({HERE, "localhost"})
"""What a request may call this computer: a page of the web that has its own name point here is
not answered."""

TYPE = "text/plain; version=0.0.4; charset=utf-8"
"""The version of the text format that every collector reads; no name here needs a later one."""

PATIENCE = 5.0
"""Seconds for which one asker may be slow."""


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def server_bind(self) -> None:
        # the base class asks the network for this computer's name, which may take seconds
        if os.name != "nt":  # there it would let a second program take the same port
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = HERE, self.server_address[1]
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Whoever hangs up in the middle is no news."""


class _Handler(WSGIRequestHandler):
    timeout = PATIENCE

    def log_message(self, format: str, *args: Any) -> None:
        """Not told on the error stream."""

    def address_string(self) -> str:
        return HERE


class Door:
    """Open from the start. Raises ``OSError`` when the port is taken."""

    def __init__(self, port: int, text: Callable[[], bytes]) -> None:
        self._text = text
        self._server = _Server((HERE, port), _Handler)
        self._server.set_app(self._answer)
        self._thread = Thread(
            target=self._server.serve_forever, args=(0.2,), name="metrics-door", daemon=True
        )
        self._thread.start()

    @property
    def port(self) -> int:
        return int(self._server.server_port)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, asked: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        host = str(asked.get("HTTP_HOST", "")).rpartition(":")[0] or str(asked.get("HTTP_HOST", ""))
        if host not in NAMES:
            return _say(begin, HTTPStatus.FORBIDDEN)
        if asked.get("PATH_INFO") != "/metrics":
            return _say(begin, HTTPStatus.NOT_FOUND)
        if asked.get("REQUEST_METHOD") not in ("GET", "HEAD"):
            return _say(begin, HTTPStatus.METHOD_NOT_ALLOWED)
        begin("200 OK", [("Content-Type", TYPE), ("Cache-Control", "no-store")])
        return [b"" if asked["REQUEST_METHOD"] == "HEAD" else self._text()]


def _say(begin: Callable[..., Any], status: HTTPStatus) -> list[bytes]:
    begin(f"{status.value} {status.phrase}", [("Content-Type", "text/plain")])
    return [f"{status.phrase}\n".encode()]
