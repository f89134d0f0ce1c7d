"""A naive reading of the rulebook, second edition, in plain dicts: the oracle of the differential tests.

It shares nothing with the library. Read it beside the rulebook; the numbers in the comments are its rules.
An account is a dict of holds and of the identity on record. A hold is a dict: its rule, its triggers (the cause first),
the stage of its clearance, its counters and its moves. Instants are aware datetimes; everything else is as on the wire.

`CLAUSES` names the odd clauses of the rulebook, and `READINGS` the places where its laws ask for more than its letter.
`Reference(account_id, ALL - {name})` answers as if that one had never been written.

What the text leaves open is read like this:

- rule 6: of two latest unsettled triggers of one instant, the one that was heard last is kept.
- rule 12: a settled trigger stops counting at the earlier of its timer and `settled_at`. "Settled" asks no instant.
- rule 12: time alone ends a hold that has a timer, unless a clearance is needed as well (`all`).
- rule 18: `stale` comes last in the order of refusals, also for an event that names another round than the open one.
- rule 18: the latest request for more is the one that was heard last. A late word is asked about first.
- rule 18: a round that has lapsed is not open, so an event that names it is believed about nothing.
- rule 18: a move is known by its own instant and by that which it was read as.
- rule 23: an appeal that waits for the person is not offered either before the latest move.
- rule 26: an overflow event joins the last placed hold that can be joined. Ended means ended by the event's instant and
  by the second latest trigger.
- rule 29: a day that begins at the instant of the trigger does not count. No calendar reaches before its first day.
- rule 30: a retracted report that is remembered is known, so that a retraction of it changes nothing.
- rules 14, 30: a report and a retraction are remembered only if they changed something.
- design, section 4: the latest verdict is the one that was applied last, and a release leaves its reasons.

Left out, because no rule speaks of it: `tips`, and the validation of policies and of the form of events.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

Json = dict[str, Any]

INSTANT_MIN = datetime(2000, 1, 1, tzinfo=UTC)
INSTANT_MAX = datetime(2200, 1, 1, tzinfo=UTC)
TRIGGERS_MAX = 16
MOVES_MAX = 16
REPORTS_MAX = 16
RETRACTIONS_MAX = 16
SEPARATE_KEPT = 16
SEPARATE_OPEN_MAX = 63

WELL_KNOWN_OPERATIONS = frozenset(
    {
        "address_addition",
        "api_access",
        "api_key_management",
        "deposit",
        "fiat_withdrawal",
        "gift",
        "login",
        "p2p_sale",
        "payment",
        "settings_change",
        "trade",
        "transfer",
        "vault_withdrawal",
        "withdrawal",
    }
)
PUBLIC_REASONS = {
    "abnormal_activity": "abnormal_activity",
    "account_locked": "own_request",
    "account_unlocked": "security_change",
    "address_added": "address_added",
    "address_protection_disabled": "security_change",
    "deposit_credited": "money_received",
    "device_added": "new_device",
    "email_changed": "security_change",
    "fund_password_changed": "security_change",
    "password_changed": "security_change",
    "phone_bound": "security_change",
    "phone_changed": "security_change",
    "purchase_made": "purchase_made",
    "two_factor_changed": "security_change",
    "two_factor_disabled": "security_change",
    "two_factor_enabled": "security_change",
    "two_factor_reset": "security_change",
    "verification_revoked": "abnormal_activity",
}
IDENTITY_OF = {"identity_personal": "personal", "identity_business": "business"}
LEAST_ADVANCED_FIRST = ("suspended", "verification", "review", "appeal")

CLAUSES = {
    # The odd clauses of the rulebook by rule, each in one sentence.
    "4_outdated_by_unsettled_triggers_only": "An event is outdated by a trigger only while the trigger is unsettled.",
    "4_a_lapsed_round_is_not_open": "An event that names a lapsed round is outdated.",
    "4_the_open_round_is_believed": "An event that names the open round is never outdated, however its clock lags.",
    "7_of_that_rule_id": "An event is known to a rule of the same id, in whichever version heard it.",
    "7_earliest_beside_the_cause": "An early event is compared with the earliest trigger beside the cause.",
    "7_what_lasts_longer_is_never_swallowed": "An early event that would last longer than the hold joins it.",
    "8_kept_timer_without_its_cause": "Once its cause is settled, a kept timer is the latest of the others.",
    "8_never_before_a_settled_trigger_stopped": "A timer never ends before a settled trigger stopped counting.",
    "9_second_latest": "A hold is pruned only if it has ended by the second latest trigger.",
    "9_settled_triggers_count_earlier": "A settled trigger counts at the earlier of its instant and its `settled_at`.",
    "9_what_knows_of_something_later_may_be_pruned": "An ended hold is pruned although it knows of something later.",
    "12_latest_settled_at": "A hold whose triggers are all settled ends at the latest `settled_at`.",
    "12_never_later_than_otherwise": "A hold whose triggers are all settled ends no later than it would otherwise.",
    "12_settled_is_asked_first": "Whether all triggers are settled is asked before the release.",
    "17_who_may_ask_for_more": "No user asks for more, and in an appeal only an admin.",
    "18_late_words_are_remembered": "A late word that changes nothing is remembered as a move.",
    "18_moves_by_instant": "A move is known by its type, id and instant.",
    "18_moves_by_what_they_were_read_as": "A move is also known by the instant that it was read as.",
    "18_words_by_their_own_instants": "A late word is ordered by its own instant, not by the one it is read as.",
    "23_not_after_the_end": "No verification is offered whose round was opened after the hold had ended.",
    "26_sixteen_are_kept": "Below sixteen separate holds nothing is pruned and nothing is swallowed.",
    "26_the_timer_that_was_set": "A separate hold is pruned by the timer that was set, settled or not.",
    "26_time_alone": "An event of a rule that time alone does not end is never swallowed.",
    "30_settled_later": "A trigger that is settled later is settled by an earlier retraction.",
    "30_ranks_at_the_earlier": "A retracted report ranks at the earlier of its instant and the retraction's.",
    "30_an_authority": "Only an authority that the policy names retracts.",
}
READINGS = {
    # Where a law asks for more than the letter of the rules, the safe reading was chosen.
    "a_retraction_is_handled_once": "The last 16 retractions are remembered; one that comes again changes nothing.",
    "a_report_is_handled_once": "The last 16 reports of an identity are remembered, not only the retracted ones.",
    "only_what_may_have_been_dropped_is_swallowed": "A full hold that has dropped nothing as late swallows no event.",
    "a_dropped_trigger_still_counts_in_the_timer": "A timer ends no earlier because a trigger was dropped.",
    "a_second_request_replaces_the_first": "Of two requests for more in an appeal the later one says which documents.",
    "an_identity_counts_before_its_report": "The identity on record counts also for instants before it was reported.",
    "a_settled_timer_swallows_nothing": "Only what still counts in the timer of a full hold swallows an event.",
}
ALL = frozenset(CLAUSES) | frozenset(READINGS)


class Refusal(NamedTuple):
    """Why an event cannot be applied."""

    reason: str
    outdated: bool
    hold: str | None


class RefusedError(Exception):
    """The event is refused."""

    def __init__(self, reason: str, outdated: bool = False, hold: str | None = None) -> None:
        super().__init__(reason)
        self.refusal = Refusal(reason, outdated, hold)


class InvalidValueError(Exception):
    """The event or the question can never be right under this policy."""


# --- Reading and writing the wire -------------------------------------------------------------------------------------


def read_instant(text: str) -> datetime:
    """(rule 1)"""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None or not INSTANT_MIN <= instant <= INSTANT_MAX:
        raise InvalidValueError(text)
    return instant.astimezone(UTC)


def write_instant(instant: datetime | None) -> str | None:
    if instant is None:
        return None
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?")


def read_duration(text: str | None) -> timedelta | None:
    """(rule 4)"""
    if text is None:
        return None
    match = DURATION.fullmatch(text)
    if match is None:
        raise InvalidValueError(text)
    weeks, days, hours, minutes, seconds = (int(group or 0) for group in match.groups()[:5])
    microseconds = int((match.group(6) or "0").ljust(6, "0"))
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds, microseconds=microseconds)


def read_rule(rule: Json) -> Json:
    """A rule with every member, its durations read and its sets sorted."""
    scope = rule.get("scope") or {}
    operations = scope.get("operations", "*")
    chosen = rule.get("chosen")
    return {
        "id": rule["id"],
        "trigger": rule["trigger"],
        "where": dict(sorted((rule.get("where") or {}).items())),
        "operations": operations if operations == "*" else sorted(operations),
        "destinations": scope.get("destinations", "any"),
        "leaves": sorted(scope.get("leaves", [])),
        "duration": read_duration(rule.get("duration")),
        "clearance": read_clearance(rule.get("clearance")),
        "lifted_by": rule.get("lifted_by", "any"),
        "repeat": rule.get("repeat", "extend"),
        "releasable_by": sorted(rule.get("releasable_by", [])),
        "chosen": chosen and {name: read_duration(chosen[name]) for name in ("minimum", "maximum")},
        "business_days": rule.get("business_days"),
    }


def read_clearance(clearance: Json | None) -> Json | None:
    if clearance is None:
        return None
    return {
        "unverified": sorted(clearance["unverified"]),
        "verified": sorted(clearance["verified"]),
        "attempts": clearance.get("attempts"),
        "verify_within": read_duration(clearance.get("verify_within")),
        "review_within": read_duration(clearance.get("review_within")),
        "review_business_days": clearance.get("review_business_days"),
        "identity_valid_for": read_duration(clearance.get("identity_valid_for")),
        "appeal": read_appeal(clearance.get("appeal")),
    }


def read_appeal(appeal: Json | None) -> Json | None:
    if appeal is None:
        return None
    return {
        "after_failures": appeal.get("after_failures", 1),
        "limit": appeal.get("limit", 1),
        "within": read_duration(appeal.get("within")),
        "decide_within": read_duration(appeal.get("decide_within")),
        "decide_business_days": appeal.get("decide_business_days"),
        "documents": sorted(appeal.get("documents", [])),
    }


def public_reason_of(rule: Json) -> str:
    """(rule 33) What the rule says; else what follows from its trigger."""
    return rule.get("public_reason") or PUBLIC_REASONS.get(rule["trigger"], "unspecified")


# --- What a hold is ---------------------------------------------------------------------------------------------------


def has_timer(rule: Json) -> bool:
    return rule["duration"] is not None or rule["business_days"] is not None


def time_alone_ends(rule: Json) -> bool:
    """(rule 12) There is a timer, and nothing else is needed."""
    return has_timer(rule) and (rule["clearance"] is None or rule["lifted_by"] == "any")


def same_terms(one: Json, other: Json) -> bool:
    """(rules 8, 33) Exactly the same rule, by value. `repr` tells `True` from `1`."""
    return repr(one) == repr(other)


def is_settled(trigger: Json) -> bool:
    return trigger["settled_at"] is not None


def counts_until(trigger: Json) -> datetime:
    """(rule 12) A trigger that is settled before its timer was over counts until `settled_at` only."""
    if is_settled(trigger):
        return min(trigger["until"], trigger["settled_at"])
    return trigger["until"]


def latest_unsettled(hold: Json) -> datetime | None:
    return max((trigger["at"] for trigger in hold["triggers"] if not is_settled(trigger)), default=None)


def is_cleared(hold: Json) -> bool:
    return hold["cleared"] is not None


def is_outstanding(hold: Json) -> bool:
    """There is a clearance, and neither it nor a release was given."""
    return hold["rule"]["clearance"] is not None and not is_cleared(hold) and hold["released"] is None


def earliest(*instants: datetime | None) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def latest(*instants: datetime | None) -> datetime | None:
    return max((instant for instant in instants if instant is not None), default=None)


def is_before(instant: datetime, other: datetime | None) -> bool:
    return other is not None and instant < other


def plus(at: datetime, duration: timedelta | None) -> datetime | None:
    return None if duration is None else at + duration


# --- The reference ----------------------------------------------------------------------------------------------------


class Reference:
    """One account under the rulebook. `handle` an event, `check` a request, ask `next_change_at`."""

    def __init__(self, account_id: str, clauses: frozenset[str] = ALL) -> None:
        self.account_id = account_id
        self.clauses = clauses
        self.holds: list[Json] = []
        self.identity: Json | None = None
        self.retracted_reports: list[Json] = []
        self.reports: list[Json] = []
        self.retractions: list[Json] = []
        self.heard = 0

    def has(self, clause: str) -> bool:
        """Whether this clause is in force; without it an earlier draft of the rule is."""
        if clause not in ALL:
            raise AssertionError(clause)
        return clause in self.clauses

    def handle(self, policy: Json, event: Json) -> str | Refusal:
        """Return `applied`, the `Refusal`, or `InvalidValue`; the account is untouched unless it was applied."""
        try:
            self.apply(policy, event)
        except RefusedError as refused:
            return refused.refusal
        except InvalidValueError:
            return "InvalidValue"
        return "applied"

    def apply(self, policy: Json, event: Json) -> None:
        event = self.read_event(event)
        if event["account"] != self.account_id:
            raise RefusedError("wrong_account")
        if event["type"] == "security_event":
            self.security_event(policy, event)
        elif event["type"] == "identity_changed":
            self.report_identity(event["id"], event["at"], event["identity"], event["valid_until"])
        elif event["type"] == "event_retracted":
            self.retract(policy, event)
        else:
            self.move(policy, event)

    def read_event(self, event: Json) -> Json:
        event = {**event, "at": read_instant(event["at"])}
        if event["type"] == "identity_changed":  # (rule 14)
            text = event.get("valid_until")
            event["valid_until"] = until = None if text is None else datetime.fromisoformat(text).astimezone(UTC)
            if until is not None and (event["identity"] is None or until <= event["at"]):
                raise InvalidValueError("valid_until")
        if event["type"] == "event_retracted" and not event["note"]:  # (rule 30)
            raise InvalidValueError("note")
        return event

    # --- Placing holds ------------------------------------------------------------------------------------------------

    def security_event(self, policy: Json, event: Json) -> None:
        """(rule 6) Every rule that listens and whose `where` matches places its own hold; all of them, or none."""
        todo = []
        for written in policy["rules"]:
            rule = read_rule(written)
            if rule["trigger"] != event["trigger"] or not where_matches(rule, event):
                continue
            if self.is_remembered(rule, event):  # (rule 7) Once is enough; this is asked first.
                continue
            todo.append((written, rule, until_of(policy, rule, event)))
        for written, rule, until in todo:
            trigger = self.new_trigger(event, until)
            hold = new_hold(policy, written, rule, trigger)
            if rule["repeat"] == "separate":
                self.place_separately(hold, event.get("destination_id"))
            else:
                self.join_or_place(hold)

    def is_remembered(self, rule: Json, event: Json) -> bool:
        """(rule 7) The same id and instant, in a hold of that rule id, settled or not."""
        by_id = self.has("7_of_that_rule_id")
        return any(
            trigger["id"] == event["id"] and trigger["at"] == event["at"]
            for hold in self.holds
            if (hold["rule"]["id"] == rule["id"] if by_id else same_terms(hold["rule"], rule))
            for trigger in hold["triggers"]
        )

    def new_trigger(self, event: Json, until: datetime | None) -> Json:
        self.heard += 1
        return {
            "id": event["id"],
            "at": event["at"],
            "until": until,
            "settled_at": None,
            "heard": self.heard,
        }

    def of_the_same_rule(self, rule: Json) -> list[Json]:
        return [hold for hold in self.holds if same_terms(hold["rule"], rule)]

    def join_or_place(self, new: Json) -> None:
        trigger = new["triggers"][0]
        same = self.of_the_same_rule(new["rule"])
        if any(self.is_full_and_covers(hold, trigger) for hold in same):  # (rule 7)
            return
        for hold in same:  # (rule 8) The first placed.
            if self.can_be_joined(hold, trigger["at"]):
                self.join(hold, trigger)
                return
        self.place(new)
        second_latest = self.second_latest(same, trigger)
        for hold in same:  # (rule 9)
            if self.may_be_pruned(hold, trigger["at"], second_latest):
                self.take_over(new, hold)
                self.holds.remove(hold)
        self.remember_the_triggers(new)

    def is_full_and_covers(self, hold: Json, trigger: Json) -> bool:
        """(rule 7) Where 16 are remembered, an event as old as a dropped one, and as short, may be that one."""
        triggers = hold["triggers"]
        if len(triggers) < TRIGGERS_MAX or is_before_end_reached(self.end(hold), trigger["at"]):
            return False
        beside = triggers[1:] if self.has("7_earliest_beside_the_cause") else triggers
        if trigger["at"] > min(other["at"] for other in beside):
            return False
        dropped = hold["dropped_at"] is not None and trigger["at"] <= hold["dropped_at"]
        if not dropped and self.has("only_what_may_have_been_dropped_is_swallowed"):
            return False
        if trigger["until"] is None or not self.has("7_what_lasts_longer_is_never_swallowed"):
            return True
        if self.has("a_settled_timer_swallows_nothing"):
            return trigger["until"] <= max(counts_until(other) for other in triggers)
        return trigger["until"] <= max(other["until"] for other in triggers)

    def can_be_joined(self, hold: Json, at: datetime) -> bool:
        """(rule 8)"""
        lifted = hold["released"] is not None or is_cleared(hold)
        return self.is_open(hold, at) and not lifted and latest_unsettled(hold) is not None

    def join(self, hold: Json, trigger: Json) -> None:
        hold["triggers"].append(trigger)
        self.remember_the_triggers(hold)

    def place(self, hold: Json) -> None:
        """(rule 10) An id that is taken is numbered."""
        taken = {other["id"] for other in self.holds}
        first = hold["id"]
        number = 1
        while hold["id"] in taken:
            number += 1
            hold["id"] = f"{first}#{number}"
        self.holds.append(hold)

    def second_latest(self, same: list[Json], new: Json) -> datetime:
        """(rules 9, 26) The second latest trigger on record for exactly that rule, the new one included."""
        triggers = [trigger for hold in same for trigger in hold["triggers"]] + [new]
        instants = sorted(self.counts_at(trigger) for trigger in triggers)
        return instants[-2] if len(instants) > 1 else INSTANT_MIN

    def counts_at(self, trigger: Json) -> datetime:
        """(rule 9) A settled trigger counts at the earlier of its instant and its `settled_at`."""
        if is_settled(trigger) and self.has("9_settled_triggers_count_earlier"):
            return min(trigger["at"], trigger["settled_at"])
        return trigger["at"]

    def may_be_pruned(self, hold: Json, at: datetime, second_latest: datetime) -> bool:
        """(rule 9) It has ended by the event's instant and by the second latest trigger."""
        end = self.end(hold)
        if end is None or end > at:
            return False
        if not self.has("9_what_knows_of_something_later_may_be_pruned") and self.knows_of(hold) > at:
            return False
        return end <= second_latest or not self.has("9_second_latest")

    def knows_of(self, hold: Json) -> datetime:
        """What an earlier draft of rule 9 asked: the latest trigger and the latest move."""
        return max([trigger["at"] for trigger in hold["triggers"]] + [hold["latest_move"] or INSTANT_MIN])

    def take_over(self, new: Json, pruned: Json) -> None:
        """(rule 9) What was remembered stays remembered, and what was released or cleared stays lifted."""
        is_lifted = pruned["released"] is not None or is_cleared(pruned)
        for trigger in pruned["triggers"]:
            if is_lifted:
                trigger["settled_at"] = earliest(trigger["settled_at"], self.end(pruned))
            new["triggers"].append(trigger)
        new["dropped_at"] = latest(new["dropped_at"], pruned["dropped_at"])
        if pruned["dropped_until"] is not None:
            ended = self.end(pruned) if is_lifted else pruned["dropped_until"]
            new["dropped_until"] = latest(new["dropped_until"], earliest(pruned["dropped_until"], ended))

    def remember_the_triggers(self, hold: Json) -> None:
        """(rule 6) At most 16; the one is dropped that matters least, never the cause or the latest unsettled one."""
        triggers = hold["triggers"]
        while len(triggers) > TRIGGERS_MAX:
            unsettled = [trigger for trigger in triggers if not is_settled(trigger)]
            newest = max(unsettled, key=lambda trigger: (trigger["at"], trigger["heard"]), default=None)
            settled = [trigger for trigger in triggers[1:] if is_settled(trigger)]
            others = [trigger for trigger in triggers[1:] if trigger is not newest]
            least = min(settled or others, key=lambda trigger: (trigger["until"] or trigger["at"], trigger["heard"]))
            hold["dropped_at"] = latest(hold["dropped_at"], least["at"])
            if least["until"] is not None and self.has("a_dropped_trigger_still_counts_in_the_timer"):  # (rule 8)
                hold["dropped_until"] = latest(hold["dropped_until"], counts_until(least))
            triggers.remove(least)

    def place_separately(self, new: Json, destination_id: str | None) -> None:
        """(rule 26)"""
        rule, trigger = new["rule"], new["triggers"][0]
        same = self.of_the_same_rule(rule)
        second_latest = self.second_latest(same, trigger)
        if self.is_over_already(same, rule, trigger, second_latest):
            return
        if rule["destinations"] == "named":  # (rule 27)
            new["destination_id"] = destination_id
        if sum(self.is_open(hold, trigger["at"]) for hold in same) >= SEPARATE_OPEN_MAX:
            new["destination_id"] = None
            about_none = [hold for hold in same if hold["destination_id"] is None]
            overflow = [hold for hold in about_none if self.can_be_joined(hold, trigger["at"])]
            if overflow:
                self.join(overflow[-1], trigger)
                return
        self.place(new)
        for hold in self.separate_to_prune(same, new, second_latest):
            self.holds.remove(hold)

    def is_over_already(self, same: list[Json], rule: Json, trigger: Json, second_latest: datetime) -> bool:
        """(rule 26) From the 16th on, an event whose timer is over by the second latest trigger changes nothing."""
        if len(same) < SEPARATE_KEPT and self.has("26_sixteen_are_kept"):
            return False
        if not has_timer(rule) or (self.has("26_time_alone") and not time_alone_ends(rule)):
            return False
        return trigger["until"] <= second_latest

    def separate_to_prune(self, same: list[Json], new: Json, second_latest: datetime) -> list[Json]:
        """(rule 26) Earliest cause first: timers that are over, down to 16; what a person ended, beyond 63."""
        same = sorted(same, key=lambda hold: hold["triggers"][0]["at"])
        if time_alone_ends(new["rule"]):
            kept = SEPARATE_KEPT if self.has("26_sixteen_are_kept") else 1
            too_many = len(same) + 1 - kept
            over = [hold for hold in same if self.timer_set(hold) <= second_latest]
        else:
            at = min(new["triggers"][0]["at"], second_latest)
            over = [hold for hold in same if not self.is_open(hold, at)]
            too_many = len(over) - SEPARATE_OPEN_MAX
        return over[: max(0, too_many)]

    def timer_set(self, hold: Json) -> datetime:
        """(rule 26) The `until` that was set, settled or not."""
        if self.has("26_the_timer_that_was_set"):
            return max(trigger["until"] for trigger in hold["triggers"])
        return max(counts_until(trigger) for trigger in hold["triggers"])

    # --- The end of a hold --------------------------------------------------------------------------------------------

    def is_open(self, hold: Json, at: datetime) -> bool:
        return is_open_until(self.end(hold), at)

    def timer(self, hold: Json) -> datetime | None:
        """(rules 8, 12)"""
        rule, triggers = hold["rule"], hold["triggers"]
        if not has_timer(rule):
            return None
        kept = not is_settled(triggers[0]) or not self.has("8_kept_timer_without_its_cause")
        if rule["repeat"] == "keep" and kept:
            return counts_until(triggers[0])
        counting = triggers
        if latest_unsettled(hold) is not None and not self.has("8_never_before_a_settled_trigger_stopped"):
            counting = [trigger for trigger in triggers if not is_settled(trigger)]
        return latest(hold["dropped_until"], *[counts_until(trigger) for trigger in counting])

    def end(self, hold: Json) -> datetime | None:
        """(rule 12)"""
        otherwise = self.end_otherwise(hold)
        if latest_unsettled(hold) is not None:
            return otherwise
        settled_at = max(trigger["settled_at"] for trigger in hold["triggers"])
        if hold["released"] is not None and not self.has("12_settled_is_asked_first"):
            return otherwise
        if not self.has("12_latest_settled_at"):
            settled_at = self.timer(hold) or settled_at
        return earliest(settled_at, otherwise) if self.has("12_never_later_than_otherwise") else settled_at

    def end_otherwise(self, hold: Json) -> datetime | None:
        rule, timer, cleared = hold["rule"], self.timer(hold), hold["cleared"]
        if hold["released"] is not None:
            return hold["released"]
        if rule["clearance"] is None:
            return timer
        if timer is None:
            return cleared
        if rule["lifted_by"] == "any":
            return earliest(timer, cleared)
        return None if cleared is None else latest(timer, cleared)

    # --- Identity -----------------------------------------------------------------------------------------------------

    def report_identity(self, event_id: str, at: datetime, identity: str | None, until: datetime | None) -> None:
        """(rule 14) Of two reports the later one counts, by instant, then id."""
        report = {"id": event_id, "at": at}
        if report in self.retracted_reports:  # (rule 30)
            return
        if report in self.reports and self.has("a_report_is_handled_once"):
            return
        on_record = self.identity
        if on_record is not None and (at, event_id) <= (on_record["ranks_at"], on_record["event"]):
            return
        self.reports = [*self.reports, report][-REPORTS_MAX:]
        self.identity = {
            "event": event_id,
            "at": at,
            "ranks_at": at,
            "identity": identity,
            "until": until,
            "retracted_at": None,
        }

    def is_verified(self, at: datetime) -> bool:
        """(rule 14) The identity on record counts for every instant before its end."""
        on_record = self.identity
        if on_record is None or (at < on_record["at"] and not self.has("an_identity_counts_before_its_report")):
            return False
        return on_record["identity"] is not None and is_open_until(on_record["until"], at)

    def accepted_methods(self, hold: Json, at: datetime) -> list[str]:
        clearance = hold["rule"]["clearance"]
        return clearance["verified"] if self.is_verified(at) else clearance["unverified"]

    # --- Retraction ---------------------------------------------------------------------------------------------------

    def retract(self, policy: Json, event: Json) -> None:
        """(rule 30) What was reported under that id did not happen, not to this account, or not then."""
        named = event["authority"] in policy.get("retractable_by", ["security"])
        if event["by"]["kind"] != "admin" or not (named or not self.has("30_an_authority")):
            raise RefusedError("not_authorized")
        triggers = [trigger for hold in self.holds for trigger in hold["triggers"] if trigger["id"] == event["event"]]
        reports = [self.identity] if self.identity is not None and self.identity["event"] == event["event"] else []
        known_report = any(report["id"] == event["event"] for report in self.retracted_reports)
        if not triggers and not reports and not known_report:
            raise RefusedError("unknown_event")
        mark = {"id": event["id"], "at": event["at"]}
        if mark in self.retractions and self.has("a_retraction_is_handled_once"):
            return
        triggers = [trigger for trigger in triggers if self.counts_after(trigger["settled_at"], event["at"])]
        reports = [report for report in reports if self.counts_after(report["retracted_at"], event["at"])]
        for trigger in triggers:
            trigger["settled_at"] = event["at"]
        for report in reports:
            self.retract_identity(report, event["at"])
        if triggers or reports:
            self.retractions = [*self.retractions, mark][-RETRACTIONS_MAX:]

    def counts_after(self, settled_at: datetime | None, at: datetime) -> bool:
        """(rule 30) It is not settled, or it is settled later."""
        return settled_at is None or (at < settled_at and self.has("30_settled_later"))

    def retract_identity(self, report: Json, at: datetime) -> None:
        """(rule 30) No identity from the retraction on; it ranks at the earlier of the two instants."""
        report["retracted_at"] = at
        report["until"] = earliest(report["until"], at)
        if self.has("30_ranks_at_the_earlier"):
            report["ranks_at"] = min(report["ranks_at"], at)
        known = {"id": report["event"], "at": report["at"]}
        if known not in self.retracted_reports:
            self.retracted_reports = [*self.retracted_reports, known][-REPORTS_MAX:]

    # --- Moves --------------------------------------------------------------------------------------------------------

    def move(self, policy: Json, event: Json) -> None:
        """One event about one hold (rules 13 to 18)."""
        hold = next((hold for hold in self.holds if hold["id"] == event["hold"]), None)
        if hold is None:
            raise RefusedError("unknown_hold", hold=event["hold"])
        if self.has_moved_before(hold, event):
            return
        own, stage = event["at"], hold["stage"]
        if event.get("attempt") is not None:
            event = {**event, "names_another": not self.names_the_open_round(hold, event)}
        if event.get("names_another") is False:
            event = {**event, "at": max(own, stage["opened"])}
            if self.is_a_late_word(stage, event, own):
                if self.has("18_late_words_are_remembered"):
                    remember_the_move(hold, event, own)
                return
        reason = self.reason_to_refuse(hold, event)
        if reason is not None:
            raise self.refused(reason, hold, event)
        self.make_the_move(policy, hold, event, own)
        remember_the_move(hold, event, own)
        hold["latest_move"] = latest(hold["latest_move"], event["at"])

    def has_moved_before(self, hold: Json, event: Json) -> bool:
        """(rule 18) The same type and id, and the same instant or that which it was read as."""
        return any(
            (move["type"], move["id"]) == (event["type"], event["id"])
            and (event["at"] in self.instants_of(move) or not self.has("18_moves_by_instant"))
            for move in hold["moves"]
        )

    def instants_of(self, move: Json) -> list[datetime]:
        """(rule 18) Its own, and that which it was read as."""
        return [move["own"], *([move["at"]] if self.has("18_moves_by_what_they_were_read_as") else [])]

    def names_the_open_round(self, hold: Json, event: Json) -> bool:
        """(rule 18) A round that has lapsed is not open, and no event is believed about another one."""
        if "opened" not in hold["stage"]:
            return False
        return event["attempt"] == self.open_round(hold, max(event["at"], hold["stage"]["opened"]))

    def open_round(self, hold: Json, at: datetime) -> str | None:
        """The round that has not lapsed by then."""
        stage = hold["stage"]
        lapsed = stage["name"] == "verification" and not is_open_until(stage["due"], at)
        return None if lapsed else stage.get("round")

    def is_a_late_word(self, stage: Json, event: Json, own: datetime) -> bool:
        """(rule 18) It is of before the latest request for more, by the vendor's own instants, or already known."""
        if self.has("18_words_by_their_own_instants"):
            before_the_request = is_before(own, stage["asked_own"])
        else:
            before_the_request = is_before(event["at"], stage["asked_at"])
        if event["type"] == "verification_submitted":
            return stage["name"] == "review" or before_the_request
        return event["type"] == "appeal_submitted" and stage["name"] == "appeal" and before_the_request

    def refused(self, reason: str, hold: Json, event: Json) -> RefusedError:
        return RefusedError(reason, self.is_outdated(hold, event), hold["id"])

    def is_outdated(self, hold: Json, event: Json) -> bool:
        """(section 4)"""
        attempt, at = event.get("attempt"), event["at"]
        open_round = self.open_round(hold, at)
        if not self.has("4_a_lapsed_round_is_not_open"):
            open_round = hold["stage"].get("round")
        if attempt is not None and attempt == open_round and self.has("4_the_open_round_is_believed"):
            return False
        remembered = {move["id"] for move in hold["moves"] if move["opens"]} | {hold["stage"].get("round")}
        if attempt is not None and attempt in remembered - {open_round}:
            return True
        trigger = latest_unsettled(hold)
        if not self.has("4_outdated_by_unsettled_triggers_only"):
            trigger = max(trigger["at"] for trigger in hold["triggers"])
        return is_before(at, hold["latest_move"]) or is_before(at, trigger)

    def state(self, hold: Json, at: datetime) -> str:
        """(rule 13) As the table has it: `restored` once it was cleared or released, even while it is open."""
        if is_cleared(hold) or hold["released"] is not None:
            return "restored"
        if hold["stage"]["name"] == "verification" and self.open_round(hold, at) is None:
            return "suspended"  # (rule 15) It has lapsed.
        return hold["stage"]["name"]

    def reason_to_refuse(self, hold: Json, event: Json) -> str | None:
        """(section 4) The first in the order of precedence."""
        at, kind = event["at"], event["type"]
        if not self.is_open(hold, at):
            return "hold_not_open"
        if hold["rule"]["clearance"] is None and kind != "release_ordered":
            return "no_clearance"
        state = self.state(hold, at)
        if not self.is_authorized(hold, event, state):
            return "not_authorized"
        if kind == "release_ordered":
            return "stale" if self.is_stale(hold, event, state) else None
        if (state, kind) not in TABLE or (state == "appeal" and self.waits_for_the_desk(hold, kind)):
            return "wrong_state"
        reason = self.unmet_condition(hold, event, state)
        if reason is None and (event.get("names_another") or self.is_stale(hold, event, state)):
            return "stale"
        return reason

    def is_authorized(self, hold: Json, event: Json, state: str) -> bool:
        """(rule 17)"""
        kind, by = event["type"], event.get("by", {}).get("kind")
        if kind == "review_decided":
            return by != "user"
        if kind == "more_requested":
            if not self.has("17_who_may_ask_for_more"):
                return True
            return by != "user" and (by == "admin" or state != "appeal")
        if kind == "appeal_decided":
            return by == "admin"
        if kind == "release_ordered":
            named = event["authority"] in hold["rule"]["releasable_by"]
            return by != "user" and named and (by == "admin" or not event["override_stale"])
        return True

    def unmet_condition(self, hold: Json, event: Json, state: str) -> str | None:
        """The conditions of the table, in the order of precedence."""
        kind = event["type"]
        if kind == "verification_started":
            return self.unmet_by_a_start(hold, event)
        if kind == "review_decided":
            return self.unmet_by_a_review(hold, event)
        if kind == "appeal_submitted":
            return self.unmet_by_an_appeal(hold, event, state)
        on_an_appeal = kind == "appeal_decided" or (kind == "more_requested" and state == "appeal")
        if on_an_appeal and event["by"]["id"] == hold["reviewer"]:  # (rule 17)
            return "same_reviewer"
        return None

    def unmet_by_a_start(self, hold: Json, event: Json) -> str | None:
        if event["method"] not in self.accepted_methods(hold, event["at"]):  # (rule 14)
            return "method_not_accepted"
        return None if self.attempts_are_left(hold) else "attempts_exhausted"

    def unmet_by_a_review(self, hold: Json, event: Json) -> str | None:
        """(rule 14) No identity then, and the method is not for the unverified."""
        unverified = hold["rule"]["clearance"]["unverified"]
        accepted = self.is_verified(event["at"]) or hold["stage"]["method"] in unverified
        return "method_not_accepted" if event["outcome"] == "approved" and not accepted else None

    def unmet_by_an_appeal(self, hold: Json, event: Json, state: str) -> str | None:
        """(rules 13, 16)"""
        if state == "suspended" and not self.appeal_is_offered(hold, event["at"]):
            return "appeal_not_offered"
        missing = set(self.documents_needed(hold, state)) - set(event["documents"])
        return "documents_missing" if missing else None

    def waits_for_the_desk(self, hold: Json, kind: str) -> bool:
        """(rule 13) An open appeal is submitted again only while it waits for the person."""
        return kind == "appeal_submitted" and not hold["stage"]["waiting"]

    def attempts_are_left(self, hold: Json) -> bool:
        attempts = hold["rule"]["clearance"]["attempts"]
        return not hold["final"] and (attempts is None or hold["failures"] < attempts)

    def documents_needed(self, hold: Json, state: str) -> list[str]:
        if state == "appeal":
            return hold["stage"]["documents"]
        return hold["rule"]["clearance"]["appeal"]["documents"]

    def appeal_is_offered(self, hold: Json, at: datetime) -> bool:
        """(rule 16)"""
        appeal = hold["rule"]["clearance"]["appeal"]
        if appeal is None or hold["failures"] < appeal["after_failures"] or hold["appeals"] >= appeal["limit"]:
            return False
        since = latest(hold["latest_failure"], latest_unsettled(hold)) or hold["triggers"][0]["at"]
        return appeal["within"] is None or at - since < appeal["within"]

    def is_stale(self, hold: Json, event: Json, state: str) -> bool:
        """(rule 18) Nothing old decides something new."""
        kind, at, trigger = event["type"], event["at"], latest_unsettled(hold)
        if kind == "release_ordered":
            old = is_before(at, trigger) or is_before(at, hold["latest_move"])
            return old and not event["override_stale"]
        if kind == "verification_started" or (kind == "appeal_submitted" and state == "suspended"):
            return is_before(at, hold["latest_move"])
        if event.get("attempt") is None and at < hold["stage"]["opened"]:
            return True
        if kind in ("review_decided", "appeal_decided", "more_requested") and is_before(at, trigger):
            return True
        approved = kind == "review_decided" and event["outcome"] == "approved"
        return approved and event["by"]["kind"] != "admin" and is_before(hold["stage"]["submitted"], trigger)

    def make_the_move(self, policy: Json, hold: Json, event: Json, own: datetime) -> None:
        """(rule 13) The rows of the table."""
        kind, at, stage, clearance = event["type"], event["at"], hold["stage"], hold["rule"]["clearance"]
        if kind == "release_ordered":
            hold["released"] = at
            hold["stage"] = {"name": "restored"}
        elif kind == "verification_started":
            due = plus(at, clearance["verify_within"])
            hold["stage"] = new_round("verification", event["id"], at, due) | {"method": event["method"]}
        elif kind == "verification_submitted":
            due = due_of(policy, at, clearance["review_within"], clearance["review_business_days"])
            hold["stage"] = {**stage, "name": "review", "submitted": at, "due": due}
        elif kind == "verification_failed":
            self.fail(hold, event)
        elif kind == "review_decided":
            hold["reviewer"] = event["by"]["id"]
            if event["outcome"] == "approved":
                self.record_identity(hold, event)
                self.clear(hold, at)
            else:
                hold["final"] = hold["final"] or event["final"]
                self.fail(hold, event)
        elif kind == "more_requested":
            hold["stage"] = self.ask_for_more(stage, event, own, clearance)
        elif kind == "appeal_submitted":
            due = due_of(policy, at, clearance["appeal"]["decide_within"], clearance["appeal"]["decide_business_days"])
            if stage["name"] == "appeal":
                hold["stage"] = {**stage, "waiting": False, "due": due}
            else:
                hold["appeals"] += 1
                hold["stage"] = new_round("appeal", event["id"], at, due)
        elif kind == "appeal_decided" and event["outcome"] == "granted":
            self.clear(hold, at)
        else:
            hold["reasons"] = event["reasons"]
            hold["stage"] = {"name": "suspended"}

    def ask_for_more(self, stage: Json, event: Json, own: datetime, clearance: Json) -> Json:
        """(rules 13, 15) The same round goes on; an appeal that waits for the person has no due."""
        kept = set() if self.has("a_second_request_replaces_the_first") else set(stage["documents"])
        asked = {
            "asked_own": own,
            "asked_at": event["at"],
            "reasons": event["reasons"],
            "documents": sorted(kept.union(event["documents"])),
        }
        if stage["name"] == "appeal":
            return {**stage, **asked, "waiting": True, "due": None}
        return {**stage, **asked, "name": "verification", "due": plus(event["at"], clearance["verify_within"])}

    def fail(self, hold: Json, event: Json) -> None:
        hold["failures"] += 1
        hold["latest_failure"] = latest(hold["latest_failure"], event["at"])
        hold["reasons"] = event["reasons"]
        hold["stage"] = {"name": "suspended"}

    def clear(self, hold: Json, at: datetime) -> None:
        hold["cleared"] = at
        hold["stage"] = {"name": "restored"}

    def record_identity(self, hold: Json, event: Json) -> None:
        """(rule 14)"""
        identity = IDENTITY_OF.get(hold["stage"]["method"])
        if identity is not None:
            until = plus(event["at"], hold["rule"]["clearance"]["identity_valid_for"])
            self.report_identity(event["id"], event["at"], identity, until)

    # --- Answers ------------------------------------------------------------------------------------------------------

    def check(self, at: str, request: Json) -> Json:
        """The decision in its wire form (rules 20 to 24)."""
        instant = read_instant(at)
        if request.get("account") not in (None, self.account_id):
            raise InvalidValueError("account")
        denying = [hold for hold in self.open_holds(instant) if covers(hold, request)]
        answer = {
            "decision": "denied" if denying else "allowed",
            "account": self.account_id,
            "at": write_instant(instant),
            "operation": request["operation"],
            "destination": "known" if request.get("destination") == "known" else "new",
            "phase": self.phase(instant),
        }
        if request.get("destination_id") is not None:
            answer["destination_id"] = request["destination_id"]
        if denying:
            ends = [self.end(hold) for hold in denying]
            answer["resumes_at"] = None if None in ends else write_instant(latest(*ends))  # (rule 21)
            answer["holds"] = [self.describe(hold, instant) for hold in denying]
        return answer

    def open_holds(self, at: datetime) -> list[Json]:
        return [hold for hold in self.holds if self.is_open(hold, at)]

    def phase(self, at: datetime) -> str:
        """(rule 22)"""
        if not self.holds:
            return "active"
        if not self.open_holds(at):
            return "restored"
        states = [self.state(hold, at) for hold in self.open_holds(at) if is_outstanding(hold)]
        return min(states, key=LEAST_ADVANCED_FIRST.index, default="suspended")

    def describe(self, hold: Json, at: datetime) -> Json:
        """A hold as a decision says it."""
        state = self.state(hold, at)
        shown = {
            "id": hold["id"],
            "rule": hold["rule"]["id"],
            "trigger": hold["rule"]["trigger"],
            "policy": hold["policy"],
            "state": "suspended" if state == "restored" else state,  # (rule 13)
            "since": write_instant(self.since(hold)),
            "until": write_instant(self.timer(hold)),
            "reasons": [] if state == "review" or self.is_only_cleared(hold) else hold["reasons"],
            "public_reason": hold["public_reason"],
            "steps": self.steps(hold, at, state),
        }
        if hold["destination_id"] is not None:
            shown["destination_id"] = hold["destination_id"]
        return shown

    def is_only_cleared(self, hold: Json) -> bool:
        """A release leaves the reasons, also of a hold that was cleared before."""
        return is_cleared(hold) and hold["released"] is None

    def since(self, hold: Json) -> datetime:
        cause = hold["triggers"][0]
        unsettled = [trigger["at"] for trigger in hold["triggers"] if not is_settled(trigger)]
        return min(unsettled) if is_settled(cause) and unsettled else cause["at"]

    def steps(self, hold: Json, at: datetime, state: str) -> list[Json]:
        """(rule 23)"""
        stage = hold["stage"]
        if state == "verification":
            steps = self.steps_of_a_verification(hold)
        elif state == "review":
            steps = [{"step": "await_review", "due": write_instant(stage["due"])}]
        elif state == "appeal":
            steps = self.steps_of_an_appeal(hold, at)
        elif state == "suspended":
            steps = self.steps_of_a_suspension(hold, at)
        else:
            steps = contact_support(hold)
        return self.wait(hold, at) + steps

    def wait(self, hold: Json, at: datetime) -> list[Json]:
        until = self.end(hold) or self.timer(hold)
        return [{"step": "wait", "until": write_instant(until)}] if until is not None and at < until else []

    def steps_of_a_suspension(self, hold: Json, at: datetime) -> list[Json]:
        if hold["rule"]["clearance"] is None or is_before(at, hold["latest_move"]):
            return contact_support(hold)  # It would be refused: the hold knows of a later move.
        steps = []
        if self.attempts_are_left(hold) and self.accepted_methods(hold, at):
            steps.append({"step": "verify", "methods": self.accepted_methods(hold, at)})
        if self.appeal_is_offered(hold, at):
            steps.append({"step": "appeal", "documents": self.documents_needed(hold, "suspended")})
            return steps
        return steps + contact_support(hold)

    def steps_of_a_verification(self, hold: Json) -> list[Json]:
        stage = hold["stage"]
        if self.has("23_not_after_the_end") and not self.is_open(hold, stage["opened"]):
            return contact_support(hold)
        due, reasons, documents = write_instant(stage["due"]), stage["reasons"], stage["documents"]
        step = {"step": "complete_verification", "method": stage["method"], "due": due}
        return [{**step, "reasons": reasons, "documents": documents}]

    def steps_of_an_appeal(self, hold: Json, at: datetime) -> list[Json]:
        stage = hold["stage"]
        if not stage["waiting"]:
            return [{"step": "await_appeal", "due": write_instant(stage["due"])}]
        if is_before(at, hold["latest_move"]):
            return contact_support(hold)
        return [{"step": "appeal", "documents": stage["documents"]}, *contact_support(hold)]

    def next_change_at(self, at: str) -> str | None:
        """(rule 5) The first instant after `at` at which the open holds read otherwise, if nothing happens."""
        now = read_instant(at)
        for instant in sorted(self.turning_points()):
            if instant > now and self.view(instant) != self.view(now):
                return write_instant(instant)
        return None

    def view(self, at: datetime) -> tuple[str, list[Json]]:
        return self.phase(at), [self.describe(hold, at) for hold in self.open_holds(at)]

    def turning_points(self) -> set[datetime]:
        """Every instant at which anything can change by itself."""
        instants = [self.identity["until"]] if self.identity is not None else []
        for hold in self.holds:
            instants += [self.end(hold), self.timer(hold), hold["stage"].get("due"), hold["latest_move"]]
            appeal = (hold["rule"]["clearance"] or {}).get("appeal")
            if appeal is not None and appeal["within"] is not None:
                since = latest(hold["latest_failure"], latest_unsettled(hold)) or hold["triggers"][0]["at"]
                instants.append(since + appeal["within"])
        return {instant for instant in instants if instant is not None}

    def show(self) -> Json:
        """The account, for comparing and for debugging: instants as on the wire, and what follows from them."""
        holds = [
            {**written(hold), "end": write_instant(self.end(hold)), "timer": write_instant(self.timer(hold))}
            for hold in self.holds
        ]
        reports = [written(report) for report in self.retracted_reports]
        return {"id": self.account_id, "holds": holds, "identity": written(self.identity), "retracted": reports}


