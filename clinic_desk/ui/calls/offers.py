"""Three openings for a caller: found, held together, let go together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.appointments import HOLD_SECONDS
from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.commands import HoldSlot
from clinic_desk.services.hold_commands import ReleaseHolds, RenewHolds
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import Openings
from clinic_desk.ui.models import finding
from clinic_desk.ui.models.finding import Sampler, Wanted
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket

BEST = 3
INITIATOR = "caller"


class Offers(QObject):
    """The three best openings, the usual doctor's first; anybody's where there are fewer.
    ``changed`` after every piece; ``failed`` with the error."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, context: Context, source: RosterSource, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._source = context, source
        self.rows: tuple[RankedSlot, ...] = ()
        self.searching = False
        self._ticket: Ticket | None = None
        self._sampler: Sampler | None = None
        self._found: list[RankedSlot] = []

    def look(self, wanted: Wanted) -> None:
        self.stop()
        self.rows, self._found = (), []
        self._search(wanted)

    def stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
        self._ticket, self.searching = None, False

    def clear(self) -> None:
        self.stop()
        self.rows = ()
        self.changed.emit()

    def _search(self, wanted: Wanted) -> None:
        self.searching = True
        self._sampler = Sampler(self._source.zone_at, everything=False)

        def piece(found: Openings) -> None:
            if self._sampler is None or not self.searching:
                return
            self._take(self._sampler.take(found))

        def finished() -> None:
            if self._sampler is not None:
                self._take(self._sampler.rest())
            if len(self._found) < BEST and wanted.doctor_ids:
                # the usual doctor has too little: anybody's come after
                from dataclasses import replace

                self._search(replace(wanted, doctor_ids=()))
                return
            self.searching = False
            self.changed.emit()

        def failed(error: ClinicDeskError) -> None:
            self.searching = False
            self.changed.emit()
            self.failed.emit(error)

        self._ticket = finding.search(
            self._context, wanted, self._source.zone,
            piece=piece, finished=finished, failed=failed, key=f"caller.offers:{id(self)}",
        )  # fmt: skip
        self.changed.emit()

    def _take(self, rows: list[RankedSlot]) -> None:
        known = {(one.slot.start, one.slot.doctor_id) for one in self._found}
        for one in rows:
            if len(self._found) < BEST and (one.slot.start, one.slot.doctor_id) not in known:
                known.add((one.slot.start, one.slot.doctor_id))
                self._found.append(one)
        self.rows = tuple(self._found)
        if len(self._found) >= BEST:
            self.stop()
        self.changed.emit()


class Holds(QObject):
    """What is held for the caller, by row. ``changed`` after every change and each second while
    something is held; ``refused`` with the error; ``ran_out`` when the time is over."""

    changed = Signal()
    refused = Signal(object)
    ran_out = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.ids: dict[tuple[datetime, Id], Id] = {}
        """(start, doctor) → the hold's id."""
        self.until: datetime | None = None
        self.pending = 0
        self._round = 0
        self._tick = QTimer(self, interval=1000)
        self._tick.timeout.connect(self._look)

    def hold_of(self, row: RankedSlot) -> Id | None:
        return self.ids.get((row.slot.start, row.slot.doctor_id))

    @property
    def seconds(self) -> int:
        if self.until is None:
            return 0
        return max(0, int((self.until - self._context.clock.now()).total_seconds()))

    def take(self, rows: tuple[RankedSlot, ...], type_id: Id | None, patient_id: Id | None) -> None:
        """Hold all of them; one that is gone meanwhile is told, the others are held."""
        asked = self._context.clock.now()
        turn = self._round
        for row in rows:
            if self.hold_of(row) is not None:
                continue
            key = (row.slot.start, row.slot.doctor_id)
            self.pending += 1

            def held(outcome: Outcome, key: tuple[datetime, Id] = key) -> None:
                self.pending -= 1
                hold_id = str(outcome.value)
                if turn != self._round:  # the panel was left meanwhile
                    self._release((hold_id,))
                    return
                self.ids[key] = hold_id
                end = asked + timedelta(seconds=HOLD_SECONDS)
                self.until = min(self.until, end) if self.until is not None else end
                self._tick.start()
                self.changed.emit()

            def refused(error: ClinicDeskError) -> None:
                self.pending -= 1
                if turn == self._round:
                    self.refused.emit(error)
                    self.changed.emit()

            slot = row.slot
            self._context.operations.run(
                HoldSlot(
                    doctor_id=slot.doctor_id, start=slot.start, end=slot.end, type_id=type_id,
                    location_id=slot.location_id, patient_id=patient_id,
                    seconds=HOLD_SECONDS, initiator=INITIATOR,
                ),
                done=held, refused=refused,
            )  # fmt: skip
        self.changed.emit()

    def keep(self, done: Callable[[Outcome], None]) -> bool:
        """Hold them anew from now on; False when nothing is held."""
        if not self.ids:
            return False
        asked, turn = self._context.clock.now(), self._round

        def renewed(outcome: Outcome) -> None:
            if turn != self._round:
                return
            value = outcome.value
            kept = set(value) if isinstance(value, tuple) else set()
            self.ids = {key: one for key, one in self.ids.items() if one in kept}
            self.until = asked + timedelta(seconds=HOLD_SECONDS)
            self.changed.emit()
            done(outcome)

        def refused(error: ClinicDeskError) -> None:
            if turn == self._round:
                self.forget()
                self.refused.emit(error)

        self._context.operations.run(
            RenewHolds(hold_ids=tuple(self.ids.values()), initiator=INITIATOR),
            done=renewed, refused=refused,
        )  # fmt: skip
        return True

    def release(self, but: Id | None = None) -> None:
        """All of them, or all but the one that is being booked."""
        ids = tuple(one for one in self.ids.values() if one != but)
        self.forget()
        self._release(ids)

    def forget(self) -> None:
        self._round += 1
        self.ids, self.until = {}, None
        self._tick.stop()
        self.changed.emit()

    def _release(self, ids: tuple[Id, ...]) -> None:
        if ids:
            # one that is gone already is as good as released
            self._context.operations.run(
                ReleaseHolds(hold_ids=ids, initiator=INITIATOR), refused=lambda _error: None
            )

    def _look(self) -> None:
        if self.ids and not self.seconds:
            self.forget()
            self.ran_out.emit()
        else:
            self.changed.emit()
