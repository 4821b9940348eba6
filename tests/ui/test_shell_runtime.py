"""Settings, freshness, wording of dates, operations: what the window stands on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import phonenumbers
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal
from clinic_desk.services.commands import Command, SaveSetting
from clinic_desk.services.outcome import Changes, Outcome
from clinic_desk.ui.runtime import formatting as f
from clinic_desk.ui.runtime.freshness import Freshness
from clinic_desk.ui.runtime.fuzzy import score
from clinic_desk.ui.runtime.operations import POST, Operations
from clinic_desk.ui.runtime.settings import Settings, read_settings
from tests.fakes.calendar_data import FakeQueries
from tests.fakes.clock import FixedClock

NOW = datetime(2026, 11, 24, 10, 42, tzinfo=UTC)


class Gate:
    """Keeps what it is given; refuses on demand."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.error: Exception | None = None
        self.may_go = threading.Event()
        self.may_go.set()

    def execute(self, command: Command) -> Outcome:
        self.may_go.wait(60)
        if self.error is not None:
            raise self.error
        self.commands.append(command)
        return Outcome("c", changes=Changes(kinds=frozenset({"setting"})))


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def queries() -> FakeQueries:
    return FakeQueries()


@pytest.fixture
def operations(qtbot: QtBot, gate: Gate, queries: FakeQueries) -> Iterator[Operations]:
    made = Operations(gate, queries)  # type: ignore[arg-type]
    yield made
    gate.may_go.set()
    made.shutdown()


class TestOperations:
    def test_busy_counts_up_and_down(
        self, operations: Operations, gate: Gate, qtbot: QtBot
    ) -> None:
        heard: list[int] = []
        operations.busy_changed.connect(heard.append)
        gate.may_go.clear()
        operations.run(SaveSetting(key="a.b", value=1))
        operations.run(SaveSetting(key="a.c", value=1))
        assert heard == [1, 2]
        gate.may_go.set()
        qtbot.waitUntil(lambda: heard == [1, 2, 1, 0])

    def test_a_newer_question_drops_the_older_answer(
        self, operations: Operations, qtbot: QtBot
    ) -> None:
        go = threading.Event()
        heard: list[str] = []

        def slow(_queries: Any) -> str:
            go.wait(60)
            return "old"

        operations.ask(slow, done=heard.append, key="k")
        operations.ask(lambda _queries: "new", done=heard.append, key="k")
        qtbot.waitUntil(lambda: heard == ["new"])
        go.set()
        operations._readers.shutdown(wait=True)
        QApplication.processEvents()
        assert heard == ["new"]

    def test_a_bug_is_spoken_plainly_and_logged_without_its_text(
        self, operations: Operations, gate: Gate, qtbot: QtBot, caplog: pytest.LogCaptureFixture
    ) -> None:
        gate.error = RuntimeError("Ana Lee, penicillin")
        refused: list[ClinicDeskError] = []
        with caplog.at_level(logging.ERROR):
            operations.run(SaveSetting(key="a.b", value=1), refused=refused.append)
            qtbot.waitUntil(lambda: bool(refused))
        (error,) = refused
        assert isinstance(error, Fault)
        assert error.code == "bug"
        assert "RuntimeError" in caplog.text
        assert "execute" in caplog.text
        assert "Ana" not in caplog.text


