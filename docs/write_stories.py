"""Writes the stories of the published policies: `src/withdraw_guard/stories/published/NAME.json`.

What is expected is computed here from the terms of each rule as they stand in its document, with plain arithmetic: no
verb of the library is called, and no answer of it is looked at. The published examples come first, with their own
numbers. `withdraw-guard test-policy NAME` tells the stories; a test does it for all of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from withdraw_guard import policies, wire
from withdraw_guard.policies import Published, Vector

FOLDER = Path(__file__).parents[1] / "src" / "withdraw_guard" / "stories" / "published"
BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
WELL_KNOWN = ("trade", "deposit", "login", "withdrawal")
# What a person is told about a trigger if the rule does not say, as the design of the library lists it.
SECURITY = (
    "password_changed two_factor_changed two_factor_disabled two_factor_enabled two_factor_reset email_changed "
    "phone_changed phone_bound fund_password_changed address_protection_disabled account_unlocked"
)
TOLD = {
    **dict.fromkeys(SECURITY.split(), "security_change"),
    "device_added": "new_device",
    "abnormal_activity": "abnormal_activity",
    "deposit_credited": "money_received",
    "purchase_made": "purchase_made",
    "address_added": "address_added",
    "account_locked": "own_request",
}

Rule = Mapping[str, Any]
Line = dict[str, Any]


# ── The terms of a rule, in plain words ──────────────────────────────────────────────────────────────────────────


def length(text: str) -> timedelta:
    """Read `PT24H`, `PT4H` or `P5D`."""
    number, unit = re.fullmatch(r"PT?(\d+)([HD])", text).groups()  # type: ignore[union-attr]
    return timedelta(hours=int(number)) if unit == "H" else timedelta(days=int(number))


def time(after: timedelta) -> str:
    """Write a time of a story: `+24h`, `+1h30m`."""
    hours, minutes = divmod(int(after / timedelta(minutes=1)), 60)
    return f"+{hours}h{minutes}m" if hours and minutes else f"+{minutes}m" if minutes else f"+{hours}h"


def opposite(value: Any) -> Any:
    """Return another value of a fact."""
    return {"admin": "user"}[value] if isinstance(value, str) else not value


def facts_of(rule: Rule, others: Iterable[Rule]) -> dict[str, Any]:
    """Return the facts that this rule asks for, and those that say otherwise to as many other rules as possible."""
    facts = dict(rule["where"])
    for other in others:
        if other["trigger"] == rule["trigger"] and matched(other, facts):
            against = [name for name in other["where"] if name not in facts]
            facts.update({name: opposite(other["where"][name]) for name in against[:1]})
    return facts


def matched(rule: Rule, facts: Mapping[str, Any]) -> bool:
    """Whether no fact says otherwise. Who initiated it is always known: the account holder, if nothing is said."""
    known = {"initiated_by": "user", **facts}
    return all(known.get(name, wanted) == wanted for name, wanted in rule["where"].items())


def ends_at(rule: Rule, after: timedelta = 0 * HOUR, chosen: timedelta | None = None) -> str | None:
    """Return when the timer ends that an event sets so long after the beginning."""
    if rule["business_days"] is not None:
        day = (BEGIN + after).replace(hour=0)
        for _ in range(rule["business_days"]):
            day += timedelta(days=1)
            while day.weekday() >= 5:
                day += timedelta(days=1)
        return f"{day + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"
    if rule["duration"] is None:
        return None
    return time(after + (chosen or length(rule["duration"])))


def hours_of(text: str) -> float:
    """Put the times of this file in order."""
    if text.startswith("+"):
        hours, minutes = re.fullmatch(r"\+(\d+)h(?:(\d+)m)?", text).groups("0")  # type: ignore[union-attr]
        return int(hours) + int(minutes) / 60
    return (datetime.fromisoformat(text) - BEGIN) / HOUR


def verdict(rules: Sequence[Rule], after: timedelta = 0 * HOUR) -> str:
    """Return until when these rules deny, each with one event so long after the beginning."""
    ends = [None if needs_people(rule) else ends_at(rule, after) for rule in rules]
    times = [end for end in ends if end is not None]
    return f"denied until {max(times, key=hours_of)}" if len(times) == len(ends) else "denied whatever time passes"


def needs_people(rule: Rule) -> bool:
    """Whether time alone does not end it."""
    no_timer = rule["duration"] is None and rule["business_days"] is None
    return no_timer or (rule["clearance"] is not None and rule["lifted_by"] == "all")


def because(rules: Iterable[Rule]) -> str:
    return "because " + " and ".join(rule["id"] for rule in rules)


def told(rules: Iterable[Rule]) -> str:
    reasons = {rule["public_reason"] or TOLD.get(rule["trigger"], "unspecified") for rule in rules}
    return "told " + " and ".join(sorted(reasons))


def is_named(rule: Rule) -> bool:
    return bool(rule["scope"]["destinations"] == "named")


def sentence(*clauses: str) -> str:
    return ", ".join(filter(None, clauses))


# ── The stories of a policy ──────────────────────────────────────────────────────────────────────────────────────


def stories_of(published: Published) -> Iterator[Line]:
    """Yield the stories: the published examples, then rule by rule."""
    document: Any = wire.to_dict(published.policy)
    rules: list[Rule] = document["rules"]
    for vector in published.vectors:
        yield example(vector, rules, published)
    for rule, of_policy in zip(rules, published.policy.rules, strict=True):
        source = min(published.sources_of(of_policy), key=lambda each: "OMT".index(each.grade.value))
        for name, lines in of_rule(rule, rules):
            yield {"story": f"{rule['id']}: {name}", "source": f"{source.grade.value} {source.address}", "lines": lines}
    yield {"story": "a report that was wrong is taken back", "source": "retractable_by", "lines": retracted(rules)}


def example(vector: Vector, rules: Sequence[Rule], published: Published) -> Line:
    """Write a published example with its own numbers."""
    lines: list[Line] = []
    for event in vector.journal:
        wired: Any = wire.to_dict(event)
        line = {"event": wired.pop("trigger", wired["type"]), "at": ago(event.at)}
        if "context" in wired:
            matching = [rule for rule in rules if rule["trigger"] == line["event"]]
            if not any(matched(rule, wired["context"]) for rule in matching):
                line["expect"] = "unmatched"
        if wired.get("duration"):
            line["duration"] = wired["duration"]
        if "by" in wired:
            line["by"] = f"{wired['by']['kind']} {wired['by']['id']}"
        if "hold" in wired:
            line["hold"] = wired["hold"].partition(":")[2]
        kept = ("context", "destination_id", "method", "outcome")
        line.update({name: wired[name] for name in kept if wired.get(name)})
        lines.append(line)
    asked = vector.request.operation
    where = ["known"] if vector.request.destination.value == "known" else []
    where += [vector.request.destination_id] if vector.request.destination_id else []
    ask = " to ".join(filter(None, [asked, " ".join(where)]))
    for instants, answer in ((vector.denied_at, "denied"), (vector.allowed_at, "allowed")):
        lines += [{"at": ago(at), "ask": ask, "expect": answer} for at in instants]
    return {"story": f"{vector.number}: {vector.says}", "source": published.author, "lines": lines}


def ago(at: datetime) -> str:
    """Write an instant of an example as a time of a story."""
    tick = timedelta(microseconds=1)
    for prefix, shift in (("", 0 * tick), ("just before ", tick)):
        if (at + shift - BEGIN) % timedelta(minutes=1) == 0 * tick:
            return f"{prefix}{time(at + shift - BEGIN)}"
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def happens(rule: Rule, facts: Mapping[str, Any], at: str | None = None, to: str = "address-1", **more: Any) -> Line:
    """Write the line of an event that the rule listens to."""
    context = {name: value for name, value in facts.items() if name != "initiated_by"}
    return {
        "event": rule["trigger"],
        **({} if at is None else {"at": at}),
        **({"initiated_by": facts["initiated_by"]} if "initiated_by" in facts else {}),
        **({"context": context} if context else {}),
        **({"destination_id": to} if is_named(rule) else {}),
        **more,
    }


def of_rule(rule: Rule, rules: Sequence[Rule]) -> Iterator[tuple[str, list[Line]]]:
    """Yield the stories of one rule."""
    facts = facts_of(rule, [other for other in rules if other is not rule])
    placed = [each for each in rules if each["trigger"] == rule["trigger"] and matched(each, facts)]
    yield "what it stops, and until when", stopped(rule, facts, placed)
    yield "it happens again", again(rule, facts, placed)
    yield from otherwise(rule, rules)
    if rule["chosen"] is not None:
        yield from choices(rule, facts)
    for authority in rule["releasable_by"]:
        yield f"released for {authority}", released(rule, facts, authority, [])
    if rule["business_days"] is not None:
        yield "beyond the calendar", [happens(rule, facts, "2026-01-29T09:00:00Z", expect="refused invalid, allowed")]
    if rule["clearance"] is not None:
        yield from cleared(rule, facts)


def asks(rule: Rule, *, to: str = " to address-1") -> list[str]:
    """Return a request for each operation that it stops, to the destination of the event if it is about one."""
    return [f"{operation}{to if is_named(rule) else ''}" for operation in rule["scope"]["operations"]]


def stopped(rule: Rule, facts: Mapping[str, Any], placed: Sequence[Rule]) -> list[Line]:
    """What is stopped and until when, and what is not stopped."""
    until, first = verdict(placed), rule["scope"]["operations"][0]
    lines = [happens(rule, facts, ask=asks(rule), expect=sentence(until, because(placed), told(placed)))]
    match rule["scope"]["destinations"]:
        case "any":
            lines.append({"ask": f"{first} to known", "expect": until})
        case "new":
            lines.append({"ask": f"{first} to known", "expect": "allowed"})
        case "named":
            lines.append({"ask": f"{first} to address-2", "expect": "allowed"})
            lines.append({"ask": [first, f"{first} to known"], "expect": until})
    lines.append(
        {"ask": next(each for each in WELL_KNOWN if each not in rule["scope"]["operations"]), "expect": "allowed"}
    )
    if needs_people(rule):
        lines.append({"at": "+1000d", "ask": asks(rule), "expect": "denied whatever time passes"})
    return lines


def again(rule: Rule, facts: Mapping[str, Any], placed: Sequence[Rule]) -> list[Line]:
    """The same thing happens a second time, while the hold is open."""
    if needs_people(rule):
        expect = sentence(verdict(placed), because(placed))
        return [happens(rule, facts), happens(rule, facts, "+1h", ask=asks(rule), expect=expect)]
    later = 24 * HOUR if rule["business_days"] is not None else length(rule["duration"]) / 2
    first, second = verdict(placed), verdict(placed, later)
    if rule["repeat"] == "separate":
        both = " and ".join([rule["id"]] * 2)
        return [
            happens(rule, facts),
            happens(
                rule,
                facts,
                time(later),
                to="address-2",
                ask=rule["scope"]["operations"][0],
                expect=f"{second}, because {both}",
            ),
            {"ask": asks(rule), "expect": first},
            {"ask": asks(rule, to=" to address-2"), "expect": second},
        ]
    expect = first if rule["repeat"] == "keep" else second
    return [
        happens(rule, facts),
        happens(rule, facts, time(later), ask=asks(rule), expect=sentence(expect, because(placed))),
    ]


def otherwise(rule: Rule, rules: Sequence[Rule]) -> Iterator[tuple[str, list[Line]]]:
    """Facts that say otherwise, one by one, and facts that nobody knows."""
    for name, value in rule["where"].items():
        facts = {**rule["where"], name: opposite(value)}
        yield f"not where {name} is {json.dumps(opposite(value))}", [result(rule, facts, rules)]
    unknown = {name: value for name, value in rule["where"].items() if name == "initiated_by"}
    if unknown != rule["where"]:
        yield "held where nothing more is known", [result(rule, unknown, rules)]


def result(rule: Rule, facts: Mapping[str, Any], rules: Sequence[Rule]) -> Line:
    """What becomes of an event with these facts, whichever rules it matches."""
    placed = [each for each in rules if each["trigger"] == rule["trigger"] and matched(each, facts)]
    expect = sentence(verdict(placed), because(placed)) if placed else "unmatched, allowed"
    return happens(rule, facts, ask=asks(rule), expect=expect)


def choices(rule: Rule, facts: Mapping[str, Any]) -> Iterator[tuple[str, list[Line]]]:
    """The shortest and the longest choice, and those just beyond."""
    for name, beyond in (("minimum", "just under"), ("maximum", "just over")):
        bound = length(rule["chosen"][name])
        written = time(bound)[1:]
        expect = f"denied until {ends_at(rule, chosen=bound)}, {because([rule])}"
        yield f"the {name} that may be chosen", [happens(rule, facts, duration=written, ask=asks(rule), expect=expect)]
        refused = happens(
            rule, facts, duration=f"{beyond} {written}", ask=asks(rule), expect="refused invalid, allowed"
        )
        yield f"{beyond} the {name}", [refused]


def released(rule: Rule, facts: Mapping[str, Any], authority: str, before: list[Line]) -> list[Line]:
    """Released after an hour, from wherever the hold stands; somebody else may not."""
    return [
        happens(rule, facts),
        *before,
        {"event": "release_ordered", "hold": rule["id"], "authority": "nobody", "expect": "refused not_authorized"},
        {"at": "just before +1h", "ask": asks(rule), "expect": "denied"},
        {
            "at": "+1h",
            "event": "release_ordered",
            "hold": rule["id"],
            "authority": authority,
            "ask": asks(rule),
            "expect": "allowed, phase restored",
        },
    ]


def retracted(rules: Sequence[Rule]) -> list[Line]:
    """The first rule was triggered by mistake."""
    rule = rules[0]
    facts = facts_of(rule, rules[1:])
    placed = [each for each in rules if each["trigger"] == rule["trigger"] and matched(each, facts)]
    return [
        happens(rule, facts, id="wrong"),
        {"at": "just before +1h", "ask": asks(rule), "expect": f"denied, {because(placed)}"},
        {
            "at": "+1h",
            "event": "event_retracted",
            "retracts": "wrong",
            "authority": "security",
            "ask": asks(rule),
            "expect": "allowed",
        },
    ]


# ── What people can do ───────────────────────────────────────────────────────────────────────────────────────────


def cleared(rule: Rule, facts: Mapping[str, Any]) -> Iterator[tuple[str, list[Line]]]:
    """Every move of a verification, a review and an appeal, from an account without and with an identity."""
    terms = rule["clearance"]
    verified = [{"event": "identity_changed", "identity": "personal"}]
    for methods, known, words in (
        (terms["unverified"], [], "without an identity"),
        (terms["verified"], verified, "with one"),
    ):
        if not methods:
            expect = sentence(verdict([rule]), because([rule]), "may not verify")
            yield (
                f"an account {words} cannot verify",
                [*known, happens(rule, facts, ask=asks(rule), expect=expect)],
            )
            continue
        yield f"an account {words} verifies", [*known, *road(rule, facts, methods)]
    methods = terms["unverified"] or terms["verified"]
    known = [] if terms["unverified"] else verified
    if terms["appeal"] is not None:
        yield "an appeal that is dismissed", [*known, *dismissed(rule, facts, methods)]
        yield "an appeal that is granted", [*known, *granted(rule, facts, methods)]
    for authority in rule["releasable_by"]:
        for state, before in standings(rule, methods):
            lines = [*known, *released(rule, facts, authority, before)]
            yield f"released for {authority} while in {state}", lines
    if rule["lifted_by"] == "all":
        yield from both(rule, facts, methods)


def verify(methods: Sequence[str], extra: str = "") -> str:
    return sentence("may verify with " + " or ".join(methods), extra)


def no_appeal(rule: Rule) -> str:
    return "may not appeal" if rule["clearance"]["appeal"] else ""


def contact(rule: Rule) -> str:
    return "may contact " + " or ".join(rule["releasable_by"]) if rule["releasable_by"] else ""


def step(rule: Rule, event: str, expect: str, **more: Any) -> Line:
    return {"event": event, "hold": rule["id"], **more, "ask": asks(rule)[0], "expect": expect}


def road(rule: Rule, facts: Mapping[str, Any], methods: Sequence[str]) -> list[Line]:
    """Start with every method, hand in, be asked for more, fail twice, and be approved after two hours."""
    denied, first = verdict([rule]), methods[0]
    appeal = rule["clearance"]["appeal"]
    may = "may appeal with " + " and ".join(appeal["documents"]) if appeal else contact(rule)
    start = step(rule, "verification_started", f"{denied}, to complete {first}", method=first)
    return [
        happens(
            rule,
            facts,
            ask=asks(rule)[0],
            expect=sentence(
                denied, because([rule]), "phase suspended", verify(methods), no_appeal(rule), contact(rule)
            ),
        ),
        step(rule, "verification_started", "refused method_not_accepted, phase suspended", method="no_such_method"),
        *(
            step(
                rule,
                "verification_started",
                f"{denied}, phase verification, to complete {method}",
                method=method,
                at="+1h",
            )
            for method in (*methods, first)
        ),
        step(rule, "verification_submitted", f"{denied}, phase review, awaits review"),
        step(
            rule,
            "more_requested",
            f"{denied}, phase verification, to complete {first}",
            documents=["id_photo"],
            reasons=["document_unreadable"],
        ),
        step(rule, "verification_submitted", f"{denied}, awaits review"),
        step(
            rule,
            "review_decided",
            sentence(denied, "phase suspended", "reasons document_unreadable", verify(methods), may),
            outcome="rejected",
            reasons=["document_unreadable"],
        ),
        start,
        step(
            rule,
            "verification_failed",
            sentence(denied, "phase suspended", "reasons face_not_found", verify(methods), may),
            reasons=["face_not_found"],
        ),
        start,
        step(rule, "verification_submitted", f"{denied}, awaits review"),
        step(rule, "review_decided", "refused not_authorized, phase review", outcome="approved", by="user"),
        {"at": "just before +2h", "ask": asks(rule), "expect": "denied"},
        step(rule, "review_decided", approved(rule), outcome="approved", at="+2h"),
        *recorded(rule, facts, first),
    ]


def approved(rule: Rule) -> str:
    """After an approval the hold ends, or where both are needed its timer goes on."""
    return f"denied until {ends_at(rule)}, may not verify" if rule["lifted_by"] == "all" else "allowed, phase restored"


def recorded(rule: Rule, facts: Mapping[str, Any], method: str) -> list[Line]:
    """An identity that was approved counts from then on."""
    if not method.startswith("identity_"):
        return []
    line = happens(rule, facts, "+3h", ask=asks(rule)[0], expect=verify(rule["clearance"]["verified"]))
    return [line]


def failed(rule: Rule, method: str) -> list[Line]:
    """One failure."""
    return [
        {"event": "verification_started", "hold": rule["id"], "method": method},
        {"event": "verification_failed", "hold": rule["id"]},
    ]


def dismissed(rule: Rule, facts: Mapping[str, Any], methods: Sequence[str]) -> list[Line]:
    """Too early, without documents, filed, asked for more, handed in again, dismissed; and there is no second one."""
    documents = rule["clearance"]["appeal"]["documents"]
    denied = verdict([rule])
    return [
        happens(rule, facts),
        step(rule, "appeal_submitted", f"refused appeal_not_offered, {denied}, may not appeal", documents=documents),
        *failed(rule, methods[0]),
        step(rule, "appeal_submitted", f"refused documents_missing, {denied}"),
        step(rule, "appeal_submitted", f"{denied}, phase appeal, awaits appeal", documents=documents),
        step(rule, "more_requested", f"{denied}, phase appeal, may appeal with id_photo", documents=["id_photo"]),
        step(rule, "appeal_submitted", f"{denied}, phase appeal, awaits appeal", documents=["id_photo"]),
        step(
            rule,
            "appeal_decided",
            sentence(denied, "phase suspended", "may not appeal", verify(methods), contact(rule)),
            outcome="dismissed",
        ),
        step(rule, "appeal_submitted", f"refused appeal_not_offered, {denied}", documents=documents),
    ]


def granted(rule: Rule, facts: Mapping[str, Any], methods: Sequence[str]) -> list[Line]:
    """A rejection, an appeal that its reviewer may not decide, and another person grants it after two hours."""
    documents = rule["clearance"]["appeal"]["documents"]
    return [
        happens(rule, facts),
        {"event": "verification_started", "hold": rule["id"], "method": methods[0]},
        {"event": "verification_submitted", "hold": rule["id"]},
        {"event": "review_decided", "hold": rule["id"], "outcome": "rejected"},
        step(rule, "appeal_submitted", "phase appeal", documents=documents),
        step(rule, "appeal_decided", "refused same_reviewer, phase appeal", outcome="granted", by="admin reviewer"),
        {"at": "just before +2h", "ask": asks(rule), "expect": "denied"},
        step(rule, "appeal_decided", "allowed, phase restored", outcome="granted", at="+2h"),
    ]


def standings(rule: Rule, methods: Sequence[str]) -> Iterator[tuple[str, list[Line]]]:
    """Yield how a hold comes to each state from which it can be released."""
    started = {"event": "verification_started", "hold": rule["id"], "method": methods[0]}
    submitted = {"event": "verification_submitted", "hold": rule["id"]}
    yield "verification", [started]
    yield "review", [started, submitted]
    if rule["clearance"]["appeal"] is not None:
        documents = rule["clearance"]["appeal"]["documents"]
        filed = {"event": "appeal_submitted", "hold": rule["id"], "documents": documents}
        yield "appeal", [*failed(rule, methods[0]), filed]
    if rule["lifted_by"] == "all":
        yield "restored", [started, submitted, {"event": "review_decided", "hold": rule["id"], "outcome": "approved"}]


def both(rule: Rule, facts: Mapping[str, Any], methods: Sequence[str]) -> Iterator[tuple[str, list[Line]]]:
    """Where time and people are both needed: the verification comes after the timer."""
    timer = length(rule["duration"])
    after = time(timer + HOUR)
    yield (
        "verified only after the timer",
        [
            happens(rule, facts),
            {"at": time(timer), "ask": asks(rule), "expect": f"denied whatever time passes, {verify(methods)}"},
            {"event": "verification_started", "hold": rule["id"], "method": methods[0]},
            {"event": "verification_submitted", "hold": rule["id"]},
            {"at": f"just before {after}", "ask": asks(rule), "expect": "denied"},
            step(rule, "review_decided", "allowed, phase restored", outcome="approved", at=after),
        ],
    )
    yield (
        "it happens again, and is verified before the timer",
        [
            happens(rule, facts),
            happens(rule, facts, "+10h"),
            {"event": "verification_started", "hold": rule["id"], "method": methods[0]},
            {"event": "verification_submitted", "hold": rule["id"]},
            step(rule, "review_decided", f"denied until {ends_at(rule, 10 * HOUR)}", outcome="approved"),
        ],
    )


# ── The files ────────────────────────────────────────────────────────────────────────────────────────────────────


def document_of(published: Published) -> str:
    """Write the document: a line of the file for each line of a story."""
    stories = []
    for story in stories_of(published):
        head = {name: value for name, value in story.items() if name != "lines"}
        lines = ",\n      ".join(json.dumps(line, ensure_ascii=False) for line in story["lines"])
        begin = json.dumps(head, ensure_ascii=False)[1:-1]
        stories.append(f'    {{{begin}, "lines": [\n      {lines}\n    ]}}')
    body = ",\n".join(stories)
    return f'{{\n  "schema": "withdraw-guard/stories/1",\n  "stories": [\n{body}\n  ]\n}}\n'


def documents() -> dict[Path, str]:
    """Return the text of every file."""
    return {FOLDER / f"{name}.json": document_of(each) for name, each in policies.GALLERY.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for path, text in documents().items():
        path.write_text(text, "utf-8")
