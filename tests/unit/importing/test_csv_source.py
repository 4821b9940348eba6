"""Reading lists as people export them: encodings, delimiters, broken lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic_desk.domain.errors import Fault, Refusal
from clinic_desk.integrations.importing.csv_source import read_table


def write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    return path


def test_byte_order_mark_and_comma(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "Record no,Last name\nP1,Şener\n".encode("utf-8-sig")))
    assert table.headings == ("Record no", "Last name")
    assert table.rows[0].values == ("P1", "Şener")
    assert (table.encoding, table.delimiter) == ("utf-8-sig", ",")


def test_turkish_code_page_and_semicolon(tmp_path: Path) -> None:
    text = "Hasta No;Adı;Soyadı\n" + "".join(
        f"{n};{first};{last}\n"
        for n, (first, last) in enumerate(
            [("Işıl", "Yıldırım"), ("Gülşah", "Ağaoğlu"), ("İnci", "Kılıç"), ("Uğur", "Şahin")]
        )
    )
    table = read_table(write(tmp_path, text.encode("cp1254")))
    assert table.encoding == "cp1254"
    assert table.delimiter == ";"
    assert table.rows[0].values[1:] == ("Işıl", "Yıldırım")
    assert table.rows[3].values[1:] == ("Uğur", "Şahin")


def test_western_code_page_is_not_taken_for_turkish(tmp_path: Path) -> None:
    text = "Nr;Vorname;Nachname\n" + "1;Jörg;Müller\n2;Änne;Groß\n3;Zoë;Schäfer\n" * 20
    table = read_table(write(tmp_path, text.encode("cp1252")))
    assert table.rows[0].values == ("1", "Jörg", "Müller")
    assert table.rows[1].values == ("2", "Änne", "Groß")


def test_quoted_newlines_and_quotes_are_one_row(tmp_path: Path) -> None:
    data = b'No,Note,Last\n1,"Allergic;\nsays ""call after 5""",Gray\n2,,Hall\n'
    table = read_table(write(tmp_path, data))
    assert table.rows[0].values == ("1", 'Allergic;\nsays "call after 5"', "Gray")
    assert [row.number for row in table.rows] == [2, 4]


def test_a_quote_that_never_closes_costs_one_line_only(tmp_path: Path) -> None:
    data = b'No,Last\n1,"Gray\n' + b"".join(b"%d,Hall\n" % n for n in range(2, 400))
    table = read_table(write(tmp_path, data))
    assert table.rows[0].broken == "a quote is never closed"
    assert len(table.rows) == 399
    assert not any(row.broken for row in table.rows[1:])


def test_wrong_number_of_columns_is_broken(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b"No,Last\n1,Gray,extra\n2\n3,Hall\n"))
    assert [bool(row.broken) for row in table.rows] == [True, True, False]


def test_a_few_bad_bytes_break_their_rows_not_the_file(tmp_path: Path) -> None:
    good = "".join(f"{n},Müller\n" for n in range(100)).encode()
    table = read_table(write(tmp_path, b"No,Last\n" + good + b"100,M\xfcller\n"))
    assert table.encoding == "utf-8"
    assert [row.number for row in table.rows if row.broken] == [102]


def test_what_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="does not look like a list"):
        read_table(write(tmp_path, b"just words\n"))


def test_a_missing_file_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="cannot be read"):
        read_table(tmp_path / "none.csv")


def values(table: object) -> list[tuple[str, ...]]:
    return [row.values for row in table.rows]  # type: ignore[attr-defined]


def test_a_stray_quote_in_a_bare_cell_swallows_no_rows(tmp_path: Path) -> None:
    data = b'no,name\n1,A "x\n2,B\n3,C\n4,D "y\n5,E\n'
    assert [row[0] for row in values(read_table(write(tmp_path, data)))] == list("12345")


def test_a_quoted_cell_over_two_lines_at_the_end_of_the_file(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b'no,name\n1,"A\nB"'))
    assert values(table) == [("1", "A\nB")]


def test_a_cell_too_wide_costs_its_own_row(tmp_path: Path) -> None:
    data = b"no,name\n1," + b"x" * 1_100_000 + b"\n2,B\n"
    rows = read_table(write(tmp_path, data)).rows
    assert "longer than" in rows[0].broken
    assert (rows[1].values, rows[1].broken) == (("2", "B"), "")


def test_columns_of_one_name_stay_two_columns(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b"No,Phone,Phone,,\n1,a,b,,\n"))
    assert table.headings == ("No", "Phone", "Phone 2", "", "2")


def test_the_spreadsheets_own_first_line_names_the_delimiter(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b"sep=;\nno;name\n1;A, B\n"))
    assert (table.headings, table.delimiter) == (("no", "name"), ";")
    assert table.rows[0].number == 3


def test_control_characters_are_a_reason(tmp_path: Path) -> None:
    rows = read_table(write(tmp_path, b"no,name\n1,A\x00B\n2,C\n")).rows
    assert "control characters" in rows[0].broken
    assert rows[1].broken == ""


def test_utf_16_without_its_mark(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, "no,name\n1,Ä\n".encode("utf-16-le")))
    assert values(table) == [("1", "Ä")]


@pytest.mark.parametrize(("option", "value"), [("delimiter", ";;"), ("encoding", "idna")])
def test_an_impossible_option_is_refused_in_words(tmp_path: Path, option: str, value: str) -> None:
    with pytest.raises(Refusal):
        read_table(write(tmp_path, b"no,name\n1,\xc4\n"), **{option: value})


def test_a_tab_can_be_spelt_out(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, b"no\tname,x\n1\tA\n"), delimiter="tab")
    assert table.headings == ("no", "name,x")
