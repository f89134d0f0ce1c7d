"""`withdraw-guard lint`, `prove` and `diff`: what they print, as text, JSON and Markdown, and what they return."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import attrs
import pytest
from rich.progress import Progress, TaskID

from terminal import Terminal
from withdraw_guard import Account, Appeal, Chosen, Clearance, Policy, Rule, Scope, apply, check, cli, policies, wire
from withdraw_guard._values.time import read_instant

HOUR = timedelta(hours=1)
SUPPORT = frozenset({"support"})
BINANCE = policies.BINANCE


@pytest.fixture
def stored(tmp_path: Path) -> Callable[..., Path]:
    def store(policy: Policy) -> Path:
        path = tmp_path / f"{policy.version}.json"
        path.write_text(json.dumps(wire.to_dict(policy)))
        return path

    return store


def shorter() -> Policy:
    """The hours that Binance's page later named for an e-mail change while logged in."""
    rules = tuple(
        attrs.evolve(rule, duration=24 * HOUR) if rule.id == "email-changed" else rule for rule in BINANCE.rules
    )
    return attrs.evolve(BINANCE, version="2.0.0", rules=rules)


def kept(hours: int, version: str) -> Policy:
    rule = Rule(id="kept", trigger="password_changed", duration=hours * HOUR, repeat="keep")
    return Policy(id="ours", version=version, rules=(rule,))


def never_appealed() -> Policy:
    clearance = Clearance(
        unverified=frozenset({"video_call"}),
        verified=frozenset({"video_call"}),
        attempts=1,
        appeal=Appeal(after_failures=2),
    )
    rule = Rule(id="flag", trigger="abnormal_activity", clearance=clearance, releasable_by=SUPPORT)
    return Policy(id="ours", version="1", rules=(rule,))


# ── lint ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_lint_prints_each_finding_and_fails_as_it_was_asked_to(run, stored) -> None:
    status, out, err = run("lint", "binance")
    assert (status, err) == (0, "")
    assert out.splitlines()[1] == "note trigger-unheard: no rule listens to `verification_revoked`"
    assert run("lint", "binance", "--fail-if", "note")[0] == 1
    assert run("lint", "binance", "--fail-if", "warning")[0] == 0
    assert run("lint", stored(kept(24, "1")), "--fail-if", "warning")[0] == 1
    status, out, _ = run("lint", stored(never_appealed()))
    assert status == 1
    assert out.startswith("error appeal-never-offered (flag): its appeal is never offered: it asks for 2 failures")


def test_lint_as_json_has_journals_that_can_be_replayed(run, stored) -> None:
    _, out, _ = run("lint", stored(kept(24, "1")), "--json")
    told = json.loads(out)
    assert told["policy"] == {"id": "ours", "version": "1"}
    finding = told["findings"][0]
    assert (finding["severity"], finding["code"], finding["rule"]) == ("warning", "kept-timer-cut-short", "kept")
    events = [wire.event_from_dict(event) for event in finding["journal"]]
    account = apply(kept(24, "1"), Account(id="a1"), *events).account
    assert len(events) == 2
    assert finding["at"] == "2026-01-06T09:00:00Z"
    assert check(account, read_instant("at", finding["at"]))


def test_lint_as_markdown_is_a_table(run) -> None:
    _, out, _ = run("lint", "binance", "--markdown")
    assert out.splitlines()[:4] == [
        "## `binance 1.0.0`",
        "",
        "| severity | code | rule | finding |",
        "| --- | --- | --- | --- |",
    ]
    assert "| note | `trigger-unheard` |  | no rule listens to `verification_revoked` |\n" in out


# ── prove ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_prove_says_the_answer_to_each_promise(run) -> None:
    status, out, err = run("prove", "binance")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "no dead end: proved (every reachable situation was checked: 105)",
        "never early: proved (every reachable situation was checked: 105)",
        "a denial always has a next step: proved (every reachable situation was checked: 105)",
        "every promised state is reachable: proved (every reachable situation was checked: 105)",
    ]
    assert run("prove", "binance", "--authority", "support")[0] == 0


