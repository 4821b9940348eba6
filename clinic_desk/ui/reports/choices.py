"""What the report is about: the period, whose visits, where, and by what they are told apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QDate, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QDateEdit, QMenu, QPushButton

from clinic_desk.domain.ids import Id
from clinic_desk.services.day_views import GroupBy, Preset, ReportWish
from clinic_desk.services.reporting import GROUP_WORDS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import live_sites
from clinic_desk.ui.reports.periods import OWN, PERIODS
from clinic_desk.ui.widgets.chips import Wrapping


class _StayingMenu(QMenu):
    """Stays open while things are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
        else:
            super().keyPressEvent(event)


class Several(QPushButton):
    """A button that says how many are chosen, over a list to tick. None ticked means all."""

    changed = Signal()

    def __init__(self, every: str, many: str) -> None:
        # a space parts the words from the icon
        super().__init__(f" {every}")
        self._every, self._many = every, many
        self.setAccessibleName(every)
        self.list = _StayingMenu(self)
        self.setMenu(self.list)

    def offer(self, rows: Sequence[tuple[Id, str]]) -> None:
        kept = set(self.chosen())
        self.list.clear()
        for row_id, name in rows:
            action = self.list.addAction(name.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(row_id)
            action.setChecked(row_id in kept)
            action.toggled.connect(lambda _on: self._told())
        if rows:
            self.list.addSeparator()
            self.list.addAction(self._every, self.clear)
        self._say()

    def chosen(self) -> tuple[Id, ...]:
        return tuple(action.data() for action in self.list.actions() if action.isChecked())

    def choose(self, ids: Sequence[Id]) -> None:
        """Without ``changed``."""
        for action in self.list.actions():
            with QSignalBlocker(action):
                action.setChecked(action.data() in ids)
        self._say()

    def clear(self) -> None:
        self.choose(())
        self.changed.emit()

    def _told(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        chosen = [action for action in self.list.actions() if action.isChecked()]
        if not chosen:
            self.setText(f" {self._every}")
        elif len(chosen) == 1:
            self.setText(f" {chosen[0].text()}")
        else:
            self.setText(f" {len(chosen)} {self._many}")
        self.setAccessibleDescription(", ".join(one.text() for one in chosen))


class Choices(Wrapping):
    """``changed`` when another report is wanted."""

    changed = Signal()

    def __init__(self, theme: Theme, source: RosterSource, today: date) -> None:
        super().__init__()
        self._source = source
        self.today = today
        self.period = QComboBox()
        self.period.setAccessibleName("Period")
        for name, _days in PERIODS:
            self.period.addItem(name)
        self.period.addItem(OWN)
        self.first = self._date("From")
        self.last = self._date("To")
        self.doctors = Several("All doctors", "doctors")
        self.sites = Several("All sites", "sites")
        self._theme = theme
        self.group = QComboBox()
        self.group.setAccessibleName("Rows are")
        for group, name in GROUP_WORDS.items():
            self.group.addItem(f"By {name.lower()}", group)
        for field in (self.period, self.first, self.last, self.group, self.doctors, self.sites):
            self.across.addWidget(field)
        self.period.setCurrentText("This month")
        self.group.setCurrentIndex(self.group.findData(GroupBy.DOCTOR))
        self._follow()
        self.period.activated.connect(self._named)
        self.first.dateChanged.connect(self._own)
        self.last.dateChanged.connect(self._own)
        self.group.currentIndexChanged.connect(lambda _row: self.changed.emit())
        self.doctors.changed.connect(self.changed)
        self.sites.changed.connect(self.changed)
        source.changed.connect(self.offer)
        theme.changed.connect(self._dress)
        self._dress()
        self.offer()

    def _dress(self) -> None:
        self.doctors.setIcon(self._theme.qicon("users"))
        self.sites.setIcon(self._theme.qicon("door"))
        for field in (self.first, self.last):
            field.setMinimumWidth(self._theme.px(126))

    def _date(self, name: str) -> QDateEdit:
        field = QDateEdit()
        field.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        field.setDisplayFormat("d MMM yyyy")
        field.setKeyboardTracking(False)
        field.setAccessibleName(name)
        field.setMinimumDate(QDate(1990, 1, 1))
        field.setMaximumDate(QDate(2100, 12, 31))
        field.lineEdit().setTextMargins(6, 0, 0, 0)
        return field

    def offer(self) -> None:
        roster = self._source.roster
        if roster is None:
            return
        # those who left have figures, too
        doctors = sorted(roster.doctors.values(), key=lambda d: (not d.active, d.position, d.name))
        names = [(one.id, words.doctor_name(one)) for one in doctors]
        self.doctors.offer(names)
        sites = live_sites(roster)
        self.sites.offer([(one.id, one.name) for one in sites])
        self.sites.setVisible(len(sites) > 1)

    def show_preset(self, preset: Preset) -> None:
        """By what the rows are told apart is fixed for the hours of the week."""
        self.group.setEnabled(preset is not Preset.WEEK_HEAT)

    def wish(self, preset: Preset) -> ReportWish:
        return ReportWish(
            preset,
            _day(self.first),
            _day(self.last),
            GroupBy(self.group.currentData()),
            self.doctors.chosen(),
            self.sites.chosen(),
        )

    def choose_period(self, name: str) -> None:
        self.period.setCurrentText(name)
        self._named()

    def _named(self) -> None:
        if self.period.currentText() == OWN:
            self.first.setFocus()
            self.first.selectAll()
            return
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        _name, days = PERIODS[self.period.currentIndex()]
        for field, day in zip((self.first, self.last), days(self.today), strict=True):
            with QSignalBlocker(field):
                field.setDate(QDate(day.year, day.month, day.day))

    def _own(self) -> None:
        """Days were typed; a known period keeps its name."""
        typed = (_day(self.first), _day(self.last))
        names = [name for name, days in PERIODS if days(self.today) == typed]
        if self.period.currentText() not in names:
            with QSignalBlocker(self.period):
                self.period.setCurrentText(names[0] if names else OWN)
        self.changed.emit()


def _day(field: QDateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())
