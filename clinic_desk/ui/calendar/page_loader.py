"""Asks for what the calendar page shows, and puts the answer into the right view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from clinic_desk.domain.availability.model import Busy, Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import CalendarSlice, Cell
from clinic_desk.ui.calendar import phones
from clinic_desk.ui.calendar.columns import (
    day_columns,
    patterns,
    room_columns,
    shown_doctors,
    week_columns,
)
from clinic_desk.ui.calendar.grid_plan import GridPlan, Measure
from clinic_desk.ui.calendar.month_data import MonthData, month_data
from clinic_desk.ui.calendar.month_view import MonthView
from clinic_desk.ui.calendar.period_bar import missed_visits
from clinic_desk.ui.models.sites import at_site, live_sites
from clinic_desk.ui.models.words import day_words, plural

if TYPE_CHECKING:
    from clinic_desk.services.message_ports import MessageCard
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.calendar.page import CalendarPage

MESSAGES = 20
"""Of a visit that are read for its card."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a grid is to show, as it was when the question was asked."""

    view: str
    first: date
    last: date
    group: str
    room_ids: Sequence[Id] | None
    site: Id | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A slice and the plan of its columns; ``missed`` counts no-shows."""

    data: CalendarSlice
    plan: GridPlan
    doctor_ids: Sequence[Id] | None
    missed: int
    complete: bool = True


def picture(
    data: CalendarSlice, wish: Wish, doctor_ids: Sequence[Id] | None, measure: Measure
) -> Picture:
    """Pure: works out on the reader's thread everything that no pixel decides."""
    # a site that was closed for good, or the only one, narrows nothing
    site = wish.site if wish.site in {row.id for row in live_sites(data.snapshot.roster)} else None
    if wish.view == "week":
        days = [wish.first + timedelta(days=i) for i in range((wish.last - wish.first).days + 1)]
        columns = week_columns(data, days, doctor_ids, site)
    elif wish.group == "room":
        columns = room_columns(data, wish.first, site)
        if wish.room_ids is not None:
            kept = {c.room_id: c for c in columns}
            columns = [kept[i] for i in wish.room_ids if i in kept]
    else:
        columns = day_columns(data, wish.first, doctor_ids, site)
    missed = missed_visits([c.status for c in data.cells]) if wish.view == "week" else 0
    return Picture(data, GridPlan(columns, data.cells, measure), doctor_ids, missed)


ROOMS_AFTER = 20
"""Milliseconds after a picture came in which it has been drawn, and a key held down has turned on;
only then is read what the other doctors do in the rooms."""

SILENT = frozenset({"setting", "undo_step", "outbox"})
AGENDA_DAYS = 7
WHOLE_WEEK = 7
LEARN_AFTER = 400
"""Milliseconds after the first day came in which it has been drawn; only then are the rules of
phone numbers loaded, which takes the interpreter for a while."""


