"""The made-up people of the demo clinic: names from many places, some of them very long.

Telephone numbers are of the ranges that regulators keep for fiction.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from random import Random

NAMES: tuple[tuple[str, str, str], ...] = (
    (
        "en",
        "Ana Chloe Jonathan Dylan Kayla Rosalind Trevor Niamh Siobhán Patrick Carys Harriet "
        "Oliver Freya George Imogen Callum Beatrice Alistair Winifred",
        "Lee Bennett Hall Evans Thompson Mitchell Bell Byrne Brennan O’Sullivan Hughes "
        "Ashworth Pemberton Lamb Walsh Gallagher Fitzgerald Holloway Adler-Whitcombe Grant",
    ),
    (
        "tr",
        "Emre Defne Ayşe Işıl İpek Çağla Gülşen Şükrü Oğuz Ömer Nilüfer Yağmur Ilgın İsmail "
        "Zübeyde Hüseyin Tuğba Cem Züleyha Barış",
        "Yılmaz Kaya Şahin Çelik Öztürk Aydın Işık Doğan Kılıç Arslan İnan Güneş Çağlar "
        "Büyükdeğirmencioğlu Karaağaçlı Özgür Uçar Tüfekçi Şenyürek Eroğlu",
    ),
    (
        "de",
        "Greta Lukas Konrad Anneliese Uwe Jürgen Käthe Ulrike Sören Friederike Björn Heike",
        "Hoffmann Schäfer Weiß Krüger Fischer Müller-Lüdenscheidt Größmann Vögele Lindner "
        "Schulze-Wischeler Straßburger Köhler",
    ),
    (
        "es",
        "María Iker Diego Pilar Inés Mateo Lucía Íñigo Ángela Joaquín Rocío Sebastián",
        "Castellanos Fernández Ortega Castillo Núñez Ibáñez Peña Vázquez-Montalbán "
        "De la Fuente y Montemayor Güell Zúñiga Rodríguez",
    ),
    (
        "fr",
        "Solène Camille Luc Élodie Jean-Baptiste Zoé Hélène Maëlle Gaëtan Anaïs",
        "Delacroix Dubois Moreau Lefèvre Beaumarchais-Saint-Cyr Rey Girard Fontaine Noël Hervé",
    ),
    (
        "pl",
        "Zofia Bartosz Łukasz Małgorzata Stanisław Żaneta Grzegorz Agnieszka Michał Jadwiga",
        "Kowalczyk Wójcik Brzęczyszczykiewicz Nowak Zieliński Łapiński Jaźwiński Śliwa Górski "
        "Szczepańska",
    ),
    (
        "ar",
        "Leila Yusuf Omar Zainab Nadia Farouk Amina Tariq Hassan Noor Salma Khalid",
        "Hassan Al-Rashid Bashir Abubakar Aziz Mahmoud Haddad El-Sayed Mansour Nasser "
        "Osman-Beaulieu Farouk",
    ),
    (
        "en",
        "Kwabena Esi Thandi Imani Kofi Efua Amara Chidi Ngozi Yaw Adaeze Tunde Ayodele Selam",
        "Osei Boateng Mbeki Addo Mensah Okonkwo-Lindqvist Adeyemi-Richardson Nwosu Eze Owusu "
        "Chukwuemeka Haile Fitzwilliam-Oyelaran Yeboah",
    ),
    (
        "en",
        "Rohan Ayesha Harpreet Meera Bilal Venkatanarasimha Priya Arjun Lakshmi Sanjay Fatima",
        "Banerjee Chaudhry Singh Rao Khan Ramanathan Patel Iyer Venkataramanarajuwaripeta "
        "Chakraborty Siddiqui",
    ),
    (
        "en",
        "Haruto Kenji Seo-yeon Ji-woo Yichen Mei Ren Thị_Thanh_Hương Minh Xiu Sakura Hyun-woo",
        "Tanaka Yamamoto Kim Park Zhang Sato Nakamura Nguyễn Trần Li Watanabe Ng",
    ),
    (
        "en",
        "Mette Astrid Ingrid Sigríður Elin Pieter Marie-Claire Giulia Lorenzo Eleni Mirela Tereza",
        "Jørgensen Lindqvist Holm Björnsdóttir Nilsson Jansen Van_den_Berghe Rossi-Ferrante "
        "Marchetti Papadopoulos Horvat Novák",
    ),
    (
        "en",
        "Nikolai Darya Beatriz Luana Jean-Pierre Abdulrahman Oluwaseun Wolfgang",
        "Petrov Ivanova Silva De_Souza-Albuquerque Baptiste-Moreau Featherstonehaugh "
        "Ó_Súilleabháin Wolfeschlegelsteinhausenbergerdorff",
    ),
)  # fmt: skip

ALERTS = (
    "Penicillin allergy",
    "Takes blood thinners",
    "Latex allergy",
    "Hard of hearing: speak slowly, face to face",
    "Pacemaker",
    "Faints at blood tests",
    "Guide dog comes along",
)

NOTES = (
    "Prefers morning calls.",
    "Brings old X-rays.",
    "Daughter drives; ring her when running late.",
    "Records requested from Leeds.",
    "Needs an interpreter (BSL).",
    "Wheelchair: ground-floor room.",
)


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    birth_date: date
    mobile: str
    phone: str
    email: str
    language: str
    alert: str
    notes: str


def people(random: Random, count: int, today: date) -> list[Person]:
    """``count`` different persons; the first is always Lee, Ana."""
    made = [
        Person(
            "Ana", "Lee", date(today.year - 38, 3, 14), "+442079460182", "",
            "ana.lee@example.com", "en", ALERTS[0], "",
        )
    ]  # fmt: skip
    known = {("Ana", "Lee")}
    names = _names(random)
    while len(made) < count:
        language, first, last = next(names)
        if (first, last) in known:
            continue
        known.add((first, last))
        made.append(_person(random, language, first, last, today, len(made)))
    return made


def _names(random: Random) -> Iterator[tuple[str, str, str]]:
    while True:
        language, firsts, lasts = random.choice(NAMES)
        first = random.choice(firsts.split()).replace("_", " ")
        last = random.choice(_split_lasts(lasts))
        yield language, first, last


def _split_lasts(lasts: str) -> list[str]:
    whole = lasts.replace("De la Fuente y Montemayor", "De_la_Fuente_y_Montemayor")
    return [name.replace("_", " ") for name in whole.split()]


def _person(
    random: Random, language: str, first: str, last: str, today: date, number: int
) -> Person:
    age = random.randint(0, 15) if random.random() < 0.24 else random.randint(16, 94)
    born = today - timedelta(days=age * 365 + random.randint(1, 364))
    mobile = f"+447700900{number % 1000:03}" if random.random() < 0.85 else ""
    phone = f"+442079460{random.randint(0, 999):03}" if not mobile or random.random() < 0.3 else ""
    email = f"patient{number}@example.com" if random.random() < 0.7 else ""
    alert = random.choice(ALERTS) if random.random() < 0.08 else ""
    notes = random.choice(NOTES) if random.random() < 0.12 else ""
    return Person(first, last, born, mobile, phone, email, language, alert, notes)


def fields_of(person: Person) -> dict[str, object]:
    """As the former program would write them."""
    fields: dict[str, object] = asdict(person)
    fields["mobile_typed"] = person.mobile
    fields["phone_typed"] = person.phone
    fields["consent_sms"] = bool(person.mobile)
    return fields
