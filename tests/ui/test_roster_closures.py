"""Closures and public holidays on the settings page, with a real store and the real library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.templates import Holiday
from clinic_desk.integrations.public_holidays import LibraryHolidays
from clinic_desk.services.closures import Decision
from clinic_desk.services.commands import Undo
from clinic_desk.services.time_off import TO_MOVE
from clinic_desk.services.views import Cell
from clinic_desk.ui.planning.absence import AbsencePage
from clinic_desk.ui.roster.closures import ClosuresPanel
from clinic_desk.ui.roster.closures_public import country_name
from clinic_desk.ui.roster.typed import TypedField
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


class Closures:
    def __init__(self, ground: FrontDesk) -> None:
        self.ground = ground
        context = replace(ground.context, holidays=LibraryHolidays)
        self.panel = ClosuresPanel(context)
        self.toasts: list[tuple[str, bool]] = []
        self.panel.toast_requested.connect(lambda text, undo: self.toasts.append((text, undo)))
        self.shown: list[int] = []
        self.panel.shown.connect(self.shown.append)
        self.panel.resize(1000, 800)
        self.panel.show()
        self.panel.open()
        ground.settle(lambda: bool(self.panel.public.rows) and self.panel.public.country.count())

    def stored(self) -> list[Holiday]:
        rows = self.ground.store.queries.roster().holidays
        return sorted(rows, key=lambda row: row.day)

    def type(self, field: TypedField, text: str) -> None:
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, text)

    def told(self, act: object) -> None:
        """Until the panel has answered and read anew."""
        assert callable(act)
        before = len(self.toasts)
        shown = len(self.shown)
        act()
        self.ground.settle(lambda: len(self.toasts) > before and len(self.shown) > shown)

    def lines(self) -> list[str]:
        return [self.panel.list.item(n).text() for n in range(self.panel.list.count())]

    def choose(self, name: str) -> None:
        tree = self.panel.public.tree
        (item,) = tree.findItems(name, Qt.MatchFlag.MatchExactly, 1)
        tree.setCurrentItem(item)

    def decision(self, name: str) -> Decision:
        return next(row.decision for row in self.panel.public.rows if row.name == name)


@pytest.fixture
def closures(front_desk: FrontDesk) -> Iterator[Closures]:
    made = Closures(front_desk)
    yield made
    made.panel.hide()
    made.panel.deleteLater()


def test_a_range_is_typed_closed_audited_and_undone(closures: Closures) -> None:
    form = closures.panel.form
    before = closures.stored()
    closures.type(form.first, "24.12.2026")
    closures.type(form.last, "31.12.2026")
    closures.type(form.name, "Between the years")
    closures.told(lambda: QTest.keyClick(form.name, Key.Key_Return))
    fresh = [row for row in closures.stored() if row.name == "Between the years"]
    assert [row.day.day for row in fresh] == list(range(24, 32))
    assert fresh[0].created_by == closures.ground.context.actor.staff_id
    assert fresh[0].created_op
    closures.ground.settle(lambda: "24–31 Dec 2026 · Between the years" in closures.lines())
    assert closures.toasts[-1][1], "the toast offers Undo"
    closures.ground.operations.run(Undo())
    closures.ground.settle(lambda: closures.stored() == before)
    closures.ground.settle(lambda: "24–31 Dec 2026 · Between the years" not in closures.lines())


def test_enter_pressed_twice_closes_once_and_what_is_typed_meanwhile_stays(
    closures: Closures,
) -> None:
    form = closures.panel.form
    closures.type(form.first, "24.12.2026")
    closures.type(form.name, "Christmas Eve")
    QTest.keyClick(form.name, Key.Key_Return)
    QTest.keyClick(form.name, Key.Key_Return)
    closures.type(form.name, "New Year's Eve")
    assert closures.toasts == []
    closures.ground.settle(lambda: any("Christmas Eve" in line for line in closures.lines()))
    assert form.texts() == ("24.12.2026", "", "", "", "New Year's Eve")
    assert not any(form.grid.sentence(name) for name in ("day", "name"))
    closures.type(form.first, "31.12.2026")
    closures.told(lambda: QTest.keyClick(form.name, Key.Key_Return))
    assert not any(form.texts())
    assert [row.name for row in closures.stored() if "Eve" in row.name] == [
        "Christmas Eve", "New Year's Eve",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "name", "field", "words"),
    [
        ("someday", "", "x", "day", "Type the day"),
        ("24.12.2026", "23.12.2026", "x", "last", "before it begins"),
        ("24.12.2026", "never", "x", "last", "no day"),
        ("24.12.2026", "", " ", "name", "Give the closure a name"),
        ("24.12.2026", "", "n" * 10_000, "name", "characters"),
    ],
)
def test_bad_input_is_told_at_its_field_and_kept(
    closures: Closures, first: str, last: str, name: str, field: str, words: str
) -> None:
    form, before = closures.panel.form, closures.stored()
    form.first.setText(first)
    form.last.setText(last)
    form.name.setText(name)
    QTest.mouseClick(form.go, LEFT)
    closures.ground.settle(lambda: bool(form.grid.sentence(field)))
    assert words in form.grid.sentence(field)
    assert form.name.text() == name
    assert closures.stored() == before


def test_a_day_that_is_closed_already_is_told(closures: Closures) -> None:
    form = closures.panel.form
    day = closures.stored()[0].day
    form.first.setText(day.strftime("%d.%m.%Y"))
    form.name.setText("Again")
    QTest.mouseClick(form.go, LEFT)
    closures.ground.settle(lambda: bool(form.grid.sentence("day")))
    assert "in the list already" in form.grid.sentence("day")


def test_public_holidays_are_accepted_declined_and_left_open_by_keys(closures: Closures) -> None:
    panel = closures.panel
    assert panel.public.country.currentText() == "United Kingdom"
    closures.choose("Christmas Day")
    closures.told(lambda: QTest.keyClick(panel.public.tree, Key.Key_C))
    closures.ground.settle(lambda: closures.decision("Christmas Day") is Decision.CLOSED)
    row = next(row for row in closures.stored() if row.name == "Christmas Day")
    assert (row.day, row.source, row.closed) == (date(2026, 12, 25), "GB:2026-12-25", True)
    closures.told(lambda: QTest.keyClick(panel.public.tree, Key.Key_O))
    closures.ground.settle(lambda: closures.decision("Christmas Day") is Decision.OPEN)
    assert not next(r for r in closures.stored() if r.name == "Christmas Day").closed
    closures.told(lambda: QTest.keyClick(panel.public.tree, Key.Key_U))
    closures.ground.settle(lambda: closures.decision("Christmas Day") is Decision.UNDECIDED)
    assert not [r for r in closures.stored() if r.name == "Christmas Day"]


def test_accept_all_is_one_step(closures: Closures) -> None:
    panel, before = closures.panel, closures.stored()
    closures.told(lambda: QTest.mouseClick(panel.public.everything, LEFT))
    closures.ground.settle(lambda: all(r.decision is Decision.CLOSED for r in panel.public.rows))
    assert len(closures.stored()) == len(before) + len(panel.public.rows)
    assert not panel.public.everything.isEnabled()
    closures.ground.operations.run(Undo())
    closures.ground.settle(lambda: closures.stored() == before)


def test_the_marks_of_public_holidays_follow_the_colours(closures: Closures) -> None:
    panel = closures.panel

    def inks() -> list[str]:
        icon = panel.public.tree.topLevelItem(0).icon(2)  # type: ignore[union-attr]
        image = icon.pixmap(16).toImage()
        spots = [image.pixelColor(x, y) for x in range(16) for y in range(16)]
        return [ink.name() for ink in spots if ink.alpha() == 255]

    before, row = inks(), panel.public.rows[0]
    assert row.decision is Decision.UNDECIDED
    panel.theme.set_theme("dark")
    assert panel.public.rows[0] is row  # nothing was read anew
    assert inks()
    assert set(inks()).isdisjoint(before)


def test_another_country_and_its_parts(closures: Closures) -> None:
    public = closures.panel.public
    public.country.setCurrentIndex(public.country.findData("DE"))
    public.country.activated.emit(public.country.currentIndex())
    closures.ground.settle(lambda: public.part.findData("BY") >= 0)
    whole = len(public.rows)
    public.part.setCurrentIndex(public.part.findData("BY"))
    public.part.activated.emit(public.part.currentIndex())
    closures.ground.settle(lambda: len(public.rows) > whole)
    assert public.rows[0].source.startswith("DE-BY:")
    assert country_name("TR") != "TR"


def test_another_year(closures: Closures) -> None:
    panel = closures.panel
    QTest.mouseClick(panel.later, LEFT)
    closures.ground.settle(lambda: panel.title.text() == "2027")
    closures.ground.settle(lambda: panel.public.rows[0].day.year == 2027)


def test_visits_on_a_closed_day_are_shown_and_dealt_with(closures: Closures) -> None:
    panel, form = closures.panel, closures.panel.form
    closures.type(form.first, "26.11.2026")
    closures.type(form.name, "Staff day")
    closures.told(lambda: QTest.mouseClick(form.go, LEFT))
    closures.ground.settle(lambda: panel.visits.cells)
    assert not panel.visit_box.isHidden()
    expected = {
        cell.id
        for cell in closures.ground.store.queries.cells(date(2026, 11, 26), date(2026, 11, 26))
        if cell.status.value in ("scheduled", "confirmed", "pending") and "parked" not in cell.flags
    }
    assert {cell.id for cell in panel.visits.cells} == expected
    days: list[tuple[date, str]] = []
    wanted: list[object] = []
    panel.show_day_requested.connect(days.append)
    panel.finder_requested.connect(wanted.append)
    first = panel.visits.cells[0]
    QTest.mouseClick(panel.show_day, LEFT)
    QTest.mouseClick(panel.slot, LEFT)
    assert days == [(date(2026, 11, 26), first.doctor_id)]
    assert wanted == [first.id]
    closures.told(lambda: QTest.mouseClick(panel.shelve, LEFT))
    closures.ground.settle(lambda: first.id not in {cell.id for cell in panel.visits.cells})
    closures.told(lambda: QTest.mouseClick(panel.shelve_all, LEFT))
    closures.ground.settle(lambda: panel.visit_box.isHidden())


def test_a_day_of_the_year_goes_into_the_form_and_a_closure_is_removed(
    closures: Closures,
) -> None:
    panel = closures.panel
    spot = panel.strip.rect_of(date(2026, 7, 14)).center()
    QTest.mouseClick(panel.strip, LEFT, pos=spot)
    assert panel.form.first.text() == "Tue 14 Jul 2026"
    closures.type(panel.form.name, "Works outing")
    panel.form.place.setCurrentIndex(panel.form.place.findText("Elm Park"))
    closures.told(lambda: QTest.keyClick(panel.form.name, Key.Key_Return))
    assert "Tue 14 Jul 2026 · Works outing · Elm Park" in closures.lines()
    assert "Works outing; Elm Park is closed" in panel.strip.words(date(2026, 7, 14))
    QTest.mouseClick(panel.strip, LEFT, pos=panel.strip.rect_of(date(2026, 7, 14)).center())
    assert [c.name for c in panel.chosen] == ["Works outing"]
    closures.told(lambda: QTest.keyClick(panel.list, Key.Key_Delete))
    assert "Works outing" not in [row.name for row in closures.stored()]


def test_the_year_is_walked_by_keys(closures: Closures) -> None:
    strip = closures.panel.strip
    strip.setFocus()
    strip.go_to(date(2026, 1, 31))
    QTest.keyClick(strip, Key.Key_Down)
    assert strip.cursor_day == date(2026, 2, 28)
    QTest.keyClick(strip, Key.Key_Right)
    assert strip.accessibleName() == "Sunday 1 March 2026"
    QTest.keyClick(strip, Key.Key_Return)
    assert closures.panel.form.first.text() == "Sun 1 Mar 2026"


def test_without_the_library_the_closures_still_work(front_desk: FrontDesk) -> None:
    panel = ClosuresPanel(front_desk.context)
    panel.show()
    panel.open()
    front_desk.settle(lambda: panel.roster is not None)
    assert not panel.public.isEnabled()
    assert panel.form.isEnabled()
    panel.hide()
    panel.deleteLater()
    QApplication.processEvents()


def test_a_refusal_of_the_library_is_said(closures: Closures) -> None:
    public = closures.panel.public
    public._fail(Refusal("bad_year", "Public holidays are known from 1980 to 2100."))
    assert "known from 1980" in public.note.text()


def led(closures: Closures) -> list[tuple[str, object]]:
    """The pages that the panel asks for from now on."""
    asked: list[tuple[str, object]] = []
    closures.panel.page_requested.connect(lambda name, what: asked.append((name, what)))
    return asked


def close_days(closures: Closures, first: str, name: str) -> None:
    form = closures.panel.form
    closures.type(form.first, first)
    closures.type(form.name, name)
    closures.told(lambda: QTest.keyClick(form.name, Key.Key_Return))
    closures.ground.settle(lambda: any(name in line for line in closures.lines()))


def pick(closures: Closures, name: str) -> None:
    for place, line in enumerate(closures.lines()):
        if name in line:
            closures.panel.list.clearSelection()
            closures.panel.list.setCurrentRow(place)
            return
    raise AssertionError(closures.lines())


def test_a_closure_is_changed_in_the_form(closures: Closures) -> None:
    """By keys: Enter on the list, new name and days, Enter; one undo."""
    close_days(closures, "24.12.2026", "Chrismas")
    asked = led(closures)
    pick(closures, "Chrismas")
    QTest.keyClick(closures.panel.list, Key.Key_Return)
    form = closures.panel.form
    assert form.go.text() == "Save"
    assert (form.first.text(), form.name.text()) == ("Thu 24 Dec 2026", "Chrismas")
    before = closures.stored()
    form.name.clear()
    QTest.keyClick(form.name, Key.Key_Return)
    assert "Give the closure a name" in form.grid.sentence("name")
    closures.type(form.name, "Christmas")
    closures.type(form.last, "23.12.2026")
    QTest.keyClick(form.last, Key.Key_Return)
    closures.ground.settle(lambda: "before it begins" in form.grid.sentence("last"))
    assert closures.stored() == before, "nothing is half-saved"
    assert form.name.text() == "Christmas", "nothing typed is lost"
    closures.type(form.last, "25.12.2026")
    form.place.setCurrentIndex(1)
    closures.told(lambda: QTest.keyClick(form.last, Key.Key_Return))
    site = form.place.itemData(1)
    fresh = [row for row in closures.stored() if row.name == "Christmas"]
    assert [(row.day.day, row.location_id) for row in fresh] == [(24, site), (25, site)]
    assert form.go.text() == "Add"
    assert not form.stop.isVisible()
    assert all(name != "absence" or what for name, what in asked)
    closures.ground.desk.execute(Undo())
    assert names(closures.stored()) == names(before)


def test_esc_leaves_a_closure_as_it_is(closures: Closures) -> None:
    close_days(closures, "24.12.2026", "Eve")
    pick(closures, "Eve")
    QTest.mouseClick(closures.panel.edit, LEFT)
    form = closures.panel.form
    closures.type(form.name, "Something else")
    QTest.keyClick(form.name, Key.Key_Escape)
    assert form.name.text() == "Eve", "first what was typed"
    QTest.keyClick(form.name, Key.Key_Escape)
    assert (form.go.text(), form.name.text()) == ("Add", "")
    assert closures.panel.hands.editing is None


def test_a_closure_that_hits_visits_leads_to_their_plan_and_one_undo(closures: Closures) -> None:
    ground, queries = closures.ground, closures.ground.store.queries
    day = ground.clock.now().date() + timedelta(days=7)
    before = {c.id: c.start for c in visits_on(closures, day)}
    assert before
    asked = led(closures)
    close_days(closures, f"{day:%d.%m.%Y}", "Water damage")
    ground.settle(lambda: asked)
    (name, plan_id) = asked[0]
    assert name == "absence"
    page = AbsencePage(ground.context)
    page.resize(1366, 700)
    page.show()
    page.open(plan_id)
    ground.settle(lambda: page.title.text() == "Closed · Water damage")
    ground.settle(
        lambda: page.counters.accept_all.isEnabled() and not page.counters.stop.isVisible()
    )
    assert page.book is not None
    assert {row.id for row in page.book.rows} == set(before)
    assert "the clinic is closed" in page.subtitle.text()
    assert page.landing.data.who == "all doctors"
    assert page.landing.data.hatched == "closed"
    page.accept_all()
    ground.settle(lambda: page.book is not None and page.book.counts().moved > 0)
    page._park_rest()
    ground.settle(lambda: not visits_on(closures, day))
    ground.operations.run(Undo())
    ground.settle(lambda: {c.id: c.start for c in visits_on(closures, day)} == before)
    assert all(row.name != "Water damage" for row in queries.roster().holidays)
    ground.settle(lambda: page.stack.currentIndex() == 1)
    said = [label.text() for label in page.empty.findChildren(QLabel)]
    assert "This closure is no longer there" in said
    asked.clear()
    page.page_requested.connect(lambda name, what: asked.append((name, what)))
    page.empty.action_requested.emit()
    assert asked == [("settings", "closures")]
    page.hide()
    page.deleteLater()


def names(rows: list[Holiday]) -> list[tuple[date, str, str | None]]:
    return [(row.day, row.name, row.location_id) for row in rows]


def visits_on(closures: Closures, day: date) -> list[Cell]:
    """Placed, and still to happen."""
    return [
        cell
        for cell in closures.ground.store.queries.cells(day, day)
        if cell.status in TO_MOVE and "parked" not in cell.flags
    ]
