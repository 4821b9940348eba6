"""Where the parts of the doctor's view stand: agenda, the middle, my numbers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.ui.doctor.agenda import AgendaList
from clinic_desk.ui.doctor.figures import NARROW as SLIM
from clinic_desk.ui.doctor.figures import WIDTH, Numbers
from clinic_desk.ui.doctor.late_strip import LateStrip
from clinic_desk.ui.doctor.parts import quiet
from clinic_desk.ui.doctor.patient_panel import LINES, PatientPanel
from clinic_desk.ui.doctor.requests import Requests
from clinic_desk.ui.doctor.schedule import DoctorSchedule
from clinic_desk.ui.models.words import doctor_name
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, Rule, badge_icon
from clinic_desk.ui.widgets.page import Page
from clinic_desk.ui.widgets.worded_menu import WordedMenu

HEADER = (
    (
        "calendar",
        "&Calendar",
        "This doctor alone in the calendar, to book and move (C)",
    ),
    ("block", "&Block time…", "Keep a stretch of the day free (B)"),
    ("time_off", "&Time off…", "Ask for leave (T)"),
    ("hours", "&Hours…", "The weekly hours (H)"),
)

VIEWS = (
    ("agenda", "&Agenda", "The visits of the day as a list (V)"),
    ("day", "&Day", "The day as the calendar draws it (G)"),
    ("week", "&Week", "The week as the calendar draws it (W)"),
)

NARROW = 1120
"""Pixels of the page below which the numbers take less room."""

SLIM_PAGE = 940
"""Pixels below which the numbers stand under the requests, and the doctor's own time in a menu."""

LOW = 760
"""Pixels of height below which what is rarely read stands aside, so that requests are in sight."""

FEW = 2
"""Earlier visits of a patient on a low page."""

MORE = ("block", "time_off", "hours")
"""Buttons of the header that a narrow page keeps in a menu."""


