"""A line about something that should not have happened, without what it happened with.

The message of an error quotes the value that tripped it up: a name, an address, a text. So a line
tells the error's type and the places in the program alone.
"""

from __future__ import annotations

import logging
import traceback

MOST_PLACES = 8


def places_of(error: BaseException) -> str:
    """ "send (twilio.py:141) < _send (couriers.py:267)"."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(
        f"{frame.name} ({frame.filename.replace(chr(92), '/').rpartition('/')[2]}:{frame.lineno})"
        for frame in reversed(frames[-MOST_PLACES:])
    )


def note_bug(log: logging.Logger, what: str, error: BaseException) -> None:
    log.error("%s: %s at %s", what, type(error).__name__, places_of(error) or "an unknown place")
