"""The published policies are what their sources say, to the letter."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from withdraw_guard import policies, wire

SCENARIOS = Path(__file__).parent.parent.parent / "shared" / "conformance-second"
WITHDRAWALS = {"operations": ["withdrawal"], "destinations": "any", "leaves": []}


def rule(trigger: str, **terms: object) -> dict[str, object]:
    timed = {"where": {}, "scope": WITHDRAWALS, "duration": None, "clearance": None}
    rest = {"lifted_by": "any", "repeat": "extend", "releasable_by": [], "chosen": None, "business_days": None}
    return {"id": trigger.replace("_", "-"), "trigger": trigger, **timed, **rest, "public_reason": None, **terms}


def test_the_rule_of_binance_is_what_is_published_and_what_we_read_into_it() -> None:
    clearance = {
        "unverified": ["identity_business", "identity_personal"],
        "verified": ["face_mobile", "face_web"],
        "attempts": None,
        "verify_within": None,
        "review_within": None,
        "review_business_days": None,
        "identity_valid_for": None,
        "appeal": {
            "after_failures": 1,
            "limit": 1,
            "within": None,
            "decide_within": None,
            "decide_business_days": None,
            "documents": ["supporting_documents"],
        },
    }
    assert wire.to_dict(policies.BINANCE) == {
        "schema": "withdraw-guard/policy/1",
        "id": "binance",
        "version": "1.0.0",
        "calendar": None,
        "retractable_by": ["security"],
        "rules": [
            rule("password_changed", duration="PT24H"),
            rule("two_factor_disabled", duration="PT24H"),
            rule("two_factor_reset", duration="PT48H"),
            rule("account_unlocked", duration="PT48H"),
            rule("email_changed", duration="PT48H"),
            rule("abnormal_activity", clearance=clearance, releasable_by=["support"]),
        ],
    }


def test_the_rule_of_binance_is_the_one_of_the_open_scenarios() -> None:
    if not SCENARIOS.exists():
        pytest.skip("the folder of the open scenarios is not here")
    scenarios = [json.loads(path.read_text()) for path in SCENARIOS.glob("*.json")]
    published = [scenario["policy"] for scenario in scenarios if scenario["source"] == "binance"]
    assert published
    assert all(wire.policy_from_dict(policy) == policies.BINANCE for policy in published)
