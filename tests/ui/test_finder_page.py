"""The finder on the real store: streaming, keys, holds, why not, moving a visit."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QPushButton
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.services.commands import AUTO, BookAppointment, CancelAppointment, HoldSlot
from clinic_desk.services.views import Cell, Openings
from clinic_desk.ui.booking.finder import FinderPage
from clinic_desk.ui.booking.finder_criteria import FoundOpening
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.finding import Sampler, Wanted, criteria_of, few_days, unread
from clinic_desk.ui.models.openings import BEST_ROLE, RANKED_ROLE
from clinic_desk.ui.models.sites import both_clocks
from clinic_desk.ui.runtime.wording import Tone
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

TUESDAY = date(2026, 11, 24)


@dataclass
class Finder:
    ground: FrontDesk
    page: FinderPage
    window: QMainWindow
    booked: list[FoundOpening] = field(default_factory=list)
    toasts: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)

    def done(self) -> None:
        self.ground.settle(lambda: not self.page.searching and self.page.current is not None)

    def held(self) -> list[Cell]:
        """The holds of this desk, as every window reads them."""
        today = self.ground.clock.now().date()
        cells = self.ground.store.queries.cells(today, today + timedelta(days=30))
        own = self.ground.context.actor.desk_id
        return [c for c in cells if c.status is Status.HELD and c.held_by_desk == own]

    def key(self, key: Qt.Key, **more: Any) -> None:
        QTest.keyClick(self.page.list, key, **more)


@pytest.fixture
def finder(front_desk: FrontDesk) -> Iterator[Finder]:
    window = QMainWindow()
    page = FinderPage(front_desk.context)
    window.setCentralWidget(page)
    window.resize(1366, 768)
    window.show()
    made = Finder(front_desk, page, window)
    page.book_requested.connect(made.booked.append)
    page.toast_requested.connect(lambda text, _undo: made.toasts.append(text))
    page.moved.connect(made.moved.append)
    front_desk.settle(lambda: page.source.roster is not None)
    page.start()
    made.done()
    yield made
    page.leave()
    front_desk.settle(lambda: page.hold.settled)
    window.hide()
    window.deleteLater()


def test_openings_are_grouped_by_day_and_the_arrows_pass_over_the_headings(
    finder: Finder,
) -> None:
    page = finder.page
    assert page.rows.days() > 5
    assert page.list.currentIndex().row() == 1
    seen = []
    for _ in range(60):
        finder.key(Qt.Key.Key_Down)
        assert page.current is not None
        seen.append(page.rows.day_of(page.current))
    assert seen == sorted(seen)
    assert len(set(seen)) > 1


def test_enter_hands_the_opening_to_the_booking(finder: Finder) -> None:
    finder.key(Qt.Key.Key_Down)
    chosen = finder.page.current
    finder.key(Qt.Key.Key_Return)
    assert chosen is not None
    finder.ground.settle(lambda: finder.booked)
    assert finder.booked[0].slot == chosen.slot
    assert finder.booked[0].type_id == finder.page.criteria.wanted.type_id


def test_the_row_is_held_only_once_the_selection_rests_on_it(finder: Finder) -> None:
    page = finder.page
    executed: list[object] = []
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    finder.ground.operations.committed.connect(executed.append)
    for _ in range(8):
        finder.key(Qt.Key.Key_Down)
    assert page.current is not None
    finder.ground.settle(lambda: executed and page.hold.settled)
    assert len(executed) == 1
    (held,) = finder.held()
    assert (held.start, held.doctor_id) == (page.current.slot.start, page.current.slot.doctor_id)
    assert page.delegate.held == {(held.start, held.doctor_id): 180}
    assert held.held_by == "M. Keller"
    page.leave()
    finder.ground.settle(lambda: finder.held() == [])


def test_the_hold_is_renewed_while_the_finder_is_used(finder: Finder) -> None:
    page, clock = finder.page, finder.ground.clock
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    keeper = page.hold.selected
    clock.advance(seconds=130)
    finder.key(Qt.Key.Key_Shift)
    finder.ground.settle(lambda: keeper.seconds_left() == 180)
    clock.advance(seconds=125)
    keeper._tick()
    assert "one minute" in page.message.sentence
    QTest.keyClick(page, Qt.Key.Key_F4)
    finder.ground.settle(lambda: keeper.seconds_left() == 180)
    clock.advance(seconds=181)
    keeper._tick()
    assert "ran out" in page.message.sentence
    assert page.delegate.held == {}


def test_h_keeps_several_openings_and_figures_let_them_go(finder: Finder) -> None:
    page = finder.page
    places = []
    for _ in range(3):
        assert page.current is not None
        places.append((page.current.slot.start, page.current.slot.doctor_id))
        finder.key(Qt.Key.Key_H)
        for _ in range(3):  # well clear of the one before
            finder.key(Qt.Key.Key_Down)
    finder.ground.settle(lambda: len(finder.held()) == 4 and page.hold.settled)
    kept = [(one.place.start, one.place.doctor_id) for one in page.hold.kept]
    assert kept == places
    assert set(places) < {(cell.start, cell.doctor_id) for cell in finder.held()}
    chips = [chip for chip in page.kept_bar.chips if chip.isVisible()]
    assert [chip.text().rpartition(" · ")[2] for chip in chips] == ["3:00"] * 3
    finder.key(Qt.Key.Key_2)
    finder.ground.settle(lambda: len(finder.held()) == 3)
    assert [(k.place.start, k.place.doctor_id) for k in page.hold.kept] == [places[0], places[2]]
    chips[1].setFocus()
    QTest.keyClick(chips[1], Qt.Key.Key_Delete)
    finder.ground.settle(lambda: len(finder.held()) == 2)
    chips[0].setFocus()
    QTest.keyClick(chips[0], Qt.Key.Key_Return)
    finder.ground.settle(lambda: len(finder.held()) == 1)
    assert page.list.hasFocus()
    assert not page.kept_bar.isVisible()


def test_h_on_a_kept_row_lets_it_go_and_leaving_frees_all(finder: Finder) -> None:
    page = finder.page
    finder.key(Qt.Key.Key_H)
    assert page.hold_button.text().strip() == "Let go"
    finder.ground.settle(lambda: len(finder.held()) == 1)
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: finder.held() == [])
    finder.key(Qt.Key.Key_H)
    for _ in range(4):
        finder.key(Qt.Key.Key_Down)
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: len(finder.held()) == 2)
    finder.key(Qt.Key.Key_Escape)
    finder.ground.settle(lambda: finder.held() == [])


def test_a_row_that_another_desk_took_is_told_and_nothing_is_held(finder: Finder) -> None:
    page = finder.page
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    index = page.list.currentIndex().siblingAtRow(page.list.currentIndex().row() + 3)
    slot = index.data(RANKED_ROLE).slot
    finder.ground.other_desk().execute(
        HoldSlot(doctor_id=slot.doctor_id, start=slot.start, end=slot.end)
    )
    page.list.setCurrentIndex(index)
    finder.ground.settle(lambda: page.message.sentence)
    assert page.message.tone is Tone.REFUSE
    assert "Maria" in page.message.sentence
    finder.ground.settle(lambda: page.hold.settled and finder.held() == [])
    finder.key(Qt.Key.Key_Up)
    assert page.message.sentence == ""


def test_booking_a_kept_row_makes_room_for_it_and_keeps_the_others(finder: Finder) -> None:
    page = finder.page
    finder.key(Qt.Key.Key_H)
    first = page.current
    for _ in range(3):
        finder.key(Qt.Key.Key_Down)
    finder.key(Qt.Key.Key_H)
    finder.ground.settle(lambda: len(finder.held()) == 2)
    finder.key(Qt.Key.Key_Return)
    finder.ground.settle(lambda: len(finder.held()) == 1)
    assert first is not None
    assert [cell.start for cell in finder.held()] == [first.slot.start]


def test_only_as_many_columns_as_fit_and_the_chosen_doctor_first(finder: Finder) -> None:
    page = finder.page
    for width in (1366, 1000, 1920):
        finder.window.resize(width, 768)
        finder.ground.settle(lambda: page.strip.shown is not None)
        finder.ground.settle(
            lambda: 1 <= len(page.strip.shown.doctors) <= page.day.room_for()  # type: ignore[union-attr]
        )
        shown = page.strip.shown
        assert shown is not None
        assert page.current is not None
        assert shown.doctors[0].id == page.current.slot.doctor_id
        assert all(page.strip.column(n).width() >= 120 for n in range(len(shown.doctors)))


def test_why_not_takes_the_place_of_the_day_where_room_is_short(finder: Finder) -> None:
    page = finder.page
    assert page.panel._help.isVisible()
    finder.window.resize(700, 600)
    finder.ground.settle(lambda: not page.panel.isVisible())
    finder.ground.settle(lambda: not page.searching and page.list.hasFocus())
    finder.key(Qt.Key.Key_Y)
    finder.ground.settle(lambda: page.panel.time.hasFocus() and not page.day_pane.isVisible())
    QTest.keyClick(page.panel.time, Qt.Key.Key_Escape)
    finder.ground.settle(lambda: page.day_pane.isVisible() and page.list.hasFocus())


def test_each_day_begins_with_its_best_and_one_row_is_the_soonest(finder: Finder) -> None:
    page = finder.page
    found = page.rows.found()
    rows = [page.rows.index(n) for n in range(page.rows.rowCount())]
    best = [index.data(RANKED_ROLE) for index in rows if index.data(BEST_ROLE)]
    assert len(best) == 1
    assert best[0].score == max(row.score for row in found)
    day = page.rows.day_of(found[0])
    assert found[0].score == max(row.score for row in page.rows.of_day(day))
    soonest = [row for row in found if "soonest" in row.why]
    assert [row.slot.start for row in soonest] == [min(row.slot.start for row in found)]


def test_letters_toggle_the_criteria_only_from_the_list(finder: Finder) -> None:
    page = finder.page
    finder.key(Qt.Key.Key_M)
    finder.ground.settle(lambda: page.searching)
    finder.done()
    zone = page.source.zone
    assert all(_local(r.slot, zone).hour < 12 for r in page.rows.found())
    page.when.setFocus()
    QTest.keyClicks(page.when, "m")
    assert page.criteria.wanted.mornings
    assert page.when.text() == "m"


def test_what_is_typed_narrows_and_nonsense_is_named(finder: Finder) -> None:
    page = finder.page
    QTest.keyClicks(page.when, "fri after 4")
    finder.ground.settle(
        lambda: (
            not page.searching
            and bool(page.rows.found())
            and all(
                _local(r.slot, page.source.zone).weekday() == 4
                and _local(r.slot, page.source.zone).hour >= 16
                for r in page.rows.found()
            )
        )
    )
    page.when.setText("xyzzy")
    finder.ground.settle(lambda: "xyzzy" in page.message.sentence)


def test_why_not_puts_the_failed_rules_first_and_offers_what_works(finder: Finder) -> None:
    page, panel = finder.page, finder.page.panel
    now = finder.ground.clock.now()
    codes = {d.id for d in page.source.doctors() if d.code in ("AD", "JC", "SO")}
    cells = finder.ground.store.queries.cells(now.date(), now.date() + timedelta(days=3))
    busy = next(
        c for c in cells if c.status is Status.SCHEDULED and c.start > now and c.doctor_id in codes
    )
    finder.key(Qt.Key.Key_Y)
    assert panel.time.hasFocus()
    panel.ask_about(busy.doctor_id, busy.start)
    finder.ground.settle(lambda: panel.answer is not None)
    assert panel.answer is not None
    reasons = panel.answer.explanation.reasons
    assert any(r.code == "doctor_busy" and not r.passed for r in reasons)
    assert any(r.passed for r in reasons)
    speech = panel.speech()
    assert "with another patient" in speech
    assert busy.last_name not in speech
    assert panel.answer.nearest
    panel.slot_wanted.emit(panel.answer.nearest[0])
    finder.ground.settle(lambda: finder.booked)  # once its own hold is out of the way
    assert finder.booked[-1].slot == panel.answer.nearest[0]


def test_what_is_held_for_this_caller_is_free_for_this_caller(finder: Finder) -> None:
    page, panel = finder.page, finder.page.panel
    finder.ground.settle(lambda: bool(page.hold.ids()))
    assert page.current is not None
    held = page.current.slot
    panel.ask_about(held.doctor_id, held.start)
    finder.ground.settle(lambda: panel.answer is not None)
    assert panel.answer is not None
    assert all(reason.passed for reason in panel.answer.explanation.reasons)


def test_a_time_typed_into_why_not_is_read(finder: Finder) -> None:
    panel = finder.page.panel
    finder.key(Qt.Key.Key_Y)
    QTest.keyClicks(panel.time, "wed 03:00")
    QTest.keyClick(panel.time, Qt.Key.Key_Return)
    finder.ground.settle(lambda: panel.answer is not None)
    assert panel.answer is not None
    wall = panel.answer.explanation.start.astimezone(UTC)
    assert (wall.weekday(), wall.hour) == (2, 3)
    assert panel.title.text() == "Why not 03:00?"
    finder.page.start()  # the next caller
    assert panel.time.text() == ""
    assert panel.title.text() == "Why not…?"
    assert panel.answer is None


def test_control_c_copies_an_offer_to_read_out(finder: Finder) -> None:
    finder.key(Qt.Key.Key_C, modifier=Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert " at " in text
    zone = finder.page.source.zone
    offered = [_local(row.slot, zone).strftime("%H:%M") for row in finder.page.rows.found()[:3]]
    assert all(clock in text for clock in offered)
    assert "Dr " in text
    assert finder.toasts == [f"Copied: {text}"]


def test_a_visit_is_moved_from_the_finder(finder: Finder) -> None:
    queries, now = finder.ground.store.queries, finder.ground.clock.now()
    cells = queries.cells(now.date(), now.date() + timedelta(days=10))
    cell = next(c for c in cells if c.status is Status.SCHEDULED and c.start > now)
    finder.page.start_for_visit(queries.appointment(cell.id))
    finder.done()
    offered = [(row.slot.start, row.slot.doctor_id) for row in finder.page.rows.found()]
    assert offered
    assert (cell.start, cell.doctor_id) not in offered, "it stands there already"
    finder.key(Qt.Key.Key_Down)
    target = finder.page.current
    finder.key(Qt.Key.Key_Return)
    finder.ground.settle(lambda: finder.moved)
    assert target is not None
    after = queries.appointment(cell.id).cell
    assert (after.start, after.doctor_id) == (target.slot.start, target.slot.doctor_id)


def test_the_sampler_shows_each_date_before_the_rest() -> None:
    days = [datetime(2026, 11, 24 + d, 9 + h, tzinfo=UTC) for d in range(3) for h in range(3)]
    ranked = tuple(
        RankedSlot(Slot(day, day + timedelta(minutes=30), "a", "x", None, 1), 0.0, "")
        for day in days
    )
    sampler = Sampler(lambda _location: "UTC", everything=False)
    first = sampler.take(Openings(ranked))
    assert [r.slot.start for r in first] == [days[0], days[1], days[3], days[6]]
    assert [r.slot.start for r in sampler.rest()] == [days[2], days[4], days[5], days[7], days[8]]
    assert sampler.rest() == []


def test_chips_and_words_add_up() -> None:
    criteria = criteria_of(Wanted(type_id="t", mornings=True, when_text="thu after 10"), TUESDAY)
    assert criteria.latest == 720
    assert criteria.earliest == 600
    assert criteria.weekdays == frozenset({3})
    assert criteria.last == TUESDAY + timedelta(days=27)
    assert few_days(Wanted(when_text="tomorrow"), TUESDAY)
    assert not few_days(Wanted(when_text="in 2w"), TUESDAY)
    assert unread(Wanted(when_text="blorp"), TUESDAY) == ("blorp",)


def _local(slot: Slot, zone: str) -> datetime:
    from zoneinfo import ZoneInfo

    return slot.start.astimezone(ZoneInfo(zone))


def booking(finder: Finder, slot: Slot, patient: int = 0) -> BookAppointment:
    hits = finder.ground.store.queries.search_patients("a")
    return BookAppointment(
        patient_id=hits[patient].id,
        doctor_id=slot.doctor_id,
        type_id=finder.page.criteria.wanted.type_id or "",
        start=slot.start,
        end=slot.end,
        location_id=slot.location_id or None,
        room_id=AUTO,
        allow_patient_overlap=True,
        initiator="booking",
    )


def book_at_another_desk(finder: Finder, slot: Slot, patient: int = 0) -> None:
    finder.ground.other_desk().execute(booking(finder, slot, patient))
    finder.ground.operations.announce_external()


def listed(finder: Finder, slot: Slot) -> bool:
    return any(
        (row.slot.start, row.slot.doctor_id) == (slot.start, slot.doctor_id)
        for row in finder.page.rows.found()
    )


def apart(finder: Finder, slot: Slot, *others: Slot) -> Slot:
    """An opening of the list that touches none of the others' doctors."""
    taken = {slot.doctor_id, *(other.doctor_id for other in others)}
    return next(r.slot for r in finder.page.rows.found() if r.slot.doctor_id not in taken)


