"""What the caller's panel is made of: an offer, and lines of facts."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractButton,
    QGridLayout,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import both_moment
from clinic_desk.ui.runtime.allowed import say_why
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.forms.bits import InkLabel


class OfferButton(QAbstractButton):
    """ "1  Tue 24 Nov 10:15 / Dr Demir · usual doctor"; a click or its figure books it."""

    def __init__(self, theme: Theme, number: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self.number = theme, number
        self.row: RankedSlot | None = None
        self.when = self.detail = self.held = ""
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.updateGeometry)
        self.hide()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, self._theme.px(52))

    def tell(
        self, row: RankedSlot | None, source: RosterSource, held: str, barred: str = ""
    ) -> None:
        """``barred``: why this person may not book it."""
        self.row, self.held = row, held
        self.setVisible(row is not None)
        if row is None:
            return
        slot, roster = row.slot, source.roster
        self.when = both_moment(slot.start, source.zone_at(slot.location_id), source.zone)
        parts = [words.doctor_of(roster, slot.doctor_id) if roster else ""]
        room = roster.rooms.get(slot.room_id or "") if roster else None
        parts += [room.name if room else "", row.why]
        self.detail = " · ".join(part for part in parts if part)
        said = f"Book {self.when}, {self.detail.replace(' · ', ', ')}, key {self.number}"
        self.setAccessibleName(f"{said}, {held}" if held else said)
        say_why(self, barred, f"Book this ({self.number})")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        theme, tokens = self._theme, self._theme.tokens
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        on = self.isEnabled()
        p.setPen(QPen(tokens.accent if on and self.underMouse() else tokens.control_border, 1))
        ground = tokens.canvas if on else tokens.off
        p.setBrush(tokens.selected if self.isDown() else ground)
        p.drawRoundedRect(box, 4, 4)
        px, high = theme.px, self.height()
        cap = self._side(QRect(px(10), (high - px(20)) // 2, px(22), px(20)))
        paint.key_cap(p, cap, theme, str(self.number))
        left, half = px(42), high // 2
        room = self.width() - left - px(10)
        if self.held:
            p.setFont(theme.font("caption", bold=True))
            p.setPen(tokens.warn)
            wide = p.fontMetrics().horizontalAdvance(self.held) + 4
            at = QRect(self.width() - px(10) - wide, px(6), wide, half - px(6))
            paint.elided(p, self._side(at), self.held)
            room_above = room - wide - 6
        else:
            room_above = room
        p.setPen(tokens.text if on else tokens.text3)
        p.setFont(theme.font("body", bold=True))
        paint.elided(p, self._side(QRect(left, px(6), room_above, half - px(6))), self.when)
        p.setFont(theme.font("grid"))
        p.setPen(tokens.text2 if on else tokens.text3)
        paint.elided(p, self._side(QRect(left, half, room, half - px(6))), self.detail)
        if self.hasFocus():
            paint.focus_ring(p, self.rect(), theme)

    def _side(self, part: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)


class Facts(QWidget):
    """Captions and what there is to say; a line without words is not there."""

    def __init__(self, theme: Theme, captions: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(3)
        grid.setColumnStretch(1, 1)
        self.values: dict[str, InkLabel] = {}
        self._captions: dict[str, InkLabel] = {}
        top = Qt.AlignmentFlag.AlignTop
        for row, caption in enumerate(captions):
            name = InkLabel(theme, caption, ink="text2", parent=self)
            value = InkLabel(theme, wrap=True, parent=self)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            grid.addWidget(name, row, 0, top)
            grid.addWidget(value, row, 1, top)
            self.values[caption], self._captions[caption] = value, name

    def tell(self, caption: str, text: str, ink: str = "text") -> None:
        value = self.values[caption]
        value.setText(text)
        value.set_ink(ink)
        value.setVisible(bool(text))
        self._captions[caption].setVisible(bool(text))


def column(parent: QWidget, spacing: int = 8) -> QVBoxLayout:
    made = QVBoxLayout(parent)
    made.setContentsMargins(0, 0, 0, 0)
    made.setSpacing(spacing)
    return made
