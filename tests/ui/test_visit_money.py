"""Money on the card of a visit: its invoice in a line, and payments taken there by keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import Invoice, InvoiceStatus
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.services.billing_commands import VoidInvoice
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.commands import CancelAppointment, ChangeStatus
from clinic_desk.ui.application import shut
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.booking.appointment import AppointmentDialog
from clinic_desk.ui.booking.visit_money import VisitMoney
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, cells, opened

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def booked(clinic: Clinic, window: MainWindow) -> str:
    """A visit of today that was booked here, with its draft."""
    drafts = {
        card.invoice.appointment_id
        for card in clinic.queries.invoices(InvoiceWish(statuses=(InvoiceStatus.DRAFT,)), 1000)
    }
    free = (Status.SCHEDULED, Status.CONFIRMED)
    return next(c.id for c in cells(window) if c.id in drafts and c.status in free)


def seen(clinic: Clinic, visit: str) -> None:
    for status in (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED):
        clinic.desk.execute(ChangeStatus(appointment_id=visit, to=status))


def bill(clinic: Clinic, visit: str) -> Invoice:
    cards = clinic.queries.invoices(InvoiceWish(appointment_id=visit))
    return cards[0].invoice


def card_of(window: MainWindow, qtbot: QtBot, visit: str, line: str) -> AppointmentDialog:
    """The card with the invoice's line read."""
    window.doors.visit(visit)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and line in card.money.line.text())
    return card


def press(card: AppointmentDialog, key: Qt.Key, text: str = "") -> None:
    target = card.focusWidget()
    assert target is not None
    if text:
        QTest.keyClicks(target, text)
    QTest.keyClick(target, key)


def start(card: AppointmentDialog, qtbot: QtBot, *, back: bool = False) -> VisitMoney:
    """The button is reached and pressed by keys; the amount has the keyboard."""
    money = card.money
    button = money.back_button if back else money.pay_button
    qtbot.waitUntil(button.isVisible)
    button.setFocus()
    press(card, Key.Key_Space)
    qtbot.waitUntil(money.form.amount.hasFocus)
    return money


def test_two_keys_take_what_is_open(clinic: Clinic, window: MainWindow, qtbot: QtBot) -> None:
    visit = booked(clinic, window)
    seen(clinic, visit)
    one = bill(clinic, visit)
    assert one.number is not None
    card = card_of(window, qtbot, visit, f"{one.number} · open · ")
    money = start(card, qtbot)
    assert money.form.amount.text() == f"{one.total_minor / 100:.2f}"
    press(card, Key.Key_Return)
    qtbot.waitUntil(lambda: f"{one.number} · paid" in money.line.text())
    assert bill(clinic, visit).paid_minor == one.total_minor
    assert not money.form.isVisible()
    assert not money.pay_button.isVisible()
    qtbot.waitUntil(lambda: "is paid" in window.toast.text)
    assert card.isVisible()  # the card stays where it was
    money = start(card, qtbot, back=True)
    press(card, Key.Key_Return, "5")
    qtbot.waitUntil(lambda: "part-paid · £5.00 of " in money.line.text())
    assert bill(clinic, visit).paid_minor == one.total_minor - 500


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("999", "is owed"),
        ("-5", "cannot be negative"),
        ("ten", "is no price"),
        ("0", "how much money"),
        ("1.2345", "has more"),
        ("5 $", "not in"),
    ],
)
def test_a_bad_amount_is_said_at_the_field_and_nothing_is_taken(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, typed: str, said: str
) -> None:
    visit = booked(clinic, window)
    seen(clinic, visit)
    before = bill(clinic, visit)
    card = card_of(window, qtbot, visit, "open")
    money = start(card, qtbot)
    press(card, Key.Key_Return, typed)
    qtbot.waitUntil(lambda: said in money.form.message.sentence)
    assert money.form.amount.hasFocus()
    assert bill(clinic, visit) == before
    press(card, Key.Key_Escape)  # folds the form, not the card
    assert not money.form.isVisible()
    assert money.pay_button.hasFocus()
    assert card.isVisible()
    press(card, Key.Key_Escape)
    assert not card.isVisible()


@pytest.mark.parametrize("typed", ["10,50", "10.5", "£10.50"])
def test_a_part_is_typed_with_a_comma_or_a_point(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, typed: str
) -> None:
    visit = booked(clinic, window)
    seen(clinic, visit)
    card = card_of(window, qtbot, visit, "open")
    money = start(card, qtbot)
    money.form.amount.insert(typed)  # no key makes a pound sign
    press(card, Key.Key_Return)
    qtbot.waitUntil(lambda: "part-paid" in money.line.text())
    assert bill(clinic, visit).paid_minor == 1050


def test_a_draft_is_told_and_paid_in_advance(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    visit = booked(clinic, window)
    card = card_of(window, qtbot, visit, "gets its number when the visit is done")
    start(card, qtbot)
    press(card, Key.Key_Return)
    qtbot.waitUntil(lambda: bill(clinic, visit).status is InvoiceStatus.PAID)
    qtbot.waitUntil(lambda: "INV-2026-" in card.money.line.text())
    clinic.desk.execute(CancelAppointment(appointment_id=visit, reason="Ill"))
    window.context.operations.announce_external()
    qtbot.waitUntil(lambda: "paid, to give back · £" in card.money.line.text())


def test_a_void_one_is_told_and_the_visit_billed_again(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    visit = booked(clinic, window)
    seen(clinic, visit)
    one = bill(clinic, visit)
    clinic.desk.execute(VoidInvoice(invoice_id=one.id, reason="Wrong amount"))
    card = card_of(window, qtbot, visit, f"{one.number} · void: Wrong amount")
    assert not card.money.pay_button.isVisible()
    QTest.mouseClick(card.money.bill_button, LEFT)
    qtbot.waitUntil(lambda: " · open · " in card.money.line.text())
    assert bill(clinic, visit).number != one.number
    assert not card.money.bill_button.isVisible()
    QTest.mouseClick(card.money.open_button, LEFT)
    qtbot.waitUntil(lambda: window.centre.page == "billing" and not card.isVisible())
    page = window.centre.shown_page
    assert isinstance(page, BillingPage)
    qtbot.waitUntil(
        lambda: page.current is not None and page.current.invoice.appointment_id == visit
    )


def test_what_the_role_may_not_is_shut_and_says_why(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    visit = booked(clinic, window)
    seen(clinic, visit)
    actor = clinic.front.context.actor
    allowed = DEFAULTS[Role.RECEPTIONIST] - {Permission.BILLING}
    context = replace(
        clinic.front.context,
        actor=replace(actor, role=Role.RECEPTIONIST, permissions=frozenset(allowed)),
    )
    card = AppointmentDialog(context, window)
    card.open_for(visit)
    qtbot.waitUntil(lambda: card.isVisible() and card.money.pay_button.isVisible())
    assert not card.money.pay_button.isEnabled()
    assert "Ask a manager" in card.money.pay_button.toolTip()
    assert card.money.open_button.isEnabled()
    card.reject()
    card.deleteLater()
