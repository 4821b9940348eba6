"""Words that WhatsApp has approved: the number they have at the provider, and the values in them.

WhatsApp takes free words only within a day of the patient's last message. At any other time it
takes words that it has approved, by their number, and the values that go into them, by theirs.
Such words are the same for everybody: of each choice in a text the first part stands, and a value
that is not known is a dash, as the provider takes no empty one.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, reduce
from itertools import pairwise

from jinja2 import Template, nodes

from clinic_desk.domain.messages import Channel, Purpose
from clinic_desk.services.message_checking import (
    BODY,
    SUBJECT,
    BadText,
    read,
    tree_of,
    value_of,
)

NOTHING = "-"
"""Stands for a value that is not known."""

MOST = 100
"""Values in one text, by the provider's own limit."""

LONGEST_NUMBER = 100

_TWILIO = re.compile(r"HX[0-9a-fA-F]{32}")
_OTHERS = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:/-]*")
_EMPTY_LINES = re.compile(r"\n{3,}")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Approval:
    """``words`` as WhatsApp is asked to approve them, with ``{{1}}`` where the first value goes;
    ``names`` say which values those are ("when|capital"). ``odd`` tells why WhatsApp would not
    approve them, ``shortened`` whether other parts of choices were left out."""

    words: str
    names: tuple[str, ...]
    odd: tuple[str, ...]
    shortened: bool
    parts: tuple[str | int, ...]
    values: tuple[Template, ...]
    known: tuple[frozenset[str], ...]


def number_fault(number: str, gateway: str) -> str:
    """Why it can be none; ``gateway`` is the clinic's setting "messages.whatsapp.kind"."""
    if gateway == "generic":
        if len(number) <= LONGEST_NUMBER and _OTHERS.fullmatch(number):
            return ""
        return "The name of a template has plain letters, digits and _ . : / - alone."
    if _TWILIO.fullmatch(number):
        return ""
    return (
        "The number of a template is HX and 32 digits or letters from a to f, as Twilio’s Content "
        "Template Builder shows it."
    )


def problem(
    number: str, body: str, purpose: Purpose, language: str, gateway: str
) -> BadText | None:
    """What is wrong with the number of a WhatsApp text. The text itself is checked elsewhere."""
    fault = number_fault(number, gateway) if number else ""
    if fault:
        return BadText(fault, field=SUBJECT)
    if number and len(approval(body, purpose, language).names) > MOST:
        return BadText(f"Approved words can hold {MOST} values; these have more.", field=BODY)
    return None


@lru_cache(maxsize=128)
def approval(body: str, purpose: Purpose, language: str) -> Approval:
    """Of a text for WhatsApp. Raises ``BadText``."""
    read(body, purpose, Channel.WHATSAPP, BODY, language)
    walk = _Walk()
    walk.body(tree_of(body, language).body, ())
    parts = tuple(walk.parts)
    return Approval(
        words=_tidy("".join(one if isinstance(one, str) else f"{{{{{one}}}}}" for one in parts)),
        names=tuple(_said(node) for node, _ in walk.found),
        odd=tuple(_odd(parts)),
        shortened=walk.shortened,
        parts=parts,
        values=tuple(value_of(_when(node, cases), language) for node, cases in walk.found),
        known=tuple(
            frozenset(
                name.name
                for one in (node, *(test for case in cases for test in case))
                for name in _names(one)
            )
            for node, cases in walk.found
        ),
    )


def fill(found: Approval, value: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    """The words as the patient reads them, and the values in their order. ``value`` answers one
    placeholder."""
    values = tuple(
        # neither line ends nor many blanks may be in a value
        " ".join(template.render({name: value(name) for name in sorted(known)}).split()) or NOTHING
        for template, known in zip(found.values, found.known, strict=True)
    )
    whole = "".join(one if isinstance(one, str) else values[one - 1] for one in found.parts)
    return _tidy(whole), values


Case = tuple[nodes.Expr, ...]
"""What all must hold for a value to be told at one place; nothing: it always is."""


class _Walk:
    """Through the parts that stand, numbering different values as they come."""

    def __init__(self) -> None:
        self.parts: list[str | int] = []
        self.found: list[tuple[nodes.Expr, list[Case]]] = []
        self.shortened = False

    def body(self, found: list[nodes.Node], case: Case) -> None:
        for node in found:
            if isinstance(node, nodes.If):
                self.shortened = self.shortened or bool(node.elif_ or node.else_)
                self.body(node.body, (*case, _expr(node.test)))
            elif isinstance(node, nodes.Output):
                for one in node.nodes:
                    self._output(one, case)

    def _output(self, node: nodes.Expr, case: Case) -> None:
        match node:
            case nodes.TemplateData():
                self.parts.append(node.data)
            case nodes.Const():
                self.parts.append(str(node.value))
            case _:
                self.parts.append(self._number(node, case))

    def _number(self, node: nodes.Expr, case: Case) -> int:
        for number, (known, cases) in enumerate(self.found, start=1):
            if known == node:
                cases.append(case)
                return number
        self.found.append((node, [case]))
        return len(self.found)


def _expr(node: nodes.Node) -> nodes.Expr:
    assert isinstance(node, nodes.Expr)
    return node


def _names(node: nodes.Node) -> list[nodes.Name]:
    return [*([node] if isinstance(node, nodes.Name) else []), *node.find_all(nodes.Name)]


def _when(node: nodes.Expr, cases: list[Case]) -> nodes.Expr:
    """The value where one of the cases holds, else nothing."""
    if not all(cases):
        return node

    def both(left: nodes.Expr, right: nodes.Expr) -> nodes.Expr:
        return nodes.And(left, right, lineno=1)

    def either(left: nodes.Expr, right: nodes.Expr) -> nodes.Expr:
        return nodes.Or(left, right, lineno=1)

    test = reduce(either, (reduce(both, case) for case in cases))
    return nodes.CondExpr(test, node, nodes.Const("", lineno=1), lineno=1)


def _said(node: nodes.Node) -> str:
    match node:
        case nodes.Name():
            return node.name
        case nodes.Filter(node=nodes.Node() as inner):
            return f"{_said(inner)}|{node.name}"
    return " or ".join(dict.fromkeys(one.name for one in _names(node))) or "…"


def _odd(parts: tuple[str | int, ...]) -> list[str]:
    told = [one for one in parts if isinstance(one, int) or one.strip()]
    found = []
    if told and (isinstance(told[0], int) or isinstance(told[-1], int)):
        found.append("begin or end with a value")
    if any(isinstance(a, int) and isinstance(b, int) for a, b in pairwise(told)):
        found.append("have two values side by side")
    return found


def _tidy(whole: str) -> str:
    return _EMPTY_LINES.sub("\n\n", _TRAILING.sub("", whole)).strip()
