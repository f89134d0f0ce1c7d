"""All mistakes of a draft at once: read, correct as the advice says, and read again, until the reader finds no fault.

The one strict reader of policies finds every fault. A fault that hides behind others, such as a member that misses only
because the value beside it cannot be read, is found when these are corrected. Nothing is decided here: a draft is a
policy if, and only if, `wire.policy_from_dict` takes it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final, cast, final, get_args

import attrs

from withdraw_guard._drafts.json_text import removal
from withdraw_guard._drafts.mend import example, member_type, members_of_class, mended, name_is_good, name_meant
from withdraw_guard._drafts.mistake import Correction, Mistake
from withdraw_guard._drafts.part import Part, Trail, built, find
from withdraw_guard._model.calendar import BusinessDay
from withdraw_guard._model.policy import Appeal, Chosen, Clearance, Policy, Rule, Scope
from withdraw_guard._values.errors import InvalidValue
from withdraw_guard._values.facts import Fact, Facts
from withdraw_guard._values.ids import Authority, RuleId
from withdraw_guard._wire.plain import Json
from withdraw_guard._wire.structure import collecting_reader

_PASSES_MAX: Final = 60
# The member that counts business days, for each that is a length of time.
_IN_BUSINESS_DAYS: Final = {
    "duration": "business_days",
    "review_within": "review_business_days",
    "decide_within": "decide_business_days",
}
_BUSINESS_DAYS: Final = re.compile(r"(\d{1,3})[ _-]*(?:business|working|bank)[ _-]*days?", re.ASCII | re.IGNORECASE)
MAKE_A_CALENDAR: Final = (
    "make one with `withdraw-guard calendar --zone Europe/London --from 2026-01-01 --to 2030-12-31 --holidays FILE`"
)
# A member that is good alone, and not beside others: what to do with it; none means that it is left out.
_BESIDE: Final[dict[tuple[type, str], tuple[Json, str]]] = {
    (Rule, "releasable_by"): (["support"], "name who may end it, or give the rule a `duration`"),
    (Rule, "business_days"): (None, "keep one of the two, `business_days` or `duration`"),
    (Rule, "chosen"): (None, "keep one of the two, `chosen` or `clearance`"),
    (Clearance, "review_business_days"): (None, "keep one of the two, `review_business_days` or `review_within`"),
    (Appeal, "decide_business_days"): (None, "keep one of the two, `decide_business_days` or `decide_within`"),
    (Scope, "leaves"): ([], "leave only operations that `operations` does not cover"),
    (Scope, "operations"): ("*", "name operations, or write `*` for all of them"),
}


def mistakes_of(document: Part, text: str) -> tuple[Mistake, ...]:
    """Return every mistake of what a text says. The parts are corrected on the way, and are of no use afterwards."""
    return _Clerk(document, text).mistakes()


@final
class _Clerk:
    """Corrects a draft as the advice says, and keeps each mistake that it met."""

    def __init__(self, document: Part, text: str) -> None:
        self.document = document
        self.text = text
        self.found: list[Mistake] = []
        # What was corrected already, by the part that stands there now: a second fault there is no mistake of its own.
        self.written: set[Part] = set()
        # Objects of which it is not known what was meant: what misses beside the unclear member is said later.
        self.unclear: set[Part] = set()
        # Items to leave out when a reading is done: until then its paths count them.
        self.left_out: list[tuple[Part, Part]] = []

    def mistakes(self) -> tuple[Mistake, ...]:
        """Read and correct, until there is no fault or none of them can be corrected."""
        read = collecting_reader()
        for _ in range(_PASSES_MAX):
            faults = read(self.document.plain())
            progress = [self._take(fault) for fault in faults]
            for items, item in self.left_out:
                items.value = [each for each in cast("list[Part]", items.value) if each is not item]
            self.left_out.clear()
            if not any(progress):
                break
        return tuple(self.found)

    def _take(self, fault: InvalidValue) -> bool:
        """Note one fault and correct it. Returns whether something was corrected."""
        trail = find(self.document, fault.path)
        if fault.problem == "is not a member here":
            return self._unknown(trail, fault)
        if fault.problem == "is missing" and trail.missing is None:
            # A member with an unknown name turned out to be it.
            return False
        if trail.parts[-1].is_cut:
            # The text ends here, and that was said already. What is missing becomes an example.
            return self._write(trail, trail.parts[-1] if trail.missing is None else None, fault, silently=True)
        if _class_at(trail.steps[:-1]) is BusinessDay and trail.missing is None and trail.parts[-1].name is not None:
            return self._day(trail, fault)
        return self._write(trail, trail.parts[-1] if trail.missing is None else None, fault)

    # ── What is no member ──

    def _unknown(self, trail: Trail, fault: InvalidValue) -> bool:
        name, owner, part = str(trail.steps[-1]), trail.owner, trail.parts[-1]
        members = cast("dict[str, Part]", owner.value)
        possible = members_of_class(_class_at(trail.steps[:-1]))
        meant = name_meant(name, possible)
        listed = f"possible here: {', '.join(f'`{each}`' for each in possible)}"
        if meant is None or meant in members:
            del members[name]
            self.unclear.add(owner)
            advice = (f"remove it, because `{meant}` is here already" if meant else "remove it", listed)
            self._note(fault, part.name, advice, self._removal(owner, part))
            return True
        owner.value = {meant if each == name else each: child for each, child in members.items()}
        begin, end = part.name or (part.begin, part.end)
        self._note(fault, part.name, (f"did you mean `{meant}`?", listed), self._replacement(begin, end, meant))
        return True

    # ── What is missing or wrong ──

    def _write(self, trail: Trail, part: Part | None, fault: InvalidValue, silently: bool = False) -> bool:
        """Write a good value where there is none or a wrong one."""
        if part is not None and not trail.steps:
            return self._not_an_object(fault)
        kind, name = self._kind(trail)
        if part is None:
            owner = trail.owner
            members = cast("dict[str, Part]", owner.value)
            value = "separate" if "must be `separate`" in fault.problem else self._example(trail, name, kind)
            members[name] = built(value, Part(owner.begin, owner.begin + 1, None))
            self._remember(members[name])
            if not silently and (owner not in self.unclear or fault.problem == "is missing"):
                self._missing(fault, owner, name, value)
            return True
        return self._correct(trail, part, kind, name, fault, silently)

    def _remember(self, part: Part) -> None:
        self.written.add(part)
        for _, child in part.children():
            self._remember(child)

    def _example(self, trail: Trail, name: str, kind: Any) -> Json:
        if kind is not RuleId:
            return example(name, kind)
        trigger = cast("dict[str, Part]", trail.owner.value).get("trigger")
        named = mended(name, kind, trigger.value if trigger and isinstance(trigger.value, str) else None, "")
        return f"rule-{int(trail.steps[-1]) + 1}" if named == "my-rule" else named

    def _day(self, trail: Trail, fault: InvalidValue) -> bool:
        """Tell of a business day that is wrong, and read on without it."""
        part, days = trail.parts[-1], trail.parts[-3]
        close = mended(str(trail.steps[-1]), datetime, part.plain(), "")
        is_alone = close == part.plain()
        advice = ("begin and end each day after the one before it, or let `withdraw-guard calendar` make the days",)
        written = (f"write `{self._rendered(close)}`",)
        correction = self._removal(days, trail.parts[-2]) if is_alone else self._edit(trail, part, close)
        self._note(fault, (part.begin, part.end), advice if is_alone else written, correction)
        self.left_out.append((days, trail.parts[-2]))
        return True

    def _not_an_object(self, fault: InvalidValue) -> bool:
        self._note(fault, (self.document.begin, self.document.begin + 1), ("a policy is an object: `{ … }`",), None)
        return False

    def _missing(self, fault: InvalidValue, owner: Part, name: str, value: Json) -> None:
        if name == "calendar":
            self._note(fault, (owner.begin, owner.begin + 1), (MAKE_A_CALENDAR,), None)
            return
        shown_there = owner.name if owner.name is not None else (owner.begin, owner.begin + 1)
        written = self._member(owner, name, value)
        self._note(fault, shown_there, (f"write `{written}`",), self._insertion(owner, written))

    def _correct(self, trail: Trail, part: Part, kind: Any, name: str, fault: InvalidValue, silently: bool) -> bool:
        cls, own = _class_at(trail.steps[:-1]), self.text[part.begin : part.end]
        given = part.plain()
        if "entries" in fault.problem or (get_args(kind)[:1] in ((Rule,), (BusinessDay,)) and isinstance(given, list)):
            self._note(fault, (part.begin, part.begin + 1), (), None)
            return False
        if self._counts_days(trail, part, name, fault):
            return True
        spot, value, advice = self._close(part, kind, name, given, own)
        if value == given and type(value) is type(given):
            spot, value, advice = self._beside(trail, part, cls, name, fault)
        elif attrs.has(kind) and isinstance(trail.steps[-1], str):
            value, advice = None, "leave it out, or write an object: `{ … }`"
        elif kind == Fact and given is None:
            value, advice = None, "leave it out: then every value matches"
        replacement = None if value is None else built(value, spot)
        self._put(trail, part, spot, replacement)
        if silently or spot in self.written or part in self.written:
            return replacement is None or replacement.plain() != spot.plain()
        if replacement is not None:
            self._remember(replacement)
        if not (trail.owner in self.unclear and advice.startswith(("name who", "keep one"))):
            self._note(fault, (spot.begin, spot.end), self._advice(advice, value), self._edit(trail, spot, value))
        return True

    def _counts_days(self, trail: Trail, part: Part, name: str, fault: InvalidValue) -> bool:
        """Correct a length of time that is written in business days: another member counts them."""
        said = _BUSINESS_DAYS.fullmatch(str(part.value)) if part.name and name in _IN_BUSINESS_DAYS else None
        members = cast("dict[str, Part]", trail.owner.value)
        if said is None or part.name is None or _IN_BUSINESS_DAYS[name] in members:
            return False
        meant, days = _IN_BUSINESS_DAYS[name], int(said[1])
        trail.owner.value = {
            meant if child is part else each: built(days, part) if child is part else child
            for each, child in members.items()
        }
        written = self._member(trail.owner, meant, days)
        correction = Correction(begin=part.name[0], end=part.end, text=written)
        self._note(fault, (part.begin, part.end), (f"write `{written}`, and give the policy a `calendar`",), correction)
        return True

    def _close(self, part: Part, kind: Any, name: str, given: Json, own: str) -> tuple[Part, Json, str]:
        """Return what to write: for the one item of a list of names that is wrong, or for the whole value."""
        value = mended(name, kind, given, own)
        if isinstance(part.value, list) and isinstance(value, list):
            for item in part.value:
                if isinstance(item.value, str) and not name_is_good(item.value):
                    names = mended(name, kind, [item.value], item.value)
                    return item, names[0] if isinstance(names, list) and names else example(name, Authority), ""
        return part, value, _why(kind, given)

    def _beside(self, trail: Trail, part: Part, cls: Any, name: str, fault: InvalidValue) -> tuple[Part, Json, str]:
        """Return what to write for a value that is good alone and not beside others."""
        members = {str(each): child.plain() for each, child in trail.owner.children()}
        if (cls, name) in _BESIDE:
            return (part, *_BESIDE[cls, name])
        if cls is Rule and name == "repeat":
            return part, "separate" if "separate" in fault.problem else "extend", ""
        if name == "duration" and cls is Rule:
            chosen = cast("dict[str, Json]", members.get("chosen", {}))
            return part, chosen.get("minimum"), "write a duration from `minimum` to `maximum`"
        if cls is Chosen:
            return part, members.get("minimum"), "write the longest that may be chosen"
        if name == "id" and cls is Rule:
            return part, self._unused(str(part.value)), "give each rule an id of its own"
        return part, None, "remove it"

    def _unused(self, rule: str) -> str:
        rules = cast("dict[str, Part]", self.document.value)["rules"]
        # Another rule may be none yet: nothing, or an object without an id.
        named = (each.value for _, each in rules.children() if isinstance(each.value, dict))
        taken = [members["id"].value for members in named if "id" in members]
        return next(each for each in (f"{rule}-{number}" for number in count(2)) if each not in taken)

    def _put(self, trail: Trail, part: Part, spot: Part, replacement: Part | None) -> None:
        owner = part if spot is not part else trail.owner
        if isinstance(owner.value, list):
            if replacement is None:
                self.left_out.append((owner, spot))
                return
            owner.value = [replacement if child is spot else child for child in owner.value]
        else:
            members = cast("dict[str, Part]", owner.value)
            changed = {each: replacement if child is spot else child for each, child in members.items()}
            owner.value = {each: child for each, child in changed.items() if child is not None}

    # ── What is told ──

    def _advice(self, advice: str, value: Json) -> tuple[str, ...]:
        written = "" if value is None else f"write `{self._rendered(value)}`"
        return tuple(each for each in (advice, written) if each)

    def _edit(self, trail: Trail, spot: Part, value: Json) -> Correction | None:
        if value is None:
            return self._removal(trail.owner, spot)
        return Correction(begin=spot.begin, end=spot.end, text=self._rendered(value))

    def _note(
        self, fault: InvalidValue, span: tuple[int, int] | None, advice: tuple[str, ...], correction: Correction | None
    ) -> None:
        begin, end = span or (0, 0)
        self.found.append(
            Mistake(path=fault.path, problem=fault.problem, begin=begin, end=end, advice=advice, correction=correction)
        )

    # ── The text ──

    @property
    def _is_yaml(self) -> bool:
        return self.document.is_block

    def _rendered(self, value: Json) -> str:
        if self._is_yaml and isinstance(value, str) and re.fullmatch(r"[A-Za-z][\w/.-]*", value):
            return value
        return json.dumps(value, ensure_ascii=False)

    def _member(self, owner: Part, name: str, value: Json) -> str:
        return f"{name}: {self._rendered(value)}" if owner.is_block else f"{json.dumps(name)}: {self._rendered(value)}"

    def _insertion(self, owner: Part, written: str) -> Correction:
        if owner.is_block:
            column = owner.begin - self.text.rfind("\n", 0, owner.begin) - 1
            return Correction(begin=owner.begin, end=owner.begin, text=f"{written}\n{' ' * column}")
        comma = "" if self.text[owner.begin + 1 :].lstrip().startswith("}") else ", "
        return Correction(begin=owner.begin + 1, end=owner.begin + 1, text=f"{written}{comma}")

    def _replacement(self, begin: int, end: int, name: str) -> Correction:
        return Correction(begin=begin, end=end, text=name if self._is_yaml else json.dumps(name))

    def _removal(self, owner: Part, part: Part) -> Correction:
        begin = part.begin if part.name is None else part.name[0]
        if not owner.is_block:
            return removal(self.text, begin, part.end)
        line = self.text.rfind("\n", 0, begin)
        following = re.compile(r"[ ]*(#[^\n]*)?\n[ ]*").match(self.text, part.end)
        if begin == owner.begin and following is not None:
            return Correction(begin=begin, end=following.end(), text="")
        return Correction(begin=max(line, 0), end=part.end, text="")

    def _kind(self, trail: Trail) -> tuple[Any, str]:
        """Return the type of what the trail leads to, and the name of the member that it is or is in."""
        steps = trail.steps if trail.missing is None else (*trail.steps, trail.missing)
        return _type_at(steps), next((str(step) for step in reversed(steps) if isinstance(step, str)), "")


def _why(kind: Any, given: Json) -> str:
    """Say why a value that looks right is not."""
    if isinstance(given, str) and re.fullmatch(r"(?i)p\d+m", given):
        return "a month has no fixed length"
    if kind is timedelta and isinstance(given, int | float):
        return "a number has no unit: `PT24H` is 24 hours, `P3D` is 3 days"
    if kind is int and isinstance(given, str):
        return "a number stands without quotation marks"
    if kind == Fact and isinstance(given, list):
        return "a rule asks for one value; write a rule for each of them"
    return ""


def _class_at(steps: Sequence[int | str]) -> Any:
    kind = _type_at(steps)
    return kind if attrs.has(kind) else None


def _type_at(steps: Sequence[int | str]) -> Any:
    """Return the type of what the steps lead to in a policy."""
    kind: Any = Policy
    for step in steps:
        if isinstance(step, int):
            inner = get_args(kind)[0]
            kind = (get_args(inner) or (inner,))[0]
        else:
            kind = Fact if kind is Facts else member_type(kind, step)
    return kind
