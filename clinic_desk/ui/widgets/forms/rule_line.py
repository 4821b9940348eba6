"""One line that says how a visit repeats: "Every [2] [weeks] on [Tu Th] for [6] visits"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import MOST, WIDEST_INTERVAL, Day, Freq, Rule, describe, expand
from clinic_desk.domain.recurrence.words import DAYS
from clinic_desk.services.when import parse_day
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, PlainSpin
from clinic_desk.ui.widgets.forms.rule_parts import (
    NTH,
    DayButton,
    day_text,
    kind,
    monthly_of,
    monthly_words,
    sayable,
)

UNITS = (("day", Freq.DAILY), ("week", Freq.WEEKLY), ("month", Freq.MONTHLY))
USUAL_COUNT = 6
OWN = 320
"""Pixels for a rhythm that only words can tell."""
SPIN, UNIT, END, UNTIL, MONTHLY = 44, 104, 84, 112, 196


class RuleLine(QWidget):
    """``edited`` after every change by a person. ``rule()`` raises ``Refusal`` naming the field at
    fault. ``today`` is asked for the local day, to read "24 dec" or "+6m" in *until*."""

    edited = Signal()

    def __init__(
        self, theme: Theme, today: Callable[[], date], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._today = theme, today
        self._start = datetime.combine(today(), time(9))
        self._touched = False
        self._kept: Rule | None = None
        self.interval = PlainSpin(self)
        self.interval.setRange(1, WIDEST_INTERVAL)
        self.interval.setAccessibleName("Every how many days, weeks or months")
        self.unit = QComboBox(self)
        self.unit.setAccessibleName("Days, weeks or months")
        for name, freq in UNITS:
            self.unit.addItem(f"{name}s", freq)
        self.days = [DayButton(theme, weekday, self) for weekday in range(7)]
        self.monthly = QComboBox(self)
        self.monthly.setAccessibleName("Which day of the month")
        self.own_words = ElidedInk(theme, "", ink="text2", parent=self)
        self.ending = QComboBox(self)
        self.ending.setAccessibleName("When the series ends")
        self.ending.addItem("for", "count")
        self.ending.addItem("until", "until")
        self.count = PlainSpin(self)
        self.count.setRange(1, MOST)
        self.count.setAccessibleName("Number of visits, 1 to 100")
        self.until = QLineEdit(self)
        self.until.setPlaceholderText("24 dec, +6m")
        self.until.setAccessibleName("Last day of the series, for example 24 dec or +6m")
        self.fault = InkLabel(theme, "", role="grid", ink="refuse", wrap=True, parent=self)
        self.fault.hide()
        self._lay_out()
        self._connect()
        self.reset()
        theme.changed.connect(self._dress)
        self._dress()

    def _lay_out(self) -> None:
        week = QWidget(self)
        days = QHBoxLayout(week)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(2)
        for button in self.days:
            button.setParent(week)
            days.addWidget(button)
        self._on = InkLabel(self._theme, "on", ink="text2", parent=self)
        self._which = QStackedWidget(self)
        self._which.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._pages = {Freq.WEEKLY: week, Freq.MONTHLY: self.monthly, None: self.own_words}
        for page in self._pages.values():
            self._which.addWidget(page)
        end = QStackedWidget(self)
        end.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        counted = QWidget(self)
        line = QHBoxLayout(counted)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.count)
        line.addWidget(InkLabel(self._theme, "visits", ink="text2", parent=counted))
        end.addWidget(counted)
        end.addWidget(self.until)
        self._end = end
        every = InkLabel(self._theme, "Every", ink="text2", parent=self)
        self._groups: list[QWidget] = []
        self._days = self._group(self._on, self._which)
        parts = QWidget(self)
        row = FlowLayout(parts)
        row.addWidget(self._group(every, self.interval, self.unit))
        row.addWidget(self._days)
        row.addWidget(self._group(self.ending, end))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(parts)
        column.addWidget(self.fault)
        self.setFocusProxy(self.interval)

    def _group(self, *widgets: QWidget) -> QWidget:
        """What stays in one line when large letters break the rule into two."""
        group = QWidget(self)
        group.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        line = QHBoxLayout(group)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in widgets:
            line.addWidget(widget)
        self._groups.append(group)
        return group

    def _connect(self) -> None:
        for spin in (self.interval, self.count):
            spin.valueChanged.connect(self._changed)
        self.unit.currentIndexChanged.connect(self._unit_changed)
        self.monthly.currentIndexChanged.connect(self._changed)
        self.ending.currentIndexChanged.connect(self._ending_changed)
        self.until.textEdited.connect(self._changed)
        self.until.editingFinished.connect(self._tidy_until)
        for button in self.days:
            button.clicked.connect(self._day_clicked)

    def chain(self) -> list[QWidget]:
        """Its fields in the order of Tab."""
        return [
            self.interval, self.unit, *self.days, self.monthly, self.ending, self.count, self.until,
        ]  # fmt: skip

    # What it says

    def reset(self) -> None:
        """Every week, six times, on the weekday of the start."""
        self._touched, self._kept = False, None
        blocked = [QSignalBlocker(w) for w in (self.interval, self.unit, self.count, self.ending)]
        self.interval.setValue(1)
        self.unit.setCurrentIndex(1)
        self.count.setValue(USUAL_COUNT)
        self.ending.setCurrentIndex(0)
        self.until.clear()
        for blocker in blocked:
            blocker.unblock()
        self.say_fault("")
        self._drop_own()
        self.set_start(self._start)
        self._arrange()

    def set_start(self, local: datetime) -> None:
        """The first visit on the wall clock: its weekday is the one ticked until somebody ticks
        another, and the days of the month follow it."""
        self._start = local
        if not self._touched:
            for button in self.days:
                button.setChecked(button.weekday == local.weekday())
        self._fill_monthly()

    def set_weekdays(self, weekdays: frozenset[int]) -> None:
        self._touched = True
        for button in self.days:
            button.setChecked(button.weekday in weekdays)

    def show_rule(self, rule: Rule, start: datetime) -> None:
        """A rule that stands. One that this line cannot say is kept in its own words, and only its
        end can be changed."""
        self.reset()
        self._start = start
        freq, own = rule.freq, not sayable(rule)
        blocked = [
            QSignalBlocker(w)
            for w in (self.interval, self.unit, self.monthly, self.count, self.ending)
        ]
        self.interval.setValue(rule.interval)
        if own:
            self._kept = rule
            self.unit.addItem("as it is", None)
            self.unit.setCurrentIndex(self.unit.count() - 1)
            bare = replace(rule, count=None, until=None, also=())
            self.own_words.setText(describe(bare, start))
        else:
            self.unit.setCurrentIndex(self.unit.findData(freq))
        self.set_start(start)
        if freq is Freq.WEEKLY and rule.weekdays:
            self.set_weekdays(frozenset(day.weekday for day in rule.weekdays))
        if freq is Freq.MONTHLY and not own:
            wanted = monthly_of(rule, start)
            place = next(
                (i for i in range(self.monthly.count()) if self.monthly.itemData(i) == wanted), -1
            )
            if place < 0:
                self.monthly.addItem(monthly_words(wanted), wanted)
                place = self.monthly.count() - 1
            self.monthly.setCurrentIndex(place)
        if rule.count is not None:
            self.count.setValue(rule.count)
        elif rule.until is not None:
            self.ending.setCurrentIndex(1)
            self.until.setText(day_text(rule.until))
        for blocker in blocked:
            blocker.unblock()
        self._arrange()

    def rule(self) -> Rule:
        freq = self.unit.currentData()
        interval = self.interval.value()
        if freq is None and self._kept is not None:
            rule = replace(self._kept, count=None, until=None)
        elif freq == Freq.WEEKLY:
            days = tuple(Day(button.weekday) for button in self.days if button.isChecked())
            if not days:
                raise Refusal("missing", "Tick at least one weekday.", field="weekdays")
            rule = Rule(Freq.WEEKLY, interval, weekdays=days)
        elif freq == Freq.MONTHLY:
            kind, number = self.monthly.currentData()
            if kind == "date":
                rule = Rule(Freq.MONTHLY, interval, month_days=(number,))
            else:
                day = Day(self._start.weekday(), number)
                rule = Rule(Freq.MONTHLY, interval, weekdays=(day,))
        else:
            rule = Rule(Freq.DAILY, interval)
        if self.ending.currentData() == "count":
            return replace(rule, count=self.count.value())
        return replace(rule, until=self._read_until())

    def say_fault(self, sentence: str) -> None:
        """Below the line; empty takes it away."""
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))

    def go_to(self, field: str | None) -> None:
        """The focus to the part that a refusal names."""
        parts: dict[str, QWidget] = {
            "until": self.until, "count": self.count, "weekdays": self.days[0],
            "freq": self.unit, "month_day": self.monthly,
        }  # fmt: skip
        part = parts.get(field or "", self.interval)
        (part if part.isVisible() else self.interval).setFocus()

    # Following

    def _changed(self) -> None:
        self._words()
        self.edited.emit()

    def _day_clicked(self) -> None:
        self._touched = True
        self._changed()

    def _unit_changed(self) -> None:
        if self.unit.currentData() is not None:
            self._drop_own()
        self._arrange()
        self._changed()

    def _drop_own(self) -> None:
        """Another rhythm was chosen: the words of the old one are gone for good."""
        self._kept = None
        place = self.unit.findText("as it is")
        if place >= 0 and place != self.unit.currentIndex():
            with QSignalBlocker(self.unit):
                self.unit.removeItem(place)

    def _ending_changed(self) -> None:
        if self.ending.currentData() == "until" and not self.until.text().strip():
            self.until.setText(day_text(self._usual_end()))
        self._arrange()
        self._changed()

    def _usual_end(self) -> date:
        """The day on which the counted series would end."""
        with QSignalBlocker(self.ending):
            self.ending.setCurrentIndex(0)
            try:
                found = expand(self.rule(), self._start)
            except Refusal:
                found = ()
            self.ending.setCurrentIndex(1)
        return (found[-1] if found else self._start + timedelta(weeks=USUAL_COUNT)).date()

    def _read_until(self) -> date:
        text = self.until.text().strip()
        day = parse_day(text, self._today())
        if day is None:
            said = f"“{text[:40]}” is no day" if text else "The last day is missing"
            raise Refusal(
                "bad_day", f"{said}: write 24 dec, 24.12.2026, or +6m for in 6 months.",
                field="until",
            )  # fmt: skip
        return day

    def _tidy_until(self) -> None:
        day = parse_day(self.until.text().strip(), self._today())
        if day is not None:
            self.until.setText(day_text(day))

    def _arrange(self) -> None:
        freq = self.unit.currentData()
        daily = freq == Freq.DAILY
        self._on.setVisible(freq is not None and not daily)
        self._which.setVisible(not daily)
        self._days.setVisible(not daily)
        page = self._pages.get(Freq(freq) if freq is not None else None)
        if page is not None and not daily:
            self._which.setCurrentWidget(page)
            most = QSize(self._theme.px(OWN), page.maximumHeight())
            self._which.setFixedSize(page.sizeHint().expandedTo(page.minimumSize()).boundedTo(most))
        self.interval.setEnabled(freq is not None)
        counted = self.ending.currentData() == "count"
        self._end.setCurrentIndex(0 if counted else 1)
        self._words()

    def _words(self) -> None:
        many = self.interval.value() != 1
        for place, (name, _freq) in enumerate(UNITS):
            self.unit.setItemText(place, f"{name}s" if many else name)

    def _fill_monthly(self) -> None:
        start = self._start
        nth = (start.day - 1) // 7 + 1
        tail = (start + timedelta(days=7)).month != start.month
        entries: list[tuple[str, int]] = [("date", start.day), ("nth", nth)]
        if tail:
            entries.append(("nth", -1))
        entries.append(("date", -1))
        kept = self.monthly.currentData()
        with QSignalBlocker(self.monthly):
            self.monthly.clear()
            for entry in entries:
                self.monthly.addItem(self._entry_words(entry), entry)
            # the same kind of day as before, of the new start
            places = range(len(entries)) if kept is not None else range(0)
            same = [i for i in places if entries[i] == tuple(kept)]
            alike = [i for i in places if kind(entries[i]) == kind(kept)]
            self.monthly.setCurrentIndex((same or alike or [0])[0])

    def _entry_words(self, entry: tuple[str, int]) -> str:
        kind, number = entry
        if kind == "date":
            return monthly_words(entry)
        name = DAYS[self._start.weekday()]
        return f"the {'last' if number < 0 else NTH[number]} {name}"

    def _dress(self) -> None:
        px = self._theme.px
        high = px(32)  # as the style draws every field
        for widget, width in (
            (self.interval, SPIN), (self.count, SPIN), (self.unit, UNIT), (self.ending, END),
            (self.until, UNTIL), (self.monthly, MONTHLY),
        ):  # fmt: skip
            widget.setFixedSize(px(width), high)
        wide = QFontMetrics(self._theme.font("body")).horizontalAdvance
        self.unit.setFixedWidth(max(px(UNIT), wide("months") + px(44)))
        self._end.setFixedSize(px(SPIN) + 8 + wide("visits") + 8, high)
        self.until.setFixedWidth(self._end.width())
        for group in self._groups:
            group.setFixedHeight(high)
        for button in self.days:
            button.updateGeometry()
        self._arrange()
