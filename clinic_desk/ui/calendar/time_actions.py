"""What is done to a doctor's time in the calendar: block it, open it, ask for leave; change or
remove what a band of the grid stands for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu
from shiboken6 import isValid

from clinic_desk.domain.availability.model import Band, BandKind, Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.templates import AvailabilityException, ExceptionKind, TimeOffRequest
from clinic_desk.services.command import Command
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.deed_card import RangeCard, StretchCard
from clinic_desk.ui.models.words import clock_words
from clinic_desk.ui.runtime.allowed import say_why

if TYPE_CHECKING:
    from clinic_desk.ui.calendar.grid_canvas import Hit
    from clinic_desk.ui.calendar.page_actions import PageActions
    from clinic_desk.ui.calendar.time_question import AskTime, TimeWish

INITIATOR = "calendar"
SHOWN = (BandKind.BLOCKED, BandKind.TIME_OFF, BandKind.REQUESTED, BandKind.OPEN)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The row behind a band, and what people call it."""

    row: AvailabilityException | TimeOffRequest
    words: str


def stretch_at(roster: Roster, column: Column, instant: datetime) -> Stretch | None:
    """Blocked time, extra hours or time off that covers a time; None for all other bands."""
    ids = {b.row_id for b in column.bands if b.kind in SHOWN and _covers(b, instant)}
    for row in roster.exceptions:
        if row.id in ids:
            blocked = row.kind is ExceptionKind.BLOCKED
            return Stretch(row, "Blocked time" if blocked else "Extra hours")
    for request in roster.time_off:
        if request.id in ids:
            return Stretch(request, "Time off")
    return None


def _covers(band: Band, instant: datetime) -> bool:
    return band.row_id is not None and band.start <= instant < band.end


