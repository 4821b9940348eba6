"""The way to the part before and after a series that somebody changed from one visit on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.ids import Id
from clinic_desk.ui.series.reading import Read
from clinic_desk.ui.widgets.forms.bits import push

if TYPE_CHECKING:
    from clinic_desk.ui.series.page import SeriesPage


class Parts(QObject):
    def __init__(self, page: SeriesPage) -> None:
        super().__init__(page)
        self._page = page
        self._wanted: dict[QPushButton, Id | None] = {}
        self.earlier = push("Earlier part", page)
        self.earlier.setToolTip("The visits before this rule, which follow a rule of their own")
        self.later = push("Later part", page)
        self.later.setToolTip("The visits after this rule, which follow a rule of their own")
        for button in (self.earlier, self.later):
            page.buttons.insertWidget(page.buttons.count() - 2, button)
            button.hide()
            button.clicked.connect(lambda _on=False, b=button: self._go(b))

    def show(self, read: Read) -> None:
        self._wanted = {self.earlier: read.earlier, self.later: read.later}
        for button, visit_id in self._wanted.items():
            button.setVisible(visit_id is not None)

    def _go(self, button: QPushButton) -> None:
        page, visit_id = self._page, self._wanted.get(button)
        if visit_id is not None and page.leave():
            page.open(visit_id)
            page.list.setFocus()
