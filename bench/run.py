"""Measure everything, print it as the page of the docs has it, and keep it in `docs/bench/speed.json`.

    python -m bench.run [--quick]

With `--quick` a tenth of the work is done, nothing is kept, and the numbers say little.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "docs"))

import speed_page  # noqa: E402
from tree import tree_about  # noqa: E402

from bench.compare import compare  # noqa: E402
from bench.contestants import CONTESTANTS  # noqa: E402
from bench.costs import costs  # noqa: E402
from bench.micro import GROWTH  # noqa: E402
from bench.profiled import profiles  # noqa: E402
from bench.shell import replayed  # noqa: E402

ROUNDS = 11


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description="Measure the library beside its peers.")
    parser.add_argument("--quick", action="store_true", help="a tenth of the work; nothing is kept")
    is_quick = parser.parse_args().quick
    result = measured(is_quick)
    if not is_quick:
        speed_page.RESULT.write_text(json.dumps(result, indent=1) + "\n", "utf-8")
    print(speed_page.page_of(result))


def measured(is_quick: bool) -> dict[str, Any]:
    """Return everything that was measured, as plain data."""
    share, repeat = (0.1, 3) if is_quick else (1.0, 9)
    told = [each.told() for each in compare(3 if is_quick else ROUNDS, share)]
    distributions = sorted(each.distribution for each in CONTESTANTS if each.distribution)
    return {
        "tree": tree_about(speed_page.RESULT),
        "machine": machine(),
        "versions": {name: version(name) for name in (*distributions, "attrs", "python-dateutil", "pyperf")},
        "comparison": told,
        "costs": costs(repeat),
        "profiles": profiles(share),
        "replay": replayed(share),
        **calls(is_quick),
    }


def machine() -> dict[str, str]:
    """Return what the numbers depend on: the processor and the interpreter."""
    return {
        "processor": _processor(),
        "architecture": platform.machine(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
    }


def calls(is_quick: bool) -> dict[str, Any]:
    """Return the medians of the single calls in microseconds, those that grow by their sizes."""
    import pyperf

    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "calls.json"
        size = ["--short", "--processes=1"] if is_quick else ["--processes=4"]
        options = ["--quiet", "--values=3", "--warmups=1", "--min-time=0.05", "-o", str(kept)]
        subprocess.run(
            [sys.executable, str(ROOT / "bench" / "micro.py"), *size, *options], check=True, stdout=sys.stderr
        )
        suite = pyperf.BenchmarkSuite.load(str(kept))
        medians = {each.get_name(): round(each.median() * 1e6, 3) for each in suite.get_benchmarks()}
    growth: dict[str, dict[str, float]] = {name: {} for name in GROWTH}
    for name in [name for name in medians if ": " in name]:
        what, _, count = name.rpartition(": ")
        growth[what][count] = medians.pop(name)
    return {"calls": medians, "growth": growth}


def _processor() -> str:
    """Return the model of the processor, as far as the system tells."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or "unknown"


if __name__ == "__main__":
    main()
