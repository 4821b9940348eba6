"""One small, valid instance of every command there is, and what it stands on."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module
from typing import Any

from clinic_desk import services
from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import InvoiceLine
from clinic_desk.domain.catalogue import Room
from clinic_desk.domain.ids import Id
from clinic_desk.domain.messages import (
    Channel,
    Delivery,
    MessageStatus,
    MessageTemplate,
    Notification,
    Purpose,
)
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.domain.waitlist import gap_key
from clinic_desk.services import commands as c
from clinic_desk.services.absence_commands import AcceptProposals
from clinic_desk.services.audit_commands import EmptyOldDetails
from clinic_desk.services.backup_commands import ApproveRestore, NoteBackup
from clinic_desk.services.billing_commands import (
    BillVisit,
    EditInvoice,
    IssueInvoice,
    RecordPayment,
    VoidInvoice,
)
from clinic_desk.services.billing_messages import GATEWAY, HTTP, SERVICE, TOPICS
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.command import Command
from clinic_desk.services.day_commands import (
    AnswerVisit,
    MergePatients,
    RunningLate,
    SeparatePatients,
)
from clinic_desk.services.hold_commands import ReleaseHolds, RenewHolds
from clinic_desk.services.message_commands import (
    EditMessage,
    HandleAnswer,
    NoteAnswers,
    NoteDeliveries,
    PlanAgain,
    PlanMessages,
    ResetTemplate,
    SaveTemplate,
    SendAgain,
    SendNow,
    WithdrawMessages,
)
from clinic_desk.services.message_ports import Answered, Receipt
from clinic_desk.services.outbox_commands import (
    BeginMessage,
    ClaimMessages,
    CloseBreaker,
    EndMessage,
    ForgetEvents,
    NoteCursor,
    ReleaseMessages,
    RestService,
    RetryEvents,
    RetryMessage,
    SettleMessage,
)
from clinic_desk.services.outbox_ports import Words
from clinic_desk.services.paper_commands import NoteHandedOn, NoteLifeboat
from clinic_desk.services.patient_commands import TellApart
from clinic_desk.services.practising import PATIENT
from clinic_desk.services.report_commands import NoteExport
from clinic_desk.services.roster_commands import (
    ChangeTimeOff,
    DecideTimeOff,
    OpenTime,
    RemoveRecords,
    RequestTimeOff,
    SaveWeek,
    Together,
    WithdrawTimeOff,
)
from clinic_desk.services.series_commands import BookSeries, ChangeSeries, SeriesMade
from clinic_desk.services.setup_commands import EndPractice
from clinic_desk.services.staff_commands import (
    ActivateStaff,
    AddStaff,
    DeactivateStaff,
    EditStaff,
    ResetSecret,
    RevokeAllSessions,
    RevokeSession,
)
from clinic_desk.services.staff_secrets import HashedSecret
from clinic_desk.services.waitlist_commands import (
    AddToWaitlist,
    BookFromWaitlist,
    EditWaitlist,
    RecordOffer,
    WithdrawFromWaitlist,
)
from tests.fakes.message_rows import message, put
from tests.fakes.world import TODAY, World, at

NEXT_WEEK = at("00:00") + timedelta(days=7)
HALF_HOUR = timedelta(minutes=30)


def every_command() -> list[type[Command]]:
    """By name. Modules of the services are loaded, so that none is missed."""
    for module in pkgutil.iter_modules(services.__path__):
        import_module(f"{services.__name__}.{module.name}")
    found = {
        kind
        for kind in _below(Command)
        if kind.__module__.startswith(f"{services.__name__}.") and _is_current(kind)
    }
    return sorted(found, key=lambda kind: kind.__name__)


def _below(kind: type[Command]) -> Iterator[type[Command]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


def _is_current(kind: type[Command]) -> bool:
    """Slots make each class twice; the first one is nobody's."""
    return getattr(import_module(kind.__module__), kind.__name__, None) is kind


def _visit(world: World, start: str = "10:00", **more: Any) -> Id:
    return world.book(start, **more)


def _move(world: World) -> c.MoveAppointment:
    return c.MoveAppointment(
        appointment_id=_visit(world), expected_revision=None, start=at("14:00"), end=at("14:30")
    )


def _final(world: World) -> Id:
    row = _visit(world)
    world.run(c.CancelAppointment(appointment_id=row, reason="Ill"))
    return row


