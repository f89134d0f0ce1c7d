"""The tests of this host are run by its own command, in its own environment: `python3 serve.py test`."""

collect_ignore_glob = ["*"]
