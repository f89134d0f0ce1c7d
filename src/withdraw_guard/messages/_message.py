"""A message: a stable code with typed parameters, and no text.

It can be stored, compared, logged and sent to another renderer. `withdraw_guard.messages.render` makes its text.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias, assert_never, final

import attrs

from withdraw_guard._values.checks import check_identifier, check_name, check_names, check_tally, check_type
from withdraw_guard._values.errors import InvalidValue, join_path, member_path, shown
from withdraw_guard._values.frozen import Frozen, members_by_name
from withdraw_guard._values.limits import CODE_LENGTH_MAX, HOLD_ID_LENGTH_MAX
from withdraw_guard._values.time import utc_end
from withdraw_guard._values.value import Value
from withdraw_guard.messages._codes import CODES, PARAMETERS, ParameterKind

Param: TypeAlias = datetime | timedelta | int | str | tuple[str, ...]
"""The value of a parameter."""

_CODE: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9][a-z0-9_]*)*")
_NOTHING: Final[Frozen[Param]] = Frozen({})


def _params(given: Mapping[str, Param]) -> Frozen[Param]:
    return Frozen({name: _param(name, value) for name, value in members_by_name("params", given).items()})


@final
@attrs.frozen(kw_only=True, repr=False)
class Message(Value):
    """A code and the values of the parameters that its text names.

    A code of `CODES` has exactly its parameters. Any other code may have any of the known parameters, so that a
    message of a later release can be built; it renders as its code.
    """

    code: str
    params: Frozen[Param] = attrs.field(default=_NOTHING, converter=_params)

    def __attrs_post_init__(self) -> None:
        check_type("code", self.code, str, "text")
        if len(self.code) > CODE_LENGTH_MAX or not _CODE.fullmatch(self.code):
            raise InvalidValue("code", f"must be words with dots between, such as `step.wait`, got {shown(self.code)}")
        expected = CODES.get(self.code)
        if expected is not None and expected != frozenset(self.params):
            named = ", ".join(f"`{name}`" for name in sorted(expected)) or "nothing"
            raise InvalidValue("params", f"must be exactly what `{self.code}` names: {named}")


def say(code: str, **params: Param) -> Message:
    """Return the message of this code with these parameters."""
    return Message(code=code, params=params)


def _param(name: str, value: object) -> Param:
    path = join_path("params", member_path(name))
    if name not in PARAMETERS:
        raise InvalidValue(path, "must be a parameter that some message has")
    return _checked(path, PARAMETERS[name].kind, value)


def _checked(path: str, kind: ParameterKind, value: Any) -> Param:
    # `Any`, because each check below asks for the exact type.
    match kind:
        case ParameterKind.DAY | ParameterKind.MOMENT | ParameterKind.END | ParameterKind.DEADLINE:
            return utc_end(path, value)
        case ParameterKind.DURATION:
            _check_elapsed(path, value)
        case ParameterKind.COUNT:
            check_tally(path, value)
        case ParameterKind.IDENTIFIER:
            check_identifier(path, value, HOLD_ID_LENGTH_MAX)
        case ParameterKind.NAME:
            check_name(path, value)
        case ParameterKind.NAMES:
            check_names(path, value, tuple)
        case _ as never:
            assert_never(never)
    checked: Param = value
    return checked


def _check_elapsed(path: str, value: object) -> None:
    if type(value) is not timedelta or value < timedelta(0):
        raise InvalidValue(path, f"must be a timedelta that is not negative, got {shown(value)}")
