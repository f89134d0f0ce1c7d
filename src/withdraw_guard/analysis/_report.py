"""The findings of the analysis as sentences, and as Markdown for a pull request. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final, assert_never

from withdraw_guard import _prose
from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.complete import complete
from withdraw_guard._values.escape import markdown_code, visible
from withdraw_guard.analysis._circumstances import on_either_calendar
from withdraw_guard.analysis._compare import (
    OTHER_OPERATION,
    UNKNOWN_OPERATION,
    Comparison,
    Difference,
    Standing,
    Verdict,
)
from withdraw_guard.analysis._diff import (
    WAYS,
    Review,
    change_told,
    counts_told,
    in_order,
    left_told,
    listed_told,
    named,
    people_told,
    shown_told,
    unknown_told,
)
from withdraw_guard.analysis._findings import Finding
from withdraw_guard.analysis._people import ACCOUNT, Journal
from withdraw_guard.analysis._prove import Answer, Proof, Proved, Refuted, Unknown
from withdraw_guard.analysis._witness import NotOffered, Witness
from withdraw_guard.diagram import history_of, timeline_as_mermaid

PROMISES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_limbo": "no dead end",
        "never_early": "never early",
        "next_step": "a denial always has a next step",
        "reachable": "every promised state is reachable",
    }
)
"""The four promises of a `Proof`, by the name of its field, in words."""
_KINDS: Final = {OTHER_OPERATION: "any other well-known operation", UNKNOWN_OPERATION: "an operation that nobody knows"}
_MARKDOWN: Final = {ord(sign): f"&#{ord(sign)};" for sign in "&<>|[]"}
_VERDICTS: Final = complete(
    Verdict,
    {
        Verdict.EQUAL: "equal",
        Verdict.STRICTER: "stricter",
        Verdict.LOOSER: "looser",
        Verdict.INCOMPARABLE: "stricter for some, looser for others",
        Verdict.UNKNOWN: "not known, because the search was not complete",
    },
)


# ── Sentences ────────────────────────────────────────────────────────────────────────────────────────────────────


def told(journal: Journal) -> str:
    """Say a journal in one line: `two-factor reset, then 1 hour later password changed`."""
    return in_order(journal, lambda _: "") if journal else "nothing happened"


def answer_told(answer: Answer) -> str:
    """Say the answer to a promise: `proved (every reachable situation was checked: 674)`."""
    match answer:
        case Proved():
            return f"proved (every reachable situation was checked: {answer.states})"
        case Refuted():
            at = _prose.instant_words(answer.at)
            return f"refuted by `{answer.rule}`: {answer.sentence}, at {at}, after: {told(answer.journal)}"
        case Unknown():
            situations = _prose.counted(answer.states, "situation")
            return f"unknown: the check of `{answer.rule}` stopped after {situations}"
        case _ as never:
            assert_never(never)


def finding_told(finding: Finding) -> str:
    """Say a finding: `warning kept-timer-cut-short (card): its timer is kept: …`."""
    rule = "" if finding.rule is None else f" ({finding.rule})"
    return f"{finding.severity} {finding.code}{rule}: {finding.sentence}"


def difference_told(difference: Difference) -> str:
    """Say the verdict on one kind of request: `withdrawal to new destinations: looser`."""
    operation = _KINDS.get(difference.operation) or _prose.words(difference.operation)
    return f"{operation} to {difference.destination} destinations: {relation(difference)}"


def relation(compared: Difference | Comparison) -> str:
    """Say the verdict. If one direction is known and the other is not, the known one comes first."""
    verdict = _VERDICTS[compared.verdict]
    ways = {"looser": compared.about_looser, "stricter": compared.about_stricter}
    unknown = [way for way, about in ways.items() if about is Standing.UNKNOWN]
    if compared.verdict is not Verdict.UNKNOWN or len(unknown) != 1:
        return verdict
    known = [f"{'' if about is Standing.SHOWN else 'not '}{way}" for way, about in ways.items() if way not in unknown]
    return f"{known[0]}; whether {unknown[0]} is {verdict}"


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def comparison_as_markdown(reviewed: Review) -> str:
    """Write a comparison for a pull request.

    First what changed, rule by rule; then the verdict with a witness for each rule and direction, each with both sides
    as timelines; then what is only listed; last what is unknown.
    """
    comparison, names = reviewed.comparison, [markdown_code(name) for name in reviewed.names]
    lines = [f"## {names[0]} → {names[1]}: {relation(comparison)}", ""]
    if reviewed.is_one_version:
        lines += [f"> **Warning**: {_cell(ONE_VERSION)}.", ""]
    lines += ["### What changed", ""]
    lines += _items(change_told(change) for change in reviewed.changes) or ["No rule changed."]
    lines += ["", f"### The verdict: {counts_told(reviewed)}"]
    left = [f"- {_prose.begun(each)}." for each in left_told(reviewed)]
    lines += ["", *left] if left else []
    for way in WAYS:
        for witness in reviewed.shown(way):
            lines += _witness_lines(reviewed, way, witness)
    lines += ["", "| operation | destination | the new policy is |", "| --- | --- | --- |"]
    lines += [
        f"| {_KINDS.get(each.operation) or markdown_code(each.operation)} | {each.destination} | {relation(each)} |"
        for each in comparison.differences
    ]
    if reviewed.listed:
        lines += ["", "### Listed", "", *_items(listed_told(*each) for each in reviewed.listed)]
    if comparison.unknown:
        lines += ["", "### Unknown", "", *_items(unknown_told(each) for each in comparison.unknown)]
    return _text(lines)


ONE_VERSION: Final = "both policies have the same id and version, and different contents"


def _items(told: Iterable[str]) -> list[str]:
    return [f"- {_cell(each)}" for each in told]


def findings_as_markdown(policy: Policy, findings: Iterable[Finding]) -> str:
    """Write the findings as a table."""
    lines = [
        f"## {markdown_code(named(policy.ref))}",
        "",
        "| severity | code | rule | finding |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {each.severity} | {markdown_code(each.code)} | {'' if each.rule is None else markdown_code(each.rule)} "
        f"| {_cell(each.sentence)} |"
        for each in findings
    ]
    return _text(lines)


def proof_as_markdown(proof: Proof, policy: Policy) -> str:
    """Write the answers to the promises, with a timeline for each refuted one."""
    lines = [f"## {markdown_code(named(policy.ref))}", "", "| promise | |", "| --- | --- |"]
    lines += [f"| {PROMISES[name]} | {_cell(answer_told(answer))} |" for name, answer in proof.answers]
    for name, answer in proof.answers:
        if isinstance(answer, Refuted):
            lines += ["", f"### {_prose.begun(PROMISES[name])}: refuted", ""]
            lines += _timeline(policy, answer.journal, answer.at)
    return _text(lines)


def _witness_lines(reviewed: Review, way: str, witness: Witness) -> Iterator[str]:
    intended = " (intended)" if reviewed.is_accepted(way, witness.rule.id) else ""
    people = people_told(witness)
    told = shown_told(witness, *reviewed.sides(way))
    yield from (
        "",
        f"#### {_prose.begun(way)}{intended}: {markdown_code(witness.rule.id)}",
        "",
        f"{_prose.begun(_cell(told))}.",
    )
    if people:
        yield from ("", f"For an account holder who {_cell(people)}.")
    policies = on_either_calendar(reviewed.old, reviewed.new)
    sides = zip(policies, reviewed.names, strict=True)
    answers = (witness.denied, witness.allowed) if way == "looser" else (witness.allowed, witness.denied)
    yield from ("", "<details><summary>Both sides as timelines</summary>", "")
    for (policy, name), answer in zip(sides, answers, strict=True):
        said = "the event is refused" if isinstance(answer, NotOffered) else _prose.answered(answer)
        yield from (f"Under {markdown_code(name)}, at {_prose.instant_words(witness.at)}: {said}.", "")
        if not isinstance(answer, NotOffered):
            yield from (*_timeline(policy, witness.journal, witness.at, witness.request), "")
    yield "</details>"


def _timeline(policy: Policy, journal: Journal, at: datetime, request: Request | None = None) -> Iterator[str]:
    yield "```mermaid"
    yield timeline_as_mermaid(history_of(policy, ACCOUNT, journal, now=at, request=request)).rstrip("\n")
    yield "```"


def _cell(text: str) -> str:
    """Escape text from a policy, so that it is not read as a cell, a tag or a link."""
    return visible(text).translate(_MARKDOWN)


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
