"""The set-up of a clinic through real keys: from an empty folder to a booked visit, and back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from clinic_desk.app.container import build
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import AddPatient
from clinic_desk.services.setup_commands import EndPractice
from clinic_desk.ui.importing.dialog import ImportDialog
from clinic_desk.ui.main_window import first_steps
from clinic_desk.ui.widgets.forms.swatches import SwatchField
from clinic_desk.ui.wizard import keeping
from clinic_desk.ui.wizard.doctors import DoctorsStep
from clinic_desk.ui.wizard.hours import HoursStep
from clinic_desk.ui.wizard.offers import OffersStep, TypeLine
from clinic_desk.ui.wizard.step import FormStep
from tests.fakes.first_start import ALT, CTRL, FirstStart, Key, through_to

ROOT = Path(__file__).parents[2]
Open = Callable[[], FirstStart]


@pytest.fixture
def started(tmp_path: Path, qtbot: QtBot, qapp: QApplication) -> Iterator[Open]:
    opened: list[FirstStart] = []

    def start() -> FirstStart:
        for one in opened:
            one.close()
        opened[:] = [FirstStart(tmp_path)]
        return opened[0]

    yield start
    for one in opened:
        one.close()
    qapp.setStyleSheet("")
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    qapp.setProperty("mirrored", False)


def form(start: FirstStart, name: str) -> FormStep:
    step = start.page.named[name]
    assert isinstance(step, FormStep)
    return step


def hours(start: FirstStart) -> HoursStep:
    return start.page.hours


def doctors(start: FirstStart) -> DoctorsStep:
    step = start.page.named["doctors"]
    assert isinstance(step, DoctorsStep)
    return step


def offers(start: FirstStart) -> OffersStep:
    step = start.page.named["offers"]
    assert isinstance(step, OffersStep)
    return step


def test_from_an_empty_folder_to_a_booked_visit_with_the_keys_alone(started: Open) -> None:
    start = started()
    page = start.opened
    assert start.window.sidebar.isHidden()
    assert start.window.shelf.isHidden()
    through_to(start, "trying", ("Aylin Demir", "Jonas Hall"))
    roster = start.container.queries.roster()
    assert roster.practice.name == "Harbour Family Practice"
    assert (roster.practice.locale, roster.practice.currency) == ("en_GB", "GBP")
    assert sorted(row.code for row in roster.doctors.values()) == ["AD", "JH"]
    assert len({row.colour for row in roster.doctors.values()}) == 2
    assert len(roster.templates) == 10
    assert all(row.breaks for row in roster.templates)
    assert page.draft.done == {"region", "clinic", "hours", "doctors", "offers", "data", "account"}
    # the guided booking, in the real window
    start.press(Key.Key_Return)
    start.until(lambda: start.window.centre.page == "calendar" and page.draft.practice_id)
    start.until(lambda: start.window.page.grid().slice is not None)
    assert not start.window.sidebar.isHidden()
    start.press(Key.Key_N, CTRL)
    dialog = start.window.doors.booking
    start.until(dialog.isVisible)
    start.type("practice")
    start.press(Key.Key_Return)
    start.until(lambda: dialog.caller.known and dialog.openings.current is not None)
    start.press(Key.Key_Return, CTRL)
    start.until(lambda: start.window.centre.page == "wizard")
    assert "Ready" in page.trying.done.text()
    assert start.container.queries.info().counts["patient"] == 0
    assert start.container.queries.info().counts["appointment"] == 0
    start.press(Key.Key_Return)
    start.until(lambda: start.window.centre.page == "calendar")
    start.until(lambda: start.container.queries.setting("setup.done", "clinic") is True)
    # a visit of the clinic's own
    start.press(Key.Key_N, CTRL)
    start.until(dialog.isVisible)
    start.type("Lee, Ana")
    start.press(Key.Key_Return)
    start.until(lambda: dialog.who.new_row.isVisible())
    start.press(Key.Key_Return, CTRL)
    start.until(lambda: start.container.queries.info().counts["appointment"] == 1)
    start.until(lambda: not dialog.isVisible())
    # practice has used none of the clinic's numbers up
    hits = start.container.queries.search_patients("Lee")
    mine = start.container.queries.patient(hits[0].id)
    assert mine.patient.record_number == "P000001"
    assert mine.visits
    code = start.container.queries.appointment(mine.visits[0].id).cell.confirmation_code
    assert str(code).startswith("APT-")
    assert str(code).endswith("-0001")
    assert start.container.maintenance.verify() == []
    start = started()
    assert start.window.centre.page == "calendar", "a clinic that is set up opens with its day"


@pytest.mark.parametrize("step", ["region", "clinic", "hours", "doctors", "offers", "data"])
def test_leaving_at_a_step_and_coming_back_goes_on_there(started: Open, step: str) -> None:
    start = started()
    through_to(start, step)
    typed = {
        "region": lambda: start.retype(form(start, "region").form.rows["country"].widget, "Narni"),
        "clinic": lambda: start.type("Half a na"),
        "hours": lambda: start.type("8:1"),
        "doctors": lambda: start.type("Dr Half"),
        "offers": lambda: start.retype(offers(start).types.lines[1].fields["price_minor"], "12,"),
        "data": lambda: None,
    }
    typed[step]()
    raws = start.page.current.raws()
    done = set(start.page.draft.done)
    start.press(Key.Key_Escape)
    start.until(lambda: start.window.centre.page != "wizard")
    start = started()
    page = start.opened
    assert page.current.name == step
    assert page.current.raws() == raws
    assert page.draft.done == done


def test_a_program_that_is_killed_comes_back_with_what_was_typed(
    started: Open, tmp_path: Path
) -> None:
    code = (
        "import sys\nfrom pathlib import Path\n"
        "from PySide6.QtWidgets import QApplication\n"
        "app = QApplication([])\n"
        "from tests.fakes.first_start import FirstStart, through_to\n"
        "start = FirstStart(Path(sys.argv[1]))\n"
        "through_to(start, 'doctors')\n"
        "start.type('Dr Fatma')\n"
        "app.exec()\n"
    )
    program = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], cwd=ROOT,
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        _until_kept(tmp_path, "Dr Fatma", program)
    finally:
        program.send_signal(signal.SIGKILL)
        program.communicate()
    start = started()
    assert start.opened.current.name == "doctors"
    who = doctors(start).lines[0].who
    assert who.text() == "Dr Fatma"
    # and typing goes on where it was left
    start.until(who.hasFocus)
    start.type(" Yilmaz")
    assert who.text() == "Dr Fatma Yilmaz"
    assert start.container.queries.roster().practice.name == "Harbour Family Practice"
    assert start.container.maintenance.verify() == []


def _until_kept(data: Path, text: str, program: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        assert program.poll() is None, program.communicate()[1]
        if (data / "clinic.db").exists():
            container = build(data)
            try:
                draft = keeping.read(container.queries)
            finally:
                container.close()
            if text in str(draft.typed.get("doctors")):
                return
        time.sleep(0.2)
    raise AssertionError("it was never kept")


def test_each_step_is_one_undo_step_and_what_nobody_touched_follows(started: Open) -> None:
    start = started()
    through_to(start, "offers")
    undo = start.window.actions_["edit.undo"]
    start.until(lambda: start.window.undoing.state.undo_label == "Add 1 doctor")
    undo.trigger()
    start.until(lambda: not start.container.queries.roster().doctors)
    assert not start.container.queries.roster().templates
    start.until(lambda: not doctors(start).list.filled())
    undo.trigger()
    start.until(lambda: start.container.queries.roster().practice.name == "My clinic")
    start.window.actions_["edit.redo"].trigger()
    start.until(lambda: start.container.queries.roster().practice.name == "Harbour Family Practice")
    assert start.container.maintenance.verify() == []


def test_the_country_brings_week_money_and_direction(started: Open) -> None:
    start = started()
    assert start.opened.current is form(start, "region")
    start.retype(form(start, "region").form.rows["country"].widget, "Egypt")
    popup = QApplication.activePopupWidget()
    if popup is not None:
        QTest.keyClick(popup, Key.Key_Escape)
    values = form(start, "region").values()
    assert (values["currency"], values["first_weekday"], values["direction"]) == ("EGP", 5, "rtl")
    start.press(Key.Key_Return)
    start.until(lambda: start.page.current.name == "clinic")
    start.quiet()
    start.until(lambda: start.window.layoutDirection() is Qt.LayoutDirection.RightToLeft)
    practice = start.container.queries.roster().practice
    assert (practice.locale, practice.currency, practice.phone_country) == ("ar_EG", "EGP", "EG")
    assert form(start, "clinic").form.rows["zone"].field.value() == "Africa/Cairo"


LONG = "n" * 10_000
EMOJI = "🦷" * 10_000


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("name", "", "needs a name"),
        ("name", "   ", "needs a name"),
        ("name", LONG, "may have 120 characters; this one has 10,000"),
        ("name", EMOJI, "may have 120 characters; this one has 10,000"),
        ("zone", "Mars/Olympus", "“Mars/Olympus” is no time zone"),
        ("zone", "", "Choose the clock"),
        ("site", LONG, "may have 120 characters"),
        ("address", LONG, "may have 500 characters"),
    ],
)
def test_bad_input_about_the_clinic_is_said_at_its_field(
    started: Open, field: str, text: str, words: str
) -> None:
    start = started()
    through_to(start, "clinic")
    step = form(start, "clinic")
    start.type("Harbour")
    row = step.form.rows[field]
    if len(text) > 100:
        row.widget.setText(text)  # pasted
        row.widget.textEdited.emit(text)
        start.page.next.click()
    else:
        start.retype(row.widget, text)
        popup = QApplication.activePopupWidget()
        if popup is not None:
            QTest.keyClick(popup, Key.Key_Escape)
        start.page.next.click()
    start.quiet()
    assert start.page.current is step
    assert words in row.error.text()
    assert row.field.raw() == text
    assert start.container.queries.roster().practice.name == "My clinic"
    kept = start.page.current.raws()
    start = started()
    assert start.opened.current.raws() == kept, "nothing typed is lost, however long it is"


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("end", "8:00", "closing must come after opening"),
        ("start", "quarter past", "“quarter past” is no time"),
        ("lunch_end", "12:00", "must end after it starts"),
        ("lunch_start", "7:30", "lies outside the hours"),
        ("end", "", "a time is missing"),
    ],
)
def test_bad_hours_are_said_at_their_day(started: Open, name: str, text: str, words: str) -> None:
    start = started()
    through_to(start, "hours")
    row = hours(start).rows[0]
    start.retype(row.fields[name], text)
    start.press(Key.Key_Return)
    assert start.page.current is hours(start)
    assert words in row.error.text()
    assert row.fields[name].text() == text
    assert row.fields[name].property("invalid") == "true"


def test_doctors_with_one_code_and_names_that_are_none(started: Open) -> None:
    start = started()
    through_to(start, "doctors")
    step = doctors(start)
    for name in ("Aylin Demir", "Jonas Hall"):
        start.type(name)
        start.press(Key.Key_Return)
    start.retype(step.lines[1].code, "ad")
    start.page.next.click()
    assert "belongs to Aylin Demir" in step.lines[1].error.text()
    start.retype(step.lines[1].code, "JONAS")
    start.page.next.click()
    assert "one to three letters" in step.lines[1].error.text()
    start.retype(step.lines[1].code, "JH")
    step.lines[0].who.setText(LONG)
    start.page.next.click()
    assert "may have 120 characters" in step.lines[0].error.text()
    start.retype(step.lines[0].who, "🦷 Demir")
    start.retype(step.lines[1].who, "")
    start.retype(step.lines[1].specialty, "Dentistry")
    start.page.next.click()
    assert "needs a name" in step.lines[1].error.text()
    assert not start.container.queries.roster().doctors
    start.retype(step.lines[1].who, "Jonas Hall")
    start.page.next.click()
    start.until(lambda: len(start.container.queries.roster().doctors) == 2)
    start.quiet()


def test_prices_minutes_and_names_of_visit_types(started: Open) -> None:
    start = started()
    through_to(start, "offers")
    step = offers(start)
    first = step.types.lines[0]
    assert isinstance(first, TypeLine)
    for field, text, words in (
        ("price_minor", "12,3,4", "is no price"),
        ("price_minor", "-5", "cannot be negative"),
        ("duration", "soon", "is no whole number"),
        ("duration", "1", "lasts between"),
        ("name", "New patient", "already"),
        ("name", "   ", "needs a name"),
    ):
        before = first.part(field).raw()
        start.retype(first.fields[field], text)
        start.page.next.click()
        wrong = next(line for line in step.types.lines if line.error.text())
        assert words in wrong.error.text(), (field, text)
        assert start.page.current is step
        start.retype(first.fields[field], before)
    start.retype(first.fields["price_minor"], "60,50")
    last = step.types.lines[-1]
    start.retype(last.fields["name"], "Öğle aşısı")
    start.page.next.click()
    start.until(lambda: start.page.current.name == "data")
    start.quiet()
    types = {row.name: row for row in start.container.queries.roster().types.values()}
    assert types["Follow-up"].price_minor == 6050
    assert types["Öğle aşısı"].slug == "ogle-asisi"


def test_enters_and_names_typed_ahead_of_a_slow_machine_are_not_lost(started: Open) -> None:
    start = started()
    through_to(start, "clinic")
    start.type("Harbour")
    # nothing waits between the keys: three steps in one breath
    for _ in range(2):
        start.press(Key.Key_Return)
    start.until(lambda: start.page.current.name == "doctors")
    start.type("Wei Wu")
    start.press(Key.Key_Return)
    start.press(Key.Key_Return)
    start.until(lambda: start.page.current.name == "offers")
    start.quiet()
    roster = start.container.queries.roster()
    assert [row.name for row in roster.doctors.values()] == ["Wei Wu"]
    assert roster.practice.name == "Harbour"


def test_steps_are_passed_over_and_reached_with_alt_letters(started: Open) -> None:
    start = started()
    through_to(start, "hours")
    start.press(Key.Key_S, ALT)
    start.until(lambda: start.page.current.name == "doctors")
    start.type("Wei Wu")
    start.press(Key.Key_N, ALT)
    start.until(lambda: start.page.current.name == "offers")
    start.quiet()
    assert not start.container.queries.roster().templates, "hours that were skipped are nobody's"
    for name in ("doctors", "hours"):
        start.press(Key.Key_B, ALT)
        start.until(lambda name=name: start.page.current.name == name)
    start.enter("doctors")
    start.until(lambda: len(start.container.queries.roster().templates) == 5)


def test_the_wizard_of_a_clinic_that_is_set_up_shows_what_is_there(started: Open) -> None:
    start = started()
    through_to(start, "trying")
    start.page.next.click()
    start.until(lambda: start.window.centre.page == "calendar")
    start.window.actions_["setup.open"].trigger()
    page = start.opened
    assert page.current.name == "region"
    assert form(start, "clinic").form.rows["name"].field.value() == "Harbour Family Practice"
    assert [line.who.text() for line in doctors(start).list.filled()] == ["Aylin Demir"]
    assert not any(step.dirty for step in page.steps)


def test_a_guide_that_is_skipped_leaves_nobody_behind(started: Open) -> None:
    start = started()
    through_to(start, "trying")
    start.press(Key.Key_Return)
    start.until(lambda: start.page.draft.practice_id)
    patient = start.page.draft.practice_id
    start.until(lambda: start.window.centre.page == "calendar")
    # closed in the middle of it; the next start takes the patient away
    start = started()
    start.until(lambda: not start.container.queries.info().counts["patient"])
    start.until(lambda: not start.page.draft.practice_id)
    assert start.desk.execute(EndPractice(patient_id=patient)).value == 0
    assert start.container.maintenance.verify() == []


def test_only_the_practice_patient_is_ever_taken_away(started: Open) -> None:
    start = started()
    values = {"first_name": "Ana", "last_name": "Lee"}
    made = start.container.desk.execute(AddPatient(values=values))
    with pytest.raises(Refusal):
        start.container.desk.execute(EndPractice(patient_id=str(made.value)))


def test_import_is_opened_from_the_wizard_and_leads_back_to_it(started: Open) -> None:
    start = started()
    through_to(start, "trying")
    start.page.open("data")
    start.until(lambda: start.page.current.name == "data")
    start.press(Key.Key_I, ALT)

    def dialog() -> ImportDialog | None:
        shown = start.window.findChildren(ImportDialog)
        return next((one for one in shown if one.isVisible()), None)

    start.until(dialog)
    opened = dialog()
    assert opened is not None
    opened.reject()
    start.until(lambda: dialog() is None)
    assert start.window.centre.page == "wizard"
    assert start.page.current.name == "data"


def test_a_backup_is_restored_from_the_wizard(started: Open, tmp_path: Path) -> None:
    start = started()
    through_to(start, "data")
    assert start.container.queries.roster().practice.name == "Harbour Family Practice"
    kept = start.container.maintenance.backup(str(tmp_path / "kept.clinicdesk"))
    values = {"first_name": "Ana", "last_name": "Lee"}
    start.container.desk.execute(AddPatient(values=values))
    start.press(Key.Key_K, ALT)

    def chooser() -> QFileDialog | None:
        shown = start.window.findChildren(QFileDialog)
        return next((one for one in shown if one.isVisible()), None)

    start.until(chooser)
    files = chooser()
    assert files is not None
    name = files.findChild(QLineEdit, "fileNameEdit")
    assert isinstance(name, QLineEdit)
    name.setText(str(kept))
    start.until(lambda: files.selectedFiles() == [str(kept)])
    files.accept()
    start.until(lambda: start.container.queries.info().counts["patient"] == 0)
    start.until(lambda: start.window.centre.page == "calendar")
    assert start.container.queries.roster().practice.name == "Harbour Family Practice"
    assert start.container.maintenance.verify() == []


def test_the_practice_clinic_is_started_as_a_program_of_its_own(
    started: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[tuple[str, list[str]]] = []

    class Launcher:
        @staticmethod
        def startDetached(program: str, arguments: list[str], _folder: str) -> tuple[bool, int]:  # noqa: N802
            asked.append((program, arguments))
            return len(asked) == 1, 1

    monkeypatch.setattr(first_steps, "QProcess", Launcher)
    start = started()
    through_to(start, "data")
    start.press(Key.Key_P, ALT)
    start.until(lambda: asked)
    ((program, arguments),) = asked
    assert program == start.container.practice[0]
    assert arguments[-3:] == ["demo", "--data", str(tmp_path / "practice")]
    assert start.page.current.name == "data", "the clinic being set up stays where it is"
    start.until(lambda: "window of its own" in start.window.toast.text)
    # where it cannot be started, that is said
    start.press(Key.Key_P, ALT)
    start.until(lambda: len(asked) == 2)
    message = start.window.centre.message
    start.until(lambda: message.message and "could not be started" in message.message.sentence)


def test_a_slip_that_holds_for_all_days_is_told_once(started: Open) -> None:
    start = started()
    through_to(start, "hours")
    rows = hours(start).rows
    start.retype(rows[0].fields["end"], "8:00")
    start.press(Key.Key_Return)
    assert "closing must come after opening" in rows[0].error.text()
    for day in range(1, 5):
        assert rows[day].fields["end"].property("invalid") == "true"
        assert rows[day].error.isHidden()
    start.retype(rows[0].fields["end"], "17:00")
    assert not any(row.fields["end"].property("invalid") == "true" for row in rows.values())
    start.enter("doctors")


def test_heads_stand_over_their_columns_in_any_type(started: Open) -> None:
    start = started()
    through_to(start, "doctors")
    step = doctors(start)

    def aligned() -> bool:
        line = step.lines[0]
        heads = {label.text(): label for label, _width in step.list._heads}
        names = {"Title": "title", "Name": "name", "Specialty": "specialty", "Code": "code",
                 "Colour": "look"}  # fmt: skip
        zero = QPoint(0, 0)
        return all(
            abs(heads[words].mapTo(step, zero).x() - line.fields[name].mapTo(step, zero).x()) <= 1
            for words, name in names.items()
        )

    start.until(aligned)
    start.window.settings.put("look.scale", 150)
    start.until(lambda: start.window.context.theme.scale == 1.5)
    start.until(aligned)
    # nothing is removed from the line that waits
    assert step.lines[0].remover.isHidden()
    start.type("Aylin Demir")
    assert step.lines[0].remover.isVisible()
    assert step.lines[1].remover.isHidden()


def test_captions_turn_with_the_window(started: Open) -> None:
    start = started()
    assert start.opened.current is form(start, "region")
    start.retype(form(start, "region").form.rows["country"].widget, "Egypt")
    popup = QApplication.activePopupWidget()
    if popup is not None:
        QTest.keyClick(popup, Key.Key_Escape)
    start.press(Key.Key_Return)
    start.until(lambda: start.window.layoutDirection() is Qt.LayoutDirection.RightToLeft)
    side = Qt.AlignmentFlag.AlignHorizontal_Mask
    leant = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    closed = hours(start).rows[6].closed
    start.until(lambda: closed.alignment() & side == leant)
    start.window.settings.put("look.direction", "ltr")
    start.until(lambda: closed.alignment() & side == Qt.AlignmentFlag.AlignLeft)


def test_a_doctor_is_set_up_with_the_mouse_alone(started: Open) -> None:
    """All but the letters of the name, which a mouse has none of."""
    start = started()
    page = start.opened
    left = Qt.MouseButton.LeftButton
    QTest.mouseClick(page.next, left)
    start.until(lambda: page.current.name == "clinic")
    start.quiet()
    QTest.mouseClick(form(start, "clinic").form.rows["name"].widget, left)
    start.type("Harbour")
    QTest.mouseClick(page.next, left)
    start.until(lambda: page.current.name == "hours")
    start.quiet()
    saturday = hours(start).rows[5]
    QTest.mouseClick(saturday.open, left, pos=QPoint(8, saturday.open.height() // 2))
    assert saturday.fields["start"].text() == "09:00"
    QTest.mouseClick(page.next, left)
    start.until(lambda: page.current.name == "doctors")
    step = doctors(start)
    for number, name in enumerate(("Aylin Demir", "Jonas Hall")):
        QTest.mouseClick(step.lines[number].who, left)
        start.type(name)
    look = step.lines[0].look
    QTest.mouseClick(look, left)
    start.until(lambda: QApplication.activePopupWidget() is not None)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    assert look.screen().availableGeometry().contains(popup.geometry())
    swatches = popup.findChild(SwatchField)
    assert swatches is not None
    QTest.mouseClick(swatches, left, pos=swatches.spot(("plum", "dashed")).center())
    assert look.value() == ("plum", "dashed")
    popup.close()
    QTest.mouseClick(step.lines[1].remover, left)
    assert [line.who.text() for line in step.list.filled()] == ["Aylin Demir"]
    QTest.mouseClick(page.next, left)
    start.until(lambda: page.current.name == "offers")
    start.quiet()
    roster = start.container.queries.roster()
    (doctor,) = roster.doctors.values()
    assert (doctor.name, doctor.colour, doctor.pattern) == ("Aylin Demir", "plum", "dashed")
    assert {row.weekday for row in roster.templates} == {0, 1, 2, 3, 4, 5}
    # back to a step by its line in the list, and on by its line again
    for name in ("clinic", "offers"):
        place = [row.id for row in page.list.rows()].index(name)
        spot = page.list.visualItemRect(page.list.item(place)).center()
        QTest.mouseClick(page.list.viewport(), left, pos=spot)
        start.until(lambda name=name: page.current.name == name)
    QTest.mouseClick(page.back, left)
    assert page.current.name == "doctors"


def test_a_file_that_is_no_backup_changes_nothing(started: Open, tmp_path: Path) -> None:
    start = started()
    through_to(start, "data")
    stray = tmp_path / "letter.clinicdesk"
    stray.write_text("Dear Sir or Madam", encoding="utf-8")
    first_steps.restore(start.window, str(stray))
    message = start.window.centre.message
    start.until(lambda: message.isVisible() and message.message is not None)
    assert start.window.centre.page == "wizard"
    assert start.page.current.name == "data"
    assert start.container.queries.roster().practice.name == "Harbour Family Practice"
    assert start.container.maintenance.verify() == []


@pytest.mark.parametrize("zone", ["UTC", "Etc/UTC", "Etc/GMT-3"])
def test_a_computer_whose_clock_is_in_no_country_gets_a_country_proposed(
    tmp_path: Path, qtbot: QtBot, zone: str
) -> None:
    start = FirstStart(tmp_path, zone)
    try:
        step = start.opened.named["region"]
        assert isinstance(step, FormStep)
        values = step.values()
        assert (values["country"], values["currency"]) == ("GB", "GBP")
        start.retype(step.form.rows["country"].widget, "ZZ")
        popup = QApplication.activePopupWidget()
        if popup is not None:
            QTest.keyClick(popup, Key.Key_Escape)
        start.page.next.click()
        assert "is no country" in step.form.rows["country"].error.text()
        assert start.page.current is step
    finally:
        start.close()


def test_ctrl_z_in_an_empty_field_takes_the_step_before_back(started: Open) -> None:
    start = started()
    through_to(start, "doctors")
    start.until(lambda: start.window.undoing.state.undo_label == "Set up Harbour Family Practice")
    start.until(lambda: doctors(start).lines[0].who.hasFocus())
    start.type("Ay")
    start.press(Key.Key_Z, CTRL)
    assert doctors(start).lines[0].who.text() == ""
    assert start.container.queries.roster().practice.name == "Harbour Family Practice"
    start.press(Key.Key_Z, CTRL)
    start.until(lambda: start.container.queries.roster().practice.name == "My clinic")
