"""The command `way-out`: how an account may withdraw again, who must act, and from when."""

import argparse
import json
from collections.abc import Iterator
from datetime import datetime
from typing import Final, assert_never

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._model.account import Account
from withdraw_guard._prose import Row
from withdraw_guard._values.complete import complete
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.time import write_instant
from withdraw_guard.analysis import (
    Action,
    ApproveReview,
    CompleteVerification,
    FileAppeal,
    GrantAppeal,
    IfWrong,
    OrderRelease,
    Party,
    RejectReview,
    StartVerification,
    WaitUntil,
    WayOut,
    if_wrong,
    way_out,
)
from withdraw_guard.cli._arguments import AddParser, Unusable, add_command, instant_asked, request_to
from withdraw_guard.cli._one_account import account_asked, add_account
from withdraw_guard.cli._terminal import columns, print_rows
from withdraw_guard.wire import Members, to_dict

NOTES: Final = """\
It names the fewest actions after which the withdrawal is allowed, and of
several such ways the earliest. A release comes last: it is named only if
nothing else ends a hold. Every report is taken as true; what follows tells
which reports to retract if they were wrong.

examples:
  withdraw-guard way-out journal.jsonl --account a1
  withdraw-guard way-out journal.jsonl --account a1 --authority support
  withdraw-guard way-out journal.jsonl --account a1 --no-authority --json

exit status:
  0  there is a way out, or the withdrawal is allowed already
  1  nothing ends a hold, as far as the authorities that act can tell
  2  a line that may be about this account could not be read, so nothing is
     said; or the command cannot be run

--json prints one object:
  account, at  the account and the instant of the question
  allowed_at   from when the withdrawal is allowed after the actions, or null
               if there is no way out
  actions      in order: {"who", "does", "at", "hold", "event"}; who is holder,
               reviewer, appeals_officer or authority; event is in the wire
               format; hold and event are null for waiting
  if_wrong     {"hold", "events", "authorities"}: the hold ends if these events
               are retracted, because they did not happen
"""


def add_to(add_parser: AddParser) -> None:
    """Add the command and its arguments."""
    parser = add_command(add_parser, "way-out", NOTES)
    add_account(parser)
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--authority", action="append", metavar="NAME", help="an authority that acts (default: all)")
    who.add_argument("--no-authority", action="store_true", help="assume that no authority acts")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    at, request = instant_asked(arguments), request_to(arguments.destination)
    account, replay = account_asked(arguments)
    try:
        way = way_out(account, at, request, [] if arguments.no_authority else arguments.authority)
    except InvalidValue as fault:
        raise Unusable(f"--authority: {fault.problem}") from None
    wrong = if_wrong(replay.policy, account, at, request)
    if arguments.json:
        print(json.dumps(_members(account, at, way, wrong)))
    else:
        answer = f"{_prose.asked(request)} {_prose.answered(check(account, at, request))}"
        print_rows(_rows(f"{account.id}, {_prose.instant_words(at)}: {answer}", way, wrong))
    return 1 if way is None else 0


def _members(account: Account, at: datetime, way: WayOut | None, wrong: tuple[IfWrong, ...]) -> Members:
    return {
        "account": account.id,
        "at": write_instant(at),
        "allowed_at": None if way is None else write_instant(way.allowed_at),
        "actions": [] if way is None else [_action(action) for action in way.actions],
        "if_wrong": [
            {"hold": each.hold, "events": [*each.events], "authorities": [*sorted(each.authorities)]} for each in wrong
        ],
    }


def _action(action: Action) -> Members:
    told: Members = {"who": action.who.value, "does": _does(action), "at": write_instant(action.at)}
    if isinstance(action, WaitUntil):
        return {**told, "hold": None, "event": None}
    return {**told, "hold": action.hold, "event": to_dict(action.event)}


def _rows(answer: str, way: WayOut | None, wrong: tuple[IfWrong, ...]) -> Iterator[Row]:
    yield ((answer, "bold"),)
    if way is None:
        yield (("nothing that these people can do ends the hold", "bold red"),)
    elif way.actions:
        yield from columns([("", "FROM (UTC)", "WHO", "DOES", "ABOUT THE HOLD"), *map(_cells, *_numbered(way))])
        yield ((f"allowed from {_prose.instant_words(way.allowed_at)} on", "bold green"),)
    for each in wrong:
        office = _prose.listed("authority", each.authorities, "or")
        events = _prose.counted(len(each.events), "report")
        named = ", ".join(each.events)
        yield ((f"if wrong: {office} retracts {events} ({named}), and hold {each.hold} ends", "dim"),)


def _numbered(way: WayOut) -> tuple[range, tuple[Action, ...]]:
    return range(1, len(way.actions) + 1), way.actions


def _cells(number: int, action: Action) -> tuple[str, ...]:
    hold = "" if isinstance(action, WaitUntil) else action.hold
    return str(number), _prose.clock_words(action.at), _who(action), _does(action), hold


_PARTIES: Final = complete(
    Party,
    {
        Party.HOLDER: "the account holder",
        Party.REVIEWER: "a reviewer",
        Party.APPEALS_OFFICER: "an appeals officer",
        Party.AUTHORITY: "an authority",
    },
)


def _who(action: Action) -> str:
    return (
        _prose.listed("authority", [action.authority], "or")
        if isinstance(action, OrderRelease)
        else _PARTIES[action.who]
    )


def _does(action: Action) -> str:
    match action:
        case WaitUntil():
            return "waits until then"
        case StartVerification():
            return f"starts a verification: {_prose.listed('method', [action.method], 'or')}"
        case CompleteVerification():
            return "hands in the verification"
        case ApproveReview():
            return "approves the verification"
        case RejectReview():
            return "rejects the verification, because the identity was taken away"
        case FileAppeal():
            return f"files an appeal with {_prose.listed('document', action.documents, 'and') or 'no documents'}"
        case GrantAppeal():
            return "grants the appeal"
        case OrderRelease():
            return "releases the hold"
        case _ as never:
            assert_never(never)
