"""The pages of the reference: what the code says of itself, as Markdown.

`make_pages` writes those that read well in the repository. `conf.py` writes those that only repeat the code, while the
site is made.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from inspect import cleandoc, getdoc, isfunction
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

from read_code import (
    docstring_of,
    fields_of,
    first_sentence,
    home_of,
    laws,
    public_names,
    sentences,
    signature,
    source_of,
)

import withdraw_guard
from withdraw_guard import Account, Event, EventRefused, apply, messages, policies, wire
from withdraw_guard._model.events import EVENTS
from withdraw_guard._values import limits
from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard.cli._commands import COMMANDS
from withdraw_guard.cli._main import module_of
from withdraw_guard.messages import CATALOGUE, Message, render

SCHEMAS = Path(__file__).parents[1] / "src" / "withdraw_guard" / "schemas"
MADE = "<!-- Made by docs/make_pages.py: change the code and run it again. -->"
ALLOWED = Message(code="allowed")
# The command line has a page of its own, and the texts of the languages are read by `messages`.
NOT_SHOWN = ("catalogues", "cli")
# The values of these modules have pages of their own, by the file that defines them; None is every other file.
VALUES_APART: Mapping[str, Mapping[str | None, str]] = {
    "withdraw_guard": {
        "events": "events", "policy": "policies", "calendar": "policies", "facts": "policies", "account": "accounts",
        "hold": "accounts", "progress": "accounts", "changes": "changes", None: "answers",
    },
    "analysis": {"_way_out": "ways-out", None: "results"},
    "backtest": {"_report": "report", None: "values"},
    "testing": {None: "values"},
}  # fmt: skip
NAMES = ("authorities", "documents", "methods", "operations", "public_reasons", "reasons", "triggers")
# What the texts call the names of a module.
FAMILIES = {
    "authorities": "authority",
    "documents": "document",
    "methods": "method",
    "operations": "operation",
    "reasons": "reason",
    "tips": "tip",
}


# ── What the site alone has ──────────────────────────────────────────────────────────────────────────────────────


def pages_of_the_site() -> dict[str, str]:
    """The API and the schemas, by the name of the page."""
    return {**dict(api_pages()), **dict(schemas_pages())}


# ── The API ──────────────────────────────────────────────────────────────────────────────────────────────────────


def api_modules() -> Iterator[ModuleType]:
    """The library and each of its public modules."""
    yield withdraw_guard
    for found in pkgutil.iter_modules(withdraw_guard.__path__):
        if not found.name.startswith("_") and found.name not in NOT_SHOWN:
            yield importlib.import_module(f"withdraw_guard.{found.name}")


def api_pages() -> Iterator[tuple[str, str]]:
    """A page for each public module, one for all well-known names, and one that leads to them."""
    modules = {module.__name__.rpartition(".")[2]: module for module in api_modules()}
    names = {name: modules.pop(name) for name in NAMES}
    for name, module in modules.items():
        apart = values_apart(name, module)
        yield f"api/{name}.md", api_page(module, {value for names in apart.values() for value in names}, tuple(apart))
        for topic, values in apart.items():
            part = api_part(module, "Values", values)
            yield f"api/{topic}.md", page(f"`{module.__name__}`: {topic.partition('-')[2].replace('-', ' ')}", part)
    yield "api/names.md", names_page(names)
    rows = [
        (f"[`{module.__name__}`](api/{name}.md)", first_sentence(getdoc(module) or ""))
        for name, module in modules.items()
    ]
    rows.append(("[the well-known names](api/names.md)", "What policies and events share, as constants."))
    paths = "\n".join(f"api/{name}" for name in (*modules, "names"))
    yield (
        "api.md",
        page(
            "The API",
            "Every public name, with its signature and what it says of itself.\n"
            "What is not here is private and may change without a word.",
            table(("module", "what it is for"), rows),
            f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
        ),
    )


def values_apart(name: str, module: ModuleType) -> dict[str, list[str]]:
    """The values of a large module by the page that they have; of any other module there are none."""
    topics = VALUES_APART.get(name, {})
    found: dict[str, list[str]] = {}
    for value in public_names(module) if topics else ():
        group = group_of(getattr(module, value), value)
        if group == "Vocabularies" and name != "testing":
            found.setdefault(f"{name}-vocabularies", []).append(value)
        elif group == "Values":
            home = home_of(module, value).__name__.rpartition(".")[2]
            found.setdefault(f"{name}-{topics.get(home, topics[None])}", []).append(value)
    return found


def api_page(module: ModuleType, apart: Collection[str], pages: Collection[str]) -> str:
    """The page of a module, without what has a page of its own."""
    groups: dict[str, list[str]] = {
        head: [] for head in ("Functions", "Values", "Vocabularies", "Errors", "Types", "Constants")
    }
    for name in public_names(module):
        group = group_of(getattr(module, name), name)
        if group and name not in apart:
            groups[group].append(name)
    parts = [f"## {head}\n\n{api_part(module, head, names)}" for head, names in groups.items() if names]
    if module is messages:
        parts.append(f"## The shipped languages\n\n{languages_table()}")
    if pages:
        listed = "\n".join(f"- [{each.partition('-')[2].replace('-', ' ')}]({each}.md)" for each in pages)
        paths = "\n".join(pages)
        parts.insert(
            0,
            f"Its values and vocabularies have pages of their own:\n\n{listed}\n\n"
            f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
        )
    return page(f"`{module.__name__}`", opening(module), *parts)


def languages_table() -> str:
    """Return the tag of each language and what `allowed` says in it."""
    return table(("language", "`allowed`"), ((f"`{tag}`", render(ALLOWED, [tag])) for tag in CATALOGUE.languages))


def api_part(module: ModuleType, head: str, names: Iterable[str]) -> str:
    """All that each name says of itself; where that is long, in a sentence first."""
    rows = [(f"`{name}`", meaning(module, name)) for name in names]
    overview = "" if head in ("Types", "Constants") else table(("name", "in a sentence"), rows) + "\n"
    return overview + directives(module, names)


def names_page(modules: Mapping[str, ModuleType]) -> str:
    return page(
        "The well-known names",
        "Names that policies and events share.",
        *(f"## `{module.__name__}`\n\n{names_part(module)}" for module in modules.values()),
    )


def names_part(module: ModuleType) -> str:
    """A table of the names, and what the module says of them."""
    words = [name for name in public_names(module) if isinstance(getattr(module, name), str)]
    others = [name for name in public_names(module) if name not in words]
    rows = [(f"`{name}`", f"`{getattr(module, name)}`", meaning(module, name)) for name in words]
    more = f"\n{directives(module, others)}" if others else ""
    return f"{opening(module)}\n\n{table(('constant', 'name', 'meaning'), rows)}{more}"


def group_of(made: object, name: str) -> str:
    if isinstance(made, ModuleType):
        return ""
    if isfunction(made):
        return "Functions"
    if isinstance(made, type):
        if issubclass(made, Exception):
            return "Errors"
        return "Vocabularies" if issubclass(made, Enum) else "Values"
    return "Constants" if name.isupper() else "Types"


def meaning(module: ModuleType, name: str) -> str:
    """What a public name is, in one sentence of the code, of the texts, or of the text that it stands for."""
    made = getattr(module, name)
    home = home_of(module, name)
    if name in sentences(home):
        return first_sentence(sentences(home)[name])
    if isinstance(made, Message):
        return f"Says: “{render(made, ['en'])}”"
    if isinstance(made, str):
        family = FAMILIES[module.__name__.rpartition(".")[2]]
        text = CATALOGUE.languages["en"][f"{family}.{made}"]
        assert isinstance(text, str)
        return text[0].upper() + text[1:] + "."
    assert isinstance(made, type) or isfunction(made), f"{module.__name__}.{name} says nothing of itself"
    return first_sentence(getdoc(made) or "")


def directives(module: ModuleType, names: Iterable[str]) -> str:
    """What autodoc is to show: signatures as they are written, docstrings from the code."""
    told = "\n\n".join(directive(module, name) for name in names)
    return f"```{{eval-rst}}\n.. currentmodule:: {module.__name__}\n\n{told}\n```\n"


def directive(module: ModuleType, name: str) -> str:
    made = getattr(module, name)
    match group_of(made, name):
        case "Functions":
            return f".. autofunction:: {name}{signature(made)}"
        case "Vocabularies":
            return f".. autoclass:: {name}\n   :members:\n   :undoc-members:"
        case "Values" | "Errors":
            return f".. autoclass:: {name}{signature(made)}\n   :members:"
        case "Types":
            written = source_of(home_of(module, name), name)
            canonical = "str" if written.startswith("NewType(") else written.strip("'\"")
            return f".. py:type:: {name}\n   :canonical: {canonical}\n\n   {meaning(module, name)}"
    written = source_of(home_of(module, name), name)
    is_short = len(written) < 80 and "(_" not in written
    value = f"\n   :value: {made!r}" if isinstance(made, str) else f"\n   :value: {written}" if is_short else ""
    return f".. py:data:: {name}{value}\n\n   {meaning(module, name)}"


# ── The command line ─────────────────────────────────────────────────────────────────────────────────────────────


def command_line_pages() -> Iterator[tuple[str, str]]:
    """The page of the command line, and one for each command that has something to say at the end of its `--help`."""
    notes = {command: getattr(module_of(command), "NOTES", None) for command in COMMANDS}
    said = {command: text for command, text in notes.items() if text is not None}
    yield "command-line.md", command_line_page(said)
    for command, text in said.items():
        yield f"commands/{command}.md", page(f"`{command}`", f"```text\n{text.rstrip()}\n```")


def command_line_page(said: Iterable[str]) -> str:
    said = list(said)
    source = Path(withdraw_guard.__file__ or "").with_name("cli") / "__init__.py"
    paths = "\n".join(f"commands/{command}" for command in said)
    return page(
        "The command line",
        with_drawings(docstring_of(source)),
        "The end of the `--help` of each command has a page: "
        + ", ".join(f"[`{command}`](commands/{command}.md)" for command in said)
        + ".",
        f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
    )


# ── Events, limits ───────────────────────────────────────────────────────────────────────────────────────────────


def events_pages(journal: Path) -> Iterator[tuple[str, str]]:
    """A page for each kind of event, and one that leads to them."""
    events = [wire.event_from_dict(wire.parse(line)) for line in journal.read_text("utf-8").splitlines()]
    examples = {type(event): event for event in reversed(list(taken(events)))}
    schema = json.loads((SCHEMAS / "event.schema.json").read_text("utf-8"))
    rows = [(f"[`{cls.__name__}`](events/{cls.type}.md)", first_sentence(getdoc(cls) or "")) for cls in EVENTS]
    paths = "\n".join(f"events/{cls.type}" for cls in EVENTS)
    yield (
        "events.md",
        page(
            "The events",
            "What a host reports: eleven kinds, each in the past tense, each with an id and an instant.\n"
            "The same event may be delivered as often as you like.\n"
            "The example on each page is the first of its kind in [the example journal](examples/journal.jsonl) "
            "that does something.",
            table(("event", "in a sentence"), rows),
            f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
        ),
    )
    for cls in EVENTS:
        yield f"events/{cls.type}.md", event_page(cls, examples[cls], schema)


def taken(events: Iterable[Event]) -> Iterator[Event]:
    """The events that change their account."""
    accounts: dict[str, Account] = {}
    for event in events:
        before = accounts.get(event.account, Account(id=event.account))
        with suppress(EventRefused):
            applied = apply(policies.BINANCE, before, event)
            accounts[event.account] = applied.account
            if applied.changes:
                yield event


def event_page(cls: type[Event], example: Event, schema: Mapping[str, Any]) -> str:
    form = schema["$defs"][str(cls.type)]
    rows = [
        (f"`{name}`" + left_out(name, form), f"`{written}`", told(form["properties"][name], schema))
        for name, written in fields_of(cls).items()
    ]
    members = table(("member", "type", "meaning"), rows)
    written = json.dumps(wire.to_dict(example), ensure_ascii=False, indent=2)
    return page(f"`{cls.__name__}`", cleandoc(getdoc(cls) or ""), members, f"```json\n{written}\n```")


def left_out(name: str, form: Mapping[str, Any]) -> str:
    return "" if name in form.get("required", ()) else " (may be left out)"


def told(member: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a schema says about a member, or about the definition that it refers to."""
    if "description" in member or "$ref" not in member:
        return str(member.get("description", ""))
    return told(schema["$defs"][member["$ref"].rpartition("/")[2]], schema)


