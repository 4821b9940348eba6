"""What the audit page reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from clinic_desk.domain.events import Event
from clinic_desk.domain.ids import Id
from clinic_desk.services.audit import Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditWish:
    """Which entries; empty means all. [``first``, ``last``) in aware UTC, None is open. Those of a
    patient are the entries about them and all that changed one of their visits."""

    actor_id: Id = ""
    patient_id: Id = ""
    subject_id: Id = ""
    desk_id: Id = ""
    kind: Kind | None = None
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One entry as a list shows it. ``about`` names the patient, visit or account; empty where the
    entry is about none, or about one that is gone."""

    seq: int
    at: datetime
    actor_id: Id
    actor_name: str
    actor_kind: str
    desk: str
    action: str
    subject_kind: str
    subject_id: Id
    patient_id: Id
    about: str
    visit_start: datetime | None = None
    zone: str = ""
    title: str = ""
    """What left as a file or on paper."""


class AuditPerson(NamedTuple):
    """Somebody who has acted. Without an account ``role`` and ``log_in`` are empty."""

    id: Id
    name: str
    role: str = ""
    log_in: str = ""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry whole. ``events`` are the first of its changes, of ``event_count``; ``blanked``
    says that the clinic's policy has emptied the detail."""

    line: AuditLine
    detail: Mapping[str, object]
    blanked: bool
    session_id: Id
    events: tuple[Event, ...]
    event_count: int
    names: Mapping[Id, str]
    """What the rows that events and details speak of are called."""
    hash: str = ""
