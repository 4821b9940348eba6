"""Which plot a report gets, and how its figures are put into it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QColor

from clinic_desk.domain.appointments import Status
from clinic_desk.services.day_views import GroupBy, Report, Unit
from clinic_desk.services.report_text import said
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import DAYS, LONG_DAYS, MONTHS
from clinic_desk.ui.widgets.charts import BarPlot, HeatMap, LinePlot, Plot, RowPlot, Series

TIMES = (GroupBy.DAY, GroupBy.WEEK, GroupBy.MONTH)


def kind_of(report: Report) -> type[Plot]:
    """A heat map over the week; over time bars of sums and lines of averages; else rows."""
    if report.keys and isinstance(report.keys[0], tuple):
        return HeatMap
    if report.wish.group in TIMES:
        sums = report.columns[report.plotted].unit in (Unit.COUNT, Unit.MONEY)
        return BarPlot if sums or len(report.rows) == 1 else LinePlot
    return RowPlot


def make(report: Report, theme: Theme) -> Plot:
    plot = kind_of(report)(theme)
    fill(plot, report, theme)
    return plot


def fill(plot: Plot, report: Report, theme: Theme) -> None:
    column = report.columns[report.plotted]
    plot.setAccessibleName(f"{report.title}, plot of {column.name}")
    say = _words(column.unit, report.currency)
    if isinstance(plot, HeatMap):
        _fill_map(plot, report, say)
        return
    names = [str(row[0]) for row in report.rows]
    chosen = report.stacked or (report.plotted,)
    series = [
        Series(
            report.columns[one].name,
            tuple(_number(row[one]) for row in report.rows),
            _ink(report, one, theme),
        )
        for one in chosen
    ]
    plot.show_data(
        [_short(report, row) for row in range(len(names))],
        series,
        say=say,
        names=names,
        whole=column.unit is Unit.COUNT,
    )


def _fill_map(plot: HeatMap, report: Report, say: Callable[[float], str]) -> None:
    keys: list[Any] = list(report.keys)
    hours = sorted({hour for _weekday, hour in keys})
    found = {key: _number(row[report.plotted]) for key, row in zip(keys, report.rows, strict=True)}
    share = report.columns[report.plotted].unit is Unit.SHARE
    plot.show_map(
        list(DAYS),
        [f"{hour:02d}:00" for hour in hours],
        [[found[weekday, hour] for hour in hours] for weekday in range(7)],
        say=(lambda value: f"{value:.0%}") if share else say,
        top=1.0 if share else None,
        row_names=list(LONG_DAYS),
    )


def _words(unit: Unit, currency: str) -> Callable[[float], str]:
    """As in the table; round sums, as at the axis, go without their noughts."""
    return lambda value: said(value, unit, currency).removesuffix(".00")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None


def _ink(report: Report, column: int, theme: Theme) -> QColor | None:
    """Completed, to come and missed have the colours of their states; what else is told is
    blue."""
    if not report.stacked:
        return None
    states = (Status.COMPLETED, Status.SCHEDULED, Status.NO_SHOW)
    return theme.status_colour(states[report.stacked.index(column)])


def _short(report: Report, row: int) -> str:
    """The label under a bar; rows of names say them whole."""
    key = report.keys[row]
    match report.wish.group:
        case GroupBy.DAY | GroupBy.WEEK:
            day: Any = key
            return f"{day.day} {MONTHS[day.month - 1]}"
        case GroupBy.MONTH:
            month: Any = key
            year = f" {month.year}" if month.month == 1 or row == 0 else ""
            return f"{MONTHS[month.month - 1]}{year}"
        case _:
            return str(report.rows[row][0])
