"""How the rows of the two lists are painted: patients found, and openings."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.openings import BEST_ROLE, OTHER_ROLE, RANKED_ROLE
from clinic_desk.ui.models.patient_hits import DETAIL_ROLE, HIT_ROLE
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.sites import site_note
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import badge_rect, paint_badge

Index = QModelIndex | QPersistentModelIndex
HIT_HEIGHT = 32
OPENING_HEIGHT = 28


class Ink:
    """Draws runs of text from left to right, eliding the last one that does not fit. ``within``:
    the row in which everything is mirrored where the painter reads from right to left; ``x``
    counts from the left all the same."""

    def __init__(self, painter: QPainter, rect: QRect, within: QRect | None = None) -> None:
        self.painter, self.rect, self.x = painter, rect, rect.left()
        self._within = within

    def place(self, box: QRect) -> QRect:
        if self._within is None:
            return box
        return QStyle.visualRect(self.painter.layoutDirection(), self._within, box)

    def icon(self, pixmap: QPixmap, side: int, gap: int = 6) -> None:
        """Of ``side`` logical pixels, in the middle of the line."""
        top = self.rect.center().y() - side // 2 + 1
        self.painter.drawPixmap(self.place(QRect(self.x, top, side, side)).topLeft(), pixmap)
        self.x += side + gap

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
        where = QRect(self.x, self.rect.top(), min(room, wanted) + 2, self.rect.height())
        self.painter.drawText(self.place(where), int(Qt.AlignmentFlag.AlignVCenter), shown)
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
            alert, third = CURTAIN.hidden(row.alert), area.width() // 3
            area.setRight(paint_alert(painter, area, theme, alert, at_most=third))
        ink = Ink(painter, area)
        bold, plain = theme.font("body", bold=True), theme.font("grid")
        details = str(index.data(DETAIL_ROLE))
        # of two with the same long name the birth date tells which is which
        born = QFontMetrics(plain).horizontalAdvance(details.partition(" · ")[0]) + theme.px(24)
        name = QFontMetrics(bold).horizontalAdvance(CURTAIN.name(row)) + 1
        wide = min(name, max(theme.px(80), area.width() - 12 - born))
        ink.text(CURTAIN.name(row), bold, tokens.text, width=wide, gap=12)
        ink.text(details, plain, tokens.text2)
        painter.restore()


def paint_alert(painter: QPainter, area: QRect, theme: Theme, alert: str, *, at_most: int) -> int:
    """The alert at the right end; answers where it begins."""
    alert = CURTAIN.hidden(alert)
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
        self.held: Mapping[tuple[object, ...], int] = {}
        """(start, doctor) → seconds that this row is still held."""

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
        if index.data(BEST_ROLE) and option.rect.width() >= theme.px(380):
            area.setRight(paint_tag(painter, area, theme, "best", tokens.ok, icon="star"))
        left = self.held.get((slot.start, slot.doctor_id))
        if left is not None:
            area.setRight(self._paint_hold(painter, area, left))
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
                self._paint_where(ink, option.rect.width(), slot, doctor)
        where = site_note(roster, slot.location_id, slot.start) if roster else ""
        ink.text(" · ".join(part for part in (where, ranked.why) if part), plain, tokens.text2)
        painter.restore()

    def _paint_where(self, ink: Ink, width: int, slot: Slot, doctor: Doctor) -> None:
        """Doctor and room in columns as wide as the longest of them, as far as *why* has room."""
        theme, roster = self._theme, self._source.roster
        plain, tokens = theme.font("grid"), theme.tokens
        metrics = QFontMetrics(plain)
        roomy = width >= theme.px(520)
        name_of = words.doctor_name if roomy else words.doctor_short
        names = [name_of(one) for one in self._source.doctors()]
        widest = max((metrics.horizontalAdvance(name) for name in names), default=0) + 2
        ink.text(name_of(doctor), plain, tokens.text, width=min(widest, theme.px(150)), gap=10)
        room = roster.rooms.get(slot.room_id or "") if roster else None
        if roomy:
            ink.text(room.name if room else "", plain, tokens.text2, width=theme.px(64))

    def _paint_hold(self, painter: QPainter, area: QRect, left: int) -> int:
        theme = self._theme
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


def paint_tag(
    painter: QPainter, area: QRect, theme: Theme, text: str, colour: QColor, *, icon: str = ""
) -> int:
    """A thin-framed word at the right end, perhaps with an icon before it; answers where it
    begins."""
    font, height, drawn = theme.font("caption"), theme.px(16), theme.px(10) if icon else 0
    lead = drawn + 3 if icon else 0
    width = QFontMetrics(font).horizontalAdvance(text) + lead + 10
    rect = QRect(area.right() - width, area.center().y() - height // 2 + 1, width, height)
    painter.setPen(colour if icon else theme.tokens.grid_major)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect, 3, 3)
    if icon:
        middle = rect.center().y() - drawn // 2 + 1
        painter.drawPixmap(rect.left() + 5, middle, theme.icon(icon, drawn, colour))
    painter.setFont(font)
    painter.setPen(colour)
    painter.drawText(rect.adjusted(lead, 0, 0, 0), int(Qt.AlignmentFlag.AlignCenter), text)
    return rect.left() - 8
