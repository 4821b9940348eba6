"""A patient list → what would happen to each of its rows. Nothing is written here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.ids import Id, IdFactory
from clinic_desk.integrations.importing import columns
from clinic_desk.integrations.importing.csv_source import CsvTable, read_table
from clinic_desk.integrations.importing.identity import People, is_person
from clinic_desk.integrations.importing.patients import (
    ReadPatient,
    day_first,
    name_key,
    read_date,
    read_patient,
)
from clinic_desk.services.import_report import ImportOptions
from clinic_desk.services.views import PatientIdentity

NUMBER_IN_USE = "record number in use by another person"


@dataclass(slots=True)
class PlannedPatient:
    """``outcome``: import, merge or reject. ``person_id`` is the known person of a merge; with
    ``merges`` what the row knows beyond them is taken over."""

    line: int
    source: tuple[str, ...]
    outcome: str
    code: str = ""
    reason: str = ""
    values: dict[str, object] = field(default_factory=dict)
    person_id: Id = ""
    merges: bool = False
    remarks: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class PatientPlan:
    table: CsvTable
    mapping: dict[str, str]
    rows: list[PlannedPatient]


def plan_patients(
    path: Path,
    people: People,
    options: ImportOptions,
    *,
    region: str,
    today: date,
    new_id: IdFactory,
) -> PatientPlan:
    """Raises ``Refusal`` when the file is no list or no column of names is found."""
    table = read_table(path, encoding=options.encoding, delimiter=options.delimiter)
    samples = [row.values for row in table.rows[:200] if not row.broken]
    mapping = columns.guess(table.headings, samples)
    named = _named(table, options)
    mapping = {heading: name for heading, name in mapping.items() if name not in named.values()}
    mapping.update(named)
    mapping = {heading: name for heading, name in mapping.items() if name}
    region = options.region or _region(table, region)
    dayfirst = day_first(_column(table, mapping, "birth_date"))
    planner = _Planner(people, region, dayfirst, today, new_id)
    rows = [planner.row(table, row.number, row.values, row.broken, mapping) for row in table.rows]
    return PatientPlan(table, mapping, rows)


class _Planner:
    def __init__(
        self, people: People, region: str, dayfirst: bool, today: date, new_id: IdFactory
    ) -> None:
        self._people = people
        self._region = region
        self._dayfirst = dayfirst
        self._today = today
        self._new_id = new_id
        # A record number belongs to whoever has it first in the file, also when that row is
        # rejected: once corrected it must find its number free.
        self._claimed: dict[str, tuple[str, date | None]] = {}

    def row(
        self,
        table: CsvTable,
        line: int,
        source: tuple[str, ...],
        broken: str,
        mapping: Mapping[str, str],
    ) -> PlannedPatient:
        if broken:
            return PlannedPatient(
                line, source, "reject", "broken line", f"The line cannot be read: {broken}."
            )
        cells = {
            mapping[heading]: value
            for heading, value in zip(table.headings, source, strict=True)
            if heading in mapping
        }
        read = read_patient(cells, region=self._region, dayfirst=self._dayfirst, today=self._today)
        number = cells.get("record_number", "").strip()
        first, last = str(read.values.get("first_name", "")), str(read.values.get("last_name", ""))
        if read.problem:
            self._claim_rejected(number, cells)
            return PlannedPatient(line, source, "reject", read.code, read.problem)
        born = read.values["birth_date"]
        birth = born if isinstance(born, date) else None
        return self._place(line, source, read, number, first, last, birth)

    def _claim_rejected(self, number: str, cells: Mapping[str, str]) -> None:
        if number:
            key = name_key(cells.get("first_name", ""), cells.get("last_name", ""))
            typed = cells.get("birth_date", "")
            born = read_date(typed, dayfirst=self._dayfirst, today=self._today) if typed else None
            self._claimed.setdefault(number, (key, born))

    def _place(
        self,
        line: int,
        source: tuple[str, ...],
        read: ReadPatient,
        number: str,
        first: str,
        last: str,
        born: date | None,
    ) -> PlannedPatient:
        owner = self._people.numbered(number) if number else None
        if owner is not None:
            if is_person(owner, first, last, born):
                return PlannedPatient(
                    line,
                    source,
                    "merge",
                    "already there",
                    person_id=owner.id,
                    remarks=read.remarks,
                )
            return self._number_in_use(line, source, number)
        claim = self._claimed.get(number) if number else None
        if claim is not None and claim[0] != name_key(first, last):
            return self._number_in_use(line, source, number)
        phones = tuple(
            str(read.values[name])
            for name in ("mobile", "mobile_typed", "phone", "phone_typed")
            if read.values.get(name)
        )
        same = self._people.same(first, last, born, phones)
        if same is not None:
            self._people.add_number(same, number)
            return PlannedPatient(
                line,
                source,
                "merge",
                "same person again",
                person_id=same.id,
                values=dict(read.values),
                merges=True,
                remarks=read.remarks,
            )
        remarks = list(read.remarks)
        twin = self._people.namesake(first, last, born)
        if twin is not None:
            remarks.append(
                (
                    "possible duplicate",
                    f"Same name and date of birth as record {twin.record_number}, other phone.",
                )
            )
        patient_id = self._new_id()
        self._people.add(PatientIdentity(patient_id, number, (), first, last, born, phones))
        values = {**read.values, "id": patient_id}
        return PlannedPatient(line, source, "import", values=values, remarks=remarks)

    @staticmethod
    def _number_in_use(line: int, source: tuple[str, ...], number: str) -> PlannedPatient:
        return PlannedPatient(
            line,
            source,
            "reject",
            NUMBER_IN_USE,
            number_in_use({"record_number": number}),
        )


def number_in_use(values: Mapping[str, object]) -> str:
    number = values["record_number"]
    return f"Record number {number} belongs to another person. Give this row its own number."


def _named(table: CsvTable, options: ImportOptions) -> dict[str, str]:
    """The named columns that this list has: the others are those of another list of the same
    import. Raises ``Refusal("bad_column")`` when two are named as one field."""
    named = {h: name for h, name in options.columns.items() if h in table.headings}
    for name, number in Counter(name for name in named.values() if name).items():
        if number > 1:
            raise Refusal("bad_column", f"{number} columns are named as {name}; choose one.")
    return named


def _column(table: CsvTable, mapping: Mapping[str, str], wanted: str) -> list[str]:
    for index, heading in enumerate(table.headings):
        if mapping.get(heading) == wanted:
            return [row.values[index] for row in table.rows if not row.broken]
    return []


def _region(table: CsvTable, fallback: str) -> str:
    """A Turkish export holds Turkish numbers, whatever country the program is set to."""
    turkish = any(char in heading for heading in table.headings for char in "ğışİĞŞ")
    return "TR" if turkish else fallback
