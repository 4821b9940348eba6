"""*Remember, is active, revoke, revoke all of a person*: the database and its twin in memory.

What is peculiar to the database (it can be locked, gone or broken) stands at the end.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.staff import CLOCK_SLACK, SecretKind, Staff, StaffSession
from clinic_desk.services.sessions import LASTS, PAST_KEPT, MemorySessions
from clinic_desk.services.staff_ports import SessionStore, StoredSecret
from clinic_desk.store import engine
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import World, actor
from tests.store.clinic import MIGRATIONS

PEOPLE = ("ann", "bob", "cem")


def session(
    key: str, at: datetime, staff: str = "ann", lasts: timedelta = LASTS, desk: str = "desk-1"
) -> StaffSession:
    return StaffSession(
        id=key,
        staff_id=staff,
        desk_id=desk,
        desk_name=desk.title(),
        issued_at=at,
        seen_at=at,
        expires_at=at + lasts,
    )


def clinic_with_people(path: Path, clock: FixedClock) -> ClinicStore:
    store = open_store(path, MIGRATIONS, clock, CountingIds())
    with store.unit_of_work(actor()) as uow:
        for key in PEOPLE:
            uow.add(Staff(id=key, name=key.title(), log_in=key), "created", undoable=False)
            uow.save_secret(
                StoredSecret(
                    staff_id=key, kind=SecretKind.PIN, phc="plain:0", changed_at=clock.now()
                )
            )
        uow.commit()
    return store


@pytest.fixture(scope="session")
def empty_clinic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("people") / "clinic.db"
    clinic_with_people(path, FixedClock()).close()
    return path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(empty_clinic: Path, tmp_path: Path, clock: FixedClock) -> Iterator[ClinicStore]:
    shutil.copy(empty_clinic, tmp_path / "clinic.db")
    made = open_store(tmp_path / "clinic.db", MIGRATIONS, clock, CountingIds(10_000))
    yield made
    made.close()


@pytest.fixture(params=["memory", "database", "transaction"])
def sessions(request: pytest.FixtureRequest, store: ClinicStore) -> Iterator[SessionStore]:
    if request.param == "memory":
        yield MemorySessions()
    elif request.param == "database":
        yield store.sessions
    else:
        with store.unit_of_work(actor()) as uow:
            yield uow.sessions


class TestSessions:
    def test_what_nobody_remembered_is_not_active(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        assert not sessions.is_active("s1", clock.now())
        assert not sessions.is_active("", clock.now())
        assert sessions.active(clock.now()) == ()

    def test_a_session_counts_until_it_expires(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        one = session("s1", clock.now())
        sessions.remember(one)
        assert sessions.active(clock.now()) == (one,)
        assert sessions.is_active("s1", one.expires_at - timedelta(seconds=1))
        assert not sessions.is_active("s1", one.expires_at)
        assert sessions.active(one.expires_at) == ()

    def test_unlocking_makes_it_last_anew(self, sessions: SessionStore, clock: FixedClock) -> None:
        sessions.remember(session("s1", clock.now()))
        later = clock.advance(hours=10)
        sessions.remember(session("s1", later))
        assert sessions.is_active("s1", later + LASTS - timedelta(seconds=1))
        assert len(sessions.active(later)) == 1

    def test_one_that_was_revoked_is_over_at_once_and_for_ever(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        sessions.remember(session("s1", clock.now()))
        assert sessions.revoke("s1", "bob", clock.now(), "ended")
        assert not sessions.is_active("s1", clock.now())
        assert not sessions.revoke("s1", "bob", clock.now())
        with pytest.raises(Refusal) as refused:
            sessions.remember(session("s1", clock.now()))
        assert refused.value.code == "logged_out"
        assert not sessions.is_active("s1", clock.now())

    def test_a_clock_put_back_brings_no_revoked_one_to_life(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        one = session("s1", clock.now())
        sessions.remember(one)
        assert not sessions.revoke("s1", "bob", one.expires_at)
        assert not sessions.is_active("s1", clock.now())

    def test_one_from_the_future_does_not_count(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        """A clock that was a year ahead, and is right again."""
        sessions.remember(session("s1", clock.now() + timedelta(days=365)))
        assert not sessions.is_active("s1", clock.now())
        sessions.remember(session("s2", clock.now() + timedelta(hours=1)))
        assert sessions.is_active("s2", clock.now())

    def test_all_of_a_person_end_but_the_one_that_is_named(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        for key, staff in (("s1", "ann"), ("s2", "ann"), ("s3", "bob"), ("s4", "ann")):
            sessions.remember(session(key, clock.now(), staff))
        assert sessions.revoke_all("ann", "bob", clock.now(), "ended_all", but="s2") == 2
        assert [one.id for one in sessions.active(clock.now())] == ["s2", "s3"]
        assert sessions.revoke_all("ann", "bob", clock.now()) == 1
        assert sessions.revoke_all("ann", "bob", clock.now()) == 0

    def test_seen_changes_nothing_else(self, sessions: SessionStore, clock: FixedClock) -> None:
        one = session("s1", clock.now())
        sessions.remember(one)
        later = clock.advance(minutes=5)
        sessions.seen("s1", later)
        (found,) = sessions.active(later)
        assert found.seen_at == later
        assert found.expires_at == one.expires_at

    def test_what_is_over_for_long_is_forgotten(
        self, sessions: SessionStore, clock: FixedClock
    ) -> None:
        sessions.remember(session("old", clock.now()))
        sessions.remember(session("ended", clock.now()))
        sessions.revoke("ended", "bob", clock.now())
        clock.advance(seconds=PAST_KEPT.total_seconds())
        sessions.remember(session("new", clock.now()))
        assert sessions.purge(clock.now()) == 1
        clock.advance(seconds=LASTS.total_seconds())
        assert sessions.purge(clock.now()) == 1
        assert sessions.purge(clock.now()) == 0


IDS = st.sampled_from([f"s{n}" for n in range(5)])
STEPS = st.integers(-2 * 86_400, 3 * 86_400)


class SessionsWalk(RuleBasedStateMachine):
    """Any order of calls, with a clock that jumps, told to both: they always agree."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="sessions-"))
        self.clock = FixedClock()
        self.store = clinic_with_people(self.folder / "clinic.db", self.clock)
        self.both: tuple[SessionStore, SessionStore] = (MemorySessions(), self.store.sessions)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def told(self, name: str, *args: Any) -> object:
        answers: list[object] = []
        for one in self.both:
            try:
                answers.append(getattr(one, name)(*args))
            except Refusal as refused:
                answers.append(refused.code)
        assert answers[0] == answers[1], (name, args)
        return answers[0]

    @rule(key=IDS, staff=st.sampled_from(PEOPLE), hours=st.integers(0, 40))
    def remember(self, key: str, staff: str, hours: int) -> None:
        self.told("remember", session(key, self.clock.now(), staff, timedelta(hours=hours)))

    @rule(key=IDS, by=st.sampled_from(PEOPLE))
    def revoke(self, key: str, by: str) -> None:
        self.told("revoke", key, by, self.clock.now(), "ended")
        assert not self.told("is_active", key, self.clock.now())

    @rule(staff=st.sampled_from(PEOPLE), but=st.one_of(st.just(""), IDS))
    def revoke_all(self, staff: str, but: str) -> None:
        self.told("revoke_all", staff, "cem", self.clock.now(), "ended_all", but)
        left = self.told("active", self.clock.now())
        assert isinstance(left, tuple)
        assert all(one.staff_id != staff or one.id == but for one in left)

    @rule(key=IDS)
    def seen(self, key: str) -> None:
        self.told("seen", key, self.clock.now())

    @rule()
    def purge(self) -> None:
        before = self.told("active", self.clock.now())
        self.told("purge", self.clock.now())
        assert self.told("active", self.clock.now()) == before

    @rule(seconds=STEPS)
    def jump(self, seconds: int) -> None:
        self.clock.advance(seconds=seconds)

    @invariant()
    def agree(self) -> None:
        now = self.clock.now()
        active = self.told("active", now)
        assert isinstance(active, tuple)
        for key in (f"s{n}" for n in range(5)):
            assert self.told("is_active", key, now) == any(one.id == key for one in active)
        for one in active:
            assert one.issued_at - CLOCK_SLACK <= now < one.expires_at


