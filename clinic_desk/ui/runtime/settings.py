"""The declared settings in memory: saved in the background, followed when others change them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.ui.runtime.declared import DECLARED, Declared
from clinic_desk.ui.runtime.operations import Operations

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries

__all__ = ["DECLARED", "Declared", "Settings", "read_settings"]

INITIATOR = "settings"


def read_settings(queries: Queries) -> dict[str, Any]:
    """All declared settings of this desk. Reads the store: call it off the main thread."""
    return _read(queries, DECLARED)


def _read(queries: Queries, declared: Sequence[Declared]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for item in declared:
        stored = queries.setting(item.key, item.scope)
        if item.fits(stored):
            values[item.key] = stored
    return values


class Settings(QObject):
    """The declared settings in memory; ``put`` also saves them in the background.

    ``changed`` carries the key. ``followed`` carries the key of a setting that was changed by an
    undo, a redo, or (one of the whole clinic) at another desk: whoever shows it reads it anew.
    ``failed`` carries the error of a save that did not come about. After a refusal the old value
    is in force again; after a fault the new one stays until the program ends.
    """

    changed = Signal(str)
    followed = Signal(str)
    failed = Signal(object)

    def __init__(
        self,
        operations: Operations,
        values: Mapping[str, Any] | None = None,
        parent: QObject | None = None,
        *,
        declared: Sequence[Declared] = DECLARED,
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self._table = {item.key: item for item in declared}
        self._values: dict[str, Any] = dict(values or {})
        self._stored: dict[str, Any] = dict(self._values)
        self._writes: Counter[str] = Counter()
        """Saves of a key begun so far, and the last of them that the store has taken."""
        self._saved: Counter[str] = Counter()
        self._asked = 0
        self._heard: Counter[str] = Counter()
        """The newest question about a key that was answered."""
        operations.changed.connect(self._on_changes)

    @property
    def declared(self) -> Sequence[Declared]:
        return tuple(self._table.values())

    def get(self, key: str) -> Any:
        """Raises ``KeyError`` for a key that is not declared."""
        return self._values.get(key, self._table[key].default)

    def put(self, key: str, value: Any, label: str = "", run: str = "") -> None:
        """With a label it is an undo step of that name; without, something the window remembers.
        Steps of one ``run`` are taken back together.

        Raises ``KeyError`` for an undeclared key, ``TypeError`` for a value of another kind,
        ``ValueError`` for one out of range."""
        declared = self._table[key]
        if not isinstance(value, declared.kind):
            raise TypeError(f"{key} wants {declared.kind.__name__}")
        if not declared.fits(value):
            raise ValueError(f"{key} cannot be {value!r}")
        if self.get(key) == value:
            return
        self._values[key] = value
        self._writes[key] += 1
        number = self._writes[key]
        self.changed.emit(key)

        def saved(_outcome: Outcome) -> None:
            self._saved[key] = number
            self._stored[key] = value

        def refused(error: ClinicDeskError) -> None:
            if isinstance(error, Refusal) and self._writes[key] == number:
                self._saved[key] = number
                self._values[key] = self._stored.get(key, declared.default)
                self.changed.emit(key)
                self.followed.emit(key)
            self.failed.emit(error)

        from clinic_desk.services.commands import SaveSetting  # no part of the start

        self._operations.run(
            SaveSetting(
                key=key,
                value=value,
                scope=declared.scope,
                label=label,
                initiator=INITIATOR,
                undo_run=run,
            ),
            done=saved,
            refused=refused,
        )

    def _on_changes(self, changes: Changes) -> None:
        if changes.initiator == INITIATOR:
            return
        keys = {row_id.rpartition("/")[2] for row_id in changes.ids if "/" in row_id}
        wanted = [
            item
            for key, item in self._table.items()
            if ("setting" in changes.kinds and key in keys)
            or ("external" in changes.kinds and item.scope == "clinic")
        ]
        if not wanted:
            return
        asked = {item.key: self._writes[item.key] for item in wanted}
        self._asked += 1
        number = self._asked

        def take(values: Mapping[str, Any]) -> None:
            for key, writes in asked.items():
                newest = self._heard[key] < number  # an older answer may come after a newer one
                if newest and self._writes[key] == writes:
                    self._heard[key] = number
                    self._follow(key, values)

        self._operations.ask(lambda queries: _read(queries, wanted), done=take)

    def _follow(self, key: str, values: Mapping[str, Any]) -> None:
        """Not while a save of the key is under way or was refused: what a person chose last stays.
        A key without a value was never saved."""
        before = self.get(key)
        if self._saved[key] < self._writes[key]:
            return
        for known in (self._values, self._stored):
            if key in values:
                known[key] = values[key]
            else:
                known.pop(key, None)
        if self.get(key) != before:
            self.changed.emit(key)
            self.followed.emit(key)
