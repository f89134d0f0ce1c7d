"""The law of the words: whoever has only the text knows what the decision knows.

Every decision that Binance's policy can come to is looked for, and whatever a hold of any published policy can become.
Their texts are read back, line by line, in every language; so are the notice, the page and the problem document.
Nothing of `explain` is used to say what a line has to mean: the lines are read with the catalogue alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from functools import cache
from itertools import chain, combinations

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from strategies import START, Story, boundaries, stories
from test_messages import (
    KNOWN,
    LANGUAGES,
    REASONS,
    ZONES,
    days_in,
    each_language,
    instants_in,
    pattern_of,
    rounded_up,
    told_of,
)
from withdraw_guard import (
    WITHDRAWAL,
    Account,
    Actor,
    ActorKind,
    AppealDecided,
    AppealOutcome,
    AppealSubmitted,
    Chosen,
    Clearance,
    Decision,
    Denied,
    Destinations,
    Event,
    EventRefused,
    EventRetracted,
    Hold,
    IdentityChanged,
    InAppeal,
    InVerification,
    MoreRequested,
    OpenHold,
    Phase,
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
    check,
    documents,
    methods,
    open_holds,
    policies,
    public_reasons,
    reasons,
    steps,
    triggers,
    wire,
)
from withdraw_guard.messages import CATALOGUE, CODES, explain, notice_of, render
from withdraw_guard.messages._message import say
from withdraw_guard.problem import problem_of

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
TIMED = tuple(rule.trigger for rule in policies.BINANCE.rules if rule.duration is not None)
# With reasons that are told, with one that is not, with both and with none.
WHY_NOT = ((), (reasons.FACE_NOT_FOUND,), ("detector_17",), (reasons.POOR_LIGHT, "detector_17", reasons.CLOCK_SKEW))
MORE = (
    ((), ()),
    ((), (documents.ID_PHOTO,)),
    (("detector_17",), ()),
    ((reasons.POOR_LIGHT, "detector_17"), (documents.ID_PHOTO,)),
)
RITA, OTTO, VENDOR = (
    Actor(id="rita", kind=ActorKind.ADMIN),
    Actor(id="otto", kind=ActorKind.ADMIN),
    Actor(id="vendor", kind=ActorKind.SYSTEM),
)


# ── Every decision ───────────────────────────────────────────────────────────────────────────────────────────────


def happenings(account: Account, at: datetime, number: int) -> Iterator[Event]:
    """Everything that can happen next to the hold that does not end by itself, and to the identity."""
    header = {"id": f"e{number}", "account": account.id, "at": at}
    yield SecurityEvent(trigger=triggers.ABNORMAL_ACTIVITY, initiated_by=ActorKind.SYSTEM, **header)
    for identity in ("personal", "business", None):
        yield IdentityChanged(identity=identity, **header)
    for hold in account.holds:
        header["hold"] = hold.id
        for method in (methods.FACE_MOBILE, methods.FACE_WEB, methods.IDENTITY_BUSINESS, methods.IDENTITY_PERSONAL):
            yield VerificationStarted(method=method, **header)
        yield VerificationSubmitted(**header)
        yield ReviewDecided(by=VENDOR, outcome=ReviewOutcome.APPROVED, **header)
        yield AppealSubmitted(documents=frozenset({documents.SUPPORTING_DOCUMENTS, documents.ID_PHOTO}), **header)
        yield AppealDecided(by=OTTO, outcome=AppealOutcome.GRANTED, **header)
        yield ReleaseOrdered(by=RITA, authority="support", **header)
        for told, wanted in MORE:
            yield MoreRequested(by=OTTO, reasons=told, documents=wanted, **header)
        for told in WHY_NOT:
            yield VerificationFailed(reasons=told, **header)
            yield AppealDecided(by=OTTO, outcome=AppealOutcome.DISMISSED, reasons=told, **header)
            for final in (False, True):
                yield ReviewDecided(by=RITA, outcome=ReviewOutcome.REJECTED, reasons=told, final=final, **header)


def shape(account: Account, at: datetime) -> object:
    """The account but for its instants and ids, and for counts beyond which the policy does not count.

    Of the holds that have ended only the latest says anything, and only if none is open.
    """
    open_now = [hold for hold in account.holds if hold.is_open(at)]
    return account.identity_at(at), tuple(
        (
            type(hold.progress.state),
            getattr(hold.progress.state, "method", None),
            asked_for(hold),
            hold.is_open(at),
            hold.progress.failures > 0,
            hold.progress.verification_closed,
            hold.progress.appeals > 0,
            hold.progress.reasons,
            hold.progress.reviewer is None,
        )
        for hold in open_now or account.holds[-1:]
    )


def asked_for(hold: Hold) -> object:
    """What a reviewer asked for while the round waits for the person."""
    state = hold.progress.state
    is_waiting = isinstance(state, InVerification) or (isinstance(state, InAppeal) and state.submitted_at is None)
    if not is_waiting or state.needed is None:
        return None
    return state.needed.reasons, state.needed.documents


@cache
def without_timers() -> tuple[Account, ...]:
    """One account of every shape that the policy can bring about without a timer: the fixpoint, from a fresh one."""
    found: dict[object, Account] = {}
    waiting = [(Account(id="a1"), 0)]
    while waiting:
        account, number = waiting.pop()
        at = START + number * MINUTE
        if shape(account, at) in found:
            continue
        found[shape(account, at)] = account
        for event in happenings(account, at + MINUTE, number + 1):
            try:
                waiting.append((apply(policies.BINANCE, account, event).account, number + 1))
            except EventRefused:
                continue
    return tuple(found.values())


@cache
def decisions() -> dict[Decision, Account]:
    """Each of these accounts with timers beside: none, one of each length, both, and all of them.

    A timer touches nothing else, and is told by its instants alone, so these say whatever any set of timers says.
    """
    one_day, two_days = triggers.PASSWORD_CHANGED, triggers.EMAIL_CHANGED
    found: dict[Decision, Account] = {}
    for account in without_timers():
        settled = START + timedelta(days=1)
        for beside in ((), (one_day,), (two_days,), (one_day, two_days), TIMED):
            held = account
            for trigger in beside:
                event = SecurityEvent(
                    id=trigger, account="a1", at=settled, trigger=trigger, initiated_by=ActorKind.USER
                )
                held = apply(policies.BINANCE, held, event).account
            # Also before anything happened: there it blocks as well, and what was lifted has an end that lies ahead.
            for hours in (-25, 0, 30, 48) if beside else (-25, 0):
                found[check(held, settled + timedelta(hours=hours, seconds=-7), WITHDRAWAL)] = held
    found[check(held, settled, Request(operation="gift_card"))] = held
    return found


# ── Every decision about a destination and a choice ──────────────────────────────────────────────────────────────

# A timer that people choose, holds about single destinations with a timer and without one, and both of them about all.
GROWN = Policy(
    id="grown",
    version="1",
    rules=(
        Rule(
            id="locked",
            trigger="withdrawals_locked",
            duration=timedelta(hours=24),
            chosen=Chosen(minimum=timedelta(hours=24), maximum=timedelta(days=7)),
        ),
        Rule(
            id="new-address",
            trigger="destination_added",
            scope=Scope(destinations=Destinations.NAMED),
            duration=timedelta(hours=48),
            repeat=Repeat.SEPARATE,
        ),
        Rule(
            id="odd-address",
            trigger="destination_flagged",
            scope=Scope(destinations=Destinations.NAMED),
            clearance=Clearance(
                unverified=frozenset({methods.IDENTITY_PERSONAL}), verified=frozenset({methods.FACE_WEB})
            ),
            repeat=Repeat.SEPARATE,
            releasable_by=frozenset({"support"}),
        ),
    ),
)
HAPPENED = (
    *({"trigger": "withdrawals_locked", "duration": chosen} for chosen in (None, timedelta(days=3))),
    *(
        {"trigger": trigger, "destination_id": destination_id}
        for trigger in ("destination_added", "destination_flagged")
        for destination_id in (None, "here", "there")
    ),
)
ASKED = (
    *(Request(operation="withdrawal", destination_id=destination_id) for destination_id in (None, "here", "nowhere")),
    *(Request(operation="gift_card", destination_id=destination_id) for destination_id in (None, "there")),
)


@cache
def grown_decisions() -> dict[Decision, Account]:
    """Whatever up to three of these events lead to, asked for each kind of request, and with a verification begun."""
    found: dict[Decision, Account] = {}
    for number in range(4):
        for happened in combinations(HAPPENED, number):
            account = Account(id="a1")
            for hours, members in enumerate(happened):
                at = START + timedelta(hours=hours)
                event = SecurityEvent(id=f"e{hours}", account="a1", at=at, initiated_by=ActorKind.USER, **members)
                account = apply(GROWN, account, event).account
            for known in (account, begun(account)):
                for hours in (3, 49, 73):
                    at = START + timedelta(hours=hours)
                    found |= {check(known, at, request): known for request in ASKED}
    return found


def begun(account: Account) -> Account:
    """The account with a verification begun on the latest hold that has one."""
    *_, hold = (None, *(hold for hold in account.holds if hold.rule.clearance))
    if hold is None:
        return account
    at, method = START + timedelta(hours=3), methods.IDENTITY_PERSONAL
    return apply(GROWN, account, VerificationStarted(id="v", account="a1", at=at, hold=hold.id, method=method)).account


# ── Every hold of every published policy ─────────────────────────────────────────────────────────────────────────


def next_events(rule: Rule, account: Account, at: datetime, number: int) -> Iterator[Event]:
    """Everything that can happen to a hold of this rule, and to the identity."""
    header = {"id": f"e{number}", "account": account.id, "at": at}
    about = "here" if rule.scope.destinations is Destinations.NAMED else None
    if len(account.holds) < (2 if rule.clearance is None else 1):
        yield SecurityEvent(
            trigger=rule.trigger,
            initiated_by=rule.where.get("initiated_by", ActorKind.USER),
            context={name: fact for name, fact in rule.where.items() if name != "initiated_by"},
            destination_id=about,
            **header,
        )
    for hold in account.holds[-1:]:
        yield EventRetracted(event=hold.triggers[-1].event, by=RITA, authority="security", note="wrong", **header)
        for authority in sorted(rule.releasable_by):
            yield ReleaseOrdered(by=RITA, authority=authority, hold=hold.id, **header)
    if rule.clearance is None:
        return
    for identity in ("personal", None):
        yield IdentityChanged(identity=identity, **header)
    for hold in account.holds[-1:]:
        yield from next_moves(rule.clearance, header | {"hold": hold.id})


def next_moves(clearance: Clearance, header: dict[str, object]) -> Iterator[Event]:
    needed = documents.ID_PHOTO, documents.SUPPORTING_DOCUMENTS
    for method in sorted(clearance.unverified | clearance.verified):
        yield VerificationStarted(method=method, **header)
    yield VerificationSubmitted(**header)
    yield VerificationFailed(reasons=WHY_NOT[1], **header)
    yield MoreRequested(by=OTTO, reasons=MORE[2][0], documents=MORE[2][1], **header)
    yield MoreRequested(by=OTTO, reasons=(), documents=(), **header)
    yield ReviewDecided(by=VENDOR, outcome=ReviewOutcome.APPROVED, **header)
    for final in (False, True):
        yield ReviewDecided(by=RITA, outcome=ReviewOutcome.REJECTED, reasons=WHY_NOT[3], final=final, **header)
    yield AppealSubmitted(documents=frozenset(needed), **header)
    yield AppealDecided(by=OTTO, outcome=AppealOutcome.GRANTED, **header)
    yield AppealDecided(by=OTTO, outcome=AppealOutcome.DISMISSED, reasons=WHY_NOT[2], **header)


def accounts_of(rule: Rule, policy: Policy) -> tuple[tuple[Account, datetime], ...]:
    """One account of every shape that a rule alone can bring about, and when: the fixpoint, from a fresh one."""
    alone = attrs.evolve(policy, rules=(rule,))
    found: dict[object, tuple[Account, datetime]] = {}
    waiting = [(Account(id="a1"), 0)]
    while waiting:
        account, number = waiting.pop()
        at = START + number * MINUTE
        seen = shape(account, at), len(account.holds), retracted(account)
        if seen in found:
            continue
        found[seen] = account, at
        for event in next_events(rule, account, at + MINUTE, number + 1):
            try:
                waiting.append((apply(alone, account, event).account, number + 1))
            except EventRefused:
                continue
    return tuple(found.values())


def retracted(account: Account) -> object:
    return tuple(trigger.settled_at is None for hold in account.holds[-1:] for trigger in hold.triggers[-2:])


def asked_of(rule: Rule) -> Iterator[Request]:
    """A request that the rule stops, which names the destination and which does not."""
    for operation in sorted(OPERATIONS_ASKED.intersection(rule.scope.operations) or {min(rule.scope.operations)}):
        yield Request(operation=operation)
        if rule.scope.destinations is Destinations.NAMED:
            yield Request(operation=operation, destination_id="here")


OPERATIONS_ASKED = {"withdrawal", "address_addition", "vault_withdrawal", "payment"}


@cache
def published_decisions() -> dict[Decision, tuple[Account, Rule]]:
    """Whatever a hold of any published rule can become, at every instant at which it may read otherwise."""
    found: dict[object, tuple[Decision, tuple[Account, Rule]]] = {}
    for published in policies.GALLERY.values():
        for rule in published.policy.rules:
            for account, latest in accounts_of(rule, published.policy):
                for at in instants_of(account, latest):
                    for request in asked_of(rule):
                        decision = check(account, at, request)
                        alike = published.name, rule.id, request, told_alike(decision)
                        found.setdefault(alike, (decision, (account, rule)))
    return dict(found.values())


def instants_of(account: Account, latest: datetime) -> Iterator[datetime]:
    yield from (START - HOUR, latest, latest + HOUR)
    for hold in account.holds:
        if hold.until is not None:
            yield from (hold.until - MINUTE, hold.until)


def told_alike(decision: Decision) -> object:
    """What the words of a decision depend on, but for its instants."""
    if not isinstance(decision, Denied):
        return None
    holds = tuple((outline(hold), hold.reasons, hold.since <= decision.at) for hold in decision.holds)
    return holds, decision.resumes_at is None


@cache
def decisions_of_all_rules() -> tuple[Decision, ...]:
    """Every published policy with a hold of each of its rules, asked for each operation while some of them end."""
    found: dict[Decision, None] = {}
    for published in policies.GALLERY.values():
        account = Account(id="a1")
        for number, rule in enumerate(published.policy.rules):
            event, *_ = next_events(rule, Account(id="a1"), START + number * MINUTE, number)
            account = apply(published.policy, account, event).account
        for rule in published.policy.rules:
            for request in asked_of(rule):
                found |= dict.fromkeys(check(account, at, request) for at in boundaries(account))
    return tuple(found)


# ── What a decision says ─────────────────────────────────────────────────────────────────────────────────────────

Said = tuple[object, ...]


def facts(decision: Decision, zone: tzinfo = UTC) -> Iterator[Said]:
    """What whoever reads the text has to know, one fact for each line, but for the choices and the tips."""
    if not isinstance(decision, Denied):
        yield ("allowed",)
        return
    is_named = decision.request.destination_id is not None
    elsewhere = all(hold.destination_id is not None for hold in decision.holds)
    here = " here" if elsewhere and is_named else ""
    yield (f"open{here}",) if decision.resumes_at is None else (f"until{here}", rounded_up(decision.resumes_at))
    if elsewhere and not is_named:
        yield ("these only",)
    if len(decision.holds) > 1:
        yield ("several", len(decision.holds))
    for hold in decision.holds:
        yield from why(hold, decision, zone)
        for step in hold.steps:
            yield from what(hold, step, decision)


def ends_by_itself(denied: Denied, hold: OpenHold) -> bool:
    return denied.resumes_at is not None or len(hold.steps) == 1


# What an account holder sees happen. Of anything else they are not told when it began.
SEEN = {
    "address_added",
    "exchange_made",
    "money_received",
    "new_account",
    "new_device",
    "own_request",
    "purchase_made",
    "security_change",
}


def why(hold: OpenHold, denied: Denied, zone: tzinfo) -> Iterator[Said]:
    yield "why", hold.public_reason if hold.public_reason in REASONS else "unspecified"
    if hold.public_reason in SEEN and hold.since <= denied.at:
        day = hold.since.astimezone(zone).date()
        yield "began", datetime(day.year, day.month, day.day, tzinfo=UTC)
    if hold.destination_id is not None:
        is_named = denied.request.destination_id is not None
        yield ("this only",) if is_named else ("one only", hold.destination_id)
    if hold.reasons:
        yield "failed", frozenset(hold.reasons) & KNOWN


TO_DO = ("verify", "complete_verification", "appeal", "contact_support")


def what(hold: OpenHold, step: steps.Step, denied: Denied) -> Iterator[Said]:
    match step:
        case steps.Wait(until=until):
            yield "wait", ends_by_itself(denied, hold), rounded_up(until)
            others = [other for other in hold.steps if str(other.step) in TO_DO]
            if ends_by_itself(denied, hold) and any(
                "support" in getattr(each, "authorities", ("support",)) for each in others
            ):
                yield ("sooner",)
        case steps.Verify(methods=accepted):
            yield "verify", frozenset(accepted)
        case steps.Appeal(documents=needed):
            yield "appeal", hold.state is State.APPEAL, frozenset(needed)
        case steps.CompleteVerification(method=method, due=None):
            yield "complete", frozenset({method}), frozenset(step.documents)
            if KNOWN.intersection(step.reasons):
                yield "more because", KNOWN.intersection(step.reasons)
        case steps.ContactSupport(authorities=named_ones):
            yield "ask", "support" in named_ones, frozenset(named_ones)
            others = {type(other) for other in hold.steps} - {steps.Wait, steps.ContactSupport}
            if "support" not in named_ones and not others and denied.resumes_at is None:
                yield ("nothing_now",)
        case steps.AwaitReview(due=None) | steps.AwaitAppeal(due=None):
            yield (str(step.step),)
        case _:
            raise AssertionError(f"no published policy has such a step: {step}")


# ── What a reader understands ────────────────────────────────────────────────────────────────────────────────────

CHOICES_AND_TIPS = ("choice.", "step.tip")
HELP = (*CHOICES_AND_TIPS, "step.more_because", "step.nothing_now", "step.sooner")
LINES = ("allowed", "denied.", "hold.", "why.", "step.", "choice.")
KINDS = {
    "denied.open": "open",
    "denied.until": "until",
    "denied.open_destination": "open here",
    "denied.until_destination": "until here",
    "denied.destinations_only": "these only",
    "denied.several": "several",
    "hold.this_destination": "this only",
    "hold.destination": "one only",
    "hold.began_on": "began",
    "hold.failed": "failed",
    "hold.failed_because": "failed",
    "step.wait_too": "wait",
    "step.verify_otherwise": "verify",
    "step.contact_support": "ask",
    "step.ask_others": "ask",
    "step.complete_verification": "complete",
    "step.hand_in": "complete",
    "step.more_because": "more because",
    "step.appeal_bare": "appeal",
    "step.appeal_more": "appeal",
    "step.appeal_more_bare": "appeal",
}
FAMILIES = {"failed": "reason", "more because": "reason", "verify": "method"}


@cache
def patterns(tag: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every line that there may be, as a pattern with a group for each thing that it names."""
    texts = {code: text for code, text in CATALOGUE.languages[tag].items() if code.startswith(LINES)}
    return tuple(
        (code, re.compile(pattern_of(form, {name: f"(?P<{name}>.+)" for name in CODES[code]})))
        for code, text in texts.items()
        for form in ([text] if isinstance(text, str) else text.values())
    )


