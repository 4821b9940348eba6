"""Every key that can be pressed, the desk's own ones included, and who would be robbed of one.

The keys of the window and those of the calendar are one space: a key means one thing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from clinic_desk.domain.ids import IdFactory
from clinic_desk.ui.runtime.settings import Settings

GRID_KEYS, WINDOW_KEYS = "calendar.keys", "keys.window"

_NEVER = frozenset({"Esc", "Tab", "Shift+Tab", "Backtab", "Shift+Backtab", "Ctrl+Tab"})
"""Keys that lead out of things; a person who is stuck presses them."""

_ALONE_ONLY_IN_THE_CALENDAR = frozenset(
    {"Return", "Enter", "Space", "Up", "Down", "Left", "Right", "Home", "End", "PgUp", "PgDown",
     "Del", "Backspace", "Ins"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shortcut:
    """An action as the table of keys shows it. ``grid``: works while the calendar has the
    keyboard, else anywhere in the window. ``keys`` are portable texts, the defaults. ``fixed``:
    cannot be changed, and nobody else can have its keys."""

    id: str
    group: str
    text: str
    keys: tuple[str, ...]
    grid: bool = False
    words: str = ""
    fixed: bool = False

    @property
    def setting(self) -> str:
        return GRID_KEYS if self.grid else WINDOW_KEYS


class Shortcuts(QObject):
    """``changed`` comes after any change of a key, by whomever."""

    changed = Signal()

    def __init__(
        self,
        settings: Settings,
        rows: Sequence[Shortcut],
        new_id: IdFactory,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._new_id = new_id
        self.rows = tuple(rows)
        self._by_id = {(row.setting, row.id): row for row in self.rows}
        self._keys: dict[tuple[str, str], tuple[str, ...]] = {}
        self._resolve()
        settings.changed.connect(self._on_setting)

    def keys(self, row: Shortcut) -> tuple[str, ...]:
        """The keys in force, the first is shown; none when they were taken away."""
        return self._keys[row.setting, row.id]

    def is_own(self, row: Shortcut) -> bool:
        return self.keys(row) != row.keys

    @property
    def any_own(self) -> bool:
        return any(self.is_own(row) for row in self.rows)

    def window_keys(self) -> dict[str, tuple[str, ...]]:
        """By id, of every action of the window."""
        return {row.id: self.keys(row) for row in self.rows if not row.grid}

    def grid_keys(self) -> dict[str, tuple[str, ...]]:
        """By name, those of the calendar that are not the defaults."""
        return {row.id: self.keys(row) for row in self.rows if row.grid and self.is_own(row)}

    def why_not(self, row: Shortcut, key: str) -> str:
        """A sentence when a key cannot be used for an action at all; else empty."""
        other = self.owner(row, key)
        if other is not None and other.fixed:
            return f"{key} belongs to “{other.text}”, which keeps it. Choose another key."
        return _cannot_be(row, key)

    def owner(self, row: Shortcut, key: str) -> Shortcut | None:
        """Another action that has the key."""
        return next((one for one in self.rows if one is not row and key in self.keys(one)), None)

    def assign(self, row: Shortcut, key: str) -> None:
        """Gives the key to an action as its only one; who had it is left without. See ``swap``.
        Raises ``ValueError`` for a key that cannot be used."""
        if self.why_not(row, key):
            raise ValueError(key)
        wanted: dict[tuple[str, str], tuple[str, ...]] = {(row.setting, row.id): (key,)}
        other = self.owner(row, key)
        if other is not None:
            wanted[other.setting, other.id] = tuple(k for k in self.keys(other) if k != key)
        self._put(wanted, f"{key} for {row.text}")

    def can_swap(self, row: Shortcut, key: str) -> bool:
        other, old = self.owner(row, key), self.keys(row)
        return other is not None and bool(old) and not self.why_not(other, old[0])

    def swap(self, row: Shortcut, key: str) -> None:
        """Gives the key to an action, and that action's old key to the one which had it."""
        other, old = self.owner(row, key), self.keys(row)
        if other is None or not old:
            self.assign(row, key)
            return
        rest = tuple(k for k in self.keys(other) if k != key)
        wanted = {(row.setting, row.id): (key,), (other.setting, other.id): (old[0], *rest)}
        self._put(wanted, f"Keys of {row.text} and {other.text} swapped")

    def clear(self, row: Shortcut) -> None:
        """No key any more."""
        self._put({(row.setting, row.id): ()}, f"No key for {row.text}")

    def reset(self, row: Shortcut) -> None:
        """The default keys, taken back from whoever has them now."""
        wanted: dict[tuple[str, str], tuple[str, ...] | None] = {(row.setting, row.id): None}
        for key in row.keys:
            other = self.owner(row, key)
            if other is not None:
                wanted[other.setting, other.id] = (
                    None if key not in other.keys and self._free(other, row) else
                    tuple(k for k in self.keys(other) if k != key)
                )  # fmt: skip
        self._put(wanted, f"Usual keys for {row.text}")

    def reset_all(self) -> None:
        run = self._new_id()
        for setting in (WINDOW_KEYS, GRID_KEYS):
            self._settings.put(setting, {}, "All keys as usual", run)

    def _free(self, other: Shortcut, but: Shortcut) -> bool:
        """Whether the other action can have its own defaults back as well."""
        return all(
            owner is None or owner is but
            for owner in (self.owner(other, key) for key in other.keys)
        )

    def _put(self, wanted: Mapping[tuple[str, str], tuple[str, ...] | None], label: str) -> None:
        """None means the defaults. One undo takes both tables back."""
        run = self._new_id()
        for setting in (WINDOW_KEYS, GRID_KEYS):
            own = dict(self._settings.get(setting))
            for (where, row_id), keys in wanted.items():
                if where != setting:
                    continue
                if keys is None or keys == self._by_id[where, row_id].keys:
                    own.pop(row_id, None)
                else:
                    own[row_id] = list(keys)
            self._settings.put(setting, own, label, run)

    def _on_setting(self, key: str) -> None:
        if key in (GRID_KEYS, WINDOW_KEYS):
            self._resolve()
            self.changed.emit()

    def _resolve(self) -> None:
        """What is stored may be of another version: unknown actions and texts that are no keys are
        left out, and of two actions that claim one key the desk's own choice has it."""
        self._keys = {(row.setting, row.id): row.keys for row in self.rows if row.fixed}
        taken = {key for keys in self._keys.values() for key in keys}
        own = {
            (row.setting, row.id): keys
            for row in self.rows
            if (keys := _read(self._settings.get(row.setting), row.id)) is not None
        }
        for pair, keys in own.items():
            row = self._by_id[pair]
            if row.fixed:
                continue
            self._keys[pair] = tuple(
                key
                for key in keys
                if key not in taken and (key in row.keys or not _cannot_be(row, key))
            )
            taken |= set(self._keys[pair])
        for row in self.rows:
            pair = (row.setting, row.id)
            if pair not in self._keys:
                self._keys[pair] = tuple(key for key in row.keys if key not in taken)


