"""Visit types, doctors' own values and the table of booking rules, on the real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton

from clinic_desk.domain.catalogue import AppointmentType, Mode, effective_type
from clinic_desk.services.commands import Undo
from clinic_desk.services.type_overrides import own_fields
from clinic_desk.ui.roster.policies import PoliciesPanel, read_lead
from clinic_desk.ui.roster.rule_table import RuleTable
from clinic_desk.ui.roster.types import TypesPanel
from tests.fakes.front_desk import TUESDAY, FrontDesk
from tests.fakes.roster_ground import PanelGround, open_panel
from tests.fakes.ui_ground import front_desk

__all__ = ["front_desk"]

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def ground(front_desk: FrontDesk) -> Iterator[PanelGround]:
    made = open_panel(front_desk, "types")
    yield made
    made.window.hide()
    made.window.deleteLater()


def kind(ground: PanelGround, name: str, doctor: str = "") -> AppointmentType:
    return next(
        row
        for row in ground.roster.types.values()
        if row.name == name and (not doctor or row.doctor_id == doctor)
        and (doctor or row.doctor_id is None)
    )  # fmt: skip


def doctor_id(ground: PanelGround, name: str) -> str:
    return next(row.id for row in ground.roster.doctors.values() if name in row.name)


def press(ground: PanelGround, words: str) -> None:
    button = next(
        b for b in ground.panel.findChildren(QPushButton) if b.text() == words and b.isVisible()
    )
    QTest.mouseClick(button, LEFT)


def by_menu(ground: PanelGround, button: str, doctor: str) -> None:
    """The entry of a button's menu."""
    assert isinstance(ground.panel, TypesPanel)
    shown = ground.panel.differs if button == "differs" else ground.panel.add_own
    menu = shown.menu()
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.text() == doctor).trigger()
    QApplication.processEvents()


def test_a_new_type_derives_its_short_name_and_code(ground: PanelGround) -> None:
    press(ground, "Add type")
    ground.type("name", "Travel vaccination")
    assert ground.panel.form.rows["slug"].raw_text() == "travel-vaccination"
    assert ground.panel.form.rows["code"].raw_text() == "TRA"
    ground.type("duration", "20")
    ground.type("price_minor", "32,5")
    ground.saved("Travel vaccination added")
    made = kind(ground, "Travel vaccination")
    assert (made.slug, made.code) == ("travel-vaccination", "TRA")
    assert (made.duration, made.price_minor) == (20, 3250)
    ground.listed("Travel vaccination")


@pytest.mark.parametrize(
    ("typed", "minor"),
    [("60,50", 6050), ("60.50", 6050), ("£60", 6000), ("1,250.00", 125000), ("", 0)],
)
def test_prices_are_read_as_people_type_them(ground: PanelGround, typed: str, minor: int) -> None:
    ground.choose("Follow-up")
    ground.paste("price_minor", typed)
    ground.saved("Follow-up saved")
    assert kind(ground, "Follow-up").price_minor == minor


