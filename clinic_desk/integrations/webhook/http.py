"""Posts signed JSON to an address (docs/guide/webhook.md tells the other side how to check it).

The signature is HMAC-SHA256 over "timestamp.body" with the secret of the settings page, so that
nobody else can make events up, and an old one sent once more shows its age.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping

from clinic_desk.domain.ids import Clock, Id
from clinic_desk.integrations.http_rules import checked_url
from clinic_desk.integrations.kept_secret import KeptSecret
from clinic_desk.integrations.messaging.deadline import Limits, trusted
from clinic_desk.integrations.messaging.http_call import Answer, Trust, call
from clinic_desk.services.day_views import OutboxMessage
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled
from clinic_desk.services.secrets import SecretKeeper
from clinic_desk.services.webhook import SCHEMA

LIMITS = Limits(connect=5.0, answer=10.0, whole=15.0)
LARGEST_ANSWER = 64_000
NAME = "the webhook’s address"

KEYRING_NAME = "webhook"
TIMESTAMP, SIGNATURE, EVENT = (
    "Clinic-Desk-Timestamp",
    "Clinic-Desk-Signature",
    "Clinic-Desk-Event",
)
GONE = 410
"""By this answer the other side says that it wants no more of it."""

NO_SECRET = (
    "The webhook’s secret is not in the keyring of the computer that sends; type it there, under "
    "Settings › Messages."
)


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """ "v1=" and the hexadecimal HMAC-SHA256 of "timestamp.body"."""
    text = timestamp.encode() + b"." + body
    return "v1=" + hmac.new(secret.encode(), text, hashlib.sha256).hexdigest()


class HttpWebhook:
    """``services.outbox.Deliverer``. ``secret`` is asked for with every event, so that a new one
    counts at once."""

    def __init__(
        self,
        url: str,
        secret: Callable[[], str],
        clock: Clock,
        limits: Limits = LIMITS,
        trust: Trust = trusted,
    ) -> None:
        self._url = checked_url(url)
        self._secret = secret
        self._clock = clock
        self._limits = limits
        self._trust = trust

    def deliver(self, message: OutboxMessage) -> None:
        """Raises ``Unreachable`` or ``Rejected``."""
        self._post(message.id, {"id": message.id, **message.payload})

    def test(self, delivery: Id) -> None:
        """An event that is about nothing. Raises ``Unreachable`` or ``Rejected``."""
        now = self._clock.now()
        self._post(
            delivery,
            {
                "id": delivery,
                "schema": SCHEMA,
                "event": "test",
                "occurred_at": now.isoformat(timespec="seconds"),
                "appointment": None,
            },
        )

    def _post(self, delivery: Id, event: Mapping[str, object]) -> None:
        secret = self._secret()
        if not secret:
            raise Unsettled(NO_SECRET)
        body = json.dumps(event, separators=(",", ":"), sort_keys=True).encode()
        timestamp = str(int(self._clock.now().timestamp()))
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Clinic-Desk",
            "Connection": "close",
            "Idempotency-Key": delivery,
            EVENT: str(event["event"]),
            TIMESTAMP: timestamp,
            SIGNATURE: signature(secret, timestamp, body),
        }
        answer = call(
            "POST",
            self._url,
            name=NAME,
            trust=self._trust,
            limits=self._limits,
            headers=headers,
            body=body,
            most=LARGEST_ANSWER,
        )
        self._judge(answer)

    def _judge(self, answer: Answer) -> None:
        code = answer.code
        if 200 <= code < 300:
            return
        if code in (401, 403):
            raise Unsettled(
                "The webhook’s address does not accept the signature; check the secret."
            )
        if code in (408, 425, 429) or code >= 500:
            raise Unreachable(
                f"The webhook’s address answers with an error ({code}).",
                after=answer.after(self._clock.now()),
                counts=True,
            )
        if code == GONE:
            raise Rejected("The webhook’s address says that it wants no events (410).")
        raise Rejected(f"The webhook’s address refuses this event ({code}).")


class KeyringWebhook:
    """``services.webhook.WebhookLink``: the secret lives in the computer's keyring alone."""

    def __init__(self, keeper: SecretKeeper, clock: Clock) -> None:
        self._kept = KeptSecret(keeper, KEYRING_NAME, "secret")
        self._clock = clock

    def publisher(self, url: str) -> HttpWebhook:
        return HttpWebhook(url, self._secret, self._clock)

    def test(self, url: str, delivery: Id) -> str:
        self.publisher(url).test(delivery)
        return "The address took a test event."

    def has_secret(self) -> bool:
        return bool(self._secret())

    def keep_secret(self, secret: str) -> None:
        self._kept.keep(secret)

    def _secret(self) -> str:
        return self._kept.get()
