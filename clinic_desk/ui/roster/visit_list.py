"""Visits that something hits, in a list to deal with them one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.look.plain import as_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.formatting import local_day, phone_text, short_day, span_text
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.forms.bits import badge_icon

_ID = Qt.ItemDataRole.UserRole


def visit_line(cell: Cell, zone: str) -> str:
    """ "Tue 24 Nov 2026, 10:15–10:45 · Lee, Ana · Follow-up · 020 7946 0100"."""
    day = short_day(local_day(cell.start, zone))
    name = CURTAIN.name(cell, "No name")
    parts = [f"{day}, {span_text(cell.start, cell.end, zone)}", name, cell.type_name]
    if cell.phone:
        parts.append(CURTAIN.hidden(phone_text(cell.phone)))
    return " · ".join(part for part in parts if part)


def zones(roster: Roster) -> Mapping[Id, str]:
    return {place.id: place.zone for place in roster.locations.values()}


class VisitList(QListWidget):
    """``opened`` carries the id of the visit that was double-clicked or entered."""

    opened = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.cells: tuple[Cell, ...] = ()
        self.setAccessibleName("Visits")
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setUniformItemSizes(True)
        self.itemDoubleClicked.connect(lambda item: self.opened.emit(item.data(_ID)))

    def show_visits(self, cells: Sequence[Cell], roster: Roster) -> None:
        kept = self.current
        self.cells = tuple(cells)
        known = zones(roster)
        self.clear()
        for cell in cells:
            words = visit_line(cell, known.get(cell.location_id, roster.practice.zone))
            item = QListWidgetItem(words)
            item.setData(_ID, cell.id)
            item.setToolTip(as_text(words))
            doctor = roster.doctors.get(cell.doctor_id)
            if doctor is not None:
                item.setIcon(badge_icon(self._theme, doctor))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{words}, {doctor.name}")
            self.addItem(item)
        ids = [cell.id for cell in cells]
        if ids:
            self.setCurrentRow(ids.index(kept) if kept in ids else 0)

    @property
    def current(self) -> Id:
        """The chosen visit's id, empty when there is none."""
        item = self.currentItem()
        return str(item.data(_ID)) if item is not None else ""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            if self.current:
                self.opened.emit(self.current)
            return
        super().keyPressEvent(event)
