"""A year at a glance: one line a month, one square a day, closures marked."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.services.wording import MONTHS
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.runtime.formatting import long_day
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

ROW, GUTTER = 14, 36


class YearStrip(QWidget):
    """``day_chosen`` carries a date that was clicked or entered. Marks: day → (words, "closed",
    "part" for a single site, or "open" for a public holiday on which one works)."""

    day_chosen = Signal(object)

    def __init__(self, theme: Theme, today: date) -> None:
        super().__init__()
        self._theme = theme
        self._today = today
        self._year = today.year
        self._marks: Mapping[date, tuple[str, str]] = {}
        self.cursor_day = today
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self._name()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(640), self._theme.px(ROW) * 13)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(400), self._theme.px(ROW) * 13)

    def show_year(self, year: int, marks: Mapping[date, tuple[str, str]]) -> None:
        self._marks = marks
        if year != self._year:
            self._year = year
            last = monthrange(year, self.cursor_day.month)[1]
            self.cursor_day = self.cursor_day.replace(year=year, day=min(last, self.cursor_day.day))
        self._name()
        self.update()

    def go_to(self, day: date) -> None:
        if day.year == self._year:
            self.cursor_day = day
            self._name()
            self.update()

    def words(self, day: date) -> str:
        mark = self._marks.get(day)
        return f"{long_day(day)}: {mark[0]}" if mark else long_day(day)

    def _name(self) -> None:
        self.setAccessibleName(self.words(self.cursor_day))

    def rect_of(self, day: date) -> QRect:
        row, gutter = self._theme.px(ROW), self._theme.px(GUTTER)
        width = (self.width() - gutter) / 31
        left = gutter + round((day.day - 1) * width)
        box = QRect(left, day.month * row, round(day.day * width) + gutter - left, row)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveLeft(self.width() - box.right() - 1)
        return box

    def day_at(self, spot: QPoint) -> date | None:
        row, gutter = self._theme.px(ROW), self._theme.px(GUTTER)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        x = self.width() - spot.x() if mirrored else spot.x()
        month = spot.y() // row
        day = int((x - gutter) / ((self.width() - gutter) / 31)) + 1
        if x < gutter or not 1 <= month <= 12 or not 1 <= day <= monthrange(self._year, month)[1]:
            return None
        return date(self._year, month, day)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day = self.day_at(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and day is not None:
            self.go_to(day)
            self.day_chosen.emit(day)

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self.day_at(event.pos())
            QToolTip.showText(event.globalPos(), as_text(self.words(day) if day else ""), self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        steps = {Qt.Key.Key_Left: 1 if mirrored else -1, Qt.Key.Key_Right: -1 if mirrored else 1}
        key, day = event.key(), self.cursor_day
        if key in steps:
            there = day + timedelta(days=steps[Qt.Key(key)])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            month = day.month + (1 if key == Qt.Key.Key_Down else -1)
            if not 1 <= month <= 12:
                return
            there = date(day.year, month, min(day.day, monthrange(day.year, month)[1]))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.day_chosen.emit(day)
            return
        else:
            super().keyPressEvent(event)
            return
        self.go_to(there)
        announce(self, self.accessibleName())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter, tokens = QPainter(self), self._theme.tokens
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        row, gutter = self._theme.px(ROW), self._theme.px(GUTTER)
        painter.setFont(self._theme.font("caption"))
        centre = int(Qt.AlignmentFlag.AlignCenter)
        painter.setPen(tokens.text2)
        january = [self.rect_of(date(self._year, 1, n)) for n in range(1, 32)]
        for number, box in enumerate(january, 1):
            painter.drawText(QRect(box.left(), 0, box.width(), row), centre, str(number))
        for month in range(1, 13):
            left = self.width() - gutter if mirrored else 0
            painter.setPen(tokens.text2)
            painter.drawText(
                QRect(left, month * row, gutter - 4, row),
                int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft),
                MONTHS[month - 1],
            )
            for number in range(1, monthrange(self._year, month)[1] + 1):
                self._day(painter, date(self._year, month, number))

    def _day(self, painter: QPainter, day: date) -> None:
        tokens, box = self._theme.tokens, self.rect_of(day).adjusted(1, 1, -1, -1)
        painter.fillRect(box, tokens.off if day.weekday() > 4 else tokens.canvas)
        painter.setPen(tokens.grid_minor)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0, 0, -1, -1))
        mark = self._marks.get(day)
        if mark is not None and mark[1] != "open":
            painter.fillRect(box, mix(tokens.refuse, tokens.canvas, 0.28))
            if mark[1] == "part":
                painter.fillRect(box, QBrush(tokens.canvas, Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(tokens.refuse, 1))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        elif mark is not None:
            painter.setPen(QPen(tokens.ok, 1))
            painter.drawRect(box.adjusted(0, 0, -1, -1))
        if day == self._today:
            painter.fillRect(QRect(box.left(), box.bottom() - 1, box.width(), 2), tokens.now)
        if day == self.cursor_day and self.hasFocus():
            paint.focus_ring(painter, self.rect_of(day), self._theme)