def test_what_another_desk_takes_goes_and_the_selection_stays(finder: Finder) -> None:
    page = finder.page
    for _ in range(40):
        finder.key(Qt.Key.Key_Down)
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    chosen, held = page.current, page.hold.hold_id
    assert chosen is not None
    theirs = apart(finder, chosen.slot)
    top = page.list.visualRect(page.list.currentIndex()).top()
    book_at_another_desk(finder, theirs)
    finder.ground.settle(lambda: not listed(finder, theirs))
    assert page.current is not None
    assert page.current.slot == chosen.slot
    assert page.list.selectionModel().isSelected(page.list.currentIndex())
    assert page.list.visualRect(page.list.currentIndex()).top() == top
    assert page.hold.hold_id == held
    assert [cell.start for cell in finder.held()] == [chosen.slot.start]
    assert page.message.isHidden()


def test_what_another_desk_frees_is_listed(finder: Finder) -> None:
    page = finder.page
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    assert page.current is not None
    chosen, theirs = page.current.slot, apart(finder, page.current.slot)
    finder.key(Qt.Key.Key_H)
    book_at_another_desk(finder, theirs)
    finder.ground.settle(lambda: not listed(finder, theirs))
    day = page.rows.day_of(RankedSlot(theirs, 0.0, ""))
    (visit,) = [
        cell
        for cell in finder.ground.store.queries.calendar(day, day, [theirs.doctor_id]).cells
        if cell.start == theirs.start and cell.patient_id
    ]
    finder.ground.other_desk().execute(
        CancelAppointment(
            appointment_id=visit.id,
            expected_revision=visit.revision,
            reason="Patient cancelled",
            initiator="another desk",
        )
    )
    finder.ground.operations.announce_external()
    finder.ground.settle(lambda: listed(finder, theirs))
    assert page.current is not None
    assert page.current.slot == chosen
    assert listed(finder, chosen)
    assert [kept.place.start for kept in page.hold.kept] == [chosen.start]


