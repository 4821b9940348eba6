"""What is kept in the finder for a caller is an undo step; what follows the selection is none."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.services.commands import Redo, Undo
from tests.fakes.ui_ground import front_desk
from tests.ui.test_finder_page import Finder, finder

__all__ = ["finder", "front_desk"]


def undo_label(finder: Finder) -> str:
    session = finder.ground.context.actor.session_id
    return finder.ground.store.queries.undo_state(session).undo_label


def test_keeping_and_letting_go_are_steps_and_the_page_follows_an_undo(finder: Finder) -> None:
    page, operations = finder.page, finder.ground.context.operations
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    assert undo_label(finder) == ""
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: page.hold.settled and undo_label(finder).startswith("Hold "))
    assert len(finder.held()) == 1
    operations.run(Undo(initiator="window"))
    finder.ground.settle(lambda: page.hold.kept == [] and finder.held() == [])
    operations.run(Redo(initiator="window"))
    finder.ground.settle(lambda: len(finder.held()) == 1)
    # it is kept for the caller again: in the bar, with its countdown, and let go with the others
    finder.ground.settle(lambda: len(page.hold.kept) == 1)
    assert [chip.isVisibleTo(page) for chip in page.kept_bar.chips] == [True]
    assert ":" in page.kept_bar.chips[0].text()
    assert page.hold.kept[0].keeper.hold_id == finder.held()[0].id
    page.leave()
    finder.ground.settle(lambda: finder.held() == [])


def test_a_second_h_is_a_step_of_its_own(finder: Finder) -> None:
    page, operations = finder.page, finder.ground.context.operations
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: page.hold.settled and undo_label(finder).startswith("Hold "))
    page.hold.pause()
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: undo_label(finder).startswith("Release "))
    assert finder.held() == []
    operations.run(Undo(initiator="window"))
    finder.ground.settle(lambda: len(finder.held()) == 1)
    finder.ground.settle(lambda: len(page.hold.kept) == 1)
    before = finder.held()[0].hold_until
    finder.ground.clock.advance(seconds=30)
    finder.key(Qt.Key.Key_F4)
    finder.ground.settle(lambda: finder.held()[0].hold_until != before)


def test_leaving_frees_what_was_kept_and_leaves_no_step(finder: Finder) -> None:
    page = finder.page
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: page.hold.settled and undo_label(finder).startswith("Hold "))
    page.leave()
    finder.ground.settle(lambda: finder.held() == [] and undo_label(finder) == "")
