"""SMS and WhatsApp by a gateway that speaks Twilio's Messages API.

It offers no key under which the same message is taken once only. When it is not known whether an
earlier attempt was taken, its list is searched for the same words to the same number first.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from clinic_desk.domain.ids import Clock
from clinic_desk.domain.messages import CHANNEL_WORDS, Channel, Delivery
from clinic_desk.integrations.messaging.deadline import Deadline, Limits
from clinic_desk.integrations.messaging.http_call import LATER, Answer, Trust, call
from clinic_desk.integrations.messaging.twilio_rows import (
    APPROVED,
    FREE_TEST,
    NUMBER,
    content_of,
    day_of,
    instant_of,
    is_sid,
    json_of,
    reason_of,
    tells,
    updated_of,
)
from clinic_desk.services.message_ports import Answered, Envelope, Polled, Receipt
from clinic_desk.services.outbox_faults import Rejected, Unreachable, Unsettled

HOME = "https://api.twilio.com"
LOOK_BACK = timedelta(days=1)
"""How far back an earlier attempt is looked for, and answers at the first poll."""

OVERLAP = timedelta(minutes=10)
"""A poll begins so long before the last: what came late at the provider is not missed."""

PAGE, PAGES = 200, 20
ONE_BY_ONE = 20
"""Messages whose state is asked for singly; more are read from the list."""

LONGEST_LIST = 4_000_000
LONGEST_SEARCH = 60.0
"""Seconds; well within the lease under which a message is sent."""

REMEMBERED = 5_000

DELIVERIES: Mapping[str, Delivery] = {
    "accepted": Delivery.QUEUED,
    "scheduled": Delivery.QUEUED,
    "queued": Delivery.QUEUED,
    "sending": Delivery.QUEUED,
    "sent": Delivery.QUEUED,
    "delivered": Delivery.DELIVERED,
    "read": Delivery.READ,
    "failed": Delivery.UNDELIVERED,
    "undelivered": Delivery.UNDELIVERED,
    "canceled": Delivery.UNDELIVERED,
}

NEVER: Mapping[int, str] = {
    21211: "The patient’s number is not complete, or is none.",
    21214: "The patient’s number cannot be reached by SMS.",
    21217: "The patient’s number is not complete, or is none.",
    21265: "The patient’s number is a short one, which cannot be written to.",
    21408: "The gateway account may not send to the patient’s country.",
    21602: "The message has no words.",
    21610: "The patient has answered STOP to this number, so the gateway sends nothing there.",
    21612: "The gateway has no way to the patient’s number from the clinic’s.",
    21614: "The patient’s number is not a mobile one.",
    21617: "The message is too long for one SMS series.",
    21635: "The patient’s number is a landline.",
    63003: "The patient’s number has no WhatsApp.",
    63013: "The message is against the rules of WhatsApp.",
    63024: "The patient’s number has no WhatsApp.",
    63032: "WhatsApp does not let this message reach the patient.",
    **APPROVED,
}
"""What the gateway's error numbers mean for the message at hand. None speaks of the patient's
number or address unless that is wrong: by these words a correction is offered."""

ACCOUNT: Mapping[int, str] = {
    20003: "The gateway does not accept the account and its secret; set them anew.",
    20005: "The gateway account is not in use.",
    20404: "The gateway does not know this account; look at its identifier.",
    21212: "The clinic’s sending number is not one that the gateway knows.",
    21407: "The clinic’s sending number cannot send this kind of message.",
    21606: "The clinic’s sending number cannot send this kind of message.",
    30002: "The gateway account is suspended.",
    63007: "The clinic’s sending number is no WhatsApp sender.",
}
"""What they mean for the clinic's account: messages wait until that is put right."""

BUSY: Mapping[int, str] = {
    30001: "The gateway’s queue is full.",
    63018: "WhatsApp wants fewer messages at a time.",
}
"""What passes by itself: the message is tried again."""


@dataclass(frozen=True, slots=True)
class Account:
    """``sender``: a number, a name, or a messaging service ("MG…")."""

    sid: str
    sender: str
    url: str = HOME


