"""One import is one undo step: all of it goes and comes back, or nothing does."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.people import Patient
from clinic_desk.integrations.importing.run import FileImporter
from clinic_desk.services.commands import AddPatient, BookAppointment, EditPatient, Undo
from clinic_desk.services.import_report import ImportOptions, ImportReport, Progress
from clinic_desk.services.outcome import Outcome
from tests.fakes.world import World, at

PEOPLE = 400
VISITS = 120
FORK = multiprocessing.get_context("fork")


def people(folder: Path, number: int = PEOPLE, name: str = "patients.csv") -> Path:
    path = folder / name
    rows = [f"K{i:05},Kim{i},Kestrel{i},+44 20 7946 {i:04}" for i in range(number)]
    path.write_text("\n".join(["Record no,First name,Last name,Mobile", *rows]) + "\n", "utf-8")
    return path


def diary(folder: Path, number: int = VISITS, doctor: str = "Dr Grey") -> Path:
    path = folder / "diary.ics"
    events = []
    for i in range(number):
        start = at("09:00") + timedelta(days=7 * (i // 8) + 7, minutes=45 * (i % 8))
        end = start + timedelta(minutes=30)
        events.append(
            f"BEGIN:VEVENT\nUID:v{i}\nSUMMARY:Kim{i} Kestrel{i} - Follow-up\nCATEGORIES:{doctor}\n"
            f"X-RECORD-NO:K{i:05}\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nDTEND:{end:%Y%m%dT%H%M%SZ}\n"
            "END:VEVENT\n"
        )
    path.write_text("BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n", "utf-8")
    return path


def take_in(world: World, *paths: Path, progress: Progress | None = None) -> ImportReport:
    importer = FileImporter(world.desk, world.store.queries, world.clock, world.ids)
    report = importer.run(paths, ImportOptions(one_step=True, batch_size=50), progress)
    assert not [file.error for file in report.files if file.error]
    return report


def counts(world: World) -> dict[str, int]:
    found = dict(world.store.queries.info().counts)
    found.pop("event")
    return found


def labels(world: World) -> tuple[str, str]:
    state = world.store.queries.undo_state(world.desk.actor.session_id)
    return state.undo_label, state.redo_label


def find(world: World, number: int) -> list[str]:
    return [hit.record_number for hit in world.store.queries.search_patients(f"K{number:05}")]


def statements(world: World, act: Callable[[], Outcome]) -> int:
    """How many statements the writer runs; the steps of triggers, which repeat the text of the
    statement that set them off, are left out."""
    found: list[str] = []
    with world.store._writer.connect() as connection:
        driver: Any = connection.connection.driver_connection
    driver.set_trace_callback(lambda sql: found.append(sql) if not sql.startswith("--") else None)
    act()
    driver.set_trace_callback(None)
    return len([sql for sql, before in pairwise([*found, ""]) if sql != before])


def test_an_import_of_two_files_goes_in_one_step_and_comes_back(
    world: World, tmp_path: Path
) -> None:
    before = counts(world)
    report = take_in(world, people(tmp_path), diary(tmp_path))
    after = counts(world)
    assert after["patient"] - before["patient"] == PEOPLE
    assert after["appointment"] - before["appointment"] == VISITS
    assert after["doctor"] - before["doctor"] == 1
    label = f"Import patients.csv, diary.ics: {PEOPLE + VISITS} rows"
    assert labels(world) == (label, "")
    outcome = world.undo()
    assert outcome.value == label
    assert {"patient", "appointment", "doctor"} <= outcome.changes.kinds
    assert at("09:00").date() + timedelta(days=7) in outcome.changes.days
    assert counts(world) == before
    assert find(world, 7) == []
    assert world.proven()
    world.redo()
    assert counts(world) == after
    assert find(world, 7) == ["K00007"]
    assert labels(world) == (label, "")
    assert world.proven()
    world.run(Undo(run=report.run))
    assert counts(world) == before


def test_after_an_undo_the_same_files_are_imported_again(world: World, tmp_path: Path) -> None:
    paths = (people(tmp_path), diary(tmp_path))
    take_in(world, *paths)
    after = counts(world)
    world.undo()
    again = take_in(world, *paths)
    assert again.total("imported") == PEOPLE + VISITS
    assert counts(world) == after
    assert world.proven()
    # and a third time finds everything there
    third = take_in(world, *paths)
    assert (third.total("imported"), third.total("merged")) == (0, PEOPLE + VISITS)
    assert third.run == ""


def test_the_world_outside_hears_nothing_of_an_import_that_is_taken_back(
    world: World, tmp_path: Path
) -> None:
    take_in(world, people(tmp_path), diary(tmp_path))
    world.undo()
    world.redo()
    with world.store._reader.connect() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM outbox_message").scalar()
    assert rows == 0


def test_a_stopped_import_is_one_step_too(world: World, tmp_path: Path) -> None:
    before = counts(world)
    take_in(world, people(tmp_path), progress=lambda done, _total, _words: done < 150)
    assert counts(world)["patient"] - before["patient"] == 150
    assert labels(world)[0] == "Import patients.csv: 150 rows"
    world.undo()
    assert counts(world) == before


def test_an_import_counts_as_one_of_the_fifty_steps(world: World, tmp_path: Path) -> None:
    before = counts(world)
    take_in(world, people(tmp_path, 3000))  # 60 batches
    for number in range(49):
        world.run(AddPatient(values={"last_name": f"Later{number}"}))
    for _ in range(49):
        world.undo()
    world.undo()
    assert counts(world) == before
    assert labels(world)[0] == ""


def test_an_import_that_is_the_fifty_first_step_is_forgotten_as_a_whole(
    world: World, tmp_path: Path
) -> None:
    take_in(world, people(tmp_path, 200))
    for number in range(50):
        world.run(AddPatient(values={"last_name": f"Later{number}"}))
    with world.store._reader.connect() as connection:
        kept = connection.exec_driver_sql(
            "SELECT count(*) FROM undo_record WHERE session_id = ?",
            (world.desk.actor.session_id,),
        ).scalar()
    assert kept == 50


def test_the_images_of_an_import_are_small(world: World, tmp_path: Path) -> None:
    take_in(world, people(tmp_path))
    with world.store._reader.connect() as connection:
        size = connection.exec_driver_sql("SELECT sum(length(images)) FROM undo_record").scalar()
    assert size < 100 * PEOPLE


def test_an_undo_takes_few_statements_however_many_rows(world: World, tmp_path: Path) -> None:
    take_in(world, people(tmp_path, 300, "few.csv"))
    few = statements(world, world.undo)
    take_in(world, people(tmp_path, 3000, "many.csv"))
    many = statements(world, world.undo)
    # one more round of a handful for the rows beyond the first two thousand, and none per batch
    assert few < 60
    assert many - few < 20
    again = statements(world, world.redo)
    assert again - many < 3200  # the search rows go in one by one, nothing else does
    assert world.proven()


def test_an_imported_patient_with_a_visit_since_keeps_the_whole_import(
    world: World, tmp_path: Path
) -> None:
    report = take_in(world, people(tmp_path))
    (hit,) = world.store.queries.search_patients("K00007")
    world.other_desk().execute(
        BookAppointment(
            patient_id=hit.id,
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=at("10:00"),
        )
    )
    before = counts(world)
    with pytest.raises(Refusal, match="Kestrel7, Kim7 has visits by now"):
        world.run(Undo(run=report.run))
    assert counts(world) == before
    assert find(world, 3) == ["K00003"]
    assert world.proven()


def test_a_row_changed_by_someone_else_is_named_and_the_step_goes(
    world: World, tmp_path: Path
) -> None:
    take_in(world, people(tmp_path))
    (hit,) = world.store.queries.search_patients("K00320")
    world.other_desk().execute(EditPatient(patient_id=hit.id, values={"email": "kim@example.org"}))
    before = counts(world)
    with pytest.raises(Stale, match="Can't undo the import: Noor changed Kestrel320, Kim320 at"):
        world.undo()
    assert counts(world) == before
    assert labels(world) == ("", "")
    assert world.proven()


def test_what_this_person_changed_since_is_undone_first(world: World, tmp_path: Path) -> None:
    before = counts(world)
    report = take_in(world, people(tmp_path))
    (hit,) = world.store.queries.search_patients("K00320")
    world.run(EditPatient(patient_id=hit.id, values={"email": "kim@example.org"}))
    # the button on the result page may be pressed out of turn
    with pytest.raises(Stale, match="Kestrel320"):
        world.run(Undo(run=report.run))
    assert counts(world)["patient"] == before["patient"] + PEOPLE


def test_an_edit_that_was_undone_does_not_stand_in_the_way(world: World, tmp_path: Path) -> None:
    before = counts(world)
    take_in(world, people(tmp_path))
    (hit,) = world.store.queries.search_patients("K00320")
    world.run(EditPatient(patient_id=hit.id, values={"email": "kim@example.org"}))
    world.undo()
    world.undo()
    assert counts(world) == before


def test_what_was_merged_into_a_known_patient_is_taken_out_again(
    world: World, tmp_path: Path
) -> None:
    path = tmp_path / "known.csv"
    world.run(
        AddPatient(
            values={
                "record_number": "Z1",
                "last_name": "Quill",
                "first_name": "Ada",
                "birth_date": at("09:00").date().replace(year=1980),
            }
        )
    )
    (hit,) = world.store.queries.search_patients("Z1")
    path.write_text(
        "Record no,First name,Last name,Date of birth,Email\n"
        "Z2,Ada,Quill,1980-11-24,ada@example.org\n"
        "Z3,Ada,Quill,1980-11-24,ada@example.org\n"
        "N1,Nora,New,1990-01-01,\nN2,Nora,New,1990-01-01,nora@example.org\n",
        "utf-8",
    )
    take_in(world, path)

    def ada() -> Patient:
        with world.store.unit_of_work(world.desk.actor) as work:
            return work.get(Patient, hit.id)

    assert (ada().other_numbers, ada().email) == (("Z2", "Z3"), "ada@example.org")
    world.undo()
    assert (ada().other_numbers, ada().email) == ((), "")
    assert world.store.queries.search_patients("N1") == []
    world.redo()
    assert (ada().other_numbers, ada().email) == (("Z2", "Z3"), "ada@example.org")
    (nora,) = world.store.queries.search_patients("N2")
    assert nora.record_number == "N1"
    world.undo()
    assert world.proven()


def test_a_redo_into_places_taken_since_names_the_visit_and_brings_nothing_back(
    world: World, tmp_path: Path
) -> None:
    take_in(world, people(tmp_path), diary(tmp_path, doctor="Dr Li Wu"))
    world.undo()
    before = counts(world)
    taken = at("09:45") + timedelta(days=7)
    world.other_desk().execute(
        BookAppointment(
            patient_id=world.names["jon"],
            doctor_id=world.names["wu"],
            type_id=world.names["follow-up"],
            start=taken,
        )
    )
    with pytest.raises(Refusal) as refused:
        world.redo()
    assert "09:45" in refused.value.sentence
    drafted = {"appointment": before["appointment"] + 1, "invoice": 1}
    assert counts(world) == {**before, **drafted}
    assert world.proven()


def die_within(path: Path, world: World, after: int) -> None:
    """In a process of its own: an undo that is killed while it writes."""
    from clinic_desk.app import paths
    from clinic_desk.services.desk import Desk
    from clinic_desk.store.opening import open_store

    left = after

    def ids() -> str:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return world.ids()

    store = open_store(path, paths.migrations(), world.clock, ids)
    Desk(store, world.clock, ids, world.desk.actor).execute(Undo())


@pytest.mark.parametrize("after", [2, 150, 500])
def test_an_undo_that_is_killed_leaves_everything_as_it_was(
    world: World, tmp_path: Path, after: int
) -> None:
    take_in(world, people(tmp_path), diary(tmp_path))
    before, label = counts(world), labels(world)
    world.store.forget()
    child = FORK.Process(target=die_within, args=(world.store.path, world, after))
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL
    assert counts(world) == before
    assert labels(world) == label
    assert find(world, 7) == ["K00007"]
    assert world.proven()
    world.undo()
    assert find(world, 7) == []
    assert world.proven()
