"""Policies, journals that reach the deep states, and the instants around each boundary, as Hypothesis strategies.

A journal is drawn event by event together with the account it leads to. Most events are legal moves, so that review,
appeal and a second flag during an appeal are reached; late, redelivered and refused events are mixed in. The simplest
outcome of every choice comes first, so that a failure shrinks to a short journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from withdraw_guard import authorities, documents, methods, operations, public_reasons, reasons, triggers
from withdraw_guard._answers.open import next_change_at
from withdraw_guard._factory import ADMIN, authority_for, event_of, matching_event, methods_for
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import (
    EVENTS,
    INITIATED_BY,
    Actor,
    Event,
    EventRetracted,
    HoldEvent,
    IdentityChanged,
    SecurityEvent,
)
from withdraw_guard._model.hold import Hold
from withdraw_guard._model.policy import Appeal, Chosen, Clearance, Policy, Rule, Scope
from withdraw_guard._rules.apply import apply
from withdraw_guard._rules.offers import required_documents
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.complete import complete
from withdraw_guard._values.facts import Fact
from withdraw_guard._values.ids import Authority, DestinationId, Document, EventId, Method, Operation, PublicReason
from withdraw_guard._values.vocabulary import ActorKind, Destinations, Identity, LiftedBy, Repeat, State
from withdraw_guard.calendars import business_days
from withdraw_guard.testing._instants import START, TICK, boundaries
from withdraw_guard.testing._journal import (
    ACCOUNT,
    DeliveredJournal,
    handle,
    retractable,
    retraction,
    round_of,
    story_of,
)
from withdraw_guard.testing._trial import is_named

TRIGGERS: Final = (triggers.PASSWORD_CHANGED, triggers.ABNORMAL_ACTIVITY, triggers.EMAIL_CHANGED)
METHODS: Final = frozenset(
    {methods.FACE_WEB, methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL, Method("video_call")}
)
DURATIONS: Final = tuple(timedelta(hours=hours) for hours in (24, 48, 1, 2, 31, 120))
DESTINATIONS: Final = (DestinationId("here"), DestinationId("there"))
CALENDAR: Final = business_days(
    UTC, first=date(2025, 12, 29), last=date(2026, 2, 20), holidays=frozenset({date(2026, 1, 6)})
)
"""Eight weeks around the beginning of the journals, so that some journals go on after its end."""
_CHOSEN: Final = Chosen(minimum=min(DURATIONS), maximum=max(DURATIONS))
_ANY: Final[tuple[Mapping[str, Fact], ...]] = ({},)
_FACTS: Final = (*_ANY * 5, {"two_factor_enabled": False}, {INITIATED_BY: "user"}, {"score": 1}, {"score": True})
_CONTEXTS: Final = (*_ANY * 2, {"score": 1}, {"score": 2}, {"score": True}, {"two_factor_enabled": True})
_NOTHING: Final = timedelta(0)
_LAGS: Final = (timedelta(seconds=1), timedelta(hours=2))
_SUPPORT: Final = frozenset({authorities.SUPPORT})
_SECURITY: Final = frozenset({authorities.SECURITY})
_LOAN: Final = frozenset({Operation("loan")})
_LASTING: Final = st.sampled_from(DURATIONS)
_MAYBE_LASTING: Final = st.none() | _LASTING
_REASONS: Final = st.sampled_from([(), (reasons.POOR_LIGHT,), (reasons.DOCUMENT_UNREADABLE, reasons.FACE_NOT_FOUND)])
_DOCUMENTS: Final = st.sampled_from([frozenset[Document](), frozenset({documents.ID_PHOTO})])
_IDS: Final = st.sampled_from(["r1", "r2"])
_ADMINS: Final = st.builds(Actor, id=_IDS, kind=st.just(ActorKind.ADMIN))
_ACTORS: Final = st.one_of(_ADMINS, _ADMINS, st.builds(Actor, id=_IDS, kind=st.sampled_from(ActorKind)))
_APPEALS: Final = st.builds(
    Appeal,
    after_failures=st.sampled_from([1, 1, 0, 2]),
    limit=st.integers(1, 2),
    within=_MAYBE_LASTING,
    decide_within=_MAYBE_LASTING,
    documents=_DOCUMENTS,
)
_UNVERIFIED: Final = (METHODS - {methods.FACE_WEB}, frozenset({methods.IDENTITY_PERSONAL}), *[METHODS] * 3)
_VERIFIED: Final = (frozenset({methods.FACE_WEB, Method("video_call")}), *[METHODS] * 4)
_CLEARANCES: Final = st.builds(
    Clearance,
    unverified=st.sampled_from([*_UNVERIFIED, frozenset[Method]()]),
    verified=st.sampled_from([*_VERIFIED, frozenset[Method]()]),
    attempts=st.sampled_from([None, 1, 1, 2, 3]),
    verify_within=_MAYBE_LASTING,
    review_within=_MAYBE_LASTING,
    appeal=st.one_of(st.none(), _APPEALS, _APPEALS),
    identity_valid_for=_MAYBE_LASTING,
)


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def policies(draw: st.DrawFn, *, max_rules: int = 4, repeats: tuple[Repeat, ...] = tuple(Repeat)) -> Policy:
    """Policies of one to `max_rules` rules of any kind; `repeats` limits what a further trigger does."""
    count = draw(st.integers(1, max_rules))
    version = draw(st.sampled_from(["1", "2"]))
    drawn = tuple(draw(rules(f"rule-{index}", repeats=repeats)) for index in range(count))
    calendar = CALENDAR if any(rule.counts_business_days for rule in drawn) else None
    retracting = draw(st.sampled_from([*[_SECURITY] * 3, _SECURITY | _SUPPORT, frozenset[Authority]()]))
    return Policy(id="p", version=version, rules=drawn, calendar=calendar, retractable_by=retracting)


@st.composite
def rules(draw: st.DrawFn, name: str = "rule", *, repeats: tuple[Repeat, ...] = tuple(Repeat)) -> Rule:
    """Rules of any kind, with this id; each names an authority if the rulebook asks for one."""
    joining = tuple(repeat for repeat in repeats if repeat is not Repeat.SEPARATE)
    plain = draw(_plain_rules(name, joining or repeats))
    kinds = ["business days", "due dates"]
    kinds += [] if plain.repeat is Repeat.KEEP else ["chosen"]
    kinds += ["apart", "named"] if Repeat.SEPARATE in repeats else []
    match draw(st.sampled_from([*["plain"] * (2 * len(kinds)), *kinds])):
        case "chosen":
            duration = plain.duration or draw(_LASTING)
            return attrs.evolve(plain, chosen=_CHOSEN, clearance=None, duration=duration)
        case "business days":
            return attrs.evolve(plain, duration=None, business_days=draw(st.integers(1, 4)))
        case "due dates":
            return attrs.evolve(plain, clearance=plain.clearance and _due_on_business_days(plain.clearance))
        case "apart":
            return attrs.evolve(plain, repeat=Repeat.SEPARATE)
        case "named":
            named = attrs.evolve(plain.scope, destinations=Destinations.NAMED)
            return attrs.evolve(plain, repeat=Repeat.SEPARATE, scope=named)
        case _:
            return plain


def _due_on_business_days(clearance: Clearance) -> Clearance:
    appeal = clearance.appeal and attrs.evolve(clearance.appeal, decide_within=None, decide_business_days=2)
    return attrs.evolve(clearance, review_within=None, review_business_days=1, appeal=appeal)


@st.composite
def _plain_rules(draw: st.DrawFn, name: str, repeats: tuple[Repeat, ...]) -> Rule:
    duration = draw(_MAYBE_LASTING)
    clearance = draw(st.one_of(st.none(), _CLEARANCES, _CLEARANCES, _CLEARANCES))
    lifted_by = draw(st.sampled_from(LiftedBy))
    ends_alone = duration is not None and (clearance is None or lifted_by is LiftedBy.ANY)
    nobody = [frozenset[Authority]()] if ends_alone else []
    return Rule(
        id=name,
        trigger=draw(st.sampled_from(TRIGGERS)),
        where=draw(st.sampled_from(_FACTS)),
        scope=draw(_scopes()),
        duration=duration,
        clearance=clearance,
        lifted_by=lifted_by,
        repeat=draw(st.sampled_from(repeats)),
        releasable_by=draw(st.sampled_from([*nobody, _SUPPORT, _SUPPORT | {authorities.COMPLIANCE}])),
        public_reason=draw(st.sampled_from([None, None, public_reasons.OWN_REQUEST, PublicReason("house_rule")])),
    )


@st.composite
def _scopes(draw: st.DrawFn) -> Scope:
    operation = draw(st.sampled_from([None, operations.WITHDRAWAL, operations.P2P_SALE]))
    wherever = draw(st.sampled_from([Destinations.ANY, Destinations.NEW]))
    if operation is None:
        return Scope(destinations=wherever)
    leaves = draw(st.sampled_from([frozenset[Operation](), _LOAN]))
    return Scope(operations=frozenset({operation}), destinations=wherever, leaves=leaves)


# ── What happens next ────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def events(
    draw: st.DrawFn, policy: Policy, account: Account | None = None, *, name: str = "e", at: datetime | None = None
) -> Event:
    """Events that may come next for an account: mostly a legal move of an open hold, else a trigger of the policy.

    Without an account one is drawn. The event gets the id `name` and happened at `at` or a little before it; without
    `at`, when the journals of this module begin.
    """
    known = draw(accounts(policy)) if account is None else account
    return draw(next_events(policy, known, name, START if at is None else at, ()))


@st.composite
def next_events(
    draw: st.DrawFn, policy: Policy, account: Account, name: str, clock: datetime, delivered: tuple[Event, ...]
) -> Event:
    """Draw the next event, sometimes one that was delivered before."""
    others = ["any hold", "security", "security", "identity", "again", "retraction"]
    kind = draw(st.sampled_from(["a hold"] * 12 + others))
    if kind == "again" and delivered:
        return draw(st.sampled_from(delivered))
    at = clock - timedelta(seconds=draw(st.sampled_from([0, 0, 0, 0, 0, 0, 1, 3_600, 90_000, -90_000])))
    if kind == "identity":
        return draw(identity_reports(account, name, at))
    if kind == "retraction":
        return draw(retractions(policy, account, name, at))
    under_way = [hold for hold in account.holds if hold.is_open(at) and hold.clearance_outstanding]
    known = account.holds if kind == "any hold" else under_way
    if kind != "security" and known:
        return draw(hold_events(account, draw(st.sampled_from(known)), name, at))
    return draw(security_events(policy, account, name, at))


@st.composite
def identity_reports(draw: st.DrawFn, account: Account, name: str, at: datetime) -> IdentityChanged:
    """Draw a report about the identity, sometimes of one that has an end."""
    identity = draw(st.sampled_from([None, *Identity]))
    lasts = None if identity is None else draw(_MAYBE_LASTING)
    until = None if lasts is None else at + lasts
    return IdentityChanged(id=name, account=account.id, at=at, identity=identity, valid_until=until)


@st.composite
def retractions(draw: st.DrawFn, policy: Policy, account: Account, name: str, at: datetime) -> EventRetracted:
    """Draw a retraction, mostly of what is on record, by somebody who may retract."""
    authority = draw(st.sampled_from([*sorted(policy.retractable_by) * 8, authorities.COMPLIANCE]))
    event = draw(st.sampled_from([*retractable(account), EventId("unheard-of")]))
    by = draw(st.sampled_from([*[ADMIN] * 8, Actor(id="r1", kind=ActorKind.SYSTEM)]))
    return retraction(event, account, at, name, by=by, authority=authority)


def security_events(policy: Policy, account: Account, name: str, at: datetime) -> SearchStrategy[SecurityEvent]:
    """Security events, mostly those that some rule of the policy listens to."""
    listened_to = sorted(policy.triggers)
    stated = [{fact: rule.where[fact] for fact in rule.where if fact != INITIATED_BY} for rule in policy.rules]
    return st.builds(
        SecurityEvent,
        id=st.just(EventId(name)),
        account=st.just(account.id),
        at=st.just(at),
        trigger=st.sampled_from([*listened_to * 3, *TRIGGERS]),
        initiated_by=st.sampled_from(ActorKind),
        context=st.sampled_from([*_CONTEXTS, *stated[:2]]),
        duration=st.sampled_from([None, *_choices(policy)]),
        destination_id=st.sampled_from([*(DESTINATIONS if any(map(is_named, policy.rules)) else ()), None]),
    )


def _choices(policy: Policy) -> list[timedelta]:
    """The durations that every rule with a choice offers; none if the policy offers no choice."""
    offers = [rule.chosen for rule in policy.rules if rule.chosen is not None]
    bounds = {bound for offer in offers for bound in (offer.minimum, offer.maximum)}
    return [each for each in sorted({*DURATIONS, *bounds}) if offers and all(offer.allows(each) for offer in offers)]


_LEGAL: Final[Mapping[State, tuple[Move, ...]]] = complete(
    State,
    {
        State.SUSPENDED: (Move.STARTED, Move.STARTED, Move.APPEALED),
        State.VERIFICATION: (Move.SUBMITTED, Move.SUBMITTED, Move.SUBMITTED, Move.FAILED, Move.STARTED),
        State.REVIEW: (Move.APPROVED, Move.REJECTED, Move.REJECTED, Move.MORE_REQUESTED),
        State.APPEAL: (Move.DISMISSED, Move.GRANTED, Move.DISMISSED, Move.MORE_REQUESTED, Move.APPEALED),
        State.RESTORED: (),
    },
)

_OF_A_ROUND: Final = frozenset(Move) - {Move.STARTED, Move.RELEASED}


@st.composite
def hold_events(
    draw: st.DrawFn, account: Account, hold: Hold, name: str, at: datetime, moves: Sequence[Move] = ()
) -> HoldEvent:
    """Draw an event about a hold: one of these moves, or by default mostly a move that its state allows."""
    likely = _LEGAL[hold.stage(at)]
    if hold.progress.failures and Move.APPEALED in likely:
        likely += (Move.APPEALED,) * 3
    move = draw(st.sampled_from(moves or [*likely * 12, Move.RELEASED, *Move]))
    attempt, lag = draw(_rounds(hold)) if move in _OF_A_ROUND else (None, _NOTHING)
    required, authority = required_documents(hold), authority_for(hold)
    handed_in = st.sampled_from([required, required, frozenset()]) if move is Move.APPEALED else _DOCUMENTS
    # What the event of this move does not say is drawn in vain.
    return event_of(
        move,
        account,
        hold,
        name,
        at - lag,
        by=draw(_ACTORS),
        method=draw(st.sampled_from(methods_for(account, hold, at))),
        attempt=attempt,
        reasons=draw(_REASONS),
        final=draw(st.sampled_from([False, False, False, True])),
        documents=draw(handed_in),
        authority=draw(st.sampled_from([authority, authority, authorities.COMPLIANCE])),
        override_stale=draw(st.booleans()),
    )


def _rounds(hold: Hold) -> SearchStrategy[tuple[EventId | None, timedelta]]:
    """What an event may say of its round: nothing, the open one, or another; and how far its clock lags."""
    this = round_of(hold)
    attempts = [(None, _NOTHING), (None, _NOTHING), (this, _NOTHING), (EventId("another"), _NOTHING)]
    return st.sampled_from([*attempts, *((this, lag) for lag in _LAGS if this is not None)])


@st.composite
def events_of_type(draw: st.DrawFn, event_type: type[Event]) -> Event:
    """Draw an event of this type; if it is about a hold, about one that a rule has just placed."""
    policy = draw(policies(max_rules=1))
    placed = matching_event(policy.rules[0], ACCOUNT, "e0", START)
    account = apply(policy, Account(id=ACCOUNT), placed).account
    if event_type is SecurityEvent:
        return draw(security_events(policy, account, "e1", START))
    if event_type is IdentityChanged:
        return draw(identity_reports(account, "e1", START))
    if event_type is EventRetracted:
        return draw(retractions(policy, account, "e1", START))
    moves = [move for move in Move if type(event_of(move, account, account.holds[0], "e1", START)) is event_type]
    return draw(hold_events(account, account.holds[0], "e1", START, moves))


# ── Journals ─────────────────────────────────────────────────────────────────────────────────────────────────────


@st.composite
def journals(draw: st.DrawFn, policy: Policy, *, max_events: int = 14) -> tuple[Event, ...]:
    """The events of the account `a1` in the order of delivery, with late, redelivered and refused events."""
    account, clock = Account(id=ACCOUNT), START
    delivered: list[Event] = []
    for number in range(draw(st.integers(1, max_events))):
        clock = max(clock, draw(instants_after(account, clock)))
        event = draw(next_events(policy, account, f"e{number}", clock, tuple(delivered)))
        account = handle(policy, account, event)
        delivered.append(event)
    return tuple(delivered)


def accounts(policy: Policy, *, max_events: int = 14) -> SearchStrategy[Account]:
    """Accounts that a journal leads to under the policy, so that every account can exist."""
    return journals(policy, max_events=max_events).map(lambda journal: story_of(policy, journal).account)


def instants_around(account: Account) -> SearchStrategy[datetime]:
    """The instants just before, at and just after every instant at which an answer about the account may change."""
    return st.sampled_from(boundaries(account))


@st.composite
def stories(
    draw: st.DrawFn,
    policy: Policy | None = None,
    max_events: int = 14,
    repeats: tuple[Repeat, ...] = tuple(Repeat),
) -> DeliveredJournal:
    """Draw a policy and a journal that was delivered under it."""
    in_force = policy or draw(policies(repeats=repeats))
    return story_of(in_force, draw(journals(in_force, max_events=max_events)))


def instants_after(account: Account, clock: datetime) -> SearchStrategy[datetime]:
    """The same instant, a little or much later, or around the next instant at which an answer changes by itself."""
    then = next_change_at(account, clock)
    boundary = [] if then is None else [then - TICK, then, then + TICK]
    minutes = (0, 0, 1, 1, 10, 20, 300, 13_000)
    return st.sampled_from([*(clock + timedelta(minutes=step) for step in minutes), clock + TICK, *boundary])


def register() -> None:
    """Let `st.from_type` draw accounts, policies, rules and each type of event from a history."""
    st.register_type_strategy(Policy, policies())
    st.register_type_strategy(Rule, rules())
    st.register_type_strategy(Account, policies().flatmap(accounts))
    for event in EVENTS:
        st.register_type_strategy(event, events_of_type(event))
