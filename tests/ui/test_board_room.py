"""The flow board keeps its width in a small window: sidebar and open shelf do not crush it."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from clinic_desk.ui.main_window import MainWindow
from tests.ui.test_shell_window import clinic, window

__all__ = ["clinic", "window"]


def test_the_sidebar_stands_aside_for_an_open_shelf(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1366, 768)
    window.set_view("flow")
    assert window.sidebar.isVisible()
    window.shelf.set_collapsed(False)
    assert window.sidebar.isHidden()
    shown = window.centre.shown_page
    assert shown is not None
    qtbot.waitUntil(lambda: shown.width() >= 1100, timeout=60_000)
    assert window.settings.get("window.sidebar")
    window.panes.toggle_sidebar()
    assert window.sidebar.isVisible()
    assert window.shelf.collapsed
    window.shelf.set_collapsed(False)
    window.show_calendar()
    assert window.sidebar.isVisible()
    window.resize(1920, 1080)
    window.set_view("flow")
    window.shelf.set_collapsed(False)
    assert window.sidebar.isVisible()
