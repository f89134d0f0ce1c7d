"""Finds the stories of a policy and reads them: in files beside the policy, or shipped with a published one."""

from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Final

from withdraw_guard._drafts.draft import ReadParts
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard.cli._arguments import Unusable, line_and_column
from withdraw_guard.cli._journal import DOCUMENT_BYTES_MAX, opened, text_of
from withdraw_guard.policies import GALLERY
from withdraw_guard.stories import Story, read_stories
from withdraw_guard.wire import Json, parse

JSON: Final = (".json",)
YAML: Final = (".yaml", ".yml")
FORMS: Final = (*JSON, *YAML)
BESIDE: Final = ".stories"
"""`ours.stories.json` has the stories of `ours.json`."""


def stories_beside(policy: str) -> tuple[Path, ...]:
    """Return the files with the stories of a policy, which is a published one or a file."""
    if policy in GALLERY:
        return (Path(str(files("withdraw_guard.stories") / "published" / f"{policy}.json")),)
    of_policy = Path(policy)
    beside = (of_policy.with_name(f"{of_policy.stem}{BESIDE}{form}") for form in FORMS)
    return tuple(path for path in beside if path.exists())


def policy_beside(stories: Path) -> Path | None:
    """Return the file of the policy that a file has the stories of, or none if there is none beside it."""
    name = stories.stem.removesuffix(BESIDE)
    return next((path for form in FORMS if (path := stories.with_name(f"{name}{form}")).exists()), None)


def stories_in(path: Path) -> tuple[Story, ...]:
    """Read the stories of a file. Raises `Unusable` with the path to the first fault."""
    try:
        return read_stories(read_document(path))
    except InvalidValue as fault:
        raise Unusable(f"{path}: {fault}") from None


def read_document(path: Path) -> Json:
    """Read a JSON or YAML file into plain data. Raises `InvalidValue` for what is neither."""
    with opened(str(path)) as stream:
        text = text_of(stream.read(DOCUMENT_BYTES_MAX + 1))
    return _yaml(text) if path.suffix in YAML else parse(text)


def _yaml(text: str) -> Json:
    """Read YAML into plain data, by the reader of policies. Raises `InvalidValue` with the first fault."""
    try:
        read: ReadParts = import_module("withdraw_guard._drafts.yaml_text").yaml_parts
    except ImportError as error:
        raise InvalidValue("", str(error)) from None
    document, slips = read(text)
    if slips:
        line, _ = line_and_column(text, slips[0].begin)
        raise InvalidValue("", f"{slips[0]}, in line {line}")
    return None if document is None else document.plain()