def test_a_chosen_opening_that_is_taken_has_no_successor_until_one_is_chosen(
    finder: Finder,
) -> None:
    page = finder.page
    for _ in range(3):
        finder.key(Qt.Key.Key_Down)
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    lost = page.current
    assert lost is not None
    following = page.rows.found()[page.rows.found().index(lost) + 1 :]
    page.hold.release()  # as when it ran out
    finder.ground.settle(lambda: page.hold.settled and not finder.held())
    book_at_another_desk(finder, lost.slot)
    finder.ground.settle(lambda: not listed(finder, lost.slot))
    finder.ground.settle(lambda: "taken meanwhile" in page.message.sentence)
    assert page.list.currentIndex().row() == -1
    finder.key(Qt.Key.Key_Return)
    assert finder.booked == []
    finder.key(Qt.Key.Key_Down)
    assert page.current is not None
    assert page.current.slot in [row.slot for row in following]
    assert page.current.slot == next(r.slot for r in following if listed(finder, r.slot))
    assert page.message.isHidden()


def test_what_one_has_just_booked_oneself_is_not_told_to_be_taken(finder: Finder) -> None:
    page, operations = finder.page, finder.ground.context.operations
    finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
    assert page.current is not None
    chosen = page.current.slot
    page.book()
    finder.ground.settle(lambda: finder.booked and finder.held() == [])
    operations.run(booking(finder, chosen))
    finder.ground.settle(lambda: not listed(finder, chosen) and not operations.asking)
    assert page.list.currentIndex().row() == -1
    assert page.message.sentence == ""
    # the place is no longer outlined beside the visit that stands there now
    assert page.strip.chosen is None
    finder.key(Qt.Key.Key_Down)
    assert page.current is not None
    lost = page.current.slot
    page.hold.release()
    finder.ground.settle(lambda: page.hold.settled and not finder.held())
    book_at_another_desk(finder, lost, patient=1)
    finder.ground.settle(lambda: "taken meanwhile" in page.message.sentence)


