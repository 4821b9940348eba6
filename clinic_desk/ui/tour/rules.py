"""The tour's chapters about the clinic's rules: the settings, section by section."""

from __future__ import annotations

from PySide6.QtCore import Qt

from clinic_desk.ui.settings.page import SettingsPage
from clinic_desk.ui.tour.scene import CTRL, Scene

SECTIONS = (
    ("practice", "practice"),
    ("sites", "sites and rooms"),
    ("doctors", "doctors"),
    ("types", "visit types"),
    ("hours", "weekly hours"),
    ("closures", "closures"),
    ("policies", "booking rules"),
    ("shortcuts", "shortcuts"),
    ("appearance", "appearance"),
)
"""The name of each section that is looked at, and what is typed to get there."""


def settings(scene: Scene) -> None:
    driver = scene.driver
    driver.step("Everything that decides what may be booked, in the settings")
    driver.key(Qt.Key.Key_Comma, CTRL)
    page = scene.shown(SettingsPage, "the settings open")
    driver.did("pressed Ctrl+,")
    for name, words in SECTIONS:
        page.tree.field.setFocus()
        page.tree.field.selectAll()
        driver.type(words)
        driver.wait(lambda words=words: page.tree.query == words, f"“{words}” is looked for")
        driver.key(Qt.Key.Key_Return)
        driver.wait(lambda name=name: page.section == name, f"“{words}” leads to its section")
        driver.still()
        driver.picture(f"settings-{name}")
    driver.did("typed each section's name into the search, pressed Enter")
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Escape)
    scene.gone(SettingsPage, "Esc goes back to the calendar")
    scene.grid().setFocus()
