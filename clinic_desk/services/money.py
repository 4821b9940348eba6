"""Prices as people type them, and as they are kept: whole minor units of a currency."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from clinic_desk.domain.errors import Refusal

LARGEST = 10**11
"""Minor units; a price above it is a slip of the finger."""

_TRAILING = re.compile(r"[.,][-–—]{1,2}$")
_GLUED = re.compile(r"(?<=[^\W\d_])(?=\d)")
_SPACES = re.compile(r"[\s'’٬]+")


def digits(currency: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for KWD."""
    from babel.numbers import get_currency_precision  # slow to load

    return int(get_currency_precision(currency))


def price_text(minor: int, currency: str, locale: str = "en_GB") -> str:
    """ "€60.00"; a currency without a sign of its own stands apart, "CHF 60.00"."""
    from babel.numbers import format_currency

    amount = Decimal(minor).scaleb(-digits(currency))
    return _GLUED.sub("\u00a0", str(format_currency(amount, currency, locale=locale)))


def typed_text(minor: int, currency: str, locale: str = "en_GB") -> str:
    """ "60.00", or "60,00" where that is how it is written: what a field shows for editing."""
    from babel.numbers import get_decimal_symbol

    number = digits(currency)
    text = f"{Decimal(minor).scaleb(-number):.{number}f}"
    return text.replace(".", str(get_decimal_symbol(locale)))


def read_price(
    text: str, currency: str, locale: str = "en_GB", *, field: str = "price_minor"
) -> int:
    """Minor units of a price as typed; an empty one is 0.

    A comma or a point with as many digits behind it as the currency has decimals, or fewer, is
    the decimal mark. With three digits behind a single mark the practice's ``locale`` decides
    whether it groups thousands. Spaces and apostrophes group; the currency's sign or code may
    stand on either side. Raises ``Refusal`` with ``field``."""
    body = _without_sign(text, currency, locale, field)
    if not body:
        return 0
    if body[0] in "-−–(" or (body.endswith("-") and not _TRAILING.search(body)):
        raise Refusal("bad_price", "A price cannot be negative.", field=field)
    body = _TRAILING.sub("", body).lstrip("+")
    places = digits(currency)
    if len(body) > 40:
        raise Refusal("bad_price", "That price is too long to be one; check it.", field=field)
    whole, decimals = _split(body, places, locale, text, field)
    if len(decimals) > places:
        has = f"{places} decimals" if places else "no decimals"
        raise Refusal("bad_price", f"{currency} has {has}; “{text.strip()}” has more.", field=field)
    minor: int = int(whole or "0") * 10**places + int(decimals.ljust(places, "0") or "0")
    if minor > LARGEST:
        raise Refusal("bad_price", "That price is too high; check its zeros.", field=field)
    return minor


def _without_sign(text: str, currency: str, locale: str, field: str) -> str:
    """Latin digits and marks alone. Another currency than the practice's is refused."""
    from babel.numbers import get_currency_symbol, list_currencies

    kept: list[str] = []
    for char in unicodedata.normalize("NFC", text):
        number = unicodedata.decimal(char, None)
        kept.append(str(number) if number is not None else {"٫": ".", "−": "-"}.get(char, char))
    body = _SPACES.sub("", "".join(kept))
    shown = {get_currency_symbol(currency, one) for one in ("en", "en_GB", locale)}
    own = {currency, *shown, *_HOME.get(currency, ())}
    own |= {"$" for sign in shown if sign.endswith("$")}
    for sign in sorted(own, key=len, reverse=True):
        short = _SPACES.sub("", sign)
        if short and body.upper().startswith(short.upper()):
            body = body[len(short) :]
            break
        if short and body.upper().endswith(short.upper()):
            body = body[: -len(short)]
            break
    letters = "".join(c for c in body if c.isalpha()).upper()
    strange = [c for c in body if unicodedata.category(c) == "Sc"]
    if strange or letters in list_currencies("en"):
        other = strange[0] if strange else letters
        raise Refusal(
            "bad_price",
            f"Prices of this clinic are in {currency}, not in {other}; type the number alone.",
            field=field,
        )
    return body


_HOME: dict[str, tuple[str, ...]] = {
    "TRY": ("₺", "TL"), "INR": ("₹", "Rs.", "Rs"), "PLN": ("zł",), "CZK": ("Kč",),
    "CHF": ("SFr.", "Fr.", "Fr"), "SEK": ("kr",), "DKK": ("kr.", "kr"), "NOK": ("kr",),
    "HUF": ("Ft",), "RON": ("lei",), "BGN": ("лв.", "лв"), "RUB": ("₽", "руб.", "руб"),
    "UAH": ("₴", "грн."), "ILS": ("₪",), "KRW": ("₩",), "AZN": ("₼",), "GEL": ("₾",),
    "KZT": ("₸",), "NGN": ("₦",), "ZAR": ("R",), "BRL": ("R$",), "EUR": ("€",),
}  # fmt: skip
"""What people write at home, where the practice's own locale need not be that of its currency."""


def _split(body: str, places: int, locale: str, text: str, field: str) -> tuple[str, str]:
    """Whole part and decimals, digits alone."""
    bad = Refusal(
        "bad_price", f"“{text.strip()[:40]}” is no price; type it like 12.50.", field=field
    )
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", body):
        raise bad
    mark = _decimal_mark(body, places, locale)
    whole, decimals = body, ""
    if mark:
        whole, _, decimals = body.rpartition(mark)
    group = next((c for c in ".," if c in whole), "")
    if (mark and group == mark) or ("." in whole and "," in whole):
        raise bad
    if group and not re.fullmatch(rf"[0-9]{{1,3}}(\{group}[0-9]{{2,3}})*\{group}[0-9]{{3}}", whole):
        raise bad
    return whole.replace(group, "") if group else whole, decimals


def _decimal_mark(body: str, places: int, locale: str) -> str:
    """The mark that begins the decimals, empty when there are none."""
    from babel.numbers import get_decimal_symbol

    marks = [c for c in body if c in ".,"]
    if not marks:
        return ""
    last = marks[-1]
    if len(set(marks)) == 2:
        return last
    if len(marks) > 1:
        return ""  # one mark several times groups thousands
    behind = len(body) - body.index(last) - 1
    if behind != 3 or body.index(last) == 0:
        return last
    if places >= 3 or places == 0:
        return last if places and last == get_decimal_symbol(locale) else ""
    return last if last == get_decimal_symbol(locale) else ""
