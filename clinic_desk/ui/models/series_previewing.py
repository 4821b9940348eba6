"""The preview of a series that is being booked or changed, asked for off the main thread.

Decisions about single dates are taken at once and judged behind; the newest state wins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.planning_views import OccurrencePreview, SeriesPreview
from clinic_desk.services.ports import Queries
from clinic_desk.services.series_commands import Choice
from clinic_desk.services.series_preview import SeriesDraft, apply_choice, preview, with_choice
from clinic_desk.ui.models.going_past import insisting
from clinic_desk.ui.models.occurrences import choice_at
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.operations import Ticket

PAUSE_MS = 120


def clashes(occurrence: OccurrencePreview) -> bool:
    """A date on which the visit cannot be; a warning is none."""
    told = occurrence.explanation
    return told is not None and told.verdict is Verdict.REFUSE and not occurrence.skipped


class SeriesPreviewing(QObject):
    """``changed`` when ``shown`` or ``error`` is another one, ``started`` when a question begins.
    ``busy`` while what is shown does not yet answer ``draft``."""

    changed = Signal()
    started = Signal()

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.draft: SeriesDraft | None = None
        self.shown: SeriesPreview | None = None
        self.error: ClinicDeskError | None = None
        self.busy = False
        self._then: Callable[[], None] | None = None
        self._ticket: Ticket | None = None
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._ask_all)

    def when_judged(self, then: Callable[[], None]) -> None:
        """What was asked for while the dates are being judged; another draft takes it back."""
        self._then = then if self.busy else None

    def _judged(self) -> None:
        self.changed.emit()
        then, self._then = self._then, None
        if then is not None:
            then()

    def forget(self) -> None:
        self._then = None
        self._pause.stop()
        self._drop()
        self.draft = self.shown = self.error = None
        self.busy = False

    def ask(self, draft: SeriesDraft | None) -> None:
        """Another draft. Decisions go on where they still say the same: those to leave a date out,
        and all of them while doctor, kind, length and room are the same."""
        if draft is None:
            self.forget()
            self.changed.emit()
            return
        self._then = None
        before = self.draft
        if before is not None:
            same = _base(before) == _base(draft)
            draft = replace(draft, choices=tuple(c for c in before.choices if same or c.skip))
            if draft == before and (self.shown is not None or self.busy):
                return
        self.draft = draft
        self.busy = True
        self._drop()
        self._pause.start()
        self.started.emit()

    def again(self) -> None:
        """The diary has changed meanwhile."""
        if self.draft is not None:
            self.busy = True
            self._pause.start()
            self.started.emit()

    def choose(self, choice: Choice) -> None:
        """Decide about one date; a choice that decides nothing takes the decision back."""
        draft, shown = self.draft, self.shown
        if draft is None:
            return
        self.draft = after = with_choice(draft, choice)
        self.error = None
        if self.busy or shown is None:
            self._ask_all()
            return
        now = self._context.clock.now()
        self._start(after, lambda queries: apply_choice(queries, draft, shown, choice, now)[1])

    def go_past(self, local_start: str, fields: Iterable[str], reason: str) -> None:
        """Insist on a date where it is, with the reason."""
        choice = self.decided(local_start) or Choice(local_start=local_start)
        self.choose(insisting(replace(choice, skip=False), fields, reason))

    def take_nearest(self) -> int:
        """The nearest free place for every date that clashes; answers how many have one."""
        if self.draft is None or self.shown is None:
            return 0
        taken = 0
        for occurrence in self.shown.occurrences:
            if clashes(occurrence) and occurrence.nearest is not None:
                choice = choice_at(occurrence, occurrence.nearest, self.draft.room_id)
                self.draft = with_choice(self.draft, choice)
                taken += 1
        if taken:
            self._ask_all()
        return taken

    def occurrence(self, local_start: str) -> OccurrencePreview | None:
        found = self.shown.occurrences if self.shown is not None else ()
        return next((o for o in found if o.local_start == local_start), None)

    def decided(self, local_start: str) -> Choice | None:
        found = self.draft.choices if self.draft is not None else ()
        return next((c for c in found if c.local_start == local_start), None)

    def unsolved(self) -> tuple[OccurrencePreview, ...]:
        found = self.shown.occurrences if self.shown is not None else ()
        return tuple(o for o in found if clashes(o))

    # Asking

    def _ask_all(self) -> None:
        self._pause.stop()
        draft = self.draft
        if draft is not None:
            now = self._context.clock.now()
            self._start(draft, lambda queries: preview(queries, draft, now))

    def _start(self, draft: SeriesDraft, question: Callable[[Queries], SeriesPreview]) -> None:
        self.busy = True
        self.started.emit()

        def shown(found: SeriesPreview) -> None:
            if self.draft != draft:
                return  # another question is on its way
            self.busy = False
            self.shown, self.error = found, None
            days = {o.local_start for o in found.occurrences}
            kept = tuple(c for c in draft.choices if c.local_start in days)
            self.draft = replace(draft, choices=kept)
            self._judged()

        def failed(error: ClinicDeskError) -> None:
            if self.draft != draft:
                return
            self.busy = False
            self.shown, self.error = None, error
            self._judged()

        self._ticket = self._context.operations.ask(
            question, done=shown, failed=failed, key=f"series.preview:{id(self)}"
        )

    def _drop(self) -> None:
        """An answer under way is not wanted any more."""
        if self._ticket is not None:
            self._ticket.cancel()
            self._ticket = None


def _base(draft: SeriesDraft) -> tuple[object, ...]:
    return (
        draft.doctor_id, draft.type_id, draft.minutes, draft.location_id, draft.room_id,
        draft.appointment_id, draft.scope, draft.include_changed, draft.local_start[10:],
    )  # fmt: skip
