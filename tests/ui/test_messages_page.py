"""The messages page on the real store, with real keys and clicks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.messages import Channel, Delivery, MessageStatus
from clinic_desk.domain.permissions import DEFAULTS, Permission, Role
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.commands import BookAppointment, EditPatient, SaveSetting, Undo
from clinic_desk.services.message_commands import WithdrawMessages
from clinic_desk.services.message_ports import MessageCard, MessageWish
from clinic_desk.ui.messages.countdown import until_other_words
from clinic_desk.ui.messages.groups import PAGE
from clinic_desk.ui.messages.model import CHECK, PATIENT, STATE, TEXT, id_of
from clinic_desk.ui.messages.page import MessagesPage
from clinic_desk.ui.runtime.privacy import CURTAIN
from tests.fakes.front_desk import FrontDesk
from tests.fakes.message_rows import attempt, message
from tests.fakes.posted import MINUTE, NOW, Posted, every_kind, posted
from tests.fakes.ui_ground import front_desk  # noqa: F401

pytestmark = pytest.mark.usefixtures("long_waits")
Key = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def world(front_desk: FrontDesk) -> Posted:  # noqa: F811
    return posted(front_desk)


@pytest.fixture
def bare(world: Posted) -> Iterator[MessagesPage]:
    """The page by itself, not asked for anything yet."""
    made = MessagesPage(world.front.context)
    made.resize(1366, 700)
    made.show()
    made.activateWindow()
    yield made
    CURTAIN.lift()
    made.hide()
    made.deleteLater()


@pytest.fixture
def page(world: Posted, bare: MessagesPage, qtbot: QtBot) -> MessagesPage:
    every_kind(world)
    bare.open()
    qtbot.waitUntil(lambda: len(ids(bare)) == 11)
    return bare


def ids(page: MessagesPage) -> list[str]:
    return [row_id for row in page.model.rows if (row_id := id_of(row))]


def card(world: Posted, row_id: str) -> MessageCard:
    (found,) = world.front.store.queries.messages(MessageWish(message_id=row_id))
    return found


def choose(page: MessagesPage, qtbot: QtBot, row_id: str) -> None:
    """And everything about it is beside the list."""
    assert page.table.choose(row_id)
    qtbot.waitUntil(
        lambda: (
            page.side.details is not None
            and page.side.details.card.message.id == row_id
            and (
                page.side.details.outlook is not None
                or page.side.details.card.message.status is not MessageStatus.PLANNED
            )
        )
    )
    page.table.setFocus()
    qtbot.waitUntil(page.table.hasFocus)


def press(page: MessagesPage, key: Qt.Key, modifiers: object = None) -> None:
    QTest.keyClick(page.table, key, modifiers or Qt.KeyboardModifier.NoModifier)  # type: ignore[arg-type]


def cell_rect(page: MessagesPage, row_id: str, column: int) -> QRect:
    return page.table.visualRect(page.model.index(page.model.row_of(row_id), column))


def click(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.waitUntil(lambda: button.isVisible() and button.isEnabled())
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


# what it shows


def test_groups_stand_in_their_order_with_their_counts(page: MessagesPage) -> None:
    assert ids(page) == [
        "asked", "failed", "retried", "held", "desk", "sent", "replied", "planned", "later",
        "skipped", "gone",
    ]  # fmt: skip
    headings = [str(page.model.index(n, CHECK).data()) for n, row in enumerate(page.model.rows)
                if not id_of(row)]  # fmt: skip
    assert headings == [
        "Answers 1", "Needs attention 2", "Held back for undo 1", "Sent today 3", "Planned 2",
        "Skipped or withdrawn 2",
    ]  # fmt: skip
    tabs = [page.tabs.tabText(n) for n in range(page.tabs.count())]
    assert tabs == [
        "All  10", "Planned  3", "Held  1", "Sent today  3", "Failed  1", "Skipped  2",
        "Answers  1",
    ]  # fmt: skip
    told = {row: str(page.model.index(page.model.row_of(row), STATE).data()) for row in ids(page)}
    assert told["failed"] == "Failed"
    assert told["retried"].startswith("Retry 2 of 3")
    assert told["held"] == "Held until 10:44 · 2 min"
    assert told["sent"] == "Delivered"
    assert told["replied"] == "Reply “1”"
    assert told["planned"] == "Planned"
    assert told["gone"] == "Withdrawn by Maria"
    assert told["skipped"] == "Skipped"
    skipped = page.model.index(page.model.row_of("skipped"), TEXT)
    assert str(skipped.data()) == "No way to reach the patient: SMS – no mobile number"


def test_words_of_what_waits_are_written_as_they_would_go(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    def text() -> str:
        return str(page.model.index(page.model.row_of("planned"), TEXT).data())

    qtbot.waitUntil(lambda: bool(text()))
    choose(page, qtbot, "planned")
    qtbot.waitUntil(lambda: page.side.bubble.body.text() in text())
    assert len(page.side.bubble.body.text()) > 20
    assert "SMS to +44 20 7946 0182 · English" in page.side.bubble.head.text()


def test_the_failed_one_says_why_and_how_out(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "failed")
    side = page.side
    qtbot.waitUntil(lambda: side.by_buttons[Channel.EMAIL].isVisible())
    assert side.state.text() == "Not sent"
    assert side.trouble.said.text() == "The number is not complete."
    assert side.name.text().startswith(world.name(0))
    assert side.buttons["correct"].isVisible()
    assert "number" in side.buttons["correct"].text()
    assert side.attempts.count() == 8  # the last try, and that it was planned
    click(qtbot, side.by_buttons[Channel.EMAIL])
    qtbot.waitUntil(lambda: card(world, "failed").message.status is MessageStatus.WITHDRAWN)
    again = world.front.store.queries.messages(MessageWish(channels=(Channel.EMAIL,)))
    assert "failed:again:" in "".join(one.message.key for one in again)


def test_beside_the_list_the_keyboard_stays_until_a_deed_is_done(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "failed")
    by_mail = page.side.by_buttons[Channel.EMAIL]
    qtbot.waitUntil(by_mail.isVisible)
    by_mail.setFocus()
    page.side._fill()  # as whenever anything has changed
    assert by_mail.hasFocus()
    QTest.keyClick(by_mail, Key.Key_Space)
    qtbot.waitUntil(page.table.hasFocus)
    assert card(world, "failed").message.status is MessageStatus.WITHDRAWN


@pytest.mark.parametrize(
    ("row_id", "order"),
    [
        ("gone", ["Plan again", "Send again", "Send by e-mail", "Open the patient"]),
        ("failed", ["Correct the number…", "Send again", "Withdraw", "Send by e-mail"]),
    ],
)
def test_the_likeliest_way_stands_first_and_tab_follows(
    page: MessagesPage, qtbot: QtBot, row_id: str, order: list[str]
) -> None:
    choose(page, qtbot, row_id)
    side = page.side
    qtbot.waitUntil(side.by_buttons[Channel.EMAIL].isVisible)
    found: list[str] = []
    for _button in order:
        there = QApplication.focusWidget()
        assert there is not None
        QTest.keyClick(there, Key.Key_Tab)
        found += [one.text() for one in side.buttons.values() if one.hasFocus()]
        found += [one.text() for one in side.by_buttons.values() if one.hasFocus()]
    assert [one.replace("&", "") for one in found] == order


def test_correct_the_number_asks_for_the_patients_form(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "failed")
    with qtbot.waitSignal(page.correct_requested) as asked:
        click(qtbot, page.side.buttons["correct"])
    assert asked.args == [world.visits[0].patient_id, "mobile"]


# keys


def test_the_cursor_steps_over_headings_and_keys_act(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "failed")
    press(page, Key.Key_Down)
    assert id_of(page.current) == "retried"
    press(page, Key.Key_End)
    assert id_of(page.current) == "gone"
    press(page, Key.Key_Right)
    press(page, Key.Key_Home)
    assert id_of(page.current) == "asked"
    assert page.table.horizontalScrollBar().value() == 0
    choose(page, qtbot, "retried")
    press(page, Key.Key_Down)
    assert id_of(page.current) == "held"
    press(page, Key.Key_Up)
    assert id_of(page.current) == "retried"
    press(page, Key.Key_Space)
    assert page.model.checked == {"retried"}
    press(page, Key.Key_A, CTRL)
    assert len(page.model.checked) == 10
    assert page.table.all_box.isChecked()
    press(page, Key.Key_Escape)
    assert page.model.checked == set()
    press(page, Key.Key_2)
    qtbot.waitUntil(lambda: ids(page) == ["retried", "planned", "later"])
    assert page.tabs.chosen == "planned"
    page.table.choose("planned")
    page.table.setFocus()
    with qtbot.waitSignal(page.patient_requested) as asked:
        press(page, Key.Key_O)
    assert asked.args == [world.visits[3].patient_id]
    with qtbot.waitSignal(page.visit_requested) as asked:
        press(page, Key.Key_Return)
    assert asked.args == [world.visits[3].id]


def test_withdraw_and_plan_again(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    choose(page, qtbot, "planned")
    press(page, Key.Key_Delete)
    qtbot.waitUntil(page.message.isVisible)
    assert page.message.message is not None
    assert "1 message withdrawn" in page.message.message.sentence
    assert card(world, "planned").message.reason == "Withdrawn by M. Keller"
    qtbot.waitUntil(lambda: len(page.message._buttons) == 1)
    page.message._buttons[0].setFocus()
    qtbot.waitUntil(page.message._buttons[0].hasFocus)
    qtbot.mouseClick(page.message._buttons[0], Qt.MouseButton.LeftButton)
    qtbot.waitUntil(page.table.hasFocus)
    qtbot.waitUntil(lambda: card(world, "planned").message.status is MessageStatus.PLANNED)
    lines = world.front.store.queries
    told = [one.action for one in lines.audit_lines(lines.audit_index(AuditWish())[:6])]
    assert {"PlanAgain", "WithdrawMessages"} <= set(told)


def test_after_a_withdrawal_the_next_row_is_meant_and_undo_brings_it_back(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "planned")
    press(page, Key.Key_Delete)
    qtbot.waitUntil(lambda: id_of(page.current) == "later")
    assert page.message.isVisible()
    assert world.front.desk.execute(Undo()).sentence == "Undone: 1 message withdrawn"
    world.front.operations.announce_external()
    qtbot.waitUntil(lambda: not page.message.isVisible())
    assert card(world, "planned").message.status is MessageStatus.PLANNED
    assert id_of(page.current) == "later"


def test_the_keyboard_is_back_in_the_list_when_there_is_one_again(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    """The last one of a tab is withdrawn, and planned again by the line above."""
    press(page, Key.Key_3)
    qtbot.waitUntil(lambda: ids(page) == ["held"])
    choose(page, qtbot, "held")
    press(page, Key.Key_Delete)
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    qtbot.waitUntil(page.empty._button.hasFocus)
    qtbot.waitUntil(lambda: len(page.message._buttons) == 1)
    page.message._buttons[0].setFocus()
    qtbot.waitUntil(page.message._buttons[0].hasFocus)
    QTest.keyClick(page.message._buttons[0], Key.Key_Space)
    qtbot.waitUntil(lambda: ids(page) == ["held"])
    qtbot.waitUntil(page.table.hasFocus)


def test_several_are_withdrawn_by_the_mouse(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    for row_id in ("planned", "later"):
        place = cell_rect(page, row_id, CHECK)
        box = QPoint(place.left() + 16, place.center().y())
        qtbot.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=box)
    assert page.model.checked == {"planned", "later"}
    assert page.withdraw_button.text() == "&Withdraw (2)"
    click(qtbot, page.withdraw_button)
    qtbot.waitUntil(lambda: card(world, "later").message.status is MessageStatus.WITHDRAWN)
    assert card(world, "planned").message.status is MessageStatus.WITHDRAWN
    qtbot.waitUntil(lambda: not page.model.checked)


def test_send_now_and_send_again_by_key(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    choose(page, qtbot, "held")
    press(page, Key.Key_N)
    qtbot.waitUntil(lambda: card(world, "held").message.held_until is None)
    assert card(world, "held").message.due_at == NOW
    qtbot.waitUntil(lambda: not page.deeds._busy)
    choose(page, qtbot, "failed")
    press(page, Key.Key_R)
    qtbot.waitUntil(lambda: card(world, "failed").message.status is MessageStatus.WITHDRAWN)


def test_the_menu_of_a_row_offers_what_fits(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "failed")
    place = cell_rect(page, "failed", PATIENT).center()
    page.table.customContextMenuRequested.emit(place)
    menu = page.deeds.menu
    assert menu is not None
    qtbot.waitUntil(menu.isVisible)
    assert [one.objectName() for one in menu.actions()] == [
        "again", "withdraw", "correct", "patient", "visit",
    ]  # fmt: skip
    QTest.keyClick(menu, Key.Key_W)
    qtbot.waitUntil(lambda: card(world, "failed").message.status is MessageStatus.WITHDRAWN)
    assert card(world, "failed").message.reason == "Withdrawn by M. Keller"


def test_what_is_typed_ahead_of_the_editor_sends_nothing(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    assert page.table.choose("later")  # and nothing of it is read as yet
    page.table.setFocus()
    for key in (Key.Key_E, Key.Key_N, Key.Key_Delete):
        press(page, key)
    qtbot.waitUntil(lambda: page.deeds.editor is not None and page.deeds.editor.isVisible())
    one = card(world, "later").message
    assert (one.status, one.due_at) == (MessageStatus.PLANNED, NOW + 40 * MINUTE)
    assert page.deeds.editor is not None
    page.deeds.editor.reject()


def test_an_answer_is_dealt_with(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    assert page.table.choose("asked")
    qtbot.waitUntil(lambda: page.side.answer is not None)
    assert page.side.state.text() == "The patient asks reception"
    assert page.side.bubble.body.text() == "Can I come at four?"
    click(qtbot, page.side.buttons["handle"])
    qtbot.waitUntil(lambda: world.front.store.queries.open_answers() == ())
    qtbot.waitUntil(lambda: "asked" not in ids(page))


def test_a_long_answer_has_its_room_beside_the_list(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    said = "Yes, but may I come half an hour later? My bus runs once an hour."
    world.put(world.about(3, "long", NOW, status=MessageStatus.SENT, reply=said, body="Come."))
    world.front.operations.announce_external()
    qtbot.waitUntil(lambda: "long" in ids(page))
    choose(page, qtbot, "long")
    state = str(page.model.index(page.model.row_of("long"), STATE).data())
    assert state == "Reply “Yes, but may I…”"
    assert page.side.state.text() == "Answered"
    assert page.side.trouble.said.text() == said
    assert page.side.trouble.isVisible()


def test_an_answer_confirms_its_visit_by_hand_and_stays_to_be_looked_up(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    visit = world.visits[4].id
    assert page.table.choose("asked")
    with qtbot.waitSignal(page.toast_requested):
        click(qtbot, page.side.buttons["confirm"])
    queries = world.front.store.queries
    assert queries.appointment(visit).cell.status is Status.CONFIRMED
    assert queries.open_answers() == ()
    page.tabs.setCurrentIndex(6)
    qtbot.waitUntil(lambda: ids(page) == ["asked"])
    assert str(page.model.index(page.model.row_of("asked"), STATE).data()) == "Dealt with"
    assert page.table.choose("asked")
    qtbot.waitUntil(lambda: page.side.answer is not None and not page.side.answer.waits)
    assert page.side.buttons["visit"].isVisible()
    assert not page.side.buttons["handle"].isVisible()
    press(page, Key.Key_R)
    qtbot.waitUntil(page.message.isVisible)
    world.front.desk.execute(Undo())
    assert queries.appointment(visit).cell.status is Status.SCHEDULED


def test_one_patients_messages_stay_alone_until_somebody_wants_all(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    page.open(("patient", world.visits[3].patient_id))
    qtbot.waitUntil(lambda: ids(page) == ["sent", "planned"])
    assert page.only_button.text() == f"Only {world.name(3)}"
    page.tabs.setCurrentIndex(3)
    qtbot.waitUntil(lambda: ids(page) == ["sent"])
    page.filters.channel.setCurrentIndex(page.filters.channel.findData(Channel.EMAIL))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    click(qtbot, page.only_button)
    qtbot.waitUntil(lambda: ids(page) == ["desk", "sent", "replied"])
    assert not page.only_button.isVisible()


def test_what_is_looked_for_begins_at_the_top(
    world: Posted, bare: MessagesPage, qtbot: QtBot
) -> None:
    ends = ["sent", *(f"m{n}" for n in range(60))]
    world.put(*(world.about(3 if n % 2 else 4, one, NOW + (20 + n) * MINUTE / 2)
                for n, one in enumerate(ends)))  # fmt: skip
    bare.open()
    qtbot.waitUntil(lambda: len(ids(bare)) == 61)
    press(bare, Key.Key_End)
    qtbot.waitUntil(lambda: bare.table.currentIndex().row() > 50)
    bare.filters.text.setText(world.name(3).split(",")[0])
    qtbot.waitUntil(lambda: 20 < len(ids(bare)) < 40)
    kept = id_of(bare.current)
    assert kept == ids(bare)[0] or bare.table.currentIndex().row() > 20
    assert bare.table.verticalScrollBar().value() == 0


def test_answers_follow_what_is_looked_for(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    page.tabs.setCurrentIndex(6)
    qtbot.waitUntil(lambda: ids(page) == ["asked"])
    page.filters.text.setText("nobody of that name")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.tabs.tabText(6) == "Answers"
    page.filters.text.setText("at four")
    qtbot.waitUntil(lambda: ids(page) == ["asked"])
    page.filters.channel.setCurrentIndex(page.filters.channel.findData(Channel.EMAIL))
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)


def test_what_is_held_counts_down(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    def told() -> str:
        return str(page.model.index(page.model.row_of("held"), STATE).data())

    choose(page, qtbot, "held")
    clock = world.front.clock
    clock.set(NOW + timedelta(seconds=59))
    page.countdown._tell()
    assert told() == page.side.state.text() == "Held until 10:44 · 2 min"
    clock.set(NOW + timedelta(seconds=75))
    page.countdown._tell()
    assert told() == page.side.state.text() == "Held until 10:44 · 45 s"
    clock.set(NOW + timedelta(seconds=121))
    page.countdown._tell()
    qtbot.waitUntil(lambda: page.side.state.text() == "Going now")
    assert told() == "Going now"


@pytest.mark.parametrize(
    ("left", "waits"), [(179.25, 59_251), (120.0, 60_001), (60.0, 1001), (12.5, 501)]
)
def test_the_countdown_looks_again_when_its_words_change(left: float, waits: int) -> None:
    assert until_other_words(timedelta(seconds=left)) == waits


# editing


def edit(page: MessagesPage, qtbot: QtBot, row_id: str) -> None:
    choose(page, qtbot, row_id)
    press(page, Key.Key_E)
    qtbot.waitUntil(
        lambda: (
            page.deeds.editor is not None
            and page.deeds.editor.isVisible()
            and page.deeds.editor.body_edit.hasFocus()
        )
    )


def test_words_by_hand_are_saved_by_the_keyboard(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    edit(page, qtbot, "planned")
    editor = page.deeds.editor
    assert editor is not None
    assert not editor.subject.isVisible()
    assert not editor.template_button.isVisible()
    assert len(editor.body_edit.toPlainText()) > 20
    editor.body_edit.selectAll()
    QTest.keyClicks(editor.body_edit, "Please bring the letter.")
    assert editor.size_label.text() == "24 characters · 1 message"
    QTest.keyClick(editor.body_edit, Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: card(world, "planned").message.body == "Please bring the letter.")
    qtbot.waitUntil(lambda: not editor.isVisible())
    qtbot.waitUntil(lambda: "by hand" in page.side.bubble.head.text())
    edit(page, qtbot, "planned")
    click(qtbot, editor.template_button)
    qtbot.waitUntil(lambda: card(world, "planned").message.written_by == "")
    qtbot.waitUntil(lambda: not editor.isVisible())
    qtbot.waitUntil(lambda: "by hand" not in page.side.bubble.head.text())


def test_bad_words_cannot_be_saved(page: MessagesPage, qtbot: QtBot) -> None:
    edit(page, qtbot, "later")
    editor = page.deeds.editor
    assert editor is not None
    assert editor.subject.isVisible()
    editor.subject.setText(" ")
    assert not editor.save_button.isEnabled()
    editor.subject.setText("Your visit")
    assert editor.save_button.isEnabled()
    editor.body_edit.setPlainText("  \n ")
    assert not editor.save_button.isEnabled()
    editor.body_edit.setPlainText("x" * 20_001)
    assert not editor.save_button.isEnabled()
    assert "at most 20,000" in editor.size_label.text()
    QTest.keyClick(editor.body_edit, Key.Key_Return, CTRL)
    assert editor.isVisible()
    QTest.keyClick(editor, Key.Key_Escape)
    qtbot.waitUntil(lambda: not editor.isVisible())


def test_what_another_desk_withdrew_says_so_and_keeps_what_was_typed(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    edit(page, qtbot, "planned")
    editor = page.deeds.editor
    assert editor is not None
    world.front.other_desk().execute(WithdrawMessages(message_ids=("planned",)))
    editor.body_edit.setPlainText("Too late")
    QTest.keyClick(editor.body_edit, Key.Key_Return, CTRL)
    qtbot.waitUntil(editor.message.isVisible)
    assert editor.isVisible()
    assert editor.body_edit.toPlainText() == "Too late"
    QTest.keyClick(editor, Key.Key_Escape)
    qtbot.waitUntil(lambda: not editor.isVisible())
    page.read()
    row = "Withdrawn by Maria"
    qtbot.waitUntil(lambda: page.model.index(page.model.row_of("planned"), STATE).data() == row)
    page.table.choose("planned")
    press(page, Key.Key_E)
    qtbot.waitUntil(page.message.isVisible)
    assert page.message.message is not None
    assert "Only what has not gone can be edited" in page.message.message.sentence


# living with others


def test_what_others_do_appears_and_the_place_stays(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    choose(page, qtbot, "later")
    world.put(world.about(2, "new", NOW + 10 * MINUTE))
    world.front.operations.announce_external()
    qtbot.waitUntil(lambda: "new" in ids(page))
    assert id_of(page.current) == "later"


def test_a_thousand_come_in_parts(world: Posted, bare: MessagesPage, qtbot: QtBot) -> None:
    page = bare
    world.put(
        *(
            replace(message(f"m{n:04}", NOW + timedelta(seconds=n)), patient_id=None)
            for n in range(1000)
        )
    )
    page.open("planned")
    qtbot.waitUntil(lambda: len(ids(page)) == PAGE)
    assert page.tabs.tabText(1) == "Planned  1,000"
    page.table.setFocus()
    page.table.scrollToBottom()
    qtbot.waitUntil(lambda: len(ids(page)) >= 2 * PAGE)
    bar = page.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    world.put(message("one-more", NOW + timedelta(days=2)))
    world.front.operations.announce_external()
    qtbot.waitUntil(lambda: page.tabs.tabText(1) == "Planned" or "1,000" in page.tabs.tabText(1))
    assert bar.value() == place
    page.filters.text.setFocus()
    QTest.keyClicks(page.filters.text, "nobody of that name")
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.empty.isVisible()


def test_behind_the_curtain_nobody_is_told(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    choose(page, qtbot, "failed")
    try:
        CURTAIN.draw()
        row = page.model.row_of("failed")
        name = str(page.model.index(row, PATIENT).data())
        assert world.visits[0].last_name not in name
        assert "." in name
        assert page.model.index(row, TEXT).data() == "•••"
        assert world.visits[0].last_name not in page.side.name.text()
        assert "+44" not in page.side.bubble.head.text()
    finally:
        CURTAIN.lift()


def test_who_may_not_is_told_why(page: MessagesPage, world: Posted, qtbot: QtBot) -> None:
    mine = DEFAULTS[Role.DOCTOR] - {Permission.MESSAGES}
    page.context.become(replace(page.context.actor, role=Role.DOCTOR, permissions=mine))
    page.follow_rights()
    choose(page, qtbot, "planned")
    why = "A doctor may not send, edit and withdraw messages to patients"
    assert not page.side.buttons["now"].isEnabled()
    assert page.side.buttons["now"].toolTip().startswith(why)
    assert not page.withdraw_button.isEnabled()
    press(page, Key.Key_Delete)
    qtbot.waitUntil(page.message.isVisible)
    assert page.message.message is not None
    assert page.message.message.sentence.startswith(why)
    assert card(world, "planned").message.status is MessageStatus.PLANNED


def test_nothing_at_all_is_said(bare: MessagesPage, qtbot: QtBot) -> None:
    page = bare
    page.open()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    assert page.empty.isVisible()
    assert page.empty._title.text() == "No such messages"
    page.open("all")
    page.filters.choose()
    page.read()
    qtbot.waitUntil(lambda: page.empty._title.text() == "No messages yet")
    assert not page.empty._button.isVisible()


def test_the_box_of_all_stands_over_the_others_in_both_directions(
    page: MessagesPage, qtbot: QtBot
) -> None:
    table = page.table

    def over() -> bool:
        column = table.columnViewportPosition(CHECK)
        middle = table.all_box.geometry().center().x()
        return column <= middle <= column + table.columnWidth(CHECK)

    qtbot.waitUntil(over)
    page.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    qtbot.waitUntil(lambda: table.columnViewportPosition(CHECK) > table.viewport().width() // 2)
    qtbot.waitUntil(over)
    page.resize(1100, 700)
    qtbot.waitUntil(lambda: table.viewport().width() < 800 and over())


def test_a_wish_that_lacks_its_address_says_so(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    values = {"email": "", "channels": ["email"]}
    patient = world.visits[4].patient_id or ""
    world.front.desk.execute(EditPatient(patient_id=patient, values=values))
    choose(page, qtbot, "replied")
    qtbot.waitUntil(lambda: "E-mail first" in page.side.wishes.text())
    assert "SMS allowed, e-mail allowed (no address)" in page.side.wishes.text()


def test_what_goes_into_a_folder_is_not_said_to_be_sent(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    assert page.lamps.told == ["E-mail", "SMS"]
    saved = SaveSetting(key="messages.email.kind", value="folder", scope="clinic")
    world.front.desk.execute(saved)
    page.read()
    qtbot.waitUntil(lambda: page.lamps.told == ["E-mail into a folder", "SMS"])
    assert "nothing is sent" in page.lamps.toolTip()
    world.put(
        world.about(0, "written", NOW - MINUTE, status=MessageStatus.SENT, delivery=Delivery.FOLDER)
    )
    attempt(world.front.store, "written", NOW - MINUTE, 0, "sent", "")
    page.open("written")
    qtbot.waitUntil(lambda: page.side.state.text() == "Written to the folder")

    def said() -> list[str]:
        return [one.text() for one in page.side.findChildren(QLabel)]

    qtbot.waitUntil(lambda: "written to the folder" in said())
    assert "the provider took it" not in said()


def test_a_way_at_fault_says_so_and_leads_to_its_settings(
    page: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    world.put(world.about(0, "stuck", NOW - MINUTE))
    with world.front.store.unit_of_work(world.front.context.actor) as work:
        work.rest_service("sms", "The gateway does not accept the secret.")
        work.commit()
    page.open("stuck")
    qtbot.waitUntil(lambda: page.side.state.text() == "Waits")
    assert page.side.trouble.title.text() == "SMS sends nothing now; it waits."
    assert page.side.trouble.said.text() == "The gateway does not accept the secret."
    qtbot.waitUntil(lambda: page.lamps.told == ["E-mail", "SMS cannot go"])
    asked: list[object] = []
    page.page_requested.connect(lambda *where: asked.append(where))
    qtbot.mouseClick(page.lamps, Qt.MouseButton.LeftButton)
    assert asked == [("settings", ("channels", "sms"))]


def test_without_a_channel_it_says_where_to_begin(
    bare: MessagesPage, world: Posted, qtbot: QtBot
) -> None:
    """At once, not only when all of all time is shown."""
    for name in ("sms", "email"):
        saved = SaveSetting(key=f"messages.{name}.on", value=False, scope="clinic")
        world.front.desk.execute(saved)
    page, asked = bare, []
    page.page_requested.connect(lambda *where: asked.append(where))
    page.open()
    qtbot.waitUntil(lambda: page.empty._title.text() == "Patients are not told anything yet")
    assert "No channel is switched on" in page.empty._text.text()
    assert page.empty._button.text() == "Set up channels"
    qtbot.waitUntil(page.empty._button.hasFocus)
    QTest.keyClick(page.empty._button, Key.Key_2)
    assert page.tabs.chosen == "planned"
    click(qtbot, page.empty._button)
    assert asked == [("settings", "channels")]
    page.open(("patient", world.visits[0].patient_id))
    qtbot.waitUntil(lambda: "planned for this patient" in page.empty._text.text())
    assert page.empty._button.text() == "Set up channels"
    page.filters.text.setText("Nobody")
    qtbot.waitUntil(lambda: page.empty._title.text() == "No such messages")
    click(qtbot, page.empty._button)
    qtbot.waitUntil(lambda: page.empty._title.text() == "Patients are not told anything yet")


def test_what_a_booking_plans_is_held_and_undone_sends_nothing(
    world: Posted, bare: MessagesPage, qtbot: QtBot
) -> None:
    """Planned by the program itself, in the transaction of the booking."""
    page, front, cell = bare, world.front, world.visits[0]
    page.open()
    qtbot.waitUntil(lambda: page.stack.currentWidget() is page.empty)
    day = NOW.date() + timedelta(days=7)
    start = cell.start + timedelta(days=7)
    taken = {one.start for one in front.store.queries.cells(day, day, (cell.doctor_id,))}
    while start in taken:
        start += timedelta(minutes=30)
    front.desk.execute(
        BookAppointment(
            patient_id=cell.patient_id or "", doctor_id=cell.doctor_id, type_id=cell.type_id,
            start=start, overbook_reason="A test",
        )
    )  # fmt: skip
    front.operations.announce_external()
    qtbot.waitUntil(lambda: len(ids(page)) == 1)
    (row_id,) = ids(page)
    row = page.model.row_of(row_id)
    assert page.model.index(row, STATE).data() == "Held until 10:45 · 3 min"
    qtbot.waitUntil(lambda: len(str(page.model.index(row, TEXT).data())) > 20)
    page.tabs.choose("planned")
    page.filters.choose("all")
    page.read()
    qtbot.waitUntil(lambda: len(ids(page)) == 2)  # 24 h and 2 h before
    front.desk.execute(Undo())
    front.operations.announce_external()
    qtbot.waitUntil(lambda: ids(page) == [])
    assert card(world, row_id).message.status is MessageStatus.WITHDRAWN
