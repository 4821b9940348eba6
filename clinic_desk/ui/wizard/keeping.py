"""What was typed and not saved yet, kept in the clinic's file from one keystroke to the next."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QObject

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.ports import Queries
from clinic_desk.ui.runtime.operations import Operations
from clinic_desk.ui.wizard.step import INITIATOR

KEY = "setup.draft"


@dataclass
class Draft:
    """``step`` is the one on display, ``done`` the saved ones, ``skipped`` those passed over,
    ``typed`` the raw values by step, ``practice_id`` the patient of a guided booking under way."""

    step: str = ""
    done: set[str] = field(default_factory=set)
    skipped: set[str] = field(default_factory=set)
    typed: dict[str, Any] = field(default_factory=dict)
    practice_id: str = ""

    def stored(self) -> dict[str, Any]:
        # packed: ten thousand emoji in a name are more than a setting may hold
        typed = zlib.compress(json.dumps(self.typed).encode(), 6)
        return {
            "step": self.step,
            "done": sorted(self.done),
            "skipped": sorted(self.skipped),
            "typed": base64.b85encode(typed).decode(),
            "practice_id": self.practice_id,
        }

    @staticmethod
    def of(value: object) -> Draft:
        """Whatever cannot be read is as if it had not been typed."""
        if not isinstance(value, Mapping) or not value.get("step"):
            return Draft()
        try:
            packed = zlib.decompress(base64.b85decode(str(value.get("typed", ""))))
            typed = json.loads(packed)
        except (ValueError, zlib.error):
            typed = {}
        return Draft(
            str(value["step"]),
            {str(one) for one in value.get("done", ())},
            {str(one) for one in value.get("skipped", ())},
            typed if isinstance(typed, dict) else {},
            str(value.get("practice_id", "")),
        )


def read(queries: Queries) -> Draft:
    return Draft.of(queries.setting(KEY, "desk"))


class Keeper(QObject):
    """One save at a time; what is typed meanwhile goes with the next one. ``failed`` is told the
    error of a save that did not come about."""

    def __init__(
        self, operations: Operations, failed: Callable[[ClinicDeskError], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._operations, self._failed = operations, failed
        self._busy = False
        self._waiting: dict[str, Any] | None = None
        self._last: dict[str, Any] = {}

    def save(self, draft: Draft) -> None:
        value = draft.stored()
        if value == self._last:
            return
        self._last = value
        if self._busy:
            self._waiting = value
        else:
            self._send(value)

    def flush(self) -> None:
        """The newest state is on its way when this returns, before the window closes."""
        if self._waiting is not None:
            self._send(self._waiting)

    def forget(self) -> None:
        self._waiting, self._last = None, {}
        self._send({})

    def _send(self, value: dict[str, Any]) -> None:
        self._busy, self._waiting = True, None
        self._operations.run(
            SaveSetting(key=KEY, value=value, initiator=INITIATOR),
            done=lambda _outcome: self._sent(),
            refused=self._refused,
        )

    def _sent(self) -> None:
        self._busy = False
        self.flush()

    def _refused(self, error: ClinicDeskError) -> None:
        self._busy = False
        self._last = {}
        self._failed(error)