def _confirmed(world: World) -> Id:
    row = _visit(world)
    world.run(c.ChangeStatus(appointment_id=row, to=Status.CONFIRMED))
    return row


def _hold(world: World, start: str = "14:00") -> c.HoldSlot:
    begin = at(start)
    return c.HoldSlot(
        doctor_id=world.names["wu"],
        start=begin,
        end=begin + HALF_HOUR,
        type_id=world.names["follow-up"],
    )


def _value(world: World, command: Command) -> Id:
    return str(world.run(command).value)


def _block(world: World) -> c.BlockTime:
    return c.BlockTime(doctor_id=world.names["wu"], start=at("15:00"), end=at("16:00"))


def _leave(world: World) -> RequestTimeOff:
    end = NEXT_WEEK + timedelta(days=1)
    return RequestTimeOff(doctor_id=world.names["wu"], start=NEXT_WEEK, end=end)


def _invoice(world: World) -> Id:
    visit = _visit(world)
    (card,) = world.store.queries.invoices(InvoiceWish(appointment_id=visit))
    return card.invoice.id


def _unbilled(world: World) -> Id:
    (row,) = world.put_in({"status": Status.COMPLETED, "start": at("06:00"), "price_minor": 900})
    return row


def _wait(world: World) -> AddToWaitlist:
    values = {"patient_id": world.names["tom"], "type_id": world.names["follow-up"]}
    return AddToWaitlist(values=values)


def _offer(world: World) -> RecordOffer:
    wu, start, end = world.names["wu"], at("14:00"), at("14:30")
    return RecordOffer(
        entry_id=_value(world, _wait(world)), gap=gap_key(wu, start, end), doctor_id=wu,
        start=start, end=end,
    )  # fmt: skip


def _from_list(world: World) -> BookFromWaitlist:
    booking = c.BookAppointment(
        patient_id=world.names["tom"], doctor_id=world.names["wu"],
        type_id=world.names["follow-up"], start=at("14:00"),
    )  # fmt: skip
    return BookFromWaitlist(entry_id=_value(world, _wait(world)), booking=booking)


def _series(world: World) -> BookSeries:
    return BookSeries(
        patient_id=world.names["tom"], doctor_id=world.names["wu"],
        type_id=world.names["follow-up"], rule="FREQ=WEEKLY;COUNT=3",
        local_start="2026-11-25T15:00",
    )  # fmt: skip


def _change_series(world: World) -> ChangeSeries:
    made = world.run(_series(world)).value
    assert isinstance(made, SeriesMade)
    return ChangeSeries(
        appointment_id=made.visit_ids[0], scope=c.Scope.ALL, local_start="2026-11-25T15:30"
    )


def _twin(world: World) -> Id:
    return _value(world, c.AddPatient(values={"first_name": "Ana", "last_name": "Lee"}))


def _merge(world: World) -> MergePatients:
    return MergePatients(kept_id=world.names["ana"], other_id=_twin(world), values={})


def _separate(world: World) -> SeparatePatients:
    merge = _merge(world)
    world.run(merge)
    return SeparatePatients(other_id=merge.other_id)


def _practice(world: World) -> EndPractice:
    return EndPractice(patient_id=_value(world, c.AddPatient(values=PATIENT)))


def _room(world: World) -> Room:
    return Room(id=world.ids(), location_id=world.names["main"], name="Spare room")


def _gone_room(world: World) -> RemoveRecords:
    room = _room(world)
    world.run(c.SaveRecords(records=(room,)))
    return RemoveRecords(rows=((c.RecordKind.ROOM, room.id),))


def _week(world: World) -> SaveWeek:
    saturday = ScheduleTemplate(
        id=world.ids(), doctor_id=world.names["wu"], location_id=world.names["main"], weekday=5,
        work_start=540, work_end=720,
    )  # fmt: skip
    return SaveWeek(doctor_id=world.names["wu"], templates=(saturday,))


def _set_aside(world: World) -> Id:
    """A message that a service outside would not take."""
    message = _claimed(world)
    world.run(SettleMessage(service=SERVICE, message_id=message, holder="me", error="no"))
    return message


def _claim(world: World) -> ClaimMessages:
    later = world.clock.now() + timedelta(minutes=5)
    return ClaimMessages(service=SERVICE, topics=(TOPICS,), holder="me", until=later)


