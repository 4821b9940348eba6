"""An SMS gateway on this computer that speaks Twilio's Messages API and a made-up plain one, and
fails in every way it is told to."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.fakes.certificates import serving
from tests.fakes.failing_server import FailingServer

SID = "AC0123456789abcdef0123456789abcdef"


class GatewayServer(FailingServer):
    """``plan`` holds how the next messages are treated, "ok" once it is empty: "429" (with
    ``retry_after``), "500", "502", "400" (with ``error``), "401", "301", "hang" (until
    ``release``), "takes_and_dies", "takes_and_hangs", "dies", "drip" (a header without end),
    "drip_body", "huge" (takes it), "huge_head", "rubbish" (takes it). ``rows`` is what it keeps,
    the newest last; ``now`` dates it. ``contents`` are approved words by their numbers. ``window``:
    what becomes of free words by WhatsApp to whoever has not written for a day: "" nothing,
    "refuses", or "later" (taken, and not delivered)."""

    def __init__(self) -> None:
        super().__init__()
        self.reads: deque[str] = deque()
        self.rows: list[dict[str, Any]] = []
        self.requests: list[tuple[str, str, dict[str, str], str]] = []
        self.secret = "open sesame"
        self.retry_after = "120"
        self.error = 21211
        self.page = 50
        self.now = datetime.now(UTC)
        self.tls = False
        self.contents: dict[str, str] = {}
        self.window = ""
        self.odd: dict[str, object] = {}
        """Put into the answer to a message that it took."""

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://localhost:{self.port}"

    def sent(self) -> list[tuple[str, str]]:
        """(to, words) of every message that it took."""
        with self.lock:
            return [(row["to"], row["body"]) for row in self.rows if row["direction"] != "inbound"]

    def arrive(self, sender: str, text: str, to: str = "+442079460000") -> str:
        """An answer of a patient comes in."""
        return self._keep(to, text, sender, "inbound", "received")

    def _content(self, form: dict[str, str]) -> str:
        words = self.contents[form["ContentSid"]]
        for number, value in json.loads(form.get("ContentVariables", "{}")).items():
            words = words.replace(f"{{{{{number}}}}}", value)
        return words

    def _outside(self, to: str) -> bool:
        """WhatsApp to somebody who has not written for a day."""
        if not to.startswith("whatsapp:"):
            return False
        with self.lock:
            return not any(
                row["direction"] == "inbound"
                and row["from"] == to
                and self.now - parsedate_to_datetime(row["date_sent"]) < timedelta(days=1)
                for row in self.rows
            )

    def _wrong(self, raw: str) -> int:
        """The number of what the provider has against it, as its manual has them."""
        form = {key: value[0] for key, value in parse_qs(raw, keep_blank_values=True).items()}
        if "Body" in form and self.window == "refuses" and self._outside(form["To"]):
            return 63016
        if "ContentSid" not in form:
            return 21654 if "ContentVariables" in form else 0
        if "Body" in form or form["ContentSid"] not in self.contents:
            return 21655
        try:
            values = json.loads(form.get("ContentVariables", "{}"))
        except ValueError:
            return 21656
        if not isinstance(values, dict) or not all(map(_is_value, values.values())):
            return 21656
        wanted = set(re.findall(r"\{\{([0-9]+)\}\}", self.contents[form["ContentSid"]]))
        return 0 if wanted == set(values) else 63028

    def mark(self, sid: str, status: str, error: int | None = None) -> None:
        with self.lock:
            for row in self.rows:
                if row["sid"] == sid:
                    row["status"] = status
                    row["error_code"] = error
                    row["date_updated"] = format_datetime(self.now)

    def _keep(self, to: str, body: str, sender: str, direction: str, status: str) -> str:
        with self.lock:
            sid = f"SM{len(self.rows):032d}"
            stamp = format_datetime(self.now)
            self.rows.append(
                {
                    "sid": sid,
                    "to": to,
                    "from": sender,
                    "body": body,
                    "direction": direction,
                    "status": status,
                    "error_code": None,
                    "num_segments": str(1 + len(body) // 160),
                    "date_created": stamp,
                    "date_sent": stamp,
                    "date_updated": stamp,
                }
            )
        return sid

    def _row(self, sid: str) -> dict[str, Any] | None:
        with self.lock:
            return next((dict(row) for row in self.rows if row["sid"] == sid), None)

    def treat(self, handler: BaseHTTPRequestHandler) -> None:
        raw = self.body_of(handler).decode()
        with self.lock:
            self.requests.append(("POST", handler.path, dict(handler.headers), raw))
            how = self.plan.popleft() if self.plan else "ok"
        if how == "ok" and not self._let_in(handler):
            how = "401"
        sid = ""
        if how == "ok" and "json" not in handler.headers.get("Content-Type", ""):
            self.error = self._wrong(raw)
            how = "400" if self.error else "ok"
        if how in ("ok", "takes_and_dies", "takes_and_hangs", "huge", "rubbish"):
            if "json" in handler.headers.get("Content-Type", ""):
                told = json.loads(raw)
                sid = self._keep(told["to"], told["text"], told["from"], "outbound-api", "queued")
            else:
                form = {key: value[0] for key, value in parse_qs(raw).items()}
                sender = form.get("From", form.get("MessagingServiceSid", ""))
                words = form.get("Body") or self._content(form)
                sid = self._keep(form["To"], words, sender, "outbound-api", "queued")
            self.taken.set()
        told = (self._row(sid) or {}) | self.odd
        if sid and "Body=" in raw and self.window == "later" and self._outside(told["to"]):
            self.mark(sid, "undelivered", 63016)
        self._answer(handler, how, 201, told)

    def read(self, handler: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.requests.append(("GET", handler.path, dict(handler.headers), ""))
            how = self.reads.popleft() if self.reads else "ok"
        if how == "ok" and not self._let_in(handler):
            how = "401"
        parts = urlsplit(handler.path)
        name = parts.path.rpartition("/")[2]
        if name != "Messages.json":
            row = self._row(name.removesuffix(".json"))
            self._answer(handler, how if row else "404", 200, row or {})
            return
        query = {key: value[0] for key, value in parse_qs(parts.query).items()}
        with self.lock:
            rows = [dict(row) for row in reversed(self.rows)]
        if "To" in query:
            rows = [row for row in rows if row["to"] == query["To"]]
        page, size = int(query.get("Page", 0)), min(int(query.get("PageSize", 50)), self.page)
        here, more = rows[page * size : (page + 1) * size], rows[(page + 1) * size :]
        following = None
        if more:
            to = f"&To={query['To'].replace('+', '%2B')}" if "To" in query else ""
            following = f"{parts.path}?PageSize={size}&Page={page + 1}{to}"
        self._answer(handler, how, 200, {"messages": here, "next_page_uri": following})

    def _let_in(self, handler: BaseHTTPRequestHandler) -> bool:
        way, _, word = handler.headers.get("Authorization", "").partition(" ")
        if way == "Basic":
            return b64decode(word).decode() == f"{SID}:{self.secret}"
        return word == self.secret

    def _answer(
        self, handler: BaseHTTPRequestHandler, how: str, code: int, told: dict[str, Any]
    ) -> None:
        if how in ("hang", "takes_and_hangs"):
            self.release.wait(120)
        if how in ("takes_and_dies", "dies", "hang", "takes_and_hangs"):
            self.hang_up(handler)
            return
        if how in ("drip", "drip_body", "huge_head"):
            self._trickle(handler, how)
            return
        text = json.dumps(told).encode()
        if how.isdecimal():
            code = int(how)
            text = json.dumps(
                {"code": self.error if code == 400 else code * 10, "message": "To: +44 is bad"}
            ).encode()
        if how == "huge":
            text = b'{"sid": "' + b"x" * 8_000_000
        if how == "rubbish":
            text = b"<html>well done</html>"
        with suppress(OSError):
            handler.send_response(code)
            handler.send_header("Content-Type", "application/json")
            handler.send_header("Content-Length", str(len(text)))
            if code in (429, 503) and self.retry_after:
                handler.send_header("Retry-After", self.retry_after)
            if code == 301:
                handler.send_header("Location", f"{self.url}/elsewhere")
            handler.end_headers()
            handler.wfile.write(text)

    def _trickle(self, handler: BaseHTTPRequestHandler, how: str) -> None:
        handler.close_connection = True
        with suppress(OSError):
            handler.wfile.write(b"HTTP/1.1 201 Created\r\n")
            if how == "drip_body":
                handler.wfile.write(b"Content-Length: 100000\r\n\r\n")
            while not self.release.wait(0 if how == "huge_head" else 0.02):
                handler.wfile.write(b"X-A: " + b"a" * 5000 + b"\r\n" if how[0] == "h" else b"X")


def _is_value(value: object) -> bool:
    told = isinstance(value, str) and bool(value.strip()) and len(value) <= 1600
    return told and not re.search(r"[\n\r\t]| {5}", str(value))


@contextmanager
def gateway_server(*, certificate: str = "") -> Iterator[GatewayServer]:
    """``certificate`` as of ``certificates.serving``; empty: without TLS."""
    server = GatewayServer()
    if certificate:
        server.tls = True
        server.http.socket = serving(certificate).wrap_socket(
            server.http.socket, server_side=True, do_handshake_on_connect=False
        )
    with server.running():
        yield server
