"""The laws of the rulebook as properties over the reference, on policies and journals that are drawn.

An example is one seed, and a seed is one story. A broken law shows the shortest story that still breaks it.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from . import laws
from .journals import Law, Story, random_security_story, random_story, shortest
from .vendor import a_clock_that_lags_locks_nobody_out, random_journey

Draw = Callable[[random.Random], Story]


def security_story_that_extends(rng: random.Random) -> Story:
    return random_security_story(rng, repeats=("extend",))


def short_security_story(rng: random.Random) -> Story:
    return random_security_story(rng, size=4)


LAWS: dict[Law, Draw] = {
    laws.redelivery_changes_nothing: random_story,
    laws.a_refused_event_changes_nothing: random_story,
    laws.security_events_commute: security_story_that_extends,
    laws.a_security_event_never_loosens: random_story,
    laws.what_nobody_has_seen_denies: random_story,
    laws.a_retracted_event_might_as_well_not_have_happened: short_security_story,
    laws.a_retraction_touches_no_other_trigger: random_story,
    laws.a_retraction_is_never_early: random_story,
    laws.a_step_that_is_offered_is_taken: random_story,
    laws.a_denial_has_a_next_step: random_story,
    laws.resumes_at_is_exact: random_story,
    laws.next_change_at_misses_nothing: random_story,
    laws.time_alone_never_tightens: random_story,
    laws.a_move_touches_no_other_hold: random_story,
    laws.an_open_hold_keeps_its_terms: random_story,
    laws.rule_order_does_not_matter: random_story,
    laws.more_costs_nothing: random_story,
    laws.an_identity_ages_by_itself: random_story,
    laws.no_user_lifts_their_own_hold: random_story,
    laws.approval_is_newer_than_evidence: random_story,
    laws.an_unknown_operation_is_covered: random_story,
    a_clock_that_lags_locks_nobody_out: random_journey,
}


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
@given(seed=st.integers(0, 2**48))
def test_the_law_holds(law: Law, seed: int) -> None:
    story = LAWS[law](random.Random(seed))
    if law(story) is not None:
        story = shortest(story, law)
        pytest.fail(f"{law.__name__}: {law(story)}\n{json.dumps(story._asdict(), indent=1)}")