class TwilioTransport:
    """``message_ports.Transport``. ``secret`` is asked for with each call, off the main thread."""

    def __init__(
        self,
        channel: Channel,
        account: Account,
        secret: Callable[[], str],
        clock: Clock,
        trust: Trust,
        limits: Limits | None = None,
    ) -> None:
        self._channel, self._account, self._secret = channel, account, secret
        self._clock, self._trust, self._limits = clock, trust, limits or Limits()
        self._name = f"the {CHANNEL_WORDS[channel]} gateway"
        self._the = f"The {CHANNEL_WORDS[channel]} gateway"
        self._list = (
            f"{account.url.rstrip('/')}/2010-04-01/Accounts/{quote(account.sid, safe='')}/Messages"
        )
        self._known: OrderedDict[str, str] = OrderedDict()

    def ready(self) -> None:
        self._secret()

    def send(self, envelope: Envelope) -> Receipt:
        to = self._number(envelope.address)
        if not to:
            raise Rejected(NEVER[21211])
        if not envelope.body.strip():
            raise Rejected(NEVER[21602])
        if envelope.approved and not NUMBER.fullmatch(envelope.approved):
            raise Rejected(NEVER[21655])
        if envelope.unsure:
            earlier = self._earlier(to, envelope)
            if earlier is not None:
                return self._receipt(earlier, envelope.key)
        fields = {"To": to, **content_of(envelope)}
        sender = self._account.sender
        if re.fullmatch(r"MG[0-9a-zA-Z]{32}", sender):
            fields["MessagingServiceSid"] = sender
        else:
            fields["From"] = self._number(sender) or sender
        answer = self._call(
            "POST",
            f"{self._list}.json",
            {
                "Content-Type": "application/x-www-form-urlencoded",
                "Idempotency-Key": envelope.key.encode("ascii", "replace").decode()[:200],
            },
            urlencode(fields).encode(),
        )
        return self._receipt(self._judged(answer), envelope.key)

    def poll(self, since: str, sent: Sequence[str]) -> Polled:
        now = self._clock.now()
        try:
            first = min(datetime.fromisoformat(since).astimezone(UTC), now)
        except (ValueError, OverflowError):
            first = now - LOOK_BACK
        deliveries = self._deliveries(list(dict.fromkeys(sent)), now)
        answers = []
        for row in self._rows(self._inbound(first - OVERLAP)):
            if row.get("direction") == "inbound" and instant_of(row) >= first - OVERLAP:
                answer = self._answered(row)
                if answer is not None:
                    answers.append(answer)
        answers.sort(key=lambda one: (one.received_at, one.provider_id))
        newest = max((one.received_at for one in answers), default=first)
        # a date of a year to come would hide all answers until then
        cursor = min(max(first, newest), now).isoformat()
        return Polled(
            deliveries=tuple(one for one, _ in deliveries),
            reasons={one[1]: why for one, why in deliveries if why},
            answers=tuple(answers),
            cursor=cursor,
        )

    def test(self, address: str) -> str:
        try:
            receipt = self.send(
                Envelope(
                    id="test",
                    key=f"test:{self._clock.now().isoformat()}",
                    channel=self._channel,
                    address=address,
                    body="This is a test. Messages from Clinic Desk arrive at this number.",
                )
            )
        except Rejected as error:
            if error.sentence == NEVER[63016]:
                raise Rejected(FREE_TEST) from error
            raise
        host = urlsplit(self._account.url).hostname
        parts = f" in {receipt.parts} parts" if receipt.parts > 1 else ""
        return f"{host} took the test message{parts}. Look whether it arrived."

    # inside

    def _number(self, text: str) -> str:
        """As the gateway wants it; empty when it is none."""
        digits = re.sub(r"[\s().\-/]", "", text.removeprefix("whatsapp:"))
        if not re.fullmatch(r"\+[1-9][0-9]{6,14}", digits):
            return ""
        return f"whatsapp:{digits}" if self._channel is Channel.WHATSAPP else digits

    def _call(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        most: int = 256_000,
    ) -> Answer:
        word = b64encode(f"{self._account.sid}:{self._secret()}".encode()).decode()
        return call(
            method,
            url,
            name=self._name,
            trust=self._trust,
            limits=self._limits,
            headers={"Authorization": f"Basic {word}", "Accept": "application/json"}
            | dict(headers or {}),
            body=body,
            most=most,
        )

    def _judged(self, answer: Answer) -> dict[str, Any]:
        """The JSON of a yes. Raises ``Unreachable`` or ``Rejected``."""
        told = json_of(answer)
        if 200 <= answer.code < 300:
            if told is None or not is_sid(told.get("sid")):
                raise Unreachable(
                    f"The answer of {self._name} cannot be read.", counts=True, unknown=True
                )
            return told
        self._said_no(answer, told)
        raise AssertionError

    def _said_no(self, answer: Answer, told: dict[str, Any] | None) -> None:
        number = told.get("code") if told is not None else None
        number = number if isinstance(number, int) else 0
        after = answer.after(self._clock.now())
        if number in BUSY:
            raise Unreachable(BUSY[number], after=after, counts=True)
        if number in ACCOUNT:
            raise Unsettled(ACCOUNT[number])
        if answer.code in (401, 403):
            raise Unsettled(ACCOUNT[20003])
        if answer.code == 404:
            raise Unsettled(ACCOUNT[20404])
        if answer.code in LATER:
            told_of = f"{self._the} {LATER[answer.code]} ({answer.code})."
            raise Unreachable(told_of, after=after, counts=True)
        if answer.code >= 500:
            raise Unreachable(
                f"{self._the} has an error of its own ({answer.code}).",
                after=after,
                counts=True,
                # an inner server that took it may be behind one that gave up waiting for it
                unknown=answer.code in (502, 504),
            )
        if 300 <= answer.code < 400:
            raise Unsettled(
                f"{self._the} sends to another address ({answer.code}); look at the settings."
            )
        code = number or answer.code
        raise Rejected(NEVER.get(number, f"{self._the} refuses this message ({code})."))

    def _receipt(self, row: Mapping[str, Any], key: str) -> Receipt:
        """Raises ``Rejected`` for one that the gateway has given up already."""
        sid = str(row["sid"])
        state = DELIVERIES.get(str(row.get("status")), Delivery.UNKNOWN)
        if state is Delivery.UNDELIVERED:
            raise Rejected(reason_of(row, NEVER) or f"{self._the} did not let it through.")
        self._known[sid] = key
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        parts = str(row.get("num_segments") or "")
        return Receipt(
            provider_id=sid,
            delivery=state,
            parts=int(parts) if re.fullmatch(r"[0-9]{1,3}", parts) else 0,
        )

    def _earlier(self, to: str, envelope: Envelope) -> Mapping[str, Any] | None:
        """An attempt that was taken though we never heard so, or could not note it; one that is
        known as another message has the same words by chance. Raises ``Unreachable`` when looking
        takes so long that somebody else might send it meanwhile."""
        began, patience = self._clock.now(), Deadline(LONGEST_SEARCH)
        query = urlencode({"To": to, "DateSent>": day_of(began - LOOK_BACK), "PageSize": PAGE})
        found = None
        try:
            for row in self._rows(f"{self._list}.json?{query}"):
                patience.left(1.0)
                sid = row.get("sid")
                if (
                    str(row.get("direction", "")).startswith("outbound")
                    and row.get("to") == to
                    and is_sid(sid)
                    and tells(row.get("body"), envelope)
                    and self._known.get(str(sid), envelope.key) == envelope.key
                    and sid not in envelope.others
                    and instant_of(row) >= began - LOOK_BACK
                ):
                    found = row
                    break
            patience.left(1.0)
        except TimeoutError:
            slow = True
        else:
            # a computer that slept meanwhile did not count the seconds
            slow = not timedelta() <= self._clock.now() - began <= timedelta(minutes=2)
        if found is None and slow:
            raise Unreachable(f"The list of {self._name} came too slowly, so nothing was sent.")
        return found

    def _inbound(self, first: datetime) -> str:
        query = {"DateSent>": day_of(first), "PageSize": str(PAGE)}
        sender = self._number(self._account.sender)
        if sender:
            query["To"] = sender
        return f"{self._list}.json?{urlencode(query)}"

    def _deliveries(
        self, sent: list[str], now: datetime
    ) -> list[tuple[tuple[Channel, str, Delivery, datetime], str]]:
        """With why it did not arrive; empty where it did, or nobody says."""
        rows: dict[str, Mapping[str, Any]] = {}
        wanted = set(sent)
        if len(sent) > ONE_BY_ONE:
            query = urlencode({"DateSent>": day_of(now - LOOK_BACK), "PageSize": PAGE})
            for row in self._rows(f"{self._list}.json?{query}"):
                if row.get("sid") in wanted:
                    rows[str(row["sid"])] = row
                    if len(rows) == len(wanted):
                        break
        for sid in [one for one in sent if one not in rows][:ONE_BY_ONE]:
            answer = self._call("GET", f"{self._list}/{quote(sid, safe='')}.json")
            if answer.code == 404:
                continue  # deleted there
            rows[sid] = self._judged(answer)
        found: list[tuple[tuple[Channel, str, Delivery, datetime], str]] = []
        for sid in sent:
            row = rows.get(sid, {})
            state = DELIVERIES.get(str(row.get("status")), Delivery.UNKNOWN)
            if state is not Delivery.UNKNOWN:
                why = reason_of(row, NEVER) if state is Delivery.UNDELIVERED else ""
                found.append(((self._channel, sid, state, min(now, updated_of(row, now))), why))
        return found

    def _rows(self, url: str) -> Iterator[Mapping[str, Any]]:
        """Of the list, page by page. Raises ``Unreachable``."""
        for _ in range(PAGES):
            answer = self._call("GET", url, most=LONGEST_LIST)
            told = json_of(answer)
            if answer.code != 200:
                try:
                    self._said_no(answer, told)
                except Rejected as error:
                    raise Unreachable(error.sentence, counts=True) from error
            rows = told.get("messages") if told is not None else None
            if told is None or not isinstance(rows, list):
                raise Unreachable(f"The answer of {self._name} cannot be read.", counts=True)
            yield from (row for row in rows if isinstance(row, dict))
            following = told.get("next_page_uri")
            # a path of the same server, and nothing else: the secret goes with it
            if not isinstance(following, str) or not re.fullmatch(r"/(?!/)[!-~]*", following):
                return
            url = f"{self._account.url.rstrip('/')}{following}"

    def _answered(self, row: Mapping[str, Any]) -> Answered | None:
        sender, sid = row.get("from"), row.get("sid")
        if not isinstance(sender, str) or not sender.isprintable() or not is_sid(sid):
            return None
        if sender.startswith("whatsapp:") != (self._channel is Channel.WHATSAPP):
            return None
        text = row.get("body")
        return Answered(
            channel=self._channel,
            provider_id=str(sid),
            sender=sender.removeprefix("whatsapp:"),
            text=text if isinstance(text, str) else "",
            received_at=instant_of(row),
        )
