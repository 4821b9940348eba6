"""The settings page in the real window on the real store, by keyboard and mouse."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit, QMenu, QSpinBox
from pytestqt.qtbot import QtBot
from sqlcipher3 import dbapi2

from clinic_desk.domain.permissions import DEFAULTS, Role
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.views import StoreInfo
from clinic_desk.ui.actions import ACTIONS
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.main_window import MainWindow
from clinic_desk.ui.models.shortcuts import Shortcut
from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.declared import DECLARED, Control
from clinic_desk.ui.settings.channels import ChannelsPanel
from clinic_desk.ui.settings.declared_panel import DeclaredPanel
from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.settings.sections import marked, search, sections
from clinic_desk.ui.settings.shortcuts_panel import ShortcutsPanel
from clinic_desk.ui.widgets.page import Page, Panel
from tests.fakes.front_desk import open_desk
from tests.ui.test_shell_window import ALT, CTRL, LEFT, SHIFT, Clinic, cells, opened, press, shut

Key = Qt.Key


@pytest.fixture
def clinic(tmp_path: Path, qtbot: QtBot) -> Iterator[Clinic]:
    front = open_desk(tmp_path, Theme.for_tests())
    yield Clinic(front)
    front.close()


@pytest.fixture
def window(clinic: Clinic, qtbot: QtBot) -> Iterator[MainWindow]:
    made = opened(clinic, qtbot)
    yield made
    shut(made)
    QApplication.processEvents()


def settings_page(window: MainWindow, what: str = "") -> SettingsPage:
    assert window.show_page("settings", what or None)
    page = window.centre.shown_page
    assert isinstance(page, SettingsPage)
    return page


def control(page: SettingsPage, section: str, key: str) -> Any:
    panel = page.panel(section)
    assert isinstance(panel, DeclaredPanel)
    return panel.rows[key].control


def choose(qtbot: QtBot, box: QComboBox, words: str) -> None:
    """By keyboard, as somebody who types the word's first letters."""
    box.setFocus()
    wanted = box.findText(words)
    step = Key.Key_Down if wanted > box.currentIndex() else Key.Key_Up
    for _ in range(abs(wanted - box.currentIndex())):
        qtbot.keyClick(box, step)
    assert box.currentText() == words


def stored(clinic: Clinic, key: str, scope: str = "desk") -> object:
    return clinic.queries.setting(key, scope)


def shortcut(window: MainWindow, name: str) -> Shortcut:
    return next(row for row in window.shortcuts.rows if row.id == name)


