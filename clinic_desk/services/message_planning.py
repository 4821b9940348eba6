"""Planning messages in the transaction that gives cause for it, and all of them anew after the
clinic has changed its mind about them (``domain.message_planning`` decides; here are the rows)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.billing import OWED, Invoice
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_bundles import bundle_of, in_bundles
from clinic_desk.domain.message_changes import (
    NOTICES,
    SETTLED,
    TAKEN_BACK,
    Change,
    goes_at,
)
from clinic_desk.domain.message_others import offer_changes, payment_changes
from clinic_desk.domain.message_planning import VisitFacts, matters, visit_changes
from clinic_desk.domain.message_rules import Rules, rules_in
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    HOLD,
    MessageStatus,
    Notification,
    Purpose,
)
from clinic_desk.domain.people import Patient
from clinic_desk.domain.spans import epoch, from_epoch, local_date
from clinic_desk.domain.waitlist import WaitlistEntry, WaitlistOffer, WaitStatus
from clinic_desk.services.message_bundles import forget_words
from clinic_desk.services.message_commands import PlanMessages
from clinic_desk.services.wording import when_text
from clinic_desk.services.work import Done, Work

REPLAN = "messages.replan"
"""Clinic setting: since which command all messages are to be planned anew, and how far that is;
None when there is nothing to do."""

MOST_OF_ONE = 500
"""Visits to come of one patient; more belong to nobody."""

ASKED_ABOUT = (
    "mobile", "email", "language", "zone", "consent_sms", "consent_email", "consent_whatsapp",
    "channels", "quiet", "merged_into", "deleted_at", "record_number",
)  # fmt: skip
"""Fields of a patient that decide whether, how and when they are told."""

HELD = NOTICES | {Purpose.WAITLIST_OFFER}
"""What a person at the desk has just brought about, and may take back."""


def follow(work: Work) -> str:
    """Called by the gate after a command that wrote what messages follow from. Answers what the
    person is told about it, empty for nothing."""
    if work.uow.plans_changed():
        mark(work)
    rules = rules_of(work)
    if not rules.on:
        return ""
    touched = work.uow.touched()
    visits: dict[Id, VisitFacts] = {}
    people: dict[Id, Patient] = {}
    changed: list[Id] = []
    merged = False
    for row in touched:
        if isinstance(row.after, Appointment):
            facts = _seen(row.before, row.after, row.told, work.now)
            if facts is not None:
                visits[row.after.id] = facts
        elif isinstance(row.after, Patient):
            people[row.after.id] = row.after
            if isinstance(row.before, Patient) and _differs(row.before, row.after):
                changed.append(row.after.id)
                merged = merged or row.before.merged_into != row.after.merged_into
    for patient_id in changed:
        for visit in work.uow.visits_to_come(None, MOST_OF_ONE, patient_id=patient_id):
            visits.setdefault(visit.id, _facts(visit, visit))
    for visit in work.uow.visits_left_waiting(changed) if changed else ():
        visits.setdefault(visit.id, _facts(visit, visit))
    changes = _plan_visits(work, rules, list(visits.values()), people, merged=merged)
    changes += _follow_others(work, rules, people, changed)
    return said(changes, work.now, rules.zone)


def said(changes: Sequence[Change], now: datetime, zone: str) -> str:
    """ "SMS held 3 min", "2 messages held 3 min", "nothing was sent": what becomes of the notices
    of a change, with times of ``zone``."""
    held = [
        one.after
        for one in changes
        if one.after.purpose in HELD
        and one.after.status is MessageStatus.PLANNED
        and (one.before is None or one.before.status is not MessageStatus.PLANNED)
        and one.after.held_until is not None
        and one.after.held_until > now
    ]
    if not held:
        slips = any(
            one.before is not None
            and one.before.purpose in HELD
            and one.before.status is MessageStatus.PLANNED
            and one.after.reason
            == (SETTLED if one.after.purpose is Purpose.WAITLIST_OFFER else TAKEN_BACK)
            for one in changes
        )
        return "nothing was sent" if slips else ""
    minutes = int(HOLD.total_seconds() // 60)
    number = in_bundles(held)
    what = CHANNEL_WORDS[held[0].channel] if number == 1 else f"{number} messages"
    times = [goes_at(one) for one in held]
    if min(times) > now + HOLD:
        waits = "waits" if number == 1 else "wait"
        return f"{what} {waits} until {when_text(min(times), zone, now)} (quiet hours)"
    least = "" if max(times) <= now + HOLD else "at least "
    return f"{what} held {least}{minutes} min"


def _seen(before: object, after: Appointment, told: bool, now: datetime) -> VisitFacts | None:
    """What became of a visit, where that can touch its messages."""
    was = before if isinstance(before, Appointment) else None
    if not told and was is not None:
        # rows of an import are marked in sets; only whether they are there has changed
        after = replace(was, deleted_at=None if was.deleted_at is not None else now)
    if not matters(was, after):
        return None
    return replace(_facts(after, was), told=told)


def _facts(visit: Appointment, before: Appointment | None) -> VisitFacts:
    return VisitFacts(visit=visit, before=before, zone="UTC", patients={})


def _differs(before: Patient, after: Patient) -> bool:
    return any(getattr(before, name) != getattr(after, name) for name in ASKED_ABOUT)


def rules_of(work: Work) -> Rules:
    practice = work.roster.practice
    return rules_in(work.uow.message_settings(), locale=practice.locale, zone=practice.zone)


def mark(work: Work) -> None:
    """All messages are to be planned anew, by whoever sends them."""
    work.uow.save_setting(REPLAN, "clinic", {"since": work.uow.command_id, "after": None})


def replan(work: Work, appointment_ids: Sequence[Id]) -> None:
    """Brings the messages of visits in order that did not change: what their patients know did,
    for one was sent that says what is no longer so."""
    rules = rules_of(work)
    found = [work.uow.visit_if_any(one) for one in dict.fromkeys(appointment_ids)]
    facts = [_facts(visit, visit) for visit in found if visit is not None]
    _plan_visits(work, rules, facts, {})


# Visits


def _plan_visits(
    work: Work,
    rules: Rules,
    facts: Sequence[VisitFacts],
    people: dict[Id, Patient],
    *,
    merged: bool = False,
) -> list[Change]:
    """Two statements for any number of visits, and two for what is written."""
    if not facts:
        return []
    known = [one.visit.id for one in facts if not _is_new(one.before)]
    history: dict[Id, list[Notification]] = defaultdict(list)
    for message in work.uow.messages_of(appointment_ids=known) if known else ():
        history[message.appointment_id or ""].append(message)
    wanted = {one.visit.patient_id for one in facts if one.visit.patient_id}
    wanted |= {m.patient_id for messages in history.values() for m in messages if m.patient_id}
    missing = sorted(one for one in wanted if one is not None and one not in people)
    patients = {**people, **work.uow.patients_of(missing)}
    changes: list[Change] = []
    for one in facts:
        visit = one.visit
        whole = replace(
            one,
            zone=work.zone_of(visit.location_id),
            plan=plan_for(work, visit),
            history=history.get(visit.id, ()),
            patients=patients,
            same_person=merged,
        )
        changes += visit_changes(rules, whole, work.now)
    write(work, changes)
    if any(bundle_of(one.after) for one in changes):
        forget_words(work, changes)
    return changes


def _is_new(before: Appointment | None) -> bool:
    """Nothing can have been planned yet for what was not there, or only held."""
    return before is None or before.status is Status.HELD


def plan_for(work: Work, visit: Appointment) -> tuple[str, ...]:
    """The reminders of the visit's type with its doctor, else the clinic's."""
    kind = effective_type(work.roster.types, visit.type_id, visit.doctor_id)
    if kind is None or kind.reminders is None:
        return work.roster.practice.reminders
    return kind.reminders


def write(work: Work, changes: Iterable[Change]) -> None:
    new = [replace(c.after, id=work.new_id()) for c in changes if c.before is None]
    work.uow.plan_messages(new)
    work.uow.change_messages([(c.before, c.after) for c in changes if c.before is not None])


# Invoices and offers


def _follow_others(
    work: Work, rules: Rules, people: dict[Id, Patient], changed: Sequence[Id]
) -> list[Change]:
    invoices = {row.id: row for row in work.uow.written(Invoice) if _counts(work, row)}
    offers = {row.id: row for row in work.uow.written(WaitlistOffer)}
    for entry in work.uow.written(WaitlistEntry):
        was = work.uow.before(entry)
        if was is not None and was.status is not entry.status:
            for offer in work.uow.find(WaitlistOffer, entry_id=entry.id):
                offers.setdefault(offer.id, offer)
    if changed:
        for message in work.uow.messages_for(changed):
            if message.invoice_id and message.invoice_id not in invoices:
                invoices[message.invoice_id] = work.uow.get(Invoice, message.invoice_id)
            if message.offer_id and message.offer_id not in offers:
                offers[message.offer_id] = work.uow.get(WaitlistOffer, message.offer_id)
    return plan_others(work, rules, list(invoices.values()), list(offers.values()), people)


def _counts(work: Work, invoice: Invoice) -> bool:
    """Whether it is owed or was; a draft asks nobody for money."""
    before = work.uow.before(invoice)
    return invoice.status in OWED or (before is not None and before.status in OWED)


def plan_others(
    work: Work,
    rules: Rules,
    invoices: Sequence[Invoice],
    offers: Sequence[WaitlistOffer],
    people: dict[Id, Patient] | None = None,
) -> list[Change]:
    """What follows from these invoices and offers."""
    if not invoices and not offers:
        return []
    entries = {one.id: one for one in work.uow.entries_of([row.entry_id for row in offers])}
    wanted = {row.patient_id for row in invoices} | {one.patient_id for one in entries.values()}
    patients = {**work.uow.patients_of(sorted(wanted)), **(people or {})}
    history: dict[Id, list[Notification]] = defaultdict(list)
    for message in work.uow.messages_of(
        invoice_ids=[row.id for row in invoices], offer_ids=[row.id for row in offers]
    ):
        history[message.invoice_id or message.offer_id or ""].append(message)
    changes: list[Change] = []
    for invoice in invoices:
        patient = patients.get(invoice.patient_id)
        changes += payment_changes(rules, invoice, patient, history[invoice.id], work.now)
    for offer in offers:
        entry = entries.get(offer.entry_id)
        zone = work.zone_of(offer.location_id or "")
        changes += offer_changes(
            rules,
            offer,
            work.uow.before(offer),
            patients.get(entry.patient_id) if entry is not None else None,
            zone,
            history[offer.id],
            work.now,
            waits=entry is not None and _waits(entry),
        )
    write(work, changes)
    return changes


def _waits(entry: WaitlistEntry) -> bool:
    return entry.deleted_at is None and entry.status is WaitStatus.WAITING


# All of them anew


def plan_batch(work: Work, command: PlanMessages) -> Done:
    """Value: where the next batch begins, None at the end. While the clinic's settings say that
    all are to be planned anew, the next batch begins where the last one ended, whoever asked for
    it; ``command.after`` counts otherwise."""
    marked = work.uow.setting(REPLAN, "clinic")
    after = command.after
    if isinstance(marked, dict):
        place = marked.get("after")
        after = (from_epoch(place[0]), place[1]) if place else None
    rules = rules_of(work)
    visits = work.uow.visits_to_come(after, command.limit)
    _plan_visits(work, rules, [_facts(visit, visit) for visit in visits], {})
    ended = len(visits) < command.limit
    following = None if ended else (visits[-1].start.astimezone(UTC), visits[-1].id)
    if ended:
        _plan_rest(work, rules)
    if isinstance(marked, dict):
        left = None
        if following is not None:
            left = {**marked, "after": [epoch(following[0]), following[1]]}
        work.uow.save_setting(REPLAN, "clinic", left)
    return Done(value=following)


def _plan_rest(work: Work, rules: Rules) -> None:
    """What does not follow from a visit to come, and what is out of place."""
    work.uow.mend_messages()
    over = work.uow.visits_left_waiting()
    _plan_visits(work, rules, [_facts(visit, visit) for visit in over], {})
    since = local_date(work.now, rules.zone) - timedelta(days=rules.payment_after + 1)
    plan_others(work, rules, work.uow.invoices_to_remind(since), work.uow.offers_waiting())
