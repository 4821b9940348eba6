"""The calendar by site, in a clinic with sites in London, Istanbul and New York."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.availability.model import BandKind
from clinic_desk.domain.catalogue import Doctor, Location
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.services.commands import BlockTime, SaveRecords
from clinic_desk.ui.application import shut
from clinic_desk.ui.calendar.columns import Column, cells_by_column, day_columns, week_columns
from clinic_desk.ui.calendar.gestures_commit import command_for
from clinic_desk.ui.calendar.grid_header import head_words
from clinic_desk.ui.calendar.grid_plan import GridPlan, Measure
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.proposals import Judge, Placed, Proposal, Target
from clinic_desk.ui.calendar.target_words import place_words, span_text
from clinic_desk.ui.calendar.visit_words import accessible_name, card_lines
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.models.sites import both_clocks, both_spans, live_sites, other_clock
from tests.fakes.calendar_data import NOW, picture_cells, slice_of
from tests.fakes.calendar_data import Clock as StillClock
from tests.fakes.calendar_data import roster as picture_roster
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.ui.test_shell_window import CTRL, SHIFT, Clinic, opened, press

LONDON, ISTANBUL, NEW_YORK = "Europe/London", "Europe/Istanbul", "America/New_York"
TUESDAY = date(2026, 11, 24)
WEDNESDAY = date(2026, 11, 25)
QUICK = Measure(11)
ROOT = Path(__file__).parents[2]
# the clocks go back in London at 25 October, in New York on 1 November, in Istanbul never
CHANGES = (date(2026, 3, 29), date(2026, 3, 8), date(2026, 10, 25), date(2026, 11, 1))


@pytest.fixture
def front(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    desk = open_desk(tmp_path, Theme.for_tests(), abroad=True)
    yield desk
    desk.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(Clinic(front), qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def sites(front: FrontDesk) -> dict[str, Location]:
    return {row.name: row for row in live_sites(front.store.queries.roster())}


def doctor(front: FrontDesk, code: str) -> Doctor:
    return next(d for d in front.store.queries.roster().doctors.values() if d.code == code)


def columns(front: FrontDesk, day: date = WEDNESDAY, site: str = "") -> list[Column]:
    data = front.store.queries.calendar(day, day)
    return day_columns(data, day, None, sites(front)[site].id if site else None)


def shown(found: list[Column]) -> list[tuple[str, str]]:
    return [(c.site, c.code) for c in found]


def test_all_sites_are_grouped_and_a_doctor_at_two_has_a_column_at_each(front: FrontDesk) -> None:
    found = columns(front)
    assert [c.site for c in found] == ["Main Street"] * 7 + ["Riverside"] * 2 + ["Hudson"]
    assert [s for s, code in shown(found) if code == "SA"] == ["Main Street", "Riverside"]
    assert {c.site: c.zone for c in found} == {
        "Main Street": LONDON, "Riverside": ISTANBUL, "Hudson": NEW_YORK,
    }  # fmt: skip
    assert len({c.key for c in found}) == len(found)


def test_every_visit_stands_once_in_the_column_of_its_site(front: FrontDesk) -> None:
    data = front.store.queries.calendar(WEDNESDAY, WEDNESDAY)
    found = day_columns(data, WEDNESDAY)
    placed = cells_by_column(found, data.cells)
    for column, own in zip(found, placed, strict=True):
        for cell in own:
            assert cell.location_id == column.location_id
            assert local_date(cell.start, column.zone) == WEDNESDAY
    ids = [cell.id for own in placed for cell in own]
    mine = {
        c.id
        for c in data.cells
        if local_date(c.start, data.snapshot.roster.locations[c.location_id].zone) == WEDNESDAY
    }
    assert len(ids) == len(set(ids))
    assert set(ids) == mine


def test_one_site_shows_its_people_and_says_where_else_they_are(front: FrontDesk) -> None:
    found = columns(front, site="Riverside")
    assert shown(found) == [("Riverside", "SA"), ("Riverside", "KY")]
    (there,) = [b for b in found[0].beside if b.kind == "elsewhere"]
    assert there.label == "At Main Street 17:00–20:00 (14:00–17:00 London)"
    (way,) = [b for b in found[0].beside if b.kind == "travel"]
    assert way.label == "to Main Street 30 min"
    assert way.end == there.start
    home = next(c for c in columns(front, site="Main Street") if c.code == "SA")
    words = [b.label for b in home.beside]
    assert words == ["At Riverside 06:00–10:00 (09:00–13:00 Istanbul)", "from Riverside 30 min"]


def test_the_load_of_a_day_at_two_sites_is_told_for_each(front: FrontDesk) -> None:
    data = front.store.queries.calendar(WEDNESDAY, WEDNESDAY)
    parts = [c for c in day_columns(data, WEDNESDAY) if c.code == "SA"]
    whole = data.days[parts[0].doctor_id, WEDNESDAY].load
    assert sum(c.load.capacity for c in parts) == whole.capacity == 14
    assert sum(c.load.booked for c in parts) == whole.booked > 0


def test_a_clinic_of_one_site_has_the_columns_it_had(front: FrontDesk) -> None:
    data = front.store.queries.calendar(WEDNESDAY, WEDNESDAY)
    roster = data.snapshot.roster
    only = {row.id: row for row in roster.locations.values() if row.primary}
    one = replace(data, snapshot=replace(data.snapshot, roster=replace(roster, locations=only)))
    found = day_columns(one, WEDNESDAY)
    assert len(found) == 9
    assert not any(c.site or c.places or c.beside for c in found)
    assert found[0].key == f"{found[0].doctor_id}@2026-11-25"


@pytest.mark.parametrize("day", [WEDNESDAY, *CHANGES])
def test_one_moment_stands_on_one_line_in_columns_of_several_clocks(
    front: FrontDesk, day: date
) -> None:
    found = columns(front, day)
    plan = GridPlan(found, (), QUICK)
    noon = at_local(day, 720, LONDON)
    if len({c.zone for c in found}) > 1:
        assert len({axis.minute_of(noon) for axis in plan.axes}) == 1
    assert plan.gutter is not None
    assert plan.gutter.wall(plan.gutter.minute_of(noon)) == "12:00"
    for axis, column in zip(plan.axes, found, strict=True):
        first = axis.instant_of(axis.offset)
        last = axis.instant_of(axis.offset + axis.minutes) - timedelta(minutes=1)
        assert local_date(first, column.zone) == local_date(last, column.zone) == day
        assert axis.wall(axis.offset) == "00:00"


def test_days_of_23_and_25_hours_keep_the_hours_of_each_clock() -> None:
    def column(day: date, zone: str) -> Column:
        return Column("k" + zone, "d", day, None, "t", zone, zone, home_zone=LONDON)

    expected = {
        (date(2026, 3, 29), LONDON): 1380, (date(2026, 10, 25), LONDON): 1500,
        (date(2026, 3, 8), NEW_YORK): 1380, (date(2026, 11, 1), NEW_YORK): 1500,
    }  # fmt: skip
    for day in CHANGES:
        zones = (LONDON, ISTANBUL, NEW_YORK)
        plan = GridPlan([column(day, z) for z in zones], (), QUICK)
        for axis, zone in zip(plan.axes, zones, strict=True):
            assert axis.minutes == expected.get((day, zone), 1440)
            ten = at_local(day, 600, zone)
            assert axis.wall(axis.minute_of(ten)) == "10:00"
            assert "10:00" in [tick.label for tick in axis.ticks(60)]
        assert plan.clocks == {1, 2}
        assert plan.longest >= 1440 + 8 * 60 - 120


def test_a_day_under_another_clock_has_the_clinics_clock_beside_it(front: FrontDesk) -> None:
    plan = GridPlan(columns(front, site="Riverside"), (), QUICK)
    assert plan.gutter is not None
    assert (plan.gutter.zone, plan.far_zone, plan.clocks) == (ISTANBUL, LONDON, frozenset())
    plan = GridPlan(columns(front, site="Main Street"), (), QUICK)
    assert (plan.far_zone, plan.clocks) == ("", frozenset())
    plan = GridPlan(columns(front), (), QUICK)
    assert (plan.far_zone, plan.clocks) == ("", frozenset({7, 9}))


def test_a_week_has_a_column_for_each_clock_of_a_day(front: FrontDesk) -> None:
    days = [WEDNESDAY, WEDNESDAY + timedelta(days=1)]
    data = front.store.queries.calendar(days[0], days[-1])
    carter, aydin = doctor(front, "JC"), doctor(front, "SA")
    # Thursday at Main Street and Elm Park: one clock, one column
    assert [c.site for c in week_columns(data, days, [carter.id])] == [
        "Main Street", "Main Street, Elm Park",
    ]  # fmt: skip
    found = week_columns(data, days, [aydin.id])
    assert [(c.group, c.zone) for c in found] == [
        (0, LONDON), (0, ISTANBUL), (1, LONDON), (1, ISTANBUL),
    ]  # fmt: skip


def test_times_are_told_on_two_clocks_only_where_they_differ() -> None:
    at = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert both_clocks(at, ISTANBUL, LONDON) == "13:00 (10:00 London)"
    assert both_clocks(at, "Europe/Dublin", LONDON) == "10:00"
    assert both_spans(at, at + timedelta(minutes=30), NEW_YORK, LONDON) == (
        "05:00–05:30 (10:00–10:30 London)"
    )
    late = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
    assert other_clock(late, ISTANBUL, LONDON) == "Tue 23:00 London"
    # three hours apart in winter, two in summer
    assert both_clocks(at.replace(month=7), ISTANBUL, LONDON) == "13:00 (11:00 London)"


def test_card_toast_head_and_spoken_name_tell_both_clocks(front: FrontDesk) -> None:
    data = front.store.queries.calendar(WEDNESDAY, WEDNESDAY)
    roster, place = data.snapshot.roster, sites(front)["Riverside"]
    first = at_local(WEDNESDAY, 570, ISTANBUL)
    cell = next(c for c in data.cells if c.location_id == place.id and c.start == first)
    now = front.clock.now()
    lines = [text for _, text in card_lines(cell, roster, now)]
    assert any("09:30–10:00 (06:30–07:00 London)" in text for text in lines)
    assert any("Riverside" in text for text in lines)
    assert "06:30 London time" in accessible_name(cell, roster, now)
    target = Target(cell.doctor_id, cell.start, cell.end, location_id=place.id)
    assert "(06:30 London)" in place_words(target, roster, place.zone, TUESDAY)
    assert span_text(target, place.zone, LONDON) == "09:30–10:00 (06:30–07:00 London)"
    found = day_columns(data, WEDNESDAY)
    from clinic_desk.ui.calendar.grid_layout import GridLayout
    from clinic_desk.ui.geometry.timegrid import layout_columns

    grid = GridLayout.of(found, data.cells, layout_columns(len(found), 1600, 96), 1.6)
    assert "Istanbul time, 3 h ahead" in head_words(grid, 8, now)


def test_a_drop_on_another_site_moves_the_visit_there(front: FrontDesk) -> None:
    data = front.store.queries.calendar(WEDNESDAY, WEDNESDAY)
    place, main = sites(front)["Riverside"], sites(front)["Main Street"]
    aydin = doctor(front, "SA")
    cell = next(c for c in data.cells if c.doctor_id == aydin.id and c.location_id == main.id)
    start = at_local(WEDNESDAY, 675, ISTANBUL)
    target = Target(aydin.id, start, start + (cell.end - cell.start), None, place.id)
    proposal = Proposal((Placed(cell, target),))
    judge = Judge(data.snapshot, front.clock.now)
    verdict = judge.judge(proposal)
    assert verdict.allowed, verdict.sentence
    command = command_for(proposal, verdict)
    assert command is not None
    front.desk.execute(command)
    moved = front.store.queries.appointment(cell.id).cell
    assert (moved.location_id, moved.start) == (place.id, start)
    # the same moment in her column at Main Street is not hers to give
    wrong = Proposal((Placed(cell, replace(target, location_id=main.id)),))
    assert not judge.judge(wrong).allowed or judge.judge(wrong).outside_hours


def test_a_booking_from_a_column_is_at_its_site_and_tells_both_clocks(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    grid, dialog = window.page.grid(), window.doors.booking
    qtbot.waitUntil(lambda: len({c.site for c in grid.columns}) == 3)
    qtbot.waitUntil(lambda: dialog.source.roster is not None)
    place = sites(front)["Riverside"]
    column = next(c for c in grid.columns if c.code == "KY" and c.location_id == place.id)
    start = at_local(column.day, 20 * 60, ISTANBUL)  # nobody works then: no hours tell the site
    grid.place_cursor(column, start)
    press(qtbot, window, Qt.Key.Key_Return)
    qtbot.waitUntil(dialog.isVisible)
    chosen = dialog.openings.current
    assert chosen is not None
    assert (chosen.slot.location_id, chosen.slot.start) == (place.id, start)
    assert "20:00 (Riverside, 17:00 London)" in dialog.choices.sentence()
    index = dialog.rows.index(0, 0)
    assert dialog.rows.data(index).endswith("20:00 (17:00 London)")
    dialog.hide()


def test_the_filter_goes_round_by_key_and_is_kept_in_a_saved_view(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    grid = window.page.grid()

    def names() -> set[str]:
        return {c.site for c in grid.columns}

    def only(wanted: set[str]) -> bool:
        return names() == wanted

    assert window.sidebar.sites.isVisible()
    qtbot.waitUntil(lambda: len(names()) == 3)
    for wanted in ({"Main Street"}, {"Elm Park"}, {"Riverside"}):
        press(qtbot, window, Qt.Key.Key_L, CTRL | SHIFT)
        qtbot.waitUntil(partial(only, wanted))
    assert window.sidebar.sites.box.currentText() == "Riverside"
    assert grid.arrangement.plan.far_zone == LONDON
    window.choices.save_as("Quay")
    window.actions_["site.0"].trigger()
    qtbot.waitUntil(lambda: len(names()) == 3)
    window.choices.apply_saved(0)
    qtbot.waitUntil(lambda: names() == {"Riverside"})
    rows = [entry.title for entry in window.searching.palette(window.actions_)]
    assert {"All sites", "Main Street", "Riverside", "Hudson", "Next site"} <= set(rows)


def test_a_site_that_is_gone_narrows_nothing(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    window.choices.set_site("nowhere")
    assert window.choices.site_in(front.store.queries.roster()) is None
    qtbot.waitUntil(lambda: len({c.site for c in window.page.grid().columns}) == 3)


def test_the_keyboard_stays_on_the_moment_between_two_clocks(
    window: MainWindow, qtbot: QtBot
) -> None:
    grid = window.page.grid()
    qtbot.waitUntil(lambda: len({c.site for c in grid.columns}) == 3)
    index = next(i for i, c in enumerate(grid.columns) if c.site == "Riverside")
    before = grid.columns[index - 1]
    noon = at_local(TUESDAY, 1200, LONDON)
    grid.place_cursor(before, noon)
    window.page.focus_grid()
    press(qtbot, window, Qt.Key.Key_Right)
    place = grid.cursor
    assert place is not None
    assert (place[0].site, place[1]) == ("Riverside", noon)
    press(qtbot, window, Qt.Key.Key_Left)
    assert grid.cursor == (before, noon)


def test_sites_are_painted_beside_their_clock_in_both_directions(
    window: MainWindow, qtbot: QtBot
) -> None:
    grid = window.page.grid()
    qtbot.waitUntil(lambda: len({c.site for c in grid.columns}) == 3)
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        window.setLayoutDirection(direction)
        QApplication.processEvents()
        layout = grid.arrangement
        for index in range(len(grid.columns)):
            begin, wide = layout.room_of(index)
            inset = layout.layout.width_of(index) - wide
            assert (inset > 0) is (index in layout.plan.clocks)
            assert begin == (0 if layout.layout.mirrored else inset)
            for block in layout.blocks[index]:
                assert begin <= block.x
                assert block.x + block.width <= begin + wide
        assert not window.grab().isNull()


def test_blocks_for_one_type_and_one_site_are_named(front: FrontDesk) -> None:
    roster = front.store.queries.roster()
    kind = next(t for t in roster.types.values() if t.slug == "new-patient")
    who, place = doctor(front, "KY"), sites(front)["Riverside"]
    start = at_local(WEDNESDAY, 900, ISTANBUL)
    front.desk.execute(
        BlockTime(doctor_id=who.id, start=start, end=start + timedelta(hours=1), type_id=kind.id)
    )
    aydin = doctor(front, "SA")
    front.desk.execute(
        BlockTime(
            doctor_id=aydin.id, start=at_local(WEDNESDAY, 540, ISTANBUL),
            end=at_local(WEDNESDAY, 1020, LONDON), location_id=place.id,
        )
    )  # fmt: skip
    found = columns(front)
    own = next(c for c in found if c.code == "KY")
    (band,) = [b for b in own.bands if b.kind is BandKind.LIMITED]
    assert (band.label, band.type_ids) == ("Blocked for New patient", (kind.id,))
    # still open for everything else
    assert any(b.start <= start < b.end for b in own.open_bands)
    blocked = {c.site: [b for b in c.bands if b.kind is BandKind.BLOCKED]
               for c in found if c.code == "SA"}  # fmt: skip
    assert not blocked["Main Street"]
    assert len(blocked["Riverside"]) == 1


ELSEWHERE = """
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from clinic_desk.app.clock import Uuid7
from clinic_desk.domain.events import Actor
from clinic_desk.domain.templates import (
    AvailabilityException, ExceptionKind, Holiday,
)
from clinic_desk.services.commands import SaveRecords
from clinic_desk.services.desk import Desk
from clinic_desk.store.opening import open_store
from tests.fakes.clock import FixedClock
from tests.fakes.front_desk import MIGRATIONS, TUESDAY

