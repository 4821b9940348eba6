"""How each service outside stands: failures in a row, its breaker, why it cannot be used."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from clinic_desk.domain.messages import Channel
from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import fetch_one, run

BREAK_AFTER = 5
"""Failures in a row after which a service is left alone for a while."""

SHORTEST_BREAK, LONGEST_BREAK = 60, 3600
"""Seconds; each further failure doubles the pause."""


class GatewayWriting:
    """The part of ``services.billing_ports.OutboxWork`` about services."""

    now: datetime
    _connection: Connection

    def _heard(
        self, service: str, error: str, breaker_until: datetime | None, *, answered: bool
    ) -> None:
        if answered:
            # what was refused to one patient says nothing of the way to all others
            self._say(service, 0, None, "" if service in list(Channel) else error)
            return
        failures = self._gateway(service)[0]
        now = epoch(self.now)
        failures += 1
        pause: int | None = None if breaker_until is None else epoch(breaker_until)
        if pause is None and failures >= BREAK_AFTER:
            longer = min(failures - BREAK_AFTER, 10)
            pause = now + min(LONGEST_BREAK, SHORTEST_BREAK * 2**longer)
        self._say(service, failures, pause, error)

    def service_answers(self, service: str) -> None:
        self._say(service, 0, None, "")
        now = epoch(self.now)
        run(
            self._connection,
            "UPDATE outbox_message SET next_try_at = ? WHERE attempts > 0 AND next_try_at > ?"
            " AND done_at IS NULL AND withdrawn_at IS NULL AND (topic = ? OR topic GLOB ?)",
            (now, now, f"message.{service}", f"{service}.*"),
        )

    def _close_breaker(self, service: str) -> None:
        run(
            self._connection,
            "UPDATE gateway_state SET open_until = NULL WHERE name = ?",
            (service,),
        )

    def rest_service(self, service: str, error: str) -> None:
        if error:
            self._gateway(service)
            self._say(service, 0, None, error)
            return
        run(
            self._connection,
            "UPDATE gateway_state SET last_error = '' WHERE name = ? AND failures = 0",
            (service,),
        )

    def note_cursor(self, service: str, cursor: str) -> None:
        self._gateway(service)
        run(
            self._connection,
            "UPDATE gateway_state SET cursor = ? WHERE name = ?",
            (cursor, service),
        )

    def gateway_failures(self, service: str) -> int:
        return int(self._gateway(service)[0])

    def _gateway(self, service: str) -> tuple[int, int | None, str, int | None]:
        found: Any = fetch_one(
            self._connection,
            "SELECT failures, open_until, lease_by, lease_until FROM gateway_state WHERE name = ?",
            (service,),
        )
        if found is None:
            run(
                self._connection,
                "INSERT INTO gateway_state (name, failures, lease_by, last_error)"
                " VALUES (?, 0, '', '')",
                (service,),
            )
            return (0, None, "", None)
        return (found[0], found[1], found[2], found[3])

    def _say(self, service: str, failures: int, open_until: int | None, error: str) -> None:
        run(
            self._connection,
            "UPDATE gateway_state SET failures = ?, open_until = ?, last_error = ? WHERE name = ?",
            (failures, open_until, error, service),
        )
