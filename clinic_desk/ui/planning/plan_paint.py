"""How a row of the absence planner is painted, and where its buttons are."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from clinic_desk.domain.ids import Id
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import mix, over, pattern_of
from clinic_desk.ui.planning.plan_rows import PlanRow, RowState, day_and_clock
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

if TYPE_CHECKING:
    from clinic_desk.ui.planning.plan_table import PlanTable

Index = QModelIndex | QPersistentModelIndex
MIDDLE = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
CENTRE = Qt.AlignmentFlag.AlignCenter
PAD = 8

WORDS = {"accept": "Accept", "other": "Other…", "shelf": "Shelf", "place": "Place…"}
ICONS = {"other": "search", "shelf": "shelf", "place": "search"}


class Column(IntEnum):
    TICK = 0
    PATIENT = 1
    VISIT = 2
    WAS = 3
    PROPOSED = 4
    WHY = 5
    ACTIONS = 6


def tick_box(painter: QPainter, theme: Theme, rect: QRect, *, on: bool, able: bool = True) -> None:
    """A tick in the middle of a cell."""
    tokens, side = theme.tokens, theme.px(16)
    box = QRect(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = tokens.control_border if able else tokens.grid_major
    painter.setPen(QPen(tokens.accent if on else edge, 1))
    painter.setBrush(tokens.accent if on else tokens.canvas if able else tokens.off)
    painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
    if on:
        inner = theme.px(12)
        at = box.center() - QPoint(inner // 2 - 1, inner // 2 - 1)
        painter.drawPixmap(at, theme.icon("check", inner, tokens.on_accent))
    painter.restore()


class RowPainter(QStyledItemDelegate):
    """``narrow`` leaves the words of the second and third button to their icons. ``allowed``: the
    absence stands, so visits may be moved; what may not be done looks so."""

    def __init__(self, theme: Theme, table: PlanTable) -> None:
        super().__init__(table)
        self._theme, self._table = theme, table
        self.narrow = False
        self.allowed = False
        self.hot: tuple[str, Id] = ("", "")
        self._cell = QRect()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = self._table.rows
        if model.roster is None or not 0 <= index.row() < len(model.rows):
            return
        row, column = model.rows[index.row()], Column(index.column())
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        current = bool(state & QStyle.StateFlag.State_Selected)
        self._cell = rect
        painter.save()
        painter.setClipRect(rect)
        self._ground(painter, rect, column, current=current)
        inner = rect.adjusted(PAD, 0, -PAD, 0)
        painter.setFont(self._theme.font("body"))
        painter.setPen(self._theme.tokens.text2)
        if column is Column.TICK:
            can = self.allowed and (row.state is RowState.MOVED or row.slot is not None)
            tick_box(painter, self._theme, rect, on=row.state is RowState.MOVED, able=can)
        elif column is Column.PATIENT:
            painter.setFont(self._theme.font("body", bold=True))
            painter.setPen(self._theme.tokens.text)
            upper, lower = self._lines(inner)
            paint.elided(painter, upper, CURTAIN.name(row.visit))
            if self.narrow:
                painter.setFont(self._theme.font("grid"))
                painter.setPen(self._theme.tokens.text2)
                paint.elided(painter, lower, model.visit_words(row))
        elif column is Column.VISIT:
            paint.elided(painter, inner, str(index.data()))
        elif column is Column.WAS:
            self._was(painter, inner, row)
        elif column is Column.PROPOSED:
            upper, lower = self._lines(inner)
            self._proposed(painter, upper, row)
            if self.narrow:
                painter.setFont(self._theme.font("grid"))
                painter.setPen(self._theme.tokens.text2)
                self._why(painter, lower, row)
        elif column is Column.WHY:
            self._why(painter, inner, row)
        else:
            self._actions(painter, rect, row, current=current)
        painter.restore()

    def _ground(self, painter: QPainter, rect: QRect, column: Column, *, current: bool) -> None:
        tokens = self._theme.tokens
        painter.fillRect(rect, over(tokens.selected, tokens.canvas) if current else tokens.canvas)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_minor)
        if not current:
            return
        ink = tokens.accent if self._table.hasFocus() else tokens.control_border
        painter.fillRect(rect.left(), rect.top(), rect.width(), 2, ink)
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 2, ink)
        if column is Column.TICK:
            edge = QRect(rect.left(), rect.top(), 2, rect.height())
            painter.fillRect(self._here(edge), ink)
        elif column is Column.ACTIONS:
            edge = QRect(rect.right() - 1, rect.top(), 2, rect.height())
            painter.fillRect(self._here(edge), ink)

    def _here(self, box: QRect, cell: QRect | None = None) -> QRect:
        """Where a part of a cell lies in a mirrored window."""
        return QStyle.visualRect(self._table.layoutDirection(), cell or self._cell, box)

    def _icon(self, painter: QPainter, at: QPoint, name: str, side: int, ink: QColor) -> None:
        spot = self._here(QRect(at, QSize(side, side)))
        painter.drawPixmap(spot.topLeft(), self._theme.icon(name, side, ink))

    def _was(self, painter: QPainter, rect: QRect, row: PlanRow) -> None:
        model, theme = self._table.rows, self._theme
        assert model.roster is not None
        day, clock = day_and_clock(model.roster, row.visit.start, row.visit.location_id, model.year)
        clock_width = painter.fontMetrics().horizontalAdvance("00:00")
        arrow = theme.px(14)
        upper, lower = self._lines(rect)
        left = upper
        if not self.narrow:
            left = rect.adjusted(0, 0, -clock_width - arrow - theme.px(12), 0)
        paint.elided(painter, self._here(left), day)
        if row.state is RowState.MOVED:
            font = QFont(painter.font())
            font.setStrikeOut(True)
            painter.setFont(font)
            painter.setPen(theme.tokens.text3)
        else:
            painter.setPen(theme.tokens.text)
        at = QRect(left.right() + 1, rect.top(), clock_width + 2, rect.height())
        paint.line(painter, self._here(lower if self.narrow else at), clock, MIDDLE)
        if self.narrow:
            return
        spot = QPoint(rect.right() - arrow + 4, rect.center().y() - arrow // 2 + 1)
        mirrored = self._table.layoutDirection() is Qt.LayoutDirection.RightToLeft
        icon = "chevron-left" if mirrored else "arrow-right"
        self._icon(painter, spot, icon, arrow, theme.tokens.text3)

    def _proposed(self, painter: QPainter, rect: QRect, row: PlanRow) -> None:
        model, theme = self._table.rows, self._theme
        tokens = theme.tokens
        assert model.roster is not None
        place = row.now if row.state is RowState.MOVED else row.slot
        if place is None:
            words = model.place_words(row) or "…"
            icon = {RowState.PARKED: "shelf", RowState.LISTED: "list"}.get(row.state, "")
            if icon:
                side = theme.px(14)
                at_icon = QPoint(rect.left(), rect.center().y() - side // 2)
                self._icon(painter, at_icon, icon, side, tokens.text)
                rect = rect.adjusted(side + 8, 0, 0, 0)
                painter.setPen(tokens.text)
            elif row.looked and row.state is RowState.OPEN:
                painter.setFont(theme.font("body", bold=True))
                painter.setPen(tokens.refuse)
            paint.elided(painter, self._here(rect), words)
            return
        day, clock = day_and_clock(model.roster, place.start, place.location_id, model.year)
        doctor = model.roster.doctors.get(place.doctor_id)
        badge = QRect(rect.left(), rect.center().y() - theme.px(8) + 1, theme.px(26), theme.px(17))
        if doctor is not None:
            colour = theme.doctor_colour(doctor.colour, pattern_of(doctor.pattern))
            paint.badge(painter, self._here(badge), theme, doctor.code, colour)
        bold = theme.font("body", bold=True)
        clock_width = QFontMetrics(bold).horizontalAdvance("00:00") + 2
        end = rect.right()
        if self.narrow:  # the time stands behind the day, not at the far end
            end = min(end, badge.right() + 10 + theme.px(96) + clock_width)
        at = QRect(end - clock_width, rect.top(), clock_width + 1, rect.height())
        painter.setPen(tokens.text)
        room = QRect(badge.right() + 8, rect.top(), at.left() - badge.right() - 10, rect.height())
        paint.elided(painter, self._here(room), day)
        painter.setFont(bold)
        paint.line(painter, self._here(at), clock, MIDDLE)

    def _lines(self, rect: QRect) -> tuple[QRect, QRect]:
        """The two lines of a narrow row; the same twice where there is one."""
        if not self.narrow:
            return rect, rect
        half, inset = rect.height() // 2, self._theme.px(3)
        upper = QRect(rect.left(), rect.top() + inset, rect.width(), half - inset)
        return upper, upper.translated(0, half - inset)

    def _why(self, painter: QPainter, rect: QRect, row: PlanRow) -> None:
        model, theme = self._table.rows, self._theme
        assert model.roster is not None
        icon, ink = self._mark(row)
        side = theme.px(14 if self.narrow else 16)
        if icon:
            at = QPoint(rect.left(), rect.center().y() - side // 2 + 1)
            self._icon(painter, at, icon, side, ink)
            rect = rect.adjusted(side + 8, 0, 0, 0)
        if row.renewed:
            painter.setPen(theme.tokens.text)
            painter.setFont(theme.font("body", bold=True))
        paint.elided(painter, self._here(rect), row.why())

    def _mark(self, row: PlanRow) -> tuple[str, QColor]:
        tokens = self._theme.tokens
        if row.state in (RowState.PARKED, RowState.LISTED):
            return "clock", tokens.text3
        if row.state is RowState.MOVED:
            return "status-confirmed", tokens.ok
        if row.state is RowState.OVER or not row.looked:
            return "", tokens.text3
        if row.slot is None:
            return "refuse", tokens.refuse
        if row.proposal is not None and row.proposal.caution:
            return "warn", tokens.warn
        return "status-confirmed", tokens.ok

    def able(self, action: str) -> bool:
        """Other openings can be looked at before the absence stands; nothing moves."""
        return self.allowed or action in ("other", "place")

    # -- buttons -----------------------------------------------------------------------------

    def spots(self, row: PlanRow, cell: QRect) -> dict[str, QRect]:
        """Where the buttons of a row are."""
        theme = self._theme
        names: tuple[str, ...] = ()
        if row.state is RowState.OPEN:
            names = ("accept", "other", "shelf") if row.slot is not None else ("other", "shelf")
        elif row.state is RowState.PARKED:
            names = ("place", "undo")
        elif row.state in (RowState.MOVED, RowState.LISTED):
            names = ("undo",)
        metrics = QFontMetrics(theme.font("grid"))
        high = theme.px(24)
        top = cell.center().y() - high // 2 + 1
        x = cell.left() + 4
        found = {}
        for name in names:
            if name == "undo":
                width = metrics.horizontalAdvance("Undo") + 8
                found[name] = QRect(cell.right() - width - 6, top, width, high)
                continue
            wordless = self.narrow and name in ("other", "shelf")
            width = theme.px(28) if wordless else metrics.horizontalAdvance(WORDS[name]) + 17
            if name == "other" and row.slot is None:
                width = metrics.horizontalAdvance(WORDS[name]) + 17
            found[name] = QRect(x, top, width, high)
            x += width + 6
        return {name: self._here(box, cell) for name, box in found.items()}

    def _actions(self, painter: QPainter, cell: QRect, row: PlanRow, *, current: bool) -> None:
        theme, tokens = self._theme, self._theme.tokens
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.state is RowState.MOVED:
            side = theme.px(14)
            at = QPoint(cell.left() + 4, cell.center().y() - side // 2 + 1)
            self._icon(painter, at, "check", side, tokens.ok)
            painter.setPen(tokens.ok)
            words = self._here(cell.adjusted(side + 10, 0, 0, 0))
            paint.line(painter, words, "Accepted", MIDDLE)
        for name, rect in self.spots(row, cell).items():
            hot = self.hot == (name, row.id)
            painter.setFont(theme.font("grid"))
            if name == "undo":
                font = QFont(painter.font())
                font.setUnderline(hot)
                painter.setFont(font)
                painter.setPen(tokens.accent)
                painter.drawText(rect, int(CENTRE), "Undo")
                continue
            able = self.able(name)
            strong = name == "accept" and current and able
            ground = mix(tokens.text, tokens.canvas, 0.06) if hot and able else tokens.canvas
            if not able:
                ground = tokens.off
            if strong:
                ground = tokens.accent_hover if hot else tokens.accent
                painter.setFont(theme.font("grid", bold=True))
            painter.setBrush(ground)
            edge = tokens.accent if strong else tokens.control_border if able else tokens.grid_major
            painter.setPen(QPen(edge, 1))
            painter.drawRoundedRect(QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
            ink = tokens.on_accent if strong else tokens.text if able else tokens.text3
            painter.setPen(ink)
            if rect.width() <= theme.px(28):
                side = theme.px(14)
                at = rect.center() - QPoint(side // 2 - 1, side // 2 - 1)
                painter.drawPixmap(at, theme.icon(ICONS[name], side, ink))
            else:
                painter.drawText(rect, int(CENTRE), WORDS[name])
