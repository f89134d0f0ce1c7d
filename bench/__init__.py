"""How fast the library is, beside other libraries on the same work: `nox -s bench` writes `docs/bench/speed.json`."""
