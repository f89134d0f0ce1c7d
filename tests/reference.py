"""The rulebook, spelled out as plainly as possible: the oracle of the differential test.

It shares nothing with the library. It speaks the wire format, remembers only what was handled, and works everything
out again from that list whenever it is asked. Slow, obvious, and meant to be read beside section 4 of the design;
"(rule 9)" is a paragraph of that section, and from 25 on one of `docs/rulebook.md`.

An account is a dict: `holds` in order of placement, `identity`, and `report`, the (instant, event id) of the identity
report that counts. A hold is a dict too; `_place` lists everything that it remembers.

How rules 25 to 29 are read where their words leave it open:

- What an event may not say, and a day that the calendar does not have, are looked at for every rule that listens and
  matches, before anything is heard (25, 29).
- "The hold lasts as long" is about its timer; a hold that was released has been looked at, and hears whatever is
  older. Where a further trigger moves no timer (`keep`), it makes nothing longer (25).
- What a released hold would have lasted is remembered until then, or an event that it has heard could come back (25).
- The latest trigger of a hold is the latest by instant, and of two in one instant the one told first: an older event
  that joins moves the timer alone (25, 26).
- What joins a crowd is the latest trigger of a hold then, and heard like one (26).
- Of what has ended by a new trigger and knows of nothing later, the earliest are those placed first (26).
- Rule 7 comes before a trigger extends, as it comes before rule 8. What came before its turn is joined when the hold is
  placed, and also when it is made longer; on record are the two triggers of each hold whose rule listens to it (28).
- A day that begins at the very instant of a trigger does not begin after it. What lies before the first day that the
  calendar has lies before the calendar (29).
- Due dates follow the calendar of the policy that is in force when the review or the appeal begins (29).
"""

import copy
import re
from datetime import UTC, datetime, timedelta

# Which states of a hold each event of the table may follow (rule 13). A release may follow any of them.
FOLLOWS = {
    "verification_started": ("suspended", "verification"),
    "verification_submitted": ("verification",),
    "verification_failed": ("verification",),
    "review_decided": ("review",),
    "appeal_submitted": ("suspended",),
    "appeal_decided": ("appeal",),
}
OPENS_A_ROUND = ("verification_started", "appeal_submitted")
DECIDES = ("review_decided", "appeal_decided", "release_ordered")
RECORDS_IDENTITY = {"identity_personal": "personal", "identity_business": "business"}
LEAST_ADVANCED_FIRST = ("suspended", "verification", "review", "appeal")
REMEMBERED_MAX = 64
APART_MAX = 63
# What an event may not say: not a refusal of the account's, but of the policy's (rules 25 and 29).
INVALID = "invalid_value"
# A rule, a clearance and an appeal mean the same with these left out and with nothing in them.
MAY_BE_LEFT_OUT = ("chosen", "business_days", "extended_by", "review_business_days", "decide_business_days")


