"""The sections of the settings page in their order, and what a search finds among them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from clinic_desk.ui.models.shortcuts import Shortcuts
from clinic_desk.ui.runtime import page_table
from clinic_desk.ui.runtime.declared import Control, Declared
from clinic_desk.ui.runtime.fuzzy import plain
from clinic_desk.ui.runtime.page_table import CLINIC, DESK
from clinic_desk.ui.settings.fields import FIELDS


@dataclass(frozen=True, slots=True)
class Section:
    """``target`` is the "module:Class" of a ``Panel(context)``; without it the page knows itself
    how to build the section."""

    name: str
    heading: str
    title: str
    words: str = ""
    target: str = ""


SHORTCUTS, ADVANCED = "shortcuts", "advanced"

OWN: tuple[Section, ...] = (
    Section("everyone", CLINIC, "At every desk", "clinic-wide shared defaults"),
    Section("backup", CLINIC, "Backup", "copies schedule rotation second place restore"),
    Section("appearance", DESK, "Appearance", "look display screen accessibility"),
    Section("calendar", DESK, "Calendar", "diary grid day week agenda"),
    Section(
        SHORTCUTS, DESK, "Shortcuts", "keys keyboard hotkeys letters combination remap keyboard"
    ),
    Section("desk", DESK, "Name and role", "computer identity rights"),
    Section(
        ADVANCED, DESK, "Data and program",
        "advanced data folder version doctor check verify backup file location about",
    ),
)  # fmt: skip


def sections() -> tuple[Section, ...]:
    """Those of the clinic first, then those of this desk; only what is there."""
    panels = tuple(
        Section(spec.name, spec.group, spec.title, spec.words, spec.target)
        for spec in page_table.PANELS
    )
    every = (*panels, *OWN)
    return tuple(one for heading in (CLINIC, DESK) for one in every if one.heading == heading)


@dataclass(frozen=True, slots=True)
class Hit:
    """A section, or with ``key`` one setting in it."""

    section: Section
    title: str
    key: str = ""


Field = tuple[str, str, str]
"""As of ``FIELDS``."""

ENOUGH = 8
"""Actions whose keys are listed at the most: a search for something else is not buried in them."""


def key_fields(shortcuts: Shortcuts) -> Callable[[], tuple[Field, ...]]:
    """The keys of each action, as they are when they are asked for."""

    def fields() -> tuple[Field, ...]:
        return tuple(
            (f"{row.setting}/{row.id}", f"Keys of “{row.text}”", f"{row.group} {row.words}")
            for row in shortcuts.rows
        )

    return fields


def search(
    text: str,
    among: Sequence[Section],
    declared: Sequence[Declared],
    keys: Callable[[], Sequence[Field]] = tuple,
) -> Iterator[tuple[Section, bool, tuple[Hit, ...]]]:
    """Each section of which something fits, whether its own title or words do, and its settings
    that fit. Every word must occur, anywhere in what the thing is called. ``keys`` are found by
    what their action is called, not by the section that holds them all."""
    for section in among:
        own = _fits(text, f"{section.title} {section.words} {section.heading}")
        hits = tuple(
            Hit(section, item.label, item.key)
            for item in declared
            if item.section == section.name
            and item.control is not Control.NONE
            and _fits(text, _called(item, section))
        )
        hits += tuple(
            Hit(section, label, key)
            for key, label, words in FIELDS.get(section.name, ())
            if _fits(text, f"{label} {words} {section.title}")
        )
        if section.name == SHORTCUTS and text.strip():
            found = (one for one in keys() if _fits(text, f"{one[1]} {one[2]}"))
            hits += tuple(Hit(section, label, key) for key, label, _ in islice(found, ENOUGH))
        if own or hits:
            yield section, own, hits


def _called(item: Declared, section: Section) -> str:
    choices = " ".join(words for _, words in item.choices)
    return f"{item.label} {item.words} {item.help} {choices} {section.title}"


def _fits(text: str, called: str) -> bool:
    target = plain(called)
    return all(word in target for word in plain(text).split())


def marked(text: str, title: str) -> list[tuple[int, int]]:
    """(start, length) of what the words of a search hit in a title, for highlighting."""
    target = plain(title)
    if len(target) != len(title):  # a ligature or the like: no places to tell
        return []
    spans = []
    for word in plain(text).split():
        start = target.find(word)
        if start >= 0:
            spans.append((start, len(word)))
    return sorted(spans)
