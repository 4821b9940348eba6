"""My numbers: today, the week, and what the last weeks were like, each with a small plot."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from clinic_desk.services.doctor_figures import PERIODS, DoctorFigures, Line
from clinic_desk.ui.doctor.parts import Sheet
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import WEEKDAYS, plural, short_date
from clinic_desk.ui.widgets.charts import BarPlot, LinePlot, Plot, RowPlot, Series
from clinic_desk.ui.widgets.forms.bits import InkLabel

WIDTH, NARROW = 264, 228
"""Pixels of the column, and where the window is narrow."""


def share_text(value: float | None) -> str:
    """ "78%", "3.1%" below ten."""
    if value is None:
        return "–"
    cent = value * 100
    return f"{cent:.1f}%" if 0 < cent < 9.95 else f"{cent:.0f}%"


def minutes_text(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f} min"


class FigureCard(Sheet):
    """A title, a figure, a remark at its side, and the plot below."""

    def __init__(self, theme: Theme, title: str, plot: Plot, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self.plot = plot
        self.title = InkLabel(theme, title, role="grid", ink="text2", parent=self)
        self.remark = InkLabel(theme, role="caption", ink="text2", parent=self)
        self.remark.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.figure = InkLabel(theme, "–", role="title", bold=True, parent=self)
        self.column.setContentsMargins(14, 10, 12, 8)
        self.column.setSpacing(3)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.title)
        top.addWidget(self.remark, 1)
        self.column.addLayout(top)
        self.column.addWidget(self.figure)
        self.column.addWidget(plot)
        plot.setAccessibleName(title)
        if not isinstance(plot, RowPlot):
            plot.setFixedHeight(theme.px(64))

    def tell(self, figure: str, remark: str = "") -> None:
        self.figure.setText(figure)
        self.remark.setText(remark)


class Numbers(QWidget):
    """The column at the end of the page. ``period_requested``: weeks to look back."""

    period_requested = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.period = QComboBox(self)
        self.period.setAccessibleName("Period of the numbers")
        self.period.setToolTip("How far back the numbers look, this week included")
        for weeks in PERIODS:
            self.period.addItem(f"{weeks} weeks", weeks)
        self.period.activated.connect(
            lambda _row: self.period_requested.emit(int(self.period.currentData()))
        )
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(InkLabel(theme, "My numbers", role="title", bold=True, parent=self), 1)
        head.addWidget(self.period)
        inner = QWidget(self)
        column = QVBoxLayout(inner)
        column.setContentsMargins(0, 0, 6, 8)
        column.setSpacing(8)
        self.today = FigureCard(theme, "Today", RowPlot(theme, compact=True), inner)
        self.week = FigureCard(theme, "This week", BarPlot(theme, compact=True), inner)
        self.used = FigureCard(theme, "Utilisation", BarPlot(theme, compact=True), inner)
        self.delay = FigureCard(theme, "Average delay", LinePlot(theme, compact=True), inner)
        self.missed = FigureCard(theme, "No-show rate", LinePlot(theme, compact=True), inner)
        self.waiting = FigureCard(
            theme, "Waiting time, median", LinePlot(theme, compact=True), inner
        )
        self.types = FigureCard(theme, "Visits by type", RowPlot(theme, compact=True), inner)
        self.cards = (
            self.today, self.week, self.used, self.delay, self.missed, self.waiting, self.types,
        )  # fmt: skip
        self.barred = InkLabel(theme, "", ink="text2", wrap=True, parent=inner)
        self.barred.hide()
        column.addWidget(self.barred)
        for card in self.cards:
            column.addWidget(card)
        column.addStretch(1)
        self.scroller = QScrollArea(self)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.scroller, 1)

    def show_weeks(self, weeks: int) -> None:
        self.period.setCurrentIndex(max(0, self.period.findData(weeks)))

    def bar(self, why: str) -> None:
        """Says why there are no numbers, for somebody who may not see them."""
        self.barred.setText(why)
        self.barred.setVisible(bool(why))
        self.period.setEnabled(not why)

    def show_figures(self, found: DoctorFigures | None) -> None:
        for card in self.cards:
            card.setVisible(found is not None)
        if found is None:
            return
        tokens, today = self._theme.tokens, found.today
        self.today.tell(
            f"{found.done} of {found.visits} done" if found.visits else "No visits",
            f"{found.to_come} to come" if found.to_come else "",
        )
        self.today.plot.setVisible(bool(found.visits))
        self.today.plot.show_data(
            ("Done", "To come", "No-show"),
            (Series("Visits", (found.done, found.to_come, found.missed)),),
            whole=True,
        )
        self.week.tell(plural(found.week_visits, "visit"), f"{found.week_before} last week")
        days = found.week if any(n for _d, n in found.week[5:]) else found.week[:5]
        self.week.plot.show_data(
            [WEEKDAYS[day.weekday()][:2] for day, _n in days],
            (Series("Visits", tuple(float(number) for _d, number in days)),),
            names=[f"{WEEKDAYS[day.weekday()]} {short_date(day, today)}" for day, _n in days],
            strong=frozenset(n for n, (day, _v) in enumerate(days) if day == today),
            whole=True,
        )
        self.used.tell(share_text(found.utilisation), _clinic(found.clinic_utilisation))
        self._plot(self.used, found.utilisation_line, today, share_text, found.clinic_utilisation)
        on_time = f"{share_text(found.on_time)} on time" if found.on_time is not None else ""
        self.delay.tell(minutes_text(found.delay), on_time)
        self._plot(self.delay, found.delay_line, today, minutes_text)
        self.missed.tell(share_text(found.no_shows), _clinic(found.clinic_no_shows))
        self._plot(
            self.missed, found.no_shows_line, today, share_text, found.clinic_no_shows,
            colour=tokens.refuse,
        )  # fmt: skip
        self.waiting.tell(minutes_text(found.waiting))
        self._plot(self.waiting, found.waiting_line, today, minutes_text)
        total = sum(number for _name, number in found.types)
        self.types.tell(f"{total:,}" if total else "None yet")
        self.types.plot.setVisible(bool(total))
        self.types.plot.show_data(
            [name for name, _n in found.types],
            (Series("Visits", tuple(float(number) for _name, number in found.types)),),
            whole=True,
        )

    def _plot(
        self,
        card: FigureCard,
        line: Line,
        today: date,
        say: Callable[[float], str],
        goal: float | None = None,
        colour: object = None,
    ) -> None:
        """Labels stand at the first and the last week alone: there is no room for more."""
        last = len(line) - 1
        known = any(value is not None for _day, value in line)
        card.plot.setVisible(known)
        few = len(line) <= 5
        labels = [
            "now" if n == last else short_date(day, today) if few or not n else ""
            for n, (day, _value) in enumerate(line)
        ]
        names = [f"week of {short_date(day, today)}" for day, _value in line]
        series = Series(card.title.text(), tuple(value for _day, value in line))
        if colour is not None:
            series = Series(series.name, series.values, self._theme.tokens.refuse)
        card.plot.show_data(
            labels, (series,), say=say, names=names, goal=goal,
            strong=frozenset({last}) if isinstance(card.plot, BarPlot) else frozenset(),
        )  # fmt: skip


def _clinic(value: float | None) -> str:
    return f"clinic {share_text(value)}" if value is not None else ""
