"""A demo clinic in which messages of every kind stand, in fixed places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from clinic_desk.domain.appointments import Appointment, Status
from clinic_desk.domain.ids import Id
from clinic_desk.domain.message_planning import state_of
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus, Notification, Purpose
from clinic_desk.services.commands import EditPatient, SaveSetting
from clinic_desk.services.views import Cell
from tests.fakes.front_desk import TUESDAY, FrontDesk
from tests.fakes.message_rows import answer, attempt, message, put

MINUTE = timedelta(minutes=1)
NOW = TUESDAY


@dataclass
class Posted:
    """``visits``: those of this afternoon that stand, by start; each another patient's."""

    front: FrontDesk
    visits: list[Cell]

    def about(self, place: int, row_id: Id, due_at: Any, **values: Any) -> Notification:
        """A message about that visit."""
        cell = self.visits[place]
        with self.front.store.unit_of_work(self.front.context.actor) as work:
            state = state_of(work.get(Appointment, cell.id))
        given = {
            "appointment_id": cell.id,
            "patient_id": cell.patient_id,
            "doctor_id": cell.doctor_id,
            "useful_until": cell.start,
            "tells": state,
            "rule": "120",
        }
        return message(row_id, due_at, **(given | values))

    def put(self, *messages: Notification, attempts: int = 0, error: str = "") -> None:
        put(self.front.store, *messages, attempts=attempts, error=error)

    def name(self, place: int) -> str:
        cell = self.visits[place]
        return f"{cell.last_name}, {cell.first_name}"


def posted(front: FrontDesk) -> Posted:
    """Two channels in use; everybody may be told."""
    for name in ("sms", "email"):
        front.desk.execute(SaveSetting(key=f"messages.{name}.on", value=True, scope="clinic"))
    day = NOW.date()
    seen: set[str | None] = {None}
    visits = []
    for cell in front.store.queries.cells(day, day):
        stands = cell.status in (Status.SCHEDULED, Status.CONFIRMED)
        plain = (cell.last_name + cell.first_name).isascii()
        if cell.start > NOW + 30 * MINUTE and stands and plain and cell.patient_id not in seen:
            seen.add(cell.patient_id)
            visits.append(cell)
    visits.sort(key=lambda cell: (cell.start, cell.id))
    made = Posted(front, visits[:6])
    assert len(made.visits) == 6
    for cell in made.visits:
        values = {
            "mobile": "+442079460182", "email": "somebody@example.org", "consent_sms": True,
            "consent_email": True,
        }  # fmt: skip
        front.desk.execute(EditPatient(patient_id=cell.patient_id or "", values=values))
    with front.store.unit_of_work(front.context.actor) as work:
        # what the demo clinic and these edits have planned is not what the tests look at
        work._connection.exec_driver_sql("DELETE FROM notification")  # type: ignore[attr-defined]
        work._connection.exec_driver_sql(  # type: ignore[attr-defined]
            "DELETE FROM outbox_message WHERE topic LIKE 'message.%'"
        )
        work._connection.exec_driver_sql("DELETE FROM inbound_message")  # type: ignore[attr-defined]
        work.commit()
    return made


def every_kind(world: Posted) -> None:
    """One of each: failed, retried, held, sent, delivered, planned twice, skipped, withdrawn, one
    for the desks, and an answer."""
    world.put(
        world.about(0, "failed", NOW - MINUTE, status=MessageStatus.FAILED, rule="",
                    purpose=Purpose.CONFIRMATION, body="Booked for today.",
                    reason="The number is not complete."),
        attempts=4, error="invalid destination",
    )  # fmt: skip
    attempt(world.front.store, "failed", NOW - MINUTE, 3, "failed", "invalid destination")
    world.put(
        world.about(1, "retried", NOW - 5 * MINUTE, channel=Channel.EMAIL),
        attempts=2, error="no answer",
    )  # fmt: skip
    world.put(
        world.about(2, "held", NOW + 2 * MINUTE, held_until=NOW + 2 * MINUTE, rule="",
                    purpose=Purpose.MOVED, channel=Channel.EMAIL),
        world.about(3, "sent", NOW - 60 * MINUTE, status=MessageStatus.SENT, body="See you soon.",
                    delivery=Delivery.DELIVERED),
        world.about(4, "replied", NOW - 90 * MINUTE, status=MessageStatus.SENT, reply="1",
                    body="Reply 1 to confirm."),
        world.about(3, "planned", NOW + 20 * MINUTE),
        world.about(4, "later", NOW + 40 * MINUTE, channel=Channel.EMAIL),
        world.about(5, "skipped", NOW - 10 * MINUTE, status=MessageStatus.SKIPPED,
                    reason="No way to reach the patient: SMS – no mobile number"),
        world.about(5, "gone", NOW - 15 * MINUTE, status=MessageStatus.WITHDRAWN,
                    reason="Withdrawn by Maria"),
        world.about(5, "desk", NOW - 30 * MINUTE, status=MessageStatus.SENT, patient_id=None,
                    channel=Channel.DESKTOP, address="", rule="", purpose=Purpose.NO_SHOW,
                    body="A patient did not come."),
    )  # fmt: skip
    answer(
        world.front.store, "asked", "Can I come at four?", NOW - 3 * MINUTE, "asked",
        patient_id=world.visits[4].patient_id, appointment_id=world.visits[4].id,
        notification_id="replied",
    )  # fmt: skip
