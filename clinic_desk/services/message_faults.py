"""What cannot be read in the text of a message, in words for whoever wrote it."""

from __future__ import annotations

from clinic_desk.services.message_values import BY_NAME
from clinic_desk.services.wording import quoted

CHOICE = "{% if room %} … {% endif %}"
_ENDS = frozenset({"endif", "else", "elif"})


def in_words(said: str, number: int, text: str) -> str:
    """``said`` is Jinja2's complaint about line ``number`` (from 1) of the text."""
    lines = text.split("\n")
    line = lines[min(max(number, 1), len(lines)) - 1]
    shown = quoted(line.strip())
    if "unknown tag" in said:
        tag = said.partition("'")[2].partition("'")[0]
        if tag in _ENDS:
            return f"“{tag}” stands alone; there is no {{% if … %}} before it."
        if tag in BY_NAME:
            return f"A placeholder stands between double braces: {{{{ {tag} }}}}."
        return f"There is no {quoted(tag)}; a choice is {CHOICE}."
    if "comment" in said:
        return "A note {# … #} is not closed."
    if _open(line):
        return f"A bracket is not closed: {shown}. A placeholder stands between {{{{ and }}}}."
    if "end of template" in said:
        return "An {% if … %} has no {% endif %}, or a bracket is not closed."
    if line.count("{%") and ("{{" not in line or line.count("{{") == line.count("}}")):
        return f"This cannot be read: {shown}. A choice is {CHOICE}."
    return f"This cannot be read: {shown}. A placeholder is one word between {{{{ and }}}}."


def line_of(number: int, text: str) -> int:
    """The line to show, from 1: that of a bracket that is never closed, where there is one."""
    for place, line in enumerate(text.split("\n")[:number], start=1):
        if _open(line):
            return place
    return min(max(number, 1), text.count("\n") + 1)


def _open(line: str) -> bool:
    """A placeholder that is begun in a line and not ended in it."""
    begun = line.rfind("{{")
    return begun >= 0 and "}}" not in line[begun:]
