"""The tour's chapters about the pages of the day, and every screen in both sizes and themes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import Cell
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.flow.page import FlowPage
from clinic_desk.ui.main_window.calling import calling_of
from clinic_desk.ui.main_window.printing import open_print
from clinic_desk.ui.messages.page import MessagesPage
from clinic_desk.ui.reports.page import ReportsPage
from clinic_desk.ui.tour import door
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, Scene
from clinic_desk.ui.widgets.page import Page

SIZES = (QSize(1366, 768), QSize(1920, 1080))
THEMES = ("light", "dark")
VIEWS = ("day", "week", "month", "agenda")
MOST_ESCAPES = 4
BARE = 6
"""Colours in the middle of an empty page; words alone have more, for their edges are smooth."""

Opener = Callable[[Scene], object]


@dataclass(frozen=True, slots=True)
class Screen:
    """``open`` shows it, ``close`` leaves it; pages are left by the next one."""

    name: str
    open: Callable[[Scene], object]
    close: Callable[[Scene], object] = lambda _scene: None


def _page(name: str, what: Callable[[Scene], object] = lambda _scene: None) -> Opener:
    """``what`` finds in the clinic what the page is opened with."""

    def open_page(scene: Scene) -> None:
        if not scene.window.show_page(name, what(scene)):
            raise TourFailed(f"{name} cannot be opened")

    return open_page


def _dialog(opens: Opener) -> Opener:
    """Until the dialog is there: some come when what they show has been read."""

    def open_dialog(scene: Scene) -> None:
        opens(scene)
        scene.driver.wait(lambda: scene.visible(QDialog), "the dialog is open")

    return open_dialog


def _closed(scene: Scene) -> None:
    """Esc, until no dialog is left."""
    for _ in range(MOST_ESCAPES):
        if not scene.visible(QDialog):
            return
        scene.driver.key(Qt.Key.Key_Escape)
        scene.driver.still()
    raise TourFailed("a dialog stays open")


def _visit(scene: Scene) -> Cell:
    """The next one today whose patient is expected."""
    expected = [
        cell
        for cell in _today(scene)
        if cell.status in (Status.SCHEDULED, Status.CONFIRMED) and cell.patient_id
    ]
    if not expected:
        raise TourFailed("nobody is expected any more today")
    return min(expected, key=lambda cell: cell.start)


def _patient(scene: Scene) -> Id:
    return _visit(scene).patient_id or ""


def _doctor(scene: Scene) -> Id:
    """The one with most visits today."""
    today = scene.day_at(scene.clock.now())
    counted: dict[Id, int] = {}
    for cell in scene.queries.calendar(today, today).cells:
        counted[cell.doctor_id] = counted.get(cell.doctor_id, 0) + 1
    return max(counted, key=lambda key: counted[key])


def _ring(scene: Scene) -> None:
    panel = calling_of(scene.window).panel
    panel.open_for(_patient(scene))
    scene.driver.wait(
        lambda: panel.offers.rows and not panel.offers.searching, "three offers are made"
    )


PANELS = (
    "practice", "sites", "doctors", "types", "hours", "closures", "policies", "billing",
    "templates", "channels", "staff", "sessions", "roles", "everyone", "appearance", "calendar",
    "shortcuts", "desk", "advanced",
)  # fmt: skip

FIGURES: tuple[tuple[str, type[Page]], ...] = (
    ("billing", BillingPage),
    ("reports", ReportsPage),
    ("year", YearPage),
)
"""What is typed to open them, which is also their picture's name."""

SCREENS = (
    Screen("booking", _dialog(lambda scene: scene.window.doors.book(_patient(scene))), _closed),
    Screen("visit", _dialog(lambda scene: scene.window.doors.visit(_visit(scene).id)), _closed),
    Screen("caller", _ring, lambda scene: calling_of(scene.window).panel.leave()),
    Screen("print", _dialog(lambda scene: open_print(scene.window)), _closed),
    Screen("finder", lambda scene: scene.window.visits.find(), _closed),
    Screen("year", _page("year")),
    Screen("flow", _page("flow")),
    Screen("doctor", _page("doctor", _doctor)),
    Screen("patient", _page("patient", _patient)),
    Screen("billing", _page("billing")),
    Screen("reports", _page("reports")),
    Screen("past", _page("past")),
    Screen("waiting-list", _page("waitlist")),
    Screen("time-off", _page("time_off")),
    Screen("wizard", _page("wizard")),
    Screen("messages", _page("messages")),
    Screen("audit", _page("audit")),
    Screen("backup", _page("backup")),
    Screen("log-in", door.lock, door.come_in),
    *(Screen(f"settings-{name}", _page(f"settings:{name}")) for name in PANELS),
)


def flow(scene: Scene) -> None:
    """Check-in by one key, taken back by one key."""
    driver = scene.driver
    driver.step("The day on one board: who is expected, here, in a room, done")
    driver.key(Qt.Key.Key_5, CTRL)
    page = scene.shown(FlowPage, "the board is on the screen")
    visit = _visit(scene)
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


def messages(scene: Scene) -> None:
    """What patients were told, and what comes of what went wrong."""
    driver = scene.driver
    driver.step("Messages: what was sent, what will be, what went wrong and the way out")
    scene.window.show_page("messages")
    page = scene.shown(MessagesPage, "the messages are on the screen")
    driver.wait(lambda: bool(page.model.cards()), "they are listed")
    page.table.setFocus()
    for _ in page.model.rows:
        if page.card is not None:
            break
        driver.key(Qt.Key.Key_Down)  # past the answers that wait
    driver.wait(lambda: page.side.details is not None, "one of them stands beside the list")
    _settled(scene)
    driver.picture("messages")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(MessagesPage, "Esc goes back to the calendar")


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
    for name, kind in FIGURES:
        scene.command(name, f"the page of {name}")
        scene.shown(kind, f"the page of {name} is on the screen")
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
        screen.open(scene)
        _settled(scene)
        driver.picture(f"{screen.name}-{ending}")
        screen.close(scene)
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
    driver.wait(lambda: driver.variety() > BARE, "the page has something on it")
    driver.still()
