"""Every command and every question × every role, through the real gate, on a real store."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_desk.domain.errors import NotFound, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.messages import Channel
from clinic_desk.domain.permissions import (
    DEFAULTS,
    GROUPS,
    PERMISSION_WORDS,
    Permission,
    Role,
)
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.billing_messages import SERVICE, TOPICS
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.command import Command
from clinic_desk.services.day_views import GroupBy
from clinic_desk.services.gate import FREE, needed
from clinic_desk.services.guarded import LOOK_AGAIN, READS, SEEN, GuardedQueries, guarded
from clinic_desk.services.message_ports import MessageWish
from clinic_desk.services.ports import Queries
from clinic_desk.services.report_ports import Measure, Part
from tests.fakes.every_command import INSTANCES, every_command
from tests.fakes.seats import Seats, make_seats
from tests.fakes.world import TODAY, World, actor, at

COMMANDS = every_command()
PART = Part(TODAY, TODAY, GroupBy.DAY)
METHODS = sorted(
    name
    for name, value in inspect.getmembers(Queries)
    if inspect.isfunction(value) and not name.startswith("_")
)


@pytest.fixture(scope="session")
def seats(tmp_path_factory: pytest.TempPathFactory) -> Seats:
    return make_seats(tmp_path_factory.mktemp("seats"))


@pytest.fixture
def world(seats: Seats, tmp_path: Path) -> Iterator[World]:
    made = seats.world(tmp_path)
    yield made
    made.store.close()


def test_every_command_has_its_line() -> None:
    names = {kind.__name__ for kind in COMMANDS}
    assert names == set(INSTANCES), names ^ set(INSTANCES)
    without = {kind.__name__ for kind in COMMANDS if kind.needs is None}
    assert without == set(FREE)


def test_every_permission_has_words_and_a_group() -> None:
    grouped = [one for _, group in GROUPS for one in group]
    assert sorted(grouped) == sorted(Permission)
    assert set(PERMISSION_WORDS) == set(Permission)
    assert frozenset().union(*DEFAULTS.values()) == frozenset(Permission)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.__name__)
def test_every_command_by_every_role(
    world: World, seats: Seats, kind: type[Command], role: Role
) -> None:
    """What is allowed is done; what is not is refused by its name, and nothing is written."""
    who = seats.actors[role]
    assert who.permissions == DEFAULTS[role]
    world.desk.become(replace(who, permissions=None))  # what the command stands on
    command = INSTANCES[kind.__name__](world)
    assert type(command) is kind
    world.desk.become(who)
    lacking = [one for one in needed(command) if not who.may(one)]
    before = traces(world)
    if not lacking:
        world.run(command)
        return
    with pytest.raises(Refusal) as caught:
        world.run(command)
    assert caught.value.code == "not_allowed"
    assert PERMISSION_WORDS[lacking[0]] in caught.value.sentence
    assert f"A {role} may not" in caught.value.sentence
    assert traces(world) == before
    newest = world.store.queries.audit_lines(world.store.queries.audit_index(AuditWish())[:1])[0]
    assert (newest.action, newest.subject_id) == ("refused", kind.__name__)
    assert newest.actor_id == who.staff_id
    assert role is not Role.MANAGER


def traces(world: World) -> list[tuple[object, ...]]:
    """How many rows every table has, and what the settings are."""
    with world.store.unit_of_work(actor("Reader", "desk-r", "run-r")) as work:
        run = work._connection.exec_driver_sql  # type: ignore[attr-defined]
        tables = run(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%search%'"
            " AND name <> 'audit_entry'"
            " ORDER BY name"
        ).fetchall()
        counts = [(name, run(f'SELECT count(*) FROM "{name}"').scalar()) for (name,) in tables]
        settings = run("SELECT * FROM setting ORDER BY 1").fetchall()
        return [*counts, *map(tuple, settings)]


def test_a_command_of_which_nobody_said_what_it_takes_is_not_run(
    world: World, seats: Seats
) -> None:
    class Stray(Command, by="booking:book"):
        pass

    world.desk.become(seats.actors[Role.MANAGER])
    with pytest.raises(TypeError, match="nobody said what Stray takes"):
        world.run(Stray())


# Questions

ASKED: dict[str, Callable[[Queries, World, str], object]] = {
    "appointment": lambda q, w, v: q.appointment(v),
    "appointment_by_code": lambda q, w, v: q.appointment_by_code("APT-2026-000001"),
    "audit_desks": lambda q, w, v: q.audit_desks(),
    "audit_entries": lambda q, w, v: q.audit_entries((1, 2)),
    "audit_entry": lambda q, w, v: q.audit_entry(1),
    "audit_head": lambda q, w, v: q.audit_head(),
    "audit_index": lambda q, w, v: q.audit_index(AuditWish()),
    "audit_lines": lambda q, w, v: q.audit_lines((1,)),
    "audit_people": lambda q, w, v: q.audit_people(),
    "audit_proof": lambda q, w, v: q.audit_proof(),
    "awaiting": lambda q, w, v: q.awaiting(w.names["wu"], at("00:00")),
    "booked_minutes": lambda q, w, v: q.booked_minutes(PART),
    "calendar": lambda q, w, v: q.calendar(TODAY, TODAY),
    "cells": lambda q, w, v: q.cells(TODAY, TODAY),
    "channel_states": lambda q, w, v: q.channel_states(),
    "clashes": lambda q, w, v: q.clashes(),
    "contacts": lambda q, w, v: q.contacts((w.names["ana"],)),
    "data_version": lambda q, w, v: q.data_version(),
    "post_version": lambda q, w, v: q.post_version(),
    "awaiting_delivery": lambda q, w, v: q.awaiting_delivery(Channel.SMS, w.clock.now()),
    "clinic_settings": lambda q, w, v: q.clinic_settings("messages."),
    "diary": lambda q, w, v: q.diary(),
    "flow_day": lambda q, w, v: q.flow_day(TODAY),
    "gateway_state": lambda q, w, v: q.gateway_state(SERVICE, TOPICS),
    "has_accounts": lambda q, w, v: q.has_accounts(),
    "holdings": lambda q, w, v: q.holdings((w.names["ana"],)),
    "holds": lambda q, w, v: q.holds(),
    "import_keys": lambda q, w, v: q.import_keys(),
    "info": lambda q, w, v: q.info(),
    "invoice_totals": lambda q, w, v: q.invoice_totals(InvoiceWish()),
    "invoices": lambda q, w, v: q.invoices(InvoiceWish()),
    "likely_twins": lambda q, w, v: q.likely_twins(w.names["ana"]),
    "loads": lambda q, w, v: q.loads(TODAY, TODAY),
    "merged_entries": lambda q, w, v: q.merged_entries(w.names["ana"]),
    "message_attempts": lambda q, w, v: q.message_attempts("none"),
    "message_counts": lambda q, w, v: q.message_counts(MessageWish()),
    "message_ground": lambda q, w, v: q.message_ground("none"),
    "message_templates": lambda q, w, v: q.message_templates(),
    "messages": lambda q, w, v: q.messages(MessageWish()),
    "month": lambda q, w, v: q.month(TODAY, TODAY + timedelta(days=30)),
    "next_outbox_due": lambda q, w, v: q.next_outbox_due(w.clock.now()),
    "poll_cursor": lambda q, w, v: q.poll_cursor("sms"),
    "services_due": lambda q, w, v: q.services_due(w.clock.now()),
    "next_message_due": lambda q, w, v: q.next_message_due(w.clock.now()),
    "open_answers": lambda q, w, v: q.open_answers(),
    "settled_answers": lambda q, w, v: q.settled_answers(),
    "outbox": lambda q, w, v: q.outbox(TOPICS),
    "past": lambda q, w, v: q.past(TODAY, TODAY),
    "patient": lambda q, w, v: q.patient(w.names["ana"]),
    "patient_facts": lambda q, w, v: q.patient_facts(w.names["ana"]),
    "patient_identities": lambda q, w, v: q.patient_identities(),
    "patient_messages": lambda q, w, v: q.patient_messages(w.names["ana"]),
    "patient_rows": lambda q, w, v: q.patient_rows((w.names["ana"],)),
    "patient_timeline": lambda q, w, v: q.patient_timeline(w.names["ana"]),
    "patient_waits": lambda q, w, v: q.patient_waits(w.names["ana"]),
    "possible_duplicates": lambda q, w, v: q.possible_duplicates(),
    "report_names": lambda q, w, v: q.report_names(),
    "room_use": lambda q, w, v: q.room_use(TODAY, TODAY),
    "roster": lambda q, w, v: q.roster(),
    "search_patients": lambda q, w, v: q.search_patients("lee"),
    "seat": lambda q, w, v: q.seat("none"),
    "series": lambda q, w, v: q.series("none"),
    "series_beside": lambda q, w, v: q.series_beside("none"),
    "setting": lambda q, w, v: q.setting("look.theme"),
    "shared_times": lambda q, w, v: q.shared_times(w.names["ana"], w.names["jon"]),
    "shelf": lambda q, w, v: q.shelf(),
    "similar_patients": lambda q, w, v: q.similar_patients(
        last_name="Lee", first_name="Ana", birth_date=None, phone=""
    ),
    "snapshot": lambda q, w, v: q.snapshot(TODAY, TODAY),
    "snapshot_of": lambda q, w, v: q.snapshot_of((TODAY,)),
    "staff": lambda q, w, v: q.staff(),
    "staff_sessions": lambda q, w, v: q.staff_sessions(),
    "staff_tiles": lambda q, w, v: q.staff_tiles(),
    "time_off_facts": lambda q, w, v: q.time_off_facts(w.clock.now()),
    "undo_state": lambda q, w, v: q.undo_state("session-1"),
    "visit_counts": lambda q, w, v: q.visit_counts(PART),
    "visit_money": lambda q, w, v: q.visit_money(PART, "GBP"),
    "visit_spread": lambda q, w, v: q.visit_spread(PART, Measure.LEAD),
    "waitlist": lambda q, w, v: q.waitlist(),
    "waitlist_entry": lambda q, w, v: q.waitlist_entry("none"),
    "waitlist_offers": lambda q, w, v: q.waitlist_offers(w.names["wu"], at("00:00"), at("23:00")),
}


def test_every_question_has_its_line() -> None:
    assert set(METHODS) == set(READS), set(METHODS) ^ set(READS)
    assert set(METHODS) == set(ASKED), set(METHODS) ^ set(ASKED)
    assert set(READS) >= SEEN


@pytest.mark.parametrize("role", [*Role, None], ids=str)
def test_every_question_by_every_role(world: World, seats: Seats, role: Role | None) -> None:
    """None: somebody who may do nothing at all, as before a log-in."""
    world.desk.become(replace(actor(), permissions=None))
    visit = world.book("10:00")
    bare = replace(actor(), role=Role.RECEPTIONIST, permissions=frozenset())
    who = seats.actors[role] if role is not None else bare
    queries = guarded(world.store.queries, lambda: who)
    for name in METHODS:
        needs = READS[name]
        if needs is None or who.may(needs):
            told = outcome(ASKED[name], queries, world, visit)
            plain = outcome(ASKED[name], world.store.queries, world, visit)
            assert type(told) is type(plain), name
            continue
        with pytest.raises(Refusal) as caught:
            ASKED[name](queries, world, visit)
        assert caught.value.code == "not_allowed", name
        assert PERMISSION_WORDS[needs] in caught.value.sentence


def outcome(
    ask: Callable[[Queries, World, str], object], queries: Queries, world: World, visit: str
) -> object:
    """The answer, or the refusal: a row that is not there is no answer of the guard's."""
    try:
        return ask(queries, world, visit)
    except NotFound as error:
        return error


