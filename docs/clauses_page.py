"""The page about the odd clauses of the rulebook: for each the journals that go wrong without it. `make_pages` uses it.

The journals are those of `tests/reference/clauses.py`, where the tests switch the clauses off.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby
from pathlib import Path

from reference_pages import page, table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from reference.clauses import CASES, Case
from reference.rulebook import CLAUSES, READINGS, Json, read_instant
from reference.story import FAR, START

RUN = re.compile(r"e\d+")
REPEATS = {"extend": "", "keep": ", not extended", "separate": ", for one destination"}
DEEDS = {
    "security_event": "flag",
    "verification_started": "start",
    "verification_submitted": "submission",
    "verification_failed": "failure",
    "more_requested": "request for more",
    "appeal_submitted": "appeal",
    "release_ordered": "release",
    "identity_changed": "report of an identity",
    "event_retracted": "retraction",
}


def clauses_page() -> str:
    return page(
        "The odd clauses",
        "Some clauses of [the rulebook](rulebook.md) look odd.\n"
        "For each of them there is a journal that goes wrong without it, and here is the shortest that is known.\n"
        "The reference, `tests/reference/rulebook.py`, has each clause under a switch; "
        "`tests/reference/test_clauses.py` turns it off, and the test named here is the one that fails.\n"
        "The library must answer these journals as the reference does, with every clause.",
        "An instant is a number of hours after the first Monday of a year, and *far* is a date in 2199.\n"
        "The events arrive in the order in which they stand here.\n"
        "The policy has one rule, and a *flag* is its trigger; *the hold* says what ends it.",
        *(part(head, clauses) for head, clauses in (("The rules", CLAUSES), ("The readings", READINGS))),
    )


def part(head: str, clauses: dict[str, str]) -> str:
    heads = ("the clause", "the test that fails without it", "the hold", "journal", "with it", "without it")
    return f"## {head}\n\n{table(heads, [row(case, clauses) for case in CASES if case.clause in clauses])}"


def row(case: Case, clauses: dict[str, str]) -> tuple[str, ...]:
    number = case.clause.partition("_")[0]
    rule = f"Rule {number}: " if number.isdecimal() else ""
    right, wrong = f"{case.look.asked}: {answer(case.right)}", answer(case.wrong)
    hold, events = hold_told(case.policy), "; ".join(told(case.events))
    if case.last_policy is not None:
        hold += f"; {hold_told(case.last_policy)} when the last event arrives"
    return f"{rule}{clauses[case.clause]}".replace("Rule 4", "Refusals"), case.name, hold, events, right, wrong


def hold_told(policy: Json) -> str:
    """What the only rule of a policy asks for."""
    (rule,) = policy["rules"]
    ends = [rule["duration"] and f"`{rule['duration']}`", rule["clearance"] and clearance_told(rule["clearance"])]
    asked = {"any": " or ", "all": " and "}[rule["lifted_by"]].join(filter(None, ends)) or "a release"
    retracts = "" if "security" in policy["retractable_by"] else f"; {', '.join(policy['retractable_by'])} retracts"
    chosen = ", or as long as was chosen" if rule["chosen"] else ""
    return asked + chosen + REPEATS[rule["repeat"]] + retracts


def clearance_told(clearance: Json) -> str:
    appeal = " with an appeal" if clearance["appeal"] else ""
    within = clearance["verify_within"]
    return f"a clearance{appeal}" + (f" that lapses after `{within}`" if within else "")


def answer(seen: object) -> str:
    if isinstance(seen, list):
        return ", ".join(map(answer, seen))
    return f"`{seen}`" if isinstance(seen, str) and "_" in seen else str(seen)


def told(events: list[Json]) -> Iterator[str]:
    """Each event in words; many flags, an hour apart, together."""
    for is_run, group in groupby(events, lambda event: RUN.fullmatch(event["id"]) is not None):
        run = list(group)
        if is_run and len(run) > 1:
            first, last = map(event_told, (run[0], run[-1]))
            yield f"{first}, and so on to {last}"
        else:
            yield from map(event_told, run)


def event_told(event: Json) -> str:
    details = {
        "of": event.get("event"),
        "about": event.get("destination_id"),
        "that lasts": event.get("duration"),
        "of the hold": event["hold"] if event.get("hold", "f:r") != "f:r" else None,
        "naming": event.get("attempt"),
        "documents": ", ".join(event.get("documents", ())),
    }
    named = "".join(f" {word} `{detail}`" for word, detail in details.items() if detail)
    by = f" by the {event['by']['kind']}" if event.get("by", {}).get("kind", "admin") != "admin" else ""
    return f"{deed(event)} `{event['id']}`{named}{by} at {hours(event)}"


def deed(event: Json) -> str:
    if event["type"] == "review_decided":
        return "approval" if event["outcome"] == "approved" else "final rejection" if event["final"] else "rejection"
    return DEEDS[event["type"]]


def hours(event: Json) -> str:
    since = (read_instant(event["at"]) - START) / timedelta(hours=1)
    return f"{since:g}" if since < FAR - 1000 else f"far {since - FAR:+g}".removesuffix(" +0")
