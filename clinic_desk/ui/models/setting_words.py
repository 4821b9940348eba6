"""What settings are called and what their values say: the same words on the pages that ask for
them and in the audit trail that tells of their changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sized
from itertools import permutations
from typing import Any, NamedTuple

from clinic_desk.domain.message_rules import NO_QUIET, USUAL_ORDER, USUAL_QUIET
from clinic_desk.domain.messages import CHANNEL_WORDS, PURPOSE_WORDS, Channel, Purpose
from clinic_desk.services.audit import PROGRAM_NOTES
from clinic_desk.services.billing_following import NO_SHOW_FEE, USUAL_DAYS
from clinic_desk.services.billing_messages import HTTP
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.wording import count_text, unit_text
from clinic_desk.ui.models.words import price_words
from clinic_desk.ui.runtime.declared import TABLE, Control

NOTHING = "nothing"
APART = "apart:"
"""How the key of a setting begins that two patients were told apart."""

Choices = tuple[tuple[Any, str], ...]


class Row(NamedTuple):
    """One setting of a page. ``usual``: what counts until one is saved. ``unit`` of a number in
    the plural; ``head``: the heading without which the label would say too little."""

    name: str
    usual: Any
    label: str
    choices: Choices = ()
    unit: str = ""
    head: str = ""


class Page(NamedTuple):
    """``prefix`` begins the keys of its settings. ``spoken``: what the page is called away from
    the others, where that is not its title."""

    title: str
    prefix: str
    rows: tuple[Row, ...]
    spoken: str = ""

    def row(self, name: str) -> Row:
        """Raises ``KeyError``."""
        for row in self.rows:
            if row.name == name:
                return row
        raise KeyError(name)


ORDERS: Choices = tuple(
    (
        tuple(one.value for one in order),
        ", then ".join(CHANNEL_WORDS[one] for one in order).replace("then E-", "then e-"),
    )
    for order in permutations((Channel.SMS, Channel.EMAIL, Channel.WHATSAPP))
)
FOLDER = ("folder", "Into a folder, unsent")
_ON = Row("on", False, "In use")
_PHONE = (
    _ON,
    Row("kind", "twilio", "They go", (
        ("twilio", "Through Twilio, or one that speaks like it"),
        ("generic", "Through another gateway, by HTTP"),
        FOLDER,
    )),
    Row("url", "", "Address"),
    Row("account", "", "Account"),
    Row("from", "", "Sending number"),
    Row("method", "POST", "Method", (("POST", "POST"), ("PUT", "PUT"), ("GET", "GET"))),
    Row("headers", "", "Headers"),
    Row("body", "", "Body"),
    Row("success", "", "Counts as sent"),
    Row("reference", "", "Message number"),
    Row("folder", "", "Folder"),
)  # fmt: skip

RULES, WEBHOOK = "rules", "webhook"
WAYS: Mapping[str, Page] = {
    RULES: Page("For every way", "messages.", (
        Row("order", tuple(one.value for one in USUAL_ORDER), "Tried in this order", ORDERS),
        Row("unknown_consent", "skip", "Who was never asked",
            (("skip", "Gets no messages"), ("allow", "Gets messages"))),
        Row("quiet", USUAL_QUIET, "Quiet hours", ((NO_QUIET, "none"),)),
        Row("purposes", tuple(one.value for one in Purpose), "Messages about",
            tuple((one.value, word) for one, word in PURPOSE_WORDS.items())),
        Row("no_show_after", 60, "After a no-show", unit="minutes"),
        Row("payment_after", 3, "Payment reminder", unit="days"),
    ), "Messages"),
    "email": Page("E-mail", "messages.email.", (
        _ON,
        Row("kind", "smtp", "They go", (("smtp", "Through a mail server"), FOLDER)),
        Row("host", "", "Server"),
        Row("security", "starttls", "Encryption",
            (("starttls", "STARTTLS"), ("tls", "TLS from the start"), ("none", "None"))),
        Row("port", None, "Port", ((None, "usual"),)),
        Row("unprotected", False, "Unprotected"),
        Row("user", "", "User name"),
        Row("from", "", "Address", head="Sender"),
        Row("from_name", "", "Name", head="Sender"),
        Row("reply_to", "", "Answers go to"),
        Row("folder", "", "Folder"),
    )),
    "sms": Page("SMS", "messages.sms.", _PHONE),
    "whatsapp": Page("WhatsApp", "messages.whatsapp.", _PHONE),
    "desktop": Page("At the desks", "messages.desktop.", (
        Row("on", True, "In use"), Row("names", False, "Names"),
    )),
    WEBHOOK: Page("Webhook", "webhook.", (_ON, Row("url", "", "Address"))),
}  # fmt: skip
"""By their names: the ways to patients and what else is told, as "Messages" of the settings has
them."""

INVOICES = Page("Billing", "billing.", (
    Row("payment_days", USUAL_DAYS, "An invoice is due after", unit="days"),
    Row("no_show_fee", 0, "No-show fee"),
    Row("gateway", "ledger", "Invoices are told to", (
        ("ledger", "Nobody; the books stay here"), (HTTP, "A billing service on the internet"),
    )),
    Row("url", "", "Address"),
))  # fmt: skip
PAGES = (*WAYS.values(), INVOICES)
ASKED: Mapping[str, tuple[Page, Row]] = {
    f"{page.prefix}{row.name}": (page, row) for page in PAGES for row in page.rows
}


def key_of(row_id: str) -> str:
    """ "flow.amber" of "clinic//flow.amber"."""
    return row_id.split("/", 2)[-1]


def noted(row_id: str) -> bool:
    """The program wrote it down for itself; ``named`` says all there is to say, and nothing where
    another entry says it."""
    key = key_of(row_id)
    return key in PROGRAM_NOTES or key.startswith(APART)


def named(row_id: str) -> str:
    """ "SMS · In use" of "clinic//messages.sms.on"; a key of a later version is spelt as it is."""
    key = key_of(row_id)
    if key in PROGRAM_NOTES:
        return PROGRAM_NOTES[key]
    if key in ASKED:
        page, row = ASKED[key]
        return " · ".join(part for part in (page.spoken or page.title, row.head, row.label) if part)
    if key in TABLE:
        return TABLE[key].label
    if key == PERMISSIONS_KEY:  # it has a page of its own
        return "What each role may do"
    if key.startswith(APART):
        return "Two patients are two persons"
    return key


def said(row_id: str, text: str | None, currency: str) -> str:
    """A value for people. ``text`` is JSON as the store has it; None: nothing was saved, and what
    is usual counts. ``currency`` is the practice's."""
    key = key_of(row_id)
    value = _usual(key) if text is None else _read(text)
    if key == NO_SHOW_FEE and type(value) is int:
        return price_words(value, currency) if value and currency else NOTHING
    known = TABLE.get(key)
    asked = known is not None and (known.choices or known.control is not Control.NONE)
    if known is not None and asked and known.fits(value):
        return known.value_words(value)
    return _words(value, ASKED[key][1] if key in ASKED else None)


def _words(value: object, row: Row | None) -> str:
    if row is not None:
        value = list(value) if isinstance(value, tuple) else value
        for choice, words in row.choices:
            if value == (list(choice) if isinstance(choice, tuple) else choice):
                return words
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int) and row is not None and row.unit:
        return f"{value} {unit_text(value, row.unit)}"
    if isinstance(value, list):
        known = dict(row.choices) if row is not None else {}
        return ", ".join(known[one] for one in value if one in known) or _count(value)
    if isinstance(value, dict):
        return _count(value)
    return str(value) if value not in (None, "") else NOTHING


def _count(value: Sized) -> str:
    """Of what a window keeps by ids of its own."""
    return count_text(len(value), "entry", "entries") if value else NOTHING


def _usual(key: str) -> object:
    if key in ASKED:
        return ASKED[key][1].usual
    return TABLE[key].default if key in TABLE else None


def _read(text: str) -> object:
    """What an entry has cut short is told as it stands."""
    try:
        return json.loads(text)
    except ValueError:
        return text
