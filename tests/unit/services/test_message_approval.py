"""Words that WhatsApp has approved: which values they have, and what is sent with their number."""

from __future__ import annotations

import pytest

from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.services.message_approval import (
    MOST,
    approval,
    fill,
    number_fault,
    problem,
)
from clinic_desk.services.message_checking import BODY, SUBJECT, BadText
from clinic_desk.services.message_words import built_in

NUMBER = "HX" + "0123456789abcdefABCDEF0123456789"
VALUES = {
    "patient": "Ana García", "first_name": "Ana", "clinic": "North", "when": "tomorrow, at 15:00",
    "doctor": "Dr Ruiz", "address": "1 High Street", "phone": "+44 20 7946 0000", "yes": "1",
    "no": "2",
}  # fmt: skip


def filled(body: str, purpose: Purpose = Purpose.REMINDER, **values: str) -> tuple[str, list[str]]:
    known = VALUES | values
    whole, found = fill(approval(body, purpose, "en"), lambda name: known.get(name, ""))
    return whole, list(found)


def test_values_are_numbered_as_they_come_and_each_once() -> None:
    body = "Hello {{ first_name }}, {{ clinic }} sees you {{ when }}. {{ first_name }}, come!"
    found = approval(body, Purpose.REMINDER, "en")
    assert found.words == "Hello {{1}}, {{2}} sees you {{3}}. {{1}}, come!"
    assert found.names == ("first_name", "clinic", "when")
    assert found.odd == ()
    assert filled(body) == (
        "Hello Ana, North sees you tomorrow, at 15:00. Ana, come!",
        ["Ana", "North", "tomorrow, at 15:00"],
    )


def test_a_value_written_two_ways_is_two_values() -> None:
    body = "You come {{ when }}. {{ when|capital }}, then. In {{ clinic|upper }}!"
    assert approval(body, Purpose.REMINDER, "en").names == ("when", "when|capital", "clinic|upper")
    assert filled(body)[1] == ["tomorrow, at 15:00", "Tomorrow, at 15:00", "NORTH"]


def test_no_value_is_empty_and_none_has_a_line_end_or_many_blanks() -> None:
    body = "Hello {{ patient }}: {{ clinic }}, {{ room }}, {{ code|default('a\\n\\tb      c') }}."
    whole, values = filled(body, patient="")
    assert values == ["-", "North", "-", "a b c"]
    assert whole == "Hello -: North, -, a b c."


def test_of_each_choice_the_first_part_stands_and_what_does_not_hold_is_a_dash() -> None:
    body = built_in()[Purpose.REMINDER, Channel.WHATSAPP, "en"].body
    found = approval(body, Purpose.REMINDER, "en")
    assert found.words == (
        "Hello {{1}},\nA reminder of your appointment with {{2}} at {{3}}:\n{{4}}, {{5}}\n"
        "Reply {{6}} to confirm, {{7}} if you cannot come."
    )
    assert found.shortened
    assert filled(body)[1][4] == "1 High Street"
    # the text itself does not tell the address of a visit by video
    assert filled(body, video="yes")[1][4] == "-"
    whole, values = filled(body, yes="", no="")
    assert values[5:] == ["-", "-"]
    assert whole.endswith("Reply - to confirm, - if you cannot come.")


def test_a_value_of_two_places_is_told_where_one_of_them_holds() -> None:
    body = "Come{% if doctor %} to {{ clinic }}{% endif %}{% if room %} at {{ clinic }}{% endif %}."
    assert filled(body, doctor="Dr Ruiz")[1] == ["North"]
    assert filled(body, doctor="", room="2")[1] == ["North"]
    assert filled(body, doctor="")[1] == ["-"]


@pytest.mark.parametrize("language", ["en", "tr", "de"])
@pytest.mark.parametrize("purpose", list(Purpose))
def test_every_built_in_text_can_be_approved(purpose: Purpose, language: str) -> None:
    found = approval(built_in()[purpose, Channel.WHATSAPP, language].body, purpose, language)
    assert 0 < len(found.names) < 12
    assert all(f"{{{{{n}}}}}" in found.words for n in range(1, len(found.names) + 1))
    assert "{%" not in found.words


def test_what_whatsapp_would_not_approve_is_told() -> None:
    assert len(approval("{{ when }} is your time", Purpose.REMINDER, "en").odd) == 1
    assert len(approval("Your time: {{ when }}", Purpose.REMINDER, "en").odd) == 1
    both = approval(
        "You, {{ first_name }} {{ last_name }}, come {{ when }}", Purpose.REMINDER, "en"
    )
    assert len(both.odd) == 2


@pytest.mark.parametrize(
    ("number", "gateway", "right"),
    [
        (NUMBER, "", True),
        (NUMBER, "twilio", True),
        (NUMBER.lower(), "", False),
        (NUMBER[:-1], "", False),
        (NUMBER + "0", "", False),
        (NUMBER[:-1] + "g", "", False),
        (NUMBER[:-1] + "٣", "", False),
        ("visit_reminder", "", False),
        ("visit_reminder", "generic", True),
        (NUMBER, "generic", True),
        ("visit reminder", "generic", False),
        ("x" * 101, "generic", False),
    ],
)
def test_the_number_is_checked_as_the_gateway_has_it(
    number: str, gateway: str, right: bool
) -> None:
    assert (number_fault(number, gateway) == "") is right
    found = problem(number, "Come {{ when }}.", Purpose.REMINDER, "en", gateway)
    assert (found is None) is right
    if found is not None:
        assert (found.field, found.line) == (SUBJECT, 1)


def test_no_number_is_right_too_and_a_bad_text_stays_one() -> None:
    assert problem("", "Come {{ when }}.", Purpose.REMINDER, "en", "") is None
    with pytest.raises(BadText):
        approval("Come {{ nobody }}.", Purpose.REMINDER, "en")


def test_more_values_than_the_provider_takes_are_refused() -> None:
    many = " ".join(f"a {{{{ '{n}' if video else '' }}}}" for n in range(MOST + 1))
    found = problem(NUMBER, f"Come {many}.", Purpose.REMINDER, "en", "")
    assert found is not None
    assert found.field == BODY
