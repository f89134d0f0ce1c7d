"""What the laws are tried on: policies, journals that reach the deep states, and instants around each boundary.

A journal is drawn move by move beside the account it leads to. Mostly the next legal move is drawn, so that review,
appeal and a second flag during an appeal are really reached; late, redelivered and refused events are mixed in.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import attrs
from hypothesis import strategies as st

from withdraw_guard import (
    EVERYTHING,
    Account,
    Actor,
    ActorKind,
    Appeal,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    Clearance,
    Destination,
    Destinations,
    Event,
    EventRefused,
    Hold,
    Identity,
    IdentityChanged,
    LiftedBy,
    Policy,
    ReleaseOrdered,
    Repeat,
    Request,
    ReviewDecided,
    ReviewOutcome,
    Rule,
    Scope,
    SecurityEvent,
    State,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    apply,
    next_change_at,
)

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TRIGGERS = ("password_changed", "abnormal_activity", "email_changed")
METHODS = frozenset({"face_web", "identity_personal", "identity_business", "video_call"})
REQUESTS = (
    Request(operation="withdrawal"),
    Request(operation="withdrawal", destination=Destination.KNOWN),
    Request(operation="p2p_sale"),
)
DURATIONS = tuple(timedelta(hours=hours) for hours in (1, 2, 24, 31, 48, 120))


@attrs.frozen(kw_only=True)
class Story:
    """A policy, the events that were delivered, and the accounts they led to (one more than events)."""

    policy: Policy
    events: tuple[Event, ...]
    accounts: tuple[Account, ...]

    @property
    def account(self) -> Account:
        return self.accounts[-1]


def durations() -> st.SearchStrategy[timedelta]:
    return st.sampled_from(DURATIONS)


def _optional(strategy: st.SearchStrategy[timedelta]) -> st.SearchStrategy[timedelta | None]:
    return st.none() | strategy


appeals = st.builds(
    Appeal,
    after_failures=st.sampled_from([1, 1, 0, 2]),
    limit=st.integers(1, 2),
    within=_optional(durations()),
    decide_within=_optional(durations()),
    documents=st.sampled_from([frozenset(), frozenset({"id_photo"})]),
)
clearances = st.builds(
    Clearance,
    unverified=st.sampled_from(
        [METHODS - {"face_web"}, frozenset({"identity_personal"}), METHODS, METHODS, METHODS, frozenset()]
    ),
    verified=st.sampled_from([frozenset({"face_web", "video_call"}), METHODS, METHODS, METHODS, METHODS, frozenset()]),
    attempts=st.sampled_from([None, 1, 1, 2, 3]),
    verify_within=_optional(durations()),
    review_within=_optional(durations()),
    appeal=st.one_of(st.none(), appeals, appeals),
)
scopes = st.builds(
    Scope,
    operations=st.sampled_from([EVERYTHING, frozenset({"withdrawal"}), frozenset({"p2p_sale"})]),
    destinations=st.sampled_from(Destinations),
)
FACTS = ({}, {}, {}, {}, {}, {"two_factor_enabled": False}, {"initiated_by": "user"}, {"score": 1}, {"score": True})


@st.composite
def rules(draw: st.DrawFn, name: str = "rule", repeats: tuple[Repeat, ...] = tuple(Repeat)) -> Rule:
    """A rule of any kind; it names an authority where the rulebook asks for one."""
    duration = draw(st.none() | durations())
    clearance = draw(st.one_of(st.none(), clearances, clearances, clearances))
    lifted_by = draw(st.sampled_from(LiftedBy))
    ends_alone = duration is not None and (clearance is None or lifted_by is LiftedBy.ANY)
    authorities = [frozenset({"support"}), frozenset({"support", "compliance"})]
    return Rule(
        id=name,
        trigger=draw(st.sampled_from(TRIGGERS)),
        where=draw(st.sampled_from(FACTS)),
        scope=draw(scopes),
        duration=duration,
        clearance=clearance,
        lifted_by=lifted_by,
        repeat=draw(st.sampled_from(repeats)),
        releasable_by=draw(st.sampled_from([frozenset(), *authorities] if ends_alone else authorities)),
    )


@st.composite
def policies(draw: st.DrawFn, max_rules: int = 4, repeats: tuple[Repeat, ...] = tuple(Repeat)) -> Policy:
    count = draw(st.integers(1, max_rules))
    return Policy(
        id="p",
        version=draw(st.sampled_from(["1", "2"])),
        rules=tuple(draw(rules(name=f"rule-{index}", repeats=repeats)) for index in range(count)),
    )


def security_events(
    event_id: str, at: datetime, triggers: tuple[str, ...] = TRIGGERS
) -> st.SearchStrategy[SecurityEvent]:
    return st.builds(
        SecurityEvent,
        id=st.just(event_id),
        account=st.just("a1"),
        at=st.just(at),
        trigger=st.sampled_from(sorted(triggers)),
        initiated_by=st.sampled_from(ActorKind),
        context=st.sampled_from([{}, {}, {"score": 1}, {"score": 2}, {"score": True}, {"two_factor_enabled": True}]),
    )


anybody = st.builds(Actor, id=st.sampled_from(["r1", "r2"]), kind=st.sampled_from(ActorKind))
admins = st.builds(Actor, id=st.sampled_from(["r1", "r2"]), kind=st.just(ActorKind.ADMIN))
actors = st.one_of(admins, admins, anybody)
reason_lists = st.sampled_from([(), ("poor_light",), ("document_unreadable", "face_not_found")])


@st.composite
def hold_events(draw: st.DrawFn, hold: Hold, identity: Identity | None, event_id: str, at: datetime) -> Event:
    """An event about a hold: mostly one that its state and the account allow."""
    header = {"id": event_id, "account": "a1", "at": at, "hold": hold.id}
    attempt = getattr(hold.progress.state, "attempt", None)
    round_header = {**header, "attempt": draw(st.sampled_from([None, None, attempt, "another"]))}
    clearance = hold.rule.clearance
    accepted = sorted(clearance.unverified if identity is None else clearance.verified) if clearance else []
    required = clearance.appeal.documents if clearance and clearance.appeal else frozenset()
    documents = draw(st.sampled_from([required, required, frozenset()]))
    legal: dict[State, list[Callable[[], Event]]] = {
        State.SUSPENDED: [
            lambda: VerificationStarted(**header, method=draw(st.sampled_from(accepted or sorted(METHODS)))),
            lambda: VerificationStarted(**header, method=draw(st.sampled_from(accepted or sorted(METHODS)))),
            *[lambda: AppealSubmitted(**header, documents=documents)] * (1 + 3 * (hold.progress.failures > 0)),
        ],
        State.VERIFICATION: [
            lambda: VerificationSubmitted(**round_header),
            lambda: VerificationSubmitted(**round_header),
            lambda: VerificationFailed(**round_header, reasons=draw(reason_lists)),
            lambda: VerificationStarted(**header, method=draw(st.sampled_from(accepted or sorted(METHODS)))),
        ],
        State.REVIEW: [
            lambda: ReviewDecided(
                **round_header,
                by=draw(actors),
                outcome=draw(st.sampled_from(ReviewOutcome)),
                reasons=draw(reason_lists),
                final=draw(st.sampled_from([False, False, False, True])),
            ),
        ],
        State.APPEAL: [
            lambda: AppealDecided(
                **round_header,
                by=draw(actors),
                outcome=draw(st.sampled_from(AppealOutcome)),
                reasons=draw(reason_lists),
            ),
        ],
        State.RESTORED: [],
    }

    def release() -> Event:
        return ReleaseOrdered(
            **header,
            by=draw(actors),
            authority=draw(st.sampled_from(["support", "support", "compliance"])),
            override_stale=draw(st.booleans()),
        )

    every = [move for moves in legal.values() for move in moves]
    choices = [*legal[hold.stage(at)] * 12, release, *every]
    return draw(st.sampled_from(choices))()


def instants_after(account: Account, clock: datetime) -> st.SearchStrategy[datetime]:
    """The same instant, a little or a lot later, or just before, at and after the next thing that changes by itself."""
    then = next_change_at(account, clock)
    boundary = [] if then is None else [then - TICK, then, then + TICK]
    minutes = (0, 0, 1, 1, 10, 20, 300, 13_000)
    return st.sampled_from([*(clock + timedelta(minutes=step) for step in minutes), clock + TICK, *boundary])


@st.composite
def stories(
    draw: st.DrawFn,
    policy: Policy | None = None,
    max_events: int = 14,
    overriding: bool = True,
    repeats: tuple[Repeat, ...] = tuple(Repeat),
) -> Story:
    """A policy with a journal. Refused events are part of the journal and leave the account as it was."""
    in_force = policy or draw(policies(repeats=repeats))
    account, clock = Account(id="a1"), START
    events: list[Event] = []
    accounts = [account]
    for _ in range(draw(st.integers(1, max_events))):
        clock = max(clock, draw(instants_after(account, clock)))
        event = draw(_next_event(in_force, account, clock, tuple(events)))
        if not overriding and isinstance(event, ReleaseOrdered):
            event = attrs.evolve(event, override_stale=False)
        with suppress(EventRefused):
            account = apply(in_force, account, event).account
        events.append(event)
        accounts.append(account)
    return Story(policy=in_force, events=tuple(events), accounts=tuple(accounts))


@st.composite
def _next_event(
    draw: st.DrawFn, policy: Policy, account: Account, clock: datetime, earlier: tuple[Event, ...]
) -> Event:
    event_id = f"e{len(earlier)}"
    kind = draw(st.sampled_from(["hold"] * 12 + ["any hold", "security", "security", "again", "identity"]))
    if kind == "again" and earlier:
        return draw(st.sampled_from(earlier))
    at = clock - timedelta(seconds=draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3_600, 90_000, -90_000])))
    if kind == "identity":
        return IdentityChanged(id=event_id, account="a1", at=at, identity=draw(st.sampled_from([None, *Identity])))
    under_way = [hold for hold in account.holds if hold.is_open(at) and hold.clearance_outstanding]
    if kind == "hold" and under_way:
        return draw(hold_events(draw(st.sampled_from(under_way)), account.identity, event_id, at))
    if kind == "any hold" and account.holds:
        return draw(hold_events(draw(st.sampled_from(account.holds)), account.identity, event_id, at))
    return draw(security_events(event_id, at, tuple(policy.triggers) * 3 + TRIGGERS))


def boundaries(*accounts: Account) -> list[datetime]:
    """Every instant at which an answer about these accounts may change, with the microseconds around it."""
    found = {START}
    for account in accounts:
        for hold in account.holds:
            marks = {hold.cause.at, hold.latest.at, hold.until, hold.end, hold.due, *hold.progress.instants}
            clearance = hold.rule.clearance
            if clearance and clearance.appeal and clearance.appeal.within:
                marks |= {at + clearance.appeal.within for at in (hold.latest.at, hold.progress.failed_at) if at}
            found |= {at for at in marks if at is not None}
    return sorted({at + shift for at in found for shift in (-TICK, timedelta(0), TICK)})
