"""The tables of accounts and sessions where there is little room."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.staff.rows import STAFF, Rows, Table

WIDTHS = (200, 140, 160, 130, 190)


@pytest.mark.parametrize(("scale", "room"), [(1.0, 1060), (1.5, 980)])
def test_the_last_column_is_in_sight(
    qtbot: QtBot, qapp: QApplication, scale: float, room: int
) -> None:
    theme = Theme.for_tests()
    theme.scale = scale
    rows = Rows(theme, STAFF)
    table = Table(theme, rows, "Accounts", WIDTHS)
    qtbot.addWidget(table)
    rows.show(["1"], [("Ann Lee", "Receptionist", "", "ann", "never", "Deactivated")])
    table.resize(room, 300)
    table.show()
    last = len(STAFF) - 1
    left = table.columnViewportPosition(last)
    assert left + theme.px(80) <= table.viewport().width()
    assert table.columnWidth(0) > theme.px(110)
