"""YAML as a way to write plain data: the core schema of YAML 1.2, without what surprises.

Only what JSON can say is taken: no anchors, no tags, no second document. A plain word that YAML 1.1 reads in another
way than YAML 1.2, such as `no`, `010` or `1:30`, is refused, so that no reader of the file is wrong about it; dates and
times are texts. Numbers are decimal. This is the only module that imports ruamel.yaml, and only for its parser in
Python, which gives each value with its place.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final, NoReturn, final

import attrs

from withdraw_guard._drafts.mistake import Correction, Mistake
from withdraw_guard._drafts.part import Part, Scalar, piece
from withdraw_guard._values.errors import join_path, shown
from withdraw_guard._values.limits import JSON_DEPTH_MAX

try:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
except ImportError as error:
    problem = "what is in YAML needs ruamel.yaml: install withdraw-guard with its extra `yaml`"
    raise ImportError(problem, name="ruamel") from error

_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE: Final = frozenset({"true", "True", "TRUE"})
_FALSE: Final = frozenset({"false", "False", "FALSE"})
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9]\d{0,4000})", re.ASCII)
_FLOAT: Final = re.compile(r"[-+]?(?:\.\d+|(?:0|[1-9]\d*)(?:\.\d*)?)(?:[eE][-+]?\d+)?", re.ASCII)
# What one version of YAML reads as a number or a truth value and another one as text or another number.
_READ_IN_TWO_WAYS: Final = re.compile(
    r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF"
    r"|[-+]?0[0-9_]+(?:\.\d*)?|[-+]?0o[0-7]+|[-+]?0x[0-9a-fA-F_]+|[-+]?0b[01_]+"
    r"|[-+]?\d[\d_]*_[\d_]*|[-+]?\d+(?::[0-5]?\d)+|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    re.ASCII,
)
_TRUTH: Final = {"y": "true", "yes": "true", "on": "true", "n": "false", "no": "false", "off": "false"}
_SAID: Final = (
    (r"found character '\\t'.*", "must be indented with blanks, not with tabs"),
    (r"mapping values are not allowed here", "must not have a second colon in a line: put a text with `: ` in quotes"),
    (r"found character '(.)' that cannot start any token", r"must have a text that begins with `\1` in quotes"),
    (r"expected <block end>.*", "must be indented like the lines that it belongs to"),
)


@final
class _Stop(Exception):
    """The text cannot be read on."""


def yaml_parts(text: str) -> tuple[Part | None, tuple[Mistake, ...]]:
    """Read a text; return the document, as far as there is one, and what is wrong with its YAML."""
    reader = _YamlReader(text)
    return reader.document(), tuple(sorted(reader.slips, key=lambda slip: slip.begin))


@final
@attrs.frozen
class YamlEvent:
    """What the parser says of one piece of the text."""

    kind: str
    begin: int
    end: int
    text: str
    is_plain: bool
    is_block: bool
    has_anchor: bool
    has_tag: bool


def _events(text: str) -> Iterator[YamlEvent]:
    # `Any`, because the parser does not say what its events are.
    parser: Any = YAML(typ="safe", pure=True)
    for event in parser.parse(text):
        yield YamlEvent(
            kind=type(event).__name__,
            begin=event.start_mark.index,
            end=event.end_mark.index,
            text=str(getattr(event, "value", "")),
            is_plain=getattr(event, "style", None) is None,
            is_block=getattr(event, "flow_style", None) is False,
            has_anchor=getattr(event, "anchor", None) is not None,
            has_tag=getattr(event, "tag", None) is not None,
        )


@final
class _YamlReader:
    """Reads the events of the parser, and collects slips."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.slips: list[Mistake] = []
        self.events = _events(text)

    def document(self) -> Part | None:
        """Read the one document of the text."""
        document: Part | None = None
        try:
            for event in self.events:
                if event.kind != "DocumentStartEvent":
                    continue
                if document is not None:
                    problem = "must be one document, and here another one begins"
                    self._slip("", problem, event.begin, event.begin + 3, "keep one document in a file")
                    break
                document = self._value("", next(self.events), 0)
        except _Stop:
            return None
        except YAMLError as error:
            self._not_yaml(error)
            return None
        return document

    def _not_yaml(self, error: Any) -> None:
        # `Any`: a fault of a line and one of a character have different members.
        said = str(getattr(error, "problem", None) or error).partition("\n")[0]
        mark = getattr(error, "problem_mark", None)
        place = min(error.position if mark is None else mark.index, max(len(self.text) - 1, 0))
        told = next((re.sub(pattern, words, said) for pattern, words in _SAID if re.fullmatch(pattern, said)), None)
        self._slip("", told or f"must be YAML: {said}", place, place + 1, "what follows was not read")

    def _slip(self, path: str, problem: str, begin: int, end: int, advice: str, write: str | None = None) -> None:
        correction = None if write is None else Correction(begin=begin, end=end, text=write)
        self.slips.append(
            Mistake(path=path, problem=problem, begin=begin, end=end, advice=(advice,), correction=correction)
        )

    def _stop(self, path: str, problem: str, event: YamlEvent, advice: str) -> NoReturn:
        self._slip(path, problem, event.begin, event.end, advice)
        raise _Stop

    def _value(self, path: str, event: YamlEvent, depth: int) -> Part:
        if depth > JSON_DEPTH_MAX:
            self._stop(path, f"must be at most {JSON_DEPTH_MAX} levels deep", event, "write it flatter")
        if event.kind == "AliasEvent" or event.has_anchor:
            self._stop(path, "must not use anchors (`&`, `*`)", event, "write the value again")
        if event.has_tag:
            self._stop(path, "must not have a tag (`!`)", event, "write the value alone")
        if event.kind == "ScalarEvent":
            return Part(event.begin, event.end, self._scalar(path, event))
        part = Part(event.begin, event.end, None, is_block=event.is_block)
        is_mapping = event.kind == "MappingStartEvent"
        end = self._members(path, part, depth) if is_mapping else self._items(path, part, depth)
        part.end = len(self.text[: end.begin].rstrip()) if part.is_block else end.end
        return part

    def _members(self, path: str, part: Part, depth: int) -> YamlEvent:
        members: dict[str, Part] = {}
        part.value = members
        while (event := next(self.events)).kind != "MappingEndEvent":
            if event.kind != "ScalarEvent" or event.has_anchor or event.has_tag:
                self._stop(path, "must have text for names", event, "write a name")
            name, span = event.text, (event.begin, event.end)
            child = self._value(join_path(path, piece(name)), next(self.events), depth + 1)
            child.name = span
            if name in members:
                first = self.text.count("\n", 0, (members[name].name or (0,))[0]) + 1
                problem = f"must not have two members of one name, got {shown(name)} twice"
                self._slip(path, problem, *span, f"keep one of the two; the first is in line {first}")
            else:
                members[name] = child
        return event

    def _items(self, path: str, part: Part, depth: int) -> YamlEvent:
        items: list[Part] = []
        part.value = items
        while (event := next(self.events)).kind != "SequenceEndEvent":
            items.append(self._value(f"{path}[{len(items)}]", event, depth + 1))
        return event

    def _scalar(self, path: str, event: YamlEvent) -> Scalar:
        word = event.text
        if not event.is_plain:
            return word
        if word in _NULL:
            return None
        if word in _TRUE or word in _FALSE:
            return word in _TRUE
        if _READ_IN_TWO_WAYS.fullmatch(word):
            return self._read_in_two_ways(path, word, event)
        if _INTEGER.fullmatch(word):
            return int(word)
        return float(word) if _FLOAT.fullmatch(word) else word

    def _read_in_two_ways(self, path: str, word: str, event: YamlEvent) -> Scalar:
        quoted, truth = json.dumps(word), _TRUTH.get(word.lower())
        advice = f"write `{quoted}` for the text" + (f", or `{truth}`" if truth else ", or a plain decimal number")
        problem = f"must be written so that every YAML reads it alike, got {shown(word)}"
        self._slip(path, problem, event.begin, event.end, advice, truth or quoted)
        return word if truth is None else truth == "true"