@cache
def read(line: str, tag: str) -> tuple[str, Said]:
    """The code of a line and what it tells. There must be one way to read it."""
    found = {code: match for code, pattern in patterns(tag) if (match := pattern.fullmatch(line))}
    assert len(found) == 1, f"{line!r} reads as {sorted(found) or 'nothing'}"
    ((code, match),) = found.items()
    about = code.removesuffix("_operation")
    kind = KINDS.get(about, about.removeprefix("step."))
    match kind:
        case "until" | "until here":
            return code, (kind, *instants_in(line, tag))
        case "began":
            return code, (kind, *days_in(line, tag))
        case "ask":
            return code, (kind, code == "step.contact_support", named(match, "authority", tag))
        case "wait":
            return code, (kind, code == "step.wait", *instants_in(line, tag))
        case "several":
            return code, (kind, int(match["count"]))
        case "one only":
            return code, (kind, match["destination_id"])
        case "appeal":
            return code, (kind, code.startswith("step.appeal_more"), named(match, "document", tag))
        case "complete":
            return code, (kind, named(match, "method", tag), named(match, "document", tag))
        case "failed" | "more because" | "verify":
            return code, (kind, named(match, FAMILIES[kind], tag))
        case _ if kind.startswith("why."):
            return code, ("why", kind.removeprefix("why."))
        case _:
            return code, (kind,)


