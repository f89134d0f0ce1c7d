"""The loops of the tests: which tests each of them runs, and how many examples each test draws.

    quick    ten seconds        the tests that find most                 `nox -s quick`
    tests    two minutes        every kind of test, at a small size      `nox -s tests`
    ci       some minutes       every test, with branch coverage         `nox -s coverage`, in `.ci/run`
    deep     hours              the random tests, at a large size        `nox -s deep`, before a release

`pytest --loop NAME` runs one of them. Without `--loop`, pytest runs all that it is asked for, at the sizes of `tests`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

# What `nox -s seconds` measured.
_SECONDS: dict[str, float] = json.loads(Path(__file__).with_name("seconds.json").read_text("utf-8"))["files"]


@dataclass(frozen=True)
class Loop:
    """How much one loop draws, and the files that it runs; no file means all of them."""

    examples: int
    """Of each property, by Hypothesis."""
    journeys: int
    """In the differential test."""
    pairs: int
    """Of policies, in the tests of `analysis.compare`."""
    takes: str
    """How long it takes on two cores, with everything that belongs to it."""
    files: tuple[str, ...] = ()

    def arguments(self) -> tuple[str, ...]:
        """Return what pytest is told to run this loop."""
        (name,) = (name for name, loop in LOOPS.items() if loop is self)
        return (f"--loop={name}", *self.files)


# One file for each module of values, nouns, verbs and answers.
BY_MODULE = (
    "tests/test_account.py",
    "tests/test_changes.py",
    "tests/test_checks.py",
    "tests/test_decision.py",
    "tests/test_errors.py",
    "tests/test_events.py",
    "tests/test_evolve.py",
    "tests/test_facts.py",
    "tests/test_given.py",
    "tests/test_hold.py",
    "tests/test_limits.py",
    "tests/test_move.py",
    "tests/test_open.py",
    "tests/test_place.py",
    "tests/test_policy.py",
    "tests/test_refusal.py",
    "tests/test_request.py",
    "tests/test_value.py",
    "tests/test_verbs.py",
)
QUICK = (
    "tests/test_rulebook.py",
    "tests/test_differential.py",
    "tests/test_conformance.py",
    "tests/test_policies.py",
    "tests/test_one_number.py",
    *BY_MODULE,
    "tests/test_unchecked.py",
    "tests/test_time.py",
)
RANDOM = (
    "tests/test_analysis_compare.py",
    "tests/test_analysis_grown.py",
    "tests/test_analysis_net.py",
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_intake.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
    "tests/test_of_the_tests.py",
    "tests/test_walk.py",
)
LOOPS = {
    "quick": Loop(takes="10 seconds", examples=5, journeys=40, pairs=8, files=QUICK),
    "tests": Loop(takes="2 minutes in a fresh clone", examples=8, journeys=100, pairs=8),
    "ci": Loop(takes="25 minutes, all of `.ci/run`", examples=25, journeys=300, pairs=100),
    "deep": Loop(takes="hours", examples=5_000, journeys=6_000, pairs=2_000, files=RANDOM),
}
ORDER = tuple(LOOPS)

# What takes long and is left to the loop `ci`, by how the names of its tests begin.
_LATE = {
    "tests/test_analysis_cli.py": ("diff_fails_only_because_of_the_directions_in_fail_if",),
    "tests/test_analysis_compare.py": (
        "no_verdict_is_contradicted_by_people_who_are_late",
        "no_attempt_to_be_late_ends_a_hold_that_should_stay_open",
        "the_relation_is_transitive",
    ),
    "tests/test_analysis_grown.py": (
        "no_verdict_on_what_is_chosen_named_or_counted_is_contradicted_by_an",
        "a_published_rule_with_a_smaller_scope_is_never_equal",
    ),
    "tests/test_analysis_net.py": ("the_net_finds_each_planted_fault", "no_verdict_is_contradicted_by_brute_force"),
    "tests/test_analysis_match.py": ("no_behaviour_ends_a_hold_of_a_harder_rule_earlier",),
    "tests/test_analysis_never_wrong.py": (
        "a_realistic_edit_of_a_published_rule_has_the_right_verdict",
        "a_change_as_teams_make_it_has_the_verdict_of_a_person",
        "changes_of_several_rules_at_once",
        "three_policies_of_a_family_are_compared",
        "one_rule_more_is_never_looser_in_any_family",
        "every_two_published_policies_can_be_compared",
    ),
    "tests/test_analysis_prove.py": (
        "the_abstract_walk_agrees_with_an_exact_one",
        "a_request_for_more_neither_makes_a_dead_end_nor_leads_out_of_one",
    ),
    "tests/test_analysis_lint.py": ("a_rule_matters_exactly_if_the_rest_of_the_policy_allows_more",),
    "tests/test_analysis_parts.py": (
        "a_schedule_for_several_timers_is_found_exactly_if_trying",
        "a_search_for_facts_that_takes_too_long_is_given_up",
    ),
    "tests/test_analysis_way_out.py": ("no_shorter_way_exists",),
    "tests/test_backtest.py": ("a_backtest_answers_what_check_answers",),
    "tests/test_backtest_assumption.py": ("an_assumption_that_ends_holds_later_denies_all",),
    "tests/test_checks.py": ("the_same_fault_is_told_alike_under_every_hash_seed",),
    "tests/test_cli.py": (
        "a_refused_event_leaves_no_circular_garbage",
        "the_example_journal_is_what_the_generator_writes",
        "the_output_is_the_same_bytes_everywhere",
        "the_json_is_the_same_bytes_everywhere",
    ),
    "tests/test_differential.py": ("they_agree_on_more_separate_holds_than_may_be_open",),
    "tests/test_bench.py": ("a_contestant_with_other_decisions_stops_the_run",),
    "tests/test_digest.py": (
        "the_same_journal_gives_byte_identical_output",
        "the_digest_is_the_same_a_second_time",
        "every_python_here_gives_byte_identical_output",
    ),
    "tests/test_generated_pages.py": ("the_script_writes_the_same_bytes",),
    "tests/test_gallery_stories.py": ("every_planted_fault_is_found",),
    "tests/test_hosts.py": (
        "the_bug_is_found_and_its_story_is_short",
        "a_host_may_catch_refusals",
        "a_host_that_pays_nobody_is_broken_too",
        "an_asynchronous_host_is_driven_on_one_event_loop",
        "the_stories_stay_in_the_range_of_instants",
    ),
    "tests/test_desk_cli.py": ("every_sentence_is_that_of_the_library",),
    "tests/test_diagram.py": (
        "a_long_history_is_cut_and_says_so",
        "many_holds_are_cut_to_those_that_last_longest",
        "the_widest_mermaid_is_one_that_mermaid_draws",
    ),
    "tests/test_intake_orders.py": ("up_to_three_messages_in_every_order_end_well",),
    "tests/test_kit.py": (
        "a_journal_that_reaches_a_deep_state_shrinks_to_a_short_one",
        "the_laws_hold_with_an_overflow_hold",
    ),
    "tests/test_laws.py": ("every_phase_refusal_change_and_next_step_really_occurs",),
    "tests/test_new_state.py": (
        "a_new_state_is_named_in_every_file_that_says_something_of_it",
        "nothing_is_named_while_no_state_is_new",
    ),
    "tests/test_policies.py": ("the_library_loads_one_policy_and_the_others_when_they_are_asked_for",),
    "tests/test_schemas.py": ("what_the_library_writes_is_valid",),
    "tests/test_play.py": ("the_text_of_a_published_policy_is_that_policy",),
    "tests/test_results.py": ("a_result_is_about_the_code_beside_it",),
    "tests/test_stories_cli.py": (
        "each_story_is_a_test",
        "a_broken_story_is_told_without_python",
        "a_fault_of_the_library_is_shown_as_one",
        "a_file_of_stories_that_cannot_be_told_is_an_error",
    ),
    "tests/test_time.py": ("the_library_may_be_imported_while_the_clock_stands",),
    "tests/test_timeline_cli.py": ("every_account_of_the_example_can_be_drawn",),
    "tests/test_typing.py": ("",),
    "tests/test_unchecked.py": (
        "everything_that_comes_of_the_journal_of_the_comparison",
        "a_change_that_is_followed_comes_to_what_evolve_makes_of_it",
    ),
    "tests/test_wire.py": ("the_wire_forgets_nothing[decision", "what_is_written_is_plain_data[decision"),
    "tests/test_words.py": (
        "each_decision_is_read_back_in_one_of_the_languages",
        "each_line_says_the_same_in_every_language",
        "every_decision_of_the_policy_is_looked_at",
        "what_is_said_to_end_by_itself_does",
        "no_drawn_story_leads_to_a_hold_of_which_nothing_was_found",
    ),
    "tests/test_workbench.py": (
        "a_newcomer_writes_tests_and_compares_a_policy_and_tells_a_customer",
        "accounts_and_changes_are_what_their_schemas_say",
    ),
    "tests/test_year_journal.py": (
        "the_script_says_how_fast_and_that_all_is_the_same",
        "what_is_kept_of_an_account_does_not_grow_with_the_journal",
    ),
    "tests/test_walk.py": (
        "every_refusal_but_two_is_met_on_the_way",
        "a_trigger_is_retracted_in_every_state_and_more_is_asked_for_in_both_rounds",
        *(
            f"every_step_is_that_of_the_reference[{space}"
            for space in (
                "a proof that lapses",
                "an appeal",
                "an identity",
                "separate",
                "either",
                "both",
                "two",
                "business",
            )
        ),
    ),
}
# The first loop that runs a test, by how its id begins. A test that is not listed belongs to every loop.
FIRST = {f"{file}::test_{name}": "ci" for file, names in _LATE.items() for name in names}
FIRST |= {
    "docs/explanation/instead-of-a-column.md": "ci",
    "tests/test_differential.py::test_everything_that_can_happen_happened_on_the_way": "tests",
    "tests/test_unchecked.py::test_two_modules_and_no_other_pass_by_the_constructors": "tests",
    # The two largest spaces; the differential test draws late and newer evidence in every loop.
    "tests/test_walk.py::test_every_step_is_that_of_the_reference[a proof and evidence that comes late": "deep",
    "tests/test_walk.py::test_every_step_is_that_of_the_reference[a proof and newer evidence": "deep",
    "tests/test_of_the_tests.py::test_each_seed_is_seen_by_a_short_run": "deep",
    "tests/test_of_the_tests.py::test_the_library_without_a_fault_passes_the_short_run": "deep",
}

# These reach no line that the others do not reach, and take twice as long while coverage is measured. What is timed
# says nothing then.
UNMEASURED = (
    "tests/test_analysis_net.py",
    "tests/test_bench.py",
    "tests/test_differential.py",
    "tests/test_guided_machine.py",
    "tests/test_intake_orders.py",
    "tests/test_laws.py",
    "tests/test_metamorphic.py",
    "tests/test_of_the_tests.py",
    "tests/test_play.py",
    "tests/test_walk.py",
    "tests/test_words.py",
)


def belongs(test: str, loop: str) -> bool:
    """Return whether a loop runs the test with this id."""
    first = next((first for start, first in FIRST.items() if test.startswith(start)), ORDER[0])
    return ORDER.index(first) <= ORDER.index(loop)


def seconds_of(test: str) -> float:
    """Return how long the file of a test takes; what was not measured yet counts as long."""
    return _SECONDS.get(test.partition("::")[0], 60.0)
