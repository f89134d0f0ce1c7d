"""For each odd clause of the rulebook, the shortest journal that goes wrong without it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .rulebook import ALL, CLAUSES, READINGS, Json, Reference, Refusal
from .story import (
    ACCOUNT,
    FAR,
    WITHDRAWAL,
    appeal,
    appealed,
    at,
    clearance,
    failed,
    flag,
    identity,
    more,
    named_rule,
    policy,
    released,
    retracted,
    reviewed,
    rule,
    started,
    submitted,
)

Outcomes = list[str | Refusal]


class Look(NamedTuple):
    """What is asked after the journal, in words, and how."""

    asked: str
    see: Callable[[Reference, Outcomes], Any]


class Case(NamedTuple):
    """What the journal must lead to, and what it leads to without the clause."""

    clause: str
    name: str
    policy: Json
    events: list[Json]
    look: Look
    right: Any
    wrong: Any
    last_policy: Json | None = None
    """The version in force when the last event arrives, if it is another one."""

    @property
    def policies(self) -> list[Json]:
        return [self.policy, self.last_policy or self.policy]

    @property
    def steps(self) -> list[tuple[int, Json]]:
        """The number of the policy in force, and the event."""
        last = len(self.events) - 1
        return [(int(number == last), event) for number, event in enumerate(self.events)]

    def seen(self, clauses: frozenset[str]) -> Any:
        reference = Reference(ACCOUNT, clauses)
        outcomes = [reference.handle(self.policies[version], event) for version, event in self.steps]
        return self.look.see(reference, outcomes)


def decision_at(hours: float, **request: object) -> Look:
    asked = f"a withdrawal at {hours}" + "".join(f" to `{destination}`" for destination in request.values())
    return Look(asked, lambda reference, _: reference.check(at(hours), {**WITHDRAWAL, **request})["decision"])


def state_at(hours: float) -> Look:
    return Look(
        f"the state of the hold at {hours}",
        lambda reference, _: reference.check(at(hours), WITHDRAWAL)["holds"][0]["state"],
    )


def steps_at(hours: float) -> Look:
    return Look(
        f"the next steps at {hours}",
        lambda reference, _: [
            step["step"] for hold in reference.check(at(hours), WITHDRAWAL)["holds"] for step in hold["steps"]
        ],
    )


def methods_at(hours: float) -> Look:
    return Look(
        f"the accepted methods at {hours}",
        lambda reference, _: reference.check(at(hours), WITHDRAWAL)["holds"][0]["steps"][0]["methods"],
    )


outcome_of_the_last = Look(
    "the outcome of the last event",
    lambda _, outcomes: outcomes[-1] if isinstance(outcomes[-1], str) else outcomes[-1].reason,
)
is_the_last_outdated = Look(
    "whether the refusal of the last event is outdated",
    lambda _, outcomes: "yes" if outcomes[-1].outdated else "no",
)
refusal_of_the_last = Look(
    "the refusal of the last event",
    lambda _, outcomes: outcomes[-1].reason + (", outdated" if outcomes[-1].outdated else ", not outdated"),
)
number_of_holds = Look("the number of holds", lambda reference, _: len(reference.holds))


def flags(first: int, last: int, **members: object) -> list[Json]:
    return [flag(f"e{number}", number, **members) for number in range(first, last + 1)]


def addresses(first: int, last: int) -> list[Json]:
    return [flag(f"e{number}", number, destination_id=f"d{number}") for number in range(first, last + 1)]


DAY = policy(rule(duration="PT24H"))
PROOF = policy(rule(clearance=clearance()))
PROOF_OR_APPEAL = policy(rule(clearance=clearance(appeal=appeal())))
PROOF_IN_TWO_HOURS = policy(rule(clearance=clearance(verify_within="PT2H")))
FIVE_DAYS_OR_PROOF = policy(rule(duration="P5D", clearance=clearance()))
DAY_AND_PROOF = policy(rule(duration="PT24H", clearance=clearance(), lifted_by="all"))
THREE_DAYS_KEPT = policy(rule(duration="PT72H", repeat="keep"))
CHOSEN = policy(rule(duration="PT24H", chosen={"minimum": "PT1H", "maximum": "P30D"}))
ADDRESS = policy(named_rule())
ADDRESS_AND_PROOF = policy(named_rule(clearance=clearance(), lifted_by="all"))
COURT_ORDER = policy(rule(), retractable_by=["court"])

CASES = [
    Case(
        "4_outdated_by_unsettled_triggers_only",
        "an early word after a retracted wrong date",
        PROOF,
        [flag("f", 0), flag("wrong", FAR), retracted("x", 1, "wrong"), submitted("s", 2)],
        is_the_last_outdated,
        right="no",
        wrong="yes",
    ),
    Case(
        "4_a_lapsed_round_is_not_open",
        "a word about a round that has lapsed",
        PROOF_IN_TWO_HOURS,
        [flag("f", 0), started("v", 1), submitted("s", 3, attempt="v")],
        is_the_last_outdated,
        right="yes",
        wrong="no",
    ),
    Case(
        "4_the_open_round_is_believed",
        "a verdict by a clock that lags, after a newer trigger",
        PROOF,
        [flag("f", 0), started("v", 1), submitted("s", 2), flag("g", 4), reviewed("yes", 3, "approved", attempt="v")],
        refusal_of_the_last,
        right="stale, not outdated",
        wrong="stale, outdated",
    ),
    Case(
        "7_of_that_rule_id",
        "an event comes again under the next version of its rule",
        DAY,
        [flag("f", 0), flag("f", 0)],
        decision_at(30),
        right="allowed",
        wrong="denied",
        last_policy=policy(rule(duration="PT48H"), version="2"),
    ),
    Case(
        "7_earliest_beside_the_cause",
        "eighteen flags, a release, and the second flag again",
        PROOF,
        [flag("f", 0), *flags(1, 17), released("x", 18), flag("e1", 1)],
        decision_at(19),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "7_what_lasts_longer_is_never_swallowed",
        "a long choice of before sixteen short ones",
        CHOSEN,
        [flag("f", 0), *flags(1, 16), flag("long", 0.5, duration="P30D")],
        decision_at(100),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "8_kept_timer_without_its_cause",
        "the cause of a kept hold is retracted, another trigger stays",
        THREE_DAYS_KEPT,
        [flag("f", 0), flag("g", 10), retracted("x", 20, "f")],
        decision_at(30),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "8_never_before_a_settled_trigger_stopped",
        "a trigger is retracted after the hold would have ended without it",
        DAY,
        [flag("f", 0), flag("g", 10), retracted("x", 30, "g")],
        decision_at(25),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "9_second_latest",
        "a wrong date while a verification is open",
        FIVE_DAYS_OR_PROOF,
        [flag("f", 0), started("v", 1), flag("wrong", FAR), submitted("s", 2)],
        outcome_of_the_last,
        right="applied",
        wrong="unknown_hold",
    ),
    Case(
        "9_second_latest",
        "a final rejection, a wrong date that is retracted, and a verification of its hold",
        FIVE_DAYS_OR_PROOF,
        [
            flag("f", 0),
            started("v", 1),
            submitted("s", 2),
            reviewed("no", 3, "rejected", final=True),
            flag("wrong", FAR),
            retracted("x", 4, "wrong"),
            started("w", 5, hold="wrong:r"),
            submitted("t", 6, hold="wrong:r"),
            reviewed("yes", 7, "approved", hold="wrong:r"),
        ],
        decision_at(8),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "9_settled_triggers_count_earlier",
        "a second wrong date after a retracted one, while a verification is open",
        FIVE_DAYS_OR_PROOF,
        [
            flag("wrong", FAR),
            retracted("x", 1, "wrong"),
            flag("f", 2),
            started("v", 3),
            flag("w", FAR + 200),
            submitted("s", 4),
        ],
        outcome_of_the_last,
        right="applied",
        wrong="unknown_hold",
    ),
    Case(
        "9_settled_triggers_count_earlier",
        "a new address after two retracted wrong dates among sixteen",
        ADDRESS,
        [
            *addresses(1, 14),
            *[flag(name, FAR, destination_id=name) for name in ("v", "w")],
            *[retracted(f"not {name}", 15, name) for name in ("v", "w")],
            flag("f", 16, destination_id="d"),
        ],
        decision_at(17, destination_id="d"),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "9_what_knows_of_something_later_may_be_pruned",
        "two wrong dates, the later one first and retracted",
        DAY,
        [flag("v", FAR), retracted("x", 1, "v"), flag("w", FAR - 100)],
        number_of_holds,
        right=1,
        wrong=2,
    ),
    Case(
        "12_latest_settled_at",
        "the only trigger of a hold with a timer and a clearance is retracted late",
        DAY_AND_PROOF,
        [flag("f", 0), retracted("x", 100, "f")],
        decision_at(50),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "12_never_later_than_otherwise",
        "the only trigger of a hold is retracted after the hold has ended",
        DAY,
        [flag("f", 0), retracted("x", 100, "f")],
        decision_at(50),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "12_settled_is_asked_first",
        "a release with a wrong date, and a retraction",
        PROOF,
        [flag("f", 0), released("y", FAR), retracted("x", 1, "f")],
        decision_at(2),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "17_who_may_ask_for_more",
        "a user asks for more in a review",
        PROOF,
        [flag("f", 0), started("v", 1), submitted("s", 2), more("m", 3, kind="user")],
        outcome_of_the_last,
        right="not_authorized",
        wrong="applied",
    ),
    Case(
        "17_who_may_ask_for_more",
        "a machine asks for more in an appeal",
        PROOF_OR_APPEAL,
        [flag("f", 0), started("v", 1), failed("n", 2), appealed("a", 3), more("m", 4, kind="system")],
        outcome_of_the_last,
        right="not_authorized",
        wrong="applied",
    ),
    Case(
        "18_late_words_are_remembered",
        "a second word that it was submitted comes again after a request for more",
        PROOF,
        [
            flag("f", 0),
            started("v", 1),
            submitted("s", 2, attempt="v"),
            submitted("t", 5, attempt="v"),
            more("m", 4),
            submitted("t", 5, attempt="v"),
        ],
        state_at(6),
        right="verification",
        wrong="review",
    ),
    Case(
        "18_moves_by_instant",
        "a vendor names both verdicts by its session",
        PROOF,
        [
            flag("f", 0),
            started("v", 1),
            submitted("s", 2),
            reviewed("session", 3, "rejected"),
            started("w", 4),
            submitted("t", 5),
            reviewed("session", 6, "approved"),
        ],
        decision_at(7),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "18_moves_by_what_they_were_read_as",
        "a failure by a clock that lags comes again, dated as it was read",
        PROOF,
        [flag("f", 0), started("v", 10), failed("n", 2, attempt="v"), failed("n", 10, attempt="v")],
        outcome_of_the_last,
        right="applied",
        wrong="wrong_state",
    ),
    Case(
        "18_words_by_their_own_instants",
        "a clock that lags, a request for more, and a word of before the request",
        PROOF,
        [
            flag("f", 0),
            started("v", 10),
            submitted("s", 2, attempt="v"),
            more("m", 4, attempt="v"),
            submitted("t", 3, attempt="v"),
        ],
        state_at(11),
        right="verification",
        wrong="review",
    ),
    Case(
        "23_not_after_the_end",
        "the cause is retracted at an instant before the round was opened",
        PROOF,
        [flag("f", 0), started("v", 6), retracted("x", 3, "f")],
        steps_at(2),
        right=["wait", "contact_support"],
        wrong=["wait", "complete_verification"],
    ),
    Case(
        "26_sixteen_are_kept",
        "two wrong dates beside one address",
        ADDRESS,
        [flag("f", 0, destination_id="d"), flag("v", FAR, destination_id="v"), flag("w", FAR, destination_id="w")],
        decision_at(1, destination_id="d"),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "26_the_timer_that_was_set",
        "a retracted wrong date comes again after sixteen others",
        ADDRESS,
        [
            flag("wrong", FAR, destination_id="d"),
            retracted("x", 1, "wrong"),
            *addresses(2, 17),
            flag("wrong", FAR, destination_id="d"),
        ],
        decision_at(18, destination_id="d"),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "26_time_alone",
        "an address that needs a proof arrives late, after sixteen others",
        ADDRESS_AND_PROOF,
        [*addresses(101, 116), flag("f", 0, destination_id="d")],
        decision_at(1, destination_id="d"),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "30_settled_later",
        "a retraction with a wrong date is put right by another",
        PROOF,
        [flag("f", 0), retracted("x", FAR, "f"), retracted("y", 1, "f")],
        decision_at(2),
        right="allowed",
        wrong="denied",
    ),
    Case(
        "30_ranks_at_the_earlier",
        "a true report after a retracted one with a wrong date",
        PROOF,
        [flag("f", 0), identity("i", FAR), retracted("x", 1, "i"), identity("j", 2)],
        methods_at(3),
        right=["face_web"],
        wrong=["identity_personal"],
    ),
    Case(
        "30_an_authority",
        "an admin of no authority retracts a court order",
        COURT_ORDER,
        [flag("f", 0), retracted("x", 1, "f")],
        outcome_of_the_last,
        right="not_authorized",
        wrong="applied",
    ),
    Case(
        "a_retraction_is_handled_once",
        "a retraction comes again after the event was sent right under its id",
        DAY,
        [flag("f", FAR), retracted("x", 1, "f"), flag("f", 0.5), retracted("x", 1, "f")],
        decision_at(2),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "a_report_is_handled_once",
        "a report comes again after the later one was retracted for an instant before both",
        PROOF,
        [flag("f", 0), identity("i", 2), identity("j", 3), retracted("x", 1, "j"), identity("i", 2)],
        methods_at(4),
        right=["identity_personal"],
        wrong=["face_web"],
    ),
    Case(
        "only_what_may_have_been_dropped_is_swallowed",
        "sixteen flags, a release, and a flag of before most of them that nobody had seen",
        PROOF,
        [flag("f", 0), *flags(1, 15), released("x", 16), flag("unseen", 0.5)],
        decision_at(17),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "a_dropped_trigger_still_counts_in_the_timer",
        "a choice is retracted late, and a seventeenth makes it drop",
        CHOSEN,
        [
            flag("f", 0),
            flag("long", 1, duration="P5D"),
            *flags(2, 15),
            retracted("x", 80, "long"),
            flag("g", 16),
        ],
        decision_at(60),
        right="denied",
        wrong="allowed",
    ),
    Case(
        "a_second_request_replaces_the_first",
        "an appeal for which one document and then another one is asked for",
        PROOF_OR_APPEAL,
        [
            flag("f", 0),
            started("v", 1),
            failed("n", 2),
            appealed("a", 3),
            more("m", 4, documents=("passport",)),
            more("o", 5, documents=("id_photo",)),
            appealed("b", 6, attempt="a"),
        ],
        outcome_of_the_last,
        right="applied",
        wrong="documents_missing",
    ),
    Case(
        "an_identity_counts_before_its_report",
        "a question about an instant before the report of an identity",
        PROOF,
        [flag("f", 0), identity("i", 5)],
        methods_at(3),
        right=["face_web"],
        wrong=["identity_personal"],
    ),
    Case(
        "a_settled_timer_swallows_nothing",
        "a long choice that was retracted, and a true one of before it",
        CHOSEN,
        [
            flag("f", 0),
            *flags(1, 15),
            flag("wrong", 15, duration="P30D"),
            retracted("x", 16, "wrong"),
            flag("long", 0.5, duration="P30D"),
        ],
        decision_at(100),
        right="denied",
        wrong="allowed",
    ),
]


def table() -> list[tuple[str, str, str]]:
    """Each clause, its sentence, and the case that fails without it."""
    sentences = {**CLAUSES, **READINGS}
    return [(case.clause, sentences[case.clause], case.name) for case in CASES]


def without(clause: str) -> frozenset[str]:
    return ALL - {clause}
