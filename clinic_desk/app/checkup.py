"""``clinic-desk doctor``: is this installation sound, and is the clinic's file?"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from clinic_desk import __version__
from clinic_desk.app import paths
from clinic_desk.app.cli import FAULT, OK, REFUSED, Answer
from clinic_desk.app.progress import Meter
from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.services.encryption import PLAIN_NOTICE, UNNOTED_NOTICE, Glance

if TYPE_CHECKING:
    from clinic_desk.app.container import Container

LEAST_FREE = 200_000_000
"""Bytes; below this the disk is called nearly full."""


@dataclass(frozen=True, slots=True)
class Check:
    """``state``: "ok", "warning" (works, but look), "bad" (does not work)."""

    name: str
    state: str
    sentence: str


def doctor(options: argparse.Namespace) -> Answer:
    """Exit code 0 when nothing is bad, 1 when something is, 3 when the file cannot be opened."""
    if options.report:
        return _report(options)
    checks = [*_installation(), *_folder(options), *_repairs(options), *_database(options)]
    bad = [check for check in checks if check.state == "bad"]
    code = OK
    if bad:
        code = FAULT if any(check.name == "database" for check in bad) else REFUSED
    data: dict[str, object] = {
        "ok": not bad,
        "version": __version__,
        "python": platform.python_version(),
        "data": str(paths.data_folder(options.data).root),
        "checks": [{"name": c.name, "state": c.state, "sentence": c.sentence} for c in checks],
    }
    marks = {"ok": "ok     ", "warning": "look at", "bad": "BAD    "}
    lines = [f"Clinic Desk {__version__}, Python {platform.python_version()}, {sys.platform}"]
    lines += [f"{marks[c.state]}  {c.name}: {c.sentence}" for c in checks]
    lines.append(
        f"{len(bad)} of {len(checks)} checks are bad." if bad else "Everything needed is there."
    )
    return Answer(data, lines, code)


def _report(options: argparse.Namespace) -> Answer:
    from clinic_desk.app import diagnostics
    from clinic_desk.app.container import build

    folder = paths.data_folder(options.data)
    text = ""
    if folder.database.exists():
        try:
            container = build(options.data)
        except ClinicDeskError:
            text = diagnostics.report_without(folder)
        else:
            try:
                text = diagnostics.report(container)
            finally:
                container.close()
    text = text or diagnostics.report_without(folder)
    return Answer({"report": text}, text.splitlines(), OK)


def _installation() -> Iterator[Check]:
    for name, find in (("resources", paths.resources), ("migrations", paths.migrations)):
        try:
            yield Check(name, "ok", f"Found in {find()}.")
        except Fault as fault:
            yield Check(name, "bad", fault.sentence)
    from clinic_desk.store.engine import check_runtime, sqlite_version

    try:
        check_runtime()
        yield Check("sqlite", "ok", f"SQLite {sqlite_version()} is safe to use.")
    except Fault as fault:
        yield Check("sqlite", "bad", fault.sentence)
    try:
        ZoneInfo("Europe/London")
        ZoneInfo("America/Sao_Paulo")
        yield Check("zones", "ok", "Time zones are known.")
    except ZoneInfoNotFoundError:
        yield Check("zones", "bad", "Time zones are unknown; install the tzdata package.")
    from clinic_desk.ui.runtime.health import check_interface

    for name, good, sentence in check_interface():
        yield Check(name, "ok" if good else "bad", sentence)
    from clinic_desk.integrations.secrets import SystemKeyring

    report = SystemKeyring().report()
    yield Check("keyring", "ok" if report.usable else "warning", report.sentence)


def _folder(options: argparse.Namespace) -> Iterator[Check]:
    folder = paths.data_folder(options.data)
    root = folder.root
    while not root.exists() and root != root.parent:
        root = root.parent
    try:
        with tempfile.NamedTemporaryFile(dir=root, prefix=".clinic-desk-"):
            pass
    except OSError as error:
        words = f"{root} cannot be written ({error.strerror}); choose another with --data."
        yield Check("folder", "bad", words)
        return
    free = shutil.disk_usage(root).free
    state = "ok" if free >= LEAST_FREE else "warning"
    yield Check(
        "folder", state, f"{folder.root} can be written; {free // 1_000_000:,} MB are free."
    )
    if folder.open_to_others():
        words = f"Other people of this computer may look into {folder.root}; close it to them."
        yield Check("privacy", "warning", words)


def _repairs(options: argparse.Namespace) -> Iterator[Check]:
    """What can be repaired in the folder, and with ``--repair`` is. What is fine is left to
    ``_database`` to tell."""
    from clinic_desk.app.clock import SystemClock
    from clinic_desk.store.repair import repair

    states = {"ok": "ok", "repaired": "ok", "found": "warning", "bad": "bad"}
    path = paths.data_folder(options.data).database
    with Meter("Looking for damage") as meter:
        found = repair(path, SystemClock(), meter, mend=options.repair)
    for one in found:
        more = " “clinic-desk doctor --repair” puts it right." if one.state == "found" else ""
        name = one.name if one.state != "bad" else "database"
        yield Check(name, states[one.state], f"{one.sentence}{more}")


def _encryption(glance: Glance) -> Check:
    if not glance.encrypted:
        return Check("encryption", "warning", f"{PLAIN_NOTICE} “clinic-desk encrypt” encrypts it.")
    if not glance.noted:
        return Check(
            "encryption", "warning", f"{UNNOTED_NOTICE} “clinic-desk recovery-key” shows it."
        )
    return Check("encryption", "ok", "The clinic’s data is encrypted, its recovery key printed.")


def _messages(container: Container, *, mend: bool) -> Iterator[Check]:
    """Whether what is planned to be sent is right; with ``--repair`` all is planned anew."""
    wrong = container.maintenance.wrong_messages()
    if not wrong:
        yield Check("messages", "ok", "Every message that waits is right and has its turn.")
        return
    words = f"{wrong:,} of the messages that wait are out of place."
    if not mend:
        more = "“clinic-desk doctor --repair” plans them anew."
        yield Check("messages", "warning", f"{words} {more}")
        return
    from clinic_desk.app import identity
    from clinic_desk.services.desk import Desk
    from clinic_desk.services.message_commands import PlanMessages

    actor = identity.program(container.actor, container.new_id)
    desk = Desk(container.store, container.clock, container.new_id, actor)
    after: Any = None
    while True:
        after = desk.execute(PlanMessages(after=after)).value
        if after is None:
            break
    yield Check("messages", "ok", f"{words} All were planned anew.")


def _database(options: argparse.Namespace) -> Iterator[Check]:
    """Opens the file as *run* would, upgrade and backup included, and looks at its guards."""
    folder = paths.data_folder(options.data)
    if not folder.database.exists():
        yield Check("database", "ok", "There is no clinic in this folder yet.")
        return
    from clinic_desk.app.container import build

    try:
        container = build(options.data)
    except ClinicDeskError as error:
        yield Check("database", "bad", str(error))
        return
    try:
        info = container.queries.info()
        size = f"{info.size_bytes / 1_000_000:.1f} MB"
        yield Check("database", "ok", f"{folder.database}, {size}, format {info.schema_revision}.")
        yield _encryption(container.encryption.glance())
        yield Check("triggers", "ok", "The guards in the file are this program's own.")
        counts = f"{info.counts.get('patient', 0):,} patients, " + (
            f"{info.counts.get('appointment', 0):,} visits."
        )
        yield Check("contents", "ok", counts)
        yield from _messages(container, mend=options.repair)
        if info.last_backup is None:
            yield Check("backup", "warning", "There is no backup yet; run “clinic-desk backup”.")
        else:
            yield Check("backup", "ok", f"Last backup {info.last_backup:%Y-%m-%d %H:%M} UTC.")
    except ClinicDeskError as error:
        yield Check("database", "bad", str(error))
    finally:
        container.close()