class TestSettings:
    def test_values_of_another_kind_fall_back(self, queries: FakeQueries) -> None:
        queries.settings[("calendar.zoom", "desk")] = "large"
        queries.settings[("look.scale", "desk")] = True
        queries.settings[("calendar.view", "desk")] = "week"
        values = read_settings(queries)  # type: ignore[arg-type]
        assert values == {"calendar.view": "week"}

    def test_a_change_is_in_force_at_once_and_saved_once(
        self, operations: Operations, gate: Gate, qtbot: QtBot
    ) -> None:
        settings = Settings(operations, {"calendar.view": "week"})
        heard: list[str] = []
        settings.changed.connect(heard.append)
        assert settings.get("calendar.view") == "week"
        assert settings.get("calendar.zoom") == 15
        settings.put("calendar.view", "month")
        settings.put("calendar.view", "month")
        assert settings.get("calendar.view") == "month"
        assert heard == ["calendar.view"]
        qtbot.waitUntil(lambda: len(gate.commands) == 1)
        command = gate.commands[0]
        assert isinstance(command, SaveSetting)
        assert (command.key, command.value, command.scope) == ("calendar.view", "month", "desk")

    def test_only_declared_keys_and_kinds(self, operations: Operations) -> None:
        settings = Settings(operations)
        with pytest.raises(KeyError):
            settings.get("calendar.moon")
        with pytest.raises(TypeError):
            settings.put("calendar.zoom", "15")

    def test_a_refused_save_is_told_and_taken_back(
        self, operations: Operations, gate: Gate, qtbot: QtBot
    ) -> None:
        gate.error = Refusal("not_allowed", "This desk may not change the clinic's settings.")
        settings = Settings(operations)
        with qtbot.waitSignals([settings.followed, settings.failed]):
            settings.put("calendar.week_numbers", "off", "Week numbers: None")
        assert settings.get("calendar.week_numbers") == "auto"

    def test_what_cannot_be_saved_stays_in_force(
        self, operations: Operations, gate: Gate, qtbot: QtBot
    ) -> None:
        gate.error = Fault("disk_full", "The disk is full.")
        settings = Settings(operations)
        with qtbot.waitSignal(settings.failed):
            settings.put("calendar.zoom", 30)
        assert settings.get("calendar.zoom") == 30

    def test_a_value_out_of_range_is_no_value(
        self, operations: Operations, queries: FakeQueries
    ) -> None:
        queries.settings[("look.scale", "desk")] = 1000
        queries.settings[("window.size", "desk")] = ["wide", None]
        queries.settings[("backup.warn_days", "clinic")] = -3
        queries.settings[("desk.role", "desk")] = "emperor"
        assert read_settings(queries) == {}  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=r"look\.theme"):
            Settings(operations).put("look.theme", "pink")


def look(fresh: Freshness, qtbot: QtBot) -> None:
    fresh.look()
    qtbot.waitUntil(lambda: not fresh._asking)


