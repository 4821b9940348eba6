"""Two days in little beside the table: where the visit was, and where it would go."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.domain.appointments import OCCUPYING
from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local, zone
from clinic_desk.services.views import Cell, DoctorDay
from clinic_desk.ui.geometry.packing import Item, Placement, pack
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.bands import KEPT, Colours, band_tip, paint_kept_band

HEAD = 26
GUTTER = 42
STEP = 5
USUAL_FIRST, USUAL_LAST = 540, 1020
AWAY = (BandKind.TIME_OFF, BandKind.BLOCKED, BandKind.HOLIDAY, BandKind.REQUESTED)
TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft


@dataclass(frozen=True, slots=True)
class DayPicture:
    """One doctor's day. ``marked`` is the stretch in question; ``away`` an absence that is not yet
    approved, drawn as if it were."""

    doctor: Doctor
    day: date
    title: str
    zone: str
    data: DoctorDay | None
    cells: tuple[Cell, ...]
    marked: tuple[datetime, datetime]
    label: str
    own_id: Id
    leaves: bool
    """True for where the visit was: it must go."""

    away: tuple[datetime, datetime] | None = None
    colours: Colours = field(default_factory=dict)


class DayPlan(QWidget):
    """``place_chosen`` carries the start (aware UTC) of a click on free time."""

    place_chosen = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        self.shown: DayPicture | None = None
        self._first, self._last = 480, 1080
        self._lanes: dict[str, Placement] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(120)
        self.setAccessibleName(name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(150, 280)

    def show_day(self, day: DayPicture | None) -> None:
        self.shown = day
        self._lanes = {}
        if day is not None:
            minutes = [self._minute(day.marked[0]), self._minute(day.marked[1])]
            for band in day.data.bands if day.data is not None else ():
                if band.kind is BandKind.OPEN:
                    minutes += [self._minute(band.start), self._minute(band.end)]
            for cell in self._drawn():
                minutes += [self._minute(cell.start), self._minute(cell.end)]
            if not any(b.kind is BandKind.OPEN for b in (day.data.bands if day.data else ())):
                minutes += [USUAL_FIRST, USUAL_LAST]  # away all day: nothing says the hours
            self._first = max(0, min(minutes) // 60 * 60)
            self._last = min(1440, max(self._first + 240, -(-max(minutes) // 60) * 60))
            items = [Item(c.id, c.start.timestamp(), c.end.timestamp()) for c in self._drawn()]
            self._lanes = {placed.key: placed for placed in pack(items)}
            self.setAccessibleDescription(f"{day.title}: {day.label}")
        self.update()

    def _drawn(self) -> list[Cell]:
        day = self.shown
        if day is None:
            return []
        return [c for c in day.cells if c.status in OCCUPYING and c.id != day.own_id]

    def _minute(self, instant: datetime) -> int:
        assert self.shown is not None
        wall = instant.astimezone(zone(self.shown.zone))
        days = (wall.date() - self.shown.day).days
        return max(0, min(1440, days * 1440 + wall.hour * 60 + wall.minute))

    def _grid(self) -> QRect:
        px = self._theme.px
        return QRect(px(GUTTER), px(HEAD), self.width() - px(GUTTER) - 1, self.height() - px(HEAD))

    def _y(self, minute: float) -> int:
        grid = self._grid()
        return grid.top() + round(
            (minute - self._first) * grid.height() / max(1, self._last - self._first)
        )

    def rect_of(self, start: datetime, end: datetime) -> QRect:
        """A stretch of the day, in the widget's pixels."""
        grid = self._grid()
        top, bottom = self._y(self._minute(start)), self._y(self._minute(end))
        return QRect(grid.left() + 1, top + 1, grid.width() - 2, max(4, bottom - top - 1))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        day, here = self.shown, event.position().toPoint()
        grid = self._grid()
        if day is None or day.leaves or not grid.contains(here):
            return
        self.place_chosen.emit(self._instant_at(day, here.y(), STEP))

    def _instant_at(self, day: DayPicture, y: int, snap: int = 1) -> datetime:
        grid = self._grid()
        share = (y - grid.top()) / max(1, grid.height())
        minute = int(self._first + share * (self._last - self._first)) // snap * snap
        return at_local(day.day, minute, day.zone)

    def event(self, event: QEvent) -> bool:
        """The words of what lies behind the visits, which there is no room to write."""
        if isinstance(event, QHelpEvent):
            tip = self.tip_at(event.pos())
            if tip:
                QToolTip.showText(event.globalPos(), as_text(tip), self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)

    def tip_at(self, position: QPoint) -> str:
        """What the day says at a place in widget pixels; empty where the time is plainly open."""
        day = self.shown
        if day is None or day.data is None or not self._grid().contains(position):
            return ""
        return band_tip(day.data.bands, self._instant_at(day, position.y()), day.zone)

    # -- painting ----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, tokens, grid = self._theme, self._theme.tokens, self._grid()
        day = self.shown
        if day is None:
            return
        colour = theme.doctor_colour(day.doctor.colour, pattern_of(day.doctor.pattern))
        badge = QRect(0, theme.px(3), theme.px(26), theme.px(17))
        paint.badge(painter, badge, theme, day.doctor.code, colour)
        painter.setFont(theme.font("grid", bold=True))
        painter.setPen(tokens.text)
        title = QRect(badge.right() + 7, 0, self.width() - badge.width() - 8, theme.px(HEAD - 3))
        paint.elided(painter, title, day.title)
        painter.fillRect(grid, tokens.off)
        painter.save()
        painter.setClipRect(grid)
        self._paint_bands(painter, day, grid)
        painter.restore()
        self._paint_hours(painter, grid)
        for cell in self._drawn():
            rect = self._in_lane(cell.id, self.rect_of(cell.start, cell.end))
            painter.fillRect(rect, colour.fill)
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), colour.stripe)
        painter.setPen(QPen(tokens.grid_major, 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(grid.adjusted(0, 0, 0, -1))
        self._paint_marked(painter, day)

    def _paint_bands(self, painter: QPainter, day: DayPicture, grid: QRect) -> None:
        tokens = self._theme.tokens
        for band in day.data.bands if day.data is not None else ():
            if band.kind is BandKind.OPEN:
                painter.fillRect(self._wide(band.start, band.end, grid), tokens.canvas)
        hatch = QBrush(tokens.hatch, Qt.BrushStyle.BDiagPattern)
        for band in day.data.bands if day.data is not None else ():
            if band.kind is BandKind.OPEN or band.kind in KEPT:
                continue
            rect = self._wide(band.start, band.end, grid)
            painter.fillRect(rect, tokens.canvas if band.kind in AWAY else tokens.off)
            if band.kind in AWAY:
                painter.fillRect(rect, hatch)
        for band in day.data.bands if day.data is not None else ():
            if band.kind in KEPT:
                rect = self._wide(band.start, band.end, grid)
                paint_kept_band(painter, self._theme, rect, band, day.colours, named=False)
        if day.away is not None:
            painter.fillRect(self._wide(*day.away, grid), hatch)

    def _wide(self, start: datetime, end: datetime, grid: QRect) -> QRect:
        top, bottom = self._y(self._minute(start)), self._y(self._minute(end))
        return QRect(grid.left(), top, grid.width(), bottom - top)

    def _paint_hours(self, painter: QPainter, grid: QRect) -> None:
        theme, tokens = self._theme, self._theme.tokens
        painter.setFont(theme.font("caption"))
        line = QFontMetrics(painter.font()).height()
        hour = self._y(self._first + 60) - self._y(self._first)
        every = 1 if hour >= line else 2
        for minute in range(self._first, self._last, 60):
            y = self._y(minute)
            painter.fillRect(grid.left(), y, grid.width(), 1, tokens.grid_minor)
            if (minute - self._first) // 60 % every == 0:
                painter.setPen(tokens.text3)
                spot = QRect(0, y, grid.left() - 6, line)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
                painter.drawText(spot, int(flags), f"{minute // 60:02d}:00")

    def _in_lane(self, key: str, rect: QRect) -> QRect:
        placed = self._lanes.get(key)
        if placed is None or placed.lanes == 1:
            return rect
        left = rect.left() + rect.width() * placed.lane // placed.lanes
        right = rect.left() + rect.width() * (placed.lane + placed.span) // placed.lanes
        return QRect(left, rect.top(), right - left - 1, rect.height())

    def _paint_marked(self, painter: QPainter, day: DayPicture) -> None:
        theme, tokens = self._theme, self._theme.tokens
        rect = self.rect_of(*day.marked)
        ink = tokens.refuse if day.leaves else tokens.ok
        painter.setBrush(tokens.canvas if day.leaves else tokens.ghost_ok)
        style = Qt.PenStyle.DashLine if day.leaves else Qt.PenStyle.SolidLine
        painter.setPen(QPen(ink, 2, style))
        painter.drawRect(QRectF(rect).adjusted(1, 1, -1, -1))
        painter.setFont(theme.font("caption", bold=True))
        painter.setPen(tokens.text)
        line = QFontMetrics(painter.font()).height()
        if rect.height() >= line:
            drop = 3 if rect.height() > line + 6 else (rect.height() - line) // 2
            paint.elided(painter, rect.adjusted(6, drop, -4, 0), day.label, TOP)