def test_prove_fails_if_a_promise_is_refuted(run) -> None:
    status, out, _ = run("prove", "binance", "--no-authority")
    assert status == 1
    assert "no dead end: refuted by `abnormal-activity`: neither people nor time can end the hold" in out
    status, out, _ = run("prove", "binance", "--no-authority", "--json")
    told = json.loads(out)
    assert (status, told["proved"], told["no_limbo"]["answer"]) == (1, False, "refuted")
    assert told["never_early"] == {"answer": "proved", "states": 105}
    events = [wire.event_from_dict(event) for event in told["no_limbo"]["journal"]]
    assert not check(apply(BINANCE, Account(id="a1"), *events).account, events[-1].at)
    _, out, _ = run("prove", "binance", "--no-authority", "--markdown")
    assert "| never early | proved (every reachable situation was checked: 105) |" in out
    assert "### No dead end: refuted\n\n```mermaid\n" in out


def test_prove_says_that_a_check_was_stopped(run) -> None:
    status, out, _ = run("prove", "binance", "--states", "10")
    assert status == 3
    assert "unknown: the check of `abnormal-activity` stopped after" in out
    told = json.loads(run("prove", "binance", "--states", "10", "--json")[1])
    assert told["no_limbo"]["answer"] == "unknown"
    assert told["no_limbo"]["rule"] == "abnormal-activity"


def test_an_authority_that_is_no_name_gives_one_clear_line(run) -> None:
    status, out, err = run("prove", "binance", "--authority", "Customer Support")
    assert (status, out) == (2, "")
    assert err.startswith("withdraw-guard: authorities")
    assert err.count("\n") == 1


# ── diff ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_diff_names_the_rule_the_facts_and_the_shortest_witness(run, stored) -> None:
    status, out, err = run("diff", "binance", stored(shorter()))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "binance 1.0.0 → binance 2.0.0: looser (1 rule looser)",
        "changed: email-changed (e-mail address changed): timer 48 hours → 24 hours",
        "looser: rule email-changed of binance 1.0.0 denies withdrawal to a new destination, and binance 2.0.0 allows "
        "it 24 hours earlier: after e-mail address changed (by the account holder)",
        "  withdrawal to new destinations: looser",
        "  withdrawal to known destinations: looser",
        "  any other well-known operation to new destinations: equal",
        "  any other well-known operation to known destinations: equal",
        "  an operation that nobody knows to new destinations: looser",
        "  an operation that nobody knows to known destinations: looser",
    ]


@pytest.mark.parametrize(
    ("fail_if", "forwards", "backwards", "same"),
    [
        ((), 0, 0, 0),
        (("looser",), 1, 0, 0),
        (("stricter",), 0, 1, 0),
        (("looser", "stricter"), 1, 1, 0),
        (("different",), 1, 1, 0),
    ],
)
def test_diff_fails_as_it_was_asked_to(run, stored, fail_if, forwards, backwards, same) -> None:
    words = [word for way in fail_if for word in ("--fail-if", way)]
    new = stored(shorter())
    assert run("diff", "binance", new, *words)[0] == forwards
    assert run("diff", new, "binance", *words)[0] == backwards
    assert run("diff", new, new, *words)[0] == same


@pytest.mark.parametrize("words", [("--states", "0"), ("--states", "-1"), ("--states", str(10**20))])
def test_prove_refuses_a_bound_below_one(run, words: tuple[str, ...]) -> None:
    status, out, err = run("prove", "binance", *words)
    assert (status, out) == (2, "")
    assert err.startswith("withdraw-guard: states_max: must be ")


def test_prove_refuses_an_authority_together_with_no_authority(run) -> None:
    with pytest.raises(SystemExit) as exited:
        run("prove", "binance", "--authority", "support", "--no-authority")
    assert exited.value.code == 2


