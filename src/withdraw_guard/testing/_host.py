"""`HostMachine`: a state machine that drives your host beside the guard, and tells the shortest story that breaks it.

Subclass it, give it your policy and connect the hooks; each may be a plain method or `async def`:

    class MyHost(HostMachine):
        policy = MY_POLICY

        def begin(self): ...                     # a host with one fresh account, `self.account`
        def report(self, event, at): ...         # an event reaches the host
        def may_withdraw(self, at): ...          # what the host tells its account holder
        def request(self, payout, at): ...       # and confirm, retry, broadcast: `self.bank.send(payout)` sends
        def broadcast(self, payout, at): ...
        def restart(self, at): ...               # the process has died: only what was stored is left

    TestMyHost = MyHost.TestCase

Hypothesis draws what happens: mostly the next legal event, also retractions and the words of a vendor whose clock lags;
instants just before, at and after each boundary; payouts in every state, crashes, and long times in which no job of the
host runs. `at` is the instant of every call; the host must read no clock of its own. At the end every hold that needs
an order is released, time passes, and the account must be allowed to withdraw.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar, Final, NoReturn, Self, TypeAlias, TypeVar, assert_never, cast, final

import attrs
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from withdraw_guard import _prose
from withdraw_guard._answers.check import check
from withdraw_guard._answers.decision import Decision, Denied
from withdraw_guard._answers.open import next_change_at
from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._factory import event_of
from withdraw_guard._model.account import Account
from withdraw_guard._model.events import Event, HoldEvent
from withdraw_guard._model.policy import Policy
from withdraw_guard._model.refusal import EventRefused
from withdraw_guard._rules.transitions import Move
from withdraw_guard._values.complete import complete
from withdraw_guard._values.ids import AccountId
from withdraw_guard.policies import BINANCE
from withdraw_guard.stories._told import at_line, timeline_as_text
from withdraw_guard.testing._bank import Bank, Crash, Crashed
from withdraw_guard.testing._instants import START, TICK, before_the_clocks_change
from withdraw_guard.testing._journal import ACCOUNT, delivered
from withdraw_guard.testing._next import EventKind, candidates

_T = TypeVar("_T")
Hook: TypeAlias = _T | Coroutine[object, None, _T]

# The Saturday before the clocks of Europe go forward one hour.
_BEGIN: Final = datetime(2026, 3, 28, 9, tzinfo=UTC)
_HOUR: Final = timedelta(hours=1)
_YEAR: Final = timedelta(days=365)
_PAYOUTS_MAX: Final = 8
# From here on no time passes, so that a story stays in the range of instants, however long a hold of the policy is.
_LATEST: Final = datetime(2150, 1, 1, tzinfo=UTC)


@final
class Finding(StrEnum):
    """What a host does wrong."""

    MONEY_LEFT = "money leaves during a hold"
    SENT_TWICE = "money is sent twice"
    SAYS_YES = "the host says yes during a hold"
    REFUSED_WITHOUT_REASON = "the host refuses without reason"
    NEVER_OUT = "the account can never get out"


@final
@attrs.define(eq=False, repr=False)
class HostBroken(AssertionError):
    """The host does something wrong: what, and the steps that lead there."""

    finding: Finding
    what: str
    steps: tuple[str, ...]
    timeline: str

    def __str__(self) -> str:
        return f"{self.finding}: {self.what}\n\n{_numbered(self.steps)}\n\nwhat the guard knows:\n{self.timeline}"


@final
class Verb(StrEnum):
    """What is done with a payout."""

    REQUEST = "requested"
    CONFIRM = "confirmed"
    BROADCAST = "broadcast"
    RETRY = "retried"
    ALL = "requested, confirmed and broadcast"


_BEGINNINGS: Final = (Verb.REQUEST, Verb.ALL)
_FOLLOWS: Final = complete(
    Verb,
    {
        Verb.REQUEST: Verb.CONFIRM,
        Verb.CONFIRM: Verb.BROADCAST,
        Verb.BROADCAST: Verb.RETRY,
        Verb.RETRY: Verb.RETRY,
        Verb.ALL: Verb.RETRY,
    },
)


@attrs.define(kw_only=True)
class _Payout:
    """A payout and its next step. It is undisturbed if it was never denied, skipped no step and saw no process die."""

    name: str
    follows: Verb
    is_undisturbed: bool = True


@attrs.frozen(kw_only=True)
class _Report:
    """An event of this kind is reported, dated this long before now."""

    kind: EventKind
    late: timedelta = timedelta(0)


@attrs.frozen(kw_only=True)
class _Pay:
    """One step of the newest or the oldest payout, by default its next step; the process may die during it."""

    verb: Verb | None = None
    which: int = -1
    crash: Crash | None = None


@attrs.frozen(kw_only=True)
class _TimePasses:
    """Time passes until an instant, by default until an answer changes by itself, and this much longer."""

    until: Callable[[Account, datetime], datetime | None] = next_change_at
    longer: timedelta = timedelta(0)


@final
class _Plain(StrEnum):
    """What is done without any detail."""

    ASK = "the account holder asks whether they may withdraw"
    LET_OUT = "every hold that only an order ends is released, and time passes until withdrawals resume"
    DIE = "the process dies"


_HostAction: TypeAlias = _Plain | _Report | _Pay | _TimePasses


# An action is one choice from one table, so that a story shrinks step by step: the simplest first, the likely ones more
# often. The table is short, because Hypothesis prefers the beginning of a long one.
_OFTEN: Final = complete(
    EventKind,
    {
        EventKind.TRIGGER: 6,
        EventKind.MOVE: 8,
        EventKind.RELEASE: 3,
        EventKind.AGAIN: 2,
        EventKind.IDENTITY: 1,
        EventKind.VENDOR: 2,
        EventKind.RETRACTION: 2,
        EventKind.ANYTHING: 1,
    },
)
_LATE: Final = (timedelta(seconds=1), _HOUR, timedelta(hours=25), -_HOUR)
_REPORTS: Final = [
    *(_Report(kind=kind) for kind, often in _OFTEN.items() for _ in range(often)),
    *(_Report(kind=kind, late=late) for kind in (EventKind.TRIGGER, EventKind.MOVE) for late in _LATE),
    *(_Report(kind=EventKind.VENDOR, late=late) for late in _LATE[:2]),
]
_PAYS: Final = [
    *[
        _Pay(verb=Verb.ALL),
        _Pay(verb=Verb.ALL, crash=Crash.AFTER_SENDING),
        _Pay(),
        _Pay(),
        _Pay(crash=Crash.AFTER_SENDING),
        _Pay(verb=Verb.REQUEST),
    ]
    * 2,
    *(_Pay(verb=verb, which=which) for verb in (Verb.RETRY, Verb.BROADCAST) for which in (-1, 0)),
    *(_Pay(crash=Crash.BEFORE_SENDING), _Pay(which=0), _Pay(which=0, crash=Crash.AFTER_SENDING)),
    _Pay(verb=Verb.RETRY, crash=Crash.AFTER_SENDING),
]
_WAITS: Final = [
    *(_TimePasses(longer=longer) for longer in (timedelta(0), -TICK, timedelta(0), -TICK, TICK)),
    *(_TimePasses(until=lambda _, now: now, longer=hours * _HOUR) for hours in (1, 24, 24 * 31)),
    *[_TimePasses(until=before_the_clocks_change)] * 2,
]
_ACTIONS: Final[list[_HostAction]] = [
    *[_Plain.ASK] * 20, *_REPORTS, *_PAYS * 2, *_WAITS * 2, *[_Plain.LET_OUT] * 6, *[_Plain.DIE] * 2
]  # fmt: skip


class HostMachine(RuleBasedStateMachine):
    """Drives a host beside the guard. Connect the hooks; the test is then `TestMyHost = MyHost.TestCase`."""

    policy: ClassVar[Policy] = BINANCE
    withdrawal: ClassVar[Request] = WITHDRAWAL

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        # The explain phase of Hypothesis takes longer than all the others, and the story explains the fault anyway.
        case = cls.TestCase
        case.settings = settings(
            case.settings, phases=[each for each in case.settings.phases if each is not Phase.explain]
        )

    def __init__(self) -> None:
        super().__init__()
        self.account: AccountId = ACCOUNT
        self.bank = Bank()
        self._guard = Account(id=self.account)
        self._now = _BEGIN
        self._reported: list[Event] = []
        self._steps: list[str] = []
        self._payouts: list[_Payout] = []
        self._seen = 0
        self._is_over = False
        self._loop = asyncio.Runner()
        self._hooks: Mapping[Verb, Callable[[str, datetime], Hook[bool | None]]] = complete(
            Verb,
            {
                Verb.REQUEST: self.request,
                Verb.CONFIRM: self.confirm,
                Verb.BROADCAST: self.broadcast,
                Verb.RETRY: self.retry,
                Verb.ALL: self._all_the_way,
            },
        )
        self._settled(self.begin())

    # ── The hooks ────────────────────────────────────────────────────────────────────────────────────────────────

    def begin(self) -> Hook[None]:
        """Open a new host with one fresh account, `self.account`. Money is sent with `self.bank.send`."""

    def report(self, event: Event, at: datetime) -> Hook[None]:
        """Report an event to the host. Let `EventRefused` through if your host tells its caller, or catch it."""
        raise NotImplementedError("report: pass the event to your host")

    def may_withdraw(self, at: datetime) -> Hook[bool]:
        """Ask the host whether the account may withdraw."""
        raise NotImplementedError("may_withdraw: ask your host")

    def request(self, payout: str, at: datetime) -> Hook[bool | None]:
        """Request a payout with this id. Return `False` if the host refuses it; it may also keep it for later."""
        raise NotImplementedError("request: ask your host for a payout")

    def confirm(self, payout: str, at: datetime) -> Hook[None]:
        """Confirm a payout (the account holder's second click, an approval); by default there is no confirmation."""

    def broadcast(self, payout: str, at: datetime) -> Hook[None]:
        """Let the host send a payout that was requested and confirmed, if it still may."""
        raise NotImplementedError("broadcast: let your host send the payout")

    def retry(self, payout: str, at: datetime) -> Hook[None]:
        """Let the host retry in its own way; by default it broadcasts once more."""
        return self.broadcast(payout, at)

    def restart(self, at: datetime) -> Hook[None]:
        """Start the host again after its process died; by default the host keeps nothing in the process."""

    def end(self) -> Hook[None]:
        """Close whatever `begin` has opened."""

    # ── What happens ─────────────────────────────────────────────────────────────────────────────────────────────

    @rule(data=st.data(), action=st.sampled_from(_ACTIONS))
    def _something_happens(self, data: st.DataObject, action: _HostAction) -> None:
        """Take one action: a question, an event, a step of a payout, time, or the death of the process."""
        action = action if self._now < _LATEST else _Plain.ASK
        match action:
            case _Plain.ASK:
                self._ask()
            case _Report():
                name, at = f"e{len(self._reported) + 1}", self._now - action.late
                choices = candidates(action.kind, self.policy, self._guard, name, at, self._reported)
                self._deliver(data.draw(st.sampled_from(choices)))
            case _Pay():
                self._pay_on(action)
            case _TimePasses():
                self._wait(max(self._now, (action.until(self._guard, self._now) or self._now) + action.longer))
            case _Plain.LET_OUT:
                self._let_out()
            case _Plain.DIE:
                self._step("the process dies, and is started again", self._restarted)
            case _ as never:
                assert_never(never)

    def teardown(self) -> None:
        """Require that the account gets out in the end; then close the host."""
        try:
            if not self._is_over:
                self._get_out()
        finally:
            self._close()

    def moves_money(
        self, entry_point: Callable[[Self, str, datetime], object], events: Iterable[Event], at: datetime
    ) -> bool:
        """Tell whether an entry point of the host moves money after these events; `gate_coverage` asks this.

        A payout was requested and confirmed before them. An exception of the entry point counts as a refusal.
        """
        try:
            self._settled(self.request("p1", START))
            self._settled(self.confirm("p1", START))
            for event in events:
                self._settled(self.report(event, event.at))
            before = self.bank.sent
            with suppress(Exception):
                self._settled(entry_point(self, "p2" if before else "p1", at))
            return self.bank.sent != before
        finally:
            self._close()

    def _close(self) -> None:
        self._settled(self.end())
        self._loop.close()

    # ── Steps ────────────────────────────────────────────────────────────────────────────────────────────────────

    def _deliver(self, event: Event) -> None:
        again = "again: " if event in self._reported else ""
        self._reported.append(event)
        self._guard, accepts = delivered(self.policy, self._guard, event)
        refused = self._step(f"{again}{_event_words(event, self._now)}", lambda: self._refused_by_host(event))
        if refused is not None and accepts:
            self._fail(Finding.REFUSED_WITHOUT_REASON, f"{refused}, and the guard accepts it")

    def _refused_by_host(self, event: Event) -> EventRefused | None:
        try:
            self._settled(self.report(event, self._now))
        except EventRefused as refused:
            return refused
        return None

    def _pay_on(self, action: _Pay) -> None:
        room = len(self._payouts) < _PAYOUTS_MAX
        if not self._payouts or (room and action.verb in _BEGINNINGS):
            first = Verb.ALL if action.verb is Verb.ALL else Verb.REQUEST
            self._payouts.append(_Payout(name=f"p{len(self._payouts) + 1}", follows=first))
            self._pay(self._payouts[-1], first, action.crash)
        else:
            payout = self._payouts[action.which]
            verb = payout.follows if action.verb is None or action.verb in _BEGINNINGS else action.verb
            self._pay(payout, verb, action.crash)

    def _pay(self, payout: _Payout, verb: Verb, crash: Crash | None = None) -> None:
        payout.is_undisturbed &= verb is payout.follows and bool(self._answer())
        if verb is payout.follows:
            payout.follows = _FOLLOWS[verb]
        self.bank.crash = crash
        hook = self._hooks[verb]
        accepted = self._step(f"payout {payout.name} is {verb}", lambda: hook(payout.name, self._now))
        self.bank.crash = None
        unsent = verb in (Verb.BROADCAST, Verb.ALL) and not self.bank.has_sent(payout.name)
        if payout.is_undisturbed and (unsent or accepted is False):
            self._fail(Finding.REFUSED_WITHOUT_REASON, f"payout {payout.name} is not sent, and the guard allows it")

    def _all_the_way(self, payout: str, at: datetime) -> bool | None:
        accepted = self._settled(self.request(payout, at))
        if accepted is not False:
            self._settled(self.confirm(payout, at))
            self._settled(self.broadcast(payout, at))
        return accepted

    def _wait(self, until: datetime) -> None:
        passed, self._now = until - self._now, until
        self._steps.append(at_line(until, f"{passed} passed, and no job has run"))

    def _ask(self, wrongly_no: Finding = Finding.REFUSED_WITHOUT_REASON) -> None:
        says_yes = self._step("may the account withdraw?", lambda: self.may_withdraw(self._now))
        self._steps[-1] += " yes" if says_yes else " no"
        answer = self._answer()
        if says_yes and not answer:
            self._fail(Finding.SAYS_YES, f"the guard says {_prose.answered(answer)}")
        if not says_yes and answer:
            self._fail(wrongly_no, "the host says no, the guard says yes")

    def _restarted(self) -> None:
        for payout in self._payouts:
            payout.is_undisturbed = False
        self._settled(self.restart(self._now))

    def _get_out(self) -> None:
        """Require that the account may withdraw after a year, and that its next payout is sent."""
        self._let_out()
        self._wait(self._now + _YEAR)
        self._ask(Finding.NEVER_OUT)
        self._pay(_Payout(name="last", follows=Verb.ALL), Verb.ALL)

    def _let_out(self) -> None:
        for hold in self._guard.holds:
            if hold.end is None:
                name = f"out-{len(self._reported) + 1}"
                self._deliver(event_of(Move.RELEASED, self._guard, hold, name, self._now, override_stale=True))
        answer = self._answer()
        if isinstance(answer, Denied) and answer.resumes_at is not None:
            self._wait(answer.resumes_at)

    # ── What must hold ───────────────────────────────────────────────────────────────────────────────────────────────

    def _step(self, text: str, hook: Callable[[], Hook[_T]]) -> _T | None:
        """Call the host, check the bank, and start the host again if its process has died."""
        self._steps.append(at_line(self._now, text))
        try:
            result = self._settled(hook())
        except Crashed:
            self._steps[-1] += f"; the process dies {self.bank.crash}, and is started again"
            self.bank.crash, result = None, None
            self._restarted()
        except Exception as error:
            self._is_over = True
            error.add_note(f"\nwhat the host was told:\n{_numbered(self._steps)}")
            raise
        self._check_the_bank()
        return result

    def _check_the_bank(self) -> None:
        sent, answer = self.bank.sent, self._answer()
        for number in range(self._seen, len(sent)):
            self._steps[-1] += f"; {sent[number]} is sent"
            if not answer:
                self._fail(Finding.MONEY_LEFT, f"payout {sent[number]} is sent, and is {_prose.answered(answer)}")
            if sent[number] in sent[:number]:
                self._fail(Finding.SENT_TWICE, f"payout {sent[number]}")
        self._seen = len(sent)

    def _answer(self) -> Decision:
        return check(self._guard, self._now, self.withdrawal)

    def _fail(self, finding: Finding, what: str) -> NoReturn:
        # Raised in one place, so that Hypothesis treats all findings as one and keeps the shortest story of all.
        self._is_over = True
        timeline = timeline_as_text(self.policy, self.account, self._reported, self._now, self.withdrawal)
        raise HostBroken(finding, what, tuple(self._steps), timeline)

    def _settled(self, outcome: Hook[_T]) -> _T:
        """Return what a hook returned; the coroutine of an `async def` is run to its end first."""
        if not isinstance(outcome, Coroutine):
            return outcome
        # A coroutine is never the value of a hook; the type variable cannot say so.
        coroutine = cast("Coroutine[object, None, _T]", outcome)
        try:
            return self._loop.run(coroutine)
        finally:
            coroutine.close()  # it never started if another event loop runs in this thread


def _event_words(event: Event, now: datetime) -> str:
    about = f", on hold {event.hold}" if isinstance(event, HoldEvent) else ""
    dated = "" if event.at == now else f", dated {_prose.clock_words(event.at)}"
    return f"{_prose.happened(event)} ({event.id}{about}{dated})"


def _numbered(steps: Iterable[str]) -> str:
    return "\n".join(f"{number:>3}. {step}" for number, step in enumerate(steps, 1))
