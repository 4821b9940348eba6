"""The billing page on the real store, with real keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.billing import InvoiceStatus, Payment, PaymentMethod
from clinic_desk.integrations.billing import HttpBilling
from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.services.billing_commands import RecordPayment
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.commands import CancelAppointment, ChangeStatus, SaveSetting
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.day_views import InvoiceCard, OutboxMessage
from clinic_desk.services.desk import Desk
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.billing.panel import BillingPanel
from clinic_desk.ui.billing.side import SIDE
from clinic_desk.ui.look import style
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.sending import Sender
from tests.fakes.billing_server import billing_server
from tests.fakes.couriers import PROGRAM
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk  # noqa: F401

Key = Qt.Key


class Link:
    """The adapter with a token that no keyring holds."""

    def __init__(self) -> None:
        self.kept: list[str] = []

    def gateway(self, url: str) -> HttpBilling:
        return HttpBilling(url, lambda: "token")

    def has_token(self) -> bool:
        return bool(self.kept)

    def keep_token(self, token: str) -> None:
        self.kept.append(token)


def sending_context(desk: FrontDesk) -> Context:
    """As the program makes it, with the adapter above."""

    def courier(_screen: object, stopping: Callable[[], bool]) -> Courier:
        gate = Desk(desk.store, desk.clock, desk.context.new_id, PROGRAM)
        outside = Outside(billing=Link)
        return Courier(
            gate,
            desk.store.queries,
            desk.clock,
            lambda: 0.5,
            desk.context.new_id,
            outside,
            stopping,
        )

    return replace(desk.context, billing=Link, courier=courier)


def completed(desk: FrontDesk, number: int) -> list[str]:
    """That many of today's visits, completed."""
    day = desk.clock.now().date()
    path = {
        Status.SCHEDULED: (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED),
        Status.CONFIRMED: (Status.ARRIVED, Status.IN_PROGRESS, Status.COMPLETED),
        Status.ARRIVED: (Status.IN_PROGRESS, Status.COMPLETED),
        Status.IN_PROGRESS: (Status.COMPLETED,),
    }
    made: list[str] = []
    for cell in desk.store.queries.cells(day, day):
        if len(made) < number and cell.patient_id and cell.status in path:
            for status in path[cell.status]:
                desk.desk.execute(ChangeStatus(appointment_id=cell.id, to=status))
            made.append(cell.id)
    assert len(made) == number
    return made


def card_of(desk: FrontDesk, visit: str) -> InvoiceCard:
    (card,) = desk.store.queries.invoices(InvoiceWish(appointment_id=visit))
    return card


def payments(desk: FrontDesk, visit: str) -> list[int]:
    found: tuple[Payment, ...] = card_of(desk, visit).payments
    return [payment.amount_minor for payment in found]


@pytest.fixture
def visits(front_desk: FrontDesk) -> list[str]:  # noqa: F811
    return completed(front_desk, 3)


@pytest.fixture
def page(front_desk: FrontDesk, visits: list[str]) -> Iterator[BillingPage]:  # noqa: F811
    queries, clock = front_desk.store.queries, front_desk.clock
    context = replace(front_desk.context, exporter=lambda: FileExporter(queries, clock))
    made = BillingPage(context)
    made.resize(1100, 700)
    made.show()
    made.activateWindow()
    made.open(("visit", visits[0]))
    front_desk.settle(
        lambda: made.current is not None and made.current.invoice.appointment_id == visits[0]
    )
    yield made
    made.hide()
    made.deleteLater()


def press(page: BillingPage, key: Key, text: str = "") -> None:
    target = page.window().focusWidget()
    assert target is not None
    if text:
        QTest.keyClicks(target, text)
    QTest.keyClick(target, key)


def test_larger_letters_tell_a_doctor_by_the_code_and_cut_no_state(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    visits: list[str],
) -> None:
    theme = front_desk.context.theme
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    front_desk.context.operations.run(
        RecordPayment(
            invoice_id=card_of(front_desk, visits[0]).invoice.id,
            amount_minor=100,
            method=PaymentMethod.CASH,
        )
    )
    page.resize(1366, 700)
    model, table = page.table.model(), page.table
    header = table.horizontalHeader()

    def row() -> int:
        texts = [str(model.index(n, 5).data()) for n in range(model.rowCount())]
        return next((n for n, one in enumerate(texts) if "part" in one), -1)

    def whole(column: int) -> bool:
        words = str(model.index(row(), column).data())
        icon = 22 if column == 5 else 0
        needs = QFontMetrics(theme.font("body")).horizontalAdvance(words) + icon
        return header.sectionSize(column) >= needs + theme.px(10)

    front_desk.settle(lambda: row() >= 0)
    doctor = str(model.index(row(), 3).data())
    assert doctor.startswith("Dr ")
    assert all(whole(column) for column in (0, 3, 4, 5, 6, 7))
    try:
        theme.scale = 1.5
        style.apply(app, theme)
        front_desk.settle(lambda: model.index(row(), 3).data() != doctor)
        index = model.index(row(), 3)
        assert len(str(index.data())) <= 3
        assert index.data(Qt.ItemDataRole.ToolTipRole) == doctor
        assert model.headerData(3, Qt.Orientation.Horizontal) == "Dr"
        front_desk.settle(lambda: all(whole(column) for column in (0, 3, 4, 5, 6, 7)))
    finally:
        theme.scale = 1.0
        style.apply(app, theme)
    front_desk.settle(lambda: model.index(row(), 3).data() == doctor)


