"""Coming in, locking, handing over: the real windows on a real clinic with accounts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.log_in import LogIn, SessionState
from clinic_desk.services.sessions import UNKNOWN
from clinic_desk.services.staff_commands import DeactivateStaff, RevokeSession
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.login.page import TRY_AGAIN
from clinic_desk.ui.login.tiles import Tile
from clinic_desk.ui.main_window import MainWindow, linking
from clinic_desk.ui.main_window.cover import TITLE
from clinic_desk.ui.main_window.curtain import Curtain
from clinic_desk.ui.runtime.locked import LOCK
from tests.fakes.log_in import CTRL, PIN, House, until

Key = Qt.Key


@pytest.fixture
def house(tmp_path: Path, qtbot: QtBot) -> Iterator[House]:
    made = House(tmp_path / "clinic")
    yield made
    made.close()
    assert not LOCK.on


def spoken(root: QObject) -> set[str]:
    """Every word that assistive technology is told of a window."""
    found: set[str] = set()

    def walk(one: QAccessibleInterface | None, depth: int = 0) -> None:
        if one is None or depth > 40:
            return
        for kind in (QAccessible.Text.Name, QAccessible.Text.Value, QAccessible.Text.Description):
            found.add(one.text(kind))
        for number in range(one.childCount()):
            walk(one.child(number), depth + 1)

    walk(QAccessible.queryAccessibleInterface(root))
    return found


def seen(window: QWidget) -> list[QWidget]:
    return [one for one in window.findChildren(QWidget) if one.isVisible()]


def staff_id(house: House, log_in: str) -> Id:
    return next(one.id for one in house.clinic.log_in.tiles() if one.log_in == log_in)


def booking(house: House, text: str) -> QLineEdit:
    """An open booking dialog in which somebody has typed."""
    house.press(Key.Key_N, CTRL)
    window = house.window
    until(lambda: window.doors.booking.isVisible(), "the booking")
    until(lambda: isinstance(QApplication.focusWidget(), QLineEdit), "the field")
    house.type(text)
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    until(lambda: field.text() == text, "the words")
    return field


def test_nothing_is_to_be_seen_or_done_before_somebody_logs_in(house: House) -> None:
    window, page = house.window, house.locking.page
    assert page.isVisible()
    assert not any(page is not one and not page.isAncestorOf(one) for one in seen(window))
    assert window.windowTitle() == TITLE
    until(lambda: window.page.grid().slice is not None, "the day behind the page")
    told = spoken(window)
    staff = " ".join(person.name for person in page.tiles.people)
    names = {cell.last_name for cell in window.page.grid().slice.cells if cell.last_name}
    names = {name for name in names if name not in staff}
    assert names
    assert any("Maria Keller" in one for one in told), "the page itself speaks"
    assert not any(name in one for name in names for one in told)
    house.press(Key.Key_N, CTRL)
    house.press(Key.Key_K, CTRL)
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [window]


def test_a_wrong_pin_is_told_and_the_right_one_opens_the_day(house: House) -> None:
    page = house.locking.page
    house.choose("Maria")
    house.enter("1379")
    until(lambda: "not Maria Keller’s PIN" in page.said(), "the sentence")
    assert page.secret.text() == ""
    assert house.locking.on
    window = house.come_in()
    assert window.context.actor.name == "Maria Keller"
    assert window.toolbar.who.person == "Maria Keller"
    until(window.page.grid().hasFocus, "the keyboard in the calendar")


def test_too_many_wrong_ones_make_everybody_wait_and_say_how_long(house: House) -> None:
    page, tom = house.locking.page, staff_id(house, "tom")
    for _ in range(6):
        house.clock.advance(minutes=1)
        with pytest.raises(Refusal):
            house.clinic.log_in.log_in(tom, Secret("1379"))
    house.choose("Tom")
    page.read_people()
    until(lambda: page.waiting, "the delay")
    assert page.said().startswith("That was wrong too often. Wait")
    house.enter()
    assert not page.busy, "not even asked"
    assert house.locking.on
    house.clock.advance(seconds=20)
    while page.waiting:
        page._tick()
    assert page.said() == TRY_AGAIN
    assert page.secret.text() == PIN, "what was typed meanwhile is not lost"
    house.press(Key.Key_Return)
    until(lambda: not house.locking.on, "his day")


def test_the_lock_keeps_the_work_the_cursor_and_an_open_dialog(house: House) -> None:
    window = house.come_in()
    field = booking(house, "smi")
    field.setCursorPosition(1)
    dialog = window.doors.booking
    place = dialog.pos()
    house.lock()  # by its key, in a dialog
    assert not dialog.isVisible()
    assert not window.toolbar.isVisible()
    assert "Your work is kept" in house.locking.page.why.text()
    app = QApplication.instance()
    assert app is not None
    assert not any("smi" in one for one in spoken(app)), "nor is the dialog read aloud"
    house.press(Key.Key_Z, CTRL)
    session = window.context.actor.session_id
    house.enter()
    until(lambda: not house.locking.on, "the unlocked window")
    until(field.hasFocus, "the same field")
    assert (field.text(), field.cursorPosition()) == ("smi", 1)
    assert dialog.isVisible()
    assert dialog.pos() == place
    assert window.context.actor.session_id == session, "the session goes on, and its undo steps"
    dialog.reject()


def test_the_title_stays_that_of_a_locked_window(house: House) -> None:
    window = house.come_in("Maria")
    house.lock()
    window.setWindowTitle("Main Street Clinic · Clinic Desk")  # the clinic has been read anew
    assert window.windowTitle() == TITLE
    house.enter()
    until(lambda: not house.locking.on, "the unlocked window")
    assert window.windowTitle() == "Main Street Clinic · Clinic Desk"


def test_a_drag_and_a_menu_end_when_the_screen_is_locked(house: House) -> None:
    window = house.come_in()
    window.toolbar.menu_button.menu().popup(window.mapToGlobal(window.rect().center()))
    until(lambda: QApplication.activePopupWidget() is not None, "the menu")
    house.locking.lock()
    assert QApplication.activePopupWidget() is None
    assert not window.page.gestures.gesture.carrying


def test_the_key_locks_while_a_menu_or_a_list_is_open(house: House) -> None:
    window = house.come_in()
    menu = QMenu(window)
    below = menu.addMenu("More")
    below.addAction("Something")
    middle = window.mapToGlobal(window.rect().center())
    menu.popup(middle)
    below.popup(middle)
    until(lambda: QApplication.activePopupWidget() is below, "the menu")
    QTest.keyClick(window.windowHandle(), Key.Key_L, CTRL)
    until(lambda: house.locking.on, "the locked window")
    assert QApplication.activePopupWidget() is None
    house.enter()
    until(lambda: not house.locking.on, "the unlocked window")


def test_what_opens_by_itself_waits_until_the_screen_is_unlocked(house: House) -> None:
    window = house.come_in()
    house.lock()
    window.doors.book()
    dialog = window.doors.booking
    until(lambda: not dialog.isVisible(), "the dialog put aside")
    until(house.locking.page.secret.hasFocus, "the keyboard in the field")
    house.enter()
    until(dialog.isVisible, "the dialog")
    dialog.reject()


def test_it_locks_by_itself_after_the_minutes_of_the_clinic(house: House) -> None:
    window = house.come_in()
    locking = house.locking
    now = [0.0]
    locking.seconds = lambda: now[0]
    locking.touch()
    now[0] = 4 * 60 + 59
    locking.look()
    assert not locking.on
    house.press(Key.Key_Down)
    now[0] += 4 * 60 + 59
    locking.look()
    assert not locking.on
    now[0] += 2
    locking.look()
    assert locking.on
    assert locking.page.why.text() == "Locked after 5 min without input. Your work is kept."
    house.enter()
    until(lambda: not locking.on, "the unlocked window")
    window.settings.put("lock.minutes", 0)
    now[0] += 10_000
    locking.look()
    assert not locking.on, "0 is never"


def test_a_night_of_sleep_counts_as_time_without_anybody(house: House) -> None:
    house.come_in()
    house.clock.advance(seconds=6 * 60)
    house.locking.look()
    assert house.locking.on


def test_another_person_works_in_a_window_of_their_own(house: House) -> None:
    hers = house.come_in("Maria")
    field = booking(house, "carter")
    hers.page.show_day(hers.day)
    house.lock()
    his = house.come_in("Tom")
    assert his is not hers
    assert his.context.actor.name == "Tom Ash"
    assert not hers.isVisible()
    assert [one for one in QApplication.topLevelWidgets() if one.isVisible()] == [his]
    assert not his.undoing.state.undo_label
    his.search.start()
    until(his.search.edit.hasFocus, "the search")
    house.type("lee")
    house.lock()
    page = house.locking.page
    assert page.tiles.remarks[staff_id(house, "maria")] == "locked here · draft"
    assert house.come_in("Maria") is hers
    until(field.hasFocus, "her field")
    assert field.text() == "carter"
    assert not his.isVisible()
    house.lock()
    assert house.come_in("Tom") is his
    assert his.search.edit.text() == "lee"
    assert hers.doors.booking not in QApplication.topLevelWidgets() or not his.doors._booking


def test_what_a_window_does_by_itself_begins_in_every_persons(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "WATCH", 0)
    house.come_in("Maria")
    house.lock()
    house.choose("Tom")
    tom = staff_id(house, "tom")
    until(lambda: tom in house.door.windows, "his window, made ready behind the page")
    his = house.door.windows[tom]
    until(lambda: his.page.grid().slice is not None, "its day")
    assert not his.isVisible()
    house.enter()
    until(lambda: his.isVisible() and his.findChild(Curtain) is not None, "the watch of his desk")


def test_what_each_may_do_is_their_own(house: House) -> None:
    from clinic_desk.domain.permissions import Permission

    hers = house.come_in("Maria")
    house.lock()
    his = house.come_in("Tom")
    assert hers.context.actor.may(Permission.EDIT_STAFF)
    assert not his.context.actor.may(Permission.EDIT_STAFF)


def test_a_session_that_is_ended_elsewhere_locks_with_the_reason(house: House) -> None:
    window = house.come_in("Tom")
    field = booking(house, "smi")
    other = house.elsewhere("maria")
    other.desk.execute(RevokeSession(session_id=window.context.actor.session_id))
    until(lambda: house.locking.on, "the lock")  # the window looks by itself
    until(lambda: "Maria Keller ended your session" in house.locking.page.why.text(), "the reason")
    house.choose("Tom")
    house.enter()
    until(lambda: not house.locking.on, "the window")
    until(field.hasFocus, "the field")
    assert field.text() == "smi"
    window.doors.booking.reject()


def test_a_restore_that_is_told_after_the_lock_stands_on_the_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a backup is put in its place nobody knows yet why the session is gone."""
    house.come_in("Tom")
    first = iter([SessionState("ended", UNKNOWN, final=False)] * 2)
    then = SessionState("ended", "The clinic was restored from the copy of Mon 09:15.")
    monkeypatch.setattr("clinic_desk.ui.main_window.locking.WATCH", 20)
    monkeypatch.setattr(LogIn, "state", lambda _self, _actor: next(first, then))
    until(lambda: house.locking.on, "the lock")
    until(lambda: house.locking.page.why.text() == then.sentence, "the reason")


