"""The keys of the caller's panel, once somebody is chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

_BY_KEY = {
    Qt.Key.Key_1: "1",
    Qt.Key.Key_2: "2",
    Qt.Key.Key_3: "3",
    Qt.Key.Key_T: "type",
    Qt.Key.Key_C: "copy",
    Qt.Key.Key_H: "hold",
    Qt.Key.Key_F4: "keep",
    Qt.Key.Key_N: "new",
    Qt.Key.Key_M: "move",
    Qt.Key.Key_X: "cancel",
    Qt.Key.Key_Delete: "cancel",
    Qt.Key.Key_P: "patient",
    Qt.Key.Key_W: "wait",
    Qt.Key.Key_Escape: "leave",
    Qt.Key.Key_Backspace: "back",
}
KEYS = frozenset({*_BY_KEY.values(), "type_before"}) - {"leave"}
_HELD = (
    Qt.KeyboardModifier.ControlModifier
    | Qt.KeyboardModifier.AltModifier
    | Qt.KeyboardModifier.MetaModifier
)


def key_of(event: QKeyEvent) -> str:
    """What a key asks for; empty for one that is not the panel's."""
    if event.modifiers() & _HELD:
        return ""
    found = _BY_KEY.get(Qt.Key(event.key()), "")
    back = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
    return "type_before" if found == "type" and back else found


def hints() -> tuple[tuple[tuple[str, str], ...], ...]:
    return (
        (("1 2 3", "book"), ("T", "type"), ("H", "hold"), ("C", "copy")),
        (("N", "booking"), ("M", "move next"), ("X", "cancel next")),
        (("P", "patient"), ("W", "waiting list"), ("F2", "next caller"), ("Esc", "close")),
    )
