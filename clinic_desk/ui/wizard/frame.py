"""The face of the set-up: the list of steps with ticks, the step beside it, Back, Skip and Next."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from clinic_desk.ui.look.plain import Label
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import ElidedInk, InkLabel, push
from clinic_desk.ui.widgets.forms.ordered import OrderedList, Row
from clinic_desk.ui.widgets.page import Page
from clinic_desk.ui.wizard.step import Step

SIDE = 250
"""Pixels of the list of steps."""


class Frame(Page):
    """Shows; what the buttons mean is the page's."""

    alone = True
    key_hints = (
        ("Enter", "Next"),
        ("Alt+B", "Back"),
        ("Ctrl+Z", "Undo"),
        ("Esc", "Leave; it is all kept"),
    )

    def __init__(self, theme: Theme, steps: Sequence[Step], parent: QWidget | None) -> None:
        super().__init__(theme, "Set up the clinic", parent)
        self.steps = steps
        self.subtitle.setText("Leave at any time; it goes on where you left it.")
        self.list = OrderedList(theme, "Steps of the set-up")
        self.stack = QStackedWidget()
        self.heading = Label()
        self.heading.setProperty("role", "title")
        self.lead = InkLabel(theme, "", ink="text2", wrap=True)
        self.back, self.skip = push("&Back", self), push("&Skip", self)
        self.next = push("&Next", self, "primary")
        self.state = ElidedInk(theme, "", ink="text2")
        self._lay_out()
        theme.changed.connect(self._fit)
        self._fit()
        self._turn()

    @property
    def current(self) -> Step:
        step = self.stack.currentWidget()
        assert isinstance(step, Step)
        return step

    def show_step(self, step: Step) -> None:
        self.stack.setCurrentWidget(step)
        self.heading.setText(step.title)
        self.lead.setText(step.lead)
        last = step is self.steps[-1]
        self.next.setText("&Finish" if last else "&Next")
        self.next.setToolTip("Finish (Enter)" if last else "Save this step and go on (Enter)")
        self.back.setEnabled(step is not self.steps[0])
        self.skip.setVisible(step.skippable)

    def show_list(self, done: Collection[str], skipped: Collection[str]) -> None:
        rows = []
        for number, step in enumerate(self.steps, start=1):
            here = step is self.current
            icon = "check" if step.name in done else "arrow-right" if here else "minus"
            tag = "skipped" if step.name in skipped else ""
            rows.append(Row(step.name, f"{number}  {step.title}", icon=icon, tag=tag))
        self.list.show_rows(rows, self.current.name)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """English words would stay at the left of a page that reads from right to left."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.LayoutDirectionChange:
            self._turn()

    def _turn(self) -> None:
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        self.lead.setAlignment(side | Qt.AlignmentFlag.AlignAbsolute)

    def _fit(self) -> None:
        self.list.setFixedWidth(self.theme.px(SIDE))
        self.lead.setMaximumWidth(self.theme.px(900))

    def _lay_out(self) -> None:
        for step in self.steps:
            self.stack.addWidget(step)
        head = QVBoxLayout()
        head.setContentsMargins(20, 14, 20, 0)
        head.setSpacing(4)
        # as wide as its words, so that it begins where the reader does
        head.addWidget(self.heading, 0, Qt.AlignmentFlag.AlignLeading)
        under = QHBoxLayout()
        under.addWidget(self.lead, 1)
        under.addStretch(0)
        head.addLayout(under)
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 10, 20, 12)
        foot.setSpacing(8)
        foot.addWidget(self.back)
        foot.addWidget(self.state, 1)
        foot.addWidget(self.skip)
        foot.addWidget(self.next)
        content = QFrame()
        content.setObjectName("settingsContent")
        right = QVBoxLayout(content)
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(12)
        right.addLayout(head)
        right.addWidget(self.stack, 1)
        right.addLayout(foot)
        across = QHBoxLayout()
        across.setSpacing(0)
        across.addWidget(self.list)
        across.addWidget(content, 1)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.addLayout(across, 1)
        for before, after in (
            (self.stack, self.back), (self.back, self.skip), (self.skip, self.next),
            (self.next, self.list),
        ):  # fmt: skip
            QWidget.setTabOrder(before, after)
