"""The waiting list in words: wishes, urgency, what became of a call; and wishes from words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.waitlist import OfferResult, Urgency, WaitlistEntry, WaitlistOffer
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.views import PatientHit
from clinic_desk.services.when import NOON, parse_when
from clinic_desk.ui.models import words
from clinic_desk.ui.models.finding import Wanted
from clinic_desk.ui.models.typed_patient import NewPatient
from clinic_desk.ui.runtime.formatting import DAYS, day_text

URGENCIES: tuple[tuple[Urgency, str, str], ...] = (
    (Urgency.URGENT, "Urgent", "warn"),
    (Urgency.SOON, "Soon", "clock"),
    (Urgency.NORMAL, "Normal", "minus"),
    (Urgency.LOW, "No hurry", "chevron-down"),
)
"""(urgency, word, icon), the most urgent first."""

URGENCY_WORDS = {urgency: word for urgency, word, _ in URGENCIES}
URGENCY_ICONS = {urgency: icon for urgency, _, icon in URGENCIES}

RESULTS: Mapping[OfferResult, str] = {
    OfferResult.OPEN: "Offered",
    OfferResult.BOOKED: "Booked",
    OfferResult.REFUSED: "Refused",
    OfferResult.NO_ANSWER: "No answer",
    OfferResult.CALL_BACK: "Calls back",
}

WORKDAYS = "01234"


@dataclass(frozen=True, slots=True)
class WaitWish:
    """What a short way onto the list begins with. ``visit_id`` is a visit that an earlier one
    would replace, ``instead`` says when that is ("Tue 24 Nov 10:15"); ``length`` is its own,
    where it is not the one of its type."""

    patient: PatientHit | None = None
    new_patient: NewPatient | None = None
    type_id: Id | None = None
    doctor_id: Id | None = None
    length: int | None = None
    when_text: str = ""
    visit_id: Id | None = None
    instead: str = ""


def clock(minute: int) -> str:
    """ "09:30" of the minutes of a day; 1440 is 24:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _days(weekdays: str) -> str:
    if weekdays == WORKDAYS:
        return "weekdays"
    if weekdays == "56":
        return "weekends"
    return ", ".join(DAYS[int(day)] for day in weekdays)


def _times(entry: WaitlistEntry) -> str:
    low, high = entry.earliest, entry.latest
    if low is not None and high is not None:
        return f"at {clock(low)}" if high - low == 1 else f"{clock(low)}–{clock(high)}"
    if low is not None:
        return "afternoons" if low == NOON else f"from {clock(low)}"
    if high is not None:
        return "mornings" if high == NOON else f"before {clock(high)}"
    return ""


def _span(entry: WaitlistEntry, today: date) -> str:
    first, last = entry.first, entry.last
    if first is not None and first == last:
        return f"on {day_text(first, today)}"
    parts = []
    if first is not None and first > today:
        parts.append(f"from {day_text(first, today)}")
    if last is not None:
        parts.append(f"until {day_text(last, today)}")
    return " ".join(parts)


def wishes(entry: WaitlistEntry, today: date) -> str:
    """ "Tue, Thu · mornings · until Fri 4 Dec"; "any time" when everything suits."""
    told = (_days(entry.weekdays), _times(entry), _span(entry, today))
    return " · ".join(part for part in told if part) or "any time"


def since(card: WaitlistCard, now: datetime) -> str:
    """ "12 days", "today"."""
    days = (now - card.since).days
    return words.plural(days, "day") if days > 0 else "today"


def last_call(card: WaitlistCard) -> WaitlistOffer | None:
    """The newest offer that somebody has answered."""
    told = [offer for offer in card.offers if offer.answered_at is not None]
    return max(told, key=lambda offer: offer.answered_at or card.since, default=None)


def call_words(card: WaitlistCard, zone: str, today: date) -> str:
    """ "No answer, 23 Nov"; empty when nobody has rung yet."""
    offer = last_call(card)
    if offer is None or offer.answered_at is None:
        return ""
    day = words.local(offer.answered_at, zone).date()
    when = "today" if day == today else words.short_date(day, today)
    return f"{RESULTS[offer.result]}, {when}"


def visit_words(card: WaitlistCard, roster: Roster) -> str:
    """ "instead of Tue 1 Dec 09:45"; empty when they have no visit to give up."""
    if card.given_up is None:
        return ""
    place = roster.locations.get(card.given_up.location_id)
    zone = place.zone if place is not None else roster.practice.zone
    return f"instead of {words.moment_words(card.given_up.start, zone)}"


def values_of(text: str, today: date, locale: str = "en_GB") -> dict[str, object]:
    """The windows of an entry from "tue pm", "before 12", "in 2w", "10:15". Raises ``Refusal``
    with the field ``when`` for words that mean nothing."""
    said = parse_when(text, today, locale)
    if said.unread:
        raise Refusal(
            "unread",
            f"‘{' '.join(said.unread)}’ was not understood; say it like “tue pm”, “before 12”, "
            "“in 2w” or “10:15”.",
            field="when",
        )
    earliest, latest = said.earliest, said.latest
    if said.minute is not None:
        earliest, latest = said.minute, said.minute + 1
    found: dict[str, object] = {
        "weekdays": "".join(str(day) for day in sorted(said.weekdays)),
        "earliest": earliest,
        "latest": latest,
        "first": said.first,
        "last": said.last,
    }
    if said.length is not None:
        found["minutes"] = said.length
    return found


def told_back(text: str, today: date, locale: str = "en_GB") -> str:
    """How the typed wish will read on the list; empty while it is not understood."""
    try:
        values = values_of(text, today, locale)
    except Refusal:
        return ""
    values.pop("minutes", None)
    return wishes(WaitlistEntry(id="", patient_id="", type_id="", **values), today)  # type: ignore[arg-type]


def wanted_of(card: WaitlistCard, today: date) -> Wanted:
    """The entry as criteria of the finder, which looks at least until the last day wished for."""
    entry = card.entry
    said = []
    if (
        entry.earliest is not None
        and entry.latest is not None
        and entry.latest - entry.earliest > 1
    ):
        said.append(f"{clock(entry.earliest)}-{clock(entry.latest)}")
    elif entry.earliest is not None and entry.latest is not None:
        said.append(clock(entry.earliest))
    elif entry.earliest is not None:
        said.append(f"after {clock(entry.earliest)}")
    elif entry.latest is not None:
        said.append(f"before {clock(entry.latest)}")
    first, last = entry.first, entry.last
    if first is not None and first == last:
        said.insert(0, first.isoformat())
    elif first is not None and first > today:
        said.insert(0, f"in {(first - today).days}d")
    until = last or (first or today) + timedelta(weeks=4)
    if card.given_up is not None:  # nothing later than what they have
        until = min(until, card.given_up.start.date())
    weeks = max(1, -(-((until - today).days + 1) // 7))
    return Wanted(
        type_id=entry.type_id,
        doctor_ids=(entry.doctor_id,) if entry.doctor_id else (),
        location_id=entry.location_id,
        minutes=entry.minutes,
        when_text=" ".join(said),
        weekdays=frozenset(int(day) for day in entry.weekdays),
        weeks=weeks,
        patient=card.patient,
        ignore_ids=frozenset({entry.appointment_id} if entry.appointment_id else ()),
        entry_id=entry.id,
        give_up=entry.appointment_id is not None,
    )
