"""Doctors, edited in their panel on the real store."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.services.commands import SaveRecords
from clinic_desk.ui.widgets.forms.swatches import SwatchField
from tests.fakes.front_desk import FrontDesk
from tests.fakes.roster_ground import PanelGround, open_panel
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def ground(front_desk: FrontDesk) -> Iterator[PanelGround]:
    made = open_panel(front_desk, "doctors")
    yield made
    made.window.hide()
    made.window.deleteLater()


def doctor(ground: PanelGround, name: str) -> Doctor:
    return next(row for row in ground.roster.doctors.values() if name in row.name)


def press(ground: PanelGround, words: str) -> None:
    button = next(
        b for b in ground.panel.findChildren(QPushButton) if b.text() == words and b.isVisible()
    )
    QTest.mouseClick(button, LEFT)


def test_a_new_doctor_has_a_free_colour_and_a_code_of_the_name(ground: PanelGround) -> None:
    used = {(row.colour, row.pattern) for row in ground.roster.doctors.values()}
    press(ground, "Add doctor")
    ground.type("name", "Zoe Quist")
    assert ground.panel.form.rows["code"].raw_text() == "ZQ"
    ground.type("specialty", "Ear, nose and throat")
    ground.saved("Zoe Quist added")
    made = doctor(ground, "Quist")
    assert (made.code, made.active, made.specialty) == ("ZQ", True, "Ear, nose and throat")
    assert (made.colour, made.pattern) not in used
    assert made.position == max(row.position for row in ground.roster.doctors.values())


def test_a_code_once_typed_is_not_taken_back_by_the_name(ground: PanelGround) -> None:
    press(ground, "Add doctor")
    ground.type("code", "XY")
    ground.type("name", "Zoe Quist")
    assert ground.panel.form.rows["code"].raw_text() == "XY"


def test_a_code_that_is_taken_is_refused_at_the_code(ground: PanelGround) -> None:
    ground.choose("Dr James Carter")
    ground.type("code", "ad")
    ground.save()
    ground.desk.settle(lambda: ground.fault("code"))
    assert "Demir" in ground.fault("code")
    assert doctor(ground, "Carter").code == "JC"


def test_the_colour_is_chosen_by_keys_and_by_the_mouse(ground: PanelGround) -> None:
    ground.choose("Dr James Carter")
    swatches = ground.panel.form.rows["look"].widget
    assert isinstance(swatches, SwatchField)
    assert "used by AD" in swatches.words(("teal", "solid"))
    assert "free" in swatches.words(("crimson", "solid"))
    swatches.setFocus()
    QTest.keyClick(swatches, Qt.Key.Key_Down)
    assert swatches.value() == ("indigo", "dashed")
    assert "indigo, dashed, free" in swatches.accessibleName()
    spot = swatches.spot(("crimson", "double")).center()
    QTest.mouseClick(swatches, LEFT, Qt.KeyboardModifier.NoModifier, spot)
    ground.saved("Dr James Carter saved")
    carter = doctor(ground, "Carter")
    assert (carter.colour, carter.pattern) == ("crimson", "double")


def test_a_limit_per_day_is_a_number_or_nothing(ground: PanelGround) -> None:
    ground.choose("Dr James Carter")
    for typed, word in (("0", "between 1 and 200"), ("many", "no whole number")):
        ground.type("max_per_day", typed)
        ground.save()
        ground.desk.settle(lambda: ground.fault("max_per_day"))
        assert word in ground.fault("max_per_day")
    ground.type("max_per_day", "12")
    ground.saved("Dr James Carter saved")
    assert doctor(ground, "Carter").max_per_day == 12
    ground.toasts.clear()
    ground.type("max_per_day", "")
    ground.saved("Dr James Carter saved")
    assert doctor(ground, "Carter").max_per_day is None


def test_deactivating_says_what_is_still_to_come(ground: PanelGround) -> None:
    ground.choose("Dr James Carter")
    box = ground.panel.form.rows["active"].target
    box.setFocus()
    QTest.keyClick(box, Qt.Key.Key_Space)
    ground.desk.settle(lambda: "to come" in ground.panel.message.sentence)
    assert "Dr Carter has" in ground.panel.message.sentence
    assert doctor(ground, "Carter").active
    ground.saved("Dr James Carter is no longer active")
    assert not doctor(ground, "Carter").active
    ground.desk.settle(lambda: ground.titles()[-2:] == ["No longer active", "Dr James Carter"])
    ground.desk.settle(lambda: "as booked" in ground.panel.message.sentence)


def test_the_buttons_lead_to_the_hours_and_types_of_the_doctor(ground: PanelGround) -> None:
    asked: list[tuple[str, object]] = []
    ground.panel.page_requested.connect(lambda name, what: asked.append((name, what)))
    ground.choose("Dr Petra Vogel")
    press(ground, "Weekly hours…")
    ground.type("specialty", "Skin")
    press(ground, "Own visit types…")
    vogel = doctor(ground, "Vogel").id
    assert asked == [("settings:hours", vogel)]
    press(ground, "Save")
    ground.desk.settle(lambda: len(asked) == 2)
    assert asked[1] == ("settings:types", vogel)
    assert doctor(ground, "Vogel").specialty == "Skin"


def test_a_doctor_is_not_removed_but_deactivated(ground: PanelGround) -> None:
    assert ground.panel.side is not None
    ground.panel.side.list.setFocus()
    QTest.keyClick(ground.panel.side.list, Qt.Key.Key_Delete)
    ground.desk.settle(lambda: "no longer active" in ground.panel.message.sentence)


def test_the_columns_follow_the_new_order(ground: PanelGround) -> None:
    before = [row.name for row in ground.roster.doctors.values()]
    ground.choose("Dr James Carter")
    assert ground.panel.side is not None
    QTest.mouseClick(ground.panel.side.up, LEFT)
    ground.desk.settle(
        lambda: (
            [row.name for row in ground.roster.doctors.values()]
            == [before[1], before[0], *before[2:]]
        )
    )


def test_a_form_is_only_read_where_the_role_may_not_change_it(front_desk: FrontDesk) -> None:
    from dataclasses import replace

    actor = replace(front_desk.context.actor, permissions=frozenset())
    front_desk.context = replace(front_desk.context, actor=actor)
    ground = open_panel(front_desk, "doctors")
    assert "may not edit sites, doctors" in ground.panel.message.sentence
    assert not ground.panel.form.isEnabled()
    assert not ground.panel.bar.save.isEnabled()
    ground.window.hide()
    ground.window.deleteLater()


def test_twenty_doctors_keep_the_place_in_the_list(ground: PanelGround) -> None:
    context = ground.desk.context
    rows = tuple(
        Doctor(
            id=context.new_id(),
            name=f"Extra {n} of a rather long name",
            code=f"E{n}",
            position=20 + n,
        )
        for n in range(14)
    )
    ground.desk.desk.execute(SaveRecords(records=rows, label="Many"))
    context.operations.announce_external()
    ground.desk.settle(lambda: len(ground.titles()) == 20)
    ground.choose("Extra 13")
    assert ground.panel.heading.text() == "Extra 13 of a rather long name"
    shown = ground.panel.side.list  # type: ignore[union-attr]
    assert shown.viewport().rect().contains(shown.visualItemRect(shown.currentItem()))


def test_a_site_with_hours_is_not_taken_from_a_doctor(ground: PanelGround) -> None:
    carter = doctor(ground, "Carter")
    assert len(carter.location_ids) == 2
    ground.choose("Dr James Carter")
    field = ground.panel.form.rows["location_ids"].field
    boxes = [box for box in field.boxes if box.isChecked()]
    QTest.mouseClick(boxes[0], LEFT)
    ground.save()
    assert "stays in the list" in ground.fault("location_ids")
    assert doctor(ground, "Carter").location_ids == carter.location_ids
    assert not boxes[0].isChecked(), "nothing that was clicked is lost"