class TimeActions(QObject):
    """Part of ``PageActions``. ``ask`` is the popover that was opened last."""

    def __init__(self, actions: PageActions) -> None:
        super().__init__(actions)
        self._actions = actions
        self._page = actions.page
        self.card = StretchCard(self._page.context.theme, self._page)
        self.range_card = RangeCard(self._page.context.theme, self._page)
        self.ask: AskTime | None = None
        self._stretch: tuple[Stretch, Column] | None = None
        self.card.edit.clicked.connect(lambda: self._with_card(self.edit))
        self.card.remove.clicked.connect(
            lambda: self._with_card(lambda found, _column: self.remove(found))
        )
        card = self.range_card
        card.book.clicked.connect(self._book_range)
        card.block.clicked.connect(lambda: self._with_range(ExceptionKind.BLOCKED))
        card.extra.clicked.connect(lambda: self._with_range(ExceptionKind.AVAILABLE))
        card.hold.clicked.connect(lambda: self._page.run_grid_action("hold"))

    def connect_all(self) -> None:
        grid = self._page.grid()
        grid.cursor_changed.connect(self._cursor_moved)
        grid.verticalScrollBar().valueChanged.connect(lambda _at: self._moved_on())
        grid.horizontalScrollBar().valueChanged.connect(lambda _at: self._moved_on())
        grid.arranged.connect(self._moved_on)
        grid.range_changed.connect(self._show_range)
        self._page.gestures.active_changed.connect(lambda _on: self._moved_on())

    # -- a swept range -----------------------------------------------------------------------

    def _moved_on(self) -> None:
        self.card.hide()
        self._show_range()

    def _show_range(self) -> None:
        """Beside the range, while there is one in view; it stays there behind the booking that a
        sweep begins, for whoever meant something else."""
        page, grid = self._page, self._page.grid()
        if grid.range is None or page.gestures.active or not grid.isVisible():
            self.range_card.hide()
            return
        column, start, end = grid.range
        area = grid.span_rect(column, start, end)
        if not area.intersects(grid.viewport().rect()):
            self.range_card.hide()
            return
        spot = page.mapFromGlobal(grid.viewport().mapToGlobal(area.bottomLeft() + QPoint(6, 6)))
        words = f"{clock_words(start, column.zone)}–{clock_words(end, column.zone)}"
        card = self.range_card
        for button, name in (
            (card.book, "activate"), (card.block, "block"), (card.extra, "extra_hours"),
            (card.hold, "hold"),
        ):  # fmt: skip
            say_why(button, self._actions.why_not(name, (), column.doctor_id))
        self.range_card.offer(words, spot)

    def _book_range(self) -> None:
        grid = self._page.grid()
        grid.book_requested.emit(grid.booking_at_cursor())

    def _with_range(self, kind: ExceptionKind) -> None:
        found = self._page.grid().range
        if found is not None:
            self.ask_time(*found, kind)

    # -- the menu on empty time --------------------------------------------------------------

    def fill_menu(self, menu: QMenu, hit: Hit) -> None:
        """What the grid's own keys do not do."""
        self.card.hide()
        column, instant, roster = hit.column, hit.instant, self._roster()
        if column is None or instant is None or roster is None:
            return
        menu.addSeparator()
        for name, words, run in (
            ("block_details", "Block with details…", self._block_details),
            ("extra_hours", "Extra hours…", self._extra_hours),
            ("ask_time_off", "Ask for time off…", self._ask_time_off),
        ):
            action = menu.addAction(words)
            action.setObjectName(name)
            action.triggered.connect(
                lambda _on=False, run=run: run(column, *self._span(column, instant))
            )
        found = stretch_at(roster, column, instant)
        if found is not None:
            menu.addSeparator()
            low = found.words[:1].lower() + found.words[1:]
            edit = menu.addAction(f"Change the {low}…")
            edit.setObjectName("edit_stretch")
            edit.triggered.connect(lambda: self.edit(found, column))
            remove = menu.addAction(f"Remove the {low}")
            remove.setObjectName("remove_stretch")
            remove.triggered.connect(lambda: self.remove(found))

    def _span(self, column: Column, instant: datetime) -> tuple[datetime, datetime]:
        """The swept range that holds the time, or an hour from the cursor's slot."""
        grid = self._page.grid()
        if grid.range is not None:
            swept, start, end = grid.range
            if swept.key == column.key and start <= instant < end:
                return start, end
        place = grid.cursor
        start = place[1] if place is not None and place[0].key == column.key else instant
        return start, start + timedelta(hours=1)

    def _block_details(self, column: Column, start: datetime, end: datetime) -> None:
        self.ask_time(column, start, end, ExceptionKind.BLOCKED)

    def _extra_hours(self, column: Column, start: datetime, end: datetime) -> None:
        self.ask_time(column, start, end, ExceptionKind.AVAILABLE)

    def _ask_time_off(self, column: Column, start: datetime, end: datetime) -> None:
        doctor = self._actions.doctor_at(column, start, end)
        if doctor is not None and not self._actions.barred("ask_time_off", (), doctor.id):
            self._page.page_requested.emit("time_off", (doctor.id, start, end))

    def ask_time(
        self,
        column: Column,
        start: datetime,
        end: datetime,
        kind: ExceptionKind,
        row: AvailabilityException | None = None,
    ) -> AskTime | None:
        """The popover; None where it is nobody's time, which is said."""
        roster = self._roster()
        if roster is None:
            return None
        doctor = roster.doctors.get(row.doctor_id) if row is not None else None
        doctor = doctor or roster.doctors.get(column.doctor_id)
        doctor = doctor or self._actions.doctor_at(column, start, end)
        if doctor is None:
            return None
        page = self._page
        if self._actions.barred("block", (), doctor.id):
            return None
        from clinic_desk.ui.calendar.time_question import AskTime  # no part of the start

        ask = AskTime(page.context.theme, page, roster, doctor, column, (start, end), kind, row)
        ask.answered.connect(lambda wish: self._do(wish, ask))
        self.ask = ask
        ask.show_at(page.card_place())
        ask.reason.setFocus()
        return ask

    def _do(self, wish: TimeWish, ask: AskTime) -> None:
        # no part of the start
        from clinic_desk.services.commands import BlockTime, RemoveBlock
        from clinic_desk.services.roster_commands import OpenTime, Together

        made: BlockTime | OpenTime
        blocked = wish.kind is ExceptionKind.BLOCKED
        kind = BlockTime if blocked else OpenTime
        made = kind(
            doctor_id=wish.doctor_id,
            start=wish.start,
            end=wish.end,
            reason=wish.reason,
            type_id=wish.type_id,
            location_id=wish.location_id,
            initiator=INITIATOR,
        )
        if wish.replaces is None:
            self._answer(made, ask)
            return
        label = "Change the blocked time" if blocked else "Change the extra hours"
        old = RemoveBlock(exception_id=wish.replaces, initiator=INITIATOR)
        self._answer(Together(commands=(old, made), label=label, initiator=INITIATOR), ask)

    def _answer(self, command: Command, ask: AskTime) -> None:
        """The popover stays, with everything that was typed, until it is written."""

        def done(outcome: Outcome) -> None:
            if isValid(ask):
                ask.close()
            self._page.grid().set_range(None)
            self.tell(outcome)

        def refused(error: ClinicDeskError) -> None:
            if isValid(ask):
                ask.refuse(error)
            else:  # it was closed meanwhile
                self._page.refused.emit(error)

        self._page.context.operations.run(command, done=done, refused=refused)

    # -- what a band stands for --------------------------------------------------------------

    def edit(self, found: Stretch, column: Column) -> None:
        self.card.hide()
        row = found.row
        if isinstance(row, TimeOffRequest):
            self._page.page_requested.emit("time_off", ("change", row.id))
        else:
            self.ask_time(column, row.start, row.end, row.kind, row)

    def remove_at_cursor(self) -> bool:
        """Delete on a blocked or opened time; False where there is none."""
        place, roster = self._page.grid().cursor, self._roster()
        if self._page.view in ("month", "agenda") or place is None or roster is None:
            return False
        found = stretch_at(roster, *place)
        if found is None or isinstance(found.row, TimeOffRequest):
            return False
        self.remove(found)
        return True

    def remove(self, found: Stretch) -> None:
        from clinic_desk.services.commands import RemoveBlock
        from clinic_desk.services.roster_commands import WithdrawTimeOff

        self.card.hide()
        row = found.row
        takes = "ask_time_off" if isinstance(row, TimeOffRequest) else "block"
        if self._actions.barred(takes, (), row.doctor_id):
            return
        if isinstance(row, TimeOffRequest):
            self._run(WithdrawTimeOff(request_id=row.id, initiator=INITIATOR))
        else:
            self._run(RemoveBlock(exception_id=row.id, initiator=INITIATOR))

    def _cursor_moved(self) -> None:
        """A click with the mouse on a band offers what can be done to it."""
        self._moved_on()
        page, grid, roster = self._page, self._page.grid(), self._roster()
        place = grid.cursor
        clicked = QGuiApplication.mouseButtons() == Qt.MouseButton.LeftButton
        if not clicked or place is None or roster is None or grid.current_cell() is not None:
            return
        column, instant = place
        found = stretch_at(roster, column, instant)
        if found is None:
            return
        self._stretch = (found, column)
        takes = "ask_time_off" if isinstance(found.row, TimeOffRequest) else "block"
        for button in (self.card.edit, self.card.remove):
            say_why(button, self._actions.why_not(takes, (), found.row.doctor_id))
        end = instant + timedelta(minutes=grid.slot_minutes)
        area = grid.span_rect(column, instant, end)
        spot = grid.viewport().mapToGlobal(area.bottomLeft() + QPoint(6, 6))
        until = f"{clock_words(found.row.start, column.zone)}–"
        until += clock_words(found.row.end, column.zone)
        same = found.row.end - found.row.start < timedelta(days=1)
        self.card.offer(f"{found.words} {until}" if same else found.words, page.mapFromGlobal(spot))

    def _with_card(self, run: Callable[[Stretch, Column], object]) -> None:
        if self._stretch is not None:
            run(*self._stretch)

    # -- inside ------------------------------------------------------------------------------

    def _roster(self) -> Roster | None:
        data = self._page.grid().slice
        return data.snapshot.roster if data is not None else None

    def _run(self, command: Command) -> None:
        self._page.context.operations.run(command, done=self.tell, refused=self._page.refused.emit)

    def tell(self, outcome: Outcome) -> None:
        """What was done; visits under a new block are offered to the planner."""
        sentence = outcome.sentence or outcome.undo_label
        block: object = outcome.value
        if isinstance(block, tuple):
            block = block[-1]
        must = next((text for text in outcome.warnings if "must move" in text), "")
        if must and isinstance(block, str):
            self._page.plan_offered.emit(f"{sentence}. {must}", block)
        else:
            self._page.toast_requested.emit(sentence, True)
