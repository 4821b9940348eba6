"""Logging in and out on the real store, with a hasher that counts instead of taking its time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from clinic_desk.app import paths
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.commands import AddPatient, Undo
from clinic_desk.services.desk import Desk
from clinic_desk.services.log_in import LogIn, LogInRefused
from clinic_desk.services.log_in_delay import DELAYS
from clinic_desk.services.sessions import LASTS, UNKNOWN
from clinic_desk.services.staff_commands import AddStaff, DeactivateStaff, RevokeSession
from clinic_desk.services.staff_ports import LoggedIn, StoredSecret
from clinic_desk.services.staff_secrets import HashedSecret, Secret
from clinic_desk.store.opening import open_store
from tests.fakes.seats import PlainHasher
from tests.fakes.world import World, actor

PASSWORD, PIN = "four odd words here", "8264"
PATIENT = AddPatient(values={"first_name": "Ada", "last_name": "Moor"})


class CountingHasher(PlainHasher):
    """Counts what would be slow; ``round`` is part of each hash, as parameters are."""

    def __init__(self) -> None:
        self.slow = 0
        self.round = 1

    def hash(self, secret: Secret) -> str:
        self.slow += 1
        return f"{self.round}:{secret.reveal()}"

    def verify(self, phc: str, secret: Secret) -> bool:
        self.slow += 1
        return phc.partition(":")[2] == secret.reveal()

    def outdated(self, phc: str) -> bool:
        return phc.partition(":")[0] != str(self.round)


@dataclass
class Ground:
    """A clinic whose first manager is Maria, at desk-1; Tom is a receptionist with a PIN."""

    world: World
    hasher: CountingHasher
    desk: LogIn
    maria: LoggedIn
    tom: str

    def at(self, desk: str) -> LogIn:
        return _log_in(self.world, self.hasher, desk)

    def seat(self, entered: LoggedIn) -> Desk:
        return Desk(self.world.store, self.world.clock, self.world.ids, entered.actor)

    def secret(self, staff_id: str) -> StoredSecret:
        with self.world.store.unit_of_work(actor()) as uow:
            found = uow.secret(staff_id)
        assert found is not None
        return found

    def trail(self) -> list[tuple[str, str, str, str]]:
        """(action, who, about whom, detail), oldest first."""
        with self.world.store.unit_of_work(actor()) as uow:
            rows = uow._connection.exec_driver_sql(
                "SELECT action, actor_id, subject_id, detail FROM audit_entry ORDER BY seq"
            ).fetchall()
        return [tuple(row) for row in rows]


def _log_in(world: World, hasher: CountingHasher, desk: str = "desk-1") -> LogIn:
    nobody = replace(actor(desk=desk), staff_id="", name="", permissions=frozenset())
    nobody = replace(nobody, desk_name=desk.title())
    return LogIn(world.store, world.store.queries, world.clock, world.ids, hasher, nobody)


@pytest.fixture
def ground(world: World) -> Ground:
    hasher = CountingHasher()
    desk = _log_in(world, hasher)
    maria = desk.first_manager("Maria Keller", "Maria", Secret(PASSWORD), SecretKind.PASSWORD)
    seat = Desk(world.store, world.clock, world.ids, maria.actor)
    made = seat.execute(
        AddStaff(
            name="Tom Ash",
            log_in="tom",
            role=Role.RECEPTIONIST,
            secret=desk.prepare(Secret(PIN), SecretKind.PIN, "Tom Ash", "tom"),
            must_change=False,
        )
    )
    hasher.slow = 0
    return Ground(world, hasher, desk, maria, str(made.value))


def refused(act: Callable[..., Any], *args: Any, **named: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        act(*args, **named)
    return caught.value


def wrong(ground: Ground, times: int = 1) -> LogInRefused:
    """So many wrong attempts for Tom, each after the wait before it."""
    last: Refusal | None = None
    for _ in range(times):
        last = refused(ground.desk.log_in, ground.tom, Secret("0000"))
        assert isinstance(last, LogInRefused)
        assert last.code == "wrong_secret"
        if _ < times - 1:
            ground.world.clock.advance(seconds=last.seconds)
    assert isinstance(last, LogInRefused)
    return last


# The first manager


def test_a_clinic_without_accounts_works_as_before(world: World) -> None:
    desk = _log_in(world, CountingHasher())
    assert not desk.needed()
    assert desk.tiles() == ()
    assert desk.state(world.desk.actor).status == "active"
    world.desk.become(replace(actor(), permissions=frozenset(Permission)))
    assert world.book()


def test_from_the_first_manager_on_nobody_works_without_a_log_in(ground: Ground) -> None:
    desk = Desk(
        ground.world.store,
        ground.world.clock,
        ground.world.ids,
        replace(actor("Noor"), permissions=frozenset(Permission)),
    )
    assert refused(desk.execute, PATIENT).code == "logged_out"
    assert ground.seat(ground.maria).execute(PATIENT).value
    assert ground.maria.actor.role is Role.MANAGER
    assert ground.maria.actor.session_id == ground.maria.session.id


def test_there_is_one_first_manager(ground: Ground) -> None:
    other = ground.at("desk-2")
    said = refused(other.first_manager, "Noor Lind", "noor", Secret("8317"), SecretKind.PIN)
    assert said.code == "has_accounts"
    assert [tile.name for tile in ground.desk.tiles()] == ["Maria Keller", "Tom Ash"]


def test_a_desk_that_may_not_change_settings_makes_no_manager(world: World) -> None:
    from clinic_desk.services.commands import SaveSetting
    from clinic_desk.services.gate import ROLE_KEY

    other = world.other_desk()
    other.execute(SaveSetting(key="look.theme", scope="desk", value="dark"))
    world.run(SaveSetting(key=ROLE_KEY, scope="desk", value="receptionist"))
    said = refused(
        _log_in(world, CountingHasher()).first_manager,
        "Maria",
        "maria",
        Secret("8317"),
        SecretKind.PIN,
    )
    assert said.code == "not_allowed"
    assert not world.store.queries.has_accounts()


@pytest.mark.parametrize(
    ("name", "log_in", "secret", "field"),
    [
        ("", "maria", PASSWORD, "name"),
        ("M" * 10_000, "maria", PASSWORD, "name"),
        ("Maria", "", PASSWORD, "log_in"),
        ("Maria", "m" * 10_000, PASSWORD, "log_in"),
        ("Maria", "ma ria", PASSWORD, "log_in"),
        ("Maria", "🙂🙂", PASSWORD, "log_in"),
        ("Maria", "maria", "short", "secret"),
        ("Maria", "maria", "", "secret"),
        ("Maria", "maria", "\ud83d" * 9, "secret"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(
    world: World, name: str, log_in: str, secret: str, field: str
) -> None:
    desk = _log_in(world, CountingHasher())
    said = refused(desk.first_manager, name, log_in, Secret(secret), SecretKind.PASSWORD)
    assert said.field == field
    assert len(said.sentence) < 200
    assert not world.store.queries.has_accounts()


def test_a_name_may_hold_any_letters(world: World) -> None:
    desk = _log_in(world, CountingHasher())
    made = desk.first_manager("Şükrü 李 🙂", "sukru", Secret(PASSWORD), SecretKind.PASSWORD)
    assert made.actor.name == "Şükrü 李 🙂"


# Logging in


def test_the_right_secret_opens_a_session_that_the_desk_works_in(ground: Ground) -> None:
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    assert entered.actor.role is Role.RECEPTIONIST
    assert entered.session.desk_name == "Desk-1"
    assert entered.session.expires_at == ground.world.clock.now() + LASTS
    assert ground.seat(entered).execute(PATIENT).value
    assert ground.desk.state(entered.actor).status == "active"
    assert ground.hasher.slow == 1


def test_letters_typed_in_two_ways_are_one(ground: Ground) -> None:
    """é as one letter, or as e and an accent: keyboards differ."""
    composed, apart = "caf\u00e9 au lait noir", "cafe\u0301 au lait noir"
    ground.desk.change_secret(
        ground.maria.actor.staff_id, Secret(PASSWORD), Secret(composed), SecretKind.PASSWORD
    )
    assert ground.desk.log_in(ground.maria.actor.staff_id, Secret(apart))


@pytest.mark.parametrize("typed", ["", "0000", "x" * 1_000_000, "🙂", "\ud83d", "8264 "])
def test_a_wrong_secret_is_told_by_name(ground: Ground, typed: str) -> None:
    said = refused(ground.desk.log_in, ground.tom, Secret(typed))
    assert said.code == "wrong_secret"
    assert said.sentence == "That is not Tom Ash’s PIN."
    assert said.field == "secret"


def test_by_name_an_unknown_one_is_as_slow_and_as_vague_as_a_wrong_secret(ground: Ground) -> None:
    known = refused(ground.desk.log_in_by_name, "TOM ", Secret("0000"))
    slow, ground.hasher.slow = ground.hasher.slow, 0
    unknown = refused(ground.desk.log_in_by_name, "nobody", Secret("0000"))
    assert (known.code, known.sentence) == (unknown.code, unknown.sentence)
    assert ground.hasher.slow == slow == 1
    assert ground.desk.log_in_by_name("Tom", Secret(PIN)).actor.staff_id == ground.tom


def test_unlocking_goes_on_with_the_session_and_its_undo(ground: Ground) -> None:
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    ground.seat(entered).execute(PATIENT)
    ground.desk.lock(entered.actor, "idle")
    ground.world.clock.advance(hours=3)
    again = ground.desk.log_in(ground.tom, Secret(PIN), keep=entered.session.id)
    assert again.session.id == entered.session.id
    assert again.session.expires_at == ground.world.clock.now() + LASTS
    assert ground.seat(again).execute(Undo()).value is not None
    assert ground.world.store.queries.search_patients("Moor") == []


def test_a_session_that_was_ended_is_not_kept(ground: Ground) -> None:
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    ground.seat(ground.maria).execute(RevokeSession(session_id=entered.session.id))
    again = ground.desk.log_in(ground.tom, Secret(PIN), keep=entered.session.id)
    assert again.session.id != entered.session.id
    assert ground.desk.state(again.actor).status == "active"


def test_nobody_goes_on_in_the_session_of_somebody_else(ground: Ground) -> None:
    tom = ground.desk.log_in(ground.tom, Secret(PIN), keep=ground.maria.session.id)
    assert tom.session.id != ground.maria.session.id
    stolen = replace(tom.actor, session_id=ground.maria.session.id)
    desk = Desk(ground.world.store, ground.world.clock, ground.world.ids, stolen)
    assert refused(desk.execute, PATIENT).code == "logged_out"


def test_an_account_that_is_not_active_is_told_so_to_its_owner_alone(ground: Ground) -> None:
    ground.seat(ground.maria).execute(DeactivateStaff(staff_id=ground.tom))
    assert [tile.name for tile in ground.desk.tiles()] == ["Maria Keller"]
    assert refused(ground.desk.log_in, ground.tom, Secret(PIN)).code == "inactive"
    assert refused(ground.desk.log_in, ground.tom, Secret("0000")).code == "wrong_secret"


def test_logging_out_ends_the_session(ground: Ground) -> None:
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    ground.desk.log_out(entered.actor)
    assert refused(ground.seat(entered).execute, PATIENT).code == "logged_out"
    state = ground.desk.state(entered.actor)
    assert state.status == "ended"
    assert "logged out at 07:00" in state.sentence


def test_a_session_lasts_a_day_at_the_desk_and_not_overnight(ground: Ground) -> None:
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    ground.world.clock.advance(seconds=LASTS.total_seconds() - 1)
    assert ground.seat(entered).execute(PATIENT).value
    ground.world.clock.advance(seconds=1)
    said = refused(ground.seat(entered).execute, PATIENT)
    assert said.code == "logged_out"
    assert "16 hours" in said.sentence
    assert "16 hours" in ground.desk.state(entered.actor).sentence


def test_tiles_tell_when_each_was_last_at_this_desk(ground: Ground) -> None:
    began = ground.world.clock.now()
    ground.world.clock.advance(minutes=5)
    ground.at("desk-2").log_in(ground.tom, Secret(PIN))
    here = {tile.name: tile.here_at for tile in ground.desk.tiles()}
    assert here == {"Maria Keller": began, "Tom Ash": None}
    ground.desk.log_in(ground.tom, Secret(PIN))
    assert ground.desk.tiles()[1].here_at == ground.world.clock.now()


# The delay


def test_the_delay_grows_and_an_attempt_that_comes_too_early_does_not_count(
    ground: Ground,
) -> None:
    waits = []
    for _ in range(len(DELAYS) + 2):
        said = wrong(ground)
        waits.append(said.seconds)
        if said.seconds:
            early = refused(ground.desk.log_in, ground.tom, Secret(PIN))
            assert early.code == "wait"
            assert isinstance(early, LogInRefused)
            assert early.seconds == said.seconds
        ground.world.clock.advance(seconds=said.seconds)
    assert waits == [*DELAYS, DELAYS[-1], DELAYS[-1]]
    assert ground.desk.log_in(ground.tom, Secret(PIN))
    assert wrong(ground).seconds == 0


def test_the_wait_is_told_on_the_tile_and_in_words(ground: Ground) -> None:
    assert wrong(ground, 8).seconds == 60
    tile = next(tile for tile in ground.desk.tiles() if tile.id == ground.tom)
    assert tile.seconds == 60
    ground.world.clock.advance(seconds=20)
    said = refused(ground.desk.log_in, ground.tom, Secret(PIN))
    assert said.sentence == "Too many wrong attempts for Tom Ash. Try again in 40 seconds."
    assert ground.desk.log_in(ground.maria.actor.staff_id, Secret(PASSWORD))


def test_the_delay_is_kept_across_a_restart(ground: Ground) -> None:
    wrong(ground, 8)
    world = ground.world
    world.store.close()
    again = open_store(world.store.path, paths.migrations(), world.clock, world.ids)
    nobody = replace(actor(), staff_id="", name="", permissions=frozenset())
    desk = LogIn(again, again.queries, world.clock, world.ids, ground.hasher, nobody)
    assert refused(desk.log_in, ground.tom, Secret(PIN)).code == "wait"
    world.clock.advance(seconds=60)
    assert desk.log_in(ground.tom, Secret(PIN))
    again.close()


@pytest.mark.parametrize("back", [timedelta(minutes=1), timedelta(hours=1), timedelta(days=366)])
def test_a_clock_put_back_neither_shortens_the_delay_nor_makes_it_endless(
    ground: Ground, back: timedelta
) -> None:
    wrong(ground, 8)
    clock = ground.world.clock
    clock.advance(seconds=30)
    clock.set(clock.now() - back)
    tile = next(tile for tile in ground.desk.tiles() if tile.id == ground.tom)
    assert tile.seconds == 60
    early = refused(ground.desk.log_in, ground.tom, Secret(PIN))
    assert isinstance(early, LogInRefused)
    assert early.seconds == 60
    clock.advance(seconds=59)
    assert refused(ground.desk.log_in, ground.tom, Secret(PIN)).code == "wait"
    clock.advance(seconds=1)
    assert ground.desk.log_in(ground.tom, Secret(PIN))


def test_a_clock_that_was_ahead_for_one_attempt_leaves_no_endless_wait(ground: Ground) -> None:
    clock = ground.world.clock
    wrong(ground, 7)
    clock.set(clock.now() + timedelta(days=365))
    assert wrong(ground).seconds == 60
    clock.set(clock.now() - timedelta(days=365))
    assert refused(ground.desk.log_in, ground.tom, Secret(PIN)).code == "wait"
    clock.advance(seconds=60)
    assert ground.desk.log_in(ground.tom, Secret(PIN))


def test_an_attempt_counts_before_it_is_judged(ground: Ground) -> None:
    """A program that ends in the middle of a guess has had the guess."""

    class Dies(CountingHasher):
        def verify(self, phc: str, secret: Secret) -> bool:
            raise KeyboardInterrupt

    for _ in range(3):
        with pytest.raises(KeyboardInterrupt):
            _log_in(ground.world, Dies()).log_in(ground.tom, Secret("0000"))
    assert ground.secret(ground.tom).failures == 3
    assert refused(ground.desk.log_in, ground.tom, Secret(PIN)).code == "wait"


def test_other_desks_wait_too(ground: Ground) -> None:
    wrong(ground, 8)
    assert refused(ground.at("desk-2").log_in, ground.tom, Secret(PIN)).code == "wait"


# Secrets


def test_a_secret_is_hashed_anew_when_the_cost_has_changed(ground: Ground) -> None:
    ground.hasher.round = 2
    ground.desk.log_in(ground.tom, Secret(PIN))
    assert ground.secret(ground.tom).phc == f"2:{PIN}"
    ground.hasher.slow = 0
    ground.desk.log_in(ground.tom, Secret(PIN))
    assert ground.hasher.slow == 1


def test_one_that_was_given_must_be_changed_first(ground: Ground) -> None:
    given = ground.desk.one_time(SecretKind.PIN)
    seat = ground.seat(ground.maria)
    made = seat.execute(
        AddStaff(
            name="Noor Lind",
            log_in="noor",
            role=Role.RECEPTIONIST,
            secret=ground.desk.prepare(given, SecretKind.PIN, "Noor Lind", "noor"),
        )
    )
    noor = str(made.value)
    assert refused(ground.desk.log_in, noor, given).code == "must_change"
    assert len(ground.world.store.queries.staff_sessions()) == 1
    said = refused(ground.desk.change_secret, noor, given, Secret("1234"), SecretKind.PIN)
    assert said.code == "too_common"
    entered = ground.desk.change_secret(noor, given, Secret("7350"), SecretKind.PIN)
    assert ground.seat(entered).execute(PATIENT).value
    assert refused(ground.desk.log_in, noor, given).code == "wrong_secret"
    assert ground.desk.log_in(noor, Secret("7350"))


def test_changing_asks_for_the_old_one_and_ends_the_other_sessions(ground: Ground) -> None:
    here = ground.desk.log_in(ground.tom, Secret(PIN))
    there = ground.at("desk-2").log_in(ground.tom, Secret(PIN))
    change = ground.desk.change_secret
    assert refused(change, ground.tom, Secret("0001"), Secret("7350"), SecretKind.PIN).code == (
        "wrong_secret"
    )
    assert refused(change, ground.tom, Secret(PIN), Secret(PIN), SecretKind.PIN).code == (
        "same_secret"
    )
    kept = change(
        ground.tom, Secret(PIN), Secret("seven odd ducks"), SecretKind.PASSWORD,
        keep=here.session.id,
    )  # fmt: skip
    assert kept.session.id == here.session.id
    assert ground.desk.state(here.actor).status == "active"
    state = ground.desk.state(there.actor)
    assert state.status == "ended"
    assert state.sentence.startswith("Your password or PIN was changed at 07:00")
    assert ground.desk.log_in(ground.tom, Secret("seven odd ducks")).kind is SecretKind.PASSWORD


def test_a_secret_changed_while_an_old_one_is_judged_lets_nobody_in(ground: Ground) -> None:
    class Slow(CountingHasher):
        def verify(self, phc: str, secret: Secret) -> bool:
            right = super().verify(phc, secret)
            with ground.world.store.unit_of_work(actor()) as uow:
                stored = uow.secret(ground.tom)
                assert stored is not None
                uow.save_secret(replace(stored, phc="1:changed"))
                uow.commit()
            return right

    said = refused(_log_in(ground.world, Slow()).log_in, ground.tom, Secret(PIN))
    assert said.code == "wrong_secret"
    assert ground.secret(ground.tom).phc == "1:changed"


# The recovery code


def test_the_printed_code_gives_a_new_secret_once_and_the_next_code(ground: Ground) -> None:
    maria, code = ground.maria.actor.staff_id, ground.maria.recovery_code
    typed = Secret(code.lower().replace("-", " ").replace("0", "o"))
    entered = ground.desk.recover(maria, typed, Secret("nine calm owls"), SecretKind.PASSWORD)
    assert entered.recovery_code not in ("", code)
    assert ground.desk.state(entered.actor).status == "active"
    assert ground.desk.state(ground.maria.actor).status == "ended"
    assert refused(ground.desk.log_in, maria, Secret(PASSWORD)).code == "wrong_secret"
    used = refused(
        ground.desk.recover, maria, Secret(code), Secret("ten calm owls"), SecretKind.PASSWORD
    )
    assert used.code == "wrong_secret"
    assert used.field == "code"
    ground.world.clock.advance(minutes=1)
    assert ground.desk.recover(
        maria, Secret(entered.recovery_code), Secret("ten calm owls"), SecretKind.PASSWORD
    )


def test_a_slip_in_the_code_is_no_attempt(ground: Ground) -> None:
    maria, code = ground.maria.actor.staff_id, ground.maria.recovery_code
    new = Secret("nine calm owls")
    for typed in ("", "K", code[:-1], code + "A", "🙂", code[1] + code[0] + code[2:]):
        if typed == code:
            continue
        said = refused(ground.desk.recover, maria, Secret(typed), new, SecretKind.PASSWORD)
        assert said.code == "mistyped"
    assert ground.secret(maria).failures == 0


def test_who_has_no_code_is_sent_to_a_manager(ground: Ground) -> None:
    said = refused(
        ground.desk.recover,
        ground.tom,
        Secret(ground.maria.recovery_code),
        Secret("7350"),
        SecretKind.PIN,
    )
    assert said.code == "no_recovery"
    assert "manager" in said.sentence


def test_a_new_code_takes_the_secret_and_ends_the_old_code(ground: Ground) -> None:
    maria, code = ground.maria.actor.staff_id, ground.maria.recovery_code
    assert refused(ground.desk.new_recovery_code, maria, Secret("x")).code == "wrong_secret"
    fresh = ground.desk.new_recovery_code(maria, Secret(PASSWORD))
    new = Secret("nine calm owls")
    assert refused(ground.desk.recover, maria, Secret(code), new, SecretKind.PASSWORD).code == (
        "wrong_secret"
    )
    assert ground.desk.recover(maria, Secret(fresh), new, SecretKind.PASSWORD)


# What stays behind


def test_everything_is_told_to_the_audit_trail_and_nothing_that_was_typed(ground: Ground) -> None:
    refused(ground.desk.log_in, ground.tom, Secret("typed-wrong"))
    refused(ground.desk.log_in_by_name, "my-password-here", Secret("typed-wrong"))
    entered = ground.desk.log_in(ground.tom, Secret(PIN))
    ground.desk.lock(entered.actor, "key")
    ground.desk.log_in(ground.tom, Secret(PIN), keep=entered.session.id)
    ground.desk.change_secret(ground.tom, Secret(PIN), Secret("7350"), SecretKind.PIN)
    maria = ground.maria.actor.staff_id
    ground.desk.recover(
        maria, Secret(ground.maria.recovery_code), Secret("nine calm owls"), SecretKind.PASSWORD
    )
    ground.desk.log_out(entered.actor)
    told = [entry for entry in ground.trail() if entry[0] != "AddStaff"]
    actions = [entry[0] for entry in told]
    for action in (
        "first_manager", "log_in_failed", "log_in", "lock", "unlock", "secret_changed",
        "recovered", "log_out",
    ):  # fmt: skip
        assert action in actions, action
    failures = [entry for entry in told if entry[0] == "log_in_failed"]
    assert [entry[2] for entry in failures] == [ground.tom, ""]
    assert ("lock", ground.tom, ground.tom) in [entry[:3] for entry in told]
    whole = repr(told)
    for typed in ("typed-wrong", "my-password-here", PASSWORD, "7350", "nine calm owls"):
        assert typed not in whole
    assert ground.world.proven()


def test_no_secret_shows_in_any_form(ground: Ground) -> None:
    import pickle

    made = ground.desk.prepare(Secret(PIN), SecretKind.PIN, "", "")
    shown = [repr(Secret(PIN)), str(Secret(PIN)), repr(made), repr(ground.secret(ground.tom))]
    shown.append(repr(AddStaff(name="a", log_in="a", role=Role.MANAGER, secret=made)))
    shown.append(repr(ground.maria))
    for text in shown:
        assert PIN not in text
        assert ground.maria.recovery_code not in text
    with pytest.raises(TypeError):
        pickle.dumps(Secret(PIN))


def test_a_store_that_does_not_answer_is_neither_active_nor_ended(ground: Ground) -> None:
    path = ground.world.store.path
    ground.world.store.close()
    path.write_bytes(b"broken " * 10_000)
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    state = ground.desk.state(ground.maria.actor)
    assert state.status == "unknown"
    assert state.sentence


def test_a_hash_by_itself_is_no_way_in(ground: Ground) -> None:
    """Who has read the file types the hash: it is not the secret."""
    phc = ground.secret(ground.tom).phc
    assert refused(ground.desk.log_in, ground.tom, Secret(phc)).code == "wrong_secret"
    assert isinstance(HashedSecret(SecretKind.PIN, phc).phc, str)


def test_who_was_logged_in_when_a_backup_was_restored_is_told_so(ground: Ground) -> None:
    """The restored file knows neither the session nor who asked for it."""
    gone = replace(ground.maria.actor, session_id="of-the-file-before")
    assert ground.desk.state(gone).sentence == UNKNOWN
    with ground.world.store.unit_of_work(actor("Maria")) as work:
        detail = {"backup": "clinic-20261123T091500Z-auto.clinicdesk", "who": "Maria Keller"}
        work.audit("restore", "backup", detail["backup"], detail=detail)
        work.commit()
    state = ground.desk.state(gone)
    assert state.status == "ended"
    assert state.sentence == (
        "The clinic was restored by Maria Keller from the copy of Mon 23 Nov 09:15. Log in again."
    )
    with pytest.raises(Refusal) as refused:
        Desk(ground.world.store, ground.world.clock, ground.world.ids, gone).execute(PATIENT)
    assert refused.value.sentence == UNKNOWN
