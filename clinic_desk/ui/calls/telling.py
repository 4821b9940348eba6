"""What is known of the caller, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.services.caller import CallerFacts
from clinic_desk.services.money import price_text
from clinic_desk.services.views import Cell
from clinic_desk.ui.calls.barring import offer_barred
from clinic_desk.ui.models import words
from clinic_desk.ui.models.sites import both_moment
from clinic_desk.ui.runtime.formatting import left_to_right, phone_text

if TYPE_CHECKING:
    from clinic_desk.ui.calls.panel import CallPanel

NEXT, LAST, DOCTOR, MISSED = "Next visit", "Last visit", "Own doctor", "No-shows"
OWES, WAITS = "Balance", "Waiting list"
CAPTIONS = (NEXT, LAST, DOCTOR, MISSED, OWES, WAITS)


def offers_words(panel: CallPanel) -> str:
    """The line above the offers."""
    offers, rows = panel.offers, panel.offers.rows
    if offers.searching:
        return "Looking for openings…"
    if not rows and panel.hit is not None:
        return (
            "Nothing is free in the next four weeks for this type. "
            "T takes another type, W puts them on the waiting list."
        )
    if panel.holds.ids:
        return "Held. F4 keeps them longer, H or Esc lets go."
    barred = [offer_barred(panel, row) for row in rows]
    if rows and all(barred):
        return barred[0]
    return "Best offers: press 1, 2 or 3 to book."


def tell_facts(panel: CallPanel, found: CallerFacts, now: datetime) -> None:
    source, facts, patient = panel.source, panel.facts, found.view.patient
    roster = source.roster
    zone = source.zone
    today = words.local(now, zone).date()
    panel.name.setText(patient.listed_name)
    phone = phone_text(patient.mobile or patient.phone)
    parts = [
        f"No. {patient.record_number}",
        words.age_words(patient, today),
        left_to_right(phone) or patient.mobile_typed or patient.phone_typed or "no phone on file",
    ]
    panel.about.setText(" · ".join(part for part in parts if part))
    panel.alert.show_alert(patient.alert)

    def visit(cell: Cell, when: str) -> str:
        doctor = words.doctor_of(roster, cell.doctor_id) if roster is not None else ""
        told = [when, cell.type_name, doctor]
        if cell.status not in (Status.SCHEDULED, Status.COMPLETED):
            told.append(STATUS_WORDS[cell.status])
        return " · ".join(one for one in told if one)

    following = found.next
    if following is None:
        facts.tell(NEXT, "none", "text2")
    else:
        when = both_moment(following.start, source.zone_at(following.location_id), zone)
        more = len(found.coming) - 1
        facts.tell(NEXT, visit(following, when) + (f", and {more} more" if more else ""))
    if found.last is None:
        facts.tell(LAST, "none yet", "text2")
    else:
        wall = words.local(found.last.start, source.zone_at(found.last.location_id))
        facts.tell(LAST, visit(found.last, words.day_words(wall.date(), today)))
    own = panel.doctor_id()
    named = words.doctor_of(roster, own, short=False) if roster is not None and own else "none yet"
    facts.tell(DOCTOR, named, "text" if own else "text2")
    missed = found.view.no_shows
    facts.tell(MISSED, str(missed) if missed else "none", "warn" if missed else "text2")
    owed = ", ".join(f"owes {price_text(minor, currency)}" for currency, minor in found.owed)
    nothing = "nothing owed" if found.money_told else "not told to this role"
    facts.tell(OWES, owed or nothing, "warn" if owed else "text2")
    lines = [
        " · ".join(
            one
            for one in (
                card.type_name,
                card.doctor_name or "any doctor",
                f"since {words.short_date(words.local(card.since, zone).date(), today)}",
            )
            if one
        )
        for card in found.waits
    ]
    facts.tell(WAITS, "\n".join(lines) or "not waiting", "text" if lines else "text2")
    facts.setAccessibleDescription(
        ". ".join(f"{caption}: {value.text()}" for caption, value in facts.values.items())
    )
