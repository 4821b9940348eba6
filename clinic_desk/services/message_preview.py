"""What a text would look like for a real visit, before it is saved; and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    PURPOSE_WORDS,
    Channel,
    MessageTemplate,
    Notification,
    Purpose,
)
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import at_local, epoch, local_date, zone
from clinic_desk.services import message_approval
from clinic_desk.services.message_approval import Approval
from clinic_desk.services.message_checking import (
    BODY,
    LONGEST,
    SUBJECT,
    BadText,
    each_problem,
    read,
)
from clinic_desk.services.message_facts import (
    CAN_ANSWER,
    MessageFacts,
    OneOfMany,
    answers_are_read,
    facts_of,
)
from clinic_desk.services.message_rendering import Rendered, TemplateText, render
from clinic_desk.services.message_values import SERIES, language_code
from clinic_desk.services.message_words import Place, built_in, built_in_languages
from clinic_desk.services.ports import Queries
from clinic_desk.services.sms_length import SmsLength, measure
from clinic_desk.services.views import AppointmentView, Cell

AHEAD = timedelta(days=14)
MOST_VISITS = 60
MADE_UP_VISITS = 12


@dataclass(frozen=True, slots=True)
class Words:
    """All that the editor shows at first: the clinic's own templates, every language there is as
    (code, English name), those that can be written already first, and the visits to come."""

    templates: tuple[MessageTemplate, ...]
    languages: tuple[tuple[str, str], ...]
    ready: int
    clinic: str
    roster: Roster
    visits: tuple[Cell, ...] = field(repr=False)
    settings: Mapping[str, object]

    def kept(self, place: Place) -> tuple[TemplateText, int | None]:
        """What is written there now, and the revision of the clinic's own words."""
        for one in self.templates:
            if (one.purpose, one.channel, one.language) == place:
                return TemplateText(one.subject, one.body), one.revision
        return built_in().get(place, TemplateText()), None

    def instead(self, place: Place) -> tuple[TemplateText, str]:
        """The words that patients of a language get as long as there are none in it, and the
        language of those."""
        for code in (self.clinic, "en"):
            text = self.kept((place[0], place[1], code))[0]
            if text.body:
                return text, code
        return TemplateText(), "en"

    def spoken(self, code: str) -> str:
        """ "Turkish"."""
        return next((name for one, name in self.languages if one == code), code)

    def name(self, place: Place) -> str:
        """ "Reminder · SMS · Turkish"."""
        about, way = PURPOSE_WORDS[place[0]], CHANNEL_WORDS[place[1]]
        return f"{about} · {way} · {self.spoken(place[2])}"


@dataclass(frozen=True, slots=True)
class Look:
    """``problems`` one for each field at the most; then there is no ``rendered``, as when the
    visit lacks something (``lacking``). ``characters`` of the body, ``length`` for SMS; ``bare``
    are placeholders that may be empty and stand there without an ``if``. ``approval``: how a
    WhatsApp text would be approved."""

    problems: tuple[BadText, ...] = ()
    lacking: str = ""
    rendered: Rendered | None = field(default=None, repr=False)
    length: SmsLength | None = None
    characters: int = 0
    most: int = 0
    bare: tuple[str, ...] = ()
    approval: Approval | None = None


def words(queries: Queries, now: datetime) -> Words:
    """Languages are those in which dates can be written. Visits are left out for somebody who may
    not read them."""
    from babel import Locale
    from babel.localedata import exists

    roster = queries.roster()
    templates = queries.message_templates()
    ready = {*built_in_languages(), *(one.language for one in templates)}
    clinic = language_code(roster.practice.locale) or "en"
    named = {
        code: str(name)
        for code, name in Locale("en").languages.items()
        if len(code) == 2 and exists(code)
    }
    first = sorted(ready, key=lambda code: (code != clinic, named.get(code, code)))
    others = sorted((name, code) for code, name in named.items() if code not in ready)
    today = local_date(now, roster.practice.zone)
    try:
        cells = queries.cells(today, today + AHEAD)
    except Refusal:
        cells = ()
    coming = [
        one
        for one in cells
        if one.patient_id is not None
        and one.start > now
        and one.status in (Status.SCHEDULED, Status.CONFIRMED)
    ]
    coming.sort(key=lambda one: (one.start, one.id))
    names = ["messages.desktop.names"]
    names += [f"messages.{way}.{name}" for way in sorted(CAN_ANSWER) for name in ("kind", "from")]
    return Words(
        templates=templates,
        languages=(
            *((code, named.get(code, code)) for code in first),
            *((code, name) for name, code in others),
        ),
        ready=len(first),
        clinic=clinic,
        roster=roster,
        visits=tuple(coming[:MOST_VISITS]),
        settings={name: queries.setting(name, "clinic") for name in names},
    )


