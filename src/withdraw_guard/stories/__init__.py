"""Stories that test a policy: what happens to one account, line by line, and what is expected. Needs the extra `wire`.

`read_stories` reads a document, plain data as a JSON or YAML file gives it. `tell_stories` tells the stories under a
policy: its report says what is not as expected, and which points of the policy no story covers.
"""

from __future__ import annotations

from withdraw_guard._values.public import publish as _publish
from withdraw_guard.stories._points import Group, Point
from withdraw_guard.stories._report import StoryReport, tell_stories
from withdraw_guard.stories._story import STORIES_SCHEMA, Story, StoryLine, read_stories
from withdraw_guard.stories._tell import Broken, Telling

__all__ = [
    "STORIES_SCHEMA",
    "Broken",
    "Group",
    "Point",
    "Story",
    "StoryLine",
    "StoryReport",
    "Telling",
    "read_stories",
    "tell_stories",
]

_publish(vars())
