"""Context menus of the grid and of the heads of its columns (ux.md 2.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.keymap import BY_NAME, Keymap
from clinic_desk.ui.calendar.visit_actions import STATUS_ACTIONS, may_become
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.worded_menu import WordedMenu, submenu

Run = Callable[[str], object]


class MenuMaker:
    """Builds menus whose entries run the grid's named actions and show their keys."""

    def __init__(self, theme: Theme, keymap: Keymap, run: Run) -> None:
        self._theme = theme
        self.keymap = keymap
        self._run = run

    def _add(
        self, menu: QMenu, name: str, words: str = "", *, icon: str = "", enabled: bool = True
    ) -> QAction:
        text = words or BY_NAME[name].words
        key = self.keymap.shown(name)
        action = QAction(f"{text}\t{key}" if key else text, menu)
        action.setObjectName(name)
        if icon:
            action.setIcon(self._theme.qicon(icon))
        action.setEnabled(enabled)
        action.triggered.connect(lambda _checked=False, name=name: self._run(name))
        menu.addAction(action)
        return action

    def for_time(self, parent: QWidget, *, gestures: bool) -> QMenu:
        """On empty time."""
        menu = WordedMenu(parent)
        self._add(menu, "activate", "Book here", icon="plus")
        self._add(menu, "hold", icon="hourglass")
        self._add(menu, "block", "Block this time…", icon="lock")
        menu.addSeparator()
        self._add(menu, "next_available", "Next available…", icon="search")
        self._add(menu, "wait", "Waiting list…", icon="list")
        if gestures:
            self._add(menu, "paste", "Paste here")
        return menu

    def for_visits(self, parent: QWidget, cells: Sequence[Cell], *, gestures: bool) -> QMenu:
        """On one or several selected visits."""
        menu = WordedMenu(parent)
        one = cells[0] if len(cells) == 1 else None
        movable = all(c.status not in FINAL and c.status is not Status.HELD for c in cells)
        self._add(menu, "activate", "Open", enabled=one is not None)
        status = submenu(menu, "Status")
        for name, wanted in STATUS_ACTIONS.items():
            allowed = all(may_become(c, wanted) for c in cells)
            self._add(status, name, icon=f"status-{wanted.value}", enabled=allowed)
        status.addSeparator()
        self._add(status, "step_back")
        menu.addSeparator()
        if gestures:
            self._add(menu, "move", "Move…", enabled=movable)
            self._add(menu, "resize", "Change the length…", enabled=movable and one is not None)
        self._add(menu, "next_available", "Next available…", icon="search", enabled=movable)
        named = one is not None and one.patient_id is not None
        self._add(menu, "wait", "Waiting list…", icon="list", enabled=named)
        if one is not None and one.series_id:
            self._add(menu, "series", "Series…", icon="repeat")
        if gestures:
            self._add(menu, "park", icon="shelf", enabled=movable)
            self._add(menu, "copy", icon="copy")
        menu.addSeparator()
        held = all(c.status is Status.HELD for c in cells)
        words = "Let this time go" if held else "Cancel…"
        self._add(menu, "cancel", words, enabled=held or movable)
        return menu