TABLE = {
    # (rule 13) Which event has a row in which state.
    ("suspended", "verification_started"),
    ("verification", "verification_started"),
    ("verification", "verification_submitted"),
    ("verification", "verification_failed"),
    ("review", "review_decided"),
    ("review", "more_requested"),
    ("suspended", "appeal_submitted"),
    ("appeal", "more_requested"),
    ("appeal", "appeal_submitted"),
    ("appeal", "appeal_decided"),
}


def written(value: Any) -> Any:
    """The same with its instants as text."""
    if isinstance(value, datetime):
        return write_instant(value)
    if isinstance(value, dict):
        return {name: written(member) for name, member in value.items()}
    if isinstance(value, list):
        return [written(member) for member in value]
    return value


def where_matches(rule: Json, event: Json) -> bool:
    """(rule 6) A fact that the event does not carry, or carries with another type, matches."""
    facts = {**event.get("context", {}), "initiated_by": event["initiated_by"]}
    return all(
        name not in facts or type(facts[name]) is not type(expected) or facts[name] == expected
        for name, expected in rule["where"].items()
    )


def until_of(policy: Json, rule: Json, event: Json) -> datetime | None:
    """The end of the timer that the event sets (rules 12, 25, 29)."""
    if rule["business_days"] is not None:
        until = end_of_business_day(policy.get("calendar"), event["at"], rule["business_days"])
        if until is None:
            raise InvalidValueError("calendar")
        return until
    duration = rule["duration"]
    if rule["chosen"] is not None and event.get("duration") is not None:
        duration = read_duration(event["duration"])
        if not rule["chosen"]["minimum"] <= duration <= rule["chosen"]["maximum"]:
            raise InvalidValueError("duration")
    return plus(event["at"], duration)


