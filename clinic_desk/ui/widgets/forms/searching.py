"""Fields that are searched by typing: time zones, countries, currencies, languages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from zoneinfo import TZPATH, available_timezones

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QCompleter

from clinic_desk.services.regions import OUTSIDE
from clinic_desk.ui.runtime.fuzzy import plain
from clinic_desk.ui.widgets.forms.fields import LONGEST_FIELD
from clinic_desk.ui.widgets.forms.yielding import YieldingLine

Pairs = Sequence[tuple[str, str]]
MOST = 12
"""Rows of the list that opens below."""


class _Finder:
    """Finds what holds every typed word, in any order, accents and case aside; what begins with
    the text comes first."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = [(plain(word.replace("_", " ")), word) for word in words]

    def find(self, text: str) -> list[str]:
        wanted = plain(text.replace("_", " ")).split()
        first = wanted[0] if wanted else ""
        found = [pair for pair in self._words if all(word in pair[0] for word in wanted)]
        found.sort(key=lambda pair: not pair[0].startswith(first))
        return [word for _, word in found]


class SearchField(YieldingLine):
    """Type any part of a name and choose. What is none of the choices stays as it was typed, and
    is refused in words when it is saved. ``pairs`` makes the (value, words) when first needed."""

    edited = Signal()

    def __init__(self, pairs: Callable[[], Pairs], ghost: str, *, optional: bool = False) -> None:
        super().__init__()
        self._make = pairs
        self._optional = optional
        self._words: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._finder: _Finder | None = None
        self._model = QStringListModel(self)
        self._completer = QCompleter(self._model, self)
        self.setPlaceholderText(ghost)
        self.setMaximumWidth(LONGEST_FIELD)
        self.textEdited.connect(self._on_typed)

    def value(self) -> str:
        """The value of what stands there; what is no choice as it is."""
        self._know()
        text = " ".join(self.text().split())
        key = plain(text)
        return self._values.get(key, text)

    def put(self, value: str) -> None:
        self._know()
        self.setText(self._words.get(value, value))
        self.setCursorPosition(0)

    def raw(self) -> str:
        return self.value()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusInEvent(event)
        self._know()
        if event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason):
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.put(self.value())

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        fresh = not self.hasSelectedText()
        super().mousePressEvent(event)
        if fresh and event.button() is Qt.MouseButton.LeftButton:
            self.selectAll()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Down and self._finder is not None:
            self._open("" if self.value() in self._words else self.text())
        else:
            super().keyPressEvent(event)

    # inside

    def _know(self) -> None:
        if self._finder is not None:
            return
        pairs = self._make()
        self._words = dict(pairs)
        for value, words in pairs:
            self._values.setdefault(plain(words), value)
        for value, words in pairs:
            self._values.setdefault(plain(value), value)
            self._values.setdefault(plain(words.split(" — ")[0]), value)
        self._finder = _Finder([words for _, words in pairs])
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setMaxVisibleItems(MOST)
        self._completer.setWidget(self)
        self._completer.activated.connect(self._on_chosen)

    def _on_typed(self, text: str) -> None:
        self._know()
        self.edited.emit()
        self._open(text)

    def _open(self, text: str) -> None:
        self._know()
        assert self._finder is not None
        self._model.setStringList(self._finder.find(text))
        popup = self._completer.popup()
        if self._model.rowCount():
            self._completer.complete()
        elif popup is not None:
            popup.hide()

    def _on_chosen(self, words: str) -> None:
        self.setText(words)
        self.setCursorPosition(0)
        self.edited.emit()


def zone_field(ghost: str = "Town or region, such as London") -> SearchField:
    """Every IANA zone: "London — Europe/London"."""
    return SearchField(zones, ghost)


@cache
def zones() -> Pairs:
    """Today's names first, so that a town typed alone is not read as its zone's older name."""
    today = _todays_zones()
    first, older = [], []
    for name in sorted(available_timezones()):
        area, _, town = name.rpartition("/")
        words = town.replace("_", " ")
        if not today or name in today or not area:
            first.append((name, f"{words} — {name}" if area else name))
        else:
            older.append((name, f"{words} — {name} (older name)"))
    return tuple(first + older)


def _todays_zones() -> frozenset[str]:
    """Those that the zone table lists; empty where the table is not there."""
    for path in (files("tzdata.zoneinfo"), *(Path(folder) for folder in TZPATH)):
        try:
            text = (path / "zone.tab").read_text(encoding="utf-8")
        except OSError:
            continue
        lines = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
        return frozenset(parts[2] for parts in lines if len(parts) > 2)
    return frozenset()


@cache
def countries() -> Pairs:
    from babel import Locale  # slow to load, and needed by the forms alone

    names = Locale("en").territories
    real = ((code, str(name)) for code, name in names.items() if len(code) == 2 and code.isalpha())
    return tuple(
        sorted(
            ((code, f"{name} — {code}") for code, name in real if code not in OUTSIDE),
            key=lambda pair: plain(pair[1]),
        )
    )


@cache
def currencies() -> Pairs:
    """Those in use somewhere today."""
    from babel import Locale
    from babel.numbers import get_territory_currencies

    names = Locale("en").currencies
    used = {
        code
        for country, _ in countries()
        for code in get_territory_currencies(country, tender=True)
    }
    pairs = ((code, f"{names.get(code, code)} — {code}") for code in used)
    return tuple(sorted(pairs, key=lambda pair: plain(pair[1])))


@cache
def languages() -> Pairs:
    """Languages with a region: "English (United Kingdom) — en_GB"."""
    from babel import Locale
    from babel.core import parse_locale
    from babel.localedata import locale_identifiers

    english = Locale("en")
    pairs = []
    for name in locale_identifiers():
        language, territory, script, *_ = (*parse_locale(name), None, None)[:4]
        if territory is None or len(territory) != 2 or language not in english.languages:
            continue
        where = str(english.territories.get(territory, territory))
        if script:
            where = f"{english.scripts.get(script, script)}, {where}"
        pairs.append((name, f"{english.languages[language]} ({where}) — {name}"))
    return tuple(sorted(pairs, key=lambda pair: plain(pair[1])))
