"""What the last weeks of the demo clinic cost, and who has paid: made by the billing's own rules.

The clinic has been billing with this program for some weeks. Twice a day the desk issues the
invoices of the visits that are over; most people pay at once, some by transfer days later, some a
part, a few not at all, so that the oldest are overdue. Now and then one was wrong and is void.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from clinic_desk.app.demo_clinic import ZONE
from clinic_desk.domain.billing import PaymentMethod
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.services.billing_commands import BillVisit, RecordPayment, VoidInvoice
from clinic_desk.services.roster_commands import Together

if TYPE_CHECKING:
    from clinic_desk.app.demo import Demo
    from clinic_desk.services.command import Command

DAYS = 24
SEED = 611
ROUNDS = (760, 1150)
"""Minutes of the day at which the desk bills what is over."""

Over = tuple[datetime, Id, int]
"""A visit that is over: when it ended, which one, its price."""


class TurnedClock:
    """The real clock, which can be turned back to a past moment: ``at``, aware UTC."""

    def __init__(self, real: Clock) -> None:
        self._real = real
        self.at: datetime | None = None

    def now(self) -> datetime:
        return self._real.now() if self.at is None else self.at


def add(demo: Demo, clock: TurnedClock) -> Iterator[int]:
    """``clock`` is the one of the store. With dice of its own, so that the diary is the same with
    and without money."""
    random = Random(SEED)
    later: dict[date, list[Command]] = defaultdict(list)
    try:
        for at, over in _rounds(demo):
            clock.at = at
            bills = tuple(BillVisit(appointment_id=row_id) for _end, row_id, _price in over)
            made = demo.gate.execute(Together(commands=bills, label="Billed")).value
            assert isinstance(made, tuple)
            day = local_date(at, ZONE)
            for invoice_id, (_end, _visit, price) in zip(made, over, strict=True):
                for wait, command in _habit(random, str(invoice_id), price):
                    later[day + timedelta(days=wait)].append(command)
            due = [command for on in sorted(later) if on <= day for command in later.pop(on)]
            if due:
                demo.gate.execute(Together(commands=tuple(due), label="Paid"))
            yield len(over)
    finally:
        clock.at = None


def _rounds(demo: Demo) -> Iterator[tuple[datetime, list[Over]]]:
    """When the desk bills, and what: never later than now."""
    left: list[Over] = sorted(
        (row["completed_at"], row["id"], row["price_minor"]) for row in demo.over
    )
    today = demo.plan.today
    for ago in range(DAYS, -1, -1):
        day = today - timedelta(days=ago)
        first = at_local(day, 0, ZONE)
        for minute in ROUNDS:
            at = min(at_local(day, minute, ZONE), demo.now)
            over = [one for one in left if first <= one[0] <= at]
            left = [one for one in left if one[0] > at]
            if over:
                yield at, over


def _habit(random: Random, invoice_id: Id, price: int) -> Iterator[tuple[int, Command]]:
    """What becomes of an invoice, and after how many days."""

    def pay(amount: int, method: PaymentMethod, note: str = "") -> Command:
        return RecordPayment(invoice_id=invoice_id, amount_minor=amount, method=method, note=note)

    chance, half = random.random(), price // 200 * 100
    at_once = random.choice((PaymentMethod.CARD, PaymentMethod.CARD, PaymentMethod.CASH))
    if chance < 0.70:
        yield 0, pay(price, at_once)
    elif chance < 0.84:
        yield random.randint(2, 11), pay(price, PaymentMethod.TRANSFER)
    elif chance < 0.89:
        yield 0, pay(half, at_once, "The rest next week")
        if chance < 0.88:
            yield random.randint(6, 10), pay(price - half, at_once)
    elif chance < 0.93:
        yield 4, pay(price * 4 // 5, PaymentMethod.INSURANCE)
        yield random.randint(6, 13), pay(price - price * 4 // 5, PaymentMethod.TRANSFER)
    elif chance < 0.95:
        yield 0, VoidInvoice(invoice_id=invoice_id, reason="Billed by mistake")
    elif chance < 0.985:
        yield random.randint(12, 20), pay(price, PaymentMethod.TRANSFER, "After a reminder")
