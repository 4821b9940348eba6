"""Structured log lines in a rotating file, one JSON object per line, without patient detail.

What could tell a person apart is struck out by its key before a line is written, whatever the
caller meant; messages themselves never carry names (a rule of the house, checked in review).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

LARGEST = 2_000_000
"""Bytes per log file; five old ones are kept, packed."""

KEPT = 5

OWNER_ALONE = 0o600

AGAIN = 10.0
"""Seconds for which a file that could not be written is left alone."""

PRIVATE = frozenset(
    {
        "patient", "name", "first_name", "last_name", "birth_date", "phone", "mobile", "email",
        "notes", "note", "reason", "alert", "title", "text", "label", "sentence",
        "address", "body", "subject", "sender", "password", "secret", "token", "pin",
    }
)  # fmt: skip


def strike_out(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Any:
    """Replaces the values of keys that may hold patient detail."""
    line.pop("message", None)  # another handler's copy of the sentence
    for key in PRIVATE & line.keys():
        line[key] = "—"
    return line


class Lines(logging.Formatter):
    """One JSON object per record. Its library is loaded with the first record: a start that has
    nothing to say does not pay for it."""

    def __init__(self) -> None:
        super().__init__()
        self._made: logging.Formatter | None = None

    def format(self, record: logging.LogRecord) -> str:
        if self._made is None:
            self._made = _json_lines()
        return self._made.format(record)


class SharedFile(logging.Handler):
    """Lines of several processes in one rotating file: none is lost, none cut, when two of them
    find it full at once. Opened, and its library loaded, with the first line. A file that cannot
    be written is told of once and its lines are left out, until it can be: disks are emptied."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._file: logging.Handler | None = None
        self._broken = False
        self._until = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        if self._broken and monotonic() < self._until:
            return
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.emit(record)
            self._broken = False
        except OSError as error:
            told, self._broken = self._broken, True
            self._until = monotonic() + AGAIN
            if not told:
                with suppress(OSError, ValueError):
                    sys.stderr.write(f"no log file: {error.strerror}\n")

    def _opened(self) -> logging.Handler:
        from concurrent_log_handler import ConcurrentRotatingFileHandler

        class File(ConcurrentRotatingFileHandler):
            def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802, ARG002
                """Its own answer is a stack on the error stream for each line."""
                raise

        self._path.parent.mkdir(parents=True, exist_ok=True)
        made = File(
            str(self._path),
            maxBytes=LARGEST,
            backupCount=KEPT,
            encoding="utf-8",
            use_gzip=True,
            chmod=None if sys.platform == "win32" else OWNER_ALONE,
            unicode_error_policy="replace",
        )
        made.setFormatter(self.formatter)
        return made

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        super().close()


def structured(name: str) -> Any:
    """A logger that takes values by key; what could tell a patient is struck out of them."""
    import structlog

    _json_lines()
    return structlog.get_logger(name)


@cache
def _json_lines() -> logging.Formatter:
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        strike_out,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def set_up(folder: Path, *, verbose: bool = False) -> None:
    """Logs to ``folder/clinic-desk.log``; warnings go to the error stream too. A folder that
    cannot be written does not stop the program: it then logs to the error stream alone."""
    lines = Lines()
    tear_down()
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if verbose else logging.INFO)
    stream = logging.StreamHandler(sys.stderr)
    stream.setLevel(logging.DEBUG if verbose else logging.WARNING)
    handlers: list[logging.Handler] = [stream, SharedFile(folder / "clinic-desk.log")]
    for handler in handlers:
        handler.setFormatter(lines)
        handler.of_clinic_desk = True  # type: ignore[attr-defined]
        root.addHandler(handler)


def tear_down() -> None:
    """Closes the log file, before its folder is moved or deleted."""
    root = logging.getLogger()
    for handler in [h for h in root.handlers if getattr(h, "of_clinic_desk", False)]:
        root.removeHandler(handler)
        handler.close()
