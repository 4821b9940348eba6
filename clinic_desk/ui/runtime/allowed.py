"""Why something is not for this person, said before anybody presses it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtWidgets import QPushButton, QWidget

from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.events import Actor
from clinic_desk.domain.permissions import Permission, may_not

INSISTING: dict[str, Permission] = {
    "overbook": Permission.OVERBOOK,
    "override": Permission.OVERRIDE_POLICY,
    "outside_hours": Permission.OUTSIDE_HOURS,
    "allow_patient_overlap": Permission.PATIENT_OVERLAP,
}
"""Ways out of a refusal by which a person insists, and what each takes."""


def why_not(actor: Actor, permission: Permission) -> str:
    """Empty for what the person may do."""
    return "" if actor.may(permission) else may_not(actor.role, permission)


def shut(widgets: Iterable[QWidget], why: str) -> None:
    """Disables them, each with the reason as its tooltip."""
    for widget in widgets:
        widget.setEnabled(False)
        widget.setToolTip(why)
        widget.setAccessibleDescription(why)


def hold_back(actor: Actor, buttons: Sequence[QPushButton], ways: Sequence[WayOut]) -> None:
    """Of the buttons of these ways out, those that this person would be refused."""
    for button, way in zip(buttons, ways, strict=False):
        permission = INSISTING.get(way.action)
        why = why_not(actor, permission) if permission is not None else ""
        if why:
            shut([button], why)
