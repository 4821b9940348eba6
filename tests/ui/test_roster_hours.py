"""Weekly hours painted with real mouse and key events, saved into a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from clinic_desk.domain.appointments import SlotState
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.commands import SaveRecords, Undo
from clinic_desk.services.hours_editing import Layer
from clinic_desk.ui.roster.hours import HoursPanel
from clinic_desk.ui.roster.hours_brushes import BREAK, ERASE, OPEN, RESERVED
from clinic_desk.ui.roster.hours_surface import Cell
from clinic_desk.ui.roster.typed import TypedField
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


class Painter:
    def __init__(self, ground: FrontDesk) -> None:
        self.ground = ground
        self.window = QWidget()
        self.panel = HoursPanel(ground.context)
        self.panel.setParent(self.window)
        self.window.resize(1000, 800)
        self.panel.resize(1000, 800)
        self.toasts: list[tuple[str, bool]] = []
        self.panel.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        self.window.show()
        self.panel.open()
        self.settle(lambda: self.panel.sheet is not None)
        self.choose("JC")

    def settle(self, until: object) -> None:
        assert callable(until)
        self.ground.settle(until)

    def choose(self, code: str) -> None:
        roster = self.panel.roster
        assert roster is not None
        doctor = next(row for row in roster.doctors.values() if row.code == code)
        box = self.panel.doctor_box
        box.setCurrentIndex(box.findData(doctor.id))
        box.activated.emit(box.currentIndex())
        QApplication.processEvents()
        self.panel.grid.setFocus()

    @property
    def doctor_id(self) -> str:
        assert self.panel.sheet is not None
        return self.panel.sheet.doctor_id

    @property
    def rows(self) -> list[ScheduleTemplate]:
        """As stored, by day and time."""
        found = [
            row
            for row in self.ground.store.queries.roster().templates
            if row.doctor_id == self.doctor_id
        ]
        return sorted(found, key=lambda row: (row.weekday, row.work_start))

    def day(self, weekday: int) -> list[tuple[int, int]]:
        return [(r.work_start, r.work_end) for r in self.rows if r.weekday == weekday]

    def spot(self, day: int, minute: int) -> QPoint:
        """The middle of a cell, which must be in sight."""
        grid = self.panel.grid
        cell = Cell(day, minute // 15)
        grid.reveal(cell)
        return grid.cell_rect(cell).center()

    def drag(self, first: tuple[int, int], last: tuple[int, int]) -> str:
        """Returns the words of the label just before the button is let go."""
        grid = self.panel.grid
        start, end = self.spot(*first), self.spot(*last)
        start = self.spot(*first)
        end = grid.cell_rect(Cell(last[0], last[1] // 15)).center()
        return self.pull(start, end)

    def pull(self, start: QPoint, end: QPoint) -> str:
        port = self.panel.grid.viewport()
        QTest.mousePress(port, LEFT, pos=start)
        for step in range(1, 6):
            QTest.mouseMove(port, start + (end - start) * step / 5)
            move(port, start + (end - start) * step / 5)
        painting = self.panel.grid.painting
        words = painting[1] if painting is not None else ""
        QTest.mouseRelease(port, LEFT, pos=end)
        QApplication.processEvents()
        return words

    def key(self, key: Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.keyClick(self.panel.grid, key, held)
        QApplication.processEvents()

    def go(self, day: int, minute: int) -> None:
        self.panel.grid.set_cursor_cell(Cell(day, minute // 15))

    def type(self, field: TypedField, text: str) -> None:
        field.setFocus()
        field.selectAll()
        if text.isascii():
            QTest.keyClicks(field, text)
        else:
            field.insert(text)  # pasted: no key types it
        QTest.keyClick(field, Key.Key_Return)
        QApplication.processEvents()

    def save(self) -> None:
        """Ctrl+S, until it is saved or something is asked."""
        before = len(self.toasts)
        QTest.keyClick(self.panel.grid, Key.Key_S, CTRL)
        self.settle(
            lambda: (
                not self.panel.saving.busy
                and (
                    len(self.toasts) > before
                    or self.panel.stack.currentIndex() == 1
                    or bool(self.panel.message.sentence)
                )
            )
        )
        if self.panel.stack.currentIndex() == 0 and len(self.toasts) > before:
            self.settle(lambda: self.panel.sheet is not None and not self.panel.sheet.dirty)

    def save_anyway(self) -> None:
        self.save()
        if self.panel.stack.currentIndex() == 1:
            QTest.mouseClick(self.panel.outside.keep, LEFT)
            self.settle(lambda: self.panel.stack.currentIndex() == 0)

    def press(self, label: str) -> None:
        button = next(b for b in self.panel.message.buttons() if b.text() == label)
        QTest.mouseClick(button, LEFT)
        QApplication.processEvents()


def move(port: QWidget, spot: QPoint) -> None:
    """A move with the button down: the offscreen platform's own carries none."""
    from PySide6.QtCore import QEvent, QPointF
    from PySide6.QtGui import QMouseEvent

    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(spot),
        QPointF(port.mapToGlobal(spot)),
        Qt.MouseButton.NoButton,
        LEFT,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(port, event)


