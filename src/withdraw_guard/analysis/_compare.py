"""`compare`: is another policy stricter or looser, for which requests, and what shows it.

One policy is looser than another if, under some help (`Help`) and after some security events, an account holder may
withdraw at an instant at which the other policy denies, whatever anybody does. `_search` says how that is found. The
work grows with the number of rules, and not with the number of accounts.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from enum import StrEnum
from itertools import chain, count
from types import MappingProxyType
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._answers.request import WITHDRAWAL, Request
from withdraw_guard._model.policy import Policy, PolicyRef
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.ids import Operation, RuleId
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destination, Destinations
from withdraw_guard.analysis._changes import DUE_DATES, NOT_SHOWN, paths_changed, policy_changes
from withdraw_guard.analysis._circumstances import ASKED, Occasions, on_either_calendar
from withdraw_guard.analysis._plans import Why
from withdraw_guard.analysis._search import Found, Search, length_of
from withdraw_guard.analysis._witness import Witness
from withdraw_guard.operations import WELL_KNOWN

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of finished parts and the number of all parts."""

OTHER_OPERATION: Final = Operation("*")
"""Stands for every well-known operation that neither policy names."""
UNKNOWN_OPERATION: Final = Operation("?")
"""Stands for every operation that nobody knows: it is not well known, and neither policy names it."""


@final
class Verdict(StrEnum):
    """How a new policy relates to an old one. Unknown: one direction was neither shown nor ruled out."""

    EQUAL = "equal"
    STRICTER = "stricter"
    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@final
class Standing(StrEnum):
    """What is known about one direction: a witness shows it, a complete search rules it out, or neither."""

    SHOWN = "shown"
    RULED_OUT = "ruled_out"
    UNKNOWN = "unknown"


@final
@attrs.frozen(kw_only=True, repr=False)
class Difference(Value):
    """How the new policy relates to the old one for one kind of request, with the shortest witness each way.

    `looser` is a witness that the old policy denies and the new one allows; `stricter` is the other way round.
    `about_looser` and `about_stricter` say what is known of each direction. `operation` is one that a policy names,
    `OTHER_OPERATION` or `UNKNOWN_OPERATION`.
    """

    operation: Operation
    destination: Destination
    verdict: Verdict
    looser: Witness | None
    stricter: Witness | None
    about_looser: Standing
    about_stricter: Standing

    def __attrs_post_init__(self) -> None:
        settle(self, "verdict", check_word("verdict", self.verdict, Verdict))
        settle(self, "about_looser", check_word("about_looser", self.about_looser, Standing))
        settle(self, "about_stricter", check_word("about_stricter", self.about_stricter, Standing))
        for name, about, witness in (
            ("about_looser", self.about_looser, self.looser),
            ("about_stricter", self.about_stricter, self.stricter),
        ):
            if (about is Standing.SHOWN) is (witness is None):
                raise InvalidValue(name, f"must be `shown` exactly where there is a witness, got {shown(about)}")
        if self.verdict is not _verdict(self.about_looser, self.about_stricter):
            raise InvalidValue("verdict", f"must follow from what is known each way, got {shown(self.verdict)}")


@final
@attrs.frozen(kw_only=True, repr=False)
class NotKnown(Value):
    """Why it is not known whether a rule denies what the other policy allows: `looser` for a rule of the old one.

    With `in_part` the rule has a witness, and is not known for another kind of request.
    """

    way: str
    rule: RuleId
    why: tuple[Why, ...]
    in_part: bool = False


