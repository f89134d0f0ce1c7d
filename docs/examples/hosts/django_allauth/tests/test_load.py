"""Two hundred payouts on fifty connections against one account, beside events."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connections
from withdraw_guard import ActorKind, triggers

from guard.events import happened
from guard.models import Entry, GuardedAccount, Payout
from guard.payouts import send
from tests.base import RAIL, HostTestCase

PAYOUTS, CONNECTIONS, EVENTS = 200, 50, 20


class Load(HostTestCase):
    """Nothing is sent twice, nothing under a hold that was committed before the mark, and no event is lost."""

    def setUp(self) -> None:
        super().setUp()
        row = self.row()
        made = [Payout(account=row, key=f"p{n}", amount=1, destination="DE02") for n in range(PAYOUTS)]
        self.payouts = [payout.pk for payout in Payout.objects.bulk_create(made)]

    def all_at_once(self, events: int) -> list[bool]:
        """Send each payout twice while events are reported; return which calls let money go."""
        jobs: list[Callable[[], Any]] = [lambda pk=pk: send(pk).let_go for pk in self.payouts * 2]  # type: ignore[misc]
        random.Random(17).shuffle(jobs)
        for number in range(events):
            jobs.insert(len(jobs) // 4 + number, lambda: happened(self.ada.pk, triggers.EMAIL_CHANGED, ActorKind.USER))
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            done = list(pool.map(closing, jobs))
        return [bool(let_go) for let_go in done if let_go is not None]

    def test_each_payout_leaves_once_and_none_after_the_first_hold(self) -> None:
        began = time.monotonic()
        let_go = self.all_at_once(EVENTS)
        print(
            f"\n{2 * PAYOUTS} calls and {EVENTS} events on {CONNECTIONS} connections: {time.monotonic() - began:.1f} s"
        )
        assert len(RAIL.told) == len(set(RAIL.told)) == sum(let_go), "sent twice"
        assert 0 < len(RAIL.told) < PAYOUTS, "the events came in between"
        assert Entry.objects.count() == EVENTS, "an event was lost"
        assert not Payout.objects.filter(state="leaving").exists()
        assert len(self.row().account.holds[0].triggers) > 1, "the events join one hold"

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
