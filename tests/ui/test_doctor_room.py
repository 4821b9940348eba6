"""The doctor's view where there is little room: low windows, large type, a mirrored window."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.services.commands import ChangeStatus
from clinic_desk.ui.doctor.block_form import BlockForm
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_doctor_page import LEFT, PATIENCE, clinic, page_of, read_back, window
from tests.ui.test_shell_window import Clinic

__all__ = ["clinic", "window"]


def place(widget: QWidget, page: QWidget) -> QRect:
    return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())


def large(page: DoctorPage, window: MainWindow, qtbot: QtBot) -> None:
    window.context.theme.scale = 1.5
    qtbot.waitUntil(lambda: not window.sidebar.isVisible(), timeout=PATIENCE)
    qtbot.waitUntil(page.more_button.isVisible, timeout=PATIENCE)


def test_a_no_show_strikes_nobody_else_out(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot, "PV")
    desk = page.source.desk
    assert desk is not None
    missed = next(cell for cell in desk.cells if cell.status is Status.CONFIRMED)
    clinic.desk.execute(ChangeStatus(appointment_id=missed.id, to=Status.NO_SHOW))
    page.source.read()
    read_back(page, qtbot, missed.id, Status.NO_SHOW)
    page.agenda.grab()
    theme = window.context.theme
    for role in ("caption", "grid", "body", "title", "date"):
        for bold in (False, True):
            assert not theme.font(role, bold=bold).strikeOut()  # type: ignore[arg-type]
    assert not page.next_panel.name.font().strikeOut()


def test_a_request_is_in_sight_on_a_small_screen(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot, "PV")
    assert (window.width(), window.height()) == (1366, 768)
    qtbot.waitUntil(lambda: bool(page.requests.cards), timeout=PATIENCE)
    viewport = page.scroller.viewport()
    qtbot.waitUntil(
        lambda: viewport.rect().contains(place(page.requests.cards[0].accept_button, viewport)),
        timeout=PATIENCE,
    )
    assert page.scroller.verticalScrollBar().value() == 0
    assert page.late.isVisible()


def test_in_large_type_nothing_covers_anything(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot, "PV")
    large(page, window, qtbot)

    def apart() -> bool:
        scroller, side = place(page.scroller, page), place(page.agenda, page)
        return not scroller.intersects(side) and page.rect().contains(scroller)

    qtbot.waitUntil(apart, timeout=PATIENCE)
    assert page.scroller.isAncestorOf(page.numbers)
    shown = [b for b in (*page.header_buttons.values(), page.more_button) if b.isVisible()]
    boxes = [place(button, page) for button in (page.doctors, *shown)]
    for number, box in enumerate(boxes):
        assert not any(box.intersects(other) for other in boxes[number + 1 :])
    assert {b.text().replace("&", "") for b in shown} == {"Calendar", "More"}
    window.context.theme.scale = 1.0
    qtbot.waitUntil(window.sidebar.isVisible, timeout=PATIENCE)
    assert not page.scroller.isAncestorOf(page.numbers)
    assert page.header_buttons["block"].isVisible()


def test_what_a_narrow_header_has_no_room_for_is_in_its_menu(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    large(page, window, qtbot)
    menu = page.more_button.menu()
    menu.popup(page.mapToGlobal(QPoint(20, 20)))
    qtbot.waitUntil(menu.isVisible, timeout=PATIENCE)
    words = [action.text().replace("&", "") for action in menu.actions()]
    assert words == ["Block time…", "Time off…", "Hours…"]
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(menu.actions()[0]).center())
    qtbot.waitUntil(lambda: isinstance(page.deeds.dialog, BlockForm), timeout=PATIENCE)
    assert page.deeds.dialog is not None
    qtbot.waitUntil(page.deeds.dialog.isVisible, timeout=PATIENCE)
    page.deeds.dialog.reject()


def test_the_agenda_reads_from_the_right_in_a_mirrored_window(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, qtbot)
    theme = window.context.theme
    roster = window.roster.roster
    assert roster is not None
    doctor = next(d for d in roster.doctors.values() if d.code == "AD")
    stripe = theme.doctor_colour(doctor.colour).stripe.name()

    def edges() -> tuple[bool, bool]:
        view = page.agenda
        last = view.rows.index(view.rows.rowCount() - 1)
        view.scrollTo(last)
        area = view.visualRect(last)
        image = view.viewport().grab().toImage()
        ratio = image.devicePixelRatio()

        def at(x: int) -> bool:
            return image.pixelColor(round(x * ratio), round(area.center().y() * ratio)).name() == (
                stripe
            )

        return at(area.left() + 1), at(area.right() - 1)

    assert edges() == (True, False)
    QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: edges() == (False, True), timeout=PATIENCE)


def test_an_empty_day_is_told_in_the_room_there_is(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    page.go_to(date(2026, 12, 27))  # a Sunday
    qtbot.waitUntil(page.empty.isVisible, timeout=PATIENCE)
    text = page.empty._text
    qtbot.waitUntil(lambda: page.empty.rect().contains(place(text, page.empty)), timeout=PATIENCE)
    assert text.heightForWidth(text.width()) <= text.height()
    qtbot.waitUntil(lambda: page.next_panel.cell is None, timeout=PATIENCE)
    assert place(page.next_panel.name, page).left() == place(page.next_panel.when, page).left()


def test_the_day_of_a_block_is_written_out(window: MainWindow, qtbot: QtBot) -> None:
    page = page_of(window, qtbot)
    QTest.mouseClick(page.header_buttons["block"], LEFT)
    qtbot.waitUntil(lambda: isinstance(page.deeds.dialog, BlockForm), timeout=PATIENCE)
    form = page.deeds.dialog
    assert isinstance(form, BlockForm)
    qtbot.waitUntil(form.isVisible, timeout=PATIENCE)
    field = form.day.lineEdit()
    words = field.fontMetrics().horizontalAdvance(field.text())
    qtbot.waitUntil(lambda: field.width() >= words, timeout=PATIENCE)
    form.reject()
