"""The card of a visit: a tooltip after a short rest, or pinned by a key until Esc."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Clock
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.visit_words import card_lines, name_with_age, zone_for
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.unseen import when_seen
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.worded import WordedButton

DELAY = 350
WIDTH = 300
LINGER = 150
SETTLE = 250
"""Milliseconds of rest on the card until presses are its own; before, they go to what it covers."""

_THROUGH = Qt.WidgetAttribute.WA_TransparentForMouseEvents
GAP = 8
Covered = Callable[[], Sequence[QRect]]
"""The places of all visits in sight, host pixels."""


class VisitCard(QFrame):
    """A child of the page. ``rest`` starts the wait over a visit; the card stays while the pointer
    is on it, having come from its visit, and never takes the focus. Until the pointer has come to
    rest on it the mouse goes through it to the visits beneath. Pinned, it has buttons that Tab
    reaches from the grid; ``opened`` carries the visit's id, ``seen`` what is shown (a ``Cell``),
    ``asked`` the same whenever its messages are to be read, ``closed`` whether the focus was
    inside."""

    closed = Signal(bool)
    opened = Signal(str)
    seen = Signal(object)
    asked = Signal(object)
    copied = Signal(str)
    series_wanted = Signal(object)

    def __init__(self, theme: Theme, clock: Clock, host: QWidget) -> None:
        super().__init__(host)
        self._theme, self._clock = theme, clock
        self.cell: Cell | None = None
        self.pinned = False
        self._roster: Roster | None = None
        self._waiting: tuple[Cell, QRect] | None = None
        self._covered: Covered = tuple
        self._place: tuple[QRect, Sequence[QRect]] = (QRect(), ())
        self._told = ("", "", "")
        self._on_own = self._entered = False
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
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(SETTLE)
        self._settling.timeout.connect(lambda: self._let_through(False))
        self._let_through(True)
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
        self.series_button = WordedButton("Series…")
        for button in (self.open_button, self.series_button, self.copy_button, self.close_button):
            button.setProperty("density", "compact")
            row.addWidget(button)
        row.addStretch(1)
        self.open_button.clicked.connect(self._open)
        self.series_button.clicked.connect(self._show_series)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.dismiss)
        self._buttons.hide()
        theme.changed.connect(self._dress)
        self._dress()
        self.hide()

    def know(self, roster: Roster) -> None:
        self._roster = roster

    def rest(
        self,
        cell: Cell | None,
        area: QRect | None,
        at: QPoint | None = None,
        covered: Covered = tuple,
    ) -> None:
        """The pointer is at ``at`` over a visit whose rectangle is ``area`` (host pixels), or over
        none. ``covered`` tells the places of the other visits, which the card avoids."""
        if self.pinned:
            return
        shown = self.isVisible()
        if shown and at is not None and self.geometry().contains(at) and self._came_from_own():
            self._enter()
            return
        if self._entered:
            if at is None and not self.testAttribute(_THROUGH):
                # the grid lost the pointer to the card, or both lost it at once
                self._leaving.start()
                return
            self._leave()
        own = shown and cell is not None and self.cell is not None and self.cell.id == cell.id
        if own:
            self._on_own = True
            self._forget()
            self._leaving.stop()
            return
        if shown and (self._on_own or not self._leaving.isActive()):
            self._leaving.start()
        self._on_own = False
        if cell is None or area is None:
            self._forget()
        elif self._waiting is None or self._waiting[0].id != cell.id:
            self._waiting, self._covered = (cell, area), covered
            self._timer.start()

    def _came_from_own(self) -> bool:
        """The way from the visit to its card may cross others for a moment."""
        return self._entered or self._on_own or self._leaving.isActive()

    def _enter(self) -> None:
        self._forget()
        self._leaving.stop()
        if not self._entered:
            self._entered, self._on_own = True, False
            self._settling.start()

    def _leave(self) -> None:
        self._entered = False
        self._settling.stop()
        self._let_through(True)

    def _forget(self) -> None:
        self._timer.stop()
        self._waiting = None

    def _let_through(self, on: bool) -> None:
        self.setAttribute(_THROUGH, on)

    def pin(self, cell: Cell, area: QRect) -> None:
        """Shows the card at once and keeps it; the same visit again closes it."""
        if self.pinned and self.isVisible() and self.cell is not None and self.cell.id == cell.id:
            self.dismiss()
            return
        self._forget()
        self._leave()
        self.pinned = True
        self._let_through(False)
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
            self.asked.emit(cell)

    def tell(self, visit_id: str, icon: str, words: str) -> None:
        """What the patient of that visit was told of it; another visit may be on show by now."""
        told = (visit_id, icon, words)
        if self.cell is None or self.cell.id != visit_id or self._told == told:
            return
        self._told = told
        if self.isVisible():
            self._fill(self.cell)
            self._put()

    def dismiss(self) -> None:
        self._forget()
        self._leave()
        self._leaving.stop()
        self._on_own = self.pinned = False
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

    def _show_series(self) -> None:
        cell = self.cell
        if cell is not None:
            self.dismiss()
            self.series_wanted.emit(cell)

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
            waiting, self._waiting = self._waiting, None
            self._on_own = True
            self._present(*waiting, self._covered())

    def _left(self) -> None:
        if not self.pinned and not self.underMouse():
            self.dismiss()

    def _present(self, cell: Cell, area: QRect, covered: Sequence[QRect] = ()) -> None:
        if self._roster is None:
            return
        self._leaving.stop()
        self._fill(cell)
        self._place = (area, covered)
        self._put()
        self.show()
        self.seen.emit(cell)
        self.raise_()
        self.asked.emit(cell)

    def _put(self) -> None:
        host, (area, covered) = self.parentWidget(), self._place
        if host is not None:
            self.move(beside(area, self.size(), host.rect(), covered))

    def _lines(self, cell: Cell, roster: Roster) -> list[tuple[str, str]]:
        lines = card_lines(cell, roster, self._clock.now())
        whose, icon, words = self._told
        if whose == cell.id and words:
            lines.append((icon, CURTAIN.hidden(words)))
        return lines

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
        title = Label(name_with_age(cell, now, zone_for(cell, self._roster)))
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setFont(self._theme.font("body", bold=True))
        title.setWordWrap(True)
        head.addWidget(title, 1)
        column.addLayout(head)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        told = self._lines(cell, self._roster)
        for row, (icon, text) in enumerate(told):
            sign = Label()
            sign.setPixmap(self._theme.icon(icon, 14))
            words = Label(text)
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
        self.series_button.setVisible(cell.series_id is not None)
        self.setAccessibleName(title.text())
        self.setAccessibleDescription(". ".join((title.text(), *(text for _icon, text in told))))
        self.setFixedHeight(
            self._column.heightForWidth(WIDTH)
            if self._column.hasHeightForWidth()
            else self.sizeHint().height()
        )

    @when_seen
    def _dress(self) -> None:
        tokens = self._theme.tokens
        self.setStyleSheet(
            f"#visitCard {{ background: {tokens.canvas.name()}; border-radius: 6px;"
            f" border: 1px solid {tokens.control_border.name()}; }}"
        )

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        if not self.pinned:
            self._leave()
            self._leaving.start()


class CardCloser(QObject):
    """Esc closes the card first, wherever the focus is inside the watched view; so does a press
    in the view, and a turn of the wheel takes a card away that is not pinned."""

    def __init__(self, card: VisitCard, watched: QAbstractScrollArea) -> None:
        super().__init__(card)
        self._card = card
        watched.installEventFilter(self)
        watched.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if not self._card.isVisible():
            return super().eventFilter(watched, event)
        kind = event.type()
        if (
            kind is QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            self._card.dismiss()
            return True
        if kind is QEvent.Type.MouseButtonPress or (
            kind is QEvent.Type.Wheel and not self._card.pinned
        ):
            self._card.dismiss()
        return super().eventFilter(watched, event)


def beside(area: QRect, size: QSize, room: QRect, covered: Sequence[QRect]) -> QPoint:
    """Where a card of ``size`` goes: within ``room``, next to ``area``. A place over no other
    visit is taken wherever it is; else the side, right before left, that hides least."""
    inside = room.adjusted(GAP, GAP, -GAP, -GAP)
    right, left = area.right() + GAP, area.left() - size.width() - GAP
    below, above = area.bottom() + GAP, area.top() - size.height() - GAP
    low, high = area.top(), area.bottom() - size.height()
    sides = [(x, y) for x in (right, left) for y in (low, high)]
    others = [(x, y) for y in (below, above) for x in (area.left(), right, left)]

    def box(wish: tuple[int, int]) -> QRect:
        x = max(inside.left(), min(wish[0], inside.right() + 1 - size.width()))
        y = max(inside.top(), min(wish[1], inside.bottom() + 1 - size.height()))
        return QRect(QPoint(x, y), size)

    def hidden(place: QRect) -> int:
        """Pixels of visits beneath; its own must never lie there."""
        parts = [place.intersected(one) for one in covered]
        own = place.intersected(area)
        return sum(part.width() * part.height() for part in parts) + 100 * (
            own.width() * own.height()
        )

    free = (place for place in map(box, (*sides, *others)) if not hidden(place))
    return next(free, min(map(box, sides), key=hidden)).topLeft()


def rect_in(host: QWidget, source: QWidget, area: QRect) -> QRect:
    """A rectangle of ``source`` in ``host``'s pixels."""
    return QRect(source.mapTo(host, QPoint(0, 0)) + area.topLeft(), area.size())