class Loader:
    """``waiting`` is True while an answer is under way; ``first``/``last`` bound what is shown."""

    def __init__(self, page: CalendarPage) -> None:
        self._page = page
        self.roster: Roster | None = None
        self.waiting = False
        self._learning = QTimer(page, singleShot=True)
        self._learning.timeout.connect(self._learn_now)
        self._rooms = QTimer(page, singleShot=True, interval=ROOMS_AFTER)
        self._rooms.timeout.connect(self._ask_rooms)
        self._bare: Picture | None = None
        self.first = self.last = page.day
        self.seen: tuple[date, date, frozenset[Id]] | None = None
        """Of the visits on display, none in a month: first day, last day, whose they are."""

    def turning(self) -> bool:
        """Another day than the one on the grid was asked for and is not there yet."""
        shown = self._page.grid().slice
        return self.waiting and (shown is None or shown.first != self.first)

    def week_start(self, day: date) -> date:
        first = self.roster.practice.first_weekday if self.roster else 0
        return day - timedelta(days=(day.weekday() - first) % 7)

    def show_days_of_week(self, days: int) -> None:
        """So many were chosen; a day that is none of them gives way to the last of them."""
        page = self._page
        page.week_days = days
        last = self.week_start(page.day) + timedelta(days=days - 1)
        if page.day > last:
            page.show_day(last)
        else:
            page.load()

    def touched(self, changes: Changes) -> bool:
        """Whether the changes may alter the visible range."""
        if "external" in changes.kinds or not changes.kinds:
            return True
        if changes.kinds <= SILENT:
            return False
        if changes.days and not any(self.first <= day <= self.last for day in changes.days):
            return False
        shown = self._doctors()
        return not (
            changes.doctor_ids
            and shown is not None
            and self._page.group == "doctor"
            and not changes.doctor_ids & set(shown)
        )

    def _doctors(self) -> list[Id] | None:
        page = self._page
        if page.group == "room" and page.view == "day":
            return None
        if page.view == "week" and not page.week_all:
            chosen = self._week_doctor()
            return None if chosen is None else [chosen]
        return page.doctor_ids

    def _week_doctor(self) -> Id | None:
        page = self._page
        if page.week_doctor is not None:
            return page.week_doctor
        if page.doctor_ids:
            return page.doctor_ids[0]
        if self.roster is not None:
            shown = shown_doctors(self.roster, None)
            return shown[0].id if shown else None
        return None

    def load(self) -> None:
        """A newer question drops the older one's answer."""
        page, view = self._page, self._page.view
        day = page.day
        if view == "week":
            self.first = self.week_start(day)
            # a day that was asked for is shown, at the weekend too
            width = page.week_days if (day - self.first).days < page.week_days else WHOLE_WEEK
            self.last = self.first + timedelta(days=width - 1)
        elif view == "month":
            first_weekday = self.roster.practice.first_weekday if self.roster else 0
            days = MonthView.days_of(day, first_weekday)
            self.first, self.last = days[0], days[-1]
        elif view == "agenda":
            self.first, self.last = day, day + timedelta(days=AGENDA_DAYS - 1)
        else:
            self.first = self.last = day
        self.waiting = True
        if view == "month":
            self._load_month(day)
        elif view == "agenda":
            self._load_agenda()
        else:
            self._load_grid(view)

    def _failed(self, error: ClinicDeskError) -> None:
        self.waiting = False
        self._page.refused.emit(error)

    def _arrived(self, roster: Roster, cells: Sequence[Cell] = ()) -> None:
        self.roster, self.waiting = roster, False
        whose = frozenset(cell.doctor_id for cell in cells)
        self.seen = (self.first, self.last, whose) if whose else None
        self._page.arrived(roster)
        if not phones.learned():
            self._learn_phones()

    def _learn_phones(self) -> None:
        """Soon: the first picture does not wait for it."""
        if not self._learning.isActive():
            self._learning.start(LEARN_AFTER)

    def _learn_now(self) -> None:
        page = self._page
        data = page.grid().slice
        cells = data.cells if data is not None else ()
        page.context.operations.ask(
            lambda _queries: phones.learn(cells),
            done=lambda _nothing: page.grid().repaint_all(),
            key="calendar-phones",
        )

    def _load_grid(self, view: str) -> None:
        first, last, ids = self.first, self.last, self._doctors()
        # a week of one doctor needs to know who there is before it can ask for one
        unknown = view == "week" and ids is None and not self._page.week_all

        page = self._page
        wish = Wish(view, first, last, page.group, page.room_ids, page.site)
        measure = page.grid().measure(week=view == "week")
        # a drag that goes on across days is judged by everything from its first moment there
        rooms = page.gestures.active

        def ask(queries: Queries) -> Picture:
            wanted = ids
            if unknown:
                wanted = [d.id for d in shown_doctors(queries.roster(), None)[:1]]
            data = queries.calendar(first, last, wanted, rooms=rooms)
            if phones.learned():
                phones.learn(data.cells)
            made = picture(data, wish, wanted, measure)
            return replace(made, complete=rooms or wanted is None)

        def done(found: Picture) -> None:
            self.roster = found.data.snapshot.roster
            page.grid().set_content(
                found.data, found.plan.columns, week=view == "week", plan=found.plan
            )
            if view == "week":
                self._tell_week(found)
            self._bare = None if found.complete else found
            if found.complete:
                self._rooms.stop()
            else:
                self._rooms.start()
            self._arrived(self.roster, found.data.cells)

        page.context.operations.ask(ask, done=done, failed=self._failed, key="calendar")

    def _ask_rooms(self) -> None:
        """Completes the snapshot of what is shown: from then on a drag is refused a room that a
        doctor who is not shown uses. Until then only the store would say so."""
        page, bare = self._page, self._bare
        if bare is None or page.grid().slice is not bare.data:
            return
        data = bare.data

        def done(found: tuple[Busy, ...]) -> None:
            if page.grid().slice is data:
                whole = replace(data.snapshot, busy=data.snapshot.busy + found)
                page.grid().complete(replace(data, snapshot=whole))

        page.context.operations.ask(
            lambda queries: queries.room_use(data.first, data.last, bare.doctor_ids),
            done=done,
            key="calendar-rooms",
        )

    def _tell_week(self, found: Picture) -> None:
        page, roster, columns = self._page, found.data.snapshot.roster, found.plan.columns
        shown = shown_doctors(roster, found.doctor_ids)
        one = shown[0] if len(shown) == 1 else None
        page.week_bar.offer(
            shown_doctors(roster, page.doctor_ids),
            one.id if one else None,
            (found.data.last - found.data.first).days + 1,
        )
        page.week_bar.tell(
            one,
            patterns(roster).get(one.id, "solid") if one else "solid",
            one.specialty if one else f"{len(shown)} doctors",
            columns,
            found.missed,
        )

    def _load_month(self, day: date) -> None:
        page, first, last, ids = self._page, self.first, self.last, self._page.doctor_ids
        site = page.site

        def ask(queries: Queries) -> MonthData:
            roster = queries.roster()
            days = MonthView.days_of(day, roster.practice.first_weekday)
            found = queries.month(days[0], days[-1], ids)
            visits = at_site(found.visits, found.roster, site)
            return month_data(found.roster, days, visits, found.loads, ids, site)

        def done(data: MonthData) -> None:
            page.month.first_weekday = data.roster.practice.first_weekday
            self.first, self.last = min(data.days, default=first), max(data.days, default=last)
            now = page.day  # the cursor may have gone on meanwhile
            same = (now.year, now.month) == (day.year, day.month)
            page.month.set_content(data, now if same else day)
            page.month_bar.tell(len(data.doctors))
            self._arrived(data.roster)
            if page.view == "month":
                page.status_text.emit(page.month.status_words())

        page.context.operations.ask(ask, done=done, failed=self._failed, key="calendar")

    def _load_agenda(self) -> None:
        page, first, last, ids = self._page, self.first, self.last, self._page.doctor_ids
        site = page.site
        cancelled = page.agenda.cancelled.isChecked()

        def ask(queries: Queries) -> tuple[Roster, tuple[Cell, ...]]:
            cells = queries.cells(first, last, ids, include_cancelled=cancelled)
            roster = queries.roster()
            return roster, at_site(cells, roster, site)

        def done(answer: tuple[Roster, tuple[Cell, ...]]) -> None:
            roster, cells = answer
            now = page.context.clock.now()
            page.agenda.set_content(cells, roster, now)
            self._arrived(roster, cells)
            if page.view == "agenda":
                page.status_text.emit(
                    f"{day_words(first)} to {day_words(last)} · {plural(len(cells), 'visit')}"
                )

        page.context.operations.ask(ask, done=done, failed=self._failed, key="calendar")

    def tell_messages(self, cell: Cell) -> None:
        """Reads them beside the card that is on show, which has a line more when they are there."""
        from clinic_desk.services.message_ports import MessageWish
        from clinic_desk.ui.models.messages import tip_line

        card, context, roster = self._page.card, self._page.context, self.roster
        if roster is None or cell.patient_id is None or not context.actor.may(Permission.READ):
            return
        wish, zone = MessageWish(appointment_id=cell.id), roster.practice.zone

        def take(found: tuple[MessageCard, ...]) -> None:
            card.tell(cell.id, *tip_line(found, context.clock.now(), zone))

        context.operations.ask(
            lambda queries: queries.messages(wish, MESSAGES),
            done=take,
            failed=lambda _error: None,  # no reason to cover the day with a message
            key="visit-card",
        )
