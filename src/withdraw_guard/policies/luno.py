"""Luno: seven days after the account holder locked the account, unlocked by nobody."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from withdraw_guard import operations, triggers
from withdraw_guard._model.policy import Policy
from withdraw_guard._values.ids import Operation
from withdraw_guard.policies._published import Grade, Published, Source
from withdraw_guard.policies._terms import ALL_WITHDRAWALS, READ_ON, also, timed

LUNO: Final = Policy(
    id="luno",
    version="1.0.0",
    rules=(
        timed(
            triggers.ACCOUNT_LOCKED,
            timedelta(days=7),
            also(operations.TRADE, operations.TRANSFER, Operation("deposit"), Operation("api_access")),
        ),
    ),
)
"""The published rule of Luno."""

PUBLISHED: Final = Published(
    author="Luno",
    policy=LUNO,
    sources=(
        Source(
            address="https://guide.luno.com/hc/en-gb/articles/"
            "11035627961117-I-think-my-account-has-been-compromised-What-should-I-do",
            grade=Grade.OFFICIAL,
            read="after the link in an e-mail was used to lock the account: seven days without buying, selling, "
            "sending, depositing, withdrawing and the API; support cannot unlock it",
        ),
    ),
    readings=(
        "Locking the account again while it is locked extends the seven days; that is not stated.",
        "Buying and selling are the operation `trade`, sending is `transfer`.",
        ALL_WITHDRAWALS,
    ),
    read_on=READ_ON,
)
"""The sources and readings of `LUNO`."""
