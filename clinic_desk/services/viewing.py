"""Who looked at which patient, visit, list or day, told to the audit trail.

What was seen is kept in memory and written by ``flush``. A patient or visit that somebody opened
is written at once, ``at_once``: where the thread that reads can wait, before the answer is shown,
so that a program that is killed loses no such look. Lists and days are written as they are shown,
searches when they have been over for a while (the window's timer) and whenever the screen is
locked, the person changes or the program ends. The same
person and the same patient or visit are noted once in a minute, the same days once in a quarter of
an hour. A search is told by whom it listed, never by what was typed. What was refused is told too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import PERMISSION_WORDS, Permission, may_not
from clinic_desk.services.audit import CALENDAR, LIST, REFUSED, SEARCH, VIEW, day_key

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.planning_views import SeriesRows, WaitlistCard
    from clinic_desk.services.ports import Store, UnitOfWork
    from clinic_desk.services.views import AppointmentView

log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds for which a second look at the same is not told again."""

SEARCHES = 10.0
"""Seconds of searching that one entry tells of."""

DAYS = 900.0
"""Seconds for which a second look at the same days and doctors is not told again."""

LIST_AGAIN = 900.0
"""Seconds for which the same list, shown again by itself, is not told again."""

LISTED = 1000
"""Patients of lists that one entry names; what is more begins the next."""

MOST = 10_000
"""What is kept while the store refuses; past this the oldest go."""


@dataclass(frozen=True, slots=True)
class Look:
    """``kind`` and ``subject_id`` of what was looked at, and whose it is. ``shown`` and ``detail``
    (pairs) as of ``UnitOfWork.audit``."""

    kind: str
    subject_id: Id
    patient_id: Id = ""
    action: str = VIEW
    detail: tuple[tuple[str, object], ...] = ()
    shown: tuple[Id, ...] = ()


@dataclass(slots=True)
class _Searches:
    """Searches of one person since the last that was told."""

    actor: Actor
    since: float
    asked: int = 0
    found: int = 0
    shown: dict[Id, None] = field(default_factory=dict)


def _of_patient(args: tuple[object, ...], _: object) -> tuple[Look, ...]:
    wanted = str(args[0])
    return (Look("patient", wanted, wanted),)


def _of_patients(args: tuple[Sequence[Id], ...], _: object) -> tuple[Look, ...]:
    return tuple(Look("patient", wanted, wanted) for wanted in args[0])


def _of_visit(args: tuple[object, ...], answer: AppointmentView) -> tuple[Look, ...]:
    return (Look("appointment", str(args[0]), answer.cell.patient_id or ""),)


def _of_series(args: tuple[object, ...], answer: SeriesRows) -> tuple[Look, ...]:
    return (Look("appointment_series", str(args[0]), answer.series.patient_id or ""),)


def _of_wish(args: tuple[object, ...], answer: WaitlistCard) -> tuple[Look, ...]:
    return (Look("waitlist_entry", str(args[0]), answer.entry.patient_id),)


LOOKS: Mapping[str, Callable[..., tuple[Look, ...]]] = {
    "patient": _of_patient,
    "patient_facts": _of_patient,
    "patient_timeline": _of_patient,
    "patient_waits": _of_patient,
    "patient_messages": _of_patient,
    "holdings": _of_patients,
    "appointment": _of_visit,
    "series": _of_series,
    "waitlist_entry": _of_wish,
}
"""Method of the queries → what a call of it has shown."""

BY_ITSELF = frozenset({"possible_duplicates", "likely_twins"})
"""Those that a page asks again whenever something has changed."""

SEEKS = frozenset({"search_patients", "similar_patients", "likely_twins", "possible_duplicates"})
"""Methods that list patients to choose from."""


def _listed(method: str, answer: object) -> tuple[Id, ...]:
    """Whom a list names."""
    if not isinstance(answer, tuple | list):
        return ()
    match method:
        case "likely_twins":
            return tuple(one.patient.id for one in answer)
        case "possible_duplicates":
            return tuple(row.id for one in answer for row in (one.one, one.other))
        case _:
            return tuple(one.id for one in answer)


ELSEWHERE = {"diary": "what it reads leaves as a file, which has an entry of its own"}
"""Methods that show patients and are told of by others."""


