"""What a text of a message may consist of: words, placeholders, and choices between them.

Templates are read by Jinja2 into its tree, and only a small part of that tree is let through:
text, known placeholders, ``if``/``else`` with comparisons, three filters, and texts in quotation
marks. There are no loops, no calls, no attributes, no sums and no macros, so a text cannot reach
anything but its values, writing it takes as many steps as it is long, and how long it can become
is known before it is kept. What is let through is written by Jinja2's sandbox all the same.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from jinja2 import StrictUndefined, Template, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from clinic_desk.domain.errors import Refusal
from clinic_desk.domain.messages import ONE_OF, PURPOSE_WORDS, Channel, Purpose
from clinic_desk.services.message_faults import in_words, line_of
from clinic_desk.services.message_values import BY_NAME, OF_SERIES, placeholders
from clinic_desk.services.sms_length import plainer
from clinic_desk.services.wording import quoted

SUBJECT, BODY = "subject", "body"

LONGEST: Mapping[Channel, int] = {
    Channel.SMS: 1600,
    Channel.WHATSAPP: 1600,
    Channel.EMAIL: 20_000,
    Channel.DESKTOP: 1000,
}
"""Characters of a message, with the longest values there can be."""

LONGEST_SUBJECT = 400
MOST_TYPED = 8000
DEEPEST = 12
"""Choices within choices, and brackets within brackets."""


class BadText(Refusal):
    """A text that cannot be a message. ``line`` counts from 1."""

    def __init__(self, sentence: str, *, field: str, line: int = 1) -> None:
        super().__init__("bad_template", sentence, field=field)
        self.line = line


@dataclass(frozen=True, slots=True)
class Text:
    """A text that was let through: the placeholders in it, how many characters it has at the
    most, and those placeholders that may be empty and have no ``if`` around them."""

    template: Template
    names: frozenset[str]
    longest: int
    bare: tuple[str, ...]


class _Bad(Exception):
    def __init__(self, sentence: str, line: int | None) -> None:
        super().__init__(sentence)
        self.sentence, self.line = sentence, line or 1


# Filters: all there are


def _capital(text: object, language: str) -> str:
    whole = str(text)
    first = "İ" if language in ("tr", "az") and whole[:1] == "i" else whole[:1].upper()
    return first + whole[1:]


def _upper(text: object, language: str) -> str:
    whole = str(text)
    return (whole.replace("i", "İ") if language in ("tr", "az") else whole).upper()


def _default(text: object, otherwise: str) -> str:
    return str(text) or otherwise


FILTERS: Mapping[str, str] = {
    "capital": "the first letter as a capital",
    "upper": "all letters as capitals",
    "default": "another text where the value is empty",
}


@cache
def _environment(language: str) -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, lstrip_blocks=True, cache_size=0,
    )  # fmt: skip
    made.filters.clear()
    made.tests.clear()
    made.globals.clear()
    made.filters.update(
        capital=lambda text: _capital(text, language),
        upper=lambda text: _upper(text, language),
        default=_default,
    )
    return made


_STRAY = re.compile(r"\{[ \t]*(?P<name>\w+)[ \t]*\}|\}\}|%\}|#\}")
_NOTE = re.compile(r"\{#.*?#\}", re.DOTALL)
_LINE_OF_TAG = re.compile(r"^([ \t]*\{%(?:(?!%\}|\n).)*%\}[ \t]*)\n", re.MULTILINE)
_RAW = re.compile(r"\{%[-+]?\s*raw\b")


def _without_tag_lines(text: str) -> str:
    """A line that is nothing but a tag leaves no empty line behind; the lines keep their numbers,
    as a note of Jinja2 swallows its line ends."""
    text = _NOTE.sub(lambda found: "{#" + "\n" * found.group().count("\n") + "#}", text)
    return _LINE_OF_TAG.sub("\\1{#\n#}", text)


@lru_cache(maxsize=512)
def read(text: str, purpose: Purpose, channel: Channel, field: str, language: str) -> Text:
    """Raises ``BadText`` with the field and the line for anything that is not let through."""
    most = LONGEST_SUBJECT if field == SUBJECT else LONGEST[channel]
    if len(text) > MOST_TYPED:
        raise BadText(
            f"This text has {len(text):,} characters; {MOST_TYPED:,} are the most.", field=field
        )
    environment = _environment(language)
    try:
        raw = _RAW.search(text)
        if raw:
            raise _Bad("There is no “raw”: use {% if … %} … {% endif %}.",
                       text.count("\n", 0, raw.start()) + 1)  # fmt: skip
        tree = environment.parse(_without_tag_lines(text))
        look = _Look(purpose, channel)
        longest = look.body(tree.body, 0)
        if not _tells(tree.body):
            raise _Bad("Some words must stand outside every {% if … %}, so that it never is empty.",
                       1)  # fmt: skip
        if longest > most:
            where = "a subject" if field == SUBJECT else ONE_OF[channel]
            could = "With long names this could have" if look.names else "This text has"
            raise _Bad(f"{could} {longest:,} characters; {where} has {most:,} at the most.", 1)
        template = environment.from_string(tree)
    except _Bad as bad:
        raise BadText(bad.sentence, field=field, line=bad.line) from None
    except TemplateSyntaxError as error:
        line = line_of(error.lineno or 1, text)
        told = in_words(error.message or "", line, text)
        raise BadText(told, field=field, line=line) from None
    except (RecursionError, MemoryError, SyntaxError, ValueError):
        raise BadText("This text is too entangled to be read.", field=field) from None
    return Text(template, frozenset(look.names), longest, tuple(look.bare))


def tree_of(text: str, language: str) -> nodes.Template:
    """A new tree of a text that was let through."""
    return _environment(language).parse(_without_tag_lines(text))


def value_of(node: nodes.Expr, language: str) -> Template:
    """What writes one value of such a tree."""
    tree = nodes.Template([nodes.Output([node], lineno=1)], lineno=1)
    tree.set_environment(_environment(language))
    return _environment(language).from_string(tree)


def render_text(text: Text, values: Callable[[str], str]) -> str:
    """``values`` answers one placeholder."""
    return text.template.render({name: values(name) for name in sorted(text.names)})


class _Look:
    """Walks through a tree, lets through what is known, and counts."""

    def __init__(self, purpose: Purpose, channel: Channel) -> None:
        self._sms = channel is Channel.SMS
        self._own = {one.name for one in placeholders(purpose)}
        self.names: set[str] = set()
        self.bare: list[str] = []

    def _length(self, text: str) -> int:
        return len(plainer(text)) if self._sms else len(text)

    def body(self, found: list[nodes.Node], depth: int, given: frozenset[str] = frozenset()) -> int:
        """The most characters that it can have. ``given``: placeholders that are not empty
        here."""
        total = 0
        for node in found:
            if depth > DEEPEST:
                raise _Bad("There are too many choices within choices.", node.lineno)
            if isinstance(node, nodes.Output):
                total += sum(self.value(one, depth + 1, given) for one in node.nodes)
            elif isinstance(node, nodes.If):
                self.test(node.test, depth + 1)
                then = given | _named(node.test)
                total += self.body(node.body, depth + 1, then)
                otherwise = given
                if isinstance(node.test, nodes.Not):
                    otherwise |= _named(node.test.node)
                for other in node.elif_:
                    total += self.body([other], depth + 1, otherwise)
                total += self.body(node.else_, depth + 1, otherwise)
            else:
                raise _refused(node)
        return total

    def value(self, node: nodes.Node, depth: int, given: frozenset[str]) -> int:
        if depth > DEEPEST:
            raise _Bad("There are too many brackets within brackets.", node.lineno)
        match node:
            case nodes.TemplateData():
                self.plain(node)
                return self._length(node.data)
            case nodes.Const(value=str() as text):
                return self._length(text)
            case nodes.Name():
                self.name(node)
                if not BY_NAME[node.name].always and node.name not in given:
                    self.bare.append(node.name)
                return BY_NAME[node.name].longest
            case nodes.Filter(node=nodes.Node() as inner):
                return self.filter(node, inner, depth, given)
            case nodes.Or():
                left, right = node.left, node.right
                return max(
                    self.value(left, depth + 1, given | _named(left)),
                    self.value(right, depth + 1, given),
                )
            case nodes.Concat():
                return sum(self.value(one, depth + 1, given) for one in node.nodes)
            case nodes.CondExpr(expr2=nodes.Node() as other):
                self.test(node.test, depth + 1)
                return max(
                    self.value(node.expr1, depth + 1, given | _named(node.test)),
                    self.value(other, depth + 1, given),
                )
            case nodes.CondExpr():
                raise _Bad("A choice in {{ … }} needs an else: {{ … if … else '' }}.", node.lineno)
        raise _refused(node)

    def plain(self, node: nodes.TemplateData) -> None:
        """Braces that were meant as something and would be sent as they are."""
        found = _STRAY.search(node.data)
        if found is None:
            return
        line = (node.lineno or 1) + node.data.count("\n", 0, found.start())
        if not found["name"]:
            raise _Bad(f"“{found.group()}” closes nothing here.", line)
        if found["name"] in BY_NAME:
            raise _Bad(f"Write two braces on each side: {{{{ {found['name']} }}}}.", line)

    def filter(
        self, node: nodes.Filter, inner: nodes.Node, depth: int, given: frozenset[str]
    ) -> int:
        if node.name not in FILTERS:
            known = ", ".join(FILTERS)
            raise _Bad(f"There is no “|{node.name[:40]}”; there are {known}.", node.lineno)
        plain = not (node.kwargs or node.dyn_args or node.dyn_kwargs)
        if node.name == "default":
            match node.args:
                case [nodes.Const(value=str() as otherwise)] if plain:
                    named = _named(inner) if otherwise.strip() else frozenset()
                    return max(self.value(inner, depth + 1, given | named), self._length(otherwise))
            raise _Bad("Say the other text in quotation marks: {{ room|default('…') }}.",
                       node.lineno)  # fmt: skip
        if node.args or not plain:
            raise _Bad(f"“|{node.name}” takes nothing in brackets.", node.lineno)
        # a letter becomes three at the most ("ΐ")
        found = self.value(inner, depth + 1, given)
        return 3 * found if node.name == "upper" else found + 2

    def test(self, node: nodes.Node, depth: int) -> None:
        if depth > DEEPEST:
            raise _Bad("There are too many brackets within brackets.", node.lineno)
        match node:
            case nodes.Name():
                self.name(node)
            case nodes.Const(value=str() | bool() | int() | float() | None):
                pass
            case nodes.Not():
                self.test(node.node, depth + 1)
            case nodes.And() | nodes.Or():
                self.test(node.left, depth + 1)
                self.test(node.right, depth + 1)
            case nodes.Compare():
                self.test(node.expr, depth + 1)
                for one in node.ops:
                    if one.op not in ("eq", "ne"):
                        raise _Bad("Compare with == or != alone.", node.lineno)
                    self.test(one.expr, depth + 1)
            case _:
                raise _refused(node)

    def name(self, node: nodes.Name) -> None:
        if node.name not in self._own:
            raise _Bad(self._unknown(node.name), node.lineno)
        self.names.add(node.name)

    def _unknown(self, name: str) -> str:
        shown = quoted(name)
        other = BY_NAME.get(name)
        if other is not None:
            kinds = " and ".join(PURPOSE_WORDS[one].lower() for one in Purpose
                                 if one in other.purposes)  # fmt: skip
            if len(other.purposes) > 2:
                kinds = "messages about visits"
            return f"{shown} is known in “{kinds}” alone, not in this message."
        close = difflib.get_close_matches(name.lower(), sorted(self._own), 1, 0.6)
        meant = f" Did you mean “{close[0]}”?" if close else ""
        return f"There is no placeholder {shown}.{meant}"


def _named(test: nodes.Node) -> frozenset[str]:
    """Placeholders that are certainly not empty where the test holds."""
    match test:
        case nodes.Name(name="yes" | "no"):
            return frozenset({"yes", "no"})
        case nodes.Name(name=name) if name in OF_SERIES:
            return OF_SERIES
        case nodes.Name():
            return frozenset({test.name})
        case nodes.And():
            return _named(test.left) | _named(test.right)
        case nodes.Filter(node=nodes.Node() as inner):
            return _named(inner)
    return frozenset()


def _tells(found: list[nodes.Node]) -> bool:
    """Whether something is told whatever the placeholders are."""
    return any(_node_tells(node) for node in found)


def _node_tells(node: nodes.Node) -> bool:
    match node:
        case nodes.Output():
            return any(_node_tells(one) for one in node.nodes)
        case nodes.TemplateData():
            return bool(re.search(r"\w", node.data))
        case nodes.Name():
            return BY_NAME[node.name].always
        case nodes.Filter(node=nodes.Node() as inner):
            return _node_tells(inner)
        case nodes.Concat():
            return any(_node_tells(one) for one in node.nodes)
        case nodes.If():
            rest = [_tells(one.body) for one in node.elif_]
            return _tells(node.body) and all(rest) and _tells(node.else_)
    return False


_WHY: tuple[tuple[type[nodes.Node], str], ...] = (
    (nodes.For, "A message has no loops"),
    (nodes.Call, "Nothing can be called in a message"),
    (nodes.Getattr, "A placeholder has no parts; leave out the point and what follows"),
    (nodes.Getitem, "A placeholder has no parts; leave out the square brackets"),
    (nodes.BinExpr, "A message does no sums"),
    (nodes.UnaryExpr, "A message does no sums"),
    (nodes.Test, "Ask {% if room %} alone, without “is”"),
    (nodes.Assign, "A message has no values of its own"),
    (nodes.AssignBlock, "A message has no values of its own"),
)


def _refused(node: nodes.Node) -> _Bad:
    why = next((words for kind, words in _WHY if isinstance(node, kind)), "")
    return _Bad(
        f"{why or 'This cannot be used in a message'}: use words, {{{{ placeholders }}}} and "
        "{% if … %} … {% endif %}.",
        node.lineno,
    )


def each_problem(
    subject: str, body: str, purpose: Purpose, channel: Channel, language: str
) -> Iterator[BadText]:
    """What is wrong with the two texts: one problem for each field at the most."""
    fields = [(BODY, body)]
    if channel is Channel.EMAIL:
        fields.insert(0, (SUBJECT, subject))
    for field, text in fields:
        if not text.strip():
            what = "An e-mail needs a subject." if field == SUBJECT else "Write what it says."
            yield BadText(what, field=field)
            continue
        if field == SUBJECT and len(text.splitlines()) > 1:
            yield BadText("A subject is one line.", field=field, line=2)
            continue
        try:
            read(text, purpose, channel, field, language)
        except BadText as bad:
            yield bad
