"""The figures of each report: how they are added up, divided, and put into a table."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import ClassVar

from clinic_desk.domain.availability.model import Roster
from clinic_desk.services.day_views import Column, GroupBy, Preset, ReportWish, Unit
from clinic_desk.services.ports import Queries
from clinic_desk.services.report_offers import offered_minutes
from clinic_desk.services.report_ports import Counts, Key, Measure, Money, Part
from clinic_desk.services.report_tables import Figures, Stopped, Values, mean, median, share

LONG_WAIT = 15
ON_TIME = 5
"""Minutes."""


class Counting(Figures):
    """What is told by how visits went."""

    def __init__(self, wish: ReportWish, group: GroupBy, roster: Roster) -> None:
        super().__init__(wish, group, roster)
        self._found: dict[Key, Counts] = {}

    def take(self, queries: Queries, part: Part, stopped: Stopped) -> None:  # noqa: ARG002
        for more in queries.visit_counts(part):
            self._found[more.key] = _plus(self._found.get(more.key), more)

    def keys(self) -> Iterable[Key]:
        return self._found

    def row(self, key: Key) -> Values:
        return self.values(self._found.get(key) or _nothing(key))

    def total(self) -> Values:
        sums = _nothing(None)
        for one in self._found.values():
            sums = _plus(sums, one)
        return self.values(sums)

    @abstractmethod
    def values(self, counts: Counts) -> Values: ...


def _nothing(key: Key) -> Counts:
    return Counts(key, 0, 0, 0, 0, 0, 0, 0, 0)


def _plus(one: Counts | None, more: Counts) -> Counts:
    if one is None:
        return more
    return Counts(one.key, *(a + b for a, b in zip(one[1:], more[1:], strict=True)))


class Load(Counting):
    columns = (
        Column("Visits", Unit.COUNT),
        Column("Completed", Unit.COUNT),
        Column("To come", Unit.COUNT),
        Column("No-shows", Unit.COUNT),
        Column("Walk-ins", Unit.COUNT),
        Column("Cancelled", Unit.COUNT),
        Column("Booked time", Unit.MINUTES),
    )
    plotted, stacked = 1, (2, 3, 4)
    notes = (
        "Visits are completed, still to come, or missed; cancelled and declined ones are not "
        "among them, and neither is a walk-in who left again. To come includes whoever waits or is "
        "in the room.",
        "Booked time is the planned length of visits that took or take place.",
    )

    def values(self, counts: Counts) -> Values:
        visits = counts.visits - counts.cancelled - counts.declined
        return (
            visits,
            counts.completed,
            visits - counts.completed - counts.missed,
            counts.missed,
            counts.walk_ins,
            counts.cancelled,
            counts.minutes,
        )


class WeekHeat(Counting):
    columns = (
        Column("Visits", Unit.COUNT),
        Column("No-shows", Unit.COUNT),
        Column("Cancelled", Unit.COUNT),
    )
    plotted = 1
    notes = ("A visit counts in the hour in which it starts; cancelled ones are not visits.",)

    def values(self, counts: Counts) -> Values:
        visits = counts.visits - counts.cancelled - counts.declined
        return visits, counts.missed, counts.cancelled


class NoShows(Counting):
    columns = (
        Column("Completed", Unit.COUNT),
        Column("No-shows", Unit.COUNT),
        Column("No-show rate", Unit.SHARE),
    )
    plotted = 3
    notes = ("The rate is no-shows ÷ (completed + no-shows); visits to come do not count.",)

    def values(self, counts: Counts) -> Values:
        rate = share(counts.missed, counts.completed + counts.missed)
        return counts.completed, counts.missed, rate


class Cancellations(Counting):
    columns = (
        Column("Booked", Unit.COUNT),
        Column("Cancelled", Unit.COUNT),
        Column("Less than 24 h before", Unit.COUNT),
        Column("Cancellation rate", Unit.SHARE),
    )
    plotted = 4
    notes = (
        "Counted on the day for which the visit was booked. Booked are all visits that were ever "
        "made for it, declined requests apart; the rate is cancelled ÷ booked.",
    )

    def values(self, counts: Counts) -> Values:
        booked = counts.visits - counts.declined
        return booked, counts.cancelled, counts.late, share(counts.cancelled, booked)


class Spreading(Figures):
    """What is told by a value of each visit."""

    measure: ClassVar[Measure]

    def __init__(self, wish: ReportWish, group: GroupBy, roster: Roster) -> None:
        super().__init__(wish, group, roster)
        self._found: dict[Key, Counter[int]] = defaultdict(Counter)

    def take(self, queries: Queries, part: Part, stopped: Stopped) -> None:  # noqa: ARG002
        for key, value, number in queries.visit_spread(part, self.measure):
            self._found[key][value] += number

    def keys(self) -> Iterable[Key]:
        return self._found

    def row(self, key: Key) -> Values:
        return self._values(self._found.get(key, Counter()))

    def total(self) -> Values:
        sums: Counter[int] = Counter()
        for one in self._found.values():
            sums.update(one)
        return self._values(sums)

    def _values(self, values: Counter[int]) -> Values:
        chosen = sum(number for value, number in values.items() if self.counted(value))
        return (
            values.total(),
            mean(values),
            median(values),
            max(values, default=None),
            share(chosen, values.total()),
        )

    @abstractmethod
    def counted(self, value: int) -> bool:
        """Whether a visit belongs to the share in the last column."""


class LeadTime(Spreading):
    measure = Measure.LEAD
    columns = (
        Column("Visits", Unit.COUNT),
        Column("Mean", Unit.DAYS),
        Column("Median", Unit.DAYS),
        Column("Longest", Unit.DAYS),
        Column("Booked within a day", Unit.SHARE),
    )
    plotted = 2
    notes = (
        "Whole days from booking to start, counted where the visit takes place. Cancelled visits "
        "and imported ones, whose booking day is not known, are left out.",
    )

    def counted(self, value: int) -> bool:
        return value == 0


class Waiting(Spreading):
    measure = Measure.WAITING
    columns = (
        Column("Visits", Unit.COUNT),
        Column("Mean", Unit.MINUTES),
        Column("Median", Unit.MINUTES),
        Column("Longest", Unit.MINUTES),
        Column(f"Over {LONG_WAIT} min", Unit.SHARE),
    )
    plotted = 2
    notes = (
        "Whole minutes from arrival to start, of visits for which both were noted; who comes early "
        "waits from then on.",
    )

    def counted(self, value: int) -> bool:
        return value > LONG_WAIT


class Punctuality(Spreading):
    measure = Measure.LATENESS
    columns = (
        Column("Visits", Unit.COUNT),
        Column("Mean lateness", Unit.MINUTES),
        Column("Median", Unit.MINUTES),
        Column("Latest", Unit.MINUTES),
        Column("Started on time", Unit.SHARE),
    )
    plotted = 5
    notes = (
        f"The real start against the planned one; minus is early. On time is up to {ON_TIME} "
        "minutes late.",
    )

    def counted(self, value: int) -> bool:
        return value <= ON_TIME


class Utilisation(Figures):
    columns = (
        Column("Booked", Unit.MINUTES),
        Column("Offered", Unit.MINUTES),
        Column("Utilisation", Unit.SHARE),
    )
    plotted = 3
    notes = (
        "Offered is open time of the weekly hours without breaks, leave and closures; places side "
        "by side count each. Booked is the planned length of visits that took or take place, also "
        "outside these hours, so that a share may pass 100%.",
    )

    def __init__(self, wish: ReportWish, group: GroupBy, roster: Roster) -> None:
        super().__init__(wish, group, roster)
        active = (row.id for row in roster.doctors.values() if row.active)
        self._doctors = wish.doctor_ids or tuple(active)
        self._booked: Counter[Key] = Counter()
        self._offered: Counter[Key] = Counter()

    def take(self, queries: Queries, part: Part, stopped: Stopped) -> None:
        if not self._doctors:
            return
        own = Part(part.first, part.last, part.group, self._doctors, part.location_ids)
        for key, minutes in queries.booked_minutes(own):
            if key is not None or self.group is not GroupBy.ROOM:
                self._booked[key] += minutes
        self._offered.update(offered_minutes(self.roster, own, self._doctors, stopped))

    def keys(self) -> Iterable[Key]:
        known = set(self._booked)
        return known if self.group is GroupBy.TYPE else known | set(self._offered)

    def row(self, key: Key) -> Values:
        offered = self._offered[None if self.group is GroupBy.TYPE else key]
        return self._booked[key], offered, share(self._booked[key], offered)

    def total(self) -> Values:
        booked, offered = self._booked.total(), self._offered.total()
        return booked, offered, share(booked, offered)

    def further_notes(self) -> tuple[str, ...]:
        if self.group is GroupBy.ROOM:
            return (
                "A room is on offer, as often as it has places, while a doctor works at its site; "
                "visits without a room are left out.",
            )
        if self.group is GroupBy.TYPE:
            return ("Each visit type is measured against all the time on offer.",)
        return ()


class Revenue(Figures):
    columns = (
        Column("Booked", Unit.MONEY),
        Column("Completed", Unit.MONEY),
        Column("To come", Unit.MONEY),
        Column("Lost to no-shows", Unit.MONEY),
    )
    plotted, stacked = 1, (2, 3, 4)
    notes = (
        "The invoice's sum where there is one, otherwise the visit's price, on the visit's day. "
        "Lost is what missed visits would have cost, less the fee charged for them.",
    )

    def __init__(self, wish: ReportWish, group: GroupBy, roster: Roster) -> None:
        super().__init__(wish, group, roster)
        self._found: dict[Key, Money] = {}

    def take(self, queries: Queries, part: Part, stopped: Stopped) -> None:  # noqa: ARG002
        for more in queries.visit_money(part, self.roster.practice.currency):
            one = self._found.get(more.key, Money(more.key, 0, 0, 0, 0))
            sums = (a + b for a, b in zip(one[1:], more[1:], strict=True))
            self._found[more.key] = Money(more.key, *sums)

    def keys(self) -> Iterable[Key]:
        return self._found

    def row(self, key: Key) -> Values:
        return _money(self._found.get(key, Money(key, 0, 0, 0, 0)))

    def total(self) -> Values:
        found = self._found.values()
        sums = (sum(column) for column in zip(*(one[1:] for one in found), strict=True))
        return _money(Money(None, *(tuple(sums) or (0, 0, 0, 0))))

    def further_notes(self) -> tuple[str, ...]:
        other = sum(one.other for one in self._found.values())
        return (f"{other} visits in other currencies are not counted.",) if other else ()


def _money(one: Money) -> Values:
    return one.booked, one.completed, one.booked - one.completed, one.lost


FIGURES: Mapping[Preset, type[Figures]] = {
    Preset.LOAD: Load,
    Preset.NO_SHOWS: NoShows,
    Preset.CANCELLATIONS: Cancellations,
    Preset.LEAD_TIME: LeadTime,
    Preset.WAITING: Waiting,
    Preset.PUNCTUALITY: Punctuality,
    Preset.UTILISATION: Utilisation,
    Preset.WEEK_HEAT: WeekHeat,
    Preset.REVENUE: Revenue,
}
