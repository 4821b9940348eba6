"""What tables, guards and readers must agree on about stored values.

Apart from the tables, because an ordinary start reads and writes without them: their declarations
are needed for migrations and tests only, and take a third of the time to the first picture.
"""

from __future__ import annotations

from datetime import datetime

from clinic_desk.domain.appointments import OCCUPYING, SlotState

BUFFER_LIMIT = 240
"""Longest buffer on either side of a visit, minutes. The readers count on it: a row that meets a
range cannot start earlier than the longest visit plus this."""

OCCUPIES = (
    "status IN ("
    + ", ".join(f"'{status}'" for status in sorted(OCCUPYING))
    + f") AND slot_state = '{SlotState.PLACED}' AND deleted_at IS NULL"
)
"""The one condition under which a row occupies its place; guards and partial indexes share it."""


def instant_in(value: datetime) -> int:
    """Epoch seconds of an aware instant; a naive one is a bug and raises ``ValueError``."""
    if value.tzinfo is None:
        raise ValueError("an instant must be aware")
    return int(value.timestamp())
