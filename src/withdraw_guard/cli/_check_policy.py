"""The command `check-policy`: whether policies can be read, a table of the rules of each, or all that is wrong."""

import argparse
import json
import re
import shutil
import sys
import textwrap
from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from withdraw_guard import _prose
from withdraw_guard._annotations import annotation
from withdraw_guard._drafts.draft import Faulty
from withdraw_guard._drafts.mistake import Mistake
from withdraw_guard._model.policy import Policy
from withdraw_guard._prose import Row
from withdraw_guard.cli._arguments import (
    A_POLICY,
    UNUSABLE,
    AddParser,
    Unusable,
    add_command,
    draft_named,
    line_and_column,
    line_and_column_of,
    place,
)
from withdraw_guard.cli._terminal import columns, complain, print_rows, visible
from withdraw_guard.wire import Json, Members

# Of one kind of fault, such as a calendar in another form.
_LISTED_MAX: Final = 20
_INDEX: Final = re.compile(r"\[\d+\]")
_WIDTH_MIN: Final = 40

NOTES: Final = """\
examples:
  withdraw-guard check-policy mine.json
  withdraw-guard check-policy policies/*.yaml --json
  withdraw-guard check-policy policies/*.yaml --github

exit status:
  0  every file is a policy
  2  a file is no policy, or the command cannot be run

--json prints one object on a line for each policy:
  file    its name
  policy  {"id", "version", "rules"}: rules is how many; null if it is none
  faults  {"path", "problem", "line", "column", "advice", "correction"}: put the
          text of a correction in the place from a line and a column to another
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "check-policy", NOTES)
    parser.add_argument("policies", metavar="POLICY", nargs="+", help=A_POLICY)
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object per policy instead of text")
    form.add_argument("--github", action="store_true", help="print lines that GitHub shows beside the file")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    status = 0
    for number, name in enumerate(arguments.policies):
        try:
            draft = draft_named(name)
        except (Unusable, OSError) as problem:
            status = UNUSABLE
            _unusable(arguments, name, problem)
            continue
        status = UNUSABLE if isinstance(draft, Faulty) else status
        if arguments.json:
            print(json.dumps(_members(name, draft)))
        elif arguments.github:
            print(*(f"{line}\n" for line in _annotations(name, draft)), sep="", end="")
        elif isinstance(draft, Faulty):
            sys.stdout.flush()
            print(*_complaints(name, draft), sep="\n", file=sys.stderr)
        else:
            print_rows(((), *_summary(draft)) if number else _summary(draft))
    return status


def _unusable(arguments: argparse.Namespace, name: str, problem: Unusable | OSError) -> None:
    said = str(problem) if isinstance(problem, Unusable) else f"{name}: {problem.strerror}"
    if arguments.json:
        fault: Members = {"path": "", "problem": said, "line": None, "column": None, "advice": [], "correction": None}
        print(json.dumps({"file": name, "policy": None, "faults": [fault]}))
    elif arguments.github:
        print(annotation("error", {"file": name}, said))
    else:
        complain(said)


def _summary(policy: Policy) -> Iterator[Row]:
    rules = _prose.counted(len(policy.rules), "rule")
    yield ((f"policy {policy.id}, version {policy.version}: ", "bold"), (rules, ""))
    yield from columns([_prose.POLICY_COLUMNS, *map(_prose.rule_cells, policy.rules)])


# ── What is wrong, for a person ──────────────────────────────────────────────────────────────────────────────────


def _complaints(name: str, draft: Faulty) -> Iterator[str]:
    width = shutil.get_terminal_size().columns if sys.stderr.isatty() else sys.maxsize
    listed = Counter[tuple[str, str]]()
    kinds = {kind: [*group] for kind, group in groupby(sorted(draft.mistakes, key=_kind), _kind)}
    for mistake in sorted(draft.mistakes, key=lambda each: each.begin):
        kind = _kind(mistake)
        listed[kind] += 1
        if listed[kind] <= _LISTED_MAX:
            yield from _complaint(name, draft.text, mistake, max(width, _WIDTH_MIN))
        elif listed[kind] == len(kinds[kind]):
            more = _prose.counted(len(kinds[kind]) - _LISTED_MAX, "more fault")
            yield f"{name}: {more} of this kind, the last one in line {line_and_column(draft.text, mistake.begin)[0]}"
    yield f"withdraw-guard: {name}: {_prose.counted(len(draft.mistakes), 'fault')}"


def _kind(mistake: Mistake) -> tuple[str, str]:
    return _INDEX.sub("[]", mistake.path), mistake.problem.partition(", got ")[0]


def _complaint(name: str, text: str, mistake: Mistake, width: int) -> Iterator[str]:
    """Say what is wrong and where, show the line, and say what to write there."""
    said = visible(f"{place(name, text, mistake)}: {mistake}")
    yield _filled(said, width, "", "    ")
    margin = ""
    begins = line_and_column_of(text, mistake)
    if begins is not None:
        number, column = begins
        margin = f"{number:>5} | "
        line, before, marked = _excerpt(text.split("\n")[number - 1], column - 1, mistake, width - len(margin))
        yield f"{margin}{line}"
        yield f"{' ' * 5} | {' ' * before}{'^' * marked}"
    for sentence in mistake.advice:
        begin = f"{' ' * 5} = "
        indent = " " * len(begin)
        yield _filled(visible(sentence), width, begin, indent)


def _filled(text: str, width: int, first: str, following: str) -> str:
    lines = textwrap.TextWrapper(width, first, following, break_long_words=False, break_on_hyphens=False)
    return lines.fill(text)


def _excerpt(line: str, column: int, mistake: Mistake, room: int) -> tuple[str, int, int]:
    """Return a line as it fits, where the mark begins below it, and how long it is."""
    shown, room = visible(line.rstrip("\r")), max(room, 20)
    before = len(visible(line[:column]))
    marked = min(mistake.end - mistake.begin, max(len(line.rstrip("\r")) - column, 1))
    cut = max(0, before - room // 2) if len(shown) > room else 0
    return shown[cut : cut + room], before - cut, min(marked, room - (before - cut))


# ── For GitHub ───────────────────────────────────────────────────────────────────────────────────────────────────


def _annotations(name: str, draft: Policy | Faulty) -> Iterator[str]:
    """Give a line for each fault; a policy has none."""
    if isinstance(draft, Policy):
        return
    for mistake in draft.mistakes:
        line, column = line_and_column_of(draft.text, mistake) or (None, None)
        said = "; ".join([mistake.problem, *mistake.advice])
        yield annotation("error", {"file": name, "line": line, "col": column, "title": mistake.path or None}, said)


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def _members(name: str, draft: Policy | Faulty) -> Members:
    """Return what `--json` prints about a file; the docstring of this package explains the members."""
    if isinstance(draft, Policy):
        policy: Json = {"id": draft.id, "version": draft.version, "rules": len(draft.rules)}
        return {"file": name, "policy": policy, "faults": []}
    return {"file": name, "policy": None, "faults": [_fault(draft.text, mistake) for mistake in draft.mistakes]}


def _fault(text: str, mistake: Mistake) -> Members:
    line, column = line_and_column_of(text, mistake) or (None, None)
    correction: Json = None
    if mistake.correction is not None:
        begin, end = (line_and_column(text, at) for at in (mistake.correction.begin, mistake.correction.end))
        correction = {"from": [*begin], "to": [*end], "text": mistake.correction.text}
    said: Members = {"path": mistake.path, "problem": mistake.problem, "line": line, "column": column}
    return {**said, "advice": [*mistake.advice], "correction": correction}
