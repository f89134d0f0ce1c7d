"""What `explain` and `way-out` share: one account of a journal, about which every line could be read."""

import argparse

from withdraw_guard._model.account import Account
from withdraw_guard.cli._arguments import Parser, Unusable, add_destination, add_journal, add_json
from withdraw_guard.cli._records import JournalReplay, complain_of_counts, replayed_from


def add_account(parser: Parser) -> None:
    """Add the journal, the account and the question."""
    add_journal(parser)
    add_destination(parser)
    parser.add_argument("--account", metavar="ID", required=True, help="the account that the question is about")
    add_json(parser)


def account_asked(arguments: argparse.Namespace) -> tuple[Account, JournalReplay]:
    """Return the account as its journal leaves it. Raises `Unusable` if a line that may be about it is not known.

    Such a line may have been a security event, so nothing is said about the account.
    """
    replay = replayed_from(arguments, [arguments.account])
    record = replay.records[arguments.account]
    complain_of_counts(replay)
    if any(replay.unread_of(record)):
        raise Unusable("nothing is said, because a line that may be about this account could not be read or applied")
    return record.account, replay
