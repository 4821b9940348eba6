"""*When*: the list of ranked openings, which one is chosen, and the day beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.availability.model import RankedSlot, Slot
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import at_local
from clinic_desk.services.openings import why_not
from clinic_desk.services.ports import Queries
from clinic_desk.services.views import CalendarSlice, Openings
from clinic_desk.ui.booking.day_strip import StripDay
from clinic_desk.ui.booking.holding import Place
from clinic_desk.ui.models import finding, words
from clinic_desk.ui.models.finding import Sampler, Wanted, criteria_of, few_days
from clinic_desk.ui.models.openings import RANKED_ROLE
from clinic_desk.ui.runtime.operations import Ticket
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.bands import seen_from, type_colours

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog

FORGIVEN = frozenset({"past", "notice", "step"})
"""Rules that do not count for a patient who stands at the desk."""

NOTHING = "Nothing free within these wishes. Try any doctor, another length or a later week."

FIRST_WHO = "Openings are listed here as soon as you have chosen the patient."


class OpeningsView(QObject):
    """``chosen`` carries the selected ``RankedSlot`` or None. A pinned row (the cell or opening
    that the person came from) stays on top of what the search finds."""

    chosen = Signal(object)

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.pinned: RankedSlot | None = None
        self.searching = False
        self._ticket: Ticket | None = None
        self._enters = 0
        self._keep: tuple[object, ...] | None = None
        self._last: RankedSlot | None = None
        self._complained = False
        self._held_key: tuple[object, ...] | None = None
        self._own_holds: set[Id] = set()
        """All of this booking: the day may have been read before one of them was given up."""
        self._sampler = Sampler(dialog.source.zone_at, everything=True)
        self._wished: RankedSlot | None = None
        selection = dialog.list.selectionModel()
        selection.currentChanged.connect(self._on_current)

    @property
    def current(self) -> RankedSlot | None:
        found = self._dialog.list.currentIndex().data(RANKED_ROLE)
        return found if isinstance(found, RankedSlot) else None

    # What is listed

    def clear(self) -> None:
        self.stop()
        self.pinned = self._last = self._keep = None
        self._own_holds = set()
        self._enters = 0
        self._dialog.rows.clear()
        self._dialog.note(FIRST_WHO)
        self._show_strip(None)

    def stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None
        self.searching = False

    def pin(self, slot: Slot, why: str) -> None:
        """This place first, selected and held; the search lists others below it."""
        self.pinned = RankedSlot(slot, 0.0, why)
        self._dialog.note("")
        self._dialog.rows.clear()
        self._dialog.rows.extend([self.pinned])
        self._select(0)

    def unpin(self) -> None:
        self.pinned = None

    def stretch_pinned(self, minutes: int) -> None:
        """Another length or kind: it is held as that."""
        if self.pinned is not None:
            slot = self.pinned.slot
            longer = replace(slot, end=slot.start + timedelta(minutes=minutes))
            if longer != slot:
                self.pin(longer, self.pinned.why)
            elif self.current is self.pinned:
                self.hold_again()

    def hold_again(self) -> None:
        """The same opening with something else about it, such as another room."""
        if self.current is not None:
            self.chosen.emit(self.current)

    def prefer(self, start: datetime | None, doctor_id: str | None) -> None:
        """Select this opening when the next search lists it (a restored draft)."""
        self._keep = (start, doctor_id)

    def go_on_when_found(self, enters: int = 1) -> None:
        """Enter came before the first answer: go on as soon as it is there. The second one
        books."""
        if self.searching:
            self._enters += enters

    def stop_hurry(self) -> None:
        """What was pressed ahead does not count any more."""
        self._enters = 0

    def expect(self) -> None:
        """A search is about to begin: Enter may already be pressed."""
        self.searching = True
        self._dialog.note("" if self._dialog.rows.rows() else "Looking for openings…")

    def search(self) -> None:
        """Ask anew with the criteria on show. The opening that was selected stays selected when
        it is still on offer."""
        dialog = self._dialog
        if dialog.walk_in.isChecked() or dialog.draft.type_id is None:
            return
        if dialog.draft.patient is None and dialog.draft.new_patient is None and self.pinned:
            return
        if self._keep is None and self._last is not None and self._last is not self.pinned:
            self._keep = (self._last.slot.start, self._last.slot.doctor_id)
        if self._wished is not None and self.pinned is self._wished:
            self.unpin()
        self._wished = None
        self.stop()
        dialog.rows.clear()
        wanted, today = dialog.choices.wanted(), dialog.searcher.today()
        dialog.rows.usual_doctor_id = wanted.usual_doctor_id
        self._sampler = Sampler(dialog.source.zone_at, everything=few_days(wanted, today))
        self._say_unread(wanted, today)
        if self.pinned is not None:
            dialog.rows.extend([self.pinned])
            self._select(0)
        self.searching = True
        dialog.note("" if self.pinned else "Looking for openings…")
        self._ticket = finding.search(
            dialog.context,
            wanted,
            dialog.source.zone,
            piece=self._piece,
            finished=self._finished,
            failed=self._failed,
            key=f"booking.openings:{id(dialog)}",
            soonest_other=True,
        )

    def offer_now(self, start: datetime, minutes: int) -> None:
        """A walk-in: every doctor, those who are free at ``start`` first, with the reason."""
        dialog = self._dialog
        self.stop()
        last = self._last if dialog.message.asking else None
        self._keep = (last.slot.start, last.slot.doctor_id) if last is not None else None
        dialog.rows.clear()
        end = start + timedelta(minutes=minutes)
        own, usual = dialog.choices.own(), dialog.draft.doctor_ids
        doctors = [one for one in dialog.source.doctors() if not own or one.id in own]
        now, today = dialog.context.clock.now(), dialog.searcher.today()
        criteria = criteria_of(
            replace(dialog.choices.wanted(), minutes=minutes, when_text="", mornings=False),
            today,
        )

        def look(queries: Queries) -> list[RankedSlot]:
            found = []
            for doctor in doctors:
                told = why_not(queries, criteria, now, doctor.id, start)
                bad = [r for r in told.reasons if not r.passed and r.code not in FORGIVEN]
                why = bad[0].sentence.rstrip(".") if bad else "free now"
                slot = Slot(start, end, doctor.id, "", told.room_id, 0 if bad else 1)
                found.append(RankedSlot(slot, 0.0, why))
            found.sort(key=lambda r: (not r.slot.capacity_left, r.slot.doctor_id not in usual))
            return found

        self.searching = True

        def show(found: list[RankedSlot]) -> None:
            self.searching = False
            if not dialog.walk_in.isChecked():
                return
            dialog.note("" if found else "There is no doctor to see a walk-in.")
            self._add(found)
            self._keep = None

        dialog.context.operations.ask(
            look,
            done=show,
            failed=self._failed,
            key=f"booking.now:{id(dialog)}",
        )

    def take(self, number: int) -> None:
        """Selects that row."""
        self._select(number)

    def _piece(self, found: Openings) -> None:
        self._add(self._sampler.take(found))

    def _add(self, ranked: Iterable[RankedSlot]) -> None:
        rows, top = self._dialog.rows, self.pinned.slot if self.pinned is not None else None
        rows.extend(
            found
            for found in ranked
            if top is None or (found.slot.start, found.slot.doctor_id) != (top.start, top.doctor_id)
        )
        if not rows.rows():
            return
        self._dialog.note("")
        if self._keep is not None:
            for number, row in enumerate(rows.rows()):
                if (row.slot.start, row.slot.doctor_id) == self._keep:
                    self._keep = None
                    self._select(number)
                    break
        if self.current is None and (self._keep is None or not self.searching):
            self._select(0)
        if self._enters and self.current is not None:
            enters, self._enters = self._enters, 0
            self._dialog.book_button.setFocus()
            if enters > 1:
                self._dialog.book()

    def _finished(self) -> None:
        self.searching = False
        if self._dialog.rows.rows():
            self._add(self._sampler.rest())
            self._keep = None
        else:
            self._enters, self._keep = 0, None
            if self._pin_wish():
                return
            self._dialog.note(NOTHING)
            self._dialog.say(NOTHING)
            self.chosen.emit(None)
        self._dialog.choices.refresh()

    def _pin_wish(self) -> bool:
        """A day and time was typed and nobody is free then: that place is pinned, so that the
        rule against it is said with its ways out, as for a place that was clicked."""
        dialog = self._dialog
        wanted, today = dialog.choices.wanted(), dialog.searcher.today()
        asked, type_id = criteria_of(wanted, today), dialog.draft.type_id
        roster = dialog.source.roster
        doctors = [doctor.id for doctor in dialog.source.doctors()]
        usual = wanted.usual_doctor_id
        doctor_ids = asked.doctor_ids or ((usual,) if usual in doctors else tuple(doctors))
        if asked.minute is None or asked.first is None or asked.first != asked.last:
            return False
        if roster is None or type_id is None or not doctor_ids or wanted.together:
            return False
        location = asked.location_id or ""
        zone = dialog.source.zone_at(location) if location else dialog.source.zone
        start = at_local(asked.first, asked.minute, zone)
        minutes = asked.length or roster.types[type_id].duration
        end = start + timedelta(minutes=minutes)
        slot = Slot(start, end, doctor_ids[0], location, None, 1)
        now = dialog.context.clock.now()

        def look(queries: Queries) -> str:
            told = why_not(queries, asked, now, slot.doctor_id, start, end=end)
            bad = [reason for reason in told.reasons if not reason.passed]
            return bad[0].sentence.rstrip(".") if bad else "asked for"

        def show(why: str) -> None:
            if not self.searching:
                return
            self.searching = False
            self.pin(slot, why)
            self._wished = self.pinned
            dialog.choices.refresh()

        self.searching = True
        self._ticket = dialog.context.operations.ask(
            look, done=show, failed=self._failed, key=f"booking.wish:{id(dialog)}"
        )
        return True

    def _say_unread(self, wanted: Wanted, today: date) -> None:
        message = self._dialog.message
        odd = finding.unread(wanted, today)
        if odd:
            message.say(
                Tone.WARN,
                f"‘{' '.join(odd)}’ was not understood. Try “tue pm”, “after 4” or “in 2w”.",
            )
            self._complained = True
        elif self._complained:
            self._complained = False
            message.clear()

    def _failed(self, error: ClinicDeskError) -> None:
        self.searching = False
        self._enters = 0
        self._dialog.note("")
        self._dialog.answers.show_error(error, asked=False)

    def _select(self, row: int) -> None:
        self._dialog.list.setCurrentIndex(self._dialog.rows.index(row))

    def _on_current(self) -> None:
        ranked = self.current
        if ranked is None:
            return
        self._last = ranked
        self._keep = None
        self.chosen.emit(ranked)
        self._ask_strip(ranked.slot)

    # The hold on the row

    def show_held(self, place: Place | None) -> None:
        self._held_key = (place.start, place.doctor_id) if place else None
        hold_id = self._dialog.hold.hold_id
        if hold_id is not None:
            self._own_holds.add(hold_id)
            self._dialog.strip.leave_out(self._own_holds)
        self.show_countdown(self._dialog.hold.seconds_left())

    def show_countdown(self, seconds: int | None) -> None:
        key = self._held_key
        self._dialog.delegate.held = {key: seconds} if key and seconds is not None else {}
        self._dialog.list.viewport().update()

    # The day beside the list

    def _ask_strip(self, slot: Slot) -> None:
        dialog = self._dialog
        zone = dialog.source.zone_at(slot.location_id)
        day = words.local(slot.start, zone).date()
        doctor = dialog.source.roster.doctors.get(slot.doctor_id) if dialog.source.roster else None
        dialog.strip_title.setText(words.day_words(day, dialog.searcher.today()))
        dialog.strip_doctor.setText(words.doctor_short(doctor) if doctor else "")
        dialog.strip.choose(slot)
        if doctor is None:
            return

        def show(found: CalendarSlice) -> None:
            days = {
                key[0]: seen_from(value, slot.location_id)
                for key, value in found.days.items()
                if key[1] == day
            }
            colours = type_colours(dialog.source.roster)
            self._show_strip(StripDay(day, zone, (doctor,), days, found.cells, colours))

        dialog.context.operations.ask(
            lambda queries: queries.calendar(day, day, [slot.doctor_id]),
            done=show,
            key=f"booking.strip:{id(dialog)}",
        )

    def _show_strip(self, day: StripDay | None) -> None:
        self._dialog.strip.show_day(day, own_holds=self._own_holds)
        if day is None:
            self._dialog.strip.choose(None)
            self._dialog.strip_title.setText("")
            self._dialog.strip_doctor.setText("")
