"""Paints the days of a month: load bars per doctor, or chips of visits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import DayLoad
from clinic_desk.ui.calendar.block_words import STRUCK
from clinic_desk.ui.calendar.month_data import Chip, MonthDay
from clinic_desk.ui.calendar.paint_tools import Texts, badge, hatch, stripe
from clinic_desk.ui.geometry.monthgrid import CHIP, DAY_HEAD, chips_that_fit, heat
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import HEAT, DoctorColour, mix
from clinic_desk.ui.models.words import MONTHS

ROW = 20


def heat_colour(theme_name: str, share: float) -> QColor:
    """The step of the load scale for a share 0 … 1."""
    return QColor(HEAT["dark" if theme_name == "dark" else "light"][heat(share)])


@dataclass(frozen=True, slots=True)
class DayLook:
    """How one day stands out."""

    outside: bool
    today: bool
    load: bool


@dataclass(slots=True)
class _Run:
    """A bar's part of one week while its days are being painted."""

    box: QRectF
    chip: Chip
    look: DayLook
    last: date


class MonthPainter:
    """``more`` collects the rectangles of the "+n more" lines painted last, by day."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self.theme = theme
        self.texts = texts
        self.people: Mapping[Id, tuple[Doctor, str]] = {}
        self.more: dict[date, QRectF] = {}
        self.chips: dict[date, list[tuple[QRectF, Chip]]] = {}
        self._runs: list[_Run] = []

    def day(
        self, painter: QPainter, area: QRectF, data: MonthDay, look: DayLook, ratio: float
    ) -> None:
        tokens = self.theme.tokens
        self.more.pop(data.day, None)
        self.chips[data.day] = []
        painter.fillRect(area, tokens.off if look.outside or data.closed else tokens.canvas)
        if data.closed:
            hatch(painter, area, tokens.hatch)
        self._head(painter, area, data, look)
        painter.save()
        painter.setClipRect(area, Qt.ClipOperation.IntersectClip)
        if data.closed:
            font = self.theme.font("caption")
            painter.setFont(font)
            painter.setPen(tokens.text2)
            label = self.texts.elided(data.label or "Closed", font, area.width() - 16)
            painter.drawText(QPointF(area.left() + 6, area.bottom() - 7), label)
        elif look.load:
            self._loads(painter, area, data, look)
        if not look.load:
            self._chips(painter, area, data, look, ratio)
        painter.restore()

    def _head(self, painter: QPainter, area: QRectF, data: MonthDay, look: DayLook) -> None:
        tokens, theme = self.theme.tokens, self.theme
        day = data.day
        figure = str(day.day)
        if day.day == 1:
            figure = f"1 {MONTHS[day.month - 1]}"
        font = theme.font("body", bold=not look.outside)
        width = self.texts.width(figure, font)
        at = QPointF(area.left() + 9, area.top() + theme.px(18))
        painter.setFont(font)
        if look.today:
            box = QRectF(at.x() - 5, area.top() + 4, width + 10, theme.px(19))
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.accent)
            painter.drawRoundedRect(box, 3, 3)
            painter.restore()
            painter.setPen(tokens.on_accent)
        else:
            painter.setPen(tokens.text2 if look.outside else tokens.text)
        painter.drawText(at, figure)
        if data.closed or not data.capacity:
            return
        square = QRectF(area.right() - 20, area.top() + 8, 12, 12)
        painter.setPen(QPen(tokens.control_border, 1))
        painter.setBrush(heat_colour(self.theme.name, data.share))
        painter.drawRect(square.adjusted(0.5, 0.5, -0.5, -0.5))
        busy = heat(data.share) >= 3
        font = theme.font("caption", bold=busy and not look.outside)
        text = f"{data.free} free"
        room = area.width() - 40 - width
        if self.texts.width(text, font) > room:
            text = str(data.free)
        painter.setFont(font)
        painter.setPen(tokens.text if busy and not look.outside else tokens.text2)
        left = square.left() - 5 - self.texts.width(text, font)
        painter.drawText(QPointF(left, area.top() + theme.px(18)), text)

    def _loads(self, painter: QPainter, area: QRectF, data: MonthDay, look: DayLook) -> None:
        pitch = float(self.theme.px(ROW))
        room = area.height() - self.theme.px(DAY_HEAD) - 2
        count = len(data.loads)
        fitting = max(0, int(room // pitch))
        shown = count if count <= fitting else max(0, fitting - 1)
        y = area.top() + self.theme.px(DAY_HEAD) + 2
        for row in data.loads[:shown]:
            self._load(painter, QRectF(area.left(), y, area.width(), pitch), row, look)
            y += pitch
        if shown < count:
            self._more(painter, area, y, pitch, count - shown, data.day)

    def _load(self, painter: QPainter, line: QRectF, row: DayLoad, look: DayLook) -> None:
        theme, tokens, font = self.theme, self.theme.tokens, self.theme.font("caption")
        doctor, pattern = self._person(row.doctor_id)
        colour = theme.doctor_colour(doctor.colour if doctor else "", pattern)  # type: ignore[arg-type]
        code = doctor.code if doctor else "?"
        middle = line.center().y()
        wide = max(24.0, self.texts.width(code, theme.font("caption", bold=True)) + 8)
        box = QRectF(line.left() + 8, round(middle - theme.px(16) / 2), wide, theme.px(16))
        if look.outside:
            painter.setFont(font)
            painter.setPen(tokens.text2)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, code)
        else:
            badge(painter, box, code, colour, theme.font("caption", bold=True))
        full = row.load.capacity > 0 and row.load.booked >= row.load.capacity
        text = row.away or ("full" if full else f"{row.load.booked}/{row.load.capacity}")
        bold = theme.font("caption", bold=full and not look.outside)
        text = self.texts.elided(text, bold, line.right() - box.right() - 14)
        painter.setFont(bold)
        painter.setPen(tokens.text if full and not look.outside else tokens.text2)
        width = self.texts.width(text, bold)
        baseline = middle + self.texts.metrics(font).capHeight() / 2
        painter.drawText(QPointF(line.right() - 8 - width, round(baseline)), text)
        end = line.right() - 12 - max(width, self.texts.width("00/00", font))
        track = QRectF(box.right() + 4, round(middle) - 3, end - box.right() - 4, 6)
        if track.width() < 8:
            return
        painter.fillRect(track, tokens.grid_minor)
        if row.away:
            hatch(painter, track, tokens.text3, 6)
            return
        if row.load.capacity:
            done = QRectF(track)
            done.setWidth(track.width() * min(1.0, row.load.booked / row.load.capacity))
            ink = mix(colour.stripe, tokens.off, 0.4) if look.outside else colour.stripe
            painter.fillRect(done, ink)

    def _chips(
        self, painter: QPainter, area: QRectF, data: MonthDay, look: DayLook, ratio: float
    ) -> None:
        height = float(self.theme.px(CHIP))
        shown, _ = chips_that_fit(round(area.height() / self.theme.scale), data.line_count)
        lines = data.first_lines(shown)
        hidden = len(data.chips) - sum(chip is not None for chip in lines)
        top = area.top() + self.theme.px(DAY_HEAD)
        for place, chip in enumerate(lines):
            if chip is None:
                continue
            y = top + place * height
            if chip.cell is None:
                box = QRectF(area.left() - 1, y, area.width() + 1, height - 2)
                self._lengthen(box, chip, data.day, look)
            else:
                box = QRectF(area.left() + 5, y, area.width() - 10, height - 2)
                self._chip(painter, box, chip, look, ratio)
            self.chips[data.day].append((box, chip))
        if hidden:
            self._more(painter, area, top + shown * height, height, hidden, data.day)

    def _lengthen(self, box: QRectF, chip: Chip, day: date, look: DayLook) -> None:
        """Joins the day's part of a bar to that of the day before in the same week."""
        for run in self._runs:
            same = run.chip.bar == chip.bar and run.last == day - timedelta(days=1)
            if same and abs(run.box.top() - box.top()) < 1:
                run.box, run.last = run.box.united(box), day
                return
        self._runs.append(_Run(QRectF(box), chip, look, day))

    def begin(self) -> None:
        """Before the first day of a picture."""
        self._runs = []

    def bars(self, painter: QPainter, ratio: float) -> None:
        """After the last day: absences, each in one piece within its week."""
        for run in self._runs:
            self._chip(painter, run.box.adjusted(2, 0, -2, 0), run.chip, run.look, ratio)

    @property
    def runs(self) -> list[tuple[str, QRectF]]:
        """Words and places of the bars painted last."""
        return [(run.chip.text, run.box) for run in self._runs]

    def _chip(
        self, painter: QPainter, box: QRectF, chip: Chip, look: DayLook, ratio: float
    ) -> None:
        theme, tokens = self.theme, self.theme.tokens
        doctor, pattern = self._person(chip.doctor_id)
        colour: DoctorColour = theme.doctor_colour(doctor.colour if doctor else "", pattern)  # type: ignore[arg-type]
        fill = colour.fill
        faint = look.outside or (chip.cell is not None and chip.cell.status is Status.COMPLETED)
        if faint:
            fill = mix(colour.fill, tokens.canvas, 0.5)
        painter.fillRect(box, fill)
        if chip.cell is None:
            hatch(painter, box, tokens.hatch)
        stripe(painter, QRectF(box.left(), box.top(), 3, box.height()), colour)
        font, bold = theme.font("caption"), theme.font("caption", bold=True)
        baseline = round(box.center().y() + self.texts.metrics(font).capHeight() / 2)
        at, right = box.left() + 7, box.right() - 4
        if chip.cell is not None and box.width() >= 90:
            icon = theme.icon(f"status-{chip.cell.status.value}", 12, ratio=ratio)
            painter.drawPixmap(QPointF(right - 12, box.center().y() - 6), icon)
            right -= 16
        code = doctor.code if doctor else ""
        painter.setPen(tokens.text)
        painter.setFont(bold)
        painter.drawText(QPointF(at, baseline), code)
        at += self.texts.width(code, bold) + 5
        painter.setFont(font)
        shown = self.texts.elided(chip.text, font, right - at)
        painter.drawText(QPointF(at, baseline), shown)
        if chip.cell is not None and chip.cell.status in STRUCK and shown:
            y = baseline - 4 + 0.5
            painter.drawLine(QPointF(at, y), QPointF(at + self.texts.width(shown, font), y))

    def _more(
        self, painter: QPainter, area: QRectF, y: float, height: float, count: int, day: date
    ) -> None:
        font = self.theme.font("caption", bold=True)
        box = QRectF(area.left() + 5, y, area.width() - 10, height - 2)
        painter.setFont(font)
        painter.setPen(self.theme.tokens.accent)
        text = self.texts.elided(f"+{count} more", font, box.width() - 6)
        painter.drawText(QPointF(box.left() + 3, y + self.theme.px(13)), text)
        self.more[day] = box

    def _person(self, doctor_id: Id) -> tuple[Doctor | None, str]:
        return self.people.get(doctor_id, (None, "solid"))