def named(match: re.Match[str], family: str, tag: str) -> frozenset[str]:
    """The names of a family whose labels stand in what the line names."""
    words = " ".join(said for name, said in match.groupdict().items() if name.startswith(family.rstrip("y")))
    return frozenset(name for name, label in labels(family, tag).items() if label in words)


@cache
def labels(family: str, tag: str) -> dict[str, str]:
    """The label of every name of a family."""
    texts = CATALOGUE.languages[tag].items()
    return {code.partition(".")[2]: text for code, text in texts if code.startswith(f"{family}.")}


EVERY_RULE = tuple(rule for published in policies.GALLERY.values() for rule in published.policy.rules)
NAMES_OF_THE_GALLERY = {
    "authority": {name for rule in EVERY_RULE for name in rule.releasable_by},
    "method": {
        name for rule in EVERY_RULE if rule.clearance for name in rule.clearance.unverified | rule.clearance.verified
    },
}


def understood(lines: Iterable[str], tag: str) -> list[Said]:
    """What a reader of these lines knows, but for the choices and the tips, which help with what was said."""
    read_lines = (read(line, tag) for line in lines)
    return [said for code, said in read_lines if not code.startswith(CHOICES_AND_TIPS)]


# ── The law ──────────────────────────────────────────────────────────────────────────────────────────────────────


