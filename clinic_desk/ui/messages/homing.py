"""Where the keyboard is: in the list; where there is none, at what the empty page offers."""

from __future__ import annotations

from PySide6.QtWidgets import QStackedWidget, QWidget

from clinic_desk.ui.messages.table import MessageTable
from clinic_desk.ui.messages.tabs import MessageTabs
from clinic_desk.ui.widgets.empty_state import EmptyState


class Homing:
    """What has the keyboard because the list went gives it back when the list comes; where a
    person has taken it stays theirs."""

    def __init__(
        self, stack: QStackedWidget, table: MessageTable, empty: EmptyState, tabs: MessageTabs
    ) -> None:
        self._stack, self._table, self._empty, self._tabs = stack, table, empty, tabs
        self._stray: QWidget | None = None
        self._wanted = False

    def go(self) -> None:
        """To the list now, or as soon as there is one."""
        self._wanted = not self._table.isVisible()
        self._table.setFocus()

    def show(self, *, listed: bool, left: bool) -> None:
        """The list or the empty page. ``left``: the list shall have the keyboard."""
        here = self._table.hasFocus()
        strayed = self._stray is not None and self._stray.hasFocus()
        self._stack.setCurrentWidget(self._table if listed else self._empty)
        if listed:
            if left or strayed or self._wanted:
                self._table.setFocus()
            self._stray, self._wanted = None, False
        elif here or strayed or self._wanted:
            self._wanted = False
            self._stray = self._empty.button() or self._tabs
            self._stray.setFocus()
