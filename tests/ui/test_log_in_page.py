"""The log-in page alone: many people, long names, what is typed where, every size and direction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.permissions import Role
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services.staff_ports import StaffTile
from clinic_desk.services.staff_secrets import Secret
from clinic_desk.ui.login.changing import Changing
from clinic_desk.ui.login.page import LogInPage
from clinic_desk.ui.look import style
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.runtime.accounts import Accounts, Asking
from clinic_desk.ui.widgets.accounts.new_secret import NewSecret, strength
from clinic_desk.ui.widgets.accounts.words import initials, wait_words

LONG = "Wilhelmina-Alexandra von Hohenzollern-Sigmaringen"
SHIFT = Qt.KeyboardModifier.ShiftModifier


def person(number: int, name: str, **more: Any) -> StaffTile:
    values: dict[str, Any] = {
        "id": f"id-{number}", "name": name, "log_in": f"person{number}", "role": Role.RECEPTIONIST,
        "colour": "", "language": "", "doctor_id": None, "kind": SecretKind.PIN,
        "must_change": False, "recovery": False,
    }  # fmt: skip
    return StaffTile(**values | more)


def crowd(count: int) -> tuple[StaffTile, ...]:
    named = [person(0, "Maria Keller", role=Role.MANAGER, kind=SecretKind.PASSWORD)]
    named += [person(1, LONG), person(2, "Dr Çağla İnce", role=Role.DOCTOR, colour="teal")]
    return (*named, *(person(n, f"Person {n:02}") for n in range(3, count)))


class Scripted(Asking):
    """Answers when the test says so; nothing is looked at."""

    def __init__(self) -> None:
        self.asked: list[tuple[Callable[[ClinicDeskError], None], str | None]] = []

    def work(
        self,
        job: Callable[[Accounts], Any],
        *,
        done: Callable[[Any], None],
        failed: Callable[[ClinicDeskError], None],
        key: str | None = None,
    ) -> None:
        self.asked.append((failed, key))


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    made = Theme.for_tests()
    style.apply(qapp, made)
    return made


@pytest.fixture
def page(theme: Theme, qtbot: QtBot) -> LogInPage:
    made = LogInPage(theme, Scripted())
    qtbot.addWidget(made)
    made.resize(1366, 768)
    made.show_people(crowd(60))
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.secret.hasFocus)
    return made


def keys(text: str) -> None:
    focus = QApplication.focusWidget()
    assert focus is not None
    QTest.keyClicks(focus, text)


def test_a_typed_name_leaves_whom_it_fits_and_enter_leads_on(page: LogInPage, qtbot: QtBot) -> None:
    page.filter.setFocus()
    keys("cagla")
    assert [one.name for one in page.tiles.shown] == ["Dr Çağla İnce"]
    assert page.person is not None
    assert page.person.name == "Dr Çağla İnce"
    QTest.keyClick(page.filter, Qt.Key.Key_Return)
    qtbot.waitUntil(page.secret.hasFocus)
    QTest.keyClick(page.secret, Qt.Key.Key_Escape)
    assert len(page.tiles.shown) == 60
    page.filter.setFocus()
    keys("nobody at all")
    assert page.nobody.isVisible()
    assert "nobody at all" in page.nobody.text()


def test_who_begins_so_comes_before_who_has_it_in_the_middle(page: LogInPage) -> None:
    assert page.tiles.choose("id-1")  # Wilhelmina … Sigmaringen
    page.filter.setFocus()
    keys("mari")
    assert [one.id for one in page.tiles.shown] == ["id-0", "id-1"]
    assert page.person is not None
    assert page.person.name == "Maria Keller"
    page.filter.selectAll()
    keys("sigm")
    assert page.person.id == "id-1"


def test_two_of_one_name_are_told_apart(page: LogInPage) -> None:
    page.show_people((person(1, "Maria Keller"), person(2, "maria  keller"), person(3, "Tom Ash")))
    tiles = [page.tiles.tile_of(f"id-{n}") for n in (1, 2, 3)]
    heard = [tile.accessibleName() for tile in tiles if tile is not None]
    assert heard == [
        "Maria Keller, Receptionist · person1",
        "maria  keller, Receptionist · person2",
        "Tom Ash, Receptionist",
    ]


def test_a_letter_on_a_tile_begins_a_name(page: LogInPage) -> None:
    page.tiles.setFocus()
    keys("p")
    keys("erson 17")
    assert page.filter.text() == "person 17"
    assert [one.name for one in page.tiles.shown] == ["Person 17"]


def test_arrows_in_the_empty_field_go_from_person_to_person(page: LogInPage) -> None:
    first = page.person
    QTest.keyClick(page.secret, Qt.Key.Key_Right)
    second = page.person
    assert second is not first
    keys("12")
    QTest.keyClick(page.secret, Qt.Key.Key_Left)
    assert page.person is second, "within a PIN they move the cursor"
    QTest.keyClick(page.secret, Qt.Key.Key_Down)
    assert page.person is not second
    assert page.secret.text() == "", "what was typed was another person's"


def test_a_click_chooses_and_leads_to_the_field(page: LogInPage, qtbot: QtBot) -> None:
    tile = page.tiles.tile_of("id-2")
    page.filter.setText("ince")
    assert tile is not None
    QTest.mouseClick(tile, Qt.MouseButton.LeftButton)
    assert page.person is tile.person
    qtbot.waitUntil(page.secret.hasFocus)


def test_caps_lock_is_told_and_what_is_typed_can_be_shown(page: LogInPage) -> None:
    page.choose("id-0")
    keys("SEC")
    assert page.said() == "Caps Lock is on"
    QTest.keyClick(page.secret, Qt.Key.Key_R, SHIFT)
    assert page.secret.echoMode() is QLineEdit.EchoMode.Password
    page.secret.eye.trigger()
    assert page.secret.echoMode() is QLineEdit.EchoMode.Normal
    page.begin()
    assert page.secret.echoMode() is QLineEdit.EchoMode.Password
    page.secret.undo()
    assert page.secret.text() == "", "nothing brings a forgotten secret back"


def test_pasting_works_and_an_empty_field_is_told(page: LogInPage) -> None:
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    assert page.said().startswith("Type your")
    QApplication.clipboard().setText("tulip ladder seven")
    page.secret.paste()
    assert page.secret.text() == "tulip ladder seven"
    QApplication.clipboard().clear()


def test_one_attempt_at_a_time_and_a_refusal_in_its_words(page: LogInPage, qtbot: QtBot) -> None:
    asking = page._asking
    assert isinstance(asking, Scripted)
    keys("1379")
    for _ in range(3):
        QTest.keyClick(page.secret, Qt.Key.Key_Return)
    assert len(asking.asked) == 1
    failed, _ = asking.asked[0]
    failed(Refusal("wrong_secret", "That is not Maria Keller’s password."))
    assert page.said() == "That is not Maria Keller’s password."
    assert page.secret.text() == ""
    qtbot.waitUntil(page.secret.hasFocus)


def test_who_types_before_the_people_are_here_still_comes_in(theme: Theme, qtbot: QtBot) -> None:
    asking = Scripted()
    page = LogInPage(theme, asking)
    qtbot.addWidget(page)
    page.show()
    page.begin()
    assert not page.choose("id-3")
    QTest.keyClicks(page.secret, "2580")
    QTest.keyClick(page.secret, Qt.Key.Key_Return)
    assert not asking.asked
    page.show_people(crowd(5))
    assert page.person is not None
    assert page.person.id == "id-3"
    assert page.busy
    assert len(asking.asked) == 1
    page.show_people(crowd(5))
    assert len(asking.asked) == 1, "once is enough"


def test_tab_stays_on_the_page(page: LogInPage) -> None:
    met = set()
    for _ in range(12):
        focus = QApplication.focusWidget()
        assert focus is not None
        assert page.isAncestorOf(focus)
        met.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert {page.secret, page.enter, page.lost, page.filter} <= met


@pytest.mark.parametrize("size", [QSize(1366, 768), QSize(1920, 1080)])
@pytest.mark.parametrize("scale", [1.0, 1.5])
@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("count", [3, 60])
def test_everything_needed_is_in_sight(
    theme: Theme, qtbot: QtBot, size: QSize, scale: float, mirrored: bool, count: int
) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    side = Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight
    app.setLayoutDirection(side)
    theme.scale = scale
    page = LogInPage(theme, Scripted())
    qtbot.addWidget(page)
    page.resize(size)
    page.show_people(crowd(count))
    page.explain("Locked after 5 min without input. Your work is kept.")
    page.choose("id-1")
    page.show()

    def whole(widget: QWidget) -> bool:
        corner = widget.mapTo(page, widget.rect().topLeft())
        return page.rect().contains(corner) and page.rect().contains(
            widget.mapTo(page, widget.rect().bottomRight())
        )

    tile = page.tiles.tile_of("id-1")
    assert tile is not None
    for widget in (page.secret, page.enter, page.lost, tile, page.clinic):
        qtbot.waitUntil(lambda widget=widget: whole(widget))
    assert tile.toolTip() == LONG
    assert LONG in tile.accessibleName()


def test_initials_waits_and_strength_in_words() -> None:
    assert [initials(one) for one in ("Dr Aylin Demir", "maria", "", "…", LONG)] == [
        "AD", "M", "", "", "WH",
    ]  # fmt: skip
    assert [wait_words(one) for one in (1, 12, 60, 61, 900)] == [
        "1 second", "12 seconds", "1 minute", "2 minutes", "15 minutes",
    ]  # fmt: skip
    password, pin = SecretKind.PASSWORD, SecretKind.PIN
    assert strength("", password, "", "") == ("text3", "")
    assert "at least 8" in strength("short", password, "", "")[1]
    assert strength("tulip ladder seven", password, "", "")[1] == "Strong."
    assert "digits only" in strength("12ab", pin, "", "")[1]
    assert strength("739184", pin, "", "")[1] == "Good."
    assert "…" in repr(Secret("739184"))


def test_what_is_wrong_with_a_new_secret_is_said_once_and_moves_nothing(
    theme: Theme, qtbot: QtBot
) -> None:
    made = NewSecret(theme)
    qtbot.addWidget(made)
    made.resize(440, made.sizeHint().height())
    made.show()
    qtbot.waitUntil(made.again.isVisible)
    place, room = made.again.y(), made.words.contentsRect()
    QTest.keyClicks(made.first, "password")  # two lines of words
    wrapped = made.words.heightForWidth(room.width())
    assert made.words.fontMetrics().lineSpacing() < wrapped <= made.words.height()
    assert made.read() is None
    said = [one for one in (made.words, made.fault) if one.isVisible() and one.text()]
    assert said == [made.words]
    QTest.keyClicks(made.first, " tulip ladder")
    assert made.words.text() == "Strong."
    assert made.read() is None
    assert made.fault.isVisible()
    assert "not the same" in made.fault.text()
    assert made.words.text() == "Strong."
    assert made.again.y() == place


def test_sentences_begin_at_the_right_where_the_desk_reads_so(theme: Theme, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    lost = Changing(theme, Scripted(), person(1, "Ann Lee", recovery=True), None, window)
    window.show()
    qtbot.waitUntil(lost.isVisible)
    start = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    for label in (lost.title, lost.lead, lost.secret.words):
        assert label.alignment() & Qt.AlignmentFlag.AlignHorizontal_Mask == start
