"""Hypothesis profiles: `default` for every day, `quick` for the other Pythons, `deep` for a night.

Choose with `--hypothesis-profile`.
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings

T = TypeVar("T")

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

settings.register_profile("default", deadline=None, max_examples=100, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("deep", deadline=None, max_examples=5_000, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("quick", deadline=None, max_examples=25, suppress_health_check=SLOW_IS_FINE)
settings.load_profile("default")

if sys.platform == "emscripten":

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call() -> Generator[None, T, T]:
        """Skip what needs a second process or a thread where there is none."""
        try:
            return (yield)
        except (OSError, RuntimeError) as error:
            if any(words in str(error) for words in ("does not support processes", "can't start new thread")):
                pytest.skip(str(error))
            raise
