"""A compact painted day: where the visits lie, where the openings are, what is chosen.

Small (booking) it shows shapes only; detailed (finder) it names the visits. Clicking a free
place asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from clinic_desk.domain.appointments import OCCUPYING, Status
from clinic_desk.domain.availability.model import BandKind, Slot
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.services.views import Cell, DoctorDay
from clinic_desk.ui.booking.day_blocks import (
    Label,
    paint_band,
    paint_choice,
    paint_kept,
    paint_visit,
)
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.geometry.packing import Item, Placement, pack
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.models import words
from clinic_desk.ui.widgets.bands import KEPT, Colours, band_tip, paint_kept_band

TOP = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
SNAP = 5
"""Minutes that a click snaps to."""


@dataclass(frozen=True, slots=True)
class StripDay:
    """What one strip shows; instants aware UTC, drawn in ``zone``."""

    day: date
    zone: str
    doctors: tuple[Doctor, ...]
    days: Mapping[Id, DoctorDay]
    cells: tuple[Cell, ...]
    colours: Colours = field(default_factory=dict)


class DayStrip(QWidget):
    """``place_clicked`` carries (doctor id, start) of a clicked free place; ``widened`` says that
    there is more or less room than before."""

    place_clicked = Signal(str, object)
    widened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, detailed: bool) -> None:
        super().__init__(parent)
        self._theme = theme
        self._detailed = detailed
        self.shown: StripDay | None = None
        self.chosen: Slot | None = None
        self._chosen_label: Label = ()
        self._openings: dict[Id, list[Slot]] = {}
        self._own_holds: Collection[Id] = ()
        self._kept: tuple[Place, ...] = ()
        self._first, self._last = 480, 1080
        self._lanes: dict[str, Placement] = {}
        self._runs: dict[Id, list[list[Slot]]] = {}
        self.setAccessibleName("The day at a glance")
        theme.changed.connect(self.update)

    @property
    def gutter(self) -> int:
        return self._theme.px(48 if self._detailed else 42)

    def show_day(self, day: StripDay | None, *, own_holds: Collection[Id] = ()) -> None:
        """``own_holds`` as of ``leave_out``."""
        self.shown, self._own_holds = day, own_holds
        self._fit()
        self._pack()
        self.updateGeometry()
        self.update()

    def leave_out(self, own_holds: Collection[Id]) -> None:
        """Whoever has these shows what they hold by other means."""
        self._own_holds = own_holds
        self._pack()
        self.update()

    def standing(self) -> list[Cell]:
        """The visits and others' holds that are drawn."""
        cells = self.shown.cells if self.shown is not None else ()
        own = self._own_holds
        return [cell for cell in cells if cell.id not in own and cell.status in OCCUPYING]

    def choose(self, slot: Slot | None, label: Label = ()) -> None:
        """The place to outline, with up to two lines of text in it."""
        self.chosen, self._chosen_label = slot, label
        self._fit()
        self._pack()
        self.update()

    def keep(self, places: Sequence[Place]) -> None:
        """Openings kept for the caller."""
        if tuple(places) == self._kept:
            return
        self._kept = tuple(places)
        self._pack()
        self.update()

    def light(self, openings: Sequence[Slot]) -> None:
        """Openings that are shown as places where it works."""
        self._openings = {}
        for slot in openings:
            self._openings.setdefault(slot.doctor_id, []).append(slot)
        self._pack()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        hours = (self._last - self._first) / 60
        return QSize(300, int(hours * self._theme.px(96)) + 8 if self._detailed else 180)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(90, self.sizeHint().height() if self._detailed else 60)

    def _fit(self) -> None:
        """The hours from the first opening of doors to the last, whole hours."""
        if self.shown is None:
            return
        marks: list[int] = []
        for doctor in self.shown.doctors:
            day = self.shown.days.get(doctor.id)
            for band in day.bands if day else ():
                if band.kind is BandKind.OPEN:
                    marks += [self._minute(band.start), self._minute(band.end)]
        for cell in self.shown.cells:
            marks += [self._minute(cell.start), self._minute(cell.end)]
        if self.chosen is not None and self._on_day(self.chosen.start):
            marks += [self._minute(self.chosen.start), self._minute(self.chosen.end)]
        if not marks:
            marks = [480, 1080]
        self._first = max(0, min(marks) // 60 * 60)
        self._last = min(1440, max(self._first + 240, -(-max(marks) // 60) * 60))

    def _pack(self) -> None:
        """What stands at the same time stands side by side: visits of a doctor who sees two at
        once, and the openings beside them. A chosen or kept place lies in its opening."""
        self._lanes, self._runs = {}, {}
        shown, standing = self.shown, self.standing()
        for doctor in shown.doctors if shown is not None else ():
            items = [
                Item(cell.id, cell.start.timestamp(), cell.end.timestamp())
                for cell in standing
                if cell.doctor_id == doctor.id
            ]
            runs = self._runs[doctor.id] = self._runs_of(doctor.id)
            items += [Item(_key(r), r[0].start.timestamp(), r[-1].end.timestamp()) for r in runs]
            own: list[Slot | Place] = [p for p in self._kept if self._on_day(p.start)]
            if self.chosen is not None and self._on_day(self.chosen.start):
                own.append(self.chosen)
            within: dict[str, str] = {}
            for place in own:
                if place.doctor_id != doctor.id:
                    continue
                run = next((r for r in runs if r[0].start <= place.start < r[-1].end), None)
                if run is not None:
                    within[_own_key(place)] = _key(run)
                elif _own_key(place) not in {item.key for item in items}:
                    start, end = place.start.timestamp(), place.end.timestamp()
                    items.append(Item(_own_key(place), start, end))
            lanes = {placed.key: placed for placed in pack(items)}
            self._lanes.update(lanes)
            self._lanes.update({key: lanes[run_key] for key, run_key in within.items()})

    def _runs_of(self, doctor_id: Id) -> list[list[Slot]]:
        """Openings that touch or overlap are one lit area."""
        runs: list[list[Slot]] = []
        for slot in sorted(self._openings.get(doctor_id, [])):
            if not self._on_day(slot.start):
                continue
            if runs and slot.start <= runs[-1][-1].end:
                runs[-1].append(slot)
            else:
                runs.append([slot])
        return runs

    def _in_lane(self, key: str, rect: QRect) -> QRect:
        placed = self._lanes.get(key)
        if placed is None or placed.lanes == 1:
            return rect
        left = rect.left() + rect.width() * placed.lane // placed.lanes
        right = rect.left() + rect.width() * (placed.lane + placed.span) // placed.lanes
        return QRect(left, rect.top(), right - left - 1, rect.height())

    def _on_day(self, instant: datetime) -> bool:
        return (
            self.shown is not None
            and words.local(instant, self.shown.zone).date() == self.shown.day
        )

    def _minute(self, instant: datetime) -> int:
        assert self.shown is not None
        wall = words.local(instant, self.shown.zone)
        days = (wall.date() - self.shown.day).days
        return max(0, min(1440, days * 1440 + wall.hour * 60 + wall.minute))

    def _y(self, minute: int) -> int:
        span = max(1, self._last - self._first)
        return 4 + round((minute - self._first) * (self.height() - 8) / span)

    def column(self, index: int) -> QRect:
        """The column of that doctor, in widget pixels."""
        count = max(1, len(self.shown.doctors) if self.shown else 1)
        room = self.width() - self.gutter - 1
        left = self.gutter + round(room * index / count)
        return QRect(left, 0, self.gutter + round(room * (index + 1) / count) - left, self.height())

    def place_of(self, slot: Slot) -> int:
        """Where this slot begins, widget pixels from the top."""
        return self._y(self._minute(slot.start)) if self.shown is not None else 0

    def _rect(self, column: QRect, start: datetime, end: datetime, least: int = 4) -> QRect:
        top, bottom = self._y(self._minute(start)), self._y(self._minute(end))
        return QRect(column.left() + 1, top, column.width() - 3, max(least, bottom - top - 1))

    def event(self, event: QEvent) -> bool:
        """The words of what lies behind the visits, which a narrow strip cannot write."""
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
        shown = self.shown
        for index, doctor in enumerate(shown.doctors if shown is not None else ()):
            day = shown.days.get(doctor.id) if shown is not None else None
            if shown is None or day is None or not self.column(index).contains(position):
                continue
            return band_tip(day.bands, self._instant_at(position.y()), shown.zone)
        return ""

    def _instant_at(self, y: float, snap: int = 1) -> datetime:
        assert self.shown is not None
        span = max(1, self._last - self._first)
        minute = self._first + (y - 4) * span / max(1, self.height() - 8)
        return at_local(self.shown.day, int(minute // snap * snap), self.shown.zone)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        tokens = self._theme.tokens
        painter.fillRect(self.rect(), tokens.canvas)
        if self.shown is None:
            return
        for index, doctor in enumerate(self.shown.doctors):
            self._paint_ground(painter, self.column(index), doctor)
        self._paint_hours(painter)
        for index, doctor in enumerate(self.shown.doctors):
            column = self.column(index)
            self._paint_openings(painter, column, doctor)
            for cell in self.standing():
                if cell.doctor_id == doctor.id:
                    self._paint_cell(painter, column, doctor, cell)
            for place in self._kept:
                if place.doctor_id == doctor.id and self._on_day(place.start):
                    rect = self._rect(column, place.start, place.end)
                    rect = self._in_lane(_own_key(place), rect)
                    paint_kept(painter, self._theme, rect, place.start, self.shown.zone)
            if index:
                painter.fillRect(column.left(), 0, 1, self.height(), tokens.grid_major)
            if self.chosen is not None and self.chosen.doctor_id == doctor.id:
                self._paint_chosen(painter, column)

    def _paint_hours(self, painter: QPainter) -> None:
        tokens = self._theme.tokens
        painter.setFont(self._theme.font("caption"))
        hour = max(1, self._y(self._first + 60) - self._y(self._first))
        every = -(-self._theme.px(13) // hour)  # so many hours that their labels stand apart
        for minute in range(self._first, self._last + 1, 60):
            y = self._y(minute)
            painter.fillRect(self.gutter, y, self.width(), 1, tokens.grid_minor)
            painter.setPen(tokens.text3)
            if minute < self._last and (minute - self._first) // 60 % every == 0:
                where = QRect(0, y - 1, self.gutter - 6, 16)
                flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
                painter.drawText(where, int(flags), f"{minute // 60:02d}:00")

    def _paint_ground(self, painter: QPainter, column: QRect, doctor: Doctor) -> None:
        tokens = self._theme.tokens
        painter.fillRect(column, tokens.off)
        assert self.shown is not None
        day = self.shown.days.get(doctor.id)
        if day is None:
            return
        for band in day.bands:
            rect = self._rect(column, band.start, band.end).adjusted(-1, 0, 2, 1)
            if band.kind is BandKind.OPEN:
                painter.fillRect(rect, tokens.canvas)
        for band in day.bands:
            if band.kind is BandKind.OPEN:
                continue
            rect = self._rect(column, band.start, band.end).adjusted(-1, 0, 2, 1)
            if band.kind not in KEPT:
                paint_band(painter, self._theme, rect, band, named=self._detailed)
        for band in day.bands:
            if band.kind in KEPT:
                rect = self._rect(column, band.start, band.end).adjusted(-1, 0, 2, 1)
                colours, named = self.shown.colours, self._detailed
                paint_kept_band(painter, self._theme, rect, band, colours, named=named)

    def _paint_openings(self, painter: QPainter, column: QRect, doctor: Doctor) -> None:
        """Neighbouring starts are one lit area with all their times."""
        tokens = self._theme.tokens
        for run in self._runs.get(doctor.id, []):
            rect = self._in_lane(_key(run), self._rect(column, run[0].start, run[-1].end))
            painter.fillRect(rect, mix(tokens.ghost_ok, tokens.canvas, 0.55))
            painter.fillRect(rect.left(), rect.top(), 4, rect.height(), tokens.ok)
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, tokens.ok)
            painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.ok)
            if self._detailed and rect.height() >= 16:
                assert self.shown is not None
                zone = self.shown.zone
                shown = " · ".join(words.clock_words(slot.start, zone) for slot in run)
                painter.drawPixmap(rect.left() + 8, rect.top() + 4, self._theme.icon("check", 12))
                font = self._theme.font("grid", bold=True)
                painter.setFont(font)
                painter.setPen(tokens.ok)
                text = QFontMetrics(font).elidedText(
                    shown, Qt.TextElideMode.ElideRight, rect.width() - 30
                )
                painter.drawText(rect.adjusted(24, 2, -4, 0), 0, text)

    def _paint_cell(self, painter: QPainter, column: QRect, doctor: Doctor, cell: Cell) -> None:
        assert self.shown is not None
        rect = self._in_lane(cell.id, self._rect(column, cell.start, cell.end))
        if self._detailed:
            paint_visit(painter, self._theme, rect, cell, doctor, self.shown.zone)
        elif cell.status is Status.HELD:
            painter.fillRect(rect, self._theme.tokens.canvas)
            painter.setPen(QPen(self._theme.tokens.held, 1.5, Qt.PenStyle.DashLine))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))
        else:
            colour = self._theme.doctor_colour(doctor.colour)
            painter.fillRect(rect, colour.fill)
            painter.fillRect(rect.left(), rect.top(), 3, rect.height(), colour.stripe)

    def _paint_chosen(self, painter: QPainter, column: QRect) -> None:
        slot = self.chosen
        if slot is None or not self._on_day(slot.start):
            return
        rect = self._in_lane(_own_key(slot), self._rect(column, slot.start, slot.end, least=7))
        paint_choice(painter, self._theme, rect, self._chosen_label, named=self._detailed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.widened.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self.shown is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        position = event.position().toPoint()
        for index, doctor in enumerate(self.shown.doctors):
            if not self.column(index).contains(position):
                continue
            start = self._instant_at(position.y(), SNAP)
            for slot in self._openings.get(doctor.id, []):
                if slot.start <= start < slot.end and slot.start >= start - timedelta(minutes=15):
                    start = slot.start
                    break
            self.place_clicked.emit(doctor.id, start)
            return


def _key(run: Sequence[Slot]) -> str:
    return f"free {run[0].start.timestamp()}"


def _own_key(place: Slot | Place) -> str:
    return f"own {place.start.timestamp()}"
