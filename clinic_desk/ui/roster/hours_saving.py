"""Saving painted hours: first what would fall outside, then all or nothing; and leaving them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from clinic_desk.domain.errors import ClinicDeskError, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.services import hours_preview
from clinic_desk.services.commands import Command, ParkAppointment, ParkTogether
from clinic_desk.services.hours_editing import Layer, Week
from clinic_desk.services.hours_plans import full
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.ports import Queries
from clinic_desk.services.roster_commands import SaveWeek, Together
from clinic_desk.services.views import Cell
from clinic_desk.services.wording import count_text
from clinic_desk.ui.roster.hours_sheet import HoursSheet
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.page import SAVED

if TYPE_CHECKING:
    from clinic_desk.ui.roster.hours import HoursPanel

INITIATOR = "hours"


class WeekSaving(QObject):
    """``busy`` while a preview or a save is under way."""

    def __init__(self, panel: HoursPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._then: Callable[[], object] | None = None
        self._command: SaveWeek | None = None
        self._sent: dict[Layer, Week] = {}
        self.busy = False
        panel.counts = SAVED
        panel.message.dismissed.connect(self.stay)
        panel.foot.save_requested.connect(self.save)
        panel.foot.discard_requested.connect(self.discard)
        out = panel.outside
        out.save_requested.connect(self._save_as)
        out.back_requested.connect(self._back)
        out.slot_requested.connect(lambda visit: panel.finder_requested.emit(visit))
        out.shelf_requested.connect(self._shelve)
        out.opened.connect(panel.visit_requested)
        panel.context.operations.changed.connect(self._look_again)

    @property
    def sheet(self) -> HoursSheet:
        assert self._panel.sheet is not None
        return self._panel.sheet

    # saving

    def save(self) -> None:
        """Asks first which visits would lie outside; saves at once when there are none."""
        panel = self._panel
        if self.busy or panel.sheet is None or panel.stack.currentIndex() != 0:
            return
        for field in (*panel.window_fields.pending(), *panel.plan_fields.pending()):
            field.commit()
        wrong = self._complaint()
        if wrong:
            self._then = None  # its sentence stands at the field
            return
        sheet = panel.sheet
        panel.message.clear()
        if not sheet.dirty:
            panel.message.say(Tone.INFO, "Everything is saved already.")
            return
        command = self._command = sheet.command(INITIATOR)
        self._sent = full(sheet.layers)
        now = panel.context.clock.now()

        def ask(queries: Queries) -> tuple[Cell, ...]:
            return hours_preview.outside(
                queries, command.doctor_id, command.templates, command.replaced_ids, None, now
            )

        self._work(True)
        panel.context.operations.ask(ask, done=self._previewed, failed=self._failed)

    def _complaint(self) -> str:
        """A field with a fault keeps the week from being saved; the cursor goes there."""
        fields = self._panel.window_fields
        for grid in (fields.grid, fields.parts, self._panel.plan_fields.grid):
            name = grid.refused
            if name:
                field = grid.fields[name]
                field.setFocus(Qt.FocusReason.OtherFocusReason)
                self._panel.side.ensureWidgetVisible(field, 0, 40)
                grid.refuse(name, grid.sentence(name))  # told once more
                return grid.sentence(name)
        return ""

    def _previewed(self, cells: tuple[Cell, ...]) -> None:
        panel = self._panel
        if not cells:
            self._run(self._command, lambda outcome: self._saved(outcome))
            return
        self._work(False)
        whose = self.sheet.roster.doctors[self.sheet.doctor_id].name
        panel.outside.ask(cells, self.sheet.roster, whose)
        self._panel.show_part(1)

    def _save_as(self, way: str) -> None:
        command, cells = self._command, self._panel.outside.cells
        if command is None or self.busy:
            return
        if way == "shelf":
            doctor = self.sheet.roster.doctors[self.sheet.doctor_id].name
            number = count_text(len(cells), "visit")
            parks = ParkTogether(
                parkings=tuple(ParkAppointment(appointment_id=c.id) for c in cells)
            )
            whole = Together(
                commands=(command, parks),
                label=f"Save hours of {doctor}, {number} to the shelf",
                initiator=INITIATOR,
            )
            self._run(whole, lambda outcome: self._saved(outcome))
        elif way == "find":
            self._run(command, lambda outcome: self._saved(outcome, cells))
        else:
            self._run(command, lambda outcome: self._saved(outcome))

    def _run(self, command: Command | None, done: Callable[[Outcome], None]) -> None:
        if command is None:
            return
        self._work(True)
        self._panel.context.operations.run(command, done=done, refused=self._failed)

    def _saved(self, outcome: Outcome, follow: tuple[Cell, ...] = ()) -> None:
        panel, then = self._panel, self._then
        self._then = self._command = None
        self.busy = False
        words = outcome.sentence
        if outcome.warnings and not follow:
            words = f"{words}. {outcome.warnings[0]}"
        panel.toast_requested.emit(words, bool(outcome.undo_label))
        if follow:
            panel.outside.follow_up(follow, self.sheet.roster)
            self._panel.show_part(1)
        else:
            self._panel.show_part(0)
            panel.grid.setFocus()
        before = self.sheet

        def go_on() -> None:
            """What was painted while the save was under way is still to be saved."""
            now, later = panel.sheet, full(before.layers)
            if later != self._sent and now is not None and now.doctor_id == before.doctor_id:
                now.put(later, before.plan)
                panel.refresh()
            elif then is not None:
                then()

        panel.read(go_on)

    def _failed(self, error: ClinicDeskError) -> None:
        """Nothing was saved, and nothing painted is lost."""
        self._then = None
        self._work(False)
        self._panel.show_part(0)
        self._panel.refused(error)

    def _work(self, busy: bool) -> None:
        self.busy = busy
        self._panel.foot.show_state(dirty=self.sheet.dirty, saving=busy)

    def _back(self) -> None:
        self._panel.show_part(0)
        self._then = None
        self._panel.grid.setFocus()

    # the visits left after saving

    def _shelve(self, visit_id: Id) -> None:
        if visit_id:
            self._panel.context.operations.run(
                ParkAppointment(appointment_id=visit_id),
                done=lambda o: self._panel.toast_requested.emit(o.sentence, True),
                refused=self._panel.message.say_error,
            )

    def _look_again(self) -> None:
        """Visits that were moved, shelved or cancelled leave the list."""
        out = self._panel.outside
        if not out.after or self._panel.stack.currentIndex() != 1:
            return
        shown = out.cells

        def still(queries: Queries) -> tuple[Cell, ...]:
            left = []
            for cell in shown:
                now = queries.appointment(cell.id).cell
                here = (now.start, now.doctor_id) == (cell.start, cell.doctor_id)
                if here and now.status is cell.status and "parked" not in now.flags:
                    left.append(now)
            return tuple(left)

        def take(cells: tuple[Cell, ...]) -> None:
            if cells:
                out.follow_up(cells, self.sheet.roster)
            else:
                self._back()

        self._panel.context.operations.ask(still, done=take, key=f"outside-{id(self)}")

    # leaving

    def may_go(self, then: Callable[[], object]) -> bool:
        """False while there are unsaved strokes: the panel asks, and goes on with ``then``."""
        panel = self._panel
        if panel.sheet is None or not panel.sheet.dirty:
            return True
        self._then = then
        panel.note_cursor(panel.message)
        whose = panel.sheet.roster.doctors[panel.sheet.doctor_id].name
        panel.message.say(
            Tone.WARN,
            f"The painted hours of {whose} are not saved.",
            [WayOut("Save", "save"), WayOut("Discard them", "discard"), WayOut("Stay", "stay")],
        )
        for button in panel.message.buttons()[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)
        return False

    def stay(self) -> None:
        self._then = None
        self._resume()

    def _resume(self) -> None:
        if not self._panel.back_to_cursor():
            self._panel.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def chosen(self, action: str) -> None:
        if action in ("save", "discard", "stay"):
            self._resume()
        if action == "save":
            self.save()
        elif action in ("discard", "show"):
            self.discard()
        elif action == "stay":
            self._then = None
        elif action == "retry":
            self.save()

    def discard(self) -> None:
        """Back to what is stored, then on to where one wanted to go."""
        panel, then = self._panel, self._then
        self._then = None
        panel.message.clear()
        if panel.sheet is not None:
            panel.sheet.layers = dict(panel.sheet.saved)
        panel.read(then)  # type: ignore[arg-type]
