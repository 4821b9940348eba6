"""What can be done about single visits of a series, and cancelling from one on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from clinic_desk.domain.appointments import CANCEL_REASON_LIMIT
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.recurrence import instant, parse_local
from clinic_desk.services.commands import CancelAppointment, Reinstate, Scope
from clinic_desk.services.exporting import Exported, ExportWish
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.series_commands import ChangeSeries, Choice
from clinic_desk.ui.models import calendar_saving, words
from clinic_desk.ui.models.going_past import WAYS, ask_past, ask_why, insisting
from clinic_desk.ui.models.occurrences import ADD, FROM, SKIP, Row, rest, rest_others
from clinic_desk.ui.models.permitted import why_not
from clinic_desk.ui.models.series_asking import changed_to_come, include_words
from clinic_desk.ui.runtime.allowed import keep_shut
from clinic_desk.ui.runtime.privacy import CURTAIN
from clinic_desk.ui.runtime.wording import Message, Tone
from clinic_desk.ui.widgets.forms.reason import ReasonDialog

if TYPE_CHECKING:
    from clinic_desk.ui.series.page import SeriesPage

INITIATOR = "series"
CANCEL_REASONS = ("Patient cancelled", "Treatment finished", "Doctor is away", "Booked by mistake")
UNSAVED = Message(
    "The change of this series is not saved yet.",
    Tone.WARN,
    (WayOut("Save changes", "save"), WayOut("Discard", "discard")),
)
TAKE = {SKIP: ("cancel",), FROM: ("move", "cancel"), ADD: ("reinstate",)}
"""What a deed takes: any one of these actions of ``models.permitted``."""

SKIPPED, BACK_AGAIN = "Left out of the series", "Back in the series"


class SeriesDeeds(QObject):
    def __init__(self, page: SeriesPage) -> None:
        super().__init__(page)
        self._page = page
        self._adding: str | None = None
        self.card: ReasonDialog | None = None

    def skip(self, row: Row) -> None:
        """This visit alone is cancelled; the series goes on around it."""
        if row.visit_id:
            self._page.run(
                CancelAppointment(appointment_id=row.visit_id, reason=SKIPPED, initiator=INITIATOR)
            )

    def add_back(self, row: Row) -> None:
        """A cancelled visit of it comes back; a date that was left out is booked."""
        if row.visit_id:
            self._page.run(
                Reinstate(appointment_id=row.visit_id, reason=BACK_AGAIN, initiator=INITIATOR)
            )
            return
        self._adding = row.key
        self._add(Choice(local_start=row.key))

    def bar(self) -> None:
        """What may not be done to this series rests, with the reason."""
        page, read = self._page, self._page.read
        actor, roster = page.context.actor, page.source.roster
        if actor.permissions is None or read is None or roster is None:
            return
        for part, action in (
            (page.form, "move"), (page.save_button, "move"), (page.cancel_button, "cancel"),
        ):  # fmt: skip
            keep_shut(part, why_not(actor, action, roster.doctors, (read.anchor,)))

    def judged(self, rows: Sequence[Row]) -> tuple[Row, ...]:
        """The rows; what is not this person's to do with one rests, with the reason."""
        page, read = self._page, self._page.read
        actor, roster = page.context.actor, page.source.roster
        if actor.permissions is None or read is None or roster is None:
            return tuple(rows)
        doctors, series = roster.doctors, read.view.series
        if page.previewing.draft is not None:
            return rest_others(rows, page.previewing.occurrence, actor, doctors)
        visits = {cell.id: cell for cell in read.view.visits}

        def why(name: str, row: Row) -> str:
            cell = visits.get(row.visit_id)
            if cell is None:
                return why_not(actor, "move", doctors, (), series.doctor_id)
            told = [why_not(actor, one, doctors, (cell,)) for one in TAKE.get(name, ())]
            return told[0] if told and all(told) else ""

        return rest(rows, why)

    def say_barred(self, why: str) -> None:
        self._page.message.show_message(Message(why, Tone.WARN))

    def go_past(self, row: Row) -> None:
        """A date of the preview that clashes, booked all the same."""
        page = self._page
        found = page.previewing.occurrence(row.key)
        if found is not None and found.explanation is not None:
            self.card = ask_past(
                page.context, page, found.explanation, f"{row.day} {row.clock}",
                lambda fields, reason: page.previewing.go_past(row.key, fields, reason),
            )  # fmt: skip

    def offered(self, ways: Sequence[WayOut]) -> tuple[WayOut, ...]:
        """Those that can be taken here: to go past a rule only by whom it is allowed."""
        may, booking = self._page.context.actor.may, self._adding is not None
        return tuple(
            way
            for way in ways
            if way.action == "retry"
            or (booking and way.action == "place_at")
            or (booking and way.action in WAYS and may(WAYS[way.action][1]))
        )

    def answer(self, way: WayOut) -> None:
        """A button of the message was pressed."""
        page = self._page
        if way.action == "save":
            page.save()
        elif way.action == "discard":
            page.discard()
            page.go_on()
        elif way.action == "nearest":
            page.previewing.take_nearest()
        elif not self.take(way) and way.action == "retry":
            page.reread()

    def take(self, way: WayOut) -> bool:
        """Whether the way out was one for the date that is to be booked again."""
        key = self._adding
        if way.action == "place_at":
            self.place_at(way)
            return True
        if way.action not in WAYS or key is None:
            return False
        day = words.moment_words(instant(parse_local(key), self._page.zone), self._page.zone)
        self.card = ask_why(
            self._page.context, self._page, f"Why is {day} booked all the same?",
            lambda reason: self._add(
                insisting(Choice(local_start=key), (WAYS[way.action][0],), reason)
            ),
        )  # fmt: skip
        return True

    def place_at(self, way: WayOut) -> None:
        """The date that is to be booked again, where there is room for it."""
        start, end = way.data.get("start"), way.data.get("end")
        if self._adding is None or not isinstance(start, datetime):
            return
        doctor = way.data.get("doctor_id")
        self._add(
            Choice(
                local_start=self._adding,
                start=start,
                end=end if isinstance(end, datetime) else None,
                doctor_id=str(doctor) if doctor else None,
            )
        )

    def _add(self, choice: Choice) -> None:
        read = self._page.read
        if read is not None:
            self._page.run(
                ChangeSeries(
                    appointment_id=read.anchor.id,
                    scope=Scope.ALL,
                    choices=(choice,),
                    initiator=INITIATOR,
                )
            )

    def export(self) -> None:
        """Asks where to."""
        read = self._page.read
        if read is not None:
            first = read.anchor
            who = first.confirmation_code if CURTAIN.on else first.listed_name
            name = calendar_saving.file_name(who, "series")
            calendar_saving.ask_path(self._page, name, self.export_to)

    def export_to(self, path: Path) -> None:
        """This series as a calendar file."""
        page, read = self._page, self._page.read
        if read is None:
            return

        def done(made: Exported) -> None:
            page.toast_requested.emit(calendar_saving.told(made), False)

        wish = ExportWish(series_id=read.view.series.id)
        calendar_saving.write(page.context, path, wish, done=done, failed=page.say_error)

    def cancel(self) -> None:
        """From the chosen visit on, or all that are to come, with one reason."""
        page, read = self._page, self._page.read
        if read is None or page.leave() is False:
            return
        row = page.list.current
        cells = {cell.id: cell for cell in read.view.visits}
        cell = cells.get(row.visit_id if row is not None else "", read.anchor)
        day = words.moment_words(cell.start, page.zone)
        card = ReasonDialog(
            page.theme,
            "Cancel visits of the series",
            f"{cell.listed_name}: {read.view.words}. Which visits are cancelled?",
            CANCEL_REASONS,
            "Cancel visits",
            page,
            limit=CANCEL_REASON_LIMIT,
            scopes=(
                (f"From {day} on", Scope.FOLLOWING),
                ("All visits still to come", Scope.ALL),
                (f"Only {day}", Scope.ONLY_THIS),
            ),
        )
        changed = changed_to_come(read.view, page.context.clock.now(), cell.id)
        if changed:
            card.offer_include(include_words(changed), Scope.ONLY_THIS)

        def run(reason: str, scope: object) -> None:
            page.context.operations.run(
                CancelAppointment(
                    appointment_id=cell.id,
                    reason=reason,
                    expected_revision=cell.revision,
                    scope=scope if isinstance(scope, Scope) else Scope.ONLY_THIS,
                    include_changed=card.include_changed,
                    initiator=INITIATOR,
                ),
                done=done,
                refused=card.refuse,
            )

        def done(outcome: Outcome) -> None:
            card.accept()
            page.done(outcome)

        card.given.connect(run)
        card.finished.connect(card.deleteLater)
        self.card = card
        card.open()
