"""The composition root: everything is built here, once, by hand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from clinic_desk.app import identity, paths, store_keys
from clinic_desk.app.clock import SystemClock, Uuid7
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.services.desk import Desk
from clinic_desk.services.guarded import guarded
from clinic_desk.store.opening import ClinicStore, open_store

if TYPE_CHECKING:
    from clinic_desk.domain.permissions import Permission
    from clinic_desk.services.billing_gateway import BillingLink
    from clinic_desk.services.couriers import Courier
    from clinic_desk.services.diagnosis import Diagnosis
    from clinic_desk.services.encryption import Encryption
    from clinic_desk.services.exporting import Exporter
    from clinic_desk.services.holiday_ports import PublicHolidays
    from clinic_desk.services.import_report import (
        Importer,
        ImportOptions,
        ImportReport,
        Preview,
        Progress,
    )
    from clinic_desk.services.log_in import LogIn, SessionState
    from clinic_desk.services.message_ports import Transport, Transports
    from clinic_desk.services.ports import Queries
    from clinic_desk.services.secrets import SecretKeeper
    from clinic_desk.services.staff_ports import PasswordHasher
    from clinic_desk.services.viewing import Viewing
    from clinic_desk.services.webhook import WebhookLink
    from clinic_desk.store.maintenance import StoreMaintenance


ends_before: list[Callable[[], None]] = []
"""What is ended before the clinic's file is closed: threads that read it by themselves."""

SESSIONS = "sessions"
"""The folder of ``app.presence``."""


@dataclass(frozen=True, slots=True)
class LateImporter:
    """Loads the import's libraries with its first use, on the thread that uses it: they take too
    long for the one that draws. See ``services.import_report.Importer``."""

    container: Container

    def preview(
        self,
        path: Path,
        options: ImportOptions | None = None,
        together: Sequence[Path] = (),
    ) -> Preview:
        return self._made().preview(path, options, together)

    def run(
        self,
        paths: Sequence[Path],
        options: ImportOptions | None = None,
        progress: Progress | None = None,
    ) -> ImportReport:
        return self._made().run(paths, options, progress)

    def _made(self) -> Importer:
        from clinic_desk.integrations.importing import FileImporter

        held = self.container
        return FileImporter(held.desk, held.queries, held.clock, held.new_id)


class LateViews:
    """Tells the audit trail what the person at a desk looks at; see ``services.viewing``, which is
    loaded with the first look; the day that is made ready behind the log-in page is kept until
    then."""

    def __init__(self, store: ClinicStore, desk: Desk) -> None:
        self.awake: Callable[[], None] = lambda: None
        self.at_once: Callable[[], None] = lambda: None
        self._store, self._desk = store, desk
        self._lock = Lock()
        self._made: Viewing | None = None
        self._early: dict[tuple[date, date, frozenset[Id]], Actor] = {}

    def seen(
        self,
        actor: Actor,
        method: str,
        args: tuple[object, ...],
        named: Mapping[str, object],
        answer: object,
    ) -> None:
        self._viewing().seen(actor, method, args, named, answer)

    def refused(self, actor: Actor, method: str, permission: Permission) -> None:
        self._viewing().refused(actor, method, permission)

    def days(self, first: date, last: date, doctors: Iterable[Id]) -> None:
        """The visits of these days were shown to the person here."""
        actor = self._desk.actor
        with self._lock:
            if self._made is None and not actor.session_id:  # the window is not shown yet
                self._early[first, last, frozenset(doctors)] = actor
                return
        self._viewing().days(actor, first, last, doctors)

    def listed(self, name: str, patient_ids: Iterable[Id]) -> None:
        """Lines of these patients were shown to the person here."""
        self._viewing().listed(self._desk.actor, name, patient_ids)

    def looked(self, kind: str, subject_id: Id, patient_id: Id = "") -> None:
        """Something was shown to the person here that had been read before."""
        self._viewing().looked(self._desk.actor, kind, subject_id, patient_id)

    @property
    def waits(self) -> bool:
        return bool(self._early) if self._made is None else self._made.waits

    def flush(self, *, everything: bool = True) -> None:
        if self._made is not None or self._early:
            self._viewing().flush(everything=everything)

    def _viewing(self) -> Viewing:
        with self._lock:
            if self._made is None:
                from clinic_desk.services.viewing import Viewing

                self._made = Viewing(self._store, who=lambda: self._desk.actor)
                self._made.awake = lambda: self.awake()
                self._made.at_once = lambda: self.at_once()
                for (first, last, doctors), actor in self._early.items():
                    self._made.days(actor, first, last, doctors)
                self._early.clear()
            return self._made


