"""What each action of the table does, in one place."""

from __future__ import annotations

import platform
from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

import PySide6
from PySide6.QtCore import Qt

from clinic_desk import __version__
from clinic_desk.ui.actions import ACTIONS, MOST_SITES, SAVED_VIEW, SITE, key_groups
from clinic_desk.ui.main_window.choices import MOST_SAVED, VIEWS
from clinic_desk.ui.main_window.site_choice import choose_site, next_site

if TYPE_CHECKING:
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.widgets.entries import Entry


def handlers(window: MainWindow) -> dict[str, Callable[[], object]]:
    """Keyed like ``actions.ACTIONS``; the parts of the window are looked up when called."""
    table: dict[str, Callable[[], object]] = {
        "book.new": lambda: window.doors.book(),
        "book.walk_in": lambda: window.doors.walk_in(),
        "patient.add": lambda: window.doors.add_patient(),
        "file.import": lambda: window.doors.import_files(),
        "file.export": lambda: window.doors.export_visits(),
        "file.clashes": lambda: window.doors.clash_list(),
        "file.quit": lambda: _quit(window),
        "edit.undo": lambda: window.undoing.undo(),
        "edit.redo": lambda: window.undoing.redo(),
        "search.patient": lambda: _search(window),
        "search.opening": lambda: window.visits.find(),
        "palette": lambda: _palette(window),
        "group.doctor": lambda: window.choices.set_group("doctor"),
        "group.room": lambda: window.choices.set_group("room"),
        "site.next": lambda: next_site(window),
        "zoom.in": lambda: window.page.zoom_in(),
        "zoom.out": lambda: window.page.zoom_out(),
        "zoom.fit": lambda: window.page.zoom_fit(),
        "pane.sidebar": lambda: window.panes.toggle_sidebar(),
        "pane.shelf": lambda: window.panes.toggle_shelf(),
        "menu.open": lambda: window.toolbar.menu_button.showMenu(),
        "pane.next": lambda: window.panes.next_pane(1),
        "pane.previous": lambda: window.panes.next_pane(-1),
        "text.larger": lambda: _scale(window, 10),
        "text.smaller": lambda: _scale(window, -10),
        "text.normal": lambda: _scale(window, 0),
        "text.still": lambda: _still(window),
        "grid.letters": lambda: _letters(window),
        "view.refresh": lambda: window.context.operations.announce_external(),
        "go.today": lambda: _calendar(window, lambda: window.page.today()),
        "go.previous": lambda: _calendar(window, lambda: window.page.step(-1)),
        "go.next": lambda: _calendar(window, lambda: window.page.step(1)),
        "go.date": lambda: window.cards.jump.open_at(window.day),
        "columns.all": lambda: window.sidebar.show_all(),
        "saved.add": lambda: save_view(window),
        "holds.keep": lambda: window.waiting.keep_holds(),
        "waitlist.offer": lambda: window.waiting.to_offer(),
        "help.keys": lambda: window.cards.keys.open_with(
            key_groups(window.page.keymap.groups(), window.actions_.keys)
        ),
        "help.about": lambda: _about(window),
    }
    for spec in ACTIONS:
        if spec.page:
            table[spec.id] = partial(window.show_page, spec.page)
        elif spec.opens:
            table[spec.id] = partial(_open, window, spec.opens)
    for view in VIEWS:
        table[f"view.{view}"] = partial(window.set_view, view)
    for choice in ("system", "light", "dark"):
        table[f"theme.{choice}"] = partial(_theme, window, choice)
    for number in range(MOST_SITES + 1):
        table[SITE.format(number)] = partial(choose_site, window, number)
    for number in range(1, MOST_SAVED + 1):
        table[SAVED_VIEW.format(number)] = partial(show_saved, window, number - 1)
    return table


def _open(window: MainWindow, target: str) -> None:
    """``target`` is "module:function" of a module that is loaded at its first use."""
    module, _, function = target.partition(":")
    getattr(import_module(module), function)(window)


def show_saved(window: MainWindow, place: int) -> None:
    if not window.choices.apply_saved(place):
        window.telling.warn(
            f"There is no saved view {place + 1} yet. Arrange the columns and press + beside "
            "“Saved views”."
        )
        return
    window.show_calendar()


def save_view(window: MainWindow) -> None:
    from clinic_desk.ui.widgets.name_prompt import ask_name

    def named(name: str) -> None:
        place = window.choices.save_as(name)
        if place < 0:
            window.telling.warn(f"All {MOST_SAVED} saved views are taken. Delete one first.")
        else:
            window.telling.toast(f"Saved as “{name}”, Alt+{place + 1}")

    ask_name(window.context.theme, window, "Save this view", named)


def _calendar(window: MainWindow, go: Callable[[], None]) -> None:
    if window.show_calendar():
        go()
    else:
        window.centre.when_left(lambda: _calendar(window, go))


def _search(window: MainWindow) -> None:
    window.search.start()


def _palette(window: MainWindow) -> None:
    def search(text: str, found: Callable[[list[Entry]], None]) -> None:
        window.searching.patients(text, lambda rows: found(list(rows)))

    window.cards.palette.open_with(
        window.searching.palette(window.actions_), instant=window.searching.dates, search=search
    )


def _scale(window: MainWindow, step: int) -> None:
    now = window.settings.get("look.scale")
    wanted = 100 if step == 0 else max(90, min(150, now + step))
    window.settings.put("look.scale", wanted, f"Text size {wanted} %")
    window.context.theme.scale = wanted / 100


def _still(window: MainWindow) -> None:
    still = not window.context.theme.reduced_motion
    window.context.theme.reduced_motion = still
    label = "No animation" if still else "Animation"
    window.settings.put("look.reduced_motion", still, label)
    window.actions_["text.still"].setChecked(still)


def _letters(window: MainWindow) -> None:
    letters = not window.settings.get("calendar.letters")
    label = f"Single letters {'on' if letters else 'off'}"
    window.settings.put("calendar.letters", letters, label)


def _theme(window: MainWindow, choice: str) -> None:
    theme = window.context.theme
    theme.set_theme("light" if choice == "light" else "dark" if choice == "dark" else "system")
    names = {"light": "Light theme", "dark": "Dark theme"}
    label = names.get(choice, "Theme of the system")
    window.settings.put("look.theme", choice, label)
    mark_theme(window)


def mark_theme(window: MainWindow) -> None:
    for choice in ("system", "light", "dark"):
        window.actions_[f"theme.{choice}"].setChecked(window.context.theme.choice == choice)
    window.actions_["text.still"].setChecked(window.context.theme.reduced_motion)


def _quit(window: MainWindow) -> None:
    window.close()


def _about(window: MainWindow) -> None:
    from PySide6.QtWidgets import QMessageBox

    box = QMessageBox(window)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.setWindowTitle("About Clinic Desk")
    box.setText(f"Clinic Desk {__version__}")
    box.setInformativeText(
        f"Python {platform.python_version()}, Qt for Python {PySide6.__version__}.\n"
        "Typeface Inter (SIL Open Font Licence), icons Lucide (ISC). "
        "The licences are in the program's resources folder."
    )
    box.open()
