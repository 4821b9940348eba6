"""Step 8: a booking, guided in the real window; then the clinic is ready."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from clinic_desk.services.first_week import active
from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.wizard.step import Ground, Step

SHOWN = (
    "1   Ctrl+N opens a new booking, wherever you are.",
    "2   Type a few letters of the name; Enter takes the patient.",
    "3   The best openings are listed; Enter chooses, Enter books.",
)


class TryingStep(Step):
    """``guide_requested``: the window shows the way through a booking; ``add_requested`` the name
    of the step that is missing for it."""

    name = "trying"
    title = "A first booking"
    lead = (
        "Sixty seconds in the real calendar, with a practice patient who is taken away again. "
        "Finish goes to the calendar without it."
    )
    skippable = False

    guide_requested = Signal()
    step_requested = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        box = QWidget()
        box.setMaximumWidth(theme.px(760))
        column = QVBoxLayout(box)
        column.setContentsMargins(20, 8, 24, 20)
        column.setSpacing(10)
        for text in SHOWN:
            column.addWidget(InkLabel(theme, text, wrap=True))
        self.start = push("Sho&w me a booking", self, "primary")
        self.missing = push("", self, "link")
        row = QHBoxLayout()
        row.addWidget(self.start)
        row.addWidget(self.missing)
        row.addStretch(1)
        column.addSpacing(6)
        column.addLayout(row)
        self.why = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.done = InkLabel(theme, "", bold=True, ink="ok", wrap=True)
        column.addWidget(self.why)
        column.addWidget(self.done)
        self.column.addWidget(box)
        self.column.addStretch(1)
        self._go: Callable[[], None] = lambda: None
        self.start.clicked.connect(self.guide_requested)
        self.missing.clicked.connect(lambda: self._go())

    def fill(self, ground: Ground) -> None:
        roster = ground.roster
        doctors = active(roster)
        worked = {row.doctor_id for row in roster.templates}
        lacks = "doctors" if not doctors else "hours" if not worked else ""
        self.start.setEnabled(not lacks)
        self.missing.setVisible(bool(lacks))
        self._go = lambda: self.step_requested.emit(lacks)
        if lacks == "doctors":
            self.missing.setText("Add a doctor")
            self.why.setText("A booking needs a doctor; there is none yet.")
        elif lacks:
            self.missing.setText("Set the opening hours")
            self.why.setText("A booking needs hours in which somebody works; there are none yet.")
        else:
            self.why.setText(
                f"{roster.practice.name}: {count_text(len(doctors), 'doctor')}, "
                f"{count_text(len(roster.rooms), 'room')}, "
                f"{count_text(sum(row.active for row in roster.types.values()), 'visit type')}."
            )

    def show_done(self, done: bool) -> None:
        self.done.setText(
            "Ready. That is all it takes; Finish opens your calendar." if done else ""
        )

    def begin(self) -> bool:
        if self.start.isEnabled() and not self.done.text():
            self.start.setFocus()
            return True
        return False
