"""What stands in the requests and answers of a gateway that speaks Twilio's Messages API.

An answer may hold anything: what is no date, number or id is left out, and hides nothing else.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from clinic_desk.integrations.messaging.http_call import Answer
from clinic_desk.services.message_ports import Envelope

NUMBER = re.compile(r"HX[0-9a-fA-F]{32}")
"""Of words that WhatsApp has approved."""

LEAST_SAID = 4
"""Letters of a value by which approved words are known again."""

_LOOK = "look at it under Settings › Message texts."
_UNKNOWN = f"The gateway does not know the approved template of this text; {_LOOK}"
_VALUES = f"The gateway does not take the values of this text’s template; {_LOOK}"

APPROVED: Mapping[int, str] = {
    21655: _UNKNOWN,
    21656: _VALUES,
    63016: (
        "WhatsApp takes free words only within a day of the patient’s last message. Give this text "
        "an approved template under Settings › Message texts, or send it another way."
    ),
    63027: f"WhatsApp has approved no such template in this language; {_LOOK}",
    63028: f"The approved template has other values in it than this text; {_LOOK}",
    63040: f"WhatsApp has refused the template of this text; {_LOOK}",
    63041: f"WhatsApp has paused the template of this text; {_LOOK}",
    63042: f"WhatsApp has switched off the template of this text; {_LOOK}",
    63049: "WhatsApp chose not to let this message reach the patient.",
    92006: _UNKNOWN,
    92007: _VALUES,
}
"""What error numbers about WhatsApp's approval mean. None speaks of an address or a number: by
these words a correction of the patient's is offered."""

FREE_TEST = (
    "The account works. A test is free words, and WhatsApp takes those only within a day of the "
    "last message from this telephone: write from it to the clinic’s number, then try again."
)

LATER: Mapping[int, str] = {
    30003: "The patient’s telephone was out of reach.",
    30004: "The patient or the telephone company does not let it through.",
    30005: "The patient’s number is not in use.",
    30006: "The patient’s number is a landline, or out of reach.",
    30007: "A telephone company took it for advertising and did not let it through.",
}
"""What they mean for a message that the gateway had taken."""


def content_of(envelope: Envelope) -> dict[str, str]:
    """Words, or the number of approved ones with what stands in them."""
    if not envelope.approved:
        return {"Body": envelope.body}
    values = {str(number): one for number, one in enumerate(envelope.values, start=1)}
    if not values:
        return {"ContentSid": envelope.approved}
    # the provider has been seen to trip over a bare apostrophe ("O'Brien")
    told = json.dumps(values).replace("'", "\\u0027")
    return {"ContentSid": envelope.approved, "ContentVariables": told}


def tells(words: object, envelope: Envelope) -> bool:
    """Whether these are the words of the message, or of its attempt before."""
    if not isinstance(words, str):
        return False
    found = _plain(words)
    for one in (envelope.body, envelope.earlier):
        wanted = _plain(one)
        # a trial account puts words of its own before ours
        if wanted and found.endswith(wanted):
            return True
    # what the clinic has had approved may be worded otherwise than its own text
    values = [one for one in map(_plain, envelope.values) if len(one) > 1]
    return any(len(one) >= LEAST_SAID for one in values) and all(one in found for one in values)


def _plain(text: str) -> str:
    return " ".join(text.split())


def is_sid(value: object) -> bool:
    """Whether it can be what the gateway calls a message."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9_-]{1,100}", value) is not None


def reason_of(row: Mapping[str, Any], known: Mapping[int, str]) -> str:
    """Why it did not arrive, by the number in the row; empty when there is none."""
    number = row.get("error_code")
    if isinstance(number, str) and re.fullmatch(r"[0-9]{1,6}", number):
        number = int(number)
    if type(number) is not int or number <= 0:
        return ""
    return known.get(number) or LATER.get(number) or f"The provider’s reason has number {number}."


def json_of(answer: Answer) -> dict[str, Any] | None:
    """None for what is no object of JSON."""
    try:
        told = json.loads(answer.body) if answer.whole else None
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def instant_of(row: Mapping[str, Any]) -> datetime:
    """When it was sent or, not yet, made; long ago when that cannot be read."""
    for name in ("date_sent", "date_created"):
        text = row.get(name)
        if isinstance(text, str) and text:
            found = _read(text)
            if found is not None:
                return found
    return datetime(1970, 1, 1, tzinfo=UTC)


def updated_of(row: Mapping[str, Any], otherwise: datetime) -> datetime:
    """When its state last changed."""
    text = row.get("date_updated")
    return (_read(text) if isinstance(text, str) else None) or otherwise


def _read(text: str) -> datetime | None:
    """None for what is no date, or one that no calendar here holds."""
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
            known = found if found.tzinfo is not None else found.replace(tzinfo=UTC)
            return known.astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def day_of(moment: datetime) -> str:
    """As the gateway's list is asked for: "2026-11-24", in UTC."""
    return moment.astimezone(UTC).date().isoformat()
