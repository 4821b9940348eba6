"""Rooms that doctors use who are not shown: known soon after the picture, and then refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.ui.calendar.page import CalendarPage
from clinic_desk.ui.calendar.proposals import Judgement, Placed, Proposal, Target
from clinic_desk.ui.look.theme import Theme
from tests.fakes.drag_stage import DAY, DOCTORS, Stage, at, visit

HOUR = "15:00"


@pytest.fixture
def scene(tmp_path: Path, qtbot: QtBot) -> Iterator[tuple[Stage, CalendarPage]]:
    """One doctor of several is shown; at three the others use every room, hers too."""
    stage = Stage(tmp_path, Theme.for_tests())
    qtbot.addWidget(stage)
    others = [key for key, *_ in DOCTORS if key != "wu"]
    with stage.store.unit_of_work(stage.actor) as work:
        for key in others:
            work.add(visit(f"busy-{key}", key, HOUR, patient="hall"), "created")
        beside = visit("beside", others[0], HOUR, patient="park", room_id="room-wu", lane=1)
        work.add(beside, "created")
        work.commit()
    page = CalendarPage(stage.context)
    qtbot.addWidget(page)
    page.resize(1300, 800)
    page.day = DAY
    page.doctor_ids = ["wu"]
    page.show()
    yield stage, page
    page.hide()
    stage.shut()


def shown(stage: Stage, page: CalendarPage) -> None:
    """Until the picture stands; no longer, so that the rooms are not read yet."""
    page.load()
    page.loader._rooms.setInterval(60_000)
    stage.settle(lambda: page.grid().slice is not None)


def wanted(page: CalendarPage) -> Proposal:
    data = page.grid().slice
    assert data is not None
    cell = next(c for c in data.cells if c.id == "lee")
    return Proposal((Placed(cell, Target("wu", at(HOUR), at("15:30"))),))


def judged(page: CalendarPage) -> Judgement:
    judge = page.gestures.judge
    assert judge is not None
    return judge.judge(wanted(page))


def test_the_rooms_are_read_by_themselves_after_the_picture(
    scene: tuple[Stage, CalendarPage], qtbot: QtBot
) -> None:
    _stage, page = scene
    with qtbot.waitSignal(page.grid().completed):
        page.load()
    judgement = judged(page)
    assert (judgement.verdict, judgement.code) == (Verdict.REFUSE, "room_busy")
    assert not judgement.allowed


def test_a_drag_that_begins_before_waits_for_nothing_and_learns_it_on_the_way(
    scene: tuple[Stage, CalendarPage], qtbot: QtBot
) -> None:
    stage, page = scene
    shown(stage, page)
    lee = wanted(page).lead.cell
    page.gestures.lift((lee,))
    placer = page.gestures.placer
    assert placer is not None
    placer.put(page.grid().columns[0], 15 * 60)
    page.gestures.show_place()
    before = page.gestures.judgement
    assert before is not None
    assert before.allowed
    told: list[object] = []
    page.gestures.status_changed.connect(told.append)
    with qtbot.waitSignal(page.grid().completed):
        page.loader._ask_rooms()
    after = page.gestures.judgement
    assert after is not None
    assert after.code == "room_busy"
    assert not after.allowed
    assert told
    page.gestures.cancel()
    QApplication.processEvents()


def test_what_is_loaded_during_a_drag_is_complete_at_once(
    scene: tuple[Stage, CalendarPage],
) -> None:
    stage, page = scene
    shown(stage, page)
    page.gestures.lift((wanted(page).lead.cell,))
    first = page.grid().slice
    page.load()
    stage.settle(lambda: page.grid().slice is not first)
    assert judged(page).code == "room_busy"
    assert not page.loader._rooms.isActive()
    page.gestures.cancel()
    QApplication.processEvents()


def test_the_room_use_is_what_the_bare_calendar_lacks(scene: tuple[Stage, CalendarPage]) -> None:
    stage, _page = scene
    queries = stage.store.queries
    whole = queries.calendar(DAY, DAY, ["wu"]).snapshot.busy
    bare = queries.calendar(DAY, DAY, ["wu"], rooms=False).snapshot.busy
    assert {row.doctor_id for row in bare} == {"wu"}
    assert set(whole) == {*bare, *queries.room_use(DAY, DAY, ["wu"])}
    assert len(whole) > len(bare)
