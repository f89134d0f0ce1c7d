"""The command `lint`: parts of a policy that never matter, never finish or never open."""

import argparse
from pathlib import Path
from typing import Final, TypeAlias

from withdraw_guard import _report, analysis
from withdraw_guard.analysis import Code, Finding, Severity
from withdraw_guard.cli._arguments import (
    A_POLICY,
    AddParser,
    Unusable,
    add_command,
    add_form,
    instant_read,
    policy_named,
)
from withdraw_guard.cli._place import place_of
from withdraw_guard.cli._terminal import complain, print_analysis, progress_bar

NOTES: Final = """\
examples:
  withdraw-guard lint mine.json
  withdraw-guard lint mine.json --fail-if warning --github
  withdraw-guard lint mine.json --ignore unknown-name:my-rule --json

exit status:
  0  no finding is as severe as --fail-if
  1  a finding is at least as severe
  2  the command cannot be run

--json prints one object:
  policy    {"id", "version"}
  findings  {"severity", "code", "rule", "sentence", "journal", "at"}: the
            journal has the events that show it, in the wire format
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "lint", NOTES)
    parser.add_argument("policy", metavar="POLICY", help=A_POLICY)
    parser.add_argument(
        "--fail-if",
        choices=[*Severity],
        default=Severity.ERROR.value,
        help="fail for a finding at least as severe (default: error)",
    )
    parser.add_argument(
        "--ignore",
        action="append",
        default=[],
        metavar="CODE[:RULE]",
        help="accept this finding, of one rule or of all (also read, one a line, from POLICY.ignore beside the file)",
    )
    parser.add_argument(
        "--at", type=instant_read, metavar="INSTANT", help="also say if the calendar ends soon after it"
    )
    add_form(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = policy_named(arguments.policy)
    ignored = [_ignored("--ignore", text) for text in arguments.ignore]
    ignored += _beside(Path(f"{arguments.policy}.ignore"))
    with progress_bar("linting") as show:
        every = analysis.lint(policy, arguments.at, show)
    for entry in ignored:
        if not any(_accepts(entry, finding) for finding in every):
            complain(f"nothing to ignore: {entry[0]}{f':{entry[1]}' if entry[1] else ''}")
    findings = tuple(finding for finding in every if not any(_accepts(entry, finding) for entry in ignored))
    print_analysis(
        arguments,
        lambda: _report.findings_as_members(policy, findings),
        lambda: analysis.findings_as_markdown(policy, findings),
        lambda: _report.findings_as_annotations(findings, place_of(arguments.policy)),
        lambda: _report.findings_as_rows(findings),
    )
    return _report.status_of_findings(findings, arguments.fail_if)


_Ignored: TypeAlias = tuple[Code, str | None]


def _beside(path: Path) -> list[_Ignored]:
    """Read the lines of the file beside the policy, if there is one, without comments."""
    if not path.is_file():
        return []
    try:
        written = path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        raise Unusable(f"{path}: must be text in UTF-8") from None
    lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(written, 1))
    return [_ignored(f"{path}, line {number}", line) for number, line in lines if line]


def _ignored(where: str, text: str) -> _Ignored:
    """Read `CODE` or `CODE:RULE`. Raises `Unusable` for a code that does not exist."""
    code, _, rule = text.partition(":")
    if code not in set(Code):
        raise Unusable(f"{where}: must be a code of a finding, got `{code}`")
    return Code(code), rule or None


def _accepts(entry: _Ignored, finding: Finding) -> bool:
    code, rule = entry
    return finding.code is code and rule in (None, finding.rule)
