"""What the panel of weekly hours does when something is painted, dragged, typed or copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.errors import Refusal, WayOut
from clinic_desk.domain.ids import Id
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.services.hours_checks import checked_template
from clinic_desk.services.hours_editing import Day, Frame, Layer, Stroke
from clinic_desk.services.hours_painting import (
    Painted,
    Touch,
    Window,
    change_part,
    change_window,
    days_words,
    put_day,
    site_day,
    stroke,
    stroke_at,
    window_at,
    windows,
)
from clinic_desk.services.hours_plans import (
    plan_words,
    previous_plan,
    put_plan,
    rename_plan,
    split_plan,
)
from clinic_desk.ui.roster.hours_brushes import BREAK, LONGEST_LABEL
from clinic_desk.ui.roster.hours_sheet import HoursSheet, without_rooms
from clinic_desk.ui.roster.hours_surface import Area
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.announce import announce

if TYPE_CHECKING:
    from clinic_desk.ui.roster.hours import HoursPanel


class WeekHands(QObject):
    def __init__(self, panel: HoursPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._clipboard: dict[int, Day] = {}
        grid, fields = panel.grid, panel.window_fields
        grid.cursor_moved.connect(self.pick)
        if panel.why_not:  # a desk that may only look
            for asked in (grid.stroked, grid.edge_moved, grid.edge_nudged, grid.paste_wanted):
                asked.connect(panel.say_why_not)
            return
        grid.stroked.connect(self.paint)
        grid.edge_moved.connect(self._edge_moved)
        grid.edge_nudged.connect(self._edge_nudged)
        grid.brush_chosen.connect(panel.brushes.choose)
        grid.copy_wanted.connect(self._copy)
        grid.paste_wanted.connect(self._paste)
        grid.fields_wanted.connect(lambda: fields.start.setFocus() if self.window else None)
        fields.window_edited.connect(self.edit_window)
        fields.part_edited.connect(self.edit_part)
        panel.plan_fields.edited.connect(self.edit_plan)
        panel.copying.days_chosen.connect(self.copy_days)
        panel.copying.doctor_chosen.connect(self._copy_to_doctor)
        panel.message.chosen.connect(self._chosen)

    def wire_buttons(self) -> None:
        panel = self._panel
        panel.paint.clicked.connect(lambda: self.paint(panel.grid.selection, False))
        panel.copy_day.clicked.connect(lambda: panel.copying.ask_days(panel.grid.cursor_cell.day))
        panel.copy_week.clicked.connect(self._ask_doctor)
        panel.copy_before.clicked.connect(self.copy_previous)

    @property
    def sheet(self) -> HoursSheet:
        assert self._panel.sheet is not None
        return self._panel.sheet

    # the window at the cursor

    @property
    def window(self) -> Window | None:
        sheet, cell = self._panel.sheet, self._panel.grid.cursor_cell
        if sheet is None:
            return None
        return window_at(sheet.layers, sheet.plan, sheet.location_id, cell.day, cell.minute)

    @property
    def part(self) -> Stroke | None:
        found = self.window
        return stroke_at(found, self._panel.grid.cursor_cell.minute) if found else None

    def pick(self) -> None:
        """The cursor has moved: its window's fields."""
        if self._panel.sheet is not None:
            self.show_window()

    def show_window(self) -> None:
        panel, sheet, found = self._panel, self.sheet, self.window
        place = sheet.roster.locations.get(sheet.location_id)
        rooms = [r for r in sheet.roster.rooms.values() if r.location_id == sheet.location_id]
        rooms.sort(key=lambda room: (room.position, room.name))
        panel.window_fields.show_window(
            found,
            self.part,
            found.frame if found else sheet.frame,
            found.layer.priority if found else sheet.priority,
            place.name if place else "",
            rooms,
        )
        panel.grid.picked = (found.weekday, found.start, found.end) if found else None
        panel.grid.viewport().update()

    # strokes

    def paint(self, area: Area, wipe: bool) -> None:
        panel, sheet = self._panel, self.sheet
        touch = Touch(None) if wipe else panel.brushes.touch
        number = panel.brushes.number
        wrong = None if wipe else panel.brushes.fault
        if wrong is not None:
            panel.message.say(Tone.WARN, wrong[0])
            wrong[1].setFocus()
            return
        done = stroke(
            sheet.layers, sheet.plan, sheet.frame, area.days, area.start, area.end, touch,
            sheet.priority,
        )  # fmt: skip
        words = "Erased" if touch.kind is None else panel.brushes.words
        if self._put(done, f"{words}: {area.words}"):
            return
        if not done.met and not wipe and number == BREAK:
            panel.message.say(
                Tone.WARN,
                f"{area.words}: a break lies inside hours; paint those open first.",
            )

    def _put(self, done: Painted, words: str, plan: Layer | None = None) -> bool:
        panel = self._panel
        changed = self.sheet.put(done.layers, plan)
        if changed:
            panel.message.clear()
            announce(panel.grid, words)
        if done.met:
            self._tell_met(done.met)
        if changed:
            panel.grid.set_cursor_cell(panel.grid.cursor_cell, quiet=True)
            panel.refresh()
        return changed

    def _tell_met(self, met: Sequence[Window]) -> None:
        first = met[0]
        place = self.sheet.roster.locations.get(first.frame.location_id)
        name = place.name if place is not None else "another site"
        more = f" (and {len(met) - 1} more)" if len(met) > 1 else ""
        self._panel.message.say(
            Tone.WARN,
            f"{first.words} at {name}{more} was left as it is: a doctor is at one site at a time. "
            "Erase it there first, or give one of them a higher priority.",
            [WayOut(f"Show {name}", "site", {"id": first.frame.location_id})],
        )

    # edges and fields

    def _edge_moved(self, day: int, start: int, end: int, at_start: bool, minute: int) -> None:
        sheet = self.sheet
        found = next(
            (
                w
                for w in windows(sheet.layers, sheet.plan, day)
                if (w.start, w.end) == (start, end) and w.frame.location_id == sheet.location_id
            ),
            None,
        )
        if found is not None:
            self._change(found, "work_start" if at_start else "work_end", minute)

    def _edge_nudged(self, at_start: bool, by: int) -> None:
        found = self.window
        if found is not None:
            edge = found.start if at_start else found.end
            self._change(found, "work_start" if at_start else "work_end", edge + by)

    def edit_window(self, name: str, value: object) -> None:
        found = self.window
        if found is not None:
            self._change(found, name, value)
            return
        try:
            frame, priority = self._checked(self.sheet.frame, self.sheet.priority, name, value)
        except Refusal as refusal:
            self._panel.refused(refusal, name)
            return
        self.sheet.frame, self.sheet.priority = frame, priority
        self.show_window()

    def _checked(self, frame: Frame, priority: int, name: str, value: object) -> tuple[Frame, int]:
        """With the one field changed, judged as the roster judges it."""
        if name == "priority":
            assert isinstance(value, int)
            priority = value
        else:
            frame = replace(frame, **{name: value})  # type: ignore[arg-type]
        checked_template(
            ScheduleTemplate(
                id="", doctor_id=self.sheet.doctor_id, location_id=frame.location_id,
                weekday=self._panel.grid.cursor_cell.day, work_start=0, work_end=1440,
                step=frame.step, buffer_before=frame.buffer_before,
                buffer_after=frame.buffer_after, max_parallel=frame.max_parallel,
                priority=priority,
            )
        )  # fmt: skip
        return frame, priority

    def _change(self, found: Window, name: str, value: object) -> None:
        panel, sheet = self._panel, self.sheet
        try:
            if name in ("work_start", "work_end"):
                assert isinstance(value, int)
                start = value if name == "work_start" else None
                end = value if name == "work_end" else None
                layers, now = change_window(sheet.layers, found, start=start, end=end)
            else:
                frame, priority = self._checked(found.frame, found.layer.priority, name, value)
                layers, now = change_window(sheet.layers, found, frame=frame, priority=priority)
        except Refusal as refusal:
            panel.refused(refusal, name)
            return
        sheet.put(layers)
        cell = panel.grid.cursor_cell
        if not now.start <= cell.minute < now.end or cell.day != now.weekday:
            # the window would slip from under the cursor
            row = min(max(cell.row, -(-now.start // 15)), max(0, (now.end - 1) // 15))
            panel.grid.set_cursor_cell(replace(cell, day=now.weekday, row=row), quiet=True)
        panel.refresh()
        announce(panel.grid, now.words)

    def edit_part(self, name: str, value: object) -> None:
        found, part = self.window, self.part
        if found is None or part is None:
            return
        start, end, brush = part.start, part.end, part.brush
        label, type_ids = brush.label, brush.type_ids
        if name == "part_start" and isinstance(value, int):
            start = value
        elif name == "part_end" and isinstance(value, int):
            end = value
        elif name == "label":
            label = " ".join(str(value).split())
            if len(label) > LONGEST_LABEL:
                self._panel.window_fields.refuse(
                    "label", f"At most {LONGEST_LABEL} characters; these are {len(label):,}."
                )
                return
        elif isinstance(value, tuple):
            type_ids = value
        try:
            touch = Touch(brush.kind, label, type_ids)
            layers = change_part(self.sheet.layers, found, part, start, end, touch)
        except Refusal as refusal:
            self._panel.refused(refusal)
            return
        self.sheet.put(layers)
        cell = self._panel.grid.cursor_cell
        if not start <= cell.minute < end:
            self._panel.grid.set_cursor_cell(replace(cell, row=start // 15), quiet=True)
        self._panel.refresh()

    # weeks

    def edit_plan(self, fresh: Layer) -> None:
        """A later first day makes a new version and keeps what was before it."""
        panel, sheet = self._panel, self.sheet
        old = sheet.plan
        later = fresh.valid_from is not None and (
            old.valid_from is None or fresh.valid_from > old.valid_from
        )
        try:
            if later and sheet.stored_plan and fresh.valid_from is not None:
                layers, plan = split_plan(sheet.layers, old, fresh.valid_from)
                sheet.put(layers, plan)
                panel.refresh()
                panel.message.say(
                    Tone.INFO,
                    f"New hours from {panel.plan_fields.first.text()} on. What there was ends the "
                    "day before and stays as it is.",
                    [WayOut("Only move the beginning", "move", {"old": old, "new": fresh})],
                )
                return
            layers = rename_plan(sheet.layers, old, fresh)
        except Refusal as refusal:
            panel.refused(refusal)
            return
        sheet.put(layers, fresh)
        panel.refresh()

    def _chosen(self, way: WayOut) -> None:
        sheet = self.sheet
        if way.action == "site":
            self._panel.site_box.setCurrentIndex(self._panel.site_box.findData(way.data["id"]))
            self._panel.site_box.activated.emit(self._panel.site_box.currentIndex())
        elif way.action == "move":
            old, fresh = way.data["old"], way.data["new"]
            if isinstance(old, Layer) and isinstance(fresh, Layer) and sheet.undo():
                sheet.put(rename_plan(sheet.layers, old, fresh), fresh)
                self._panel.refresh()
        else:
            self._panel.saving.chosen(way.action)

    # copying

    def _copy(self) -> None:
        sheet, day = self.sheet, self._panel.grid.cursor_cell.day
        self._clipboard = site_day(sheet.layers, sheet.plan, sheet.location_id, day)
        self._panel.toast_requested.emit(f"Copied {days_words([day])}; Ctrl+V puts it down", False)

    def _paste(self) -> None:
        if not self._clipboard:
            self._panel.message.say(Tone.INFO, "Copy a day first: Ctrl+C on any of its cells.")
            return
        sheet, days = self.sheet, self._panel.grid.selection.days
        fitted = {
            priority: tuple(
                replace(
                    s,
                    brush=replace(
                        s.brush,
                        frame=s.brush.frame
                        if s.brush.frame.location_id == sheet.location_id
                        else replace(s.brush.frame, location_id=sheet.location_id, room_id=None),
                    ),
                )
                for s in day
            )
            for priority, day in self._clipboard.items()
        }
        done = put_day(sheet.layers, sheet.plan, sheet.location_id, fitted, days)
        self._put(done, f"Put down on {days_words(days)}")

    def copy_days(self, source: int, days: Sequence[int]) -> None:
        sheet = self.sheet
        held = site_day(sheet.layers, sheet.plan, sheet.location_id, source)
        done = put_day(sheet.layers, sheet.plan, sheet.location_id, held, days)
        self._put(done, f"Copied to {days_words(days)}")
        self._panel.grid.setFocus()

    def copy_previous(self) -> None:
        sheet = self.sheet
        before = previous_plan(sheet.layers, sheet.plan)
        if before is None:
            self._panel.message.say(
                Tone.INFO,
                "There is no earlier version of these hours: none in the same weeks ended before "
                "they begin.",
            )
            return
        layers = put_plan(sheet.layers, sheet.plan, sheet.layers, before)
        self._put(Painted(layers), f"Copied the hours {plan_words(before, sheet.today)}")

    def _ask_doctor(self) -> None:
        sheet = self.sheet
        others = [
            row for row in sheet.roster.doctors.values() if row.active and row.id != sheet.doctor_id
        ]
        others.sort(key=lambda row: (row.position, row.name))
        if not others:
            self._panel.message.say(Tone.INFO, "There is no other doctor to copy the week to.")
            return
        self._panel.copying.ask_doctor(sheet.roster.doctors[sheet.doctor_id].name, others)

    def _copy_to_doctor(self, doctor_id: Id) -> None:
        """The other doctor's page with the copy painted, not yet saved."""
        panel, source = self._panel, self.sheet
        held, plan, site = without_rooms(source.own_layers()), source.plan, source.location_id
        whose = source.roster.doctors[source.doctor_id].name

        def go() -> None:
            panel.show_doctor(doctor_id, site)
            sheet = self.sheet
            sheet.put(put_plan(sheet.layers, plan, held, plan), plan)
            panel.refresh()
            panel.message.say(
                Tone.INFO,
                f"This is the week of {whose}, without the rooms. Look it over and save it.",
            )
            panel.grid.setFocus()

        if panel.saving.may_go(go):
            go()
