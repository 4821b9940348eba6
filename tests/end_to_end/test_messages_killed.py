"""Killed after the provider's yes and before it could be noted: the provider is asked, and the
message is not sent once more."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from clinic_desk.app import paths
from clinic_desk.domain.messages import Channel, MessageStatus
from clinic_desk.integrations.messaging.transports import KeyringTransports
from clinic_desk.services.couriers import Drained
from clinic_desk.services.message_ports import MessageWish
from clinic_desk.store.opening import open_store
from tests.fakes.certificates import authority, trust
from tests.fakes.clock import CountingIds, FixedClock
from tests.fakes.couriers import courier
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.keeper import MemoryKeeper
from tests.fakes.world import World
from tests.soak.clinic import ROOT
from tests.soak.flood import BASE, flood


def settings(server: GatewayServer) -> dict[str, object]:
    return {
        "messages.sms.on": True,
        "messages.sms.kind": "twilio",
        "messages.sms.account": SID,
        "messages.sms.from": "+442079460000",
        "messages.sms.url": server.url,
    }


def test_killed_between_the_yes_and_its_note_the_patient_has_one_message(tmp_path: Path) -> None:
    certificate = tmp_path / "authority.pem"
    authority().cert_pem.write_to_path(str(certificate))
    with gateway_server() as server:
        flooded = flood(tmp_path / "clinic", 1, settings(server))
        server.now = BASE
        server.plan.append("takes_and_hangs")
        worker = subprocess.Popen(
            [
                sys.executable, "-m", "tests.soak.courier_worker", str(flooded.path),
                str(time.time()), "1.0", "7000000000", str(certificate), "60",
            ],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            assert server.taken.wait(120)
        finally:
            worker.kill()
            worker.wait()
        server.release.set()
        assert len(server.sent()) == 1
        clock = FixedClock(BASE + timedelta(minutes=1))
        ids = CountingIds(8_000_000_000)
        store = open_store(flooded.path, paths.migrations(), clock, ids)
        world = World(store, clock, ids)
        keeper = MemoryKeeper()
        keeper.keep("sms", server.secret)
        transports = KeyringTransports(keeper, clock, trust)
        post = courier(world)
        post._outside = type(post._outside)(transports=lambda: transports)
        try:
            assert post.drain("sms") == Drained()  # the dead one's lease still runs
            (card,) = store.queries.messages(MessageWish(channels=(Channel.SMS,)))
            (tried,) = store.queries.message_attempts(card.message.id)
            assert tried.outcome == "unknown"
            assert card.message.body == server.sent()[0][1]  # what went is kept
            clock.advance(minutes=10)
            assert post.drain("sms") == Drained(sent=1)
            (card,) = store.queries.messages(MessageWish(channels=(Channel.SMS,)))
            assert card.message.status is MessageStatus.SENT
            assert card.message.provider_id
            assert len(server.sent()) == 1
        finally:
            store.close()
