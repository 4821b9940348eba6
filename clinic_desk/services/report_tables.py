"""What the figures of all reports share: sums, averages, and the table they are put into."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import ClassVar

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.day_views import Column, GroupBy, Report, ReportWish, Unit
from clinic_desk.services.ports import Queries
from clinic_desk.services.report_ports import Key, Named, Part
from clinic_desk.services.report_rows import group_name, label_of, ordered

Stopped = Callable[[], bool]
Values = tuple[object, ...]


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def mean(values: Counter[int]) -> float | None:
    number = values.total()
    return sum(value * count for value, count in values.items()) / number if number else None


def median(values: Counter[int]) -> float | None:
    """The middle one; between two, their mean."""
    number, seen = values.total(), 0
    low: int | None = None
    for value in sorted(values):
        seen += values[value]
        if low is not None:
            return (low + value) / 2
        if 2 * seen == number:
            low = value
        elif 2 * seen > number:
            return float(value)
    return None


class Figures(ABC):
    """Takes in one part of the period after the other."""

    columns: ClassVar[tuple[Column, ...]]
    plotted: ClassVar[int]
    stacked: ClassVar[tuple[int, ...]] = ()
    notes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, wish: ReportWish, group: GroupBy, roster: Roster) -> None:
        self.wish, self.group, self.roster = wish, group, roster

    @abstractmethod
    def take(self, queries: Queries, part: Part, stopped: Stopped) -> None: ...

    @abstractmethod
    def keys(self) -> Iterable[Key]:
        """Groups of which something is known."""

    @abstractmethod
    def row(self, key: Key) -> Values:
        """Without the group's name."""

    @abstractmethod
    def total(self) -> Values: ...

    def further_notes(self) -> tuple[str, ...]:
        return ()

    def report(self, names: Mapping[Id, Named], title: str) -> Report:
        keys = ordered(set(self.keys()), self.group, self.wish, names)
        return Report(
            self.wish,
            title,
            (Column(group_name(self.group), Unit.TEXT), *self.columns),
            tuple((label_of(key, self.group, names), *self.row(key)) for key in keys),
            ("Total", *self.total()) if keys else (),
            self.plotted,
            self.roster.practice.currency,
            (*self.notes, *self.further_notes()),
            self.stacked,
            tuple(keys),
        )
