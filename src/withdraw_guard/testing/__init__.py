"""The test kit for hosts: prove that money cannot get past a hold. Needs the extra `withdraw-guard[testing]`.

your host      HostMachine with its Bank: the shortest story that breaks it; gate_coverage: which entry points slip
your policy    LAWS, check_laws: every law of the guard on a policy and a journal
a sentence     given(…).under(policy).when(event).then_denied_until(instant)
strategies     policies, rules, events, journals, accounts, instants_around; `st.from_type(Account)` works
"""

from __future__ import annotations

try:
    import hypothesis

    from withdraw_guard import wire
except ImportError as error:
    needed = "withdraw_guard.testing needs cattrs and hypothesis: install withdraw-guard with its extra `testing`"
    raise ImportError(needed, name="withdraw-guard[testing]") from error

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.stories._given import Given, Outcome, StoryBroken, Under, given
from withdraw_guard.testing import _laws, _laws_of_lifting
from withdraw_guard.testing._bank import Bank, Crash, Crashed
from withdraw_guard.testing._gates import GateReport, GateRow, gate_coverage
from withdraw_guard.testing._host import Finding, HostBroken, HostMachine
from withdraw_guard.testing._law import LAWS, Law, check_laws
from withdraw_guard.testing._strategies import accounts, events, instants_around, journals, policies, rules
from withdraw_guard.testing._trial import LawBroken

__all__ = [
    "LAWS",
    "Bank",
    "Crash",
    "Crashed",
    "Finding",
    "GateReport",
    "GateRow",
    "Given",
    "HostBroken",
    "HostMachine",
    "Law",
    "LawBroken",
    "Outcome",
    "StoryBroken",
    "Under",
    "accounts",
    "check_laws",
    "events",
    "gate_coverage",
    "given",
    "instants_around",
    "journals",
    "policies",
    "rules",
]

del _laws, _laws_of_lifting, hypothesis, wire

_publish(vars())
