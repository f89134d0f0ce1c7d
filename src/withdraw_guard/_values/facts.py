"""The facts that an event carries and that a rule asks about: a read-only mapping that is hashable.

Facts are compared by type and value: `True` is not `1`. A plain mapping would call them equal, and then two
rules that hold for different things would be one rule.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, TypeAlias, cast, final

from withdraw_guard._values.checks import check_identifier, check_text
from withdraw_guard._values.errors import InvalidValue, member_path, shown
from withdraw_guard._values.frozen import Frozen
from withdraw_guard._values.limits import FACT_INTEGER_MAX, FACT_LENGTH_MAX, FACTS_MAX

Fact: TypeAlias = str | int | bool
"""What is known about an event: text, an integer or a boolean."""


@final
class Facts(Frozen[Fact]):
    """At most 64 facts by name; a fact is text of at most 1024 characters, an integer of at most 64 bits or a boolean.

    Raises `InvalidValue` for anything else. The order in which they were given does not matter.
    """

    __slots__ = ()

    def __init__(self, facts: Mapping[str, Fact] = MappingProxyType({})) -> None:
        by_name = _copied(facts)
        if len(by_name) > FACTS_MAX:
            raise InvalidValue("", f"must be at most {FACTS_MAX} facts, got {len(by_name)}")
        for name, fact in by_name.items():
            _check_fact(name, fact)
        object.__setattr__(self, "_by_name", dict(sorted(by_name.items())))
        object.__setattr__(self, "_hash", hash(frozenset(_typed(by_name).items())))

    @classmethod
    def clipped(cls, given: Mapping[str, object]) -> Facts:
        """Return the facts of a mapping that fit, and leave out the others: a fact that is absent matches.

        Names are taken in alphabetical order until there are 64. Raises `InvalidValue` if it is no mapping.
        """
        fitting: dict[str, Fact] = {}
        for name, fact in sorted(_copied(given).items(), key=lambda item: str(item[0])):
            if len(fitting) < FACTS_MAX and _fits(name, fact):
                fitting[name] = fact
        return cls(fitting)

    def __init_subclass__(cls) -> None:
        raise TypeError("`Facts` is final: compose it, do not inherit from it")

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Mapping):
            return NotImplemented
        return _typed(self) == _typed(cast("Mapping[object, object]", other))

    def __repr__(self) -> str:
        return f"Facts({self._by_name!r})"

    def says_otherwise(self, name: str, expected: Fact) -> bool:
        """Whether the fact of that name has another value; one that is missing or of another type says nothing."""
        fact = self._by_name.get(name)
        return type(fact) is type(expected) and fact != expected


def freeze_facts(field: str, given: Mapping[str, Any]) -> Facts:
    """Return the facts themselves, or a frozen copy of a plain mapping; a fault is reported below `field`."""
    if type(given) is Facts:
        return given
    try:
        return Facts(given)
    except InvalidValue as error:
        raise error.within(field) from None


def _copied(facts: object) -> dict[Any, Any]:
    # `Any`: the items are checked next.
    if not isinstance(facts, Mapping):
        raise InvalidValue("", f"must be facts by name, got {shown(facts)}")
    try:
        return dict(cast("Mapping[object, object]", facts))
    except Exception as error:
        # A mapping of another library is foreign code: it may raise anything.
        raise InvalidValue("", "must be facts by name that can be read") from error


def _typed(by_name: Mapping[Any, Any]) -> dict[Any, tuple[type, Any]]:
    # `Any`: equality may be asked of any mapping, whatever it maps.
    return {name: (type(fact), fact) for name, fact in by_name.items()}


def _fits(name: object, fact: object) -> bool:
    try:
        _check_fact(cast("str", name), fact)
    except InvalidValue:
        return False
    return True


def _check_fact(name: str, fact: object) -> None:
    check_identifier("", name)
    field = member_path(name)
    if type(fact) is str:
        check_text(field, fact, FACT_LENGTH_MAX)
    elif type(fact) is int:
        if not -FACT_INTEGER_MAX <= fact <= FACT_INTEGER_MAX:
            raise InvalidValue(field, f"must be an integer of at most 64 bits, got {shown(fact)}")
    elif type(fact) is not bool:
        raise InvalidValue(field, f"must be text, an integer or a boolean, got {shown(fact)}")


NO_FACTS: Final = Facts()
