"""The small parts that cards of the board are painted of."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.flow.cards import NEXT_WORDS, Card, Station
from clinic_desk.ui.flow.naming import Naming
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.widgets import paint


@dataclass(frozen=True, slots=True)
class Button:
    """A painted button of a card: what it does, its word, its key where that is shown."""

    action: str
    text: str
    key: str = ""
    primary: bool = False


def buttons_of(card: Card, *, selected: bool) -> tuple[Button, ...]:
    """Those in the card's last line, and with the card selected those below it."""
    if card.cell.status is Status.PENDING:
        return (Button("accept", "Accept", "Y" if selected else ""),)
    if card.station not in NEXT_WORDS:
        return ()
    if card.station is Station.ARRIVED:
        return ()
    text, key = NEXT_WORDS[card.station]
    return (Button("next", text, key if selected else ""),)


def more_buttons(card: Card) -> tuple[Button, ...]:
    """Below a selected card."""
    found = []
    if card.station is Station.ARRIVED:
        found.append(Button("next", "In room", "R", primary=True))
    if card.station is not Station.EXPECTED:
        found.append(Button("back", "Step back", "U"))
    if card.station is Station.EXPECTED and card.cell.status is not Status.PENDING:
        found.append(Button("no_show", "No-show?" if card.missing else "No-show", "X"))
    if card.station is Station.ARRIVED:
        found.append(Button("other", "Other doctor…", ""))
    found.append(Button("menu", "⋯", ""))
    return tuple(found)


class Parts:
    """Everything is measured from left to right within ``whole`` and mirrored when painted."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.naming = Naming(None)
        self.mirrored = False

    def mirror(self, whole: QRect, rect: QRect) -> QRect:
        direction = (
            Qt.LayoutDirection.RightToLeft if self.mirrored else Qt.LayoutDirection.LeftToRight
        )
        return QStyle.visualRect(direction, whole, rect)

    def _text(
        self, p: QPainter, whole: QRect, rect: QRect, text: str, font: QFont, ink: QColor
    ) -> None:
        p.setFont(font)
        p.setPen(ink)
        side = Qt.AlignmentFlag.AlignRight if self.mirrored else Qt.AlignmentFlag.AlignLeft
        flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
        paint.elided(p, self.mirror(whole, rect), text, flags)

    def chip(
        self, p: QPainter, whole: QRect, left: int, middle: int, text: str, ink: QColor,
        *, icon: str = "", bold: bool = False,
    ) -> int:  # fmt: skip
        """A bordered word; answers its width."""
        theme = self.theme
        font = theme.font("caption", bold=bold)
        wide = self.chip_width(text, icon=icon, bold=bold)
        high = theme.px(20)
        rect = self.mirror(whole, QRect(left, middle - high // 2, wide, high))
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(mix(ink, theme.tokens.canvas, 0.75), 1))
        p.setBrush(mix(ink, theme.tokens.canvas, 0.06))
        p.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        p.restore()
        x = left + theme.px(5)
        if icon:
            side = theme.px(13)
            spot = self.mirror(whole, QRect(x, middle - side // 2, side, side))
            p.drawPixmap(spot.topLeft(), theme.icon(icon, side, ink))
            x += side + theme.px(4)
        inner = QRect(x, middle - high // 2, left + wide - x, high)
        self._text(p, whole, inner, text, font, ink)
        return wide

    def chip_width(self, text: str, *, icon: str = "", bold: bool = False) -> int:
        theme = self.theme
        font = theme.font("caption", bold=bold)
        wide = QFontMetrics(font).horizontalAdvance(text) + theme.px(11)
        return wide + (theme.px(17) if icon else 0)

    def button_width(self, button: Button) -> int:
        theme = self.theme
        wide = QFontMetrics(theme.font("grid")).horizontalAdvance(button.text) + theme.px(16)
        if button.key:
            wide += paint.key_cap_width(theme, button.key) + theme.px(4)
        return max(wide, theme.px(26))

    def button(self, p: QPainter, rect: QRect, button: Button, *, hot: bool) -> None:
        """``rect`` is where it is seen."""
        theme, tokens = self.theme, self.theme.tokens
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setPen(QPen(tokens.control_border, 1))
        p.setBrush(mix(tokens.text, tokens.canvas, 0.08) if hot else tokens.canvas)
        p.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        p.setFont(theme.font("grid"))
        p.setPen(tokens.text)
        cap = paint.key_cap_width(theme, button.key) if button.key else 0
        inner = rect.adjusted(0, 0, -(cap + theme.px(6)) if cap else 0, 0)
        if self.mirrored and cap:
            inner = rect.adjusted(cap + theme.px(6), 0, 0, 0)
        p.drawText(inner, Qt.AlignmentFlag.AlignCenter, button.text)
        p.restore()
        if cap:
            high = theme.px(16)
            x = rect.left() + theme.px(5) if self.mirrored else rect.right() - cap - theme.px(4)
            paint.key_cap(
                p, QRect(x, rect.center().y() - high // 2 + 1, cap, high), theme, button.key
            )
