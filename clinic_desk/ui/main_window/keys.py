"""The keys of this desk, put in force wherever the window shows or takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.ui.actions import ACTIONS, SAVED_VIEW, plain_text, shown_key
from clinic_desk.ui.calendar.keymap import GRID_KEYS
from clinic_desk.ui.main_window.choices import MOST_SAVED
from clinic_desk.ui.models.shortcuts import Shortcut, Shortcuts

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


def shortcut_rows() -> tuple[Shortcut, ...]:
    """Everything that has or may be given a key: the window's actions, then the calendar's."""
    rows = [
        Shortcut(spec.id, spec.section, _name(spec.text, spec.group), spec.keys, words=spec.words)
        for spec in ACTIONS
    ]
    rows += [
        Shortcut(SAVED_VIEW.format(n), "Calendar", f"Saved view {n}", (f"Alt+{n}",), fixed=True)
        for n in range(1, MOST_SAVED + 1)
    ]
    rows += [
        Shortcut(key.name, f"In the calendar: {key.group.lower()}", key.words, key.keys, grid=True)
        for key in GRID_KEYS
    ]
    return tuple(rows)


def _name(text: str, group: str) -> str:
    plain = plain_text(text).rstrip("…")
    return f"{plain_text(group)}: {plain[0].lower()}{plain[1:]}" if group else plain


def made_shortcuts(window: MainWindow) -> Shortcuts:
    made = Shortcuts(window.settings, shortcut_rows(), window.context.new_id, window)
    made.changed.connect(lambda: use_keys(window))
    return made


def use_keys(window: MainWindow) -> None:
    """Actions, calendar, tooltips and hints have the keys of the settings."""
    keys = window.shortcuts.window_keys()
    letters = window.settings.get("calendar.letters")
    window.actions_.use_keys(keys)
    window.page.use_keys(window.shortcuts.grid_keys(), letters=letters)
    window.actions_["grid.letters"].setChecked(letters)
    shown = {name: shown_key(texts[0]) if texts else "" for name, texts in keys.items()}
    window.toolbar.show_keys(shown)
    window.sidebar.sites.show_key(shown["site.next"])
