"""Journeys: random but guided journals in the wire format, told to the library and to the reference alike.

A journey is a policy, or a few that follow each other, and the events that were delivered under them. Chance alone
never gets as far as a second flag during an appeal, so most events are the next legal move for what is open by then;
a `Traveller` knows what is open from the reference, never from the library. Everything that goes wrong in real life
is mixed in: events that come late, again, early, for another attempt, from somebody who may not decide, under a
policy that has changed meanwhile, and most of all at, just before and just after the instants that matter.

Only `random.Random` is asked for chance: the same seed gives the same journey for ever.
"""

from __future__ import annotations

import copy
import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from random import Random

import reference
from reference import Reference

ACCOUNT = "a1"
START = datetime(2026, 1, 5, 9, 0, 0, 123_457, tzinfo=UTC)
TICK = timedelta(microseconds=1)
REQUESTS = (
    {"operation": "withdrawal", "destination": "new"},
    {"operation": "withdrawal", "destination": "known"},
    {"operation": "p2p_sale", "destination": "new"},
    {"operation": "never_heard_of", "destination": "somewhere"},
    {"operation": "withdrawal", "destination": "known", "destination_id": "d1"},
)

TRIGGERS = ("password_changed", "abnormal_activity", "email_changed")
DURATIONS = ("PT5M", "PT1H", "PT1H30M", "PT24H", "P1D", "PT31H", "PT48H", "P5D", "PT0.000002S", "PT12H0M0.25S")
METHODS = ("face_mobile", "face_web", "identity_business", "identity_personal", "video_call")
UNVERIFIED = (
    *[["identity_personal"], ["identity_business", "identity_personal"], ["video_call", "face_web"]] * 3,
    [],
)
VERIFIED = (*[["face_mobile", "face_web"], ["face_web", "video_call"], ["identity_personal", "video_call"]] * 3, [])
OPERATIONS = ("*", "*", ["withdrawal"], ["withdrawal", "p2p_sale"], ["p2p_sale"])
WHERES = (
    *[{}] * 9,
    {"two_factor_enabled": True},
    {"score": 1},
    {"score": True},
    {"initiated_by": "user"},
    {"initiated_by": True},
    {"country": "CH", "score": 1},
)
CONTEXTS = ({}, {}, {}, {"score": 1}, {"score": 2}, {"score": True}, {"score": "1"}, {"two_factor_enabled": False})
KINDS = ("admin", "user", "policy", "system")
DECIDERS = (*[{"id": "r1", "kind": "admin"}, {"id": "r2", "kind": "admin"}, {"id": "bot", "kind": "system"}] * 3,)
ANYBODY = tuple({"id": actor, "kind": kind} for actor in ("r1", "r2", "u1") for kind in KINDS)
REASONS = ([], ["poor_light"], ["document_unreadable", "face_not_found"])
PAUSES = (
    *[timedelta(0)] * 3,
    *[TICK] * 2,
    timedelta(seconds=1),
    timedelta(minutes=7),
    timedelta(minutes=59),
    timedelta(hours=11),
    timedelta(hours=31, microseconds=777_777),
    timedelta(days=4),
)
HASTY_PAUSES = (timedelta(0), timedelta(0), TICK)
DESTINATIONS = ("d1", "d2")
MIDNIGHT = START.replace(hour=0, minute=0, second=0, microsecond=0)
A_DAY = timedelta(days=1)
DELAYS = (TICK, 2 * TICK, timedelta(seconds=1), timedelta(minutes=5), timedelta(hours=25), timedelta(days=6))


# ── A journal, and how to write it down ──────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Journal:
    """The events that were delivered to one account, each with the policy that was in force by then."""

    entries: tuple[tuple[dict, dict], ...]
    name: str = "a journal"

    def __repr__(self) -> str:
        return f"<{self.name}: {len(self)} events>"

    def __len__(self) -> int:
        return len(self.entries)

    def up_to(self, length: int) -> Journal:
        return Journal(self.entries[:length], self.name)

    def without(self, index: int) -> Journal:
        return Journal(self.entries[:index] + self.entries[index + 1 :], self.name)

    def as_json(self) -> str:
        """The journal as a conformance scenario, ready to be kept as one."""
        policies = [policy for policy, _ in self.entries]
        then = [{"from": n, "policy": policy} for n, policy in enumerate(policies) if n and policy != policies[n - 1]]
        scenario = {"account": ACCOUNT, "policy": policies[0] if policies else None, "then": then}
        return json.dumps({**scenario, "events": [event for _, event in self.entries]}, indent=1)


