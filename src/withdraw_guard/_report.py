"""What the commands `lint`, `prove` and `diff` print, for a terminal and for a machine, and their exit status.

The values of the analysis become rows, members and numbers here; the command line prints them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final, assert_never, final

import attrs

from withdraw_guard import analysis
from withdraw_guard._annotations import annotation
from withdraw_guard._model.policy import Policy, PolicyRef
from withdraw_guard._prose import Row
from withdraw_guard._values.complete import complete
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard.analysis import (
    PROMISES,
    Answer,
    Difference,
    Finding,
    NotKnown,
    NotOffered,
    Proof,
    Review,
    RuleChange,
    Severity,
    Standing,
    Verdict,
    Witness,
)
from withdraw_guard.analysis._diff import WAYS, left_told, lines_of, listed_told
from withdraw_guard.analysis._report import ONE_VERSION, relation
from withdraw_guard.wire import Json, Members, to_dict

FINE, FOUND, NOT_KNOWN = 0, 1, 3

_SEVERITY_STYLES: Final = complete(
    Severity, {Severity.NOTE: "dim", Severity.WARNING: "yellow", Severity.ERROR: "bold red"}
)
_VERDICT_STYLES: Final = complete(
    Verdict,
    {
        Verdict.EQUAL: "dim",
        Verdict.STRICTER: "green",
        Verdict.LOOSER: "bold red",
        Verdict.INCOMPARABLE: "bold red",
        Verdict.UNKNOWN: "yellow",
    },
)

_STATUSES: Final = complete(Standing, {Standing.SHOWN: FOUND, Standing.UNKNOWN: NOT_KNOWN, Standing.RULED_OUT: FINE})

# ── Exit statuses ────────────────────────────────────────────────────────────────────────────────────────────────


def status_of_findings(findings: Iterable[Finding], fail_if: str) -> int:
    """Return whether there is a finding of at least this severity."""
    severities = list(Severity)
    worst = max((severities.index(finding.severity) for finding in findings), default=-1)
    return FOUND if worst >= severities.index(Severity(fail_if)) else FINE


def status_of_proof(proof: Proof) -> int:
    """Return whether a promise is refuted, or else whether an answer is unknown."""
    kinds = {type(answer) for _, answer in proof.answers}
    return FOUND if analysis.Refuted in kinds else NOT_KNOWN if analysis.Unknown in kinds else FINE


def status_of_comparison(reviewed: Review, fail_if: Collection[str]) -> int:
    """Return whether an unintended change is left in one of these directions, or else whether that is unknown.

    The other direction, if it is not in `fail_if`, makes no difference.
    """
    statuses = {_STATUSES[reviewed.left(way)] for way in (WAYS if "different" in fail_if else fail_if)}
    return next((status for status in (FOUND, NOT_KNOWN) if status in statuses), FINE)


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def findings_as_members(policy: Policy, findings: Iterable[Finding]) -> Members:
    """Return what `lint --json` prints."""
    found: list[Json] = [
        {"severity": each.severity.value, "code": each.code.value, **_found(each)} for each in findings
    ]
    return {"policy": _ref(policy.ref), "findings": found}


def proof_as_members(proof: Proof) -> Members:
    """Return what `prove --json` prints."""
    answers: Members = {name: _answered(answer) for name, answer in proof.answers}
    return {"policy": _ref(proof.policy), "proved": proof.is_proved, **answers}


def _answered(answer: Answer) -> Members:
    match answer:
        case analysis.Proved():
            return {"answer": "proved", "states": answer.states}
        case analysis.Refuted():
            return {"answer": "refuted", **_found(answer)}
        case analysis.Unknown():
            return {"answer": "unknown", "rule": answer.rule, "states": answer.states}
        case _ as never:
            assert_never(never)


def _found(found: Finding | analysis.Refuted) -> Members:
    journal: list[Json] = [to_dict(event) for event in found.journal]
    return {"rule": found.rule, "sentence": found.sentence, "journal": journal, "at": write_instant(found.at)}


def comparison_as_members(reviewed: Review) -> Members:
    """Return what `diff --json` prints."""
    comparison = reviewed.comparison
    return {
        "old": {**_ref(comparison.old), "name": reviewed.names[0], "fingerprint": reviewed.old.fingerprint},
        "new": {**_ref(comparison.new), "name": reviewed.names[1], "fingerprint": reviewed.new.fingerprint},
        "changes": [_change(change) for change in reviewed.changes],
        "verdict": comparison.verdict.value,
        "counts": analysis.counts_told(reviewed),
        "about_looser": comparison.about_looser.value,
        "about_stricter": comparison.about_stricter.value,
        **{way: [_shown(reviewed, way, witness) for witness in reviewed.shown(way)] for way in WAYS},
        "left": {way: reviewed.left(way).value for way in WAYS},
        "differences": [_difference(each) for each in comparison.differences],
        "listed": [listed_told(*each) for each in reviewed.listed],
        "deadlines": list(comparison.deadlines),
        "also_changed": list(comparison.also_changed),
        "unknown": [_not_known(reviewed, each) for each in comparison.unknown],
    }


def _difference(difference: Difference) -> Members:
    return {
        "operation": difference.operation,
        "destination": difference.destination.value,
        "verdict": difference.verdict.value,
        "about_looser": difference.about_looser.value,
        "about_stricter": difference.about_stricter.value,
        "looser": _witness(difference.looser),
        "stricter": _witness(difference.stricter),
    }


def _not_known(reviewed: Review, unknown: NotKnown) -> Members:
    accepted = reviewed.is_accepted(unknown.way, unknown.rule)
    return {"rule": unknown.rule, "way": unknown.way, "why": list(unknown.why), "accepted": accepted}


def _change(change: RuleChange) -> Members:
    return {
        "kind": change.kind.value,
        "old": None if change.old is None else change.old.id,
        "new": None if change.new is None else change.new.id,
        "sentence": analysis.change_told(change),
    }


def _shown(reviewed: Review, way: str, witness: Witness) -> Members:
    return {
        **(_witness(witness) or {}),
        "accepted": reviewed.is_accepted(way, witness.rule.id),
        "sentence": analysis.shown_told(witness, *reviewed.sides(way)),
    }


def _witness(witness: Witness | None) -> Members | None:
    if witness is None:
        return None
    denied = witness.denied
    return {
        "rule": witness.rule.id,
        "help": analysis.people_told(witness),
        "journal": [to_dict(event) for event in witness.journal],
        "at": write_instant(witness.at),
        "denied": None if isinstance(denied, NotOffered) else to_dict(denied),
        "allowed": to_dict(witness.allowed),
        "earlier_by": None if witness.earlier_by is None else write_duration(witness.earlier_by),
    }


def _ref(policy: PolicyRef) -> Members:
    return {"id": policy.id, "version": policy.version}


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def findings_as_rows(findings: Iterable[Finding]) -> Iterator[Row]:
    """Give a row for each finding."""
    for each in findings:
        yield ((analysis.finding_told(each), _SEVERITY_STYLES[each.severity]),)


def proof_as_rows(proof: Proof) -> Iterator[Row]:
    """Give a row for each promise."""
    for name, answer in proof.answers:
        yield (f"{PROMISES[name]}: ", "bold"), (analysis.answer_told(answer), _style_of(answer))


def _style_of(answer: Answer) -> str:
    match answer:
        case analysis.Proved():
            return "green"
        case analysis.Refuted():
            return "bold red"
        case analysis.Unknown():
            return "yellow"
        case _ as never:
            assert_never(never)


def comparison_as_rows(reviewed: Review) -> Iterator[Row]:
    """Give what changed, the verdict with a row for each witness, what is listed, and what is unknown."""
    comparison, (old, new) = reviewed.comparison, reviewed.names
    if reviewed.is_one_version:
        yield ((f"warning: {ONE_VERSION}", "bold red"),)
    yield (
        (f"{old} → {new}: ", "bold"),
        (relation(comparison), _VERDICT_STYLES[comparison.verdict]),
        (f" ({analysis.counts_told(reviewed)})", ""),
    )
    yield from (((each, "bold"),) for each in left_told(reviewed))
    for line in lines_of(reviewed):
        yield ((f"{line.kind}: ", _LINE_STYLES[line.kind]), (line.told, ""))
    for each in comparison.differences:
        yield (("  ", ""), (analysis.difference_told(each), _VERDICT_STYLES[each.verdict]))


_LINE_STYLES: Final = {
    "changed": "bold",
    "looser": "bold red",
    "stricter": "green",
    "accepted": "dim",
    "listed": "yellow",
    "unknown": "yellow",
}

# ── For GitHub ───────────────────────────────────────────────────────────────────────────────────────────────────


@final
@attrs.frozen(kw_only=True)
class Place:
    """Where a policy stands: the file, if it is one, and the line on which each of its rules begins."""

    file: str | None
    lines: Mapping[str, int]


def comparison_as_annotations(reviewed: Review, new: Place) -> Iterator[str]:
    """Give a line for each difference that GitHub shows beside the rule. What is intended is a notice."""
    levels = {"looser": "error", "stricter": "warning", "unknown": "warning"}
    if reviewed.is_one_version:
        yield _annotation("warning", new, None, "fingerprint", ONE_VERSION)
    for line in lines_of(reviewed):
        yield _annotation(levels.get(line.kind, "notice"), new, line.rule, line.kind, line.told)


def findings_as_annotations(findings: Iterable[Finding], place: Place) -> Iterator[str]:
    """Give a line for each finding that GitHub shows beside the rule."""
    levels = {Severity.NOTE: "notice", Severity.WARNING: "warning", Severity.ERROR: "error"}
    for each in findings:
        yield _annotation(levels[each.severity], place, each.rule, each.code, analysis.finding_told(each))


def proof_as_annotations(proof: Proof, place: Place) -> Iterator[str]:
    """Give a line for each promise that is refuted or not known."""
    for name, answer in proof.answers:
        if not isinstance(answer, analysis.Proved):
            level = "error" if isinstance(answer, analysis.Refuted) else "warning"
            yield _annotation(level, place, answer.rule, PROMISES[name], analysis.answer_told(answer))


def _annotation(level: str, place: Place, rule: RuleId | None, title: str, message: str) -> str:
    line = None if rule is None else place.lines.get(rule)
    return annotation(level, {"file": place.file, "line": line, "title": title}, message)
