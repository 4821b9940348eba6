"""The program and a real keyring: usable, locked, missing, hanging, killed in the middle."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backends import SecretService

from clinic_desk.app.encryption import recovery_key_of
from clinic_desk.app.store_keys import KeyringKeys
from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.integrations.billing import KeyringBilling
from clinic_desk.integrations.secrets import Limits, SystemKeyring
from clinic_desk.services.billing_gateway import Unreachable
from clinic_desk.services.encryption import PLAIN_NOTICE
from clinic_desk.services.secrets import SENTENCES, KeyringFault, KeyringState
from clinic_desk.store import keys
from clinic_desk.store.keys import StoreKey
from tests.fakes.secret_service import Session, session
from tests.store.sealed import NAME, holding

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = Limits(answer=60.0, person=60.0)
HURRY = Limits(answer=0.5, person=0.5)
"""For what never answers: only how long we wait for nothing."""


@pytest.fixture
def bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """This process, too, asks on that bus and no other."""
    before = keyring.get_keyring()
    with session(tmp_path / "session") as made:
        for name, value in made.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.delenv("PYTHON_KEYRING_BACKEND")
        keyring.set_keyring(SecretService.Keyring())
        try:
            yield made
        finally:
            keyring.set_keyring(before)
            keys.forget()


def code_of(keeper: SystemKeyring, name: str = "store:x") -> str:
    with pytest.raises(KeyringFault) as caught:
        keeper.get(name)
    assert caught.value.sentence == SENTENCES[caught.value.state]
    return caught.value.code


def test_what_is_kept_comes_back(bus: Session) -> None:
    bus.start_daemon()
    keeper = SystemKeyring(PATIENCE)
    assert keeper.report().state is KeyringState.USABLE
    assert keeper.get("billing") is None
    keeper.keep("billing", "tökén")
    assert keeper.get("billing") == "tökén"
    keeper.keep("billing", "another")
    assert keeper.get("billing") == "another"
    keeper.drop("billing")
    keeper.drop("billing")
    assert keeper.get("billing") is None


# keyring leaves its own connection open when a question for a password is dismissed
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_locked_keyring_says_so_and_its_question_may_be_dismissed(bus: Session) -> None:
    bus.start_daemon()
    keeper = SystemKeyring(PATIENCE)
    key = StoreKey.made()
    KeyringKeys(keeper).keep(key)
    keys.forget()
    bus.lock()
    assert keeper.report().state is KeyringState.LOCKED
    assert code_of(keeper) == "keyring_locked"
    with pytest.raises(Fault) as caught:
        KeyringKeys(keeper)(key.id)
    assert caught.value.code == "locked_store"
    assert "recovery key" in caught.value.sentence
    assert KeyringKeys(keeper).fresh() is None  # a new clinic is not kept waiting
    with pytest.raises(Refusal, match="locked"):
        KeyringBilling(keeper).keep_token("token")
    with pytest.raises(Unreachable, match="locked"):
        KeyringBilling(keeper).has_token()


def test_a_missing_keyring_is_no_error_until_something_must_be_kept(bus: Session) -> None:
    keeper = SystemKeyring(PATIENCE)
    assert keeper.report().state is KeyringState.MISSING
    assert code_of(keeper) == "keyring_missing"
    assert KeyringKeys(keeper).fresh() is None
    assert KeyringBilling(keeper).has_token() is False
    with pytest.raises(Fault) as caught:
        KeyringKeys(keeper)(StoreKey.made().id)
    assert caught.value.code == "no_key"
    bus.start_daemon()  # it may come later, and counts at once
    assert keeper.report().state is KeyringState.USABLE


def test_a_hanging_keyring_is_not_waited_for(bus: Session) -> None:
    bus.start_daemon()
    key = StoreKey.made()
    KeyringKeys(SystemKeyring(PATIENCE)).keep(key)
    bus.hang()
    keeper = SystemKeyring(HURRY)
    try:
        assert keeper.report().state is KeyringState.FAILING
        assert code_of(keeper) == "keyring_failing"
        with pytest.raises(Fault) as caught:
            KeyringKeys(keeper)(key.id)
        assert caught.value.code == "locked_store"
    finally:
        bus.go_on()
    assert KeyringKeys(SystemKeyring(PATIENCE))(key.id) == key


def test_a_keyring_that_is_killed_and_comes_back(bus: Session) -> None:
    bus.start_daemon()
    keeper = SystemKeyring(PATIENCE)
    key = StoreKey.made()
    KeyringKeys(keeper).keep(key)
    bus.kill()
    assert keeper.report().state is KeyringState.MISSING
    assert code_of(keeper) == "keyring_missing"
    bus.start_daemon()
    assert KeyringKeys(keeper)(key.id) == key


def program(
    bus: Session, data: Path, *words: str, code: int = 0, typed: str = ""
) -> tuple[str, str]:
    """The real program; its two streams."""
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", *words, "--data", str(data)],
        cwd=ROOT,
        env={**os.environ, **bus.environment},
        input=typed,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout, done.stderr


PATIENTS = f"""Record,First name,Last name,Birth date,Phone
7001,Ottilie,{NAME},1971-03-02,+49 30 1234567
"""


def reading(folder: Path) -> list[str]:
    """Files below the folder in which the patient's name can be read."""
    return [name for name in holding(folder) if name not in ("patients.csv", "bus")]


