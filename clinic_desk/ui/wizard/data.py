"""Step 6: what the clinic brings along, or a clinic to practise on."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from clinic_desk.services.wording import count_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.widgets.forms.bits import InkLabel, push
from clinic_desk.ui.wizard.step import Ground, Step


class DataStep(Step):
    """``import_requested``, ``restore_requested``, ``practice_requested``: the window opens what
    is wanted, and comes back here."""

    name = "data"
    title = "Import, restore or practise"
    lead = "All of this can be done at any time later as well; Next goes on without."

    import_requested = Signal()
    restore_requested = Signal()
    practice_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.take_in = push("&Import files…", self)
        self.restore = push("Restore a bac&kup…", self)
        self.practise = push("Open the &practice clinic", self)
        box = QWidget()
        box.setMaximumWidth(theme.px(760))
        grid = QGridLayout(box)
        grid.setContentsMargins(20, 8, 24, 20)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, theme.px(220))
        grid.setColumnStretch(1, 1)
        self.counts = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        texts = (
            (self.take_in, "Patient list and diary of a former program",
             "Tables (CSV) and calendars (iCalendar). Nothing is written before you have seen it."),
            (self.restore, "A backup of this program",
             "Puts the whole clinic of a backup in the place of what you have typed here, which is "
             "kept as a backup of its own."),
            (self.practise, "A clinic to practise on",
             "Opens a second window with a made-up clinic of six doctors. It lives in a folder of "
             "its own: nothing you do there touches your clinic."),
        )  # fmt: skip
        for line, (button, title, text) in enumerate(texts):
            self._place(grid, line * 3, button, InkLabel(theme, title, bold=True))
            grid.addWidget(
                InkLabel(theme, text, role="grid", ink="text2", wrap=True), line * 3 + 1, 1
            )
            grid.setRowMinimumHeight(line * 3 + 2, theme.px(18))
        grid.addWidget(self.counts, 9, 0, 1, 2)
        self.column.addWidget(box)
        self.column.addStretch(1)
        self.take_in.clicked.connect(self.import_requested)
        self.restore.clicked.connect(self.restore_requested)
        self.practise.clicked.connect(self.practice_requested)

    def _place(self, grid: QGridLayout, line: int, button: QPushButton, title: QWidget) -> None:
        grid.addWidget(button, line, 0, 2, 1)
        grid.addWidget(title, line, 1)

    def fill(self, ground: Ground) -> None:
        doctors = [row for row in ground.roster.doctors.values() if row.active]
        self.counts.setText(
            f"So far: {count_text(len(doctors), 'doctor')}, "
            f"{count_text(len(ground.roster.rooms), 'room')}."
        )
