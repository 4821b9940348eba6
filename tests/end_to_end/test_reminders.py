""" "clinic-desk reminders": the messages go without a window, and it ends when it is told."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from clinic_desk.domain.messages import MessageStatus, Purpose
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.message_commands import SendNow
from tests.fakes.messages import reachable, stored
from tests.fakes.world import World, make_template, open_world

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return make_template(tmp_path_factory.mktemp("clinic"))


@pytest.fixture
def world(template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[World]:
    """A clinic of this very day; what would be sent is written into a folder."""
    data = tmp_path / "data"
    data.mkdir()
    made = open_world(*template, data)
    made.clock.set(datetime.now(UTC) - timedelta(minutes=10))
    for key, value in (
        ("messages.sms.on", True),
        ("messages.sms.kind", "folder"),
        ("messages.sms.folder", str(tmp_path / "sent")),
        ("messages.quiet", "none"),
    ):
        made.run(SaveSetting(key=key, value=value, scope="clinic"))
    reachable(made)
    yield made
    made.store.close()


def book(world: World) -> str:
    """A visit of next week, whose confirmation is due by now."""
    day = world.clock.now().date() + timedelta(days=7)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return world.book("10:00", day=day)


def command(world: World, *more: str) -> list[str]:
    folder = str(world.store.path.parent)
    return [sys.executable, "-m", "clinic_desk", "reminders", "--data", folder, *more]


def environment() -> dict[str, str]:
    """A keyring that is not there, and nobody at a display."""
    kept = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    return {**kept, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere", "PYTHONPATH": str(ROOT)}


def sent(world: World) -> list[Path]:
    return sorted((world.store.path.parents[1] / "sent").rglob("*.txt"))


def once(world: World) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        command(world, "--once", "--json"),
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, json.loads(done.stdout)


def test_once_sends_what_is_due_and_nothing_twice(world: World) -> None:
    book(world)
    code, found = once(world)
    assert (code, found["sent"]) == (0, 1)
    (text,) = sent(world)
    assert "Dr Li Wu" in text.read_text("utf-8")
    code, found = once(world)
    assert (code, found["sent"]) == (0, 0)
    assert len(sent(world)) == 1
    statuses = {one.purpose: one.status for one in stored(world)}
    assert statuses[Purpose.CONFIRMATION] is MessageStatus.SENT
    assert statuses[Purpose.REMINDER] is MessageStatus.PLANNED
    (log,) = (world.store.path.parent / "logs").glob("*.log")
    text = log.read_text("utf-8")
    assert "Lee" not in text
    (line,) = (one for one in map(json.loads, text.splitlines()) if one["event"] == "attempt")
    keys = ("task_name", "notification_id", "channel", "retry", "outcome")
    (told,) = (one for one in stored(world) if one.status is MessageStatus.SENT)
    assert tuple(line[key] for key in keys) == ("send_message", told.id, told.channel, 0, "sent")
    assert line["appointment_id"] == told.appointment_id


def test_without_its_password_a_way_is_said_to_be_at_fault_and_no_try_counts(world: World) -> None:
    for key, value in (("kind", "twilio"), ("account", "AC" + 32 * "0"), ("from", "+442079460000")):
        world.run(SaveSetting(key=f"messages.sms.{key}", value=value, scope="clinic"))
    book(world)
    for _ in range(2):
        code, found = once(world)
        assert (code, found["sent"], found["failed"]) == (1, 0, 0)
        (said,) = found["at_fault"]
        assert said.startswith("SMS cannot go: The password is not in the keyring")
    assert {one.status for one in stored(world)} == {MessageStatus.PLANNED}
    (log,) = (world.store.path.parent / "logs").glob("*.log")
    assert "sms cannot go: The password is not" in log.read_text("utf-8")


def test_two_at_once_send_each_message_once(world: World) -> None:
    book(world)
    running = [
        subprocess.Popen(command(world, "--once"), env=environment(), cwd=ROOT) for _ in range(3)
    ]
    assert [one.wait(120) for one in running] == [0, 0, 0]
    assert len(sent(world)) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_the_service_sends_until_it_is_told_to_end(world: World, how: signal.Signals) -> None:
    book(world)
    service = subprocess.Popen(
        command(world, "--daemon"),
        env=environment(),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        until(lambda: len(sent(world)) == 1, service)
        world.clock.set(datetime.now(UTC))
        waiting = [one.id for one in stored(world) if one.status is MessageStatus.PLANNED]
        world.run(SendNow(message_ids=(waiting[0],)))
        until(lambda: len(sent(world)) == 2, service)  # it looks again by itself
    finally:
        service.send_signal(how)
        told, complaint = service.communicate(timeout=60)
    assert service.returncode == 0, complaint
    assert told == "Sent 0 messages; 2 written to a folder.\n"
    assert "Traceback" not in complaint


def until(there: object, service: subprocess.Popen[str]) -> None:
    assert callable(there)
    over = time.monotonic() + 120
    while not there():
        assert service.poll() is None, "the service has ended"
        assert time.monotonic() < over, "it does not send"
        time.sleep(0.05)


def test_where_there_is_no_clinic_it_says_so(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "clinic_desk", "reminders", "--data", str(tmp_path / "none")],
        env=environment(),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "There is no clinic" in done.stderr
    assert not (tmp_path / "none").exists()
