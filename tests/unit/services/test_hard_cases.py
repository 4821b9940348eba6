"""What goes wrong once a year: hostile text, clocks put back, reasons that must not get lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from clinic_desk.domain.appointments import Source, Status
from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request
from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind, ScheduleTemplate
from clinic_desk.services.commands import (
    AddPatient,
    BlockTime,
    BookAppointment,
    CancelAppointment,
    ChangeStatus,
    Command,
    EditAppointment,
    EditPatient,
    HoldSlot,
    MoveAppointment,
    MoveTogether,
    ReleaseExpiredHolds,
    SaveRecords,
    SaveSetting,
)
from clinic_desk.services.openings import Criteria, stream
from clinic_desk.services.outbox_commands import ClaimMessages, SettleMessage
from tests.fakes.world import TODAY, World, actor, at

LONE = "a\ud800b"
HOSTILE = ["\x00", "a\x00b", "\u202eabc\u200f", "'; DROP TABLE patient; --", "x" * 4_900]


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_of_every_kind_are_kept_or_refused(world: World, text: str) -> None:
    row_id = world.book(reason=text[:2_000], notes=text)
    assert "\x00" not in world.row(row_id).notes
    world.run(EditAppointment(appointment_id=row_id, values={"notes": text, "title": None}))
    assert world.row(row_id).title == ""
    world.run(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED, reason=text[:2_000]))
    world.undo()
    world.redo()
    assert world.proven()


def commands(world: World, row_id: str, text: str) -> list[Command]:
    names = world.names
    return [
        BookAppointment(
            patient_id=names["ana"],
            doctor_id=names["wu"],
            type_id=names["follow-up"],
            start=at("15:00"),
            notes=text,
        ),
        EditAppointment(appointment_id=row_id, values={"title": text}),
        CancelAppointment(appointment_id=row_id, reason=text),
        AddPatient(values={"last_name": text}),
        EditPatient(patient_id=names["ana"], values={"notes": text}),
        BlockTime(doctor_id=names["wu"], start=at("16:00"), end=at("17:00"), reason=text),
        SaveSetting(key="calendar.note", value=text),
        MoveAppointment(
            appointment_id=row_id,
            expected_revision=None,
            start=at("11:00"),
            end=at("11:30"),
            override_reason=text,
        ),
    ]


@pytest.mark.parametrize("number", range(8))
def test_a_lone_surrogate_is_refused_by_every_command(world: World, number: int) -> None:
    row_id = world.book()
    with pytest.raises(Refusal) as refused:
        world.run(commands(world, row_id, LONE)[number])
    assert refused.value.code == "bad_text"
    assert world.proven()


@pytest.mark.parametrize("name", ["\x00", "\u200f\u202e", "\u200b ", "  "])
def test_a_name_has_a_letter(world: World, name: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.run(AddPatient(values={"last_name": name}))
    assert refused.value.field == "last_name"


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "a" * 400 + "@b.de"), ("emergency_contact", "x" * 501), ("zone", "Europe")],
)
def test_what_cannot_be_kept_of_a_patient(world: World, field: str, value: str) -> None:
    with pytest.raises(Refusal) as refused:
        world.run(EditPatient(patient_id=world.names["ana"], values={field: value}))
    assert refused.value.field == field


@pytest.mark.parametrize("text", ["@@", "a @@", "-@-", "NEAR(", '"', "*", "a AND", "^a", "x:y"])
def test_a_search_takes_whatever_is_typed(world: World, text: str) -> None:
    world.store.queries.search_patients(text)
    world.store.queries.search_patients(f"lee {text}")


def test_a_pasted_letter_does_not_stall_the_search(world: World) -> None:
    assert world.store.queries.search_patients(" ".join(f"word{n}" for n in range(5_000))) == []
    assert world.store.queries.search_patients("@" * 1_000_000) == []
    assert world.store.queries.appointment_by_code(LONE) is None


def test_a_walk_in_is_of_today(world: World) -> None:
    with pytest.raises(Refusal) as refused:
        world.book("10:00", day=date(2026, 11, 25), walk_in=True)
    assert refused.value.code == "not_today"


def test_a_hold_made_by_a_fast_clock_does_not_last(world: World) -> None:
    now = world.clock.now()
    world.clock.set(now + timedelta(days=1))
    held = str(
        world.run(
            HoldSlot(
                doctor_id=world.names["wu"],
                start=at("10:00", date(2026, 11, 26)),
                end=at("10:30", date(2026, 11, 26)),
            )
        ).value
    )
    world.clock.set(now)
    assert world.run(ReleaseExpiredHolds()).value == 1
    assert world.status(held) is Status.RELEASED


def outbox(world: World) -> list[tuple[str, dict[str, object]]]:
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT topic, payload FROM outbox_message WHERE topic GLOB 'webhook.*' ORDER BY rowid"
        )
        return [(topic, json.loads(payload)) for topic, payload in rows.fetchall()]


def test_the_world_outside_hears_of_an_undone_booking(world: World) -> None:
    """Its message has gone out three minutes ago: only a second one takes it back."""
    world.run(SaveSetting(key="webhook.on", value=True, scope="clinic"))
    row_id = world.book()
    world.clock.advance(minutes=4)
    (sent,) = world.run(
        ClaimMessages(
            service="webhook",
            topics=("webhook.",),
            holder="me",
            until=world.clock.now() + timedelta(minutes=3),
        )
    ).value  # type: ignore[attr-defined]
    world.run(SettleMessage(service="webhook", message_id=sent.id, holder="me"))
    world.undo()
    assert [topic for topic, _ in outbox(world)] == ["webhook.booked", "webhook.removed"]
    assert outbox(world)[-1][1]["appointment"]["removed"] is True  # type: ignore[index]
    world.redo()
    assert [topic for topic, _ in outbox(world)][2:] == ["webhook.restored"]
    assert world.status(row_id) is Status.SCHEDULED


def test_moving_together_keeps_each_reason_and_old_time(world: World) -> None:
    one = world.book("09:00", type="strict", override_reason="urgent")
    two = world.book("13:00", patient="jon")
    world.move(one, "09:30")
    moves = tuple(
        MoveAppointment(
            appointment_id=row_id,
            expected_revision=None,
            start=start,
            end=start + timedelta(minutes=30),
            override_reason=reason,
        )
        for row_id, start, reason in (
            (one, at("10:00"), "patient insists"),
            (two, at("13:30"), ""),
        )
    )
    world.run(MoveTogether(moves=moves))
    told = world.history(one)[-1]
    assert told.action == "moved"
    assert told.metadata["override_reason"] == "patient insists"
    assert told.metadata["from_start"] == at("09:30").isoformat()
    assert "override_reason" not in world.history(two)[-1].metadata


def test_a_stale_refusal_names_who_and_when(world: World) -> None:
    row_id = world.book()
    seen = world.row(row_id).revision
    world.other_desk("Noor").execute(
        EditAppointment(appointment_id=row_id, values={"notes": "later"})
    )
    with pytest.raises(Stale) as stale:
        world.run(ChangeStatus(appointment_id=row_id, to=Status.CONFIRMED, expected_revision=seen))
    assert "Noor" in stale.value.sentence
    assert "07:00" in stale.value.sentence
    assert stale.value.changed_by == "Noor"


def week(world: World, row_id: str, place: str, start: int, end: int, **more: object) -> None:
    template = ScheduleTemplate(
        id=row_id,
        doctor_id=world.names["wu"],
        location_id=world.names[place],
        weekday=TODAY.weekday(),
        work_start=start,
        work_end=end,
        **more,  # type: ignore[arg-type]
    )
    with world.store.unit_of_work(actor()) as work:  # as an import, which takes what it finds
        work.add(template, "imported")
        work.commit()


def test_a_visit_goes_where_the_engine_sees_the_doctor(world: World) -> None:
    """Equal priorities: the engine lets the stretch win that starts first; so does the booking."""
    branch = "11111111-0000-7000-8000-000000000001"
    # 07:00 in London is 10:00 in Istanbul
    week(world, branch, "branch", 600, 900)
    slots = find(
        world.store.queries.snapshot(TODAY, TODAY),
        Request(
            type_id=world.names["follow-up"],
            first=TODAY,
            last=TODAY,
            now=world.clock.now(),
            doctor_ids=(world.names["wu"],),
        ),
    )
    wanted = {slot.location_id for slot in slots if slot.start == at("09:00")}
    row = world.row(world.book("09:00"))
    assert wanted == {row.location_id} == {world.names["branch"]}


def test_a_visit_in_extra_hours_goes_where_they_are(world: World) -> None:
    saturday = date(2026, 11, 28)
    extra = AvailabilityException(
        id="11111111-0000-7000-8000-000000000002",
        doctor_id=world.names["wu"],
        start=at("09:00", saturday),
        end=at("12:00", saturday),
        kind=ExceptionKind.AVAILABLE,
        location_id=world.names["branch"],
    )
    world.run(SaveRecords(records=(extra,)))
    assert world.row(world.book("10:00", day=saturday)).location_id == world.names["branch"]


def test_soonest_is_said_once(world: World) -> None:
    criteria = Criteria(type_id=world.names["follow-up"], doctor_ids=(world.names["wu"],))
    now = world.clock.now()
    ranked = [one for piece in stream(world.store.queries, criteria, now) for one in piece.ranked]
    soonest = [one.slot.start for one in ranked if "soonest" in one.why]
    assert soonest == [min(one.slot.start for one in ranked)]


def test_codes_count_per_year_of_the_start(world: World) -> None:
    """On the location's wall: 23:30 UTC on New Year's Eve is the next year in Istanbul."""
    eve = datetime(2026, 12, 31, 21, 30, tzinfo=UTC)
    first = world.book("10:00")
    (taken,) = world.put_in(
        {
            "location_id": world.names["branch"],
            "start": eve,
            "end": eve + timedelta(minutes=30),
            "source": Source.IMPORT,
        }
    )
    world.undo()
    second = world.book("11:00")
    codes = [world.row(second).confirmation_code, world.row(taken).confirmation_code]
    assert codes == ["APT-2026-0002", "APT-2027-0001"]
    with pytest.raises(Refusal):
        world.row(first)


def test_a_room_is_not_made_smaller_under_its_visits(world: World) -> None:
    one = world.book("10:00", doctor="berg")
    two = world.book("10:00", doctor="berg", patient="jon")
    assert {world.row(one).room_lane, world.row(two).room_lane} == {0, 1}
    wide = world.store.queries.roster().rooms[world.names["wide"]]
    with pytest.raises(Refusal) as refused:
        world.run(SaveRecords(records=(replace(wide, capacity=1),)))
    assert refused.value.code == "room_in_use"
    assert world.proven()
    world.move(two, "11:00", doctor="berg")
    world.run(SaveRecords(records=(replace(wide, capacity=1),)))
    assert world.proven()


def test_the_end_of_time_is_refused(world: World) -> None:
    last = datetime(9999, 12, 31, 23, 0, tzinfo=UTC)
    with pytest.raises(Refusal):
        world.run(
            HoldSlot(doctor_id=world.names["wu"], start=last, end=last + timedelta(minutes=30))
        )
    criteria = Criteria(type_id=world.names["follow-up"], last=date.max, length=480)
    pieces = list(stream(world.store.queries, criteria, world.clock.now()))
    assert pieces[-1].finished


def test_a_setting_of_endless_depth_is_refused(world: World) -> None:
    value: list[object] = []
    for _ in range(5_000):
        value = [value]
    with pytest.raises(Refusal):
        world.run(SaveSetting(key="calendar.note", value=value))
