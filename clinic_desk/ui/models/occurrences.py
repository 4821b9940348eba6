"""The dates of a series as rows: what becomes of each, in words, and what can be done about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from clinic_desk.domain.appointments import FINAL, STATUS_WORDS, Status
from clinic_desk.domain.availability.model import Roster, Slot, Verdict
from clinic_desk.domain.catalogue import Doctor
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.events import Actor
from clinic_desk.domain.ids import Id
from clinic_desk.domain.recurrence import local_of, local_text, parse_local
from clinic_desk.services.commands import AUTO
from clinic_desk.services.own_schedule import out_of_reach
from clinic_desk.services.planning_views import OccurrencePreview, SeriesPreview, SeriesView
from clinic_desk.services.series_commands import Choice, SeriesMade
from clinic_desk.services.series_judging import SeriesDraft
from clinic_desk.services.views import Cell
from clinic_desk.ui.models import words
from clinic_desk.ui.models.going_past import May, fields_past, insists, nobody, reason_of

NEAREST, OTHER, SKIP, BACK, ADD, FROM = "nearest", "other", "skip", "back", "add", "from"
PAST = "past"
MOST_NAMED = 4
GONE = frozenset({Status.CANCELLED, Status.DECLINED})
KEYS = {NEAREST: "N", OTHER: "D", SKIP: "S", BACK: "U", ADD: "B", FROM: "H", PAST: "O"}
"""One key for each deed, while the list has the focus."""


@dataclass(frozen=True, slots=True)
class Deed:
    """``label`` is on the button, ``spoken`` what it does in full, ``barred`` why it is not this
    person's to do."""

    name: str
    label: str
    spoken: str
    barred: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """``key`` is the rule's own wall-clock time. ``tone`` names a colour of the tokens for the
    icon; ``struck`` crosses the date out; ``mark`` is a word at its end ("changed")."""

    key: str
    day: str
    clock: str
    icon: str
    tone: str
    told: str
    full: str
    deeds: tuple[Deed, ...] = ()
    struck: bool = False
    mark: str = ""
    visit_id: str = ""

    @property
    def spoken(self) -> str:
        """For assistive technology."""
        keys = "; ".join(f"{KEYS[d.name]}: {d.spoken}" for d in self.deeds if not d.barred)
        keys = "; ".join(part for part in (keys, *self.barred) if part)
        mark = f", {self.mark}" if self.mark else ""
        return f"{self.day} {self.clock}{mark}: {self.full}" + (f" ({keys})" if keys else "")

    @property
    def barred(self) -> tuple[str, ...]:
        """Why some of its buttons rest, each reason once."""
        return tuple(dict.fromkeys(deed.barred for deed in self.deeds if deed.barred))

    @property
    def whole(self) -> str:
        """For the tip and the line below the list."""
        return "\n".join((f"{self.day} {self.clock}: {self.full}", *self.barred))


def rest(rows: Sequence[Row], why: Callable[[str, Row], str]) -> tuple[Row, ...]:
    """The rows, with the reason at every deed for which ``why`` (deed, row) has one."""
    return tuple(
        replace(row, deeds=tuple(replace(d, barred=why(d.name, row)) for d in row.deeds))
        for row in rows
    )


def rest_others(
    rows: Sequence[Row],
    found: Callable[[str], OccurrencePreview | None],
    actor: Actor,
    doctors: Mapping[Id, Doctor],
) -> tuple[Row, ...]:
    """The rows of a preview; another doctor rests where that one's schedule is not this person's.
    ``found``: the date of a row's key."""
    if actor.permissions is None:
        return tuple(rows)

    def why(name: str, row: Row) -> str:
        one = found(row.key) if name == OTHER else None
        other = one.other_doctor if one is not None else None
        return out_of_reach(actor, other.doctor_id, doctors) if other is not None else ""

    return rest(rows, why)


def preview_rows(
    shown: SeriesPreview, draft: SeriesDraft, roster: Roster, zone: str, today: date, may: May
) -> tuple[Row, ...]:
    """Every date of a preview, with what was decided about it. ``may``: what this desk may do."""
    decided = {choice.local_start: choice for choice in draft.choices}
    return tuple(
        preview_row(o, decided.get(o.local_start), roster, zone, draft.doctor_id, today, may)
        for o in shown.occurrences
    )


