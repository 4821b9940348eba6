"""Structured log lines in a rotating file, one JSON object per line, without patient detail.

What could tell a person apart is struck out by its key before a line is written, whatever the
caller meant; messages themselves never carry names (a rule of the house, checked in review).
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from functools import cache
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

LARGEST = 2_000_000
"""Bytes per log file; five old ones are kept."""

KEPT = 5

PRIVATE = frozenset(
    {
        "patient", "name", "first_name", "last_name", "birth_date", "phone", "mobile", "email",
        "notes", "note", "reason", "alert", "title", "text", "label", "sentence",
    }
)  # fmt: skip


def strike_out(_logger: object, _method: str, line: MutableMapping[str, Any]) -> Any:
    """Replaces the values of keys that may hold patient detail."""
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
    handlers: list[logging.Handler] = [stream]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handlers.append(
            RotatingFileHandler(
                folder / "clinic-desk.log", maxBytes=LARGEST, backupCount=KEPT, encoding="utf-8"
            )
        )
    except OSError as error:
        logging.getLogger(__name__).warning("no log file: %s", error.strerror)
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
