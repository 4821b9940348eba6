"""What the ways into the program take: actions of the table, pages, sections of the settings.

What is not named here only shows the clinic's set-up, or belongs to this desk alone; pages whose
parts take more say so beside these parts. Loaded for people who may not do everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.ui.actions.table import ACTIONS
from clinic_desk.ui.runtime.allowed import say_why, usual_tip
from clinic_desk.ui.runtime.page_table import PAGE_VIEWS

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow

PAGE_TAKES: Mapping[str, Permission] = {
    "time_off": Permission.READ,
    "absence": Permission.READ,
    "waitlist": Permission.READ,
    "flow": Permission.READ,
    "doctor": Permission.READ,
    "patient": Permission.READ,
    "duplicates": Permission.READ,
    "year": Permission.READ,
    "past": Permission.READ,
    "series": Permission.READ,
    "messages": Permission.READ,
    "billing": Permission.BILLING,
    "reports": Permission.REPORTS,
    "audit": Permission.SEE_AUDIT,
    "backup": Permission.BACKUP,
    "print": Permission.EXPORT,
    "export": Permission.EXPORT,
}
"""By name of ``page_table.PAGES``, and the dialogs that are opened like pages."""

EVERYBODYS = frozenset({"settings", "wizard"})
"""Pages that anybody may look at; what one may not change rests, and says why."""

ACTION_TAKES: Mapping[str, Permission] = {
    "book.new": Permission.BOOK,
    "book.walk_in": Permission.BOOK,
    "patient.add": Permission.EDIT_PATIENT,
    "file.import": Permission.IMPORT,
    "file.export": Permission.EXPORT,
    "file.print": Permission.EXPORT,
    "file.lifeboat": Permission.EXPORT,
    "file.backup": Permission.BACKUP,
    "file.clashes": Permission.READ,
    "search.patient": Permission.READ,
    "search.opening": Permission.READ,
    "waitlist.offer": Permission.WAITLIST,
    "holds.keep": Permission.HOLD,
    "audit.seen": Permission.SEE_AUDIT,
    "notices.open": Permission.READ,
}
"""By id of ``actions.ACTIONS``; one that opens a page takes what the page takes."""


def page_barred(actor: Actor, name: str) -> str:
    """Why this person may not open the page ("flow", "settings:hours"); empty when they may."""
    takes = PAGE_TAKES.get(name.partition(":")[0])
    return "" if takes is None or actor.may(takes) else may_not(actor.role, takes)


def actions_barred(actor: Actor) -> dict[str, str]:
    """Action → why not, for every action that is not this person's."""
    found = {}
    for spec in ACTIONS:
        takes = ACTION_TAKES.get(spec.id)
        why = page_barred(actor, spec.page) if spec.page else ""
        if takes is not None and not actor.may(takes):
            why = may_not(actor.role, takes)
        if why:
            found[spec.id] = why
    return found


def bar(window: MainWindow) -> None:
    """What is not this person's is disabled and says why, in menus, palette and toolbar, and when
    its key is pressed; what is theirs again is as usual. When the window is built, and whenever
    what they may do has changed (``standing``)."""
    actor = window.context.actor
    window.actions_.bar(actions_barred(actor), window.telling.warn)
    say_why(
        window.toolbar.new,
        "" if actor.may(Permission.BOOK) else may_not(actor.role, Permission.BOOK),
        usual_tip(window.toolbar.new),
    )
    window.sidebar.card.why_not = lambda action, cell: window.page.actions_.why_not(action, (cell,))
    for name, _words in PAGE_VIEWS:
        window.toolbar.views.bar(name, page_barred(actor, name))
