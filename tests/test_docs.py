"""The docs say what the code says: lists and tables in them are compared with it."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

import test_laws
import test_words
from withdraw_guard import check, policies
from withdraw_guard._values.time import write_duration

ROOT = Path(__file__).parent.parent
# The laws of the design, by section; those that are the library's own stand beside them.
PROMISED = {
    "Always": {
        "a_naive_instant_is_refused", "deciding_is_pure", "deny_says_why", "a_denial_has_a_next_step",
        "resumes_at_is_exact", "time_alone_never_tightens", "a_security_event_never_loosens",
        "a_rule_more_never_allows_more", "rule_order_does_not_matter", "security_events_commute",
        "redelivery_changes_nothing", "releasing_one_hold_touches_no_other", "a_refused_event_changes_nothing",
        "changes_replay_to_the_account", "an_open_hold_keeps_its_terms", "a_clearance_is_never_spent_twice",
        "a_lift_is_never_early", "next_change_at_misses_nothing", "ticks_are_invisible", "the_table_is_the_truth",
        "the_wire_forgets_nothing", "state_is_bounded", "no_user_lifts_their_own_hold",
        "approval_is_newer_than_evidence", "words_agree_with_the_decision",
        "a_retracted_event_might_as_well_not_have_happened", "a_retraction_touches_no_other_trigger",
        "a_retraction_is_never_early", "what_nobody_has_seen_denies", "a_step_that_is_offered_is_taken",
        "a_clock_that_lags_locks_nobody_out", "an_unknown_operation_is_covered", "an_identity_ages_by_itself",
        "more_costs_nothing", "a_log_out_of_order_is_refused", "the_public_reason_betrays_no_detector",
    },
    "Sometimes": {"every_phase_refusal_change_and_next_step_really_occurs"},
    "Eventually": {"no_limbo"},
}  # fmt: skip

# Ask in the transaction that marks the payout as leaving, commit it, then send. Where the transaction sends as well, a
# fault after the sending rolls back the mark, and the payout is sent again.
_SENDS = r"(?:(?:sends?|pays?|broadcasts?|sending|paying|broadcasting|sent|paid)\b|the money leaves)"
SENDS_INSIDE = [
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\btransaction (?:that|which|in which|where|of)(?: \w+){{0,2}} {_SENDS}",
        rf"\b{_SENDS}[^.:;]* in (?:one|the same|its) transaction\b",
        rf"\bone transaction around [^.:;]*{_SENDS}",
        rf"\bask (?:\w+ )?(?:where|when|while) [^.:;,]*(?:leaves|{_SENDS})",
    )
]
MARKS_THEN_SENDS = re.compile(
    r"\bask\b[^.]* in the transaction that marks the payout as leaving, commit it, then send\b", re.IGNORECASE
)
GATES = [
    "README.md",
    "docs/tutorial.md",
    "docs/howto/gate-the-payout.md",
    "docs/howto/test-your-host.md",
]


def told(path: str) -> str:
    """The text of a page or a module, without its line breaks and emphasis."""
    return unbroken((ROOT / path).read_text().replace("*", ""))


def unbroken(text: str) -> str:
    return " ".join(text.split())


def test_the_laws_in_the_docs_are_the_laws_in_the_tests() -> None:
    page = (ROOT / "docs" / "laws.md").read_text()
    listed = re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)
    tested = {name.removeprefix("test_") for tests in (test_laws, test_words) for name in vars(tests)}
    assert len(listed) == len(set(listed))
    assert set(listed) <= tested
    source = Path(test_laws.__file__).read_text()
    properties = re.findall(r"^@given\([^\n]*\)\ndef test_(\w+)\(", source, re.MULTILINE)
    assert set(properties) <= set(listed)


@pytest.mark.parametrize("section", PROMISED)
def test_a_promised_law_is_listed_where_it_belongs(section: str) -> None:
    page = (ROOT / "docs" / "laws.md").read_text()
    part = page.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    assert PROMISED[section] <= set(re.findall(r"^\| `(\w+)` \| \S", part, re.MULTILINE))


def test_the_readme_says_the_hours_of_the_published_rule() -> None:
    readme = (ROOT / "README.md").read_text()
    hours = {rule.id: rule.duration for rule in policies.BINANCE.rules if rule.duration is not None}
    for words, rule_ids in {
        "password changed; two-factor disabled while logged in": ("password-changed", "two-factor-disabled"),
        "two-factor reset; account unlocked; e-mail changed": (
            "two-factor-reset",
            "account-unlocked",
            "email-changed",
        ),
    }.items():
        (published,) = {write_duration(hours.pop(rule_id)) for rule_id in rule_ids}
        assert f"| {words} | for {published[2:-1]} hours |" in readme
    assert not hours


def test_every_link_in_the_docs_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize(
    "sentence",
    [
        "ask right before money leaves, in the transaction that sends it",
        "Ask in the transaction that sends",
        "check again in the transaction in which the money leaves",
        "Ask where the money leaves, and ask the bank before anything is sent once more",
        "ask and send in one transaction",
        "everything in SQLite, with one transaction around the check and the sending",
    ],
)
def test_a_sentence_that_sends_inside_the_transaction_is_found(sentence: str) -> None:
    assert any(pattern.search(sentence) for pattern in SENDS_INSIDE)


def test_no_page_and_no_docstring_sends_inside_the_transaction() -> None:
    texts = [ROOT.glob("*.md"), ROOT.glob("docs/**/*.md"), ROOT.glob("docs/**/*.py"), ROOT.glob("src/**/*.py")]
    texts.append((ROOT / "tests" / "hosts").iterdir())
    paths = [str(path.relative_to(ROOT)) for path in chain(*texts) if path.is_file() and path.suffix in (".md", ".py")]
    assert set(GATES) <= set(paths)
    wrong = {(path, found[0]) for path in paths for rule in SENDS_INSIDE for found in rule.finditer(told(path))}
    assert wrong == set()


@pytest.mark.parametrize("path", GATES)
def test_a_page_that_gates_a_payout_commits_the_mark_before_the_money_is_sent(path: str) -> None:
    assert MARKS_THEN_SENDS.search(told(path))


def test_the_docstring_of_the_question_commits_the_mark_before_the_money_is_sent() -> None:
    assert MARKS_THEN_SENDS.search(unbroken(check.__doc__ or ""))