def test_what_is_seen_is_noted_once_it_was_answered(world: World, seats: Seats) -> None:
    visit = world.book("10:00")
    noted: list[tuple[str, tuple[object, ...], str]] = []
    who = seats.actors[Role.RECEPTIONIST]
    queries = guarded(
        world.store.queries,
        lambda: who,
        seen=lambda reader, name, args, _named, _answer: noted.append((name, args, reader.name)),
    )
    queries.patient(world.names["ana"])
    queries.calendar(TODAY, TODAY)
    queries.appointment(visit)
    with pytest.raises(Refusal):
        queries.patient("nobody")
    who = replace(who, permissions=frozenset())
    with pytest.raises(Refusal, match="may not see the calendar and the patients"):
        queries.patient(world.names["ana"])
    assert noted == [
        ("patient", (world.names["ana"],), "Tom Ash"),
        ("appointment", (visit,), "Tom Ash"),
    ]


def test_what_is_taken_away_elsewhere_counts_for_reading_too(world: World, seats: Seats) -> None:
    """The clinic is asked once in a while, not with every question."""
    now, asked = [100.0], [0]
    may: frozenset[Permission] = DEFAULTS[Role.RECEPTIONIST]

    def again(who: Actor) -> Actor:
        asked[0] += 1
        return replace(who, permissions=may)

    who = seats.actors[Role.RECEPTIONIST]
    queries = GuardedQueries(world.store.queries, lambda: who, seat=again, clock=lambda: now[0])
    reading: Queries = queries  # type: ignore[assignment]
    for _ in range(5):
        reading.patient(world.names["ana"])
    assert asked == [1]
    may = frozenset()
    reading.patient(world.names["ana"])
    now[0] += LOOK_AGAIN
    with pytest.raises(Refusal, match="may not see"):
        reading.patient(world.names["ana"])
    who = seats.actors[Role.MANAGER]  # somebody else logs in
    may = DEFAULTS[Role.MANAGER]
    reading.patient(world.names["ana"])
    assert asked == [3]
