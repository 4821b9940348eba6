"""What is said about backups: the plan, the copies, what a restore would change. The store makes
them; the window, the command line and the start of a broken clinic ask for them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from clinic_desk.domain.events import Actor

if TYPE_CHECKING:
    from clinic_desk.services.ports import Progress

AUTO, EXIT, MANUAL, BEFORE = "auto", "exit", "manual", "before"
"""Why a copy was made: by the plan, when the program ended, by hand, before something risky."""

HERE, SECOND = "here", "second"


class CopyState(StrEnum):
    """GOOD: opened and found whole. UNCHECKED: whole when it was made, and not looked at since.
    BAD: damaged, or gone."""

    GOOD = "good"
    UNCHECKED = "unchecked"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Kept:
    """How many copies stay: the newest of each of the last so many hours, days and weeks that have
    one, and the newest made by hand and before something risky."""

    hourly: int = 24
    daily: int = 14
    weekly: int = 8
    manual: int = 10
    before: int = 10


@dataclass(frozen=True, slots=True)
class BackupPlan:
    """``minutes`` between two automatic copies, 0 for none; ``second`` is the folder of the second
    place, empty for none."""

    minutes: int = 60
    at_exit: bool = True
    second: str = ""
    kept: Kept = field(default_factory=Kept)


@dataclass(frozen=True, slots=True)
class BackupCopy:
    """One backup. ``why`` is AUTO, EXIT, MANUAL, or what it was made before ("before-restore");
    ``made_at`` and ``newest`` (the last change in it) are aware UTC; ``counts`` by table, empty
    while nobody has looked. ``place`` is HERE or SECOND; ``plain``: anybody can read it;
    ``trail`` is the last entry of the audit trail in it that tells of a change."""

    path: str
    name: str
    made_at: datetime
    why: str
    size: int
    state: CopyState = CopyState.UNCHECKED
    checked_at: datetime | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    newest: datetime | None = None
    place: str = HERE
    plain: bool = False
    trail: int = 0


@dataclass(frozen=True, slots=True)
class SecondPlace:
    """``trouble`` is a sentence about why it cannot be used; empty when it can, or is not set.
    ``free`` bytes, -1 when not known; ``same_disk`` as the clinic's file."""

    folder: str = ""
    trouble: str = ""
    free: int = -1
    same_disk: bool = False
    copies: tuple[BackupCopy, ...] = ()


@dataclass(frozen=True, slots=True)
class BackupOverview:
    """Newest first. ``last_good`` is when the newest good copy here was made; ``sealed``: the
    clinic itself is encrypted."""

    folder: str
    copies: tuple[BackupCopy, ...]
    last_good: datetime | None
    clinic_size: int
    free: int
    second: SecondPlace = field(default_factory=SecondPlace)
    sealed: bool = False

    @property
    def readable(self) -> tuple[BackupCopy, ...]:
        """The copies at both places that anybody can read though the clinic is encrypted."""
        every = (*self.copies, *self.second.copies)
        return tuple(one for one in every if one.plain) if self.sealed else ()


@dataclass(frozen=True, slots=True)
class CheckedCopy:
    """``findings``: what is wrong with it, or with the clinic as it was then; empty when its
    visits, their history and the file agree."""

    copy: BackupCopy
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MadeBackup:
    """``trouble``: what kept the copy from the second place; the copy here is good all the same."""

    copy: BackupCopy
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class LostVisit:
    """A visit that the clinic has and the backup does not. ``start`` is aware UTC, ``words`` its
    patient or title and doctor."""

    start: datetime
    words: str


@dataclass(frozen=True, slots=True)
class RestorePreview:
    """What restoring a copy would change. ``rows``: (kind, now, in the copy), "now" is None where
    the clinic's file cannot be read. ``gone`` counts the visits made since the copy, ``changed``
    those that another state of would come back; ``lost`` lists the soonest of the former."""

    copy: BackupCopy
    rows: tuple[tuple[str, int | None, int], ...]
    newest_now: datetime | None
    newest_then: datetime | None
    gone: int = 0
    changed: int = 0
    lost: tuple[LostVisit, ...] = ()
    older_format: bool = False


@dataclass(frozen=True, slots=True)
class Repair:
    """One thing that was looked at. ``state``: "ok", "repaired", "found" (can be repaired),
    "bad" (cannot be); ``sentence`` says what, and the way out."""

    name: str
    state: str
    sentence: str


class Backups(Protocol):
    """Safe from any thread; everything here may take its time. ``Fault`` and ``Refusal`` tell what
    went wrong; ``Refusal("stopped")`` that the progress asked to stop."""

    def now(self) -> datetime:
        """By the clock that stamps the copies."""
        ...

    def overview(self, plan: BackupPlan) -> BackupOverview:
        """The copies of both places. A second place that does not answer is told, not raised."""
        ...

    def last_good(self) -> datetime | None: ...

    def unsaved(self) -> bool:
        """Whether anything was written since the newest good copy."""
        ...

    def make(self, plan: BackupPlan, why: str, progress: Progress | None = None) -> MadeBackup:
        """One checked copy here and at the second place; then the old ones go, by the plan."""
        ...

    def check(self, copy: BackupCopy, progress: Progress | None = None) -> CheckedCopy:
        """Looks at every page and compares the visits with their history, as ``verify`` does;
        whether the file is whole is remembered."""
        ...

    def test(self, folder: str) -> SecondPlace:
        """Writes, reads and removes a small file in a folder."""
        ...

    def described(self, source: str) -> BackupCopy:
        """Any file as a backup, looked through. Raises ``Fault`` for what is none."""
        ...

    def preview(self, copy: BackupCopy, progress: Progress | None = None) -> RestorePreview: ...

    def restore(
        self, copy: BackupCopy, reason: str, actor: Actor | None, progress: Progress | None = None
    ) -> str:
        """Answers where what was there is kept. Then every view must load anew. ``actor`` None:
        nobody could be asked; otherwise it takes the permission, and is told in the trail."""
        ...

    def settle(self, actor: Actor) -> bool:
        """Tells the audit trail of a restore that could not be told there before, in the name of
        whoever is there now; False when there is none."""
        ...

    def plan(self) -> BackupPlan:
        """The one that was last in force, for when the settings cannot be read."""
        ...

    def remember(self, plan: BackupPlan) -> None: ...

    def repair(self, progress: Progress | None = None) -> tuple[Repair, ...]:
        """What ``clinic-desk doctor --repair`` does."""
        ...
