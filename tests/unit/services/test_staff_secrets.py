"""What is too weak to be kept, codes that are printed, and the arithmetic of the delay."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.staff import SecretKind
from clinic_desk.services import log_in_delay as delay
from clinic_desk.services.log_in_words import duration_text
from clinic_desk.services.staff_ports import StoredSecret
from clinic_desk.services.staff_secrets import (
    ALPHABET,
    CODE_SYMBOLS,
    Secret,
    check_secret,
    one_time,
    recovery_code,
    typed_code,
)
from tests.fakes.clock import MORNING


def said(text: str, kind: SecretKind, name: str = "Maria Keller", log_in: str = "m.keller") -> str:
    """The refusal's code; empty when the secret is good enough."""
    try:
        check_secret(Secret(text), kind, name, log_in)
    except Refusal as refused:
        told = refused
    else:
        return ""
    assert told.field == "secret"
    assert len(told.sentence) < 160
    assert text == "password" or len(text) < 4 or text not in told.sentence
    return told.code


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "bad_pin"), ("123", "too_short"), ("12a4", "bad_pin"), ("١٢٣٤", "bad_pin"),
        ("１２３４", "bad_pin"), ("12 34", "bad_pin"), ("1" * 13, "too_long"),
        ("1234", "too_common"), ("9876", "too_common"), ("2468", "too_common"),
        ("0000", "too_common"), ("7777", "too_common"), ("1212", "too_common"),
        ("2580", "too_common"), ("2026", "too_common"), ("123456789", "too_common"),
        ("8264", ""), ("739184", ""), ("402917365028", ""),
    ],
)  # fmt: skip
def test_pins(pin: str, code: str) -> None:
    assert said(pin, SecretKind.PIN) == code


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("", "too_short"), ("seven77", "too_short"), ("x" * 129, "too_long"),
        ("password", "too_common"), ("Password1!", "too_common"), ("QWERTZ123", "too_common"),
        ("1q2w3e4r", "too_common"), ("12345678", "too_common"), ("!!!!!!!!", "too_common"),
        ("abababab", "too_common"), ("abcdefgh", "too_common"), ("Clinic2026", "too_common"),
        ("20261124", "too_common"), ("mariaslamb", "own_name"), ("KELLER-99", "own_name"),
        ("x m.keller x", "own_name"), ("tab\there12", "bad_text"),
        ("half \ud83d emoji", "bad_text"), ("three odd ducks", ""), ("öğle arası çay", ""),
        ("🦆🦆🐘🐘🦉🦉🐌🐝", ""), ("w" * 7 + "x", ""),
    ],
)  # fmt: skip
def test_passwords(password: str, code: str) -> None:
    assert said(password, SecretKind.PASSWORD) == code


def test_a_short_name_forbids_no_chance_letters() -> None:
    assert said("a door of oak", SecretKind.PASSWORD, "Al Oz", "al") == ""


def bytes_from(start: int) -> bytes:
    return bytes((start + 37 * step) % 256 for step in range(64))


def test_one_time_secrets_can_be_read_out_and_pass_the_policy() -> None:
    for start in range(256):
        pin = one_time(lambda size, at=start: bytes_from(at)[:size], SecretKind.PIN)
        assert said(pin.reveal(), SecretKind.PIN) == ""
        word = one_time(lambda size, at=start: bytes_from(at)[:size], SecretKind.PASSWORD)
        assert said(word.reveal(), SecretKind.PASSWORD) == ""
        assert [len(part) for part in word.reveal().split("-")] == [4, 4, 4]


def test_a_weak_one_time_pin_is_drawn_again() -> None:
    draws = count()
    given_bytes = (0, 123456, 739184)

    def random(size: int) -> bytes:
        return given_bytes[next(draws)].to_bytes(size, "big")

    assert one_time(random, SecretKind.PIN).reveal() == "739184"


DRAWN = CODE_SYMBOLS + 8


@given(st.binary(min_size=DRAWN, max_size=DRAWN))
def test_a_printed_code_is_read_back_however_it_is_typed(drawn: bytes) -> None:
    code = recovery_code(lambda size: drawn[:size])
    assert [len(part) for part in code.split("-")] == [5] * 5
    symbols = code.replace("-", "")
    for typed in (code, code.lower(), code.replace("-", " "), symbols, f"\n {code}\t"):
        assert typed_code(Secret(typed)).reveal() == symbols
    loose = code.replace("0", "O").replace("1", "l")
    assert typed_code(Secret(loose)).reveal() == symbols


@given(
    st.binary(min_size=DRAWN, max_size=DRAWN),
    st.integers(0, CODE_SYMBOLS),
    st.sampled_from(ALPHABET),
)
def test_one_wrong_symbol_is_told_as_a_slip(drawn: bytes, place: int, wrong: str) -> None:
    symbols = recovery_code(lambda size: drawn[:size]).replace("-", "")
    typed = symbols[:place] + wrong + symbols[place + 1 :]
    if typed == symbols:
        return
    with pytest.raises(Refusal) as caught:
        typed_code(Secret(typed))
    assert caught.value.code == "mistyped"
    assert caught.value.field == "code"


@given(st.binary(min_size=DRAWN, max_size=DRAWN), st.integers(0, CODE_SYMBOLS - 1))
def test_two_neighbours_in_each_others_place_are_told_as_a_slip(drawn: bytes, place: int) -> None:
    symbols = recovery_code(lambda size: drawn[:size]).replace("-", "")
    a, b = symbols[place], symbols[place + 1]
    if a == b:
        return
    with pytest.raises(Refusal):
        typed_code(Secret(symbols[:place] + b + a + symbols[place + 2 :]))


# The delay


def stored(failures: int = 0) -> StoredSecret:
    return StoredSecret(
        staff_id="s", kind=SecretKind.PIN, phc="x", changed_at=MORNING, failures=failures
    )


@given(
    st.integers(0, 40),
    st.lists(st.integers(-400 * 86_400, 400 * 86_400), max_size=6),
)
def test_whatever_the_clock_does_a_wait_is_never_longer_than_its_delay(
    failures: int, jumps: list[int]
) -> None:
    now: datetime = MORNING
    secret = delay.noted(stored(failures), now)
    most = delay.delay_after(failures + 1)
    for jump in jumps:
        now += timedelta(seconds=jump)
        secret = delay.turned_back(secret, now) or secret
        assert 0 <= delay.seconds_left(secret, now) <= most
        if jump < 0:
            assert secret.failures == failures + 1
    later = now + timedelta(seconds=most)
    assert delay.seconds_left(secret, later) == 0


@given(st.integers(0, 40), st.integers(1, 10**7))
def test_a_clock_put_back_never_shortens_a_wait(failures: int, back: int) -> None:
    secret = delay.noted(stored(failures), MORNING)
    left = delay.seconds_left(secret, MORNING)
    earlier = MORNING - timedelta(seconds=back)
    turned = delay.turned_back(secret, earlier) or secret
    assert delay.seconds_left(turned, earlier) >= left


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(1, "1 second"), (60, "60 seconds"), (89, "89 seconds"), (90, "2 minutes"),
     (120, "2 minutes"), (121, "3 minutes"), (900, "15 minutes")],
)  # fmt: skip
def test_a_wait_is_told_in_words(seconds: int, text: str) -> None:
    assert duration_text(seconds) == text
