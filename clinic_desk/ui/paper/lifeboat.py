"""The paper lifeboat: today's and tomorrow's day sheets, always ready as PDF in the data folder,
for the hour in which nothing else works."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from clinic_desk.domain.errors import ClinicDeskError, Fault
from clinic_desk.domain.spans import local_date, zone
from clinic_desk.services.paper import PaperWish, SheetKind, gather
from clinic_desk.services.paper_commands import NoteLifeboat
from clinic_desk.services.ports import Queries
from clinic_desk.ui.paper.drawing import pdf
from clinic_desk.ui.paper.making import laid_out
from clinic_desk.ui.paper.marks import Sheet
from clinic_desk.ui.paper.parts import TURNED, Look, day_title
from clinic_desk.ui.runtime.context import Context
from clinic_desk.ui.runtime.settings import Settings

FOLDER = "lifeboat"
FILES = ("today.pdf", "tomorrow.pdf")
MINUTES = "lifeboat.minutes"
SHAPED_BY = (
    "paper.names", "paper.size", "paper.turned", "paper.type_size", "paper.fields",
    "paper.columns",
)  # fmt: skip

OWNER_ONLY = 0o600
"""They hold patients' names."""


@dataclass(frozen=True, slots=True)
class Written:
    """What the files hold: ``digests`` by file name, as of ``version`` of the store. ``anew`` are
    those written just now."""

    day: date
    version: int
    look: Look
    digests: Mapping[str, str] = field(default_factory=dict)
    anew: tuple[str, ...] = ()


def folder_of(queries: Queries) -> Path:
    """Beside the clinic's file."""
    return Path(queries.info().path).parent / FOLDER


def write(
    queries: Queries, folder: Path, look: Look, now: datetime, known: Written | None
) -> Written:
    """Writes the sheets whose content is another one than before, or that are gone. Raises
    ``Fault`` when the disk refuses; the files are then as they were."""
    version = queries.data_version()
    practice = queries.roster().practice
    day = local_date(now, practice.zone)
    files = [folder / name for name in FILES]
    same = known is not None and (known.day, known.version, known.look) == (day, version, look)
    if known is not None and same and all(path.is_file() for path in files):
        return replace(known, anew=())
    told = f"{day_title(day)} {now.astimezone(zone(practice.zone)):%H:%M}"
    stamp = f"Paper lifeboat · as the book stood on {told}"
    before = known.digests if known is not None else {}
    digests, anew = {}, []
    for number, path in enumerate(files):
        at = day + timedelta(days=number)
        data = gather(queries, PaperWish(sheet=SheetKind.DAY, first=at, last=at))
        plain = laid_out(data, look, now)
        digests[path.name] = _digest(plain)
        if before.get(path.name) != digests[path.name] or not path.is_file():
            _put(path, pdf(laid_out(data, replace(look, made=stamp), now)))
            anew.append(path.name)
    return Written(day, version, look, digests, tuple(anew))


def _digest(sheet: Sheet) -> str:
    return hashlib.sha256(repr(sheet.pages).encode()).hexdigest()


def _put(path: Path, content: bytes) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            beside.unlink()
        number = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        with suppress(OSError):
            beside.unlink()
        raise Fault(
            "no_lifeboat",
            f"The paper lifeboat could not be written ({error.strerror or error}); the sheets in "
            f"{path.parent} may be old. It is tried again by itself.",
        ) from error


class Lifeboat(QObject):
    """Writes at once when it is started, then at the interval of the setting; 0 never.
    ``wrote`` carries the names of the files that are new, ``troubled`` one ``ClinicDeskError``
    when writing begins to fail, ``well`` when it works again."""

    wrote = Signal(object)
    troubled = Signal(object)
    well = Signal()

    def __init__(self, context: Context, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._context, self._settings = context, settings
        self._known: Written | None = None
        self._working = self._failed = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        settings.changed.connect(self._obey)

    @property
    def failed(self) -> bool:
        return self._failed

    @property
    def busy(self) -> bool:
        """A look is under way."""
        return self._working

    @property
    def active(self) -> bool:
        return self._timer.isActive()

    def start(self) -> None:
        self._arm()
        self.look()

    def stop(self) -> None:
        self._timer.stop()

    def _arm(self) -> None:
        minutes = self._settings.get(MINUTES)
        if minutes:
            self._timer.start(minutes * 60_000)
        else:
            self._timer.stop()

    def _obey(self, key: str) -> None:
        if key == MINUTES:
            self._arm()
        if key == MINUTES or key in SHAPED_BY:
            self.look()

    def look(self) -> None:
        """One look now: nothing is written when nothing has changed."""
        if self._working or not self._settings.get(MINUTES):
            return
        self._working = True
        look, now, known = self._shape(), self._context.clock.now(), self._known
        self._context.operations.ask(
            lambda queries: write(queries, folder_of(queries), look, now, known),
            done=self._done,
            failed=self._not_done,
        )

    def _shape(self) -> Look:
        get = self._settings.get
        return Look(
            size=get("paper.size"),
            turned=get("paper.turned").get(SheetKind.DAY.value, SheetKind.DAY in TURNED),
            type_size=float(get("paper.type_size")),
            columns=get("paper.columns"),
            names=get("paper.names") == "full",
            fields=frozenset(get("paper.fields")),
            family=self._context.theme.font("body").family(),
        )

    def _done(self, written: Written) -> None:
        self._working = False
        self._known = written
        if self._failed:
            self._failed = False
            self.well.emit()
        if written.anew:
            self.wrote.emit(written.anew)
            note = NoteLifeboat(files=written.anew, initiator="lifeboat")
            self._context.operations.run(note, refused=lambda _: None)  # nobody is logged in

    def _not_done(self, error: ClinicDeskError) -> None:
        self._working = False
        if not self._failed:
            self._failed = True
            self.troubled.emit(error)
