"""Closures of a part of a day, and public holidays accepted together, in the settings' section."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from clinic_desk.domain.spans import local_date
from clinic_desk.services.commands import Undo
from clinic_desk.services.time_off import TO_MOVE
from clinic_desk.services.views import Cell
from clinic_desk.ui.planning.absence import AbsencePage
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk
from tests.ui.test_roster_closures import Closures, closures, led, names, pick, visits_on

__all__ = ["closures", "front_desk"]

LEFT = Qt.MouseButton.LeftButton
Key = Qt.Key


def afternoon(cells: list[Cell], minute: int) -> set[str]:
    """Visits that last beyond that wall minute in London, where winter is UTC."""
    return {c.id for c in cells if c.end.hour * 60 + c.end.minute > minute}


def test_an_afternoon_is_closed_by_keys_and_hits_its_own_visits_alone(closures: Closures) -> None:
    ground, form = closures.ground, closures.panel.form
    day = ground.clock.now().date() + timedelta(days=7)
    before = visits_on(closures, day)
    hit = afternoon(before, 840)
    assert hit
    assert len(hit) < len(before)
    asked = led(closures)
    closures.type(form.first, f"{day:%d.%m.%Y}")
    QTest.keyClick(form.first, Key.Key_Tab)
    assert form.start.hasFocus()
    QTest.keyClicks(form.start, "14")
    closures.type(form.name, "Staff party")
    closures.told(lambda: QTest.keyClick(form.name, Key.Key_Return))
    (row,) = [one for one in closures.stored() if one.name == "Staff party"]
    assert (row.start_minute, row.until) == (840, 1440)
    ground.settle(lambda: asked)
    assert asked[0][0] == "absence"
    ground.settle(lambda: any("14:00–24:00 · Staff party" in line for line in closures.lines()))
    (line,) = [line for line in closures.lines() if "Staff party" in line]
    assert line.endswith(f"{len(hit)} visits booked")
    assert "the clinic is closed 14:00–24:00" in closures.panel.strip.words(day)
    page = AbsencePage(ground.context)
    page.resize(1366, 700)
    page.show()
    page.open(asked[0][1])
    ground.settle(lambda: page.book is not None and page.book.counts().all == len(hit))
    assert page.book is not None
    assert {one.id for one in page.book.rows} == hit
    assert "14:00–24:00" in page.subtitle.text()
    page.hide()
    page.deleteLater()
    # changed to the morning, by the form that shows it as it is
    pick(closures, "Staff party")
    QTest.keyClick(closures.panel.list, Key.Key_Return)
    assert (form.start.text(), form.end.text()) == ("14:00", "")
    closures.type(form.start, "")
    form.start.clear()
    closures.type(form.end, "9:30")
    closures.told(lambda: QTest.keyClick(form.end, Key.Key_Return))
    (row,) = [one for one in closures.stored() if one.name == "Staff party"]
    assert (row.start_minute, row.until) == (0, 570)
    ground.desk.execute(Undo())
    (row,) = [one for one in closures.stored() if one.name == "Staff party"]
    assert (row.start_minute, row.until) == (840, 1440)


@pytest.mark.parametrize(
    ("start", "end", "field", "words"),
    [
        ("noon", "", "start", "no time"),
        ("25:00", "", "start", "no time"),
        ("12:00", "🎄" * 10_000, "end", "no time"),
        ("14:00", "12:00", "end", "before it begins at 14:00"),
        ("14:00", "14:00", "end", "before it begins at 14:00"),
    ],
)
def test_a_bad_time_is_told_at_its_field_and_kept(
    closures: Closures, start: str, end: str, field: str, words: str
) -> None:
    form, before = closures.panel.form, closures.stored()
    form.first.setText("24.12.2026")
    form.start.setText(start)
    form.end.setText(end)
    form.name.setText("Eve")
    QTest.mouseClick(form.go, LEFT)
    closures.ground.settle(lambda: bool(form.grid.sentence(field)))
    assert words in form.grid.sentence(field)
    assert (form.start.text(), form.end.text()) == (start, end)
    assert closures.stored() == before


def test_holidays_that_are_accepted_together_are_planned_together(closures: Closures) -> None:
    """Thanksgiving has visits: its plan opens by itself, and one undo takes everything back."""
    ground, public = closures.ground, closures.panel.public
    zone = ground.store.queries.roster().practice.zone
    today = local_date(ground.clock.now(), zone)
    rows, asked = names(closures.stored()), led(closures)
    public.country.setCurrentIndex(public.country.findData("US"))
    public.country.activated.emit(public.country.currentIndex())
    ground.settle(lambda: any(row.source.startswith("US:") for row in public.rows))
    feast = next(row.day for row in public.rows if row.day > today and row.visits)
    before = {c.id: c.start for c in visits_on(closures, feast)}
    QTest.mouseClick(public.everything, LEFT)
    ground.settle(lambda: asked)
    name, plan_id = asked[0]
    assert name == "absence"
    page = AbsencePage(ground.context)
    page.resize(1366, 700)
    page.show()
    page.open(plan_id)
    ground.settle(
        lambda: (
            page.counters.accept_all.isEnabled()
            and not page.counters.stop.isVisible()
            and page.book is not None
            and page.book.counts().without + page.book.counts().open == page.book.counts().all
        )
    )
    assert page.book is not None
    assert set(before) <= {row.id for row in page.book.rows}
    assert all(row.visit.status in TO_MOVE for row in page.book.rows)
    assert "more" in page.title.text()
    page.accept_all()
    ground.settle(lambda: page.book is not None and page.book.counts().open == 0)
    assert {c.id: c.start for c in visits_on(closures, feast)} != before
    ground.operations.run(Undo())
    ground.settle(lambda: names(closures.stored()) == rows)
    ground.settle(lambda: {c.id: c.start for c in visits_on(closures, feast)} == before)
    page.hide()
    page.deleteLater()


def test_no_plan_opens_when_the_accepted_holidays_hit_nothing(closures: Closures) -> None:
    asked = led(closures)
    closures.told(lambda: QTest.mouseClick(closures.panel.public.everything, LEFT))
    done: list[FrontDesk] = []
    closures.ground.operations.ask(lambda _queries: closures.ground, done=done.append)
    closures.ground.settle(lambda: done)
    assert asked == []
    assert date(2026, 12, 25) in {row.day for row in closures.stored()}
