"""Every message is sent once or has visibly failed: two processes, random kills, and providers
that are down half the time. What arrives twice is counted, and is told as such in the log.

`make test` runs a short form; `make soak` runs 10,000 messages.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes.certificates import authority
from tests.fakes.gateway_server import SID, GatewayServer, gateway_server
from tests.fakes.smtp_server import SmtpServer, smtp_server
from tests.soak.clinic import ROOT
from tests.soak.flood import BASE, FACTOR, Mood, flood, opened, standing, waiting

SOAK = bool(os.environ.get("CLINIC_DESK_SOAK"))
GATEWAY_BADLY = ("dies", "dies", "500", "429", "takes_and_dies")
GATEWAY_WELL = ("ok",) * 30 + ("takes_and_dies", "500")
MAIL_BADLY = ("dies", "later", "closing", "takes_and_dies")
MAIL_WELL = ("ok",) * 30 + ("takes_and_dies", "later")


class Crew:
    """Processes that send, of which any may be killed at any moment."""

    def __init__(self, path: Path, began: float, factor: float, certificate: Path) -> None:
        self._arguments = [str(path), str(began), str(factor)]
        self._certificate = certificate
        self._number = 1
        self._errors = (path.parent / "workers.err").open("ab")
        self.kills = 0
        self.workers = [self._one() for _ in range(2)]

    def _one(self) -> subprocess.Popen[bytes]:
        self._number += 1
        return subprocess.Popen(
            [
                sys.executable, "-m", "tests.soak.courier_worker", *self._arguments,
                str(self._number * 1_000_000_000), str(self._certificate),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )  # fmt: skip

    def await_ready(self) -> None:
        for worker in self.workers:
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"ready\n"

    def kill(self, which: int) -> None:
        """And start another in its place, which is at work when this returns."""
        self._end(self.workers[which])
        self.kills += 1
        self.workers[which] = worker = self._one()
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"ready\n"

    @staticmethod
    def _end(worker: subprocess.Popen[bytes]) -> None:
        worker.kill()
        worker.wait()
        assert worker.stdout is not None
        worker.stdout.close()

    def end(self) -> None:
        for worker in self.workers:
            self._end(worker)
        self._errors.close()


def settings(texts: GatewayServer, chats: GatewayServer, mails: SmtpServer) -> dict[str, object]:
    return {
        "messages.sms.on": True,
        "messages.sms.kind": "twilio",
        "messages.sms.account": SID,
        "messages.sms.from": "+442079460000",
        "messages.sms.url": texts.url,
        "messages.whatsapp.on": True,
        "messages.whatsapp.kind": "generic",
        "messages.whatsapp.url": f"{chats.url}/send",
        "messages.whatsapp.from": "+442079460000",
        "messages.whatsapp.headers": "Authorization: Bearer {{secret}}\n"
        "Content-Type: application/json",
        "messages.email.on": True,
        "messages.email.host": "localhost",
        "messages.email.port": mails.port,
        "messages.email.security": "starttls",
        "messages.email.from": "desk@clinic.example",
    }


@pytest.mark.timeout(3600 if SOAK else 600)
@pytest.mark.parametrize("visits", [pytest.param(3334, marks=pytest.mark.soak), 16])
def test_each_is_sent_once_or_has_visibly_failed(visits: int, tmp_path: Path) -> None:
    full = visits > 1000
    certificate = tmp_path / "authority.pem"
    authority().cert_pem.write_to_path(str(certificate))
    every, factor = (20.0, FACTOR) if full else (1.0, 60.0)
    with gateway_server() as texts, gateway_server() as chats, smtp_server() as mails:
        texts.plan = Mood(GATEWAY_WELL, GATEWAY_BADLY, 1, every)
        chats.plan = Mood(GATEWAY_WELL, GATEWAY_BADLY, 2, every * 0.7)
        mails.plan = Mood(MAIL_WELL, MAIL_BADLY, 3, every * 1.3)
        flooded = flood(tmp_path / "clinic", visits, settings(texts, chats, mails))
        began = time.time()
        crew = Crew(flooded.path, began, factor, certificate)
        dice = random.Random(visits)
        try:
            crew.await_ready()
            most = 100 if full else 2
            while waiting(flooded.path):
                time.sleep(dice.uniform(0.2, 3.0 if full else 1.0))
                if crew.kills < most:
                    crew.kill(dice.randrange(2))
                elif not full:
                    # enough was tried; the breakers' pauses are all that is left to wait for
                    texts.plan.calm = chats.plan.calm = mails.plan.calm = True  # type: ignore[attr-defined]
        finally:
            crew.end()
        arrived = Counter({("sms", to): 0 for to, _ in texts.sent()})
        arrived.update(("sms", to) for to, _ in texts.sent())
        arrived.update(("whatsapp", to) for to, _ in chats.sent())
        arrived.update(("email", to) for taken in mails.takers for to in taken)
        ids = Counter(mails.ids())
    rows = standing(flooded.path)
    told: Counter[str] = Counter()
    for row_id, status, reason, unknown, went, tries in rows:
        channel, address = flooded.addresses[row_id]
        copies = arrived[str(channel), address]
        told[status] += 1
        told["twice"] += copies > 1
        told["unknown"] += unknown
        assert status in ("sent", "failed"), (row_id, status, reason)
        assert tries <= 4
        if status == "sent":
            assert copies >= 1, f"{row_id} is called sent and never arrived"
        else:
            assert reason
        # whatever arrived more than once, the log says so, or that nobody knew
        assert copies <= max(1, unknown + went), (row_id, copies, unknown, went)
        if status == "failed" and copies:
            assert unknown
    assert len(rows) == 3 * visits
    assert told["sent"] > (len(rows) // 2 if full else 0)
    # a second copy of an e-mail is known by its id
    copies_of_mails = sum(n - 1 for (way, _), n in arrived.items() if way == "email" and n > 1)
    assert sum(number - 1 for number in ids.values()) == copies_of_mails
    store, _, _ = opened(flooded.path, began, 9)
    try:
        assert not store.maintenance.verify()
        assert not store.queries.services_due(BASE + timedelta(days=6))
    finally:
        store.close()
    took = time.time() - began
    print(
        f"\nmessages: {len(rows)} in {took:.0f} s, sent {told['sent']}, failed {told['failed']},"
        f" twice {told['twice']} of {told['unknown']} unknown attempts, kills {crew.kills}"
    )
