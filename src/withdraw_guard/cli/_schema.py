"""The command `schema`: the JSON Schema of a document, for an editor or for a validator in another language."""

import argparse
from importlib.resources import files

from withdraw_guard.cli._arguments import AddParser

_FOLDER = files("withdraw_guard") / "schemas"
KINDS = tuple(sorted(file.name.partition(".")[0] for file in _FOLDER.iterdir()))


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_parser("schema", help="print the JSON Schema of a document")
    parser.add_argument("kind", metavar="KIND", choices=KINDS, help=f"one of {', '.join(KINDS)}")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    print((_FOLDER / f"{arguments.kind}.schema.json").read_text("utf-8"), end="")
    return 0
