"""The call list of the planner as a file and on paper, and its buttons before it is approved."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.services.paper import SheetKind
from clinic_desk.ui.main_window import MainWindow, printing
from clinic_desk.ui.paper.dialog import PrintDialog
from clinic_desk.ui.planning import calls as calls_module
from clinic_desk.ui.planning.plan_table import NOT_YET
from tests.fakes.absences import FIRST, ask_leave
from tests.ui.test_absence_planner import (
    PATIENCE,
    all_looked,
    approved_planner,
    clinic,
    key,
    planner,
    rows,
    window,
)
from tests.ui.test_shell_window import CTRL, LEFT, Clinic

__all__ = ["clinic", "window"]

Key = Qt.Key


def test_a_file_tells_how_far_it_is_and_is_whole_when_it_is_there(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    page, seen = planner(window), list[tuple[int, int]]()
    page.calls.progress.connect(lambda done, number: seen.append((done, number)))
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / "calls.pdf"
    page.calls.save_pdf(path)
    assert page.calls_busy.isVisible()
    assert not page.calls_button.isEnabled(), "one file at a time"
    qtbot.waitUntil(lambda: "calls.pdf" in window.toast.text, timeout=PATIENCE)
    assert not page.calls_busy.isVisible()
    assert page.calls_button.isEnabled()
    number = len(rows(window))
    assert seen[0] == (0, number)
    assert seen[-2:] == [(number, number), (0, 0)]
    assert path.read_bytes().startswith(b"%PDF")
    assert [file.name for file in folder.iterdir()] == ["calls.pdf"]


def test_a_file_that_is_stopped_leaves_what_stood_there(
    clinic: Clinic,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    folder = tmp_path / "out"
    folder.mkdir()
    page, path = planner(window), folder / "calls.csv"
    path.write_text("what stood there")
    go_on = []

    def slow(heading: str, rows: object, fresh: Path):  # type: ignore[no-untyped-def]
        fresh.write_text("half")
        while not go_on:
            yield 1, 2
        yield 2, 2

    monkeypatch.setattr(calls_module, "_csv", slow)
    page.calls.save_csv(path)
    qtbot.waitUntil(lambda: page.calls_busy.bar.value() == 1, timeout=PATIENCE)
    QTest.mouseClick(page.calls_busy.stop, LEFT)
    assert "no file was written" in window.toast.text
    go_on.append(True)
    qtbot.waitUntil(lambda: [f.name for f in folder.iterdir()] == ["calls.csv"], timeout=PATIENCE)
    assert path.read_text() == "what stood there"


def test_a_folder_that_is_not_there_is_told(
    clinic: Clinic, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    page = planner(window)
    page.calls.save_csv(tmp_path / "gone" / "calls.csv")
    qtbot.waitUntil(
        lambda: (
            page.message.message is not None
            and "Choose another folder" in page.message.message.sentence
        ),
        timeout=PATIENCE,
    )
    assert not page.calls_busy.isVisible()


def test_ctrl_p_prints_the_call_list_of_the_plan(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    approved_planner(clinic, window, qtbot, first=FIRST, last=FIRST)
    page = planner(window)
    # the same from its menu, which the button opens below itself
    QTest.mouseClick(page.calls_button, LEFT)
    assert page.calls_menu.isVisible()
    assert page.calls_menu.activeAction().text() == "Print…"
    QTest.keyClick(page.calls_menu, Key.Key_Escape)
    assert not page.calls_menu.isVisible()
    page.table.setFocus()
    key(Key.Key_P, CTRL)
    qtbot.waitUntil(lambda: window.findChild(PrintDialog) is not None, timeout=PATIENCE)
    dialog = printing.dialog(window)
    qtbot.waitUntil(lambda: dialog.sheet is not None, timeout=PATIENCE)
    sheet = dialog.sheet
    assert sheet is not None
    assert dialog.options.kind is SheetKind.RINGING
    assert sheet.title.startswith("Calls: leave of")
    told = "".join("".join(sheet.texts()).split())
    plan = page._calls_plan()
    assert plan is not None
    people = [proposal.visit.listed_name for proposal in plan.proposals]
    assert people
    for name in people:
        assert "".join(name.split()) in told
    assert not dialog.options.site.isVisible()
    dialog.reject()


def test_before_the_approval_nothing_looks_as_if_it_could_be_accepted(
    clinic: Clinic, window: MainWindow, qtbot: QtBot
) -> None:
    assert window.show_page("absence", ask_leave(clinic.front, first=FIRST, last=FIRST))
    qtbot.waitUntil(lambda: all_looked(window), timeout=PATIENCE)
    page = planner(window)
    table, row = page.table, rows(window)[0]
    assert not table.painter.able("accept")
    assert table.painter.able("other")
    spot = table.action_rect(row.id, "accept")
    assert not spot.isEmpty()
    before = table.viewport().grab(spot).toImage()
    QTest.mouseMove(table.viewport(), spot.center() + QPoint(1, 1))
    assert table.viewport().cursor().shape() is Qt.CursorShape.ArrowCursor
    QTest.mouseClick(table.viewport(), LEFT, pos=spot.center())
    assert window.toast.text == NOT_YET
    QTest.mouseClick(page.approve_button, LEFT)
    qtbot.waitUntil(lambda: table.painter.able("accept"), timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.counters.accept_all.isEnabled(), timeout=PATIENCE)
    QApplication.processEvents()
    after = table.viewport().grab(table.action_rect(row.id, "accept")).toImage()
    assert after != before
