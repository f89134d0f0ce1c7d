"""The command `new-policy`: a policy to begin with and its stories; their first lines name their JSON Schemas."""

import argparse
from importlib.resources import files
from pathlib import Path
from typing import Final

from withdraw_guard._drafts.draft import is_yaml
from withdraw_guard.cli._arguments import AddParser, Unusable, add_command
from withdraw_guard.cli._stories import BESIDE
from withdraw_guard.cli._terminal import complain

_FIRST: Final = files("withdraw_guard") / "cli" / "first"
_SCHEMAS: Final = "withdraw-guard schema policy > policy.schema.json"

NOTES: Final = """\
With FILE it also writes the stories of the policy beside it, such as
mine.stories.yaml: they are its tests. Then change both, and go on with
  withdraw-guard check-policy mine.yaml     what is wrong with it
  withdraw-guard test-policy mine.yaml      what it does, and what is not tested
  withdraw-guard lint mine.yaml             what never matters or never ends
  withdraw-guard diff OLD mine.yaml         what is different from another one

a rule has
  id             its name, unique in the policy
  trigger        what happened: abnormal_activity, account_locked,
                 account_unlocked, address_added, address_protection_disabled,
                 deposit_credited, device_added, email_changed,
                 fund_password_changed, password_changed, phone_bound,
                 phone_changed, purchase_made, two_factor_changed,
                 two_factor_disabled, two_factor_enabled, two_factor_reset,
                 verification_revoked, or a name of your own
  where          facts of the event: {reset: true}
  scope          what it stops: {operations: [withdrawal, payment]}, all without
                 it; destinations: any, new, or named (the one that the event
                 names; with `repeat: separate`); leaves: operations that pass
  and how long it holds, one of
  duration       hours or days of 24 hours: PT24H, P5D
  business_days  to the end of so many business days after the day of the event;
                 the policy then needs a `calendar`: `withdraw-guard calendar`
  chosen         the account holder chooses: {minimum: PT24H, maximum: P7D}
  and who ends it
  clearance      verification: unverified and verified (the methods offered to
                 whom), attempts, verify_within, review_within or
                 review_business_days, appeal
  appeal         after_failures, within, decide_within or decide_business_days,
                 documents, limit
  releasable_by  who may end it: [support]
  lifted_by      any or all: the time, the clearance, whichever is first or both
  repeat         extend, keep or separate: if it happens again
  public_reason  what the account holder is told
`withdraw-guard schema policy` explains each of them at length.

examples:
  withdraw-guard new-policy > mine.json
  withdraw-guard new-policy mine.yaml

exit status:
  0  the policy was printed, or both files were written
  2  a file is there already, or the command cannot be run
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "new-policy", NOTES)
    parser.add_argument("file", metavar="FILE", nargs="?", help="a new file; YAML if its name ends in .yaml")
    parser.add_argument("--yaml", action="store_true", help="print YAML, with comments")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    name: str | None = arguments.file
    form = "yaml" if arguments.yaml or (name is not None and is_yaml(name, "")) else "json"
    if name is None:
        print(_text("policy", form), end="")
        return 0
    stories = Path(name).with_name(f"{Path(name).stem}{BESIDE}.{form}")
    for path in (Path(name), stories):
        if path.exists():
            raise Unusable(f"{path}: exists already, and is not overwritten")
    _write(Path(name), _text("policy", form))
    _write(stories, _text("stories", form))
    complain(f"wrote {name} and {stories}; `{_SCHEMAS}` beside it lets your editor complete it")
    return 0


def _text(what: str, form: str) -> str:
    return (_FIRST / f"{what}.{form}").read_text("utf-8")


def _write(path: Path, text: str) -> None:
    """Write a new file. Raises `OSError` if there is one by now."""
    with path.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
