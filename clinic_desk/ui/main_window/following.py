"""What the window shows follows its settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from clinic_desk.ui.look.theme import Choice, Theme
from clinic_desk.ui.main_window.handlers import mark_theme
from clinic_desk.ui.runtime.settings import Settings

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow


def follow(window: MainWindow, key: str) -> None:
    """A setting that only its owner reads was changed by an undo, or at another desk."""
    if key in ("calendar.hidden", "calendar.order", "calendar.saved_views"):
        window.choices.follow()


def obey(window: MainWindow, key: str) -> None:
    """A setting has a new value, from whatever side: it is in force at once. What has it already
    stays as it is."""
    value = window.settings.get(key)
    match key:
        case "look.toast_seconds":
            window.toast.stay = value * 1000
        case "calendar.letters":
            keys_in_force(window)
        case "calendar.keys" | "keys.window":
            keys_in_force(window)
        case "calendar.zoom":
            window.choices.set_zoom(value)
        case "calendar.group":
            window.choices.set_group(value)
        case "calendar.resize_top":
            window.page.grid().resize_top = value
        case "calendar.show_cancelled":
            window.page.show_cancelled(value)
        case "calendar.week_numbers":
            window.showing.show_week_numbers()
        case "backup.warn_days" | "backup.minutes":
            window.telling.tell_backup()
        case "desk.name":
            desk = value.strip() or window.context.actor.desk_name
            window.toolbar.show_desk(desk)
            window.status.show_desk(desk)
        case _ if key.startswith("look."):
            dress(window.context.theme, window.settings)
            mark_theme(window)


def keys_in_force(window: MainWindow) -> None:
    """Keys and letters as the desk has them; the usual keys are those that everything has."""
    own = any(window.settings.get(key) for key in ("calendar.keys", "keys.window"))
    if own or "shortcuts" in vars(window):
        from clinic_desk.ui.main_window.keys import use_keys

        use_keys(window)
        return
    letters = window.settings.get("calendar.letters")
    window.page.use_keys({}, letters=letters)
    window.actions_["grid.letters"].setChecked(letters)


def dress(theme: Theme, settings: Settings) -> None:
    """The theme as the desk has it."""
    choices: dict[str, Choice] = {"light": "light", "dark": "dark"}
    theme.scale = settings.get("look.scale") / 100
    theme.reduced_motion = settings.get("look.reduced_motion")
    theme.system_font = settings.get("look.system_font")
    _mirror(settings.get("look.direction") == "rtl")
    choice = choices.get(settings.get("look.theme"), "system")
    if choice != theme.choice:
        theme.set_theme(choice)


def _mirror(mirrored: bool) -> None:
    """The whole program at once; a direction that was not ours to choose is left alone."""
    app = QApplication.instance()
    if not isinstance(app, QApplication) or not (mirrored or app.property("mirrored")):
        return
    app.setProperty("mirrored", mirrored)
    direction = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
    if app.layoutDirection() is not direction:
        app.setLayoutDirection(direction)
        _lean(app)


def _lean(app: QApplication) -> None:
    """The pages that were there before the window was turned over."""
    from clinic_desk.ui.widgets.page import Page
    from clinic_desk.ui.widgets.reading import lean_to_start

    for window in app.topLevelWidgets():
        for page in window.findChildren(Page):
            lean_to_start(page)
