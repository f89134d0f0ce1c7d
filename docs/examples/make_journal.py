"""Write `journal.jsonl`: some fifty accounts under Binance's published rule, every path of it at least once.

    python docs/examples/make_journal.py            writes the journal beside this file
    python docs/examples/make_journal.py -          prints it
    withdraw-guard replay docs/examples/journal.jsonl --at 2026-03-01T00:00:00Z

Each function is the story of one account and names it: `whole_road` is the account `whole-road`. The stories begin
a few hours after one another and the events are written as they arrive, so that the accounts are interleaved as they
are in life. Nothing is random, and nothing reads the clock.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from withdraw_guard import (
    Actor,
    ActorKind,
    AppealDecided,
    AppealSubmitted,
    Event,
    EventRetracted,
    IdentityChanged,
    MoreRequested,
    ReleaseOrdered,
    ReviewDecided,
    SecurityEvent,
    VerificationFailed,
    VerificationStarted,
    VerificationSubmitted,
    authorities,
    methods,
    reasons,
    triggers,
    wire,
)

FIRST_STORY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
BETWEEN_STORIES = timedelta(hours=5, minutes=17)

EVERY_REASON = (
    reasons.ABANDONED,
    reasons.CLOCK_SKEW,
    reasons.DOCUMENT_EXPIRED,
    reasons.DOCUMENT_TAMPERED,
    reasons.DOCUMENT_TYPE_NOT_SUPPORTED,
    reasons.DOCUMENT_UNREADABLE,
    reasons.FACE_COVERED,
    reasons.FACE_MISMATCH,
    reasons.FACE_NOT_FOUND,
    reasons.IMAGE_EDITED,
    reasons.NETWORK_ERROR,
    reasons.PERSONAL_DATA_MISMATCH,
    reasons.POOR_LIGHT,
    reasons.SOFTWARE_BLOCKED,
)

STORIES: list[Callable[[Story], None]] = []


def story(tell: Callable[[Story], None]) -> Callable[[Story], None]:
    STORIES.append(tell)
    return tell


class Story:
    """One account. Every method reports one event at the present instant of the story; `after` moves on.

    An event arrives when it happens, unless `late` or `ahead` goes before it. It is about the hold of the latest
    flag, unless another one is named.
    """

    def __init__(self, account: str, begins: datetime) -> None:
        self.account = account
        self.now = begins
        self.hold = ""
        self.arrivals: list[tuple[datetime, Event]] = []
        self._events: dict[str, Event] = {}
        self._late = self._ahead = timedelta(0)

    def after(self, text: str) -> Story:
        self.now += duration(text)
        return self

    def before(self, text: str) -> Story:
        self.now -= duration(text)
        return self

    def late(self, text: str) -> Story:
        """Let the next event arrive some time after it happened."""
        self._late = duration(text)
        return self

    def ahead(self, text: str) -> Story:
        """Let the next event be dated some time ahead, by mistake."""
        self._ahead = duration(text)
        return self

    def delivered_again(self, event: str = "") -> None:
        """Deliver an event once more as it was, the latest one unless another is named."""
        self.arrivals.append((self.now, self._events[event] if event else self.arrivals[-1][1]))

    def trigger(self, trigger: str, by: str = "user", **facts: str | int | bool) -> str:
        """Report a security event; return the id of the hold that it places if it places one."""
        event = self._report(SecurityEvent, trigger=trigger, initiated_by=ActorKind(by), context=facts)
        return f"{event}:{trigger.replace('_', '-')}"

    def flagged(self, **facts: str | int | bool) -> None:
        self.hold = self.trigger(triggers.ABNORMAL_ACTIVITY, by="system", **facts)

    def flagged_again(self) -> None:
        self.trigger(triggers.ABNORMAL_ACTIVITY, by="system")

    def starts(self, method: str, hold: str = "") -> str:
        """Start a verification; return the id of the attempt."""
        return self._report(VerificationStarted, hold=hold or self.hold, method=method)

    def submits(self, attempt: str | None = None) -> None:
        self._report(VerificationSubmitted, hold=self.hold, attempt=attempt)

    def fails(self, *reasons: str, attempt: str | None = None) -> None:
        self._report(VerificationFailed, hold=self.hold, attempt=attempt, reasons=reasons)

    def approved(self, by: str) -> None:
        self._report(ReviewDecided, hold=self.hold, by=actor(by), outcome="approved")

    def rejected(self, by: str, *reasons: str, final: bool = False) -> None:
        self._report(ReviewDecided, hold=self.hold, by=actor(by), outcome="rejected", reasons=reasons, final=final)

    def asked_for_more(self, by: str, *documents: str) -> None:
        self._report(MoreRequested, hold=self.hold, by=actor(by), documents=documents)

    def appeals(self, *documents: str, attempt: str | None = None) -> str:
        """File an appeal, or hand in what the attempt lacks; return the id of the event."""
        return self._report(AppealSubmitted, hold=self.hold, attempt=attempt, documents=documents)

    def appeal_granted(self, by: str) -> None:
        self._report(AppealDecided, hold=self.hold, by=actor(by), outcome="granted")

    def appeal_dismissed(self, by: str, *reasons: str) -> None:
        self._report(AppealDecided, hold=self.hold, by=actor(by), outcome="dismissed", reasons=reasons)

    def released(self, by: str, authority: str = "support", hold: str = "", **rest: str | bool) -> None:
        self._report(ReleaseOrdered, hold=hold or self.hold, by=actor(by), authority=authority, **rest)

    def retracted(self, event: str, by: str, note: str) -> None:
        self._report(EventRetracted, event=event, by=actor(by), authority=authorities.SECURITY, note=note)

    def identity(self, identity: str | None, for_days: int | None = None) -> None:
        ends_at = None if for_days is None else self.now + timedelta(days=for_days)
        self._report(IdentityChanged, identity=identity, valid_until=ends_at)

    def verifies(self, method: str, by: str = "robot:system") -> None:
        """Go the short way: started, handed in, approved."""
        self.starts(method)
        self.after("7m").submits()
        self.after("3h").approved(by)

    def _report(self, kind: Callable[..., Event], **members: object) -> str:
        event = kind(id=f"e{len(self._events) + 1}", account=self.account, at=self.now + self._ahead, **members)
        self._events[event.id] = event
        self.arrivals.append((self.now + self._late, event))
        self._late = self._ahead = timedelta(0)
        return event.id


def duration(text: str) -> timedelta:
    """Read `1d12h`, `90m`, `1s`."""
    units = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
    return timedelta(**{units[unit]: int(number) for number, unit in re.findall(r"(\d+)([dhms])", text)})


def actor(text: str) -> Actor:
    """Read `robot:system`, `ida:admin`."""
    name, kind = text.split(":")
    return Actor(id=name, kind=ActorKind(kind))


# ── Holds that end by themselves ─────────────────────────────────────────────────────────────────────────────────


@story
def never_held(s: Story) -> None:
    """What no rule listens to holds nothing."""
    s.identity("personal")
    s.after("2h").trigger("signed_in", country="PT")
    s.after("1d").trigger("signed_in", country="ES")
    s.after("3d").trigger("api_key_created")
    s.after("5d").trigger("signed_in", country="PT")


@story
def password_24h(s: Story) -> None:
    """The plainest story: the password is changed, and a day later withdrawals resume by themselves."""
    s.trigger(triggers.PASSWORD_CHANGED)
    s.after("30h").trigger("signed_in", country="PT")


@story
def two_factor_disabled_24h(s: Story) -> None:
    s.trigger(triggers.TWO_FACTOR_DISABLED, factor="sms")
    s.after("40h").trigger(triggers.TWO_FACTOR_DISABLED, factor="authenticator")
    s.after("26h").trigger("signed_in", country="DE")


@story
def two_factor_reset_48h(s: Story) -> None:
    s.trigger(triggers.TWO_FACTOR_RESET, by="admin", factor="authenticator")
    s.after("3d").trigger("signed_in", country="FR")


@story
def account_unlocked_48h(s: Story) -> None:
    s.trigger(triggers.ACCOUNT_UNLOCKED, by="admin")
    s.after("3d").trigger("signed_in", country="IT")


@story
def email_changed_48h(s: Story) -> None:
    s.trigger(triggers.EMAIL_CHANGED)
    s.after("3d").trigger("signed_in", country="NL")


@story
def ends_on_the_second(s: Story) -> None:
    """A hold ends before what happens at its very end: a change of that instant places a new one."""
    s.trigger(triggers.PASSWORD_CHANGED)
    s.after("24h").trigger(triggers.PASSWORD_CHANGED)
    s.after("24h").trigger("signed_in", country="BE")


@story
def overlap(s: Story) -> None:
    """Two timed holds overlap; neither shortens the other, and the later end decides."""
    s.identity("personal")
    s.after("1h").trigger(triggers.TWO_FACTOR_RESET, factor="sms")
    s.after("6h").trigger(triggers.PASSWORD_CHANGED)
    s.after("30h").trigger(triggers.PASSWORD_CHANGED)
    s.after("4d").trigger("signed_in", country="AT")


@story
def overlap_of_all_five(s: Story) -> None:
    s.trigger(triggers.ACCOUNT_UNLOCKED, by="admin")
    s.after("10m").trigger(triggers.PASSWORD_CHANGED)
    s.after("10m").trigger(triggers.TWO_FACTOR_DISABLED, factor="sms")
    s.after("10m").trigger(triggers.TWO_FACTOR_RESET, factor="authenticator")
    s.after("10m").trigger(triggers.EMAIL_CHANGED)
    s.after("5d").trigger("signed_in", country="CH")


@story
def password_every_evening(s: Story) -> None:
    """Each change within the day extends the hold; after a pause there is a new one."""
    s.trigger(triggers.PASSWORD_CHANGED)
    for _ in range(6):
        s.after("20h").trigger(triggers.PASSWORD_CHANGED)
    s.after("3d").trigger(triggers.PASSWORD_CHANGED)
    s.after("23h").trigger(triggers.PASSWORD_CHANGED)


@story
def unlocked_every_week(s: Story) -> None:
    """State does not grow with history: eight locks leave one hold on record."""
    for _ in range(8):
        s.trigger(triggers.ACCOUNT_UNLOCKED, by="admin")
        s.after("1h").trigger("signed_in", country="SE")
        s.after("6d")


@story
def timer_cannot_be_talked_away(s: Story) -> None:
    """A hold that ends by itself is neither verified nor released away; two refusals."""
    hold = s.trigger(triggers.EMAIL_CHANGED)
    s.after("1h").starts(methods.FACE_WEB, hold=hold)
    s.after("1h").released("sam:admin", hold=hold, note="the customer is in a hurry")


# ── Abnormal activity: verified, reviewed, approved ──────────────────────────────────────────────────────────────


@story
def person_without_identity(s: Story) -> None:
    """Not verified yet: identity verification as a person, which is then on record."""
    s.flagged(signal="new_device")
    s.after("40m").verifies(methods.IDENTITY_PERSONAL, by="ida:admin")


@story
def business_without_identity(s: Story) -> None:
    s.flagged(signal="velocity")
    s.after("1d").verifies(methods.IDENTITY_BUSINESS, by="ida:admin")


@story
def face_on_the_web(s: Story) -> None:
    """Verified already: a face verification is enough, and a machine may approve it."""
    s.identity("personal")
    s.after("2d").flagged(signal="impossible_travel")
    s.after("15m").verifies(methods.FACE_WEB)


@story
def face_in_the_app(s: Story) -> None:
    s.identity("business")
    s.after("1d").flagged(signal="sanctioned_address")
    s.after("2h").verifies(methods.FACE_MOBILE, by="ida:admin")


@story
def flagged_again_after_approval(s: Story) -> None:
    """A clearance is never spent twice: each time it is verified anew."""
    s.identity("personal")
    for method in (methods.FACE_WEB, methods.FACE_MOBILE, methods.FACE_WEB):
        s.after("3d").flagged(signal="new_device")
        s.after("20m").verifies(method)


@story
def wears_a_hat(s: Story) -> None:
    """Fails, reads the tips, starts again."""
    s.identity("personal")
    s.after("5h").flagged(signal="new_device")
    s.after("10m").starts(methods.FACE_WEB)
    s.after("2m").fails(reasons.FACE_COVERED, reasons.POOR_LIGHT)
    s.after("5m").starts(methods.FACE_WEB)
    s.after("2m").fails(reasons.FACE_NOT_FOUND)
    s.after("5m").verifies(methods.FACE_MOBILE)


@story
def fails_for_every_reason(s: Story) -> None:
    """The published rule sets no limit to how often verification may be tried."""
    s.flagged(signal="new_device")
    for reason in EVERY_REASON:
        s.after("10m").starts(methods.IDENTITY_PERSONAL)
        s.after("3m").fails(reason)
    s.after("1d").verifies(methods.IDENTITY_PERSONAL, by="ida:admin")


@story
def starts_over(s: Story) -> None:
    """A verification that is open may be started over; a word about the session before is refused."""
    s.identity("personal")
    s.after("1h").flagged(signal="velocity")
    first = s.after("5m").starts(methods.FACE_WEB)
    second = s.after("5m").starts(methods.FACE_MOBILE)
    s.after("1m").fails(reasons.ABANDONED, attempt=first)
    s.after("1m").submits(attempt=second)
    s.after("1h").approved("robot:system")


@story
def rejected_then_approved(s: Story) -> None:
    s.flagged(signal="velocity")
    s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").submits()
    s.after("6h").rejected("ida:admin", reasons.DOCUMENT_EXPIRED)
    s.after("1d").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").submits()
    s.after("9h").approved("oto:admin")


@story
def rejected_for_good(s: Story) -> None:
    """A final rejection closes verification; an appeal is still offered."""
    s.flagged(signal="velocity")
    s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").submits()
    s.after("1d").rejected("ida:admin", reasons.DOCUMENT_TAMPERED, reasons.IMAGE_EDITED, final=True)
    s.after("5m").starts(methods.IDENTITY_PERSONAL)
    s.after("2d").appeals("supporting_documents")
    s.after("3d").appeal_dismissed("oto:admin", reasons.DOCUMENT_TAMPERED)


@story
def approves_himself(s: Story) -> None:
    """No user decides a review."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("5m").starts(methods.FACE_WEB)
    s.after("2m").submits()
    s.after("1m").approved("mallory:user")
    s.after("2h").rejected("robot:system", reasons.FACE_MISMATCH)


