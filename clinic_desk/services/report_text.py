"""A report's figures as words for people, and as plain numbers for other programs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from clinic_desk.services.day_views import Report, Unit
from clinic_desk.services.money import digits, price_text
from clinic_desk.services.wording import MONTHS

NOTHING = "–"


def said(value: object, unit: Unit, currency: str) -> str:
    """ "1,204", "12 min", "7 h 30 min", "4.5 days", "3.1%", "€60.00"; "–" where nothing is
    known."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        raise TypeError(f"no figure: {type(value).__name__}")
    match unit:
        case Unit.COUNT:
            return f"{value:,.0f}"
        case Unit.SHARE:
            return f"{value:.1%}"
        case Unit.MINUTES:
            return _minutes(value)
        case Unit.DAYS:
            return f"{_short(value)} {'day' if value == 1 else 'days'}"
        case Unit.MONEY:
            return price_text(round(value), currency)
        case Unit.TEXT:
            return str(value)


def _short(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.1f}"


def _minutes(value: float) -> str:
    if abs(value) < 60:
        return f"{_short(value)} min"
    sign = "-" if value < 0 else ""
    hours, rest = divmod(round(abs(value)), 60)
    return f"{sign}{hours:,} h {rest} min" if rest else f"{sign}{hours:,} h"


def headings(report: Report) -> list[str]:
    """Names of the columns with the unit that ``figure`` gives."""
    units = {
        Unit.MINUTES: " (min)",
        Unit.DAYS: " (days)",
        Unit.SHARE: " (%)",
        Unit.MONEY: f" ({report.currency})",
    }
    return [f"{column.name}{units.get(column.unit, '')}" for column in report.columns]


def figure(value: object, unit: Unit, currency: str) -> str | int | float | Decimal | None:
    """A plain number: shares in per cent, money in whole units of the currency."""
    if value is None or isinstance(value, str):
        return value
    if not isinstance(value, (int, float)):
        raise TypeError(f"no figure: {type(value).__name__}")
    if unit is Unit.SHARE:
        return round(value * 100, 2)
    if unit is Unit.MONEY:
        return Decimal(round(value)).scaleb(-digits(currency))
    return round(value, 2) if isinstance(value, float) else value


def period_text(first: date, last: date) -> str:
    """ "1 Nov – 30 Nov 2026"; one day: "24 Nov 2026"."""
    end = f"{last.day} {MONTHS[last.month - 1]} {last.year}"
    if first == last:
        return end
    year = f" {first.year}" if first.year != last.year else ""
    return f"{first.day} {MONTHS[first.month - 1]}{year} – {end}"
