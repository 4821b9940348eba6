"""Reading an iCalendar diary, event by event."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.integrations.importing.diary import Diary, DiaryEvent, read_diary
from clinic_desk.integrations.importing.following import continue_series
from clinic_desk.integrations.importing.plan_diary import main_zone

HEAD = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//y//EN\n"


def diary(tmp_path: Path, *events: str) -> Diary:
    path = tmp_path / "diary.ics"
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    path.write_text(HEAD + body + "END:VCALENDAR\n", encoding="utf-8")
    return read_diary(path, zone="Europe/Berlin")


def one(tmp_path: Path, times: str) -> DiaryEvent:
    event = f"UID:1\nSUMMARY:Ana Lee - Follow-up\nCATEGORIES:Dr Wu\nX-RECORD-NO:P1\n{times}"
    return diary(tmp_path, event).events[0]


def test_a_visit_with_zone(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "DTSTART;TZID=Europe/Istanbul:20260831T100000\nDTEND;TZID=Europe/Istanbul:20260831T103000",
    )
    assert (event.kind, event.minutes, event.zone) == ("visit", 30, "Europe/Istanbul")
    assert event.start == datetime(2026, 8, 31, 7, tzinfo=UTC)
    assert (event.patient_name, event.type_name, event.doctor) == ("Ana Lee", "Follow-up", "Dr Wu")


def test_floating_time_is_read_in_the_clinics_zone(tmp_path: Path) -> None:
    event = one(tmp_path, "DTSTART:20260115T100000\nDTEND:20260115T104500")
    assert event.floating
    assert event.start == datetime(2026, 1, 15, 9, tzinfo=UTC)


def test_utc_and_duration(tmp_path: Path) -> None:
    event = one(tmp_path, "DTSTART:20260115T100000Z\nDURATION:PT45M")
    assert event.start == datetime(2026, 1, 15, 10, tzinfo=UTC)
    assert event.minutes == 45
    assert event.local_start == "2026-01-15T11:00"


def test_all_day_leave_ends_at_local_midnight(tmp_path: Path) -> None:
    event = one(tmp_path, "DTSTART;VALUE=DATE:20261227\nDTEND;VALUE=DATE:20261231")
    assert event.kind == "leave"
    assert event.start == datetime(2026, 12, 26, 23, tzinfo=UTC)
    assert event.end == datetime(2026, 12, 30, 23, tzinfo=UTC)


def test_series_keeps_its_wall_time_across_the_clock_change(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "DTSTART;TZID=Europe/Berlin:20261013T090000\nDTEND;TZID=Europe/Berlin:20261013T093000\n"
        "RRULE:FREQ=WEEKLY;BYDAY=TU;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261020T090000",
    )
    assert event.kind == "series"
    assert event.occurrences == [
        datetime(2026, 10, 13, 7, tzinfo=UTC),
        datetime(2026, 10, 27, 8, tzinfo=UTC),
        datetime(2026, 11, 3, 8, tzinfo=UTC),
    ]


def test_series_until_in_utc(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "DTSTART;TZID=Europe/Berlin:20261013T090000\nDTEND;TZID=Europe/Berlin:20261013T093000\n"
        "RRULE:FREQ=DAILY;UNTIL=20261015T070000Z",
    )
    assert len(event.occurrences) == 3


def test_moved_occurrence_knows_its_original_start(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "RECURRENCE-ID;TZID=Europe/Berlin:20260922T081500\n"
        "DTSTART;TZID=Europe/Berlin:20260923T081500\nDTEND;TZID=Europe/Berlin:20260923T090000",
    )
    assert event.kind == "moved"
    assert event.original_start == datetime(2026, 9, 22, 6, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        ("", "event without a start"),
        ("DTSTART:20260115T100000Z", "event without an end"),
        (
            "DTSTART:20260115T100000Z\nDTEND:20260115T090000Z",
            "event that ends before it starts",
        ),
        ("DTSTART:20260115T100000Z\nDURATION:PT5M", "length out of bounds"),
        ("DTSTART:2026-01-15\nDTEND:20260115T090000Z", "broken event"),
        (
            "DTSTART;TZID=Europe/Nowhere:20260115T100000\nDURATION:PT30M",
            "unknown zone",
        ),
        (
            "DTSTART:20260115T100000Z\nDURATION:PT30M\nRRULE:FREQ=DAILY;COUNT=101",
            "series too long",
        ),
    ],
)
def test_what_cannot_be_a_visit_says_why(tmp_path: Path, times: str, code: str) -> None:
    event = one(tmp_path, times)
    assert event.code == code
    assert event.kind == ""


def test_a_broken_event_costs_itself_only(tmp_path: Path) -> None:
    path = tmp_path / "diary.ics"
    good = "BEGIN:VEVENT\nUID:2\nDTSTART:20260115T100000Z\nDURATION:PT30M\nEND:VEVENT\n"
    path.write_text(HEAD + "BEGIN:VEVENT\nUID:1\n" + good + "END:VCALENDAR\n", encoding="utf-8")
    events = read_diary(path, zone="Europe/Berlin").events
    assert [event.code for event in events] == ["broken event", ""]


def test_what_is_no_calendar_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.ics"
    path.write_text("hello", encoding="utf-8")
    with pytest.raises(Refusal, match="not an iCalendar file"):
        read_diary(path, zone="Europe/Berlin")


VISIT = "DTSTART;TZID=Europe/Berlin:20261201T090000\nDTEND;TZID=Europe/Berlin:20261201T093000"


def test_a_line_ends_with_a_line_end_only(tmp_path: Path) -> None:
    event = one(tmp_path, f"{VISIT}\nDESCRIPTION:one\u2028two\x0cthree")
    assert event.description == "one\u2028two\x0cthree"


def test_a_folded_line_ends_no_event(tmp_path: Path) -> None:
    event = one(tmp_path, f"{VISIT}\nDESCRIPTION:one\n END:VEVENT\n  and\\, two")
    assert (event.kind, event.description) == ("visit", "oneEND:VEVENT and, two")


def test_an_alarm_inside_is_no_matter(tmp_path: Path) -> None:
    alarm = "BEGIN:VALARM\nACTION:DISPLAY\nDESCRIPTION:x\nTRIGGER:-PT15M\nEND:VALARM"
    event = one(tmp_path, f"{VISIT}\n{alarm}")
    assert (event.kind, event.description) == ("visit", "")


@pytest.mark.parametrize("name", ["Europe", "../../etc/passwd", "Mars/Base"])
def test_a_zone_that_is_none_costs_its_own_event(tmp_path: Path, name: str) -> None:
    event = one(tmp_path, f"DTSTART;TZID={name}:20261201T090000\nDURATION:PT30M")
    assert event.problem


def test_a_quoted_zone(tmp_path: Path) -> None:
    event = one(tmp_path, 'DTSTART;TZID="Europe/Istanbul":20261201T090000\nDURATION:PT30M')
    assert (event.zone, event.minutes) == ("Europe/Istanbul", 30)
    assert main_zone(tmp_path / "diary.ics", "UTC") == "Europe/Istanbul"


def test_the_last_day_of_a_series_counts_in_full(tmp_path: Path) -> None:
    assert len(one(tmp_path, f"{VISIT}\nRRULE:FREQ=DAILY;UNTIL=20261203").occurrences) == 3


def test_listed_days_add_to_a_series(tmp_path: Path) -> None:
    extra = "RDATE;TZID=Europe/Berlin:20261203T110000"
    alone = one(tmp_path, f"{VISIT}\n{extra}")
    assert (alone.kind, len(alone.occurrences)) == ("series", 2)
    both = one(tmp_path, f"{VISIT}\nRRULE:FREQ=WEEKLY;COUNT=2\n{extra}")
    assert [day.day for day in both.occurrences] == [1, 3, 8]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;INTERVAL=53;COUNT=2",
        "FREQ=DAILY;BYHOUR=9,17;COUNT=4",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    ],
)
def test_a_rule_that_cannot_be_followed_is_a_reason(tmp_path: Path, rule: str) -> None:
    event = one(tmp_path, f"{VISIT}\nRRULE:{rule}")
    assert event.problem
    assert event.kind == ""


def test_leave_that_repeats_is_each_of_its_days(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "DTSTART;VALUE=DATE:20261020\nDTEND;VALUE=DATE:20261022\nRRULE:FREQ=WEEKLY;COUNT=3\n"
        "EXDATE;VALUE=DATE:20261103",
    )
    assert event.kind == "leave"
    assert event.stretches == [
        (datetime(2026, 10, 19, 22, tzinfo=UTC), datetime(2026, 10, 21, 22, tzinfo=UTC)),
        (datetime(2026, 10, 26, 23, tzinfo=UTC), datetime(2026, 10, 28, 23, tzinfo=UTC)),
    ]


def test_a_series_without_end_is_cut_and_says_so(tmp_path: Path) -> None:
    event = one(tmp_path, f"{VISIT}\nRRULE:FREQ=DAILY")
    assert (event.kind, len(event.occurrences)) == ("series", 100)
    assert event.rule == "FREQ=DAILY;COUNT=100"
    assert event.remarks[0][1].startswith("The series has no end; its first 100 visits")


def test_numbered_weekdays_beside_plain_ones(tmp_path: Path) -> None:
    event = one(tmp_path, f"{VISIT}\nRRULE:FREQ=MONTHLY;BYDAY=2TU,WE;COUNT=5")
    assert [day.day for day in event.occurrences] == [2, 8, 9, 16, 23]


def test_a_change_of_all_following_visits_is_a_series_that_follows(tmp_path: Path) -> None:
    head = "UID:1\nSUMMARY:Ana Lee - Follow-up\nCATEGORIES:Dr Wu\nX-RECORD-NO:P1\n"
    events = diary(
        tmp_path,
        f"{head}{VISIT}\nRRULE:FREQ=WEEKLY;COUNT=5",
        f"{head}RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261215T090000\n"
        "DTSTART;TZID=Europe/Berlin:20261216T100000\nDTEND;TZID=Europe/Berlin:20261216T103000",
        f"{head}RECURRENCE-ID;TZID=Europe/Berlin:20261222T090000\n"
        "DTSTART;TZID=Europe/Berlin:20261224T100000\nDTEND;TZID=Europe/Berlin:20261224T103000",
    ).events
    continue_series(events)
    first, second, moved = events
    assert (first.rule, first.kind) == ("FREQ=WEEKLY;COUNT=2", "series")
    assert (second.rule, second.local_start) == ("FREQ=WEEKLY;COUNT=3", "2026-12-16T10:00")
    assert second.follows == first.series_key
    assert moved.series_key == second.series_key
    assert moved.original_start == datetime(2026, 12, 23, 9, tzinfo=UTC)


def test_a_change_of_following_visits_that_no_rule_says_is_handed_back(tmp_path: Path) -> None:
    head = "UID:1\nSUMMARY:Ana Lee - Follow-up\nCATEGORIES:Dr Wu\nX-RECORD-NO:P1\n"
    change = (
        f"{head}RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261229T090000\n"
        "DTSTART;TZID=Europe/Berlin:20270131T090000\nDTEND;TZID=Europe/Berlin:20270131T093000"
    )
    alone = diary(tmp_path, change).events
    continue_series(alone)
    assert alone[0].code == "change of all following visits"
    start = "DTSTART;TZID=Europe/Berlin:20261129T090000\nDURATION:PT30M"
    both = diary(tmp_path, f"{head}{start}\nRRULE:FREQ=MONTHLY;COUNT=5", change).events
    continue_series(both)
    assert both[1].code == "change of all following visits"
    assert len(both[0].occurrences) == 5


def test_a_broken_change_of_a_series_still_names_its_place(tmp_path: Path) -> None:
    event = one(
        tmp_path,
        "RECURRENCE-ID:20261208T090000Z\nDTSTART:20261209T090000Z\nDTEND:20261209T230000Z",
    )
    assert event.code == "length out of bounds"
    assert event.original_start == datetime(2026, 12, 8, 9, tzinfo=UTC)


def test_bytes_of_another_encoding_are_read_or_handed_back(tmp_path: Path) -> None:
    path = tmp_path / "diary.ics"
    body = f"BEGIN:VEVENT\nUID:1\nSUMMARY:Müller, Jörg - Visit\n{VISIT}\nEND:VEVENT\n"
    path.write_bytes((HEAD + body + "END:VCALENDAR\n").encode("cp1252"))
    (event,) = read_diary(path, zone="Europe/Berlin").events
    assert event.patient_name == "Müller, Jörg" or event.problem
    assert "\ufffd" not in event.raw


@pytest.mark.parametrize("year", ["9999", "0001", "1899"])
def test_a_year_that_no_clinic_has_seen(tmp_path: Path, year: str) -> None:
    event = one(tmp_path, f"DTSTART:{year}1231T230000Z\nDURATION:PT30M")
    assert event.problem
    assert one(tmp_path, f"DTSTART;VALUE=DATE:{year}1231").problem
