"""The laws of the rulebook over the reference: each returns what it found broken in a story, or nothing."""

from __future__ import annotations

import pickle
from datetime import datetime, timedelta
from itertools import pairwise

from . import story as tell
from .journals import Story
from .rulebook import (
    INSTANT_MAX,
    INSTANT_MIN,
    SEPARATE_KEPT,
    Json,
    Reference,
    Refusal,
    covers,
    is_settled,
    latest_unsettled,
    read_instant,
    read_rule,
    time_alone_ends,
    until_of,
    where_matches,
    write_instant,
)
from .story import WITHDRAWAL

TICK = timedelta(microseconds=1)
REQUESTS: list[Json] = [WITHDRAWAL, *[{**WITHDRAWAL, "destination_id": name} for name in ("d1", "d2", "d3", "d4")]]
Answer = tuple[bool, datetime | None]


def fork(reference: Reference) -> Reference:
    """The same account, to go on with differently."""
    return pickle.loads(pickle.dumps(reference))


def text(instant: datetime) -> str:
    written = write_instant(instant)
    assert written is not None
    return written


def answer(reference: Reference, at: datetime, request: Json = WITHDRAWAL) -> Answer:
    """Whether it denies, and when it resumes."""
    return answer_of(ends_of(reference, request), at)


def ends_of(reference: Reference, request: Json) -> list[datetime | None]:
    return [reference.end(hold) for hold in reference.holds if covers(hold, request)]


def answer_of(ends: list[datetime | None], at: datetime) -> Answer:
    later = [end for end in ends if end is None or at < end]
    return bool(later), None if None in later else max((end for end in later if end is not None), default=None)


def probes(*references: Reference) -> list[datetime]:
    """Every instant at which these can answer otherwise, each with both its neighbours."""
    instants = {tell.START, INSTANT_MIN, INSTANT_MAX}
    for reference in references:
        instants |= reference.turning_points()
        for hold in reference.holds:
            instants |= {trigger["at"] for trigger in hold["triggers"]}
            instants |= {trigger["settled_at"] for trigger in hold["triggers"] if is_settled(trigger)}
            instants |= {hold["stage"]["opened"]} if "opened" in hold["stage"] else set()
    near = {instant + step for instant in instants for step in (-TICK, timedelta(), TICK)}
    return sorted(instant for instant in near if INSTANT_MIN <= instant <= INSTANT_MAX)


def played(story: Story) -> list[tuple[Reference, int, Json, str | Refusal]]:
    """The account before each step, the version in force, the event, and what became of it."""
    reference, steps = Reference(tell.ACCOUNT), []
    for version, event in story.steps:
        before = fork(reference)
        steps.append((before, version, event, reference.handle(story.policies[version], event)))
    return steps


def security_events(story: Story) -> list[Json]:
    return [event for _, event in story.steps if event["type"] == "security_event"]


# --- What is delivered again ------------------------------------------------------------------------------------------


def redelivery_changes_nothing(story: Story) -> str | None:
    """Under any version, for every rule id that heard the event when it was first handled."""
    end = story.play()
    before = end.show()
    for _, version, event, outcome in played(story):
        if outcome != "applied":
            continue
        heard = rules_that_hear(story.policies[version], event)
        for other in range(len(story.policies)):
            again = fork(end)
            again.handle(only_rules(story.policies[other], heard, event), event)
            if again.show() != before:
                return f"{event['id']} at {event['at']} under version {other}"
    return None


def rules_that_hear(policy: Json, event: Json) -> set[str]:
    if event["type"] != "security_event":
        return set()
    matching = [rule for rule in policy["rules"] if rule["trigger"] == event["trigger"]]
    return {rule["id"] for rule in matching if where_matches(read_rule(rule), event)}


def only_rules(policy: Json, heard: set[str], event: Json) -> Json:
    if event["type"] != "security_event":
        return policy
    return {**policy, "rules": [rule for rule in policy["rules"] if rule["id"] in heard]}


