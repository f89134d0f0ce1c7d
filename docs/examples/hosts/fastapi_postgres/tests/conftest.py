"""One real PostgreSQL for all tests, and a shop on it whose clock the test sets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from cluster import Cluster, a_cluster
from hypothesis import settings

settings.register_profile("host", deadline=None, max_examples=20, derandomize=True)
settings.load_profile("host")


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    with a_cluster("fsync=off") as made:
        yield made
