"""RFC 5545, 3.8.5.3: every example, with the dates that the standard gives for it.

All start on the wall clock of New York; a shorthand lists the days of a month ("Sep 2-11,15").
Examples that go on for ever, or that a series of this program cannot say, are told apart below.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.recurrence import expand, instant, parse

NEW_YORK = "America/New_York"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
START = "19970902T090000"


def days(text: str, year: int = 1997) -> list[date]:
    """ "Sep 2-4,9; Oct 1; 1998 Jan 3" as dates."""
    found: list[date] = []
    for part in text.split(";"):
        for word in part.split():
            if word in MONTHS:
                month = MONTHS.index(word) + 1
            elif word.isdigit() and len(word) == 4:
                year = int(word)
            else:
                for span in word.split(","):
                    first, _, last = span.partition("-")
                    whole = range(int(first), int(last or first) + 1)
                    found += [date(year, month, day) for day in whole]
    return found


def every(first: date, last: date, step: int) -> str:
    """A long run, written as the standard's own "and so on"."""
    run, day = [], first
    while day <= last:
        run.append(f"{day.year} {MONTHS[day.month - 1]} {day.day}")
        day += timedelta(days=step)
    return "; ".join(run)


LONG_DAILY = every(date(1997, 9, 2), date(1997, 12, 23), 1)
JANUARIES = "; ".join(f"{year} Jan 1-31" for year in (1998, 1999, 2000))

FINITE = [
    ("daily, 10 times", START, "FREQ=DAILY;COUNT=10", "Sep 2-11"),
    ("daily until 24 December", START, "FREQ=DAILY;UNTIL=19971224T000000Z", LONG_DAILY),
    ("every 10 days, 5 times", START, "FREQ=DAILY;INTERVAL=10;COUNT=5", "Sep 2,12,22; Oct 2,12"),
    (
        "every day in January, by year",
        "19980101T090000",
        "FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA",
        JANUARIES,
    ),
    (
        "every day in January, by day",
        "19980101T090000",
        "FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1",
        JANUARIES,
    ),
    (
        "weekly, 10 times",
        START,
        "FREQ=WEEKLY;COUNT=10",
        "Sep 2,9,16,23,30; Oct 7,14,21,28; Nov 4",
    ),
    (
        "weekly until 24 December",
        START,
        "FREQ=WEEKLY;UNTIL=19971224T000000Z",
        "Sep 2,9,16,23,30; Oct 7,14,21,28; Nov 4,11,18,25; Dec 2,9,16,23",
    ),
    (
        "Tuesday and Thursday for five weeks, until",
        START,
        "FREQ=WEEKLY;UNTIL=19971007T000000Z;WKST=SU;BYDAY=TU,TH",
        "Sep 2,4,9,11,16,18,23,25,30; Oct 2",
    ),
    (
        "Tuesday and Thursday for five weeks, count",
        START,
        "FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH",
        "Sep 2,4,9,11,16,18,23,25,30; Oct 2",
    ),
    (
        "every other week on Monday, Wednesday, Friday",
        "19970901T090000",
        "FREQ=WEEKLY;INTERVAL=2;UNTIL=19971224T000000Z;WKST=SU;BYDAY=MO,WE,FR",
        "Sep 1,3,5,15,17,19,29; Oct 1,3,13,15,17,27,29,31; Nov 10,12,14,24,26,28; Dec 8,10,12,22",
    ),
    (
        "every other week on Tuesday and Thursday, 8 times",
        START,
        "FREQ=WEEKLY;INTERVAL=2;COUNT=8;WKST=SU;BYDAY=TU,TH",
        "Sep 2,4,16,18,30; Oct 2,14,16",
    ),
    (
        "first Friday, 10 times",
        "19970905T090000",
        "FREQ=MONTHLY;COUNT=10;BYDAY=1FR",
        "Sep 5; Oct 3; Nov 7; Dec 5; 1998 Jan 2; Feb 6; Mar 6; Apr 3; May 1; Jun 5",
    ),
    (
        "first Friday until 24 December",
        "19970905T090000",
        "FREQ=MONTHLY;UNTIL=19971224T000000Z;BYDAY=1FR",
        "Sep 5; Oct 3; Nov 7; Dec 5",
    ),
    (
        "every other month on the first and last Sunday",
        "19970907T090000",
        "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
        "Sep 7,28; Nov 2,30; 1998 Jan 4,25; Mar 1,29; May 3,31",
    ),
    (
        "second-to-last Monday for 6 months",
        "19970922T090000",
        "FREQ=MONTHLY;COUNT=6;BYDAY=-2MO",
        "Sep 22; Oct 20; Nov 17; Dec 22; 1998 Jan 19; Feb 16",
    ),
    (
        "2nd and 15th, 10 times",
        START,
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15",
        "Sep 2,15; Oct 2,15; Nov 2,15; Dec 2,15; 1998 Jan 2,15",
    ),
    (
        "first and last day, 10 times",
        "19970930T090000",
        "FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1",
        "Sep 30; Oct 1,31; Nov 1,30; Dec 1,31; 1998 Jan 1,31; Feb 1",
    ),
    (
        "every 18 months on the 10th to 15th",
        "19970910T090000",
        "FREQ=MONTHLY;INTERVAL=18;COUNT=10;BYMONTHDAY=10,11,12,13,14,15",
        "Sep 10-15; 1999 Mar 10-13",
    ),
    (
        "yearly in June and July",
        "19970610T090000",
        "FREQ=YEARLY;COUNT=10;BYMONTH=6,7",
        "Jun 10; Jul 10; 1998 Jun 10; Jul 10; 1999 Jun 10; Jul 10; 2000 Jun 10; Jul 10; "
        "2001 Jun 10; Jul 10",
    ),
    (
        "every other year in January to March",
        "19970310T090000",
        "FREQ=YEARLY;INTERVAL=2;COUNT=10;BYMONTH=1,2,3",
        "Mar 10; 1999 Jan 10; Feb 10; Mar 10; 2001 Jan 10; Feb 10; Mar 10; 2003 Jan 10; Feb 10; "
        "Mar 10",
    ),
    (
        "every third year on the 1st, 100th and 200th day",
        "19970101T090000",
        "FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200",
        "Jan 1; Apr 10; Jul 19; 2000 Jan 1; Apr 9; Jul 18; 2003 Jan 1; Apr 10; Jul 19; 2006 Jan 1",
    ),
    (
        "third of Tuesday, Wednesday, Thursday",
        "19970904T090000",
        "FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3",
        "Sep 4; Oct 7; Nov 6",
    ),
    (
        "weeks that begin on Monday",
        "19970805T090000",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO",
        "Aug 5,10,19,24",
    ),
    (
        "weeks that begin on Sunday",
        "19970805T090000",
        "FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU",
        "Aug 5,17,19,31",
    ),
    (
        "a day that February lacks",
        "20070115T090000",
        "FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5",
        "2007 Jan 15,30; Feb 15; Mar 15,30",
    ),
]

