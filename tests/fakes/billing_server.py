"""A billing service on this computer that fails in every way it is told to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.fakes.failing_server import FailingServer


class BillingServer(FailingServer):
    """``plan`` holds how the next requests are treated, "ok" once it is empty: "500", "429",
    "400", "hang" (until ``release``), "twice" (two answers), "dies_after" (takes it, then breaks
    the connection), "dies_before", "other" (answers about another invoice), "401"."""

    def __init__(self) -> None:
        super().__init__()
        self.invoices: dict[str, dict[str, Any]] = {}
        self.keys: set[str] = set()
        self.requests: list[tuple[str, str]] = []
        self.tokens: list[str] = []
        self.url = f"http://127.0.0.1:{self.port}"

    def open_invoices(self) -> list[str]:
        return [key for key, one in self.invoices.items() if one["status"] != "void"]

    def take(self, row_id: str, key: str, body: dict[str, Any]) -> None:
        with self.lock:
            if key not in self.keys:
                self.keys.add(key)
                self.invoices[row_id] = body

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(self.body_of(handler))
        row_id = handler.path.rpartition("/")[2]
        key = str(handler.headers["Idempotency-Key"])
        with self.lock:
            self.requests.append((row_id, body["status"]))
            self.tokens.append(handler.headers.get("Authorization", ""))
            how = self.plan.popleft() if self.plan else "ok"
        if how == "hang":
            self.release.wait(60)
            how = "dies_before"
        if how in ("ok", "twice", "dies_after", "accept_and_hang"):
            self.take(row_id, key, body)
            self.taken.set()
        if how == "accept_and_hang":
            self.release.wait(60)
            how = "dies_before"
        if how.startswith("dies"):
            self.hang_up(handler)
            return
        code = 200 if how in ("ok", "twice", "other") else int(how)
        text = json.dumps({"id": "another" if how == "other" else row_id}).encode()
        for _ in range(2 if how == "twice" else 1):
            handler.send_response(code)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
            if code == 429:
                handler.send_header("Retry-After", "600")
            handler.end_headers()
            handler.wfile.write(text)


@contextmanager
def billing_server() -> Iterator[BillingServer]:
    server = BillingServer()
    with server.running():
        yield server
