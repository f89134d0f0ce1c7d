"""Runs one command: which commands there are, and what the exit status is when a command fails."""

import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from withdraw_guard.cli import (
    _calendar,
    _check_policy,
    _convert,
    _diff,
    _fmt,
    _lint,
    _new_policy,
    _policies,
    _prove,
    _replay,
    _schema,
    _timeline,
)
from withdraw_guard.cli._arguments import UNUSABLE, Parser, Unusable
from withdraw_guard.cli._terminal import complain

INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141

_WORK: Final = (_replay, _timeline, _convert)
_AUTHORS: Final = (_policies, _new_policy, _check_policy, _fmt, _calendar, _schema, _lint, _prove, _diff)
_COMMANDS: Final = (*_WORK, *_AUTHORS)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    arguments = _parser().parse_args(argv)
    try:
        status: int = arguments.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader is gone. The rest of the buffer goes to the null device, so that the interpreter does not complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as error:
        complain(": ".join(str(part) for part in (error.filename, error.strerror or error) if part))
        return UNUSABLE
    except Unusable as problem:
        complain(str(problem))
        return UNUSABLE
    return status


def _parser() -> Parser:
    parser = Parser(prog="withdraw-guard", description="May this account withdraw, and if not, why and until when?")
    parser.add_argument("--version", action="version", version=f"withdraw-guard {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command in _COMMANDS:
        command.add_to(commands.add_parser)
    return parser


def _version() -> str:
    try:
        return version("withdraw-guard")
    except PackageNotFoundError:
        return "(not installed)"
