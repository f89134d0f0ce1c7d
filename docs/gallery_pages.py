"""The pages of the gallery: one for each published policy, an overview, and what is not done. `make_pages` writes them.

Proofs take longer than everything else, so `prove_gallery.py` writes them to a file. A test proves them again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from reference_pages import page, table

from withdraw_guard import Policy, Request, Rule, _prose, analysis, operations, policies
from withdraw_guard._values.time import write_instant
from withdraw_guard.analysis._report import relation
from withdraw_guard.diagram import policy_as_markdown, policy_as_mermaid
from withdraw_guard.policies import GALLERY, Grade, Published, Vector

PROOFS = Path(__file__).parent / "policies" / "proofs.json"
NOT_DONE = Path(__file__).parent / "policies" / "not-done.txt"
# The most situations of one rule that are checked.
STATES = 500
GRADES = {
    Grade.OFFICIAL: "the operator's or regulator's own site",
    Grade.MIRROR: "the operator's text by its wording, on a host that is not known to be theirs",
    Grade.THIRD_PARTY: "news, a law firm, a blog, a copied article",
}
# Examples that a guard does not answer, each with the reason.
OUTSIDE = {
    "V7": "an amount: 500 of 600 can be withdrawn, and a hold knows no amounts",
    "V10": "an amount: what was sold the day before, until an end that is rounded to the minute",
    "V15": "an amount: half of a balance",
}


def gallery_pages() -> Iterator[tuple[str, str]]:
    proofs = kept_proofs()
    yield "policies.md", overview()
    for name, published in GALLERY.items():
        yield f"policies/{name}.md", policy_page(published, proofs.get(name, {}))
    yield "policies/not-done.md", not_done()


def kept_proofs() -> dict[str, dict[str, str]]:
    """Return what `prove_gallery.py` wrote, by policy and promise."""
    kept: dict[str, dict[str, str]] = json.loads(PROOFS.read_text("utf-8"))["policies"]
    return kept


def proofs() -> dict[str, dict[str, str]]:
    """Prove every policy of the gallery, and return the answers as sentences."""
    return {name: proved(published.policy) for name, published in GALLERY.items()}


def proved(policy: Policy) -> dict[str, str]:
    answers = analysis.prove(policy, states_max=STATES).answers
    return {analysis.PROMISES[name]: analysis.answer_told(answer) for name, answer in answers}


# ── The overview ─────────────────────────────────────────────────────────────────────────────────────────────────


def overview() -> str:
    rows = [
        (link(name), published.author, str(len(published.policy.rules)), grades(published))
        for name, published in GALLERY.items()
    ]
    paths = "\n".join(f"policies/{name}" for name in (*GALLERY, "not-done"))
    return page(
        "The gallery",
        "What operators and regulators publish about holding withdrawals, as policies to begin with.\n"
        "Each is pure data: `policies.KRAKEN`, or `withdraw-guard policies kraken` for a file of your own.\n"
        "They were read from copies of different ages: look at the source before you rely on a number.",
        table(("policy", "of", "rules", "grade"), rows),
        "A grade says how near to its author a rule was read. A policy claims to be published only if all its rules "
        "have an O.\n\n" + table(("grade", "read on"), ((f"**{grade}**", said) for grade, said in GRADES.items())),
        "## What is held, and for how long\n\n"
        "Each row is a trigger, each column a length, and each cell the policies that hold for this length.\n"
        "A star means: only under a condition, which the page of the policy says.",
        table(("trigger", *lengths()), hours_rows()),
        "What operators publish and a guard does not do is [a page of its own](policies/not-done.md).",
        f"```{{toctree}}\n:hidden:\n\n{paths}\n```",
    )


def link(name: str, folder: str = "policies/") -> str:
    return f"[`{name}`]({folder}{name}.md)"


def grades(published: Published) -> str:
    return ", ".join(sorted({published.grade_of(rule) for rule in published.policy.rules}))


def every_rule() -> Iterator[tuple[str, Rule]]:
    for name, published in GALLERY.items():
        for rule in published.policy.rules:
            yield name, rule


def length(rule: Rule) -> str:
    if rule.business_days is not None:
        return _prose.counted(rule.business_days, "business day")
    return "until lifted" if rule.duration is None else f"{rule.duration.total_seconds() / 3600:g} h"


def lengths() -> list[str]:
    found = {length(rule): rule for _, rule in every_rule()}
    return sorted(found, key=lambda said: (found[said].duration is None, found[said].duration or 0, said))


def hours_rows() -> Iterator[tuple[str, ...]]:
    cells: dict[str, dict[str, dict[str, None]]] = {}
    for name, rule in every_rule():
        star = "\\*" if rule.where else ""
        cells.setdefault(rule.trigger, {}).setdefault(length(rule), {})[link(name) + star] = None
    for trigger in sorted(cells):
        yield f"`{trigger}`", *(", ".join(cells[trigger].get(length, ())) for length in lengths())


# ── One policy ───────────────────────────────────────────────────────────────────────────────────────────────────


def policy_page(published: Published, proof: Mapping[str, str]) -> str:
    policy = published.policy
    parts = [
        f"The policy `{policy.id}`, version `{policy.version}`: `policies.{constant(policy)}`.\n"
        f"Read on {published.read_on}.\n{claim(published)}",
        f"## The rules\n\n{policy_as_markdown(policy)}\n```mermaid\n{policy_as_mermaid(policy)}```",
        f"## What it rests on\n\n{table(('grade', 'source', 'what was read', 'rules'), source_rows(published))}",
        f"## What is our reading\n\n{listed(published.readings)}",
    ]
    if published.left_out:
        parts.append(f"## What it leaves out\n\n{listed(published.left_out)}")
    if published.vectors:
        heads = ("", "example", "request", "denied at", "allowed at")
        parts.append(f"## Examples\n\n{table(heads, map(vector_row, published.vectors))}")
    parts.append(f"## What the analysis finds\n\n{findings(policy)}\n{table(('promise', ''), proof.items())}")
    parts.append(comparison(policy))
    return page(published.author, *parts)


def constant(policy: Policy) -> str:
    return next(name for name in policies.__all__ if getattr(policies, name) is policy)


def claim(published: Published) -> str:
    if published.is_published:
        return "Every rule was read on the site of an operator or a regulator."
    return "It does not claim to be published: not every rule was read at its author's. The grades below say which."


def source_rows(published: Published) -> Iterator[tuple[str, ...]]:
    rules = published.policy.rules
    for source in published.sources:
        stated = [rule.id for rule in rules if source.states(rule)]
        which = "all" if len(stated) == len(rules) else ", ".join(f"`{rule}`" for rule in stated) or "background"
        yield f"**{source.grade}**", f"<{source.address}>", source.read, which


def vector_row(vector: Vector) -> tuple[str, ...]:
    return vector.number, vector.says, asked(vector.request), at_all(vector.denied_at), at_all(vector.allowed_at)


def asked(request: Request) -> str:
    where = f"`{request.destination_id}`" if request.destination_id else f"a {request.destination} destination"
    return f"`{request.operation}` to {where}"


def at_all(instants: tuple[datetime, ...]) -> str:
    return ", ".join(write_instant(at) for at in instants)


def listed(sentences: Iterable[str]) -> str:
    return "".join(f"- {sentence}\n" for sentence in sentences)


def findings(policy: Policy) -> str:
    """The findings of lint. What is about the whole policy stands below those about a rule."""
    found = analysis.lint(policy)
    rows = [
        (str(each.severity), f"`{each.code}`", f"`{each.rule}`", each.sentence)
        for each in found
        if each.rule is not None
    ]
    faults = table(("severity", "code", "rule", "finding"), rows) if rows else "Lint finds no fault.\n"
    return faults + "".join(
        f"\n{each.sentence[:1].upper()}{each.sentence[1:]}.\n" for each in found if each.rule is None
    )


# ── Beside Binance's rule ────────────────────────────────────────────────────────────────────────────────────────


def comparison(policy: Policy) -> str:
    head = "## Beside Binance's rule\n\n"
    if policy == policies.BINANCE:
        return f"{head}This is the rule that every other policy is compared with."
    compared = analysis.compare(policies.BINANCE, policy)
    of_money = [each for each in compared.differences if each.operation == operations.WITHDRAWAL]
    rows = [analysis.difference_told(each).split(": ", 1) for each in compared.differences]
    old, new = (f"`{analysis.named(each.ref)}`" for each in (policies.BINANCE, policy))
    shown = [
        (way, analysis.shown_told(witness, *names))
        for way, names in (("looser", (old, new)), ("stricter", (new, old)))
        if (witness := next((found for each in of_money if (found := getattr(each, way)) is not None), None))
    ]
    witnesses = "\n".join(f"- **{way.capitalize()}**: {sentence}." for way, sentence in shown)
    verdict = f"Compared with {old}, this policy is **{relation(compared)}**; of withdrawals the analysis shows:"
    return f"{head}{verdict}\n\n{witnesses or '- Nothing.'}\n\n{table(('request', 'this policy is'), rows)}"


# ── What is not done ─────────────────────────────────────────────────────────────────────────────────────────────


def not_done() -> str:
    rows = [(link(name, ""), said) for name, published in GALLERY.items() for said in published.left_out]
    return page(
        "What the gallery does not do",
        NOT_DONE.read_text("utf-8"),
        "## What each policy leaves out\n\n" + table(("policy", "what is stated and not here, and why"), rows),
        "## Examples that are outside\n\n" + table(("", "why"), OUTSIDE.items()),
    )
