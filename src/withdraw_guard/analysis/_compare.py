"""`compare`: is another policy stricter or looser, for which requests, and what shows it.

One policy is looser than the other if some account holder, with some help (`Help`) and after some security events, may
withdraw at an instant at which the other denies, whatever anybody does. A denial needs one rule that holds, an
allowance needs every rule of the other policy to be over. So each rule is asked by itself, against the rules that hear
the same trigger, under each of the few helps that leave it standing: the work grows with the rules, not with the
accounts they can be combined to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from enum import StrEnum
from itertools import chain, combinations
from types import MappingProxyType
from typing import Final, TypeAlias, final

import attrs

from withdraw_guard._answers.request import Request
from withdraw_guard._model.policy import EVERYTHING, Clearance, Policy, PolicyRef, Rule
from withdraw_guard._values.checks import check_type, check_word
from withdraw_guard._values.errors import InvalidValue, shown
from withdraw_guard._values.facts import Facts
from withdraw_guard._values.ids import Operation, RuleId
from withdraw_guard._values.value import Value, settle
from withdraw_guard._values.vocabulary import Destination, Destinations, LiftedBy, Repeat
from withdraw_guard.analysis._circumstances import ANY_OTHER, ASKED, circumstances, is_plain, plain
from withdraw_guard.analysis._conditions import GivenUp, can_match, facts_for
from withdraw_guard.analysis._deeds import MICROSECOND
from withdraw_guard.analysis._extensions import extensions
from withdraw_guard.analysis._help import Course, Help, Terms, can_appeal, can_verify, terms_under, useless_helps
from withdraw_guard.analysis._timers import Dodges, Shot
from withdraw_guard.analysis._witness import Case, Shooting, Witness, witnessed

Progress: TypeAlias = Callable[[int, int], None]
"""What is told on the way: how much is done, and of how much."""

# So many choices of kept timers to be met are tried for one rule under one help; more are not known.
CHOICES_TRIED_MAX: Final = 64
# So often at most a timer is triggered again to outlast a verification or an appeal that takes longer.
AGAIN_MAX: Final = 32


@final
class Verdict(StrEnum):
    """How a new policy relates to an old one. Unknown: a search among kept timers reached its bound."""

    EQUAL = "equal"
    STRICTER = "stricter"
    LOOSER = "looser"
    INCOMPARABLE = "incomparable"
    UNKNOWN = "unknown"


@final
class Standing(StrEnum):
    """What is known about one direction: a witness shows it, a search of everything rules it out, or neither."""

    SHOWN = "shown"
    RULED_OUT = "ruled_out"
    UNKNOWN = "unknown"


@final
@attrs.frozen(kw_only=True, repr=False)
class Difference(Value):
    """How the new policy relates to the old one for one kind of request, with the shortest witness each way.

    `looser` is where the old policy denies and the new one allows, `stricter` the other way round; `about_looser` and
    `about_stricter` say what is known where there is no witness. The operation `EVERYTHING` stands for every operation
    that neither policy names.
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
class Comparison(Value):
    """How the new policy relates to the old one: all in all, and for each operation and class of destination.

    `deadlines` are paths to what has changed and is no part of the verdict: when reviews and appeals are due. Being
    overdue lifts nothing, so they change no answer; `verify_within` and the `within` of an appeal count.
    """

    old: PolicyRef
    new: PolicyRef
    verdict: Verdict
    differences: tuple[Difference, ...]
    deadlines: tuple[str, ...] = ()

    @property
    def about_looser(self) -> Standing:
        """Whether something is allowed that was denied: ruled out only where it is for every kind of request."""
        return _about(self.differences)[0]

    @property
    def about_stricter(self) -> Standing:
        """Whether something is denied that was allowed: ruled out only where it is for every kind of request."""
        return _about(self.differences)[1]

    @property
    def looser(self) -> Witness | None:
        """The shortest witness of all that something is allowed that was denied, if there is one."""
        return min((each.looser for each in self.differences if each.looser is not None), key=_length, default=None)

    @property
    def stricter(self) -> Witness | None:
        """The shortest witness of all that something is denied that was allowed, if there is one."""
        return min((each.stricter for each in self.differences if each.stricter is not None), key=_length, default=None)