class Viewing:
    """Safe from any thread. ``awake`` is called, from the thread that reads, when there is
    something to write after there was nothing; ``at_once`` when it is to be written now: it may
    wait until it is.

    ``who`` is whoever sits at the desk now. A window may be made ready for somebody who has not
    logged in yet: what it reads is told when they have, and not at all when they never do."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float] = monotonic,
        who: Callable[[], Actor] | None = None,
    ) -> None:
        self._store = store
        self._clock = clock
        self._who = who
        self._lock = Lock()
        self._waiting: list[tuple[Actor, Look]] = []
        self._early: list[tuple[Id, Look]] = []
        self._searches: dict[Id, _Searches] = {}
        self._known: dict[tuple[Id, Look], float] = {}
        self._days: dict[tuple[Id, date], tuple[float, frozenset[Id]]] = {}
        self._lists: dict[tuple[Id, str, frozenset[Id]], float] = {}
        self._refused: dict[tuple[Id, Permission], float] = {}
        self.awake: Callable[[], None] = lambda: None
        self.at_once: Callable[[], None] = lambda: None

    @property
    def waits(self) -> bool:
        """Whether something is to be written."""
        return bool(self._waiting or self._searches or (self._early and self._here()))

    def seen(
        self,
        actor: Actor,
        method: str,
        args: tuple[object, ...],
        named: Mapping[str, object],
        answer: object,
    ) -> None:
        """As ``guarded.Seen``."""
        if method in SEEKS:
            self._searched(actor, method, _listed(method, answer))
        elif method in LOOKS:
            looks = LOOKS[method](args or tuple(named.values()), answer)
            if sum(self._note(actor, look) for look in looks):
                self.at_once()

    def looked(self, actor: Actor, kind: str, subject_id: Id, patient_id: Id = "") -> None:
        """Something was shown that had been read before. The program's own jobs see nobody."""
        if self._note(actor, Look(kind, subject_id, patient_id)):
            self.at_once()

    def days(self, actor: Actor, first: date, last: date, doctors: Iterable[Id]) -> None:
        """The visits of these days were shown, of all these doctors."""
        wanted, now = frozenset(doctors), self._clock()
        if actor.kind != "staff" or not wanted:
            return
        dates = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        with self._lock:
            known = (self._days.get((actor.staff_id, day)) for day in dates)
            if all(one and now - one[0] < DAYS and one[1] >= wanted for one in known):
                return
            if len(self._days) > MOST:
                self._days = {key: one for key, one in self._days.items() if now - one[0] < DAYS}
            for day in dates:
                self._days[actor.staff_id, day] = now, wanted
        detail = (
            ("first", first.isoformat()),
            ("last", last.isoformat()),
            ("doctors", tuple(sorted(wanted))),
        )
        keys = tuple(day_key(day) for day in dates)
        if self._note(actor, Look("calendar", first.isoformat(), "", CALENDAR, detail, keys), 0):
            self.at_once()

    def listed(self, actor: Actor, name: str, patient_ids: Iterable[Id]) -> None:
        """A page's list was shown, with lines of these patients: the waiting list, invoices,
        messages. The same list of the same people is told once in a quarter of an hour."""
        whose = tuple(dict.fromkeys(one for one in patient_ids if one))
        for first in range(0, len(whose), LISTED):
            part = whose[first : first + LISTED]
            detail = (("list", name), ("found", len(part)))
            if self._note(actor, Look("list", name, "", LIST, detail, part), again=LIST_AGAIN):
                self.at_once()

    def refused(self, actor: Actor, method: str, permission: Permission) -> None:
        """Somebody asked for what they may not read: told once a minute of each kind."""
        if actor.kind != "staff" or not actor.session_id:
            return
        now = self._clock()
        with self._lock:
            last = self._refused.get((actor.staff_id, permission))
            if last is not None and now - last < AGAIN:
                return
            self._refused[actor.staff_id, permission] = now
        detail = (
            ("what", PERMISSION_WORDS[permission].capitalize()),
            ("why", may_not(actor.role, permission)),
        )
        self._note(actor, Look("reading", method, "", REFUSED, detail), again=0)

    def _note(self, actor: Actor, look: Look, again: float = AGAIN) -> bool:
        """False for what was told already, and for what the program's own jobs look at."""
        if actor.kind != "staff" or not look.subject_id:
            return False
        now = self._clock()
        with self._lock:
            last = self._known.get((actor.staff_id, look))
            if last is not None and now - last < again:
                return False
            self._known[actor.staff_id, look] = now
            if len(self._known) > MOST:
                self._forget(now)
            if not actor.session_id:
                self._early.append((actor.staff_id, look))
                del self._early[:-MOST]
                return False
            first = not self.waits
            self._waiting.append((actor, look))
            del self._waiting[:-MOST]
        if first:
            self.awake()
        return True

    def _here(self) -> Actor | None:
        """Who is logged in here."""
        actor = self._who() if self._who is not None else None
        return actor if actor is not None and actor.session_id else None

    def flush(self, *, everything: bool = True) -> None:
        """Writes what was seen. Not ``everything``: searches that are hardly over wait for the
        next. When the store refuses it is kept for the next time."""
        with self._lock:
            looks, self._waiting = self._waiting, []
            here = self._here() if self._early else None
            if here is not None:
                looks = [
                    (here, one) for staff, one in self._early if staff == here.staff_id
                ] + looks
                self._early.clear()
            searches = self._over(everything)
        kept = list(looks)
        try:
            for actor, mine in _by_person(looks):
                with self._store.unit_of_work(actor) as uow:
                    for look in mine:
                        uow.audit(
                            look.action, look.kind, look.subject_id, look.patient_id,
                            dict(look.detail) or None, look.shown,
                        )  # fmt: skip
                    _here_still(uow, actor)
                    uow.commit()
                kept = [one for one in kept if one[0] is not actor]
            while searches:
                made = searches[-1]
                with self._store.unit_of_work(made.actor) as uow:
                    detail = {"searches": made.asked, "found": made.found}
                    uow.audit(SEARCH, "patient", detail=detail, shown=tuple(made.shown))
                    _here_still(uow, made.actor)
                    uow.commit()
                searches.pop()
        except ClinicDeskError as error:
            log.warning("views wait for the audit trail: %s", getattr(error, "code", ""))
            with self._lock:
                self._waiting[:0] = kept
                for one in searches:
                    self._merge(one)

    def _searched(self, actor: Actor, method: str, found: Sequence[Id]) -> None:
        if actor.kind != "staff" or not actor.session_id:
            return
        if method in BY_ITSELF and not found:
            return  # nobody asked, and nobody was shown
        now, key = self._clock(), (actor.staff_id, method, frozenset(found))
        with self._lock:
            last = self._lists.get(key)
            if method in BY_ITSELF and last is not None and now - last < LIST_AGAIN:
                return
            if len(self._lists) > MOST:
                self._lists.clear()
            self._lists[key] = now
            first = not self.waits
            self._merge(_Searches(actor, now, 1, len(found), dict.fromkeys(found)))
        if first:
            self.awake()

    def _merge(self, more: _Searches) -> None:
        kept = self._searches.setdefault(more.actor.staff_id, _Searches(more.actor, more.since))
        kept.asked += more.asked
        kept.found += more.found
        kept.shown |= more.shown

    def _over(self, everything: bool) -> list[_Searches]:
        until = self._clock() - SEARCHES
        over = [
            one
            for one in self._searches.values()
            if everything or one.since <= until or len(one.shown) >= LISTED
        ]
        for one in over:
            del self._searches[one.actor.staff_id]
        return over

    def _forget(self, now: float) -> None:
        self._known = {key: then for key, then in self._known.items() if now - then < AGAIN}


def _here_still(uow: UnitOfWork, actor: Actor) -> None:
    """Who looks at something is there, though they write nothing."""
    if actor.session_id:
        uow.sessions.seen(actor.session_id, uow.now)


def _by_person(looks: list[tuple[Actor, Look]]) -> Iterator[tuple[Actor, list[Look]]]:
    found: dict[int, tuple[Actor, list[Look]]] = {}
    for actor, look in looks:
        found.setdefault(id(actor), (actor, []))[1].append(look)
    yield from found.values()