FOR_EVER = [
    (
        "every other day",
        START,
        "FREQ=DAILY;INTERVAL=2",
        every(date(1997, 9, 2), date(1997, 12, 3), 2),
    ),
    (
        "every other week",
        START,
        "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
        "Sep 2,16,30; Oct 14,28; Nov 11,25; Dec 9,23; 1998 Jan 6,20; Feb 3,17",
    ),
    (
        "third-to-last day",
        "19970928T090000",
        "FREQ=MONTHLY;BYMONTHDAY=-3",
        "Sep 28; Oct 29; Nov 28; Dec 29; 1998 Jan 29; Feb 26",
    ),
    (
        "every Tuesday of every other month",
        START,
        "FREQ=MONTHLY;INTERVAL=2;BYDAY=TU",
        "Sep 2,9,16,23,30; Nov 4,11,18,25; 1998 Jan 6,13,20,27; Mar 3,10,17,24,31",
    ),
    (
        "20th Monday of the year",
        "19970519T090000",
        "FREQ=YEARLY;BYDAY=20MO",
        "May 19; 1998 May 18; 1999 May 17",
    ),
    (
        "Monday of week 20",
        "19970512T090000",
        "FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO",
        "May 12; 1998 May 11; 1999 May 17",
    ),
    (
        "every Thursday in March",
        "19970313T090000",
        "FREQ=YEARLY;BYMONTH=3;BYDAY=TH",
        "Mar 13,20,27; 1998 Mar 5,12,19,26; 1999 Mar 4,11,18,25",
    ),
    (
        "every Thursday of the summer",
        "19970605T090000",
        "FREQ=YEARLY;BYDAY=TH;BYMONTH=6,7,8",
        "Jun 5,12,19,26; Jul 3,10,17,24,31; Aug 7,14,21,28; 1998 Jun 4,11,18,25; "
        "Jul 2,9,16,23,30; Aug 6,13,20,27; 1999 Jun 3,10,17,24; Jul 1,8,15,22,29; Aug 5,12,19,26",
    ),
    (
        "every Friday the 13th",
        START,
        "FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13",
        "1998 Feb 13; Mar 13; Nov 13; 1999 Aug 13; 2000 Oct 13",
    ),
    (
        "first Saturday after the first Sunday",
        "19970913T090000",
        "FREQ=MONTHLY;BYDAY=SA;BYMONTHDAY=7,8,9,10,11,12,13",
        "Sep 13; Oct 11; Nov 8; Dec 13; 1998 Jan 10; Feb 7; Mar 7; Apr 11; May 9; Jun 13",
    ),
    (
        "election day",
        "19961105T090000",
        "FREQ=YEARLY;INTERVAL=4;BYMONTH=11;BYDAY=TU;BYMONTHDAY=2,3,4,5,6,7,8",
        "1996 Nov 5; 2000 Nov 7; 2004 Nov 2",
    ),
    (
        "second-to-last weekday",
        "19970929T090000",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-2",
        "Sep 29; Oct 30; Nov 27; Dec 30; 1998 Jan 29; Feb 26; Mar 30",
    ),
]

