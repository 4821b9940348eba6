"""Files that want to harm: packed, endless, disguised, nested. Each is refused in a sentence, at
once, and nothing is unpacked or followed."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import zipfile
from pathlib import Path

import pytest

from clinic_desk.domain.errors import ClinicDeskError
from clinic_desk.integrations.importing import csv_source
from clinic_desk.integrations.importing.csv_source import read_table
from clinic_desk.integrations.importing.diary import read_diary


def bomb() -> bytes:
    """20 MB of nothing in 20 KB, twice."""
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("../../../etc/cron.d/evil", bytes(20_000_000))
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inner.zip", inner.getvalue())
    return outer.getvalue()


LIST = b"Name,Phone\nAnn,1\n" * 50
PACKED = {
    "zip bomb": bomb(),
    "gzip": gzip.compress(LIST),
    "bzip2": bz2.compress(LIST),
    "xz": lzma.compress(LIST),
    "7z": b"7z\xbc\xaf\x27\x1c" + LIST,
    "old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "pdf": b"%PDF-1.7\n" + LIST,
    "database": b"SQLite format 3\0" + bytes(100),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("reads", [read_table, lambda path: read_diary(path, zone="UTC")])
def test_what_is_packed_is_named_and_not_unpacked(name: str, reads: object, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(PACKED[name])
    with pytest.raises(ClinicDeskError) as refused:
        reads(path)  # type: ignore[operator]
    assert refused.value.code == "packed"
    assert "list.csv is" in str(refused.value)
    assert [one.name for one in tmp_path.rglob("*")] == ["list.csv"]


def test_an_absurd_size_is_refused_before_a_byte_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.touch()
    os.truncate(path, 50 * 2**30)  # a hole: it takes no room
    with pytest.raises(ClinicDeskError) as refused:
        read_table(path)
    assert refused.value.code == "too_large"
    assert "51200 MB" in str(refused.value)


def test_a_file_without_end_is_read_up_to_the_limit_alone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A device tells no size: what comes out of it is cut off."""
    monkeypatch.setattr(csv_source, "LARGEST", 1_000_000)
    path = tmp_path / "list.csv"
    path.symlink_to("/dev/zero")
    with pytest.raises(ClinicDeskError) as refused:
        read_table(path)
    assert refused.value.code == "too_large"


def test_events_within_events_end_where_the_next_begins(tmp_path: Path) -> None:
    path = tmp_path / "diary.ics"
    deep = 20_000
    text = "BEGIN:VCALENDAR\n" + "BEGIN:VEVENT\n" * deep + "END:VEVENT\n" * deep + "END:VCALENDAR\n"
    path.write_text(text, "utf-8")
    diary = read_diary(path, zone="UTC")
    assert len(diary.events) == deep
    assert all(event.problem for event in diary.events)


def test_a_rule_without_end_is_refused_and_not_walked(tmp_path: Path) -> None:
    path = tmp_path / "diary.ics"
    rules = ("FREQ=SECONDLY", "FREQ=DAILY;COUNT=999999999", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31")
    lines = ["BEGIN:VCALENDAR"]
    for number, rule in enumerate(rules):
        lines += [
            "BEGIN:VEVENT", f"UID:{number}", "SUMMARY:Somebody", "ORGANIZER:Dr A",
            "DTSTART:20261201T090000Z", "DTEND:20261201T093000Z", f"RRULE:{rule}", "END:VEVENT",
        ]  # fmt: skip
    path.write_text("\n".join([*lines, "END:VCALENDAR", ""]), "utf-8")
    diary = read_diary(path, zone="UTC")
    assert [bool(event.problem) for event in diary.events] == [True, True, True]
