"""The engine and the minute-by-minute reference agree on random clinics.

``CLINIC_DESK_SOAK=1`` runs thousands of them.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from clinic_desk.domain import availability
from clinic_desk.domain.availability.model import Preferences, Slot, Verdict
from clinic_desk.domain.catalogue import effective_type
from clinic_desk.domain.spans import epoch, from_epoch, local_date
from tests.unit.availability.clinics import CHANGES, Drawn, draw
from tests.unit.availability.reference import Offer, Reference

CLINICS = st.integers(0, 2**48)
MANY = settings(max_examples=max(300, settings.default.max_examples))
"""The comparison itself deserves more clinics than a usual property, in short runs too."""


def as_offers(slots: list[Slot]) -> list[Offer]:
    return [
        Offer(
            epoch(s.start) // 60,
            epoch(s.end) // 60,
            s.doctor_id,
            s.location_id,
            s.room_id,
            s.capacity_left,
        )
        for s in slots
    ]


def agree(drawn: Drawn) -> int:
    expected = Reference(drawn.snapshot, drawn.request).find()
    found = availability.find(drawn.snapshot, drawn.request)
    assert as_offers(found) == expected
    return len(expected)


@MANY
@given(seed=CLINICS)
def test_find_offers_what_the_reference_offers(seed: int) -> None:
    agree(draw(Random(seed)))


@pytest.mark.parametrize(("zone", "change"), CHANGES)
def test_find_agrees_over_every_clock_change(zone: str, change: object) -> None:
    offered = 0
    for seed in range(12):
        drawn = draw(Random(f"{zone} {change} {seed}"), zone, change)  # type: ignore[arg-type]
        offered += agree(drawn)
    assert offered > 50


@given(seed=CLINICS, count=st.integers(1, 12))
def test_the_other_doors_to_find_agree_with_it(seed: int, count: int) -> None:
    drawn = draw(Random(seed))
    slots = availability.find(drawn.snapshot, drawn.request)
    assert slots == sorted(set(slots), key=lambda s: (s.start, s.doctor_id, s.location_id))
    assert availability.find_first(drawn.snapshot, drawn.request, count) == slots[:count]
    alone = replace(drawn.request, together=False)
    starts = availability.find_starts(drawn.snapshot, alone)
    by_day: dict[tuple[str, object], set[int]] = {}
    zones = {key: row.zone for key, row in drawn.snapshot.roster.locations.items()}
    for slot in availability.find(drawn.snapshot, alone):
        day = local_date(slot.start, zones[slot.location_id])
        by_day.setdefault((slot.doctor_id, day), set()).add(epoch(slot.start))
    assert starts == {key: sorted(found) for key, found in by_day.items()}


@MANY
@given(seed=CLINICS)
def test_explain_says_ok_to_exactly_what_find_offers(seed: int) -> None:
    """On the step grid, wishes left aside; every location judged by itself."""
    rnd = Random(seed)
    drawn = draw(rnd)
    first = drawn.snapshot.first
    request = replace(
        drawn.request,
        first=first,
        last=drawn.snapshot.last,
        weekdays=frozenset(),
        earliest=None,
        latest=None,
        together=False,
        doctor_ids=(),
        policy=True,
    )
    reference = Reference(drawn.snapshot, request)
    offered = {(o.start, o.doctor_id, o.location_id): o for o in reference.find()}
    for doctor_id in drawn.snapshot.roster.doctors:
        grid = reference.grid(doctor_id)
        for opening, start in rnd.sample(grid, min(6, len(grid))):
            zone = drawn.snapshot.roster.locations[opening.location_id].zone
            if not reference.wished(start, zone):
                continue
            asked = replace(request, location_id=opening.location_id)
            if request.location_id not in (None, opening.location_id):
                continue
            told = availability.explain(
                drawn.snapshot, asked, doctor_id, from_epoch(start * 60), room_id=request.room_id
            )
            offer = offered.get((start, doctor_id, opening.location_id))
            # a patient may be in two places at once where the clinic says so: a warning
            codes = {r.code for r in told.reasons if not r.passed}
            warned = told.verdict is Verdict.WARN and codes == {"patient_busy"}
            assert (told.verdict is Verdict.OK or warned) == (offer is not None), told
            if offer is not None:
                assert told.room_id == offer.room_id
                assert told.next_free is None or warned
                assert epoch(told.end) == offer.end * 60
            else:
                assert told.worst is not None
                assert told.worst.sentence.endswith(".")
            if told.next_free is not None:
                assert told.next_free.start > told.start
                assert told.next_free.doctor_id == doctor_id


@example(seed=1807)  # its type has no room at the wanted site
@given(seed=CLINICS)
def test_next_free_is_the_nearest_later_start(seed: int) -> None:
    rnd = Random(seed)
    drawn = draw(rnd)
    request = replace(
        drawn.request,
        first=drawn.snapshot.first,
        last=drawn.snapshot.last,
        weekdays=frozenset(),
        earliest=None,
        latest=None,
        together=False,
        room_id=None,
    )
    doctor_id = rnd.choice(list(drawn.snapshot.roster.doctors))
    alone = replace(request, doctor_ids=(doctor_id,))
    start = from_epoch(epoch(request.now) // 60 * 60) + timedelta(minutes=rnd.randrange(4 * 1440))
    told = availability.explain(drawn.snapshot, request, doctor_id, start)
    if told.verdict is Verdict.OK:
        return
    zones = {key: row.zone for key, row in drawn.snapshot.roster.locations.items()}
    day = local_date(start, zones[sorted(zones)[0]])
    offered = availability.find(drawn.snapshot, alone)
    if told.next_free is not None and request.location_id not in (None, told.next_free.location_id):
        # what never takes place at the wanted site is told of another one
        assert not offered
        offered = availability.find(drawn.snapshot, replace(alone, location_id=None))
    later = [s for s in offered if s.start > start]
    if told.next_free is not None:
        assert told.next_free in later
        if len(zones) == 1:
            assert told.next_free == later[0]
    elif len(zones) == 1:
        assert not [s for s in later if local_date(s.start, zones["A"]) >= day]


@given(seed=CLINICS)
def test_what_is_stored_agrees_with_what_is_offered(seed: int) -> None:
    """The functions the booking service stores by: buffers, capacity, room, lane."""
    drawn = draw(Random(seed))
    request = replace(drawn.request, own_desk="", together=False, room_id=None)
    busy = [b for b in drawn.snapshot.busy if b.hold_until is None]
    snapshot = replace(drawn.snapshot, busy=tuple(busy))
    roster = snapshot.roster
    for slot in availability.find(snapshot, request)[::5]:
        before, after = availability.buffers(
            roster, request.type_id, slot.doctor_id, slot.location_id, slot.start
        )
        kind = effective_type(roster.types, request.type_id, slot.doctor_id)
        if kind is not None and request.type_id in ("t", "u"):
            assert before >= kind.buffer_before
            assert after >= kind.buffer_after
        lanes = availability.capacity(roster, slot.doctor_id, slot.start, slot.end)
        assert 1 <= slot.capacity_left <= lanes
        low, high = epoch(slot.start) - before * 60, epoch(slot.end) + after * 60
        meeting = [
            b
            for b in busy
            if b.doctor_id == slot.doctor_id
            and b.kind != "external"
            and b.id not in request.ignore_ids
            and b.blocked_start < high
            and low < b.blocked_end
        ]
        if lanes == 1:
            assert not meeting
            assert (
                availability.free_lane(busy, slot.doctor_id, low, high, 1, request.ignore_ids) == 0
            )
        room = availability.choose_room(
            snapshot,
            slot.doctor_id,
            request.type_id,
            slot.location_id,
            slot.start,
            slot.end,
            request.ignore_ids,
        )
        assert room == slot.room_id


@given(seed=CLINICS)
def test_rank_changes_nothing_but_the_order(seed: int) -> None:
    rnd = Random(seed)
    drawn = draw(rnd)
    slots = availability.find(drawn.snapshot, drawn.request)[:200]
    preferences = Preferences(
        rnd.choice((None, "d0", "d1")), rnd.choice((None, 2)), rnd.choice((None, 615))
    )
    ranked = availability.rank(slots, drawn.snapshot, preferences, drawn.request.type_id)
    assert sorted((r.slot for r in ranked), key=slots.index) == slots
    assert [r.score for r in ranked] == sorted((r.score for r in ranked), reverse=True)
