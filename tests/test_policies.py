"""The published policies are what their sources say, to the letter."""

from __future__ import annotations

import ast
import json
import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from withdraw_guard import Policy, policies, wire

SCENARIOS = Path(__file__).parent.parent.parent / "shared" / "conformance-second"
WITHDRAWALS = {"operations": ["withdrawal"], "destinations": "any", "leaves": []}


def rule(trigger: str, **terms: object) -> dict[str, object]:
    timed = {"where": {}, "scope": WITHDRAWALS, "duration": None, "clearance": None}
    rest = {"lifted_by": "any", "repeat": "extend", "releasable_by": [], "chosen": None, "business_days": None}
    return {"id": trigger.replace("_", "-"), "trigger": trigger, **timed, **rest, "public_reason": None, **terms}


def test_the_rule_of_binance_is_what_is_published_and_our_readings() -> None:
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


# ── Loaded when asked for ────────────────────────────────────────────────────────────────────────────────────────

STUB = Path(policies.__file__ or "").with_suffix(".pyi")
LOADED = (
    "print(*sorted(name.rpartition('.')[2] for name in sys.modules if name.startswith('withdraw_guard.policies.')))"
)


def loaded_after(statement: str) -> list[str]:
    script = f"import sys\n{statement}\n{LOADED}"
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()


def test_the_library_loads_one_policy_and_the_others_when_they_are_asked_for() -> None:
    at_once, of_all = ["_binance"], ["_binance", "_published", "_terms"]
    assert loaded_after("import withdraw_guard.policies") == at_once
    assert loaded_after("from withdraw_guard import policies; policies.BINANCE") == at_once
    assert loaded_after("from withdraw_guard import policies; policies.KRAKEN.id") == [*of_all, "kraken"]
    assert loaded_after("from withdraw_guard.policies import MAX; MAX.id") == [*of_all, "maicoin_max"]
    assert loaded_after("from withdraw_guard.policies import Source; Source.__name__") == ["_binance", "_published"]
    assert len(loaded_after("from withdraw_guard import policies; policies.GALLERY")) == len(policies.GALLERY) + 4


def test_every_name_can_be_imported_at_once() -> None:
    assert "zignaly" in loaded_after(
        "from withdraw_guard.policies import *; GALLERY['kraken'].policy is KRAKEN or 1 / 0"
    )


def test_the_names_are_listed_before_they_are_loaded() -> None:
    assert dir(policies) == sorted(policies.__all__)


def test_an_unknown_policy_is_reported() -> None:
    with pytest.raises(AttributeError, match=r"^module `withdraw_guard.policies` has no attribute `ACME`$"):
        policies.ACME  # type: ignore[attr-defined]  # noqa: B018


def test_the_stub_names_every_module_of_a_policy_and_what_is_loaded_from_it() -> None:
    imports = [node for node in ast.parse(STUB.read_text("utf-8")).body if isinstance(node, ast.ImportFrom)]
    stub = {alias.asname: (str(node.module), alias.name) for node in imports for alias in node.names}
    assert sorted(map(str, stub)) == sorted(policies.__all__)
    for exported, (module, name) in stub.items():
        assert exported == name
        assert getattr(policies, name) is getattr(import_module(module), name)
    of_policies = {module for module, name in stub.values() if isinstance(getattr(policies, name), Policy)}
    found = {f"withdraw_guard.policies.{each.name}" for each in pkgutil.iter_modules(policies.__path__)}
    # `BINANCE` is apart from what stands behind it.
    assert {module.replace("._binance", ".binance") for module in of_policies} == {
        module for module in found if "._" not in module
    }
