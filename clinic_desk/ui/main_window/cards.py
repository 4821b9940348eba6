"""The cards over the window that a key or a button calls up: loaded and made when first asked for.

A start shows none of them; each that were made with the window would be time before the first day.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.month_popup import MonthPopup
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.widgets.command_palette import CommandPalette
    from clinic_desk.ui.widgets.date_jump import DateJump
    from clinic_desk.ui.widgets.shortcut_overlay import ShortcutOverlay


class Cards(QObject):
    """``host`` is what the cards lie over."""

    def __init__(self, window: MainWindow, host: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._host = host

    @cached_property
    def palette(self) -> CommandPalette:
        from clinic_desk.ui.widgets.command_palette import CommandPalette

        return CommandPalette(self._window.context.theme, self._host)

    @cached_property
    def keys(self) -> ShortcutOverlay:
        from clinic_desk.ui.widgets.shortcut_overlay import ShortcutOverlay

        return ShortcutOverlay(self._window.context.theme, self._host)

    @cached_property
    def jump(self) -> DateJump:
        """Goes to the day that was typed."""
        from clinic_desk.ui.widgets.date_jump import DateJump

        window = self._window
        card = DateJump(
            window.context.theme, self._host, window.searching.parse, window.showing.week_text
        )
        card.chosen.connect(window.go_to)
        return card

    @cached_property
    def month(self) -> MonthPopup:
        from clinic_desk.ui.main_window.month_popup import MonthPopup

        window = self._window
        card = MonthPopup(window.context.theme, window.today(), window)
        card.day_chosen.connect(window.go_to)
        card.week_chosen.connect(window.show_week)
        return card
