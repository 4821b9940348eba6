"""The audit page on the real store, with real keys."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSignalBlocker, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.appointments import Status
from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.services.audit import Kind
from clinic_desk.services.audit_views import AuditPerson
from clinic_desk.services.commands import CancelAppointment, ChangeStatus, SaveSetting
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.services.roster_commands import Together
from clinic_desk.services.views import Cell
from clinic_desk.ui.audit import exporting
from clinic_desk.ui.audit.page import AuditPage
from clinic_desk.ui.audit.telling import called
from clinic_desk.ui.models.setting_words import named
from clinic_desk.ui.runtime.privacy import CURTAIN
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk  # noqa: F401

Key = Qt.Key


@pytest.fixture
def desk(front_desk: FrontDesk) -> FrontDesk:  # noqa: F811
    return front_desk


@pytest.fixture
def visit(desk: FrontDesk) -> Cell:
    """Today's first visit that is to come, looked at by the person here."""
    day = desk.clock.now().date()
    cell = next(
        one for one in desk.store.queries.cells(day, day)
        if one.patient_id and one.status in (Status.SCHEDULED, Status.CONFIRMED)
        and (one.last_name + one.first_name).isascii()  # the keys of a test know no others
    )  # fmt: skip
    desk.desk.execute(CancelAppointment(appointment_id=cell.id, reason="Has the flu"))
    with desk.store.unit_of_work(desk.context.actor) as work:
        work.audit("view", "patient", cell.patient_id or "", cell.patient_id or "")
        work.audit("view", "appointment", cell.id, cell.patient_id or "")
        work.commit()
    return cell


@pytest.fixture
def page(desk: FrontDesk, visit: Cell) -> Iterator[AuditPage]:
    context = replace(
        desk.context,
        exporter=lambda: FileExporter(desk.store.queries, desk.clock),
    )
    page = AuditPage(context)
    page.resize(1366, 700)
    page.show()
    page.open()
    page.activateWindow()
    desk.settle(lambda: shown(page, 0) != "")
    yield page
    CURTAIN.lift()
    page.hide()
    page.deleteLater()


def shown(page: AuditPage, row: int, column: int = 3) -> str:
    """What the list says there; empty while it is read."""
    if row >= page.model.rowCount():
        return ""
    return str(page.model.index(row, column).data() or "")


def side(page: AuditPage) -> str:
    return "\n".join(page.side.list.item(row).text() for row in range(page.side.list.count()))


def test_the_newest_stands_first_and_each_says_who_what_and_whom(
    desk: FrontDesk,
    page: AuditPage,
    visit: Cell,
) -> None:
    assert [shown(page, row) for row in range(3)] == [
        "Looked at", "Looked at", "Cancelled a visit",
    ]  # fmt: skip
    assert shown(page, 0, 1) == "M. Keller"
    assert visit.last_name in shown(page, 1, 4)
    QTest.keyClick(page.table, Key.Key_Down)
    QTest.keyClick(page.table, Key.Key_Down)
    desk.settle(lambda: "Has the flu" in side(page))
    assert "Status: " in side(page)
    assert "→ cancelled" in side(page)