def compare(old: Policy, new: Policy, progress: Progress | None = None) -> Comparison:
    """Compare two policies for fresh accounts: every operation that one names, any other, and both destinations.

    `progress` is called with how many kinds of request are done and how many there are.
    """
    check_type("old", old, Policy, "a Policy")
    check_type("new", new, Policy, "a Policy")
    requests = requests_of(old, new)
    found: dict[tuple[frozenset[RuleId], frozenset[RuleId]], tuple[_Found, _Found]] = {}
    differences: list[Difference] = []
    for done, request in enumerate(requests):
        covering = (_covering(old, request), _covering(new, request))
        key = (frozenset(rule.id for rule in covering[0]), frozenset(rule.id for rule in covering[1]))
        if key not in found:
            found[key] = (_allowed_where(old, new, request), _allowed_where(new, old, request))
        differences.append(_difference(request, old, new, *found[key]))
        if progress is not None:
            progress(done + 1, len(requests))
    return Comparison(
        old=old.ref,
        new=new.ref,
        verdict=_verdict(*_about(differences)),
        differences=tuple(differences),
        deadlines=tuple(_deadlines_changed(old, new)),
    )


def _deadlines_changed(old: Policy, new: Policy) -> Iterator[str]:
    """Give the path to each due date that differs in two rules of one id: being overdue changes no answer."""
    before = {rule.id: _deadlines(rule) for rule in old.rules}
    for rule in new.rules:
        for name, deadline in _deadlines(rule).items():
            if name in before.get(rule.id, {}) and before[rule.id][name] != deadline:
                yield f"{rule.id}.clearance.{name}"


def _deadlines(rule: Rule) -> dict[str, timedelta | int | None]:
    clearance = rule.clearance
    if clearance is None:
        return {}
    found: dict[str, timedelta | int | None] = {
        "review_within": clearance.review_within,
        "review_business_days": clearance.review_business_days,
    }
    if clearance.appeal is not None:
        found["appeal.decide_within"] = clearance.appeal.decide_within
        found["appeal.decide_business_days"] = clearance.appeal.decide_business_days
    return found


def _about(differences: Sequence[Difference]) -> tuple[Standing, Standing]:
    """Return what is known of all kinds of request together: about looser, and about stricter."""
    return (
        _about_all({each.about_looser for each in differences}),
        _about_all({each.about_stricter for each in differences}),
    )


def _about_all(abouts: Set[Standing]) -> Standing:
    if Standing.SHOWN in abouts:
        return Standing.SHOWN
    return Standing.RULED_OUT if abouts == {Standing.RULED_OUT} else Standing.UNKNOWN


def _verdict(looser: Standing, stricter: Standing) -> Verdict:
    """Return what follows from both directions: where one of them is not known, neither is the whole."""
    return Verdict.UNKNOWN if Standing.UNKNOWN in (looser, stricter) else _VERDICTS[looser, stricter]


_VERDICTS: Final[Mapping[tuple[Standing, Standing], Verdict]] = MappingProxyType(
    {
        (Standing.RULED_OUT, Standing.RULED_OUT): Verdict.EQUAL,
        (Standing.RULED_OUT, Standing.SHOWN): Verdict.STRICTER,
        (Standing.SHOWN, Standing.RULED_OUT): Verdict.LOOSER,
        (Standing.SHOWN, Standing.SHOWN): Verdict.INCOMPARABLE,
    }
)


def requests_of(*policies: Policy) -> list[Request]:
    """Return one request of each kind that these policies can tell apart.

    Where they tell single destinations apart it names one: a request that names none is stopped by more, and by
    whatever stops one that names the same destination as the event.
    """
    named = {
        operation
        for policy in policies
        for rule in policy.rules
        if rule.scope.operations != EVERYTHING
        for operation in rule.scope.operations
    }
    other = next(name for name in (ANY_OTHER, *(f"{ANY_OTHER}_{n}" for n in range(len(named)))) if name not in named)
    about_one = any(rule.scope.destinations is Destinations.NAMED for policy in policies for rule in policy.rules)
    asked = ASKED if about_one else None
    return [
        Request(operation=operation, destination=destination, destination_id=asked)
        for operation in (*sorted(named), other)
        for destination in Destination
    ]


