"""Metrics of a real clinic, read back with the library's own reader; from a file and by HTTP."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families as families

from clinic_desk.app.container import Container, build
from clinic_desk.app.metrics import FILE, Meters, Metrics
from clinic_desk.app.metrics_door import Door
from clinic_desk.domain.errors import Refusal
from clinic_desk.services import attempts, desk
from clinic_desk.services.attempts import AttemptNote
from clinic_desk.services.commands import AddPatient, SaveSetting
from tests.fakes.clock import MORNING, FixedClock

ADA = AddPatient(values={"first_name": "Adalgisa", "last_name": "Moorcroft"})


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Container]:
    made = build(tmp_path, clock=FixedClock(MORNING))
    yield made
    made.close()


@pytest.fixture
def meters(clinic: Container) -> Iterator[Meters]:
    made = Meters(clinic)
    made.begin()
    yield made
    made.end()


def value(text: str, name: str, **labels: str) -> float:
    found = [
        sample.value
        for family in families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    ]
    assert len(found) == 1, (name, labels, found)
    return found[0]


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.02)


def note(outcome: str, retry: int = 0) -> AttemptNote:
    return AttemptNote(
        task_name="message", notification_id="n", appointment_id=None, channel="sms",
        retry=retry, outcome=outcome, late=3.0, seconds=0.3,
    )  # fmt: skip


def test_attempts_and_commands_are_counted(clinic: Container, meters: Meters) -> None:
    for one in (note("sent"), note("unknown"), note("sent", retry=1)):
        attempts.note(one)
    clinic.desk.execute(ADA)
    with pytest.raises(Refusal):
        clinic.desk.execute(AddPatient(values={}))
    text = meters.text().decode()
    own = {"task": "message", "channel": "sms"}
    assert value(text, "clinic_desk_send_attempts_total", **own, outcome="sent") == 2
    assert value(text, "clinic_desk_send_doubts_total", channel="sms") == 1
    assert value(text, "clinic_desk_send_retries_total", channel="sms") == 1
    assert value(text, "clinic_desk_send_seconds_count", channel="sms") == 3
    done = {"command": "AddPatient", "result": "done"}
    assert value(text, "clinic_desk_command_seconds_count", **done) == 1
    refused = {"command": "AddPatient", "result": "refused"}
    assert value(text, "clinic_desk_command_seconds_count", **refused) == 1
    assert value(text, "clinic_desk_rows_patient") == 1
    assert value(text, "clinic_desk_store_up") == 1
    assert "_created" not in text


def test_nothing_of_a_person_is_in_them(clinic: Container, meters: Meters) -> None:
    clinic.desk.execute(ADA)
    text = meters.text().decode()
    assert "Adalgisa" not in text
    assert "Moorcroft" not in text
    assert clinic.actor.name not in text or not clinic.actor.name


def test_a_clinic_that_does_not_answer_is_told_as_a_number(tmp_path: Path) -> None:
    clinic = build(tmp_path, clock=FixedClock(MORNING))
    meters = Meters(clinic)
    (tmp_path / "clinic.db").unlink()
    clinic.close()
    (tmp_path / "clinic.db").write_bytes(b"no database" * 1000)
    assert value(meters.text().decode(), "clinic_desk_store_up") == 0


def test_nobody_counts_while_both_are_off(clinic: Container) -> None:
    metrics = Metrics(clinic, look=0.02)
    metrics.start()
    until(lambda: metrics.sentence)
    assert metrics.sentence == "Off."
    assert desk.measured == []
    metrics.stop()


def test_the_settings_are_followed_while_the_program_runs(clinic: Container) -> None:
    metrics = Metrics(clinic, look=0.02, write=0.0)
    metrics.start()
    clinic.desk.execute(SaveSetting(key="metrics.file", value=True, scope="desk"))
    file = clinic.data.logs / FILE
    until(file.exists)
    assert value(file.read_text(), "clinic_desk_store_up") == 1
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        clinic.desk.execute(SaveSetting(key="metrics.port", value=port, scope="desk"))
        clinic.desk.execute(SaveSetting(key="metrics.serve", value=True, scope="desk"))
        until(lambda: "is taken by another program" in metrics.sentence)
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    clinic.desk.execute(SaveSetting(key="metrics.port", value=port, scope="desk"))
    until(lambda: metrics.port == port)
    answer = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=30)
    assert value(answer.text, "clinic_desk_store_up") == 1
    clinic.desk.execute(SaveSetting(key="metrics.serve", value=False, scope="desk"))
    clinic.desk.execute(SaveSetting(key="metrics.file", value=False, scope="desk"))
    until(lambda: not file.exists() and metrics.port == 0 and not desk.measured)
    metrics.stop()


def test_a_file_that_cannot_be_written_is_told_and_written_when_it_can(
    clinic: Container, caplog: pytest.LogCaptureFixture
) -> None:
    metrics = Metrics(clinic, look=0.02, write=0.0)
    metrics.file.mkdir(parents=True)
    metrics.start()
    clinic.desk.execute(SaveSetting(key="metrics.file", value=True, scope="desk"))
    until(lambda: "cannot be written" in metrics.sentence)
    until(lambda: any("cannot be written" in one.getMessage() for one in caplog.records))
    metrics.file.rmdir()
    until(lambda: metrics.sentence.startswith("Written to") and metrics.file.is_file())
    metrics.stop()
    told = [one for one in caplog.records if one.name == "clinic_desk.app.metrics"]
    assert len(told) == 1
    assert told[0].exc_info is None


def test_two_at_once_have_a_file_each_and_say_who_counted(clinic: Container) -> None:
    clinic.desk.execute(SaveSetting(key="metrics.file", value=True, scope="desk"))
    first, second = (Metrics(clinic, look=0.02, write=0.0) for _ in range(2))
    own, other = clinic.data.logs / FILE, clinic.data.logs / "clinic-desk-2.prom"
    first.start()
    until(own.exists)
    second.start()
    until(other.exists)
    text = own.read_text()
    assert value(text, "clinic_desk_store_up", process="window") == 1
    assert value(other.read_text(), "clinic_desk_store_up", process="window-2") == 1
    second.stop()
    until(lambda: not other.exists())  # nobody counts for it any more
    first.stop()
    assert own.exists()


def test_the_door_answers_one_path_and_this_computer_alone() -> None:
    door = Door(0, lambda: b"x 1\n")
    try:
        at = f"http://127.0.0.1:{door.port}"
        given = requests.get(f"{at}/metrics", timeout=30)
        assert given.content == b"x 1\n"
        assert given.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert requests.get(f"http://localhost:{door.port}/metrics", timeout=30).ok
        assert requests.get(f"{at}/", timeout=30).status_code == 404
        assert requests.get(f"{at}/metrics/../etc", timeout=30).status_code == 404
        assert requests.post(f"{at}/metrics", timeout=30).status_code == 405
        strange = {"Host": "clinic.example.org"}
        assert requests.get(f"{at}/metrics", headers=strange, timeout=30).status_code == 403
        assert door._server.server_address[0] == "127.0.0.1"
        with pytest.raises(OSError, match="in use"):
            Door(door.port, lambda: b"")
    finally:
        door.close()


def test_a_door_that_was_closed_opens_again_at_once() -> None:
    """Though the system still remembers whom it had answered."""
    door = Door(0, lambda: b"x 1\n")
    try:
        assert requests.get(f"http://127.0.0.1:{door.port}/metrics", timeout=30).ok
    finally:
        door.close()
    again = Door(door.port, lambda: b"x 2\n")
    try:
        answer = requests.get(f"http://127.0.0.1:{again.port}/metrics", timeout=30)
        assert answer.content == b"x 2\n"
    finally:
        again.close()
