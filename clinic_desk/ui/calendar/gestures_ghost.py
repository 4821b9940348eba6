"""How a drag looks: lit areas, the blocker's outline, the ghost, the verdict chip, the "+" badge.

Pure drawing from a ``DragPicture`` in viewport pixels; the controller decides what is in it.
The verdict speaks four ways at once: colour, icon, outline and words (ux.md 2.4).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
    QRegion,
)

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix

STRIPE = 4
RADIUS = 3
CHIP_HEIGHT = 32
CHIP_RADIUS = 6
MARK = 16
SHADOW = 6


@dataclass(frozen=True, slots=True)
class Ghost:
    """One carried block: time, name, and ``facts`` (service, doctor, room) on one line or, in a
    narrow column, on lines of their own; ``saving`` shows the tick of a write that is under way;
    ``grey`` is a drag that cannot drop (outside, stale)."""

    rect: QRect
    head: str
    name: str
    facts: tuple[str, ...]
    stripe: QColor
    verdict: Verdict
    copy: bool = False
    saving: bool = False
    grey: bool = False
    mark: bool = True


@dataclass(frozen=True, slots=True)
class Lit:
    """An allowed area. ``label`` is "09:10–10:00 free"."""

    rect: QRect
    label: str


@dataclass(frozen=True, slots=True)
class Chip:
    """The verdict in words, beside the ghost; ``way`` is the emphasised end ("next free 11:45")."""

    at: QPoint
    verdict: Verdict
    sentence: str
    way: str = ""
    grey: bool = False


@dataclass(frozen=True, slots=True)
class DragPicture:
    ghosts: tuple[Ghost, ...] = ()
    lit: tuple[Lit, ...] = ()
    blocker: QRect | None = None
    spared: tuple[QRect, ...] = ()
    chip: Chip | None = None
    sweep: Ghost | None = None
    clip: QRect = field(default_factory=QRect)

    @property
    def empty(self) -> bool:
        return not (self.ghosts or self.lit or self.chip or self.sweep or self.blocker)


class GhostPainter:
    """Draws pictures with a theme's fonts and colours; measures once per text."""

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._elided: dict[tuple[str, int, bool, int], str] = {}
        theme.changed.connect(self._elided.clear)

    def bounds(self, picture: DragPicture, *, with_lit: bool = True) -> QRect:
        """Everything the picture may touch, for a repaint."""
        area = QRect()
        for ghost in (*picture.ghosts, *([picture.sweep] if picture.sweep else [])):
            area = area.united(ghost.rect.adjusted(-12, -12, 12, 12))
        if with_lit:
            for lit in picture.lit:
                area = area.united(lit.rect.adjusted(-2, -2, 2, 2))
        if picture.blocker is not None:
            area = area.united(picture.blocker.adjusted(-3, -3, 3, 3))
        if picture.chip is not None:
            area = area.united(self.chip_rect(picture.chip, picture.clip).adjusted(-8, -8, 8, 14))
        return area

    def paint(self, painter: QPainter, picture: DragPicture) -> None:
        painter.save()
        painter.save()
        free = QRegion(picture.clip)
        for block in picture.spared:
            if any(block.intersects(lit.rect) for lit in picture.lit):
                free = free.subtracted(QRegion(block.adjusted(0, -1, 1, 1)))
        painter.setClipRegion(free, Qt.ClipOperation.IntersectClip)
        for lit in picture.lit:
            self._lit(painter, lit, picture.clip.top())
        painter.restore()
        if picture.blocker is not None:
            painter.setPen(QPen(self._theme.tokens.refuse, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(picture.blocker.adjusted(1, 1, -1, -1))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if picture.sweep is not None:
            self._ghost(painter, picture.sweep)
        for ghost in reversed(picture.ghosts):
            self._ghost(painter, ghost)
        if picture.chip is not None:
            self._chip(painter, picture.chip, picture.clip)
        painter.restore()

    def verdict_colour(self, verdict: Verdict) -> QColor:
        tokens = self._theme.tokens
        return {
            Verdict.OK: tokens.ok,
            Verdict.WARN: tokens.warn,
            Verdict.REFUSE: tokens.refuse,
        }[verdict]

    def _fill(self, verdict: Verdict) -> QColor:
        tokens = self._theme.tokens
        return {
            Verdict.OK: tokens.ghost_ok,
            Verdict.WARN: tokens.ghost_warn,
            Verdict.REFUSE: tokens.ghost_refuse,
        }[verdict]

    def _lit(self, painter: QPainter, lit: Lit, top: int) -> None:
        """The area; its label sticks to ``top`` when the area's own begin is scrolled away."""
        tokens, rect = self._theme.tokens, lit.rect
        painter.fillRect(rect, mix(tokens.ghost_ok, tokens.canvas, 0.55))
        painter.fillRect(rect.x(), rect.y(), STRIPE, rect.height(), tokens.ok)
        painter.fillRect(rect.x(), rect.y(), rect.width(), 1, tokens.ok)
        painter.fillRect(rect.x(), rect.bottom(), rect.width(), 1, tokens.ok)
        if rect.height() < 16 or rect.width() < 48:
            return
        line = max(rect.y(), min(top, rect.bottom() - 22))
        painter.drawPixmap(rect.x() + 8, line + 6, self._theme.icon("check", 14, tokens.ok))
        painter.setPen(tokens.ok)
        painter.setFont(self._theme.font("grid", bold=True))
        label = self._whole_or_short(lit.label, lit.label.removesuffix(" free"), rect.width() - 32)
        box = QRect(rect.x() + 26, line + 4, rect.width() - 30, self._theme.px(18))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, label)

    def _ghost(self, painter: QPainter, ghost: Ghost) -> None:
        tokens = self._theme.tokens
        ink = tokens.text3 if ghost.grey else self.verdict_colour(ghost.verdict)
        fill = tokens.off if ghost.grey else self._fill(ghost.verdict)
        box = QRectF(ghost.rect)
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS, RADIUS)
        painter.fillPath(shape, fill)
        self._outline(painter, box, ink, ghost)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(QRectF(box.x(), box.y(), STRIPE, box.height()), ghost.stripe)
        painter.restore()
        self._words(painter, ghost)
        if ghost.saving:
            mark = QRectF(box.right() - MARK - 5, box.y() + 4, MARK, MARK)
            painter.drawPixmap(mark.topLeft(), self._theme.icon("hourglass", 14, tokens.text))
        elif ghost.mark and box.width() >= 40:
            mark = QRectF(box.right() - MARK - 5, box.y() + 4, MARK, MARK)
            self._mark(painter, mark, ghost.verdict, ink)
        if ghost.copy:
            self._plus(painter, QPointF(box.x(), box.y()))

    def _outline(self, painter: QPainter, box: QRectF, ink: QColor, ghost: Ghost) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        pen = QPen(ink, 2)
        if ghost.grey or ghost.verdict is Verdict.REFUSE:
            pen.setDashPattern([2.5, 1.5])
        if ghost.verdict is Verdict.WARN and not ghost.grey:
            pen.setWidthF(1.2)
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(4, 4, -4, -4), RADIUS, RADIUS)
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), RADIUS, RADIUS)

    def _words(self, painter: QPainter, ghost: Ghost) -> None:
        rect = ghost.rect
        painter.setPen(self._theme.tokens.text)
        left, top = rect.x() + 11, rect.y() + (5 if rect.height() >= 30 else 1)
        taken = MARK + 10 if ghost.mark or ghost.saving else 4
        room, step = rect.width() - 15, self._theme.px(16)
        head = self._whole_or_short(ghost.head, ghost.head.split("–")[0], room - taken)
        for number, line in enumerate((head, ghost.name, *self._facts(ghost.facts, room))):
            if not line or top + step - 1 > rect.bottom() + 1:
                break
            bold = number < 2
            painter.setFont(self._theme.font("grid", bold=bold))
            text = self._fit(line, room - (taken if number == 0 else 0), bold=bold)
            box = QRect(left, top, max(room, 0), step)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
            top += step

    def _facts(self, facts: tuple[str, ...], room: int) -> tuple[str, ...]:
        """One line when it fits; else doctor and room first, each on its own."""
        line = " · ".join(facts)
        if self._fit(line, room, bold=False) == line:
            return (line,)
        return (*facts[1:], *facts[:1])

    def _whole_or_short(self, whole: str, short: str, room: int) -> str:
        """Times are never elided: the shorter form when the whole one does not fit."""
        return whole if self._fit(whole, room, bold=True) == whole else short

    def _mark(self, painter: QPainter, box: QRectF, verdict: Verdict, ink: QColor) -> None:
        """A filled disc with ✓, ! or ✕ in the colour of the canvas."""
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawEllipse(box)
        pen = QPen(self._theme.tokens.canvas, 1.8)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        x, y, w = box.x(), box.y(), box.width()
        if verdict is Verdict.REFUSE:
            painter.drawLine(
                QPointF(x + w * 0.33, y + w * 0.33), QPointF(x + w * 0.67, y + w * 0.67)
            )
            painter.drawLine(
                QPointF(x + w * 0.67, y + w * 0.33), QPointF(x + w * 0.33, y + w * 0.67)
            )
        elif verdict is Verdict.OK:
            tick = [(0.28, 0.53), (0.44, 0.69), (0.73, 0.36)]
            painter.drawPolyline(QPolygonF([QPointF(x + w * a, y + w * b) for a, b in tick]))
        else:
            painter.drawLine(QPointF(x + w * 0.5, y + w * 0.26), QPointF(x + w * 0.5, y + w * 0.55))
            painter.drawPoint(QPointF(x + w * 0.5, y + w * 0.75))

    def _plus(self, painter: QPainter, centre: QPointF) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(tokens.canvas, 1.5))
        painter.setBrush(tokens.accent)
        painter.drawEllipse(centre, 9, 9)
        painter.setPen(QPen(tokens.on_accent, 2))
        painter.drawLine(centre - QPointF(4, 0), centre + QPointF(4, 0))
        painter.drawLine(centre - QPointF(0, 4), centre + QPointF(0, 4))

    def chip_rect(self, chip: Chip, clip: QRect) -> QRect:
        """Where the chip stands: below its anchor, or above when the view ends, never outside."""
        metrics = QFontMetricsF(self._theme.font("body"))
        bold = QFontMetricsF(self._theme.font("body", bold=True))
        width = 36 + metrics.horizontalAdvance(chip.sentence) + 12
        if chip.way:
            joint = " · " if chip.sentence else ""
            width += metrics.horizontalAdvance(joint) + bold.horizontalAdvance(chip.way)
        wide = (
            min(round(width), max(120, clip.width() - 16)) if not clip.isEmpty() else round(width)
        )
        rect = QRect(chip.at.x(), chip.at.y() + 8, wide, self._theme.px(CHIP_HEIGHT))
        if not clip.isEmpty():
            if rect.bottom() > clip.bottom() - 4:
                rect.moveBottom(min(clip.bottom() - 4, rect.bottom()))
            rect.moveLeft(max(clip.left() + 8, min(rect.left(), clip.right() - 8 - wide)))
        return rect

    def _chip(self, painter: QPainter, chip: Chip, clip: QRect) -> None:
        tokens = self._theme.tokens
        rect = self.chip_rect(chip, clip)
        ink = tokens.text3 if chip.grey else self.verdict_colour(chip.verdict)
        painter.setPen(Qt.PenStyle.NoPen)
        for depth in range(SHADOW, 0, -1):
            shade = QColor(0, 0, 0, 7)
            painter.setBrush(shade)
            spread = rect.adjusted(-depth, -depth + 3, depth, depth + 3)
            painter.drawRoundedRect(spread, CHIP_RADIUS + depth, CHIP_RADIUS + depth)
        painter.setBrush(tokens.canvas)
        painter.setPen(QPen(ink, 1))
        painter.drawRoundedRect(
            QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), CHIP_RADIUS, CHIP_RADIUS
        )
        self._mark(
            painter,
            QRectF(rect.x() + 8, rect.center().y() - MARK // 2 + 1, MARK, MARK),
            chip.verdict,
            ink,
        )
        left, room = rect.x() + 33, rect.width() - 44
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        bold = QFontMetricsF(self._theme.font("body", bold=True))
        way = bold.horizontalAdvance(chip.way) if chip.way else 0.0
        painter.setFont(self._theme.font("body"))
        painter.setPen(tokens.text)
        metrics = QFontMetricsF(self._theme.font("body"))
        text = chip.sentence + (" · " if chip.way and chip.sentence else "")
        advance = min(metrics.horizontalAdvance(text), max(0.0, room - way))
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, advance + 1)
        painter.drawText(QRectF(left, rect.y(), advance + 2, rect.height()), flags, shown)
        if chip.way:
            painter.setFont(self._theme.font("body", bold=True))
            painter.setPen(tokens.ok)
            painter.drawText(
                QRectF(left + advance, rect.y(), way + 4, rect.height()), flags, chip.way
            )

    def _fit(self, text: str, width: int, *, bold: bool) -> str:
        font = self._theme.font("grid", bold=bold)
        key = (text, width, bold, font.pixelSize())
        known = self._elided.get(key)
        if known is None:
            metrics = QFontMetricsF(font)
            known = metrics.elidedText(text, Qt.TextElideMode.ElideRight, max(width, 0))
            self._elided[key] = known
        return known
