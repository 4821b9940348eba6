"""A day on a real grid with a real store behind it, for gestures: three doctors, a few visits.

Tuesday 24 November 2026 seen from Monday morning; London time, which is UTC in November.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from clinic_desk.domain.appointments import Appointment, AppointmentSeries, Status
from clinic_desk.domain.catalogue import AppointmentType, Doctor, Location, Practice, Room
from clinic_desk.domain.events import Actor
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import Break, ScheduleTemplate
from clinic_desk.services.commands import Command
from clinic_desk.services.desk import Desk
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.store.opening import ClinicStore, open_store
from clinic_desk.ui.calendar.columns import day_columns, room_columns, week_columns
from clinic_desk.ui.calendar.gestures import GestureController
from clinic_desk.ui.calendar.gestures_targets import DateTarget, NavTarget
from clinic_desk.ui.calendar.grid_view import TimeGridView
from clinic_desk.ui.calendar.shelf_panel import ShelfPanel
from clinic_desk.ui.geometry.gesture_machine import State
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.words import day_words
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Operations
from clinic_desk.ui.widgets.mini_month import MiniMonth
from tests.fakes.clock import CountingIds, FixedClock

MIGRATIONS = Path(__file__).parents[2] / "migrations"
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY = date(2026, 11, 24)
ZONE = "Europe/London"
DOCTORS = (("wu", "Dr Ada Wu", "WU", "teal"), ("roy", "Dr Jo Roy", "RO", "indigo"),
           ("iyer", "Dr Mira Iyer", "IY", "orchid"))  # fmt: skip
NAMES = {
    "hall": ("Jonathan", "Hall"),
    "lee": ("Ana", "Lee"),
    "rossi": ("Giulia", "Rossi-Ferrante"),
    "park": ("Ji-woo", "Park"),
    "novak": ("Tereza", "Novak"),
    "silva": ("Beatriz", "Silva"),
}


def at(clock: str, day: date = DAY) -> datetime:
    """ "10:15" of that day; London is UTC in November."""
    hours, minutes = clock.split(":")
    return datetime(day.year, day.month, day.day, int(hours), int(minutes), tzinfo=UTC)


@dataclass
class RecordingGate:
    """The real gate, remembering what went through; ``wait`` holds commands back."""

    desk: Desk
    commands: list[Command] = field(default_factory=list)

    def execute(self, command: Command) -> Outcome:
        self.commands.append(command)
        return self.desk.execute(command)


class Stage(QWidget):
    """Grid, shelf, mini-month and ‹ ›, wired as a page wires them."""

    def __init__(self, folder: Path, theme: Theme) -> None:
        super().__init__()
        self.clock = FixedClock(NOW)
        self.ids = CountingIds()
        self.actor = Actor("staff-me", "M. Keller", "desk-1", "session-1")
        self.maria = Actor("staff-maria", "Maria", "desk-2", "session-2")
        self.store: ClinicStore = open_store(folder / "clinic.db", MIGRATIONS, self.clock, self.ids)
        self._fill()
        self.gate = RecordingGate(Desk(self.store, self.clock, self.ids, self.actor))
        self.operations = Operations(self.gate, self.store.queries)
        self.context = Context(self.operations, self.clock, self.actor, self.ids, theme)
        self.day = DAY
        self.week = False
        self.rooms = False
        self.toasts: list[tuple[str, bool]] = []
        self.spoken: list[str] = []
        self.finders: list[tuple[Cell, date]] = []
        self.bookings: list[object] = []
        self.shown: list[object] = []
        self.statuses: list[object] = []
        self._build()
        self.operations.changed.connect(self._changed)
        self.resize(1200, 760)
        self.load()

    def _build(self) -> None:
        context = self.context
        self.mini = MiniMonth(context.theme, DAY)
        self.before, self.after = QPushButton("‹"), QPushButton("›")
        self.grid = TimeGridView(context.theme, self.clock)
        self.shelf = ShelfPanel(context)
        side = QVBoxLayout()
        for widget in (self.before, self.after, self.mini):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(side)
        row.addWidget(self.grid, 1)
        row.addWidget(self.shelf)
        control = self.control = GestureController(context, self.grid)
        control.add_shelf(self.shelf)
        self.dates = DateTarget(self.mini, self.mini.date_at, day_words)
        control.add_dates(self.dates)
        control.add_step(NavTarget(self.before, -1))
        control.add_step(NavTarget(self.after, 1))
        control.day_requested.connect(self.show_day)
        control.loading = lambda: self.grid.slice is None or self.grid.slice.first != self.day
        control.step_requested.connect(lambda n: self.show_day(self.day + timedelta(days=n)))
        control.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        self.shelf.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        control.announced.connect(self.spoken.append)
        control.finder_requested.connect(lambda cell, day: self.finders.append((cell, day)))
        control.show_requested.connect(self.shown.append)
        control.status_changed.connect(self.statuses.append)
        self.grid.book_requested.connect(self.bookings.append)

    def _fill(self) -> None:
        rows: list[object] = [
            Practice(id="practice", name="Test Clinic", zone=ZONE),
            Location(id="site", name="Main", zone=ZONE, primary=True),
            AppointmentType(id="fup", slug="follow-up", name="Follow-up", code="FUP", duration=30),
        ]
        for position, (key, name, code, colour) in enumerate(DOCTORS):
            rows.append(
                Doctor(
                    id=key,
                    name=name,
                    code=code,
                    colour=colour,
                    location_ids=("site",),
                    position=position,
                )
            )
            rows.append(Room(id=f"room-{key}", location_id="site", name=f"Room {position + 2}"))
            rows.extend(
                ScheduleTemplate(
                    id=f"week-{key}-{weekday}",
                    doctor_id=key,
                    location_id="site",
                    weekday=weekday,
                    work_start=540,
                    work_end=1020,
                    room_id=f"room-{key}",
                    breaks=(Break(750, 780, "Break"),),
                )
                for weekday in range(5)
            )
        for number, (key, (first, last)) in enumerate(NAMES.items()):
            rows.append(
                Patient(id=key, record_number=f"P{number}", first_name=first, last_name=last)
            )
        rows.append(
            AppointmentSeries(
                id="series",
                rule="FREQ=WEEKLY;COUNT=3",
                local_start="2026-11-24T14:00",
                zone=ZONE,
                duration=30,
                doctor_id="roy",
                patient_id="silva",
                type_id="fup",
            )
        )
        rows += [
            visit("lee", "wu", "09:30"),
            visit("hall", "wu", "11:00"),
            visit("park", "wu", "11:45"),
            visit("rossi", "roy", "11:30"),
            visit("novak", "roy", "10:15"),
            *(
                visit(
                    f"silva-{week}", "roy", "14:00", patient="silva",
                    day=DAY + timedelta(days=7 * week), series_id="series",
                    series_start=at("14:00", DAY + timedelta(days=7 * week)),
                )
                for week in range(3)
            ),
            visit("done", "iyer", "09:00", patient="novak", day=DAY, status=Status.COMPLETED),
        ]  # fmt: skip
        with self.store.unit_of_work(self.actor) as work:
            for row in rows:
                work.add(row, "created")  # type: ignore[type-var]
            work.commit()

    # The page's part

    def show_day(self, day: date) -> None:
        self.day = day
        self.load()

    def load(self) -> None:
        last = self.day + timedelta(days=4 if self.week else 0)
        self.operations.ask(
            lambda queries: queries.calendar(self.day, last), done=self._take, key="stage"
        )

    def _take(self, data: CalendarSlice) -> None:
        if self.rooms:
            columns = room_columns(data, self.day)
        elif self.week:
            days = [self.day + timedelta(days=n) for n in range(5)]
            columns = week_columns(data, days, ["wu"])
        else:
            columns = day_columns(data, self.day)
        self.grid.set_content(data, columns, week=self.week)

    def _changed(self, changes: Changes) -> None:
        if changes.kinds:
            self.load()

    # The test's part

    def settle(self, until: Callable[[], object], seconds: float = 60.0) -> None:
        end = time.monotonic() + seconds
        while not until():
            QApplication.processEvents()
            time.sleep(0.002)
            assert time.monotonic() < end, "it never came"
        QApplication.processEvents()

    @property
    def ready(self) -> bool:
        """The day is shown and scrolled to its opening."""
        return (
            self.isVisible()
            and self.grid.slice is not None
            and self.grid.verticalScrollBar().value() > 0
        )

    def rest(self) -> None:
        """Until nothing is carried, saved or on its way back."""
        self.settle(
            lambda: (
                self.control.gesture.state is State.IDLE
                and not self.control.scene.drops
                and self.control.scene._motion is None
            )
        )

    def row(self, row_id: str) -> Appointment:
        with self.store.unit_of_work(self.actor) as work:
            return work.get(Appointment, row_id)

    def all_rows(self) -> list[Appointment]:
        with self.store.unit_of_work(self.actor) as work:
            return work.find(Appointment)

    def change_as_maria(self, row_id: str, minutes: int) -> None:
        self.clock.advance(minutes=162)
        with self.store.unit_of_work(self.maria) as work:
            row = work.get(Appointment, row_id)
            by = timedelta(minutes=minutes)
            after = replace(
                row, start=row.start + by, end=row.end + by,
                blocked_start=row.blocked_start + by, blocked_end=row.blocked_end + by,
            )  # fmt: skip
            work.replace(row, after, "moved")
            work.commit()

    def cell(self, row_id: str) -> Cell:
        assert self.grid.slice is not None
        return next(c for c in self.grid.slice.cells if c.id == row_id)

    def spot(self, doctor: str, clock: str, *, day: date | None = None, dx: int = 40) -> QPoint:
        """Viewport position of a time in a doctor's column."""
        column = next(
            c for c in self.grid.columns if c.doctor_id == doctor and c.day == (day or self.day)
        )
        start = at(clock, column.day)
        rect = self.grid.span_rect(column, start, start + timedelta(minutes=15))
        return QPoint(rect.left() + dx, rect.top())

    def hold(self, row_id: str, dy: int = 8) -> QPoint:
        rect = self.grid.cell_rect(row_id)
        assert rect is not None
        return QPoint(rect.left() + 40, rect.top() + dy)

    def press(self, pos: QPoint, modifier: Qt.KeyboardModifier | None = None) -> None:
        QTest.mousePress(
            self.grid.viewport(), Qt.MouseButton.LeftButton,
            modifier or Qt.KeyboardModifier.NoModifier, pos,
        )  # fmt: skip

    def move(self, pos: QPoint) -> None:
        QTest.mouseMove(self.grid.viewport(), pos)
        QApplication.processEvents()

    def release(self, pos: QPoint, modifier: Qt.KeyboardModifier | None = None) -> None:
        QTest.mouseRelease(
            self.grid.viewport(), Qt.MouseButton.LeftButton,
            modifier or Qt.KeyboardModifier.NoModifier, pos,
        )  # fmt: skip
        QApplication.processEvents()

    def drag(self, start: QPoint, *stops: QPoint, drop: bool = True) -> None:
        self.press(start)
        here = start
        for stop in stops:
            self.move((here + stop) / 2)
            self.move(stop)
            here = stop
        if drop:
            self.release(here)

    def onto(self, widget: QWidget, pos: QPoint | None = None) -> QPoint:
        """A position of another widget in the grid's viewport coordinates."""
        centre = pos if pos is not None else widget.rect().center()
        return self.grid.viewport().mapFromGlobal(widget.mapToGlobal(centre))

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier | None = None) -> None:
        QTest.keyClick(self.grid, key, modifier or Qt.KeyboardModifier.NoModifier)
        QApplication.processEvents()

    def last_command(self) -> Command:
        return self.gate.commands[-1]

    def shut(self) -> None:
        # the test kit remembers a button that was never let go, across tests
        QTest.mouseRelease(self, Qt.MouseButton.LeftButton, pos=QPoint(1, 1))
        self.control.scene.stop_motion()
        self.hide()
        self.operations.shutdown()
        QApplication.processEvents()
        self.store.close()


def visit(
    row_id: str,
    doctor: str,
    clock: str,
    minutes: int = 30,
    *,
    patient: str = "",
    day: date = DAY,
    **values: object,
) -> Appointment:
    start = at(clock, day)
    end = start + timedelta(minutes=minutes)
    given: dict[str, object] = {
        "status": Status.SCHEDULED,
        "room_id": f"room-{doctor}",
        "type_id": "fup",
        **values,
    }
    return Appointment(
        id=row_id, doctor_id=doctor, location_id="site", start=start, end=end,
        blocked_start=start, blocked_end=end, patient_id=patient or row_id, **given,  # type: ignore[arg-type]
    )  # fmt: skip
