"""What the clinic asks of whoever knows the public holidays."""

from __future__ import annotations

from datetime import date
from typing import Protocol


class PublicHolidays(Protocol):
    """What is known about public holidays. Nothing is fetched from anywhere; every question may
    take a moment, so ask off the main thread."""

    def countries(self) -> tuple[str, ...]:
        """ISO 3166 codes."""
        ...

    def subdivisions(self, country: str) -> tuple[tuple[str, str], ...]:
        """(code, name) of the parts of a country whose holidays differ. Raises ``Refusal``."""
        ...

    def of(
        self, country: str, subdivision: str, year: int, language: str = ""
    ) -> tuple[tuple[date, str, str], ...]:
        """(date, name, source) by date; ``source`` as of ``Holiday.source``, the name in the
        locale ``language`` where the country has it, else in its own. Raises ``Refusal``."""
        ...
