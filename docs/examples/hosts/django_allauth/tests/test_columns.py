"""The columns answer what the guard answers, at every later instant, until the next event."""

from __future__ import annotations

from datetime import datetime, timedelta

import attrs
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from withdraw_guard import Account, Event, EventRefused, apply, check, next_change_at, open_holds, phase
from withdraw_guard.steps import AwaitAppeal, AwaitReview
from withdraw_guard.testing import instants_around, journals

from guard.models import NEVER, GuardedAccount
from shop.policy import POLICY
from tests.base import DEEP, MONDAY, TICK, HostTestCase

COLUMNS = settings(
    max_examples=300 if DEEP else 25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


class Columns(HostTestCase):
    """Each column, read back from PostgreSQL, beside the verbs of the library."""

    def test_the_columns_are_exact(self) -> None:
        @COLUMNS
        @given(data=st.data(), journal=journals(POLICY))
        def exact(data: st.DataObject, journal: tuple[Event, ...]) -> None:
            self.after(data, journal)

        exact()

    def after(self, data: st.DataObject, journal: tuple[Event, ...]) -> None:
        """Keep the account after a journal, and ask at later instants."""
        account = Account(id=str(self.ada.pk))
        stored_at = MONDAY
        for event in journal:
            stored_at = max(stored_at, event.at)
            try:
                account = apply(POLICY, account, attrs.evolve(event, account=account.id)).account
            except EventRefused:
                continue
        self.row().keep(account, stored_at)
        row = self.row()
        assert row.account == account
        ends = [end for end in (row.resumes_at, row.next_change_at) if end != NEVER]
        drawn = [data.draw(instants_around(account)) for _ in range(4)]
        for at in [stored_at, stored_at + timedelta(days=9999), *drawn, *ends, *(end - TICK for end in ends)]:
            self.assert_exact(row, account, max(at, stored_at))

    def assert_exact(self, row: GuardedAccount, account: Account, at: datetime) -> None:
        rows = GuardedAccount.objects.filter(pk=row.pk)
        assert rows.filter(resumes_at__lte=at).exists() == bool(check(account, at))
        if at < row.next_change_at:
            dues = [
                step.due or NEVER
                for hold in open_holds(account, at)
                for step in hold.steps
                if isinstance(step, AwaitReview | AwaitAppeal)
            ]
            assert row.phase == phase(account, at)
            assert row.next_change_at == (next_change_at(account, at) or NEVER)
            assert row.review_due == min(dues, default=None)
            assert rows.filter(next_change_at__lte=at).exists() is False

    def test_infinity_is_infinity_in_the_database(self) -> None:
        other = User.objects.create_user("bob").pk
        assert GuardedAccount.objects.extra(where=["next_change_at = 'infinity'"]).filter(pk=other).exists()
        assert GuardedAccount.objects.get(pk=other).next_change_at == NEVER
