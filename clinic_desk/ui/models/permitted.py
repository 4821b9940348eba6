"""What a person may not do to a visit or to free time, said before it is pressed. Qt-free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission, may_not
from clinic_desk.services.own_schedule import out_of_reach
from clinic_desk.services.views import Cell

TAKES: Mapping[str, Permission] = {
    "activate": Permission.BOOK,
    "accept": Permission.ACCEPT,
    "decline": Permission.ACCEPT,
    "confirmed": Permission.CHECK_IN,
    "arrived": Permission.CHECK_IN,
    "in_room": Permission.TREAT,
    "done": Permission.TREAT,
    "no_show": Permission.CHECK_IN,
    "step_back": Permission.CHECK_IN,
    "edit": Permission.BOOK,
    "late": Permission.CHECK_IN,
    "reinstate": Permission.REINSTATE,
    "cancel": Permission.CANCEL,
    "hold": Permission.HOLD,
    "block": Permission.BLOCK_TIME,
    "block_details": Permission.BLOCK_TIME,
    "extra_hours": Permission.BLOCK_TIME,
    "ask_time_off": Permission.REQUEST_TIME_OFF,
    "move": Permission.MOVE,
    "resize": Permission.MOVE,
    "park": Permission.MOVE,
    "cut": Permission.MOVE,
    "nudge_up": Permission.MOVE,
    "nudge_down": Permission.MOVE,
    "nudge_left": Permission.MOVE,
    "nudge_right": Permission.MOVE,
    "copy_mode": Permission.BOOK,
    "paste": Permission.BOOK,
}
"""The named actions of the grid, of menus, boards and cards; any other only shows something."""

STEPS: Mapping[Status, str] = {
    Status.SCHEDULED: "accept",
    Status.DECLINED: "decline",
    Status.CONFIRMED: "confirmed",
    Status.ARRIVED: "arrived",
    Status.IN_PROGRESS: "in_room",
    Status.COMPLETED: "done",
    Status.NO_SHOW: "no_show",
    Status.CANCELLED: "cancel",
}
"""The action that leads to a status."""

ELSEWHERE = frozenset({"copy_mode"})
"""Where it goes is chosen later, and judged there."""

_UNDER_WAY = (Status.IN_PROGRESS, Status.COMPLETED)


def why_not(
    actor: Actor,
    name: str,
    doctors: Mapping[Id, Doctor],
    cells: Sequence[Cell] = (),
    doctor_id: Id = "",
) -> str:
    """Why the action on these visits, or on free time of that doctor, would be refused; empty
    when it would not."""
    takes = TAKES.get(name)
    if takes is None or (name == "activate" and cells):
        return ""
    held = bool(cells) and all(cell.status is Status.HELD for cell in cells)
    if name == "cancel" and held:
        takes = Permission.HOLD
    if name == "step_back" and any(cell.status in _UNDER_WAY for cell in cells):
        takes = Permission.TREAT
    if not actor.may(takes):
        return may_not(actor.role, takes)
    if name in ELSEWHERE or actor.may(Permission.OTHERS_SCHEDULES):
        return ""
    places = [cell.doctor_id for cell in cells] or ([doctor_id] if doctor_id else [])
    return next(
        (why for place in places if (why := out_of_reach(actor, place, doctors))),
        "",
    )
