"""Whose words a message is written in: the clinic's own, else those that the program brings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from clinic_desk.domain.errors import Fault
from clinic_desk.domain.messages import Channel, MessageTemplate, Purpose
from clinic_desk.services.message_rendering import TemplateText
from clinic_desk.services.message_values import language_of

Place = tuple[Purpose, Channel, str]
"""What a template is for: (purpose, channel, two-letter language)."""


def _folder() -> Path:
    """``resources/messages`` of a checkout, of a wheel, or of a packaged program."""
    package = Path(__file__).resolve().parents[1]
    for root in (package / "_bundled", package.parent):
        if (root / "resources" / "messages").is_dir():
            return root / "resources" / "messages"
    raise Fault(
        "incomplete", "The program's own files are incomplete (no messages). Install it again."
    )


@cache
def built_in() -> Mapping[Place, TemplateText]:
    """The texts that the program brings, one file each: ``<language>/<purpose>.<channel>.txt``. An
    e-mail's first line is its subject. Raises ``Fault("incomplete")``."""
    found: dict[Place, TemplateText] = {}
    for path in sorted(_folder().glob("??/*.*.txt")):
        purpose, channel, _ = path.name.split(".")
        text = path.read_text("utf-8").strip()
        subject = ""
        if channel == Channel.EMAIL:
            subject, _, text = text.partition("\n")
        found[Purpose(purpose), Channel(channel), path.parent.name] = TemplateText(
            subject.strip(), text.strip()
        )
    return found


def built_in_languages() -> tuple[str, ...]:
    return tuple(sorted({language for _, _, language in built_in()}))


def languages_for(
    own: Iterable[MessageTemplate], purpose: Purpose, channel: Channel
) -> frozenset[str]:
    """In which such a message can be written; ``own`` are the clinic's templates."""
    mine = {one.language for one in own if (one.purpose, one.channel) == (purpose, channel)}
    brought = {code for about, way, code in built_in() if (about, way) == (purpose, channel)}
    return frozenset(mine | brought)


def words_for(
    own: Iterable[MessageTemplate],
    purpose: Purpose,
    channel: Channel,
    *,
    patient: str = "",
    practice: str = "",
) -> tuple[TemplateText, str]:
    """The text to write and its language: the patient's, else the clinic's, else English. What the
    desks are told is for whoever works there: in the clinic's.
    ``patient`` and ``practice`` are languages or locales ("tr", "tr_TR", "")."""
    own = tuple(own)
    if channel is Channel.DESKTOP:
        patient = ""
    language = language_of(patient, practice, languages_for(own, purpose, channel))
    return text_of(own, (purpose, channel, language)), language


def text_of(own: Iterable[MessageTemplate], place: Place) -> TemplateText:
    """The clinic's words for the place, else the built-in ones, else an empty text."""
    for one in own:
        if (one.purpose, one.channel, one.language) == place:
            return TemplateText(one.subject, one.body)
    return built_in().get(place, TemplateText())
