"""The row above a list: a text to look for, and boxes to choose from."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.forms.bits import leading_icon

PAUSE = 150
"""Milliseconds after the last letter."""


def choice_box(parent: QWidget, name: str, letters: int = 0) -> QComboBox:
    """``letters``: room for so many at least; 0: as wide as its longest row."""
    box = QComboBox(parent)
    box.setAccessibleName(name)
    policy = QComboBox.SizeAdjustPolicy
    if letters:
        box.setSizeAdjustPolicy(policy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(letters)
    else:
        box.setSizeAdjustPolicy(policy.AdjustToContents)
    return box


def offer_rows(box: QComboBox, every: str, rows: Iterable[tuple[object, str]]) -> None:
    """``every`` chooses nothing (None) and stands first; what was chosen stays. Without a word to
    whoever listens to the box."""
    kept = box.currentData()
    with QSignalBlocker(box):
        box.clear()
        box.addItem(every, None)
        for value, word in rows:
            box.addItem(word, value)
        box.setCurrentIndex(max(0, box.findData(kept)))


def turn(box: QComboBox, value: object) -> None:
    """To the row of a value, the first where there is none; without a word."""
    with QSignalBlocker(box):
        box.setCurrentIndex(max(0, box.findData(value)))


class SearchedRow(QWidget):
    """``changed`` when another choice was made, a moment later while somebody is typing."""

    changed = Signal()

    def __init__(self, theme: Theme, source: RosterSource, hint: str, called: str) -> None:
        """``hint`` stands in the empty field of the text, which is ``called``."""
        super().__init__()
        self._source = source
        self.text = QLineEdit(self)
        self.text.setPlaceholderText(hint)
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName(called)
        leading_icon(self.text, theme, "search")
        self._pause = QTimer(self, singleShot=True, interval=PAUSE)
        self._pause.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._pause.start())

    def listen(self, *boxes: QComboBox) -> None:
        for box in boxes:
            box.currentIndexChanged.connect(lambda _row: self.changed.emit())

    def typed(self) -> str:
        """As the list is asked for it now: a pause that is under way need not end."""
        self._pause.stop()
        return self.text.text().strip()

    def wipe(self) -> None:
        """Without ``changed``."""
        with QSignalBlocker(self.text):
            self.text.clear()
        self._pause.stop()


class DoctorRow(SearchedRow):
    """One line: the text, boxes of the page, and last the doctors. Enter and Down in the text lead
    to the list."""

    def __init__(self, theme: Theme, source: RosterSource, hint: str, called: str) -> None:
        super().__init__(theme, source, hint, called)
        self._leaving = False
        self.text.returnPressed.connect(self._leave)
        down = QShortcut(Qt.Key.Key_Down, self.text, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._leave)

    def lay_out(self, *boxes: QComboBox, doctor: QComboBox) -> QHBoxLayout:
        self.doctor = doctor
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for box in (*boxes, doctor):
            row.addWidget(box)
        self.listen(*boxes, doctor)
        self._source.changed.connect(self.offer)
        self.offer()
        return row

    def _leave(self) -> None:
        """To the list, once it holds what was typed: a key must not meet an older row."""
        self._leaving = True
        self._pause.stop()
        self.changed.emit()

    def left(self) -> bool:
        """Whether the list shall have the keyboard; says so once."""
        leaving, self._leaving = self._leaving, False
        return leaving

    def offer(self) -> None:
        """The doctors there are."""
        doctors = [(row.id, words.doctor_name(row)) for row in self._source.doctors()]
        offer_rows(self.doctor, "All doctors", doctors)