@pytest.fixture
def painter(front_desk: FrontDesk) -> Iterator[Painter]:
    made = Painter(front_desk)
    yield made
    front_desk.settle(lambda: not made.panel.saving.busy)
    made.window.hide()
    made.window.deleteLater()


def test_a_drag_paints_a_rectangle_and_says_it_while_it_grows(painter: Painter) -> None:
    words = painter.drag((5, 15 * 60), (6, 15 * 60 + 45))
    assert words == "Sat–Sun 15:00–16:00 · Open"
    assert painter.day(5) == [(540, 840)], "nothing is saved yet"
    painter.save()
    assert painter.day(5) == [(540, 840), (900, 960)]
    assert painter.day(6) == [(540, 780), (900, 960)]
    assert painter.toasts[-1][1], "the toast offers Undo"


def test_what_is_saved_is_audited_and_undone_by_the_program(painter: Painter) -> None:
    before = painter.rows
    painter.drag((5, 15 * 60), (5, 15 * 60 + 45))
    painter.save()
    state = painter.ground.store.queries.undo_state(painter.ground.context.actor.session_id)
    assert "Save hours of Dr" in state.undo_label
    fresh = next(row for row in painter.rows if (row.weekday, row.work_start) == (5, 900))
    assert fresh.created_by == painter.ground.context.actor.staff_id
    assert fresh.created_op
    painter.ground.operations.run(Undo())
    painter.settle(lambda: len(painter.rows) == len(before))
    assert [r.id for r in painter.rows] == [r.id for r in before]
    painter.settle(
        lambda: not any(b.weekday == 5 and b.start == 900 for b in painter.panel.grid.blocks)
    )


def test_the_keyboard_alone_paints_breaks_and_erases(painter: Painter) -> None:
    painter.go(1, 600)
    painter.key(Key.Key_2)
    assert painter.panel.brushes.number == BREAK
    painter.key(Key.Key_Down, SHIFT)
    painter.key(Key.Key_Right, SHIFT)
    assert "Tue–Wed 10:00–10:30 selected" in painter.panel.grid.accessibleName()
    painter.key(Key.Key_Return)
    painter.key(Key.Key_E)
    assert painter.panel.brushes.number == ERASE
    painter.go(4, 16 * 60)
    for _ in range(7):
        painter.key(Key.Key_Down, SHIFT)
    painter.key(Key.Key_Delete)
    painter.save_anyway()
    for weekday in (1, 2):
        (row,) = [r for r in painter.rows if r.weekday == weekday]
        assert (600, 630, "Lunch") in [(b.start, b.end, b.reason) for b in row.breaks]
    assert painter.day(4) == [(510, 960)]


def test_the_cursor_says_its_cell(painter: Painter) -> None:
    painter.go(0, 9 * 60)
    assert painter.panel.grid.accessibleName().startswith("Monday 09:00, open 08:30–17:45")
    painter.key(Key.Key_Home, CTRL)
    assert painter.panel.grid.accessibleName() == "Monday 00:00, closed"
    painter.go(3, 15 * 60)
    assert "closed here; Elm Park 14:00–17:30" in painter.panel.grid.accessibleName()


def test_a_break_outside_hours_is_answered_with_a_sentence(painter: Painter) -> None:
    painter.panel.brushes.choose(BREAK)
    painter.drag((5, 20 * 60), (5, 20 * 60 + 15))
    assert "a break lies inside hours" in painter.panel.message.sentence
    assert painter.panel.sheet is not None
    assert not painter.panel.sheet.dirty