def limits_page() -> str:
    rows = [(f"`{name}`", shown_limit(vars(limits)[name]), said) for name, said in sentences(limits).items()]
    return page(
        "The limits",
        "Everything has one, and each is tested.\n"
        "What is beyond a limit is refused with `InvalidValue`, or where its row says so, it is left out.",
        table(("limit", "at most", "of what"), rows).replace("`INSTANT_MIN` | ", "`INSTANT_MIN` | at least "),
        "A rule id is `[a-z][a-z0-9-]*`.\n"
        "A trigger, operation, method, document, authority, reason or public reason is `[a-z][a-z0-9_]*`.",
    )


def shown_limit(limit: object) -> str:
    match limit:
        case datetime():
            return write_instant(limit)
        case timedelta():
            return f"{limit.days:,} days (`{write_duration(limit)}`)"
        case _:
            return f"{limit:,}"


# ── Schemas ──────────────────────────────────────────────────────────────────────────────────────────────────────


PARTS_MAX = 12
KINDS = ("policy", "stories", "event", "decision", "problem", "account", "change")


def schemas_pages() -> Iterator[tuple[str, str]]:
    """A page for each schema, and one that leads to them."""
    schemas = {kind: json.loads((SCHEMAS / f"{kind}.schema.json").read_text("utf-8")) for kind in KINDS}
    paths = []
    for kind, schema in schemas.items():
        parts = list(schema_parts(kind, schema))
        # A long schema has two pages.
        half = len(parts) if len(parts) <= PARTS_MAX else len(parts) // 2
        title, first, rest = schema["title"], parts[:half], parts[half:]
        paths.append(f"schemas/{kind}")
        if rest:
            first.append(f"[The rest of this schema]({kind}-rest.md)")
            paths.append(f"schemas/{kind}-rest")
            yield f"schemas/{kind}-rest.md", page(f"{title}: the rest", *rest)
        yield f"schemas/{kind}.md", page(title, *first)
    rows = [(f"[{schema['title']}](schemas/{kind}.md)", schema["description"]) for kind, schema in schemas.items()]
    yield (
        "schemas.md",
        page(
            "The schemas",
            "JSON Schema 2020-12 for what other programs read and write.\n"
            "The form of an account and of a change is the library's own: a host stores it and changes nothing in it.\n"
            "[The wire format](wire.md) says how to read and write in Python.",
            table(("schema", "what it is"), rows),
            "```{toctree}\n:hidden:\n\n" + "\n".join(paths) + "\n```",
        ),
    )