def test_a_command_that_comes_too_late_locks_at_once(house: House) -> None:
    window = house.come_in("Tom")
    house.locking._watch.stop()  # before the window looks by itself
    other = house.elsewhere("maria")
    other.desk.execute(RevokeSession(session_id=window.context.actor.session_id))
    refused: list[object] = []
    window.context.operations.run(
        SaveSetting(key="window.shelf", value=False), refused=refused.append
    )
    until(lambda: house.locking.on, "the lock")
    assert refused


def test_who_was_logged_out_and_is_back_reads_no_more_of_it(house: House) -> None:
    window = house.come_in("Tom")
    house.locking._watch.stop()
    other = house.elsewhere("maria")
    other.desk.execute(RevokeSession(session_id=window.context.actor.session_id))
    told: list[object] = []

    def refused(error: ClinicDeskError) -> None:
        window.telling.refused(error)
        told.append(error)

    window.context.operations.run(SaveSetting(key="window.shelf", value=False), refused=refused)
    until(lambda: house.locking.on and bool(told), "the lock")
    house.enter()
    until(lambda: not house.locking.on, "the unlocked window")
    assert window.centre.message.isHidden()


def test_somebody_who_was_deactivated_does_not_come_back(house: House) -> None:
    house.come_in("Tom")
    other = house.elsewhere("maria")
    other.desk.execute(DeactivateStaff(staff_id=staff_id(house, "tom")))
    until(lambda: house.locking.on, "the lock")
    page = house.locking.page
    until(lambda: all(tile.name != "Tom Ash" for tile in page.tiles.people), "he is not offered")