def end_of_business_day(calendar: Json | None, at: datetime, count: int) -> datetime | None:
    """(rule 29) The end of the n-th business day that begins after `at`; none where the calendar does not reach."""
    days = [(read_instant(day["begins"]), read_instant(day["ends"])) for day in (calendar or {"days": []})["days"]]
    later = [ends for begins, ends in days if begins > at]
    if not days or at < days[0][0] or len(later) < count:
        return None
    return later[count - 1]


def due_of(policy: Json, at: datetime, within: timedelta | None, business_days: int | None) -> datetime | None:
    """(rules 15, 29)"""
    if business_days is not None:
        return end_of_business_day(policy.get("calendar"), at, business_days)
    return plus(at, within)


def new_hold(policy: Json, written_rule: Json, rule: Json, trigger: Json) -> Json:
    return {
        "id": f"{trigger['id']}:{rule['id']}",  # (rule 10)
        "rule": rule,
        "public_reason": public_reason_of(written_rule),
        "policy": {"id": policy["id"], "version": policy["version"]},
        "destination_id": None,
        "triggers": [trigger],
        "dropped_at": None,
        "dropped_until": None,
        "stage": {"name": "suspended"},
        "failures": 0,
        "latest_failure": None,
        "final": False,
        "appeals": 0,
        "reviewer": None,
        "reasons": [],
        "released": None,
        "cleared": None,
        "moves": [],
        "latest_move": None,
    }


