"""An e-mail made of an envelope (RFC 5322), with the visit as an entry of the patient's own
calendar (RFC 5545, 5546)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from clinic_desk import __version__
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.message_ports import CalendarPart, Envelope

if TYPE_CHECKING:
    from icalendar import Event

MOST = 254
"""Characters of an address (RFC 5321)."""

PLAIN = SMTP.clone(cte_type="7bit")
"""Not every server on the way takes more than plain letters."""

_LOCAL = re.compile(r"[^\s@<>()\[\]\\,;:\"\x00-\x1f\x7f]{1,64}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
_APART = frozenset("ßς\u200c\u200d")
"""Letters that Python's own spelling of domains takes for others: it would send what is meant for
straße.de to strasse.de, which is somebody else's."""

_BLANK = re.compile(r"[\x00-\x20\x7f\x85\u2028\u2029]+")


@dataclass(frozen=True, slots=True)
class Sender:
    """Who the e-mails come from; ``reply_to`` may be empty."""

    address: str
    name: str = ""
    reply_to: str = ""


def address_of(text: str) -> str:
    """``name@example.org`` with its domain as the net spells it; empty when it is no address."""
    whole = text.strip()
    local, at, domain = whole.rpartition("@")
    if not at or len(whole) > MOST or not _LOCAL.fullmatch(local):
        return ""
    if local.startswith(".") or local.endswith(".") or ".." in local:
        return ""
    try:
        spelt = spelt_domain(domain)
    except UnicodeError:
        return ""
    labels = spelt.split(".")
    if not all(_LABEL.fullmatch(label) for label in labels):
        return ""
    if len(labels) < 2 and spelt != "localhost":
        return ""
    return f"{local}@{spelt}"


def spelt_domain(domain: str) -> str:
    """As the net spells it ("xn--strae-oqa.de"). Raises ``UnicodeError``."""
    return ".".join(map(_spelt, _DOTS.split(domain))).lower()


def _spelt(label: str) -> str:
    if not _APART & set(label):
        return label.encode("idna").decode("ascii")
    whole = unicodedata.normalize("NFC", label.lower())
    if not re.fullmatch(r"[\w\u200c\u200d-]+", whole):
        raise UnicodeError("no label")
    return "xn--" + whole.encode("punycode").decode("ascii")


def checked_address(text: str, field: str) -> str:
    """Raises ``Refusal`` with ``field``."""
    found = address_of(text)
    if not found:
        raise Refusal("bad_address", "Type an address such as desk@clinic.example.", field=field)
    return found


def one_line(text: str) -> str:
    """Nothing in a header begins another one."""
    return _BLANK.sub(" ", text).strip()


def message_id(key: str, sender: str) -> str:
    """The same for every copy of one message, so that a mailbox can tell the second; without
    anything of the key that tells about the visit."""
    return f"<{sha256(key.encode()).hexdigest()[:40]}@{sender.rpartition('@')[2]}>"


def built(envelope: Envelope, sender: Sender, now: datetime) -> EmailMessage:
    """``now``, aware UTC, dates it. Raises ``ValueError`` for an address that is none."""
    to = address_of(envelope.address)
    if not to:
        raise ValueError("not an address")
    message = EmailMessage(policy=PLAIN)
    message["From"] = _named(sender.address, one_line(sender.name))
    message["To"] = _named(to)
    if sender.reply_to:
        message["Reply-To"] = _named(sender.reply_to)
    _put_subject(message, one_line(envelope.subject))
    message["Date"] = format_datetime(now.astimezone(UTC))
    message["Message-ID"] = message_id(envelope.key, sender.address)
    message["Auto-Submitted"] = "auto-generated"
    # out-of-office answers to a reminder help nobody
    message["X-Auto-Response-Suppress"] = "All"
    if envelope.language:
        message["Content-Language"] = one_line(envelope.language)
    message.set_content(envelope.body.rstrip("\n") + "\n")
    if envelope.calendar is not None:
        more = envelope.more_visits
        told = calendar_text(envelope.calendar, sender, to, now, more)
        if not more:
            # once for programs that ask their person at the top of the mail, once as a file
            method = method_of(envelope.calendar)
            message.add_alternative(told, subtype="calendar", params={"method": method})
        name = "visits.ics" if more else "visit.ics"
        message.add_attachment(told.encode(), maintype="application", subtype="ics", filename=name)
    return message


def _put_subject(message: EmailMessage, text: str) -> None:
    """Whole in encoded words where it is not ASCII: the library alone would encode single words of
    it, and many mail programs then show the spaces around them twice or not at all."""
    if text.isascii():
        message["Subject"] = text
        return
    told = Header(text, "utf-8", maxlinelen=75, header_name="Subject")
    message.set_raw("Subject", told.encode(linesep="\r\n"))


def method_of(part: CalendarPart, more: Sequence[CalendarPart] = ()) -> str:
    """An invitation and its end are about one visit (RFC 5546, 3.2); several are published, and
    each says itself whether it was cancelled."""
    if more:
        return "PUBLISH"
    return "CANCEL" if part.cancelled else "REQUEST"


def _named(address: str, name: str = "") -> Address:
    local, _, domain = address.rpartition("@")
    return Address(name, local, domain)


def calendar_text(
    part: CalendarPart,
    sender: Sender,
    to: str,
    now: datetime,
    more: Sequence[CalendarPart] = (),
) -> str:
    """A VEVENT for each visit, to accept or, cancelled, to take out. In UTC: a calendar shows it
    in the zone its owner is in, and no list of zone rules has to be understood."""
    from icalendar import Calendar

    method = method_of(part, more)
    calendar = Calendar()
    calendar.add("prodid", f"-//Clinic Desk//{__version__}//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    for one in (part, *more):
        calendar.add_component(_event(one, sender, to, now, invites=not more))
    return str(calendar.to_ical(), "utf-8")


def _event(part: CalendarPart, sender: Sender, to: str, now: datetime, *, invites: bool) -> Event:
    from icalendar import Event, vCalAddress, vText

    event = Event()
    event.add("uid", part.uid)
    event.add("sequence", part.sequence)
    event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", part.start.astimezone(UTC))
    event.add("dtend", part.end.astimezone(UTC))
    event.add("summary", one_line(part.summary))
    if part.location:
        event.add("location", part.location)
    event.add("status", "CANCELLED" if part.cancelled else "CONFIRMED")
    event.add("transp", "TRANSPARENT" if part.cancelled else "OPAQUE")
    organizer = vCalAddress(f"mailto:{address_of(part.organizer) or sender.address}")
    if sender.name:
        organizer.params["CN"] = vText(one_line(sender.name))
    event.add("organizer", organizer)
    if not invites:
        return event
    attendee = vCalAddress(f"mailto:{address_of(part.attendee) or to}")
    attendee.params["ROLE"] = vText("REQ-PARTICIPANT")
    attendee.params["PARTSTAT"] = vText("ACCEPTED")
    # answers are given by words, not by the calendar: nobody reads the organizer's mailbox
    attendee.params["RSVP"] = vText("FALSE")
    event.add("attendee", attendee)
    return event
