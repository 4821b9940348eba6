"""Above the table of the absence planner: the counts, the progress, and what is looked for."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.services.planning_views import PlanWishes
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.planning.plan_rows import Counts
from clinic_desk.ui.runtime.alive import while_alive
from clinic_desk.ui.widgets.chips import FlowLayout
from clinic_desk.ui.widgets.forms.bits import Chip, HintButton, InkLabel, push
from clinic_desk.ui.widgets.worded_menu import WordedMenu

REST = " Rest to shelf"
WEEKS = (1, 2, 3, 4, 6, 8)


class Counter(QWidget):
    """A figure over its word."""

    def __init__(self, theme: Theme, word: str, ink: str) -> None:
        super().__init__()
        self._ink, self._word = ink, word
        self.figure = InkLabel(theme, "0", role="date", bold=True)
        self.word = InkLabel(theme, word, role="caption", ink="text2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.figure)
        column.addWidget(self.word)

    def show_number(self, number: int) -> None:
        self.figure.setText(str(number))
        self.figure.set_ink(self._ink if number else "text")
        self.setAccessibleName(f"{number} {self._word}")


class Counters(QWidget):
    """``all_asked`` accept everything, ``rest_asked`` the rest to the shelf, ``stop_asked`` no
    more looking."""

    all_asked = Signal()
    rest_asked = Signal()
    stop_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.counters = {
            "all": Counter(theme, "visits affected", "text"),
            "moved": Counter(theme, "accepted", "ok"),
            "open": Counter(theme, "proposed", "text"),
            "parked": Counter(theme, "on the shelf", "text"),
            "without": Counter(theme, "without a slot", "refuse"),
        }
        self.words = InkLabel(theme, "progress", role="caption", ink="text2")
        self.share = InkLabel(theme, "", role="caption", ink="text2")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedWidth(theme.px(150))
        self.stop = push("Stop", self)
        self.stop.setProperty("density", "compact")
        self.stop.hide()
        self.stop.setToolTip("Stop looking; what was found stays")
        self.stop.clicked.connect(self.stop_asked)
        self.rest = push(REST, self)
        self.rest.setToolTip("Everything without an accepted place to the shelf")
        self.rest.setAccessibleName(REST.strip())
        self.rest.setIcon(theme.qicon("shelf"))
        self.rest.clicked.connect(self.rest_asked)
        self.accept_all = HintButton(theme, "Accept all", "Ctrl+Enter", self)
        self.accept_all.clicked.connect(self.all_asked)
        for button in (self.rest, self.accept_all):
            button.setEnabled(False)  # until there is something to place
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.words)
        line.addStretch(1)
        line.addWidget(self.share)
        self.progress = QWidget()
        progress = QVBoxLayout(self.progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(4)
        progress.addLayout(line)
        progress.addWidget(self.bar)
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(theme.px(26))
        for counter in self.counters.values():
            row.addWidget(counter)
        row.addStretch(1)
        row.addWidget(self.stop)
        row.addWidget(self.progress)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.rest)
        buttons.addWidget(self.accept_all)
        row.addLayout(buttons)
        self._theme, self._looking = theme, False
        theme.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.rest.setIcon(self._theme.qicon("shelf"))
        done = self._theme.tokens.ok.name()
        self.bar.setStyleSheet(f"QProgressBar::chunk {{ background: {done}; }}")

    def show_counts(self, counts: Counts, *, allowed: bool) -> None:
        """``allowed``: the absence stands, so visits may be moved."""
        for name, counter in self.counters.items():
            counter.show_number(getattr(counts, name))
        word = f"Accept all {counts.open}" if counts.open else "Accept all"
        self.accept_all.set_word(word)
        self._fit()
        self.accept_all.setEnabled(allowed and counts.open > 0)
        self.rest.setEnabled(allowed and counts.open + counts.without > 0)
        if not self._looking:
            self.words.setText("progress")
            self.share.setText(f"{counts.settled} of {counts.all}")
            self.bar.setRange(0, max(1, counts.all))
            self.bar.setValue(counts.settled)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Where there is little room, the figures tell the progress, and the bar comes only while
        places are looked for, in the stead of a button."""
        px, width = self._theme.px, self.width()
        tight, narrow = width < px(900), width < px(720)
        self._row.setSpacing(px(10 if narrow else 14 if tight else 26))
        self.rest.setText("" if narrow else REST)
        self.accept_all.set_key("" if narrow else "Ctrl+Enter")
        self.accept_all.setToolTip("Every proposal at once (Ctrl+Enter)")
        for button in (self.rest, self.accept_all):
            button.setMinimumWidth(button.sizeHint().width())
        self.bar.setFixedWidth(px(90 if tight else 150))
        self.progress.setVisible(self._looking or not tight)
        self.rest.setVisible(not (tight and self._looking))

    def show_search(self, searched: int, number: int) -> None:
        """While places are looked for; ``number`` 0 when that is over."""
        self._looking = number > 0
        self.stop.setVisible(self._looking)
        if self._looking:
            self.words.setText("looking")
            self.share.setText(f"{searched} of {number}")
            self.bar.setRange(0, number)
            self.bar.setValue(searched)
        self._fit()


