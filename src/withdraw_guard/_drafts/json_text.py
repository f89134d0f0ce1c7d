"""JSON as people type it: every slip of the text is named, and what was meant is read on.

This reader judges nothing. A text is accepted by `wire.parse` alone; a text that was refused is read here, so that all
of its slips are named at once, and the faults of what it says as well.
"""

from __future__ import annotations

import json
import re
from typing import Final, final

from withdraw_guard._drafts.mistake import Correction, Mistake
from withdraw_guard._drafts.part import Part, Scalar, piece
from withdraw_guard._values.errors import join_path, shown
from withdraw_guard._values.limits import JSON_DEPTH_MAX

_BLANK: Final = re.compile(r"[ \t\r\n]+")
_COMMENT: Final = re.compile(r"//[^\n]*|#[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_STRANGE_BLANK: Final = re.compile("[\ufeff\u00a0\u2000-\u200b\u2028\u2029\u202f\u3000\x00-\x08\x0b-\x1f]+")
_STRING: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"')
# A text that is closed in its line, with escapes or control characters that JSON does not know.
_ODD_STRING: Final = re.compile(r'"(?:[^"\\\n]|\\.)*"')
_QUOTED: Final = {"'": "'", "“": '”“"', "”": '”"', "„": '“”"', "‘": "’‘'", "’": "’'", "«": "»", "`": "`"}
_NUMBER: Final = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?", re.ASCII)
_BARE: Final = re.compile(r"[^\s,;\[\]{}:\"]+(?:[ \t]+[^\s,;\[\]{}:\"]+)*")
_BARE_NAME: Final = re.compile(r"[^\s,;\[\]{}:=\"]+")
_ODD_NUMBER: Final = re.compile(r"([+-]?)0*([\d_]*)(\.\d*)?", re.ASCII)
_WORDS: Final[dict[str, bool | None]] = {
    **dict.fromkeys(("true", "yes", "on"), True),
    **dict.fromkeys(("false", "no", "off"), False),
    **dict.fromkeys(("null", "none", "nil", "~", "undefined"), None),
}
_CLOSES: Final = {"{": "}", "[": "]"}
_DIGITS_MAX: Final = 4_000


@final
class _Ends(Exception):
    """The text ends, or goes deeper than it may."""


def json_parts(text: str) -> tuple[Part | None, tuple[Mistake, ...]]:
    """Read a text; return the document, as far as there is one, and its slips in their order."""
    reader = _JsonReader(text)
    document = reader.document()
    return document, tuple(sorted(reader.slips, key=lambda slip: slip.begin))


@final
class _JsonReader:
    """Reads a text from its beginning to its end, and collects slips."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.slips: list[Mistake] = []
        self.opened: list[int] = []

    def document(self) -> Part | None:
        """Read the one document of the text."""
        try:
            self._blank()
            if self._sign() == "":
                return None
            document = self._value("")
            self._blank()
        except _Ends:
            return None
        rest = self.text[self.at :].rstrip()
        if rest and not rest.strip("]}, \t\r\n"):
            self._slip("", "must end with the document", self.at, self.at + len(rest), f"remove `{rest[0]}`", write="")
        elif rest:
            problem = "must be one document, and here another text begins"
            self._slip("", problem, self.at, self.at + 1, "keep one document in a file")
        return document

    # ── What stands between values ──

    def _sign(self) -> str:
        return self.text[self.at : self.at + 1]

    def _slip(self, path: str, problem: str, begin: int, end: int, advice: str, write: str | None = None) -> None:
        self._note(
            path, problem, begin, end, advice, None if write is None else Correction(begin=begin, end=end, text=write)
        )

    def _gap(self, path: str, problem: str, at: int, advice: str, write: str) -> None:
        self._note(path, problem, at, at + 1, advice, Correction(begin=at, end=at, text=write))

    def _note(self, path: str, problem: str, begin: int, end: int, advice: str, correction: Correction | None) -> None:
        self.slips.append(
            Mistake(path=path, problem=problem, begin=begin, end=end, advice=(advice,), correction=correction)
        )

    def _blank(self) -> None:
        """Go to the next sign that is neither blank nor in a comment."""
        while True:
            if found := _BLANK.match(self.text, self.at):
                self.at = found.end()
            elif found := _COMMENT.match(self.text, self.at):
                advice = "remove the comment; a policy in YAML (a name that ends in `.yaml`) may have comments"
                self._slip("", "JSON has no comments", found.start(), found.end(), advice, write="")
                self.at = found.end()
            elif found := _STRANGE_BLANK.match(self.text, self.at):
                problem = f"must be a blank, got `{ascii(found[0][0])[1:-1]}`"
                self._slip("", problem, found.start(), found.end(), "write a blank", write=" ")
                self.at = found.end()
            else:
                return

    # ── Values ──

    def _value(self, path: str) -> Part:
        sign = self._sign()
        if sign in _CLOSES:
            return self._container(path, sign)
        if sign == '"':
            begin = self.at
            text = self._string(path)
            return Part(begin, self.at, text, is_cut=self._sign() == "")
        if sign in _QUOTED:
            return self._quoted(path)
        return self._bare(path)

    def _container(self, path: str, sign: str) -> Part:
        if len(self.opened) == JSON_DEPTH_MAX:
            self._slip(path, f"must be at most {JSON_DEPTH_MAX} levels deep", self.at, self.at + 1, "write it flatter")
            raise _Ends
        begin = self.at
        self.opened.append(begin)
        self.at += 1
        part = Part(begin, begin, self._members(path) if sign == "{" else self._items(path))
        self.opened.pop()
        self._close(part, _CLOSES[sign])
        return part

    def _close(self, part: Part, sign: str) -> None:
        if self._sign() == sign:
            self.at += 1
        elif self._sign() == "":
            part.is_cut = True
            self._ends_too_early(part)
        else:
            what = "object" if sign == "}" else "list"
            problem = f"must end the {what} that begins in line {self._line(part.begin)} with `{sign}`"
            if self.opened and _CLOSES[self.text[self.opened[-1]]] == self._sign():
                self._gap("", f"{problem}, got `{self._sign()}`", self.at, f"write `{sign}` before it", sign)
            else:
                got = f"{problem}, got `{self._sign()}`"
                self._slip("", got, self.at, self.at + 1, f"write `{sign}`", write=sign)
                self.at += 1
        part.end = self.at

    def _ends_too_early(self, part: Part) -> None:
        """Say once that the text ends too early, at the innermost value that it ends in."""
        if any("ends too early" in slip.problem for slip in self.slips):
            return
        lines = ", ".join(str(self._line(begin)) for begin in (*self.opened, part.begin))
        last = len(self.text.rstrip()) - 1
        missing = "".join(_CLOSES[self.text[each]] for each in reversed((*self.opened, part.begin)))
        problem = f"the text ends too early: what begins in the lines {lines} has no end"
        advice = f"write the rest; at least `{missing}` is missing"
        correction = Correction(begin=len(self.text), end=len(self.text), text=missing)
        self._note("", problem, last, last + 1, advice, correction)

    def _line(self, at: int) -> int:
        return self.text.count("\n", 0, at) + 1

    def _members(self, path: str) -> dict[str, Part]:
        members: dict[str, Part] = {}
        while self._next_entry(path):
            if self._sign() in (":", "="):
                self._slip(path, "must have a name before a colon", self.at, self.at + 1, "remove it", write="")
                self.at += 1
                continue
            name_begin = self.at
            name = self._name(path)
            name_span = (name_begin, self.at)
            member = join_path(path, piece(name))
            self._colon(member)
            part = self._member_value(member)
            part.name = name_span
            if name in members:
                problem = f"must not have two members of one name, got {shown(name)} twice"
                advice = f"keep one of the two; the first is in line {self._line((members[name].name or (0,))[0])}"
                correction = removal(self.text, name_begin, part.end)
                self._note(path, problem, *name_span, advice, correction)
            else:
                members[name] = part
        return members

    def _items(self, path: str) -> list[Part]:
        items: list[Part] = []
        while self._next_entry(path):
            items.append(self._value(f"{path}[{len(items)}]"))
        return items

    def _next_entry(self, path: str) -> bool:
        """Go to the next member or item; return whether there is one. Commas are checked on the way."""
        commas: list[int] = []
        is_first = self.text[self.at - 1] in _CLOSES and self.at - 1 == self.opened[-1]
        before = self.at
        self._blank()
        while self._sign() in (",", ";"):
            if self._sign() == ";":
                self._slip(path, "must be a comma, got `;`", self.at, self.at + 1, "write `,`", write=",")
            commas.append(self.at)
            self.at += 1
            self._blank()
        at_end = self._sign() in ("", "}", "]")
        needed = 0 if is_first or at_end else 1
        for comma in commas[needed:]:
            what = "after the last entry" if at_end else "more"
            self._slip(path, f"must not have a comma {what}", comma, comma + 1, "remove the comma", write="")
        if len(commas) < needed:
            self._gap(path, "must have a comma between two entries", before, "write `,` here", ",")
        if not at_end and not is_first and self.at == before:
            # What follows is no entry either: it is passed over, so that the reader always goes on.
            return self._pass_over()
        return not at_end

    def _pass_over(self) -> bool:
        if self._sign() == ":":
            self.at += 1
            self._blank()
        return self._sign() not in ("", "}", "]")

    def _name(self, path: str) -> str:
        if self._sign() == '"':
            return self._string(path)
        if self._sign() in _QUOTED:
            return str(self._quoted(path).value)
        found = _BARE_NAME.match(self.text, self.at)
        begin = self.at
        self.at = found.end() if found else self.at + 1
        name = self.text[begin : self.at]
        write = json.dumps(name, ensure_ascii=False)
        self._slip(
            path,
            f"must be a name in quotation marks, got {shown(name)}",
            begin,
            self.at,
            f"write `{write}`",
            write=write,
        )
        return name

    def _colon(self, path: str) -> None:
        before = self.at
        self._blank()
        if self._sign() == ":":
            self.at += 1
        elif self._sign() == "=":
            length = 2 if self.text[self.at : self.at + 2] == "=>" else 1
            self._slip(
                path, "must have a colon after the name, got `=`", self.at, self.at + length, "write `:`", write=":"
            )
            self.at += length
        elif self._sign():
            self._gap(path, "must have a colon after the name", before, "write `:` here", ":")

    def _member_value(self, path: str) -> Part:
        self._blank()
        while self._sign() == ":":
            self._slip(path, "must have one colon after the name", self.at, self.at + 1, "remove it", write="")
            self.at += 1
            self._blank()
        if self._sign() not in ("", ",", "}", "]"):
            return self._value(path)
        begin = self.at
        if self._sign():
            self._gap(path, "must have a value after the colon", begin, "write `null` if there is none", " null")
        return Part(begin, begin, None, is_cut=True)

    # ── Texts, numbers and words ──

    def _string(self, path: str) -> str:
        begin = self.at
        if found := _STRING.match(self.text, begin):
            self.at = found.end()
            text: str = json.loads(found[0])
            return text
        if found := _ODD_STRING.match(self.text, begin):
            self.at = found.end()
            text = re.sub(r"\\(.)", lambda sign: sign[1], found[0][1:-1])
            problem = "must not have a backslash or a control character that JSON does not know"
            write = json.dumps(text, ensure_ascii=False)
            self._slip(path, problem, begin, self.at, f"write `{write}`", write=write)
            return text
        return self._unclosed(path)

    def _unclosed(self, path: str) -> str:
        """Read a text without its second quotation mark: to the end of its line, without the comma there."""
        begin = self.at
        line = self.text[begin:].partition("\n")[0]
        content = line.rstrip().rstrip(",]}").rstrip()
        self.at = begin + len(content)
        if self.text[begin:].strip() == content:
            self.at = len(self.text)
            return content[1:]
        problem = f"must have a quotation mark at its end, got {shown(content)}"
        self._slip(path, problem, begin, self.at, f'write `{content}"`', write=f'{content}"')
        return content[1:]

    def _quoted(self, path: str) -> Part:
        begin = self.at
        sign = self._sign()
        end = begin + 1
        while end < len(self.text) and self.text[end] not in _QUOTED[sign] and self.text[end] != "\n":
            end += 1
        text = self.text[begin + 1 : end].strip()
        self.at = min(end + 1, len(self.text)) if self.text[end : end + 1] != "\n" else end
        write = json.dumps(text, ensure_ascii=False)
        got = f"`{sign}`" if sign.isascii() else "curly ones"
        problem = f"must stand in straight double quotation marks, got {got}"
        self._slip(path, problem, begin, self.at, f"write `{write}`", write=write)
        return Part(begin, self.at, text)

    def _bare(self, path: str) -> Part:
        begin = self.at
        found = _BARE.match(self.text, begin)
        self.at = found.end() if found else begin + 1
        word = self.text[begin : self.at]
        if word in ("true", "false", "null"):
            return Part(begin, self.at, _WORDS[word])
        if _NUMBER.fullmatch(word) and len(word) <= _DIGITS_MAX:
            return Part(begin, self.at, int(word) if word.lstrip("-").isdigit() else float(word))
        meant = _meant(word)
        write = json.dumps(meant, ensure_ascii=False)
        self._slip(path, f"must be a value of JSON, got {shown(word)}", begin, self.at, f"write `{write}`", write=write)
        return Part(begin, self.at, meant)


def _meant(word: str) -> Scalar:
    if word.lower() in _WORDS:
        return _WORDS[word.lower()]
    if (found := _ODD_NUMBER.fullmatch(word)) and re.search(r"\d", word, re.ASCII) and len(word) <= _DIGITS_MAX:
        whole = found[2].replace("_", "") or "0"
        sign = "-" if found[1] == "-" else ""
        number = f"{sign}{whole}{found[3] if found[3] and found[3] != '.' else ''}"
        return float(number) if "." in number else int(number)
    return word


def removal(text: str, begin: int, end: int) -> Correction:
    """Return the correction that removes an entry of JSON, with the comma after it or else the one before it."""
    if after := re.compile(r"\s*,\s*").match(text, end):
        return Correction(begin=begin, end=after.end(), text="")
    before = re.compile(r",\s*\Z").search(text[:begin])
    return Correction(begin=before.start() if before else begin, end=end, text="")