@dataclass(frozen=True, slots=True)
class Container:
    """One clinic, open on this computer. ``close`` it when done."""

    data: paths.DataFolder
    resources: Path
    clock: Clock
    new_id: IdFactory
    actor: Actor
    store: ClinicStore
    desk: Desk
    queries: Queries
    """As whoever sits here may use them."""
    views: LateViews
    """What the person here has looked at."""
    hasher: PasswordHasher | None = None

    @property
    def maintenance(self) -> StoreMaintenance:
        return self.store.maintenance

    @property
    def importer(self) -> Importer:
        """Imports former lists and diaries."""
        return LateImporter(self)

    @property
    def public_holidays(self) -> PublicHolidays:
        """Loads its library with the first question."""
        from clinic_desk.integrations.public_holidays import LibraryHolidays

        return LibraryHolidays()

    @property
    def exporter(self) -> Exporter:
        """Hands visits on as files."""
        from clinic_desk.integrations.exporting import FileExporter

        return FileExporter(self.queries, self.clock)

    @property
    def billing(self) -> BillingLink:
        """Reaches the billing service outside, if the clinic has one."""
        from clinic_desk.integrations.billing import KeyringBilling

        return KeyringBilling(self.secrets)

    @property
    def transports(self) -> Transports:
        """The ways to patients, by the clinic's settings and this computer's keyring."""
        from clinic_desk.integrations.messaging.transports import KeyringTransports

        return KeyringTransports(self.secrets, self.clock)

    @property
    def webhook(self) -> WebhookLink:
        """Tells an address of the clinic's choice what becomes of visits."""
        from clinic_desk.integrations.webhook import KeyringWebhook

        return KeyringWebhook(self.secrets, self.clock)

    def courier(
        self, desktop: Transport | None = None, stopping: Callable[[], bool] = lambda: False
    ) -> Courier:
        """Sends what is due, on the program's own behalf: nobody need be logged in. ``desktop``
        shows notices on this computer's screen; without it they wait for a window."""
        from random import random

        from clinic_desk.services.couriers import Courier, Outside

        desk = Desk(self.store, self.clock, self.new_id, identity.program(self.actor, self.new_id))
        outside = Outside(
            transports=lambda: self.transports,
            billing=lambda: self.billing,
            webhook=lambda: self.webhook,
            desktop=desktop,
        )
        queries = self.store.queries
        return Courier(desk, queries, self.clock, random, self.new_id, outside, stopping)

    @property
    def secrets(self) -> SecretKeeper:
        """This computer's keyring."""
        return store_keys.keeper()

    @property
    def log_in(self) -> LogIn:
        """Logs people in and out at this desk; until then nobody writes in a clinic that has
        accounts. It may be asked from any thread, and is too slow for the one that draws."""
        from clinic_desk.app.presence import HeldLogIn, Presence
        from clinic_desk.integrations.passwords import Argon2Passwords

        held = HeldLogIn(
            self.store,
            self.store.queries,
            self.clock,
            self.new_id,
            self.hasher or Argon2Passwords(),
            identity.nobody(self.actor),
        )
        held.presence = Presence(self.data.root)
        return held

    def for_person(self, actor: Actor) -> Container:
        """The same clinic for another person at this desk: what they may read and write is theirs.
        Without a session (nobody has shown yet that it is them) they write nothing, and what is
        read stays behind the log-in page."""
        desk = Desk(self.store, self.clock, self.new_id, actor)
        views = LateViews(self.store, desk)
        queries = read_by(self.store, self.clock, desk, views)
        return replace(self, actor=actor, desk=desk, queries=queries, views=views)

    def session_state(self) -> SessionState:
        """Whether the person at the desk may go on; one indexed reading."""
        return self.log_in.state(self.desk.actor)

    @property
    def encryption(self) -> Encryption:
        """Encrypts the clinic's file, or makes it plain again."""
        from clinic_desk.app.encryption import ClinicEncryption

        seated = seating(self.store, self.clock)

        def here() -> Actor:
            actor = self.desk.actor
            return seated(actor) if actor.session_id else actor

        return ClinicEncryption(self.store, self.secrets, here, self.clock)

    @property
    def diagnosis(self) -> Diagnosis:
        """Tells a helper how the program stands."""
        from clinic_desk.app.diagnostics import ClinicDiagnosis

        return ClinicDiagnosis(self)

    @property
    def practice(self) -> tuple[str, ...]:
        """The command that opens the demo clinic in a folder of its own, below this one's data."""
        started = [sys.executable]
        if not getattr(sys, "frozen", False):
            started += ["-m", "clinic_desk"]
        return (*started, "demo", "--data", str(self.data.root / "practice"))

    @property
    def is_new(self) -> bool:
        """Whether nobody has set this clinic up yet."""
        try:
            self.queries.roster()
        except Refusal as refusal:
            if refusal.code != "no_practice":
                raise
            return True
        return False

    def close(self) -> None:
        while ends_before:
            ends_before.pop()()
        self.views.flush()
        self.store.close()


