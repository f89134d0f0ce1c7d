"""The public path of a name is its identity, so that private files may move.

Pickles, tracebacks and `repr` name a class by its `__module__`. A pickle that named a private file could not be read
any more after a release had moved that file.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import Any, NewType


def publish(namespace: Mapping[str, Any]) -> None:
    """Give the public members of a module its path; call it at the end of the module.

    A member that an earlier public module has published keeps that path.
    """
    for name in namespace["__all__"]:
        member = namespace.get(name)
        if isinstance(member, type | FunctionType | NewType) and "._" in member.__module__:
            member.__module__ = namespace["__name__"]
