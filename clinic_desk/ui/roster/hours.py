"""The weekly hours of a doctor, painted: the settings' section "hours"."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.services.hours_editing import Layer
from clinic_desk.services.hours_plans import plan_words
from clinic_desk.services.outcome import Changes
from clinic_desk.ui.roster.hours_brushes import BrushBar, CopyBar
from clinic_desk.ui.roster.hours_editing import WeekHands
from clinic_desk.ui.roster.hours_fields import PlanFields, WindowFields
from clinic_desk.ui.roster.hours_grid import WeekGrid
from clinic_desk.ui.roster.hours_outside import OutsideVisits
from clinic_desk.ui.roster.hours_saving import WeekSaving
from clinic_desk.ui.roster.hours_sheet import HoursSheet, this_week
from clinic_desk.ui.roster.hours_words import blocks, cell_words, plan_note
from clinic_desk.ui.roster.typed import choose
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import badge_icon, push
from clinic_desk.ui.widgets.forms.form import FormArea, SaveBar
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import Panel

SIDE = 264
KINDS = frozenset(
    {"schedule_template", "doctor", "location", "room", "appointment_type", "practice", "external"}
)


class HoursPanel(Panel):
    """``open`` takes a doctor's id, or nothing."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.theme = context, context.theme
        self.roster: Roster | None = None
        self.sheet: HoursSheet | None = None
        self._wanted: Id = ""
        self._make_top()
        self.brushes, self.copying = BrushBar(self.theme), CopyBar(self.theme)
        self.message = InlineMessage(self.theme)
        self.grid = WeekGrid(self.theme)
        self.plan_fields = PlanFields(self.theme, self.today)
        self.window_fields = WindowFields(self.theme)
        self.outside = OutsideVisits(self.theme)
        self.foot = SaveBar(self.theme)
        self.hands = WeekHands(self)
        self.saving = WeekSaving(self)
        self._lay_out()
        self.hands.wire_buttons()
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

    # layout

    def _make_top(self) -> None:
        self.doctor_box, self.site_box, self.plan_box = QComboBox(), QComboBox(), QComboBox()
        for box, name, width in (
            (self.doctor_box, "Doctor", 200),
            (self.site_box, "Site", 150),
            (self.plan_box, "Hours that hold", 180),
        ):
            box.setAccessibleName(name)
            box.setMinimumWidth(self.theme.px(width) // 2)
            box.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        self.more = QToolButton()
        self.more.setText("More hours …")
        self.more.setProperty("kind", "control")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Hours for other weeks beside these")
        menu = QMenu(self.more)
        menu.addAction("Every 2nd week, from this week on", lambda: self._add_plan(0))
        menu.addAction("Every 2nd week, from next week on", lambda: self._add_plan(1))
        self.more.setMenu(menu)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.doctor_box, 4)
        top.addWidget(self.site_box, 3)
        top.addWidget(self.plan_box, 4)
        top.addWidget(self.more)
        self.paint = push("Paint", self)
        self.paint.setToolTip("Cover the selected cells with the brush (Enter)")
        self.back = push("", self, "ghost")
        self.zoom_in, self.zoom_out = push("", self, "ghost"), push("", self, "ghost")
        tools = QHBoxLayout()
        tools.setSpacing(4)
        tools.addWidget(self.brushes)
        tools.addWidget(self.paint)
        tools.addStretch(1)
        for button, words in (
            (self.back, "Take the last stroke back (Ctrl+Z)"),
            (self.zoom_out, "More of the day at once (Ctrl+−)"),
            (self.zoom_in, "Larger cells (Ctrl++)"),
        ):
            button.setProperty("square", "true")
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.setFixedWidth(self.theme.px(30))
            tools.addWidget(button)
        self.copy_day = push("Copy day to …", self)
        self.copy_week = push("Copy week to doctor …", self)
        self.copy_before = push("Copy previous version", self)
        inner = QWidget()
        side = QVBoxLayout(inner)
        side.setContentsMargins(12, 0, 8, 8)
        side.setSpacing(8)
        side.addWidget(self.window_fields)
        weeks = QLabel("Weeks")
        weeks.setProperty("role", "heading")
        side.addWidget(weeks)
        side.addWidget(self.plan_fields)
        for button in (self.copy_day, self.copy_week, self.copy_before):
            side.addWidget(button)
        side.addStretch(1)
        self.side = QScrollArea()
        self.side.setWidgetResizable(True)
        self.side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.side.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.side.setWidget(inner)
        self.side.setFixedWidth(self.theme.px(SIDE))
        work = QWidget()
        across = QHBoxLayout(work)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        left = QVBoxLayout()
        left.setSpacing(8)
        left.addLayout(tools)
        left.addWidget(self.copying)
        left.addWidget(self.grid, 1)
        across.addLayout(left, 1)
        across.addWidget(self.side)
        self.nobody = EmptyState(self.theme)
        self.nobody.explain(
            "clock", "No doctors yet", "Weekly hours belong to a doctor.", "Add a doctor"
        )
        self.nobody.action_requested.connect(
            lambda: self.page_requested.emit("settings", "doctors")
        )
        self.stack = QStackedWidget()
        for one in (work, self.outside, self.nobody):
            self.stack.addWidget(one)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(top)
        column.addWidget(self.message)
        column.addWidget(self.stack, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        # large type on a small screen: rather scrolled than cut off
        whole.addWidget(FormArea(content), 1)
        whole.addWidget(self.foot)
        self.back.clicked.connect(self.undo)
        self.zoom_in.clicked.connect(lambda: self.grid.set_zoom(self.grid.zoom - 1))
        self.zoom_out.clicked.connect(lambda: self.grid.set_zoom(self.grid.zoom + 1))

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
        self.grid.picked = None
        self.refresh()

    # showing

    def show_part(self, index: int) -> None:
        """0 the grid, 1 the visits outside, 2 that there is nobody."""
        self.stack.setCurrentIndex(index)
        for one in (self.doctor_box, self.site_box, self.plan_box, self.more):
            one.setEnabled(index == 0)
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
        self.back.setEnabled(bool(sheet.done))
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
            return self.saving.save
        again = held == control | Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_Z
        if (again or (held == control and key == Qt.Key.Key_Y)) and sheet.undone:
            return self.redo
        if held == control and key == Qt.Key.Key_Z and sheet.done:
            return self.undo
        return None

    def leave(self) -> bool:
        return self.saving.may_go(self.leave_allowed.emit)

    def refused(self, error: ClinicDeskError, field: str | None = None) -> None:
        """A sentence at its field if that is on display, else above the grid."""
        name = field or getattr(error, "field", None) or ""
        said = str(error)
        if not (self.window_fields.refuse(name, said) or self.plan_fields.grid.refuse(name, said)):
            self.message.say_error(error)
