"""Tries every law of the test kit on drawn journals of a policy. Loaded when it is asked for: it needs Hypothesis."""

from typing import Final

from hypothesis import HealthCheck, Phase, given, settings

from withdraw_guard._model.events import Event
from withdraw_guard._model.policy import Policy
from withdraw_guard.testing import LAWS, LawBroken, check_laws, journals

LAW_COUNT: Final = len(LAWS)


def broken_law(policy: Policy, examples: int) -> LawBroken | None:
    """Return the law that the shortest journal breaks, of so many that are drawn; the same ones each time."""

    @settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )
    @given(journals(policy))
    def every_law_holds(journal: tuple[Event, ...]) -> None:
        check_laws(policy, journal)

    try:
        every_law_holds()
    except LawBroken as broken:
        return broken
    return None
