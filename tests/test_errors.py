"""An error says its path and its problem, and survives pickling and copying."""

from __future__ import annotations

import copy
import pickle

import pytest

from good_values import HOLD, good
from withdraw_guard import EventRefused, GuardError, InvalidValue, Refusal, VerificationStarted
from withdraw_guard._values.errors import join_path


def test_an_invalid_value_is_a_guard_error_and_a_value_error() -> None:
    assert issubclass(InvalidValue, GuardError)
    assert issubclass(InvalidValue, ValueError)
    assert issubclass(EventRefused, GuardError)
    assert not issubclass(EventRefused, ValueError)


@pytest.mark.parametrize(
    ("parent", "child", "path"),
    [
        ("rules[2]", "duration", "rules[2].duration"),
        ("rules", "[2].duration", "rules[2].duration"),
        ("", "duration", "duration"),
        ("rules", "", "rules"),
        ("", "", ""),
    ],
)
def test_a_path_is_joined_from_the_outside(parent: str, child: str, path: str) -> None:
    assert join_path(parent, child) == path
    assert InvalidValue(child, "is missing").within(parent).path == path


def test_an_invalid_value_says_its_path_and_its_problem() -> None:
    assert str(InvalidValue("rules[2]", "is missing")) == "rules[2]: is missing"
    assert str(InvalidValue("", "is missing")) == "is missing"


def test_errors_survive_pickling_and_copying() -> None:
    invalid = InvalidValue("rules[2]", "is missing")
    for twin in (pickle.loads(pickle.dumps(invalid)), copy.copy(invalid), copy.deepcopy(invalid)):
        assert (type(twin), twin.path, twin.problem) == (InvalidValue, "rules[2]", "is missing")
    refused = EventRefused(Refusal.STALE, good(VerificationStarted), HOLD)
    for twin in (pickle.loads(pickle.dumps(refused)), copy.copy(refused), copy.deepcopy(refused)):
        assert (twin.reason, twin.event, twin.hold) == (Refusal.STALE, refused.event, HOLD)
        assert (twin.outdated, str(twin)) == (refused.outdated, str(refused))
