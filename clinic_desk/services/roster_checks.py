"""The bounds of one roster row by itself, in words (domain.md section 1).

``checked`` answers the row as it is kept: names without doubled spaces, codes and texts trimmed.
What a row must be beside the others is judged in ``roster_rules``.
"""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Mode,
    Practice,
    Room,
    TravelTime,
)
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.records import Record
from clinic_desk.domain.templates import (
    AvailabilityException,
    ExternalBusyTime,
    Holiday,
    ScheduleTemplate,
    TimeOffRequest,
)
from clinic_desk.services.fields import (
    DAY,
    NAME_LIMIT,
    TEXT_LIMIT,
    between,
    check_buffers,
    check_currency,
    check_locale,
    check_region,
    check_reminders,
    check_span,
    check_zone,
    name_of,
    slug_of,
    text_of,
)
from clinic_desk.services.hours_checks import checked_template
from clinic_desk.services.wording import clock_text, plain, quoted

COLOURS = ("crimson", "bark", "clay", "lime", "teal", "indigo", "plum", "orchid")
PATTERNS = ("solid", "dashed", "double")
LONGEST_NOTICE = 366 * DAY
FURTHEST = 3_660
"""Days ahead that a type can be booked at most."""
DEAREST = 10**11
"""Minor units; a price above it is a slip of the finger."""
MOST_ROOM = 500


def checked(record: Record) -> Record:
    """The row as it is to be kept. Raises ``Refusal`` whose ``field`` names what is wrong."""
    match record:
        case Practice():
            return _practice(record)
        case Location():
            return _location(record)
        case Room():
            return _room(record)
        case Doctor():
            return _doctor(record)
        case AppointmentType():
            return _type(record)
        case ScheduleTemplate():
            return checked_template(record)
        case Holiday():
            return _holiday(record)
        case TravelTime():
            if not 0 <= record.minutes <= DAY:
                raise Refusal(
                    "bad_travel",
                    f"Between two sites lie 0 to {DAY:,} minutes; {record.minutes} is not.",
                    field="minutes",
                )
            if record.location_id == record.other_location_id:
                raise Refusal(
                    "bad_travel", "Choose two different sites.", field="other_location_id"
                )
            return record
        case AvailabilityException() | TimeOffRequest():
            check_span(record.start, record.end)
            return replace(record, reason=text_of(record.reason, "reason", TEXT_LIMIT))
        case ExternalBusyTime():
            check_span(record.start, record.end)
            return record
        case _:
            raise Refusal("unknown_kind", f"{type(record).__name__} is not part of the roster.")


def _holiday(row: Holiday) -> Holiday:
    if not 0 <= row.start_minute < DAY or not 0 <= row.end_minute <= DAY:
        raise Refusal("bad_time", "A closure lies between 00:00 and 24:00.", field="start_minute")
    if row.start_minute >= row.until:
        raise Refusal(
            "bad_time",
            f"The closure ends at {clock_text(row.until)}, before it begins at "
            f"{clock_text(row.start_minute)}.",
            field="end_minute",
        )
    name = name_of(row.name, "name", "A closure")
    return replace(row, name=name, end_minute=row.end_minute % DAY)


def _practice(row: Practice) -> Practice:
    between(
        row.first_weekday, 0, 6, "first_weekday", "A week begins on one of its seven days.",
        "bad_weekday",
    )  # fmt: skip
    between(
        row.travel_minutes, 0, DAY, "travel_minutes",
        f"Travel between sites takes 0 to {DAY:,} minutes; {row.travel_minutes} is not.",
        "bad_travel",
    )  # fmt: skip
    return replace(
        row,
        name=name_of(row.name, "name", "The clinic"),
        zone=check_zone(row.zone),
        locale=check_locale(row.locale),
        currency=check_currency(row.currency),
        phone_country=check_region(row.phone_country, "phone_country"),
        reminders=check_reminders(row.reminders),
    )


def _location(row: Location) -> Location:
    for field, value, most in (("latitude", row.latitude, 90), ("longitude", row.longitude, 180)):
        if value is not None and not -most <= value <= most:
            raise Refusal(
                "bad_position",
                f"A {field} lies between -{most} and {most}; {value:g} does not.",
                field=field,
            )
    return replace(
        row,
        name=name_of(row.name, "name", "A site"),
        zone=check_zone(row.zone),
        address=text_of(row.address, "address", 500),
        city=text_of(row.city, "city", NAME_LIMIT, lines=False),
        phone=text_of(row.phone, "phone", 60, lines=False),
        country=check_region(row.country, "country") if row.country.strip() else "",
    )


