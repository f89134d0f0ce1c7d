"""The commands, each in a few words for the help. The command `way-out` is in the module `_way_out`."""

from typing import Final

COMMANDS: Final = {
    "replay": "tell what happened to the accounts of a journal, and whether they may withdraw",
    "timeline": "draw what happened to one account of a journal",
    "explain": "tell an account holder in their language what holds a withdrawal",
    "way-out": "tell how an account may withdraw again, who must act, and from when",
    "overdue": "list late reviews and appeals, parked accounts, and holds that only an authority ends",
    "convert": "read messages of another shape, and print events",
    "policies": "list the published policies, or print one",
    "check-policy": "check a policy and summarise it",
    "test-policy": "tell the stories of a policy, and say what none of them covers",
    "lint": "find parts of a policy that never matter, never finish or never open",
    "prove": "prove or refute what a policy promises",
    "diff": "say where another policy is looser or stricter",
}
