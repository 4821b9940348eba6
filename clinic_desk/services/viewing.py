"""Who looked at which patient or visit, told to the audit trail a moment later.

The reading itself waits for nothing: what was seen is kept in memory and written by ``flush``,
within a second (the window's timer) and whenever the screen is locked, the person changes or the
program ends. A program that is killed loses what it saw in its last second. The same person and
the same patient or visit are noted once in a minute. A search is told by how many it found,
never by what was typed.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.audit import SEARCH, VIEW

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.planning_views import SeriesRows, WaitlistCard
    from clinic_desk.services.ports import Store
    from clinic_desk.services.views import AppointmentView

log = logging.getLogger(__name__)

AGAIN = 60.0
"""Seconds for which a second look at the same is not told again."""

SEARCHES = 10.0
"""Seconds of searching that one entry tells of."""

MOST = 10_000
"""What is kept while the store refuses; past this the oldest go."""


@dataclass(frozen=True, slots=True)
class Look:
    """``kind`` and ``subject_id`` of what was looked at, and whose it is."""

    kind: str
    subject_id: Id
    patient_id: Id


@dataclass(slots=True)
class _Searches:
    """Searches of one person since the last that was told."""

    actor: Actor
    since: float
    asked: int = 0
    found: int = 0


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

SEEKS = frozenset({"search_patients", "similar_patients", "likely_twins", "possible_duplicates"})
"""Methods that list patients to choose from."""

ELSEWHERE = {"diary": "what it reads leaves as a file, which has an entry of its own"}
"""Methods that show patients and are told of by others."""


class Viewing:
    """Safe from any thread. ``awake`` is called, from the thread that reads, when there is
    something to write after there was nothing.

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
        self.awake: Callable[[], None] = lambda: None

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
            self._searched(actor, len(answer) if isinstance(answer, tuple | list) else 0)
        elif method in LOOKS:
            for look in LOOKS[method](args or tuple(named.values()), answer):
                self.looked(actor, look.kind, look.subject_id, look.patient_id)

    def looked(self, actor: Actor, kind: str, subject_id: Id, patient_id: Id = "") -> None:
        """Something was shown that had been read before. The program's own jobs see nobody."""
        if actor.kind != "staff" or not subject_id:
            return
        look = Look(kind, subject_id, patient_id)
        now = self._clock()
        with self._lock:
            last = self._known.get((actor.staff_id, look))
            if last is not None and now - last < AGAIN:
                return
            self._known[actor.staff_id, look] = now
            if len(self._known) > MOST:
                self._forget(now)
            if not actor.session_id:
                self._early.append((actor.staff_id, look))
                del self._early[:-MOST]
                return
            first = not self.waits
            self._waiting.append((actor, look))
            del self._waiting[:-MOST]
        if first:
            self.awake()

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
                        uow.audit(VIEW, look.kind, look.subject_id, look.patient_id)
                    uow.commit()
                kept = [one for one in kept if one[0] is not actor]
            while searches:
                made = searches[-1]
                with self._store.unit_of_work(made.actor) as uow:
                    detail = {"searches": made.asked, "found": made.found}
                    uow.audit(SEARCH, "patient", detail=detail)
                    uow.commit()
                searches.pop()
        except ClinicDeskError as error:
            log.warning("views wait for the audit trail: %s", getattr(error, "code", ""))
            with self._lock:
                self._waiting[:0] = kept
                for one in searches:
                    self._merge(one)

    def _searched(self, actor: Actor, found: int) -> None:
        if actor.kind != "staff" or not actor.session_id:
            return
        with self._lock:
            first = not self.waits
            self._merge(_Searches(actor, self._clock(), 1, found))
        if first:
            self.awake()

    def _merge(self, more: _Searches) -> None:
        kept = self._searches.setdefault(more.actor.staff_id, _Searches(more.actor, more.since))
        kept.asked += more.asked
        kept.found += more.found

    def _over(self, everything: bool) -> list[_Searches]:
        until = self._clock() - SEARCHES
        over = [one for one in self._searches.values() if everything or one.since <= until]
        for one in over:
            del self._searches[one.actor.staff_id]
        return over

    def _forget(self, now: float) -> None:
        self._known = {key: then for key, then in self._known.items() if now - then < AGAIN}


def _by_person(looks: list[tuple[Actor, Look]]) -> Iterator[tuple[Actor, list[Look]]]:
    found: dict[int, tuple[Actor, list[Look]]] = {}
    for actor, look in looks:
        found.setdefault(id(actor), (actor, []))[1].append(look)
    yield from found.values()