def test_two_keys_take_the_payment(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    visits: list[str],
) -> None:
    told: list[str] = []
    page.toast_requested.connect(lambda sentence, _undo: told.append(sentence))
    owed = card_of(front_desk, visits[0]).invoice.open_minor
    page.table.setFocus()
    press(page, Key.Key_P)
    front_desk.settle(lambda: page.window().focusWidget() is page.side.pay.amount)
    press(page, Key.Key_Return)
    front_desk.settle(lambda: bool(told))
    assert payments(front_desk, visits[0]) == [owed]
    assert told[0].endswith("is paid")
    front_desk.settle(lambda: page.side.state.text() == "Paid")
    front_desk.settle(lambda: page.window().focusWidget() is page.table)


def test_behind_the_curtain_no_record_number_is_told(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
) -> None:
    front_desk.settle(lambda: page.side.card is not None)
    assert page.side.card is not None
    number = page.side.card.record_number
    assert page.side.about.text().endswith(number)
    CURTAIN.draw()
    try:
        assert number not in page.side.about.text()
    finally:
        CURTAIN.lift()
    assert page.side.about.text().endswith(number)


def test_larger_letters_leave_nothing_of_the_invoice_outside(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
) -> None:
    """The size is changed while the page is there."""
    theme = front_desk.context.theme
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    front_desk.settle(lambda: page.side.card is not None)
    page.resize(1366, 700)
    try:
        theme.scale = 1.5
        style.apply(app, theme)
        front_desk.settle(lambda: page.side.width() >= theme.px(SIDE - 40))
        pay = page.side.pay.button
        front_desk.settle(lambda: pay.visibleRegion().boundingRect().width() == pay.width())
    finally:
        theme.scale = 1.0
        style.apply(app, theme)


def test_a_part_with_a_comma_then_too_much_then_back(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    visits: list[str],
) -> None:
    page.table.setFocus()
    press(page, Key.Key_P)
    press(page, Key.Key_Return, "10,50")
    front_desk.settle(lambda: page.side.state.text() == "Part-paid")
    assert payments(front_desk, visits[0]) == [1050]
    page.table.setFocus()
    press(page, Key.Key_P)
    press(page, Key.Key_Return, "999")
    front_desk.settle(lambda: "is owed" in page.side.pay.message.sentence)
    assert payments(front_desk, visits[0]) == [1050]
    page.table.setFocus()
    press(page, Key.Key_G)
    assert page.side.pay.amount.text() == "10.50"
    press(page, Key.Key_Return)
    front_desk.settle(lambda: payments(front_desk, visits[0]) == [1050, -1050])


def test_void_with_a_reason_and_the_filters(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    visits: list[str],
) -> None:
    page.table.setFocus()
    press(page, Key.Key_V)
    front_desk.settle(
        lambda: page.reason_dialog is not None and page.reason_dialog.reason.hasFocus()
    )
    assert page.reason_dialog is not None
    QTest.keyClicks(page.reason_dialog.reason, "Wrong patient")
    QTest.keyClick(page.reason_dialog.reason, Key.Key_Return)
    front_desk.settle(lambda: page.side.state.text() == "Void")
    assert card_of(front_desk, visits[0]).invoice.status is InvoiceStatus.VOID
    page.open("void")
    front_desk.settle(lambda: visits[0] in {c.invoice.appointment_id for c in page.model.cards})
    page.filters.state.setCurrentIndex(page.filters.state.findData("open"))
    front_desk.settle(
        lambda: {c.invoice.appointment_id for c in page.model.cards} == set(visits[1:])
    )
    front_desk.clock.set(front_desk.clock.now() + timedelta(days=15))
    page.open("overdue")
    front_desk.settle(lambda: page.side.state.text().startswith("Overdue since"))
    page.filters.text.setText("nobody of that name")
    front_desk.settle(lambda: page.stack.currentWidget() is page.empty)


@pytest.mark.parametrize("way", [Key.Key_Return, Key.Key_Down])
def test_enter_and_down_lead_from_the_filter_to_what_it_found(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    way: Key,
) -> None:
    number = page.model.cards[-1].record_number
    page.filters.text.setFocus()
    QTest.keyClicks(page.filters.text, number)
    QTest.keyClick(page.filters.text, way)
    front_desk.settle(page.table.hasFocus)
    assert {card.record_number for card in page.model.cards} == {number}
    QTest.keyClick(page.table, Key.Key_Slash)
    QTest.keyClicks(page.filters.text, "nobody of that number")
    QTest.keyClick(page.filters.text, way)
    front_desk.settle(lambda: page.stack.currentWidget() is page.empty)
    assert page.filters.text.hasFocus()