def _claimed(world: World) -> Id:
    world.run(c.SaveSetting(key=GATEWAY, value=HTTP, scope="clinic"))
    world.run(IssueInvoice(invoice_id=_invoice(world)))
    world.clock.advance(minutes=10)
    found = world.run(_claim(world)).value
    assert isinstance(found, tuple)
    assert found
    return str(found[0].id)


HOLDER = "me"


def _due_message(world: World) -> Notification:
    """A confirmation that is due and that this holder has claimed."""
    world.run(c.EditPatient(patient_id=world.names["ana"], values=REACHABLE))
    world.run(c.SaveSetting(key="messages.sms.on", value=True, scope="clinic"))
    world.clock.advance(hours=2)
    visit = world.book("10:00", day=TODAY + timedelta(days=7))
    world.clock.advance(minutes=10)
    later = world.clock.now() + timedelta(minutes=5)
    claim = ClaimMessages(
        service="sms", topics=("message.sms",), holder=HOLDER, until=later, by_due=True
    )
    claimed = world.run(claim).value
    assert isinstance(claimed, tuple)
    ground = world.store.queries.message_ground(claimed[0].id)
    assert ground is not None
    assert ground.message.appointment_id == visit
    return ground.message


def _begin(world: World) -> BeginMessage:
    message = _due_message(world)
    assert message.appointment_id is not None
    return BeginMessage(
        service="sms",
        seen=message,
        holder=HOLDER,
        until=world.clock.now() + timedelta(minutes=5),
        words=Words(subject="", body="Hello", address="+44", language="en"),
        visit_revision=world.row(message.appointment_id).revision,
    )


def _end(world: World) -> EndMessage:
    begun = _begin(world)
    world.run(begun)
    return EndMessage(
        service="sms",
        message_id=begun.seen.id,
        holder=HOLDER,
        attempt=1,
        status=MessageStatus.SENT,
        outcome="sent",
        receipt=Receipt(provider_id="p-1"),
        tells=begun.seen.tells,
    )


REACHABLE = {"mobile": "07911 123456", "consent_sms": True}
SECRET = HashedSecret(SecretKind.PIN, "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")


def _staff(name: str = "Kim Vale") -> AddStaff:
    return AddStaff(name=name, log_in=name.partition(" ")[0], role=Role.RECEPTIONIST, secret=SECRET)


def _account(world: World) -> Id:
    return _value(world, _staff())


def _session(world: World) -> Id:
    """Of the receptionist of ``tests.fakes.seats``, or of whoever else is no manager."""
    found = world.store.queries.staff_sessions()
    return next(card.session.id for card in found if card.role is Role.RECEPTIONIST)


def _left(world: World) -> ActivateStaff:
    row = _account(world)
    world.run(DeactivateStaff(staff_id=row))
    return ActivateStaff(staff_id=row)


def _shelved(world: World) -> c.UnparkAppointment:
    row = _visit(world)
    world.run(c.ParkAppointment(appointment_id=row))
    return c.UnparkAppointment(appointment_id=row)


def _undo(world: World) -> c.Undo:
    _visit(world)
    return c.Undo()


def _redo(world: World) -> c.Redo:
    _visit(world)
    world.undo()
    return c.Redo()


def _imported(world: World) -> c.ImportBatch:
    row = {"id": world.ids(), "first_name": "Lu", "last_name": "Kay", "record_number": "X-1"}
    return c.ImportBatch(patients=(row,))


