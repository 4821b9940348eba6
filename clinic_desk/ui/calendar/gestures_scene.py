"""The overlay of a drag: composes what the ghost painter draws, keeps drops that are being saved
painted at their new place, and lets a refused ghost glide back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QEasingCurve,
    QObject,
    QPoint,
    QRect,
    QRectF,
    QTimer,
    QVariantAnimation,
)
from PySide6.QtGui import QPainter

from clinic_desk.domain.availability.model import Verdict
from clinic_desk.domain.ids import Id
from clinic_desk.domain.spans import local_date
from clinic_desk.ui.calendar.columns import Column
from clinic_desk.ui.calendar.gestures_carry import Surface
from clinic_desk.ui.calendar.gestures_ghost import Chip, DragPicture, Ghost, GhostPainter, Lit
from clinic_desk.ui.calendar.gestures_label import DragLabel
from clinic_desk.ui.calendar.proposals import (
    Judge,
    Judgement,
    OpenArea,
    Placed,
    Proposal,
    Target,
)
from clinic_desk.ui.calendar.target_words import span_text
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.models.sites import both_spans, other_clock, site_zone
from clinic_desk.ui.models.words import day_words, doctor_of, span_words
from clinic_desk.ui.runtime.privacy import CURTAIN

RETURN_TIME = 180
KEEP_AFTER_SAVE = 2000
"""How long a saved drop stays painted when no newer slice arrives (milliseconds)."""

INDENT = 24


@dataclass(eq=False, slots=True)
class Drop:
    """A drop on its way to the store."""

    proposal: Proposal
    judgement: Judgement
    saved: bool = False


class Scene(QObject):
    """Everything that a drag paints over a grid. Call ``show`` with each change."""

    def __init__(self, surface: Surface, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self.painter = GhostPainter(theme)
        self.picture = DragPicture()
        self.label = DragLabel(theme, surface.grid)
        self.areas: list[OpenArea] = []
        self._ground_of: tuple[object, object, object] = (None, None, None)
        self._ground_was: tuple[tuple[Lit, ...], tuple[QRect, ...]] = ((), ())
        self.drops: list[Drop] = []
        self._surface = surface
        self._theme = theme
        self._live: tuple[Ghost, ...] = ()
        self._chip: Chip | None = None
        self._blocker: QRect | None = None
        self._sweep: Ghost | None = None
        self._motion: QVariantAnimation | None = None
        self._expiry = QTimer(self)
        self._expiry.setSingleShot(True)
        self._expiry.setInterval(KEEP_AFTER_SAVE)
        self._expiry.timeout.connect(self.slice_arrived)
        self._after: Callable[[], None] | None = None

    def paint(self, painter: QPainter) -> None:
        if not self.picture.empty:
            self.painter.paint(painter, self.picture)

    # What is shown

    def show(
        self,
        proposal: Proposal,
        judgement: Judgement,
        judge: Judge,
        *,
        column: Column | None,
        bump: Judgement | None = None,
        grey: bool = False,
        sentence: str = "",
    ) -> None:
        blocker = None
        if judgement.blocker_id is not None and judgement.verdict is Verdict.REFUSE and not grey:
            blocker = _whole(self._surface.grid.cell_rect(judgement.blocker_id))
        ghosts = []
        for number, move in enumerate(proposal.moves):
            home = column if number == 0 else None
            rect = self._rect(move, home)
            if rect is None:
                continue
            if blocker is not None and rect.intersects(blocker) and rect.width() > 5 * INDENT:
                rect = rect.adjusted(INDENT, 0, 0, 0)
            verdict = Verdict.WARN if bump is not None else judgement.verdict
            verdict = Verdict.REFUSE if grey else verdict
            ghosts.append(
                self._ghost(move, judge, rect, verdict, judgement.room_id, proposal.copy, grey)
            )
        self._live = tuple(ghosts)
        self._blocker = blocker
        self._chip = self._words(ghosts, proposal, judgement, judge, bump, grey, sentence)
        self._sweep = None
        self.refresh()

    def show_sweep(self, target: Target, column: Column, zone: str) -> None:
        rect = self._surface.rect_of(column, target.start, target.end)
        self._live, self._chip, self._blocker = (), None, None
        stripe = self._theme.tokens.accent
        words = both_spans(target.start, target.end, zone, column.home_zone)
        length = f"{target.minutes} min"
        self._sweep = Ghost(rect, words, length, (), stripe, Verdict.OK, mark=False)
        self.refresh()

    def hide_live(self) -> None:
        self._live, self._chip, self._blocker, self._sweep = (), None, None, None
        self.refresh()

    def clear(self) -> None:
        self.areas = []
        self.label.hide()
        self.hide_live()

    # Drops under way

    def add_drop(self, drop: Drop) -> None:
        self.drops.append(drop)
        self.hide_live()

    def drop_saved(self, drop: Drop) -> None:
        drop.saved = True
        self._expiry.start()
        self.refresh()

    def remove_drop(self, drop: Drop) -> None:
        if drop in self.drops:
            self.drops.remove(drop)
            self.refresh()

    def take_back(self, drop: Drop) -> None:
        """The store said no: the drop becomes the live ghost again, to glide home."""
        ghosts = tuple(replace(g, verdict=Verdict.REFUSE, mark=True) for g in self._saving(drop))
        self.remove_drop(drop)
        self._live = tuple(replace(g, saving=False) for g in ghosts)
        self.refresh()

    def slice_arrived(self) -> None:
        self._expiry.stop()
        self.drops = [d for d in self.drops if not d.saved]
        self.refresh()

    @property
    def waiting_ids(self) -> frozenset[Id]:
        """Rows whose drop has not been read back: their origin stays at 40 %."""
        waiting = (d for d in self.drops if not d.proposal.copy)
        return frozenset(m.cell.id for d in waiting for m in d.proposal.moves)

    # The way back

    def glide_home(self, origin: QRectF | QRect | None, after: Callable[[], None]) -> None:
        """The live ghost returns to its origin in 180 ms (at once with reduced motion)."""
        self.stop_motion()
        self._chip, self._blocker = None, None
        self.areas = []
        self.label.hide()
        ghosts = self._live
        if origin is None or not ghosts or self._theme.reduced_motion:
            self.hide_live()
            after()
            return
        start, end = QRectF(ghosts[0].rect), QRectF(_whole(origin) or QRect())
        motion = QVariantAnimation(self)
        motion.setDuration(RETURN_TIME)
        motion.setEasingCurve(QEasingCurve.Type.OutCubic)
        motion.setStartValue(0.0)
        motion.setEndValue(1.0)
        self._after = after

        def advance(value: object) -> None:
            share = float(value)  # type: ignore[arg-type]
            rect = QRectF(
                start.x() + (end.x() - start.x()) * share,
                start.y() + (end.y() - start.y()) * share,
                start.width() + (end.width() - start.width()) * share,
                start.height() + (end.height() - start.height()) * share,
            )
            self._live = (replace(ghosts[0], rect=rect.toRect()),)
            self.refresh()

        motion.valueChanged.connect(advance)
        motion.finished.connect(self.stop_motion)
        self._motion = motion
        motion.start()

    def stop_motion(self) -> None:
        motion, self._motion = self._motion, None
        after, self._after = self._after, None
        if motion is not None:
            motion.stop()
            motion.deleteLater()
            self.hide_live()
        if after is not None:
            after()

    # Composition

    def refresh(self) -> None:
        """Composes the picture anew and repaints what differs."""
        area = self._surface.area
        before = self.picture
        lit, spared = self._ground(area)
        saving = tuple(g for d in self.drops for g in self._saving(d))
        self.picture = DragPicture(
            ghosts=(*self._live, *saving),
            lit=lit,
            spared=spared,
            blocker=self._blocker,
            chip=self._chip,
            sweep=self._sweep,
            clip=area,
        )
        now = self.picture
        other = before.lit is not now.lit
        dirty = self.painter.bounds(before, with_lit=other)
        dirty = dirty.united(self.painter.bounds(now, with_lit=other)).intersected(area)
        if not dirty.isEmpty():
            self._surface.grid.repaint_overlay(dirty)

    def _ground(self, area: QRect) -> tuple[tuple[Lit, ...], tuple[QRect, ...]]:
        """Lit areas and spared blocks; the same objects until data, scroll or size change."""
        grid = self._surface.grid
        window, arrangement = grid.window_part, grid.arrangement
        areas, place, layout = self._ground_of
        if areas is not self.areas or place != window or layout is not arrangement:
            self._ground_of = (self.areas, window, arrangement)
            self._ground_was = (self._lit(area), self._spared(area) if self.areas else ())
        return self._ground_was

    def _lit(self, area: QRect) -> tuple[Lit, ...]:
        result = []
        for column in self._surface.columns if self.areas else ():
            for open_area in self.areas:
                if open_area.doctor_id != column.doctor_id:
                    continue
                if not column.takes(open_area.doctor_id, None, open_area.location_id):
                    continue
                if local_date(open_area.start, column.zone) != column.day:
                    continue
                rect = self._surface.rect_of(column, open_area.start, open_area.end)
                box = _whole(rect)
                if box is not None and box.intersects(area):
                    words = span_words(open_area.start, open_area.end, column.zone)
                    result.append(Lit(box, f"{words} free"))
        return tuple(result)

    def _spared(self, area: QRect) -> tuple[QRect, ...]:
        """Blocks that stay visible where a lit area covers them: origins, parallel sessions."""
        grid = self._surface.grid
        window = grid.window_part
        doctors = {open_area.doctor_id for open_area in self.areas}
        rects = []
        for index, column in enumerate(self._surface.columns):
            if column.doctor_id not in doctors:
                continue
            for block in grid.arrangement.in_range(index, window.y, window.y + window.height):
                rect = grid.cell_rect(block.cell.id)
                if rect is not None and rect.intersects(area):
                    rects.append(rect)
        return tuple(rects)

    def _saving(self, drop: Drop) -> Sequence[Ghost]:
        result = []
        for move in drop.proposal.moves:
            rect = self._rect(move, None)
            if rect is not None:
                ghost = self._ghost(
                    move, None, rect, Verdict.OK, drop.judgement.room_id, drop.proposal.copy, False
                )
                result.append(replace(ghost, saving=not drop.saved, mark=False))
        return result

    def _rect(self, move: Placed, column: Column | None) -> QRect | None:
        target = move.target
        if column is None:
            for candidate in self._surface.columns:
                if candidate.day != local_date(target.start, candidate.zone):
                    continue
                room = target.room_id or move.cell.room_id
                if candidate.takes(target.doctor_id, room, target.location_id):
                    column = candidate
                    break
        if column is None:
            return None
        return self._surface.rect_of(column, target.start, target.end)

    def _ghost(
        self,
        move: Placed,
        judge: Judge | None,
        rect: QRect,
        verdict: Verdict,
        room_id: Id | None,
        copy: bool,
        grey: bool,
    ) -> Ghost:
        data = self._surface.grid.slice
        roster = data.snapshot.roster if data is not None else None
        cell, target = move.cell, move.target
        zone = self._zone(move, judge)
        home = roster.practice.zone if roster is not None else ""
        stripe = self._theme.tokens.text3
        parts = [cell.type_name]
        if roster is not None:
            doctor = roster.doctors.get(cell.doctor_id)
            if doctor is not None:
                stripe = self._theme.doctor_colour(doctor.colour).stripe
            parts.append(doctor_of(roster, target.doctor_id))
            room = roster.rooms.get(room_id or "")
            if room is not None:
                parts.append(room.name)
        facts = tuple(part for part in parts if part)
        head = span_text(target, zone)
        if roster is not None:
            facts = tuple(f for f in (other_clock(target.start, zone, home), *facts) if f)
        return Ghost(rect, head, CURTAIN.name(cell), facts, stripe, verdict, copy=copy, grey=grey)

    def _zone(self, move: Placed, judge: Judge | None) -> str:
        if judge is not None:
            return judge.zone_at(move)
        data = self._surface.grid.slice
        if data is not None:
            return site_zone(data.snapshot.roster, move.target.location_id or move.cell.location_id)
        return "UTC"

    def _words(
        self,
        ghosts: Sequence[Ghost],
        proposal: Proposal,
        judgement: Judgement,
        judge: Judge,
        bump: Judgement | None,
        grey: bool,
        sentence: str,
    ) -> Chip | None:
        if not ghosts:
            return None
        ghost = ghosts[0]
        at = QPoint(ghost.rect.left(), ghost.rect.bottom())
        if grey:
            return Chip(at, Verdict.REFUSE, sentence or "Release to cancel", grey=True)
        if bump is not None:
            return Chip(at, Verdict.WARN, f"Stops here: {bump.sentence}")
        return Chip(at, judgement.verdict, *verdict_words(proposal, judgement, judge))


def verdict_words(proposal: Proposal, judgement: Judgement, judge: Judge) -> tuple[str, str]:
    """(sentence, way out): "Dr Wu is booked 10:00–10:30 (J. Hall)", "next free 11:45"."""
    zone = judge.zone_at(proposal.lead)
    target = proposal.lead.target
    if judgement.verdict is Verdict.OK:
        if proposal.unchanged:
            return "Its own place: nothing changes", ""
        free = "Copy here, free" if proposal.copy else "Free"
        return f"{free} {span_text(target, zone, judge.roster.practice.zone)}", ""
    way = ""
    slot = judgement.next_free
    if slot is not None:
        there = judge.zone_of(slot.location_id)
        day = local_date(slot.start, there)
        same = day == local_date(target.start, zone)
        when = judge.clock(slot.start, there)
        way = f"next free {when}" if same else f"next free {day_words(day)} {when}"
    return judgement.sentence.rstrip("."), way


def _whole(rect: QRect | QRectF | None) -> QRect | None:
    if rect is None:
        return None
    return rect.toRect() if isinstance(rect, QRectF) else rect
