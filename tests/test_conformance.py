"""The conformance scenarios: whole stories in the wire format, told as their README says.

Those of this repository are worked examples that operators and regulators have published, with their numbers; the
reference tells them too. The others stand beside the repository and are left out where they are not at hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reference import Reference
from withdraw_guard import Account, Denied, EventRefused, Request, apply, check, open_holds, wire
from withdraw_guard._values.time import read_instant

OWN = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
FILES = [*OWN, *sorted((Path(__file__).parents[2] / "shared" / "conformance").glob("*.json"))]
each_scenario = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def scenario(path: Path) -> dict[str, Any]:
    document = wire.parse(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def accounts(story: dict[str, Any]) -> list[Account]:
    """The account before the first event and after each; on the way, who is refused and who is not is checked."""
    policy = wire.policy_from_dict(story["policy"])
    new_policies = {then["from"]: then["policy"] for then in story.get("then", ())}
    refused = {refusal["event"]: refusal["reason"] for refusal in story["refused"]}
    accounts = [Account(id=story["account"])]
    for index, data in enumerate(story["events"]):
        if index in new_policies:
            policy = wire.policy_from_dict(new_policies[index])
        before = accounts[-1]
        reason = None
        try:
            accounts.append(apply(policy, before, wire.event_from_dict(data)).account)
        except EventRefused as error:
            reason = error.reason.value
            accounts.append(before)
        assert reason == refused.get(index), f"event {index} `{data['id']}` met {reason}"
    return accounts


def assert_says(said: Any, expected: Any, path: str) -> None:
    """What is expected must be there and equal; a dict may say more, a list may not be longer."""
    if isinstance(expected, dict):
        assert isinstance(said, dict), path
        for name, value in expected.items():
            assert name in said, f"{path}.{name} is missing"
            assert_says(said[name], value, f"{path}.{name}")
    elif isinstance(expected, list):
        assert isinstance(said, list), path
        assert len(said) == len(expected), f"{path}: {json.dumps(said)}"
        for index, (said_item, expected_item) in enumerate(zip(said, expected, strict=True)):
            assert_says(said_item, expected_item, f"{path}[{index}]")
    else:
        assert (type(said), said) == (type(expected), expected), path


@each_scenario
def test_the_scenario_comes_out_as_expected(path: Path) -> None:
    story = scenario(path)
    after = accounts(story)
    assert story["expect"], "a scenario that expects nothing proves nothing"
    for index, expected in enumerate(story["expect"]):
        request = Request(**expected["request"])
        at = read_instant("at", expected["at"])
        decision = check(after[expected["after"]], at, request)
        assert_says(wire.to_dict(decision), expected["decision"], f"expect[{index}].decision")
        assert wire.decision_from_dict(wire.to_dict(decision)) == decision
        if isinstance(decision, Denied):
            assert set(decision.holds) <= set(open_holds(after[expected["after"]], at))


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.stem)
def test_the_reference_comes_to_the_same_result(path: Path) -> None:
    story = scenario(path)
    told = [Reference(story["account"])]
    for event in story["events"]:
        told.append(Reference(story["account"]))
        for earlier in story["events"][: len(told) - 1]:
            assert told[-1].handle(story["policy"], earlier) is None, event["id"]
    for index, expected in enumerate(story["expect"]):
        said = told[expected["after"]].check(expected["at"], expected["request"])
        assert_says(said, expected["decision"], f"expect[{index}].decision")


@each_scenario
def test_the_account_survives_the_wire_after_every_event(path: Path) -> None:
    for account in accounts(scenario(path)):
        assert wire.account_from_dict(wire.parse(json.dumps(wire.to_dict(account)))) == account


def test_every_scenario_is_named_as_its_file() -> None:
    assert [scenario(path)["name"] for path in FILES] == [path.stem for path in FILES]
