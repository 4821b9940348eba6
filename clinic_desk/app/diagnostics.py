"""The diagnostic report: what somebody who helps needs to know, and nothing that a person typed.

Only what is named here goes in: versions, counts, states, times, settings that are numbers or
switches, and of log lines the keys in ``KEPT_KEYS``. Anything else (names of doctors, addresses,
words of errors that quote what was typed) stays out by not being asked for.
"""

from __future__ import annotations

import json
import platform
import sys
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from clinic_desk import __version__
from clinic_desk.domain.errors import ClinicDeskError

if TYPE_CHECKING:
    from clinic_desk.app.container import Container
    from clinic_desk.app.paths import DataFolder

LAST_LINES = 200

KEPT_KEYS = (
    "timestamp", "level", "logger", "task_name", "notification_id", "appointment_id", "channel",
    "retry", "outcome",
)  # fmt: skip
"""Of a log line. Its sentence is left out: a library may quote in it what it was given."""

LISTED = ("metrics.file", "metrics.serve", "metrics.port", "curtain.minutes", "lifeboat.minutes")
LISTED_CLINIC = (
    "lock.minutes", "backup.minutes", "backup.at_exit", "audit.keep_years", "billing.gateway",
    "webhook.on", "messages.quiet", "messages.unknown_consent",
)  # fmt: skip
"""Settings of the desk and of the clinic whose values are switches, numbers or fixed words."""

WORDS = frozenset({"ledger", "http", "skip", "allow", "none"})


def report(container: Container) -> str:
    """Of an open clinic. Takes seconds at most; never on the main thread."""
    return _joined((_program(), _store(container), _settings(container), _outside(container),
                    _files(container.data)))  # fmt: skip


def report_without(folder: DataFolder) -> str:
    """Of a clinic that cannot be opened."""
    found: Iterable[tuple[str, object]] = (("opened", "no"),)
    if folder.database.exists():
        found = (*found, ("size", f"{folder.database.stat().st_size:,} bytes"))
    return _joined((_program(), ("The clinic's file", list(found)), _files(folder)))


class ClinicDiagnosis:
    """See ``services.diagnosis.Diagnosis``."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def report(self) -> str:
        return report(self._container)

    def metrics(self) -> str:
        from clinic_desk.app import metrics

        return " ".join(one.sentence for one in metrics.running)


Section = tuple[str, list[tuple[str, object]]]


def _joined(sections: Iterable[Section]) -> str:
    home = str(Path.home())
    lines = [f"Clinic Desk {__version__}: diagnostic report", ""]
    for title, rows in sections:
        lines.append(title)
        lines += [f"  {name}: {value}" if name else f"  {value}" for name, value in rows]
        lines.append("")
    return "\n".join(lines).replace(home, "~")


def _program() -> Section:
    from clinic_desk.store.engine import sqlite_version

    rows: list[tuple[str, object]] = [
        ("version", __version__),
        ("python", platform.python_version()),
        ("system", f"{platform.system()} {platform.release()} {platform.machine()}"),
        ("packed", "yes" if getattr(sys, "frozen", False) else "no"),
        ("sqlite", sqlite_version()),
    ]
    rows += [(name, value) for name, value in _libraries()]
    return "Program", rows


def _libraries() -> Iterator[tuple[str, str]]:
    from importlib.metadata import PackageNotFoundError, version

    for name in ("PySide6-Essentials", "SQLAlchemy", "alembic", "keyring", "requests"):
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "in the package"


def _store(container: Container) -> Section:
    try:
        info = container.store.queries.info()
    except ClinicDeskError as error:
        return "The clinic's file", [("answers", f"no ({getattr(error, 'code', 'unknown')})")]
    now = container.clock.now()
    rows: list[tuple[str, object]] = [
        ("schema", info.schema_revision),
        ("size", f"{info.size_bytes:,} bytes"),
        ("encryption", info.protection or "unknown"),
        ("time", f"{now:%Y-%m-%d %H:%M:%S} UTC"),
        ("zone of this computer", _zone()),
    ]
    if info.last_backup is None:
        rows.append(("last backup", "none"))
    else:
        hours = (now - info.last_backup).total_seconds() / 3600
        rows.append(("last backup", f"{hours:.1f} hours ago"))
    rows += [(f"rows of {name}", f"{count:,}") for name, count in sorted(info.counts.items())]
    return "The clinic's file", rows


def _zone() -> str:
    import time

    return "/".join(time.tzname)


def _settings(container: Container) -> Section:
    ask = container.store.queries.setting
    rows: list[tuple[str, object]] = []
    for scope, names in (("desk", LISTED), ("clinic", LISTED_CLINIC)):
        for name in names:
            value = ask(name, scope)
            if value is not None:
                rows.append((name, _plain(value)))
    return "Settings", rows


def _plain(value: object) -> str:
    """A switch, a number, hours of the day or a fixed word; whatever else somebody may have typed
    is not told."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | float) or value in WORDS:
        return str(value)
    if isinstance(value, str) and not value.strip("0123456789:-"):
        return value
    return "set"


def _outside(container: Container) -> Section:
    from clinic_desk.store.standing import outbox_standing

    queries, now = container.store.queries, container.clock.now()
    rows: list[tuple[str, object]] = [
        (f"channel {state.channel}", "on" if state.on else "off")
        for state in queries.channel_states()
    ]
    for one in outbox_standing(queries, now):
        rest = ", breaker open" if one.resting else ""
        rows.append(
            (
                f"outbox {one.service}",
                f"{one.waiting} waiting, {one.due} due (oldest {one.oldest} s), "
                f"{one.set_aside} set aside, {one.failures} failures in a row{rest}",
            )
        )
    return "What goes out", rows


def _files(folder: DataFolder) -> Section:
    from clinic_desk.app import crash

    falls = sorted((folder.logs / crash.REPORTS).glob("fault-*.txt"))
    rows: list[tuple[str, object]] = [("reports of falls", len(falls))]
    rows += [("", path.name) for path in falls[-5:]]
    rows.append((f"last {LAST_LINES} log lines", ""))
    rows += [("", line) for line in _lines(folder.logs / "clinic-desk.log")]
    return "Files", rows


def _lines(path: Path) -> Iterator[str]:
    try:
        with path.open(encoding="utf-8", errors="replace") as handle:
            last = deque(handle, LAST_LINES)
    except OSError:
        yield "(there is no log)"
        return
    for line in last:
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield " ".join(f"{key}={found[key]}" for key in KEPT_KEYS if key in found)
