"""Progress on the error stream: one line that rewrites itself on a terminal, silence elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType


class Meter:
    """A ``services.ports.Progress`` for people who watch a terminal."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._shown = ""
        self._live = sys.stderr.isatty()

    def __call__(self, done: int, total: int, sentence: str) -> bool:
        percent = f"{100 * done // total:3} %" if total else ""
        text = " ".join(part for part in (f"{self._title}:", percent, sentence) if part)
        if self._live and text != self._shown:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
            self._shown = text
        return True

    def __enter__(self) -> Meter:
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
