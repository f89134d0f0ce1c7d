"""Hypothesis profiles: `default` for every day, `quick` for the other Pythons, `deep` for a night.

Choose with `--hypothesis-profile`.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]

settings.register_profile("default", deadline=None, max_examples=100, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("deep", deadline=None, max_examples=5_000, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("quick", deadline=None, max_examples=25, suppress_health_check=SLOW_IS_FINE)
settings.load_profile("default")
