"""A server on this computer that is asked for something and fails in every way it is told to."""

from __future__ import annotations

import socket
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class FailingServer:
    """``plan`` holds how the next requests are treated, "ok" once it is empty. What hangs waits
    for ``release``. Kinds of servers answer in ``treat`` (POST, PUT) and ``read`` (GET)."""

    def __init__(self) -> None:
        self.plan: deque[str] = deque()
        self.release = threading.Event()
        self.taken = threading.Event()
        self.lock = threading.Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                server.treat(self)

            def do_PUT(self) -> None:
                server.treat(self)

            def do_GET(self) -> None:
                server.read(self)

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.http = _Quiet(("localhost", 0), Handler)
        self.http.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.http.server_address[1])

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_error(405)

    def read(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_error(405)

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self.http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield
        finally:
            self.release.set()
            self.http.shutdown()
            thread.join()
            self.http.server_close()

    @staticmethod
    def body_of(handler: BaseHTTPRequestHandler) -> bytes:
        return handler.rfile.read(int(handler.headers.get("Content-Length", "0")))

    @staticmethod
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True
        with suppress(OSError):
            handler.connection.shutdown(socket.SHUT_RDWR)


class _Quiet(ThreadingHTTPServer):
    def handle_error(self, *_args: Any) -> None:
        """A client that hangs up is what is tried."""
