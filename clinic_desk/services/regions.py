"""What follows from the country in which a clinic is: languages, week, money, zones, direction.

Everything is read from CLDR and from the zone table, nothing is fetched from anywhere. The first
question takes a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

FALLBACK = "GB"

OUTSIDE = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ", "QO"})
"""Codes of two letters that CLDR knows and that are no countries."""


@dataclass(frozen=True, slots=True)
class Region:
    """``locales`` are (locale, words), the likeliest first; ``first_weekday`` 0 Monday … 6
    Sunday; ``zones`` the IANA zones of the country, the likeliest first."""

    country: str
    locales: tuple[tuple[str, str], ...]
    first_weekday: int
    currency: str
    zones: tuple[str, ...]


@cache
def region(country: str) -> Region:
    """Raises ``KeyError`` for what is no country of CLDR."""
    from babel import Locale
    from babel.languages import get_official_languages
    from babel.numbers import get_territory_currencies

    known = country in Locale("en").territories and country not in OUTSIDE
    if not known or len(country) != 2:
        raise KeyError(country)
    spoken = get_official_languages(country, regional=False, de_facto=True)
    names = [name for one in (*spoken, "en") if (name := _locale(one, country))]
    locales = tuple((name, locale_words(name)) for name in dict.fromkeys((*names, "en_GB")))
    likely = Locale.parse(f"und_{country}", resolve_likely_subtags=True)
    money = get_territory_currencies(country, tender=True)
    return Region(
        country=country,
        locales=locales,
        first_weekday=likely.first_week_day,
        currency=str(money[0]) if money else "EUR",
        zones=_zones().get(country, ()),
    )


def locale_words(name: str) -> str:
    """ "Turkish (Türkiye)"."""
    from babel import Locale

    return str(Locale.parse(name).get_display_name("en"))


def is_right_to_left(locale: str) -> bool:
    """Whether the language of a locale is written from right to left; False for an unknown one."""
    from babel import Locale, UnknownLocaleError

    try:
        return str(Locale.parse(locale).text_direction) == "rtl"
    except (UnknownLocaleError, ValueError):
        return False


def country_of(zone: str) -> str:
    """The country of an IANA zone; "GB" for one that belongs to none, such as UTC."""
    for country, zones in _zones().items():
        if zone in zones:
            return country
    from babel.core import get_global

    found = str(get_global("zone_territories").get(zone, ""))
    return found if found.isalpha() and len(found) == 2 and found not in OUTSIDE else FALLBACK


def zone_for(country: str, here: str) -> str:
    """The zone to propose: the computer's own where it is one of the country's, else the country's
    first."""
    zones = _zones().get(country, ())
    return here if here in zones or not zones else zones[0]


def _locale(language: str, country: str) -> str:
    """Empty where CLDR has no such locale."""
    from babel import Locale, UnknownLocaleError

    try:
        found = Locale.parse(f"{language}_{country}")
    except (UnknownLocaleError, ValueError):
        return ""
    return str(found) if found.territory == country else ""


@cache
def _zones() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _place, zone = line.split("\t")[:3]
            found[country] = (*found.get(country, ()), zone)
    return found