def a_refused_event_changes_nothing(story: Story) -> str | None:
    for before, version, event, outcome in played(story):
        after = fork(before)
        after.handle(story.policies[version], event)
        if outcome != "applied" and after.show() != before.show():
            return str(event)
    return None


# --- Security events --------------------------------------------------------------------------------------------------


def security_events_commute(story: Story) -> str | None:
    """Whatever order they arrive in, and however often. For rules that extend."""
    first = story.play()
    steps = story.steps
    orders = [steps[::-1], steps[1:] + steps[:1], sorted(steps, key=lambda step: step[1]["at"]), steps + steps[::-1]]
    orders += [[*steps[:i], steps[i + 1], steps[i], *steps[i + 2 :]] for i in range(len(steps) - 1)]
    for order in orders:
        other = story._replace(steps=order).play()
        found = first_difference(first, other)
        if found is not None:
            return f"in the order {[event['id'] for _, event in order]}: {found}"
    return None


def first_difference(one: Reference, other: Reference, since: datetime = INSTANT_MIN) -> str | None:
    instants = [at for at in probes(one, other) if at >= since]
    named = any(hold["destination_id"] is not None for hold in one.holds + other.holds)
    for request in REQUESTS if named else REQUESTS[:1]:
        ends, other_ends = ends_of(one, request), ends_of(other, request)
        for at in instants:
            if answer_of(ends, at) != answer_of(other_ends, at):
                return f"at {text(at)} {answer_of(ends, at)} and {answer_of(other_ends, at)}"
    return None


def first_allowed(before: Reference, after: Reference, request: Json, until: datetime = INSTANT_MAX) -> datetime | None:
    """The first instant at which it denied and now allows."""
    ends, later_ends = ends_of(before, request), ends_of(after, request)
    return next(
        (
            at
            for at in probes(before, after)
            if at < until and answer_of(ends, at)[0] and not answer_of(later_ends, at)[0]
        ),
        None,
    )


def a_security_event_never_loosens(story: Story) -> str | None:
    for before, version, event, outcome in played(story):
        if event["type"] != "security_event" or outcome != "applied":
            continue
        after = fork(before)
        after.handle(story.policies[version], event)
        allowed = first_allowed(before, after, WITHDRAWAL)
        if allowed is not None:
            return f"{event['id']} allows at {text(allowed)}"
    return None


def what_nobody_has_seen_denies(story: Story) -> str | None:
    """After whatever happened, a new event denies, whatever its instant, unless its own timer is over."""
    for index in range(max(0, len(story.steps) - 6), len(story.steps) + 1):
        for seed in security_events(story)[:3]:
            event = {**seed, "id": "new"}
            found = new_event_denies(story.play(index), story.policies[-1], event)
            if found is not None:
                return f"after {index} steps, {event['at']}: {found}"
    return None


def new_event_denies(reference: Reference, policy: Json, event: Json) -> str | None:
    for written in policy["rules"]:
        rule = read_rule(written)
        if rule["trigger"] != event["trigger"] or not where_matches(rule, event):
            continue
        if rule["repeat"] == "keep":  # A kept hold that is open says how long.
            continue
        if is_beyond_the_places(reference, rule, read_instant(event["at"])):
            continue
        after = fork(reference)
        if after.handle({**policy, "rules": [written]}, event) != "applied":
            continue
        until = until_of(policy, rule, {**event, "at": read_instant(event["at"])})
        request = {**WITHDRAWAL, "destination_id": event["destination_id"]}
        for at in probes(after):
            if (not time_alone_ends(rule) or at < until) and not answer(after, at, request)[0]:
                return f"{rule['id']} allows at {text(at)}"
    return None


def is_beyond_the_places(reference: Reference, rule: Json, at: datetime) -> bool:
    """What sixteen places cannot remember: sixteen separate holds, or a hold that has dropped a trigger as late."""
    same = reference.of_the_same_rule(rule)
    if rule["repeat"] == "separate":
        return len(same) >= SEPARATE_KEPT
    return any(hold["dropped_at"] is not None and at <= hold["dropped_at"] for hold in same)


