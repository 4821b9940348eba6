"""The card of a visit: a tooltip after a short rest, or pinned by a key until Esc."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Clock
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.visit_words import card_lines, name_with_age, zone_for
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.announce import announce

DELAY = 350
WIDTH = 300
LINGER = 150


class VisitCard(QFrame):
    """A child of the page. ``rest`` starts the wait over a visit; the card stays while the pointer
    is on it and never takes the focus. Pinned, it has buttons that Tab reaches from the grid;
    ``opened`` carries the visit's id, ``closed`` whether the focus was inside."""

    closed = Signal(bool)
    opened = Signal(str)
    copied = Signal(str)

    def __init__(self, theme: Theme, clock: Clock, host: QWidget) -> None:
        super().__init__(host)
        self._theme, self._clock = theme, clock
        self.cell: Cell | None = None
        self.pinned = False
        self._roster: Roster | None = None
        self._waiting: tuple[Cell, QRect] | None = None
        self.setObjectName("visitCard")
        self.setFixedWidth(WIDTH)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(DELAY)
        self._timer.timeout.connect(self._rested)
        self._leaving = QTimer(self)
        self._leaving.setSingleShot(True)
        self._leaving.setInterval(LINGER)
        self._leaving.timeout.connect(self._left)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 10, 12, 10)
        self._column.setSpacing(6)
        self._body: QWidget | None = None
        self._buttons = QWidget(self)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 4, 0, 0)
        self.open_button = QPushButton("Open")
        self.copy_button = QPushButton("Copy phone")
        self.close_button = QPushButton("Close")
        for button in (self.open_button, self.copy_button, self.close_button):
            row.addWidget(button)
        row.addStretch(1)
        self.open_button.clicked.connect(self._open)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.dismiss)
        self._buttons.hide()
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def know(self, roster: Roster) -> None:
        self._roster = roster

    def rest(self, cell: Cell | None, area: QRect | None) -> None:
        """The pointer is over a visit whose rectangle (host pixels) is ``area``, or over none."""
        if self.pinned:
            return
        if cell is None or area is None:
            self._timer.stop()
            self._waiting = None
            if self.isVisible():
                self._leaving.start()
            return
        if self.isVisible() and self.cell is not None and self.cell.id == cell.id:
            self._leaving.stop()
            return
        if self._waiting is None or self._waiting[0].id != cell.id:
            self._waiting = (cell, area)
            self._timer.start()

    def pin(self, cell: Cell, area: QRect) -> None:
        """Shows the card at once and keeps it; the same visit again closes it."""
        if self.pinned and self.isVisible() and self.cell is not None and self.cell.id == cell.id:
            self.dismiss()
            return
        self._timer.stop()
        self.pinned = True
        self._present(cell, area)
        announce(self, self.accessibleDescription())

    def refresh(self, cell: Cell | None) -> None:
        """New data for the shown visit; closes when it is gone."""
        if not self.isVisible():
            return
        if cell is None:
            self.dismiss()
        elif cell != self.cell:
            self._fill(cell)

    def dismiss(self) -> None:
        self._timer.stop()
        self._leaving.stop()
        self._waiting = None
        self.pinned = False
        if self.isVisible():
            focused = QApplication.focusWidget()
            inside = focused is not None and self.isAncestorOf(focused)
            self.hide()
            self.closed.emit(inside)

    def _open(self) -> None:
        if self.cell is not None:
            row_id = self.cell.id
            self.dismiss()
            self.opened.emit(row_id)

    def _copy(self) -> None:
        if self.cell is not None:
            QGuiApplication.clipboard().setText(self.cell.phone)
            self.copied.emit(self.cell.phone)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def _rested(self) -> None:
        if self._waiting is not None:
            self._present(*self._waiting)
            self._waiting = None

    def _left(self) -> None:
        if not self.pinned and not self.underMouse():
            self.dismiss()

    def _present(self, cell: Cell, area: QRect) -> None:
        if self._roster is None:
            return
        self._leaving.stop()
        self._fill(cell)
        host = self.parentWidget()
        if host is None:
            return
        x = area.right() + 8
        if x + WIDTH > host.width() - 8:
            x = area.left() - WIDTH - 8
        x = max(8, min(x, host.width() - WIDTH - 8))
        y = max(8, min(area.top(), host.height() - self.height() - 8))
        self.move(x, y)
        self.show()
        self.raise_()

    def _fill(self, cell: Cell) -> None:
        if self._roster is None:
            return
        self.cell = cell
        if self._body is not None:
            self._column.removeWidget(self._body)
            self._body.deleteLater()
        now = self._clock.now()
        self._body = QWidget()
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        head = QHBoxLayout()
        title = QLabel(name_with_age(cell, now, zone_for(cell, self._roster)))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(self._theme.font("body", bold=True))
        title.setWordWrap(True)
        head.addWidget(title, 1)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        for row, (icon, text) in enumerate(card_lines(cell, self._roster, now)):
            sign = QLabel()
            sign.setPixmap(self._theme.icon(icon, 14))
            words = QLabel(text)
            words.setTextFormat(Qt.TextFormat.PlainText)
            words.setFont(self._theme.font("grid"))
            words.setWordWrap(True)
            grid.addWidget(sign, row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, row, 1)
        column.addLayout(grid)
        self._column.addWidget(self._body)
        # a layout counts only what is shown, and shows what was added later than now
        self._body.show()
        self._column.removeWidget(self._buttons)
        self._column.addWidget(self._buttons)
        self._buttons.setVisible(self.pinned)
        self.copy_button.setVisible(bool(cell.phone))
        self.setAccessibleName(title.text())
        lines = (text for _icon, text in card_lines(cell, self._roster, now))
        self.setAccessibleDescription(". ".join((title.text(), *lines)))
        self.setFixedHeight(
            self._column.heightForWidth(WIDTH)
            if self._column.hasHeightForWidth()
            else self.sizeHint().height()
        )

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"#visitCard {{ background: {tokens.canvas.name()}; border-radius: 6px;"
            f" border: 1px solid {tokens.control_border.name()}; }}"
        )

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        if not self.pinned:
            self._leaving.start()


class CardCloser(QObject):
    """Esc closes the card first, wherever the focus is inside the watched widget."""

    def __init__(self, card: VisitCard, watched: QWidget) -> None:
        super().__init__(card)
        self._card = card
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if (
            event.type() is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
            and self._card.isVisible()
        ):
            self._card.dismiss()
            return True
        return super().eventFilter(watched, event)


def rect_in(host: QWidget, source: QWidget, area: QRect) -> QRect:
    """A rectangle of ``source`` in ``host``'s pixels."""
    return QRect(source.mapTo(host, QPoint(0, 0)) + area.topLeft(), area.size())
