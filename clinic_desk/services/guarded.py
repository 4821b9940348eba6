"""What a person reads goes through here, as what they write goes through the gate.

``READS`` has one line for each method of ``ports.Queries``. Whoever lacks its permission gets
``Refusal("not_allowed")`` in words instead of an answer; no row is looked at, so it costs a call.
Whoever may read may read every schedule: who else is booked, and where, is what a front desk and
doctors work with.

``SEEN`` are the methods that show a patient or a visit to a person; what notes that in the audit
trail is handed in as ``seen``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any, cast

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.permissions import Permission, may_not

if TYPE_CHECKING:
    from clinic_desk.domain.events import Actor
    from clinic_desk.services.ports import Queries

READS: Mapping[str, Permission | None] = {
    # the clinic itself, and how this window works: whoever is logged in
    "roster": None,
    "data_version": None,
    "post_version": None,
    "setting": None,
    "info": None,
    "undo_state": None,
    # who works here
    "has_accounts": None,
    "seat": None,  # one's own session
    "staff_tiles": None,  # the log-in page's names
    "staff": Permission.EDIT_STAFF,
    "staff_sessions": Permission.EDIT_STAFF,
    # the calendar and the day
    "calendar": Permission.READ,
    "room_use": Permission.READ,
    "month": Permission.READ,
    "cells": Permission.READ,
    "loads": Permission.READ,
    "snapshot": Permission.READ,
    "snapshot_of": Permission.READ,
    "flow_day": Permission.READ,
    "awaiting": Permission.READ,
    "holds": Permission.READ,
    "clashes": Permission.READ,
    "shelf": Permission.READ,
    "series": Permission.READ,
    "series_beside": Permission.READ,
    "time_off_facts": Permission.READ,
    "past": Permission.READ,
    "appointment": Permission.READ,
    "appointment_by_code": Permission.READ,
    # patients
    "patient": Permission.READ,
    "patient_rows": Permission.READ,
    "patient_facts": Permission.READ,
    "patient_timeline": Permission.READ,
    "patient_waits": Permission.READ,
    "patient_messages": Permission.READ,
    "merged_entries": Permission.READ,
    "holdings": Permission.READ,
    "shared_times": Permission.READ,
    "likely_twins": Permission.READ,
    "possible_duplicates": Permission.READ,
    "search_patients": Permission.READ,
    "similar_patients": Permission.READ,
    "contacts": Permission.READ,
    "patient_identities": Permission.READ,  # the curtain hides by them what anybody reads
    "waitlist": Permission.READ,
    "waitlist_entry": Permission.READ,
    "waitlist_offers": Permission.READ,
    # what patients are told: whoever sees the patients sees whether they know of their visits
    "messages": Permission.READ,
    "message_counts": Permission.READ,
    "message_attempts": Permission.READ,
    "open_answers": Permission.READ,
    "settled_answers": Permission.READ,
    "message_templates": None,  # the clinic's words; no patient in them
    "channel_states": None,  # numbers alone
    "next_message_due": None,  # the program asks when it has to look
    # whole lists of them, for files
    "diary": Permission.EXPORT,
    "import_keys": Permission.IMPORT,
    # money
    "invoices": Permission.BILLING,
    "invoice_totals": Permission.BILLING,
    "outbox": Permission.BILLING,
    "gateway_state": None,  # numbers alone; the program asks whether anything waits to be sent
    # for those who send, on the program's own behalf
    "services_due": None,  # numbers alone
    "next_outbox_due": None,
    "poll_cursor": None,
    "message_ground": Permission.READ,
    "awaiting_delivery": Permission.READ,
    "clinic_settings": None,  # no secret is among them
    # who did what
    "audit_index": Permission.SEE_AUDIT,
    "audit_lines": Permission.SEE_AUDIT,
    "audit_entry": Permission.SEE_AUDIT,
    "audit_entries": Permission.SEE_AUDIT,
    "audit_people": Permission.SEE_AUDIT,
    "audit_desks": Permission.SEE_AUDIT,
    "audit_proof": Permission.SEE_AUDIT,
    "audit_head": Permission.SEE_AUDIT,
    # figures
    "report_names": Permission.REPORTS,
    "visit_counts": Permission.REPORTS,
    "visit_spread": Permission.REPORTS,
    "booked_minutes": Permission.REPORTS,
    "visit_money": Permission.REPORTS,
}
"""Method → what reading by it takes; None: nothing beyond being logged in."""

SEEN = frozenset(
    {
        "appointment",
        "patient",
        "patient_facts",
        "patient_timeline",
        "patient_waits",
        "patient_messages",
        "search_patients",
        "similar_patients",
        "likely_twins",
        "possible_duplicates",
        "holdings",
        "series",
        "waitlist_entry",
        "diary",
    }
)
"""Methods by which a person sees a patient or a visit as such, not as one of many of a day."""

Seen = Callable[["Actor", str, tuple[object, ...], Mapping[str, object], object], None]
"""(who, method, its arguments, those by name, its answer). Called on the thread that asked; it
must not wait for anything."""

Refused = Callable[["Actor", str, Permission], None]
"""(who, method, the permission that is missing), before the refusal. As ``Seen``."""

LOOK_AGAIN = 1.0
"""Seconds: a permission taken away at another desk counts for reading no later than this."""


class GuardedQueries:
    """``ports.Queries`` for one person. ``who`` is whoever sits at this desk now; ``seat`` answers
    the same person with what the clinic lets them do now, and is asked at most once in
    ``LOOK_AGAIN``. Safe from any thread."""

    def __init__(
        self,
        queries: Queries,
        who: Callable[[], Actor],
        *,
        seat: Callable[[Actor], Actor] | None = None,
        seen: Seen | None = None,
        refused: Refused | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._queries = queries
        self._who = who
        self._seat = seat
        self._seen = seen
        self._refused = refused
        self._clock = clock
        self._seated: tuple[Actor, Actor, float] | None = None

    def reader(self) -> Actor:
        """Who reads now, with what they may do."""
        actor = self._who()
        if self._seat is None or actor.permissions is None:
            return actor
        now, known = self._clock(), self._seated
        if known is None or known[0] is not actor or not 0 <= now - known[2] < LOOK_AGAIN:
            known = self._seated = (actor, self._seat(actor), now)
        return known[1]

    def may(self, permission: Permission) -> bool:
        """For what can be told in part: a patient's page without their invoices."""
        return self.reader().may(permission)


