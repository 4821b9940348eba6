"""Identifiers and the injected sources of time and identity.

Ids are UUID version 7 in canonical text form, minted by the desk, so that rows can be
created offline and sort by creation (sync.md, section 3).
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

Id = str


class IdFactory(Protocol):
    """Mints time-ordered UUID text; injected so that tests control it."""

    def __call__(self) -> Id: ...


class Clock(Protocol):
    """Tells the present instant, aware and in UTC; injected so that tests control it."""

    def now(self) -> datetime: ...
