"""The painted grid, with real mouse and key events on the real widget."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.appointments import Status
from clinic_desk.ui.calendar.block_words import Moment
from clinic_desk.ui.calendar.columns import day_columns, room_columns, week_columns
from clinic_desk.ui.calendar.grid_keys import GridKeys
from clinic_desk.ui.calendar.grid_layout import Block
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.keymap import Keymap
from clinic_desk.ui.calendar.paint_blocks import BlockPainter
from clinic_desk.ui.calendar.paint_tools import Texts
from clinic_desk.ui.geometry.tiles import TileSpot
from clinic_desk.ui.look.theme import Theme
from tests.fakes import calendar_data as data

ONE = timedelta(days=1)


@pytest.fixture
def view(qtbot):
    grid = TimeGridView(Theme.for_tests(), data.Clock())
    qtbot.addWidget(grid)
    grid.resize(1400, 960)
    grid.show()
    qtbot.waitExposed(grid)
    show_day(grid)
    grid.performed = []
    grid.key_handler = GridKeys(grid, Keymap(), lambda name: not grid.performed.append(name))
    grid.setFocus()
    return grid


def show_day(grid, cells=None, count=6):
    slice_ = data.picture_day() if cells is None else data.slice_of(cells, count=count)
    grid.set_content(slice_, day_columns(slice_, data.TUESDAY))
    QApplication.processEvents()
    return slice_


def centre(grid, cell_id):
    return grid.cell_rect(cell_id).center()


def click(qtbot, grid, pos, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, modifier, pos)


def key(qtbot, grid, which, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.keyClick(grid, which, modifier)


def test_opens_a_quarter_of_an_hour_before_the_first_opening(view):
    top = view.instant_at(view.columns[0], 0)
    assert top == data.at("07:30")


def test_hit_finds_blocks_empty_time_header_and_gutter(view):
    found = view.hit(centre(view, "a004"))
    assert (found.kind, found.cell.id, found.edge) == ("block", "a004", None)
    rect = view.cell_rect("a004")
    assert view.hit(QPoint(rect.center().x(), rect.bottom() - 2)).edge == "bottom"
    assert view.hit(QPoint(rect.center().x(), rect.top() + 1)).edge == "top"
    strip = QPoint(rect.right() + 3, rect.center().y())
    assert view.hit(strip).kind == "empty"
    assert view.hit(QPoint(100, -10)).kind == "header"
    assert view.hit(QPoint(-10, 100)).kind == "gutter"
    assert view.hit(QPoint(100, 5000)).kind == "none"


def test_a_low_block_has_no_resize_zone(view):
    rect = view.cell_rect("a006")
    assert rect.height() < 24
    hits = {view.hit(QPoint(rect.center().x(), y)).edge for y in range(rect.top(), rect.bottom())}
    assert hits == {"bottom", None} or hits == {None}
    free = [
        y
        for y in range(rect.top(), rect.bottom())
        if view.hit(QPoint(rect.center().x(), y)).edge is None
    ]
    assert len(free) >= 12


def test_span_rect_agrees_with_the_block(view):
    cell = view.arrangement.by_id["a004"].cell
    span = view.span_rect(view.columns[0], cell.start, cell.end)
    assert span.top() == view.cell_rect("a004").top()
    assert span.height() == view.cell_rect("a004").height()


def test_instant_and_pixel_are_inverse(view):
    column = view.columns[2]
    for text in ("08:00", "10:07", "17:59"):
        rect = view.span_rect(column, data.at(text), data.at(text) + timedelta(minutes=30))
        assert abs((view.instant_at(column, rect.top()) - data.at(text)).total_seconds()) <= 40


def test_click_selects_and_ctrl_click_adds(qtbot, view):
    with qtbot.waitSignal(view.selection_changed) as told:
        click(qtbot, view, centre(view, "a004"))
    assert [c.id for c in told.args[0]] == ["a004"]
    click(qtbot, view, centre(view, "a005"), Qt.KeyboardModifier.ControlModifier)
    assert view.selected_ids == ["a004", "a005"]
    click(qtbot, view, centre(view, "a004"))
    assert view.selected_ids == ["a004"]


def test_double_click_opens_a_visit_and_books_empty_time(qtbot, view):
    with qtbot.waitSignal(view.open_requested) as opened:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=centre(view, "a004"))
    assert opened.args == ["a004"]
    column = view.columns[0]
    free = view.span_rect(column, data.at("14:30"), data.at("14:45")).center()
    with qtbot.waitSignal(view.book_requested) as booked:
        qtbot.mouseDClick(view.viewport(), Qt.MouseButton.LeftButton, pos=free)
    wish = booked.args[0]
    assert (wish["doctor_id"], wish["start"], wish["end"]) == ("d0", data.at("14:30"), None)


def test_arrows_walk_slots_and_columns(qtbot, view):
    view.place_cursor(view.columns[0], data.at("14:30"))
    key(qtbot, view, Qt.Key.Key_Down)
    assert view.cursor == (view.columns[0], data.at("14:45"))
    key(qtbot, view, Qt.Key.Key_Down)
    assert view.current_cell().listed_name == "Brennan, Siobhán"
    key(qtbot, view, Qt.Key.Key_Down)
    assert view.current_cell().listed_name == "Ahmadi, Reza"
    key(qtbot, view, Qt.Key.Key_Up)
    key(qtbot, view, Qt.Key.Key_Up)
    assert view.cursor == (view.columns[0], data.at("14:45"))
    key(qtbot, view, Qt.Key.Key_Right)
    assert view.current_cell().listed_name == "Ramanathan, Venkatesh"
    key(qtbot, view, Qt.Key.Key_End)
    assert view.cursor[0] == view.columns[-1]
    key(qtbot, view, Qt.Key.Key_Right)
    assert view.cursor[0] == view.columns[-1]
    key(qtbot, view, Qt.Key.Key_Home)
    assert view.cursor[0] == view.columns[0]


def test_arrows_are_mirrored_from_right_to_left(qtbot, view):
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    show_day(view)
    assert view.column_at(5) == view.columns[-1]
    view.place_cursor(view.columns[0], data.at("17:30"))
    key(qtbot, view, Qt.Key.Key_Left)
    assert view.cursor[0] == view.columns[1]


def test_control_arrows_walk_visits_and_the_working_day(qtbot, view):
    view.place_cursor(view.columns[0], data.at("14:30"))
    control = Qt.KeyboardModifier.ControlModifier
    key(qtbot, view, Qt.Key.Key_Down, control)
    assert view.current_cell().listed_name == "Brennan, Siobhán"
    key(qtbot, view, Qt.Key.Key_Up, control)
    assert view.current_cell().listed_name.startswith("Castellanos")
    key(qtbot, view, Qt.Key.Key_Home, control)
    assert view.cursor[1] == data.at("07:45")
    key(qtbot, view, Qt.Key.Key_End, control)
    assert view.cursor[1] == data.at("16:45") or view.current_cell() is not None


def test_overlapping_visits_are_all_reached(qtbot, view):
    view.focus_cell("a059")
    seen = []
    for _ in range(14):
        key(qtbot, view, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
        seen.append(view.current_cell().listed_name)
    assert {"Patel, Arjun", "Walsh, Rosie"} <= set(seen)


def test_page_down_moves_a_screen_and_keeps_the_cursor_in_sight(qtbot, view):
    view.place_cursor(view.columns[0], data.at("08:00"))
    key(qtbot, view, Qt.Key.Key_PageDown)
    instant = view.cursor[1]
    assert instant > data.at("12:00")
    assert view.viewport().rect().contains(view.cursor_rect().toRect())


def test_shift_arrows_sweep_a_range(qtbot, view):
    view.place_cursor(view.columns[0], data.at("14:30"))
    shift = Qt.KeyboardModifier.ShiftModifier
    key(qtbot, view, Qt.Key.Key_Down, shift)
    assert view.range[1:] == (data.at("14:30"), data.at("15:00"))
    key(qtbot, view, Qt.Key.Key_Up, shift)
    assert view.range[1:] == (data.at("14:30"), data.at("14:45"))
    key(qtbot, view, Qt.Key.Key_Up, shift)
    assert view.range[1:] == (data.at("14:15"), data.at("14:45"))
    assert view.booking_at_cursor()["end"] == data.at("14:45")
    key(qtbot, view, Qt.Key.Key_Down)
    assert view.range is None


@pytest.mark.parametrize(
    ("which", "modifier", "name"),
    [
        (Qt.Key.Key_A, Qt.KeyboardModifier.NoModifier, "arrived"),
        (Qt.Key.Key_2, Qt.KeyboardModifier.KeypadModifier, "arrived"),
        (Qt.Key.Key_F, Qt.KeyboardModifier.NoModifier, "confirmed"),
        (Qt.Key.Key_R, Qt.KeyboardModifier.NoModifier, "in_room"),
        (Qt.Key.Key_D, Qt.KeyboardModifier.NoModifier, "done"),
        (Qt.Key.Key_X, Qt.KeyboardModifier.NoModifier, "no_show"),
        (Qt.Key.Key_U, Qt.KeyboardModifier.NoModifier, "step_back"),
        (Qt.Key.Key_6, Qt.KeyboardModifier.KeypadModifier, "step_back"),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier, "cancel"),
        (Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "activate"),
        (Qt.Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, "activate"),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, "card"),
        (Qt.Key.Key_N, Qt.KeyboardModifier.NoModifier, "next_available"),
        (Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier, "day_after"),
        (Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier, "copy_mode"),
    ],
)
def test_every_action_key_names_its_action(qtbot, view, which, modifier, name):
    key(qtbot, view, which, modifier)
    assert view.performed == [name]


def test_a_plain_figure_is_no_status(qtbot, view):
    key(qtbot, view, Qt.Key.Key_2)
    assert view.performed == []


def test_letters_can_be_remapped_and_switched_off(qtbot, view):
    view.key_handler.keymap = Keymap({"arrived": "G"})
    key(qtbot, view, Qt.Key.Key_G)
    key(qtbot, view, Qt.Key.Key_A)
    assert view.performed == ["arrived"]
    view.key_handler.keymap = Keymap(letters=False)
    key(qtbot, view, Qt.Key.Key_F)
    key(qtbot, view, Qt.Key.Key_Delete)
    assert view.performed == ["arrived", "cancel"]


def test_the_key_table_has_no_key_twice():
    assert Keymap().clashes() == []
    assert Keymap({"arrived": "D"}).clashes() == [("D", "arrived", "done")]


def test_new_data_keeps_cursor_scroll_and_selection(view):
    view.focus_cell("a013")
    before = view.verticalScrollBar().value()
    cells = [c for c in data.picture_cells() if c.id != "a001"]
    show_day(view, cells)
    assert view.current_cell().id == "a013"
    assert view.selected_ids == ["a013"]
    assert view.verticalScrollBar().value() == before


def test_a_visit_that_moved_takes_the_cursor_along(view):
    view.focus_cell("a013")
    cells = [
        replace(c, doctor_id="d1", start=data.at("10:00"), end=data.at("10:30"))
        if c.id == "a013"
        else c
        for c in data.picture_cells()
    ]
    show_day(view, cells)
    assert view.cursor == (view.columns[1], data.at("10:00"))


def painted_columns(view, act):
    """Keys of the columns for which a tile was painted during ``act``, all bands up to date
    before."""
    surface = view.surface
    view.grab()
    while surface.prebuild(view.arrangement, view.window_part, 15, 1.0, view.clock.now()):
        view.grab()
    before = set(surface.tiles.keys())
    act()
    view.grab()
    return {key[0] for key in set(surface.tiles.keys()) - before}


def test_only_the_changed_column_is_painted_again(view):
    cells = [replace(c, last_name="Changed") if c.id == "a004" else c for c in data.picture_cells()]
    assert painted_columns(view, lambda: show_day(view)) == set()
    assert painted_columns(view, lambda: show_day(view, cells)) == {view.columns[0].key}


class Painted(QObject):
    """Collects what is drawn anew in some widgets."""

    def __init__(self, *widgets):
        super().__init__()
        self.areas = {widget: [] for widget in widgets}
        for widget in widgets:
            widget.installEventFilter(self)

    def eventFilter(self, watched, event):  # noqa: N802
        if event.type() is QEvent.Type.Paint:
            self.areas[watched].append(event.rect())
        return False


def test_an_edit_redraws_one_strip_and_one_head(qtbot, view):
    qtbot.wait(50)
    seen = Painted(view.viewport(), view.header, view.gutter)
    changed = [replace(c, note="Brings it") if c.id == "a004" else c for c in data.picture_cells()]
    show_day(view, changed)
    qtbot.waitUntil(lambda: bool(seen.areas[view.viewport()]))
    head = view.header.head_rect(0)
    for widget in (view.viewport(), view.header):
        drawn = QRect()
        for area in seen.areas[widget]:
            drawn = drawn.united(area)
        assert head.left() - 2 <= drawn.left() <= head.left()
        assert head.right() <= drawn.right() <= head.right() + 2
    assert seen.areas[view.gutter] == []
    picture = view.grab().toImage()
    view.update_all()
    assert view.grab().toImage() == picture


def test_painted_block_count_is_exact(view):
    cells = [data.cell(f"x{i}", f"d{i % 6}", f"{9 + i // 6:02}:00", 15) for i in range(24)]
    view.surface.tiles.clear()
    show_day(view, cells)
    view.verticalScrollBar().setValue(0)
    view.resize(1400, 56 + 512)
    QApplication.processEvents()
    view.surface.tiles.clear()
    view.verticalScrollBar().setValue(0)
    before = view.painted_blocks
    view.viewport().repaint()
    assert view.painted_blocks == before, "nothing lies in the first band at night"
    view.verticalScrollBar().setValue(512)
    view.viewport().repaint()
    # 512 … 1024 px are 05:20 … 10:40: the visits of 9 and 10 o'clock
    assert view.painted_blocks - before == 12
    view.viewport().repaint()
    assert view.painted_blocks - before == 12


def test_scrolling_back_paints_nothing(view):
    view.grab()
    bar = view.verticalScrollBar()
    here = bar.value()
    bar.setValue(here + 300)
    view.grab()
    painted = view.surface.tiles.painted
    bar.setValue(here)
    view.grab()
    assert view.surface.tiles.painted == painted


def test_tiles_stay_under_their_cap(view):
    view.surface.tiles.cap = 4 * 1024 * 1024
    for value in range(0, view.verticalScrollBar().maximum(), 200):
        view.verticalScrollBar().setValue(value)
        view.grab()
    assert view.surface.tiles.used <= view.surface.tiles.cap


INVISIBLE = 8
"""Levels of 255: a hatch line cut at a seam is rounded differently by one or two."""


def difference(one: int, other: int) -> int:
    return max(abs((one >> shift & 255) - (other >> shift & 255)) for shift in (0, 8, 16))


@pytest.mark.parametrize("ratio", [1.25, 1.5, 1.75])
def test_no_seam_shows_between_tiles(view, ratio):
    """Tiles side by side are the same picture as one column painted in one go."""
    grid, surface, now = view.arrangement, view.surface, view.clock.now()
    surface.tiles.clear()
    for index in (0, 4):
        width = round(grid.layout.width_of(index) * ratio)
        top, bottom = 512, 512 * 4
        whole = QImage(width, bottom - top, QImage.Format.Format_ARGB32_Premultiplied)
        painter = QPainter(whole)
        painter.translate(0, -top)
        painter.scale(ratio, ratio)
        area = QRectF(0, top / ratio, width / ratio, (bottom - top) / ratio)
        surface.paint_column(painter, grid, index, area, 15, ratio, now)
        painter.end()
        pieces = QImage(whole.size(), whole.format())
        painter = QPainter(pieces)
        for band in range(1, 4):
            spot = TileSpot(index, band, 0, band * 512, width, 512)
            painter.drawPixmap(0, band * 512 - top, surface.tile(grid, spot, 15, ratio, now, 99))
        painter.end()
        for seam in (512, 1024):
            for y in range(seam - 3, seam + 3):
                for x in range(width):
                    apart = difference(whole.pixel(x, y), pieces.pixel(x, y))
                    assert apart <= INVISIBLE, f"column {index}, {x}, {y}"


def test_texts_are_elided_once(view):
    view.grab()
    count = view.texts.elisions
    view.surface.tiles.clear()
    view.grab()
    assert view.texts.elisions == count


@pytest.mark.parametrize("width", [24, 28, 33, 40])
@pytest.mark.parametrize(("first", "last"), [("Mei", "Nguyen"), ("Wilma", "Möller"), ("Ina", "Li")])
def test_no_narrow_visit_is_left_without_a_name(qapp, width, first, last):
    class Recorder(BlockPainter):
        def _write(self, painter, text, font, x, top, room):
            written.append(self.texts.elided(text, font, room))
            return super()._write(painter, text, font, x, top, room)

    written = []
    shown = replace(data.picture_cells()[0], first_name=first, last_name=last)
    canvas = QImage(100, 100, QImage.Format.Format_ARGB32_Premultiplied)
    moment = Moment(shown.start, data.TUESDAY, data.TUESDAY, "Europe/London")
    painter = QPainter(canvas)
    try:
        recorder = Recorder(Theme.for_tests(), Texts())
        recorder.paint(painter, Block(shown, 0, 0.0, 0.0, width, 60.0, 60.0), moment, 1.0)
    finally:
        painter.end()
    assert written[0] in (first[0] + last[0], last[0])


def test_zoom_keeps_the_time_under_the_pointer(qtbot, view):
    pos = centre(view, "a010")
    before = view.instant_at(view.columns[0], pos.y())
    turn = QWheelEvent(
        QPointF(pos),
        QPointF(view.viewport().mapToGlobal(pos)),
        QPoint(0, 0),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.ControlModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    with qtbot.waitSignal(view.zoom_changed) as told:
        QApplication.sendEvent(view.viewport(), turn)
    assert told.args == [10]
    after = view.instant_at(view.columns[0], pos.y())
    assert abs((after - before).total_seconds()) < 90


def test_zoom_fit_shows_the_whole_working_day(view):
    view.resize(1400, 620)
    QApplication.processEvents()
    view.zoom_fit()
    assert view.slot_minutes == 30
    top = view.instant_at(view.columns[0], 0)
    bottom = view.instant_at(view.columns[0], view.viewport().height() - 1)
    assert top <= data.at("07:45")
    assert bottom >= data.at("18:00")


def test_twenty_columns_scroll_by_whole_columns(view):
    crowd = data.crowd(20, 4)
    view.resize(900, 600)
    view.set_content(crowd, day_columns(crowd, data.TUESDAY))
    QApplication.processEvents()
    assert view.far_gutter.isVisible()
    bar = view.horizontalScrollBar()
    assert bar.maximum() > 0
    bar.triggerAction(bar.SliderAction.SliderSingleStepAdd)
    assert bar.value() in [round(e) for e in view.arrangement.layout.edges]
    view.place_cursor(view.columns[19], data.at("09:00"))
    assert view.cursor_rect().right() <= view.viewport().width()


def test_room_columns_show_visits_by_room(view):
    slice_ = data.picture_day()
    view.set_content(slice_, room_columns(slice_, data.TUESDAY))
    assert [c.title for c in view.columns] == [f"Room {i}" for i in range(1, 7)]
    assert view.columns[0].doctor_id == ""
    assert view.column_at(view.cell_rect("a004").center().x()).room_id == "r0"


def test_week_lanes_fold_a_crowd(view):
    cells = [data.cell(f"y{i}", "d0", "09:00", 30) for i in range(7)]
    slice_ = data.slice_of(cells, count=1)
    view.set_content(slice_, week_columns(slice_, [data.TUESDAY]), week=True)
    hit = view.hit(centre(view, "y3"))
    assert hit.overflow == ("y3", "y4", "y5", "y6")


def test_dragged_visits_stay_and_dim(view):
    before = view.grab().toImage()
    where = view.cell_rect("a004")
    others = {i: view.cell_rect(i) for i in view.arrangement.by_id if i != "a004"}
    view.set_dragged(["a004"])
    after = view.grab().toImage()
    assert {i: view.cell_rect(i) for i in others} == others
    spot = where.translated(view.viewport().pos()).center()
    assert before.pixelColor(spot) != after.pixelColor(spot)
    view.set_dragged([])
    assert view.grab().toImage() == before


def test_every_status_looks_different(view):
    pictures = set()
    for status in Status:
        if status is Status.RELEASED:
            continue
        show_day(view, [data.cell("s", "d0", "09:00", 60, status=status, waited=4)])
        rect = view.cell_rect("s").translated(view.viewport().pos())
        pictures.add(bytes(view.grab(rect).toImage().constBits()))
    # cancelled and declined are both gone and look alike
    assert len(pictures) == len(Status) - 2


def test_overlay_painters_are_called_last(view):
    seen = []
    view.overlay_painters.append(lambda painter: seen.append(painter.isActive()))
    view.repaint_overlay(QRect(0, 0, 50, 50))
    QApplication.processEvents()
    assert seen == [True]


def test_a_theme_switch_repaints(view):
    light = view.grab().toImage()
    view.theme.set_theme("dark")
    QApplication.processEvents()
    assert view.grab().toImage() != light


def test_repainting_two_thousand_blocks_fifty_times_keeps_the_process_alive(view):
    crowd = data.crowd(40, 50)
    view.set_content(crowd, day_columns(crowd, data.TUESDAY))
    view.set_zoom(30)
    view.resize(3000, 900)
    QApplication.processEvents()
    before = view.painted_blocks
    for _ in range(50):
        view.surface.tiles.clear()
        view.viewport().repaint()
    assert view.painted_blocks - before >= 50 * 1000


def test_letters_fall_back_to_the_physical_key(view):
    """A Cyrillic keyboard types another letter on the key that is A elsewhere."""
    evdev_a, x_offset = 30, 8
    event = QKeyEvent(
        QEvent.Type.KeyPress, 0x0424, Qt.KeyboardModifier.NoModifier, evdev_a + x_offset, 0, 0, "ф"
    )
    QApplication.sendEvent(view, event)
    assert view.performed == ["arrived"]


def test_a_day_of_23_hours_keeps_noon_beside_the_gutters_noon(view):
    sunday = date(2026, 3, 29)
    content = data.slice_of(
        [data.cell("late", "d0", "12:00", 30, day=sunday)], sunday - ONE, sunday
    )
    days = [sunday - ONE, sunday]
    view.set_content(content, week_columns(content, days, ["d0"]), week=True)
    gutter_noon = view.arrangement.axes[0].minute_of(data.at("12:00", sunday - ONE))
    block = view.arrangement.by_id["late"]
    assert block.y == round(gutter_noon * view.arrangement.per_minute)
    assert block.height == 30 * view.arrangement.per_minute - 1


def test_blocks_are_turned_over_from_right_to_left(view):
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    view.ensure_visible(view.columns[0], data.at("13:15"), data.at("14:00"))
    area = view.cell_rect("a008")
    image = view.viewport().grab().toImage()
    stripe = view.surface.blocks.colour("d0").stripe
    middle = area.center().y()
    assert image.pixelColor(area.right() - 2, middle) == stripe
    assert image.pixelColor(area.left() + 2, middle) != stripe
    column = view.span_rect(view.columns[0], data.at("13:15"), data.at("13:45"))
    assert area.left() - column.left() >= 2, "the free strip is at the inline end"


LABELS = {
    "own calendar": ("SO", "13:00", "14:00", "text"),
    "leave": ("PV", "15:00", "15:30", "text"),
    "break": ("SO", "12:30", "13:00", "text2"),
    "minutes behind": ("AD", "10:42", "11:00", "warn"),
}


@pytest.mark.parametrize("which", LABELS)
def test_labels_stand_at_the_leading_edge(view, which):
    """The writing in a column: as far from the right edge, from right to left, as it is from the
    left one otherwise."""
    code, start, end, token = LABELS[which]
    patient = data.cell("late", "d0", "09:30", 30, status=Status.IN_PROGRESS)
    show_day(view, [patient])
    column = next(c for c in view.columns if c.code == code)
    ink = getattr(view.theme.tokens, token)

    def margins():
        view.ensure_visible(column, data.at(start), data.at(end))
        QApplication.processEvents()
        area = view.span_rect(column, data.at(start), data.at(end))
        image = view.viewport().grab(area).toImage()
        inked = [
            x
            for x in range(image.width())
            if any(near(image.pixelColor(x, y), ink) for y in range(image.height()))
        ]
        return inked[0], image.width() - 1 - inked[-1]

    left, right = margins()
    view.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    QApplication.processEvents()
    mirrored_left, mirrored_right = margins()
    assert view.arrangement.layout.mirrored
    assert abs(mirrored_right - left) <= 8
    assert abs(mirrored_left - right) <= 8
    assert abs(left - right) > 20


def near(colour, other):
    pairs = zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True)
    return all(abs(one - two) < 24 for one, two in pairs)


def test_a_day_of_25_hours_shows_the_doubled_hour_twice(view):
    day = date(2026, 10, 25)
    content = data.slice_of([data.cell("noon", "d0", "12:00", 60, day=day)], day, count=1)
    view.set_content(content, day_columns(content, day))
    axis = view.arrangement.axes[0]
    assert axis.minutes == 25 * 60
    labels = [tick.label for tick in axis.ticks(60)]
    assert labels.count("01:00") == 2
    block = view.arrangement.by_id["noon"]
    assert block.y == round(13 * 60 * view.per_minute)
    assert view.arrangement.height == round(25 * 60 * view.per_minute)