def test_diff_has_a_row_for_operations_that_no_policy_names(run, stored) -> None:
    old = Policy(id="p", version="1", rules=())
    new = Policy(id="p", version="2", rules=(Rule(id="r", trigger="t", duration=HOUR),))
    _, out, _ = run("diff", stored(old), stored(new))
    assert "\n  any other well-known operation to new destinations: stricter\n" in out
    assert "\n  an operation that nobody knows to new destinations: stricter\n" in out
    assert (
        "\nchanged: r (t): added\nstricter: rule r of p 2 denies withdrawal to a new destination, and p 1 allows it"
        in out
    )
    told = json.loads(run("diff", stored(old), stored(new), "--json")[1])
    assert [each["operation"] for each in told["differences"]] == ["*", "*", "?", "?"]


def test_diff_lists_what_changed_beside_the_verdict(run, stored) -> None:
    telling = tuple(attrs.evolve(rule, public_reason="legal_order") for rule in BINANCE.rules[:1])
    new = attrs.evolve(BINANCE, version="2.0.0", rules=(*telling, *BINANCE.rules[1:]), retractable_by=frozenset())
    _, out, _ = run("diff", "binance", stored(new))
    assert out.startswith("binance 1.0.0 → binance 2.0.0: equal (no rule looser or stricter)\n")
    assert "listed: password-changed: public reason security change → legal order\n" in out
    assert "listed: who may retract a report security → none\n" in out
    told = json.loads(run("diff", "binance", stored(new), "--json")[1])
    assert told["also_changed"] == ["retractable_by", "password-changed.public_reason"]
    _, markdown, _ = run("diff", "binance", stored(new), "--markdown")
    assert markdown.endswith(
        "### Listed\n\n- password-changed: public reason security change → legal order\n"
        "- who may retract a report security → none\n"
    )


def test_diff_prints_both_directions_and_the_changed_deadlines(run, stored) -> None:
    rule = BINANCE.rules[-1]
    fewer = attrs.evolve(rule.clearance, attempts=1, review_within=HOUR)
    more = attrs.evolve(rule.clearance, attempts=3, appeal=attrs.evolve(rule.clearance.appeal, after_failures=3))
    old = Policy(id="p", version="1", rules=(attrs.evolve(rule, clearance=more),))
    new = Policy(id="p", version="2", rules=(attrs.evolve(rule, clearance=fewer),))
    _, out, _ = run("diff", stored(old), stored(new))
    head, changed, looser, stricter, listed, *_ = out.splitlines()
    assert head.endswith("stricter for some, looser for others (1 rule looser for some and stricter for others)")
    assert changed == (
        "changed: abnormal-activity (abnormal activity): attempts 3 → 1; time to review none → 1 hour; "
        "failures before an appeal 3 → 1"
    )
    assert looser.startswith(
        "looser: rule abnormal-activity of p 1 denies withdrawal to a new destination until somebody ends the hold, "
        "and p 2 allows it at once: after abnormal activity (by the account holder), then identity verification as a "
        "person started, then verification failed, then appeal filed"
    )
    assert "for an account holder who is not released by customer support; cannot pass " in looser
    assert "tries at most 2 times" in looser
    assert "business started" not in out
    assert stricter.endswith("fails once before passing; loses the first appeal")
    assert listed == "listed: abnormal-activity: time to review none → 1 hour"
    _, markdown, _ = run("diff", stored(old), stored(new), "--markdown")
    assert "#### Looser: `abnormal-activity`\n\nRule abnormal-activity of p 1 denies withdrawal" in markdown
    assert "#### Stricter: `abnormal-activity`" in markdown
    assert "\nFor an account holder who is not released by customer support; " in markdown
    assert markdown.count("```mermaid") == 4
    assert json.loads(run("diff", stored(old), stored(new), "--json")[1])["deadlines"] == [
        "abnormal-activity.clearance.review_within"
    ]


