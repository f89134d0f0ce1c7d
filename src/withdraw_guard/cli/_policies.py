"""The command `policies`: the list of the published policies, or one of them in the wire format."""

import argparse
import json

from withdraw_guard.cli._arguments import AddParser, policy_named
from withdraw_guard.cli._terminal import columns, print_rows
from withdraw_guard.policies import GALLERY
from withdraw_guard.wire import to_dict


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("policies", help="list the published policies, or print one")
    parser.add_argument("name", metavar="NAME", nargs="?", help="print this one in the wire format")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.name is not None:
        print(json.dumps(to_dict(policy_named(arguments.name)), indent=2))
        return 0
    table = [("NAME", "VERSION", "RULES", "GRADE", "OF")]
    for name, published in GALLERY.items():
        policy, grades = published.policy, {published.grade_of(rule) for rule in published.policy.rules}
        table.append((name, policy.version, str(len(policy.rules)), "+".join(sorted(grades)), published.author))
    print_rows(columns(table))
    return 0