def test_a_hold_on_its_way_is_not_taken_for_another_desks(finder: Finder) -> None:
    page = finder.page
    for _ in range(6):
        finder.key(Qt.Key.Key_Down)
        chosen = page.current
        assert chosen is not None
        finder.ground.operations.announce_external()
        finder.ground.settle(lambda: page.hold.settled and page.hold.hold_id)
        finder.ground.operations.announce_external()
        finder.ground.settle(lambda: not page.refresh.due)
        assert page.current is not None
        assert page.current.slot == chosen.slot
        assert listed(finder, chosen.slot)


@pytest.fixture
def abroad(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    desk = open_desk(tmp_path, Theme.for_tests(), abroad=True)
    yield desk
    desk.close()


def test_a_site_elsewhere_is_told_on_both_clocks(abroad: FrontDesk) -> None:
    page = FinderPage(abroad.context)
    page.resize(1366, 768)
    page.show()
    abroad.settle(lambda: page.source.roster is not None)
    roster = page.source.roster
    assert roster is not None
    site = next(row for row in roster.locations.values() if row.name == "Hudson")
    who = next(d for d in roster.doctors.values() if d.location_ids == (site.id,))
    kind = next(row for row in roster.types.values() if row.slug == "follow-up")
    page.start(Wanted(type_id=kind.id, doctor_ids=(who.id,), location_id=site.id))
    abroad.settle(lambda: page.current is not None)
    assert page.current is not None
    both = both_clocks(page.current.slot.start, site.zone, roster.practice.zone)
    assert "London)" in both
    assert page.book_button.accessibleName() == f"Book {both}"
    panel = page.panel
    # a bare time is one at the site, and all that is answered tells both
    panel.time.setText("wed 03:00")
    panel.doctor.setCurrentIndex(panel.doctor.findData(who.id))
    panel.ask()
    abroad.settle(lambda: panel.answer is not None)
    assert panel.answer is not None
    assert panel.answer.explanation.start == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert panel.title.text() == "Why not 03:00 (08:00 London)?"
    assert panel.answer.explanation.worst is not None
    assert "London)" in panel.answer.explanation.worst.sentence
    buttons = [b for b in panel.findChildren(QPushButton) if b.text()]
    assert any("London)" in button.text() for button in buttons)
    # what is read out, what is copied for the caller, and why a row is a good one
    assert "at 03:00 (08:00 London)" in panel.speech()
    assert panel.speech().count("London)") > 1
    page.copy_offer()
    assert "London)" in QGuiApplication.clipboard().text()
    beside = [ranked.why for ranked in page.rows.found() if "flush" in ranked.why]
    assert beside
    assert all("London)" in why for why in beside)
    page.leave()
    abroad.settle(lambda: page.hold.settled)
    page.hide()
    page.deleteLater()


def test_why_not_is_asked_again_when_the_diary_changes(finder: Finder) -> None:
    page, panel, ground = finder.page, finder.page.panel, finder.ground
    assert page.current is not None
    slot = page.rows.found()[-1].slot
    finder.key(Qt.Key.Key_Y)
    panel.ask_about(slot.doctor_id, slot.start)
    ground.settle(lambda: panel.answer is not None)
    assert panel.title.text().endswith("works")
    book_at_another_desk(finder, slot)
    ground.settle(lambda: panel.title.text().startswith("Why not"))
    assert panel.answer is not None
    assert panel.answer.explanation.worst is not None
    assert panel.answer.explanation.worst.code == "doctor_busy"
