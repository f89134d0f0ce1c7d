"""The command `new-policy`: a policy to begin with, whose first line tells an editor which JSON Schema it has."""

import argparse
from pathlib import Path
from typing import Final

from withdraw_guard._drafts.draft import is_yaml
from withdraw_guard.cli._arguments import AddParser, Unusable, add_command
from withdraw_guard.cli._terminal import complain

_SCHEMA_FILE: Final = "policy.schema.json"

_JSON: Final = """\
{
  "$schema": "./policy.schema.json",
  "schema": "withdraw-guard/policy/1",
  "id": "my-policy",
  "version": "1.0.0",
  "rules": [
    {
      "id": "password-changed",
      "trigger": "password_changed",
      "duration": "PT24H",
      "scope": {"operations": ["withdrawal"]}
    },
    {
      "id": "address-added",
      "trigger": "destination_added",
      "duration": "PT48H",
      "scope": {"operations": ["withdrawal"], "destinations": "named"},
      "repeat": "separate"
    },
    {
      "id": "flagged",
      "trigger": "abnormal_activity",
      "clearance": {
        "unverified": ["identity_personal"],
        "verified": ["face_web", "face_mobile"],
        "attempts": 3,
        "verify_within": "PT1H",
        "review_within": "PT48H",
        "appeal": {"after_failures": 1, "within": "P30D", "decide_within": "P5D", "documents": ["id_photo"]}
      },
      "releasable_by": ["support"]
    }
  ]
}
"""

_YAML: Final = """\
# yaml-language-server: $schema=./policy.schema.json
schema: withdraw-guard/policy/1
id: my-policy
version: "1.0.0"   # give every changed policy a new version
rules:
  # Nobody withdraws for a day after the password was changed.
  - id: password-changed
    trigger: password_changed
    duration: PT24H
    scope:
      operations: [withdrawal]

  # A new address waits for two days; all other addresses stay open.
  - id: address-added
    trigger: destination_added
    duration: PT48H
    scope:
      operations: [withdrawal]
      destinations: named
    repeat: separate

  # A suspicion stops everything, until the account holder has proved who they are.
  - id: flagged
    trigger: abnormal_activity
    clearance:
      unverified: [identity_personal]
      verified: [face_web, face_mobile]
      attempts: 3
      verify_within: PT1H
      review_within: PT48H
      appeal:
        after_failures: 1
        within: P30D
        decide_within: P5D
        documents: [id_photo]
    releasable_by: [support]
"""

NOTES: Final = """\
examples:
  withdraw-guard new-policy > mine.json
  withdraw-guard new-policy mine.yaml

exit status:
  0  the policy was printed or written
  2  the file is there already, or the command cannot be run
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "new-policy", NOTES)
    parser.add_argument("file", metavar="FILE", nargs="?", help="a new file; YAML if its name ends in .yaml")
    parser.add_argument("--yaml", action="store_true", help="print YAML, with comments")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    name: str | None = arguments.file
    text = _YAML if arguments.yaml or (name is not None and is_yaml(name, "")) else _JSON
    if name is None:
        print(text, end="")
        return 0
    try:
        with Path(name).open("x", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
    except FileExistsError:
        raise Unusable(f"{name}: exists already, and is not overwritten") from None
    complain(f"wrote {name}; `withdraw-guard schema policy > {_SCHEMA_FILE}` beside it lets your editor complete it")
    return 0
