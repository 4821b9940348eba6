"""What lies behind the visits of a column, as labelled stretches of axis minutes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clinic_desk.domain.availability.model import Band, BandKind
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.site_days import Beside
from clinic_desk.ui.geometry.timegrid import DayAxis

AWAY = (BandKind.TIME_OFF, BandKind.HOLIDAY, BandKind.BLOCKED, BandKind.REQUESTED)
KEPT = (BandKind.RESERVED, BandKind.LIMITED)
_WORDS = {
    BandKind.TIME_OFF: "Time off",
    BandKind.HOLIDAY: "Closed",
    BandKind.BLOCKED: "Blocked",
    BandKind.REQUESTED: "Time off requested",
    BandKind.BREAK: "Break",
    BandKind.EXTERNAL: "Busy",
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A labelled stretch of a column, axis minutes. ``kind``: closed, break, away, external,
    reserved, limited, elsewhere or travel."""

    kind: str
    start: float
    end: float
    label: str
    band: Band | None = None


def band_label(band: Band) -> str:
    word = _WORDS.get(band.kind, "")
    if band.kind is BandKind.REQUESTED and band.label:
        return f"{word} · {band.label}"
    return band.label or word


def _minutes(axis: DayAxis, band: Band | Beside) -> tuple[float, float]:
    return (
        axis.clipped(axis.minute_of(band.start)),
        axis.clipped(axis.minute_of(band.end)),
    )


def open_stretches(axis: DayAxis, column: Column) -> list[tuple[float, float]]:
    """Merged open hours, axis minutes."""
    spans = sorted(_minutes(axis, b) for b in column.open_bands)
    merged: list[tuple[float, float]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > start:
            merged.append((start, end))
    return merged


def stretches(axis: DayAxis, column: Column) -> Iterator[Stretch]:
    """Everything with a label: closed hours, breaks, absences and outside appointments, hours
    kept for a type, hours at another site and the way there."""
    breaks = [b for b in column.bands if b.kind is BandKind.BREAK]
    covered = sorted(
        open_stretches(axis, column)
        + [_minutes(axis, b) for b in column.bands if b.kind is not BandKind.OPEN]
        + [_minutes(axis, b) for b in column.beside]
    )
    at = float(axis.offset)
    for start, end in [*covered, (axis.offset + axis.minutes, axis.offset + axis.minutes)]:
        if start - at >= 1:
            yield Stretch("closed", at, start, column.closed_label or "Closed")
        at = max(at, end)
    for band in breaks:
        start, end = _minutes(axis, band)
        if end > start:
            yield Stretch("break", start, end, band_label(band), band)
    for band in column.bands:
        if band.kind in AWAY or band.kind is BandKind.EXTERNAL:
            start, end = _minutes(axis, band)
            if end > start:
                kind = "external" if band.kind is BandKind.EXTERNAL else "away"
                yield Stretch(kind, start, end, band_label(band), band)
    yield from _over(axis, column)


def _over(axis: DayAxis, column: Column) -> Iterator[Stretch]:
    """What lies over open time, and the doctor's other sites."""
    for band in column.bands:
        if band.kind in KEPT:
            start, end = _minutes(axis, band)
            if end > start:
                yield Stretch(band.kind.value, start, end, band.label, band)
    for other in column.beside:
        start, end = _minutes(axis, other)
        if end > start:
            yield Stretch(other.kind, start, end, other.label)
