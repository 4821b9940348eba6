"""The people of the demo clinic: a manager, a receptionist, and an account for every doctor.

Their PIN is the same for all and told on the log-in page, by the clinic's setting
``practice.demo``; a real account could not have it.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor

from clinic_desk.app.demo_clinic import DOCTORS
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.desk import Desk
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.staff import suggested_log_in
from clinic_desk.services.staff_commands import AddStaff
from clinic_desk.services.staff_ports import PasswordHasher
from clinic_desk.services.staff_secrets import HashedSecret, Secret
from clinic_desk.store.opening import ClinicStore

PIN = "2580"
HINT_KEY = "practice.demo"
"""The setting that tells the PIN on the log-in page of a demo clinic."""

DESK = (
    ("Maria Keller", "maria", Role.MANAGER, "crimson"),
    ("Tom Ash", "tom", Role.RECEPTIONIST, "bark"),
)
"""In the colours that no doctor of the demo clinic has."""


class People:
    """Their hashes are made on a thread of its own while the clinic is written: each takes a tenth
    of a second, on purpose."""

    def __init__(self, hasher: PasswordHasher) -> None:
        self._pool = ThreadPoolExecutor(1, "demo-hashes")
        self._made: list[Future[str]] = [
            self._pool.submit(hasher.hash, Secret(PIN)) for _ in range(len(DESK) + len(DOCTORS))
        ]

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)

    def add(self, store: ClinicStore, clock: Clock, new_id: IdFactory, maker: Actor) -> None:
        """To the demo clinic in the store; ``maker`` as of ``demo_clinic.made_by``."""
        desk = Desk(store, clock, new_id, maker)
        by_code = {doctor.code: doctor.id for doctor in store.queries.roster().doctors.values()}
        people: list[tuple[str, str, Role, Id | None, str]] = [
            (name, log_in, role, None, colour) for name, log_in, role, colour in DESK
        ]
        taken = {log_in for _, log_in, _, _ in DESK}
        for work in DOCTORS:
            log_in = suggested_log_in(work.name, taken)
            taken.add(log_in)
            people.append((work.name, log_in, Role.DOCTOR, by_code[work.code], work.colour))
        accounts = tuple(
            AddStaff(
                name=name,
                log_in=log_in,
                role=role,
                doctor_id=doctor_id,
                colour=colour,
                secret=HashedSecret(SecretKind.PIN, made.result()),
                must_change=False,
            )
            for (name, log_in, role, doctor_id, colour), made in zip(
                people, self._made, strict=True
            )
        )
        hint = SaveSetting(key=HINT_KEY, scope="clinic", value=PIN)
        desk.execute(Together(commands=(*accounts, hint), label="Open accounts"))
