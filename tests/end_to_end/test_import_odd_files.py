"""Imports whose files are odd: nothing may be lost, nothing half taken in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_desk.app import first_run
from clinic_desk.app.container import Container, build
from clinic_desk.domain.appointments import Appointment
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.people import Patient
from clinic_desk.domain.templates import TimeOffStatus
from clinic_desk.integrations.importing import import_files
from clinic_desk.services.commands import AddPatient, Command, ImportBatch
from clinic_desk.services.import_report import FileReport, ImportOptions
from clinic_desk.services.outcome import Outcome

PEOPLE = "Record no,First name,Last name,Date of birth,Phone\nP1,Ana,Lee,04/03/1988,\n"
BERLIN = "TZID=Europe/Berlin"


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Container]:
    container = build(tmp_path / "data")
    first_run.set_up(container, "Europe/Berlin")
    yield container
    container.close()


def take(clinic: Container, name: str, text: str, **options: object) -> FileReport:
    path = clinic.data.root / name
    path.write_text(text, encoding="utf-8")
    report = clinic.importer.run([path], ImportOptions(**options))  # type: ignore[arg-type]
    (file,) = report.files
    if not file.error:
        assert file.adds_up
    assert clinic.maintenance.verify() == []
    return file


def event(*lines: str, uid: str = "1", kind: str = "Check-up") -> str:
    head = f"BEGIN:VEVENT\nUID:{uid}\nSUMMARY:Ana Lee - {kind}\nCATEGORIES:Dr Wu\nX-RECORD-NO:P1\n"
    return head + "\n".join(lines) + "\nEND:VEVENT\n"


def times(start: str, end: str) -> str:
    return f"DTSTART;{BERLIN}:{start}00\nDTEND;{BERLIN}:{end}00"


def diary(*events: str) -> str:
    return "BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n"


WEEKLY = event(times("29990107T0900", "29990107T0930"), "RRULE:FREQ=WEEKLY;COUNT=3")
MOVED = event(f"RECURRENCE-ID;{BERLIN}:29990114T090000", times("29990115T1000", "29990115T1030"))
TOO_LONG = event(f"RECURRENCE-ID;{BERLIN}:29990114T090000", times("29990115T1000", "29990115T2330"))


def rows(clinic: Container) -> list[Appointment]:
    with clinic.store.unit_of_work(clinic.actor) as work:
        return sorted(work.find(Appointment), key=lambda row: row.start)


def test_a_given_number_never_takes_one_that_stands_further_down(clinic: Container) -> None:
    people = "Record no,Last name,Date of birth\n,Nobody,01/01/1970\nP000001,Owner,02/02/1980\n"
    file = take(clinic, "list.csv", people, batch_size=1)
    assert (file.imported, file.merged) == (2, 0)
    known = {p.last_name: p.record_number for p in clinic.queries.patient_identities()}
    assert known["Owner"] == "P000001"
    assert known["Nobody"] not in ("", "P000001")


def test_a_given_number_passes_over_those_in_use(clinic: Container) -> None:
    take(clinic, "list.csv", "Record no,Last name\nP000001,Owner\n")
    file = take(clinic, "more.csv", "Last name,Notes\nNobody,x\n")
    assert (file.imported, file.error) == (1, "")


def test_what_is_too_long_is_handed_back_whole(clinic: Container) -> None:
    text = f"Record no,Last name,Allergies\n{'9' * 65},Long,\nP2,Ana,{'nuts ' * 60}\nP3,Ben,none\n"
    file = take(clinic, "list.csv", text)
    assert (file.imported, file.rejected, file.error) == (1, 2, "")
    assert set(file.reasons) == {"record number too long", "alert too long"}
    assert file.reject_file is not None
    assert "nuts " * 59 in file.reject_file.read_text("utf-8-sig")


def test_two_columns_of_one_name_keep_both_values(clinic: Container) -> None:
    take(clinic, "list.csv", "No,Last name,Phone,Phone\nP1,Ana,020 7946 0142,020 7946 0999\n")
    with clinic.store.unit_of_work(clinic.actor) as work:
        (ana,) = work.find(Patient)
    assert (ana.mobile_typed, ana.phone_typed) == ("020 7946 0142", "020 7946 0999")


def test_a_named_column_takes_the_place_of_the_guessed_one(clinic: Container) -> None:
    options = {"columns": {"Second": "mobile"}}
    take(clinic, "list.csv", "Last name,Second,Phone\nAna,0301,0302\n", **options)
    with clinic.store.unit_of_work(clinic.actor) as work:
        (ana,) = work.find(Patient)
    assert ana.mobile_typed == "0301"


def test_columns_named_for_one_list_leave_the_other_alone(clinic: Container) -> None:
    here, there = clinic.data.root / "people.csv", clinic.data.root / "kisiler.csv"
    here.write_text(PEOPLE, encoding="utf-8")
    there.write_text("No,Alfa,Beta\nK1,Ayşe,Kaya\n", encoding="utf-8")
    named = {"Alfa": "first_name", "Beta": "last_name", "First name": "first_name"}
    report = clinic.importer.run([here, there], ImportOptions(columns=named))
    assert [(file.error, file.imported) for file in report.files] == [("", 1), ("", 1)]
    known = {(p.first_name, p.last_name) for p in clinic.queries.patient_identities()}
    assert known == {("Ana", "Lee"), ("Ayşe", "Kaya")}


def test_a_column_that_no_list_has_is_told(clinic: Container) -> None:
    here = clinic.data.root / "people.csv"
    here.write_text(PEOPLE, encoding="utf-8")
    with pytest.raises(Refusal) as caught:
        clinic.importer.run([here], ImportOptions(columns={"Vorname": "first_name"}))
    assert caught.value.code == "bad_column"
    assert "Vorname" in caught.value.sentence
    assert "First name" in caught.value.sentence
    assert clinic.queries.patient_identities() == []


@pytest.mark.parametrize(
    "options",
    [
        {"zone": "Mars/Base"},
        {"region": "XX"},
        {"columns": {"Phone": "mobile", "First name": "mobile"}},
    ],
)
def test_options_that_cannot_be_meant(clinic: Container, options: dict[str, object]) -> None:
    file = take(clinic, "list.csv", PEOPLE, **options)
    assert file.error
    assert clinic.queries.patient_identities() == []


@pytest.mark.parametrize("order", [(WEEKLY, MOVED), (MOVED, WEEKLY)])
def test_a_moved_visit_belongs_to_its_series_wherever_it_stands(
    clinic: Container, order: tuple[str, ...]
) -> None:
    take(clinic, "list.csv", PEOPLE)
    take(clinic, "diary.ics", diary(*order), batch_size=1)
    found = rows(clinic)
    assert [row.start.day for row in found] == [7, 15, 21]
    assert len({row.series_id for row in found}) == 1
    assert found[0].series_id is not None


def test_a_broken_change_of_a_series_can_be_corrected(clinic: Container) -> None:
    take(clinic, "list.csv", PEOPLE)
    first = take(clinic, "diary.ics", diary(WEEKLY, TOO_LONG))
    assert (first.imported, first.rejected) == (1, 1)
    assert [row.start.day for row in rows(clinic)] == [7, 21]
    second = take(clinic, "again.ics", diary(MOVED))
    assert (second.imported, second.merged) == (1, 0)
    found = rows(clinic)
    assert [row.start.day for row in found] == [7, 15, 21]
    assert len({row.series_id for row in found}) == 1


def test_cancelled_leave_blocks_nothing_and_comes_once(clinic: Container) -> None:
    lines = ("DTSTART;VALUE=DATE:29990201", "DTEND;VALUE=DATE:29990205", "STATUS:CANCELLED")
    text = diary(event(*lines))
    assert take(clinic, "diary.ics", text).imported == 1
    assert [row.status for row in clinic.queries.roster().time_off] == [TimeOffStatus.DECLINED]
    again = take(clinic, "diary.ics", text)
    assert (again.imported, again.merged) == (0, 1)


def test_a_kind_of_visit_seen_only_in_broken_events_is_not_made(clinic: Container) -> None:
    take(clinic, "list.csv", PEOPLE)
    file = take(
        clinic,
        "diary.ics",
        diary(
            event(times("29990107T0800", "29990107T2000"), kind="Marathon"),
            event(times("29990108T0800", "29990108T0830"), uid="2", kind="???"),
        ),
    )
    assert (file.imported, file.rejected, file.error) == (1, 1, "")
    again = take(clinic, "diary.ics", diary(event(times("29990109T0800", "29990109T0830"),
                                                  uid="3", kind="???")))  # fmt: skip
    assert (again.imported, again.error) == (1, "")


def test_one_identifier_for_two_visits_loses_neither(clinic: Container) -> None:
    take(clinic, "list.csv", PEOPLE)
    one = event(times("29990107T0900", "29990107T0930"))
    two = event(times("29990107T1100", "29990107T1130"))
    file = take(clinic, "diary.ics", diary(one, one, two))
    assert (file.imported, file.merged, file.rejected) == (1, 1, 1)
    assert set(file.reasons) == {"identifier used twice"}


def test_a_number_that_was_given_away_meanwhile_is_handed_back(clinic: Container) -> None:
    """The file was judged while the number was free; another desk was faster."""

    class Slow:
        def execute(self, command: Command) -> Outcome:
            if isinstance(command, ImportBatch):
                values = {"last_name": "Quick", "record_number": "P7"}
                clinic.desk.execute(AddPatient(values=values))
            return clinic.desk.execute(command)

    path = clinic.data.root / "list.csv"
    path.write_text("Record no,Last name\nP7,Slow\nP8,Other\n", encoding="utf-8")
    report = import_files(
        [path], Slow(), clinic.queries, now=clinic.clock.now(), new_id=clinic.new_id
    )
    (file,) = report.files
    assert (file.imported, file.merged, file.rejected) == (1, 0, 1)
    assert file.reject_file is not None
    assert "P7,Slow" in file.reject_file.read_text("utf-8-sig")