@given(decision=st.deferred(lambda: st.sampled_from(quickly_found())), tag=st.sampled_from(LANGUAGES))
def test_words_agree_with_the_decision(decision: Decision, tag: str) -> None:
    """For whatever a hold of any published policy can become, and for decisions about one destination or a chosen
    timer, in every language: whoever has only the text, or only the problem document, knows why, until when and what to
    do; and no notice says anything else.
    """
    assert_the_words_agree(decision, tag)


@cache
def quickly_found() -> tuple[Decision, ...]:
    return (*grown_decisions(), *published_decisions(), *decisions_of_all_rules())


# ── Every decision once, and every line in every language ────────────────────────────────────────────────────────


@cache
def every_decision() -> tuple[Decision, ...]:
    """These, and every decision that Binance's policy can come to."""
    return (*decisions(), *quickly_found())


def test_each_decision_is_read_back_in_one_of_the_languages() -> None:
    """A text is made of lines, so what every language says of each line is read back by the next test."""
    for number, decision in enumerate(every_decision()):
        assert_the_words_agree(decision, LANGUAGES[number % len(LANGUAGES)])


def test_each_line_says_the_same_in_every_language() -> None:
    lines = {(message, decision.at) for decision in every_decision() for message in explain(decision)}
    for message, now in lines:
        told = {read(render(message, (tag,), now=now), tag) for tag in LANGUAGES}
        assert len(told) == 1, told
        assert {code for code, _ in told} == {message.code}


