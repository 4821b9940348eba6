"""Cancelling a visit with a reason, and bringing a finished one back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from clinic_desk.domain.appointments import CANCEL_REASON_LIMIT, STATUS_WORDS
from clinic_desk.services.commands import CancelAppointment, CancelTogether, Reinstate, Scope
from clinic_desk.services.outcome import Outcome
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import words
from clinic_desk.ui.models.series_asking import ask_changed, include_words
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.reason import ReasonDialog

CANCEL_REASONS = (
    "Patient cancelled",
    "Patient is ill",
    "Doctor is away",
    "Booked by mistake",
    "Booked elsewhere",
)
REINSTATE_REASONS = ("Patient came after all", "Wrong button", "Patient rang back")
SCOPES = (
    ("Only this visit", Scope.ONLY_THIS),
    ("This and all following", Scope.FOLLOWING),
    ("All visits of the series", Scope.ALL),
)
Done = Callable[[Outcome], None]


def _what(cell: Cell, zone: str) -> str:
    name = cell.listed_name or "this visit"
    when = words.moment_words(cell.start, zone)
    return f"{name}, {cell.type_name}, {when}" if cell.type_name else f"{name}, {when}"


def ask_cancel(
    context: Context,
    parent: QWidget,
    cell: Cell,
    *,
    zone: str = "",
    done: Done | None = None,
) -> ReasonDialog:
    """Opens the card over ``parent`` (Delete on a visit); ``done`` gets the ``Outcome``. The
    command runs against the revision of ``cell``."""
    card = ReasonDialog(
        context.theme,
        "Cancel visit",
        f"Cancel {_what(cell, zone or 'UTC')}? The place is freed for others.",
        CANCEL_REASONS,
        "Cancel visit",
        parent,
        limit=CANCEL_REASON_LIMIT,
        scopes=SCOPES if cell.series_id else (),
    )

    ask_changed(
        context,
        cell,
        lambda count: card.offer_include(include_words(count), Scope.ONLY_THIS),
        f"cancel.changed:{id(card)}",
    )

    def run(reason: str, scope: object) -> None:
        context.operations.run(
            CancelAppointment(
                appointment_id=cell.id,
                reason=reason,
                expected_revision=cell.revision,
                scope=scope if isinstance(scope, Scope) else Scope.ONLY_THIS,
                include_changed=card.include_changed,
                initiator="cancel",
            ),
            done=lambda outcome: _close(card, outcome, done),
            refused=card.refuse,
        )

    card.given.connect(run)
    card.finished.connect(card.deleteLater)
    card.open()
    return card


def ask_cancel_several(
    context: Context, parent: QWidget, cells: Sequence[Cell], *, done: Done | None = None
) -> ReasonDialog:
    """One reason for all chosen visits; one command, one undo step."""
    names = [cell.listed_name or "a visit" for cell in cells]
    shown = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    card = ReasonDialog(
        context.theme,
        f"Cancel {len(cells)} visits",
        f"Cancel {len(cells)} visits: {shown}? Their places are freed for others.",
        CANCEL_REASONS,
        f"Cancel {len(cells)} visits",
        parent,
        limit=CANCEL_REASON_LIMIT,
    )

    def run(reason: str, _scope: object) -> None:
        orders = tuple(
            CancelAppointment(
                appointment_id=cell.id,
                reason=reason,
                expected_revision=cell.revision,
                initiator="cancel",
            )
            for cell in cells
        )
        context.operations.run(
            CancelTogether(cancellations=orders, initiator="cancel"),
            done=lambda outcome: _close(card, outcome, done),
            refused=card.refuse,
        )

    card.given.connect(run)
    card.finished.connect(card.deleteLater)
    card.open()
    return card


def ask_reinstate(
    context: Context, parent: QWidget, cell: Cell, *, zone: str = "", done: Done | None = None
) -> ReasonDialog:
    """Takes a final status back, with a reason for the record."""
    card = ReasonDialog(
        context.theme,
        "Reinstate visit",
        f"{_what(cell, zone or 'UTC')} is {STATUS_WORDS[cell.status]}. Bring it back?",
        REINSTATE_REASONS,
        "Reinstate",
        parent,
        kind="primary",
        limit=CANCEL_REASON_LIMIT,
    )

    def run(reason: str, _scope: object) -> None:
        context.operations.run(
            Reinstate(
                appointment_id=cell.id,
                reason=reason,
                expected_revision=cell.revision,
                initiator="reinstate",
            ),
            done=lambda outcome: _close(card, outcome, done),
            refused=card.refuse,
        )

    card.given.connect(run)
    card.finished.connect(card.deleteLater)
    card.open()
    return card


def _close(card: ReasonDialog, outcome: Outcome, done: Done | None) -> None:
    card.accept()
    if done is not None:
        done(outcome)
