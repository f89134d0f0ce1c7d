"""What came of the stories of a policy: which are not as expected, and which points of the policy none covers."""

from collections.abc import Iterable
from typing import final

import attrs

from withdraw_guard._model.policy import Policy
from withdraw_guard._values.value import Value
from withdraw_guard.stories._coverage import covered
from withdraw_guard.stories._points import Group, Point, points_of
from withdraw_guard.stories._story import Story
from withdraw_guard.stories._tell import Asked, Telling, tell


@final
@attrs.frozen(kw_only=True, repr=False)
class StoryReport(Value):
    """The stories as they were told under a policy, and the points of the policy with those that they cover."""

    policy: Policy
    tellings: tuple[Telling, ...]
    points: tuple[Point, ...]
    covered: frozenset[Point]

    @property
    def broken(self) -> tuple[Telling, ...]:
        """The stories in which something is not as expected."""
        return tuple(telling for telling in self.tellings if telling.broken is not None)

    @property
    def missing(self) -> tuple[Point, ...]:
        """The points that no story covers."""
        return tuple(point for point in self.points if point not in self.covered)

    @property
    def answers(self) -> int:
        """How many answers were as expected."""
        return sum(isinstance(scene, Asked) for telling in self.tellings for scene in telling.scenes)

    def count(self, group: Group) -> tuple[int, int]:
        """Count the points of a group that are covered, and all of them."""
        of_group = [point for point in self.points if point.group is group]
        return sum(point in self.covered for point in of_group), len(of_group)


def tell_stories(policy: Policy, stories: Iterable[Story]) -> StoryReport:
    """Tell each story of its own account under the policy, until its end or until something is not as expected."""
    tellings = tuple(tell(policy, story) for story in stories)
    found = frozenset(point for telling in tellings for point in covered(policy, telling.scenes))
    return StoryReport(policy=policy, tellings=tellings, points=points_of(policy), covered=found)
