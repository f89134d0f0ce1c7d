"""Two hundred payouts on fifty connections against one account, beside events.

`SHOP_DEEP=1` adds 2,000 payouts over 500 accounts.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock, skipUnless
from uuid import UUID

from django.contrib.auth.models import User
from django.db import connection, connections
from withdraw_guard import ActorKind, triggers

from guard.events import happened
from guard.models import Entry, GuardedAccount, Payout
from guard.payouts import send
from tests.base import DEEP, RAIL, HostTestCase

PAYOUTS, CONNECTIONS, EVENTS = 200, 50, 20
# The database itself remembers when each mark and each event was committed.
WATCH = """
    drop table if exists seen;
    create table seen (what text, account bigint);
    create or replace function see() returns trigger language plpgsql as
        $$ begin insert into seen values (tg_argv[0], new.account_id); return new; end $$;
    create or replace trigger marks after update on guard_payout for each row
        when (old.state = 'requested' and new.state = 'leaving') execute function see('mark');
    create or replace trigger events after insert on guard_entry for each row execute function see('event');
"""
UNDER_A_HOLD = """
    with at as (select what, account, pg_xact_commit_timestamp(xmin) as committed_at from seen)
    select count(*) from at mark where what = 'mark' and committed_at >
        (select min(committed_at) from at where what = 'event' and at.account = mark.account)
"""


class Load(HostTestCase):
    """Nothing is sent twice, nothing under a hold that was committed before the mark, and no event is lost."""

    def setUp(self) -> None:
        super().setUp()
        self.payouts = self.requested([self.ada.pk], PAYOUTS)

    def requested(self, accounts: list[int], of_each: int) -> list[UUID]:
        """Request payouts of these accounts, and return their ids."""
        made = [
            Payout(account_id=account, key=f"p{account}-{n}", amount=1, destination="DE02")
            for n in range(of_each)
            for account in accounts
        ]
        return [payout.pk for payout in Payout.objects.bulk_create(made)]

    def all_at_once(self, accounts: list[int]) -> list[bool]:
        """Send each payout twice while events of these accounts are reported; return which calls let money go."""
        jobs: list[Callable[[], Any]] = [lambda pk=pk: send(pk).let_go for pk in self.payouts * 2]  # type: ignore[misc]
        random.Random(17).shuffle(jobs)
        for number, account in enumerate(accounts):
            jobs.insert(
                len(jobs) // 4 + number,
                lambda account=account: happened(account, triggers.EMAIL_CHANGED, ActorKind.USER),  # type: ignore[misc]
            )
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            done = list(pool.map(closing, jobs))
        return [bool(let_go) for let_go in done if let_go is not None]

    def assert_safe(self, accounts: list[int]) -> None:
        """Send all payouts beside these events, and see that nothing went wrong."""
        with connection.cursor() as cursor:
            cursor.execute(WATCH)
            began = time.monotonic()
            let_go = self.all_at_once(accounts)
            taken = time.monotonic() - began
            print(f"\n{2 * len(self.payouts)} calls, {len(accounts)} events, {CONNECTIONS} connections: {taken:.1f} s")
            cursor.execute(UNDER_A_HOLD)
            assert cursor.fetchone() == (0,), "sent under a hold that was committed before the mark"
        assert len(RAIL.told) == len(set(RAIL.told)) == sum(let_go), "sent twice"
        assert 0 < len(RAIL.told) < len(self.payouts), "the events came in between"
        assert Entry.objects.count() == len(accounts), "an event was lost"
        assert not Payout.objects.filter(state="leaving").exists()

    def test_each_payout_leaves_once_and_none_after_the_first_hold(self) -> None:
        self.assert_safe([self.ada.pk] * EVENTS)
        assert len(self.row().account.holds[0].triggers) > 1, "the events join one hold"

    @skipUnless(DEEP, "it takes minutes: set SHOP_DEEP")
    def test_two_thousand_payouts_over_five_hundred_accounts(self) -> None:
        accounts = [User.objects.create_user(f"user{n}").pk for n in range(500)]
        self.payouts = self.requested(accounts, 4)
        self.assert_safe(accounts * 2)

    @skipUnless(DEEP, "it takes minutes: set SHOP_DEEP")
    def test_many_accounts_without_the_lock_are_caught(self) -> None:
        accounts = [User.objects.create_user(f"user{n}").pk for n in range(500)]
        self.payouts = self.requested(accounts, 4)
        with without_the_lock(), self.assertRaisesRegex(AssertionError, "sent under a hold"):
            self.assert_safe(accounts * 2)

    def test_a_hold_that_is_committed_stops_every_mark_that_follows(self) -> None:
        assert not self.slips()

    def test_the_same_host_without_the_lock_is_caught(self) -> None:
        with without_the_lock():
            assert self.slips()

    def slips(self) -> bool:
        """Report an event while a payout stands between its question and its mark; tell whether it left all the same.

        With the lock the event waits: the mark is committed first, so the money was on its way when the hold came.
        """
        asked, held, mark = threading.Event(), threading.Event(), Payout.save
        held_at_the_mark: list[bool] = []

        def slowly(payout: Payout, **more: Any) -> None:
            asked.set()
            held_at_the_mark.append(held.wait(2))
            mark(payout, **more)

        def hold() -> None:
            asked.wait()
            happened(self.ada.pk, triggers.EMAIL_CHANGED, ActorKind.USER)
            held.set()

        with mock.patch.object(Payout, "save", slowly), ThreadPoolExecutor(2) as pool:
            jobs = [pool.submit(closing, hold), pool.submit(closing, lambda: send(self.payouts[0]))]
            for job in jobs:
                job.result()
        return held_at_the_mark == [True] and len(RAIL.told) == 1


@contextmanager
def without_the_lock() -> Iterator[None]:
    """Take the lock of the account's row out of the host."""
    with mock.patch("guard.models.GuardedAccount.objects.select_for_update", lambda **_: GuardedAccount.objects.all()):
        yield


def closing(job: Callable[[], Any]) -> Any:
    """Do a job, and give the connection of the thread back."""
    try:
        return job()
    finally:
        connections.close_all()