# --- Retractions ------------------------------------------------------------------------------------------------------


def retraction(event: Json, at: datetime) -> Json:
    return {**tell.retracted("retraction", 0, event["id"]), "at": text(at)}


def instants_of(story: Story) -> list[datetime]:
    told = sorted({read_instant(event["at"]) for _, event in story.steps})
    return sorted({*told, *[instant + timedelta(hours=1) for instant in told if instant < INSTANT_MAX]})


def a_retracted_event_might_as_well_not_have_happened(story: Story) -> str | None:
    """From the retraction on, wherever the event stood. For rules that extend or are separate."""
    policy = story.policies[0]
    separate = any(rule["repeat"] == "separate" for rule in policy["rules"])
    for index, (_, event) in enumerate(story.steps):
        never = story.without(index).play()
        others = [read_instant(other["at"]) for i, (_, other) in enumerate(story.steps) if i != index]
        for at in instants_of(story):
            if separate and any(other > at for other in others):
                continue
            for place in range(index + 1, len(story.steps) + 1):
                after = [retraction(event, at), *[later for _, later in story.steps[place:]], event]
                found = first_difference(play_on(story.play(place), policy, after), never, since=at)
                if found is not None:
                    return f"{event['id']} retracted for {text(at)} after {place} steps: {found}"
    return None


def play_on(reference: Reference, policy: Json, events: list[Json]) -> Reference:
    for event in events:
        reference.handle(policy, event)
    return reference


def each_retraction(story: Story) -> list[tuple[Reference, Reference, Json, datetime]]:
    """The account at the end, the same after a retraction, and what was retracted when."""
    before = story.play()
    pairs = []
    for event in {event["id"]: event for _, event in story.steps}.values():
        for at in instants_of(story)[::2]:
            after = fork(before)
            if after.handle(story.policies[-1], retraction(event, at)) == "applied":
                pairs.append((before, after, event, at))
    return pairs


def a_retraction_touches_no_other_trigger(story: Story) -> str | None:
    for before, after, event, _ in each_retraction(story):
        old = [trigger for hold in before.holds for trigger in hold["triggers"]]
        new = [trigger for hold in after.holds for trigger in hold["triggers"]]
        for one, other in zip(old, new, strict=True):
            if one["id"] != event["id"] and one != other:
                return str(one)
        if (before.identity or {}).get("event") != event["id"] and before.identity != after.identity:
            return str(before.identity)
    return None


def a_retraction_is_never_early(story: Story) -> str | None:
    """No answer about an instant before it becomes an allow by it."""
    for before, after, event, retracted_at in each_retraction(story):
        for request in REQUESTS:
            allowed = first_allowed(before, after, request, retracted_at)
            if allowed is not None:
                return f"{event['id']} retracted for {text(retracted_at)} allows at {text(allowed)}"
    return None


# --- Steps and answers ------------------------------------------------------------------------------------------------


def a_step_that_is_offered_is_taken(story: Story) -> str | None:
    reference, policy = story.play(), story.policies[-1]
    for at in probes(reference):
        for hold in reference.open_holds(at):
            said = reference.describe(hold, at)
            for event in events_that_take(said, hold["stage"].get("round"), text(at)):
                outcome = fork(reference).handle(policy, event)
                if outcome != "applied":
                    return f"{event['type']} at {text(at)} met {outcome}"
    return None


def events_that_take(said: Json, round_id: str | None, at: str) -> list[Json]:
    events = []
    for step in said["steps"]:
        if step["step"] == "verify":
            events += [tell.started("new", 0, said["id"], method) for method in step["methods"]]
        if step["step"] == "complete_verification":
            events += [tell.submitted("new", 0, said["id"], round_id), tell.failed("new", 0, said["id"], round_id)]
        if step["step"] == "appeal":
            attempt = round_id if said["state"] == "appeal" else None
            events.append(tell.appealed("new", 0, said["id"], attempt, tuple(step["documents"])))
    return [{**event, "at": at} for event in events]


