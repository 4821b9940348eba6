"""Hand visits or patients on as a file: whose, from when to when, in which format, where to."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QProgressBar, QWidget

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.spans import at_local, local_date
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.paper_commands import NoteHandedOn
from clinic_desk.services.when import parse_day
from clinic_desk.ui.models import calendar_saving, words
from clinic_desk.ui.models.handing_on import hand_on
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import Tone
from clinic_desk.ui.widgets.forms.bits import BADGE, InkLabel, badge_icon, field_label, push
from clinic_desk.ui.widgets.forms.card import CardDialog
from clinic_desk.ui.widgets.forms.message import InlineMessage

SIZE = QSize(560, 420)
USUAL = timedelta(weeks=8)
VISITS, CHOSEN, PATIENTS = "visits", "chosen", "patients"
FORMATS = ((".ics", "Calendar file (.ics)"), (".csv", "Table (.csv)"))
SAID = {
    ".ics": "Visits with their series as an iCalendar file (.ics), which this program and other "
    "calendars can read.",
    ".csv": "One row for each, for a spreadsheet; nothing in it is run as a formula.",
}
SECRET = "It holds patients’ names: keep it where only you see it."


class ExportDialog(CardDialog):
    """``toast_requested`` says how many visits were written, and where to; ``import_requested``
    asks for the other direction."""

    toast_requested = Signal(str, bool)
    import_requested = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context.theme, "Export", parent)
        self.context = context
        self.source = RosterSource(context.operations, self)
        theme = context.theme
        self.busy = False
        self._chosen = ExportWish()
        self.message = InlineMessage(theme, self)
        self.what = QComboBox(self)
        self.doctor = QComboBox(self)
        self.doctor.setIconSize(BADGE)
        self.first, self.last = QLineEdit(self), QLineEdit(self)
        self.first.setPlaceholderText("from the beginning")
        self.last.setPlaceholderText("no end")
        self.matching = QLineEdit(self)
        self.matching.setPlaceholderText("name, phone or birth date")
        self.matching.setMaxLength(200)
        self.format = QComboBox(self)
        for ending, text in FORMATS:
            self.format.addItem(text, ending)
        self.told = InkLabel(theme, "", role="grid", ink="text2", wrap=True)
        self.progress = QProgressBar(self)
        self.progress.setRange(0, 0)
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName("Writing the file")
        self.progress.hide()
        self.import_button = push("&Import…", self)
        self.import_button.setToolTip("Take in patient lists (CSV) and diaries (iCalendar)")
        self.close_button_ = push("Cancel", self)
        self.export_button = push("&Export…", self, "primary")
        self.labels: dict[QWidget, QLabel] = {}
        self._lay_out()
        self.keep_size(SIZE)
        self.what.activated.connect(lambda _row: self._show())
        self.format.activated.connect(lambda _row: self._show())
        self.import_button.clicked.connect(self._import)
        self.close_button_.clicked.connect(self.reject)
        self.export_button.clicked.connect(self.choose)
        self.source.changed.connect(self._fill)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget], ...] = (
            ("&What", self.what), ("&Doctor", self.doctor), ("&From", self.first),
            ("&To", self.last), ("&Patients", self.matching), ("For&mat", self.format),
        )  # fmt: skip
        for number, (text, field) in enumerate(rows):
            self.labels[field] = field_label(text, field, self.theme, self)
            field.setAccessibleName(text.replace("&", ""))
            grid.addWidget(self.labels[field], number, 0)
            grid.addWidget(field, number, 1)
        self.body.addWidget(self.message)
        self.body.addLayout(grid)
        self.body.addWidget(self.told)
        self.body.addStretch(1)
        self.body.addWidget(self.progress)
        self.footer_row.addWidget(self.import_button)
        self.footer_row.addStretch(1)
        self.footer_row.addWidget(self.close_button_)
        self.footer_row.addWidget(self.export_button)

    def start(
        self,
        *,
        chosen: ExportWish | None = None,
        about: str = "",
        matching: str = "",
        importer: bool = True,
    ) -> None:
        """From today on, for the coming weeks. ``chosen`` are visits that were picked before,
        ``about`` says which they are; ``matching`` begins with the patients whom it finds."""
        self.import_button.setVisible(importer)
        if not self.busy:
            self.message.clear()
            today = self._today()
            self.first.setText(words.date_words(today))
            self.last.setText(words.date_words(today + USUAL))
            self.matching.setText(matching)
            self.what.clear()
            if chosen is not None:
                self._chosen = chosen
                told = words.plural(len(chosen.visit_ids or ()), "visit")
                self.what.addItem(f"{about} ({told})" if about else told, CHOSEN)
            self.what.addItem("Visits", VISITS)
            self.what.addItem("Patients found by a search", PATIENTS)
            self.what.setCurrentIndex(self.what.findData(PATIENTS) if matching else 0)
        self._fill()
        self._show()
        self.show()
        self.raise_()
        self.activateWindow()
        (self.matching if matching else self.what).setFocus()

    def _show(self) -> None:
        """What the choice has no use for is not asked."""
        what = self.what.currentData()
        shown = {
            self.doctor: what == VISITS, self.first: what == VISITS, self.last: what == VISITS,
            self.matching: what != CHOSEN, self.format: what != PATIENTS,
        }  # fmt: skip
        for field, visible in shown.items():
            field.setVisible(visible)
            self.labels[field].setVisible(visible)
        self.labels[self.matching].setText("&Search" if what == PATIENTS else "&Patients")
        self.told.setText(f"{SAID[self._ending()]} {SECRET}")

    def _ending(self) -> str:
        patients = self.what.currentData() == PATIENTS
        return ".csv" if patients else str(self.format.currentData())

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
        """What the fields say; None after saying which of them is wrong."""
        if self.what.currentData() == CHOSEN:
            return self._chosen
        days: list[date | None] = []
        for field in (self.first, self.last):
            text = field.text().strip()
            day = parse_day(text, self._today()) if text else None
            if text and day is None:
                self._refuse(field, f"“{text[:40]}” is no day: write 1 dec, 24.12.2026 or +2w.")
                return None
            days.append(day)
        first, last = days
        if first is not None and last is not None and last < first:
            self._refuse(self.last, "The last day lies before the first one.")
            return None
        return ExportWish(
            doctor_id=self.doctor.currentData(),
            first=self._midnight(first),
            last=self._midnight(last + timedelta(days=1)) if last is not None else None,
            matching=self.matching.text().strip(),
        )

    def _refuse(self, field: QLineEdit, sentence: str) -> None:
        self.message.say(Tone.WARN, sentence)
        field.setFocus()
        field.selectAll()

    def _midnight(self, day: date | None) -> datetime | None:
        return None if day is None else at_local(day, 0, self.source.zone)

    def choose(self) -> None:
        """Asks where to, when the fields say what."""
        if self.busy:
            return
        if self.what.currentData() == PATIENTS:
            text = self.matching.text().strip()
            if not text:
                self._refuse(self.matching, "Say whom: part of a name, a number or a birth date.")
                return
            self.message.clear()
            shown = "" if CURTAIN.on else text  # what was looked for may be a name
            name = calendar_saving.file_name("patients", shown, ending=".csv")
            calendar_saving.ask_path(self, name, lambda path: self.export_patients(path, text))
            return
        wish = self.wish()
        if wish is not None:
            self.message.clear()
            who = "all" if wish.doctor_id is None else self.doctor.currentText()
            parts = ("visits", "chosen") if wish.visit_ids else ("visits", who, self.first.text())
            name = calendar_saving.file_name(*parts, ending=self._ending())
            calendar_saving.ask_path(self, name, lambda path: self.export_to(path, wish))

    def export_to(self, path: Path, wish: ExportWish) -> None:
        def done(made: Exported) -> None:
            self._finished(calendar_saving.told(made))

        self._work(True)
        title = f"Visits: {self.what.currentText()}" if wish.visit_ids else "Visits"
        if wish.doctor_id is not None:
            title = f"Visits of {self.doctor.currentText()}"
        calendar_saving.write(self.context, path, wish, done=done, failed=self._failed, title=title)

    def export_patients(self, path: Path, text: str) -> None:
        make = self.context.exporter
        if make is None:
            return

        def done(number: int) -> None:
            found = words.plural(number, "patient")
            self._finished(
                f"Exported {found}: {path}"
                if number
                else f"Nobody matches “{text}”; {path} is empty"
            )

        self._work(True)
        hand_on(
            self.context.operations,
            NoteHandedOn(title="Patients found by a search", kind="csv", initiator="export"),
            lambda _queries: make().patients(path, text),
            done=done,
            failed=self._failed,
        )

    def _finished(self, sentence: str) -> None:
        self._work(False)
        self.hide()
        self.toast_requested.emit(sentence, False)

    def _failed(self, error: ClinicDeskError) -> None:
        self._work(False)
        self.message.say_error(error)
        self.export_button.setFocus()

    def _import(self) -> None:
        if not self.busy:
            self.hide()
            self.import_requested.emit()

    def _work(self, on: bool) -> None:
        self.busy = on
        self.progress.setVisible(on)
        self.export_button.setEnabled(not on)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.close_button_.hasFocus():
                self.reject()
            elif self.import_button.hasFocus():
                self._import()
            else:
                self.choose()
            return
        super().keyPressEvent(event)
