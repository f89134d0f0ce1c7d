"""The tests of this folder are run by `nox -s engines`, in an environment that has the engines."""

collect_ignore_glob = ["*"]
