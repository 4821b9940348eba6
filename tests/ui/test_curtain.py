"""The curtain (F12): nobody's name, number, address or birth date is on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAccessible, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clinic_desk.services.views import Cell
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.curtain import curtain_of
from clinic_desk.ui.runtime.page_table import PAGES, exists
from clinic_desk.ui.runtime.privacy import COVERED, CURTAIN, KnownPeople, Privacy
from clinic_desk.ui.widgets.masking import Sheet
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import Clinic, opened

F12 = Qt.Key.Key_F12
LEFT = Qt.MouseButton.LeftButton


class Known:
    """What must not be read anywhere: taken from the store, not from the program's own lists."""

    def __init__(self, window: MainWindow) -> None:
        rows = window.context.operations.queries.patient_identities()
        doctors = " ".join(
            one.name for one in window.context.operations.queries.roster().doctors.values()
        ).split()
        self.names = {
            name
            for one in rows
            for name in (f"{one.last_name}, {one.first_name}", f"{one.first_name} {one.last_name}")
        }
        # a surname that is a doctor's or a word of the program too proves nothing
        plain = {"Practice", "Patient", "May", "Day", "Read", "Long", "Young", "Short", "Wall"}
        self.surnames = {one.last_name for one in rows if len(one.last_name) > 3}
        self.surnames -= {*doctors, *plain}
        self.phones = {re.sub(r"\D", "", phone)[-8:] for one in rows for phone in one.phones}
        self.words = re.compile(
            r"\b(" + "|".join(re.escape(name) for name in sorted(self.surnames)) + r")\b"
        )

    def found(self, text: str) -> str:
        """What of a text gives somebody away; empty when nothing does."""
        hit = self.words.search(text)
        if hit is not None:
            return hit.group()
        mail = re.search(r"[\w.]+@[\w.]+\w", text)
        if mail is not None:
            return mail.group()
        digits = re.sub(r"[^\d+]", "", text)
        return next((phone for phone in self.phones if phone in digits), "")


class Ink:
    """Every text that a painter of ours is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: set[str] = set()
        for name in ("drawText", "drawStaticText"):
            real = getattr(QPainter, name)

            def spy(painter: QPainter, *args: Any, _real: Any = real) -> Any:
                for one in args:
                    text = one if isinstance(one, str) else getattr(one, "text", None)
                    if callable(text):
                        text = text()
                    if isinstance(text, str):
                        self.texts.add(text)
                return _real(painter, *args)

            monkeypatch.setattr(QPainter, name, spy)


def shown(top: QWidget) -> Iterator[tuple[str, str]]:
    """(where, words) of all that can be read, heard or hovered over in a window."""
    for widget in [top, *top.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        where = f"{type(widget).__name__} {widget.objectName()}"
        yield where, widget.toolTip()
        yield where, widget.accessibleName()
        yield where, widget.accessibleDescription()
        if widget.isWindow():
            yield where, widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton):
            yield where, widget.text()
        elif isinstance(widget, QGroupBox):
            yield where, widget.title()
        elif isinstance(widget, QLineEdit):
            yield where, widget.displayText()
        elif isinstance(widget, QComboBox):
            yield where, widget.currentText()
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            if not any(one.isVisible() for one in widget.viewport().findChildren(Sheet)):
                yield where, widget.toPlainText()
        elif isinstance(widget, QAbstractItemView):
            model = widget.model()
            if model is not None:
                yield from cells_of(where, model)
        yield from heard(where, widget)


def cells_of(where: str, model: QAbstractItemModel, above: QModelIndex | None = None) -> Any:
    above = above or QModelIndex()
    for row in range(min(model.rowCount(above), 60)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
        for column in range(columns):
            at = model.index(row, column, above)
            for role in (
                Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.StatusTipRole,
            ):  # fmt: skip
                words = model.data(at, role)
                if isinstance(words, str):
                    yield f"{where} row {row} column {column}", words
        if isinstance(model, QAbstractListModel):
            continue
        if model.rowCount(model.index(row, 0, above)):
            yield from cells_of(where, model, model.index(row, 0, above))


def heard(where: str, widget: QWidget) -> Iterator[tuple[str, str]]:
    """What assistive technology reads of a painted view."""
    if isinstance(widget, QAbstractItemView) or not type(widget).__module__.startswith("clinic"):
        return
    face = QAccessible.queryAccessibleInterface(widget)
    if face is None:
        return
    for number in range(min(face.childCount(), 80)):
        child = face.child(number)
        if child is not None:
            yield f"{where} heard", child.text(QAccessible.Text.Name)


@pytest.fixture
def window(tmp_path: Path, qtbot: QtBot) -> Iterator[MainWindow]:
    front = open_desk(tmp_path, Theme.for_tests())
    clinic = Clinic(front)
    window = opened(clinic, qtbot)
    yield window
    CURTAIN.lift()
    shut(window)
    front.close()


def draw(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
    settle(window, qtbot)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Until every question that is under way has been answered, and what it says is painted."""
    answered: list[bool] = []
    for _ in range(3):
        for _lane in range(2):
            window.context.operations.ask(lambda _q: True, done=answered.append)
        wanted = len(answered) + 2
        qtbot.waitUntil(lambda wanted=wanted: len(answered) >= wanted)  # type: ignore[misc]
        QApplication.processEvents()


def leaks(known: Known, top: QWidget, ink: Ink) -> list[str]:
    ink.texts.clear()
    top.grab()
    top.grab()
    found = [
        f"{where}: {words!r} ({known.found(words)})"
        for where, words in shown(top)
        if words and known.found(words)
    ]
    found += [f"painted: {words!r} ({known.found(words)})" for words in ink.texts
              if known.found(words)]  # fmt: skip
    return found


def walk(window: MainWindow, qtbot: QtBot, known: Known, ink: Ink) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        qtbot.wait(500)
        settle(window, qtbot)
        settle(window, qtbot)
        found[name] = leaks(known, window, ink)

    window.set_view("day")
    for view in ("day", "week", "month", "agenda"):
        window.set_view(view)
        look(view)
    window.set_view("day")
    settle(window, qtbot)
    data = window.page.grid().slice
    assert data is not None
    cell = next(one for one in data.cells if one.patient_id)
    series = next((one.series_id for one in data.cells if one.series_id), None)
    away = window.roster.roster.time_off[0] if window.roster.roster.time_off else None
    what: dict[str, object] = {
        "patient": cell.patient_id, "series": series, "absence": away.id if away else None,
    }  # fmt: skip
    for name, target in PAGES.items():
        if name == "wizard" or not exists(target) or what.get(name, name) is None:
            continue
        window.show_page(name, what.get(name))
        look(name)
    window.set_view("day")
    settle(window, qtbot)
    return found


def test_every_page_is_behind_the_curtain(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, ink = Known(window), Ink(monkeypatch)
    open_ = walk(window, qtbot, known, ink)
    named = {name for name, some in open_.items() if some}
    print(named, set(open_) - named)
    assert named >= {"day", "week", "agenda", "flow", "doctor", "billing", "waitlist"}
    draw(window, qtbot)
    found = walk(window, qtbot, known, ink)
    assert {name: some[:6] for name, some in found.items() if some} == {}
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)
    settle(window, qtbot)
    again = walk(window, qtbot, known, ink)
    assert {name for name, some in again.items() if some} >= named
