"""Time zones by name, as the machine knows them."""

import argparse
from zoneinfo import ZoneInfo

from withdraw_guard._values.errors import shown


def zone_named(name: str) -> ZoneInfo:
    """Return the zone of that name, for an argument."""
    try:
        return ZoneInfo(name)
    except (KeyError, OSError, ValueError):
        problem = f"must be a time zone that this machine knows, such as `Europe/Berlin`, got {shown(name)}"
        raise argparse.ArgumentTypeError(problem) from None
