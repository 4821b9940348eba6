"""The ways on for somebody who leaves a page with changes that are not saved."""

from __future__ import annotations

from clinic_desk.domain.errors import WayOut

SAVE, DISCARD, STAY = (
    WayOut("Save", "save"),
    WayOut("Discard changes", "discard"),
    WayOut("Keep editing", "stay"),
)
