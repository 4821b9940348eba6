"""Whatever a patient is called, a name is text: nothing in it is drawn, fetched or run.

Qt guesses whether a label or a tooltip is rich text. A name that looks like markup would then be
drawn as such, and could make the program read a file or ask a server for a picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, Qt
from PySide6.QtGui import Qt as Gui
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot
from sqlcipher3 import dbapi2

from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.runtime.page_table import PAGES
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.ui.test_curtain import cells_of, dialogs, full, settle
from tests.ui.test_shell_window import Clinic, opened

pytestmark = pytest.mark.usefixtures("long_waits")

MARK = "<img src='file:///etc/hostname'>"
"""Put into every name; looks like markup to Qt."""


@pytest.fixture
def front(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    front = open_desk(tmp_path, Theme.for_tests())
    file = dbapi2.connect(str(tmp_path / "clinic.db"))
    file.execute(
        "UPDATE patient SET last_name = ? || last_name, alert = ? || 'Latex', notes = ? || notes,"
        " emergency_contact = ?, mobile_typed = ?, email = ? || email",
        [f"<b>{MARK}</b>"] * 6,
    )
    file.execute("UPDATE appointment SET reason = ? || reason, title = ?, notes = ?", [MARK] * 3)
    file.execute("UPDATE doctor SET name = name || ?", [MARK])
    file.execute("UPDATE appointment_type SET name = name || ?", [MARK])
    file.execute("UPDATE room SET name = name || ?", [MARK])
    file.commit()
    file.close()
    yield front
    front.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    window = opened(Clinic(front), qtbot)
    yield window
    shut(window)


def drawn_as_markup(top: QWidget) -> set[str]:
    """Labels, tooltips and message boxes of a window that Qt would draw as rich text."""
    found = set()
    for widget in [top, *top.findChildren(QWidget)]:
        where = f"{type(widget).__module__}.{type(widget).__name__} {widget.objectName()}"
        if MARK in widget.toolTip() and Gui.mightBeRichText(widget.toolTip()):
            found.add(f"tooltip of {where}: {widget.toolTip()[:80]}")
        if (
            isinstance(widget, QLabel)
            and MARK in widget.text()
            and _rich(widget.textFormat(), widget.text())
        ):
            near = type(widget.parentWidget()).__name__
            found.add(f"{where} in {near}: {widget.text()[:80]}")
        if isinstance(widget, QMessageBox) and _rich(widget.textFormat(), widget.text()):
            found.add(f"message box: {widget.text()[:80]}")
        if isinstance(widget, QAbstractItemView) and widget.isVisible():
            model = widget.model()
            if model is not None:
                found |= {f"tooltip in {where}: {tip[:80]}" for tip in _tips(model)}
    return found


def _rich(form: Qt.TextFormat, text: str) -> bool:
    return form is not Qt.TextFormat.PlainText and Gui.mightBeRichText(text)


def _tips(model: QAbstractItemModel) -> Iterator[str]:
    for row in range(min(model.rowCount(), 30)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount()
        for column in range(columns):
            tip = model.data(model.index(row, column), Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and MARK in tip and Gui.mightBeRichText(tip):
                yield tip


def test_no_page_draws_a_name_as_markup(window: MainWindow, front: FrontDesk, qtbot: QtBot) -> None:
    what = full(front, window)
    found: dict[str, set[str]] = {}
    seen = False
    for name in ("day", "week", "month", "agenda", *PAGES):
        if name == "wizard":
            continue
        if name in PAGES:
            window.show_page(name, what.get(name))
        else:
            window.set_view(name)
        for _ in range(6):
            settle(window, qtbot)
        found[name] = drawn_as_markup(window)
        seen = seen or any(
            MARK in words
            for view in window.findChildren(QAbstractItemView)
            if view.isVisible() and view.model() is not None
            for _, words in cells_of("", view.model())
        )
    assert seen, "no page had a name to show"
    kinds = {re.sub(r": .*", "", one, flags=re.S) for some in found.values() for one in some}
    print(*(f"{page}: {one}" for page, some in found.items() for one in some), sep="\n")
    assert kinds == set()


def test_no_dialog_draws_a_name_as_markup(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    what = full(front, window)
    data = window.page.grid().slice
    assert data is not None
    cell = next(one for one in data.cells if one.patient_id == what["patient"])
    found: dict[str, set[str]] = {}
    for name, top, close in dialogs(window, qtbot, cell):
        for _ in range(4):
            settle(window, qtbot)
        found[name] = drawn_as_markup(top)
        close()
    window.telling.toast(f"Booked {cell.last_name}.", True)
    window.telling.warn(f"{cell.last_name} was moved.")
    QApplication.processEvents()
    found["toast"] = drawn_as_markup(window)
    kinds = {re.sub(r": .*", "", one, flags=re.S) for some in found.values() for one in some}
    print(*(f"{page}: {one}" for page, some in found.items() for one in some), sep="\n")
    assert kinds == set()
