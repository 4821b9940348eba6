"""The tour's chapters about the pages of the day, and every screen in both sizes and themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.flow.page import FlowPage
from clinic_desk.ui.reports.page import ReportsPage
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import BUSY, CTRL, Scene
from clinic_desk.ui.widgets.page import Page

SIZES = (QSize(1366, 768), QSize(1920, 1080))
THEMES = ("light", "dark")
VIEWS = ("day", "week", "month", "agenda")


@dataclass(frozen=True, slots=True)
class Screen:
    """``page`` as ``page_table`` names it; ``what`` finds in the clinic what it is opened with."""

    name: str
    page: str
    what: Callable[[Scene], object] = lambda _scene: None


def _doctor(scene: Scene) -> Id:
    """The one with most visits today."""
    today = scene.day_at(scene.clock.now())
    counted: dict[Id, int] = {}
    for cell in scene.queries.calendar(today, today).cells:
        counted[cell.doctor_id] = counted.get(cell.doctor_id, 0) + 1
    return max(counted, key=lambda key: counted[key])


SCREENS = (
    Screen("year", "year"),
    Screen("flow", "flow"),
    Screen("doctor", "doctor", _doctor),
    Screen("billing", "billing"),
    Screen("reports", "reports"),
    Screen("waiting-list", "waitlist"),
    Screen("time-off", "time_off"),
    Screen("wizard", "wizard"),
    *(
        Screen(f"settings-{name}", f"settings:{name}")
        for name in (
            "practice", "sites", "doctors", "types", "hours", "closures", "policies", "billing",
            "everyone", "appearance", "shortcuts", "desk",
        )
    ),
)  # fmt: skip


def flow(scene: Scene) -> None:
    """Check-in by one key, taken back by one key."""
    driver = scene.driver
    driver.step("The day on one board: who is expected, here, in a room, done")
    driver.key(Qt.Key.Key_5, CTRL)
    page = scene.shown(FlowPage, "the board is on the screen")
    expected = [
        cell
        for cell in _today(scene)
        if cell.status in (Status.SCHEDULED, Status.CONFIRMED) and cell.patient_id
    ]
    if not expected:
        raise TourFailed("nobody is expected any more today")
    visit = min(expected, key=lambda cell: cell.start)
    page.choose(visit.id)
    driver.wait(lambda: page.surface.selected == visit.id, "the next patient's card is chosen")
    driver.still()
    driver.picture("flow")
    page.surface.setFocus()
    driver.key(Qt.Key.Key_A)
    _becomes(scene, visit.id, Status.ARRIVED, "A checks the patient in")
    driver.key(Qt.Key.Key_Z, CTRL)
    _becomes(scene, visit.id, visit.status, "Ctrl+Z takes a wrong key back")
    driver.still()
    driver.key(Qt.Key.Key_Escape)
    scene.gone(FlowPage, "Esc goes back to the calendar")


def doctor(scene: Scene) -> None:
    driver = scene.driver
    driver.step("A doctor's own view of the day")
    scene.window.show_page("doctor", _doctor(scene))
    scene.shown(DoctorPage, "the doctor's day is on the screen")
    _settled(scene)
    driver.picture("doctor")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(DoctorPage, "Esc goes back to the calendar")


def figures(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Money and figures: invoices, reports, the year")
    kinds: tuple[tuple[str, str, type[Page]], ...] = (
        ("billing", "billing", BillingPage),
        ("reports", "reports", ReportsPage),
        ("year", "year", YearPage),
    )
    for name, words, kind in kinds:
        scene.command(words, f"the page of {words}")
        scene.shown(kind, f"the page of {words} is on the screen")
        _settled(scene)
        driver.picture(name)
        driver.key(Qt.Key.Key_Escape)
        scene.gone(kind, "Esc goes back to the calendar")


def everywhere(scene: Scene) -> None:
    """Every screen as a small and as a large window shows it, by day and by night. The pictures
    are called NAME-THEME-WIDTH."""
    driver, window = scene.driver, scene.window
    full = window.size()
    for theme in THEMES:
        for size in SIZES:
            driver.step(f"Every screen, {theme}, {size.width()} × {size.height()}")
            window.settings.put("look.theme", theme)
            window.resize(size)
            _all_of_them(scene, f"{theme}-{size.width()}")
    window.settings.put("look.theme", "light")
    window.set_view("day")
    window.resize(full)
    driver.wait(lambda: window.size() == full, "the window has its size back")


def _all_of_them(scene: Scene, ending: str) -> None:
    driver, window = scene.driver, scene.window
    for view in VIEWS:
        window.set_view(view)
        _settled(scene)
        driver.picture(f"{view}-{ending}")
    for screen in SCREENS:
        if not window.show_page(screen.page, screen.what(scene)):
            raise TourFailed(f"{screen.name} cannot be opened")
        _settled(scene)
        driver.picture(f"{screen.name}-{ending}")
    window.show_calendar()


def _today(scene: Scene) -> Sequence[Cell]:
    today = scene.day_at(scene.clock.now())
    return scene.queries.calendar(today, today).cells


def _becomes(scene: Scene, visit_id: Id, status: Status, words: str) -> None:
    scene.driver.wait(lambda: scene.queries.appointment(visit_id).cell.status is status, words)
    scene.driver.checked(words)


def _settled(scene: Scene) -> None:
    """The page has something on it and stands still."""
    driver = scene.driver
    driver.still()
    driver.wait(lambda: driver.variety() > BUSY, "the page has something on it")
    driver.still()
