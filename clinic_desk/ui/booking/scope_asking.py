"""The one question about an edited visit of a series: which of its visits are meant?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint

from clinic_desk.services.commands import Scope
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.series_asking import ask_changed, include_words
from clinic_desk.ui.widgets.series_scope import SeriesScopePopover

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog


class ScopeAsker(QObject):
    def __init__(self, dialog: AppointmentDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.popover: SeriesScopePopover | None = None

    def ask(self, cell: Cell, typed: Mapping[str, object]) -> None:
        """At *Save*; a visit of no series is saved at once."""
        dialog = self._dialog
        if cell.series_id is None:
            dialog.save_for(typed, Scope.ONLY_THIS, include=False)
            return
        sentence = f"{cell.listed_name} has a series of visits. Save for:"
        popover = SeriesScopePopover(dialog.theme, sentence, dialog)
        popover.chosen.connect(
            lambda scope: dialog.save_for(typed, scope, include=popover.include_changed)
        )
        popover.destroyed.connect(self._gone)
        self.popover = popover
        button = dialog.save_button
        popover.adjustSize()
        popover.ask_at(button.mapToGlobal(QPoint(0, -popover.height() - 8)))

        def offer(count: int) -> None:
            if self.popover is popover:
                popover.offer_include(include_words(count))

        ask_changed(dialog.context, cell, offer, f"appointment.scope:{id(self)}")

    def _gone(self) -> None:
        self.popover = None
