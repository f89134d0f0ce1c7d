"""The command `prove`: each promise of a policy, proved or refuted."""

import argparse
from typing import Final

from withdraw_guard import _report, analysis
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import Authority
from withdraw_guard.analysis import STATES_MAX
from withdraw_guard.cli._arguments import A_POLICY, AddParser, Unusable, add_command, add_form, policy_named
from withdraw_guard.cli._place import place_of
from withdraw_guard.cli._terminal import print_analysis, progress_bar

NOTES: Final = """\
examples:
  withdraw-guard prove mine.json
  withdraw-guard prove mine.json --no-authority --markdown > report.md

exit status:
  0  every promise is proved
  1  a promise is refuted
  2  the command cannot be run
  3  it is not known, because a walk was given up

--json prints one object:
  policy  {"id", "version"}
  proved  whether every promise is proved
  and for each promise, by its name, its answer: {"answer": "proved", "states"},
  {"answer": "refuted", "rule", "sentence", "journal", "at"} or
  {"answer": "unknown", "rule", "states"}
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "prove", NOTES)
    parser.add_argument("policy", metavar="POLICY", help=A_POLICY)
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--authority", action="append", metavar="NAME", help="an authority that responds (default: all)")
    who.add_argument("--no-authority", action="store_true", help="assume that no authority responds")
    parser.add_argument("--states", type=int, default=STATES_MAX, metavar="N", help="give up a rule after N states")
    add_form(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    policy = policy_named(arguments.policy)
    authorities: list[Authority] | None = [] if arguments.no_authority else arguments.authority
    with progress_bar("proving") as show:
        try:
            proof = analysis.prove(policy, authorities, arguments.states, show)
        except InvalidValue as fault:
            raise Unusable(str(fault)) from None
    print_analysis(
        arguments,
        lambda: _report.proof_as_members(proof),
        lambda: analysis.proof_as_markdown(proof, policy),
        lambda: _report.proof_as_annotations(proof, place_of(arguments.policy)),
        lambda: _report.proof_as_rows(proof),
    )
    return _report.status_of_proof(proof)