TestSessionsWalk = SessionsWalk.TestCase
TestSessionsWalk.settings = settings(
    max_examples=12,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


# What only a file can suffer


def test_a_locked_file_lets_nobody_on(
    store: ClinicStore, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.sessions.remember(session("s1", clock.now()))
    assert store.sessions.is_active("s1", clock.now())
    store.forget()
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.02)
    with closing(engine.connect(store.path, write=True)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
        other.execute("BEGIN EXCLUSIVE")
        other.execute("DELETE FROM outbox_message WHERE id = ''")
        assert not store.sessions.is_active("s1", clock.now())
        with pytest.raises(Fault):
            store.sessions.revoke("s1", "bob", clock.now())
        other.execute("ROLLBACK")
    assert store.sessions.is_active("s1", clock.now())


def test_a_file_that_is_gone_lets_nobody_on(store: ClinicStore, clock: FixedClock) -> None:
    store.sessions.remember(session("s1", clock.now()))
    aside = store.path.with_name("aside.db")
    store.path.rename(aside)
    assert not store.sessions.is_active("s1", clock.now())
    with pytest.raises(Fault):
        store.sessions.remember(session("s2", clock.now()))
    aside.rename(store.path)
    assert store.sessions.is_active("s1", clock.now())


def test_a_broken_file_lets_nobody_on(store: ClinicStore, clock: FixedClock) -> None:
    store.sessions.remember(session("s1", clock.now()))
    store.close()
    store.path.write_bytes(b"no database at all " * 4096)
    for end in ("-wal", "-shm"):
        store.path.with_name(store.path.name + end).unlink(missing_ok=True)
    assert not store.sessions.is_active("s1", clock.now())


def test_a_restored_backup_brings_no_session_to_life(store: ClinicStore, clock: FixedClock) -> None:
    store.sessions.remember(session("s1", clock.now()))
    copy = store.maintenance.backup()
    store.sessions.revoke("s1", "bob", clock.now())
    store.maintenance.restore(copy)
    assert not store.sessions.is_active("s1", clock.now())
    seat = store.queries.seat("s1")
    assert seat.session is not None
    assert seat.session.reason == "restored"


def test_the_world_has_none(tmp_path: Path) -> None:
    """A clinic without accounts has no sessions, and its desks work."""
    from tests.fakes.world import make_template, open_world

    world: World = open_world(*make_template(tmp_path), tmp_path)
    assert not world.store.queries.has_accounts()
    assert not world.store.queries.seat("session-1").accounts
    assert world.book()
    world.store.close()