def a_denial_has_a_next_step(story: Story) -> str | None:
    reference = story.play()
    for at in probes(reference):
        for hold in reference.open_holds(at):
            if not reference.describe(hold, at)["steps"]:
                return f"{hold['id']} at {text(at)}"
    return None


def resumes_at_is_exact(story: Story) -> str | None:
    """Denied just before, allowed at it; where there is none, time alone never allows."""
    reference = story.play()
    for at in probes(reference):
        denied, resumes_at = answer(reference, at)
        if not denied:
            continue
        if resumes_at is None and not answer(reference, INSTANT_MAX)[0]:
            return f"never, at {text(at)}"
        if resumes_at is not None and (answer(reference, resumes_at)[0] or not answer(reference, resumes_at - TICK)[0]):
            return f"{text(resumes_at)}, at {text(at)}"
    return None


def next_change_at_misses_nothing(story: Story) -> str | None:
    reference = story.play()
    instants = probes(reference)
    for one, other in pairwise(instants):
        said = reference.next_change_at(text(one))
        if reference.view(one) != reference.view(other) and said != text(other):
            return f"after {text(one)} it says {said}, and {text(other)} is another"
    return None


def time_alone_never_tightens(story: Story) -> str | None:
    reference = story.play()
    for request in REQUESTS:
        denied = [answer(reference, at, request)[0] for at in probes(reference)]
        if denied != sorted(denied, reverse=True):
            return str(request)
    return None


# --- One thing at a time ----------------------------------------------------------------------------------------------


def a_move_touches_no_other_hold(story: Story) -> str | None:
    """(rule 19) Releasing one hold, or deciding about it, leaves every other as it is."""
    for before, version, event, outcome in played(story):
        if "hold" not in event or outcome != "applied":
            continue
        after = fork(before)
        after.handle(story.policies[version], event)
        for one, other in zip(before.show()["holds"], after.show()["holds"], strict=True):
            if one["id"] != event["hold"] and one != other:
                return f"{event['id']} changed {one['id']}"
    return None


def an_open_hold_keeps_its_terms(story: Story) -> str | None:
    """(rule 9) Whatever happens, a hold that is open keeps its rule, its policy and its public reason."""
    for before, version, event, outcome in played(story):
        after = fork(before)
        after.handle(story.policies[version], event)
        for hold in before.open_holds(read_instant(event["at"])) if outcome == "applied" else []:
            same = [other for other in after.holds if other["id"] == hold["id"]]
            terms = ("rule", "policy", "public_reason", "destination_id")
            if not same or any(same[0][term] != hold[term] for term in terms):
                return f"{event['id']} changed {hold['id']}"
    return None


def rule_order_does_not_matter(story: Story) -> str | None:
    """Rules are asked one by one; none is told what another has just made of the event."""
    reversed_rules = [{**policy, "rules": policy["rules"][::-1]} for policy in story.policies]
    holds = story.play().show()["holds"]
    others = story._replace(policies=reversed_rules).play().show()["holds"]
    return None if by_id(holds) == by_id(others) else "the holds differ"


def by_id(holds: list[Json]) -> dict[str, Json]:
    return {
        hold["id"]: {**hold, "triggers": [[t["id"], t["at"], t["settled_at"]] for t in hold["triggers"]]}
        for hold in holds
    }


# --- People and identities --------------------------------------------------------------------------------------------


def more_costs_nothing(story: Story) -> str | None:
    """A request for more changes no counter and closes no door."""
    for before, version, event, outcome in played(story):
        if event["type"] != "more_requested" or outcome != "applied":
            continue
        after = fork(before)
        after.handle(story.policies[version], event)
        old, new = hold_of(before, event), hold_of(after, event)
        for counter in (
            "failures",
            "latest_failure",
            "final",
            "appeals",
            "reviewer",
            "cleared",
            "released",
            "triggers",
        ):
            if old[counter] != new[counter]:
                return f"{event['id']} changed {counter}"
        if old["stage"].get("round") != new["stage"].get("round"):
            return f"{event['id']} ended the round"
        found = answering_leads_back(after, story.policies[version], new, event)
        if found is not None:
            return f"{event['id']}: {found}"
    return None