@story
def clock_behind(s: Story) -> None:
    """A vendor's clock that is a second behind locks nobody out."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("5m").starts(methods.FACE_MOBILE)
    s.after("90s").submits()
    s.before("1s").late("5s").approved("robot:system")


@story
def still_in_review(s: Story) -> None:
    """Where the journal ends nobody has decided yet."""
    s.flagged(signal="velocity")
    s.after("30m").starts(methods.IDENTITY_BUSINESS)
    s.after("20m").submits()


@story
def still_verifying(s: Story) -> None:
    s.identity("personal")
    s.after("4h").flagged(signal="impossible_travel")
    s.after("30m").starts(methods.FACE_MOBILE)


# ── Appeals and support ──────────────────────────────────────────────────────────────────────────────────────────


@story
def whole_road(s: Story) -> None:
    """active, suspended, verification, review, appeal, restored."""
    s.trigger("signed_in", country="PT")
    s.after("3h").flagged(signal="impossible_travel")
    s.after("25m").starts(methods.IDENTITY_PERSONAL)
    s.after("12m").submits()
    s.after("20h").rejected("ida:admin", reasons.DOCUMENT_EXPIRED)
    s.after("2h").appeals("supporting_documents")
    s.after("2d").appeal_granted("oto:admin")


@story
def appeal_granted(s: Story) -> None:
    s.identity("personal")
    s.after("1h").flagged(signal="velocity")
    s.after("20m").starts(methods.FACE_WEB)
    s.after("1m").fails(reasons.SOFTWARE_BLOCKED)
    s.after("1h").appeals("supporting_documents")
    s.after("1d").appeal_granted("oto:admin")


@story
def appeal_dismissed(s: Story) -> None:
    """One appeal is offered; after that it is customer support."""
    s.identity("personal")
    s.after("1h").flagged(signal="velocity")
    s.after("20m").starts(methods.FACE_WEB)
    s.after("1m").fails(reasons.CLOCK_SKEW)
    s.after("1h").appeals("supporting_documents")
    s.after("1d").appeal_dismissed("oto:admin", reasons.PERSONAL_DATA_MISMATCH)
    s.after("1h").appeals("supporting_documents")
    s.after("4d").released("sam:admin", note="came to the office with a passport")


@story
def appeals_too_early(s: Story) -> None:
    """An appeal is offered after the first failure, and wants its documents."""
    s.identity("business")
    s.after("1h").flagged(signal="velocity")
    s.after("20m").appeals("supporting_documents")
    s.after("20m").starts(methods.FACE_MOBILE)
    s.after("1m").fails(reasons.NETWORK_ERROR)
    s.after("1h").appeals("id_photo")
    s.after("10m").appeals("supporting_documents")
    s.after("3d").appeal_granted("ida:admin")


@story
def same_reviewer(s: Story) -> None:
    """Who rejected it does not decide the appeal."""
    s.flagged(signal="velocity")
    s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").submits()
    s.after("1d").rejected("ida:admin", reasons.DOCUMENT_TYPE_NOT_SUPPORTED)
    s.after("1h").appeals("supporting_documents")
    s.after("1d").appeal_dismissed("ida:admin", reasons.DOCUMENT_TYPE_NOT_SUPPORTED)
    s.after("1d").appeal_granted("oto:admin")


@story
def robot_decides_appeal(s: Story) -> None:
    """An appeal is for people."""
    s.flagged(signal="new_device")
    s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").fails(reasons.POOR_LIGHT)
    s.after("1h").appeals("supporting_documents")
    s.after("1m").appeal_granted("robot:system")
    s.after("2d").appeal_granted("ida:admin")


@story
def released_by_support(s: Story) -> None:
    s.identity("personal")
    s.after("1h").flagged(signal="sanctioned_address")
    s.after("1d").released("cora:admin", authority="compliance", note="compliance has no say here")
    s.after("1h").released("sam:admin", note="called back on the number on record")
    s.after("1d").released("sam:admin", note="to be sure")


# ── New evidence ─────────────────────────────────────────────────────────────────────────────────────────────────


@story
def flagged_during_review(s: Story) -> None:
    """A machine may not clear new evidence with an old picture; a person may, after looking."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("10m").starts(methods.FACE_WEB)
    s.after("2m").submits()
    s.after("10m").flagged_again()
    s.after("10m").approved("robot:system")
    s.after("5h").approved("ida:admin")


