"""No setting is told to people by its key: whatever the program saves has a name and values in
words, on the audit page as on the pages that ask for it."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

from clinic_desk.services.audit import PROGRAM_NOTES
from clinic_desk.services.gate import PERMISSIONS_KEY
from clinic_desk.ui.models.setting_words import APART, ASKED, INVOICES, PAGES, WAYS, named, said
from clinic_desk.ui.runtime.declared import DECLARED

ROOT = Path(__file__).parents[3]

MADE_UP = {
    "clinic_desk/app/demo_messages.py": [f"{WAYS['sms'].prefix}on"],
    "clinic_desk/services/merging.py": [f"{APART}one:other"],
    "clinic_desk/services/settings.py": [],
    "clinic_desk/ui/settings/channels.py": list(ASKED),
    "clinic_desk/ui/billing/panel.py": [f"billing.{row.name}" for row in INVOICES.rows],
    "clinic_desk/ui/runtime/settings.py": [item.key for item in DECLARED],
}
"""Files that save keys which they put together or are given, and which those are."""


def saved() -> Iterator[tuple[str, str]]:
    """(file, key) of every place that saves a setting; the key is empty where it is made up."""
    for path in sorted((ROOT / "clinic_desk").rglob("*.py")):
        name = str(path.relative_to(ROOT))
        source = path.read_text("utf-8")
        if "save_setting(" not in source and "SaveSetting(" not in source:
            continue
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or name.startswith("clinic_desk/store/"):
                continue
            called = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            called = node.func.id if isinstance(node.func, ast.Name) else called
            given = {one.arg: one.value for one in node.keywords}
            if called == "SaveSetting":
                yield name, _key(given["key"], name)
            elif called == "save_setting":
                yield name, _key(given.get("key") or node.args[0], name)


def _key(value: ast.expr, name: str) -> str:
    if isinstance(value, ast.Constant):
        return str(value.value)
    if isinstance(value, ast.Name):
        module = import_module(name.removesuffix(".py").replace("/", "."))
        return str(getattr(module, value.id, ""))
    return ""


def keys() -> list[str]:
    found = {item.key for item in DECLARED} | set(ASKED) | set(PROGRAM_NOTES) | {PERMISSIONS_KEY}
    for name, key in saved():
        found.update([key] if key else MADE_UP[name])
    return sorted(found)


def test_every_place_that_makes_up_a_key_is_known() -> None:
    made = {name for name, key in saved() if not key}
    assert made == set(MADE_UP), made ^ set(MADE_UP)


@pytest.mark.parametrize("scope", ["clinic/", "desk/one"])
def test_every_setting_has_a_name(scope: str) -> None:
    names = {key: named(f"{scope}/{key}") for key in keys()}
    assert [key for key, name in names.items() if name == key or "." in name] == []


def test_every_usual_value_is_told_in_words() -> None:
    usual = {item.key: item.default for item in DECLARED}
    usual |= {key: row.usual for key, (_, row) in ASKED.items()}
    for key, value in usual.items():
        for text in (json.dumps(value), None):
            words = said(f"clinic//{key}", text, "GBP")
            assert words, key
            assert not set(words) & set('{}[]"_'), (key, words)


def test_every_choice_is_told_as_the_page_offers_it() -> None:
    for page in PAGES:
        for row in page.rows:
            for value, words in row.choices:
                stored = json.dumps(list(value) if isinstance(value, tuple) else value)
                if row.name != "purposes":
                    assert said(f"clinic//{page.prefix}{row.name}", stored, "GBP") == words
    for item in DECLARED:
        for value, words in item.choices:
            assert said(f"clinic//{item.key}", json.dumps(value), "GBP") == words


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("messages.sms.on", True, "on"),
        ("messages.email.port", 587, "587"),
        ("messages.email.host", "", "nothing"),
        ("messages.purposes", ["reminder", "moved"], "Reminder, Visit moved"),
        ("messages.purposes", [], "nothing"),
        ("messages.quiet", "21:00-07:00", "21:00-07:00"),
        ("messages.payment_after", 1, "1 day"),
        ("billing.no_show_fee", 2500, "£25.00"),
        ("billing.payment_days", 30, "30 days"),
        ("audit.keep_years", 1, "1 year"),
        ("calendar.hidden", ["a", "b"], "2 entries"),
        ("keys.window", {"a": "Ctrl+K"}, "1 entry"),
    ],
)
def test_values_are_told_in_words(key: str, value: object, words: str) -> None:
    assert said(f"clinic//{key}", json.dumps(value), "GBP") == words


def test_what_an_entry_cut_short_is_told_as_it_stands() -> None:
    assert said("clinic//messages.sms.body", '"Dear {{to}', "GBP") == '"Dear {{to}'


def test_the_billing_page_asks_by_the_same_words() -> None:
    page = (ROOT / "clinic_desk/ui/billing/panel.py").read_text("utf-8").replace("&", "")
    for row in INVOICES.rows:
        assert f'"{row.label}"' in page
