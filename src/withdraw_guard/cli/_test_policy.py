"""The command `test-policy`: tells the stories of a policy, and says which points of it none of them covers."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import groupby
from pathlib import Path
from shutil import get_terminal_size
from textwrap import wrap
from typing import Any, Final, TypeAlias

from withdraw_guard import _prose
from withdraw_guard._model.policy import Policy
from withdraw_guard._prose import Row
from withdraw_guard._report import FINE, FOUND
from withdraw_guard.cli._arguments import A_POLICY, AddParser, Unusable, add_command, policy_named
from withdraw_guard.cli._stories import BESIDE, stories_beside, stories_in
from withdraw_guard.cli._terminal import columns, print_rows
from withdraw_guard.stories import Broken, Group, StoryReport, Telling, tell_stories
from withdraw_guard.wire import Json, Members

_MISSING_SHOWN: Final = 20
_JOURNALS_MAX: Final = 1_000_000
_INDENT: Final = "    "
# What a row of a timeline begins with: an instant, or as much room.
_CLOCK: Final = " " * len("2026-01-05 09:00:00  ")
_BROKEN, _UNCOVERED = "broken", "uncovered"
NOTES: Final = """\
The stories of ours.yaml are in ours.stories.yaml (or .json) beside it:
  schema: withdraw-guard/stories/1
  stories:
    - story: a password stops withdrawals for a day
      lines:
        - event: password_changed
          expect: denied until +24h, because password-changed
        - ask: trade
          expect: allowed
`withdraw-guard new-policy FILE` writes a policy with stories to begin with.

a line has an event, or what is expected, or both:
  event   a trigger, or verification_started, verification_submitted,
          verification_failed, review_decided, more_requested, appeal_submitted,
          appeal_decided, release_ordered, identity_changed, event_retracted;
          beside it its members, such as context, method, outcome, documents,
          authority: `withdraw-guard schema event` has them all
  hold    which hold such an event is about: its rule; left out if one is open
  at      when: +24h, +1d12h, just before +24h or 2026-01-06T09:00:00Z;
          left out, when the line before it was. A story begins on Monday,
          2026-01-05, at 09:00 UTC, or when its member `begins` says
  ask     withdrawal, payment, withdrawal to known, withdrawal to address-1, or
          a list of them; left out, withdrawal
  expect  clauses with commas between them

a clause is one of
  allowed; denied; denied until TIME; denied whatever time passes;
  because RULES; told REASONS; phase PHASE; reasons REASONS; wait until TIME;
  may verify with METHODS; may not verify; to complete METHOD until TIME;
  awaits review until TIME; may appeal; may appeal with DOCUMENTS;
  may not appeal; awaits appeal until TIME; may contact AUTHORITIES;
  refused REASON; unmatched
An event that no rule listens to must expect `unmatched`.

examples:
  withdraw-guard test-policy ours.json --fail-if uncovered
  withdraw-guard test-policy ours.json --stories more.json --fuzz 100
  withdraw-guard test-policy binance kraken --json

exit status:
  0  every story is as expected
  1  a story or a law is broken, or with --fail-if uncovered a point of the
     policy is not covered
  2  a file cannot be read, or the command cannot be run

--json prints one object on a line for each policy:
  policy     {"id", "version"}
  stories    how many stories were told
  answers    how many answers were asked for
  broken     {"file", "story", "path", "problem", "timeline"} for each story
             that is broken
  coverage   {"covered", "of"} for rules, scopes, ends, moves and bounds
  uncovered  {"about", "rule", "says"} for each point that no story covers
  laws       {"laws", "journals", "broken"}, or null without --fuzz
