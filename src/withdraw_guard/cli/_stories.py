"""Finds the stories of a policy and reads them: in files beside the policy, or shipped with a published one."""

from importlib import import_module
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from withdraw_guard._values.errors import InvalidValue
from withdraw_guard.cli._arguments import Unusable
from withdraw_guard.cli._journal import DOCUMENT_BYTES_MAX, text_of
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
    with path.open("rb") as stream:
        text = text_of(stream.read(DOCUMENT_BYTES_MAX + 1))
    return _yaml(text) if path.suffix in YAML else parse(text)


def _as_text(_: Any, node: Any) -> Any:
    # `Any`: the library has no types that a strict checker can read.
    return node.value


def _yaml(text: str) -> Json:
    """Read YAML 1.2 into plain data; an instant stays text."""
    try:
        yaml: Any = import_module("ruamel.yaml")
    except ImportError:
        needed = "needs ruamel.yaml to be read as YAML: install withdraw-guard with its extra `yaml`"
        raise InvalidValue("", needed) from None
    reader = yaml.YAML(typ="safe", pure=True)
    reader.Constructor = type("AsText", (yaml.constructor.SafeConstructor,), {})
    reader.Constructor.add_constructor("tag:yaml.org,2002:timestamp", _as_text)
    try:
        document: Json = reader.load(text)
    except yaml.error.MarkedYAMLError as error:
        line = error.problem_mark.line + 1
        raise InvalidValue("", f"must be YAML: {error.problem}, in line {line}") from None
    return document
