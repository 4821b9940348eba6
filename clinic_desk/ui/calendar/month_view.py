"""The month: six weeks as load bars or as chips, with a cursor that walks days and chips."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import local_date
from clinic_desk.ui.calendar.columns import patterns
from clinic_desk.ui.calendar.month_data import Chip, MonthData, MonthDay, spoken_day
from clinic_desk.ui.calendar.month_paint import DayLook, MonthPainter
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.calendar.popover import VisitList
from clinic_desk.ui.geometry.monthgrid import MonthGrid, month_days, months_later, week_of
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import LONG_MONTHS, WEEKDAYS, long_day
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.notches import Notches

NAMES = 28
NUMBERS = 40
Mode = Literal["load", "list"]


class MonthView(QAbstractScrollArea):
    """``month_requested`` carries the first day of another month, ``lifted`` a visit that is
    dragged out (id, global position)."""

    day_opened = Signal(object)
    week_opened = Signal(object)
    cell_opened = Signal(str)
    cursor_changed = Signal(object)
    month_requested = Signal(object)
    mode_changed = Signal(str)
    lifted = Signal(str, QPoint)

    def __init__(self, theme: Theme, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme, self._clock = theme, clock
        self._texts = Texts()
        self._painter = MonthPainter(theme, self._texts)
        self.mode: Mode = "load"
        self.first_weekday = 0
        self.week_rule = "auto"
        self._data: MonthData | None = None
        self._days: tuple[date, ...] = ()
        self._month = date(2000, 1, 1)
        self.cursor_day = self._month
        self._stop = -1
        self._drop: date | None = None
        self._picture: QPixmap | None = None
        self._pressed: tuple[QPoint, Chip] | None = None
        self._notches = Notches()
        self._coming: date | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.viewport().setMouseTracking(True)
        theme.changed.connect(self._restyle)

    # -- data ------------------------------------------------------------------------------
    @staticmethod
    def days_of(day: date, first_weekday: int = 0) -> tuple[date, ...]:
        return month_days(day.year, day.month, first_weekday)

    def set_content(self, data: MonthData, day: date) -> None:
        """Shows the month of ``day``, with the cursor on it."""
        self._data, self._month, self._coming = data, day.replace(day=1), None
        self._days = self.days_of(day, self.first_weekday)
        marks = patterns(data.roster)
        self._painter.people = {d.id: (d, marks[d.id]) for d in data.doctors}
        if self.cursor_day != day:
            self.cursor_day = day
            self._stop = -1
        self.redraw()

    def set_mode(self, mode: Mode) -> None:
        if mode != self.mode:
            self.mode = mode
            self._stop = -1
            self.redraw()
            self.mode_changed.emit(mode)

    @property
    def days(self) -> tuple[date, ...]:
        """The 42 days on display, empty before the first data."""
        return self._days

    @property
    def data(self) -> MonthData | None:
        return self._data

    def today(self) -> date | None:
        """The date now at the site that is shown; None before the first data."""
        data = self._data
        return local_date(self._clock.now(), data.zone) if data else None

    def month_words(self) -> str:
        return f"{LONG_MONTHS[self._month.month - 1]} {self._month.year}"

    def day_data(self, day: date) -> MonthDay | None:
        return self._data.days.get(day) if self._data else None

    def status_words(self) -> str:
        data = self.day_data(self.cursor_day)
        if data is None or self._data is None:
            return long_day(self.cursor_day)
        return f"{long_day(self.cursor_day)} · {spoken_day(data, self._data.doctors)}"

    # -- places ----------------------------------------------------------------------------
    def _grid(self) -> MonthGrid:
        size = self.viewport().size()
        return MonthGrid(
            max(7, size.width() - NUMBERS),
            max(6, size.height() - NAMES),
            self.layoutDirection() is Qt.LayoutDirection.RightToLeft,
        )

    def day_rect(self, day: date) -> QRect:
        """In viewport pixels; empty when the day is not shown."""
        if day not in self._days:
            return QRect()
        left, top, width, height = self._grid().rect(self._days.index(day))
        return QRect(left + NUMBERS, top + NAMES, width, height)

    def date_at(self, global_pos: QPoint) -> date | None:
        """The day under a global position: what a drop here means."""
        pos = self.viewport().mapFromGlobal(global_pos)
        index = self._grid().index_at(pos.x() - NUMBERS, pos.y() - NAMES)
        return self._days[index] if index is not None and self._days else None

    def set_drop_day(self, day: date | None) -> None:
        """Marks the day that a drag would drop on."""
        if day != self._drop:
            self._drop = day
            self.viewport().update()

    # -- painting --------------------------------------------------------------------------
    def _restyle(self) -> None:
        self._texts.clear()
        self.redraw()

    def redraw(self) -> None:
        self._picture = None
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._picture = None

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        ratio, size = self.devicePixelRatioF(), self.viewport().size()
        if self._picture is None:
            self._picture = QPixmap(size * ratio)
            self._picture.setDevicePixelRatio(ratio)
            painter = QPainter(self._picture)
            self._paint_all(painter, ratio)
            painter.end()
        painter = QPainter(self.viewport())
        painter.drawPixmap(0, 0, self._picture)
        tokens = self.theme.tokens
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._drop is not None:
            painter.fillRect(self.day_rect(self._drop), tokens.selected)
            painter.setPen(QPen(tokens.accent, 2))
            painter.drawRect(self.day_rect(self._drop).adjusted(1, 1, -1, -1))
        area = QRectF(self.day_rect(self.cursor_day))
        if not area.isEmpty():
            focused = self.hasFocus()
            stops = self._stops()
            inner = 0 <= self._stop < len(stops)
            ink = tokens.focus if focused and not inner else tokens.control_border
            painter.setPen(QPen(ink, 2 if focused else 1))
            painter.drawRect(area.adjusted(1, 1, -1, -1))
            if focused and inner:
                painter.setPen(QPen(tokens.focus, 2))
                painter.drawRect(stops[self._stop][0].adjusted(0, 0, 0, 0))
        painter.end()

    def _paint_all(self, painter: QPainter, ratio: float) -> None:
        tokens, theme = self.theme.tokens, self.theme
        size = self.viewport().size()
        painter.fillRect(self.viewport().rect(), tokens.window)
        if not self._days or self._data is None:
            return
        grid = self._grid()
        font = theme.font("caption", bold=True)
        painter.setFont(theme.font("caption"))
        painter.setPen(tokens.text2)
        painter.drawText(QPointF(9, 19), "W")
        for place in range(7):
            left, _, width, _ = grid.rect(place)
            name = WEEKDAYS[self._days[place].weekday()]
            painter.setFont(font)
            painter.setPen(tokens.text)
            painter.drawText(QPointF(NUMBERS + left + 9, 19), name)
        self._painter.begin()
        for index, day in enumerate(self._days):
            left, top, width, height = grid.rect(index)
            area = QRectF(left + NUMBERS + 1, top + NAMES + 1, width - 1, height - 1)
            data = self._data.days.get(day, MonthDay(day))
            look = DayLook(day.month != self._month.month, day == self.today(), self.mode == "load")
            self._painter.day(painter, area, data, look, ratio)
            painter.fillRect(QRectF(area.left() - 1, area.top() - 1, 1, height), tokens.grid_minor)
            if index % 7 == 0:
                y = top + NAMES
                painter.fillRect(QRectF(0, y, size.width(), 1), tokens.grid_major)
                painter.setFont(theme.font("caption"))
                painter.setPen(tokens.text2)
                number = week_of(day, self.week_rule, self.first_weekday)
                painter.drawText(QPointF(9, y + theme.px(18)), str(number or ""))
        self._painter.bars(painter, ratio)

    # -- walking ---------------------------------------------------------------------------
    def _stops(self) -> list[tuple[QRectF, Chip | None]]:
        """The chips of the cursor's day, and its "+n more" line (None), from top to bottom."""
        found: list[tuple[QRectF, Chip | None]] = []
        if self.mode == "list":
            found += [
                (box, chip)
                for box, chip in self._painter.chips.get(self.cursor_day, [])
                if chip.cell is not None
            ]
        more = self._painter.more.get(self.cursor_day)
        if more is not None:
            found.append((more, None))
        return found

    def go(self, day: date) -> None:
        """Moves the cursor; asks for another month when the day is in one."""
        self.cursor_day, self._stop = day, -1
        if day not in self._days or (day.month, day.year) != (self._month.month, self._month.year):
            self.month_requested.emit(day)
        self.viewport().update()
        self.cursor_changed.emit(day)
        announce(self, self.status_words())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key, day = event.key(), self.cursor_day
        control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        sign = -1 if self.layoutDirection() is Qt.LayoutDirection.RightToLeft else 1
        weekday = (day.weekday() - self.first_weekday) % 7
        steps = {
            Qt.Key.Key_Left: -sign,
            Qt.Key.Key_Right: sign,
            Qt.Key.Key_Home: -weekday,
            Qt.Key.Key_End: 6 - weekday,
        }
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            forward = 1 if key == Qt.Key.Key_Down else -1
            if control:
                last = len(self._stops()) - 1
                self._stop = max(-1, min(last, self._stop + forward))
                self.viewport().update()
                self._speak_stop()
            else:
                self.go(day + timedelta(days=7 * forward))
        elif key in steps and not control:
            self.go(day + timedelta(days=steps[Qt.Key(key)]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            self.go(months_later(day, 1 if key == Qt.Key.Key_PageDown else -1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._activate()
        elif key == Qt.Key.Key_L and not event.modifiers():
            self.set_mode("list" if self.mode == "load" else "load")
        elif key == Qt.Key.Key_Escape and self._stop >= 0:
            self._stop = -1
            self.viewport().update()
        else:
            super().keyPressEvent(event)

    def _speak_stop(self) -> None:
        stops = self._stops()
        if 0 <= self._stop < len(stops):
            chip = stops[self._stop][1]
            announce(self, chip.text if chip else "more visits")

    def _activate(self) -> None:
        stops = self._stops()
        if not 0 <= self._stop < len(stops):
            self.day_opened.emit(self.cursor_day)
            return
        chip = stops[self._stop][1]
        if chip is not None and chip.cell is not None:
            self.cell_opened.emit(chip.cell.id)
        else:
            self.show_all(self.cursor_day)

    def show_all(self, day: date) -> VisitList | None:
        """The popover with every visit of a day."""
        data = self.day_data(day)
        if data is None or self._data is None:
            return None
        people = self._painter.people
        rows: list[tuple[Id, str, str]] = []
        for chip in data.chips:
            if chip.cell is None:
                continue
            code = people[chip.doctor_id][0].code if chip.doctor_id in people else ""
            text = f"{chip.text.split(' ')[0]}  {code}  {CURTAIN.name(chip.cell, 'Held')}"
            rows.append((chip.cell.id, f"status-{chip.cell.status.value}", text))
        popover = VisitList(self.theme, self, long_day(day), rows)
        popover.opened.connect(self.cell_opened)
        popover.lifted.connect(self.lifted)
        area = self.day_rect(day)
        popover.show_at(self.viewport().mapToGlobal(area.topLeft() + QPoint(8, 28)))
        return popover

    # -- pointer ---------------------------------------------------------------------------
    def _chip_at(self, day: date, pos: QPointF) -> Chip | None:
        for box, chip in self._painter.chips.get(day, []):
            if box.contains(pos):
                return chip
        return None

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        pos = event.position()
        day = self.date_at(event.globalPosition().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        if day is None:
            if pos.x() < NUMBERS and pos.y() >= NAMES and self._days:
                row = int((pos.y() - NAMES) * 6 // max(1, self.viewport().height() - NAMES))
                self.week_opened.emit(self._days[min(row, 5) * 7])
            return
        more = self._painter.more.get(day)
        chip = self._chip_at(day, pos)
        self.cursor_day, self._stop = day, -1
        self.viewport().update()
        self.cursor_changed.emit(day)
        if more is not None and more.contains(pos):
            self.show_all(day)
        elif chip is not None and chip.cell is not None:
            self._pressed = (pos.toPoint(), chip)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return
        start, chip = self._pressed
        if (event.position().toPoint() - start).manhattanLength() >= 10 and chip.cell is not None:
            self._pressed = None
            self.lifted.emit(chip.cell.id, event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802, ARG002
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day = self.date_at(event.globalPosition().toPoint())
        if day is None:
            return
        chip = self._chip_at(day, event.position())
        if chip is not None and chip.cell is not None:
            self.cell_opened.emit(chip.cell.id)
        else:
            self.day_opened.emit(day)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        pages = self._notches.pages(event)
        if pages:
            # quick notches count on from the month that is already on its way
            self._coming = months_later(self._coming or self._month, pages)
            self.month_requested.emit(self._coming)
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QHelpEvent):
            day = self.date_at(event.globalPos())
            data = self.day_data(day) if day else None
            if day is not None and data is not None and self._data is not None:
                words = f"{long_day(day)} · {spoken_day(data, self._data.doctors)}"
                QToolTip.showText(event.globalPos(), words, self.viewport())
            return True
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.viewport().update()
