"""What every chapter of the tour needs: the window, the store to ask, and common moves."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TypeVar

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from clinic_desk.domain.availability import find
from clinic_desk.domain.availability.model import Request, Slot
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.ports import Maintenance, Queries
from clinic_desk.services.views import Cell, PatientHit
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.main_window.window import MainWindow
from clinic_desk.ui.runtime.formatting import clock_text, short_day
from clinic_desk.ui.tour.driver import Driver, TourFailed
from clinic_desk.ui.widgets.command_palette import CommandPalette
from clinic_desk.ui.widgets.date_jump import DateJump

W = TypeVar("W", bound=QWidget)
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
LONGEST_NAME = 18
"""Letters; a longer one is cut off in the pictures, which then show less than they could."""
BUSY = 20
"""Colours in the middle of the window; an empty page has two or three."""


class Scene:
    """One window with its store. ``visit_id`` is the visit that the tour books and moves,
    ``place`` where it was booked;
    ``everything`` asks for every screen in all sizes and themes."""

    def __init__(
        self,
        driver: Driver,
        window: MainWindow,
        queries: Queries,
        maintenance: Maintenance,
        clock: Clock,
    ) -> None:
        self.driver = driver
        self.window = window
        self.queries = queries
        self.maintenance = maintenance
        self.clock = clock
        self.everything = False
        self.visit_id: Id = ""
        self.place: tuple[datetime, Id] = (clock.now(), "")

    def grid(self) -> TimeGridView:
        grid = self.grid_or_none()
        if grid is None:
            raise TourFailed("no day or week is on the screen")
        return grid

    def grid_or_none(self) -> TimeGridView | None:
        shown = [g for g in self.window.findChildren(TimeGridView) if g.isVisible() and g.columns]
        return shown[0] if shown else None

    def shows_another_page(self, before: QImage) -> bool:
        return self.window.grab().toImage() != before and self.driver.variety() > BUSY

    def shown(self, kind: type[W], words: str) -> W:
        """Waits for a widget of this kind, in the window or over it."""
        self.driver.wait(lambda: self.visible(kind), words)
        return self.visible(kind)[0]

    def gone(self, kind: type[W], words: str) -> None:
        """Waits until none is left; some are deleted when they close."""
        self.driver.wait(lambda: not self.visible(kind), words)

    def visible(self, kind: type[W]) -> list[W]:
        tops = [self.window, *QApplication.topLevelWidgets()]
        everything = [w for top in tops for w in (top, *top.findChildren(kind))]
        return [w for w in everything if isinstance(w, kind) and w.isVisible()]

    def caller(self) -> PatientHit:
        """Somebody without alert and without a visit ahead, whose name any keyboard can type."""
        now = self.clock.now()
        for letter in "abcdefghijklmnopqrstuvwxyz":
            for hit in self.queries.search_patients(letter, 40):
                plain = f"{hit.last_name}{hit.first_name}".isascii()
                alone = f"{hit.last_name} {hit.first_name}"
                short = len(hit.listed_name) <= LONGEST_NAME
                if not plain or not short or hit.alert or not hit.first_name:
                    continue
                if any(cell.start > now for cell in self.queries.patient(hit.id).visits):
                    continue
                if len(self.queries.search_patients(alone)) == 1:
                    return hit
        raise TourFailed("the clinic has no patient without a visit ahead")

    def go_to(self, day: date) -> None:
        self.driver.key(Qt.Key.Key_G, CTRL)
        jump = self.shown(DateJump, "the date field opens")
        typed = f"{day.day}.{day.month}.{day.year}"
        self.driver.type(typed)
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: not jump.isVisible(), f"“{typed}” is understood")
        self.driver.did(f"pressed Ctrl+G, typed “{typed}”, pressed Enter")
        self.driver.wait(lambda: self.grid().columns[0].day == day, "the day changes")

    def stored(self) -> Cell:
        return self.queries.appointment(self.visit_id).cell

    def stored_place(self) -> tuple[datetime, Id]:
        cell = self.stored()
        return cell.start, cell.doctor_id

    def block(self) -> Cell | None:
        block = self.grid().arrangement.by_id.get(self.visit_id)
        return block.cell if block else None

    def drawn_at(self, place: tuple[datetime, Id]) -> bool:
        cell = self.block()
        return cell is not None and (cell.start, cell.doctor_id) == place

    def column_of(self, cell: Cell) -> Column:
        for column in self.grid().columns:
            if column.doctor_id == cell.doctor_id and not column.room_id:
                return column
        raise TourFailed("the doctor of the visit has no column")

    def free_place(self, cell: Cell) -> tuple[Column, Slot]:
        """A start that the engine offers to another doctor on the same day, later than the visit
        where there is one, and so near that both fit into the view."""
        day = self.day_of(cell.start)
        snapshot = self.queries.snapshot(day, day)
        grid = self.grid()
        length = int((cell.end - cell.start).total_seconds() // 60)
        reach = timedelta(minutes=grid.viewport().height() / grid.arrangement.per_minute * 0.7)
        colleagues = [c for c in grid.columns if c.doctor_id not in ("", cell.doctor_id)]
        for column in sorted(colleagues, key=lambda c: grid.columns.index(c)):
            request = Request(
                type_id=cell.type_id,
                first=day,
                last=day,
                now=self.clock.now(),
                doctor_ids=(column.doctor_id,),
                patient_id=cell.patient_id,
                duration=length,
                ignore_ids=frozenset({cell.id}),
            )
            near = [
                slot
                for slot in find(snapshot, request)
                if slot.start.minute % 15 == 0 and abs(slot.start - cell.start) < reach
            ]
            if near:
                return column, min(near, key=lambda slot: (slot.start < cell.start, slot.start))
        raise TourFailed("no colleague has a free time on that day")

    def grip(
        self, grid: TimeGridView, cell: Cell, column: Column, slot: Slot
    ) -> tuple[QPoint, QPoint]:
        """Where to press and where to let go, so that the top of the visit lands on the slot."""
        block = grid.cell_rect(cell.id)
        if block is None:
            raise TourFailed("the visit is not in view")
        press = block.center()
        target = grid.span_rect(column, slot.start, slot.end)
        release = QPoint(target.center().x(), target.top() + press.y() - block.top())
        inside = grid.viewport().rect()
        if not (inside.contains(press) and inside.contains(release)):
            raise TourFailed("the visit and its new place do not fit into the view together")
        return press, release

    def ghost(self, name: str) -> None:
        self.driver.picture(name)

    def day_of(self, instant: datetime) -> date:
        return local_date(instant, self.grid().columns[0].zone)

    def day_at(self, instant: datetime) -> date:
        """In the clinic's main zone, whatever is on the screen."""
        return local_date(instant, self.queries.roster().practice.zone)

    def words(self, cell: Cell) -> str:
        return f"{cell.type_name.lower()} on {self.place_words((cell.start, cell.doctor_id))}"

    def place_words(self, place: tuple[datetime, Id]) -> str:
        start, doctor_id = place
        at = clock_text(start, self.grid().columns[0].zone)
        doctor = self.queries.roster().doctors[doctor_id]
        return f"{short_day(self.day_of(start))} {at}, {doctor.name}"

    def command(self, words: str, entry: str) -> None:
        """Runs a command by its name in the palette."""
        self.driver.key(Qt.Key.Key_K, CTRL)
        palette = self.shown(CommandPalette, "the command palette opens")
        self.driver.type(words)
        self.driver.wait(lambda: palette.field.text() == words, "the words are typed")
        self.driver.wait(palette.list.isVisible, "the command is found")
        self.driver.key(Qt.Key.Key_Return)
        self.driver.wait(lambda: not palette.isVisible(), "the palette is gone")
        self.driver.did(f"pressed Ctrl+K, typed “{words}”, pressed Enter: {entry}")

    def look_at(self, key: Qt.Key, name: str) -> None:
        """Another view by its key; it must have something on it."""
        before = self.window.grab().toImage()
        self.driver.key(key, CTRL)
        self.driver.did(f"pressed Ctrl+{chr(key.value)}")
        there = f"the {name} is on the screen and has something on it"
        self.driver.wait(lambda: self.shows_another_page(before), there)
        self.driver.still()
        self.driver.checked(there)

    def settled(self) -> None:
        """Waits until the visit is drawn as the store has it: who drags what has changed since is
        stopped, and rightly so."""
        self.driver.wait(lambda: self.block() == self.stored(), "the visit is drawn as stored")

    def in_view(self, cell: Cell) -> QRect:
        """Where the visit stands, once it is in the view."""
        grid = self.grid()

        def seen() -> bool:
            rect = grid.cell_rect(cell.id)
            return rect is not None and grid.viewport().rect().contains(rect.center())

        self.driver.wait(seen, "the visit is in view")
        rect = grid.cell_rect(cell.id)
        if rect is None:
            raise TourFailed("the visit is not in view")
        return rect

    def take_visit(self) -> None:
        """The cursor onto the tour's visit, by a click."""
        self.settled()
        grid = self.grid()
        cell = self.stored()
        grid.ensure_visible(self.column_of(cell), cell.start, cell.end)
        block = self.in_view(cell)
        self.driver.click(grid.viewport(), block.center())
        self.driver.wait(lambda: grid.current_cell() is not None, "the visit is chosen")
