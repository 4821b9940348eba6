"""The settings page: a tree of sections, and the section beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QListWidget, QStackedWidget, QWidget

from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.page import Page, Panel


class SettingsPage(Page):
    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Settings", parent)
        self._context = context
        self.tree = QListWidget()
        self.stack = QStackedWidget()
        self._panels: dict[str, Panel] = {}
        for spec in page_table.panels():
            self.tree.addItem(spec.title)
        self.body.addWidget(self.tree)
        self.body.addWidget(self.stack, 1)

    def open(self, what: object = None) -> None:
        for spec in page_table.panels():
            if spec.name != what:
                continue
            if spec.name not in self._panels:
                panel: Panel = page_table.load(spec.target)(self._context)
                panel.toast_requested.connect(self.toast_requested)
                self._panels[spec.name] = panel
                self.stack.addWidget(panel)
            self.stack.setCurrentWidget(self._panels[spec.name])
            self._panels[spec.name].open()
