"""The requests: who is away when, how it was decided, how many visits it hits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.services.planning_views import TimeOffCard
from clinic_desk.services.time_off import KIND_WORDS, doctor_zone, span_text
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.look.tokens import over, pattern_of
from clinic_desk.ui.models.words import plural
from clinic_desk.ui.planning.state_chip import paint_state
from clinic_desk.ui.widgets import paint

Index = QModelIndex | QPersistentModelIndex
CARD = Qt.ItemDataRole.UserRole
STATE_WORDS = {
    TimeOffStatus.REQUESTED: "waiting",
    TimeOffStatus.APPROVED: "approved",
    TimeOffStatus.DECLINED: "declined",
}


class _CardPainter(QStyledItemDelegate):
    def __init__(self, requests: RequestList) -> None:
        super().__init__(requests)
        self._list = requests

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: ARG002, N802
        return QSize(200, self._list.theme.px(54))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, roster = self._list.theme, self._list.roster
        card = index.data(CARD)
        if roster is None or not isinstance(card, TimeOffCard):
            return
        tokens, px, rect = theme.tokens, theme.px, QRect(option.rect)
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()

        def here(box: QRect) -> QRect:
            return QStyle.visualRect(option.direction, rect, box)

        painter.fillRect(rect, over(tokens.selected, tokens.canvas) if chosen else tokens.canvas)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid_minor)
        if chosen:
            ink = tokens.accent if self._list.hasFocus() else tokens.control_border
            painter.fillRect(here(QRect(rect.left(), rect.top(), 3, rect.height() - 1)), ink)
        request = card.request
        doctor = roster.doctors.get(request.doctor_id)
        line = px(20)
        upper = QRect(rect.left() + 14, rect.top() + px(6), rect.width() - 26, line)
        lower = upper.translated(0, line + 1)
        badge = QRect(upper.left(), upper.center().y() - px(8) + 1, px(26), px(17))
        if doctor is not None:
            colour = theme.doctor_colour(doctor.colour, pattern_of(doctor.pattern))
            paint.badge(painter, here(badge), theme, doctor.code, colour)
        state = STATE_WORDS[request.status]
        width = QFontMetrics(theme.font("grid")).horizontalAdvance(state) + px(12) + 22
        chip = QRect(upper.right() - width, upper.top() - 1, width, px(22))
        paint_state(painter, theme, here(chip), request.status, state)
        painter.setFont(theme.font("body", bold=True))
        painter.setPen(tokens.text)
        x = badge.right() + 8
        name = card.doctor_name
        name_width = min(painter.fontMetrics().horizontalAdvance(name) + 2, (chip.left() - x) // 2)
        paint.elided(painter, here(QRect(x, upper.top(), name_width, line)), name)
        x += name_width + 10
        painter.setFont(theme.font("body"))
        rest = QRect(x, upper.top(), chip.left() - x - 8, line)
        paint.elided(painter, here(rest), self._list.span(card))
        painter.setFont(theme.font("grid"))
        hits = plural(card.hits, "visit") if card.hits else ""
        if hits and request.status is not TimeOffStatus.DECLINED:
            width = painter.fontMetrics().horizontalAdvance(hits) + 2
            painter.setPen(tokens.refuse)
            painter.setFont(theme.font("grid", bold=True))
            spot = QRect(lower.right() - width - 6, lower.top(), width + 6, line)
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            paint.line(painter, here(spot), hits, flags)
            lower = lower.adjusted(0, 0, -width - 14, 0)
        painter.setFont(theme.font("grid"))
        painter.setPen(tokens.text2)
        paint.elided(painter, here(lower), self._list.facts(card))
        painter.restore()


class RequestList(QListWidget):
    """``chosen`` whenever another request has the cursor; letters and Enter are the page's."""

    chosen = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.roster: Roster | None = None
        self._today = date.min
        self.setItemDelegate(_CardPainter(self))
        self.setProperty("frameless", True)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Requests for time off")
        self.currentItemChanged.connect(lambda _now, _before: self.chosen.emit())
        theme.changed.connect(self.viewport().update)

    def show_cards(self, cards: Sequence[TimeOffCard], roster: Roster, today: date) -> None:
        """Those that wait first, then by their first day. Keeps the cursor on its request."""
        waiting = TimeOffStatus.REQUESTED
        cards = sorted(cards, key=lambda c: (c.request.status is not waiting, c.request.start))
        kept, place = self.current(), self.currentRow()
        self.roster, self._today = roster, today
        self.blockSignals(True)
        self.clear()
        for card in cards:
            item = QListWidgetItem(self)
            item.setData(CARD, card)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, self._told(card))
            item.setToolTip(as_text(self._told(card)))
        self.blockSignals(False)
        wanted = kept.request.id if kept is not None else ""
        if not self.choose(wanted) and self.count():
            self.setCurrentRow(min(max(0, place), self.count() - 1))
        self.chosen.emit()

    def current(self) -> TimeOffCard | None:
        item = self.currentItem()
        card = item.data(CARD) if item is not None else None
        return card if isinstance(card, TimeOffCard) else None

    def cards(self) -> list[TimeOffCard]:
        return [self.item(row).data(CARD) for row in range(self.count())]

    def choose(self, request_id: Id) -> bool:
        """The cursor onto a request; False when it is not listed."""
        for row, card in enumerate(self.cards()):
            if card.request.id == request_id:
                self.setCurrentRow(row)
                return True
        return False

    def span(self, card: TimeOffCard) -> str:
        assert self.roster is not None
        where = doctor_zone(self.roster, card.request.doctor_id)
        return span_text(card.request, where, self._today)

    def facts(self, card: TimeOffCard) -> str:
        """ "Leave · family · by T. Lindholm: enjoy"."""
        request = card.request
        words = KIND_WORDS[request.kind]
        parts = [words[:1].upper() + words[1:]]
        if request.reason and request.reason.casefold() != words:
            parts.append(" ".join(request.reason.split()))
        if request.status is not TimeOffStatus.REQUESTED and card.decided_by:
            decided = f"by {card.decided_by}"
            note = " ".join(request.decision_note.split())
            parts.append(f"{decided}: {note}" if note else decided)
        elif request.decision_note:
            parts.append(" ".join(request.decision_note.split()))
        return " · ".join(parts)

    def _told(self, card: TimeOffCard) -> str:
        hits = f", hits {plural(card.hits, 'visit')}" if card.hits else ""
        state = STATE_WORDS[card.request.status]
        return f"{card.doctor_name}, {self.span(card)}, {state}{hits}. {self.facts(card)}"

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        walks = (
            Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
            Qt.Key.Key_Home, Qt.Key.Key_End,
        )  # fmt: skip
        if event.key() in walks:
            super().keyPressEvent(event)
        else:
            event.ignore()
