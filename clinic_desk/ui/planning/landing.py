"""Where they land: four weeks of the doctor's days, with what was accepted and proposed on top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import DAYS, day_text
from clinic_desk.ui.widgets import paint

CENTRE = Qt.AlignmentFlag.AlignCenter
CLOSED = "closed"
"""What a day says on which the whole clinic, or the site, is closed."""


@dataclass(frozen=True, slots=True)
class LandingDay:
    """Half hours: ``booked`` without what was accepted."""

    booked: float = 0
    accepted: float = 0
    proposed: float = 0
    capacity: int = 0
    away: str = ""


@dataclass(frozen=True, slots=True)
class LandingData:
    """``elsewhere`` counts the visits that go to colleagues or lie beyond the four weeks."""

    who: str = ""
    colour: str = ""
    days: Mapping[date, LandingDay] = field(default_factory=dict)
    elsewhere: int = 0

    @property
    def hatched(self) -> str:
        """The word of the legend for the days that are left."""
        away = {one.away for one in self.days.values() if one.away}
        return CLOSED if away == {CLOSED} else "leave"


class Landing(QWidget):
    """Days without hours are left out, so that a week is its working days."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.data = LandingData()
        self._bars: list[tuple[QRect, date]] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Where they land")
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(400, self._theme.px(168))

    def show_data(self, data: LandingData) -> None:
        self.data = data
        self.setAccessibleDescription("; ".join(_told(d, one) for d, one in self._shown()))
        self.update()

    def _shown(self) -> list[tuple[date, LandingDay]]:
        days = self.data.days
        return [(day, days[day]) for day in sorted(days) if days[day].capacity or days[day].away]

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            for rect, day in self._bars:
                if rect.contains(event.pos()):
                    QToolTip.showText(
                        event.globalPos(), as_text(_told(day, self.data.days[day])), self
                    )
                    return True
            QToolTip.hideText()
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        painter.fillRect(0, 0, self.width(), 1, tokens.grid_major)
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        head = QRect(px(16), px(10), self.width() - px(32), px(22))
        legend = self._legend(painter, head)
        who = f" · {self.data.who}, 4 weeks" if self.data.who else ""
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        paint.elided(
            painter, head.adjusted(0, 0, legend - head.right() - 12, 0), f"Where they land{who}"
        )
        self._bars = []
        days = self._shown()
        if days:
            self._paint_bars(painter, days)

    def _legend(self, painter: QPainter, head: QRect) -> int:
        """Answers where it begins."""
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        painter.setFont(theme.font("caption"))
        metrics = painter.fontMetrics()
        hatched = self.data.hatched
        words = [hatched, "proposed", "accepted", "booked"]
        if self.data.elsewhere:
            words.insert(0, f"{self.data.elsewhere} to colleagues or later")
        right = head.right()
        for word in words:
            width = metrics.horizontalAdvance(word)
            painter.setPen(tokens.text2)
            spot = QRect(right - width, head.top(), width + 1, head.height())
            painter.drawText(spot, int(CENTRE), word)
            right -= width + px(6)
            if word in (hatched, "proposed", "accepted", "booked"):
                box = QRect(right - px(11), head.center().y() - px(5), px(11), px(11))
                self._fill(painter, box, "leave" if word == hatched else word)
                right -= px(11)
            right -= px(14)
        return right

    def _fill(self, painter: QPainter, box: QRect, what: str) -> None:
        tokens = self._theme.tokens
        if what == "booked":
            painter.fillRect(box, self._ink())
        elif what == "leave":
            painter.fillRect(box, tokens.canvas)
            painter.fillRect(box, QBrush(tokens.hatch, Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(tokens.grid_major, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5))
        else:
            style = Qt.PenStyle.DashLine if what == "proposed" else Qt.PenStyle.SolidLine
            painter.setPen(QPen(tokens.ok, 1.5, style))
            painter.setBrush(tokens.ghost_ok)
            painter.drawRect(QRectF(box).adjusted(0.75, 0.75, -0.75, -0.75))

    def _ink(self) -> QColor:
        return self._theme.doctor_colour(self.data.colour).stripe

    def _paint_bars(self, painter: QPainter, days: list[tuple[date, LandingDay]]) -> None:
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        painter.setFont(theme.font("caption"))
        line = QFontMetrics(painter.font()).height()
        top = px(40)
        high = self.height() - top - 2 * line - px(12)
        weeks = len({day.isocalendar()[:2] for day, _ in days})
        room = self.width() - px(32) - (weeks - 1) * px(14)
        step = room / len(days)
        short = painter.fontMetrics().horizontalAdvance("00/00 ") > step
        x, week = float(px(16)), days[0][0].isocalendar()[:2]
        for day, one in days:
            if day.isocalendar()[:2] != week:
                week = day.isocalendar()[:2]
                x += px(14)
            bar = QRect(round(x), top, max(4, round(step) - px(7)), high)
            self._bars.append((QRect(bar.left(), top, bar.width(), high + 2 * line + 4), day))
            if one.away and not one.accepted:
                self._fill(painter, bar, "leave")
            else:
                painter.fillRect(bar, tokens.off)
            if not one.away or one.booked:
                self._stack(painter, bar, one)
            label = QRect(round(x) - px(3), bar.bottom() + 4, round(step) - 1, line)
            painter.setPen(tokens.text2)
            painter.setFont(theme.font("caption"))
            name = f"{DAYS[day.weekday()][:2]} {day.day}"
            painter.drawText(label, int(CENTRE), str(day.day) if short else name)
            total = round(one.booked + one.accepted)
            painter.setPen(tokens.text3)
            under = label.translated(0, line)
            if one.away:
                if painter.fontMetrics().horizontalAdvance(one.away) <= under.width():
                    painter.drawText(under, int(CENTRE), one.away)  # the hatch says it too
            else:
                figure = str(total) if short else f"{total}/{one.capacity}"
                painter.drawText(under, int(CENTRE), figure)
            x += step

    def _stack(self, painter: QPainter, bar: QRect, one: LandingDay) -> None:
        whole = max(1.0, one.capacity, one.booked + one.accepted + one.proposed)
        bottom = bar.bottom() + 1
        for number, what in (
            (one.booked, "booked"),
            (one.accepted, "accepted"),
            (one.proposed, "proposed"),
        ):
            high = round(bar.height() * number / whole)
            if high > 0:
                self._fill(painter, QRect(bar.left(), bottom - high, bar.width(), high), what)
                bottom -= high


def _told(day: date, one: LandingDay) -> str:
    words = f"{day_text(day)}: {round(one.booked + one.accepted)} of {one.capacity} half hours"
    if one.accepted:
        words += f", {round(one.accepted)} of them accepted"
    if one.proposed:
        words += f", {round(one.proposed)} more proposed"
    return f"{words}, {one.away}" if one.away else words