@story
def flagged_during_appeal(s: Story) -> None:
    """The appeal goes on; what was decided before the new flag no longer counts."""
    s.flagged(signal="new_device")
    s.after("10m").starts(methods.IDENTITY_PERSONAL)
    s.after("2m").fails(reasons.FACE_MISMATCH)
    s.after("2h").appeals("supporting_documents")
    s.after("1d").flagged_again()
    s.before("5m").late("10m").appeal_granted("oto:admin")
    s.after("1d").appeal_granted("oto:admin")


@story
def flagged_during_verification(s: Story) -> None:
    s.flagged(signal="new_device")
    s.after("10m").starts(methods.IDENTITY_BUSINESS)
    s.after("5m").flagged_again()
    s.after("5m").submits()
    s.after("7h").approved("robot:system")


@story
def flagged_in_a_storm(s: Story) -> None:
    """Eight signals in ten minutes are one hold."""
    s.identity("business")
    s.after("1d").flagged(signal="velocity")
    for _ in range(7):
        s.after("80s").flagged_again()
    s.after("1h").verifies(methods.FACE_MOBILE)


@story
def takeover(s: Story) -> None:
    """Several holds at once: clearing one leaves the others."""
    s.identity("personal")
    s.after("2d").trigger(triggers.PASSWORD_CHANGED)
    s.after("3m").trigger(triggers.TWO_FACTOR_DISABLED, factor="sms")
    s.after("2m").trigger(triggers.EMAIL_CHANGED)
    s.after("1m").flagged(signal="new_device")
    s.after("1m").trigger("withdrawal_attempted", amount=12000)
    s.after("4h").verifies(methods.FACE_MOBILE, by="ida:admin")
    s.after("3d").trigger("withdrawal_attempted", amount=300)