@final
@attrs.frozen(kw_only=True, repr=False)
class Comparison(Value):
    """How the new policy relates to the old one: in total, and for each operation and class of destination.

    `loosened` has a witness for each rule of the old policy that denies what the new one allows, and `tightened` one
    for each rule of the new policy that denies what the old one allows: the shortest of each. `unknown` says what is
    not known, and why.

    `deadlines` are paths to changed due dates of reviews and appeals. They are no part of the verdict, because an
    overdue review or appeal ends no hold. `verify_within` and the `within` of an appeal are part of the verdict.
    `also_changed` are paths to what else differs beside the verdict: what people are told, who may retract, how long an
    identity counts, what may be chosen, and the calendar.
    """

    old: PolicyRef
    new: PolicyRef
    verdict: Verdict
    differences: tuple[Difference, ...]
    loosened: tuple[Witness, ...] = ()
    tightened: tuple[Witness, ...] = ()
    unknown: tuple[NotKnown, ...] = ()
    deadlines: tuple[str, ...] = ()
    also_changed: tuple[str, ...] = ()

    @property
    def about_looser(self) -> Standing:
        """Whether a request is allowed that was denied. Ruled out only if it is ruled out for every kind of request."""
        return _about_all(each.about_looser for each in self.differences)

    @property
    def about_stricter(self) -> Standing:
        """Whether a request is denied that was allowed. Ruled out only if it is ruled out for every kind of request."""
        return _about_all(each.about_stricter for each in self.differences)

    @property
    def looser(self) -> Witness | None:
        """The shortest witness that a request is allowed that was denied, if there is one."""
        return min(self.loosened, key=length_of, default=None)

    @property
    def stricter(self) -> Witness | None:
        """The shortest witness that a request is denied that was allowed, if there is one."""
        return min(self.tightened, key=length_of, default=None)


def compare(old: Policy, new: Policy, progress: Progress | None = None) -> Comparison:
    """Compare two policies for fresh accounts: every kind of operation that makes a difference, and both destinations.

    `progress` is called with the number of finished searches, one for each rule and kind of request, and of all.
    """
    check_type("old", old, Policy, "a Policy")
    check_type("new", new, Policy, "a Policy")
    both = on_either_calendar(old, new)
    work = _Work(searches=_searches_of(*both), requests=requests_of(old, new), progress=progress)
    differences = tuple(work.difference(operation, request) for operation, request in work.requests)
    return Comparison(
        old=old.ref,
        new=new.ref,
        verdict=_verdict(
            _about_all(each.about_looser for each in differences),
            _about_all(each.about_stricter for each in differences),
        ),
        differences=differences,
        loosened=work.shortest("looser"),
        tightened=work.shortest("stricter"),
        unknown=work.unknown(),
        deadlines=tuple(paths_changed(old, new, DUE_DATES)),
        also_changed=(
            *(change.path for change in policy_changes(old, new)),
            *paths_changed(old, new, NOT_SHOWN),
        ),
    )


def _searches_of(old: Policy, new: Policy) -> Mapping[str, Search]:
    occasions = Occasions((old, new))
    return {"looser": Search(old, new, occasions), "stricter": Search(new, old, occasions)}


@final
@attrs.define(kw_only=True)
class _Work:
    """What was found so far, by direction and rule. Requests that the same rules cover are searched for once."""

    searches: Mapping[str, Search]
    requests: Sequence[tuple[Operation, Request]]
    progress: Progress | None
    found: dict[tuple[str, frozenset[RuleId], frozenset[RuleId]], list[Found]] = attrs.Factory(
        dict[tuple[str, frozenset[RuleId], frozenset[RuleId]], list[Found]]
    )
    done: int = 0

    def difference(self, operation: Operation, request: Request) -> Difference:
        """Compare the policies for one kind of request."""
        looser, stricter = (self._found(way, request) for way in self.searches)
        return Difference(
            operation=operation,
            destination=request.destination,
            verdict=_verdict(_standing(looser), _standing(stricter)),
            looser=_shortest(looser, request),
            stricter=_shortest(stricter, request),
            about_looser=_standing(looser),
            about_stricter=_standing(stricter),
        )

    def shortest(self, way: str) -> tuple[Witness, ...]:
        """Return the shortest witness of each rule of the policy that denies, in the order of its rules."""
        best: dict[RuleId, Witness] = {}
        for found in self._all(way):
            known = best.get(found.rule)
            if found.witness is not None and (known is None or length_of(found.witness) < length_of(known)):
                best[found.rule] = found.witness
        return tuple(best[rule.id] for rule in self.searches[way].denying.rules if rule.id in best)

    def unknown(self) -> tuple[NotKnown, ...]:
        """Return what is not known of the rules that have no witness, or of a kind of request."""
        whys: dict[tuple[str, RuleId], set[Why]] = {}
        shown = {way: {witness.rule.id for witness in self.shortest(way)} for way in self.searches}
        for (way, *_), every in self.found.items():
            for found in every:
                if found.why and (found.rule not in shown[way] or _standing(every) is Standing.UNKNOWN):
                    whys.setdefault((way, found.rule), set()).update(found.why)
        return tuple(
            NotKnown(way=way, rule=rule, why=tuple(sorted(why)), in_part=rule in shown[way])
            for (way, rule), why in whys.items()
        )

    def _all(self, way: str) -> Iterator[Found]:
        return (each for (of, *_), found in self.found.items() if of == way for each in found)

    def _found(self, way: str, request: Request) -> list[Found]:
        search = self.searches[way]
        key = (way, _covering(search.denying, request), _covering(search.allowing, request))
        if key in self.found:
            self._tell(len(search.denying.rules))
            return self.found[key]
        self.found[key] = []
        for rule in search.denying.rules:
            self.found[key].append(search.against(rule, request))
            self._tell(1)
        return self.found[key]

    def _tell(self, more: int) -> None:
        self.done += more
        if self.progress is not None:
            rules = sum(len(search.denying.rules) for search in self.searches.values())
            self.progress(self.done, rules * len(self.requests))


