"""The HTTP adapter of ``services.billing_gateway``.

``PUT <address>/invoices/<id>`` with the whole invoice as JSON, the message's id as
``Idempotency-Key`` and the token from the system's keyring as bearer. 2xx: taken. 429, 5xx and
silence: again later. Any other answer: never. Each request has a connection of its own, so that
bytes which a confused server sends too much are never read as the answer to the next message.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import quote

import requests

from clinic_desk.integrations.http_rules import checked_url, seconds_wished
from clinic_desk.integrations.kept_secret import KeptSecret
from clinic_desk.services.billing_gateway import Rejected, Unreachable
from clinic_desk.services.day_views import OutboxMessage
from clinic_desk.services.secrets import SecretKeeper

CONNECT, READ = 5.0, 15.0
"""Seconds until the service counts as away."""

LARGEST_ANSWER = 64_000
KEYRING_NAME = "billing"
EXAMPLE = "https://billing.example.org/api"


class HttpBilling:
    """``services.billing_gateway.BillingGateway``. ``token`` is asked for with every message, so
    that a new one counts at once. ``timeouts`` are seconds to connect and to answer."""

    def __init__(
        self,
        url: str,
        token: Callable[[], str],
        timeouts: tuple[float, float] = (CONNECT, READ),
    ) -> None:
        self._url = checked_url(url, example=EXAMPLE).rstrip("/")
        self._token = token
        self._timeouts = timeouts

    def deliver(self, message: OutboxMessage) -> None:
        headers = {"Idempotency-Key": message.id, "Connection": "close"}
        token = self._token()
        if token:
            headers["Authorization"] = f"Bearer {token}"
        try:
            with requests.Session() as session:
                session.trust_env = False
                answer = session.put(
                    f"{self._url}/invoices/{quote(message.subject_id, safe='')}",
                    json=dict(message.payload),
                    headers=headers,
                    timeout=self._timeouts,
                    allow_redirects=False,
                    stream=True,
                )
                with answer:
                    self._judge(answer, message)
        except requests.exceptions.Timeout as error:
            raise Unreachable("The billing service does not answer in time.") from error
        except requests.exceptions.SSLError as error:
            raise Unreachable("The billing service's certificate is not trusted.") from error
        except (requests.exceptions.RequestException, OSError) as error:
            raise Unreachable("The billing service cannot be reached.") from error

    def _judge(self, answer: requests.Response, message: OutboxMessage) -> None:
        code = answer.status_code
        if 200 <= code < 300:
            self._same(answer, message)
            return
        if code in (401, 403):
            raise Unreachable("The billing service does not accept the token; set a new one.")
        if code == 429 or code >= 500:
            raise Unreachable(
                f"The billing service answers with an error ({code}).",
                after=seconds_wished(answer.headers.get("Retry-After", "")),
                counts=True,
            )
        raise Rejected(f"The billing service refuses this invoice ({code}).")

    def _same(self, answer: requests.Response, message: OutboxMessage) -> None:
        """An answer that names an invoice names this one."""
        try:
            body = answer.raw.read(LARGEST_ANSWER, decode_content=True)
        except Exception as error:  # whatever breaks while reading, nothing is known
            raise Unreachable("The billing service broke off its answer.") from error
        if not body or "json" not in answer.headers.get("Content-Type", ""):
            return
        try:
            told = json.loads(body)
        except ValueError as error:
            raise Unreachable(
                "The billing service's answer cannot be read.", counts=True
            ) from error
        if isinstance(told, dict) and told.get("id", message.subject_id) != message.subject_id:
            raise Unreachable("The billing service answered about another invoice.", counts=True)


class KeyringBilling:
    """``services.billing_gateway.BillingLink``: the token lives in the computer's keyring alone."""

    def __init__(self, keeper: SecretKeeper) -> None:
        self._token = KeptSecret(keeper, KEYRING_NAME, "token", field="token")

    def gateway(self, url: str) -> HttpBilling:
        return HttpBilling(url, self._token.get)

    def has_token(self) -> bool:
        return bool(self._token.get())

    def keep_token(self, token: str) -> None:
        self._token.keep(token)
