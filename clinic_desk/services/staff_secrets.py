"""What a person logs in with: as it is typed, as it is kept, and what is too weak to be kept.

A typed secret travels as ``Secret``, which never shows itself, and is hashed before any command is
made; commands carry ``HashedSecret``.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.staff import SecretKind

PIN_SHORTEST, PIN_LONGEST = 4, 12
PASSWORD_SHORTEST, PASSWORD_LONGEST = 8, 128
NAME_PART = 4
"""A part of one's own name is told apart from chance from this many letters on."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXY"
"""No I, L, O, U or Z, so that print is read back without doubt. There are 31, a prime number: so
one symbol more tells every single slip and every two in each other's place."""
CODE_SYMBOLS = 24
"""118 bits, without the one that tells a slip."""
GROUP = 5

Randomness = Callable[[int], bytes]
"""So many random bytes, of the kind that keeps secrets."""

_PINS = (
    "0852 1004 1010 1122 1212 1230 1313 1342 1998 2000 2001 2002 2020 2024 2025 2026 2112 2580"
    " 4200 4711 5150 5683 6969 121212 123123 112233 131313 159753 147258 147852 258456 789456"
)
_PASSWORDS = (
    "password passw0rd p@ssword p@ssw0rd passwort parola letmein welcome willkommen bienvenue"
    " hosgeldiniz qwerty qwertyui qwertyuiop qwertz azerty asdfgh asdfghjk asdfghjkl zxcvbnm"
    " 1q2w3e4r 1qaz2wsx q1w2e3r4 iloveyou sunshine princess football baseball superman batman"
    " trustno1 starwars dragon monkey master shadow michael jennifer computer internet changeme"
    " secret admin administrator manager reception receptionist clinic clinicdesk frontdesk doctor"
    " hospital patient default abc abcd abcdef abcdefgh"
)
COMMON_PINS = frozenset(_PINS.split())
COMMON_PASSWORDS = frozenset(_PASSWORDS.split())
"""What is guessed first, also with a few digits or signs before or behind it."""


class Secret:
    """Text that a person typed. Nothing shows it but ``reveal``."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = unicodedata.normalize("NFC", text)

    def reveal(self) -> str:
        return self._text

    def __bool__(self) -> bool:
        return bool(self._text)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> str | tuple[object, ...]:
        raise TypeError("a secret is not written anywhere")


@dataclass(frozen=True, slots=True)
class HashedSecret:
    """Argon2id in PHC form."""

    kind: SecretKind
    phc: str = field(repr=False)


def check_secret(secret: Secret, kind: SecretKind, name: str, log_in: str) -> None:
    """Raises ``Refusal`` with ``field`` "secret" for what is too easily guessed, or cannot be typed
    again."""
    text = secret.reveal()
    if kind is SecretKind.PIN:
        _check_pin(text)
    else:
        _check_password(text, name, log_in)


def _check_pin(text: str) -> None:
    if not (text.isascii() and text.isdecimal()):
        raise _refusal("bad_pin", "A PIN has digits only; choose a password for anything else.")
    if len(text) < PIN_SHORTEST:
        raise _refusal("too_short", f"A PIN has at least {PIN_SHORTEST} digits.")
    if len(text) > PIN_LONGEST:
        raise _refusal(
            "too_long", f"A PIN has at most {PIN_LONGEST} digits; choose a password instead."
        )
    if text in COMMON_PINS or _is_row(text) or _repeats(text):
        raise _refusal(
            "too_common", "This PIN is one of the first that anybody would try; choose another."
        )


def _check_password(text: str, name: str, log_in: str) -> None:
    if any(unicodedata.category(char) in ("Cc", "Cs", "Cn", "Co") for char in text):
        raise _refusal(
            "bad_text", "The password holds a character that cannot be typed again; leave it out."
        )
    if len(text) < PASSWORD_SHORTEST:
        raise _refusal(
            "too_short",
            f"A password has at least {PASSWORD_SHORTEST} characters; three or four words are "
            "easy to remember.",
        )
    if len(text) > PASSWORD_LONGEST:
        raise _refusal(
            "too_long",
            f"A password has at most {PASSWORD_LONGEST} characters; this one has {len(text):,}.",
        )
    lowered = text.casefold()
    own = [log_in, *name.split(), name.replace(" ", "")]
    if any(len(part) >= NAME_PART and part.casefold() in lowered for part in own):
        raise _refusal(
            "own_name",
            "The password holds the person’s own name, which is tried first; leave it out.",
        )
    core = lowered.strip("0123456789!?.,-_*+#@$ ")
    if {core, lowered} & COMMON_PASSWORDS or not core or _repeats(lowered) or _is_row(lowered):
        raise _refusal(
            "too_common",
            "This password is one of the first that anybody would try; choose three or four words "
            "that do not belong together.",
        )


def _is_row(text: str) -> bool:
    """1234, 9876, abcdefgh, 2468."""
    steps = {ord(b) - ord(a) for a, b in pairwise(text)}
    return len(steps) == 1 and abs(next(iter(steps))) <= 2


def _repeats(text: str) -> bool:
    """0000, 7777, abababab: one short piece again and again."""
    return any(
        len(text) % size == 0 and text[:size] * (len(text) // size) == text
        for size in range(1, min(3, len(text) // 2 + 1))
    )


def _refusal(code: str, sentence: str) -> Refusal:
    return Refusal(code, sentence, field="secret")


def one_time(random: Randomness, kind: SecretKind) -> Secret:
    """What a manager reads to somebody, who must change it with the first log-in."""
    if kind is SecretKind.PIN:
        while True:
            digits = f"{int.from_bytes(random(8), 'big') % 10**6:06}"
            if digits not in COMMON_PINS and not _is_row(digits) and not _repeats(digits):
                return Secret(digits)
    symbols = _symbols(random, 12)
    return Secret("-".join(symbols[i : i + 4] for i in range(0, 12, 4)).lower())


def recovery_code(random: Randomness) -> str:
    """ "K7QF2-9XM4T-…": five groups of five, to be printed and kept in a safe place."""
    symbols = _symbols(random, CODE_SYMBOLS)
    return grouped(symbols + _check_symbol(symbols))


def grouped(symbols: str) -> str:
    return "-".join(symbols[i : i + GROUP] for i in range(0, len(symbols), GROUP))


def typed_code(text: Secret) -> Secret:
    """The code as it is hashed, however it was typed: small letters, O for 0, gaps. Raises
    ``Refusal("mistyped")`` where its last symbol tells a slip."""
    letters = text.reveal().upper().replace("O", "0").replace("I", "1").replace("L", "1")
    letters = letters.replace("Z", "2")
    symbols = "".join(char for char in letters if char in ALPHABET)
    whole = CODE_SYMBOLS + 1
    if len(symbols) != whole:
        raise Refusal(
            "mistyped",
            f"A recovery code has {whole} letters and digits in groups of {GROUP}; "
            f"this one has {len(symbols)}.",
            field="code",
        )
    if _check_symbol(symbols[:-1]) != symbols[-1]:
        raise Refusal(
            "mistyped",
            "There is a slip in the recovery code; compare it with the paper once more.",
            field="code",
        )
    return Secret(symbols)


def _symbols(random: Randomness, count: int) -> str:
    drawn = int.from_bytes(random(count + 8), "big")
    return "".join(
        ALPHABET[drawn // len(ALPHABET) ** place % len(ALPHABET)] for place in range(count)
    )


def _check_symbol(symbols: str) -> str:
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(symbols, 1))
    return ALPHABET[total % len(ALPHABET)]
