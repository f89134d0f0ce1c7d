"""Runs one command: which commands there are, and what the exit status is when a command fails."""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType
from typing import Final, final

from withdraw_guard.cli._arguments import UNUSABLE, Parser, Unusable
from withdraw_guard.cli._commands import COMMANDS
from withdraw_guard.cli._terminal import complain

INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    words = sys.argv[1:] if argv is None else list(argv)
    parser = _parser(words)
    try:
        if not words:
            parser.print_help()
            return 0
        arguments = parser.parse_args(words)
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


def module_of(command: str) -> ModuleType:
    """Return the module of a command."""
    return import_module(f"withdraw_guard.cli._{command.replace('-', '_')}")


def _parser(words: Sequence[str]) -> Parser:
    """Return a parser that knows the arguments of the command that is asked for, and the others by name.

    A command loads what it needs, and that is less than what all of them need.
    """
    parser = Parser(
        prog="withdraw-guard",
        description="May this account withdraw, and if not, why and until when?",
        epilog="`withdraw-guard COMMAND --help` says what a command does, with examples.",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for command, summary in COMMANDS.items():
        if command in words[:1]:
            module_of(command).add_to(commands.add_parser)
        else:
            commands.add_parser(command, help=summary)
    return parser


@final
class _Version(argparse.Action):
    """Prints the version. What knows it is loaded only then, because that takes a tenth of the time of a start."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        """Print it and exit."""
        metadata = import_module("importlib.metadata")
        try:
            version = metadata.version("withdraw-guard")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(f"withdraw-guard {version}")
        parser.exit()