@final
@attrs.frozen(kw_only=True, repr=False)
class _Found(Value):
    witness: Witness | None
    is_exact: bool

    @property
    def standing(self) -> Standing:
        if self.witness is not None:
            return Standing.SHOWN
        return Standing.RULED_OUT if self.is_exact else Standing.UNKNOWN


_NOTHING_KNOWN: Final = _Found(witness=None, is_exact=False)


def _difference(request: Request, old: Policy, new: Policy, looser: _Found, stricter: _Found) -> Difference:
    names = {name for policy in (old, new) for rule in policy.rules for name in rule.scope.operations}
    return Difference(
        operation=request.operation if request.operation in names else Operation(EVERYTHING),
        destination=request.destination,
        verdict=_verdict(looser.standing, stricter.standing),
        looser=_asking(looser.witness, request),
        stricter=_asking(stricter.witness, request),
        about_looser=looser.standing,
        about_stricter=stricter.standing,
    )


def _asking(witness: Witness | None, request: Request) -> Witness | None:
    """Return the witness with another request that the same rules cover."""
    if witness is None or witness.request == request:
        return witness
    return attrs.evolve(
        witness,
        request=request,
        denied=attrs.evolve(witness.denied, request=request),
        allowed=attrs.evolve(witness.allowed, request=request),
    )


def _covering(policy: Policy, request: Request) -> tuple[Rule, ...]:
    return tuple(rule for rule in policy.rules if request.is_covered_by(rule.scope))


def _allowed_where(denying: Policy, allowing: Policy, request: Request) -> _Found:
    """Return the shortest witness that the one policy allows what the other denies."""
    return _shortest(
        found for rule in _covering(denying, request) for found in _found_against(rule, denying, allowing, request)
    )


def _found_against(rule: Rule, denying: Policy, allowing: Policy, request: Request) -> Iterator[_Found]:
    """Give what is found where the one policy allows what this rule of the other denies, one by one."""
    if not can_match(rule):
        return
    others = [other for other in _covering(allowing, request) if other.trigger == rule.trigger and can_match(other)]
    counts_alike = rule.business_days is None or denying.calendar == allowing.calendar
    if counts_alike and any(_is_as_long(other, rule) for other in others):
        return
    for here in circumstances((denying, rule), (allowing, others), request):
        if here is None:
            yield _NOTHING_KNOWN
        else:
            case = Case(rule=rule, denying=denying, allowing=allowing, request=request, here=here)
            yield from _found_here(case, others)


def _found_here(case: Case, others: Sequence[Rule]) -> Iterator[_Found]:
    """Give what is found in these circumstances, where each rule comes to a plain one or to nothing."""
    rule = plain(case.denying, case.rule, case.here, case.request)
    plain_others = ((other, plain(case.allowing, other, case.here, case.request)) for other in others)
    rivals = {rival: other for other, rival in plain_others if rival is not None}
    if rule is None:
        return
    is_searched = _is_searched(case.rule, others)
    if not is_searched:
        yield _NOTHING_KNOWN
    if any(_is_as_long(rival, rule) and other.extended_by >= case.rule.extended_by for rival, other in rivals.items()):
        return
    dodges = Dodges()
    for help_ in useless_helps(rule, case.denying, case.allowing):
        if _is_worth_being_late(help_, rule, list(rivals)):
            yield _under(help_, rule, rivals, case, dodges)


def _is_searched(rule: Rule, others: Sequence[Rule]) -> bool:
    """Whether one event shows all there is to see: where timers are kept and depend on more, several might."""
    every = (rule, *others)
    is_kept = any(each.repeat is Repeat.KEEP and each.has_timer for each in every)
    return not is_kept or all(is_plain(each) and not each.extended_by for each in every)


def _is_worth_being_late(help_: Help, rule: Rule, rivals: Sequence[Rule]) -> bool:
    """Whether a rival waits for whoever is late; if none does, it is as if they could not do it at all.

    An appeal that takes as long as the timer of the rule never helps: both count from the latest trigger.
    """
    terms = terms_under(rule, help_)
    if terms.course is not Course.FOR_EVER and help_.appeals_after >= terms.lasts:
        return False
    ways = ((help_.hands_in_after, can_verify), (help_.appeals_after, can_appeal))
    return all(any(_waits(rival, way, delay, help_) for rival in rivals) for delay, way in ways if delay)


