"""Visits as blocks: tint, stripe, outline, text tiers, icons, and the status treatments of
ux.md section 5. Coordinates: x from the column's left, y from the top of the content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, QPixmap

from clinic_desk.domain.appointments import SlotState, Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.block_words import (
    GONE,
    STRUCK,
    Moment,
    icon_of,
    late_minutes,
    line_text,
    moment_text,
    shown_flags,
    waiting_minutes,
)
from clinic_desk.ui.calendar.grid_layout import Block
from clinic_desk.ui.calendar.paint_crowd import paint_crowd, paint_folded, paint_squeezed
from clinic_desk.ui.calendar.paint_tools import ROOMY_HOLD, Texts, bands, stripe
from clinic_desk.ui.geometry.tiers import Line, NameForm, Tier, name_in, tier_for
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import DoctorColour, Tokens, mix

FLAT_BELOW = (28, 18)


@dataclass(frozen=True, slots=True)
class _Look:
    fill: QColor
    outline: QColor
    stripe_width: float
    inset: float
    bold: bool


class BlockPainter:
    """``people`` tells each doctor's colour and pattern; ``painted`` counts blocks drawn. Places
    are computed as from left to right and turned over inside the block when ``mirrored``."""

    def __init__(self, theme: Theme, texts: Texts) -> None:
        self.theme = theme
        self.texts = texts
        self.people: Mapping[Id, tuple[str, str]] = {}
        self.painted = 0
        self.mirrored = False
        self._box = QRectF()
        self._colours: dict[tuple[str, Id], DoctorColour] = {}
        self._looks: dict[tuple[object, ...], _Look] = {}
        self._signs: dict[tuple[str, int, float], QPixmap] = {}

    def forget(self) -> None:
        """After a change of theme, scale or people."""
        self._colours.clear()
        self._looks.clear()
        self._signs.clear()

    def sign(self, name: str, size: int, ratio: float) -> QPixmap:
        """An icon in its own colour, kept by name alone: the theme's atlas is keyed by colour."""
        found = self._signs.get((name, size, ratio))
        if found is None:
            found = self._signs[(name, size, ratio)] = self.theme.icon(name, size, ratio=ratio)
        return found

    def colour(self, doctor_id: Id) -> DoctorColour:
        key = (self.theme.name, doctor_id)
        found = self._colours.get(key)
        if found is None:
            name, pattern = self.people.get(doctor_id, ("indigo", "solid"))
            found = self.theme.doctor_colour(name, pattern)  # type: ignore[arg-type]
            self._colours[key] = found
        return found

    def paint(self, painter: QPainter, block: Block, moment: Moment, ratio: float) -> None:
        self.painted += 1
        cell = block.cell
        box = self._box = QRectF(block.x, block.y, block.width, block.height)
        tokens, colour = self.theme.tokens, self.colour(cell.doctor_id)
        if block.overflow:
            if block.share is not None:
                paint_crowd(painter, self.theme, self.texts, block, mirrored=self.mirrored)
            else:
                paint_folded(painter, self.theme, box, len(block.overflow))
            return
        if cell.status is Status.HELD:
            self._hold(painter, box, cell, moment.zone, ratio)
            return
        dim = cell.id in moment.dimmed
        parked = "parked" in cell.flags
        past = moment.day < moment.today
        soft = dim or parked
        key = (self.theme.name, cell.doctor_id, cell.status, cell.slot_state, soft, past)
        look = self._looks.get(key)
        if look is None:
            look = self._looks[key] = self._look(cell, colour, tokens, past, soft)
        if box.width() < FLAT_BELOW[0] or box.height() < FLAT_BELOW[1] - 2:
            painter.fillRect(box, look.fill)
            edge = self._rect(box.left(), box.top(), min(4.0, box.width()), block.real_height)
            painter.fillRect(edge, colour.stripe)
            notch = self._rect(box.right() - 4, box.top(), 4, 4)
            if box.width() >= 10:
                painter.fillRect(notch, self.theme.status_colour(cell.status))
        else:
            self._shape(painter, box, block, look, colour, dim or parked)
        if "must_move" in cell.flags and box.width() >= 16:
            self._corner(painter, box)
        if dim:
            painter.setOpacity(0.4)
        self._text(painter, box, cell, look, moment, ratio)
        painter.setOpacity(1.0)
        if "overbooked" in cell.flags and cell.status not in GONE:  # its sign is never written over
            paint_squeezed(painter, self.theme, self.texts, box, mirrored=self.mirrored, dim=dim)

    def _rect(self, left: float, top: float, width: float, height: float) -> QRectF:
        """A rectangle inside the block, turned over where the interface is mirrored."""
        if self.mirrored:
            left = self._box.left() + self._box.right() - left - width
        return QRectF(left, top, width, height)

    def _sign(
        self, painter: QPainter, name: str, left: float, top: float, size: int, ratio: float
    ) -> None:
        spot = self._rect(left, top, size, size).topLeft()
        painter.drawPixmap(spot, self.sign(name, size, ratio))

    def _look(
        self, cell: Cell, colour: DoctorColour, tokens: Tokens, past: bool, soft: bool
    ) -> _Look:
        fill, status = colour.fill, cell.status
        outline = mix(colour.stripe, colour.fill, 0.38)
        if soft:
            fill = mix(colour.fill, tokens.canvas, 0.4)
        elif status in (Status.PENDING, *GONE) or cell.slot_state is SlotState.CONTESTED:
            fill, outline = tokens.canvas, colour.stripe
        elif status is Status.NO_SHOW:
            fill = tokens.canvas
        elif status is Status.COMPLETED or past:
            fill = mix(colour.fill, tokens.canvas, 0.5)
        wide = status is Status.ARRIVED
        strong = status is Status.IN_PROGRESS
        return _Look(
            fill,
            self.theme.status_colour(status) if strong else outline,
            6.0 if wide else 4.0,
            10.0 if wide or strong else 8.0,
            status is not Status.COMPLETED and not past,
        )

    def _shape(
        self,
        painter: QPainter,
        box: QRectF,
        block: Block,
        look: _Look,
        colour: DoctorColour,
        soft: bool,
    ) -> None:
        tokens, status = self.theme.tokens, block.cell.status
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if not soft and status not in (Status.NO_SHOW, Status.IN_PROGRESS):
            # most blocks: fill and outline in one go
            painter.setPen(look.outline)
            painter.setBrush(look.fill)
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            wide, high = look.stripe_width, block.real_height - 2
            edge = self._rect(box.left(), box.top() + 1, wide, high)
            stripe(painter, edge, colour)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            return
        painter.save()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.fill)
        painter.drawRoundedRect(box, 3, 3)
        if status is Status.NO_SHOW:
            bands(painter, box.adjusted(1, 1, -1, -1), mix(colour.fill, tokens.canvas, 0.75))
        if not soft:
            edge = self._rect(box.left(), box.top(), look.stripe_width, block.real_height)
            stripe(painter, edge.adjusted(0, 1, 0, -1), colour)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if soft:
            pen = QPen(colour.stripe, 1.5)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        elif status is Status.IN_PROGRESS:
            painter.setPen(QPen(look.outline, 2))
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), 3, 3)
        else:
            painter.setPen(QPen(look.outline, 1))
            painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _corner(self, painter: QPainter, box: QRectF) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.tokens.refuse)
        corner = box.bottomLeft() if self.mirrored else box.bottomRight()
        inward = QPointF(-10 if self.mirrored else 10, 0)
        painter.drawPolygon([corner, corner - inward, corner - QPointF(0, 10)])
        painter.restore()

    def _hold(
        self, painter: QPainter, box: QRectF, cell: Cell, zone_name: str, ratio: float
    ) -> None:
        """Body of a hold; its countdown belongs to the overlay."""
        tokens, held = self.theme.tokens, self.theme.status_colour(Status.HELD)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        painter.setBrush(tokens.canvas)
        pen = QPen(held, 1.5)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawRoundedRect(box.adjusted(0.75, 0.75, -0.75, -0.75), 3, 3)
        painter.restore()
        if box.width() < 40:
            return
        theme = self.theme
        large = theme.px(14)
        top = box.top() + (4 if box.height() >= 44 else 3)
        if box.width() >= ROOMY_HOLD:
            self._sign(painter, "status-held", box.right() - large - 6, box.top() + 4, large, ratio)
            roomy = box.width() >= theme.px(150)
            when = f"{moment_text(cell, zone_name)} Held" if roomy else "Held"
            self._write(
                painter, when, theme.font("grid", bold=True), box.left() + 8, top, box.width() - 70
            )
        if box.height() >= 30:
            initials = "".join(part[:1] for part in cell.held_by.split())
            who = f"{initials} · {cell.held_by}" if box.width() >= 140 else initials
            self._write(
                painter,
                who,
                theme.font("grid"),
                box.left() + 8,
                top + theme.px(16),
                box.width() - 16,
            )

    def _text(
        self,
        painter: QPainter,
        box: QRectF,
        cell: Cell,
        look: _Look,
        moment: Moment,
        ratio: float,
    ) -> None:
        theme, scale = self.theme, self.theme.scale
        tier = tier_for(box.width() / scale, box.height() / scale)
        if tier.name is NameForm.NONE or box.height() < 14:
            return
        left = box.left() + (look.inset if box.width() >= 48 else 6)
        top = box.top() + (4 if box.height() >= 44 * scale else 3 if box.height() >= 20 else 1)
        right = self._icons(painter, box, cell, tier, moment, ratio, top)
        plain = theme.font("grid")
        name_font = theme.font("grid", bold=True) if look.bold else plain
        at = left
        if tier.time_first:
            when = moment_text(cell, moment.zone)
            self._write(painter, when, plain, at, top, right - at)
            at += self.texts.width(when, plain) + 5
        form = NameForm.INITIALS if moment.private else tier.name
        name = name_in(form, cell.last_name, cell.first_name)
        if tier.name is NameForm.INITIALS:  # "MN" is wide: no narrow visit is left without a name
            right += 2
            forms = ((name, name_font), (name, plain), (name[-1:], name_font))
            name, name_font = self.texts.fitting(forms, right - at)
        drawn = self._write(painter, name, name_font, at, top, right - at)
        if cell.status in STRUCK and drawn > 0:
            y = round(top + theme.px(9)) + 0.5
            painter.setPen(QPen(theme.tokens.text, 1))
            line_at = self._rect(at, y, drawn, 0)
            painter.drawLine(line_at.topLeft(), line_at.topRight())
        line = theme.px(16)
        y = top
        for kind in tier.lines:
            if y + 2 * line > box.bottom() + 3:
                break
            if kind is Line.FLAGS:
                if self._flag_row(painter, cell, left, y + line, box.right() - 4, moment, ratio):
                    y += line
                continue
            text = line_text(kind, cell, moment)
            if not text:
                continue
            y += line
            start = left
            if kind is Line.NOTE:
                self._sign(painter, "flag-note", left, y + 2, theme.px(12), ratio)
                start += theme.px(16)
            self._write(painter, text, plain, start, y, box.right() - 4 - start)

    def _write(
        self, painter: QPainter, text: str, font: QFont, x: float, top: float, width: float
    ) -> float:
        """Draws elided text whose line begins at ``top``; returns the width drawn."""
        shown = self.texts.elided(text, font, width)
        if not shown:
            return 0.0
        painter.setFont(font)
        painter.setPen(self.theme.tokens.text)
        drawn = self.texts.width(shown, font)
        spot = self._rect(x, top + self.theme.px(12), drawn, 0).topLeft()
        painter.drawText(spot, shown)
        return drawn

    def _icons(
        self,
        painter: QPainter,
        box: QRectF,
        cell: Cell,
        tier: Tier,
        moment: Moment,
        ratio: float,
        top: float,
    ) -> float:
        """Status icon, minutes and inline flags at the inline end; returns where text ends."""
        theme = self.theme
        right = box.right() - 5
        if not tier.icon:
            return right
        status = Status.CANCELLED if cell.status in GONE else cell.status
        if tier.name is NameForm.INITIALS:
            small = theme.px(12)
            self._sign(
                painter, f"status-{status}", box.left() + 6, top + theme.px(16), small, ratio
            )
            return right
        large, small = theme.px(14), theme.px(12)
        right -= large
        self._sign(painter, f"status-{status}", right, top + 1, large, ratio)
        right -= 4
        if tier.name is NameForm.SURNAME:
            return right
        late = late_minutes(cell, moment.now)
        waited = waiting_minutes(cell, moment.now)
        minutes = waited if waited is not None else late or None
        if minutes is not None:
            font = theme.font("grid", bold=True)
            text = f"{minutes}′"
            width = self.texts.width(text, font)
            right -= width
            painter.setFont(font)
            painter.setPen(theme.tokens.text)
            spot = self._rect(right, top + theme.px(12), width, 0).topLeft()
            painter.drawText(spot, text)
            right -= 4
        flags = shown_flags(cell, moment.now)
        if not tier.inline_flags:
            flags = [f for f in flags if f == "late"]
        elif Line.NOTE in tier.lines and cell.note:
            flags = [f for f in flags if f != "note"]
        for flag in reversed(flags[:3]):
            size = large if flag == "late" else small
            least = theme.px(50 if flag == "late" else 90)
            if right - size - box.left() < least:
                break
            right -= size
            self._sign(painter, icon_of(flag), right, top + 1 + (large - size) / 2, size, ratio)
            right -= 4
        return right

    def _flag_row(
        self,
        painter: QPainter,
        cell: Cell,
        left: float,
        y: float,
        right: float,
        moment: Moment,
        ratio: float,
    ) -> bool:
        flags = [f for f in shown_flags(cell, moment.now) if f != "late"]
        at, size = left, self.theme.px(12)
        for flag in flags[:3]:
            if at + size > right:
                break
            self._sign(painter, icon_of(flag), at, y + 2, size, ratio)
            at += size + 6
        return at > left
