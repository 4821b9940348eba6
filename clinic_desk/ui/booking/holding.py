"""Keeps the selected opening reserved while someone is on the phone.

Moving the selection replaces the hold in one command; leaving frees it. The hold is renewed for
as long as the dialog is being used. When nobody has touched the dialog for a while the last
minute warns, and one key extends.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.appointments import HOLD_SECONDS
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services.commands import AUTO, HoldSlot, ReleaseHold, RenewHold
from clinic_desk.services.outcome import Outcome
from clinic_desk.ui.runtime.operations import Operations

WARN_SECONDS = 60
RENEW_BELOW_SECONDS = 90
USED_SECONDS = 120
"""The dialog counts as in use this long after the last key or click."""


@dataclass(frozen=True, slots=True)
class Place:
    """What is to be held; ``location_id`` and ``room_id`` may be left to the write gate."""

    doctor_id: Id
    start: datetime
    end: datetime
    type_id: Id | None = None
    location_id: Id | None = None
    room_id: Id | None = AUTO
    patient_id: Id | None = None
    name: str = ""
    """Whom it is held for while they are not on file."""


class HoldKeeper(QObject):
    """``state_changed`` after every change; ``ticked`` each second with the seconds left (None:
    nothing held); ``warned`` once when the last minute begins; ``ran_out`` when it is over;
    ``refused`` with the error when the place cannot be had."""

    state_changed = Signal()
    ticked = Signal(object)
    warned = Signal()
    ran_out = Signal()
    refused = Signal(object)

    def __init__(
        self, operations: Operations, clock: Clock, initiator: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._operations = operations
        self._clock = clock
        self._initiator = initiator
        self.hold_id: Id | None = None
        self.place: Place | None = None
        self.until: datetime | None = None
        self._wanted: Place | None = None
        self._keep = False
        self._in_flight = False
        self._renewing = False
        self._abandoned = False
        self._after: Callable[[], None] | None = None
        self._warned = False
        self._last_use: datetime | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self._tick)

    @property
    def settled(self) -> bool:
        """Nothing is under way: what is held is what was last wanted."""
        return not self._in_flight and self._wanted is None

    @property
    def idle(self) -> bool:
        """Nothing is held and nothing under way."""
        return self.hold_id is None and self.settled

    def holds(self, place: Place | None) -> bool:
        return self.hold_id is not None and self.place == place

    def seconds_left(self) -> int | None:
        if self.until is None or self.hold_id is None:
            return None
        return max(0, int((self.until - self._clock.now()).total_seconds()))

    def want(self, place: Place, *, keep: bool = False) -> None:
        """Hold this place instead of the one before. The newest wish wins. ``keep``: for its own
        sake, as an undo step; what is held already is held anew for that."""
        self._last_use = self._clock.now()
        if self.place == place and self.settled and self.hold_id is not None and not keep:
            return
        self._wanted, self._keep = place, keep
        self._abandoned = False
        self._next()

    def release(self, *, on_purpose: bool = False) -> None:
        """Free whatever is held or on its way; ``on_purpose`` as an undo step."""
        self._wanted = None
        hold_id = self.hold_id
        self._forget()
        if hold_id is not None:
            self._operations.run(
                ReleaseHold(hold_id=hold_id, on_purpose=on_purpose, initiator=self._initiator),
                refused=self._ignore,
            )

    def after_flight(self, then: Callable[[], None]) -> None:
        """At once, or when the hold that is being made has its answer; after ``release`` it is
        freed before ``then`` writes anything. The newest ``then`` counts."""
        if self._in_flight:
            self._after = then
        else:
            then()

    def _landed(self) -> None:
        if not self._in_flight:
            then, self._after = self._after, None
            if then is not None:
                then()

    def adopt(self, place: Place, hold_id: Id, until: datetime) -> None:
        """Take on a hold that an undo or a redo has brought back; ``until`` aware UTC."""
        self._wanted = None
        self.hold_id, self.place, self.until = hold_id, place, until
        self._last_use = self._clock.now()
        self._warned = False
        self._timer.start()
        self._tick()
        self.state_changed.emit()

    def spent(self) -> None:
        """The hold has become a booking: nothing to free any more."""
        self._wanted = None
        self._forget()

    def touch(self) -> None:
        """The person is at the dialog: renew when it is getting short."""
        self._last_use = self._clock.now()
        left = self.seconds_left()
        if left is not None and 0 < left <= WARN_SECONDS:
            self.extend()

    def extend(self) -> None:
        if self.hold_id is None or self._renewing:
            return
        self._renewing = True
        hold_id, asked_at = self.hold_id, self._clock.now()

        def renewed(_outcome: Outcome) -> None:
            self._renewing = False
            if self.hold_id == hold_id:
                self.until = asked_at + timedelta(seconds=HOLD_SECONDS)
                self._warned = False
                self._tick()
                self.state_changed.emit()

        def lost(error: ClinicDeskError) -> None:
            self._renewing = False
            if self.hold_id == hold_id:
                self._forget()
                self.refused.emit(error)

        self._operations.run(
            RenewHold(hold_id=hold_id, seconds=HOLD_SECONDS, initiator=self._initiator),
            done=renewed,
            refused=lost,
        )

    def _next(self) -> None:
        if self._in_flight or self._wanted is None:
            return
        place, self._wanted = self._wanted, None
        asked_at = self._clock.now()
        self._in_flight = True

        def held(outcome: Outcome) -> None:
            self._in_flight = False
            self.hold_id = str(outcome.value)
            self.place = place
            self.until = asked_at + timedelta(seconds=HOLD_SECONDS)
            self._warned = False
            self._timer.start()
            if self._abandoned:
                self._abandoned = False
                self.release()
            elif self._wanted is not None:
                self._next()
            else:
                self._tick()
                self.state_changed.emit()
            self._landed()

        def refused(error: ClinicDeskError) -> None:
            self._in_flight = False
            if self._abandoned:
                self._abandoned = False
            elif self._wanted is not None:
                self._next()
            else:
                # The command is one transaction, so the older hold still stands: let it go too.
                self.release()
                self.refused.emit(error)
            self._landed()

        self._operations.run(
            HoldSlot(
                doctor_id=place.doctor_id,
                start=place.start,
                end=place.end,
                type_id=place.type_id,
                location_id=place.location_id or None,
                room_id=place.room_id,
                patient_id=place.patient_id,
                name=place.name,
                seconds=HOLD_SECONDS,
                replace_id=self.hold_id,
                kept=self._keep,
                initiator=self._initiator,
            ),
            done=held,
            refused=refused,
        )
        self.state_changed.emit()

    def _forget(self) -> None:
        if self._in_flight:
            self._abandoned = True
        self.hold_id = self.place = self.until = None
        self._timer.stop()
        self.ticked.emit(None)
        self.state_changed.emit()

    def _tick(self) -> None:
        left = self.seconds_left()
        if left is None:
            return
        used = self._last_use is not None and self._clock.now() - self._last_use <= timedelta(
            seconds=USED_SECONDS
        )
        if left == 0:
            self.hold_id = self.place = self.until = None
            self._timer.stop()
            self.ticked.emit(None)
            self.ran_out.emit()
            self.state_changed.emit()
            return
        if left <= RENEW_BELOW_SECONDS and used:
            self.extend()
        elif left <= WARN_SECONDS and not self._warned:
            self._warned = True
            self.warned.emit()
        self.ticked.emit(left)

    def _ignore(self, error: ClinicDeskError) -> None:
        """A hold that is gone already is as good as released."""
