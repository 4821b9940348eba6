"""What a person may do is changed while they work: the open window follows, in both directions."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.app.container import Container
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.roles import stored_form
from clinic_desk.services.staff_commands import DeactivateStaff, EditStaff
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.main_window.barring import page_barred
from clinic_desk.ui.main_window.standing import dress
from clinic_desk.ui.runtime.locked import LOCK
from clinic_desk.ui.runtime.page_table import PAGES
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.settings.roles_panel import RolesPanel
from clinic_desk.ui.waitlist.page import WaitlistPage
from clinic_desk.ui.widgets.page import Page, Panel
from tests.fakes.log_in import CTRL, House, until

Key = Qt.Key


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot) -> Iterator[House]:
    made = House(tmp_path / "clinic")
    yield made
    made.close()
    assert not LOCK.on


def give(manager: Container, role: Role, *, less: set[Permission]) -> None:
    """At the manager's desk: the defaults, but for what that role may not."""
    matrix = dict(DEFAULTS) | {role: DEFAULTS[role] - less}
    manager.desk.execute(
        SaveSetting(
            key=PERMISSIONS_KEY, value=stored_form(matrix), scope="clinic", label="", initiator="t"
        )
    )


def tick(window: MainWindow) -> None:
    """The poll that notices other desks; here without its pause."""
    window.freshness.look()


def said(window: MainWindow) -> str:
    """What the bar over the page says."""
    bar = window.centre.message
    return bar.message.sentence if bar.message is not None and bar.isVisible() else ""


def test_what_is_taken_from_a_role_rests_at_once_and_comes_back(house: House) -> None:
    manager = house.elsewhere("maria")
    window = house.come_in("Tom")
    assert window.toolbar.new.isEnabled()
    usual = window.toolbar.new.toolTip()
    assert window.show_page("waitlist")
    page = window.centre.shown_page
    give(manager, Role.RECEPTIONIST, less={Permission.BOOK, Permission.BILLING})
    tick(window)
    until(lambda: not window.toolbar.new.isEnabled(), "the button that rests")
    assert "A receptionist may not book" in window.toolbar.new.toolTip()
    assert not window.actions_["book.new"].isEnabled()
    assert not window.actions_["page.billing"].isEnabled()
    assert "invoices" in window.actions_["page.billing"].toolTip()
    until(lambda: window.toast.text.startswith("What you may do here was changed"), "the words")
    assert window.centre.page == "waitlist", "what is still theirs stays"
    assert window.centre.shown_page is not page, "and is built anew"
    house.press(Key.Key_N, CTRL)
    until(lambda: "may not book" in said(window), "its key says why")
    give(manager, Role.RECEPTIONIST, less=set())
    tick(window)
    until(window.toolbar.new.isEnabled, "the button that is back")
    assert window.toolbar.new.toolTip() == usual
    assert window.actions_["page.billing"].isEnabled()
    assert window.show_page("billing")


def test_a_page_that_was_built_anew_asks_nothing_any_more(house: House) -> None:
    window = house.come_in("Tom")
    assert window.show_page("waitlist")
    page, pauses = window.centre.shown_page, []
    assert isinstance(page, WaitlistPage)
    page._pause.start(60_000)
    window.centre.renew(leave_at_once=False)
    window.context.operations.when_quiet(lambda: pauses.append(page._pause.isActive()))
    until(lambda: bool(pauses), "the quiet")
    assert pauses == [False]


def test_a_page_that_is_taken_away_closes_and_says_why(house: House) -> None:
    manager = house.elsewhere("maria")
    window = house.come_in("Tom")
    assert window.show_page("billing")
    until(lambda: window.centre.page == "billing", "the page")
    give(manager, Role.RECEPTIONIST, less={Permission.BILLING})
    tick(window)
    until(lambda: window.centre.page == "calendar", "the calendar instead")
    until(lambda: "may not see and change invoices" in said(window), "the why")
    assert not window.show_page("billing")


def test_who_may_see_nothing_any_more_sees_nothing(house: House) -> None:
    manager = house.elsewhere("maria")
    window = house.come_in("Tom")
    cell = window.page.grid().slice.cells[0]
    window.doors.patient(cell.patient_id)
    until(lambda: window.doors.patient_card.isVisible(), "the card")
    card = window.doors.patient_card
    give(manager, Role.RECEPTIONIST, less={Permission.READ})
    tick(window)
    until(lambda: window.centre.page == "empty", "the closed calendar")
    assert not window.page.isVisible()
    until(lambda: not card.isVisible(), "the closed card")
    give(manager, Role.RECEPTIONIST, less=set())
    tick(window)
    until(lambda: window.centre.page == "calendar", "the calendar again")
    until(window.page.isVisible, "the day")


