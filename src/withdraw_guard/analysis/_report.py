"""The findings of the analysis as sentences, and as Markdown for a pull request. Nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Final, assert_never

from withdraw_guard import _prose
from withdraw_guard._model.policy import Policy, PolicyRef
from withdraw_guard._values.complete import complete
from withdraw_guard._values.escape import markdown_code, visible
from withdraw_guard.analysis._compare import (
    OTHER_OPERATION,
    UNKNOWN_OPERATION,
    Comparison,
    Difference,
    Standing,
    Verdict,
)
from withdraw_guard.analysis._help import Help
from withdraw_guard.analysis._lint import Finding
from withdraw_guard.analysis._people import ACCOUNT, Journal
from withdraw_guard.analysis._prove import Answer, Proof, Proved, Refuted, Unknown
from withdraw_guard.analysis._witness import Witness
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
    if not journal:
        return "nothing happened"
    words = [_prose.happened(journal[0])]
    for before, event in pairwise(journal):
        gap = event.at - before.at
        words.append(f"{_later(gap)}{_prose.happened(event)}")
    return ", then ".join(words)


def _later(gap: timedelta) -> str:
    return f"{_prose.duration_words(gap)} later " if gap else ""


def witness_told(witness: Witness, denying: str, allowing: str) -> str:
    """Say what a witness shows. `denying` and `allowing` are the names of the policies."""
    earlier = witness.earlier_by
    what = f"{_prose.words(witness.request.operation)} to a {witness.request.destination} destination"
    if earlier is None:
        sooner = f"allowed, and under {denying} it is denied until somebody ends the hold"
    else:
        sooner = f"allowed {_prose.duration_words(earlier)} earlier than under {denying}"
    return f"under {allowing}, {what} is {sooner}, after: {told(witness.journal)}"


def help_told(help_: Help) -> str:
    """Say for which account holders a witness is: what they and their helpers can do."""
    identities = [name for name, has in (("unverified", help_.unverified), ("verified", help_.verified)) if has]
    ways = [f"identity {' or '.join(identities)}"]
    ways.append(f"can pass {_prose.listed('method', help_.methods, 'and') or 'no verification'}")
    if help_.failures:
        ways.append(f"fails {_prose.counted(help_.failures, 'time')} before passing")
    if help_.tries is not None:
        ways.append(f"tries at most {_prose.counted(help_.tries, 'time')}")
    if help_.hands_in_after:
        ways.append(f"hands in {_prose.duration_words(help_.hands_in_after)} after the start")
    ways.append(f"has {_prose.listed('document', help_.documents, 'and') or 'no documents'}")
    if help_.appeals_after:
        ways.append(f"appeals {_prose.duration_words(help_.appeals_after)} after the latest failure or trigger")
    if help_.dismissals:
        ways.append(f"{_prose.counted(help_.dismissals, 'appeal')} dismissed before one is granted")
    ways.append(f"released by {_prose.listed('authority', help_.authorities, 'or') or 'nobody'}")
    return "; ".join(ways)


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


def named(policy: PolicyRef) -> str:
    """Name a policy: `binance 1.0.0`."""
    return f"{policy.id} {policy.version}"


# ── Markdown ─────────────────────────────────────────────────────────────────────────────────────────────────────


def comparison_as_markdown(comparison: Comparison, old: Policy, new: Policy) -> str:
    """Write a comparison for a pull request: the verdicts, and the shortest witness of each direction as timelines."""
    lines = [
        f"## {markdown_code(named(old.ref))} → {markdown_code(named(new.ref))}: {relation(comparison)}",
        "",
        "| operation | destination | the new policy is |",
        "| --- | --- | --- |",
    ]
    lines += [
        f"| {_KINDS.get(each.operation) or markdown_code(each.operation)} | {each.destination} | {relation(each)} |"
        for each in comparison.differences
    ]
    if comparison.looser is not None:
        lines += _witness_lines("Looser", comparison.looser, old, new)
    if comparison.stricter is not None:
        lines += _witness_lines("Stricter", comparison.stricter, new, old)
    if comparison.deadlines:
        deadlines = ", ".join(markdown_code(path) for path in comparison.deadlines)
        lines += [
            "",
            f"These deadlines changed, and no answer, because no hold ends when one is missed: {deadlines}.",
        ]
    if comparison.also_changed:
        changed = ", ".join(markdown_code(path) for path in comparison.also_changed)
        lines += ["", f"This changed as well, and no witness can show it: {changed}."]
    return _text(lines)


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
            lines += ["", f"### {_begun(PROMISES[name])}: refuted", ""]
            lines += _timeline(policy, answer.journal, answer.at)
    return _text(lines)


def _witness_lines(heading: str, witness: Witness, denying: Policy, allowing: Policy) -> Iterator[str]:
    sentence = witness_told(witness, markdown_code(named(denying.ref)), markdown_code(named(allowing.ref)))
    yield from ("", f"### {heading}", "", f"{_begun(sentence)}.")
    if witness.rule.clearance is not None or witness.rule.releasable_by:
        yield from ("", f"For an account holder with this help: {_cell(help_told(witness.help))}.")
    for policy, answer in ((denying, witness.denied), (allowing, witness.allowed)):
        said = _prose.answered(answer)
        yield from ("", f"Under {markdown_code(named(policy.ref))}, at {_prose.instant_words(witness.at)}: {said}.", "")
        yield from _timeline(policy, witness.journal, witness.at)


def _timeline(policy: Policy, journal: Journal, at: datetime) -> Iterator[str]:
    yield "```mermaid"
    yield timeline_as_mermaid(history_of(policy, ACCOUNT, journal, now=at)).rstrip("\n")
    yield "```"


def _cell(text: str) -> str:
    """Escape text from a policy, so that it is not read as a cell, a tag or a link."""
    return visible(text).translate(_MARKDOWN)


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines) + "\n"