def build(
    data: Path | None = None,
    *,
    clock: Clock | None = None,
    new_id: IdFactory | None = None,
    migrations: Path | None = None,
    resources: Path | None = None,
    hasher: PasswordHasher | None = None,
) -> Container:
    """Opens (or makes, or upgrades after a backup) the clinic in ``data``. A new one is encrypted
    where this computer has a keyring for the key. Every part that touches the machine can be
    replaced. In a clinic that has accounts nobody is at the desk before ``log_in``. Raises
    ``Fault`` when the file, its folder or its key cannot be used."""
    folder = paths.data_folder(data)
    folder.create()
    the_clock = clock or SystemClock()
    ids = new_id or Uuid7()
    actor = identity.actor(folder.identity, ids)
    store_keys.ask_keyring()
    key = None
    if not folder.database.exists():
        key = store_keys.KeyringKeys(store_keys.keeper()).fresh()
    store = open_store(
        folder.database,
        migrations or paths.migrations(),
        the_clock,
        ids,
        desk_id=actor.desk_id,
        key=key,
    )
    if (folder.root / SESSIONS).is_dir():
        from clinic_desk.app.presence import Presence, close_left  # somebody has logged in here

        close_left(store, Presence(folder.root), actor)
    seated = seating(store, the_clock)
    actor = identity.nobody(actor) if store.queries.has_accounts() else seated(actor)
    desk = Desk(store, the_clock, ids, actor)
    views = LateViews(store, desk)
    return Container(
        data=folder,
        resources=resources or paths.resources(),
        clock=the_clock,
        new_id=ids,
        actor=actor,
        store=store,
        desk=desk,
        queries=read_by(store, the_clock, desk, views),
        views=views,
        hasher=hasher,
    )


def read_by(store: ClinicStore, clock: Clock, desk: Desk, views: LateViews) -> Queries:
    """The clinic as whoever sits at that desk may read it."""
    seated = seating(store, clock)

    def seat(actor: Actor) -> Actor:
        return seated(actor) if actor.session_id else actor

    return guarded(
        store.queries, lambda: desk.actor, seat=seat, seen=views.seen, refused=views.refused
    )


def seating(store: ClinicStore, clock: Clock) -> Callable[[Actor], Actor]:
    """Answers the same person with what they may do now. Raises ``Refusal("logged_out")``."""

    def seated(actor: Actor) -> Actor:
        from clinic_desk.services.sessions import seated_by

        seat = store.queries.seat(actor.session_id)
        return seated_by(actor, seat, clock.now(), store.queries.setting)

    return seated
