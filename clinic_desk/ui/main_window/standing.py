"""What a person may do is changed while their window is open: the window follows at once.

It may be changed in this window, at another desk or by another program: whoever sits here is asked
of the store anew after every change of a setting or an account and after everything that came from
elsewhere. Loaded with the first of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.ui.main_window.barring import bar, page_barred
from clinic_desk.ui.runtime.locked import LOCK

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.main_window.window import MainWindow

CHANGED = "What you may do here was changed. What is not yours any more rests, and says why."


def look(window: MainWindow, *, told: bool = True) -> None:
    """Asks who sits here, and follows; ``told``: with a sentence, for it was not done here. A
    session that has ended locks the window, as with every other question. Nothing to follow in a
    clinic without accounts."""
    actor = window.context.actor
    if actor.permissions is None or not actor.session_id:
        return

    def question(queries: Queries) -> Actor | None:
        from clinic_desk.services.sessions import seated_by  # loaded off the main thread

        seat = queries.seat(actor.session_id)
        if not seat.accounts:
            return None
        return seated_by(actor, seat, window.context.clock.now(), queries.setting)

    def take(now: Actor | None) -> None:
        # whoever unlocks the window brings what they may do then
        if now is not None and now != actor and window.context.actor is actor and not LOCK.on:
            follow(window, now, told=told)

    window.context.operations.ask(
        question, done=take, failed=lambda _error: None, key="window-standing"
    )


def follow(window: MainWindow, now: Actor, *, told: bool = True) -> None:
    """The window is that of the same person, with another name, role or set of permissions."""
    before = window.context.actor
    window.context.become(now)
    if before.name != now.name:
        window.toolbar.who.show_person(now.name)
    if before.rights != now.rights:
        dress(window)
        if told:
            window.telling.toast(_told(before, now))
        barred = _leave_barred(window)
        # whatever is on display looks again, as the person who asks from now on
        window.context.operations.announce_external()
        if barred:
            window.telling.warn(barred)


def caught_up(window: MainWindow, before: Actor) -> None:
    """Somebody is back at a window that was made, or left, when they might do something else."""
    if before.rights != window.context.actor.rights:
        dress(window)
        _leave_barred(window)
        window.context.operations.announce_external()


def dress(window: MainWindow) -> None:
    """Buttons, menus, keys, pages and dialogs, in both directions."""
    bar(window)
    actor = window.context.actor
    window.doors.renew(everything=not actor.may(Permission.READ))
    window.showing.apply_columns()
    cell = window.sidebar.card.cell
    if cell is not None:
        shown = cell if actor.may(Permission.READ) else None
        window.sidebar.card.show_cell(shown, window.roster.roster, window.context.clock.now())


def _leave_barred(window: MainWindow) -> str:
    """The page on display is built anew; one that is closed to the person from now on gives way to
    the calendar, and its reason is answered: what is unsaved there could not be saved any more."""
    centre = window.centre
    why = page_barred(window.context.actor, centre.page)
    if centre.page == "finder" and not window.context.actor.may(Permission.READ):
        why = may_not(window.context.actor.role, Permission.READ)
    centre.renew(leave_at_once=bool(why))
    window.showing.apply_columns()
    return why


def _told(before: Actor, now: Actor) -> str:
    if before.role is not now.role:
        return f"Your role was changed: you work as {now.role} from now on."
    return CHANGED