INSTANCES: dict[str, Callable[[World], Command]] = {
    "AcceptProposals": lambda w: AcceptProposals(moves=(_move(w),)),
    "ActivateStaff": _left,
    "AddPatient": lambda w: c.AddPatient(values={"first_name": "Lu", "last_name": "Kay"}),
    "AddStaff": lambda w: _staff(),
    "AddToWaitlist": _wait,
    "ApproveRestore": lambda w: ApproveRestore(backup="a.clinicdesk", reason="A test"),
    "AnswerVisit": lambda w: AnswerVisit(appointment_id=_visit(w, type="asked"), accept=True),
    "BillVisit": lambda w: BillVisit(appointment_id=_unbilled(w)),
    "BlockTime": _block,
    "BookAppointment": lambda w: c.BookAppointment(
        patient_id=w.names["ana"], doctor_id=w.names["wu"], type_id=w.names["follow-up"],
        start=at("10:00"),
    ),
    "BookFromWaitlist": _from_list,
    "BookSeries": _series,
    "CancelAppointment": lambda w: c.CancelAppointment(appointment_id=_visit(w), reason="Ill"),
    "CancelTogether": lambda w: c.CancelTogether(
        cancellations=(c.CancelAppointment(appointment_id=_visit(w), reason="Ill"),)
    ),
    "ChangeSeries": _change_series,
    "ChangeStatus": lambda w: c.ChangeStatus(appointment_id=_visit(w), to=Status.ARRIVED),
    "ChangeStatusTogether": lambda w: c.ChangeStatusTogether(
        changes=(c.ChangeStatus(appointment_id=_visit(w), to=Status.ARRIVED),)
    ),
    "ChangeTimeOff": lambda w: ChangeTimeOff(
        request_id=_value(w, _leave(w)), start=NEXT_WEEK, end=NEXT_WEEK + timedelta(days=2)
    ),
    "BeginMessage": _begin,
    "ClaimMessages": _claim,
    "CloseBreaker": lambda w: CloseBreaker(service="sms"),
    "EndMessage": _end,
    "NoteCursor": lambda w: NoteCursor(service="sms", cursor="12"),
    "ReleaseMessages": lambda w: ReleaseMessages(
        message_ids=(_due_message(w).id,), holder=HOLDER
    ),
    "RestService": lambda w: RestService(service="sms", error="No address."),
    "CopyAppointment": lambda w: c.CopyAppointment(
        appointment_id=_visit(w), start=at("14:00"), end=at("14:30")
    ),
    "DeactivateStaff": lambda w: DeactivateStaff(staff_id=_account(w)),
    "DecideTimeOff": lambda w: DecideTimeOff(request_id=_value(w, _leave(w)), approve=True),
    "EditAppointment": lambda w: c.EditAppointment(
        appointment_id=_visit(w), values={"notes": "Hello"}
    ),
    "EditInvoice": lambda w: EditInvoice(
        invoice_id=_invoice(w), lines=(InvoiceLine("Visit", 5000),)
    ),
    "EditMessage": lambda w: EditMessage(message_id=_message(w), body="Words"),
    "EditPatient": lambda w: c.EditPatient(
        patient_id=w.names["ana"], values={"notes": "Prefers mornings"}
    ),
    "EditStaff": lambda w: EditStaff(staff_id=_account(w), values={"name": "Kim Valley"}),
    "EditWaitlist": lambda w: EditWaitlist(
        entry_id=_value(w, _wait(w)), values={"note": "Any day"}
    ),
    "EmptyOldDetails": lambda w: EmptyOldDetails(),
    "EndPractice": _practice,
    "HoldSlot": _hold,
    "ImportBatch": _imported,
    "IssueInvoice": lambda w: IssueInvoice(invoice_id=_invoice(w)),
    "MergePatients": _merge,
    "MoveAppointment": _move,
    "MoveTogether": lambda w: c.MoveTogether(moves=(_move(w),)),
    "HandleAnswer": lambda w: _handle(w),
    "NoteAnswers": lambda w: NoteAnswers(answers=(_answered(w),)),
    "NoteDeliveries": lambda w: NoteDeliveries(
        deliveries=((Channel.SMS, "SM1", Delivery.DELIVERED, w.clock.now()),)
    ),
    "NoteBackup": lambda w: NoteBackup(),
    "NoteExport": lambda w: NoteExport(
        title="Visits", first=TODAY, last=TODAY, kind="csv", rows=1
    ),
    "NoteLifeboat": lambda w: NoteLifeboat(files=("today.pdf",)),
    "NoteHandedOn": lambda w: NoteHandedOn(title="Day sheet", kind="paper"),
    "OpenTime": lambda w: OpenTime(
        doctor_id=w.names["wu"], start=at("18:00"), end=at("19:00")
    ),
    "ParkAppointment": lambda w: c.ParkAppointment(appointment_id=_visit(w)),
    "ParkTogether": lambda w: c.ParkTogether(
        parkings=(c.ParkAppointment(appointment_id=_visit(w)),)
    ),
    "PlanAgain": lambda w: PlanAgain(message_ids=(_withdrawn(w),)),
    "PlanMessages": lambda w: PlanMessages(),
    "RecordOffer": _offer,
    "RecordPayment": lambda w: RecordPayment(invoice_id=_invoice(w), amount_minor=4500),
    "Redo": _redo,
    "Reinstate": lambda w: c.Reinstate(appointment_id=_final(w), reason="Came after all"),
    "ReleaseExpiredHolds": lambda w: c.ReleaseExpiredHolds(),
    "ReleaseHold": lambda w: c.ReleaseHold(hold_id=_value(w, _hold(w))),
    "ReleaseHolds": lambda w: ReleaseHolds(hold_ids=(_value(w, _hold(w)),)),
    "RemoveBlock": lambda w: c.RemoveBlock(exception_id=_value(w, _block(w))),
    "RemoveRecords": _gone_room,
    "RenewHold": lambda w: c.RenewHold(hold_id=_value(w, _hold(w))),
    "RenewHolds": lambda w: RenewHolds(hold_ids=(_value(w, _hold(w)),)),
    "RequestTimeOff": _leave,
    "ResetSecret": lambda w: ResetSecret(staff_id=_account(w), secret=SECRET),
    "RetryEvents": lambda w: RetryEvents(),
    "ForgetEvents": lambda w: ForgetEvents(),
    "RetryMessage": lambda w: RetryMessage(message_id=_set_aside(w)),
    "RevokeAllSessions": lambda w: RevokeAllSessions(staff_id=_account(w)),
    "RevokeSession": lambda w: RevokeSession(session_id=_session(w)),
    "RunningLate": lambda w: RunningLate(doctor_id=w.names["wu"], day=TODAY, minutes=10),
    "SaveRecords": lambda w: c.SaveRecords(records=(_room(w),)),
    "SaveSetting": lambda w: c.SaveSetting(key="flow.amber", value=5, scope="clinic"),
    "SaveWeek": _week,
    "ResetTemplate": lambda w: ResetTemplate(
        purpose=_template(w).purpose, channel=Channel.SMS, language="en"
    ),
    "SaveTemplate": lambda w: SaveTemplate(template=TEMPLATE),
    "SendAgain": lambda w: SendAgain(message_ids=(_withdrawn(w),)),
    "SendNow": lambda w: SendNow(message_ids=(_message(w),)),
    "SeparatePatients": _separate,
    "SettleMessage": lambda w: SettleMessage(service=SERVICE, message_id=_claimed(w), holder="me"),
    "StepBack": lambda w: c.StepBack(appointment_id=_confirmed(w)),
    "StepBackTogether": lambda w: c.StepBackTogether(
        steps=(c.StepBack(appointment_id=_confirmed(w)),)
    ),
    "TellApart": lambda w: TellApart(one_id=w.names["ana"], other_id=_twin(w)),
    "Together": lambda w: Together(commands=(_block(w),), label="Block"),
    "Undo": _undo,
    "UnparkAppointment": _shelved,
    "VoidInvoice": lambda w: VoidInvoice(invoice_id=_issued(w), reason="Wrong patient"),
    "WithdrawFromWaitlist": lambda w: WithdrawFromWaitlist(entry_id=_value(w, _wait(w))),
    "WithdrawMessages": lambda w: WithdrawMessages(message_ids=(_message(w),)),
    "WithdrawTimeOff": lambda w: WithdrawTimeOff(request_id=_value(w, _leave(w))),
}  # fmt: skip
"""By name: run what it stands on in the world, and answer the command. About Dr Wu, whose account
the doctor of these tests has."""


