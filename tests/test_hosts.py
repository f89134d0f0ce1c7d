"""`HostMachine` on nine hosts with the real bugs of the field, and on one that is right.

This is the short form for every day, one seed each. `nox -s hosts` is the long one, and writes down how
many examples each took.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from hosts.hosts import BROKEN, GateAtRequest, RetryWithoutGate, Right
from hosts.run import EXAMPLES_MAX, RESULT, SEEDS, STEPS_MAX, Found, is_good, look
from strategies import START
from withdraw_guard import Account, Event, EventRefused, IdentityChanged, Policy, Request, Rule, Scope, apply, check
from withdraw_guard.testing import Bank, Crash, Crashed, Finding, HostBroken, HostMachine, gate_coverage

each_broken_host = pytest.mark.parametrize("host", BROKEN, ids=lambda host: host.__name__)


def run(host: type[HostMachine], examples: int = 30) -> None:
    how = settings(host.TestCase.settings, max_examples=examples, database=None, derandomize=True, print_blob=False)
    run_state_machine_as_test(host, settings=how)


# ── The nine, and the one ────────────────────────────────────────────────────────────────────────────────────────


@each_broken_host
def test_the_bug_is_found_and_its_story_is_short(host: type[HostMachine]) -> None:
    found = look(host, 0)
    assert is_good(host, found), found
    assert found.examples <= EXAMPLES_MAX
    assert 0 < found.steps <= STEPS_MAX


def test_the_right_host_passes() -> None:
    assert look(Right, 1, 40) == Found(40)


def test_the_committed_result_is_about_these_hosts_and_good() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| ([\d, ]+) \| (\d+) \|$", RESULT.read_text(), re.MULTILINE)
    assert [name for name, _, _ in rows] == [host.__name__ for host in BROKEN]
    for _, examples, steps in rows:
        numbers = [int(number) for number in examples.split(", ")]
        assert len(numbers) == len(SEEDS)
        assert max(numbers) <= EXAMPLES_MAX
        assert int(steps) <= STEPS_MAX


def test_the_default_settings_are_those_of_hypothesis_without_the_explanations() -> None:
    assert [phase.name for phase in Right.TestCase.settings.phases] == [
        "explicit",
        "reuse",
        "generate",
        "target",
        "shrink",
    ]
    assert Right.TestCase.settings.deadline is None


def test_a_story_reads_step_by_step_with_the_timeline() -> None:
    with pytest.raises(HostBroken) as broken:
        run(GateAtRequest, 200)
    assert broken.value.finding is Finding.MONEY_LEFT
    lines = str(broken.value).splitlines()
    assert lines[0].startswith("money leaves during a hold: payout p1 is sent, and is denied")
    assert re.fullmatch(r"  1\. 2026-\d\d-\d\d \d\d:\d\d:\d\d  payout p1 is requested", lines[2])
    assert lines[5].endswith("payout p1 is broadcast; p1 is sent")
    assert "what the guard knows:" in lines
    assert "  now: denied" in lines[-1]


# ── Hosts of other kinds ─────────────────────────────────────────────────────────────────────────────────────────


class Asynchronous(HostMachine):
    """A host whose every hook is a coroutine; its lock belongs to one event loop."""

    async def begin(self) -> None:
        self.lock = asyncio.Lock()
        self.row, self.states, self.has_ended = Account(id=self.account), dict[str, str](), False

    async def report(self, event: Event, at: datetime) -> None:
        async with self.lock:
            await asyncio.sleep(0)
            self.row = apply(self.policy, self.row, event).account

    async def may_withdraw(self, at: datetime) -> bool:
        return bool(check(self.row, at))

    async def request(self, payout: str, at: datetime) -> None:
        self.states[payout] = "requested"

    async def broadcast(self, payout: str, at: datetime) -> None:
        async with self.lock:
            await asyncio.sleep(0)
            if not self.bank.has_sent(payout) and await self.may_withdraw(at):
                self.bank.send(payout)

    async def restart(self, at: datetime) -> None:
        self.lock = asyncio.Lock()

    async def end(self) -> None:
        self.has_ended = True


class AsynchronousWithoutGate(Asynchronous):
    async def broadcast(self, payout: str, at: datetime) -> None:
        if not self.bank.has_sent(payout):
            self.bank.send(payout)


def test_an_asynchronous_host_is_driven_on_one_event_loop() -> None:
    run(Asynchronous)
    with pytest.raises(HostBroken) as broken:
        run(AsynchronousWithoutGate, 200)
    assert broken.value.finding is Finding.MONEY_LEFT


def test_an_asynchronous_host_is_not_driven_while_another_event_loop_runs() -> None:
    async def in_a_loop() -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            run(Asynchronous)

    asyncio.run(in_a_loop())


class Swallowing(Right):
    """It tells nobody that an event was refused."""

    def report(self, event: Event, at: datetime) -> None:
        with suppress(EventRefused):
            super().report(event, at)


def test_a_host_may_catch_refusals() -> None:
    run(Swallowing)


class HoldingForYears(Right):
    """Holds of ten years: the stories of this machine would leave the range of instants if nothing stopped them."""

    policy = Policy(id="years", version="1", rules=(Rule(id="r", trigger="t", duration=timedelta(days=3_653)),))


def test_the_stories_stay_in_the_range_of_instants_however_long_a_hold_is() -> None:
    run(HoldingForYears, 20)


class RefusingPayouts(Right):
    def request(self, payout: str, at: datetime) -> bool:
        super().request(payout, at)
        return False


class LosingPayouts(Right):
    def broadcast(self, payout: str, at: datetime) -> None:
        """Nothing is ever sent."""


class Unforgiving(Right):
    """Whoever was held once is never let out again."""

    policy = Policy(id="short", version="1", rules=Right.policy.rules[:1])
    was_held = False

    def may_withdraw(self, at: datetime) -> bool:
        self.was_held = self.was_held or not super().may_withdraw(at)
        return not self.was_held


@pytest.mark.parametrize(
    ("host", "finding"),
    [
        (RefusingPayouts, {Finding.REFUSED_WITHOUT_REASON}),
        (LosingPayouts, {Finding.REFUSED_WITHOUT_REASON}),
        (Unforgiving, {Finding.REFUSED_WITHOUT_REASON, Finding.NEVER_OUT}),
    ],
    ids=lambda case: getattr(case, "__name__", None),
)
def test_a_host_that_pays_nobody_is_broken_too(host: type[HostMachine], finding: set[Finding]) -> None:
    with pytest.raises(HostBroken) as broken:
        run(host, 100)
    assert broken.value.finding in finding
    assert len(broken.value.steps) <= STEPS_MAX


class Failing(Right):
    def may_withdraw(self, at: datetime) -> bool:
        raise ZeroDivisionError("a fault of the host itself")


def test_an_error_of_the_host_is_raised_unchanged_with_the_story() -> None:
    with pytest.raises(ZeroDivisionError, match="a fault of the host itself") as error:
        run(Failing)
    assert any("what the host was told:\n  1. " in note for note in error.value.__notes__)


@pytest.mark.parametrize("hook", ["report", "may_withdraw", "request", "broadcast"])
def test_a_missing_hook_says_what_it_is_for(hook: str) -> None:
    unconnected = HostMachine()
    arguments = {
        "report": (IdentityChanged(id="e1", account="a1", at=START, identity=None), START),
        "may_withdraw": (START,),
    }
    with pytest.raises(NotImplementedError, match=f"^{hook}: "):
        getattr(unconnected, hook)(*arguments.get(hook, ("p1", START)))
    with pytest.raises(NotImplementedError):
        unconnected.teardown()


# ── The bank ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_bank_remembers_a_payout_that_was_sent_twice() -> None:
    bank = Bank()
    bank.send("p1")
    bank.send("p2")
    bank.send("p1")
    assert bank.sent == ("p1", "p2", "p1")
    assert bank.has_sent("p2")
    assert not bank.has_sent("p3")


@pytest.mark.parametrize(("crash", "sent"), [(Crash.BEFORE_SENDING, ()), (Crash.AFTER_SENDING, ("p1",))])
def test_the_process_dies_right_before_or_right_after_the_money_is_sent(crash: Crash, sent: tuple[str, ...]) -> None:
    bank = Bank()
    bank.crash = crash
    with pytest.raises(Crashed):
        bank.send("p1")
    assert bank.sent == sent
    assert not issubclass(Crashed, Exception)


# ── The gates ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_entry_point_of_the_right_host_stops_under_every_kind_of_hold() -> None:
    report = gate_coverage({"broadcast": Right.broadcast, "retry": Right.retry}, host=Right)
    assert report.is_tight, report
    assert (report.slips, report.idle) == ((), ())
    kinds = {row.kind.partition(": ")[2] for row in report.rows}
    assert {"placed", "just before it ends", "in verification", "in review", "rejected"} <= kinds
    assert {"in appeal after a rejection", "after password-changed has ended"} <= kinds


def test_an_entry_point_that_slips_is_named() -> None:
    report = gate_coverage({"send": RetryWithoutGate.broadcast, "again": held_and_retried}, host=RetryWithoutGate)
    assert not report.is_tight
    assert {door for door, _ in report.slips} == {"again"}
    assert report.idle == ("again",)
    lines = str(report).splitlines()
    assert lines[0].split() == ["send", "again"]
    assert lines[1].split() == ["nothing", "is", "held", "moves", "IDLE"]
    assert lines[2].split() == ["password-changed:", "placed", "stopped", "SLIPS"]
    assert lines[-1] == f"{len(report.slips)} of {2 * (len(report.rows) - 1)} slip"


HOUR = timedelta(hours=1)
WITHDRAWALS, SALES, LOANS = (frozenset({operation}) for operation in ("withdrawal", "p2p_sale", "loan"))


class OfSales(Right):
    """A host whose policy says what it thinks of withdrawals and of sales, but not of loans."""

    policy = Policy(
        id="p",
        version="1",
        rules=(
            Rule(id="password", trigger="password_changed", duration=HOUR, scope=Scope(operations=WITHDRAWALS)),
            Rule(id="flagged", trigger="flagged", duration=HOUR, scope=Scope(operations=SALES, leaves=LOANS)),
        ),
    )

    def broadcast(self, payout: str, at: datetime) -> None:
        self.bank.send(payout)


def test_an_entry_point_is_tried_under_the_holds_that_stop_what_it_asks() -> None:
    sale = Request(operation="p2p_sale")
    doors = {"send": OfSales.broadcast, "sell": OfSales.broadcast}
    report = gate_coverage(doors, host=OfSales, requests={"sell": sale})
    assert {row.kind.partition(":")[0]: row.moved for row in report.rows} == {
        "nothing is held": (True, True), "password": (True, None), "flagged": (None, True)
    }  # fmt: skip
    assert {(door, kind.partition(":")[0]) for door, kind in report.slips} == {
        ("send", "password"),
        ("sell", "flagged"),
    }
    assert "-" in str(report).splitlines()[2].split()


@pytest.mark.parametrize(
    ("operation", "unnamed"),
    [("withdrawal", ()), ("p2p_sale", ()), ("loan", ()), ("withdrawl", ("send",)), ("login", ("send",))],
)
def test_an_entry_point_is_reported_whose_operation_no_rule_names_or_leaves(
    operation: str, unnamed: tuple[str, ...]
) -> None:
    report = gate_coverage({"send": Right.broadcast}, host=OfSales, requests={"send": Request(operation=operation)})
    assert report.unnamed == unnamed
    assert ("no rule names or leaves the operation of send" in str(report)) is bool(unnamed)
    assert not (report.is_tight and unnamed)


def test_a_policy_about_all_operations_names_every_operation() -> None:
    loan = Request(operation="loan")
    assert gate_coverage({"send": HoldingForYears.broadcast}, host=HoldingForYears, requests={"send": loan}).is_tight


def held_and_retried(host: RetryWithoutGate, payout: str, at: datetime) -> None:
    """The path of a payout that was held; where nothing is, there is nothing to retry."""
    if host.may_withdraw(at):
        raise LookupError("nothing is held")
    host.broadcast(payout, at)
    host.retry(payout, at)
