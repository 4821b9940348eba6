"""Invoices in words, for every page that shows one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from clinic_desk.domain.billing import INVOICE_WORDS, InvoiceStatus
from clinic_desk.services.day_views import InvoiceCard
from clinic_desk.services.money import price_text
from clinic_desk.services.wording import day_text


def state_words(card: InvoiceCard, today: date) -> str:
    """ "open", "overdue since Tue 1 Dec", "paid, to give back"."""
    one = card.invoice
    if card.to_return:
        return f"{INVOICE_WORDS[one.status]}, to give back"
    if one.open_minor and one.due_on is not None and one.due_on < today:
        return f"overdue since {day_text(one.due_on, today)}"
    return INVOICE_WORDS[one.status]


def current(cards: Sequence[InvoiceCard]) -> InvoiceCard | None:
    """Of a visit's invoices, the newest first, the one that counts: void ones come last."""
    live = (card for card in cards if card.invoice.status is not InvoiceStatus.VOID)
    return next(live, cards[0] if cards else None)


def payable(card: InvoiceCard | None) -> int:
    """Minor units that can be taken; of a draft all of it."""
    if card is None or card.invoice.status is InvoiceStatus.VOID:
        return 0
    return card.invoice.total_minor - card.invoice.paid_minor


def line(card: InvoiceCard, today: date, locale: str) -> str:
    """ "INV-2026-0012 · part-paid · £20.00 of £45.00 open"."""
    one = card.invoice

    def price(minor: int) -> str:
        return price_text(minor, one.currency, locale)

    state = state_words(card, today)
    total = price(one.total_minor)
    if one.status is InvoiceStatus.DRAFT:
        return f"Draft · {total}, gets its number when the visit is done"
    if one.status is InvoiceStatus.VOID:
        name = one.number or "Draft"
        return f"{name} · void: {one.void_reason}" if one.void_reason else f"{name} · void"
    parts = [one.number or "", state]
    if card.to_return:
        parts.append(price(card.to_return))
    elif one.status is InvoiceStatus.PART_PAID:
        parts.append(f"{price(one.open_minor)} of {total} open")
    elif one.open_minor and state == INVOICE_WORDS[InvoiceStatus.ISSUED] and one.due_on is not None:
        parts.append(f"{total}, due {day_text(one.due_on, today)}")
    else:
        parts.append(total)
    return " · ".join(part for part in parts if part)