def _guarded(name: str, permission: Permission | None) -> Callable[..., Any]:
    noted = name in SEEN

    def read(self: GuardedQueries, *args: object, **named: object) -> object:
        if permission is None and not noted:
            return getattr(self._queries, name)(*args, **named)
        actor = self.reader()
        if permission is not None and not actor.may(permission):
            if self._refused is not None:
                self._refused(actor, name, permission)
            raise Refusal("not_allowed", may_not(actor.role, permission))
        answer = getattr(self._queries, name)(*args, **named)
        if noted and self._seen is not None:
            self._seen(actor, name, args, named, answer)
        return answer

    read.__name__ = name
    return read


for _name, _permission in READS.items():
    setattr(GuardedQueries, _name, _guarded(_name, _permission))


def guarded(
    queries: Queries,
    who: Callable[[], Actor],
    *,
    seat: Callable[[Actor], Actor] | None = None,
    seen: Seen | None = None,
    refused: Refused | None = None,
) -> Queries:
    """The queries as that person may use them; see ``GuardedQueries``."""
    made = GuardedQueries(queries, who, seat=seat, seen=seen, refused=refused)
    return cast("Queries", made)


def may_read(queries: Queries, permission: Permission) -> bool:
    """Whether whoever asks through these queries has the permission; unguarded ones answer
    everything."""
    return queries.may(permission) if isinstance(queries, GuardedQueries) else True
