"""Commands that answer from the clinic's file: openings, verify, backup, restore, migrate."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from clinic_desk.app import logs, paths
from clinic_desk.app.cli import OK, REFUSED, Answer
from clinic_desk.app.container import Container, build
from clinic_desk.app.progress import Meter
from clinic_desk.app.rescuing import rescuer
from clinic_desk.domain.appointments import LONGEST, SHORTEST
from clinic_desk.domain.availability.model import RankedSlot, Roster
from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.domain.ids import Id
from clinic_desk.domain.permissions import Permission
from clinic_desk.domain.records import Record
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.backup_ports import MANUAL
from clinic_desk.services.openings import MOST_DAYS, Criteria, stream
from clinic_desk.services.when import parse_day, parse_when

R = TypeVar("R", bound=Record)


@contextmanager
def clinic(
    options: argparse.Namespace,
    *,
    must_exist: bool = True,
    person: bool = False,
    takes: Permission | None = None,
) -> Iterator[Container]:
    """The clinic of ``--data``; for a ``person``, as whoever ``--user`` names may use it, who must
    have the permission ``takes``. Raises ``Refusal("no_clinic")`` when nobody has made one
    there."""
    folder = paths.data_folder(options.data)
    there = folder.database
    # what a disk that failed leaves may be empty; nobody is to take that for a clinic without news
    if must_exist and not (there.is_file() and there.stat().st_size):
        raise Refusal(
            "no_clinic",
            f"There is no clinic in {folder.root} yet. Start one with “clinic-desk run” or "
            "“clinic-desk demo”, or name another folder with --data.",
        )
    container = build(options.data)
    try:
        logs.set_up(container.data.logs, verbose=options.verbose)
        if person:
            from clinic_desk.app.signing_in import signed_in

            with signed_in(container, options, takes) as theirs:
                yield theirs
        else:
            yield container
    finally:
        container.close()


def openings(options: argparse.Namespace) -> Answer:
    with clinic(options, person=True) as container:
        roster, now = container.queries.roster(), container.clock.now()
        today = local_date(now, roster.practice.zone)
        first = today if options.first == "today" else parse_day(options.first, today)
        if first is None:
            raise Refusal("bad_day", f"“{options.first}” is no day; write 2026-12-01, fri or +2w.")
        _bounded("--days", options.days, 1, MOST_DAYS)
        _bounded("--count", options.count, 0, None)
        if options.length is not None:
            _bounded("--length", options.length, SHORTEST, LONGEST)
        if first > today + timedelta(days=MOST_DAYS):
            raise Refusal(
                "bad_day", f"{first} is too far off; look at most {MOST_DAYS} days ahead."
            )
        doctors = tuple(doctor_named(roster, text) for text in options.doctor)
        criteria = Criteria(
            type_id=_type(roster, options.type),
            doctor_ids=doctors,
            length=options.length,
            first=first,
            last=first + timedelta(days=options.days - 1),
        )
        when = parse_when(options.when, today)
        if when.unread:
            raise Refusal("bad_when", f"“{' '.join(when.unread)}” says no time I know.")
        found: list[RankedSlot] = []
        for piece in stream(container.queries, criteria.saying(when), now):
            found.extend(piece.ranked)
            if options.count and len(found) >= options.count:
                break
    found.sort(key=lambda ranked: ranked.slot)
    if options.count:
        found = found[: options.count]
    rows = [_opening(roster, ranked) for ranked in found]
    lines = [
        f"{row['local']}  {row['doctor']}  {row['location']}"
        + (f", {row['room']}" if row["room"] else "")
        for row in rows
    ]
    if not rows:
        lines = ["No opening in these days; ask for more --days or another --doctor."]
    return Answer({"openings": rows}, lines, OK if rows else REFUSED)


def _bounded(option: str, value: int, least: int, most: int | None) -> None:
    if value < least or (most is not None and value > most):
        span = f"at least {least}" + ("" if most is None else f" and at most {most}")
        raise Refusal("bad_number", f"{option} must be {span}, not {value}.")


def verify(options: argparse.Namespace) -> Answer:
    with clinic(options) as container, Meter("Verifying") as meter:
        findings = container.maintenance.verify(meter, options.head)
        counts = container.queries.info().counts
        head = container.store.queries.audit_head()
    rows = [{"check": f.check, "subject": f.subject, "sentence": f.sentence} for f in findings]
    data: dict[str, object] = {"ok": not findings, "findings": rows, "counts": dict(counts)}
    data["audit_head"] = head
    if findings:
        lines = [f"{f.check}: {f.sentence}" for f in findings]
        lines.append(f"{len(findings)} differences found. Restore a backup, or ask for help.")
        return Answer(data, lines, REFUSED)
    number = counts.get("appointment", 0)
    trail = f"The audit trail is whole; its fingerprint is {head}"
    return Answer(data, [f"Everything agrees: {number:,} visits rebuilt from their events.", trail])


def backup(options: argparse.Namespace) -> Answer:
    with clinic(options) as container:
        if options.to:
            path, trouble = container.maintenance.backup(str(options.to)), ""
        else:
            backups = container.maintenance.backups
            made = backups.make(backups.plan(), MANUAL)
            path, trouble = made.copy.path, made.trouble
    lines = [f"Backed up and checked: {path}", *([trouble] if trouble else [])]
    return Answer({"backup": path, "second_place": trouble}, lines)


def restore(options: argparse.Namespace) -> Answer:
    source: Path = options.file
    if not source.is_file():
        raise Refusal("no_backup", f"There is no file {source}.")
    folder = paths.data_folder(options.data)
    folder.create()
    who = _may_restore(options) if folder.database.exists() else ""
    # Without opening what is there: a damaged clinic is what backups are for.
    backups = rescuer(folder)
    lines = []
    if options.recovery_key:
        from clinic_desk.app.key_commands import unlocked  # seldom needed

        lines.append(unlocked(source))
    with Meter("Restoring") as meter:
        copy = backups.described(str(source))
        safety = backups.restore(copy, options.reason, None, meter, who=who)
    with clinic(options) as container:
        container.maintenance.backups.settle(container.actor)
        counts = container.queries.info().counts
    lines.append(
        f"Restored {source}: {counts.get('appointment', 0):,} visits, "
        f"{counts.get('patient', 0):,} patients."
    )
    if safety:
        lines.append(f"What was there before is kept as {safety}")
    return Answer(
        {"restored": str(source), "safety_copy": str(safety or ""), "counts": dict(counts)}, lines
    )


def _may_restore(options: argparse.Namespace) -> str:
    """Asks who it is, in a clinic that can still be opened; answers the name. One that cannot has
    nobody left to ask: then whoever can write the file may put a backup in its place."""
    try:
        with clinic(options, person=True, takes=Permission.BACKUP) as container:
            return container.desk.actor.name
    except Fault:
        return ""


def migrate(options: argparse.Namespace) -> Answer:
    folder = paths.data_folder(options.data)
    before = set(folder.backups.glob("*")) if folder.backups.is_dir() else set()
    with clinic(options) as container:
        revision = container.queries.info().schema_revision
    made = sorted(str(path) for path in set(folder.backups.glob("*")) - before)
    lines = [f"The clinic's file has format {revision}, the one of this program."]
    lines += [f"Before that it was backed up as {path}" for path in made]
    return Answer({"revision": revision, "backups": made}, lines)


def _opening(roster: Roster, ranked: RankedSlot) -> Mapping[str, object]:
    slot = ranked.slot
    location = roster.locations[slot.location_id]
    room = roster.rooms.get(slot.room_id) if slot.room_id else None
    local = slot.start.astimezone(zone(location.zone))
    return {
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "local": f"{local:%Y-%m-%d %H:%M}",
        "zone": location.zone,
        "doctor_id": slot.doctor_id,
        "doctor": roster.doctors[slot.doctor_id].name,
        "location": location.name,
        "room": room.name if room is not None else None,
        "capacity_left": slot.capacity_left,
        "why": ranked.why,
    }


def doctor_named(roster: Roster, text: str) -> Id:
    """By code, which comes first, or by a part of the name. Raises ``Refusal``."""
    wanted = text.casefold().strip()
    coded = [row.id for row in roster.doctors.values() if row.code.casefold() == wanted]
    if len(coded) == 1:
        return coded[0]

    def matches(row: Record, wanted: str) -> bool:
        return wanted in getattr(row, "name", "").casefold()

    return _one(roster.doctors, text, matches, "doctor")


def _type(roster: Roster, text: str) -> Id | None:
    if not text:
        return next((row.id for row in roster.types.values() if row.active), None)

    def matches(row: Record, wanted: str) -> bool:
        words = (getattr(row, key, "").casefold() for key in ("slug", "code", "name"))
        return wanted in words

    return _one(roster.types, text, matches, "visit type")


def _one(rows: Mapping[Id, R], text: str, matches: Callable[[Record, str], bool], noun: str) -> Id:
    """Raises ``Refusal`` unless exactly one row answers to the text (or has that id)."""
    if text in rows:
        return text
    found = [row for row in rows.values() if matches(row, text.casefold().strip())]
    if len(found) == 1:
        return found[0].id
    names = ", ".join(str(getattr(row, "name", row.id)) for row in found or rows.values())
    problem = "fits several" if found else "is none here"
    raise Refusal("unknown", f"“{text}” {problem}; name one {noun} of: {names}.")
