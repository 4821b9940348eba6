"""Keys as texts: from what was pressed, and as people read them."""

from __future__ import annotations

import sys
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence

# evdev codes; Windows' scan codes of the letters are the same numbers
_EVDEV = {
    16: "Q", 17: "W", 18: "E", 19: "R", 20: "T", 21: "Y", 22: "U", 23: "I", 24: "O", 25: "P",
    30: "A", 31: "S", 32: "D", 33: "F", 34: "G", 35: "H", 36: "J", 37: "K", 38: "L",
    44: "Z", 45: "X", 46: "C", 47: "V", 48: "B", 49: "N", 50: "M",
}  # fmt: skip
_MAC = {
    0: "A", 1: "S", 2: "D", 3: "F", 4: "H", 5: "G", 6: "Z", 7: "X", 8: "C", 9: "V", 11: "B",
    12: "Q", 13: "W", 14: "E", 15: "R", 16: "Y", 17: "T", 31: "O", 32: "U", 34: "I", 35: "P",
    37: "L", 38: "J", 40: "K", 45: "N", 46: "M",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """(keys, what they do) under a title ("In the grid")."""

    title: str
    rows: tuple[tuple[str, str], ...]


def physical_letter(event: QKeyEvent) -> str:
    """The Latin letter printed on that key of a usual keyboard, or an empty text."""
    if sys.platform == "darwin":
        return _MAC.get(event.nativeVirtualKey(), "")
    code = event.nativeScanCode()
    return _EVDEV.get(code if sys.platform == "win32" else code - 8, "")


def key_text(event: QKeyEvent) -> str:
    """The portable text of a key event ("Ctrl+Up", "A"), keypad digits without their mark."""
    key = event.key()
    modifiers = event.modifiers() & ~(
        Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
    )
    if key > 0x7F and key < 0x01000000:
        letter = physical_letter(event)
        if letter:
            key = Qt.Key(ord(letter))
    return QKeySequence(key | modifiers.value).toString(QKeySequence.SequenceFormat.PortableText)


def shown_key(portable: str) -> str:
    """As this desktop writes it; arrows as arrows."""
    text = QKeySequence(portable).toString(QKeySequence.SequenceFormat.NativeText)
    return text.replace("Left", "←").replace("Right", "→").replace("Up", "↑").replace("Down", "↓")
