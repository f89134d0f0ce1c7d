"""A guided state machine: Hypothesis decides where a journey goes, and makes it short when it has found something.

An unguided machine rarely gets further than a refused event. Here `progress` sends the next one to six legal events,
`to_boundary` jumps to an instant at which something changes, and other rules send what is late, told again or out of
place. After every rule each hold, with every step, is compared with the reference: a second hold would hide a wrong
first one if only yes or no were compared.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from journeys import REQUESTS, TICK, Journal, Traveller, changed_policy, random_policy
from test_differential import Library, difference_after, difference_at

chance = st.randoms(use_true_random=False)


class Guided(RuleBasedStateMachine):
    """The library and the reference on one journey; Hypothesis draws every chance that the traveller takes."""

    @initialize(seed=st.integers(0, 10**6), rng=chance)
    def depart(self, seed: int, rng: Random) -> None:
        self.library = Library()
        self.traveller = Traveller(rng, random_policy(Random(seed), grown=seed % 3 == 2))
        self.differs: str | None = None

    @rule(rng=chance, count=st.integers(1, 6))
    def progress(self, rng: Random, count: int) -> None:
        """The next legal events, one after the other."""
        self.traveller.rng = rng
        for _ in range(count):
            self.traveller.now += rng.choice((timedelta(0), TICK, timedelta(minutes=7)))
            self._tell(self.traveller.next_legal())
            self._tell_what_is_queued()

    @rule(rng=chance)
    def to_boundary(self, rng: Random) -> None:
        """Just before, at, or just after the end of a hold, of a verification, or of the window of an appeal."""
        self.traveller.rng = rng
        self.traveller.to_boundary()

    @rule(minutes=st.sampled_from((1, 59, 60, 24 * 60, 31 * 60, 6 * 24 * 60)))
    def wait(self, minutes: int) -> None:
        self.traveller.now += timedelta(minutes=minutes)

    @rule(rng=chance)
    def late_or_early(self, rng: Random) -> None:
        self.traveller.rng = rng
        self._tell(self.traveller.disturbed())

    @rule(rng=chance)
    def told_again(self, rng: Random) -> None:
        self.traveller.rng = rng
        self._tell(self.traveller.redelivered())

    @rule(rng=chance)
    def out_of_place(self, rng: Random) -> None:
        self.traveller.rng = rng
        self._tell(self.traveller.out_of_place())
        self._tell_what_is_queued()

    @precondition(lambda self: self.traveller.told)
    @rule(rng=chance)
    def another_policy(self, rng: Random) -> None:
        self.traveller.policy = changed_policy(rng, self.traveller.policy)

    @invariant()
    def the_library_says_what_the_reference_says(self) -> None:
        found = self.differs or difference_at(self.library, self.traveller.reference, self.traveller.now, REQUESTS)
        assert not found, f"{found}\n{Journal(tuple(self.traveller.told)).as_json()}"

    def _tell(self, event: dict) -> None:
        self.traveller.told.append((self.traveller.policy, event))
        found = difference_after(self.library, self.traveller.reference, self.traveller.policy, event)
        self.differs = self.differs or found

    def _tell_what_is_queued(self) -> None:
        while self.traveller.queue:
            self._tell(self.traveller.queue.pop())


TestTheLibraryGuided = Guided.TestCase
TestTheLibraryGuided.settings = settings(stateful_step_count=30)