class Reference:
    """One account, remembered as the list of what was handled."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.history: list[tuple[dict, dict]] = []

    def handle(self, policy: dict, event: dict) -> str | None:
        """None if the event is applied (or changes nothing), else why it is refused; then nothing is kept."""
        refused = self.refusal(policy, event)
        if refused:
            return refused[0]
        self.history.append(copy.deepcopy((policy, event)))
        return None

    def refusal(self, policy: dict, event: dict) -> tuple[str, bool] | None:
        """The reason and whether the event is outdated, or None if it may be applied. Nothing is kept."""
        if event["account"] != self.account:
            return "wrong_account", False
        if event["type"] == "security_event":
            return (INVALID, False) if _is_invalid(policy, event) else None
        if event["type"] == "identity_changed":
            return None
        # A hold keeps the terms under which it was placed: from here on, nothing depends on today's policy.
        account = self._fold()
        hold = _find(account, event["hold"])
        if hold is None:
            return "unknown_hold", False
        if _redelivered(hold, event):
            return None
        reason = _why_refused(account, hold, event)
        return (reason, _instant(event["at"]) < _latest_known(hold)) if reason else None

    def check(self, at: str, request: dict) -> dict:
        """May it withdraw? (rules 20 and 21)"""
        account, now = self._fold(), _instant(at)
        destination = "known" if request["destination"] == "known" else "new"
        decision = {"decision": "allowed", "account": self.account, "at": _text(now), "phase": _phase(account, now)}
        decision.update(operation=request["operation"], destination=destination, **_named(request))
        denying = [hold for hold in account["holds"] if _is_open(hold, now) and _covers(hold, request)]
        if not denying:
            return decision
        ends = [_end(hold) for hold in denying]
        resumes_at = None if None in ends else _text(max(ends))
        return dict(decision, decision="denied", resumes_at=resumes_at, holds=[_view(account, h, now) for h in denying])

    def open_holds(self, at: str) -> list[dict]:
        """Every hold that is open, whatever its scope (rule 23)."""
        account, now = self._fold(), _instant(at)
        return [_view(account, hold, now) for hold in account["holds"] if _is_open(hold, now)]

    def phase(self, at: str) -> str:
        return _phase(self._fold(), _instant(at))

    def next_change_at(self, at: str) -> str | None:
        """The first boundary after `at` from which the answers are others than at `at` (rule 5)."""
        boundaries = {instant for hold in self._fold()["holds"] for instant in _boundaries(hold)}
        answers = (self.open_holds(at), self.phase(at))
        for boundary in sorted(instant for instant in boundaries if instant > _instant(at)):
            then = _text(boundary)
            if (self.open_holds(then), self.phase(then)) != answers:
                return then
        return None

    def _fold(self) -> dict:
        account = {"holds": [], "identity": None, "report": None}
        for policy, event in self.history:
            if event["type"] == "security_event":
                _security_event(account, policy, event)
            elif event["type"] == "identity_changed":
                _report_identity(account, event, event["identity"])
            elif not _redelivered(_find(account, event["hold"]), event):
                _move(account, policy, _find(account, event["hold"]), event)
        return account


# --- 4.2 Placing holds ------------------------------------------------------------------------------------------------


def _is_invalid(policy: dict, event: dict) -> bool:
    """Does it choose what a rule does not let it choose, or is it on no day that the calendar knows of? (25, 29)"""
    for rule in policy["rules"]:
        if not _listens(rule, event):
            continue
        if rule.get("chosen") and event.get("duration"):
            at_least, at_most = _duration(rule["chosen"]["minimum"]), _duration(rule["chosen"]["maximum"])
            if not at_least <= _duration(event["duration"]) <= at_most:
                return True
        if rule.get("business_days") and _timer(policy, rule, event) is None:
            return True
    return False


def _security_event(account: dict, policy: dict, event: dict) -> None:
    for rule in policy["rules"]:
        if _listens(rule, event) and rule["repeat"] == "separate":
            _trigger_apart(account, policy, rule, event)
        elif _listens(rule, event):
            _trigger(account, policy, rule, event)
        elif event["trigger"] in rule.get("extended_by", ()):
            _extend(account, rule, event)


def _listens(rule: dict, event: dict) -> bool:
    return rule["trigger"] == event["trigger"] and _where_matches(rule["where"], event)


def _where_matches(where: dict, event: dict) -> bool:
    """An unknown fact, or one of another type, matches (rule 6)."""
    facts = dict(event["context"], initiated_by=event["initiated_by"])
    for name, wanted in where.items():
        if name in facts and type(facts[name]) is type(wanted) and facts[name] != wanted:
            return False
    return True


def _timer(policy: dict, rule: dict, event: dict) -> datetime | None:
    """Until when the timer of this rule runs, for this event alone."""
    if rule.get("business_days"):
        return _end_of_business_day(policy, _instant(event["at"]), rule["business_days"])
    chosen = event.get("duration") if rule.get("chosen") else None
    return _after(_instant(event["at"]), chosen or rule["duration"])


def _end_of_business_day(policy: dict, at: datetime, n: int) -> datetime | None:
    """The end of the n-th business day that begins after an instant, or none if the calendar does not say (rule 29)."""
    calendar = policy.get("calendar")
    days = sorted((_instant(day["begins"]), _instant(day["ends"])) for day in calendar["days"]) if calendar else []
    if not days or at < days[0][0]:
        return None
    after = [ends for begins, ends in days if begins > at]
    return after[n - 1] if len(after) >= n else None


def _trigger(account: dict, policy: dict, rule: dict, event: dict) -> None:
    at, until = _instant(event["at"]), _timer(policy, rule, event)
    if _is_heard(account, rule, event, until):
        return
    for hold in _same_rule(account, rule):  # rule 8; there is never more than one such hold
        if _is_open(hold, at) and not _is_lifted(hold):
            _join(hold, event, until)
            _join_what_came_before(account, hold)
            return
    new = _place(account, policy, rule, event, until)  # rule 9
    forgotten = _ended_and_knows_of_nothing_later(account, rule, at)
    if rule.get("chosen") and rule["repeat"] == "extend":
        forgotten = [hold for hold in forgotten if hold["timer"] <= at]
    _record(account, new, forgotten)
    _join_what_came_before(account, new)


def _is_heard(account: dict, rule: dict, event: dict, until: datetime | None) -> bool:
    """Once is enough (rule 7)."""
    if _is_on_record(account, rule, event):  # this very event has been heard
        return True
    return any(_reaches_beyond(hold, _instant(event["at"]), until) for hold in _same_rule(account, rule))


def _is_on_record(account: dict, rule: dict, event: dict) -> bool:
    this = (event["id"], _instant(event["at"]))
    of_rule = [hold for hold in account["holds"] if hold["rule"]["id"] == rule["id"]]
    return any(this in (hold["first_trigger"], hold["latest_trigger"]) for hold in of_rule)


def _reaches_beyond(hold: dict, at: datetime, until: datetime | None) -> bool:
    """Has it heard of something at least as late, not ended before, and does it last as long?"""
    if hold["latest_trigger"][1] < at or (_end(hold) is not None and _end(hold) < at):
        return False
    chosen = hold["rule"].get("chosen") and hold["rule"]["repeat"] != "keep" and hold["released_at"] is None
    return not chosen or hold["timer"] >= until  # rule 25


def _extend(account: dict, rule: dict, event: dict) -> None:
    """A trigger that places nothing under this rule, and joins what is open (rule 28)."""
    at = _instant(event["at"])
    until = _after(at, rule["duration"])
    if _is_heard(account, rule, event, until):
        return
    for hold in _same_rule(account, rule):
        if _is_open(hold, at) and not _is_lifted(hold):
            _join(hold, event, until)
            _join_what_came_before(account, hold)
            return


def _join_what_came_before(account: dict, longer: dict) -> None:
    """What extends a hold may have come before its turn; other holds still know of it (rule 28)."""
    others = [hold for hold in account["holds"] if hold["rule"]["trigger"] in longer["rule"].get("extended_by", ())]
    came_before = {hold[which] for hold in others for which in ("first_trigger", "latest_trigger")}
    for event_id, at in sorted(came_before, key=lambda trigger: trigger[::-1]):
        event = {"id": event_id, "at": _text(at)}
        later = at > longer["latest_trigger"][1] and _is_open(longer, at)
        if later and not _is_on_record(account, longer["rule"], event):
            _join(longer, event, _after(at, longer["rule"]["duration"]))


def _trigger_apart(account: dict, policy: dict, rule: dict, event: dict) -> None:
    """Every event places a hold of its own (rule 26)."""
    at, until = _instant(event["at"]), _timer(policy, rule, event)
    same_rule, destination_id = _same_rule(account, rule), None
    time_alone = until is not None and (rule["clearance"] is None or rule["lifted_by"] == "any")
    if _is_on_record(account, rule, event):
        return
    if time_alone and any(hold["latest_trigger"][1] >= until for hold in same_rule):  # it would be over
        return
    still_open = [hold for hold in same_rule if _is_open(hold, at)]
    if len(still_open) < APART_MAX and rule["scope"]["destinations"] == "named":  # rule 27
        destination_id = event.get("destination_id")
    if len(still_open) >= APART_MAX:
        for hold in reversed(still_open):
            if hold["destination_id"] is None and not _is_lifted(hold):
                if not _reaches_beyond(hold, at, until):
                    _join(hold, event, until)
                return
    new = _place(account, policy, rule, event, until, destination_id)
    ended = _ended_and_knows_of_nothing_later(account, rule, at)
    over = [hold for hold in same_rule if hold["timer"] is not None and hold["timer"] <= at]
    _record(account, new, forgotten=over if time_alone else ended[: max(0, len(ended) - APART_MAX)])


def _same_rule(account: dict, rule: dict) -> list[dict]:
    return [hold for hold in account["holds"] if _terms(hold["rule"]) == _terms(rule)]


def _ended_and_knows_of_nothing_later(account: dict, rule: dict, at: datetime) -> list[dict]:
    ended = [hold for hold in _same_rule(account, rule) if _end(hold) is not None and _end(hold) <= at]
    return [hold for hold in ended if _latest_known(hold) <= at]


def _join(hold: dict, event: dict, until: datetime | None) -> None:
    """A further trigger: the timer is moved to the later of the two ends, but not if it is kept (rules 8 and 25)."""
    if _instant(event["at"]) > hold["latest_trigger"][1]:
        hold["latest_trigger"] = (event["id"], _instant(event["at"]))
    if until is not None and hold["rule"]["repeat"] != "keep":
        hold["timer"] = max(hold["timer"], until)


def _record(account: dict, new: dict, forgotten: list[dict]) -> None:
    account["holds"] = [hold for hold in account["holds"] if not any(hold is gone for gone in forgotten)] + [new]


def _terms(rule: dict) -> dict:
    """A rule by value: lists that are sets have no order, PT24H is P1D, and True is not 1."""

    def value_of(key, value):
        if key in ("duration", "minimum", "maximum", "verify_within", "review_within", "within", "decide_within"):
            return _duration(value)
        if isinstance(value, dict):
            said = {name: inner for name, inner in value.items() if inner or name not in MAY_BE_LEFT_OUT}
            return {name: value_of(name if key != "where" else "", inner) for name, inner in said.items()}
        if isinstance(value, list):
            return frozenset(value)
        return type(value).__name__, value

    return value_of("", rule)


def _place(
    account: dict, policy: dict, rule: dict, event: dict, until: datetime | None, destination_id: str | None = None
) -> dict:
    first_choice = f"{event['id']}:{rule['id']}"
    hold_id, n = first_choice, 1
    while _find(account, hold_id) is not None:  # rule 10
        n += 1
        hold_id = f"{first_choice}#{n}"
    this = (event["id"], _instant(event["at"]))
    hold = {"id": hold_id, "rule": rule, "policy": {"id": policy["id"], "version": policy["version"]}}
    hold.update(first_trigger=this, latest_trigger=this, timer=until)
    hold.update(destination_id=destination_id)
    # What is going on: `round` is the event (id, instant) that opened the latest verification or appeal.
    hold.update(state="suspended", round=None, method=None, submitted_at=None, due=None)
    # What became of it: `closed` means no further verification, `reasons` are those of the latest verdict.
    hold.update(failures=0, failed_at=None, closed=False, appeals=0, reasons=[], reviewer=None, reviews=[])
    hold.update(cleared_at=None, released_at=None)
    # The latest instant at which an event of the table moved it, and which events did (rule 18).
    hold.update(moved_at=None, moved_by=[])
    return hold


# --- 4.3 Lifting holds: what a hold is --------------------------------------------------------------------------------


def _end(hold: dict) -> datetime | None:
    """When the hold ends, as far as is known (rule 12)."""
    until, cleared = hold["timer"], hold["cleared_at"]
    if hold["released_at"] is not None:
        return hold["released_at"]
    if hold["rule"]["clearance"] is None:  # a timer alone, or neither
        return until
    if until is None:
        return cleared
    if hold["rule"]["lifted_by"] == "any":
        return until if cleared is None else min(until, cleared)
    return None if cleared is None else max(until, cleared)


def _is_open(hold: dict, at: datetime) -> bool:
    return _end(hold) is None or at < _end(hold)


def _is_lifted(hold: dict) -> bool:
    """Has a person ended it, or cleared it?"""
    return hold["cleared_at"] is not None or hold["released_at"] is not None


def _outstanding(hold: dict) -> bool:
    """Is there a clearance still to be given?"""
    return hold["rule"]["clearance"] is not None and not _is_lifted(hold)


def _state(hold: dict, at: datetime) -> str:
    """The state as it reads at this instant: a given clearance and a lapsed verification read as suspended."""
    if not _outstanding(hold):
        return "suspended"
    lapsed = hold["state"] == "verification" and hold["due"] is not None and at >= hold["due"]
    return "suspended" if lapsed else hold["state"]


def _accepted_methods(account: dict, hold: dict) -> list[str]:
    return sorted(hold["rule"]["clearance"]["unverified" if account["identity"] is None else "verified"])


def _attempts_left(hold: dict) -> bool:
    attempts = hold["rule"]["clearance"]["attempts"]
    return not hold["closed"] and (attempts is None or hold["failures"] < attempts)


def _appeal_offered(hold: dict, at: datetime) -> bool:
    appeal = hold["rule"]["clearance"]["appeal"]
    if appeal is None or hold["failures"] < appeal["after_failures"] or hold["appeals"] >= appeal["limit"]:
        return False
    closes = _appeal_closes(hold)
    return closes is None or at < closes


def _appeal_closes(hold: dict) -> datetime | None:
    """The window counts from the latest failure or the latest trigger, whichever is later (rule 16)."""
    since = hold["latest_trigger"][1]
    if hold["failed_at"] is not None:
        since = max(since, hold["failed_at"])
    return _after(since, hold["rule"]["clearance"]["appeal"]["within"])


def _latest_known(hold: dict) -> datetime:
    trigger, moved = hold["latest_trigger"][1], hold["moved_at"]
    return trigger if moved is None else max(trigger, moved)


def _redelivered(hold: dict, event: dict) -> bool:
    return hold["moved_at"] == _instant(event["at"]) and (event["id"], event["type"]) in hold["moved_by"]


# --- 4.3 and 4.4: why an event of the table is refused, in the order that is promised ---------------------------------


def _why_refused(account: dict, hold: dict, event: dict) -> str | None:  # noqa: C901
    kind, at, rule = event["type"], _instant(event["at"]), hold["rule"]
    if not _is_open(hold, at):
        return "hold_not_open"
    if kind == "release_ordered":
        if event["by"]["kind"] == "user" or event["authority"] not in rule["releasable_by"]:
            return "not_authorized"
        return "stale" if _is_stale(hold, event) else None
    if rule["clearance"] is None:
        return "no_clearance"
    if kind == "review_decided" and event["by"]["kind"] == "user":
        return "not_authorized"
    if kind == "appeal_decided" and event["by"]["kind"] != "admin":
        return "not_authorized"
    if not _outstanding(hold) or _state(hold, at) not in FOLLOWS[kind]:
        return "wrong_state"
    if kind == "verification_started" and event["method"] not in _accepted_methods(account, hold):
        return "method_not_accepted"
    approves = kind == "review_decided" and event["outcome"] == "approved"
    taken_away = account["identity"] is None and hold["method"] not in rule["clearance"]["unverified"]
    if approves and taken_away:  # rule 14: was the identity taken away meanwhile?
        return "method_not_accepted"
    if kind == "verification_started" and not _attempts_left(hold):
        return "attempts_exhausted"
    if kind == "appeal_submitted" and not _appeal_offered(hold, at):
        return "appeal_not_offered"
    if kind == "appeal_submitted" and not set(rule["clearance"]["appeal"]["documents"]) <= set(event["documents"]):
        return "documents_missing"
    if kind == "appeal_decided" and event["by"]["id"] == hold["reviewer"]:
        return "same_reviewer"
    return "stale" if _is_stale(hold, event) else None


def _is_stale(hold: dict, event: dict) -> bool:
    """Nothing old decides something new (rule 18)."""
    kind, at, evidence = event["type"], _instant(event["at"]), hold["latest_trigger"][1]
    before_latest_move = hold["moved_at"] is not None and at < hold["moved_at"]
    if kind in OPENS_A_ROUND:
        return before_latest_move or (at == hold["moved_at"] and len(hold["moved_by"]) >= REMEMBERED_MAX)
    if kind == "release_ordered":
        return (at < evidence or before_latest_move) and not event.get("override_stale", False)
    opened_by, opened_at = hold["round"]
    if at < opened_at or event.get("attempt") not in (None, opened_by):
        return True
    if kind in DECIDES and at < evidence:
        return True
    if (event["id"], at) in hold["reviews"]:  # it was about an earlier round
        return True
    approved = kind == "review_decided" and event["outcome"] == "approved"
    return approved and event["by"]["kind"] != "admin" and hold["submitted_at"] < evidence


# --- 4.3: what an event of the table does -----------------------------------------------------------------------------


def _move(account: dict, policy: dict, hold: dict, event: dict) -> None:
    kind, at, clearance = event["type"], _instant(event["at"]), hold["rule"]["clearance"]
    if kind == "verification_started":
        hold.update(state="verification", round=(event["id"], at), method=event["method"], submitted_at=None)
        hold["due"] = _after(at, clearance["verify_within"])
    elif kind == "verification_submitted":
        due = _due(policy, at, clearance["review_within"], clearance.get("review_business_days"))
        hold.update(state="review", submitted_at=at, due=due)
    elif kind == "verification_failed":
        _fail(hold, event)
    elif kind == "review_decided":
        hold["reviewer"] = event["by"]["id"]
        hold["reviews"].append((event["id"], at))
        if event["outcome"] == "approved":
            hold.update(state="restored", cleared_at=at)
            if hold["method"] in RECORDS_IDENTITY:
                _report_identity(account, event, RECORDS_IDENTITY[hold["method"]])
        else:
            _fail(hold, event)
            hold["closed"] = hold["closed"] or event.get("final", False)
    elif kind == "appeal_submitted":
        appeal = clearance["appeal"]
        due = _due(policy, at, appeal["decide_within"], appeal.get("decide_business_days"))
        hold.update(state="appeal", round=(event["id"], at), appeals=hold["appeals"] + 1, due=due)
    elif kind == "appeal_decided" and event["outcome"] == "granted":
        hold.update(state="restored", cleared_at=at)
    elif kind == "appeal_decided":
        hold.update(state="suspended", reasons=event["reasons"])
    else:
        hold.update(state="restored", released_at=at)
    _remember(hold, event)


def _due(policy: dict, at: datetime, within: str | None, business_days: int | None) -> datetime | None:
    """By when it should be decided; where the calendar does not say, there is no such instant (rules 15 and 29)."""
    return _end_of_business_day(policy, at, business_days) if business_days else _after(at, within)


def _fail(hold: dict, event: dict) -> None:
    failures, failed_at = hold["failures"] + 1, _instant(event["at"])
    hold.update(state="suspended", failures=failures, failed_at=failed_at, reasons=event["reasons"])


def _remember(hold: dict, event: dict) -> None:
    at, this = _instant(event["at"]), (event["id"], event["type"])
    if hold["moved_at"] is None or at > hold["moved_at"]:
        hold.update(moved_at=at, moved_by=[this])
    elif at == hold["moved_at"]:
        hold["moved_by"].append(this)


def _report_identity(account: dict, event: dict, identity: str | None) -> None:
    """Of two reports the later one counts (rule 14)."""
    report = (_instant(event["at"]), event["id"])
    if account["report"] is None or report > account["report"]:
        account.update(identity=identity, report=report)


# --- 4.5 Answers ------------------------------------------------------------------------------------------------------


def _covers(hold: dict, request: dict) -> bool:
    """Is it about this operation, and may it be about this destination? (rules 20 and 27)"""
    operations, destinations = hold["rule"]["scope"]["operations"], hold["rule"]["scope"]["destinations"]
    if operations != "*" and request["operation"] not in operations:
        return False
    if destinations == "named":
        names = (hold["destination_id"], request.get("destination_id"))
        return None in names or names[0] == names[1]
    return destinations == "any" or request["destination"] != "known"


def _named(thing: dict) -> dict:
    """The one destination that it is about, where there is one."""
    return {} if thing.get("destination_id") is None else {"destination_id": thing["destination_id"]}


def _phase(account: dict, at: datetime) -> str:
    """The least advanced state among what is still to be cleared (rule 22)."""
    if not account["holds"]:
        return "active"
    still_open = [hold for hold in account["holds"] if _is_open(hold, at)]
    if not still_open:
        return "restored"
    states = [_state(hold, at) for hold in still_open if _outstanding(hold)]
    return min(states, key=LEAST_ADVANCED_FIRST.index, default="suspended")


def _view(account: dict, hold: dict, at: datetime) -> dict:
    rule = hold["rule"]
    view = {"id": hold["id"], "rule": rule["id"], "trigger": rule["trigger"], "policy": dict(hold["policy"])}
    view.update(state=_state(hold, at), since=_text(hold["first_trigger"][1]), until=_text(hold["timer"]))
    view.update(reasons=list(hold["reasons"]), steps=_steps(account, hold, at), **_named(hold))
    return view


def _steps(account: dict, hold: dict, at: datetime) -> list[dict]:
    """What can be done about an open hold (rule 23)."""
    steps, state, end, until = [], _state(hold, at), _end(hold), hold["timer"]
    if end is not None:
        steps.append({"step": "wait", "until": _text(end)})
    elif until is not None and at < until:
        steps.append({"step": "wait", "until": _text(until)})
    if state == "verification":
        steps.append({"step": "complete_verification", "method": hold["method"], "due": _text(hold["due"])})
    elif state == "review":
        steps.append({"step": "await_review", "due": _text(hold["due"])})
    elif state == "appeal":
        steps.append({"step": "await_appeal", "due": _text(hold["due"])})
    else:
        if _outstanding(hold) and _attempts_left(hold) and _accepted_methods(account, hold):
            steps.append({"step": "verify", "methods": _accepted_methods(account, hold)})
        if _outstanding(hold) and _appeal_offered(hold, at):
            steps.append({"step": "appeal", "documents": sorted(hold["rule"]["clearance"]["appeal"]["documents"])})
        elif hold["rule"]["releasable_by"]:
            steps.append({"step": "contact_support"})
    return steps


def _boundaries(hold: dict) -> list[datetime]:
    """Every instant at which time alone might change what is said about this hold."""
    clearance = hold["rule"]["clearance"]
    instants = [_end(hold), hold["timer"]]
    if hold["state"] == "verification":
        instants.append(hold["due"])
    if clearance is not None and clearance["appeal"] is not None:
        instants.append(_appeal_closes(hold))
    return [instant for instant in instants if instant is not None]


# --- 4.1 Time, and other small things ---------------------------------------------------------------------------------


def _find(account: dict, hold_id: str) -> dict | None:
    return next((hold for hold in account["holds"] if hold["id"] == hold_id), None)


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).astimezone(UTC)


def _text(instant: datetime | None) -> str | None:
    """`2026-01-05T09:00:00Z`; a fraction of six digits only when it is not zero."""
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def _duration(text: str | None) -> timedelta | None:
    if text is None:
        return None
    days, hours, minutes, seconds, fraction = re.fullmatch(
        r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,6}))?S)?)?", text
    ).groups(default="0")
    return timedelta(int(days), int(seconds), int(fraction.ljust(6, "0")), 0, int(minutes), int(hours))


def _after(start: datetime, text: str | None) -> datetime | None:
    return None if text is None else start + _duration(text)