"""
# What came of the stories of a policy, and the file of each.
_Told: TypeAlias = tuple[StoryReport, tuple[Path, ...]]


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "test-policy", NOTES)
    parser.add_argument("policies", metavar="POLICY", nargs="+", help=A_POLICY)
    parser.add_argument(
        "--stories",
        action="append",
        metavar="FILE",
        help="tell the stories of this file (default: those beside the policy, POLICY.stories.json or .yaml)",
    )
    parser.add_argument(
        "--fail-if",
        choices=(_BROKEN, _UNCOVERED),
        default=_BROKEN,
        help="fail if a story is broken, or also if a point of the policy is not covered (default: broken)",
    )
    parser.add_argument(
        "--fuzz", type=_count, metavar="N", help="also try every law of the test kit on N drawn journals of the policy"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object per policy instead of text")
    parser.set_defaults(run=_run)


def _count(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _JOURNALS_MAX:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {_JOURNALS_MAX}")
    return int(text)


def _run(arguments: argparse.Namespace) -> int:
    told = [_told(name, arguments.stories) for name in arguments.policies]
    tried = [None if arguments.fuzz is None else _tried(report.policy, arguments.fuzz) for report, _ in told]
    if arguments.json:
        for (report, sources), laws in zip(told, tried, strict=True):
            print(json.dumps({**_members(report, sources), "laws": laws}))
    else:
        print_rows(_all_rows(told, tried))
    is_broken = any(laws is not None and laws["broken"] is not None for laws in tried)
    return FOUND if is_broken else max(_status(report, arguments.fail_if) for report, _ in told)


def _tried(policy: Policy, journals: int) -> Members:
    """Try the laws. Raises `Unusable` if what they need is not installed."""
    try:
        fuzz: Any = import_module("withdraw_guard.cli._fuzz")
    except ImportError:
        raise Unusable("--fuzz needs hypothesis: install withdraw-guard with its extra `testing`") from None
    broken = fuzz.broken_law(policy, journals)
    return {"laws": fuzz.LAW_COUNT, "journals": journals, "broken": None if broken is None else str(broken)}


def _told(name: str, named: Sequence[str] | None) -> _Told:
    """Tell the stories of a policy; return the report, and the file of each story in it."""
    policy = policy_named(name)
    sources = stories_beside(name) if named is None else tuple(map(Path, named))
    if not sources:
        raise Unusable(f"{name}: has no stories beside it: write {Path(name).stem}{BESIDE}.json, or name --stories")
    stories = [(source, story) for source in sources for story in stories_in(source)]
    return tell_stories(policy, [story for _, story in stories]), tuple(source for source, _ in stories)


def _status(report: StoryReport, fail_if: str) -> int:
    return FOUND if report.broken or (fail_if == _UNCOVERED and report.missing) else FINE


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def _members(report: StoryReport, sources: Sequence[Path]) -> Members:
    counts = {group: report.count(group) for group in Group}
    return {
        "policy": {"id": report.policy.id, "version": report.policy.version},
        "stories": len(report.tellings),
        "answers": report.answers,
        "broken": [
            _broken(telling, broken, source)
            for telling, source in zip(report.tellings, sources, strict=True)
            if (broken := telling.broken) is not None
        ],
        "coverage": {group.value: {"covered": some, "of": every} for group, (some, every) in counts.items()},
        "uncovered": [{"about": each.group.value, "rule": each.rule, "says": each.says} for each in report.missing],
    }


def _broken(telling: Telling, broken: Broken, source: Path) -> Json:
    return {
        "file": source.name,
        "story": telling.story.name,
        "path": broken.path,
        "problem": broken.problem,
        "timeline": broken.timeline,
    }


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def _all_rows(told: Sequence[_Told], tried: Sequence[Members | None]) -> Iterator[Row]:
    for number, ((report, sources), laws) in enumerate(zip(told, tried, strict=True)):
        yield from [()][:number]
        yield from _rows(report, sources)
        if laws is not None:
            yield from _law_rows(laws)


def _law_rows(laws: Members) -> Iterator[Row]:
    of = f"{laws['laws']} laws, {laws['journals']} drawn journals: "
    if laws["broken"] is None:
        yield ("laws: ", "bold"), (of, ""), ("all hold", "bold green")
        return
    yield ("laws: ", "bold"), (of, ""), ("one is broken", "bold red")
    for line in str(laws["broken"]).splitlines():
        yield from _wrapped(line, "dim", _CLOCK)


def _rows(report: StoryReport, sources: Sequence[Path]) -> Iterator[Row]:
    policy, broken = report.policy, len(report.broken)
    stories, answers = _stories(len(report.tellings)), _prose.counted(report.answers, "answer")
    verdict = (f"{broken} broken", "bold red") if broken else ("all as expected", "bold green")
    yield (f"policy {policy.id}, version {policy.version}: ", "bold"), (f"{stories}, {answers}: ", ""), verdict
    for telling, source in zip(report.tellings, sources, strict=True):
        if telling.broken is not None:
            yield from _broken_rows(telling, telling.broken, source)
    yield from _coverage_rows(report)


def _stories(count: int) -> str:
    return "1 story" if count == 1 else f"{count} stories"


def _broken_rows(telling: Telling, broken: Broken, source: Path) -> Iterator[Row]:
    yield ()
    yield ("broken: ", "bold red"), (telling.story.name, "bold")
    yield from _wrapped(f"{source.name}, {broken.path}", "dim")
    yield from _wrapped(broken.problem, "red")
    for line in broken.timeline.splitlines():
        yield from _wrapped(line, "dim", _CLOCK)
    yield ()


def _wrapped(text: str, style: str, hanging: str = "") -> Iterator[Row]:
    """Set a line below a story; on a terminal, in as many rows as its width needs."""
    width = get_terminal_size().columns if sys.stdout.isatty() else sys.maxsize
    begin, more = _INDENT, f"{_INDENT}{hanging}  "
    for row in wrap(text, width, initial_indent=begin, subsequent_indent=more, break_on_hyphens=False):
        yield ((row, style),)


def _coverage_rows(report: StoryReport) -> Iterator[Row]:
    counts = ((group, *report.count(group)) for group in Group)
    parts = [f"{group} {some} of {every}" for group, some, every in counts if every]
    yield ("covered: ", "bold"), (", ".join(parts), "green" if not report.missing else "yellow")
    missing = list(_missing(report))
    shown = missing[:_MISSING_SHOWN]
    if shown:
        yield (("not covered:", "bold"),)
        yield from columns([("OF", "ABOUT", "WHAT"), *shown])
    if more := len(missing) - len(shown):
        yield ((f"  and {more} more: --json lists all of them", "dim"),)


def _missing(report: StoryReport) -> Iterator[tuple[str, str, str]]:
    """Yield what is not covered; of a rule that no story is about, one row."""
    begun = {point.rule for point in report.covered}
    for rule, of_rule in groupby(report.missing, key=lambda point: point.rule):
        if rule is None or rule in begun:
            yield from ((rule or "the policy", point.group, point.says) for point in of_rule)
        else:
            yield rule, "everything", f"{len(list(of_rule))} points: no story is about it"
