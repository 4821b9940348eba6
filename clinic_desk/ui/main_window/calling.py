"""F2: the caller's panel over the window, and what it asks the window for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.calls.panel import CallPanel

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.patients.editing import QuickAddDialog


def open_call(window: MainWindow) -> None:
    if window.doors.ownerless is None or not window.doors.ownerless():
        calling_of(window).panel.open_panel()


def calling_of(window: MainWindow) -> Calling:
    """The window's; made when first asked for."""
    found = window.findChild(Calling)
    return found if found is not None else Calling(window)


class Calling(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._add: QuickAddDialog | None = None
        panel = self.panel = CallPanel(window.context, window.roster, window.centre)
        panel.new_requested.connect(window.doors.book)
        panel.unknown.connect(self.add)
        panel.move_requested.connect(self._move)
        panel.cancel_requested.connect(self._cancel)
        panel.patient_requested.connect(self._patient)
        panel.wait_requested.connect(window.waiting.for_patient)
        panel.toast_requested.connect(window.telling.toast)
        panel.closed.connect(window.centre.focus_page)
        window.closed.connect(panel.leave)
        window.toast.clear_of += panel.hints

    def add(self, text: str) -> None:
        """A number or a name that nobody on file has."""
        if self._add is None:
            from clinic_desk.ui.patients.editing import QuickAddDialog

            self._add = QuickAddDialog(self._window.context, self._window)
            self._add.toast_requested.connect(self._window.telling.toast)
            self._add.saved.connect(self.panel.open_for)
            self._add.existing_chosen.connect(self.panel.open_for)
        self._add.open_with(text)

    def _move(self, cell: Cell) -> None:
        """The openings for that visit stand in the panel's place."""
        self.panel.leave()
        self._window.visits.find(cell.id)

    def _cancel(self, cell: Cell) -> None:
        self._window.visits.cancel([cell])

    def _patient(self, patient_id: Id) -> None:
        self.panel.leave()
        self._window.show_page("patient", patient_id)
