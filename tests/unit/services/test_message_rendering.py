"""What goes to patients: whole, in their language, and out of reach of a hostile text or name."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic_desk.domain.catalogue import Mode
from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.services.message_checking import (
    BODY,
    LONGEST,
    SUBJECT,
    BadText,
    each_problem,
    read,
)
from clinic_desk.services.message_dates import locale_for
from clinic_desk.services.message_facts import MessageFacts, OneOfMany
from clinic_desk.services.message_rendering import TemplateText, render, title_of
from clinic_desk.services.message_values import (
    PLACEHOLDERS,
    language_of,
    placeholders,
    value,
)
from clinic_desk.services.message_words import built_in, built_in_languages, words_for

START = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
LANGUAGES = ("de", "en", "tr")


def facts(purpose: Purpose = Purpose.REMINDER, **values: object) -> MessageFacts:
    given = MessageFacts(
        purpose=purpose,
        sent_at=START - timedelta(days=4),
        clinic="Riverside Clinic",
        phone="+44 20 7946 0958",
        first_name="Ana",
        last_name="Lee",
        doctor="Dr Elif Demir",
        visit_type="Follow-up",
        site="Main site",
        address="12 High Street, London",
        room="Room 2",
        start=START,
        end=START + timedelta(minutes=30),
        zone="Europe/London",
        code="K7M2QX",
        was_start=START - timedelta(days=1),
        was_doctor="Dr Hall",
        was_site="North",
        offer_until=START - timedelta(days=3),
        invoice="INV-2026-0001",
        amount_minor=6000,
        total_minor=8000,
        currency="EUR",
        due_on=date(2026, 11, 10),
        visit_day=date(2026, 10, 20),
        yes="1",
        no="2",
    )
    return replace(given, **values)  # type: ignore[arg-type]


def many(given: MessageFacts, number: int, days: int = 7) -> MessageFacts:
    """The first of so many visits of a series."""
    series = tuple(
        OneOfMany(
            start=START + timedelta(days=days * one),
            zone=given.zone,
            doctor=given.doctor,
            site=given.site,
            was_start=START + timedelta(days=days * one - 1),
        )
        for one in range(number)
    )
    return replace(given, series=series)


def bare(purpose: Purpose, **values: object) -> MessageFacts:
    """Nothing is known but what a message cannot be without."""
    return replace(
        MessageFacts(
            purpose=purpose,
            sent_at=START - timedelta(days=4),
            clinic="Riverside Clinic",
            start=START,
            zone="Europe/London",
            amount_minor=6000,
            currency="EUR",
            due_on=date(2026, 11, 10),
        ),
        **values,  # type: ignore[arg-type]
    )


def long(purpose: Purpose) -> MessageFacts:
    name = "Wolfeschlegelsteinhausenbergerdorff " * 6
    return facts(
        purpose, clinic=name, first_name=name, last_name=name, doctor=name, visit_type=name,
        site=name, address=name, room=name, code=name, was_doctor=name, was_site=name,
        invoice=name, phone=name, patient_zone="Pacific/Chatham", sent_at=START - timedelta(400),
    )  # fmt: skip


def sms(body: str, given: MessageFacts | None = None, language: str = "en") -> str:
    return render(given or facts(), TemplateText(body=body), language, Channel.SMS).body


# the built-in words


def test_there_are_words_for_every_purpose_channel_and_language() -> None:
    assert built_in_languages() == LANGUAGES
    wanted = {(p, c, one) for p in Purpose for c in Channel for one in LANGUAGES}
    assert set(built_in()) == wanted
    assert all(text.body for text in built_in().values())
    assert all(
        bool(text.subject) == (channel is Channel.EMAIL)
        for (_, channel, _), text in built_in().items()
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("purpose", Purpose)
def test_the_built_in_words_tell_every_kind_of_visit(
    purpose: Purpose, channel: Channel, language: str
) -> None:
    text = built_in()[purpose, channel, language]
    assert not list(each_problem(text.subject, text.body, purpose, channel, language))
    for field, words in ((SUBJECT, text.subject), (BODY, text.body)):
        if words:
            assert not read(words, purpose, channel, field, language).bare
    odd = [
        facts(purpose),
        bare(purpose),
        long(purpose),
        facts(purpose, mode=Mode.VIDEO, room=""),
        facts(purpose, mode=Mode.PHONE),
        facts(purpose, first_name="", yes="", no="", phone=""),
        facts(purpose, sent_at=START - timedelta(hours=1), patient_zone="America/New_York"),
        bare(purpose, first_name="Ana", address="12 High Street"),
        bare(purpose, site="Main site", doctor="Dr Elif Demir", invoice="7"),
    ]
    for one in odd:
        found = render(one, text, language, channel)
        assert 0 < len(found.body) <= LONGEST[channel]
        assert "\n" not in found.subject
        assert not {"{", "}", "%"} & set(found.subject + found.body)
        assert "None" not in found.body
        for ugly in (
            ()
            if one == long(purpose)
            else ("  ", " ,", " .", "\n\n\n", ",,", "..", "()", ": \n", ":\n\nK")
        ):
            assert ugly not in found.body, (ugly, found.body)


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_told_to_come_or_to_stay_away_where_nobody_comes(language: str) -> None:
    """A visit by video or telephone is no journey."""
    journeys = ("need to come", "zu kommen", "gelmeni")
    for (purpose, channel, spoken), text in built_in().items():
        if spoken != language or channel is Channel.DESKTOP or purpose is not Purpose.CANCELLED:
            continue
        found = render(facts(purpose, mode=Mode.VIDEO), text, language, channel)
        assert not [word for word in journeys if word in found.body.lower()], found.body


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_whole_without_a_number_to_call(language: str) -> None:
    """Where a sentence would lead on to the number, it ends as it should."""
    for (purpose, channel, spoken), text in built_in().items():
        if spoken != language or channel is not Channel.EMAIL:
            continue
        body = render(facts(purpose, phone=""), text, language, channel).body
        for line in body.split("\n")[1:-2]:
            facts_line = ": " in line or not line
            assert facts_line or line[-1] in ".,:;!?)", line


def test_an_offer_tells_nothing_of_a_visit_that_there_is_not() -> None:
    for (purpose, _, _), text in built_in().items():
        if purpose is Purpose.WAITLIST_OFFER:
            assert not {"code", "visit_type"} & set(re.findall(r"\w+", text.body))
            assert "offer_until" in text.body or "short_when" in text.body


def test_a_notice_at_the_desks_names_nobody_unless_the_clinic_wants_it() -> None:
    for (purpose, channel, language), text in built_in().items():
        if channel is Channel.DESKTOP:
            nameless = facts(purpose, first_name="", last_name="")
            assert "Lee" not in render(nameless, text, language, channel).body
            assert "Ana Lee" in render(facts(purpose), text, language, channel).body


def test_messages_that_others_may_read_on_a_locked_telephone_do_not_tell_the_type_of_visit() -> (
    None
):
    for (_, channel, _), text in built_in().items():
        if channel in (Channel.SMS, Channel.WHATSAPP, Channel.DESKTOP):
            assert "visit_type" not in text.body
        assert "visit_type" not in text.subject


# dates, times, zones, money


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "on Tuesday 24 November at 15:00"),
        ("tr", "24 Kasım Salı günü saat 15:00"),
        ("de", "am Dienstag, 24. November, um 15:00 Uhr"),
        ("fr", "le mardi 24 novembre à 15:00"),
        ("es", "el martes, 24 de noviembre, a las 15:00"),
        ("it", "martedì 24 novembre alle 15:00"),
        ("nl", "op dinsdag 24 november om 15:00"),
        ("pl", "wtorek, 24 listopada, 15:00"),
    ],
)
def test_when_is_told_in_the_patients_language(language: str, expected: str) -> None:
    assert sms("{{ when }}", facts(), language) == expected


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "tomorrow, Tuesday 24 November, at 15:00"),
        ("tr", "yarın (24 Kasım Salı) saat 15:00"),
        ("de", "morgen, Dienstag, 24. November, um 15:00 Uhr"),
    ],
)
def test_tomorrow_is_told_by_the_day_on_which_it_is_sent(language: str, expected: str) -> None:
    the_day_before = facts(sent_at=START - timedelta(days=1))
    assert sms("{{ when }}", the_day_before, language) == expected
    assert sms("x{{ relative }}", facts(sent_at=START - timedelta(hours=2))) == "xtoday"
    # moved out of the night to the evening before: not "today" any more
    assert sms("x{{ relative }}", facts(sent_at=START - timedelta(hours=16))) == "xtomorrow"
    assert sms("x{{ relative }}", facts(sent_at=START - timedelta(days=2))) == "x"
    assert sms("x{{ relative }}", facts(sent_at=START + timedelta(days=1))) == "x"


def test_the_visits_zone_counts_and_that_of_the_patient_stands_beside_it() -> None:
    there = facts(zone="Europe/Istanbul", patient_zone="Europe/London")
    assert sms("{{ time }}", there) == "18:00 (Istanbul) = 15:00 (London)"
    assert sms("{{ time }}", there, "tr") == "18:00 (İstanbul) = 15:00 (Londra)"
    assert sms("{{ time }}", facts(zone="Europe/Istanbul")) == "18:00"
    same = facts(zone="Europe/London", patient_zone="Europe/Lisbon")
    assert sms("{{ time }}", same) == "15:00"
    another_day = facts(patient_zone="Asia/Tokyo")
    assert sms("{{ time }}", another_day) == "15:00 (London) = Wed 25 Nov 00:00 (Tokyo)"
    assert sms("{{ time }}", facts(patient_zone="No/Where")) == "15:00"


def test_nobody_is_told_tomorrow_where_patient_and_clinic_mean_different_days_by_it() -> None:
    given = facts(sent_at=START - timedelta(days=1), patient_zone="Asia/Tokyo")
    assert sms("x{{ relative }}", given) == "x"
    near = facts(sent_at=START - timedelta(days=1), patient_zone="Europe/Istanbul")
    assert sms("x{{ relative }}", near) == "xtomorrow"


def test_another_year_is_named() -> None:
    assert sms("{{ date }}", facts(sent_at=START - timedelta(days=400))).endswith("2026")
    assert "2026" not in sms("{{ date }}")


def test_a_place_has_its_own_habits_of_time() -> None:
    american = facts(locales=("en_US",))
    assert sms("{{ time }}", american) == "3:00 PM"  # and no space that would make it UCS-2
    assert sms("{{ date }}", american) == "Tuesday, November 24"
    assert str(locale_for("en", ("tr_TR", "en_US"))) == "en_US"
    assert str(locale_for("en", ("tr_TR",))) == "en_GB"
    assert str(locale_for("tr", ("tr-CY", "tr_TR"))) == "tr_CY"


def test_money_is_written_as_in_the_language() -> None:
    bill = facts(Purpose.PAYMENT)
    assert sms("{{ amount }}", bill) == "€60.00"
    assert sms("{{ amount }}", bill, "de") == "60,00 €"
    assert sms("{{ amount }}", replace(bill, currency="JPY", amount_minor=6000)) == "JP¥6,000"


@pytest.mark.parametrize(
    ("patient", "practice", "available", "expected"),
    [
        ("tr", "en_GB", {"en", "tr", "de"}, "tr"),
        ("tr_TR", "en_GB", {"en", "tr", "de"}, "tr"),
        ("TR-tr", "en_GB", {"en", "tr", "de"}, "tr"),
        ("", "de_AT", {"en", "tr", "de"}, "de"),
        ("fr", "de_AT", {"en", "tr", "de"}, "de"),
        ("fr", "de_AT", {"en", "tr", "de", "fr"}, "fr"),
        ("fr", "pt_PT", {"en", "tr", "de"}, "en"),
        ("nonsense", "??", {"en"}, "en"),
        ("", "", {"tr"}, "tr"),
    ],
)
def test_the_language_is_the_patients_else_the_clinics_else_english(
    patient: str, practice: str, available: set[str], expected: str
) -> None:
    assert language_of(patient, practice, available) == expected


def test_words_are_found_for_a_patient() -> None:
    text, language = words_for((), Purpose.REMINDER, Channel.SMS, patient="tr_TR", practice="en_GB")
    assert (language, text) == ("tr", built_in()[Purpose.REMINDER, Channel.SMS, "tr"])
    assert words_for((), Purpose.REMINDER, Channel.SMS, patient="fr", practice="de")[1] == "de"


def test_the_visit_has_a_name_for_the_patients_calendar() -> None:
    assert title_of(facts(), "tr") == "Dr Elif Demir ile randevu"
    assert title_of(facts(), "fr") == "Dr Elif Demir"
    assert title_of(facts(doctor=""), "en") == "Riverside Clinic"


# what is not known


@pytest.mark.parametrize(
    ("purpose", "lacking"),
    [
        (Purpose.REMINDER, {"start": None}),
        (Purpose.REMINDER, {"clinic": " \u200e"}),
        (Purpose.PAYMENT, {"amount_minor": None}),
        (Purpose.PAYMENT, {"due_on": None}),
    ],
)
def test_a_message_that_lacks_what_it_is_about_is_not_written(
    purpose: Purpose, lacking: dict[str, object]
) -> None:
    text = built_in()[purpose, Channel.EMAIL, "en"]
    with pytest.raises(Refusal) as caught:
        render(facts(purpose, **lacking), text, "en", Channel.EMAIL)
    assert caught.value.code == "message_fact"
    assert "not known" in caught.value.sentence


# hostile names


HOSTILE = (
    "{{ code }}",
    "{% if room %}x{% endif %}",
    "{# note #}",
    "<script>alert(1)</script>",
    "Ana\r\nBcc: everybody@example.org",
    "Ana\u2028Lee\x00\x1b[31m",
    "\u202eevil\u202c",
    "{{ ''.__class__ }}",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_is_only_a_name(name: str) -> None:
    given = facts(first_name=name, last_name="", clinic="C")
    found = render(
        given, TemplateText("To {{ first_name }}", "Dear {{ first_name }},\nhello"), "en",
        Channel.EMAIL,
    )  # fmt: skip
    assert "\n" not in found.subject
    assert "\r" not in found.subject + found.body
    assert found.body.count("\n") == 1
    assert not {"\x00", "\x1b", "\u202e", "\u202c", "\u2028"} & set(found.subject + found.body)
    assert "K7M2QX" not in found.body
    shown = " ".join(name.split())
    if shown.isascii() and shown.isprintable():
        assert shown in found.body


def test_values_are_clipped() -> None:
    assert len(sms("x{{ first_name }}", facts(first_name="A" * 10_000))) <= 81
    assert sms("x{{ first_name }}", facts(first_name="A" * 10_000)).endswith("A...")


# hostile texts


@pytest.mark.parametrize(
    "text",
    [
        "{% for i in range(10**9) %}x{% endfor %}",
        "{% for i in range(99999) %}{% for j in range(99999) %}x{% endfor %}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ 9**9**9 }}",
        "{{ '%1000000000d'|format(1) }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ 'a'.ljust(10**9) }}",
        "{{ 'a'|center(1000000000) }}",
        "{{ 'a'|replace('a', 'aaaaaaaaa') }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''['__class__'] }}",
        "{{ patient.__class__ }}",
        "{{ patient|attr('__class__') }}",
        "{{ self }}",
        "{{ self.__init__.__globals__ }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ lipsum() }}",
        "{{ config }}",
        "{% set x = patient %}{{ x }}",
        "{% set x %}{{ patient }}{% endset %}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% macro m(n) %}{{ caller() }}{% endmacro %}{% call m(1) %}x{% endcall %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{% extends 'x' %}",
        "{% block x %}{{ super() }}{% endblock %}",
        "{% filter upper %}x{% endfilter %}",
        "{% with x = 1 %}{{ x }}{% endwith %}",
        "{% autoescape true %}x{% endautoescape %}",
        "{% raw %}{{ x }}{% endraw %}",
        "{% do 1 %}",
        "{{ [1, 2, 3] }}",
        "{{ {'a': 1} }}",
        "{{ (1, 2) }}",
        "{{ 1 + 1 }}",
        "{{ -1 }}",
        "{{ patient[0] }}",
        "{{ patient[:1] }}",
        "{{ patient is defined }}",
        "{{ patient in clinic }}",
        "{{ patient < 1 }}",
        "{{ true }}",
        "{{ none }}",
        "{{ room|default(patient) }}",
        "{{ room|default('x', true) }}",
        "{{ room|default(*patient) }}",
        "{{ room|upper(1) }}",
        "{{ room|map('upper') }}",
        "{{ 'x' if room }}",
        "{% if patient.x %}x{% endif %}",
        "{% if range(3) %}x{% endif %}",
        "{% if room > 1 %}x{% endif %}",
        "(" * 500 + "{{ " + "(" * 900 + "room" + ")" * 900 + " }}",
        "{% if room %}" * 300 + "x" + "{% endif %}" * 300,
        "{{ " + "not " * 900 + "room }}",
        "{{ " + "room ~ " * 1000 + "room }}",
        "x {{ " + "9" * 5000 + " }}",
        "a" * 9000,
        "{{ patient }}" * 200,
        "{{ patient|upper|upper|upper|upper|upper|upper }} at {{ clinic }}",
    ],
)
def test_a_hostile_text_is_refused_before_it_is_kept(text: str) -> None:
    words = f"Hello {text}"
    with pytest.raises(BadText) as caught:
        read(words, Purpose.REMINDER, Channel.SMS, BODY, "en")
    assert caught.value.field == BODY
    assert caught.value.line >= 1
    with pytest.raises(Refusal):
        sms(words)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("Hello\n{{ pateint }}", 2, "no placeholder “pateint”. Did you mean “patient”?"),
        ("Hello {{ invoice }}", 1, "“invoice” is known in “payment reminder” alone"),
        ("Hello {{ old_time }}", 1, "“old_time” is known in “visit moved” alone"),
        ("Hello\n\n{{ patient", 3, "A bracket is not closed"),
        ("Hello {{ patient }", 1, "A bracket is not closed"),
        ("Hello {{ first name }}", 1, "one word between"),
        ("Hello\n{% if room %}x", 2, "no {% endif %}"),
        ("Hello\n{% endif %}", 2, "there is no {% if … %} before it"),
        ("Hello\n\n{% fi room %}", 3, "There is no “fi”"),
        ("Hello\n{% if a %}\nx\n{% endif %}", 2, "no placeholder “a”"),
        ("{% if room %}x{% endif %}", 1, "must stand outside"),
        ("{{ room }}", 1, "must stand outside"),
        ("Hi {{ room|uper }}", 1, "there are capital, upper, default"),
        ("Hi {{ room.name }}", 1, "has no parts"),
        ("Hi\n{ patient }", 2, "Write two braces on each side: {{ patient }}"),
        ("Hi\n{patient}\n", 2, "Write two braces"),
        ("Hi\n\npatient }}", 3, "“}}” closes nothing here"),
        ("Hi\n{{ patient\n\nbye", 2, "A bracket is not closed"),
        ("Hi {% patient %}", 1, "between double braces: {{ patient }}"),
        ("Hi {% if room = 'a' %}x{% endif %}", 1, "A choice is {% if room %} … {% endif %}"),
        ("Hi\n{# note", 2, "A note {# … #} is not closed"),
        ("a\n{% if room %}\n{{ site }}\n{# b\nc #}\n{{ nope }}\n{% endif %}", 6, "“nope”"),
    ],
)
def test_what_is_wrong_is_told_at_its_line(text: str, line: int, said: str) -> None:
    with pytest.raises(BadText) as caught:
        read(text, Purpose.REMINDER, Channel.SMS, BODY, "en")
    assert caught.value.line == line
    assert said in caught.value.sentence


def test_choices_comparisons_and_filters_work() -> None:
    assert sms("a{% if room %} {{ room }}{% else %}no{% endif %}") == "a Room 2"
    assert sms("a{% if room == 'Room 2' and not video %}b{% endif %}") == "ab"
    assert sms("{{ clinic }}: {{ 'x' if video else 'y' }}") == "Riverside Clinic: y"
    assert sms("{{ clinic }} {{ room or site }}", facts(room="")) == "Riverside Clinic Main site"
    assert sms("Hi {{ first_name|default('you') }}", facts(first_name="")) == "Hi you"
    assert sms("a {{ site ~ ', ' ~ room }}") == "a Main site, Room 2"
    assert sms("Bak: {{ when|capital }}", facts(sent_at=START), "tr").startswith("Bak: Bugün")
    assert sms("x {{ site|upper }}", facts(site="istanbul"), "tr") == "x İSTANBUL"
    assert sms("x {{ '{{' }} {# note #}y") == "x {{ y"
    assert sms("x {y} } { 10 % {{ '}}' }}") == "x {y} } { 10 % }}"


def test_a_line_that_is_only_a_tag_leaves_no_empty_line() -> None:
    text = "a\n{% if room %}\nb\n{% endif %}\n{# a note\nof two lines #}\nc"
    assert sms(text) == "a\nb\n\nc"
    assert sms(text, facts(room="")) == "a\n\nc"


def test_a_subject_is_needed_for_an_email_and_is_one_line() -> None:
    def problems(subject: str, body: str = "Hello", channel: Channel = Channel.EMAIL) -> list[str]:
        found = each_problem(subject, body, Purpose.REMINDER, channel, "en")
        return [str(one.field) for one in found]

    assert problems("") == ["subject"]
    assert problems("a\nb") == ["subject"]
    assert problems("", "", Channel.SMS) == ["body"]
    assert problems("a", " \n") == ["body"]
    assert problems("{{ x }}", "{{ y }}") == ["subject", "body"]
    assert problems("a") == []


# any text at all

PIECES = st.sampled_from(
    [
        "{{", "}}", "{%", "%}", "{#", "#}", " ", "\n", "if ", "else", "endif", "elif ", "for ",
        "in ", "not ", "and ", " or ", "==", "!=", "~", "|", "upper", "capital", "default('x')",
        "(", ")", "[", "]", "'", '"', ",", ".", "1", "x", "ş", "Hello ", "raw", "-", "set x = 1",
        "{{ when }}", "{% if room %}", "{% endif %}", "{% else %}", "{{ patient|capital }}",
        *(one.name for one in PLACEHOLDERS),
    ]
)  # fmt: skip


CONDITIONS = st.sampled_from(["room", "not room", "video and room", "room == 'x'", "site or code"])
WRITTEN = st.recursive(
    st.one_of(
        st.sampled_from(["Hello ", "\n", " – ", "ş", "€"]),
        st.sampled_from(["clinic", "patient", "phone", "doctor"]).map("{{{{ {} }}}}".format),
        st.sampled_from(["{{ doctor|default('us') }}", "{{ clinic|upper }}", "{{ phone ~ '!' }}"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(CONDITIONS, inner, inner).map(
            lambda one: f"{{% if {one[0]} %}}{one[1]}{{% else %}}\n{one[2]}{{% endif %}}"
        ),
    ),
    max_leaves=8,
)
"""Texts that mean something."""


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(WRITTEN, st.lists(PIECES, max_size=14).map("".join), st.text(max_size=80)),
    st.sampled_from(Purpose),
    st.sampled_from(Channel),
    st.sampled_from(["en", "tr", "fr"]),
)
def test_any_text_is_refused_or_written_whole_for_every_visit(
    text: str, purpose: Purpose, channel: Channel, language: str
) -> None:
    try:
        kept = read(text, purpose, channel, BODY, language)
    except BadText as bad:
        refused = bad
    else:
        refused = None
    if refused is not None:
        assert refused.field == BODY
        assert refused.sentence
        assert 1 <= refused.line <= text.count("\n") + 1
        return
    for one in (facts(purpose), bare(purpose), long(purpose)):
        found = render(one, TemplateText("x", text), language, channel)
        assert 0 < len(found.body) <= kept.longest


@settings(max_examples=80, deadline=None)
@given(
    st.text(max_size=260), st.text(max_size=260), st.sampled_from(Purpose), st.sampled_from(Channel)
)
def test_any_names_leave_the_built_in_words_whole(
    first: str, other: str, purpose: Purpose, channel: Channel
) -> None:
    text = built_in()[purpose, channel, "tr"]
    given = facts(
        purpose, first_name=first, last_name=other, room=other, site=first, doctor=other,
        visit_type=first,
    )  # fmt: skip
    found = render(given, text, "tr", channel)
    assert 0 < len(found.body) <= LONGEST[channel]
    assert "\n" not in found.subject


@pytest.mark.parametrize("purpose", Purpose)
def test_every_placeholder_has_a_value_for_every_message_that_may_use_it(purpose: Purpose) -> None:
    locale = locale_for("en")
    for one in placeholders(purpose):
        assert value(one.name, many(facts(purpose), 12), locale) or one.name in (
            "video",
            "by_phone",
            "relative",
        )
        short = value(one.name, bare(purpose), locale)
        assert bool(short) == one.always or one.name == "minutes"
        assert len(value(one.name, many(long(purpose), 100), locale)) <= one.longest


@pytest.mark.parametrize(
    ("language", "number", "days", "words"),
    [
        ("en", 12, 7, "and 11 more: every Tuesday until 9 February 2027"),
        ("en", 7, 14, "and 6 more: every 2 weeks on Tuesday until 16 February 2027"),
        ("en", 3, 1, "and 2 more: every day until 26 November"),
        ("en", 3, 3, "and 2 more: every 3 days until 30 November"),
        ("en", 2, 7, "and one more on Tuesday 1 December"),
        ("tr", 12, 7, "ve 11 randevu daha: 9 Şubat 2027 tarihine kadar her salı"),
        ("tr", 7, 14, "ve 6 randevu daha: 16 Şubat 2027 tarihine kadar 2 haftada bir salı"),
        ("tr", 2, 7, "ve bir randevu daha: 1 Aralık Salı"),
        ("de", 12, 7, "und 11 weitere: jeden Dienstag bis 9. Februar 2027"),
        ("de", 7, 14, "und 6 weitere: alle 2 Wochen am Dienstag bis 16. Februar 2027"),
        ("de", 2, 7, "und ein weiterer am Dienstag, 1. Dezember"),
        ("fr", 3, 7, "+ 2 (– mardi 8 décembre)"),
    ],
)
def test_the_other_visits_of_a_series_in_words(
    language: str, number: int, days: int, words: str
) -> None:
    given = many(facts(Purpose.CONFIRMATION), number, days)
    assert value("series", given, locale_for(language)) == words


def test_a_series_with_a_gap_or_another_time_follows_no_plan_in_words() -> None:
    whole = many(facts(Purpose.CONFIRMATION), 4)
    gap = replace(whole, series=(*whole.series[:1], *whole.series[2:]))
    assert value("series", gap, locale_for("en")) == ("and 2 more, the last on Tuesday 15 December")
    later = replace(whole.series[1], start=whole.series[1].start + timedelta(hours=1))
    other = replace(whole, series=(whole.series[0], later, *whole.series[2:]))
    assert value("series", other, locale_for("en")) == (
        "and 3 more, the last on Tuesday 15 December"
    )


@pytest.mark.parametrize("channel", Channel)
@pytest.mark.parametrize("purpose", [Purpose.CONFIRMATION, Purpose.MOVED, Purpose.CANCELLED])
def test_the_built_in_words_tell_of_a_series(purpose: Purpose, channel: Channel) -> None:
    for language, words in {
        "en": "and 11 more",
        "tr": "11 randevu daha",
        "de": "11 weitere",
    }.items():
        found = render(
            many(facts(purpose), 12), built_in()[purpose, channel, language], language, channel
        )
        listed = channel is Channel.EMAIL
        assert listed or words in found.body
        assert found.body.count("\n") > 12 or not listed


def test_a_list_is_one_of_lines_and_tells_what_differs() -> None:
    given = many(facts(Purpose.MOVED), 3)
    other = replace(given.series[1], doctor="Dr Hall")
    given = replace(given, series=(given.series[0], other, given.series[2]))
    assert value("all_visits", given, locale_for("en")).splitlines() == [
        "Tuesday 24 November, 15:00, Dr Elif Demir (before: Mon 23 Nov, 15:00)",
        "Tuesday 1 December, 15:00, Dr Hall (before: Mon 30 Nov, 15:00)",
        "Tuesday 8 December, 15:00, Dr Elif Demir (before: Mon 7 Dec, 15:00)",
    ]
    most = value("all_visits", many(facts(Purpose.MOVED), 100), locale_for("en")).splitlines()
    assert len(most) == 61
    assert most[-1].startswith("+ 40 (– ")
