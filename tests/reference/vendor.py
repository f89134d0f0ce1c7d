"""Journeys of a vendor whose clock lags, beside the same journey by a clock that is right."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from . import story as tell
from .journals import Story
from .laws import text
from .rulebook import Json, Reference, read_instant

VENDOR = ("verification_submitted", "verification_failed", "review_decided", "more_requested")


def random_journey(rng: Random) -> Story:
    """Flags, then rounds that a vendor speaks about by name and in the order of its own clock."""
    clearance = tell.clearance(
        unverified=["identity_personal", "face_web"],
        verified=["identity_personal", "face_web"],
        attempts=rng.choice([None, 2, 3]),
        verify_within=rng.choice([None, "P30D"]),  # What has lapsed by the vendor's clock is no part of the law.
        review_within=rng.choice([None, "PT24H"]),
        appeal=rng.choice([None, tell.appeal(limit=2)]),
    )
    timer = rng.choice([{}, {"duration": "P5D", "lifted_by": rng.choice(["any", "all"])}])
    policy = tell.policy(tell.rule(clearance=clearance, **timer))
    reference, events, now = Reference(tell.ACCOUNT), [tell.flag("f", 0)], 1.0
    reference.handle(policy, events[0])
    for number in range(rng.randint(2, 12)):
        now += rng.choice([0.5, 1, 2])
        event = next_word(rng, f"e{number}", now, reference.holds[0], events)
        events.append(event)
        reference.handle(policy, event)
    return Story([policy], [(0, event) for event in events])


def next_word(rng: Random, event_id: str, now: float, hold: Json, told: list[Json]) -> Json:
    stage = hold["stage"]
    round_id = stage.get("round")
    if rng.random() < 0.15:
        return rng.choice(told)  # Delivered again.
    if rng.random() < 0.15:
        return (
            {**tell.flag(event_id, now), "at": text(stage["opened"])} if "opened" in stage else tell.flag(event_id, now)
        )
    if stage["name"] in ("verification", "review"):
        kind = rng.choice(["admin", "system"])
        words = [
            tell.submitted(event_id, now, attempt=round_id),
            tell.failed(event_id, now, attempt=round_id),
            tell.reviewed(event_id, now, "rejected", attempt=round_id, kind=kind),
            tell.reviewed(event_id, now, "approved", attempt=round_id, kind=kind),
            tell.more(event_id, now, attempt=round_id, kind=kind),
        ]
        return rng.choice(words[:2] if stage["name"] == "verification" and rng.random() < 0.8 else words)
    if stage["name"] == "appeal":
        return tell.appeal_decided(event_id, now, rng.choice(["granted", "dismissed"]))
    if hold["failures"] and rng.random() < 0.3:
        return tell.appealed(event_id, now)
    return tell.started(event_id, now, method="face_web")


def a_clock_that_lags_locks_nobody_out(story: Story) -> str | None:
    """Whatever the skew, the journey leads to the same state, but for what is counted from the vendor's instants."""
    if not story.policies[0]["rules"] or story.steps[:1] != [(0, tell.flag("f", 0))]:
        return None
    right = told_by(story, timedelta())
    for hours in (0.25, 1, 1.5, 5, 100, 10_000):
        lagging = told_by(story, timedelta(hours=hours))
        if lagging != right:
            return f"{hours} hours: {lagging} and not {right}"
    return None


def told_by(story: Story, skew: timedelta) -> list[Json]:
    """Where the holds stand that are still open when all has been told."""
    reference = Reference(tell.ACCOUNT)
    for version, event in story.steps:
        reference.handle(story.policies[version], lag(event, skew))
    at = max(read_instant(event["at"]) for _, event in story.steps)
    return [where_it_stands(hold) for hold in reference.open_holds(at)]


def where_it_stands(hold: Json) -> Json:
    counters = {name: hold[name] for name in ("id", "failures", "appeals", "final", "reviewer", "reasons")}
    cleared = {"cleared": hold["cleared"] is not None}
    return {**counters, **cleared, **{name: hold["stage"].get(name) for name in ("name", "round", "documents")}}


def lag(event: Json, skew: timedelta) -> Json:
    if event["type"] not in VENDOR:
        return event
    return {**event, "at": text(read_instant(event["at"]) - skew)}
