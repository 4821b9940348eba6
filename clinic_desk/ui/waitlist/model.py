"""The waiting list as a table: filtered by the page, sorted by any column."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from PySide6.QtCore import Qt

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.waiting import URGENCY_POINTS
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import waiting, words
from clinic_desk.ui.runtime.formatting import left_to_right, phone_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

COLUMNS = (
    "Patient", "Phone", "Visit", "Doctor", "When it suits", "Urgency", "Waiting", "Last call",
    "Note",
)  # fmt: skip
PATIENT, PHONE, VISIT, DOCTOR, WISHES, URGENCY, WAITING, CALL, NOTE = range(len(COLUMNS))
CARD_ROLE = Qt.ItemDataRole.UserRole


class WaitModel(HeadedModel):
    """``sorted_by`` is (column, descending), None the order in which a slot is offered: the most
    urgent first, then who waits longest."""

    headings = COLUMNS

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._roster: Roster | None = None
        self._now: datetime | None = None
        self._given: tuple[WaitlistCard, ...] = ()
        self.cards: tuple[WaitlistCard, ...] = ()
        self.sorted_by: tuple[int, bool] | None = None

    def show(self, cards: Sequence[WaitlistCard], roster: Roster, now: datetime) -> None:
        self._given, self._roster, self._now = tuple(cards), roster, now
        self.beginResetModel()
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        cards = list(self._given)
        if self.sorted_by is not None and self._roster is not None:
            column, down = self.sorted_by
            cards.sort(key=lambda card: self._key(card, column), reverse=down)
        self.cards = tuple(cards)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        down = order is Qt.SortOrder.DescendingOrder
        self.sorted_by = None if column < 0 else (column, down)
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self.cards[index.row()].entry.id for index in before]
        self._arrange()
        after = [
            self.index(self.row_of(entry_id), index.column())
            for entry_id, index in zip(ids, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _key(self, card: WaitlistCard, column: int) -> Any:
        if column == URGENCY:
            return -URGENCY_POINTS[card.entry.urgency]
        if column == WAITING:
            return card.since
        if column == CALL:
            last = waiting.last_call(card)
            return (last.answered_at or card.since).timestamp() if last is not None else 0.0
        return self.text(card, column).casefold()

    def row_of(self, entry_id: Id) -> int:
        return next((n for n, card in enumerate(self.cards) if card.entry.id == entry_id), -1)

    def text(self, card: WaitlistCard, column: int) -> str:
        roster, now = self._roster, self._now
        if roster is None or now is None:
            return ""
        entry, zone = card.entry, roster.practice.zone
        match column:
            case 0:
                return CURTAIN.name(card.patient)
            case 1:
                return CURTAIN.hidden(phone_text(card.patient.phone))
            case 2:
                return f"{card.type_name} {entry.minutes} min" if entry.minutes else card.type_name
            case 3:
                return self._doctor(card, roster)
            case 4:
                today = words.local(now, zone).date()
                told = (waiting.wishes(entry, today), waiting.visit_words(card, roster))
                return " · ".join(part for part in told if part)
            case 5:
                return waiting.URGENCY_WORDS[entry.urgency]
            case 6:
                return waiting.since(card, now)
            case 7:
                return waiting.call_words(card, zone, self._today(now, zone))
            case _:
                return entry.note

    @staticmethod
    def _today(now: datetime, zone: str) -> date:
        return words.local(now, zone).date()

    def _doctor(self, card: WaitlistCard, roster: Roster) -> str:
        name = words.doctor_of(roster, card.entry.doctor_id)
        name = name[:1].upper() + name[1:]
        place = roster.locations.get(card.entry.location_id or "")
        return f"{name}, {place.name}" if place is not None else name

    # -- Qt ---------------------------------------------------------------------------------
    def listed(self) -> int:
        return len(self.cards)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        card, column = self.cards[index.row()], index.column()
        if role == CARD_ROLE:
            return card
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            told = self.text(card, column)
            return left_to_right(told) if column == PHONE else told
        if role == Qt.ItemDataRole.DecorationRole and column == URGENCY:
            return self._theme.icon(waiting.URGENCY_ICONS[card.entry.urgency], 14)
        if role == Qt.ItemDataRole.FontRole and column == PATIENT:
            return self._theme.font("body", bold=True)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            told = self.text(card, column)
            return (
                told if column else ", ".join(filter(None, (self.text(card, n) for n in range(9))))
            )
        return None
