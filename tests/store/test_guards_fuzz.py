"""Thousands of random writes, judged by the file and by an obviously correct model."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.domain.appointments import OCCUPYING
from tests.store.clinic import Clinic
from tests.store.raw import insert, open_raw, raw_visit

STEPS = 6000
CAPACITY = {"room-1": 1, "room-2": 2}
Row = dict[str, Any]


def occupies(row: Row) -> bool:
    return (
        row["status"] in {str(s) for s in OCCUPYING}
        and row["slot_state"] == "placed"
        and row["deleted_at"] is None
    )


def clashes(row: Row, others: list[Row]) -> bool:
    """Every pair compared, nothing clever."""
    if not occupies(row):
        return False
    if row["room_id"] and row["room_lane"] >= CAPACITY[row["room_id"]]:
        return True
    return any(
        occupies(o)
        and o["blocked_start"] < row["blocked_end"]
        and row["blocked_start"] < o["blocked_end"]
        and (
            (o["doctor_id"], o["lane"]) == (row["doctor_id"], row["lane"])
            or (
                row["room_id"] is not None
                and (o["room_id"], o["room_lane"]) == (row["room_id"], row["room_lane"])
            )
        )
        for o in others
    )


def random_row(rng: random.Random, row_id: str) -> Row:
    status = rng.choice(["scheduled", "confirmed", "held", "cancelled", "no_show", "completed"])
    row = raw_visit(
        row_id,
        rng.randrange(0, 1200, 5),
        rng.choice([15, 30, 45, 60, 240, 480]),
        before=rng.choice([0, 0, 5, 15]),
        after=rng.choice([0, 0, 5, 10]),
        doctor_id=rng.choice(["wu", "roy"]),
        lane=rng.choice([0, 0, 1]),
        room_id=rng.choice([None, "room-1", "room-2"]),
        room_lane=rng.choice([0, 0, 1, 2]),
        status=status,
        cancel_reason="Ill",
        slot_state=rng.choice(["placed"] * 5 + ["contested"]),
    )
    row["hold_until"] = 9 if status == "held" else None
    return row


@pytest.mark.parametrize("seed", [1, 2])
def test_the_file_and_the_model_agree(clinic: Clinic, seed: int) -> None:
    rng = random.Random(seed)
    raw = open_raw(clinic.path)
    raw.execute("PRAGMA synchronous = OFF")
    model: dict[str, Row] = {}
    verdicts = {True: 0, False: 0}
    for step in range(STEPS):
        choice = rng.random()
        if choice < 0.45 or not model:
            row = random_row(rng, f"v{step}")
            refused = clashes(row, list(model.values()))
            verb = rng.choice(["INSERT", "INSERT OR IGNORE", "INSERT OR REPLACE"])
            done = attempt(lambda r=row, v=verb: insert(raw, r, v))
        elif choice < 0.6:
            row = dict(rng.choice(list(model.values())))
            row["deleted_at"] = None if row["deleted_at"] else 1
            refused = clashes(row, [r for r in model.values() if r["id"] != row["id"]])
            done = attempt(lambda r=row: update(raw, r, ["deleted_at"]))
        else:
            old = rng.choice(list(model.values()))
            new = random_row(rng, old["id"])
            names = rng.sample(["place", "doctor_id", "lane", "room", "slot_state"], 2)
            columns = [c for name in names for c in GROUPS.get(name, [name])]
            row = {**old, **{c: new[c] for c in columns}}
            refused = clashes(row, [r for r in model.values() if r["id"] != row["id"]])
            # A stored row above a room's capacity does not exist here, so the rule is the same.
            done = attempt(lambda r=row, c=columns: update(raw, r, c))
        assert done is not refused, (step, row)
        verdicts[refused] += 1
        if done:
            model[row["id"]] = row
        if len(model) > 160:
            gone = rng.choice(list(model))
            raw.execute("UPDATE appointment SET slot_state='contested' WHERE id = ?", (gone,))
            raw.execute("UPDATE appointment SET deleted_at = 1 WHERE id = ?", (gone,))
            del model[gone]
    raw.close()
    assert min(verdicts.values()) > STEPS // 10


GROUPS = {
    "place": ["start_at", "end_at", "blocked_start", "blocked_end"],
    "room": ["room_id", "room_lane"],
}


def update(raw: Any, row: Row, columns: list[str]) -> None:
    sets = ", ".join(f"{name} = ?" for name in columns)
    values = (*(row[name] for name in columns), row["id"])
    raw.execute(f"UPDATE OR REPLACE appointment SET {sets} WHERE id = ?", values)


def attempt(action: Any) -> bool:
    try:
        action()
    except dbapi2.IntegrityError as error:
        if "clinic_desk:" not in str(error):
            raise
        return False
    return True
