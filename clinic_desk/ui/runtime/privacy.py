"""The curtain: while it is on, nobody's name, number, address or birth date is on the screen.

Whatever shows a person asks here how. There is one curtain for the whole program, as there is one
pair of eyes before the screen: every window and dialog follows it. What is stored, printed or
written to files is never touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Protocol

from PySide6.QtCore import QObject, Signal

COVERED = "•••"
"""Instead of a number, an address, a birth date, a note."""

NOT_YET = "Hidden by the curtain (F12)"
"""Instead of a whole sentence, while the names that may stand in it are still being read."""

_MAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\w.,:/-])(?:\+|00)\d(?:[\s()/.\u2009\u00a0-]?\d){6,14}(?!\w)")
_BORN = re.compile(r"\b\d{1,2} (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w* \d{4}\b")
_NUMBER = re.compile(r"(\bNo\. |\bentry |\bMerge |\binto |\bpart of |\()([\w-]+)( \(also [^)]*\))?")
"""Where a sentence of the program tells a record number, with those it had before."""
_WORD = re.compile(r"[^\W_]+")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Person(Protocol):
    """A visit, a search hit or a patient: whatever carries a name."""

    @property
    def first_name(self) -> str: ...
    @property
    def last_name(self) -> str: ...


class Privacy(QObject):
    """``changed`` carries whether the curtain is on. ``by_itself``: nobody was at the desk."""

    changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.on = False
        self.by_itself = False
        self._names: dict[str, list[tuple[str, str]]] | None = None
        self._births: frozenset[str] = frozenset()
        self._numbers: frozenset[str] = frozenset()

    def draw(self, *, by_itself: bool = False) -> None:
        if not self.on:
            self.on, self.by_itself = True, by_itself
            self.changed.emit(True)

    def lift(self) -> None:
        if self.on:
            self.on = self.by_itself = False
            self._names = None
            self.changed.emit(False)

    def know(self, people: KnownPeople) -> None:
        """Whose names and numbers are to be found in sentences; what was said may be said anew."""
        self._names, self._births = people.names, people.births
        self._numbers = people.numbers

    @property
    def knows(self) -> bool:
        return self._names is not None

    # what shows a person asks these

    def name(self, person: Person, otherwise: str = "") -> str:
        """ "Carter, Ada", behind the curtain "A. C."; ``otherwise`` where there is no name."""
        if not self.on:
            return ", ".join(one for one in (person.last_name, person.first_name) if one) or (
                otherwise
            )
        return initials(person.first_name, person.last_name) or otherwise

    def spoken(self, person: Person, otherwise: str = "") -> str:
        """ "Ada Carter", behind the curtain "A. C."."""
        if not self.on:
            return " ".join(one for one in (person.first_name, person.last_name) if one) or (
                otherwise
            )
        return initials(person.first_name, person.last_name) or otherwise

    def surname(self, person: Person) -> str:
        if not self.on:
            return person.last_name or person.first_name
        return initials(person.first_name, person.last_name)

    def listed(self, name: str) -> str:
        """A name that is only known as "Carter, Ada"."""
        if not self.on or not name:
            return name
        last, _, first = name.partition(",")
        return initials(first, last)

    def hidden(self, text: str) -> str:
        """A phone number, an address, a birth date, a note, an alert."""
        return COVERED if self.on and text else text

    def said(self, sentence: str) -> str:
        """A sentence in which people may be named: a result, a refusal, the name of a step."""
        if not self.on or not sentence:
            return sentence
        if self._names is None:
            return NOT_YET
        return self._without_names(self._without_numbers(sentence))

    def _without_numbers(self, text: str) -> str:
        text = _PHONE.sub(COVERED, _MAIL.sub(COVERED, text))
        text = _NUMBER.sub(
            lambda found: f"{found[1]}{COVERED}" if found[2] in self._numbers else found.group(),
            text,
        )
        return _BORN.sub(
            lambda found: COVERED if _short(found.group()) in self._births else found.group(), text
        )

    def _without_names(self, text: str) -> str:
        names, folded = self._names or {}, text.casefold()
        if len(folded) != len(text):
            folded = text.lower() if len(text.lower()) == len(text) else text
        parts, done = [], 0
        for word in _WORD.finditer(folded):
            at = word.start()
            if at < done:
                continue
            for full, short in names.get(word.group(), ()):
                end = at + len(full)
                if folded.startswith(full, at) and not folded[end : end + 1].isalnum():
                    parts += [text[done:at], short]
                    done = end
                    break
        return "".join([*parts, text[done:]])


class KnownPeople:
    """Everybody's name in both orders, by its first word, and birth dates as they are written.
    ``numbers`` are their record numbers, past ones too. Built off the main thread."""

    def __init__(
        self, people: Iterable[tuple[str, str, date | None]], numbers: Iterable[str] = ()
    ) -> None:
        self.numbers = frozenset(numbers)
        self.names: dict[str, list[tuple[str, str]]] = {}
        births = set()
        for last, first, born in people:
            short = initials(first, last)
            both = [f"{last}, {first}", f"{first} {last}"] if first and last else [last or first]
            for full in both:
                folded = full.casefold()
                found = _WORD.search(folded)
                if found is not None:
                    known = self.names.setdefault(found.group(), [])
                    if (folded[found.start() :], short) not in known:
                        known.append((folded[found.start() :], short))
            if born is not None:
                births.add(f"{born.day} {_MONTHS[born.month - 1]} {born.year}")
        for known in self.names.values():
            known.sort(key=lambda one: -len(one[0]))
        self.births = frozenset(births)


def initials(first: str, last: str) -> str:
    """ "A. C.": first name first, as people hear themselves called."""
    words = (first.strip(), last.strip())
    return " ".join(f"{word[0].upper()}." for word in words if word)


def _short(written: str) -> str:
    day, month, year = written.split()
    return f"{int(day)} {month[:3]} {year}"


CURTAIN = Privacy()
"""The one curtain of the program."""
