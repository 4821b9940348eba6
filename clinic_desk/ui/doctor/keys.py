"""The keys of the doctor's view. Letters can be switched off; each has a button as well."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

LETTERS = {
    Qt.Key.Key_R: "start", Qt.Key.Key_D: "done", Qt.Key.Key_U: "back", Qt.Key.Key_A: "arrived",
    Qt.Key.Key_X: "no_show", Qt.Key.Key_Y: "accept", Qt.Key.Key_O: "patient",
    Qt.Key.Key_L: "late", Qt.Key.Key_B: "block", Qt.Key.Key_T: "time_off", Qt.Key.Key_H: "hours",
    Qt.Key.Key_N: "next", Qt.Key.Key_P: "propose", Qt.Key.Key_W: "week", Qt.Key.Key_G: "day",
    Qt.Key.Key_V: "agenda", Qt.Key.Key_C: "calendar",
}  # fmt: skip
KEYS = {
    Qt.Key.Key_Return: "open", Qt.Key.Key_Enter: "open", Qt.Key.Key_Delete: "decline",
    Qt.Key.Key_Backspace: "back", Qt.Key.Key_PageUp: "day_before",
    Qt.Key.Key_PageDown: "day_after", Qt.Key.Key_Menu: "menu",
}  # fmt: skip


def action_of(event: QKeyEvent, *, letters: bool) -> str:
    """What a key asks for; empty for a key that is none of the page's."""
    key = Qt.Key(event.key())
    mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    if mods == Qt.KeyboardModifier.ShiftModifier and key == Qt.Key.Key_F10:
        return "menu"
    if mods:
        return ""
    return KEYS.get(key, "") or (LETTERS.get(key, "") if letters else "")
