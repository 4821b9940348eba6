"""The live verdict tells the rule that stands in the way, never a room that nobody insists on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.proposals import Judgement, Placed, Proposal, Target
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from tests.fakes.rules_ground import WEDNESDAY, RulesGround, open_rules, wed
from tests.fakes.world import at
from tests.ui.test_booking_dialog import ENTER
from tests.ui.test_rules_through_the_window import DOWN, close, held
from tests.ui.test_shell_window import Clinic
from tests.ui.test_shell_window import opened as open_window

THURSDAY = timedelta(days=1)


@pytest.fixture
def ground(tmp_path: Path, qtbot: QtBot) -> Iterator[RulesGround]:
    made = open_rules(tmp_path, Theme.for_tests())
    yield made
    made.front.close()


@pytest.fixture
def windows(ground: RulesGround, qtbot: QtBot) -> Iterator[list[MainWindow]]:
    made: list[MainWindow] = []
    yield made
    for one in made:
        shut(one)
        QApplication.processEvents()


def on_wednesday(ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]) -> MainWindow:
    ground.book(at("16:00"), "tom")  # the window opens on a day with a visit
    window = open_window(Clinic(ground.front), qtbot)
    windows.append(window)
    window.go_to(WEDNESDAY)
    gestures = window.page.gestures
    ground.front.settle(lambda: gestures.judge is not None and gestures.judge.covers(WEDNESDAY))
    return window


def verdict(
    window: MainWindow, ground: RulesGround, visit: str, clock: str, *, copy: bool = False
) -> Judgement:
    cell = ground.front.store.queries.appointment(visit).cell
    start = wed(clock)
    target = Target(ground.names["wu"], start, start + timedelta(minutes=30))
    judge = window.page.gestures.judge
    assert judge is not None
    return judge.judge(Proposal((Placed(cell, target),), copy=copy))


def test_a_held_place_names_who_holds_it_and_not_its_room(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve")
    held(ground)
    said = verdict(on_wednesday(ground, qtbot, windows), ground, visit, "10:00")
    assert (said.verdict, said.sentence) == (Verdict.REFUSE, "Slot held by Maria for 3:00.")
    assert "overbook" in [way.action for way in said.ways_out]


def test_a_visit_leaves_its_room_behind_at_another_site(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve")
    ground.north()
    window = on_wednesday(ground, qtbot, windows)
    assert verdict(window, ground, visit, "14:00").verdict is Verdict.OK


def test_a_type_that_a_site_does_not_offer_says_so(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve")
    ground.north()
    ground.type("follow-up", allowed_location_ids=(ground.names["main"],))
    said = verdict(on_wednesday(ground, qtbot, windows), ground, visit, "14:00")
    assert said.sentence == "Follow-up is not offered at North."
    assert [way.label for way in said.ways_out] == ["Find a time …"]


def test_a_warning_offers_no_way_round_a_rule_that_does_not_refuse(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve", type="strict")
    ground.type("strict", min_notice=3 * 1440)
    said = verdict(on_wednesday(ground, qtbot, windows), ground, visit, "10:00")
    assert (said.verdict, said.code, said.ways_out) == (Verdict.WARN, "notice", ())


def test_a_notice_that_the_old_place_keeps_is_kept(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve", type="strict")
    ground.type("strict", min_notice=25 * 60)
    window = on_wednesday(ground, qtbot, windows)
    said = verdict(window, ground, visit, "10:00")
    assert (said.verdict, said.code) == (Verdict.REFUSE, "notice")
    assert said.sentence == "Mole check needs 25 hours’ notice: from 10:40."
    found = [(way.label, way.action) for way in said.ways_out]
    assert found == [
        ("Next free 10:45", "place_at"),
        ("Move with a reason", "override"),
        ("The clinic asks for it", "asked_by"),
    ]
    assert verdict(window, ground, visit, "10:45").verdict is Verdict.OK


def test_a_copy_meets_the_notice_as_any_booking(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve", type="strict")
    ground.type("strict", min_notice=3 * 1440)
    window = on_wednesday(ground, qtbot, windows)
    said = verdict(window, ground, visit, "10:00", copy=True)
    assert (said.verdict, said.code) == (Verdict.REFUSE, "notice")
    assert "Book anyway" in [way.label for way in said.ways_out]


def test_a_visit_stays_within_the_days_ahead(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(at("15:00"), "eve", type="strict")
    ground.type("strict", max_future_days=0)
    said = verdict(on_wednesday(ground, qtbot, windows), ground, visit, "10:00")
    assert (said.verdict, said.code) == (Verdict.REFUSE, "horizon")
    assert [way.action for way in said.ways_out][:2] == ["override", "asked_by"]


def test_a_visit_that_may_not_move_is_offered_no_other_time(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("15:00") + THURSDAY, "eve")
    ground.type("follow-up", max_reschedules=0, patient_may_reschedule=False)
    said = verdict(on_wednesday(ground, qtbot, windows), ground, visit, "10:00")
    assert (said.verdict, said.code) == (Verdict.REFUSE, "may_not_move")
    assert {way.action for way in said.ways_out} == {"asked_by", "override"}


def test_where_the_day_has_nothing_free_the_finder_is_a_way_out(
    ground: RulesGround, qtbot: QtBot, windows: list[MainWindow]
) -> None:
    visit = ground.book(wed("10:00"), "eve")
    close(ground)
    window = on_wednesday(ground, qtbot, windows)
    grid, gestures = window.page.grid(), window.page.gestures
    ground.front.settle(lambda: grid.focus_cell(visit))
    grid.setFocus()
    QTest.keyClicks(grid, "m")
    ground.front.settle(lambda: gestures.gesture.carrying)
    QTest.keyClick(grid, DOWN)
    QTest.keyClick(grid, ENTER)
    card = gestures.desk.card
    ground.front.settle(card.isVisible)
    assert card.sentence == "Main Street is closed on Wed 25 Nov (Founders’ day)."
    find = next(b for b in card.buttons() if b.text() == "Find a time …")
    find.setFocus()
    QTest.keyClick(find, ENTER)
    ground.front.settle(lambda: window.centre.page == "finder")
