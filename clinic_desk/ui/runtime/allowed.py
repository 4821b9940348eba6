"""Why something is not for this person, said before anybody presses it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import WayOut
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.ui.look.plain import as_text

INSISTING: dict[str, Permission] = {
    "overbook": Permission.OVERBOOK,
    "override": Permission.OVERRIDE_POLICY,
    "outside_hours": Permission.OUTSIDE_HOURS,
    "allow_patient_overlap": Permission.PATIENT_OVERLAP,
}
"""Ways out of a refusal by which a person insists, and what each takes."""


USUAL = "usualToolTip"
"""The property in which a widget's own tooltip is kept while it says why not."""


def why_not(actor: Actor, permission: Permission) -> str:
    """Empty for what the person may do."""
    return "" if actor.may(permission) else may_not(actor.role, permission)


def why_not_theirs(
    actor: Actor, permission: Permission, doctor_id: Id | None, doctors: Mapping[Id, Doctor]
) -> str:
    """Empty for what the person may do, and may do to that doctor's schedule."""
    why = why_not(actor, permission)
    if why or actor.may(Permission.OTHERS_SCHEDULES):
        return why
    from clinic_desk.services.own_schedule import out_of_reach  # no part of the start

    return out_of_reach(actor, doctor_id, doctors)


def usual_tip(widget: QWidget) -> str:
    """The tooltip it has while it may be used, remembered when it is first asked for."""
    usual = widget.property(USUAL)
    if usual is None:
        usual = widget.toolTip()
        widget.setProperty(USUAL, usual)
    return str(usual)


def say_why(widget: QWidget, why: str, usual: str = "") -> None:
    """Disables it, with the reason as its tooltip; without one it is as usual again."""
    widget.setEnabled(not why)
    widget.setToolTip(as_text(why or usual))
    widget.setAccessibleDescription(why)


def keep_shut(widget: QWidget, why: str) -> None:
    """For what has just been enabled or disabled for another reason: with a ``why`` it is
    disabled, and says so; without one its own tooltip is back."""
    usual = usual_tip(widget)
    widget.setToolTip(as_text(why or usual))
    widget.setAccessibleDescription(why)
    if why:
        widget.setEnabled(False)


def shut_entries(menu: QMenu, why: Callable[[str], str]) -> None:
    """Disables the entries, by their object names, for which there is a reason; it is their
    tooltip. Menus within are looked through too."""
    for action in menu.actions():
        below = action.menu()
        if isinstance(below, QMenu):
            shut_entries(below, why)
            continue
        told = why(action.objectName())
        if told:
            menu.setToolTipsVisible(True)
            action.setEnabled(False)
            action.setToolTip(as_text(told))
            action.setStatusTip(told)


def shut(widgets: Iterable[QWidget], why: str) -> None:
    """Disables them, each with the reason as its tooltip."""
    for widget in widgets:
        widget.setEnabled(False)
        widget.setToolTip(as_text(why))
        widget.setAccessibleDescription(why)


def hold_back(actor: Actor, buttons: Sequence[QPushButton], ways: Sequence[WayOut]) -> None:
    """Of the buttons of these ways out, those that this person would be refused."""
    for button, way in zip(buttons, ways, strict=False):
        permission = INSISTING.get(way.action)
        why = why_not(actor, permission) if permission is not None else ""
        doctor_id = way.data.get("doctor_id")
        if not why and isinstance(doctor_id, str):
            why = "" if _own(actor, doctor_id) else why_not(actor, Permission.OTHERS_SCHEDULES)
        if why:
            shut([button], why)


def _own(actor: Actor, doctor_id: Id) -> bool:
    return doctor_id == actor.doctor_id or actor.may(Permission.OTHERS_SCHEDULES)