def test_diff_as_markdown_has_no_empty_section(run, stored) -> None:
    """There is no witness without a difference, and nothing about people if nobody can help."""
    _, out, _ = run("diff", "binance", "binance", "--markdown")
    assert out.splitlines() == [
        "## `binance 1.0.0` → `binance 1.0.0`: equal",
        "",
        "### What changed",
        "",
        "No rule changed.",
        "",
        "### The verdict: no rule looser or stricter",
        "",
        "| operation | destination | the new policy is |",
        "| --- | --- | --- |",
        "| `withdrawal` | new | equal |",
        "| `withdrawal` | known | equal |",
        "| any other well-known operation | new | equal |",
        "| any other well-known operation | known | equal |",
        "| an operation that nobody knows | new | equal |",
        "| an operation that nobody knows | known | equal |",
    ]
    _, out, _ = run("diff", "binance", stored(shorter()), "--markdown")
    assert (
        "and binance 2.0.0 allows it 24 hours earlier: after e-mail address changed (by the account holder).\n" in out
    )
    assert "For an account holder" not in out
    assert "Stricter" not in out
    _, out, _ = run("diff", stored(shorter()), "binance", "--markdown")
    assert "Looser" not in out


# ── A change with three loosenings, one of them intended ─────────────────────────────────────────────────────────

THREE = ("password-changed", "two-factor-disabled", "email-changed")


def three_loosenings(version: str = "2.0.0") -> Policy:
    rules = tuple(
        attrs.evolve(rule, duration=rule.duration / 2) if rule.id in THREE else rule for rule in BINANCE.rules
    )
    return attrs.evolve(BINANCE, version=version, rules=rules)


def test_a_report_names_every_loosening_and_one_of_them_may_be_intended(run, stored) -> None:
    new = stored(three_loosenings())
    status, out, _ = run(
        "diff", "binance", new, "--markdown", "--fail-if", "looser", "--accept", "email-changed:looser"
    )
    assert status == 1
    assert "### The verdict: 3 rules looser\n" in out
    for rule in THREE:
        intended = " (intended)" if rule == "email-changed" else ""
        assert f"#### Looser{intended}: `{rule}`\n" in out
    accepted = [word for rule in THREE for word in ("--accept", rule)]
    assert run("diff", "binance", new, "--fail-if", "different", *accepted)[0] == 0
    assert (
        run("diff", new, "binance", "--fail-if", "stricter", *accepted[:-2], "--accept", "email-changed:looser")[0] == 1
    )
    told = json.loads(run("diff", "binance", new, "--json", *accepted[:2])[1])
    assert {each["rule"]: each["accepted"] for each in told["looser"]} == {rule: rule == THREE[0] for rule in THREE}
    assert (told["counts"], told["left"]) == ("3 rules looser", {"looser": "shown", "stricter": "ruled_out"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("emial-changed", "--accept: must be a rule of one of the policies, got `emial-changed`"),
        ("email-changed:shorter", "--accept: must be `looser` or `stricter`, got `shorter`"),
    ],
)
def test_a_misspelt_rule_or_direction_is_not_accepted(run, text: str, message: str) -> None:
    assert run("diff", "binance", "binance", "--accept", text) == (2, "", f"withdraw-guard: {message}\n")


def test_two_contents_under_one_version_are_warned_about_and_called_by_their_files(run, stored) -> None:
    new = stored(three_loosenings(version="1.0.0"))
    warning = "both policies have the same id and version, and different contents"
    _, out, _ = run("diff", "binance", new)
    assert out.startswith(f"warning: {warning}\nbinance → {new}: looser")
    assert f"\n> **Warning**: {warning}.\n" in run("diff", "binance", new, "--markdown")[1]
    annotations = run("diff", "binance", new, "--github")[1].splitlines()
    assert annotations[0] == f"::warning file={new},title=fingerprint::{warning}"
    assert sum(f",title=looser::rule {rule} of binance denies" in line for line in annotations for rule in THREE) == 3
    told = json.loads(run("diff", "binance", new, "--json")[1])
    assert told["old"]["fingerprint"] != told["new"]["fingerprint"]