def test_reserved_time_names_its_type(painter: Painter) -> None:
    roster = painter.panel.roster
    assert roster is not None
    urgent = next(kind for kind in roster.types.values() if kind.slug == "urgent")
    painter.panel.brushes.choose(RESERVED)
    painter.panel.brushes.types.show_types([urgent.id])
    painter.drag((5, 16 * 60), (5, 16 * 60 + 30))
    block = next(b for b in painter.panel.grid.blocks if b.kind == "reserved")
    assert (block.badge, block.lines[0]) == ("URG", "Urgent")
    painter.save()
    row = next(r for r in painter.rows if r.reserved)
    assert row.reserved[0].type_ids == (urgent.id,)


def test_hours_of_the_other_site_are_dim_and_left_alone(painter: Painter) -> None:
    dim = next(b for b in painter.panel.grid.blocks if b.dim)
    assert (dim.weekday, dim.lines[0]) == (3, "Elm Park")
    painter.panel.hands.sheet.priority = 1
    painter.drag((3, 13 * 60), (3, 15 * 60))
    assert "Thu 14:00–17:30 at Elm Park" in painter.panel.message.sentence
    painter.press("Show Elm Park")
    assert painter.panel.site_box.currentText() == "Elm Park"
    assert any(not b.dim and b.start == 840 for b in painter.panel.grid.blocks)


def test_ctrl_z_takes_strokes_back_until_none_is_left(painter: Painter) -> None:
    painter.drag((5, 15 * 60), (5, 15 * 60 + 45))
    painter.go(5, 18 * 60)
    painter.key(Key.Key_Space)
    sheet = painter.panel.sheet
    assert sheet is not None
    assert len(sheet.done) == 2
    painter.key(Key.Key_Z, CTRL)
    painter.key(Key.Key_Z, CTRL)
    assert not sheet.dirty
    painter.key(Key.Key_Z, CTRL | SHIFT)
    assert sheet.dirty


def test_an_edge_is_dragged_and_nudged(painter: Painter) -> None:
    grid = painter.panel.grid
    grid.reveal(Cell(5, 54))
    rect = grid.rect_of(5, 540, 840)
    edge = QPoint(rect.center().x(), rect.bottom())
    assert grid.edge_at(edge) is not None
    painter.pull(edge, edge + QPoint(0, 2 * grid.cell_height))
    painter.go(5, 600)
    painter.key(Key.Key_Down, CTRL | SHIFT)
    painter.key(Key.Key_Up, ALT | SHIFT)
    painter.save()
    assert painter.day(5) == [(535, 875)]


def test_exact_figures_are_typed_beside_the_grid(painter: Painter) -> None:
    fields = painter.panel.window_fields
    painter.go(5, 600)
    painter.type(fields.start, "9.05")
    painter.type(fields.end, "1430")
    painter.type(fields.numbers["step"], "20")
    painter.type(fields.numbers["max_parallel"], "2")
    painter.type(fields.numbers["buffer_after"], "5")
    painter.save()
    row = next(r for r in painter.rows if r.weekday == 5)
    assert (row.work_start, row.work_end, row.step, row.max_parallel, row.buffer_after) == (
        545, 870, 20, 2, 5,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "text", "part"),
    [
        ("work_start", "25", "no time"),
        ("work_start", "15:00", "must end after it starts"),
        ("step", "🩺", "no whole number"),
        ("step", "0", "minutes apart"),
        ("max_parallel", "99", "side by side"),
        ("priority", "1000", "between"),
    ],
)
def test_bad_figures_are_told_at_their_field_and_kept(
    painter: Painter, name: str, text: str, part: str
) -> None:
    fields = painter.panel.window_fields
    painter.go(5, 600)
    field = fields.grid.fields[name]
    assert isinstance(field, TypedField)
    painter.type(field, text)
    assert part in fields.grid.sentence(name)
    assert field.text() == text
    painter.panel.grid.setFocus()
    QTest.keyClick(painter.panel.grid, Key.Key_S, CTRL)
    assert not painter.panel.saving.busy
    # at the field alone, which has the keyboard and is in sight
    assert painter.panel.message.sentence == ""
    assert field.hasFocus()
    assert part in fields.grid.sentence(name)
    assert not field.visibleRegion().isEmpty()
    assert painter.day(5) == [(540, 840)]


