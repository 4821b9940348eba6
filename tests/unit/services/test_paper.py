"""What is gathered for paper and handed on as files: few statements, the right rows, no formula,
and a note in the history each time."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.errors import Fault, NotFound, Refusal
from clinic_desk.domain.spans import at_local
from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.services.commands import EditAppointment
from clinic_desk.services.exporting import ExportWish
from clinic_desk.services.paper import PaperWish, SheetKind, gather, initials
from clinic_desk.services.paper_commands import HANDED_ON_KEY, NoteHandedOn
from clinic_desk.services.views import Cell
from clinic_desk.services.waitlist_commands import AddToWaitlist
from clinic_desk.ui.look.theme import Theme
from tests.fakes.front_desk import TUESDAY, FrontDesk, open_desk

DAY = date(2026, 11, 24)


@pytest.fixture
def front(qapp: QApplication, tmp_path: Path) -> Iterator[FrontDesk]:
    assert qapp is not None
    desk = open_desk(tmp_path, Theme.for_tests())
    yield desk
    desk.close()


def wish(sheet: SheetKind, **more: object) -> PaperWish:
    return PaperWish(**{"sheet": sheet, "first": DAY, "last": DAY, **more})  # type: ignore[arg-type]


def visits(front: FrontDesk) -> list[Cell]:
    return [c for c in front.store.queries.cells(DAY, DAY) if c.patient_id is not None]


class Asked:
    """Counts what is asked of the store."""

    def __init__(self, queries: object) -> None:
        self.queries = queries
        self.names: list[str] = []

    def __getattr__(self, name: str) -> object:
        self.names.append(name)
        return getattr(self.queries, name)


@pytest.mark.parametrize("sheet", list(SheetKind))
def test_a_sheet_asks_for_the_roster_and_at_most_two_things_more(
    front: FrontDesk, sheet: SheetKind
) -> None:
    cell = visits(front)[0]
    asked = Asked(front.store.queries)
    week = DAY + timedelta(days=6)
    found = gather(
        asked,  # type: ignore[arg-type]
        wish(sheet, last=week, visit_id=cell.id, patient_id=cell.patient_id),
    )
    assert asked.names[0] == "roster"
    assert len(asked.names) <= 3
    assert found.roster.practice.name == "Main Street Clinic"
    if sheet is SheetKind.RINGING:
        assert len(asked.names) == 1  # its lines come with the wish
    elif sheet is not SheetKind.WAITING:
        assert found.cells


def test_a_day_is_narrowed_by_doctor_site_and_choice(front: FrontDesk) -> None:
    queries, cells = front.store.queries, visits(front)
    doctor = cells[0].doctor_id
    of_one = gather(queries, wish(SheetKind.DAY, doctor_ids=(doctor,))).cells
    assert of_one
    assert {cell.doctor_id for cell in of_one} == {doctor}
    site = cells[0].location_id
    at_site = gather(queries, wish(SheetKind.AGENDA, location_id=site)).cells
    assert {cell.location_id for cell in at_site} == {site}
    only = frozenset({cells[1].id, cells[2].id})
    assert {c.id for c in gather(queries, wish(SheetKind.AGENDA, only=only)).cells} <= only
    assert gather(queries, wish(SheetKind.AGENDA, location_id="nowhere")).cells == ()
    calls = gather(queries, wish(SheetKind.CALLS))
    assert {cell.patient_id for cell in calls.cells} == set(calls.contacts)


def test_what_is_not_there_is_refused(front: FrontDesk) -> None:
    for kind in (SheetKind.SLIP, SheetKind.PATIENT):
        with pytest.raises(NotFound):
            gather(front.store.queries, wish(kind, visit_id="none", patient_id="none"))


def test_the_waiting_list_is_whole_or_what_was_picked(front: FrontDesk) -> None:
    people = [cell for cell in visits(front) if cell.type_id is not None][:2]
    made = [
        front.desk.execute(
            AddToWaitlist(values={"patient_id": c.patient_id, "type_id": c.type_id})
        ).value
        for c in people
    ]
    queries = front.store.queries
    assert {c.entry.id for c in gather(queries, wish(SheetKind.WAITING)).waiting} >= set(made)
    one = gather(queries, wish(SheetKind.WAITING, only=frozenset(made[:1]))).waiting
    assert [card.entry.id for card in one] == made[:1]


def test_initials_of_names_in_any_script(front: FrontDesk) -> None:
    person = front.store.queries.patient(str(visits(front)[0].patient_id)).patient

    assert initials(replace(person, last_name="özgür", first_name="Barış")) == "Ö. B."
    assert initials(replace(person, last_name="李", first_name="")) == "李."
    assert initials(replace(person, last_name=" ", first_name="")) == "–"


def test_what_leaves_is_noted_with_who_and_when(front: FrontDesk) -> None:
    front.desk.execute(NoteHandedOn(title="Day sheet", kind="paper", subject="x", rows=66))
    noted = front.store.queries.setting(HANDED_ON_KEY, "clinic")
    assert noted == {
        "what": "Day sheet", "format": "paper", "subject": "x", "rows": 66,
        "at": TUESDAY.isoformat(),
    }  # fmt: skip
    front.desk.execute(NoteHandedOn(title="Visits", kind="csv"))
    with front.store.unit_of_work(front.context.actor) as work:
        events = work.history(f"clinic//{HANDED_ON_KEY}")
    assert [event.actor_name for event in events] == ["M. Keller"] * len(events)
    assert len(events) == 2
    assert front.store.queries.undo_state(front.context.actor.session_id).undo_label == ""
    with pytest.raises(Refusal):
        front.desk.execute(NoteHandedOn(title="Visits", kind="doc"))


def table(path: Path) -> list[dict[str, str]]:
    content = path.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def exporter(front: FrontDesk) -> FileExporter:
    return FileExporter(front.store.queries, front.clock)


def test_a_table_of_visits_runs_no_formula(front: FrontDesk, tmp_path: Path) -> None:
    cell = next(c for c in visits(front) if c.start > TUESDAY)
    for text in ("=1+2", "+1", "-1", "@SUM(A1)", "\t=1", " =cmd|' /C calc'!A0"):
        revision = front.store.queries.appointment(cell.id).cell.revision
        front.desk.execute(
            EditAppointment(
                appointment_id=cell.id, values={"reason": text}, expected_revision=revision
            )
        )
        path = tmp_path / "visits.csv"
        made = exporter(front).visits(
            path,
            ExportWish(first=cell.start, last=cell.end, visit_ids=frozenset({cell.id})),
        )
        assert made.visits == 1
        (row,) = table(path)
        assert not row["Reason"].lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r"))
        assert row["Surname"] == cell.last_name
        assert row["Date"] == "2026-11-24"
        assert row["Mobile"] == "" or row["Mobile"].startswith("'+")


def test_one_visit_a_doctor_or_what_a_search_finds(front: FrontDesk, tmp_path: Path) -> None:
    cells = visits(front)
    cell = cells[0]
    first, last = at_local(DAY, 0, "Europe/London"), at_local(DAY, 1440, "Europe/London")
    span = {"first": first, "last": last}
    out = exporter(front)

    one = out.calendar(
        tmp_path / "one.ics",
        ExportWish(first=cell.start, last=cell.end, visit_ids=frozenset({cell.id})),
    )
    assert (one.visits, one.series) == (1, 0)
    events = Calendar.from_ical((tmp_path / "one.ics").read_bytes()).walk("VEVENT")
    assert len(events) == 1
    assert cell.last_name in str(events[0]["summary"])

    out.visits(tmp_path / "doctor.csv", ExportWish(doctor_id=cell.doctor_id, **span))
    doctor = front.store.queries.roster().doctors[cell.doctor_id].name
    assert {row["Doctor"] for row in table(tmp_path / "doctor.csv")} == {doctor}

    name = cell.last_name
    found = {hit.id for hit in front.store.queries.search_patients(name, 1000)}
    theirs = [c for c in front.store.queries.cells(DAY, DAY, include_cancelled=True)
              if c.patient_id in found]  # fmt: skip
    made = out.visits(tmp_path / "found.csv", ExportWish(matching=name, **span))
    assert made.visits == len(theirs) == len(table(tmp_path / "found.csv"))
    calendar = out.calendar(tmp_path / "found.ics", ExportWish(matching=name, **span))
    assert calendar.visits >= made.visits

    number = out.patients(tmp_path / "patients.csv", name)
    rows = table(tmp_path / "patients.csv")
    assert number == len(rows) == len(found)
    assert any(row["Surname"] == name for row in rows)
    assert out.patients(tmp_path / "nobody.csv", "zzzzqqqq") == 0
    assert table(tmp_path / "nobody.csv") == []


def test_a_folder_that_is_not_there_is_a_fault(front: FrontDesk, tmp_path: Path) -> None:
    with pytest.raises(Fault):
        exporter(front).visits(tmp_path / "none" / "x.csv", ExportWish(first=TUESDAY))
    with pytest.raises(Fault):
        exporter(front).patients(tmp_path / "none" / "x.csv", "lee")
