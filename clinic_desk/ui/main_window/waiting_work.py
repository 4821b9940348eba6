"""The waiting list and the holds as the window has them: ways in, the freed slot at the lower edge,
the count in status bar and menu, and the key that keeps what is held for a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QTimer, SignalInstance
from PySide6.QtWidgets import QBoxLayout

from clinic_desk.domain.appointments import FINAL, Status
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import words

if TYPE_CHECKING:
    from clinic_desk.domain.errors import ClinicDeskError
    from clinic_desk.domain.ids import Id
    from clinic_desk.services.outcome import Changes, Outcome
    from clinic_desk.services.planning_views import CallerHolds
    from clinic_desk.services.ports import Queries
    from clinic_desk.services.views import PatientView, ShelfCard
    from clinic_desk.ui.main_window.hold_watch import HoldWatch
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.models.finding import Wanted
    from clinic_desk.ui.waitlist.offer_bar import OfferBar
    from clinic_desk.ui.waitlist.offer_desk import OfferDesk
    from clinic_desk.ui.waitlist.quick import QuickWait
    from clinic_desk.ui.widgets.page import Page

TOAST_BOTTOM = 40
"""Pixels between the toast and the lower edge while no freed slot is on offer."""


@runtime_checkable
class TakesIn(Protocol):
    """A page that asks for somebody new on the waiting list."""

    @property
    def new_entry_requested(self) -> SignalInstance: ...


class WaitingWork(QObject):
    """``bar`` is None until the first freed slot is offered."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.offers: OfferDesk | None = None
        self.bar: OfferBar | None = None
        self._quick: QuickWait | None = None
        self.count = 0
        self.holds: HoldWatch | None = None
        window.context.operations.changed.connect(self._on_changes)

    def begin(self) -> None:
        """Once the first day is on the screen: nobody rings anybody before."""
        from clinic_desk.ui.main_window.hold_watch import HoldWatch
        from clinic_desk.ui.waitlist.offer_desk import OfferDesk

        if self.offers is not None:
            return
        window = self._window
        self.offers = OfferDesk(window.context, window.roster, self)
        self.offers.changed.connect(self._on_offers)
        self.offers.toast_requested.connect(window.telling.toast)
        self.holds = HoldWatch(window.context, self)
        self.holds.look()
        self._ask_count()

    def stop(self) -> None:
        if self.holds is not None:
            self.holds.stop()

    def minute(self) -> None:
        if self.holds is not None:
            self.holds.look()
        if self.offers is not None:
            self.offers.minute()

    # how many wait

    def _on_changes(self, changes: Changes) -> None:
        if self.offers is not None and changes.kinds & {"waitlist_entry", "external"}:
            self._ask_count()

    def _ask_count(self) -> None:
        self._window.context.operations.ask(
            lambda queries: len(queries.waitlist()), done=self._show_count, key="window-waiting"
        )

    def _show_count(self, count: int) -> None:
        self.count = count
        self._window.status.show_waiting(count)
        action = self._window.actions_["page.waitlist"]
        action.setText(f"&Waiting list ({count})…" if count else "&Waiting list…")

    # freed slots

    def _on_offers(self) -> None:
        offers, window = self.offers, self._window
        if offers is None:
            return
        if self.bar is None and offers.offerings:
            from clinic_desk.ui.waitlist.offer_bar import OfferBar

            host = window.status.parentWidget()
            assert host is not None
            self.bar = OfferBar(window.context, offers, window.roster, host)
            self.bar.left.connect(window.centre.focus_page)
            self.bar.patient_requested.connect(window.doors.patient)
            column = host.layout()
            assert isinstance(column, QBoxLayout)
            column.insertWidget(column.indexOf(window.status), self.bar)
            self.bar.refresh()
        if self.bar is not None:
            # the toast of the cancellation does not lie on whom to ring
            above = 0 if self.bar.isHidden() else self.bar.sizeHint().height()
            window.toast.set_bottom(TOAST_BOTTOM + above)

    def to_offer(self) -> None:
        """F7."""
        if self.bar is None or not self.bar.come():
            self._window.telling.toast("No freed slot is on offer for the waiting list.")

    # onto the list

    def from_grid(self, known: dict[str, Any]) -> None:
        """W in the calendar: a chosen visit, or a doctor's free time."""
        cell, doctor = known.get("cell"), known.get("doctor_id")
        if isinstance(cell, Cell):
            self.for_visit(cell)
        else:
            self.for_anybody((doctor,) if isinstance(doctor, str) else ())

    def from_shelf(self, card: ShelfCard) -> None:
        self.for_visit(card.cell)

    def for_visit(self, cell: Cell) -> None:
        """Wants to come earlier; whose visit is over or cancelled waits for another one."""
        window = self._window
        if cell.patient_id is None:
            window.telling.toast("This time is held for nobody by name; book it first.")
            return
        coming = cell.status not in FINAL and cell.status is not Status.HELD
        coming = coming and cell.start > window.context.clock.now()
        zone = window.roster.zone_at(cell.location_id)
        kind = window.roster.type_with(cell.type_id, cell.doctor_id)
        minutes = int((cell.end - cell.start).total_seconds() // 60)
        own = kind is None or kind.duration != minutes
        self._with_patient(
            cell.patient_id,
            type_id=cell.type_id,
            doctor_id=cell.doctor_id,
            length=minutes if own else None,
            visit_id=cell.id if coming else None,
            instead=words.moment_words(cell.start, zone) if coming else "",
        )

    def for_patient(self, patient_id: Id) -> None:
        """From the card: the kind and doctor of last time."""
        self._with_patient(patient_id)

    def from_finder(self, wanted: Wanted) -> None:
        """Nothing suits."""
        if wanted.patient is None or len(wanted.doctor_ids) > 1:
            self.for_caller(wanted)
            return
        self._with_patient(
            wanted.patient.id,
            type_id=wanted.type_id,
            doctor_id=next(iter(wanted.doctor_ids), None),
            length=wanted.minutes,
            when_text=_said(wanted),
        )

    def for_anybody(self, doctor_ids: tuple[Id, ...] = ()) -> None:
        from clinic_desk.ui.models.finding import Wanted

        self.for_caller(Wanted(doctor_ids=doctor_ids))

    def for_caller(self, wanted: Wanted) -> None:
        """Somebody who has yet to be named: the booking dialog knows how to ask."""
        self._window.doors.booking.open_to_wait(wanted)

    def _with_patient(self, patient_id: Id, **known: Any) -> None:
        window = self._window

        def found(view: PatientView) -> None:
            from clinic_desk.ui.models.knowing import hit_of
            from clinic_desk.ui.models.waiting import WaitWish

            hit = hit_of(view, window.context.clock.now())
            if "type_id" not in known:
                known["type_id"] = hit.last_type_id
                known["doctor_id"] = hit.usual_doctor_id or hit.last_doctor_id
            self.quick.open_for(WaitWish(patient=hit, **known))

        window.context.operations.ask(
            lambda queries: queries.patient(patient_id),
            done=found,
            failed=window.telling.refused,
            key="window-wait",
        )

    @property
    def quick(self) -> QuickWait:
        if self._quick is None:
            from clinic_desk.ui.waitlist.quick import QuickWait

            self._quick = QuickWait(self._window.context, self._window)
            self._quick.toast_requested.connect(self._window.telling.toast)
            self._quick.entry_requested.connect(self.show_entry)
        return self._quick

    def show_entry(self, entry_id: Id) -> None:
        self._window.show_page("waitlist", entry_id)

    # what is held for a caller

    def keep_holds(self) -> None:
        """F4: all that this desk holds for the caller whose held time is chosen, or for anybody,
        is held anew from now on."""
        from clinic_desk.services import caller_holds

        window = self._window
        if window.centre.page == "finder":
            window.centre.finder.keep_holds()
            return
        desk = window.context.actor.desk_id
        chosen = window.sidebar.card.cell
        chosen_id = chosen.id if chosen is not None and chosen.status is Status.HELD else ""

        def ask(queries: Queries) -> tuple[CallerHolds, ...]:
            return caller_holds.for_callers(queries, desk)

        def found(callers: tuple[CallerHolds, ...]) -> None:
            mine = [one for one in callers if any(cell.id == chosen_id for cell in one.holds)]
            groups = mine or list(callers)
            ids = tuple(cell.id for one in groups for cell in one.holds)
            if not ids:
                window.telling.toast("Nothing is held at this desk.")
                return
            name = groups[0].name if len(groups) == 1 else ""
            self._renew(ids, name)

        window.context.operations.ask(ask, done=found, failed=window.telling.refused)

    def _renew(self, ids: tuple[Id, ...], name: str) -> None:
        from clinic_desk.services.hold_commands import RenewHolds

        window = self._window

        def done(outcome: Outcome) -> None:
            told = f"{outcome.sentence} for {name}" if name else outcome.sentence
            window.telling.toast(" ".join([f"{told}.", *outcome.warnings]))

        def refused(error: ClinicDeskError) -> None:
            window.telling.refused(error)

        window.context.operations.run(
            RenewHolds(hold_ids=ids, initiator="window-holds"), done=done, refused=refused
        )

    def connect_all(self) -> None:
        """What other parts of the window ask for."""
        window = self._window
        window.page.wait_requested.connect(self.from_grid)
        window.shelf.wait_requested.connect(self.from_shelf)
        window.centre.page_built.connect(self._page_built)
        window.doors.entry_requested.connect(self.show_entry)
        window.doors.wait_requested.connect(self.for_patient)
        window.freshness.minute.connect(lambda _now: self.minute())
        window.page.loaded.connect(self._begin_soon)

    def _page_built(self, page: Page) -> None:
        if isinstance(page, TakesIn):
            page.new_entry_requested.connect(lambda: self.for_anybody())

    def _begin_soon(self) -> None:
        self._window.page.loaded.disconnect(self._begin_soon)
        QTimer.singleShot(0, self, self.begin)


def _said(wanted: Wanted) -> str:
    """The chips of the finder as words that the list understands."""
    said = wanted.when_text
    for on, word in ((wanted.mornings, "mornings"), (wanted.afternoons, "afternoons")):
        if on and not (wanted.mornings and wanted.afternoons):
            said = f"{said} {word}"
    if wanted.weekdays == frozenset(range(5)):
        said = f"{said} weekdays"
    return said.strip()
