"""The window keeps the clinic's policy on old details, step by step."""

from __future__ import annotations

import pytest

from clinic_desk.ui.runtime import retention
from clinic_desk.ui.runtime.freshness import Sending
from tests.fakes.front_desk import FrontDesk
from tests.fakes.ui_ground import front_desk  # noqa: F401


@pytest.fixture
def desk(front_desk: FrontDesk) -> FrontDesk:  # noqa: F811
    return front_desk


def full(desk: FrontDesk) -> int:
    with desk.store._reader.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM audit_entry WHERE action = 'log_in' AND detail <> ''"
        )
        return int(found.scalar() or 0)


def test_old_details_go_until_none_is_left(
    desk: FrontDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "STEP", 3)
    with desk.store.unit_of_work(desk.context.actor) as work:
        for number in range(8):
            work.audit("log_in", "staff", "x", detail={"number": number})
        work.commit()
    assert full(desk) == 8
    desk.clock.advance(days=366 * 11)
    jobs = Sending(desk.context, desk.operations)
    jobs.tidy()
    desk.settle(lambda: full(desk) == 0)
    jobs.stop()
    assert [one for one in desk.store.maintenance.verify() if one.check == "audit"] == []
