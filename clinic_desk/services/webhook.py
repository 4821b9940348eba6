"""Tells an address of the clinic's choice what becomes of visits (docs/guide/webhook.md).

Ids, times and states alone leave the clinic: no name, no reason, no price. Events of one visit
arrive in their order. Each waits three minutes, so that a slip that is undone tells nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.work import Work

if TYPE_CHECKING:
    from clinic_desk.services.outbox import Deliverer

SERVICE = "webhook"
TOPICS = "webhook."
ON, URL = "webhook.on", "webhook.url"
"""Clinic settings."""

SCHEMA = 1
"""Grows when a field changes its meaning; new fields do not count."""

_STEPS: Mapping[Status, str] = {
    Status.PENDING: "requested",
    Status.SCHEDULED: "accepted",
    Status.CONFIRMED: "confirmed",
    Status.ARRIVED: "arrived",
    Status.IN_PROGRESS: "started",
    Status.COMPLETED: "completed",
    Status.CANCELLED: "cancelled",
    Status.DECLINED: "declined",
    Status.NO_SHOW: "no_show",
}
_NOTHING = (Status.HELD, Status.RELEASED)
_PLACE = ("start", "end", "doctor_id", "location_id", "room_id", "slot_state")
_REST = ("type_id", "patient_id", "mode", "series_id")

EVENTS = (
    "booked", "requested", "accepted", "confirmed", "arrived", "started", "completed", "cancelled",
    "declined", "no_show", "moved", "edited", "reverted", "removed", "restored",
)  # fmt: skip


class WebhookLink(Protocol):
    """What the settings page and the courier need of the adapter."""

    def publisher(self, url: str) -> Deliverer:
        """Raises ``Refusal`` when the address cannot be used."""
        ...

    def test(self, url: str, delivery: Id) -> str:
        """Sends an event called "test" of that id; a sentence for people. Raises ``Unreachable`` or
        ``Rejected``."""
        ...

    def has_secret(self) -> bool:
        """Raises ``Unreachable`` while the keyring is locked or does not answer."""
        ...

    def keep_secret(self, secret: str) -> None:
        """In the system's keyring; empty forgets it. Raises ``Refusal`` without a keyring."""
        ...


def is_on(settings: Mapping[str, object]) -> bool:
    """By the clinic's settings under "webhook."."""
    return settings.get(ON) is True and bool(settings.get(URL))


def follow(work: Work, visits: Sequence[Appointment]) -> None:
    """Called by the gate, while the webhook is on, for every visit that a command wrote; for undo
    and redo as well."""
    turned = work.uow.turned_back()
    for after in visits:
        event = event_of(work.uow.before(after), after)
        # what was taken back before anybody heard of it needs no second word
        if event and after.id not in turned:
            work.uow.send(f"{TOPICS}{event}", after.id, as_told(after, event, work.now.isoformat()))


def event_of(before: Appointment | None, after: Appointment) -> str:
    """What became of the visit, in one word; empty when nobody outside need know."""
    was = before is not None and before.deleted_at is None and before.status not in _NOTHING
    stands = after.deleted_at is None and after.status not in _NOTHING
    if before is None or not was:
        if not stands or (before is None and after.import_key is not None):
            return ""
        if before is not None and before.status not in _NOTHING:
            return "restored"
        return "requested" if after.status is Status.PENDING else "booked"
    if not stands:
        return "removed"
    if before.status is not after.status:
        return "reverted" if _backwards(before.status, after.status) else _STEPS[after.status]
    if any(getattr(before, name) != getattr(after, name) for name in _PLACE):
        return "moved"
    return "edited" if any(getattr(before, n) != getattr(after, n) for n in _REST) else ""


def _backwards(before: Status, after: Status) -> bool:
    """An earlier step of the day, or a visit that takes place after all."""
    order = list(_STEPS)
    return order.index(after) < order.index(before)


def as_told(visit: Appointment, event: str, at: str) -> dict[str, object]:
    return {
        "schema": SCHEMA,
        "event": f"appointment.{event}",
        "occurred_at": at,
        "appointment": {
            "id": visit.id,
            "revision": visit.revision,
            "status": visit.status.value,
            "start": visit.start.isoformat(),
            "end": visit.end.isoformat(),
            "doctor_id": visit.doctor_id,
            "patient_id": visit.patient_id,
            "location_id": visit.location_id,
            "room_id": visit.room_id,
            "type_id": visit.type_id,
            "series_id": visit.series_id,
            "mode": visit.mode.value,
            "removed": visit.deleted_at is not None,
        },
    }
