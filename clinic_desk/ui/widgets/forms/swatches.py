"""The eight colours, with or without stripes, to choose from; those already used say by whom."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from clinic_desk.services.roster_checks import COLOURS, PATTERNS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import Pattern
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

Look = tuple[str, str]
"""(colour, pattern)."""
WIDEST = 36
"""Pixels of a swatch."""


class SwatchField(QWidget):
    """``striped``: eight colours times three stripes, the value a (colour, pattern); else the
    eight colours and none, the value a colour's name or ""."""

    edited = Signal()

    def __init__(self, theme: Theme, *, striped: bool = True, none: str = "None") -> None:
        super().__init__()
        self._theme, self._striped, self._none = theme, striped, none
        self._used: dict[Look, tuple[str, ...]] = {}
        self._looks: list[Look] = [
            (colour, pattern)
            for pattern in (PATTERNS if striped else ("solid",))
            for colour in COLOURS
        ]
        if not striped:
            self._looks.insert(0, ("", "solid"))
        self._columns = 8 if striped else 9
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.updateGeometry)
        self._name()

    def mark_used(self, used: Mapping[Look, tuple[str, ...]]) -> None:
        """The codes of those who have a look already."""
        self._used = dict(used)
        self._name()
        self.update()

    def value(self) -> Look | str:
        look = self._looks[self._at]
        return look if self._striped else look[0]

    def put(self, value: Look | str) -> None:
        look = value if isinstance(value, tuple) else (value, "solid")
        self._at = self._looks.index(look) if look in self._looks else 0
        self._name()
        self.update()

    def raw(self) -> Look | str:
        return self.value()

    def words(self, look: Look) -> str:
        """ "teal, dashed, used by AD"."""
        if not look[0]:
            return self._none
        parts = [look[0]] + ([look[1]] if self._striped else [])
        if self._striped or self._used:
            who = self._used.get(look, ())
            parts.append(f"used by {', '.join(who)}" if who else "free")
        return ", ".join(parts)

    def spot(self, look: Look) -> QRect:
        """Where a look is painted."""
        return self._box(self._looks.index(look))

    # painting

    def sizeHint(self) -> QSize:  # noqa: N802
        side = self._side()
        lines = -(-len(self._looks) // self._columns)
        return QSize(self._columns * (side.width() + 6) - 2, lines * (side.height() + 6) - 2)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def _side(self) -> QSize:
        # in large type too all of a row fit beside a list
        return QSize(min(self._theme.px(34), WIDEST), self._theme.px(26))

    def _box(self, number: int) -> QRect:
        line, column = divmod(number, self._columns)
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            column = self._columns - 1 - column
        side = self._side()
        return QRect(
            2 + column * (side.width() + 6), 2 + line * (side.height() + 6),
            side.width() - 2, side.height() - 2,
        )  # fmt: skip

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter, tokens = QPainter(self), self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (colour, pattern) in enumerate(self._looks):
            box = self._box(number)
            if colour:
                look = self._theme.doctor_colour(colour, _pattern(pattern))
                who = self._used.get((colour, pattern), ())
                code = who[0] if len(who) == 1 else f"{len(who)}×" if who else ""
                paint.badge(painter, box, self._theme, code, look)
            else:
                painter.setPen(tokens.control_border)
                painter.setBrush(tokens.canvas)
                painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
                painter.drawLine(
                    QPointF(box.left() + 6, box.bottom() - 5),
                    QPointF(box.right() - 6, box.top() + 5),
                )
            if number == self._at:
                ring = tokens.focus if self.hasFocus() else tokens.text
                painter.setPen(QPen(ring, 2))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRoundedRect(QRectF(box).adjusted(-1.5, -1.5, 1.5, 1.5), 5, 5)

    # choosing

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        steps = {
            Qt.Key.Key_Left: 1 if mirrored else -1,
            Qt.Key.Key_Right: -1 if mirrored else 1,
            Qt.Key.Key_Up: -self._columns,
            Qt.Key.Key_Down: self._columns,
        }
        step = steps.get(Qt.Key(event.key()))
        if step is None or event.modifiers():
            super().keyPressEvent(event)
        elif 0 <= self._at + step < len(self._looks):
            self._choose(self._at + step)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        number = self._number_at(event)
        if number is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(number)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            for number, look in enumerate(self._looks):
                if self._box(number).contains(event.pos()):
                    QToolTip.showText(event.globalPos(), self.words(look), self)
                    return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def _number_at(self, event: QMouseEvent) -> int | None:
        spot = event.position().toPoint()
        return next(
            (
                n
                for n in range(len(self._looks))
                if self._box(n).adjusted(-3, -3, 3, 3).contains(spot)
            ),
            None,
        )

    def _choose(self, number: int) -> None:
        if number != self._at:
            self._at = number
            self._name()
            self.update()
            announce(self, self.words(self._looks[number]))
            self.edited.emit()

    def _name(self) -> None:
        self.setAccessibleName(f"Colour: {self.words(self._looks[self._at])}")


def _pattern(name: str) -> Pattern:
    return "dashed" if name == "dashed" else "double" if name == "double" else "solid"
