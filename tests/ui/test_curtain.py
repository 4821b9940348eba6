"""The curtain (F12): nobody's name, number, address or birth date is on the screen."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtGui import QAccessible, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QGroupBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.commands import CancelAppointment
from clinic_desk.services.guarded import READS
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.application import shut
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow, curtain
from clinic_desk.ui.main_window.calling import calling_of
from clinic_desk.ui.main_window.curtain import curtain_of
from clinic_desk.ui.runtime.page_table import PAGES
from clinic_desk.ui.runtime.privacy import COVERED, CURTAIN, KnownPeople, Privacy
from clinic_desk.ui.widgets.forms.reason import ReasonDialog
from clinic_desk.ui.widgets.masking import Sheet
from tests.fakes.front_desk import FrontDesk, open_desk
from tests.ui.test_shell_window import Clinic, opened

F12 = Qt.Key.Key_F12
LEFT = Qt.MouseButton.LeftButton


NAMED = frozenset(
    {
        "day", "week", "agenda", "flow", "doctor", "patient", "billing", "waitlist", "absence",
        "past",
    }
)  # fmt: skip
"""Views and pages on which the demo clinic has somebody to name."""


class Known:
    """What must not be read anywhere: taken from the store, not from the program's own lists."""

    def __init__(self, window: MainWindow) -> None:
        rows = window.context.operations.queries.patient_identities()
        doctors = " ".join(
            one.name for one in window.context.operations.queries.roster().doctors.values()
        ).split()
        self.names = {
            name
            for one in rows
            for name in (f"{one.last_name}, {one.first_name}", f"{one.first_name} {one.last_name}")
        }
        # a surname that is a doctor's or a word of the program too proves nothing
        plain = {"Practice", "Patient", "May", "Day", "Read", "Long", "Young", "Short", "Wall"}
        self.surnames = {one.last_name for one in rows if len(one.last_name) > 3}
        self.surnames -= {*doctors, *plain}
        days = window.context.operations.queries.cells(date(2026, 11, 1), date(2026, 12, 31))
        self.alerts = {one.alert for one in days if len(one.alert) > 8}
        assert self.alerts
        self.numbers = {one.record_number for one in rows}
        self.phones = {re.sub(r"\D", "", phone)[-8:] for one in rows for phone in one.phones}
        self.words = re.compile(
            r"\b(" + "|".join(re.escape(name) for name in sorted(self.surnames)) + r")\b"
        )

    def found(self, text: str) -> str:
        """What of a text gives somebody away; empty when nothing does."""
        hit = self.words.search(text)
        if hit is not None:
            return hit.group()
        mail = re.search(r"[\w.]+@[\w.]+\w", text)
        if mail is not None:
            return mail.group()
        number = re.search(r"\bNo\. ([\w-]+)", text)
        if number is not None and number[1] in self.numbers:
            return number.group()
        numbers = [re.sub(r"\D", "", one) for one in re.findall(r"\d[\d \u2009-]{6,}\d", text)]
        if not numbers:
            return ""
        return next((phone for phone in self.phones if any(phone in n for n in numbers)), "")


