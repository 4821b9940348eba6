"""What the panel does to closures: adds, changes, and leads to the plan of what they hit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import Holiday
from clinic_desk.services.closure_ranges import (
    Closure,
    change,
    close,
    plan_of,
    undo_run,
    visits_of_plan,
)
from clinic_desk.services.commands import Command, SaveRecords
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.roster.typed import choose

if TYPE_CHECKING:
    from clinic_desk.ui.roster.closures import ClosuresPanel


class ClosureHands(QObject):
    """``editing`` is the closure that the form holds, None while it adds a new one. A closure that
    hits visits leads to the planner at once."""

    def __init__(self, panel: ClosuresPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self.editing: Closure | None = None
        self._sent: tuple[str, ...] | None = None
        form = panel.form
        form.go.clicked.connect(self.save)
        form.stop.clicked.connect(self.stop)
        form.left.connect(self.stop)
        panel.edit.clicked.connect(self.edit)
        panel.list.itemDoubleClicked.connect(lambda _item: self.edit())
        panel.list.edit_requested.connect(self.edit)
        panel.plan.clicked.connect(self.plan)
        panel.public.wanted.connect(self.decide)

    def edit(self) -> None:
        """The chosen closure into the form."""
        panel = self._panel
        if panel.chosen:
            self.editing = panel.chosen[0]
            panel.message.clear()
            panel.form.show_closure(self.editing)
            choose(panel.form.place, self.editing.location_id)

    def stop(self) -> None:
        """The form adds again; what stands is left alone."""
        if self.editing is not None:
            self.editing = None
            self._panel.form.empty()
            choose(self._panel.form.place, self._panel.location_id)

    def save(self) -> None:
        panel, form = self._panel, self._panel.form
        typed, texts = form.read(panel.today), form.texts()
        if typed is None or self._sent == texts:
            return  # or pressed twice
        place, new_id, editing = form.place.currentData(), panel.context.new_id, self.editing
        first, last, name, time = typed
        try:
            command: Command
            if editing is not None:
                command, plan_id = change(editing, first, last, name, place, new_id, time)
            else:
                rows = close(first, last, name, place, new_id, time)
                command, plan_id = rows, str(rows.undo_run).partition(":")[2]
        except Refusal as refusal:
            panel.refuse(refusal)
            return

        def done(outcome: Outcome) -> None:
            self._sent = None
            if form.texts() == texts:
                self.editing = None
            form.done(texts)
            panel.show_year(first.year)
            panel.tell(outcome)
            self._lead_on(plan_id)

        def refused(error: ClinicDeskError) -> None:
            self._sent = None
            panel.refuse(error)

        self._sent = texts
        panel.context.operations.run(command, done=done, refused=refused)

    def decide(self, command: Command) -> None:
        """Public holidays, accepted or not; those that are and hit visits lead to one plan."""
        panel, plan_id = self._panel, ""
        rows = command.records if isinstance(command, SaveRecords) else ()
        closed = tuple(
            replace(row, id=row.id or panel.context.new_id())
            for row in rows
            if isinstance(row, Holiday) and row.closed
        )
        if closed and len(closed) == len(rows):
            plan_id = plan_of(closed)
            command = replace(command, records=closed, undo_run=undo_run(plan_id))  # type: ignore[call-arg]

        def done(outcome: Outcome) -> None:
            panel.tell(outcome)
            if plan_id:
                self._lead_on(plan_id)

        panel.context.operations.run(command, done=done, refused=panel.message.say_error)

    def plan(self) -> None:
        """The planner of the chosen closures, or of all that hit visits."""
        panel = self._panel
        found = [one for one in panel.chosen or panel.closures if panel.hit_by(one)]
        if found:
            panel.page_requested.emit("absence", plan_of(one.rows[0] for one in found))

    def _lead_on(self, plan_id: Id) -> None:
        panel, now = self._panel, self._panel.context.clock.now()

        def found(number: int) -> None:
            if number:
                panel.page_requested.emit("absence", plan_id)

        panel.context.operations.ask(
            lambda queries: visits_of_plan(queries, plan_id, now),
            done=found,
            failed=panel.message.say_error,
            key=f"closure-plan-{id(self)}",
        )
