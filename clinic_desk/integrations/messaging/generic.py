"""SMS and WhatsApp by any gateway that takes one HTTP request for a message.

The clinic writes the request as the gateway's manual has it, with ``{{to}}`` and the like where
the values go; they are escaped as the place wants it.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, quote_plus, urlsplit
from xml.sax.saxutils import escape

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.integrations.http_rules import checked_url
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.messaging.http_call import LATER, Answer, Trust, call
from clinic_desk.services.message_ports import Envelope, Polled, Receipt
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled

METHODS = ("POST", "PUT", "GET")
VALUES = ("to", "to_digits", "from", "text", "key", "id", "account", "secret", "basic")
"""What may stand between double braces. ``to_digits``: the number without its plus; ``basic``:
account and secret as HTTP's basic log-in wants them."""

APPROVED = ("template", "language", "variables", "parameters")
"""What may stand there for WhatsApp beside: the number or name of approved words, their language,
and their values as JSON, by their numbers ({"1": "Ana"}) or as Meta's own gateway wants them
([{"type": "text", "text": "Ana"}])."""

HIDDEN = frozenset({"secret", "basic"})
WHOLE = frozenset({"variables", "parameters"})
"""JSON that stands in a JSON body as it is, unless it is within quotation marks."""

NEVER_HEADED = frozenset({"text", *WHOLE})
NO_TEMPLATE = (
    "This text has no approved template, and the WhatsApp gateway is set up to send those alone; "
    "look at it under Settings › Message texts."
)
DEFAULT_BODY = '{"from": "{{from}}", "to": "{{to}}", "text": "{{text}}", "reference": "{{key}}"}'
JSON_TYPE = "application/json"

_PLACE = re.compile(r"\{\{\s*([a-z_]*)\s*\}\}")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding"})
_LOG_IN = frozenset({"authorization", "x-api-key", "api-key", "x-auth-token", "apikey"})


@dataclass(frozen=True, slots=True)
class Request:
    """As the clinic wrote it, checked. ``success`` and ``reference`` are paths into a JSON answer
    ("messages.0.status=queued", "messages.0.id"); empty: any 2xx is a yes; no id."""

    url: str
    method: str
    headers: tuple[tuple[str, str], ...]
    body: str
    sender: str = ""
    account: str = ""
    success: str = ""
    reference: str = ""

    @property
    def hidden(self) -> bool:
        """Whether it holds the secret somewhere."""
        told = [self.body, *(value for _name, value in self.headers)]
        return any(HIDDEN & set(_PLACE.findall(one)) for one in told)

    @property
    def fixed(self) -> bool:
        """Whether its address is the same for all messages."""
        return not _PLACE.search(self.url)

    @property
    def approved(self) -> bool:
        """Whether it sends approved words."""
        return "template" in _PLACE.findall(self.url + self.body)


def checked_request(settings: Mapping[str, object], channel: Channel = Channel.SMS) -> Request:
    """Raises ``Refusal`` with ``field``: url, method, headers, body, success or reference."""
    known = (*VALUES, *(APPROVED if channel is Channel.WHATSAPP else ()))

    def said(name: str) -> str:
        value = settings.get(name)
        return value.strip() if isinstance(value, str) else ""

    url = checked_url(_PLACE.sub("0", said("url")))
    method = said("method").upper() or "POST"
    if method not in METHODS:
        raise Refusal("bad_method", f"Choose {', '.join(METHODS)}.", field="method")
    headers = tuple(_headers(said("headers"), known))
    body = said("body") or ("" if method == "GET" else DEFAULT_BODY)
    request = Request(
        url=said("url"),
        method=method,
        headers=headers,
        body=body,
        sender=said("from"),
        account=said("account"),
        success=said("success"),
        reference=said("reference"),
    )
    _names(said("url"), "url", [one for one in known if one not in HIDDEN])
    _names(body, "body", known)
    if urlsplit(url).netloc != urlsplit(said("url")).netloc:
        raise Refusal("bad_url", "The server’s name cannot hold a value.", field="url")
    if not {"text", "template"} & set(_PLACE.findall(said("url") + body)):
        raise Refusal("no_text", "Write {{text}} where the words of the message go.", field="body")
    if not re.search(r"\{\{\s*to(_digits)?\s*\}\}", said("url") + body):
        raise Refusal("no_number", "Write {{to}} where the patient’s number goes.", field="body")
    if _kind(headers) == "json" and body:
        try:
            json.loads(_PLACE.sub("0", body))
        except ValueError as error:
            raise Refusal(
                "bad_json",
                "This is not JSON. Put {{text}} and {{to}} between quotation marks, and look at "
                "commas and brackets.",
                field="body",
            ) from error
    _check_answer(request)
    return request


