"""Printing in the real window: Ctrl+P, preview, options, PDF, printers that fail or are missing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QFileDialog
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import Fault
from clinic_desk.services.paper import SheetKind
from clinic_desk.services.paper_commands import HANDED_ON_KEY
from clinic_desk.ui.main_window import MainWindow, printing
from clinic_desk.ui.paper.dialog import PrintDialog
from clinic_desk.ui.paper.marks import Sheet
from clinic_desk.ui.paper.printers import Printers
from clinic_desk.ui.runtime.privacy import CURTAIN
from tests.ui.test_shell_window import CTRL, cells, press

Key = Qt.Key
LEFT = Qt.MouseButton.LeftButton


pytestmark = pytest.mark.usefixtures("long_waits")


class Shelf:
    """Printers that keep what they were given."""

    def __init__(self, *names: str) -> None:
        self.there = list(names)
        self.given: list[tuple[Sheet, str, int, str]] = []
        self.trouble: Fault | None = None

    def put(self, sheet: Sheet, name: str, copies: int, job: str) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.given.append((sheet, name, copies, job))

    def plug(self, dialog: PrintDialog) -> None:
        dialog.printers = Printers(lambda: self.there, self.put)


def ready(dialog: PrintDialog, qtbot: QtBot, kind: SheetKind) -> Sheet:
    """The dialog with finished pages of that kind, the first of them drawn."""

    def there() -> bool:
        sheet = dialog.sheet
        shown = sheet is not None and dialog.isVisible() and dialog.options.kind is kind
        return shown and dialog.preview.sheet is sheet and dialog.preview.drawn(0)

    qtbot.waitUntil(there)
    assert dialog.sheet is not None
    return dialog.sheet


def by_key(window: MainWindow, qtbot: QtBot, kind: SheetKind = SheetKind.DAY) -> PrintDialog:
    press(qtbot, window, Key.Key_P, CTRL)
    qtbot.waitUntil(lambda: window.findChild(PrintDialog) is not None)
    dialog = printing.dialog(window)
    ready(dialog, qtbot, kind)
    return dialog


def choose(box: QComboBox, value: object) -> None:
    """As a person picks a line of a list."""
    row = next(row for row in range(box.count()) if box.itemData(row) == value)
    box.setCurrentIndex(row)
    box.activated.emit(row)


def told(sheet: Sheet) -> str:
    return " ".join(sheet.texts())


def test_ctrl_p_prints_the_day_on_the_screen_and_keys_walk_its_pages(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = by_key(window, qtbot)
    sheet = dialog.sheet
    assert sheet is not None
    assert sheet.title == "Day sheet · Tue 24 Nov 2026"
    for cell in cells(window):
        if cell.patient_id is not None and cell.status.value not in ("cancelled", "held"):
            assert "".join(cell.listed_name.split()) in "".join(told(sheet).split())
    assert "M. Keller" in told(sheet)
    assert "Printed Tue 24 Nov 2026 10:42" in told(sheet)
    pages = len(sheet.pages)
    assert pages > 1
    assert dialog.place.text() == f"Page 1 of {pages}"
    qtbot.keyClick(dialog.preview, Key.Key_PageDown)
    assert dialog.place.text() == f"Page 2 of {pages}"
    qtbot.keyClick(dialog.preview, Key.Key_Home)
    assert dialog.place.text() == f"Page 1 of {pages}"
    qtbot.mouseClick(dialog.forth, LEFT)
    assert dialog.place.text() == f"Page 2 of {pages}"
    qtbot.keyClick(dialog.preview, Key.Key_End)
    assert not dialog.forth.isEnabled()
    before = dialog.preview.page_rect(0).width()
    qtbot.keyClick(dialog.preview, Key.Key_Plus, CTRL)
    assert dialog.preview.page_rect(0).width() > before
    assert dialog.zoom.text().endswith("%")
    qtbot.keyClick(dialog.preview, Key.Key_0, CTRL)
    assert dialog.zoom.text() == "Whole page"
    assert dialog.preview.page_rect(0).width() == before
    qtbot.keyClick(dialog, Key.Key_Escape)
    qtbot.waitUntil(lambda: not dialog.isVisible())


@pytest.mark.parametrize(
    ("view", "kind", "title"),
    [
        ("week", SheetKind.WEEK, "Week · Mon 23 Nov 2026 – Sun 29 Nov 2026"),
        ("month", SheetKind.MONTH, "Month · November 2026"),
        ("agenda", SheetKind.AGENDA, "Agenda · Tue 24 Nov 2026 – Mon 30 Nov 2026"),
    ],
)
def test_what_is_on_the_screen_is_what_is_printed(
    window: MainWindow, qtbot: QtBot, view: str, kind: SheetKind, title: str
) -> None:
    window.set_view(view)
    qtbot.waitUntil(lambda: window.page.view == view and not window.page.loader.waiting)
    dialog = by_key(window, qtbot, kind)
    assert dialog.sheet is not None
    assert dialog.sheet.title == title
    dialog.reject()


def test_the_filtered_agenda_is_printed_filtered_and_says_so(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.set_view("agenda")
    qtbot.waitUntil(lambda: window.page.agenda.model.visits > 0)
    qtbot.keyClicks(window.page.agenda.text, "singh")
    shown = window.page.agenda.shown()
    assert shown
    dialog = by_key(window, qtbot, SheetKind.AGENDA)
    assert dialog.sheet is not None
    assert dialog.sheet.rows == len(shown)
    assert "only: singh" in told(dialog.sheet)
    dialog.reject()


def test_the_waiting_list_is_printed_from_its_page(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("waitlist")
    qtbot.waitUntil(lambda: window.centre.page == "waitlist")
    window.actions_["file.print"].trigger()
    ready(printing.dialog(window), qtbot, SheetKind.WAITING)
    printing.dialog(window).reject()


def test_the_doctors_view_prints_that_doctors_day(window: MainWindow, qtbot: QtBot) -> None:
    doctor = window.context.operations.queries.roster().doctors[cells(window)[0].doctor_id]
    window.show_page("doctor", doctor.code)
    page: Any = window.centre.shown_page
    qtbot.waitUntil(lambda: page.source.doctor_id == doctor.id)
    window.actions_["file.print"].trigger()
    dialog = printing.dialog(window)
    sheet = ready(dialog, qtbot, SheetKind.DAY)
    assert doctor.name in told(sheet)
    others = window.context.operations.queries.roster().doctors.values()
    assert not [one.name for one in others if one.id != doctor.id and one.name in told(sheet)]
    dialog.reject()


def test_behind_the_curtain_the_preview_tells_nobody_and_the_paper_stays_whole(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = by_key(window, qtbot)
    rect = dialog.preview.page_rect(0)
    middle = rect.center().y() - rect.height() // 3

    def dark() -> int:
        image = dialog.preview.viewport().grab(rect).toImage()
        row = middle - rect.top()
        return sum(image.pixelColor(x, y).lightness() < 128
                   for x in range(4, image.width() - 4) for y in range(row, row + 40))  # fmt: skip

    assert dark() > 0
    CURTAIN.draw()
    try:
        qtbot.waitUntil(lambda: dark() == 0)
        assert dialog.sheet is not None
        assert cells(window)[0].last_name in told(dialog.sheet)
    finally:
        CURTAIN.lift()
    qtbot.waitUntil(lambda: dark() > 0)
    dialog.reject()


def test_options_are_obeyed_and_remembered(window: MainWindow, qtbot: QtBot) -> None:
    dialog = by_key(window, qtbot)
    options = dialog.options
    first = cells(window)[0]
    assert first.last_name in told(dialog.sheet)  # type: ignore[arg-type]

    choose(options.names, "initials")
    qtbot.waitUntil(lambda: dialog.sheet is not None and first.last_name not in told(dialog.sheet))
    choose(options.paper, "Letter")
    choose(options.turned, False)
    qtbot.waitUntil(
        lambda: dialog.sheet is not None and (dialog.sheet.width, dialog.sheet.height) == (612, 792)
    )
    choose(options.columns, 2)
    choose(options.type_size, 12)
    qtbot.waitUntil(
        lambda: (
            dialog.sheet is not None
            and dialog.sheet.type_size == 12
            and len(dialog.sheet.pages) >= 3
        )
    )
    if options.fields["type"].isChecked():
        qtbot.mouseClick(options.fields["type"], LEFT)
    qtbot.waitUntil(lambda: dialog.sheet is not None and "Follow-up" not in told(dialog.sheet))
    choose(options.by, "room")
    qtbot.waitUntil(lambda: dialog.sheet is not None and "Room 1" in told(dialog.sheet))
    assert not options.doctors.isVisible()
    dialog.reject()
    get = window.settings.get
    assert get("paper.names") == "initials"
    assert get("paper.size") == "Letter"
    assert get("paper.turned") == {"day": False}
    assert (get("paper.columns"), get("paper.type_size")) == (2, 12)
    assert "type" not in get("paper.fields")
    stored = window.context.operations.queries.setting
    qtbot.waitUntil(lambda: stored("paper.fields", "desk") == get("paper.fields"))
    again = by_key(window, qtbot)
    assert again.sheet is not None
    assert again.sheet.size == "Letter"
    assert again.options.columns.currentData() == 2
    assert again.options.by.currentData() == "doctor"  # that follows the screen
    again.reject()


def test_the_hours_of_a_sheet_can_be_chosen_and_a_wrong_pair_is_told(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = by_key(window, qtbot)
    choose(dialog.options.opens, 12)
    choose(dialog.options.closes, 9)
    assert "ends before it begins" in dialog.message.sentence
    assert not dialog.pdf_button.isEnabled()
    dialog.reject()
    press(qtbot, window, Key.Key_P, CTRL)  # what was chosen is remembered, and still told
    qtbot.waitUntil(lambda: "ends before it begins" in dialog.message.sentence)
    choose(dialog.options.closes, 18)
    qtbot.waitUntil(
        lambda: dialog.sheet is not None and "outside these hours" in told(dialog.sheet)
    )
    assert dialog.message.sentence == ""
    assert dialog.pdf_button.isEnabled()
    dialog.reject()


def test_a_day_that_is_none_is_told_at_once(window: MainWindow, qtbot: QtBot) -> None:
    dialog = by_key(window, qtbot)
    field = dialog.options.first
    for typed, sentence in (
        ("someday", "is no day"), ("+3d", "lies before"), ("1.1.2020", "92 days"),
    ):  # fmt: skip
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Key.Key_Tab)
        assert sentence in dialog.message.sentence, typed
        assert not dialog.pdf_button.isEnabled()
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, "24.11.2026")
    qtbot.keyClick(field, Key.Key_Tab)
    last = dialog.options.last
    last.setFocus()
    last.selectAll()
    qtbot.keyClicks(last, "26.11.2026")
    qtbot.keyClick(last, Key.Key_Tab)
    qtbot.waitUntil(lambda: dialog.sheet is not None and "26 Nov" in dialog.sheet.title)
    assert dialog.message.sentence == ""
    dialog.reject()


def test_a_pdf_is_saved_and_the_history_tells_of_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    toasts: list[str] = []
    dialog = by_key(window, qtbot)
    dialog.told.connect(lambda sentence, _undo: toasts.append(sentence))
    sheet = dialog.sheet
    assert sheet is not None
    qtbot.mouseClick(dialog.pdf_button, LEFT)
    (asking,) = dialog.findChildren(QFileDialog)
    assert asking.selectedFiles()[0].endswith("day-sheet-tue-24-nov-2026.pdf")
    asking.reject()
    path = tmp_path / "day"
    dialog.save_pdf(path)
    qtbot.waitUntil(lambda: bool(toasts))
    assert toasts == [f"Saved {path}.pdf"]
    assert not dialog.isVisible()
    pages = PdfReader(tmp_path / "day.pdf").pages
    assert len(pages) == len(sheet.pages)
    words = pages[0].extract_text().replace("\u00a0", " ")  # figures can be searched and copied
    assert "Day sheet · Tue 24 Nov 2026" in words
    assert "10:00" in words
    noted: Any = window.context.operations.queries.setting(HANDED_ON_KEY, "clinic")
    assert noted["what"] == "Day sheet · Tue 24 Nov 2026"
    assert noted["format"] == "pdf"
    assert noted["rows"] == sheet.rows


def test_a_place_that_cannot_be_written_is_told_and_the_dialog_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = by_key(window, qtbot)
    dialog.save_pdf(tmp_path / "no such folder" / "day.pdf")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.message.sentence)
    assert dialog.isVisible()
    assert dialog.pdf_button.isEnabled()
    dialog.reject()


def test_without_a_printer_one_sentence_says_what_is_left(window: MainWindow, qtbot: QtBot) -> None:
    dialog = printing.dialog(window)
    shelf = Shelf()
    shelf.plug(dialog)
    by_key(window, qtbot)
    qtbot.waitUntil(dialog.none.isVisible)
    assert "save the sheet as PDF" in dialog.none.text()
    assert not dialog.print_button.isEnabled()
    assert not dialog.printer.isVisible()
    qtbot.keyClick(dialog.preview, Key.Key_Return)  # what Enter can still do
    (asking,) = dialog.findChildren(QFileDialog)
    asking.reject()
    dialog.reject()


def test_a_printer_gets_the_pages_by_name_and_number_of_copies(
    window: MainWindow, qtbot: QtBot
) -> None:
    dialog = printing.dialog(window)
    shelf = Shelf("Reception", "Back office")
    shelf.plug(dialog)
    toasts: list[str] = []
    dialog.told.connect(lambda sentence, _undo: toasts.append(sentence))
    by_key(window, qtbot)
    qtbot.waitUntil(dialog.print_button.isEnabled)
    sheet = dialog.sheet
    dialog.printer.setCurrentText("Back office")
    dialog.copies.setValue(3)
    shelf.trouble = Fault("not_printed", "Back office did not take the sheet.")
    qtbot.mouseClick(dialog.print_button, LEFT)
    qtbot.waitUntil(lambda: "did not take" in dialog.message.sentence)
    assert dialog.isVisible()
    shelf.trouble = None
    qtbot.keyClick(dialog.preview, Key.Key_P, CTRL)
    qtbot.waitUntil(lambda: bool(toasts))
    assert shelf.given == [(sheet, "Back office", 3, "Day sheet")]
    assert toasts[0].endswith("sent to Back office")
    noted: Any = window.context.operations.queries.setting(HANDED_ON_KEY, "clinic")
    assert noted["format"] == "paper"


def test_the_slip_of_the_chosen_visit_is_in_the_list(window: MainWindow, qtbot: QtBot) -> None:
    cell = next(cell for cell in cells(window) if cell.patient_id is not None)
    window.page.select_visit(cell.id)
    qtbot.waitUntil(lambda: window.page.current_cell() is not None)
    dialog = by_key(window, qtbot)
    assert dialog.options.what.findData(SheetKind.PATIENT) >= 0
    choose(dialog.options.what, SheetKind.SLIP)
    sheet = ready(dialog, qtbot, SheetKind.SLIP)
    assert cell.last_name in told(sheet)
    assert cell.confirmation_code in told(sheet)
    assert not dialog.options.names.isVisible()
    dialog.reject()


def test_a_card_prints_its_slip_and_a_page_a_patients_list(
    window: MainWindow, qtbot: QtBot
) -> None:
    cell = next(cell for cell in cells(window) if cell.patient_id is not None)
    window.doors.visit(cell.id)
    card = window.doors.appointment
    qtbot.waitUntil(lambda: card.isVisible() and card.view is not None)
    qtbot.keyClick(card, Key.Key_P, CTRL)
    dialog = printing.dialog(window)
    sheet = ready(dialog, qtbot, SheetKind.SLIP)
    assert cell.last_name in told(sheet)
    assert not card.isVisible()
    dialog.reject()
    assert window.show_page("print", ("patient", cell.patient_id))
    sheet = ready(dialog, qtbot, SheetKind.PATIENT)
    assert sheet.title.startswith("Appointments · ")
    assert cell.last_name in sheet.title
    dialog.reject()


def test_behind_the_curtain_no_file_is_named_after_a_patient(
    window: MainWindow, qtbot: QtBot
) -> None:
    cell = next(cell for cell in cells(window) if cell.patient_id is not None)
    assert window.show_page("print", ("patient", cell.patient_id))
    dialog = printing.dialog(window)
    sheet = ready(dialog, qtbot, SheetKind.PATIENT)
    patient = window.context.operations.queries.patient(cell.patient_id or "").patient
    number = patient.record_number
    assert number

    def suggested() -> str:
        qtbot.mouseClick(dialog.pdf_button, LEFT)
        asking = dialog.findChildren(QFileDialog)[-1]
        name = Path(asking.selectedFiles()[0]).name
        asking.reject()
        return name

    assert plain_name(patient.last_name) in suggested()
    CURTAIN.draw()
    try:
        assert suggested() == f"appointments-{number.lower()}.pdf"
    finally:
        CURTAIN.lift()
    assert plain_name(patient.last_name) in sheet.file_name()
    dialog.reject()


def plain_name(name: str) -> str:
    return "-".join(name.lower().replace("'", "-").replace("’", "-").split())


def test_what_is_pressed_before_the_pages_are_there_prints_what_was_chosen(
    window: MainWindow, qtbot: QtBot
) -> None:
    """A slow computer: the old pages still stand in the preview."""
    dialog = printing.dialog(window)
    shelf = Shelf("Reception")
    shelf.plug(dialog)
    by_key(window, qtbot)
    qtbot.waitUntil(dialog.print_button.isEnabled)
    choose(dialog.options.what, SheetKind.AGENDA)
    qtbot.mouseClick(dialog.print_button, LEFT)
    assert shelf.given == []
    qtbot.waitUntil(lambda: bool(shelf.given))
    assert shelf.given[0][0].title.startswith("Agenda")
    assert shelf.given[0][3] == "Agenda"
    qtbot.waitUntil(lambda: not dialog.isVisible())


def test_another_week_and_month_snap_to_their_first_day(window: MainWindow, qtbot: QtBot) -> None:
    window.go_to(date(2026, 12, 10))
    qtbot.waitUntil(lambda: window.page.day == date(2026, 12, 10))
    dialog = by_key(window, qtbot)
    choose(dialog.options.what, SheetKind.WEEK)
    assert "7 Dec" in ready(dialog, qtbot, SheetKind.WEEK).title
    choose(dialog.options.what, SheetKind.MONTH)
    assert ready(dialog, qtbot, SheetKind.MONTH).title == "Month · December 2026"
    assert not dialog.options.last.isVisible()
    assert dialog.options.first.text() == "10 Dec 2026"
    choose(dialog.options.what, SheetKind.DAY)
    assert ready(dialog, qtbot, SheetKind.DAY).title == "Day sheet · Thu 10 Dec 2026"
    choose(dialog.options.what, SheetKind.CALLS)
    sheet = ready(dialog, qtbot, SheetKind.CALLS)
    assert sheet.title.startswith("Call list")
    dialog.reject()
