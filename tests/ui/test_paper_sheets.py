"""Sheets, read back from the PDF that they become: nothing is lost and nothing is cut."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from clinic_desk.domain.appointments import Status
from clinic_desk.domain.availability.model import Load
from clinic_desk.domain.people import Patient
from clinic_desk.services.paper import PaperData, SheetKind
from clinic_desk.services.planning_views import PatientContact
from clinic_desk.services.views import Cell, DayLoad
from clinic_desk.ui.look.theme import Theme
from clinic_desk.ui.paper import printers
from clinic_desk.ui.paper.drawing import pdf, picture
from clinic_desk.ui.paper.making import laid_out
from clinic_desk.ui.paper.marks import Box, Sheet, Words
from clinic_desk.ui.paper.parts import Look
from tests.fakes.paper import DAY, NOW, apart, cell, data, read_back, roster, within

LONG = "Venkatanarasimharajuvaripeta-Featherstonehaugh, Maria Concepción del Pilar Anastasia"


@pytest.fixture(autouse=True)
def _fonts(qapp: QApplication) -> None:
    assert qapp is not None
    Theme.for_tests()


def made(given: PaperData, **look: object) -> Sheet:
    return laid_out(given, replace(Look(family="Inter", made="Printed by test"), **look), NOW)  # type: ignore[arg-type]


def plain(text: str) -> str:
    return "".join(text.split())


def crowded(doctors: int, visits: int, seed: int = 7) -> list[Cell]:
    """06:00–22:00, some at the same time, some with long names; every name its own."""
    dice = random.Random(seed)
    cells = []
    for doctor in range(doctors):
        for number in range(visits):
            minute = 360 + round(number * 930 / visits) // 5 * 5
            if dice.random() < 0.1:
                minute = max(360, minute - 10)
            name = f"Family{doctor}x{number}end, First{number}"
            if dice.random() < 0.1:
                name = f"{LONG.partition(',')[0]}{doctor}x{number}end, {LONG.partition(', ')[2]}"
            length = dice.choice((15, 15, 20, 30, 45, 60))
            cells.append(
                cell(f"{doctor}-{number}", name, minute, min(length, 1320 - minute), f"d{doctor}",
                     note="Bring the letter" if number % 9 == 0 else "")
            )  # fmt: skip
    return cells


def names(cells: list[Cell]) -> list[str]:
    return [plain(one.listed_name) for one in cells]


@pytest.mark.parametrize(
    "look",
    [
        {},
        {"turned": False},
        {"size": "Letter", "type_size": 11.0},
        {"size": "A5", "type_size": 7.0},
        {"type_size": 14.0, "columns": 2},
        {"columns": 12, "fields": frozenset({"phone", "type", "note", "room", "status"})},
    ],
)
def test_twenty_doctors_with_forty_visits_each_lose_nobody(look: dict[str, object]) -> None:
    cells = crowded(20, 40)
    sheet = made(data(cells, roster(20)), **look)
    within(sheet)
    apart(sheet)
    told = read_back(sheet)
    for one in cells:
        name = plain(one.listed_name)
        start = f"{one.start:%H:%M}"
        assert sum(text.count(f"{start}{name}") for text in told) == 1, name
    assert sheet.rows == 800
    assert all(f"Page{n}of{len(told)}" in text for n, text in enumerate(told, start=1))
    assert all("Printedbytest" in text for text in told)


def test_the_boxes_of_visits_stand_where_their_times_are() -> None:
    cells = [cell("a", "Lee, Ana", 600, 60), cell("b", "Kay, Bo", 720, 60)]
    (page,) = made(data(cells, roster())).pages
    hours = {m.text: m.y for m in page.marks if isinstance(m, Words) and m.text.endswith(":00")}
    boxes = [m for m in page.marks if isinstance(m, Box) and m.edge and m.fill]
    box = min(boxes, key=lambda one: one.y)
    assert abs(box.y - hours["10:00"]) < 2
    assert abs(box.y + box.height - hours["11:00"]) < 3


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(st.integers(0, 287), st.integers(1, 60), st.integers(0, 3), st.integers(1, 60)),
        max_size=50,
    ),
    st.sampled_from(["A4", "A5", "Letter"]),
    st.booleans(),
    st.sampled_from([0.0, 7.0, 10.0, 14.0]),
)
def test_whatever_is_booked_is_on_the_paper(
    visits: list[tuple[int, int, int, int]], size: str, turned: bool, type_size: float
) -> None:
    cells = [
        cell(str(n), f"Q{n}q{'x' * letters}, F", 5 * start, 5 * length, f"d{doctor}")
        for n, (start, length, doctor, letters) in enumerate(visits)
    ]
    sheet = made(data(cells, roster(4)), size=size, turned=turned, type_size=type_size)
    within(sheet)
    told = "".join(plain("".join(page.texts())) for page in sheet.pages)
    for name in names(cells):
        assert told.count(name) == 1


def test_hours_that_were_asked_for_tell_what_they_leave_out() -> None:
    cells = [
        cell("a", "Early, Eve", 420),
        cell("b", "Noon, Nora", 720),
        cell("c", "Late, Lou", 1260),
    ]
    told = " ".join(made(data(cells, roster()), opens=480, closes=1080).texts())
    assert "12:00 Noon, Nora" in told
    assert "Early" not in told
    assert "2 visits outside these hours not on this sheet." in told


def test_times_are_those_of_the_site() -> None:
    """09:00 in New York, printed by somebody in London; also where a clock is put back."""
    zone = "America/New_York"
    book = roster(zone=zone)
    told = made(data([cell("a", "Lee, Ana", 540, zone=zone)], book)).texts()
    assert "09:00 Lee, Ana" in told
    day = date(2026, 11, 1)  # 02:00 becomes 01:00 there
    night = [cell(str(n), f"Night, N{n}", 0, 30, day=day, zone=zone) for n in range(1)]
    night += [
        replace(night[0], id=f"x{n}", patient_id=f"x{n}", first_name=f"X{n}",
                start=night[0].start + timedelta(minutes=30 * n),
                end=night[0].start + timedelta(minutes=30 * n + 30))
        for n in range(1, 8)
    ]  # fmt: skip
    sheet = made(data(night, book, first=day))
    within(sheet)
    apart(sheet)
    assert len([text for text in sheet.texts() if "Night," in text]) == 8


def test_several_sites_are_named_with_their_clocks_until_one_is_chosen() -> None:
    book = roster(2)
    other = replace(book.locations["l"], id="m", name="Riverside", zone="America/New_York",
                    primary=False)  # fmt: skip
    book = replace(book, locations={**book.locations, "m": other})
    away = replace(cell("b", "Kay, Bo", 600, doctor="d1", zone=other.zone), location_id="m")
    cells = [cell("a", "Lee, Ana", 540), away]
    for kind in (SheetKind.DAY, SheetKind.AGENDA, SheetKind.WEEK):
        told = " ".join(made(data(cells, book, kind)).texts())
        assert "Riverside" in told
        assert "(New York time)" in told.replace("\n", " "), kind
        assert "10:00" in told
    told = " ".join(made(data([away], book, location_id="m")).texts())
    assert "New York time" not in told
    assert "Riverside" in told  # the site of the whole sheet


def test_initials_tell_nobody() -> None:
    cells = [cell("a", "Lee, Ana", 600, note="Ana’s sister comes along")]
    for kind in (SheetKind.DAY, SheetKind.WEEK, SheetKind.MONTH, SheetKind.AGENDA):
        fields = frozenset({"phone", "note", "type"})
        sheet = made(data(cells, roster(), kind), names=False, fields=fields)
        told = " ".join(sheet.texts())
        assert "L. A." in told, kind
        assert not [word for word in ("Lee", "Ana", "7946") if word in told], kind


def test_a_slip_and_a_patients_list_keep_the_name_and_leave_the_notes() -> None:
    person = Patient(id="p-a", record_number="10001", first_name="Ana", last_name="Lee")
    one = cell("a", "Lee, Ana", 600, note="talks much", day=DAY + timedelta(days=1))
    for kind in (SheetKind.SLIP, SheetKind.PATIENT):
        given_ = replace(data([one], roster(), kind), patient=person)
        told = " ".join(made(given_, names=False, turned=False).texts())
        assert "Ana Lee" in told
        assert "10:00–10:15" in told
        assert "A-a" in told
        assert "talks much" not in told
    assert "Wednesday 25 November 2026" in " ".join(
        made(replace(data([one], roster(), SheetKind.SLIP), patient=person)).texts()
    )


def test_cancelled_visits_say_so_and_are_struck() -> None:
    gone = cell("a", "Lee, Ana", 600, status=Status.CANCELLED)
    sheet = made(data([gone], roster()))
    (line,) = [m for m in sheet.pages[0].marks if isinstance(m, Words) and "Lee" in m.text]
    assert line.struck
    assert "cancelled" in " ".join(sheet.texts())


def test_a_week_has_a_page_for_each_doctor_and_all_their_days() -> None:
    monday = date(2026, 11, 23)
    cells = [
        cell(
            f"{d}-{n}",
            f"W{d}w{n}e, F",
            540 + 60 * d,
            doctor=f"d{d}",
            day=monday + timedelta(days=n),
        )
        for d in range(3)
        for n in range(6)
    ]
    sheet = made(data(cells, roster(5), SheetKind.WEEK, monday, monday + timedelta(days=6)))
    within(sheet)
    assert len(sheet.pages) == 3
    for number, page in enumerate(sheet.pages):
        told = plain("".join(page.texts()))
        assert f"DoctorNumber{number}" in told
        assert "Sat28Nov" in told
        assert told.count("Sun29Nov") == 1  # in the title: nothing is on that day
        assert sum(f"W{number}w{n}e" in told for n in range(6)) == 6


@pytest.mark.parametrize("counts", [False, True])
def test_a_month_tells_every_visit_or_the_numbers(counts: bool) -> None:
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    cells = [
        cell(f"{day}-{n}", f"M{day}m{n}e, F", 480 + 10 * n, doctor=f"d{n % 2}",
             day=date(2026, 11, day))
        for day in range(2, 31)
        for n in range(70 if day == 17 else 3)
    ]  # fmt: skip
    given_ = data(cells, roster(2), SheetKind.MONTH, first, last)
    away = DayLoad("d0", date(2026, 11, 5), Load(), "leave")
    sheet = made(replace(given_, loads=(away,)), counts=counts)
    within(sheet)
    told = plain("".join(sheet.texts()))
    assert "DrNumber0:leave" in told
    if counts:
        assert len(sheet.pages) == 1
        assert "DrNumber035" in told
        assert "Together70" in told
        assert "m0e" not in told
    else:
        for one in cells:
            assert told.count(f"{one.start:%H:%M}{plain(one.listed_name)}") == 1
        assert len(sheet.pages) > 1


def test_an_agenda_over_many_pages_has_every_row_and_says_which_day_goes_on() -> None:
    cells = crowded(3, 40)
    sheet = made(data(cells, roster(3), SheetKind.AGENDA), turned=False,
                 fields=frozenset({"phone", "type", "note", "room"}))  # fmt: skip
    within(sheet)
    apart(sheet)
    told = plain("".join(sheet.texts()))
    for name in names(cells):
        assert name in told
    assert len(sheet.pages) > 2
    assert all("continued" in " ".join(page.texts()) for page in sheet.pages[1:])


def test_a_note_longer_than_a_page_goes_on_on_the_next() -> None:
    note = " ".join(f"word{n}." for n in range(900))
    cells = [cell("a", "Lee, Ana", 600, note=note), cell("b", "Kay, Bo", 660)]
    sheet = made(data(cells, roster(), SheetKind.AGENDA), turned=False, fields=frozenset({"note"}))
    within(sheet)
    told = plain("".join(sheet.texts()))
    assert all(f"word{n}." in told for n in range(900))
    assert "Kay,Bo" in told


def test_a_call_list_has_every_number_and_a_box_to_tick() -> None:
    cells = [cell("a", "Lee, Ana", 600), cell("b", "Kay, Bo", 660, phone="")]
    contact = PatientContact("p-a", "Lee", "Ana", "+442079460182", "+442079460999", "", "")
    given_ = replace(data(cells, roster(), SheetKind.CALLS), contacts={"p-a": contact})
    sheet = made(given_, turned=False)
    told = " ".join(sheet.texts())
    assert "+44 20 7946 0182, +44 20 7946 0999" in told.replace(",  ", ", ") or (
        "+44 20 7946 0182," in told and "+44 20 7946 0999" in told
    )
    assert "no number on file" in told
    ticks = [m for m in sheet.pages[0].marks if isinstance(m, Box) and m.edge]
    assert len(ticks) == 2


@pytest.mark.parametrize("kind", [k for k in SheetKind if k is not SheetKind.SLIP])
def test_nothing_booked_is_a_page_that_says_so(kind: SheetKind) -> None:
    sheet = made(data([], roster(0), kind))
    assert len(sheet.pages) == 1
    assert read_back(sheet)
    assert "no" in " ".join(sheet.texts()).lower()


def test_paper_for_a_right_to_left_desk_is_mirrored() -> None:
    cells = [cell("a", "Lee, Ana", 600), cell("b", "לוי, דנה", 660, doctor="d1")]
    given_ = data(cells, roster(2))
    usual, mirrored = made(given_), made(given_, mirrored=True)
    assert usual.texts() == mirrored.texts()
    one, other = picture(usual, 0, 800), picture(mirrored, 0, 800)
    assert one != other
    # the gutter with the hours is white between them, the sheet is grey: it changes sides
    assert one.pixelColor(30, 480) == other.pixelColor(799 - 30, 480)
    assert one.pixelColor(30, 480) != one.pixelColor(799 - 30, 480)


def test_a_printer_gets_the_pages_in_their_size(tmp_path: Path) -> None:
    sheet = made(data(crowded(8, 6), roster(8)), columns=4, turned=True)
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printers.draw(sheet, printer, "Day sheet")
    from pypdf import PdfReader

    pages = PdfReader(tmp_path / "out.pdf").pages
    assert len(pages) == len(sheet.pages) > 1
    assert abs(float(pages[0].mediabox.width) - sheet.width) < 2
    assert "Family0x0end" in plain(pages[0].extract_text())
    assert pdf(sheet)[:5] == b"%PDF-"
