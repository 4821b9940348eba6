"""Going past what stands against a date, from a list: who may, and why it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from clinic_desk.domain.availability.model import Explanation, Verdict
from clinic_desk.domain.permissions import Permission
from clinic_desk.services.placing import DOCTOR, HOURS, LIMITS, POLICY
from clinic_desk.services.series_commands import Choice
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.widgets.forms.reason import ReasonDialog

May = Callable[[Permission], bool]

BESIDE = "overbook_reason"

RULES: tuple[tuple[str, Permission, frozenset[str]], ...] = (
    (BESIDE, Permission.OVERBOOK, DOCTOR),
    ("override_reason", Permission.OVERRIDE_POLICY, POLICY | LIMITS),
    ("outside_hours", Permission.OUTSIDE_HOURS, HOURS),
    ("allow_patient_overlap", Permission.PATIENT_OVERLAP, frozenset({"patient_busy"})),
)
"""The fields by which a person insists, what each takes, and the rules that it goes past."""

WAYS = {
    "overbook": (BESIDE, Permission.OVERBOOK),
    "override": ("override_reason", Permission.OVERRIDE_POLICY),
    "outside_hours": ("outside_hours", Permission.OUTSIDE_HOURS),
    "allow_patient_overlap": ("allow_patient_overlap", Permission.PATIENT_OVERLAP),
}
"""The same by the way out of a refusal."""

USUAL = ("Urgent", "In pain", "The doctor agreed", "Short visit")


def nobody(_permission: Permission) -> bool:
    return False


def insists(choice: Choice) -> bool:
    """Whether the decision goes past a rule."""
    return any(getattr(choice, field) for field, _, _ in RULES)


def fields_past(told: Explanation, may: May) -> tuple[str, ...]:
    """By which fields a person would insist on this place; none when something stands against it
    that nobody goes past, or that this desk may not."""
    left = {reason.code for reason in told.reasons if reason.verdict is Verdict.REFUSE}
    fields = []
    for field, permission, codes in RULES:
        if not left & codes:
            continue
        if not may(permission):
            return ()
        fields.append(field)
        left -= codes
        if field == BESIDE:
            left.discard("room_busy")  # the place beside the others needs none
    return () if left else tuple(fields)


def insisting(choice: Choice, fields: Iterable[str], reason: str) -> Choice:
    """The decision with the reason, or the word, for each of these fields."""
    said = {name: reason if name.endswith("_reason") else True for name in fields}
    return replace(choice, **said)  # type: ignore[arg-type]  # fields of a choice, by name


def reason_of(choice: Choice | None) -> str:
    """Why somebody went past a rule here, empty when nobody did."""
    if choice is None:
        return ""
    return choice.overbook_reason or choice.override_reason


def ask_past(
    context: Context,
    parent: QWidget,
    told: Explanation,
    named: str,
    then: Callable[[tuple[str, ...], str], None],
) -> ReasonDialog | None:
    """What stands against the date ``named`` is gone past with a reason; ``then`` gets the fields
    and it. None when this desk may not."""
    fields = fields_past(told, context.actor.may)
    worst = told.worst
    if not fields or worst is None:
        return None
    squeezed = " The visit is squeezed in beside the others." if fields[0] == BESIDE else ""
    sentence = f"{named}: {worst.sentence.rstrip('.')}.{squeezed} Why is it booked all the same?"
    return ask_why(context, parent, sentence, lambda reason: then(fields, reason))


def ask_why(
    context: Context, parent: QWidget, sentence: str, then: Callable[[str], None]
) -> ReasonDialog:
    """Opens the card for the reason; it is kept in the history of the visit."""
    card = ReasonDialog(
        context.theme, "Book anyway", sentence, USUAL, "Book anyway", parent, kind="primary"
    )

    def given(reason: str, _scope: object) -> None:
        card.accept()
        then(reason)

    card.given.connect(given)
    card.finished.connect(card.deleteLater)
    card.open()
    return card
