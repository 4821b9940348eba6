"""The twelve months of a year, each day coloured by how full it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.services.views import DayLoad
from clinic_desk.ui.calendar.month_paint import heat_colour
from clinic_desk.ui.calendar.paint_tools import hatch
from clinic_desk.ui.geometry.monthgrid import months_later
from clinic_desk.ui.geometry.yeargrid import Box, YearGrid, days_of
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import contrast
from clinic_desk.ui.runtime.formatting import DAYS, LONG_MONTHS, long_day, short_day
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

CENTRE = Qt.AlignmentFlag.AlignCenter


@dataclass(slots=True)
class Fill:
    """How full a day is, in half hours, of all doctors together. ``word`` says why it is closed."""

    booked: int = 0
    capacity: int = 0
    word: str = ""

    @property
    def share(self) -> float:
        return self.booked / self.capacity if self.capacity else 0.0


class YearView(QWidget):
    """``opened`` carries the day of a click or of Enter, ``walked`` the one that the keys are on;
    ``turned`` the year that keys lead to."""

    opened = Signal(object)
    walked = Signal(object)
    turned = Signal(int)

    def __init__(self, theme: Theme, today: date) -> None:
        super().__init__()
        self._theme = theme
        self.today = today
        self.day = today
        self.first_weekday = 0
        self.fills: dict[date, Fill] = {}
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("The year, by load")
        theme.changed.connect(self.update)

    @property
    def year(self) -> int:
        return self.day.year

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(1000), self._theme.px(620))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(560), self._theme.px(420))

    # -- data --------------------------------------------------------------------------------

    def clear(self) -> None:
        self.fills = {}
        self.update()

    def show_days(self, first: date, last: date, loads: Iterable[DayLoad]) -> None:
        """All that is known of these days; loads of one day are added up."""
        days = range(first.toordinal(), last.toordinal() + 1)
        self.fills.update({date.fromordinal(number): Fill() for number in days})
        for one in loads:
            fill = self.fills[one.day]
            fill.booked += one.load.booked
            fill.capacity += one.load.capacity
            fill.word = fill.word or one.away
        self.update()

    def go(self, day: date) -> None:
        """Puts the keys on a day."""
        before = self.day
        self.day = day
        if before.year != day.year:
            self.turned.emit(day.year)
        self.setAccessibleDescription(self.words(day))
        announce(self, self.words(day))
        self.walked.emit(day)
        self.update()

    def words(self, day: date, *, short: bool = False) -> str:
        """ "Tuesday 24 November 2026: 62% booked, 58 of 94 half hours"; in ``short`` "Tue 24
        Nov 2026: 62% booked"."""
        if short and (known := self.fills.get(day)) is not None and known.capacity:
            return f"{short_day(day)}: {known.share:.0%} booked"
        fill = self.fills.get(day)
        if fill is None:
            return f"{long_day(day)}: still being counted"
        if not fill.capacity:
            return f"{long_day(day)}: {fill.word or 'closed'}"
        return (
            f"{long_day(day)}: {fill.share:.0%} booked, {fill.booked} of {fill.capacity} half hours"
        )

    # -- geometry, pointer, keys ---------------------------------------------------------------

    def grid(self) -> YearGrid:
        head = float(self._theme.px(44))
        width, height = float(self.width()), float(self.height())
        rtl = self.isRightToLeft()
        return YearGrid(self.year, width, height, head, self.first_weekday, mirrored=rtl)

    def day_rect(self, day: date) -> QRectF:
        return _rect(self.grid().day(day))

    def day_at(self, at: QPointF) -> date | None:
        return self.grid().at(at.x(), at.y())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day = self.day_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and day is not None:
            self.go(day)
            self.opened.emit(day)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        over = self.day_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            day = self.day_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(day) if day else "", self)
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        back = 1 if self.isRightToLeft() else -1
        steps = {
            Qt.Key.Key_Left: back,
            Qt.Key.Key_Right: -back,
            Qt.Key.Key_Up: -7,
            Qt.Key.Key_Down: 7,
        }
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.day)
        elif key in steps:
            self.go(self.day + timedelta(days=steps[key]))
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            count = 12 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            self.go(months_later(self.day, count if key == Qt.Key.Key_PageDown else -count))
        elif key == Qt.Key.Key_Home:
            self.go(self.day.replace(day=1))
        elif key == Qt.Key.Key_End:
            self.go(months_later(self.day.replace(day=1), 1) - timedelta(days=1))
        elif key == Qt.Key.Key_T:
            self.go(self.today)
        else:
            super().keyPressEvent(event)

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        grid = self.grid()
        for number in range(1, 13):
            self._paint_head(painter, grid, number)
        painter.setFont(self._theme.font("caption"))
        for day in days_of(self.year):
            self._paint_day(painter, day, _rect(grid.day(day)).adjusted(1, 1, -1, -1))
        box = _rect(grid.day(self.day))
        if self.hasFocus():
            paint.focus_ring(painter, box.toRect(), self._theme)

    def _paint_head(self, painter: QPainter, grid: YearGrid, number: int) -> None:
        theme, tokens = self._theme, self._theme.tokens
        month = grid.month(number)
        now = (self.year, number) == (self.today.year, self.today.month)
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.accent if now else tokens.text)
        name = QRectF(month.x, month.y, month.width, theme.px(22))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(name, int(flags), LONG_MONTHS[number - 1])
        painter.setFont(theme.font("caption"))
        painter.setPen(tokens.text2)
        wide = month.width / 7
        for weekday, word in enumerate(DAYS):
            x = month.x + grid.column_of(weekday) * wide
            area = QRectF(x, month.y + theme.px(22), wide, theme.px(20))
            painter.drawText(area, CENTRE, word[:2])

    def _paint_day(self, painter: QPainter, day: date, box: QRectF) -> None:
        tokens = self._theme.tokens
        fill = self.fills.get(day)
        ground = tokens.canvas
        if fill is not None and not fill.capacity:
            ground = tokens.off
            painter.fillRect(box, ground)
            hatch(painter, box, tokens.hatch, 5)
        elif fill is not None:
            ground = heat_colour(self._theme.name, fill.share)
            painter.fillRect(box, ground)
        painter.setPen(QPen(tokens.grid_minor, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        inks = (tokens.text, tokens.canvas)
        painter.setPen(max(inks, key=lambda ink: contrast(ink, ground)))
        if day == self.today:
            painter.setFont(self._theme.font("caption", bold=True))
        painter.drawText(box, CENTRE, str(day.day))
        if day == self.today:
            painter.setPen(QPen(tokens.now, 2))
            painter.drawRect(box.adjusted(1, 1, -1, -1))
            painter.setFont(self._theme.font("caption"))


def _rect(box: Box) -> QRectF:
    return QRectF(box.x, box.y, box.width, box.height)
