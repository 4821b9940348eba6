"""Files of the size of a real clinic, sealed anew: how far it is said to be, and that it ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlcipher3 import dbapi2

from clinic_desk.store import keys, recoding
from clinic_desk.store.engine import bare
from clinic_desk.store.keys import StoreKey

MANY = 1_300
"""Rows of a page each: SQLCipher names the size of a page in letters, which once were repeated
instead of multiplied, and from 1,076 pages on were no number any more."""


@pytest.fixture(autouse=True)
def _no_keys_left() -> Iterator[None]:
    yield
    keys.forget()


@pytest.fixture
def key() -> StoreKey:
    made = StoreKey.made()
    keys.hold(made)
    return made


def filled(path: Path) -> None:
    with closing(dbapi2.connect(path)) as plain:
        plain.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, content BLOB)")
        plain.executemany(
            "INSERT INTO page (content) VALUES (?)",
            ((bytes([n % 251]) * 4_000,) for n in range(MANY)),
        )
        plain.commit()


def test_a_large_file_goes_there_and_back_and_says_how_far_it_is(
    tmp_path: Path, key: StoreKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recoding, "LOOK_EVERY", 200)
    first, sealed, back = (tmp_path / name for name in ("first.db", "sealed.db", "back.db"))
    filled(first)
    for source, target, own in ((first, sealed, key), (sealed, back, None)):
        shares: list[int] = []

        def progress(done: int, whole: int, sentence: str, seen: list[int] = shares) -> bool:
            if sentence.startswith("Copying"):
                seen.append(done * 100 // whole)
            return True

        with closing(bare(source, keys.key_of(source))) as opened:
            recoding.recode(opened, target, own, progress)
        assert any(0 < share <= 33 for share in shares), "told while it was copied"
        assert shares == sorted(shares)
    with closing(dbapi2.connect(back)) as plain:
        found = plain.execute("SELECT count(*), sum(length(content)) FROM page").fetchone()
    assert found == (MANY, MANY * 4_000)
