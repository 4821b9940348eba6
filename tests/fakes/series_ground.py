"""A booking dialog for series on the real store, and what its tests need of it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMainWindow

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.domain.availability import choosable_types
from clinic_desk.domain.recurrence import instant
from clinic_desk.services.commands import BlockTime
from clinic_desk.services.series_preview import SeriesDraft, preview
from clinic_desk.services.views import Cell
from clinic_desk.ui.booking.dialog import BookingDialog
from clinic_desk.ui.models.occurrences import Row
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import Keys

ZONE = "Europe/London"


class SeriesDesk:
    """The booking dialog with everything that it said."""

    def __init__(self, ground: FrontDesk) -> None:
        self.ground = ground
        self.window = QMainWindow()
        self.window.resize(1366, 768)
        self.window.show()
        self.dialog = BookingDialog(ground.context, self.window)
        self.booked: list[str] = []
        self.toasts: list[str] = []
        self.dialog.booked.connect(self.booked.append)
        self.dialog.toast_requested.connect(lambda text, _undo: self.toasts.append(text))
        ground.settle(lambda: self.dialog.source.roster is not None)
        self.repeating = self.dialog.repeating
        self.list = self.dialog.repeat_part.list
        self.rule = self.dialog.repeat_part.rule

    def close(self) -> None:
        self.dialog.reject()
        self.ground.settle(lambda: self.dialog.hold.idle)
        self.dialog.hide()
        self.window.hide()
        self.window.deleteLater()

    def open_at(self, doctor_id: str, day: date, clock: str, name: str = "lee ana") -> Keys:
        """From a cell of the calendar: place and patient are settled, Book has the focus."""
        local = datetime.combine(day, time.fromisoformat(clock))
        self.dialog.open_at(doctor_id, instant(local, ZONE))
        self.ground.settle(self.dialog.who.edit.hasFocus)
        keys = Keys(self.dialog)
        keys.type(name)
        keys.press(Qt.Key.Key_Return)
        self.ground.settle(self.dialog.book_button.hasFocus)
        self.ground.settle(lambda: self.dialog.hold.settled and not self.dialog.openings.searching)
        return keys

    def unfold(self, keys: Keys) -> None:
        keys.press(Qt.Key.Key_P, Qt.KeyboardModifier.AltModifier)
        self.ground.settle(lambda: self.repeating.on)
        self.judged()

    def judged(self) -> None:
        """Every date has its verdict, for what the fields say now."""
        self.ground.settle(
            lambda: not self.repeating.previewing.busy and self.dialog.hold.settled
            and self.repeating.previewing.shown is not None
        )  # fmt: skip

    def rows(self) -> list[Row]:
        return self.list.rows.rows

    def clashing(self) -> list[Row]:
        return [row for row in self.rows() if row.tone == "refuse"]

    def press_row(self, key: Qt.Key) -> None:
        self.list.setFocus()
        QTest.keyClick(self.list, key)
        QApplication.processEvents()
        self.judged()

    def click_row(self, row: Row, deed: str) -> None:
        self.list.choose(row.key)
        QApplication.processEvents()
        spot = self.list.spot(row.key, deed)
        assert spot is not None
        where: QPoint = spot.center()
        QTest.mouseClick(
            self.list.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, where
        )
        QApplication.processEvents()
        self.judged()

    def visits(self) -> list[Cell]:
        """Of the series that was booked, by start."""
        cell = self.ground.store.queries.appointment(self.booked[-1]).cell
        assert cell.series_id is not None
        return list(self.ground.store.queries.series(cell.series_id).cells)

    def standing(self) -> list[Cell]:
        return [cell for cell in self.visits() if cell.status not in FINAL]

    def in_diary(self, first: date, weeks: int) -> list[Cell]:
        """The visits of the patient in these weeks."""
        cells = self.ground.store.queries.cells(first, first + timedelta(weeks=weeks))
        return [
            c for c in cells
            if c.last_name == "Lee" and c.status not in FINAL and c.status is not Status.HELD
        ]  # fmt: skip

    def block(self, doctor_id: str, day: date, clock: str, minutes: int = 60) -> None:
        start = at(day, clock)
        self.ground.desk.execute(
            BlockTime(
                doctor_id=doctor_id, start=start, end=start + timedelta(minutes=minutes),
                reason="Meeting",
            )
        )  # fmt: skip


def at(day: date, clock: str) -> datetime:
    """Aware UTC of a wall-clock time in London."""
    return instant(datetime.combine(day, time.fromisoformat(clock)), ZONE).astimezone(UTC)


def free_start(
    desk: SeriesDesk, rule: str, first: date, *, days: int = 21, choose: str = "08:00"
) -> tuple[str, date, str]:
    return free_place(desk.ground, rule, first, days=days, choose=choose)


def free_place(
    ground: FrontDesk, rule: str, first: date, *, days: int = 21, choose: str = "08:00"
) -> tuple[str, date, str]:
    """(doctor, day, clock) from which every date of the rule stands without a warning, the first
    from ``first`` on; ``choose`` is the earliest clock."""
    queries, now = ground.store.queries, ground.clock.now()
    roster = queries.roster()
    base = datetime.combine(first, time.fromisoformat(choose))
    doctors = sorted((d for d in roster.doctors.values() if d.active), key=lambda d: d.position)
    for step in range(days):
        for doctor in doctors:
            kinds = choosable_types(roster, doctor.id)
            usual = next(kind for kind in kinds if kind.slug != "new-patient")
            for minute in range(0, 600, 30):
                local = base + timedelta(days=step, minutes=minute)
                draft = SeriesDraft(
                    doctor_id=doctor.id,
                    type_id=usual.id,
                    rule=rule,
                    local_start=local.isoformat(timespec="minutes"),
                    minutes=30,
                )
                shown = preview(queries, draft, now)
                first_here = shown.occurrences[0].local_start == draft.local_start
                if first_here and all(o.stands for o in shown.occurrences):
                    return doctor.id, local.date(), f"{local:%H:%M}"
    raise AssertionError("the demo clinic has no such place")