REFUSED = [
    ("every 3 hours", "FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", "within a day"),
    ("every 15 minutes", "FREQ=MINUTELY;INTERVAL=15;COUNT=6", "within a day"),
    ("every hour and a half", "FREQ=MINUTELY;INTERVAL=90;COUNT=4", "within a day"),
    (
        "every 20 minutes of the working day, by day",
        "FREQ=DAILY;BYHOUR=9,10,11,12,13,14,15,16;BYMINUTE=0,20,40",
        "one time of the day",
    ),
    (
        "every 20 minutes of the working day, by minute",
        "FREQ=MINUTELY;INTERVAL=20;BYHOUR=9,10,11,12,13,14,15,16",
        "within a day",
    ),
]


def dated(start: str, rule: str, limit: int) -> list[date]:
    first = datetime.strptime(start, "%Y%m%dT%H%M%S")  # noqa: DTZ007 the wall clock of a series
    found = expand(parse(rule, NEW_YORK), first, limit)
    assert {day.time() for day in found} == {first.time()}
    return [day.date() for day in found]


@pytest.mark.parametrize(
    ("start", "rule", "wanted"), [row[1:] for row in FINITE], ids=[r[0] for r in FINITE]
)
def test_an_example_that_ends(start: str, rule: str, wanted: str) -> None:
    assert dated(start, rule, 1000) == days(wanted)


@pytest.mark.parametrize(
    ("start", "rule", "wanted"), [row[1:] for row in FOR_EVER], ids=[r[0] for r in FOR_EVER]
)
def test_an_example_without_end(start: str, rule: str, wanted: str) -> None:
    told = days(wanted)
    assert dated(start, rule, len(told)) == told
    assert parse(rule, NEW_YORK).endless


@pytest.mark.parametrize(
    ("rule", "words"), [row[1:] for row in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_an_example_that_no_series_of_a_clinic_says(rule: str, words: str) -> None:
    with pytest.raises(Refusal, match=words) as refused:
        parse(rule, NEW_YORK)
    assert refused.value.field in ("freq", "rule")


def test_nine_stays_nine_when_new_york_changes_its_clocks() -> None:
    """The standard's own EDT and EST columns: 26 October 1997."""
    start = datetime.combine(date(1997, 9, 2), time(9))
    found = expand(parse("FREQ=DAILY;UNTIL=19971224T000000Z", NEW_YORK), start, 1000)
    hours = {day.date(): instant(day, NEW_YORK).hour for day in found}
    assert (hours[date(1997, 10, 25)], hours[date(1997, 10, 26)]) == (13, 14)


@pytest.mark.parametrize("row", [*FINITE, *FOR_EVER], ids=lambda row: str(row[0]))
def test_an_example_is_written_back_without_loss(row: tuple[str, str, str, str]) -> None:
    rule = parse(row[2], NEW_YORK)
    assert parse(str(rule), NEW_YORK) == rule
    assert dated(row[1], str(rule), 40) == dated(row[1], row[2], 40)
