"""Every figure that the window shows of the day, held against the ledger of raw events."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from PySide6.QtTest import QTest

from clinic_desk.services import reporting
from clinic_desk.services.billing_ports import InvoiceWish
from clinic_desk.services.day_views import GroupBy, Preset, Report, ReportWish
from clinic_desk.ui.billing.page import BillingPage
from clinic_desk.ui.calendar.year_page import YearPage
from clinic_desk.ui.doctor.page import DoctorPage
from clinic_desk.ui.flow.cards import Station
from clinic_desk.ui.reports.page import ReportsPage
from tests.fakes.day_clinic import DAY, DOCTORS
from tests.fakes.day_hands import CTRL, SHIFT, Hands, Key
from tests.fakes.day_ledger import Asked, Ledger

WEEKS = 4


def board_agrees(hands: Hands) -> int:
    """The counters and the columns, at this minute. Answers how many minutes the doctor furthest
    behind is late."""
    hands.open_board()
    now = hands.clinic.front.clock.now()
    ledger = Ledger(hands.clinic.path)
    told, behind = ledger.counters(DAY, now), ledger.behind(DAY, now)
    row, flow = hands.board.counters, hands.board.surface.flow
    assert row.waiting.words == f"{told['waiting']} waiting now"
    longest, average = told["longest"], told["average"]
    assert row.longest.words.startswith(f"{longest} min longest" if longest is not None else "")
    assert bool(row.longest.words) == (longest is not None)
    assert row.average.words == (f"{average} min average wait today" if average is not None else "")
    assert row.late.words.startswith(f"{len(told['late'])} late " if told["late"] else "")
    assert bool(row.late.words) == bool(told["late"])
    minutes, doctor = max(((m, who) for who, m in behind.items()), default=(0, ""))
    assert flow.counters.behind == ((doctor, minutes) if doctor else None)
    assert row.behind.words.startswith(f"{minutes} min behind plan" if doctor else "")
    assert bool(row.behind.words) == bool(doctor)
    columns = {station: len(cards) for station, cards in flow.columns.items()}
    assert columns[Station.ARRIVED] == told["waiting"]
    assert columns[Station.IN_ROOM] == told["in_room"]
    assert columns[Station.DONE] == told["done"]
    assert columns[Station.GONE] == told["gone"]
    return minutes


def same(report: Report, ledger: Ledger) -> None:
    """Each row of the report, each of its sums, and nothing left out."""
    wish = report.wish
    group = "weekday_hour" if wish.preset is Preset.WEEK_HEAT else wish.group.value
    asked = Asked(
        wish.preset.value, group, wish.first, wish.last, wish.doctor_ids, wish.location_ids
    )
    rows, totals = ledger.report(asked)
    told: dict[Any, Any] = dict(zip(report.keys, (row[1:] for row in report.rows), strict=True))
    nothing = ledger.nothing(asked)
    where = (wish.preset, wish.group)
    assert rows.keys() <= told.keys(), where
    for key, values in told.items():
        assert values == rows.get(key, nothing), (where, key)
    assert report.totals == (("Total", *totals) if told else ()), where


def reports_agree(hands: Hands, folder: Path) -> None:
    """Today's reports on their page, each by everything it can be told apart by."""
    ledger = Ledger(hands.clinic.path)
    hands.command("reports", "reports")
    page = hands.window.centre.shown_page
    assert isinstance(page, ReportsPage)

    def counted() -> Report:
        hands.settle(
            lambda: (
                page.report is not None
                and not page.counting
                and page.report.wish == page.choices.wish(page.preset)
            )
        )
        assert page.report is not None
        return page.report

    counted()
    hands.settle(lambda: page.choices.doctors.list.actions())
    hands.pick(page.choices.period, "Today")
    assert (page.choices.first.date(), page.choices.last.date()) == (DAY, DAY)
    page.presets.setFocus()
    QTest.keyClick(page.presets, Key.Key_Home)
    for preset in reporting.PRESET_WORDS:
        assert page.preset is preset
        groups = list(GroupBy) if preset is not Preset.WEEK_HEAT else [GroupBy.DOCTOR]
        for group in groups:
            if preset is not Preset.WEEK_HEAT:
                hands.pick(page.choices.group, f"By {reporting.GROUP_WORDS[group].lower()}")
            report = counted()
            assert (report.wish.first, report.wish.last) == (DAY, DAY)
            same(report, ledger)
            assert page.model.rowCount() == len(report.rows) + bool(report.totals)
        page.presets.setFocus()
        QTest.keyClick(page.presets, Key.Key_Down)
    report = counted()
    path = folder / "revenue.csv"
    page.files.write(report, "csv", path)
    hands.settle(path.exists)
    hands.settle(lambda: path.name in hands.window.toast.text)
    with path.open(encoding="utf-8-sig", newline="") as file:
        written = list(csv.reader(file))
    last = next(row for row in reversed(written) if row and row[0] == "Total")
    sums = ledger.report(Asked("revenue", report.wish.group.value, DAY, DAY))[1]
    assert [round(float(cell) * 100) for cell in last[1:]] == list(sums)


