"""Sidebar, calendar, shelf: shown or folded, and reached with F6."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


WIDE_WITH_SHELF = 1500
"""Pixels of the window at normal type from which a ``wide`` page has room between sidebar and
open shelf."""


class Panes(QObject):
    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._narrowed = False
        self._aside = False

    def restore(self) -> None:
        """As they were left."""
        settings = self._window.settings
        self._window.sidebar.setVisible(settings.get("window.sidebar"))
        self._window.shelf.set_collapsed(not settings.get("window.shelf"))
        self._mark()

    def stand_aside(self, aside: bool) -> None:
        """A page that wants the whole window has neither sidebar nor shelf beside it."""
        if aside == self._aside:
            return
        self._aside = aside
        self._place_sidebar()
        self._window.shelf.setVisible(not aside)
        self._mark()

    def toggle_sidebar(self) -> None:
        if self._aside:
            return
        if self._crowded:
            self._window.shelf.set_collapsed(True)  # one of the two: the wish is for the sidebar
            if not self._window.sidebar.isHidden():
                return
        sidebar = self._window.sidebar
        had_focus = sidebar.isAncestorOf(QApplication.focusWidget() or self._window)
        sidebar.setVisible(sidebar.isHidden())
        if sidebar.isHidden() and had_focus:
            self._window.page.focus_grid()
        self._window.settings.put("window.sidebar", not sidebar.isHidden())
        self._mark()

    def toggle_shelf(self) -> None:
        if not self._aside:
            self._window.shelf.toggle()

    def shelf_folded(self, folded: bool) -> None:
        """The shelf can fold itself too; a narrow page does not count as a wish."""
        if not self._narrowed:
            self._window.settings.put("window.shelf", not folded)
        self._place_sidebar()
        self._mark()

    def narrow_shelf(self, narrow: bool) -> None:
        """Pages that are no calendar leave the shelf its rail only."""
        if narrow != self._narrowed:
            self._narrowed = True
            wanted = self._window.settings.get("window.shelf")
            self._window.shelf.set_collapsed(narrow or not wanted)
            self._narrowed = narrow
        self._place_sidebar()
        self._mark()

    @property
    def _crowded(self) -> bool:
        """The page would be crushed between the sidebar and the open shelf."""
        window = self._window
        shown = window.centre.shown_page
        narrow = window.width() < window.context.theme.px(WIDE_WITH_SHELF)
        return shown is not None and shown.wide and narrow and not window.shelf.collapsed

    def _place_sidebar(self) -> None:
        wanted = bool(self._window.settings.get("window.sidebar"))
        self._window.sidebar.setVisible(wanted and not self._aside and not self._crowded)

    def next_pane(self, step: int) -> None:
        """Toolbar, sidebar, calendar, shelf, and round again; folded panes are passed over."""
        window = self._window
        stops: list[tuple[QWidget, Callable[[], None]]] = [
            (window.toolbar, lambda: window.toolbar.search.setFocus(_REASON))
        ]
        if not window.sidebar.isHidden():
            stops.append((window.sidebar, lambda: window.sidebar.month.setFocus(_REASON)))
        stops.append((window.centre, self._focus_centre))
        if not window.shelf.collapsed and not self._aside:
            stops.append((window.shelf, window.shelf.focus_cards))
        now = QApplication.focusWidget()
        place = next(
            (
                index
                for index, (pane, _) in enumerate(stops)
                if now is not None and (pane is now or pane.isAncestorOf(now))
            ),
            2 if step < 0 else 1,
        )
        stops[(place + step) % len(stops)][1]()

    def mark_days(self, day: date, view: str, first_weekday: int) -> None:
        """What the month marks: a day, or the week on display."""
        month = self._window.sidebar.month
        if view == "week":
            first = day - timedelta(days=(day.weekday() - first_weekday) % 7)
            month.select(first, first + timedelta(days=6))
        else:
            month.select(day)

    def _focus_centre(self) -> None:
        self._window.centre.focus_page()

    def _mark(self) -> None:
        actions = self._window.actions_
        actions["pane.sidebar"].setChecked(not self._window.sidebar.isHidden())
        actions["pane.shelf"].setChecked(not self._window.shelf.collapsed)


_REASON = Qt.FocusReason.ShortcutFocusReason
