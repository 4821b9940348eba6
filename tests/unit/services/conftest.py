from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fakes.couriers import FakeTransport
from tests.fakes.messages import by_sms
from tests.fakes.world import World, make_template, open_world


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    return make_template(tmp_path_factory.mktemp("clinic"))


@pytest.fixture
def world(clinic_template: tuple[Path, dict[str, str]], tmp_path: Path) -> Iterator[World]:
    made = open_world(*clinic_template, tmp_path)
    yield made
    made.store.close()


@pytest.fixture
def texting(world: World) -> World:
    by_sms(world)
    return world


@pytest.fixture
def phone() -> FakeTransport:
    return FakeTransport()
