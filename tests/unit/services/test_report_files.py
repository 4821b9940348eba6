"""A report as words, as plain numbers, and as files that run nothing."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import pytest

from clinic_desk.integrations.exporting import FileExporter
from clinic_desk.integrations.exporting.tables import report_csv, report_xlsx, safe
from clinic_desk.services.day_views import Column, GroupBy, Preset, Report, ReportWish, Unit
from clinic_desk.services.ports import Queries
from clinic_desk.services.report_text import figure, period_text, said
from tests.fakes.clock import FixedClock

WISH = ReportWish(Preset.REVENUE, date(2026, 11, 1), date(2026, 11, 30), GroupBy.DOCTOR)
REPORT = Report(
    WISH,
    "Revenue by doctor",
    (
        Column("Doctor", Unit.TEXT),
        Column("Visits", Unit.COUNT),
        Column("Booked", Unit.MONEY),
        Column("Utilisation", Unit.SHARE),
        Column("Mean", Unit.MINUTES),
    ),
    (("=HYPERLINK(1)", 3, 12050, 0.4567, 7.25), ('Dr "O", Ex', 0, 0, None, None)),
    ("Total", 3, 12050, 0.4567, 7.25),
    2,
    "GBP",
    ("How it is meant.",),
)


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1204, Unit.COUNT, "1,204"),
        (0.0314, Unit.SHARE, "3.1%"),
        (7.25, Unit.MINUTES, "7.2 min"),
        (450, Unit.MINUTES, "7 h 30 min"),
        (-75, Unit.MINUTES, "-1 h 15 min"),
        (1, Unit.DAYS, "1 day"),
        (4.5, Unit.DAYS, "4.5 days"),
        (6000, Unit.MONEY, "£60.00"),
        (None, Unit.SHARE, "–"),
        ("Dr Wu", Unit.TEXT, "Dr Wu"),
    ],
)
def test_figures_in_words(value: object, unit: Unit, text: str) -> None:
    assert said(value, unit, "GBP") == text


def test_figures_as_numbers() -> None:
    assert figure(0.4567, Unit.SHARE, "GBP") == 45.67
    assert str(figure(12050, Unit.MONEY, "GBP")) == "120.50"
    assert str(figure(12050, Unit.MONEY, "JPY")) == "12050"
    assert period_text(date(2025, 12, 30), date(2026, 1, 2)) == "30 Dec 2025 – 2 Jan 2026"


@pytest.mark.parametrize("text", ["=1+1", "+4420", "-2", "@SUM(A1)", "\tx", "\r=1", " =1"])
def test_no_text_is_a_formula(text: str) -> None:
    assert safe(text) == f"'{text}"
    assert safe(f"Dr {text}") == f"Dr {text}"


def test_the_csv_file_holds_plain_numbers() -> None:
    rows = list(csv.reader(io.StringIO(report_csv(REPORT).decode("utf-8-sig"))))
    assert rows == [
        ["Doctor", "Visits", "Booked (GBP)", "Utilisation (%)", "Mean (min)"],
        ["'=HYPERLINK(1)", "3", "120.50", "45.67", "7.25"],
        ['Dr "O", Ex', "0", "0.00", "", ""],
        ["Total", "3", "120.50", "45.67", "7.25"],
    ]


def test_the_spreadsheet_holds_texts_and_numbers_and_no_formula() -> None:
    with zipfile.ZipFile(io.BytesIO(report_xlsx(REPORT))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        texts = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    held = [node.text for node in texts.iter() if node.text and node.text.strip()]
    assert "=HYPERLINK(1)" in held
    assert "Revenue by doctor" in held
    assert "1 Nov – 30 Nov 2026" in held
    assert "How it is meant." in held
    assert "<v>120.5</v>" in sheet
    assert "<v>45.67</v>" in sheet


def test_a_file_is_written_whole_by_its_ending(tmp_path: Path) -> None:
    from clinic_desk.domain.errors import Fault

    exporter = FileExporter(cast(Queries, None), FixedClock())
    made = exporter.report(tmp_path / "figures.CSV", REPORT)
    assert made.read_bytes() == report_csv(REPORT)
    assert exporter.report(tmp_path / "figures.xlsx", REPORT).read_bytes()[:2] == b"PK"
    with pytest.raises(ValueError, match="doc"):
        exporter.report(tmp_path / "figures.doc", REPORT)
    with pytest.raises(Fault, match="cannot be written"):
        exporter.report(tmp_path / "nowhere" / "figures.csv", REPORT)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["figures.CSV", "figures.xlsx"]


def test_an_empty_report_is_a_file_with_headings() -> None:
    empty = replace(REPORT, rows=(), totals=())
    assert report_csv(empty).decode("utf-8-sig").count("\r\n") == 1
    assert report_xlsx(empty)[:2] == b"PK"
