"""One series of visits: its rule, every date of it, and what a change would make of them.

Nothing is written before *Save changes*; until then every date shows its verdict, and those that
clash are solved where they stand.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from clinic_desk.domain.errors import ClinicDeskError, Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import local_of
from clinic_desk.domain.series import is_over
from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import Command, Scope
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.services.series_commands import ChangeSeries, SeriesMade
from clinic_desk.ui.models import words
from clinic_desk.ui.models.occurrence_list import OccurrenceList
from clinic_desk.ui.models.occurrences import (
    ADD,
    BACK,
    FROM,
    GONE,
    PAST,
    Row,
    choice_for,
    clash_words,
    counted,
    preview_rows,
    series_rows,
)
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.series_asking import changed_to_come
from clinic_desk.ui.models.series_previewing import SeriesPreviewing
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Message, Tone, message_for
from clinic_desk.ui.series.deeds import UNSAVED, SeriesDeeds
from clinic_desk.ui.series.form import SeriesForm
from clinic_desk.ui.series.parts import Parts
from clinic_desk.ui.series.reading import Read, read_series
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, push
from clinic_desk.ui.widgets.page import Page

INITIATOR = "series"


class SeriesPage(Page):
    """``open`` takes the id of one of its visits."""

    key_hints = (
        ("H", "From here"),
        ("S", "Skip"),
        ("N", "Nearest"),
        ("D", "Other doctor"),
        ("Ctrl+S", "Save"),
        ("Esc", "Close"),
    )

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Series", parent)
        self.context = context
        theme = context.theme
        self.source = RosterSource(context.operations, self)
        self.read: Read | None = None
        self._anchor: Id = ""
        self._busy = self._leaving = False
        self.previewing = SeriesPreviewing(context, self)
        self.form = SeriesForm(theme, self._today, self)
        self.list = OccurrenceList(theme, self)
        self.notes = InkLabel(theme, "", role="grid", ink="warn", wrap=True, parent=self)
        self.notes.hide()
        self.told = ElidedInk(theme, "", role="grid", ink="text2", parent=self)
        self.summary = InkLabel(theme, "", bold=True, parent=self)
        self.export_button = push("Export .ics…", self)
        self.export_button.setVisible(context.exporter is not None)
        self.cancel_button = push("Cancel visits…", self, "danger")
        self.buttons.addWidget(self.export_button)
        self.buttons.addWidget(self.cancel_button)
        self.solve_button = push("Nearest for all (A)", self)
        self.discard_button = push("Discard", self)
        self.save_button = push("Save changes", self, "primary")
        self.save_button.setToolTip("Save changes (Ctrl+S)")
        self.deeds = SeriesDeeds(self)
        self.parts = Parts(self)
        self._lay_out()
        self.setFocusProxy(self.list)
        self.form.edited.connect(self._on_edit)
        self.form.scope_changed.connect(self.reread)
        self.list.acted.connect(self._act)
        self.list.barred.connect(self.deeds.say_barred)
        self.list.all_asked.connect(self.previewing.take_nearest)
        self.list.went_on.connect(self._open_visit)
        self.list.doubleClicked.connect(self._open_visit)
        self.list.row_changed.connect(self._tell_row)
        self.previewing.changed.connect(self._show)
        self.previewing.started.connect(self._tell)
        self.solve_button.clicked.connect(self.previewing.take_nearest)
        self.discard_button.clicked.connect(self.discard)
        self.save_button.clicked.connect(self.save)
        self.export_button.clicked.connect(self.deeds.export)
        self.cancel_button.clicked.connect(self.deeds.cancel)
        self.message.chosen.connect(self.deeds.answer)
        self.source.changed.connect(self._show_all)
        context.operations.changed.connect(self._on_changes)

    def _lay_out(self) -> None:
        self.body.addWidget(self.form)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.notes)
        self.body.addWidget(self.told)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.summary, 1)
        for button in (self.solve_button, self.discard_button, self.save_button):
            foot.addWidget(button)
        self.body.addLayout(foot)

    # Reading

    def open(self, what: object = None) -> None:
        if isinstance(what, str) and what:
            self._anchor, self.read = what, None
            self.message.clear()
            self.previewing.forget()
            self.reread(Scope.FOLLOWING)

    def leave(self) -> bool:
        if not self.pending:
            return True
        self._leaving = True
        self.message.show_message(UNSAVED)
        return False

    @property
    def pending(self) -> bool:
        """Whether the fields say something that is not saved."""
        return self.previewing.draft is not None or bool(self.form.rule.fault.text())

    def reread(self, scope: object = None) -> None:
        """The series as it is now; what was typed and not saved goes only when another part of it
        is meant."""
        wanted = scope if isinstance(scope, Scope) else self.form.scope.currentData()
        anchor, now = self._anchor, self.context.clock.now()
        self.previewing.forget()
        self.form.rule.say_fault("")

        self.context.operations.ask(
            lambda queries: read_series(queries, anchor, Scope(wanted), now),
            done=self._take,
            failed=self.say_error,
            key=f"series.page:{id(self)}",
        )

    def _take(self, found: Read) -> None:
        self.read, self._anchor, self._busy = found, found.anchor.id, False
        self._show_all()

    def say_error(self, error: ClinicDeskError) -> None:
        self._busy = False
        self._tell()
        self.message.show_message(message_for(error))

    # Showing

    @property
    def zone(self) -> str:
        return self.read.view.zone if self.read is not None else self.source.zone

    def _today(self) -> date:
        return local_date(self.context.clock.now(), self.source.zone)

    def _show_all(self) -> None:
        read, roster = self.read, self.source.roster
        if read is None or roster is None:
            return
        if self.pending:
            self._show()
            return
        series = read.view.series
        doctor = words.doctor_of(roster, series.doctor_id)
        who = read.anchor.listed_name
        self.subtitle.setText(f"{who} · {read.view.words} · {doctor} · {series.duration} min")
        self.subtitle.setToolTip(self.subtitle.text())
        self.parts.show(read)
        doctors = self.source.doctors()
        if all(d.id != series.doctor_id for d in doctors) and series.doctor_id in roster.doctors:
            doctors = [*doctors, roster.doctors[series.doctor_id]]
        day = words.day_words(local_of(read.anchor.start, self.zone).date(), self._today())
        since = read.anchor.id if read.draft.scope is Scope.FOLLOWING else ""
        by_hand = changed_to_come(read.view, self.context.clock.now(), since=since)
        self.form.show_draft(read.draft, doctors, day, by_hand)
        over = is_over(series)  # there is no visit that a rule could be about
        self.form.setEnabled(not over)
        self.cancel_button.setEnabled(not over)
        first = not self.list.rows.rows
        self._show()
        if first:
            self.list.choose_visit(self._anchor)

    def _show(self) -> None:
        read, roster = self.read, self.source.roster
        if read is None or roster is None:
            return
        previewing = self.previewing
        draft, shown = previewing.draft, previewing.shown
        notes: tuple[str, ...] = ()
        if draft is None:
            rows = series_rows(read.view, roster, self.context.clock.now(), self._today())
        elif shown is not None:
            may = self.context.actor.may
            rows = preview_rows(shown, draft, roster, self.zone, self._today(), may)
            notes = shown.notes
        else:
            rows = tuple(self.list.rows.rows)
        self.list.show_rows(self.deeds.judged(rows))
        if previewing.unsolved() and not previewing.busy:
            self.list.to_clash()
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))
        self._tell()

    def _tell(self) -> None:
        """The line at the foot: what would be, and what can be done."""
        previewing, pending = self.previewing, self.pending
        self.list.wait(self._busy)
        self.discard_button.setVisible(pending)
        self.save_button.setEnabled(pending and not self._busy)
        self.deeds.bar()
        self.solve_button.setVisible(any(o.nearest for o in previewing.unsolved()))
        ink, said = "text2", ""
        if previewing.error is not None:
            said, ink = str(previewing.error), "refuse"
        elif previewing.shown is not None and previewing.draft is not None:
            decided = {choice.local_start: choice for choice in previewing.draft.choices}
            ink = "refuse" if previewing.unsolved() else "text"
            count = counted(previewing.shown.occurrences, decided)
            said = f"{previewing.shown.words}: {count}. Not saved yet."
        elif pending:
            said = "Looking at each date…"
        elif self.read is not None:
            there = sum(1 for cell in self.read.view.visits if cell.status not in GONE)
            said = f"{self.read.view.words}: {words.plural(there, 'visit')}"
            if is_over(self.read.view.series):
                said = f"{self.read.view.words}: add visits back one by one (B)"
        self.summary.setText(said)
        self.summary.set_ink(ink)

    def _tell_row(self, row: object) -> None:
        self.told.setText(row.whole.replace("\n", " · ") if isinstance(row, Row) else "")

    # Editing

    def _on_edit(self) -> None:
        try:
            wanted = self.form.wanted()
        except Refusal as refusal:
            self.form.rule.say_fault(str(refusal))
            self._tell()
            return
        self.form.rule.say_fault("")
        self.message.clear()
        self._leaving = False
        before = self.previewing.draft
        if wanted is None:
            self.previewing.ask(None)
            return
        self.previewing.ask(replace(wanted, choices=before.choices if before is not None else ()))

    def discard(self) -> None:
        """Everything as it stands."""
        self.message.clear()
        self.previewing.forget()
        self.form.rule.say_fault("")
        self._show_all()
        self.list.setFocus()

    def _act(self, name: str, row: Row) -> None:
        previewing = self.previewing
        if previewing.draft is not None:
            found = previewing.occurrence(row.key)
            choice = choice_for(name, row.key, found, previewing.draft.room_id)
            if name == PAST:
                self.deeds.go_past(row)
            elif choice is not None and name != ADD:
                self.message.clear()
                previewing.choose(choice)
        elif name == FROM and row.visit_id:
            self._anchor = row.visit_id
            self.reread(Scope.FOLLOWING)
            self.form.rule.interval.setFocus()
        elif name == ADD:
            self.deeds.add_back(row)
        elif name != BACK:
            self.deeds.skip(row)

    def _open_visit(self) -> None:
        row = self.list.current
        if row is not None and row.visit_id:
            self.visit_requested.emit(row.visit_id)

    # Saving

    def save(self) -> None:
        """All of it in one step, or nothing."""
        draft, previewing = self.previewing.draft, self.previewing
        if self.form.rule.fault.text():
            self.form.rule.go_to("until")
            return
        if draft is None or self.read is None or self._busy:
            return
        if previewing.busy or previewing.error is not None:
            previewing.when_judged(self.save)
            return
        unsolved = previewing.unsolved()
        if unsolved:
            found = any(o.nearest for o in unsolved)
            ways = (WayOut("Nearest for all", "nearest"),) if found else ()
            self.message.show_message(Message(clash_words(len(unsolved)), Tone.WARN, ways))
            self.list.to_clash()
            self.list.setFocus()
            return
        base = self.read.draft
        moved = draft.local_start != base.local_start or draft.rule != base.rule
        self.run(
            ChangeSeries(
                appointment_id=self._anchor,
                scope=draft.scope,
                rule=(draft.rule or None) if moved else None,
                local_start=draft.local_start if moved else None,
                minutes=draft.minutes if draft.minutes != base.minutes else None,
                doctor_id=draft.doctor_id if draft.doctor_id != base.doctor_id else None,
                include_changed=draft.include_changed,
                choices=draft.choices,
                expected_revision=self.read.anchor.revision,
                initiator=INITIATOR,
            )
        )

    def run(self, command: Command) -> None:
        """Any command about this series; what it makes of it is read again."""
        self._busy = True
        self._tell()
        self.context.operations.run(command, done=self.done, refused=self._refused)

    def done(self, outcome: Outcome) -> None:
        made = outcome.value
        if isinstance(made, SeriesMade) and self._anchor not in made.visit_ids and made.visit_ids:
            self._anchor = made.visit_ids[0]
        self.message.clear()
        warnings = "".join(f" {warning}" for warning in outcome.warnings)
        said = outcome.sentence or outcome.undo_label
        self.toast_requested.emit(f"{said}.{warnings}" if warnings else said, True)
        self.reread()
        self.list.setFocus()
        self.go_on()

    def go_on(self) -> None:
        """What was kept waiting by an unsaved change."""
        leaving, self._leaving = self._leaving, False
        if leaving:
            self.leave_allowed.emit()

    def _refused(self, error: ClinicDeskError) -> None:
        self._busy = False
        message = message_for(error)
        ways = self.deeds.offered(message.ways_out)
        self.message.show_message(Message(message.sentence, message.tone, ways))
        if self.previewing.draft is not None:
            self.previewing.again()
        self._tell()

    def _on_changes(self, changes: Changes) -> None:
        """Somebody has written: the dates are judged, or read, again."""
        own = changes.initiator == INITIATOR
        if not self.isVisible() or self.read is None or (own and self._busy):
            return
        if not {"appointment", "series", "external"} & changes.kinds:
            return
        if self.previewing.draft is not None:
            self.previewing.again()
        elif not own:
            self.reread()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_S:
            self.save()
        elif event.key() == Qt.Key.Key_Escape and self.message.isVisible():
            self.message.clear()
        else:
            super().keyPressEvent(event)
