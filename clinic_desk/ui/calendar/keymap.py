"""The keys of the grid, in one table that the key handler, the menus and the key overlay read.

They work only while the grid has the focus. Single letters may be remapped or switched off, and
fall back to the physical key where the keyboard types no Latin letters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from clinic_desk.ui.widgets.key_text import KeyGroup, key_text, physical_letter

__all__ = ["BY_NAME", "GRID_KEYS", "GridKey", "Keymap", "key_text", "physical_letter"]


@dataclass(frozen=True, slots=True)
class GridKey:
    """``name`` is what ``run_grid_action`` takes; ``keys`` are portable key texts, the first is
    shown; ``numpad`` a second key for the free hand. ``gesture`` keys belong to the controller."""

    name: str
    keys: tuple[str, ...]
    words: str
    group: str
    numpad: str = ""
    gesture: bool = False

    @property
    def letter(self) -> bool:
        return len(self.keys[0]) == 1


MOVE, SELECT, VISIT, PLACE = "Move in the grid", "Select and open", "The visit", "Move and place"

GRID_KEYS: tuple[GridKey, ...] = (
    GridKey("slot_up", ("Up",), "One slot up", MOVE),
    GridKey("slot_down", ("Down",), "One slot down", MOVE),
    GridKey("column_left", ("Left",), "One column left", MOVE),
    GridKey("column_right", ("Right",), "One column right", MOVE),
    GridKey("visit_up", ("Ctrl+Up",), "Previous visit", MOVE),
    GridKey("visit_down", ("Ctrl+Down",), "Next visit", MOVE),
    GridKey("screen_up", ("PgUp",), "One screen up", MOVE),
    GridKey("screen_down", ("PgDown",), "One screen down", MOVE),
    GridKey("day_before", ("Ctrl+PgUp",), "One day back", MOVE),
    GridKey("day_after", ("Ctrl+PgDown",), "One day on", MOVE),
    GridKey("first_column", ("Home",), "First column", MOVE),
    GridKey("last_column", ("End",), "Last column", MOVE),
    GridKey("day_start", ("Ctrl+Home",), "Start of the working day", MOVE),
    GridKey("day_end", ("Ctrl+End",), "End of the working day", MOVE),
    GridKey("range_up", ("Shift+Up",), "Shorten the range", SELECT),
    GridKey("range_down", ("Shift+Down",), "Lengthen the range", SELECT),
    GridKey("activate", ("Return", "Enter"), "Book here, or open the visit", SELECT),
    GridKey("card", ("Space", "I"), "Card of the visit", SELECT),
    GridKey("menu", ("Shift+F10", "Menu"), "Menu", SELECT),
    GridKey("confirmed", ("F",), "Confirmed", VISIT, "1"),
    GridKey("arrived", ("A",), "Arrived", VISIT, "2"),
    GridKey("in_room", ("R",), "In room", VISIT, "3"),
    GridKey("done", ("D",), "Done", VISIT, "4"),
    GridKey("no_show", ("X",), "No-show", VISIT, "5"),
    GridKey("step_back", ("U",), "Take the last step back", VISIT, "6"),
    GridKey("cancel", ("Del",), "Cancel with a reason", VISIT),
    GridKey("next_available", ("N",), "Next available", VISIT),
    GridKey("series", ("E",), "The series that the visit belongs to", VISIT),
    GridKey("wait", ("W",), "Waiting list: wants to come earlier", VISIT),
    GridKey("hold", ("H",), "Hold this time", VISIT),
    GridKey("block", ("B",), "Block this time", VISIT),
    GridKey("move", ("M",), "Move with the arrows", PLACE, gesture=True),
    GridKey("copy_mode", ("Shift+M",), "Copy with the arrows", PLACE, gesture=True),
    GridKey("resize", ("S",), "Change the length", PLACE, gesture=True),
    GridKey("park", ("P",), "To the shelf", PLACE, gesture=True),
    GridKey("nudge_up", ("Ctrl+Shift+Up",), "Nudge one slot up", PLACE, gesture=True),
    GridKey("nudge_down", ("Ctrl+Shift+Down",), "Nudge one slot down", PLACE, gesture=True),
    GridKey("nudge_left", ("Ctrl+Shift+Left",), "Nudge one column left", PLACE, gesture=True),
    GridKey("nudge_right", ("Ctrl+Shift+Right",), "Nudge one column right", PLACE, gesture=True),
    GridKey("copy", ("Ctrl+C",), "Copy", PLACE, gesture=True),
    GridKey("cut", ("Ctrl+X",), "Cut to the shelf", PLACE, gesture=True),
    GridKey("paste", ("Ctrl+V",), "Paste at the cursor", PLACE, gesture=True),
)

BY_NAME: Mapping[str, GridKey] = {key.name: key for key in GRID_KEYS}


class Keymap:
    """The table with a clinic's own keys. ``own`` maps names to key texts, none to take the keys
    away; ``letters`` off leaves single letters (and the keypad) to nobody."""

    def __init__(
        self, own: Mapping[str, str | Sequence[str]] | None = None, *, letters: bool = True
    ) -> None:
        self.letters = letters
        self._keys: dict[str, tuple[str, ...]] = {}
        for entry in GRID_KEYS:
            chosen = (own or {}).get(entry.name, entry.keys)
            self._keys[entry.name] = (chosen,) if isinstance(chosen, str) else tuple(chosen)
        self._names: dict[str, str] = {}
        for name, keys in self._keys.items():
            for text in keys:
                if self.letters or len(text) > 1:
                    self._names.setdefault(text, name)

    def name_for(self, event: QKeyEvent) -> str | None:
        """The action of a key event, or None."""
        text = key_text(event)
        keypad = bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
        if keypad and self.letters:
            for entry in GRID_KEYS:
                if entry.numpad and entry.numpad == text:
                    return entry.name
        return self._names.get(text)

    def shown(self, name: str) -> str:
        """The key of an action for menus and hints; empty when it is switched off."""
        text = next(iter(self._keys[name]), "")
        if len(text) == 1 and not self.letters:
            return ""
        return _pretty(text)

    def groups(self) -> tuple[KeyGroup, ...]:
        """For the key overlay."""
        result = []
        for title in (MOVE, SELECT, VISIT, PLACE):
            rows = []
            for entry in GRID_KEYS:
                if entry.group != title:
                    continue
                keys = [k for k in self._keys[entry.name] if self.letters or len(k) > 1]
                words = [_pretty(k) for k in keys if k != "Enter"]
                if entry.numpad and self.letters:
                    words.append(f"keypad {entry.numpad}")
                if words:
                    rows.append((" or ".join(words), entry.words))
            result.append(KeyGroup(title, tuple(rows)))
        return tuple(result)

    def clashes(self) -> list[tuple[str, str, str]]:
        """(key, name, name) of keys that two actions claim."""
        seen: dict[str, str] = {}
        found = []
        for name, keys in self._keys.items():
            for text in keys:
                if text in seen:
                    found.append((text, seen[text], name))
                seen.setdefault(text, name)
        return found


def _pretty(text: str) -> str:
    names = {"Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "Return": "Enter", "Del": "Delete"}
    return "+".join(names.get(part, part) for part in text.split("+"))
