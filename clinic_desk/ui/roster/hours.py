"""The weekly hours of a doctor, painted: the settings' section "hours"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.hours_editing import Layer
from clinic_desk.services.hours_plans import plan_words
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.roster.hours_editing import WeekHands
from clinic_desk.ui.roster.hours_frame import HoursFrame
from clinic_desk.ui.roster.hours_saving import WeekSaving
from clinic_desk.ui.roster.hours_seeking import WeekSeeking
from clinic_desk.ui.roster.hours_sheet import HoursSheet, this_week
from clinic_desk.ui.roster.hours_words import blocks, cell_words, plan_note
from clinic_desk.ui.roster.typed import choose
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import badge_icon

KINDS = frozenset(
    {"schedule_template", "doctor", "location", "room", "appointment_type", "practice", "external"}
)


class HoursPanel(HoursFrame):
    """``open`` takes a doctor's id, or nothing."""

    def __init__(self, context: Context) -> None:
        self.roster: Roster | None = None
        self.sheet: HoursSheet | None = None
        self._wanted: Id = ""
        super().__init__(context)
        self.hands = WeekHands(self)
        self.saving = WeekSaving(self)
        self.seeking = WeekSeeking(self)
        self.hands.wire_buttons()
        self.back.clicked.connect(self.undo)
        self.plan_added.connect(self._add_plan)
        self.brushes.changed.connect(self._brush_changed)
        self.doctor_box.activated.connect(lambda _: self._doctor_chosen())
        self.site_box.activated.connect(lambda _: self._site_chosen())
        self.plan_box.activated.connect(lambda _: self.look_at(self.plan_box.currentData()))
        context.operations.changed.connect(self._changed)
        self.theme.changed.connect(self.refresh)

    @property
    def today(self) -> date:
        zone = self.roster.practice.zone if self.roster is not None else "UTC"
        return local_date(self.context.clock.now(), zone)

    def sought(self) -> Mapping[str, QWidget]:
        return self.seeking.fields()

    def focus_on(self, name: str) -> bool:
        return self.seeking.focus_on(name)

    # reading

    def open(self, what: object = None) -> None:
        if isinstance(what, str) and what:
            self._wanted = what
        self.read()

    def read(self, then: Callable[[], None] | None = None) -> None:
        """The roster as it is now; painted and unsaved strokes go."""

        def take(roster: Roster) -> None:
            self._take(roster)
            if then is not None:
                then()

        self.context.operations.ask(
            lambda queries: queries.roster(),
            done=take,
            failed=self.message.say_error,
            key=f"hours-{id(self)}",
        )

    def _take(self, roster: Roster) -> None:
        fresh = self.roster is None
        self.roster = roster
        doctors = sorted(
            (row for row in roster.doctors.values() if row.active),
            key=lambda row: (row.position, row.name),
        )
        if not doctors or self.stack.currentIndex() == 2:
            self.show_part(0 if doctors else 2)
        self.doctor_box.clear()
        for doctor in doctors:
            self.doctor_box.addItem(badge_icon(self.theme, doctor), doctor.name, doctor.id)
        if not doctors:
            self.sheet = None
            return
        ids = [doctor.id for doctor in doctors]
        before = self.sheet
        kept = self._wanted or (before.doctor_id if before is not None else "")
        chosen = kept if kept in ids else ids[0]
        self._wanted = ""
        site = before.location_id if before is not None and before.doctor_id == chosen else ""
        site = site if site in roster.locations else ""
        plan = before.plan if before is not None and before.doctor_id == chosen else None
        self.show_doctor(chosen, site, plan)
        if fresh:
            self.grid.show_from(420)
        self.seeking.go_on()

    def show_doctor(self, doctor_id: Id, site: Id = "", plan: Layer | None = None) -> None:
        assert self.roster is not None
        choose(self.doctor_box, doctor_id)
        sheet = self.sheet = HoursSheet(self.roster, doctor_id, self.today, site)
        if plan in sheet.plans and plan is not None:
            sheet.plan = plan
        kinds = [
            kind
            for kind in self.roster.types.values()
            if kind.active and kind.doctor_id in (None, doctor_id)
        ]
        kinds.sort(key=lambda kind: (kind.position, kind.name))
        self.brushes.offer(self.roster, kinds)
        self.window_fields.types.offer(kinds)
        self.site_box.clear()
        for place in sheet.sites:
            new = "" if sheet.is_own(place.id) else " (new site)"
            self.site_box.addItem(f"{place.name}{new}", place.id)
        choose(self.site_box, sheet.location_id)
        self.message.clear()
        if self.why_not:
            self.message.say(Tone.INFO, self.why_not)
        self.grid.picked = None
        self.grid.first_weekday = self.roster.practice.first_weekday
        self.copying.begin_week(self.grid.first_weekday)
        self.refresh()

    # showing

    def show_part(self, index: int) -> None:
        """0 the grid, 1 the visits outside, 2 that there is nobody."""
        self.stack.setCurrentIndex(index)
        for one in (self.doctor_box, self.site_box, self.plan_box):
            one.setVisible(index != 2)
            one.setEnabled(index == 0)
        self.more.setVisible(index != 2)
        self.more.setEnabled(index == 0 and not self.why_not)
        self.foot.setVisible(index == 0)

    def refresh(self) -> None:
        """Everything anew from the sheet."""
        sheet = self.sheet
        if sheet is None:
            return
        tokens = self.theme.tokens
        self.grid.describe = lambda cell: cell_words(sheet, cell)
        self.grid.show_blocks(blocks(sheet, self.theme))
        self._brush_changed()
        self.hands.show_window()
        self.plan_fields.show_plan(sheet.plan, plan_note(sheet, self.today))
        self.plan_box.clear()
        for plan in sheet.plans:
            self.plan_box.addItem(plan_words(plan, self.today), plan)
        choose(self.plan_box, sheet.plan)
        self.plan_box.setToolTip(self.plan_box.currentText())
        self.back.setEnabled(bool(sheet.done) and not self.why_not)
        for button, icon in (
            (self.back, "undo"), (self.zoom_in, "zoom-in"), (self.zoom_out, "zoom-out"),
        ):  # fmt: skip
            button.setIcon(self.theme.qicon(icon, colour=tokens.text2))
        self.foot.show_state(dirty=sheet.dirty, saving=self.saving.busy)

    def _brush_changed(self) -> None:
        self.grid.set_brush(self.brushes.words, self.brushes.colour)

    def look_at(self, plan: Layer) -> None:
        if self.sheet is not None:
            self.sheet.plan = plan
            self.grid.picked = None
            self.refresh()

    def _add_plan(self, weeks: int) -> None:
        self.look_at(this_week(self.today + timedelta(weeks=weeks)))
        self.grid.setFocus()

    def _doctor_chosen(self) -> None:
        sheet, chosen = self.sheet, self.doctor_box.currentData()
        if sheet is None or chosen == sheet.doctor_id:
            return
        if not self.saving.may_go(lambda: self.show_doctor(chosen)):
            choose(self.doctor_box, sheet.doctor_id)
            return
        self.show_doctor(chosen)

    def _site_chosen(self) -> None:
        sheet = self.sheet
        if sheet is None:
            return
        sheet.location_id = self.site_box.currentData()
        if not sheet.dirty:
            sheet.plan = sheet.best_plan()
        sheet.usual_frame()
        self.grid.picked = None
        self.refresh()

    def _changed(self, changes: Changes) -> None:
        if self.roster is None or changes.initiator == "hours" or not changes.kinds & KINDS:
            return
        if self.sheet is None or not self.sheet.dirty:
            self.read()

    # keys

    def undo(self) -> None:
        if self.sheet is not None and self.sheet.undo():
            self.message.clear()
            self.refresh()

    def redo(self) -> None:
        if self.sheet is not None and self.sheet.redo():
            self.refresh()

    def event(self, event: QEvent) -> bool:
        if (
            event.type() is QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._meant(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        meant = self._meant(event)
        if meant is None:
            super().keyPressEvent(event)
        else:
            meant()

    def _meant(self, event: QKeyEvent) -> Callable[[], object] | None:
        """Ctrl+Z is the painter's while there are strokes to take back, else the program's."""
        control = Qt.KeyboardModifier.ControlModifier
        held, key, sheet = event.modifiers(), event.key(), self.sheet
        if sheet is None:
            return None
        if held == control and key in (Qt.Key.Key_S, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return self.saving.save if not self.why_not else self.say_why_not
        again = held == control | Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_Z
        if (again or (held == control and key == Qt.Key.Key_Y)) and sheet.undone:
            return self.redo
        if held == control and key == Qt.Key.Key_Z and sheet.done:
            return self.undo
        return None

    def say_why_not(self, *_: object) -> None:
        self.message.say(Tone.INFO, self.why_not)

    @property
    def unsaved(self) -> bool:
        return self.sheet is not None and self.sheet.dirty

    def leave(self) -> bool:
        return self.saving.may_go(self.leave_allowed.emit)

    def refused(self, error: ClinicDeskError, field: str | None = None) -> None:
        """A sentence at its field if that is on display, else above the grid."""
        name = field or getattr(error, "field", None) or ""
        said = str(error)
        if not (self.window_fields.refuse(name, said) or self.plan_fields.grid.refuse(name, said)):
            self.message.say_error(error)
