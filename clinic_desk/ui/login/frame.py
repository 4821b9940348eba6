"""The opaque page around every log-in screen: our name above, the clinic's in the middle."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QScrollArea,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.login.footer import Footer
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import clock_text, local_day, long_day
from clinic_desk.ui.widgets.forms.bits import InkLabel
from clinic_desk.ui.widgets.reading import lean_to_start

WIDE = 752
"""Pixels of the column in the middle: four large tiles."""
HEAD = 60


class Head(QWidget):
    """The program's mark and name."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAccessibleName("Clinic Desk")
        theme.changed.connect(self._dress)
        self._dress()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(200, self._theme.px(HEAD))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        tokens, px = self._theme.tokens, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        mark = self._side(QRect(px(32), (self.height() - px(32)) // 2, px(32), px(32)))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.accent)
        painter.drawRoundedRect(QRectF(mark), 6, 6)
        painter.setPen(QPen(tokens.on_accent, px(4)))
        arm, middle = px(9), mark.center()
        painter.drawLine(middle.x() - arm, middle.y() + 1, middle.x() + arm, middle.y() + 1)
        painter.drawLine(middle.x() + 1, middle.y() - arm, middle.x() + 1, middle.y() + arm)
        painter.setPen(tokens.text)
        painter.setFont(self._theme.font("title", bold=True))
        words = self._side(QRect(px(76), 0, px(200), self.height()))
        side = QStyle.visualAlignment(self.layoutDirection(), Qt.AlignmentFlag.AlignLeft)
        flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, int(flags), "Clinic Desk")

    def _side(self, part: QRect) -> QRect:
        return QStyle.visualRect(self.layoutDirection(), self.rect(), part)

    def _dress(self) -> None:
        self.setFixedHeight(self._theme.px(HEAD))
        self.update()


class Card(QFrame):
    """A white field with a line around it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 16, 24, 14)
        self.column.setSpacing(8)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.tokens.grid_major, 1))
        painter.setBrush(self._theme.tokens.canvas)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)


class _Middle(QWidget):
    """Holds the column in the middle, as high as the page: only what cannot be any smaller is
    scrolled. A layout would ask for the height that long sentences would like to have."""

    def __init__(self, inner: QWidget) -> None:
        super().__init__()
        self._inner = inner
        inner.setParent(self)
        inner.installEventFilter(self)

    def lay(self) -> None:
        width = min(self.width(), self._inner.maximumWidth())
        layout = self._inner.layout()
        assert layout is not None
        least = layout.minimumHeightForWidth(width)
        if least < 0:
            least = layout.minimumSize().height()
        if least != self.minimumHeight():
            self.setMinimumHeight(least)
        self._inner.setGeometry((self.width() - width) // 2, 0, width, max(self.height(), least))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.lay()

    def eventFilter(self, inner: QObject, event: QEvent) -> bool:  # noqa: ARG002, N802
        if event.type() is QEvent.Type.LayoutRequest:
            self.lay()
        return False


class Frame(QWidget):
    """``middle`` is the column that the screens fill. Nothing of what lies below shines through."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.head = Head(theme, self)
        self.clinic = InkLabel(theme, "", role="date", bold=True, wrap=True)
        self.now = InkLabel(theme, "", ink="text2")
        self.footer = Footer(theme, self)
        for label in (self.clinic, self.now):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter)
        self.middle = QVBoxLayout()
        self.middle.setContentsMargins(16, 4, 16, 8)
        self.middle.setSpacing(10)
        self.middle.addStretch(1)
        self.middle.addWidget(self.clinic)
        self.middle.addWidget(self.now)
        inner = QWidget()
        inner.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        inner.setLayout(self.middle)
        self._inner = inner
        self.scroller = QScrollArea(self)
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._middle = _Middle(inner)
        self.scroller.setWidget(self._middle)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.scroller, 1)
        column.addWidget(self.footer)
        theme.changed.connect(self._follow_type)
        self._follow_type()

    def show_place(self, name: str, now: datetime, zone: str) -> None:
        """Which clinic, and what its clock says."""
        self.clinic.setText(name)
        self.now.setText(f"{long_day(local_day(now, zone))} · {clock_text(now, zone)}")

    def like(self, other: Frame) -> None:
        """The same clinic at the same time."""
        self.clinic.setText(other.clinic.text())
        self.now.setText(other.now.text())
        self.footer.copy(other.footer)

    def set_wide(self, pixels: int) -> None:
        """How wide the column in the middle may become, at normal type."""
        self._wide = pixels
        self._follow_type()

    _wide = WIDE

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        lean_to_start(self)
        super().showEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002, N802
        QPainter(self).fillRect(self.rect(), self.theme.tokens.window)

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Tab goes round within the page: nothing below it can be reached."""
        stops = [one for one in self.findChildren(QWidget) if _takes_tab(one)]
        if not stops:
            return False
        ordered = _in_chain(self, stops)
        focus = self.focusWidget()
        place = ordered.index(focus) if focus in ordered else -1
        step = 1 if forward else -1
        wanted = ordered[(place + step) % len(ordered) if place >= 0 else 0]
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        wanted.setFocus(reason)
        return True

    def _follow_type(self) -> None:
        self._inner.setMaximumWidth(self.theme.px(self._wide) + 32)
        self._middle.lay()
        self.update()


def _takes_tab(widget: QWidget) -> bool:
    takes = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
    return bool(takes) and widget.isEnabled() and widget.isVisible()


def _in_chain(root: QWidget, stops: list[QWidget]) -> list[QWidget]:
    found: list[QWidget] = []
    one = root.nextInFocusChain()
    while one is not None and one is not root and len(found) < len(stops):
        if one in stops:
            found.append(one)
        one = one.nextInFocusChain()
    return found