class Ink:
    """Every text that a painter of ours is given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: set[str] = set()
        for name in ("drawText", "drawStaticText"):
            real = getattr(QPainter, name)

            def spy(painter: QPainter, *args: Any, _real: Any = real) -> Any:
                for one in args:
                    text = one if isinstance(one, str) else getattr(one, "text", None)
                    if callable(text):
                        text = text()
                    if isinstance(text, str):
                        self.texts.add(text)
                return _real(painter, *args)

            monkeypatch.setattr(QPainter, name, spy)


def shown(top: QWidget) -> Iterator[tuple[str, str]]:
    """(where, words) of all that can be read, heard or hovered over in a window."""
    for widget in [top, *top.findChildren(QWidget)]:
        if not widget.isVisible():
            continue
        where = f"{type(widget).__name__} {widget.objectName()}"
        yield where, widget.toolTip()
        yield where, widget.accessibleName()
        yield where, widget.accessibleDescription()
        if widget.isWindow():
            yield where, widget.windowTitle()
        if isinstance(widget, QLabel | QAbstractButton):
            yield where, widget.text()
        elif isinstance(widget, QGroupBox):
            yield where, widget.title()
        elif isinstance(widget, QLineEdit):
            yield where, widget.displayText()
        elif isinstance(widget, QComboBox):
            yield where, widget.currentText()
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            if not any(one.isVisible() for one in widget.viewport().findChildren(Sheet)):
                yield where, widget.toPlainText()
        elif isinstance(widget, QAbstractItemView):
            model = widget.model()
            if model is not None:
                yield from cells_of(where, model)
        yield from heard(where, widget)


def cells_of(where: str, model: QAbstractItemModel, above: QModelIndex | None = None) -> Any:
    above = above or QModelIndex()
    for row in range(min(model.rowCount(above), 60)):
        columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(above)
        for column in range(columns):
            at = model.index(row, column, above)
            for role in (
                Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole,
                Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.StatusTipRole,
            ):  # fmt: skip
                words = model.data(at, role)
                if isinstance(words, str):
                    yield f"{where} row {row} column {column}", words
        if isinstance(model, QAbstractListModel):
            continue
        if model.rowCount(model.index(row, 0, above)):
            yield from cells_of(where, model, model.index(row, 0, above))


def heard(where: str, widget: QWidget) -> Iterator[tuple[str, str]]:
    """What assistive technology reads of a painted view."""
    if isinstance(widget, QAbstractItemView) or not type(widget).__module__.startswith("clinic"):
        return
    face = QAccessible.queryAccessibleInterface(widget)
    if face is None:
        return
    for number in range(min(face.childCount(), 80)):
        child = face.child(number)
        if child is not None:
            yield f"{where} heard", child.text(QAccessible.Text.Name)


@pytest.fixture
def front(tmp_path: Path, qtbot: QtBot) -> Iterator[FrontDesk]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield front
    front.close()


@pytest.fixture
def window(front: FrontDesk, qtbot: QtBot) -> Iterator[MainWindow]:
    window = opened(Clinic(front), qtbot)
    yield window
    CURTAIN.lift()
    shut(window)


def draw(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
    settle(window, qtbot)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    """Until every question that is under way has been answered, and what it says is painted."""
    answered: list[bool] = []
    for _ in range(3):
        for _lane in range(2):
            window.context.operations.ask(lambda _q: True, done=answered.append)
        wanted = len(answered) + 2
        qtbot.waitUntil(lambda wanted=wanted: len(answered) >= wanted)  # type: ignore[misc]
        QApplication.processEvents()


def leaks(known: Known, top: QWidget, ink: Ink) -> list[str]:
    ink.texts.clear()
    top.grab()
    top.grab()
    found = [
        f"{where}: {words!r} ({known.found(words)})"
        for where, words in shown(top)
        if words and known.found(words)
    ]
    found += [f"painted: {words!r} ({known.found(words)})" for words in ink.texts
              if known.found(words)]  # fmt: skip
    found += [f"painted: {one!r}" for one in known.alerts & ink.texts if CURTAIN.on]
    return found


def full(front: FrontDesk, window: MainWindow) -> dict[str, object]:
    """What each page is opened with, so that it has people to show."""
    queries = window.context.operations.queries
    roster = queries.roster()
    data = window.page.grid().slice
    assert data is not None
    named = [one for one in data.cells if one.patient_id]
    for cell in named[:3]:
        front.desk.execute(
            AddToWaitlist(
                values={"patient_id": cell.patient_id, "type_id": cell.type_id, "note": "Rings"}
            )
        )
    day = data.first
    later = queries.cells(day, day + timedelta(days=40))
    series = next(one.series_id for one in later if one.series_id)
    hit = next(
        row.id for row in roster.time_off
        if any(one.doctor_id == row.doctor_id and row.start <= one.start < row.end for one in later)
    )  # fmt: skip
    doctor = max(roster.doctors, key=lambda one: sum(c.doctor_id == one for c in named))
    return {
        "patient": named[0].patient_id, "series": series, "absence": hit, "doctor": doctor,
        "past": front.clock.now(),
    }  # fmt: skip


def walk(
    window: MainWindow,
    qtbot: QtBot,
    known: Known,
    ink: Ink,
    what: dict[str, object],
    naming: Collection[str] = NAMED,
) -> dict[str, list[str]]:
    """``naming``: the pages that must come to name somebody while there is no curtain."""
    found: dict[str, list[str]] = {}

    def look(name: str) -> None:
        for _ in range(6):
            settle(window, qtbot)

        def named() -> None:
            found[name] = leaks(known, window, ink)
            assert found[name], f"{name} names nobody"

        if CURTAIN.on or name not in naming:
            found[name] = leaks(known, window, ink)
        else:
            qtbot.waitUntil(named)

    for view in ("day", "week", "month", "agenda"):
        window.set_view(view)
        look(view)
    for name in PAGES:
        if name != "wizard":
            window.show_page(name, what.get(name))
            look(name)
    window.set_view("day")
    settle(window, qtbot)
    return found


def test_every_page_is_behind_the_curtain(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = full(front, window)
    known, ink = Known(window), Ink(monkeypatch)
    shown_ = walk(window, qtbot, known, ink, what)
    named = {name for name, some in shown_.items() if some}
    assert named >= NAMED
    draw(window, qtbot)
    found = walk(window, qtbot, known, ink, what)
    assert {name: some[:6] for name, some in found.items() if some} == {}
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)
    again = walk(window, qtbot, known, ink, what, named)
    assert {name for name, some in again.items() if some} >= named


def dialogs(
    window: MainWindow, qtbot: QtBot, cell: Any
) -> Iterator[tuple[str, QWidget, Callable[[], object]]]:
    """Each dialog that can name the patient of a visit: its name, itself, and how it is left."""
    doors = window.doors
    doors.book(cell.patient_id)
    yield "booking", doors.booking, doors.booking.reject
    doors.visit(cell.id)
    yield "visit", doors.appointment, doors.appointment.reject
    doors.patient(cell.patient_id or "")
    yield "patient", doors.patient_card, doors.patient_card.reject
    doors.edit_patient(cell.patient_id or "")
    assert doors._edit is not None
    yield "edit", doors._edit, doors._edit.reject
    doors.add_patient(f"{cell.last_name} {cell.first_name}")
    assert doors._quick_add is not None
    yield "new patient", doors._quick_add, doors._quick_add.reject
    doors.clash_list()
    yield "clashes", doors.clashes, doors.clashes.reject
    doors.export_visits()
    assert doors._exporting is not None
    yield "export", doors._exporting, doors._exporting.reject
    window.waiting.for_patient(cell.patient_id or "")
    qtbot.waitUntil(lambda: window.waiting.quick.isVisible())
    yield "wait", window.waiting.quick, window.waiting.quick.reject
    window.visits.cancel([cell])
    asked = next(one for one in window.findChildren(ReasonDialog) if one.isVisible())
    yield "cancel", asked, asked.reject
    calling_of(window).panel.open_for(cell.patient_id or "")
    yield "caller", window, calling_of(window).panel.leave
    window.visits.find(cell.id)
    yield "finder", window, window.show_calendar
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClicks(QApplication.focusWidget(), cell.last_name[:5])
    yield "palette", window, window.cards.palette.dismiss
    window.search.start()
    qtbot.keyClicks(window.search.edit, cell.last_name)
    yield "search", window, window.search.edit.clear


def test_every_dialog_is_behind_the_curtain(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = full(front, window)
    known, ink = Known(window), Ink(monkeypatch)
    data = window.page.grid().slice
    assert data is not None
    cell = next(one for one in data.cells if one.patient_id == what["patient"])

    def look() -> dict[str, list[str]]:
        found = {}
        for name, top, close in dialogs(window, qtbot, cell):
            for _ in range(4):
                settle(window, qtbot)
            found[name] = leaks(known, top, ink)
            close()
        return found

    named = {name for name, some in look().items() if some}
    assert named >= {"booking", "visit", "patient", "edit", "cancel", "caller", "palette", "search"}
    draw(window, qtbot)
    found = look()
    assert {name: some[:6] for name, some in found.items() if some} == {}


def test_results_and_the_menu_are_covered_too(
    window: MainWindow, front: FrontDesk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, ink = Known(window), Ink(monkeypatch)
    data = window.page.grid().slice
    assert data is not None
    now = front.clock.now()
    cell = next(
        one for one in data.cells
        if one.patient_id and one.start > now and one.status is Status.SCHEDULED
    )  # fmt: skip
    told: list[str] = []
    window.context.operations.run(
        CancelAppointment(appointment_id=cell.id, reason="Patient is ill"),
        done=lambda outcome: told.append(outcome.undo_label),
    )
    qtbot.waitUntil(lambda: bool(told))
    qtbot.waitUntil(lambda: cell.last_name in window.actions_["edit.undo"].text())
    window.telling.toast(f"{told[0]}.", True)
    draw(window, qtbot)
    qtbot.waitUntil(lambda: cell.last_name not in window.actions_["edit.undo"].text())
    assert leaks(known, window, ink) == []
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: cell.last_name in window.actions_["edit.undo"].text())
    assert cell.last_name in window.toast.text, "the words came back"


def test_f12_in_a_dialog_lifts_and_draws_and_what_is_typed_stays(
    window: MainWindow, qtbot: QtBot
) -> None:
    curtain_of(window)
    window.doors.add_patient("")
    card = window.doors._quick_add
    assert card is not None
    qtbot.waitUntil(card.isActiveWindow)
    line = card.fields.lines["last_name"]
    qtbot.keyClicks(line, "Ringer")
    QTest.keyClick(card.windowHandle(), F12)
    qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
    assert window.actions_["privacy.curtain"].isChecked()
    qtbot.waitUntil(lambda: line.displayText() != "Ringer")
    qtbot.keyClicks(line, "son")
    assert line.text() == "Ringerson"
    assert set(line.displayText()) == {line.displayText()[0]}
    QTest.keyClick(card.windowHandle(), F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)
    assert line.displayText() == "Ringerson"
    card.reject()


def test_where_the_names_cannot_be_read_everything_stays_covered(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    def refused(queries: object) -> None:
        asked.append(queries)
        raise Refusal("not_allowed", "A doctor may not see the patients.")

    monkeypatch.setattr(curtain, "_everybody", refused)
    ended: list[str] = []
    curtain_of(window)
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: bool(asked))
    window.context.operations.ask(lambda _queries: "then", done=ended.append)
    qtbot.waitUntil(lambda: "then" in ended)
    assert [one for one in window.findChildren(Sheet) if one.isVisible()]
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)
    assert not [one for one in window.findChildren(Sheet) if one.isVisible()]


def test_every_role_that_may_read_can_draw_the_curtain() -> None:
    assert READS["patient_identities"] is Permission.READ


def test_f12_in_an_open_menu_draws_the_curtain_and_closes_the_menu(
    window: MainWindow, qtbot: QtBot
) -> None:
    curtain_of(window)
    menu = QMenu(window)
    below = menu.addMenu("More")
    below.addAction("Something")
    menu.popup(window.mapToGlobal(window.rect().center()))
    below.popup(window.mapToGlobal(window.rect().center()))
    qtbot.waitUntil(lambda: QApplication.activePopupWidget() is below)
    QTest.keyClick(window.windowHandle(), F12)
    qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
    assert QApplication.activePopupWidget() is None
    QTest.keyClick(window.windowHandle(), F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)


def test_the_key_marks_the_menu_the_title_and_the_status_bar(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    ink = Ink(monkeypatch)
    draw(window, qtbot)
    window.status.grab()
    assert "Curtain on – F12" in ink.texts
    assert "Curtain on" in window.status.accessibleName()
    assert "curtain on" in window.windowTitle()
    qtbot.keyClick(window, F12)
    qtbot.waitUntil(lambda: not CURTAIN.on)
    assert not window.actions_["privacy.curtain"].isChecked()
    assert "curtain" not in window.windowTitle()


class TestNobodyThere:
    """Seconds are counted by a clock of the test."""

    @pytest.fixture
    def clock(self, window: MainWindow) -> list[float]:
        now = [1000.0]
        curtain = curtain_of(window)
        curtain.seconds = lambda: now[0]
        curtain._used = now[0]
        curtain._look.setInterval(3_600_000)
        return now

    def test_it_is_drawn_after_the_minutes_of_this_desk(
        self, window: MainWindow, qtbot: QtBot, clock: list[float]
    ) -> None:
        window.settings.put("curtain.minutes", 3)
        clock[0] += 179
        curtain_of(window).look()
        assert not CURTAIN.on
        clock[0] += 1
        curtain_of(window).look()
        assert CURTAIN.on
        qtbot.waitUntil(lambda: CURTAIN.knows)

    def test_a_key_puts_it_off(self, window: MainWindow, qtbot: QtBot, clock: list[float]) -> None:
        clock[0] += 14 * 60
        QTest.keyClick(window.windowHandle(), Qt.Key.Key_Down)
        clock[0] += 2 * 60
        curtain_of(window).look()
        assert not CURTAIN.on

    def test_nought_is_never(self, window: MainWindow, clock: list[float]) -> None:
        window.settings.put("curtain.minutes", 0)
        clock[0] += 100_000
        curtain_of(window).look()
        assert not CURTAIN.on

    def test_the_first_key_lifts_it_and_does_nothing_else(
        self, window: MainWindow, qtbot: QtBot, clock: list[float]
    ) -> None:
        clock[0] += 15 * 60
        curtain_of(window).look()
        qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
        control = Qt.KeyboardModifier.ControlModifier
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, control)
        qtbot.waitUntil(lambda: not CURTAIN.on)
        assert window.doors._booking is None or not window.doors._booking.isVisible()
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_N, control)
        qtbot.waitUntil(lambda: window.doors.booking.isVisible())
        window.doors.booking.reject()

    def test_the_first_click_lifts_it_and_does_nothing_else(
        self, window: MainWindow, qtbot: QtBot, clock: list[float]
    ) -> None:
        clock[0] += 15 * 60
        curtain_of(window).look()
        qtbot.waitUntil(lambda: CURTAIN.on and CURTAIN.knows)
        settle(window, qtbot)
        day = window.day
        qtbot.mouseClick(window.toolbar.forward, LEFT)
        qtbot.waitUntil(lambda: not CURTAIN.on)
        assert window.day == day

    def test_drawn_by_hand_other_keys_do_their_work(self, window: MainWindow, qtbot: QtBot) -> None:
        draw(window, qtbot)
        qtbot.keyClick(window, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        qtbot.waitUntil(lambda: window.doors.booking.isVisible())
        assert CURTAIN.on
        window.doors.booking.reject()


class TestSentences:
    def privacy(self) -> Privacy:
        made = Privacy()
        people = [("Lee", "Ana", date(1988, 3, 8)), ("van der Berg", "Anna Maria", None),
                  ("Öztürk", "İpek", None), ("Long", "", None)]  # fmt: skip
        made.draw()
        made.know(KnownPeople(people, ("10042", "77", "P-9")))
        return made

    @pytest.mark.parametrize(
        ("said", "shown"),
        [
            ("Book Lee, Ana on Tue 24 Nov", "Book A. L. on Tue 24 Nov"),
            ("Ana Lee, follow-up", "A. L., follow-up"),
            ("van der Berg, Anna Maria waits", "A. V. waits"),
            ("VAN DER BERG, ANNA MARIA", "A. V."),
            ("Leeds, Anastasia", "Leeds, Anastasia"),
            ("born 8 Mar 1988, seen 9 Mar 2025", f"born {COVERED}, seen 9 Mar 2025"),
            ("ring +44 7700 900010 now", f"ring {COVERED} now"),
            ("ana.lee@example.org", COVERED),
            ("38 y · No. 10042 · Follow-up", f"38 y · No. {COVERED} · Follow-up"),
            ("No. 10042 (also 77, 78) · 38 y", f"No. {COVERED} · 38 y"),
            ("The entry P-9 is part of 10042", f"The entry {COVERED} is part of {COVERED}"),
            ("Merge 77 into 10042", f"Merge {COVERED} into {COVERED}"),
            ("Lee, Ana (10042)", f"A. L. ({COVERED})"),
            ("No. 4 of 77 visits (12)", "No. 4 of 77 visits (12)"),
            ("INV-2026-0001 · APT-2026-0042", "INV-2026-0001 · APT-2026-0042"),
            ("", ""),
        ],
    )
    def test_people_are_found_in_words(self, said: str, shown: str) -> None:
        assert self.privacy().said(said) == shown

    def test_before_the_names_are_known_nothing_is_said(self) -> None:
        made = Privacy()
        made.draw()
        assert "Lee" not in made.said("Book Lee, Ana")
        made.lift()
        assert made.said("Book Lee, Ana") == "Book Lee, Ana"
