"""What the commands `lint`, `prove` and `diff` print, for a terminal and for a machine, and their exit status.

The values of the analysis become rows, members and numbers here; the command line prints them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final, TypeAlias, assert_never

from withdraw_guard import analysis
from withdraw_guard._model.policy import Policy, PolicyRef
from withdraw_guard._values.complete import complete
from withdraw_guard._values.time import write_duration, write_instant
from withdraw_guard.analysis import (
    PROMISES,
    Answer,
    Comparison,
    Finding,
    Proof,
    Severity,
    Standing,
    Verdict,
    Witness,
    named,
)
from withdraw_guard.analysis._report import relation
from withdraw_guard.wire import Json, Members, to_dict

FINE, FOUND, NOT_KNOWN = 0, 1, 3

# A row is a sequence of texts, each with its style. Without a terminal the styles are ignored.
Row: TypeAlias = tuple[tuple[str, str], ...]

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


def status_of_comparison(comparison: Comparison, fail_if: Collection[str]) -> int:
    """Return whether there is a difference in one of these directions, or else whether that is unknown.

    The other direction, if it is not in `fail_if`, makes no difference.
    """
    ways = {"looser": comparison.about_looser, "stricter": comparison.about_stricter}
    statuses = {_STATUSES[ways[way]] for way in (ways if "different" in fail_if else fail_if)}
    return next((status for status in (FOUND, NOT_KNOWN) if status in statuses), FINE)


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def findings_as_members(policy: Policy, findings: Iterable[Finding]) -> Members:
    """Return what `lint --json` prints."""
    found: list[Json] = [
        {"severity": each.severity.value, "code": each.code.value, **_shown(each)} for each in findings
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
            return {"answer": "refuted", **_shown(answer)}
        case analysis.Unknown():
            return {"answer": "unknown", "rule": answer.rule, "states": answer.states}
        case _ as never:
            assert_never(never)


def _shown(found: Finding | analysis.Refuted) -> Members:
    journal: list[Json] = [to_dict(event) for event in found.journal]
    return {"rule": found.rule, "sentence": found.sentence, "journal": journal, "at": write_instant(found.at)}


def comparison_as_members(comparison: Comparison) -> Members:
    """Return what `diff --json` prints."""
    return {
        "old": _ref(comparison.old),
        "new": _ref(comparison.new),
        "verdict": comparison.verdict.value,
        "about_looser": comparison.about_looser.value,
        "about_stricter": comparison.about_stricter.value,
        "differences": [
            {
                "operation": difference.operation,
                "destination": difference.destination.value,
                "verdict": difference.verdict.value,
                "about_looser": difference.about_looser.value,
                "about_stricter": difference.about_stricter.value,
                "looser": _witness(difference.looser),
                "stricter": _witness(difference.stricter),
            }
            for difference in comparison.differences
        ],
        "deadlines": list(comparison.deadlines),
        "also_changed": list(comparison.also_changed),
    }


def _witness(witness: Witness | None) -> Members | None:
    if witness is None:
        return None
    return {
        "rule": witness.rule.id,
        "help": analysis.help_told(witness.help),
        "journal": [to_dict(event) for event in witness.journal],
        "at": write_instant(witness.at),
        "denied": to_dict(witness.denied),
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


def comparison_as_rows(comparison: Comparison) -> Iterator[Row]:
    """Give the verdicts, and a row for each witness."""
    old, new = named(comparison.old), named(comparison.new)
    yield ((f"{old} → {new}: ", "bold"), (relation(comparison), _VERDICT_STYLES[comparison.verdict]))
    for each in comparison.differences:
        yield (("  ", ""), (analysis.difference_told(each), _VERDICT_STYLES[each.verdict]))
    ways = {"looser": (comparison.looser, old, new), "stricter": (comparison.stricter, new, old)}
    for way, (witness, denying, allowing) in ways.items():
        if witness is not None:
            yield ((f"{way}: ", "bold"), (analysis.witness_told(witness, denying, allowing), ""))
            if witness.rule.clearance is not None:
                yield ((f"  {analysis.help_told(witness.help)}", "dim"),)
    if comparison.deadlines:
        yield ((f"deadlines changed, and no answer: {', '.join(comparison.deadlines)}", "dim"),)
    if comparison.also_changed:
        yield ((f"changed as well, and no witness can show it: {', '.join(comparison.also_changed)}", "yellow"),)
