"""How an unexpected exception is written down without what it was about."""

from __future__ import annotations

import logging
import traceback


def report(log: logging.Logger, what: str, error: BaseException) -> None:
    """Type and places, never the message: database errors quote the values they were given."""
    frames = traceback.extract_tb(error.__traceback__)
    places = " < ".join(
        f"{frame.name} ({frame.filename.rpartition('/')[2]}:{frame.lineno})"
        for frame in reversed(frames[-8:])
    )
    log.error("%s: %s at %s", what, type(error).__name__, places or "an unknown place")