# ── Identity ─────────────────────────────────────────────────────────────────────────────────────────────────────


@story
def identity_taken_away(s: Story) -> None:
    """The identity goes while a face waits for its review: it cannot be approved, and is proved anew."""
    s.identity("personal")
    s.after("1d").flagged(signal="velocity")
    s.after("10m").starts(methods.FACE_WEB)
    s.after("2m").submits()
    s.after("1h").identity(None)
    s.after("1h").approved("ida:admin")
    s.after("1h").rejected("ida:admin", reasons.PERSONAL_DATA_MISMATCH)
    s.after("2h").verifies(methods.IDENTITY_PERSONAL, by="ida:admin")


@story
def identity_from_elsewhere(s: Story) -> None:
    """Verified in a branch meanwhile: from then on it is the face that is asked for."""
    s.flagged(signal="velocity")
    s.after("1d").identity("personal")
    s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("1m").verifies(methods.FACE_WEB)
    s.after("30d").identity("business")


# ── What the network does to events ──────────────────────────────────────────────────────────────────────────────


@story
def everything_twice(s: Story) -> None:
    """Each event is delivered once more a minute later, and nothing comes of it."""
    s.identity("personal")
    s.after("1m").delivered_again()
    s.after("1h").trigger(triggers.PASSWORD_CHANGED)
    s.after("1m").delivered_again()
    s.after("1h").flagged(signal="new_device")
    s.after("1m").delivered_again()
    s.after("9m").starts(methods.FACE_WEB)
    s.after("1m").delivered_again()
    s.after("1m").submits()
    s.after("1m").delivered_again()
    s.after("2h").approved("robot:system")
    s.after("1m").delivered_again()


