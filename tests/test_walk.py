"""The whole space: every state that a few small policies can reach, and in each of them every law.

The walk is breadth-first from a fresh account until nothing new is found, so a law that holds here holds for every
history of these policies, and a law that breaks is printed with the shortest way to it. The number of states is
pinned: a change that adds or removes one is a change of behaviour, and somebody should look at it.

Why the space is finite, and what is lost by making it so:

* *Durations are one to three microseconds*, so that one tick is both a step of time and the probe of a boundary. This
  is sound only where code does not look at the size of a duration; the journeys of `test_differential.py` have sizes.
* *Two accounts are in the same state if nothing that can still come tells them apart* (`key_of`). Events happen now or
  one microsecond ago and have new ids. Then ids do not matter (the guard only ever compares them), nor instants beyond
  the reach of every duration, nor anything that was tried on a hold that is lifted; of ended holds, only that there is
  one. The walk goes on from the account that came first, a real one. That nothing is lost is tested: where a state was
  reached by another account as well, both are answered alike, and each step leads both to the same state.
* *What was handled before is told again in every state*, but only along the way that came first.
  A security event is followed by all of it once more, along its own way.
* *Holds that stay apart are two at most*: no third is tried while two are open or have just ended, and of choices that
  were released no third while two are remembered. The limit of 63 that may be open is met in a space where it is two,
  and there none is ended in the microsecond after another was (`Space.crowd`).
* *A calendar has five business days of a microsecond or two*, and the walk goes on until no event can count its days.
  Where in the calendar an account stands is a part of its state.
* Not in these spaces: an id that is taken (`#2`), ties between identity reports, more than one account or policy,
  events that are later than a microsecond, and the 64 events that are remembered of one microsecond. Failures and
  appeals end with `attempts` and `limit`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product
from json import dumps
from random import Random
from typing import Any, NoReturn

import attrs
import pytest

from withdraw_guard import (
    TABLE,
    Account,
    Actor,
    Appeal,
    AppealDecided,
    AppealSubmitted,
    BusinessDay,
    Calendar,
    Chosen,
    Clearance,
    Destination,
    EventRefused,
    Hold,
    HoldReleased,
    HoldRepeated,
    IdentityChanged,
    IdentityRecorded,
    InAppeal,
    InReview,
    InvalidValue,
    InVerification,
    Phase,
    Policy,
    Refusal,
    ReleaseOrdered,
    Request,
    Restored,
    ReviewDecided,
    Rule,
    Scope,
    SecurityEvent,
    Suspended,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    check,
    next_change_at,
    open_holds,
    phase,
    replay,
    wire,
)
from withdraw_guard._model import account as _account
from withdraw_guard._rules import place as _place

SPACE_MAX = 10_000
CROWD = 63
NOW = datetime(2026, 1, 5, tzinfo=UTC)
TICK = timedelta(microseconds=1)
REQUESTS = (
    Request(operation="withdrawal"),
    Request(operation="withdrawal", destination=Destination.KNOWN),
    Request(operation="p2p_sale"),
    Request(operation="withdrawal", destination=Destination.KNOWN, destination_id="here"),
    Request(operation="withdrawal", destination_id="there"),
)
ADMIN, SAME, MACHINE, USER = (
    Actor(id="w", kind="admin"),
    Actor(id="v", kind="admin"),
    Actor(id="v", kind="system"),
    Actor(id="u", kind="user"),
)

# The table of rulebook 13, written down once more: state and move, and the state that follows.
RULEBOOK = {
    "suspended": {"started": "verification", "appealed": "appeal", "released": "restored"},
    "verification": {
        "started": "verification",
        "submitted": "review",
        "failed": "suspended",
        "released": "restored",
    },
    "review": {"approved": "restored", "rejected": "suspended", "released": "restored"},
    "appeal": {"granted": "restored", "dismissed": "suspended", "released": "restored"},
    "restored": {"released": "restored"},
}


# ── The policies ─────────────────────────────────────────────────────────────────────────────────────────────────


def micros(count: int | None) -> timedelta | None:
    return None if count is None else count * TICK


def a_rule(name: str, trigger: str = "abnormal_activity", duration: int | None = None, **terms: Any) -> Rule:
    return Rule(id=name, trigger=trigger, duration=micros(duration), **terms)


def a_clearance(verify_within: int | None = None, appeal: Appeal | None = None, **terms: Any) -> Clearance:
    methods = {"unverified": frozenset({"identity_personal"}), "verified": frozenset({"face_web"})}
    return Clearance(**{**methods, **terms}, verify_within=micros(verify_within), appeal=appeal)


def an_appeal(within: int | None = None, **terms: Any) -> Appeal:
    return Appeal(within=micros(within), documents=frozenset({"id_photo"}), **terms)


def a_policy(*rules: Rule, calendar: Calendar | None = None) -> Policy:
    return Policy(id="p", version="1", rules=rules, calendar=calendar)


def chosen(minimum: int, maximum: int) -> Chosen:
    return Chosen(minimum=minimum * TICK, maximum=maximum * TICK)


def a_calendar(*days: tuple[int, int]) -> Calendar:
    """Business days of a few microseconds, each told from the first instant of the walk."""
    return Calendar(
        days=tuple(BusinessDay(begins=NOW + begins * TICK, ends=NOW + ends * TICK) for begins, ends in days)
    )


SUPPORT = frozenset({"support"})
SALES_ONLY = Scope(operations=frozenset({"p2p_sale"}))
NEW_ONLY = Scope(operations=frozenset({"withdrawal"}), destinations="new")
NAMED_ONLY = Scope(operations=frozenset({"withdrawal"}), destinations="named")
EXTENDED: Any = {"where": {"about": "password_changed"}, "extended_by": frozenset({"failed_login"})}
FACE: Any = {"unverified": frozenset({"face_web"}), "verified": frozenset({"face_web"})}


@dataclass(frozen=True)
class Space:
    """A policy, whether events may be late, and how large the space is that they span."""

    policy: Policy
    late: bool
    states: int
    steps: int
    only_by_authority: int  # the states that cannot be left unless somebody releases a hold
    crowd: int = CROWD  # how many holds of a rule are open before others join them


SPACES = {
    "a timer, extended, beside a clearance, with other scopes": Space(
        a_policy(
            a_rule("timed", "password_changed", duration=3, scope=NEW_ONLY),
            a_rule("abnormal", clearance=a_clearance(**FACE, attempts=1), releasable_by=SUPPORT),
        ),
        late=True,
        states=451,
        steps=4145,
        only_by_authority=120,
    ),
    "clearance alone, with all that it can have": Space(
        a_policy(
            a_rule(
                "abnormal",
                clearance=a_clearance(**FACE, attempts=2, verify_within=2, appeal=an_appeal(within=3)),
                releasable_by=SUPPORT,
            ),
        ),
        late=True,
        states=1253,
        steps=10754,
        only_by_authority=166,
    ),
    "two appeals, no failure needed": Space(
        a_policy(
            a_rule(
                "abnormal",
                clearance=a_clearance(**FACE, attempts=1, appeal=an_appeal(after_failures=0, limit=2)),
                releasable_by=SUPPORT,
            ),
        ),
        late=True,
        states=321,
        steps=2554,
        only_by_authority=30,
    ),
    "either the timer or the clearance": Space(
        a_policy(
            a_rule("either", duration=2, clearance=a_clearance(attempts=2, appeal=an_appeal()), releasable_by=SUPPORT),
        ),
        late=True,
        states=964,
        steps=9342,
        only_by_authority=0,
    ),
    "the timer and the clearance": Space(
        a_policy(
            a_rule(
                "both",
                duration=2,
                clearance=a_clearance(attempts=1, appeal=an_appeal()),
                lifted_by="all",
                releasable_by=SUPPORT,
            ),
        ),
        late=True,
        states=1820,
        steps=17856,
        only_by_authority=294,
    ),
    "the timer and the clearance, the timer kept": Space(
        a_policy(
            a_rule(
                "both",
                duration=2,
                clearance=a_clearance(**FACE, attempts=1, verify_within=2),
                lifted_by="all",
                repeat="keep",
                releasable_by=SUPPORT,
            ),
        ),
        late=True,
        states=375,
        steps=2917,
        only_by_authority=100,
    ),
    "one flag, two clearances, one identity": Space(
        a_policy(
            a_rule("first", clearance=a_clearance(attempts=1), releasable_by=SUPPORT),
            a_rule(
                "second",
                clearance=a_clearance(verified=frozenset(), attempts=1),
                scope=SALES_ONLY,
                releasable_by=SUPPORT,
            ),
        ),
        late=False,
        states=334,
        steps=3159,
        only_by_authority=132,
    ),
    "one flag, a kept timer that nobody shortens, and support alone": Space(
        a_policy(
            a_rule("kept", duration=2, repeat="keep"),
            a_rule("support-only", releasable_by=SUPPORT, scope=NEW_ONLY),
        ),
        late=True,
        states=59,
        steps=243,
        only_by_authority=14,
    ),
    "a duration that people choose": Space(
        a_policy(a_rule("lock", "self_lock", duration=2, chosen=chosen(1, 3), releasable_by=SUPPORT)),
        late=True,
        states=306,
        steps=1453,
        only_by_authority=0,
    ),
    "a duration that people choose once": Space(
        a_policy(
            a_rule("lock", "self_lock", duration=2, chosen=chosen(2, 3), repeat="keep", releasable_by=SUPPORT),
        ),
        late=True,
        states=38,
        steps=250,
        only_by_authority=0,
    ),
    "a trigger that only extends a timer": Space(
        a_policy(
            a_rule("long", "password_changed", duration=2, **EXTENDED, releasable_by=SUPPORT),
            a_rule("short", "password_changed", duration=1, **EXTENDED),
            a_rule("own", "failed_login", duration=1, scope=SALES_ONLY),
        ),
        late=True,
        states=47,
        steps=362,
        only_by_authority=0,
    ),
    "a trigger that only extends a timer, beside a clearance": Space(
        a_policy(
            a_rule(
                "extended",
                "password_changed",
                duration=1,
                clearance=a_clearance(**FACE, attempts=1),
                lifted_by="all",
                **EXTENDED,
                releasable_by=SUPPORT,
            ),
            a_rule("own", "failed_login", duration=1, scope=SALES_ONLY),
        ),
        late=True,
        states=257,
        steps=2753,
        only_by_authority=58,
    ),
    "holds that stay apart, about one destination, for a time": Space(
        a_policy(
            a_rule("apart", "address_added", duration=2, repeat="separate", scope=NAMED_ONLY, releasable_by=SUPPORT),
        ),
        late=True,
        states=100,
        steps=456,
        only_by_authority=0,
    ),
    "holds that stay apart, until support ends them": Space(
        a_policy(a_rule("apart", "address_added", repeat="separate", scope=NEW_ONLY, releasable_by=SUPPORT)),
        late=True,
        states=79,
        steps=248,
        only_by_authority=33,
    ),
    "a crowd of two, about one destination each": Space(
        a_policy(a_rule("apart", "address_added", repeat="separate", scope=NAMED_ONLY, releasable_by=SUPPORT)),
        late=True,
        crowd=2,
        states=1893,
        steps=15797,
        only_by_authority=1869,
    ),
    "holds that stay apart, about one destination, each with a clearance": Space(
        a_policy(
            a_rule(
                "apart",
                "address_added",
                clearance=a_clearance(**FACE, attempts=1),
                repeat="separate",
                scope=NAMED_ONLY,
                releasable_by=SUPPORT,
            ),
        ),
        late=False,
        states=631,
        steps=4087,
        only_by_authority=354,
    ),
    "business days": Space(
        a_policy(
            a_rule(
                "counted",
                business_days=2,
                clearance=a_clearance(
                    **FACE, attempts=1, review_business_days=2, appeal=an_appeal(decide_business_days=2)
                ),
                releasable_by=SUPPORT,
            ),
            calendar=a_calendar((0, 1), (1, 2), (4, 5), (5, 7), (7, 8)),
        ),
        late=True,
        states=853,
        steps=5845,
        only_by_authority=0,
    ),
}


# ── What can still matter ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Form:
    """What of a hold can still matter to an event now, a microsecond ago, or later. Instants are told from now."""

    rule: int
    state: str
    latest: int
    about: str | None = None  # the destination, while it is open
    is_joined: bool = False  # if a crowd would join it: the last placed of those about no single destination
    until: int | None = None  # if the timer does not follow from the trigger: it was chosen, or counted in days
    moved_now: bool = False  # an event a microsecond ago comes before the latest move
    cause: int | None = None  # if a timer counts from it, and not from the latest trigger
    ended: int | None = None  # when an event lifted it, if its timer did not outlast that
    failures: int = 0
    failed: int | None = None  # if the window of an appeal counts from it
    closed: bool = False
    appeals: int = 0
    reviewer: str | None = None
    method: str | None = None
    opened: int | None = None  # if a verification lapses, or an event a microsecond ago comes before the round
    submitted: int | None = None  # if a trigger may still come before it
    is_old: bool = False  # what was submitted is older than the latest trigger


OVER = Form(rule=0, state="over", latest=0)
Key = tuple[tuple[Form, ...], str | None, bool, int | None, int]


def key_of(space: Space, account: Account, now: datetime) -> Key:
    """What can still matter of an account, as seen from now. Accounts with the same key behave alike from here on."""
    report = account.identity_report
    is_of_now = report is not None and report.source.at == now
    forms = tuple(form for form, _ in in_order(space, account, now))
    return forms, account.identity, is_of_now, _day_of(space.policy.calendar, now), _ended(space, account, now)


def _ended(space: Space, account: Account, now: datetime) -> int:
    """How many holds are kept that are over. It matters to nothing new, but in a small crowd the earliest are not."""
    over = sum(_is_over(hold, now) for hold in account.holds) if space.crowd < CROWD else 0
    return min(over, space.crowd + 1)


def _day_of(calendar: Calendar | None, now: datetime) -> int | None:
    """Where now lies in the calendar. From a microsecond after its last day began on, no event can count its days."""
    return None if calendar is None else min(relative(now, NOW), relative(calendar.days[-1].begins, NOW) + 1)


def in_order(space: Space, account: Account, now: datetime) -> list[tuple[Form, Hold]]:
    """The forms of the holds in an order of their own, each with its hold."""
    places = {rule.id: place for place, rule in enumerate(space.policy.rules)}
    forms = [(form_of(hold, places[hold.rule.id], now), hold) for hold in account.holds]
    if space.crowd < CROWD:
        forms = _told_who_is_joined(forms)
    forms.sort(key=lambda entry: repr(entry[0]))
    # Ended holds are only told apart from none by the phase, and only if there is nothing else.
    return [entry for entry in forms if entry[0] != OVER] or forms[:1]


def _told_who_is_joined(forms: list[tuple[Form, Hold]]) -> list[tuple[Form, Hold]]:
    of_all = [hold for _, hold in forms if hold.destination_id is None and not _is_lifted(hold)]
    return [(replace(form, is_joined=True) if hold in of_all[-1:] else form, hold) for form, hold in forms]


def form_of(hold: Hold, place: int, now: datetime) -> Form:
    if _is_over(hold, now):
        return OVER
    progress, state, oldest = hold.progress, hold.progress.state, -2 - _reach(hold.rule)
    known: dict[str, Any] = {"rule": place, "state": state.state.value}
    known["latest"] = max(relative(hold.latest.at, now), oldest)
    known["moved_now"] = progress.moved is not None and progress.moved.at == now
    known["about"] = hold.destination_id if is_open(hold, now) else None
    if hold.timer is not None:
        # Then nothing counts from the latest trigger, but events are older than it or not.
        known.update(latest=max(known["latest"], -2), until=max(relative(hold.timer, now), -1))
    cause = max(relative(hold.cause.at, now), oldest)
    if cause < known["latest"] and hold.rule.duration and not hold.timer and hold.rule.repeat == "keep":
        known["cause"] = cause
    if isinstance(state, Restored):
        known.update(_form_of_lifted(hold, known["latest"], now))
    elif hold.rule.clearance is not None:
        known.update(_form_of_attempts(hold, hold.rule.clearance, known["latest"], now))
        known.update(_form_of_round(hold, hold.rule.clearance, now))
    return Form(**known)


def _is_over(hold: Hold, now: datetime) -> bool:
    """Whether it blocks nobody, is moved by nothing, has not heard of anything that may come, and may be forgotten."""
    if hold.end is None or max(relative(hold.end, now), relative(hold.knows_of, now)) > -1:
        return False
    if is_remembered(hold, now):
        return False
    return min(relative(hold.end, now), relative(hold.latest.at, now)) <= -2


def is_remembered(hold: Hold, at: datetime) -> bool:
    """Rule 25: what was chosen and released is remembered for as long as was chosen.

    It matters to nothing new, but only so to what was handled before, which is told again.
    """
    state = hold.progress.state
    is_chosen = hold.rule.chosen is not None and hold.rule.repeat != "keep" and isinstance(state, Restored)
    return is_chosen and hold.timer is not None and at < hold.timer


def _reach(rule: Rule) -> int:
    """How long ago a trigger or a failure may lie and still matter."""
    durations = [rule.duration]
    if rule.clearance is not None and rule.clearance.appeal is not None:
        durations.append(rule.clearance.appeal.within)
    return max((duration // TICK for duration in durations if duration), default=0)


def _form_of_lifted(hold: Hold, latest: int, now: datetime) -> dict[str, Any]:
    """When it ended, and whether its latest trigger has just been heard; or the timer that it still waits for."""
    if hold.end != hold.progress.state.at:
        return {}
    until = relative(hold.timer, now) if is_remembered(hold, now) else None
    ended = relative(hold.end, now)
    return {"ended": max(ended, -2) if until else ended, "latest": max(latest, -2), "cause": None, "until": until}


def _form_of_attempts(hold: Hold, terms: Clearance, latest: int, now: datetime) -> dict[str, Any]:
    """What was tried so far, as far as `attempts`, `after_failures`, `limit` and `within` ask."""
    progress, appeal, failures = hold.progress, terms.appeal, hold.progress.failures
    if terms.attempts is None:
        failures = min(failures, appeal.after_failures if appeal else 0)
    known = {"failures": failures, "closed": progress.verification_closed, "appeals": progress.appeals}
    if appeal is not None:
        known["reviewer"] = progress.reviewer
    if appeal is not None and appeal.within is not None and progress.failed_at is not None:
        failed = max(relative(progress.failed_at, now), -2 - _reach(hold.rule))
        known["failed"] = failed if failed > latest else None
    return known


def _form_of_round(hold: Hold, terms: Clearance, now: datetime) -> dict[str, Any]:
    state = hold.progress.state
    if isinstance(state, Suspended):
        return {}
    opened = relative(state.opened_at, now)
    if isinstance(state, InVerification) and terms.verify_within is not None:
        has_lapsed = opened + terms.verify_within // TICK <= -1
        return {"state": "suspended"} if has_lapsed else {"opened": opened, "method": state.method}
    known: dict[str, Any] = {"opened": 0 if opened == 0 else None}
    if not isinstance(state, InAppeal):
        known["method"] = state.method
    if isinstance(state, InReview):
        # What was submitted is only ever compared with triggers: those that are known, and those that may come.
        known["is_old"] = state.submitted_at < hold.latest.at
        known["submitted"] = None if known["is_old"] else max(-2, relative(state.submitted_at, now))
    return known


def relative(at: datetime, now: datetime) -> int:
    return (at - now) // TICK


# ── What may happen next ─────────────────────────────────────────────────────────────────────────────────────────


def moves(space: Space, account: Account, now: datetime, event_id: str) -> Iterator[tuple[str, Any]]:
    """Every event of the alphabet, with a name: of each kind, by each kind of actor.

    If some may be late, they happen now, and most of them a microsecond ago as well; otherwise all of them happen
    a microsecond ago, which makes a smaller space, because then nothing that happened at that instant is newer.
    """
    policy = space.policy
    header = {"id": event_id, "account": "a1"}
    instants = (now, now - TICK) if space.late else (now - TICK,)
    for at in instants:
        for what, event in flags_of(space, account, {**header, "at": at}, now):
            yield f"{what}{_late(at, now)}", event
    if any(rule.clearance and rule.clearance.unverified != rule.clearance.verified for rule in policy.rules):
        for identity in (None, "personal"):
            yield f"identity {identity}", IdentityChanged(**header, at=instants[0], identity=identity)
    for place, (form, hold) in enumerate(in_order(space, account, now)):
        if form == OVER or _is_still(space, account, now):
            continue
        named = f"{hold.rule.id} {place}"
        for at, made in ((instants[0], moves_of), (now - TICK, late_moves_of))[: len(instants)]:
            for what, event in made({**header, "hold": hold.id, "at": at}, hold):
                yield f"{named}: {what}{_late(at, now)}", event


def flags_of(space: Space, account: Account, head: dict[str, Any], now: datetime) -> Iterator[tuple[str, Any]]:
    """Each trigger, with each choice, about each destination; where nobody asks for these, with one that is ignored."""
    policy = space.policy
    for trigger in sorted({trigger for rule in policy.rules for trigger in (rule.trigger, *rule.extended_by)}):
        rules = [rule for rule in policy.rules if rule.trigger == trigger]
        if any(_is_enough(space, rule, account, now) for rule in rules):
            continue
        durations, destinations = [5], ["elsewhere"]
        for rule in rules:
            if rule.chosen is not None:
                least, most = rule.chosen.minimum // TICK, rule.chosen.maximum // TICK
                durations = [number for number in range(least - 1, most + 2) if number != 0]
                durations = [None, *durations]
            if rule.scope.destinations == "named":
                destinations = [None, "here", "there"]
        topics = [trigger, "another"] if any(rule.where for rule in rules) else [trigger]
        for topic, duration, about in product(topics, durations, destinations):
            said = {"context": {"about": topic}, "duration": micros(duration), "destination_id": about}
            event = SecurityEvent(**head, **said, trigger=trigger, initiated_by="user")
            yield f"{trigger}, {topic}, for {duration} about {about}", event


def _is_enough(space: Space, rule: Rule, account: Account, now: datetime) -> bool:
    """Whether as many holds stand beside each other as the walk tries: two that can still matter.

    Of what was chosen these are two that were lifted: whatever else is open is joined, as it is in a crowd.
    """
    if space.crowd < CROWD or (rule.repeat != "separate" and rule.chosen is None):
        return False
    beside = [hold for hold in account.holds if hold.rule == rule and not _is_over(hold, now)]
    return sum(rule.repeat == "separate" or _is_lifted(hold) for hold in beside) >= 2


def _is_still(space: Space, account: Account, now: datetime) -> bool:
    """Whether the walk ends no hold of a crowd, because one has just ended."""
    return space.crowd < CROWD and any(_is_lifted(hold) and not _is_over(hold, now) for hold in account.holds)


def _late(at: datetime, now: datetime) -> str:
    return "" if at == now else " 1 µs ago"


def moves_of(head: dict[str, Any], hold: Hold) -> Iterator[tuple[str, Any]]:
    this, other = {"attempt": getattr(hold.progress.state, "attempt", None)}, {"attempt": "another"}
    for method in (*methods_of(hold), "unheard_of"):
        yield f"start {method}", VerificationStarted(**head, method=method)
    yield "submit", VerificationSubmitted(**head)
    yield "submit another attempt", VerificationSubmitted(**head, **other)
    yield "fail", VerificationFailed(**head, **this)
    for by in (SAME, MACHINE, USER):
        yield f"approve by {by.kind}", ReviewDecided(**head, by=by, outcome="approved")
    for by in (SAME, USER):
        yield f"reject by {by.kind}", ReviewDecided(**head, by=by, outcome="rejected")
    yield "reject for good", ReviewDecided(**head, **this, by=MACHINE, outcome="rejected", final=True)
    yield "reject another attempt", ReviewDecided(**head, **other, by=SAME, outcome="rejected")
    yield "appeal", AppealSubmitted(**head, documents=frozenset({"id_photo"}))
    yield "appeal without documents", AppealSubmitted(**head, documents=frozenset())
    for by in (ADMIN, SAME, MACHINE, USER):
        yield f"granted by {by.kind} {by.id}", AppealDecided(**head, by=by, outcome="granted")
    for by in (ADMIN, SAME):
        yield f"dismissed by {by.kind} {by.id}", AppealDecided(**head, by=by, outcome="dismissed")
    yield "release", ReleaseOrdered(**head, by=ADMIN, authority="support")
    yield "release by user", ReleaseOrdered(**head, by=USER, authority="support")
    yield "release by a stranger", ReleaseOrdered(**head, by=ADMIN, authority="stranger")


def late_moves_of(head: dict[str, Any], hold: Hold) -> Iterator[tuple[str, Any]]:
    yield "start", VerificationStarted(**head, method=methods_of(hold)[-1])
    yield "submit", VerificationSubmitted(**head, attempt=getattr(hold.progress.state, "attempt", None))
    yield "fail", VerificationFailed(**head)
    yield "approve by admin", ReviewDecided(**head, by=SAME, outcome="approved")
    yield "approve by system", ReviewDecided(**head, by=MACHINE, outcome="approved")
    yield "appeal", AppealSubmitted(**head, documents=frozenset({"id_photo"}))
    yield "granted", AppealDecided(**head, by=ADMIN, outcome="granted")
    yield "release", ReleaseOrdered(**head, by=MACHINE, authority="support")
    yield "release, overriding", ReleaseOrdered(**head, by=ADMIN, authority="support", override_stale=True)


def methods_of(hold: Hold) -> list[str]:
    terms = hold.rule.clearance
    return sorted(terms.unverified | terms.verified) if terms else ["face_web"]


def move_word(event: Any) -> str:
    """The word of the table for an event."""
    words = {
        VerificationStarted: "started",
        VerificationSubmitted: "submitted",
        VerificationFailed: "failed",
        AppealSubmitted: "appealed",
        ReleaseOrdered: "released",
    }
    return words.get(type(event)) or event.outcome.value


# ── The laws of a state ──────────────────────────────────────────────────────────────────────────────────────────


class LawBroken(AssertionError):
    """A law and what was found instead. The walk adds the way to it."""


def law(holds: bool, name: str, found: object = "") -> None:
    if not holds:
        raise LawBroken(f"{name}: {found}" if found != "" else name)


def end_by_rule_12(hold: Hold) -> datetime | None:
    """When a hold ends, worked out from what happened and not from what the hold says."""
    rule, state = hold.rule, hold.progress.state
    start = hold.cause.at if rule.repeat == "keep" else hold.latest.at
    until = hold.timer or (None if rule.duration is None else start + rule.duration)
    lifted = state.at if isinstance(state, Restored) else None
    if isinstance(state, Restored) and state.released:
        return state.at
    if rule.clearance is None:
        return until
    if until is None or lifted is None:
        return lifted if until is None or rule.lifted_by == "all" else until
    return max(until, lifted) if rule.lifted_by == "all" else min(until, lifted)


def is_open(hold: Hold, at: datetime) -> bool:
    end = end_by_rule_12(hold)
    return end is None or at < end


def stage_by_rule_13(hold: Hold, at: datetime) -> str:
    """Where a hold stands in the table: a verification lapses, half-open, after `verify_within`."""
    state = hold.progress.state
    if isinstance(state, InVerification):
        within = hold.rule.clearance.verify_within
        return "suspended" if within is not None and at >= state.opened_at + within else "verification"
    return state.state.value


def covers(hold: Hold, request: Request) -> bool:
    """What is not said, by the event or by the request, is covered (rule 27)."""
    scope, named = hold.rule.scope, (hold.destination_id, request.destination_id)
    if scope.operations != "*" and request.operation not in scope.operations:
        return False
    if scope.destinations == "named":
        return None in named or named[0] == named[1]
    return scope.destinations == "any" or request.destination == "new"


def check_state(account: Account, now: datetime) -> None:
    for hold in account.holds:
        law(hold.end == end_by_rule_12(hold), "a hold ends as rule 12 says", hold)
        attempts = hold.rule.clearance and hold.rule.clearance.attempts
        law(attempts is None or hold.progress.failures <= attempts, "failures are at most the attempts", hold)
    for request in REQUESTS:
        _check_answer(account, now, request)
    _check_phase(account, now)
    _check_next_change(account, now)
    text = dumps(wire.to_dict(account))
    law(wire.account_from_dict(wire.parse(text)) == account, "the wire forgets nothing", text)


def _check_answer(account: Account, now: datetime, request: Request) -> None:
    denying = [hold for hold in account.holds if is_open(hold, now) and covers(hold, request)]
    answer = check(account, now, request)
    law(bool(answer) is not bool(denying), "denied exactly when an open hold covers the request", answer)
    if request is REQUESTS[0]:
        law(wire.decision_from_dict(wire.to_dict(answer)) == answer, "the wire forgets no decision", answer)
    if answer:
        law(bool(check(account, now + TICK, request)), "time alone never tightens", answer)
        return
    law([hold.id for hold in answer.holds] == [hold.id for hold in denying], "a denial names all that deny", answer)
    law(all(hold.steps for hold in answer.holds), "a denial has a next step", answer)
    about = [hold.destination_id for hold in denying]
    law([hold.destination_id for hold in answer.holds] == about, "a denial says which destination it is about", answer)
    ends = [end_by_rule_12(hold) for hold in denying]
    law(answer.resumes_at == (None if None in ends else max(ends)), "resumes_at is the latest end", answer)
    if answer.resumes_at is not None:
        law(not check(account, answer.resumes_at - TICK, request), "resumes_at is exact: denied just before", answer)
        law(bool(check(account, answer.resumes_at, request)), "resumes_at is exact: allowed at it", answer)


def _check_phase(account: Account, now: datetime) -> None:
    still = [hold for hold in account.holds if is_open(hold, now)]
    stages = [stage_by_rule_13(hold, now) for hold in still if hold.rule.clearance]
    order = ("suspended", "verification", "review", "appeal")
    expected = min((stage for stage in stages if stage != "restored"), key=order.index, default="suspended")
    if not still:
        expected = "restored" if account.holds else "active"
    law(phase(account, now) is Phase(expected), "the phase is that of the least advanced", phase(account, now))


def _check_next_change(account: Account, now: datetime) -> None:
    """`next_change_at` misses nothing, and names nothing that is no change."""
    then, at = next_change_at(account, now), now
    before = (open_holds(account, now), phase(account, now))
    for _ in range(6):
        at += TICK
        changed = (open_holds(account, at), phase(account, at)) != before
        law(changed == (then == at), "next_change_at is the next change", then)
        if changed:
            return
    law(then is None, "next_change_at is a change", then)


# ── The laws of a step ───────────────────────────────────────────────────────────────────────────────────────────


def check_refused(account: Account, event: Any, refused: EventRefused) -> None:
    """It was refused for the state only if the table says so, and a named next step is not refused."""
    hold = account.hold(getattr(event, "hold", ""))
    law(hold is not None, "only an event about a hold is refused here", refused)
    if refused.reason is Refusal.WRONG_STATE:
        allowed = move_word(event) in RULEBOOK[stage_by_rule_13(hold, event.at)]
        law(not allowed, "the table is the truth: a move in it is not refused for the state", refused)
    if refused.reason is Refusal.HOLD_NOT_OPEN:
        law(not is_open(hold, event.at), "an open hold is not refused as one that is not", refused)
    is_stale = event.at < hold.knows_of
    law(is_stale or not _is_named_step(account, hold, event), "a next step that is named is not refused", refused)


def _is_named_step(account: Account, hold: Hold, event: Any) -> bool:
    """Whether the event is one of the next steps that are named for its hold at this instant."""
    if not is_open(hold, event.at) or getattr(event, "attempt", None) == "another":
        return False
    views = open_holds(account, event.at)
    steps = {step.step.value: step for view in views if view.id == hold.id for step in view.steps}
    match event:
        case VerificationStarted():
            return "verify" in steps and event.method in steps["verify"].methods
        case VerificationSubmitted():
            return "complete_verification" in steps
        case AppealSubmitted():
            return "appeal" in steps and frozenset(steps["appeal"].documents) <= event.documents
        case ReleaseOrdered():
            return "contact_support" in steps and event.by.kind != "user" and event.authority == "support"
        case _:
            return False


def check_impossible(policy: Policy, event: Any, fault: InvalidValue) -> None:
    is_told = isinstance(event, SecurityEvent) and not _can_be_counted(policy, event)
    law(is_told, "only a choice out of its bounds, or a day out of the calendar, can never be applied", fault)
    law(fault.path in ("event.duration", "event.at"), "a fault says where it is", fault)


def check_step(space: Space, before: Account, event: Any, after: Account, changes: tuple) -> None:
    policy = space.policy
    law(replay(before, changes) == after, "changes replay to the account", changes)
    again = redelivered(policy, after, event)
    law(not again, "redelivery changes nothing", again)
    if isinstance(event, SecurityEvent):
        _check_flag(space, before, event, after)
    elif isinstance(event, IdentityChanged):
        law(after.holds == before.holds, "an identity report touches no hold", event)
        law(after.identity == event.identity, "the later report counts", after.identity_report)
    else:
        _check_move(before, event, after, changes)
        _check_due(policy, event, after.hold(event.hold))


def check_changes(changes: tuple) -> None:
    for change in changes:
        text = dumps(wire.to_dict(change))
        law(wire.change_from_dict(wire.parse(text)) == change, "the wire forgets no change", text)


def redelivered(policy: Policy, account: Account, event: Any) -> list[Any]:
    """What is changed by an event that was handled before."""
    try:
        return list(apply(policy, account, event).changes)
    except EventRefused:
        return []


def _check_flag(space: Space, before: Account, event: Any, after: Account) -> None:
    """A security event never loosens, drops nothing that is open, and is never lost."""
    policy = space.policy
    law(_can_be_counted(policy, event), "what cannot be counted is refused as a whole", event)
    kept = {hold.id: hold for hold in after.holds}
    listening = [rule for rule in policy.rules if _listens(rule, event)]
    for hold in before.holds:
        if hold.id not in kept:
            may_be = _may_be_forgotten(space, hold, event.at, before, after)
            law(may_be, "only what has ended, and cannot come back, is forgotten", hold)
            continue
        now = kept[hold.id]
        law(_not_earlier(end_by_rule_12(now), end_by_rule_12(hold)), "a security event never loosens", (hold, now))
        law(now.progress == hold.progress, "a flag drops no review and no appeal, and gives none back", now)
        if now != hold:
            law(hold.rule in listening, "a rule that does not listen hears nothing", now)
            _check_joined(space, hold, event, now, before)
    known = {hold.id for hold in before.holds}
    placed = [hold for hold in after.holds if hold.id not in known]
    law(all(hold.rule in listening for hold in placed), "a rule that does not listen places nothing", placed)
    for rule in listening:
        place = [hold for hold in placed if hold.rule == rule]
        if event.trigger in rule.extended_by:
            _check_extended(rule, before, event, after)
            law(not place, "what only extends places nothing", place)
        else:
            _check_heard(space, rule, before, event, after)
            law(len(place) <= 1 and all(hold.cause.event == event.id for hold in place), "a flag places one", place)
        for hold in place:
            _check_placed(space, hold, before, event, after)
        if after != before and rule.extended_by:
            _check_caught_up(rule, event, after)


def _listens(rule: Rule, event: Any) -> bool:
    """Rule 6: what the event does not say matches. Rule 28: a trigger that extends is not asked for facts."""
    if event.trigger in rule.extended_by:
        return True
    return event.trigger == rule.trigger and all(
        event.context.get(name, fact) == fact for name, fact in rule.where.items()
    )


def _can_be_counted(policy: Policy, event: Any) -> bool:
    """Whether each rule that the event is for can say when its hold ends (rules 25 and 29)."""
    for rule in policy.rules:
        if event.trigger != rule.trigger:
            continue
        if rule.chosen and event.duration and not rule.chosen.minimum <= event.duration <= rule.chosen.maximum:
            return False
        if rule.business_days and business_day(policy.calendar, rule.business_days, event.at) is None:
            return False
    return True


def business_day(calendar: Calendar, number: int, after: datetime) -> datetime | None:
    """Rule 29, by counting: the end of the n-th business day that begins after an instant."""
    begun_before = [day for day in calendar.days if day.begins <= after]
    ends = [day.ends for day in calendar.days if day.begins > after]
    return ends[number - 1] if begun_before and number <= len(ends) else None


def until_of(policy: Policy, rule: Rule, event: Any) -> datetime | None:
    """When the timer of a hold runs out if this event is its only trigger."""
    if rule.business_days is not None:
        return business_day(policy.calendar, rule.business_days, event.at)
    duration = (rule.chosen and event.duration) or rule.duration
    return None if duration is None else event.at + duration


def _may_be_forgotten(space: Space, hold: Hold, at: datetime, before: Account, after: Account) -> bool:
    """It has ended (rule 9), and was not chosen for longer (25); of what people ended apart the latest stay (26)."""
    end = end_by_rule_12(hold)
    if end is None or end > at or is_remembered(hold, at):
        return False
    if hold.rule.repeat != "separate":
        return True
    if hold.rule.clearance is None and hold.until is not None:
        return hold.until <= at
    placed_later = before.holds[before.holds.index(hold) + 1 :]
    return (
        sum(kept.rule == hold.rule and _is_lifted(kept) for kept in placed_later if kept in after.holds) >= space.crowd
    )


def _check_joined(space: Space, hold: Hold, event: Any, now: Hold, before: Account) -> None:
    """Rule 8, and of the timers that are not counted from triggers rule 25."""
    law(not _is_lifted(hold), "a clearance is never spent twice", now)
    if hold.rule.repeat == "separate":
        law(_crowd_of(space, hold.rule, before, event)[-1:] == [hold], "what stays apart is not joined", now)
    law(is_open(hold, event.at), "what has ended is not joined", (hold, now))
    law((now.rule, now.cause, now.destination_id) == (hold.rule, hold.cause, hold.destination_id), "terms stay", now)
    if hold.timer is not None:
        longer = hold.timer if hold.rule.repeat == "keep" else max(hold.timer, until_of(space.policy, hold.rule, event))
        law(now.timer == longer, "a longer choice lasts longer, and a shorter one does not shorten", (hold, now))


def _crowd_of(space: Space, rule: Rule, before: Account, event: Any) -> list[Hold]:
    """Rule 26: which holds an event may join, because so many are open at its instant; none if these are fewer."""
    still_open = [hold for hold in before.holds if hold.rule == rule and is_open(hold, event.at)]
    if len(still_open) < space.crowd:
        return []
    return [hold for hold in still_open if hold.destination_id is None and not _is_lifted(hold)]


def _check_placed(space: Space, hold: Hold, before: Account, event: Any, after: Account) -> None:
    policy, rule, same_rule = space.policy, hold.rule, [old for old in before.holds if old.rule == hold.rule]
    is_named = rule.scope.destinations == "named" and sum(is_open(old, event.at) for old in same_rule) < space.crowd
    about = event.destination_id if is_named else None
    law(hold.destination_id == about, "a hold is about the destination that its event named, or about none", hold)
    timer = until_of(policy, rule, event) if rule.chosen or rule.business_days else None
    law(hold.timer == timer, "a hold lasts as long as was chosen, or as the calendar says", hold)
    if rule.repeat != "separate":
        open_to_joining = [old for old in same_rule if is_open(old, event.at) and not _is_lifted(old)]
        law(not open_to_joining, "a flag joins the hold that is open", hold)
        return
    law(not _crowd_of(space, rule, before, event), "a crowd is joined", hold)
    if rule.clearance is None and rule.duration is not None:
        over = [old for old in after.holds if old.rule == rule and old != hold and old.until <= event.at]
        law(not over, "holds apart whose timer was over by a new trigger are forgotten", over)


def _check_heard(space: Space, rule: Rule, before: Account, event: Any, after: Account) -> None:
    """Rule 7, and what rules 25 and 26 add to it: nothing changes for what was heard, and nothing is not heard."""
    then, now = [[hold for hold in account.holds if hold.rule == rule] for account in (before, after)]
    until = until_of(space.policy, rule, event)
    if _is_heard(rule, then, event, until):
        law(then == now, "what was heard before changes nothing", now)
    crowd = _crowd_of(space, rule, before, event) if rule.repeat == "separate" else []
    if crowd and crowd[-1].latest.at >= event.at:
        law(then == now, "what a crowd has heard changes nothing", now)
        return
    law(_is_heard(rule, now, event, until), "a flag is never lost", rule.id)


def _is_heard(rule: Rule, holds: list[Hold], event: Any, until: datetime | None) -> bool:
    if any(event.id in (hold.cause.event, hold.latest.event) for hold in holds):
        as_long = rule.chosen is None or rule.repeat == "keep" or until <= max(hold.timer for hold in holds)
        return rule.repeat == "separate" or as_long
    if rule.repeat == "separate":
        return rule.clearance is None and until is not None and any(until <= hold.latest.at for hold in holds)
    as_late = [hold for hold in holds if hold.latest.at >= event.at and is_open(hold, event.at - TICK)]
    if rule.chosen is None or rule.repeat == "keep":
        return bool(as_late)
    return any(_is_lifted(hold) or hold.timer >= until for hold in as_late)


def _is_lifted(hold: Hold) -> bool:
    return isinstance(hold.progress.state, Restored)


def _check_extended(rule: Rule, before: Account, event: Any, after: Account) -> None:
    """Rule 28: it joins the hold of the rule that is open."""
    for hold in before.holds:
        if hold.rule == rule and is_open(hold, event.at) and not _is_lifted(hold):
            joined = after.hold(hold.id)
            law(joined.latest.at >= event.at, "what extends is joined by the hold that is open", joined)


def _check_caught_up(rule: Rule, event: Any, after: Account) -> None:
    """Rule 28: what is on record of a trigger that extends is not lost because it came before its turn."""
    extending = [hold for hold in after.holds if hold.rule.trigger in rule.extended_by]
    on_record = {trigger.at for hold in extending for trigger in (hold.cause, hold.latest)}
    for hold in after.holds:
        if hold.rule == rule and hold.latest.at >= event.at and not _is_lifted(hold):
            lost = [at for at in on_record if at > hold.latest.at and is_open(hold, at)]
            law(not lost, "what extends is not lost if it came first", (hold, lost))
        if hold.rule == rule and hold.cause.event == event.id and rule.clearance is None:
            extended_at = event.at
            for at in sorted(at for at in on_record if at > event.at):
                extended_at = at if at < extended_at + rule.duration else extended_at
            law(hold.latest.at == extended_at, "what had ended by then is not extended", hold)


def _not_earlier(end: datetime | None, than: datetime | None) -> bool:
    return end is None or (than is not None and end >= than)


def _check_move(before: Account, event: Any, after: Account, changes: tuple) -> None:
    hold, moved = before.hold(event.hold), after.hold(event.hold)
    others = [(a, b) for a, b in zip(before.holds, after.holds, strict=True) if a.id != hold.id]
    law(all(a == b for a, b in others), "moving one hold touches no other", others)
    stage, word = stage_by_rule_13(hold, event.at), move_word(event)
    law(is_open(hold, event.at), "nothing moves a hold that is not open", hold)
    law(word in RULEBOOK[stage], "the table is the truth: a move that is not in it is refused", (stage, word))
    law(stage_by_rule_13(moved, event.at) == RULEBOOK[stage][word], "the table says what follows", moved)
    law((moved.rule, moved.cause, moved.latest) == (hold.rule, hold.cause, hold.latest), "an open hold keeps its terms")
    _check_lift(hold, event, moved)
    _check_tally(hold, word, moved)
    if isinstance(event, VerificationStarted | AppealSubmitted) and stage != "verification":
        law(_is_named_step(before, hold, event), "what may be done is named as a next step", event)
    released = [change for change in changes if isinstance(change, HoldReleased)]
    law(bool(released) == isinstance(event, ReleaseOrdered), "released is said of a release, and of nothing else")
    proved = word == "approved" and hold.progress.state.method == "identity_personal"
    recorded = any(isinstance(change, IdentityRecorded) for change in changes)
    is_later = before.identity_report is None or before.identity_report.source.at <= event.at
    law(recorded == (proved and is_later), "approving an identity method records the identity", changes)


def _check_lift(hold: Hold, event: Any, moved: Hold) -> None:
    """Who may lift a hold, with what, and not before it happened."""
    end, ends_now = end_by_rule_12(hold), end_by_rule_12(moved)
    if ends_now == end:
        return
    law(_not_earlier(end, ends_now), "no event of the table prolongs a hold", (hold, moved))
    law(ends_now >= event.at, "a lift is never early", moved)
    lifts = move_word(event) in ("approved", "granted", "released")
    law(lifts and event.by.kind != "user", "no user lifts their own hold", event)
    if isinstance(event, ReleaseOrdered):
        law(event.authority in hold.rule.releasable_by, "only an authority releases", event)
        law(event.override_stale or event.at >= hold.latest.at, "a release is newer than the evidence", event)
        return
    law(event.at >= hold.latest.at, "an approval is newer than the evidence", event)
    if isinstance(event, AppealDecided):
        law(event.by.id != hold.progress.reviewer and event.by.kind == "admin", "another person hears an appeal", event)
    elif event.by.kind != "admin":
        law(hold.progress.state.submitted_at >= hold.latest.at, "a machine clears no new evidence", hold)


def _check_due(policy: Policy, event: Any, moved: Hold) -> None:
    """Rule 29: a due date is counted as well. Where the calendar does not reach there is none."""
    terms = moved.rule.clearance
    if isinstance(event, VerificationSubmitted):
        number = terms.review_business_days
        due = business_day(policy.calendar, number, event.at) if number else None
        law(moved.progress.state.due == due, "a review is due at the end of a business day", moved)
    if isinstance(event, AppealSubmitted):
        number = terms.appeal.decide_business_days
        due = business_day(policy.calendar, number, event.at) if number else None
        law(moved.progress.state.due == due, "an appeal is due at the end of a business day", moved)


def _check_tally(hold: Hold, word: str, moved: Hold) -> None:
    before, after = hold.progress, moved.progress
    law(after.failures == before.failures + (word in ("failed", "rejected")), "a failure counts, nothing else", after)
    law(after.appeals == before.appeals + (word == "appealed"), "each appeal counts, nothing else", after)
    law(after.verification_closed >= before.verification_closed, "closed for good is for good", after)
    if word == "started":
        law(hold.attempts_left, "no attempt beyond the last", before)
    if word == "appealed":
        appeal = hold.rule.clearance.appeal
        law(before.appeals < appeal.limit, "no appeal beyond the last", before)
        law(before.failures >= appeal.after_failures, "no appeal before the failures it asks for", before)


def check_redelivery(space: Space, account: Account, handled: list[Any]) -> None:
    """Whatever was handled changes nothing when it comes again, also if there are more holidays by then.

    There are three exceptions: an overriding release; a trigger that only extends, which may find a hold that was not
    there before; and what has joined a crowd before something else did (`test_rulebook.py` says what is wrong with
    that). In a crowd only what is on record is told again.
    """
    policy = space.policy
    if any(getattr(event, "override_stale", False) for event in handled):
        return
    on_record = {trigger.event for hold in account.holds for trigger in (hold.cause, hold.latest)}
    for event in handled:
        if space.crowd < CROWD and isinstance(event, SecurityEvent) and event.id not in on_record:
            continue
        again = [change for change in redelivered(policy, account, event) if not _extends(account, event, change)]
        law(not again, "redelivery changes nothing", again)
        if policy.calendar is not None:
            _check_later_calendar(policy, account, event)


def _extends(account: Account, event: Any, change: Any) -> bool:
    return isinstance(change, HoldRepeated) and event.trigger in account.hold(change.hold).rule.extended_by


def _check_later_calendar(policy: Policy, account: Account, event: Any) -> None:
    """Rule 29: the hold keeps its instant, so a later calendar changes nothing, or cannot count the event."""
    later = attrs.evolve(policy, calendar=Calendar(days=policy.calendar.days[::2]))
    try:
        again = redelivered(later, account, event)
    except InvalidValue:
        law(not _can_be_counted(later, event), "what can be counted is not refused", event)
        return
    law(not again, "a later calendar changes nothing", again)


@contextmanager
def a_crowd_of(number: int) -> Iterator[None]:
    """Let so many holds of a rule be a crowd: with 63 the space would be very large."""
    before = _place.HOLDS_APART_MAX
    _place.HOLDS_APART_MAX = _account.HOLDS_APART_MAX = number + 1
    try:
        yield
    finally:
        _place.HOLDS_APART_MAX = _account.HOLDS_APART_MAX = before


# ── The walk ─────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Place:
    """One state that was reached: an account in it, when that was, and the step by which it was reached first."""

    account: Account
    now: datetime
    came_from: int
    step: str
    event: Any = None


@dataclass
class Walk:
    """All states that were found, and which step leads from where to where."""

    space: Space
    found: dict[Key, int] = field(default_factory=dict)
    places: list[Place] = field(default_factory=list)
    others: dict[int, Place] = field(default_factory=dict)  # another account in the same state
    steps: list[tuple[int, int, bool]] = field(default_factory=list)
    refusals: set[str] = field(default_factory=set)

    def run(self) -> Walk:
        with a_crowd_of(self.space.crowd):
            return self._run()

    def _run(self) -> Walk:
        self._reach(Place(Account(id="a1"), NOW, -1, "a fresh account"))
        ahead = deque([0])
        while ahead:
            number = ahead.popleft()
            known = len(self.places)
            self._look_around(number)
            ahead.extend(range(known, len(self.places)))
            if len(self.places) > SPACE_MAX:
                self._report(number, "", f"the space has no end, or more than {SPACE_MAX} states")
        return self

    def _look_around(self, number: int) -> None:
        policy, place = self.space.policy, self.places[number]
        account, now = place.account, place.now
        self._try(number, "", lambda: check_state(account, now))
        handled = self.events_to(number)
        self._try(number, "one of these, again", lambda: check_redelivery(self.space, account, handled))
        self._reach(Place(account, now + TICK, number, "tick"))
        for name, event in moves(self.space, account, now, f"e{number:05}"):
            try:
                applied = apply(policy, account, event)
            except EventRefused as refused:
                self.refusals.add(refused.reason.value)
                self._try(number, name, lambda e=event, r=refused: check_refused(account, e, r))
                continue
            except InvalidValue as fault:
                self._try(number, name, lambda e=event, f=fault: check_impossible(policy, e, f))
                continue
            except Exception as error:
                self._report(number, name, f"neither applied nor refused: {error!r}")
            after, changes = applied.account, applied.changes
            self._try(number, name, lambda e=event, a=after, c=changes: check_step(self.space, account, e, a, c))
            if isinstance(event, SecurityEvent) and changes:
                self._try(
                    number, f"{name}, and one of these again", lambda a=after: check_redelivery(self.space, a, handled)
                )
            if self._reach(Place(after, now, number, name, event)):
                self._try(number, name, lambda c=changes: check_changes(c))

    def _reach(self, place: Place) -> bool:
        """Note a step and the state it leads to. Returns whether that is a new one."""
        key = key_of(self.space, place.account, place.now)
        number = self.found.setdefault(key, len(self.places))
        is_new = number == len(self.places)
        if is_new:
            self.places.append(place)
        elif place.account != self.places[number].account:
            self.others[number] = place
        if place.came_from >= 0:
            self.steps.append((place.came_from, number, isinstance(place.event, ReleaseOrdered)))
        return is_new

    def _try(self, number: int, name: str, checks: Callable[[], None]) -> None:
        try:
            checks()
        except LawBroken as broken:
            self._report(number, name, str(broken))
        except Exception as error:
            self._report(number, name, f"the library raised {error!r}")

    def _report(self, number: int, name: str, broken: str) -> NoReturn:
        pytest.fail(f"{broken}\nthe shortest way to it:\n{self.way_to(number, name)}", pytrace=False)

    def _back_from(self, number: int) -> Iterator[Place]:
        while number >= 0:
            yield self.places[number]
            number = self.places[number].came_from

    def events_to(self, number: int) -> list[Any]:
        return [place.event for place in self._back_from(number) if place.event is not None]

    def way_to(self, number: int, last: str = "") -> str:
        names = [last] if last else []
        return "\n".join(f"  {name}" for name in reversed([*names, *(place.step for place in self._back_from(number))]))

    def cannot_reach_restored(self, with_authority: bool) -> list[int]:
        """The states from which no sequence of steps leads to one in which nothing is open."""
        sources: dict[int, list[int]] = {}
        for source, target, by_authority in self.steps:
            if with_authority or not by_authority:
                sources.setdefault(target, []).append(source)
        reaching = {number for number, place in enumerate(self.places) if _is_restored(place)}
        ahead = deque(reaching)
        while ahead:
            for source in sources.get(ahead.popleft(), ()):
                if source not in reaching:
                    reaching.add(source)
                    ahead.append(source)
        return [number for number in range(len(self.places)) if number not in reaching]


def _is_restored(place: Place) -> bool:
    return not any(is_open(hold, place.now) for hold in place.account.holds)


@cache
def walk_of(name: str) -> Walk:
    return Walk(SPACES[name]).run()


@pytest.mark.parametrize("name", SPACES)
def test_every_law_holds_in_every_state_and_their_number_is_known(name: str) -> None:
    """A law that is broken is reported with the shortest way to it; the numbers of states and of steps are pinned."""
    walk = walk_of(name)
    assert (len(walk.places), len(walk.steps)) == (SPACES[name].states, SPACES[name].steps)


@pytest.mark.parametrize("name", SPACES)
def test_no_limbo_from_every_state_permitted_steps_and_time_lead_to_restored(name: str) -> None:
    walk = walk_of(name)
    stuck = walk.cannot_reach_restored(with_authority=True)
    assert not stuck, f"nothing leads out of here:\n{walk.way_to(stuck[0])}"


@pytest.mark.parametrize("name", SPACES)
def test_the_states_that_only_an_authority_leads_out_of_are_counted(name: str) -> None:
    assert len(walk_of(name).cannot_reach_restored(with_authority=False)) == SPACES[name].only_by_authority


def test_every_refusal_but_two_is_met_on_the_way() -> None:
    """The two that are not need another account and a hold that nobody placed."""
    met = set().union(*(walk_of(name).refusals for name in SPACES))
    assert met == {reason.value for reason in Refusal} - {"wrong_account", "unknown_hold"}


def test_the_table_of_the_library_is_that_of_the_rulebook() -> None:
    table = {state.value: {move.value: then.value for move, then in row.items()} for state, row in TABLE.items()}
    assert table == RULEBOOK


@pytest.mark.parametrize("name", SPACES)
def test_what_a_state_leaves_out_can_no_longer_matter(name: str) -> None:
    """Two accounts in the same state are answered alike, and are led to the same states by the same steps."""
    walk, space = walk_of(name), SPACES[name]
    compared = Random(name).sample(sorted(walk.others), min(len(walk.others), 80))
    assert compared
    for number in compared:
        one, other = walk.places[number], walk.others[number]
        assert _answers(one) == _answers(other), walk.way_to(number)
        with a_crowd_of(space.crowd):
            assert _futures(space, one) == _futures(space, other), walk.way_to(number)


def _answers(place: Place) -> list[object]:
    """What is answered now and a little later, but for ids; instants are told from now."""
    told: list[object] = []
    for later in (0, 1, 2):
        at = place.now + later * TICK
        answers = [check(place.account, at, request) for request in REQUESTS]
        resumed = [answer.resumes_at and relative(answer.resumes_at, place.now) for answer in answers if not answer]
        steps = sorted(sorted(step.step.value for step in view.steps) for view in open_holds(place.account, at))
        told += [phase(place.account, at), [bool(answer) for answer in answers], resumed, steps]
    return told


def _futures(space: Space, place: Place) -> dict[str, Key | str]:
    """Where each step leads from here, or why it is refused."""
    futures: dict[str, Key | str] = {"tick": key_of(space, place.account, place.now + TICK)}
    for name, event in moves(space, place.account, place.now, "e99999"):
        try:
            futures[name] = key_of(space, apply(space.policy, place.account, event).account, place.now)
        except EventRefused as refused:
            futures[name] = refused.reason.value
        except InvalidValue as fault:
            futures[name] = fault.path
    return futures
