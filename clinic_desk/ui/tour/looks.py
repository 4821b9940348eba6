"""The tour's chapters about looking: week, month, agenda, rooms, night, all keys, a laptop."""

from __future__ import annotations

from datetime import timedelta

from PySide6.QtCore import QPoint, QSize, Qt

from clinic_desk.domain.appointments import Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.calendar.agenda_view import AgendaView
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.calendar.period_bar import WeekBar
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, Scene
from clinic_desk.ui.widgets.command_palette import CommandPalette
from clinic_desk.ui.widgets.shortcut_overlay import ShortcutOverlay

SMALL = QSize(1366, 768)
HIDDEN = (Status.CANCELLED, Status.DECLINED)


def week(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Look at the week of one doctor, and of all")
    scene.look_at(Qt.Key.Key_2, "week")
    _drawn_as_stored(scene)
    driver.picture("week")
    choice = scene.shown(WeekBar, "the line above the week").doctor
    choice.setFocus()
    driver.key(Qt.Key.Key_Home)
    driver.did("chose all doctors in the line above the week")
    driver.wait(lambda: len({c.doctor_id for c in scene.grid().columns}) > 1, "all are shown")
    driver.still()
    _drawn_as_stored(scene)
    driver.picture("week-all-doctors")
    choice.setFocus()
    driver.key(Qt.Key.Key_Down)
    driver.wait(lambda: len({c.doctor_id for c in scene.grid().columns}) == 1, "one again")


def month(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Look at the month: how full, and who")
    scene.look_at(Qt.Key.Key_3, "month")
    view = scene.shown(MonthView, "the month is on the screen")
    driver.wait(lambda: view.data is not None, "the month has its data")
    for day in (one for one in view.days if one.month == view.cursor_day.month):
        shown = view.day_data(day)
        ids = {chip.cell.id for chip in shown.chips if chip.cell} if shown else set()
        stored = {c.id for c in scene.queries.calendar(day, day).cells if c.status not in HIDDEN}
        if ids != stored:
            raise TourFailed(f"the month shows {len(ids)} of {len(stored)} visits on {day}")
    driver.checked("every day of the month has the visits that the store has")
    driver.picture("month")
    driver.key(Qt.Key.Key_L)
    driver.wait(lambda: view.mode == "list", "the month lists visits")
    driver.checked("pressed L: visits instead of load")
    driver.picture("month-list")
    driver.key(Qt.Key.Key_L)


def agenda(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Look at the agenda")
    scene.look_at(Qt.Key.Key_4, "agenda")
    view = scene.shown(AgendaView, "the agenda is on the screen")

    def rows() -> list[Cell]:
        cells = (view.model.cell(row) for row in range(view.model.rowCount()))
        return [cell for cell in cells if cell is not None]

    driver.wait(rows, "the agenda lists visits")
    first = min(scene.day_at(cell.start) for cell in rows())
    stored = {
        c.id
        for c in scene.queries.calendar(first, first + timedelta(days=6)).cells
        if c.status not in HIDDEN
    }
    words = f"its {len(stored)} rows are those of the store"
    driver.wait(lambda: {cell.id for cell in rows()} == stored, words)
    driver.checked(words)
    driver.picture("agenda")
    driver.key(Qt.Key.Key_1, CTRL)
    driver.wait(lambda: scene.grid_or_none() is not None, "the day is back")


def rooms(scene: Scene) -> None:
    driver = scene.driver
    driver.step("A column for each room")
    scene.command("columns are rooms", "rooms")
    driver.wait(lambda: all(c.room_id for c in scene.grid().columns), "the columns are rooms")
    driver.picture("rooms")
    scene.command("columns are doctors", "doctors")
    driver.wait(lambda: not any(c.room_id for c in scene.grid().columns), "doctors again")


def dark(scene: Scene) -> None:
    driver = scene.driver
    driver.step("The same day at night: the dark theme, through the command palette")
    driver.key(Qt.Key.Key_K, CTRL)
    palette = scene.shown(CommandPalette, "the command palette opens")
    driver.type("dark")
    driver.wait(lambda: palette.field.text() == "dark" and palette.list.isVisible(), "it is found")
    driver.picture("palette")
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: not palette.isVisible(), "the palette is gone")
    driver.did("pressed Ctrl+K, typed “dark”, pressed Enter")
    driver.wait(lambda: _lightness(scene) < 90, "the window is dark")
    driver.checked("the window is dark")
    driver.picture("day-dark")
    scene.command("light", "the light theme")
    driver.wait(lambda: _lightness(scene) > 180, "the window is light again")
    driver.checked("the window is light again")


def keys(scene: Scene) -> None:
    driver = scene.driver
    driver.step("All keys at a glance")
    driver.key(Qt.Key.Key_F1)
    overlay = scene.shown(ShortcutOverlay, "the keys are shown")
    driver.wait(lambda: overlay.shown_rows() > 50, "more than 50 keys are listed")
    driver.checked(f"{overlay.shown_rows()} keys are listed")
    driver.picture("keys")
    driver.key(Qt.Key.Key_Escape)
    driver.wait(lambda: not overlay.isVisible(), "Esc closes them")


def small_screen(scene: Scene) -> None:
    driver, window = scene.driver, scene.window
    driver.step("The same on a small laptop")
    full = window.size()
    window.resize(SMALL)
    driver.wait(lambda: window.size() == SMALL, "the window is 1366 × 768")
    driver.still()
    grid = scene.grid()
    corner = grid.mapTo(window, QPoint(grid.width(), grid.height()))
    driver.require(
        corner.x() <= SMALL.width() and corner.y() <= SMALL.height(), "the day fits the window"
    )
    driver.picture("small-screen")
    window.resize(full)
    driver.wait(lambda: window.size() == full, "the window has its size back")


def _drawn_as_stored(scene: Scene) -> None:
    grid = scene.grid()
    days = [column.day for column in grid.columns]
    doctors = {column.doctor_id for column in grid.columns}
    stored = {
        c.id
        for c in scene.queries.calendar(min(days), max(days), sorted(doctors)).cells
        if c.status not in HIDDEN
    }
    words = f"all {len(stored)} visits of the week are drawn"
    scene.driver.wait(lambda: set(scene.grid().arrangement.by_id) == stored, words)
    scene.driver.checked(words)


def _lightness(scene: Scene) -> int:
    window = scene.window
    return window.grab().toImage().pixelColor(4, window.height() - 4).lightness()
