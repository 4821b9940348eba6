"""An invoice follows its visit, whatever becomes of it, and its numbers have no gap."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import InvoiceLine, InvoiceStatus, LineKind, PaymentMethod
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.billing_commands import (
    BillVisit,
    EditInvoice,
    IssueInvoice,
    RecordPayment,
    VoidInvoice,
)
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.commands import (
    CancelAppointment,
    ChangeStatus,
    EditAppointment,
    Reinstate,
    SaveSetting,
    StepBack,
)
from clinic_desk.services.day_commands import MergePatients, SeparatePatients
from clinic_desk.services.day_views import InvoiceCard
from tests.fakes.world import TODAY, World, at


def cards(world: World, visit_id: str) -> list[InvoiceCard]:
    """Of a visit, oldest first."""
    found = world.store.queries.invoices(InvoiceWish(appointment_id=visit_id))
    return sorted(found, key=lambda card: card.invoice.id)


def states(world: World, visit_id: str) -> list[tuple[str, str | None]]:
    return [(c.invoice.status.value, c.invoice.number) for c in cards(world, visit_id)]


def live(world: World, visit_id: str) -> InvoiceCard:
    (card,) = (c for c in cards(world, visit_id) if c.invoice.status is not InvoiceStatus.VOID)
    return card


def to(world: World, visit_id: str, *path: Status) -> None:
    for status in path:
        world.run(ChangeStatus(appointment_id=visit_id, to=status))


def complete(world: World, visit_id: str) -> None:
    to(world, visit_id, Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED)


def pay(world: World, invoice_id: str, minor: int) -> None:
    world.run(RecordPayment(invoice_id=invoice_id, amount_minor=minor))


def setting(world: World, key: str, value: object) -> None:
    world.run(SaveSetting(key=key, scope="clinic", value=value))


def test_a_priced_booking_drafts_and_a_free_one_does_not(world: World) -> None:
    visit, free = world.book("10:00"), world.book("11:00", type="new")
    assert states(world, visit) == [("draft", None)]
    card = live(world, visit)
    assert card.invoice.lines == (InvoiceLine("Follow-up", 4500),)
    assert (card.invoice.total_minor, card.invoice.currency) == (4500, "GBP")
    assert (card.patient_name, card.type_name) == ("Lee, Ana", "Follow-up")
    assert states(world, free) == []
    assert world.proven()


def test_taking_a_booking_back_and_doing_it_again(world: World) -> None:
    visit = world.book("10:00")
    world.undo()
    assert states(world, visit) == [("void", None)]
    world.redo()
    assert states(world, visit) == [("void", None), ("draft", None)]
    assert world.proven()


def test_completing_issues_and_undoing_it_leaves_no_gap(world: World) -> None:
    setting(world, "billing.payment_days", 30)
    first, second = world.book("10:00"), world.book("11:00")
    complete(world, first)
    card = live(world, first)
    assert card.invoice.number == "INV-2026-0001"
    assert card.invoice.due_on == TODAY + timedelta(days=30)
    world.undo()
    assert world.status(first) is Status.IN_PROGRESS
    assert states(world, first) == [("void", "INV-2026-0001"), ("draft", None)]
    complete(world, second)
    assert live(world, second).invoice.number == "INV-2026-0002"
    to(world, first, Status.COMPLETED)
    assert live(world, first).invoice.number == "INV-2026-0003"
    world.run(StepBack(appointment_id=first))
    assert states(world, first)[-1] == ("draft", None)
    assert world.proven()


def test_a_draft_follows_type_price_patient_doctor_and_day(world: World) -> None:
    visit = world.book("10:00")
    tomorrow = TODAY + timedelta(days=1)
    world.move(visit, "09:00", day=tomorrow, doctor="berg")
    world.run(EditAppointment(appointment_id=visit, values={"patient_id": world.names["jon"]}))
    card = live(world, visit)
    assert card.invoice.visit_day == tomorrow
    assert card.invoice.doctor_id == world.names["berg"]
    assert card.patient_name == "Hall, Jonathan"
    world.run(EditAppointment(appointment_id=visit, values={"type_id": world.names["call"]}))
    assert states(world, visit) == [("void", None)]
    world.undo()
    assert live(world, visit).invoice.total_minor == 4500
    assert world.proven()


def test_cancelling_voids_and_reinstating_drafts_again(world: World) -> None:
    visit = world.book("10:00")
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    assert states(world, visit) == [("void", None)]
    world.run(Reinstate(appointment_id=visit, reason="Mistake"))
    assert live(world, visit).invoice.status is InvoiceStatus.DRAFT
    assert world.proven()


def test_a_missed_visit_costs_the_fee_where_there_is_one(world: World) -> None:
    free, charged = world.book("10:00"), world.book("11:00")
    to(world, free, Status.NO_SHOW)
    assert states(world, free) == [("void", None)]
    setting(world, "billing.no_show_fee", 2500)
    to(world, charged, Status.NO_SHOW)
    card = live(world, charged)
    assert card.invoice.lines == (InvoiceLine("No-show fee", 2500, LineKind.NO_SHOW_FEE),)
    assert card.invoice.status is InvoiceStatus.ISSUED
    world.run(StepBack(appointment_id=charged))
    assert live(world, charged).invoice.total_minor == 4500
    assert world.proven()


def test_what_an_import_brought_is_billed_when_it_is_completed_here(world: World) -> None:
    done, coming = world.put_in(
        {"status": Status.COMPLETED, "price_minor": 4500, "currency": "GBP"},
        {"start": at("11:00"), "end": at("11:30")},
    )
    assert states(world, done) == states(world, coming) == []
    complete(world, coming)
    assert live(world, coming).invoice.total_minor == 4500
    world.run(BillVisit(appointment_id=done))
    assert live(world, done).invoice.number == "INV-2026-0002"
    assert world.proven()


def test_a_merge_bills_nobody_for_what_was_done_long_ago(world: World) -> None:
    """Visits from before there were invoices, or from an import, have none; whose they are is no
    reason to ask for money."""
    (done,) = world.put_in({"status": Status.COMPLETED, "price_minor": 4500, "currency": "GBP"})
    world.run(MergePatients(kept_id=world.names["jon"], other_id=world.names["ana"], values={}))
    assert world.row(done).patient_id == world.names["jon"]
    assert states(world, done) == []
    world.run(SeparatePatients(other_id=world.names["ana"]))
    assert states(world, done) == []
    assert world.proven()


def test_money_on_an_invoice_is_never_lost(world: World) -> None:
    visit = world.book("10:00")
    row = live(world, visit).invoice
    with pytest.raises(Refusal, match=r"Only £45.00 is owed"):
        pay(world, row.id, 4501)
    pay(world, row.id, 2000)
    assert live(world, visit).invoice.status is InvoiceStatus.PART_PAID
    assert live(world, visit).invoice.number == "INV-2026-0001"
    with pytest.raises(Refusal, match="Give it back first"):
        world.run(VoidInvoice(invoice_id=row.id, reason="Wrong"))
    world.run(CancelAppointment(appointment_id=visit, reason="Ill"))
    assert live(world, visit).to_return == 2000
    with pytest.raises(Refusal, match=r"Only £20.00 was paid"):
        pay(world, row.id, -2500)
    pay(world, row.id, -2000)
    assert states(world, visit) == [("void", "INV-2026-0001")]
    assert [p.amount_minor for p in cards(world, visit)[0].payments] == [2000, -2000]
    assert world.proven()


def test_paying_in_full_and_completing_needs_no_second_number(world: World) -> None:
    visit = world.book("10:00")
    row = live(world, visit).invoice
    command = RecordPayment(invoice_id=row.id, amount_minor=4500, method=PaymentMethod.CASH)
    assert world.run(command).sentence == "£45.00 from Lee, Ana: INV-2026-0001 is paid"
    complete(world, visit)
    assert states(world, visit) == [("paid", "INV-2026-0001")]
    world.undo()
    assert states(world, visit) == [("paid", "INV-2026-0001")]
    assert world.proven()


def test_a_draft_is_edited_and_keeps_its_discount(world: World) -> None:
    visit = world.book("10:00")
    row = live(world, visit).invoice
    lines = (*row.lines, InvoiceLine("Discount", -500, LineKind.OTHER))
    world.run(EditInvoice(invoice_id=row.id, lines=lines, expected_revision=row.revision))
    assert live(world, visit).invoice.total_minor == 4000
    for bad in ((), (InvoiceLine("Off", -1),), (InvoiceLine(" ", 5),)):
        with pytest.raises(Refusal):
            world.run(EditInvoice(invoice_id=row.id, lines=bad))
    world.run(IssueInvoice(invoice_id=row.id))
    with pytest.raises(Refusal, match="has been issued"):
        world.run(EditInvoice(invoice_id=row.id, lines=lines))
    world.run(VoidInvoice(invoice_id=row.id, reason="Wrong person"))
    world.move(visit, "11:00")
    assert states(world, visit) == [("void", "INV-2026-0001")]  # a person's word stands
    complete(world, visit)
    assert states(world, visit) == [("void", "INV-2026-0001")]
    assert world.proven()


def test_a_refused_command_uses_no_number(world: World) -> None:
    visit, other = world.book("10:00"), world.book("11:00")
    row = live(world, visit).invoice
    with pytest.raises(Refusal):
        pay(world, row.id, 10**7)
    complete(world, other)
    assert live(world, other).invoice.number == "INV-2026-0001"


def test_totals_per_day_and_doctor(world: World) -> None:
    first, second = world.book("10:00"), world.book("10:00", doctor="berg", patient="jon")
    world.book("11:00", patient="eve")
    complete(world, first)
    pay(world, live(world, first).invoice.id, 1500)
    pay(world, live(world, second).invoice.id, 4500)
    found = world.store.queries.invoice_totals(InvoiceWish(first=TODAY, last=TODAY))
    sums = {t.doctor_id: (t.count, t.drafted, t.billed, t.paid, t.open) for t in found}
    assert sums == {
        world.names["wu"]: (2, 4500, 4500, 1500, 3000),
        world.names["berg"]: (1, 0, 4500, 4500, 0),
    }
    late = world.store.queries.invoices(InvoiceWish(overdue_on=TODAY + timedelta(days=15)))
    assert [card.invoice.number for card in late] == ["INV-2026-0001"]
    assert not world.store.queries.invoices(InvoiceWish(overdue_on=TODAY + timedelta(days=14)))
    assert len(world.store.queries.invoices(InvoiceWish(text="hall"))) == 1


def test_verify_finds_a_gap_and_a_wrong_sum(world: World) -> None:
    visit = world.book("10:00")
    complete(world, visit)
    with world.store._writer.begin() as connection:
        connection.exec_driver_sql("UPDATE invoice SET total_minor = 1, number = 'INV-2026-0002'")
    told = [finding.sentence for finding in world.store.maintenance.verify()]
    assert any("do not add up" in sentence for sentence in told)
    assert any("have a gap" in sentence for sentence in told)


def test_the_calendar_marks_what_is_owed(world: World) -> None:
    visit = world.book("10:00")

    def flags() -> frozenset[str]:
        (cell,) = world.store.queries.cells(TODAY, TODAY)
        return cell.flags

    assert "unpaid" not in flags()
    complete(world, visit)
    assert "unpaid" in flags()
    pay(world, live(world, visit).invoice.id, 4500)
    assert "unpaid" not in flags()
