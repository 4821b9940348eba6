"""Patient search, quick add, editing, the card and the clash list on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from clinic_desk.domain.appointments import Appointment, SlotState, Status
from clinic_desk.domain.people import Patient
from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.commands import EditPatient, ImportBatch, Undo
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.booking.clashes import ClashDialog
from clinic_desk.ui.booking.finder import FinderPage
from clinic_desk.ui.models.dates import birth_date_fault, read_birth_date
from clinic_desk.ui.models.typed_patient import split_name
from clinic_desk.ui.patients.card import PatientDialog
from clinic_desk.ui.patients.editing import EditPatientDialog, QuickAddDialog
from clinic_desk.ui.patients.search import PatientSearch
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

ENTER, ESCAPE = Qt.Key.Key_Return, Qt.Key.Key_Escape
CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TODAY = date(2026, 11, 24)


@dataclass
class Ground:
    desk: FrontDesk
    window: QMainWindow

    def ana(self) -> PatientHit:
        return self.desk.store.queries.search_patients("lee ana")[0]

    def patient(self, patient_id: str) -> Patient:
        return self.desk.store.queries.patient(patient_id).patient


@pytest.fixture
def ground(front_desk: FrontDesk) -> Iterator[Ground]:
    window = QMainWindow()
    window.resize(1366, 768)
    window.show()
    yield Ground(front_desk, window)
    window.hide()
    window.deleteLater()


@pytest.mark.parametrize(
    ("typed", "born"),
    [
        ("4.3.88", date(1988, 3, 4)),
        ("04/03/1988", date(1988, 3, 4)),
        ("4 mar 1988", date(1988, 3, 4)),
        ("4-3-1988", date(1988, 3, 4)),
        ("04031988", date(1988, 3, 4)),
        ("1988-03-04", date(1988, 3, 4)),
        ("24.11.26", TODAY),
        ("25.11.26", date(1926, 11, 25)),
        ("31.2.1990", None),
        ("4.3.2030", None),
        ("4.3.1890", None),
        ("soon", None),
    ],
)
def test_birth_dates_are_read_day_first(typed: str, born: date | None) -> None:
    assert read_birth_date(typed, TODAY) == born
    assert (birth_date_fault(typed, TODAY) == "") is (born is not None)


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("hern an", ("Hern", "An")),
        ("Lee, Ana", ("Lee", "Ana")),
        ("van den Berg, Jo", ("van den Berg", "Jo")),
        ("smith-jones", ("Smith-Jones", "")),
    ],
)
def test_names_are_split_as_listed(typed: str, names: tuple[str, str]) -> None:
    assert split_name(typed) == names


class _Search:
    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.search = PatientSearch(ground.desk.context)
        self.told: list[tuple[str, str]] = []
        for name in ("visit", "card", "book", "add"):
            signal = getattr(self.search, f"{name}_requested")
            signal.connect(lambda value, name=name: self.told.append((name, value)))
        ground.window.addToolBar("search").addWidget(self.search)
        ground.desk.settle(lambda: self.search.source.roster is not None)

    def type(self, text: str) -> None:
        self.search.start()
        QTest.keyClicks(self.search.edit, text)
        self.ground.desk.settle(lambda: self.search.searcher.settled)


def test_search_opens_the_next_visit_books_and_shows_the_card(ground: Ground) -> None:
    bar, ana = _Search(ground), ground.ana()
    bar.type("lee ana")
    assert bar.search.popup.isVisible()
    QTest.keyClick(bar.search.edit, ENTER)
    ground.desk.settle(lambda: bar.told)
    kind, visit_id = bar.told[0]
    assert kind == "visit"
    assert ground.desk.store.queries.appointment(visit_id).cell.patient_id == ana.id
    assert not bar.search.popup.isVisible()
    bar.type("lee ana")
    QTest.keyClick(bar.search.edit, ENTER, CONTROL)
    bar.type("lee ana")
    QTest.keyClick(bar.search.edit, ENTER, SHIFT)
    bar.type("Zwack")
    QTest.keyClick(bar.search.edit, Qt.Key.Key_Up)
    QTest.keyClick(bar.search.edit, ENTER)
    assert bar.told[1:] == [("book", ana.id), ("card", ana.id), ("add", "Zwack")]


def test_search_by_phone_birth_date_and_confirmation_code(ground: Ground) -> None:
    bar, ana = _Search(ground), ground.ana()
    assert ana.birth_date is not None
    for text in (ana.phone[-6:], f"{ana.birth_date:%d.%m.%Y}"):
        bar.type(text)
        assert ana.id in {hit.id for hit in bar.search.searcher.model.hits()}
    code = next(
        v.confirmation_code
        for v in ground.desk.store.queries.patient(ana.id).visits
        if v.confirmation_code
    )
    bar.search.edit.setText(code.lower())
    QTest.keyClick(bar.search.edit, ENTER)
    ground.desk.settle(lambda: ("visit") in [kind for kind, _ in bar.told])


def test_quick_add_by_keyboard_with_a_sentence_at_each_field(ground: Ground) -> None:
    dialog = QuickAddDialog(ground.desk.context, ground.window)
    saved: list[str] = []
    dialog.saved.connect(saved.append)
    dialog.open_with("zwack, ottilie")
    fields = dialog.fields
    ground.desk.settle(fields.lines["birth_date"].hasFocus)
    fields.lines["last_name"].clear()
    QTest.keyClicks(fields.lines["birth_date"], "99.1.1990")
    QTest.keyClicks(fields.lines["email"], "ottilie")
    QTest.keyClick(fields.lines["email"], ENTER)
    assert saved == []
    for name in ("last_name", "birth_date", "email"):
        assert fields.faults[name].isVisible()
        assert fields.faults[name].text()
    fields.lines["last_name"].setText("Zwack")
    fields.lines["birth_date"].setText("4.3.88")
    fields.lines["email"].setText("ottilie@example.org")
    fields.lines["mobile"].setText("020 7946 0999")
    QTest.keyClick(fields.lines["email"], ENTER)
    ground.desk.settle(lambda: saved)
    patient = ground.patient(saved[0])
    assert (patient.listed_name, patient.birth_date) == ("Zwack, Ottilie", date(1988, 3, 4))
    assert patient.mobile == "+442079460999"
    assert not dialog.isVisible()


def test_quick_add_warns_while_typing_and_prefers_the_existing_patient(ground: Ground) -> None:
    ana = ground.ana()
    dialog = QuickAddDialog(ground.desk.context, ground.window)
    chosen: list[str] = []
    saved: list[str] = []
    dialog.existing_chosen.connect(chosen.append)
    dialog.saved.connect(saved.append)
    dialog.open_with("lehmann, anna")
    dialog.fields.focus("mobile")
    QTest.keyClicks(dialog.fields.lines["mobile"], ana.phone)
    ground.desk.settle(lambda: "is on file already" in dialog.message.sentence)
    QTest.keyClick(dialog.fields.lines["mobile"], ENTER)
    ground.desk.settle(dialog.panel.isVisible)
    assert dialog.panel.existing_button.hasFocus()
    QTest.keyClick(dialog.panel.existing_button, ENTER)
    assert chosen == [ana.id]
    assert saved == []


def test_editing_keeps_what_was_typed_when_somebody_was_faster(ground: Ground) -> None:
    ana = ground.ana()
    dialog = EditPatientDialog(ground.desk.context, ground.window)
    saved: list[str] = []
    dialog.saved.connect(saved.append)
    dialog.open_for(ana.id)
    ground.desk.settle(dialog.isVisible)
    dialog.fields.lines["alert"].setText("Latex allergy")
    ground.desk.other_desk().execute(
        EditPatient(patient_id=ana.id, values={"notes": "Prefers Tue"})
    )
    dialog.save()
    ground.desk.settle(lambda: "is kept" in dialog.message.sentence)
    assert dialog.fields.lines["alert"].text() == "Latex allergy"
    dialog.save()
    ground.desk.settle(lambda: saved)
    assert ground.patient(ana.id).alert == "Latex allergy"


def test_the_card_lists_visits_and_goes_on_from_them(ground: Ground) -> None:
    ana = ground.ana()
    dialog = PatientDialog(ground.desk.context, ground.window)
    told: list[tuple[str, str]] = []
    dialog.visit_requested.connect(lambda value: told.append(("visit", value)))
    dialog.book_requested.connect(lambda value: told.append(("book", value)))
    dialog.edit_requested.connect(lambda value: told.append(("edit", value)))
    dialog.open_for(ana.id)
    ground.desk.settle(dialog.isVisible)
    ground.desk.settle(dialog.list.hasFocus)
    visits = ground.desk.store.queries.patient(ana.id).visits
    assert len(dialog.rows.visits()) == len(visits)
    assert dialog.alert.isVisible()
    QTest.keyClick(dialog.list, Qt.Key.Key_E)
    first = dialog.list.currentIndex().data(Qt.ItemDataRole.AccessibleTextRole)
    assert "Dr " in first
    QTest.keyClick(dialog.list, ENTER)
    dialog.open_for(ana.id)
    ground.desk.settle(dialog.isVisible)
    QTest.keyClick(dialog.list, Qt.Key.Key_B)
    assert [kind for kind, _ in told] == ["edit", "visit", "book"]
    assert told[1][1] in {visit.id for visit in visits}


def open_clash(ground: Ground) -> tuple[ClashDialog, Appointment]:
    """An imported visit whose place is taken, chosen in the list."""
    desk = ground.desk
    queries, now = desk.store.queries, desk.clock.now()
    cells = queries.cells(now.date(), now.date() + timedelta(days=10))
    taken = next(c for c in cells if c.status is Status.SCHEDULED and c.start > now)
    clash = replace(
        Appointment(
            id=desk.context.new_id(),
            doctor_id=taken.doctor_id,
            location_id=taken.location_id,
            start=taken.start,
            end=taken.end,
            blocked_start=taken.start,
            blocked_end=taken.end,
            status=Status.SCHEDULED,
        ),
        patient_id=ground.ana().id,
        room_id=taken.room_id,
        type_id=taken.type_id,
        import_key="former-1",
    )
    desk.desk.execute(ImportBatch(appointments=(asdict(clash),)))
    waiting = {c.id: c.slot_state for c in queries.clashes()}
    assert waiting[clash.id] is SlotState.CONTESTED
    dialog = ClashDialog(desk.context, ground.window)
    dialog.start()
    desk.settle(lambda: dialog.current is not None)
    place = [cell.id for cell in dialog.rows.visits()].index(clash.id)
    for _ in range(place):
        QTest.keyClick(dialog.list, Qt.Key.Key_Down)
    return dialog, clash


def test_a_clash_takes_its_own_time_beside_the_others(ground: Ground) -> None:
    """With a reason, by whom it is allowed: it looks overbooked, and undo brings it back."""
    queries = ground.desk.store.queries
    dialog, clash = open_clash(ground)
    QTest.keyClick(dialog.list, Qt.Key.Key_T)
    ground.desk.settle(lambda: any(b.text() == "Overbook" for b in dialog.message.buttons()))
    button = next(b for b in dialog.message.buttons() if b.text() == "Overbook")
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert dialog.message.reason.isVisible()
    QTest.keyClicks(dialog.message.reason, "Both are short")
    QTest.keyClick(dialog.message.reason, ENTER)
    ground.desk.settle(lambda: clash.id not in {c.id for c in queries.clashes()})
    cell = queries.appointment(clash.id).cell
    assert (cell.start, cell.overbook_reason) == (clash.start, "Both are short")
    assert "overbooked" in cell.flags
    ground.desk.operations.run(Undo())
    ground.desk.settle(lambda: clash.id in {c.id for c in queries.clashes()})


def test_a_clash_is_not_overbooked_by_whom_it_is_not_allowed(ground: Ground) -> None:
    dialog, _ = open_clash(ground)
    actor = replace(
        ground.desk.context.actor, role="receptionist", permissions=DEFAULTS[Role.RECEPTIONIST]
    )
    dialog.context = replace(ground.desk.context, actor=actor)
    QTest.keyClick(dialog.list, Qt.Key.Key_T)
    ground.desk.settle(lambda: dialog.message.sentence)
    assert "Overbook" not in [button.text() for button in dialog.message.buttons()]


def test_a_clash_is_placed_by_hand(ground: Ground) -> None:
    """An imported visit whose place is taken waits in the list until it is given a time."""
    desk, queries = ground.desk, ground.desk.store.queries
    dialog, clash = open_clash(ground)
    waiting = {c.id: c.slot_state for c in queries.clashes()}
    finder = FinderPage(desk.context)
    ground.window.setCentralWidget(finder)
    dialog.finder_requested.connect(finder.start_for_visit)
    QTest.keyClick(dialog.list, Qt.Key.Key_T)
    desk.settle(lambda: dialog.message.sentence)
    QTest.keyClick(dialog.list, ENTER)
    desk.settle(lambda: not finder.searching and finder.current is not None)
    moved: list[str] = []
    finder.moved.connect(moved.append)
    finder.hold._hold_selected()  # Enter comes while the row's hold is being written
    QTest.keyClick(finder.list, ENTER)
    desk.settle(lambda: moved)
    assert moved == [clash.id]
    assert {c.id for c in queries.clashes()} == waiting.keys() - {clash.id}
    assert queries.appointment(moved[0]).cell.slot_state is SlotState.PLACED


def test_cards_grow_with_the_type_and_never_leave_the_screen(ground: Ground) -> None:
    theme = ground.desk.context.theme
    dialog = PatientDialog(ground.desk.context, ground.window)
    plain = dialog.size()
    screen = dialog.screen().availableGeometry().size()
    theme.scale = 1.5
    assert dialog.width() > plain.width() or screen.width() < plain.width() * 1.5
    assert dialog.width() <= screen.width()
    assert dialog.height() <= screen.height()
    theme.scale = 1.0
    assert dialog.size() == plain


def test_the_popup_says_what_enter_does_and_when_there_are_more(ground: Ground) -> None:
    bar = _Search(ground)
    popup = bar.search.popup
    bar.type("qqzzx")
    ground.desk.settle(popup.isVisible)
    assert "add as a new patient" in popup.hints.accessibleName()
    assert "book" not in popup.hints.accessibleName()
    assert popup.note.text() == "nobody on file matches"
    assert not popup.list.verticalScrollBar().isVisible()
    bar.search.edit.clear()
    bar.type("a")
    ground.desk.settle(popup.isVisible)
    assert len(bar.search.searcher.model.hits()) == 20
    assert "Ctrl+Enter: book" in popup.hints.accessibleName()
    assert popup.note.text() == "the first 20; type more to narrow"
