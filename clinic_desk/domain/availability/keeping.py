"""What was worked out of an immutable object, kept for exactly as long as the object lives."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Generic, TypeVar

S = TypeVar("S")
M = TypeVar("M")


class Kept(Generic[S, M]):
    """``kept(source)`` makes the answer once per object, told apart by identity.

    Safe from any thread: at worst two threads make the same answer."""

    def __init__(self, make: Callable[[S], M]) -> None:
        self._make = make
        self._known: dict[int, tuple[weakref.ref[S], M]] = {}

    def __call__(self, source: S) -> M:
        key = id(source)
        known = self._known.get(key)
        if known is not None and known[0]() is source:
            return known[1]
        made = self._make(source)
        self._known[key] = (weakref.ref(source, lambda ref: self._forget(key, ref)), made)
        return made

    def __len__(self) -> int:
        return len(self._known)

    def holds(self, source: S) -> bool:
        known = self._known.get(id(source))
        return known is not None and known[0]() is source

    def _forget(self, key: int, ref: weakref.ref[S]) -> None:
        known = self._known.get(key)
        if known is not None and known[0] is ref:
            del self._known[key]
