"""Writes a message: a text and the facts of a visit make what goes, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.services.message_checking import BODY, LONGEST, SUBJECT, read, render_text
from clinic_desk.services.message_dates import locale_for
from clinic_desk.services.message_facts import MessageFacts, facts_of
from clinic_desk.services.message_values import (
    BY_NAME,
    SERIES,
    TELL_OF_SERIES,
    language_of,
    title_of,
    value,
)
from clinic_desk.services.sms_length import plainer

__all__ = [
    "MessageFacts",
    "Rendered",
    "TemplateText",
    "facts_of",
    "language_of",
    "render",
    "title_of",
]


@dataclass(frozen=True, slots=True)
class TemplateText:
    """The text of a template. ``subject`` is that of an e-mail; of a WhatsApp text it is the
    number of the approved words."""

    subject: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """``subject`` is one line, empty for all channels but e-mail. ``approved`` is the number of
    approved words with their ``values``; then ``body`` is how these read together."""

    subject: str = field(default="", repr=False)
    body: str = field(default="", repr=False)
    approved: str = ""
    values: tuple[str, ...] = field(default=(), repr=False)


def render(
    facts: MessageFacts, template: TemplateText, language: str, channel: Channel
) -> Rendered:
    """The message in ``language`` ("tr"). Raises ``Refusal`` with ``field`` ("subject", "body", or
    None when the facts lack what it tells) and a sentence; then there is no part of it."""
    if channel is Channel.WHATSAPP and template.subject:
        return _filled(facts, template, language)
    subject = ""
    if channel is Channel.EMAIL:
        subject = " ".join(_written(facts, template.subject, language, channel, SUBJECT).split())
    body = _written(facts, template.body, language, channel, BODY)
    if len(facts.series) > 1:
        names = read(template.body, facts.purpose, channel, BODY, language).names
        if names.isdisjoint(TELL_OF_SERIES):
            body = _with_series(facts, body, language, channel)
    return Rendered(subject, body)


def can_tell_of_many(
    template: TemplateText, purpose: Purpose, language: str, channel: Channel
) -> bool:
    """Whether a message in these words can speak of several visits: to free words it is added,
    approved ones stay as they are."""
    if channel is not Channel.WHATSAPP or not template.subject or purpose not in SERIES:
        return True
    from clinic_desk.services import message_approval

    try:
        names = message_approval.approval(template.body, purpose, language).names
    except Refusal:
        return True
    return any(name.partition("|")[0] in TELL_OF_SERIES for name in names)


def _with_series(facts: MessageFacts, body: str, language: str, channel: Channel) -> str:
    """A clinic's own words that know of no series: nothing of it is kept from the patient."""
    locale = locale_for(language, facts.locales)
    if channel is Channel.EMAIL:
        added = f"\n\n{value('all_visits', facts, locale)}"
    else:
        when = value("short_when", facts, locale)
        added = f" ({when} {value('short_series', facts, locale)})"
    return body + (plainer(added) if channel is Channel.SMS else added)


_EMPTY_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def _written(
    facts: MessageFacts, template: str, language: str, channel: Channel, field: str
) -> str:
    text = read(template, facts.purpose, channel, field, language)
    plain = plainer if channel is Channel.SMS else str
    with _kept_back(field):
        whole = render_text(text, _told(facts, language, plain))
    whole = _EMPTY_LINES.sub("\n\n", _TRAILING.sub("", plain(whole))).strip()
    return _fits(whole, channel, field)


def _filled(facts: MessageFacts, template: TemplateText, language: str) -> Rendered:
    """By the number of words that WhatsApp has approved."""
    from clinic_desk.services import message_approval

    found = message_approval.approval(template.body, facts.purpose, language)
    with _kept_back(BODY):
        body, values = message_approval.fill(found, _told(facts, language, str))
    body = _fits(body, Channel.WHATSAPP, BODY)
    return Rendered(body=body, approved=template.subject, values=values)


def _told(facts: MessageFacts, language: str, plain: Callable[[str], str]) -> Callable[[str], str]:
    """Answers one placeholder."""
    locale = locale_for(language, facts.locales)

    def told(name: str) -> str:
        found, most = plain(value(name, facts, locale)), BY_NAME[name].longest
        # three points take the place of an ellipsis
        return found if len(found) <= most else found[: most - 3].rstrip(" .") + "..."

    return told


@contextmanager
def _kept_back(field: str) -> Iterator[None]:
    """Whatever a library trips over: the message is kept back with the reason."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:
        raise Refusal(
            "bad_template", f"The text cannot be written ({type(error).__name__}).", field=field
        ) from error


def _fits(whole: str, channel: Channel, field: str) -> str:
    if not whole:
        raise Refusal("bad_template", "The text is empty for this visit.", field=field)
    if len(whole) > LONGEST[channel]:
        raise Refusal(
            "bad_template",
            f"The text has {len(whole):,} characters; {LONGEST[channel]:,} are the most.",
            field=field,
        )
    return whole