def answering_leads_back(reference: Reference, policy: Json, hold: Json, event: Json) -> str | None:
    """What was asked for is handed in at once, and the round is where it was."""
    state, round_id = hold["stage"]["name"], hold["stage"].get("round")
    if state == "appeal":
        answered = tell.appealed("new", 0, hold["id"], round_id, tuple(hold["stage"]["documents"]))
    else:
        answered = tell.submitted("new", 0, hold["id"], round_id)
    outcome = reference.handle(policy, {**answered, "at": text(hold["stage"]["asked_own"])})
    stage = hold_of(reference, event)["stage"]
    back = stage["name"] == "review" or (stage["name"] == "appeal" and not stage["waiting"])
    return None if outcome == "applied" and back else f"{outcome} {stage}"


def hold_of(reference: Reference, event: Json) -> Json:
    return next(hold for hold in reference.holds if hold["id"] == event["hold"])


def an_identity_ages_by_itself(story: Story) -> str | None:
    """From its end on the account counts as not verified, and `next_change_at` knows it where that shows."""
    reference = story.play()
    until = (reference.identity or {}).get("until")
    if until is None or not INSTANT_MIN < until <= INSTANT_MAX:
        return None
    if reference.is_verified(until) or (reference.identity["identity"] and not reference.is_verified(until - TICK)):
        return "it does not age"
    offers = [step for hold in reference.open_holds(until) for step in reference.describe(hold, until)["steps"]]
    shows = reference.view(until) != reference.view(until - TICK)
    if any(step["step"] == "verify" for step in offers) and shows:
        said = reference.next_change_at(text(until - TICK))
        return None if said == text(until) else f"next change at {said}"
    return None


def no_user_lifts_their_own_hold(story: Story) -> str | None:
    """What an account holder does lifts nothing: their events are no verdicts, releases and retractions."""
    for before, version, event, outcome in played(story):
        mine = event["type"] in ("verification_started", "verification_submitted", "appeal_submitted")
        if outcome != "applied" or not (mine or event.get("by", {}).get("kind") == "user"):
            continue
        after = fork(before)
        after.handle(story.policies[version], event)
        allowed = first_allowed(before, after, WITHDRAWAL)
        if allowed is not None:
            return f"{event['id']} allows at {text(allowed)}"
    return None


def approval_is_newer_than_evidence(story: Story) -> str | None:
    """No verdict is older than the latest unsettled trigger, and no machine clears it with an older picture."""
    for before, version, event, outcome in played(story):
        if event["type"] not in ("review_decided", "appeal_decided") or outcome != "applied":
            continue
        after = fork(before)
        after.handle(story.policies[version], event)
        old, new = hold_of(before, event), hold_of(after, event)
        trigger = latest_unsettled(old)
        if new["cleared"] is None or old["cleared"] is not None or trigger is None:
            continue
        if new["cleared"] < trigger:
            return f"{event['id']} is older than a trigger"
        if event["by"]["kind"] != "admin" and old["stage"]["submitted"] < trigger:
            return f"{event['id']} cleared with an old picture"
    return None


def an_unknown_operation_is_covered(story: Story) -> str | None:
    """It is covered by whatever covers a withdrawal; one that is known to be another is covered only by name."""
    reference = story.play()
    covers_everything = any(hold["rule"]["operations"] == "*" for hold in reference.holds)
    for at in probes(reference):
        unknown = {**WITHDRAWAL, "operation": "withdrawl"}
        if answer(reference, at) != answer(reference, at, unknown):
            return text(at)
        if answer(reference, at, {**WITHDRAWAL, "operation": "login"})[0] and not covers_everything:
            return f"login at {text(at)}"
    return None
