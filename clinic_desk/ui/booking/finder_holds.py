"""The finder's holds: the selected row after a short rest, and those kept for the caller.

Browsing writes nothing: only a row on which the selection rests is held, in place of the one
before. H keeps a row, and the next one gets a hold of its own. Leaving frees them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.errors import ClinicDeskError, Refusal
from clinic_desk.domain.ids import Clock, Id
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import Cell
from clinic_desk.ui.booking.holding import HoldKeeper, Place
from clinic_desk.ui.runtime.operations import Operations

REST_MS = 400
MOST = 9
"""As many as there are figure keys to let them go."""


@dataclass(slots=True)
class Kept:
    """One row kept for the caller; ``keeper`` holds it or is about to."""

    place: Place
    keeper: HoldKeeper


class FinderHolds(QObject):
    """``changed`` after every change and each second while something is held; ``refused`` with
    the error; ``warned`` when the last minute of a hold begins; ``ran_out`` with its place."""

    changed = Signal()
    refused = Signal(object)
    warned = Signal()
    ran_out = Signal(object)

    def __init__(
        self, operations: Operations, clock: Clock, initiator: str, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._operations, self._clock, self._initiator = operations, clock, initiator
        self.kept: list[Kept] = []
        self._next: Place | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self._hold_selected)
        self._spare: list[HoldKeeper] = []
        self.made: set[Id] = set()
        """Every hold of this page; what they hold is drawn by the page itself."""
        self.active = False
        """The finder is in use: what an undo brings back is kept here again."""
        self.selected = self._keeper()
        operations.changed.connect(self._on_changes)

    def _keeper(self) -> HoldKeeper:
        for spare in self._spare:
            if spare.idle:
                self._spare.remove(spare)
                return spare
        keeper = HoldKeeper(self._operations, self._clock, self._initiator, self)
        keeper.state_changed.connect(lambda: self._on_state(keeper))
        keeper.ticked.connect(lambda _seconds: self.changed.emit())
        keeper.warned.connect(self.warned)
        keeper.ran_out.connect(lambda: self._on_lost(keeper, None))
        keeper.refused.connect(lambda error: self._on_lost(keeper, error))
        return keeper

    # The selected row

    def select(self, place: Place | None) -> None:
        """The selection came to this row; None: there is none to hold."""
        self._next = place
        self._rest.start()

    def pause(self) -> None:
        """Nothing new is held until the next ``select``."""
        self._rest.stop()

    def _hold_selected(self) -> None:
        place = self._next
        if place is None or self._kept(place) is not None:
            if not self.selected.idle:
                self.selected.release()
            return
        self.selected.want(place)

    # Kept rows

    def keep_or_free(self, place: Place) -> bool:
        """H; True when the row is kept now. Raises ``Refusal`` when no more can be kept."""
        known = self._kept(place)
        if known is not None:
            self.free(known)
            return False
        if len(self.kept) >= MOST:
            raise Refusal(
                "too_many_holds",
                f"{MOST} openings are kept for this caller; let one of them go first (1–{MOST}).",
            )
        self._rest.stop()
        self.selected.want(place, keep=True)
        self.kept.append(Kept(place, self.selected))
        self.selected = self._keeper()
        self.changed.emit()
        return True

    def free(self, kept: Kept, *, on_purpose: bool = True) -> None:
        self.kept.remove(kept)
        self._spare.append(kept.keeper)
        kept.keeper.release(on_purpose=on_purpose)
        self.changed.emit()

    def free_place(self, place: Place, then: Callable[[], None]) -> None:
        """Whatever is held of this place makes room for its booking; so does the selected row.
        ``then`` follows when no hold of this page is on its way to that place any more."""
        self._rest.stop()
        keepers = [self.selected]
        self.selected.release()
        known = self._kept(place)
        if known is not None:
            keepers.append(known.keeper)
            self.free(known, on_purpose=False)
        keepers[0].after_flight(lambda: keepers[-1].after_flight(then))

    def release(self) -> None:
        """All of them: the finder is being left."""
        self.active = False
        self._rest.stop()
        self._next = None
        self.selected.release()
        for kept in [*self.kept]:
            self.free(kept, on_purpose=False)

    def _kept(self, place: Place) -> Kept | None:
        for kept in self.kept:
            if _key(kept.place) == _key(place):
                return kept
        return None

    def _on_changes(self, changes: Changes) -> None:
        """Ctrl+Z has let a kept row go, or brought one back."""
        if changes.initiator == self._initiator:
            return
        back = self.active and changes.ids & (self.made - self.ids())
        for kept in [*self.kept]:
            if kept.keeper.hold_id in changes.ids:
                self.kept.remove(kept)
                self._spare.append(kept.keeper)
                kept.keeper.spent()
                self.changed.emit()
        if back:
            self._operations.ask(
                lambda queries: queries.holds(), done=lambda held: self._adopt(held, back)
            )

    def _adopt(self, held: Sequence[Cell], back: frozenset[Id]) -> None:
        """Those of them that are held again join the kept ones, in the order of their times."""
        for cell in held:
            if not self.active or cell.id not in back or cell.id in self.ids():
                continue
            if len(self.kept) >= MOST or cell.hold_until is None:
                continue
            place = Place(
                doctor_id=cell.doctor_id,
                start=cell.start,
                end=cell.end,
                type_id=cell.type_id,
                location_id=cell.location_id,
                patient_id=cell.patient_id,
                name="" if cell.patient_id else cell.listed_name,
            )
            if self.selected.place is not None and _key(self.selected.place) == _key(place):
                self.selected.spent()
            keeper = self._keeper()
            self.kept.append(Kept(place, keeper))
            keeper.adopt(place, cell.id, cell.hold_until)
        self.changed.emit()

    # Telling

    @property
    def settled(self) -> bool:
        return not self._rest.isActive() and self.landed

    @property
    def landed(self) -> bool:
        """No hold is on its way; the selection may still be moving."""
        return all(keeper.settled for keeper in self._all())

    @property
    def hold_id(self) -> Id | None:
        """Of the selected row."""
        return self.selected.hold_id

    def ids(self) -> frozenset[Id]:
        return frozenset(keeper.hold_id for keeper in self._all() if keeper.hold_id)

    def is_kept(self, place: Place) -> bool:
        return self._kept(place) is not None

    def seconds_left(self, place: Place) -> int | None:
        for keeper in self._all():
            if keeper.place is not None and _key(keeper.place) == _key(place):
                return keeper.seconds_left()
        return None

    def shown(self) -> dict[tuple[object, ...], int]:
        """(start, doctor) of every row that is held → seconds left."""
        found = {}
        for keeper in self._all():
            seconds = keeper.seconds_left()
            if keeper.place is not None and seconds is not None:
                found[_key(keeper.place)] = seconds
        return found

    def touch(self) -> None:
        for keeper in self._all():
            keeper.touch()

    def extend(self) -> None:
        for keeper in self._all():
            keeper.extend()

    def _all(self) -> list[HoldKeeper]:
        return [self.selected, *(kept.keeper for kept in self.kept)]

    def _on_state(self, keeper: HoldKeeper) -> None:
        if keeper.hold_id is not None:
            self.made.add(keeper.hold_id)
        self.changed.emit()

    def _on_lost(self, keeper: HoldKeeper, error: ClinicDeskError | None) -> None:
        if keeper in self._spare:
            return
        kept = next((one for one in self.kept if one.keeper is keeper), None)
        place = kept.place if kept is not None else self._next
        if kept is not None:
            self.kept.remove(kept)
            self._spare.append(keeper)
        if error is not None:
            self.refused.emit(error)
        elif place is not None:
            self.ran_out.emit(place)
        self.changed.emit()


def _key(place: Place) -> tuple[object, ...]:
    return (place.start, place.doctor_id)
