"""The engine's reasons by what they are about: what goes against them, which comes first."""

from __future__ import annotations

OUTSIDE_CODES = frozenset({"hours", "break", "reserved", "closed", "time_off", "exception", "step"})
"""Reasons about the doctor's hours: "outside hours" goes against them."""

BUSY_CODES = frozenset({"doctor_busy", "buffer", "travel", "room_busy", "held", "external_busy"})
"""Reasons that a squeeze-in goes against."""

FIXED_START_CODES = frozenset({"past", "notice", "horizon", "step"})
"""Reasons about when a visit starts; they say nothing about a start that stays."""

MOVING_CODES = frozenset({"may_not_move", "max_reschedules"})
"""Reasons against any move, wherever it goes."""

ORDER = (
    "permission", "locked", "past", "hours", "closed", "break", "reserved", "time_off", "exception",
    "doctor_busy", "buffer", "travel", "room", "room_busy", "patient_busy", "not_offered",
    "location", "external_busy", "held", "day_limit", "may_not_move", "max_reschedules", "notice",
    "horizon", "length", "step",
)  # fmt: skip
"""Which reason is told first (ux.md 2.4)."""