def _waits(rival: Rule, way: Callable[[Clearance, Help], bool], delay: timedelta, help_: Help) -> bool:
    ends_before = rival.duration is not None and rival.duration <= delay
    is_over = ends_before and rival.lifted_by is LiftedBy.ANY and rival.repeat is Repeat.KEEP
    return rival.clearance is not None and not is_over and way(rival.clearance, help_)


def _shortest(every: Iterable[_Found]) -> _Found:
    found = tuple(every)
    witnesses = [each.witness for each in found if each.witness is not None]
    return _Found(witness=min(witnesses, key=_length, default=None), is_exact=all(each.is_exact for each in found))


def _under(help_: Help, rule: Rule, rivals: Mapping[Rule, Rule], case: Case, dodges: Dodges) -> _Found:
    """Return the first witness under this help; the plainest security events are tried first.

    Each of them should show a difference. If one shows none, for example because a policy refuses it, nothing is known.
    """
    is_exact, terms = True, terms_under(rule, help_)
    shootings = (_late_shootings if help_.is_late else _shootings)(rule, list(rivals), help_, dodges)
    for shooting in _known(chain(shootings, extensions(case, terms, help_, rivals))):
        witness = None if shooting is None else witnessed(case, terms, help_, shooting)
        if witness is not None:
            return _Found(witness=witness, is_exact=True)
        is_exact = False
    return _Found(witness=None, is_exact=is_exact)


def _known(shootings: Iterator[tuple[Shooting, ...] | None]) -> Iterator[tuple[Shooting, ...] | None]:
    """Give the same, and none where it is not known whether there is such an event."""
    try:
        yield from shootings
    except GivenUp:
        yield None


def matters(policy: Policy, rule: Rule) -> bool:
    """Whether the policy without this rule would ever allow what it denies."""
    others = tuple(other for other in policy.rules if other != rule)
    beside = [other for other in others if other.trigger == rule.trigger and can_match(other)]
    if can_match(rule) and is_plain(rule) and all(_is_over_before(other, rule) for other in beside):
        return True
    rest = attrs.evolve(policy, rules=others)
    return any(
        found.witness is not None or not found.is_exact
        for request in requests_of(policy)
        if request.is_covered_by(rule.scope)
        for found in _found_against(rule, policy, rest, request)
    )


def _is_over_before(other: Rule, rule: Rule) -> bool:
    """Whether of two holds that one event places this other one is over first, if nobody lifts either."""
    if not is_plain(other) or other.clearance is not None or other.duration is None:
        return False
    return rule.duration is None or other.duration < rule.duration


def _is_as_long(other: Rule, rule: Rule) -> bool:
    """Whether another rule is the same but for its name: then it holds whenever this one does."""
    return attrs.evolve(other, id=rule.id) == rule


def _length(witness: Witness) -> tuple[int, int, timedelta]:
    flags = sum(event.type == "security_event" for event in witness.journal)
    return flags, len(witness.journal), witness.at - witness.journal[0].at


_Obstacle: TypeAlias = tuple[Rule, Terms]


def _shootings(
    rule: Rule, rivals: Sequence[Rule], help_: Help, dodges: Dodges
) -> Iterator[tuple[Shooting, ...] | None]:
    """Give the security events after which the rule holds longer than all its rivals; none where nobody knows."""
    terms = terms_under(rule, help_)
    obstacles = [(rival, terms_under(rival, help_)) for rival in rivals]
    longer = [(rival, other) for rival, other in obstacles if _may_outlast(other, terms)]
    avoided = [rival for rival, other in longer if other.course in (Course.FOR_EVER, Course.EXTENDED)]
    kept = [(rival, other) for rival, other in longer if other.course in (Course.KEPT, Course.FROM_FIRST)]
    if facts_for([rule], avoided) is None:
        return
    fixed = [each for each in kept if facts_for([rule], [*avoided, each[0]]) is None]
    if any(_is_never_dodged(rule, terms, each, dodges) for each in fixed):
        return
    loose = [each for each in kept if each not in fixed]
    choices = (met for size in range(len(loose) + 1) for met in combinations(loose, size))
    for number, chosen in enumerate(choices):
        if number == CHOICES_TRIED_MAX:
            yield None
            return
        met = [*fixed, *chosen]
        others = [rival for rival, _ in kept if all(rival is not other for other, _ in met)]
        facts = facts_for([rule], [*avoided, *others])
        if facts is not None:
            alone = [(Shooting(at=timedelta(), facts=facts),)]
            yield from _around(rule, terms, met, facts, (avoided, others), dodges) if met else alone
    # Timers that hear different events may be started one by one, and that is not searched for.
    if len({rival.where for rival, _ in kept}) > 1 or any(_may_run_before(rule, terms, rival) for rival, _ in kept):
        yield None