def longer_reports_agree(hands: Hands) -> None:
    """Weeks around the day, one site, two doctors: the same answers for parts of it."""
    ledger, names = Ledger(hands.clinic.path), hands.clinic.names
    queries = hands.clinic.front.store.queries
    chosen = (
        (date(2026, 11, 1), date(2026, 12, 20), (), ()),
        (date(2026, 11, 23), date(2026, 11, 29), (names["DK"], names["EM"]), ()),
        (DAY, DAY + timedelta(days=2), (), (names["harbour"],)),
    )
    for first, last, doctors, sites in chosen:
        for preset in Preset:
            for group in GroupBy:
                wish = ReportWish(preset, first, last, group, doctors, sites)
                same(reporting.report(queries, wish), ledger)


def bills_agree(hands: Hands) -> None:
    """The totals per day and doctor on the billing page, and those of every day."""
    ledger = Ledger(hands.clinic.path)
    hands.key(Key.Key_B, CTRL | SHIFT)
    hands.settle(lambda: hands.window.centre.page == "billing")
    page = hands.window.centre.shown_page
    assert isinstance(page, BillingPage)
    for period, first, last in (("Today", DAY, DAY), ("All time", date.min, date.max)):
        hands.pick(page.filters.state, "All invoices")
        hands.pick(page.filters.period, period)
        wanted = ledger.bills(first, last)
        number = sum(values[0] for values in wanted.values())
        hands.settle(
            lambda number=number: (
                page.filters.count.text().replace(",", "")
                in (f"{number} invoices", f"{min(number, 500)} of {number}")
            )
        )
        hands.settle(
            lambda wanted=wanted: {
                (one.day, one.doctor_id): (
                    one.count, one.drafted, one.billed, one.paid, one.open
                )
                for one in page.totals.totals
            } == wanted
        )  # fmt: skip
        (together,) = page.totals.sums
        sums = [sum(values[n] for values in wanted.values()) for n in range(5)]
        assert [
            together.count, together.drafted, together.billed, together.paid, together.open
        ] == sums  # fmt: skip
        assert page.totals.price(sums[3], "EUR") in page.subtitle.text()
    cards = hands.clinic.front.store.queries.invoices(InvoiceWish(), 1000)
    assert {card.invoice.id: card.invoice.paid_minor for card in cards} == {
        row["id"]: row["paid"] for row in ledger.invoices()
    }


