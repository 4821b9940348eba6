"""Which sessions the programs of this desk hold, so that one whose program was killed is closed at
the next start, and does not stand for hours as if somebody were there.

A file per session, with the number of the process that holds it, in a folder beside the clinic's
file; it holds no name. Where it cannot be written nothing is held up: such a session ends by time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk.app.container import SESSIONS
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.services.log_in import LogIn
from clinic_desk.store.processes import running

if TYPE_CHECKING:
    from clinic_desk.domain.staff import SecretKind, Staff
    from clinic_desk.services.ports import UnitOfWork
    from clinic_desk.services.staff_ports import LoggedIn
    from clinic_desk.store.opening import ClinicStore


class Presence:
    """``root`` is the data folder."""

    def __init__(self, root: Path) -> None:
        self._folder = root / SESSIONS

    def began(self, session_id: Id) -> None:
        with suppress(OSError):
            self._folder.mkdir(mode=0o700, exist_ok=True)
            made = os.open(self._folder / session_id, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(made, "w") as file:
                file.write(str(os.getpid()))

    def ended(self, session_id: Id) -> None:
        if session_id:
            with suppress(OSError):
                (self._folder / session_id).unlink(missing_ok=True)

    def left(self) -> tuple[Id, ...]:
        """Sessions whose programs have gone."""
        found = []
        with suppress(OSError):
            for one in sorted(self._folder.iterdir()):
                number = one.read_text("ascii", "replace")
                # a file without a number was cut off by the same fall
                if not number.isdigit() or not running(int(number)):
                    found.append(one.name)
        return tuple(found)


class HeldLogIn(LogIn):
    """Notes which sessions this process holds."""

    presence: Presence

    def log_out(self, actor: Actor) -> None:
        super().log_out(actor)
        self.presence.ended(actor.session_id)

    def _remember(
        self, uow: UnitOfWork, staff: Staff, kind: SecretKind, keep: Id, action: str = ""
    ) -> LoggedIn:
        """Before the commit: a file without a session is harmless, a session without one is not."""
        entered = super()._remember(uow, staff, kind, keep, action)
        self.presence.began(entered.session.id)
        return entered


def close_left(store: ClinicStore, presence: Presence, desk: Actor) -> Sequence[Id]:
    """Ends the sessions that killed programs of this desk have left, and answers them."""
    left = presence.left()
    if not left:
        return ()
    from clinic_desk.services.sessions import FELL

    with store.unit_of_work(replace(desk, kind="program", name="", staff_id="program")) as uow:
        for session_id in left:
            seat = uow.seat(session_id)
            ended = uow.sessions.revoke(session_id, "", uow.now, FELL)
            if ended and seat.session is not None and seat.staff is not None:
                detail = {"desk": seat.session.desk_name, "why": "Its program had ended"}
                uow.audit("session_ended", "staff", seat.staff.id, detail=detail)
        uow.commit()
    for session_id in left:
        presence.ended(session_id)
    return left
