"""A backtest under two policies: what people did about holds of the old policy is done about those of the new one."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import attrs
from hypothesis import given
from hypothesis import strategies as st

from strategies import START, stories
from withdraw_guard import (
    Account,
    Actor,
    ActorKind,
    Policy,
    ReleaseOrdered,
    Repeat,
    Rule,
    SecurityEvent,
    policies,
    triggers,
)
from withdraw_guard._values.ids import HoldId, RuleId
from withdraw_guard.backtest import Arrived, ReplayedTwice, Span, counterparts, replayed_twice

HOUR = timedelta(hours=1)
LONG = Rule(id="long", trigger=triggers.PASSWORD_CHANGED, duration=48 * HOUR, releasable_by={"support"})
SHORT = Rule(id="short", trigger=triggers.PASSWORD_CHANGED, duration=24 * HOUR, releasable_by={"support"})


def policy(*rules: Rule) -> Policy:
    return Policy(id="p", version="1", rules=rules)


def changed(hours: int, name: str = "e1") -> Arrived:
    at = START + hours * HOUR
    event = SecurityEvent(id=name, account="a1", at=at, trigger=triggers.PASSWORD_CHANGED, initiated_by=ActorKind.USER)
    return Arrived(at=at, event=event)


def released(hours: int, hold: str) -> Arrived:
    at = START + hours * HOUR
    by = Actor(id="s1", kind=ActorKind.ADMIN)
    event = ReleaseOrdered(id=f"r{hours}", account="a1", at=at, hold=hold, by=by, authority="support", note="a call")
    return Arrived(at=at, event=event)


def both(old: Policy, new: Policy, *arrivals: Arrived) -> ReplayedTwice:
    return replayed_twice(old, new, Account(id="a1"), arrivals)


def unnamed(span: Span) -> Span:
    return attrs.evolve(span, rule=RuleId("any"), hold=HoldId("any"), policy=policies.BINANCE.ref)


@given(st.data())
def test_a_renaming_of_the_rules_changes_nothing(data: st.DataObject) -> None:
    story = data.draw(stories())
    names = data.draw(st.permutations([*(rule.id for rule in story.policy.rules), "x-1", "x-2"]))
    rules = tuple(attrs.evolve(rule, id=name) for rule, name in zip(story.policy.rules, names, strict=False))
    renamed = attrs.evolve(story.policy, rules=rules)
    arrivals = [Arrived(at=START + place * HOUR, event=event) for place, event in enumerate(story.events)]
    outcome = replayed_twice(story.policy, renamed, story.fresh, arrivals)
    assert Counter(map(unnamed, outcome.old.spans)) == Counter(map(unnamed, outcome.new.spans))
    assert len(outcome.old.refused) == len(outcome.new.refused) + len(outcome.unmapped)


def test_a_release_of_a_hold_releases_the_hold_of_the_counterpart() -> None:
    renamed = attrs.evolve(LONG, id="other", duration=72 * HOUR)
    outcome = both(policy(LONG), policy(renamed), changed(0), released(5, "e1:long"))
    assert [(span.rule, span.known_until) for span in outcome.new.spans] == [("other", START + 5 * HOUR)]
    assert outcome.unmapped == ()


def test_a_hold_that_only_the_new_policy_places_is_ended_by_nobody() -> None:
    outcome = both(policy(SHORT), policy(SHORT, LONG), changed(0), released(5, "e1:short"))
    assert [(span.rule, span.known_until) for span in outcome.new.spans] == [
        ("short", START + 5 * HOUR),
        ("long", None),
    ]


def test_an_event_about_a_hold_that_only_the_old_policy_places_is_not_used() -> None:
    release = released(5, "e1:long")
    outcome = both(policy(LONG), policy(), changed(0), release)
    assert (outcome.new.spans, outcome.new.refused, outcome.unmapped) == ((), (), (release,))


def test_an_event_about_an_unknown_hold_is_refused_by_the_old_policy_and_not_used_for_the_new() -> None:
    release = released(5, "e9:long")
    outcome = both(policy(LONG), policy(LONG), release)
    assert (len(outcome.old.refused), outcome.new.refused, outcome.unmapped) == (1, (), (release,))


def test_the_hold_that_the_same_event_joined_is_the_counterpart() -> None:
    separate = attrs.evolve(LONG, repeat=Repeat.SEPARATE)
    outcome = both(policy(separate), policy(LONG), changed(0), changed(1, "e2"), released(5, "e2:long"))
    assert {span.known_until for span in outcome.new.spans} == {START + 1 * HOUR, START + 5 * HOUR}
    outcome = both(policy(separate), policy(separate), changed(0), changed(1, "e2"), released(5, "e2:long"))
    assert {(span.hold, span.known_until) for span in outcome.new.spans} == {
        ("e2:long", START + 5 * HOUR),
        ("e1:long", None),
    }


def test_rules_are_paired_by_what_they_say_before_their_ids_and_their_order() -> None:
    swapped = policy(attrs.evolve(LONG, id="short"), attrs.evolve(SHORT, id="long"))
    assert counterparts(policy(LONG, SHORT), swapped) == {"long": "short", "short": "long"}
    longer = (attrs.evolve(SHORT, id="first", duration=HOUR), attrs.evolve(LONG, duration=72 * HOUR))
    assert counterparts(policy(SHORT, LONG), policy(*longer)) == {"long": "long", "short": "first"}