def test_the_life_of_an_encrypted_clinic(bus: Session, tmp_path: Path) -> None:
    """Made encrypted, filled, backed up; the keyring loses the key, the paper brings it back; made
    plain and encrypted again. Only while it is plain can the patient's name be read anywhere."""
    bus.start_daemon()
    data, listing = tmp_path / "data", tmp_path / "lists" / "patients.csv"
    listing.parent.mkdir()
    listing.write_text(PATIENTS, "utf-8")
    program(bus, data, "import", str(listing))
    key_id = keys.id_in(data / "clinic.db")
    assert key_id is not None
    program(bus, data, "backup")
    assert reading(data) == []
    assert reading(Path(os.environ["TMPDIR"])) == []
    assert reading(bus.folder) == []
    told = json.loads(program(bus, data, "recovery-key", "--json")[0])
    assert told["key"] == key_id

    SystemKeyring(PATIENCE).drop(f"store:{key_id}")
    _out, words = program(bus, data, "verify", code=3)
    assert "recovery key" in words
    wrong = told["recovery_key"].replace("-", " ")[:-1] + "?"
    _out, words = program(bus, data, "recovery-key", "--enter", typed=wrong + "\n", code=1)
    assert "Group 13" in words
    other = "-".join(recovery_key_of(StoreKey.made()).groups)
    _out, words = program(bus, data, "recovery-key", "--enter", typed=other + "\n", code=1)
    assert key_id[:8].upper() in words
    program(bus, data, "recovery-key", "--enter", typed=told["recovery_key"] + "\n")
    program(bus, data, "verify")

    program(bus, data, "decrypt")
    assert keys.is_plain(data / "clinic.db")
    program(bus, data, "backup")
    assert len(reading(data)) == 2  # the look finds it where it is
    again = json.loads(program(bus, data, "encrypt", "--json")[0])
    assert again["key"] != key_id
    assert again["backups_encrypted"] == 1
    assert reading(data) == []
    program(bus, data, "verify")
    for item in sorted((data / "backups").glob("*.clinicdesk")):  # of both keys
        program(bus, data, "restore", str(item))
        assert keys.id_in(data / "clinic.db") == again["key"]
    assert reading(data) == []

    elsewhere = tmp_path / "elsewhere"  # another computer, with a keyring that knows nothing
    for name in (key_id, again["key"]):
        SystemKeyring(PATIENCE).drop(f"store:{name}")
    newest = max((data / "backups").glob("*.clinicdesk"))
    needed = again if keys.id_in(newest) == again["key"] else told
    _out, words = program(bus, elsewhere, "restore", str(newest), code=3)
    assert "recovery key" in words
    paper = needed["recovery_key"] + "\n"
    program(bus, elsewhere, "restore", str(newest), "--recovery-key", typed=paper)
    program(bus, elsewhere, "verify")
    assert reading(elsewhere) == []


def test_without_a_keyring_a_new_clinic_is_plain_and_says_so(bus: Session, tmp_path: Path) -> None:
    data, listing = tmp_path / "data", tmp_path / "patients.csv"
    listing.write_text(PATIENTS, "utf-8")
    program(bus, data, "import", str(listing))
    assert keys.is_plain(data / "clinic.db")
    out, _words = program(bus, data, "doctor")
    assert SENTENCES[KeyringState.MISSING] in out
    assert PLAIN_NOTICE in out
    _out, words = program(bus, data, "encrypt", code=3)
    assert SENTENCES[KeyringState.MISSING] in words
    assert keys.is_plain(data / "clinic.db")