def test_lint_and_prove_print_lines_that_github_shows(run, stored) -> None:
    policy = stored(never_appealed())
    lines = run("lint", policy, "--github")[1].splitlines()
    assert lines[0].startswith(
        f"::error file={policy},line=1,title=appeal-never-offered::error appeal-never-offered (flag): "
    )
    (line,) = run("prove", "binance", "--no-authority", "--github")[1].splitlines()[:1]
    assert line.startswith("::error title=no dead end::refuted by `abnormal-activity`")
    assert "::warning " in run("prove", "binance", "--states", "10", "--github")[1]


def test_an_annotation_is_one_line_whatever_a_policy_says(run, stored) -> None:
    rule = Rule(id="r", trigger="t", duration=HOUR, where={"country": "a%0A::error::b"})
    policy = stored(Policy(id="p", version="1", rules=(rule,)))
    lines = run("lint", policy, "--github")[1].splitlines()
    assert all(line.startswith("::") for line in lines)
    changed = run("diff", policy, stored(kept(24, "2")), "--github")[1]
    assert "a%250A::error::b" in changed
    assert "a%0A" not in changed


def test_an_annotation_stands_on_the_line_of_its_rule_in_yaml(run, tmp_path) -> None:
    path = tmp_path / "p.yaml"
    rules = 'rules:\n  - trigger: t\n    where: {"id": "r"}\n    id: r\n    duration: PT1H\n'
    path.write_text(f"schema: withdraw-guard/policy/1\nid: p\nversion: '1'\n{rules}", "utf-8")
    lines = run("lint", path, "--github")[1].splitlines()
    assert any(f"file={path},line=7," in line for line in lines)
    assert not any("line=6," in line for line in lines)


def test_an_annotation_stands_on_the_line_of_its_rule_also_if_the_rule_was_renamed(run, stored) -> None:
    renamed = tuple(
        attrs.evolve(rule, id="mail-changed", duration=24 * HOUR) if rule.id == "email-changed" else rule
        for rule in BINANCE.rules[1:]
    )
    new = stored(attrs.evolve(BINANCE, version="2.0.0", rules=renamed))
    new.write_text(json.dumps(json.loads(new.read_text()), indent=2))
    written = new.read_text().splitlines()
    lines = run("diff", "binance", new, "--github", "--accept", "email-changed")[1].splitlines()
    (accepted,) = [line for line in lines if ",title=accepted::" in line]
    number = int(re.search(r",line=(\d+),", accepted)[1])
    assert written[number - 1].strip() == '"id": "mail-changed",'
    (removed,) = [line for line in lines if ",title=looser::" in line]
    assert removed.startswith(f"::error file={new},title=looser::rule password-changed of binance 1.0.0 denies ")
    assert run("lint", "kraken", "--github")[1].startswith("::warning title=kept-timer-cut-short::")


# ── Accepted findings ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_finding_is_ignored_by_its_code_and_its_rule(run, stored) -> None:
    policy = stored(never_appealed())
    code = "appeal-never-offered"
    assert code in run("lint", policy)[1]
    for entry in (code, f"{code}:flag"):
        status, out, err = run("lint", policy, "--ignore", entry)
        assert (status, code in out, err) == (0, False, "")
    status, out, err = run("lint", policy, "--ignore", f"{code}:other")
    assert (status, code in out, err) == (1, True, f"withdraw-guard: nothing to ignore: {code}:other\n")
    Path(f"{policy}.ignore").write_text(f"# the desk knows\n\n{code}:flag  # until May\n", encoding="utf-8")
    assert code not in run("lint", policy)[1]
    assert run("lint", policy, "--ignore", "no-such-code") == (
        2, "", "withdraw-guard: --ignore: must be a code of a finding, got `no-such-code`\n",
    )  # fmt: skip


