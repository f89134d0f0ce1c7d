"""The reference tells every open scenario of the second edition, where their folder stands beside the repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .reference import Json, Reference

HERE = Path(__file__)
FOLDERS = [folder / "shared" / "conformance-second" for folder in HERE.parents]
FILES = sorted(path for folder in FOLDERS if folder.is_dir() for path in folder.glob("*.json"))


def test_the_scenarios_are_at_hand() -> None:
    if not FILES:
        pytest.skip("no folder `shared/conformance-second` stands beside this repository")
    assert len(FILES) >= 53


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_scenario_holds(path: Path) -> None:
    story = json.loads(path.read_text(encoding="utf-8"))
    reference, policy = Reference(story["account"]), story["policy"]
    policies = {then["from"]: then["policy"] for then in story.get("then", [])}
    refused = {refusal["event"]: refusal for refusal in story["refused"]}
    assert_answers(reference, story, 0)
    for index, event in enumerate(story["events"]):
        policy = policies.get(index, policy)
        assert_handles(reference, policy, event, refused.get(index))
        assert_answers(reference, story, index + 1)


def assert_handles(reference: Reference, policy: Json, event: Json, refusal: Json | None) -> None:
    before = reference.show()
    outcome = reference.handle(policy, event)
    if refusal is None:
        assert outcome == "applied", event
        return
    assert reference.show() == before, event
    if refusal["reason"] == "InvalidValue":
        assert outcome == "InvalidValue", event
    else:
        assert not isinstance(outcome, str), event
        assert (outcome.reason, outcome.outdated) == (refusal["reason"], refusal["outdated"]), event


def assert_answers(reference: Reference, story: Json, after: int) -> None:
    for expected in story["expect"]:
        if expected["after"] == after:
            assert_says(reference.check(expected["at"], expected["request"]), expected["decision"], expected["at"])


def assert_says(said: Any, expected: Any, path: str) -> None:
    """What is expected is there and equal; a dict may say more, a list may not be longer."""
    if isinstance(expected, dict):
        for name, member in expected.items():
            assert name in said, f"{path}.{name}"
            assert_says(said[name], member, f"{path}.{name}")
    elif isinstance(expected, list):
        assert len(said) == len(expected), path
        for index, (one, other) in enumerate(zip(said, expected, strict=True)):
            assert_says(one, other, f"{path}[{index}]")
    else:
        assert said == expected, path
