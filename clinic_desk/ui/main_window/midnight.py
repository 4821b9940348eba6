"""What shows today and is drawn once: told when another day has begun."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.widgets.page import Page


@runtime_checkable
class Daily(Protocol):
    """A page that marks today."""

    def new_day(self) -> None: ...


class Midnight(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._day = window.today()
        self._pages: list[Daily] = []
        window.freshness.minute.connect(lambda _now: self.look())
        window.centre.page_built.connect(self._built)

    def look(self) -> None:
        today = self._window.today()
        if today == self._day:
            return
        self._day = today
        self._window.page.month.redraw()
        for page in self._pages:
            page.new_day()

    def _built(self, page: Page) -> None:
        if isinstance(page, Daily):
            self._pages.append(page)