def journey(seed: int, length: int = 25, changing: bool = True, hasty: float = 0.2) -> Journal:
    """The journey of that number; under one policy if it is not a changing one, and maybe a hasty one.

    Every third is under policies that say what came with schema 1.1; the others say nothing of it.
    """
    traveller = Traveller(Random(seed), changing=changing, hasty=hasty, grown=seed % 3 == 2)
    for _ in range(length):
        traveller.tell(traveller.anything())
    return Journal(tuple(traveller.told), f"journey {seed}")


def flags_of_one_rule(seed: int, length: int = 12) -> Journal:
    """A short journey that stays with one rule of schema 1.1: triggers in any order, and orders to release.

    What a journey meets too seldom: triggers that are late in each other's way, and a calendar that changes.
    """
    rng = Random(seed)
    kind = ("chosen", "apart", "named", "extended", "business")[seed % 5]
    rules = [random_rule(rng, "rule-0", TRIGGERS[0]), random_rule(rng, "rule-1", TRIGGERS[1])]
    grow(rng, rules[0], kind)
    rules[1]["where"] = {}
    policy = {"schema": "withdraw-guard/policy/1.1", "id": "p", "version": "1", "rules": rules}
    if kind != "extended":
        rules.pop()
    elif rules[0]["clearance"]:
        rules[0].update(lifted_by="all", releasable_by=["support"])
    policy["calendar"] = random_calendar(rng)
    traveller = Flagging(rng, policy)
    for _ in range(length):
        traveller.tell(traveller.anything())
    return Journal(tuple(traveller.told), f"flags {seed}")