def test_a_day_is_copied_by_keys_and_by_the_form(painter: Painter) -> None:
    painter.go(0, 600)
    painter.key(Key.Key_C, CTRL)
    painter.go(5, 600)
    painter.key(Key.Key_V, CTRL)
    painter.go(0, 600)
    QTest.mouseClick(painter.panel.copy_day, LEFT)
    painter.panel.copying.days[6].setChecked(True)
    QTest.mouseClick(painter.panel.copying.go, LEFT)
    painter.save_anyway()
    assert painter.day(5) == painter.day(6) == painter.day(0) == [(510, 1065)]


def test_a_week_goes_to_another_doctor_without_the_rooms(painter: Painter) -> None:
    painter.choose("LH")
    week = [(r.weekday, r.work_start, r.work_end, r.buffer_after) for r in painter.rows]
    QTest.mouseClick(painter.panel.copy_week, LEFT)
    bar = painter.panel.copying
    bar.doctor.setCurrentIndex(bar.doctor.findText("Dr Petra Vogel"))
    QTest.mouseClick(bar.go, LEFT)
    assert painter.panel.doctor_box.currentText() == "Dr Petra Vogel"
    painter.save_anyway()
    assert [(r.weekday, r.work_start, r.work_end, r.buffer_after) for r in painter.rows] == week
    assert {r.room_id for r in painter.rows} == {None}


