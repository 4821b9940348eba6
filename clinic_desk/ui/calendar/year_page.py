"""The year: how full each day is, month by month as it is counted; a click opens the day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.outcome import Changes
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.calendar.period_bar import HeatLegend
from clinic_desk.ui.calendar.year_view import YearView
from clinic_desk.ui.geometry.monthgrid import months_later
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import ROSTER_KINDS, RosterSource
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.page import Page

MATTERS = ROSTER_KINDS | {"appointment"}
FIRST_YEAR, LAST_YEAR = 1990, 2100
Month = tuple[date, date, tuple[DayLoad, ...]]
"""First and last day, and what is known of the days between."""


class YearPage(Page):
    """``open`` takes a day, or nothing: today."""

    key_hints = (
        ("Enter", "Open the day"), ("PgDn", "Next month"), ("Shift+PgDn", "Next year"),
        ("T", "Today"), ("Esc", "Back to the calendar"),
    )  # fmt: skip

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Year", parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        self.view = YearView(context.theme, self.today())
        self.before = self._arrow("chevron-left", "Year before", -1)
        self.after = self._arrow("chevron-right", "Year after", 1)
        self.doctor = QComboBox()
        self.doctor.setAccessibleName("Whose year")
        self.doctor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.said = Label()
        self.said.setProperty("role", "muted")
        self.loaded = False
        self._pause = QTimer(self, singleShot=True, interval=500)
        for button in (self.before, self.after):
            self.buttons.addWidget(button)
        self.buttons.addWidget(self.doctor)
        self.legend = HeatLegend(context.theme)
        below = QHBoxLayout()
        below.addWidget(self.said, 1)
        below.addWidget(self.legend)
        self.body.addWidget(self.view, 1)
        self.body.addLayout(below)
        self.setFocusProxy(self.view)
        self._connect()

    def _arrow(self, icon: str, name: str, step: int) -> QPushButton:
        button = QPushButton()
        button.setIcon(self.theme.qicon(icon))
        button.setAccessibleName(name)
        button.setToolTip(as_text(name))
        button.clicked.connect(lambda: self.view.go(months_later(self.view.day, 12 * step)))
        dress = while_alive(button, lambda: button.setIcon(self.theme.qicon(icon)))
        self.theme.changed.connect(dress)
        return button

    def _connect(self) -> None:
        self.view.opened.connect(lambda day: self.show_day_requested.emit((day, self.chosen)))
        self.view.walked.connect(lambda _day: self._say())
        self.view.turned.connect(lambda _year: self.read())
        self.doctor.activated.connect(lambda _row: self._turn_to_other())
        self.source.changed.connect(self._offer)
        self.context.operations.changed.connect(self._on_changes)
        self._pause.timeout.connect(self.read)

    @property
    def chosen(self) -> str | None:
        """The doctor whose year it is; None: all of them."""
        found = self.doctor.currentData()
        return found if isinstance(found, str) else None

    def today(self) -> date:
        return words.local(self.context.clock.now(), self.source.zone).date()

    def new_day(self) -> None:
        self.view.today = self.today()
        self.view.update()

    def open(self, what: object = None) -> None:
        self.message.clear()
        self.view.today = self.today()
        self.view.day = what if isinstance(what, date) else self.view.today
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.read()

    def _turn_to_other(self) -> None:
        self.view.clear()
        self.read()

    def read(self) -> None:
        """Counts the year anew, the month of the cursor first."""
        self._pause.stop()
        year, month = self.view.year, self.view.day.month
        who = None if self.chosen is None else (self.chosen,)
        self.before.setEnabled(year > FIRST_YEAR)
        self.after.setEnabled(year < LAST_YEAR)
        self.subtitle.setText(str(year))
        order = [month, *(number for number in range(1, 13) if number != month)]

        def months(queries: Queries, _ticket: object) -> Iterator[Month]:
            for number in order:
                first = date(year, number, 1)
                last = date.fromordinal(months_later(first, 1).toordinal() - 1)
                yield first, last, queries.loads(first, last, who)

        self.loaded = False
        self.context.operations.stream(
            months, piece=self._take, finished=self._done, failed=self._failed,
            key=f"year:{id(self)}",
        )  # fmt: skip

    def _take(self, month: Month) -> None:
        self.view.show_days(*month)
        self._say()

    def _done(self) -> None:
        self.loaded = True
        fills = [f for day, f in self.view.fills.items() if day.year == self.view.year]
        booked, capacity = sum(f.booked for f in fills), sum(f.capacity for f in fills)
        share = f" · {booked / capacity:.0%} booked" if capacity else " · no working hours"
        self.subtitle.setText(f"{self.view.year}{share}")

    def _failed(self, error: ClinicDeskError) -> None:
        self.message.show_error(error)

    def _say(self) -> None:
        """Fewer words where the legend beside them needs the room."""
        sides = self.body.contentsMargins()
        legend = self.legend.sizeHint().width() + 16
        room = self.width() - sides.left() - sides.right() - legend
        words = self.view.words(self.view.day)
        fits = self.said.fontMetrics().horizontalAdvance(words) <= room
        self.said.setText(words if fits else self.view.words(self.view.day, short=True))
        self.said.setToolTip("" if fits else words)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._say()

    def _offer(self) -> None:
        kept = self.chosen
        with QSignalBlocker(self.doctor):
            self.doctor.clear()
            self.doctor.addItem("All doctors", None)
            for doctor in self.source.doctors():
                self.doctor.addItem(words.doctor_name(doctor), doctor.id)
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(kept)))
        self.view.today = self.today()
        if self.source.roster is not None:
            self.view.first_weekday = self.source.roster.practice.first_weekday
        self.view.update()

    def _on_changes(self, changes: Changes) -> None:
        if changes.kinds & (MATTERS | {"external"}) and self.isVisible():
            self._pause.start()
