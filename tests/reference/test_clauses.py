"""Each odd clause of the rulebook is needed: a journal goes right with it and wrong without it."""

from __future__ import annotations

import pytest

from .clauses import CASES, Case, table, without
from .rulebook import ALL

FIRST = {case.clause: case for case in reversed(CASES)}
SHORT = [case for case in FIRST.values() if len(case.events) <= 9]  # Longer ones fill the sixteen places.


@pytest.mark.parametrize("clause", sorted(ALL))
def test_every_clause_has_a_journal_that_goes_wrong_without_it(clause: str) -> None:
    cases = [case for case in CASES if case.clause == clause]
    assert cases
    assert all(case.seen(without(clause)) == case.wrong != case.right for case in cases)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_journal_goes_right_with_all_clauses(case: Case) -> None:
    assert case.seen(ALL) == case.right


@pytest.mark.parametrize("case", SHORT, ids=lambda case: case.name)
def test_the_journal_is_short(case: Case) -> None:
    """Every event of it is needed."""
    for index in range(len(case.events)):
        shorter = case._replace(events=case.events[:index] + case.events[index + 1 :])
        assert told(shorter, ALL) != case.right or told(shorter, without(case.clause)) != case.wrong


def told(case: Case, clauses: frozenset[str]) -> object:
    try:
        return case.seen(clauses)
    except (AttributeError, IndexError, KeyError):
        return "there is nothing to look at"


def test_the_table_names_a_case_for_every_clause() -> None:
    assert {clause for clause, _, _ in table()} == ALL