def new_round(name: str, event_id: str, at: datetime, due: datetime | None) -> Json:
    return {
        "name": name,
        "round": event_id,
        "opened": at,
        "due": due,
        "asked_own": None,
        "asked_at": None,
        "reasons": [],
        "documents": [],
        "waiting": False,
    }


def remember_the_move(hold: Json, event: Json, own: datetime) -> None:
    """(rule 18) The last 16: type, id, and both its own instant and that which it was read as."""
    move = {"type": event["type"], "id": event["id"], "own": own, "at": event["at"]}
    hold["moves"].append({**move, "opens": hold["stage"].get("round") == event["id"]})
    del hold["moves"][:-MOVES_MAX]


def is_open_until(end: datetime | None, at: datetime) -> bool:
    """(rule 3) Half-open, and also before it began."""
    return end is None or at < end


def is_before_end_reached(end: datetime | None, at: datetime) -> bool:
    """(rule 7) It had ended before `at`; one that ends at that very instant had not."""
    return end is not None and end < at


def covers(hold: Json, request: Json) -> bool:
    """(rules 20, 27)"""
    return covers_operation(hold["rule"], request["operation"]) and covers_destination(hold, request)


def covers_operation(rule: Json, operation: str) -> bool:
    """(rule 20) An operation that nobody knows is covered."""
    if rule["operations"] == "*" or operation in rule["operations"]:
        return True
    return operation not in WELL_KNOWN_OPERATIONS and operation not in rule["leaves"]


def covers_destination(hold: Json, request: Json) -> bool:
    if hold["rule"]["destinations"] == "named":
        return hold["destination_id"] is None or request.get("destination_id") in (None, hold["destination_id"])
    return hold["rule"]["destinations"] == "any" or request.get("destination") != "known"


def contact_support(hold: Json) -> list[Json]:
    authorities = hold["rule"]["releasable_by"]
    return [{"step": "contact_support", "authorities": authorities}] if authorities else []
