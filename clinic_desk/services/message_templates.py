"""The clinic's own words: kept when they can be written for every visit, refused otherwise."""

from __future__ import annotations

from dataclasses import replace

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import (
    CHANNEL_WORDS,
    PURPOSE_WORDS,
    Channel,
    MessageTemplate,
)
from clinic_desk.services import message_approval
from clinic_desk.services.message_checking import each_problem
from clinic_desk.services.message_commands import ResetTemplate, SaveTemplate
from clinic_desk.services.message_rendering import TemplateText
from clinic_desk.services.message_values import language_code
from clinic_desk.services.message_words import Place, built_in
from clinic_desk.services.wording import plain
from clinic_desk.services.work import Done, Work, check_revision

WITH_SUBJECT = frozenset({Channel.EMAIL, Channel.WHATSAPP})


def name_of(template: MessageTemplate) -> str:
    """ "Reminder by SMS, Turkish"."""
    way = CHANNEL_WORDS[template.channel]
    return f"{PURPOSE_WORDS[template.purpose]}, {way}, {language_words(template.language)}"


def language_words(language: str) -> str:
    """ "Turkish"; the code itself for one that is not known."""
    from babel import Locale

    return str(Locale("en").languages.get(language, language))


def save(work: Work, command: SaveTemplate) -> Done:
    """Value: the template's id. Raises ``BadText`` (a ``Refusal`` with ``field`` and ``line``)."""
    wanted = cleaned(command.template)
    for problem in each_problem(
        wanted.subject, wanted.body, wanted.purpose, wanted.channel, wanted.language
    ):
        raise problem
    if wanted.channel is Channel.WHATSAPP:
        gateway = str(work.uow.message_settings().get("messages.whatsapp.kind") or "")
        wrong = message_approval.problem(
            wanted.subject, wanted.body, wanted.purpose, wanted.language, gateway
        )
        if wrong is not None:
            raise wrong
    label = f"Words of {name_of(wanted)}"
    known = _own(work, wanted)
    if known is None:
        if command.expected_revision is not None:
            raise Refusal(
                "stale", "These words went back to the built-in ones meanwhile; look at them first."
            )
        if TemplateText(wanted.subject, wanted.body) == built_in().get(_place(wanted)):
            raise Refusal("unchanged", "These are the built-in words already.", field="body")
        kept = work.uow.add(replace(wanted, id=work.new_id(), revision=0), "template_added")
    else:
        # None: the person looked at the built-in words
        check_revision(work, known, command.expected_revision or 0, "text")
        changed = replace(known, subject=wanted.subject, body=wanted.body)
        kept = work.uow.replace(known, changed, "template_changed")
    return Done(value=kept.id, label=label, sentence=f"{name_of(kept)}: saved.")


def reset(work: Work, command: ResetTemplate) -> Done:
    """Takes the clinic's own words away; messages are written by the built-in ones, or for a
    language that the program does not bring, in the clinic's language or in English."""
    for known in work.uow.find(
        MessageTemplate,
        purpose=command.purpose,
        channel=command.channel,
        language=command.language,
    ):
        work.uow.remove(known, "template_reset")
        brought = _place(known) in built_in()
        what = "the built-in words again" if brought else "removed"
        return Done(
            value=known.id,
            label=f"Words of {name_of(known)}",
            sentence=f"{name_of(known)}: {what}.",
        )
    raise Refusal("unchanged", "These are the built-in words already.")


def cleaned(template: MessageTemplate) -> MessageTemplate:
    """As it is kept: no control characters, no blank ends, a subject for e-mail and WhatsApp alone.
    Raises ``Refusal`` with ``field`` "language" for what is no language."""
    language = language_code(template.language)
    if not language or language_words(language) == language:
        raise Refusal(
            "bad_language",
            "A language has a code of two letters: “fr” for French.",
            field="language",
        )
    body = "\n".join(line.rstrip() for line in plain(template.body).split("\n")).strip()
    subject = plain(template.subject).strip() if template.channel in WITH_SUBJECT else ""
    return replace(template, language=language, subject=subject, body=body)


def _own(work: Work, template: MessageTemplate) -> MessageTemplate | None:
    found = work.uow.find(
        MessageTemplate,
        purpose=template.purpose,
        channel=template.channel,
        language=template.language,
    )
    return found[0] if found else None


def _place(template: MessageTemplate) -> Place:
    return (template.purpose, template.channel, template.language)