def test_the_last_row_of_a_long_list_is_read_when_it_is_seen(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    last = page.model.rowCount() - 1
    assert last > 200
    QTest.keyClick(page.table, Key.Key_End, Qt.KeyboardModifier.ControlModifier)
    desk.settle(lambda: shown(page, last) == "The audit trail begins")
    desk.settle(lambda: page.side.title.text() == "The audit trail begins")


def test_filters_narrow_and_nothing_found_says_the_way_out(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    box = page.filters.kind
    box.setCurrentIndex(box.findText("Views and searches"))
    desk.settle(lambda: page.subtitle.text() == "2 entries")
    box.setCurrentIndex(box.findText("Log-ins and sessions"))
    desk.settle(lambda: page.stack.currentWidget() is page.empty)
    page.empty.action_requested.emit()
    desk.settle(lambda: page.model.rowCount() > 200)
    page.filters.period.setCurrentIndex(page.filters.period.findData("yesterday"))
    desk.settle(lambda: page.model.rowCount() < 200)
    assert not page.filters.first.isVisible()
    page.filters.period.setCurrentIndex(page.filters.period.findData("days"))
    assert page.filters.first.isVisible()


def test_a_patient_is_chosen_by_typing(
    desk: FrontDesk,
    page: AuditPage,
    visit: Cell,
) -> None:
    QTest.keyClick(page.table, Key.Key_Slash)
    field = page.filters.patient
    desk.settle(field.hasFocus)
    QTest.keyClicks(field, f"{visit.last_name} {visit.first_name}")
    desk.settle(lambda: field.searcher.settled and field.searcher.model.rowCount() > 0)
    desk.settle(field.found.isVisible)
    QTest.keyClick(field, Key.Key_Return)
    desk.settle(lambda: bool(field.patient_id))
    desk.settle(lambda: 3 <= page.model.rowCount() < 40)
    names = {shown(page, row, 4) for row in range(page.model.rowCount())}
    desk.settle(lambda: all(shown(page, row, 4) for row in range(3)))
    assert names
    field.clear()
    desk.settle(lambda: page.model.rowCount() > 200)


def test_who_has_seen_this_shows_the_looks_alone(
    desk: FrontDesk,
    page: AuditPage,
    visit: Cell,
) -> None:
    page.open(("seen", f"{visit.last_name}, {visit.first_name}", visit.patient_id))
    desk.settle(lambda: page.subtitle.text() == "2 entries")
    assert page.filters.wish(page.today(), "UTC").kind is Kind.VIEWS
    page.open(("visit", "This visit", visit.id))
    desk.settle(lambda: page.subtitle.text() == "1 entry")


def test_the_trail_is_proved_and_a_forgery_is_named(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    QTest.keyClick(page.table, Key.Key_P)
    desk.settle(lambda: page.message.message is not None)
    assert page.message.message is not None
    assert "whole" in page.message.message.sentence
    with desk.store._writer.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER guard_audit_update")
        connection.exec_driver_sql("UPDATE audit_entry SET actor_name = 'X' WHERE seq = 7")
    page.message.clear()
    QTest.mouseClick(page.prove_button, Qt.MouseButton.LeftButton)
    desk.settle(lambda: page.message.message is not None)
    assert "entry 7" in page.message.message.sentence
    assert page.prove_button.isEnabled()


def test_an_export_asks_why_and_stands_in_the_trail_itself(
    desk: FrontDesk,
    page: AuditPage,
    tmp_path: Path,
) -> None:
    page.filters.kind.setCurrentIndex(page.filters.kind.findText("Views and searches"))
    desk.settle(lambda: page.subtitle.text() == "2 entries")
    QTest.mouseClick(page.export_button, Qt.MouseButton.LeftButton)
    dialog = page.reason_dialog
    assert dialog is not None
    desk.settle(dialog.isVisible)
    dialog.reject()
    desk.settle(lambda: page.reason_dialog is None)
    target = tmp_path / "trail.csv"
    told: list[str] = []
    page.toast_requested.connect(lambda text, _undo: told.append(text))
    page.export_to(target, "=A patient asked")
    desk.settle(lambda: bool(told))
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 1 + 2 + 1
    assert {row[6] for row in rows[1:3]} == {"Looked at"}
    assert all(len(row[-1]) == 64 for row in rows[1:3])
    page.filters.kind.setCurrentIndex(page.filters.kind.findText("Files and prints"))
    desk.settle(lambda: "Reason: =A patient asked" in side(page))


def test_a_long_export_is_whole_tells_how_far_it_is_and_can_be_stopped(
    desk: FrontDesk, page: AuditPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "BLOCK", 1)
    page.filters.choose()
    page.read()
    desk.settle(lambda: page.stack.currentWidget() is page.table)
    told: list[str] = []
    page.toast_requested.connect(lambda text, _undo: told.append(text))
    strip, stopped, target = page.export_strip, tmp_path / "stopped.csv", tmp_path / "whole.csv"
    real = desk.operations.queries.audit_entries

    def stop_first(numbers: Sequence[int]) -> object:
        strip.stop()
        return real(numbers)

    monkeypatch.setattr(desk.operations.queries, "audit_entries", stop_first)
    page.export_to(stopped, "A look")
    assert strip.isVisibleTo(page)
    assert not page.export_button.isEnabled()
    desk.settle(lambda: bool(told))
    assert told == ["The export was stopped; no file was written."]
    assert list(tmp_path.glob("*stopped*")) == list(tmp_path.glob(".*stopped*")) == []
    assert not strip.isVisibleTo(page)
    monkeypatch.setattr(desk.operations.queries, "audit_entries", real)
    page.export_to(target, "A look")
    desk.settle(lambda: len(told) == 2)
    with target.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    head = desk.store.queries.audit_head()
    assert rows[-1] == ["Fingerprint of the trail", head]
    assert len(rows) == int(head.partition(":")[0]) + 2
    assert all(len(row[-1]) == 64 for row in rows[1:-1]), "every entry has its seal"
    assert strip.bar.value() == strip.bar.maximum() - 1


def test_names_are_hidden_behind_the_curtain(
    desk: FrontDesk,
    page: AuditPage,
    visit: Cell,
) -> None:
    assert visit.last_name in shown(page, 0, 4)
    CURTAIN.draw()
    assert visit.last_name not in shown(page, 0, 4)
    assert visit.last_name not in page.side.facts.text()


def test_a_change_elsewhere_comes_in_and_the_cursor_stays(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    QTest.keyClick(page.table, Key.Key_Down)
    chosen = page.model.numbers[page.table.currentIndex().row()]
    day = desk.clock.now().date()
    cell = next(
        one for one in desk.store.queries.cells(day, day)
        if one.status in (Status.SCHEDULED, Status.CONFIRMED)
    )  # fmt: skip
    count = page.model.rowCount()
    desk.operations.run(ChangeStatus(appointment_id=cell.id, to=Status.ARRIVED))
    desk.settle(lambda: page.model.rowCount() == count + 1)
    assert page.model.numbers[page.table.currentIndex().row()] == chosen
    QApplication.processEvents()


def test_the_answer_about_a_row_that_was_left_never_comes(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    first = page.model.numbers[0]
    desk.settle(lambda: page.side.entry is not None and page.side.entry.line.seq == first)
    QTest.keyClick(page.table, Key.Key_Down)
    asked = page.asked
    QTest.keyClick(page.table, Key.Key_Up)
    assert asked.cancelled
    assert page.side.entry is not None
    assert page.side.entry.line.seq == first


def test_the_days_of_a_period_stand_in_one_row_with_the_other_filters(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    desks = (("one", "Front desk 1"), ("two", "Front desk 2"))
    row = page.filters
    with QSignalBlocker(row):  # a reading would offer the desks there are
        row.offer((), desks)
        row.period.setCurrentIndex(row.period.findData("days"))
    fields = (row.patient, row.first, row.last, row.desk)
    desk.settle(lambda: row.desk.x() > row.last.x() > row.first.x() > row.patient.x())
    assert len({field.y() for field in fields}) == 1
    assert row.desk.geometry().right() < page.width() - 16


def test_a_value_wider_than_the_list_is_read_whole(desk: FrontDesk, page: AuditPage) -> None:
    number = "HX" + "0123456789abcdef" * 4
    save = SaveSetting(key="messages.sms.folder", value=number, scope="clinic", label="Save")
    desk.operations.run(Together(commands=(save,), label="Save"))
    desk.settle(lambda: shown(page, 0, 4).startswith("Setting: SMS"))
    QTest.keyClick(page.table, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    desk.settle(lambda: number in side(page).replace("\u200b", ""))
    rows = page.side.list
    item = next(rows.item(row) for row in range(rows.count()) if "HX" in rows.item(row).text())
    across = rows.viewport().width() - 20
    room = QRect(0, 0, across, 1000)
    text = rows.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, item.text())
    assert text.width() <= across
    assert text.height() > 2 * rows.fontMetrics().height()
    # what is lower than its lines and their edges loses the last of them, and says "…"
    assert rows.visualItemRect(item).height() >= text.height() + 6


def test_a_saved_setting_is_told_as_the_settings_page_calls_it(
    desk: FrontDesk,
    page: AuditPage,
) -> None:
    label = "Save the settings of SMS"
    changes = (("on", True), ("kind", "folder"), ("folder", "/tmp/sent"))
    desk.operations.run(
        Together(
            commands=tuple(
                SaveSetting(key=f"messages.sms.{key}", value=value, scope="clinic", label=label)
                for key, value in changes
            ),
            label=label,
        )
    )
    desk.settle(lambda: shown(page, 0, 4).startswith("Setting: SMS"))
    assert shown(page, 0) == "Saved settings"
    QTest.keyClick(page.table, Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    desk.settle(lambda: page.side.title.text() == "Saved settings")
    said = side(page).replace("\u2068", "").splitlines()
    assert said == [
        "SMS · In use: off → on",
        "SMS · They go: Through Twilio, or one that speaks like it → Into a folder, unsent",
        "SMS · Folder: nothing → /tmp/sent",
        "All messages are planned anew",
    ]


def test_namesakes_are_told_apart() -> None:
    people = [
        AuditPerson("1", "Jon Lee", "doctor", "jon"),
        AuditPerson("2", "Maria Keller", "manager", "maria"),
        AuditPerson("3", "Maria Keller", "receptionist", "mkeller"),
        AuditPerson("4", "Maria Keller", "receptionist", "maria2"),
        AuditPerson("5", "Maria Keller"),
    ]
    assert [words for _, words in called(people)] == [
        "Jon Lee",
        "Maria Keller, Practice manager",
        "Maria Keller, Receptionist, mkeller",
        "Maria Keller, Receptionist, maria2",
        "Maria Keller, without an account",
    ]
    twice = [AuditPerson("6", "Maria"), AuditPerson("7", "Maria")]
    assert [words for _, words in called(twice)] == [
        "Maria, without an account, no. 1",
        "Maria, without an account, no. 2",
    ]


def test_the_matrix_of_the_roles_is_told_in_words() -> None:
    assert named(f"clinic//{PERMISSIONS_KEY}") == "What each role may do"