def test_a_fault_in_the_file_beside_the_policy_is_told_with_its_line(run, stored) -> None:
    policy = stored(never_appealed())
    beside = Path(f"{policy}.ignore")
    beside.write_text("# the desk knows\nappeal-never-offered\nappeal-never-ofered:flag\n", encoding="utf-8")
    told = f"withdraw-guard: {beside}, line 3: must be a code of a finding, got `appeal-never-ofered`\n"
    assert run("lint", policy) == (2, "", told)
    beside.write_bytes(b"appeal-never-offered # sp\xe4ter\n")
    assert run("lint", policy) == (2, "", f"withdraw-guard: {beside}: must be text in UTF-8\n")


def test_a_reviewer_of_the_report_alone_names_three_loosenings_with_their_facts_and_accepts_one(run, stored) -> None:
    """Of three changes of Kraken's policy the shorter choice is meant."""
    kraken = policies.GALLERY["kraken"].policy
    edits = {
        "password-changed": lambda rule: attrs.evolve(rule, where={**rule.where, "known_device": False}),
        "first-instant-purchase": lambda rule: attrs.evolve(rule, scope=Scope(operations={"withdrawal"})),
        "settings-unlock-requested": lambda rule: attrs.evolve(
            rule, chosen=Chosen(minimum=12 * HOUR, maximum=30 * 24 * HOUR)
        ),
    }
    rules = tuple(edits.get(rule.id, lambda rule: rule)(rule) for rule in kraken.rules)
    new = stored(attrs.evolve(kraken, version="2.0.0", rules=rules))
    words = ("diff", "kraken", new, "--fail-if", "looser", "--accept", "settings-unlock-requested:looser")
    status, report, _ = run(*words, "--markdown")
    assert status == 1
    assert [line for line in report.splitlines() if line.startswith(("#", "- ", "Rule "))] == [
        "## `kraken 1.0.0` → `kraken 2.0.0`: looser",
        "### What changed",
        "- password-changed (password changed): condition master_key_enabled = false, two_factor_enabled = false → "
        "known_device = false, master_key_enabled = false, two_factor_enabled = false",
        "- first-instant-purchase (purchase made): operations fiat withdrawal, withdrawal → withdrawal",
        "- settings-unlock-requested (settings unlock requested): shortest choice 24 hours → 12 hours",
        "### The verdict: 3 rules looser",
        "- Intended: settings-unlock-requested is looser.",
        "- Not intended: password-changed is looser, first-instant-purchase is looser.",
        "#### Looser: `password-changed`",
        "Rule password-changed of kraken 1.0.0 denies withdrawal to a new destination, and kraken 2.0.0 allows it 12 "
        "hours earlier: after password changed (by the account holder, known_device = true, master_key_enabled = "
        "false, two_factor_enabled = false).",
        "#### Looser: `first-instant-purchase`",
        "Rule first-instant-purchase of kraken 1.0.0 denies fiat withdrawal to a new destination, and kraken 2.0.0 "
        "allows it 72 hours earlier: after purchase made (by the account holder, first_ever = true).",
        "#### Looser (intended): `settings-unlock-requested`",
        "Rule settings-unlock-requested of kraken 1.0.0 does not offer this choice, so kraken 1.0.0 refuses the event; "
        "kraken 2.0.0 takes it, and allows withdrawal to a new destination afterwards: after settings unlock "
        "requested, 12 hours chosen (by the account holder).",
        "### Listed",
        "- settings-unlock-requested: shortest choice 24 hours → 12 hours",
    ]
    left = [word for rule in ("password-changed", "first-instant-purchase") for word in ("--accept", f"{rule}:looser")]
    assert run(*words, *left)[0] == 0


