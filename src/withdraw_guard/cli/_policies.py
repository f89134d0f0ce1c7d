"""The command `policies`: the list of the published policies, or one of them in the wire format."""

import argparse
import json
from typing import Final

from withdraw_guard.cli._arguments import AddParser, add_command, add_json, policy_named
from withdraw_guard.cli._terminal import columns, print_rows
from withdraw_guard.policies import GALLERY, Published
from withdraw_guard.wire import Members, to_dict

NOTES: Final = """\
The grades are those of the sources of the rules: O for the site of the operator
or regulator, M for a host that is not known to be theirs, T for others.

examples:
  withdraw-guard policies
  withdraw-guard policies kraken > mine.json

exit status:
  0  the list or the policy was printed
  2  there is no such policy, or the command cannot be run

--json prints a list of objects:
  name, version, author  of each published policy
  rules                  how many rules it has
  grades                 the grades of the sources of its rules
With NAME the policy is printed in the wire format in any case.
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "policies", NOTES)
    parser.add_argument("name", metavar="NAME", nargs="?", help="print this one in the wire format")
    add_json(parser, "a JSON list")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.name is not None:
        print(json.dumps(to_dict(policy_named(arguments.name)), indent=2))
        return 0
    if arguments.json:
        print(json.dumps([_members(name, published) for name, published in GALLERY.items()]))
        return 0
    table = [("NAME", "VERSION", "RULES", "GRADE", "OF")]
    for name, published in GALLERY.items():
        policy = published.policy
        table.append((name, policy.version, str(len(policy.rules)), "+".join(_grades(published)), published.author))
    print_rows(columns(table))
    return 0


def _members(name: str, published: Published) -> Members:
    policy = published.policy
    told: Members = {"name": name, "version": policy.version, "author": published.author, "rules": len(policy.rules)}
    return {**told, "grades": [*_grades(published)]}


def _grades(published: Published) -> list[str]:
    return sorted({published.grade_of(rule).value for rule in published.policy.rules})
