"""Alt+P in the booking dialog: the visit repeats. Each date has its verdict before anything is
booked, and a date that clashes is solved where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSignalBlocker
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.recurrence import Rule, local_of, local_text, parse
from clinic_desk.services.commands import AUTO
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.planning_views import OccurrencePreview
from clinic_desk.services.series_commands import BookSeries, Choice, SeriesMade
from clinic_desk.services.series_preview import SeriesDraft
from clinic_desk.services.when import parse_when
from clinic_desk.ui.booking.submit import Order, series_of
from clinic_desk.ui.models import words
from clinic_desk.ui.models.going_past import ask_past
from clinic_desk.ui.models.occurrences import (
    PAST,
    Row,
    booked_words,
    choice_for,
    clash_words,
    counted,
    days_named,
    preview_rows,
    rest_others,
)
from clinic_desk.ui.models.series_previewing import SeriesPreviewing
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.rule_line import USUAL_COUNT

if TYPE_CHECKING:
    from clinic_desk.ui.booking.dialog import BookingDialog
    from clinic_desk.ui.widgets.forms.reason import ReasonDialog


class Repeating(QObject):
    """``on`` while the fold is open. The first visit is the chosen opening, held like any other."""

    def __init__(self, dialog: BookingDialog) -> None:
        super().__init__(dialog)
        self._dialog = dialog
        self.part = dialog.repeat_part
        self.previewing = SeriesPreviewing(dialog.context, self)
        self.book_when_known = False
        self.card: ReasonDialog | None = None
        self._agreed: frozenset[str] = frozenset()
        self._told: frozenset[str] = frozenset()
        self._typed = ""
        self._restored: tuple[Choice, ...] = ()
        dialog.repeat_fold.toggled.connect(self._on_fold)
        dialog.repeat_fold.clicked.connect(self._on_click)
        # its own Alt+P clicks a moment later: Enters pressed ahead would book a single visit
        dialog.repeat_fold.setShortcut(QKeySequence())
        QShortcut(QKeySequence("Alt+P"), dialog).activated.connect(self._on_key)
        dialog.when.textChanged.connect(self._on_when)
        dialog.walk_in.toggled.connect(lambda _on: self.follow())
        self.part.rule.edited.connect(self.follow)
        self.part.list.acted.connect(self._act)
        self.part.list.barred.connect(lambda why: dialog.message.say(Tone.WARN, why))
        self.part.list.all_asked.connect(self.take_nearest)
        self.part.list.went_on.connect(self._leave_list)
        self.part.list.row_changed.connect(self._tell_row)
        self.part.solve.clicked.connect(self.take_nearest)
        self.previewing.changed.connect(self._show)
        self.previewing.started.connect(self._tell_summary)
        dialog.context.operations.changed.connect(self._on_changes)

    @property
    def on(self) -> bool:
        return self._dialog.repeat_fold.isChecked()

    @property
    def words(self) -> str:
        """ "every week on Tuesday, 6 times" for the sentence that is read out; empty when off."""
        shown = self.previewing.shown
        if not self.on or shown is None:
            return ""
        return shown.words[:1].lower() + shown.words[1:]

    def reset(self) -> None:
        self.book_when_known = False
        self._agreed = self._told = frozenset()
        self._typed, self._restored = "", ()
        self.previewing.forget()
        with QSignalBlocker(self._dialog.repeat_fold):
            self._dialog.repeat_fold.setChecked(False)
        self.part.rule.reset()
        self._dialog.unfold_repeat(False)
        self._show()

    def kept(self) -> tuple[Rule, tuple[Choice, ...]] | None:
        """What a draft keeps of it."""
        draft = self.previewing.draft
        if not self.on:
            return None
        try:
            return self.part.rule.rule(), draft.choices if draft is not None else ()
        except Refusal:
            return None

    def restore(self, kept: tuple[Rule, tuple[Choice, ...]] | None) -> None:
        if kept is None or self.on:
            return
        rule, self._restored = kept
        start = self._dialog.draft.start
        zone = self._dialog.source.zone
        if start is not None:
            self.part.rule.show_rule(rule, local_of(start, zone))
        self._dialog.repeat_fold.setChecked(True)

    # Following the fields

    def follow(self) -> None:
        """What is to be booked may be another one now: ask for its dates."""
        dialog = self._dialog
        possible = self._possible()
        dialog.repeat_fold.setEnabled(possible)
        if not possible and self.on:
            dialog.repeat_fold.setChecked(False)
        if not self.on or not dialog.hold.settled:
            return
        self.previewing.ask(self._draft())
        if self.previewing.draft is None:
            self._show()

    def _possible(self) -> bool:
        """A walk-in is one visit, and so is what somebody on the waiting list gets."""
        dialog = self._dialog
        one = dialog.walk_in.isChecked() or dialog.waiting.open or dialog.draft.entry_id is not None
        return not one

    def _draft(self) -> SeriesDraft | None:
        """None while the fields do not say a series; a fault of the rule stands below it."""
        dialog, rule = self._dialog, self.part.rule
        ranked = dialog.openings.current
        if ranked is None or dialog.draft.type_id is None:
            return None
        place = dialog.choices.place_of(ranked.slot)
        local = local_of(place.start, dialog.source.zone_at(ranked.slot.location_id))
        rule.set_start(local)
        try:
            text = str(rule.rule())
        except Refusal as refusal:
            rule.say_fault(str(refusal))
            return None
        rule.say_fault("")
        restored, self._restored = self._restored, ()
        return SeriesDraft(
            doctor_id=place.doctor_id,
            type_id=dialog.draft.type_id,
            rule=text,
            local_start=local_text(local),
            patient_id=place.patient_id,
            minutes=int((place.end - place.start).total_seconds() // 60),
            location_id=place.location_id,
            room_id=place.room_id if place.room_id is not None else AUTO,
            hold_id=dialog.hold.hold_id,
            choices=restored,
        )

    def _on_when(self, text: str) -> None:
        """ "every 2 weeks x6" in the When field opens the fold, and taking it away closes it."""
        dialog = self._dialog
        said = parse_when(text, dialog.searcher.today())
        if said.repeats == self._typed:
            return
        before, self._typed = self._typed, said.repeats
        if not said.repeats:
            if before and self.on:
                dialog.repeat_fold.setChecked(False)
            return
        rule = parse(said.repeats)
        if rule.endless:
            rule = replace(rule, count=USUAL_COUNT)
        ranked = dialog.openings.current
        start = ranked.slot.start if ranked is not None else dialog.context.clock.now()
        self.part.rule.show_rule(rule, local_of(start, dialog.source.zone))
        if len(said.weekdays) > 1:
            self.part.rule.set_weekdays(said.weekdays)
        if self._possible():
            dialog.repeat_fold.setChecked(True)
            self.follow()

    def _on_fold(self, on: bool) -> None:
        self._dialog.unfold_repeat(on)
        if on:
            self.follow()
        else:
            self.previewing.forget()
        self._show()

    def _on_key(self) -> None:
        if self._dialog.repeat_fold.isEnabled():
            self._dialog.repeat_fold.click()

    def _on_click(self) -> None:
        if self.on:
            self.part.rule.interval.setFocus()
            self.part.rule.interval.selectAll()

    def _on_changes(self, changes: Changes) -> None:
        """Another desk, or another window, has written; one's own hold is followed anyway."""
        if self.on and self._dialog.isVisible() and "external" in changes.kinds:
            self.previewing.again()

    # Deciding

    def _act(self, name: str, row: Row) -> None:
        found, draft = self.previewing.occurrence(row.key), self.previewing.draft
        if found is None or draft is None:
            return
        if name == PAST and found.explanation is not None:
            self.card = ask_past(
                self._dialog.context, self._dialog, found.explanation, f"{row.day} {row.clock}",
                lambda fields, reason: self.previewing.go_past(row.key, fields, reason),
            )  # fmt: skip
            return
        choice = choice_for(name, row.key, found, draft.room_id)
        if choice is None:
            return
        self._dialog.message.clear()
        self.previewing.choose(choice)

    def take_nearest(self) -> None:
        """For every date that clashes."""
        wanting = len(self.previewing.unsolved())
        taken = self.previewing.take_nearest()
        if taken < wanting:
            left = words.plural(wanting - taken, "date")
            self._dialog.message.say(
                Tone.WARN,
                f"{left} {'has' if wanting - taken == 1 else 'have'} nothing free within three "
                "days; skip them, or choose another time or doctor.",
            )

    def take(self, way: WayOut) -> None:
        """A button of the message about dates that clash."""
        if way.action == "series_nearest":
            self.take_nearest()
            self.part.list.setFocus()
        else:
            self._agreed = frozenset(o.local_start for o in self.previewing.unsolved())
            self._dialog.book()

    def stop_hurry(self) -> None:
        self.book_when_known = False

    def next_stop(self) -> QWidget:
        """Where Enter leads: to a date that clashes, else to Book."""
        unsolved = self.on and self.previewing.unsolved()
        if unsolved and not self.part.list.hasFocus() and self.part.list.to_clash():
            return self.part.list
        return self._dialog.book_button

    def _leave_list(self) -> None:
        self._dialog.book_button.setFocus()

    # Booking

    def ready(self) -> bool:
        """Whether the series may be sent; else it is said what is missing, or waited for it."""
        rule, previewing = self.part.rule, self.previewing
        try:
            rule.rule()
        except Refusal as refusal:
            rule.say_fault(str(refusal))
            rule.go_to(refusal.field)
            return False
        if previewing.busy:
            self.book_when_known = True
            return False
        if previewing.error is not None or previewing.shown is None:
            self._say_error(previewing.error)
            return False
        unsolved = frozenset(o.local_start for o in previewing.unsolved())
        if unsolved <= self._agreed:
            return True
        self._say_clashes(again=unsolved == self._told)
        self._told = unsolved
        return False

    def _say_clashes(self, *, again: bool) -> None:
        dialog, found = self._dialog, self.previewing.unsolved()
        days = days_named(self._today, [o.local_start for o in found])
        ways = [WayOut("Book without them", "series_without")]
        if any(o.nearest is not None for o in found):
            ways.insert(0, WayOut("Nearest for all", "series_nearest"))
        dialog.message.say(Tone.WARN, clash_words(len(found), days), ways)
        self.part.list.to_clash()
        if again:
            dialog.message.buttons()[-1].setFocus()
        else:
            self.part.list.setFocus()

    def _say_error(self, error: ClinicDeskError | None) -> None:
        if error is None:
            return
        self.part.rule.say_fault(str(error))
        self.part.rule.go_to(error.field if isinstance(error, Refusal) else None)

    def series(self, order: Order) -> BookSeries | None:
        """The order as a series; None when the visit does not repeat."""
        draft = self.previewing.draft
        if not self.on or draft is None:
            return None
        return series_of(order, draft)

    def booked(self, made: SeriesMade, outcome: Outcome) -> str:
        """What the toast says: how many, and what was left out."""
        skipped = [o.local_start for o in self._shown() if o.skipped]
        return booked_words(made, outcome.sentence, skipped, self._today)

    def refused(self, error: ClinicDeskError) -> None:
        """The diary is not what the preview saw, or a decision does not stand: look again."""
        self._agreed = frozenset()
        if isinstance(error, Refusal) and error.field in ("rule", "until", "count", "weekdays"):
            self._say_error(error)
        else:
            self.part.list.setFocus()
        self.previewing.again()

    # Showing

    @property
    def _today(self) -> date:
        return self._dialog.searcher.today()

    def _shown(self) -> Sequence[OccurrencePreview]:
        return self.previewing.shown.occurrences if self.previewing.shown is not None else ()

    def _show(self) -> None:
        dialog, previewing = self._dialog, self.previewing
        roster, draft = dialog.source.roster, previewing.draft
        rows: list[Row] = []
        notes: tuple[str, ...] = ()
        if previewing.shown is not None and roster is not None and draft is not None and self.on:
            ranked = dialog.openings.current
            zone = dialog.source.zone_at(ranked.slot.location_id if ranked is not None else None)
            today = dialog.searcher.today()
            may = dialog.context.actor.may
            rows = [*preview_rows(previewing.shown, draft, roster, zone, today, may)]
            actor = dialog.context.actor
            rows = [*rest_others(rows, previewing.occurrence, actor, roster.doctors)]
            notes = previewing.shown.notes
        self.part.list.show_rows(rows)
        if previewing.unsolved() and not previewing.busy:
            self.part.list.to_clash()
        self.part.notes.setText("\n".join(notes))
        self.part.notes.setVisible(bool(notes))
        self.part.solve.setVisible(any(o.nearest for o in previewing.unsolved()))
        if previewing.error is not None:
            self.part.rule.say_fault(str(previewing.error))
        self._tell_summary()
        if not previewing.busy:
            self._told &= frozenset(o.local_start for o in previewing.unsolved())
            if self.on:
                dialog.choices.refresh_sentence()
            if self.book_when_known:
                self.book_when_known = False
                dialog.book()

    def _tell_summary(self) -> None:
        previewing, label = self.previewing, self._dialog.repeat_summary
        ink, said = "text2", "once"
        if self.on and previewing.draft is None:
            said = "choose an opening" if self._dialog.openings.current is None else ""
        elif self.on and previewing.error is not None:
            said, ink = "no series yet", "refuse"
        elif self.on and previewing.shown is None:
            said = "looking at each date…"
        elif previewing.shown is not None and previewing.draft is not None:
            decided = {choice.local_start: choice for choice in previewing.draft.choices}
            said = counted(previewing.shown.occurrences, decided)
            ink = "refuse" if previewing.unsolved() else "text2"
        label.setText(said)
        label.set_ink(ink)

    def _tell_row(self, row: object) -> None:
        """The whole sentence of the date with the cursor, for the list cuts it off."""
        text = row.whole if isinstance(row, Row) else ""
        self.part.told.setText(text.replace("\n", " · "))
