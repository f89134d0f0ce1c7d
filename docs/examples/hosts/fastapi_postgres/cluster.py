"""A private PostgreSQL for as long as it is needed: in a folder of its own, reached by a socket in that folder only."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OTHER_PLACES = ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin")


class Cluster:
    """A cluster that runs; `stop` and `start` it to see what a host does without its database."""

    def __init__(self, folder: Path, *settings: str) -> None:
        self.folder, self.settings = folder, settings
        # PostgreSQL refuses to run as root.
        self.user = None if os.geteuid() else _other_user()
        if self.user is not None:
            shutil.chown(folder, self.user)
        self._run("initdb", "--no-sync", "--auth=trust", "--username=shop", "--encoding=UTF8", "-D", self._data)
        self.start()

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://shop@/postgres?host={self.folder}&connect_timeout=3"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.folder} -c max_connections=120"
        options += "".join(f" -c {setting}" for setting in self.settings)
        self._run("pg_ctl", "-w", "-D", self._data, "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-D", self._data, "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [_found(program), *arguments], user=self.user, cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{program}: {done.stderr}")


@contextmanager
def a_cluster(*settings: str) -> Iterator[Cluster]:
    """Make a cluster, and leave nothing of it behind."""
    folder = Path(tempfile.mkdtemp(prefix="guard-pg-"))
    try:
        cluster = Cluster(folder, *settings)
        try:
            yield cluster
        finally:
            cluster.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _found(program: str) -> str:
    others = [str(place) for each in OTHER_PLACES for place in Path("/").glob(each)]
    places = os.pathsep.join([os.environ.get("PATH", ""), *others])
    found = shutil.which(program, path=places)
    if found is None:
        raise SystemExit(f"`{program}` is missing: install PostgreSQL 13 or newer, its server included")
    return found


def _other_user() -> str:
    import pwd

    names = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
