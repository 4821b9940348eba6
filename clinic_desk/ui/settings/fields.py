"""The single fields of the clinic's sections, for the search of the settings.

A section names its fields here and answers to the names in ``Panel.sought`` (or its own
``focus_on``); a test opens each. What is declared in ``ui.runtime.declared`` is found by itself.
"""

from __future__ import annotations

FIELDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "practice": (
        ("name", "Name of the clinic", ""),
        ("zone", "Time zone", "clock"),
        ("locale", "Language and region", "locale"),
        ("currency", "Currency", "money"),
        ("phone_country", "Phone country", "prefix"),
        ("first_weekday", "A week begins on", "monday sunday"),
        ("reminders", "Usual reminders", "email sms message"),
        ("travel_minutes", "Travel between sites", "gap"),
    ),
    "sites": (
        ("zone", "Time zone of a site", "clock"),
        ("address", "Address", "street"),
        ("capacity", "Capacity of a room", "beds places"),
        ("virtual", "Virtual room", "video online"),
    ),
    "doctors": (
        ("specialty", "Specialty", ""),
        ("code", "Code of a doctor", "initials short"),
        ("look", "Colour and stripe of a doctor", "color pattern"),
        ("location_ids", "Sites of a doctor", "location"),
        ("max_per_day", "Visits per day of a doctor", "limit maximum"),
        ("active", "Active", "deactivate leave"),
    ),
    "types": (
        ("duration", "Length of a visit", "duration minutes time"),
        ("buffer_before", "Kept free before", "buffer gap"),
        ("buffer_after", "Kept free after", "buffer gap"),
        ("price_minor", "Price", "cost fee money"),
        ("mode", "How it takes place", "video phone in person"),
        ("allowed_location_ids", "Only at some sites", "allowed location"),
        ("allowed_room_ids", "Only in some rooms", "allowed"),
        ("needs_acceptance", "Acceptance", "accepts approval confirm"),
        ("min_notice", "Notice", "minimum lead policy"),
        ("max_future_days", "Booked ahead", "future maximum days policy"),
        ("patient_may_reschedule", "Moving at the patient’s wish", "reschedule policy"),
        ("max_reschedules", "Moved at most", "reschedule limit policy"),
        ("max_per_day", "Visits of a type per day", "limit maximum"),
        ("reminders", "Reminders of a type", "email sms message"),
        ("colour", "Colour of a type", "color"),
    ),
    "policies": (
        ("min_notice", "Notice of every type", "minimum lead policy"),
        ("max_future_days", "Days ahead", "future maximum booked"),
        ("max_reschedules", "Moved at most, every type", "reschedule limit"),
        ("patient_may_reschedule", "Patient may move", "reschedule"),
        ("max_per_day", "Visits per day of each type", "limit maximum"),
        ("one_visit_at_a_time", "One patient, one visit at a time", "twice overlap double"),
    ),
    "closures": (
        ("day", "First day of a closure", "from date begin start close"),
        ("last", "Last day of a closure", "until date end close"),
        ("start", "Time a closure begins", "part of a day half afternoon hours from"),
        ("end", "Time a closure ends", "part of a day half morning hours until"),
        ("name", "Name of a closure", "reason called"),
        ("location_id", "Whole clinic or one site closed", "where branch place"),
        ("country", "Country of the public holidays", "bank national state region"),
        ("holidays", "Public holidays: closed or open", "accept decline bank christmas easter"),
        ("accept", "Accept all public holidays", "bank close every"),
        ("closures", "List of closures", "edit change remove reopen"),
    ),
    "billing": (
        ("days", "An invoice is due after", "payment term overdue"),
        ("fee", "No-show fee", "missed visit charge penalty"),
        ("gateway", "Invoices are told to", "ledger external internet"),
        ("url", "Address of the billing service", "web link endpoint"),
        ("token", "Token of the billing service", "password key secret"),
    ),
}
"""(name that ``Panel.focus_on`` knows, what it is called, further words for it)."""
