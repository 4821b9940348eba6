"""From a typed error to one helpful sentence with its ways out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from clinic_desk.domain.errors import ClinicDeskError, Fault, Refusal, Stale, WayOut


class Tone(StrEnum):
    """How a message looks: word, icon and colour together."""

    OK = "ok"
    INFO = "info"
    WARN = "warn"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Message:
    """``field`` names the input that the sentence is about, None when it is about the whole."""

    sentence: str
    tone: Tone = Tone.INFO
    ways_out: tuple[WayOut, ...] = ()
    field: str | None = None


def message_for(error: BaseException) -> Message:
    """Never shows the text of a bug: that text may hold anything."""
    if isinstance(error, Stale):
        ways = (WayOut("Show the newer version", "show"),)
        return Message(_ended(error.sentence), Tone.WARN, ways)
    if isinstance(error, Refusal):
        return Message(_ended(error.sentence), Tone.REFUSE, error.ways_out, error.field)
    if isinstance(error, Fault):
        again: tuple[WayOut, ...] = (WayOut("Try again", "retry"),)
        return Message(_ended(error.sentence), Tone.REFUSE, () if error.code == "bug" else again)
    if isinstance(error, ClinicDeskError):
        return Message(_ended(str(error)), Tone.REFUSE)
    return Message("Something went wrong inside the program. Nothing was changed.", Tone.REFUSE)


def _ended(sentence: str) -> str:
    text = sentence.strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."
