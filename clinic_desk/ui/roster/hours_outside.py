"""Before hours are saved: the visits that would lie outside them, and what to do with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.roster.visit_list import VisitList
from clinic_desk.ui.widgets.announce import announce
from clinic_desk.ui.widgets.forms.bits import push


class OutsideVisits(QWidget):
    """Before: ``save_requested`` ("keep", "shelf", "find") and ``back_requested``. After "find"
    the list stays for ``slot_requested`` (a visit's id) and ``shelf_requested``, one by one."""

    save_requested = Signal(str)
    back_requested = Signal()
    slot_requested = Signal(str)
    shelf_requested = Signal(str)
    opened = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.title = Label()
        self.title.setProperty("role", "title")
        self.title.setWordWrap(True)
        self.text = Label()
        self.text.setProperty("role", "muted")
        self.text.setWordWrap(True)
        self.list = VisitList(theme)
        self.list.opened.connect(self.opened)
        self.keep = push("Save anyway", self, "primary")
        self.shelf = push("Save, visits to the shelf", self)
        self.search = push("Save and find new slots …", self)
        self.back = push("Back to the hours", self, "ghost")
        self.slot_one = push("Find a new slot …", self, "primary")
        self.shelf_one = push("To the shelf", self)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (
            self.keep, self.shelf, self.search, self.slot_one, self.shelf_one, self.back,
        ):  # fmt: skip
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.title)
        column.addWidget(self.text)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        for name, button in (("keep", self.keep), ("shelf", self.shelf), ("find", self.search)):
            button.clicked.connect(lambda _=False, name=name: self.save_requested.emit(name))
        self.back.clicked.connect(self.back_requested)
        self.slot_one.clicked.connect(lambda: self.slot_requested.emit(self.list.current))
        self.shelf_one.clicked.connect(lambda: self.shelf_requested.emit(self.list.current))
        self._mode(after=False)

    @property
    def cells(self) -> tuple[Cell, ...]:
        return self.list.cells

    def ask(self, cells: Sequence[Cell], roster: Roster, whose: str) -> None:
        number = count_text(len(cells), "visit")
        self.title.setText(f"{number} of {whose} would lie outside these hours")
        self.text.setText(
            "Nothing is saved yet. Saved anyway, the visits stay as they are booked; on the shelf "
            "they wait for a new place; or find one for each of them now."
        )
        self._mode(after=False)
        self.list.show_visits(cells, roster)
        self.keep.setFocus()
        announce(self, self.title.text())

    def follow_up(self, cells: Sequence[Cell], roster: Roster) -> None:
        """The hours are saved; these visits still need a place."""
        self.title.setText(f"The hours are saved. {count_text(len(cells), 'visit')} to place anew")
        self.text.setText("Enter opens the visit. Those that have found a place leave this list.")
        self._mode(after=True)
        self.list.show_visits(cells, roster)
        self.list.setFocus()

    def _mode(self, *, after: bool) -> None:
        for button in (self.keep, self.shelf, self.search):
            button.setVisible(not after)
        for button in (self.slot_one, self.shelf_one):
            button.setVisible(after)
        self.back.setText("Done" if after else "Back to the hours")
        self.after = after
