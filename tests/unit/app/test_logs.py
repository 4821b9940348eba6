"""The log: one JSON object a line, several processes in one file, nothing of a patient."""

from __future__ import annotations

import gzip
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.app import logs
from clinic_desk.services import attempts
from clinic_desk.services.attempts import AttemptNote

WRITER = """
import logging, sys
from pathlib import Path
from clinic_desk.app import logs
logs.LARGEST, logs.KEPT = 20_000, 90
logs.set_up(Path(sys.argv[1]))
for number in range(400):
    logging.getLogger("writer").info("line", extra={"who": sys.argv[2], "number": number})
logs.tear_down()
"""


@pytest.fixture(autouse=True)
def own_log() -> Iterator[None]:
    yield
    logs.tear_down()


def lines(folder: Path) -> list[dict[str, Any]]:
    texts = [(folder / "clinic-desk.log").read_text("utf-8")]
    for old in folder.glob("clinic-desk.log.*.gz"):
        with gzip.open(old, "rt", encoding="utf-8") as handle:
            texts.append(handle.read())
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_an_attempt_is_one_line_with_its_six_keys(tmp_path: Path) -> None:
    logs.set_up(tmp_path)
    attempts.note(
        AttemptNote(
            task_name="message", notification_id="n-1", appointment_id="a-1", channel="sms",
            retry=2, outcome="sent", late=1.5, seconds=0.2,
        )
    )  # fmt: skip
    logs.tear_down()
    (line,) = lines(tmp_path)
    wanted = {
        "task_name": "message", "notification_id": "n-1", "appointment_id": "a-1",
        "channel": "sms", "retry": 2, "outcome": "sent",
    }  # fmt: skip
    assert {key: line[key] for key in wanted} == wanted
    assert line.keys() - wanted.keys() == {"event", "level", "logger", "timestamp"}


def test_what_could_tell_a_patient_is_struck_out_of_extra_values_too(tmp_path: Path) -> None:
    logs.set_up(tmp_path)
    logging.getLogger("x").info("sent", extra={"phone": "+442079460182", "channel": "sms"})
    logs.tear_down()
    (line,) = lines(tmp_path)
    assert line["phone"] == "—"
    assert line["channel"] == "sms"


def test_three_processes_fill_one_file_and_no_line_is_lost_or_cut(tmp_path: Path) -> None:
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), name]) for name in "abc"
    ]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0]
    found = sorted((line["who"], line["number"]) for line in lines(tmp_path))
    assert found == [(who, number) for who in "abc" for number in range(400)]
    assert len(list(tmp_path.glob("clinic-desk.log.*.gz"))) > 3


def test_old_files_are_packed_limited_and_the_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "LARGEST", 2_000)
    logs.set_up(tmp_path)
    for number in range(300):
        logging.getLogger("x").info("line", extra={"number": number})
    logs.tear_down()
    assert len(list(tmp_path.glob("clinic-desk.log.*.gz"))) == logs.KEPT
    if sys.platform != "win32":
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_folder_that_cannot_be_written_is_told_of_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    logs.set_up(tmp_path / "logs")
    logging.getLogger("x").info("one")
    logging.getLogger("x").info("two")
    assert capsys.readouterr().err.count("no log file") == 1


def test_a_file_that_can_be_written_again_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logs, "AGAIN", 0.0)
    folder = tmp_path / "logs"
    folder.write_text("a file where the folder should be")
    logs.set_up(folder)
    logging.getLogger("x").info("lost")
    logging.getLogger("x").info("lost, too")
    folder.unlink()
    logging.getLogger("x").info("kept")
    assert [line["event"] for line in lines(folder)] == ["kept"]
    assert capsys.readouterr().err.count("no log file") == 1