class TestPages:
    def test_the_menu_offers_the_pages_that_are_there_and_no_other(
        self, window: MainWindow
    ) -> None:
        menu = window.toolbar.menu_button.menu()
        practice = next(part for part in menu.actions() if part.text() == "Practice").menu()
        assert isinstance(practice, QMenu)
        named = {action.objectName() for action in practice.actions() if action.objectName()}
        assert named == {spec.id for spec in ACTIONS if spec.section == "Practice"}
        for spec in ACTIONS:
            if spec.page:
                assert page_table.has_page(spec.page)
        assert not page_table.has_page("moon")
        assert not page_table.has_page("settings:moon")

    def test_every_line_of_the_table_names_a_page(self, window: MainWindow) -> None:
        for target in page_table.PAGES.values():
            assert issubclass(page_table.load(target), Page)
        for panel in page_table.PANELS:
            assert issubclass(page_table.load(panel.target), Panel)
        for spec in ACTIONS:
            if spec.opens:
                assert callable(page_table.load(spec.opens))

    def test_by_key_and_back_to_the_same_cursor(self, window: MainWindow, qtbot: QtBot) -> None:
        grid = window.page.grid()
        for _ in range(3):
            press(qtbot, window, Key.Key_Down)
        before = grid.ensure_cursor()
        press(qtbot, window, Key.Key_Comma, CTRL)
        assert window.centre.page == "settings"
        press(qtbot, window, Key.Key_Escape)
        assert window.centre.page == "calendar"
        assert grid.ensure_cursor() == before
        assert grid.hasFocus()

    def test_a_page_with_unsaved_work_stays(
        self, window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        page = settings_page(window)
        day = window.day
        monkeypatch.setattr(page, "leave", lambda: False)
        press(qtbot, window, Key.Key_2, CTRL)
        press(qtbot, window, Key.Key_Right, ALT)
        press(qtbot, window, Key.Key_J, CTRL)
        qtbot.mouseClick(page.closer, LEFT)
        assert window.centre.page == "settings"
        assert window.day == day
        assert not window.close()
        monkeypatch.setattr(page, "leave", lambda: True)
        qtbot.mouseClick(page.closer, LEFT)
        assert window.centre.page == "calendar"

    def test_an_unknown_page_is_said(self, window: MainWindow) -> None:
        assert not window.show_page("moon")
        assert "no page" in (window.centre.message.message or pytest.fail("nothing")).sentence


class TestSearching:
    def test_words_people_use_lead_to_the_control(self, window: MainWindow, qtbot: QtBot) -> None:
        page = settings_page(window)
        assert page.tree.field.hasFocus()
        qtbot.keyClicks(page.tree.field, "dark")
        assert "Theme" in page.tree.titles()
        assert page.section == "appearance"
        qtbot.keyClick(page.tree.field, Key.Key_Return)
        box = control(page, "appearance", "look.theme")
        assert box.hasFocus()

    def test_arrows_choose_another_hit(self, window: MainWindow, qtbot: QtBot) -> None:
        page = settings_page(window)
        qtbot.keyClicks(page.tree.field, "week")
        hits = page.tree.titles()
        assert "Week numbers" in hits
        for _ in hits:
            qtbot.keyClick(page.tree.field, Key.Key_Up)
        while page.tree.list.currentItem().text(0) != "Week numbers":
            place = page.tree.list.currentItem().text(0)
            qtbot.keyClick(page.tree.field, Key.Key_Down)
            assert page.tree.list.currentItem().text(0) != place, "the end of the list"
        assert page.section == "everyone"
        qtbot.keyClick(page.tree.field, Key.Key_Return)
        assert control(page, "everyone", "calendar.week_numbers").hasFocus()

    def test_a_setting_of_a_way_to_patients_opens_that_way(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        page = settings_page(window)
        qtbot.keyClicks(page.tree.field, "SMS in use")
        panel = page.panel("channels")
        assert isinstance(panel, ChannelsPanel)
        assert panel.way.name == "sms", "what is found is seen before it is gone into"
        qtbot.keyClick(page.tree.field, Key.Key_Return)
        assert panel.sought()["sms.on"].hasFocus()
        qtbot.waitUntil(lambda: panel.stored is not None)
        page.tree.field.selectAll()
        qtbot.keyClicks(page.tree.field, "E-mail in use")
        item = page.tree.list.currentItem()
        page.tree.list.itemClicked.emit(item, 0)
        assert panel.sought()["email.on"].hasFocus(), "a click goes into the setting"

    def test_a_setting_of_another_way_asks_about_what_is_not_saved(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        page = settings_page(window)
        qtbot.keyClicks(page.tree.field, "Quiet hours")
        panel = page.panel("channels")
        assert isinstance(panel, ChannelsPanel)
        qtbot.keyClick(page.tree.field, Key.Key_Return)
        qtbot.waitUntil(lambda: panel.stored is not None)
        quiet = panel.sought()["rules.quiet"]
        assert quiet.hasFocus()
        qtbot.keyClicks(quiet, "x")
        page.tree.field.setFocus()
        page.tree.field.selectAll()
        for letter in "E-mail in use":
            focus = QApplication.focusWidget()
            assert focus is page.tree.field, "no question while somebody types"
            qtbot.keyClicks(focus, letter)
        assert (page.section, panel.way.name) == ("channels", "rules")
        qtbot.keyClick(page.tree.field, Key.Key_Return)
        assert panel.message.isVisible()
        buttons = {button.text(): button for button in panel.message.buttons()}
        qtbot.mouseClick(buttons["Discard changes"], LEFT)
        assert panel.sought()["email.on"].hasFocus()

    def test_nothing_found_is_said_and_esc_clears_first(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        page = settings_page(window)
        qtbot.keyClicks(page.tree.field, "qqqq")
        assert page.tree.nothing.isVisible()
        assert page.tree.titles() == []
        qtbot.keyClick(page.tree.field, Key.Key_Escape)
        assert page.tree.field.text() == ""
        assert len(page.tree.titles()) == len(sections())
        qtbot.keyClick(page.tree.field, Key.Key_Escape)
        assert window.centre.page == "calendar"

    def test_every_setting_is_found_by_its_label_and_each_synonym(self) -> None:
        every = sections()
        names = {section.name for section in every}
        for item in DECLARED:
            if item.control is Control.NONE:
                continue
            assert item.section in names, item.key
            for words in (item.label, *item.words.split()):
                found = [hit.key for _, _, hits in search(words, every, DECLARED) for hit in hits]
                assert item.key in found, (item.key, words)

    def test_hits_are_marked(self) -> None:
        assert marked("num we", "Week numbers") == [(0, 2), (5, 3)]
        assert marked("", "Week numbers") == []

    def test_a_section_by_name_and_a_setting_by_key(self, window: MainWindow) -> None:
        assert settings_page(window, "desk").section == "desk"
        page = settings_page(window, "calendar.resize_top")
        assert page.section == "calendar"
        assert control(page, "calendar", "calendar.resize_top").hasFocus()

    def test_every_section_can_be_opened(self, window: MainWindow) -> None:
        page = settings_page(window)
        for section in sections():
            page.open(section.name)
            assert page.section == section.name
            assert page.heading.text() == section.title


class TestChanging:
    def test_a_choice_is_in_force_saved_and_undone(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        page = settings_page(window, "appearance")
        box = control(page, "appearance", "look.theme")
        choose(qtbot, box, "Dark")
        assert window.context.theme.name == "dark"
        assert window.actions_["theme.dark"].isChecked()
        qtbot.waitUntil(lambda: stored(clinic, "look.theme") == "dark")
        undo = window.actions_["edit.undo"]
        qtbot.waitUntil(lambda: undo.text() == "&Undo Theme: Dark")
        press(qtbot, window, Key.Key_Z, CTRL)
        # ↓ went by way of it
        qtbot.waitUntil(lambda: window.context.theme.name == "light")
        qtbot.waitUntil(lambda: undo.text() == "&Undo Theme: Light")
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: window.settings.get("look.theme") == "system")
        assert box.currentText() == "Like the system"
        assert window.context.theme.choice == "system"
        assert stored(clinic, "look.theme") is None

    def test_it_is_told_in_the_history_before_and_after(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        page = settings_page(window, "calendar")
        switch = control(page, "calendar", "calendar.resize_top")
        assert isinstance(switch, QCheckBox)
        switch.setFocus()
        qtbot.keyClick(switch, Key.Key_Space)
        assert not window.page.grid().resize_top
        qtbot.waitUntil(lambda: stored(clinic, "calendar.resize_top") is False)
        with closing(dbapi2.connect(str(clinic.front.store.path))) as file:
            ((who, changes),) = file.execute(
                "SELECT actor_name, changes FROM event WHERE subject_kind = 'setting'"
            ).fetchall()
        assert who == clinic.actor.name
        assert json.loads(changes) == {"value": [None, "false"]}

    def test_each_setting_acts(self, window: MainWindow, clinic: Clinic, qtbot: QtBot) -> None:
        page = settings_page(window, "calendar")
        choose(qtbot, control(page, "calendar", "calendar.zoom"), "30 minutes")
        assert window.choices.zoom == 30
        assert window.toolbar.zoom.currentText() == "30 min"
        choose(qtbot, control(page, "calendar", "calendar.group"), "Rooms")
        assert window.choices.group == "room"
        control(page, "calendar", "calendar.show_cancelled").click()
        assert window.page.agenda.cancelled.isChecked()
        control(page, "calendar", "calendar.letters").click()
        assert not window.page.keymap.letters
        page.open("appearance")
        choose(qtbot, control(page, "appearance", "look.scale"), "110 %")
        assert window.context.theme.scale == 1.1
        choose(qtbot, control(page, "appearance", "look.toast_seconds"), "30 seconds")
        assert window.toast.stay == 30_000
        control(page, "appearance", "look.system_font").click()
        assert window.context.theme.system_font
        control(page, "appearance", "look.reduced_motion").click()
        assert window.context.theme.reduced_motion
        page.open("desk")
        name = control(page, "desk", "desk.name")
        assert isinstance(name, QLineEdit)
        name.setFocus()
        qtbot.keyClicks(name, "Front 2")
        qtbot.keyClick(name, Key.Key_Return)
        assert "Front 2" in window.toolbar.who.toolTip()
        page.open("everyone")
        week = window.toolbar.date.accessibleName()
        assert "week 48" in week
        choose(qtbot, control(page, "everyone", "calendar.week_numbers"), "None")
        assert "week" not in window.toolbar.date.accessibleName()
        qtbot.waitUntil(lambda: stored(clinic, "calendar.week_numbers", "clinic") == "off")

    def test_the_backup_is_old_after_as_many_days(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        three_days_ago = clinic.clock.now() - timedelta(days=3)
        window.telling._show_backup(StoreInfo("clinic.db", 1, "3", "3", last_backup=three_days_ago))
        assert "(old)" in window.status.accessibleName()
        page = settings_page(window, "backup")
        spin = control(page, "backup", "backup.warn_days")
        assert isinstance(spin, QSpinBox)
        spin.setFocus()
        spin.selectAll()
        qtbot.keyClicks(spin, "5")
        qtbot.keyClick(spin, Key.Key_Return)
        assert "(old)" not in window.status.accessibleName()

    @pytest.mark.parametrize(
        ("section", "key", "typed", "value"),
        [("everyone", "flow.no_show", "25", 25), ("desk", "desk.name", "Front 7", "Front 7")],
    )
    def test_undo_in_the_field_takes_back_what_was_put(
        self, window: MainWindow, qtbot: QtBot, section: str, key: str, typed: str, value: object
    ) -> None:
        """The field keeps Ctrl+Z for typing that is on its way, not for what is saved."""
        page = settings_page(window, section)
        before = window.settings.get(key)
        field = control(page, section, key)
        field.setFocus()
        field.selectAll()
        qtbot.keyClicks(field, typed)
        qtbot.keyClick(field, Key.Key_Return)
        assert window.settings.get(key) == value
        undo = window.actions_["edit.undo"]
        qtbot.waitUntil(lambda: undo.isEnabled() and typed in undo.text())
        qtbot.keyClick(field, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: window.settings.get(key) == before)
        assert typed not in field.text()

    def test_reset_to_the_usual(self, window: MainWindow, qtbot: QtBot) -> None:
        page = settings_page(window, "calendar")
        panel = page.panel("calendar")
        assert isinstance(panel, DeclaredPanel)
        row = panel.rows["calendar.zoom"]
        assert not row.reset.isEnabled()
        choose(qtbot, row.control, "10 minutes")  # type: ignore[arg-type]
        assert row.reset.isEnabled()
        qtbot.mouseClick(row.reset, LEFT)
        assert window.choices.zoom == 15
        assert not row.reset.isEnabled()

    def test_it_is_there_after_a_restart(self, clinic: Clinic, qtbot: QtBot) -> None:
        first = opened(clinic, qtbot)
        page = settings_page(first, "calendar")
        choose(qtbot, control(page, "calendar", "calendar.opens_with"), "Week")
        control(page, "calendar", "calendar.resize_top").click()
        shut(first)
        second = opened(clinic, qtbot)
        try:
            assert second.choices.view == "week"
            assert not second.page.grid().resize_top
        finally:
            shut(second)

    def test_what_another_desk_sets_for_all_arrives(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        page = settings_page(window, "everyone")
        box = control(page, "everyone", "calendar.week_numbers")
        other = clinic.front.other_desk()
        other.execute(SaveSetting(key="calendar.week_numbers", value="off", scope="clinic"))
        window.freshness.look()
        qtbot.waitUntil(lambda: box.currentText() == "None")
        assert "week" not in window.toolbar.date.accessibleName()

    def test_bad_values_in_the_store_fall_back(self, clinic: Clinic, qtbot: QtBot) -> None:
        bad: dict[str, object] = {
            "look.theme": "pink", "look.scale": 10_000, "calendar.zoom": 7, "window.size": ["a"],
            "calendar.opens_with": 3, "desk.name": "x" * 900, "calendar.hidden": [1],
            "keys.window": {"book.new": ["banana"], "moon": ["Ctrl+M"], "go.date": 5},
            "calendar.keys": {"arrived": ["D"], "done": ["D"]},
        }  # fmt: skip
        for key, value in bad.items():
            clinic.desk.execute(SaveSetting(key=key, value=value))
        clinic.desk.execute(SaveSetting(key="backup.warn_days", value=-1, scope="clinic"))
        made = opened(clinic, qtbot)
        try:
            assert made.choices.zoom == 15
            assert made.context.theme.scale == 1.0
            assert made.settings.get("backup.warn_days") == 2
            assert made.actions_["book.new"].shortcut() == QKeySequence("Ctrl+N")
            assert made.actions_["go.date"].shortcut() == QKeySequence("Ctrl+G")
            assert made.page.keymap.clashes() == []
            page = settings_page(made, "appearance")
            assert control(page, "appearance", "look.scale").currentText() == "100 %"
        finally:
            shut(made)

    def test_a_desk_without_the_right_is_told_and_nothing_changes(
        self, clinic: Clinic, qtbot: QtBot
    ) -> None:
        clinic.front.other_desk().execute(SaveSetting(key="x.y", value=1))  # a manager's desk
        desk = clinic.front.desk
        desk.actor = replace(desk.actor, permissions=DEFAULTS[Role.MANAGER])  # not a job's
        desk.execute(SaveSetting(key="desk.role", value="receptionist"))
        made = opened(clinic, qtbot)
        try:
            page = settings_page(made, "everyone")
            choose(qtbot, control(page, "everyone", "calendar.week_numbers"), "None")
            qtbot.waitUntil(lambda: made.settings.get("calendar.week_numbers") == "auto")
            assert stored(clinic, "calendar.week_numbers", "clinic") is None
            message = made.centre.message.message
            assert message is not None
            assert "manager" in message.sentence
        finally:
            shut(made)


class TestShortcuts:
    def panel(self, window: MainWindow) -> ShortcutsPanel:
        panel = settings_page(window, "shortcuts").panel("shortcuts")
        assert isinstance(panel, ShortcutsPanel)
        return panel

    def press_new(self, window: MainWindow, qtbot: QtBot, name: str, key: Any, mods: Any) -> Any:
        panel = self.panel(window)
        panel.choose(shortcut(window, name))
        panel.table.setFocus()
        qtbot.keyClick(panel.table, Key.Key_Return)
        assert panel.catcher.hasFocus()
        qtbot.keyClick(panel.catcher, key, mods)
        return panel

    def test_a_new_key_works_everywhere_and_the_old_one_no_more(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        self.press_new(window, qtbot, "go.date", Key.Key_E, CTRL)
        assert "(Ctrl+E)" in window.toolbar.date.toolTip()
        qtbot.waitUntil(lambda: stored(clinic, "keys.window") == {"go.date": ["Ctrl+E"]})
        press(qtbot, window, Key.Key_Escape)
        press(qtbot, window, Key.Key_G, CTRL)
        assert "jump" not in vars(window.cards) or not window.cards.jump.isVisible()
        press(qtbot, window, Key.Key_E, CTRL)
        assert window.cards.jump.isVisible()
        window.cards.jump.dismiss()
        window.actions_["help.keys"].trigger()
        card = window.cards.keys
        listed = {words: keys for group in card._groups for keys, words in group.rows}
        assert listed["Go to date"] == "Ctrl+E"
        card.dismiss()
        rows = {entry.title: entry.keys for entry in window.actions_.entries()}
        assert rows["Go to date…"] == "Ctrl+E"

    def test_a_calendar_key(self, window: MainWindow, qtbot: QtBot) -> None:
        self.press_new(window, qtbot, "arrived", Key.Key_G, Qt.KeyboardModifier.NoModifier)
        assert window.page.keymap.shown("arrived") == "G"
        assert window.page.keymap.clashes() == []

    def test_a_key_that_is_taken_names_its_owner_and_is_swapped(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        panel = self.press_new(window, qtbot, "go.date", Key.Key_N, CTRL)
        assert "Ctrl+N belongs to “New booking”" in panel.words.text()
        assert panel.swap.hasFocus()
        qtbot.keyClick(panel.swap, Key.Key_Return)
        assert window.actions_["go.date"].shortcut() == QKeySequence("Ctrl+N")
        assert window.actions_["book.new"].shortcut() == QKeySequence("Ctrl+G")
        assert "Ctrl+G" in window.toolbar.new.toolTip()
        assert panel.table.hasFocus()

    def test_a_swap_between_window_and_calendar_is_one_undo(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot
    ) -> None:
        panel = self.press_new(window, qtbot, "copy", Key.Key_T, CTRL)
        assert "Today" in panel.words.text()
        qtbot.keyClick(panel.swap, Key.Key_Return)
        assert window.page.keymap.shown("copy") == "Ctrl+T"
        assert window.actions_["go.today"].shortcut() == QKeySequence("Ctrl+C")
        qtbot.waitUntil(lambda: stored(clinic, "calendar.keys") == {"copy": ["Ctrl+T"]})
        undo = window.actions_["edit.undo"]
        qtbot.waitUntil(lambda: "swapped" in undo.text() and not window.context.operations._pending)
        press(qtbot, window, Key.Key_Z, CTRL)
        qtbot.waitUntil(lambda: window.page.keymap.shown("copy") == "Ctrl+C")
        qtbot.waitUntil(lambda: window.actions_["go.today"].shortcut() == QKeySequence("Ctrl+T"))

    def test_take_it_leaves_the_other_its_second_key(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        panel = self.press_new(window, qtbot, "view.refresh", Key.Key_F, CTRL)
        qtbot.mouseClick(panel.take, LEFT)
        assert window.shortcuts.keys(shortcut(window, "search.patient")) == ("/",)
        assert window.shortcuts.keys(shortcut(window, "view.refresh")) == ("Ctrl+F",)

    def test_esc_keeps_the_old_keys(self, window: MainWindow, qtbot: QtBot) -> None:
        panel = self.press_new(
            window, qtbot, "go.date", Key.Key_Escape, Qt.KeyboardModifier.NoModifier
        )
        assert window.centre.page == "settings"
        assert panel.table.hasFocus()
        panel = self.press_new(window, qtbot, "go.date", Key.Key_N, CTRL)
        qtbot.keyClick(panel.swap, Key.Key_Escape)
        assert window.centre.page == "settings"
        assert not window.shortcuts.any_own

    @pytest.mark.parametrize(
        ("key", "mods", "said"),
        [
            (Key.Key_Q, Qt.KeyboardModifier.NoModifier, "while somebody types"),
            (Key.Key_Return, Qt.KeyboardModifier.NoModifier, "while somebody types"),
            (Key.Key_Tab, Qt.KeyboardModifier.NoModifier, "get out of things"),
            (Key.Key_Q, SHIFT, "capital letter"),
            (Key.Key_1, ALT, "Saved view 1"),
        ],
    )
    def test_keys_that_cannot_be(
        self, window: MainWindow, qtbot: QtBot, key: Any, mods: Any, said: str
    ) -> None:
        panel = self.press_new(window, qtbot, "go.date", key, mods)
        assert said in panel.words.text()
        assert panel.catcher.hasFocus()
        assert not window.shortcuts.any_own

    def test_reset_one_and_all_and_remove(self, window: MainWindow, qtbot: QtBot) -> None:
        self.press_new(window, qtbot, "go.date", Key.Key_E, CTRL)
        panel = self.press_new(window, qtbot, "book.new", Key.Key_G, CTRL)
        panel.choose(shortcut(window, "go.date"))
        qtbot.mouseClick(panel.reset, LEFT)  # takes Ctrl+G back from New booking
        assert window.actions_["go.date"].shortcut() == QKeySequence("Ctrl+G")
        assert window.actions_["book.new"].shortcut() == QKeySequence("Ctrl+N")
        panel.choose(shortcut(window, "file.quit"))
        panel.table.setFocus()
        qtbot.keyClick(panel.table, Key.Key_Delete)
        assert window.actions_["file.quit"].shortcuts() == []
        assert window.shortcuts.any_own
        qtbot.mouseClick(panel.reset_all, LEFT)
        assert not window.shortcuts.any_own
        assert window.actions_["file.quit"].shortcut() == QKeySequence("Ctrl+Q")

    def test_search_by_action_and_by_key(self, window: MainWindow, qtbot: QtBot) -> None:
        panel = self.panel(window)
        panel.field.setFocus()
        qtbot.keyClicks(panel.field, "ctrl+j")
        assert [panel.model.shortcut(0)] == [shortcut(window, "search.opening")]
        assert panel.model.rowCount() == 1
        panel.field.clear()
        qtbot.keyClicks(panel.field, "no-show")
        assert 1 <= panel.model.rowCount() < 5

    def test_letters_on_and_off(self, window: MainWindow, qtbot: QtBot) -> None:
        panel = self.panel(window)
        panel.letters.setFocus()
        qtbot.keyClick(panel.letters, Key.Key_Space)
        assert not window.page.keymap.letters
        assert not window.actions_["grid.letters"].isChecked()
        window.actions_["grid.letters"].trigger()
        assert panel.letters.isChecked()

    def test_a_mirrored_list_keeps_its_line_and_the_order_of_its_keys(
        self, window: MainWindow, qtbot: QtBot
    ) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        panel = self.panel(window)
        try:
            app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            panel.field.setFocus()
            qtbot.keyClicks(panel.field, "ctrl+f")
            assert panel.chosen() == panel.model.shortcut(0) is not None
            panel.field.clear()
            assert panel.chosen() == panel.model.shortcut(0)
            wanted = shortcut(window, "search.patient")
            panel.choose(wanted)
            assert panel.chosen() == wanted
            assert panel.table.selectionModel().isRowSelected(panel.model.line_of(wanted))
            keys = panel.model.index(panel.model.line_of(wanted), 1)
            assert keys.data() == "\u2066Ctrl+F or /\u2069"
            first = shortcut(window, "go.date")
            panel.choose(first)
            panel.table.scrollTo(panel.model.index(panel.model.line_of(wanted), 0))
            spot = panel.table.visualRect(keys).center()
            qtbot.mouseClick(panel.table.viewport(), LEFT, pos=spot)
            qtbot.mouseDClick(panel.table.viewport(), LEFT, pos=spot)
            assert f"“{wanted.text}”" in panel.words.text()
            assert panel.catcher.hasFocus()
        finally:
            app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)

    def test_own_keys_are_there_after_a_restart(self, clinic: Clinic, qtbot: QtBot) -> None:
        first = opened(clinic, qtbot)
        self.press_new(first, qtbot, "go.date", Key.Key_E, CTRL)
        self.press_new(first, qtbot, "arrived", Key.Key_G, Qt.KeyboardModifier.NoModifier)
        shut(first)
        second = opened(clinic, qtbot)
        try:
            assert second.actions_["go.date"].shortcut() == QKeySequence("Ctrl+E")
            assert second.page.keymap.shown("arrived") == "G"
            assert cells(second)
        finally:
            shut(second)


class TestData:
    def test_where_the_data_are_and_that_they_are_sound(
        self, window: MainWindow, clinic: Clinic, qtbot: QtBot, tmp_path: Path
    ) -> None:
        page = settings_page(window, "advanced")
        panel: Any = page.panel("advanced")
        qtbot.waitUntil(lambda: panel._values["Data folder"].text() == str(tmp_path))
        assert "6 doctors" in panel._values["Contents"].text()
        qtbot.mouseClick(panel.check, LEFT)
        assert not panel.check.isEnabled()
        qtbot.waitUntil(lambda: "in order" in panel.answer.text())
        qtbot.mouseClick(panel.backup, LEFT)
        qtbot.waitUntil(lambda: "Backed up" in panel.answer.text())
        qtbot.waitUntil(lambda: panel._values["Last backup"].text() != "none yet")


def test_every_control_has_a_name_for_those_who_cannot_see_it(window: MainWindow) -> None:
    page = settings_page(window)
    for section in ("appearance", "calendar", "desk", "everyone"):
        panel = page.panel(section)
        assert isinstance(panel, DeclaredPanel)
        for row in panel.rows.values():
            assert row.control.accessibleName() == row.item.label
            assert row.control.accessibleDescription()
            assert row.reset.accessibleName().startswith("Reset ")


def test_a_section_of_that_name_beats_a_setting_found_by_a_synonym(
    window: MainWindow, qtbot: QtBot
) -> None:
    page = settings_page(window)
    qtbot.keyClicks(page.tree.field, "shortcuts")
    assert len(page.tree.titles()) > 1
    qtbot.keyClick(page.tree.field, Key.Key_Return)
    assert page.section == "shortcuts"
