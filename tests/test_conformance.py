"""The conformance scenarios: whole stories in the wire format, told as their README says, to library and reference.

Those of this repository are worked examples that operators and regulators have published, with their numbers. The
others stand beside the repository and are left out where they are not at hand.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reference.rulebook import Reference
from test_differential import Library
from withdraw_guard import Request, check, open_holds, wire
from withdraw_guard._values.time import read_instant

OWN = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
SHARED = sorted(file for folder in Path(__file__).parents for file in folder.glob("shared/conformance-second/*.json"))
FILES = [*OWN, *SHARED]
each_scenario = pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)


def scenario(path: Path) -> dict[str, Any]:
    document = wire.parse(path.read_text(encoding="utf-8"))
    assert isinstance(document, dict)
    return document


def assert_tells(story: dict[str, Any], teller: Library | Reference) -> None:
    """Tell the story; what is refused, and what the answers are, must be as the story says."""
    policy, new_policies = story["policy"], {then["from"]: then["policy"] for then in story.get("then", ())}
    refused = {refusal["event"]: refusal for refusal in story["refused"]}
    assert_answers(story, teller, 0)
    for index, event in enumerate(story["events"]):
        policy = new_policies.get(index, policy)
        outcome = teller.handle(policy, event)
        assert said_of(outcome) == expected_of(refused.get(index)), f"event {index} `{event['id']}`"
        assert_answers(story, teller, index + 1)


def said_of(outcome: Any) -> object:
    return outcome if isinstance(outcome, str) else tuple(outcome)[:2]


def expected_of(refusal: dict[str, Any] | None) -> object:
    if refusal is None:
        return "applied"
    return "InvalidValue" if refusal["reason"] == "InvalidValue" else (refusal["reason"], refusal["outdated"])


def assert_answers(story: dict[str, Any], teller: Library | Reference, after: int) -> None:
    for index, expected in enumerate(story["expect"]):
        if expected["after"] == after:
            at = read_instant("at", expected["at"]) if isinstance(teller, Library) else expected["at"]
            assert_says(teller.check(at, expected["request"]), expected["decision"], f"expect[{index}].decision")


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
def test_the_library_tells_the_scenario_as_expected(path: Path) -> None:
    story = scenario(path)
    assert story["expect"], "a scenario that expects nothing proves nothing"
    assert_tells(story, Library(story["account"]))


@each_scenario
def test_the_reference_tells_the_scenario_as_expected(path: Path) -> None:
    story = scenario(path)
    assert_tells(story, Reference(story["account"]))


@each_scenario
def test_each_decision_of_the_scenario_survives_the_wire_and_names_open_holds(path: Path) -> None:
    story, library = scenario(path), Library(scenario(path)["account"])
    policy, new_policies = story["policy"], {then["from"]: then["policy"] for then in story.get("then", ())}
    for index, event in enumerate(story["events"]):
        policy = new_policies.get(index, policy)
        library.handle(policy, event)
        for expected in story["expect"]:
            at = read_instant("at", expected["at"])
            decision = check(library.account, at, Request(**expected["request"]))
            assert wire.decision_from_dict(wire.to_dict(decision)) == decision
            assert set(getattr(decision, "holds", ())) <= set(open_holds(library.account, at))


def test_every_scenario_is_named_as_its_file() -> None:
    assert [scenario(path)["name"] for path in FILES] == [path.stem for path in FILES]


def test_all_scenarios_beside_the_repository_are_told() -> None:
    if not SHARED:
        pytest.skip("no folder `shared/conformance-second` stands beside this repository")
    assert len(SHARED) >= 53
