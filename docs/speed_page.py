"""The page about speed, made from `bench/speed.json`, which `nox -s bench` writes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parent / "bench" / "speed.json"
HOST = Path(__file__).parent / "examples" / "hosts" / "fastapi_postgres" / "README.md"

FLOOR, OURS, RIVAL = "the floor: tuples and integers", "withdraw_guard", "transitions"

PAGE = """\
# How fast it is

<!-- Made by docs/make_pages.py from bench/speed.json: measure again with `nox -s bench`, then run it. -->

{machine}; the tree `{tree}` of `src`.
Everything below was measured in one run of `nox -s bench`; a median is what half of the measurements were below.

## The targets, and what was measured

A host pays for whole steps, so these come first.
*Load* reads a stored account: `wire.parse` and `wire.account_from_dict` with the rules of the policy.
*Store* writes it again: `wire.to_dict` and `json.dumps`.

| what | at most | measured | |
| --- | --: | --: | --- |
{targets}

## The same work, by others

One journal of 10,000 accounts with 20 events and 5 questions each, under Binance's published rule.
It has every kind of event, late events, events that arrive twice, and events that must be refused.
Only this library has holds that last, overlap and remember their triggers, and answers that say until when.
For the others these parts are written by hand, as fast as we could make them.
The other library does what it is made for: the phases, and which phase may follow which.
This division favours the others: more than half of the journal never reaches them.

In every round all decisions were equal to those of the floor, compared by their SHA-256.
*The floor* is the rule in plain tuples and integers: no types, no policy, no explanation, no record and no checks.
The time is per event or question. Events and accounts were made before; the slower libraries got fewer accounts.
Only `withdraw_guard` returns every change as a value and can explain every answer.

![The time of an event or a question in each library](../examples/chart-speed.svg)

| who | accounts | time, µs | quartiles | × the floor |
| --- | --: | --: | --: | --: |
{comparison}

| who | make an account, µs | a fresh account, bytes | after its journal, bytes | import, ms |
| --- | --: | --: | --: | --: |
{costs}

To make an account of `withdraw_guard` includes making its events, because that is when they are validated.
The import is measured in a fresh process and includes all dependencies.

## Single calls

| call | µs |
| --- | --: |
{calls}

## Where the time of an event goes

An event runs through short functions, and every change becomes a value.
No single function is slow: to be much faster, they would have to be merged.
These are the largest shares, as a profiler sees them.

{profiles}

## How it grows

![The time of each call as what it depends on grows](../examples/chart-growth.svg)

{growth}

## In a host with a database

The steps of the host `docs/examples/hosts/fastapi_postgres`, each in a transaction that is flushed to the disk.
*Ours* is the part of this library.
`python3 serve.py measure` in its folder measures again, and writes the table that stands here into its README.

{host}

## A long journal, from the shell

`withdraw-guard replay JOURNAL.jsonl --json`, with {accounts} accounts.
Its memory does not grow with the number of events of an account.

| lines | seconds | of the processor | memory, MB |
| --: | --: | --: | --: |
{replay}

## Versions

