"""A year at a glance: a row for each month, who is away on which day, how full the clinic is."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QToolTip, QWidget

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.runtime.formatting import MONTHS, day_text
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

MOST = 4
"""Doctors away on one day that still get a line each."""

CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody's days, both inclusive. ``sure``: approved."""

    name: str
    colour: QColor
    first: date
    last: date
    sure: bool


class YearStrip(QWidget):
    """``picked`` carries the first and last day of a click or a drag; with the keyboard arrows
    move the day, with Shift the range grows. ``turned`` carries the year shown."""

    picked = Signal(object, object)
    turned = Signal(int)

    def __init__(self, theme: Theme, today: date) -> None:
        super().__init__()
        self._theme = theme
        self.today = today
        self.year = today.year
        self._loads: Mapping[date, float] = {}
        self._closed: frozenset[date] = frozenset()
        self._away: dict[date, list[Away]] = {}
        self._range: tuple[date, date] | None = None
        self._anchor: date | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMaximumHeight(theme.px(12 * 38 + 42))
        self.setAccessibleName("The year, and who is away")
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(470), self._theme.px(330))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(360), self._theme.px(12 * 17 + 44))

    # -- what is shown -----------------------------------------------------------------------

    def show_away(self, rows: Iterable[Away]) -> None:
        self._away = {}
        for row in sorted(rows, key=lambda one: (one.first, one.name)):
            day = max(row.first, date(self.year, 1, 1))
            last = min(row.last, date(self.year, 12, 31))
            while day <= last:
                self._away.setdefault(day, []).append(row)
                day += timedelta(days=1)
        self.update()

    def show_loads(self, loads: Mapping[date, float], closed: Iterable[date]) -> None:
        """``loads``: the booked share of the clinic's hours, 0–1; days without hours have none."""
        self._loads, self._closed = loads, frozenset(closed)
        self.update()

    def show_range(self, first: date, last: date) -> None:
        """Outlines the days that the form says, and turns to their year."""
        self._range = (first, last)
        if first.year != self.year:
            self.turn_to(first.year)
        self.update()

    def turn_to(self, year: int) -> None:
        if year != self.year and 1 < year < 9999:
            self.year = year
            self.turned.emit(year)
            self.update()

    # -- geometry ----------------------------------------------------------------------------

    def _head(self) -> QRect:
        return QRect(0, 0, self.width(), self._theme.px(26))

    def _side(self) -> int:
        return self._theme.px(34)

    def day_rect(self, day: date) -> QRect:
        """In the widget's pixels."""
        top = self._head().bottom() + 1 + self._theme.px(16)
        high = (self.height() - top - 1) / 12
        wide = (self.width() - self._side() - 1) / 31
        x = self._side() + (day.day - 1) * wide
        y = top + (day.month - 1) * high
        box = QRect(round(x), round(y), round(x + wide) - round(x), round(y + high) - round(y))
        return self._visual(box)

    def _visual(self, box: QRect) -> QRect:
        """Where it lies in a mirrored window."""
        return QStyle.visualRect(self.layoutDirection(), self.rect(), box)

    @property
    def _mirrored(self) -> bool:
        return self.layoutDirection() is Qt.LayoutDirection.RightToLeft

    def day_at(self, pos: QPoint) -> date | None:
        if self._mirrored:
            pos = QPoint(self.width() - 1 - pos.x(), pos.y())
        top = self._head().bottom() + 1 + self._theme.px(16)
        high = (self.height() - top - 1) / 12
        wide = (self.width() - self._side() - 1) / 31
        if pos.y() < top or pos.x() < self._side():
            return None
        month, number = int((pos.y() - top) / high) + 1, int((pos.x() - self._side()) / wide) + 1
        if not 1 <= month <= 12 or not 1 <= number <= monthrange(self.year, month)[1]:
            return None
        return date(self.year, month, number)

    def _arrow(self, step: int) -> QRect:
        head = self._head()
        left = head.right() - self._theme.px(50 if step < 0 else 24)
        return self._visual(QRect(left, 0, self._theme.px(22), head.height()))

    # -- pointer and keys --------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        here = event.position().toPoint()
        for step in (-1, 1):
            if self._arrow(step).contains(here):
                self.turn_to(self.year + step)
                return
        self._anchor = self.day_at(here)
        if self._anchor is not None:
            self._pick(self._anchor)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day = self.day_at(event.position().toPoint())
        if self._anchor is not None and day is not None:
            self._pick(day)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: ARG002, N802
        self._anchor = None

    def _pick(self, day: date) -> None:
        anchor = self._anchor or day
        wanted = (min(anchor, day), max(anchor, day))
        if wanted != self._range:
            self._range = wanted
            self.update()
            announce(self, self.words(day))
            self.picked.emit(*wanted)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -28, Qt.Key.Key_Down: 28,
        }  # fmt: skip
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.turn_to(self.year + (1 if key == Qt.Key.Key_PageDown else -1))
        elif key in steps:
            grows = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            first, last = self._range or (self.today, self.today)
            step = steps[key]
            if self._mirrored and abs(step) == 1:
                step = -step
            day = last + timedelta(days=_step(last, step))
            self._anchor = min(first, day) if grows else None
            self._pick(day)
            self._anchor = None
            if day.year != self.year:
                self.turn_to(day.year)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            day = self.day_at(event.pos())
            QToolTip.showText(event.globalPos(), as_text(self.words(day) if day else ""), self)
            return True
        return super().event(event)

    def words(self, day: date) -> str:
        """ "Tue 24 Nov: 64 % booked; Dr Petra Vogel away"."""
        share = self._loads.get(day)
        told = "closed" if share is None else f"{round(share * 100)} % booked"
        names = [one.name if one.sure else f"{one.name} (asked)" for one in self._away.get(day, [])]
        return f"{day_text(day, self.today)}: {told}" + (
            f"; away: {', '.join(names)}" if names else ""
        )

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        theme, tokens = self._theme, self._theme.tokens
        head = self._head()
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        painter.drawText(head, int(Qt.AlignmentFlag.AlignVCenter), str(self.year))
        back, on = "chevron-left", "chevron-right"
        for step, icon in (
            (-1, on if self._mirrored else back),
            (1, back if self._mirrored else on),
        ):
            rect, side = self._arrow(step), theme.px(16)
            at = rect.center() - QPoint(side // 2, side // 2)
            painter.drawPixmap(at, theme.icon(icon, side))
        painter.setFont(theme.font("caption"))
        line = theme.px(16)
        for month in range(1, 13):
            for number in range(1, monthrange(self.year, month)[1] + 1):
                self._paint_day(painter, date(self.year, month, number))
            rect = self.day_rect(date(self.year, month, 1))
            now = (month, self.year) == (self.today.month, self.today.year)
            painter.setFont(theme.font("caption", bold=now))
            painter.setPen(tokens.text if now else tokens.text2)
            label = self._visual(QRect(0, rect.top(), self._side() - 6, rect.height()))
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            paint.line(painter, label, MONTHS[month - 1], flags)
        painter.setPen(tokens.text3)
        painter.setFont(theme.font("caption"))
        for number in (1, 5, 10, 15, 20, 25, 31):
            rect = self.day_rect(date(self.year, 1, number))
            above = QRect(rect.left() - 6, head.bottom() + 1, rect.width() + 12, line)
            painter.drawText(above, int(CENTRE), str(number))
        self._paint_range(painter)
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), theme)

    def _paint_day(self, painter: QPainter, day: date) -> None:
        tokens = self._theme.tokens
        cell = self.day_rect(day).adjusted(0, 0, -1, -1)
        share = self._loads.get(day)
        if share is None:
            painter.fillRect(cell, tokens.off if day not in self._closed else tokens.grid_minor)
        else:
            depth = 0.06 + 0.34 * min(1.0, share)
            painter.fillRect(cell, mix(tokens.accent, tokens.canvas, depth if share else 0.0))
            painter.fillRect(cell.left(), cell.bottom(), cell.width(), 1, tokens.grid_minor)
        away = self._away.get(day, [])[:MOST]
        if away:
            high = max(2, min(8, (cell.height() - 2) // len(away)))
            for place, one in enumerate(away):
                bottom = cell.bottom() + 1 - place * high
                bar = QRect(cell.left(), bottom - high, cell.width() + 1, high - 1 or 1)
                if one.sure:
                    painter.fillRect(bar, one.colour)
                else:
                    painter.fillRect(bar, QBrush(one.colour, Qt.BrushStyle.Dense4Pattern))
        if day == self.today:
            painter.fillRect(cell.left(), cell.top(), cell.width(), 2, tokens.now)

    def _paint_range(self, painter: QPainter) -> None:
        if self._range is None:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(self._theme.tokens.focus, 2))
        first, last = self._range
        for month in range(1, 13):
            begin = max(first, date(self.year, month, 1))
            end = min(last, date(self.year, month, monthrange(self.year, month)[1]))
            if begin <= end:
                box = self.day_rect(begin).united(self.day_rect(end))
                painter.drawRect(box.adjusted(0, 0, -1, -1))


def _step(day: date, step: int) -> int:
    """Up and down are a month, to the same day as far as there is one."""
    if abs(step) == 1:
        return step
    month = day.year * 12 + day.month - 1 + (1 if step > 0 else -1)
    year, number = month // 12, month % 12 + 1
    target = date(year, number, min(day.day, monthrange(year, number)[1]))
    return (target - day).days
