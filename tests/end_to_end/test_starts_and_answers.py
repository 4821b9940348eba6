"""Programs that start at the same moment, and a command line that answers whatever is asked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from clinic_desk.app import cli, demo_store, first_run
from clinic_desk.app.clock import Uuid7
from clinic_desk.app.container import build
from clinic_desk.app.identity import actor
from clinic_desk.domain.catalogue import Practice
from clinic_desk.domain.errors import Refusal
from clinic_desk.services.commands import SaveRecords

ROOT = Path(__file__).resolve().parents[2]
START = """
import sys
from pathlib import Path
from clinic_desk.app import first_run
from clinic_desk.app.container import build
sys.stdin.readline()
container = build(Path(sys.argv[1]))
first_run.set_up(container, "Europe/Berlin")
print(container.actor.desk_id)
container.close()
"""


def test_programs_that_start_together_in_a_new_folder(tmp_path: Path) -> None:
    data = tmp_path / "data"
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", START, str(data)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    time.sleep(0.5)
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.flush()
    told = [program.communicate(timeout=240) for program in programs]
    assert [program.returncode for program in programs] == [0, 0, 0, 0], told
    assert len({out for out, _ in told}) == 1  # one computer is one desk
    container = build(data)
    with container.store.unit_of_work(container.actor) as work:
        assert len(work.find(Practice)) == 1
    assert container.maintenance.verify() == []
    container.close()
    assert list(data.glob("desk.json.*")) == []


def test_a_second_practice_is_refused_and_setting_up_twice_is_not(tmp_path: Path) -> None:
    container = build(tmp_path)
    first_run.set_up(container, "Europe/Berlin")
    first_run.set_up(container, "Europe/Berlin")
    with pytest.raises(Refusal) as refused:
        container.desk.execute(
            SaveRecords(records=(Practice(id=Uuid7()(), name="Two", zone="UTC"),))
        )
    assert refused.value.code == "one_practice"
    container.close()


def test_the_first_identity_stays(tmp_path: Path) -> None:
    path = tmp_path / "desk.json"
    one, two = actor(path, Uuid7()), actor(path, Uuid7())
    assert (one.desk_id, one.staff_id) == (two.desk_id, two.staff_id)
    path.write_text("{", "utf-8")
    three = actor(path, Uuid7())
    assert actor(path, Uuid7()).desk_id == three.desk_id != one.desk_id


def test_a_demo_never_takes_the_place_of_a_clinic(tmp_path: Path) -> None:
    """One that came into being while the demo was made."""
    made, place = tmp_path / "made.db", tmp_path / "clinic.db"
    made.write_bytes(b"demo")
    place.write_bytes(b"clinic")
    assert demo_store._put(made, place) is False
    assert place.read_bytes() == b"clinic"
    place.unlink()
    assert demo_store._put(made, place) is True


def test_leftovers_of_a_killed_making_are_cleared(tmp_path: Path) -> None:
    old, young = tmp_path / "making-1", tmp_path / "making-2"
    for folder in (old, young):
        folder.mkdir()
    past = time.time() - 2 * 86_400
    os.utime(old, (past, past))
    demo_store._clear_leftovers(tmp_path)
    assert (old.exists(), young.exists()) == (False, True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clinic")
    container = build(folder)
    first_run.set_up(container, "Europe/Berlin")
    container.close()
    return folder


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("openings --days 1000000000", cli.REFUSED),
        ("openings --days 0", cli.REFUSED),
        ("openings --length -5", cli.REFUSED),
        ("openings --length 481", cli.REFUSED),
        ("openings --count -1", cli.REFUSED),
        ("openings --from +999y", cli.REFUSED),
        ("openings --doctor nobody", cli.REFUSED),
        ("openings --days many", cli.USAGE),
        ("verify --nope", cli.USAGE),
        ("import", cli.USAGE),
        ("import /nowhere.csv", cli.REFUSED),
        ("backup --to /proc/nowhere", cli.FAULT),
        ("restore /nowhere", cli.REFUSED),
    ],
)
def test_every_error_has_its_code_and_its_json(
    data: Path, words: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.run([*words.split(), "--data", str(data), "--json"]) == code
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert answer["error"]
    assert answer["message"]
    assert "Traceback" not in said.err


def test_a_bug_is_no_refusal(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_options: object) -> int:
        raise ValueError("unexpected")

    monkeypatch.setattr(cli, "_handler", lambda _command: broken)
    assert cli.run(["verify", "--data", str(data), "--json"]) == cli.FAULT
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == "bug"
    assert "ValueError: unexpected" in said.err


def test_a_console_of_few_letters(data: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", "openings", "--data", str(data), "--doctor", "Şu"],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == cli.REFUSED
    assert b"\\u015eu" in done.stderr
