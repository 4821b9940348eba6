"""The day in big type for a screen that patients see: initials or numbers, never a name.

For each doctor: who is in the room, who is next and when. It opens over the whole of another
monitor where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRect, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFont,
    QFontMetrics,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.flow_board import Board
from clinic_desk.ui.flow.cards import Card, Flow, Limits, Station, make_flow
from clinic_desk.ui.flow.naming import Naming, initials
from clinic_desk.ui.flow.source import FlowSource
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import clock_words, doctor_name
from clinic_desk.ui.widgets import paint

MOST_WAITING = 3
"""Of each doctor."""


@dataclass(frozen=True, slots=True)
class WallRow:
    """One doctor as patients read it. ``waiting``: (code, likely clock)."""

    doctor: Doctor
    room: str
    inside: tuple[str, ...]
    waiting: tuple[tuple[str, str], ...]
    more: int
    behind: int


def code_of(card: Card, *, numbers: bool) -> str:
    """What a person is called on the wall. Without a number: the last of the booking code."""
    if not numbers:
        return initials(card.cell)
    code = card.number or card.cell.confirmation_code.rpartition("-")[2]
    return code or "–"


def wall_rows(board: Board, flow: Flow, naming: Naming, *, numbers: bool) -> list[WallRow]:
    """Doctors who have somebody waiting or inside, or are late; by the order of the columns."""
    rows = []
    ordered = sorted(board.roster.doctors.values(), key=lambda d: (d.position, d.name, d.id))
    for doctor in ordered:
        inside = [c for c in flow.columns[Station.IN_ROOM] if c.cell.doctor_id == doctor.id]
        waiting = [c for c in flow.columns[Station.ARRIVED] if c.cell.doctor_id == doctor.id]
        waiting.sort(key=lambda c: (c.likely or c.cell.start, c.cell.start))
        expected = any(c.cell.doctor_id == doctor.id for c in flow.columns[Station.EXPECTED])
        if not (inside or waiting or expected):
            continue
        here = [*inside, *waiting]
        room = board.roster.rooms.get(here[0].cell.room_id or "") if here else None
        rows.append(
            WallRow(
                doctor,
                room.name if room is not None else "",
                tuple(code_of(card, numbers=numbers) for card in inside),
                tuple(
                    (code_of(card, numbers=numbers), naming.clock(card.cell, card.likely))
                    for card in waiting[:MOST_WAITING]
                ),
                max(0, len(waiting) - MOST_WAITING),
                board.forecast.lateness.get(doctor.id, 0),
            )
        )
    return rows


class WallScreen(QWidget):
    """``closed`` when it has gone. ``numbers``: record numbers in place of initials."""

    closed = Signal()

    def __init__(self, theme: Theme, source: FlowSource, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._theme, self._source = theme, source
        self.numbers = False
        self.rows: list[WallRow] = []
        self.setWindowTitle("Waiting room · Clinic Desk")
        self.setProperty("public", True)  # it stays when the desk is locked
        self.setMinimumSize(480, 320)
        source.read_done.connect(self._follow)
        theme.changed.connect(self.update)

    def open_beside(self, window: QWidget) -> None:
        """Over the whole of another monitor; with one alone as a window of its own, which F11
        makes as large as the screen."""
        other = other_screen(window)
        self._source.look(self)
        if other is not None:
            self.setGeometry(other.geometry())
            self.showFullScreen()
        else:
            self.resize(1100, 700)
            self.showNormal()
        self._follow()
        self.raise_()
        self.activateWindow()

    def _follow(self) -> None:
        board = self._source.board
        if board is None or self.isHidden():
            return
        flow = make_flow(board, Limits(), all_day=True)
        naming = Naming(board.roster, private=True)
        self.rows = wall_rows(board, flow, naming, numbers=self.numbers)
        words = [
            f"{doctor_name(row.doctor)}: in room {', '.join(row.inside) or 'nobody'}, waiting "
            + (", ".join(f"{code} about {clock}" for code, clock in row.waiting) or "nobody")
            for row in self.rows
        ]
        self.setAccessibleName("Waiting room. " + "; ".join(words))
        self.update()

    def event(self, event: QEvent) -> bool:
        """Its own keys are its own, whichever window the program thinks is active."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_F11)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() == Qt.Key.Key_F11:
            self._toggle_full()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802, ARG002
        self._toggle_full()

    def _toggle_full(self) -> None:
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        self._source.leave(self)
        super().closeEvent(event)
        self.closed.emit()

    # the picture

    def _font(self, pixels: float, *, bold: bool = False) -> QFont:
        font = QFont(self._theme.font("body", bold=bold))
        font.setPixelSize(max(10, round(pixels)))
        return font

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        p = QPainter(self)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setLayoutDirection(self.layoutDirection())
        tokens = self._theme.tokens
        p.fillRect(self.rect(), tokens.canvas)
        high = min(self.height(), self.width() * 0.62)
        unit = high / 100
        head = round(11 * unit)
        margin = round(3 * unit)
        self._head(p, QRect(margin, 0, self.width() - 2 * margin, head), unit)
        room = QRect(margin, head, self.width() - 2 * margin, self.height() - head - margin)
        if not self.rows:
            p.setFont(self._font(6 * unit))
            p.setPen(tokens.text2)
            p.drawText(room, Qt.AlignmentFlag.AlignCenter, "Welcome. Nobody is waiting.")
            return
        columns = 1 if len(self.rows) <= 6 else 2
        lines = -(-len(self.rows) // columns)
        height = min(room.height() // lines, round(17 * unit))
        gap = margin if columns > 1 else 0
        width = (room.width() - gap) // columns
        for place, row in enumerate(self.rows):
            column, line = divmod(place, lines)
            box = QRect(
                room.left() + column * (width + gap), room.top() + line * height, width, height
            )
            self._row(p, self._mirrored(box), row, columns)

    def _mirrored(self, box: QRect) -> QRect:
        if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
            box.moveLeft(self.width() - box.right() - 1)
        return box

    def _head(self, p: QPainter, rect: QRect, unit: float) -> None:
        board, tokens = self._source.board, self._theme.tokens
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        p.setFont(self._font(4.2 * unit, bold=True))
        p.setPen(tokens.text)
        name = board.roster.practice.name if board is not None else ""
        paint.elided(p, rect.adjusted(0, 0, -round(24 * unit), 0), name, left)
        if board is not None:
            p.setFont(self._font(5 * unit, bold=True))
            p.drawText(rect, right, clock_words(board.now, board.roster.practice.zone))
        p.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 2), tokens.grid_major)

    def _row(self, p: QPainter, box: QRect, row: WallRow, columns: int) -> None:
        theme, tokens = self._theme, self._theme.tokens
        size = box.height() * 0.30 if columns == 1 else min(box.height() * 0.28, box.width() / 19)
        colour = theme.doctor_colour(row.doctor.colour)
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        bar = QRect(box.left(), box.top() + 8, max(6, box.width() // 120), box.height() - 16)
        inner = box.adjusted(bar.width() * 3, 0, -bar.width(), 0)
        if mirrored:
            bar.moveRight(box.right())
            inner = box.adjusted(bar.width(), 0, -bar.width() * 3, 0)
        p.fillRect(bar, colour.stripe)
        p.fillRect(QRect(box.left(), box.bottom(), box.width(), 1), tokens.grid_minor)
        top = QRect(inner.left(), inner.top(), inner.width(), inner.height() // 2)
        low = QRect(inner.left(), top.bottom(), inner.width(), inner.height() // 2)
        first = round(inner.width() * 0.42)
        who, where = QRect(top), QRect(low)
        gap = bar.width() * 2
        who.setWidth(first - gap)
        where.setWidth(first - gap)
        rest = QRect(inner.left() + first, inner.top(), inner.width() - first, inner.height())
        if mirrored:
            who.moveRight(inner.right())
            where.moveRight(inner.right())
            rest.moveLeft(inner.left())
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        p.setFont(self._font(size, bold=True))
        p.setPen(tokens.text)
        paint.elided(p, who, doctor_name(row.doctor), left)
        late = f"about {row.behind} min late" if row.behind >= 5 else "on time"
        p.setFont(self._font(size * 0.7))
        p.setPen(tokens.warn if row.behind >= 5 else tokens.text2)
        paint.elided(p, where, " · ".join(t for t in (row.room, late) if t), left)
        self._people(p, rest, row, size)

    def _people(self, p: QPainter, rest: QRect, row: WallRow, size: float) -> None:
        tokens = self._theme.tokens
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        half = rest.height() // 2
        top = QRect(rest.left(), rest.top(), rest.width(), half)
        low = QRect(rest.left(), rest.top() + half, rest.width(), half)
        label = self._font(size * 0.6)
        wide = QFontMetrics(label).horizontalAdvance("Waiting  ")
        for line, word, text, ink in (
            (top, "In room", "   ".join(row.inside) or "–", tokens.text),
            (low, "Waiting", _waiting(row), tokens.accent),
        ):
            head, tail = QRect(line), line.adjusted(wide, 0, 0, 0)
            head.setWidth(wide)
            if self.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                head.moveRight(line.right())
                tail = line.adjusted(0, 0, -wide, 0)
            p.setFont(label)
            p.setPen(tokens.text2)
            p.drawText(head, left, word)
            p.setFont(self._font(size * 0.85, bold=True))
            p.setPen(ink)
            paint.elided(p, tail, text, left)


def _waiting(row: WallRow) -> str:
    told = "   ".join(f"{code} {clock}" for code, clock in row.waiting)
    return (f"{told}   +{row.more}" if row.more else told) or "–"


def other_screen(window: QWidget) -> QScreen | None:
    """A screen that the window is not on; None where there is one alone."""
    own = window.screen()
    return next((screen for screen in QGuiApplication.screens() if screen is not own), None)