def zone_of(tag: str) -> tzinfo:
    return ZONES[LANGUAGES.index(tag) % len(ZONES)]


def assert_the_words_agree(decision: Decision, tag: str) -> None:
    lines = [render(message, (tag,), zone=zone_of(tag), now=decision.at) for message in explain(decision)]
    assert understood(lines, tag) == list(facts(decision, zone_of(tag)))
    if isinstance(decision, Denied):
        assert_the_document_agrees(decision, lines, tag)


def assert_the_document_agrees(denied: Denied, lines: list[str], tag: str) -> None:
    problem, form = problem_of(denied, languages=(tag,), zone=zone_of(tag)), wire.to_dict(denied)
    helping = ("more because", "nothing_now", "sooner")
    known = [said for said in dict.fromkeys(facts(denied, zone_of(tag))) if said[0] not in helping]
    assert understood(problem["detail"].split("\n"), tag) == known
    assert (problem["resumes_at"], problem["phase"]) == (form["resumes_at"], form["phase"])
    for step in problem["steps"]:
        sentence, *help_with_it = step["texts"]
        assert read(sentence, tag)[1] in known
        assert set(help_with_it) <= set(lines)
        assert {name: step[name] for name in step if name not in ("controls", "button", "texts")} in [
            told_of(written) for hold in form["holds"] for written in hold["steps"]
        ]
    for told, hold in zip(problem["holds"], denied.holds, strict=True):
        assert understood(told["why"], tag) == list(why(hold, denied, zone_of(tag)))
        assert [problem["steps"][number]["step"] for number in told["steps"]] == [step.step for step in hold.steps]
    assert_the_notice_agrees(denied, tag)
    assert len(problem["steps"]) == len({tuple(step["texts"]) for step in problem["steps"]})
    assert set(chain.from_iterable(step["texts"][1:] for step in problem["steps"])) == {
        line for line in lines if read(line, tag)[0].startswith(HELP)
    }


