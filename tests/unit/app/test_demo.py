"""The demo clinic: everything a calendar must show, the same for the same seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from clinic_desk.app import demo, demo_store, paths
from clinic_desk.app.demo_people import people
from clinic_desk.domain.appointments import SlotState, Status
from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.billing import InvoiceStatus
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Delivery, MessageStatus, ReplyOutcome
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.message_ports import MessageCounts, MessageWish
from clinic_desk.services.views import Cell
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds, FixedClock

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)
TODAY = date(2026, 11, 24)


def made(folder: Path, now: datetime) -> ClinicStore:
    clock, ids = FixedClock(now), CountingIds()
    store = open_store(folder / "clinic.db", paths.migrations(), clock, ids)
    assert demo.create(store, clock, ids)
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ClinicStore]:
    opened = made(tmp_path_factory.mktemp("demo"), NOW)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def cells(store: ClinicStore) -> tuple[Cell, ...]:
    first, last = TODAY - timedelta(days=60), TODAY + timedelta(days=40)
    return store.queries.cells(first, last, include_cancelled=True)


def test_a_waiting_list_and_messages_are_there_for_people_and_left_out_where_it_is_not_asked_for(
    tmp_path: Path, store: ClinicStore
) -> None:
    assert store.queries.waitlist() == ()
    assert demo_store.make(tmp_path, clock=FixedClock(NOW), messages=True)
    folder = paths.data_folder(tmp_path)
    opened = open_store(folder.database, paths.migrations(), FixedClock(NOW), CountingIds())
    try:
        told = opened.queries.message_counts(MessageWish())
        assert min(told.planned, told.held, told.retrying, told.sent, told.failed) > 0
        assert min(told.skipped, told.answers) > 0
        sent = opened.queries.messages(MessageWish(statuses=(MessageStatus.SENT,)))
        assert {card.message.delivery for card in sent} == {Delivery.FOLDER}
        written = {one.name for one in (folder.root / "messages").iterdir()}
        assert {card.message.provider_id for card in sent} == written
        assert opened.maintenance.wrong_messages() == 0
        assert store.queries.message_counts(MessageWish()) == MessageCounts()
        cards = opened.queries.waitlist()
        assert len(cards) >= 5
        assert len({card.patient.id for card in cards}) == len(cards)
        assert len({card.entry.urgency for card in cards}) == 4
    finally:
        opened.close()


def test_messages_are_there_in_every_state_at_a_weekend_too(tmp_path: Path) -> None:
    night = datetime(2026, 11, 22, 3, 10, tzinfo=UTC)
    assert demo_store.make(
        tmp_path, clock=FixedClock(night), waiting=False, money=False, messages=True
    )
    folder = paths.data_folder(tmp_path)
    opened = open_store(folder.database, paths.migrations(), FixedClock(night), CountingIds())
    try:
        told = opened.queries.message_counts(MessageWish())
        assert min(told.planned, told.held, told.retrying, told.sent, told.failed) > 0
        assert min(told.skipped, told.answers) > 0
        assert opened.maintenance.wrong_messages() == 0
        answers = {one.outcome for one in opened.queries.open_answers()}
        assert answers == {ReplyOutcome.ASKED, ReplyOutcome.UNKNOWN}
    finally:
        opened.close()


def books(folder: Path) -> tuple[list[tuple[object, ...]], ClinicStore]:
    """Number, state, day, sum and paid of every invoice, the oldest first."""
    assert demo_store.make(folder, clock=FixedClock(NOW))
    database = paths.data_folder(folder).database
    opened = open_store(database, paths.migrations(), FixedClock(NOW), CountingIds())
    rows = [
        (one.number, one.status, one.visit_day, one.total_minor, one.paid_minor, one.due_on)
        for card in opened.queries.invoices(InvoiceWish(), 5000)
        if (one := card.invoice).number is not None
    ]
    return sorted(rows, key=lambda row: str(row[0])), opened


def test_the_books_of_the_past_weeks_are_believable_and_the_same_each_time(
    tmp_path: Path, store: ClinicStore
) -> None:
    """Issued, paid, part-paid, void and overdue, in the order of their days, by the rules."""
    rows, opened = books(tmp_path / "one")
    again, other = books(tmp_path / "two")
    try:
        assert rows == again
        states = Counter(row[1] for row in rows)
        assert states[InvoiceStatus.PAID] > len(rows) * 0.7
        for state in (InvoiceStatus.ISSUED, InvoiceStatus.PART_PAID, InvoiceStatus.VOID):
            assert len(rows) * 0.15 > states[state] > 5
        cards = opened.queries.invoices(InvoiceWish(), 5000)
        billed = [card for card in cards if card.invoice.number is not None]
        assert len(billed) == len(rows) > 500
        assert len(opened.queries.invoices(InvoiceWish(overdue_on=TODAY))) > 5
        for card in billed:
            one = card.invoice
            assert one.issued_at is not None
            assert card.visit_start < one.issued_at <= NOW
            assert one.issued_at.date() == one.visit_day
            assert all(one.issued_at <= paid.received_at <= NOW for paid in card.payments)
        days = [row[2] for row in rows]
        assert days == sorted(days)  # type: ignore[type-var]
        assert not opened.maintenance.verify()
        # the diary is the same with and without the books
        mine, theirs = (
            [(c.start, c.doctor_id != "", c.status) for c in made.queries.cells(TODAY, TODAY)]
            for made in (opened, store)
        )
        assert mine == theirs
        assert not store.queries.invoices(InvoiceWish(overdue_on=TODAY))
    finally:
        opened.close()
        other.close()


def test_the_six_doctors_of_the_pictures(store: ClinicStore) -> None:
    roster = store.queries.roster()
    rows = sorted(roster.doctors.values(), key=lambda row: row.position)
    assert [(row.code, row.colour) for row in rows] == [
        ("AD", "teal"), ("JC", "indigo"), ("PV", "orchid"), ("SO", "lime"), ("LH", "clay"),
        ("MR", "plum"),
    ]  # fmt: skip
    assert len(roster.locations) == 2
    assert len(roster.rooms) >= 6
    by_code = {row.code: row.id for row in rows}
    templates = roster.templates
    assert all(t.max_parallel == 2 for t in templates if t.doctor_id == by_code["MR"])
    buffers = {(t.buffer_before, t.buffer_after) for t in templates if t.doctor_id == by_code["LH"]}
    assert buffers == {(5, 10)}


def test_every_status_and_every_special_case(store: ClinicStore, cells: tuple[Cell, ...]) -> None:
    statuses = Counter(cell.status for cell in cells)
    missing = set(Status) - set(statuses) - {Status.RELEASED}
    assert not missing
    flags = set().union(*(cell.flags for cell in cells))
    assert {"series", "alert", "walk_in", "overbooked", "note", "parked"} <= flags
    assert len(store.queries.shelf()) == 2
    assert store.queries.clashes()
    kinds = {
        band.kind
        for slice_ in (store.queries.calendar(TODAY, TODAY + timedelta(days=10)),)
        for day in slice_.days.values()
        for band in day.bands
    }
    wanted = {BandKind.OPEN, BandKind.BREAK, BandKind.TIME_OFF, BandKind.EXTERNAL, BandKind.BLOCKED}
    assert wanted <= kinds


def test_today_is_under_way(cells: tuple[Cell, ...]) -> None:
    today = [cell for cell in cells if cell.start.date() == TODAY]
    statuses = Counter(cell.status for cell in today)
    assert statuses[Status.IN_PROGRESS] >= 3
    assert statuses[Status.ARRIVED] >= 3
    assert statuses[Status.COMPLETED] >= 10
    assert statuses[Status.SCHEDULED] + statuses[Status.CONFIRMED] >= 15
    over = [cell for cell in today if cell.end <= NOW]
    assert not [c for c in over if c.status in (Status.SCHEDULED, Status.CONFIRMED)]
    waiting = [cell for cell in cells if cell.status is Status.ARRIVED]
    assert all(c.status_since is not None and c.status_since <= NOW for c in waiting)


def test_it_is_proven_and_past_places_are_kept(store: ClinicStore, cells: tuple[Cell, ...]) -> None:
    assert store.maintenance.verify() == []
    contested = [c for c in cells if c.slot_state is SlotState.CONTESTED]
    assert len(contested) <= 3


def test_names_are_as_varied_as_people(store: ClinicStore) -> None:
    names = [hit.listed_name for hit in store.queries.search_patients("a", 50)]
    assert len(names) == 50
    found = store.queries.search_patients("lee ana")
    assert found[0].listed_name == "Lee, Ana"
    assert found[0].alert == "Penicillin allergy"
    assert store.queries.info().counts["patient"] == demo.PATIENTS


def test_people_are_the_same_for_the_same_seed() -> None:
    from random import Random

    first, second = (people(Random(7), 200, TODAY) for _ in range(2))
    assert first == second
    assert first != people(Random(8), 200, TODAY)
    assert len({(p.first_name, p.last_name) for p in first}) == 200
    joined = "".join(p.first_name + p.last_name for p in people(Random(7), 400, TODAY))
    assert set("ışğİçöüñéłø’") <= set(joined)
    assert max(len(p.first_name + p.last_name) for p in people(Random(7), 400, TODAY)) > 35


def test_the_same_seed_and_moment_make_the_same_clinic(
    cells: tuple[Cell, ...], tmp_path: Path
) -> None:
    again = made(tmp_path, NOW)
    try:
        first, last = TODAY - timedelta(days=60), TODAY + timedelta(days=40)
        assert again.queries.cells(first, last, include_cancelled=True) == cells
    finally:
        again.close()


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
        datetime(2027, 3, 28, 0, 59, tzinfo=UTC),
    ],
    ids=["saturday", "night of the clock change"],
)
def test_it_can_be_made_at_any_moment(tmp_path: Path, now: datetime) -> None:
    store = made(tmp_path, now)
    try:
        assert store.maintenance.verify() == []
        day = now.date()
        assert store.queries.cells(day - timedelta(days=7), day + timedelta(days=7))
        assert len(store.queries.shelf()) == 2
    finally:
        store.close()


def test_a_stopped_making_leaves_nothing(tmp_path: Path) -> None:
    steps = []

    def stop(done: int, total: int, sentence: str) -> bool:
        steps.append((done, total, sentence))
        return done < 2

    with pytest.raises(Refusal, match="nothing of it is kept"):
        demo_store.make(tmp_path, stop)
    assert list(tmp_path.iterdir()) == []
    assert [step[0] for step in steps] == sorted(step[0] for step in steps)


def test_a_clinic_that_is_there_is_left_alone(tmp_path: Path) -> None:
    assert demo_store.make(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["clinic.db"]
    before = (tmp_path / "clinic.db").read_bytes()
    assert not demo_store.make(tmp_path)
    assert (tmp_path / "clinic.db").read_bytes() == before
