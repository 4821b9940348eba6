"""Hand the diary on as a calendar file: whose visits, from when to when, and where to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QProgressBar, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.when import parse_day
from clinic_desk.ui.models import calendar_saving, words
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import BADGE, InkLabel, badge_icon, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(520, 320)
USUAL = timedelta(weeks=8)


class ExportDialog(CardDialog):
    """``toast_requested`` says how many visits were written, and where to."""

    toast_requested = Signal(str, bool)

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Export calendar", parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        theme = context.theme
        self.keep_size(SIZE)
        self.busy = False
        self.message = InlineMessage(theme, self)
        self.doctor = QComboBox(self)
        self.doctor.setIconSize(BADGE)
        self.first, self.last = QLineEdit(self), QLineEdit(self)
        self.first.setPlaceholderText("from the beginning")
        self.last.setPlaceholderText("no end")
        self.told = InkLabel(
            theme,
            "Visits with their series as an iCalendar file (.ics), which this program and other "
            "calendars can read. It holds patients\u2019 names: keep it where only you see it.",
            role="grid",
            ink="text2",
            wrap=True,
        )
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Writing the file")
        self.progress.hide()
        self.close_button_ = push("Cancel", self)
        self.export_button = push("Export…", self, "primary")
        self._lay_out()
        self.close_button_.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.choose)
        self.source.changed.connect(self._fill)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows = (("&Doctor", self.doctor), ("&From", self.first), ("&To", self.last))
        for number, (text, field) in enumerate(rows):
            grid.addWidget(field_label(text, field, self.theme, self), number, 0)
            grid.addWidget(field, number, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(grid)
        self.body.addWidget(self.told)
        self.body.addStretch(1)
        self.body.addWidget(self.progress)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.close_button_)
        self.footer_row.addWidget(self.export_button)

    def start(self) -> None:
        """From today on, for the coming weeks."""
        if not self.busy:
            self.message.clear()
            today = self._today()
            self.first.setText(words.date_words(today))
            self.last.setText(words.date_words(today + USUAL))
        self._fill()
        self.show()
        self.raise_()
        self.activateWindow()
        self.doctor.setFocus()

    def _today(self) -> date:
        return local_date(self.context.clock.now(), self.source.zone)

    def _fill(self) -> None:
        chosen = self.doctor.currentData()
        self.doctor.clear()
        self.doctor.addItem("All doctors", None)
        for doctor in self.source.doctors():
            self.doctor.addItem(
                badge_icon(self.theme, doctor), words.doctor_name(doctor), doctor.id
            )
        self.doctor.setCurrentIndex(max(0, self.doctor.findData(chosen)))

    def wish(self) -> ExportWish | None:
        """What the fields say; None after saying which of them is no day."""
        days: list[date | None] = []
        for field in (self.first, self.last):
            text = field.text().strip()
            day = parse_day(text, self._today()) if text else None
            if text and day is None:
                self.message.say(
                    Tone.WARN, f"“{text[:40]}” is no day: write 1 dec, 24.12.2026 or +2w."
                )
                field.setFocus()
                field.selectAll()
                return None
            days.append(day)
        first, last = days
        if first is not None and last is not None and last < first:
            self.message.say(Tone.WARN, "The last day lies before the first one.")
            self.last.setFocus()
            return None
        return ExportWish(
            doctor_id=self.doctor.currentData(),
            first=self._midnight(first),
            last=self._midnight(last + timedelta(days=1)) if last is not None else None,
        )

    def _midnight(self, day: date | None) -> datetime | None:
        return None if day is None else at_local(day, 0, self.source.zone)

    def choose(self) -> None:
        """Asks where to, when the fields say what."""
        wish = self.wish()
        if wish is not None and not self.busy:
            self.message.clear()
            who = "all" if wish.doctor_id is None else self.doctor.currentText()
            name = calendar_saving.file_name("visits", who, self.first.text())
            calendar_saving.ask_path(self, name, lambda path: self.export_to(path, wish))

    def export_to(self, path: Path, wish: ExportWish) -> None:
        self._work(True)

        def done(made: Exported) -> None:
            self._work(False)
            self.hide()
            self.toast_requested.emit(calendar_saving.told(made), False)

        def failed(error: ClinicDeskError) -> None:
            self._work(False)
            self.message.say_error(error)
            self.export_button.setFocus()

        calendar_saving.write(self.context, path, wish, done=done, failed=failed)

    def _work(self, on: bool) -> None:
        self.busy = on
        self.progress.setVisible(on)
        self.export_button.setEnabled(not on)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.close_button_.hasFocus():
                self.reject()
            else:
                self.choose()
            return
        super().keyPressEvent(event)
