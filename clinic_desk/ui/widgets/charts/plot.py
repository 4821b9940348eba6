"""What all plots share: the data they take, reading one value after the other, the bubble."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from clinic_desk.ui.geometry.plotscale import ticks
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.widgets import paint
from clinic_desk.ui.widgets.announce import announce

NONE = -1

_BEFORE = {Qt.Key.Key_Left, Qt.Key.Key_Up}
_AFTER = {Qt.Key.Key_Right, Qt.Key.Key_Down}
_MIRROR = {Qt.Key.Key_Left: Qt.Key.Key_Right, Qt.Key.Key_Right: Qt.Key.Key_Left}


@dataclass(frozen=True, slots=True)
class Series:
    """``values`` stand over the plot's labels, in their order; None: nothing is known there.
    Without ``colour`` the plot takes one of the theme."""

    name: str
    values: tuple[float | None, ...]
    colour: QColor | None = None


def plain(value: float) -> str:
    """ "12", "12.5" """
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


class Plot(QWidget):
    """``read`` carries the index of the value that pointer or keyboard are on (-1: none),
    ``activated`` one that was clicked or chosen with Enter.

    ``compact``: for a card, without value axis and legend.
    """

    read = Signal(int)
    activated = Signal(int)

    def __init__(self, theme: Theme, *, compact: bool = False) -> None:
        super().__init__()
        self.theme = theme
        self.compact = compact
        self.labels: tuple[str, ...] = ()
        self.names: tuple[str, ...] = ()
        self.series: tuple[Series, ...] = ()
        self.goal: float | None = None
        self.strong: frozenset[int] = frozenset()
        self.whole = False
        self._levels: tuple[float, ...] = ()
        self.say: Callable[[float], str] = plain
        self.index = NONE
        self._by_pointer = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._restyle)

    def sizeHint(self) -> QSize:  # noqa: N802
        if self.compact:
            return QSize(self.theme.px(220), self.theme.px(72))
        return QSize(self.theme.px(520), self.theme.px(260))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        if self.compact:
            return QSize(self.theme.px(120), self.theme.px(48))
        return QSize(self.theme.px(240), self.theme.px(150))

    # -- data --------------------------------------------------------------------------------

    def show_data(
        self,
        labels: Sequence[str],
        series: Sequence[Series],
        *,
        say: Callable[[float], str] = plain,
        names: Sequence[str] = (),
        goal: float | None = None,
        strong: frozenset[int] = frozenset(),
        whole: bool = False,
    ) -> None:
        """``labels`` stand at the axis, ``names`` (by default the labels) are what is read out.
        ``say`` makes words of a value. ``goal`` draws a broken line; ``strong`` indices stand out
        in a plot of one series. ``whole``: values are numbers of things. Raises ``ValueError``
        when a series is not as long as the labels."""
        if any(len(one.values) != len(labels) for one in series):
            raise ValueError("every series has one value for each label")
        self.labels, self.series = tuple(labels), tuple(series)
        self.names = tuple(names) or self.labels
        self.say, self.goal, self.strong, self.whole = say, goal, strong, whole
        self.index, self._levels = NONE, ()
        self._describe()
        self.updateGeometry()
        self.update()

    @property
    def count(self) -> int:
        """How many values can be read one after the other."""
        return len(self.labels)

    def words(self, index: int) -> str:
        """What is read out for one index: "Tue 24 Nov: booked 12, no-show 1"."""
        many = len(self.series) > 1
        parts = []
        for one in self.series:
            value = one.values[index]
            said = "nothing known" if value is None else self.say(value)
            parts.append(f"{one.name} {said}" if many else said)
        return f"{self.names[index]}: {', '.join(parts)}"

    def _describe(self) -> None:
        """The values as a sentence, for who cannot see the plot."""
        if not self.labels:
            self.setAccessibleDescription("Nothing to show.")
        else:
            shown = min(self.count, 12)
            said = "; ".join(self.words(index) for index in range(shown))
            rest = f"; and {self.count - shown} more" if shown < self.count else ""
            self.setAccessibleDescription(f"{said}{rest}. Arrow keys read one after the other.")

    # -- reading -----------------------------------------------------------------------------

    def read_at(self, index: int, *, pointer: bool = False) -> None:
        """Moves the reading; -1 ends it."""
        index = index if 0 <= index < self.count else NONE
        self._by_pointer = pointer
        if index == self.index:
            return
        self.index = index
        self.update()
        self.read.emit(index)
        if index != NONE and not pointer:
            announce(self, self.words(index))

    def index_at(self, at: QPointF) -> int:
        """Which value a point of the widget belongs to; -1: none."""
        raise NotImplementedError

    def mark_rect(self, index: int) -> QRectF:
        """Where a value is drawn, for the bubble and for hands."""
        raise NotImplementedError

    def step_of_key(self, key: Qt.Key) -> int | None:
        """The index that a key leads to from the present one; None: no key of the plot."""
        if self.isRightToLeft():
            key = _MIRROR.get(key, key)
        here = self.index
        if key in _AFTER:
            return 0 if here == NONE else min(self.count - 1, here + 1)
        if key in _BEFORE:
            return self.count - 1 if here == NONE else max(0, here - 1)
        return {Qt.Key.Key_Home: 0, Qt.Key.Key_End: self.count - 1}.get(key)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.index != NONE:
            self.activated.emit(self.index)
        elif key == Qt.Key.Key_Escape and self.index != NONE:
            self.read_at(NONE)
        elif self.count and (step := self.step_of_key(key)) is not None:
            self.read_at(step)
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.read_at(self.index_at(event.position()), pointer=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        at = self.index_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and at != NONE:
            self.read_at(at, pointer=True)
            self.activated.emit(at)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if self._by_pointer:
            self.read_at(NONE, pointer=True)
        super().leaveEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        self.read_at(NONE)
        self.update()

    # -- painting ----------------------------------------------------------------------------

    def paint_plot(self, painter: QPainter) -> None:
        """The plot without the bubble and the focus ring."""
        raise NotImplementedError

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        if self.labels:
            self.paint_plot(painter)
            if self.index != NONE:
                self._bubble(painter)
        else:
            painter.setPen(self.theme.tokens.text2)
            painter.setFont(self.theme.font("body"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "Nothing to show.")
        if self.hasFocus():
            paint.focus_ring(painter, self.rect(), self.theme)

    def colour_of(self, place: int) -> QColor:
        """Of a series: its own, or one of the theme that differs from its neighbours."""
        own = self.series[place].colour if self.series else None
        if own is not None:
            return own
        tokens = self.theme.tokens
        if place == 0:
            return tokens.accent
        inks = (tokens.warn, tokens.refuse, tokens.ok, tokens.text3, tokens.held)
        return inks[(place - 1) % len(inks)]

    def faint(self, colour: QColor) -> QColor:
        """A bar that does not stand out, still 1.5 : 1 and more on its ground."""
        return mix(colour, self.theme.tokens.canvas, 0.45)

    def levels(self) -> tuple[float, ...]:
        """The lines of the value axis; asked for with every bar, worked out once for the data."""
        if not self._levels:
            self._levels = ticks(self.highest(), 2 if self.compact else 4, whole=self.whole)
        return self._levels

    def highest(self) -> float:
        known = [v for one in self.series for v in one.values if v is not None]
        return max([*known, self.goal or 0.0], default=0.0)

    def _bubble(self, painter: QPainter) -> None:
        tokens, theme = self.theme.tokens, self.theme
        font = theme.font("caption", bold=True)
        metrics = QFontMetricsF(font)
        text = metrics.elidedText(
            self.words(self.index), Qt.TextElideMode.ElideRight, self.width() - theme.px(20)
        )
        mark = self.mark_rect(self.index)
        wide, high = metrics.horizontalAdvance(text) + theme.px(14), metrics.height() + theme.px(6)
        left = min(max(1.0, mark.center().x() - wide / 2), max(1.0, self.width() - wide - 1))
        top = mark.top() - high - theme.px(4)
        if top < 1:
            inside = mark.height() > 2 * high
            top = mark.top() + theme.px(4) if inside else mark.bottom() + theme.px(4)
            top = min(top, self.height() - high - 1.0)
        box = QRectF(left, max(1.0, top), wide, high)
        painter.setPen(QPen(tokens.control_border, 1))
        painter.setBrush(tokens.canvas)
        painter.drawRoundedRect(box, 4, 4)
        painter.setPen(tokens.text)
        painter.setFont(font)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _restyle(self) -> None:
        self.updateGeometry()
        self.update()