def assert_the_notice_agrees(denied: Denied, tag: str) -> None:
    """An alarm is only told of what an alarm holds, and an end only where there is one."""
    notice, texts = notice_of(denied), CATALOGUE.languages[tag]
    told = notice and render(notice, (tag,), zone=zone_of(tag), now=denied.at)
    alarms = [hold for hold in denied.holds if hold.public_reason == public_reasons.ABNORMAL_ACTIVITY]
    if not alarms:
        assert notice == (None if denied.resumes_at is None else say("notice.timed", resumes_at=denied.resumes_at))
        assert told is None or instants_in(told, tag) == [rounded_up(denied.resumes_at)]
        return
    says_withdrawals = told == texts["notice.abnormal_activity"]
    assert says_withdrawals or told == texts["notice.abnormal_activity_some"]
    if says_withdrawals:
        assert denied.request.operation == "withdrawal"
        assert any(hold.destination_id is None for hold in alarms)


def test_the_words_about_an_alarm_are_the_same_whenever_it_was_raised() -> None:
    """Of what the account holder did not see happen, nobody can tell when it happened from what they are told."""
    for decision in published_decisions():
        if isinstance(decision, Denied):
            shifted = attrs.evolve(decision, holds=tuple(at_another_instant(hold) for hold in decision.holds))
            assert explain(shifted) == explain(decision)
            assert (notice_of(shifted), problem_of(shifted)) == (notice_of(decision), problem_of(decision))


