"""The pages of what is told: each rule of the gallery beside what its author states, and denials drawn by lot.

`make_pages` writes them. The lot is drawn with a fixed seed, so they are the same on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random

from reference_pages import page, table

from withdraw_guard import (
    Account,
    ActorKind,
    Denied,
    Destinations,
    Policy,
    Request,
    Rule,
    SecurityEvent,
    apply,
    check,
    public_reasons,
)
from withdraw_guard.messages import Message, explain, notice_of, render
from withdraw_guard.policies import GALLERY, Published

MONDAY = datetime(2026, 1, 5, 9, tzinfo=UTC)
DRAWN = 20


def told_pages() -> Iterator[tuple[str, str]]:
    """What the public reasons say; what each published rule says; and what people read of drawn denials."""
    yield (
        "told.md",
        page(
            "What account holders are told",
            "Why something is held is the public reason of the rule that placed the hold, in a sentence of its own.\n"
            "It never depends on whether the hold has a timer, and it never tells an instant.\n"
            "The rule is number 33 of [the rulebook](rulebook.md); [the languages](languages.md) have a page.",
            "The day on which a reason began is told only where the account holder can see what happened.",
            table(("public reason", "told in English", "the day is told"), reason_rows()),
            "- [What each published rule tells](told/rules-a-to-f.md), and [the others](told/rules-g-to-z.md)\n"
            "- [Denials drawn by lot](told/denials.md), and [ten more](told/more-denials.md)",
            "```{toctree}\n:hidden:\n\ntold/rules-a-to-f\ntold/rules-g-to-z\ntold/denials\ntold/more-denials\n```",
        ),
    )
    for letters, chosen in (("a to f", "abcdef"), ("g to z", "ghijklmnopqrstuvwxyz")):
        rows = [row for row in rule_rows() if row[0].lstrip("[`")[0] in chosen]
        yield (
            f"told/rules-{letters.replace(' ', '-')}.md",
            page(
                f"What each published rule tells, {letters}",
                "The third column is what the account holder reads; the last is what was read at the author's, in our "
                "words.",
                table(("policy", "rules", "told", "what its author states"), rows),
            ),
        )
    drawn = list(denials())
    for name, title, part in (
        ("denials", "Denials drawn by lot", drawn[: DRAWN // 2]),
        ("more-denials", "More denials drawn by lot", drawn[DRAWN // 2 :]),
    ):
        yield (
            f"told/{name}.md",
            page(
                title,
                "A policy and one or two of its rules are drawn. Two hours later, this is all that the account holder "
                "reads.",
                *part,
            ),
        )


def reason_rows() -> Iterator[tuple[str, ...]]:
    words = (value for name, value in vars(public_reasons).items() if name.isupper() and type(value) is str)
    for reason in sorted(words):
        rule = Rule(id="r", trigger="t", duration=timedelta(days=1), public_reason=reason)
        told = [message.code for message in explain(denied_by(Policy(id="p", version="1", rules=(rule,)), [rule]))]
        yield f"`{reason}`", sentence(reason), "yes" if "hold.began_on" in told else "no"


def rule_rows() -> Iterator[tuple[str, ...]]:
    """One row for all rules of a policy that tell the same and rest on the same."""
    for name, published in GALLERY.items():
        alike: dict[tuple[str, str], list[str]] = {}
        for rule in published.policy.rules:
            alike.setdefault((sentence(rule.told_reason), stated(published, rule)), []).append(f"`{rule.id}`")
        for (told, read), rules in alike.items():
            yield f"[`{name}`](../policies/{name}.md)", ", ".join(rules), told, read


def stated(published: Published, rule: Rule) -> str:
    best = published.grade_of(rule)
    return "; ".join(
        f"{source.read} ([source]({source.address}))" for source in published.sources_of(rule) if source.grade is best
    )


def sentence(reason: str) -> str:
    return render(Message(code=f"why.{reason}"), "en")


# ── By lot ───────────────────────────────────────────────────────────────────────────────────────────────────────


def denials() -> Iterator[str]:
    lot, names = Random(33), list(GALLERY)
    for number in range(1, DRAWN + 1):
        name = lot.choice(names)
        policy = GALLERY[name].policy
        rules = lot.sample(policy.rules, k=min(len(policy.rules), lot.randint(1, 2)))
        denied = denied_by(policy, rules)
        notice = notice_of(denied)
        heading = f"**{number}. `{name}`**: " + " and ".join(f"`{rule.id}`" for rule in rules)
        lines = [render(message, "en", now=denied.at) for message in explain(denied)]
        head = f"> *Notice: {render(notice, 'en', now=denied.at)}*\n>\n" if notice else ""
        yield f"{heading}\n\n{head}" + "\n".join(f"> {line}<br>" for line in lines)


def denied_by(policy: Policy, rules: list[Rule]) -> Denied:
    """Return the denial two hours after each of these rules placed a hold."""
    account = Account(id="a1")
    for number, rule in enumerate(rules):
        account = apply(policy, account, reported(rule, number)).account
    scope = rules[-1].scope
    operation = "withdrawal" if isinstance(scope.operations, str) else sorted(scope.operations)[-1]
    about = "an-address" if scope.destinations is Destinations.NAMED else None
    answer = check(account, MONDAY + timedelta(hours=2), Request(operation=operation, destination_id=about))
    assert isinstance(answer, Denied)
    return answer


def reported(rule: Rule, number: int) -> SecurityEvent:
    facts = dict(rule.where.items())
    by = facts.pop("initiated_by", ActorKind.USER)
    return SecurityEvent(
        id=f"e{number}",
        account="a1",
        at=MONDAY + timedelta(minutes=number),
        trigger=rule.trigger,
        initiated_by=ActorKind(str(by)),
        context=facts,
        destination_id="an-address" if rule.scope.destinations is Destinations.NAMED else None,
    )
