"""The totals of a journal: decisions, phases, rules, refusals, triggers without a rule, faults."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final, final

import attrs

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Denied
from withdraw_guard._answers.open import open_holds, phase
from withdraw_guard._answers.request import Request
from withdraw_guard._prose import Row
from withdraw_guard._values.ids import RuleId
from withdraw_guard._values.time import write_instant
from withdraw_guard._values.vocabulary import Phase
from withdraw_guard.cli._faults import Kinds
from withdraw_guard.cli._records import JournalReplay
from withdraw_guard.cli._terminal import columns
from withdraw_guard.wire import Json, Members

ALLOWED, DENIED, UNKNOWN = "allowed", "denied", "unknown"
_DECISIONS: Final = (ALLOWED, DENIED, UNKNOWN)


@final
@attrs.frozen(kw_only=True)
class Summary:
    """How many accounts and holds there are of each kind at an instant."""

    replay: JournalReplay
    at: datetime
    decisions: Counter[str] = attrs.Factory(Counter[str])
    phases: Counter[Phase] = attrs.Factory(Counter[Phase])
    open: Counter[RuleId] = attrs.Factory(Counter[RuleId])
    denied: Counter[RuleId] = attrs.Factory(Counter[RuleId])

    @property
    def rules(self) -> list[RuleId]:
        """The rules of the policy, in its order."""
        return [rule.id for rule in self.replay.policy.rules]

    @property
    def counts(self) -> dict[str, int]:
        """The counts of all accounts together, by the names that `--json` has for them."""
        records = self.replay.records.values()
        return {
            "accounts": len(records),
            "events": sum(record.events for record in records),
            "applied": sum(record.applied for record in records),
            "refused_count": self.replay.totals.refused.count,
            "unmatched_count": self.replay.totals.unmatched.count,
            "over_on_arrival_count": self.replay.totals.over_on_arrival.count,
            "unreadable_count": self.replay.unreadable,
            "unattributed_count": self.replay.unattributed,
            "left_out_count": sum(record.left_out for record in records),
            "outside_count": sum(record.outside for record in records),
        }


def summary_of(replay: JournalReplay, at: datetime, request: Request) -> Summary:
    """Count what `check` and `open_holds` answer for each account."""
    summary = Summary(replay=replay, at=at)
    for record in replay.records.values():
        decision = check(record.account, at, request)
        is_known = not any(replay.unread_of(record))
        summary.decisions[(ALLOWED if decision else DENIED) if is_known else UNKNOWN] += 1
        summary.phases[phase(record.account, at)] += 1
        summary.open.update(hold.rule for hold in open_holds(record.account, at))
        if isinstance(decision, Denied):
            summary.denied.update({hold.rule for hold in decision.holds})
    return summary


# ── For a machine ────────────────────────────────────────────────────────────────────────────────────────────────


def summary_as_members(summary: Summary) -> Members:
    """Return what `--summary --json` prints."""
    replay, totals = summary.replay, summary.replay.totals
    return {
        "policy": {"id": replay.policy.id, "version": replay.policy.version},
        "at": write_instant(summary.at),
        **summary.counts,
        "skipped_count": replay.unreadable if replay.skips else 0,
        "decisions": {decision: summary.decisions[decision] for decision in _DECISIONS},
        "phases": {phase.value: summary.phases[phase] for phase in Phase},
        "rules": [
            {
                "rule": rule,
                "placed": totals.placed[rule],
                "repeated": totals.repeated[rule],
                "open": summary.open[rule],
                "accounts_denied": summary.denied[rule],
            }
            for rule in summary.rules
        ],
        "refused": _kinds(totals.refused),
        "unmatched": _kinds(totals.unmatched),
        "unreadable": _kinds(totals.unreadable),
    }


def _kinds(kinds: Kinds) -> list[Json]:
    return [{"count": count, "first_line": line, "kind": kind} for count, line, kind in kinds.most_common()]


# ── For a person ─────────────────────────────────────────────────────────────────────────────────────────────────


def summary_as_rows(summary: Summary) -> Iterator[Row]:
    """Give a table for each kind of count, and no table where there is nothing to count."""
    replay, totals = summary.replay, summary.replay.totals
    yield ((f"policy {replay.policy.id}, version {replay.policy.version}: ", "bold"), (_asked(summary), ""))
    yield ()
    yield from columns([("ACCOUNTS", "WITHDRAWAL"), *((str(summary.decisions[word]), word) for word in _DECISIONS)])
    yield ()
    yield from columns([("ACCOUNTS", "PHASE"), *((str(summary.phases[phase]), phase.value) for phase in Phase)])
    yield ()
    yield from columns([_RULE_HEADS, *(_rule_cells(summary, rule) for rule in summary.rules)])
    for kinds, head in (
        (totals.refused, "EVENTS REFUSED"),
        (totals.unmatched, "EVENTS THAT NO RULE LISTENS TO"),
        (totals.unreadable, "LINES THAT CANNOT BE READ OR APPLIED, FOR EXAMPLE"),
    ):
        if kinds.count:
            yield ()
            yield from columns(kinds.table(head))


_RULE_HEADS: Final = ("RULE", "PLACED", "REPEATED", "OPEN", "ACCOUNTS DENIED")


def _rule_cells(summary: Summary, rule: RuleId) -> tuple[str, ...]:
    totals = summary.replay.totals
    counts = (totals.placed[rule], totals.repeated[rule], summary.open[rule], summary.denied[rule])
    return (rule, *map(str, counts))


def _asked(summary: Summary) -> str:
    counts, replay = summary.counts, summary.replay
    events = _prose.counted(counts["events"], "event")
    accounts = _prose.counted(counts["accounts"], "account")
    skipped = f", {_prose.counted(replay.unreadable, 'unreadable line')} skipped" if replay.skips else ""
    return f"{events} of {accounts}{skipped}, and the answers at {_prose.instant_words(summary.at)}"
