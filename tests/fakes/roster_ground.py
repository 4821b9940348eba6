"""A panel of the settings page on the real store, with somebody at its keys."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from clinic_desk.domain.availability.model import Roster
from clinic_desk.ui.roster.panel import RecordPanel
from clinic_desk.ui.runtime import page_table
from tests.fakes.front_desk import FrontDesk
from tests.fakes.keyboard import focused

CONTROL = Qt.KeyboardModifier.ControlModifier
SHOWN = (1106, 618)
"""What the settings page leaves to a panel on a screen of 1366×768."""


@dataclass
class PanelGround:
    desk: FrontDesk
    panel: RecordPanel
    window: QMainWindow
    toasts: list[str] = field(default_factory=list)

    @property
    def roster(self) -> Roster:
        return self.desk.store.queries.roster()

    def choose(self, title: str) -> None:
        """The row of the list that begins so."""
        assert self.panel.side is not None
        self.desk.settle(lambda: any(one.startswith(title) for one in self.titles()))
        rows = [row for row in self.panel.side.list.rows() if row.id]
        row = next(row for row in rows if row.title.startswith(title))
        self.panel.choose(row.id)
        QApplication.processEvents()

    def titles(self) -> list[str]:
        assert self.panel.side is not None
        return [row.title for row in self.panel.side.list.rows()]

    def listed(self, title: str) -> None:
        """Waits until the list has that row."""
        self.desk.settle(lambda: title in self.titles())

    def type(self, name: str, text: str) -> None:
        """Instead of what stands in the field, by the keyboard."""
        target = self.panel.form.rows[name].target
        target.setFocus()
        if isinstance(target, QLineEdit):
            target.selectAll()
        QTest.keyClicks(target, text) if text else QTest.keyClick(target, Qt.Key.Key_Delete)
        QApplication.processEvents()

    def paste(self, name: str, text: str) -> None:
        """As from the clipboard: whole texts and signs that no key has."""
        line = self.panel.form.rows[name].target
        assert isinstance(line, QLineEdit)
        line.setFocus()
        line.selectAll()
        line.insert(text)
        line.textEdited.emit(line.text())

    def save(self) -> None:
        """Ctrl+S in the form, and what comes of it."""
        focus = QApplication.focusWidget()
        if focus is None or not self.panel.isAncestorOf(focus):
            self.panel.form.focus()
            focus = focused()
        QTest.keyClick(focus, Qt.Key.Key_S, CONTROL)
        self.rest()

    def rest(self) -> None:
        self.desk.settle(lambda: not self.panel.saving)

    def fault(self, name: str) -> str:
        return self.panel.form.fault_of(name)

    def saved(self, sentence: str) -> None:
        """Ctrl+S, and the toast begins so."""
        self.save()
        self.desk.settle(lambda: any(one.startswith(sentence) for one in self.toasts))
        self.desk.settle(lambda: not self.panel.dirty)


def open_panel(desk: FrontDesk, name: str) -> PanelGround:
    spec = next(one for one in page_table.PANELS if one.name == name)
    panel = page_table.load(spec.target)(desk.context)
    assert isinstance(panel, RecordPanel)
    window = QMainWindow()
    window.setCentralWidget(panel)
    window.resize(*SHOWN)
    window.show()
    ground = PanelGround(desk, panel, window)
    panel.toast_requested.connect(lambda sentence, _undo: ground.toasts.append(sentence))
    panel.open()
    desk.settle(lambda: panel.record is not None)
    QTest.qWaitForWindowActive(window)
    return ground