def test_the_preview_lists_just_the_visits_that_would_fall_outside(painter: Painter) -> None:
    painter.panel.brushes.choose(ERASE)
    for minute in range(8 * 60, 18 * 60, 120):
        painter.go(2, minute)
        painter.panel.grid.set_cursor_cell(Cell(2, minute // 15 + 7), extend=True)
        painter.key(Key.Key_Return)
    painter.save()
    out = painter.panel.outside
    assert painter.panel.stack.currentIndex() == 1
    today = date(2026, 11, 24)
    expected = {
        cell.id
        for cell in painter.ground.store.queries.cells(
            today, today + timedelta(days=400), [painter.doctor_id]
        )
        if cell.start.weekday() == 2
        and cell.start > painter.ground.clock.now()
        and cell.status.value in ("scheduled", "confirmed", "pending")
        and cell.slot_state is SlotState.PLACED
        and "parked" not in cell.flags
    }
    assert expected
    assert {cell.id for cell in out.cells} == expected
    assert out.list.item(0).text().startswith("Wed ")
    assert painter.day(2) == [(510, 1065)], "nothing is half-saved"
    QTest.mouseClick(out.back, LEFT)
    assert painter.panel.sheet is not None
    assert painter.panel.sheet.dirty, "and nothing is lost"
    painter.save()
    QTest.mouseClick(out.shelf, LEFT)
    painter.settle(lambda: painter.panel.stack.currentIndex() == 0)
    assert painter.day(2) == []
    assert len(painter.ground.store.queries.shelf()) >= len(expected)
    painter.ground.operations.run(Undo())
    painter.settle(lambda: painter.day(2) == [(510, 1065)])
    shelved = {card.cell.id for card in painter.ground.store.queries.shelf()}
    assert not shelved & expected


def test_after_saving_the_visits_stay_listed_until_they_have_a_place(painter: Painter) -> None:
    painter.panel.brushes.choose(ERASE)
    painter.go(2, 8 * 60)
    painter.panel.grid.set_cursor_cell(Cell(2, 72), extend=True)
    painter.key(Key.Key_Return)
    painter.save()
    out = painter.panel.outside
    asked: list[object] = []
    painter.panel.finder_requested.connect(asked.append)
    QTest.mouseClick(out.search, LEFT)
    painter.settle(lambda: out.after)
    assert painter.day(2) == []
    number = len(out.cells)
    first = out.list.current
    QTest.mouseClick(out.slot_one, LEFT)
    assert asked == [first]
    QTest.mouseClick(out.shelf_one, LEFT)
    painter.settle(lambda: len(out.cells) == number - 1 or painter.panel.stack.currentIndex() == 0)
    assert first not in {cell.id for cell in out.cells} or number == 1
    QTest.mouseClick(out.back, LEFT)


def test_a_later_first_day_makes_a_new_version_and_the_earlier_one_can_be_copied(
    painter: Painter,
) -> None:
    panel = painter.panel
    painter.type(panel.plan_fields.first, "1.2.2027")
    assert panel.plan_box.count() == 2, "until January, and from February"
    panel.brushes.choose(ERASE)
    painter.go(0, 0)
    panel.grid.set_cursor_cell(Cell(6, 95), extend=True)
    painter.key(Key.Key_Return)
    QTest.mouseClick(panel.copy_before, LEFT)
    painter.go(5, 20 * 60)
    painter.key(Key.Key_1)
    painter.key(Key.Key_Return)
    painter.save()
    ended = {r.valid_until for r in painter.rows if r.valid_from is None}
    assert date(2027, 1, 31) in ended
    fresh = [r for r in painter.rows if r.valid_from == date(2027, 2, 1)]
    assert (5, 1200, 1215) in [(r.weekday, r.work_start, r.work_end) for r in fresh]
    assert (0, 510, 1065) in [(r.weekday, r.work_start, r.work_end) for r in fresh]


def test_hours_of_every_second_week_lie_beside_the_others(painter: Painter) -> None:
    panel = painter.panel
    panel.more.menu().actions()[0].trigger()
    assert panel.plan_fields.every.currentData() == 2
    assert all(b.dim for b in panel.grid.blocks)
    painter.drag((6, 14 * 60), (6, 15 * 60 + 45))
    painter.save()
    row = next(r for r in painter.rows if r.every_weeks == 2)
    assert (row.weekday, row.work_start, row.work_end) == (6, 840, 960)
    assert row.anchor is not None
    assert (date(2026, 11, 23) - row.anchor).days % 14 == 0


def test_overlapping_hours_are_refused_with_nothing_lost(painter: Painter) -> None:
    panel = painter.panel
    panel.more.menu().actions()[0].trigger()
    painter.drag((6, 10 * 60), (6, 11 * 60))
    painter.save()
    assert "overlap with the same priority" in panel.message.sentence
    assert panel.sheet is not None
    assert panel.sheet.dirty
    assert not [r for r in painter.rows if r.every_weeks == 2]
    painter.go(6, 10 * 60)
    painter.type(panel.window_fields.numbers["priority"], "1")
    painter.save_anyway()
    assert [r.priority for r in painter.rows if r.every_weeks == 2] == [1]


def test_leaving_with_unsaved_strokes_asks_in_the_page(painter: Painter) -> None:
    panel = painter.panel
    assert panel.leave()
    painter.drag((5, 15 * 60), (5, 15 * 60 + 45))
    gone: list[bool] = []
    panel.leave_allowed.connect(lambda: gone.append(True))
    assert not panel.leave()
    assert "not saved" in panel.message.sentence
    painter.press("Stay")
    assert panel.sheet is not None
    assert panel.sheet.dirty
    assert not panel.leave()
    painter.press("Save")
    painter.settle(lambda: bool(gone))
    assert painter.day(5) == [(540, 840), (900, 960)]


def test_another_doctor_only_after_the_strokes_are_settled(painter: Painter) -> None:
    panel = painter.panel
    painter.drag((5, 15 * 60), (5, 15 * 60 + 45))
    painter.choose("PV")
    assert panel.doctor_box.currentText() == "Dr James Carter"
    painter.press("Discard them")
    painter.settle(lambda: panel.doctor_box.currentText() == "Dr Petra Vogel")
    assert panel.sheet is not None
    assert not panel.sheet.dirty


def test_a_week_changed_elsewhere_is_not_overwritten(painter: Painter) -> None:
    painter.drag((0, 19 * 60), (0, 19 * 60 + 45))
    row = next(r for r in painter.rows if r.weekday == 0)
    from dataclasses import replace

    painter.ground.other_desk().execute(SaveRecords(records=(replace(row, work_end=1000),)))
    painter.save()
    assert painter.panel.message.sentence
    assert painter.day(0) == [(510, 1000)]
    painter.press("Show the newer version")
    painter.settle(lambda: any(b.window == (510, 1000) for b in painter.panel.grid.blocks))
    assert painter.panel.sheet is not None
    assert not painter.panel.sheet.dirty


def test_mirrored_the_week_runs_from_right_to_left(painter: Painter) -> None:
    QGuiApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    try:
        QApplication.processEvents()
        grid = painter.panel.grid
        assert grid.column(0)[0] > grid.column(6)[0]
        painter.go(0, 600)
        painter.key(Key.Key_Left)
        assert grid.cursor_cell.day == 1
        words = painter.drag((5, 15 * 60), (6, 15 * 60 + 45))
        assert words.startswith("Sat–Sun 15:00–16:00")
    finally:
        QGuiApplication.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def test_only_moving_the_beginning_is_a_way_out(painter: Painter) -> None:
    panel = painter.panel
    painter.type(panel.plan_fields.first, "1.2.2027")
    ways = panel.message.bar.message
    assert ways is not None
    assert [w.action for w in ways.ways_out if isinstance(w, WayOut)] == ["move"]
    painter.press("Only move the beginning")
    assert panel.sheet is not None
    assert Layer(valid_from=date(2027, 2, 1)) in panel.sheet.plans
    assert Layer(valid_until=date(2027, 1, 31)) not in panel.sheet.plans


def test_no_day_typed_as_first_day_is_told_there(painter: Painter) -> None:
    fields = painter.panel.plan_fields
    painter.type(fields.first, "someday")
    assert "is no day" in fields.grid.sentence("valid_from")
    painter.type(fields.first, "1.2.2027")
    painter.type(fields.last, "1.1.2027")
    assert "before their first" in fields.grid.sentence("valid_until")


def test_every_part_is_reached_by_tab(painter: Painter) -> None:
    panel = painter.panel
    assert panel.brushes.button(OPEN).focusPolicy() & Qt.FocusPolicy.TabFocus
    for button in panel.findChildren(QPushButton):
        if button.isVisible():
            assert button.focusPolicy() & Qt.FocusPolicy.TabFocus, button.text()
            assert button.accessibleName() or button.text()


def test_what_is_painted_while_a_save_is_under_way_is_not_lost(painter: Painter) -> None:
    painter.drag((5, 15 * 60), (5, 15 * 60 + 45))
    painter.go(5, 19 * 60)
    QTest.keyClick(painter.panel.grid, Key.Key_S, CTRL)
    QTest.keyClick(painter.panel.grid, Key.Key_Return)  # before anything can have been answered
    painter.settle(lambda: bool(painter.toasts))
    painter.settle(lambda: painter.day(5) == [(540, 840), (900, 960)])
    assert painter.panel.sheet is not None
    painter.settle(
        lambda: (
            painter.panel.sheet is not None
            and len(painter.panel.sheet.known) == len(painter.rows)
            and painter.panel.sheet.dirty
        )
    )
    painter.save()
    assert painter.day(5) == [(540, 840), (900, 960), (1140, 1155)]


def test_hours_painted_at_a_new_site_make_it_one_of_the_doctors(painter: Painter) -> None:
    """Nobody is asked: it is said, and one undo takes both back."""
    painter.choose("AD")
    panel = painter.panel
    assert panel.roster is not None
    before = panel.roster.doctors[painter.doctor_id].location_ids
    box = panel.site_box
    place = next(n for n in range(box.count()) if box.itemData(n) not in before)
    assert box.itemText(place).endswith("(new site)")
    site = str(box.itemData(place))
    box.setCurrentIndex(place)
    box.activated.emit(place)
    painter.settle(lambda: panel.sheet is not None and panel.sheet.location_id == site)
    hours = painter.day(0)
    painter.drag((0, 300), (0, 360))
    painter.save()
    doctor = painter.ground.store.queries.roster().doctors[painter.doctor_id]
    assert doctor.location_ids == (*before, site)
    assert "now belongs to the sites of" in painter.toasts[-1][0]
    painter.ground.desk.execute(Undo())
    assert painter.ground.store.queries.roster().doctors[painter.doctor_id].location_ids == before
    assert painter.day(0) == hours


def test_a_first_day_typed_and_not_yet_entered_is_saved_with_the_rest(painter: Painter) -> None:
    """Ctrl+S is pressed in the very field."""
    first = painter.panel.plan_fields.first
    painter.panel.side.ensureWidgetVisible(first)
    first.setFocus()
    QTest.keyClicks(first, "1 feb")
    before = len(painter.toasts)
    QTest.keyClick(first, Key.Key_S, CTRL)
    painter.settle(lambda: len(painter.toasts) > before or painter.panel.stack.currentIndex() == 1)
    if painter.panel.stack.currentIndex() == 1:
        QTest.mouseClick(painter.panel.outside.keep, LEFT)
        painter.settle(lambda: len(painter.toasts) > before)
    starts = {row.valid_from for row in painter.rows}
    assert any(start is not None and (start.month, start.day) == (2, 1) for start in starts)


def test_no_day_typed_keeps_ctrl_s_from_saving_and_stays(painter: Painter) -> None:
    before = painter.rows
    last = painter.panel.plan_fields.last
    painter.panel.side.ensureWidgetVisible(last)
    last.setFocus()
    QTest.keyClicks(last, "someday x")
    QTest.keyClick(last, Key.Key_S, CTRL)
    QApplication.processEvents()
    assert "is no day" in painter.panel.plan_fields.grid.sentence("valid_until")
    assert last.text() == "someday x"
    assert last.hasFocus()
    assert not painter.panel.saving.busy
    assert painter.rows == before


def test_a_desk_that_may_only_look_is_told_so_and_changes_nothing(front_desk: FrontDesk) -> None:
    actor = replace(
        front_desk.context.actor, role=Role.RECEPTIONIST, permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    front_desk.context = replace(front_desk.context, actor=actor)
    made = Painter(front_desk)
    panel = made.panel
    assert "Ask a manager" in panel.message.sentence
    for control in (
        panel.paint, panel.copy_day, panel.copy_week, panel.more, panel.brushes.button(BREAK),
        panel.window_fields.start, panel.plan_fields.first, panel.foot.save,
    ):  # fmt: skip
        assert not control.isEnabledTo(made.window)
    for shut in (panel.paint, panel.brushes, panel.window_fields, panel.foot.save):
        assert "may not edit" in shut.toolTip()
    before = made.rows
    made.drag((0, 18 * 60), (1, 19 * 60))
    made.key(Key.Key_Return)
    made.key(Key.Key_Delete)
    made.key(Key.Key_S, CTRL)
    assert panel.sheet is not None
    assert not panel.sheet.dirty
    assert "Ask a manager" in panel.message.sentence
    assert made.rows == before
    panel.doctor_box.setCurrentIndex(0)
    panel.doctor_box.activated.emit(0)
    made.settle(lambda: made.doctor_id == panel.doctor_box.currentData())
    made.window.hide()
    made.window.deleteLater()


def test_the_week_begins_where_the_clinic_begins_it(painter: Painter) -> None:
    """On Sunday: its column comes first, strokes and copies over it hold the days they show."""
    panel, grid = painter.panel, painter.panel.grid
    roster = painter.ground.store.queries.roster()
    painter.ground.desk.execute(
        SaveRecords(records=(replace(roster.practice, first_weekday=6),), label="Week")
    )
    panel.read()
    painter.settle(lambda: grid.first_weekday == 6)
    lefts = [grid.column(day)[0] for day in (6, 0, 1, 2, 3, 4, 5)]
    assert lefts == sorted(lefts)
    assert painter.drag((6, 18 * 60), (1, 19 * 60 - 15)).startswith("Sun–Tue 18:00–19:00")
    painter.go(6, 18 * 60)
    painter.key(Key.Key_Left)
    assert grid.cursor_cell.day == 6, "the first day has none before it"
    painter.key(Key.Key_End)
    assert grid.cursor_cell.day == 5
    painter.key(Key.Key_Home)
    painter.key(Key.Key_Right)
    assert grid.cursor_cell.day == 0
    painter.save_anyway()
    for day in (6, 0, 1):
        assert any(end == 19 * 60 for _start, end in painter.day(day))
    assert not any(end == 19 * 60 for _start, end in painter.day(2))
    QTest.mouseClick(panel.copy_day, LEFT)
    boxes = [box for box in panel.copying.days if box.isVisible()]
    painter.settle(lambda: boxes[-1].x() > 0)
    shown = sorted(boxes, key=lambda box: (box.y(), box.x()))
    assert shown[0] is panel.copying.days[6]


def test_a_reason_of_ten_thousand_characters_is_refused_and_stays(painter: Painter) -> None:
    panel = painter.panel
    panel.brushes.choose(BREAK)
    reason = panel.brushes.reason
    reason.selectAll()
    reason.insert("🦷" * 10_000)
    assert panel.sheet is not None
    painter.drag((0, 10 * 60), (0, 10 * 60 + 15))
    assert "has at most 200 characters; this one has 10,000" in panel.message.sentence
    assert not panel.sheet.dirty
    assert reason.text() == "🦷" * 10_000
    assert reason.hasFocus()
    reason.selectAll()
    reason.insert("Çay 🍵")
    painter.drag((0, 10 * 60), (0, 10 * 60 + 15))
    painter.save_anyway()
    (row,) = [row for row in painter.rows if row.weekday == 0 and row.work_start < 10 * 60]
    assert "Çay 🍵" in [pause.reason for pause in row.breaks]
