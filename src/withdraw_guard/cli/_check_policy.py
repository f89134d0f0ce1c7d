"""The command `check-policy`: whether a policy can be read, and a table of its rules."""

import argparse

from withdraw_guard import _prose
from withdraw_guard._prose import Row
from withdraw_guard.cli._arguments import A_POLICY, AddParser, policy_named
from withdraw_guard.cli._terminal import columns, print_rows


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("check-policy", help="check a policy and summarise it")
    parser.add_argument("policy", metavar="POLICY", help=A_POLICY)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = policy_named(arguments.policy)
    rules = _prose.counted(len(policy.rules), "rule")
    head: Row = ((f"policy {policy.id}, version {policy.version}: ", "bold"), (rules, ""))
    print_rows((head, *columns([_prose.POLICY_COLUMNS, *map(_prose.rule_cells, policy.rules)])))
    return 0
