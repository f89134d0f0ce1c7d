"""The command `lint`: parts of a policy that never matter, never finish or never open."""

import argparse

from withdraw_guard import _report, analysis
from withdraw_guard.analysis import Severity
from withdraw_guard.cli._arguments import A_POLICY, AddParser, add_form, policy_named
from withdraw_guard.cli._terminal import print_analysis


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("lint", help="find parts of a policy that never matter, never finish or never open")
    parser.add_argument("policy", metavar="POLICY", help=A_POLICY)
    parser.add_argument(
        "--fail-if",
        choices=[*Severity],
        default=Severity.ERROR.value,
        help="fail for a finding at least as severe (default: error)",
    )
    add_form(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = policy_named(arguments.policy)
    findings = analysis.lint(policy)
    print_analysis(
        arguments,
        lambda: _report.findings_as_members(policy, findings),
        lambda: analysis.findings_as_markdown(policy, findings),
        lambda: _report.findings_as_annotations(findings, arguments.policy),
        lambda: _report.findings_as_rows(findings),
    )
    return _report.status_of_findings(findings, arguments.fail_if)
