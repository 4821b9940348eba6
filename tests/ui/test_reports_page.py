"""The reports page in the real window on the real store: keys, filters, table, plot, files."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services import reporting
from clinic_desk.services.day_views import GroupBy, Preset, ReportWish
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.reports import paper, periods
from clinic_desk.ui.reports.page import ReportsPage
from clinic_desk.ui.widgets.charts import BarPlot, HeatMap, LinePlot, RowPlot
from tests.ui.test_shell_window import Clinic

Key = Qt.Key


def counted(page: ReportsPage, qtbot: QtBot) -> Any:
    qtbot.waitUntil(lambda: page.report is not None and not page.counting)
    report = page.report
    assert report is not None
    assert report.wish == page.choices.wish(page.preset)
    return report


@pytest.fixture
def page(window: MainWindow, qtbot: QtBot) -> ReportsPage:
    window.actions_["page.reports"].trigger()
    made = window.centre.page_named("reports")
    assert isinstance(made, ReportsPage)
    qtbot.waitUntil(lambda: made.source.roster is not None and made.presets.hasFocus())
    counted(made, qtbot)
    return made


def choose(page: ReportsPage, qtbot: QtBot, preset: Preset, group: GroupBy) -> Any:
    page.presets.setCurrentRow(list(reporting.PRESET_WORDS).index(preset))
    page.choices.group.setCurrentIndex(page.choices.group.findData(group))
    return counted(page, qtbot)


def test_arrows_walk_through_the_reports_and_every_one_has_its_plot(
    page: ReportsPage, qtbot: QtBot
) -> None:
    assert page.preset is Preset.LOAD
    assert page.report is not None
    total: Any = page.report.totals[1]
    assert total > 500
    seen = [page.preset]
    for _step in range(len(Preset) - 1):
        QTest.keyClick(page.presets, Key.Key_Down)
        report = counted(page, qtbot)
        seen.append(page.preset)
        assert report.rows
        assert page.plot is not None
        assert page.plot.isVisible()
        assert page.plot.count == (
            len(report.rows) if not isinstance(page.plot, HeatMap) else len(report.keys)
        )
        assert page.model.rowCount() == len(report.rows) + 1
        assert page.notes.text()
    assert seen == list(reporting.PRESET_WORDS)


@pytest.mark.parametrize(
    ("preset", "group", "kind"),
    [
        (Preset.LOAD, GroupBy.DAY, BarPlot),
        (Preset.NO_SHOWS, GroupBy.WEEK, LinePlot),
        (Preset.UTILISATION, GroupBy.WEEKDAY_HOUR, HeatMap),
        (Preset.REVENUE, GroupBy.TYPE, RowPlot),
        (Preset.WEEK_HEAT, GroupBy.DOCTOR, HeatMap),
    ],
)
def test_the_plot_suits_what_is_asked(
    page: ReportsPage, qtbot: QtBot, preset: Preset, group: GroupBy, kind: type
) -> None:
    report = choose(page, qtbot, preset, group)
    assert type(page.plot) is kind
    assert report.wish.group is group
    assert isinstance(report.wish.group, GroupBy)


def test_the_table_is_sorted_by_a_click_and_keeps_its_sums_at_the_bottom(
    page: ReportsPage, qtbot: QtBot
) -> None:
    report = choose(page, qtbot, Preset.LOAD, GroupBy.DOCTOR)
    header = page.table.horizontalHeader()
    for order in (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder):
        QTest.mouseClick(
            header.viewport(), Qt.MouseButton.LeftButton,
            pos=QPoint(header.sectionViewportPosition(1) + 20, header.height() // 2),
        )  # fmt: skip
        values: list[Any] = [page.model.value(row, 1) for row in range(len(report.rows))]
        assert values == sorted(values, reverse=order is Qt.SortOrder.DescendingOrder)
        assert page.model.value(len(report.rows), 0) == "Total"
    # a new count keeps the order chosen
    page.count()
    counted(page, qtbot)
    again = [page.model.value(row, 1) for row in range(len(report.rows))]
    assert again == values


def test_what_is_read_in_the_plot_is_chosen_in_the_table(page: ReportsPage, qtbot: QtBot) -> None:
    choose(page, qtbot, Preset.LOAD, GroupBy.DOCTOR)
    plot = page.plot
    assert plot is not None
    plot.setFocus()
    QTest.keyClick(plot, Key.Key_Down)
    QTest.keyClick(plot, Key.Key_Down)
    assert page.table.currentIndex().row() == 1
    page.table.setFocus()
    QTest.keyClick(page.table, Key.Key_Down)
    assert page.table.currentIndex().row() == 2
    assert plot.index == 2


def test_periods_filters_and_typed_days_are_what_is_counted(
    page: ReportsPage, qtbot: QtBot
) -> None:
    everybody = choose(page, qtbot, Preset.LOAD, GroupBy.DOCTOR)
    doctors = page.choices.doctors
    chosen = doctors.list.actions()[1]
    chosen.trigger()
    report = counted(page, qtbot)
    assert [row[0] for row in report.rows] == [everybody.rows[1][0]]
    assert report.totals[1] == everybody.rows[1][1]
    doctors.clear()
    page.choices.last.setDate(QDate(2026, 11, 10))
    report = counted(page, qtbot)
    assert (report.wish.first, report.wish.last) == (date(2026, 11, 1), date(2026, 11, 10))
    assert page.choices.period.currentText() == periods.OWN
    page.choices.first.setDate(QDate(2026, 11, 20))
    qtbot.waitUntil(lambda: page.message.isVisible())
    assert "ends before it begins; choose a later end" in page.message._text.text()
    page.choices.choose_period("This week")
    report = counted(page, qtbot)
    assert (report.wish.first, report.wish.last) == (date(2026, 11, 23), date(2026, 11, 29))
    assert not page.message.isVisible()


def test_a_day_is_opened_in_the_calendar(page: ReportsPage, qtbot: QtBot) -> None:
    choose(page, qtbot, Preset.LOAD, GroupBy.DAY)
    asked: list[Any] = []
    page.show_day_requested.connect(asked.append)
    page.table.setFocus()
    page.table.selectRow(9)
    QTest.keyClick(page.table, Key.Key_Return)
    assert asked == [(date(2026, 11, 10), None)]


def test_an_empty_period_says_so_and_offers_another(page: ReportsPage, qtbot: QtBot) -> None:
    page.choices.group.setCurrentIndex(page.choices.group.findData(GroupBy.DOCTOR))
    page.choices.choose_period("Last year")
    report = counted(page, qtbot)
    assert report.rows == ()
    assert page.stack.currentWidget() is page.empty
    assert not page.export_button.isEnabled()
    page.empty.action_requested.emit()
    assert counted(page, qtbot).rows
    assert page.stack.currentWidget() is page.splitter


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_a_report_is_written_and_the_history_tells_of_it(
    page: ReportsPage, qtbot: QtBot, clinic: Clinic, tmp_path: Path, kind: str
) -> None:
    saved: list[str] = []
    page.files.saved.connect(saved.append)
    page.export(kind)
    dialog = page.files.dialog
    assert dialog is not None
    assert dialog.selectedFiles()[0].endswith(f"visits-by-doctor-2026-11-01-to-2026-11-30.{kind}")
    path = tmp_path / f"report.{kind}"
    dialog.fileSelected.emit(str(path))
    dialog.reject()
    qtbot.waitUntil(lambda: bool(saved))
    content = path.read_bytes()
    assert content.startswith({"csv": b"\xef\xbb\xbfDoctor", "xlsx": b"PK", "pdf": b"%PDF"}[kind])
    if kind == "pdf":
        read = "".join(one.extract_text() for one in PdfReader(path).pages)
        words = " ".join(read.split())
        assert "1 Nov – 30 Nov 2026" in words
        assert {one for one in read if not one.isprintable()} <= {"\n", "\t"}
    noted: Any = clinic.queries.setting("reports.last_export", "clinic")
    assert noted["report"] == "Visits by doctor"
    assert noted["format"] == kind


def test_a_desk_without_the_permission_sees_why(clinic: Clinic, qtbot: QtBot) -> None:
    front = clinic.front
    actor = replace(
        front.context.actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    page = ReportsPage(replace(front.context, actor=actor))
    qtbot.addWidget(page)
    page.resize(1200, 700)
    page.show()
    page.open()
    assert page.stack.currentWidget() is page.empty
    assert not page.presets.isVisible()
    assert not page.export_button.isVisible()
    assert not page.counting


def test_stopping_keeps_what_was_there_and_the_window_alive(
    page: ReportsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = page.report
    released: list[bool] = []

    def slow(queries: Any, wish: ReportWish, stopped: Any = reporting.never) -> Any:
        try:
            for month in range(1_000_000):
                yield reporting.Progress(month, 1_000_000)
                time.sleep(0.001)
        finally:
            released.append(True)

    monkeypatch.setattr(reporting, "stream", slow)
    page.count()
    qtbot.waitUntil(lambda: page.stop_button.isVisible() and page.bar.value() > 0)
    QTest.mouseClick(page.stop_button, Qt.MouseButton.LeftButton)
    assert not page.counting
    qtbot.waitUntil(lambda: bool(released))
    assert not page.progress.isVisible()
    assert page.report is before
    assert "Stopped" in page.subtitle.text()


def test_a_dark_window_prints_on_white(page: ReportsPage) -> None:
    assert page.report is not None
    page.theme.set_theme("dark")
    image = paper.picture(page.report, page.theme)
    assert image.pixelColor(image.width() // 2, image.height() - 3).lightness() > 240


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("This week", date(2026, 11, 23), date(2026, 11, 29)),
        ("Last week", date(2026, 11, 16), date(2026, 11, 22)),
        ("This month", date(2026, 11, 1), date(2026, 11, 30)),
        ("Last month", date(2026, 10, 1), date(2026, 10, 31)),
        ("This quarter", date(2026, 10, 1), date(2026, 12, 31)),
        ("Last quarter", date(2026, 7, 1), date(2026, 9, 30)),
        ("This year", date(2026, 1, 1), date(2026, 12, 31)),
        ("Last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("Last 12 months", date(2025, 12, 1), date(2026, 11, 30)),
    ],
)
def test_named_periods(name: str, first: date, last: date) -> None:
    assert dict(periods.PERIODS)[name](date(2026, 11, 24)) == (first, last)
