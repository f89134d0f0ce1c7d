"""Where the time of an event goes: for each function its calls and its share, as cProfile sees them.

A profiler makes short functions look dear, so the shares say what is worth a look and not how long anything takes.
"""

from __future__ import annotations

import cProfile
import pstats
from collections.abc import Callable
from pathlib import Path
from typing import Any

import withdraw_guard
from bench import micro

EVENTS = 20_000
LEAST = 0.03
"""Functions with a smaller share are not listed."""

LIBRARY = Path(withdraw_guard.__file__).parent
PROFILED: dict[str, Callable[[], micro.Work]] = {
    name: micro.CALLS[name] for name in ("apply, placing a hold", "apply, joining a hold", "apply, approving it")
}


def profiles(share: float = 1.0) -> dict[str, dict[str, Any]]:
    """Return for each of these events how many functions are called, and the dearest of them, dearest first."""
    return {name: _profile(*made(), events=int(EVENTS * share)) for name, made in PROFILED.items()}


def _profile(call: Callable[..., Any], arguments: tuple[Any, ...], events: int) -> dict[str, Any]:
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(events):
            call(*arguments)
    told = {
        _name(*place): (calls / events, own)
        for place, (_, calls, own, _, _) in pstats.Stats(profiler).stats.items()  # type: ignore[attr-defined]
        if calls >= events
    }
    whole = sum(own for _, own in told.values())
    dearest = sorted(told.items(), key=lambda row: -row[1][1])
    return {
        "calls": round(sum(calls for calls, _ in told.values())),
        "dearest": [
            {"function": name, "calls": round(calls), "share": round(own / whole, 3)}
            for name, (calls, own) in dearest
            if own >= LEAST * whole
        ],
    }


def _name(file: str, _line: int, function: str) -> str:
    path = Path(file)
    return f"{path.stem}.{function}" if path.is_relative_to(LIBRARY) else function