def _covering(policy: Policy, request: Request) -> frozenset[RuleId]:
    return frozenset(rule.id for rule in policy.rules if request.is_covered_by(rule.scope))


def _standing(found: Sequence[Found]) -> Standing:
    """Return what is known of one direction, if this is what was found about each rule."""
    if any(each.witness is not None for each in found):
        return Standing.SHOWN
    return Standing.UNKNOWN if any(each.why for each in found) else Standing.RULED_OUT


def _shortest(found: Iterable[Found], request: Request) -> Witness | None:
    witnesses = (each.witness for each in found if each.witness is not None)
    shortest = min(witnesses, key=length_of, default=None)
    return None if shortest is None else shortest.asking(request)


def _about_all(abouts: Iterable[Standing]) -> Standing:
    """Return what is known of all kinds of request together."""
    standings = set(abouts)
    if Standing.SHOWN in standings:
        return Standing.SHOWN
    return Standing.RULED_OUT if standings == {Standing.RULED_OUT} else Standing.UNKNOWN


def _verdict(looser: Standing, stricter: Standing) -> Verdict:
    """Return what follows from both directions: unknown if one of them is unknown."""
    return _VERDICTS.get((looser, stricter), Verdict.UNKNOWN)


_VERDICTS: Final[Mapping[tuple[Standing, Standing], Verdict]] = MappingProxyType(
    {
        (Standing.RULED_OUT, Standing.RULED_OUT): Verdict.EQUAL,
        (Standing.RULED_OUT, Standing.SHOWN): Verdict.STRICTER,
        (Standing.SHOWN, Standing.RULED_OUT): Verdict.LOOSER,
        (Standing.SHOWN, Standing.SHOWN): Verdict.INCOMPARABLE,
    }
)


def requests_of(*policies: Policy) -> list[tuple[Operation, Request]]:
    """Return one request of each kind that these policies can tell apart, with the name of its operation.

    A scope that names operations leaves every other one that is well known, and covers one that nobody knows.
    If a rule is about a named destination, every request names one. A request without a destination is stopped by
    every hold that stops a request for the destination of the event, so it shows nothing else.
    """
    rules = [rule for policy in policies for rule in policy.rules]
    is_about_one = any(rule.scope.destinations is Destinations.NAMED for rule in rules)
    asked = ASKED if is_about_one else None
    return [
        (name, Request(operation=operation, destination=destination, destination_id=asked))
        for name, operation in _kinds_of_operations({name for policy in policies for name in policy.operations})
        for destination in Destination
    ]


def _withdrawals_first(operation: Operation) -> tuple[bool, Operation]:
    return operation != WITHDRAWAL.operation, operation


def _kinds_of_operations(named: Set[Operation]) -> Iterator[tuple[Operation, Operation]]:
    """Give the name of each kind of operation, and one operation of that kind."""
    yield from ((operation, operation) for operation in sorted(named, key=_withdrawals_first))
    others = WELL_KNOWN - named
    if others:
        yield OTHER_OPERATION, WITHDRAWAL.operation if WITHDRAWAL.operation in others else min(others)
    unknown = chain(["unknown_operation"], (f"unknown_operation_{number}" for number in count(2)))
    yield UNKNOWN_OPERATION, next(Operation(name) for name in unknown if name not in named)
