"""The diagnostic report tells how the program stands, and nothing that a person typed."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from clinic_desk.app import demo_store, diagnostics, logs
from clinic_desk.app.checkup import doctor
from clinic_desk.app.cli import parser
from clinic_desk.app.container import build
from clinic_desk.app.paths import data_folder
from clinic_desk.services.commands import SaveSetting
from tests.fakes.clock import MORNING, FixedClock

MARK = "Marzipan"
MARKED = (
    ("desk.name", "desk"), ("backup.second", "clinic"), ("webhook.url", "clinic"),
    ("messages.email.host", "clinic"), ("messages.quiet", "clinic"), ("billing.url", "clinic"),
    ("messages.unknown_consent", "clinic"),
)  # fmt: skip


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    assert demo_store.make(folder, clock=FixedClock(MORNING), money=False)
    return folder


def typed(folder: Path) -> set[str]:
    """Every word of every name and text in the clinic's own tables."""
    clinic = build(folder, clock=FixedClock(MORNING))
    try:
        with clinic.store.queries._reading() as connection:
            texts = [
                str(value)
                for sql in (
                    "SELECT first_name, last_name, mobile, phone, email FROM patient",
                    "SELECT name, code FROM doctor",
                    "SELECT name, address, city, phone FROM location",
                    "SELECT name FROM practice",
                    "SELECT reason, notes, title, confirmation_code FROM appointment",
                )
                for row in connection.exec_driver_sql(sql)
                for value in row
                if value
            ]
    finally:
        clinic.close()
    words = {word for text in texts for word in re.findall(r"[^\W_]{4,}", text)}
    return {word for word in words if not word.isdecimal() or len(word) > 5}


def test_it_tells_the_state_and_no_word_that_a_person_typed(demo: Path) -> None:
    words = typed(demo)
    assert len(words) > 500
    clinic = build(demo, clock=FixedClock(MORNING))
    try:
        logs.set_up(clinic.data.logs)
        for word in sorted(words)[:50]:
            logging.getLogger("clinic_desk.x").warning("a library quotes %s", word)
        for key, scope in MARKED:
            clinic.desk.execute(SaveSetting(key=key, value=f"{MARK} 12:00", scope=scope))
        text = clinic.diagnosis.report()
    finally:
        logs.tear_down()
        clinic.close()
    assert "schema: 0007" in text
    assert "channel sms: o" in text
    assert "level=warning" in text
    assert MARK not in text
    # words of the report itself that are also somebody's, such as "Front" and "read"
    own = set(re.findall(r"[^\W_]{4,}", diagnostics_words()))
    said = set(re.findall(r"[^\W_]{4,}", text))
    assert (said & words) - own == set()


def diagnostics_words() -> str:
    """What the report says of an empty clinic, and what it may say of any."""
    source = Path(diagnostics.__file__).read_text("utf-8")
    return source + " ".join(diagnostics.LISTED + diagnostics.LISTED_CLINIC)


def test_the_command_line_prints_it_and_of_a_broken_clinic_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = parser().parse_args(["doctor", "--report", "--data", str(tmp_path)])
    assert "Clinic Desk" in doctor(options).lines[0]
    (tmp_path / "clinic.db").write_bytes(b"no database at all" * 500)
    lines = doctor(options).lines
    assert any("opened: no" in line for line in lines)
    assert data_folder(tmp_path).database.read_bytes() == b"no database at all" * 500
    capsys.readouterr()


def test_a_value_that_is_neither_switch_nor_number_is_not_told() -> None:
    assert diagnostics._plain(True) == "on"
    assert diagnostics._plain(14) == "14"
    assert diagnostics._plain("20:00-08:00") == "20:00-08:00"
    assert diagnostics._plain("ledger") == "ledger"
    assert diagnostics._plain(f"smtp.{MARK}.example") == "set"
