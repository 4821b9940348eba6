"""The house keeps to its plan: small modules, no stray files, every dependency with its reason."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[3]
PROGRAM = ROOT / "clinic_desk"
LONGEST = 400
#: The window assembles and connects, nothing else.
LONGEST_OF = {PROGRAM / "ui" / "main_window" / "window.py": 250}


def test_no_module_is_too_long() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in PROGRAM.rglob("*.py")}
    assert len(lengths) > 20
    too_long = {
        str(path.relative_to(ROOT)): length
        for path, length in lengths.items()
        if length > LONGEST_OF.get(path, LONGEST)
    }
    assert not too_long, f"rooms with too much in them: {too_long}"


def test_every_package_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in PROGRAM.rglob("*.py")
        if path.read_text().strip() and ast.get_docstring(ast.parse(path.read_text())) is None
    ]
    assert not silent, f"modules without a docstring: {silent}"


def test_every_dependency_has_its_reason_and_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = {
        canonicalize_name(Requirement(text).name)
        for text in [
            *project["project"]["dependencies"],
            *project["dependency-groups"]["dev"],
            *project["build-system"]["requires"],
        ]
    }
    rows = re.findall(
        r"^\| ([\w.-]+) \| (.+?) \| (.+?) \|$",
        (ROOT / "docs" / "dependencies.md").read_text(),
        flags=re.MULTILINE,
    )
    told = {canonicalize_name(name) for name, _, _ in rows}
    assert not wanted - told, f"without a line in docs/dependencies.md: {sorted(wanted - told)}"
    gone = told - wanted - {"package", "file"}
    assert not gone, f"no longer used, but still in docs/dependencies.md: {sorted(gone)}"


def test_the_version_is_in_the_changelog() -> None:
    version = re.search(r'__version__ = "(.+?)"', (PROGRAM / "__init__.py").read_text())
    assert version is not None
    assert f"## {version[1]}" in (ROOT / "CHANGELOG.md").read_text()


def test_no_secret_place_or_large_file_is_kept() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode != 0:
        paths = [p for p in ROOT.rglob("*.py") if ".venv" not in p.parts]  # an unpacked archive
    else:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    assert paths
    for path in paths:
        if path.is_file():
            assert path.stat().st_size < 3_000_000, f"{path} does not belong into the repository"
            assert path.suffix not in {".db", ".sqlite", ".key", ".pem"}, path


def test_every_link_and_picture_in_the_documents_leads_somewhere() -> None:
    documents = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    assert len(documents) >= 4
    dead = [
        f"{document.name}: {target}"
        for document in documents
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", document.read_text("utf-8"))
        if not (document.parent / target).exists()
    ]
    assert not dead, f"links that lead nowhere: {dead}"


def test_the_help_of_make_names_every_target_for_people() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r'@echo "make (\w+)', makefile))
    assert {"run", "test", "tour", "bench", "soak", "package", "lint", "clean", "lock"} <= told
