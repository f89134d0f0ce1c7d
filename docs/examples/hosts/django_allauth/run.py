"""Start the example: `python run.py`. Nothing has to be installed but Python 3.11 and the programs of PostgreSQL.

It makes an environment, a private PostgreSQL in a folder of its own, the tables and the people of the example, and
serves it on http://localhost:8000. `python run.py test` runs the tests, `python run.py types` checks the types, and
`python run.py manage …` gives a command to Django. `--fresh` begins with an empty database.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

HERE = Path(__file__).resolve().parent
LIBRARY = HERE.parents[3]
DATA = (
    Path(tempfile.gettempdir()) / f"withdraw-guard-django-{os.getuid()}-{hashlib.sha256(bytes(HERE)).hexdigest()[:8]}"
)
PYTHON = DATA / "venv" / "bin" / "python"


def main(arguments: list[str]) -> int:
    """Do what the arguments say, and return the exit status."""
    if "--fresh" in arguments:
        arguments.remove("--fresh")
        shutil.rmtree(DATA / "postgres", ignore_errors=True)
        (DATA / "clock").unlink(missing_ok=True)
    DATA.mkdir(exist_ok=True)
    for_tests = arguments[:1] in (["test"], ["types"])
    make_environment("requirements-dev.txt" if for_tests else "requirements.txt", "testing" if for_tests else "wire")
    if arguments == ["types"]:
        return run(str(PYTHON), "-m", "mypy", "guard", "shop", "tests", "run.py")
    with postgres() as socket:
        os.environ.update(
            PGHOST=str(socket), PGUSER="shop", SHOP_DATA=str(DATA), DJANGO_SETTINGS_MODULE="shop.settings"
        )
        if for_tests:
            return manage("test", "--noinput", "--settings=tests.settings", *(arguments[1:] or ["tests"]))
        if arguments[:1] == ["manage"]:
            return manage(*arguments[1:])
        return manage("migrate", "-v0") or manage("demo") or manage("runserver", *(arguments or ["8000"]), "--noreload")


def run(*command: str) -> int:
    """Run a program here and return its exit status."""
    try:
        return subprocess.run(command, cwd=HERE, check=False).returncode
    except KeyboardInterrupt:
        return 0


def manage(*command: str) -> int:
    """Run a command of Django."""
    return run(str(PYTHON), "manage.py", *command)


def make_environment(requirements: str, extra: str) -> None:
    """Make the environment, and install what is missing."""
    if not PYTHON.exists():
        venv.create(DATA / "venv", with_pip=True)
    stamp = DATA / "venv" / f"{requirements}.installed"
    wanted = (HERE / "requirements.txt").read_text() + (HERE / requirements).read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        install = [str(PYTHON), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install, "-r", requirements, "-e", f"{LIBRARY}[{extra}]"], cwd=HERE, check=True)
        stamp.write_text(wanted)


@contextmanager
def postgres() -> Iterator[Path]:
    """Start a private PostgreSQL that listens on a socket in its folder only; the last run that needs it stops it."""
    folder, user = DATA / "postgres", "nobody" if os.getuid() == 0 else None
    if not folder.exists():
        folder.mkdir(mode=0o700)
        if user:
            shutil.chown(folder, user)
            DATA.chmod(0o755)
        if as_owner(program("initdb"), "-A", "trust", "-U", "shop", "-E", "UTF8", "-D", folder / "db", user=user) != 0:
            sys.exit("initdb has failed")
    control: list[str | Path] = [program("pg_ctl"), "-D", folder / "db", "-w", "-l", folder / "log"]
    # `fsync=off`: nothing here is worth a slow start. Leave it out where a power cut matters.
    options = f"-c fsync=off -c listen_addresses='' -c unix_socket_directories={folder} -c max_connections=120"
    options += " -c track_commit_timestamp=on"  # the tests of many at once ask when each mark was committed
    with locked("starting", fcntl.LOCK_EX):
        if as_owner(*control, "status", user=user) != 0:
            if as_owner(*control, "start", "-o", options, user=user) != 0:
                sys.exit(f"PostgreSQL does not start: see {folder / 'log'}")
            as_owner(program("createdb"), "-h", folder, "-U", "shop", "shop", user=user)
            folder.chmod(0o755)
        in_use = locked("in-use", fcntl.LOCK_SH)
    try:
        yield folder
    finally:
        with locked("starting", fcntl.LOCK_EX):
            in_use.close()
            try:
                locked("in-use", fcntl.LOCK_EX | fcntl.LOCK_NB).close()
            except BlockingIOError:
                pass  # another run still needs it, and the last one stops it
            else:
                as_owner(*control, "stop", "-m", "fast", user=user)


def locked(name: str, how: int) -> TextIO:
    """Lock a file, until it is closed."""
    file = (DATA / name).open("w")
    fcntl.flock(file, how)
    return file


def as_owner(*command: str | Path, user: str | None) -> int:
    """Run a program as the owner of the database, because PostgreSQL refuses to run as root."""
    quiet = subprocess.DEVNULL
    return subprocess.run(command, user=user, cwd="/", check=False, stdout=quiet, stderr=quiet).returncode


def program(name: str) -> str:
    """Return where a program of PostgreSQL is. Debian keeps them off the path."""
    found = shutil.which(name) or next(iter(sorted(map(str, Path("/usr/lib/postgresql").glob(f"*/bin/{name}")))), None)
    if found is None:
        sys.exit(f"{name} is not there: install PostgreSQL 14 or newer (Debian: apt-get install postgresql)")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
