"""What the finder and the booking dialog ask for, and how the answers are put for a list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from clinic_desk.domain.appointments import SlotState
from clinic_desk.domain.availability.model import RankedSlot, Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services import openings
from clinic_desk.services.openings import Criteria
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import AppointmentView, Openings, PatientHit
from clinic_desk.services.when import NOON, parse_when
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket

OPEN_DATES = 10
"""So many dates show their best opening before the rest of the openings follow."""

SOONEST, SEPARATOR = "soonest", " · "
"""How *rank* puts its words."""

FEW_DAYS = 2
"""A search over no more days than this lists everything at once."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """``doctor_ids`` empty means any; ``minutes`` None the type's own length; ``weekdays``
    0 Monday … 6 Sunday, empty means all; ``weeks`` how far ahead is looked. ``entry_id``: what is
    found is booked for this entry of the waiting list, whose later visit goes with ``give_up``."""

    type_id: Id | None = None
    doctor_ids: tuple[Id, ...] = ()
    usual_doctor_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = None
    minutes: int | None = None
    when_text: str = ""
    mornings: bool = False
    afternoons: bool = False
    weekdays: frozenset[int] = frozenset()
    weeks: int = 4
    together: bool = False
    patient: PatientHit | None = None
    ignore_ids: frozenset[Id] = field(default_factory=frozenset)
    entry_id: Id | None = None
    give_up: bool = False


def criteria_of(wanted: Wanted, today: date) -> Criteria:
    """The chips first, then what was typed narrows them; ``today`` is the local day. Holds of this
    desk count like all others, as they do when booking: another window may have them."""
    base = Criteria(
        type_id=wanted.type_id,
        doctor_ids=wanted.doctor_ids,
        location_id=wanted.location_id,
        room_id=wanted.room_id,
        length=wanted.minutes,
        weekdays=wanted.weekdays,
        earliest=NOON if wanted.afternoons and not wanted.mornings else None,
        latest=NOON if wanted.mornings and not wanted.afternoons else None,
        first=today,
        last=today + timedelta(weeks=wanted.weeks) - timedelta(days=1),
        together=wanted.together,
        patient_id=wanted.patient.id if wanted.patient else None,
        ignore_ids=wanted.ignore_ids,
    )
    return base.saying(parse_when(wanted.when_text, today))


def elsewhere(ranked: Iterable[RankedSlot], visit: AppointmentView | None) -> list[RankedSlot]:
    """Without the place where the visit stands already: there is nothing to move to."""
    cell = visit.cell if visit is not None else None
    if cell is None or cell.slot_state is not SlotState.PLACED:
        return list(ranked)
    own = (cell.start, cell.doctor_id)
    return [found for found in ranked if (found.slot.start, found.slot.doctor_id) != own]


def unread(wanted: Wanted, today: date) -> tuple[str, ...]:
    """Words of the wish that meant nothing."""
    return parse_when(wanted.when_text, today).unread


def search(
    context: Context,
    wanted: Wanted,
    zone: str,
    *,
    piece: Callable[[Openings], None],
    finished: Callable[[], None],
    failed: Callable[[ClinicDeskError], None],
    key: str,
    soonest_other: bool = False,
) -> Ticket:
    """Stream openings to ``piece`` as the days are read. ``soonest_other`` adds one row when
    another doctor is free on an earlier day than those asked for."""
    now = context.clock.now()
    criteria = criteria_of(wanted, local_date(now, zone))

    def question(queries: Queries, ticket: Ticket) -> Iterator[Openings]:
        other_due = soonest_other and bool(criteria.doctor_ids) and not criteria.together
        for found in openings.stream(queries, criteria, now, lambda: ticket.cancelled):
            other = None
            if other_due and (found.ranked or found.finished):
                other_due = False
                other = _sooner(queries, criteria, now, zone, found)
            if other is None:
                yield found
                continue
            # only one row may be called the soonest
            yield replace(found, ranked=tuple(_later(ranked) for ranked in found.ranked))
            yield Openings(ranked=(other,), finished=found.finished)

    return context.operations.stream(
        question, piece=piece, finished=finished, failed=failed, key=key
    )


def _sooner(
    queries: Queries, criteria: Criteria, now: datetime, zone: str, found: Openings
) -> RankedSlot | None:
    """The first opening of anybody on a day before the first one found."""
    first = min((local_date(r.slot.start, zone) for r in found.ranked), default=None)
    last = first - timedelta(days=1) if first is not None else criteria.last
    anyone = replace(criteria, doctor_ids=(), last=last)
    for ranked in openings.first_openings(queries, anyone, now, count=1):
        return replace(ranked, why=f"{SOONEST}, other doctor")
    return None


def _later(ranked: RankedSlot) -> RankedSlot:
    words = ranked.why.split(SEPARATOR)
    return replace(ranked, why=SEPARATOR.join(w for w in words if w != SOONEST))


class Sampler:
    """Puts the best opening of each date first: two of the first date, one of each following,
    then everything else in the order in which it came. Fed piece by piece."""

    def __init__(self, zone_of: Callable[[Id], str], *, everything: bool) -> None:
        self._zone_of = zone_of
        self._everything = everything
        self._count: dict[date, int] = {}
        self._rest: list[RankedSlot] = []

    def take(self, found: Openings) -> list[RankedSlot]:
        """What may be listed now."""
        if self._everything:
            return list(found.ranked)
        now = []
        for ranked in found.ranked:
            day = local_date(ranked.slot.start, self._zone_of(ranked.slot.location_id))
            fresh = day not in self._count
            listed = self._count.get(day, 0)
            first_date = next(iter(self._count), day) == day
            if (fresh and len(self._count) < OPEN_DATES) or (first_date and listed < 2):
                self._count[day] = listed + 1
                now.append(ranked)
            else:
                self._rest.append(ranked)
        return now

    def rest(self) -> list[RankedSlot]:
        """Everything that was kept back."""
        kept, self._rest = self._rest, []
        return kept


def few_days(wanted: Wanted, today: date) -> bool:
    """The wish names a day or two, or an exact time: then nothing is kept back."""
    criteria = criteria_of(wanted, today)
    if criteria.minute is not None:
        return True
    first, last = criteria.first or today, criteria.last
    return last is not None and (last - first).days < FEW_DAYS


def offer(slots: list[RankedSlot], roster: Roster) -> str:
    """Up to three openings as a sentence for the caller."""
    return openings.offer_text([ranked.slot for ranked in slots[:3]], roster)
