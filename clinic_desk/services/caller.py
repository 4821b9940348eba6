"""What is known of somebody who rings, read together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import OWED
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.waitlist import WaitStatus
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.guarded import may_read
from clinic_desk.services.planning_views import WaitlistCard
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import Cell, PatientView

NO_VISIT = frozenset({Status.CANCELLED, Status.DECLINED, Status.HELD, Status.RELEASED})
OVER = frozenset({Status.COMPLETED, Status.NO_SHOW})
"""Whatever the clock says: a visit may be done before its planned end."""


@dataclass(frozen=True, slots=True)
class CallerFacts:
    """``owed``: (currency, minor units) of what is billed and not paid, largest first; ``waits``:
    their entries of the waiting list that still wait, the oldest first. Not ``money_told``:
    whoever asks may not see what is owed."""

    view: PatientView
    coming: tuple[Cell, ...]
    last: Cell | None
    owed: tuple[tuple[str, int], ...]
    waits: tuple[WaitlistCard, ...]
    money_told: bool = True

    @property
    def next(self) -> Cell | None:
        return self.coming[0] if self.coming else None


def facts(queries: Queries, patient_id: Id, now: datetime) -> CallerFacts:
    """A fixed number of statements, however long the history. Raises ``NotFound``."""
    view = queries.patient(patient_id)
    kept = [visit for visit in view.visits if visit.status not in NO_VISIT]
    ahead = [v for v in kept if v.end > now and v.status not in OVER]
    coming = sorted(ahead, key=lambda visit: visit.start)
    past = [v for v in kept if v not in ahead and v.status is not Status.NO_SHOW]
    owed: dict[str, int] = {}
    money = may_read(queries, Permission.BILLING)
    wish = InvoiceWish(patient_id=patient_id, statuses=tuple(OWED))
    for card in queries.invoices(wish) if money else ():
        bill = card.invoice
        owed[bill.currency] = owed.get(bill.currency, 0) + bill.open_minor
    waits = [
        one for one in queries.patient_waits(patient_id) if one.entry.status is WaitStatus.WAITING
    ]
    return CallerFacts(
        view=view,
        coming=tuple(coming),
        last=max(past, key=lambda visit: visit.start, default=None),
        owed=tuple(sorted(((c, m) for c, m in owed.items() if m), key=lambda one: -one[1])),
        waits=tuple(reversed(waits)),
        money_told=money,
    )
