"""Which key was meant, whatever the keyboard's layout."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

Key = Qt.Key

MODIFIERS = frozenset(
    {Key.Key_Shift, Key.Key_Control, Key.Key_Alt, Key.Key_Meta, Key.Key_AltGr, Key.Key_CapsLock}
)
ARROWS: dict[int, tuple[int, int]] = {
    Key.Key_Up: (0, -1),
    Key.Key_Down: (0, 1),
    Key.Key_Left: (-1, 0),
    Key.Key_Right: (1, 0),
}
PHYSICAL: dict[int, str] = {
    33: "P", 39: "S", 40: "D", 53: "X", 54: "C", 55: "V", 57: "N", 58: "M",
}  # fmt: skip
"""Scan codes of the letters used here, for layouts that have no Latin letters."""


def letter(event: QKeyEvent) -> str:
    """The letter of a key, by its place on the keyboard where the layout has no Latin one."""
    key = event.key()
    if Key.Key_A <= key <= Key.Key_Z:
        return chr(key)
    text = event.text()
    if text and not text.isascii():
        return PHYSICAL.get(event.nativeScanCode(), "")
    return ""