class Criteria(QWidget):
    """``changed`` carries the new ``PlanWishes``; ``again`` asks to look again with the same."""

    changed = Signal(object)
    again_asked = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.wishes = PlanWishes()
        self.same_doctor = self._chip("Same doctor first")
        self.same_time = self._chip("Same time of day")
        self.others = self._chip("Other doctor allowed")
        self.weeks = Chip(theme, "", self, checkable=False, arrow=True)
        self.weeks.clicked.connect(self._open_weeks)
        self.note = InkLabel(theme, "", role="caption", ink="text2")
        self.again = QPushButton(" Find again")
        self.again.setProperty("density", "compact")
        self.again.setIcon(theme.qicon("refresh"))
        self.again.clicked.connect(self.again_asked)
        dress = while_alive(self.again, lambda: self.again.setIcon(theme.qicon("refresh")))
        theme.changed.connect(dress)
        label = Label("Look for")
        label.setProperty("role", "caption")
        label.setMinimumHeight(theme.px(26))
        chips = QWidget()
        flow = FlowLayout(chips)
        for widget in (label, self.same_doctor, self.same_time, self.others, self.weeks):
            flow.addWidget(widget)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(chips, 1)
        row.addWidget(self.again, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 6, 16, 6)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.note)
        self.say("")
        self.menu = WordedMenu(self)
        group = QActionGroup(self.menu)
        self.choices: dict[int, QAction] = {}
        for number in WEEKS:
            action = self.menu.addAction(_weeks(number))
            action.setCheckable(True)
            action.triggered.connect(lambda _on=False, number=number: self._set_weeks(number))
            group.addAction(action)
            self.choices[number] = action
        self._show()

    def say(self, sentence: str) -> None:
        """Below the criteria, in a line of its own."""
        self.note.setText(sentence)
        self.note.setVisible(bool(sentence))

    def _chip(self, text: str) -> Chip:
        chip = Chip(self._theme, text, self)
        chip.setChecked(True)
        chip.clicked.connect(self._take)
        return chip

    def _take(self) -> None:
        self._set(self.wishes.days)

    def _set_weeks(self, number: int) -> None:
        self._set(number * 7)

    def _set(self, days: int) -> None:
        wishes = PlanWishes(
            same_doctor_first=self.same_doctor.isChecked(),
            same_time=self.same_time.isChecked(),
            other_doctors=self.others.isChecked(),
            days=days,
        )
        if wishes != self.wishes:
            self.wishes = wishes
            self._show()
            self.changed.emit(wishes)

    def _show(self) -> None:
        weeks = self.wishes.days // 7
        self.weeks.set_content(_weeks(weeks))
        if weeks in self.choices:
            self.choices[weeks].setChecked(True)

    def _open_weeks(self) -> None:
        self.menu.popup(self.weeks.mapToGlobal(self.weeks.rect().bottomLeft()))


def _weeks(number: int) -> str:
    return "Within 1 week" if number == 1 else f"Within {number} weeks"
