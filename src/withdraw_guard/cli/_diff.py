"""The command `diff`: where one policy is looser or stricter than another."""

import argparse
from typing import Final

import attrs

from withdraw_guard import _report, analysis
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.ids import RuleId
from withdraw_guard.analysis import Accepted, Review
from withdraw_guard.analysis._diff import unused
from withdraw_guard.cli._arguments import A_POLICY, AddParser, Unusable, add_command, add_form, policy_named
from withdraw_guard.cli._place import place_of
from withdraw_guard.cli._terminal import complain, print_analysis, progress_bar

NOTES: Final = """\
examples:
  withdraw-guard diff in-force.json new.json --fail-if looser
  withdraw-guard diff in-force.json new.json --fail-if looser \\
      --accept email-changed:looser --markdown > report.md

exit status:
  0  no difference that --fail-if names is left
  1  such a difference is left
  2  the command cannot be run
  3  it is not known, because a search was given up

--json prints one object:
  old, new      {"id", "version", "name", "fingerprint"} of the two policies
  changes       {"kind", "old", "new", "sentence"} for each rule that changed
  verdict       equal, stricter, looser, incomparable or unknown
  counts        the counts, in words
  about_looser, about_stricter     shown, unknown or ruled_out
  looser, stricter   the witnesses: {"rule", "help", "journal", "at", "denied",
                     "allowed", "earlier_by", "accepted", "sentence"}
  left          what is left of each direction after --accept
  differences   {"operation", "destination", "verdict", "about_looser",
                "about_stricter", "looser", "stricter"}
  listed, deadlines, also_changed  what changed beside, in words
  unknown       {"rule", "way", "why"}
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "diff", NOTES)
    parser.add_argument("old", metavar="OLD", help=A_POLICY)
    parser.add_argument("new", metavar="NEW", help=A_POLICY)
    ways = ("looser", "stricter", "different")
    parser.add_argument("--fail-if", action="append", default=[], choices=ways, help="fail if the new policy is")
    parser.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="RULE[:looser|stricter]",
        help="let this change of this rule pass; `--fail-if` goes by what is left",
    )
    add_form(parser)
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    old, new = policy_named(arguments.old), policy_named(arguments.new)
    accepted = tuple(_accepted(text, old, new) for text in arguments.accept)
    with progress_bar("comparing") as show:
        comparison = analysis.compare(old, new, show)
    reviewed = Review(comparison=comparison, old=old, new=new, accepted=accepted)
    if reviewed.is_one_version:
        reviewed = attrs.evolve(reviewed, names=(arguments.old, arguments.new))
    for entry in unused(reviewed):
        complain(f"nothing to accept: {entry.rule}{f':{entry.way}' if entry.way else ''}")
    print_analysis(
        arguments,
        lambda: _report.comparison_as_members(reviewed),
        lambda: analysis.comparison_as_markdown(reviewed),
        lambda: _report.comparison_as_annotations(reviewed, place_of(arguments.new)),
        lambda: _report.comparison_as_rows(reviewed),
    )
    return _report.status_of_comparison(reviewed, arguments.fail_if)


def _accepted(text: str, old: Policy, new: Policy) -> Accepted:
    """Read `RULE` or `RULE:looser`. Raises `Unusable` for a rule that neither policy has."""
    rule, _, way = text.partition(":")
    if all(each.id != rule for policy in (old, new) for each in policy.rules):
        raise Unusable(f"--accept: must be a rule of one of the policies, got `{rule}`")
    try:
        return Accepted(rule=RuleId(rule), way=way or None)
    except InvalidValue as fault:
        raise Unusable(f"--accept: {fault.problem}") from None