@story
def password_arrives_late(s: Story) -> None:
    """A change that arrives a day and a half later held for its day all the same."""
    s.identity("personal")
    s.after("1h").late("36h").trigger(triggers.PASSWORD_CHANGED)
    s.after("35h").trigger("signed_in", country="PT")
    s.after("1d").trigger("signed_in", country="PT")


@story
def late_change_extends(s: Story) -> None:
    """The hold has ended, then an earlier change arrives: it is held again, until the later end."""
    s.trigger(triggers.EMAIL_CHANGED)
    s.after("40h").late("10h").trigger(triggers.EMAIL_CHANGED)
    s.after("9h").trigger("signed_in", country="PT")
    s.after("3d").trigger("signed_in", country="PT")


@story
def late_flag_after_approval(s: Story) -> None:
    """A flag from before the approval arrives after it: what was cleared then was not this."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("10m").starts(methods.FACE_WEB)
    s.after("2m").submits()
    s.after("50m").late("2h").flagged_again()
    s.after("10m").approved("ida:admin")
    s.after("1d").trigger("signed_in", country="PT")


@story
def wrong_order(s: Story) -> None:
    """Handed in before it was started, says the network: refused, delivered again, taken."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("12m").submits()
    s.before("2m").late("3m").starts(methods.FACE_WEB)
    s.after("5m").delivered_again("e3")
    s.after("2h").approved("robot:system")


