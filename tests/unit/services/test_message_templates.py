"""The clinic's own words are kept when they can be written, and go back to the built-in ones."""

from __future__ import annotations

from typing import Any

import pytest

from clinic_desk.domain.errors import Refusal, Stale
from clinic_desk.domain.messages import Channel, MessageTemplate, Purpose
from clinic_desk.services.message_checking import BadText
from clinic_desk.services.message_commands import ResetTemplate, SaveTemplate
from clinic_desk.services.message_words import built_in, languages_for, text_of, words_for
from tests.fakes.world import World

PLACE = (Purpose.REMINDER, Channel.SMS, "en")


def template(body: str = "Until {{ when }}!", **more: Any) -> MessageTemplate:
    values: dict[str, Any] = {
        "id": "", "purpose": Purpose.REMINDER, "channel": Channel.SMS, "language": "en",
        "body": body,
    }  # fmt: skip
    return MessageTemplate(**(values | more))


def stored(world: World) -> tuple[MessageTemplate, ...]:
    return world.store.queries.message_templates()


def test_own_words_take_the_place_of_the_built_in_ones_and_are_an_undo_step(world: World) -> None:
    made = world.run(SaveTemplate(template=template()))
    (kept,) = stored(world)
    assert (kept.id, kept.body, kept.revision) == (made.value, "Until {{ when }}!", 1)
    assert made.undo_label == "Words of Reminder, SMS, English"
    assert text_of(stored(world), PLACE).body == "Until {{ when }}!"
    world.run(SaveTemplate(template=template("At {{ time }}."), expected_revision=1))
    assert [one.body for one in stored(world)] == ["At {{ time }}."]
    world.undo()
    assert [one.body for one in stored(world)] == ["Until {{ when }}!"]
    world.undo()
    assert stored(world) == ()
    assert text_of(stored(world), PLACE) == built_in()[PLACE]
    world.redo()
    assert len(stored(world)) == 1


def test_back_to_the_built_in_words_and_back_again(world: World) -> None:
    world.run(SaveTemplate(template=template()))
    back = world.run(ResetTemplate(purpose=Purpose.REMINDER, channel=Channel.SMS, language="en"))
    assert back.sentence == "Reminder, SMS, English: the built-in words again."
    assert stored(world) == ()
    with pytest.raises(Refusal, match="built-in words already"):
        world.run(ResetTemplate(purpose=Purpose.REMINDER, channel=Channel.SMS, language="en"))
    world.undo()
    assert len(stored(world)) == 1
    # the place is free for new words after a reset
    world.redo()
    world.run(SaveTemplate(template=template("Again {{ when }}")))
    assert [one.body for one in stored(world)] == ["Again {{ when }}"]


def test_a_language_that_the_program_does_not_bring(world: World) -> None:
    world.run(SaveTemplate(template=template("Le {{ date }}", language="fr")))
    own = stored(world)
    assert languages_for(own, Purpose.REMINDER, Channel.SMS) == {"en", "tr", "de", "fr"}
    text, language = words_for(
        own, Purpose.REMINDER, Channel.SMS, patient="fr_CA", practice="en_GB"
    )
    assert (text.body, language) == ("Le {{ date }}", "fr")
    # another channel has no French words: the clinic's language
    assert words_for(own, Purpose.REMINDER, Channel.EMAIL, patient="fr", practice="tr")[1] == "tr"
    gone = world.run(ResetTemplate(purpose=Purpose.REMINDER, channel=Channel.SMS, language="fr"))
    assert gone.sentence == "Reminder, SMS, French: removed."


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"body": "Hello {{ nobody }}"}, "body"),
        ({"body": "Hello {% for x in y %}"}, "body"),
        ({"body": "  "}, "body"),
        ({"body": "x" * 3000}, "body"),
        ({"channel": Channel.EMAIL}, "subject"),
        ({"channel": Channel.EMAIL, "subject": "{{"}, "subject"),
        ({"channel": Channel.EMAIL, "subject": "a\nBcc: x"}, "subject"),
        ({"language": "xx"}, "language"),
        ({"language": ""}, "language"),
        ({"language": "English"}, "language"),
        ({"body": built_in()[PLACE].body}, "body"),
    ],
)
def test_what_cannot_be_written_is_not_kept(
    world: World, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        world.run(SaveTemplate(template=template(**wrong)))
    assert caught.value.field == field
    assert stored(world) == ()


def test_the_refusal_says_the_line(world: World) -> None:
    with pytest.raises(BadText) as caught:
        world.run(SaveTemplate(template=template("Hello\n\n{{ nobody }}")))
    assert caught.value.line == 3


def test_control_characters_and_blank_ends_are_not_kept(world: World) -> None:
    world.run(SaveTemplate(template=template("\n\x00Hello \r\n{{ when }}\x1b  \n\n", subject="no")))
    (kept,) = stored(world)
    assert (kept.body, kept.subject) == ("Hello\n{{ when }}", "")


def test_two_desks_do_not_write_over_each_other(world: World) -> None:
    world.run(SaveTemplate(template=template()))
    world.other_desk().execute(
        SaveTemplate(template=template("Theirs {{ when }}"), expected_revision=1)
    )
    for seen in (1, None):
        with pytest.raises(Stale):
            world.run(SaveTemplate(template=template("Ours {{ when }}"), expected_revision=seen))
    world.other_desk().execute(
        ResetTemplate(purpose=Purpose.REMINDER, channel=Channel.SMS, language="en")
    )
    with pytest.raises(Refusal, match="went back to the built-in ones"):
        world.run(SaveTemplate(template=template("Ours {{ when }}"), expected_revision=2))


def test_what_another_desk_wrote_meanwhile_is_not_doubled_by_an_undo(world: World) -> None:
    world.run(SaveTemplate(template=template()))
    world.run(ResetTemplate(purpose=Purpose.REMINDER, channel=Channel.SMS, language="en"))
    world.other_desk().execute(SaveTemplate(template=template("Theirs {{ when }}")))
    with pytest.raises(Refusal):
        world.undo()
    assert [one.body for one in stored(world)] == ["Theirs {{ when }}"]


def test_an_email_keeps_its_subject(world: World) -> None:
    world.run(
        SaveTemplate(
            template=template(
                "See you {{ when }}", channel=Channel.EMAIL, subject=" To {{ patient }} "
            )
        )
    )
    text = text_of(stored(world), (Purpose.REMINDER, Channel.EMAIL, "en"))
    assert (text.subject, text.body) == ("To {{ patient }}", "See you {{ when }}")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("word " * 999 + "words", "This text has 5,000 characters; an SMS has 1,600 at the most."),
        ("Hello " + "{{ patient }} " * 20, "With long names this could have"),
    ],
)
def test_a_text_that_is_too_long_says_so_in_words(world: World, body: str, told: str) -> None:
    with pytest.raises(BadText) as wrong:
        world.run(SaveTemplate(template=template(body)))
    assert told in wrong.value.sentence
