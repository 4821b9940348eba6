"""Answers that take their time, as on a slow machine: what is pressed meanwhile is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event as Flag
from typing import Any

from clinic_desk.services.ports import Queries

LONGEST = 60.0
"""Seconds; only a test that fails waits so long."""


@contextmanager
def late(queries: Queries, name: str) -> Iterator[Flag]:
    """Until the block ends, or the flag is set, no question of this name gets its answer."""
    kind, may_answer = type(queries), Flag()
    quick = getattr(kind, name)

    def slowly(asked: Any, *about: Any, **more: Any) -> Any:
        answer = quick(asked, *about, **more)
        assert may_answer.wait(LONGEST), f"nobody let {name} answer"
        return answer

    setattr(kind, name, slowly)
    try:
        yield may_answer
    finally:
        setattr(kind, name, quick)
        may_answer.set()