@story
def part_of_the_journal_is_lost(s: Story) -> None:
    """The flag itself is missing, so whatever is said of its hold is refused."""
    s.hold = "e0:abnormal-activity"
    s.starts(methods.IDENTITY_PERSONAL)
    s.after("10m").submits()


@story
def dated_in_the_future(s: Story) -> None:
    """A flag was dated a year ahead by mistake; a person gets the account out."""
    s.identity("personal")
    s.after("1h").flagged(signal="new_device")
    s.after("1m").ahead("365d").flagged_again()
    s.after("2h").released("sam:admin", note="the device was the customer's own")
    s.after("1h").released("sam:admin", note="the flag of next year is a wrong date", override_stale=True)


# ── More is needed, and what was reported by mistake ─────────────────────────────────────────────────────────────


@story
def one_document_more(s: Story) -> None:
    """A reviewer and later the desk ask for one document more: the round goes on, and no attempt is lost."""
    s.flagged(signal="velocity")
    attempt = s.after("1h").starts(methods.IDENTITY_PERSONAL)
    s.after("8m").submits(attempt)
    s.after("5h").asked_for_more("ida:admin", "id_photo")
    s.after("1h").submits(attempt)
    s.after("2h").rejected("ida:admin", reasons.DOCUMENT_EXPIRED)
    appeal = s.after("1d").appeals("supporting_documents")
    s.after("1d").asked_for_more("oto:admin", "id_photo")
    s.after("3h").appeals("id_photo", attempt=appeal)
    s.after("1d").appeal_granted("oto:admin")


