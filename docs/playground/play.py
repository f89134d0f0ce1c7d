"""What the playground asks of the library: a text and a list of events in, plain data for the page out.

    read      a text                          → the policy, or every fault of the text with its place
    answer    a policy, events, a question    → what each event did, the decision in words, the timeline
    examine   a policy                        → lint, and the four promises
    compare   two policies                    → the verdict, with a witness for each rule and direction

Nothing is decided here. A row that cannot be read may be a security event, so there is no answer while there is one.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Final, cast, final

import attrs

from withdraw_guard import (
    Account,
    AccountId,
    Allowed,
    Applied,
    Denied,
    Destination,
    Destinations,
    Event,
    EventRefused,
    InvalidValue,
    Policy,
    Request,
    Rule,
    analysis,
    apply,
    authorities,
    check,
    next_change_at,
    open_holds,
    operations,
    steps,
)

# The public face has no reader that tells every fault of a text; this is the one of `check-policy`.
from withdraw_guard._drafts.draft import Faulty, read_policy
from withdraw_guard._drafts.mistake import Mistake
from withdraw_guard._drafts.yaml_text import yaml_parts
from withdraw_guard.diagram import history_of, timeline_as_svg
from withdraw_guard.messages import (
    CATALOGUE,
    Audience,
    Message,
    explain_refusal,
    explanation_of,
    label_of,
    render,
)
from withdraw_guard.wire import Json, Members, event_from_dict, parse, to_dict

ACCOUNT: Final = AccountId("a1")
_REVIEWER: Final[Json] = {"id": "reviewer-1", "kind": "admin"}
_SECOND_REVIEWER: Final[Json] = {"id": "reviewer-2", "kind": "admin"}
_STAFF: Final[Json] = {"id": "staff-1", "kind": "admin"}


@final
@attrs.frozen(kw_only=True)
class Kind:
    """A kind of event that a row may have: its words, what it is about, and the members that are the same each time."""

    words: str
    members: Members
    is_about: str = "hold"


# By the type of the event and, after a colon, the member that tells it from the others of its type.
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "verification_started": Kind(words="verification is started", members={}),
        "verification_submitted": Kind(words="verification is submitted", members={"attempt": None}),
        "verification_failed": Kind(words="verification fails", members={"attempt": None, "reasons": []}),
        "review_decided:approved": Kind(
            words="reviewer approves",
            members={"attempt": None, "by": _REVIEWER, "outcome": "approved", "reasons": [], "final": False},
        ),
        "review_decided:rejected": Kind(
            words="reviewer rejects",
            members={"attempt": None, "by": _REVIEWER, "outcome": "rejected", "reasons": [], "final": False},
        ),
        "more_requested": Kind(
            words="reviewer asks for more",
            members={"attempt": None, "by": _REVIEWER, "reasons": [], "documents": ["proof_of_address"]},
        ),
        "appeal_submitted": Kind(words="appeal is filed", members={"attempt": None, "documents": []}),
        "appeal_decided:granted": Kind(
            words="appeal is granted",
            members={"attempt": None, "by": _SECOND_REVIEWER, "outcome": "granted", "reasons": []},
        ),
        "appeal_decided:dismissed": Kind(
            words="appeal is dismissed",
            members={"attempt": None, "by": _SECOND_REVIEWER, "outcome": "dismissed", "reasons": []},
        ),
        "release_ordered": Kind(
            words="staff releases the hold", members={"by": _STAFF, "note": "checked", "override_stale": False}
        ),
        "event_retracted": Kind(
            words="report was wrong", members={"by": _STAFF, "note": "wrong account"}, is_about="event"
        ),
        "identity_changed:personal": Kind(
            words="identity is verified", members={"identity": "personal", "valid_until": None}, is_about=""
        ),
        "identity_changed:business": Kind(
            words="identity of a business is verified",
            members={"identity": "business", "valid_until": None},
            is_about="",
        ),
        "identity_changed:none": Kind(
            words="identity is taken away", members={"identity": None, "valid_until": None}, is_about=""
        ),
    }
)
_SECURITY: Final = Kind(
    words="", members={"initiated_by": "user", "context": {}, "duration": None, "destination_id": None}, is_about=""
)
VERDICTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "equal": "equal",
        "stricter": "stricter",
        "looser": "looser",
        "incomparable": "stricter for some, looser for others",
        "unknown": "not known, because the search was not complete",
    }
)
STANDINGS: Final[Mapping[str, str]] = MappingProxyType(
    {"shown": "yes, shown", "ruled_out": "no, ruled out", "unknown": "not known"}
)


# ── The text of a policy ─────────────────────────────────────────────────────────────────────────────────────────


def read(text: str) -> Members:
    """Return the policy of a text and what its rules listen to, or every fault."""
    draft = _draft(text)
    if isinstance(draft, Faulty):
        return {"policy": None, "faults": [_fault(text, each) for each in _in_order(draft)]}
    return {"policy": _described(draft), "faults": []}


@lru_cache(maxsize=4)
def _draft(text: str) -> Policy | Faulty:
    return read_policy("policy", text.encode("utf-8", "surrogatepass"), yaml_parts)


def _in_order(draft: Faulty) -> list[Mistake]:
    return sorted(draft.mistakes, key=lambda each: each.begin)


def _fault(text: str, mistake: Mistake) -> Members:
    """Say a fault. Its places count as the page counts: in units of UTF-16, with a byte order mark."""
    mark = len(text) - len(text.removeprefix("\ufeff"))

    def place(at: int) -> int:
        return len(text[: at + mark].encode("utf-16-le", "surrogatepass")) // 2

    correction: Json = None
    if mistake.correction is not None:
        begin, end = place(mistake.correction.begin), place(mistake.correction.end)
        correction = {"begin": begin, "end": end, "text": mistake.correction.text}
    return {
        "says": str(mistake),
        "line": text.count("\n", 0, mistake.begin + mark) + 1,
        "begin": place(mistake.begin),
        "end": place(mistake.end),
        "advice": [*mistake.advice],
        "correction": correction,
    }


def _described(policy: Policy) -> Members:
    by_trigger: dict[str, Rule] = {}
    for rule in policy.rules:
        by_trigger.setdefault(rule.trigger, rule)
    asked = sorted({operations.WITHDRAWAL, *policy.operations})
    return {
        "name": analysis.named(policy.ref),
        "rules": len(policy.rules),
        "triggers": [
            {"what": f"security_event:{trigger}", "words": trigger.replace("_", " "), "details": _details(rule)}
            for trigger, rule in by_trigger.items()
        ],
        "operations": [{"name": each, "words": label_of(each, ["en"])} for each in asked],
    }


def _details(rule: Rule) -> str:
    """Write what an event must say beside its trigger, so that the rule places a hold."""
    members: Members = {}
    if rule.where:
        members["context"] = dict(rule.where)
    if rule.chosen is not None:
        (document,) = cast("list[Members]", to_dict(Policy(id="p", version="1", rules=(rule,)))["rules"])
        members["duration"] = cast("Members", document["chosen"])["minimum"]
    if rule.scope.destinations is Destinations.NAMED:
        members["destination_id"] = "address-1"
    return json.dumps(members, ensure_ascii=False) if members else ""


# ── Events ───────────────────────────────────────────────────────────────────────────────────────────────────────


def instant_text(written: str) -> str:
    """Complete an instant as people write it: `2026-01-05 09:00` is taken as UTC."""
    text = written.strip().replace(" ", "T", 1)
    day, _, time = text.partition("T")
    time = time or "00:00"
    clock = time.rstrip("Zz").partition("+")[0].partition("-")[0]
    zone = time[len(clock) :] or "Z"
    seconds = ":00" if clock.count(":") == 1 else ""
    return f"{day}T{clock}{seconds}{zone}"


def instant_of(written: str) -> datetime:
    """Read an instant as people write it. Raises `InvalidValue`."""
    head: Members = {"id": "e", "account": ACCOUNT, "at": instant_text(written)}
    return event_from_dict({"type": "identity_changed", **head, "identity": None}).at


def event_of(row: Members, policy: Policy, account: Account) -> Event:
    """Return the event of a row. What the row leaves open is what the account offers at that instant."""
    what, about = str(row["what"]), str(row["about"])
    kind, _, which = what.partition(":")
    at = instant_of(str(row["at"]))
    members: Members = {"type": kind, "id": row["id"], "account": ACCOUNT, "at": instant_text(str(row["at"]))}
    if what not in KINDS:
        members |= {"trigger": which, **_SECURITY.members}
    else:
        members |= KINDS[what].members
        if KINDS[what].is_about == "event":
            members |= {"event": about, "authority": min(policy.retractable_by, default=authorities.SECURITY)}
        if KINDS[what].is_about == "hold":
            members |= _about_a_hold(kind, about, account, at)
    return event_from_dict(members | _given(str(row["details"])))


def _given(details: str) -> Members:
    given = parse(details) if details.strip() else {}
    if type(given) is not dict:
        raise InvalidValue("details", 'must be an object such as `{"initiated_by": "admin"}`')
    return given


# The step that a hold offers before an event of this type.
_STEPS: Final[Mapping[str, type[steps.Step]]] = MappingProxyType(
    {
        "verification_started": steps.Verify,
        "verification_submitted": steps.CompleteVerification,
        "verification_failed": steps.CompleteVerification,
        "review_decided": steps.AwaitReview,
        "more_requested": steps.AwaitReview,
        "appeal_submitted": steps.Appeal,
        "appeal_decided": steps.AwaitAppeal,
        "release_ordered": steps.ContactSupport,
    }
)


def _about_a_hold(kind: str, about: str, account: Account, at: datetime) -> Members:
    """Return the hold, and what the next step of the hold says: the method, the documents or the authority."""
    known = open_holds(account, at)
    fitting = [each for each in known if any(isinstance(step, _STEPS[kind]) for step in each.steps)]
    hold = next((each for each in (*fitting, *known) if about in ("", each.id)), None)
    if hold is None and not about:
        raise InvalidValue("", "no hold is open at this instant")
    members: Members = {"hold": about if hold is None else hold.id}
    offered = () if hold is None else hold.steps
    if kind == "verification_started":
        methods = (method for step in offered if isinstance(step, steps.Verify) for method in step.methods)
        members["method"] = next(methods, "identity_personal")
    if kind == "appeal_submitted":
        members["documents"] = [name for step in offered if isinstance(step, steps.Appeal) for name in step.documents]
    if kind == "release_ordered":
        rules = (each.rule for each in account.holds if each.id == members["hold"])
        members["authority"] = min((name for rule in rules for name in rule.releasable_by), default=authorities.SUPPORT)
    return members


def row_of(event: Event) -> Members:
    """Return the row that `event_of` reads as this event, whatever the account."""
    members = to_dict(event)
    kind = str(members.pop("type"))
    which = next((members.pop(name) for name in ("trigger", "outcome", "identity") if name in members), "")
    what = ":".join((kind, "none" if which is None else str(which))) if which != "" else kind
    del members["account"]
    usual = KINDS.get(what, _SECURITY)
    about = members.pop(usual.is_about) if usual.is_about else ""
    row = {"id": members.pop("id"), "at": members.pop("at"), "what": what, "about": about}
    unusual = {
        name: value for name, value in members.items() if name not in usual.members or value != usual.members[name]
    }
    return {**row, "details": json.dumps(unusual, ensure_ascii=False) if unusual else ""}


def _rows(events: Iterable[Event]) -> list[Json]:
    return [row_of(each) for each in events]


# ── The answer ───────────────────────────────────────────────────────────────────────────────────────────────────


def answer(policy: str, rows: list[Members], question: Members) -> Members:
    """Return what each event did, the decision in words, and the timeline; or the faults of the policy.

    `question` has `at`, `operation`, `destination`, `to`, `language` and `audience`.
    """
    draft = _draft(policy)
    if isinstance(draft, Faulty):
        return read(policy)
    said = {**read(policy), "rows": cast("Json", []), "holds": cast("Json", []), "decision": None}
    try:
        at = instant_of(str(question["at"]))
        to = str(question["to"]).strip() or None
        request = Request(
            operation=str(question["operation"]),
            destination=Destination(str(question["destination"])),
            destination_id=to,
        )
    except InvalidValue as fault:
        return {**said, "problem": f"The question cannot be read: {fault}."}
    run = _Run(policy=draft, at=at)
    for row in rows:
        run.take(row)
    said |= {"rows": cast("Json", run.told), "holds": [each.id for each in run.account.holds]}
    if run.unread:
        return {**said, "problem": f"Event {run.unread} cannot be read. There is no answer until it can be read."}
    decision = check(run.account, at, request)
    then = next_change_at(run.account, at)
    history = history_of(draft, ACCOUNT, run.events, now=at, request=request)
    return {
        **said,
        "problem": None,
        "decision": {
            "allowed": not isinstance(decision, Denied),
            **_explained(decision, str(question["language"]), Audience(str(question["audience"]))),
        },
        "next": None if then is None else instant_written(then),
        "picture": timeline_as_svg(history),
    }


@final
@attrs.define(kw_only=True)
class _Run:
    """Applies the rows one after the other, and keeps what is told about each."""

    policy: Policy
    at: datetime
    account: Account = attrs.field(factory=lambda: Account(id=ACCOUNT))
    events: list[Event] = attrs.field(factory=list)
    told: list[Members] = attrs.field(factory=list)
    unread: int = 0

    def take(self, row: Members) -> None:
        """Apply one row. The events after the question are left out, because nobody knows them yet."""
        try:
            event = event_of(row, self.policy, self.account)
            if event.at > self.at:
                self._tell("later", "after the question: left out")
                return
            self.events.append(event)
            applied = apply(self.policy, self.account, event)
        except EventRefused as refused:
            reason = refused.reason.replace("_", " ")
            said = " ".join(render(each, ["en"]) for each in explain_refusal(refused))
            self._tell("refused", f"refused ({reason}): {said}")
            return
        except InvalidValue as fault:
            self.unread = self.unread or len(self.told) + 1
            self._tell("unread", f"cannot be read: {fault}")
            return
        self.account = applied.account
        self._tell("applied", _came_of(applied))

    def _tell(self, outcome: str, says: str) -> None:
        self.told.append({"outcome": outcome, "says": says})


def _came_of(applied: Applied) -> str:
    if not applied.changes:
        return "changes nothing: no rule listens to it, or it is already known"
    return ", ".join(change.type.replace("_", " ") for change in applied.changes)


def _explained(decision: Allowed | Denied, language: str, audience: Audience) -> Members:
    def said(messages: Iterable[Message]) -> list[Json]:
        return [render(each, [language], now=decision.at) for each in messages]

    explained = explanation_of(decision, audience)
    return {
        "answer": said((*explained.answer, *explained.behind)),
        "holds": [
            {
                "why": said((*hold.why, *hold.behind)),
                "steps": [said((step.says, *step.help, *step.behind)) for step in hold.steps],
            }
            for hold in explained.holds
        ],
    }


def languages() -> list[str]:
    """Return the tags of the languages, for the page."""
    return sorted(CATALOGUE.languages)


# ── What is proved ───────────────────────────────────────────────────────────────────────────────────────────────


def examine(policy: str) -> Members:
    """Return what lint finds, and the answer to each of the four promises, each with events that show it."""
    draft = _draft(policy)
    if isinstance(draft, Faulty):
        return {"problem": "The text is no policy, so there is nothing to prove."}
    proof = analysis.prove(draft)
    return {
        "problem": None,
        "findings": [
            {
                "severity": each.severity.value,
                "says": analysis.finding_told(each),
                "rows": _rows(each.journal),
                "at": instant_written(each.at),
            }
            for each in analysis.lint(draft)
        ],
        "promises": [{"promise": analysis.PROMISES[name], **_promise(each)} for name, each in proof.answers],
    }


def instant_written(at: datetime) -> str:
    """Write an instant as the page shows it."""
    return at.isoformat().replace("+00:00", "Z")


def _promise(answer: analysis.Answer) -> Members:
    told: Members = {"answer": type(answer).__name__.lower(), "says": analysis.answer_told(answer)}
    if isinstance(answer, analysis.Refuted):
        told |= {"rows": _rows(answer.journal), "at": instant_written(answer.at)}
    return told


def compare(old: str, new: str) -> Members:
    """Return the verdict about two policies, what changed, and a witness for each rule and direction."""
    before, after = _draft(old), _draft(new)
    if isinstance(after, Faulty):
        return {"problem": "The new text, above, is no policy."}
    if isinstance(before, Faulty):
        first = _fault(old, _in_order(before)[0])
        return {"problem": f"The old text is no policy. Line {first['line']}: {first['says']}."}
    review = analysis.Review(comparison=analysis.compare(before, after), old=before, new=after)
    comparison = review.comparison
    return {
        "problem": None,
        "names": [*review.names],
        "verdict": VERDICTS[comparison.verdict],
        "same_version": review.is_one_version,
        "counts": analysis.counts_told(review),
        "looser": STANDINGS[comparison.about_looser],
        "stricter": STANDINGS[comparison.about_stricter],
        "changes": [analysis.change_told(each) for each in review.changes],
        "witnesses": [_witness(review, way, each) for way in ("looser", "stricter") for each in review.shown(way)],
        "requests": [analysis.difference_told(each) for each in comparison.differences],
        "unknown": [analysis.unknown_told(each) for each in comparison.unknown],
    }


def _witness(review: analysis.Review, way: str, witness: analysis.Witness) -> Members:
    people = analysis.people_told(witness)
    sides = zip(analysis.on_either_calendar(review.old, review.new), review.names, strict=True)
    return {
        "way": way,
        "says": analysis.shown_told(witness, *review.sides(way)),
        "people": f"For an account holder who {people}." if people else "",
        "rows": _rows(witness.journal),
        "at": instant_written(witness.at),
        "question": {
            "operation": witness.request.operation,
            "destination": witness.request.destination.value,
            "to": witness.request.destination_id or "",
        },
        "pictures": [{"policy": name, "picture": _drawn(policy, witness)} for policy, name in sides],
    }


def _drawn(policy: Policy, witness: analysis.Witness) -> str:
    history = history_of(policy, ACCOUNT, witness.journal, now=witness.at, request=witness.request)
    return timeline_as_svg(history)


# ── The page calls this ──────────────────────────────────────────────────────────────────────────────────────────

VERBS: Final[Mapping[str, Callable[..., Json]]] = MappingProxyType(
    {"answer": answer, "examine": examine, "compare": compare}
)


def run(verb: str, asked: str) -> str:
    """Call a verb with the arguments of a JSON object, and return its result as JSON."""
    return json.dumps(VERBS[verb](**json.loads(asked)))