def test_what_accepts_nothing_is_named_so_that_the_list_stays_short(run, stored) -> None:
    new = stored(three_loosenings())
    words = ("--accept", "email-changed:stricter", "--accept", "account-unlocked", "--accept", THREE[0])
    status, _, err = run("diff", "binance", new, "--fail-if", "looser", *words)
    assert (status, err.splitlines()) == (
        1,
        [
            "withdraw-guard: nothing to accept: email-changed:stricter",
            "withdraw-guard: nothing to accept: account-unlocked",
        ],
    )


def test_a_reviewer_reads_what_is_intended_and_what_is_left(run, stored) -> None:
    new = stored(three_loosenings())
    _, report, _ = run("diff", "binance", new, "--markdown", "--accept", "email-changed:looser")
    assert (
        "### The verdict: 3 rules looser\n\n"
        "- Intended: email-changed is looser.\n"
        "- Not intended: password-changed is looser, two-factor-disabled is looser.\n"
    ) in report
    everything = [word for rule in THREE for word in ("--accept", rule)]
    _, out, _ = run("diff", "binance", new, *everything)
    assert "\nnot intended: nothing\n" in out
    assert "intended: " not in run("diff", "binance", new)[1]


@pytest.mark.usefixtures("short_search")
def test_a_rule_of_which_a_direction_is_unknown_may_be_accepted(run, stored) -> None:
    old, new = beside_close_timers()
    words = ("diff", stored(old), stored(new), "--fail-if", "looser", "--accept", "r")
    status, out, _ = run(*words)
    assert status == 0
    assert "\nintended: r may be looser\nnot intended: nothing\n" in out
    assert "\naccepted: whether rule r is looser: kept timers" in out
    assert json.loads(run(*words, "--json")[1])["unknown"][0]["accepted"] is True
    # One rule more: what is unknown is about a rule of the new policy.
    lines = run("diff", stored(new), stored(old), "--github")[1].splitlines()
    assert any(
        line.startswith("::warning ") and ",line=1,title=unknown::whether rule r is stricter" in line for line in lines
    )


def test_a_misspelt_authority_is_refused(run) -> None:
    status, out, err = run("prove", "binance", "--authority", "suport")
    assert (status, out) == (2, "")
    assert err == "withdraw-guard: authorities: must be well known or named by a rule, got `suport`\n"


def test_a_hostile_name_stays_text_in_a_report(run, stored) -> None:
    hostile = attrs.evolve(shorter(), id="<script>|x", version="[y](z)")
    _, out, _ = run("diff", "binance", stored(attrs.evolve(hostile, version="v")), "--markdown")
    assert "`<script>\\|x v`" in out
    rule = Rule(id="r", trigger="t", duration=HOUR, where={"country": "<b>|[x](y)"})
    _, out, _ = run("lint", stored(Policy(id="p", version="w", rules=(rule,))), "--markdown")
    assert "<b>" not in out


def test_diff_as_json_has_a_witness_that_can_be_replayed(run, stored) -> None:
    told = json.loads(run("diff", "binance", stored(shorter()), "--json")[1])
    assert told["verdict"] == "looser"
    difference = told["differences"][0]
    assert (difference["operation"], difference["destination"], difference["stricter"]) == ("withdrawal", "new", None)
    witness = difference["looser"]
    events = [wire.event_from_dict(event) for event in witness["journal"]]
    at = read_instant("at", witness["at"])
    for policy, decision in ((BINANCE, witness["denied"]), (shorter(), witness["allowed"])):
        account = apply(policy, Account(id="a1"), *events).account
        assert wire.to_dict(check(account, at)) == decision
    assert witness["earlier_by"] == "PT24H"
    assert told["deadlines"] == []


def beside_close_timers() -> tuple[Policy, Policy]:
    tick = timedelta(microseconds=1)
    rules = (
        Rule(id="r", trigger="password_changed", duration=2 * tick),
        attrs.evolve(kept(24, "1").rules[0], id="one"),
        attrs.evolve(kept(24, "1").rules[0], id="two", duration=24 * HOUR + tick),
    )
    return Policy(id="p", version="1", rules=rules), Policy(id="p", version="2", rules=rules[1:])