def test_another_role_in_the_staff_panel_counts_at_once_and_none_locks(house: House) -> None:
    manager = house.elsewhere("maria")
    window = house.come_in("Tom")
    assert not window.actions_["page.audit"].isEnabled()
    tom = next(card.staff for card in manager.queries.staff() if card.staff.log_in == "tom")

    def as_role(role: Role) -> None:
        manager.desk.execute(EditStaff(staff_id=tom.id, values={"role": role}, initiator="t"))

    as_role(Role.MANAGER)
    tick(window)
    until(window.actions_["page.audit"].isEnabled, "a manager's page")
    assert "you work as manager" in window.toast.text
    assert window.show_page("audit")
    as_role(Role.RECEPTIONIST)
    tick(window)
    until(lambda: window.centre.page == "calendar", "not theirs any more")
    assert not window.actions_["page.audit"].isEnabled()
    manager.desk.execute(DeactivateStaff(staff_id=tom.id, initiator="t"))
    tick(window)
    until(lambda: house.locking.on, "the lock")
    until(lambda: "deactivated your account" in house.locking.page.why.text(), "the reason")


def test_ones_own_role_is_followed_in_the_page_where_it_was_changed(house: House) -> None:
    window = house.come_in("Maria")
    assert window.actions_["page.billing"].isEnabled()
    window.show_page("settings", "roles")
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    panel = page.panel("roles")
    assert isinstance(panel, RolesPanel)
    until(lambda: panel._read, "the matrix")
    table = panel.table
    row = table.rows.rows.index(Permission.BILLING)
    table.setCurrentIndex(table.rows.index(row, 3))
    table.setFocus()
    QTest.keyClick(table, Key.Key_Space)
    QTest.keyClick(table, Key.Key_S, CTRL)
    until(lambda: not window.actions_["page.billing"].isEnabled(), "the action that rests")
    assert window.centre.shown_page is page
    assert table.hasFocus(), "the cursor stays in the matrix"
    assert table.currentIndex().row() == row
    house.press(Key.Key_Z, CTRL)
    until(window.actions_["page.billing"].isEnabled, "given back by Ctrl+Z")


def test_a_change_while_the_window_is_locked_counts_when_it_is_opened(house: House) -> None:
    manager = house.elsewhere("maria")
    window = house.come_in("Tom")
    house.lock()
    give(manager, Role.RECEPTIONIST, less={Permission.BOOK})
    tick(window)
    house.enter()
    until(lambda: not house.locking.on, "his window again")
    until(lambda: not window.toolbar.new.isEnabled(), "the button that rests")
    QApplication.processEvents()


PROGRAM = """
import sys
from pathlib import Path
from clinic_desk.app.container import build
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.roles import stored_form
from clinic_desk.services.staff_secrets import Secret
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import TUESDAY
from tests.fakes.log_in import PIN, cheap

clinic = build(Path(sys.argv[1]), clock=FixedClock(TUESDAY), hasher=cheap())
maria = next(one for one in clinic.log_in.tiles() if one.log_in == "maria")
seat = clinic.for_person(clinic.log_in.log_in(maria.id, Secret(PIN)).actor)
matrix = dict(DEFAULTS)
matrix[Role.RECEPTIONIST] -= {Permission.BOOK}
seat.desk.execute(SaveSetting(
    key=PERMISSIONS_KEY, value=stored_form(matrix), scope="clinic", label="", initiator="t"))
clinic.close()
"""


def test_another_program_on_the_store_is_followed(house: House) -> None:
    window = house.come_in("Tom")
    assert window.toolbar.new.isEnabled()
    subprocess.run(
        [sys.executable, "-c", PROGRAM, str(house.folder)],
        check=True,
        timeout=300,
        cwd=Path(__file__).parents[2],
    )
    # the window's own poll finds it
    until(lambda: not window.toolbar.new.isEnabled(), "the button that rests")


def test_what_was_built_for_other_rights_is_freed(house: House) -> None:
    """As many pages and sections as are there after one change are there after two, and what is
    told to all of them reaches none that is gone."""
    window = house.come_in("Maria")
    manager = house.elsewhere("maria")
    gone: list[str] = []
    names = [name for name in PAGES if name != "wizard"]

    def built() -> None:
        for name in names:
            if not page_barred(window.context.actor, name) and window.show_page(name):
                until(lambda name=name: window.centre.page == name, name)
        for section in ("practice", "hours", "templates", "channels", "roles"):
            window.show_page("settings", section)
        window.centre.show_calendar()
        for page in window.findChildren(Page):
            if not page.property("counted"):
                page.setProperty("counted", True)
                page.destroyed.connect(lambda _=None: gone.append("page"))

    def there() -> int:
        return len(window.findChildren(Page)) + len(window.findChildren(Panel))

    counts = []
    for less in ({Permission.BILLING}, set[Permission]()):
        built()
        to_go = len(gone) + len(window.findChildren(Page))
        give(manager, Role.RECEPTIONIST, less=less)
        dress(window)
        window.centre.renew(leave_at_once=False)
        until(lambda to_go=to_go: len(gone) >= to_go, "the pages that go")
        counts.append(there())
    assert len(set(counts)) == 1
    window.context.operations.announce_external()
    window.context.theme.changed.emit()
    CURTAIN.draw()
    CURTAIN.lift()
