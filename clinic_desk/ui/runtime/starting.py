"""Opening the clinic on a thread of its own, and what is read before there is a window."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Role
from clinic_desk.services.gate import PERMISSIONS_KEY, permissions_in
from clinic_desk.ui.runtime.reporting import report
from clinic_desk.ui.runtime.settings import read_settings

if TYPE_CHECKING:
    from clinic_desk.domain.availability.model import Roster
    from clinic_desk.services.ports import Queries
    from clinic_desk.services.staff_ports import StaffTile

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """Of the clinic, before anybody has logged in: who can, what each role may do."""

    tiles: tuple[StaffTile, ...]
    permissions: object

    def expected(self, nobody: Actor, staff_id: Id) -> Actor:
        """As whom this person would act; without a session, so that nothing can be written."""
        desk = [one for one in self.tiles if one.role is not Role.DOCTOR]
        likely = (desk or list(self.tiles))[0]
        tile = next((one for one in self.tiles if one.id == staff_id), likely)
        return replace(
            nobody,
            staff_id=tile.id,
            name=tile.name,
            role=tile.role,
            doctor_id=tile.doctor_id,
            permissions=permissions_in(self.permissions)[tile.role],
            session_id="",
        )


def find(queries: Queries) -> Found | None:
    """None in a clinic without accounts. Reads the store: off the main thread."""
    if not queries.has_accounts():
        return None
    return Found(queries.staff_tiles(), queries.setting(PERMISSIONS_KEY, "clinic"))


@dataclass(frozen=True, slots=True)
class Read:
    """What a start reads before its window is built. ``found`` None: no accounts yet."""

    values: Mapping[str, Any]
    roster: Roster | None
    found: Found | None

    @staticmethod
    def of(clinic: Any) -> Read:
        """Off the main thread."""
        queries = clinic.queries
        return Read(read_settings(queries), _roster(queries), find(queries))


def _roster(queries: Queries) -> Roster | None:
    """None where there is none: the window asks again and says why."""
    try:
        return queries.roster()
    except Refusal:
        return None


class Starter(QObject):
    """Opens the clinic and reads settings and roster on a thread of its own."""

    opened = Signal(object, object)
    failed = Signal(object)

    def __init__(self, open_clinic: Callable[[], Any]) -> None:
        super().__init__()
        self._open = open_clinic
        self._thread = threading.Thread(target=self._work, name="opening", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        self._thread.join(timeout=10)

    def _work(self) -> None:
        try:
            clinic = self._open()
            read = Read.of(clinic)
        except Exception as error:
            if not isinstance(error, ClinicDeskError):
                report(log, "the clinic could not be opened", error)
            self.failed.emit(error)
        else:
            self.opened.emit(clinic, read)
