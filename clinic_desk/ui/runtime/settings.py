"""What the interface remembers, declared once: key, default, label and where it is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.ports import Queries
from clinic_desk.ui.runtime.operations import Operations


@dataclass(frozen=True, slots=True)
class Declared:
    """``kind`` is the JSON type that a stored value must have; anything else is the default."""

    key: str
    kind: type
    default: Any
    label: str
    scope: str = "desk"


DECLARED: tuple[Declared, ...] = (
    Declared("look.theme", str, "system", "Theme"),
    Declared("look.scale", int, 100, "Text size in per cent"),
    Declared("look.reduced_motion", bool, False, "No animation"),
    Declared("look.system_font", bool, False, "Use the system's font"),
    Declared("window.size", list, [1366, 768], "Window size"),
    Declared("window.maximised", bool, False, "Window fills the screen"),
    Declared("window.sidebar", bool, True, "Sidebar shown"),
    Declared("window.shelf", bool, True, "Shelf shown"),
    Declared("calendar.view", str, "day", "Last view"),
    Declared("calendar.zoom", int, 15, "Minutes per slot"),
    Declared("calendar.group", str, "doctor", "Columns are doctors or rooms"),
    Declared("calendar.hidden", list, [], "Doctors or rooms not shown"),
    Declared("calendar.order", list, [], "Doctors and rooms in the order of their columns"),
    Declared("calendar.letters", bool, True, "Single letters act in the calendar"),
    Declared("calendar.keys", dict, {}, "Own keys in the calendar, by action"),
    Declared("calendar.saved_views", list, [], "Saved views"),
)

_TABLE = {item.key: item for item in DECLARED}


def read_settings(queries: Queries) -> dict[str, Any]:
    """All declared settings of this desk. Reads the store: call it off the main thread."""
    values: dict[str, Any] = {}
    for item in DECLARED:
        stored = queries.setting(item.key, item.scope)
        if isinstance(stored, item.kind) and not (item.kind is int and isinstance(stored, bool)):
            values[item.key] = stored
    return values


class Settings(QObject):
    """The declared settings in memory; ``put`` also saves them in the background.

    ``changed`` carries the key. ``failed`` carries the error of a save that the store refused;
    the new value stays in force until the program ends.
    """

    changed = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        operations: Operations,
        values: Mapping[str, Any] | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self._values: dict[str, Any] = dict(values or {})

    def get(self, key: str) -> Any:
        """Raises ``KeyError`` for a key that is not declared."""
        return self._values.get(key, _TABLE[key].default)

    def put(self, key: str, value: Any) -> None:
        """Raises ``KeyError`` for an undeclared key, ``TypeError`` for a value of another kind."""
        declared = _TABLE[key]
        if not isinstance(value, declared.kind):
            raise TypeError(f"{key} wants {declared.kind.__name__}")
        if self.get(key) == value:
            return
        self._values[key] = value
        self.changed.emit(key)
        command = SaveSetting(key=key, value=value, scope=declared.scope, initiator="settings")
        self._operations.run(command, refused=self.failed.emit)
