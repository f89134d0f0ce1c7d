"""The command `diff`: where one policy is looser or stricter than another."""

import argparse

from withdraw_guard import _report, analysis
from withdraw_guard.cli._arguments import A_POLICY, AddParser, add_form, policy_named
from withdraw_guard.cli._terminal import print_analysis, progress_bar


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("diff", help="say where another policy is looser or stricter")
    parser.add_argument("old", metavar="OLD", help=A_POLICY)
    parser.add_argument("new", metavar="NEW", help=A_POLICY)
    ways = ("looser", "stricter", "different")
    parser.add_argument("--fail-if", action="append", default=[], choices=ways, help="fail if the new policy is")
    add_form(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    old, new = policy_named(arguments.old), policy_named(arguments.new)
    with progress_bar("comparing") as show:
        comparison = analysis.compare(old, new, show)
    print_analysis(
        arguments,
        lambda: _report.comparison_as_members(comparison),
        lambda: analysis.comparison_as_markdown(comparison, old, new),
        lambda: _report.comparison_as_rows(comparison),
    )
    return _report.status_of_comparison(comparison, arguments.fail_if)