class DoctorFrame(Page):
    """The widgets of ``DoctorPage`` in their places."""

    wide = True

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        theme = context.theme
        super().__init__(theme, "My day", parent)
        self.doctors = QComboBox(self)
        self.doctors.setAccessibleName("Doctor")
        self.doctors.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.doctors.setToolTip("Whose day is shown; this desk remembers it")
        self.doctors.setMinimumWidth(theme.px(190))
        self.header.insertWidget(1, self.doctors)
        self.header_buttons: dict[str, QPushButton] = {}
        for name, words, tip in HEADER:
            button = quiet(words, self, tip)
            self.header_buttons[name] = button
            self.buttons.addWidget(button)
        self.more_button = quiet("&More", self, "Block time, time off, weekly hours")
        self.more_button.setMenu(WordedMenu(self.more_button))
        self.more_button.menu().aboutToShow.connect(self._fill_more)
        self.buttons.addWidget(self.more_button)
        self.offered: frozenset[str] = frozenset()
        self.agenda = AgendaList(theme, self)
        self.schedule = DoctorSchedule(context, self)
        self.view = "agenda"
        self.view_buttons: dict[str, QPushButton] = {}
        self.empty = EmptyState(theme, self)
        self.next_panel, self.chosen_panel = PatientPanel(theme, self), PatientPanel(theme, self)
        self.chosen_panel.setAccessibleName("Chosen patient")
        self.late = LateStrip(theme, self)
        self.requests = Requests(theme, self)
        self.numbers = Numbers(theme, self)
        self.work = QWidget(self)
        row = QHBoxLayout(self.work)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._agenda_side(), 34)
        row.addWidget(self._middle(), 48)
        self._aside = QVBoxLayout()
        self._aside.setContentsMargins(8, 12, 8, 0)
        self._aside.addWidget(self.numbers)
        row.addLayout(self._aside)
        self.asking = self._asking()
        self.stack = QStackedWidget(self)
        self.stack.addWidget(self.work)
        self.stack.addWidget(self.asking)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addWidget(self.stack, 1)
        self.chosen_panel.hide()
        theme.changed.connect(self.fit)
        self.fit()

    def _agenda_side(self) -> QWidget:
        theme, side = self.theme, QFrame(self)
        self._inked: dict[QPushButton, str] = {}
        self.day_back = quiet("", side, "The day before (Page Up)")
        self.today_button = quiet("Today", side, "Back to today")
        self.day_on = quiet("", side, "The day after (Page Down)")
        for button, icon, name in (
            (self.day_back, "chevron-left", "The day before"),
            (self.day_on, "chevron-right", "The day after"),
        ):
            self._inked[button] = icon
            button.setAccessibleName(name)
            button.setProperty("square", "true")
            button.setFixedWidth(theme.px(28))
        self._ink()
        theme.changed.connect(self._ink)
        self.day_label = ElidedInk(theme, bold=True, parent=side)
        self.load_label = InkLabel(theme, role="grid", ink="text2", parent=side)
        self.behind = InkLabel(theme, role="grid", bold=True, parent=side)
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(4)
        first.addWidget(self.day_label, 1)
        for button in (self.day_back, self.today_button, self.day_on):
            button.setProperty("density", "compact")
            first.addWidget(button)
        second.addWidget(self.load_label, 1)
        second.addWidget(self.behind)
        views = QHBoxLayout()
        views.setSpacing(0)
        for name, words, tip in VIEWS:
            button = quiet(words, side, tip)
            button.setCheckable(True)
            button.setChecked(name == self.view)
            button.setProperty("density", "compact")
            self.view_buttons[name] = button
            views.addWidget(button)
        views.addStretch(1)
        head = QVBoxLayout()
        head.setContentsMargins(14, 8, 10, 6)
        head.setSpacing(4)
        head.addLayout(views)
        head.addLayout(first)
        head.addLayout(second)
        self.days = QStackedWidget(side)
        self.days.addWidget(self.agenda)
        self.days.addWidget(self.empty)
        self.days.addWidget(self.schedule)
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(Rule(theme, side))
        column.addWidget(self.days, 1)
        self._side = side
        return side

    def _ink(self) -> None:
        for button, icon in self._inked.items():
            button.setIcon(self.theme.qicon(icon))

    def _middle(self) -> QWidget:
        inner = QWidget(self)
        column = self._inner = QVBoxLayout(inner)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(12)
        for part in (self.next_panel, self.chosen_panel, self.late, self.requests):
            column.addWidget(part)
        column.addStretch(1)
        self.scroller = QScrollArea(self)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setWidget(inner)
        return self.scroller

    def _asking(self) -> QWidget:
        theme, asking = self.theme, QWidget(self)
        self.chooser = QListWidget(asking)
        self.chooser.setAccessibleName("Whose day is it?")
        self.chooser.setFixedWidth(theme.px(360))
        column = QVBoxLayout(asking)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(8)
        middle = Qt.AlignmentFlag.AlignHCenter
        title = InkLabel(theme, "Whose day is it?", role="title", bold=True, parent=asking)
        text = "This desk remembers it. Enter or a double click chooses."
        column.addWidget(title, 0, middle)
        column.addWidget(InkLabel(theme, text, ink="text2", parent=asking), 0, middle)
        column.addWidget(self.chooser, 1, middle)
        return asking

    def show_choices(self, doctors: Sequence[Doctor]) -> None:
        self.doctors.clear()
        self.chooser.clear()
        for doctor in doctors:
            icon, name = badge_icon(self.theme, doctor), doctor_name(doctor)
            self.doctors.addItem(icon, name, doctor.id)
            what = f"{name} · {doctor.specialty}" if doctor.specialty else name
            item = QListWidgetItem(icon, what)
            item.setData(Qt.ItemDataRole.UserRole, doctor.id)
            self.chooser.addItem(item)

    def fit(self) -> None:
        """Everything in the room that there is."""
        px, width = self.theme.px, self.width()
        slim, low = width < px(SLIM_PAGE), self.height() < px(LOW)
        self._side.setMinimumWidth(px(280))
        self.scroller.setMinimumWidth(px(360))
        least = 150 if slim else 190
        self.doctors.setMinimumWidth(
            max(px(least), min(self.doctors.sizeHint().width(), px(least + 50)))
        )
        if slim is not (self.numbers.parentWidget() is self._inner.parentWidget()):
            self._move_numbers(slim)
        if slim:
            self.numbers.setFixedHeight(px(460))
        else:
            self.numbers.setFixedWidth(px(SLIM if width < px(NARROW) else WIDTH))
        self.next_panel.set_most(FEW if low else LINES)
        self.chosen_panel.set_most(0 if low else LINES)
        self.late.set_slim(low and not slim)
        self.offer(self.offered)

    def _move_numbers(self, below: bool) -> None:
        """Beside the middle, or at its end."""
        free = 16_777_215  # no limit, in Qt's words
        self.numbers.setMinimumSize(0, 0)
        self.numbers.setMaximumSize(free, free)
        if below:
            self._aside.removeWidget(self.numbers)
            self._inner.insertWidget(self._inner.count() - 1, self.numbers)
            self._aside.setContentsMargins(0, 0, 0, 0)
        else:
            self._inner.removeWidget(self.numbers)
            self._aside.addWidget(self.numbers)
            self._aside.setContentsMargins(8, 12, 8, 0)
        self.numbers.setVisible(self.view != "week")

    def offer(self, names: frozenset[str]) -> None:
        """Shows those buttons of the header; on a narrow page some of them in a menu."""
        self.offered = names
        slim = self.width() < self.theme.px(SLIM_PAGE)
        for name, button in self.header_buttons.items():
            button.setVisible(name in names and not (slim and name in MORE))
        self.more_button.setVisible(slim and bool(names & set(MORE)))

    def _fill_more(self) -> None:
        menu = self.more_button.menu()
        menu.clear()
        menu.setToolTipsVisible(True)
        for name in MORE:
            if name in self.offered:
                button = self.header_buttons[name]
                action = menu.addAction(button.text(), button.click)
                action.setEnabled(button.isEnabled())
                action.setToolTip(button.toolTip())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.fit()

    def lay_view(self, view: str) -> None:
        """A week takes the room of the panels; they come back with the day and the agenda."""
        self.view = view
        for name, button in self.view_buttons.items():
            button.setChecked(name == view)
        for part in (self.scroller, self.numbers):
            part.setVisible(view != "week")

    def take_keyboard(self) -> None:
        if self.stack.currentWidget() is self.asking:
            self.chooser.setFocus()
        elif self.view == "agenda":
            self.agenda.setFocus()
        else:
            self.schedule.grid.setFocus()