def _answered(world: World) -> Answered:
    return Answered(
        channel=Channel.SMS, provider_id="SM1", sender="+447911123456", text="Hello?",
        received_at=world.clock.now(),
    )  # fmt: skip


def _handle(world: World) -> HandleAnswer:
    world.run(NoteAnswers(answers=(_answered(world),)))
    (answer,) = world.store.queries.open_answers()
    return HandleAnswer(answer_id=answer.id)


def _issued(world: World) -> Id:
    invoice = _invoice(world)
    world.run(IssueInvoice(invoice_id=invoice))
    return invoice


def _message(world: World) -> Id:
    """A notice at the desks, which needs no address."""
    message_id = world.ids()
    put(
        world.store,
        message(message_id, at("09:00"), channel=Channel.DESKTOP, purpose=Purpose.NO_SHOW),
    )
    return message_id


def _withdrawn(world: World) -> Id:
    message_id = _message(world)
    world.run(WithdrawMessages(message_ids=(message_id,)))
    return message_id


TEMPLATE = MessageTemplate(
    id="", purpose=Purpose.REMINDER, channel=Channel.SMS, language="en", body="Until {{ when }}."
)


def _template(world: World) -> MessageTemplate:
    world.run(SaveTemplate(template=TEMPLATE))
    return TEMPLATE