def at_another_instant(hold: OpenHold) -> OpenHold:
    return hold if hold.public_reason in SEEN else attrs.evolve(hold, since=START + timedelta(days=90, hours=7))


# ── What it is said of ───────────────────────────────────────────────────────────────────────────────────────────


def test_every_decision_of_the_policy_is_looked_at() -> None:
    """Every phase, every step that the policy can offer, and as many holds as it has rules, and one that had ended."""
    denials = [decision for decision in decisions() if isinstance(decision, Denied)]
    assert {decision.phase for decision in decisions()} == set(Phase)
    assert {len(denied.holds) for denied in denials} == {1, 2, 3, 4, 5, 6, 7}
    assert {step.step for denied in denials for hold in denied.holds for step in hold.steps} == set(steps.StepType)
    assert {denied.resumes_at is None for denied in denials} == {True, False}


def test_every_kind_of_answer_about_a_destination_is_looked_at() -> None:
    """One destination and all of them, by a timer and by a clearance, named by the request and not."""
    denials = [decision for decision in grown_decisions() if isinstance(decision, Denied)]
    assert {
        (
            denied.resumes_at is None,
            denied.request.destination_id is None,
            denied.request.operation,
            frozenset(hold.destination_id is None for hold in denied.holds),
        )
        for denied in denials
    } == {
        (is_open, is_unnamed, operation, frozenset(about_all))
        for is_open in (True, False)
        for is_unnamed, operation in (
            (True, "withdrawal"),
            (False, "withdrawal"),
            (True, "gift_card"),
            (False, "gift_card"),
        )
        for about_all in ({True}, {False}, {True, False})
    }
    chosen = {hold.until - hold.since for denied in denials for hold in denied.holds if hold.rule == "locked"}
    assert chosen == {timedelta(hours=24), timedelta(days=3), timedelta(days=3, hours=1)}


