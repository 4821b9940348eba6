"""Prices as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.errors import Refusal
from clinic_desk.services.money import digits, price_text, read_price, typed_text

GOOD = [
    ("12,50", "EUR", "en_GB", 1250),
    ("12.50", "EUR", "de_DE", 1250),
    ("12.5", "GBP", "en_GB", 1250),
    ("12,", "EUR", "de_DE", 1200),
    (",50", "EUR", "de_DE", 50),
    (".50", "GBP", "en_GB", 50),
    ("1.234,50", "EUR", "en_GB", 123450),
    ("1,234.50", "GBP", "de_DE", 123450),
    ("1'234.50", "CHF", "de_CH", 123450),
    ("1’234.–", "CHF", "de_CH", 123400),
    ("12,-", "EUR", "de_DE", 1200),
    ("₺ 1 200", "TRY", "tr_TR", 120000),
    ("1 200,50 ₺", "TRY", "tr_TR", 120050),
    ("1.200 TL", "TRY", "tr_TR", 120000),
    ("£45", "GBP", "en_GB", 4500),
    ("45 £", "GBP", "en_GB", 4500),
    ("GBP 45.00", "GBP", "en_GB", 4500),
    ("45 gbp", "GBP", "en_GB", 4500),
    ("€\u00a060,00", "EUR", "en_GB", 6000),
    ("1,234", "GBP", "en_GB", 123400),
    ("1.234", "EUR", "de_DE", 123400),
    ("1.234.567", "EUR", "de_DE", 123456700),
    ("1,00,000", "INR", "en_IN", 10000000),
    ("1,200", "JPY", "en_GB", 1200),
    ("1.200", "JPY", "en_GB", 1200),
    ("¥1200", "JPY", "en_GB", 1200),
    ("1.234", "KWD", "en_GB", 1234),
    ("1,5", "KWD", "en_GB", 1500),
    ("1,234", "KWD", "en_GB", 1234000),
    ("١٢٫٥٠", "EUR", "en_GB", 1250),
    ("", "EUR", "en_GB", 0),
    ("  ", "EUR", "en_GB", 0),
    ("0", "EUR", "en_GB", 0),
]


@pytest.mark.parametrize(("text", "currency", "locale", "minor"), GOOD)
def test_what_is_read(text: str, currency: str, locale: str, minor: int) -> None:
    assert read_price(text, currency, locale) == minor


BAD = [
    ("abc", "EUR", "no price"),
    ("12,505", "EUR", "2 decimals"),
    ("12.345", "GBP", "2 decimals"),
    ("1.2.3", "EUR", "no price"),
    ("1.234,5.6", "EUR", "no price"),
    ("12,34.56", "EUR", "no price"),
    (",", "EUR", "no price"),
    ("€", "GBP", "in GBP"),
    ("€12", "GBP", "not in €"),
    ("USD 12", "GBP", "not in USD"),
    ("-5", "EUR", "negative"),
    ("−5", "EUR", "negative"),
    ("5-", "EUR", "negative"),
    ("(5)", "EUR", "negative"),
    ("12.50", "JPY", "no decimals"),
    ("1.2345", "KWD", "3 decimals"),
    ("9" * 15, "EUR", "too high"),
    ("9" * 10_000, "EUR", "too long"),
    ("1e5", "EUR", "no price"),
    ("12 50 x", "EUR", "no price"),
]


@pytest.mark.parametrize(("text", "currency", "said"), BAD)
def test_what_is_refused_at_its_field(text: str, currency: str, said: str) -> None:
    locale = "de_DE" if text == "12,505" else "en_GB"
    with pytest.raises(Refusal) as caught:
        read_price(text, currency, locale)
    assert caught.value.field == "price_minor"
    assert said in caught.value.sentence


LOCALES = st.sampled_from(["en_GB", "de_DE", "tr_TR", "fr_FR", "de_CH", "ar_EG", "en_IN"])
CURRENCIES = st.sampled_from(["EUR", "GBP", "TRY", "JPY", "KWD", "CHF", "INR", "USD"])


@given(st.integers(0, 10**9), CURRENCIES, LOCALES)
def test_what_is_shown_can_be_typed_back(minor: int, currency: str, locale: str) -> None:
    assert read_price(typed_text(minor, currency, locale), currency, locale) == minor
    assert read_price(price_text(minor, currency), currency) == minor


@given(st.text(max_size=30), CURRENCIES, LOCALES)
def test_whatever_is_typed_is_a_price_or_a_sentence(text: str, currency: str, locale: str) -> None:
    answer: object
    try:
        answer = read_price(text, currency, locale)
    except Refusal as refusal:
        answer = refusal.field
    assert answer == "price_minor" or isinstance(answer, int)


def test_the_decimals_of_a_currency() -> None:
    assert [digits(code) for code in ("EUR", "JPY", "KWD")] == [2, 0, 3]


def test_a_currency_without_a_sign_stands_apart_from_its_sum() -> None:
    assert price_text(6000, "CHF") == "CHF\u00a060.00"
    assert price_text(-6000, "TRY") == "-TRY\u00a060.00"
    assert price_text(6000, "GBP") == "£60.00"
    assert price_text(6000, "USD") == "US$60.00"
    assert price_text(6000, "TRY", "tr_TR") == "₺60,00"
