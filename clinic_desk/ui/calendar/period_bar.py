"""The line above week and month: whose week it is and how full, or how the month is drawn."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QWidget,
)

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.paint_tools import hatch
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import HEAT
from clinic_desk.ui.models.words import doctor_name, plural
from clinic_desk.ui.widgets.badge import Badge
from clinic_desk.ui.widgets.elided_label import ElidedLabel
from clinic_desk.ui.widgets.worded import WordedCombo

ALL = "*"
WIDEST_CHOICE = 260


class WeekBar(QWidget):
    """``doctor_chosen`` carries an id, or None for all shown doctors as lanes; ``days_chosen``
    5 or 7."""

    doctor_chosen = Signal(object)
    days_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._badge = Badge(theme, header=True)
        self._name = ElidedLabel()
        self._name.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self._name.setProperty("role", "title")
        self._about = Label()
        self._about.setProperty("role", "muted")
        self._count = Label()
        self._count.setProperty("role", "muted")
        self.doctor = WordedCombo()
        self.doctor.setAccessibleName("Whose week")
        self.doctor.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.doctor.setMinimumWidth(theme.px(150))
        self.doctor.setMaximumWidth(WIDEST_CHOICE)
        self.days = WordedCombo()
        self.days.setAccessibleName("Days of the week")
        self.days.addItem("5 days", 5)
        self.days.addItem("7 days", 7)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self._badge)
        row.addWidget(self._name)
        row.addWidget(self._about)
        row.addStretch(1)
        row.addWidget(self._count)
        row.addWidget(self.doctor)
        row.addWidget(self.days)
        self.doctor.activated.connect(self._doctor)
        self.days.activated.connect(lambda _row: self.days_chosen.emit(self.days.currentData()))

    def _doctor(self) -> None:
        chosen = self.doctor.currentData()
        self.doctor_chosen.emit(None if chosen == ALL else chosen)

    def offer(self, doctors: Sequence[Doctor], chosen: Id | None, days: int) -> None:
        """The choices; ``chosen`` None means all as lanes."""
        self.doctor.clear()
        if len(doctors) > 1:
            self.doctor.addItem(f"All {len(doctors)} doctors", ALL)
        for doctor in doctors:
            self.doctor.addItem(doctor_name(doctor), doctor.id)
        wanted = ALL if chosen is None else chosen
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(wanted)))
        self.days.setCurrentIndex(self.days.findData(days))

    def tell(
        self,
        doctor: Doctor | None,
        pattern: str,
        about: str,
        columns: Sequence[Column],
        missed: int,
    ) -> None:
        """The doctor of the week (None for several) and the sums over its columns."""
        self._badge.setVisible(doctor is not None)
        if doctor is not None:
            colour = self._theme.doctor_colour(doctor.colour, pattern)  # type: ignore[arg-type]
            self._badge.show_doctor(doctor.code, colour)
            self._name.setText(doctor_name(doctor))
        else:
            self._name.setText("All shown doctors")
        self._about.setText(about)
        booked = sum(c.load.booked for c in columns)
        capacity = sum(c.load.capacity for c in columns)
        free = sum(c.load.free for c in columns)
        parts = [f"{booked} of {capacity} slots booked", f"{free} free"]
        if missed:
            parts.append(plural(missed, "no-show"))
        self._count.setText(" · ".join(parts) if capacity else "No working hours")


def missed_visits(statuses: Sequence[Status]) -> int:
    return sum(1 for status in statuses if status is Status.NO_SHOW)


class HeatLegend(QWidget):
    """What the squares of the month mean."""

    TITLE = "Day load"
    WORDS = ("empty", "< 50 %", "< 75 %", "< 95 %", "full", "away or closed")

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        theme.changed.connect(self.updateGeometry)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(round(self._places()[-1][1].right()) + 1, self._theme.px(24))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self.sizeHint().height())

    def _places(self) -> list[tuple[QRectF | None, QRectF, str]]:
        """Square and words of every entry, read from the left."""
        metrics = QFontMetricsF(self._theme.font("caption"))
        high, found, at = float(self.height()), [], 0.0
        for place, word in enumerate((self.TITLE, *self.WORDS)):
            square = QRectF(at, high / 2 - 6, 12, 12) if place else None
            at += 17 if place else 0
            width = metrics.horizontalAdvance(word) + 2
            found.append((square, QRectF(at, 0, width, high), word))
            at += width + 8
        return found

    def _side(self, part: QRectF) -> QRectF:
        """As the interface reads."""
        if self.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
            return part
        return QRectF(self.width() - part.right(), part.y(), part.width(), part.height())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        # the order is that of the letters: mirrored, "< 50 %" would become "% 50 >"
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        tokens = self._theme.tokens
        painter.setFont(self._theme.font("caption"))
        colours = HEAT[self._theme.name]
        for place, (square, words, word) in enumerate(self._places()):
            if square is not None:
                box = self._side(square)
                if place <= len(colours):
                    painter.fillRect(box, colours[place - 1])
                else:
                    painter.fillRect(box, tokens.off)
                    hatch(painter, box, tokens.text3, 4)
                painter.setPen(QPen(tokens.control_border, 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
            painter.setPen(tokens.text2)
            painter.drawText(self._side(words), Qt.AlignmentFlag.AlignVCenter, word)
        painter.end()


class MonthBar(QWidget):
    """``mode_chosen`` carries "load" or "list"."""

    mode_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.load = QPushButton("Load")
        self.list = QPushButton("Appointments")
        for button, mode in ((self.load, "load"), (self.list, "list")):
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.clicked.connect(lambda _checked=False, mode=mode: self.mode_chosen.emit(mode))
        self._doctors = Label()
        self._doctors.setProperty("role", "muted")
        self._legend = HeatLegend(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(8)
        row.addWidget(self.load)
        row.addWidget(self.list)
        row.addWidget(self._doctors)
        row.addStretch(1)
        row.addWidget(self._legend)
        self.show_mode("load")

    def show_mode(self, mode: str) -> None:
        self.load.setChecked(mode == "load")
        self.list.setChecked(mode == "list")

    def tell(self, doctors: int) -> None:
        self._doctors.setText(plural(doctors, "doctor"))
