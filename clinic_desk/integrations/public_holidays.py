"""Public holidays by country, from the ``holidays`` library; see ``services.ports``.

The library is loaded with the first question: it takes long, and most days nobody asks."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from clinic_desk.domain.errors import Refusal

_COUNTRY = re.compile(r"[A-Z]{2}")
FIRST_YEAR, LAST_YEAR = 1980, 2100


class LibraryHolidays:
    """Answers the port. Safe from any thread; nothing is fetched from anywhere."""

    def countries(self) -> tuple[str, ...]:
        import holidays

        return tuple(
            sorted(code for code in holidays.list_supported_countries() if _COUNTRY.fullmatch(code))
        )

    def subdivisions(self, country: str) -> tuple[tuple[str, str], ...]:
        import holidays

        self._known(country)
        aliases = holidays.country_holidays(country).get_subdivision_aliases()
        return tuple(
            (code, next(iter(aliases.get(code, ())), code))
            for code in holidays.list_supported_countries()[country]
        )

    def of(
        self, country: str, subdivision: str, year: int, language: str = ""
    ) -> tuple[tuple[date, str, str], ...]:
        import holidays

        self._known(country)
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise Refusal(
                "bad_year",
                f"Public holidays are known from {FIRST_YEAR} to {LAST_YEAR}, not for {year}.",
                field="year",
            )
        if subdivision and subdivision not in holidays.list_supported_countries()[country]:
            raise Refusal(
                "bad_region",
                f"“{subdivision}” is no part of {country} with holidays of its own.",
                field="subdivision",
            )
        calendar: Any = holidays.country_holidays(
            country,
            subdiv=subdivision or None,
            years=year,
            language=_language(holidays, country, language),
        )
        place = f"{country}-{subdivision}" if subdivision else country
        return tuple(
            (day, name, f"{place}:{day.isoformat()}")
            for day, name in sorted(calendar.items())
            if day.year == year
        )

    def _known(self, country: str) -> None:
        if country not in self.countries():
            raise Refusal(
                "bad_region",
                f"No public holidays are known for “{country}”; choose another country.",
                field="country",
            )


def _language(holidays: Any, country: str, wanted: str) -> str | None:
    """The country's wording that suits a locale best: itself, its language, English of any kind;
    None for the country's own."""
    offered = list(holidays.list_localized_countries().get(country, ()))
    locale = wanted.replace("-", "_")
    short = locale.partition("_")[0]
    near = [one for one in offered if short and one.partition("_")[0] == short]
    exact = [one for one in (locale, short) if one in offered]
    return str((exact + near)[0]) if exact or near else None
