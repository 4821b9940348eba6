"""A result that passes by: one sentence, Undo, and a bar that shows how long it stays."""

from __future__ import annotations

from PySide6.QtCore import (
    QElapsedTimer,
    QEvent,
    QObject,
    QPoint,
    QRect,
    QRectF,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QColor, QEnterEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QHBoxLayout,
    QSizePolicy,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.worded import WordedButton

STAY = 8000
"""Milliseconds; the pointer on the toast stops the clock."""

WIDEST = 640
"""Pixels; a longer sentence goes on in a second line."""

_FRAME = 50

_GAP = 12
"""Pixels between the toast and a button that it keeps clear of."""

_HIGHEST = 0.4
"""Share of the host's height that the toast climbs at the most."""

_LOOK = 5
"""Frames between two looks at what has come below the toast."""


class Toast(QWidget):
    """Sits 16 px from the lower inline end of ``host``, or above the buttons that are there: it
    never lies on one. A newer one takes its place."""

    action_requested = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, host: QWidget, *, bottom: int = 16) -> None:
        super().__init__(host)
        self._theme = theme
        self._host = host
        self._bottom = bottom
        self._left = 0
        self._whole = STAY
        self.stay = 0
        """Milliseconds instead of the usual ones; 0 for those."""
        self.clear_of: list[QWidget] = []
        """What it does not lie on, besides buttons."""
        self._aside = self._waits = False
        self._frames = 0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self, interval=_FRAME)
        self._timer.timeout.connect(self._pass_time)
        self._text = Label(self)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setWordWrap(True)
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._button = WordedButton(self)
        self._button.setFlat(True)
        self._button.clicked.connect(self._act)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 4, 8, 6)
        row.setSpacing(12)
        row.addWidget(self._text, 1)
        row.addWidget(self._button)
        self.hide()
        self._dress()
        theme.changed.connect(self._dress)
        host.installEventFilter(self)

    @property
    def text(self) -> str:
        return self._text.text() if self.isVisible() else ""

    def set_bottom(self, pixels: int) -> None:
        """How far above the lower edge of the host."""
        if pixels != self._bottom:
            self._bottom = pixels
            if self.isVisible():
                self._place()

    def show_text(self, sentence: str, action: str = "") -> None:
        """``action`` is the button's word ("Undo"); empty shows none."""
        self._text.setText(sentence)
        self._text.setToolTip(sentence)
        self._button.setText(action)
        self._button.setVisible(bool(action))
        self._left = self._whole = self.stay or STAY
        self._waits = True
        if not self._aside:
            self._come()
        announce(self, f"{sentence} {action} is possible." if action else sentence)

    def stand_aside(self, on: bool) -> None:
        """Out of the way while something is carried over the window; what was left of its time,
        or a newer sentence, is shown afterwards."""
        if on == self._aside:
            return
        self._aside = on
        if on and self.isVisible():
            self._waits = True
            self._timer.stop()
            self.hide()
        elif not on and self._waits:
            self._come()

    def _come(self) -> None:
        self._waits = False
        self._clock.start()
        self._timer.start()
        self._place()
        self.show()
        self.raise_()

    def dismiss(self) -> None:
        self._waits = False
        self._timer.stop()
        seen = self.isVisible()
        self.hide()  # behind a lock page too: it would come back with the window, and stay
        if seen:
            self.closed.emit()

    def enterEvent(self, event: QEnterEvent) -> None:  # noqa: N802
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        if self.isVisible():
            self._clock.start()
            self._timer.start()
        super().leaveEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.tokens.text)
        painter.drawRoundedRect(QRectF(self.rect()), 6, 6)
        painter.setBrush(self._ink())
        width = (self.width() - 12) * self._left / self._whole
        painter.drawRect(QRectF(6, self.height() - 2, width, 2))

    def _ink(self) -> QColor:
        """The accent of the other theme: the toast wears inverted colours."""
        return QColor("#7FB4FF") if self._theme.name == "light" else QColor("#1257A8")

    @when_seen
    def _dress(self) -> None:
        tokens = self._theme.tokens
        colours = QPalette(self.palette())
        colours.setColor(QPalette.ColorRole.WindowText, tokens.canvas)
        self._text.setPalette(colours)
        hover = mix(tokens.canvas, tokens.text, 0.15).name()
        self._button.setStyleSheet(
            f"QPushButton {{ background: transparent; color: {self._ink().name()}; border: 0;"
            f" font-weight: 600; padding: 0 12px; }}"
            f"QPushButton:hover {{ background: {hover}; }}"
            f"QPushButton:focus {{ border: 2px solid {self._ink().name()}; padding: 0 10px; }}"
        )
        self.update()

    def _place(self) -> None:
        text = self._text.fontMetrics().horizontalAdvance(self._text.text()) + 1
        button = self._button.sizeHint().width() + 12 if self._button.text() else 8
        width = max(min(text + button + 32, self._host.width() - 32, WIDEST), 240)
        self.setFixedWidth(width)
        high = self._text.heightForWidth(width - button - 24)
        self.setFixedHeight(max(48, high + 16))
        self.move(self._free_place())

    def _free_place(self) -> QPoint:
        """Where no button lies: straight up from the usual corner, else from the middle or the
        other corner; the usual one where there is no such place."""
        host, size = self._host, self.size()
        ends = (16, host.width() - size.width() - 16)
        mirrored = host.layoutDirection() is Qt.LayoutDirection.RightToLeft
        first, last = ends if mirrored else ends[::-1]
        usual = QPoint(first, host.height() - size.height() - self._bottom)
        taken = self._buttons()
        lists = [
            self._seen(view)
            for view in self._host.findChildren(QAbstractItemView)
            if view.isVisible()
        ]
        found: list[tuple[int, QPoint]] = []
        for away, x in enumerate((first, (host.width() - size.width()) // 2, last)):
            place = QRect(QPoint(x, usual.y()), size)
            while place.top() > host.height() * (1 - _HIGHEST) - size.height():
                below = [one.top() for one in taken if one.intersects(place)]
                if not below:
                    away_too = any(one.intersects(place) for one in lists)
                    cost = usual.y() - place.top() + 120 * away + 150 * away_too
                    found.append((cost, place.topLeft()))
                    break
                place.moveBottom(min(below) - _GAP)
        return min(found, key=lambda one: one[0])[1] if found else usual

    def _buttons(self) -> list[QRect]:
        """What can be pressed in the host, or will be once it is enabled."""
        taken = [self._seen(one) for one in self.clear_of if one.isVisible()]
        for button in self._host.findChildren(QAbstractButton):
            # a button without a face keeps the place of one that comes when it is wanted
            faceless = not (button.text() or button.accessibleName()) and button.icon().isNull()
            if button.isVisible() and not faceless and not self.isAncestorOf(button):
                taken.append(self._seen(button))
        return taken

    def _seen(self, widget: QWidget) -> QRect:
        """Where it is in the host, without what is scrolled out of sight."""
        seen = widget.visibleRegion().boundingRect()
        seen.moveTopLeft(widget.mapTo(self._host, seen.topLeft()))
        return seen

    def _pass_time(self) -> None:
        self._left -= int(self._clock.restart())
        self._frames += 1
        if self._frames % _LOOK == 0 and any(
            one.intersects(self.geometry()) for one in self._buttons()
        ):
            self._place()  # another page, or a bar that has come
        if self._left <= 0:
            self.dismiss()
        else:
            self.update()

    def _act(self) -> None:
        self.dismiss()
        self.action_requested.emit()
