"""The small clinic with accounts, and a person of each role who is logged in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from clinic_desk.app import paths
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.desk import Desk
from clinic_desk.services.log_in import LogIn
from clinic_desk.services.staff_commands import AddStaff
from clinic_desk.services.staff_secrets import HashedSecret, Secret
from clinic_desk.store.opening import ClinicStore, open_store
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.world import World, actor, at, make_template, open_world

PIN = "4173"
PEOPLE = {
    Role.MANAGER: ("Maria Keller", "maria"),
    Role.RECEPTIONIST: ("Tom Ash", "tom"),
    Role.DOCTOR: ("Dr Li Wu", "li.wu"),
}
"""Name and log-in name of one account of each role."""


class PlainHasher:
    """Hashes at once and keeps nothing secret; for tests of everything else."""

    def hash(self, secret: Secret) -> str:
        return f"plain:{secret.reveal()}"

    def verify(self, phc: str, secret: Secret) -> bool:
        return phc == self.hash(secret)

    def outdated(self, phc: str) -> bool:
        return False


def log_in_at(store: ClinicStore, clock: FixedClock, ids: CountingIds, desk: Actor) -> LogIn:
    return LogIn(store, store.queries, clock, ids, PlainHasher(), desk)


@dataclass(frozen=True, slots=True)
class Seats:
    """Where the file is, what its rows are called, and who is logged in at "desk-1"."""

    template: Path
    names: dict[str, Id]
    actors: dict[Role, Actor]

    def world(self, folder: Path) -> World:
        return open_world(self.template, self.names, folder)


def make_seats(folder: Path) -> Seats:
    """The clinic of ``tests.fakes.world`` with an account of each role; the doctor's is Dr Wu's."""
    path, names = make_template(folder)
    clock, ids = FixedClock(at("07:00")), CountingIds(500_000)
    store = open_store(path, paths.migrations(), clock, ids)
    nobody = replace(actor(), staff_id="", name="", permissions=frozenset())
    log_in = log_in_at(store, clock, ids, nobody)
    name, handle = PEOPLE[Role.MANAGER]
    first = log_in.first_manager(name, handle, Secret(PIN), SecretKind.PIN)
    actors = {Role.MANAGER: first.actor}
    desk = Desk(store, clock, ids, first.actor)
    hashed = HashedSecret(SecretKind.PIN, PlainHasher().hash(Secret(PIN)))
    for role in (Role.RECEPTIONIST, Role.DOCTOR):
        name, handle = PEOPLE[role]
        own = names["wu"] if role is Role.DOCTOR else None
        made = desk.execute(
            AddStaff(
                name=name, log_in=handle, role=role, secret=hashed, doctor_id=own,
                must_change=False,
            )
        )  # fmt: skip
        actors[role] = log_in.log_in(str(made.value), Secret(PIN)).actor
    store.close()
    return Seats(path, names, actors)
