"""The row above the list: text, period, channels, doctors."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from clinic_desk.domain.messages import CHANNEL_WORDS, Channel
from clinic_desk.services.message_ports import MessageWish
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.messages.groups import PERIODS, period
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.forms.bits import leading_icon


class FilterRow(QWidget):
    """``changed`` when another choice was made, a moment later while somebody is typing."""

    changed = Signal()

    def __init__(self, theme: Theme, source: RosterSource) -> None:
        super().__init__()
        self._source = source
        self.text = QLineEdit(self)
        self.text.setPlaceholderText("Patient or text")
        self.text.setClearButtonEnabled(True)
        self.text.setAccessibleName("Filter by patient, number, address or text")
        self.text.setProperty("person", True)
        self.text.setMaxLength(200)
        self.text.setMinimumWidth(140)
        leading_icon(self.text, theme, "search")
        self._leaving = False
        self.text.returnPressed.connect(self._leave)
        down = QShortcut(Qt.Key.Key_Down, self.text, context=Qt.ShortcutContext.WidgetShortcut)
        down.activated.connect(self._leave)
        self.period = self._box("Period")
        self.channel = self._box("Channel")
        self.doctor = self._box("Doctor")
        for name, word in PERIODS:
            self.period.addItem(word, name)
        self.channel.addItem("All channels", None)
        for channel, word in CHANNEL_WORDS.items():
            self.channel.addItem(word, channel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.text, 1)
        for box in (self.period, self.channel, self.doctor):
            row.addWidget(box)
        self._pause = QTimer(self, singleShot=True, interval=150)
        self._pause.timeout.connect(self.changed)
        self.text.textChanged.connect(lambda _text: self._pause.start())
        for box in (self.period, self.channel, self.doctor):
            box.currentIndexChanged.connect(lambda _row: self.changed.emit())
        source.changed.connect(self.offer)
        self.offer()

    def _leave(self) -> None:
        """To the list, once it holds what was typed: a key must not meet an older row."""
        self._leaving = True
        self._pause.stop()
        self.changed.emit()

    def left(self) -> bool:
        """Whether the list shall have the keyboard; says so once."""
        leaving, self._leaving = self._leaving, False
        return leaving

    def _box(self, name: str) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        return box

    def offer(self) -> None:
        """The doctors there are; the one chosen stays."""
        kept = self.doctor.currentData()
        with QSignalBlocker(self.doctor):
            self.doctor.clear()
            self.doctor.addItem("All doctors", None)
            for row in self._source.doctors():
                self.doctor.addItem(words.doctor_name(row), row.id)
            self.doctor.setCurrentIndex(max(0, self.doctor.findData(kept)))

    @property
    def span(self) -> str:
        return str(self.period.currentData())

    def wish(self, today: date) -> MessageWish:
        self._pause.stop()
        first, last = period(self.span, today)
        channel, doctor = self.channel.currentData(), self.doctor.currentData()
        return MessageWish(
            first=first,
            last=last,
            channels=(Channel(channel),) if channel is not None else (),
            doctor_ids=(doctor,) if doctor is not None else (),
            text=self.text.text().strip(),
        )

    @property
    def on(self) -> bool:
        """Something else than all messages of all time is shown."""
        chosen = (self.span, self.channel.currentData(), self.doctor.currentData())
        return chosen != ("all", None, None) or bool(self.text.text().strip())

    def choose(self, span: str = "all") -> None:
        """Without ``changed``; everything else is cleared."""
        self._pause.stop()
        for box, at in (
            (self.period, self.period.findData(span)), (self.channel, 0), (self.doctor, 0),
        ):  # fmt: skip
            with QSignalBlocker(box):
                box.setCurrentIndex(max(0, at))
        with QSignalBlocker(self.text):
            self.text.clear()