{versions}.
"""


def page_of(result: dict[str, Any]) -> str:
    """Return the page about a result."""
    machine = result["machine"]
    return PAGE.format(
        tree=result["tree"],
        machine=f"{machine['processor']} ({machine['architecture']}), one core, {machine['python']}",
        targets=_rows(_targets(result)),
        comparison=_rows(_comparison(result["comparison"])),
        costs=_rows(_costs(result)),
        calls=_rows((f"`{name}`" if name.isidentifier() else name, _us(us)) for name, us in result["calls"].items()),
        profiles="\n".join(_profiles(result["profiles"])).rstrip(),
        growth="\n".join(_growth(result["growth"])).rstrip(),
        host=HOST.read_text("utf-8").partition("<!-- measured -->")[2].partition("<!-- /measured -->")[0].strip(),
        accounts=f"{result['replay']['accounts']:,}",
        replay=_rows(_replay(result["replay"])),
        versions=", ".join(f"{name} {number}" for name, number in result["versions"].items()),
    )


def speed_page() -> str:
    """Return the page about the result that is kept."""
    return page_of(json.loads(RESULT.read_text("utf-8")))


# The calls that have a target, in microseconds. The whole steps of a host come first.
LIMITS = {
    "load → apply → store, one open hold": 60,
    "load → apply → store, six open holds": 270,
    "load → check, one open hold": 40,
    "load → check, six open holds": 180,
    "wire.account_from_dict, one open hold": 30,
    "wire.account_from_dict, six open holds": 90,
    "wire.to_dict, an account with one open hold": 6,
    "check, no hold": 0.35,
    "check, one open hold": 0.8,
    "check, six open holds": 1.6,
    "apply, placing a hold": 2.5,
    "apply, joining a hold": 2.5,
}


def _targets(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    calls, costs = result["calls"], result["costs"]
    journal = {each["name"]: each["ns"] for each in result["comparison"]}
    moving = max(us for name, us in calls.items() if name.startswith("apply, starting") or "ing it" in name)
    rows = [
        # An older result does not have every call.
        *((name, limit, calls[name], "µs") for name, limit in LIMITS.items() if name in calls),
        ("apply, moving a clearance, the slowest move", 3.5, moving, "µs"),
        ("the journal below, in floors", 8, journal[OURS] / journal[FLOOR], "×"),
        ("the journal below, in times of transitions", 1 / 2.5, journal[OURS] / journal[RIVAL], "×"),
        ("an account with one open hold", 700, costs["one_hold_bytes"], "bytes"),
        ("import, beyond attrs and dateutil", 25, costs["import_beyond_ms"], "ms"),
        ("a million lines from the shell", 30, _for_a_million(result["replay"]["long"]), "s"),
    ]
    for what, limit, found, unit in rows:
        yield what, f"{limit:g} {unit}", f"{_short(found)} {unit}", "met" if found <= limit else "**missed**"


def _for_a_million(replay: dict[str, Any]) -> float:
    return replay["seconds"] * 1_000_000 / replay["lines"]


def _comparison(told: list[dict[str, Any]]) -> Iterator[tuple[str, ...]]:
    floor = next(each["ns"] for each in told if each["name"] == FLOOR)
    for each in sorted(told, key=lambda each: each["ns"]):
        low, high = each["ns_quartiles"]
        times = _short(each["ns"] / floor)
        yield (
            _name(each),
            f"{each['accounts']:,}",
            _us(each["ns"] / 1e3),
            f"{_us(low / 1e3)} … {_us(high / 1e3)}",
            times,
        )


def _costs(result: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    imports = result["costs"]["import_ms"]
    for each in result["comparison"]:
        fresh, lived = result["costs"]["account_bytes"][each["name"]]
        imported = f"{imports[each['name']]:.0f}" if each["name"] in imports else ""
        yield _name(each), _us(each["make_us"]), f"{fresh:,}", f"{lived:,}", imported


def _profiles(profiles: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, profile in profiles.items():
        rest = round(1 - sum(row["share"] for row in profile["dearest"]), 3)
        yield f"| {name} | calls | share |"
        yield "| --- | --: | --: |"
        for row in profile["dearest"]:
            yield f"| `{row['function']}` | {row['calls']} | {row['share']:.0%} |"
        yield f"| all others | {profile['calls'] - sum(row['calls'] for row in profile['dearest'])} | {rest:.0%} |"
        yield ""


def _growth(growth: dict[str, dict[str, float]]) -> Iterator[str]:
    for name, by_size in growth.items():
        what, _, of = name.partition("; ")
        yield f"| {of} | " + " | ".join(f"{int(size):,}" for size in by_size) + " |"
        yield "| --- |" + " --: |" * len(by_size)
        yield f"| {what}, µs | " + " | ".join(_us(us) for us in by_size.values()) + " |"
        yield ""


def _replay(replay: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for each in (replay["short"], replay["long"]):
        yield f"{each['lines']:,}", f"{each['seconds']:.1f}", f"{each['cpu']:.1f}", f"{each['mb']}"


def _name(each: dict[str, Any]) -> str:
    return f"**{each['name']}**" if each["name"] == OURS else each["name"]


def _us(us: float) -> str:
    return f"{us:,.2f}" if us < 10 else f"{us:,.1f}" if us < 100 else f"{us:,.0f}"


def _short(number: float) -> str:
    return f"{number:.2f}" if number < 10 else f"{number:.1f}" if number < 100 else f"{number:,.0f}"


def _rows(rows: Iterator[tuple[str, ...]] | Any) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