def text(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def instant(written: str) -> datetime:
    return datetime.fromisoformat(written.replace("Z", "+00:00"))


# ── The reference, with a memory ─────────────────────────────────────────────────────────────────────────────────

# It reads the same few durations hundreds of times a journey; to remember what was read changes nothing it says.
reference._duration = functools.cache(reference._duration)


class Remembering(Reference):
    """The reference, which folds only what is new. `forget` lets it work everything out again from the beginning."""

    def __init__(self, account: str = ACCOUNT) -> None:
        super().__init__(account)
        self.forget()

    def forget(self) -> None:
        self._folded: dict = {"holds": [], "identity": None, "report": None}
        self._known = 0

    def handle(self, policy: dict, event: dict) -> str | None:
        refused = self.refusal(policy, event)
        if refused:
            return refused[0]
        self.history.append((policy, event))
        return None

    def _fold(self) -> dict:
        for policy, event in self.history[self._known :]:
            if event["type"] == "security_event":
                reference._security_event(self._folded, policy, event)
            elif event["type"] == "identity_changed":
                reference._report_identity(self._folded, event, event["identity"])
            else:
                hold = reference._find(self._folded, event["hold"])
                if not reference._redelivered(hold, event):
                    reference._move(self._folded, policy, hold, event)
        self._known = len(self.history)
        return self._folded

    def holds(self) -> list[dict]:
        return self._fold()["holds"]

    def boundaries(self) -> list[datetime]:
        """Every instant at which time alone may change an answer."""
        return sorted({at for hold in self.holds() for at in reference._boundaries(hold)})


# ── Policies ─────────────────────────────────────────────────────────────────────────────────────────────────────


def random_policy(rng: Random, version: str = "1", grown: bool = False) -> dict:
    """One to four rules on two or three triggers, so that one event often hits several of them."""
    triggers = rng.sample(TRIGGERS, rng.choice((1, 2, 2, 3)))
    rules = [random_rule(rng, f"rule-{n}", rng.choice(triggers)) for n in range(rng.choice((1, 2, 2, 3, 4)))]
    policy = {"schema": "withdraw-guard/policy/1", "id": "p", "version": version, "rules": rules}
    if not grown:
        return policy
    for rule in rules:
        grow(rng, rule)
    return {**policy, "schema": "withdraw-guard/policy/1.1", "calendar": random_calendar(rng)}


def grow(rng: Random, rule: dict, how: str | None = None) -> None:
    """Let a rule say what came with schema 1.1, where that fits what it says already."""
    kinds = ("chosen", "apart", "apart", "named", "named", "extended", "extended", "business", "nothing")
    how = how or rng.choice(kinds)
    if rng.random() < 0.3:
        count_due_dates_in_business_days(rng, rule)
    if how == "chosen":
        bounds = {"minimum": "PT1H", "maximum": "P5D"}
        duration = rng.choice(("PT1H", "PT24H", "P5D"))
        rule.update(chosen=bounds, duration=duration, clearance=None, repeat=rng.choice(("extend", "extend", "keep")))
    if how in ("apart", "named") or (how == "chosen" and rng.random() < 0.3):
        rule["repeat"] = "separate"
    if how == "named":
        rule["scope"] = {**rule["scope"], "destinations": "named"}
    if how == "business":
        rule.update(duration=None, business_days=rng.choice((1, 1, 2, 4)))
        rule["repeat"] = rng.choice(("extend", "extend", "keep", "separate"))
    if how == "extended":
        rule.update(duration=rule["duration"] or rng.choice(DURATIONS), repeat="extend")
        others = [trigger for trigger in TRIGGERS if trigger != rule["trigger"]]
        rule["extended_by"] = rng.choice((others, others[:1], others[1:]))
    ends_by_itself = rule["clearance"] is None or rule["lifted_by"] == "any"
    if not ends_by_itself or (rule["duration"] is None and not rule.get("business_days")):
        rule["releasable_by"] = rule["releasable_by"] or ["support"]


def count_due_dates_in_business_days(rng: Random, rule: dict) -> None:
    clearance = rule["clearance"]
    if clearance:
        clearance.update(review_within=None, review_business_days=rng.choice((1, 3)))
    if clearance and clearance["appeal"]:
        clearance["appeal"] = {**clearance["appeal"], "decide_within": None, "decide_business_days": 2}


def random_calendar(rng: Random) -> dict:
    """Weekdays but for some holidays, from a week before the start; sometimes they are soon over."""
    first, count, holidays = MIDNIGHT - 7 * A_DAY, rng.choice((60, 60, 16)), rng.sample(range(7, 21), 5)
    days = [first + n * A_DAY for n in range(count) if n % 7 < 5 and n not in holidays]
    return {"days": [{"begins": text(day), "ends": text(day + A_DAY)} for day in days]}


def random_rule(rng: Random, name: str, trigger: str) -> dict:
    timer, cleared, lifted_by = rng.choice(
        (
            *[(True, False, "any")] * 2,
            *[(False, True, "any")] * 3,
            *[(True, True, "any")] * 2,
            *[(True, True, "all")] * 3,
            (False, False, "any"),
        )
    )
    ends_by_itself = timer and (not cleared or lifted_by == "any")
    return {
        "id": name,
        "trigger": trigger,
        "where": dict(rng.choice(WHERES)),
        "scope": {"operations": rng.choice(OPERATIONS), "destinations": rng.choice(("any", "any", "new"))},
        "duration": rng.choice(DURATIONS) if timer else None,
        "clearance": random_clearance(rng) if cleared else None,
        "lifted_by": lifted_by,
        "repeat": rng.choice(("extend", "extend", "keep")),
        "releasable_by": rng.choice(([], ["support"]) if ends_by_itself else (["support"], ["compliance", "support"])),
    }


def random_clearance(rng: Random) -> dict:
    return {
        "unverified": list(rng.choice(UNVERIFIED)),
        "verified": list(rng.choice(VERIFIED)),
        "attempts": rng.choice((None, 1, 2, 2, 3)),
        "verify_within": rng.choice((None, *DURATIONS[:4])),
        "review_within": rng.choice((None, *DURATIONS[:4])),
        "appeal": rng.choice((None, *[random_appeal(rng)] * 4)),
    }


def random_appeal(rng: Random) -> dict:
    return {
        "after_failures": rng.choice((0, 1, 1, 1, 2)),
        "limit": rng.choice((1, 1, 2)),
        "within": rng.choice((None, *DURATIONS)),
        "decide_within": rng.choice((None, *DURATIONS[:4])),
        "documents": rng.choice(([], ["id_photo"], ["proof_of_address", "id_photo"])),
    }


def changed_policy(rng: Random, policy: dict) -> dict:
    """The next version of a policy: other terms, the same terms written otherwise, or other rules altogether."""
    changed = copy.deepcopy(policy)
    changed["version"] = str(int(policy["version"]) + 1)
    grown = "calendar" in policy
    if grown and rng.random() < 0.3:
        return {**changed, "calendar": random_calendar(rng)}
    rule = rng.choice(changed["rules"])
    fresh = random_rule(rng, rule["id"], rule["trigger"])
    if grown:
        grow(rng, fresh)
    edit = rng.choice(("terms", "duration", "scope", "where", "spelling", "order", "more", "everything"))
    if edit == "terms":
        changed["rules"][changed["rules"].index(rule)] = fresh
    elif edit == "duration" and rule["duration"]:
        rule["duration"] = rng.choice(DURATIONS) if not rule.get("chosen") else rng.choice(("PT2H", "PT24H"))
    elif edit == "where" or (edit == "scope" and not _is_named(rule) and not _is_named(fresh)):
        rule[edit] = fresh[edit]
    elif edit == "spelling":
        rule["duration"] = {"PT24H": "P1D", "P1D": "PT24H", "P5D": "PT120H"}.get(rule["duration"], rule["duration"])
    elif edit == "order":
        rng.shuffle(changed["rules"])
    elif edit == "more":
        changed["rules"].append(random_rule(rng, f"rule-{len(changed['rules'])}", rng.choice(TRIGGERS)))
    elif edit == "everything":
        changed["rules"] = random_policy(rng, grown=grown)["rules"]
    return changed


def _is_named(rule: dict) -> bool:
    return rule["scope"]["destinations"] == "named"


# ── The traveller ────────────────────────────────────────────────────────────────────────────────────────────────


class Traveller:
    """Somebody who lives through a journey: knows what was told so far, and makes up what happens next."""

    def __init__(
        self,
        rng: Random,
        policy: dict | None = None,
        changing: bool = True,
        hasty: float = 0.2,
        grown: bool = False,
    ) -> None:
        self.rng = rng
        self.policy = policy or random_policy(rng, grown=grown)
        self.changing = changing
        self.pauses = HASTY_PAUSES if rng.random() < hasty else PAUSES
        self.repeating = rng.choice((0.08, 0.08, 0.08, 0.35))
        self.reference = Remembering()
        self.now = START
        self.told: list[tuple[dict, dict]] = []
        self.queue: list[dict] = []

    def tell(self, event: dict) -> None:
        self.told.append((self.policy, event))
        self.reference.handle(self.policy, event)

    def anything(self) -> dict:
        """What happens next, mostly the next legal move; now and then the policy changes first."""
        if self.queue:
            return self.queue.pop()
        if self.told and self.changing and self.rng.random() < 0.03:
            self.policy = changed_policy(self.rng, self.policy)
        self.pass_time()
        if self.rng.random() < self.repeating:
            return self.redelivered()
        chance = self.rng.random()
        if chance < 0.83:
            return self.next_legal()
        return self.disturbed() if chance < 0.92 else self.out_of_place()

    def pass_time(self) -> None:
        """A pause, or a jump to one of the instants that matter."""
        if self.pauses is PAUSES and self.rng.random() < 0.3:
            self.to_boundary()
        else:
            self.now += self.rng.choice(self.pauses)

    def to_boundary(self) -> None:
        """Just before, at, or just after the next instants at which something changes by itself, if there are any."""
        ahead = [at for at in self.reference.boundaries() if at + TICK >= self.now][:3]
        if ahead:
            self.now = max(self.now, self.rng.choice(ahead) + self.rng.choice((-TICK, timedelta(0), TICK)))

    def next_legal(self) -> dict:
        """The next move for something that is open; if nothing is, or now and then, another flag."""
        still_open = [hold for hold in self.reference.holds() if reference._is_open(hold, self.now)]
        under_way = [hold for hold in still_open if reference._outstanding(hold)]
        cleared = [hold for hold in still_open if hold["cleared_at"] is not None]
        if cleared and self.rng.random() < 0.3:
            return self.flag(self.rng.choice(cleared)["rule"]["trigger"])
        chance = self.rng.random()
        if not under_way or chance < 0.14:
            return self.flag()
        hold = self.rng.choice(under_way)
        if chance < 0.19:
            return self.identity_report()
        if chance < 0.23:
            return self.release(hold)
        return self.next_move(hold)

    # Each of the following makes up one event; `at` is the instant at which it is said to have happened.

    def flag(self, trigger: str | None = None) -> dict:
        triggers = sorted({rule["trigger"] for rule in self.policy["rules"]})
        triggers += sorted({name for rule in self.policy["rules"] for name in rule.get("extended_by", ())})
        trigger = trigger or self.rng.choice(triggers if self.rng.random() < 0.95 else TRIGGERS)
        event = {"type": "security_event", **self._header(), "trigger": trigger}
        event |= {"initiated_by": self.rng.choice(KINDS), "context": dict(self.rng.choice(CONTEXTS))}
        return {**event, **self._choice()} if "calendar" in self.policy else event

    def _choice(self) -> dict:
        """What the account holder chose, now and then more or less than they may; and which destination it is about."""
        chosen = self.rng.choice((None, None, "PT1H", "PT24H", "PT48H", "P5D", "P5D", "PT5M", "P6D"))
        if chosen in ("PT5M", "P6D") and self.rng.random() < 0.7:
            chosen = "PT31H"
        said = {"duration": chosen, "destination_id": self.rng.choice((None, *DESTINATIONS))}
        return {name: value for name, value in said.items() if value is not None}

    def identity_report(self) -> dict:
        identity = self.rng.choice(("personal", "business", None))
        return {"type": "identity_changed", **self._header(), "identity": identity}

    def release(self, hold: dict) -> dict:
        by = self.rng.choice(DECIDERS if self.rng.random() < 0.8 else ANYBODY)
        authority = self.rng.choice(hold["rule"]["releasable_by"] or ["support"])
        override = self.rng.random() < 0.2
        event = {"type": "release_ordered", **self._header(), "hold": hold["id"], "by": by}
        return {**event, "authority": authority, "note": "", "override_stale": override}

    def next_move(self, hold: dict) -> dict:
        state = reference._state(hold, self.now)
        if state == "suspended":
            return self._from_suspended(hold)
        if state == "verification":
            kind = self.rng.choice(("verification_submitted",) * 5 + ("verification_failed",) * 3 + ("again",))
            return self.start(hold) if kind == "again" else self.of_round(hold, kind)
        return self.of_round(hold, "review_decided" if state == "review" else "appeal_decided")

    def _from_suspended(self, hold: dict) -> dict:
        may_appeal = reference._appeal_offered(hold, self.now)
        may_verify = reference._attempts_left(hold) and reference._accepted_methods(self._account(), hold)
        if may_appeal and (not may_verify or self.rng.random() < 0.5):
            return self.appeal(hold)
        if may_verify:
            return self.start(hold)
        chance = self.rng.random()
        if chance < 0.5:
            return self.identity_report()
        return self.release(hold) if chance < 0.8 else self.start(hold)

    def start(self, hold: dict) -> dict:
        """A verification, sometimes on every hold that takes the method, under one id."""
        accepted = reference._accepted_methods(self._account(), hold) if hold["rule"]["clearance"] else []
        method = self.rng.choice(accepted if accepted and self.rng.random() < 0.95 else METHODS)
        event = {"type": "verification_started", **self._header(), "hold": hold["id"], "method": method}
        if self.rng.random() < 0.3:
            others = [other["id"] for other in self.reference.holds() if other is not hold]
            self.queue.extend({**event, "hold": other} for other in others)
        return event

    def appeal(self, hold: dict) -> dict:
        appeal = hold["rule"]["clearance"] and hold["rule"]["clearance"]["appeal"]
        documents = list(appeal["documents"]) if appeal else []
        if self.rng.random() < 0.25:
            documents = self.rng.choice((documents[1:], [*documents, "bank_statement"]))
        return {"type": "appeal_submitted", **self._header(), "hold": hold["id"], "documents": documents}

    def of_round(self, hold: dict, kind: str) -> dict:
        """An event of the round that is open: what was submitted, failed or decided."""
        attempts = [None] * 4 + ([hold["round"][0]] * 4 if hold["round"] else []) + ["another"]
        event = {"type": kind, **self._header(), "hold": hold["id"], "attempt": self.rng.choice(attempts)}
        if event["attempt"] is None and self.rng.random() < 0.5:
            del event["attempt"]
        if kind != "verification_submitted":
            event["reasons"] = list(self.rng.choice(REASONS))
        if kind in ("review_decided", "appeal_decided"):
            event["by"] = dict(self.rng.choice(DECIDERS if self.rng.random() < 0.9 else ANYBODY))
        if kind == "review_decided":
            event["outcome"] = self.rng.choice(("approved", "rejected", "rejected"))
            event["final"] = event["outcome"] == "rejected" and self.rng.random() < 0.2
        elif kind == "appeal_decided":
            event["outcome"] = self.rng.choice(("granted", "dismissed"))
        return event

    def disturbed(self) -> dict:
        """A legal move that is dated otherwise: by a server that is behind or ahead, or by a late delivery."""
        event = self.next_legal()
        self.queue.clear()
        hold = reference._find(self._account(), event.get("hold", ""))
        marks = [self.now - self.rng.choice(DELAYS), self.now + self.rng.choice(DELAYS)]
        if hold:
            known = [hold["latest_trigger"][1], hold["moved_at"], hold["submitted_at"], hold["failed_at"]]
            known += [hold["round"][1] if hold["round"] else None]
            marks += 2 * [at + self.rng.choice((-TICK, timedelta(0), TICK)) for at in known if at is not None]
        return {**event, "at": text(self.rng.choice(marks))}

    def redelivered(self) -> dict:
        """Something that was delivered before, most often not long ago; now and then its id on another event."""
        if not self.told:
            return self.flag()
        last = self.told[-1][1]
        if self.rng.random() < 0.3:
            return dict(last)
        recent = [event for _, event in self.told[-4:]]
        event = self.rng.choice([*recent * 3, *[event for _, event in self.told]])
        if self.rng.random() < 0.25:
            return {**event, "at": text(self.now)}
        return dict(event)

    def out_of_place(self) -> dict:
        """An event that the state of the hold, its id or the account does not allow."""
        holds = self.reference.holds()
        if not holds or self.rng.random() < 0.1:
            return {**self.flag(), "account": "a2"}
        hold = self.rng.choice(holds)
        if self.rng.random() < 0.1:
            hold = {**hold, "id": "e0:nobody-knows-this-hold"}
        kinds = ("verification_submitted", "verification_failed", "review_decided", "appeal_decided")
        kind = self.rng.choice(("start", "release", "appeal", *kinds))
        if kind in kinds:
            return self.of_round(hold, kind)
        return {"start": self.start, "release": self.release, "appeal": self.appeal}[kind](hold)

    def _account(self) -> dict:
        return self.reference._fold()

    def _header(self) -> dict:
        at = text(self.now)
        if self.rng.random() < 0.03:
            at = self.now.astimezone(timezone(timedelta(hours=5, minutes=45))).isoformat()
        return {"id": f"e{len(self.told) + len(self.queue)}", "account": ACCOUNT, "at": at}


class Flagging(Traveller):
    """Somebody to whom hardly anything happens but triggers, some of them long before others that were told already."""

    def anything(self) -> dict:
        if "business_days" in self.policy["rules"][0] and self.rng.random() < 0.3:
            self.policy = {**self.policy, "calendar": random_calendar(self.rng)}
        self.pass_time()
        still_open = [hold for hold in self.reference.holds() if reference._is_open(hold, self.now)]
        chance = self.rng.random()
        if chance < 0.15 and still_open:
            return self.release(self.rng.choice(still_open))
        if chance < 0.3:
            return self.redelivered()
        flag = self.flag(self.rng.choice(TRIGGERS[:2]))
        early = self.rng.choice((timedelta(0), timedelta(0), *DELAYS, *PAUSES, 9 * A_DAY))
        return {**flag, "at": text(self.now - early)}