@pytest.mark.parametrize(
    ("field", "typed", "word"),
    [
        ("price_minor", "sixty", "no price"),
        ("price_minor", "€60", "GBP"),
        ("price_minor", "-5", "negative"),
        ("price_minor", "60.505", "decimals"),
        ("duration", "10", "between 15 and 480"),
        ("duration", "", "Type a number"),
        ("buffer_before", "-5", "negative"),
        ("max_future_days", "-1", "between 0"),
        ("min_notice", "soon", "no whole number"),
        ("max_reschedules", "101", "between 0 and 100"),
        ("code", "", "one to four letters"),
        ("code", "new", "belongs to"),
        ("slug", "new-patient", "short name"),
        ("name", "   ", "needs a name"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    ground: PanelGround, field: str, typed: str, word: str
) -> None:
    before = kind(ground, "Follow-up")
    ground.choose("Follow-up")
    ground.type("description", "Typed before it went wrong")
    ground.paste(field, typed)
    ground.save()
    ground.desk.settle(lambda: ground.fault(field))
    assert word in ground.fault(field)
    assert ground.panel.form.rows[field].raw_text() == typed
    assert ground.panel.form.rows["description"].raw_text() == "Typed before it went wrong"
    assert kind(ground, "Follow-up") == before


def test_two_types_with_one_name_are_refused_at_the_name(ground: PanelGround) -> None:
    press(ground, "Add type")
    ground.type("name", "follow-up")
    ground.type("code", "ZZZ")
    ground.save()
    ground.desk.settle(lambda: ground.fault("name"))
    assert "already" in ground.fault("name")
    assert ground.panel.dirty


def test_an_emoji_name_survives(ground: PanelGround) -> None:
    ground.choose("Follow-up")
    ground.paste("name", "Kontrol 👶🏽 Öğle")
    ground.saved("Kontrol 👶🏽 Öğle saved")
    row = next(r for r in ground.roster.types.values() if r.slug == "follow-up")
    assert row.name == "Kontrol 👶🏽 Öğle"


def test_one_doctor_differs_and_the_rest_follows_the_clinic(ground: PanelGround) -> None:
    ground.choose("Consultation")
    by_menu(ground, "differs", "Dr Vogel")
    assert not ground.panel.form.rows["slug"].widget.isVisible()
    rows = ground.panel.form.rows
    assert rows["duration"].mark.text() == "As the clinic"
    assert not rows["duration"].same.isVisible()
    ground.save()
    assert "Nothing differs" in ground.panel.message.sentence
    ground.type("duration", "60")
    assert rows["duration"].mark.text() == "Own value"
    ground.type("price_minor", "80")
    ground.saved("Consultation for Dr Vogel saved")
    ground.desk.settle(lambda: ground.panel.source.roster == ground.roster)
    vogel = doctor_id(ground, "Vogel")
    clinic, own = kind(ground, "Consultation"), kind(ground, "Consultation", vogel)
    assert own_fields(clinic, own) == ("duration", "price_minor")
    ground.listed("Dr Vogel: 60 min, £80.00")
    # the clinic's change reaches what is not the doctor's own
    ground.choose("Consultation")
    ground.type("duration", "40")
    ground.type("max_future_days", "90")
    ground.saved("Consultation saved")
    ground.desk.settle(lambda: ground.panel.source.roster == ground.roster)
    roster = ground.roster
    held = effective_type(roster.types, clinic.id, vogel)
    assert held is not None
    assert (held.duration, held.max_future_days) == (60, 90)
    # a value of one's own is given up
    ground.choose("Dr Vogel")
    ground.toasts.clear()
    QTest.mouseClick(rows["duration"].same, LEFT)
    assert rows["duration"].raw_text() == "40"
    ground.saved("Consultation for Dr Vogel saved")
    ground.desk.settle(lambda: ground.panel.source.roster == ground.roster)
    ground.listed("Dr Vogel: £80.00")
    # and the last of them: the doctor is as the clinic again
    QTest.mouseClick(rows["price_minor"].same, LEFT)
    ground.save()
    ground.desk.settle(lambda: not any("Vogel:" in title for title in ground.titles()))
    held = effective_type(ground.roster.types, clinic.id, vogel)
    assert held is not None
    assert held.id == clinic.id


def test_a_doctor_does_not_offer_a_type(ground: PanelGround) -> None:
    ground.choose("Consultation")
    by_menu(ground, "differs", "Dr Ruiz")
    QTest.keyClick(ground.panel.form.rows["active"].target, Qt.Key.Key_Space)
    ground.saved("Consultation for Dr Ruiz saved")
    ground.listed("Dr Ruiz: not offered")
    assert kind(ground, "Consultation").active
    assert ground.panel.side is not None
    ground.panel.side.list.setFocus()
    QTest.keyClick(ground.panel.side.list, Qt.Key.Key_Delete)
    ground.desk.settle(lambda: not any("Ruiz:" in title for title in ground.titles()))
    ground.desk.operations.run(Undo())
    ground.desk.settle(lambda: any("Ruiz:" in title for title in ground.titles()))


def test_a_doctors_own_type_may_not_hide_the_clinics(ground: PanelGround) -> None:
    by_menu(ground, "own", "Dr Haddad")
    ground.type("name", "Consultation")
    ground.type("code", "CO2")
    ground.save()
    ground.desk.settle(lambda: ground.fault("name"))
    assert "Differs for a doctor" in ground.fault("name")
    ground.type("name", "Moxibustion")
    ground.saved("Moxibustion for Dr Haddad added")
    ground.listed("Moxibustion")
    place = ground.titles().index("Only with Dr Haddad")
    assert ground.titles()[place + 1] == "Moxibustion"
    ground.panel.choose(kind(ground, "Consultation").id)
    ground.panel.open(doctor_id(ground, "Haddad"))
    assert ground.panel.heading.text() == "Moxibustion"


def test_a_copy_has_a_name_and_a_code_of_its_own(ground: PanelGround) -> None:
    ground.choose("Acupuncture")
    press(ground, "Duplicate")
    ground.saved("Acupuncture (copy) added")
    copy, model = kind(ground, "Acupuncture (copy)"), kind(ground, "Acupuncture")
    assert copy.slug == "acupuncture-copy"
    assert copy.code != model.code
    assert (copy.duration, copy.price_minor) == (model.duration, model.price_minor)


def test_a_type_no_longer_offered_keeps_its_visits(ground: PanelGround) -> None:
    day = TUESDAY.date()
    before = ground.desk.store.queries.cells(day, day)
    ground.choose("Follow-up")
    QTest.keyClick(ground.panel.form.rows["active"].target, Qt.Key.Key_Space)
    ground.saved("Follow-up is no longer offered")
    ground.desk.settle(lambda: "as booked" in ground.panel.message.sentence)
    ground.desk.settle(lambda: ground.titles()[-2:] == ["No longer offered", "Follow-up"])
    assert ground.desk.store.queries.cells(day, day) == before
    ground.panel.side.list.setFocus()  # type: ignore[union-attr]
    QTest.keyClick(ground.panel.side.list, Qt.Key.Key_Delete)  # type: ignore[union-attr]
    ground.desk.settle(lambda: "part of the history" in ground.panel.message.sentence)


def test_every_field_of_a_type_is_saved(ground: PanelGround) -> None:
    ground.choose("Follow-up")
    rows = ground.panel.form.rows
    elm = next(s for s in ground.roster.locations.values() if s.name == "Elm Park")
    room = next(r for r in ground.roster.rooms.values() if r.location_id == elm.id)
    for name, text in (
        ("buffer_before", "5"), ("buffer_after", "10"), ("min_notice", "2"),
        ("max_future_days", "60"), ("max_reschedules", "2"), ("max_per_day", "6"),
        ("description", "Bring your papers"),
    ):  # fmt: skip
        ground.type(name, text)
    wish = {
        "mode": Mode.PHONE, "allowed_location_ids": (elm.id,), "allowed_room_ids": (room.id,),
        "default_location_id": elm.id, "default_room_id": room.id, "colour": "plum",
        "needs_acceptance": True, "patient_may_reschedule": False, "reminders": ("60:sms",),
    }  # fmt: skip
    for name, value in wish.items():
        rows[name].field.put(value)
        rows[name].field.edited.emit()
    ground.saved("Follow-up saved")
    row = kind(ground, "Follow-up")
    assert {name: getattr(row, name) for name in wish} == wish
    assert (row.buffer_before, row.buffer_after, row.min_notice) == (5, 10, 120)
    assert (row.max_future_days, row.max_reschedules, row.max_per_day) == (60, 2, 6)
    assert row.description == "Bring your papers"


def test_forty_types_with_long_names_are_listed(ground: PanelGround) -> None:
    from clinic_desk.services.commands import SaveRecords

    model = kind(ground, "Follow-up")
    rows = tuple(
        replace(
            model, id=ground.desk.context.new_id(), revision=0, slug=f"kind-{n}", code=f"K{n:02}",
            name=f"Kind {n} with a name that is longer than the list is wide, and then some",
            position=50 + n,
        )
        for n in range(33)
    )  # fmt: skip
    ground.desk.desk.execute(SaveRecords(records=rows, label="Many"))
    ground.desk.operations.announce_external()
    ground.desk.settle(lambda: len(ground.titles()) > 40)
    ground.choose("Kind 32")
    assert ground.panel.heading.text().startswith("Kind 32")


# the table of rules


@pytest.fixture
def rules(front_desk: FrontDesk) -> Iterator[PanelGround]:
    made = open_panel(front_desk, "policies")
    yield made
    made.window.hide()
    made.window.deleteLater()


def into(ground: PanelGround, table: RuleTable, row_id: str, rule: str, text: str) -> None:
    """Type into a cell, as in any table."""
    table.setFocus()
    table.go_to((row_id, rule))
    QTest.keyClick(table, Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, text)
    QTest.keyClick(line, Qt.Key.Key_Return)
    ground.desk.settle(lambda: True)


def table(ground: PanelGround, name: str = "types") -> RuleTable:
    found = ground.panel.form.rows[name].widget
    assert isinstance(found, RuleTable)
    return found


def test_rules_are_typed_into_the_table_and_saved_together(rules: PanelGround) -> None:
    follow, consult = kind(rules, "Follow-up"), kind(rules, "Consultation")
    into(rules, table(rules), follow.id, "min_notice", "24 h")
    assert isinstance(rules.panel, PoliciesPanel)
    assert "Follow-up needs 1 day’s notice" in rules.panel.rules.heard.text()
    into(rules, table(rules), consult.id, "max_per_day", "5")
    carter = doctor_id(rules, "Carter")
    into(rules, table(rules, "days"), carter, "max_per_day", "9")
    assert "Dr Carter sees 9 patients a day at most" in rules.panel.rules.heard.text()
    assert kind(rules, "Follow-up").min_notice == 0
    rules.saved("Booking rules saved")
    assert kind(rules, "Follow-up").min_notice == 1440
    assert kind(rules, "Consultation").max_per_day == 5
    assert rules.roster.doctors[carter].max_per_day == 9
    rules.desk.operations.run(Undo())
    rules.desk.settle(lambda: rules.roster.doctors[carter].max_per_day is None)
    assert kind(rules, "Follow-up").min_notice == 0


def test_tab_goes_along_a_row_past_the_tick_to_its_last_cell(rules: PanelGround) -> None:
    follow, grid = kind(rules, "Follow-up"), table(rules)
    before = {row.id: row.max_per_day for row in rules.roster.doctors.values()}
    grid.setFocus()
    grid.go_to((follow.id, "max_reschedules"))
    QTest.keyClick(grid, Qt.Key.Key_F2)
    for text in ("2", "", "6"):  # what comes after the tick is this row's, not the next table's
        if text:
            QTest.keyClicks(QApplication.focusWidget(), text)
        if text != "6":
            QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    rules.saved("Booking rules saved")
    saved = kind(rules, "Follow-up")
    assert (saved.max_reschedules, saved.max_per_day) == (2, 6)
    assert {row.id: row.max_per_day for row in rules.roster.doctors.values()} == before
    grid.go_to((follow.id, "max_per_day"))
    QTest.keyClick(grid, Qt.Key.Key_Tab)
    assert not grid.hasFocus()  # and from the last cell Tab leaves the table


def test_a_rule_that_cannot_be_is_marked_in_its_cell(rules: PanelGround) -> None:
    follow = kind(rules, "Follow-up")
    into(rules, table(rules), follow.id, "min_notice", "soonish")
    into(rules, table(rules), follow.id, "max_per_day", "4")
    rules.save()
    assert "Follow-up" in rules.fault("types")
    assert "soonish" in rules.fault("types")
    assert kind(rules, "Follow-up") == follow
    into(rules, table(rules), follow.id, "min_notice", "none")
    into(rules, table(rules), follow.id, "max_per_day", "900")
    rules.save()
    rules.desk.settle(lambda: "between 1 and 200" in rules.fault("types"))
    assert table(rules).rules.text((follow.id, "max_per_day")) == "900"
    into(rules, table(rules), follow.id, "max_per_day", "4")
    rules.saved("Booking rules saved")
    assert kind(rules, "Follow-up").max_per_day == 4


def test_ctrl_s_saves_what_is_still_being_typed_in_a_cell(rules: PanelGround) -> None:
    follow = kind(rules, "Follow-up")
    table(rules).setFocus()
    table(rules).go_to((follow.id, "max_future_days"))
    QTest.keyClick(table(rules), Qt.Key.Key_F2)
    line = QApplication.focusWidget()
    assert isinstance(line, QLineEdit)
    line.selectAll()
    QTest.keyClicks(line, "45")
    QTest.keyClick(line, Qt.Key.Key_S, CONTROL)
    rules.desk.settle(lambda: kind(rules, "Follow-up").max_future_days == 45)


def test_one_patient_at_a_time_is_a_rule_of_the_practice(rules: PanelGround) -> None:
    QTest.keyClick(rules.panel.form.rows["one_visit_at_a_time"].target, Qt.Key.Key_Space)
    rules.saved("Booking rules saved")
    assert not rules.roster.practice.one_visit_at_a_time


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [("24 h", 1440), ("24h", 1440), ("3 days", 4320), ("45 min", 45), ("90", 90), ("", 0)],
)
def test_lead_times_are_read_as_people_type_them(typed: str, minutes: int) -> None:
    assert read_lead(typed) == minutes
