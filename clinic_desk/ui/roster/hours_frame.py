"""The face of the weekly hours: doctor and site above, brushes and grid, exact figures beside."""

from __future__ import annotations

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QScrollArea,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.domain.permissions import Permission
from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.roster.hours_brushes import BrushBar, CopyBar
from clinic_desk.ui.roster.hours_fields import PlanFields, WindowFields
from clinic_desk.ui.roster.hours_grid import WeekGrid
from clinic_desk.ui.roster.hours_outside import OutsideVisits
from clinic_desk.ui.runtime.allowed import shut, why_not
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.empty_state import EmptyState
from clinic_desk.ui.widgets.forms.bits import push
from clinic_desk.ui.widgets.forms.form import FormArea, SaveBar
from clinic_desk.ui.widgets.forms.message import InlineMessage
from clinic_desk.ui.widgets.page import Panel
from clinic_desk.ui.widgets.worded import WordedCombo, WordedTool
from clinic_desk.ui.widgets.worded_menu import WordedMenu

SIDE = 264
"""Pixels of the figures beside the grid."""
SHARE = 0.345
"""Of the panel's width, at most, when the type is large."""


class HoursFrame(Panel):
    """Shows; what is pressed is the panel's. ``plan_added`` carries the weeks from now in which
    hours of every second week begin. ``why_not`` says why this desk may only look, else is
    empty."""

    plan_added = Signal(int)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.context, self.theme = context, context.theme
        self.why_not = why_not(context.actor, Permission.EDIT_ROSTER)
        self._make_top()
        self.brushes, self.copying = BrushBar(self.theme), CopyBar(self.theme)
        self.message = InlineMessage(self.theme)
        self.grid = WeekGrid(self.theme)
        self.plan_fields = PlanFields(self.theme, self.today)
        self.window_fields = WindowFields(self.theme)
        self.outside = OutsideVisits(self.theme)
        self.foot = SaveBar(self.theme)
        self._lay_out()
        if self.why_not:
            self._shut()

    @property
    def today(self) -> date:
        raise NotImplementedError

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        usual = self.theme.px(SIDE)
        self.side.setFixedWidth(min(usual, max(SIDE, round(self.width() * SHARE))))

    def _shut(self) -> None:
        """Looked at only; every control says why."""
        shut(
            (
                self.more, self.brushes, self.paint, self.back, self.copy_day, self.copy_week,
                self.copy_before, self.window_fields, self.plan_fields, self.foot.save,
                self.foot.discard,
            ),
            self.why_not,
        )  # fmt: skip

    def _make_top(self) -> None:
        self.doctor_box, self.site_box = WordedCombo(), WordedCombo()
        self.plan_box = WordedCombo()
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
        self.more = WordedTool()
        self.more.setText("More hours …")
        self.more.setProperty("kind", "control")
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setToolTip("Hours for other weeks beside these")
        menu = WordedMenu(self.more)
        menu.addAction("Every 2nd week, from this week on", lambda: self.plan_added.emit(0))
        menu.addAction("Every 2nd week, from next week on", lambda: self.plan_added.emit(1))
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
        self.brushes.add(self.paint)
        tools.addWidget(self.brushes, 1)
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
        weeks = Label("Weeks")
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
        self._fit()
        self.theme.changed.connect(self._fit)
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
        self.zoom_in.clicked.connect(lambda: self.grid.set_zoom(self.grid.zoom - 1))
        self.zoom_out.clicked.connect(lambda: self.grid.set_zoom(self.grid.zoom + 1))
