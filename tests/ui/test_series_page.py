"""The page about one series, by keys and mouse on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.services.commands import (
    BookAppointment,
    CancelAppointment,
    MoveAppointment,
    Scope,
    Undo,
)
from clinic_desk.services.series_commands import BookSeries, SeriesMade
from clinic_desk.services.views import Cell
from clinic_desk.ui.models.occurrences import Row
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.series.page import SeriesPage
from tests.fakes.front_desk import FrontDesk
from tests.fakes.series_ground import at, free_place
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

FIRST = date(2027, 1, 11)
WEEKLY = "FREQ=WEEKLY;COUNT=6"


class Stage:
    """Six weekly visits, and the page about them."""

    def __init__(self, ground: FrontDesk, *, count: int = 6) -> None:
        self.ground = ground
        rule = f"FREQ=WEEKLY;COUNT={count}"
        # a week more on either side is free, so that the whole may be moved
        longer = f"FREQ=WEEKLY;COUNT={count + 1}"
        self.doctor, self.day, self.clock = free_place(ground, longer, FIRST)
        hit = ground.store.queries.search_patients("lee ana")[0]
        made = ground.desk.execute(
            BookSeries(
                patient_id=hit.id,
                doctor_id=self.doctor,
                type_id=self.kind(),
                rule=rule,
                local_start=f"{self.day}T{self.clock}",
                minutes=30,
            )
        ).value
        assert isinstance(made, SeriesMade)
        assert made.left_out == ()
        self.made = made
        context = replace(
            ground.context, exporter=lambda: FileExporter(ground.store.queries, ground.clock)
        )
        self.page = SeriesPage(context)
        self.toasts: list[str] = []
        self.page.toast_requested.connect(lambda text, _undo: self.toasts.append(text))
        self.page.resize(1366, 700)
        self.page.show()
        self.page.open(made.visit_ids[0])
        ground.settle(lambda: len(self.rows()) == count)

    def kind(self) -> str:
        roster = self.ground.store.queries.roster()
        return next(
            k.id for k in roster.types.values()
            if k.active and k.slug != "new-patient" and k.doctor_id in (None, self.doctor)
        )  # fmt: skip

    def rows(self) -> list[Row]:
        return self.page.list.rows.rows

    def visits(self) -> list[Cell]:
        """In the diary and to come, by start."""
        queries = self.ground.store.queries
        cells = [queries.appointment(visit_id).cell for visit_id in self.made.visit_ids]
        return sorted((c for c in cells if c.status not in FINAL), key=lambda c: c.start)

    def starts(self) -> list[int]:
        """Days after the first visit as it was booked, when the clock is the same."""
        zero = at(self.day, self.clock)
        return [(c.start - zero).days for c in self.visits()]

    def judged(self) -> None:
        self.ground.settle(
            lambda: self.page.previewing.draft is not None and not self.page.previewing.busy
        )

    def press(self, key: Qt.Key, *, row: str = "") -> None:
        self.page.list.setFocus()
        if row:
            assert self.page.list.choose(row)
        QTest.keyClick(self.page.list, key)
        QApplication.processEvents()

    def save(self) -> str:
        before = len(self.toasts)
        QTest.keyClick(self.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
        self.ground.settle(lambda: len(self.toasts) > before)
        self.ground.settle(lambda: not self.page.pending and self.page.read is not None)
        return self.toasts[-1]

    def key(self, week: int) -> str:
        return f"{self.day + timedelta(weeks=week)}T{self.clock}"

    def undo(self) -> None:
        self.ground.desk.execute(Undo())

    def by_hand(self, week: int, minutes: int) -> Cell:
        """One visit is moved alone."""
        cell = self.visits()[week]
        shift = timedelta(minutes=minutes)
        self.ground.desk.execute(
            MoveAppointment(
                appointment_id=cell.id, expected_revision=None, start=cell.start + shift,
                end=cell.end + shift, outside_hours=True,
            )
        )  # fmt: skip
        self.ground.operations.announce_external()
        self.ground.settle(lambda: any(row.mark == "changed" for row in self.rows()))
        return cell


@pytest.fixture
def stage(front_desk: FrontDesk) -> Iterator[Stage]:
    made = Stage(front_desk)
    yield made
    made.page.hide()
    made.page.deleteLater()


def test_it_lists_every_visit_with_its_status(stage: Stage) -> None:
    assert [row.key for row in stage.rows()] == [stage.key(n) for n in range(6)]
    assert {row.told.split(" · ")[0] for row in stage.rows()} <= {"Booked", "Pending"}
    assert "Every week" in stage.page.subtitle.text()
    assert not stage.page.save_button.isEnabled()


def test_a_week_later_keeps_the_visits_and_is_one_step(stage: Stage) -> None:
    codes = [v.confirmation_code for v in stage.visits()]
    stage.page.form.later.click()
    stage.judged()
    assert [row.key for row in stage.rows()] == [stage.key(n) for n in range(1, 7)]
    assert all(row.told.startswith("from ") for row in stage.rows())
    stage.save()
    assert stage.starts() == [7, 14, 21, 28, 35, 42]
    assert [v.confirmation_code for v in stage.visits()] == codes
    stage.undo()
    assert stage.starts() == [0, 7, 14, 21, 28, 35]


def test_from_here_with_another_time_leaves_the_earlier_ones(stage: Stage) -> None:
    stage.press(Qt.Key.Key_H, row=stage.key(3))
    stage.ground.settle(lambda: stage.page.form.scope.itemText(0).startswith("From "))
    stage.ground.settle(
        lambda: stage.page.read is not None and stage.page.read.draft.local_start == stage.key(3)
    )
    stage.page.form.time.setTime(stage.page.form.time.time().addSecs(1800))
    stage.judged()
    while stage.page.previewing.unsolved():
        stage.press(Qt.Key.Key_A)
        stage.judged()
    stage.save()
    assert stage.starts()[:3] == [0, 7, 14]
    moved = [v.start for v in stage.visits()][3:]
    assert moved[0] == at(stage.day + timedelta(weeks=3), stage.clock) + timedelta(minutes=30)
    stage.undo()
    assert stage.starts() == [0, 7, 14, 21, 28, 35]


def test_one_changed_by_hand_is_kept_unless_it_is_included(stage: Stage) -> None:
    changed = stage.by_hand(2, 60)
    assert stage.page.form.include.isVisible()
    assert "1 visit" in stage.page.form.include.text() or "the visit" in (
        stage.page.form.include.text()
    )
    stage.page.form.later.click()
    stage.judged()
    kept = next(row for row in stage.rows() if row.mark == "changed")
    assert "changed by hand" in kept.told
    stage.save()
    there = stage.ground.store.queries.appointment(changed.id).cell
    assert there.start == changed.start + timedelta(minutes=60)
    stage.undo()
    stage.ground.operations.announce_external()
    stage.ground.settle(lambda: [r.key for r in stage.rows()] == [stage.key(n) for n in range(6)])
    stage.page.form.include.setChecked(True)
    stage.page.form.later.click()
    stage.judged()
    assert not stage.page.previewing.unsolved()
    along = next(row for row in stage.rows() if row.mark == "changed")
    assert along.told.startswith("→")
    assert along.clock not in along.told
    stage.save()
    there = stage.ground.store.queries.appointment(changed.id).cell
    assert there.start == changed.start + timedelta(weeks=1, minutes=60)  # as in the calendar


def test_skip_one_add_it_back_and_undo(stage: Stage) -> None:
    stage.press(Qt.Key.Key_S, row=stage.key(1))
    stage.ground.settle(lambda: len(stage.visits()) == 5)
    stage.ground.settle(lambda: stage.rows()[1].struck)
    assert stage.starts() == [0, 14, 21, 28, 35]
    stage.press(Qt.Key.Key_B, row=stage.key(1))
    stage.ground.settle(lambda: len(stage.visits()) == 6)
    assert stage.starts() == [0, 7, 14, 21, 28, 35]
    stage.undo()
    assert len(stage.visits()) == 5


def test_a_date_that_was_left_out_is_booked_again(stage: Stage) -> None:
    stage.page.form.rule.count.setValue(8)
    stage.judged()
    stage.press(Qt.Key.Key_S, row=stage.key(6))
    stage.judged()
    if stage.page.previewing.unsolved():
        stage.press(Qt.Key.Key_A)
        stage.judged()
    stage.save()
    stage.ground.settle(lambda: any(r.key == stage.key(6) and r.struck for r in stage.rows()))
    stage.press(Qt.Key.Key_B, row=stage.key(6))
    stage.ground.settle(lambda: any(r.key == stage.key(6) and not r.struck for r in stage.rows()))


def test_keys_typed_while_the_series_is_being_written_are_done_after_it(stage: Stage) -> None:
    stage.page.form.rule.count.setValue(8)
    stage.judged()
    stage.press(Qt.Key.Key_S, row=stage.key(6))
    stage.judged()
    if stage.page.previewing.unsolved():
        stage.press(Qt.Key.Key_A)
    QTest.keyClick(stage.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    stage.ground.settle(lambda: stage.page._busy)
    QTest.keyClick(stage.page.list, Qt.Key.Key_B)
    stage.ground.settle(lambda: len(stage.toasts) == 2)
    stage.ground.settle(lambda: any(r.key == stage.key(6) and not r.struck for r in stage.rows()))


def test_cancel_the_following_ones_with_a_reason(stage: Stage) -> None:
    stage.page.list.choose(stage.key(4))
    stage.page.cancel_button.click()
    card = stage.page.deeds.card
    assert card is not None
    stage.ground.settle(card.isVisible)
    QTest.keyClicks(card.reason, "Treatment finished")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    stage.ground.settle(lambda: stage.toasts)
    assert stage.starts() == [0, 7, 14, 21]
    last = stage.ground.store.queries.appointment(stage.made.visit_ids[5]).cell
    assert (last.status, last.cancel_reason) == (Status.CANCELLED, "Treatment finished")
    stage.ground.settle(lambda: "4 times" in stage.page.subtitle.text())
    assert stage.page.summary.text() == f"{stage.page.read.view.words}: 4 visits"
    assert stage.page.form.rule.count.value() == 4
    stage.undo()
    assert len(stage.visits()) == 6


def test_the_page_goes_on_with_the_last_visit_that_stands(stage: Stage) -> None:
    """From here, then the rest is cancelled: what was chosen is no visit of the rule any more."""
    stage.press(Qt.Key.Key_H, row=stage.key(4))
    fourth, fifth = stage.made.visit_ids[3:5]
    stage.ground.settle(lambda: stage.page.read is not None and stage.page.read.anchor.id == fifth)
    stage.ground.desk.execute(
        CancelAppointment(appointment_id=fifth, reason="away", scope=Scope.FOLLOWING)
    )
    stage.ground.operations.announce_external()
    stage.ground.settle(lambda: stage.page.read is not None and stage.page.read.anchor.id == fourth)
    assert stage.page.form.rule.count.value() == 1
    assert [row.struck for row in stage.rows()] == [False] * 4 + [True] * 2
    stage.page.form.rule.count.setValue(3)
    stage.judged()
    assert len(stage.page.previewing.shown.occurrences) == 3  # type: ignore[union-attr]
    stage.save()
    assert len([row for row in stage.rows() if not row.struck]) >= 3


def test_an_unsaved_change_is_not_lost_by_leaving(stage: Stage) -> None:
    assert stage.page.leave()
    stage.page.form.later.click()
    assert not stage.page.leave()
    assert "not saved" in stage.page.message.message.sentence  # type: ignore[union-attr]
    stage.page.discard()
    assert stage.page.leave()
    stage.ground.settle(lambda: [r.key for r in stage.rows()] == [stage.key(n) for n in range(6)])


def test_a_rule_that_says_nothing_is_told_at_the_line(stage: Stage) -> None:
    for button in stage.page.form.rule.days:
        if button.isChecked():
            QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "at least one weekday" in stage.page.form.rule.fault.text()
    QTest.keyClick(stage.page, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert stage.toasts == []
    assert not stage.page.leave()


def test_it_is_exported_and_a_bad_place_says_so(stage: Stage, tmp_path: Path) -> None:
    stage.page.deeds.export_to(tmp_path / "series.ics")
    stage.ground.settle(lambda: stage.toasts)
    assert "6 visits" in stage.toasts[0]
    assert b"RRULE:FREQ=WEEKLY" in (tmp_path / "series.ics").read_bytes()
    stage.page.deeds.export_to(tmp_path / "no such folder" / "series.ics")
    stage.ground.settle(lambda: stage.page.message.isVisible())
    assert "cannot be written" in stage.page.message.message.sentence  # type: ignore[union-attr]


def test_behind_the_curtain_its_file_is_named_after_nobody(stage: Stage) -> None:
    read = stage.page.read
    assert read is not None
    surname = read.anchor.last_name.lower().split()[0]
    names = []
    for drawn in (False, True):
        if drawn:
            CURTAIN.draw()
        try:
            stage.page.deeds.export()
        finally:
            CURTAIN.lift()
        asking = stage.page.findChildren(QFileDialog)[-1]
        names.append(Path(asking.selectedFiles()[0]).name)
        asking.reject()
    assert names[0].startswith(surname)
    assert names[1] == f"{read.anchor.confirmation_code.lower()}-series.ics"


def busy_on(stage: Stage, week: int) -> None:
    """Somebody else takes the place of the fifth visit, which was left out before."""
    today = stage.ground.clock.now().date()
    other = next(
        cell.patient_id for cell in stage.ground.store.queries.cells(today, today)
        if cell.patient_id is not None and cell.last_name != "Lee"
    )  # fmt: skip
    start = at(stage.day + timedelta(weeks=week), stage.clock)
    stage.ground.desk.execute(
        BookAppointment(
            patient_id=other, doctor_id=stage.doctor, type_id=stage.kind(), start=start,
            end=start + timedelta(minutes=30),
        )
    )  # fmt: skip


def test_a_clash_of_a_longer_rule_is_overbooked_from_the_list(stage: Stage) -> None:
    busy_on(stage, 6)
    stage.page.form.rule.count.setValue(7)
    stage.judged()
    (clash,) = stage.page.previewing.unsolved()
    stage.page.list.choose(clash.local_start)
    stage.page.list.setFocus()
    QTest.keyClick(stage.page.list, Qt.Key.Key_O)
    stage.ground.settle(lambda: stage.page.deeds.card is not None)
    card = stage.page.deeds.card
    assert card is not None
    stage.ground.settle(card.isVisible)
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    assert card.isVisible(), "no reason, no overbooking"
    QTest.keyClicks(card.reason, "The doctor agreed")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    stage.ground.settle(lambda: any("Overbooked" in row.told for row in stage.rows()))
    stage.save()
    series_id = stage.visits()[0].series_id
    cells = stage.ground.store.queries.series(str(series_id)).cells
    (over,) = [cell for cell in cells if "overbooked" in cell.flags]
    assert over.start == at(stage.day + timedelta(weeks=6), stage.clock)
    assert over.overbook_reason == "The doctor agreed"


def test_a_date_left_out_is_added_back_beside_the_others(stage: Stage) -> None:
    stage.page.form.rule.count.setValue(7)
    stage.judged()
    stage.press(Qt.Key.Key_S, row=stage.key(6))
    stage.judged()
    stage.save()
    stage.ground.settle(lambda: stage.page.list.choose(stage.key(6)))
    busy_on(stage, 6)
    QTest.keyClick(stage.page.list, Qt.Key.Key_B)
    bar = stage.page.message
    stage.ground.settle(
        lambda: (
            bar.message is not None and "overbook" in [way.action for way in bar.message.ways_out]
        )
    )
    bar.chosen.emit(next(way for way in bar.message.ways_out if way.action == "overbook"))
    card = stage.page.deeds.card
    assert card is not None
    stage.ground.settle(card.isVisible)
    QTest.keyClicks(card.reason, "In pain")
    QTest.keyClick(card.reason, Qt.Key.Key_Return)
    stage.ground.settle(lambda: any(r.key == stage.key(6) and not r.struck for r in stage.rows()))
    series_id = stage.visits()[0].series_id
    cells = stage.ground.store.queries.series(str(series_id)).cells
    assert [cell.overbook_reason for cell in cells if "overbooked" in cell.flags] == ["In pain"]
