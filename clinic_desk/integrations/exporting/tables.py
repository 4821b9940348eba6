"""Tables as CSV and XLSX. What a person typed is text in both, never a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from clinic_desk.services.day_views import Report, Unit
from clinic_desk.services.report_text import figure, headings, period_text

Value = str | int | float | Decimal | None

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n")
BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""Spreadsheet programs take a file without it for one of an old code page."""


def safe(text: str) -> str:
    """A text that no spreadsheet program runs as a formula."""
    return f"'{text}" if text.lstrip(" ").startswith(_RISKY) else text


def csv_parts(rows: Iterable[Sequence[Value]]) -> Iterator[bytes]:
    """UTF-8, a comma between cells, CR LF at the end of lines (RFC 4180); a line at a time, so that
    no table has to fit into memory."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    out.write(BOM)
    for row in rows:
        writer.writerow([safe(cell) if isinstance(cell, str) else cell for cell in row])
        yield out.getvalue().encode()
        out.seek(0)
        out.truncate()


def csv_text(rows: Iterable[Sequence[Value]]) -> bytes:
    return b"".join(csv_parts(rows))


def report_rows(report: Report) -> list[list[Value]]:
    """The table and its totals as plain numbers."""
    units = [column.unit for column in report.columns]
    lines = [*report.rows, *((report.totals,) if report.totals else ())]
    return [
        [figure(value, unit, report.currency) for value, unit in zip(line, units, strict=True)]
        for line in lines
    ]


def report_csv(report: Report) -> bytes:
    return csv_text([headings(report), *report_rows(report)])


def report_xlsx(report: Report) -> bytes:
    """One sheet: title, period, the table with its sums, the notes."""
    from xlsxwriter import Workbook  # seldom needed

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = Workbook(out, options)
    sheet = book.add_worksheet("Report")
    bold = book.add_format({"bold": True})
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    numbers = {Unit.COUNT: "#,##0", Unit.SHARE: "0.0", Unit.MONEY: "#,##0.00", Unit.DAYS: "0.0"}
    styles = {
        (column, last): book.add_format(
            {"num_format": numbers.get(one.unit, "General"), "bold": last, "top": int(last)}
        )
        for column, one in enumerate(report.columns)
        for last in (False, True)
    }
    names = headings(report)
    sheet.write_string(0, 0, report.title, title)
    sheet.write_string(1, 0, period_text(report.wish.first, report.wish.last))
    for column, name in enumerate(names):
        sheet.write_string(3, column, name, head)
    rows = report_rows(report)
    for line, row in enumerate(rows, start=4):
        last = bool(report.totals) and line == 3 + len(rows)
        for column, value in enumerate(row):
            style = styles[column, last]
            if isinstance(value, str):
                sheet.write_string(line, column, value, style)
            elif value is not None:
                sheet.write_number(line, column, float(value), style)
    wide = max([len(names[0]), *(len(str(row[0])) for row in rows)], default=10)
    sheet.set_column(0, 0, min(48, wide + 2))
    sheet.set_column(1, max(1, len(names) - 1), 14)
    sheet.freeze_panes(4, 1)
    for line, note in enumerate(report.notes, start=len(rows) + 6):
        sheet.write_string(line, 0, note)
    if not rows:
        sheet.write_string(4, 0, "Nothing to report.", bold)
    book.close()
    return out.getvalue()
