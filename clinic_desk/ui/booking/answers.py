"""What the booking dialog does with answers: refusals and their ways out, hold warnings, the
toast after a booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Slot
from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.services.commands import AUTO
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import AppointmentView
from clinic_desk.ui.booking.submit import Overrides
from clinic_desk.ui.models import words
from clinic_desk.ui.runtime.allowed import hold_back
from clinic_desk.ui.runtime.wording import Tone, message_for

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog

DOABLE = frozenset(
    {
        "place_at", "other_doctor", "overbook", "override", "outside_hours",
        "allow_patient_overlap", "use_room", "retry",
    }
)  # fmt: skip
"""The ways out that make sense while a booking is being made."""

INSISTING = frozenset({"overbook", "override", "outside_hours", "allow_patient_overlap"})
"""The ways out that go past a rule."""

MOST_COLLEAGUES = 2
"""Buttons for doctors who are free now; the list above the message has them all."""


class Answers(QObject):
    """``overrides`` are what the person has decided after refusals, for this place only."""

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.overrides = Overrides()
        self._asked = ""
        self._about: object = None
        self._refusal = ""
        self._offered: list[WayOut] = []
        hold = dialog.hold
        hold.warned.connect(self._on_hold_warning)
        hold.ran_out.connect(self._on_hold_over)
        hold.refused.connect(self._on_hold_refused)
        dialog.submission.refused.connect(self.show_error)
        dialog.message.chosen.connect(self._on_way_out)
        dialog.message.reason_given.connect(self._on_reason)

    def forget(self) -> None:
        """Another place: what was decided for the one before does not count."""
        self.overrides = Overrides()
        self._asked = ""
        self._about = None

    def follow(self, about: object) -> None:
        """What is to be booked now. The same again, listed anew by a search, keeps what was
        decided and the question under the list; another ends both."""
        if about != self._about:
            self.end()
            self._about = about

    def end(self) -> None:
        """What was decided, asked and refused was about somebody or something else."""
        self.forget()
        message = self._dialog.message
        if message.asking or (self._refusal and message.sentence == self._refusal):
            message.clear()

    def show_error(self, error: ClinicDeskError, *, asked: bool = True) -> None:
        """The sentence and the ways out that can be taken here. ``asked`` is False when nobody
        pressed Book: then the focus stays where somebody may be typing."""
        dialog = self._dialog
        if not asked and dialog.message.asking:
            return  # a reason is being typed: the booking itself has the last word
        message = message_for(error)
        ways = [way for way in message.ways_out if way.action in DOABLE]
        if isinstance(error, Refusal) and error.code == "not_allowed":
            # what the role of this desk may not do is taken back, and the rest is offered again
            self.overrides = Overrides()
            ways = [way for way in self._offered if way.action not in INSISTING]
        self._offered = ways
        if dialog.walk_in.isChecked():
            ways = self._walk_in_ways(ways)
        if dialog.repeating.on:
            ways = [way for way in ways if way.action == "retry"]
        if not asked and dialog.message.sentence == message.sentence:
            return  # said already; new buttons would take the focus from the old ones
        self._refusal = message.sentence
        dialog.message.say(message.tone, message.sentence, ways)
        hold_back(dialog.context.actor, dialog.message.buttons(), ways)
        if isinstance(error, Refusal) and error.field == "birth_date":
            dialog.who.new_row.birth.setFocus()
        elif asked and dialog.repeating.on:
            dialog.repeating.refused(error)
        elif asked and any(button.isEnabled() for button in dialog.message.buttons()):
            next(one for one in dialog.message.buttons() if one.isEnabled()).setFocus()
        elif asked:
            self._go_to(message.field)
        dialog.choices.refresh()

    def _go_to(self, field: str | None) -> None:
        """No button helps: to what the person has to change."""
        dialog = self._dialog
        widgets: dict[str, QWidget] = {
            "doctor_id": dialog.doctor_box,
            "type_id": dialog.type_box,
            "duration": dialog.length.box,
            "room_id": dialog.room_box,
        }
        if field in widgets:
            widgets[field].setFocus()

    def _walk_in_ways(self, ways: list[WayOut]) -> list[WayOut]:
        """Somebody who stands at the desk can see who is free now, or be squeezed in; another
        time is no way out."""
        dialog, roster = self._dialog, self._dialog.source.roster
        current = dialog.openings.current
        rest = [way for way in ways if way.action not in ("place_at", "other_doctor")]
        free = [
            row.slot.doctor_id
            for row in dialog.rows.rows()
            if row.slot.capacity_left and (current is None or row is not current)
        ]
        if roster is None:
            return rest
        colleagues = [
            WayOut(
                f"{words.doctor_of(roster, doctor_id)}, free now",
                "walk_in_with",
                {"doctor_id": doctor_id},
            )
            for doctor_id in free[:MOST_COLLEAGUES]
        ]
        return [*colleagues, *rest]

    def _walk_in_with(self, doctor_id: object) -> None:
        dialog = self._dialog
        for number, row in enumerate(dialog.rows.rows()):
            if row.slot.doctor_id == doctor_id:
                dialog.openings.take(number)
                break
        dialog.book_button.setFocus()

    def keep_hold(self) -> None:
        """F4: extend the hold, or take it again."""
        dialog, ranked = self._dialog, self._dialog.openings.current
        if dialog.hold.hold_id is not None:
            dialog.hold.extend()
        elif ranked is not None and not dialog.walk_in.isChecked():
            dialog.hold.want(dialog.choices.place_of(ranked.slot))
        dialog.message.clear()

    def toast(self, visit_id: str, outcome: Outcome) -> None:
        """ "Booked APT-2026-0042 · Tue 1 Dec 09:45, Dr Demir" once the code is read."""
        dialog = self._dialog
        said = outcome.sentence or "Booked"
        notes = "".join(f" {warning}" for warning in outcome.warnings)

        def with_code(view: AppointmentView) -> None:
            code = view.cell.confirmation_code
            rest = said.removeprefix("Booked").strip()
            words = f"Booked {code} · {rest}" if code and rest else f"{said} {code}".strip()
            dialog.toast_requested.emit(words + (f".{notes}" if notes else ""), True)

        dialog.context.operations.ask(
            lambda queries: queries.appointment(visit_id),
            done=with_code,
            failed=lambda _error: dialog.toast_requested.emit(said, True),
        )

    def _on_hold_warning(self) -> None:
        if self._dialog.message.asking:
            return
        self._dialog.message.say(
            Tone.WARN,
            "The held opening is let go in one minute.",
            [WayOut("Keep it (F4)", "keep_hold")],
        )

    def _on_hold_over(self) -> None:
        if self._dialog.message.asking:
            return  # the booking needs no hold; an answer half typed is not taken away
        self._dialog.message.say(
            Tone.WARN,
            "The hold ran out; others may take this opening now.",
            [WayOut("Hold it again (F4)", "keep_hold")],
        )

    def _on_hold_refused(self, error: ClinicDeskError) -> None:
        dialog = self._dialog
        asked, dialog.book_when_held = dialog.book_when_held, False
        deciding = dialog.submission.busy or dialog.message.asking
        if not asked and (deciding or any(b.hasFocus() for b in dialog.message.buttons())):
            return  # a refusal is being answered already; the booking itself has the last word
        self.show_error(error, asked=asked)

    def _on_way_out(self, way: WayOut) -> None:
        dialog = self._dialog
        dialog.message.clear()
        match way.action:
            case "continue_draft":
                dialog.continue_draft()
            case "keep_hold":
                self.keep_hold()
            case "place_at":
                self._place_at(way)
            case "walk_in_with":
                self._walk_in_with(way.data.get("doctor_id"))
            case "other_doctor":
                self._with_colleague(way)
            case "overbook":
                self._ask("overbook_reason", "Squeeze this visit in beside the others: why?")
            case "override":
                self._ask("override_reason", "Book against the rule of this kind of visit: why?")
            case "outside_hours":
                self._decide(outside_hours=True)
            case "allow_patient_overlap":
                self._ask("overlap_reason", "Book one patient twice at a time: why?")
            case "use_room":
                room = way.data.get("room_id")
                dialog.draft.room_id = None if room in (None, AUTO) else str(room)
                dialog.openings.hold_again()
                dialog.choices.refresh()
                dialog.book_button.setFocus()
            case "retry":
                dialog.book()
            case "series_nearest" | "series_without":
                dialog.repeating.take(way)
            case "show" if isinstance(way.data.get("entry_id"), str):
                dialog.reject()
                dialog.entry_requested.emit(str(way.data["entry_id"]))

    def _ask(self, field: str, question: str) -> None:
        self._asked = field
        self._dialog.message.ask_reason(question, "Book anyway")

    def _on_reason(self, reason: str) -> None:
        asked, self._asked = self._asked, ""
        self._dialog.message.clear()
        if asked == "overlap_reason":
            self._decide(allow_patient_overlap=True, overlap_reason=reason)
        elif asked:
            self._decide(**{asked: reason})

    def _decide(self, **decided: object) -> None:
        self.overrides = replace(self.overrides, **decided)  # type: ignore[arg-type]
        dialog = self._dialog
        if dialog.caller.known:
            dialog.book()
        else:
            dialog.who.setFocus()

    def _with_colleague(self, way: WayOut) -> None:
        """The colleague who is free at this very start; without one, whoever is free when."""
        doctor_id = way.data.get("doctor_id")
        if doctor_id and isinstance(way.data.get("start"), datetime):
            self._dialog.draft.doctor_ids = (str(doctor_id),)
            self._dialog.choices.choose_type()
            self._place_at(way)
        else:
            self._dialog.choices.set_doctors(())
            self._dialog.list.setFocus()

    def _place_at(self, way: WayOut) -> None:
        """The offered start is pinned, held, and one Enter from being booked."""
        dialog, data = self._dialog, way.data
        start, end = data.get("start"), data.get("end")
        current = dialog.openings.current
        if not isinstance(start, datetime) or current is None:
            return
        length = current.slot.end - current.slot.start
        room = data.get("room_id")
        slot = Slot(
            start,
            end if isinstance(end, datetime) else start + length,
            str(data.get("doctor_id") or current.slot.doctor_id),
            str(data.get("location_id") or current.slot.location_id),
            str(room) if room else None,
            1,
        )
        if slot.room_id != dialog.draft.room_id:
            dialog.draft.room_id = None  # the place is free in this room, not in the chosen one
        dialog.openings.pin(slot, "next free" if way.action == "place_at" else "free then")
        dialog.choices.refresh()
        (dialog.book_button if dialog.caller.known else dialog.who).setFocus()
