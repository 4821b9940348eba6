"""What the palette finds, as rows that can be run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.domain.ids import Id
from clinic_desk.services.views import PatientHit
from clinic_desk.ui.actions import ActionSet
from clinic_desk.ui.calendar.columns import patterns
from clinic_desk.ui.look.tokens import pattern_of
from clinic_desk.ui.main_window.choices import Choices, active_doctors
from clinic_desk.ui.models.roster_source import RosterSource
from clinic_desk.ui.models.words import hit_details
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.formatting import long_day, week_text
from clinic_desk.ui.runtime.privacy import CURTAIN

if TYPE_CHECKING:
    from clinic_desk.services.ports import Queries
    from clinic_desk.ui.widgets.entries import Entry

Found = Callable[["Sequence[Entry]"], None]
LIMIT = 20


class Searching(QObject):
    """``patient_chosen``, ``visit_chosen``, ``doctor_chosen`` carry ids, ``day_chosen`` a date."""

    patient_chosen = Signal(str)
    visit_chosen = Signal(str)
    doctor_chosen = Signal(str)
    day_chosen = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        context: Context,
        roster: RosterSource,
        choices: Choices,
        today: Callable[[], date],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._context = context
        self._roster = roster
        self._choices = choices
        self._today = today
        self.week: Callable[[date], str] = week_text

    def patients(self, text: str, found: Found) -> None:
        """Patients and, for a confirmation code, the visit; the answer comes later."""

        def ask(queries: Queries) -> tuple[list[PatientHit], Id | None]:
            visit = queries.appointment_by_code(text.upper()) if _like_a_code(text) else None
            return queries.search_patients(text, LIMIT), visit

        def done(answer: tuple[list[PatientHit], Id | None]) -> None:
            hits, visit = answer
            rows = [self._patient(hit) for hit in hits]
            if visit is not None:
                rows.insert(0, self._visit(visit, text.upper()))
            found(rows)

        def failed(error: ClinicDeskError) -> None:
            found(())
            self.failed.emit(error)

        self._context.operations.ask(ask, done=done, failed=failed, key="window-search")

    def palette(self, actions: ActionSet) -> list[Entry]:
        """Commands, then saved views, then doctors: everything known without asking."""
        rows = list(actions.entries())
        for place, view in enumerate(self._choices.saved):
            action = actions[f"saved.{place + 1}"]
            rows.append(
                _entry(
                    view.name,
                    action.trigger,
                    icon="star",
                    keys=f"Alt+{place + 1}",
                    words="saved view",
                )
            )
        roster = self._roster.roster
        if roster is not None:
            pattern = patterns(roster)
            for doctor in active_doctors(roster):
                kind = pattern_of(pattern.get(doctor.id, "solid"))
                colour = self._context.theme.doctor_colour(doctor.colour, kind)
                rows.append(
                    _entry(
                        doctor.name,
                        partial(self.doctor_chosen.emit, doctor.id),
                        detail=f"Show only this column · {doctor.specialty}".rstrip(" ·"),
                        badge=(doctor.code, colour),
                        group="Doctor",
                        words=f"{doctor.code} {doctor.specialty}",
                    )
                )
        return rows

    def dates(self, text: str) -> list[Entry]:
        day = self.parse(text)
        if day is None:
            return []
        return [
            _entry(
                f"Go to {long_day(day)}",
                lambda: self.day_chosen.emit(day),
                detail=self.week(day),
                icon="calendar",
                group="Date",
            )
        ]

    def parse(self, text: str) -> date | None:
        roster = self._roster.roster
        locale = roster.practice.locale if roster else "en_GB"
        from clinic_desk.services.when import parse_day  # comes with the first word that is typed

        return parse_day(text, self._today(), locale)

    def _patient(self, hit: PatientHit) -> Entry:
        roster, zone = self._roster.roster, self._roster.zone
        return _entry(
            CURTAIN.name(hit),
            lambda: self.patient_chosen.emit(hit.id),
            detail=hit_details(hit, roster, zone, self._today()),
            icon="warn" if hit.alert else "user",
            alert=bool(hit.alert),
            group="Patient",
        )

    def _visit(self, visit: Id, code: str) -> Entry:
        return _entry(
            f"Visit {code}",
            lambda: self.visit_chosen.emit(visit),
            icon="calendar",
            group="Visit",
        )


def _entry(title: str, run: Callable[[], None], **more: Any) -> Entry:
    from clinic_desk.ui.widgets.entries import Entry  # with the first palette

    return Entry(title, run, **more)


def _like_a_code(text: str) -> bool:
    return len(text) >= 6 and any(char.isdigit() for char in text) and " " not in text
