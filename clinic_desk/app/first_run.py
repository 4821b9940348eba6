"""An empty clinic, ready to be filled: practice, one location and room, the built-in visit types.

Doctors and patients come with the import, or later from the roster pages.
"""

from __future__ import annotations

import os
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clinic_desk.app.container import Container
from clinic_desk.domain.catalogue import (
    BUILT_IN_TYPES,
    AppointmentType,
    Location,
    Practice,
    Room,
)
from clinic_desk.domain.errors import Refusal


def set_up(container: Container, zone: str = "") -> None:
    """Writes the furniture of a new clinic; does nothing when there is one."""
    if not container.is_new:
        return
    zone = zone or system_zone()
    new_id = container.new_id
    location = Location(id=new_id(), name="Main practice", zone=zone, primary=True)
    types = [
        AppointmentType(
            id=new_id(), slug=slug, name=name, code=code, duration=minutes, position=position
        )
        for position, (slug, name, code, minutes) in enumerate(BUILT_IN_TYPES)
    ]
    records = (
        Practice(id=new_id(), name="My clinic", zone=zone),
        location,
        Room(id=new_id(), location_id=location.id, name="Room 1"),
        *types,
    )
    from clinic_desk.services.commands import SaveRecords  # only for the very first start

    try:
        container.desk.execute(SaveRecords(records=records))
    except Refusal as refusal:
        if refusal.code != "one_practice":  # another program set it up a moment ago
            raise


def system_zone(localtime: Path = Path("/etc/localtime")) -> str:
    """The computer's IANA zone; UTC when it does not say."""
    candidates = [os.environ.get("TZ", "").lstrip(":")]
    try:
        candidates.append(str(localtime.resolve()).rpartition("/zoneinfo/")[2])
    except OSError:
        candidates.append("")
    for name in candidates:
        try:
            if name:
                return ZoneInfo(name).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return "UTC"
