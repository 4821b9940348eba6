"""How the rows of the two lists are painted: patients found, and openings."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.openings import OTHER_ROLE, RANKED_ROLE
from clinic_desk.ui.models.patient_hits import DETAIL_ROLE, HIT_ROLE
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.widgets.forms.bits import badge_rect, paint_badge

Index = QModelIndex | QPersistentModelIndex
HIT_HEIGHT = 32
OPENING_HEIGHT = 28


class Ink:
    """Draws runs of text from left to right, eliding the last one that does not fit."""

    def __init__(self, painter: QPainter, rect: QRect) -> None:
        self.painter, self.rect, self.x = painter, rect, rect.left()

    def text(self, text: str, font: QFont, colour: QColor, *, width: int = 0, gap: int = 8) -> None:
        """``width`` fixes the column; 0 takes what the text needs."""
        metrics = QFontMetrics(font)
        room = self.rect.right() - self.x
        if room <= 8 or not text:
            self.x += width + gap if width else 0
            return
        wanted = width or metrics.horizontalAdvance(text) + 1
        shown = text
        if metrics.horizontalAdvance(text) > min(room, wanted):
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, min(room, wanted))
        self.painter.setFont(font)
        self.painter.setPen(colour)
        self.painter.drawText(
            QRect(self.x, self.rect.top(), min(room, wanted) + 2, self.rect.height()),
            int(Qt.AlignmentFlag.AlignVCenter),
            shown,
        )
        self.x += wanted + gap


def paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, theme: Theme, *, framed: bool = True
) -> None:
    """Row background: selection tint with an accent frame, hairline below."""
    rect, tokens = option.rect, theme.tokens
    selected = bool(option.state & QStyle.StateFlag.State_Selected)
    painter.fillRect(rect, tokens.canvas)
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_minor)
    if selected:
        painter.fillRect(rect, tokens.selected)
        if framed:
            painter.setPen(QPen(tokens.accent, 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rect.adjusted(1, 1, -1, -1))
    elif option.state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, tokens.window)


class HitDelegate(QStyledItemDelegate):
    """Name, birth date, last digits, last visit; the alert at the end in words and icon."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(200, self._theme.px(HIT_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, tokens = self._theme, self._theme.tokens
        painter.save()
        paint_ground(painter, option, theme)
        row = index.data(HIT_ROLE)
        area = option.rect.adjusted(12, 0, -10, 0)
        if not isinstance(row, PatientHit):
            icon = theme.icon("plus", 16, tokens.accent)
            painter.drawPixmap(area.left(), area.center().y() - 8, icon)
            ink = Ink(painter, area.adjusted(24, 0, 0, 0))
            ink.text(str(index.data()), theme.font("body"), tokens.accent)
            painter.restore()
            return
        if row.alert:
            area.setRight(paint_alert(painter, area, theme, row.alert, at_most=area.width() // 3))
        ink = Ink(painter, area)
        ink.text(row.listed_name, theme.font("body", bold=True), tokens.text, gap=12)
        ink.text(str(index.data(DETAIL_ROLE)), theme.font("grid"), tokens.text2)
        painter.restore()


def paint_alert(painter: QPainter, area: QRect, theme: Theme, alert: str, *, at_most: int) -> int:
    """The alert at the right end; answers where it begins."""
    font, colour = theme.font("grid"), theme.tokens.refuse
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(" ".join(alert.split()), Qt.TextElideMode.ElideRight, at_most - 20)
    left = area.right() - metrics.horizontalAdvance(shown) - 20
    painter.drawPixmap(left, area.center().y() - 7, theme.icon("flag-alert", 14, colour))
    painter.setFont(font)
    painter.setPen(colour)
    where = QRect(left + 18, area.top(), area.right() - left - 16, area.height())
    painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), shown)
    return left - 8


class OpeningDelegate(QStyledItemDelegate):
    """Date, time, badge, why; the held row carries the countdown.

    ``wide`` rows belong to the finder: no date (the group tells it), span, name and room."""

    def __init__(
        self, theme: Theme, source: RosterSource, parent: QWidget | None = None, *, wide: bool
    ) -> None:
        super().__init__(parent)
        self._theme, self._source, self._wide = theme, source, wide
        self.seconds_left: int | None = None
        self.held_key: tuple[object, ...] | None = None

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(200, self._theme.px(OPENING_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        ranked = index.data(RANKED_ROLE)
        if not isinstance(ranked, RankedSlot):
            return
        theme, tokens, slot = self._theme, self._theme.tokens, ranked.slot
        painter.save()
        paint_ground(painter, option, theme)
        area = option.rect.adjusted(10, 0, -8, 0)
        if self.seconds_left is not None and self.held_key == (slot.start, slot.doctor_id):
            area.setRight(self._paint_hold(painter, area))
        elif index.data(OTHER_ROLE):
            area.setRight(paint_tag(painter, area, theme, "other", tokens.text2))
        zone = self._source.zone_at(slot.location_id)
        ink = Ink(painter, area)
        bold, plain = theme.font("grid", bold=True), theme.font("grid")
        if self._wide:
            span = words.span_words(slot.start, slot.end, zone)
            ink.text(span, bold, tokens.text, width=theme.px(84), gap=10)
        else:
            day = words.day_words(words.local(slot.start, zone).date())
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            ink.text(day, bold if selected else plain, tokens.text, width=theme.px(72))
            clock = words.clock_words(slot.start, zone)
            ink.text(clock, bold, tokens.text, width=theme.px(42), gap=8)
        roster = self._source.roster
        doctor = roster.doctors.get(slot.doctor_id) if roster else None
        if doctor is not None:
            paint_badge(painter, badge_rect(theme, ink.x, area.center().y()), theme, doctor)
            ink.x += theme.px(32)
            if self._wide:
                roomy = option.rect.width() >= theme.px(500)
                name = words.doctor_name(doctor) if roomy else words.doctor_short(doctor)
                ink.text(name, plain, tokens.text, width=theme.px(130 if roomy else 84))
                wide = option.rect.width() >= theme.px(400)
                room = roster.rooms.get(slot.room_id or "") if roster and wide else None
                if wide:
                    ink.text(room.name if room else "", plain, tokens.text2, width=theme.px(64))
        ink.text(ranked.why, plain, tokens.text2)
        painter.restore()

    def _paint_hold(self, painter: QPainter, area: QRect) -> int:
        theme = self._theme
        left = self.seconds_left or 0
        colour = theme.tokens.refuse if left <= 60 else theme.tokens.warn
        font = theme.font("grid", bold=True)
        shown = words.countdown(left)
        width = QFontMetrics(font).horizontalAdvance(shown)
        start = area.right() - width
        painter.drawPixmap(start - 18, area.center().y() - 7, theme.icon("hourglass", 14, colour))
        painter.setFont(font)
        painter.setPen(colour)
        where = QRect(start, area.top(), width + 4, area.height())
        painter.drawText(where, int(Qt.AlignmentFlag.AlignVCenter), shown)
        return start - 26


def paint_tag(painter: QPainter, area: QRect, theme: Theme, text: str, colour: QColor) -> int:
    """A thin-framed word at the right end; answers where it begins."""
    font = theme.font("caption")
    width = QFontMetrics(font).horizontalAdvance(text) + 10
    rect = QRect(area.right() - width, area.center().y() - 7, width, 16)
    painter.setPen(theme.tokens.grid_major)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, 3, 3)
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), text)
    return rect.left() - 8
