"""`withdraw-guard lint`, `prove` and `diff`: what they print, as text, JSON and Markdown, and what they return."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import attrs
import pytest

from withdraw_guard import Account, Appeal, Clearance, Policy, Rule, apply, check, cli, policies, wire
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
    assert (
        "no dead end: refuted by `abnormal-activity`: no event that people can cause, and no time, ends the hold" in out
    )
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


def test_diff_names_the_shortest_witness(run, stored) -> None:
    status, out, err = run("diff", "binance", stored(shorter()))
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "binance 1.0.0 → binance 2.0.0: looser",
        "  withdrawal to new destinations: looser",
        "  withdrawal to known destinations: looser",
        "  any other well-known operation to new destinations: equal",
        "  any other well-known operation to known destinations: equal",
        "  an operation that nobody knows to new destinations: looser",
        "  an operation that nobody knows to known destinations: looser",
        "looser: under binance 2.0.0, withdrawal to a new destination is allowed 24 hours earlier than under "
        "binance 1.0.0, after: e-mail address changed",
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
    assert "stricter: under p 1, withdrawal to a new destination is allowed 1 hour earlier than" in out
    told = json.loads(run("diff", stored(old), stored(new), "--json")[1])
    assert [each["operation"] for each in told["differences"]] == ["*", "*", "?", "?"]


def test_diff_lists_what_changed_beside_the_verdict(run, stored) -> None:
    telling = tuple(attrs.evolve(rule, public_reason="legal_order") for rule in BINANCE.rules[:1])
    new = attrs.evolve(BINANCE, version="2.0.0", rules=(*telling, *BINANCE.rules[1:]), retractable_by=frozenset())
    _, out, _ = run("diff", "binance", stored(new))
    assert out.startswith("binance 1.0.0 → binance 2.0.0: equal\n")
    assert out.endswith("changed as well, and no witness can show it: retractable_by, password-changed.public_reason\n")
    told = json.loads(run("diff", "binance", stored(new), "--json")[1])
    assert told["also_changed"] == ["retractable_by", "password-changed.public_reason"]
    _, markdown, _ = run("diff", "binance", stored(new), "--markdown")
    assert markdown.endswith(
        "This changed as well, and no witness can show it: `retractable_by`, `password-changed.public_reason`.\n"
    )


def test_diff_prints_both_directions_and_the_changed_deadlines(run, stored) -> None:
    rule = BINANCE.rules[-1]
    fewer = attrs.evolve(rule.clearance, attempts=1, review_within=HOUR)
    more = attrs.evolve(rule.clearance, attempts=3, appeal=attrs.evolve(rule.clearance.appeal, after_failures=3))
    old = Policy(id="p", version="1", rules=(attrs.evolve(rule, clearance=more),))
    new = Policy(id="p", version="2", rules=(attrs.evolve(rule, clearance=fewer),))
    _, out, _ = run("diff", stored(old), stored(new))
    head = "p 1 → p 2: stricter for some, looser for others\n"
    assert f"{head}  withdrawal to new destinations: stricter for some, looser for others\n" in out
    assert (
        "allowed, and under p 1 it is denied until somebody ends the hold, after: abnormal activity, then identity"
        in out
    )
    assert "  identity unverified or verified; can pass no verification; tries at most 2 times;" in out
    assert "\nstricter: under p 1, withdrawal to a new destination is allowed, and under p 2 it is denied" in out
    assert out.endswith("deadlines changed, and no answer: abnormal-activity.clearance.review_within\n")
    _, markdown, _ = run("diff", stored(old), stored(new), "--markdown")
    assert (
        "### Looser\n\nUnder `p 2`, withdrawal to a new destination is allowed, and under `p 1` it is denied"
        in markdown
    )
    assert "### Stricter\n\nUnder `p 1`," in markdown
    assert "For an account holder with this help: identity unverified or verified; can pass" in markdown
    assert markdown.count("```mermaid") == 4
    told = (
        "These deadlines changed, and no answer, because no hold ends when one is missed: `abnormal-activity.clearance."
    )
    assert f"{told}review_within`." in markdown


def test_diff_as_markdown_has_no_empty_section(run, stored) -> None:
    """There is no witness without a difference, and nothing about help if nobody can help."""
    _, out, _ = run("diff", "binance", "binance", "--markdown")
    assert out.splitlines() == [
        "## `binance 1.0.0` → `binance 1.0.0`: equal",
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
    assert "is allowed 24 hours earlier than under `binance 1.0.0`, after: e-mail address changed.\n" in out
    assert "For an account holder" not in out
    assert "### Stricter" not in out
    _, out, _ = run("diff", stored(shorter()), "binance", "--markdown")
    assert "### Looser" not in out


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


@pytest.fixture
def short_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """The search for schedules is given up early, because it is given up in any case."""
    monkeypatch.setattr("withdraw_guard.analysis._timers.GRID_WORK_MAX", 6_000)


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
    assert out.splitlines()[:2] == [
        f"p 2 → p 1: not looser; whether stricter is {bound}",
        f"  any other well-known operation to new destinations: not looser; whether stricter is {bound}",
    ]
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
    assert out.splitlines()[1].startswith(
        "  any other well-known operation to new destinations: stricter; whether looser is not known"
    )
    assert run("diff", stored(old), stored(new), "--fail-if", "looser")[0] == 3


# ── A terminal ───────────────────────────────────────────────────────────────────────────────────────────────────


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_shows_progress_and_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    screen, errors = Terminal(), Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setattr(sys, "stderr", errors)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert cli.main(["prove", "binance"]) == 0
    assert cli.main(["diff", "binance", "binance"]) == 0
    assert "proving" in errors.getvalue()
    assert "comparing" in errors.getvalue()
    assert "\x1b[" in screen.getvalue()
