"""The agenda: the visits of one doctor's day, each with how it stands this minute."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QContextMenuEvent, QFont, QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.doctor_view import OFF, DoctorDesk
from clinic_desk.services.views import Cell
from clinic_desk.ui.doctor.keys import action_of
from clinic_desk.ui.doctor.telling import (
    Limits,
    age_text,
    alert_said,
    name_of,
    room_name,
    state_of,
)
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.row_painting import paint_ground
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import clock_words, span_words
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex
Turn = Callable[[QRect], QRect]
"""To the place in a window that reads from right to left; nothing in any other."""

CELL_ROLE = int(Qt.ItemDataRole.UserRole) + 40
HEIGHT = 46
_SPOKEN = (int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole))


class AgendaRows(QAbstractListModel):
    """``ahead`` are statuses that were asked for and are not read back yet."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.desk: DoctorDesk | None = None
        self.cells: Sequence[Cell] = ()
        self.ahead: Mapping[Id, Status] = {}
        self.limits = Limits()

    def show(self, desk: DoctorDesk | None) -> None:
        cells = desk.cells if desk is not None else ()
        if [cell.id for cell in cells] == [cell.id for cell in self.cells]:
            # the same rows: whoever reads one of them goes on reading it
            self.desk, self.cells = desk, cells
            self.touch()
            return
        self.beginResetModel()
        self.desk, self.cells = desk, cells
        self.endResetModel()

    def touch(self) -> None:
        if self.cells:
            self.dataChanged.emit(self.index(0), self.index(len(self.cells) - 1))

    def row_of(self, row_id: Id) -> int:
        return next((n for n, cell in enumerate(self.cells) if cell.id == row_id), -1)

    def status(self, cell: Cell) -> Status:
        return self.ahead.get(cell.id, cell.status)

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self.cells)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not 0 <= index.row() < len(self.cells):
            return None
        cell = self.cells[index.row()]
        if role == CELL_ROLE:
            return cell
        if role in _SPOKEN:
            return self.spoken(cell)
        if role == int(Qt.ItemDataRole.ToolTipRole):
            return "\n".join(part for part in (self.spoken(cell), cell.note) if part)
        return None

    def spoken(self, cell: Cell) -> str:
        desk = self.desk
        assert desk is not None
        roster = desk.board.roster
        span = span_words(cell.start, cell.end, site_zone(roster, cell.location_id))
        parts = [span, name_of(cell), age_text(cell, desk.today), cell.type_name]
        parts += [state_of(desk, cell, self.status(cell), self.limits).words]
        parts += [room_name(roster, cell), alert_said(cell.alert)]
        return ", ".join(part for part in parts if part)