def doctors_agree(hands: Hands) -> None:
    """The cards of each doctor's own numbers."""
    ledger, names = Ledger(hands.clinic.path), hands.clinic.names
    monday = DAY - timedelta(days=DAY.weekday())
    first = monday - timedelta(weeks=WEEKS - 1)
    for work in DOCTORS:
        own = (names[work.code],)

        def ask(
            preset: str, start: date, end: date, group: str = "day",
            own: tuple[str, ...] = own, *, clinic: bool = False,
        ) -> tuple[Any, Any]:  # fmt: skip
            return ledger.report(Asked(preset, group, start, end, () if clinic else own))

        hands.window.show_page("doctor", work.code)
        page = hands.window.centre.shown_page
        assert isinstance(page, DoctorPage)
        wanted = own[0]
        hands.settle(
            lambda page=page, wanted=wanted: (
                page.source.desk is not None
                and page.source.desk.doctor_id == wanted
                and page.source.figures is not None
            )
        )
        shown = page.source.figures
        assert shown is not None
        visits, done, to_come, missed = ask("load", DAY, DAY)[1][:4]
        assert (shown.visits, shown.done, shown.to_come, shown.missed) == (
            visits, done, to_come, missed
        )  # fmt: skip
        week, _sums = ask("load", monday, monday + timedelta(days=6))
        days = [monday + timedelta(days=n) for n in range(7)]
        assert shown.week == tuple((day, week.get(day, (0,))[0]) for day in days)
        before = ask("load", monday - timedelta(weeks=1), monday - timedelta(days=1))[1]
        assert shown.week_before == before[0]
        assert shown.utilisation == ask("utilisation", first, DAY)[1][2]
        assert shown.clinic_utilisation == ask("utilisation", first, DAY, clinic=True)[1][2]
        assert shown.no_shows == ask("no_shows", first, DAY)[1][2]
        assert shown.clinic_no_shows == ask("no_shows", first, DAY, clinic=True)[1][2]
        late = ask("punctuality", first, DAY)[1]
        assert (shown.delay, shown.on_time) == (late[1], late[4])
        assert shown.waiting == ask("waiting", first, DAY)[1][2]
        lines = (
            (shown.utilisation_line, "utilisation", 2), (shown.no_shows_line, "no_shows", 2),
            (shown.delay_line, "punctuality", 1), (shown.waiting_line, "waiting", 2),
        )  # fmt: skip
        for line, preset, place in lines:
            weeks = ask(preset, first, DAY, "week")[0]
            assert len(line) == WEEKS
            for day, value in line:
                assert value == (weeks[day][place] if day in weeks else None), (preset, day)
        kinds = ask("load", first, DAY, "type")[0]
        names_of = {row["id"]: row["name"] for row in ledger.live("appointment_type")}
        assert dict(shown.types) == {
            names_of[key]: values[0] for key, values in kinds.items() if values[0]
        }
        cards = page.numbers
        assert cards.today.figure.text() == f"{done} of {visits} done"


def year_agrees(hands: Hands) -> None:
    """The heat of every day of the year, all doctors together and one alone."""
    ledger, names = Ledger(hands.clinic.path), hands.clinic.names
    hands.key(Key.Key_6, CTRL)
    hands.settle(lambda: isinstance(hands.window.centre.shown_page, YearPage))
    page = hands.window.centre.shown_page
    assert isinstance(page, YearPage)
    hands.settle(lambda: page.loaded and page.doctor.count() > len(DOCTORS))
    everybody = [names[work.code] for work in DOCTORS]
    _heat_agrees(page, ledger, everybody)
    hands.pick(page.doctor, "Dr Emil Moor")
    hands.key(Key.Key_Return)
    hands.settle(lambda: page.chosen == names["EM"] and page.loaded)
    _heat_agrees(page, ledger, [names["EM"]])


def _heat_agrees(page: YearPage, ledger: Ledger, doctors: list[str]) -> None:
    day, end = date(2026, 11, 2), date(2026, 12, 13)
    while day <= end:
        fill = page.view.fills[day]
        assert (fill.booked, fill.capacity) == ledger.heat(day, doctors), day
        day += timedelta(days=1)
