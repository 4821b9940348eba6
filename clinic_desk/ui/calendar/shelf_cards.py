"""The cards on the shelf: their list model and how one is painted."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Clock
from clinic_desk.services.views import Cell, ShelfCard
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import bracketed, other_clock
from clinic_desk.ui.models.words import clock_words, doctor_of, moment_words
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex

CARD_ROLE = Qt.ItemDataRole.UserRole + 1
AGE_ROLE = Qt.ItemDataRole.UserRole + 2
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 3
ORIGIN_ROLE = Qt.ItemDataRole.UserRole + 4
DOCTOR_ROLE = Qt.ItemDataRole.UserRole + 5
ORIGINS_ROLE = Qt.ItemDataRole.UserRole + 6


def age_text(parked: datetime, now: datetime) -> str:
    """ "now", "4 min", "2 h", "3 d"."""
    minutes = max(0, int((now - parked).total_seconds() // 60))
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // 1440} d"


class ShelfModel(QAbstractListModel):
    """``ShelfCard``s, oldest first as the store answers them."""

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._cards: tuple[ShelfCard, ...] = ()
        self._roster: Roster | None = None

    def set_cards(self, cards: tuple[ShelfCard, ...]) -> None:
        self.beginResetModel()
        self._cards = cards
        self.endResetModel()

    def set_roster(self, roster: Roster | None) -> None:
        self._roster = roster
        self.ages_moved()

    def ages_moved(self) -> None:
        if self._cards:
            self.dataChanged.emit(self.index(0), self.index(len(self._cards) - 1))

    def zone_of(self, cell: Cell) -> str:
        if self._roster is None:
            return "UTC"
        location = self._roster.locations.get(cell.location_id)
        return location.zone if location else self._roster.practice.zone

    @property
    def home_zone(self) -> str:
        """The clinic's own."""
        return self._roster.practice.zone if self._roster is not None else ""

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802
        return 0 if parent is not None and parent.isValid() else len(self._cards)

    @plain_tips
    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._cards):
            return None
        card = self._cards[index.row()]
        cell = card.cell
        if role == CARD_ROLE:
            return card
        if role == Qt.ItemDataRole.DisplayRole:
            return CURTAIN.name(cell, "No patient")
        if role == AGE_ROLE:
            return age_text(card.parked_at, self._clock.now())
        if role == DETAIL_ROLE:
            minutes = int((cell.end - cell.start).total_seconds() // 60)
            return " · ".join(part for part in (cell.type_name, f"{minutes} min") if part)
        if role == ORIGIN_ROLE:
            return self._origin(cell)
        if role == ORIGINS_ROLE:
            return self._origins(cell)
        if role == DOCTOR_ROLE:
            return self._roster.doctors.get(cell.doctor_id) if self._roster else None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            age = age_text(card.parked_at, self._clock.now())
            parked = "parked just now" if age == "now" else f"parked {age} ago"
            detail = self.data(index, DETAIL_ROLE)
            return f"{CURTAIN.name(cell)}, {detail}, {self._origin(cell)}, {parked}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{CURTAIN.name(cell)}\n{self.data(index, DETAIL_ROLE)}\n{self._origin(cell)}"
        return None

    def _origin(self, cell: Cell) -> str:
        return self._origins(cell)[0]

    def _origins(self, cell: Cell) -> tuple[str, ...]:
        """Doctor and time, the longest form first: the badge tells the doctor as well, so the
        name goes before the time does."""
        if self._roster is None:
            return ("",)
        zone = self.zone_of(cell)
        near = abs((cell.start - self._clock.now()).days) < 6
        words = moment_words(cell.start, zone)
        when = f"{words.split()[0]} {clock_words(cell.start, zone)}" if near else words
        both = bracketed(when, other_clock(cell.start, zone, self.home_zone))
        doctor = doctor_of(self._roster, cell.doctor_id)
        return f"{doctor} · from {both}", f"from {both}", both, when


class ShelfDelegate(QStyledItemDelegate):
    """Stripe, name and age; type and length; badge, doctor and origin; a grip at the end."""

    HEIGHT = 84
    GAP = 8

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802, ARG002
        return QSize(160, self._theme.px(self.HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        whole: QRect = option.rect
        state: QStyle.StateFlag = option.state
        box = whole.adjusted(1, 1, -1, -self.GAP)
        # a chosen card is marked only while the keys go to the shelf
        mine = isinstance(option.widget, QWidget) and option.widget.hasFocus()
        chosen = mine and bool(state & QStyle.StateFlag.State_Selected)
        focused = mine and bool(state & QStyle.StateFlag.State_HasFocus)
        doctor = index.data(DOCTOR_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(box), 6, 6)
        painter.fillPath(shape, tokens.canvas)
        if chosen:
            painter.fillPath(shape, tokens.selected)
        if doctor is not None:
            painter.save()
            painter.setClipPath(shape)
            colour = theme.doctor_colour(doctor.colour)
            stripe = QRect(box.x(), box.y(), 4, box.height())
            painter.fillRect(QStyle.visualRect(option.direction, box, stripe), colour.stripe)
            painter.restore()
        border = tokens.focus if focused else tokens.accent if chosen else tokens.control_border
        painter.setPen(QPen(border, 2 if focused or chosen else 1))
        painter.drawPath(shape)
        painter.setLayoutDirection(option.direction)
        self._texts(painter, box, index)
        grip = QStyle.visualRect(
            option.direction, box, QRect(box.right() - 20, box.bottom() - 21, 14, 14)
        )
        painter.drawPixmap(grip.topLeft(), theme.icon("grip", 14, tokens.text3))
        painter.restore()

    def _texts(self, painter: QPainter, box: QRect, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        left, width, px = box.x() + 14, box.width() - 24, self._theme.px
        age = str(index.data(AGE_ROLE))
        small = theme.font("caption")
        age_width = QFontMetrics(small).horizontalAdvance(age) + 6
        painter.setFont(small)
        painter.setPen(tokens.text2)
        turned = partial(QStyle.visualRect, painter.layoutDirection(), box)
        end = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        paint.line(painter, turned(QRect(left, box.y() + px(8), width, px(18))), age, end)
        name = str(index.data())
        bold = theme.font("body", bold=True)
        self._line(
            painter,
            turned(QRect(left, box.y() + px(8), width - age_width, px(18))),
            name,
            bold,
            strong=True,
        )
        detail = str(index.data(DETAIL_ROLE))
        below = turned(QRect(left, box.y() + px(28), width, px(18)))
        self._line(painter, below, detail, theme.font("grid"))
        shift = 0
        doctor = index.data(DOCTOR_ROLE)
        if doctor is not None:
            colour = theme.doctor_colour(doctor.colour)
            badge = turned(QRect(left, box.y() + px(50), px(24), px(16)))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour.stripe)
            painter.drawRoundedRect(badge, 3, 3)
            painter.setFont(theme.font("caption", bold=True))
            painter.setPen(colour.badge_text)
            painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, doctor.code)
            shift = px(30)
        room = turned(QRect(left + shift, box.y() + px(49), width - shift - 18, px(18)))
        measure = QFontMetrics(theme.font("grid")).horizontalAdvance
        origins = index.data(ORIGINS_ROLE)
        origin = next((form for form in origins if measure(form) <= room.width()), origins[-1])
        self._line(painter, room, origin, theme.font("grid"))

    def _line(
        self, painter: QPainter, box: QRect, text: str, font: object, *, strong: bool = False
    ) -> None:
        painter.setFont(font)  # type: ignore[arg-type]
        painter.setPen(self._theme.tokens.text if strong else self._theme.tokens.text2)
        paint.elided(painter, box, text)