def preview_row(
    found: OccurrencePreview,
    choice: Choice | None,
    roster: Roster,
    zone: str,
    doctor_id: str,
    today: date,
    may: May = nobody,
) -> Row:
    """One date of a preview; ``doctor_id`` is the series' own. ``may``: what this desk may do."""
    rule_day = parse_local(found.local_start)
    day, clock = words.day_words(rule_day.date(), today), f"{rule_day:%H:%M}"
    mark = "changed" if found.changed else ""
    back = Deed(BACK, "Take back", "take this decision back")
    skip = Deed(SKIP, "Skip", "leave this date out")
    visit_id = found.visit.id if found.visit is not None else ""

    def row(
        icon: str,
        tone: str,
        told: str,
        *deeds: Deed,
        full: str = "",
        struck: bool = False,
    ) -> Row:
        note = f" {found.note}" if found.note else ""
        said = f"{told} · {found.note}" if found.note and told else told or found.note
        return Row(
            found.local_start, day, clock, icon, tone, said, f"{full or told}.{note}".strip(),
            deeds, struck, mark, visit_id,
        )  # fmt: skip

    if found.skipped:
        return row("minus", "text3", "Left out", back, struck=True)
    if found.dropped:
        return row(
            "status-cancelled", "warn", "Will be cancelled: not in the new rule", struck=True
        )
    if found.visit is not None and found.visit.status in GONE:
        return row("status-cancelled", "text3", "Cancelled", struck=True)
    if found.explanation is None:
        return row("check", "text3", _stays(found, zone, today))
    told, worst = found.explanation, found.explanation.worst
    placed = choice is not None and choice.start is not None
    if told.verdict is Verdict.REFUSE and worst is not None:
        deeds = [*_ways(found, roster, zone, doctor_id, today), skip]
        if fields_past(told, may):
            deeds.append(Deed(PAST, "Book anyway", "book it all the same, with a reason"))
        if placed:
            deeds = [back, *deeds]
        sentence = worst.sentence.rstrip(".")
        return row("refuse", "refuse", sentence, *deeds, full=sentence)
    if choice is not None and insists(choice):
        why = f": “{reason_of(choice)}”" if reason_of(choice) else ""
        word = "Overbooked" if choice.overbook_reason else "Booked anyway"
        return row("warn", "warn", f"{word}{why}", back)
    if placed:
        said = f"→ {place_words(found.start, told.doctor_id, roster, zone, doctor_id, today)}"
        return row("check", "ok", said, back)
    if worst is not None:
        sentence = worst.sentence.rstrip(".")
        return row("warn", "warn", sentence, skip, full=sentence)
    if found.changed and found.visit is not None:
        goes = place_words(found.start, told.doctor_id, roster, zone, doctor_id, today)
        return row("check", "ok", f"→ {goes}", skip)
    moves = found.visit is not None and found.visit.start != found.start
    if moves and found.visit is not None:
        said = f"from {words.moment_words(found.visit.start, zone, today)}"
        return row("check", "ok", said, skip)
    return row("check", "ok", "Free" if found.visit is None else "", skip)


def _stays(found: OccurrencePreview, zone: str, today: date) -> str:
    if found.changed and found.visit is not None:
        return f"Stays at {words.moment_words(found.visit.start, zone, today)}, changed by hand"
    return "Stays as it is"


def _ways(
    found: OccurrencePreview, roster: Roster, zone: str, doctor_id: str, today: date
) -> list[Deed]:
    deeds = []
    near, other = found.nearest, found.other_doctor
    if near is not None:
        place = place_words(near.start, near.doctor_id, roster, zone, doctor_id, today)
        label = _short(near, found.start, zone)
        deeds.append(Deed(NEAREST, label, f"take the nearest free time, {place}"))
    if other is not None:
        name = words.doctor_of(roster, other.doctor_id)
        deeds.append(Deed(OTHER, name, f"the same time with {name}"))
    return deeds


def _short(slot: Slot, start: datetime, zone: str) -> str:
    """ "10:30", with the day when it is another one."""
    there, here = local_of(slot.start, zone), local_of(start, zone)
    if there.date() == here.date():
        return f"{there:%H:%M}"
    return f"{words.WEEKDAYS[there.weekday()]} {there.day} {there:%H:%M}"


def place_words(
    start: datetime, doctor_id: str, roster: Roster, zone: str, own: str, today: date
) -> str:
    """ "Tue 8 Dec 10:30", with the doctor when it is another one than the series'."""
    said = words.moment_words(start, zone, today)
    return said if doctor_id == own else f"{said}, {words.doctor_of(roster, doctor_id)}"


def series_rows(view: SeriesView, roster: Roster, now: datetime, today: date) -> tuple[Row, ...]:
    """A series as it stands, with the dates that were left out, by their place in the rule."""
    zone, series = view.zone, view.series
    alive = {view.places.get(cell.id) for cell in view.visits if cell.status not in GONE}
    rows = [
        _visit_row(cell, view, roster, now, today)
        for cell in view.visits
        # a cancelled visit whose date was booked anew is history
        if cell.status not in GONE or view.places.get(cell.id) not in alive
    ]
    taken = {row.key for row in rows}
    for text in series.excluded:
        if text in taken:
            continue
        try:
            local = parse_local(text)
        except Refusal:
            continue  # of an older import: no date that could be shown
        past = local < local_of(now, zone)
        add = () if past else (Deed(ADD, "Add back", "book this date again"),)
        rows.append(
            Row(
                text, words.day_words(local.date(), today), f"{local:%H:%M}", "minus", "text3",
                "Left out", "Left out", add, struck=True,
            )
        )  # fmt: skip
    rows.sort(key=lambda row: (row.key, row.visit_id))
    return tuple(rows)


