"""Retention empties old details by the clinic's policy, and the chain stays whole."""

from __future__ import annotations

import json

import pytest

from clinic_desk.services.audit import KEEP_YEARS_KEY
from clinic_desk.services.audit_commands import EmptyOldDetails
from clinic_desk.services.commands import SaveSetting
from clinic_desk.services.desk import Desk
from tests.store.clinic import MARIA, Clinic, visit
from tests.store.test_audit_chain import audited, forge

YEAR = 366 * 24


@pytest.fixture
def desk(clinic: Clinic) -> Desk:
    return Desk(clinic.store, clinic.clock, clinic.ids, MARIA)


def note(clinic: Clinic, count: int, action: str = "log_in") -> None:
    for number in range(count):
        clinic.clock.advance(minutes=1)
        with clinic.store.unit_of_work(clinic.maria) as work:
            work.audit(action, "staff", "maria", detail={"number": number})
            work.commit()


def details(clinic: Clinic) -> list[str]:
    return [
        row[0]
        for row in clinic.sql(
            "SELECT detail FROM audit_entry WHERE action IN ('log_in', 'export') ORDER BY seq"
        )
    ]


def test_old_details_go_in_steps_and_the_trail_stays_whole(clinic: Clinic, desk: Desk) -> None:
    note(clinic, 7)
    note(clinic, 2, "export")
    clinic.clock.advance(hours=11 * YEAR)
    note(clinic, 3)
    counts = [desk.execute(EmptyOldDetails(most=4)).value for _ in range(3)]
    assert counts == [4, 3, 0]
    assert [bool(one) for one in details(clinic)] == [False] * 7 + [True] * 5
    assert audited(clinic) == []
    told = clinic.sql(
        "SELECT actor_kind, detail FROM audit_entry WHERE action = 'audit_retention' ORDER BY seq"
    )
    assert [row[0] for row in told] == ["program", "program"]
    assert [json.loads(row[1])["count"] for row in told] == [4, 3]
    clinic.add(visit("after"))
    assert audited(clinic) == []


def test_the_clinic_says_how_long_and_nought_is_for_ever(clinic: Clinic, desk: Desk) -> None:
    note(clinic, 2)
    clinic.clock.advance(hours=3 * YEAR)
    assert desk.execute(EmptyOldDetails()).value == 0
    desk.execute(SaveSetting(key=KEEP_YEARS_KEY, value=0, scope="clinic"))
    clinic.clock.advance(hours=40 * YEAR)
    assert desk.execute(EmptyOldDetails()).value == 0
    desk.execute(SaveSetting(key=KEEP_YEARS_KEY, value=2, scope="clinic"))
    assert desk.execute(EmptyOldDetails()).value == 2
    assert audited(clinic) == []


def test_what_somebody_else_empties_is_named_though_a_policy_ran(
    clinic: Clinic, desk: Desk
) -> None:
    note(clinic, 3)
    clinic.clock.advance(hours=11 * YEAR)
    desk.execute(EmptyOldDetails())
    note(clinic, 1)
    newest = clinic.sql("SELECT max(seq) FROM audit_entry")[0][0]
    found = forge(clinic, f"UPDATE audit_entry SET detail = '' WHERE seq = {newest}")
    assert [one.subject for one in found] == [f"entry {newest}"]


def test_what_changed_is_never_emptied(clinic: Clinic, desk: Desk) -> None:
    desk.execute(SaveSetting(key="flow.amber", value=3, scope="desk"))
    note(clinic, 1, "export")
    clinic.clock.advance(hours=90 * YEAR)
    assert desk.execute(EmptyOldDetails()).value == 0
