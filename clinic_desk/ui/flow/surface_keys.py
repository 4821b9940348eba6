"""The keys of the board. Letters can be switched off; all else has no letter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

if TYPE_CHECKING:
    from clinic_desk.ui.flow.surface import FlowSurface

LETTERS = {
    Qt.Key.Key_A: "arrived", Qt.Key.Key_R: "in_room", Qt.Key.Key_D: "done", Qt.Key.Key_X: "no_show",
    Qt.Key.Key_U: "back", Qt.Key.Key_Y: "accept", Qt.Key.Key_O: "patient", Qt.Key.Key_L: "late",
    Qt.Key.Key_W: "walk_in", Qt.Key.Key_G: "lanes", Qt.Key.Key_C: "call",
}  # fmt: skip
KEYS = {
    Qt.Key.Key_Return: "open", Qt.Key.Key_Enter: "open", Qt.Key.Key_Space: "next",
    Qt.Key.Key_Delete: "cancel", Qt.Key.Key_Backspace: "back", Qt.Key.Key_Menu: "menu",
}  # fmt: skip
_SIDES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_STEPS = {
    Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -5, Qt.Key.Key_PageDown: 5,
}  # fmt: skip


def press(board: FlowSurface, event: QKeyEvent) -> bool:
    """False for a key that the board has no use for."""
    key = Qt.Key(event.key())
    mods = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    shift = mods == Qt.KeyboardModifier.ShiftModifier
    if key == Qt.Key.Key_Escape and board.drag is not None:
        board.stop_drag()
        return True
    side = _SIDES.get(key, 0) * (-1 if board.painter.mirrored else 1)
    if shift and side:
        board.carry(side)
    elif shift and key == Qt.Key.Key_F10:
        board.acted.emit("menu", board.card)
    elif mods:
        return False
    elif side:
        board.aside(side)
    elif key in _STEPS:
        board.step(_STEPS[key])
    elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
        board.edge(key == Qt.Key.Key_End)
    elif key in KEYS:
        board.acted.emit(KEYS[key], board.card)
    elif board.letters and key in LETTERS:
        board.acted.emit(LETTERS[key], board.card)
    else:
        return False
    return True