def _may_run_before(rule: Rule, terms: Terms, rival: Rule) -> bool:
    """Whether an event starts the rule and not its rival, so that the next one starts the rival and not the rule.

    It makes a difference to a rule that is kept only; what else such an event starts may be over in the end.
    """
    return terms.course is Course.KEPT and facts_for([rule], [rival]) is not None


def _is_never_dodged(rule: Rule, terms: Terms, fixed: _Obstacle, dodges: Dodges) -> bool:
    """Whether there is no way past one timer that whatever the rule hears starts: then there is none past several."""
    rival, other = fixed
    if _may_run_before(rule, terms, rival):
        return False
    return not dodges.around(terms, [other], facts_for([rival], [rule]) is not None).ways


def _late_shootings(
    rule: Rule, rivals: Sequence[Rule], help_: Help, dodges: Dodges
) -> Iterator[tuple[Shooting, ...] | None]:
    """Give the same where things take time, and then each once more with triggers that bridge that time.

    A hold that nobody clears waits for everybody. A timer may be over before, and then nobody knows.
    """
    bridged: list[tuple[Shooting, ...] | None] = []
    for shooting in _shootings(rule, rivals, help_, dodges):
        yield shooting
        if shooting is not None and terms_under(rule, help_).course is not Course.FOR_EVER:
            bridged.extend((*_bridged(shooting, rule, help_), None))
    yield from bridged


def _bridged(shooting: tuple[Shooting, ...], rule: Rule, help_: Help) -> Iterator[tuple[Shooting, ...]]:
    """Trigger again and again until what takes time is done: each time just before the timer is over, or just then."""
    lasts = terms_under(rule, help_).lasts
    for step in (lasts - MICROSECOND, lasts):
        again = max(help_.hands_in_after, help_.appeals_after) // step if step and len(shooting) == 1 else 0
        if 0 < again <= AGAIN_MAX:
            yield tuple(attrs.evolve(shooting[0], at=number * step) for number in range(again + 1))


def _may_outlast(other: Terms, terms: Terms) -> bool:
    """Whether a rival that is triggered together with the rule is not over before it."""
    if terms.course is Course.FOR_EVER or other.course is Course.FOR_EVER:
        return other.course is Course.FOR_EVER
    return other.course is not Course.NOTHING and other.lasts >= terms.lasts


def _around(
    rule: Rule,
    terms: Terms,
    met: Sequence[_Obstacle],
    facts: Facts,
    unwanted: tuple[Sequence[Rule], Sequence[Rule]],
    dodges: Dodges,
) -> Iterator[tuple[Shooting, ...] | None]:
    """Give the security events around the kept timers that are met, and none if there may be more to it.

    An event that the rule does not hear may start rivals that nothing else starts, and then the timers alone do not
    say whether it helps.
    """
    avoided, others = unwanted
    timers, rivals = [other for _, other in met], [rival for rival, _ in met]
    wanted = ([rule, *avoided, *others], [rule, *avoided], [rule])
    is_exact = True
    for quiet in dict.fromkeys(facts_for(rivals, unheard) for unheard in wanted):
        found = dodges.around(terms, timers, quiet is not None)
        is_exact &= found.is_exact and (not found.ways or quiet is None)
        yield from (_shooting(shots, facts, quiet) for shots in found.ways)
    if not is_exact:
        yield None


def _shooting(shots: Sequence[Shot], facts: Facts, quiet: Facts | None) -> tuple[Shooting, ...]:
    return tuple(Shooting(at=shot.at, facts=facts if shot.loud or quiet is None else quiet) for shot in shots)