def schema_parts(kind: str, schema: Mapping[str, Any]) -> Iterator[str]:
    link = f"[`{kind}.schema.json`](../../src/withdraw_guard/schemas/{kind}.schema.json)"
    yield f"{link}, `{schema['$id']}`\n\n{schema['description']}"
    if "properties" in schema:
        yield members_table(schema, schema)
    for name, definition in schema["$defs"].items():
        if "properties" in definition:
            description = definition.get("description", "")
            yield f"## `{name}`\n\n{description}\n\n{members_table(definition, schema)}".rstrip()
    plain = [
        (f"`{name}`", form(found), found.get("description", ""))
        for name, found in schema["$defs"].items()
        if "properties" not in found
    ]
    yield f"## What its members are made of\n\n{table(('name', 'form', 'meaning'), plain)}".rstrip()


def members_table(definition: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    rows = [
        (f"`{name}`" + left_out(name, definition), form(member), told(member, schema))
        for name, member in definition["properties"].items()
    ]
    return table(("member", "form", "meaning"), rows).rstrip()


def form(member: Mapping[str, Any]) -> str:
    """What a member of a document may be, in a few words."""
    if "$ref" in member:
        return f"`{member['$ref'].rpartition('/')[2]}`"
    if "const" in member:
        return f"`{json.dumps(member['const'])}`"
    if "enum" in member:
        return " or ".join(f"`{json.dumps(word)}`" for word in member["enum"])
    for several in ("oneOf", "anyOf"):
        if several in member:
            return " or ".join(form(one) for one in member[several])
    if member.get("type") == "array":
        return f"list of {form(member['items'])}"
    return str(member.get("type", "anything"))


# ── Laws and glossary ────────────────────────────────────────────────────────────────────────────────────────────


def laws_page(tests: Path) -> str:
    found = laws(tests / "test_laws.py")
    in_words = laws(tests / "test_words.py")["The law"]
    parts = [
        f"## {head.capitalize()}\n\n{table(('law', 'in a sentence'), [(f'`{name}`', said) for name, said in rows])}"
        for head, rows in (
            ("always", found["always"] + in_words),
            ("sometimes", found["sometimes"]),
            ("eventually", found["eventually"]),
        )
    ]
    return page(
        "The laws",
        "Every promise by name.\n"
        "Each is a test of that name (`test_…`), tried on policies and journals that Hypothesis draws.\n"
        "They are in `tests/test_laws.py`, and the one about words is in `tests/test_words.py`.\n"
        "Those under *always* and *eventually* are functions of a policy and a journal in "
        "`withdraw_guard.testing.LAWS`, so that you can [ask them of your own](howto/test-your-host.md#your-policy).",
        *parts,
    )


# Every word of the domain: where the code has the word, the sentence is the code's.
GLOSSARY: Mapping[str, object] = {
    "account": withdraw_guard.Account,
    "actor": withdraw_guard.Actor,
    "allowed": withdraw_guard.Allowed,
    "appeal": withdraw_guard.Appeal,
    "already known": "Of an event: a hold or the account remembers it, so delivered again it changes nothing.",
    "attempt": "On the wire and in events, the name of a round: the id of the event that opened it.",
    "authority": "Authority",
    "business day": withdraw_guard.BusinessDay,
    "calendar": withdraw_guard.Calendar,
    "change": "Change",
    "chosen": withdraw_guard.Chosen,
    "clearance": withdraw_guard.Clearance,
    "cleared": "Of a hold: a reviewer approved, or an appeal was granted.",
    "decision": "Decision",
    "denied": withdraw_guard.Denied,
    "destination": withdraw_guard.Destination,
    "destination id": "Which destination an event, a hold or a request is about; one that does not say is about all.",
    "document": "Document",
    "due": "When a round should be over. A verification lapses then; a review or an appeal is merely overdue.",
    "end": "The instant from which a hold no longer blocks, or none while nothing that has happened ends it.",
    "ended": "Of a hold: it no longer blocks, because of time, a clearance, a release or a retraction.",
    "event": "Event",
    "fact": "Fact",
    "failure": "A verification that failed or a review that was rejected. A verification that lapsed is none.",
    "hold": withdraw_guard.Hold,
    "host": "The program that embeds the library: it reports what happened, asks, stores and shows.",
    "identity": withdraw_guard.Identity,
    "method": "Method",
    "move": withdraw_guard.Move,
    "open": "A hold is open at an instant when it has no end or the instant is before it; also before it was placed.",
    "operation": "Operation",
    "outdated": "Of a refused event: it names a round that is over, or it happened before the hold's latest move or "
    "latest unsettled trigger and does not name the open round. Acknowledge it.",
    "overflow hold": "The hold that further events of a `separate` rule join while 63 others are open.",
    "phase": withdraw_guard.Phase,
    "policy": withdraw_guard.Policy,
    "pruned": "Of an ended hold: removed when its rule places the next one, which takes over its triggers.",
    "public reason": "PublicReason",
    "reason": "Reason",
    "refusal": withdraw_guard.Refusal,
    "released": "Of a hold: an authority that its rule names ended it.",
    "request": withdraw_guard.Request,
    "retracted": "Of an event: a person said that it was reported by mistake. From then on it no longer counts.",
    "round": "One verification with its review, or one appeal; named by the id of the event that opened it.",
    "rule": withdraw_guard.Rule,
    "scope": withdraw_guard.Scope,
    "security event": withdraw_guard.SecurityEvent,
    "separate": "Of holds of one rule: every event places its own, and releasing one leaves the others.",
    "settled": "Of a trigger: it no longer counts. It was retracted, or its hold was cleared or released, then pruned.",
    "stale": "Older than what the hold knows now, and therefore unable to decide about it.",
    "state": withdraw_guard.State,
    "step": "What can be done about a hold: one of the seven kinds that a denial names.",
    "timer": "The part of a hold that ends by itself: a time, fixed or chosen, or business days after a trigger.",
    "tip": "Tip",
    "trigger": "The kind of a security event that a rule listens to; on a hold, one event that placed or joined it.",
}


def glossary_page() -> str:
    return page(
        "The glossary",
        "One word for each thing, in the code, on the wire and in these pages.",
        table(("word", "meaning", "in the code"), [glossary_row(word, where) for word, where in GLOSSARY.items()]),
    )


def glossary_row(word: str, where: object) -> tuple[str, str, str]:
    if isinstance(where, type):
        return f"**{word}**", first_sentence(getdoc(where) or ""), f"`{where.__name__}`"
    if where in withdraw_guard.__all__:
        return f"**{word}**", meaning(withdraw_guard, str(where)), f"`{where}`"
    return f"**{word}**", str(where), ""


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def page(title: str, *parts: str) -> str:
    return "\n\n".join([f"# {title}", MADE, *(part.strip("\n") for part in parts)]) + "\n"


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = list(heads)
    lines = [heads, ["---"] * len(heads), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def opening(module: ModuleType) -> str:
    """What a module says it is for."""
    return with_drawings(cleandoc(module.__doc__ or ""))


def with_drawings(said: str) -> str:
    """A docstring as Markdown: what is indented stays as it is drawn."""
    parts = said.split("\n\n")
    return "\n\n".join(f"```text\n{dedent(part)}\n```" if part.startswith("    ") else part for part in parts)
