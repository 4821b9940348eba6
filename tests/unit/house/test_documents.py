"""What a new clinic reads is true: links, pictures, keys and commands are the program's own."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from clinic_desk.app import cli
from clinic_desk.services.import_report import PATIENT_FIELDS
from clinic_desk.ui.actions import ACTIONS, key_groups, plain_text, shown_key
from clinic_desk.ui.calendar.keymap import GRID_KEYS, Keymap
from clinic_desk.ui.tour import (
    callers,
    filing,
    looks,
    people,
    planning,
    rules,
    screens,
    story,
    visits,
)

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]
FOR_PEOPLE = [ROOT / "README.md", DOCS / "user-guide.md", *sorted((DOCS / "guide").glob("*.md"))]
LINK = re.compile(r"\]\((?!https?:)([^)]+)\)")
MOST_BYTES = 14_000_000


def text_for_people() -> str:
    return "\n".join(path.read_text("utf-8") for path in FOR_PEOPLE)


def anchors(document: Path) -> set[str]:
    """The ids that headings get on the usual hosts."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_every_link_and_picture_leads_somewhere() -> None:
    dead = []
    for document in DOCUMENTS:
        for target in LINK.findall(document.read_text("utf-8")):
            path, _, anchor = target.partition("#")
            there = (document.parent / path) if path else document
            if not there.exists() or (anchor and anchor not in anchors(there)):
                dead.append(f"{document.relative_to(ROOT)}: {target}")
    assert not dead, f"links that lead nowhere: {dead}"


def test_every_picture_is_shown_somewhere_and_together_they_are_small() -> None:
    kept = {path.name: path.stat().st_size for path in (DOCS / "images").iterdir()}
    shown = set(re.findall(r"images/([\w.-]+)\)", "\n".join(d.read_text() for d in DOCUMENTS)))
    assert set(kept) == shown
    assert sum(kept.values()) < MOST_BYTES


def test_every_picture_is_one_that_the_tour_takes() -> None:
    taken: set[str] = set()
    for module in (story, visits, callers, looks, filing, people, planning, rules, screens):
        source = Path(str(module.__file__)).read_text("utf-8")
        taken.update(re.findall(r"(?:picture|ghost)\(\s*\"([\w-]+)\"", source))
        near = re.findall(r"picture\(\s*\"([\w-]+)\",\s*near=", source)
        taken.update(f"{name}-near" for name in near)
    taken.update(f"settings-{name}" for name, _ in rules.SECTIONS)
    taken.update(name for name, *_ in screens.FIGURES)
    every = [*screens.VIEWS, *(screen.name for screen in screens.SCREENS)]
    endings = [f"{t}-{size.width()}" for t in screens.THEMES for size in screens.SIZES]
    taken.update(f"{name}-{ending}" for name in every for ending in endings)
    kept = {path.stem for path in (DOCS / "images").glob("*.png")}
    assert len(kept) > 20
    assert kept <= taken


def test_the_page_of_keys_is_what_the_program_says() -> None:
    script = ROOT / "packaging" / "keys.py"
    spec = importlib.util.spec_from_file_location("keys_page", script)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    assert (DOCS / "guide" / "keys.md").read_text("utf-8") == made.page(), "run `make keys`"


def test_every_key_of_the_tables_is_on_the_page() -> None:
    page = (DOCS / "guide" / "keys.md").read_text("utf-8")
    rows = [row for group in (*key_groups(), *Keymap().groups()) for row in group.rows]
    assert len(rows) > 60
    for keys, words in rows:
        assert f"| {keys} | {words} |" in page
    for spec in ACTIONS:
        for key in spec.keys:
            assert shown_key(key) in page, spec.id
    for entry in GRID_KEYS:
        assert entry.words in page, entry.name


def test_the_guide_names_only_keys_that_exist() -> None:
    """Ctrl, Alt and function keys; those of dialogs and lists are named here with their place."""
    inside = {
        "Ctrl+Enter": "booking, search, merging", "Alt+Enter": "search", "Ctrl+E": "search",
        "F4": "holds", "Ctrl+A": "messages",
        "Ctrl+S": "appointment card",
        "Alt+W": "booking, finder: waiting list",
        "Alt+N": "booking: When", "Alt+K": "booking: walk-in", "Alt+P": "booking",
        "Alt+1": "cancelling, saved views",
        "Alt+5": "cancelling", "Alt+9": "saved views", "Shift+Enter": "search",
        "Ctrl+click": "selection", "Ctrl+PgUp": "grid",
        "Alt+↑": "lists of the settings", "Alt+↓": "lists of the settings",
        "Alt+B": "set-up", "Alt+S": "set-up", "Alt+V": "set-up", "Alt+R": "set-up",
        "Ctrl+Delete": "set-up",
        "Ctrl+←": "time machine", "Ctrl+→": "time machine",
        "F2": "weekly hours", "Alt+Shift+↑": "weekly hours", "Shift+arrows": "weekly hours",
        "Shift+click": "weekly hours",
    }  # fmt: skip
    page = (DOCS / "guide" / "keys.md").read_text("utf-8")
    known = set(re.findall(r"(?:Ctrl|Alt|Shift|F\d)[^\s|]*", page)) | set(inside)
    guide = "\n".join(p.read_text("utf-8") for p in FOR_PEOPLE if p.name != "keys.md")
    named = set(re.findall(r"\b(?:(?:Ctrl|Alt|Shift)\+(?:Shift\+)?[^\s.,;:|*)(]+|F\d{1,2})", guide))
    assert len(named) > 20
    assert not {key for key in named if key not in known}


def test_the_guide_names_only_menu_entries_that_exist() -> None:
    entries = {plain_text(spec.text).rstrip("…") for spec in ACTIONS}
    entries |= {plain_text(spec.group) for spec in ACTIONS if spec.group}
    sections = {spec.section for spec in ACTIONS}
    named = re.findall(r"\*(\w+) → ([^*]+)\*", text_for_people())
    assert len(named) > 6
    there = [(s, e) for s, e in named if s in sections and e.rstrip("…") in entries]
    wrong = [f"{s} → {e}" for s, e in named if (s, e) not in there]
    assert not wrong, f"no such menu entry: {wrong}"


def test_every_command_and_its_options_are_told() -> None:
    text = text_for_people()
    choices = cli.parser()._subparsers._group_actions[0].choices
    for name, command in choices.items():
        assert f"clinic-desk {name}" in text, name
        for action in command._actions:
            for option in action.option_strings:
                if option.startswith("--"):
                    assert option in text, f"{name} {option}"
    known = {
        option
        for command in choices.values()
        for action in command._actions
        for option in action.option_strings
    } | {"--version"}
    told = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", text))
    assert told <= known, f"options that do not exist: {sorted(told - known)}"
    for code in (cli.OK, cli.REFUSED, cli.USAGE, cli.FAULT, cli.INTERRUPTED):
        assert f"\n| {code} | " in text


def test_every_field_of_an_import_is_told() -> None:
    page = (DOCS / "guide" / "import.md").read_text("utf-8")
    assert not [name for name in PATIENT_FIELDS if f"`{name}`" not in page]


def test_every_test_that_a_document_names_is_there() -> None:
    """A proof that is named and gone would be a promise."""
    missing = []
    for document in DOCUMENTS:
        for path, name in re.findall(r"`(tests/[\w/]+\.py)::(\w+)", document.read_text("utf-8")):
            file = ROOT / path
            if not file.exists() or f"def {name}(" not in file.read_text("utf-8"):
                missing.append(f"{document.relative_to(ROOT)}: {path}::{name}")
    assert not missing, f"tests that are not there: {missing}"
