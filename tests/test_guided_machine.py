"""A guided state machine: Hypothesis decides where a story goes, and makes it short when it has found something.

An unguided machine rarely gets further than a refused event. Here `progress` tells the next one to six events of a
person's journey, `to_boundary` goes to an instant at which something changes, and `anything` tells what is late, told
again or out of place. After every rule each open hold, with every step, is compared with the reference: a second hold
would hide a wrong first one if only yes or no were compared.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from reference import story as tell
from reference.journals import TICK, Story, random_event, random_policies
from reference.rulebook import Reference, read_instant
from test_differential import REQUESTS, Library, difference_after, difference_at, told

chance = st.randoms(use_true_random=False)


class Guided(RuleBasedStateMachine):
    """The library and the reference on one story; Hypothesis draws every chance that is taken."""

    @initialize(seed=st.integers(0, 10**6))
    def begin(self, seed: int) -> None:
        self.story = Story(random_policies(Random(seed), versions=3), [])
        self.library, self.reference = Library(), Reference(tell.ACCOUNT)
        self.version, self.now = 0, 0.0
        self.differs: str | None = None

    @rule(rng=chance, count=st.integers(1, 6))
    def progress(self, rng: Random, count: int) -> None:
        """The next events of a journey, one after the other."""
        for _ in range(count):
            self.now += rng.choice((0, TICK, 0.1, 1))
            self.tell(rng, calm=True)

    @rule(rng=chance)
    def anything(self, rng: Random) -> None:
        self.tell(rng, calm=False)

    @rule(rng=chance)
    def to_boundary(self, rng: Random) -> None:
        """Just before, at, or just after an instant at which something changes by itself."""
        here = tell.START + timedelta(hours=self.now)
        ahead = [at for at in sorted(self.reference.turning_points()) if at >= here][:3]
        if ahead:
            hours = (rng.choice(ahead) - tell.START) / timedelta(hours=1)
            self.now = max(self.now, hours + rng.choice((-TICK, 0, TICK)))

    @rule(hours=st.sampled_from((1 / 60, 1, 24, 31, 144)))
    def wait(self, hours: float) -> None:
        self.now += hours

    @precondition(lambda self: self.version < len(self.story.policies) - 1)
    @rule()
    def another_policy(self) -> None:
        self.version += 1

    @invariant()
    def the_library_says_what_the_reference_says(self) -> None:
        at = read_instant(tell.at(self.now)) if self.now < tell.FAR else tell.START
        found = self.differs or difference_at(self.library, self.reference, at, REQUESTS)
        assert not found, f"{found}\n{told(self.story)}"

    def tell(self, rng: Random, calm: bool) -> None:
        self.now = self.now if self.now < tell.FAR else 0.0
        events = [event for _, event in self.story.steps]
        event = random_event(rng, f"e{len(events)}", self.now, events, self.reference, calm)
        self.story.steps.append((self.version, event))
        found = difference_after(self.library, self.reference, self.story.policies[self.version], event)
        self.differs = self.differs or found


TestTheLibraryGuided = Guided.TestCase
TestTheLibraryGuided.settings = settings(stateful_step_count=30)