path, what, doctor = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
new_id, clock = Uuid7(), FixedClock(TUESDAY)
store = open_store(path, MIGRATIONS, clock, new_id)
actor = Actor(staff_id=new_id(), name="Maria", desk_id=new_id(), session_id=new_id(), kind="staff")
roster = store.queries.roster()
if what == "week":
    row = next(t for t in roster.templates if t.doctor_id == doctor and t.weekday == 1)
    records = (replace(row, work_end=row.work_end + 60),)
elif what == "closure":
    records = (Holiday(id=new_id(), day=TUESDAY.date(), name="Burst pipe"),)
else:
    records = (
        AvailabilityException(
            id=new_id(), doctor_id=doctor, kind=ExceptionKind.AVAILABLE, reason="Evening",
            start=TUESDAY.replace(hour=19, minute=0), end=TUESDAY.replace(hour=20, minute=0),
        ),
    )
Desk(store, clock, new_id, actor).execute(SaveRecords(records=records))
store.close()
"""


@pytest.mark.parametrize("what", ["week", "closure", "extra"])
def test_hours_saved_by_another_process_are_on_the_screen_by_themselves(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, tmp_path: Path, what: str
) -> None:
    grid, demir = window.page.grid(), doctor(front, "AD")
    qtbot.waitUntil(lambda: bool(grid.columns))

    def own() -> Column:
        return next(c for c in grid.columns if c.doctor_id == demir.id)

    before = max(b.end for b in own().open_bands)
    subprocess.run(
        [sys.executable, "-c", ELSEWHERE, str(tmp_path / "clinic.db"), what, demir.id],
        cwd=ROOT, check=True,
    )  # fmt: skip
    wanted = {
        "week": lambda: (
            max((b.end for b in own().open_bands), default=before) == before + timedelta(hours=1)
        ),
        "closure": lambda: not own().open_bands and own().closed_label == "Burst pipe",
        "extra": lambda: any(b.start.hour == 19 for b in own().open_bands),
    }
    qtbot.waitUntil(wanted[what], timeout=30_000)


def test_hours_saved_in_one_window_are_shown_by_a_second(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    other = opened(Clinic(front), qtbot)
    demir = doctor(front, "AD")
    row = next(
        t
        for t in front.store.queries.roster().templates
        if t.doctor_id == demir.id and t.weekday == TUESDAY.weekday()
    )
    both = (window.page.grid(), other.page.grid())
    qtbot.waitUntil(lambda: all(grid.columns for grid in both))

    def closing() -> set[datetime]:
        return {
            max(b.end for b in c.open_bands)
            for grid in both
            for c in grid.columns
            if c.doctor_id == demir.id
        }

    (before,) = closing()
    other.context.operations.run(SaveRecords(records=(replace(row, work_end=row.work_end + 60),)))
    try:
        qtbot.waitUntil(lambda: closing() == {before + timedelta(hours=1)}, timeout=30_000)
    finally:
        shut(other)


def test_the_agenda_tells_both_clocks_and_where(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    window.choices.set_site(sites(front)["Riverside"].id)
    window.set_view("agenda")
    agenda = window.page.agenda
    qtbot.waitUntil(lambda: agenda.model.visits > 0 and agenda.model.two_clocks)
    model = agenda.model
    row = next(i for i in range(model.rowCount()) if model.cell(i) is not None)
    cell = model.cell(row)
    assert cell is not None
    assert cell.location_id == sites(front)["Riverside"].id
    shown_time = model.data(model.index(row, 0))
    assert shown_time == "14:00–14:30 (11:00)"
    hint = model.data(model.index(row, 0), Qt.ItemDataRole.ToolTipRole)
    assert hint == "14:00–14:30 (11:00–11:30 London)"
    assert model.data(model.index(row, 5)) == "Tower Room · Riverside"


def test_an_overbooked_visit_looks_like_it_and_says_why(front: FrontDesk, qtbot: QtBot) -> None:
    made = picture_cells()
    (walsh,) = [c for c in made if "overbooked" in c.flags]
    told = replace(walsh, overbook_reason="Mother is worried")
    roster = picture_roster()
    assert any("Overbooked" in t and "worried" in t for _, t in card_lines(told, roster, NOW))
    assert "overbooked" in accessible_name(told, roster, NOW)
    pictures = []
    for flags in (frozenset({"overbooked"}), frozenset[str]()):
        view = TimeGridView(Theme.for_tests(), StillClock())
        qtbot.addWidget(view)
        view.resize(700, 500)
        data = slice_of([replace(walsh, flags=flags)])
        view.set_content(data, day_columns(data, TUESDAY))
        view.show()
        view.ensure_visible(view.columns[5], walsh.start, walsh.end)
        rect = view.cell_rect(walsh.id)
        assert rect is not None
        pictures.append(view.grab(rect.translated(view.viewport().pos())).toImage())
    assert pictures[0] != pictures[1]
    warn = Theme.for_tests().tokens.warn.rgb()
    inked = [
        sum(p.pixel(x, y) == warn for x in range(p.width()) for y in range(p.height()))
        for p in pictures
    ]
    assert inked[0] > 100
    assert inked[1] == 0


def test_today_is_the_date_at_the_one_site_that_is_shown(
    window: MainWindow, front: FrontDesk, qtbot: QtBot
) -> None:
    front.clock.set(datetime(2026, 11, 25, 2, 30, tzinfo=UTC))  # still Tuesday in New York
    window.choices.set_view("month")
    month, little = window.page.month, window.sidebar.month
    qtbot.waitUntil(lambda: month.data is not None)
    assert month.today() == WEDNESDAY
    window.choices.set_site(sites(front)["Hudson"].id)
    qtbot.waitUntil(lambda: month.today() == TUESDAY)
    assert window.today() == little._today == TUESDAY
    window.choices.set_site(None)
    qtbot.waitUntil(lambda: month.today() == WEDNESDAY)
    assert window.today() == little._today == WEDNESDAY


def test_the_edge_tells_the_clock_of_the_column_beside_it(window: MainWindow, qtbot: QtBot) -> None:
    grid = window.page.grid()
    qtbot.waitUntil(lambda: len({c.site for c in grid.columns}) == 3)
    window.resize(960, 600)
    window.context.theme.scale = 2.0
    bar = grid.horizontalScrollBar()
    for direction in (Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft):
        window.setLayoutDirection(direction)
        qtbot.waitUntil(lambda: bar.maximum() > 0)
        arrangement = grid.arrangement
        seen = set()
        for index in range(len(grid.columns)):
            at = arrangement.layout.left(index)
            bar.setValue(round(bar.maximum() - at if arrangement.layout.mirrored else at))
            axis = grid.gutter.axis()
            assert axis is not None
            seen.add(axis.zone)
            part, layout = grid.window_part, arrangement.layout
            x = part.x + part.width - 2 if layout.mirrored else part.x + 1
            first = layout.index_at(x)
            assert first is not None
            own = axis.zone == grid.columns[first].zone
            assert own or first in arrangement.plan.clocks
        assert seen & {NEW_YORK, ISTANBUL}
        assert not grid.gutter.grab().isNull()