def _check_answer(request: Request) -> None:
    """Where in the answer it is looked whether the message was taken, and what its number is."""
    if request.success and not re.fullmatch(r"[^=\s]+=[^=]+", request.success):
        raise Refusal(
            "bad_path", "Write a path and what stands there, such as status=ok.", field="success"
        )
    if re.search(r"[=\s]", request.reference):
        raise Refusal("bad_path", "Write a path such as messages.0.id.", field="reference")


class GenericTransport:
    """``message_ports.Transport``. ``secret`` is asked for with each call, off the main thread."""

    def __init__(
        self,
        channel: Channel,
        request: Request,
        secret: Callable[[], str],
        clock: Clock,
        trust: Trust,
        limits: Limits | None = None,
    ) -> None:
        self._channel, self._request, self._secret = channel, request, secret
        self._clock, self._trust, self._limits = clock, trust, limits or Limits()
        self._name = f"the {CHANNEL_WORDS[channel]} gateway"

    def ready(self) -> None:
        self._secret()

    def send(self, envelope: Envelope) -> Receipt:
        to = re.sub(r"[\s().\-/]", "", envelope.address)
        if not re.fullmatch(r"\+?[0-9]{5,15}", to):
            raise Rejected("The patient’s number is not complete, or is none.")
        request = self._request
        if request.approved and not envelope.approved:
            raise Rejected(NO_TEMPLATE)
        values = _values(envelope, request, to, self._secret())
        kind = _kind(request.headers)
        headers = {"Accept": "application/json", "Idempotency-Key": _plain(envelope.key)[:200]}
        for name, value in request.headers:
            headers[name] = _filled(value, values, _plain)
        if kind == "json" and request.body:
            headers.setdefault("Content-Type", JSON_TYPE)
        body = _filled(request.body, values, _ESCAPES[kind])
        answer = call(
            request.method,
            _filled(request.url, values, lambda text: quote(text, safe="")),
            name=self._name,
            trust=self._trust,
            limits=self._limits,
            headers=headers,
            body=body.encode() if request.body else None,
        )
        return self._judged(answer)

    def poll(self, since: str, sent: Sequence[str]) -> Polled:  # noqa: ARG002
        """No two gateways agree how to ask."""
        return Polled()

    def test(self, address: str) -> str:
        now = self._clock.now().isoformat()
        self.send(
            Envelope(
                id="test",
                key=f"test:{now}",
                channel=self._channel,
                address=address,
                body="This is a test. Messages from Clinic Desk arrive at this number.",
            )
        )
        host = urlsplit(self._request.url).hostname
        return f"{host} took the test message. Look whether it arrived."

    def _judged(self, answer: Answer) -> Receipt:
        the = self._name[:1].upper() + self._name[1:]
        code, after = answer.code, answer.after(self._clock.now())
        if code in (401, 403):
            raise Unsettled(f"{the} does not accept the log-in ({code}); set it anew.")
        if code in (404, 405) and self._request.fixed:
            raise Unsettled(
                f"There is nothing at the address of {self._name} that takes messages ({code})."
            )
        if code in LATER:
            raise Unreachable(f"{the} {LATER[code]} ({code}).", after=after, counts=True)
        if code >= 500:
            raise Unreachable(
                f"{the} answers with an error ({code}).",
                after=after,
                counts=True,
                unknown=code in (502, 504),
            )
        if 300 <= code < 400:
            raise Unsettled(f"{the} sends to another address ({code}); look at the settings.")
        if not 200 <= code < 300:
            raise Rejected(f"{the} refuses this message ({code}).")
        if not self._request.success and not self._request.reference:
            return Receipt()
        try:
            told = json.loads(answer.body) if answer.whole else None
        except (ValueError, RecursionError):
            told = None
        if self._request.success:
            path, _, wanted = self._request.success.partition("=")
            if told is None:
                raise Unreachable(
                    f"The answer of {self._name} cannot be read.", counts=True, unknown=True
                )
            if _at(told, path).casefold() != wanted.strip().casefold():
                raise Rejected(f"{the} does not take this message.")
        # what cannot be stored is no number: the message was taken all the same
        reference = "".join(filter(str.isprintable, _at(told, self._request.reference)))
        return Receipt(provider_id=reference[:200])


