"""264 px on the left: month, who is shown, saved views, the chosen visit."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Load, Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.calendar.columns import patterns
from clinic_desk.ui.look.plain import Label, as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window.choices import Choices
from clinic_desk.ui.main_window.column_list import ColumnList, ColumnRow
from clinic_desk.ui.main_window.saved_views import SavedViews
from clinic_desk.ui.main_window.selected_card import SelectedCard
from clinic_desk.ui.main_window.site_choice import SiteChoice
from clinic_desk.ui.models.sites import live_sites
from clinic_desk.ui.widgets.mini_month import MiniMonth
from clinic_desk.ui.widgets.worded import WordedButton

WIDTH = 264
LOW = 800
"""Below this height saved views fold and the card shrinks."""
LOWEST = 370
"""Pixels at scale 1 below which the doctors alone have room: the month would lie under them."""


class Sidebar(QWidget):
    """Holds no data of its own: the window tells it the roster and the loads."""

    group_requested = Signal(str)

    def __init__(
        self, theme: Theme, choices: Choices, today: date, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._choices = choices
        self._roster: Roster | None = None
        self._loads: dict[Id, DayLoad] = {}
        self.month = MiniMonth(theme, today, parent=self)
        self.sites = SiteChoice(self)
        self.columns = ColumnList(theme, self)
        self.saved = SavedViews(theme, choices, self)
        self.card = SelectedCard(theme, self)
        self._title = Label("Doctors", self)
        self._title.setProperty("role", "heading")
        self._all = self._link("All", "Show all columns")
        self._all.clicked.connect(self.show_all)
        self._other = self._link("Rooms", "One column per room")
        self._other.clicked.connect(self._swap_group)
        dot = Label("·", self)
        dot.setProperty("role", "muted")
        head = QHBoxLayout()
        head.setContentsMargins(16, 0, 12, 0)
        head.setSpacing(2)
        head.addWidget(self._title, 1)
        head.addWidget(self._all)
        head.addWidget(dot)
        head.addWidget(self._other)
        month = QHBoxLayout()
        month.setContentsMargins(16, 0, 16, 0)
        month.addWidget(self.month)
        card = QHBoxLayout()
        card.setContentsMargins(16, 8, 16, 12)
        card.addWidget(self.card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 1, 0)
        column.setSpacing(0)
        column.addLayout(month)
        column.addSpacing(10)
        column.addWidget(self.sites)
        column.addLayout(head)
        column.addWidget(self.columns)
        column.addSpacing(10)
        column.addWidget(self.saved)
        column.addStretch(1)
        column.addLayout(card)
        self.columns.columns.toggled.connect(self._show_column)
        self.columns.only_requested.connect(self.show_only)
        self.columns.all_requested.connect(self.show_all)
        choices.columns_changed.connect(self._fill)
        choices.group_changed.connect(self._fill)
        choices.site_changed.connect(self._fill)
        theme.changed.connect(self._dress)
        self._dress()

    def show_roster(self, roster: Roster) -> None:
        self._roster = roster
        self.month.set_first_weekday(roster.practice.first_weekday)
        self._fill()

    def show_loads(self, loads: tuple[DayLoad, ...], day: date) -> None:
        """``loads`` of any days: the month takes the sums, the list those of ``day``."""
        self._loads = {load.doctor_id: load for load in loads if load.day == day}
        booked: dict[date, int] = {}
        capacity: dict[date, int] = {}
        for item in loads:
            booked[item.day] = booked.get(item.day, 0) + item.load.booked
            capacity[item.day] = capacity.get(item.day, 0) + item.load.capacity
        self.month.set_loads({key: booked[key] / full for key, full in capacity.items() if full})
        self._fill()

    def show_all(self) -> None:
        ids = {row.id for row in self.columns.columns.rows}
        self._choices.set_hidden(self._choices.hidden - ids, "Show all")

    def show_only(self, row_id: Id) -> None:
        ids = {row.id for row in self.columns.columns.rows}
        hidden = (self._choices.hidden | ids) - {row_id}
        self._choices.set_hidden(hidden, f"Show only {self._name(row_id)}")

    def hide_column(self, row_id: Id) -> None:
        self._show_column(row_id, False)

    def _show_column(self, row_id: Id, shown: bool) -> None:
        word = "Show" if shown else "Hide"
        self._choices.show_column(row_id, shown, f"{word} {self._name(row_id)}")

    def _name(self, row_id: Id) -> str:
        rows = self.columns.columns.rows
        return next((row.name for row in rows if row.id == row_id), "a column")

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        low = self.height() < self._theme.px(LOW)
        self.saved.set_folded(low)
        self.card.set_compact(low)
        self.month.setVisible(self.height() >= self._theme.px(LOWEST))
        super().resizeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.fillRect(self.rect(), tokens.window)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x = 0 if mirrored else self.width() - 1
        painter.fillRect(x, 0, 1, self.height(), tokens.grid_major)

    def _fill(self) -> None:
        if self._roster is None:
            return
        doctors = self._choices.group == "doctor"
        self._title.setText("Doctors" if doctors else "Rooms")
        self._other.setText("Rooms" if doctors else "Doctors")
        self._other.setToolTip("One column per room" if doctors else "One column per doctor")
        rows = self._doctor_rows(self._roster) if doctors else self._room_rows(self._roster)
        self.columns.setAccessibleName(f"{self._title.text()} shown")
        self.columns.columns.show(rows, self._choices.hidden)

    def _doctor_rows(self, roster: Roster) -> list[ColumnRow]:
        pattern = patterns(roster)
        rows = []
        for doctor in self._choices.all_doctors(roster):
            found = self._loads.get(doctor.id)
            load = found.load if found else Load()
            rows.append(
                ColumnRow(
                    doctor.id,
                    doctor.name,
                    doctor.code,
                    doctor.colour,
                    pattern.get(doctor.id, "solid"),
                    load.booked,
                    load.capacity,
                    found.away if found else "",
                )
            )
        return rows

    def _room_rows(self, roster: Roster) -> list[ColumnRow]:
        several = len(live_sites(roster)) > 1 and self._choices.site_in(roster) is None
        rows = []
        for room in self._choices.all_rooms(roster):
            place = roster.locations.get(room.location_id)
            name = f"{room.name} · {place.name}" if several and place else room.name
            rows.append(ColumnRow(room.id, name))
        return rows

    def _swap_group(self) -> None:
        self.group_requested.emit("room" if self._choices.group == "doctor" else "doctor")

    def _link(self, text: str, hint: str) -> QPushButton:
        button = WordedButton(text, self)
        button.setProperty("kind", "link")
        button.setToolTip(as_text(hint))
        return button

    def _dress(self) -> None:
        self.setFixedWidth(self._theme.px(WIDTH))
        self.update()
