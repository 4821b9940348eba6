"""Six weeks at a glance: choose a day, see how full it is, drop a visit on it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.ui.geometry.monthgrid import week_of
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over
from clinic_desk.ui.runtime.formatting import LONG_DAYS, long_day, month_text
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.notches import Notches

_HEAD = 28
_NAMES = 22
_ROW = 28
_NUMBERS = 22
_CENTRE = Qt.AlignmentFlag.AlignCenter


class MiniMonth(QWidget):
    """``day_chosen`` carries a date, ``week_chosen`` the first day of a clicked week number,
    ``shown`` the first and last date on display whenever that changes."""

    day_chosen = Signal(object)
    week_chosen = Signal(object)
    shown = Signal(object, object)

    def __init__(
        self, theme: Theme, today: date, *, first_weekday: int = 0, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._today = today
        self._selected = (today, today)
        self._cursor = today
        self._month = today.replace(day=1)
        self._first_weekday = first_weekday
        self._week_rule = "auto"
        self._loads: Mapping[date, float] = {}
        self._drop: date | None = None
        self._hover: date | None = None
        self._notches = Notches()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_NUMBERS + 7 * 26)
        self.setAccessibleName("Calendar month")
        theme.changed.connect(self._dress)
        self._dress()

    # what is shown

    @property
    def first(self) -> date:
        back = (self._month.weekday() - self._first_weekday) % 7
        return self._month - timedelta(days=back)

    @property
    def last(self) -> date:
        return self.first + timedelta(days=41)

    def select(self, first: date, last: date | None = None) -> None:
        """Mark a day, or the range of a week; the month follows."""
        self._selected = (first, last or first)
        self._cursor = first
        self._show_month(first)
        self.update()

    def set_today(self, today: date) -> None:
        self._today = today
        self.update()

    def set_week_rule(self, rule: str) -> None:
        """See ``monthgrid.week_of``."""
        self._week_rule = rule
        self.update()

    def set_first_weekday(self, weekday: int) -> None:
        """0 Monday … 6 Sunday."""
        if weekday != self._first_weekday:
            self._first_weekday = weekday
            self.update()
            self.shown.emit(self.first, self.last)

    def set_loads(self, loads: Mapping[date, float]) -> None:
        """Booked share per day, 0–1; days that are not in it have no mark."""
        self._loads = loads
        self.update()

    def turn(self, months: int) -> None:
        number = self._month.year * 12 + self._month.month - 1 + months
        if 12 <= number < 9999 * 12:
            self._show_month(date(number // 12, number % 12 + 1, 1))

    # dragging: the page asks with global positions

    def date_at(self, global_pos: QPoint) -> date | None:
        """The day under a point of the screen, None beside the days."""
        return self._day_at(self.mapFromGlobal(global_pos))

    def turn_at(self, global_pos: QPoint) -> int:
        """−1 or +1 over the arrows, else 0."""
        return self._arrow_at(self.mapFromGlobal(global_pos))

    def set_drop_date(self, day: date | None) -> None:
        if day != self._drop:
            self._drop = day
            self.update()

    # events

    def sizeHint(self) -> QSize:  # noqa: N802
        px = self._theme.px
        return QSize(px(232), px(_HEAD) + px(_NAMES) + 6 * px(_ROW))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        pos = event.position().toPoint()
        arrow = self._arrow_at(pos)
        week = self._week_at(pos)
        day = self._day_at(pos)
        if arrow:
            self.turn(arrow)
        elif week is not None:
            self.week_chosen.emit(week)
        elif day is not None:
            self._cursor = day
            self.day_chosen.emit(day)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day = self._day_at(event.position().toPoint())
        if day != self._hover:
            self._hover = day
            self.update()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._hover = None
        self.update()
        super().leaveEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        pages = self._notches.pages(event)
        if pages:
            self.turn(pages)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        forward = -1 if mirrored else 1
        steps = {
            Qt.Key.Key_Left: -forward,
            Qt.Key.Key_Right: forward,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
        }
        key = Qt.Key(event.key())
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            super().keyPressEvent(event)
        elif key in steps:
            self._move_cursor(self._cursor + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self._move_cursor(_months_on(self._cursor, 1 if key is Qt.Key.Key_PageDown else -1))
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            place = (self._cursor.weekday() - self._first_weekday) % 7
            shift = -place if key is Qt.Key.Key_Home else 6 - place
            self._move_cursor(self._cursor + timedelta(days=shift))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.day_chosen.emit(self._cursor)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._show_month(self._cursor)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            day = self._day_at(event.pos())
            if day is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), self._spoken(day), self)
            return True
        return super().event(event)

    # painting

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        head = QRect(0, 0, self.width() - 56, px(_HEAD))
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self._mirror(head), flags, month_text(self._month))
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for step, rect in self._arrows().items():
            name = "chevron-right" if (step > 0) != mirrored else "chevron-left"
            spot = rect.center() - QPoint(7, 7)
            painter.drawPixmap(spot, theme.icon(name, 16))
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text3)
        for column in range(7):
            name = LONG_DAYS[(self._first_weekday + column) % 7][:2]
            rect = self._cell(0, column).translated(0, -px(_NAMES))
            painter.drawText(QRect(rect.x(), px(_HEAD), rect.width(), px(_NAMES)), _CENTRE, name)
        for row in range(6):
            first = self.first + timedelta(days=7 * row)
            number = week_of(first, self._week_rule, self._first_weekday)
            box = QRect(0, self._cell(row, 0).y(), px(_NUMBERS), px(_ROW) - 6)
            painter.setFont(theme.font("caption"))
            painter.setPen(tokens.text3)
            painter.drawText(self._mirror(box), flags, str(number or ""))
            for column in range(7):
                self._paint_day(painter, row, column)

    def _paint_day(self, painter: QPainter, row: int, column: int) -> None:
        tokens, theme = self._theme.tokens, self._theme
        day = self.first + timedelta(days=7 * row + column)
        rect = self._cell(row, column)
        first, last = self._selected
        chosen = first == last == day
        ink = tokens.text if day.month == self._month.month else tokens.text3
        if day.weekday() >= 5:
            painter.fillRect(rect, tokens.off)
        painter.setPen(Qt.PenStyle.NoPen)
        if chosen:
            painter.setBrush(tokens.accent)
            painter.drawRoundedRect(QRectF(rect), 3, 3)
            ink = tokens.on_accent
        elif first <= day <= last:
            painter.fillRect(rect, over(tokens.selected, tokens.window))
        elif day == self._hover:
            painter.fillRect(rect, over(tokens.hatch, tokens.window))
        if day == self._today and not chosen:
            painter.setPen(QPen(tokens.accent, 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1.5, 1.5, -1.5, -1.5), 3, 3)
        if day == self._drop:
            painter.setPen(QPen(tokens.ok, 2))
            painter.setBrush(tokens.ghost_ok)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), 3, 3)
            ink = tokens.text
        if self.hasFocus() and day == self._cursor:
            paint.focus_ring(painter, rect.adjusted(-1, -1, 1, 1), theme)
        painter.setFont(theme.font("grid", bold=chosen or day == self._today))
        painter.setPen(ink)
        painter.drawText(rect.adjusted(0, 0, 0, -7), _CENTRE, str(day.day))
        self._paint_load(painter, rect, day, chosen=chosen)

    def _paint_load(self, painter: QPainter, rect: QRect, day: date, *, chosen: bool) -> None:
        """1, 2, 3 dots below a half, three quarters, nearly full; a bar when full: shape, not
        hue."""
        share = self._loads.get(day)
        if share is None or share <= 0:
            return
        tokens = self._theme.tokens
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.on_accent if chosen else tokens.text3)
        middle = rect.center().x() + 0.5
        y = rect.bottom() - 6.0
        if share >= 0.95:
            painter.drawRect(QRectF(middle - 6.5, y, 13, 3))
            return
        dots = 1 if share < 0.5 else 2 if share < 0.75 else 3
        left = middle - (dots * 3 + (dots - 1) * 2) / 2
        for index in range(dots):
            painter.drawEllipse(QRectF(left + index * 5, y, 3, 3))

    # where things are

    def _cell(self, row: int, column: int) -> QRect:
        px = self._theme.px
        left = px(_NUMBERS)
        width = self.width() - left
        x1, x2 = left + width * column // 7, left + width * (column + 1) // 7
        top = px(_HEAD) + px(_NAMES) + row * px(_ROW)
        return self._mirror(QRect(x1, top, x2 - x1, px(_ROW)))

    def _mirror(self, rect: QRect) -> QRect:
        if self.layoutDirection() is not Qt.LayoutDirection.RightToLeft:
            return rect
        return QRect(self.width() - rect.x() - rect.width(), rect.y(), rect.width(), rect.height())

    def _arrows(self) -> dict[int, QRect]:
        high = self._theme.px(_HEAD)
        return {
            -1: self._mirror(QRect(self.width() - 52, (high - 24) // 2, 24, 24)),
            1: self._mirror(QRect(self.width() - 26, (high - 24) // 2, 24, 24)),
        }

    def _arrow_at(self, pos: QPoint) -> int:
        return next((step for step, rect in self._arrows().items() if rect.contains(pos)), 0)

    def _day_at(self, pos: QPoint) -> date | None:
        for index in range(42):
            if self._cell(index // 7, index % 7).contains(pos):
                return self.first + timedelta(days=index)
        return None

    def _week_at(self, pos: QPoint) -> date | None:
        for row in range(6):
            band = self._cell(row, 0)
            box = self._mirror(QRect(0, band.y(), self._theme.px(_NUMBERS), band.height()))
            if box.contains(pos):
                return self.first + timedelta(days=7 * row)
        return None

    # moving

    def _show_month(self, day: date) -> None:
        month = day.replace(day=1)
        if month != self._month:
            self._month = month
            self._hover = None
            self.update()
            self.shown.emit(self.first, self.last)

    def _move_cursor(self, day: date) -> None:
        self._cursor = day
        self._show_month(day)
        self.update()
        announce(self, self._spoken(day))

    def _spoken(self, day: date) -> str:
        share = self._loads.get(day)
        load = "" if share is None else f", {round(share * 100)} % booked"
        return f"{long_day(day)}{load}"

    def _dress(self) -> None:
        self.setFixedHeight(self.sizeHint().height())
        self.update()


def _months_on(day: date, months: int) -> date:
    """The same day of another month, or that month's last."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    following = date(year + month // 12, month % 12 + 1, 1)
    return min(date(year, month, 1) + timedelta(days=day.day - 1), following - timedelta(days=1))
