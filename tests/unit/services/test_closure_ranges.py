"""Closures as runs of days."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.templates import Holiday
from clinic_desk.services.closure_ranges import close, grouped, reopen


def holiday(day: int, name: str = "Christmas", site: str | None = None, **more: bool) -> Holiday:
    return Holiday(
        id=f"{day}{name}{site}", day=date(2026, 12, day), name=name, location_id=site, **more
    )


def test_days_in_a_row_are_one_closure() -> None:
    rows = [holiday(26), holiday(24), holiday(25), holiday(28), holiday(25, site="elm")]
    found = [(c.first.day, c.last.day, c.location_id) for c in grouped(rows)]
    assert found == [(24, 26, None), (25, 25, "elm"), (28, 28, None)]


def test_another_name_or_answer_is_another_closure() -> None:
    rows = [holiday(24), holiday(25, "Boxing Day"), holiday(26, closed=False)]
    assert [(c.name, c.closed) for c in grouped(rows)] == [
        ("Christmas", True), ("Boxing Day", True), ("Christmas", False),
    ]  # fmt: skip


def test_a_closure_covers_its_own_site_alone() -> None:
    (one,) = grouped([holiday(24, site="elm")])
    assert one.covers(date(2026, 12, 24), "elm")
    assert not one.covers(date(2026, 12, 24), "main")
    (open_day,) = grouped([holiday(24, closed=False)])
    assert not open_day.covers(date(2026, 12, 24), "main")


def test_a_range_becomes_a_row_a_day_and_one_label() -> None:
    command = close(date(2026, 12, 24), date(2026, 12, 31), "Between the years")
    assert len(command.records) == 8
    assert command.label.endswith("2026: Between the years")
    assert len(reopen(grouped([holiday(24), holiday(25)])).rows) == 2


@pytest.mark.parametrize("last", [date(2026, 12, 23), date(2028, 1, 1)])
def test_what_cannot_be_closed_is_told_at_the_last_day(last: date) -> None:
    with pytest.raises(Refusal) as told:
        close(date(2026, 12, 24), last, "x")
    assert told.value.field == "last"