def test_who_logs_out_leaves_nothing_open(house: House) -> None:
    hers = house.come_in("Maria")
    session = hers.context.actor.session_id
    hers.actions_["session.log_out"].trigger()
    until(lambda: house.window is not hers, "the log-in page")
    assert house.locking.on
    assert house.locking.page.person is not None
    assert not house.clinic.store.queries.seat(session).session.active_at(house.clock.now())
    again = house.come_in("Maria")
    assert again.context.actor.session_id != session


def test_closing_the_program_ends_its_sessions(tmp_path: Path, qtbot: QtBot) -> None:
    house = House(tmp_path / "clinic")
    session = house.come_in("Maria").context.actor.session_id
    house.close()
    again = House(tmp_path / "clinic")
    try:
        found = again.clinic.store.queries.seat(session).session
        assert found is not None
        assert not found.active_at(again.clock.now())
        person = again.locking.page.person
        assert person is not None
        assert person.name == "Maria Keller", "who was here last is chosen first"
    finally:
        again.close()


def test_a_clinic_from_before_gets_its_first_manager(tmp_path: Path, qtbot: QtBot) -> None:
    from clinic_desk.ui.login.first_page import FirstManagerPage

    house = House(tmp_path / "clinic", accounts=False)
    try:
        window = house.window
        (page,) = window.findChildren(FirstManagerPage)
        form = page.form
        until(form.name.hasFocus, "the name")
        assert not window.toolbar.isVisible()
        house.type("Ann Lee")
        house.press(Key.Key_Return)
        house.press(Key.Key_Return)
        house.type("ann.lee 1")
        house.press(Key.Key_Return)
        house.type("ann.lee 1")
        house.press(Key.Key_Return)
        until(lambda: "own name" in form.secret.words.text(), "the sentence at the field")
        for field in (form.secret.first, form.secret.again):
            field.setFocus()
            field.selectAll()
            house.type("tulip ladder seven")
        house.press(Key.Key_Return)
        until(lambda: form.showing_code, "the recovery code")
        assert not window.toolbar.isVisible(), "until it is kept"
        form.code.done.setFocus()
        house.press(Key.Key_Return)
        until(lambda: window.toolbar.isVisible(), "the day")
        assert window.context.actor.name == "Ann Lee"
        house.lock()
        tiles = house.locking.page.tiles
        until(lambda: [one.remark for one in tiles.findChildren(Tile)] == ["locked here"], "a tile")
        house.enter("tulip ladder seven")
        until(lambda: not house.locking.on, "the unlocked window")
    finally:
        house.close()


def test_a_clinic_without_accounts_says_why_it_is_not_locked(window: MainWindow) -> None:
    window.actions_["session.lock"].trigger()
    message = window.centre.message.message
    assert message is not None
    assert "no accounts" in message.sentence


def test_the_pin_of_the_practice_clinic_is_told(house: House) -> None:
    assert house.locking.page.hint.text() == f"Practice clinic: every PIN is {PIN}."
