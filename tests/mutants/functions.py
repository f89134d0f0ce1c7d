"""Mutates the verbs with mutmut, and asks every technique about what survives.

    python tests/mutants/functions.py

mutmut changes each function of the verbs in every way it knows and runs a short suite on each mutant (`[tool.mutmut]`
in `pyproject.toml`). What survives there must stand in `EXPLAINED` with its reason, or one of the techniques of
`run_seeds.py` must see it; anything else, or an explanation that is no longer needed, fails. The result is
written to `FUNCTIONS.md` beside this file.
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from collections import Counter
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent))

sys.path.insert(0, str(ROOT / "docs"))

from tree import tree_about  # noqa: E402

from run_seeds import copy_of_the_library, survives, techniques  # noqa: E402

# A survivor of everything: the module and the line that was changed, with what it became → why that is no fault.
_SLOWER = "the quick way is not taken, and the slower one says the same"
_NO_TYPE = "what has come here is of another type, and is refused as well"
EXPLAINED = {
    "_answers/check: kind: type = type(account) → kind: type = None": _SLOWER,
    "_answers/check: kind: type = type(account) → kind: type = type(None)": _SLOWER,
    "_answers/check: if kind is not Account or type(request) is not Request: → "
    "if kind is not Account or type(None) is not Request:": _SLOWER,
    '_answers/check: check_type("request", request, Request, "a Request") → '
    'check_type("request", request, None, "a Request")': _NO_TYPE,
    "_answers/open: "
    "for then in sorted({then for then in _boundaries(hold, account) if then is not None and at < then}): → "
    "for then in sorted({then for then in _boundaries(hold, account) if then is not None and at <= then}):": (
        "at this very instant nothing differs from itself"
    ),
    "_rules/apply: kind: type = type(policy) → kind: type = None": _SLOWER,
    "_rules/apply: kind: type = type(policy) → kind: type = type(None)": _SLOWER,
    "_rules/apply: if kind is not Policy or type(account) is not Account: → "
    "if kind is not Policy or type(None) is not Account:": _SLOWER,
    '_rules/apply: check_type("account", account, Account, "an Account") → '
    'check_type("account", account, None, "an Account")': _NO_TYPE,
    "_rules/apply: changes = (*changes, *made) if changes else made → "
    "changes = (*changes, *made) if (changes) or True else made": "after nothing, both are what was made",
    '_rules/decide: return "a list of events: pass each event as an argument of its own, '
    '`apply(policy, account, *events)`" → return "XXa list of events: pass each event as an argument of its own, '
    '`apply(policy, account, *events)`XX"': "the words that the test asks for are still in the message",
    "_rules/evolve: "
    "after, holds=tuple([hold if hold in before.holds else _made_again(hold) for hold in after.holds]) → "
    "after, holds=tuple([hold if (hold in before.holds) and False else _made_again(hold) for hold in after.holds])": (
        "a valid hold that is made again equals itself"
    ),
    '_rules/apply: raise InvalidValue("changes", "must be changes") → '
    'raise InvalidValue("changes", "XXmust be changesXX")': (
        "the words that the test asks for are still in the message"
    ),
    "_rules/move: if clearance is None or not isinstance(review, InReview): → "
    "if clearance is None and not isinstance(review, InReview):": "the table has ruled out both, types do not know it",
    "_rules/move: movers = moved.by if moved is not None else () → "
    "movers = moved.by if (moved is not None) or True else ()": "a hold in verification has been moved",
}

_RESULT = re.compile(r"^\s*(?P<name>withdraw_guard\.(?P<module>\S+?)\.x\S+): (?P<status>.+)$")


def mutmut(*arguments: str) -> str:
    # The names of tests, and with them what mutmut remembers, must not depend on the order of sets.
    environment = {**os.environ, "PYTHONHASHSEED": "0", "WITHDRAW_GUARD_JOURNEYS": "30"}
    command = [sys.executable, "-m", "mutmut", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def results() -> dict[str, tuple[str, str]]:
    """The module and the status of each mutant, by its name."""
    lines = map(_RESULT.match, mutmut("results", "--all", "true").splitlines())
    return {line["name"]: (line["module"].replace(".", "/"), line["status"]) for line in lines if line}


def difference(name: str) -> tuple[str, str]:
    """The lines of a function before and after, as they stand in the file but for their indentation."""
    hunk = [line for line in mutmut("show", name).splitlines() if not line.startswith(("#", "--- ", "+++ ", "@@"))]
    before = "\n".join(line[1:] for line in hunk if line[:1] in "- ")
    after = "\n".join(line[1:] for line in hunk if line[:1] in "+ ")
    return before, after


def key_of(module: str, before: str, after: str) -> str:
    """What stands in `EXPLAINED`: the module, and the lines that differ."""
    old, new = before.splitlines(), after.splitlines()
    gone = " ".join(line.strip() for line in old if line not in new)
    come = " ".join(line.strip() for line in new if line not in old)
    return f"{module}: {gone} → {come}"


def is_seen(module: str, before: str, after: str) -> bool:
    """Whether some technique fails on a copy of the library with this change."""
    with copy_of_the_library(None) as root:
        file = root / "withdraw_guard" / f"{module}.py"
        source = file.read_text(encoding="utf-8")
        for indent in ("", "    "):
            old, new = (re.sub(r"(?m)^(?=.)", indent, text) for text in (before, after))
            if source.count(old) == 1:
                file.write_text(source.replace(old, new), encoding="utf-8")
                return any(not survives(root, technique) for technique in techniques())
    raise AssertionError(f"{module} does not contain exactly once:\n{before}")


def main() -> int:
    mutmut("run", "--max-children", str(os.cpu_count() or 1))
    all_results = results()
    survivors, seen_late = set[str](), 0
    for name, (module, status) in sorted(all_results.items()):
        if status in ("survived", "no tests"):
            before, after = difference(name)
            key = key_of(module, before, after)
            if key not in EXPLAINED and is_seen(module, before, after):
                seen_late += 1
            else:
                survivors.add(key)
                print(f"survived  {key}", flush=True)
    write_result(all_results, survivors, seen_late)
    unexpected = survivors ^ EXPLAINED.keys()
    print(*sorted(unexpected), sep="\n")
    return 1 if unexpected else 0


def write_result(all_results: dict[str, tuple[str, str]], survivors: set[str], seen_late: int) -> None:
    mutants = Counter(module for module, _ in all_results.values())
    short = Counter(module for module, status in all_results.values() if status in ("killed", "timeout"))
    lines = ["# Mutants of the functions", "", "Written by `nox -s mutmut`; repeat it with that command."]
    lines += [f"Measured on the tree `{tree_about(HERE / 'FUNCTIONS.md')}` of `src`."]
    lines += [f"Python {platform.python_version()}, mutmut {version('mutmut')}.", ""]
    lines += ["| module | mutants | killed by the short suite |", "| --- | --: | --: |"]
    lines += [f"| `{module}.py` | {count} | {short[module]} |" for module, count in sorted(mutants.items())]
    lines += [f"| **all** | {mutants.total()} | {short.total()} |", ""]
    lines += [f"Of the others the techniques of `tests/run_seeds.py` killed {seen_late}.", "", "## Survivors", ""]
    lines += [f"- `{key}`: {EXPLAINED.get(key, 'not explained')}" for key in sorted(survivors)] or ["None."]
    (HERE / "FUNCTIONS.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main())
