#!/usr/bin/env python3
"""One command, in an empty environment: `python3 serve.py` serves the shop on a PostgreSQL of its own.

    serve [port]  serve the shop (if nothing else is said)
    test [...]    run the tests; what follows goes to pytest
    types         check the types
    measure       measure how long the guard takes, and write the table in the README

What is missing is installed in an environment of its own, with every version pinned.
"""

import os
import signal
import subprocess
import sys
import venv
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[3]
ENVIRONMENT = CHECKOUT / ".nox" / HERE.name
PYTHON = ENVIRONMENT / "bin" / "python"


def main() -> None:
    """Do what is asked, in an environment that has what it needs."""
    command, *arguments = sys.argv[1:] or ["serve"]
    needed, file = ("uvicorn", "requirements.txt") if command == "serve" else ("httpx", "requirements-test.txt")
    if any(find_spec(name) is None for name in (needed, "withdraw_guard", "sqlalchemy")):
        again_in_a_venv(file)
    os.chdir(HERE)
    if command == "serve":
        serve(*arguments)
    elif command == "test":
        run("pytest", "-c", "tests/pytest.ini", *(arguments or ["tests"]))
    elif command == "types":
        run("mypy", "--strict", "guard", "shop", "cluster.py", "serve.py", "measure.py", "tests")
    elif command == "measure":
        run("measure", *arguments)
    else:
        raise SystemExit(__doc__)


def again_in_a_venv(file: str) -> None:
    """Make the environment, and become this command in it."""
    if "GUARD_INSTALLED" in os.environ:
        raise SystemExit(f"something of {file} is still missing after it was installed")
    if not PYTHON.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    wanted = ["-r", file, "-e", f"{CHECKOUT}[testing]" if "test" in file else f"{CHECKOUT}[wire]"]
    subprocess.run([PYTHON, "-m", "pip", "install", "-q", *wanted], cwd=HERE, check=True)
    environment = {**os.environ, "GUARD_INSTALLED": "yes"}
    os.execve(PYTHON, [str(PYTHON), __file__, *sys.argv[1:]], environment)  # noqa: S606 - no shell is needed


def serve(port: str = "8000") -> None:
    """Make a cluster and its tables, and serve until it is stopped; nothing of the cluster is left then."""
    from cluster import a_cluster
    from shop.main import main as serve_the_shop

    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # so that the cluster is stopped as well
    with a_cluster() as cluster:
        print(f"the shop is on http://127.0.0.1:{port}, what it can do is on http://127.0.0.1:{port}/docs")
        serve_the_shop(cluster.url, int(port))


def run(module: str, *arguments: str) -> None:
    """Run a module of the environment."""
    raise SystemExit(subprocess.call([sys.executable, "-m", module, *arguments]))


if __name__ == "__main__":
    main()
