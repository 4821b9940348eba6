"""Logging in and out, locks, changed and lost secrets, the first manager.

Every call may take as long as one or two slow hashes, so none belongs on the thread that draws or
the one that writes; the hash is always computed between two transactions, never inside one. An
attempt is noted before it is judged (``log_in_delay``), and everything is told to the audit trail.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from secrets import token_bytes
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Clock, Id, IdFactory
from clinic_desk.domain.permissions import Permission, Role
from clinic_desk.domain.staff import SecretKind, Staff, StaffSession
from clinic_desk.services import log_in_delay as delay
from clinic_desk.services import sessions
from clinic_desk.services.gate import seated
from clinic_desk.services.log_in_words import KIND_WORDS, duration_text, pause_text
from clinic_desk.services.log_in_words import LogInRefused as LogInRefused
from clinic_desk.services.log_in_words import SessionState as SessionState
from clinic_desk.services.staff_ports import (
    LoggedIn,
    PasswordHasher,
    StaffTile,
    StoredSecret,
)
from clinic_desk.services.staff_secrets import (
    HashedSecret,
    Randomness,
    Secret,
    check_secret,
    one_time,
    recovery_code,
    typed_code,
)

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries, Store, UnitOfWork


class LogIn:
    """For one desk; keeps nothing between calls, so any thread may ask. ``desk`` is the desk with
    nobody at it."""

    def __init__(
        self,
        store: Store,
        queries: Queries,
        clock: Clock,
        new_id: IdFactory,
        hasher: PasswordHasher,
        desk: Actor,
        random: Randomness = token_bytes,
    ) -> None:
        self._store = store
        self._queries = queries
        self._clock = clock
        self._new_id = new_id
        self._hasher = hasher
        self._desk = desk
        self._random = random

    # Reading

    def needed(self) -> bool:
        """Whether the clinic has accounts, so that nobody works without one."""
        return self._queries.has_accounts()

    def tiles(self) -> tuple[StaffTile, ...]:
        return self._queries.staff_tiles()

    def state(self, actor: Actor) -> SessionState:
        """Whether this person may go on: one indexed reading, cheap enough for every second."""
        try:
            seat = self._queries.seat(actor.session_id)
            now = self._clock.now()
            if not sessions.why_ended(seat, now):
                return SessionState("active")
            zone = self._queries.roster().practice.zone
            why = sessions.why_ended(seat, now, zone)
            if why == sessions.NOBODY and actor.session_id:
                from clinic_desk.services.restored import since  # seldom, and no part of the start

                why = since(self._queries, now, zone)
            return SessionState("ended", why or sessions.UNKNOWN, final=bool(why))
        except ClinicDeskError as error:
            return SessionState("unknown", str(error), final=False)

    # Logging in

    def log_in(self, staff_id: Id, secret: Secret, *, keep: Id = "") -> LoggedIn:
        """A new session; or, to unlock, the one named ``keep`` while it still counts. Raises
        ``LogInRefused``; "must_change" when the secret is right but was given for once
        (``change_secret`` is the way on)."""
        staff, stored = self._judged(staff_id, secret)
        if stored.must_change:
            self._clear(stored)
            raise LogInRefused(
                "must_change",
                f"This {KIND_WORDS[stored.kind]} was given to you for once. Choose your own now.",
            )
        if self._hasher.outdated(stored.phc):
            fresh = replace(stored, phc=self._hasher.hash(secret))
        else:
            fresh = stored
        return self._enter(staff, stored, fresh, keep)

    def log_in_by_name(self, log_in: str, secret: Secret) -> LoggedIn:
        """For the command line. An unknown name is refused in the same words and as slowly as a
        wrong secret."""
        wanted = log_in.strip().casefold()
        found = next((tile.id for tile in self.tiles() if tile.log_in == wanted), "")
        try:
            return self.log_in(found, secret)
        except LogInRefused as refused:
            if refused.code != "wrong_secret":
                raise
            raise LogInRefused(
                "wrong_secret",
                f"The log-in name or the password is wrong.{pause_text(refused.seconds)}",
                seconds=refused.seconds,
            ) from None

    def log_out(self, actor: Actor) -> None:
        """Ends the session; one that is over already stays as it is."""
        with self._begin(actor, "log_out") as uow:
            uow.sessions.revoke(actor.session_id, actor.staff_id, uow.now, sessions.LOGGED_OUT)
            uow.audit("log_out", "staff", actor.staff_id)
            uow.commit()

    def lock(self, actor: Actor, why: str = "") -> None:
        """Tells the audit trail that the screen was covered (``why``: "idle", "key", "switch",
        "sleep"); the session goes on, to be unlocked with ``log_in(…, keep=…)``."""
        with self._begin(actor, "lock") as uow:
            uow.audit("lock", "staff", actor.staff_id, detail={"why": why} if why else None)
            uow.commit()

    # Secrets

    def prepare(self, secret: Secret, kind: SecretKind, name: str, log_in: str) -> HashedSecret:
        """What a command carries. Raises ``Refusal`` for a secret that is too weak."""
        check_secret(secret, kind, name, log_in)
        return HashedSecret(kind, self._hasher.hash(secret))

    def one_time(self, kind: SecretKind) -> Secret:
        """To be told to somebody, who must change it with the first log-in."""
        return one_time(self._random, kind)

    def change_secret(
        self, staff_id: Id, old: Secret, new: Secret, kind: SecretKind, *, keep: Id = ""
    ) -> LoggedIn:
        """Raises ``LogInRefused`` for a wrong old one, ``Refusal`` for a weak new one. Every other
        session of that person ends."""
        self._check_new(staff_id, new, kind)
        if new.reveal() == old.reveal():
            raise Refusal(
                "same_secret",
                f"This is the {KIND_WORDS[kind]} you have; choose another one.",
                field="secret",
            )
        staff, stored = self._judged(staff_id, old)
        fresh = self._renewed(stored, new, kind)
        return self._enter(staff, stored, fresh, keep, "secret_changed", sessions.SECRET_CHANGED)

    def recover(self, staff_id: Id, code: Secret, new: Secret, kind: SecretKind) -> LoggedIn:
        """With the printed code, which is then used up; the answer holds the next one. Raises
        ``LogInRefused``, or ``Refusal("mistyped")``, which is no attempt."""
        symbols = typed_code(code)
        self._check_new(staff_id, new, kind)
        staff, stored = self._judged(staff_id, symbols, by_code=True)
        printed = recovery_code(self._random)
        fresh = replace(
            self._renewed(stored, new, kind),
            recovery_phc=self._hasher.hash(typed_code(Secret(printed))),
            recovery_made_at=self._clock.now(),
        )
        entered = self._enter(staff, stored, fresh, "", "recovered", sessions.SECRET_CHANGED)
        return replace(entered, recovery_code=printed)

    def new_recovery_code(self, staff_id: Id, secret: Secret) -> str:
        """To be printed; the one before counts no more."""
        staff, stored = self._judged(staff_id, secret)
        printed = recovery_code(self._random)
        phc = self._hasher.hash(typed_code(Secret(printed)))
        with self._begin(self._desk, "recovery_code_made") as uow:
            self._unchanged(uow, stored)
            uow.actor = replace(uow.actor, staff_id=staff.id, name=staff.name, role=staff.role)
            made = replace(stored, recovery_phc=phc, recovery_made_at=uow.now)
            uow.save_secret(delay.cleared(made))
            uow.audit("recovery_code_made", "staff", staff.id)
            uow.commit()
        return printed

    def first_manager(
        self, name: str, log_in: str, secret: Secret, kind: SecretKind, colour: str = ""
    ) -> LoggedIn:
        """The first account of a clinic, with a recovery code to print. From then on nobody works
        without a log-in. Raises ``Refusal("has_accounts")`` when somebody was faster, and with a
        ``field`` for what is wrong with one of the values."""
        from clinic_desk.services.roster_checks import COLOURS
        from clinic_desk.services.staff import checked_staff

        row = checked_staff(
            Staff(
                id=self._new_id(),
                name=name,
                log_in=log_in,
                role=Role.MANAGER,
                colour=colour or COLOURS[0],
            )
        )
        made = self.prepare(secret, kind, row.name, row.log_in)
        printed = recovery_code(self._random)
        phc = self._hasher.hash(typed_code(Secret(printed)))
        actor = replace(self._desk, staff_id=row.id, name=row.name, session_id=self._new_id())
        with self._begin(actor, "first_manager") as uow:
            if uow.has_accounts():
                raise Refusal(
                    "has_accounts", "This clinic has a manager already; log in or ask them."
                )
            if not seated(self._desk, uow.setting).may(Permission.EDIT_SETTINGS):
                raise Refusal(
                    "not_allowed",
                    "This desk may not change the clinic’s settings; make the first manager’s "
                    "account at a desk that may.",
                )
            staff = uow.add(row, "created", undoable=False)
            uow.save_secret(
                StoredSecret(
                    staff_id=staff.id,
                    kind=kind,
                    phc=made.phc,
                    changed_at=uow.now,
                    recovery_phc=phc,
                    recovery_made_at=uow.now,
                )
            )
            uow.audit("first_manager", "staff", staff.id)
            entered = self._remember(uow, staff, kind, "")
            uow.commit()
        return replace(entered, recovery_code=printed)

    # Parts

    def _check_new(self, staff_id: Id, new: Secret, kind: SecretKind) -> None:
        tile = next((tile for tile in self.tiles() if tile.id == staff_id), None)
        check_secret(new, kind, tile.name if tile else "", tile.log_in if tile else "")

    def _renewed(self, stored: StoredSecret, new: Secret, kind: SecretKind) -> StoredSecret:
        return replace(
            stored,
            kind=kind,
            phc=self._hasher.hash(new),
            changed_at=self._clock.now(),
            must_change=False,
        )

    def _judged(
        self, staff_id: Id, secret: Secret, *, by_code: bool = False
    ) -> tuple[Staff, StoredSecret]:
        """The account whose secret, or recovery code, was right."""
        staff, stored = self._noted(staff_id)
        phc = stored.recovery_phc if stored is not None and by_code else ""
        if stored is not None and by_code and not phc:
            raise LogInRefused(
                "no_recovery",
                "No recovery code was made for this account. Ask a manager for a new password.",
                field="code",
            )
        if stored is None:
            self._hasher.hash(secret)  # for the time it takes
            right = False
        else:
            right = self._hasher.verify(phc or stored.phc, secret)
        if staff is not None and stored is not None and right and staff.active:
            return staff, stored
        self._failed(staff, stored, "recovery code" if by_code else "")
        if right:
            raise LogInRefused(
                "inactive", "This account is not active any more. Ask a manager.", field=""
            )
        seconds = delay.delay_after(stored.failures) if stored is not None else 0
        what = "recovery code" if by_code else KIND_WORDS[stored.kind] if stored else "password"
        whose = f"{staff.name}’s {what}" if staff is not None else f"the right {what}"
        raise LogInRefused(
            "wrong_secret",
            f"That is not {whose}.{pause_text(seconds)}",
            field="code" if by_code else "secret",
            seconds=seconds,
        )

    def _noted(self, staff_id: Id) -> tuple[Staff | None, StoredSecret | None]:
        """Notes the attempt. Raises ``LogInRefused("wait")`` when it comes too early."""
        with self._begin(self._desk, "log_in") as uow:
            found = uow.find(Staff, id=staff_id) if staff_id else []
            stored = uow.secret(staff_id) if found else None
            if stored is None:
                uow.commit()
                return (found[0] if found else None), None
            stored = delay.turned_back(stored, uow.now) or stored
            seconds = delay.seconds_left(stored, uow.now)
            if not seconds:
                stored = delay.noted(stored, uow.now)
            uow.save_secret(stored)
            uow.commit()
        if seconds:
            raise LogInRefused(
                "wait",
                f"Too many wrong attempts for {found[0].name}. Try again in "
                f"{duration_text(seconds)}.",
                seconds=seconds,
            )
        return found[0], stored

    def _failed(self, staff: Staff | None, stored: StoredSecret | None, what: str) -> None:
        """Without what was typed: an unknown name may be a password in the wrong field."""
        detail: dict[str, object] = {"attempts": stored.failures} if stored is not None else {}
        if what:
            detail["with"] = what
        with self._begin(self._desk, "log_in_failed") as uow:
            subject = "staff" if staff is not None else ""
            uow.audit("log_in_failed", subject, staff.id if staff else "", detail=detail or None)
            uow.commit()

    def _clear(self, stored: StoredSecret) -> None:
        with self._begin(self._desk, "log_in") as uow:
            current = self._unchanged(uow, stored)
            uow.save_secret(delay.cleared(current))
            uow.commit()

    def _unchanged(self, uow: UnitOfWork, stored: StoredSecret) -> StoredSecret:
        """Raises ``LogInRefused`` when the secret was changed while it was judged."""
        current = uow.secret(stored.staff_id)
        if current is None or (current.phc, current.recovery_phc) != (
            stored.phc,
            stored.recovery_phc,
        ):
            raise LogInRefused("wrong_secret", "It was changed a moment ago; log in again.")
        return current

    def _enter(
        self,
        staff: Staff,
        stored: StoredSecret,
        fresh: StoredSecret,
        keep: Id,
        action: str = "",
        ends: str = "",
    ) -> LoggedIn:
        """Keeps the secret, ends the person's other sessions for the reason ``ends``, and begins
        one."""
        actor = replace(self._desk, staff_id=staff.id, name=staff.name)
        with self._begin(actor, action or "log_in") as uow:
            self._unchanged(uow, stored)
            now_staff = uow.get(Staff, staff.id)
            if not now_staff.active:
                raise LogInRefused("inactive", "This account is not active any more.", field="")
            uow.save_secret(delay.cleared(fresh))
            if ends:
                uow.sessions.revoke_all(staff.id, staff.id, uow.now, ends, but=keep)
            entered = self._remember(uow, now_staff, fresh.kind, keep, action)
            uow.commit()
        return entered

    def _remember(
        self, uow: UnitOfWork, staff: Staff, kind: SecretKind, keep: Id, action: str = ""
    ) -> LoggedIn:
        uow.sessions.purge(uow.now)
        seat = uow.seat(keep) if keep else None
        kept = seat.session if seat is not None and seat.session is not None else None
        goes_on = kept is not None and kept.active_at(uow.now) and kept.staff_id == staff.id
        session = StaffSession(
            id=kept.id if goes_on and kept else self._new_id(),
            staff_id=staff.id,
            desk_id=self._desk.desk_id,
            desk_name=self._desk.desk_name,
            issued_at=kept.issued_at if goes_on and kept else uow.now,
            seen_at=uow.now,
            expires_at=uow.now + sessions.LASTS,
        )
        uow.sessions.remember(session)
        actor = replace(self._desk, staff_id=staff.id, session_id=session.id)
        actor = sessions.with_account(actor, staff, uow.setting)
        uow.actor = actor
        uow.audit(action or ("unlock" if goes_on else "log_in"), "staff", staff.id)
        return LoggedIn(actor=actor, session=session, kind=kind)

    @contextmanager
    def _begin(self, actor: Actor, action: str) -> Iterator[UnitOfWork]:
        with self._store.unit_of_work(actor) as uow:
            uow.action = action
            yield uow
