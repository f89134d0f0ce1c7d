"""The command `fmt`: policies in the canonical form, in which equal policies have equal texts.

The canonical form is the wire form with every member, sets sorted, two blanks a level. A member `$schema` is kept. A
policy in YAML is not changed, because its comments would be lost: its canonical form is printed.
"""

import argparse
import json
from pathlib import Path
from typing import Final

from withdraw_guard._drafts.draft import is_yaml
from withdraw_guard._model.policy import Policy
from withdraw_guard.cli._arguments import AddParser, add_command, draft_in, policy_in
from withdraw_guard.cli._journal import opened
from withdraw_guard.cli._terminal import complain
from withdraw_guard.wire import Members, parse, to_dict

NOTES: Final = """\
Equal policies have equal texts in the canonical form. A policy in YAML keeps
its comments: its JSON is printed, and the file stays as it is.

examples:
  withdraw-guard fmt mine.json
  withdraw-guard fmt policies/*.json --check

exit status:
  0  every file is in the canonical form, or was written in it
  1  with --check, a file has another form
  2  a file is no policy, or the command cannot be run
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "fmt", NOTES)
    parser.add_argument(
        "files",
        metavar="FILE",
        nargs="+",
        help="a policy in JSON, or in YAML, which is printed as JSON; `-` reads standard input, and prints it",
    )
    parser.add_argument("--check", action="store_true", help="change nothing; fail if a file in JSON has another form")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    status = 0
    for name in arguments.files:
        with opened(name) as stream:
            content = stream.read()
        policy, text = policy_in(name, draft_in(name, content)), content.decode("utf-8-sig")
        if is_yaml(name, text):
            if not arguments.check:
                print(canonical_text(policy, {}), end="")
            continue
        document = parse(text)
        canonical = canonical_text(policy, document if isinstance(document, dict) else {})
        if canonical.encode() == content and (arguments.check or name != "-"):
            continue
        if arguments.check:
            status = 1
            complain(f"{name}: is not in the canonical form: `withdraw-guard fmt {name}` writes it")
        elif name == "-":
            print(canonical, end="")
        else:
            _replace(Path(name), canonical)
    return status


def canonical_text(policy: Policy, document: Members) -> str:
    """Return the canonical form of a policy; the name of its JSON Schema is taken from its document."""
    line = {name: document[name] for name in ("$schema",) if name in document}
    return f"{json.dumps({**line, **to_dict(policy)}, indent=2, ensure_ascii=False)}\n"


def _replace(path: Path, text: str) -> None:
    """Write the whole text or nothing: a full disk leaves the file as it was."""
    beside = path.with_name(f"{path.name}.new")
    try:
        beside.write_bytes(text.encode())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