def facts_for(
    purpose: Purpose,
    channel: Channel,
    known: Words,
    now: datetime,
    view: AppointmentView | None = None,
    *,
    series: bool = False,
) -> MessageFacts:
    """Of the visit, or of a made-up one of tomorrow. What a purpose needs beside the visit is made
    up: it was a day earlier, it was offered for two hours, sixty of the currency are open. A visit
    of a series (``series``: the made-up one is of one) is the first of twelve, week by week."""
    visit: Appointment | Cell
    visit, patient = _made_up(known.roster, now)
    if view is not None:
        visit, patient = view.cell, view.patient or patient
    day_before, moves = visit.start - timedelta(days=1), purpose is Purpose.MOVED
    message = Notification(
        id="",
        key="",
        purpose=purpose,
        channel=channel,
        due_at=now,
        planned_at=now,
        knew=f"{epoch(day_before)}|{visit.doctor_id}|{visit.location_id}" if moves else "",
    )
    found = facts_of(
        message,
        known.roster,
        now,
        patient=patient,
        visit=visit,
        offer_until=now + timedelta(hours=2),
        replies=answers_are_read(channel, known.settings),
        names=channel is not Channel.DESKTOP
        or known.settings.get("messages.desktop.names") is True,
    )
    if (series or visit.series_id is not None) and purpose in SERIES:
        found = replace(found, series=_twelve(found))
    if purpose is Purpose.NO_SHOW:
        found = replace(found, sent_at=visit.end + timedelta(hours=1))
    owed = local_date(now, found.zone) - timedelta(days=14)
    if purpose is Purpose.WAITLIST_OFFER:
        # what is offered is a time, not a visit that somebody has booked
        found = replace(found, visit_type="", mode=Mode.IN_PERSON, code="")
    return replace(
        found,
        invoice=f"INV-{owed.year}-0001",
        amount_minor=6000,
        total_minor=8000,
        currency=known.roster.practice.currency,
        due_on=owed,
        visit_day=owed - timedelta(days=14),
    )


def look(
    facts: MessageFacts,
    subject: str,
    body: str,
    language: str,
    channel: Channel,
    gateway: str = "",
) -> Look:
    """Reads nothing. ``subject`` as of ``TemplateText``; ``gateway`` is the clinic's setting
    "messages.whatsapp.kind"."""
    most = LONGEST[channel]
    problems = tuple(each_problem(subject, body, facts.purpose, channel, language))
    if problems:
        return Look(problems, most=most)
    approval = None
    if channel is Channel.WHATSAPP:
        approval = message_approval.approval(body, facts.purpose, language)
        wrong = message_approval.problem(subject.strip(), body, facts.purpose, language, gateway)
        if wrong is not None:
            return Look((wrong,), most=most, approval=approval)
    bare: list[str] = []
    texts = [(BODY, body)]
    if channel is Channel.EMAIL:
        texts.insert(0, (SUBJECT, subject))
    for name, text in texts:
        bare += read(text, facts.purpose, channel, name, language).bare
    unsure = tuple(dict.fromkeys(bare))
    try:
        rendered = render(facts, TemplateText(subject.strip(), body), language, channel)
    except Refusal as refusal:
        return Look(lacking=refusal.sentence, most=most, bare=unsure, approval=approval)
    return Look(
        rendered=rendered,
        length=measure(rendered.body) if channel is Channel.SMS else None,
        characters=len(rendered.body),
        most=most,
        bare=() if rendered.approved else unsure,
        approval=approval,
    )


def _twelve(facts: MessageFacts) -> tuple[OneOfMany, ...]:
    """At the same time of each week's day."""
    start = facts.start
    assert start is not None
    local = start.astimezone(zone(facts.zone))
    minute = local.hour * 60 + local.minute
    found = []
    for number in range(MADE_UP_VISITS):
        day = local.date() + timedelta(weeks=number)
        was = at_local(day - timedelta(days=1), minute, facts.zone)
        found.append(
            OneOfMany(
                start=at_local(day, minute, facts.zone),
                zone=facts.zone,
                doctor=facts.doctor,
                site=facts.site,
                was_start=was if facts.was_start is not None else None,
            )
        )
    return tuple(found)


def _made_up(roster: Roster, now: datetime) -> tuple[Appointment, Patient]:
    """Tomorrow at ten at the first site, with the first doctor, in nobody's name."""
    sites = sorted(roster.locations.values(), key=lambda one: (not one.primary, one.position))
    doctors = sorted(roster.doctors.values(), key=lambda one: (not one.active, one.position))
    kinds = sorted(roster.types.values(), key=lambda one: (not one.active, one.position))
    site = sites[0].id if sites else ""
    zone = sites[0].zone if sites else roster.practice.zone
    rooms = [one.id for one in roster.rooms.values() if one.location_id == site]
    start = at_local(local_date(now, zone) + timedelta(days=1), 600, zone)
    end = start + timedelta(minutes=30)
    visit = Appointment(
        id="",
        doctor_id=doctors[0].id if doctors else "",
        location_id=site,
        room_id=rooms[0] if rooms else None,
        type_id=kinds[0].id if kinds else None,
        start=start,
        end=end,
        blocked_start=start,
        blocked_end=end,
        status=Status.SCHEDULED,
        confirmation_code="APT-2026-0042",
    )
    return visit, Patient(id="", record_number="", first_name="Ana", last_name="Example")