def _visit_row(cell: Cell, view: SeriesView, roster: Roster, now: datetime, today: date) -> Row:
    zone, series = view.zone, view.series
    there = local_of(cell.start, zone)
    key = view.places.get(cell.id, local_text(there))
    gone = cell.status in GONE
    to_come = cell.start >= now and cell.status not in FINAL and cell.status is not Status.HELD
    said = STATUS_WORDS[cell.status].capitalize()
    if cell.doctor_id != series.doctor_id:
        said = f"{said} · {words.doctor_of(roster, cell.doctor_id)}"
    changed = cell.id in view.changed_ids and not gone
    if changed and key != local_text(there):
        said = f"{said} · was {words.day_words(parse_local(key).date(), today)} {key[11:16]}"
    deeds: tuple[Deed, ...] = ()
    if to_come:
        deeds = (
            Deed(FROM, "From here", "change or cancel the series from this visit on"),
            Deed(SKIP, "Skip", "cancel this visit alone"),
        )
    elif gone and cell.start >= now:
        deeds = (Deed(ADD, "Add back", "bring this visit back"),)
    return Row(
        key, words.day_words(there.date(), today), f"{there:%H:%M}",
        f"status-{cell.status.value}", "text3" if gone or cell.start < now else "text2",
        said, said, deeds, struck=gone, mark="changed" if changed else "", visit_id=cell.id,
    )  # fmt: skip


def counted(found: Sequence[OccurrencePreview], decided: Mapping[str, Choice]) -> str:
    """ "5 of 6 dates stand · 1 clashes"."""
    clash = sum(
        1
        for o in found
        if o.explanation is not None and o.explanation.verdict is Verdict.REFUSE and not o.skipped
    )
    skipped = sum(1 for o in found if o.skipped)
    moved = sum(1 for key in decided if decided[key].start is not None)
    parts = [words.plural(len(found) - clash - skipped, "visit")]
    if moved:
        parts.append(f"{moved} elsewhere")
    if skipped:
        parts.append(f"{skipped} left out")
    if clash:
        parts.append(f"{clash} {'clashes' if clash == 1 else 'clash'}")
    return " · ".join(parts)


def choice_at(occurrence: OccurrencePreview, slot: Slot, room_id: str | None) -> Choice:
    """The date at another place; ``room_id`` is the draft's: a chosen room gives way to the one
    that is free there, an automatic one stays automatic."""
    return Choice(
        local_start=occurrence.local_start,
        start=slot.start,
        end=slot.end,
        doctor_id=slot.doctor_id,
        room_id=AUTO if room_id == AUTO else slot.room_id,
    )


def choice_for(
    deed: str, key: str, found: OccurrencePreview | None, room_id: str | None
) -> Choice | None:
    """What a deed decides about a date of a preview; None when it decides nothing there."""
    if deed == SKIP:
        return Choice(local_start=key, skip=True)
    if deed == BACK:
        return Choice(local_start=key)
    if found is not None and deed == NEAREST and found.nearest is not None:
        return choice_at(found, found.nearest, room_id)
    if found is not None and deed == OTHER and found.other_doctor is not None:
        return choice_at(found, found.other_doctor, room_id)
    return None


def clash_words(count: int, named: str = "") -> str:
    """ "2 dates clash: Tue 8 Dec, Tue 15 Dec. Decide in the list: …"."""
    verb = "clashes" if count == 1 else "clash"
    days = f": {named}" if named else ""
    return (
        f"{words.plural(count, 'date')} {verb}{days}. Decide in the list: "
        "N nearest, D other doctor, S skip."
    )


def days_named(today: date, local_starts: Sequence[str]) -> str:
    """ "Tue 8 Dec, Tue 15 Dec and 3 more"."""
    named = [words.day_words(parse_local(t).date(), today) for t in local_starts[:MOST_NAMED]]
    more = len(local_starts) - MOST_NAMED
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def booked_words(made: SeriesMade, sentence: str, skipped: Sequence[str], today: date) -> str:
    """How many visits were booked, and which dates were left out and why."""
    said = sentence or f"Booked {words.plural(len(made.visit_ids), 'visit')}"
    if made.left_out:
        clashing = [text for text, _why in made.left_out]
        said += f". Left out because they clash: {days_named(today, clashing)}"
    if skipped:
        said += f". Skipped: {days_named(today, skipped)}"
    return said
