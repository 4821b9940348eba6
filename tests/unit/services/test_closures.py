"""Public holidays become closures one by one."""

from __future__ import annotations

from datetime import date

import pytest

from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.templates import ScheduleTemplate
from clinic_desk.integrations.public_holidays import LibraryHolidays
from clinic_desk.services.closures import Decision, HolidayProposal, decide, proposals
from clinic_desk.services.commands import SaveRecords
from tests.fakes.world import World

CHRISTMAS = date(2026, 12, 25)
BOXING = date(2026, 12, 28)  # a Monday in lieu of the Saturday
PORT = LibraryHolidays()


def of(world: World, day: date, **more: str) -> HolidayProposal:
    found = proposals(world.store.queries, PORT, "GB", "ENG", 2026, **more)
    return next(one for one in found if one.day == day)


def test_accepted_declined_and_undone(world: World) -> None:
    visit = world.book("10:00", day=CHRISTMAS)
    assert of(world, CHRISTMAS).decision is Decision.UNDECIDED
    assert [cell.id for cell in of(world, CHRISTMAS).visits] == [visit]
    closed = world.run(decide(of(world, CHRISTMAS), closed=True))
    assert closed.undo_label == "Close on Christmas Day, Fri 25 Dec 2026"
    assert closed.warnings == (
        "The visit of Dr Wu on Fri 25 Dec 10:00 is outside the hours now; it stays as booked.",
    )
    proposal = of(world, CHRISTMAS)
    assert proposal.decision is Decision.CLOSED
    assert proposal.row is not None
    assert proposal.row.source == "GB-ENG:2026-12-25"
    with pytest.raises(Refusal, match="closed on Fri 25 Dec"):
        world.book("11:00", day=CHRISTMAS)
    world.run(decide(of(world, CHRISTMAS), closed=False))
    assert of(world, CHRISTMAS).decision is Decision.OPEN
    assert world.book("11:00", day=CHRISTMAS, patient="jon")
    with pytest.raises(Stale):  # as seen before the change of mind
        world.other_desk().execute(decide(proposal, closed=True))
    world.undo()
    world.undo()
    assert of(world, CHRISTMAS).decision is Decision.CLOSED
    assert world.proven()


def test_a_site_may_work_when_the_clinic_is_closed(world: World) -> None:
    branch = world.names["branch"]
    world.run(decide(of(world, BOXING), closed=True))
    assert of(world, BOXING, location_id=branch).decision is Decision.CLOSED
    world.run(decide(of(world, BOXING, location_id=branch), closed=False, location_id=branch))
    assert of(world, BOXING, location_id=branch).decision is Decision.OPEN
    assert of(world, BOXING).decision is Decision.CLOSED
    week = ScheduleTemplate(
        id="", doctor_id=world.names["wu"], location_id=branch, weekday=0,
        work_start=1260, work_end=1380,
    )  # fmt: skip
    world.run(SaveRecords(records=(week,)))
    evening = world.book("18:30", day=BOXING)  # 21:30 in Istanbul
    assert world.row(evening).location_id == branch
    with pytest.raises(Refusal, match="Main Street is closed"):
        world.book("10:00", day=BOXING, patient="jon")


def test_one_day_is_in_the_list_once(world: World) -> None:
    seen = of(world, CHRISTMAS)
    world.run(decide(seen, closed=True))
    with pytest.raises(Refusal) as caught:
        world.run(decide(seen, closed=True))
    assert (caught.value.code, caught.value.field) == ("same_day", "day")


def test_what_the_library_knows() -> None:
    codes = PORT.countries()
    assert {"GB", "TR", "DE", "US"} <= set(codes)
    assert dict(PORT.subdivisions("DE"))["BY"] == "Bayern"
    assert all(code == code.upper() and len(code) == 2 for code in codes)
    assert PORT.of("GB", "SCT", 2026) != PORT.of("GB", "ENG", 2026)
    names = {name for _, name, _ in PORT.of("TR", "", 2026, "tr_TR")}
    assert any("Bayram" in name for name in names)
    english = {name for _, name, _ in PORT.of("TR", "", 2026, "en_GB")}
    assert any("Republic Day" in name for name in english)


@pytest.mark.parametrize(
    ("country", "part", "year", "field"),
    [("XX", "", 2026, "country"), ("GB", "BY", 2026, "subdivision"), ("GB", "", 1066, "year")],
)
def test_what_the_library_does_not_know(country: str, part: str, year: int, field: str) -> None:
    with pytest.raises(Refusal) as caught:
        PORT.of(country, part, year)
    assert caught.value.field == field
