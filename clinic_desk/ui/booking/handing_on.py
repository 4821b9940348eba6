"""What leaves the program from the card of a visit: its slip on paper, the visit as a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal

from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.ui.models import calendar_saving
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.worded_menu import WordedMenu

if TYPE_CHECKING:
    from clinic_desk.ui.booking.appointment import AppointmentDialog


class HandOn(QObject):
    """A button of the card with its menu. ``print_requested`` carries the visit's id."""

    print_requested = Signal(str)

    def __init__(self, card: AppointmentDialog) -> None:
        super().__init__(card)
        self._card = card
        self.button = push("&Print, save…", card)
        self.button.setToolTip("Print the slip (Ctrl+P), save the visit as a file")
        self.menu = WordedMenu(self.button)
        self.slip = self.menu.addAction("&Print slip…")
        self.calendar = self.menu.addAction("Save as &calendar file (.ics)…")
        self.table = self.menu.addAction("Save as &table (.csv)…")
        row = card.deeds_row
        row.removeWidget(card.series_button)
        row.addWidget(self.button)
        row.addWidget(card.series_button)
        card.theme.changed.connect(self._dress)
        self._dress()
        self.button.clicked.connect(self._open)
        self.slip.triggered.connect(self._print)
        self.calendar.triggered.connect(lambda _on=False: self._ask(".ics"))
        self.table.triggered.connect(lambda _on=False: self._ask(".csv"))
        for action in (self.calendar, self.table):
            action.setVisible(card.context.exporter is not None)

    def _dress(self) -> None:
        theme = self._card.theme
        self.button.setIcon(theme.qicon("print"))
        for action, icon in (
            (self.slip, "print"), (self.calendar, "calendar"), (self.table, "list"),
        ):  # fmt: skip
            action.setIcon(theme.qicon(icon))

    def _open(self) -> None:
        """Above the button, which stands at the lower edge of the card."""
        up = QPoint(0, -self.menu.sizeHint().height())
        self.menu.popup(self.button.mapToGlobal(up))

    def _print(self, _on: bool = False) -> None:
        view = self._card.view
        if view is not None:
            self._card.reject()
            if not self._card.isVisible():  # what was typed and not saved is asked about first
                self.print_requested.emit(view.cell.id)

    def _ask(self, ending: str) -> None:
        view = self._card.view
        if view is not None:
            name = calendar_saving.file_name("visit", view.cell.confirmation_code, ending=ending)
            calendar_saving.ask_path(self._card, name, self.save)

    def save(self, path: Path) -> None:
        """The visit that the card shows, by itself, as the path's ending says."""
        card, view = self._card, self._card.view
        if view is None:
            return

        def done(made: Exported) -> None:
            card.message.say(Tone.OK, f"{calendar_saving.told(made)}.")

        wish = ExportWish(
            patient_id=view.cell.patient_id,
            first=view.cell.start,
            last=view.cell.end,
            visit_ids=frozenset({view.cell.id}),
        )
        title = f"Visit {view.cell.confirmation_code}".strip()
        calendar_saving.write(
            card.context, path, wish, done=done, failed=card.message.say_error, title=title
        )
