"""How fast it is, and what others take for the same work: `nox -s bench` measures, `RESULT.json` says what it was."""