class TestFreshness:
    @pytest.fixture
    def heard(self, operations: Operations) -> list[Changes]:
        heard: list[Changes] = []
        operations.changed.connect(heard.append)
        return heard

    @pytest.fixture
    def fresh(self, operations: Operations, heard: list[Changes], qtbot: QtBot) -> Freshness:
        """Has looked once, and has nothing to tell."""
        fresh = Freshness(operations, FixedClock(NOW))
        look(fresh, qtbot)
        assert heard == []
        return fresh

    def test_another_desks_commit_is_announced_once(
        self, fresh: Freshness, heard: list[Changes], queries: FakeQueries, qtbot: QtBot
    ) -> None:
        queries.version += 1
        look(fresh, qtbot)
        assert len(heard) == 1
        assert heard[0].kinds == {"external"}
        look(fresh, qtbot)
        assert len(heard) == 1

    def test_messages_on_their_way_are_told_as_no_more_than_that(
        self, fresh: Freshness, heard: list[Changes], queries: FakeQueries, qtbot: QtBot
    ) -> None:
        queries.post += 1
        look(fresh, qtbot)
        assert [one.kinds for one in heard] == [POST]
        queries.post += 1
        queries.version += 1
        look(fresh, qtbot)
        assert [one.kinds for one in heard] == [POST, {"external"}]

    def test_trouble_and_recovery_are_told_once_each(
        self,
        operations: Operations,
        queries: FakeQueries,
        qtbot: QtBot,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        fresh = Freshness(operations, FixedClock(NOW))
        told: list[str] = []
        fresh.store_failed.connect(lambda error: told.append(error.sentence))
        fresh.store_back.connect(lambda: told.append("back"))

        def broken() -> int:
            raise Fault("unreadable", "The clinic's file cannot be read.")

        monkeypatch.setattr(queries, "data_version", broken)
        look(fresh, qtbot)
        assert len(told) == 1
        look(fresh, qtbot)
        monkeypatch.undo()
        look(fresh, qtbot)
        assert told == ["The clinic's file cannot be read.", "back"]

    def test_the_minute_comes_at_its_boundary(self, operations: Operations, qtbot: QtBot) -> None:
        clock = FixedClock(NOW + timedelta(seconds=59, milliseconds=900))
        fresh = Freshness(operations, clock)
        with qtbot.waitSignal(fresh.minute):
            fresh.start()
        fresh.stop()

    def test_a_jump_of_the_clock_counts_as_a_minute(
        self, operations: Operations, qtbot: QtBot
    ) -> None:
        clock = FixedClock(NOW)
        fresh = Freshness(operations, clock)
        fresh.start()
        heard: list[datetime] = []
        fresh.minute.connect(heard.append)
        fresh.look()
        assert heard == []
        clock.advance(hours=9)
        fresh.look()
        assert heard == [NOW + timedelta(hours=9)]
        fresh.stop()


class TestFormatting:
    def test_times_are_told_in_the_place_s_zone(self) -> None:
        assert f.clock_text(NOW, "Europe/London") == "10:42"
        assert f.clock_text(NOW, "Europe/Berlin") == "11:42"
        assert f.span_text(NOW, NOW + timedelta(minutes=30), "Europe/London") == "10:42–11:12"
        late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
        assert f.local_day(late, "Europe/Istanbul") == date(2026, 11, 25)

    @pytest.mark.parametrize(
        ("first", "last", "text"),
        [
            (date(2026, 11, 23), date(2026, 11, 29), "23–29 Nov 2026"),
            (date(2026, 11, 30), date(2026, 12, 6), "30 Nov – 6 Dec 2026"),
            (date(2026, 12, 28), date(2027, 1, 3), "28 Dec 2026 – 3 Jan 2027"),
        ],
    )
    def test_ranges(self, first: date, last: date, text: str) -> None:
        assert f.range_text(first, last) == text

    def test_dates(self) -> None:
        day = date(2026, 11, 24)
        assert f.long_day(day) == "Tuesday 24 November 2026"
        assert f.short_day(day) == "Tue 24 Nov 2026"
        assert f.day_text(day, day) == "Tue 24 Nov"
        assert f.week_text(date(2027, 1, 1)) == "W53"

    @pytest.mark.parametrize(
        ("born", "text"),
        [
            (date(1988, 3, 8), "38 y"),
            (date(1988, 11, 25), "37 y"),
            (date(2026, 4, 24), "7 mo"),
            (date(2026, 4, 25), "6 mo"),
            (date(2026, 11, 24), "0 mo"),
            (None, ""),
        ],
    )
    def test_ages(self, born: date | None, text: str) -> None:
        assert f.age_text(born, date(2026, 11, 24)) == text

    @pytest.mark.parametrize(
        ("seconds", "text"),
        [
            (5, "just now"),
            (240, "4 min"),
            (7200, "2 h"),
            (90000, "1 day"),
            (300000, "3 days"),
            (-50, "just now"),
        ],
    )
    def test_since(self, seconds: int, text: str) -> None:
        assert f.since_text(NOW - timedelta(seconds=seconds), NOW) == text

    def test_lengths_and_phones(self) -> None:
        assert f.length_text(timedelta(minutes=45)) == "45 min"
        assert f.length_text(timedelta(minutes=60)) == "1 h"
        assert f.length_text(timedelta(minutes=75)) == "1 h 15 min"
        assert f.phone_text("+442079460182") == "+44 20 7946 0182"
        assert f.phone_text("0207 946") == "0207 946"
        assert f.phone_text("+1") == "+1"

    def test_a_number_is_grouped_once_and_drawn_often(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[int] = []
        group = phonenumbers.format_number

        def counted(number: phonenumbers.PhoneNumber, how: int) -> str:
            asked.append(how)
            return group(number, how)

        monkeypatch.setattr(phonenumbers, "format_number", counted)
        assert {f.phone_text("+902125550147") for _picture in range(5)} == {"+90 212 555 01 47"}
        assert len(asked) == 1


class TestFuzzy:
    def test_word_starts_come_before_middles(self) -> None:
        start, middle = score("find", "Find a patient"), score("tien", "Find a patient")
        assert start is not None
        assert middle is not None
        assert start > middle

    def test_every_word_must_fit(self) -> None:
        assert score("find xyz", "Find a patient") is None
        assert score("pat fi", "Find a patient") is not None

    def test_accents_and_the_turkish_i_do_not_matter(self) -> None:
        assert score("yilmaz", "Dr Yılmaz") is not None
        assert score("ISTANBUL", "İstanbul") is not None
        assert score("bjorn", "Björn") is not None


def test_a_typed_apostrophe_finds_a_printed_one() -> None:
    assert score("doctor's view", "Doctor’s view") is not None
    assert score("doctor’s", "Doctor's view") is not None
