"""Sites, rooms, travel times and the practice, edited in the panels on the real store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from clinic_desk.domain.catalogue import Location, Room
from clinic_desk.services.commands import SaveRecords, Undo
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.roster.sites import SitesPanel
from tests.fakes.front_desk import FrontDesk
from tests.fakes.late import late
from tests.fakes.roster_ground import PanelGround, open_panel
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

LEFT, ALT = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier
NONE = Qt.KeyboardModifier.NoModifier
Opened = Callable[[str], PanelGround]


@pytest.fixture
def opened(front_desk: FrontDesk) -> Iterator[Opened]:
    made: list[PanelGround] = []

    def open_one(name: str) -> PanelGround:
        made.append(open_panel(front_desk, name))
        return made[-1]

    yield open_one
    for ground in made:
        ground.window.hide()
        ground.window.deleteLater()


def room(ground: PanelGround, name: str) -> Room:
    return next(row for row in ground.roster.rooms.values() if row.name == name)


def press(ground: PanelGround, words: str) -> None:
    button = next(
        b for b in ground.panel.findChildren(QPushButton) if b.text() == words and b.isVisible()
    )
    QTest.mouseClick(button, LEFT)


def test_a_room_is_renamed_by_keys_and_taken_back_as_one_step(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    ground.type("name", "Treatment 3")
    assert ground.panel.dirty
    assert ground.roster.rooms[ground.panel.record.id].name == "Room 3"  # type: ignore[union-attr]
    ground.saved("Room Treatment 3 saved")
    assert room(ground, "Treatment 3").capacity == 1
    ground.listed("Treatment 3")
    ground.desk.operations.run(Undo())
    ground.desk.settle(lambda: "Room 3" in ground.titles())
    ground.desk.settle(lambda: ground.panel.heading.text() == "Room 3")


def test_a_new_site_with_a_room_is_made_with_the_keyboard(opened: Opened) -> None:
    ground = opened("sites")
    press(ground, "Add site")
    assert ground.panel.form.rows["name"].target.hasFocus()
    ground.type("name", "Riverside")
    ground.type("zone", "istanbul")
    ground.save()
    ground.desk.settle(lambda: any(s.name == "Riverside" for s in ground.roster.locations.values()))
    site = next(s for s in ground.roster.locations.values() if s.name == "Riverside")
    assert (site.zone, site.primary) == ("Europe/Istanbul", False)
    press(ground, "Add room")
    ground.type("name", "Room 1")
    ground.type("capacity", "2")
    ground.saved("Room 1 added")
    made = [r for r in ground.roster.rooms.values() if r.location_id == site.id]
    assert [(r.name, r.capacity) for r in made] == [("Room 1", 2)]


def test_a_room_added_before_its_new_site_is_read_back_stands_there(opened: Opened) -> None:
    ground = opened("sites")
    press(ground, "Add site")
    ground.type("name", "Riverside")
    with late(RosterSource):
        ground.save()
        press(ground, "Add room")
        ground.type("name", "Room 1")
    ground.saved("Room 1 added")
    site = next(s for s in ground.roster.locations.values() if s.name == "Riverside")
    assert [r.name for r in ground.roster.rooms.values() if r.location_id == site.id] == ["Room 1"]


def test_a_room_removed_before_it_is_read_back_is_removed(opened: Opened) -> None:
    ground = opened("sites")
    press(ground, "Add room")
    ground.type("name", "Store room")
    assert ground.panel.side is not None
    with late(RosterSource):
        ground.save()
        QTest.mouseClick(ground.panel.side.remove, LEFT)
    ground.desk.settle(lambda: len(ground.toasts) == 2)
    ground.desk.settle(lambda: "Store room" not in ground.titles())
    assert not [row for row in ground.roster.rooms.values() if row.name == "Store room"]


@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [
        ("capacity", "0", "at least one visit"),
        ("capacity", "-2", "at least one visit"),
        ("capacity", "501", "at most 500"),
        ("capacity", "two", "no whole number"),
        ("capacity", "", "Type a number"),
        ("name", "", "needs a name"),
        ("name", "room 4", "already"),
    ],
)
def test_a_room_that_cannot_be_is_refused_at_its_field(
    opened: Opened, field: str, typed: str, word: str
) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    before = room(ground, "Room 3")
    ground.type(field, typed)
    ground.save()
    ground.desk.settle(lambda: ground.fault(field))
    assert word in ground.fault(field)
    assert ground.panel.form.rows[field].raw_text() == typed
    assert ground.panel.dirty
    assert room(ground, "Room 3") == before
    ground.type(field, "3" if field == "capacity" else "Quiet room")
    assert ground.fault(field) == ""


def test_ten_thousand_characters_and_an_emoji_in_a_name(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    long = "ab" * 5000
    ground.paste("name", long)
    ground.save()
    ground.desk.settle(lambda: ground.fault("name"))
    assert "120 characters" in ground.fault("name")
    assert "10,000" in ground.fault("name")
    assert ground.panel.form.rows["name"].raw_text() == long
    ground.paste("name", "Kids 🧸 room")
    ground.saved("Room Kids 🧸 room saved")
    assert room(ground, "Kids 🧸 room").capacity == 1


def test_a_zone_that_does_not_exist_is_refused_in_both_places(opened: Opened) -> None:
    for name in ("sites", "practice"):
        ground = opened(name)
        ground.type("zone", "Europe/Atlantis")
        ground.save()
        ground.desk.settle(lambda g=ground: g.fault("zone"))  # type: ignore[misc]
        assert "Europe/Atlantis" in ground.fault("zone")
        assert ground.panel.form.rows["zone"].raw_text() == "Europe/Atlantis"
        assert ground.roster.practice.zone == "Europe/London"


def test_the_zone_is_searched_by_its_town_and_chosen_by_keys(opened: Opened) -> None:
    ground = opened("practice")
    ground.type("zone", "york")
    popup = QApplication.activePopupWidget()
    assert popup is not None
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)
    assert ground.panel.form.rows["zone"].raw_text() == "New York — America/New_York"
    ground.type("zone", "yo")
    assert QApplication.activePopupWidget() is not None
    ground.save()
    ground.desk.settle(lambda: ground.fault("zone"))
    assert QApplication.activePopupWidget() is None
    ground.type("zone", "tokyo")
    ground.saved("Practice saved")
    assert ground.roster.practice.zone == "Asia/Tokyo"


def test_removing_what_is_needed_says_who_needs_it(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Elm Park")
    side = ground.panel.side
    assert side is not None
    side.list.setFocus()
    QTest.keyClick(side.list, Qt.Key.Key_Delete)
    ground.desk.settle(lambda: ground.panel.message.sentence)
    assert "Elm Park still has" in ground.panel.message.sentence
    assert any(s.name == "Elm Park" for s in ground.roster.locations.values())


def test_a_room_nobody_needs_is_removed(opened: Opened) -> None:
    ground = opened("sites")
    press(ground, "Add room")
    ground.type("name", "Store room")
    ground.saved("Room Store room added")
    assert ground.panel.side is not None
    QTest.mouseClick(ground.panel.side.remove, LEFT)
    ground.desk.settle(lambda: "Remove room Store room" in " ".join(ground.toasts) or
                       "Removed room Store room" in ground.toasts)  # fmt: skip
    ground.desk.settle(lambda: "Store room" not in ground.titles())


def _removed(ground: PanelGround, title: str) -> None:
    ground.choose(title)
    assert ground.panel.side is not None
    QTest.mouseClick(ground.panel.side.remove, LEFT)
    ground.desk.settle(lambda: title not in ground.titles())
    ground.desk.settle(lambda: ground.panel.record is not None)


def test_the_form_stays_where_something_was_removed(opened: Opened) -> None:
    """Not at the top of the list: the next of its kind, else the one before, else its site."""
    ground = opened("sites")
    elm = next(row for row in ground.roster.locations.values() if row.name == "Elm Park")
    towns = [replace(elm, id=f"site-{n}", name=n, position=90) for n in ("Ash", "Bay", "Cox")]
    rooms = [Room(id=f"room-{n}", location_id="site-Bay", name=n) for n in ("North", "South")]
    ground.desk.desk.execute(SaveRecords(records=(*towns, *rooms)))
    ground.panel.source.refresh()
    ground.listed("South")
    heading = ground.panel.heading
    _removed(ground, "North")
    assert heading.text() == "South"
    _removed(ground, "South")
    assert heading.text() == "Bay"
    _removed(ground, "Bay")
    assert heading.text() == "Cox"
    _removed(ground, "Cox")
    assert heading.text() == "Ash"
    ground.desk.operations.run(Undo())
    ground.listed("Cox")
    assert heading.text() == "Ash"


def test_a_new_room_is_seen_whole_in_a_long_list(opened: Opened) -> None:
    ground = opened("sites")
    site = next(row for row in ground.roster.locations.values() if row.primary)
    many = [Room(id=f"r{n}", location_id=site.id, name=f"Ward {n:02}") for n in range(40)]
    ground.desk.desk.execute(SaveRecords(records=tuple(many)))
    ground.panel.source.refresh()
    ground.listed("Ward 39")
    ground.choose("Room 1")
    assert ground.panel.side is not None
    rows = ground.panel.side.list
    press(ground, "Add room")
    item = rows.currentItem()
    assert item is not None
    assert item.text() == "New room"
    ground.desk.settle(lambda: rows.viewport().rect().contains(rows.visualItemRect(item)))


def test_rooms_change_places_by_keys_buttons_and_the_mouse(opened: Opened) -> None:
    ground = opened("sites")
    panel = ground.panel
    assert isinstance(panel, SitesPanel)
    assert panel.side is not None
    main = next(s.id for s in ground.roster.locations.values() if s.primary)

    def order() -> list[str]:
        return [r.name for r in ground.roster.rooms.values() if r.location_id == main][:4]

    ground.choose("Room 3")
    panel.side.list.setFocus()
    QTest.keyClick(panel.side.list, Qt.Key.Key_Up, ALT)
    ground.desk.settle(lambda: order() == ["Room 1", "Room 3", "Room 2", "Room 4"])
    QTest.mouseClick(panel.side.down, LEFT)
    ground.desk.settle(lambda: order() == ["Room 1", "Room 2", "Room 3", "Room 4"])
    rows = panel.side.list

    def spot(title: str, share: float) -> QPoint:
        place = [row.title for row in rows.rows()].index(title)
        box = rows.visualItemRect(rows.item(place))
        return QPoint(box.center().x(), box.top() + round(box.height() * share))

    port = rows.viewport()
    QTest.mousePress(port, LEFT, NONE, spot("Room 3", 0.5))
    QTest.mouseMove(port, spot("Room 2", 0.5))
    QTest.mouseMove(port, spot("Room 1", 0.2))
    QTest.mouseRelease(port, LEFT, NONE, spot("Room 1", 0.2))
    ground.desk.settle(lambda: order() == ["Room 3", "Room 1", "Room 2", "Room 4"])
    ground.desk.operations.run(Undo())
    ground.desk.settle(lambda: order() == ["Room 1", "Room 2", "Room 3", "Room 4"])


def test_unsaved_changes_ask_before_another_row_is_shown(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    ground.type("name", "Room 33")
    ground.choose("Room 4")
    assert "not saved" in ground.panel.message.sentence
    assert ground.panel.heading.text() == "Room 3"
    assert ground.panel.side is not None
    assert ground.panel.side.list.current == ground.panel.record.id  # type: ignore[union-attr]
    press(ground, "Save")
    ground.desk.settle(lambda: ground.panel.heading.text() == "Room 4")
    assert room(ground, "Room 33")
    ground.type("name", "Room 44")
    told: list[bool] = []
    ground.panel.leave_allowed.connect(lambda: told.append(True))
    assert not ground.panel.leave()
    press(ground, "Keep editing")
    assert told == []
    assert not ground.panel.leave()
    press(ground, "Discard changes")
    assert told == [True]
    assert ground.panel.leave()
    assert room(ground, "Room 4")


def test_what_is_typed_while_saving_is_kept(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    ground.type("name", "Room A")
    QTest.keyClick(ground.panel.form.rows["name"].target, Qt.Key.Key_S,
                   Qt.KeyboardModifier.ControlModifier)  # fmt: skip
    QTest.keyClicks(ground.panel.form.rows["name"].target, "BC")
    ground.desk.settle(lambda: any(t.startswith("Room A saved") for t in ground.toasts))
    assert ground.panel.form.rows["name"].raw_text() == "Room ABC"
    assert ground.panel.dirty
    ground.saved("Room ABC saved")
    assert room(ground, "Room ABC")


@pytest.mark.parametrize("answer", ["Show theirs", "Save mine over it"])
def test_another_desk_was_faster(opened: Opened, answer: str) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    ground.type("name", "Mine")
    theirs = replace(room(ground, "Room 3"), name="Theirs", capacity=4)
    ground.desk.other_desk().execute(SaveRecords(records=(theirs,), label="Edit room"))
    ground.save()
    ground.desk.settle(lambda: ground.panel.message.buttons())
    assert "Maria" in ground.panel.message.sentence
    assert ground.panel.form.rows["name"].raw_text() == "Mine"
    press(ground, answer)
    if answer == "Show theirs":
        ground.desk.settle(lambda: ground.panel.form.rows["name"].raw_text() == "Theirs")
        assert not ground.panel.dirty
        press(ground, "Show mine again")
        assert ground.panel.form.rows["name"].raw_text() == "Mine"
        ground.saved("Room Mine saved")
    ground.desk.settle(lambda: any(r.name == "Mine" for r in ground.roster.rooms.values()))
    # what only they have changed is theirs
    assert room(ground, "Mine").capacity == 4


def test_another_desks_change_shows_while_nothing_is_typed(opened: Opened) -> None:
    ground = opened("sites")
    ground.choose("Room 3")
    theirs = replace(room(ground, "Room 3"), name="Theirs")
    ground.desk.other_desk().execute(SaveRecords(records=(theirs,), label="Edit room"))
    ground.desk.operations.announce_external()
    ground.desk.settle(lambda: ground.panel.form.rows["name"].raw_text() == "Theirs")


def test_travel_times_between_three_sites(opened: Opened) -> None:
    ground = opened("sites")
    third = Location(id=ground.desk.context.new_id(), name="Riverside", zone="Europe/London")
    ground.desk.desk.execute(SaveRecords(records=(third,), label="Add"))
    ground.desk.operations.announce_external()
    ground.desk.settle(lambda: "Riverside" in ground.titles())
    ground.choose("Travel times")
    row = ground.panel.form.rows["minutes"]
    cells = row.widget.cells  # type: ignore[attr-defined]
    assert len(cells) == 3
    pair = next(iter(cells))
    before = len(ground.roster.travel)
    known = {frozenset((t.location_id, t.other_location_id)) for t in ground.roster.travel}
    line = cells[pair].line
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, "-5")
    ground.save()
    ground.desk.settle(lambda: ground.fault("minutes"))
    assert "0 to 1,440 minutes" in ground.fault("minutes")
    line.selectAll()
    QTest.keyClicks(line, "25")
    ground.saved("Travel times between sites")
    ways = {
        frozenset((t.location_id, t.other_location_id)): t.minutes for t in ground.roster.travel
    }
    assert ways[frozenset(pair)] == 25

    def known_to_the_panel() -> bool:
        roster = ground.panel.source.roster
        return roster is not None and any(t.minutes == 25 for t in roster.travel)

    ground.desk.settle(lambda: known_to_the_panel() and not ground.panel.dirty)
    line = row.widget.cells[pair].line  # type: ignore[attr-defined]
    line.setFocus()
    line.selectAll()
    QTest.keyClick(line, Qt.Key.Key_Delete)
    ground.toasts.clear()
    ground.save()
    ground.desk.settle(lambda: ground.toasts)
    assert len(ground.roster.travel) == before - (frozenset(pair) in known)


def test_the_practice_speaks_another_language_and_counts_in_another_currency(
    opened: Opened,
) -> None:
    ground = opened("practice")
    ground.type("locale", "tr_TR")
    ground.type("currency", "turkish lira")
    ground.type("phone_country", "tr")
    ground.type("zone", "Europe/Istanbul")
    ground.type("travel_minutes", "20")
    ground.saved("Practice saved")
    practice = ground.roster.practice
    assert (practice.locale, practice.currency) == ("tr_TR", "TRY")
    assert (practice.phone_country, practice.zone) == ("TR", "Europe/Istanbul")
    assert practice.travel_minutes == 20
    ground.desk.settle(lambda: "prices" in ground.panel.message.sentence)


def test_the_reminder_plan_is_a_little_list(opened: Opened) -> None:
    ground = opened("practice")
    plan = ground.panel.form.rows["reminders"].widget
    assert len(plan.lines) == 2  # type: ignore[attr-defined]
    QTest.mouseClick(plan.lines[0].boxes["sms"], LEFT, NONE, QPoint(10, 12))  # type: ignore[attr-defined]
    QTest.mouseClick(plan.lines[0].boxes["email"], LEFT, NONE, QPoint(10, 12))  # type: ignore[attr-defined]
    QTest.mouseClick(plan.lines[1].close_button, LEFT)  # type: ignore[attr-defined]
    QTest.mouseClick(plan.add, LEFT)  # type: ignore[attr-defined]
    QTest.keyClicks(plan.lines[1].number, "x")  # type: ignore[attr-defined]
    ground.save()
    assert "no time before a visit" in ground.fault("reminders")
    plan.lines[1].number.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(plan.lines[1].number, "3")  # type: ignore[attr-defined]
    ground.saved("Practice saved")
    assert ground.roster.practice.reminders == ("1440:sms,email", "180:")


def test_every_field_has_a_name_for_those_who_cannot_see_it(opened: Opened) -> None:
    for name in ("sites", "practice", "doctors", "types", "policies"):
        ground = opened(name)
        for row in ground.panel.form.rows.values():
            assert row.target.accessibleName(), (name, row.name)
