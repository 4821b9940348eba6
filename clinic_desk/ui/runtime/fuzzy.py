"""Loose matching for the command palette: letters in order, word starts first."""

from __future__ import annotations

import unicodedata


def plain(text: str) -> str:
    """Lower case without accents; Turkish dotless i counts as i, and the apostrophe that keyboards
    have as the one that is printed."""
    typed = text.replace("ı", "i").replace("İ", "I").replace("’", "'")
    folded = unicodedata.normalize("NFKD", typed)
    return "".join(char for char in folded if not unicodedata.combining(char)).casefold()


def score(query: str, text: str) -> float | None:
    """None when a word of the query is not in ``text``; else higher is better, 0–1 per word.

    Each word of the query must occur as a prefix of a word, else inside one, else as letters in
    order."""
    target = plain(text)
    words = target.split()
    total = 0.0
    parts = plain(query).split()
    for part in parts:
        best = _one(part, target, words)
        if best is None:
            return None
        total += best
    if not parts:
        return 0.0
    return total / len(parts) - len(target) * 0.001


def _one(part: str, target: str, words: list[str]) -> float | None:
    if target.startswith(part):
        return 1.0
    if any(word.startswith(part) for word in words):
        return 0.9
    if part in target:
        return 0.6
    initials = "".join(word[0] for word in words)
    if part in initials:
        return 0.5
    place, gaps = -1, 0
    for char in part:
        found = target.find(char, place + 1)
        if found < 0:
            return None
        gaps += found - place - 1 if place >= 0 else 0
        place = found
    # letters strewn over the whole text are chance, not intent
    return 0.3 - gaps * 0.01 if gaps <= 2 * len(part) else None
