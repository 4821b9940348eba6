"""That a backup came in the place of the clinic's file, told to who was logged in meanwhile."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.services.audit import Kind
from clinic_desk.services.audit_ports import AuditQueries
from clinic_desk.services.audit_views import AuditWish
from clinic_desk.services.wording import when_text

LATELY = timedelta(days=1)
LOOKED_AT = 20
"""Of the newest entries about backups and the program."""

_MADE = re.compile(r"\d{8}T\d{6}Z")


def since(queries: AuditQueries, now: datetime, zone: str) -> str:
    """The sentence about the newest restore of the last day; empty when there was none, or when
    the trail cannot be read."""
    try:
        wish = AuditWish(kind=Kind.PROGRAM, first=now - LATELY)
        for entry in queries.audit_entries(list(queries.audit_index(wish)[:LOOKED_AT])):
            if entry.line.action == "restore":
                told = entry.detail
                backup, who = str(told.get("backup", "")), str(told.get("who", ""))
                return _sentence(backup, who, now, zone)
    except ClinicDeskError:
        return ""
    return ""


def _sentence(backup: str, who: str, now: datetime, zone: str) -> str:
    found = _MADE.search(backup)
    copy = "a backup"
    if found is not None:
        made = datetime.strptime(f"{found[0]}+0000", "%Y%m%dT%H%M%SZ%z")
        copy = f"the copy of {when_text(made, zone, now)}"
    by = f" by {who}" if who else ""
    return f"The clinic was restored{by} from {copy}. Log in again."
