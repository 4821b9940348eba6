"""What log-in and sessions ask of the store and of the machine, and what pages read of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind, Staff, StaffSession
from clinic_desk.services.staff_secrets import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSecret:
    """What an account logs in with; all instants aware UTC. ``failures`` counts attempts since the
    last right one, each noted before it is judged; the next one counts from ``wait_until`` on."""

    staff_id: Id
    kind: SecretKind
    phc: str = field(repr=False)
    changed_at: datetime
    must_change: bool = False
    recovery_phc: str = field(default="", repr=False)
    recovery_made_at: datetime | None = None
    failures: int = 0
    failed_at: datetime | None = None
    wait_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTile:
    """One person on the log-in page. ``seconds`` to wait until the next attempt counts, 0 for
    none. ``recovery``: a recovery code was made for this account. ``here_at``: the last log-in at
    this desk."""

    id: Id
    name: str
    log_in: str
    role: Role
    colour: str
    language: str
    doctor_id: Id | None
    kind: SecretKind
    must_change: bool
    recovery: bool
    seconds: int = 0
    here_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffCard:
    """One account in the settings. ``kind`` None: nothing to log in with, so it cannot.
    ``sessions``: how many stand now; ``seen_at`` and ``seen_desk`` of the latest."""

    staff: Staff
    doctor_name: str
    kind: SecretKind | None
    must_change: bool
    changed_at: datetime | None
    recovery: bool
    sessions: int
    seen_at: datetime | None
    seen_desk: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCard:
    session: StaffSession
    name: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """What the store knows of one session, in one reading. ``accounts``: whether the clinic has
    any, so that nobody works without one. ``ended_by``: the name of who revoked the session."""

    accounts: bool
    session: StaffSession | None = None
    staff: Staff | None = None
    ended_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedIn:
    """Who acts from now on. ``recovery_code`` is shown and printed once: it is nowhere kept."""

    actor: Actor
    session: StaffSession
    kind: SecretKind
    recovery_code: str = field(default="", repr=False)


class PasswordHasher(Protocol):
    """Slow on purpose, and with much memory: never on a thread that draws or writes."""

    def hash(self, secret: Secret) -> str: ...

    def verify(self, phc: str, secret: Secret) -> bool:
        """False for a wrong secret, and for a hash that is none."""
        ...

    def outdated(self, phc: str) -> bool:
        """Whether the hash was made with other parameters than new ones are."""
        ...


class SessionStore(Protocol):
    """*Remember, is active, revoke, revoke all of a person.* What cannot answer says no."""

    def remember(self, session: StaffSession) -> None:
        """The same id again replaces what was remembered of it, but never brings a revoked session
        back: ``Refusal("logged_out")``."""
        ...

    def is_active(self, session_id: Id, now: datetime) -> bool: ...

    def active(self, now: datetime) -> tuple[StaffSession, ...]:
        """By time of log-in, then id."""
        ...

    def revoke(self, session_id: Id, by: Id, now: datetime, reason: str = "") -> bool:
        """Whether that ended one that was active; one that is over is marked too, lest a clock put
        back bring it to life."""
        ...

    def revoke_all(
        self, staff_id: Id, by: Id, now: datetime, reason: str = "", but: Id = ""
    ) -> int:
        """How many active ones that ended; the one named ``but`` goes on, and those that are over
        are marked as by ``revoke``."""
        ...

    def seen(self, session_id: Id, now: datetime) -> None:
        """Somebody acts in it."""
        ...

    def purge(self, now: datetime) -> int:
        """Forgets what is over for longer than ``PAST_KEPT``; answers how many."""
        ...


class StaffWork(Protocol):
    """Part of ``ports.UnitOfWork``: what stands outside of history and undo."""

    @property
    def sessions(self) -> SessionStore:
        """Of this transaction."""
        ...

    def has_accounts(self) -> bool: ...

    def seat(self, session_id: Id) -> Seat: ...

    def secret(self, staff_id: Id) -> StoredSecret | None: ...

    def save_secret(self, secret: StoredSecret) -> None: ...


class StaffQueries(Protocol):
    """Part of ``ports.Queries``."""

    def has_accounts(self) -> bool:
        """So that nobody works without one."""
        ...

    def seat(self, session_id: Id) -> Seat:
        """One indexed reading."""
        ...

    def staff(self) -> tuple[StaffCard, ...]:
        """Every account by name, the inactive ones last."""
        ...

    def staff_tiles(self) -> tuple[StaffTile, ...]:
        """Who can log in, by name."""
        ...

    def staff_sessions(self) -> tuple[SessionCard, ...]:
        """Those that stand now, the latest log-in first."""
        ...
