"""Patient search as people type it: 200,000 patients, 1,000,000 visits, every keystroke asked.

The program waits 60 ms after a key before it asks; here every prefix is asked, so that the figures
hold for the slowest typist too. Sequences are made of patients of the store: surname and first
name, as spoken and as written in capitals, with Turkish letters and without, half-typed words,
tails and beginnings of phone numbers, record numbers, birth dates as people write them, e-mail.
"""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path
from time import perf_counter

from clinic_desk.domain.people import Patient
from clinic_desk.store.direct import fetch
from clinic_desk.store.engine import reader_engine
from clinic_desk.store.folding import fold
from clinic_desk.store.mapping import mapper
from tests.benchmarks import data, stores
from tests.benchmarks.results import Result, p95, within

PEOPLE = 40
LIMIT = 20
GOAL = 20.0
FLOOR = "SELECT rowid FROM patient_words WHERE patient_words MATCH ? LIMIT 20"


def patients(path: Path) -> list[Patient]:
    chance = random.Random(11)
    m = mapper(Patient)
    engine = reader_engine(path)
    with engine.connect() as connection:
        connection.begin()
        found = [
            m.from_row(
                fetch(connection, m.select_one, (data.patient_id(chance.randrange(200_000)),))[0]
            )
            for _ in range(PEOPLE)
        ]
    engine.dispose()
    return found


def typed(person: Patient) -> dict[str, str]:
    """What somebody at the desk would type to find that person, by kind."""
    born = person.birth_date
    assert born is not None
    national = person.mobile.removeprefix("+90")
    local, _, _domain = person.email.partition("@")
    return {
        "surname": person.last_name,
        "surname and first name": f"{person.last_name} {person.first_name}",
        "surname, comma, first name": f"{person.last_name}, {person.first_name}",
        "first name and surname": f"{person.first_name} {person.last_name}",
        "in capitals": f"{person.last_name} {person.first_name}".upper(),
        "without accents": fold(f"{person.last_name} {person.first_name}"),
        "three letters of each": f"{person.last_name[:3]} {person.first_name[:3]}",
        "phone, national": f"0{national}",
        "phone, in groups": f"0{national[:3]} {national[3:6]} {national[6:]}",
        "phone tail": national[-7:],
        "phone tail, four digits": national[-4:],
        "record number": person.record_number,
        "digits of the record number": person.record_number[1:],
        "birth date, dots": f"{born:%d.%m.%Y}",
        "birth date, ISO": born.isoformat(),
        "surname and birth year": f"{person.last_name} {born.year}",
        "surname and phone tail": f"{person.last_name} {national[-4:]}",
        **({"e-mail": f"{local}@example"} if local else {}),
    }


def run(out: Path) -> list[Result]:
    path = stores.large(out)
    by_kind: dict[str, list[float]] = defaultdict(list)
    by_length: dict[int, list[float]] = defaultdict(list)
    slowest: list[tuple[float, str]] = []
    floors: list[float] = []
    engine = reader_engine(path)
    with stores.opened(path) as store, engine.connect() as connection:
        connection.begin()
        search = store.queries.search_patients
        for text in ("a", "mar", "0532"):
            search(text, LIMIT)
        for person in patients(path):
            for kind, text in typed(person).items():
                for length in range(1, len(text) + 1):
                    prefix = text[:length]
                    started = perf_counter()
                    search(prefix, LIMIT)
                    taken = (perf_counter() - started) * 1000
                    by_kind[kind].append(taken)
                    by_length[min(length, 6)].append(taken)
                    slowest.append((taken, prefix))
                surname = fold(person.last_name)
                started = perf_counter()
                fetch(connection, FLOOR, (f"{surname}*",))
                floors.append((perf_counter() - started) * 1000)
    engine.dispose()
    everything = [taken for kind in by_kind.values() for taken in kind]
    slowest.sort(reverse=True)
    worst = ", ".join(f"“{text}” {taken:.0f}" for taken, text in slowest[:4])
    results = [
        within("full-text index alone, one whole surname", floors, None),
        within(
            f"every keystroke ({len(everything):,})",
            everything,
            GOAL,
            at="p95",
            note=f"slowest: {worst}",
        ),
    ]
    for length in sorted(by_length):
        words = f"{length} characters" if length < 6 else "6 characters and more"
        results.append(within(f"keystrokes of {words}", by_length[length], GOAL, at="p95"))
    kinds = sorted(by_kind, key=lambda kind: -p95(by_kind[kind]))
    return results + [within(f"typing {k}", by_kind[k], GOAL, at="p95") for k in kinds]
