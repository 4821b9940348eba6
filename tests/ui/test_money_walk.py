"""Billing, reports and the year where there is little room, and where the window is mirrored."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QStyleOptionButton, QStyleOptionViewItem, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.ids import Id
from clinic_desk.services.day_views import GroupBy, Preset
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.billing.panel import BillingPanel
from clinic_desk.ui.calendar.period_bar import HeatLegend
from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.calling import calling_of
from clinic_desk.ui.reports.page import ReportsPage
from clinic_desk.ui.widgets.forms.bits import KeyHints
from clinic_desk.ui.widgets.reading import FSI, ReadingDelegate
from clinic_desk.ui.widgets.worded import WordedButton

LTR, RTL = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft


def large(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.put("look.scale", 150)
    qtbot.waitUntil(lambda: window.context.theme.scale == 1.5)


def mirrored(window: MainWindow, qtbot: QtBot) -> None:
    window.settings.put("look.direction", "rtl")
    qtbot.waitUntil(window.isRightToLeft)


def page_of(window: MainWindow, name: str, what: object = None) -> QWidget:
    window.show_page(name, what)
    made = window.centre.page_named(name)
    assert isinstance(made, QWidget)
    return made


def billing(window: MainWindow, qtbot: QtBot) -> BillingPage:
    page = page_of(window, "billing")
    assert isinstance(page, BillingPage)
    page.filters.choose()
    page.read()
    qtbot.waitUntil(lambda: len(page.model.cards) > 30 and page.table.isVisible())
    return page


@pytest.mark.parametrize("scale", [100, 150])
def test_no_day_number_or_sum_of_an_invoice_is_cut(
    window: MainWindow, qtbot: QtBot, scale: int
) -> None:
    if scale == 150:
        large(window, qtbot)
    page = billing(window, qtbot)
    table, model = page.table, page.model
    metrics = QFontMetrics(window.context.theme.font("body"))

    def whole(column: int) -> bool:
        words = {model.index(row, column).data() for row in range(len(model.cards))}
        room = table.columnWidth(column) - 10
        return all(metrics.horizontalAdvance(word) <= room for word in words)

    qtbot.waitUntil(lambda: all(whole(column) for column in (0, 4, 6, 7)))
    qtbot.waitUntil(lambda: table.horizontalScrollBar().maximum() == 0)
    # what a visit was for stands beside the list as well
    qtbot.waitUntil(lambda: table.isColumnHidden(2) is (scale == 150))
    qtbot.waitUntil(lambda: table.columnWidth(1) >= window.context.theme.px(80))


def test_figures_beside_an_invoice_stand_at_the_end_of_their_line(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = billing(window, qtbot)

    def edge() -> Qt.AlignmentFlag:
        label = page.side.table.itemAt(0, page.side.table.ItemRole.FieldRole).widget()
        return label.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask

    absolute = Qt.AlignmentFlag.AlignAbsolute
    qtbot.waitUntil(lambda: edge() == Qt.AlignmentFlag.AlignRight | absolute)
    mirrored(window, qtbot)
    qtbot.waitUntil(lambda: edge() == Qt.AlignmentFlag.AlignLeft | absolute)


def test_the_form_of_the_billing_settings_begins_where_the_interface_begins(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1920, 1000)
    mirrored(window, qtbot)
    page_of(window, "settings", "billing")

    def panel() -> BillingPanel | None:
        return window.findChild(BillingPanel)

    qtbot.waitUntil(lambda: (found := panel()) is not None and found.isVisible())
    found = panel()
    assert found is not None

    def gap() -> int:
        button = found.save_button
        right = button.mapTo(found, button.rect().topRight()).x()
        return found.width() - 1 - right

    assert found.width() > 900
    qtbot.waitUntil(lambda: 0 <= gap() <= 24)


@pytest.mark.parametrize("group", list(GroupBy))
def test_no_report_needs_a_bar_at_150_percent(
    window: MainWindow, qtbot: QtBot, group: GroupBy
) -> None:
    large(window, qtbot)
    page = page_of(window, "reports", Preset.LOAD.value)
    assert isinstance(page, ReportsPage)
    qtbot.waitUntil(lambda: page.report is not None and not page.counting)
    page.choices.group.setCurrentIndex(page.choices.group.findData(group))
    qtbot.waitUntil(lambda: page.report is not None and page.report.wish.group is group)
    qtbot.waitUntil(lambda: page.table.horizontalScrollBar().maximum() == 0)
    words = QFontMetrics(page.choices.last.font()).horizontalAdvance("30 Nov 2026")
    qtbot.waitUntil(lambda: page.choices.last.lineEdit().width() >= words + 8)
    for field in (page.choices.doctors, page.choices.sites):
        assert field.isHidden() or field.geometry().right() <= page.choices.width()


def test_a_mirrored_cell_is_read_in_the_order_of_its_letters(qtbot: QtBot) -> None:
    model = QStringListModel(["97 h 30 min"])
    delegate, option = ReadingDelegate(), QStyleOptionViewItem()
    index = model.index(0, 0)
    option.direction = LTR
    delegate.initStyleOption(option, index)
    assert option.text == "97 h 30 min"
    option.direction = RTL
    delegate.initStyleOption(option, index)
    assert option.text == f"{FSI}97 h 30 min"


def inked(image: QImage, left: int, right: int) -> bool:
    ground = image.pixel(0, 0)
    return any(
        image.pixel(x, y) != ground for x in range(left, right) for y in range(image.height())
    )


def painted(widget: QWidget, direction: Qt.LayoutDirection, qtbot: QtBot) -> QImage:
    widget.setLayoutDirection(direction)
    widget.show()
    qtbot.waitExposed(widget)
    return widget.grab().toImage()


def test_keys_and_their_words_begin_where_the_interface_begins(qtbot: QtBot) -> None:
    row = KeyHints(Theme.for_tests(), (("F7", "here"),))
    qtbot.addWidget(row)
    row.resize(300, 18)
    plain, turned = painted(row, LTR, qtbot), painted(row, RTL, qtbot)
    assert inked(plain, 0, 100)
    assert not inked(plain, 200, 300)
    assert inked(turned, 200, 300)
    assert not inked(turned, 0, 100)


def test_words_of_a_mirrored_button_keep_clear_of_its_icon(qtbot: QtBot) -> None:
    button, option = WordedButton(" &Export"), QStyleOptionButton()
    qtbot.addWidget(button)
    button.setIcon(Theme.for_tests().qicon("save"))
    button.initStyleOption(option)
    assert option.text == " &Export"
    button.setLayoutDirection(RTL)
    button.initStyleOption(option)
    assert option.text == "&Export\u00a0"


def test_the_legend_has_room_for_its_words_and_is_mirrored(qtbot: QtBot) -> None:
    theme = Theme.for_tests()
    legend = HeatLegend(theme)
    qtbot.addWidget(legend)
    wide = legend.sizeHint().width()
    theme.scale = 1.5
    assert legend.sizeHint().width() > wide
    theme.scale = 1.0
    legend.resize(wide, 24)
    boxes = [legend._side(words) for _square, words, _word in legend._places()]
    legend.setLayoutDirection(RTL)
    turned = [legend._side(words) for _square, words, _word in legend._places()]
    for box, other in zip(boxes, turned, strict=True):
        assert other.right() == pytest.approx(wide - box.left())
        assert other.left() >= -1
    for first, second in zip(turned[1:], turned, strict=False):
        assert first.right() < second.left()


def test_large_letters_leave_the_legend_of_the_year_its_room(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = page_of(window, "year")
    assert isinstance(page, YearPage)
    qtbot.waitUntil(lambda: page.loaded)
    qtbot.waitUntil(lambda: "half hours" in page.said.text())
    large(window, qtbot)
    qtbot.waitUntil(lambda: "booked" in page.said.text() and "half" not in page.said.text())
    qtbot.waitUntil(lambda: page.legend.width() >= page.legend.sizeHint().width())
    assert "half hours" in page.said.toolTip()


def test_a_type_with_a_long_name_leaves_the_caller_his_offers(
    window: MainWindow, qtbot: QtBot
) -> None:
    large(window, qtbot)
    panel = calling_of(window).panel
    patient: Id = next(
        cell.patient_id for cell in window.page.grid().slice.cells if cell.patient_id is not None
    )
    panel.open_for(patient)
    qtbot.waitUntil(lambda: panel.buttons[0].isVisible())
    panel.kind.setItemText(panel.kind.currentIndex(), "Comprehensive first examination " * 3)
    qtbot.waitUntil(lambda: panel.kind.shown().endswith("…"))
    qtbot.waitUntil(lambda: panel.body.width() <= panel.scroller.viewport().width())
