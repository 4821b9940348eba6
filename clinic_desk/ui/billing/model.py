"""Invoices, and their totals per day and doctor, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from PySide6.QtCore import Qt

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.billing import InvoiceStatus
from clinic_desk.domain.ids import Id
from clinic_desk.services.billing_ports import InvoiceTotal
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.money import price_text
from clinic_desk.services.wording import day_text
from clinic_desk.ui.look.plain import plain_tips
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models import words
from clinic_desk.ui.models.invoices import state_words
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.headed_model import HeadedModel, Index

CARD_ROLE = Qt.ItemDataRole.UserRole
RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)


class _Table(HeadedModel):
    money: frozenset[int] = frozenset()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.roster: Roster | None = None
        self.today = date.min

    def text(self, row: int, column: int) -> str:
        raise NotImplementedError

    def doctor(self, doctor_id: Id) -> str:
        return words.doctor_of(self.roster, doctor_id) if self.roster is not None else ""

    def price(self, minor: int, currency: str) -> str:
        locale = self.roster.practice.locale if self.roster is not None else "en_GB"
        return price_text(minor, currency, locale)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        across = orientation is Qt.Orientation.Horizontal
        if across and role == Qt.ItemDataRole.TextAlignmentRole and section in self.money:
            return RIGHT
        return super().headerData(section, orientation, role)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        row, column = index.row(), index.column()
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.text(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column in self.money:
            return RIGHT
        if role == Qt.ItemDataRole.AccessibleTextRole:
            if column:
                return self.text(row, column)
            told = (self.text(row, n) for n in range(len(self.headings)))
            return ", ".join(part for part in told if part)
        return None


class InvoiceModel(_Table):
    """``codes``: doctors by their codes, where there is no room for names."""

    headings = ("Visit", "Patient", "For", "Doctor", "Number", "State", "Total", "Open")
    money = frozenset({6, 7})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.codes = False
        self.cards: tuple[InvoiceCard, ...] = ()

    def show(self, cards: Sequence[InvoiceCard], roster: Roster, today: date) -> None:
        self.beginResetModel()
        self.cards, self.roster, self.today = tuple(cards), roster, today
        self.endResetModel()

    def listed(self) -> int:
        return len(self.cards)

    def row_of(self, invoice_id: Id) -> int:
        return next((n for n, card in enumerate(self.cards) if card.invoice.id == invoice_id), -1)

    def text(self, row: int, column: int) -> str:
        card = self.cards[row]
        one = card.invoice
        match column:
            case 0:
                return day_text(one.visit_day, self.today)
            case 1:
                return CURTAIN.listed(card.patient_name)
            case 2:
                return "; ".join(line.text for line in one.lines)
            case 3:
                return self._code(one.doctor_id) or self.doctor(one.doctor_id)
            case 4:
                return one.number or ""
            case 5:
                return state_words(card, self.today)
            case 6:
                return self.price(one.total_minor, one.currency)
            case _:
                return self.price(one.open_minor, one.currency) if one.open_minor else ""

    def tell_codes(self, codes: bool) -> None:
        if codes is not self.codes:
            self.codes = codes
            if self.listed():
                self.dataChanged.emit(self.index(0, 3), self.index(self.listed() - 1, 3))
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 3, 3)

    def headerData(  # noqa: N802
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        shown = super().headerData(section, orientation, role)
        return "Dr" if self.codes and shown == self.headings[3] else shown

    def _code(self, doctor_id: Id) -> str:
        doctor = self.roster.doctors.get(doctor_id) if self.codes and self.roster else None
        return doctor.code if doctor is not None else ""

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if index.isValid():
            card = self.cards[index.row()]
            if role == CARD_ROLE:
                return card
            spoken = (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
            if role in spoken and index.column() == 3:
                return self.doctor(card.invoice.doctor_id)
            if role == Qt.ItemDataRole.FontRole and index.column() == 1:
                return self.theme.font("body", bold=True)
            if role == Qt.ItemDataRole.DecorationRole and index.column() == 5:
                return self._icon(card)
            if role == Qt.ItemDataRole.ForegroundRole:
                faint = card.invoice.status is InvoiceStatus.VOID
                return self.theme.tokens.text3 if faint else None
        return super().data(index, role)

    def _icon(self, card: InvoiceCard) -> Any:
        one = card.invoice
        if card.to_return:
            return self.theme.icon("undo", 14)
        if one.open_minor and one.due_on is not None and one.due_on < self.today:
            return self.theme.icon("warn", 14)
        names = {
            InvoiceStatus.DRAFT: "edit",
            InvoiceStatus.PAID: "check",
            InvoiceStatus.VOID: "close",
        }
        return self.theme.icon(names.get(one.status, "flag-unpaid"), 14)


class TotalModel(_Table):
    """One row per day and doctor, and one that sums up each currency."""

    headings = ("Day", "Doctor", "Invoices", "Drafts", "Billed", "Paid", "Open")
    money = frozenset({2, 3, 4, 5, 6})

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.totals: tuple[InvoiceTotal, ...] = ()
        self.sums: tuple[InvoiceTotal, ...] = ()

    def show(self, totals: Sequence[InvoiceTotal], roster: Roster, today: date) -> None:
        self.beginResetModel()
        self.totals, self.roster, self.today = tuple(totals), roster, today
        self.sums = tuple(
            summed([row for row in totals if row.currency == currency])
            for currency in sorted({row.currency for row in totals})
        )
        self.endResetModel()

    def listed(self) -> int:
        return len(self.totals) + len(self.sums)

    def text(self, row: int, column: int) -> str:
        last = row >= len(self.totals)
        one = self.sums[row - len(self.totals)] if last else self.totals[row]
        match column:
            case 0:
                return "Together" if last else day_text(one.day, self.today)
            case 1:
                return "" if last else self.doctor(one.doctor_id)
            case 2:
                return f"{one.count:,}"
        minor = (one.drafted, one.billed, one.paid, one.open)[column - 3]
        return self.price(minor, one.currency)

    @plain_tips
    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.FontRole:
            return self.theme.font("body", bold=index.row() >= len(self.totals))
        return super().data(index, role)


def summed(rows: Sequence[InvoiceTotal]) -> InvoiceTotal:
    """Of at least one row, all of one currency; day and doctor are those of the first."""
    first = rows[0]
    return InvoiceTotal(
        first.day,
        first.doctor_id,
        first.currency,
        sum(row.count for row in rows),
        sum(row.drafted for row in rows),
        sum(row.billed for row in rows),
        sum(row.paid for row in rows),
        sum(row.open for row in rows),
    )
