"""Which open holds a new policy would have placed in another way; asking changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import attrs
import pytest
from hypothesis import given

from strategies import Story, stories
from withdraw_guard import Account, EventRetracted, InvalidValue, Policy, Repeat, Rule, SecurityEvent, apply, policies
from withdraw_guard._factory import ADMIN
from withdraw_guard.analysis import migrate_preview

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
OLD = policies.BINANCE


def changed(rule_id: str, **terms) -> Policy:
    rules = tuple(attrs.evolve(rule, **terms) if rule.id == rule_id else rule for rule in OLD.rules)
    return attrs.evolve(OLD, version="2.0.0", rules=rules)


def held(*triggers: str, account: str = "a1") -> Account:
    events = [
        SecurityEvent(id=f"e{n}", account=account, at=MONDAY + n * HOUR, trigger=trigger, initiated_by="user")
        for n, trigger in enumerate(triggers)
    ]
    return apply(OLD, Account(id=account), *events).account


def test_a_hold_that_the_new_policy_shortens_is_returned_with_the_hold_instead() -> None:
    account = held("email_changed", "password_changed")
    (preview,) = migrate_preview([account], changed("email-changed", duration=24 * HOUR), MONDAY + HOUR)
    assert (preview.account, preview.hold) == ("a1", account.holds[0])
    assert [hold.end for hold in preview.instead] == [MONDAY + 24 * HOUR]
    assert preview.hold.end == MONDAY + 48 * HOUR


def test_a_hold_that_the_new_policy_would_not_place_is_returned_with_no_hold_instead() -> None:
    fewer = attrs.evolve(OLD, rules=OLD.rules[:-1])
    (preview,) = migrate_preview([held("abnormal_activity")], fewer, MONDAY)
    assert preview.instead == ()


def test_the_latest_trigger_counts_as_well() -> None:
    account = held("email_changed", "email_changed")
    (preview,) = migrate_preview([account], changed("email-changed", duration=24 * HOUR), MONDAY + HOUR)
    assert [hold.end for hold in preview.instead] == [MONDAY + 25 * HOUR]


def test_only_open_holds_that_differ_are_returned() -> None:
    new = changed("email-changed", duration=24 * HOUR)
    accounts = [held("password_changed"), held("email_changed", account="a2")]
    assert [preview.account for preview in migrate_preview(accounts, new, MONDAY)] == ["a2"]
    assert migrate_preview(accounts, new, MONDAY + 48 * HOUR) == ()


def test_a_hold_that_the_account_has_already_is_not_returned_instead() -> None:
    both = attrs.evolve(OLD, rules=(OLD.rules[0], attrs.evolve(OLD.rules[0], id="second", duration=48 * HOUR)))
    event = SecurityEvent(id="e1", account="a1", at=MONDAY, trigger="password_changed", initiated_by="user")
    account = apply(both, Account(id="a1"), event).account
    (preview,) = migrate_preview([account], attrs.evolve(both, rules=both.rules[:1]), MONDAY)
    assert (preview.hold.rule.id, preview.instead) == ("second", ())


def test_the_facts_of_the_rule_are_assumed() -> None:
    rule = Rule(id="r", trigger="password_changed", duration=HOUR, where={"initiated_by": "admin", "score": 2})
    policy = Policy(id="p", version="1", rules=(rule,))
    event = SecurityEvent(id="e1", account="a1", at=MONDAY, trigger="password_changed", initiated_by="admin")
    account = apply(policy, Account(id="a1"), event).account
    assert migrate_preview([account], attrs.evolve(policy, version="2"), MONDAY) == ()


KEPT = Policy(
    id="p",
    version="1",
    rules=(Rule(id="r", trigger="password_changed", duration=24 * HOUR, repeat=Repeat.KEEP),),
    retractable_by=frozenset({"security"}),
)


def changed_at(name: str, hours: int) -> SecurityEvent:
    at = MONDAY + hours * HOUR
    return SecurityEvent(id=name, account="a1", at=at, trigger="password_changed", initiated_by="user")


def test_an_earlier_event_that_was_reported_later_is_not_the_cause() -> None:
    account = apply(KEPT, Account(id="a1"), changed_at("e1", 0), changed_at("e2", -1)).account
    assert migrate_preview([account], KEPT, MONDAY) == ()


def test_a_kept_hold_whose_cause_was_retracted_is_no_other_hold() -> None:
    wrong = EventRetracted(
        id="x", account="a1", at=MONDAY + 9 * HOUR, event="e1", by=ADMIN, authority="security", note="a mistake"
    )
    account = apply(
        KEPT, Account(id="a1"), changed_at("e1", 0), changed_at("e2", 1), changed_at("e3", 8), wrong
    ).account
    assert account.holds[0].until == MONDAY + 32 * HOUR
    assert migrate_preview([account], KEPT, MONDAY + 10 * HOUR) == ()


@given(story=stories())
def test_the_same_policy_gives_no_preview(story: Story) -> None:
    account, at = story.account, max(event.at for event in story.events)
    assert migrate_preview([account], story.policy, at) == ()
    told = migrate_preview([account], attrs.evolve(story.policy, rules=()), at)
    assert {preview.hold.id for preview in told} == {hold.id for hold in account.holds if hold.is_open(at)}
    assert all(preview.instead == () for preview in told)


def test_a_value_that_is_no_policy_is_refused() -> None:
    with pytest.raises(InvalidValue, match="new"):
        migrate_preview([], "2.0.0", MONDAY)