def _cannot_be(row: Shortcut, key: str) -> str:
    """Why a key is no key for such an action, whoever has it."""
    if row.fixed:
        return f"The keys of “{row.text}” cannot be changed."
    if not key:
        return "Press a key together with Ctrl, Alt or Shift."
    if key in _NEVER:
        return f"{key} is needed to get out of things. Choose another key."
    plain = "+" not in key or key == "+"
    if not row.grid and (key in _ALONE_ONLY_IN_THE_CALENDAR or (plain and len(key) == 1)):
        return (
            f"{key} alone would act while somebody types. Add Ctrl or Alt, or use a key "
            "from F1 to F12."
        )
    if not row.grid and key.startswith("Shift+") and len(key) == len("Shift+") + 1:
        return f"{key} is a capital letter. Add Ctrl or Alt."
    return ""


def _read(stored: Mapping[str, object], row_id: str) -> tuple[str, ...] | None:
    """The own keys of an action; None for none and for what cannot be understood."""
    value = stored.get(row_id)
    if isinstance(value, str):  # as earlier versions kept the one key
        value = [value]
    if not isinstance(value, list):
        return None
    texts = [portable(text) for text in value if isinstance(text, str)]
    found = tuple(text for text in texts if text)
    return found if found or not value else None


def portable(text: str) -> str:
    """The usual spelling of a key text; empty when it is none."""
    sequence = QKeySequence(text, QKeySequence.SequenceFormat.PortableText)
    return sequence.toString() if sequence.count() == 1 else ""  # none is written as nothing
