"""The day beside the finder's results: a column per doctor, openings lit, the choice outlined."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import CalendarSlice
from clinic_desk.ui.booking.day_blocks import Label
from clinic_desk.ui.booking.day_strip import StripDay
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.models import words
from clinic_desk.ui.models.openings import RANKED_ROLE
from clinic_desk.ui.models.sites import both_clocks, both_moment
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.widgets.bands import seen_from, type_colours

if TYPE_CHECKING:
    from clinic_desk.ui.booking.finder import FinderPage

COLUMN_WIDTH = 120
"""Pixels at normal type; a narrower column cannot tell who stands in it."""

MOST_COLUMNS = 6


class FinderDay(QObject):
    """Reads a day when the selection comes to it, and keeps it until the selection leaves."""

    def __init__(self, page: FinderPage) -> None:
        super().__init__(page)
        self._page = page
        self.day: date | None = None
        self._columns: list[Doctor] = []
        page.strip.widened.connect(self.complete)

    def room_for(self) -> int:
        """How many doctors fit beside each other."""
        strip = self._page.strip
        fit = (strip.width() - strip.gutter) // self._page.theme.px(COLUMN_WIDTH)
        return max(1, min(MOST_COLUMNS, fit))

    def clear(self) -> None:
        self.day, self._columns = None, []
        page = self._page
        page.strip.show_day(None)
        page.strip.choose(None)
        page.strip_header.show_columns([])
        page.day_title.setText("")

    def follow(self, ranked: RankedSlot) -> None:
        """Show the day and doctor of this opening."""
        page = self._page
        page.strip.choose(ranked.slot, self._label(ranked.slot))
        day = page.rows.day_of(ranked)
        if day == self.day and ranked.slot.doctor_id in {d.id for d in self._columns}:
            page.day_scroll.ensureVisible(0, page.strip.place_of(ranked.slot), 0, 120)
            return
        self.day, self._columns = day, self._choose_columns(ranked)
        self.read()

    def complete(self) -> None:
        """Every opening is known, or there is room for more or fewer: show all the doctors who
        are free on this day."""
        ranked = self._page.current
        if ranked is None or self.day is None:
            return
        columns = self._choose_columns(ranked)
        if columns != self._columns:
            self._columns = columns
            self.read()

    def read(self) -> None:
        """Ask for the day again (something changed)."""
        page, day, columns = self._page, self.day, self._columns
        if day is None:
            return
        ids = [doctor.id for doctor in columns]

        def show(found: CalendarSlice) -> None:
            if day == self.day:
                self._show(day, columns, found)

        page.context.operations.ask(
            lambda queries: queries.calendar(day, day, ids), done=show, key=f"finder.day:{id(self)}"
        )

    def go_to(self, doctor_id: Id, start: datetime) -> None:
        """A place was clicked: an opening is selected; anything else is asked about."""
        page = self._page
        for number in range(page.rows.rowCount()):
            index = page.rows.index(number)
            ranked = index.data(RANKED_ROLE)
            if isinstance(ranked, RankedSlot) and ranked.slot.doctor_id == doctor_id:
                slot = ranked.slot
                if slot.start <= start < slot.start + timedelta(minutes=15):
                    page.list.setCurrentIndex(index)
                    page.list.setFocus()
                    return
        page.ask_why(True)
        page.panel.ask_about(doctor_id, start)

    def refresh_choice(self) -> None:
        """The countdown in the chosen place, and the places kept."""
        page, roster = self._page, self._page.source.roster
        page.strip.leave_out(page.hold.made)
        page.strip.keep([kept.place for kept in page.hold.kept])
        rows = []
        for one in page.hold.kept:
            left = one.keeper.seconds_left()
            rest = words.countdown(left) if left is not None else "…"
            doctor = roster.doctors.get(one.place.doctor_id) if roster else None
            when = self.moment(one.place)
            rows.append((f"{when} · {rest}", doctor))
        page.kept_bar.show_kept(rows)
        ranked = page.current
        if ranked is not None:
            page.strip.choose(ranked.slot, self._label(ranked.slot))

    def clock(self, place: Slot | Place) -> str:
        """ "12:00 (10:00 London)": at the place's site, and here where that is another time."""
        source = self._page.source
        return both_clocks(place.start, source.zone_at(place.location_id), source.zone)

    def moment(self, place: Slot | Place) -> str:
        """The same with its day."""
        source = self._page.source
        return both_moment(place.start, source.zone_at(place.location_id), source.zone)

    def _choose_columns(self, ranked: RankedSlot) -> list[Doctor]:
        """The doctors asked for, else those free that day; the chosen one always."""
        page = self._page
        wanted = set(page.criteria.wanted.doctor_ids)
        if not wanted and self.day is not None:
            wanted = {row.slot.doctor_id for row in page.rows.of_day(self.day)}
        doctors, room = page.source.doctors(), self.room_for()
        own = [d for d in doctors if d.id == ranked.slot.doctor_id]
        others = [d for d in doctors if d.id in wanted and d not in own]
        return (own + others)[:room]

    def _label(self, slot: Slot) -> Label:
        page = self._page
        zone = page.source.zone_at(slot.location_id)
        patient = page.criteria.wanted.patient
        name = CURTAIN.name(patient) if patient else ""
        if page.visit is not None:
            name = CURTAIN.name(page.visit.cell)
        place = page.place(slot)
        left = page.hold.seconds_left(place)
        second: tuple[str, ...] = ()
        if left is not None:
            word, rest = "kept" if page.hold.is_kept(place) else "held", words.countdown(left)
            second = (f"{word} for you · {rest}", f"{word} · {rest}", rest)
        span = words.span_words(slot.start, slot.end, zone)
        if not name:
            return (span, words.clock_words(slot.start, zone)), second
        # the name is never dropped for the time
        return (f"{span} {name}", name), second

    def _show(self, day: date, columns: list[Doctor], found: CalendarSlice) -> None:
        page = self._page
        days = {key[0]: value for key, value in found.days.items() if key[1] == day}
        for doctor_id in days:
            rows = [r.slot for r in page.rows.of_day(day) if r.slot.doctor_id == doctor_id]
            sites = {slot.location_id for slot in rows}
            if len(sites) == 1:
                days[doctor_id] = seen_from(days[doctor_id], sites.pop())
        # one site's day is drawn on its own clock; that of several on the clinic's
        zones = {page.source.zone_at(row.slot.location_id) for row in page.rows.of_day(day)}
        zone = zones.pop() if len(zones) == 1 else page.source.zone
        colours = type_colours(page.source.roster)
        strip_day = StripDay(day, zone, tuple(columns), days, found.cells, colours)
        page.strip.show_day(strip_day, own_holds=page.hold.made)
        page.strip.light([row.slot for row in page.rows.of_day(day)])
        page.strip_header.show_columns([(d, days[d.id].load) for d in columns if d.id in days])
        page.day_title.setText(words.long_day(day))
        ranked = page.current
        if ranked is not None:
            page.strip.choose(ranked.slot, self._label(ranked.slot))
            page.day_scroll.ensureVisible(0, page.strip.place_of(ranked.slot), 0, 120)
