"""The command `schema`: the JSON Schema of a document, for an editor or for a validator in another language."""

import argparse
from importlib.resources import files
from typing import Final

from withdraw_guard.cli._arguments import AddParser, add_command

_FOLDER = files("withdraw_guard") / "schemas"
KINDS = tuple(sorted(file.name.partition(".")[0] for file in _FOLDER.iterdir()))

NOTES: Final = """\
examples:
  withdraw-guard schema policy > policy.schema.json
  withdraw-guard schema stories

exit status:
  0  the JSON Schema was printed
  2  the command cannot be run
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "schema", NOTES)
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=f"one of {', '.join(KINDS)}")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    print((_FOLDER / f"{arguments.kind}.schema.json").read_text("utf-8"), end="")
    return 0
