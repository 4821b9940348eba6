"""The tour's chapters about coming in: the log-in page, a locked screen, accounts and sessions."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.ui.main_window.locking import Locking, locking_of
from clinic_desk.ui.staff.panel import SessionsPanel, StaffPanel
from clinic_desk.ui.tour.driver import TourFailed
from clinic_desk.ui.tour.scene import CTRL, Scene


def _locking(scene: Scene) -> Locking:
    found = locking_of(scene.window)
    if found is None:
        raise TourFailed("the clinic has no accounts")
    return found


def _pin(scene: Scene) -> str:
    """The practice clinic's, which its log-in page tells everybody."""
    return str(scene.window.settings.get("practice.demo"))


def come_in(scene: Scene) -> None:
    """By typing the PIN, as anybody does."""
    locking, driver = _locking(scene), scene.driver
    driver.wait(locking.page.secret.hasFocus, "the keyboard is where the PIN is typed")
    driver.type(_pin(scene))
    driver.key(Qt.Key.Key_Return)
    driver.wait(lambda: not locking.on, "the PIN opens the window")


def lock(scene: Scene) -> None:
    locking, driver = _locking(scene), scene.driver
    driver.key(Qt.Key.Key_L, CTRL)
    driver.wait(lambda: locking.on, "Ctrl+L locks the window")


def log_in(scene: Scene) -> None:
    driver, page = scene.driver, _locking(scene).page
    driver.step("Log in: nobody works without")
    driver.wait(lambda: page.tiles.people, "the people of the clinic are on the page")
    driver.require(not scene.window.toolbar.isVisible(), "nothing of the calendar is to be seen")
    driver.picture("log-in")
    come_in(scene)
    driver.did(f"typed the PIN of {scene.window.context.actor.name}, pressed Enter")


def locked(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Lock the screen, and come back to the same place")
    scene.grid().setFocus()
    lock(scene)
    driver.did("pressed Ctrl+L")
    driver.require(not scene.window.toolbar.isVisible(), "nothing of the calendar is to be seen")
    driver.picture("locked")
    come_in(scene)
    driver.did("typed the PIN, pressed Enter")
    driver.wait(scene.grid().hasFocus, "the keyboard is where it was")


def accounts(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Accounts and sessions in the settings")
    scene.window.show_page("settings:staff")
    staff = scene.shown(StaffPanel, "the accounts are on the screen")
    driver.wait(lambda: staff.cards, "every account is listed")
    driver.picture("staff")
    scene.window.show_page("settings:sessions")
    sessions = scene.shown(SessionsPanel, "the sessions are on the screen")
    driver.wait(lambda: sessions.cards, "the own session is listed")
    driver.picture("sessions")
    driver.key(Qt.Key.Key_Escape)
    scene.gone(SessionsPanel, "Esc goes back to the calendar")
