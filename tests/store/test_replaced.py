"""The clinic's file is exchanged or taken away while a window has it open."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_desk.domain.catalogue import Room
from clinic_desk.domain.errors import Fault
from tests.store.clinic import Clinic


def room_of(clinic: Clinic) -> Room:
    return next(iter(clinic.store.queries.roster().rooms.values()))


def swapped(path: Path) -> None:
    """As a copy of a backup by hand does, or a tool that synchronises folders."""
    shutil.copyfile(path, path.with_name("other.db"))
    path.with_name("other.db").replace(path)


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def removed(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [swapped, moved, removed])
def test_nothing_is_written_to_a_file_that_is_not_there_any_more(
    clinic: Clinic, change: Callable[[Path], None]
) -> None:
    room = clinic.change(room_of(clinic), name="Another name")
    change(clinic.path)
    with pytest.raises(Fault) as fault:
        clinic.change(room, name="A third name")
    assert fault.value.code == "replaced"
    assert "Start the program again" in fault.value.sentence
    with pytest.raises(Fault) as fault:
        clinic.store.queries.roster()
    assert fault.value.code == "replaced"


def test_after_a_new_start_the_file_that_is_there_counts(clinic: Clinic) -> None:
    room = clinic.change(room_of(clinic), name="Another name")
    clinic.store.forget()
    swapped(clinic.path)
    clinic.change(room, name="A third name")  # its connections were opened anew
    assert clinic.store.maintenance.verify() == []