def _room(row: Room) -> Room:
    if row.capacity < 1:
        raise Refusal("bad_capacity", "A room holds at least one visit.", field="capacity")
    between(
        row.capacity, 1, MOST_ROOM, "capacity",
        f"A room holds at most {MOST_ROOM} visits at once; {row.capacity:,} is too many.",
        "bad_capacity",
    )  # fmt: skip
    return replace(row, name=name_of(row.name, "name", "A room"))


def _doctor(row: Doctor) -> Doctor:
    name = name_of(row.name, "name", "A doctor")
    code = "".join(plain(row.code).split())
    if not 1 <= len(code) <= 3:
        raise Refusal(
            "bad_code", "A doctor’s code has one to three letters, such as AD.", field="code"
        )
    if row.colour not in COLOURS:
        raise Refusal(
            "bad_colour", f"{quoted(row.colour)} is none of the eight colours.", field="colour"
        )
    if row.pattern not in PATTERNS:
        raise Refusal(
            "bad_pattern", "A doctor’s stripe is solid, dashed or double.", field="pattern"
        )
    _limit(row.max_per_day)
    return replace(
        row,
        name=name,
        code=code,
        title=text_of(row.title, "title", 40, lines=False),
        specialty=text_of(row.specialty, "specialty", NAME_LIMIT, lines=False),
        location_ids=tuple(dict.fromkeys(row.location_ids)),
    )


def _limit(number: int | None) -> None:
    if number is not None and not 1 <= number <= 200:
        raise Refusal(
            "bad_limit",
            "A limit per day lies between 1 and 200 visits; leave it empty for none.",
            field="max_per_day",
        )


def _type(row: AppointmentType) -> AppointmentType:
    name = name_of(row.name, "name", "A visit type")
    between(
        row.duration, SHORTEST, LONGEST, "duration",
        f"A visit lasts between {SHORTEST} and {LONGEST} minutes; {name} would last "
        f"{row.duration}.",
        "bad_length",
    )  # fmt: skip
    check_buffers(row.buffer_before, row.buffer_after)
    code = "".join(plain(row.code).split())
    if not 1 <= len(code) <= 4:
        raise Refusal(
            "bad_code", "A visit type’s code has one to four letters, such as FUP.", field="code"
        )
    if row.price_minor < 0:
        raise Refusal("bad_price", "A price cannot be negative.", field="price_minor")
    if row.price_minor > DEAREST:
        raise Refusal("bad_price", "That price is too high; check its zeros.", field="price_minor")
    between(
        row.min_notice, 0, LONGEST_NOTICE, "min_notice",
        "The notice lies between nothing and one year.", "bad_notice",
    )  # fmt: skip
    between(
        row.max_future_days, 0, FURTHEST, "max_future_days",
        f"How far ahead a visit is booked lies between 0 and {FURTHEST:,} days.", "bad_notice",
    )  # fmt: skip
    if row.min_notice > (row.max_future_days + 1) * DAY:
        raise Refusal(
            "bad_notice",
            f"{name} could never be booked: it would need more notice than the "
            f"{row.max_future_days} days it can be booked ahead.",
            field="min_notice",
        )
    if row.max_reschedules is not None and not 0 <= row.max_reschedules <= 100:
        raise Refusal(
            "bad_limit",
            "How often a visit may be moved lies between 0 and 100; leave it empty for no limit.",
            field="max_reschedules",
        )
    _limit(row.max_per_day)
    if row.colour and row.colour not in COLOURS:
        raise Refusal(
            "bad_colour", f"{quoted(row.colour)} is none of the eight colours.", field="colour"
        )
    if row.mode not in tuple(Mode):
        raise Refusal(
            "bad_mode",
            f"A visit is in person, by video or by phone; {quoted(row.mode)} is none of these.",
            field="mode",
        )
    places, rooms = row.allowed_location_ids, row.allowed_room_ids
    if row.default_location_id is not None and places and row.default_location_id not in places:
        raise Refusal(
            "bad_place",
            "The usual site is not among the sites where this visit may be.",
            field="default_location_id",
        )
    if row.default_room_id is not None and rooms and row.default_room_id not in rooms:
        raise Refusal(
            "bad_place",
            "The usual room is not among the rooms where this visit may be.",
            field="default_room_id",
        )
    return replace(
        row,
        name=name,
        code=code,
        slug=slug_of(row.slug or name),
        mode=Mode(row.mode),
        description=text_of(row.description, "description", TEXT_LIMIT),
        allowed_location_ids=tuple(dict.fromkeys(places)),
        allowed_room_ids=tuple(dict.fromkeys(rooms)),
        reminders=None if row.reminders is None else check_reminders(row.reminders),
    )
