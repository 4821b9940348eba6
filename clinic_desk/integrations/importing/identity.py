"""Who is who: finding the person of a row among those the clinic knows already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from clinic_desk.domain.people import only_digits
from clinic_desk.integrations.importing.patients import name_key
from clinic_desk.services.views import PatientIdentity


class People:
    """An index of known persons that grows while a file is planned."""

    def __init__(self, known: Iterable[PatientIdentity]) -> None:
        self._by_number: dict[str, PatientIdentity] = {}
        self._by_name: dict[str, list[PatientIdentity]] = defaultdict(list)
        for person in known:
            self.add(person)

    def add(self, person: PatientIdentity) -> None:
        for number in (person.record_number, *person.other_numbers):
            if number:
                self._by_number.setdefault(number, person)
        self._by_name[name_key(person.first_name, person.last_name)].append(person)

    def add_number(self, person: PatientIdentity, number: str) -> None:
        if number:
            self._by_number.setdefault(number, person)

    def numbered(self, number: str) -> PatientIdentity | None:
        return self._by_number.get(number)

    def named(self, key: str) -> list[PatientIdentity]:
        return self._by_name.get(key, [])

    def same(
        self, first: str, last: str, born: date | None, phones: Iterable[str]
    ) -> PatientIdentity | None:
        """The one known person with this name and date of birth who also shares a phone number.

        A shared name and date of birth alone is not enough: two true namesakes must stay two.
        Rows with neither a date of birth nor a phone are the same when that is so of both.
        """
        wanted = _tails(phones)
        for person in self.named(name_key(first, last)):
            theirs = {
                only_digits(phone)[-9:] for phone in person.phones if len(only_digits(phone)) >= 5
            }
            if person.birth_date == born and (wanted & theirs or (not wanted and not theirs)):
                return person
        return None

    def namesake(self, first: str, last: str, born: date | None) -> PatientIdentity | None:
        """A person with the same name and date of birth, for a remark."""
        for person in self.named(name_key(first, last)):
            if born is not None and person.birth_date == born:
                return person
        return None


def is_person(person: PatientIdentity, first: str, last: str, born: date | None) -> bool:
    """Whether a row under a known record number is that person: same name, no other birthday."""
    if name_key(person.first_name, person.last_name) != name_key(first, last):
        return False
    return born is None or person.birth_date is None or person.birth_date == born


def _tails(phones: Iterable[str]) -> set[str]:
    """The last nine digits of each number, whatever way its country is written; what has fewer
    than five digits is no number."""
    return {typed[-9:] for typed in map(only_digits, phones) if len(typed) >= 5}
