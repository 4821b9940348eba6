"""What the doctor's view says of a visit: how it stands, who comes, what was before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from clinic_desk.domain.appointments import STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster
from clinic_desk.domain.people import age_on
from clinic_desk.services.doctor_view import OFF, ON_HAND, DoctorDesk
from clinic_desk.services.views import Cell, PatientView
from clinic_desk.ui.models.sites import site_zone
from clinic_desk.ui.models.words import clock_words, doctor_short, local, plural, short_date
from clinic_desk.ui.runtime.privacy import CURTAIN

NOBODY = "No patient"


@dataclass(frozen=True, slots=True)
class Limits:
    """Minutes from which a wait is long, and too long."""

    amber: int = 10
    red: int = 20


@dataclass(frozen=True, slots=True)
class Told:
    """A few words and the colour token in which they are written."""

    words: str
    ink: str = "text2"


def minutes(since: datetime, now: datetime) -> int:
    return max(0, int((now - since).total_seconds() // 60))


def name_of(cell: Cell) -> str:
    return CURTAIN.name(cell, NOBODY)


def age_text(cell: Cell, today: date) -> str:
    return f"{age_on(cell.birth_date, today)} y" if cell.birth_date else ""


def room_name(roster: Roster, cell: Cell) -> str:
    room = roster.rooms.get(cell.room_id or "")
    return room.name if room is not None else ""


def alert_said(alert: str) -> str:
    """For whoever listens."""
    return f"alert: {CURTAIN.hidden(alert)}" if alert else ""


def state_of(desk: DoctorDesk, cell: Cell, status: Status, limits: Limits) -> Told:
    """How a visit of the day stands; ``status`` may be ahead of what was read."""
    board, now = desk.board, desk.board.now
    stamps = board.flow.stamps.get(cell.id)
    if status is Status.PENDING:
        return Told("awaits you", "accent")
    if status is Status.ARRIVED:
        since = (stamps.arrived if stamps else None) or cell.status_since or now
        waited = minutes(since, now) if cell.status is status else 0
        if waited >= limits.red:
            return Told(f"too long: {waited} min", "refuse")
        if waited >= limits.amber:
            return Told(f"long wait {waited} min", "warn")
        return Told(f"waiting {waited} min")
    if status is Status.IN_PROGRESS:
        since = (stamps.started if stamps else None) or cell.status_since or now
        spent = minutes(since, now) if cell.status is status else 0
        over = spent - minutes(cell.start, cell.end)
        if over > 0:
            return Told(f"in room {spent} min, {over} over", "warn")
        return Told(f"in room {spent} min", "text")
    if status in ON_HAND and desk.day == desk.today:
        return _expected(desk, cell, now)
    if status is Status.COMPLETED:
        return Told("done", "ok")
    if status in OFF:
        return Told(STATUS_WORDS[status].lower(), "refuse" if status is Status.NO_SHOW else "text3")
    return Told(STATUS_WORDS[status].lower())


def _expected(desk: DoctorDesk, cell: Cell, now: datetime) -> Told:
    if cell.id in desk.board.forecast.missing:
        return Told(f"{minutes(cell.start, now)} min late, a no-show?", "refuse")
    if cell.start < now and minutes(cell.start, now):
        return Told(f"{minutes(cell.start, now)} min late", "late")
    likely = desk.board.forecast.starts.get(cell.id)
    if likely is not None and minutes(cell.start, likely):
        zone = site_zone(desk.board.roster, cell.location_id)
        return Told(f"likely {clock_words(likely, zone)}", "warn")
    return Told(STATUS_WORDS[cell.status].lower())


def behind_text(desk: DoctorDesk) -> Told:
    if desk.behind:
        return Told(f"{desk.behind} min behind", "warn")
    return Told("on time", "ok")


@dataclass(frozen=True, slots=True)
class PastVisit:
    """One line of the history."""

    when: str
    what: str
    note: str
    off: bool


@dataclass(frozen=True, slots=True)
class Before:
    """What the clinic knows of a patient: the last visit, the kept ones, and the latest few."""

    last: str
    kept: str
    alert: str
    visits: tuple[PastVisit, ...]
    more: int


def before(
    view: PatientView, cell: Cell, roster: Roster, doctor_id: str, now: datetime, most: int = 4
) -> Before:
    zone_of: Callable[[Cell], str] = lambda one: site_zone(roster, one.location_id)  # noqa: E731
    today = local(now, zone_of(cell)).date()
    past = sorted(
        (one for one in view.visits if one.id != cell.id and one.start < min(now, cell.start)),
        key=lambda one: one.start,
        reverse=True,
    )
    kept = [one for one in past if one.status is Status.COMPLETED]
    ended = len(kept) + sum(one.status is Status.NO_SHOW for one in past)
    told = []
    for one in past[:most]:
        doctor = roster.doctors.get(one.doctor_id)
        who = "you" if one.doctor_id == doctor_id else doctor_short(doctor) if doctor else ""
        off = one.status is not Status.COMPLETED
        parts = [one.type_name or "Visit", who, STATUS_WORDS[one.status].lower() if off else ""]
        note = " ".join((one.note or one.cancel_reason).split())
        told.append(
            PastVisit(
                short_date(local(one.start, zone_of(one)).date(), today),
                ", ".join(part for part in parts if part),
                note,
                off,
            )
        )
    last = "never here before"
    if kept:
        one = kept[0]
        doctor = roster.doctors.get(one.doctor_id)
        who = "you" if one.doctor_id == doctor_id else doctor_short(doctor) if doctor else ""
        day = short_date(local(one.start, zone_of(one)).date(), today)
        last = ", ".join(part for part in (day, one.type_name.lower(), who) if part)
    missed = plural(view.no_shows, "no-show") if view.no_shows else "no no-show"
    return Before(
        last,
        f"{len(kept)} of {ended} · {missed}" if ended else "none yet",
        " ".join((cell.alert or view.patient.alert).split()),
        tuple(told),
        max(0, len(past) - most),
    )
