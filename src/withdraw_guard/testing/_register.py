"""`st.from_type` for the types of this library whose values must come from a history."""

from __future__ import annotations

from hypothesis import strategies as st

from withdraw_guard._model.account import Account
from withdraw_guard._model.events import EVENTS
from withdraw_guard._model.policy import Policy, Rule
from withdraw_guard.testing._strategies import accounts, events_of_type, policies, rules


def register() -> None:
    """Register the strategies for accounts, policies, rules and each type of event."""
    st.register_type_strategy(Policy, policies())
    st.register_type_strategy(Rule, rules())
    st.register_type_strategy(Account, policies().flatmap(accounts))
    for event in EVENTS:
        st.register_type_strategy(event, events_of_type(event))
