"""Stories as tests of pytest: `pytest_plugins = ["withdraw_guard.cli.pytest_stories"]` in the topmost `conftest.py`.

Each story of a file such as `ours.stories.json` becomes a test; the policy is the file `ours.json` beside it.
"""

# pytest does not say what its constructors take.
# pyright: reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from withdraw_guard._model.policy import Policy
from withdraw_guard.cli._arguments import Unusable, policy_named
from withdraw_guard.cli._stories import BESIDE, FORMS, policy_beside, stories_in
from withdraw_guard.stories import Story
from withdraw_guard.stories._given import StoryBroken
from withdraw_guard.stories._tell import tell


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect a file of stories."""
    has_stories = file_path.suffix in FORMS and file_path.stem.endswith(BESIDE)
    return StoryFile.from_parent(parent, path=file_path) if has_stories else None


class StoryFile(pytest.File):
    """A file of stories, with its policy beside it."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield a test for each story."""
        path = policy_beside(self.path)
        if path is None:
            raise self.CollectError(f"{self.path.name}: no policy lies beside it")
        try:
            policy, stories = policy_named(str(path)), stories_in(self.path)
        except Unusable as problem:
            raise self.CollectError(str(problem)) from None
        for story in stories:
            yield StoryItem.from_parent(self, name=story.name, policy=policy, story=story)


class StoryItem(pytest.Item):
    """A story as a test: it fails where something is not as expected."""

    def __init__(self, *, policy: Policy, story: Story, **given: Any) -> None:
        # `Any`: what every test is made with, which is the affair of pytest.
        super().__init__(**given)
        self._policy: Final = policy
        self._story: Final = story

    def runtest(self) -> None:
        """Tell the story. Raises `StoryBroken` where something in it is not as expected."""
        broken = tell(self._policy, self._story).broken
        if broken is not None:
            raise StoryBroken(f"{broken.path}: {broken.problem}\n\n{broken.timeline}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """Show what is wrong and the timeline, and no Python."""
        # `Any`: pytest has no name for either.
        if isinstance(excinfo.value, StoryBroken):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Name the story in the report."""
        return self.path, None, self.name
