"""Answers that come late, as on a slow machine: what is pressed meanwhile is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def late(kind: type, name: str = "refresh") -> Iterator[None]:
    """What objects of this kind ask with this method they ask only when the block ends, so that
    no answer is there before."""
    at_once = getattr(kind, name)
    asking: dict[int, Any] = {}
    setattr(kind, name, lambda asked: asking.__setitem__(id(asked), asked))
    try:
        yield
    finally:
        setattr(kind, name, at_once)
        for asked in asking.values():
            at_once(asked)