@pytest.mark.usefixtures("short_search")
def test_diff_says_that_a_direction_is_not_known(run, stored) -> None:
    """Two kept timers that differ by a microsecond need too fine a grid."""
    old, new = beside_close_timers()
    status, out, _ = run("diff", stored(old), stored(new), "--fail-if", "looser")
    assert status == 3
    assert "not known, because the search was not complete" in out
    assert run("diff", stored(old), stored(new))[0] == 0
    told = "### Unknown\n\n- whether rule r is looser: kept timers can be started in more ways than are searched\n"
    assert run("diff", stored(old), stored(new), "--markdown")[1].endswith(told)


@pytest.mark.usefixtures("short_search")
def test_diff_fails_only_because_of_the_directions_in_fail_if(run, stored) -> None:
    """One rule more is never looser; whether two kept timers replace it is unknown."""
    new, old = (stored(policy) for policy in beside_close_timers())
    asked = {
        way: run("diff", old, new, *(word for each in way for word in ("--fail-if", each)))[0]
        for way in (("looser",), ("stricter",), ("looser", "stricter"), ("different",))
    }
    assert asked == {("looser",): 0, ("stricter",): 3, ("looser", "stricter"): 3, ("different",): 3}
    assert run("diff", new, old, "--fail-if", "stricter")[0] == 0
    _, out, _ = run("diff", old, new)
    bound = "not known, because the search was not complete"
    assert out.startswith(f"p 2 → p 1: not looser; whether stricter is {bound} (no rule looser or stricter)\n")
    assert f"  any other well-known operation to new destinations: not looser; whether stricter is {bound}\n" in out
    _, out, _ = run("diff", old, new, "--markdown")
    assert f"| any other well-known operation | known | not looser; whether stricter is {bound} |" in out
    told = json.loads(run("diff", old, new, "--json")[1])
    for each in (told, *told["differences"]):
        assert (each["verdict"], each["about_looser"], each["about_stricter"]) == ("unknown", "ruled_out", "unknown")


@pytest.mark.usefixtures("short_search")
def test_diff_prints_a_witness_of_one_direction_if_the_other_is_unknown(run, stored) -> None:
    old, new = beside_close_timers()
    new = attrs.evolve(new, rules=(*new.rules, Rule(id="more", trigger="email_changed", duration=HOUR)))
    status, out, _ = run("diff", stored(old), stored(new), "--fail-if", "stricter")
    assert status == 1
    assert (
        "\n  any other well-known operation to new destinations: stricter; whether looser is not known, because" in out
    )
    assert "\nunknown: whether rule r is looser: kept timers can be started in more ways than are searched\n" in out
    assert run("diff", stored(old), stored(new), "--fail-if", "looser")[0] == 3


# ── A terminal ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_terminal_shows_progress_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, errors = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert cli.main(["prove", "binance"]) == 0
    assert cli.main(["diff", "binance", "binance"]) == 0
    assert cli.main(["lint", "binance"]) == 0
    assert "linting" in errors.getvalue()
    assert "proving" in errors.getvalue()
    assert "comparing" in errors.getvalue()
    assert "\x1b[" in screen.getvalue()


@pytest.mark.parametrize("words", [("lint", "kraken"), ("diff", "kraken", "binance"), ("prove", "kraken")])
def test_the_progress_bar_of_a_terminal_moves_until_all_is_done(
    words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    moved: list[tuple[int, int]] = []
    real = Progress.update

    def update(self: Progress, task: TaskID, **given: int) -> None:
        moved.append((given["completed"], given["total"]))
        real(self, task, **given)

    monkeypatch.setattr(Progress, "update", update)
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert cli.main(list(words)) == 0
    assert moved == sorted(moved)
    assert len(set(moved)) > 2
    assert moved[-1][0] == moved[-1][1]