def _values(envelope: Envelope, request: Request, to: str, secret: str) -> dict[str, str]:
    """What the places of a request are filled with, not escaped yet."""
    return {
        "to": to,
        "to_digits": to.lstrip("+"),
        "from": request.sender,
        "text": envelope.body,
        "key": envelope.key,
        "id": envelope.id,
        "account": request.account,
        "secret": secret,
        "basic": b64encode(f"{request.account}:{secret}".encode()).decode(),
        "template": envelope.approved,
        "language": envelope.language,
        "variables": json.dumps({str(n): one for n, one in enumerate(envelope.values, 1)}),
        "parameters": json.dumps([{"type": "text", "text": one} for one in envelope.values]),
    }


def _headers(text: str, known: Sequence[str]) -> list[tuple[str, str]]:
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = (part.strip() for part in line.partition(":"))
        if not colon or not _HEADER.fullmatch(name) or not value.isprintable():
            raise Refusal(
                "bad_header",
                "Write one header in a line, such as Content-Type: application/json.",
                field="headers",
            )
        if not value.isascii():
            raise Refusal("bad_header", f"{name} may hold plain letters only.", field="headers")
        if name.lower() in _OURS:
            raise Refusal(
                "bad_header", f"Leave {name} out; it is written by itself.", field="headers"
            )
        if name.lower() in _LOG_IN and not HIDDEN & set(_PLACE.findall(value)):
            raise Refusal(
                "secret",
                f"Write {{{{secret}}}} in {name} and type the secret into its own field; it is "
                "kept in the keyring.",
                field="headers",
            )
        _names(value, "headers", [one for one in known if one not in NEVER_HEADED])
        found.append((name, value))
    return found


def _names(text: str, field: str, known: Sequence[str]) -> None:
    for name in _PLACE.findall(text):
        if name in HIDDEN and name not in known:
            raise Refusal("secret", "The secret belongs into a header or the body.", field=field)
        if name not in known:
            there = ", ".join(f"{{{{{one}}}}}" for one in known)
            raise Refusal(
                "unknown_value", f"There is no {{{{{name}}}}}. There are {there}.", field=field
            )


def _kind(headers: Sequence[tuple[str, str]]) -> str:
    told = next((value for name, value in headers if name.lower() == "content-type"), JSON_TYPE)
    for kind in ("json", "form", "xml"):
        if kind in told.lower():
            return kind
    return "plain"


def _plain(text: str) -> str:
    """In a header: nothing begins another."""
    return re.sub(r"[^\x21-\x7e]+", " ", text).strip()


_ESCAPES: Mapping[str, Callable[[str], str]] = {
    "json": lambda text: json.dumps(text)[1:-1],
    "form": quote_plus,
    "xml": lambda text: escape(text, {'"': "&quot;", "'": "&apos;"}),
    "plain": str,
}


def _filled(text: str, values: Mapping[str, str], escaped: Callable[[str], str]) -> str:
    def told(found: re.Match[str]) -> str:
        name = found.group(1)
        if name in WHOLE and escaped is _ESCAPES["json"]:
            quotes = re.findall(r'\\.|"', text[: found.start()])
            if quotes.count('"') % 2 == 0:
                return values[name]
        return escaped(values[name])

    return _PLACE.sub(told, text)


def _at(told: Any, path: str) -> str:
    """What stands at a path of a JSON answer, as text; empty where there is nothing."""
    if not path or told is None:
        return ""
    for step in path.split("."):
        if isinstance(told, dict):
            told = told.get(step)
        elif isinstance(told, list) and re.fullmatch(r"[0-9]{1,4}", step):
            told = told[int(step)] if int(step) < len(told) else None
        else:
            return ""
    if isinstance(told, bool):
        return "true" if told else "false"
    return str(told) if isinstance(told, str | int | float) else ""
