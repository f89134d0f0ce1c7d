"""Random policies and journals in their wire form, and the shortest journal that still breaks a law.

A story is the versions of one policy and its steps: which version is in force, and the event. Instants are few: hours,
their neighbours by one microsecond, and a wrong date in 2199. Moves follow from where the holds stand, mostly, so that
a review, an appeal and a second flag during an appeal are often reached.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import NamedTuple

from . import story as tell
from .rulebook import Json, Reference, has_timer, read_rule
from .story import FAR

Random = random.Random
TRIGGERS = ("flag", "alarm")
TICK = 1e-6 / 3600  # One microsecond, in hours.
HOURS = (0, 1, 2, 3, 5, 8, 13, 23, 24, 25, 30, 47, 48, 49, 72, 100, 119, 120, 121, 145)
DESTINATIONS = ("d1", "d2", "d3", None)
SCOPES = (  # Each covers a withdrawal to a new destination.
    {"operations": "*", "destinations": "any", "leaves": []},
    {"operations": ["withdrawal"], "destinations": "new", "leaves": []},
    {"operations": ["p2p_sale", "withdrawal"], "destinations": "any", "leaves": ["odd"]},
)


class Story(NamedTuple):
    policies: list[Json]
    steps: list[tuple[int, Json]]

    def play(self, until: int | None = None) -> Reference:
        reference = Reference(tell.ACCOUNT)
        for version, event in self.steps[:until]:
            reference.handle(self.policies[version], event)
        return reference

    def without(self, index: int) -> Story:
        return self._replace(steps=self.steps[:index] + self.steps[index + 1 :])


Law = Callable[[Story], str | None]


def shortest(story: Story, law: Law) -> Story:
    """Leave out steps and rules for as long as the law is still broken."""
    shorter = next((other for other in smaller(story) if law(other) is not None), None)
    return story if shorter is None else shortest(shorter, law)


def smaller(story: Story) -> list[Story]:
    steps = [story.without(index) for index in range(len(story.steps))]
    names = sorted({rule["id"] for policy in story.policies for rule in policy["rules"]})
    rules = [
        story._replace(
            policies=[{**p, "rules": [rule for rule in p["rules"] if rule["id"] != name]} for p in story.policies]
        )
        for name in names
        if len(names) > 1
    ]
    used = sorted({version for version, _ in story.steps})
    versions = [
        Story([story.policies[i] for i in used], [(used.index(version), event) for version, event in story.steps])
    ]
    return steps + rules + [other for other in versions if len(other.policies) < len(story.policies)]


# --- Policies ---------------------------------------------------------------------------------------------------------


def random_due(rng: Random, name: str) -> Json:
    """A due date after some elapsed time, after business days, or none."""
    within, business_days = rng.choice([(None, None), ("PT24H", None), ("PT24H", None), (None, 1)])
    return {f"{name}_within": within, f"{name}_business_days": business_days}


def random_clearance(rng: Random) -> Json:
    appeal = tell.appeal(
        after_failures=rng.choice([0, 1, 1, 2]),
        limit=rng.choice([1, 1, 2]),
        within=rng.choice([None, "PT24H"]),
        documents=rng.choice([[], ["id_photo"]]),
        **random_due(rng, "decide"),
    )
    return tell.clearance(
        unverified=rng.choice([["identity_personal"], ["identity_personal", "face_web"], ["identity_personal"], []]),
        attempts=rng.choice([None, 1, 2]),
        verify_within=rng.choice([None, "PT2H", "PT24H"]),
        **random_due(rng, "review"),
        identity_valid_for=rng.choice([None, None, "PT24H"]),
        appeal=rng.choice([None, appeal, appeal]),
    )


def random_timer(rng: Random) -> Json:
    """A timer of elapsed time, one that is chosen, or one of business days."""
    if rng.random() < 0.1:
        return {"business_days": rng.choice([1, 2])}
    return {"duration": rng.choice(["PT1H", "PT24H", "PT24H", "PT48H", "P5D"])}


def random_rule(rng: Random, name: str, kinds: tuple[str, ...]) -> Json:
    kind = rng.choice(kinds)
    members: Json = {"id": name, "trigger": rng.choice(TRIGGERS)}
    if kind in ("timer", "either", "both"):
        members |= random_timer(rng)
    if kind in ("proof", "either", "both"):
        members |= {"clearance": random_clearance(rng)}
    if kind == "both":
        members |= {"lifted_by": "all"}
    if kind == "chosen":
        members |= {"duration": "PT24H", "chosen": {"minimum": "PT1H", "maximum": "P5D"}}
    if kind in ("timer", "either") and rng.random() < 0.3:
        members |= {"releasable_by": []}
    if rng.random() < 0.2:
        members |= {"where": {"fact": True}}
    if rng.random() < 0.2:
        members |= {"scope": rng.choice(SCOPES)}
    members |= {"repeat": rng.choices(["extend", "keep", "separate"], [5, 1, 3])[0]}
    if kind == "chosen" and members["repeat"] == "keep":
        members |= {"repeat": "extend"}
    if members["repeat"] == "separate" and rng.random() < 0.5:
        members |= {"scope": {"operations": ["withdrawal"], "destinations": "named", "leaves": []}}
    return tell.rule(**members)


ALL_KINDS = ("timer", "proof", "either", "both", "chosen", "released")


def random_policies(rng: Random, kinds: tuple[str, ...] = ALL_KINDS, versions: int = 2) -> list[Json]:
    names = ["r", "q"][: rng.choice([1, 1, 2])]
    rules = [random_rule(rng, name, kinds) for name in names]
    policies = [tell.policy(*rules, calendar=weekdays())]
    for number in range(2, rng.randint(1, versions) + 1):
        changed = list(rules)
        place = rng.randrange(len(rules))
        if rng.random() < 0.3:
            changed[place] = {**rules[place], "public_reason": "own_request"}
        else:
            changed[place] = {**random_rule(rng, names[place], kinds), "trigger": rules[place]["trigger"]}
        policies.append(tell.policy(*changed, calendar=weekdays(), version=str(number)))
    return policies


def weekdays() -> Json:
    """Business days from the first Monday on, from midnight to midnight; no calendar reaches a wrong date."""
    midnights = [24 * day - 9 for day in range(30) if day % 7 < 5]
    return {"days": [{"begins": tell.at(hours), "ends": tell.at(hours + 24)} for hours in midnights]}


# --- Journals ---------------------------------------------------------------------------------------------------------


def random_instant(rng: Random, now: float) -> float:
    """Mostly now; else another of the few, a neighbour of one, or a wrong date."""
    chance = rng.random()
    if chance < 0.6:
        return now
    if chance < 0.85:
        return rng.choice(HOURS)
    if chance < 0.93:
        return rng.choice(HOURS) + rng.choice([TICK, -TICK])
    return FAR + rng.choice([0, 0, 24, -100])


def random_flag(rng: Random, event_id: str, now: float) -> Json:
    return tell.flag(
        event_id,
        random_instant(rng, now),
        trigger=rng.choice(TRIGGERS),
        context=rng.choice([{}, {"fact": True}, {"fact": False}, {"fact": 1}]),
        duration=rng.choice([None, None, "PT2H", "PT2H", "P4D", "P4D", "P6D"]),
        destination_id=rng.choice(DESTINATIONS),
    )


def random_identity(rng: Random, event_id: str, now: float) -> Json:
    at = random_instant(rng, now)
    known = rng.choice(["personal", "personal", "business", None])
    until = None if known is None or rng.random() < 0.5 else at + rng.choice([1, 24, 72])
    return tell.identity(event_id, at, known, until)


def random_retraction(rng: Random, event_id: str, now: float, told: list[Json]) -> Json:
    reported = [event["id"] for event in told if event["type"] != "event_retracted"]
    kind = rng.choices(["admin", "system"], [9, 1])[0]
    return tell.retracted(event_id, random_instant(rng, now), rng.choice([*reported, "nothing"]), kind)


SENSIBLE = {
    "suspended": ("started", "started", "appealed"),
    "rejected": ("started", "appealed", "appealed"),
    "verification": ("submitted", "submitted", "failed", "started"),
    "review": ("approved", "rejected", "final", "more", "submitted"),
    "appeal": ("granted", "dismissed", "more", "appealed"),
    "restored": ("released",),
}
MOVES = sorted({move for moves in SENSIBLE.values() for move in moves})


def random_move(rng: Random, event_id: str, now: float, hold: Json, calm: bool = False) -> Json:
    """A move that follows, mostly; now and then by the one who decided the latest review."""
    move = random_move_by_anybody(rng, event_id, now, hold, calm)
    if move["type"] in ("appeal_decided", "more_requested") and rng.random() < 0.4:
        return {**move, "by": {**move["by"], "id": hold["reviewer"] or "reviewer"}}
    return move


def likely_methods(hold: Json) -> list[str]:
    clearance = hold["rule"]["clearance"] or {"unverified": [], "verified": []}
    return 2 * clearance["unverified"] + clearance["verified"] + ["identity_personal"]


def random_move_by_anybody(rng: Random, event_id: str, now: float, hold: Json, calm: bool) -> Json:
    sensible = calm or rng.random() < 0.85
    follows = "rejected" if hold["reviewer"] and hold["stage"]["name"] == "suspended" else hold["stage"]["name"]
    move = rng.choice(SENSIBLE[follows] if sensible else MOVES)
    round_id = hold["stage"].get("round")
    others = [event["id"] for event in hold["moves"] if event["opens"]]
    attempt = rng.choices([None, round_id, rng.choice([*others, "another"])], [5, 5, 1])[0]
    at = random_instant(rng, now)
    if attempt is not None and rng.random() < 0.3:
        at = rng.choice(HOURS[:8])  # The vendor's clock lags.
    kind = rng.choices(["admin", "system", "user"], [9, 3, 1])[0]
    about = {"hold": hold["id"], "attempt": attempt}
    documents = rng.choice([(), ("id_photo",), ("id_photo", "passport"), ("id_photo", "passport")])
    if move == "started":
        return tell.started(event_id, at, hold["id"], rng.choice(["face_web", *likely_methods(hold)]))
    if move == "submitted":
        return tell.submitted(event_id, at, **about)
    if move == "failed":
        return tell.failed(event_id, at, **about)
    if move in ("approved", "rejected", "final"):
        outcome = "approved" if move == "approved" else "rejected"
        return tell.reviewed(event_id, at, outcome, **about, kind=kind, final=move == "final")
    if move == "more":
        return tell.more(event_id, at, **about, kind=kind, documents=documents)
    if move == "appealed":
        attempt = attempt if hold["stage"]["name"] == "appeal" or rng.random() < 0.1 else None
        return tell.appealed(event_id, at, hold["id"], attempt, documents)
    if move in ("granted", "dismissed"):
        return tell.appeal_decided(event_id, at, move, **about, kind=rng.choice(["admin", "admin", "system"]))
    return tell.released(event_id, at, hold["id"], rng.random() < 0.3, kind)


def random_story(rng: Random, size: int = 16, kinds: tuple[str, ...] = ALL_KINDS) -> Story:
    """Any policy and any journal: half of them wild, half of them the journeys of people through a clearance."""
    calm = rng.random() < 0.5
    policies = random_policies(rng, ("proof", "either", "both") if calm else kinds)
    reference, steps, now, version = Reference(tell.ACCOUNT), [], 0.0, 0
    for number in range(rng.randint(2, 2 * size if calm else size)):
        now += rng.choice([0, 0.5, 1, 1] if calm else [0, 0, 1, 1, 2, 5, 20])
        version = min(len(policies) - 1, version + (rng.random() < 0.15))
        event = random_event(rng, f"e{number}", now, [event for _, event in steps], reference, calm)
        steps.append((version, event))
        reference.handle(policies[version], event)
    return Story(policies, steps)


def random_event(
    rng: Random, event_id: str, now: float, told: list[Json], reference: Reference, calm: bool = False
) -> Json:
    with_clearance = [hold for hold in reference.holds if hold["rule"]["clearance"] is not None]
    if reference.holds and rng.random() < (0.8 if calm else 0.4):
        hold = rng.choice(with_clearance if with_clearance and rng.random() < 0.95 else reference.holds)
        move = random_move(rng, event_id, now, hold, calm)
        return {**move, "at": tell.at(now)} if calm and rng.random() < 0.7 else move
    chance = rng.random()
    if not told or chance < 0.4:
        return random_flag(rng, event_id, now)
    if chance < 0.6:
        return rng.choice(told)  # Delivered again.
    if chance < 0.65:
        return {**rng.choice(told), "at": tell.at(random_instant(rng, now))}  # The same id at another instant.
    if chance < 0.73:
        return random_identity(rng, event_id, now)
    if chance < 0.74:
        return {**random_flag(rng, event_id, now), "account": "another"}
    if chance < 0.9 or not reference.holds:
        return random_retraction(rng, event_id, now, told)
    return tell.released(event_id, random_instant(rng, now), rng.choice(reference.holds)["id"])


def random_security_story(rng: Random, size: int = 7, repeats: tuple[str, ...] = ("extend", "separate")) -> Story:
    """One policy whose rules repeat in these ways, and security events with ids of their own."""
    while True:
        policies = random_policies(rng, versions=1)
        if all(rule["repeat"] in repeats for rule in policies[0]["rules"]):
            break
    steps: list[tuple[int, Json]] = []
    now = 0.0
    for number in range(rng.randint(1, size)):
        now += rng.choice([0, 1, 5, 20, 24, 50])
        steps.append((0, random_flag(rng, f"e{number}", now)))
    return Story(policies, steps)


def random_crowd(rng: Random) -> Story:
    """More events than there are places, for one rule."""
    story = random_security_story(rng, 3)
    steps, now = list(story.steps), 0.0
    for number in range(rng.randint(14, 24)):
        now += rng.choice([0, 0, 1, 1, 5])
        rule = story.policies[0]["rules"][0]
        event = {**random_flag(rng, f"c{number}", now), "trigger": rule["trigger"], "context": {}}
        chance = rng.random()
        if chance < 0.1:
            event = random_retraction(rng, f"c{number}", now, [told for _, told in steps] or [event])
        elif chance < 0.15 and steps:
            hold = rng.choice([told for _, told in steps])["id"] + ":" + rule["id"]
            event = tell.released(f"c{number}", random_instant(rng, now), hold)
        steps.append((0, event))
    return story._replace(steps=steps)


def listens(policy: Json, event: Json) -> set[str]:
    """The ids of the rules that hear this trigger, whatever their `where`."""
    return {rule["id"] for rule in policy["rules"] if rule["trigger"] == event.get("trigger")}


def rule_has_timer(rule: Json) -> bool:
    return has_timer(read_rule(rule))
