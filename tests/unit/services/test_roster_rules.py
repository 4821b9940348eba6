"""Roster rows by themselves and beside each other: a sentence at the field, nothing half-saved."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.catalogue import (
    AppointmentType,
    Doctor,
    Location,
    Practice,
    Room,
    TravelTime,
)
from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.templates import Break, Holiday, Reserved, ScheduleTemplate
from clinic_desk.services.commands import CancelAppointment, SaveRecords
from clinic_desk.services.fields import slug_of
from clinic_desk.services.roster_rules import overlap
from tests.fakes.world import TODAY, World, at

TOOTH = "Praxis 🦷 Zahnärzte"


def save(world: World, *records: Any, label: str = "Save") -> Any:
    return world.run(SaveRecords(records=records, label=label))


def refused(world: World, *records: Any) -> Refusal:
    before = world.store.queries.roster()
    with pytest.raises(Refusal) as caught:
        save(world, *records)
    assert world.store.queries.roster() == before
    return caught.value


def roster(world: World) -> Any:
    return world.store.queries.roster()


def kind(world: World, name: str = "follow-up") -> AppointmentType:
    return roster(world).types[world.names[name]]  # type: ignore[no-any-return]


def hours(world: World, **more: Any) -> ScheduleTemplate:
    """Saturday hours, when nobody works."""
    fields: dict[str, Any] = {
        "id": "sat", "doctor_id": world.names["wu"], "location_id": world.names["main"],
        "weekday": 5, "work_start": 480, "work_end": 720,
    }  # fmt: skip
    return ScheduleTemplate(**{**fields, **more})


def test_an_emoji_survives_and_spaces_do_not_double(world: World) -> None:
    practice = replace(roster(world).practice, name=f"  {TOOTH}\n Mitte ")
    save(world, practice)
    assert roster(world).practice.name == f"{TOOTH} Mitte"
    family = "👩‍👩‍👧 Ward"
    save(world, replace(roster(world).rooms[world.names["room1"]], name=family))
    assert roster(world).rooms[world.names["room1"]].name == family
    save(world, Room(id="r", location_id=world.names["main"], name="🦷" * 120))
    assert roster(world).rooms["r"].name == "🦷" * 120


NAMED = ["practice", "room1", "main", "wu", "follow-up"]


@pytest.mark.parametrize("whose", NAMED)
@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("", "missing"),
        (" \u200b\u2060 ", "missing"),
        ("Bell\x07", "bad_text"),
        ("Half \ud800", "bad_text"),
        ("x" * 121, "too_long"),
        ("😀" * 10_000, "too_long"),
    ],
)
def test_names_of_everything(world: World, whose: str, name: str, code: str) -> None:
    known = roster(world)
    rows = {**known.rooms, **known.locations, **known.doctors, **known.types}
    row = known.practice if whose == "practice" else rows[world.names[whose]]
    told = refused(world, replace(row, name=name))
    assert (told.code, told.field) == (code, "name")
    if code == "too_long":
        assert f"{len(name):,}" in told.sentence


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("practice", {"locale": "xx_YY"}, "locale"),
    ("practice", {"currency": "BTC"}, "currency"),
    ("practice", {"phone_country": "ZZZ"}, "phone_country"),
    ("practice", {"zone": "Mars/Olympus"}, "zone"),
    ("practice", {"first_weekday": 7}, "first_weekday"),
    ("practice", {"travel_minutes": -1}, "travel_minutes"),
    ("practice", {"reminders": ("soon",)}, "reminders"),
    ("practice", {"reminders": ("60:pigeon",)}, "reminders"),
    ("practice", {"reminders": ("60:", "60:sms")}, "reminders"),
    ("main", {"country": "XX"}, "country"),
    ("main", {"latitude": 91.0}, "latitude"),
    ("main", {"zone": "Europe"}, "zone"),
    ("main", {"name": "Elm PARK"}, "name"),
    ("main", {"primary": False}, "primary"),
    ("room1", {"capacity": 0}, "capacity"),
    ("room1", {"capacity": 501}, "capacity"),
    ("room1", {"name": "room 2"}, "name"),
    ("room1", {"location_id": "nowhere"}, "location_id"),
    ("room1", {"location_id": "BRANCH"}, "location_id"),
    ("wu", {"code": ""}, "code"),
    ("wu", {"code": "ib"}, "code"),
    ("wu", {"code": "ABCD"}, "code"),
    ("wu", {"colour": "pink"}, "colour"),
    ("wu", {"pattern": "dotted"}, "pattern"),
    ("wu", {"max_per_day": 0}, "max_per_day"),
    ("wu", {"location_ids": ("nowhere",)}, "location_ids"),
    ("follow-up", {"duration": 14}, "duration"),
    ("follow-up", {"duration": 481}, "duration"),
    ("follow-up", {"buffer_before": 241}, "buffer_before"),
    ("follow-up", {"buffer_after": -1}, "buffer_after"),
    ("follow-up", {"price_minor": -1}, "price_minor"),
    ("follow-up", {"price_minor": 10**12}, "price_minor"),
    ("follow-up", {"min_notice": -1}, "min_notice"),
    ("follow-up", {"min_notice": 5 * 1440, "max_future_days": 2}, "min_notice"),
    ("follow-up", {"max_future_days": 10_000}, "max_future_days"),
    ("follow-up", {"max_reschedules": -1}, "max_reschedules"),
    ("follow-up", {"max_per_day": 0}, "max_per_day"),
    ("follow-up", {"code": "new"}, "code"),
    ("follow-up", {"slug": "new"}, "slug"),
    ("follow-up", {"name": "New patient", "slug": ""}, "name"),
    ("follow-up", {"allowed_room_ids": ("nowhere",)}, "allowed_room_ids"),
    ("follow-up", {"default_room_id": "nowhere"}, "default_room_id"),
    ("follow-up", {"default_location_id": "BRANCH", "default_room_id": "ROOM1"}, "default_room_id"),
    ("follow-up", {"default_location_id": "BRANCH", "allowed_location_ids": ("MAIN",)},
     "default_location_id"),
    ("follow-up", {"doctor_id": "nobody"}, "doctor_id"),
    ("follow-up", {"description": "x" * 2001}, "description"),
]  # fmt: skip


@pytest.mark.parametrize(("whose", "values", "field"), BAD)
def test_bad_values_are_told_at_their_field(
    world: World, whose: str, values: dict[str, Any], field: str
) -> None:
    def named(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(named(one) for one in value)
        return world.names.get(value.lower(), value) if str(value).isupper() else value

    known = roster(world)
    rows = {**known.rooms, **known.locations, **known.doctors, **known.types}
    row = known.practice if whose == "practice" else rows[world.names[whose]]
    told = refused(world, replace(row, **{key: named(value) for key, value in values.items()}))
    assert told.field == field
    assert told.sentence.endswith(".")


WEEK_BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"work_end": 480}, "work_end", "end after it starts"),
    ({"work_end": 300}, "work_end", "08:00–05:00"),
    ({"work_end": 1500}, "work_end", "one day"),
    ({"breaks": (Break(460, 500, "Tea"),)}, "breaks", "Tea” (07:40–08:20) lies outside"),
    ({"breaks": (Break(700, 740, "Tea"),)}, "breaks", "outside the hours 08:00–12:00"),
    ({"breaks": (Break(600, 600, "Tea"),)}, "breaks", "end after it starts"),
    ({"breaks": (Break(540, 600, "A"), Break(590, 620, "B"))}, "breaks", "“A” (09:00–10:00)"),
    ({"reserved": (Reserved(700, 740, ("T",)),)}, "reserved", "outside the hours"),
    ({"reserved": (Reserved(540, 600, ()),)}, "reserved", "for which visits"),
    ({"reserved": (Reserved(540, 600, ("gone",)),)}, "reserved", "no longer there"),
    ({"step": 0}, "step", "minutes apart"),
    ({"max_parallel": 0}, "max_parallel", "side by side"),
    ({"every_weeks": 2}, "anchor", "in which week"),
    ({"every_weeks": 0}, "every_weeks", "1 to 52"),
    ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, "valid_until", "last day"),
    ({"doctor_id": "nobody"}, "doctor_id", "no longer there"),
    ({"location_id": "nowhere"}, "location_id", "no longer there"),
]


@pytest.mark.parametrize(("values", "field", "said"), WEEK_BAD)
def test_hours_that_cannot_be(world: World, values: dict[str, Any], field: str, said: str) -> None:
    told = refused(world, hours(world, **values))
    assert told.field == field
    assert said in told.sentence


def test_a_room_of_another_site(world: World) -> None:
    row = hours(world, location_id=world.names["branch"], room_id=world.names["room1"])
    assert refused(world, row).field == "room_id"


def test_overlapping_hours_name_both(world: World) -> None:
    save(world, hours(world))
    told = refused(world, hours(world, id="late", work_start=660, work_end=900))
    assert (told.code, told.field) == ("overlapping_hours", "work_start")
    assert "Dr Wu on Saturday 08:00–12:00 at Main Street" in told.sentence
    assert "Saturday 11:00–15:00 at Main Street" in told.sentence
    save(world, hours(world, id="late", work_start=660, work_end=900, priority=1))
    save(world, hours(world, id="next", work_start=720, work_end=800))
    both = hours(world, id="a", weekday=6), hours(world, id="b", weekday=6, work_start=700)
    assert refused(world, *both).code == "overlapping_hours"
    # a doctor's hours at two sites with two clocks: 11:00 in Istanbul is 08:00 in London
    branch = hours(world, id="far", location_id=world.names["branch"], work_start=600, work_end=700)
    assert refused(world, branch).code == "overlapping_hours"


def test_hours_of_alternate_weeks_do_not_overlap(world: World) -> None:
    even = {"every_weeks": 2, "anchor": TODAY}
    odd = {"every_weeks": 2, "anchor": TODAY + timedelta(days=7)}
    save(world, hours(world, **even), hours(world, id="odd", **odd))
    assert refused(world, hours(world, id="third", every_weeks=3, anchor=TODAY)).code
    past = hours(world, id="past", weekday=1, work_start=0, valid_until=date(2020, 1, 1))
    assert refused(world, past).code == "overlapping_hours"


WEEKS = st.tuples(st.sampled_from([1, 2, 3, 4, 6]), st.integers(0, 11))


@given(WEEKS, WEEKS, st.integers(0, 6), st.integers(0, 6))
def test_weeks_meet_when_some_week_of_the_year_holds_both(
    one: tuple[int, int], two: tuple[int, int], a: int, b: int
) -> None:
    def row(rhythm: tuple[int, int], day: int) -> ScheduleTemplate:
        monday = date(2026, 1, 5) + timedelta(weeks=rhythm[1])
        return ScheduleTemplate(
            id=str(rhythm), doctor_id="d", location_id="l", weekday=2, work_start=0, work_end=60,
            every_weeks=rhythm[0], anchor=monday + timedelta(days=day),
        )  # fmt: skip

    held = [{w for w in range(144) if (w - r[1]) % r[0] == 0} for r in (one, two)]
    places = {"l": Location(id="l", name="L", zone="UTC")}
    assert overlap(row(one, a), row(two, b), places) == bool(held[0] & held[1])


def test_a_slug_is_made_of_the_name(world: World) -> None:
    made = AppointmentType(id="n", slug="", name="Öğle kontrolü", code="OEK", duration=30)
    save(world, made)
    assert roster(world).types["n"].slug == "ogle-kontrolu"
    assert slug_of("初診") == slug_of("初診") != ""
    assert slug_of("🦷") != ""
    twice = AppointmentType(id="m", slug="", name="Ogle Kontrolu", code="OE2", duration=30)
    told = refused(world, twice)
    assert told.code == "slug_taken"
    assert "Öğle kontrolü" in told.sentence
    # one doctor's own row of that name changes it for that doctor
    save(world, replace(made, id="o", doctor_id=world.names["wu"], duration=45))
    told = refused(world, replace(made, id="p", doctor_id=world.names["wu"], code="OE3"))
    assert "of Dr Wu" in told.sentence


def test_exactly_one_site_is_the_primary_one(world: World) -> None:
    branch = roster(world).locations[world.names["branch"]]
    save(world, replace(branch, primary=True))
    assert [r.name for r in roster(world).locations.values() if r.primary] == ["Elm Park"]
    world.undo()
    assert [r.name for r in roster(world).locations.values() if r.primary] == ["Main Street"]
    main = roster(world).locations[world.names["main"]]
    told = refused(world, replace(branch, primary=True), replace(main, city="London"))
    assert told.code == "one_primary"


def test_a_room_with_visits_stays_at_its_site_and_as_large_as_they_need(world: World) -> None:
    world.book("10:00", doctor="berg")
    world.book("10:00", doctor="berg", patient="jon")
    wide = roster(world).rooms[world.names["wide"]]
    told = refused(world, replace(wide, capacity=1))
    assert (told.code, told.field) == ("room_in_use", "capacity")
    assert told.sentence == (
        "2 visits are booked in Room 3 at once on Tue 10:00 (A. Lee, J. Hall), so it must hold "
        "at least 2. Move one of them first."
    )
    told = refused(world, replace(wide, location_id=world.names["branch"]))
    assert (told.code, told.field) == ("room_in_use", "location_id")
    assert "2 visits to come (the first on Tue 10:00 with Dr Berg)" in told.sentence
    free = roster(world).rooms[world.names["room1"]]
    told = refused(world, replace(free, location_id=world.names["branch"]))
    assert "is the room of Dr Wu on Monday 08:00–17:00 at Main Street" in told.sentence
    save(world, replace(wide, capacity=3))
    save(world, replace(roster(world).rooms[wide.id], capacity=2))


def test_only_visits_to_come_keep_a_room_large(world: World) -> None:
    wide_id = world.names["wide"]
    yesterday, before = TODAY - timedelta(days=1), {"doctor_id": world.names["berg"]}
    for lane, patient in enumerate(("ana", "jon")):
        row = {"room_id": wide_id, "room_lane": lane, "lane": lane, **before}
        world.put_in({**row, "patient_id": world.names[patient], "start": at("10:00", yesterday)})
    world.book("10:00", doctor="berg")
    second = world.book("10:00", doctor="berg", patient="jon")
    far = TODAY + timedelta(days=7)
    for patient in ("ana", "jon"):
        world.book("11:00", doctor="berg", patient=patient, day=far)
    told = refused(world, replace(roster(world).rooms[wide_id], capacity=1))
    assert "There are more than 1 at once on Tue 1 Dec too." in told.sentence
    world.clock.set(at("11:00", far - timedelta(days=1)))  # the first pair is over by now
    told = refused(world, replace(roster(world).rooms[wide_id], capacity=1))
    assert told.sentence.startswith("2 visits are booked in Room 3 at once on Tue 11:00")
    world.clock.set(at("12:00", far))
    save(world, replace(roster(world).rooms[wide_id], capacity=1))
    assert roster(world).rooms[wide_id].capacity == 1
    assert world.row(second).room_lane in (0, 1)
    assert world.proven()
    world.undo()
    assert roster(world).rooms[wide_id].capacity == 2
    world.redo()
    assert world.proven()


def test_a_smaller_room_takes_its_visits_in_the_places_left(world: World) -> None:
    wide = roster(world).rooms[world.names["wide"]]
    first = world.book("10:00", doctor="berg")
    second = world.book("10:00", doctor="berg", patient="jon")
    world.run(CancelAppointment(appointment_id=first, reason="Ill"))
    assert world.row(second).room_lane == 1
    save(world, replace(wide, capacity=1))
    assert world.row(second).room_lane == 0
    assert world.proven()
    world.undo()
    assert world.row(second).room_lane == 1
    assert roster(world).rooms[wide.id].capacity == 2
    assert world.proven()


def test_what_is_no_longer_offered_keeps_its_visits(world: World) -> None:
    row = world.book("10:00")
    world.book("11:00", patient="jon")
    wu = roster(world).doctors[world.names["wu"]]
    told = save(world, replace(wu, active=False))
    assert told.warnings == (
        "Dr Wu: 2 visits to come (the first on Tue 10:00) stay as booked, until moved.",
    )
    told = save(world, replace(kind(world), active=False))
    assert told.warnings[0].startswith("“Follow-up”: 2 visits to come")
    assert world.row(row).type_id == world.names["follow-up"]
    assert world.proven()


def test_prices_stay_with_their_visits(world: World) -> None:
    row = world.book("10:00")
    told = save(world, replace(roster(world).practice, currency="eur"))
    assert "keep their prices in GBP" in told.warnings[0]
    assert (world.row(row).price_minor, world.row(row).currency) == (4500, "GBP")
    other = world.row(world.book("11:00", patient="jon"))
    assert (other.price_minor, other.currency) == (4500, "EUR")


def test_another_currency_is_no_news_where_nothing_has_a_price(world: World) -> None:
    free = [replace(row, price_minor=0) for row in roster(world).types.values()]
    save(world, *free)
    told = save(world, replace(roster(world).practice, currency="eur"))
    assert told.warnings == ()


def test_a_stale_edit_says_who_and_when(world: World) -> None:
    seen = roster(world).rooms[world.names["room1"]]
    world.other_desk().execute(SaveRecords(records=(replace(seen, name="Blue"),)))
    with pytest.raises(Stale) as caught:
        save(world, replace(seen, name="Green"))
    assert "Noor changed this at 07:00" in caught.value.sentence
    assert "room" in caught.value.sentence or "row" in caught.value.sentence
    save(world, replace(roster(world).rooms[seen.id], name="Green"))


def test_all_or_nothing(world: World) -> None:
    good = Room(id="good", location_id=world.names["main"], name="Good")
    refused(world, good, Room(id="bad", location_id=world.names["main"], name="GOOD"))
    refused(world, good, replace(good, name="Twice"))


def test_ways_and_closures_once(world: World) -> None:
    main, branch = world.names["main"], world.names["branch"]
    save(world, TravelTime(id="w", location_id=main, other_location_id=branch, minutes=20))
    back = TravelTime(id="v", location_id=branch, other_location_id=main, minutes=25)
    told = refused(world, back)
    assert (told.code, told.field) == ("same_pair", "other_location_id")
    assert "20 minutes" in told.sentence
    same = replace(back, location_id=main, other_location_id=main)
    assert refused(world, same).field == "other_location_id"
    assert refused(world, replace(back, minutes=1441)).field == "minutes"
    save(world, Holiday(id="h", day=TODAY, name="Stocktaking"))
    assert refused(world, Holiday(id="i", day=TODAY, name="Again")).field == "day"
    save(world, Holiday(id="j", day=TODAY, name="Here", location_id=branch))


def test_a_clinic_from_nothing_in_one_command(world: World) -> None:
    """Rows of one command may refer to each other, in any order."""
    rows = (
        hours(world, id="w", doctor_id="d", location_id="l", room_id="r",
              reserved=(Reserved(480, 540, ("t",)),)),
        AppointmentType(id="t", slug="", name="Röntgen", code="XR", duration=20,
                        allowed_room_ids=("r",)),
        Doctor(id="d", name="Dr New", code="DN", location_ids=("l",)),
        Room(id="r", location_id="l", name="X-ray"),
        Location(id="l", name="Harbour", zone="Europe/Berlin"),
    )  # fmt: skip
    assert save(world, *rows).value == 5
    assert world.proven()
    assert refused(world, Practice(id="two", name="Two", zone="UTC")).code == "one_practice"


def test_an_override_follows_its_type_whatever_command_changes_it(world: World) -> None:
    """What a doctor has of their own stays, all else is the clinic's, and one undo takes both
    back."""
    clinic = kind(world)
    own = replace(
        clinic, id="own", revision=0, doctor_id=world.names["wu"], duration=45, price_minor=6000
    )
    save(world, own)
    done = save(world, replace(clinic, name="Check", slug="check", price_minor=5000, min_notice=60))
    assert done.value == 2
    now = roster(world).types["own"]
    assert (now.name, now.slug, now.min_notice) == ("Check", "check", 60)
    assert (now.duration, now.price_minor) == (45, 6000)
    assert world.row(world.book("10:00")).minutes == 45
    world.undo()  # the visit
    world.undo()
    assert (roster(world).types["own"].slug, kind(world).slug) == (clinic.slug, clinic.slug)
    world.redo()
    assert roster(world).types["own"].slug == "check"
    assert world.proven()


def test_an_override_saved_beside_its_type_keeps_what_it_was_given(world: World) -> None:
    clinic = kind(world)
    save(world, replace(clinic, id="own", revision=0, doctor_id=world.names["wu"], duration=45))
    own = roster(world).types["own"]
    save(
        world, replace(kind(world), price_minor=5000, buffer_after=5), replace(own, buffer_after=10)
    )
    now = roster(world).types["own"]
    assert (now.price_minor, now.buffer_after, now.duration) == (5000, 10, 45)
    stale = replace(own, duration=60)  # as somebody saw it before the price was raised
    save(world, replace(kind(world), price_minor=5500), replace(now, duration=60))
    assert (roster(world).types["own"].price_minor, roster(world).types["own"].duration) == (
        5500,
        60,
    )
    with pytest.raises(Stale):
        world.other_desk().execute(SaveRecords(records=(stale,)))


@pytest.mark.parametrize(
    ("whose", "field"), [("practice", "zone"), ("practice", "locale"), ("practice", "currency"),
                         ("main", "zone"), ("main", "country"), ("wu", "colour")],
)  # fmt: skip
def test_a_page_of_text_is_told_by_its_beginning(world: World, whose: str, field: str) -> None:
    known = roster(world)
    rows = {**known.locations, **known.doctors}
    row = known.practice if whose == "practice" else rows[world.names[whose]]
    told = refused(world, replace(row, **{field: "😀ab" * 5000}))
    assert told.field == field
    assert "😀ab" in told.sentence
    assert len(told.sentence) < 160
