"""Which desk this computer is, and who sits at it.

In a clinic without staff accounts, the person is the one who is logged in to the computer.
"""

from __future__ import annotations

import getpass
import json
import os
import platform
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import IdFactory
from clinic_desk.domain.permissions import Role


def actor(path: Path, new_id: IdFactory) -> Actor:
    """The person at this desk in a new run of the program; makes the desk's identity once."""
    known = _read(path)
    if known is None:
        known = {
            "desk_id": new_id(),
            "desk_name": platform.node() or "Desk",
            "staff_id": new_id(),
        }
        known = _write(path, known)
    return Actor(
        staff_id=known["staff_id"],
        name=known.get("person") or _login_name(),
        desk_id=known["desk_id"],
        session_id=new_id(),
        desk_name=known["desk_name"],
    )


def nobody(desk: Actor) -> Actor:
    """The desk, in this run of the program, with nobody logged in: it may do nothing."""
    return replace(
        desk,
        staff_id="",
        name="",
        role=Role.RECEPTIONIST,
        permissions=frozenset(),
        doctor_id=None,
    )


def program(desk: Actor, new_id: IdFactory) -> Actor:
    """The program itself at this desk: its jobs need no permission, whoever is logged in."""
    return replace(
        desk,
        staff_id="program",
        name="",
        kind="program",
        session_id=new_id(),
        role=Role.MANAGER,
        permissions=None,
        doctor_id=None,
    )


def settle(path: Path, new_id: IdFactory, *, desk: str, person: str) -> None:
    """Gives a data folder without a desk one with these names: the tour's pictures do not show
    whose computer they were made on."""
    if _read(path) is None:
        _write(
            path,
            {"desk_id": new_id(), "desk_name": desk, "staff_id": new_id(), "person": person},
        )


def _read(path: Path) -> dict[str, str] | None:
    try:
        values = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    wanted = ("desk_id", "desk_name", "staff_id")
    if not isinstance(values, dict) or not all(isinstance(values.get(k), str) for k in wanted):
        return None
    return {key: str(values[key]) for key in (*wanted, "person") if key in values}


def _write(path: Path, values: dict[str, str]) -> dict[str, str]:
    """By way of a second file, so that a crash leaves the old one or the new one. Answers what
    stands there now: of two programs that start in a new folder at once, the first one's."""
    fresh = path.with_name(f"{path.name}.{values['desk_id']}.new")
    try:
        fresh.write_text(json.dumps(values, indent=1), "utf-8")
        try:
            os.link(fresh, path)  # fails where there is a file, unlike a rename
        except FileExistsError:
            other = _read(path)
            if other is not None:
                return other
            fresh.replace(path)  # unreadable, so nobody's
        except OSError:  # a file system without links
            fresh.replace(path)
        return values
    except OSError as error:
        raise Fault(
            "no_folder",
            f"The data folder {path.parent} cannot be written ({error.strerror}). "
            "Check its permissions or choose another one with --data.",
        ) from error
    finally:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)


def _login_name() -> str:
    try:
        return getpass.getuser() or "Front desk"
    except (OSError, KeyError):
        return "Front desk"
