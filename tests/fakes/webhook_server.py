"""An address that takes events of visits, checks who signed them, and fails as it is told."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.failing_server import FailingServer

SECRET = "whsec-of-a-test"


class WebhookServer(FailingServer):
    """``plan`` holds how the next events are treated, "ok" once it is empty: a code ("500", "429",
    "410", "302"), "dies", "takes_and_dies", "hang" or "drip" (until ``release``)."""

    def __init__(self) -> None:
        super().__init__()
        self.events: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.unsigned = 0
        self.url = f"http://localhost:{self.port}/events?clinic=7"

    def names(self) -> list[str]:
        return [one["event"].removeprefix("appointment.") for one in self.events]

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        body = self.body_of(handler)
        how = self.plan.popleft() if self.plan else "ok"
        if not self.signed(handler, body):
            self.unsigned += 1
            how = "401"
        if how in ("ok", "takes_and_dies"):
            self.events.append(json.loads(body))
            self.keys.append(handler.headers["Idempotency-Key"])
            self.headers.append(dict(handler.headers))
        if how == "hang":
            self.release.wait(60)
        if how in ("dies", "takes_and_dies", "hang"):
            self.hang_up(handler)
            return
        with suppress(OSError):
            if how == "drip":
                handler.close_connection = True
                handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not self.release.wait(0.02):
                    handler.wfile.write(b"X")
                return
            handler.send_response(204 if how == "ok" else int(how))
            handler.send_header("Content-Length", "0")
            if how == "429":
                handler.send_header("Retry-After", "600")
            if how == "302":
                handler.send_header("Location", "http://localhost:9/")
            handler.end_headers()

    @staticmethod
    def signed(handler: BaseHTTPRequestHandler, body: bytes) -> bool:
        """As docs/guide/webhook.md tells the other side to look."""
        timestamp = handler.headers.get("Clinic-Desk-Timestamp", "")
        given = handler.headers.get("Clinic-Desk-Signature", "")
        made = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
        return hmac.compare_digest(given, f"v1={made.hexdigest()}")


@contextmanager
def webhook_server() -> Iterator[WebhookServer]:
    server = WebhookServer()
    with server.running():
        yield server
