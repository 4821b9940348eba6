"""Keeps the finder's list true while others book: asked again quietly, the selection stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QTimer
from PySide6.QtWidgets import QAbstractItemView, QApplication

from clinic_desk.domain.availability.model import RankedSlot
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.outcome import Changes
from clinic_desk.services.views import Cell, Openings
from clinic_desk.ui.models import finding
from clinic_desk.ui.models.openings import RANKED_ROLE
from clinic_desk.ui.models.sites import both_moment
from clinic_desk.ui.runtime.operations import COURIERS
from clinic_desk.ui.runtime.wording import Tone

if TYPE_CHECKING:
    from clinic_desk.ui.booking.finder import FinderPage

PAUSE_MS = 300
"""Several changes in a row are looked at once."""


class FinderRefresh(QObject):
    """Nothing moves under the hand: the selected row and the place of the list stay. A selected
    opening that somebody has taken is left without a successor, so that Enter books no other."""

    def __init__(self, page: FinderPage, initiator: str) -> None:
        super().__init__(page)
        self._page = page
        self._initiator = initiator
        self._near: int | None = None
        self._asking = False
        # by this window, since the list was read
        self._written: frozenset[Id] = frozenset()
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        page.context.operations.changed.connect(self._on_changes)

    def _on_changes(self, changes: Changes) -> None:
        own = changes.initiator in (self._initiator, COURIERS)
        if own:
            return
        if "external" not in changes.kinds:
            self._written |= changes.ids
        if self._page.isVisible() and not self._pause.isActive():
            self._pause.start()

    def forget(self) -> None:
        """A search by the person is under way: whatever was to be read again is read by it."""
        self._pause.stop()
        self._asking = False
        self._near = None
        self._written = frozenset()

    @property
    def due(self) -> bool:
        """Something has changed that is not listed yet."""
        return self._pause.isActive() or self._asking

    @property
    def _busy(self) -> bool:
        """The person is choosing, a hold is on its way, or a dialog has the word."""
        page, asked = self._page, QApplication.activeModalWidget()
        return page.choosing or not page.hold.landed or asked is not None

    def _ask(self) -> None:
        page = self._page
        if not page.isVisible():
            return
        if self._busy:
            self._pause.start()
            return
        own, found, listed = page.hold.ids(), list[RankedSlot](), self._written

        def piece(part: Openings) -> None:
            found.extend(part.ranked)

        self._asking = True
        page.ask(piece, lambda: self._finished(found, own, listed), self._failed)

    def _failed(self, _error: ClinicDeskError) -> None:
        """Nobody has asked for this; a store that cannot be read is told by the window."""
        self._asking = False

    def _finished(self, found: list[RankedSlot], own: frozenset[Id], listed: frozenset[Id]) -> None:
        page, self._asking = self._page, False
        if self._busy or page.hold.ids() != own:
            self._pause.start()  # a hold of ours may stand in this answer as somebody else's
            return
        self._show(finding.elsewhere(found, page.visit))
        self._written -= listed
        page.day.read()
        page.panel.ask_again()

    def _show(self, ranked: list[RankedSlot]) -> None:
        page, before, number = self._page, self._page.current, self._page.list.currentIndex().row()
        kept = {key(one) for one in ranked}
        lost = before is not None and key(before) not in kept
        if lost:
            page.list.setCurrentIndex(QModelIndex())
            page.hold.select(None)
            page.strip.choose(None)
            self._near = number
        anchor = self._anchor(kept)
        if page.rows.replace(ranked) and anchor is not None:
            self._stay(*anchor)
        if before is not None and not lost and page.current is None:
            self._select(before)
        if lost and before is not None:
            self._look_who(before, self._written)
        elif page.current is None and self._near is None and page.rows.first_row() >= 0:
            page.list.setCurrentIndex(page.rows.index(page.rows.first_row()))
        page.show_found()

    def _look_who(self, lost: RankedSlot, written: frozenset[Id]) -> None:
        """Whoever has just booked it knows; what came from elsewhere is told."""
        slot, day = lost.slot, self._page.rows.day_of(lost)

        def in_the_way(cell: Cell) -> bool:
            """At its time, or by a rule for the doctor's day."""
            there = cell.blocked_start < slot.end and slot.start < cell.blocked_end
            return there or cell.doctor_id == slot.doctor_id

        def look(cells: tuple[Cell, ...]) -> None:
            own = any(cell.id in written and in_the_way(cell) for cell in cells)
            if self._page.current is None and not own:
                self._tell(lost)

        self._page.context.operations.ask(lambda queries: queries.cells(day, day), done=look)

    def _tell(self, lost: RankedSlot) -> None:
        page, slot = self._page, lost.slot
        when = both_moment(slot.start, page.source.zone_at(slot.location_id), page.source.zone)
        page.complain(Tone.WARN, f"{when} has been taken meanwhile. Choose another opening (↓).")

    def _anchor(self, kept: set[tuple[object, ...]]) -> tuple[RankedSlot, int] | None:
        """A row that stays, and how far below the upper edge it stands."""
        view = self._page.list
        rows = range(self._page.rows.rowCount())
        first = view.indexAt(view.viewport().rect().topLeft()).row()
        current = view.currentIndex().row()
        seen = view.viewport().rect().intersects(view.visualRect(view.currentIndex()))
        for number in [*([current] if seen else []), *rows[max(first, 0) :]]:
            one = self._page.rows.index(number).data(RANKED_ROLE)
            if isinstance(one, RankedSlot) and key(one) in kept:
                return one, view.visualRect(self._page.rows.index(number)).top()
        return None

    def _stay(self, anchor: RankedSlot, top: int) -> None:
        view, number = self._page.list, self._row(anchor)
        rect = view.visualRect(self._page.rows.index(number))
        moved = rect.top() - top
        if view.verticalScrollMode() is QAbstractItemView.ScrollMode.ScrollPerItem:
            moved //= max(1, rect.height())
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() + moved)

    def _row(self, ranked: RankedSlot) -> int:
        for number in range(self._page.rows.rowCount()):
            one = self._page.rows.index(number).data(RANKED_ROLE)
            if isinstance(one, RankedSlot) and key(one) == key(ranked):
                return number
        return -1

    def _select(self, ranked: RankedSlot) -> None:
        self._page.list.setCurrentIndex(self._page.rows.index(self._row(ranked)))

    def resume(self, step: int) -> bool:
        """↑ or ↓ after the selected opening was taken: on from where it stood."""
        page, near = self._page, self._near
        if near is None or page.current is not None:
            return False
        count = page.rows.rowCount()
        ahead = range(near, count) if step > 0 else range(min(near, count) - 1, -1, -1)
        behind = range(min(near, count) - 1, -1, -1) if step > 0 else range(near, count)
        for number in (*ahead, *behind):
            if isinstance(page.rows.index(number).data(RANKED_ROLE), RankedSlot):
                page.list.setCurrentIndex(page.rows.index(number))
                self._near = None
                return True
        return False


def key(ranked: RankedSlot) -> tuple[object, ...]:
    """What makes two rows the same opening."""
    return ranked.slot.start, ranked.slot.doctor_id, ranked.slot.location_id