class AgendaDelegate(QStyledItemDelegate):
    """Time, name and how it stands in the first line; kind, age, room, alert in the second."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(200, self._theme.px(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model, cell = index.model(), index.data(CELL_ROLE)
        if not isinstance(model, AgendaRows) or model.desk is None or not isinstance(cell, Cell):
            return
        painter.save()
        paint_ground(painter, option, self._theme, framed=False)
        self._paint(painter, option, model, model.desk, cell)
        if _now_above(model, index.row()):
            rect = option.rect
            painter.fillRect(rect.left(), rect.top(), rect.width(), 2, self._theme.tokens.now)
        if option.state & QStyle.StateFlag.State_Selected:
            focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
            painter.setPen(self._theme.tokens.accent)
            if focused:
                paint.focus_ring(painter, option.rect, self._theme)
        painter.restore()

    def _paint(
        self, p: QPainter, option: QStyleOptionViewItem, model: AgendaRows, desk: DoctorDesk,
        cell: Cell,
    ) -> None:  # fmt: skip
        theme, tokens, px = self._theme, self._theme.tokens, self._theme.px
        rect = option.rect
        turned = partial(QStyle.visualRect, option.direction, rect)
        roster = desk.board.roster
        status = model.status(cell)
        over = status is Status.COMPLETED or status in OFF
        doctor = roster.doctors.get(cell.doctor_id)
        if doctor is not None:
            stripe = theme.doctor_colour(doctor.colour).stripe
            wide = px(6) if status in (Status.ARRIVED, Status.IN_PROGRESS) else px(4)
            p.fillRect(turned(QRect(rect.left(), rect.top() + 2, wide, rect.height() - 4)), stripe)
        left, right = rect.left() + px(14), rect.right() - px(10)
        first = QRect(left, rect.top() + px(5), right - left, px(18))
        second = QRect(left, rect.top() + px(24), right - left, px(17))
        # how it stands, from the end
        told = state_of(desk, cell, status, model.limits)
        p.setFont(theme.font("caption", bold=status in (Status.ARRIVED, Status.IN_PROGRESS)))
        wide = min(p.fontMetrics().horizontalAdvance(told.words) + 2, first.width() // 2)
        p.setPen(getattr(tokens, told.ink))
        icon = px(14)
        at = QRect(right - wide + 1, first.top(), wide, first.height())
        paint.elided(p, turned(at), told.words)
        shape = {Status.DECLINED: "cancelled"}.get(status, status)
        spot = QRect(at.left() - icon - px(5), first.center().y() - icon // 2 + 1, icon, icon)
        p.drawPixmap(turned(spot).topLeft(), theme.icon(f"status-{shape}", icon))
        # when and who
        clock = clock_words(cell.start, site_zone(roster, cell.location_id))
        bold = theme.font("grid", bold=True)
        p.setFont(theme.font("grid") if over else bold)
        p.setPen(tokens.text2 if over else tokens.text)
        start = max(px(42), QFontMetrics(bold).horizontalAdvance(clock) + px(8))
        paint.elided(p, turned(QRect(left, first.top(), start, first.height())), clock)
        font = QFont(theme.font("body", bold=not over))  # the theme lends its own
        font.setStrikeOut(status in OFF)
        p.setFont(font)
        name = QRect(left + start, first.top(), 0, first.height())
        name.setRight(at.left() - icon - px(12))
        paint.elided(p, turned(name), name_of(cell))
        # what, and what to know
        p.setFont(theme.font("grid"))
        end = second.right()
        if cell.alert and not over:
            end = self._alert(p, second, cell.alert, turned)
        p.setPen(tokens.text2)
        parts = [cell.type_name or "Visit", age_text(cell, desk.today), room_name(roster, cell)]
        if "walk_in" in cell.flags:
            parts.insert(0, "walk-in")
        words = " · ".join(part for part in parts if part)
        detail = QRect(left + start, second.top(), end - left - start, second.height())
        paint.elided(p, turned(detail), words)

    def _alert(self, p: QPainter, line: QRect, alert: str, turned: Turn) -> int:
        """At the end of the line; answers where it begins."""
        theme = self._theme
        p.setFont(theme.font("caption"))
        p.setPen(theme.tokens.refuse)
        icon = theme.px(13)
        words = CURTAIN.hidden(" ".join(alert.split()))
        wide = min(p.fontMetrics().horizontalAdvance(words) + 2, line.width() // 3)
        left = line.right() - wide
        paint.elided(p, turned(QRect(left, line.top(), wide, line.height())), words)
        left -= icon + theme.px(4)
        mark = theme.icon("flag-alert", icon, theme.tokens.refuse)
        spot = QRect(left, line.center().y() - icon // 2, icon, icon)
        p.drawPixmap(turned(spot).topLeft(), mark)
        p.setFont(theme.font("grid"))
        return left - theme.px(8)


def _now_above(model: AgendaRows, row: int) -> bool:
    """Whether the present lies between this visit's start and that of the one before."""
    desk = model.desk
    if desk is None or desk.day != desk.today:
        return False
    now, cells = desk.board.now, model.cells
    return cells[row].start > now and (row == 0 or cells[row - 1].start <= now)


class AgendaList(QListView):
    """``acted`` carries the name of what a key asks for; ``chosen`` comes with every other visit
    that the person goes to."""

    acted = Signal(str)
    chosen = Signal()
    menu_requested = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.letters = True
        self.rows = AgendaRows(self)
        self.setModel(self.rows)
        self.setItemDelegate(AgendaDelegate(theme, self))
        self.setAccessibleName("Agenda")
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.doubleClicked.connect(lambda _index: self.acted.emit("open"))
        self.selectionModel().currentChanged.connect(lambda _now, _was: self.chosen.emit())
        theme.changed.connect(self.viewport().update)

    def current(self) -> Cell | None:
        cell = self.currentIndex().data(CELL_ROLE)
        return cell if isinstance(cell, Cell) else None

    def show_desk(self, desk: DoctorDesk | None, wanted: Id) -> bool:
        """Keeps the chosen visit, or chooses ``wanted``; whether it is there."""
        self.rows.show(desk)
        return self.select(wanted)

    def select(self, row_id: Id) -> bool:
        row = self.rows.row_of(row_id)
        if row < 0:
            return False
        index = self.rows.index(row)
        if self.currentIndex() != index:
            self.setCurrentIndex(index)
        self.scrollTo(index)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        action = action_of(event, letters=self.letters)
        if action:
            self.acted.emit(action)
            return
        mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if event.text().isprintable() and event.text() and not mods:
            event.ignore()  # a list would look for a row that begins with the letter
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        index = self.indexAt(event.pos())
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_requested.emit(event.globalPos())