def test_every_name_of_a_published_policy_has_a_text_in_every_language() -> None:
    needed = {f"document.{name}" for rule in EVERY_RULE if (appeal := appeal_of(rule)) for name in appeal.documents}
    needed |= {f"{family}.{name}" for family, names in NAMES_OF_THE_GALLERY.items() for name in names}
    needed |= {f"operation.{name}" for rule in EVERY_RULE for name in rule.scope.operations}
    for tag in LANGUAGES:
        assert needed <= CATALOGUE.languages[tag].keys()


def appeal_of(rule: Rule) -> object:
    return rule.clearance and rule.clearance.appeal


def test_every_published_rule_is_looked_at() -> None:
    """Each of them denies, and each that a person can end is looked at in every state."""
    states: dict[tuple[str, str], set[State]] = {}
    for decision in published_decisions():
        for hold in decision.holds if isinstance(decision, Denied) else ():
            states.setdefault((hold.policy.id, hold.rule), set()).add(hold.state)
    rules = {(name, rule.id): rule for name, each in policies.GALLERY.items() for rule in each.policy.rules}
    assert states.keys() == rules.keys()
    for name, rule in rules.items():
        assert {State.SUSPENDED, *((State.VERIFICATION, State.REVIEW) if rule.clearance else ())} <= states[name], name
    assert any(State.APPEAL in each for each in states.values())


def test_what_is_said_to_end_by_itself_does() -> None:
    published = ((decision, account) for decision, (account, _) in published_decisions().items())
    for decision, account in (*decisions().items(), *grown_decisions().items(), *published):
        for hold in decision.holds if isinstance(decision, Denied) else ():
            for step in hold.steps:
                if isinstance(step, steps.Wait) and ends_by_itself(decision, hold):
                    (kept,) = (kept for kept in account.holds if kept.id == hold.id)
                    assert kept.end == step.until


def outline(hold: OpenHold) -> object:
    """What is said of a hold, but for its instants, and for which reasons, documents and tips."""
    methods_of = ("methods", "method")
    lists = ("documents", "reasons")
    offered = tuple(
        (
            step.step,
            *(getattr(step, name, None) for name in methods_of),
            *(bool(getattr(step, name, ())) for name in lists),
        )
        for step in hold.steps
    )
    return hold.state, hold.until is None, hold.reasons != (), offered


@cache
def outlines() -> frozenset[object]:
    return frozenset(outline(hold) for denied in decisions() if isinstance(denied, Denied) for hold in denied.holds)


@given(story=stories(policy=policies.BINANCE))
def test_no_drawn_story_leads_to_a_hold_of_which_nothing_was_found(story: Story) -> None:
    """Nothing is retracted on the way: before the instant of a retraction such a hold has one step to wait more."""
    assume(not any(isinstance(event, EventRetracted) for event in story.events))
    for at in boundaries(story.account):
        assert {outline(hold) for hold in open_holds(story.account, at)} <= outlines()


@pytest.mark.parametrize("family", ["authority", "reason", "method", "document"])
@each_language
def test_no_name_is_a_part_of_another(tag: str, family: str) -> None:
    """Or `named` would find what is not there."""
    texts = labels(family, tag).values()
    assert not [(part, whole) for part in texts for whole in texts if part != whole and part in whole]
