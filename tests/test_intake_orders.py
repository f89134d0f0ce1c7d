"""Whole lives of a vendor's session, all of them up to three messages: in every order, and delivered twice."""

from __future__ import annotations

from itertools import permutations, product

from intake_messages import Vendor
from test_intake_lives import AGAINST, END, STARTED, each_vendor, heard, live, receive
from withdraw_guard import Account, Denied, check
from withdraw_guard.intake import Reported, Says

Told = tuple[tuple[Says, float], ...]


def assert_ends_well(account: Account, told: Told) -> None:
    """Allowed only after a pass that nothing later contradicts; else somebody is told what to do."""
    decision = check(account, END)
    if isinstance(decision, Denied):
        assert all(hold.steps for hold in decision.holds)
        return
    passes = [minutes for meaning, minutes in told if meaning is Says.APPROVED]
    assert passes
    assert not [meaning for meaning, minutes in told if meaning in AGAINST and minutes > max(passes)]


def lived(vendor: Vendor, told: Told) -> tuple[Account, Told]:
    """The account in the end, and those of the messages of which something was reported."""
    account, counted = STARTED, []
    for meaning, minutes in told:
        message = vendor.says(meaning, minutes)
        if isinstance(heard(vendor, account, message), Reported):
            counted.append((meaning, minutes))
        account = receive(vendor, account, message)
    return account, tuple(counted)


@each_vendor
def test_up_to_three_messages_in_every_order_end_well(vendor: Vendor) -> None:
    count = 0
    for length in (1, 2, 3):
        for meanings in product(vendor.statuses, repeat=length):
            messages = [(meaning, 2.0 * number) for number, meaning in enumerate(meanings, start=1)]
            for told in permutations(messages):
                account, counted = lived(vendor, told)
                assert_ends_well(account, told)
                assert live(vendor, *counted, account=account) == account, "delivered once more"
                # What said nothing when it came may say something now.
                assert_ends_well(live(vendor, *told, account=account), told)
                count += 1
    assert count >= 2 + 4 * 2 + 8 * 6