@story
def flagged_by_mistake(s: Story) -> None:
    """The report was wrong, so it is taken back. No user does that, and nothing is taken back that nobody reported."""
    s.trigger(triggers.PASSWORD_CHANGED)
    s.after("1h").flagged(signal="velocity")
    s.after("1h").retracted("e2", by="mallory:user", note="it was me")
    s.after("1h").retracted("e9", by="rita:admin", note="another account was meant")
    s.after("1m").retracted("e2", by="rita:admin", note="another account was meant")
    s.after("1m").delivered_again("e2")
    s.after("2d").trigger("signed_in", country="PT")


@story
def identity_ages(s: Story) -> None:
    """An identity that has ended by the time of the flag counts no more: it is proved anew."""
    s.identity("personal", for_days=9)
    s.after("10d").flagged(signal="new_device")
    s.after("5m").starts(methods.FACE_WEB)
    s.after("5m").verifies(methods.IDENTITY_PERSONAL)


# ── Writing ──────────────────────────────────────────────────────────────────────────────────────────────────────


def journal() -> str:
    """Tell every story and return all events, one line each, in the order in which they arrive."""
    arrivals: list[tuple[datetime, Event]] = []
    for index, tell in enumerate(STORIES):
        told = Story(tell.__name__.replace("_", "-"), FIRST_STORY + index * BETWEEN_STORIES)
        tell(told)
        arrivals += told.arrivals
    arrivals.sort(key=lambda arrival: arrival[0])
    return "".join(f"{json.dumps(wire.to_dict(event))}\n" for _, event in arrivals)


if __name__ == "__main__":
    if sys.argv[1:] == ["-"]:
        sys.stdout.write(journal())
    else:
        Path(__file__).with_name("journal.jsonl").write_text(journal(), encoding="utf-8", newline="\n")
