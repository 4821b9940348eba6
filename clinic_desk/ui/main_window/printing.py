"""What is on the screen, as what the print dialog begins with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from clinic_desk.domain.ids import Id
from clinic_desk.services.paper import PaperWish, SheetKind
from clinic_desk.services.views import Cell
from clinic_desk.ui.geometry.monthgrid import months_later
from clinic_desk.ui.paper.dialog import PrintDialog

if TYPE_CHECKING:
    from clinic_desk.ui.doctor.page import DoctorPage
    from clinic_desk.ui.main_window.window import MainWindow
    from clinic_desk.ui.patients.page import PatientPage

ALWAYS = (
    SheetKind.DAY, SheetKind.WEEK, SheetKind.MONTH, SheetKind.AGENDA, SheetKind.CALLS,
    SheetKind.WAITING,
)  # fmt: skip
AGENDA_DAYS = 7


def open_print(window: MainWindow) -> None:
    """The view on display; the chosen visit's slip and its patient's list are offered with it."""
    shown = window.centre.shown_page
    if shown is not None and shown.print_page():
        return
    cell = window.page.current_cell()
    _open(window, _shown(window), cell)


def open_for(window: MainWindow, what: object) -> None:
    """Paper about one thing: ("patient", id), ("visit", id), ("day", date), ("waiting", ids of
    the entries, or None for all), or ("calls", (heading, rows)). Anything else prints what is on
    the screen."""
    kind: str
    row: Any
    kind, row = what if isinstance(what, tuple) and len(what) == 2 else ("", None)
    wish = _shown(window)
    match kind:
        case "patient":
            wish = replace(wish, sheet=SheetKind.PATIENT, patient_id=row, only=None, what="")
        case "visit":
            wish = replace(wish, sheet=SheetKind.SLIP, visit_id=row, only=None, what="")
        case "day":
            wish = replace(wish, sheet=SheetKind.DAY, first=row, last=row, only=None, what="")
        case "calls":
            heading, calls = row
            wish = replace(wish, sheet=SheetKind.RINGING, what=heading, calls=calls, only=None)
        case "waiting":
            only = None if row is None else frozenset(row)
            wish = replace(wish, sheet=SheetKind.WAITING, only=only, what="")
    _open(window, wish, None)


def _open(window: MainWindow, wish: PaperWish, cell: Cell | None) -> None:
    kinds: list[SheetKind] = list(ALWAYS)
    if cell is not None:
        wish = replace(
            wish,
            visit_id=wish.visit_id or cell.id,
            patient_id=wish.patient_id or cell.patient_id,
        )
    if wish.calls:
        kinds.append(SheetKind.RINGING)
    if wish.visit_id:
        kinds.append(SheetKind.SLIP)
    if wish.patient_id:
        kinds.append(SheetKind.PATIENT)
    if wish.sheet is SheetKind.WEEK:
        roster = window.roster.roster
        first_day = roster.practice.first_weekday if roster is not None else 0
        first = wish.first - timedelta(days=(wish.first.weekday() - first_day) % 7)
        wish = replace(wish, first=first, last=first + timedelta(days=6))
    dialog(window).start(wish, kinds)


def dialog(window: MainWindow) -> PrintDialog:
    """Made when something is first printed, then kept."""
    kept = window.findChild(PrintDialog)
    if kept is None:
        kept = PrintDialog(window.context, window.settings, window)
        kept.told.connect(window.telling.toast)
    return kept


def _shown(window: MainWindow) -> PaperWish:
    """The calendar's days, columns and site; what another page narrows it to."""
    page, choices, roster = window.page, window.choices, window.roster.roster
    name = window.centre.page
    day = page.day
    doctors: tuple[Id, ...] | None = None
    rooms: tuple[Id, ...] | None = None
    site: Id | None = None
    if roster is not None:
        doctors, rooms = tuple(choices.doctors(roster)), tuple(choices.rooms(roster))
        place = choices.site_in(roster)
        site = place.id if place is not None else None
    wish = PaperWish(
        sheet=SheetKind.DAY,
        first=day,
        last=day,
        doctor_ids=doctors,
        room_ids=rooms,
        by_room=choices.group == "room",
        location_id=site,
        cancelled=window.settings.get("paper.cancelled"),
    )
    shown = window.centre.shown_page
    match name:
        case "waitlist":
            return replace(wish, sheet=SheetKind.WAITING)
        case "patient":
            whose = cast("PatientPage", shown).shown_id
            if whose:
                return replace(wish, sheet=SheetKind.PATIENT, patient_id=whose)
        case "doctor":
            theirs = cast("DoctorPage", shown)
            doctor_id, day = theirs.source.doctor_id, theirs.day()
            if doctor_id:
                wish = replace(wish, first=day, last=day, doctor_ids=(doctor_id,), by_room=False)
        case "flow":
            day = window.today()
            wish = replace(wish, first=day, last=day)
    if name not in ("calendar", "empty"):
        return wish
    match choices.view:
        case "week":
            columns = wish.doctor_ids
            if page.week_doctor is not None and not page.week_all:
                columns = (page.week_doctor,)
            return replace(wish, sheet=SheetKind.WEEK, doctor_ids=columns, by_room=False)
        case "month":
            first = day.replace(day=1)
            last = months_later(first, 1) - timedelta(days=1)
            return replace(wish, sheet=SheetKind.MONTH, first=first, last=last, by_room=False)
        case "agenda":
            last = day + timedelta(days=AGENDA_DAYS - 1)
            return _agenda(window, replace(wish, sheet=SheetKind.AGENDA, last=last, by_room=False))
    return wish


def _agenda(window: MainWindow, wish: PaperWish) -> PaperWish:
    """With what its filters let through, if they are set."""
    agenda = window.page.agenda
    told = agenda.told()
    if not told:
        return wish
    only = frozenset(cell.id for cell in agenda.shown())
    return replace(wish, only=only, what=f"only: {told}")
