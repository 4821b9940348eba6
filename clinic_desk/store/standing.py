"""How the outbox stands, service by service: for metrics and the diagnostic report."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from clinic_desk.domain.spans import epoch
from clinic_desk.store.direct import fetch
from clinic_desk.store.outbox_reading import service_of

if TYPE_CHECKING:
    from clinic_desk.store.readers import SqlQueries


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStanding:
    """``waiting`` rows are still to go, ``due`` of them now, the oldest since ``oldest`` seconds;
    ``set_aside`` wait for a person. ``resting``: the breaker is open, by ``failures`` in a row."""

    service: str
    waiting: int = 0
    due: int = 0
    oldest: int = 0
    set_aside: int = 0
    failures: int = 0
    resting: bool = False


def outbox_standing(queries: SqlQueries, now: datetime) -> tuple[ServiceStanding, ...]:
    """By name. Blocks for two readings; never on the main thread."""
    instant = epoch(now)
    with queries._reading() as connection:
        rows = fetch(
            connection,
            "SELECT topic, count(*) FILTER (WHERE withdrawn_at IS NULL),"
            " count(*) FILTER (WHERE withdrawn_at IS NULL AND next_try_at <= ?),"
            " min(next_try_at) FILTER (WHERE withdrawn_at IS NULL),"
            " count(*) FILTER (WHERE withdrawn_at IS NOT NULL AND last_error <> '')"
            " FROM outbox_message WHERE done_at IS NULL GROUP BY topic",
            (instant,),
        )
        gates = fetch(connection, "SELECT name, failures, open_until FROM gateway_state")
    found: dict[str, dict[str, int]] = {}
    for topic, waiting, due, first, aside in rows:
        one = found.setdefault(service_of(topic), {})
        one["waiting"] = one.get("waiting", 0) + waiting
        one["due"] = one.get("due", 0) + due
        one["set_aside"] = one.get("set_aside", 0) + aside
        late = max(0, instant - first) if due else 0
        one["oldest"] = max(one.get("oldest", 0), late)
    state = {name: (failures, until) for name, failures, until in gates}
    return tuple(
        ServiceStanding(
            service=name,
            failures=state.get(name, (0, None))[0],
            resting=(state.get(name, (0, None))[1] or 0) > instant,
            **found.get(name, {}),
        )
        for name in sorted(found.keys() | state.keys())
    )