def test_money_to_give_back_is_said(front_desk: FrontDesk, page: BillingPage) -> None:  # noqa: F811
    queries = front_desk.store.queries
    card = next(
        card
        for card in queries.invoices(InvoiceWish())
        if card.invoice.status is InvoiceStatus.DRAFT and card.visit_status is Status.SCHEDULED
    )
    front_desk.desk.execute(RecordPayment(invoice_id=card.invoice.id, amount_minor=500))
    front_desk.desk.execute(
        CancelAppointment(appointment_id=card.invoice.appointment_id, reason="Ill")
    )
    page.open(card.invoice.id)
    front_desk.settle(lambda: "£5.00 was paid" in page.side.warning.sentence)


def test_totals_and_a_safe_export(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    tmp_path: Path,
) -> None:
    page.open("open")
    front_desk.settle(lambda: len(page.model.cards) == 3)
    page.table.setFocus()
    press(page, Key.Key_T)
    front_desk.settle(lambda: page.stack.currentWidget() is page.total_table)
    last = page.totals.rowCount() - 1
    owed = sum(card.invoice.open_minor for card in page.model.cards)
    assert page.totals.text(last, 6) == page.totals.price(owed, "GBP")
    target = tmp_path / "invoices.csv"
    page.export_to(target)
    front_desk.settle(target.exists)
    lines = target.read_text(encoding="utf-8-sig").splitlines()
    assert len(lines) == 4
    assert lines[0].startswith("Number,Status,Visit day,Patient")


def test_the_panel_saves_and_the_sender_sends(
    front_desk: FrontDesk,  # noqa: F811
    qapp: QApplication,
) -> None:
    assert qapp is not None
    link = Link()
    context = replace(front_desk.context, billing=lambda: link)
    panel = BillingPanel(context)
    panel.show()
    panel.open()
    front_desk.settle(lambda: panel.unit.text() == "GBP" and panel.days.value() == 14)
    assert "&" not in panel.save_button.text()  # Ctrl+S it is, and the button says so
    assert "Ctrl+S" in panel.save_button.toolTip()
    panel.gateway.setCurrentIndex(1)
    panel.url.setText("http://example.org")
    panel.save_button.click()
    front_desk.settle(lambda: "https://" in panel.message.sentence)
    with billing_server() as server:
        panel.fee.setText("25,00")
        panel.url.setText(server.url)
        panel.token.setText("secret")
        panel.save_button.click()
        queries = front_desk.store.queries
        front_desk.settle(lambda: queries.setting("billing.url", "clinic") == server.url)
        assert queries.setting("billing.no_show_fee", "clinic") == 2500
        assert link.kept == ["secret"]
        completed(front_desk, 2)
        front_desk.clock.set(front_desk.clock.now() + timedelta(minutes=5))
        sender = Sender(sending_context(front_desk), panel)
        sender.look()
        front_desk.settle(lambda: len(server.open_invoices()) == 2)
        front_desk.settle(lambda: not queries.gateway_state("billing", "billing.").waiting)
        sender.stop()
    panel.hide()
    panel.deleteLater()


def test_what_the_service_refuses_is_named(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
) -> None:
    context = sending_context(front_desk)
    with billing_server() as server:
        for key, value in (("billing.gateway", "http"), ("billing.url", server.url)):
            front_desk.desk.execute(SaveSetting(key=key, scope="clinic", value=value))
        (visit,) = completed(front_desk, 1)
        number = card_of(front_desk, visit).invoice.number
        server.plan.append("400")
        front_desk.clock.set(front_desk.clock.now() + timedelta(minutes=5))
        sender = Sender(context, page)
        sender.look()
        front_desk.settle(lambda: any(m.set_aside for m in page_outbox(front_desk)))
        page.read()
        front_desk.settle(lambda: f"could not be sent ({number})" in page.gateway.text())
        sender.stop()


def page_outbox(desk: FrontDesk) -> tuple[OutboxMessage, ...]:
    return tuple(desk.store.queries.outbox("billing."))


def test_nothing_is_sent_where_nobody_is_told(front_desk: FrontDesk) -> None:  # noqa: F811
    front_desk.desk.execute(SaveSetting(key="billing.gateway", scope="clinic", value="ledger"))
    completed(front_desk, 1)
    assert not front_desk.store.queries.outbox("billing.")


@pytest.mark.parametrize("width", [1100, 1101, 1333, 1366, 1367, 1920])
def test_the_list_needs_no_bar_at_the_bottom(
    front_desk: FrontDesk,  # noqa: F811
    page: BillingPage,
    width: int,
) -> None:
    """However wide: the columns share the width, to the pixel."""
    page.filters.choose()
    page._only = None
    page.read()
    front_desk.settle(lambda: len(page.model.cards) > 30)
    page.resize(width, 700)
    front_desk.settle(lambda: page.width() == width)
    front_desk.settle(lambda: page.table.verticalScrollBar().isVisible())
    for table in (page.table, page.total_table):
        page.stack.setCurrentWidget(table)
        front_desk.settle(table.isVisible)
        front_desk.settle(lambda table=table: table.horizontalScrollBar().maximum() == 0)
