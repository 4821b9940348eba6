"""One process that sends what is due, until it is told to end or killed.

Run as ``python -m tests.soak.courier_worker PATH BEGAN FACTOR FIRST_ID CA [LONGEST]``: the clinic's
file, when its clock began and how fast it runs, where its ids begin, the certificate by which the
mail server's is checked, and for how many seconds an answer is waited for.
"""

from __future__ import annotations

import random
import ssl
import sys
import time
from pathlib import Path

from clinic_desk.domain.events import Actor
from clinic_desk.integrations.messaging.deadline import Limits
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.services.couriers import Courier, Outside
from clinic_desk.services.desk import Desk
from tests.fakes.keeper import MemoryKeeper
from tests.soak.flood import opened

LONGEST = 0.8
"""Seconds for an answer, unless said otherwise."""


def main(
    path: Path, began: float, factor: float, first_id: int, authority: Path, longest: float
) -> None:
    store, clock, ids = opened(path, began, first_id, factor)
    keeper = MemoryKeeper()
    for name in ("sms", "whatsapp", "email"):
        keeper.keep(name, "open sesame")
    limits = Limits(connect=longest, answer=longest, whole=1.5 * longest)
    transports = KeyringTransports(
        keeper, clock, lambda: ssl.create_default_context(cafile=str(authority)), limits
    )
    actor = Actor("program", "", f"desk-{first_id}", f"run-{first_id}", kind="program")
    desk = Desk(store, clock, ids, actor)
    outside = Outside(transports=lambda: transports)
    dice = random.Random(first_id)
    courier = Courier(desk, store.queries, clock, dice.random, ids, outside)
    print("ready", flush=True)
    while True:
        if not courier.run_once(64).total:
            time.sleep(0.05)


if __name__ == "__main__":
    path, began, factor, first_id, authority, *more = sys.argv[1:]
    longest = float(more[0]) if more else LONGEST
    main(Path(path), float(began), float(factor), int(first_id), Path(authority), longest)
