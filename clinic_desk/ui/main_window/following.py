"""What the window shows follows a setting that it did not change itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_desk.ui.look.theme import Choice, Theme
from clinic_desk.ui.main_window.handlers import mark_theme, use_keys
from clinic_desk.ui.runtime.settings import Settings

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


def follow(window: MainWindow, key: str) -> None:
    """A setting was changed by an undo, or at another desk."""
    if key.startswith("look."):
        dress(window.context.theme, window.settings)
        mark_theme(window)
    elif key in ("calendar.letters", "calendar.keys"):
        use_keys(window)
    elif key in ("calendar.hidden", "calendar.order", "calendar.saved_views"):
        window.choices.follow()


def dress(theme: Theme, settings: Settings) -> None:
    """The theme as the desk has it."""
    choices: dict[str, Choice] = {"light": "light", "dark": "dark"}
    theme.scale = settings.get("look.scale") / 100
    theme.reduced_motion = settings.get("look.reduced_motion")
    theme.system_font = settings.get("look.system_font")
    choice = choices.get(settings.get("look.theme"), "system")
    if choice != theme.choice:
        theme.set_theme(choice)
