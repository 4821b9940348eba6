"""Sessions: how long one counts, whether a person still acts in one, and why not any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.staff import Staff, StaffSession
from clinic_desk.services.gate import PERMISSIONS_KEY, Read, permissions_in, seated
from clinic_desk.services.staff_ports import Seat
from clinic_desk.services.wording import time_text

LASTS = timedelta(hours=16)
"""From the log-in, or from the last unlocking, on: a long day at the desk, and never overnight."""

PAST_KEPT = timedelta(days=30)
"""A session that is over stays that long, so that the desk it was at can say why."""

SEEN_EVERY = timedelta(minutes=1)
"""How often at most a session's ``seen_at`` is written."""

ENDED = "ended"
ENDED_ALL = "ended_all"
DEACTIVATED = "deactivated"
SECRET_CHANGED = "secret_changed"
RESET = "reset"
LOGGED_OUT = "logged_out"
RESTORED = "restored"
FELL = "fell"
"""Why a session was revoked."""

_WHY = {
    ENDED: "{who} ended your session{when}.",
    ENDED_ALL: "{who} ended all your sessions{when}.",
    DEACTIVATED: "{who} deactivated your account{when}.",
    SECRET_CHANGED: "Your password or PIN was changed{when}, so every other session ended.",
    RESET: "{who} gave you a new password or PIN{when}.",
    LOGGED_OUT: "You have logged out{when}.",
    FELL: "The program ended without a log-out; that was noticed{when}.",
    RESTORED: "A backup was restored{when}.",
}
AGAIN = "Log in again; what you have typed is still there."
NOBODY = "Nobody is logged in at this desk. Log in first."
UNKNOWN = "The clinic’s file does not know this session. Log in again."
"""Of somebody who had one: another file came in the place of the one that knew it."""


def why_ended(seat: Seat, now: datetime, zone: str = "") -> str:
    """The sentence for a session that no longer counts; empty for one that does, and for a clinic
    without accounts. With a ``zone`` it tells when."""
    if not seat.accounts:
        return ""
    session, staff = seat.session, seat.staff
    if session is None or staff is None:
        return NOBODY
    if session.revoked_at is not None:
        when = f" at {time_text(session.revoked_at, zone)}" if zone else ""
        told = _WHY.get(session.reason, _WHY[ENDED])
        who = "You" if session.revoked_by == staff.id else seat.ended_by or "A manager"
        return f"{told.format(who=who, when=when)} {AGAIN}"
    if not staff.active or staff.deleted_at is not None:
        return "Your account is not active any more. Ask a manager."
    if not session.active_at(now):
        hours = int(LASTS.total_seconds()) // 3600
        return f"A session lasts {hours} hours, and this one is over. {AGAIN}"
    return ""


def with_account(actor: Actor, staff: Staff, read: Read) -> Actor:
    """The person as the account says now, with what the role may do."""
    permissions = permissions_in(read(PERMISSIONS_KEY, "clinic"))[staff.role]
    now = replace(
        actor,
        name=staff.name,
        role=staff.role,
        doctor_id=staff.doctor_id,
        permissions=permissions,
    )
    return actor if now == actor else now


def seated_by(actor: Actor, seat: Seat, now: datetime, read: Read) -> Actor:
    """Who acts, with the role and permissions that hold now. Raises ``Refusal("logged_out")`` when
    the session does not count any more, and when there is none in a clinic that has accounts."""
    if not seat.accounts:
        return seated(actor, read)
    why = why_ended(seat, now)
    if why == NOBODY and actor.session_id:
        why = UNKNOWN
    staff = seat.staff
    if why or staff is None or staff.id != actor.staff_id:
        raise Refusal("logged_out", why or NOBODY)
    return with_account(actor, staff, read)


def to_be_noted(session: StaffSession, now: datetime) -> bool:
    """Whether ``seen_at`` is old enough, or from the future, to be written again."""
    return not session.seen_at <= now < session.seen_at + SEEN_EVERY


class MemorySessions:
    """The contract without a database."""

    def __init__(self) -> None:
        self._known: dict[Id, StaffSession] = {}

    def remember(self, session: StaffSession) -> None:
        known = self._known.get(session.id)
        if known is not None and known.revoked_at is not None:
            raise Refusal("logged_out", NOBODY)
        self._known[session.id] = session

    def is_active(self, session_id: Id, now: datetime) -> bool:
        known = self._known.get(session_id)
        return known is not None and known.active_at(now)

    def active(self, now: datetime) -> tuple[StaffSession, ...]:
        found = [session for session in self._known.values() if session.active_at(now)]
        return tuple(sorted(found, key=lambda one: (one.issued_at, one.id)))

    def revoke(self, session_id: Id, by: Id, now: datetime, reason: str = "") -> bool:
        known = self._known.get(session_id)
        if known is None or known.revoked_at is not None:
            return False
        self._known[session_id] = replace(known, revoked_at=now, revoked_by=by, reason=reason)
        return known.active_at(now)

    def revoke_all(
        self, staff_id: Id, by: Id, now: datetime, reason: str = "", but: Id = ""
    ) -> int:
        theirs = [k for k, one in self._known.items() if one.staff_id == staff_id and k != but]
        return sum(self.revoke(session_id, by, now, reason) for session_id in theirs)

    def seen(self, session_id: Id, now: datetime) -> None:
        known = self._known.get(session_id)
        if known is not None:
            self._known[session_id] = replace(known, seen_at=now)

    def purge(self, now: datetime) -> int:
        kept = {k: v for k, v in self._known.items() if not long_over(v, now)}
        gone = len(self._known) - len(kept)
        self._known = kept
        return gone


def long_over(session: StaffSession, now: datetime) -> bool:
    over = session.revoked_at or session.expires_at
    return min(over, session.expires_at) + PAST_KEPT <= now
