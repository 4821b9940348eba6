"""A patient list and a diary in the forms that other programs export, of any size."""

from __future__ import annotations

import csv
import random
from datetime import date, timedelta
from pathlib import Path

FIRST = ("Ana", "Ömer", "Lynn", "Joanne", "Şule", "Tibor", "Cora", "Yılmaz", "Ines", "Reimer")
LAST = ("Lee", "Öztürk", "Davies", "Nelson", "Kılıç", "Sauer", "Sontag", "Yıldız", "Fofana", "Wu")
DOCTORS = ("Dr Aylin Bench", "Dr Jo Bench", "Dr Mira Bench", "Dr Tom Bench")
MONDAY = date(2026, 12, 7)


def patients(path: Path, rows: int) -> Path:
    chance = random.Random(3)
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        out = csv.writer(file)
        out.writerow(
            ("Record no", "First name", "Last name", "Date of birth", "Mobile", "E-mail", "Notes")
        )
        for number in range(rows):
            born = date(1935, 1, 1) + timedelta(days=chance.randrange(32_000))
            out.writerow(
                (
                    f"B{number:06}",
                    chance.choice(FIRST),
                    f"{chance.choice(LAST)}-{number % 977}",
                    f"{born:%d/%m/%Y}",
                    f"+49151{chance.randrange(10**7, 10**8)}",
                    f"b{number}@example.org",
                    "Prefers mornings" if number % 9 == 0 else "",
                )
            )
    return path


def diary(path: Path, events: int, people: int) -> Path:
    chance = random.Random(4)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Old Diary//Export//EN"]
    number, day = 0, MONDAY
    while number < events:
        if day.weekday() < 5:
            for slot in range(16):
                minute = 8 * 60 + slot * 30
                for doctor in DOCTORS:
                    if number < events and chance.random() < 0.7:
                        lines += _event(number, day, minute, doctor, chance.randrange(people))
                        number += 1
        day += timedelta(days=1)
    lines += ["END:VCALENDAR", ""]
    path.write_text("\r\n".join(lines), "utf-8", newline="")
    return path


def _event(number: int, day: date, minute: int, doctor: str, person: int) -> list[str]:
    start, end = (f"{day:%Y%m%d}T{m // 60:02}{m % 60:02}00" for m in (minute, minute + 30))
    return [
        "BEGIN:VEVENT",
        f"UID:bench-{number}@example.invalid",
        "DTSTAMP:20261101T080000Z",
        "SUMMARY:Patient - Follow-up",
        f"CATEGORIES:{doctor}",
        f"X-RECORD-NO:B{person:06}",
        f"DTSTART;TZID=Europe/London:{start}",
        f"DTEND;TZID=Europe/London:{end}",
        "END:VEVENT",
    ]
